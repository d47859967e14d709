//! One person's view of a [`MemoryWorld`], as a [`Tracker`].

use async_trait::async_trait;
use jiff::Timestamp;

use super::world::{Fault, Inner, MemoryWorld, Verb};
use crate::{
    domain::{
        evidence::History,
        key::{ProjectRef, TaskKey, TrackerName},
        marker,
        person::{Association, Login, Person},
        project::Project,
        task::Comment,
        text::Foreign,
    },
    tracker::{
        Budget, Conditional, ErrorClass, Facts, FeedPage, Index, Lane, Listing, ListingPage, Reading, Result, Sources,
        TaskPage, Tracker, TrackerError, Validator, path,
    },
};

/// A client of a [`MemoryWorld`].
pub struct MemoryTracker {
    world: MemoryWorld,
    name: TrackerName,
    me: Person,
    /// May label and assign, and edit and delete comments of others.
    trusted: bool,
    association: Association,
}

impl MemoryTracker {
    /// A client for `me`; with `trusted` it may label, assign and edit comments of others, and its comments are a
    /// collaborator's.
    pub fn new(world: MemoryWorld, name: TrackerName, me: Person, trusted: bool) -> Self {
        world.know(&me);
        let association = if trusted { Association::Collaborator } else { Association::Other };
        Self { world, name, me, trusted, association }
    }

    /// The same client, but what it writes carries another association.
    #[must_use]
    pub fn with_association(mut self, association: Association) -> Self {
        self.association = association;
        self
    }

    /// Steps of a path, or the refusal of one that leads elsewhere.
    fn steps<'p>(&self, path: &'p str, doing: &str) -> Result<Vec<&'p str>> {
        path::steps(path).ok_or_else(|| self.error(ErrorClass::Invalid, doing))
    }

    /// Whether this client may change a comment; `None` when it is not there.
    fn may_change(&self, inner: &Inner, key: &TaskKey, comment: u64) -> Option<bool> {
        let (_, found) = inner.tasks.get(key)?.comments.iter().find(|(_, c)| c.id == comment)?;
        Some(self.trusted || found.author.as_ref().is_some_and(|a| a.id == self.me.id))
    }

    fn error(&self, class: ErrorClass, doing: &str) -> TrackerError {
        TrackerError { class, host: "memory".into(), doing: doing.into(), said: String::new() }
    }

    /// Runs one call: delay, fault before, effect (once or twice), fault after.
    async fn call<T>(&self, verb: Verb, doing: &str, effect: impl Fn(&mut Inner) -> Option<T> + Send) -> Result<T>
    where
        T: Send,
    {
        let fault = self.world.lock().take_fault(self.me.id, verb);
        match &fault {
            Some(Fault::Before(class)) => return Err(self.error(class.clone(), doing)),
            Some(Fault::Delay(pause)) => tokio::time::sleep(*pause).await,
            _ => {}
        }
        let done = {
            let mut inner = self.world.lock();
            if fault == Some(Fault::Twice) {
                effect(&mut inner);
            }
            effect(&mut inner)
        };
        match fault {
            Some(Fault::After(class)) => return Err(self.error(class, doing)),
            Some(Fault::SlowAnswer(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        done.ok_or_else(|| self.error(ErrorClass::NotFound, doing))
    }
}

#[async_trait]
impl Tracker for MemoryTracker {
    fn name(&self) -> &TrackerName {
        &self.name
    }

    fn task_url(&self, key: &TaskKey) -> String {
        format!("http://127.0.0.1/{}/issues/{}", key.project.path(), key.number)
    }

    async fn me(&self) -> Result<Option<Person>> {
        Ok(Some(self.me.clone()))
    }

    async fn facts(&self) -> Facts {
        Facts { me: Some(self.me.clone()), graphql: "not offered".into(), ..Facts::default() }
    }

    fn budgets(&self) -> Vec<Budget> {
        Vec::new()
    }

    fn counters(&self) -> (u64, u64) {
        (0, 0)
    }

    async fn listing(&self, _: &Listing, _: u32, _: Option<&Validator>) -> Result<Conditional<ListingPage>> {
        Ok(Conditional::Unchanged)
    }

    async fn index(&self, _: &[Project]) -> Result<Index> {
        Ok(Index { unavailable: Some("the memory tracker has no index".into()), ..Index::default() })
    }

    async fn tasks(
        &self,
        project: &ProjectRef,
        _: Lane,
        _: u32,
        _: Option<&Validator>,
    ) -> Result<Conditional<TaskPage>> {
        let tasks: Vec<_> = {
            let inner = self.world.lock();
            let of_project = inner.tasks.values().filter(|e| e.task.key.project == *project);
            of_project.map(|e| (e.task.clone(), Some(Foreign::default()))).collect()
        };
        let page = TaskPage { tasks, ..TaskPage::default() };
        Ok(Conditional::Changed { value: page, validator: None })
    }

    async fn feed(&self, _: &Listing, _: Timestamp, _: Option<&str>) -> Result<Option<FeedPage>> {
        Ok(None)
    }

    async fn read(&self, key: &TaskKey) -> Result<Reading> {
        let me = self.me.id;
        self.call(Verb::Read, "reading a task", |inner| {
            let task = inner.tasks.get(key)?.task.clone();
            let comments = inner.visible(key, me);
            let counted = u32::try_from(comments.len()).unwrap_or(u32::MAX);
            Some(Reading { task, comments, counted, server_time: Some(inner.now()) })
        })
        .await
    }

    async fn history(&self, key: &TaskKey) -> Result<History> {
        self.call(Verb::History, "reading what happened to a task", |inner| inner.history(key)).await
    }

    async fn recent_comments(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>> {
        let me = self.me.id;
        self.call(Verb::History, "reading recent comments", |inner| {
            let keys: Vec<TaskKey> = inner.tasks.keys().filter(|k| k.project == *project).cloned().collect();
            let of = |key: TaskKey| inner.visible(&key, me).into_iter().map(move |c| (key.clone(), c));
            let mut recent: Vec<_> = keys.into_iter().flat_map(of).filter(|(_, c)| c.updated_at >= since).collect();
            recent.sort_by_key(|(_, c)| (c.created_at, c.id));
            Some(recent)
        })
        .await
    }

    async fn marked(&self, sources: &Sources) -> Result<Vec<TaskKey>> {
        let inner = self.world.lock();
        let within = |project: &ProjectRef| {
            let owner = project.owner_and_name().map(|(owner, _)| owner);
            let owned = |o: &String| owner.is_some_and(|owner| owner.eq_ignore_ascii_case(o));
            sources.repos.contains(project) || sources.orgs.iter().chain(&sources.users).any(owned)
        };
        let marked = |key: &&TaskKey| {
            let comments = inner.visible(key, self.me.id);
            within(&key.project) && comments.iter().any(|c| marker::parse(c.body.raw()).is_some())
        };
        Ok(inner.tasks.keys().filter(marked).cloned().collect())
    }

    async fn file(&self, project: &ProjectRef, path: &str) -> Result<Option<String>> {
        let doing = "reading a file";
        let path = self.steps(path, doing)?.join("/");
        self.call(Verb::History, doing, |inner| Some(inner.files.get(&(project.clone(), path.clone())).cloned())).await
    }

    async fn folder(&self, project: &ProjectRef, path: &str) -> Result<Vec<String>> {
        let doing = "reading a folder";
        let mut within = self.steps(path, doing)?.join("/");
        if !within.is_empty() {
            within.push('/');
        }
        self.call(Verb::History, doing, |inner| {
            let of_project = inner.files.keys().filter(|(p, _)| p == project);
            let names = of_project.filter_map(|(_, path)| path.strip_prefix(&within));
            Some(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
        })
        .await
    }

    async fn post_comment(&self, key: &TaskKey, body: &str) -> Result<Comment> {
        self.world.lock().count_post();
        self.call(Verb::Post, "posting a comment", |inner| inner.post(key, &self.me, self.association, body)).await
    }

    async fn edit_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()> {
        let doing = "editing a comment";
        let allowed = self.call(Verb::Edit, doing, |inner| {
            let allowed = self.may_change(inner, key, comment)?;
            let now = inner.now();
            let (_, found) = inner.tasks.get_mut(key)?.comments.iter_mut().find(|(_, c)| c.id == comment)?;
            if allowed {
                found.body = Foreign::new(body);
                found.updated_at = now;
            }
            Some(allowed)
        });
        if allowed.await? { Ok(()) } else { Err(self.error(ErrorClass::Forbidden, doing)) }
    }

    async fn delete_comment(&self, key: &TaskKey, comment: u64) -> Result<()> {
        let doing = "deleting a comment";
        let allowed = self.call(Verb::Edit, doing, |inner| {
            // Gone already counts as done.
            let allowed = self.may_change(inner, key, comment).unwrap_or(true);
            if allowed {
                inner.tasks.get_mut(key)?.comments.retain(|(_, c)| c.id != comment);
            }
            Some(allowed)
        });
        if allowed.await? { Ok(()) } else { Err(self.error(ErrorClass::Forbidden, doing)) }
    }

    async fn knows_label(&self, _: &ProjectRef, label: &str) -> Result<Option<bool>> {
        self.call(Verb::Label, "looking for a label", |inner| {
            let known = |all: &Vec<String>| all.iter().any(|l| l.eq_ignore_ascii_case(label));
            Some(Some(inner.labels.as_ref().is_none_or(known)))
        })
        .await
    }

    async fn add_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.call(Verb::Label, "adding a label", |inner| {
            if self.trusted {
                inner.label(&self.me, key, label)?;
            }
            Some(self.trusted)
        })
        .await
    }

    async fn remove_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.call(Verb::Label, "removing a label", |inner| {
            if self.trusted {
                inner.unlabel(&self.me, key, label)?;
            }
            Some(self.trusted)
        })
        .await
    }

    async fn assign(&self, key: &TaskKey, login: &Login) -> Result<Vec<Login>> {
        let ignored = {
            let mut inner = self.world.lock();
            let at = inner.faults.iter().position(|f| *f == (self.me.id, Verb::Assign, Fault::Ignore));
            at.and_then(|i| inner.faults.remove(i)).is_some()
        };
        self.call(Verb::Assign, "assigning", |inner| {
            if self.trusted && !ignored {
                inner.assign(&self.me, key, login)
            } else {
                Some(inner.tasks.get(key)?.task.assignees.clone())
            }
        })
        .await
    }

    async fn unassign(&self, key: &TaskKey, login: &Login) -> Result<bool> {
        self.call(Verb::Assign, "unassigning", |inner| {
            if self.trusted {
                inner.unassign(&self.me, key, login)?;
            }
            Some(self.trusted)
        })
        .await
    }
}
