//! The life of a commitment, rule by rule: each test is named after its row in the table of transitions.

use floorwalk::domain::{
    calendar::Quiet,
    commitment::{
        Act, ClaimId, CommitmentState as State, DoneKind, Entry, HostReason, HostSign, Life, Logged, Nudge, Sign,
        Timer, replay,
    },
    person::Person,
    policy::Terms,
    text::Foreign,
    time::Now,
};
use jiff::{Timestamp, civil::Date};
use ulid::Ulid;

/// Monday, nine o'clock.
pub(crate) const MONDAY: &str = "2026-11-23T09:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Nine o'clock on a day of November or December 2026: 23 is Monday the 23rd, 31 is Tuesday the 1st.
fn day(n: i64) -> Timestamp {
    at("2026-11-01T09:00:00Z") + jiff::SignedDuration::from_hours((n - 1) * 24)
}

pub(crate) fn entry(at: Timestamp, act: Act) -> Entry {
    Entry { at, seq: 1, by: None, host: false, pull: None, act }
}

/// A claim of size S on Monday the 23rd: until Monday the 30th.
fn claim() -> Entry {
    entry(day(23), Act::Claim { until: date("2026-11-30"), size: None, alongside: false, taken: None })
}

fn request() -> Entry {
    entry(day(23), Act::Request { until: date("2026-11-30"), size: None })
}

fn lives(log: &[Entry], terms: &Terms, now: Timestamp) -> Life {
    let sam = Person::human("sam", 7);
    let claim = ClaimId(Ulid(1));
    replay(&[Logged { claim, who: &sam, log }], &|_| terms.clone(), Now(now)).remove(&claim).unwrap()
}

fn life(log: &[Entry], now: Timestamp) -> Life {
    lives(log, &Terms::default(), now)
}

/// After a claim and these acts, on this day.
fn after(acts: &[(i64, Act)], now: i64) -> Life {
    let mut log = vec![claim()];
    log.extend(acts.iter().map(|(n, act)| entry(day(*n), act.clone())));
    life(&log, day(now))
}

fn said() -> Act {
    Act::Sign { sign: Sign::Comment }
}

#[test]
fn t2_a_claim_is_active_until_the_day_it_promised() {
    let life = life(&[claim()], day(23));
    assert_eq!((life.state, life.until), (State::Active, date("2026-11-30")));
    assert_eq!(life.next.unwrap().timer, Timer::StartBy);
    let long = entry(day(23), Act::Claim { until: date("2027-03-01"), size: None, alongside: false, taken: None });
    assert_eq!(self::life(&[long], day(23)).until, date("2026-12-21"), "twenty working days at most");
}

#[test]
fn t3_t4_a_request_holds_nothing_and_its_lease_starts_with_the_consent() {
    let asked = life(&[request()], day(24));
    assert_eq!(asked.state, State::Requested);
    assert!(!asked.state.holds());
    let consent = entry(day(26), Act::Consent { mentor: Some(Foreign::new("mo")) });
    let life = life(&[request(), consent], day(26));
    assert_eq!((life.state, life.start), (State::Active, day(26)));
    assert_eq!(life.until, date("2026-12-03"), "as many working days as were asked for");
    assert_eq!(life.mentor, Some(Foreign::new("mo")));
}

#[test]
fn t5_a_declined_request_keeps_the_reason() {
    let declined = entry(day(24), Act::Decline { reason: HostReason::NotNow });
    let life = life(&[request(), declined.clone()], day(25));
    assert_eq!((life.state, life.reason), (State::Declined, Some(HostReason::NotNow)));
    assert_eq!(self::life(&[claim(), declined], day(25)).state, State::Active, "a lease is not declined");
}

#[test]
fn t6_a_request_without_an_answer_lapses_after_five_working_days() {
    assert_eq!(life(&[request()], day(24)).nudged, None);
    assert_eq!(life(&[request()], day(25)).nudged, Some(Nudge::Mentor));
    assert_eq!(life(&[request()], day(29)).state, State::Requested);
    let lapsed = life(&[request()], day(30));
    assert_eq!((lapsed.state, lapsed.ended), (State::Lapsed, Some(day(30))));
}

#[test]
fn t7_a_request_can_be_withdrawn() {
    let withdrawn = entry(day(24), Act::Withdraw);
    assert_eq!(life(&[request(), withdrawn.clone()], day(25)).state, State::Withdrawn);
    assert_eq!(life(&[claim(), withdrawn], day(25)).state, State::Active);
    assert_eq!(life(&[request(), entry(day(24), Act::Release)], day(25)).state, State::Withdrawn);
}

#[test]
fn t8_no_first_sign_quiet_and_a_near_end_put_it_at_risk() {
    let risk = |life: Life| (life.state, life.risk, life.since);
    assert_eq!(risk(after(&[], 26)), (State::AtRisk, Some(Timer::StartBy), day(26)));
    let renewed = Act::Renew { until: date("2026-12-14") };
    let quiet = after(&[(23, said()), (23, renewed)], 30);
    assert_eq!(risk(quiet), (State::AtRisk, Some(Timer::Idle), day(30)));
    let near = after(&[(23, said()), (27, said())], 30);
    assert_eq!(near.risk, Some(Timer::LeaseWarn), "the last working day of five");
    assert_eq!(near.since, at("2026-11-30T00:00:00Z"));
}

#[test]
fn t9_a_sign_of_work_or_an_answer_clears_the_risk_twice_without_anything_to_see() {
    assert_eq!(after(&[(27, said())], 27).state, State::Active);
    let still = |days: &[i64]| {
        let mut acts = vec![(23, Act::Renew { until: date("2026-12-21") })];
        acts.extend(days.iter().map(|n| (*n, Act::Still)));
        after(&acts, *days.last().unwrap())
    };
    assert_eq!(still(&[31]).state, State::Active);
    assert_eq!(still(&[31, 39]).state, State::Active);
    assert_eq!(still(&[31, 39, 47]).state, State::AtRisk, "a third time it needs something to see");
}

#[test]
fn t10_it_expires_only_after_a_reminder_that_can_be_seen() {
    let long_ago = after(&[], 90);
    assert_eq!((long_ago.state, long_ago.risk), (State::AtRisk, Some(Timer::Overdue)), "no surprise");
    assert_eq!(after(&[(27, Act::Remind)], 31).state, State::AtRisk);
    let expired = after(&[(27, Act::Remind)], 32);
    assert_eq!((expired.state, expired.ended), (State::Expired, Some(day(32))), "three working days of grace");
    assert_eq!(after(&[(27, Act::Remind), (28, said())], 28).reminded, None);
    assert_eq!(after(&[(23, Act::Remind)], 33).state, State::AtRisk, "a reminder without a cause is none");
    assert_eq!(after(&[(24, Act::Expire)], 24).state, State::Active, "nobody ends what runs well");
}

#[test]
fn t10_an_outage_moves_the_end_with_the_late_reminder() {
    // Nothing ran for two weeks; the first run delivers the reminder, the grace begins there.
    assert_eq!(after(&[(41, Act::Remind)], 43).state, State::AtRisk);
    assert_eq!(after(&[(41, Act::Remind)], 46).state, State::Expired);
}

#[test]
fn t11_two_renewals_the_second_with_the_hosts_yes_and_never_beyond_the_cap() {
    let renew = |until: &str| Act::Renew { until: date(until) };
    let once = after(&[(24, renew("2026-12-04"))], 24);
    assert_eq!((once.until, once.renewals), (date("2026-12-04"), 1));
    let alone = after(&[(24, renew("2026-12-04")), (25, renew("2026-12-08"))], 25);
    assert_eq!(alone.until, date("2026-12-04"), "the host was not asked");
    let granted = |more: &str| {
        let yes = Act::Consent { mentor: None };
        after(
            &[(24, renew("2026-12-04")), (25, yes.clone()), (26, renew("2026-12-08")), (27, yes), (27, renew(more))],
            27,
        )
    };
    assert_eq!((granted("2026-12-18").until, granted("2026-12-18").renewals), (date("2026-12-08"), 2));
    assert_eq!(after(&[(24, renew("2026-12-22"))], 24).until, date("2026-11-30"), "beyond twenty working days");
    assert_eq!(after(&[(24, renew("2026-11-27"))], 24).until, date("2026-11-30"), "never shorter");
    assert_eq!(after(&[(27, renew("2026-12-04"))], 27).state, State::Active, "a renewal answers the risk");
}

#[test]
fn t12_the_helpers_clock_stands_still_while_the_host_owes_an_answer() {
    let waiting = after(&[(25, Act::Ready)], 38);
    assert_eq!(waiting.state, State::WaitingHost);
    assert_eq!(waiting.account.helper, 2 * 86_400);
    assert_eq!(waiting.account.host, 13 * 86_400);
    assert_eq!(waiting.until, date("2026-12-11"), "later by the nine working days that the host took so far");
    let answered = after(&[(25, Act::Ready), (36, Act::Host { sign: HostSign::Review })], 36);
    assert_eq!((answered.state, answered.host_reviews), (State::Active, 1));
    assert_eq!(answered.until, date("2026-12-09"));
    let approved = after(&[(25, Act::Ready), (36, Act::Host { sign: HostSign::Approval })], 37);
    assert_eq!((approved.state, approved.nudged), (State::WaitingHost, None), "approved, and still theirs to merge");
    assert_eq!(after(&[(25, Act::Ready), (26, Act::Draft)], 26).state, State::Active);
    assert_eq!(after(&[(25, Act::Help)], 26).state, State::WaitingHost, "a question is the host's turn too");
}

#[test]
fn t13_the_mentor_is_told_after_two_working_days_and_the_lead_after_five() {
    let nudged = |n: i64| after(&[(25, Act::Ready)], n).nudged;
    assert_eq!(
        [nudged(26), nudged(27), nudged(31), nudged(32)],
        [None, Some(Nudge::Mentor), Some(Nudge::Mentor), Some(Nudge::Lead)]
    );
    assert_eq!(after(&[(25, Act::Ready)], 89).state, State::WaitingHost, "and it never ends by that");
}

#[test]
fn t14_a_block_stops_the_clock_until_its_day_of_review() {
    let block = |review: &str| Act::Block { by: "the licence".into(), review: date(review) };
    let blocked = after(&[(24, said()), (25, block("2026-12-02"))], 31);
    assert_eq!((blocked.state, blocked.blocked_by.as_deref()), (State::Blocked, Some("the licence")));
    let looked_at = after(&[(24, said()), (25, block("2026-12-02"))], 33);
    assert_eq!((looked_at.state, looked_at.risk), (State::AtRisk, Some(Timer::BlockReview)));
    assert_eq!(after(&[(24, said()), (25, block("2027-02-02"))], 25).state, State::Active, "ten working days at most");
    let back = after(&[(24, said()), (25, block("2026-12-02")), (30, Act::Resume)], 30);
    assert_eq!((back.state, back.until), (State::Active, date("2026-12-03")), "three working days later");
}

#[test]
fn t15_pauses_have_ten_working_days_together_and_end_by_themselves() {
    let pause = |until: &str| Act::Pause { until: date(until) };
    let away = after(&[(24, said()), (25, pause("2026-12-04"))], 30);
    assert_eq!((away.state, away.account.paused), (State::Paused, 5 * 86_400));
    let back = after(&[(24, said()), (25, pause("2026-12-04"))], 37);
    assert_eq!((back.state, back.pause_wd), (State::Active, 7));
    let again = [(24, said()), (25, pause("2026-12-04")), (37, pause("2026-12-11"))];
    assert_eq!(after(&again, 37).state, State::Active, "three are left, four were asked for");
}

#[test]
fn t16_handing_back_ends_it_and_nothing_else_can_happen() {
    let back = after(&[(25, Act::Release), (26, said()), (26, Act::Renew { until: date("2026-12-04") })], 60);
    assert_eq!((back.state, back.ended), (State::Released, Some(day(25))));
}

#[test]
fn t17_an_offer_passes_it_to_whom_it_was_made() {
    let (sam, lee, kim) = (Person::human("sam", 7), Person::human("lee", 8), Person::human("kim", 9));
    let offered = [claim(), entry(day(24), Act::Offer { to: Foreign::new("lee") })];
    let take = |n: i64| {
        [entry(
            day(n),
            Act::Claim { until: date("2026-12-04"), size: None, alongside: false, taken: Some(ClaimId(Ulid(1))) },
        )]
    };
    let states = |who: &Person, n: i64| {
        let taken = take(n);
        let logs = [
            Logged { claim: ClaimId(Ulid(1)), who: &sam, log: &offered },
            Logged { claim: ClaimId(Ulid(2)), who, log: &taken },
        ];
        let lives = replay(&logs, &|_| Terms::default(), Now(day(n)));
        (lives[&ClaimId(Ulid(1))].state, lives[&ClaimId(Ulid(2))].state)
    };
    assert_eq!(states(&lee, 25), (State::Transferred, State::Active));
    assert_eq!(states(&kim, 25), (State::Active, State::Conceded), "it was not offered to kim");
    assert_eq!(life(&offered, day(31)).offer, None, "an offer stands for seven days");
}

#[test]
fn t18_a_host_takes_it_away_with_a_reason() {
    let revoked = after(&[(25, Act::Revoke { reason: HostReason::NeedsUs })], 26);
    assert_eq!((revoked.state, revoked.reason), (State::Revoked, Some(HostReason::NeedsUs)));
    assert_eq!(after(&[(25, Act::Unassigned)], 26).state, State::Revoked);
}

#[test]
fn t19_a_task_that_is_dropped_blames_nobody() {
    assert_eq!(after(&[(25, Act::Dropped)], 26).state, State::Superseded);
    assert_eq!(life(&[request(), entry(day(25), Act::Closed)], day(26)).state, State::Superseded);
}

#[test]
fn t20_a_closed_task_completes_with_a_warranty() {
    let done = after(&[(25, Act::Ready), (26, Act::Merged), (26, Act::Closed)], 27);
    assert_eq!((done.state, done.done, done.ended), (State::Warranty, Some(DoneKind::Merged), Some(day(26))));
    assert_eq!(after(&[(25, Act::Ready), (26, Act::Merged)], 27).state, State::Active, "more may be left to do");
    assert_eq!(after(&[(25, Act::Merged), (26, Act::Done { kind: DoneKind::Merged })], 27).state, State::Warranty);
    let waits = after(&[(25, Act::Done { kind: DoneKind::Resolved })], 40);
    assert_eq!(waits.state, State::WaitingHost, "the host accepts");
    let accepted = after(&[(25, Act::Done { kind: DoneKind::Docs }), (26, Act::Consent { mentor: None })], 27);
    assert_eq!((accepted.state, accepted.done), (State::Warranty, Some(DoneKind::Docs)));
    assert_eq!(after(&[(25, Act::Done { kind: DoneKind::Triaged })], 25).state, State::Completed);
    let mut none = Terms::default();
    none.timers.warranty_days = 0;
    assert_eq!(lives(&[claim(), entry(day(25), Act::Closed)], &none, day(25)).state, State::Completed);
}

#[test]
fn t21_t22_a_warranty_ends_by_itself_or_brings_it_back_once() {
    let closed = (25, Act::Closed);
    assert_eq!(after(std::slice::from_ref(&closed), 54).state, State::Warranty);
    assert_eq!(after(std::slice::from_ref(&closed), 55).state, State::Completed);
    let back = after(&[closed.clone(), (37, Act::Regress)], 37);
    assert_eq!((back.state, back.until, back.regressed), (State::Active, date("2026-12-14"), true));
    let twice = after(&[closed, (37, Act::Regress), (38, Act::Closed), (39, Act::Regress)], 39);
    assert_eq!(twice.state, State::Completed);
}

#[test]
fn t23_the_tracker_wins_after_a_working_day() {
    let given = (25, Act::Reassigned { to: Foreign::new("bob") });
    let asked = after(std::slice::from_ref(&given), 25);
    assert_eq!((asked.state, asked.reassigned.unwrap().to), (State::Active, Foreign::new("bob")));
    assert_eq!(after(std::slice::from_ref(&given), 26).state, State::Superseded);
    assert_eq!(after(&[given, (25, Act::Consent { mentor: None })], 26).state, State::AtRisk, "the host said go on");
}

#[test]
fn t24_a_task_whose_last_day_has_passed_can_be_taken_by_others() {
    let (sam, lee) = (Person::human("sam", 7), Person::human("lee", 8));
    let first = [claim()];
    let states = |n: i64| {
        let next = [entry(day(n), Act::Claim { until: date("2026-12-10"), size: None, alongside: false, taken: None })];
        let logs = [
            Logged { claim: ClaimId(Ulid(1)), who: &sam, log: &first },
            Logged { claim: ClaimId(Ulid(2)), who: &lee, log: &next },
        ];
        let lives = replay(&logs, &|_| Terms::default(), Now(day(n)));
        (lives[&ClaimId(Ulid(1))].state, lives[&ClaimId(Ulid(2))].state)
    };
    assert_eq!(states(30), (State::AtRisk, State::Conceded), "its last day");
    assert_eq!(states(31), (State::Expired, State::Active));
}

/// What a server dates alike is not told apart.
#[test]
fn t24_nobody_loses_a_task_in_the_second_in_which_the_host_answers() {
    let (sam, lee) = (Person::human("sam", 7), Person::human("lee", 8));
    let answered = day(34);
    let first = [claim(), entry(day(33), Act::Help), entry(answered, Act::Host { sign: HostSign::Comment })];
    let states = |later: i64| {
        let start = answered + jiff::SignedDuration::from_secs(later);
        let next = Act::Claim { until: date("2026-12-10"), size: None, alongside: false, taken: None };
        let next = [Entry { seq: 2, ..entry(start, next) }];
        let logs = [
            Logged { claim: ClaimId(Ulid(1)), who: &sam, log: &first },
            Logged { claim: ClaimId(Ulid(2)), who: &lee, log: &next },
        ];
        let lives = replay(&logs, &|_| Terms::default(), Now(start));
        (lives[&ClaimId(Ulid(1))].state, lives[&ClaimId(Ulid(2))].state)
    };
    assert_eq!(states(-1), (State::AtRisk, State::Conceded), "the host owed an answer still");
    assert_eq!(states(0), (State::AtRisk, State::Conceded));
    assert_eq!(states(1), (State::Expired, State::Active));
}

#[test]
fn tl3_a_lease_that_would_end_in_a_quiet_period_goes_on_after_it() {
    let mut terms = Terms::default();
    terms.calendar.quiet.push(Quiet { from: date("2026-12-15"), to: date("2027-01-05"), why: "freeze".into() });
    let start = at("2026-12-10T09:00:00Z");
    let claim = entry(start, Act::Claim { until: date("2026-12-17"), size: None, alongside: false, taken: None });
    let log = [claim, entry(start, Act::Sign { sign: Sign::Pull })];
    let frozen = lives(&log, &terms, at("2026-12-28T09:00:00Z"));
    assert_eq!(frozen.state, State::Active, "nothing is counted");
    assert_eq!(frozen.until, date("2027-01-08"), "three working days were left on 15 December");
    assert_eq!(lives(&log, &terms, at("2027-01-11T00:00:00Z")).risk, Some(Timer::Overdue));
}
