//! How long a commitment holds what it holds, when nobody does anything: the days that refusals name. Pure.

use jiff::Timestamp;

use crate::domain::{
    commitment::{Commitment, CommitmentState as S, Life, Timer},
    roster::Roster,
    time::Now,
};

/// When the lease began; for a request that was accepted, when it was.
pub(crate) fn start(c: &Commitment) -> Timestamp {
    c.life.as_ref().map_or(c.since, |life| life.start)
}

/// True for a claim that was a real commitment at some time: not one on its way, nor a request that was not accepted,
/// nor one that came second.
pub(crate) fn has_begun(c: &Commitment) -> bool {
    !matches!(c.state, S::Pending | S::Requested | S::Declined | S::Withdrawn | S::Lapsed | S::Conceded)
}

/// When a live commitment stops to hold its task and its place by the clock alone. `None` while the host owes an answer:
/// no clock ends that.
pub(crate) fn ends(c: &Commitment, roster: &Roster, now: Now) -> Option<Timestamp> {
    let terms = roster.terms(&c.key.project, Some(&c.who));
    let calendar = &terms.calendar;
    let until = || calendar.end_of(c.until);
    let end = match (c.state, c.life.as_deref()) {
        (S::WaitingHost, _) => return None,
        (S::Requested, life) => calendar.after(life.map_or(c.since, Life::began), terms.timers.consent_max),
        (S::Paused, Some(life)) if life.waits => return None,
        (S::Paused | S::Blocked, Some(life)) => {
            // The clock stands still until that day is over; those days come on top.
            let back = life.back_on.unwrap_or_else(|| calendar.date(now.0));
            calendar.end_of(life.end_at(calendar.end_of(back), calendar).max(back))
        }
        (S::AtRisk, Some(Life { reminded: Some(at), risk, .. })) => {
            let grace = calendar.after(*at, terms.timers.grace);
            if *risk == Some(Timer::LeaseWarn) { grace.max(until()) } else { grace }
        }
        _ => until(),
    };
    // What should have ended and has not waits for something else than the clock.
    (end > now.0).then_some(end)
}

/// When so many of several ends have passed that fewer than `room` are left; `None` when no clock leads there.
pub(crate) fn free_after(mut ends: Vec<Option<Timestamp>>, room: usize) -> Option<Timestamp> {
    if room == 0 {
        return None;
    }
    // What has no end comes last.
    ends.sort_by_key(|end| end.unwrap_or(Timestamp::MAX));
    ends.len().checked_sub(room).and_then(|at| ends.get(at).copied()).flatten()
}
