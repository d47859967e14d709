//! The checks on a commit, from the two places where GitHub keeps them: check runs and statuses.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{GitHub, left_out, wire};
use crate::{
    domain::{evidence::Checks, key::ProjectRef},
    tracker::Result,
};

/// Pages of check runs that are read for one commit.
const PAGES: u32 = 3;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Runs {
    check_runs: Vec<Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Run {
    status: Option<String>,
    conclusion: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Combined {
    state: Option<String>,
    total_count: Option<u64>,
}

/// A check run. One that waits for somebody still counts as running: it has not failed.
fn of_run(run: &Run) -> Checks {
    match (run.status.as_deref(), run.conclusion.as_deref()) {
        (Some("completed"), conclusion) => match conclusion {
            Some("success" | "neutral" | "skipped") => Checks::Passed,
            Some("failure" | "timed_out" | "cancelled" | "startup_failure") => Checks::Failed,
            Some("action_required" | "stale") => Checks::Running,
            _ => Checks::None,
        },
        (Some(_), _) => Checks::Running,
        (None, _) => Checks::None,
    }
}

/// The statuses of a commit. Without any the server says `pending`.
fn of_combined(combined: &Combined) -> Checks {
    match (combined.total_count, combined.state.as_deref()) {
        (Some(0), _) => Checks::None,
        (_, Some("success")) => Checks::Passed,
        (_, Some("pending")) => Checks::Running,
        (_, Some("failure" | "error")) => Checks::Failed,
        _ => Checks::None,
    }
}

/// The worst counts.
fn worst(a: Checks, b: Checks) -> Checks {
    let weight = |c: &Checks| match c {
        Checks::None => 0,
        Checks::Passed => 1,
        Checks::Running => 2,
        Checks::Failed => 3,
    };
    if weight(&a) >= weight(&b) { a } else { b }
}

/// True when a name of a commit can be one step of a path.
fn is_sha(sha: &str) -> bool {
    matches!(sha.len(), 40 | 64) && sha.bytes().all(|b| b.is_ascii_hexdigit())
}

impl GitHub {
    /// The checks of a commit. Where one of the two places cannot be read, the other can only tell bad news.
    pub(super) async fn read_checks(&self, project: &ProjectRef, sha: &str) -> Result<Checks> {
        if !is_sha(sha) {
            return Ok(Checks::None);
        }
        let commit = self.rest(&format!("/repos/{}/commits/{sha}", project.path()));
        let doing = format!("reading the checks of a pull request of {project}");
        let (runs, statuses) = tokio::join!(self.runs(&commit, &doing), self.statuses(&commit, &doing));
        let known = |result: Result<Checks>| match result {
            Err(error) if left_out(&error.class) => Ok(None),
            other => other.map(Some),
        };
        Ok(match (known(runs)?, known(statuses)?) {
            (Some(runs), Some(statuses)) => worst(runs, statuses),
            (Some(one), None) | (None, Some(one)) if one != Checks::Passed => one,
            _ => Checks::None,
        })
    }

    async fn runs(&self, commit: &str, doing: &str) -> Result<Checks> {
        let mut all = Checks::None;
        let mut page = 1;
        loop {
            let route = format!("{commit}/check-runs?per_page=100&page={page}");
            let answer = self.http.get(&route, None, doing).await?;
            let runs: Runs = wire::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
            for run in runs.check_runs.iter().filter_map(|raw| wire::row::<Run>(raw).ok()) {
                all = worst(all, of_run(&run));
            }
            match self.pages(&answer, page, doing)?.next {
                Some(next) if next <= PAGES => page = next,
                _ => return Ok(all),
            }
        }
    }

    async fn statuses(&self, commit: &str, doing: &str) -> Result<Checks> {
        let answer = self.http.get(&format!("{commit}/status?per_page=1"), None, doing).await?;
        let combined: Combined = wire::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        Ok(of_combined(&combined))
    }
}
