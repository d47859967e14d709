//! What a run writes down for the clock: the reminder, the end after its grace, the step back of a late loser, and what
//! is to be tidied up after an own claim that somebody else ended. One wish for each commitment and run; none of them
//! writes a comment of its own, so that nobody is notified twice.

use crate::{
    domain::{
        commitment::{Act, Commitment, CommitmentState},
        evidence::{Happening, History},
        id::OpId,
        lease::{Fold, Lease},
        outbox::{Amendment, Op, OpStatus, Step, Wish},
        task::Task,
    },
    store::Everything,
    sync::{
        outbox::tidy::{Over, left},
        run::Reader,
    },
    tracker::Reading,
};

/// Name of the value that says that a claim with this end was tidied up after: once, whether the tracker let it or not.
pub(super) fn tidied_name(c: &Commitment) -> String {
    let ended = c.life.as_ref().and_then(|life| life.ended).or_else(|| c.log.iter().map(|e| e.at).max());
    format!("tidied {} {}", c.claim, ended.unwrap_or(c.since))
}

/// A task as it was read.
pub(super) struct Shown<'a> {
    pub(super) task: &'a Task,
    pub(super) fold: &'a Fold,
    pub(super) happenings: &'a [Happening],
}

impl<'a> Shown<'a> {
    pub(super) fn of(reading: &'a Reading, fold: &'a Fold, history: &'a History) -> Self {
        Self { task: &reading.task, fold, happenings: &history.happenings }
    }
}

impl Reader<'_> {
    fn op(&self, c: &Commitment, wish: Wish, step: Step) -> Op {
        Op {
            id: OpId(self.fresh_id()),
            key: c.key.clone(),
            wish,
            step,
            status: OpStatus::Ready,
            attempts: 0,
            created_at: self.now(),
            last_error: None,
        }
    }

    /// An own claim lost to an earlier one that became visible late, and has not said so yet.
    pub(super) fn stepping_back(&self, lease: &Lease, now: &Commitment, fold: &Fold) -> Option<Op> {
        if lease.state != CommitmentState::Conceded || lease.has(&Act::Concede) {
            return None;
        }
        let winner = fold.holder().filter(|h| h.claim != lease.claim)?;
        let wish = Wish::Claim {
            claim: lease.claim,
            until: lease.until,
            size: now.size,
            plan: String::new(),
            alongside: false,
            ask: false,
            taken: None,
            tell: Vec::new(),
            model: None,
        };
        Some(self.op(now, wish, Step::Losing { comment: lease.comment, winner: winner.claim }))
    }

    /// The reminder that is due, or the end to be written down.
    pub(super) fn clock_wish(&self, lease: &Lease, now: &Commitment, shown: &Shown<'_>) -> Option<Op> {
        let life = lease.life.as_ref()?;
        let amendment = match life.state {
            CommitmentState::AtRisk if life.reminded.is_none() => Amendment::Remind,
            CommitmentState::Expired if !lease.has(&Act::Expire) && self.leaves_marks(now, shown) => Amendment::Expire,
            _ => return None,
        };
        Some(self.op(now, Wish::Amend { claim: lease.claim, amendment }, Step::Queued))
    }

    /// What an own claim left that ended by something else than its helper's hand-back: somebody took the offer over,
    /// the host took it away or accepted the work, the task went to somebody else.
    pub(super) fn tidy_wish(&self, now: &Commitment, shown: &Shown<'_>, after: &Everything) -> Option<Op> {
        use CommitmentState as S;
        let ends =
            matches!(now.state, S::Transferred | S::Superseded | S::Revoked | S::Conceded | S::Warranty | S::Completed);
        let name = tidied_name(now);
        let once = after.values.iter().all(|(n, _)| *n != name);
        (ends && once && self.leaves_marks(now, shown))
            .then(|| self.op(now, Wish::Tidy { claim: now.claim }, Step::Queued))
    }

    /// True when the tracker still shows what the claim put there.
    fn leaves_marks(&self, c: &Commitment, shown: &Shown<'_>) -> bool {
        let ended = c.life.as_ref().and_then(|life| life.ended).or_else(|| c.log.iter().map(|e| e.at).max());
        let over = Over { claim: c.claim, who: &c.who, ended };
        left(over, shown.task, shown.fold, shown.happenings, &self.label).any()
    }
}
