//! Wishes on their way to a tracker, with the journal of how far each got. Pure data; `sync::outbox` moves it.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use super::id::{ClaimId, OpId};
use super::{
    commitment::{DoneKind, HostReason},
    key::TaskKey,
    marker::ReleaseReason,
    permit::Deed,
    proposal::Reply,
    size::Size,
    triage::Errand,
};

/// What is to happen. [`Wish::Claim`], [`Wish::Release`] and [`Wish::Answer`] post one comment; [`Wish::Amend`] edits
/// the claim's own comment in place, so that nobody is notified; [`Wish::Triage`] touches no claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verb")]
pub enum Wish {
    /// Take a task, or ask for it.
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
        /// Ask the host instead of taking it.
        #[serde(default)]
        ask: bool,
        /// The claim whose offer this accepts.
        #[serde(default)]
        taken: Option<ClaimId>,
        /// Logins of the host's people who are told once, by a mention in the comment.
        #[serde(default)]
        tell: Vec<String>,
        /// Model and weights of the list it was chosen from: `v1-5d1c2f08`.
        #[serde(default)]
        model: Option<String>,
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
    /// Change a commitment by editing its claim comment.
    Amend {
        /// The claim.
        claim: ClaimId,
        /// How.
        amendment: Amendment,
    },
    /// Say something about a commitment that somebody must be told: a comment of its own.
    Answer {
        /// The claim.
        claim: ClaimId,
        /// Login of the helper whose claim it is.
        helper: String,
        /// What.
        answer: Answer,
        /// Words for people; may be empty.
        text: String,
    },
    /// Take off what an ended claim of one's own left behind: the assignee, and the label while nobody holds the task.
    /// Wished by a run, never by a person; writes no comment.
    Tidy {
        /// The claim.
        claim: ClaimId,
    },
    /// Sort a task: a label, or a comment that is about no claim.
    Triage {
        /// How.
        errand: Errand,
    },
    /// Propose the task to somebody: a comment that holds nothing.
    Propose {
        /// Id of the proposal, made before anything is sent.
        id: ClaimId,
        /// Login of the person.
        to: String,
        /// Effort class, if named.
        size: Option<Size>,
        /// Words for people; may be empty.
        text: String,
    },
    /// Decline a proposal, or ask about it: a comment of its own.
    Reply {
        /// The proposal.
        id: ClaimId,
        /// Login of the proposer, who is told.
        by: String,
        /// What.
        reply: Reply,
        /// Words for people; may be empty for a decline.
        text: String,
    },
    /// Make a task of a finding on a project; the row's key names no task yet.
    Raise {
        /// Id of the finding.
        finding: String,
        /// Title.
        title: String,
        /// Description, Markdown, with the line that names the finding.
        body: String,
        /// Labels that exist in the project.
        labels: Vec<String>,
    },
}

/// A change written into the claim's comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Amendment {
    /// A new last day.
    Renew {
        /// It.
        until: Date,
        /// Why, one line.
        why: String,
    },
    /// Away.
    Pause {
        /// Back on the day after.
        until: Date,
    },
    /// Back from a pause or a block.
    Resume,
    /// Stopped by something outside.
    Block {
        /// By whom or what.
        by: String,
        /// Looked at again on this day.
        review: Date,
    },
    /// Still on it, as the answer to a reminder.
    Still,
    /// The request is taken back.
    Withdraw,
    /// Finished.
    Done {
        /// How.
        kind: DoneKind,
        /// Closing note.
        note: String,
    },
    /// The reminder, delivered by a run.
    Remind,
    /// It ran out; written by a run.
    Expire,
}

/// Words about a commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Answer {
    /// The helper asks the host for help.
    Help {
        /// Logins who are told.
        tell: Vec<String>,
    },
    /// The helper posts a plan.
    Plan {
        /// Login of who is asked for a word about it.
        ask: Option<String>,
    },
    /// The helper offers it to somebody.
    Offer {
        /// Login of the receiver.
        to: String,
    },
    /// The host accepts a request, a second renewal, or work said to be done.
    Consent {
        /// Login of the mentor named.
        mentor: Option<String>,
        /// True when the lead knowingly goes over the host's own limits.
        waive: bool,
    },
    /// The host declines a request.
    Decline {
        /// Why.
        reason: HostReason,
    },
    /// The host takes it away.
    Revoke {
        /// Why.
        reason: HostReason,
    },
    /// The host says that finished work broke something.
    Regress {
        /// Address of where it shows.
        link: String,
    },
}

impl Answer {
    /// What it asks for in the table of permissions.
    pub fn deed(&self) -> Deed {
        match self {
            Self::Help { .. } | Self::Plan { .. } | Self::Offer { .. } => Deed::Keep,
            Self::Consent { .. } | Self::Decline { .. } => Deed::AnswerRequest,
            Self::Revoke { .. } => Deed::Revoke,
            Self::Regress { .. } => Deed::Reopen,
        }
    }
}

impl Wish {
    /// The claim it is about, if it is about one.
    pub fn claim(&self) -> Option<ClaimId> {
        match self {
            Self::Claim { claim, .. }
            | Self::Release { claim, .. }
            | Self::Amend { claim, .. }
            | Self::Answer { claim, .. }
            | Self::Tidy { claim } => Some(*claim),
            Self::Triage { .. } | Self::Raise { .. } | Self::Propose { .. } | Self::Reply { .. } => None,
        }
    }

    /// In a word or two: `claim`, `hand back`, `renew`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Claim { ask: true, .. } => "request",
            Self::Claim { taken: Some(_), .. } => "take over",
            Self::Claim { .. } => "claim",
            Self::Release { .. } => "hand back",
            Self::Tidy { .. } => "tidy up",
            Self::Triage { errand } => errand.word(),
            Self::Raise { .. } => "raise",
            Self::Propose { .. } => "propose",
            Self::Reply { reply: Reply::Ask, .. } => "ask about",
            Self::Reply { reply: Reply::Decline { .. }, .. } => "decline",
            Self::Amend { amendment, .. } => match amendment {
                Amendment::Renew { .. } => "renew",
                Amendment::Pause { .. } => "pause",
                Amendment::Resume => "resume",
                Amendment::Block { .. } => "block",
                Amendment::Still => "still on it",
                Amendment::Withdraw => "withdraw",
                Amendment::Done { .. } => "done",
                Amendment::Remind => "remind",
                Amendment::Expire => "end",
            },
            Self::Answer { answer, .. } => match answer {
                Answer::Help { .. } => "ask for help on",
                Answer::Plan { .. } => "post the plan of",
                Answer::Offer { .. } => "offer",
                Answer::Consent { .. } => "accept",
                Answer::Decline { .. } => "decline",
                Answer::Revoke { .. } => "revoke",
                Answer::Regress { .. } => "reopen",
            },
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
