//! "Surprise me": one task that could be taken now, drawn for this person and day, so that not only the best are ever seen.
//! Knows no screen.

use super::snapshot::{Row, Snapshot};
use crate::{
    domain::key::TaskKey,
    judge::score::list::{Seed, draw},
};

impl Snapshot {
    /// The first one drawn, of the rows at these places, that can be taken now and is not among `seen`: the same all day.
    /// `None` when all were seen, or none can be taken.
    pub fn surprise(&self, among: &[u32], seen: &[TaskKey]) -> Option<&Row> {
        let (person, day) = self.seed();
        let seed = Seed { person: &person, day };
        let held_back = |at: u32| self.side().rows.get(at as usize).is_none_or(|beside| beside.held_back);
        let ready = among.iter().filter(|at| !held_back(**at)).filter_map(|at| self.rows.get(*at as usize));
        let unseen = ready.filter(|row| !row.is_gated() && !seen.contains(&row.task.key));
        unseen.min_by_key(|row| draw(seed, &row.task.key))
    }
}
