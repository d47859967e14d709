//! Proposals among the comments: who may propose, what the person answers, and how the task itself ends them. Knows no
//! clock: when one ends by itself is the proposal's own business.

use super::{Fold, Lease};
use crate::domain::{
    commitment::{ClaimId, HostReason},
    key::TaskKey,
    marker::{self, Marker},
    person::{Login, Person},
    proposal::{Ended, How, Proposal, Question},
    task::{Comment, Task, TaskState},
    text::Foreign,
};

/// True when an id names a proposal and no claim.
pub(super) fn is_one(fold: &Fold, id: ClaimId) -> bool {
    fold.claim(id).is_none() && fold.proposals.iter().any(|p| p.id == id)
}

pub(super) fn begin(
    fold: &mut Fold,
    comment: &Comment,
    key: &TaskKey,
    author: &Person,
    marker: Marker,
    may: bool,
) -> Result<(), &'static str> {
    if !may {
        return Err("proposes for the host without the right to");
    }
    let to = marker.to.filter(|to| !to.is_empty()).ok_or("a proposal to nobody")?;
    if Login::new(to.clone()) == author.login {
        return Err("a proposal to its own author");
    }
    if fold.claim(marker.c).is_some() || fold.proposals.iter().any(|p| p.id == marker.c) {
        return Err("repeats an id");
    }
    fold.proposals.push(Proposal {
        id: marker.c,
        key: key.clone(),
        by: author.clone(),
        to: Foreign::new(to),
        at: comment.created_at,
        comment: comment.id,
        size: marker.size,
        words: Foreign::new(marker::words(comment.body.raw())),
        asked: None,
        answered: None,
        ended: None,
    });
    Ok(())
}

/// What the person it is proposed to says by a marker. The first no ends it.
pub(super) fn reply(fold: &mut Fold, comment: &Comment, author: &Person, marker: &Marker) -> Result<(), &'static str> {
    let proposal = fold.proposals.iter_mut().find(|p| p.id == marker.c).ok_or("is about no proposal here")?;
    if !proposal.is_to(&author.login) {
        return Err("answers a proposal that was made to somebody else");
    }
    if proposal.ended.is_some() {
        return Ok(());
    }
    let (at, words) = (comment.created_at, Foreign::new(marker::words(comment.body.raw())));
    if marker.k == marker::MarkerKind::Decline {
        let how = How::Declined { reason: marker.why.unwrap_or(HostReason::Other), words };
        proposal.ended = Some(Ended { at, how });
    } else {
        proposal.asked = Some(Question { at, words });
        proposal.answered = None;
    }
    Ok(())
}

/// Ordinary words of the proposer, or of anybody of the host, answer what was asked before.
pub(super) fn words(fold: &mut Fold, comment: &Comment, author: &Person, host: bool) {
    for proposal in fold.proposals.iter_mut().filter(|p| p.asked.is_some() && p.ended.is_none()) {
        if (host || proposal.by.id == author.id) && !proposal.is_to(&author.login) {
            proposal.answered = Some(comment.created_at);
        }
    }
}

/// How claims and the task itself end them: whatever comes first.
pub(super) fn end(fold: &mut Fold, task: &Task) {
    let mut proposals = std::mem::take(&mut fold.proposals);
    for proposal in &mut proposals {
        let took = |l: &&Lease| proposal.is_to(&l.who.login) && l.since >= proposal.at && l.comment > proposal.comment;
        let accepted = fold.leases.iter().find(took).map(|l| Ended { at: l.since, how: How::Accepted });
        let shut = (task.state != TaskState::Open).then(|| task.closed_at.unwrap_or(proposal.at));
        let closed = shut.filter(|at| *at >= proposal.at).map(|at| Ended { at, how: How::Closed });
        let first = [proposal.ended.take(), accepted, closed].into_iter().flatten().min_by_key(|e| e.at);
        let holder = fold.holder();
        let taken = holder.filter(|l| !proposal.is_to(&l.who.login)).map(|l| {
            let by = Foreign::new(l.who.login.raw());
            Ended { at: l.since.max(proposal.at), how: How::Taken { by } }
        });
        proposal.ended = first.or(taken);
    }
    fold.proposals = proposals;
}
