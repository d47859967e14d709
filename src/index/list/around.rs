//! What is known around tasks while rows are made of them: who is at them, whose they are, what their reader marked. Decides
//! of nothing but who may take what; what a task is worth is judged by [`crate::index::worth`].

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use crate::index::{
    assigned::Assignees,
    mirror::Mirrors,
    snapshot::{BuildContext, Row},
    team::Teams,
};
use crate::{
    domain::{
        commitment::Commitment,
        gist::Gist,
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Login, Person},
        project::Project,
        roster::Member,
        task::Task,
    },
    judge::{
        free::Free,
        signal::{self, label::Dictionary},
    },
    store::{Mark, MarkKind},
};

/// What is known around the tasks while rows are made.
pub(in crate::index) struct Around<'a> {
    context: &'a BuildContext,
    live: HashMap<&'a TaskKey, &'a Commitment>,
    projects: HashMap<&'a ProjectRef, (&'a Project, Option<String>)>,
    /// Private marks that hold now.
    pub(in crate::index) marks: HashMap<&'a TaskKey, MarkKind>,
    assignees: &'a Assignees<'a>,
    teams: Teams<'a>,
    /// Trackers on which the reader is known as a newcomer.
    newcomer_on: HashSet<&'a TrackerName>,
}

impl<'a> Around<'a> {
    pub(in crate::index) fn of(
        projects: &'a [Project],
        commitments: &'a [Commitment],
        marks: &'a [Mark],
        assignees: &'a Assignees<'a>,
        context: &'a BuildContext,
    ) -> Self {
        let mut live: HashMap<&TaskKey, &Commitment> = HashMap::new();
        // Several may be live at once, an own pending one beside somebody's active one: what the tracker confirmed
        // counts first, then the own, then the earlier. What holds nothing concerns nobody but its owner.
        let weight = |c: &Commitment| (!c.holds_task(), !c.mine, c.since, c.claim);
        for new in commitments.iter().filter(|c| c.holds_task() || (c.mine && c.state.is_live())) {
            let kept = live.entry(&new.key).or_insert(new);
            if weight(new) < weight(kept) {
                *kept = new;
            }
        }
        // A task that is bookmarked and hidden stays hidden.
        let strength = |kind: MarkKind| match kind {
            MarkKind::Bookmark => 0,
            MarkKind::Snoozed => 1,
            MarkKind::Hidden => 2,
        };
        let mut kinds: HashMap<&TaskKey, MarkKind> = HashMap::new();
        for mark in marks.iter().filter(|m| m.until.is_none_or(|until| until > context.now.0)) {
            let kept = kinds.entry(&mark.key).or_insert(mark.kind);
            if strength(mark.kind) > strength(*kept) {
                *kept = mark.kind;
            }
        }
        let language = |p: &Project| p.language.as_ref().map(|l| l.line().into_owned());
        let projects = projects.iter().map(|p| (&p.project, (p, language(p)))).collect();
        let is_newcomer = |(tracker, login): &(&TrackerName, &Login)| {
            let member = context.roster.member(tracker, &Person::human(login.raw(), 0));
            member.is_some_and(Member::is_newcomer)
        };
        let newcomer_on = context.me.iter().filter(is_newcomer).map(|(tracker, _)| tracker).collect();
        Self { context, live, projects, marks: kinds, assignees, teams: Teams::of(&context.roster), newcomer_on }
    }

    /// Whoever is still assigned after their claim ended or ran out holds nothing.
    fn unless_left_over(&self, task: &Task, free: Free) -> Free {
        let Free::Assigned { mut to } = free else { return free };
        to.retain(|login| !self.assignees.is_left_over(&task.key, login));
        if to.is_empty() { Free::Yes } else { Free::Assigned { to } }
    }

    /// Which home of the same work stands in the lists: the one where somebody is at it, then one that may be taken.
    pub(in crate::index) fn standing(&self, task: &Task) -> (bool, bool) {
        let claimed = self.live.contains_key(&task.key);
        (!claimed, !claimed && task.assignees.is_empty())
    }

    /// The row of a task, as far as its reader's own profile is not asked.
    pub(in crate::index) fn row(
        &self,
        task: Task,
        gist: Option<Arc<Gist>>,
        mirrors: &Mirrors,
        dictionary: &mut Dictionary,
    ) -> Row {
        let now = self.context.now;
        let project = self.projects.get(&task.key.project);
        let claim = self.live.get(&task.key).copied();
        let me = self.context.me.get(&task.key.project.tracker);
        // Whoever is at the same work elsewhere is at this.
        let elsewhere = || self.live.get(mirrors.stands.get(&task.key)?).copied();
        let (team, shut) = self.teams.of_task(&task);
        let free =
            self.unless_left_over(&task, Free::of(&task, project.map(|(p, _)| *p), claim.or_else(elsewhere), me));
        let kept = if free.is_free() && !self.newcomer_on.contains(&task.key.project.tracker) {
            self.teams.reserved(&task, now, dictionary)
        } else {
            None
        };
        Row {
            signals: signal::listed(&task, gist.as_deref(), now, dictionary),
            free: free.unless(kept),
            quiet_days: now.days_since(task.updated_at),
            age_days: now.days_since(task.created_at),
            language: project.and_then(|(_, language)| language.clone()),
            team,
            shut,
            avoided: false,
            mirrors: mirrors.others.get(&task.key).cloned().unwrap_or_default(),
            folded: mirrors.stands.get(&task.key).cloned(),
            mark: self.marks.get(&task.key).copied(),
            claim: claim.cloned(),
            gist,
            task,
        }
    }
}
