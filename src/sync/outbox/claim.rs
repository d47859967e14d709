//! What a lease on the tracker means for the store: shared by sending and reading. Pure.

use crate::domain::{
    commitment::{Commitment, Projection},
    lease::Lease,
    task::Task,
    text::Foreign,
};

/// True when the task wears the label; trackers compare labels without regard to case.
pub(crate) fn has_label(task: &Task, label: &str) -> bool {
    task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label))
}

/// A commitment as a lease shows it. What the tracker cannot tell is taken from `known`.
pub fn commitment_of(lease: &Lease, task: &Task, label: &str, mine: bool, known: Option<&Commitment>) -> Commitment {
    let seen = |set: bool, before: Option<Projection>| if set { Projection::Set } else { before.unwrap_or_default() };
    Commitment {
        key: task.key.clone(),
        claim: lease.claim,
        who: lease.who.clone(),
        mine,
        state: lease.state,
        since: lease.since,
        until: lease.until,
        size: known.and_then(|k| k.size),
        comment_id: Some(lease.comment),
        label: seen(has_label(task, label), known.map(|k| k.label)),
        assignee: seen(task.assignees.contains(&lease.who.login), known.map(|k| k.assignee)),
        note: lease.note.clone().or_else(|| known.and_then(|k| k.note.clone())),
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}
