//! A list of tasks as a table for people, as tab-separated rows for tools, and as JSON. Takes a snapshot and a
//! writer; knows no store and no terminal.

use std::io::{self, Write};

use super::json::{CoverageOut, InternsOut, ListOut, SCHEMA, TaskOut, UrlOf};
use crate::{
    domain::{
        person::Login,
        text::{Foreign, fit, width},
        time::{Now, short_age},
    },
    index::{Row, Snapshot},
    judge::score::bars::{shown, whole},
};
use jiff::Timestamp;

/// What is to be printed: a snapshot and the rows found in it.
pub struct Listing<'a> {
    /// All that is known.
    pub snapshot: &'a Snapshot,
    /// The rows, in order, cut to the limit.
    pub rows: Vec<&'a Row>,
    /// How many were found before the limit.
    pub found: usize,
    /// How many more were found that somebody else is at.
    pub taken: usize,
    /// What a list for interns leaves out; `None` for any other list.
    pub left_out: Option<Vec<&'a Row>>,
}

/// Columns of the tab-separated form. Only ever extended at the end.
const TSV: &str = "key\ttitle\tsignals\tfree\tquiet_days\tage_days\tlabels\tassignees\tupdated_at\turl\tscore";

/// Prints the JSON document of `list`: raw texts.
///
/// # Errors
/// When the writer fails.
pub fn write_json(listing: &Listing<'_>, url: UrlOf<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = ListOut {
        schema: SCHEMA,
        tasks: listing.rows.iter().map(|row| TaskOut::new(row, listing.snapshot, url)).collect(),
        found: listing.found,
        taken: listing.taken,
        interns: listing.left_out.as_ref().map(|rows| InternsOut::new(rows, listing.found, listing.snapshot)),
        coverage: CoverageOut::from(&listing.snapshot.coverage),
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

/// Prints tab-separated rows with a header; texts are harmless and hold no tab and no line break.
///
/// # Errors
/// When the writer fails.
pub fn write_tsv(listing: &Listing<'_>, url: UrlOf<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{TSV}")?;
    for row in &listing.rows {
        let task = &row.task;
        let cells = [
            listing.snapshot.shown_key(&task.key),
            task.title.line().into_owned(),
            words(row).join(","),
            row.free.cell(),
            row.quiet_days.to_string(),
            row.age_days.to_string(),
            joined(task.labels.iter()),
            joined(task.assignees.iter().map(Login::shown)),
            task.updated_at.to_string(),
            url(&task.key).unwrap_or_default(),
            listing.snapshot.score(row).map(shown).unwrap_or_default(),
        ];
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

fn words(row: &Row) -> Vec<&'static str> {
    row.signals.iter().map(|s| s.kind.word()).collect()
}

fn joined<'a>(texts: impl Iterator<Item = &'a Foreign>) -> String {
    texts.map(|t| t.line().into_owned()).collect::<Vec<_>>().join(",")
}

/// How a table is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns to fill at most.
    pub width: usize,
    /// Colour may be used.
    pub colour: bool,
    /// The present, for ages.
    pub now: Now,
}

/// Widest key column before keys are cut.
const MAX_KEY: usize = 40;
/// Narrowest title column that is worth having.
const MIN_TITLE: usize = 10;

/// Prints a table no wider than asked, and a line with the counts.
///
/// # Errors
/// When the writer fails.
pub fn write_table(listing: &Listing<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let cells: Vec<[String; 6]> = listing.rows.iter().map(|row| cells(row, listing.snapshot, look)).collect();
    let head = ["PT", "TASK", "SIGNALS", "QUIET", "FREE", "TITLE"].map(str::to_owned);
    let mut widths = [0_usize; 6];
    for line in std::iter::once(&head).chain(&cells) {
        for (widest, cell) in widths.iter_mut().zip(line) {
            *widest = (*widest).max(width(cell));
        }
    }
    let [score, key, signals, quiet, free, title] = widths;
    let key = key.min(MAX_KEY).min(look.width.saturating_sub(score + 2 + MIN_TITLE + 2).max(1));
    // Between the columns stand two blanks. Narrow terminals lose columns from the right of the middle.
    let room = |used: usize| look.width.saturating_sub(used);
    let mut kept = vec![(0, score), (1, key)];
    let mut used = score + 2 + key + 2;
    for (column, width) in [(2, signals), (3, quiet), (4, free)] {
        if room(used + width + 2) >= MIN_TITLE.min(title) {
            kept.push((column, width));
            used += width + 2;
        }
    }
    kept.push((5, title.min(room(used)).max(1)));
    let header = line(&head, &kept);
    writeln!(out, "{}", paint(&header, "1", look.colour))?;
    for (row, texts) in listing.rows.iter().zip(&cells) {
        let text = line(texts, &kept);
        // Colour repeats what the word in the column says: what cannot be taken is dimmed.
        let style = if row.free.is_free() { "" } else { "2" };
        writeln!(out, "{}", paint(&text, style, look.colour))?;
    }
    writeln!(out, "{}", paint(&summary(listing), "2", look.colour))
}

/// `12 of 204 tasks · 14 of 14 fresh · synced 3 min ago`.
fn summary(listing: &Listing<'_>) -> String {
    let shown = listing.rows.len();
    let tasks = if listing.found == 1 { "task" } else { "tasks" };
    let count = if shown == listing.found {
        format!("{shown} {tasks}")
    } else {
        format!("{shown} of {} {tasks}", listing.found)
    };
    let count = match listing.taken {
        0 => count,
        taken => format!("{count}, {taken} more taken by others (is:taken)"),
    };
    let coverage = &listing.snapshot.coverage;
    let age = match (coverage.synced_at, listing.snapshot.built_at) {
        (Some(at), Some(now)) => format!("synced {}", ago(Now(now), at)),
        _ => "never synced".into(),
    };
    format!("{count} · {} · {age}", coverage.sentence())
}

/// `3 min ago`, `just now`.
pub fn ago(now: Now, then: Timestamp) -> String {
    match short_age(now, then).as_str() {
        "just now" => "just now".into(),
        age => format!("{age} ago"),
    }
}

fn cells(row: &Row, snapshot: &Snapshot, look: Look) -> [String; 6] {
    let badges = row.signals.iter().map(|s| s.kind.word()).collect::<Vec<_>>().join(" ");
    [
        snapshot.score(row).map(|score| format!("{:>2}", whole(score))).unwrap_or_default(),
        snapshot.shown_key(&row.task.key),
        fit(&badges, 24).into_owned(),
        short_age(look.now, row.task.updated_at),
        fit(&row.free.cell(), 20).into_owned(),
        titled(row, snapshot, look.width),
    ]
}

/// The title with the private tags before it, which a narrow terminal keeps.
fn titled(row: &Row, snapshot: &Snapshot, columns: usize) -> String {
    let title = row.task.title.fit(columns);
    match snapshot.tags.shown(&row.task.key) {
        tags if tags.is_empty() => title.into_owned(),
        tags => format!("{tags} {title}"),
    }
}

fn line(cells: &[String; 6], kept: &[(usize, usize)]) -> String {
    let mut text = String::new();
    for (column, columns) in kept {
        let cell = fit(cells.get(*column).map_or("", String::as_str), *columns);
        if *column != 0 {
            text.push_str("  ");
        }
        text.push_str(&cell);
        // The last column is not filled up, so that copied lines end where their text ends.
        if *column != 5 {
            text.push_str(&" ".repeat(columns.saturating_sub(width(&cell))));
        }
    }
    text
}

pub(super) fn paint(text: &str, style: &str, colour: bool) -> String {
    if colour && !style.is_empty() { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
}
