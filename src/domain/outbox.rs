//! Wishes on their way to a tracker, with the journal of how far each got. Pure data; `sync::outbox` moves it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use super::id::{ClaimId, OpId};
use super::{key::TaskKey, marker::ReleaseReason, size::Size};

/// What is to happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verb")]
pub enum Wish {
    /// Take a task.
    Claim {
        /// Id of the claim, made before anything is sent.
        claim: ClaimId,
        /// Last day of the lease.
        until: Date,
        /// Effort class, if named.
        size: Option<Size>,
        /// One line of plan shown in the comment; may be empty.
        plan: String,
        /// Take it beside a person who is assigned by hand.
        alongside: bool,
    },
    /// Hand a task back.
    Release {
        /// The claim that ends.
        claim: ClaimId,
        /// What the next person should know.
        note: String,
        /// Why.
        reason: ReleaseReason,
    },
}

impl Wish {
    /// The claim it is about.
    pub fn claim(&self) -> ClaimId {
        match self {
            Self::Claim { claim, .. } | Self::Release { claim, .. } => *claim,
        }
    }

    /// `claim` or `hand back`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "claim",
            Self::Release { .. } => "hand back",
        }
    }
}

/// How far a row got. Written to disk before the act it announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// Nothing sent.
    Queued,
    /// The comment is about to be posted; after a crash it may or may not be there.
    Posting {
        /// Local time before the first byte was sent.
        since: Timestamp,
    },
    /// The comment is there.
    Posted {
        /// Its id.
        comment: u64,
        /// Server time.
        at: Timestamp,
    },
    /// Read back and found to be the first claim (claims), or the release is seen (releases).
    Confirmed {
        /// Id of the comment.
        comment: u64,
    },
    /// Label handled.
    Labelled {
        /// Id of the comment.
        comment: u64,
    },
    /// Another claim came first; the own marks are being withdrawn.
    Losing {
        /// Id of the own comment.
        comment: u64,
        /// The claim that won.
        winner: ClaimId,
    },
    /// All done. The row may go.
    Finished,
}

/// Whether a row moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum OpStatus {
    /// Waits for its turn.
    Ready,
    /// Waits for a moment named by the server or by the retry plan.
    Waiting {
        /// Not before.
        until: Timestamp,
    },
    /// Cannot go on without the user: refused, no longer valid, or too many tries.
    NeedsAttention {
        /// One harmless sentence with what to do.
        why: String,
    },
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Identity and order.
    pub id: OpId,
    /// The task.
    pub key: TaskKey,
    /// What is to happen.
    pub wish: Wish,
    /// How far it got.
    pub step: Step,
    /// Whether it moves.
    pub status: OpStatus,
    /// Tries so far.
    pub attempts: u32,
    /// When the user wished it.
    pub created_at: Timestamp,
    /// What happened last, harmless, for the outbox view.
    pub last_error: Option<String>,
}

impl Op {
    /// True while nothing has been sent: the wish can still be undone without a trace.
    pub fn is_unsent(&self) -> bool {
        self.step == Step::Queued
    }
}
