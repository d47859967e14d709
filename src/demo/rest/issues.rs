//! Reading issues, comments and labels.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Call, Outcome, issue, page::Page};
use crate::demo::{
    search,
    world::{Comment, Issue, Permission, Repo, RepoIx, World},
};

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

/// `GET /search/issues`.
pub(super) fn search(world: &World, call: &Call) -> Outcome {
    let Some(query) = call.param("q") else { return Err(Answer::invalid("Search", "q", "missing")) };
    let order = call.param("sort").map(|sort| format!(" sort:{sort}-{}", call.param("order").unwrap_or("desc")));
    let rows = search::issues(world, call.who, &format!("{query}{}", order.unwrap_or_default()));
    let (page, shape) = (Page::of(call), call.shape(world));
    let items = page.part(&rows).iter().filter_map(|(repo, number)| {
        let repo = world.repo(*repo);
        let mut shown = shape.issue(repo, repo.issues.get(number)?);
        super::shape::merge(&mut shown, json!({"score": 1.0}));
        // An absent description is left out here, where lists have a null.
        if let Some(row) = shown.as_object_mut().filter(|r| r.get("body").is_some_and(Value::is_null)) {
            row.remove("body");
        }
        Some(shown)
    });
    let items: Vec<Value> = items.collect();
    let found =
        json!({"total_count": rows.len(), "incomplete_results": false, "items": items, "search_type": "lexical"});
    let mut answer = Answer::ok(found);
    answer.headers.extend(page.link(call, rows.len()).map(|link| ("link", link)));
    Ok(answer)
}
