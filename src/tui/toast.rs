//! Short messages: a sentence, what to do next, and when they go by themselves. They never take the keys.

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{text::and_more, time::Now},
    sync::SyncReport,
};

/// Most messages kept at once; the oldest goes first.
pub const MOST: usize = 3;
const SAID: SignedDuration = SignedDuration::from_secs(5);
const FAILED: SignedDuration = SignedDuration::from_secs(12);

/// A short message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// One harmless sentence.
    pub text: String,
    /// What to do next, most useful first.
    pub hints: Vec<String>,
    /// True when something failed.
    pub failed: bool,
    /// When it goes.
    pub until: Timestamp,
}

impl Toast {
    /// Something worth a line.
    pub fn said(now: Now, text: impl Into<String>) -> Self {
        Self { text: text.into(), hints: Vec::new(), failed: false, until: after(now, SAID) }
    }

    /// Something that failed.
    pub fn failed(now: Now, text: impl Into<String>, hints: Vec<String>) -> Self {
        Self { text: text.into(), hints, failed: true, until: after(now, FAILED) }
    }

    /// The end of a sync.
    pub fn of_sync(now: Now, report: &SyncReport) -> Self {
        match report.problems.as_slice() {
            [] => Self::said(now, format!("synced: {} read, {}", report.read, report.coverage.sentence())),
            [(tracker, what, hint), more @ ..] => {
                let hints = if hint.is_empty() { Vec::new() } else { vec![hint.clone()] };
                Self::failed(now, format!("{tracker}: {what}{}", and_more(more.len())), hints)
            }
        }
    }
}

fn after(now: Now, time: SignedDuration) -> Timestamp {
    now.0.checked_add(time).unwrap_or(Timestamp::MAX)
}
