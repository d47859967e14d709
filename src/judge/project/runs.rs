//! What runs of a default branch tell: red since when, and flaky. Cancelled, skipped and running ones tell nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::facts::{Conclusion, Run};

/// Days of runs that are looked at for flakiness.
const FLAKY_DAYS: i64 = 30;
/// How often it must be seen to be called flaky.
const FLAKY_LEAST: usize = 2;

/// A workflow that is red now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Red<'a> {
    /// Name of the workflow.
    pub(super) workflow: &'a str,
    /// The first failure of the streak.
    pub(super) since: Timestamp,
    /// The last failure.
    pub(super) last: Timestamp,
    /// Failures in a row.
    pub(super) times: usize,
    /// The last success before; `None` when none was seen: then it is red for longer than is known.
    pub(super) green: Option<Timestamp>,
    /// Started by a schedule.
    pub(super) scheduled: bool,
}

fn by_workflow(runs: &[Run]) -> BTreeMap<&str, Vec<&Run>> {
    let mut all: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in runs {
        all.entry(run.workflow.raw()).or_default().push(run);
    }
    for runs in all.values_mut() {
        runs.sort_by(|a, b| a.at.cmp(&b.at).then(a.attempt.cmp(&b.attempt)).then(a.commit.cmp(&b.commit)));
    }
    all
}

/// Workflows whose last run that tells something failed, red for longest first.
pub(super) fn red(runs: &[Run]) -> Vec<Red<'_>> {
    let mut found: Vec<Red<'_>> = Vec::new();
    for (workflow, runs) in by_workflow(runs) {
        let telling = |r: &&&Run| matches!(r.conclusion, Conclusion::Success | Conclusion::Failure);
        let mut streak: Vec<&Run> = Vec::new();
        let mut green = None;
        for run in runs.iter().filter(telling).rev() {
            if run.conclusion == Conclusion::Success {
                green = Some(run.at);
                break;
            }
            streak.push(run);
        }
        if let (Some(last), Some(first)) = (streak.first(), streak.last()) {
            let (since, times) = (first.at, streak.len());
            found.push(Red { workflow, since, last: last.at, times, green, scheduled: last.scheduled });
        }
    }
    found.sort_by_key(|r| (r.since, r.workflow));
    found
}

/// A workflow that ended this way and that on the same commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaky<'a> {
    /// Name of the workflow.
    pub(super) workflow: &'a str,
    /// When a run of a commit first failed and then passed, oldest first.
    pub(super) seen: Vec<Timestamp>,
}

/// Workflows that were seen to be flaky at least twice in thirty days: a failure and a success on one commit, or a success
/// only at a further try.
pub(super) fn flaky(runs: &[Run], until: Timestamp) -> Vec<Flaky<'_>> {
    let from = Timestamp::from_second(until.as_second().saturating_sub(FLAKY_DAYS * 86_400)).unwrap_or(Timestamp::MIN);
    let mut found = Vec::new();
    for (workflow, runs) in by_workflow(runs) {
        let mut commits: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
        for run in runs.iter().filter(|r| r.at >= from) {
            commits.entry(&run.commit).or_default().push(run);
        }
        let wavered = commits.values().filter_map(|runs| {
            let passed = runs.iter().find(|r| r.conclusion == Conclusion::Success)?;
            let failed = runs.iter().any(|r| r.conclusion == Conclusion::Failure);
            (failed || passed.attempt > 1).then_some(passed.at)
        });
        let mut seen: Vec<Timestamp> = wavered.collect();
        seen.sort_unstable();
        if seen.len() >= FLAKY_LEAST {
            found.push(Flaky { workflow, seen });
        }
    }
    found
}
