//! One person's view of a [`MemoryWorld`], as a [`Tracker`].

use async_trait::async_trait;
use jiff::Timestamp;

use super::world::{Fault, Inner, MemoryWorld, Verb};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Association, Login, Person},
        project::Project,
        task::Comment,
        text::Foreign,
    },
    tracker::{
        Budget, Conditional, ErrorClass, Facts, FeedPage, Index, Lane, Listing, ListingPage, Reading, Result, TaskPage,
        Tracker, TrackerError, Validator,
    },
};

/// A client of a [`MemoryWorld`].
pub struct MemoryTracker {
    world: MemoryWorld,
    name: TrackerName,
    me: Person,
    /// May label and assign.
    trusted: bool,
}

impl MemoryTracker {
    /// A client for `me`; with `trusted` it may label and assign.
    pub fn new(world: MemoryWorld, name: TrackerName, me: Person, trusted: bool) -> Self {
        Self { world, name, me, trusted }
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
        let page = TaskPage { tasks, span: None, closed: Vec::new(), odd: Vec::new(), next: None, last: None };
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

    async fn post_comment(&self, key: &TaskKey, body: &str) -> Result<Comment> {
        self.world.lock().count_post();
        let association = if self.trusted { Association::Collaborator } else { Association::Other };
        self.call(Verb::Post, "posting a comment", |inner| inner.post(key, &self.me, association, body)).await
    }

    async fn edit_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()> {
        self.call(Verb::Edit, "editing a comment", |inner| {
            let now = inner.now();
            let (_, found) = inner.tasks.get_mut(key)?.comments.iter_mut().find(|(_, c)| c.id == comment)?;
            found.body = Foreign::new(body);
            found.updated_at = now;
            Some(())
        })
        .await
    }

    async fn delete_comment(&self, key: &TaskKey, comment: u64) -> Result<()> {
        self.call(Verb::Edit, "deleting a comment", |inner| {
            inner.tasks.get_mut(key)?.comments.retain(|(_, c)| c.id != comment);
            Some(())
        })
        .await
    }

    async fn add_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.call(Verb::Label, "adding a label", |inner| {
            let labels = &mut inner.tasks.get_mut(key)?.task.labels;
            if self.trusted && !labels.iter().any(|l| l.raw() == label) {
                labels.push(Foreign::new(label));
            }
            Some(self.trusted)
        })
        .await
    }

    async fn remove_label(&self, key: &TaskKey, label: &str) -> Result<bool> {
        self.call(Verb::Label, "removing a label", |inner| {
            if self.trusted {
                inner.tasks.get_mut(key)?.task.labels.retain(|l| l.raw() != label);
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
                Some(inner.assign(key, login))
            } else {
                Some(inner.tasks.get(key)?.task.assignees.clone())
            }
        })
        .await
    }

    async fn unassign(&self, key: &TaskKey, login: &Login) -> Result<bool> {
        self.call(Verb::Assign, "unassigning", |inner| {
            if self.trusted {
                inner.tasks.get_mut(key)?.task.assignees.retain(|a| a != login);
            }
            Some(self.trusted)
        })
        .await
    }
}
