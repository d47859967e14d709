//! The states of a commitment (domain.md §4.3), and the words for them.

use serde::{Deserialize, Serialize};

/// Where a commitment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentState {
    /// Claimed here, not yet confirmed by a read from the tracker.
    #[default]
    Pending,
    /// Waits for the host's consent; holds nothing yet.
    Requested,
    /// The lease runs; it is the helper's turn.
    Active,
    /// Quiet or nearly out of time; the helper is asked once.
    AtRisk,
    /// The host owes an answer; the helper's clock stands still.
    WaitingHost,
    /// Something outside stops the work; a day is named to look again.
    Blocked,
    /// The helper is away until a named day.
    Paused,
    /// Done; the helper still answers for regressions.
    Warranty,
    /// Finished.
    Completed,
    /// Handed back.
    Released,
    /// Ran out after a reminder.
    Expired,
    /// Taken over by somebody else.
    Transferred,
    /// The host ended it.
    Revoked,
    /// The host said no to the request.
    Declined,
    /// The request was taken back.
    Withdrawn,
    /// The request got no answer.
    Lapsed,
    /// The task was closed, or a person on the tracker gave it to somebody else.
    Superseded,
    /// Somebody else's claim came first.
    Conceded,
}

impl CommitmentState {
    /// All states, in the order of a life.
    pub const ALL: [Self; 18] = [
        Self::Pending,
        Self::Requested,
        Self::Active,
        Self::AtRisk,
        Self::WaitingHost,
        Self::Blocked,
        Self::Paused,
        Self::Warranty,
        Self::Completed,
        Self::Released,
        Self::Expired,
        Self::Transferred,
        Self::Revoked,
        Self::Declined,
        Self::Withdrawn,
        Self::Lapsed,
        Self::Superseded,
        Self::Conceded,
    ];

    /// The state in a word or two for screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Requested => "requested",
            Self::Active => "active",
            Self::AtRisk => "at risk",
            Self::WaitingHost => "host's turn",
            Self::Blocked => "blocked",
            Self::Paused => "paused",
            Self::Warranty => "warranty",
            Self::Completed => "completed",
            Self::Released => "handed back",
            Self::Expired => "expired",
            Self::Transferred => "handed over",
            Self::Revoked => "revoked",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "no answer",
            Self::Superseded => "superseded",
            Self::Conceded => "conceded",
        }
    }

    /// True while the person is committed or asks to be.
    pub fn is_live(self) -> bool {
        self == Self::Pending || self == Self::Requested || self.holds()
    }

    /// True while the task is held against others.
    pub fn holds(self) -> bool {
        matches!(self, Self::Active | Self::AtRisk | Self::WaitingHost | Self::Blocked | Self::Paused)
    }

    /// True when nothing can happen to it any more.
    pub fn is_over(self) -> bool {
        !self.is_live() && self != Self::Warranty
    }

    /// True for work that was done, whether or not its helper still answers for it.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Warranty | Self::Completed)
    }

    /// True for what counts against the helper's limit of commitments at once (G3).
    pub fn counts_as_work(self) -> bool {
        matches!(self, Self::Pending | Self::Requested | Self::Active | Self::AtRisk)
    }
}
