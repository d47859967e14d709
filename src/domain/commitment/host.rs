//! What hosts and trackers do with a commitment (T4, T5, T11, T12, T18–T20, T22, T23).

use jiff::Timestamp;

use super::{
    CommitmentState as State, DoneKind, HostReason, HostSign, Life, Offer, lease,
    step::{Effect, Step, Stepped, complete, enter, finish, over, refuse, unfit},
};
use crate::domain::{
    policy::Terms,
    refusal::{Lifter, Rule},
    text::Foreign,
};

/// Working days of the lease after a regression (T22).
const REGRESSION_WD: u32 = 5;

/// T4: a request becomes a lease that starts now. On a running commitment: yes to one more renewal (T11), yes to work
/// said to be done (T20), or yes to going on although somebody else was assigned (T23).
pub(super) fn consent(mut life: Life, mentor: Option<Foreign>, at: Timestamp, terms: &Terms) -> Stepped {
    life.mentor = mentor.or(life.mentor);
    match life.state {
        State::Requested => {
            let calendar = &terms.calendar;
            let wd = calendar.between_plain(calendar.date(life.began()), life.promised);
            enter(&mut life, State::Active, at, terms);
            life.start = at;
            life.last_sign = at;
            life.promised = lease::last_day(at, wd, terms);
            Step::with(life, &[Effect::Assign])
        }
        state if state.holds() && life.done.is_some() => {
            let kind = life.done.unwrap_or(DoneKind::Resolved);
            complete(life, kind, at, terms)
        }
        state if state.holds() => {
            life.renewal_granted = true;
            life.reassigned = None;
            Step::to(sign(life, HostSign::Comment, at, terms))
        }
        _ => Err(unfit(&life, "accepted")),
    }
}

/// T5.
pub(super) fn decline(mut life: Life, reason: HostReason, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state != State::Requested {
        return Err(unfit(&life, "declined; to take it away, revoke it"));
    }
    finish(&mut life, State::Declined, at, terms);
    life.reason = Some(reason);
    Step::to(life)
}

/// T18; a request that is revoked is declined.
pub(super) fn revoke(mut life: Life, reason: HostReason, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state == State::Requested {
        return decline(life, reason, at, terms);
    }
    life.reason = Some(reason);
    over(life, State::Revoked, at, terms, &[Effect::Unassign])
}

/// T12: the host acted. A comment or a review gives the turn back; an approval leaves it with the host until the merge;
/// work that was said to be done waits for a clear word.
pub(super) fn sign(mut life: Life, sign: HostSign, at: Timestamp, terms: &Terms) -> Life {
    match sign {
        HostSign::Comment => life.host_comments += 1,
        HostSign::Review | HostSign::Approval => life.host_reviews += 1,
    }
    life.plan = None;
    if !life.waits {
        return life;
    }
    if sign == HostSign::Approval || life.done.is_some() {
        if life.state == State::WaitingHost {
            life.since = at;
            life.nudged = None;
        }
        return life;
    }
    life.waits = false;
    if life.state == State::WaitingHost {
        enter(&mut life, State::Active, at, terms);
        life.last_sign = at;
    }
    life
}

/// T20: a pull request was merged. When more is left to do, the helper goes on; the end comes with the closed task or
/// the helper's word. What came back from its warranty is mended by it: its task was closed already.
pub(super) fn merged(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "merged"));
    }
    life.merged = true;
    life.artefact = true;
    if life.done.is_some() || life.regressed {
        return complete(life, DoneKind::Merged, at, terms);
    }
    Step::to(sign(life, HostSign::Comment, at, terms)).map(|mut step| {
        // A merge is no comment; it is counted nowhere else.
        step.life.host_comments = step.life.host_comments.saturating_sub(1);
        step
    })
}

/// T20: the task was closed as completed. A request is superseded by it.
pub(super) fn closed(life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state == State::Requested {
        return over(life, State::Superseded, at, terms, &[]);
    }
    if !life.state.holds() {
        return Err(unfit(&life, "closed"));
    }
    let kind = if life.merged { DoneKind::Merged } else { DoneKind::Resolved };
    complete(life, kind, at, terms)
}

/// T22: finished work broke something. Once, with a short lease.
pub(super) fn regress(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state != State::Warranty {
        return Err(unfit(&life, "reopened"));
    }
    if life.regressed {
        return Err(refuse(Rule::Limit, "a commitment comes back from its warranty once", Lifter::Nobody));
    }
    life.regressed = true;
    // From here on the warranty was a pause: the account goes on to the new end.
    life.account.paused += at.as_second().saturating_sub(life.counted_to.as_second()).max(0);
    life.counted_to = life.counted_to.max(at);
    life.ended = None;
    life.done = None;
    life.merged = false;
    enter(&mut life, State::Active, at, terms);
    life.frozen_wd = 0;
    life.start = life.start.min(at);
    life.promised = terms.calendar.add_plain(terms.calendar.date(at), REGRESSION_WD);
    life.last_sign = at;
    Step::with(life, &[Effect::Assign])
}

/// T23: the tracker shows somebody else. Both are asked; nothing is fought.
pub(super) fn reassigned(mut life: Life, to: &Foreign, at: Timestamp) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "given to somebody else"));
    }
    life.reassigned = Some(Offer { to: to.clone(), at });
    Step::to(life)
}
