//! Odd and hostile evidence: what people can write into their own comments, clocks that are off, calendars without an
//! end. Nothing of it gives anybody more than the rules allow, and nothing of it makes a replay fail or run for long.

use std::time::{Duration, Instant};

use floorwalk::domain::{
    calendar::{Calendar, Quiet},
    commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, Life, Logged, Timer, judge, replay},
    evidence::{Happening, History, What},
    lease::{self, Evidence, Fold},
    marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind},
    outbox::{Op, OpStatus, Step, Wish},
    person::{Association, Person, PersonKind},
    policy::{Policy, Terms, Timers},
    roster::Roster,
    task::{Comment, Task, TaskState},
    time::Now,
};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use proptest::prelude::*;
use ulid::Ulid;

use crate::store_world::{at, commitment, key, task};

const SAM: u64 = 1;
const KIM: u64 = 3;
const DAY: i64 = 86_400;

fn person(id: u64) -> Person {
    Person::human(["", "sam", "ana", "kim"][usize::try_from(id).unwrap()], id)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn written(kind: MarkerKind, by: u64, claim: u128) -> Marker {
    let by = MarkerBy { login: person(by).login.raw().into(), id: by, name: None };
    let mut marker = Marker::new(kind, ClaimId(Ulid(claim)), by, at(0));
    if matches!(kind, MarkerKind::Claim | MarkerKind::Request | MarkerKind::Accept) {
        marker.until = Some(date("2026-09-28"));
    }
    marker
}

fn comment(seconds: i64, marker: &Marker) -> Comment {
    Comment {
        id: 1_000 + u64::try_from(seconds).unwrap(),
        author: Some(person(marker.by.id)),
        association: Association::Member,
        created_at: at(seconds),
        updated_at: at(seconds),
        body: marker::comment(marker, "words").into(),
    }
}

fn edited(to: i64, comment: Comment) -> Comment {
    Comment { updated_at: at(to), ..comment }
}

fn event(word: &str, seconds: i64, until: Option<&str>) -> MarkerEvent {
    MarkerEvent { until: until.map(date), by: Some("the vendor".into()), ..MarkerEvent::new(word, at(seconds)) }
}

fn folded(comments: &[Comment], happenings: Vec<Happening>, now: i64) -> Fold {
    let task = Task { assignees: Vec::new(), ..task("acme/app", 1, 0) };
    let history = History { happenings, pulls: Vec::new() };
    lease::fold(Evidence { task: &task, comments, history: &history }, &Roster::default(), Now(at(now)))
}

fn life(fold: &Fold, claim: u128) -> &Life {
    fold.claim(ClaimId(Ulid(claim))).unwrap().life.as_deref().unwrap()
}

#[test]
fn a_claim_comment_edited_by_its_author_never_reaches_beyond_the_caps() {
    let mut marker = written(MarkerKind::Claim, SAM, 1);
    marker.until = Some(date("2099-01-01"));
    for n in 0..9 {
        marker.ev.push(event("extend", n, Some("2098-01-01")));
        marker.ev.push(event("extend", n, Some("2026-10-19")));
        marker.ev.push(event("pause", n, Some("2098-01-01")));
        marker.ev.push(event("block", n, Some("2098-01-01")));
    }
    let fold = folded(&[edited(9, comment(0, &marker))], Vec::new(), 60);
    let life = life(&fold, 1);
    let latest = floorwalk::domain::commitment::lease::latest(at(0), &Terms::default());
    assert_eq!((life.state, life.until, life.renewals), (CommitmentState::Active, latest, 0));
}

#[test]
fn words_of_the_host_written_into_a_helper_s_own_comment_are_nobody_s() {
    let mut marker = written(MarkerKind::Request, SAM, 1);
    let words = ["consent", "accept", "claim", "waive", "regress", "revoke", "CONSENT", "host", ""];
    marker.ev.extend(words.map(|word| event(word, 5, Some("2026-10-01"))));
    let mut nested = MarkerEvent::new("still", at(6));
    nested.extra.insert("k".into(), "consent".into());
    marker.ev.push(nested);
    let fold = folded(&[edited(9, comment(0, &marker))], Vec::new(), 60);
    assert_eq!(life(&fold, 1).state, CommitmentState::Requested);
}

#[test]
fn a_reminder_nobody_needed_starts_no_grace() {
    let mut marker = written(MarkerKind::Claim, SAM, 1);
    marker.ev.push(event("remind", -900, None));
    marker.ev.push(event("expire", 900_000, None));
    let fold = folded(&[edited(60, comment(0, &marker))], Vec::new(), 2 * DAY);
    let life = life(&fold, 1);
    assert_eq!((life.state, life.reminded), (CommitmentState::Active, None));
}

#[test]
fn one_claim_id_written_by_two_people_is_the_first_one_s() {
    let own = comment(10, &written(MarkerKind::Claim, SAM, 1));
    let stolen = comment(20, &written(MarkerKind::Claim, KIM, 1));
    let mut others = vec![own.clone(), stolen];
    for (n, kind) in [MarkerKind::Concede, MarkerKind::Done, MarkerKind::Offer, MarkerKind::Help, MarkerKind::Release]
        .into_iter()
        .enumerate()
    {
        let mut marker = written(kind, KIM, 1);
        marker.to = Some("kim".into());
        others.push(comment(30 + i64::try_from(n).unwrap(), &marker));
    }
    let fold = folded(&others, Vec::new(), 60);
    assert_eq!((fold.leases.len(), fold.leases[0].who.id, fold.ignored.len()), (1, SAM, 6));
    assert_eq!(life(&fold, 1).state, CommitmentState::Active);
}

#[test]
fn a_claim_turned_into_a_request_and_back_is_what_it_says_and_always_its_author_s() {
    let claim = comment(0, &written(MarkerKind::Claim, SAM, 1));
    let asked = edited(50, comment(0, &written(MarkerKind::Request, SAM, 1)));
    let other = comment(20, &written(MarkerKind::Claim, KIM, 2));
    let state = |first: &Comment, id| life(&folded(&[first.clone(), other.clone()], Vec::new(), 60), id).state;
    assert_eq!((state(&claim, 1), state(&claim, 2)), (CommitmentState::Active, CommitmentState::Conceded));
    assert_eq!((state(&asked, 1), state(&asked, 2)), (CommitmentState::Requested, CommitmentState::Active));
    // An old and a new version of one comment, as two pages of a list may show them: the new one counts.
    let both = folded(&[asked.clone(), claim.clone(), asked], Vec::new(), 60);
    assert_eq!((both.leases.len(), life(&both, 1).state), (1, CommitmentState::Requested));
}

#[test]
fn people_without_an_account_or_a_number_commit_to_nothing() {
    let mut nobody = comment(0, &written(MarkerKind::Claim, SAM, 1));
    nobody.author = None;
    let mut numberless = written(MarkerKind::Claim, SAM, 2);
    numberless.by.id = 0;
    let mut numberless = comment(1, &numberless);
    numberless.author = Some(Person::human("sam", 0));
    let mut machine = comment(2, &written(MarkerKind::Claim, SAM, 3));
    machine.author = Some(Person { kind: PersonKind::Bot, ..person(SAM) });
    let fold = folded(&[nobody, numberless, machine], Vec::new(), 60);
    assert_eq!((fold.leases.len(), fold.ignored.len()), (0, 3));
}

#[test]
fn somebody_renamed_is_the_same_person_and_a_taken_over_name_is_not() {
    let mut claim = comment(0, &written(MarkerKind::Claim, SAM, 1));
    claim.author = Some(Person::human("samira", SAM));
    let mut squatter = comment(30, &written(MarkerKind::Release, SAM, 1));
    squatter.author = Some(Person::human("sam", 99));
    let given = |seconds, what| Happening { id: 9, at: at(seconds), by: Some(person(SAM)), what };
    let assigned = given(5, What::Assigned { to: person(SAM) });
    let fold = folded(&[claim, squatter], vec![assigned], 60);
    assert_eq!((life(&fold, 1).state, fold.ignored.len()), (CommitmentState::Active, 1));
}

#[test]
fn a_task_opened_again_after_the_warranty_is_free_for_others() {
    let claim = comment(0, &written(MarkerKind::Claim, SAM, 1));
    let happened = |days: i64, what| Happening { id: 50, at: at(days * DAY), by: Some(person(KIM)), what };
    let closed = happened(2, What::Closed { state: TaskState::Closed });
    let late = happened(50, What::Reopened);
    let fold = folded(std::slice::from_ref(&claim), vec![closed.clone(), late], 51 * DAY);
    assert_eq!(life(&fold, 1).state, CommitmentState::Completed);
    assert!(fold.holder().is_none());
    let other = comment(3 * DAY, &written(MarkerKind::Claim, KIM, 2));
    let early = happened(4, What::Reopened);
    let fold = folded(&[claim, other], vec![closed, early], 5 * DAY);
    // Claimed when it was closed: that is over from the start, so nobody else holds it when it is opened again.
    assert!(life(&fold, 2).state.is_over() && life(&fold, 1).state == CommitmentState::Active, "{fold:?}");
}

fn quiet(from: &str, to: &str) -> Quiet {
    Quiet { from: date(from), to: date(to), why: String::new() }
}

fn claimed(seconds: i64, until: &str) -> Vec<Entry> {
    let act = Act::Claim { until: date(until), size: None, alongside: false, taken: None };
    vec![Entry { at: at(seconds), seq: 1, by: Some(person(SAM)), host: false, pull: None, act }]
}

fn lived(log: &[Entry], terms: &Terms, now: Timestamp) -> Life {
    let who = person(SAM);
    let logged = [Logged { claim: ClaimId(Ulid(1)), who: &who, log }];
    replay(&logged, &|_| terms.clone(), Now(now)).remove(&ClaimId(Ulid(1))).unwrap()
}

fn with(quiet: Vec<Quiet>) -> Terms {
    Terms { calendar: Calendar { quiet, ..Calendar::default() }, ..Terms::default() }
}

#[test]
fn quiet_and_leave_that_overlap_are_counted_once() {
    // The claim is of Monday 2026-09-21 and ends on Wednesday 30; six working days of it lie from the 23rd on.
    let start = date("2026-09-21").to_zoned(TimeZone::UTC).unwrap().timestamp() + SignedDuration::from_hours(9);
    let log = claimed(start.as_second() - at(0).as_second(), "2026-09-30");
    let until = |quiet: Vec<Quiet>| lived(&log, &with(quiet), start).until;
    let (host, leave) = (quiet("2026-09-23", "2026-10-05"), quiet("2026-09-28", "2026-10-16"));
    let once = until(vec![quiet("2026-09-23", "2026-10-16")]);
    assert_eq!(once, date("2026-10-26"), "six working days after the last quiet day, a Friday");
    assert_eq!(until(vec![host.clone(), leave.clone()]), once);
    assert_eq!(until(vec![leave.clone(), host.clone()]), once);
    let within = quiet("2026-09-24", "2026-09-25");
    assert_eq!(until(vec![within, leave, host]), once);
}

#[test]
fn a_host_that_is_quiet_for_ever_makes_nothing_run_for_long() {
    let begun = Instant::now();
    let all = (0..7).map(|n| jiff::civil::Weekday::from_monday_zero_offset(n).unwrap()).collect();
    let idle = Calendar { weekend: all, ..Calendar::default() };
    for terms in [
        with(vec![quiet("2000-01-01", "9999-12-31")]),
        with(vec![quiet("2026-09-22", "9999-12-30"), quiet("2026-09-25", "9999-12-31")]),
        Terms { calendar: idle, ..Terms::default() },
    ] {
        let mut log = claimed(0, "9999-12-31");
        for n in 1..40_i64 {
            let act = if n % 2 == 0 { Act::Ready } else { Act::Draft };
            log.push(Entry { at: at(n * 3_600), seq: 2, by: None, host: false, pull: None, act });
        }
        let now: Timestamp = "2040-01-01T00:00:00Z".parse().unwrap();
        let life = lived(&log, &terms, now);
        assert!(life.state.holds() && life.reminded.is_none(), "{life:?}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_policy_that_becomes_stricter_asks_before_anything_ends() {
    let strict = Timers { start_by: 0, idle_remind: 0, grace: 0, warranty_days: 0, ..Timers::default() };
    let terms = Terms { timers: strict, ..Terms::default() };
    let log = claimed(0, "2026-10-05");
    for days in 0..60 {
        let life = lived(&log, &terms, at(days * DAY));
        assert!(matches!(life.state, CommitmentState::Active | CommitmentState::AtRisk), "day {days}: {life:?}");
    }
    let risk = lived(&log, &terms, at(60 * DAY)).risk;
    assert_eq!(risk, Some(Timer::Overdue));
}

#[test]
fn what_versions_before_have_stored_is_read() {
    let old = r#"{"verb":"claim","claim":"00000000000000000000000001","until":"2026-12-01","size":null,"plan":"",
        "alongside":false}"#;
    let wish: Wish = serde_json::from_str(old).unwrap();
    assert!(matches!(&wish, Wish::Claim { ask: false, taken: None, tell, .. } if tell.is_empty()));
    let row = Op {
        id: floorwalk::domain::id::OpId(Ulid(1)),
        key: key("acme/app", 1),
        wish,
        step: Step::Queued,
        status: OpStatus::Ready,
        attempts: 0,
        created_at: at(0),
        last_error: None,
    };
    let json = serde_json::to_value(&row).unwrap();
    assert_eq!(serde_json::from_value::<Op>(json).unwrap(), row);

    let mut json = serde_json::to_value(commitment("acme/app", 1, 1)).unwrap();
    for new in ["plan", "log", "pulls"] {
        json.as_object_mut().unwrap().remove(new);
    }
    let mut stored: Vec<Commitment> = vec![serde_json::from_value(json).unwrap()];
    judge(&mut stored, &Roster::default(), Now(at(0)));
    assert_eq!((stored[0].state, stored[0].life.is_none()), (CommitmentState::Active, true), "as it was stored");
}

/// Anything that somebody can write into the events of their own claim comment.
fn any_event() -> impl Strategy<Value = MarkerEvent> {
    let words = prop_oneof![
        Just("extend"),
        Just("pause"),
        Just("resume"),
        Just("block"),
        Just("still"),
        Just("remind"),
        Just("expire"),
        Just("consent"),
        Just("done"),
        Just("concede")
    ];
    (words, -400..400_i64, 0..20_000_i64).prop_map(|(word, at_day, until)| {
        let day = date("2026-01-01").saturating_add(until.days());
        MarkerEvent { until: Some(day), by: Some("x".into()), ..MarkerEvent::new(word, at(at_day * DAY)) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 128 } else { 1_024 }))]

    /// Whatever a helper writes into the own comment, every entry lies within the times of the server, and the promise
    /// stays within the cap.
    #[test]
    fn own_events_stay_within_the_server_s_times_and_the_caps(
        events in prop::collection::vec(any_event(), 0..12),
        updated in 0..40_i64,
        now in 0..60_i64,
    ) {
        let marker = Marker { ev: events, ..written(MarkerKind::Claim, SAM, 1) };
        let comment = edited(updated * DAY, comment(0, &marker));
        let fold = folded(&[comment], Vec::new(), now * DAY);
        let Some(lease) = fold.leases.first() else { return Ok(()) };
        prop_assert!(lease.log.iter().all(|e| e.at >= at(0) && e.at <= at(updated * DAY)));
        prop_assert!(lease.log.windows(2).all(|w| w[0].at <= w[1].at));
        let latest = floorwalk::domain::commitment::lease::latest(at(0), &Terms::default());
        prop_assert!(lease.life.as_ref().is_none_or(|life| life.promised <= latest));
    }

    /// In zones at the ends of the world and where days are left out, moments stay in order and days stay whole.
    #[test]
    fn far_zones_keep_moments_in_order(
        zone in prop::sample::select(vec![
            "Pacific/Kiritimati", "Pacific/Apia", "America/St_Johns", "Pacific/Chatham", "Australia/Lord_Howe",
            "Africa/Casablanca", "Antarctica/Troll", "Etc/GMT+12",
        ]),
        from in 0..6_000_i64,
        step in 0..200_i64,
        count in 0..15_u32,
    ) {
        let calendar = Calendar { zone: TimeZone::get(zone).unwrap(), ..Calendar::default() };
        let base: Timestamp = "2011-12-20T00:00:00Z".parse().unwrap();
        let first = base + SignedDuration::from_hours(from * 23);
        let later = first + SignedDuration::from_mins(step * 11);
        prop_assert!(calendar.after(first, count) >= first);
        prop_assert!(calendar.after(first, count) <= calendar.after(later, count));
        let day = calendar.date(first);
        prop_assert!(calendar.start_of(day) <= first && first < calendar.end_of(day));
        prop_assert!(calendar.after(first, count) >= first + SignedDuration::from_hours(i64::from(count) * 24 - 26));
    }

    /// Walking over quiet periods at once leads where walking day by day does.
    #[test]
    fn a_quiet_period_is_left_as_if_day_by_day(
        spans in prop::collection::vec((0..300_i64, 0..40_i64), 0..6),
        from in 0..300_i64,
        count in 0..30_u32,
    ) {
        let day = |n: i64| date("2026-01-01").saturating_add(n.days());
        let quiet = spans.iter().map(|(at, len)| Quiet { from: day(*at), to: day(at + len), why: String::new() });
        let calendar = Calendar { quiet: quiet.collect(), ..Calendar::default() };
        let (mut slow, mut left) = (day(from), count);
        while left > 0 {
            slow = slow.tomorrow().unwrap();
            left -= u32::from(calendar.is_working(slow));
        }
        prop_assert_eq!(calendar.add(day(from), count), slow);
        let days = |n: &i64| calendar.is_working(day(*n));
        let expected = (from + 1..=from + i64::from(count)).filter(days).count();
        prop_assert_eq!(calendar.between(day(from), day(from + i64::from(count))) as usize, expected);
        prop_assert_eq!(calendar.plain().add(day(from), count), calendar.add_plain(day(from), count));
    }
}

#[test]
fn a_policy_taken_away_leaves_every_commitment_where_the_defaults_put_it() {
    let mut all = vec![commitment("acme/app", 1, 1)];
    all[0].log = claimed(0, "2026-10-05");
    let mut bare = all.clone();
    let policy = Policy { timers: Timers { start_by: 0, ..Timers::default() }, ..Policy::default() };
    let roster = Roster { common: policy, ..Roster::default() };
    judge(&mut all, &roster, Now(at(DAY)));
    judge(&mut bare, &Roster::default(), Now(at(DAY)));
    assert_eq!((all[0].state, bare[0].state), (CommitmentState::AtRisk, CommitmentState::Active));
    judge(&mut all, &Roster::default(), Now(at(DAY)));
    assert_eq!(all, bare);
}
