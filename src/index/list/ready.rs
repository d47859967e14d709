//! What the store gave, brought up to the present before rows are made of it: what is configured, which marks still hold,
//! where commitments stand. Knows no rows.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::index::snapshot::BuildContext;
use crate::{
    domain::{
        commitment::{Commitment, CommitmentState, judge},
        coverage::{Coverage, ProjectCoverage},
        key::{ProjectRef, TaskKey},
        task::Task,
        time::end_of_day,
    },
    store::{Everything, Mark},
};

/// Leaves out what is not configured any more, but for tasks that the user is or was committed to.
pub(in crate::index) fn keep_scope(everything: &mut Everything, scope: &HashSet<ProjectRef>) {
    let mine: HashSet<TaskKey> = everything.commitments.iter().filter(|c| c.mine).map(|c| c.key.clone()).collect();
    everything.projects.retain(|p| scope.contains(&p.project));
    everything.coverage.retain(|c| scope.contains(&c.project));
    everything.tasks.retain(|t| scope.contains(&t.key.project) || mine.contains(&t.key));
}

/// Lifts snoozes that hold until something about their task changes, where it did.
pub(in crate::index) fn lift_changed(marks: &mut Vec<Mark>, tasks: &[Task]) {
    let snoozed: HashSet<&TaskKey> = marks.iter().filter(|m| m.changed.is_some()).map(|m| &m.key).collect();
    if snoozed.is_empty() {
        return;
    }
    let changes =
        tasks.iter().filter(|task| snoozed.contains(&task.key)).map(|task| (task.key.clone(), task.updated_at));
    let changes: HashMap<TaskKey, Timestamp> = changes.collect();
    lift(marks, |key| changes.get(key).copied());
}

/// The same, where `changed` tells when a task last did.
pub(in crate::index) fn lift(marks: &mut Vec<Mark>, changed: impl Fn(&TaskKey) -> Option<Timestamp>) {
    marks.retain(|mark| mark.changed.is_none_or(|then| changed(&mark.key).is_none_or(|now| now == then)));
}

/// The states of commitments now.
pub(in crate::index) fn bring_up_to(commitments: &mut [Commitment], context: &BuildContext) {
    judge(commitments, &context.roster, context.now);
    for c in commitments {
        // Without a log nothing tells of a reminder: the last day ends it everywhere at once.
        if c.life.is_none() && c.state == CommitmentState::Active && end_of_day(c.until) <= context.now.0 {
            c.state = CommitmentState::Expired;
        }
    }
}

/// How fresh all of it is.
pub(in crate::index) fn coverage(freshness: &[ProjectCoverage], values: &[(String, String)]) -> Coverage {
    let mut coverage = Coverage::of(freshness.iter().map(|c| &c.freshness));
    let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    coverage.synced_at = value("synced_at").and_then(|v| v.parse().ok());
    coverage.odd_rows = value("odd_rows").and_then(|v| v.parse().ok()).unwrap_or(0);
    coverage
}
