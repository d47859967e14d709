//! Moments as JQL writes them: relative to now, or on the calendar of the asking user's time zone. Pure.

use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, civil, tz::TimeZone};

/// `-30d`, `4w 2d`, `-1h 30m`, `5` (minutes).
fn relative(text: &str, now: Timestamp) -> Option<Timestamp> {
    let (back, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut minutes: i64 = 0;
    let mut number = String::new();
    for c in rest.trim().chars() {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            ' ' if number.is_empty() => continue,
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            'w' => 7 * 24 * 60,
            _ => return None,
        };
        let count: i64 = number.parse().ok()?;
        minutes = minutes.checked_add(count.checked_mul(unit)?)?;
        number.clear();
    }
    if !number.is_empty() {
        minutes = minutes.checked_add(number.parse().ok()?)?;
    }
    if rest.trim().is_empty() {
        return None;
    }
    let minutes = if back { -minutes } else { minutes };
    now.checked_add(SignedDuration::from_secs(minutes.checked_mul(60)?)).ok()
}

fn absolute(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.replace('/', "-");
    let (day, time) = text.split_once(' ').unwrap_or((&text, "0:00"));
    let mut parts = day.splitn(3, '-');
    let (year, month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (hour, minute) = time.trim().split_once(':')?;
    let at = civil::DateTime::new(year, month, day, hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    (year >= 1000).then(|| at.to_zoned(zone.clone()).ok().map(|z| z.timestamp())).flatten()
}

/// A moment in words.
pub(super) fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    relative(text, now).or_else(|| absolute(text, zone))
}

fn at_midnight(day: &Zoned) -> Option<Zoned> {
    day.start_of_day().ok()
}

/// A moment by function: `now()`, `startOfDay(-1d)`, `endOfWeek()`.
pub(super) fn call(name: &str, arguments: &[String], now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let name = name.to_lowercase();
    let here = now.to_zoned(zone.clone());
    let day = at_midnight(&here)?;
    let week = day.clone().checked_sub(i64::from(day.weekday().to_sunday_zero_offset()).days()).ok()?;
    let (start, length) = match name.trim_start_matches("startof").trim_start_matches("endof") {
        "now" if arguments.is_empty() => return Some(now),
        "day" => (day, 1.day()),
        "week" => (week, 1.week()),
        "month" => (day.first_of_month().ok()?, 1.month()),
        "year" => (day.first_of_year().ok()?, 1.year()),
        _ => return None,
    };
    let at =
        if name.starts_with("end") { start.checked_add(length).ok()?.checked_sub(1.second()).ok()? } else { start };
    match arguments {
        [] => Some(at.timestamp()),
        // A bare number counts in the unit of the function.
        [shift] => match shift.parse::<i64>() {
            Ok(count) => {
                let moved = at.checked_add(length.checked_mul(count).ok()?).ok()?;
                Some(moved.timestamp())
            }
            Err(_) => relative(shift, at.timestamp()),
        },
        _ => None,
    }
}
