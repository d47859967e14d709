//! What else could be taken: free tasks that are alike, for whoever was refused one.

use std::cmp::Reverse;

use super::snapshot::{Row, Snapshot};
use crate::{domain::key::TaskKey, judge::signals::is_held_back, store::MarkKind};

/// Up to `most` free tasks that share a signal with `row`: the same project first, then the same team, then those that
/// share most signals. Never one of a team that takes no help now, one that the user put aside, or one that is blocked.
pub fn alternatives(snapshot: &Snapshot, row: &Row, most: usize) -> Vec<TaskKey> {
    let shared = |other: &Row| other.signals.iter().filter(|s| row.signals.iter().any(|r| r.kind == s.kind)).count();
    let put_aside = |other: &Row| matches!(other.mark, Some(MarkKind::Hidden | MarkKind::Snoozed));
    let mut dictionary = crate::judge::label::Dictionary::new();
    let alike = |other: &&Row| {
        other.free.is_free()
            && other.task.key != row.task.key
            && !other.shut
            && !put_aside(other)
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
