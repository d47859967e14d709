//! The life of one commitment as a value: everything that the log, the terms and the present decide together.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{CommitmentState, DoneKind, HostReason};
use crate::domain::{calendar::Calendar, text::Foreign};

/// Whose turn it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The helper's.
    #[default]
    Helper,
    /// The host's.
    Host,
    /// Somebody's outside, or nobody's for now.
    Nobody,
}

impl Turn {
    /// In words, as the helper reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Helper => "your turn",
            Self::Host => "host's turn",
            Self::Nobody => "nobody's turn",
        }
    }
}

/// What the clock does next, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timer {
    /// No first sign of work in time (T8).
    StartBy,
    /// Quiet for too long (T8).
    Idle,
    /// The lease is nearly over (T8).
    LeaseWarn,
    /// The lease is over and no reminder was delivered yet: it stays at risk, and others may take the task.
    Overdue,
    /// Grace is over after a reminder (T10).
    Grace,
    /// A request should have been answered; told to the mentor.
    ConsentSlo,
    /// A request got no answer (T6).
    ConsentMax,
    /// The host should have answered; told to the mentor (T13).
    ReviewSlo,
    /// Still no answer of the host; told to the lead (T13).
    ReviewEscalate,
    /// The block should be looked at again (T14).
    BlockReview,
    /// The pause is over (T15).
    PauseOver,
    /// Somebody else was assigned a working day ago (T23).
    Reconcile,
    /// An offer nobody took (T17).
    OfferOver,
    /// The warranty is over (T21).
    WarrantyOver,
}

impl Timer {
    /// What happens then, in words: `reminder`, `hand-back`.
    pub fn words(self) -> &'static str {
        match self {
            Self::StartBy => "first sign of work is due",
            Self::Idle => "a reminder for being quiet",
            Self::LeaseWarn => "the lease nears its end",
            Self::Overdue => "the last day has passed",
            Self::Grace => "it ends by itself",
            Self::ConsentSlo => "the host should answer",
            Self::ConsentMax => "the request ends without an answer",
            Self::ReviewSlo => "the host should answer",
            Self::ReviewEscalate => "the lead is told",
            Self::BlockReview => "a reminder about the block",
            Self::PauseOver => "the pause ends",
            Self::Reconcile => "the tracker's assignee wins",
            Self::OfferOver => "the offer ends",
            Self::WarrantyOver => "the warranty ends",
        }
    }
}

/// A moment at which the clock will act, if nothing happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What.
    pub timer: Timer,
    /// When.
    pub at: Timestamp,
}

/// Time of a commitment by whose turn it was. The three add up to end − start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The helper's turn, seconds.
    pub helper: i64,
    /// The host's turn, seconds.
    pub host: i64,
    /// Paused or blocked, seconds.
    pub paused: i64,
}

impl Account {
    /// The sum.
    pub fn total(self) -> SignedDuration {
        SignedDuration::from_secs(self.helper + self.host + self.paused)
    }
}

/// What the host was told by the clock about something that waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nudge {
    /// The mentor.
    Mentor,
    /// The lead.
    Lead,
}

/// An open offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Login of the receiver.
    pub to: Foreign,
    /// Since when.
    pub at: Timestamp,
}

/// Everything decided about a commitment at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// State.
    pub state: CommitmentState,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// When it was asked for, if it was a request.
    pub asked: Option<Timestamp>,
    /// Start of the lease; of the request while it is one.
    pub start: Timestamp,
    /// Promised last day, renewals included, before anything stopped the clock.
    pub promised: Date,
    /// Last day now: with the working days added in which the clock stood still.
    pub until: Date,
    /// Working days in which the clock stood still so far.
    pub frozen_wd: u32,
    /// Working days of pause used.
    pub pause_wd: u32,
    /// Renewals used.
    pub renewals: u32,
    /// True when the host has agreed to one more renewal.
    pub renewal_granted: bool,
    /// Last meaningful act of the helper; the start counts.
    pub last_sign: Timestamp,
    /// True once there is something to see: a comment, a branch, a pull request.
    pub artefact: bool,
    /// When the reminder that still stands was delivered.
    pub reminded: Option<Timestamp>,
    /// What put it at risk.
    pub risk: Option<Timer>,
    /// How often "still on it" was answered without anything new to see.
    pub still: u32,
    /// Whose turn it is.
    pub turn: Turn,
    /// Who of the host was told that something waits.
    pub nudged: Option<Nudge>,
    /// Who or what blocks.
    pub blocked_by: Option<String>,
    /// Day of the review of a block, or last day of a pause.
    pub back_on: Option<Date>,
    /// An open offer.
    pub offer: Option<Offer>,
    /// Whom a person on the tracker gave the task to.
    pub reassigned: Option<Offer>,
    /// A plan that waits for a word of the host, with who was asked for it; the clock does not stop for it.
    pub plan: Option<Offer>,
    /// Login of the mentor named by the host.
    pub mentor: Option<Foreign>,
    /// How it was finished.
    pub done: Option<DoneKind>,
    /// Why the host declined or revoked.
    pub reason: Option<HostReason>,
    /// True once a pull request of the helper was merged.
    pub merged: bool,
    /// True while something waits for the host: it is their turn as soon as nothing else stops the work.
    pub waits: bool,
    /// Since when the lease stands still, while it does.
    pub stopped_at: Option<Timestamp>,
    /// Up to when time was put on the account.
    pub counted_to: Timestamp,
    /// True after the one return from warranty.
    pub regressed: bool,
    /// Comments of the host so far; reviews are counted by themselves. The burden is made of both.
    pub host_comments: u32,
    /// Reviews of the host so far.
    pub host_reviews: u32,
    /// Time by whose turn it was, up to the end or the moment asked for.
    pub account: Account,
    /// When it ended; for a warranty, when the work ended.
    pub ended: Option<Timestamp>,
    /// What the clock does next.
    pub next: Option<Deadline>,
}

impl Life {
    /// A life that begins now.
    pub(super) fn begin(state: CommitmentState, at: Timestamp, promised: Date) -> Self {
        Self {
            state,
            since: at,
            asked: (state == CommitmentState::Requested).then_some(at),
            start: at,
            promised,
            until: promised,
            frozen_wd: 0,
            pause_wd: 0,
            renewals: 0,
            renewal_granted: false,
            last_sign: at,
            artefact: false,
            reminded: None,
            risk: None,
            still: 0,
            turn: turn_of(state),
            nudged: None,
            blocked_by: None,
            back_on: None,
            offer: None,
            reassigned: None,
            plan: None,
            mentor: None,
            done: None,
            reason: None,
            merged: false,
            waits: false,
            stopped_at: None,
            counted_to: at,
            regressed: false,
            host_comments: 0,
            host_reviews: 0,
            account: Account::default(),
            ended: None,
            next: None,
        }
    }

    /// The last day as it will stand at a later moment, when nothing happens until then.
    pub fn end_at(&self, at: Timestamp, calendar: &Calendar) -> Date {
        super::lease::end(self, at, calendar)
    }

    /// When everything began: the request, or the claim.
    pub fn began(&self) -> Timestamp {
        self.asked.unwrap_or(self.start)
    }

    /// Puts the time up to `at` on the account of whose turn it was.
    pub(super) fn count_to(&mut self, at: Timestamp) {
        let seconds = at.as_second().saturating_sub(self.counted_to.as_second()).max(0);
        match self.state {
            CommitmentState::Active | CommitmentState::AtRisk => self.account.helper += seconds,
            CommitmentState::Requested | CommitmentState::WaitingHost => self.account.host += seconds,
            CommitmentState::Paused | CommitmentState::Blocked => self.account.paused += seconds,
            _ => return,
        }
        self.counted_to = self.counted_to.max(at);
    }
}

/// Whose turn it is in a state.
pub(super) fn turn_of(state: CommitmentState) -> Turn {
    match state {
        CommitmentState::Requested | CommitmentState::WaitingHost => Turn::Host,
        CommitmentState::Active | CommitmentState::AtRisk | CommitmentState::Pending => Turn::Helper,
        _ => Turn::Nobody,
    }
}
