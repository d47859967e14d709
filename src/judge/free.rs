//! Is a task really free? From what the store knows; checked again at claim time by `sync::outbox`. What the tracker calls
//! free and is not, because somebody works on it all the same, is seen by [`signs()`].

pub mod signs;
mod spoken;

use serde::Serialize;

pub use self::{
    signs::{Sign, Surroundings, holds, names_task, signs, spoken_for},
    spoken::{Word, says},
};

use crate::domain::{
    commitment::{Commitment, CommitmentState},
    person::Login,
    project::Project,
    task::Task,
};

/// Longest login GitHub gives out; what is longer came from elsewhere and is cut.
const LOGIN_COLUMNS: usize = 39;

/// Whether somebody could take a task now, with what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Free {
    /// Nobody holds it.
    Yes,
    /// Held by a live commitment.
    Held {
        /// By whom.
        by: Login,
        /// Until which day.
        until: jiff::civil::Date,
        /// True when it is the user's own.
        mine: bool,
    },
    /// Assigned by hand, without a claim.
    Assigned {
        /// To whom.
        to: Vec<Login>,
    },
    /// Cannot be claimed: closed, locked, or its project is read-only.
    Closed {
        /// Why, one sentence.
        why: String,
    },
}

impl Free {
    /// Judges a task. `live` is the live commitment on it, if any; `me` the user's login on that tracker. A request and
    /// a claim whose last day has passed hold nothing.
    pub fn of(task: &Task, project: Option<&Project>, live: Option<&Commitment>, me: Option<&Login>) -> Self {
        use crate::domain::task::TaskState;
        if let Some(reason) = project.and_then(Project::skip_reason) {
            return Self::Closed { why: format!("its project is left out: {}", reason.words()) };
        }
        if task.state != TaskState::Open {
            return Self::Closed { why: "the task is closed".into() };
        }
        if let Some(c) = live.filter(|c| c.state == CommitmentState::Pending || c.holds_task()) {
            return Self::Held { by: c.who.login.clone(), until: c.until, mine: c.mine };
        }
        if task.locked {
            return Self::Closed { why: "the conversation is locked".into() };
        }
        let others: Vec<Login> = task.assignees.iter().filter(|a| Some(*a) != me).cloned().collect();
        if others.is_empty() { Self::Yes } else { Self::Assigned { to: others } }
    }

    /// True when nobody holds it.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// One harmless cell for tables: `free`, `@ana to 12-05`, `mine`, `closed`.
    pub fn cell(&self) -> String {
        match self {
            Self::Yes => "free".into(),
            Self::Held { mine: true, until, .. } => format!("mine to {}", until.strftime("%m-%d")),
            Self::Held { by, until, .. } => format!("@{} to {}", by.fit(LOGIN_COLUMNS), until.strftime("%m-%d")),
            Self::Assigned { to } => to.first().map(|l| format!("@{}", l.fit(LOGIN_COLUMNS))).unwrap_or_default(),
            Self::Closed { .. } => "closed".into(),
        }
    }
}
