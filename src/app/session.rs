//! A running floorwalk: configuration, store, trackers, host, and what the last command was.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use futures_util::future::join_all;
use tokio::sync::{Notify, mpsc::UnboundedSender};

use super::{
    command::Command,
    decide::{Decision, Planned, Preview, World, decide, plan_triage},
    effect::Effect,
    error::UserError,
    event::Event,
    host::Host,
    recorder::{Happened, Recorder},
};
use crate::{
    config::{Config, ConfigError, TrackerKind, ViewConfig, taste},
    domain::{
        evidence::{History, Pull},
        filter::Filter,
        key::{ProjectRef, TaskKey, TrackerName},
        outbox::OpStatus,
        person::Person,
        roster::Roster,
        task::TaskDetail,
        text::{Foreign, safe_line},
        triage::Triage,
        walk::Answer as WalkAnswer,
    },
    index::{
        Row, Snapshot, Taste,
        duplicates::{Twin, by_title, with_bodies},
    },
    judge::{free::Sign, score::Weights, signal::Reading},
    store::Store,
    sync::outbox::OutboxSettings,
    tracker::{Sources, Tracker},
};

/// How long pull requests that name a task are searched for.
const SEARCH_PATIENCE: Duration = Duration::from_secs(2);

/// What a session is made of.
pub struct Parts {
    /// Configuration.
    pub config: Config,
    /// Store.
    pub store: Arc<dyn Store>,
    /// Trackers, in the order of the configuration.
    pub trackers: Vec<Arc<dyn Tracker>>,
    /// Clock and randomness.
    pub host: Arc<dyn Host>,
    /// Folder of the store; two programs on one folder send one after the other. `None` for stores in memory.
    pub data_dir: Option<PathBuf>,
    /// Waiting times of the outbox.
    pub outbox: OutboxSettings,
}

/// A snapshot, and how far the store had come when it was read for it.
pub(super) type Latest = (Arc<Snapshot>, i64);

/// A running floorwalk. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    pub(super) parts: Arc<Parts>,
    last: Arc<Mutex<Option<Last>>>,
    pub(super) sending: Arc<tokio::sync::Mutex<()>>,
    /// Answers of a walk come quickly one after another, and the last one about a task counts: each waits for the one
    /// before it, and undo for all of them.
    answers: Arc<tokio::sync::Mutex<()>>,
    pub(super) wake: Arc<Notify>,
    pub(super) registry: Arc<Mutex<Option<Arc<super::registry::Known>>>>,
    pub(super) taste: Arc<Mutex<Arc<Taste>>>,
    presets: Option<PathBuf>,
    /// The snapshot that was built last, and how far the store had come by then.
    pub(super) latest: Arc<tokio::sync::Mutex<Option<Latest>>>,
    /// What was built of all there is and is not put away yet.
    pub(super) unkept: Arc<Mutex<Option<Latest>>>,
    /// Whether the list of the last start was asked for.
    pub(super) asked_for_last: Arc<AtomicBool>,
    /// Readings of the store for a snapshot so far.
    pub(super) readings: Arc<AtomicU64>,
    pub(super) rules_followed: Arc<tokio::sync::OnceCell<()>>,
    recorder: Option<Recorder>,
}

/// The last command that can be undone, and what was done for it.
#[derive(Clone, Debug)]
struct Last {
    command: Command,
    did: Vec<Effect>,
}

impl Session {
    /// Starts a session.
    pub fn new(mut parts: Parts) -> Self {
        parts.outbox.label.clone_from(&parts.config.claim.label);
        Self {
            parts: Arc::new(parts),
            last: Arc::default(),
            sending: Arc::default(),
            answers: Arc::default(),
            wake: Arc::default(),
            registry: Arc::default(),
            taste: Arc::default(),
            presets: None,
            latest: Arc::default(),
            unkept: Arc::default(),
            asked_for_last: Arc::default(),
            readings: Arc::default(),
            rules_followed: Arc::default(),
            recorder: None,
        }
    }

    /// The same session, of which what is done is noted.
    #[must_use]
    pub fn with_recorder(self, recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    pub(super) fn note(&self, what: impl FnOnce() -> Happened) {
        if let Some(recorder) = &self.recorder {
            recorder.note(self.parts.host.now(), what());
        }
    }

    /// What the reader knows, wishes and weighs, from now on; `presets` is the file where they keep weights.
    #[must_use]
    pub fn with_taste(mut self, taste: Taste, presets: PathBuf) -> Self {
        self.presets = Some(presets);
        *self.taste.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(taste);
        self
    }

    /// Keeps weights under a name; answers with the file.
    pub(super) fn keep_weights(&self, name: &str, weights: Weights) -> Result<String, UserError> {
        let nowhere = || UserError::refused("there is no folder to keep weights in", "`floorwalk init` makes one");
        let file = self.presets.as_deref().ok_or_else(nowhere)?;
        taste::save(file, name, weights).map_err(|mistakes| {
            let sentences: Vec<String> = mistakes.iter().map(ConfigError::sentence).collect();
            UserError::new(super::ExitCode::Config, sentences.join("; "), "mend the file, or move it away")
        })?;
        Ok(safe_line(&file.display().to_string()).into_owned())
    }

    /// What the reader knows, wishes and weighs.
    pub fn taste(&self) -> Arc<Taste> {
        self.taste.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the session is made of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// What a tracker is asked to read, from the configuration.
    pub fn sources(&self, tracker: &TrackerName) -> Sources {
        let Some(config) = self.parts.config.trackers.iter().find(|t| t.name == *tracker) else {
            return Sources::default();
        };
        Sources {
            orgs: config.orgs.clone(),
            users: config.users.clone(),
            topics: config.topics.clone(),
            repos: config
                .repos
                .iter()
                .chain(&config.projects)
                .filter_map(|r| ProjectRef::parse(tracker, r).ok())
                .collect(),
            all: config.kind == TrackerKind::Jira && config.projects.is_empty(),
        }
    }

    /// Filters of saved views that a tracker is asked for, in its own language.
    pub fn filters(&self, tracker: &TrackerName) -> Vec<Filter> {
        let kind = self.parts.config.trackers.iter().find(|t| t.name == *tracker).map(|t| t.kind);
        let of = |view: &ViewConfig| {
            let text = match kind? {
                TrackerKind::GitHub => view.github.clone()?,
                TrackerKind::Jira => view.jql.clone()?,
            };
            Some(Filter { view: view.name.clone(), text })
        };
        self.parts.config.views.iter().filter_map(of).collect()
    }

    /// People, teams and policies as last read; empty without a registry.
    pub fn roster(&self) -> Arc<Roster> {
        self.known().map(|known| known.roster.clone()).unwrap_or_default()
    }

    /// Reads one task from the store.
    ///
    /// # Errors
    /// When the store fails or does not know the task.
    pub async fn detail(&self, key: &TaskKey) -> Result<TaskDetail, UserError> {
        let found = self.parts.store.detail(key).await?;
        found.ok_or_else(|| UserError::refused(format!("{key} is not in the store"), "`floorwalk sync` reads it"))
    }

    /// What happened to a task and the pull requests linked to it, read from its tracker now.
    ///
    /// # Errors
    /// When the tracker fails, or is not configured any more.
    pub async fn history(&self, key: &TaskKey) -> Result<History, UserError> {
        let name = &key.project.tracker;
        let tracker = self.tracker(name).ok_or_else(|| {
            UserError::refused(format!("the tracker {name} of {key} is not configured"), "check the configuration")
        })?;
        Ok(tracker.history(key).await?)
    }

    /// Signs that somebody is at a task already, although it looks free: by what its tracker says at this moment, and by
    /// the claims that are known on its mirrors.
    ///
    /// # Errors
    /// When the tracker or the store fails.
    pub async fn signs(&self, key: &TaskKey) -> Result<Vec<Sign>, UserError> {
        let Some(tracker) = self.tracker(&key.project.tracker) else { return Ok(Vec::new()) };
        let naming = async { Ok(self.naming(key).await) };
        let (now, history, others) = tokio::try_join!(tracker.read(key), tracker.history(key), naming)?;
        let snapshot = self.snapshot().await?;
        let Some(row) = snapshot.get(key) else { return Ok(Vec::new()) };
        let row = Row { task: now.task, ..row.clone() };
        let reading = Reading { comments: Some(&now.comments), history: Some(&history), ..Reading::default() };
        Ok(snapshot
            .signs(&row, reading, &others)
            .into_iter()
            .filter(|sign| !matches!(sign, Sign::Assigned { .. }))
            .collect())
    }

    /// Open pull requests on any tracker that may name a task. What cannot be asked or is slow adds nothing: there are other
    /// signs, and they are not kept waiting.
    async fn naming(&self, key: &TaskKey) -> Vec<(Pull, String)> {
        let ask = |tracker: &Arc<dyn Tracker>| {
            let (tracker, sources) = (tracker.clone(), self.sources(tracker.name()));
            async move {
                let found = tracker.naming(&sources, key).await;
                found.inspect_err(|error| tracing::info!(%error, "pull requests are not searched")).unwrap_or_default()
            }
        };
        let searches = join_all(self.parts.trackers.iter().map(ask));
        let found = tokio::time::timeout(SEARCH_PATIENCE, searches).await.unwrap_or_default();
        found.into_iter().flatten().collect()
    }

    /// What a command would do, in sentences; nothing is done (`--dry-run`).
    ///
    /// # Errors
    /// The refusal, as the command itself would get it.
    pub async fn preview(&self, command: &Command) -> Result<Preview, UserError> {
        let decision = self.decide(command).await?;
        Ok(Preview { know: decision.know, would: decision.said })
    }

    /// Descriptions of the tasks whose readiness a command is judged by, where they were read.
    async fn bodies(&self, command: &Command) -> Result<HashMap<TaskKey, String>, UserError> {
        let keys: &[TaskKey] = match command {
            Command::Claim { keys, .. } => keys,
            Command::TakeOver { key, .. }
            | Command::Release { key, .. }
            | Command::Propose { key, .. }
            | Command::Answer { key, .. } => std::slice::from_ref(key),
            _ => &[],
        };
        let mut bodies = HashMap::new();
        for key in keys {
            let body = self.parts.store.detail(key).await?.and_then(|detail| detail.body);
            bodies.extend(body.map(|body| (key.clone(), body.raw().to_owned())));
        }
        Ok(bodies)
    }

    /// What an act of triage would do to each task; nothing is done.
    ///
    /// # Errors
    /// When the act cannot be, or the store fails.
    pub async fn plan_triage(&self, keys: &[TaskKey], act: &Triage) -> Result<Vec<Planned>, UserError> {
        let command = Command::Triage { keys: keys.to_vec(), act: act.clone() };
        self.with_world(&command, |world| plan_triage(world, keys, act)).await
    }

    /// Tasks that look like the same work as this one, most alike first.
    ///
    /// # Errors
    /// When the store fails or does not know the task.
    pub async fn duplicates(&self, key: &TaskKey) -> Result<Vec<Twin>, UserError> {
        let own = self.detail(key).await?.body;
        let (snapshot, of) = (self.snapshot().await?, key.clone());
        // Comparing is CPU work over all titles: not on a thread that serves keys or sockets.
        let twins = tokio::task::spawn_blocking(move || by_title(&snapshot, &of)).await.unwrap_or_default();
        let mut bodies = HashMap::new();
        for twin in &twins {
            let body = self.parts.store.detail(&twin.key).await?.and_then(|detail| detail.body);
            bodies.extend(body.map(|body| (twin.key.clone(), body.raw().to_owned())));
        }
        Ok(with_bodies(twins, own.as_ref().map(Foreign::raw), &|key| bodies.get(key).cloned()))
    }

    async fn decide(&self, command: &Command) -> Result<Decision, UserError> {
        self.with_world(command, |world| decide(world, command)).await
    }

    /// Asks something of what is known now. `command` says which descriptions are needed for that.
    async fn with_world<T>(
        &self,
        command: &Command,
        ask: impl FnOnce(&World<'_>) -> Result<T, UserError>,
    ) -> Result<T, UserError> {
        let snapshot = self.snapshot().await?;
        let values = self.parts.store.values().await?;
        let names = self.parts.trackers.iter().map(|t| t.name().clone());
        let people: HashMap<TrackerName, Person> =
            names.filter_map(|n| Some((n.clone(), super::reading::person(&values, &n)?))).collect();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Undo may take a task again: it is judged as the command it turns round.
        let undone = last.as_ref().filter(|_| *command == Command::Undo).map(|last| &last.command);
        let judged = undone.unwrap_or(command);
        let bodies = self.bodies(judged).await?;
        let world = World {
            snapshot: &snapshot,
            now: self.parts.host.now(),
            fresh_id: &|| self.parts.host.fresh_id(),
            me: &|key| people.get(&key.project.tracker).cloned(),
            url: &|key| self.tracker(&key.project.tracker).map(|t| t.task_url(key)),
            body: &|key| bodies.get(key).cloned(),
            last: last.as_ref().map(|last| &last.command),
            did: last.as_ref().map(|last| last.did.as_slice()).unwrap_or_default(),
        };
        ask(&world)
    }

    pub(super) fn tracker(&self, name: &TrackerName) -> Option<&Arc<dyn Tracker>> {
        self.parts.trackers.iter().find(|t| t.name() == name)
    }

    /// What happened when the store was opened, as sentences.
    pub fn notices(&self) -> Vec<String> {
        self.parts.store.notices()
    }

    /// Address of a task for people, when its tracker is configured.
    pub fn url(&self, key: &TaskKey) -> Option<String> {
        self.tracker(&key.project.tracker).filter(|_| !key.is_unborn()).map(|t| t.task_url(key))
    }

    /// Decides and performs a command to its end; everything that happens goes to `events`. For the TUI, called
    /// in a task of its own; for the command line, awaited.
    ///
    /// # Errors
    /// The refusal or failure. What was queued before stays queued.
    pub async fn execute(&self, command: Command, events: &UnboundedSender<Event>) -> Result<(), UserError> {
        // Asked with every step of the cursor, and decided by nothing: no snapshot is built for it.
        match &command {
            Command::Detail(key) => return self.perform(Effect::Detail(key.clone()), events).await,
            Command::Comments(key) => return self.perform(Effect::Comments(key.clone()), events).await,
            Command::Duplicates(key) => return self.perform(Effect::Duplicates(key.clone()), events).await,
            Command::Signs(key) => return self.perform(Effect::Signs(key.clone()), events).await,
            _ => {}
        }
        let in_turn = match &command {
            Command::Walk(_) | Command::Undo => Some(self.answers.lock().await),
            _ => None,
        };
        let decision = self.decide(&command).await?;
        let mut undone = None;
        {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if can_be_undone(&command) {
                *last = Some(Last { command: command.clone(), did: decision.effects.clone() });
            }
            if command == Command::Undo {
                undone = last.take().map(|last| last.command);
            }
        }
        // What undo sends to a tracker may take long; only its answers of a walk are waited for.
        let _in_turn = in_turn.filter(|_| matches!(undone.as_ref().unwrap_or(&command), Command::Walk(_)));
        for sentence in decision.know.iter().chain(&decision.said) {
            // A receiver that is gone has quit; the effects still count.
            let _ = events.send(Event::Said(sentence.clone()));
        }
        let mut failure = None;
        for effect in decision.effects {
            if let Err(error) = self.perform(effect, events).await {
                failure.get_or_insert(error);
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        if let Some(command) = undone {
            let _ = events.send(Event::Undone(Box::new(command)));
        }
        Ok(())
    }

    /// Sends rows of the outbox when their time comes, until the session is dropped. Sleeps while there are none.
    pub async fn keep_sending(&self, events: UnboundedSender<Event>) {
        loop {
            let due = match self.parts.store.outbox().await {
                Ok(rows) => rows.iter().filter_map(|op| due_at(&op.status)).min(),
                Err(_) => None,
            };
            match due {
                None => self.wake.notified().await,
                Some(at) => {
                    let wait = at.as_millisecond().saturating_sub(self.parts.host.now().0.as_millisecond());
                    let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0).max(250));
                    tokio::select! {
                        () = tokio::time::sleep(wait) => {
                            let _ = self.perform(Effect::Send, &events).await;
                        }
                        () = self.wake.notified() => {}
                    }
                }
            }
        }
    }
}

fn can_be_undone(command: &Command) -> bool {
    matches!(
        command,
        Command::Claim { .. }
            | Command::TakeOver { .. }
            | Command::Release { .. }
            | Command::Amend { .. }
            | Command::Answer { .. }
            | Command::Raise { .. }
            | Command::Propose { .. }
            | Command::Reply { .. }
            | Command::Mark { .. }
            | Command::Triage { .. }
    ) || matches!(command, Command::Walk(answers) if answers.iter().any(|(_, answer)| is_said(answer)))
}

/// True for an answer that somebody gave; the others only tell where a walk has been, and leave undo alone.
fn is_said(answer: &WalkAnswer) -> bool {
    matches!(answer, WalkAnswer::Skipped { .. } | WalkAnswer::Snoozed { .. })
}

fn due_at(status: &OpStatus) -> Option<jiff::Timestamp> {
    match status {
        OpStatus::Waiting { until } => Some(*until),
        OpStatus::Ready | OpStatus::NeedsAttention { .. } => None,
    }
}
