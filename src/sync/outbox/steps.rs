//! Driving one row step by step. Each step that announces an act is journalled before the act.

use jiff::Timestamp;

use super::{End, OutboxContext, claim, is_final, put_off, still_wished, surely_not_applied, taken_back};
use crate::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        lease::{Evidence, Fold, fold},
        outbox::{Op, OpStatus, Step, Wish},
        person::Person,
        task::{Comment, TaskState},
    },
    store,
    tracker::{ErrorClass, Reading, TrackerError},
};

/// Why a step stopped.
enum Stop {
    Tracker(TrackerError),
    Store(store::StoreError),
    Attention(String),
    Refused(String),
    TakenBack,
}

impl From<TrackerError> for Stop {
    fn from(e: TrackerError) -> Self {
        Self::Tracker(e)
    }
}

impl From<store::StoreError> for Stop {
    fn from(e: store::StoreError) -> Self {
        Self::Store(e)
    }
}

struct Driver<'a> {
    context: &'a OutboxContext<'a>,
    me: &'a Person,
    op: Op,
    /// The commitment as the store knows it, changed along with the row.
    commitment: Option<Commitment>,
    /// True when the announced comment has not been sent in this run: it may be there from an earlier one.
    must_look: bool,
}

/// Takes a row as far as it goes now.
pub(super) async fn drive(context: &OutboxContext<'_>, op: Op, me: &Person) -> store::Result<End> {
    let commitments = context.store.commitments().await?;
    let commitment = commitments.into_iter().find(|c| c.claim == op.wish.claim());
    let must_look = matches!(op.step, Step::Posting { .. });
    let mut driver = Driver { context, me, op, commitment, must_look };
    if let (Step::Confirmed { comment } | Step::Labelled { comment }, Wish::Claim { .. }) =
        (driver.op.step, &driver.op.wish)
    {
        // Confirmed in an earlier run, perhaps days ago: whose the task is now is read again before it is marked.
        driver.op.step = Step::Posted { comment, at: driver.op.created_at };
    }
    loop {
        let result = match (driver.op.step, &driver.op.wish) {
            (Step::Queued, _) => driver.preflight().await,
            (Step::Posting { .. }, _) => driver.post().await,
            (Step::Posted { comment, .. }, Wish::Claim { claim, .. }) => driver.settle_claim(comment, *claim).await,
            (Step::Posted { comment, .. }, _) => driver.confirm_release(comment).await,
            (Step::Confirmed { comment }, _) => driver.label(comment).await,
            (Step::Labelled { .. }, _) => driver.assignee().await,
            (Step::Losing { comment, winner }, _) => match driver.step_back(comment).await {
                Ok(()) => return driver.lost(winner).await,
                Err(stop) => Err(stop),
            },
            (Step::Finished, _) => return driver.finish().await,
        };
        match result {
            Ok(()) => {}
            Err(Stop::Store(error)) => return Err(error),
            Err(Stop::Tracker(error)) => return put_off(context, driver.op, &error).await,
            Err(Stop::Attention(why)) => {
                driver.keep_for_user(&why).await?;
                return Ok(End::Attention { why });
            }
            Err(Stop::Refused(why)) => {
                driver.keep_for_user(&why).await?;
                return Ok(End::Refused { why });
            }
            Err(Stop::TakenBack) => return Ok(taken_back()),
        }
    }
}

impl Driver<'_> {
    fn now(&self) -> Timestamp {
        (self.context.clock)().0
    }

    /// Writes row and commitment to disk, then takes them as true.
    async fn advance(&mut self, step: Step) -> Result<(), Stop> {
        let mut op = self.op.clone();
        op.step = step;
        op.status = OpStatus::Ready;
        op.last_error = None;
        self.context.store.journal(vec![op.clone()], self.commitment.clone().into_iter().collect()).await?;
        self.op = op;
        Ok(())
    }

    async fn read(&self) -> Result<(Reading, Fold), Stop> {
        let reading = self.context.tracker.read(&self.op.key).await?;
        let history = self.context.tracker.history(&self.op.key).await?;
        let evidence = Evidence { task: &reading.task, comments: &reading.comments, history: &history };
        let fold = fold(evidence, self.context.roster, (self.context.clock)());
        Ok((reading, fold))
    }

    async fn preflight(&mut self) -> Result<(), Stop> {
        let (reading, fold) = self.read().await?;
        let verdict = match &self.op.wish {
            Wish::Claim { claim, alongside, until, .. } => {
                let terms = claim::Terms { claim: *claim, until: *until, alongside: *alongside };
                claim::preflight_claim(&reading.task, &fold, self.me, terms, (self.context.clock)())
            }
            Wish::Release { claim, note, .. } => {
                claim::preflight_release(&fold, &reading.comments, self.me, *claim, note)
            }
            Wish::Amend { .. } | Wish::Answer { .. } => claim::Preflight::Refuse("not known".into()),
        };
        match verdict {
            // Undone while the task was being read: nothing has been sent, so nothing is.
            claim::Preflight::Go if !still_wished(self.context, &self.op).await? => Err(Stop::TakenBack),
            claim::Preflight::Go => {
                self.must_look = false;
                self.advance(Step::Posting { since: self.now() }).await
            }
            claim::Preflight::Adopt { comment, at } => self.advance(Step::Posted { comment, at }).await,
            claim::Preflight::Pointless(state) => {
                if let Some(c) = &mut self.commitment {
                    c.state = state;
                }
                // It ended without its label and assignee being taken back: that is left to do.
                let leftover = reading.task.state == TaskState::Open;
                let comment = self.commitment.as_ref().and_then(|c| c.comment_id).unwrap_or_default();
                self.advance(if leftover { Step::Confirmed { comment } } else { Step::Finished }).await
            }
            claim::Preflight::Refuse(why) => Err(Stop::Refused(why)),
        }
    }

    async fn post(&mut self) -> Result<(), Stop> {
        if self.must_look {
            return self.look().await;
        }
        let body = claim::comment(&self.op.wish, self.me, self.now());
        match self.context.tracker.post_comment(&self.op.key, &body).await {
            Ok(comment) => self.advance(Step::Posted { comment: comment.id, at: comment.created_at }).await,
            Err(error) if surely_not_applied(&error.class) => {
                self.advance(Step::Queued).await?;
                Err(Stop::Tracker(error))
            }
            Err(_) => {
                self.must_look = true;
                Ok(())
            }
        }
    }

    /// The answer to the comment was lost, or the program died: look before sending again.
    async fn look(&mut self) -> Result<(), Stop> {
        for pause in &self.context.settings.looks {
            tokio::time::sleep(*pause).await;
            let (reading, fold) = self.read().await?;
            if let Some((comment, at)) = self.find_own(&reading, &fold) {
                return self.advance(Step::Posted { comment, at }).await;
            }
        }
        self.must_look = false;
        self.advance(Step::Queued).await
    }

    fn find_own(&self, reading: &Reading, fold: &Fold) -> Option<(u64, Timestamp)> {
        match &self.op.wish {
            Wish::Claim { claim, .. } => {
                fold.claim(*claim).filter(|l| l.who.id == self.me.id).map(|l| (l.comment, l.since))
            }
            Wish::Release { claim, .. } => {
                claim::find_release(&reading.comments, self.me, *claim).map(|c| (c.id, c.created_at))
            }
            Wish::Amend { .. } | Wish::Answer { .. } => None,
        }
    }

    /// Waits until reads are fresh, reads back and sees who was first.
    async fn settle_claim(&mut self, comment: u64, id: ClaimId) -> Result<(), Stop> {
        let (reading, fold) = self.read_back(comment).await?;
        let Some(own) = fold.claim(id) else {
            return Err(Stop::Attention("the claim comment was removed or edited on the tracker".into()));
        };
        for duplicate in &own.duplicates {
            self.context.tracker.delete_comment(&self.op.key, *duplicate).await?;
        }
        let label = &self.context.settings.label;
        let known = self.commitment.as_ref();
        let seen = claim::commitment_of(own, &reading.task, label, true, known);
        match own.state {
            CommitmentState::Active => {
                let state = known.map_or(CommitmentState::Pending, |k| k.state);
                self.commitment = Some(Commitment { state, ..seen });
                self.advance(Step::Confirmed { comment: own.comment }).await
            }
            CommitmentState::Conceded => {
                let winner = fold.holder().map_or(id, |l| l.claim);
                let comment = own.comment;
                // What this claim has not set was set by somebody else, and stays.
                let (label, assignee) = known.map(|k| (k.label, k.assignee)).unwrap_or_default();
                self.commitment = Some(Commitment { label, assignee, ..seen });
                self.advance(Step::Losing { comment, winner }).await
            }
            _ => {
                self.commitment = Some(seen);
                self.advance(Step::Finished).await
            }
        }
    }

    /// Reads until the own comment is in the list and the list is not shorter than the tracker's own count.
    async fn read_back(&mut self, comment: u64) -> Result<(Reading, Fold), Stop> {
        let mut pause = self.context.settings.settle;
        for _ in 0..4 {
            tokio::time::sleep(pause).await;
            let (reading, fold) = self.read().await?;
            let there = reading.comments.iter().any(|c| c.id == comment);
            if there && reading.comments.len() >= reading.counted as usize {
                return Ok((reading, fold));
            }
            pause = (pause * 2).max(std::time::Duration::from_millis(1));
        }
        Err(Stop::Tracker(TrackerError {
            class: ErrorClass::Timeout,
            host: self.context.tracker.name().to_string(),
            doing: format!("waiting for the comment on {} to become visible", self.op.key),
            said: String::new(),
        }))
    }

    async fn confirm_release(&mut self, comment: u64) -> Result<(), Stop> {
        let (reading, _) = self.read_back(comment).await?;
        let mine: Vec<&Comment> = reading.comments.iter().filter(|c| c.id == comment).collect();
        if mine.is_empty() {
            return Err(Stop::Attention("the hand-back comment was removed on the tracker".into()));
        }
        if let (Some(c), Wish::Release { note, .. }) = (&mut self.commitment, &self.op.wish) {
            c.state = CommitmentState::Released;
            c.note = Some(note.clone());
        }
        self.advance(Step::Confirmed { comment }).await
    }

    /// Claims add the label; hand-backs remove it unless somebody else's claim lives.
    async fn label(&mut self, comment: u64) -> Result<(), Stop> {
        let label = self.context.settings.label.clone();
        let key = self.op.key.clone();
        match self.op.wish {
            Wish::Claim { .. } => {
                let set = self.context.tracker.add_label(&key, &label).await?;
                if let Some(c) = &mut self.commitment {
                    c.label = if set { Projection::Set } else { Projection::Refused };
                }
            }
            Wish::Release { .. } => {
                let (reading, fold) = self.read().await?;
                let there = claim::has_label(&reading.task, &label);
                if there && fold.holder().is_none() {
                    self.context.tracker.remove_label(&key, &label).await?;
                }
            }
            Wish::Amend { .. } | Wish::Answer { .. } => {}
        }
        self.advance(Step::Labelled { comment }).await
    }

    /// Claims assign and compare the answer; hand-backs unassign nobody but the claimer.
    async fn assignee(&mut self) -> Result<(), Stop> {
        let key = self.op.key.clone();
        match self.op.wish {
            Wish::Claim { .. } => {
                let set = match self.context.tracker.assign(&key, &self.me.login).await {
                    Ok(assigned) => assigned.contains(&self.me.login),
                    Err(error) if error.class == ErrorClass::Invalid => {
                        // Not a matter of rights: the user hears what the server said. The claim itself stands.
                        if let Some(c) = &mut self.commitment {
                            c.assignee = Projection::Refused;
                            c.state = CommitmentState::Active;
                        }
                        return Err(Stop::Attention(format!("{}; {}", error.sentence(), error.hint())));
                    }
                    Err(error) if is_final(&error.class) => false,
                    Err(error) => return Err(error.into()),
                };
                if let Some(c) = &mut self.commitment {
                    c.assignee = if set { Projection::Set } else { Projection::Refused };
                    c.state = CommitmentState::Active;
                }
            }
            Wish::Release { claim, .. } => {
                let (_, fold) = self.read().await?;
                let again = fold.holder().is_some_and(|l| l.who.id == self.me.id && l.claim != claim);
                if !again {
                    self.context.tracker.unassign(&key, &self.me.login).await?;
                }
            }
            Wish::Amend { .. } | Wish::Answer { .. } => {}
        }
        self.advance(Step::Finished).await
    }

    /// The loser says so in the own comment and takes back what only it put there.
    async fn step_back(&mut self, comment: u64) -> Result<(), Stop> {
        let (reading, _) = self.read().await?;
        if let Some(own) = reading.comments.iter().find(|c| c.id == comment)
            && let Some(body) = claim::conceded(own, self.now())
        {
            self.context.tracker.edit_comment(&self.op.key, comment, &body).await?;
        }
        let own = self.commitment.as_ref().is_none_or(|c| c.assignee == Projection::Set);
        if own && reading.task.assignees.contains(&self.me.login) {
            self.context.tracker.unassign(&self.op.key, &self.me.login).await?;
        }
        Ok(())
    }

    async fn lost(mut self, winner: ClaimId) -> store::Result<End> {
        if let Some(c) = &mut self.commitment {
            c.state = CommitmentState::Conceded;
        }
        let to = match self.read().await {
            Ok((_, fold)) => fold.claim(winner).map(|l| l.who.login.0.line().into_owned()),
            Err(_) => None,
        };
        self.context.store.settle(vec![self.op.id], self.commitment.into_iter().collect()).await?;
        Ok(End::Lost { to: to.unwrap_or_else(|| "somebody else".into()) })
    }

    async fn finish(self) -> store::Result<End> {
        let commitments: Vec<Commitment> = self.commitment.clone().into_iter().collect();
        self.context.store.settle(vec![self.op.id], commitments).await?;
        Ok(match self.commitment {
            Some(c) => End::Done(Box::new(c)),
            None => End::Attention { why: format!("nothing is known of this claim on {} any more", self.op.key) },
        })
    }

    async fn keep_for_user(&self, why: &str) -> store::Result<()> {
        let mut op = self.op.clone();
        op.status = OpStatus::NeedsAttention { why: why.to_owned() };
        op.last_error = Some(why.to_owned());
        self.context.store.journal(vec![op], self.commitment.clone().into_iter().collect()).await
    }
}
