//! Working days: weekends, holidays and quiet periods in a host's own zone. Pure; owns no clock and knows no policy.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// Longest walk over days that are all closed, so that a calendar without any working day still ends: ten years.
const MOST_DAYS: i64 = 3_660;

/// A span of days, both ends included, in which nothing is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Why, one line; may be empty.
    #[serde(default)]
    pub why: String,
}

impl Quiet {
    /// True on a day within.
    pub fn covers(&self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }
}

/// The days on which a host works, in its zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The zone in which days begin and end.
    pub zone: TimeZone,
    /// Days of the week without work.
    pub weekend: Vec<Weekday>,
    /// Single days without work.
    pub holidays: BTreeSet<Date>,
    /// Quiet periods of the host and leaves of the helper: days that do not count, on top of the two above.
    pub quiet: Vec<Quiet>,
}

impl Default for Calendar {
    /// Monday to Friday in UTC.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            weekend: vec![Weekday::Saturday, Weekday::Sunday],
            holidays: BTreeSet::new(),
            quiet: Vec::new(),
        }
    }
}

impl Calendar {
    /// The day of a moment in this zone.
    pub fn date(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// True on a day of work that is in no quiet period.
    pub fn is_working(&self, day: Date) -> bool {
        self.is_plain(day) && self.quiet_on(day).is_none()
    }

    /// The quiet period of a day, if it is in one.
    pub fn quiet_on(&self, day: Date) -> Option<&Quiet> {
        self.quiet.iter().find(|q| q.covers(day))
    }

    /// All quiet periods that a day is in, and those that overlap these: first and last day of the whole.
    pub fn quiet_around(&self, day: Date) -> Option<(Date, Date)> {
        let within = self.quiet_on(day)?;
        let (mut from, mut to) = (within.from, within.to);
        // Each round takes in at least one more.
        for _ in 0..self.quiet.len() {
            let overlap = self.quiet.iter().filter(|q| q.from <= to && from <= q.to);
            let (wider, longer) = overlap.fold((from, to), |(from, to), q| (from.min(q.from), to.max(q.to)));
            if (wider, longer) == (from, to) {
                break;
            }
            (from, to) = (wider, longer);
        }
        Some((from, to))
    }

    /// The day `count` working days after `from`; `from` itself is day 0.
    pub fn add(&self, from: Date, count: u32) -> Date {
        self.walk(from, last_of_walk(from), count, true).0
    }

    /// Working days after `from` up to and including `to`; 0 when `to` is not later.
    pub fn between(&self, from: Date, to: Date) -> u32 {
        self.walk(from, to.min(last_of_walk(from)), u32::MAX, true).1
    }

    /// As [`Self::add`], as if there were no quiet periods.
    pub fn add_plain(&self, from: Date, count: u32) -> Date {
        self.walk(from, last_of_walk(from), count, false).0
    }

    /// As [`Self::between`], as if there were no quiet periods.
    pub fn between_plain(&self, from: Date, to: Date) -> u32 {
        self.walk(from, to.min(last_of_walk(from)), u32::MAX, false).1
    }

    /// Goes from one day on over at most `most` working days and no further than `end`: where that leads, and how many
    /// working days lie on the way.
    fn walk(&self, from: Date, end: Date, most: u32, quiet: bool) -> (Date, u32) {
        let never = (1..=7).filter_map(|n| Weekday::from_monday_one_offset(n).ok()).all(|d| self.weekend.contains(&d));
        if never && most > 0 {
            return (end.max(from), 0);
        }
        let (mut day, mut count) = (from, 0);
        while count < most && day < end {
            day = day.tomorrow().unwrap_or(end);
            match if quiet { self.quiet_on(day) } else { None } {
                Some(quiet) => day = quiet.to.min(end),
                None => count += u32::from(self.is_plain(day)),
            }
        }
        (day, count)
    }

    fn is_plain(&self, day: Date) -> bool {
        !self.weekend.contains(&day.weekday()) && !self.holidays.contains(&day)
    }

    /// The moment `count` working days after `from`, as long after the beginning of its day as `from` is: where no clock
    /// is put forward or back that is the same time of day. From a day without work, counted from the beginning of
    /// the next one with work. Never earlier for a later `from`.
    pub fn after(&self, from: Timestamp, count: u32) -> Timestamp {
        let mut day = self.date(from);
        let mut into_day = SignedDuration::ZERO;
        if self.is_working(day) {
            into_day = from.duration_since(self.start_of(day));
        } else {
            day = self.add(day, 1);
        }
        let day = self.add(day, count);
        let end = self.start_of(day).saturating_add(into_day).unwrap_or(Timestamp::MAX);
        end.min(self.end_of(day))
    }

    /// The first instant of a day in this zone.
    pub fn start_of(&self, day: Date) -> Timestamp {
        day.to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |z| z.timestamp())
    }

    /// The last instant of a day in this zone.
    pub fn end_of(&self, day: Date) -> Timestamp {
        day.saturating_add(1.day()).to_zoned(self.zone.clone()).map_or(Timestamp::MAX, |z| z.timestamp())
    }

    /// The Monday on or before a day: a week of a host begins there.
    pub fn monday(&self, day: Date) -> Date {
        day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
    }

    /// This calendar without its quiet periods.
    pub fn plain(&self) -> Self {
        Self { quiet: Vec::new(), ..self.clone() }
    }
}

/// The last day that a walk from a day on reaches, or a calendar without any working day would never end it.
fn last_of_walk(from: Date) -> Date {
    from.saturating_add(MOST_DAYS.days())
}
