//! Taking the last wish back: while nothing of it was sent it vanishes; afterwards by the inverse act. What has no
//! inverse is said, with what can be done instead.

use super::{Decision, World, claim, decide, keep, triage, walk, withdraw};
use crate::{
    app::{command::Command, error::UserError},
    domain::{
        commitment::{Act, Commitment, CommitmentState},
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Amendment, Answer, Op, Wish},
    },
};

pub(super) fn undo(world: &World<'_>) -> Result<Decision, UserError> {
    let nothing = || UserError::refused("there is nothing to undo", "");
    let last = world.last.ok_or_else(nothing)?;
    let keys: Vec<TaskKey> = match last {
        Command::Claim { keys, .. } => keys.clone(),
        Command::TakeOver { key, .. }
        | Command::Release { key, .. }
        | Command::Amend { key, .. }
        | Command::Propose { key, .. }
        | Command::Reply { key, .. }
        | Command::Answer { key, .. } => vec![key.clone()],
        Command::Mark { keys, kind, on, .. } => {
            let inverse = Command::Mark { keys: keys.clone(), kind: *kind, on: !*on, until: None };
            return decide(world, &inverse);
        }
        Command::Raise { project, .. } => vec![TaskKey::unborn(project.clone())],
        Command::Walk(answers) => return Ok(walk::forget(world, answers)),
        Command::Triage { keys, .. } => return triage::undo(world, keys),
        _ => return Err(nothing()),
    };
    let mut all = Decision::default();
    let mut refusal = None;
    for key in &keys {
        match undo_one(world, last, key) {
            Ok(one) => all.join(one),
            // One of several that was refused when it was wished has nothing to be undone.
            Err(error) => {
                refusal.get_or_insert(error);
            }
        }
    }
    match refusal {
        Some(error) if all.effects.is_empty() => Err(error),
        _ => Ok(all),
    }
}

fn undo_one(world: &World<'_>, last: &Command, key: &TaskKey) -> Result<Decision, UserError> {
    let wished = |op: &&Op| op.key == *key && is_of(last, &op.wish) && op.is_unsent();
    let unsent: Vec<&Op> = world.snapshot.outbox.iter().filter(wished).collect();
    if !unsent.is_empty() {
        let claims: Vec<_> =
            unsent.iter().filter(|op| matches!(op.wish, Wish::Claim { .. })).filter_map(|op| op.wish.claim()).collect();
        // What was wished for a claim that vanishes goes with it.
        let with = |op: &&Op| wished(op) || op.wish.claim().is_some_and(|c| claims.contains(&c));
        let ops: Vec<&Op> = world.snapshot.outbox.iter().filter(with).collect();
        return Ok(withdraw(world, &ops));
    }
    match last {
        Command::Claim { .. } | Command::TakeOver { .. } => keep::release(world, key, "", ReleaseReason::Moved),
        Command::Release { .. } => reclaim(world, key, false),
        Command::Amend { amendment, .. } => amend_back(world, key, amendment),
        Command::Answer { answer, .. } => Err(said_is_said(world, key, answer)),
        Command::Propose { .. } => Err(UserError::refused(
            format!("the proposal of {} was read by others and cannot be undone", world.shown(key)),
            "write a word on the task; without an answer it ends by itself, and nobody holds anything",
        )),
        Command::Reply { .. } => Err(UserError::refused(
            format!("your answer on {} was read by others and cannot be undone", world.shown(key)),
            "the task is free: claim it if you want it after all",
        )),
        Command::Raise { .. } => Err(UserError::refused(
            format!("the task in {} was made, and everybody could read it", key.project),
            "close it on the tracker if it is not wanted",
        )),
        _ => Err(UserError::refused("there is nothing to undo", "")),
    }
}

/// True when a row carries what the command wished.
fn is_of(command: &Command, wish: &Wish) -> bool {
    match (command, wish) {
        (Command::Claim { .. }, Wish::Claim { taken: None, .. })
        | (Command::TakeOver { .. }, Wish::Claim { taken: Some(_), .. })
        | (Command::Release { .. }, Wish::Release { .. } | Wish::Amend { amendment: Amendment::Withdraw, .. }) => true,
        (Command::Amend { amendment: a, .. }, Wish::Amend { amendment: b, .. }) => {
            std::mem::discriminant(a) == std::mem::discriminant(b)
        }
        (Command::Propose { .. }, Wish::Propose { .. }) | (Command::Reply { .. }, Wish::Reply { .. }) => true,
        (Command::Raise { finding: a, .. }, Wish::Raise { finding: b, .. }) => a == b,
        (Command::Answer { answer: a, .. }, Wish::Answer { answer: b, .. }) => {
            std::mem::discriminant(a) == std::mem::discriminant(b)
        }
        _ => false,
    }
}

/// The user's last commitment on a task.
fn newest<'a>(world: &World<'a>, key: &TaskKey) -> Option<&'a Commitment> {
    let mine = world.snapshot.commitments.iter().filter(|c| c.mine && c.key == *key);
    mine.max_by_key(|c| (c.since, c.claim))
}

/// Takes back what was handed back, on the terms it was held on while they still hold.
fn reclaim(world: &World<'_>, key: &TaskKey, ask: bool) -> Result<Decision, UserError> {
    let held = newest(world, key);
    let ask = ask || held.is_some_and(|c| c.state == CommitmentState::Withdrawn);
    let until = held.map(|c| c.until).filter(|until| *until >= world.now.date());
    let size = held.and_then(|c| c.size);
    let wished = claim::Wished { until, size, plan: "", alongside: false, ask };
    claim::claim(world, std::slice::from_ref(key), &wished)
}

/// The inverse of an edit that was sent.
fn amend_back(world: &World<'_>, key: &TaskKey, amendment: &Amendment) -> Result<Decision, UserError> {
    let shown = world.shown(key);
    match amendment {
        Amendment::Pause { .. } | Amendment::Block { .. } => keep::amend(world, key, &Amendment::Resume),
        Amendment::Resume => match stopped_by(newest(world, key)) {
            Some(stop) => keep::amend(world, key, &stop),
            None => Err(UserError::refused(format!("{shown} runs again: there is nothing to go back to"), "")),
        },
        Amendment::Withdraw => reclaim(world, key, true),
        Amendment::Renew { .. } => Err(UserError::refused(
            format!("the renewal of {shown} cannot be taken back"),
            format!("hand it back when you are done (`floorwalk release {shown}`), or let it run"),
        )),
        Amendment::Done { .. } => Err(UserError::refused(
            format!("{shown} was said to be done, and everybody could read it"),
            format!("claim it again to go on: `floorwalk claim {shown}`"),
        )),
        Amendment::Still | Amendment::Remind | Amendment::Expire => Err(UserError::refused(
            format!("'{}' on {shown} cannot be taken back", still(amendment)),
            "it does no harm",
        )),
    }
}

fn still(amendment: &Amendment) -> &'static str {
    if *amendment == Amendment::Still { "still on it" } else { "an act of the clock" }
}

/// What stopped the clock before it was resumed last.
fn stopped_by(c: Option<&Commitment>) -> Option<Amendment> {
    let stop = |act: &Act| match act {
        Act::Pause { until } => Some(Amendment::Pause { until: *until }),
        Act::Block { by, review } => Some(Amendment::Block { by: by.clone(), review: *review }),
        _ => None,
    };
    c?.log.iter().rev().find_map(|entry| stop(&entry.act))
}

/// Words that reached somebody cannot be unsaid; there is something to do all the same.
fn said_is_said(world: &World<'_>, key: &TaskKey, answer: &Answer) -> UserError {
    let shown = world.shown(key);
    let (what, hint) = match answer {
        Answer::Help { .. } => ("the call for help", "write on the task that you found the way".to_owned()),
        Answer::Plan { .. } => ("the plan", "post a better one: the latest counts".to_owned()),
        Answer::Offer { .. } => {
            ("the offer", "tell them; without an answer it ends by itself, and stays yours".to_owned())
        }
        Answer::Consent { .. } => {
            ("the consent", format!("talk to the helper, or take it away: `floorwalk revoke {shown}`"))
        }
        Answer::Decline { .. } => ("the decline", "ask the helper to request it again".to_owned()),
        Answer::Revoke { .. } => ("the revocation", "ask the helper to claim it again".to_owned()),
        Answer::Regress { .. } => {
            ("the reopening", format!("tell the helper; when it is mended, accept it: `floorwalk accept {shown}`"))
        }
    };
    UserError::refused(format!("{what} on {shown} was read by others and cannot be undone"), hint)
}
