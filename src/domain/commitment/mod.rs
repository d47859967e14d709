//! A commitment: one person, one task, one lease. This room owns its states, the log it is replayed from and the rules
//! that lead from one state to the next ([`step`]); it knows no tracker, no store and no clock.

mod clock;
mod entry;
mod host;
mod keep;
pub mod lease;
mod life;
mod replay;
mod state;
mod step;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::{
    clock::due,
    entry::{Act, DoneKind, Entry, HostReason, HostSign, Sign},
    life::{Account, Deadline, Life, Nudge, Offer, Timer, Turn},
    replay::{Logged, judge, replay},
    state::CommitmentState,
    step::{Effect, Event, Rival, Step, Stepped, step},
};
pub use super::id::ClaimId;
use super::{
    evidence::{Checks, PullKey, PullState},
    key::TaskKey,
    person::{Login, Person},
    size::Size,
    text::Foreign,
};

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
    /// Last day of the lease; it ends when this day ends in the host's zone.
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
    /// Plan or latest words of the helper in the claim comment; may be empty.
    #[serde(default)]
    pub plan: Foreign,
    /// What the trackers show was done about it, oldest first.
    #[serde(default)]
    pub log: Vec<Entry>,
    /// Pull requests of the helper for this task.
    #[serde(default)]
    pub pulls: Vec<PullCard>,
    /// Replayed from the log for the moment of reading; never stored. `None` while the claim is on its way.
    #[serde(skip)]
    pub life: Option<Box<Life>>,
}

impl Commitment {
    /// True when its last day has passed: it is still at risk, and others may take the task.
    pub fn is_overdue(&self) -> bool {
        self.life.as_ref().is_some_and(|life| life.risk == Some(Timer::Overdue))
    }

    /// True while the task is held against others.
    pub fn holds_task(&self) -> bool {
        self.state.holds() && !self.is_overdue()
    }
}

/// The commitment on a task that its holder offers to somebody.
pub fn offered<'a>(commitments: &'a [Commitment], key: &TaskKey, to: &Login) -> Option<&'a Commitment> {
    let is = |c: &&Commitment| {
        let offer = c.life.as_deref().and_then(|life| life.offer.as_ref());
        c.key == *key && c.state.is_live() && offer.is_some_and(|o| Login::from(o.to.clone()) == *to)
    };
    commitments.iter().find(is)
}

/// A pull request as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullCard {
    /// Its name.
    pub key: PullKey,
    /// Its title.
    pub title: Foreign,
    /// State.
    pub state: PullState,
    /// Checks of its last commit.
    pub checks: Checks,
}
