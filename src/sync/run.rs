//! One sync of one tracker from beginning to end. What it cannot read is reported, never deleted.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use ulid::Ulid;

use super::{
    SyncProgress, SyncReport,
    discover::{Found, scope, stops_all},
    outbox::Clock,
    plan::{FEED_FROM, FEED_OVERLAP, Known, ProjectPlan, plan},
    project::{asked_name, mark_name, sweep_name},
};
use crate::{
    domain::{
        coverage::{Coverage, Freshness, ProjectCoverage},
        key::ProjectRef,
        person::Person,
        project::Project,
        task::Task,
        text::{Foreign, safe_line},
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
    /// New names, and the old ones they were read under before.
    renamed: Mutex<HashMap<ProjectRef, ProjectRef>>,
    /// Projects whose rows came anew in this sync.
    answered: Mutex<HashSet<ProjectRef>>,
    read: Mutex<HashMap<ProjectRef, HashSet<u64>>>,
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
        read: Mutex::default(),
        renamed: Mutex::default(),
        answered: Mutex::default(),
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
                    asked_at: self.asked_at(p),
                    fed: fed.contains(&p.project) && self.was_fresh(&p.project),
                };
                let now_known = Project { project: p.project.clone(), ..project.clone() };
                (now_known, plan(known, head, self.full, Now(self.now())))
            })
            .collect();
        self.read_projects(plans).await?;
        if self.stopped().is_none() {
            self.say("looking who is helping where");
            self.fold_claims(me.as_ref()).await?;
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

    /// Reads the change feed of every owner with many known projects. Returns the projects it covers.
    async fn feeds(&self, found: &Found, wanted: &[&Project]) -> Result<HashSet<ProjectRef>, Trouble> {
        let mut owners: HashMap<&Listing, Vec<&Project>> = HashMap::new();
        for project in wanted {
            if let Some(owner) = found.owner.get(&project.project).filter(|o| !matches!(o, Listing::Topic { .. })) {
                owners.entry(owner).or_default().push(project);
            }
        }
        let mut fed = HashSet::new();
        for (owner, projects) in owners {
            let asked: Vec<Timestamp> = projects.iter().filter_map(|p| self.asked_at(p)).collect();
            if self.full || asked.len() < FEED_FROM {
                continue;
            }
            if self.feed(owner, self.feed_start(&asked, &projects)).await? {
                fed.extend(projects.into_iter().map(|p| p.project.clone()));
            }
        }
        Ok(fed)
    }

    /// Where a first feed begins: before the first of the projects was asked, and not after the newest change seen,
    /// which is the tracker's own time, in case this machine's clock is ahead.
    fn feed_start(&self, asked: &[Timestamp], projects: &[&Project]) -> Option<Timestamp> {
        let mark = |p: &&Project| self.value(&mark_name(&p.project)).and_then(|v| v.parse::<Timestamp>().ok());
        let newest = projects.iter().filter_map(mark).max();
        asked.iter().min().copied().map(|first| newest.map_or(first, |newest| first.min(newest)))
    }

    /// Reads one owner's feed from where it ended last time. The place is the newest change seen, a time of the
    /// tracker. `false`: this tracker has none, or it cannot tell everything.
    async fn feed(&self, owner: &Listing, start: Option<Timestamp>) -> Result<bool, Trouble> {
        let name = format!("feed {} {}", self.tracker.name(), super::discover::name(owner));
        let Some(last) = self.value(&name).and_then(|v| v.parse().ok()).or(start) else { return Ok(false) };
        self.say(&format!("asking what changed in {}", super::discover::name(owner)));
        let mut since = last.checked_sub(FEED_OVERLAP).unwrap_or(last);
        let mut newest = last;
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
            self.count_tasks(&page.tasks);
            newest = page.tasks.iter().map(|(t, _)| t.updated_at.min(self.now())).fold(newest, Timestamp::max);
            self.store.apply(Batch { tasks: page.tasks, ..Batch::default() }).await?;
            cursor = match page.next {
                Some(next) => Some(next),
                None if page.total <= 1_000 => break,
                // The tracker shows 1,000 rows of a window: go on from the newest of them.
                None if newest > since => {
                    since = newest;
                    None
                }
                None => return Ok(false),
            };
        }
        self.store.apply(Batch { values: vec![(name, newest.to_string())], ..Batch::default() }).await?;
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
            .filter(|p| self.full || self.asked_at(p).is_none())
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
        let odd = self.all_odd(odd);
        let mut values = vec![
            (format!("odd {tracker}"), serde_json::to_string(&odd).unwrap_or_default()),
            ("odd_rows".to_owned(), (odd.len() + self.odd_elsewhere()).to_string()),
        ];
        if stopped.is_none() {
            values.push(("synced_at".to_owned(), self.now().to_string()));
        }
        self.store.apply(Batch { values, ..Batch::default() }).await?;
        let after = self.store.everything().await?;
        let scope = scope(&after.values, tracker, self.context.sources);
        let shown = |p: &ProjectRef| p.tracker == *tracker && scope.as_ref().is_none_or(|s| s.contains(p));
        let rows = after.coverage.iter().filter(|c| shown(&c.project)).map(|c| &c.freshness);
        let mut coverage = Coverage::of(rows);
        coverage.odd_rows = count(odd.len());
        coverage.synced_at = stopped.is_none().then(|| self.now());
        Ok(SyncReport {
            coverage,
            read: self.read_count(),
            requests: (0, 0),
            odd,
            problems: problems.into_iter().map(|(what, hint)| (tracker.clone(), what, hint)).collect(),
            stopped,
        })
    }

    /// The odd rows of this sync, and those of earlier ones in projects that answered "not modified" since.
    fn all_odd(&self, now: Vec<String>) -> Vec<String> {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let again = |place: &str| answered.iter().any(|p| place.strip_prefix(p.path()).is_some_and(is_page));
        let before = self.odd_of(self.tracker.name().as_str());
        let mut all = now;
        all.extend(before.into_iter().filter(|place| place.contains(" page ") && !again(place)));
        all.sort();
        all.dedup();
        all.truncate(ODD_KEPT);
        all
    }

    fn odd_of(&self, tracker: &str) -> Vec<String> {
        self.value(&format!("odd {tracker}")).and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default()
    }

    fn odd_elsewhere(&self) -> usize {
        let own = format!("odd {}", self.tracker.name());
        let others = self.values.keys().filter(|name| name.starts_with("odd ") && **name != own);
        others.filter_map(|name| name.strip_prefix("odd ")).map(|tracker| self.odd_of(tracker).len()).sum()
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

    /// When a project was last asked by itself, under whatever name. Another project under an old name was not.
    fn asked_at(&self, project: &Project) -> Option<Timestamp> {
        let old = self.formerly(&project.project);
        let name = old.as_ref().unwrap_or(&project.project);
        let other = |known: &Project| known.id != 0 && project.id != 0 && known.id != project.id;
        if self.before.projects.iter().any(|known| known.project == *name && other(known)) {
            return None;
        }
        self.value(&asked_name(name)).and_then(|v| v.parse().ok())
    }

    /// True when the project was read completely by the last sync that tried.
    fn was_fresh(&self, project: &ProjectRef) -> bool {
        let old = self.formerly(project);
        let name = old.as_ref().unwrap_or(project);
        let row = self.before.coverage.iter().find(|c| c.project == *name);
        row.is_some_and(|c| matches!(c.freshness, Freshness::Fresh { .. }))
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

    pub(super) fn note_tasks(&self, tasks: &[(Task, Option<Foreign>)], project: &ProjectRef) {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).insert(project.clone());
        self.count_tasks(tasks);
        self.say(&format!("reading {project}"));
    }

    /// Counts each task once, however often it comes.
    fn count_tasks(&self, tasks: &[(Task, Option<Foreign>)]) {
        let mut read = self.read_numbers();
        for (task, _) in tasks {
            match read.get_mut(&task.key.project) {
                Some(numbers) => drop(numbers.insert(task.key.number)),
                None => drop(read.insert(task.key.project.clone(), HashSet::from([task.key.number]))),
            }
        }
    }

    /// Numbers of the tasks read so far, by project.
    pub(super) fn read_numbers(&self) -> MutexGuard<'_, HashMap<ProjectRef, HashSet<u64>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_count(&self) -> u32 {
        count(self.read_numbers().values().map(HashSet::len).sum())
    }

    /// Remembers that a project has a new name.
    pub(super) fn note_rename(&self, old: &ProjectRef, new: &ProjectRef) {
        self.renamed.lock().unwrap_or_else(PoisonError::into_inner).insert(new.clone(), old.clone());
    }

    /// The name under which a project was known before this sync, if it was another.
    pub(super) fn formerly(&self, project: &ProjectRef) -> Option<ProjectRef> {
        self.renamed.lock().unwrap_or_else(PoisonError::into_inner).get(project).cloned()
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
            tasks: self.read_count(),
            doing: doing.to_owned(),
            waiting_until: None,
        });
    }
}

/// True for what follows a project in the place of an odd row: ` page 2 row 17: …`.
fn is_page(rest: &str) -> bool {
    rest.starts_with(" page ")
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
