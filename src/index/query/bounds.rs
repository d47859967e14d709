//! Numbers, spans of time and days in queries: `>60d`, `2w..3m`, `>=3`, `1..`, `>=2026-01-01`, `<-7d`.

use std::{fmt, ops::Range};

use jiff::{Span, civil::Date};

/// An inclusive range of whole numbers (counts, days, or hundredths of a point).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest that is meant.
    pub min: u32,
    /// Largest that is meant; `None` for no end.
    pub max: Option<u32>,
}

/// A day of the calendar, by its date or counted from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// This one; years 0 to 9999.
    On(Date),
    /// So many days from today; negative for days ago.
    In(i32),
}

/// An inclusive range of days of the calendar; one end at least is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// First day that is meant; `None` for no beginning.
    pub from: Option<Day>,
    /// Last day that is meant; `None` for no end.
    pub to: Option<Day>,
}

/// What cannot be read, in one sentence, with what would be.
pub(super) type Unread = (String, Option<String>);

impl Bounds {
    /// True when `n` is meant.
    pub fn contains(self, n: u32) -> bool {
        n >= self.min && self.max.is_none_or(|max| n <= max)
    }

    /// Parses days: `>60d`, `<=2w`, `3m..1y`, `90d` (at least), `..30d`. A month counts 30 days, a year 365.
    ///
    /// # Errors
    /// One sentence saying what was expected.
    pub(super) fn days(text: &str) -> Result<Self, String> {
        parse(text, days, true)
    }

    /// Parses a count: `3` (exactly), `>=3`, `1..5`, `5..`.
    ///
    /// # Errors
    /// One sentence saying what was expected.
    pub(super) fn count(text: &str) -> Result<Self, String> {
        parse(text, |t| t.parse().map_err(|_| "expected a number such as 3, >=3 or 1..5".into()), false)
    }

    /// Parses points, of which hundredths count: `3` (exactly), `<=2.5`, `1..5`.
    ///
    /// # Errors
    /// One sentence saying what was expected.
    pub(super) fn points(text: &str) -> Result<Self, String> {
        parse(text, points, false)
    }

    /// As it is written in a query, of hundredths.
    pub(super) fn shown_points(self) -> String {
        let shown = |n: u32| crate::domain::planning::Points(n).to_string();
        match (self.min, self.max) {
            (min, None) => format!(">={}", shown(min)),
            (0, Some(max)) => format!("<={}", shown(max)),
            (min, Some(max)) => format!("{}..{}", shown(min), shown(max)),
        }
    }
}

fn days(text: &str) -> Result<u32, String> {
    let wrong = || "expected a time such as >60d, <2w or 3m..1y".to_owned();
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(number).unwrap_or_default();
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        "m" | "mo" | "month" | "months" => 30,
        "y" | "year" | "years" => 365,
        _ => return Err(wrong()),
    };
    number.parse::<u32>().ok().and_then(|n| n.checked_mul(factor)).ok_or_else(wrong)
}

fn points(text: &str) -> Result<u32, String> {
    let wrong = || "expected points such as 3, <=2.5 or 1..5".to_owned();
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return Err(wrong());
    }
    let whole = whole.parse::<u32>().ok().and_then(|n| n.checked_mul(100)).ok_or_else(wrong)?;
    let part: u32 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    whole.checked_add(part).ok_or_else(wrong)
}

fn never() -> String {
    "this can never be true".to_owned()
}

fn is_open(end: &str) -> bool {
    matches!(end, "" | "*")
}

fn parse(text: &str, one: impl Fn(&str) -> Result<u32, String>, alone_is_least: bool) -> Result<Bounds, String> {
    if let Some((low, high)) = text.split_once("..") {
        if is_open(low) && is_open(high) {
            return one("").map(|_| Bounds { min: 0, max: None });
        }
        let min = if is_open(low) { 0 } else { one(low)? };
        let max = if is_open(high) { None } else { Some(one(high)?) };
        return if max.is_some_and(|max| max < min) { Err(never()) } else { Ok(Bounds { min, max }) };
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Ok(Bounds { min: one(rest)?, max: None });
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Ok(Bounds { min: 0, max: Some(one(rest)?) });
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Ok(Bounds { min: one(rest)?.checked_add(1).ok_or_else(never)?, max: None });
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Ok(Bounds { min: 0, max: Some(one(rest)?.checked_sub(1).ok_or_else(never)?) });
    }
    let n = one(text)?;
    Ok(Bounds { min: n, max: (!alone_is_least).then_some(n) })
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (min, None) => write!(f, ">={min}"),
            (0, Some(max)) => write!(f, "<={max}"),
            (min, Some(max)) => write!(f, "{min}..{max}"),
        }
    }
}

/// Names of days that stand for exactly that day.
const NAMED: &[(&str, i32)] = &[("today", 0), ("@today", 0), ("yesterday", -1), ("tomorrow", 1)];

impl Day {
    fn parse(text: &str) -> Result<Self, Unread> {
        let wrong = || ("expected a day such as 2026-01-31, today, -7d or +2w".to_owned(), None);
        if let Some((_, days)) = NAMED.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)) {
            return Ok(Self::In(*days));
        }
        let counted = |rest: &str, sign: i32| {
            let unit = rest.ends_with(|c: char| c.is_ascii_alphabetic());
            let n = days(rest).ok().filter(|_| unit).and_then(|n| i32::try_from(n).ok());
            n.map(|n| Self::In(sign * n)).ok_or_else(wrong)
        };
        if let Some(rest) = text.strip_prefix('-') {
            return counted(rest, -1);
        }
        if let Some(rest) = text.strip_prefix('+') {
            return counted(rest, 1);
        }
        if counted(text, 1).is_ok() {
            let what = format!("say whether that is ago or ahead: -{text} is so long ago, +{text} in that time");
            return Err((what, Some(format!("-{text}"))));
        }
        // Longer texts are moments, which jiff would read as their day.
        text.parse::<Date>().ok().filter(|d| text.len() == 10 && d.year() >= 0).map(Self::On).ok_or_else(wrong)
    }

    /// The day so many days later, where the calendar has it.
    fn later(self, days: i32) -> Option<Self> {
        match self {
            Self::On(date) => {
                let date = date.checked_add(Span::new().try_days(days).ok()?).ok()?;
                (date.year() >= 0).then_some(Self::On(date))
            }
            Self::In(n) => Some(Self::In(n.checked_add(days)?)),
        }
    }

    /// Its date, at the end of the calendar at most.
    fn date(self, today: Date) -> Date {
        match self {
            Self::On(date) => date,
            Self::In(n) => {
                let date = Span::new().try_days(n).ok().and_then(|span| today.checked_add(span).ok());
                date.unwrap_or(if n < 0 { Date::MIN } else { Date::MAX })
            }
        }
    }

    /// True where it is known without a calendar that the other comes first.
    fn is_after(self, other: Self) -> bool {
        match (self, other) {
            (Self::On(a), Self::On(b)) => a > b,
            (Self::In(a), Self::In(b)) => a > b,
            _ => false,
        }
    }
}

impl Dates {
    /// True when `day` is meant, seen from `today`.
    pub fn contains(self, day: Date, today: Date) -> bool {
        self.from.is_none_or(|from| day >= from.date(today)) && self.to.is_none_or(|to| day <= to.date(today))
    }

    /// The dates at both ends, seen from `today`.
    pub fn ends(self, today: Date) -> Range<Option<Date>> {
        self.from.map(|day| day.date(today))..self.to.map(|day| day.date(today))
    }

    /// Parses days: `2026-01-31` (that day), `>=2026-01-01`, `2026-01-01..2026-03-31`, `<-7d` (longer than seven days
    /// ago), `-7d` (since then), `+2w` (until then), `today`.
    ///
    /// # Errors
    /// One sentence saying what was expected, with what would be right where that is known.
    pub(super) fn parse(text: &str) -> Result<Self, Unread> {
        let never = || (never(), None);
        if let Some((low, high)) = text.split_once("..") {
            let end = |end: &str| if is_open(end) { Ok(None) } else { Day::parse(end).map(Some) };
            let (from, to) = (end(low)?, end(high)?);
            if from.is_none() && to.is_none() {
                return Day::parse("").map(|_| Self { from, to });
            }
            let turned = from.zip(to).is_some_and(|(from, to)| from.is_after(to));
            return if turned { Err(never()) } else { Ok(Self { from, to }) };
        }
        let since = |from| Self { from: Some(from), to: None };
        let until = |to| Self { from: None, to: Some(to) };
        if let Some(rest) = text.strip_prefix(">=") {
            return Day::parse(rest).map(since);
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Day::parse(rest).map(until);
        }
        if let Some(rest) = text.strip_prefix('>') {
            return Day::parse(rest)?.later(1).map(since).ok_or_else(never);
        }
        if let Some(rest) = text.strip_prefix('<') {
            return Day::parse(rest)?.later(-1).map(until).ok_or_else(never);
        }
        Ok(match Day::parse(text)? {
            day @ Day::In(n) if text.starts_with(['-', '+']) => {
                if n > 0 {
                    until(day)
                } else {
                    since(day)
                }
            }
            day => Self { from: Some(day), to: Some(day) },
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::In(0) => f.write_str("today"),
            Self::In(n) => write!(f, "{n:+}d"),
        }
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(Day::In(a)), Some(Day::In(b))) if a == b && a != 0 => write!(f, "{a:+}d..{a:+}d"),
            (Some(from), Some(to)) if from == to => from.fmt(f),
            (Some(from), Some(to)) => write!(f, "{from}..{to}"),
            (Some(from), None) => write!(f, ">={from}"),
            (None, Some(to)) => write!(f, "<={to}"),
            // The parser gives one end at least.
            (None, None) => f.write_str(".."),
        }
    }
}
