//! What was known before a sync, with the ways to find a project in it that a large organisation needs.

use std::{
    collections::{HashMap, HashSet},
    ops::Deref,
};

use crate::{
    domain::{
        coverage::Freshness,
        key::{ProjectRef, TaskKey},
        project::Project,
    },
    store::{Everything, Numbers},
};

/// What was known before a sync.
pub(super) struct Before {
    all: Everything,
    by_name: HashMap<ProjectRef, usize>,
    by_id: HashMap<u64, Vec<usize>>,
    fresh: HashSet<ProjectRef>,
    tasks: Numbers,
}

impl Deref for Before {
    type Target = Everything;

    fn deref(&self) -> &Everything {
        &self.all
    }
}

impl Before {
    pub(super) fn of(all: Everything, tasks: Numbers) -> Self {
        let by_name = all.projects.iter().enumerate().map(|(n, p)| (p.project.clone(), n)).collect();
        let mut by_id: HashMap<u64, Vec<usize>> = HashMap::new();
        for (n, project) in all.projects.iter().enumerate() {
            by_id.entry(project.id).or_default().push(n);
        }
        let is_fresh = |f: &Freshness| matches!(f, Freshness::Fresh { .. });
        let fresh = all.coverage.iter().filter(|c| is_fresh(&c.freshness)).map(|c| c.project.clone()).collect();
        Self { all, by_name, by_id, fresh, tasks }
    }

    /// A project by its name.
    pub(super) fn project(&self, name: &ProjectRef) -> Option<&Project> {
        self.all.projects.get(*self.by_name.get(name)?)
    }

    /// The project of the same tracker with that number.
    pub(super) fn numbered(&self, like: &Project) -> Option<&Project> {
        let places = self.by_id.get(&like.id)?.iter();
        let mut found = places.filter_map(|n| self.all.projects.get(*n));
        found.find(|p| p.project.tracker == like.project.tracker)
    }

    /// True when the last sync that tried read the project completely.
    pub(super) fn is_fresh(&self, name: &ProjectRef) -> bool {
        self.fresh.contains(name)
    }

    /// True when lists show the task.
    pub(super) fn has_task(&self, key: &TaskKey) -> bool {
        self.tasks.get(&key.project).is_some_and(|all| all.iter().any(|(number, _)| *number == key.number))
    }

    /// The open tasks of a project.
    pub(super) fn open_tasks(&self, project: &ProjectRef) -> impl Iterator<Item = TaskKey> {
        let all = self.tasks.get(project).into_iter().flatten();
        all.filter(|(_, open)| *open).map(|(number, _)| TaskKey::new(project.clone(), *number))
    }
}
