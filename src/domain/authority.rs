//! Who speaks for the host of a project, and who decides for it: the registry where it knows the team that owns the
//! project, else the tracker's own word. The only place where that is settled.
//!
//! On GitHub everybody of an organisation is a member in all of its repositories, so membership alone says nothing about
//! the team. It counts only where no team is known.

use super::{
    key::{ProjectRef, TrackerName},
    permit::{Actor, Deed, may},
    person::{Association, Person},
    roster::{Member, Roster, Team},
};

/// The people of one project's host.
#[derive(Clone, Debug)]
pub struct Authority<'a> {
    roster: &'a Roster,
    tracker: &'a TrackerName,
    team: Option<&'a Team>,
    mentors: Vec<String>,
}

impl Roster {
    /// Who speaks for the host of a project.
    pub fn authority<'a>(&'a self, project: &'a ProjectRef) -> Authority<'a> {
        let mentors = self.policy(project).mentors.into_iter().map(|m| m.handle).collect();
        Authority { roster: self, tracker: &project.tracker, team: self.host_of(project), mentors }
    }
}

impl Authority<'_> {
    /// True where the registry names the team that owns the project.
    pub fn is_known(&self) -> bool {
        self.team.is_some()
    }

    /// True when words of this person are words of the host: those of its team, its leads and mentors, the programme,
    /// and whoever the tracker attests. `attested` is what the tracker says about them.
    pub fn speaks(&self, person: &Person, attested: Association) -> bool {
        if self.is_attested(attested) {
            return true;
        }
        let Some(member) = self.roster.member(self.tracker, person).filter(|m| m.active) else { return false };
        let at_home = self.team.is_some_and(|team| member.team.as_ref() == Some(&team.id));
        at_home || self.roles(member).next().is_some()
    }

    /// True when this person may do what only some of the host may (domain.md §4.7). Somebody who is several things may
    /// do what any of them may.
    pub fn may(&self, person: &Person, attested: Association, deed: Deed) -> bool {
        if self.is_attested(attested) && may(Actor::Lead, deed) {
            return true;
        }
        let member = self.roster.member(self.tracker, person).filter(|m| m.active);
        member.is_some_and(|member| self.roles(member).any(|actor| may(actor, deed)))
    }

    /// True when the tracker's word alone is enough.
    fn is_attested(&self, attested: Association) -> bool {
        match attested {
            Association::Owner | Association::Collaborator => true,
            Association::Member => !self.is_known(),
            Association::Other => false,
        }
    }

    fn roles(&self, member: &Member) -> impl Iterator<Item = Actor> + use<> {
        let handle = &member.handle;
        let roles = [
            (self.team.is_some_and(|team| team.leads.contains(handle)), Actor::Lead),
            (self.mentors.contains(handle), Actor::Mentor),
            (self.roster.programme.contains(handle), Actor::Programme),
        ];
        roles.into_iter().filter(|(is, _)| *is).map(|(_, actor)| actor)
    }
}
