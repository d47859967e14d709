//! Text that strangers wrote, and the one place where it becomes harmless.
//!
//! [`Foreign`] keeps the raw text for the store and for `--json`; it has no `Display`, so it cannot reach a
//! terminal, a log or a shell by accident. It leaves only through the sinks below.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

mod sanitise;

/// Text from a tracker. Raw inside, never shown raw.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Foreign(String);

impl Foreign {
    /// Wraps raw text exactly as the tracker sent it.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The raw text: for the store, for `--json`, for comparing. Never for a terminal, log, path or page.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True when there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One harmless row: line breaks, tabs, controls, bidi and invisible characters replaced by visible
    /// placeholders; an empty or blank text becomes `(blank)`.
    pub fn line(&self) -> Cow<'_, str> {
        sanitise::line(&self.0)
    }

    /// Harmless text of several rows: LF is kept as layout, everything else as in [`Foreign::line`].
    pub fn block(&self) -> Cow<'_, str> {
        sanitise::block(&self.0)
    }
}

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.line())
    }
}

impl From<&str> for Foreign {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Foreign {
    fn from(raw: String) -> Self {
        Self(raw)
    }
}

/// One harmless row from any string that did not come as [`Foreign`] (a file name, a server's sentence).
pub fn safe_line(raw: &str) -> Cow<'_, str> {
    sanitise::line(raw)
}

/// Harmless rows from any string, LF kept.
pub fn safe_block(raw: &str) -> Cow<'_, str> {
    sanitise::block(raw)
}
