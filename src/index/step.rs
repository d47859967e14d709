//! The next step after a first finished task: one free task that is somewhat harder, near to what the helper knows now.

use std::cmp::Reverse;

use super::{
    side::{Flag, Side},
    snapshot::{Row, Snapshot},
};
use crate::{
    domain::{commitment::Commitment, size::Size},
    judge::{
        first::{self, First},
        score::estimate,
    },
};

impl Snapshot {
    /// What this commitment is, if it is the first that its helper finished in its project.
    pub fn first_finished(&self, c: &Commitment) -> Option<First> {
        first::first(&self.commitments, c)
    }

    /// A free task that is one size larger than the one that was finished: of its project first, then of its team, and
    /// there the best. Where no size says so, one that is described less well. `None` where nothing there is harder.
    pub fn next_step(&self, c: &Commitment) -> Option<&Row> {
        let done = self.get(&c.key)?;
        let size = c.size.or_else(|| estimate::of(&done.task).map(|(size, _)| size)).unwrap_or(Size::S);
        let points = self.fit(done).and_then(|f| f.readiness);
        let same_project = |row: &Row| row.task.key.project == done.task.key.project;
        let side = self.side();
        let mut near = side.in_places(|place| {
            let team = Side::name(&side.teams, place.team);
            place.project == done.task.key.project || (team.is_some() && team == done.team.as_ref())
        });
        // What its reader could take and has not put aside.
        for flag in [Flag::HeldBack, Flag::Gated, Flag::Avoided, Flag::Folded, Flag::Hidden, Flag::Snoozed] {
            near.and_not(&side.flag(flag));
        }
        let mut open: Vec<&Row> = near.iter().filter_map(|at| self.rows.get(at as usize)).collect();
        open.sort_by_cached_key(|row| (!same_project(row), Reverse(self.score(row)), row.task.key.clone()));
        let wanted = larger(size);
        let is_larger = |row: &&&Row| wanted.is_some() && self.fit(row).and_then(|f| f.size) == wanted;
        let is_vaguer = |row: &&&Row| {
            let fit = self.fit(row).unwrap_or_default();
            fit.size.is_none_or(|s| s == size) && fit.readiness.zip(points).is_some_and(|(its, of_done)| its < of_done)
        };
        open.iter().find(is_larger).or_else(|| open.iter().find(is_vaguer)).copied()
    }
}

/// The class above.
fn larger(size: Size) -> Option<Size> {
    match size {
        Size::XS => Some(Size::S),
        Size::S => Some(Size::M),
        Size::M => Some(Size::L),
        Size::L => None,
    }
}
