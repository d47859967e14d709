//! What helpers do with their own commitments (T7, T9, T11, T12, T14–T17, T20), and what a run writes down for the clock.

use jiff::{Timestamp, civil::Date};

use super::{
    CommitmentState as State, DoneKind, Life, Offer, Sign, Timer, lease,
    step::{Effect, Step, Stepped, complete, enter, finish, over, refuse, signed, unfit},
};
use crate::domain::{
    policy::Terms,
    refusal::{Lifter, Rule},
    text::Foreign,
};

/// Renewals of one commitment.
pub(super) const RENEWALS: u32 = 2;
/// Answers "still on it" without anything new to see.
pub(super) const STILLS: u32 = 2;

/// T7.
pub(super) fn withdraw(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state != State::Requested {
        return Err(unfit(&life, "withdrawn; hand it back instead"));
    }
    finish(&mut life, State::Withdrawn, at, terms);
    Step::to(life)
}

/// T11. The second renewal needs the host's yes; the whole never exceeds the cap.
pub(super) fn renew(mut life: Life, until: Date, at: Timestamp, terms: &Terms) -> Stepped {
    if !matches!(life.state, State::Active | State::AtRisk | State::WaitingHost) {
        return Err(unfit(&life, "renewed"));
    }
    if until <= life.promised {
        let sentence = format!("{until} is not later than its last day, {}", life.promised);
        return Err(refuse(Rule::Limit, sentence, Lifter::You));
    }
    let latest = lease::latest(life.start, terms);
    if until > latest {
        let sentence =
            format!("a commitment lasts at most {} working days: this one until {latest}", terms.timers.lease_cap);
        return Err(refuse(Rule::Limit, sentence, Lifter::Programme));
    }
    if life.renewals >= RENEWALS {
        let sentence = format!("it was renewed {RENEWALS} times already; hand it back, others may go on");
        return Err(refuse(Rule::Limit, sentence, Lifter::Programme));
    }
    if life.renewals == 1 && !life.renewal_granted {
        return Err(refuse(Rule::Limit, "a second renewal needs the host's yes", Lifter::Host(Vec::new())));
    }
    life.renewals += 1;
    life.renewal_granted = false;
    life.promised = until;
    life.last_sign = at;
    if life.state == State::AtRisk {
        enter(&mut life, State::Active, at, terms);
    }
    Step::to(life)
}

/// T15. All pauses together have a limit.
pub(super) fn pause(mut life: Life, until: Date, at: Timestamp, terms: &Terms) -> Stepped {
    if !matches!(life.state, State::Active | State::AtRisk) {
        return Err(unfit(&life, "paused"));
    }
    let today = terms.calendar.date(at);
    if until < today {
        return Err(refuse(Rule::Limit, format!("{until} has passed"), Lifter::You));
    }
    let wanted = terms.calendar.between(today, until);
    let left = terms.timers.pause_max.saturating_sub(life.pause_wd);
    if wanted > left {
        let sentence = format!(
            "pauses of one commitment have {} working days together, {left} are left; hand it back with a note instead",
            terms.timers.pause_max
        );
        return Err(refuse(Rule::Limit, sentence, Lifter::Host(Vec::new())));
    }
    enter(&mut life, State::Paused, at, terms);
    life.back_on = Some(until);
    Step::to(life)
}

/// T14, T15: back to work; to the host's turn when something waits for them. That a block is gone may also be said after
/// the day on which it should have been looked at.
pub(super) fn resume(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    let late = life.state == State::AtRisk && life.risk == Some(Timer::BlockReview);
    if !late && !matches!(life.state, State::Paused | State::Blocked) {
        return Err(unfit(&life, "resumed: nothing stops it"));
    }
    let state = if life.waits { State::WaitingHost } else { State::Active };
    enter(&mut life, state, at, terms);
    life.last_sign = at;
    Step::to(life)
}

/// T14. The day of review is at most some working days away.
pub(super) fn block(mut life: Life, by: &str, review: Date, at: Timestamp, terms: &Terms) -> Stepped {
    if !matches!(life.state, State::Active | State::AtRisk) {
        return Err(unfit(&life, "blocked"));
    }
    let today = terms.calendar.date(at);
    let latest = terms.calendar.add(today, terms.timers.block_max);
    if review < today || review > latest {
        let sentence = format!("a block is looked at again between {today} and {latest}");
        return Err(refuse(Rule::Limit, sentence, Lifter::You));
    }
    if by.trim().is_empty() {
        return Err(refuse(Rule::Words, "say who or what blocks it", Lifter::You));
    }
    enter(&mut life, State::Blocked, at, terms);
    life.blocked_by = Some(by.trim().to_owned());
    life.back_on = Some(review);
    Step::to(life)
}

/// T12: the host's turn. While something else stops the work, it is remembered.
pub(super) fn ask_host(mut life: Life, visible: bool, at: Timestamp, terms: &Terms) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "passed to the host"));
    }
    life.last_sign = life.last_sign.max(at);
    life.artefact |= visible;
    life.waits = true;
    match life.state {
        State::Active | State::AtRisk => enter(&mut life, State::WaitingHost, at, terms),
        // Asked again: the host's time for an answer does not begin anew.
        _ => {}
    }
    Step::to(life)
}

/// A plan is the first sign of work (T9), and waits for a word of the host. The helper goes on meanwhile.
pub(super) fn plan(life: Life, ask: Option<Foreign>, at: Timestamp, terms: &Terms) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "planned"));
    }
    let mut next = signed(life, Sign::Comment, at, terms);
    next.plan = Some(Offer { to: ask.unwrap_or_default(), at });
    Step::to(next)
}

/// The pull request went back to a draft or was closed: the helper's turn, unless the host was asked otherwise.
pub(super) fn not_ready(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "taken back"));
    }
    life.waits = life.done.is_some();
    if life.state == State::WaitingHost && !life.waits {
        enter(&mut life, State::Active, at, terms);
        life.last_sign = at;
    }
    Step::to(life)
}

/// T9: an answer to the reminder. Twice at most without anything new to see.
pub(super) fn still(mut life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state != State::AtRisk {
        return Err(refuse(Rule::State, "nothing asks for an answer: it is not at risk", Lifter::Nobody));
    }
    if life.risk == Some(Timer::Overdue) {
        return Err(refuse(Rule::Limit, "its last day has passed: renew it, or hand it back", Lifter::You));
    }
    if life.still >= STILLS {
        let sentence = format!("'still on it' was answered {STILLS} times without anything to see");
        let refusal = refuse(Rule::Limit, sentence, Lifter::You);
        return Err(Box::new(refusal.instead("push or write what there is, ask for help, pause, or hand it back")));
    }
    life.still += 1;
    life.last_sign = at;
    enter(&mut life, State::Active, at, terms);
    Step::to(life)
}

/// T16; a request that is handed back is withdrawn.
pub(super) fn release(life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    match life.state {
        State::Requested => withdraw(life, at, terms),
        _ => over(life, State::Released, at, terms, &[Effect::Unassign]),
    }
}

/// T17, first half.
pub(super) fn offer(mut life: Life, to: &Foreign, at: Timestamp) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "handed over"));
    }
    life.offer = Some(Offer { to: to.clone(), at });
    life.last_sign = life.last_sign.max(at);
    Step::to(life)
}

/// T20: the helper says it is done. Raising a task to ready needs nobody's word; a merge was the host's word; the rest
/// waits for the host.
pub(super) fn done(mut life: Life, kind: DoneKind, at: Timestamp, terms: &Terms) -> Stepped {
    if !life.state.holds() {
        return Err(unfit(&life, "done"));
    }
    life.done = Some(kind);
    life.artefact = true;
    life.last_sign = life.last_sign.max(at);
    if kind == DoneKind::Triaged || life.merged {
        return complete(life, kind, at, terms);
    }
    life.waits = true;
    if life.state != State::WaitingHost {
        enter(&mut life, State::WaitingHost, at, terms);
    }
    Step::to(life)
}

/// T8: the reminder was delivered. One is enough.
pub(super) fn remind(mut life: Life, at: Timestamp) -> Stepped {
    if life.state != State::AtRisk {
        return Err(unfit(&life, "reminded"));
    }
    life.reminded.get_or_insert(at);
    Step::to(life)
}

/// T10: a run wrote down that it ran out. Never while the host owes an answer or the work is stopped.
pub(super) fn expire(life: Life, at: Timestamp, terms: &Terms) -> Stepped {
    if life.state != State::AtRisk {
        return Err(unfit(&life, "ended by the clock"));
    }
    over(life, State::Expired, at, terms, &[Effect::Unassign])
}
