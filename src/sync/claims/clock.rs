//! What a run writes down for the clock: the reminder, the end after its grace, and the step back of a late loser. One
//! wish for each commitment and run; all of them edit the claim's own comment, so that nobody is notified twice.

use crate::{
    domain::{
        commitment::{Act, Commitment, CommitmentState},
        id::OpId,
        lease::{Fold, Lease},
        outbox::{Amendment, Op, OpStatus, Step, Wish},
        task::{Task, TaskState},
    },
    sync::{outbox::claim::has_label, run::Reader},
};

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
        };
        Some(self.op(now, wish, Step::Losing { comment: lease.comment, winner: winner.claim }))
    }

    /// The reminder that is due, or the end to be written down.
    pub(super) fn clock_wish(&self, lease: &Lease, now: &Commitment, fold: &Fold, task: &Task) -> Option<Op> {
        let life = lease.life.as_ref()?;
        let amendment = match life.state {
            CommitmentState::AtRisk if life.reminded.is_none() => Amendment::Remind,
            CommitmentState::Expired if !lease.has(&Act::Expire) && self.leaves_marks(lease, fold, task) => {
                Amendment::Expire
            }
            _ => return None,
        };
        Some(self.op(now, Wish::Amend { claim: lease.claim, amendment }, Step::Queued))
    }

    /// True when the tracker still shows what the claim put there.
    fn leaves_marks(&self, lease: &Lease, fold: &Fold, task: &Task) -> bool {
        let again = fold.leases.iter().any(|l| l.claim != lease.claim && l.who.id == lease.who.id && l.state.holds());
        let assigned = task.assignees.contains(&lease.who.login) && !again;
        let labelled = has_label(task, &self.label) && fold.leases.iter().all(|l| !l.state.holds());
        task.state == TaskState::Open && (assigned || labelled)
    }
}
