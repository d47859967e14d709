//! What a tracker shows about a task beside its comments: what happened to it, and the pull requests linked to it.
//! Plain facts with server times; what they mean is decided by the fold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    key::ProjectRef,
    person::{Association, Person},
    task::TaskState,
    text::Foreign,
};

/// Names a pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PullKey {
    /// Its repository.
    pub project: ProjectRef,
    /// Its number.
    pub number: u64,
}

/// Something that happened to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum What {
    /// Somebody was assigned.
    Assigned {
        /// Who.
        to: Person,
    },
    /// Somebody was unassigned.
    Unassigned {
        /// Who.
        from: Person,
    },
    /// A label was added.
    Labelled {
        /// Its name.
        label: Foreign,
    },
    /// A label was removed.
    Unlabelled {
        /// Its name.
        label: Foreign,
    },
    /// The task was closed.
    Closed {
        /// As what.
        state: TaskState,
    },
    /// The task was opened again.
    Reopened,
    /// A pull request was linked to it or mentions it.
    Linked {
        /// Which.
        pull: PullKey,
    },
    /// It was put into a milestone.
    MilestoneSet {
        /// Its title.
        milestone: Foreign,
    },
    /// It was taken out of a milestone.
    MilestoneRemoved {
        /// Its title.
        milestone: Foreign,
    },
    /// It was moved between sprints (Jira).
    SprintChanged {
        /// Sprints before.
        #[serde(default)]
        from: Vec<Foreign>,
        /// Sprints after.
        #[serde(default)]
        to: Vec<Foreign>,
    },
    /// Its priority was changed.
    PriorityChanged {
        /// Before, when it had one.
        #[serde(default)]
        from: Option<Foreign>,
        /// After, when it has one.
        #[serde(default)]
        to: Option<Foreign>,
    },
    /// It was moved to another state of a workflow (Jira).
    StatusChanged {
        /// Before.
        from: Foreign,
        /// After.
        to: Foreign,
    },
}

/// One row of a task's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// Id on the tracker; order within one instant.
    pub id: u64,
    /// Server time.
    pub at: Timestamp,
    /// Who did it; `None` for a deleted account or the tracker itself.
    pub by: Option<Person>,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What a reviewer concluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Approved.
    Approved,
    /// Changes requested.
    Changes,
    /// Only words.
    Commented,
}

/// What happened on a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullAct {
    /// A commit was pushed.
    Commit,
    /// Somebody wrote.
    Comment,
    /// A review was given.
    Review(Verdict),
    /// Marked as ready, or opened as ready.
    Ready,
    /// Turned into a draft again, or opened as one.
    Draft,
    /// A review was asked for.
    ReviewRequested,
    /// Merged.
    Merged,
    /// Closed without a merge.
    Closed,
    /// Opened again.
    Reopened,
}

/// One row of a pull request's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullHappening {
    /// Server time.
    pub at: Timestamp,
    /// Who; `None` when the tracker did not say.
    pub by: Option<Person>,
    /// What they are to the project; `None` when the tracker did not say.
    #[serde(default)]
    pub association: Option<Association>,
    /// What.
    pub act: PullAct,
}

/// The checks on the last commit of a pull request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checks {
    /// None are configured, or they could not be read.
    #[default]
    None,
    /// At least one still runs and none failed.
    Running,
    /// All passed.
    Passed,
    /// At least one failed.
    Failed,
}

impl Checks {
    /// In words for screens.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "no checks",
            Self::Running => "checks running",
            Self::Passed => "checks passed",
            Self::Failed => "checks failed",
        }
    }
}

/// Open, merged or closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PullState {
    /// Open as a draft.
    Draft,
    /// Open and ready.
    #[default]
    Open,
    /// Merged.
    Merged,
    /// Closed without a merge.
    Closed,
}

/// A pull request linked to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// Its name.
    pub key: PullKey,
    /// Its title.
    pub title: Foreign,
    /// Who opened it.
    pub author: Option<Person>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// State now.
    pub state: PullState,
    /// Checks of the last commit.
    pub checks: Checks,
    /// What happened on it, oldest first.
    pub happenings: Vec<PullHappening>,
}

/// Everything beside the comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// What happened to the task, oldest first.
    pub happenings: Vec<Happening>,
    /// Pull requests linked to it, oldest first.
    pub pulls: Vec<Pull>,
}
