//! Driving one row step by step. Each step that announces an act is journalled before the act. What is particular to
//! claims, amendments and answers lies beside this file.

use jiff::{SignedDuration, Timestamp};

use super::{
    End, OutboxContext, is_final,
    preflight::{self, Asking, Preflight, Seen, Wanted},
    put_off, still_wished, surely_not_applied, taken_back,
    texts::{Announcement, answer_kind},
};
use crate::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        marker::MarkerKind,
        outbox::{Amendment, Op, OpStatus, Step, Wish},
        person::Person,
        refusal::Refusal,
        task::TaskState,
        time::Now,
    },
    store,
    tracker::{ErrorClass, TrackerError},
};

/// Times that an edit is repeated in one run when somebody else's edit overwrote it.
const EDITS: u32 = 3;

/// Times that a comment is sent in one run: once more after its answer was lost and it is not there.
const POSTS: u32 = 2;

/// Times that an own comment is looked for after it was posted.
const LOOKS: u32 = 4;

/// Why a step stopped.
pub(super) enum Stop {
    Tracker(TrackerError),
    Store(store::StoreError),
    Attention(String),
    Refused(Box<Refusal>),
    /// It was sent and changed nothing; trying again would not either.
    Vain(String),
    /// What a run wished for the clock is not needed any more.
    Moot(String),
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

pub(super) type Stepped<T = ()> = Result<T, Stop>;

pub(super) struct Driver<'a> {
    pub(super) context: &'a OutboxContext<'a>,
    pub(super) me: &'a Person,
    pub(super) op: Op,
    /// The claim that the row is about.
    pub(super) claim: ClaimId,
    /// The commitment as the store knows it, changed along with the row.
    pub(super) commitment: Option<Commitment>,
    /// State at the last reading; the commitment gets it when everything is done.
    pub(super) state: CommitmentState,
    /// True when the announced comment has not been sent in this run: it may be there from an earlier one.
    must_look: bool,
    /// Edits left in this run.
    edits: u32,
    /// Comments left to send in this run.
    posts: u32,
    /// What came instead of the answer to the last comment.
    unanswered: Option<TrackerError>,
    /// The date of the event written in this run: the server's, where this machine's clock is far off.
    written: Option<Timestamp>,
    /// Why the claim steps back, once that was found out in this run.
    pub(super) lost: Option<(String, Box<Refusal>)>,
}

/// Takes a row as far as it goes now.
pub(super) async fn drive(context: &OutboxContext<'_>, op: Op, me: &Person) -> store::Result<End> {
    let Some(claim) = op.wish.claim() else {
        return match op.wish.clone() {
            Wish::Triage { errand } => super::triage::drive(context, op, &errand, me).await,
            Wish::Propose { .. } | Wish::Reply { .. } => super::propose::drive(context, op, me).await,
            _ => super::raise::drive(context, op, me).await,
        };
    };
    let commitments = context.store.commitments().await?;
    let commitment = commitments.into_iter().find(|c| c.claim == claim);
    let state = commitment.as_ref().map(|c| c.state).unwrap_or_default();
    let must_look = matches!(op.step, Step::Posting { .. });
    let mut driver = Driver {
        context,
        me,
        op,
        claim,
        commitment,
        state,
        must_look,
        edits: EDITS,
        posts: POSTS,
        unanswered: None,
        written: None,
        lost: None,
    };
    if let (Step::Confirmed { comment } | Step::Labelled { comment }, Wish::Claim { .. }) =
        (driver.op.step, &driver.op.wish)
    {
        // Confirmed in an earlier run, perhaps days ago: whose the task is now is read again before it is marked.
        driver.op.step = Step::Posted { comment, at: driver.op.created_at };
    }
    loop {
        let result = match (driver.op.step, &driver.op.wish) {
            (Step::Finished, _) => return driver.finish().await,
            (_, Wish::Tidy { .. }) => driver.tidy().await,
            (Step::Queued, _) => driver.preflight().await,
            (Step::Posting { .. }, Wish::Amend { amendment, .. }) => {
                let amendment = amendment.clone();
                driver.amend(&amendment).await
            }
            (Step::Posting { .. }, _) => driver.post().await,
            (Step::Posted { comment, .. }, Wish::Claim { claim, .. }) => driver.settle_claim(comment, *claim).await,
            (Step::Posted { comment, .. }, Wish::Amend { .. }) => driver.confirm_amendment(comment).await,
            (Step::Posted { comment, .. }, _) => driver.confirm(comment).await,
            (Step::Confirmed { comment }, _) => driver.label(comment).await,
            (Step::Labelled { .. }, _) => driver.assignee().await,
            (Step::Losing { comment, winner }, _) => match driver.step_back(comment, winner).await {
                Ok(true) => return driver.lost(winner).await,
                Ok(false) => Ok(()),
                Err(stop) => Err(stop),
            },
        };
        match result {
            Ok(()) => {}
            Err(stop) => return driver.stop(stop).await,
        }
    }
}

impl Driver<'_> {
    pub(super) fn now(&self) -> Timestamp {
        self.present().0
    }

    pub(super) fn present(&self) -> Now {
        (self.context.clock)()
    }

    pub(super) fn asking(&self, seen: &Seen) -> Asking<'_> {
        Asking { claim: self.claim, me: self.me, roster: self.context.roster, now: seen.now }
    }

    /// Ends the row's turn.
    async fn stop(self, stop: Stop) -> store::Result<End> {
        match stop {
            Stop::Store(error) => Err(error),
            Stop::Tracker(error) => put_off(self.context, self.op, &error).await,
            Stop::Attention(why) => {
                self.keep_for_user(&why).await?;
                Ok(End::Attention { why })
            }
            Stop::Refused(refusal) => self.refused(refusal).await,
            Stop::Vain(why) => {
                self.context.store.settle(vec![self.op.id], self.commitment.into_iter().collect()).await?;
                Ok(End::Vain { why })
            }
            Stop::Moot(why) => {
                self.context.store.settle(vec![self.op.id], self.commitment.into_iter().collect()).await?;
                Ok(End::Moot { why })
            }
            Stop::TakenBack => Ok(taken_back()),
        }
    }

    /// A wish that a rule refuses leaves no trace while nothing of it was sent.
    async fn refused(self, refusal: Box<Refusal>) -> store::Result<End> {
        let why = refusal.sentence.clone();
        if !self.op.is_unsent() {
            self.keep_for_user(&why).await?;
        } else if let Wish::Claim { claim, .. } = self.op.wish {
            self.context.store.settle(vec![self.op.id], Vec::new()).await?;
            self.context.store.forget_commitments(vec![claim]).await?;
        } else {
            self.context.store.settle(vec![self.op.id], self.commitment.into_iter().collect()).await?;
        }
        Ok(End::Refused { why, refusal: Some(refusal) })
    }

    /// Writes row and commitment to disk, then takes them as true.
    pub(super) async fn advance(&mut self, step: Step) -> Stepped {
        let mut op = self.op.clone();
        op.step = step;
        op.status = OpStatus::Ready;
        op.last_error = None;
        self.context.store.journal(vec![op.clone()], self.commitment.clone().into_iter().collect()).await?;
        self.op = op;
        Ok(())
    }

    pub(super) async fn read(&self) -> Stepped<Seen> {
        let reading = self.context.tracker.read(&self.op.key).await?;
        let history = self.context.tracker.history(&self.op.key).await?;
        let label = &self.context.settings.label;
        Ok(Seen::of(reading, &history, label, self.me, self.context.roster, self.present()))
    }

    /// Takes over what a reading shows of the commitment, but for what only this client knows.
    pub(super) fn adopt(&mut self, seen: &Seen) {
        let Some(found) = seen.claim(self.claim) else { return };
        let known = self.commitment.as_ref();
        let before = |set: Projection, known: Option<Projection>| match set {
            Projection::Open => known.unwrap_or_default(),
            _ => set,
        };
        self.state = found.state;
        self.commitment = Some(Commitment {
            size: found.size.or(known.and_then(|k| k.size)),
            label: before(found.label, known.map(|k| k.label)),
            assignee: before(found.assignee, known.map(|k| k.assignee)),
            note: found.note.clone().or_else(|| known.and_then(|k| k.note.clone())),
            ..found.clone()
        });
    }

    async fn preflight(&mut self) -> Stepped {
        let seen = self.read().await?;
        let verdict = self.verdict(&seen);
        if !matches!(self.op.wish, Wish::Claim { .. }) {
            self.adopt(&seen);
        }
        match verdict {
            // Undone while the task was being read: nothing has been sent, so nothing is.
            Preflight::Go | Preflight::Refuse(_) if !still_wished(self.context, &self.op).await? => {
                Err(Stop::TakenBack)
            }
            Preflight::Go => {
                if let Wish::Claim { alongside: false, taken: None, .. } = self.op.wish
                    && let Some(refusal) = preflight::meanwhile(&seen, self.op.created_at)
                {
                    return Err(Stop::Refused(refusal));
                }
                self.guards(&seen).await?;
                self.must_look = false;
                self.advance(Step::Posting { since: self.now() }).await
            }
            Preflight::Adopt { comment, at } => self.advance(Step::Posted { comment, at }).await,
            Preflight::Pointless if matches!(self.op.wish, Wish::Release { .. }) => {
                // It ended without its label and assignee being taken back: that is left to do.
                let leftover = seen.reading.task.state == TaskState::Open;
                let comment = self.commitment.as_ref().and_then(|c| c.comment_id).unwrap_or_default();
                if seen.claim(self.claim).is_none() {
                    self.state = CommitmentState::Released;
                }
                self.advance(if leftover { Step::Confirmed { comment } } else { Step::Finished }).await
            }
            Preflight::Pointless => Err(Stop::Moot("meanwhile there is no need for it".into())),
            Preflight::Refuse(refusal) => Err(Stop::Refused(refusal)),
        }
    }

    pub(super) fn verdict(&self, seen: &Seen) -> Preflight {
        match &self.op.wish {
            Wish::Claim { claim, alongside, until, taken, .. } => {
                let wanted = Wanted { claim: *claim, until: *until, alongside: *alongside, taken: *taken };
                preflight::claim(seen, self.me, wanted, self.present())
            }
            Wish::Release { claim, note, .. } => preflight::release(seen, self.me, *claim, note),
            Wish::Amend { amendment, .. } => self.asking(seen).amendment(seen, &self.op, amendment),
            Wish::Answer { answer, .. } => self.asking(seen).answer(seen, &self.op, answer),
            Wish::Tidy { .. }
            | Wish::Triage { .. }
            | Wish::Raise { .. }
            | Wish::Propose { .. }
            | Wish::Reply { .. } => Preflight::Pointless,
        }
    }

    async fn post(&mut self) -> Stepped {
        if self.must_look {
            return self.look().await;
        }
        let about = self.commitment.as_ref();
        let text = Announcement { op: self.op.id, me: self.me, now: self.now(), state: self.state, about };
        let Some(body) = text.comment(&self.op.wish) else { return self.advance(Step::Finished).await };
        self.posts = self.posts.saturating_sub(1);
        match self.context.tracker.post_comment(&self.op.key, &body).await {
            Ok(comment) => self.advance(Step::Posted { comment: comment.id, at: comment.created_at }).await,
            Err(error) if surely_not_applied(&error.class) => {
                self.advance(Step::Queued).await?;
                Err(Stop::Tracker(error))
            }
            Err(error) => {
                (self.must_look, self.unanswered) = (true, Some(error));
                Ok(())
            }
        }
    }

    /// The answer to the comment was lost, or the program died: look before sending again.
    async fn look(&mut self) -> Stepped {
        for pause in &self.context.settings.looks {
            tokio::time::sleep(*pause).await;
            let seen = self.read().await?;
            if let Some((comment, at)) = self.find_own(&seen) {
                return self.advance(Step::Posted { comment, at }).await;
            }
        }
        self.must_look = false;
        self.advance(Step::Queued).await?;
        match self.unanswered.take() {
            // It answers reads and no write: another run will find it well again.
            Some(error) if self.posts == 0 => Err(Stop::Tracker(error)),
            _ => Ok(()),
        }
    }

    fn find_own(&self, seen: &Seen) -> Option<(u64, Timestamp)> {
        let own = |claim, kind, op| preflight::find_own(&seen.reading.comments, self.me, claim, kind, op);
        let found = match &self.op.wish {
            Wish::Claim { claim, .. } => {
                let lease = seen.fold.claim(*claim).filter(|l| l.who.id == self.me.id);
                return lease.map(|l| (l.comment, l.since));
            }
            Wish::Release { claim, .. } => own(*claim, MarkerKind::Release, None),
            Wish::Answer { claim, answer, .. } => own(*claim, answer_kind(answer), Some(self.op.id)),
            _ => None,
        };
        found.map(|c| (c.id, c.created_at))
    }

    /// Writes the amendment into the claim's comment. An edit can be repeated, so a lost answer is simply met by
    /// reading again; what is there already is not written a second time.
    async fn amend(&mut self, amendment: &Amendment) -> Stepped {
        let seen = self.read().await?;
        let (comment, at) = match self.verdict(&seen) {
            Preflight::Adopt { comment, at } => return self.advance(Step::Posted { comment, at }).await,
            Preflight::Refuse(refusal) => return Err(Stop::Refused(refusal)),
            Preflight::Pointless => return Err(Stop::Moot("meanwhile there is no need for it".into())),
            Preflight::Go => match seen.fold.claim(self.claim) {
                Some(lease) => (lease.comment, lease.since),
                None => return self.advance(Step::Queued).await,
            },
        };
        let found = seen.reading.comments.iter().find(|c| c.id == comment);
        let at_event = self.after_all(&seen);
        let Some(body) = found.and_then(|c| super::amend::amended(c, amendment, at_event)) else {
            return Err(Stop::Attention("the claim comment was removed or edited on the tracker".into()));
        };
        self.spend_an_edit()?;
        self.written = Some(at_event);
        match self.context.tracker.edit_comment(&self.op.key, comment, &body).await {
            Ok(()) => self.advance(Step::Posted { comment, at }).await,
            // Whoever may not edit somebody else's comment can still take the marks of what ran out away.
            Err(error) if is_final(&error.class) && *amendment == Amendment::Expire => {
                self.advance(Step::Confirmed { comment }).await
            }
            Err(error) if is_final(&error.class) && *amendment == Amendment::Remind => {
                Err(Stop::Moot(format!("the reminder cannot be written by this account: {}", error.sentence())))
            }
            Err(error) => {
                if surely_not_applied(&error.class) {
                    self.advance(Step::Queued).await?;
                }
                Err(Stop::Tracker(error))
            }
        }
    }

    /// One edit less is left in this run. Where somebody else edits the same comment all the time, another run will find it
    /// quieter.
    pub(super) fn spend_an_edit(&mut self) -> Stepped {
        let left = self.edits.checked_sub(1);
        self.edits = left.ok_or_else(|| Stop::Tracker(self.unseen("waiting for the edited comment")))?;
        Ok(())
    }

    /// The time of an event that is written now: later than everything seen of the claim, however slow this machine's
    /// clock is. Else what it answers would come after it.
    fn after_all(&self, seen: &Seen) -> Timestamp {
        let log = seen.fold.claim(self.claim).map(|lease| lease.log.as_slice()).unwrap_or_default();
        let last = log.iter().map(|entry| entry.at).max();
        let next = last.and_then(|at| at.checked_add(SignedDuration::from_secs(1)).ok());
        next.map_or(seen.now.0, |next| next.max(seen.now.0))
    }

    /// Reads the edit back: somebody else may have edited the comment in the same moment, and only one edit stays.
    async fn confirm_amendment(&mut self, comment: u64) -> Stepped {
        let Wish::Amend { claim, amendment } = self.op.wish.clone() else {
            return self.advance(Step::Finished).await;
        };
        let seen = self.read_back(comment).await?;
        let there = seen.fold.claim(claim);
        let since = self.written.map_or(self.op.created_at, |at| at.min(self.op.created_at));
        if !there.is_some_and(|l| super::amend::says(&l.marker, &amendment, since)) {
            return self.advance(Step::Posting { since: self.now() }).await;
        }
        self.adopt(&seen);
        if let (Some(c), Amendment::Done { note, .. }) = (&mut self.commitment, &amendment)
            && !note.trim().is_empty()
        {
            c.note = Some(note.clone());
        }
        let over = !self.state.is_live();
        self.advance(if over { Step::Confirmed { comment } } else { Step::Finished }).await
    }

    /// Reads until the own comment is in the list and the list is not shorter than the tracker's own count.
    pub(super) async fn read_back(&mut self, comment: u64) -> Stepped<Seen> {
        let mut pause = self.context.settings.settle;
        for look in 1..=LOOKS {
            tokio::time::sleep(pause).await;
            let seen = self.read().await?;
            let there = seen.reading.comments.iter().any(|c| c.id == comment);
            let whole = seen.reading.comments.len() >= seen.reading.counted as usize;
            // In a whole list, time after time, what is not there was removed.
            if whole && (there || look == LOOKS) {
                return Ok(seen);
            }
            pause = (pause * 2).max(std::time::Duration::from_millis(1));
        }
        Err(Stop::Tracker(self.unseen("waiting for the comment")))
    }

    fn unseen(&self, doing: &str) -> TrackerError {
        TrackerError {
            class: ErrorClass::Timeout,
            host: self.context.tracker.name().to_string(),
            doing: format!("{doing} on {} to become visible", self.op.key),
            said: String::new(),
        }
    }

    async fn finish(mut self) -> store::Result<End> {
        let state = self.state;
        if let Some(c) = &mut self.commitment {
            c.state = state;
        }
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
