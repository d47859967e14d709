//! One sync of one tracker from beginning to end. What it cannot read is reported, never deleted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    SyncProgress, SyncReport,
    discover::{Found, stops_all},
    outbox::Clock,
    plan::{FEED_FROM, FEED_OVERLAP, Known, ProjectPlan, plan},
    project::{asked_name, sweep_name},
};
use crate::{
    domain::{
        coverage::{Coverage, Freshness, ProjectCoverage},
        key::ProjectRef,
        person::Person,
        project::Project,
        text::safe_line,
        time::Now,
    },
    store::{self, Batch, Everything, Store, StoreError},
    tracker::{ErrorClass, Head, Listing, OddRow, Sources, Tracker, TrackerError, Validator},
};

/// Projects that are read at once.
const PROJECTS_AT_ONCE: usize = 8;

/// Odd rows whose place is kept for `doctor`.
const ODD_KEPT: usize = 200;

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
    /// Label that marks a task with a live commitment.
    pub label: &'a str,
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
    pub(super) before: Everything,
    pub(super) full: bool,
    pub(super) label: String,
    context: &'a SyncContext<'a>,
    values: HashMap<String, String>,
    problems: Mutex<Vec<(String, String)>>,
    odd: Mutex<Vec<String>>,
    tasks: AtomicU32,
    done: AtomicU32,
    total: AtomicU32,
    /// The error that stopped the whole tracker, if one did.
    stopped: Mutex<Option<TrackerError>>,
}

/// Reads one tracker.
///
/// # Errors
/// Only when the store fails. A tracker that fails is a problem in the report.
pub async fn sync(context: &SyncContext<'_>) -> store::Result<SyncReport> {
    let (requests, unchanged) = context.tracker.counters();
    let before = context.store.everything().await?;
    let reader = Reader {
        values: before.values.iter().cloned().collect(),
        store: context.store,
        tracker: context.tracker,
        full: context.full,
        label: context.label.to_owned(),
        before,
        context,
        problems: Mutex::default(),
        odd: Mutex::default(),
        tasks: AtomicU32::new(0),
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
        let only: HashSet<&ProjectRef> = self.context.only.iter().collect();
        let wanted: Vec<&Project> =
            found.projects.values().filter(|p| only.is_empty() || only.contains(&p.project)).collect();
        self.total.store(count(wanted.len()), Ordering::Relaxed);
        let fed = self.feeds(&found, &wanted).await?;
        let heads = self.heads(&wanted, &fed).await?;
        let plans: Vec<(Project, ProjectPlan)> = wanted
            .iter()
            .filter(|p| !found.failed.iter().any(|(failed, _)| *failed == p.project))
            .map(|p| {
                let head = heads.get(&p.project);
                let project = head.map_or(*p, |h| &h.project);
                let known = Known {
                    project,
                    resume: self.value(&sweep_name(&p.project)).and_then(|v| v.parse().ok()),
                    asked_at: self.asked_at(&p.project),
                    fed: fed.contains(&p.project),
                };
                ((*p).clone(), plan(known, head, self.full, Now(self.now())))
            })
            .collect();
        self.read_projects(plans).await?;
        if self.stopped().is_none() {
            self.say("looking who is helping where");
            self.fold_claims(me.as_ref()).await?;
        }
        Ok(())
    }

    async fn read_projects(&self, plans: Vec<(Project, ProjectPlan)>) -> Result<(), Trouble> {
        let mut reads = stream::iter(plans)
            .map(|(project, plan)| self.read_project(project, plan).boxed())
            .buffer_unordered(PROJECTS_AT_ONCE);
        while let Some(result) = reads.next().await {
            result?;
        }
        Ok(())
    }

    async fn read_project(&self, project: Project, plan: ProjectPlan) -> store::Result<()> {
        let name = &project.project;
        if let Some(error) = self.stopped().filter(|_| plan != ProjectPlan::Skip) {
            return self.project_failed(name, &error).await;
        }
        self.say(&format!("reading {name}"));
        let mut result = match plan {
            ProjectPlan::Skip => self.skip(&project).await,
            ProjectPlan::Sweep { from } => self.sweep(name, from).await,
            ProjectPlan::Watch => self.watch(name).await,
            ProjectPlan::Fed => self.fresh(name).await,
            ProjectPlan::Empty => self.done(name).await,
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

    async fn skip(&self, project: &Project) -> Result<(), Trouble> {
        let Some(reason) = project.skip_reason() else { return Ok(()) };
        let row = ProjectCoverage { project: project.project.clone(), freshness: Freshness::Skipped { reason } };
        self.store.apply(Batch { coverage: vec![row], ..Batch::default() }).await?;
        Ok(())
    }

    async fn fresh(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let row = ProjectCoverage { project: project.clone(), freshness: Freshness::Fresh { at: self.now() } };
        self.store.apply(Batch { coverage: vec![row], ..Batch::default() }).await?;
        Ok(())
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
        let me = self.tracker.me().await?;
        let text = serde_json::to_string(&me).unwrap_or_default();
        let values = vec![(name.clone(), text), (format!("{name} stamp"), stamp)];
        self.store.apply(Batch { values, ..Batch::default() }).await?;
        Ok(me)
    }

    /// Reads the change feed of every owner with many known projects. Returns the projects it covers.
    async fn feeds(&self, found: &Found, wanted: &[&Project]) -> Result<HashSet<ProjectRef>, Trouble> {
        let mut owners: HashMap<&Listing, Vec<&ProjectRef>> = HashMap::new();
        for project in wanted {
            if let Some(owner) = found.owner.get(&project.project).filter(|o| !matches!(o, Listing::Topic { .. })) {
                owners.entry(owner).or_default().push(&project.project);
            }
        }
        let mut fed = HashSet::new();
        for (owner, projects) in owners {
            let read = projects.iter().filter(|p| self.asked_at(p).is_some()).count();
            if self.full || read < FEED_FROM {
                continue;
            }
            if self.feed(owner).await? {
                fed.extend(projects.into_iter().cloned());
            }
        }
        Ok(fed)
    }

    /// Reads one owner's feed from where it ended last time. `false`: this tracker has none, or none yet.
    async fn feed(&self, owner: &Listing) -> Result<bool, Trouble> {
        let name = format!("feed {} {}", self.tracker.name(), super::discover::name(owner));
        let last: Option<Timestamp> =
            self.value(&name).or_else(|| self.value("synced_at")).and_then(|v| v.parse().ok());
        let Some(last) = last else { return Ok(false) };
        let mut since = last.checked_sub(FEED_OVERLAP).unwrap_or(last);
        let mut cursor: Option<String> = None;
        loop {
            let page = match self.tracker.feed(owner, since, cursor.as_deref()).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(false),
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                Err(error) => {
                    self.problem(error.sentence(), "each project is asked by itself instead".into());
                    return Ok(false);
                }
            };
            self.note_odd(&page.odd);
            self.tasks.fetch_add(count(page.tasks.len()), Ordering::Relaxed);
            let newest = page.tasks.iter().map(|(t, _)| t.updated_at).max();
            self.store.apply(Batch { tasks: page.tasks, ..Batch::default() }).await?;
            cursor = match (page.next, newest) {
                (Some(next), _) => Some(next),
                // The tracker shows 1,000 rows of a window: go on from the newest of them.
                (None, Some(newest)) if page.total > 1_000 && newest > since => {
                    since = newest;
                    None
                }
                _ => break,
            };
        }
        self.store.apply(Batch { values: vec![(name, self.now().to_string())], ..Batch::default() }).await?;
        Ok(true)
    }

    /// Heads of the projects that were never read, from the index query where the tracker has one.
    async fn heads(
        &self,
        wanted: &[&Project],
        fed: &HashSet<ProjectRef>,
    ) -> Result<BTreeMap<ProjectRef, Head>, Trouble> {
        let unread: Vec<Project> = wanted
            .iter()
            .filter(|p| p.skip_reason().is_none() && !fed.contains(&p.project))
            .filter(|p| self.full || self.asked_at(&p.project).is_none())
            .map(|p| (*p).clone())
            .collect();
        if unread.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.say("asking what is open where");
        let index = match self.tracker.index(&unread).await {
            Ok(index) => index,
            Err(error) if stops_all(&error.class) => return Err(error.into()),
            Err(error) => {
                self.problem(error.sentence(), "reading over REST alone: slower, complete".into());
                return Ok(BTreeMap::new());
            }
        };
        let state = index.unavailable.clone().unwrap_or_else(|| "used".into());
        let values = vec![(format!("index {}", self.tracker.name()), state)];
        let projects = index.heads.iter().map(|h| h.project.clone()).collect();
        self.store.apply(Batch { projects, values, ..Batch::default() }).await?;
        Ok(index.heads.into_iter().map(|h| (h.project.project.clone(), h)).collect())
    }

    async fn conclude(&self) -> store::Result<SyncReport> {
        let odd = std::mem::take(&mut *self.odd.lock().unwrap_or_else(PoisonError::into_inner));
        let mut problems = std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner));
        let stopped = self.stopped();
        if let Some(error) = &stopped {
            problems.push((error.sentence(), error.hint()));
        }
        let tracker = self.tracker.name();
        let mut values = vec![
            (format!("odd {tracker}"), serde_json::to_string(&odd).unwrap_or_default()),
            ("odd_rows".to_owned(), odd.len().to_string()),
        ];
        if stopped.is_none() {
            values.push(("synced_at".to_owned(), self.now().to_string()));
        }
        self.store.apply(Batch { values, ..Batch::default() }).await?;
        let after = self.store.everything().await?;
        let rows = after.coverage.iter().filter(|c| c.project.tracker == *tracker).map(|c| &c.freshness);
        let mut coverage = Coverage::of(rows);
        coverage.odd_rows = count(odd.len());
        coverage.synced_at = stopped.is_none().then(|| self.now());
        Ok(SyncReport {
            coverage,
            changed: self.tasks.load(Ordering::Relaxed),
            requests: (0, 0),
            odd,
            problems: problems.into_iter().map(|(what, hint)| (tracker.clone(), what, hint)).collect(),
            stopped,
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.context.clock)().0
    }

    pub(super) fn fresh_id(&self) -> Ulid {
        (self.context.fresh_id)()
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn asked_at(&self, project: &ProjectRef) -> Option<Timestamp> {
        self.value(&asked_name(project)).and_then(|v| v.parse().ok())
    }

    pub(super) async fn validator(&self, request: &str) -> store::Result<Option<Validator>> {
        let stored = self.store.validators(request, &self.tracker.token_print()).await?;
        let exact = stored.into_iter().find(|v| v.request == request);
        Ok(exact.map(|v| Validator { etag: v.etag, last_modified: v.last_modified }))
    }

    pub(super) fn problem(&self, what: String, hint: String) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push((what, hint));
    }

    pub(super) fn note_odd(&self, rows: &[OddRow]) {
        for row in rows {
            self.odd_sentence(format!("{}: {}", row.place, row.why));
        }
    }

    pub(super) fn odd_sentence(&self, sentence: String) {
        let mut odd = self.odd.lock().unwrap_or_else(PoisonError::into_inner);
        if odd.len() < ODD_KEPT {
            odd.push(safe_line(&sentence).into_owned());
        }
    }

    pub(super) fn note_tasks(&self, tasks: usize, project: &ProjectRef) {
        self.tasks.fetch_add(count(tasks), Ordering::Relaxed);
        self.say(&format!("reading {project}"));
    }

    fn stopped(&self) -> Option<TrackerError> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn stop(&self, error: TrackerError) {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn say(&self, doing: &str) {
        (self.context.progress)(SyncProgress {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            tasks: self.tasks.load(Ordering::Relaxed),
            doing: doing.to_owned(),
            waiting_until: None,
        });
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
