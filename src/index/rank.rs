//! The order of a list: what comes first, and how ties are broken so that the order never wavers.

use super::{rows::Plain, side::Beside};

/// Sort order of Discover and `list`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By score, then longest in limbo, then fewest helpers with its team; free words rank by match first. What is
    /// blocked or undecided comes after what is not, and after that what cannot be taken now.
    #[default]
    Best,
    /// Longest quiet first.
    Quiet,
    /// Newest first.
    Newest,
    /// Last changed first.
    Updated,
    /// Most comments first.
    Comments,
    /// Most reactions first.
    Reactions,
    /// By key.
    Key,
}

impl Sort {
    /// The orders that one key cycles through; the others are asked for by name.
    pub const CYCLE: [Self; 5] = [Self::Best, Self::Quiet, Self::Newest, Self::Updated, Self::Key];

    /// All orders.
    pub const ALL: [Self; 7] =
        [Self::Best, Self::Quiet, Self::Newest, Self::Updated, Self::Comments, Self::Reactions, Self::Key];

    /// The word used in queries (`sort:quiet`) and screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Quiet => "quiet",
            Self::Newest => "newest",
            Self::Updated => "updated",
            Self::Comments => "comments",
            Self::Reactions => "reactions",
            Self::Key => "key",
        }
    }

    /// True when small comes before large.
    pub fn is_ascending(self) -> bool {
        self == Self::Key
    }

    /// The word with its direction where that is not the usual one.
    pub fn word_for(self, reversed: bool) -> String {
        match (reversed, self.is_ascending()) {
            (false, _) => self.word().to_owned(),
            (true, false) => format!("{}-asc", self.word()),
            (true, true) => format!("{}-desc", self.word()),
        }
    }
}

/// A row's place as a number, whatever free words match: larger comes first; equal ones are ordered by key. `score` is the
/// row's, 0 without one.
fn weight(sort: Sort, row: &Plain, beside: &Beside, score: u32) -> u64 {
    let seconds = |t: jiff::Timestamp| u64::try_from(t.as_second().saturating_add(1 << 62)).unwrap_or(0);
    match sort {
        Sort::Best => {
            // 1 bit for free, 1 for not held back, 14 of score, 17 of days, 8 for few helpers.
            let score = u64::from(score.min((1 << 14) - 1));
            let days = u64::from(row.quiet_days.min((1 << 17) - 1));
            let helpers = u64::from(255 - beside.helpers.min(255));
            let ahead = u64::from(!row.gated) << 1 | u64::from(!beside.held_back);
            ahead << 39 | score << 25 | days << 8 | helpers
        }
        Sort::Quiet => u64::from(row.quiet_days),
        Sort::Newest => seconds(row.created_at),
        Sort::Updated => seconds(row.updated_at),
        Sort::Comments => u64::from(row.comments),
        Sort::Reactions => u64::from(row.reactions),
        Sort::Key => 0,
    }
}

/// As [`weight`], turned round where that is wished: the lowest score first, but what cannot be taken still last.
pub(super) fn weight_for(order: (Sort, bool), row: &Plain, beside: &Beside, score: u32) -> u64 {
    match order {
        (Sort::Best, true) => weight(Sort::Best, row, beside, TOP_SCORE.saturating_sub(score)),
        (sort, true) => !weight(sort, row, beside, score),
        (sort, false) => weight(sort, row, beside, score),
    }
}

/// 100 points, in hundredths.
const TOP_SCORE: u32 = 10_000;
