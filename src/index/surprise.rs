//! "Surprise me": one task that could be taken now, drawn for this person and day, so that not only the best are ever seen.
//! Knows no screen.

use super::{
    side::Flag,
    snapshot::{Row, Snapshot},
};
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
        let ready = |at: u32| !self.side().has(Flag::HeldBack, at) && !self.rows.is_gated(at);
        let keys = among.iter().filter(|at| ready(**at)).filter_map(|at| Some((*at, self.rows.key(*at)?)));
        let unseen = keys.filter(|(_, key)| !seen.contains(key));
        let (at, _) = unseen.min_by_key(|(_, key)| draw(seed, key))?;
        self.rows.get(at as usize)
    }
}
