//! The team of a row, looked up once for each project: matching patterns for each of a hundred thousand tasks would be slow.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use crate::domain::{key::ProjectRef, policy::Consent, roster::Roster};

/// The team that owns a project, and whether help is shut there.
type Found = (Option<Arc<str>>, bool);

/// Look-up that remembers the projects it has met.
pub(super) struct Teams<'a> {
    roster: &'a Roster,
    met: RefCell<HashMap<ProjectRef, Found>>,
}

impl<'a> Teams<'a> {
    pub(super) fn of(roster: &'a Roster) -> Self {
        Self { roster, met: RefCell::default() }
    }

    /// The id of the team that owns a project, and true when its policy there is closed.
    pub(super) fn of_project(&self, project: &ProjectRef) -> Found {
        if let Some(known) = self.met.borrow().get(project) {
            return known.clone();
        }
        let team = self.roster.host_of(project).map(|t| Arc::from(t.id.as_str()));
        let found = (team, self.roster.policy(project).consent == Consent::Closed);
        self.met.borrow_mut().insert(project.clone(), found.clone());
        found
    }
}
