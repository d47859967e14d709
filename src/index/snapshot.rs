//! The snapshot: all tasks with their verdicts, built once, then only read.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    assigned::{Assigned, Assignees},
    find,
    findings::Findings,
    mirror::{Homes, Mirrors},
    order::Orders,
    proposals::{self, Proposed},
    ready::{bring_up_to, coverage, keep_scope, lift_changed},
    rows::Rows,
    side::Side,
    team::Teams,
    terms::{Known, Source, Table},
    worth::{Fit, Ground, Stand, Taste},
};
use crate::{
    domain::{
        commitment::Commitment,
        coverage::{Coverage, ProjectCoverage},
        gist::Gist,
        key::{ProjectRef, TaskKey, TrackerName},
        ledger,
        outbox::Op,
        person::{Login, Person},
        project::Project,
        roster::{Member, Roster},
        signal::Signal,
        task::Task,
        time::Now,
        triage::Tags,
        walk::Memory,
    },
    judge::{
        free::Free,
        project::Onboarding,
        score::{Weights, batch::Batch},
        signal::{self, label::Dictionary},
    },
    store::{Everything, Mark, MarkKind},
};

/// One task with what was judged about it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The task.
    pub task: Task,
    /// Why it is here.
    pub signals: Vec<Signal>,
    /// Whether it can be taken.
    pub free: Free,
    /// Days since anything at all moved; limbo is at least that.
    pub quiet_days: u32,
    /// Days since it was opened.
    pub age_days: u32,
    /// Main language of its project.
    pub language: Option<String>,
    /// Id of the team that owns its project.
    pub team: Option<Arc<str>>,
    /// True when no help is taken there now: it leaves every list, and nothing is counted for that.
    pub shut: bool,
    /// True when it needs something that the reader's profile avoids: it leaves every list of theirs.
    pub avoided: bool,
    /// Private mark.
    pub mark: Option<MarkKind>,
    /// Its other homes: the same work on other trackers, which stands in no list of its own.
    pub mirrors: Vec<TaskKey>,
    /// The row that stands for it in the lists, where another home of the same work does.
    pub folded: Option<TaskKey>,
    /// The commitment that holds it; else the user's own that is on its way, asked for or overdue.
    pub claim: Option<Commitment>,
    /// What is remembered of its texts, where they were read.
    pub gist: Option<Arc<Gist>>,
}

impl Row {
    /// True when somebody else is at it: it is held or assigned. Lists count it and leave it out.
    pub fn is_taken(&self) -> bool {
        matches!(self.free, Free::Held { mine: false, .. } | Free::Assigned { .. })
    }

    /// True when the reader cannot take it now: it is held, assigned, kept for others, closed, needs what they have not, or
    /// its team takes no help. It has no score.
    pub fn is_gated(&self) -> bool {
        self.shut || !self.free.is_free() || self.claim.as_ref().is_some_and(|c| c.holds_task())
    }

    /// Takes in how it stands to the reader. Gives what an intern finds there.
    fn stand(&mut self, stand: Stand) -> Fit {
        self.avoided = stand.avoided;
        if !stand.missing.is_empty() {
            let skills = stand.missing.iter().map(ToString::to_string).collect();
            let free = std::mem::replace(&mut self.free, Free::Yes);
            self.free = free.unless(Some(Free::Lacks { skills }));
        }
        stand.fit
    }
}

/// Everything the surfaces read. Shared as `Arc<Snapshot>`. Cheap to copy where only the weights differ: what is large is
/// shared.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Tasks that are open or committed to.
    pub rows: Arc<Rows>,
    /// Projects.
    pub projects: Vec<Project>,
    /// All commitments, mine first, then by end date.
    pub commitments: Vec<Commitment>,
    /// Open tasks that somebody was assigned to by hand, without a claim.
    pub assigned: Vec<Assigned>,
    /// Outbox, in order.
    pub outbox: Vec<Op>,
    /// Counts of freshness.
    pub coverage: Coverage,
    /// Freshness of each project.
    pub freshness: Vec<ProjectCoverage>,
    /// When it was built.
    pub built_at: Option<Timestamp>,
    /// Counts readings of the store: what was read later knows more, whichever is built first.
    pub reading: u64,
    /// The user's login on each tracker.
    pub me: HashMap<TrackerName, Login>,
    /// People, teams and policies.
    pub roster: Arc<Roster>,
    /// What is remembered of walks; private.
    pub walks: Memory,
    /// Debt of projects that is no task yet, and how easy projects are to enter.
    pub findings: Findings,
    /// Private tags.
    pub tags: Tags,
    /// What the reader got through in each project; private.
    pub ticks: HashMap<ProjectRef, ledger::Ticks>,
    /// Tasks proposed to somebody, oldest first.
    pub proposals: Vec<Proposed>,
    /// Trackers that have rows or projects, in order.
    pub(super) trackers: Vec<TrackerName>,
    /// Project paths that several trackers have.
    pub(super) shared_paths: HashSet<String>,
    side: Arc<Side>,
    pub(super) ground: Arc<Ground>,
    /// The components of all rows, ready to be weighed.
    parts: Arc<Batch>,
    weights: Weights,
    /// Scores of all rows, hundredths of a point.
    scores: Arc<Vec<u32>>,
    orders: Arc<Orders>,
    known: Arc<Known>,
    /// What an intern finds in each row.
    fits: Arc<Vec<Fit>>,
    /// The rows in the order they were last seen in, while there is no more than a page of them.
    page: Option<Arc<[u32]>>,
}

/// What building needs beside the store's content.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// The present.
    pub now: Now,
    /// The user's login on each tracker.
    pub me: HashMap<TrackerName, Login>,
    /// People, teams and policies.
    pub roster: Arc<Roster>,
    /// Projects that are configured; `None` shows all that the store knows.
    pub scope: Option<HashSet<ProjectRef>>,
    /// Where each tracker's pages are, so that links between trackers are understood.
    pub homes: Homes,
    /// What the reader knows, wishes and weighs.
    pub taste: Arc<Taste>,
}

impl Snapshot {
    /// Builds a snapshot. O(tasks), but for ordering them by key. Titles are not washed here: whoever shows a row
    /// does that for the rows on the screen.
    pub fn build(mut everything: Everything, context: &BuildContext) -> Self {
        if let Some(scope) = &context.scope {
            keep_scope(&mut everything, scope);
        }
        let Everything { projects, tasks, mut commitments, marks, coverage: freshness, outbox, values, mut gists } =
            everything;
        bring_up_to(&mut commitments, context);
        let assignees = Assignees::of(&commitments);
        let assigned = assignees.by_hand(tasks.iter(), &context.me);
        let mut dictionary = Dictionary::new();
        let mut rows: Vec<Row> = {
            let mut marks = marks;
            lift_changed(&mut marks, &tasks);
            let around = Around::of(&projects, &commitments, &marks, &assignees, context);
            let mirrors = Mirrors::of(&tasks, &values, &context.homes, |task| around.standing(task));
            tasks.into_iter().map(|task| around.row(task, &mut gists, &mirrors, &mut dictionary)).collect()
        };
        let side = Side::of(&rows, &mut dictionary);
        let findings = Findings::of(&values, &projects, &rows, &commitments, context);
        let ground = {
            let projects = projects.iter().map(|p| (&p.project, p)).collect();
            Ground::of(&rows, &projects, &commitments, &findings, context)
        };
        let (parts, stands) = ground.parts(&rows, &side);
        let fits = rows.iter_mut().zip(stands).map(|(row, stand)| row.stand(stand)).collect();
        let side = Arc::new(side.stood(&rows));
        let (trackers, shared_paths) = find::places(&rows, &projects);
        let coverage = coverage(&freshness, &values);
        commitments.sort_by_key(|c| (!c.mine, c.until, c.claim));
        let weights = ground.weights();
        let proposals = proposals::all(&values, &commitments, context, |key| side.among(&rows, key).is_some());
        Self {
            scores: Arc::new(parts.scores(weights)),
            weights,
            parts: Arc::new(parts),
            fits: Arc::new(fits),
            ground: Arc::new(ground),
            rows: Arc::new(Rows::of(rows, side.clone(), context.now, false)),
            projects,
            commitments,
            assigned,
            outbox,
            coverage,
            freshness,
            built_at: Some(context.now.0),
            me: context.me.clone(),
            roster: context.roster.clone(),
            walks: Memory::of(&values),
            tags: Tags::of(&values),
            ticks: ledger::of(&values),
            proposals,
            findings,
            trackers,
            shared_paths,
            side,
            ..Self::default()
        }
        .made_ready()
    }

    /// The same as of a reading of the store.
    #[must_use]
    pub fn of_reading(self, reading: u64) -> Self {
        Self { reading, ..self }
    }

    /// True while it holds the first page of the list alone, and the rest is still read.
    pub fn is_page(&self) -> bool {
        self.page.is_some()
    }

    /// The rows of a page in their order.
    pub(super) fn page(&self) -> Option<&[u32]> {
        self.page.as_deref()
    }

    /// Sees its rows in an order and with points that are known from elsewhere.
    pub(super) fn see_as(&mut self, order: Vec<u32>, scores: Arc<Vec<u32>>) {
        (self.page, self.scores, self.orders) = (Some(order.into()), scores, Arc::new(self.orders.scored_anew()));
    }

    /// The same with other weights: every score is made anew, nothing else changes.
    #[must_use]
    pub fn weighed(&self, weights: Weights) -> Self {
        let (scores, orders) = (Arc::new(self.parts.scores(weights)), Arc::new(self.orders.scored_anew()));
        Self { scores, weights, orders, known: Arc::default(), ..self.clone() }.made_ready()
    }

    /// The same with signals that somebody else judged.
    #[must_use]
    pub fn with_signals(mut self, judge: impl Fn(&Task) -> Vec<Signal>) -> Self {
        let (rows, side) = self.rows.with_signals(&self.side, judge);
        (self.rows, self.side) = (Arc::new(rows), side);
        Self { known: Arc::default(), ..self }
    }

    /// How much each part of a score counts.
    pub fn weights(&self) -> Weights {
        self.weights
    }

    /// What a row is worth to the reader, hundredths of a point; `None` for what cannot be taken now: that gets a reason
    /// in place of a score.
    pub fn score(&self, row: &Row) -> Option<u32> {
        let at = self.at(&row.task.key)?;
        (!row.is_gated()).then(|| self.scores.get(at as usize).copied()).flatten()
    }

    /// What an intern finds in each row, by its place.
    pub(super) fn fits(&self) -> &[Fit] {
        &self.fits
    }

    /// What an intern finds in a row.
    pub(super) fn fit(&self, row: &Row) -> Option<Fit> {
        self.fits.get(self.at(&row.task.key)? as usize).copied()
    }

    /// What of a task its reader's profile avoids: `domain:payments`.
    pub fn avoided(&self, row: &Row) -> Vec<String> {
        self.ground.skills(row).avoided.iter().map(ToString::to_string).collect()
    }

    /// How well a row is described, 0 to 100; `None` where its description was not read.
    pub fn readiness(&self, row: &Row) -> Option<u32> {
        self.ground.readiness(row)
    }

    /// True when `is` holds for the facet and name of a skill that a row asks for.
    pub(super) fn needs(&self, row: &Row, is: impl FnMut(&str, &str) -> bool) -> bool {
        self.ground.needs(row, is)
    }

    /// The score of the row at a place, of one that cannot be taken too.
    pub(super) fn score_at(&self, at: u32) -> u32 {
        self.scores.get(at as usize).copied().unwrap_or(0)
    }

    pub(super) fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The rows of tasks.
    pub(super) fn table(&self) -> Table<'_> {
        Table { snapshot: self, rows: Source::Tasks(&self.rows), side: &self.side, known: &self.known }
    }

    /// The rows of findings.
    pub(super) fn findings_table(&self) -> Table<'_> {
        let (rows, side) = (Source::Findings(&self.findings.rows), self.findings.side());
        Table { snapshot: self, rows, side, known: self.findings.known() }
    }

    pub(super) fn side(&self) -> &Side {
        &self.side
    }

    /// How easy a project is to enter; `None` where nothing is known of it.
    pub fn onboarding(&self, project: &ProjectRef) -> Option<&Onboarding> {
        self.findings.onboarding(project)
    }

    /// The row of a key.
    pub fn get(&self, key: &TaskKey) -> Option<&Row> {
        self.rows.get(self.at(key)? as usize)
    }

    /// The place of the row of a key.
    pub fn at(&self, key: &TaskKey) -> Option<u32> {
        self.side.find(key, |at| self.rows.number(at as usize))
    }
}

/// What is known around the tasks while rows are made.
struct Around<'a> {
    context: &'a BuildContext,
    live: HashMap<&'a TaskKey, &'a Commitment>,
    projects: HashMap<&'a ProjectRef, (&'a Project, Option<String>)>,
    marks: HashMap<&'a TaskKey, MarkKind>,
    assignees: &'a Assignees<'a>,
    teams: Teams<'a>,
    /// Trackers on which the reader is known as a newcomer.
    newcomer_on: HashSet<&'a TrackerName>,
}

impl<'a> Around<'a> {
    fn of(
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
    fn standing(&self, task: &Task) -> (bool, bool) {
        let claimed = self.live.contains_key(&task.key);
        (!claimed, !claimed && task.assignees.is_empty())
    }

    fn row(
        &self,
        task: Task,
        gists: &mut HashMap<TaskKey, Gist>,
        mirrors: &Mirrors,
        dictionary: &mut Dictionary,
    ) -> Row {
        let gist = gists.remove(&task.key).map(Arc::new);
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
