//! What Jira says of a task beyond what all trackers say: sprint, points, links and the like. Reads values of custom
//! fields in every form sites write them.

use serde_json::Value;

use super::{
    map::{Around, day, foreign},
    wire,
};
use crate::domain::{
    planning::{Planning, Points, Sprint, SprintState, TaskLink},
    text::Foreign,
};

/// Links of one task that are kept.
const LINKS: usize = 50;

/// Takes what planning says out of the fields.
pub(super) fn planning(fields: &mut wire::Fields, around: &Around<'_>) -> Planning {
    let custom = |id: &Option<String>| id.as_ref().and_then(|id| fields.rest.get(id)).unwrap_or(&Value::Null);
    let sprints = sprints(custom(&around.custom.sprint));
    let left = sprints.iter().filter(|s| s.state == SprintState::Closed).count();
    let points = custom(&around.custom.points);
    let points = points.as_f64().or_else(|| points.as_str().and_then(|p| p.trim().parse().ok())).and_then(Points::of);
    let flagged = custom(&around.custom.flagged).as_array().is_some_and(|flags| !flags.is_empty());
    let epic = custom(&around.custom.epic).as_str().map(Foreign::new);
    let status = fields.status.0.take().unwrap_or_default();
    let category = status.status_category.0.and_then(|c| c.key.0);
    Planning {
        status: Foreign::new(status.name.0.unwrap_or_default()),
        in_progress: category.as_deref() == Some("indeterminate"),
        kind: foreign(std::mem::take(&mut fields.issuetype)),
        priority: foreign(std::mem::take(&mut fields.priority)),
        components: names(fields.components.0.take()),
        sprint: current(sprints),
        sprints_left: u32::try_from(left).unwrap_or(u32::MAX),
        due: day(fields.duedate.0.as_deref()),
        points,
        flagged,
        votes: fields.votes.0.take().and_then(|v| v.votes.0).unwrap_or(0),
        watchers: fields.watches.0.take().and_then(|w| w.watch_count.0).unwrap_or(0),
        parent: fields.parent.0.take().and_then(|p| p.key.0).map(Foreign::new).or(epic),
        links: fields.issuelinks.0.take().into_iter().flatten().filter_map(link).take(LINKS).collect(),
        service_desk: around.shop.service_desk,
    }
}

fn names(rows: Option<Vec<wire::Named>>) -> Vec<Foreign> {
    rows.into_iter().flatten().filter_map(|row| row.name.0).map(Foreign::new).collect()
}

fn link(link: wire::Link) -> Option<TaskLink> {
    let kind = link.kind.0.unwrap_or_default();
    let (how, other) = match (link.outward_issue.0, link.inward_issue.0) {
        (Some(other), _) => (kind.outward.0, other),
        (None, Some(other)) => (kind.inward.0, other),
        (None, None) => return None,
    };
    let status = other.fields.0.and_then(|f| f.status.0).and_then(|s| s.status_category.0).and_then(|c| c.key.0);
    Some(TaskLink {
        how: Foreign::new(how.unwrap_or_default()),
        to: Foreign::new(other.key.0?),
        done: status.as_deref() == Some("done"),
    })
}

/// The sprint it is in: the running one, else the next, else the last.
fn current(sprints: Vec<Sprint>) -> Option<Sprint> {
    let rank = |s: &Sprint| match s.state {
        SprintState::Active => 2,
        SprintState::Future => 1,
        SprintState::Closed => 0,
    };
    // Of equals the one named last is the latest.
    sprints.into_iter().max_by_key(rank)
}

/// All sprints a task was ever in: objects on Cloud; on Data Center texts made of a Java object.
fn sprints(value: &Value) -> Vec<Sprint> {
    let rows = value.as_array().map_or_else(Vec::new, Clone::clone);
    rows.iter().filter_map(|row| row.as_str().map_or_else(|| object(row), java)).collect()
}

fn object(row: &Value) -> Option<Sprint> {
    let name = row.get("name")?.as_str()?;
    Some(Sprint { name: Foreign::new(name), state: sprint_state(row.get("state").and_then(Value::as_str)) })
}

/// `com.atlassian.greenhopper.service.sprint.Sprint@1[id=3,state=CLOSED,name=A, B,goal=…]`. A value may hold commas, so
/// it ends where the next known key begins.
fn java(text: &str) -> Option<Sprint> {
    let (_, inner) = text.split_once('[')?;
    let value = |key: &str| {
        let start = match inner.strip_prefix(&format!("{key}=")) {
            Some(rest) => rest,
            None => inner.split_once(&format!(",{key}=")).map(|(_, rest)| rest)?,
        };
        let end = ENDS.iter().filter_map(|end| start.find(end)).min().unwrap_or(start.len());
        Some(start.get(..end)?.trim_end_matches(']'))
    };
    Some(Sprint { name: Foreign::new(value("name")?), state: sprint_state(value("state")) })
}

/// Keys that follow another in such a text.
const ENDS: [&str; 11] = [
    ",id=",
    ",rapidViewId=",
    ",state=",
    ",name=",
    ",goal=",
    ",startDate=",
    ",endDate=",
    ",completeDate=",
    ",activatedDate=",
    ",sequence=",
    ",autoStartStop=",
];

fn sprint_state(raw: Option<&str>) -> SprintState {
    match raw.map(str::to_ascii_lowercase).as_deref() {
        Some("closed") => SprintState::Closed,
        Some("active") => SprintState::Active,
        _ => SprintState::Future,
    }
}
