//! Who is who: teams, people with their accounts, which team owns which project, and each team's policy. A value; read
//! from files by the registry, asked by everybody. Knows no file and no tracker.

use std::collections::{BTreeMap, HashMap};

use super::{
    calendar::{Calendar, Quiet},
    key::{ProjectRef, TrackerName},
    person::Person,
    policy::{Policy, Terms},
};

/// Name of a team, as written in the registry.
pub type TeamId = String;

/// An account on a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Host name of the tracker people see, such as `github.com`.
    pub host: String,
    /// Login; compared without regard to ASCII case.
    pub login: String,
    /// Numeric id on GitHub, which never changes; 0 where unknown.
    pub id: u64,
    /// Account id of a Jira site; empty elsewhere.
    pub account_id: String,
}

impl Account {
    /// How the tracker addresses it: the account id of a Jira site that has such, else the login.
    pub fn address(&self) -> &str {
        if self.account_id.is_empty() { &self.login } else { &self.account_id }
    }
}

/// What somebody is in the programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// A colleague.
    #[default]
    Regular,
    /// New: one commitment at once, tasks reserved for them.
    Newcomer,
    /// An intern: as a newcomer, with a mentor.
    Intern,
}

/// One person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Short unique name in the registry.
    pub handle: String,
    /// Name for people.
    pub name: String,
    /// Home team.
    pub team: Option<TeamId>,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Standing.
    pub standing: Standing,
    /// Commitments at once, 1–4; `None` for the default of 2.
    pub wip: Option<u32>,
    /// Minutes a week given to helping; `None` when not agreed.
    pub minutes_a_week: Option<u32>,
    /// True when those minutes are a hard limit of an agreement.
    pub minutes_are_max: bool,
    /// Leaves and own quiet times.
    pub leave: Vec<Quiet>,
    /// False for somebody who left or withdrew consent to be listed.
    pub active: bool,
}

impl Member {
    /// True for whom tasks are kept: newcomers and interns.
    pub fn is_newcomer(&self) -> bool {
        matches!(self.standing, Standing::Newcomer | Standing::Intern)
    }
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Name for people.
    pub name: String,
    /// Handles of its leads.
    pub leads: Vec<String>,
    /// Patterns of its projects: `owner/name` with `*`, or `host:owner/name`. The longest pattern wins.
    pub projects: Vec<String>,
    /// Name of its calendar.
    pub calendar: Option<String>,
}

/// What somebody is for a project or its team, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Anybody else.
    Other,
    /// Guides helpers of the team.
    Mentor,
    /// Leads the team.
    Lead,
    /// Leads the programme.
    Programme,
}

/// Everything known about people and teams. Empty without a registry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    /// Teams.
    pub teams: Vec<Team>,
    /// People.
    pub people: Vec<Member>,
    /// Named calendars.
    pub calendars: BTreeMap<String, Calendar>,
    /// Policy of each team that has one, the programme's caps already applied.
    pub policies: BTreeMap<TeamId, Policy>,
    /// Policy of projects that no team owns: open, but for the programme's caps.
    pub common: Policy,
    /// Policies of single projects: the team's with the repository's own file laid over.
    pub overlays: HashMap<ProjectRef, Policy>,
    /// Handles of the programme's leads.
    pub programme: Vec<String>,
    /// Host name of each configured tracker, so that accounts are found.
    pub hosts: HashMap<TrackerName, String>,
}

impl Roster {
    /// True when no registry was read.
    pub fn is_empty(&self) -> bool {
        self.teams.is_empty() && self.people.is_empty()
    }

    /// A team by its id.
    pub fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|t| t.id == id)
    }

    /// The entry behind an account: by numeric id where both have one, else by its address.
    pub fn member(&self, tracker: &TrackerName, person: &Person) -> Option<&Member> {
        let host = self.hosts.get(tracker)?;
        let same = |a: &Account| {
            a.host.eq_ignore_ascii_case(host)
                && if a.id != 0 && person.id != 0 {
                    a.id == person.id
                } else {
                    a.address().eq_ignore_ascii_case(person.login.raw())
                }
        };
        self.people.iter().find(|m| m.accounts.iter().any(same))
    }

    /// The entry of a handle.
    pub fn by_handle(&self, handle: &str) -> Option<&Member> {
        self.people.iter().find(|m| m.handle == handle)
    }

    /// The account of a member on a tracker.
    pub fn account(&self, tracker: &TrackerName, handle: &str) -> Option<&Account> {
        let host = self.hosts.get(tracker)?;
        self.by_handle(handle)?.accounts.iter().find(|a| a.host.eq_ignore_ascii_case(host))
    }

    /// The home team of an account.
    pub fn home_of(&self, tracker: &TrackerName, person: &Person) -> Option<&Team> {
        self.team(self.member(tracker, person)?.team.as_deref()?)
    }

    /// The team that owns a project: the longest pattern that fits it.
    pub fn host_of(&self, project: &ProjectRef) -> Option<&Team> {
        let host = self.hosts.get(&project.tracker).map(String::as_str);
        let best = |team: &Team| team.projects.iter().filter(|p| fits(p, host, project.path())).map(String::len).max();
        self.teams.iter().filter_map(|t| best(t).map(|len| (len, t))).max_by_key(|(len, _)| *len).map(|(_, t)| t)
    }

    /// The policy for a project: its own overlay, else its team's, else the common one.
    pub fn policy(&self, project: &ProjectRef) -> Policy {
        self.policy_of(project, self.host_of(project)).clone()
    }

    /// The same where the team that owns the project is known: finding it tries the patterns of all teams.
    pub fn policy_of(&self, project: &ProjectRef, host: Option<&Team>) -> &Policy {
        let of_team = || host.and_then(|team| self.policies.get(&team.id)).unwrap_or(&self.common);
        self.overlays.get(project).unwrap_or_else(of_team)
    }

    /// The calendar of a host, with the quiet periods of a policy.
    pub fn calendar_of(&self, host: Option<&Team>, policy: &Policy) -> Calendar {
        let named = host.and_then(|t| t.calendar.as_ref()).and_then(|name| self.calendars.get(name));
        let mut calendar = named.cloned().unwrap_or_default();
        calendar.quiet.extend(policy.quiet.iter().cloned());
        calendar
    }

    /// What a commitment of `helper` on a project is judged by: timers, and the host's calendar with its quiet periods
    /// and the helper's leave.
    pub fn terms(&self, project: &ProjectRef, helper: Option<&Person>) -> Terms {
        let host = self.host_of(project);
        let policy = self.policy_of(project, host);
        let mut calendar = self.calendar_of(host, policy);
        let member = helper.and_then(|p| self.member(&project.tracker, p));
        calendar.quiet.extend(member.into_iter().flat_map(|m| m.leave.iter().cloned()));
        Terms { timers: policy.timers, calendar }
    }

    /// What somebody is for a project.
    pub fn role(&self, project: &ProjectRef, person: &Person) -> Role {
        let Some(member) = self.member(&project.tracker, person) else { return Role::Other };
        if self.programme.contains(&member.handle) {
            return Role::Programme;
        }
        let Some(team) = self.host_of(project) else { return Role::Other };
        if team.leads.contains(&member.handle) {
            return Role::Lead;
        }
        let mentors = &self.policy_of(project, Some(team)).mentors;
        if mentors.iter().any(|m| m.handle == member.handle) { Role::Mentor } else { Role::Other }
    }
}

/// True when `owner/name` fits a pattern with `*`, which may name a host in front.
pub fn fits(pattern: &str, host: Option<&str>, path: &str) -> bool {
    let (wanted, pattern) = match pattern.split_once(':') {
        Some((host, rest)) => (Some(host), rest),
        None => (None, pattern),
    };
    let right_host = wanted.is_none_or(|w| host.is_some_and(|h| h.eq_ignore_ascii_case(w)));
    // Most patterns are another team's: a look at their beginning spares the copies.
    let literal = pattern.split('*').next().unwrap_or_default();
    let begins = path.as_bytes().get(..literal.len()).is_some_and(|head| head.eq_ignore_ascii_case(literal.as_bytes()));
    right_host && begins && glob(&pattern.to_ascii_lowercase(), &path.to_ascii_lowercase())
}

/// Plain glob: `*` stands for any text, everything else for itself.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
