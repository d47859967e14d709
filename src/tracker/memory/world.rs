//! The shared state behind all clients of a [`MemoryWorld`]: tasks, comments, server ids, server times, faults.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    domain::{
        evidence::{Happening, Pull, What},
        key::{ProjectRef, TaskKey},
        person::{Association, Login, Person},
        task::{Comment, Task},
        text::Foreign,
    },
    tracker::ErrorClass,
};

/// Calls that a fault can hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Reading a task with its comments.
    Read,
    /// Posting a comment.
    Post,
    /// Editing a comment.
    Edit,
    /// Labels, either way.
    Label,
    /// Assignees, either way.
    Assign,
    /// What happened to a task, recent comments of a project, files.
    History,
}

/// One misbehaviour, used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fails before anything happens.
    Before(ErrorClass),
    /// Takes effect, then the answer is lost.
    After(ErrorClass),
    /// Takes effect twice.
    Twice,
    /// Says done and does nothing (assignees).
    Ignore,
    /// Takes this long before it takes effect.
    Delay(Duration),
    /// Takes effect, then the answer takes this long.
    SlowAnswer(Duration),
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) task: Task,
    pub(super) comments: Vec<(Instant, Comment)>,
    pub(super) happenings: Vec<Happening>,
    pub(super) pulls: Vec<Pull>,
}

pub(super) struct Inner {
    pub(super) tasks: BTreeMap<TaskKey, Entry>,
    pub(super) faults: VecDeque<(u64, Verb, Fault)>,
    /// Comments younger than this are left out of the lists of everybody but their author.
    pub(super) staleness: Duration,
    pub(super) files: BTreeMap<(ProjectRef, String), String>,
    /// Labels that there are; `None` for all that anybody thinks of.
    pub(super) labels: Option<Vec<String>>,
    /// Everybody seen so far: assignments name only logins.
    people: Vec<Person>,
    next_id: u64,
    start: Instant,
    /// How far the server clock was turned ahead.
    ahead: Duration,
    base: Timestamp,
    posts: u64,
    written: u64,
}

/// A tracker's content, shared by its clients.
#[derive(Clone)]
pub struct MemoryWorld {
    inner: Arc<Mutex<Inner>>,
}

impl MemoryWorld {
    /// An empty world whose server clock starts at `base`. Needs a tokio runtime.
    pub fn new(base: Timestamp) -> Self {
        let inner = Inner {
            tasks: BTreeMap::new(),
            faults: VecDeque::new(),
            staleness: Duration::ZERO,
            files: BTreeMap::new(),
            labels: None,
            people: Vec::new(),
            next_id: 1_000,
            start: Instant::now(),
            ahead: Duration::ZERO,
            base,
            posts: 0,
            written: 0,
        };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds or replaces a task; its comments, its history and its pull requests stay. Leaves no trace in the history.
    pub fn put_task(&self, task: Task) {
        let mut inner = self.lock();
        if let Some(entry) = inner.tasks.get_mut(&task.key) {
            entry.task = task;
            return;
        }
        let entry = Entry { task, comments: Vec::new(), happenings: Vec::new(), pulls: Vec::new() };
        inner.tasks.insert(entry.task.key.clone(), entry);
    }

    /// Server time.
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Turns the server clock ahead; never back. Delays and staleness go by tokio's clock as before.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.lock();
        inner.ahead = inner.ahead.saturating_add(by);
    }

    /// Makes an account known, so that assignments by login name its id.
    pub fn know(&self, person: &Person) {
        self.lock().know(person);
    }

    /// The task as it is now.
    pub fn task(&self, key: &TaskKey) -> Option<Task> {
        self.lock().tasks.get(key).map(|e| e.task.clone())
    }

    /// All its comments, oldest first.
    pub fn comments(&self, key: &TaskKey) -> Vec<Comment> {
        let inner = self.lock();
        inner.tasks.get(key).map(|e| e.comments.iter().map(|(_, c)| c.clone()).collect()).unwrap_or_default()
    }

    /// The next call of this kind by this person goes wrong.
    pub fn fault(&self, who: u64, verb: Verb, fault: Fault) {
        self.lock().faults.push_back((who, verb, fault));
    }

    /// Misbehaviours that have not met their call yet.
    pub fn faults_left(&self) -> usize {
        self.lock().faults.len()
    }

    /// From now on there are these labels and no others.
    pub fn only_labels(&self, labels: &[&str]) {
        self.lock().labels = Some(labels.iter().map(ToString::to_string).collect());
    }

    /// Comments stay invisible to others for this long.
    pub fn stale_reads(&self, staleness: Duration) {
        self.lock().staleness = staleness;
    }

    /// How many times posting a comment was asked for.
    pub fn posts(&self) -> u64 {
        self.lock().posts
    }

    /// How many comments were ever written, deleted ones included.
    pub fn written(&self) -> u64 {
        self.lock().written
    }

    /// Posts a comment as `who`, past all faults.
    pub fn comment_as(&self, key: &TaskKey, who: &Person, association: Association, body: &str) -> Option<Comment> {
        self.lock().post(key, who, association, body)
    }
}

impl Inner {
    /// Server time.
    pub(super) fn now(&self) -> Timestamp {
        let passed = self.start.elapsed().saturating_add(self.ahead);
        self.base.checked_add(passed).unwrap_or(self.base)
    }

    /// Server time in whole seconds, as GitHub writes it: order within a second is decided by the id.
    pub(super) fn second(&self) -> Timestamp {
        let now = self.now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// The next id: comments and rows of the history share one sequence.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(super) fn know(&mut self, person: &Person) {
        self.people.retain(|p| p.login != person.login);
        self.people.push(person.clone());
    }

    /// The account behind a login; an unknown one is a human whose id nobody told.
    pub(super) fn person(&self, login: &Login) -> Person {
        let known = self.people.iter().find(|p| p.login == *login).cloned();
        known.unwrap_or_else(|| Person::human(login.raw(), 0))
    }

    /// Writes a row of a task's history.
    pub(super) fn happened(&mut self, key: &TaskKey, by: Option<&Person>, what: What) {
        let (id, at, now) = (self.fresh_id(), self.second(), self.now());
        if let Some(entry) = self.tasks.get_mut(key) {
            entry.happenings.push(Happening { id, at, by: by.cloned(), what });
            entry.task.updated_at = now;
        }
    }

    pub(super) fn take_fault(&mut self, who: u64, verb: Verb) -> Option<Fault> {
        let at = self.faults.iter().position(|(w, v, _)| *w == who && *v == verb)?;
        self.faults.remove(at).map(|(_, _, fault)| fault)
    }

    pub(super) fn count_post(&mut self) {
        self.posts += 1;
    }

    pub(super) fn post(
        &mut self,
        key: &TaskKey,
        who: &Person,
        association: Association,
        body: &str,
    ) -> Option<Comment> {
        let now = self.now();
        self.know(who);
        let comment = Comment {
            id: self.fresh_id(),
            author: Some(who.clone()),
            association,
            created_at: self.second(),
            updated_at: now,
            body: Foreign::new(body),
        };
        let entry = self.tasks.get_mut(key)?;
        self.written += 1;
        entry.task.comments += 1;
        entry.task.updated_at = now;
        entry.comments.push((Instant::now(), comment.clone()));
        Some(comment)
    }

    /// Comments as `who` sees them.
    pub(super) fn visible(&self, key: &TaskKey, who: u64) -> Vec<Comment> {
        let fresh = |at: &Instant, c: &Comment| {
            at.elapsed() >= self.staleness || c.author.as_ref().is_some_and(|a| a.id == who)
        };
        let Some(entry) = self.tasks.get(key) else { return Vec::new() };
        entry.comments.iter().filter(|(at, c)| fresh(at, c)).map(|(_, c)| c.clone()).collect()
    }
}
