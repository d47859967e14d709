//! Proposals and plans among the comments: who is believed, what ends a proposal, what a plan starts.

use floorwalk::domain::{
    commitment::{Act, ClaimId, CommitmentState, HostReason},
    evidence::History,
    lease::{self, Evidence, Fold},
    marker::{self, Marker, MarkerBy, MarkerKind},
    person::{Association, Person},
    policy::Terms,
    proposal::{How, Standing},
    roster::Roster,
    task::{Comment, Task, TaskState},
    time::Now,
};
use ulid::Ulid;

use crate::store_world::{at, task};

/// The intern, a lead of the host, and somebody else.
const IDA: (u64, &str) = (1, "ida");
const ANA: (u64, &str) = (2, "ana");
const KIM: (u64, &str) = (3, "kim");
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

fn marker(kind: MarkerKind, by: (u64, &str), id: u128) -> Marker {
    Marker::new(kind, ClaimId(Ulid(id)), MarkerBy { login: by.1.into(), id: by.0, name: None }, at(0))
}

fn said(seconds: i64, by: (u64, &str), body: &str) -> Comment {
    Comment {
        id: 1_000 + u64::try_from(seconds).unwrap(),
        author: Some(Person::human(by.1, by.0)),
        association: if by == ANA { Association::Member } else { Association::Other },
        created_at: at(seconds),
        updated_at: at(seconds),
        body: body.into(),
    }
}

fn post(seconds: i64, by: (u64, &str), marker: &Marker, words: &str) -> Comment {
    said(seconds, by, &marker::comment(marker, &format!("🧭 a line of ours\n\n{words}")))
}

fn proposed(by: (u64, &str), to: &str) -> Comment {
    let mut marker = marker(MarkerKind::Propose, by, 7);
    marker.to = Some(to.into());
    post(0, by, &marker, "it fits you")
}

fn claim(seconds: i64, by: (u64, &str), id: u128) -> Comment {
    let mut marker = marker(MarkerKind::Claim, by, id);
    marker.until = Some(at(9 * DAY).to_zoned(jiff::tz::TimeZone::UTC).date());
    post(seconds, by, &marker, "")
}

fn folded(task: &Task, comments: &[Comment], now: i64) -> Fold {
    let history = History::default();
    lease::fold(Evidence { task, comments, history: &history }, &Roster::default(), Now(at(now)))
}

fn issue() -> Task {
    Task { assignees: Vec::new(), ..task("acme/app", 1, 0) }
}

fn standing(comments: &[Comment], now: i64) -> Standing {
    let fold = folded(&issue(), comments, now);
    assert_eq!(fold.proposals.len(), 1, "{fold:?}");
    fold.proposals[0].standing(&Terms::default(), Now(at(now)))
}

#[test]
fn a_proposal_of_the_host_holds_nothing_and_ends_after_five_working_days() {
    let comments = [proposed(ANA, "IDA")];
    let fold = folded(&issue(), &comments, HOUR);
    assert!(fold.leases.is_empty() && fold.ignored.is_empty(), "{fold:?}");
    let p = &fold.proposals[0];
    assert_eq!((p.words.raw(), p.by.login.raw()), ("it fits you", "ana"));
    assert_eq!(standing(&comments, HOUR), Standing::Open);
    assert_eq!(standing(&comments, 8 * DAY), Standing::Lapsed, "five working days are a week at most");
    assert_eq!(standing(&comments, 4 * DAY), Standing::Open);
}

#[test]
fn nobody_proposes_for_a_host_they_do_not_speak_for_or_in_anothers_name() {
    for (comment, why) in [
        (proposed(KIM, "ida"), "proposes for the host without the right to"),
        (
            Comment { author: Some(Person::human("kim", 3)), ..proposed(ANA, "ida") },
            "the author is not who the marker names",
        ),
        (proposed(ANA, "ana"), "a proposal to its own author"),
        (proposed(ANA, ""), "a proposal to nobody"),
    ] {
        let fold = folded(&issue(), &[comment], HOUR);
        assert!(fold.proposals.is_empty(), "{fold:?}");
        assert_eq!(fold.ignored[0].1, why);
    }
}

#[test]
fn only_the_person_answers_and_the_first_answer_that_ends_it_counts() {
    let mut no = marker(MarkerKind::Decline, IDA, 7);
    no.why = Some(HostReason::NotNow);
    let by_kim = post(HOUR, KIM, &marker(MarkerKind::Decline, KIM, 7), "no");
    assert_eq!(standing(&[proposed(ANA, "ida"), by_kim], DAY), Standing::Open);
    let declined = [proposed(ANA, "ida"), post(HOUR, IDA, &no, "exams")];
    assert_eq!(standing(&declined, DAY), Standing::Declined);
    let fold = folded(&issue(), &declined, DAY);
    let ended = fold.proposals[0].ended.clone().unwrap();
    assert_eq!(ended.how, How::Declined { reason: HostReason::NotNow, words: "exams".into() });
    // Whoever says no and takes it later has declined the proposal, and holds the task.
    let later = [declined[0].clone(), declined[1].clone(), claim(2 * HOUR, IDA, 8)];
    assert_eq!(standing(&later, DAY), Standing::Declined);
    assert_eq!(folded(&issue(), &later, DAY).leases[0].state, CommitmentState::Active);
    assert_eq!(standing(&[proposed(ANA, "ida"), claim(HOUR, IDA, 8)], DAY), Standing::Accepted);
}

#[test]
fn a_question_is_the_proposers_turn_until_a_word_of_the_host_and_counts_the_days_anew() {
    let ask = post(3 * DAY, IDA, &marker(MarkerKind::Help, IDA, 7), "which shard?");
    let mut all = vec![proposed(ANA, "ida"), ask];
    assert_eq!(standing(&all, 4 * DAY), Standing::Asked);
    assert_eq!(standing(&all, 8 * DAY), Standing::Asked, "five working days after the question");
    all.push(said(4 * DAY, KIM, "I know"));
    assert_eq!(standing(&all, 5 * DAY), Standing::Asked, "kim is nobody of the host");
    all.push(said(4 * DAY + HOUR, ANA, "The third."));
    assert_eq!(standing(&all, 5 * DAY), Standing::Open);
    all.reverse();
    assert_eq!(standing(&all, 5 * DAY), Standing::Open, "in whatever order they come");
}

#[test]
fn a_closed_or_taken_task_needs_no_answer() {
    let closed = Task { state: TaskState::Closed, closed_at: Some(at(HOUR)), ..issue() };
    let fold = folded(&closed, &[proposed(ANA, "ida")], DAY);
    assert_eq!(fold.proposals[0].ended.as_ref().map(|e| &e.how), Some(&How::Closed));
    let mut all = vec![proposed(ANA, "ida"), claim(HOUR, KIM, 8)];
    assert_eq!(standing(&all, DAY), Standing::Moot);
    all.push(post(2 * HOUR, KIM, &marker(MarkerKind::Release, KIM, 8), "no time"));
    assert_eq!(standing(&all, DAY), Standing::Open, "free again, it is open again");
}

#[test]
fn a_plan_is_a_sign_of_work_and_waits_for_a_word_of_the_host() {
    let mut plan = marker(MarkerKind::Plan, IDA, 8);
    plan.mentor = Some("mo".into());
    let mut all = vec![claim(0, IDA, 8), post(HOUR, IDA, &plan, "test first")];
    let lease = folded(&issue(), &all, DAY).leases[0].clone();
    let life = lease.life.as_deref().unwrap();
    assert_eq!((life.artefact, life.plan.as_ref().map(|p| p.to.raw())), (true, Some("mo")));
    assert_eq!((lease.plan.raw(), life.last_sign), ("test first", at(HOUR)));
    assert!(lease.log.iter().any(|e| matches!(&e.act, Act::Plan { ask: Some(_) })));
    all.push(said(2 * HOUR, ANA, "Good."));
    let lease = folded(&issue(), &all, DAY).leases[0].clone();
    assert_eq!(lease.life.as_deref().unwrap().plan, None);
    // A plan for somebody else's claim is nobody's.
    let foreign = post(HOUR, KIM, &marker(MarkerKind::Plan, KIM, 8), "mine");
    let fold = folded(&issue(), &[claim(0, IDA, 8), foreign], DAY);
    assert_eq!(fold.ignored[0].1, "speaks for somebody else's claim");
}
