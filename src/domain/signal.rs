//! Why a task is on the list.

use serde::{Deserialize, Serialize};

/// The ten kinds of signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalKind {
    /// No movement for long.
    Stale,
    /// The host asks for help.
    HelpWanted,
    /// Small and described, for newcomers.
    GoodFirst,
    /// Documentation debt.
    Docs,
    /// Build and pipeline debt, flaky tests included.
    Ci,
    /// Nobody but the author has answered.
    Ignored,
    /// Dropped from plans.
    Deprioritised,
    /// Code to be cleaned up.
    CodeDebt,
    /// Dependencies to be updated.
    Deps,
    /// Missing, weak or failing tests.
    Tests,
}

impl SignalKind {
    /// All kinds, in the order lists show them.
    pub const ALL: [Self; 10] = [
        Self::Stale,
        Self::HelpWanted,
        Self::GoodFirst,
        Self::Docs,
        Self::Ci,
        Self::Ignored,
        Self::Deprioritised,
        Self::CodeDebt,
        Self::Deps,
        Self::Tests,
    ];

    /// The word used in queries, `--json` and screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::HelpWanted => "help-wanted",
            Self::GoodFirst => "good-first",
            Self::Docs => "docs",
            Self::Ci => "ci",
            Self::Ignored => "ignored",
            Self::Deprioritised => "deprioritised",
            Self::CodeDebt => "code-debt",
            Self::Deps => "deps",
            Self::Tests => "tests",
        }
    }

    /// A badge of one column for tables.
    pub fn badge(self) -> char {
        match self {
            Self::Stale => '◷',
            Self::HelpWanted => '⚑',
            Self::GoodFirst => '♥',
            Self::Docs => '✎',
            Self::Ci => '⚙',
            Self::Ignored => '∅',
            Self::Deprioritised => '↓',
            Self::CodeDebt => '✂',
            Self::Deps => '⇪',
            Self::Tests => '✓',
        }
    }
}

/// A signal with what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Which kind.
    pub kind: SignalKind,
    /// What was seen, as one harmless sentence: `label 'docs'`, `nothing moved for 412 days`.
    pub evidence: String,
}
