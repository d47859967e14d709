//! Workflows and their runs.

use serde_json::{Value, json};

use super::{
    Answer, Call, Outcome,
    page::Page,
    shape::{at, escaped},
};
use crate::demo::world::{RepoIx, Run, Workflow, World};

/// `GET actions/workflows`.
pub(super) fn workflows(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let home = call.shape(world).repo_api(repo);
    let web = format!("{}/{}", call.web, world.full_name(repo));
    let page = Page::of(call);
    let shown: Vec<Value> =
        page.part(&repo.workflows).iter().map(|w| workflow(w, &home, &web, &repo.default_branch)).collect();
    let mut answer = Answer::ok(json!({"total_count": repo.workflows.len(), "workflows": shown}));
    answer.headers.extend(page.link(call, repo.workflows.len()).map(|link| ("link", link)));
    Ok(answer)
}

fn workflow(w: &Workflow, home: &str, web: &str, branch: &str) -> Value {
    json!({
        "id": w.id, "node_id": format!("W_kwDO{:x}", w.id), "name": w.name, "path": w.path, "state": w.state,
        "created_at": at(w.changed_at), "updated_at": at(w.changed_at), "url": format!("{home}/actions/workflows/{}", w.id),
        "html_url": format!("{web}/blob/{branch}/{}", w.path),
        "badge_url": format!("{web}/workflows/{}/badge.svg", escaped(&w.name)),
    })
}

/// `GET actions/runs`: by branch and status, newest first.
pub(super) fn runs(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let of_branch = call.param("branch").is_none_or(|branch| branch == repo.default_branch);
    let in_state = |run: &Run| call.param("status").is_none_or(|s| s == "completed" || s == run.conclusion);
    let all = repo.workflows.iter().filter(|_| of_branch).flat_map(|w| w.runs.iter().map(move |run| (w, run)));
    let mut all: Vec<(&Workflow, &Run)> = all.filter(|(_, run)| in_state(run)).collect();
    all.sort_by_key(|(w, run)| std::cmp::Reverse((run.at, w.id)));
    let page = Page::of(call);
    let shown: Vec<Value> = page.part(&all).iter().map(|(w, run)| shown_run(world, call, ix, w, run)).collect();
    let mut answer = Answer::ok(json!({"total_count": all.len(), "workflow_runs": shown}));
    answer.headers.extend(page.link(call, all.len()).map(|link| ("link", link)));
    Ok(answer)
}

fn shown_run(world: &World, call: &Call, ix: RepoIx, w: &Workflow, run: &Run) -> Value {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let home = shape.repo_api(repo);
    let url = format!("{home}/actions/runs/{}", run.id);
    let when = at(run.at);
    let person = json!({"name": "Quillfern", "email": "quillfern@users.noreply.localhost"});
    json!({
        "id": run.id, "name": w.name, "node_id": format!("WFR_kwLO{:x}", run.id), "head_branch": repo.default_branch,
        "head_sha": run.sha, "path": w.path, "display_title": w.name, "run_number": run.number, "event": run.event,
        "run_attempt": run.attempt, "status": "completed", "conclusion": run.conclusion, "workflow_id": w.id,
        "check_suite_id": run.id, "check_suite_node_id": format!("CS_kwDO{:x}", run.id), "url": url,
        "html_url": format!("{}/{}/actions/runs/{}", call.web, world.full_name(repo), run.id), "pull_requests": [],
        "created_at": when, "updated_at": when, "run_started_at": when, "actor": shape.user(repo.owner),
        "triggering_actor": shape.user(repo.owner), "referenced_workflows": [], "previous_attempt_url": null,
        "jobs_url": format!("{url}/jobs"), "logs_url": format!("{url}/logs"), "artifacts_url": format!("{url}/artifacts"),
        "check_suite_url": format!("{home}/check-suites/{}", run.id), "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"), "workflow_url": format!("{home}/actions/workflows/{}", w.id),
        "head_commit": {"id": run.sha, "tree_id": run.sha, "message": w.name, "timestamp": when, "author": person,
            "committer": person},
        "repository": shape.repo(ix, None), "head_repository": shape.repo(ix, None),
    })
}
