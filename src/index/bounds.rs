//! Numbers and spans of time in queries: `>60d`, `2w..3m`, `>=3`, `1..`.

use std::fmt;

/// An inclusive range of whole numbers (counts, or days).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Smallest that is meant.
    pub min: u32,
    /// Largest that is meant; `None` for no end.
    pub max: Option<u32>,
}

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

fn parse(text: &str, one: impl Fn(&str) -> Result<u32, String>, alone_is_least: bool) -> Result<Bounds, String> {
    let empty = || "this can never be true".to_owned();
    let open = |t: &str| matches!(t, "" | "*");
    if let Some((low, high)) = text.split_once("..") {
        if open(low) && open(high) {
            return one("").map(|_| Bounds { min: 0, max: None });
        }
        let min = if open(low) { 0 } else { one(low)? };
        let max = if open(high) { None } else { Some(one(high)?) };
        return if max.is_some_and(|max| max < min) { Err(empty()) } else { Ok(Bounds { min, max }) };
    }
    if let Some(rest) = text.strip_prefix(">=") {
        return Ok(Bounds { min: one(rest)?, max: None });
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return Ok(Bounds { min: 0, max: Some(one(rest)?) });
    }
    if let Some(rest) = text.strip_prefix('>') {
        return Ok(Bounds { min: one(rest)?.checked_add(1).ok_or_else(empty)?, max: None });
    }
    if let Some(rest) = text.strip_prefix('<') {
        return Ok(Bounds { min: 0, max: Some(one(rest)?.checked_sub(1).ok_or_else(empty)?) });
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
