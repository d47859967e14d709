//! Writing: comments, labels, assignees. Who may, what it changes, and what GitHub silently leaves out.

use serde_json::Value;

use super::{Answer, Call, Outcome, issue, issues::assignable_to};
use crate::demo::{
    acts::By,
    world::{Permission, RepoIx, UserIx, World, whole_seconds},
};

/// Longest body of a comment, characters.
const LONGEST: usize = 65_536;
/// Longest title of an issue, characters.
const LONGEST_TITLE: usize = 256;
/// Why an issue may be closed or opened.
const REASONS: [&str; 4] = ["completed", "not_planned", "duplicate", "reopened"];
/// Most assignees of one issue.
const MOST_ASSIGNEES: usize = 10;

/// The writer of a call, with the moment.
fn by(call: &Call, who: UserIx) -> By {
    By { who, at: whole_seconds(call.now) }
}

/// The account that writes; refused when there is none or the repository is closed for writing.
fn writer(world: &World, call: &Call, repo: RepoIx) -> Result<UserIx, Answer> {
    let who = call.who.ok_or_else(|| Answer::refusal(401, "Requires authentication"))?;
    if world.repo(repo).archived {
        return Err(Answer::refusal(403, "Repository was archived so is read-only."));
    }
    Ok(who)
}

fn may_label(world: &World, repo: RepoIx, who: UserIx) -> Result<(), Answer> {
    if world.repo(repo).permission(Some(who)) >= Permission::Triage {
        Ok(())
    } else {
        Err(Answer::refusal(403, "Must have triage rights to Repository."))
    }
}

fn words(call: &Call) -> Result<String, Answer> {
    let body = call.json()?.get("body").and_then(Value::as_str).unwrap_or_default().to_owned();
    if body.trim().is_empty() {
        return Err(Answer::invalid("IssueComment", "body", "missing_field"));
    }
    if body.chars().count() > LONGEST {
        return Err(Answer::invalid("IssueComment", "body", "too_long"));
    }
    Ok(body)
}

/// Opens an issue. Without push access its labels are silently dropped.
pub(super) fn open_issue(world: &mut World, call: &Call, repo: RepoIx) -> Outcome {
    let who = writer(world, call, repo)?;
    let body = call.json()?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let title = text("title").trim().to_owned();
    if title.is_empty() {
        return Err(Answer::invalid("Issue", "title", "missing_field"));
    }
    if title.chars().count() > LONGEST_TITLE || text("body").chars().count() > LONGEST {
        return Err(Answer::invalid("Issue", "title", "too_long"));
    }
    let number = world.open_issue(repo, by(call, who), &title, text("body"));
    if world.repo(repo).permission(Some(who)) >= Permission::Write {
        let names = body.get("labels").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        names.for_each(|name| world.label(repo, number, by(call, who), name, true));
    }
    let home = world.repo(repo);
    let shown = call.shape(world).issue(home, issue(home, number)?);
    let address = shown.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut answer = Answer::created(shown);
    answer.headers.push(("location", address));
    Ok(answer)
}

pub(super) fn comment(world: &mut World, call: &Call, repo: RepoIx, number: u64) -> Outcome {
    let who = writer(world, call, repo)?;
    let target = issue(world.repo(repo), number)?;
    if target.locked && world.repo(repo).permission(Some(who)) < Permission::Write {
        return Err(Answer::refusal(403, "Unable to create comment because issue is locked."));
    }
    let body = words(call)?;
    let id = world.comment(repo, number, by(call, who), &body).ok_or_else(Answer::not_found)?;
    let shown = shown_comment(world, call, repo, number, id)?;
    let address = shown.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut answer = Answer::created(shown);
    answer.headers.push(("location", address));
    Ok(answer)
}

/// A comment as its own writer sees it: never stale.
fn shown_comment(world: &World, call: &Call, repo: RepoIx, number: u64, id: u64) -> Result<Value, Answer> {
    let home = world.repo(repo);
    let issue = issue(home, number)?;
    let comment = issue.comments.iter().find(|c| c.id == id).ok_or_else(Answer::not_found)?;
    Ok(call.shape(world).comment(home, issue, comment))
}

/// The issue of a comment that this account may change.
fn own(world: &World, repo: RepoIx, who: UserIx, id: u64) -> Result<u64, Answer> {
    let (home, number) = world.comment_home(id).ok_or_else(Answer::not_found)?;
    if home != repo {
        return Err(Answer::not_found());
    }
    let mine = issue(world.repo(repo), number)?.comments.iter().any(|c| c.id == id && c.author == Some(who));
    if mine || world.repo(repo).permission(Some(who)) >= Permission::Write {
        Ok(number)
    } else {
        Err(Answer::refusal(403, "Must have admin rights to Repository."))
    }
}

pub(super) fn edit_comment(world: &mut World, call: &Call, repo: RepoIx, id: u64) -> Outcome {
    let who = writer(world, call, repo)?;
    let number = own(world, repo, who, id)?;
    let body = words(call)?;
    world.edit_comment(id, &body, whole_seconds(call.now));
    Ok(Answer::ok(shown_comment(world, call, repo, number, id)?))
}

pub(super) fn delete_comment(world: &mut World, call: &Call, repo: RepoIx, id: u64) -> Outcome {
    let who = writer(world, call, repo)?;
    own(world, repo, who, id)?;
    world.remove_comment(id, whole_seconds(call.now));
    Ok(Answer::nothing())
}

/// Title, body and state; the author may do it, and who has triage rights.
pub(super) fn edit_issue(world: &mut World, call: &Call, repo: RepoIx, number: u64) -> Outcome {
    let who = writer(world, call, repo)?;
    let mut edited = issue(world.repo(repo), number)?.clone();
    if edited.author != Some(who) {
        may_label(world, repo, who)?;
    }
    let body = call.json()?;
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    edited.title = text("title").unwrap_or(edited.title);
    edited.body = text("body").or(edited.body);
    let open = match text("state").as_deref() {
        None => edited.open,
        Some("open") => true,
        Some("closed") => false,
        Some(_) => return Err(Answer::invalid("Issue", "state", "invalid")),
    };
    let reason = text("state_reason");
    if reason.as_deref().is_some_and(|r| !REASONS.contains(&r)) {
        return Err(Answer::invalid("Issue", "state_reason", "invalid"));
    }
    world.repo_mut(repo).insert(edited);
    world.repo_mut(repo).touch(number, whole_seconds(call.now));
    world.set_open(repo, number, by(call, who), open, reason.as_deref());
    let home = world.repo(repo);
    Ok(Answer::ok(call.shape(world).issue(home, issue(home, number)?)))
}

/// `{"labels": ["a"]}`, `["a"]` and `{"labels": [{"name": "a"}]}` are all understood, as GitHub does.
fn label_names(call: &Call) -> Result<Vec<String>, Answer> {
    let body = call.json()?;
    let rows = body.get("labels").unwrap_or(&body).as_array().cloned().unwrap_or_default();
    let name = |row: &Value| row.as_str().or_else(|| row.get("name").and_then(Value::as_str)).map(str::to_owned);
    let names: Vec<String> = rows.iter().filter_map(name).collect();
    if names.is_empty() { Err(Answer::invalid("Label", "name", "missing_field")) } else { Ok(names) }
}

pub(super) fn add_labels(world: &mut World, call: &Call, repo: RepoIx, number: u64) -> Outcome {
    let who = writer(world, call, repo)?;
    issue(world.repo(repo), number)?;
    may_label(world, repo, who)?;
    let names = label_names(call)?;
    let unknown = names.iter().any(|name| world.repo(repo).label_named(name).is_none());
    if unknown && world.repo(repo).permission(Some(who)) < Permission::Write {
        return Err(Answer::refusal(403, "You do not have permission to create labels on this repository."));
    }
    for name in names {
        world.label(repo, number, by(call, who), &name, true);
    }
    labels_now(world, call, repo, number)
}

fn labels_now(world: &World, call: &Call, repo: RepoIx, number: u64) -> Outcome {
    let home = world.repo(repo);
    Ok(Answer::ok(Value::Array(call.shape(world).labels(home, issue(home, number)?))))
}

pub(super) fn remove_label(world: &mut World, call: &Call, repo: RepoIx, number: u64, name: &str) -> Outcome {
    let who = writer(world, call, repo)?;
    may_label(world, repo, who)?;
    issue(world.repo(repo), number)?;
    let place = world.repo(repo).label_named(name);
    let worn = place.is_some_and(|p| issue(world.repo(repo), number).is_ok_and(|i| i.labels.contains(&p)));
    if !worn {
        return Err(Answer::refusal(404, "Label does not exist"));
    }
    world.label(repo, number, by(call, who), name, false);
    labels_now(world, call, repo, number)
}

/// Adds or removes assignees. Without triage rights the answer is the same, only nothing has changed.
pub(super) fn assign(world: &mut World, call: &Call, repo: RepoIx, number: u64, add: bool) -> Outcome {
    let who = writer(world, call, repo)?;
    issue(world.repo(repo), number)?;
    let body = call.json()?;
    let logins = body.get("assignees").and_then(Value::as_array).cloned().unwrap_or_default();
    let allowed = world.repo(repo).permission(Some(who)) >= Permission::Triage && !call.ignore_assignee;
    for login in logins.iter().filter_map(Value::as_str).filter(|_| allowed) {
        let Some(user) = world.find_user(login) else { continue };
        let home = world.repo(repo);
        let target = issue(home, number)?;
        let fits = target.assignees.len() < MOST_ASSIGNEES && assignable_to(world, home, Some(target), user);
        if fits || !add {
            world.assign(repo, number, by(call, who), user, add);
        }
    }
    let home = world.repo(repo);
    let shown = call.shape(world).issue(home, issue(home, number)?);
    Ok(if add { Answer::created(shown) } else { Answer::ok(shown) })
}
