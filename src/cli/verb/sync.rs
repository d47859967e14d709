//! `sync`: read what changed; progress on standard error, the end on standard output.

use jiff::Timestamp;

use crate::{
    app::{Command, Event, ExitCode, UserError},
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::{CoverageOut, ProblemOut, SCHEMA, SyncOut},
        open::{Need, Opened, open},
        progress::Progress,
    },
    domain::coverage::Freshness,
    sync::SyncReport,
};

pub(super) async fn run(cx: &Context, full: bool) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    once(cx, &opened, full).await.1
}

/// How a round of `--watch` went.
pub(super) struct Told {
    /// Nothing could be read.
    pub(super) failed: bool,
    /// Not before this the tracker wants to be asked again.
    pub(super) waiting_until: Option<Timestamp>,
}

/// One round of `--watch`: as a sync alone, but that a failure ends nothing.
pub(super) async fn round(cx: &Context, opened: &Opened, full: bool) -> Told {
    let (waiting_until, end) = once(cx, opened, full).await;
    if let Err(Failure(errors)) = &end {
        cx.out.end(errors);
    }
    Told { failed: !matches!(end, Ok(ExitCode::Done)), waiting_until }
}

/// Reads once and tells how it went; with the moment until which a limit holds.
async fn once(cx: &Context, opened: &Opened, full: bool) -> (Option<Timestamp>, Result<ExitCode>) {
    let ran = read(cx, opened, full).await;
    let waiting_until = ran.report.as_ref().and_then(|report| report.coverage.waiting_until);
    let told = tell(cx, opened, ran).await;
    opened.session.keep_list().await;
    (waiting_until, told)
}

async fn tell(cx: &Context, opened: &Opened, mut ran: Ran) -> Result<ExitCode> {
    let stopped = ran.failure.take();
    let Some(report) = &ran.report else {
        let end = stopped.unwrap_or_else(|| UserError::new(ExitCode::Internal, "the sync ended without a word", ""));
        return Err(end.into());
    };
    if let Some(error) = stopped {
        // Everything failed: one error says why; the counts say what is still known.
        if !cx.args.json {
            cx.out.say(&report.coverage.sentence());
        }
        return Err(error.into());
    }
    tell_problems(cx, report);
    ran.failed.iter().for_each(|error| cx.out.problem(error));
    if cx.args.json {
        cx.out.document(&document(report));
    } else {
        cx.out.say(&report.coverage.sentence());
    }
    Ok(exit_code(opened, report, &ran.failed).await?)
}

/// Reads the projects named by `--repo` before another verb looks at them; the result is said on standard error
/// only. When none of them could be read, that is the error.
pub(in crate::cli) async fn quietly(cx: &Context, opened: &Opened) -> Result<()> {
    let ran = read(cx, opened, false).await;
    if let Some(error) = ran.failure {
        return Err(Failure(vec![error]));
    }
    let Some(report) = &ran.report else { return Ok(()) };
    let code = exit_code(opened, report, &ran.failed).await?;
    if code != ExitCode::Done {
        let errors = report.problems.iter().map(|(_, sentence, hint)| UserError::new(code, sentence, hint));
        return Err(Failure(errors.collect()));
    }
    tell_problems(cx, report);
    Ok(())
}

/// What came out of a run.
struct Ran {
    report: Option<SyncReport>,
    failed: Vec<UserError>,
    failure: Option<UserError>,
}

async fn read(cx: &Context, opened: &Opened, full: bool) -> Ran {
    let mut progress = Progress::start(&cx.out);
    let mut ran = Ran { report: None, failed: Vec::new(), failure: None };
    let command = Command::Sync { only: opened.only.clone(), full };
    let end = opened
        .drive(command, |event| match event {
            Event::Progress(step) => progress.step(&step),
            Event::SyncEnded(report) => ran.report = Some(*report),
            Event::Failed(error) => ran.failed.push(error),
            Event::Said(line) => progress.say(&line),
            Event::Snapshot(_)
            | Event::Detail(_)
            | Event::Undone(_)
            | Event::Clipboard(_)
            | Event::Duplicates(..)
            | Event::Signs(..) => {}
        })
        .await;
    progress.end();
    ran.failure = end.err();
    ran
}

fn tell_problems(cx: &Context, report: &SyncReport) {
    for (tracker, sentence, hint) in &report.problems {
        cx.out.note(&format!("problem: {tracker}: {sentence}"));
        if !hint.is_empty() {
            cx.out.note(&format!("hint: {hint}"));
        }
    }
    if !report.odd.is_empty() {
        cx.out.note(&format!("{} rows could not be read and were left out", report.odd.len()));
        let shown = if cx.args.verbose { report.odd.len() } else { 3 };
        report.odd.iter().take(shown).for_each(|odd| cx.out.note(&format!("  {odd}")));
    }
}

fn document(report: &SyncReport) -> SyncOut {
    let problem = |(tracker, sentence, hint): &(crate::domain::key::TrackerName, String, String)| ProblemOut {
        tracker: tracker.to_string(),
        sentence: sentence.clone(),
        hint: hint.clone(),
    };
    SyncOut {
        schema: SCHEMA,
        coverage: CoverageOut::from(&report.coverage),
        read: report.read,
        requests: report.requests.0,
        not_modified: report.requests.1,
        odd: report.odd.clone(),
        problems: report.problems.iter().map(problem).collect(),
    }
}

/// Partly read counts as done; nothing read at all of what was asked for does not.
async fn exit_code(
    opened: &Opened,
    report: &SyncReport,
    failed: &[UserError],
) -> std::result::Result<ExitCode, UserError> {
    let coverage = &report.coverage;
    let anything = if opened.only.is_empty() {
        coverage.fresh > 0 || coverage.waiting > 0
    } else {
        // The counts are those of the whole store; what matters is what `--repo` named.
        let snapshot = opened.session.snapshot().await?;
        let read = |f: &Freshness| matches!(f, Freshness::Fresh { .. } | Freshness::Waiting { .. });
        snapshot.freshness.iter().any(|row| opened.shows(&row.project) && read(&row.freshness))
    };
    Ok(match failed.first() {
        _ if anything || report.problems.is_empty() => ExitCode::Done,
        Some(error) => error.code,
        None => ExitCode::Network,
    })
}
