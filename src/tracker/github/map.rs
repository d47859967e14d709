//! From what GitHub sent to domain values. Foreign text stays raw inside [`Foreign`]; what cannot be used is
//! refused with a harmless reason.

use jiff::Timestamp;

use super::wire;
use crate::domain::{
    key::{ProjectRef, TaskKey, TrackerName},
    person::{Association, Login, Person, PersonKind},
    project::{Permission, Project},
    task::{Comment, Milestone, Task, TaskState},
    text::{Foreign, safe_line},
};

/// No issue is older than the first tracker: 1990-01-01.
const DAWN: i64 = 631_152_000;
/// How far a clock may run ahead of the answer's own time, in seconds.
const AHEAD: i64 = 86_400;

/// A time as GitHub writes it; `None` when it is no time or lies before any tracker.
pub(super) fn time(raw: Option<&str>) -> Option<Timestamp> {
    raw?.parse::<Timestamp>().ok().filter(|t| t.as_second() > DAWN)
}

fn needed(raw: Option<&str>, name: &str) -> Result<Timestamp, String> {
    time(raw).ok_or_else(|| match raw {
        Some(raw) => format!("its {name} '{}' is no usable date", safe_line(&raw.chars().take(40).collect::<String>())),
        None => format!("its {name} is missing or no text"),
    })
}

/// True when a time lies so far ahead of `now` that it cannot be true.
pub(super) fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.as_second() > now.as_second().saturating_add(AHEAD)
}

/// What the author is to the project.
pub(super) fn association(raw: Option<&str>) -> Association {
    match raw {
        Some("OWNER") => Association::Owner,
        Some("MEMBER") => Association::Member,
        Some("COLLABORATOR") => Association::Collaborator,
        _ => Association::Other,
    }
}

/// An account; `None` for a deleted one, which GitHub leaves out or shows as the account `ghost`.
pub(super) fn person(user: Option<wire::User>) -> Option<Person> {
    let user = user?;
    let login = user.login.filter(|login| !login.is_empty() && !login.eq_ignore_ascii_case("ghost"))?;
    let bot = user.kind.as_deref() == Some("Bot") || login.ends_with("[bot]");
    let kind = if bot { PersonKind::Bot } else { PersonKind::Human };
    Some(Person { login: Login::new(login), id: user.id.unwrap_or(0), kind })
}

/// Open or closed; an unknown word counts as what the closing date says.
pub(super) fn state(state: Option<&str>, reason: Option<&str>, closed: bool) -> TaskState {
    let is = |word: &str| state.is_some_and(|s| s.eq_ignore_ascii_case(word));
    if is("open") || (!is("closed") && !closed) {
        return TaskState::Open;
    }
    match reason.map(str::to_ascii_lowercase).as_deref() {
        Some("not_planned" | "duplicate") => TaskState::NotPlanned,
        _ => TaskState::Closed,
    }
}

fn labels(labels: Option<Vec<Option<wire::Label>>>) -> Vec<Foreign> {
    let name = |label| match label {
        wire::Label::Object { name } => name,
        wire::Label::Name(name) => Some(name),
        wire::Label::Odd(_) => None,
    };
    labels.into_iter().flatten().flatten().filter_map(name).map(Foreign::new).collect()
}

/// Everybody assigned, each once.
pub(super) fn assignees(many: Option<Vec<Option<wire::User>>>, one: Option<wire::User>) -> Vec<Login> {
    let mut logins: Vec<Login> = Vec::new();
    for login in many.into_iter().flatten().flatten().chain(one).filter_map(|user| user.login) {
        let login = Login::new(login);
        if !logins.contains(&login) {
            logins.push(login);
        }
    }
    logins
}

/// A task and its description.
///
/// # Errors
/// What is missing or unusable, one harmless sentence.
pub(super) fn task(issue: wire::Issue, project: &ProjectRef) -> Result<(Task, Option<Foreign>), String> {
    let number = issue.number.filter(|n| *n > 0).ok_or("its number is missing or no number")?;
    let title = issue.title.ok_or_else(|| format!("the title of #{number} is missing or no text"))?;
    let of = |why: String| format!("#{number}: {why}");
    let created_at = needed(issue.created_at.as_deref(), "created_at").map_err(of)?;
    let updated_at = needed(issue.updated_at.as_deref(), "updated_at").map_err(of)?;
    let closed_at = time(issue.closed_at.as_deref());
    let task = Task {
        key: TaskKey::new(project.clone(), number),
        id: issue.id.unwrap_or(0),
        node_id: issue.node_id,
        title: Foreign::new(title),
        state: state(issue.state.as_deref(), issue.state_reason.as_deref(), closed_at.is_some()),
        labels: labels(issue.labels),
        assignees: assignees(issue.assignees, issue.assignee),
        author: person(issue.user),
        association: association(issue.author_association.as_deref()),
        created_at,
        updated_at,
        closed_at,
        comments: issue.comments.unwrap_or(0),
        reactions: issue.reactions.and_then(|r| r.total_count).unwrap_or(0),
        milestone: issue
            .milestone
            .and_then(|m| Some(Milestone { title: Foreign::new(m.title?), due: time(m.due_on.as_deref()) })),
        locked: issue.locked.unwrap_or(false),
        planning: None,
    };
    Ok((task, Some(Foreign::new(issue.body.unwrap_or_default()))))
}

/// A comment.
///
/// # Errors
/// What is missing or unusable, one harmless sentence.
pub(super) fn comment(comment: wire::Comment) -> Result<Comment, String> {
    let id = comment.id.ok_or("its id is missing or no number")?;
    let created_at = needed(comment.created_at.as_deref(), "created_at")?;
    Ok(Comment {
        id,
        author: person(comment.user),
        association: association(comment.author_association.as_deref()),
        created_at,
        updated_at: time(comment.updated_at.as_deref()).unwrap_or(created_at),
        body: Foreign::new(comment.body.unwrap_or_default()),
    })
}

fn permission(p: Option<wire::Permissions>) -> Permission {
    let Some(p) = p else { return Permission::Unknown };
    let yes = |flag: Option<bool>| flag == Some(true);
    match () {
        () if yes(p.admin) => Permission::Admin,
        () if yes(p.maintain) => Permission::Maintain,
        () if yes(p.push) => Permission::Write,
        () if yes(p.triage) => Permission::Triage,
        () if yes(p.pull) => Permission::Read,
        () => Permission::Unknown,
    }
}

/// A project.
///
/// # Errors
/// When its name cannot be used in an address, one harmless sentence.
pub(super) fn project(repo: wire::Repository, tracker: &TrackerName) -> Result<Project, String> {
    let name = repo.full_name.ok_or("its full_name is missing or no text")?;
    let text = |raw: Option<String>| raw.filter(|t| !t.is_empty()).map(Foreign::new);
    Ok(Project {
        project: ProjectRef::parse(tracker, &name).map_err(|e| e.to_string())?,
        id: repo.id.unwrap_or(0),
        node_id: repo.node_id,
        description: Foreign::new(repo.description.unwrap_or_default()),
        topics: repo.topics.into_iter().flatten().flatten().map(Foreign::new).collect(),
        language: text(repo.language),
        default_branch: text(repo.default_branch),
        archived: repo.archived.unwrap_or(false),
        disabled: repo.disabled.unwrap_or(false),
        has_issues: repo.has_issues.unwrap_or(true),
        fork: repo.fork.unwrap_or(false),
        private: repo.private.unwrap_or(false),
        pushed_at: time(repo.pushed_at.as_deref()),
        permission: permission(repo.permissions),
    })
}
