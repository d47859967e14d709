//! The team of a row, looked up once for each project: matching patterns for each of a hundred thousand tasks would be slow.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use crate::{
    domain::{key::ProjectRef, policy::Consent, roster::Roster, task::Task, time::Now},
    judge::{
        free::Free,
        guard::{Reserve, closed_label, knows_newcomers},
        signal::label::Dictionary,
    },
};

/// What is known of a project.
#[derive(Clone)]
struct Place {
    team: Option<Arc<str>>,
    closed: bool,
    labels_closed: Arc<[String]>,
    /// What it keeps for newcomers.
    reserve: Option<Arc<Reserve>>,
}

/// Look-up that remembers the projects it has met.
pub(super) struct Teams<'a> {
    roster: &'a Roster,
    newcomers: bool,
    met: RefCell<HashMap<ProjectRef, Place>>,
}

impl<'a> Teams<'a> {
    pub(super) fn of(roster: &'a Roster) -> Self {
        Self { roster, newcomers: knows_newcomers(roster), met: RefCell::default() }
    }

    /// The id of the team that owns a task's project, and true when no help with the task is taken now.
    pub(super) fn of_task(&self, task: &Task) -> (Option<Arc<str>>, bool) {
        let place = self.place(&task.key.project);
        (place.team, place.closed || closed_label(task, &place.labels_closed).is_some())
    }

    /// What keeps a task from whoever is no newcomer.
    pub(super) fn reserved(&self, task: &Task, now: Now, dictionary: &mut Dictionary) -> Option<Free> {
        let kept =
            self.place(&task.key.project).reserve?.kept(task, now, dictionary).map(|k| (k.label.into(), k.opens));
        kept.map(|(label, opens)| Free::Reserved { label, opens })
    }

    fn place(&self, project: &ProjectRef) -> Place {
        if let Some(known) = self.met.borrow().get(project) {
            return known.clone();
        }
        let host = self.roster.host_of(project);
        let policy = self.roster.policy_of(project, host);
        let place = Place {
            team: host.map(|team| Arc::from(team.id.as_str())),
            closed: policy.consent == Consent::Closed,
            labels_closed: policy.labels_closed.as_slice().into(),
            reserve: Reserve::among(self.roster, host, policy, self.newcomers).map(Arc::new),
        };
        self.met.borrow_mut().insert(project.clone(), place.clone());
        place
    }
}
