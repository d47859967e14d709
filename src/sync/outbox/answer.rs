//! The steps after a comment that ends or answers something: hand-backs, and words between helper and host.

use super::{
    preflight::Seen,
    steps::{Driver, Stepped, Stop},
};
use crate::domain::{
    commitment::{Commitment, CommitmentState},
    outbox::{Answer, Step, Wish},
};

impl Driver<'_> {
    /// Reads the comment back and sees what it changed.
    pub(super) async fn confirm(&mut self, comment: u64) -> Stepped {
        let seen = self.read_back(comment).await?;
        let before = self.state;
        self.adopt(&seen);
        match self.op.wish.clone() {
            Wish::Release { claim, note, .. } => {
                if seen.claim(claim).is_none_or(|c| c.state.is_live()) {
                    self.state = CommitmentState::Released;
                }
                let state = self.state;
                if let Some(c) = &mut self.commitment {
                    c.state = state;
                    c.note = Some(note);
                }
                self.advance(Step::Confirmed { comment }).await
            }
            Wish::Answer { claim, answer, .. } => {
                self.answered(&seen, comment, seen.claim(claim), before, &answer).await
            }
            _ => self.advance(Step::Finished).await,
        }
    }

    async fn answered(
        &mut self,
        seen: &Seen,
        comment: u64,
        on: Option<&Commitment>,
        before: CommitmentState,
        answer: &Answer,
    ) -> Stepped {
        let Some(on) = on else {
            return Err(Stop::Vain("the claim it is about was removed from the tracker meanwhile".into()));
        };
        let expected = match answer {
            Answer::Decline { .. } | Answer::Revoke { .. } => !on.state.is_live(),
            Answer::Consent { .. } if before == CommitmentState::Requested => on.state != CommitmentState::Requested,
            Answer::Regress { .. } => on.state != CommitmentState::Warranty,
            Answer::Consent { .. } | Answer::Help { .. } | Answer::Plan { .. } | Answer::Offer { .. } => true,
        };
        if seen.ignores(comment) {
            let why = "what you wrote is on the tracker, but it does not count: neither the tracker nor the registry \
                       knows you as somebody of this team who may say it; ask a lead to say it, or to list you";
            return Err(Stop::Vain(why.into()));
        }
        if !expected && on.life.is_some() {
            let why = "what you wrote is on the tracker, but somebody else's word came before it; read the task again";
            return Err(Stop::Vain(why.into()));
        }
        let marks = match answer {
            Answer::Consent { .. } => before == CommitmentState::Requested || !on.state.is_live(),
            Answer::Revoke { .. } | Answer::Regress { .. } => true,
            Answer::Decline { .. } | Answer::Help { .. } | Answer::Plan { .. } | Answer::Offer { .. } => false,
        };
        self.advance(if marks { Step::Confirmed { comment } } else { Step::Finished }).await
    }
}
