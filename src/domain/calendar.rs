//! Working days: weekends, holidays and quiet periods in a host's own zone. Pure; owns no clock and knows no policy.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// Longest walk over days that are all closed, so that a calendar without any working day still ends: ten years.
const MOST_DAYS: u32 = 3_660;

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
        !self.weekend.contains(&day.weekday())
            && !self.holidays.contains(&day)
            && !self.quiet.iter().any(|q| q.covers(day))
    }

    /// The quiet period of a day, if it is in one.
    pub fn quiet_on(&self, day: Date) -> Option<&Quiet> {
        self.quiet.iter().find(|q| q.covers(day))
    }

    /// The day `count` working days after `from`; `from` itself is day 0.
    pub fn add(&self, from: Date, count: u32) -> Date {
        let mut day = from;
        let mut left = count;
        for _ in 0..MOST_DAYS {
            if left == 0 {
                break;
            }
            day = day.saturating_add(1.day());
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// Working days after `from` up to and including `to`; 0 when `to` is not later.
    pub fn between(&self, from: Date, to: Date) -> u32 {
        let mut day = from;
        let mut count = 0;
        for _ in 0..MOST_DAYS {
            if day >= to {
                break;
            }
            day = day.saturating_add(1.day());
            count += u32::from(self.is_working(day));
        }
        count
    }

    /// The moment `count` working days after `from`, as long after the beginning of its day as `from` is: where no clock
    /// is put forward or back that is the same time of day. From a day without work, counted from the beginning of
    /// the next one with work. Never earlier for a later `from`.
    pub fn after(&self, from: Timestamp, count: u32) -> Timestamp {
        let mut day = self.date(from);
        let mut into_day = from.duration_since(self.start_of(day));
        for _ in 0..MOST_DAYS {
            if self.is_working(day) {
                break;
            }
            day = day.saturating_add(1.day());
            into_day = SignedDuration::ZERO;
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
