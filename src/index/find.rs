//! The task that somebody means by a typed key, and keys as they are shown: with their tracker where that is needed.

use std::collections::HashSet;

use super::{
    side::Side,
    snapshot::{Row, Snapshot},
};
use crate::domain::{
    key::{KeyError, LooseKey, ProjectRef, TaskKey, TrackerName},
    project::Project,
};

/// A key that names no single task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// Not a key at all.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No such task in the store.
    #[error("no task {0} in the store; `floorwalk sync` reads it if its project is configured")]
    Absent(String),
    /// On several trackers.
    #[error("{key} exists on several trackers: write {choices}")]
    Ambiguous {
        /// As typed.
        key: String,
        /// `gh:a/b#1 or ghe:a/b#1`.
        choices: String,
    },
}

impl Snapshot {
    /// The task a user means by a typed key.
    ///
    /// # Errors
    /// [`FindError`] when it names none, or several on different trackers.
    pub fn find(&self, typed: &str) -> Result<&Row, FindError> {
        let loose: LooseKey = typed.parse()?;
        let found: Vec<&Row> = self
            .trackers
            .iter()
            .filter(|t| loose.tracker.as_ref().is_none_or(|wanted| wanted == *t))
            .filter_map(|t| self.get(&loose.on(t).ok()?))
            .collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(FindError::Absent(crate::domain::text::safe_line(typed).into_owned())),
            many => Err(FindError::Ambiguous {
                key: crate::domain::text::safe_line(typed).into_owned(),
                choices: many.iter().map(|r| r.task.key.qualified()).collect::<Vec<_>>().join(" or "),
            }),
        }
    }

    /// The key as surfaces print it: with its tracker only where two trackers have the same.
    pub fn shown_key(&self, key: &TaskKey) -> String {
        if self.shared_paths.contains(key.project.path()) { key.qualified() } else { key.to_string() }
    }
}

/// The trackers there are, and the paths that more than one of them has.
pub(super) fn places(side: &Side, projects: &[Project]) -> (Vec<TrackerName>, HashSet<String>) {
    let of_rows = side.places.iter().map(|place| &place.project);
    let known: HashSet<&ProjectRef> = of_rows.chain(projects.iter().map(|p| &p.project)).collect();
    let mut trackers: Vec<TrackerName> = known.iter().map(|p| p.tracker.clone()).collect();
    trackers.sort();
    trackers.dedup();
    let mut met = HashSet::new();
    let shared = known.iter().filter(|p| !met.insert(p.path())).map(|p| p.path().to_owned()).collect();
    (trackers, shared)
}
