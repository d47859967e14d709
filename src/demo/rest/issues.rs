//! Reading issues, comments, labels and events.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Call, Outcome, issue, page::Page, shape::at};
use crate::demo::world::{Comment, Issue, Permission, Repo, RepoIx, World};

/// `GET issues`: state, labels, assignee, creator, milestone, since, sort, direction.
pub(super) fn list(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let wanted = Wanted::of(world, call, repo)?;
    let mut rows: Vec<&Issue> = match call.param("sort").unwrap_or("created") {
        "updated" => repo.by_updated.iter().filter_map(|(_, n)| repo.issues.get(n)).collect(),
        "comments" => sorted(repo, |i| (i.comments.len(), i.number)),
        _ => sorted(repo, |i| (i.created_at, i.number)),
    };
    rows.retain(|row| wanted.has(row));
    if call.param("direction") != Some("asc") {
        rows.reverse();
    }
    let shape = call.shape(world);
    Ok(Page::of(call).answer(call, &rows, |row| shape.issue(repo, row)))
}

fn sorted<K: Ord>(repo: &Repo, key: impl Fn(&Issue) -> K) -> Vec<&Issue> {
    let mut rows: Vec<&Issue> = repo.issues.values().collect();
    rows.sort_by_key(|row| key(row));
    rows
}

/// What a caller asks the list for.
struct Wanted {
    open: Option<bool>,
    since: Option<Timestamp>,
    /// Places of the labels; a label that does not exist matches nothing.
    labels: Vec<Option<usize>>,
    /// `none`, `*`, or an account that may not exist.
    assignee: Option<Assignee>,
    creator: Option<Option<usize>>,
}

enum Assignee {
    Nobody,
    Anybody,
    Account(Option<usize>),
}

impl Wanted {
    fn of(world: &World, call: &Call, repo: &Repo) -> Result<Self, Answer> {
        let open = match call.param("state").unwrap_or("open") {
            "open" => Some(true),
            "closed" => Some(false),
            "all" => None,
            _ => return Err(Answer::invalid("Issue", "state", "invalid")),
        };
        let labels = call.param("labels").into_iter().flat_map(|l| l.split(','));
        Ok(Self {
            open,
            since: since(call)?,
            labels: labels.map(|name| repo.label_named(name.trim())).collect(),
            assignee: call.param("assignee").map(|login| match login {
                "none" => Assignee::Nobody,
                "*" => Assignee::Anybody,
                login => Assignee::Account(world.find_user(login)),
            }),
            creator: call.param("creator").map(|login| world.find_user(login)),
        })
    }

    fn has(&self, row: &Issue) -> bool {
        self.open.is_none_or(|open| row.open == open)
            && self.since.is_none_or(|since| row.updated_at >= since)
            && self.labels.iter().all(|label| label.is_some_and(|l| row.labels.contains(&l)))
            && self.creator.is_none_or(|creator| creator.is_some() && row.author == creator)
            && match &self.assignee {
                None => true,
                Some(Assignee::Nobody) => row.assignees.is_empty(),
                Some(Assignee::Anybody) => !row.assignees.is_empty(),
                Some(Assignee::Account(user)) => user.is_some_and(|u| row.assignees.contains(&u)),
            }
    }
}

fn since(call: &Call) -> Result<Option<Timestamp>, Answer> {
    let Some(text) = call.param("since") else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Answer::invalid("Issue", "since", "invalid"))
}

pub(super) fn one(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let issue = issue(repo, number)?;
    Ok(Answer::ok(call.shape(world).issue(repo, issue)).dated(issue.updated_at))
}

pub(super) fn comments(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let issue = issue(repo, number)?;
    let shape = call.shape(world);
    let since = since(call)?;
    let rows: Vec<&Comment> = shape.visible(issue).filter(|c| since.is_none_or(|s| c.updated_at >= s)).collect();
    Ok(Page::of(call).answer(call, &rows, |row| shape.comment(repo, issue, row)))
}

/// Comments of all issues of a repository, oldest id first unless sorted otherwise.
pub(super) fn all_comments(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let since = since(call)?;
    let mut rows: Vec<(&Issue, &Comment)> = repo
        .issues
        .values()
        .flat_map(|issue| shape.visible(issue).map(move |comment| (issue, comment)))
        .filter(|(_, comment)| since.is_none_or(|s| comment.updated_at >= s))
        .collect();
    match call.param("sort") {
        Some("updated") => rows.sort_by_key(|(_, c)| (c.updated_at, c.id)),
        Some("created") => rows.sort_by_key(|(_, c)| (c.created_at, c.id)),
        _ => rows.sort_by_key(|(_, c)| c.id),
    }
    if call.param("sort").is_some() && call.param("direction") != Some("asc") {
        rows.reverse();
    }
    Ok(Page::of(call).answer(call, &rows, |(issue, comment)| shape.comment(repo, issue, comment)))
}

pub(super) fn comment(world: &World, call: &Call, ix: RepoIx, id: u64) -> Outcome {
    let (home, number) = world.comment_home(id).ok_or_else(Answer::not_found)?;
    if home != ix {
        return Err(Answer::not_found());
    }
    let repo = world.repo(ix);
    let issue = issue(repo, number)?;
    let shape = call.shape(world);
    let comment = shape.visible(issue).find(|c| c.id == id).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(shape.comment(repo, issue, comment)).dated(comment.updated_at))
}

pub(super) fn labels(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    Ok(Page::of(call).answer(call, &repo.labels, |label| call.shape(world).label(repo, label)))
}

pub(super) fn label(world: &World, call: &Call, ix: RepoIx, name: &str) -> Outcome {
    let repo = world.repo(ix);
    let label = repo.label_named(name).and_then(|place| repo.labels.get(place)).ok_or_else(Answer::not_found)?;
    Ok(Answer::ok(call.shape(world).label(repo, label)))
}

pub(super) fn labels_of(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let rows = call.shape(world).labels(repo, issue(repo, number)?);
    Ok(Page::of(call).answer(call, &rows, Clone::clone))
}

pub(super) fn milestones(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let rows = call.shape(world).milestones(world.repo(ix));
    Ok(Page::of(call).answer(call, &rows, Clone::clone))
}

/// Accounts that may be assigned anywhere in the repository.
pub(super) fn assignable(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let mut rows: Vec<_> =
        world.repo(ix).grants.iter().filter(|(_, p)| **p >= Permission::Triage).map(|(user, _)| *user).collect();
    rows.extend(world.members.iter().copied());
    rows.sort_unstable();
    rows.dedup();
    Ok(Page::of(call).answer(call, &rows, |user| call.shape(world).user(*user)))
}

/// 204 when the account may be assigned: members, those with write access, and who commented on the issue.
pub(super) fn may_be_assigned(world: &World, ix: RepoIx, number: Option<u64>, login: &str) -> Outcome {
    let repo = world.repo(ix);
    let issue = number.map(|n| issue(repo, n)).transpose()?;
    let user = world.find_user(login).ok_or_else(Answer::not_found)?;
    if assignable_to(world, repo, issue, user) { Ok(Answer::nothing()) } else { Err(Answer::not_found()) }
}

/// GitHub's rule of who can be assigned.
pub(super) fn assignable_to(world: &World, repo: &Repo, issue: Option<&Issue>, user: usize) -> bool {
    world.members.contains(&user)
        || repo.owner == user
        || repo.grants.get(&user).copied().unwrap_or(repo.everyone) >= Permission::Triage
        || issue.is_some_and(|i| i.author == Some(user) || i.comments.iter().any(|c| c.author == Some(user)))
}

pub(super) fn events(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    Ok(Page::of(call).answer(call, &issue(repo, number)?.events, |event| shape.event(repo, event)))
}

/// Events and comments in one list, by time.
pub(super) fn timeline(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let issue = issue(repo, number)?;
    let mut rows: Vec<(Timestamp, Value)> = issue.events.iter().map(|e| (e.at, shape.event(repo, e))).collect();
    for comment in shape.visible(issue) {
        let mut row = shape.comment(repo, issue, comment);
        super::shape::merge(&mut row, json!({"event": "commented", "actor": shape.maybe_user(comment.author)}));
        rows.push((comment.created_at, row));
    }
    rows.sort_by_key(|(moment, _)| *moment);
    Ok(Page::of(call).answer(call, &rows, |(_, row)| row.clone()))
}

/// Pull requests, as far as a list needs them.
pub(super) fn pulls(world: &World, call: &Call, ix: RepoIx) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let state = call.param("state").unwrap_or("open");
    let rows: Vec<&Issue> = repo
        .issues
        .values()
        .rev()
        .filter(|i| i.pull.is_some() && (state == "all" || i.open == (state == "open")))
        .collect();
    let show = |row: &&Issue| {
        let pull = row.pull.clone().unwrap_or_default();
        let web = shape.issue_web(repo, row);
        let home = shape.repo_api(repo);
        let url = format!("{home}/pulls/{}", row.number);
        let end = |branch: &str| {
            json!({"label": format!("{}:{branch}", world.user(repo.owner).login), "ref": branch,
                   "sha": format!("{:040x}", row.id), "user": shape.user(repo.owner), "repo": shape.repo(ix, call.who)})
        };
        let link = |tail: &str| json!({"href": format!("{url}{tail}")});
        json!({
            "url": url, "id": row.id, "node_id": row.node_id, "html_url": web, "diff_url": format!("{web}.diff"),
            "patch_url": format!("{web}.patch"), "issue_url": format!("{home}/issues/{}", row.number),
            "commits_url": format!("{url}/commits"), "review_comments_url": format!("{url}/comments"),
            "review_comment_url": format!("{home}/pulls/comments{{/number}}"),
            "comments_url": format!("{home}/issues/{}/comments", row.number),
            "statuses_url": format!("{home}/statuses/{:040x}", row.id), "number": row.number,
            "state": if row.open { "open" } else { "closed" }, "locked": row.locked, "title": row.title,
            "user": shape.maybe_user(row.author), "body": row.body, "labels": shape.labels(repo, row),
            "milestone": null, "active_lock_reason": null, "created_at": at(row.created_at),
            "updated_at": at(row.updated_at), "closed_at": row.closed_at.map(at), "merged_at": pull.merged_at.map(at),
            "merge_commit_sha": null, "assignee": null, "assignees": [], "requested_reviewers": [],
            "requested_teams": [], "head": end(&pull.head), "base": end(&repo.default_branch),
            "_links": {"self": link(""), "html": {"href": web}, "issue": link(""), "comments": link("/comments"),
                "review_comments": link("/comments"), "review_comment": link("/comments"),
                "commits": link("/commits"), "statuses": link("/statuses")},
            "author_association": row.association, "auto_merge": null, "draft": pull.draft,
        })
    };
    Ok(Page::of(call).answer(call, &rows, show))
}
