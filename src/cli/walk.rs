//! A round of `walk` on the command line: as text for people, as tab-separated rows for tools, and as JSON. Takes a
//! snapshot; knows no store and no terminal.

use jiff::Timestamp;
use serde::Serialize;

use super::json::{HostOut, SCHEMA, TaskOut, UrlOf};
use crate::{
    app::decide::expected_review,
    domain::{
        text::{fit, safe_line},
        time::Now,
        walk::{Place, ReasonCount, reasons},
    },
    index::{
        Row, Snapshot,
        walk::{Stop, place_name, why},
    },
    judge::burden::HostLoad,
};

/// `walk`.
#[derive(Debug, Serialize)]
pub struct WalkOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// True when the round was not remembered.
    pub dry_run: bool,
    /// The stops, in order.
    pub stops: Vec<StopOut>,
    /// How often reasons were given about hosts so far; only counts of three or more.
    pub reasons: Vec<ReasonOut>,
}

/// One stop.
#[derive(Debug, Serialize)]
pub struct StopOut {
    /// The task.
    pub task: TaskOut,
    /// Id of the team; null for a project without one.
    pub team: Option<String>,
    /// Name of the host for people.
    pub host: String,
    /// Last visit there before this round.
    pub last_visit: Option<Timestamp>,
    /// Why it is a stop, in words.
    pub because: String,
    /// How the host takes help; null where no registry names one.
    pub card: Option<HostOut>,
    /// Minutes of review that taking it is expected to cost the host.
    pub review_min: u32,
}

/// A count of reasons.
#[derive(Debug, Serialize)]
pub struct ReasonOut {
    /// Id of the team; null for a project without one.
    pub team: Option<String>,
    /// Name of the host for people.
    pub host: String,
    /// Code of the reason.
    pub reason: &'static str,
    /// Tasks skipped for it.
    pub count: u32,
}

fn team(place: &Place) -> Option<String> {
    match place {
        Place::Team(id) => Some(id.clone()),
        Place::Project(_) => None,
    }
}

fn review_min(row: &Row, snapshot: &Snapshot) -> u32 {
    HostLoad::of_project(&snapshot.roster, &row.task.key.project, &snapshot.commitments).forecast(None)
}

/// Stops with their rows; a row that is gone leaves its stop out.
fn rows<'a>(stops: &'a [Stop], snapshot: &'a Snapshot) -> impl Iterator<Item = (&'a Stop, &'a Row)> {
    stops.iter().filter_map(|stop| Some((stop, snapshot.get(&stop.key)?)))
}

impl WalkOut {
    /// A round.
    pub fn new(stops: &[Stop], snapshot: &Snapshot, dry_run: bool, now: Now, url: UrlOf<'_>) -> Self {
        let stop = |(stop, row): (&Stop, &Row)| StopOut {
            task: TaskOut::new(row, snapshot, url),
            team: team(&stop.place),
            host: place_name(snapshot, &stop.place),
            last_visit: stop.last_visit,
            because: why(stop, now),
            card: HostOut::of(&snapshot.roster, &row.task.key.project, now),
            review_min: review_min(row, snapshot),
        };
        let count = |told: ReasonCount| ReasonOut {
            team: team(&told.place),
            host: place_name(snapshot, &told.place),
            reason: told.reason.code(),
            count: told.count,
        };
        Self {
            schema: SCHEMA,
            dry_run,
            stops: rows(stops, snapshot).map(stop).collect(),
            reasons: reasons(snapshot.walks.answers()).into_iter().map(count).collect(),
        }
    }
}

/// The host in one harmless line.
fn card(row: &Row, snapshot: &Snapshot, now: Now) -> String {
    let project = &row.task.key.project;
    match HostOut::of(&snapshot.roster, project, now) {
        Some(host) => host.lines().join("; "),
        None => "no team is registered for it; help is welcome".into(),
    }
}

fn signals(row: &Row) -> String {
    let said = row.signals.iter().map(|s| format!("{}: {}", s.kind.word(), safe_line(&s.evidence)));
    said.collect::<Vec<_>>().join("; ")
}

/// The round as rows of cells with a header. New cells are only ever added at the end.
pub fn tsv(stops: &[Stop], snapshot: &Snapshot, now: Now) -> Vec<String> {
    let mut lines = vec!["key\ttitle\thost\tbecause\tsignals\tcard".to_owned()];
    for (stop, row) in rows(stops, snapshot) {
        let cells = [
            snapshot.shown_key(&stop.key),
            row.task.title.line().into_owned(),
            safe_line(&place_name(snapshot, &stop.place)).into_owned(),
            why(stop, now),
            signals(row),
            card(row, snapshot, now),
        ];
        lines.push(cells.join("\t"));
    }
    lines
}

/// The round for people, at most `width` columns.
pub fn lines(stops: &[Stop], snapshot: &Snapshot, now: Now, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (n, (stop, row)) in (1..).zip(rows(stops, snapshot)) {
        if n > 1 {
            lines.push(String::new());
        }
        let host = place_name(snapshot, &stop.place);
        lines.push(format!("{n} of {}  {}: {}", stops.len(), safe_line(&host), why(stop, now)));
        lines.push(format!("  {}  {}", snapshot.shown_key(&stop.key), row.task.title.line()));
        lines.extend(Some(signals(row)).filter(|said| !said.is_empty()).map(|said| format!("  {said}")));
        lines.push(format!("  {}", card(row, snapshot, now)));
        let cost = expected_review(&snapshot.roster, &stop.key.project, review_min(row, snapshot));
        lines.extend(cost.map(|cost| format!("  {cost}")));
    }
    let told = reasons(snapshot.walks.answers());
    if !told.is_empty() {
        lines.push(String::new());
        lines.push("What you said so far, where it was three times or more:".into());
        for ReasonCount { place, reason, count } in told {
            lines.push(format!("  {}: {} {count} times", safe_line(&place_name(snapshot, &place)), reason.words()));
        }
    }
    lines.iter().map(|line| fit(line, width).into_owned()).collect()
}
