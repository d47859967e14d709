//! What is remembered of walks, on this machine only: when a host was visited, what was answered about a task, and what
//! a host may be told of the reasons. Plain data; knows no store and no screen.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    key::{ProjectRef, TaskKey},
    text::safe_line,
    time::Now,
};

/// Fewest answers with the same reason about one host that are shown as a count: of one or two it could be guessed which
/// task is meant, and by whom.
pub const FEWEST: u32 = 3;

/// Days for which a task that was not wanted is not proposed again.
pub const REST_DAYS: u32 = 90;

/// Days for which a task that was only looked at comes after those of its host that were not.
pub const SEEN_DAYS: u32 = 30;

/// Why a task was not taken. A closed set, so that reasons can be counted and nobody's words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Needs what the helper does not know.
    NotMySkill,
    /// More work than fits into a short commitment.
    TooBig,
    /// Not clear what is to be done.
    Unclear,
    /// Done already, and still open.
    AlreadyDone,
    /// Not what the helper wants to do.
    NotInteresting,
    /// Something else, in the helper's own words.
    Other,
}

impl Reason {
    /// All reasons, in the order they are asked for.
    pub const ALL: [Self; 6] =
        [Self::NotMySkill, Self::TooBig, Self::Unclear, Self::AlreadyDone, Self::NotInteresting, Self::Other];

    /// The code of the command line and of `--json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotMySkill => "not-my-skill",
            Self::TooBig => "too-big",
            Self::Unclear => "unclear",
            Self::AlreadyDone => "already-done",
            Self::NotInteresting => "not-interesting",
            Self::Other => "other",
        }
    }

    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotMySkill => "not my skill",
            Self::TooBig => "too big",
            Self::Unclear => "unclear",
            Self::AlreadyDone => "already done",
            Self::NotInteresting => "not interesting",
            Self::Other => "something else",
        }
    }

    /// The reason of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// Whom a stop of a walk is at: a team, or a project that no team is registered for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Id of a team.
    Team(String),
    /// A project without a team.
    Project(ProjectRef),
}

/// What was answered about a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Looked at, and gone on.
    Seen,
    /// Claimed.
    Claimed,
    /// Not for this person.
    Skipped {
        /// Why.
        reason: Reason,
        /// In words, one line; may be empty but for [`Reason::Other`].
        note: String,
    },
    /// Put off.
    Snoozed {
        /// Until then; `None` until something about the task changes.
        until: Option<Timestamp>,
    },
}

impl Answer {
    /// The word of `--json`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Claimed => "claimed",
            Self::Skipped { .. } => "skipped",
            Self::Snoozed { .. } => "snoozed",
        }
    }
}

/// An answer with its task, its host and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The task.
    pub key: TaskKey,
    /// Whose it was then.
    pub place: Place,
    /// When.
    pub at: Timestamp,
    /// What.
    pub answer: Answer,
}

/// A visit as it is kept.
#[derive(Serialize, Deserialize)]
struct Visit {
    place: Place,
    at: Timestamp,
}

/// Begin of the names under which visits are kept.
const VISIT: &str = "walk place ";
/// Begin of the names under which answers are kept.
const ANSWER: &str = "walk task ";

impl Answered {
    /// The named values that keep it: the answer, and the visit that it was.
    pub fn values(&self) -> Vec<(String, String)> {
        let visit = Visit { place: self.place.clone(), at: self.at };
        let place = match &self.place {
            Place::Team(id) => format!("{VISIT}team {id}"),
            Place::Project(project) => format!("{VISIT}project {}:{}", project.tracker, project.path()),
        };
        // Neither can fail: plain structs with text keys.
        let visit = serde_json::to_string(&visit).unwrap_or_default();
        let answer = serde_json::to_string(self).unwrap_or_default();
        vec![(place, visit), (name(&self.key), answer)]
    }
}

/// The named value that takes an answer back. A value cannot be removed; an empty one says nothing.
pub fn forgotten(key: &TaskKey) -> (String, String) {
    (name(key), String::new())
}

fn name(key: &TaskKey) -> String {
    format!("{ANSWER}{}", key.qualified())
}

/// All that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    visits: HashMap<Place, Timestamp>,
    answers: HashMap<TaskKey, Answered>,
}

impl Memory {
    /// What named values say; what cannot be read is left out, as if it had not been said.
    pub fn of(values: &[(String, String)]) -> Self {
        let mut memory = Self::default();
        for (name, value) in values {
            if name.starts_with(VISIT)
                && let Ok(visit) = serde_json::from_str::<Visit>(value)
            {
                memory.visited(visit.place, visit.at);
            } else if name.starts_with(ANSWER)
                && let Ok(answered) = serde_json::from_str::<Answered>(value)
            {
                memory.answers.insert(answered.key.clone(), answered);
            }
        }
        memory
    }

    /// The same with one more answer.
    pub fn note(&mut self, answered: Answered) {
        self.visited(answered.place.clone(), answered.at);
        self.answers.insert(answered.key.clone(), answered);
    }

    fn visited(&mut self, place: Place, at: Timestamp) {
        let last = self.visits.entry(place).or_insert(at);
        *last = at.max(*last);
    }

    /// The last visit to a host.
    pub fn last_visit(&self, place: &Place) -> Option<Timestamp> {
        self.visits.get(place).copied()
    }

    /// The last answer about a task.
    pub fn answer(&self, key: &TaskKey) -> Option<&Answered> {
        self.answers.get(key)
    }

    /// True while a task that was not wanted rests. What was unclear comes back as soon as something about it moved:
    /// that may be the answer.
    pub fn rests(&self, key: &TaskKey, moved: Timestamp, now: Now) -> bool {
        let Some(Answered { at, answer: Answer::Skipped { reason, .. }, .. }) = self.answer(key) else { return false };
        now.days_since(*at) < REST_DAYS && !(*reason == Reason::Unclear && moved > *at)
    }

    /// True for a task that was looked at a short while ago.
    pub fn seen_lately(&self, key: &TaskKey, now: Now) -> bool {
        self.answer(key).is_some_and(|a| a.answer == Answer::Seen && now.days_since(a.at) < SEEN_DAYS)
    }

    /// All answers, in no order.
    pub fn answers(&self) -> impl Iterator<Item = &Answered> {
        self.answers.values()
    }
}

/// How often one reason was given about one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The host.
    pub place: Place,
    /// The reason.
    pub reason: Reason,
    /// Tasks skipped for it, [`FEWEST`] or more.
    pub count: u32,
}

/// The reasons a host may hear of: only as counts, only from [`FEWEST`] on, and without any sum from which a smaller
/// count could be worked out. By host, then most frequent first.
pub fn reasons<'a>(answers: impl Iterator<Item = &'a Answered>) -> Vec<ReasonCount> {
    let mut counts: BTreeMap<(&Place, Reason), u32> = BTreeMap::new();
    for answered in answers {
        if let Answer::Skipped { reason, .. } = &answered.answer {
            *counts.entry((&answered.place, *reason)).or_default() += 1;
        }
    }
    let enough = counts.into_iter().filter(|(_, count)| *count >= FEWEST);
    let mut told: Vec<ReasonCount> =
        enough.map(|((place, reason), count)| ReasonCount { place: place.clone(), reason, count }).collect();
    told.sort_by(|a, b| (&a.place, b.count, a.reason).cmp(&(&b.place, a.count, b.reason)));
    told
}

/// What an answer was, in harmless words: `skipped: too big`.
pub fn answer_words(answer: &Answer) -> String {
    match answer {
        Answer::Seen => "seen".into(),
        Answer::Claimed => "claimed".into(),
        Answer::Skipped { reason, note } if note.is_empty() => format!("skipped: {}", reason.words()),
        Answer::Skipped { reason: Reason::Other, note } => format!("skipped: {}", safe_line(note)),
        Answer::Skipped { reason, note } => format!("skipped: {} ({})", reason.words(), safe_line(note)),
        Answer::Snoozed { until: None } => "snoozed until something changes".into(),
        Answer::Snoozed { until: Some(at) } => format!("snoozed until {}", Now(*at).date()),
    }
}
