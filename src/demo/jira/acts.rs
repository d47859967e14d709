//! What people do on Jira: comment, assign, label, move on, vote. Each act leaves the row that the changelog shows for
//! it and moves the issue. Whether somebody may is asked before; knows no HTTP.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use super::{
    super::{
        acts::By,
        world::{UserIx, World},
    },
    model::{Category, Change, Comment, Issue, IssueIx, Item, Remote, Text, Visibility},
    people::display_name,
};

/// Values that fields are to have; `None` leaves a field alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    pub summary: Option<String>,
    pub description: Option<Option<Text>>,
    pub environment: Option<Option<Text>>,
    pub due: Option<Option<Date>>,
    pub labels: Option<Vec<String>>,
    pub priority: Option<usize>,
    pub assignee: Option<Option<UserIx>>,
    pub reporter: Option<UserIx>,
    pub components: Option<Vec<usize>>,
    pub versions: Option<Vec<usize>>,
    pub sprints: Option<Vec<usize>>,
    pub points: Option<Option<f64>>,
    pub flagged: Option<bool>,
    pub parent: Option<String>,
    pub status: Option<usize>,
    pub resolution: Option<Option<usize>>,
}

fn words(field: &'static str, from: Option<String>, to: Option<String>) -> Option<Item> {
    (from != to).then(|| Item { field, from_words: from, to_words: to, ..Item::default() })
}

fn with_ids(field: &'static str, from: (Vec<u64>, Vec<String>), to: (Vec<u64>, Vec<String>)) -> Option<Item> {
    let joined = |ids: &[u64]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    (from.0 != to.0).then(|| Item {
        field,
        from: some(joined(&from.0)),
        from_words: some(from.1.join(", ")),
        to: some(joined(&to.0)),
        to_words: some(to.1.join(", ")),
        people: None,
    })
}

/// Ids and names of places in a table.
fn ids<T>(
    places: impl IntoIterator<Item = usize>,
    table: &[T],
    named: impl Fn(&T) -> (u64, String),
) -> (Vec<u64>, Vec<String>) {
    places.into_iter().filter_map(|p| table.get(p)).map(named).unzip()
}

/// What the changelog says about two states of an issue.
fn differences(world: &World, old: &Issue, new: &Issue) -> Vec<Item> {
    let jira = &world.jira;
    let project = jira.project(new.project);
    let text = |t: &Option<Text>| t.as_ref().map(|t| super::text::plain(t).into_owned());
    let labels = |i: &Issue| Some(i.labels.join(" "));
    let name = |n: &super::model::Named| (n.id, n.name.clone());
    let number = |p: Option<f64>| p.map(|p| p.to_string());
    let flag = |f: bool| f.then(|| "Impediment".to_owned());
    let mut items = vec![
        words("summary", Some(old.summary.to_string()), Some(new.summary.to_string())),
        words("description", text(&old.description), text(&new.description)),
        words("environment", text(&old.environment), text(&new.environment)),
        words("duedate", old.due.map(|d| d.to_string()), new.due.map(|d| d.to_string())).map(|item| Item {
            from: item.from_words.clone(),
            to: item.to_words.clone(),
            ..item
        }),
        words("labels", labels(old), labels(new)).map(|item| Item {
            from: Some(String::new()),
            to: Some(String::new()),
            ..item
        }),
        words("Story point estimate", number(old.points), number(new.points)),
        words("Flagged", flag(old.flagged), flag(new.flagged)),
        with_ids("priority", ids(old.priority, &jira.priorities, name), ids(new.priority, &jira.priorities, name)),
        with_ids(
            "resolution",
            ids(old.resolution, &jira.resolutions, name),
            ids(new.resolution, &jira.resolutions, name),
        ),
        with_ids(
            "status",
            ids([old.status], &jira.statuses, |s| name(&s.named)),
            ids([new.status], &jira.statuses, |s| name(&s.named)),
        ),
        with_ids(
            "Sprint",
            ids(old.sprints.iter().copied(), &jira.sprints, |s| (s.id, s.name.clone())),
            ids(new.sprints.iter().copied(), &jira.sprints, |s| (s.id, s.name.clone())),
        ),
    ];
    if old.project == new.project {
        items.push(with_ids(
            "Component",
            ids(old.components.iter().copied(), &project.components, |c| name(&c.named)),
            ids(new.components.iter().copied(), &project.components, |c| name(&c.named)),
        ));
        items.push(with_ids(
            "Fix Version",
            ids(old.versions.iter().copied(), &project.versions, |v| name(&v.named)),
            ids(new.versions.iter().copied(), &project.versions, |v| name(&v.named)),
        ));
    }
    for (field, from, to) in [("assignee", old.assignee, new.assignee), ("reporter", old.reporter, new.reporter)] {
        let shown = |u: Option<UserIx>| u.map(|u| display_name(world, u));
        items.push(words(field, shown(from), shown(to)).map(|item| Item { people: Some((from, to)), ..item }));
    }
    items.into_iter().flatten().collect()
}

/// Writes a row into the changelog, and moves the issue.
pub(crate) fn note(world: &mut World, ix: IssueIx, by: By, items: Vec<Item>) {
    if items.is_empty() {
        return;
    }
    let id = world.jira.id();
    world.jira.change(ix, |issue| {
        issue.changes.push(Change { id, author: Some(by.who), at: by.at, items });
        issue.updated = issue.updated.max(by.at);
    });
}

/// Sets fields of an issue.
pub(crate) fn edit(world: &mut World, ix: IssueIx, by: By, edits: Edits) {
    let Some(old) = world.jira.issue(ix).cloned() else { return };
    let mut new = old.clone();
    let done =
        |world: &World, status: usize| world.jira.statuses.get(status).is_some_and(|s| s.category == Category::Done);
    if let Some(status) = edits.status {
        new.status = status;
        if !done(world, status) {
            (new.resolution, new.resolved) = (None, None);
        }
    }
    if let Some(resolution) = edits.resolution {
        new.resolution = resolution;
        new.resolved = resolution.map(|_| by.at);
    }
    set(&mut new, edits);
    let items = differences(world, &old, &new);
    world.jira.change(ix, |issue| *issue = new);
    note(world, ix, by, items);
}

fn set(issue: &mut Issue, edits: Edits) {
    let keep = |place: &mut Option<Text>, value: Option<Option<Text>>| {
        if let Some(value) = value {
            *place = value;
        }
    };
    keep(&mut issue.description, edits.description);
    keep(&mut issue.environment, edits.environment);
    if let Some(summary) = edits.summary {
        issue.summary = summary.into();
    }
    issue.due = edits.due.unwrap_or(issue.due);
    issue.points = edits.points.unwrap_or(issue.points);
    issue.flagged = edits.flagged.unwrap_or(issue.flagged);
    issue.priority = edits.priority.or(issue.priority);
    issue.assignee = edits.assignee.unwrap_or(issue.assignee);
    issue.reporter = edits.reporter.or(issue.reporter);
    for (place, value) in [
        (&mut issue.components, edits.components),
        (&mut issue.versions, edits.versions),
        (&mut issue.sprints, edits.sprints),
    ] {
        if let Some(value) = value {
            *place = value;
        }
    }
    if let Some(labels) = edits.labels {
        issue.labels = labels;
    }
    if edits.parent.is_some() {
        issue.parent = edits.parent;
    }
}

/// Assigns somebody, or nobody.
pub(crate) fn assign(world: &mut World, ix: IssueIx, by: By, user: Option<UserIx>) {
    edit(world, ix, by, Edits { assignee: Some(user), ..Edits::default() });
}

/// Adds and removes labels.
pub(crate) fn label(world: &mut World, ix: IssueIx, by: By, add: &[&str], remove: &[&str]) {
    let Some(issue) = world.jira.issue(ix) else { return };
    let mut labels: Vec<String> = issue.labels.iter().filter(|l| !remove.contains(&l.as_str())).cloned().collect();
    for name in add {
        if !labels.iter().any(|l| l == name) {
            labels.push((*name).to_owned());
        }
    }
    edit(world, ix, by, Edits { labels: Some(labels), ..Edits::default() });
}

/// Comments; the issue moves. `None` when there is no such issue.
pub(crate) fn comment(
    world: &mut World,
    ix: IssueIx,
    by: By,
    body: Text,
    properties: BTreeMap<String, Value>,
    visibility: Option<Visibility>,
) -> Option<u64> {
    world.jira.issue(ix)?;
    let id = world.comment_id();
    let (author, at) = (Some(by.who), by.at);
    let comment = Comment { id, author, editor: author, body, created: at, updated: at, properties, visibility };
    world.jira.change(ix, |issue| {
        issue.comments.push(comment);
        issue.updated = issue.updated.max(at);
    })?;
    world.jira.remember_comment(id, ix);
    Some(id)
}

/// Replaces the words of a comment; properties are added to those it has.
pub(crate) fn edit_comment(
    world: &mut World,
    ix: IssueIx,
    id: u64,
    by: By,
    body: Text,
    properties: BTreeMap<String, Value>,
) {
    world.jira.change(ix, |issue| {
        if let Some(comment) = issue.comments.iter_mut().find(|c| c.id == id) {
            comment.body = body;
            comment.editor = Some(by.who);
            comment.updated = by.at;
            comment.properties.extend(properties);
        }
        issue.updated = issue.updated.max(by.at);
    });
}

/// Removes a comment; the issue moves.
pub(crate) fn remove_comment(world: &mut World, ix: IssueIx, id: u64, at: Timestamp) {
    world.jira.change(ix, |issue| {
        issue.comments.retain(|c| c.id != id);
        issue.updated = issue.updated.max(at);
    });
    world.jira.forget_comment(id);
}

/// Sets or removes (`None`) a property of a comment, and gives what it was. The issue does not move.
pub(crate) fn comment_property(
    world: &mut World,
    ix: IssueIx,
    id: u64,
    key: &str,
    value: Option<Value>,
) -> Option<Value> {
    let changed = world.jira.change(ix, |issue| {
        let comment = issue.comments.iter_mut().find(|c| c.id == id)?;
        match value {
            Some(value) => comment.properties.insert(key.to_owned(), value),
            None => comment.properties.remove(key),
        }
    });
    changed.flatten()
}

/// Votes for an issue or takes the vote back; the issue does not move.
pub(crate) fn vote(world: &mut World, ix: IssueIx, who: UserIx, votes: bool) {
    world.jira.change(ix, |issue| if votes { issue.voters.insert(who) } else { issue.voters.remove(&who) });
}

/// Watches an issue or no longer does; the issue does not move.
pub(crate) fn watch(world: &mut World, by: By, ix: IssueIx, watches: bool) {
    world.jira.change(ix, |issue| if watches { issue.watchers.insert(by.who) } else { issue.watchers.remove(&by.who) });
}

/// Adds a remote link, or replaces the one with its global id; tells its id and whether it is new.
pub(crate) fn remote_link(world: &mut World, ix: IssueIx, by: By, mut remote: Remote) -> Option<(u64, bool)> {
    let known = world.jira.issue(ix)?.remotes.iter();
    let known = known.filter(|r| r.global_id.is_some() && r.global_id == remote.global_id).map(|r| r.id).next();
    remote.id = known.unwrap_or_else(|| world.jira.id());
    let (id, title) = (remote.id, remote.object.get("title").and_then(Value::as_str).unwrap_or_default().to_owned());
    world.jira.change(ix, |issue| {
        issue.remotes.retain(|r| r.id != id);
        issue.remotes.push(remote);
    })?;
    if known.is_none() {
        let item = Item {
            field: "RemoteIssueLink",
            to: Some(id.to_string()),
            to_words: Some(format!("This issue links to \"{title}\"")),
            ..Item::default()
        };
        note(world, ix, by, vec![item]);
    }
    Some((id, known.is_none()))
}

/// Moves an issue to another project; the changelog tells both keys.
pub(crate) fn relocate(world: &mut World, ix: IssueIx, by: By, to: usize) -> Option<String> {
    let issue = world.jira.issue(ix)?;
    let (old_key, from) = (world.jira.key(issue), issue.project);
    let new_key = world.jira.relocate(ix, to)?;
    let named = |p: usize| (world.jira.project(p).id.to_string(), world.jira.project(p).name.clone());
    let ((from, from_name), (to, to_name)) = (named(from), named(to));
    let items = vec![
        Item { field: "Key", from_words: Some(old_key), to_words: Some(new_key.clone()), ..Item::default() },
        Item {
            field: "project",
            from: Some(from),
            from_words: Some(from_name),
            to: Some(to),
            to_words: Some(to_name),
            people: None,
        },
    ];
    note(world, ix, by, items);
    Some(new_key)
}
