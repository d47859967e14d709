//! From evidence to logs: one test for each kind of trace that a commitment leaves on a tracker, and that everybody who
//! reads the same traces gets the same log.

use floorwalk::domain::{
    commitment::{Act, ClaimId, Commitment, CommitmentState, DoneKind, Entry, HostReason, HostSign, Projection, Sign},
    evidence::{Checks, Happening, History, Pull, PullAct, PullHappening, PullKey, PullState, Verdict, What},
    key::TrackerName,
    lease::{self, Evidence, Fold, Lease},
    marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind},
    person::{Association, Person, PersonKind},
    policy::Policy,
    roster::{Account, Member, Roster, Team},
    size::Size,
    task::{Comment, Task, TaskState},
    time::Now,
};
use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;
use ulid::Ulid;

use crate::store_world::{at, project, task};

/// The helper, a lead of the host, and somebody else.
const SAM: u64 = 1;
const ANA: u64 = 2;
const KIM: u64 = 3;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

fn person(id: u64) -> Person {
    Person::human(["", "sam", "ana", "kim"][usize::try_from(id).unwrap()], id)
}

fn bot() -> Person {
    Person { kind: PersonKind::Bot, ..Person::human("stale[bot]", 77) }
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn issue() -> Task {
    Task { assignees: Vec::new(), ..task("acme/app", 1, 0) }
}

fn written(kind: MarkerKind, by: u64) -> Marker {
    let mut marker = Marker::new(
        kind,
        ClaimId(Ulid(101)),
        MarkerBy { login: person(by).login.raw().into(), id: by, name: None },
        at(0),
    );
    if matches!(kind, MarkerKind::Claim | MarkerKind::Request | MarkerKind::Accept) {
        marker.until = Some(date("2026-10-05"));
    }
    marker
}

/// A comment written at `seconds`; its id follows the time.
fn said(seconds: i64, by: u64, body: &str) -> Comment {
    Comment {
        id: 1_000 + u64::try_from(seconds).unwrap(),
        author: Some(person(by)),
        association: if by == ANA { Association::Member } else { Association::Other },
        created_at: at(seconds),
        updated_at: at(seconds),
        body: body.into(),
    }
}

fn post(seconds: i64, marker: &Marker) -> Comment {
    said(seconds, marker.by.id, &marker::comment(marker, "words"))
}

fn claim() -> Comment {
    post(0, &written(MarkerKind::Claim, SAM))
}

fn happened(seconds: i64, by: Option<Person>, what: What) -> Happening {
    Happening { id: 50_000 + u64::try_from(seconds).unwrap(), at: at(seconds), by, what }
}

fn pull(author: u64, opened: i64, acts: &[(i64, u64, PullAct)]) -> Pull {
    Pull {
        key: PullKey { project: project("acme/app"), number: 40 + author },
        title: "Fix it".into(),
        author: Some(person(author)),
        created_at: at(opened),
        state: PullState::Open,
        checks: Checks::Passed,
        happenings: acts
            .iter()
            .map(|(seconds, by, act)| PullHappening {
                at: at(*seconds),
                by: Some(person(*by)),
                association: None,
                act: *act,
            })
            .collect(),
    }
}

fn folded(task: &Task, comments: &[Comment], history: &History) -> Fold {
    let evidence = Evidence { task, comments, history };
    lease::fold(evidence, &Roster::default(), Now(at(2 * MINUTE)))
}

fn lease_of(comments: &[Comment], history: &History) -> Lease {
    let fold = folded(&issue(), comments, history);
    assert_eq!(fold.leases.len(), 1, "{fold:?}");
    fold.leases[0].clone()
}

/// What the log says after the claim.
fn acts(lease: &Lease) -> Vec<Act> {
    assert!(matches!(lease.log[0].act, Act::Claim { .. } | Act::Request { .. }), "{:?}", lease.log);
    lease.log[1..].iter().map(|e| e.act.clone()).collect()
}

fn told(comments: &[Comment]) -> Vec<Act> {
    let mut all = vec![claim()];
    all.extend(comments.iter().cloned());
    acts(&lease_of(&all, &History::default()))
}

fn shown(happenings: Vec<Happening>) -> Vec<Act> {
    acts(&lease_of(&[claim()], &History { happenings, pulls: Vec::new() }))
}

fn pulled(pulls: Vec<Pull>) -> Vec<Act> {
    acts(&lease_of(&[claim()], &History { happenings: Vec::new(), pulls }))
}

const PULLED: Act = Act::Sign { sign: Sign::Pull };

#[test]
fn a_claim_a_request_and_an_accepted_offer_begin_a_log() {
    let mut marker = written(MarkerKind::Claim, SAM);
    marker.size = Some(Size::M);
    marker.extra.insert("alongside".into(), true.into());
    let lease = lease_of(&[post(0, &marker)], &History::default());
    let until = date("2026-10-05");
    let begun = Act::Claim { until, size: Some(Size::M), alongside: true, taken: None };
    let expected = Entry { at: at(0), seq: 1_000, by: Some(person(SAM)), host: false, pull: None, act: begun };
    assert_eq!((lease.log.as_slice(), lease.size), ([expected].as_slice(), Some(Size::M)));
    assert_eq!(lease.life.unwrap().state, CommitmentState::Active);

    let asked = lease_of(&[post(0, &written(MarkerKind::Request, SAM))], &History::default());
    assert_eq!(asked.log[0].act, Act::Request { until, size: None });
    assert_eq!((asked.state, asked.holds_task()), (CommitmentState::Requested, false));

    let from = ClaimId(Ulid(7));
    let taken = Marker { taken: Some(from), ..written(MarkerKind::Accept, SAM) };
    let taken = lease_of(&[post(0, &taken)], &History::default());
    assert!(matches!(taken.log[0].act, Act::Claim { taken: Some(c), .. } if c == from), "{:?}", taken.log);
}

#[test]
fn edits_of_the_claim_comment_are_entries_within_the_times_the_server_attests() {
    let event = |e: &str, seconds: i64| MarkerEvent::new(e, at(seconds));
    let mut marker = written(MarkerKind::Claim, SAM);
    marker.ev = vec![
        MarkerEvent { until: Some(date("2026-10-08")), ..event("extend", -500) },
        MarkerEvent { until: Some(date("2026-09-30")), ..event("pause", 20) },
        event("resume", 15),
        event("progress", 30),
        MarkerEvent { until: Some(date("2026-09-29")), by: Some("infra\u{1b}[2J".into()), ..event("block", 40) },
        event("resume", 50),
        event("remind", 60),
        event("still", 70),
        MarkerEvent { kind: Some(DoneKind::Docs), ..event("done", 9_999_999) },
        event("pause", 80),
    ];
    let comment = Comment { updated_at: at(100), ..post(0, &marker) };
    let lease = lease_of(&[comment], &History::default());
    let times: Vec<i64> = lease.log.iter().map(|e| e.at.as_second() - at(0).as_second()).collect();
    // Before the comment was written counts as with it; after the last edit as with that; never before the one before.
    assert_eq!(times, [0, 0, 20, 20, 40, 50, 60, 70, 100]);
    let words = acts(&lease);
    assert_eq!(words[0], Act::Renew { until: date("2026-10-08") });
    assert_eq!(words[1..3], [Act::Pause { until: date("2026-09-30") }, Act::Resume]);
    assert!(
        matches!(&words[3], Act::Block { by, .. } if by.starts_with("infra") && !by.contains('\u{1b}')),
        "{words:?}"
    );
    assert_eq!(words[4..], [Act::Resume, Act::Remind, Act::Still, Act::Done { kind: DoneKind::Docs }]);
    assert_eq!(lease.log[6].by, None, "a reminder is a run's");
    for (word, act) in [("withdraw", Act::Withdraw), ("expire", Act::Expire), ("lapsed", Act::Expire)] {
        let marker = Marker { ev: vec![event(word, 5)], ..written(MarkerKind::Claim, SAM) };
        assert_eq!(acts(&lease_of(&[post(0, &marker)], &History::default())), [act]);
    }
}

#[test]
fn words_of_the_helper_are_signs_and_words_of_the_host_are_acts_of_the_host() {
    let machine = Comment { author: Some(bot()), association: Association::Member, ..said(30, SAM, "Stale?") };
    let acts = told(&[said(10, SAM, "On it"), said(20, ANA, "Thanks"), machine, said(40, KIM, "me too")]);
    assert_eq!(acts, [Act::Sign { sign: Sign::Comment }, Act::Host { sign: HostSign::Comment }]);
    let before = said(0, SAM, "Can I?");
    let before = Comment { id: 5, ..before };
    assert_eq!(told(&[before]), [], "what was said before the claim is no work on it");
}

#[test]
fn leads_and_mentors_speak_for_the_host_without_the_tracker_s_word() {
    let account = Account { host: "github.com".into(), login: "kim".into(), id: KIM, account_id: String::new() };
    let roster = Roster {
        teams: vec![Team {
            id: "app".into(),
            leads: vec!["kim".into()],
            projects: vec!["acme/*".into()],
            ..Team::default()
        }],
        people: vec![Member { handle: "kim".into(), accounts: vec![account], active: true, ..Member::default() }],
        policies: [("app".to_owned(), Policy::default())].into(),
        hosts: [(TrackerName::parse("gh").unwrap(), "github.com".to_owned())].into(),
        ..Roster::default()
    };
    let comments = [claim(), said(10, KIM, "Thanks"), post(20, &written(MarkerKind::Consent, KIM))];
    let (task, history) = (issue(), History::default());
    let evidence = Evidence { task: &task, comments: &comments, history: &history };
    let fold = lease::fold(evidence, &roster, Now(at(60)));
    let log = acts(&fold.leases[0]);
    assert_eq!(log, [Act::Host { sign: HostSign::Comment }, Act::Consent { mentor: None }]);
    let fold = lease::fold(evidence, &Roster::default(), Now(at(60)));
    assert_eq!((acts(&fold.leases[0]), fold.ignored.len()), (Vec::new(), 1));
}

#[test]
fn hand_back_offer_help_and_answers_of_the_host_are_entries() {
    let say = |seconds, marker: Marker| told(&[post(seconds, &marker)]);
    assert_eq!(say(10, written(MarkerKind::Release, SAM)), [Act::Release]);
    assert_eq!(say(10, written(MarkerKind::Help, SAM)), [Act::Help]);
    let offer = Marker { to: Some("kim".into()), ..written(MarkerKind::Offer, SAM) };
    assert_eq!(say(10, offer), [Act::Offer { to: "kim".into() }]);
    let consent = Marker { mentor: Some("mo".into()), ..written(MarkerKind::Consent, ANA) };
    assert_eq!(say(10, consent), [Act::Consent { mentor: Some("mo".into()) }]);
    let decline = Marker { why: Some(HostReason::NeedsUs), ..written(MarkerKind::Decline, ANA) };
    assert_eq!(say(10, decline), [Act::Decline { reason: HostReason::NeedsUs }]);
    assert_eq!(say(10, written(MarkerKind::Regress, ANA)), [Act::Regress]);
    let mut forced = Marker { why: Some(HostReason::Taken), ..written(MarkerKind::Release, ANA) };
    assert_eq!(say(10, forced.clone()), [], "not forced: a slip");
    forced.extra.insert("forced".into(), true.into());
    assert_eq!(say(10, forced.clone()), [Act::Revoke { reason: HostReason::Taken }]);
    // Nobody else says such things, and nobody answers their own request.
    forced.by = MarkerBy { login: "kim".into(), id: KIM, name: None };
    assert_eq!(say(10, forced), []);
    for kind in [MarkerKind::Consent, MarkerKind::Decline, MarkerKind::Regress] {
        assert_eq!(say(10, written(kind, KIM)), [], "{kind:?} of a stranger");
        let own = Comment { association: Association::Member, ..post(10, &written(kind, SAM)) };
        assert_eq!(told(&[own]), [], "{kind:?} of the helper");
    }
    for kind in [MarkerKind::Help, MarkerKind::Offer, MarkerKind::Done, MarkerKind::Concede] {
        assert_eq!(say(10, Marker { to: Some("kim".into()), ..written(kind, ANA) }), [], "{kind:?} of another");
    }
    let machine = Person { kind: PersonKind::Bot, ..person(SAM) };
    let by_machine = Comment { author: Some(machine), ..claim() };
    assert_eq!(folded(&issue(), &[by_machine], &History::default()).leases, []);
}

#[test]
fn what_is_said_after_the_end_is_no_part_of_the_log() {
    let back = post(10, &written(MarkerKind::Release, SAM));
    assert_eq!(told(&[back, said(20, ANA, "Thanks!"), said(30, SAM, "Bye")]), [Act::Release]);
}

#[test]
fn a_pull_request_of_the_helper_shows_work_and_whose_turn_it_is() {
    use PullAct as P;
    let acts = pulled(vec![pull(
        SAM,
        10,
        &[
            (10, SAM, P::Draft),
            (20, SAM, P::Commit),
            (25, ANA, P::Commit),
            (30, SAM, P::Ready),
            (40, ANA, P::Comment),
            (50, ANA, P::Review(Verdict::Changes)),
            (55, SAM, P::Comment),
            (60, SAM, P::ReviewRequested),
            (70, ANA, P::Review(Verdict::Approved)),
            (80, ANA, P::Merged),
        ],
    )]);
    let host = |sign| Act::Host { sign };
    let expected = [
        PULLED,
        Act::Draft,
        Act::Sign { sign: Sign::Commit },
        Act::Ready,
        host(HostSign::Comment),
        host(HostSign::Review),
        Act::Sign { sign: Sign::Comment },
        Act::Ready,
        host(HostSign::Approval),
        Act::Merged,
    ];
    assert_eq!(acts, expected);
    let closed = pulled(vec![pull(SAM, 10, &[(10, SAM, P::Ready), (20, ANA, P::Closed), (30, SAM, P::Reopened)])]);
    assert_eq!(closed, [PULLED, Act::Ready, Act::PullClosed, Act::Ready]);
    let mut reviewed = pull(SAM, 10, &[(10, SAM, P::Draft), (20, SAM, P::Comment)]);
    reviewed.happenings[1].by = Some(bot());
    assert_eq!(pulled(vec![reviewed]), [PULLED, Act::Draft], "a machine answers for nobody");
    let lease = lease_of(&[claim()], &History { happenings: Vec::new(), pulls: vec![pull(SAM, 10, &[])] });
    assert_eq!(acts_of_pull(&lease), [PULLED, Act::Ready], "opened as it stands, where nothing else is known");
    assert_eq!((lease.pulls.len(), lease.pulls[0].checks), (1, Checks::Passed));
}

fn acts_of_pull(lease: &Lease) -> Vec<Act> {
    lease.log.iter().filter(|e| e.pull.is_some()).map(|e| e.act.clone()).collect()
}

#[test]
fn only_the_helper_s_own_pull_request_counts_and_only_from_the_claim_on() {
    assert_eq!(pulled(vec![pull(KIM, 10, &[(10, KIM, PullAct::Ready)])]), []);
    let late_claim = |pulls| {
        let claim = post(1_000, &written(MarkerKind::Claim, SAM));
        lease_of(&[claim], &History { happenings: Vec::new(), pulls })
    };
    let open = pull(SAM, 10, &[(10, SAM, PullAct::Draft), (20, SAM, PullAct::Commit), (30, SAM, PullAct::Ready)]);
    let lease = late_claim(vec![open]);
    assert_eq!(acts(&lease), [PULLED, Act::Ready], "open already: it stands as it stood");
    assert!(lease.log.iter().all(|e| e.at >= lease.since));
    let over = late_claim(vec![pull(SAM, 10, &[(10, SAM, PullAct::Ready), (20, ANA, PullAct::Merged)])]);
    assert_eq!((acts(&over), over.pulls.len()), (Vec::new(), 0), "finished before: nothing to do with it");
}

#[test]
fn closing_dropping_and_reopening_are_entries_from_the_claim_on() {
    let closed = |seconds, state| happened(seconds, Some(person(ANA)), What::Closed { state });
    assert_eq!(shown(vec![closed(10, TaskState::Closed)]), [Act::Closed]);
    assert_eq!(shown(vec![closed(10, TaskState::NotPlanned)]), [Act::Dropped]);
    let again = happened(20, Some(person(ANA)), What::Reopened);
    assert_eq!(shown(vec![again.clone(), closed(10, TaskState::Closed)]), [Act::Closed, Act::Reopened]);
    // Closed by somebody else's pull request: nobody's failure, but not this helper's work.
    let history = History {
        happenings: vec![closed(100, TaskState::Closed)],
        pulls: vec![pull(KIM, 10, &[(10, KIM, PullAct::Ready), (99, ANA, PullAct::Merged)])],
    };
    assert_eq!(acts(&lease_of(&[claim()], &history)), [Act::Dropped]);
    let mut both = history.clone();
    both.pulls.push(pull(SAM, 20, &[(20, SAM, PullAct::Ready), (90, ANA, PullAct::Merged)]));
    assert_eq!(acts(&lease_of(&[claim()], &both)).last(), Some(&Act::Closed));
    let late = post(1_000, &written(MarkerKind::Claim, SAM));
    let before = vec![closed(10, TaskState::Closed), again];
    assert_eq!(acts(&lease_of(&[late], &History { happenings: before, pulls: Vec::new() })), []);
}

#[test]
fn a_closed_task_without_a_history_tells_by_itself() {
    let acts_when = |state, seconds: i64| {
        let task = Task { state, closed_at: Some(at(seconds)), ..issue() };
        acts(&folded(&task, &[claim()], &History::default()).leases[0])
    };
    assert_eq!(acts_when(TaskState::Closed, 50), [Act::Closed]);
    assert_eq!(acts_when(TaskState::NotPlanned, 50), [Act::Dropped]);
    assert_eq!(acts_when(TaskState::Closed, -50), [Act::Dropped], "was closed when it was claimed");
}

fn assigned(seconds: i64, to: u64, by: u64) -> Happening {
    happened(seconds, Some(person(by)), What::Assigned { to: person(to) })
}

fn unassigned(seconds: i64, from: u64, by: u64) -> Happening {
    happened(seconds, Some(person(by)), What::Unassigned { from: person(from) })
}

fn given(to: &str) -> Act {
    Act::Reassigned { to: to.into() }
}

#[test]
fn a_person_on_the_tracker_wins_over_the_tool() {
    assert_eq!(shown(vec![assigned(5, SAM, SAM), unassigned(10, SAM, ANA)]), [Act::Unassigned]);
    let swapped = vec![assigned(5, SAM, SAM), unassigned(10, SAM, ANA), assigned(11, KIM, ANA)];
    assert_eq!(shown(swapped), [Act::Unassigned, given("kim")]);
    assert_eq!(shown(vec![assigned(5, SAM, SAM), assigned(10, KIM, ANA), unassigned(11, SAM, ANA)]), [given("kim")]);
    assert_eq!(shown(vec![assigned(10, KIM, ANA)]), [given("kim")], "the helper could not be assigned");
    assert_eq!(shown(vec![assigned(10, KIM, KIM)]), [given("kim")]);
    // Beside the helper, by the helper, by a machine, or taken back in time: no news.
    assert_eq!(shown(vec![assigned(5, SAM, SAM), assigned(10, KIM, ANA)]), []);
    assert_eq!(shown(vec![assigned(10, KIM, SAM)]), []);
    assert_eq!(shown(vec![happened(10, Some(bot()), What::Assigned { to: person(KIM) })]), []);
    assert_eq!(shown(vec![happened(10, None, What::Unassigned { from: person(SAM) })]), []);
    assert_eq!(shown(vec![assigned(10, KIM, ANA), unassigned(2_000, KIM, ANA)]), []);
    assert_eq!(shown(vec![assigned(10, KIM, ANA), assigned(2_000, SAM, ANA)]), []);
    let late = vec![assigned(10, KIM, ANA), unassigned(4 * DAY, KIM, ANA)];
    assert_eq!(shown(late), [given("kim")], "after a working day it stood");
}

#[test]
fn what_the_tool_did_itself_is_no_news() {
    assert_eq!(shown(vec![assigned(5, SAM, SAM), unassigned(10, SAM, SAM)]), []);
    let back = post(10, &written(MarkerKind::Release, SAM));
    let history = History { happenings: vec![unassigned(20, SAM, ANA)], pulls: Vec::new() };
    assert_eq!(acts(&lease_of(&[claim(), back], &history)), [Act::Release]);
    // Within one second, whatever their ids: the word came first, and what it ended was tidied up after it.
    let sooner = |h: Happening| Happening { id: 7, ..h };
    let done = MarkerEvent { kind: Some(DoneKind::Docs), ..MarkerEvent::new("done", at(5)) };
    let said_done = Marker { ev: vec![done], ..written(MarkerKind::Claim, SAM) };
    let said_done = Comment { updated_at: at(5), ..post(0, &said_done) };
    let history = History { happenings: vec![sooner(unassigned(10, SAM, ANA))], pulls: Vec::new() };
    let accepted = lease_of(&[said_done, post(10, &written(MarkerKind::Consent, ANA))], &history);
    assert_eq!(accepted.state, CommitmentState::Warranty, "{:?}", accepted.log);
    let offer = post(5, &Marker { to: Some("kim".into()), ..written(MarkerKind::Offer, SAM) });
    let taken = Marker { c: ClaimId(Ulid(102)), taken: Some(ClaimId(Ulid(101))), ..written(MarkerKind::Accept, KIM) };
    let history = History { happenings: vec![sooner(unassigned(10, SAM, KIM))], pulls: Vec::new() };
    let fold = folded(&issue(), &[claim(), offer, post(10, &taken)], &history);
    assert_eq!(fold.leases[0].state, CommitmentState::Transferred, "{:?}", fold.leases[0].log);
    // Somebody with a claim of their own is assigned by their own program.
    let mut theirs = written(MarkerKind::Claim, KIM);
    theirs.c = ClaimId(Ulid(102));
    theirs.extra.insert("alongside".into(), true.into());
    let history = History { happenings: vec![assigned(30, KIM, KIM)], pulls: Vec::new() };
    let fold = folded(&issue(), &[claim(), post(20, &theirs)], &history);
    assert_eq!(acts(&fold.leases[0]), []);
}

#[test]
fn plan_note_and_closing_note_are_read_as_they_were_written() {
    let body = marker::comment(
        &written(MarkerKind::Claim, SAM),
        "🧭 **sam** is lending a hand here until **5 Oct 2026**.\nPlan: ask @\u{2060}ana about #\u{2060}7\n> it was\n> the cache\n\n<sub>Posted with floorwalk · claim X</sub>",
    );
    let lease = lease_of(&[said(0, SAM, &body)], &History::default());
    assert_eq!((lease.plan.raw(), lease.note.as_deref()), ("ask @ana about #7", Some("it was\nthe cache")));
    let release = |note: &str| {
        let prose =
            format!("🧭 **sam** hands this back; it is free again.\n\n{note}\n\n<sub>Posted with floorwalk</sub>");
        let body = marker::comment(&written(MarkerKind::Release, SAM), &prose);
        lease_of(&[claim(), said(10, SAM, &body)], &History::default()).note
    };
    assert_eq!(
        release("Done: half.\n\nNext: tests, see #\u{2060}9.").as_deref(),
        Some("Done: half.\n\nNext: tests, see #9.")
    );
    assert_eq!(release(marker::NOTHING).as_deref(), Some(""));
}

#[test]
fn a_marker_with_a_long_life_keeps_what_decides() {
    let mut marker = written(MarkerKind::Claim, SAM);
    marker.by.login = "x\u{1}".repeat(200);
    for round in 0..40 {
        for word in ["progress", "pause", "resume", "block", "still", "remind"] {
            let mut event = MarkerEvent::new(word, at(round * 100));
            event.until = Some(date("2026-10-01"));
            event.by = Some("<!-- \u{1} -->".repeat(40));
            marker.ev.push(event);
        }
    }
    for (day, seconds) in [("2026-10-09", 5_000), ("2026-10-15", 5_100)] {
        marker.ev.push(MarkerEvent { until: Some(date(day)), ..MarkerEvent::new("extend", at(seconds)) });
    }
    marker.ev.push(MarkerEvent { kind: Some(DoneKind::Merged), ..MarkerEvent::new("done", at(6_000)) });
    marker.ev.push(MarkerEvent::new("expire", at(7_000)));
    let line = marker::line(&marker);
    assert!(line.len() <= marker::MAX_JSON + 30, "{}", line.len());
    let read = marker::parse(&line).unwrap().unwrap();
    let last = |word: &str| read.ev.iter().rfind(|e| e.e == word).cloned();
    assert_eq!(last("extend").unwrap().until, Some(date("2026-10-15")));
    assert_eq!(last("remind").unwrap().at, at(3_900));
    assert_eq!(last("done").unwrap().kind, Some(DoneKind::Merged));
    assert_eq!(last("expire"), None, "the first end counts");
    assert!(read.ev.is_sorted_by_key(|e| e.at), "{:?}", read.ev);
    assert!(!read.ev.iter().any(|e| e.e == "progress"));
}

fn kept(lease: &Lease) -> Commitment {
    lease.tell(Commitment {
        key: issue().key,
        claim: lease.claim,
        who: lease.who.clone(),
        mine: false,
        state: lease.state,
        since: lease.since,
        until: lease.until,
        size: None,
        comment_id: Some(lease.comment),
        label: Projection::Open,
        assignee: Projection::Open,
        note: lease.note.clone(),
        plan: "".into(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    })
}

fn any_comment() -> impl Strategy<Value = Comment> {
    let kinds = vec![
        MarkerKind::Claim,
        MarkerKind::Claim,
        MarkerKind::Request,
        MarkerKind::Accept,
        MarkerKind::Release,
        MarkerKind::Offer,
        MarkerKind::Help,
        MarkerKind::Consent,
        MarkerKind::Decline,
        MarkerKind::Regress,
        MarkerKind::Propose,
        MarkerKind::Plan,
    ];
    let events =
        prop::sample::select(vec!["extend", "pause", "resume", "still", "remind", "done", "expire", "withdraw"]);
    let marked = (prop::sample::select(kinds), 0..3_u128, proptest::collection::vec((events, 0..9_i64), 0..3));
    (0..12_u64, 0..9_i64, 0..4_i64, SAM..=KIM, any::<bool>(), proptest::option::weighted(0.7, marked)).prop_map(
        |(id, hours, edited, by, member, marked)| {
            let body = marked.map_or("words".to_owned(), |(kind, c, ev)| {
                let mut marker = written(kind, by);
                marker.c = ClaimId(Ulid(c));
                marker.to = Some("kim".into());
                marker.taken = Some(ClaimId(Ulid(0)));
                marker.ev = ev
                    .into_iter()
                    .map(|(e, hours)| MarkerEvent {
                        until: Some(date("2026-10-09")),
                        ..MarkerEvent::new(e, day(hours))
                    })
                    .collect();
                marker::comment(&marker, "words")
            });
            Comment {
                id,
                author: Some(person(by)),
                association: if member { Association::Member } else { Association::Other },
                created_at: day(hours),
                updated_at: day(hours + edited),
                body: body.into(),
            }
        },
    )
}

fn day(days: i64) -> Timestamp {
    at(days * DAY)
}

fn any_history() -> impl Strategy<Value = History> {
    let what = (0..6_u8, SAM..=KIM).prop_map(|(n, who)| match n {
        0 | 1 => What::Assigned { to: person(who) },
        2 | 3 => What::Unassigned { from: person(who) },
        4 => What::Closed { state: TaskState::Closed },
        _ => What::Reopened,
    });
    let happening = (0..20_u64, 0..12_i64, SAM..=KIM, what).prop_map(|(id, days, by, what)| Happening {
        id,
        at: day(days),
        by: Some(person(by)),
        what,
    });
    let acts =
        vec![PullAct::Draft, PullAct::Ready, PullAct::Commit, PullAct::Comment, PullAct::Merged, PullAct::Closed];
    let act = (0..12_i64, SAM..=KIM, prop::sample::select(acts));
    let pull = (0..6_i64, SAM..=KIM, proptest::collection::vec(act, 0..5)).prop_map(|(opened, author, acts)| {
        let acts: Vec<_> = acts.into_iter().map(|(d, by, act)| (d * DAY, by, act)).collect();
        pull(author, opened * DAY, &acts)
    });
    (proptest::collection::vec(happening, 0..6), proptest::collection::vec(pull, 0..2))
        .prop_map(|(happenings, pulls)| History { happenings, pulls })
}

fn shuffled<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    let mut twice = all.to_vec();
    twice.extend(all.iter().take(3).cloned());
    Just(twice).prop_shuffle()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_of_the_evidence_give_the_same_logs_and_lives(
        ((comments, history), (again, happenings)) in (proptest::collection::vec(any_comment(), 0..10), any_history())
            .prop_flat_map(|(comments, history)| {
                let mixed = (shuffled(&comments), shuffled(&history.happenings));
                (Just((comments, history)), mixed)
            }),
        days in 0..40_i64,
    ) {
        let (task, now) = (issue(), Now(day(days)));
        let one = lease::fold(Evidence { task: &task, comments: &comments, history: &history }, &Roster::default(), now);
        let mixed = History { happenings, pulls: history.pulls.clone() };
        let two = lease::fold(Evidence { task: &task, comments: &again, history: &mixed }, &Roster::default(), now);
        prop_assert_eq!(&one, &two);
        for lease in &one.leases {
            prop_assert!(lease.log.iter().all(|e| e.at >= lease.since), "{:?}", lease.log);
            prop_assert!(lease.log.is_sorted_by_key(|e| (e.at, e.seq)), "{:?}", lease.log);
            prop_assert!(matches!(lease.log[0].act, Act::Claim { .. } | Act::Request { .. }), "{:?}", lease.log);
        }
        // What a store keeps of it says the same at any later moment.
        let later = Now(day(days + 3));
        let mut stored: Vec<Commitment> = one.leases.iter().map(kept).collect();
        let text = serde_json::to_string(&stored).unwrap();
        stored = serde_json::from_str(&text).unwrap();
        floorwalk::domain::commitment::judge(&mut stored, &Roster::default(), later);
        let fresh = lease::fold(Evidence { task: &task, comments: &comments, history: &history }, &Roster::default(), later);
        for (kept, lease) in stored.iter().zip(&fresh.leases) {
            prop_assert_eq!((kept.state, kept.until, &kept.life), (lease.state, lease.until, &lease.life));
        }
    }
}
