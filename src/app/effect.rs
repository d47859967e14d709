//! What is to be done to the world, decided and not yet done.

use crate::{
    domain::{
        commitment::{ClaimId, Commitment},
        key::{ProjectRef, TaskKey},
        outbox::{Op, OpId},
    },
    judge::score::Weights,
    store::Mark,
};

/// One act on the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Run a sync.
    Sync {
        /// Only these; empty for all.
        only: Vec<ProjectRef>,
        /// Even what is fresh.
        full: bool,
    },
    /// Put rows and the commitments they change into the store, durably.
    Journal(Vec<Op>, Vec<Commitment>),
    /// Take unsent rows out again and forget their claims.
    Withdraw(Vec<OpId>, Vec<ClaimId>, Vec<Commitment>),
    /// Make rows of the outbox due again: all, or one.
    Retry(Option<OpId>),
    /// Send what waits in the outbox.
    Send,
    /// Set (`true`) or remove marks.
    Mark(Vec<Mark>, bool),
    /// Remember named values, on this machine only.
    Remember(Vec<(String, String)>),
    /// Open an address, checked by `decide`.
    Open(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Keep weights under a name in the reader's own file.
    KeepWeights(String, Weights),
    /// Read one task.
    Detail(TaskKey),
    /// Look for tasks that look like the same work.
    Duplicates(TaskKey),
    /// Ask the tracker whether somebody is at a task already.
    Signs(TaskKey),
    /// Read a task's comments from its tracker where the store lacks some.
    Comments(TaskKey),
}
