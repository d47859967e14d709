//! The order of a list: what comes first, and how ties are broken so that the order never wavers.

use super::snapshot::Row;

/// Sort order of Discover and `list`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Most signals first, then longest quiet; free words rank by match first. What is blocked or undecided comes
    /// after what is not.
    #[default]
    Best,
    /// Longest quiet first.
    Quiet,
    /// Newest first.
    Newest,
    /// Last changed first.
    Updated,
    /// By key.
    Key,
}

impl Sort {
    /// All orders, in the order one key cycles through them.
    pub const ALL: [Self; 5] = [Self::Best, Self::Quiet, Self::Newest, Self::Updated, Self::Key];

    /// The word used in queries (`sort:quiet`) and screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Quiet => "quiet",
            Self::Newest => "newest",
            Self::Updated => "updated",
            Self::Key => "key",
        }
    }
}

/// A row's place as a number: larger comes first; equal ones are ordered by key. `score` is the match of the free
/// words, 0 without them.
pub(super) fn weight(sort: Sort, row: &Row, score: i64, held_back: bool) -> u64 {
    let seconds = |t: jiff::Timestamp| u64::try_from(t.as_second().saturating_add(1 << 62)).unwrap_or(0);
    match sort {
        Sort::Best => {
            // 24 bits of match, 1 for not held back, 4 of signals, 32 of days.
            let half = 1 << 23;
            let matched = u64::try_from(score.clamp(-half, half - 1) + half).unwrap_or(0);
            let signals = u64::try_from(row.signals.len().min(15)).unwrap_or(0);
            matched << 37 | u64::from(!held_back) << 36 | signals << 32 | u64::from(row.quiet_days)
        }
        Sort::Quiet => u64::from(row.quiet_days),
        Sort::Newest => seconds(row.task.created_at),
        Sort::Updated => seconds(row.task.updated_at),
        Sort::Key => 0,
    }
}
