//! Findings as a table for people, as tab-separated rows for tools, and as JSON. Takes a snapshot and a writer; knows no
//! store and no terminal.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    json::{CoverageOut, SCHEMA, TaskOut},
    table::{Look, paint},
};
use crate::{
    domain::{
        size::Size,
        text::{fit, safe_line, width},
    },
    index::{Row, Snapshot},
    judge::project::{Evidence, Finding, Kind, Severity},
};

/// Columns of the tab-separated form. Only ever extended at the end.
const TSV: &str = "project\tid\tseverity\tsize\tsignals\tdays\ttitle\tsentence";

/// What is to be printed.
pub struct Found<'a> {
    /// All that is known.
    pub snapshot: &'a Snapshot,
    /// Findings with the tasks that they would become, in order, cut to the limit.
    pub pairs: Vec<(&'a Finding, &'a Row)>,
    /// How many were found before the limit.
    pub found: usize,
}

/// A finding, as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct FindingOut {
    /// `owner/name`.
    pub project: String,
    /// Name of the tracker.
    pub tracker: String,
    /// Unique within the project, and the same as long as it lasts.
    pub id: String,
    /// Which debt.
    pub kind: Kind,
    /// How much it hurts.
    pub severity: Severity,
    /// How big the work probably is.
    pub size: Size,
    /// What is the matter.
    pub sentence: String,
    /// What was seen, oldest first.
    pub evidence: Vec<Evidence>,
    /// Signals that a task made of it would carry.
    pub signals: Vec<&'static str>,
    /// Days since it began, as far as known.
    pub days: u32,
    /// True when a task can be made of it.
    pub free: bool,
    /// Title of that task.
    pub title: String,
    /// Its description, Markdown.
    pub body: String,
}

impl FindingOut {
    /// A finding with the task that it would become.
    pub fn new(finding: &Finding, row: &Row) -> Self {
        let project = &row.task.key.project;
        Self {
            project: project.path().to_owned(),
            tracker: project.tracker.to_string(),
            id: finding.id.clone(),
            kind: finding.kind,
            severity: finding.severity,
            size: finding.size,
            sentence: finding.sentence.clone(),
            evidence: finding.evidence.clone(),
            signals: row.signals.iter().map(|s| s.kind.word()).collect(),
            days: row.age_days,
            free: row.free.is_free(),
            title: finding.title.clone(),
            body: finding.body.clone(),
        }
    }
}

/// `findings`.
#[derive(Debug, Serialize)]
struct FindingsOut {
    schema: &'static str,
    findings: Vec<FindingOut>,
    found: usize,
    coverage: CoverageOut,
}

/// `findings raise`.
#[derive(Debug, Serialize)]
pub struct RaisedOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The task that was made; null while it waits in the outbox.
    pub task: Option<TaskOut>,
    /// What happened, in sentences.
    pub said: Vec<String>,
}

/// `findings raise --dry-run`.
#[derive(Debug, Serialize)]
pub struct DraftOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Always true.
    pub dry_run: bool,
    /// What would happen.
    pub would: Vec<String>,
    /// Title of the task.
    pub title: String,
    /// Its description, Markdown.
    pub body: String,
}

/// Prints the JSON document.
///
/// # Errors
/// When the writer fails.
pub fn write_json(found: &Found<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = FindingsOut {
        schema: SCHEMA,
        findings: found.pairs.iter().map(|(finding, row)| FindingOut::new(finding, row)).collect(),
        found: found.found,
        coverage: CoverageOut::from(&found.snapshot.coverage),
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

/// Prints tab-separated rows with a header; texts are harmless and hold no tab and no line break.
///
/// # Errors
/// When the writer fails.
pub fn write_tsv(found: &Found<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{TSV}")?;
    for (finding, row) in &found.pairs {
        let signals: Vec<&str> = row.signals.iter().map(|s| s.kind.word()).collect();
        let cells = [
            row.task.key.project.path().to_owned(),
            finding.id.clone(),
            finding.severity.word().to_owned(),
            finding.size.word().to_owned(),
            signals.join(","),
            row.age_days.to_string(),
            finding.title.clone(),
            finding.sentence.clone(),
        ];
        let cells: Vec<_> =
            cells.iter().map(|cell| if cell.is_empty() { "".into() } else { safe_line(cell) }).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    Ok(())
}

/// Widest column of projects and of ids before they are cut.
const MOST: usize = 32;

/// Prints for each finding a line with its place and id, and what is the matter below it.
///
/// # Errors
/// When the writer fails.
pub fn write_table(found: &Found<'_>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let widest = |of: &dyn Fn(&(&Finding, &Row)) -> usize| found.pairs.iter().map(of).max().unwrap_or(0).min(MOST);
    let project = widest(&|(_, row)| width(row.task.key.project.path()));
    let id = widest(&|(finding, _)| width(&safe_line(&finding.id)));
    for (finding, row) in &found.pairs {
        let badge = row.signals.first().map_or(' ', |s| s.kind.badge());
        let head = format!(
            "{badge} {}  {}  {:<5}  {}",
            padded(row.task.key.project.path(), project),
            padded(&safe_line(&finding.id), id),
            finding.severity.word(),
            finding.size.word(),
        );
        writeln!(out, "{}", paint(&fit(&head, look.width), "1", look.colour))?;
        let sentence = format!("  {}", safe_line(&finding.sentence));
        writeln!(out, "{}", fit(&sentence, look.width))?;
    }
    let (shown, all) = (found.pairs.len(), found.found);
    let findings = if all == 1 { "finding" } else { "findings" };
    let count = if shown == all { format!("{all} {findings}") } else { format!("{shown} of {all} {findings}") };
    let hint = if all == 0 { "" } else { " · `floorwalk findings raise PROJECT ID` makes an issue of one" };
    writeln!(out, "{}", paint(&fit(&format!("{count}{hint}"), look.width), "2", look.colour))
}

fn padded(text: &str, columns: usize) -> String {
    let cut = fit(text, columns);
    let gap = columns.saturating_sub(width(&cut));
    format!("{cut}{}", " ".repeat(gap))
}

/// When each finding was looked at last; the oldest of them.
pub fn looked_at(found: &Found<'_>) -> Option<Timestamp> {
    found.pairs.iter().map(|(_, row)| row.task.updated_at).min()
}
