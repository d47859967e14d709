//! Is a task really free? From what the store knows; checked again at claim time by `sync::outbox`. What the tracker calls
//! free and is not, because somebody works on it all the same, is seen by [`signs()`].

pub mod signs;
mod spoken;

use serde::{Deserialize, Serialize};

pub use self::{
    signs::{Sign, Surroundings, holds, names_task, signs, spoken_for},
    spoken::{Word, says},
};

use crate::domain::{
    commitment::{Commitment, CommitmentState},
    person::Login,
    project::Project,
    task::Task,
    text::{Foreign, safe_fit, safe_line},
};

/// Longest login GitHub gives out; what is longer came from elsewhere and is cut.
const LOGIN_COLUMNS: usize = 39;
/// Widest cell that names a skill.
const SKILL_COLUMNS: usize = 20;

/// Whether somebody could take a task now, with what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Kept for newcomers, of whom the reader is none.
    Reserved {
        /// The label that says so.
        label: Foreign,
        /// First day on which anybody may take it; `None` where no calendar leads there.
        opens: Option<jiff::civil::Date>,
    },
    /// Needs skills or access that the reader has nothing of, by their own profile.
    Lacks {
        /// The skills, `access:gpu`.
        skills: Vec<String>,
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

    /// The same once it is known what keeps the reader from it: somebody who holds it comes first.
    #[must_use]
    pub fn unless(self, kept: Option<Self>) -> Self {
        match (self, kept) {
            (Self::Yes, Some(kept)) => kept,
            (free, _) => free,
        }
    }

    /// True when the reader could take it.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// One harmless cell for tables: `free`, `@ana to 12-05`, `mine`, `opens 12-04`, `needs gpu`, `closed`.
    pub fn cell(&self) -> String {
        match self {
            Self::Yes => "free".into(),
            Self::Held { mine: true, until, .. } => format!("mine to {}", until.strftime("%m-%d")),
            Self::Held { by, until, .. } => format!("@{} to {}", by.fit(LOGIN_COLUMNS), until.strftime("%m-%d")),
            Self::Assigned { to } => to.first().map(|l| format!("@{}", l.fit(LOGIN_COLUMNS))).unwrap_or_default(),
            Self::Reserved { opens: Some(day), .. } => format!("opens {}", day.strftime("%m-%d")),
            Self::Reserved { opens: None, .. } => "newcomers".into(),
            Self::Lacks { skills } => {
                let name = skills.first().map(|s| s.split_once(':').map_or(s.as_str(), |(_, name)| name));
                safe_fit(&format!("needs {}", name.unwrap_or_default()), SKILL_COLUMNS).into_owned()
            }
            Self::Closed { .. } => "closed".into(),
        }
    }

    /// What keeps the reader from it beside other people, one harmless sentence; `None` where nothing of that kind does.
    pub fn barred(&self) -> Option<String> {
        match self {
            Self::Reserved { label, opens } => {
                let until = opens.map_or_else(String::new, |day| format!(", and open to everybody on {day}"));
                Some(format!("kept for newcomers by its label '{}'{until}", label.fit(60)))
            }
            Self::Lacks { skills } => {
                let all: Vec<_> = skills.iter().map(|s| safe_line(s)).collect();
                Some(format!("needs {}, of which your profile has nothing", all.join(", ")))
            }
            Self::Yes | Self::Held { .. } | Self::Assigned { .. } | Self::Closed { .. } => None,
        }
    }
}
