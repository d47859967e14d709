//! A commitment: one person, one task, one lease. Made by claiming, ended by handing back.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use super::id::ClaimId;
use super::{key::TaskKey, person::Person, size::Size};

/// Where a commitment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentState {
    /// Claimed here, not yet confirmed by a read from the tracker.
    Pending,
    /// The lease runs.
    Active,
    /// The end date passed; others may take the task.
    Lapsed,
    /// Handed back.
    Released,
    /// Finished: the task was closed as completed while the lease ran.
    Completed,
    /// Somebody else's claim came first.
    Conceded,
    /// The host ended it.
    Revoked,
    /// The task was closed for another reason.
    Superseded,
}

impl CommitmentState {
    /// The state in a word for screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Lapsed => "lapsed",
            Self::Released => "handed back",
            Self::Completed => "completed",
            Self::Conceded => "conceded",
            Self::Revoked => "revoked",
            Self::Superseded => "superseded",
        }
    }

    /// True while the person is committed.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Active)
    }
}

/// How far a projection of the claim (label or assignee) got on the tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Projection {
    /// Not tried yet.
    #[default]
    Open,
    /// Seen on the tracker.
    Set,
    /// The tracker refused or ignored it; the claim stands on its marker.
    Refused,
}

/// A commitment as far as this store knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// The task.
    pub key: TaskKey,
    /// The claim's id.
    pub claim: ClaimId,
    /// Who committed.
    pub who: Person,
    /// True when `who` is the user of this installation.
    pub mine: bool,
    /// Where it stands.
    pub state: CommitmentState,
    /// Start: server time of the marker comment, local time while pending.
    pub since: Timestamp,
    /// Last day of the lease; it ends when this day ends in UTC.
    pub until: Date,
    /// Effort class named at claiming.
    pub size: Option<Size>,
    /// Id of the marker comment.
    pub comment_id: Option<u64>,
    /// The `floating-help` label.
    pub label: Projection,
    /// The assignee.
    pub assignee: Projection,
    /// Closing note, once there is one.
    pub note: Option<String>,
}
