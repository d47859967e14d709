//! The rules T1–T24 (domain.md §4.4) as one pure function: a life, an event and the host's terms give the next life, or
//! a refusal. Knows no tracker: who may act was decided by whoever built the entry.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, Life, Nudge, Timer};
use crate::domain::{
    policy::Terms,
    refusal::{Lifter, Refusal, Rule},
};

/// Something that may move a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Somebody acted.
    Act(&'a Entry),
    /// The clock reached a moment.
    Clock(Timer, Timestamp),
}

/// What should be done in the world because of a step. The edges decide whether it is this installation's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Assign the helper and set the label.
    Assign,
    /// Unassign the helper, and nobody else; take the label off when no other claim is live.
    Unassign,
    /// Deliver the reminder by editing the claim's comment.
    Remind,
    /// Write into the claim's comment that it ran out.
    Expire,
    /// Show somebody of the host that something waits for them.
    Tell(Nudge),
    /// Offer the host a word of thanks to send.
    Thank,
}

/// A step taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The life afterwards.
    pub life: Life,
    /// What follows from it.
    pub effects: Vec<Effect>,
}

/// Takes one step. `None`: there is no commitment yet.
///
/// # Errors
/// The refusal, when the state or the terms do not allow the event.
pub fn step(life: Option<&Life>, event: &Event<'_>, terms: &Terms) -> Result<Step, Box<Refusal>> {
    let _ = (life, event, terms);
    Err(Box::new(Refusal::new(Rule::State, "not known", Lifter::Nobody)))
}
