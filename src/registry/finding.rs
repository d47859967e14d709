//! What is said about a registry: mistakes and hints with their place. Knows no TOML.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::domain::text::safe_line;

/// How a finding is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is left out or not as it was meant.
    Error,
    /// It works, and could be better.
    Hint,
}

impl Severity {
    /// As messages say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Hint => "hint",
        }
    }
}

/// A mistake or a hint. Every text is harmless.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How it is meant.
    pub severity: Severity,
    /// The file, as it was named to the reader.
    pub file: String,
    /// Line from 1; 0 when it is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub sentence: String,
    /// What was expected, or what to do; may be empty.
    pub hint: String,
}

impl Finding {
    /// A mistake about a whole file or folder.
    pub fn whole(file: &str, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        let (file, hint) = (safe_line(file).into_owned(), hint.into());
        Self { severity: Severity::Error, file, line: 0, sentence: sentence.into(), hint }
    }

    /// This one at a line, from 1.
    pub fn at(self, line: usize) -> Self {
        Self { line, ..self }
    }

    /// True for a mistake.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where: `teams/vision.toml:12`.
    pub fn place(&self) -> String {
        if self.line == 0 { self.file.clone() } else { format!("{}:{}", self.file, self.line) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place(), self.severity.word(), self.sentence)
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spotted<T> {
    pub(super) value: T,
    pub(super) spot: Spot,
}

/// Findings as they are made.
#[derive(Debug, Default)]
pub(super) struct Findings {
    rows: Vec<Finding>,
    errors: usize,
}

impl Findings {
    pub(super) fn wrong(&mut self, spot: &Spot, sentence: impl Into<String>, hint: impl Into<String>) {
        self.errors += 1;
        self.add(Severity::Error, spot, sentence.into(), hint.into());
    }

    pub(super) fn hint(&mut self, spot: &Spot, sentence: impl Into<String>, hint: impl Into<String>) {
        self.add(Severity::Hint, spot, sentence.into(), hint.into());
    }

    fn add(&mut self, severity: Severity, spot: &Spot, sentence: String, hint: String) {
        self.rows.push(Finding { severity, file: spot.file.as_ref().into(), line: spot.line, sentence, hint });
    }

    /// Mistakes so far.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// All, by file and line, each once.
    pub(super) fn sorted(mut self) -> Vec<Finding> {
        self.rows.sort_by(|a, b| {
            (&a.file, a.line, a.severity, &a.sentence).cmp(&(&b.file, b.line, b.severity, &b.sentence))
        });
        self.rows.dedup();
        self.rows
    }
}

/// A word of a file as a message may repeat it: short and harmless.
pub(super) fn shown(word: &str) -> String {
    let cut: String = word.chars().take(60).collect();
    safe_line(&cut).into_owned()
}
