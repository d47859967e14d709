//! One sync of one tracker from beginning to end. What it cannot read is reported, never deleted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use tokio::sync::Notify;
use ulid::Ulid;

use super::{
    SyncProgress, SyncReport,
    account::count,
    before::Before,
    discover::{Found, stops_all},
    feed::HEADS_AT_ONCE,
    outbox::Clock,
    plan::{Known, ProjectPlan, plan},
    project::{mark_name, sweep_name},
    spoken::Heard,
};
use crate::{
    domain::{
        coverage::{Freshness, ProjectCoverage},
        filter::Filter,
        key::ProjectRef,
        person::Person,
        project::Project,
        roster::Roster,
        time::Now,
    },
    store::{self, Batch, Store, StoreError},
    tracker::{ErrorClass, Head, Sources, Tracker, TrackerError},
};

/// Projects that are read at once; how many requests that makes is the tracker's business.
const PROJECTS_AT_ONCE: usize = 32;

/// What a sync needs.
pub struct SyncContext<'a> {
    /// Where rows go.
    pub store: &'a dyn Store,
    /// Where they come from.
    pub tracker: &'a dyn Tracker,
    /// What is configured.
    pub sources: &'a Sources,
    /// Only these projects; empty for all.
    pub only: &'a [ProjectRef],
    /// Read everything again.
    pub full: bool,
    /// Filters of saved views that this tracker answers.
    pub filters: &'a [Filter],
    /// Label that marks a task with a live commitment.
    pub label: &'a str,
    /// People, teams and policies.
    pub roster: &'a Roster,
    /// The present.
    pub clock: Clock,
    /// New identities.
    pub fresh_id: Arc<dyn Fn() -> Ulid + Send + Sync>,
    /// Told how the sync gets on.
    pub progress: Arc<dyn Fn(SyncProgress) + Send + Sync>,
}

/// Why a part of a sync stopped.
pub(super) enum Trouble {
    Tracker(TrackerError),
    Store(StoreError),
}

impl From<TrackerError> for Trouble {
    fn from(e: TrackerError) -> Self {
        Self::Tracker(e)
    }
}

impl From<StoreError> for Trouble {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

/// A sync under way: what was known before, and what is being counted.
pub(super) struct Reader<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) tracker: &'a dyn Tracker,
    pub(super) before: Before,
    pub(super) full: bool,
    pub(super) label: String,
    pub(super) context: &'a SyncContext<'a>,
    pub(super) values: HashMap<String, String>,
    pub(super) problems: Mutex<Vec<(String, String)>>,
    pub(super) odd: Mutex<Vec<String>>,
    /// New names, and the old ones they were read under before.
    pub(super) renamed: Mutex<HashMap<ProjectRef, ProjectRef>>,
    /// Projects whose rows came anew in this sync.
    pub(super) answered: Mutex<HashSet<ProjectRef>>,
    pub(super) read: Mutex<HashMap<ProjectRef, HashSet<u64>>>,
    /// The newest change of a task that came in this sync, by project.
    pub(super) newest: Mutex<BTreeMap<ProjectRef, Timestamp>>,
    /// How many different tasks were read.
    pub(super) tasks: AtomicU32,
    /// What the feed told of comments, by project.
    pub(super) heard: Mutex<HashMap<ProjectRef, Heard>>,
    /// Told when texts were stored that nobody judged yet.
    pub(super) written: Notify,
    pub(super) done: AtomicU32,
    pub(super) total: AtomicU32,
    /// The error that stopped the whole tracker, if one did.
    pub(super) stopped: Mutex<Option<TrackerError>>,
}

/// Reads one tracker.
///
/// # Errors
/// Only when the store fails. A tracker that fails is a problem in the report.
pub async fn sync(context: &SyncContext<'_>) -> store::Result<SyncReport> {
    let (requests, unchanged) = context.tracker.counters();
    let (before, tasks) = (context.store.around().await?, context.store.numbers().await?);
    let reader = Reader {
        values: before.values.iter().cloned().collect(),
        store: context.store,
        tracker: context.tracker,
        full: context.full,
        label: context.label.to_owned(),
        before: Before::of(before, tasks),
        context,
        problems: Mutex::default(),
        odd: Mutex::default(),
        read: Mutex::default(),
        newest: Mutex::default(),
        renamed: Mutex::default(),
        answered: Mutex::default(),
        tasks: AtomicU32::new(0),
        heard: Mutex::default(),
        written: Notify::new(),
        done: AtomicU32::new(0),
        total: AtomicU32::new(0),
        stopped: Mutex::default(),
    };
    match reader.everything().await {
        Ok(()) => {}
        Err(Trouble::Store(error)) => return Err(error),
        Err(Trouble::Tracker(error)) => reader.stop(error),
    }
    let mut report = reader.conclude().await?;
    let (requests_after, unchanged_after) = context.tracker.counters();
    report.requests = (requests_after - requests, unchanged_after - unchanged);
    Ok(report)
}

impl Reader<'_> {
    async fn everything(&self) -> Result<(), Trouble> {
        let me = self.who_am_i().await?;
        self.say("looking for projects");
        let found = self.discover(self.context.sources).await?;
        self.note_odd(&found.odd);
        for (project, error) in &found.failed {
            self.project_failed(project, error).await?;
        }
        let wanted: Vec<&Project> = found.projects.values().filter(|p| self.is_wanted(&p.project, &found)).collect();
        self.total.store(count(wanted.len()), Ordering::Relaxed);
        let fed = self.feeds(&found, &wanted).await?;
        self.read_all(&found, &wanted, &fed).await?;
        if self.stopped().is_none() {
            self.say("looking who is helping where");
            self.fold_claims(me.as_ref(), &wanted).await?;
            self.ask_filters().await?;
            self.read_links().await?;
            self.make_gists().await?;
            self.read_facts(&wanted).await?;
        }
        Ok(())
    }

    /// True when `only` leaves a project in: by its name, in any case, or by an older name that led to it.
    fn is_wanted(&self, project: &ProjectRef, found: &Found) -> bool {
        let only = self.context.only;
        let same = |a: &ProjectRef, b: &ProjectRef| a.tracker == b.tracker && a.path().eq_ignore_ascii_case(b.path());
        let named = |name: &ProjectRef| only.iter().any(|wanted| same(wanted, name));
        only.is_empty() || named(project) || found.asked.get(project).is_some_and(named)
    }

    /// Reads projects while the heads of others are still being asked for, and lets the texts be judged that come.
    async fn read_all(&self, found: &Found, wanted: &[&Project], fed: &HashSet<ProjectRef>) -> Result<(), Trouble> {
        let failed: HashSet<&ProjectRef> = found.failed.iter().map(|(project, _)| project).collect();
        let readable = wanted.iter().copied().filter(|p| !failed.contains(&p.project));
        let (asked, known): (Vec<&Project>, Vec<&Project>) = readable.partition(|p| self.wants_head(p, fed));
        if !asked.is_empty() {
            self.say("asking what is open where");
        }
        let many = &super::feed::to_be_fed(found, wanted);
        let plans = stream::iter(super::feed::together(&asked))
            .map(|some| async move { Ok::<_, Trouble>((some.to_vec(), self.heads(some).await?)) }.boxed())
            .buffered(HEADS_AT_ONCE);
        let no_heads = stream::iter([Ok::<_, Trouble>((known, BTreeMap::new()))]);
        let reading = no_heads
            .chain(plans)
            .and_then(|(some, heads)| async move { self.settle(self.plans(&some, &heads, (fed, many))).await }.boxed())
            .map_ok(|plans| stream::iter(plans.into_iter().map(Ok::<_, Trouble>)))
            .try_flatten()
            .map_ok(|(project, plan)| {
                async move { self.read_project(project, plan).await.map_err(Trouble::from) }.boxed()
            })
            .try_buffer_unordered(PROJECTS_AT_ONCE)
            .try_collect::<()>();
        tokio::select! {
            read = reading => read?,
            judged = self.judge_what_comes() => judged?,
        }
        self.make_gists().await
    }

    fn plans(
        &self,
        some: &[&Project],
        heads: &BTreeMap<ProjectRef, Head>,
        (fed, many): (&HashSet<ProjectRef>, &HashSet<ProjectRef>),
    ) -> Vec<(Project, ProjectPlan)> {
        let plan_of = |p: &&Project| {
            let head = heads.get(&p.project);
            let project = head.map_or(*p, |h| &h.project);
            let known = Known {
                project,
                resume: self.value(&sweep_name(&p.project)).and_then(|v| v.parse().ok()),
                asked_at: self.asked_at(p),
                mark: self.value(&mark_name(&p.project)).and_then(|v| v.parse().ok()),
                fed: fed.contains(&p.project) && self.was_fresh(&p.project),
                many: many.contains(&p.project),
            };
            let now_known = Project { project: p.project.clone(), ..project.clone() };
            (now_known, plan(known, head, self.full, Now(self.now())))
        };
        some.iter().map(plan_of).collect()
    }

    async fn read_project(&self, project: Project, plan: ProjectPlan) -> store::Result<()> {
        let name = &project.project;
        if let Some(error) = self.stopped() {
            return self.project_failed(name, &error).await;
        }
        self.say(&format!("reading {name}"));
        let mut result = match plan {
            ProjectPlan::Sweep { from: 1, newest: Some(newest) } => self.sweep_since(name, newest).await,
            ProjectPlan::Sweep { from, .. } => self.sweep(name, from).await,
            ProjectPlan::Watch => self.watch(name).await,
            // Settled together with others.
            ProjectPlan::Skip | ProjectPlan::Fed | ProjectPlan::Empty { .. } | ProjectPlan::Same => Ok(()),
        };
        if matches!(&result, Err(Trouble::Tracker(e)) if matches!(e.class, ErrorClass::Moved { .. })) {
            result = self.read_moved(name).await;
        }
        self.done.fetch_add(1, Ordering::Relaxed);
        match result {
            Ok(()) => Ok(()),
            Err(Trouble::Store(error)) => Err(error),
            Err(Trouble::Tracker(error)) => {
                if stops_all(&error.class) {
                    self.stop(error.clone());
                }
                self.project_failed(name, &error).await
            }
        }
    }

    /// Reads a project under its new name, all of it: what was remembered belongs to the old one.
    async fn read_moved(&self, old: &ProjectRef) -> Result<(), Trouble> {
        match self.follow(old).await? {
            Some(new) => {
                self.problem(format!("{old} moved to {new}"), "name it so in the configuration".into());
                self.sweep(&new, 1).await
            }
            None => self.sweep(old, 1).await,
        }
    }

    /// Notes together what needs no request: projects left out, covered by a feed, or told of by the index. Answers with
    /// the plans of the others.
    async fn settle(&self, plans: Vec<(Project, ProjectPlan)>) -> Result<Vec<(Project, ProjectPlan)>, Trouble> {
        let mut batch = Batch::default();
        let mut rest = Vec::new();
        let stopped = self.stopped().is_some();
        for (project, plan) in plans {
            let name = &project.project;
            let values = match (plan, project.skip_reason()) {
                (ProjectPlan::Skip, Some(reason)) => {
                    let freshness = Freshness::Skipped { reason };
                    batch.coverage.push(ProjectCoverage { project: name.clone(), freshness });
                    self.done.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                (ProjectPlan::Fed, _) if !stopped => Vec::new(),
                (ProjectPlan::Same, _) if !stopped => self.asked_now(name),
                (ProjectPlan::Empty { newest }, _) if !stopped => {
                    let mark = newest.map(|at| (mark_name(name), at.min(self.now()).to_string()));
                    self.asked_now(name).into_iter().chain(mark).collect()
                }
                _ => {
                    rest.push((project, plan));
                    continue;
                }
            };
            batch.values.extend(values);
            batch.coverage.push(self.fresh_now(name));
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        if !batch.coverage.is_empty() {
            self.store.apply(batch).await?;
        }
        Ok(rest)
    }

    /// A project that failed keeps its rows; only its freshness says what happened. A sweep that was interrupted by
    /// a limit keeps its place.
    async fn project_failed(&self, project: &ProjectRef, error: &TrackerError) -> store::Result<()> {
        let why = error.sentence();
        let freshness = match &error.class {
            ErrorClass::RateLimit { until } | ErrorClass::SecondaryLimit { until } => {
                Freshness::Waiting { until: *until }
            }
            ErrorClass::NotFound
            | ErrorClass::Gone
            | ErrorClass::Forbidden
            | ErrorClass::Blocked
            | ErrorClass::Sso { .. }
            | ErrorClass::MissingScope { .. } => Freshness::NoAccess { why: why.clone() },
            _ => Freshness::Failed { why: why.clone() },
        };
        if !stops_all(&error.class) {
            self.problem(format!("{project}: {why}"), error.hint());
        }
        let row = ProjectCoverage { project: project.clone(), freshness };
        self.store.apply(Batch { coverage: vec![row], ..Batch::default() }).await
    }

    /// Who the token belongs to; asked once a day and for every new token.
    async fn who_am_i(&self) -> Result<Option<Person>, Trouble> {
        let name = format!("me {}", self.tracker.name());
        let print = self.tracker.token_print();
        let day = self.now().as_second() / 86_400;
        let stamp = format!("{print} {day}");
        if self.value(&format!("{name} stamp")) == Some(stamp.as_str()) {
            return Ok(self.value(&name).and_then(|v| serde_json::from_str(v).ok()));
        }
        let me = match self.tracker.me().await {
            Ok(me) => me,
            // Reading needs no name, and the tokens of apps may not ask for it.
            Err(error) if matches!(error.class, ErrorClass::Forbidden | ErrorClass::MissingScope { .. }) => {
                self.problem(error.sentence(), error.hint());
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let text = serde_json::to_string(&me).unwrap_or_default();
        let values = vec![(name.clone(), text), (format!("{name} stamp"), stamp)];
        self.store.apply(Batch { values, ..Batch::default() }).await?;
        Ok(me)
    }
}
