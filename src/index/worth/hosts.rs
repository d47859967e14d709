//! What the store tells of hosts: how soon they answer, how much waits there for each of them, how much help they got.
//! Nothing is shown that ranks them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::snapshot::{BuildContext, Row};
use crate::{
    domain::{
        calendar::Calendar, commitment::Commitment, key::ProjectRef, person::Association, size::Size, task::TaskState,
    },
    judge::{
        hold,
        score::facts::{Answers, Term},
    },
};

/// Days over which answers and help are looked at.
const DAYS: i64 = 90;
/// Working hours of a day.
const DAY: f64 = 8.0;
/// What an organisation of which nothing is known answers in, working hours: an answer worth half.
const PRIOR_HOURS: f64 = 16.0;
/// Share of what came from outside that is taken, while it is not known.
const PRIOR_SHARE: f64 = 0.5;

/// One host: a team, or a project that no team owns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct HostFacts {
    /// Working hours to the first word of the host, by the rows of tasks of outsiders; for those without one, how long they
    /// wait.
    waits: BTreeMap<u32, f64>,
    /// The middle of the waits.
    usual: Option<f64>,
    open: u32,
    members: u32,
    /// Hours of helpers.
    received: u32,
}

/// All hosts.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::index) struct Hosts {
    hosts: HashMap<String, HostFacts>,
    org_hours: f64,
    /// Open tasks per member of each team with members, in order.
    pressures: Vec<f64>,
    /// Hours that each team would have got of an even share; 0 where nobody helped anybody.
    share: f64,
}

/// Two terms of need; the others are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct NeedFacts {
    /// Place of open debt per member among all teams, 0–1.
    pub(super) pressure: Option<f64>,
    /// Hours of help over an even share.
    pub(super) received: Option<f64>,
}

impl NeedFacts {
    /// The terms for the formula.
    pub(super) fn terms(self) -> [Term; 2] {
        [Term::pressure(self.pressure), Term::deficit(self.received)]
    }
}

impl Hosts {
    /// Takes in what rows tell of their hosts.
    pub(in crate::index) fn count<'r>(&mut self, rows: impl Iterator<Item = (u32, &'r Row)>, context: &BuildContext) {
        let calendar = Calendar::default();
        let since = lately(context);
        for (at, row) in rows.filter(|(_, row)| row.task.state == TaskState::Open) {
            let name = name(row.team.as_deref(), &row.task.key.project);
            let host = match self.hosts.get_mut(name) {
                Some(known) => known,
                None => self.hosts.entry(name.to_owned()).or_default(),
            };
            host.open += 1;
            let asked = row.task.association == Association::Other && row.task.created_at >= since;
            if let Some(said) = row.gist.as_ref().and_then(|g| g.said.as_ref()).filter(|_| asked) {
                let answer = said.host.map_or(context.now.0, |(first, _)| first);
                host.waits.insert(at, working_hours(&calendar, row.task.created_at, answer));
            }
        }
    }

    /// Forgets what a row of an open task told of its host.
    pub(in crate::index) fn forget(&mut self, at: u32, team: Option<&str>, project: &ProjectRef) {
        let name = name(team, project);
        if let Some(host) = self.hosts.get_mut(name) {
            host.open -= u32::from(host.open > 0);
            host.waits.remove(&at);
            if host.open == 0 {
                self.hosts.remove(name);
            }
        }
    }

    /// Compares what was counted, after all rows were.
    /// `host` tells the team that owns a project.
    pub(super) fn compare<'a>(
        mut self,
        commitments: &[Commitment],
        context: &BuildContext,
        host: impl Fn(&ProjectRef) -> Option<&'a str>,
    ) -> Self {
        let hosts = &mut self.hosts;
        let since = lately(context);
        for host in hosts.values_mut() {
            (host.members, host.received) = (0, 0);
            host.usual = median(host.waits.values().copied().collect());
        }
        for person in context.roster.people.iter().filter(|p| p.active) {
            if let Some(host) = person.team.as_ref().and_then(|team| hosts.get_mut(team.as_str())) {
                host.members += 1;
            }
        }
        for c in commitments.iter().filter(|c| hold::has_begun(c) && hold::start(c) >= since) {
            let team = host(&c.key.project).and_then(|team| hosts.get_mut(team));
            if let Some(host) = team {
                host.received += Size::hours(c.size);
            }
        }
        let mut pressures: Vec<f64> = hosts.values().filter_map(HostFacts::pressure).collect();
        pressures.sort_by(f64::total_cmp);
        let teams: BTreeSet<&str> = context.roster.teams.iter().map(|t| t.id.as_str()).collect();
        let all: u32 = hosts.values().map(|h| h.received).sum();
        let share = if teams.is_empty() { 0.0 } else { f64::from(all) / count(teams.len()) };
        let waits: Vec<f64> = hosts.values().flat_map(|h| h.waits.values().copied()).collect();
        let org_hours = median(waits).unwrap_or(PRIOR_HOURS);
        Self { org_hours, pressures, share, ..self }
    }

    /// How the host of a project answers; what becomes of pull requests from outside is not known.
    pub(super) fn answers(&self, team: Option<&str>, project: &ProjectRef) -> Answers {
        let host = self.hosts.get(name(team, project));
        let n = host.map_or(0, |host| u32::try_from(host.waits.len()).unwrap_or(u32::MAX));
        let hours = host.and_then(|host| host.usual).unwrap_or(self.org_hours);
        Answers { hours, n, org_hours: self.org_hours, merged: 0, ended: 0, org_share: PRIOR_SHARE }
    }

    pub(super) fn need(&self, team: Option<&str>) -> NeedFacts {
        let Some(host) = team.and_then(|t| self.hosts.get(t)) else { return NeedFacts::default() };
        let place = |own: f64| {
            let below = self.pressures.iter().filter(|p| **p < own).count();
            if self.pressures.len() < 2 { None } else { Some(count(below) / count(self.pressures.len() - 1)) }
        };
        NeedFacts {
            pressure: host.pressure().and_then(place),
            received: (self.share > 0.0).then(|| f64::from(host.received) / self.share),
        }
    }
}

impl HostFacts {
    fn pressure(&self) -> Option<f64> {
        (self.members > 0).then(|| f64::from(self.open) / f64::from(self.members))
    }
}

/// The team, or the project that none owns.
fn name<'a>(team: Option<&'a str>, project: &'a ProjectRef) -> &'a str {
    team.unwrap_or_else(|| project.path())
}

/// From when on answers and help are looked at.
fn lately(context: &BuildContext) -> Timestamp {
    context.now.0 - SignedDuration::from_hours(24 * DAYS)
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Hours of work between two moments: eight for each working day that began in between, and within one day what passed.
fn working_hours(calendar: &Calendar, from: Timestamp, to: Timestamp) -> f64 {
    match calendar.between(calendar.date(from), calendar.date(to)) {
        0 => to.duration_since(from).as_secs_f64().clamp(0.0, DAY * 3_600.0) / 3_600.0,
        days => f64::from(days) * DAY,
    }
}

fn median(mut all: Vec<f64>) -> Option<f64> {
    all.sort_by(f64::total_cmp);
    let upper = all.get(all.len() / 2).copied()?;
    let lower = all.get(all.len().saturating_sub(1) / 2).copied()?;
    Some((upper + lower) / 2.0)
}
