//! Workflows of a repository and how they ended lately on its default branch. A refusal means that they were not read,
//! never that there are none.

use serde::Deserialize;

use super::{GitHub, encode, left_out, map, wire};
use crate::{
    domain::{
        facts::{Conclusion, ProjectFacts, Run, Workflow, WorkflowState},
        key::ProjectRef,
        text::Foreign,
    },
    tracker::Result,
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Workflows {
    workflows: Vec<wire::Lossy<WorkflowRow>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WorkflowRow {
    name: Option<String>,
    path: Option<String>,
    state: Option<String>,
    updated_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Runs {
    workflow_runs: Vec<wire::Lossy<RunRow>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RunRow {
    name: Option<String>,
    path: Option<String>,
    head_sha: Option<String>,
    event: Option<String>,
    status: Option<String>,
    conclusion: Option<String>,
    run_attempt: Option<u32>,
    run_started_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

fn workflow(row: WorkflowRow) -> Option<Workflow> {
    let state = match row.state.as_deref()? {
        "active" => WorkflowState::Active,
        "disabled_inactivity" => WorkflowState::DisabledByInactivity,
        // Of a fork: nobody switched it on there.
        "disabled_manually" | "disabled_fork" => WorkflowState::DisabledByHand,
        _ => return None,
    };
    let path: Foreign = row.path?.into();
    let name = row.name.filter(|n| !n.trim().is_empty()).map_or_else(|| path.clone(), Foreign::new);
    Some(Workflow { name, path, state, changed_at: map::time(row.updated_at.as_deref()) })
}

fn run(row: RunRow) -> Option<Run> {
    let conclusion = match (row.status.as_deref(), row.conclusion.as_deref()) {
        (_, Some("success")) => Conclusion::Success,
        (_, Some("failure" | "timed_out" | "startup_failure")) => Conclusion::Failure,
        (_, Some(_)) | (Some("completed"), None) => Conclusion::Neutral,
        (_, None) => Conclusion::Running,
    };
    let began = row.run_started_at.or(row.created_at);
    // A run is changed for the last time when it ends.
    let at = if conclusion == Conclusion::Running { began } else { row.updated_at.or(began) };
    Some(Run {
        workflow: row.name.filter(|n| !n.trim().is_empty()).or(row.path)?.into(),
        commit: row.head_sha.unwrap_or_default().chars().take(64).collect(),
        at: map::time(at.as_deref())?,
        conclusion,
        attempt: row.run_attempt.unwrap_or(1),
        scheduled: row.event.as_deref() == Some("schedule"),
    })
}

/// What a refusal or a broken answer makes of a part of the facts: unread. Limits and outages stay errors.
fn unread<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if left_out(&error.class) => Ok(None),
        Err(error) => Err(error),
    }
}

impl GitHub {
    /// Fills in workflows and the newest runs, two requests; with a branch that is not known, one.
    pub(super) async fn read_actions(&self, facts: &mut ProjectFacts) -> Result<()> {
        let project = facts.project.clone();
        facts.workflows = unread(self.read_workflows(&project).await)?;
        let branch = facts.branch.raw().to_owned();
        // Where workflows may not be read, neither may their runs.
        if facts.workflows.is_some() && !branch.is_empty() {
            facts.runs = unread(self.read_runs(&project, &branch).await)?;
        }
        Ok(())
    }

    async fn read_workflows(&self, project: &ProjectRef) -> Result<Vec<Workflow>> {
        let doing = format!("reading the workflows of {project}");
        let path = self.rest(&format!("/repos/{}/actions/workflows?per_page=100", project.path()));
        let answer = self.http.get(&path, None, &doing).await?;
        let page: Workflows = wire::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        Ok(page.workflows.into_iter().filter_map(|row| workflow(row.0?)).collect())
    }

    async fn read_runs(&self, project: &ProjectRef, branch: &str) -> Result<Vec<Run>> {
        let doing = format!("reading the runs of {project}");
        let branch = encode(branch);
        let query = format!("branch={branch}&exclude_pull_requests=true&per_page=100");
        let path = self.rest(&format!("/repos/{}/actions/runs?{query}", project.path()));
        let answer = self.http.get(&path, None, &doing).await?;
        let page: Runs = wire::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let now = answer.time();
        let runs = page.workflow_runs.into_iter().filter_map(|row| run(row.0?));
        Ok(runs.filter(|run| !map::is_ahead(run.at, now)).collect())
    }
}
