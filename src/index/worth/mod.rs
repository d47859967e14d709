//! What a task is worth to the person who looks at the list: what the store knows, as the components of a score. Nothing
//! is invented: what is not known stays unknown, and counts as the middle. Knows no formula; those are the judge's.
//!
//! List and explanation are made of the same facts, so that an explanation adds up to the score in the list.

mod facts;
mod fit;
mod hosts;
mod person;
mod words;

use std::{collections::HashMap, sync::Arc};

pub(super) use self::hosts::Hosts;
use self::person::{Me, Newness};
pub(super) use self::{
    facts::Facts,
    fit::{Fit, ONBOARDING_LEAST, READINESS_LEAST, Wanted},
};
use super::{
    findings::Findings,
    side::Side,
    snapshot::{BuildContext, Row},
    two::in_two,
};
use crate::{
    domain::{
        calendar::Calendar, commitment::Commitment, gist::Gist, key::ProjectRef, policy::Policy, project::Project,
        roster::Team, signal::SignalKind, size::Size, task::Task, time::Now,
    },
    judge::{
        mentor::{Mentoring, Room},
        project::Onboarding,
        readiness::{self, Beside},
        score::{
            Component, Components, Part, Weights,
            batch::Batch,
            estimate,
            facts::{Asked, Demand, Estimate, need_of},
        },
        signal::Limbo,
        skills::{Around, Clues, Facet, Match, Need, Profile, Role, Tag, meet, needs},
    },
};

/// What the reader of a list knows, wishes and weighs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taste {
    /// Their own profile; empty where they wrote none.
    pub profile: Profile,
    /// How much each part of a score counts.
    pub weights: Weights,
}

/// What is the same for all tasks of a project.
#[derive(Clone, Debug)]
struct Place {
    policy: Arc<Policy>,
    calendar: Arc<Calendar>,
    /// Skills that its topics and languages ask for.
    needs: Arc<[Need]>,
    newness: Newness,
    /// How easy it is to enter.
    onboarding: Option<Component>,
    /// Whether one of its host's mentors has room.
    mentor: Room,
}

/// Whether one of a host's mentors has room, and how easy its project is to enter (how good, how sure).
pub(super) type ByPlace = (Room, Option<(f64, f64)>);

/// What the reader's own profile says of a task, and what an intern finds there.
#[derive(Clone, Debug, Default)]
pub(super) struct Stand {
    pub(super) missing: Vec<Tag>,
    pub(super) avoided: bool,
    pub(super) fit: Fit,
}

/// What is known around all tasks.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    now: Option<Now>,
    taste: Arc<Taste>,
    me: Me,
    hosts: Hosts,
    places: HashMap<ProjectRef, Place>,
}

impl Ground {
    /// What is known around rows of these places, of which `hosts` have counted all. `before` knows the same rules, and
    /// the same of the projects that it knows.
    pub(super) fn of(
        side: &Side,
        hosts: Hosts,
        known: (&[Project], &[Commitment], &Findings),
        context: &BuildContext,
        before: Option<&Self>,
    ) -> Self {
        let (projects, commitments, findings) = known;
        let roster = &context.roster;
        // Patterns of all teams are not tried again for projects whose place is known.
        let host = |project: &ProjectRef| match side.place_at(project) {
            Some(there) => Side::name(&side.teams, there.team).map(AsRef::as_ref),
            None => roster.host_of(project).map(|team| team.id.as_str()),
        };
        let me = Me::of(commitments, context, host);
        let mentoring = Mentoring::of(&context.roster, commitments);
        let projects: HashMap<&ProjectRef, &Project> = projects.iter().map(|p| (&p.project, p)).collect();
        let by_id: HashMap<&str, &Team> = roster.teams.iter().map(|team| (team.id.as_str(), team)).collect();
        let mut places: HashMap<ProjectRef, Place> = HashMap::new();
        for there in &side.places {
            let project = &there.project;
            let (policy, calendar, needs) = match before.and_then(|before| before.places.get(project)) {
                Some(same) => (same.policy.clone(), same.calendar.clone(), same.needs.clone()),
                None => {
                    let team = Side::name(&side.teams, there.team).and_then(|id| by_id.get(id.as_ref()).copied());
                    let policy = roster.policy_of(project, team);
                    let calendar = roster.calendar_of(team, policy);
                    let needs = projects.get(project).map(|p| of_project(p)).unwrap_or_default().into();
                    (Arc::new(policy.clone()), Arc::new(calendar), needs)
                }
            };
            let place = Place {
                mentor: mentoring.room(&policy, calendar.date(context.now.0)),
                newness: me.newness(project, Side::name(&side.teams, there.team).map(AsRef::as_ref)),
                onboarding: findings.onboarding(project).map(Onboarding::component),
                policy,
                calendar,
                needs,
            };
            places.insert(project.clone(), place);
        }
        let (now, taste) = (Some(context.now), context.taste.clone());
        Self { now, taste, hosts: hosts.compare(commitments, context, host), me, places }
    }

    /// The components of all rows, and how each stands to the reader.
    pub(super) fn parts(&self, rows: &[Row], side: &Side) -> (Batch, Vec<Stand>) {
        let mut batch = Batch::with_capacity(rows.len());
        let mut stands = Vec::with_capacity(rows.len());
        // In pieces, so that what two threads make is never there for all rows at once.
        for piece in rows.chunks(PIECE) {
            let judged =
                in_two(piece.iter().collect(), |rows: Vec<&Row>| rows.into_iter().map(|r| self.part(r)).collect());
            for (components, stand) in judged {
                batch.push(&components, &[]);
                stands.push(stand);
            }
        }
        self.share(&mut batch, side);
        (batch, stands)
    }

    /// The components of a row, and how it stands to the reader.
    pub(super) fn part(&self, row: &Row) -> (Components, Stand) {
        let facts = self.facts(row);
        let fit = self.fit(row, &facts);
        (facts.components(), Stand { fit, missing: facts.missing, avoided: facts.avoided })
    }

    /// Says of all rows at once what those of a project have in common.
    pub(super) fn share(&self, batch: &mut Batch, side: &Side) {
        let places = || side.places.iter().map(|p| (p, Side::name(&side.teams, p.team).map(AsRef::as_ref)));
        let known = |p: &super::side::Place| self.places.get(&p.project);
        let each = |of: &dyn Fn(&super::side::Place, Option<&str>) -> Component| -> Vec<Component> {
            places().map(|(place, team)| of(place, team)).collect()
        };
        let codes = side.place_of.clone();
        let host = each(&|place, team| facts::of_host(self.hosts.answers(team, &place.project)));
        batch.share(Part::Host, codes.clone(), &host);
        let onboarding = each(&|place, _| known(place).and_then(|p| p.onboarding).unwrap_or_default());
        batch.share(Part::Onboarding, codes.clone(), &onboarding);
        let novelty = each(&|place, _| known(place).map_or_else(Component::unknown, |p| p.newness.component()));
        batch.share(Part::Novelty, codes.clone(), &novelty);
        // Of each place twice: where nobody asks for help, and where a label does.
        let need = places().flat_map(|(_, team)| {
            let terms = self.hosts.need(team).terms();
            [Asked::No, Asked::Label].map(|asked| need_of(asked, &terms))
        });
        let help = side.signal(SignalKind::HelpWanted);
        let asked = |at: usize| u32::from(help.has(at));
        let twice = codes.iter().enumerate().map(|(at, place)| place * 2 + asked(at)).collect();
        batch.share(Part::Need, Arc::new(twice), &need.collect::<Vec<_>>());
    }

    /// True where nothing that rows of a project are judged by one by one is known otherwise than before.
    pub(super) fn is_same_at(&self, before: &Self, project: &ProjectRef) -> bool {
        let of = |ground: &Self| ground.places.get(project).map(|p| (p.mentor, p.onboarding));
        of(self) == of(before)
    }

    /// What rows are judged by one by one, of each place in order.
    pub(super) fn by_place(&self, side: &Side) -> Vec<ByPlace> {
        let of = |project: &ProjectRef| self.places.get(project).map(|p| (p.mentor, p.onboarding));
        let pair = |component: Component| (component.c(), component.k());
        let by = |place: &super::side::Place| {
            of(&place.project).map(|(mentor, onboarding)| (mentor, onboarding.map(pair))).unwrap_or_default()
        };
        side.places.iter().map(by).collect()
    }

    /// The same where rows were judged by that.
    #[must_use]
    pub(super) fn judged_by(mut self, side: &Side, by: Vec<ByPlace>) -> Self {
        for (place, (mentor, onboarding)) in side.places.iter().zip(by) {
            if let Some(known) = self.places.get_mut(&place.project) {
                (known.mentor, known.onboarding) = (mentor, onboarding.map(|(c, k)| Component::new(c, k)));
            }
        }
        self
    }

    /// What was counted of hosts.
    pub(super) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    fn fit(&self, row: &Row, facts: &Facts) -> Fit {
        let described = row.gist.as_ref().and_then(|g| g.described);
        // Where the host names no mentor at all, whoever the task itself names guides.
        let mentor = match self.places.get(&row.task.key.project).map(|p| p.mentor).unwrap_or_default() {
            Room::None if described.is_some_and(|d| readiness::names_mentor(d.met)) => Room::Free,
            room => room,
        };
        Fit {
            readiness: facts.readiness.and_then(|(points, _)| u8::try_from(points).ok()),
            size: facts.size,
            mentor,
            onboarding: facts.onboarding_points(),
        }
    }

    pub(super) fn weights(&self) -> Weights {
        self.taste.weights
    }

    fn now(&self) -> Now {
        self.now.unwrap_or(Now(jiff::Timestamp::UNIX_EPOCH))
    }

    /// What is known of a row.
    pub(super) fn facts(&self, row: &Row) -> Facts {
        let task = &row.task;
        let gist = row.gist.as_deref();
        let place = self.places.get(&task.key.project);
        let beside = self.beside(row);
        let readiness = self.readiness(row).zip(gist.and_then(|g| g.described)).map(|(points, d)| (points, d.words));
        let met = self.skills(row);
        let size = estimate::of(task);
        let knows = !self.taste.profile.skills.is_empty();
        let help = row.signals.iter().any(|s| s.kind == SignalKind::HelpWanted);
        Facts {
            onboarding: place.and_then(|p| p.onboarding),
            limbo: Limbo::of_said(task, gist.and_then(|g| g.said.as_ref()), self.now()),
            looked_at: beside.looked_at,
            demand: demand(task, gist),
            demand_known: gist.is_some_and(|g| g.said.is_some()) || task.comments == 0,
            readiness,
            skills: met.component,
            missing: if knows { met.missing } else { Vec::new() },
            avoided: !met.avoided.is_empty(),
            size: size.map(|(size, _)| size),
            effort: self.effort(task, size),
            answers: self.hosts.answers(row.team.as_deref(), &task.key.project),
            asked: if help { Asked::Label } else { Asked::No },
            need: self.hosts.need(row.team.as_deref()),
            newness: place.map(|p| p.newness),
        }
    }

    /// What readiness is judged by beside the texts.
    pub(super) fn beside(&self, row: &Row) -> Beside {
        let heard = row.gist.as_ref().and_then(|g| g.said.as_ref()?.host).map(|(_, last)| self.now().days_since(last));
        match self.places.get(&row.task.key.project) {
            Some(place) => Beside::of(&place.policy, heard),
            None => Beside { mentor: false, looked_at: heard },
        }
    }

    /// How well the description is, 0 to 100; `None` where it was not read.
    pub(super) fn readiness(&self, row: &Row) -> Option<u32> {
        row.gist.as_ref()?.described.map(|d| readiness::points(d.met, self.beside(row)))
    }

    /// True when `is` holds for the facet and name of a skill that a task or its project asks for.
    pub(super) fn needs(&self, row: &Row, mut is: impl FnMut(&str, &str) -> bool) -> bool {
        let own = row.gist.iter().flat_map(|g| &g.needs).filter_map(|wanted| wanted.tag.split_once(':'));
        let of_project = self.places.get(&row.task.key.project).into_iter().flat_map(|place| place.needs.iter());
        let mut all = own.chain(of_project.map(|need| (need.tag.facet().word(), need.tag.name())));
        all.any(|(facet, name)| is(facet, name))
    }

    /// The tags of the skills that every task of a project asks for.
    pub(super) fn asked_by(&self, project: &ProjectRef) -> Vec<String> {
        self.places
            .get(project)
            .map(|place| place.needs.iter().map(|need| need.tag.to_string()).collect())
            .unwrap_or_default()
    }

    /// How the person meets what a task needs.
    pub(super) fn skills(&self, row: &Row) -> Match {
        let place = self.places.get(&row.task.key.project);
        let gist = row.gist.as_deref();
        let own: Vec<Need> = gist.map(|g| g.needs.iter().filter_map(need).collect()).unwrap_or_default();
        // Where a path tells the language, the share of languages in the whole project says nothing more.
        let told = own.iter().any(|n| n.tag.facet() == Facet::Lang && n.p >= PATH_TELLS);
        let of_project = place.map(|p| p.needs.as_ref()).unwrap_or_default();
        let is_said =
            |n: &Need| (told && n.tag.facet() == Facet::Lang) || own.iter().any(|o| o.tag == n.tag && o.p >= n.p);
        let more: Vec<Need> = of_project.iter().filter(|n| !is_said(n)).cloned().collect();
        let mut all = own;
        all.retain(|o| !more.iter().any(|n| n.tag == o.tag));
        all.extend(more);
        let profile = &self.taste.profile;
        let around = Around {
            today: self.now().0.to_zoned(jiff::tz::TimeZone::UTC).date(),
            mentor_free: place.is_some_and(|p| p.mentor == Room::Free),
            intern: profile.role == Role::Intern,
        };
        meet(profile, &all, around)
    }

    fn effort(&self, task: &Task, size: Option<(Size, Estimate)>) -> Option<(Size, Estimate, f64)> {
        // Without an estimate a task counts as S, as everywhere.
        let (size, estimate) = size.unwrap_or((Size::S, Estimate::Guess));
        let given = self.me.hours(&self.taste.profile, &task.key.project.tracker, size)?;
        Some((size, estimate, given))
    }
}

/// Rows that are judged together.
const PIECE: usize = 65_536;
/// How sure a language is that a path tells.
const PATH_TELLS: f64 = 0.6;

fn need(wanted: &crate::domain::gist::Wanted) -> Option<Need> {
    let tag = Tag::parse(&wanted.tag).ok()?;
    let level = if wanted.hard { 3.0 } else { 2.0 };
    Some(Need { tag, p: f64::from(wanted.sure) / 100.0, level, hard: wanted.hard, seen: wanted.seen.clone() })
}

fn of_project(project: &Project) -> Vec<Need> {
    let languages: Vec<_> = project.language.iter().map(|l| (l.clone(), 1.0)).collect();
    needs(&Clues { topics: &project.topics, languages: &languages, ..Clues::default() })
}

/// Who wants a task. Reactions of all kinds count: the list knows no single ones.
fn demand(task: &Task, gist: Option<&Gist>) -> Demand {
    let planning = task.planning.as_deref();
    let links = planning.map(|p| p.links.as_slice()).unwrap_or_default();
    let count = |how: &str, open: bool| {
        let is = links.iter().filter(|l| l.how.raw().trim().eq_ignore_ascii_case(how) && !(open && l.done));
        u32::try_from(is.count()).unwrap_or(u32::MAX)
    };
    Demand {
        thumbs: task.reactions,
        commenters: gist.and_then(|g| g.said.as_ref()).map_or(0, |s| s.outside),
        duplicates: count("is duplicated by", false),
        blocks: count("blocks", true),
        votes: planning.map_or(0, |p| p.votes),
        watchers: planning.map_or(0, |p| p.watchers),
        ..Demand::default()
    }
}
