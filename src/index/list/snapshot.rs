//! The snapshot: all tasks with their verdicts, built once, then only read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

use jiff::Timestamp;

use crate::index::{
    around::Around,
    assigned::{Assigned, Assignees, with_assignees},
    find,
    findings::{Findings, Tasks, open_task},
    floor::Floor,
    mirror::{Homes, Mirrors, named},
    order::Orders,
    proposals::{self, Proposed},
    ready::{bring_up_to, coverage, keep_scope, lift_changed},
    rows::Rows,
    search::terms::{Known, Source, Table},
    search::typing::Typing,
    side::{Flag, Side},
    two::in_two,
    worth::{Fit, Ground, Hosts, Stand, Taste},
};
use crate::{
    domain::{
        commitment::Commitment,
        coverage::{Coverage, ProjectCoverage},
        filter::Answers,
        gist::Gist,
        key::{ProjectRef, TaskKey, TrackerName},
        ledger,
        outbox::Op,
        person::Login,
        project::Project,
        roster::Roster,
        signal::Signal,
        task::{Task, TaskState},
        time::Now,
        triage::Tags,
        walk::Memory,
    },
    judge::{
        free::Free,
        project::Onboarding,
        score::{Weights, batch::Batch},
        signal::label::Dictionary,
    },
    store::{Everything, MarkKind},
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
    pub(in crate::index) fn stand(&mut self, stand: Stand) -> Fit {
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
    pub assigned: Arc<Vec<Assigned>>,
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
    /// What trackers found for the filters of saved views.
    pub answers: Answers,
    /// What the reader got through in each project; private.
    pub ticks: HashMap<ProjectRef, ledger::Ticks>,
    /// Tasks proposed to somebody, oldest first.
    pub proposals: Vec<Proposed>,
    /// Trackers that have rows or projects, in order.
    pub(in crate::index) trackers: Vec<TrackerName>,
    /// Project paths that several trackers have.
    pub(in crate::index) shared_paths: HashSet<String>,
    pub(in crate::index) side: Arc<Side>,
    pub(in crate::index) ground: Arc<Ground>,
    pub(in crate::index) mirrors: Arc<Mirrors>,
    /// What it was built for.
    pub(in crate::index) built_for: Option<Arc<BuildContext>>,
    /// The components of all rows, ready to be weighed.
    pub(in crate::index) parts: Arc<Batch>,
    weights: Weights,
    /// Scores of all rows, hundredths of a point.
    scores: Arc<Vec<u32>>,
    orders: Arc<Orders>,
    known: Arc<Known>,
    typing: Arc<Typing>,
    /// Made when it is first asked for.
    pub(in crate::index) floor: Arc<OnceLock<Arc<Floor>>>,
    /// What an intern finds in each row.
    pub(in crate::index) fits: Arc<Vec<Fit>>,
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

/// Rows that are judged, and what they were judged by.
pub(in crate::index) struct Judged {
    pub rows: Rows,
    pub side: Arc<Side>,
    pub findings: Findings,
    pub ground: Ground,
    pub parts: Batch,
    /// What the parts of each row are worth together.
    pub scores: Vec<u32>,
    pub fits: Vec<Fit>,
    pub mirrors: Mirrors,
    pub assigned: Arc<Vec<Assigned>>,
}

/// What is read beside tasks.
pub(in crate::index) struct Unjudged {
    pub projects: Vec<Project>,
    pub commitments: Vec<Commitment>,
    pub coverage: Vec<ProjectCoverage>,
    pub outbox: Vec<Op>,
    pub values: Vec<(String, String)>,
}

impl Snapshot {
    /// Builds a snapshot. O(tasks), but for ordering them by key. Titles are not washed here: whoever shows a row
    /// does that for the rows on the screen.
    pub fn build(mut everything: Everything, context: &BuildContext) -> Self {
        if let Some(scope) = &context.scope {
            keep_scope(&mut everything, scope);
        }
        let Everything { projects, tasks, mut commitments, mut marks, coverage, outbox, values, mut gists, .. } =
            everything;
        bring_up_to(&mut commitments, context);
        lift_changed(&mut marks, &tasks);
        let assignees = Assignees::of(&commitments);
        let assigned = Arc::new(assignees.by_hand(tasks.iter().filter_map(with_assignees), &context.me));
        let around = || Around::of(&projects, &commitments, &marks, &assignees, context);
        let standing = around();
        let mirrors = Mirrors::of(named(tasks.iter(), &context.homes), &values, &context.homes, |met| {
            let open = tasks.iter().filter(|t| t.state == TaskState::Open && met.contains(&t.key));
            open.map(|task| (task.key.clone(), (standing.standing(task), task.created_at))).collect()
        });
        let mut gist = |task: &Task| gists.remove(&task.key).map(Arc::new);
        let tasks: Vec<_> = tasks.into_iter().map(|task| (gist(&task), task)).collect();
        let mut rows = in_two(tasks, |tasks| {
            let (around, mut dictionary) = (around(), Dictionary::new());
            let row = |(gist, task)| around.row(task, gist, &mirrors, &mut dictionary);
            tasks.into_iter().map(row).collect()
        });
        let side = Side::of(&rows, &mut Dictionary::new());
        let of_project =
            |project: &ProjectRef| Tasks::of(side.rows_of(project).filter_map(|at| open_task(&rows.get(at)?.task)));
        let findings = Findings::of(&values, (&projects, &commitments), of_project, context, None);
        let mut hosts = Hosts::default();
        hosts.count((0..).zip(&rows), context);
        let ground = Ground::of(&side, hosts, (&projects, &commitments, &findings), context, None);
        let (parts, stands) = ground.parts(&rows, &side);
        let fits = rows.iter_mut().zip(stands).map(|(row, stand)| row.stand(stand)).collect();
        let side = Arc::new(side.stood(&rows));
        let rows = Rows::of(rows, side.clone(), context.now, false);
        let scores = parts.scores(ground.weights());
        let judged = Judged { rows, side, findings, ground, parts, scores, fits, mirrors, assigned };
        Self::of(judged, Unjudged { projects, commitments, coverage, outbox, values }, context).made_ready()
    }

    /// A snapshot of rows that are judged, and of what is around them.
    pub(in crate::index) fn of(judged: Judged, around: Unjudged, context: &BuildContext) -> Self {
        let Judged { rows, side, findings, ground, parts, scores, fits, mirrors, assigned } = judged;
        let Unjudged { projects, mut commitments, coverage: freshness, outbox, values } = around;
        let (trackers, shared_paths) = find::places(&side, &projects);
        commitments.sort_by_key(|c| (!c.mine, c.until, c.claim));
        let weights = ground.weights();
        let proposals = proposals::all(&values, &commitments, context, |key| {
            let at = side.find(key, |at| rows.number(at as usize));
            at.is_some_and(|at| !side.has(Flag::Gone, at))
        });
        Self {
            scores: Arc::new(scores),
            weights,
            parts: Arc::new(parts),
            fits: Arc::new(fits),
            ground: Arc::new(ground),
            rows: Arc::new(rows),
            mirrors: Arc::new(mirrors),
            projects,
            commitments,
            assigned,
            outbox,
            coverage: coverage(&freshness, &values),
            freshness,
            built_at: Some(context.now.0),
            built_for: Some(Arc::new(context.clone())),
            me: context.me.clone(),
            roster: context.roster.clone(),
            walks: Memory::of(&values),
            tags: Tags::of(&values),
            answers: Answers::of(&values),
            ticks: ledger::of(&values),
            proposals,
            findings,
            trackers,
            shared_paths,
            side,
            ..Self::default()
        }
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

    /// The same with other orders.
    pub(in crate::index) fn ordered_by(self, orders: Orders) -> Self {
        Self { orders: Arc::new(orders), ..self }
    }

    /// The rows of a page in their order.
    pub(in crate::index) fn page(&self) -> Option<&[u32]> {
        self.page.as_deref()
    }

    /// Sees its rows in an order and with points that are known from elsewhere.
    pub(in crate::index) fn see_as(&mut self, order: Vec<u32>, scores: Arc<Vec<u32>>) {
        (self.page, self.scores, self.orders) = (Some(order.into()), scores, Arc::new(self.orders.scored_anew()));
    }

    /// The same with other weights: every score is made anew, nothing else changes.
    #[must_use]
    pub fn weighed(&self, weights: Weights) -> Self {
        let (scores, orders) = (Arc::new(self.parts.scores(weights)), Arc::new(self.orders.scored_anew()));
        let (known, typing) = Default::default();
        Self { scores, weights, orders, known, typing, ..self.clone() }.made_ready()
    }

    /// The same with signals that somebody else judged.
    #[must_use]
    pub fn with_signals(mut self, judge: impl Fn(&Task) -> Vec<Signal>) -> Self {
        let (rows, side) = self.rows.with_signals(&self.side, judge);
        (self.rows, self.side) = (Arc::new(rows), side);
        Self { known: Arc::default(), typing: Arc::default(), ..self }
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
    pub(in crate::index) fn fits(&self) -> &[Fit] {
        &self.fits
    }

    /// What an intern finds in a row.
    pub(in crate::index) fn fit(&self, row: &Row) -> Option<Fit> {
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
    pub(in crate::index) fn needs(&self, row: &Row, is: impl FnMut(&str, &str) -> bool) -> bool {
        self.ground.needs(row, is)
    }

    /// The tags of the skills that every task of a project asks for.
    pub(in crate::index) fn asked_by(&self, project: &ProjectRef) -> Vec<String> {
        self.ground.asked_by(project)
    }

    /// The score of the row at a place, of one that cannot be taken too.
    pub(in crate::index) fn score_at(&self, at: u32) -> u32 {
        self.scores.get(at as usize).copied().unwrap_or(0)
    }

    /// The scores of all rows, of those that cannot be taken too.
    pub(in crate::index) fn scores(&self) -> &[u32] {
        &self.scores
    }

    pub(in crate::index) fn orders(&self) -> &Orders {
        &self.orders
    }

    /// The rows of tasks.
    pub(in crate::index) fn table(&self) -> Table<'_> {
        let (side, known, typing) = (&self.side, &self.known, &self.typing);
        Table { snapshot: self, rows: Source::Tasks(&self.rows), side, known, typing }
    }

    /// The rows of findings.
    pub(in crate::index) fn findings_table(&self) -> Table<'_> {
        let (rows, side) = (Source::Findings(&self.findings.rows), self.findings.side());
        Table { snapshot: self, rows, side, known: self.findings.known(), typing: &self.typing }
    }

    pub(in crate::index) fn side(&self) -> &Side {
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
        self.place_of(key).filter(|at| !self.side.has(Flag::Gone, *at))
    }

    /// The same, of one that is gone too.
    pub(in crate::index) fn place_of(&self, key: &TaskKey) -> Option<u32> {
        self.side.find(key, |at| self.rows.number(at as usize))
    }
}
