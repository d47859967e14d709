//! What `--json` prints about proposals.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{AnyTask, ErrorOut, UrlOf, raw};
use crate::{
    domain::{commitment::HostReason, proposal::How, proposal::Standing, size::Size},
    index::{Proposed, Snapshot},
};

/// A task proposed to somebody.
#[derive(Debug, Serialize)]
pub struct ProposalOut {
    /// The task.
    pub task: AnyTask,
    /// Its id.
    pub proposal_id: String,
    /// `open`, `asked`, `accepted`, `declined`, `lapsed` or `moot`.
    pub standing: Standing,
    /// Login of the person it is proposed to.
    pub to: String,
    /// Login of who proposes it.
    pub by: String,
    /// True when it is proposed to you.
    pub to_me: bool,
    /// True when you proposed it.
    pub by_me: bool,
    /// When it was proposed.
    pub at: Timestamp,
    /// The last day on which it can be answered.
    pub until: Date,
    /// Effort class named.
    pub size: Option<&'static str>,
    /// The proposer's words, raw.
    pub words: String,
    /// The last question about it, raw.
    pub question: Option<String>,
    /// Why it was declined: `not-now`, `taken`, `needs-us`, `not-wanted` or `other`.
    pub reason: Option<&'static str>,
    /// The words of the decline, raw.
    pub declined: Option<String>,
    /// Rows of the outbox that still have to be sent for it.
    pub waiting: usize,
}

impl ProposalOut {
    /// A proposal with its task.
    pub fn new(proposed: &Proposed, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        let p = &proposed.proposal;
        let declined = match p.ended.as_ref().map(|ended| &ended.how) {
            Some(How::Declined { reason, words }) => Some((*reason, raw(words))),
            _ => None,
        };
        Self {
            task: AnyTask::of(&p.key, snapshot, url),
            proposal_id: p.id.to_string(),
            standing: proposed.standing,
            to: raw(&p.to),
            by: p.by.login.raw().to_owned(),
            to_me: proposed.to_me,
            by_me: proposed.by_me,
            at: p.at,
            until: proposed.until,
            size: p.size.map(Size::word),
            words: raw(&p.words),
            question: p.asked.as_ref().map(|q| raw(&q.words)),
            reason: declined.as_ref().map(|(reason, _)| HostReason::word(*reason)),
            declined: declined.map(|(_, words)| words),
            waiting: usize::from(crate::domain::proposal::on_its_way(&snapshot.outbox, p.id).is_some()),
        }
    }
}

/// `propose`, and `decline` or `need-help` about what was proposed to you.
#[derive(Debug, Serialize)]
pub struct ProposedOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// Proposals of the task, oldest first.
    pub proposals: Vec<ProposalOut>,
    /// What was said on the way.
    pub said: Vec<String>,
    /// What failed.
    pub problems: Vec<ErrorOut>,
}
