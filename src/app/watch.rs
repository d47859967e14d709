//! When the next round of a watching sync comes. Pure; owns no clock.

use std::time::Duration;

/// The longest pause that failures lead to, minutes.
const LONGEST: u32 = 60;

/// How long to wait for the next round: `every` minutes, twice as long after each failure in a row up to an hour, and
/// never less than the tracker asks for (`limit`, seconds).
pub fn pause(every: u32, failures: u32, limit: i64) -> Duration {
    let doubled = every.saturating_mul(2_u32.saturating_pow(failures.min(10)));
    let minutes = if failures == 0 { every } else { doubled.min(LONGEST.max(every)) };
    let limit = u64::try_from(limit).unwrap_or(0);
    Duration::from_secs((u64::from(minutes) * 60).max(limit))
}
