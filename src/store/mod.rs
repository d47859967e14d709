//! The contract of a store: a cache of the trackers, what is nobody else's business, and the outbox.
//! Knows no network and no screens. The engine is picked by [`open`].

pub mod error;
pub mod pieces;
pub mod sqlite;

use std::{collections::HashMap, path::Path, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{
    commitment::Commitment,
    coverage::ProjectCoverage,
    gist::Gist,
    key::{ProjectRef, TaskKey},
    outbox::{Op, OpId},
    project::Project,
    task::{Comment, Task, TaskDetail, TaskState},
    text::Foreign,
};
pub use error::StoreError;
use pieces::Pieces;

/// Result of a store call.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A remembered answer, so that the next request can be conditional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredValidator {
    /// What was asked: a stable text such as `tasks gh:acme/app moved 1`.
    pub request: String,
    /// Fingerprint of the token it was asked with; another token never reuses it.
    pub token: String,
    /// `ETag`, verbatim.
    pub etag: Option<String>,
    /// `Last-Modified`, verbatim.
    pub last_modified: Option<String>,
    /// When it was last confirmed.
    pub seen_at: Timestamp,
}

/// A private note on a task; never leaves this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Bookmarked.
    Bookmark,
    /// Hidden for good.
    Hidden,
    /// Hidden until a moment.
    Snoozed,
}

/// A private mark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The task.
    pub key: TaskKey,
    /// Which mark.
    pub kind: MarkKind,
    /// End of a snooze.
    pub until: Option<Timestamp>,
    /// The last change of the task when it was set: a snooze with it ends as soon as the task changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

/// Changes that are applied in one transaction, so that a page and its cursor never part.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Projects to insert or replace.
    pub projects: Vec<Project>,
    /// Projects that changed their name: rows of the old name move.
    pub renamed: Vec<(ProjectRef, ProjectRef)>,
    /// Tasks to insert or replace, with the description when it was read. A row older (`updated_at`) than the
    /// stored one is ignored.
    pub tasks: Vec<(Task, Option<Foreign>)>,
    /// Comments that replace all stored comments of a task.
    pub comments: Vec<(TaskKey, Vec<Comment>)>,
    /// Tasks to forget. Only ever named one by one, never because they were absent from a list.
    pub gone: Vec<TaskKey>,
    /// Commitments to insert or replace, by claim id.
    pub commitments: Vec<Commitment>,
    /// How far projects got.
    pub coverage: Vec<ProjectCoverage>,
    /// Validators to insert or replace.
    pub validators: Vec<StoredValidator>,
    /// Named values to set (watermarks, cursors, dates of sweeps).
    pub values: Vec<(String, String)>,
}

/// Name of the value that holds what a task links to outside its tracker: the change of the task at which that was read,
/// then one address a line.
pub fn links_name(key: &TaskKey) -> String {
    format!("{LINKS}{}", key.qualified())
}

/// What such a name begins with.
pub const LINKS: &str = "links ";

/// A task whose texts have no gist yet, with those texts.
#[derive(Clone, Debug)]
pub struct Ungisted {
    /// Task, description and the comments that were read.
    pub detail: TaskDetail,
    /// Its project, where that is known.
    pub project: Option<Project>,
    /// Which writing of the texts this is: a gist is kept only while nothing was written since.
    pub stamp: Stamp,
}

/// Names one state of a task and its texts; only the store can tell what it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp(pub i64, pub Option<i64>, pub Option<i64>);
/// Name of the value that holds what a project is like beside its tasks, JSON.
pub fn facts_name(project: &ProjectRef) -> String {
    format!("{FACTS}{}:{project}", project.tracker)
}

/// What such a name begins with.
pub const FACTS: &str = "facts ";

/// Name of the value that holds the id of the finding that a task was made of; empty where it was made of none.
pub fn raised_name(key: &TaskKey) -> String {
    format!("{RAISED}{}", key.qualified())
}

/// What such a name begins with.
pub const RAISED: &str = "raised ";

/// Everything a list needs, read at once.
#[derive(Clone, Debug, Default)]
pub struct Everything {
    /// All projects.
    pub projects: Vec<Project>,
    /// All open tasks, and closed ones that somebody is or was committed to.
    pub tasks: Vec<Task>,
    /// All commitments.
    pub commitments: Vec<Commitment>,
    /// All private marks.
    pub marks: Vec<Mark>,
    /// Freshness of every project.
    pub coverage: Vec<ProjectCoverage>,
    /// The outbox, in order.
    pub outbox: Vec<Op>,
    /// All named values.
    pub values: Vec<(String, String)>,
    /// What lists remember of the texts of tasks, where that was made.
    pub gists: HashMap<TaskKey, Gist>,
    /// How far the store had come when this was read; `None` where it does not count.
    pub position: Option<i64>,
}

/// What changed since a reading: as [`Everything`], but with no tasks and gists beside those that may have changed since,
/// and those that are closed.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// What there is.
    pub everything: Everything,
    /// Tasks that lists do not need any more.
    pub gone: Vec<TaskKey>,
}

/// Numbers of the tasks of each project that lists show, and whether they are open.
pub type Numbers = HashMap<ProjectRef, Vec<(u64, bool)>>;

/// A store. Every write is one transaction; when a call returns, what it wrote is on disk.
#[async_trait]
pub trait Store: Send + Sync {
    /// All that lists need.
    async fn everything(&self) -> Result<Everything>;

    /// The same without tasks and what is remembered of their texts: for those who need none of them.
    async fn around(&self) -> Result<Everything> {
        let all = self.everything().await?;
        Ok(Everything { tasks: Vec::new(), gists: HashMap::new(), position: None, ..all })
    }

    /// Numbers of the tasks that lists show.
    async fn numbers(&self) -> Result<Numbers> {
        let mut numbers = Numbers::new();
        for task in self.everything().await?.tasks {
            numbers.entry(task.key.project).or_default().push((task.key.number, task.state == TaskState::Open));
        }
        Ok(numbers)
    }

    /// The tasks that wear a label, in any case of its letters.
    async fn labelled(&self, label: &str) -> Result<Vec<Task>> {
        let wears = |task: &Task| task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label));
        Ok(self.everything().await?.tasks.into_iter().filter(wears).collect())
    }

    /// What changed since a reading that had come so far; `None` when that cannot be told any more, or is very much.
    async fn news(&self, since: i64) -> Result<Option<News>> {
        let _ = since;
        Ok(None)
    }

    /// The same for these tasks alone and their projects, as far as they are there: enough for a first screen, and read in
    /// a time that does not grow with the number of tasks. Commitments, marks and the outbox are complete.
    async fn page(&self, keys: Vec<TaskKey>) -> Result<Everything> {
        let mut all = self.everything().await?;
        all.tasks.retain(|task| keys.contains(&task.key));
        Ok(all)
    }

    /// One task with description and comments.
    async fn detail(&self, key: &TaskKey) -> Result<Option<TaskDetail>>;

    /// Applies a batch in one transaction.
    async fn apply(&self, batch: Batch) -> Result<()>;

    /// Validators of requests whose text starts with `prefix`, asked with the token of this fingerprint.
    async fn validators(&self, prefix: &str, token: &str) -> Result<Vec<StoredValidator>>;

    /// All named values.
    async fn values(&self) -> Result<Vec<(String, String)>> {
        Ok(self.everything().await?.values)
    }

    /// A named value.
    async fn value(&self, name: &str) -> Result<Option<String>>;

    /// The outbox, in order.
    async fn outbox(&self) -> Result<Vec<Op>>;

    /// All commitments, without the tasks they are about.
    async fn commitments(&self) -> Result<Vec<Commitment>>;

    /// Inserts or replaces outbox rows together with the commitments they change, flushed to the disk before
    /// it returns.
    async fn journal(&self, ops: Vec<Op>, commitments: Vec<Commitment>) -> Result<()>;

    /// Removes outbox rows together with the commitments that changes.
    async fn settle(&self, ops: Vec<OpId>, commitments: Vec<Commitment>) -> Result<()>;

    /// Removes commitments of claims that were never sent.
    async fn forget_commitments(&self, claims: Vec<crate::domain::commitment::ClaimId>) -> Result<()>;

    /// Sets or (with `on` false) removes private marks.
    async fn mark(&self, marks: Vec<Mark>, on: bool) -> Result<()>;

    /// At most `most` open tasks whose gist was not made since their columns or texts changed.
    async fn ungisted(&self, most: u32) -> Result<Vec<Ungisted>> {
        let _ = most;
        Ok(Vec::new())
    }

    /// Keeps gists of texts that nobody wrote since.
    async fn keep_gists(&self, gists: Vec<(TaskKey, Stamp, Gist)>) -> Result<()> {
        let _ = gists;
        Ok(())
    }

    /// Lets all gists be made anew; the old ones stay until then.
    async fn renew_gists(&self) -> Result<()> {
        Ok(())
    }

    /// The file beside it for what can be made again from it; `None` where it has none.
    fn pieces(&self) -> Option<Pieces> {
        None
    }

    /// What `doctor` shows: path, size, schema, integrity; and a notice when a damaged file was set aside.
    async fn health(&self) -> Result<Health>;

    /// Sentences about what happened while this store was opened (a damaged file set aside, an outbox rescued) or
    /// was met since. Cheap, unlike [`Store::health`]: meant to be shown at every start.
    fn notices(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Opens the store in `dir`, making the folder and the files when there are none. Blocks for some milliseconds.
///
/// # Errors
/// [`StoreError`] when there is no store and none can be made: a newer schema, another program's file, a place
/// where no store can be, a damaged file that could not be set aside, or not without losing something.
pub fn open(dir: &Path) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(sqlite::SqliteStore::open(dir)?))
}

/// As [`open`], after the user agreed that a damaged file is set aside although not everything can be rescued from it.
///
/// # Errors
/// As [`open`], but never [`StoreError::Loss`].
pub fn open_with_consent(dir: &Path) -> Result<Arc<dyn Store>> {
    let options = sqlite::Options { consent: true, ..sqlite::Options::default() };
    Ok(Arc::new(sqlite::SqliteStore::open_with(dir, &options)?))
}

/// Condition of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Where it is.
    pub place: String,
    /// Bytes on disk.
    pub bytes: u64,
    /// Schema version.
    pub schema: u32,
    /// Result of the integrity check: `ok` or what is wrong.
    pub integrity: String,
    /// True when only reading works (read-only disk or folder).
    pub read_only: bool,
    /// Sentences about what happened while opening (a damaged file set aside, an outbox rescued).
    pub notices: Vec<String>,
}
