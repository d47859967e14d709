//! The reader of the list: the hours they give, and whom they and their team have helped. Knows no task.

use std::collections::{HashMap, HashSet};

use super::super::snapshot::BuildContext;
use crate::{
    domain::{
        commitment::Commitment,
        key::{ProjectRef, TrackerName},
        person::Person,
        roster::TeamId,
        size::Size,
    },
    judge::{
        first::{self, Level},
        hold,
        score::{Component, facts},
        skills::Profile,
    },
};

/// Working days of a week.
const WEEK: f64 = 5.0;

/// The person on one tracker.
#[derive(Clone, Debug, Default)]
struct Account {
    /// Minutes a week they give, by the roster.
    minutes: Option<u32>,
    home: Option<TeamId>,
}

/// The person.
#[derive(Clone, Debug, Default)]
pub(super) struct Me {
    accounts: HashMap<TrackerName, Account>,
    /// Days since they last helped a team.
    teams: HashMap<TeamId, u32>,
    /// Days since they last helped a project; asked where no team owns it.
    projects: HashMap<ProjectRef, u32>,
    /// How far they have come in each project where they began something.
    levels: HashMap<ProjectRef, Level>,
    /// Teams that somebody of their own team has helped.
    met: HashSet<TeamId>,
}

/// How new a team is to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::index) struct Newness {
    /// Their own team.
    pub(super) own: bool,
    /// Days since they last helped it.
    pub(super) helped: Option<u32>,
    /// Nobody of their team has helped it; `None` where one of the two teams is not known.
    pub(super) edge: Option<bool>,
    /// How far they have come in the project.
    pub(super) level: Level,
    /// False where it is not known who they are.
    pub(super) known: bool,
}

impl Me {
    /// `host` tells the team that owns a project.
    pub(super) fn of<'a>(
        commitments: &[Commitment],
        context: &BuildContext,
        host: impl Fn(&ProjectRef) -> Option<&'a str>,
    ) -> Self {
        let roster = &context.roster;
        let mut me = Self::default();
        for (tracker, login) in &context.me {
            let member = roster.member(tracker, &Person::human(login.raw(), 0));
            let account = member.map(|m| Account { minutes: m.minutes_a_week, home: m.team.clone() });
            me.accounts.insert(tracker.clone(), account.unwrap_or_default());
        }
        let homes: HashSet<TeamId> = me.accounts.values().filter_map(|a| a.home.clone()).collect();
        let mut at_home: HashMap<(&TrackerName, &str), bool> = HashMap::new();
        for c in commitments.iter().filter(|c| hold::has_begun(c)) {
            let project = &c.key.project;
            let host = host(project);
            if c.mine {
                let days = context.now.days_since(hold::start(c));
                let known = match host {
                    Some(team) => me.teams.entry(team.to_owned()).or_insert(days),
                    None => me.projects.entry(project.clone()).or_insert(days),
                };
                *known = days.min(*known);
                let level = || first::level(commitments, project, &c.who);
                me.levels.entry(project.clone()).or_insert_with(level);
            }
            let Some(host) = host.filter(|host| !homes.is_empty() && !me.met.contains(*host)) else { continue };
            // Looked for once: a roster may be long, and the same people commit to much.
            let is_of_home = *at_home.entry((&project.tracker, c.who.login.raw())).or_insert_with(|| {
                roster.home_of(&project.tracker, &c.who).is_some_and(|team| homes.contains(&team.id))
            });
            if is_of_home {
                me.met.insert(host.to_owned());
            }
        }
        me
    }

    /// Hours given while a lease of that size runs: as the profile says, else by the roster's minutes a week.
    pub(super) fn hours(&self, profile: &Profile, tracker: &TrackerName, size: Size) -> Option<f64> {
        profile.hours_of_lease().or_else(|| {
            let minutes = self.accounts.get(tracker)?.minutes?;
            Some(f64::from(minutes) / 60.0 * f64::from(Size::lease_wd(Some(size))) / WEEK)
        })
    }

    pub(super) fn newness(&self, project: &ProjectRef, team: Option<&str>) -> Newness {
        let Some(account) = self.accounts.get(&project.tracker) else { return Newness::default() };
        let helped = match team {
            Some(team) => self.teams.get(team),
            None => self.projects.get(project),
        };
        let edge = team.zip(account.home.as_deref()).map(|(team, _)| !self.met.contains(team));
        let own = team.is_some() && team == account.home.as_deref();
        let level = self.levels.get(project).copied().unwrap_or_default();
        Newness { own, helped: helped.copied(), edge, level, known: true }
    }
}

impl Newness {
    pub(super) fn component(self) -> Component {
        match self.edge {
            _ if !self.known => Component::unknown(),
            // Nothing of one's own is new.
            _ if self.own => facts::novelty(Some(0), false),
            Some(edge) => facts::novelty(self.helped, edge),
            None => facts::novelty_of_team(self.helped),
        }
    }

    pub(super) fn words(self) -> String {
        let person = match self.helped {
            _ if !self.known => return "who you are there is not known".into(),
            _ if self.own => return "your own team".into(),
            None => "you have not helped there yet".to_owned(),
            Some(0) => "you help there since today".to_owned(),
            Some(1) => "you helped there a day ago".to_owned(),
            Some(days) => format!("you helped there {days} days ago"),
        };
        let person = match self.level {
            Level::New | Level::Started => person,
            Level::Contributed => format!("{person}, and finished a first task in its project"),
            Level::Returned => format!("{person}, and came back to finish more in its project"),
        };
        match self.edge {
            Some(true) => format!("{person}, nor has anybody of your team"),
            Some(false) if self.helped.is_none() => format!("{person}; others of your team have"),
            _ => person,
        }
    }
}
