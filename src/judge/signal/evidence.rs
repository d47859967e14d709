//! What was seen for a signal, as a value and in words. Judges nothing.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{
    person::Login,
    text::{Foreign, safe_fit},
};

/// Widest foreign name in a sentence, columns.
const NAME_COLUMNS: usize = 60;
/// Widest login in a sentence, columns.
const LOGIN_COLUMNS: usize = 39;

/// The kinds of act that end a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LastAct {
    /// It was opened.
    Opened,
    /// Somebody commented.
    Comment,
    /// A label was added or removed.
    Label,
    /// Somebody was assigned or unassigned.
    Assignee,
    /// Closed, opened again, or moved in the workflow.
    State,
}

impl LastAct {
    /// In words, after "last:".
    pub fn words(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Comment => "comment",
            Self::Label => "label",
            Self::Assignee => "assignee",
            Self::State => "state",
        }
    }
}

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "seen")]
pub enum Seen {
    /// Nobody did anything for long.
    Quiet {
        /// Whole days.
        days: u32,
        /// Since when.
        since: Timestamp,
        /// The last act of a person, when the conversation was read.
        last: Option<LastAct>,
        /// Who did it.
        by: Option<Login>,
        /// True when only the last change of any kind is known: the wait is at least that long.
        assumed: bool,
    },
    /// A label.
    Label {
        /// Its name.
        label: Foreign,
        /// When it was added, when known.
        at: Option<Timestamp>,
        /// Who added it, when known.
        by: Option<Login>,
    },
    /// The title begins with a word for it.
    TitlePrefix {
        /// The word, lower case.
        prefix: String,
    },
    /// The title says it.
    Title {
        /// The words that say it.
        words: Foreign,
    },
    /// The description says it.
    Text {
        /// The words that say it.
        words: Foreign,
    },
    /// A form of the description was answered with it.
    FormAnswer {
        /// The question.
        question: Foreign,
        /// The answer.
        answer: Foreign,
    },
    /// The description links to a run of a pipeline.
    RunLink {
        /// Host and path.
        link: Foreign,
    },
    /// A component of the tracker.
    Component {
        /// Its name.
        name: Foreign,
    },
    /// The type of the task.
    IssueType {
        /// Its name.
        name: Foreign,
    },
    /// Nobody but the author has done anything.
    Unanswered {
        /// Days since it was opened.
        days: u32,
        /// When it was opened.
        since: Timestamp,
        /// True when nobody commented but labels and assignments were not read.
        assumed: bool,
    },
    /// Taken out of a milestone or moved to another, more than once.
    MilestoneMoved {
        /// How often.
        times: u32,
        /// When last.
        at: Timestamp,
    },
    /// Dropped from sprints, more than once.
    SprintDropped {
        /// How often.
        times: u32,
        /// When last.
        at: Timestamp,
    },
    /// Was in sprints that are over, and is not done.
    SprintsLeft {
        /// In how many.
        times: u32,
    },
    /// Its priority is lower than it was.
    PriorityLowered {
        /// Its highest before.
        from: Foreign,
        /// Now.
        to: Foreign,
        /// When.
        at: Timestamp,
    },
    /// Parked by a label or a state of the workflow.
    Parked {
        /// Name of the label or state.
        name: Foreign,
        /// When, when known.
        at: Option<Timestamp>,
    },
}

impl Seen {
    /// One harmless phrase: `label 'docs'`, `nothing moved for 412 days`.
    pub fn words(&self) -> String {
        match self {
            Self::Quiet { days, assumed: true, .. } => format!("nothing moved for {days} days"),
            Self::Quiet { days, last, by, .. } => {
                let act = last.map(|a| format!(", last: {}{}", a.words(), by_words(by.as_ref()))).unwrap_or_default();
                format!("quiet for {days} days{act}")
            }
            Self::Label { label, at, by } => {
                let when = at.map(|at| format!(" since {}{}", day(at), by_words(by.as_ref()))).unwrap_or_default();
                format!("label '{}'{when}", label.fit(NAME_COLUMNS))
            }
            Self::TitlePrefix { prefix } => format!("title begins with '{}'", safe_fit(prefix, NAME_COLUMNS)),
            Self::Title { words } => format!("title says '{}'", words.fit(NAME_COLUMNS)),
            Self::Text { words } => format!("the description says '{}'", words.fit(NAME_COLUMNS)),
            Self::FormAnswer { question, answer } => {
                format!("'{}' is answered with '{}'", question.fit(NAME_COLUMNS), answer.fit(NAME_COLUMNS))
            }
            Self::RunLink { link } => format!("links to a run of a pipeline: {}", link.fit(NAME_COLUMNS)),
            Self::Component { name } => format!("component '{}'", name.fit(NAME_COLUMNS)),
            Self::IssueType { name } => format!("type '{}'", name.fit(NAME_COLUMNS)),
            Self::Unanswered { days, assumed, .. } => {
                let what = if *assumed { "nobody commented" } else { "nobody but the author has answered" };
                format!("{what} in {days} days")
            }
            Self::MilestoneMoved { times, at } => {
                format!("taken out of a milestone or moved {times} times, last on {}", day(*at))
            }
            Self::SprintDropped { times, at } => format!("dropped from {times} sprints, last on {}", day(*at)),
            Self::SprintsLeft { times } => format!("was in {times} sprints that are over"),
            Self::PriorityLowered { from, to, at } => {
                format!("priority lowered from '{}' to '{}' on {}", from.fit(30), to.fit(30), day(*at))
            }
            Self::Parked { name, at } => {
                let when = at.map(|at| format!(" since {}", day(at))).unwrap_or_default();
                format!("parked as '{}'{when}", name.fit(NAME_COLUMNS))
            }
        }
    }

    /// True when some of it is assumed.
    pub fn is_assumed(&self) -> bool {
        matches!(self, Self::Quiet { assumed: true, .. } | Self::Unanswered { assumed: true, .. })
    }
}

fn by_words(by: Option<&Login>) -> String {
    by.map(|login| format!(" by @{}", login.fit(LOGIN_COLUMNS))).unwrap_or_default()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
