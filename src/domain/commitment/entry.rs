//! What was done about a commitment, as the trackers show it: the log that its life is replayed from. Every entry has a
//! server's time; nothing here depends on the present, on a policy or on who reads it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::ClaimId;
use crate::domain::{evidence::PullKey, person::Person, size::Size, text::Foreign};

/// How a commitment was fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DoneKind {
    /// A pull request was merged.
    Merged,
    /// Resolved without code.
    Resolved,
    /// Documentation was written.
    Docs,
    /// The task was raised to ready for somebody else.
    Triaged,
    /// Found to be obsolete; the host closes it.
    Obsolete,
}

impl DoneKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Merged, Self::Resolved, Self::Docs, Self::Triaged, Self::Obsolete];

    /// As written in markers and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Resolved => "resolved",
            Self::Docs => "docs",
            Self::Triaged => "triaged",
            Self::Obsolete => "obsolete",
        }
    }
}

/// Why a host declined or revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostReason {
    /// No time to review now.
    NotNow,
    /// The task is spoken for, or done otherwise.
    Taken,
    /// It needs somebody of the team.
    NeedsUs,
    /// It should not be done at all.
    NotWanted,
    /// Something went wrong; said in the text.
    Other,
}

impl HostReason {
    /// All reasons.
    pub const ALL: [Self; 5] = [Self::NotNow, Self::Taken, Self::NeedsUs, Self::NotWanted, Self::Other];

    /// As written in markers and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotNow => "not-now",
            Self::Taken => "taken",
            Self::NeedsUs => "needs-us",
            Self::NotWanted => "not-wanted",
            Self::Other => "other",
        }
    }

    /// In words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotNow => "not now",
            Self::Taken => "somebody is on it already",
            Self::NeedsUs => "it needs somebody of the team",
            Self::NotWanted => "it should not be done",
            Self::Other => "another reason",
        }
    }
}

/// A visible sign of the helper's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Wrote on the task or on the pull request.
    Comment,
    /// Opened a pull request, as a draft or ready.
    Pull,
    /// Pushed commits.
    Commit,
}

/// A visible act of the host towards the helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostSign {
    /// Wrote on the task or on the pull request.
    Comment,
    /// Reviewed and asks for changes, or only said something.
    Review,
    /// Approved.
    Approval,
}

/// One act. The first group is written by the helper, the second by the host, the third by the tracker or by others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum Act {
    /// Claimed (T2). `after`: instead of a claim that ran out; `taken`: takes the offer of that claim over (T17).
    Claim {
        /// Promised last day.
        until: Date,
        /// Effort class named.
        size: Option<Size>,
        /// Beside somebody else, as a pair.
        alongside: bool,
        /// The claim whose offer is accepted.
        taken: Option<ClaimId>,
    },
    /// Asked for (T3). The lease starts with the host's consent and keeps its length in working days.
    Request {
        /// Promised last day if it were accepted at once.
        until: Date,
        /// Effort class named.
        size: Option<Size>,
    },
    /// Took the request back (T7).
    Withdraw,
    /// New end date (T11).
    Renew {
        /// Promised last day.
        until: Date,
    },
    /// Away (T15).
    Pause {
        /// Back on the day after.
        until: Date,
    },
    /// Back from a pause or a block.
    Resume,
    /// Stopped by something outside (T14).
    Block {
        /// By whom or what, one line. Not `by` in a row of the store: that is who acted.
        #[serde(rename = "blocker")]
        by: String,
        /// When it is looked at again.
        review: Date,
    },
    /// Asks the host for help: the host's turn (IN8).
    Help,
    /// Posted a plan: the first sign of work, and a question to the host (IN7).
    Plan {
        /// Login of who is asked for a word about it.
        ask: Option<Foreign>,
    },
    /// Answered the reminder: still on it (T9).
    Still,
    /// A sign of work (T9).
    Sign {
        /// Which.
        sign: Sign,
    },
    /// The pull request is ready or a review was asked for: the host's turn (T12).
    Ready,
    /// The pull request is a draft again: the helper's turn.
    Draft,
    /// Handed back (T16).
    Release,
    /// Offers it to somebody (T17).
    Offer {
        /// Login of the receiver.
        to: Foreign,
    },
    /// Says that it is done (T20).
    Done {
        /// How.
        kind: DoneKind,
    },
    /// Steps back for an earlier claim.
    Concede,
    /// The reminder was delivered: written into the claim's comment by a run (T8).
    Remind,
    /// A run wrote down that it ran out (T10).
    Expire,

    /// Accepted a request (T4), a second renewal (T11), or work said to be done (T20).
    Consent {
        /// Login of the mentor named.
        mentor: Option<Foreign>,
    },
    /// Declined a request (T5).
    Decline {
        /// Why.
        reason: HostReason,
    },
    /// Took it away (T18).
    Revoke {
        /// Why.
        reason: HostReason,
    },
    /// An act of the host on the task or the pull request (T12).
    Host {
        /// Which.
        sign: HostSign,
    },
    /// Says that the finished work broke something (T22).
    Regress,

    /// The helper's pull request was merged (T20).
    Merged,
    /// The helper's pull request was closed without a merge.
    PullClosed,
    /// The task was closed as completed.
    Closed,
    /// The task was closed as not planned or as a duplicate (T19).
    Dropped,
    /// The task was opened again.
    Reopened,
    /// The tracker shows somebody else assigned by hand, and not the helper (T23).
    Reassigned {
        /// To whom.
        to: Foreign,
    },
    /// The helper was unassigned by somebody else, or their claim comment was removed, and nobody took their place.
    Unassigned,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Server time.
    pub at: Timestamp,
    /// Order within one instant: a comment's or event's id on the tracker.
    pub seq: u64,
    /// Who; `None` for the tracker itself.
    pub by: Option<Person>,
    /// True when they speak for the host, as [`Authority`](crate::domain::authority::Authority) has it.
    pub host: bool,
    /// Which pull request it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<PullKey>,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}
