//! What else could be taken: free tasks that are alike, for whoever was refused one.

use std::cmp::Reverse;

use super::snapshot::{Row, Snapshot};
use crate::{
    domain::{key::TaskKey, refusal::Rule},
    judge::signal::is_held_back,
    store::MarkKind,
};

/// Up to `most` free tasks that share a signal with `row`: the same project first, then the same team, then those that
/// share most signals. Never one of a team that takes no help now, one that the user put aside, or one that is blocked.
pub fn alternatives(snapshot: &Snapshot, row: &Row, most: usize) -> Vec<TaskKey> {
    alike(snapshot, row, most, &|_| true)
}

/// The same for what a rule refused: what the host as a whole does not allow now is not offered on its other tasks.
pub fn alternatives_to(snapshot: &Snapshot, row: &Row, rule: Rule, most: usize) -> Vec<TaskKey> {
    let of_host = matches!(rule, Rule::HostOpen | Rule::HostConcurrency | Rule::BurdenBudget);
    let same_host = |other: &Row| match &row.team {
        Some(team) => other.team.as_ref() == Some(team),
        None => other.task.key.project == row.task.key.project,
    };
    alike(snapshot, row, most, &|other| !(of_host && same_host(other)))
}

fn alike(snapshot: &Snapshot, row: &Row, most: usize, wanted: &dyn Fn(&Row) -> bool) -> Vec<TaskKey> {
    let shared = |other: &Row| other.signals.iter().filter(|s| row.signals.iter().any(|r| r.kind == s.kind)).count();
    let put_aside = |other: &Row| matches!(other.mark, Some(MarkKind::Hidden | MarkKind::Snoozed));
    let mut dictionary = crate::judge::signal::label::Dictionary::new();
    let alike = |other: &&Row| {
        other.free.is_free()
            && other.task.key != row.task.key
            && !other.shut
            && !other.avoided
            && other.folded.is_none()
            && !put_aside(other)
            && wanted(other)
            && shared(other) > 0
            && !is_held_back(&other.task, &mut dictionary)
    };
    let mut found: Vec<&Row> = snapshot.rows.iter().filter(alike).collect();
    let other_team = |r: &Row| r.team.is_none() || r.team != row.team;
    found.sort_by_cached_key(|r| {
        (r.task.key.project != row.task.key.project, other_team(r), Reverse(shared(r)), r.task.key.clone())
    });
    found.iter().take(most).map(|r| r.task.key.clone()).collect()
}
