//! A refusal as a value: which rule, who could lift it, when it lifts by itself, what to take instead. The same words
//! reach the screen, the command line and `--json`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::key::TaskKey;

/// The rule that refused (domain.md §4.5 for the guards).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rule {
    /// G1: open, no pull request, not excluded, visible.
    Open,
    /// G2: the person is on the roster and active.
    Roster,
    /// G3: commitments at once.
    WorkInProgress,
    /// G4: hours of the agreement.
    Hours,
    /// G5: access that the task needs.
    Access,
    /// G6: the host takes help now.
    HostOpen,
    /// G7: helpers at once and new ones a week.
    HostConcurrency,
    /// G8: the review budget of the week.
    BurdenBudget,
    /// G9: labels and paths.
    Protected,
    /// G10: described well enough.
    Readiness,
    /// G11: reserved for newcomers.
    Newcomers,
    /// G12: held by somebody else.
    Held,
    /// T24: a pause before the same person takes it again.
    CoolOff,
    /// The state does not allow this act.
    State,
    /// Who asks may not do this (permission table, §4.7).
    Permission,
    /// Renewals, lengths, counts.
    Limit,
    /// Something that must be said was not.
    Words,
}

/// Who could lift a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifter {
    /// The person who asks: what they would have to do is in the sentence.
    You,
    /// The host's lead or a mentor, by name where known.
    Host(Vec<String>),
    /// The programme office.
    Programme,
    /// Whoever holds the task, by login.
    Holder(String),
    /// Nobody.
    Nobody,
}

impl Lifter {
    /// In words: `you`, `ana (lead)`, `the programme office`.
    pub fn words(&self) -> String {
        match self {
            Self::You => "you".into(),
            Self::Host(names) if names.is_empty() => "the host team".into(),
            Self::Host(names) => names.join(" or "),
            Self::Programme => "the programme office".into(),
            Self::Holder(login) => format!("@{login}"),
            Self::Nobody => "nobody".into(),
        }
    }
}

/// Why a wish was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// What happened, one harmless sentence.
    pub sentence: String,
    /// Who could lift it.
    pub lifter: Lifter,
    /// When it lifts by itself: the first day on which the wish would pass.
    pub lifts_on: Option<Date>,
    /// What could be done now instead, one harmless sentence each: `ask for it: floorwalk claim … --ask`.
    pub instead: Vec<String>,
    /// Up to three tasks that are free and alike.
    pub alternatives: Vec<TaskKey>,
}

impl Refusal {
    /// A refusal with nothing but its sentence and who could lift it.
    pub fn new(rule: Rule, sentence: impl Into<String>, lifter: Lifter) -> Self {
        Self { rule, sentence: sentence.into(), lifter, lifts_on: None, instead: Vec::new(), alternatives: Vec::new() }
    }

    /// With the day on which it lifts by itself.
    #[must_use]
    pub fn until(mut self, day: Date) -> Self {
        self.lifts_on = Some(day);
        self
    }

    /// With something to do instead.
    #[must_use]
    pub fn instead(mut self, sentence: impl Into<String>) -> Self {
        self.instead.push(sentence.into());
        self
    }

    /// With tasks that are free and alike.
    #[must_use]
    pub fn or_take(mut self, alternatives: Vec<TaskKey>) -> Self {
        self.alternatives = alternatives;
        self
    }

    /// What to do next, one harmless line each, the same on every surface: who could lift it and when, what to do
    /// instead, what else is free. `shown` prints a key.
    pub fn lines(&self, shown: &dyn Fn(&TaskKey) -> String) -> Vec<String> {
        let mut lines = vec![self.remedy()];
        // Who can do something about it themselves is told what.
        if self.lifter == Lifter::You && self.lifts_on.is_none() && !self.instead.is_empty() {
            lines.clear();
        }
        lines.extend(self.instead.iter().cloned());
        if !self.alternatives.is_empty() {
            let keys: Vec<String> = self.alternatives.iter().map(shown).collect();
            lines.push(format!("free and alike: {}", keys.join(", ")));
        }
        lines
    }

    /// Who and when, in one line: `ana can lift it; it lifts by itself on 2026-12-07`.
    pub fn remedy(&self) -> String {
        let who = match self.lifter {
            Lifter::Nobody => "nobody can lift it".to_owned(),
            _ => format!("{} can lift it", self.lifter.words()),
        };
        match self.lifts_on {
            Some(day) => format!("{who}; it lifts by itself on {day}"),
            None => who,
        }
    }
}
