//! The present as a value, and working days. Owns no clock.

use jiff::{Timestamp, ToSpan, civil::Date, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// The moment a decision is made for. Passed in, never looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Now(pub Timestamp);

impl Now {
    /// Whole days from `then` to now; 0 when `then` lies in the future.
    pub fn days_since(self, then: Timestamp) -> u32 {
        let seconds = self.0.as_second().saturating_sub(then.as_second()).max(0);
        u32::try_from(seconds / 86_400).unwrap_or(u32::MAX)
    }

    /// Today's date in UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }
}

/// The day `count` working days (Monday to Friday) after `from`; `from` itself is day 0.
/// Calendars with holidays belong to host policies and are not known here.
pub fn add_working_days(from: Date, count: u32) -> Date {
    let mut day = from;
    let mut left = count;
    while left > 0 {
        day = day.saturating_add(1.day());
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}

/// The last instant of `until` in UTC, when a lease with that end date runs out.
pub fn end_of_day(until: Date) -> Timestamp {
    until.saturating_add(1.day()).to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |z| z.timestamp())
}

/// The first instant of `day` in UTC, when what was put off until that day is back.
pub fn start_of_day(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |z| z.timestamp())
}

/// An age in the fewest letters that still tell: `3 min`, `5 h`, `98 d`, `3 y`.
pub fn short_age(now: Now, then: Timestamp) -> String {
    let seconds = now.0.as_second().saturating_sub(then.as_second()).max(0);
    match seconds {
        0..60 => "just now".into(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400..63_072_000 => format!("{} d", seconds / 86_400),
        _ => format!("{} y", seconds / 31_536_000),
    }
}
