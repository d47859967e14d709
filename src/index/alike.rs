//! What else could be taken: free tasks that are alike, for whoever was refused one.

use std::{cmp::Reverse, sync::Arc};

use super::{
    bits::Bits,
    side::{Flag, Place, Side},
    snapshot::{Row, Snapshot},
};
use crate::domain::{key::TaskKey, refusal::Rule};

/// Up to `most` free tasks that share a signal with `row`: the same project first, then the same team, then those that
/// share most signals. Never one of a team that takes no help now, one that the user put aside, or one that is blocked.
pub fn alternatives(snapshot: &Snapshot, row: &Row, most: usize) -> Vec<TaskKey> {
    alike(snapshot, row, most, false)
}

/// The same for what a rule refused: what the host as a whole does not allow now is not offered on its other tasks.
pub fn alternatives_to(snapshot: &Snapshot, row: &Row, rule: Rule, most: usize) -> Vec<TaskKey> {
    let of_host = matches!(rule, Rule::HostOpen | Rule::HostConcurrency | Rule::BurdenBudget);
    alike(snapshot, row, most, of_host)
}

fn alike(snapshot: &Snapshot, row: &Row, most: usize, elsewhere: bool) -> Vec<TaskKey> {
    let side = snapshot.side();
    let own = &row.task.key;
    let same_team = |place: &Place| match (&row.team, Side::name(&side.teams, place.team)) {
        (Some(team), Some(other)) => team == other,
        _ => false,
    };
    let signals: Vec<Arc<Bits>> = row.signals.iter().map(|s| side.signal(s.kind)).collect();
    let mut wanted = Bits::none(side.len());
    signals.iter().for_each(|bits| wanted.or(bits));
    wanted.and(&side.flag(Flag::Free));
    for flag in [Flag::Shut, Flag::Avoided, Flag::Folded, Flag::Hidden, Flag::Snoozed, Flag::HeldBack] {
        wanted.and_not(&side.flag(flag));
    }
    if elsewhere {
        let host = |p: &Place| if row.team.is_some() { same_team(p) } else { p.project == own.project };
        wanted.and_not(&side.in_places(host));
    }
    let rank = |at: u32| {
        let place = side.place(at)?;
        let shared = signals.iter().filter(|bits| bits.has(at as usize)).count();
        Some((place.project != own.project, !same_team(place), Reverse(shared), side.key_rank(at), at))
    };
    let mut found: Vec<_> = wanted.iter().filter_map(rank).collect();
    found.sort_unstable();
    let keys = found.into_iter().filter_map(|(.., at)| snapshot.rows.key(at));
    keys.filter(|key| key != own).take(most).collect()
}
