//! What the reader may do for the host of a project: the one answer for every surface and for whoever decides commands.

use super::Snapshot;
use crate::domain::{
    key::{ProjectRef, TrackerName},
    permit::{Actor, Deed, may},
    person::{Association, Person},
    project::Permission,
};

impl Snapshot {
    /// The reader's account on a tracker; its id is known once they committed there.
    pub fn reader(&self, tracker: &TrackerName) -> Option<Person> {
        let mine = self.commitments.iter().find(|c| c.mine && c.key.project.tracker == *tracker && c.who.id != 0);
        let login = || self.me.get(tracker).map(|login| Person { login: login.clone(), ..Person::human("", 0) });
        mine.map(|c| c.who.clone()).or_else(login)
    }

    /// True when somebody, the reader or an account of theirs, may do this for the host of a project: by the registry;
    /// where it knows no team for the project, whoever may sort its tasks leads it.
    pub fn may(&self, who: &Person, project: &ProjectRef, deed: Deed) -> bool {
        let authority = self.roster.authority(project);
        if authority.may(who, Association::Other, deed) {
            return true;
        }
        let known = self.projects.iter().find(|p| p.project == *project);
        let sorts = known.is_some_and(|p| p.permission >= Permission::Triage);
        !authority.is_known() && sorts && may(Actor::Lead, deed)
    }

    /// [`Self::may`] for the reader.
    pub fn reader_may(&self, project: &ProjectRef, deed: Deed) -> bool {
        self.reader(&project.tracker).is_some_and(|me| self.may(&me, project, deed))
    }
}
