//! The timers of domain.md §4.6: what the clock does next to a life, and the step it then takes. It never ends a
//! commitment without a reminder that the tracker shows.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    CommitmentState as State, Deadline, Life, Nudge, Timer, lease,
    step::{Effect, Step, enter, finish},
};
use crate::domain::policy::Terms;

/// How long an offer stands (trackers.md §5.3).
const OFFER_DAYS: i64 = 7;
/// The most that a clock is put forward at once, hours: a zone may leave out a whole day.
const FORWARD_HOURS: i64 = 26;
/// Working days until the tracker's assignee wins over the tool (T23).
const RECONCILE_WD: u32 = 1;

/// What the clock does next, if nothing else happens. A pure function of the life and the terms.
pub fn due(life: &Life, terms: &Terms) -> Option<Deadline> {
    let calendar = &terms.calendar;
    let timers = &terms.timers;
    let mut all: Vec<Deadline> = Vec::new();
    let mut add = |timer: Timer, at: Timestamp| all.push(Deadline { timer, at });
    match life.state {
        State::Requested => {
            if life.nudged.is_none() {
                add(Timer::ConsentSlo, calendar.after(life.began(), timers.consent_slo));
            }
            add(Timer::ConsentMax, calendar.after(life.began(), timers.consent_max));
        }
        State::Active => risks(life, terms, &mut add),
        State::AtRisk => match life.reminded {
            Some(at) => add(Timer::Grace, grace_over(life, at, terms)),
            None if life.risk != Some(Timer::Overdue) => add(Timer::Overdue, lease_over(life, terms)),
            None => {}
        },
        State::WaitingHost => {
            if life.nudged.is_none() {
                add(Timer::ReviewSlo, calendar.after(life.since, timers.review_slo));
            }
            if life.nudged != Some(Nudge::Lead) {
                add(Timer::ReviewEscalate, calendar.after(life.since, timers.review_escalate));
            }
        }
        State::Blocked => add(Timer::BlockReview, end_of(life.back_on, life, terms)),
        State::Paused => add(Timer::PauseOver, end_of(life.back_on, life, terms)),
        State::Warranty => add(Timer::WarrantyOver, warranty_over(life, terms)),
        _ => {}
    }
    if life.state.holds() {
        if let Some(offer) = &life.offer {
            add(Timer::OfferOver, days_after(offer.at, OFFER_DAYS));
        }
        if let Some(other) = &life.reassigned {
            add(Timer::Reconcile, calendar.after(other.at, RECONCILE_WD));
        }
    }
    all.into_iter().min_by_key(|d| (d.at, d.timer))
}

/// A moment before which the clock surely does nothing to a life: cheap, and too early rather than too late. `ends`
/// keeps the ends of the lease while nothing moves them.
pub(super) fn not_before(life: &Life, terms: &Terms, ends: &mut Ends) -> Timestamp {
    let timers = &terms.timers;
    let mut first = match life.state {
        State::Requested => sooner(life.began(), timers.consent_slo.min(timers.consent_max)),
        State::Active => {
            let start = if life.artefact { Timestamp::MAX } else { sooner(life.start, timers.start_by) };
            let idle = sooner(life.last_sign, timers.idle_remind);
            let (warning, over) = ends.of(life, terms);
            // A warning that was answered is not given again.
            start.min(idle).min(if life.last_sign < warning { warning } else { over }).min(over)
        }
        State::AtRisk => match life.reminded {
            Some(at) => sooner(at, timers.grace),
            None if life.risk == Some(Timer::Overdue) => Timestamp::MAX,
            None => ends.of(life, terms).1,
        },
        State::WaitingHost if life.nudged == Some(Nudge::Lead) => Timestamp::MAX,
        State::WaitingHost => sooner(life.since, timers.review_slo.min(timers.review_escalate)),
        State::Blocked | State::Paused | State::Warranty => Timestamp::MIN,
        _ => return Timestamp::MAX,
    };
    if let Some(offer) = &life.offer {
        first = first.min(days_after(offer.at, OFFER_DAYS));
    }
    if let Some(other) = &life.reassigned {
        first = first.min(other.at);
    }
    first
}

/// Some working days later, at the earliest: all days count, and a clock is put forward.
fn sooner(from: Timestamp, wd: u32) -> Timestamp {
    let hours = i64::from(wd) * 24 - FORWARD_HOURS;
    from.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN)
}

/// The warning and the end of a running lease, for as long as nothing moves them.
#[derive(Debug, Default)]
pub(super) struct Ends {
    of: Option<(Timestamp, Date, u32)>,
    warning: Timestamp,
    over: Timestamp,
}

impl Ends {
    fn of(&mut self, life: &Life, terms: &Terms) -> (Timestamp, Timestamp) {
        let now = Some((life.start, life.promised, life.frozen_wd));
        if self.of != now || life.stopped_at.is_some() {
            self.warning = lease::warning(life, life.counted_to, &terms.calendar);
            self.over = lease_over(life, terms);
            self.of = now.filter(|_| life.stopped_at.is_none());
        }
        (self.warning, self.over)
    }
}

/// What can put an active commitment at risk. What was answered after its moment is not asked again.
fn risks(life: &Life, terms: &Terms, add: &mut impl FnMut(Timer, Timestamp)) {
    let calendar = &terms.calendar;
    if !life.artefact && life.last_sign == life.start {
        add(Timer::StartBy, calendar.after(life.start, terms.timers.start_by));
    }
    add(Timer::Idle, calendar.after(life.last_sign, terms.timers.idle_remind));
    let warning = lease::warning(life, life.counted_to, calendar);
    if life.last_sign < warning {
        add(Timer::LeaseWarn, warning);
    }
    add(Timer::Overdue, lease_over(life, terms));
}

fn lease_over(life: &Life, terms: &Terms) -> Timestamp {
    terms.calendar.end_of(lease::end(life, life.counted_to, &terms.calendar))
}

/// Grace after the reminder; when only the end of the lease was near, the lease is kept to its last day.
fn grace_over(life: &Life, reminded: Timestamp, terms: &Terms) -> Timestamp {
    let grace = terms.calendar.after(reminded, terms.timers.grace);
    match life.risk {
        Some(Timer::LeaseWarn) => grace.max(lease_over(life, terms)),
        _ => grace,
    }
}

fn end_of(day: Option<Date>, life: &Life, terms: &Terms) -> Timestamp {
    day.map_or(life.since, |day| terms.calendar.end_of(day))
}

fn warranty_over(life: &Life, terms: &Terms) -> Timestamp {
    days_after(life.ended.unwrap_or(life.since), i64::from(terms.timers.warranty_days))
}

fn days_after(from: Timestamp, days: i64) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(days * 24)).unwrap_or(Timestamp::MAX)
}

/// Takes the step of a timer. One that does not fit the state changes nothing.
pub(super) fn tick(life: &Life, timer: Timer, at: Timestamp, terms: &Terms) -> Step {
    let mut next = life.clone();
    next.count_to(at);
    let mut effects = Vec::new();
    match (timer, life.state) {
        (Timer::StartBy | Timer::Idle | Timer::LeaseWarn | Timer::Overdue, State::Active | State::AtRisk) => {
            if next.state == State::Active {
                enter(&mut next, State::AtRisk, at, terms);
                effects.push(Effect::Remind);
            }
            next.risk = Some(timer);
        }
        (Timer::BlockReview, State::Blocked) => {
            enter(&mut next, State::AtRisk, at, terms);
            next.risk = Some(timer);
            effects.push(Effect::Remind);
        }
        (Timer::PauseOver, State::Paused) => {
            let state = if next.waits { State::WaitingHost } else { State::Active };
            enter(&mut next, state, at, terms);
            next.last_sign = at;
        }
        (Timer::Grace, State::AtRisk) if life.reminded.is_some() => {
            finish(&mut next, State::Expired, at, terms);
            effects.extend([Effect::Expire, Effect::Unassign]);
        }
        (Timer::ConsentMax, State::Requested) => finish(&mut next, State::Lapsed, at, terms),
        (Timer::ConsentSlo, State::Requested) | (Timer::ReviewSlo, State::WaitingHost) => {
            next.nudged = Some(Nudge::Mentor);
            effects.push(Effect::Tell(Nudge::Mentor));
        }
        (Timer::ReviewEscalate, State::WaitingHost) => {
            next.nudged = Some(Nudge::Lead);
            effects.push(Effect::Tell(Nudge::Lead));
        }
        (Timer::Reconcile, _) if life.reassigned.is_some() => finish(&mut next, State::Superseded, at, terms),
        (Timer::OfferOver, _) => next.offer = None,
        (Timer::WarrantyOver, State::Warranty) => finish(&mut next, State::Completed, at, terms),
        _ => {}
    }
    Step { life: next, effects }
}
