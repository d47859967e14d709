//! What an ended claim left on the tracker, its assignee and the label, and taking it off. Touches nobody but the
//! claim's own helper, and nothing that a person put there by hand after the end.

use jiff::Timestamp;

use super::{
    claim::has_label,
    is_final,
    preflight::Seen,
    steps::{Driver, Stepped, Stop},
};
use crate::{
    domain::{
        commitment::ClaimId,
        evidence::{Happening, What},
        lease::Fold,
        outbox::Step,
        person::Person,
        task::{Task, TaskState},
    },
    tracker,
};

/// A claim that is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over<'a> {
    /// Which.
    pub(crate) claim: ClaimId,
    /// Whose it was.
    pub(crate) who: &'a Person,
    /// When it ended, where that is known.
    pub(crate) ended: Option<Timestamp>,
}

/// What an ended claim left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Its helper is still assigned.
    pub(crate) assigned: bool,
    /// The label is there while nobody holds the task.
    pub(crate) labelled: bool,
}

impl Left {
    /// True when there is something to take off.
    pub(crate) fn any(self) -> bool {
        self.assigned || self.labelled
    }
}

/// What an ended claim left on an open task.
pub(crate) fn left(over: Over<'_>, task: &Task, fold: &Fold, happenings: &[Happening], label: &str) -> Left {
    if task.state != TaskState::Open {
        return Left::default();
    }
    let same = |who: &Person| who.id == over.who.id || who.login == over.who.login;
    let again = fold.leases.iter().any(|l| l.claim != over.claim && same(&l.who) && l.state.holds());
    let after = |h: &Happening| over.ended.is_none_or(|ended| h.at > ended);
    let given = |h: &Happening| matches!(&h.what, What::Assigned { to } if same(to));
    let by_hand = over.ended.is_some() && happenings.iter().any(|h| given(h) && after(h));
    Left {
        assigned: task.assignees.contains(&over.who.login) && !again && !by_hand,
        labelled: has_label(task, label) && fold.leases.iter().all(|l| !l.state.holds()),
    }
}

/// A refusal is no failure: the maintainers see that the claim is over.
fn unless_refused(result: tracker::Result<bool>) -> Stepped {
    match result {
        Ok(_) => Ok(()),
        Err(error) if is_final(&error.class) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Driver<'_> {
    /// Reads once more and takes off what is still left; doing it twice does no harm.
    pub(super) async fn tidy(&mut self) -> Stepped {
        let claim = self.claim;
        let reading = self.context.tracker.read(&self.op.key).await?;
        let history = self.context.tracker.history(&self.op.key).await?;
        let label = self.context.settings.label.clone();
        let seen = Seen::of(reading, &history, &label, self.me, self.context.roster, self.present());
        let known = self.commitment.as_ref().filter(|c| c.claim == claim);
        let Some(c) = seen.claim(claim).or(known).filter(|c| c.who.id == self.me.id) else {
            return Err(Stop::Moot("it is somebody else's claim".into()));
        };
        if c.state.is_live() {
            return Err(Stop::Moot("the claim lives again".into()));
        }
        // The end of a claim whose comment was removed is known here alone.
        let log_end = known.and_then(|k| k.log.iter().map(|e| e.at).max());
        let ended = c.life.as_ref().and_then(|life| life.ended).or(log_end);
        let who = c.who.clone();
        let over = Over { claim, who: &who, ended };
        let left = left(over, &seen.reading.task, &seen.fold, &history.happenings, &label);
        if left.labelled {
            unless_refused(self.context.tracker.remove_label(&self.op.key, &label).await)?;
        }
        if left.assigned {
            unless_refused(self.context.tracker.unassign(&self.op.key, &who.login).await)?;
        }
        self.advance(Step::Finished).await
    }
}
