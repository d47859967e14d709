//! The contract every tracker fulfils, and nothing about storing or showing.
//!
//! A tracker reads and writes once per call: it never repeats a write, never sleeps for a rate limit and never
//! decides what to read. Those decisions are `sync`'s.

pub mod error;
pub mod github;
pub mod http;
pub mod jira;
pub mod memory;
mod path;
mod rows;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::domain::{
    commitment::ClaimId,
    evidence::{History, Pull},
    facts::ProjectFacts,
    key::{ProjectRef, TaskKey, TrackerName},
    person::{Login, Person},
    project::Project,
    task::{Comment, Task},
    text::Foreign,
    time::Now,
};
pub use error::{ErrorClass, TrackerError};

/// Result of a call to a tracker.
pub type Result<T> = std::result::Result<T, TrackerError>;

/// What a conditional request needs to know of the last answer. Stored verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validator {
    /// `ETag`, verbatim.
    pub etag: Option<String>,
    /// `Last-Modified`, verbatim.
    pub last_modified: Option<String>,
}

/// Answer to a conditional request.
#[derive(Clone, Debug)]
pub enum Conditional<T> {
    /// Nothing changed since the validator.
    Unchanged,
    /// A new answer.
    Changed {
        /// The answer.
        value: T,
        /// What to send next time.
        validator: Option<Validator>,
    },
}

/// A row that could not be read. The rest of its page is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OddRow {
    /// Where: `acme/app page 2 row 17`.
    pub place: String,
    /// What was wrong, one harmless sentence.
    pub why: String,
}

/// What is to be found on a tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Organisations.
    pub orgs: Vec<String>,
    /// Users.
    pub users: Vec<String>,
    /// Topics; searched within `orgs` and `users` when those are given.
    pub topics: Vec<String>,
    /// Single projects.
    pub repos: Vec<ProjectRef>,
    /// Everything the tracker shows (Jira).
    pub all: bool,
}

/// One listing that discovery reads: an organisation's repositories, a topic, one repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    /// Repositories of an organisation.
    Org(String),
    /// Repositories of a user.
    User(String),
    /// Repositories with a topic, within an owner or (empty) anywhere.
    Topic {
        /// The topic.
        topic: String,
        /// Owner to stay within; empty for all of the tracker.
        owner: String,
    },
    /// One repository or project.
    Repo(ProjectRef),
    /// Everything the tracker shows, or has in the part of it that is configured (Jira).
    All,
}

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct ListingPage {
    /// Projects on this page.
    pub projects: Vec<Project>,
    /// Rows left out.
    pub odd: Vec<OddRow>,
    /// Number of the next page.
    pub next: Option<u32>,
    /// Number of the last page, where it is told.
    pub last: Option<u32>,
    /// Set when the server says the list is not complete (SSO, 1,000-result cap): one sentence.
    pub incomplete: Option<String>,
}

/// Head of a project from the index query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The project, as it is now; renames and permission included.
    pub project: Project,
    /// Newest change of any issue.
    pub newest: Option<Timestamp>,
    /// Open issues, pull requests not counted.
    pub open: Option<u32>,
}

/// Answer of the index query.
#[derive(Debug, Default)]
pub struct Index {
    /// Heads that came.
    pub heads: Vec<Head>,
    /// Projects that failed alone.
    pub failed: Vec<(ProjectRef, TrackerError)>,
    /// Set when the index cannot be had at all on this tracker: why, one sentence. REST does alone then.
    pub unavailable: Option<String>,
}

/// Which list of a project's tasks to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Open tasks, oldest first: the first full read. Stable while pages are being read.
    Open,
    /// Tasks of any state, last changed first: what moved.
    Moved,
}

/// One page of tasks.
#[derive(Clone, Debug, Default)]
pub struct TaskPage {
    /// Tasks with their descriptions; pull requests already left out.
    pub tasks: Vec<(Task, Option<Foreign>)>,
    /// Comments that came along, whole threads only, oldest first.
    pub threads: Vec<(TaskKey, Vec<Comment>)>,
    /// Tasks of the project that are not in the configured part of it any more.
    pub left: Vec<TaskKey>,
    /// Newest and oldest `updated_at` of all rows, pull requests included.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Number and closing time of every closed row, pull requests included: each made open lists shorter.
    pub closed: Vec<(u64, Timestamp)>,
    /// Rows left out because they could not be read.
    pub odd: Vec<OddRow>,
    /// Number of the next page.
    pub next: Option<u32>,
    /// Number of the last page, when the server says so.
    pub last: Option<u32>,
}

/// Page of the change feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// Changed tasks (any state) with their descriptions.
    pub tasks: Vec<(Task, Option<Foreign>)>,
    /// Rows left out.
    pub odd: Vec<OddRow>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// What was said on these tasks lately.
    pub talks: Vec<Talk>,
    /// How many changed in all; over 1,000 the feed is incomplete and the window must be split.
    pub total: u32,
}

/// What a tracker's own search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// The tasks, in no order that counts.
    pub keys: Vec<TaskKey>,
    /// There were more.
    pub cut: bool,
}

/// The last comments of a task, as the change feed tells them.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The task.
    pub key: TaskKey,
    /// Their words, oldest first.
    pub last: Vec<Foreign>,
    /// When the first of these was written, where there were others before it.
    pub whole_since: Option<Timestamp>,
}

/// A task read for a claim, with its comments.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The task now.
    pub task: Task,
    /// All comments, oldest first.
    pub comments: Vec<Comment>,
    /// The tracker's own count of comments; may lag, so it only ever proves a short list.
    pub counted: u32,
    /// Server time of the answer.
    pub server_time: Option<Timestamp>,
}

/// How far this machine's clock may be off before the server's is gone by.
const CLOCK_OFF: SignedDuration = SignedDuration::from_mins(5);

impl Reading {
    /// The present at the moment of the answer: by this machine's clock, or by the server's where the two are far apart,
    /// for what is written is dated for everybody.
    pub fn present(&self, local: Now) -> Now {
        match self.server_time {
            Some(server) if server.duration_since(local.0).abs() > CLOCK_OFF => Now(server),
            _ => local,
        }
    }
}

/// The claim that holds a task, as a tracker may keep it beside the comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNote {
    /// Its id.
    pub claim: ClaimId,
    /// Who helps.
    pub by: Login,
    /// Last day.
    pub until: Date,
    /// The comment that is the truth.
    pub comment: u64,
}

/// A live budget of requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// `core`, `graphql`, `search`.
    pub resource: String,
    /// Allowance per window.
    pub limit: u32,
    /// What is left.
    pub remaining: u32,
    /// When it refills.
    pub reset: Timestamp,
}

/// What `doctor` shows of a tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who the token belongs to.
    pub me: Option<Person>,
    /// Kind of token: `classic`, `fine-grained`, `gh`, `none`, …; never the token.
    pub token_kind: String,
    /// Where the token came from, as configured.
    pub token_source: String,
    /// Scopes the server named.
    pub scopes: Vec<String>,
    /// Version of an Enterprise server.
    pub server_version: Option<String>,
    /// The server's time, where it told one.
    pub server_time: Option<Timestamp>,
    /// Whether the index query works, and if not why.
    pub graphql: String,
    /// Budgets seen last.
    pub budgets: Vec<Budget>,
    /// Requests sent since start.
    pub requests: u64,
    /// Of them answered 304.
    pub not_modified: u64,
}

/// A tracker. All calls are safe to cancel; a cancelled write counts as unknown.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// Its configured name.
    fn name(&self) -> &TrackerName;

    /// Fingerprint of the credentials, so that a remembered answer is never reused with another token. Never the
    /// token; empty without one.
    fn token_print(&self) -> String {
        String::new()
    }

    /// Address of a task for a browser, built from configuration and a checked key, never from an answer.
    fn task_url(&self, key: &TaskKey) -> String;

    /// The account the token belongs to; `None` without a token.
    async fn me(&self) -> Result<Option<Person>>;

    /// What is known for `doctor`; asks the server where needed and never fails.
    async fn facts(&self) -> Facts;

    /// Budgets seen last; no request.
    fn budgets(&self) -> Vec<Budget>;

    /// Requests sent, and of them answered 304, since start.
    fn counters(&self) -> (u64, u64);

    /// One page of a listing.
    async fn listing(
        &self,
        listing: &Listing,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<ListingPage>>;

    /// Heads of projects, in adaptive batches.
    async fn index(&self, projects: &[Project]) -> Result<Index>;

    /// One page of a project's tasks, 100 rows each.
    async fn tasks(
        &self,
        project: &ProjectRef,
        lane: Lane,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<TaskPage>>;

    /// One page of everything that changed in an owner's projects since `since`; `None` where there is no such feed.
    async fn feed(&self, owner: &Listing, since: Timestamp, cursor: Option<&str>) -> Result<Option<FeedPage>>;

    /// The task and all its comments, read now, no cache.
    async fn read(&self, key: &TaskKey) -> Result<Reading>;

    /// What happened to a task, and the pull requests linked to it, the five linked last. A pull request that cannot
    /// be read is left out; a limit or an outage is an error.
    async fn history(&self, key: &TaskKey) -> Result<History>;

    /// Comments written or edited in a project since a moment, with the task each belongs to, oldest first, at most
    /// about a thousand. Comments on pull requests may be among them, under their numbers.
    async fn recent_comments(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>>;

    /// Open and closed tasks of these sources with a claim marker somewhere in their comments, as far as the
    /// tracker's own search finds them: a help for a fresh start, never the only path. Empty where there is no such
    /// search.
    async fn marked(&self, sources: &Sources) -> Result<Vec<TaskKey>>;

    /// Tasks of these sources that the tracker's own search finds for a filter in its own language, and whether there were
    /// more than it shows. Of a tracker without a search: none.
    async fn filtered(&self, _sources: &Sources, _filter: &str) -> Result<Hits> {
        Ok(Hits::default())
    }

    /// Open pull requests of these sources that name a task without being linked to it, each with its description, as far
    /// as the tracker's own search finds them. The task may be another tracker's. Empty where there are none to search.
    async fn naming(&self, _sources: &Sources, _key: &TaskKey) -> Result<Vec<(Pull, String)>> {
        Ok(Vec::new())
    }

    /// True where tasks have links that lead outside the tracker.
    fn has_links(&self) -> bool {
        false
    }

    /// Addresses outside the tracker that a task links to.
    async fn remote_links(&self, key: &TaskKey) -> Result<Vec<Foreign>> {
        let _ = key;
        Ok(Vec::new())
    }

    /// Facts of projects beside their tasks: documents, pipelines, owners. Those of which nothing is known are left out;
    /// a part that cannot be read stays unread. The error of one project is its own; an error of the whole call is about
    /// all of them.
    async fn project_facts(&self, projects: &[Project], now: Now) -> Result<Vec<(ProjectRef, Result<ProjectFacts>)>> {
        let _ = (projects, now);
        Ok(Vec::new())
    }

    /// A text file on the default branch; `None` when it is not there. At most 1 MiB.
    async fn file(&self, project: &ProjectRef, path: &str) -> Result<Option<String>>;

    /// Names of the files in a folder of the default branch, sorted, without sub-folders; the empty path is the
    /// repository's own folder. Empty when it is not there.
    async fn folder(&self, project: &ProjectRef, path: &str) -> Result<Vec<String>>;

    /// Makes a task. Sent once. Labels are those that exist in the project; a tracker may leave them out where the account
    /// has no right to them.
    ///
    /// # Errors
    /// [`ErrorClass::Invalid`] where the project asks for more than title and text, or tasks cannot be made.
    async fn create_task(&self, project: &ProjectRef, title: &str, body: &str, labels: &[String]) -> Result<Task> {
        let _ = (title, body, labels);
        Err(TrackerError {
            class: ErrorClass::Invalid,
            host: self.name().to_string(),
            doing: format!("making a task in {project}"),
            said: "nothing was sent: floorwalk cannot make tasks on this tracker yet".into(),
        })
    }

    /// The description of a task, Markdown, read now; empty where there is none.
    ///
    /// # Errors
    /// [`ErrorClass::Invalid`] where descriptions cannot be changed from here.
    async fn description(&self, key: &TaskKey) -> Result<Foreign> {
        Err(self.cannot_describe(key))
    }

    /// Replaces the description of a task. Sent once; the same text again changes nothing. `was` is what
    /// [`Tracker::description`] said just before: a tracker whose descriptions hold more than Markdown can say keeps what
    /// stands there and takes only what is added below it.
    ///
    /// # Errors
    /// [`ErrorClass::Invalid`] where that cannot be done without losing something.
    async fn describe(&self, key: &TaskKey, was: &str, body: &str) -> Result<()> {
        let _ = (was, body);
        Err(self.cannot_describe(key))
    }

    /// The error of a tracker without descriptions that could be changed.
    fn cannot_describe(&self, key: &TaskKey) -> TrackerError {
        TrackerError {
            class: ErrorClass::Invalid,
            host: self.name().to_string(),
            doing: format!("changing the description of {key}"),
            said: "nothing was sent: floorwalk cannot change descriptions on this tracker yet".into(),
        }
    }

    /// Posts a comment. Sent once.
    async fn post_comment(&self, key: &TaskKey, body: &str) -> Result<Comment>;

    /// Replaces an own comment, or, with write access, anybody's.
    async fn edit_comment(&self, key: &TaskKey, comment: u64, body: &str) -> Result<()>;

    /// Deletes an own comment. Gone already counts as done.
    async fn delete_comment(&self, key: &TaskKey, comment: u64) -> Result<()>;

    /// Whether a project has a label; `None` where the tracker keeps no list of a project's labels.
    async fn knows_label(&self, project: &ProjectRef, label: &str) -> Result<Option<bool>> {
        let _ = (project, label);
        Ok(None)
    }

    /// Adds a label that exists in the project. `Ok(false)`: it does not exist or the tracker refused.
    async fn add_label(&self, key: &TaskKey, label: &str) -> Result<bool>;

    /// Removes a label. Absent already counts as done; `Ok(false)`: the tracker refused.
    async fn remove_label(&self, key: &TaskKey, label: &str) -> Result<bool>;

    /// Assigns and returns who is assigned afterwards, which may leave the person out.
    async fn assign(&self, key: &TaskKey, login: &Login) -> Result<Vec<Login>>;

    /// Unassigns. `Ok(false)`: the tracker refused.
    async fn unassign(&self, key: &TaskKey, login: &Login) -> Result<bool>;

    /// Keeps, or with `None` takes away, what the tracker shows other tools of the claim that holds a task, where it has
    /// a place for that. A refusal is no error: it is a cache. Doing it twice does no harm.
    async fn keep_note(&self, key: &TaskKey, note: Option<&ClaimNote>) -> Result<()> {
        let _ = (key, note);
        Ok(())
    }
}
