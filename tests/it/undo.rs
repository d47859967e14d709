//! Taking a command back: what was sent is turned round, what was not is withdrawn, each task for itself.

use std::collections::HashMap;

use floorwalk::{
    app::{
        Command, ExitCode,
        decide::{Decision, World, decide},
        effect::Effect,
        error::UserError,
    },
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        id::OpId,
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Op, OpStatus, Step, Wish},
        person::Person,
        size::Size,
        task::Task,
    },
    index::{BuildContext, Snapshot},
    store::Everything,
};
use ulid::Ulid;

use crate::outbox_world::{key, now, task};

fn numbered(number: u64) -> Task {
    Task { key: TaskKey::new(key().project, number), id: number, ..task() }
}

fn held(number: u64, state: CommitmentState) -> Commitment {
    Commitment {
        key: numbered(number).key,
        claim: ClaimId(Ulid::from_parts(1, number.into())),
        who: Person::human("sam", 7),
        mine: true,
        state,
        since: now().0,
        until: "2026-12-04".parse().unwrap(),
        size: Some(Size::M),
        comment_id: Some(number),
        label: Projection::Set,
        assignee: Projection::Set,
        note: None,
        plan: floorwalk::domain::text::Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}

fn row(number: u64, step: Step, status: OpStatus) -> Op {
    Op {
        id: OpId(Ulid::from_parts(2, number.into())),
        key: numbered(number).key,
        wish: Wish::Claim {
            claim: held(number, CommitmentState::Pending).claim,
            until: "2026-12-04".parse().unwrap(),
            size: None,
            plan: String::new(),
            alongside: false,
            ask: false,
            taken: None,
            tell: Vec::new(),
            model: None,
        },
        step,
        status,
        attempts: 0,
        created_at: now().0,
        last_error: None,
    }
}

fn after(
    last: Option<&Command>,
    commitments: Vec<Commitment>,
    outbox: Vec<Op>,
    command: &Command,
) -> Result<Decision, UserError> {
    let tasks = (1..=3).map(numbered).collect();
    let everything = Everything { tasks, commitments, outbox, ..Everything::default() };
    let context = BuildContext {
        now: now(),
        me: HashMap::new(),
        roster: std::sync::Arc::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    let snapshot = Snapshot::build(everything, &context);
    let world = World {
        snapshot: &snapshot,
        now: now(),
        fresh_id: &Ulid::nil,
        me: &|_| Some(Person::human("sam", 7)),
        url: &|_| None,
        body: &|_| None,
        last,
        did: &[],
    };
    decide(&world, command)
}

fn claim(numbers: &[u64]) -> Command {
    let keys = numbers.iter().map(|n| numbered(*n).key).collect();
    Command::Claim { keys, until: None, size: None, plan: String::new(), alongside: false, ask: false }
}

fn wishes(decision: &Decision) -> Vec<(u64, &Wish)> {
    let ops = decision.effects.iter().filter_map(|e| if let Effect::Journal(ops, _) = e { Some(ops) } else { None });
    ops.flatten().map(|op| (op.key.number, &op.wish)).collect()
}

fn withdrawn(decision: &Decision) -> Vec<OpId> {
    let ids = decision.effects.iter().filter_map(|e| if let Effect::Withdraw(ids, ..) = e { Some(ids) } else { None });
    ids.flatten().copied().collect()
}

#[test]
fn of_several_claims_each_is_undone_as_far_as_it_got() {
    // The first was sent, the second still waits, the third was refused when it was wished.
    let commitments = vec![held(1, CommitmentState::Active), held(2, CommitmentState::Pending)];
    let waiting = row(2, Step::Queued, OpStatus::Ready);
    let undone = after(Some(&claim(&[1, 2, 3])), commitments, vec![waiting.clone()], &Command::Undo).unwrap();
    assert_eq!(withdrawn(&undone), vec![waiting.id]);
    let wishes = wishes(&undone);
    assert!(matches!(wishes.as_slice(), [(1, Wish::Release { .. })]), "{wishes:?}");
}

#[test]
fn an_undone_hand_back_is_claimed_on_its_old_terms() {
    let last = Command::Release { key: numbered(1).key, note: "so far".into(), reason: ReleaseReason::NoTime };
    let undone = after(Some(&last), vec![held(1, CommitmentState::Released)], Vec::new(), &Command::Undo).unwrap();
    let wishes = wishes(&undone);
    let [(1, Wish::Claim { until, size, .. })] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((until.to_string().as_str(), *size), ("2026-12-04", Some(Size::M)));
}

#[test]
fn nothing_to_undo_is_said() {
    let refused = after(None, Vec::new(), Vec::new(), &Command::Undo).unwrap_err();
    assert!(refused.sentence.contains("nothing to undo"), "{refused}");
    let refused = after(Some(&claim(&[3])), Vec::new(), Vec::new(), &Command::Undo).unwrap_err();
    assert!(refused.sentence.contains("do not hold"), "{refused}");
}

#[test]
fn a_claim_that_is_stuck_does_not_hold_its_hand_back_up() {
    let stuck = row(1, Step::Labelled { comment: 1 }, OpStatus::NeedsAttention { why: "refused".into() });
    let command = Command::Release { key: numbered(1).key, note: String::new(), reason: ReleaseReason::NoTime };
    let decision = after(None, vec![held(1, CommitmentState::Active)], vec![stuck.clone()], &command).unwrap();
    assert_eq!(withdrawn(&decision), vec![stuck.id]);
    assert!(matches!(wishes(&decision).as_slice(), [(1, Wish::Release { .. })]));
}

#[test]
fn words_that_no_comment_can_hold_are_refused_before_anything_is_queued() {
    let note = "x".repeat(20_001);
    let command = Command::Release { key: numbered(1).key, note, reason: ReleaseReason::NoTime };
    let refused = after(None, vec![held(1, CommitmentState::Active)], Vec::new(), &command).unwrap_err();
    assert_eq!(refused.code, ExitCode::Usage, "{refused}");
    let Command::Claim { keys, .. } = claim(&[2]) else { unreachable!() };
    let command = Command::Claim { keys, until: None, size: None, plan: "x".repeat(501), alongside: false, ask: false };
    let refused = after(None, Vec::new(), Vec::new(), &command).unwrap_err();
    assert!(refused.sentence.contains("501"), "{refused}");
}
