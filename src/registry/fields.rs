//! Walking one TOML table key by key: types, ranges, words and dates, every mistake with its line. Knows no meaning.

use std::{
    ops::{Range, RangeInclusive},
    sync::Arc,
};

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::finding::{Findings, Spot, Spotted, shown};
use crate::domain::{
    calendar::Quiet,
    text::{nearest, safe_line},
};

/// Longest text of one value, characters.
const MAX_TEXT: usize = 200;
/// Most entries of one list.
const MAX_LIST: usize = 2_000;

/// A file's name and where its lines begin.
pub(super) struct Lines {
    name: Arc<str>,
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn new(name: &str, text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self { name: safe_line(name).into(), starts: std::iter::once(0).chain(breaks).collect() }
    }

    pub(super) fn spot(&self, span: &Range<usize>) -> Spot {
        Spot { file: self.name.clone(), line: self.starts.partition_point(|start| *start <= span.start) }
    }

    pub(super) fn whole(&self) -> Spot {
        Spot { file: self.name.clone(), line: 0 }
    }
}

/// One table under way.
pub(super) struct Fields<'a> {
    lines: &'a Lines,
    table: &'a DeTable<'a>,
    /// As messages name it: `[team.vision]`.
    pub(super) what: String,
    pub(super) spot: Spot,
}

impl<'a> Fields<'a> {
    pub(super) fn new(lines: &'a Lines, table: &'a DeTable<'a>, what: impl Into<String>, spot: Spot) -> Self {
        Self { lines, table, what: what.into(), spot }
    }

    /// Names every key that is not among `known`. A key may have another `home`, which is told then.
    pub(super) fn only(&self, known: &[&str], homes: &[(&str, &str)], out: &mut Findings) {
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let home = homes.iter().find(|(key, _)| *key == name).map(|(_, home)| *home);
            let hint = match (home, nearest(name, known.iter().copied())) {
                (Some(home), _) => format!("'{}' belongs into {home}", shown(name)),
                (None, Some(near)) => format!("did you mean '{near}'?"),
                (None, None) => format!("it takes {}", known.join(", ")),
            };
            let sentence = format!("unknown key '{}' in {}", shown(name), self.what);
            out.wrong(&self.lines.spot(&key.span()), sentence, hint);
        }
    }

    /// Where a key's value stands; the table where the key is absent.
    pub(super) fn spot_of(&self, key: &str) -> Spot {
        self.table.get(key).map_or_else(|| self.spot.clone(), |v| self.lines.spot(&v.span()))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn value(&self, key: &str) -> Option<(&'a DeValue<'a>, Spot)> {
        let value = self.table.get(key)?;
        Some((value.get_ref(), self.lines.spot(&value.span())))
    }

    /// A harmless text that is not blank.
    pub(super) fn text(&self, key: &str, out: &mut Findings) -> Option<String> {
        let (value, spot) = self.value(key)?;
        clean(key, value, &spot, out)
    }

    /// As [`Fields::text`], with its place.
    pub(super) fn spotted(&self, key: &str, out: &mut Findings) -> Option<Spotted<String>> {
        let value = self.text(key, out)?;
        Some(Spotted { value, spot: self.spot_of(key) })
    }

    /// A list of harmless texts, each once.
    pub(super) fn texts(&self, key: &str, out: &mut Findings) -> Vec<Spotted<String>> {
        let mut texts: Vec<Spotted<String>> = Vec::new();
        for (item, spot) in self.items(key, "a list of texts, as [\"one\", \"two\"]", out) {
            let Some(value) = clean(key, item, &spot, out) else { continue };
            if texts.iter().any(|t| t.value == value) {
                out.hint(&spot, format!("'{}' stands twice in '{key}'", shown(&value)), "remove one of them");
            } else {
                texts.push(Spotted { value, spot });
            }
        }
        texts
    }

    fn items(&self, key: &str, takes: &str, out: &mut Findings) -> Vec<(&'a DeValue<'a>, Spot)> {
        let Some((value, spot)) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            wrong_type(key, takes, value, &spot, out);
            return Vec::new();
        };
        if items.len() > MAX_LIST {
            let sentence = format!("'{key}' has {} entries, more than {MAX_LIST}", items.len());
            out.wrong(&spot, sentence, "only the first ones are read");
        }
        items.iter().take(MAX_LIST).map(|i| (i.get_ref(), self.lines.spot(&i.span()))).collect()
    }

    /// A whole number in a range.
    pub(super) fn number(&self, key: &str, range: RangeInclusive<u32>, out: &mut Findings) -> Option<u32> {
        let (value, spot) = self.value(key)?;
        let takes = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(number) = value else {
            wrong_type(key, &takes, value, &spot, out);
            return None;
        };
        let read = i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(|n| u32::try_from(n).ok());
        let right = read.filter(|n| range.contains(n));
        if right.is_none() {
            out.wrong(&spot, format!("'{key}' takes {takes}"), "");
        }
        right
    }

    /// An id of a tracker: a whole number of 1 or more.
    pub(super) fn id(&self, key: &str, out: &mut Findings) -> Option<u64> {
        let (value, spot) = self.value(key)?;
        let DeValue::Integer(number) = value else {
            wrong_type(key, "a whole number without quotes", value, &spot, out);
            return None;
        };
        let read = u64::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| (1..1 << 53).contains(n));
        if read.is_none() {
            out.wrong(&spot, format!("'{key}' is no id of an account"), "`gh api users/LOGIN --jq .id` tells it");
        }
        read
    }

    /// Hours, with a fraction, as minutes.
    pub(super) fn hours(&self, key: &str, most: u32, out: &mut Findings) -> Option<u32> {
        let (value, spot) = self.value(key)?;
        let takes = format!("hours from 0 to {most}, as 3.0");
        let read = match value {
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().parse::<f64>().ok(),
            DeValue::Float(n) => n.as_str().parse::<f64>().ok(),
            _ => {
                wrong_type(key, &takes, value, &spot, out);
                return None;
            }
        };
        let right = read.filter(|h| (0.0..=f64::from(most)).contains(h));
        if right.is_none() {
            out.wrong(&spot, format!("'{key}' takes {takes}"), "");
        }
        // At most some thousand minutes: the range was checked.
        right.map(|h| (h * 60.0).round() as u32)
    }

    pub(super) fn truth(&self, key: &str, out: &mut Findings) -> Option<bool> {
        let (value, spot) = self.value(key)?;
        if let DeValue::Boolean(truth) = value {
            return Some(*truth);
        }
        wrong_type(key, "true or false", value, &spot, out);
        None
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)], out: &mut Findings) -> Option<T> {
        let given = self.spotted(key, out)?;
        let found = words.iter().find(|(word, _)| *word == given.value);
        if found.is_none() {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let near = nearest(&given.value, names.iter().copied()).map(|n| format!("did you mean \"{n}\"? "));
            let hint = format!("{}it takes {}", near.unwrap_or_default(), names.join(", "));
            out.wrong(&given.spot, format!("'{}' is no {key}", shown(&given.value)), hint);
        }
        found.map(|(_, value)| *value)
    }

    /// A day, as text or as a date of TOML.
    pub(super) fn day(&self, key: &str, out: &mut Findings) -> Option<Spotted<Date>> {
        let (value, spot) = self.value(key)?;
        day(key, value, &spot, out).map(|value| Spotted { value, spot })
    }

    /// A list of days.
    pub(super) fn days(&self, key: &str, out: &mut Findings) -> Vec<Spotted<Date>> {
        let items = self.items(key, "a list of dates, as [\"2026-12-25\"]", out);
        items.into_iter().filter_map(|(v, spot)| Some(Spotted { value: day(key, v, &spot, out)?, spot })).collect()
    }

    /// A table inside this one.
    pub(super) fn table(&self, key: &str, what: impl Into<String>, out: &mut Findings) -> Option<Fields<'a>> {
        let (value, spot) = self.value(key)?;
        if let DeValue::Table(table) = value {
            return Some(Fields::new(self.lines, table, what, spot));
        }
        wrong_type(key, "a table", value, &spot, out);
        None
    }

    /// Tables with names of their own inside the table `key`: name and table.
    pub(super) fn named(&self, key: &str, out: &mut Findings) -> Vec<(Spotted<String>, Fields<'a>)> {
        let Some(group) = self.table(key, "", out) else { return Vec::new() };
        let mut all = Vec::new();
        for (name, value) in group.table {
            let (name, spot) = (name.get_ref(), self.lines.spot(&name.span()));
            let what = format!("[{key}.{}]", shown(name));
            match value.get_ref() {
                DeValue::Table(table) if safe_line(name) == name.as_ref() && name.chars().count() <= 60 => {
                    let fields = Fields::new(self.lines, table, what, spot.clone());
                    all.push((Spotted { value: name.to_string(), spot }, fields));
                }
                DeValue::Table(_) => {
                    out.wrong(&spot, format!("'{}' is no name", shown(name)), "at most 60 printable characters");
                }
                _ => {
                    out.wrong(&spot, format!("'{}' stands in no table", shown(name)), format!("write {what} above it"))
                }
            }
        }
        all
    }

    /// A list of tables.
    pub(super) fn rows(&self, key: &str, example: &str, out: &mut Findings) -> Vec<Fields<'a>> {
        let mut rows = Vec::new();
        for (item, spot) in self.items(key, &format!("a list of tables, as {example}"), out) {
            match item {
                DeValue::Table(table) => rows.push(Fields::new(self.lines, table, format!("'{key}'"), spot)),
                other => wrong_type(key, &format!("tables, as {example}"), other, &spot, out),
            }
        }
        rows
    }

    /// Periods of days: `[{ from = "…", to = "…", why = "…" }]`, in order; reversed ones are left out.
    pub(super) fn periods(&self, key: &str, out: &mut Findings) -> Vec<Quiet> {
        let example = "[{ from = \"2026-12-15\", to = \"2027-01-05\", why = \"freeze\" }]";
        let mut periods: Vec<Quiet> = Vec::new();
        for row in self.rows(key, example, out) {
            row.only(&["from", "to", "why"], &[], out);
            let why = row.text("why", out).unwrap_or_default();
            let before = out.errors();
            let (Some(from), Some(to)) = (row.day("from", out), row.day("to", out)) else {
                if out.errors() == before {
                    out.wrong(&row.spot, format!("a period in '{key}' has no beginning or no end"), example);
                }
                continue;
            };
            let (from, to) = (from.value, to.value);
            if to < from {
                let sentence = format!("a period in '{key}' ends on {to}, before it begins on {from}");
                out.wrong(&row.spot, sentence, "exchange from and to");
                continue;
            }
            if let Some(other) = periods.iter().find(|q| q.from <= to && from <= q.to) {
                let sentence = format!("{from} to {to} overlaps {} to {} in '{key}'", other.from, other.to);
                out.hint(&row.spot, sentence, "both count; make them one");
            }
            periods.push(Quiet { from, to, why });
        }
        periods.sort_by(|a, b| (a.from, a.to, &a.why).cmp(&(b.from, b.to, &b.why)));
        periods.dedup();
        periods
    }
}

fn clean(key: &str, value: &DeValue<'_>, spot: &Spot, out: &mut Findings) -> Option<String> {
    let DeValue::String(text) = value else {
        wrong_type(key, "a text in quotes", value, spot, out);
        return None;
    };
    let text = text.trim();
    if text.is_empty() {
        out.wrong(spot, format!("'{key}' is empty"), "fill it in or remove it");
        None
    } else if text.chars().count() > MAX_TEXT {
        out.wrong(spot, format!("'{key}' is longer than {MAX_TEXT} characters"), "shorten it");
        None
    } else if safe_line(text) != text {
        out.wrong(spot, format!("'{key}' holds control or invisible characters"), "write it anew, as plain text");
        None
    } else {
        Some(text.to_owned())
    }
}

fn day(key: &str, value: &DeValue<'_>, spot: &Spot, out: &mut Findings) -> Option<Date> {
    let text = match value {
        DeValue::String(text) => text.trim().to_owned(),
        DeValue::Datetime(moment) => moment.to_string(),
        _ => {
            wrong_type(key, "a date, as \"2026-12-25\"", value, spot, out);
            return None;
        }
    };
    let read = if text.len() == 10 { text.parse::<Date>().ok() } else { None };
    let right = read.filter(|d| (2000..2200).contains(&d.year()));
    if right.is_none() {
        out.wrong(spot, format!("'{}' in '{key}' is no date", shown(&text)), "a date is written as \"2026-12-25\"");
    }
    right
}

fn wrong_type(key: &str, takes: &str, found: &DeValue<'_>, spot: &Spot, out: &mut Findings) {
    let found = match found {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    out.wrong(spot, format!("'{key}' takes {takes}, not {found}"), "");
}
