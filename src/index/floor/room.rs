//! One room: a team (or a project without one) with its helpers, places, quiet periods, requests and mentors. What it
//! costs the team is shown to those who speak for it.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{Ask, Place};
use crate::{
    domain::{
        calendar::Quiet,
        commitment::{Commitment, CommitmentState},
        permit::Deed,
        policy::{Consent, Policy},
        roster::Roster,
        time::Now,
    },
    index::{Proposed, Snapshot},
    judge::burden::HostLoad,
};

/// How many days ahead a quiet period is announced.
const ANNOUNCED_DAYS: i32 = 30;

/// Somebody who helps in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Helper {
    /// Place of the commitment in the snapshot.
    pub at: usize,
    /// Home team's name, where the registry knows it.
    pub home: Option<String>,
    /// Expected review, minutes; only for those who speak for the room.
    pub forecast_min: Option<u32>,
}

/// Places for helpers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Taken.
    pub used: u32,
    /// In all; `None` without a limit.
    pub max: Option<u32>,
}

impl Places {
    /// Free places; `None` without a limit.
    pub fn free(self) -> Option<u32> {
        self.max.map(|max| max.saturating_sub(self.used))
    }
}

/// What help costs the team this week, in minutes of review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Committed.
    pub committed_min: u32,
    /// The budget; `None` without one.
    pub budget_min: Option<u32>,
    /// First day of the next week of the host, when it begins anew.
    pub renews: Date,
}

/// A mentor and the helpers they guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentorLoad {
    /// Handle.
    pub handle: String,
    /// Name for people.
    pub name: String,
    /// Helpers guided now.
    pub used: u32,
    /// Helpers at once.
    pub capacity: u32,
    /// On rotation.
    pub on: bool,
}

/// A room.
#[derive(Clone, Debug)]
pub struct Room {
    /// Where.
    pub place: Place,
    /// Name for people.
    pub name: String,
    /// True when the reader speaks for it.
    pub own: bool,
    /// How to be asked.
    pub consent: Consent,
    /// Names of its leads.
    pub leads: Vec<String>,
    /// Where to ask.
    pub contact: String,
    /// Places.
    pub places: Places,
    /// The quiet period that runs or begins within a month.
    pub quiet: Option<Quiet>,
    /// Who helps, first to end first; requests last.
    pub helpers: Vec<Helper>,
    /// How many of them are at risk.
    pub at_risk: u32,
    /// Tasks here that are assigned by hand to people of other teams.
    pub by_hand: u32,
    /// What waits for an answer of the room; only for those who speak for it.
    pub asks: Vec<Ask>,
    /// Tasks proposed to people who have not answered yet; only for those who speak for it.
    pub proposed: Vec<Proposed>,
    /// Load; only for those who speak for it.
    pub load: Option<Load>,
    /// Mentors.
    pub mentors: Vec<MentorLoad>,
}

impl Room {
    pub(super) fn of(snapshot: &Snapshot, place: Place, at: &[usize]) -> Self {
        let now = Now(snapshot.built_at.unwrap_or_default());
        let roster = snapshot.roster.as_ref();
        let (policy, load) = terms(snapshot, &place);
        let own = is_own(snapshot, &place);
        let here: Vec<(usize, &Commitment)> =
            at.iter().filter_map(|at| Some((*at, snapshot.commitments.get(*at)?))).collect();
        let held = here.iter().filter(|(_, c)| c.holds_task()).count();
        let today = load.calendar.date(now.0);
        let asks = if own { Ask::all(snapshot, &place, &here, &policy, now) } else { Vec::new() };
        Self {
            name: name(roster, &place),
            own,
            consent: policy.consent,
            leads: leads(roster, &place),
            contact: policy.contact.clone(),
            places: Places { used: count(held), max: policy.max_helpers },
            quiet: quiet(&policy, today),
            at_risk: count(here.iter().filter(|(_, c)| c.state == CommitmentState::AtRisk).count()),
            by_hand: 0,
            asks,
            proposed: if own { proposed(snapshot, &place) } else { Vec::new() },
            load: own.then(|| Load {
                committed_min: load.committed_min(now),
                budget_min: policy.review_budget_min,
                renews: load.monday(now).saturating_add(jiff::Span::new().days(7)),
            }),
            mentors: mentors(roster, &policy, &here),
            helpers: helpers(snapshot, here, &load, own),
            place,
        }
    }

    /// Rooms with something to answer first, then at risk, with helpers, by name.
    pub(super) fn rank(&self) -> impl Ord + use<> {
        let waits = self.asks.len();
        (Reverse(waits), Reverse(self.at_risk), Reverse(self.helpers.len()), self.name.to_lowercase())
    }

    /// The commitments of the room, in its order.
    pub fn commitments<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = (&'a Helper, &'a Commitment)> {
        self.helpers.iter().filter_map(|h| Some((h, snapshot.commitments.get(h.at)?)))
    }
}

fn proposed(snapshot: &Snapshot, place: &Place) -> Vec<Proposed> {
    snapshot.proposals_in(|project| super::place_of(snapshot, project) == *place).cloned().collect()
}

fn terms<'a>(snapshot: &'a Snapshot, place: &Place) -> (Policy, HostLoad<'a>) {
    let roster = snapshot.roster.as_ref();
    let load = match place {
        Place::Team(id) => HostLoad::of_team(roster, id, &snapshot.commitments),
        Place::Project(project) => HostLoad::of_project(roster, project, &snapshot.commitments),
    };
    (load.policy.clone(), load)
}

/// True when the reader leads or guides in the room.
fn is_own(snapshot: &Snapshot, place: &Place) -> bool {
    match place {
        Place::Project(project) => snapshot.reader_may(project, Deed::AnswerRequest),
        Place::Team(id) => {
            let roster = &snapshot.roster;
            let mentors = roster.policies.get(id).map(|p| p.mentors.as_slice()).unwrap_or_default();
            let leads = roster.team(id).map(|t| t.leads.as_slice()).unwrap_or_default();
            snapshot.me.iter().any(|(tracker, login)| {
                let person = crate::domain::person::Person {
                    login: login.clone(),
                    ..crate::domain::person::Person::human("", 0)
                };
                let member = roster.member(tracker, &person);
                member.is_some_and(|m| leads.contains(&m.handle) || mentors.iter().any(|x| x.handle == m.handle))
            })
        }
    }
}

fn name(roster: &Roster, place: &Place) -> String {
    match place {
        Place::Team(id) => match roster.team(id) {
            Some(team) if !team.name.is_empty() => team.name.clone(),
            _ => id.clone(),
        },
        Place::Project(project) => project.path().to_owned(),
    }
}

/// Names of people by handle; the handle where there is no name.
fn person(roster: &Roster, handle: &str) -> String {
    match roster.by_handle(handle) {
        Some(member) if !member.name.is_empty() => member.name.clone(),
        _ => handle.to_owned(),
    }
}

fn leads(roster: &Roster, place: &Place) -> Vec<String> {
    let Place::Team(id) = place else { return Vec::new() };
    roster.team(id).map(|t| t.leads.iter().map(|h| person(roster, h)).collect()).unwrap_or_default()
}

fn quiet(policy: &Policy, today: Date) -> Option<Quiet> {
    let near = |q: &&Quiet| q.to >= today && today.until(q.from).map_or(0, |s| s.get_days()) <= ANNOUNCED_DAYS;
    policy.quiet.iter().filter(near).min_by_key(|q| q.from).cloned()
}

fn mentors(roster: &Roster, policy: &Policy, here: &[(usize, &Commitment)]) -> Vec<MentorLoad> {
    let guides = |handle: &str, c: &Commitment| {
        let Some(mentor) = c.life.as_ref().and_then(|l| l.mentor.as_ref()) else { return false };
        let account = roster.account(&c.key.project.tracker, handle);
        c.state.holds() && account.is_some_and(|a| a.address().eq_ignore_ascii_case(mentor.raw()))
    };
    let of = |handle: &str| count(here.iter().filter(|(_, c)| guides(handle, c)).count());
    policy
        .mentors
        .iter()
        .map(|m| MentorLoad {
            handle: m.handle.clone(),
            name: person(roster, &m.handle),
            used: of(&m.handle),
            capacity: m.capacity,
            on: m.on,
        })
        .collect()
}

fn helpers(snapshot: &Snapshot, mut here: Vec<(usize, &Commitment)>, load: &HostLoad<'_>, own: bool) -> Vec<Helper> {
    let rank = |c: &Commitment| match c.state {
        CommitmentState::Requested => 1,
        CommitmentState::Warranty => 2,
        _ => 0,
    };
    // Requests in the order in which they were made, which is the order in which they are answered.
    let asked = |c: &Commitment| {
        let asked = c.life.as_ref().and_then(|life| life.asked).unwrap_or(c.since);
        Some(asked).filter(|_| c.state == CommitmentState::Requested)
    };
    here.sort_by_key(|(_, c)| (rank(c), asked(c), c.until, c.claim));
    here.into_iter()
        .map(|(at, c)| Helper {
            at,
            home: super::matrix::home(snapshot, c),
            forecast_min: own.then(|| load.forecast(c.size)),
        })
        .collect()
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
