//! Pull requests, and the checks of their last commits.

use serde_json::{Value, json};

use super::{
    Answer, Call, Outcome, issue,
    page::Page,
    shape::{Shape, at, maybe_at, merge},
};
use crate::{
    demo::world::{Issue, Permission, Pull, Repo, RepoIx, World},
    domain::evidence::Checks,
};

/// `GET pulls`: state only, newest first.
pub(super) fn list(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let state = call.param("state").unwrap_or("open");
    let wanted = |i: &&Issue| i.pull.is_some() && (state == "all" || i.open == (state == "open"));
    let rows: Vec<&Issue> = repo.issues.values().rev().filter(wanted).collect();
    let shape = call.shape(world);
    Ok(Page::of(call).answer(call, &rows, |row| shape.pull(ix, row, call)))
}

pub(super) fn one(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let row = issue(world.repo(ix), number)?;
    let pull = row.pull.as_ref().ok_or_else(Answer::not_found)?;
    let shape = call.shape(world);
    let mut shown = shape.pull(ix, row, call);
    let reviews = row.events.iter().filter(|e| e.kind == "reviewed").count();
    merge(
        &mut shown,
        json!({
            "merged": pull.merged_at.is_some(), "mergeable": row.open.then_some(true), "rebaseable": null,
            "mergeable_state": if row.open { "clean" } else { "unknown" }, "merged_by": shape.maybe_user(pull.merged_by),
            "comments": shape.count(row), "review_comments": reviews, "maintainer_can_modify": true,
            "commits": pull.commits, "additions": 12 * pull.commits, "deletions": 3 * pull.commits,
            "changed_files": pull.commits.max(1),
        }),
    );
    Ok(Answer::ok(shown).dated(row.updated_at))
}

impl Shape<'_> {
    /// A pull request as lists show it.
    fn pull(&self, ix: RepoIx, row: &Issue, call: &Call) -> Value {
        let repo = self.world.repo(ix);
        let pull = row.pull.clone().unwrap_or_default();
        let (web, home) = (self.issue_web(repo, row), self.repo_api(repo));
        let url = format!("{home}/pulls/{}", row.number);
        let statuses = format!("{home}/statuses/{}", pull.sha);
        let comments = format!("{home}/issues/{}/comments", row.number);
        let end = |branch: &str, sha: &str| {
            json!({"label": format!("{}:{branch}", self.world.user(repo.owner).login), "ref": branch, "sha": sha,
                   "user": self.user(repo.owner), "repo": self.repo(ix, call.who)})
        };
        let link = |href: &str| json!({ "href": href });
        let people = |users: &[usize]| users.iter().map(|u| self.user(*u)).collect::<Vec<_>>();
        let milestone = row.milestone.and_then(|m| repo.milestones.get(m)).map(|m| self.milestone(repo, m));
        let mut shown = json!({
            "url": url, "id": row.id, "node_id": row.node_id, "html_url": web, "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"), "issue_url": format!("{home}/issues/{}", row.number),
            "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
            "review_comment_url": format!("{home}/pulls/comments{{/number}}"), "comments_url": comments,
            "statuses_url": statuses, "number": row.number, "state": if row.open { "open" } else { "closed" },
            "locked": row.locked, "title": row.title, "user": self.maybe_user(row.author), "body": row.body,
            "labels": self.labels(repo, row), "milestone": milestone, "active_lock_reason": null,
            "created_at": at(row.created_at), "updated_at": at(row.updated_at), "closed_at": maybe_at(row.closed_at),
            "merged_at": maybe_at(pull.merged_at), "merge_commit_sha": pull.merged_at.map(|_| &pull.sha),
        });
        let more = json!({
            "assignee": row.assignees.first().map(|u| self.user(*u)), "assignees": people(&row.assignees),
            "requested_reviewers": people(&pull.reviewers), "requested_teams": [],
            "head": end(&pull.head, &pull.sha), "base": end(&repo.default_branch, &head_sha(repo)),
            "_links": {"self": link(&url), "html": link(&web), "issue": link(&format!("{home}/issues/{}", row.number)),
                "comments": link(&comments), "review_comments": link(&format!("{url}/comments")),
                "review_comment": link(&format!("{home}/pulls/comments{{/number}}")),
                "commits": link(&format!("{url}/commits")), "statuses": link(&statuses)},
            "author_association": row.association, "auto_merge": null, "draft": pull.draft,
        });
        merge(&mut shown, more);
        shown
    }
}

/// The last commit of the default branch.
fn head_sha(repo: &Repo) -> String {
    format!("{:032x}{:08x}", repo.id, 0)
}

/// The commit a name stands for, with what its checks say.
fn commit(repo: &Repo, name: &str) -> Result<(String, Pull), Answer> {
    let of_pull = repo.issues.values().filter_map(|i| i.pull.as_ref()).find(|p| p.sha == name || p.head == name);
    if let Some(pull) = of_pull {
        return Ok((pull.sha.clone(), pull.clone()));
    }
    if name == repo.default_branch || name == head_sha(repo) {
        let checks = match repo.ci.as_ref().map(|ci| ci.state) {
            None => Checks::None,
            Some("SUCCESS") => Checks::Passed,
            Some("FAILURE") => Checks::Failed,
            Some(_) => Checks::Running,
        };
        return Ok((head_sha(repo), Pull { checks, checked_at: Some(repo.pushed_at), ..Pull::default() }));
    }
    Err(Answer::refusal(422, &format!("No commit found for SHA: {name}")))
}

/// `GET commits/{ref}/check-runs`: one run, where there are checks at all.
pub(super) fn check_runs(world: &World, call: &Call, ix: RepoIx, name: &str) -> Outcome {
    let repo = world.repo(ix);
    let (sha, pull) = commit(repo, name)?;
    let shape = call.shape(world);
    let (home, web) = (shape.repo_api(repo), format!("{}/{}", call.web, world.full_name(repo)));
    let (status, conclusion) = match pull.checks {
        Checks::None => return Ok(Answer::ok(json!({"total_count": 0, "check_runs": []}))),
        Checks::Running => ("in_progress", None),
        Checks::Passed => ("completed", Some("success")),
        Checks::Failed => ("completed", Some("failure")),
    };
    let when = maybe_at(pull.checked_at);
    let id = repo.id + u64::from_str_radix(sha.get(8..16).unwrap_or_default(), 16).unwrap_or(0) % 100_000;
    let url = format!("{home}/check-runs/{id}");
    let run = json!({
        "id": id, "node_id": format!("CR_kwDO{id:x}"), "head_sha": sha, "external_id": "", "name": "build", "url": url,
        "html_url": format!("{web}/runs/{id}"), "details_url": format!("{web}/runs/{id}"), "status": status,
        "conclusion": conclusion, "started_at": when, "completed_at": conclusion.map(|_| &when),
        "output": {"title": null, "summary": null, "text": null, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations")},
        "check_suite": {"id": id}, "app": null, "pull_requests": [],
    });
    Ok(Answer::ok(json!({"total_count": 1, "check_runs": [run]})))
}

/// `GET commits/{ref}/status`: the older kind of checks, of which there are none here; GitHub says `pending` then.
pub(super) fn status(world: &World, call: &Call, ix: RepoIx, name: &str) -> Outcome {
    let repo = world.repo(ix);
    let (sha, _) = commit(repo, name)?;
    let shape = call.shape(world);
    let home = shape.repo_api(repo);
    let url = format!("{home}/commits/{sha}");
    Ok(Answer::ok(json!({
        "state": "pending", "sha": sha, "total_count": 0, "statuses": [],
        "repository": shape.repo(ix, call.who.filter(|_| repo.permission(call.who) > Permission::None)),
        "commit_url": url, "url": format!("{url}/status"),
    })))
}
