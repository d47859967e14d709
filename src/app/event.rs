//! What happened, told to whoever shows it.

use std::sync::Arc;

use super::{command::Command, error::UserError};
use crate::{
    domain::{key::TaskKey, task::TaskDetail},
    index::{Snapshot, duplicates::Twin},
    judge::free::Sign,
    sync::{SyncProgress, SyncReport},
};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The store changed; this is what it says now.
    Snapshot(Arc<Snapshot>),
    /// A sync moved on.
    Progress(SyncProgress),
    /// A sync ended. The report says what could not be read.
    SyncEnded(Box<SyncReport>),
    /// One task was read.
    Detail(Box<TaskDetail>),
    /// This wish was taken back.
    Undone(Box<Command>),
    /// Tasks that look like the same work as this one, most alike first.
    Duplicates(TaskKey, Vec<Twin>),
    /// Signs that somebody is at this task already.
    Signs(TaskKey, Vec<Sign>),
    /// Something worth a line: one harmless sentence.
    Said(String),
    /// Something failed; nothing was lost.
    Failed(UserError),
    /// A text for the clipboard of the terminal.
    Clipboard(String),
}
