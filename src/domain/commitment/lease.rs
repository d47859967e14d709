//! Lengths of leases in working days of the host: the last day when the clock stood still, the moment of the warning,
//! caps. Pure arithmetic on calendars.

use jiff::{Timestamp, ToSpan, civil::Date};

use super::{CommitmentState, Life};
use crate::domain::{calendar::Calendar, policy::Terms};

/// Share of a lease after which its end is near (domain.md §4.6).
const WARN_PERCENT: u32 = 80;

/// Most quiet periods that one end can be moved over.
const MOST_MOVES: usize = 32;

/// The latest last day that a lease begun at a moment may promise.
pub fn latest(start: Timestamp, terms: &Terms) -> Date {
    let calendar = &terms.calendar;
    calendar.add_plain(calendar.date(start), terms.timers.lease_cap)
}

/// The last day of a lease of `wd` working days begun at a moment, never beyond the cap.
pub fn last_day(start: Timestamp, wd: u32, terms: &Terms) -> Date {
    let calendar = &terms.calendar;
    calendar.add_plain(calendar.date(start), wd.min(terms.timers.lease_cap))
}

/// Working days in which the lease stood still, up to a moment.
pub(super) fn frozen(life: &Life, at: Timestamp, calendar: &Calendar) -> u32 {
    let running = life.stopped_at.map_or(0, |from| calendar.between(calendar.date(from), calendar.date(at)));
    life.frozen_wd + running
}

/// The last day as it stands at a moment: the promise, later by the working days in which the lease stood still, and
/// moved out of quiet periods with what was left of it when they began.
pub(super) fn end(life: &Life, at: Timestamp, calendar: &Calendar) -> Date {
    let mut day = calendar.add_plain(life.promised, frozen(life, at, calendar));
    for _ in 0..MOST_MOVES {
        let Some((from, to)) = calendar.quiet_around(day) else { break };
        let begun = calendar.date(life.start).max(from.saturating_sub(1.day()));
        let left = calendar.between_plain(begun, day);
        let moved = calendar.add_plain(to, left.max(1));
        // Quiet for all time to come.
        if moved <= day {
            break;
        }
        day = moved;
    }
    day
}

/// The moment from which the end is near: after four fifths of the lease, at least one working day before its end.
pub(super) fn warning(life: &Life, at: Timestamp, calendar: &Calendar) -> Timestamp {
    let begun = calendar.date(life.start);
    let end = end(life, at, calendar);
    let length = calendar.between_plain(begun, life.promised);
    let before = length.saturating_sub(length * WARN_PERCENT / 100).max(1);
    // Counted back from the end, so that quiet days and stops in between do not matter.
    let mut day = end;
    let mut left = before;
    for _ in 0..366 {
        if left == 0 || day <= begun {
            break;
        }
        if calendar.is_working(day) {
            left -= 1;
        }
        day = day.yesterday().unwrap_or(begun);
    }
    calendar.end_of(day)
}

/// Stops the lease's clock.
pub(super) fn stop(life: &mut Life, at: Timestamp) {
    life.stopped_at.get_or_insert(at);
}

/// Lets the lease's clock run again.
pub(super) fn go_on(life: &mut Life, at: Timestamp, calendar: &Calendar) {
    life.frozen_wd = frozen(life, at, calendar);
    if life.state == CommitmentState::Paused {
        life.pause_wd += calendar.between(calendar.date(life.since), calendar.date(at));
    }
    life.stopped_at = None;
}
