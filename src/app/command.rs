//! Wishes, as values. The TUI and the command line issue the same ones.

use jiff::civil::Date;

use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        ledger::Point,
        marker::ReleaseReason,
        outbox::{Amendment, Answer, OpId},
        person::Login,
        proposal::Reply,
        size::Size,
        triage::Triage,
        walk::Answer as WalkAnswer,
    },
    judge::score::Weights,
    store::MarkKind,
};

/// Something the user wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Read from the trackers: all projects, or these.
    Sync {
        /// Only these projects; empty for all.
        only: Vec<ProjectRef>,
        /// Read everything again, even what is fresh.
        full: bool,
    },
    /// Take tasks.
    Claim {
        /// Which.
        keys: Vec<TaskKey>,
        /// Last day; default by size.
        until: Option<Date>,
        /// Effort class.
        size: Option<Size>,
        /// One line of plan for the comment.
        plan: String,
        /// Beside somebody assigned by hand.
        alongside: bool,
        /// Ask the host even where that is not needed.
        ask: bool,
    },
    /// Take over a task that was offered to the user.
    TakeOver {
        /// Which.
        key: TaskKey,
        /// Last day; default by size.
        until: Option<Date>,
        /// Effort class; default that of the offered commitment.
        size: Option<Size>,
    },
    /// Change an own commitment: renew, pause, resume, block, still on it, withdraw, done.
    Amend {
        /// Of this task.
        key: TaskKey,
        /// How.
        amendment: Amendment,
    },
    /// Say something about a commitment to those it concerns: ask for help, offer it, accept, decline, revoke, reopen.
    Answer {
        /// Of this task.
        key: TaskKey,
        /// Whose; `None` where only one commitment can be meant.
        helper: Option<Login>,
        /// What.
        answer: Answer,
        /// Words for people; may be empty.
        text: String,
    },
    /// Propose a task to somebody, who may take it.
    Propose {
        /// Which.
        key: TaskKey,
        /// Login or handle of the person.
        to: String,
        /// Effort class.
        size: Option<Size>,
        /// Why this task and this person; may be empty.
        text: String,
    },
    /// Decline what was proposed to the user, or ask about it. It is accepted by a claim.
    Reply {
        /// The task.
        key: TaskKey,
        /// What.
        reply: Reply,
        /// Words for the proposer.
        text: String,
    },
    /// Tick points off the list of the user's first days in a project, or take ticks off. Private.
    Tick {
        /// Where.
        project: ProjectRef,
        /// Which, and whether they are done.
        points: Vec<(Point, bool)>,
    },
    /// Hand a task back.
    Release {
        /// Which.
        key: TaskKey,
        /// For the next person; may be empty while nothing was done.
        note: String,
        /// Why.
        reason: ReleaseReason,
    },
    /// Make a task of a finding.
    Raise {
        /// Of this project.
        project: ProjectRef,
        /// Id of the finding.
        finding: String,
        /// Title; that of the draft where none is given.
        title: Option<String>,
        /// Description; that of the draft where none is given.
        body: Option<String>,
    },
    /// Undo the last wish: removed while unsent, else its inverse.
    Undo,
    /// Send what waits in the outbox now, or one row of it.
    OutboxRetry(Option<OpId>),
    /// Remove a row that is not under way.
    OutboxDrop(OpId),
    /// Set or remove private marks.
    Mark {
        /// Which tasks.
        keys: Vec<TaskKey>,
        /// Which mark.
        kind: MarkKind,
        /// Set or remove.
        on: bool,
        /// End of a snooze.
        until: Option<jiff::Timestamp>,
    },
    /// Remember what was answered about tasks on a walk, and that their hosts were visited. Private.
    Walk(Vec<(TaskKey, WalkAnswer)>),
    /// Keep weights of the score under a name.
    KeepWeights(String, Weights),
    /// Sort tasks: for oneself, or on their trackers.
    Triage {
        /// Which tasks.
        keys: Vec<TaskKey>,
        /// What is done to each.
        act: Triage,
    },
    /// Find tasks that look like the same work as this one.
    Duplicates(TaskKey),
    /// Ask the tracker whether somebody is at a task already, although it looks free.
    Signs(TaskKey),
    /// Open a task in the browser.
    Open(TaskKey),
    /// Put a task's key (`false`) or address (`true`) on the clipboard.
    Copy(TaskKey, bool),
    /// Read one task's description and comments from the store.
    Detail(TaskKey),
    /// Read one task's comments from its tracker, where the store has fewer than the tracker counted.
    Comments(TaskKey),
}
