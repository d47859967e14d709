//! The next step after a first finished task: one free task that is somewhat harder, near to what the helper knows now.

use std::cmp::Reverse;

use super::snapshot::{Row, Snapshot};
use crate::{
    domain::{commitment::Commitment, size::Size},
    judge::{
        first::{self, First},
        score::estimate,
        signal::{is_held_back, label::Dictionary},
    },
    store::MarkKind,
};

impl Snapshot {
    /// What this commitment is, if it is the first that its helper finished in its project.
    pub fn first_finished(&self, c: &Commitment) -> Option<First> {
        first::first(&self.commitments, c)
    }

    /// A free task that is one size larger than the one that was finished; of its project first, then of its team, best
    /// first. Where no size says so, one that is described less well. `None` where nothing there is harder.
    pub fn next_step(&self, c: &Commitment) -> Option<&Row> {
        let done = self.get(&c.key)?;
        let size = c.size.or_else(|| estimate::of(&done.task).map(|(size, _)| size)).unwrap_or(Size::S);
        let (points, mut dictionary) = (self.fit(done).and_then(|f| f.readiness), Dictionary::new());
        let mut open: Vec<&Row> = self.rows.iter().filter(|row| self.is_open_to_all(row, &mut dictionary)).collect();
        let place = |row: &&Row| {
            let other_team = row.team.is_none() || row.team != done.team;
            (row.task.key.project != done.task.key.project, other_team)
        };
        open.retain(|row| !place(row).1 || !place(row).0);
        open.sort_by_cached_key(|row| (place(row), Reverse(self.score(row)), row.task.key.clone()));
        let wanted = larger(size);
        let is_larger = |row: &&&Row| wanted.is_some() && self.fit(row).and_then(|f| f.size) == wanted;
        let is_vaguer = |row: &&&Row| {
            let fit = self.fit(row).unwrap_or_default();
            fit.size.is_none_or(|s| s == size) && fit.readiness.zip(points).is_some_and(|(its, of_done)| its < of_done)
        };
        open.iter().find(is_larger).or_else(|| open.iter().find(is_vaguer)).copied()
    }

    fn is_open_to_all(&self, row: &Row, dictionary: &mut Dictionary) -> bool {
        let put_aside = matches!(row.mark, Some(MarkKind::Hidden | MarkKind::Snoozed));
        !row.is_gated() && !row.avoided && row.folded.is_none() && !put_aside && !is_held_back(&row.task, dictionary)
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
