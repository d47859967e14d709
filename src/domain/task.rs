//! A task: an open issue that somebody could pick up, and its comments.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    key::TaskKey,
    person::{Association, Login, Person},
    planning::Planning,
    text::Foreign,
};

/// Open or closed on the tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Open.
    #[default]
    Open,
    /// Closed as completed, or without a reason.
    Closed,
    /// Closed as not planned or as a duplicate.
    NotPlanned,
}

/// A milestone the task belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its title.
    pub title: Foreign,
    /// When it is due.
    pub due: Option<Timestamp>,
}

/// What a list needs to know of a task. The body lives beside it ([`TaskDetail`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique key.
    pub key: TaskKey,
    /// Numeric id on the tracker, stable over renames and transfers; 0 when unknown.
    pub id: u64,
    /// GraphQL node id, when known.
    pub node_id: Option<String>,
    /// Title as the author wrote it.
    pub title: Foreign,
    /// Open or closed.
    pub state: TaskState,
    /// Label names in the tracker's order.
    pub labels: Vec<Foreign>,
    /// Everybody assigned.
    pub assignees: Vec<Login>,
    /// Who opened it; `None` for a deleted account ("ghost").
    pub author: Option<Person>,
    /// What the author is to the project.
    pub association: Association,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything about it last changed, bots included: never a staleness verdict, only a bound for one.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Number of comments.
    pub comments: u32,
    /// Number of reactions of all kinds.
    pub reactions: u32,
    /// Milestone, if any.
    pub milestone: Option<Milestone>,
    /// Conversation locked: nobody can claim by comment.
    pub locked: bool,
    /// What a tracker that plans work says; `None` where the tracker does not plan.
    pub planning: Option<Box<Planning>>,
}

/// A comment on a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Id on the tracker, ascending with time on GitHub.
    pub id: u64,
    /// Who wrote it; `None` for a deleted account.
    pub author: Option<Person>,
    /// What the author is to the project.
    pub association: Association,
    /// Server time of writing.
    pub created_at: Timestamp,
    /// Server time of the last edit.
    pub updated_at: Timestamp,
    /// The text.
    pub body: Foreign,
}

/// Everything stored about one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDetail {
    /// The list columns.
    pub task: Task,
    /// The description, Markdown; `None` when it was not read yet.
    pub body: Option<Foreign>,
    /// Comments read so far, oldest first.
    pub comments: Vec<Comment>,
}

impl TaskDetail {
    /// How many comments the tracker counted that were not read yet.
    pub fn unread(&self) -> u32 {
        self.task.comments.saturating_sub(u32::try_from(self.comments.len()).unwrap_or(u32::MAX))
    }
}
