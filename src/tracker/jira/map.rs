//! From what Jira sent to domain values. Foreign text stays raw inside [`Foreign`], converted to Markdown; what cannot
//! be used is refused with a harmless reason. Names of statuses mean nothing here, their categories do.

use jiff::{Timestamp, civil::Date, fmt::strtime, tz::TimeZone};
use serde_json::Value;

use super::{
    address::Dialect,
    document, plan,
    site::{Custom, Shop},
    wire,
};
use crate::{
    domain::{
        key::{LooseKey, ProjectRef, TaskKey, TrackerName},
        person::{Association, Login, Person, PersonKind},
        project::{Permission, Project},
        task::{Comment, Milestone, Task, TaskState},
        text::{Foreign, safe_line},
    },
    tracker::rows::Lossy,
};

/// No issue is older than the first tracker: 1990-01-01.
const DAWN: i64 = 631_152_000;

/// Words in the name of a resolution that mean: closed without being done. Jira has no category for them.
const UNDONE: [&str; 14] = [
    "won't",
    "wont",
    "will not",
    "duplicate",
    "cannot reproduce",
    "can't reproduce",
    "declined",
    "invalid",
    "incomplete",
    "not a bug",
    "rejected",
    "obsolete",
    "needs no fix",
    "abandoned",
];

/// A time as Jira writes it, `2026-11-20T10:11:12.345+0000`, or in the usual form.
pub(super) fn time(raw: Option<&str>) -> Option<Timestamp> {
    let raw = raw?.trim();
    let parsed = raw.parse::<Timestamp>().ok().or_else(|| {
        let told = strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", raw).ok()?;
        told.to_timestamp().ok()
    });
    parsed.filter(|t| t.as_second() > DAWN)
}

fn needed(raw: Option<&str>, name: &str) -> Result<Timestamp, String> {
    time(raw).ok_or_else(|| match raw {
        Some(raw) => format!("its {name} '{}' is no usable date", safe_line(&raw.chars().take(40).collect::<String>())),
        None => format!("its {name} is missing or no text"),
    })
}

pub(super) fn day(raw: Option<&str>) -> Option<Date> {
    raw?.get(..10)?.parse().ok()
}

/// The number of an account: 53 bits of a sum of its id (FNV-1a), so that every installation computes the same, also
/// where numbers are kept as doubles. Never 0.
pub(super) fn id_of(account: &str) -> u64 {
    let sum = account
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    ((sum ^ (sum >> 53)) & ((1 << 53) - 1)).max(1)
}

/// An account. On Cloud it is addressed by its id, on Data Center by its user name; what never changes there is the key.
pub(super) fn person(user: Option<wire::User>) -> Option<Person> {
    let user = user?;
    let shown = user.display_name.0.unwrap_or_default();
    let full = |id: &Lossy<String>| id.0.clone().filter(|id| !id.is_empty());
    let kind = match user.account_type.0.as_deref() {
        Some("app") => PersonKind::Bot,
        _ => PersonKind::Human,
    };
    if let Some(id) = full(&user.account_id) {
        return Some(Person { id: id_of(&id), login: Login::named(id, shown), kind });
    }
    let name = full(&user.name)?;
    let id = id_of(&full(&user.key).unwrap_or_else(|| name.clone()));
    Some(Person { login: Login::named(name, shown), id, kind })
}

pub(super) fn foreign(named: Lossy<wire::Named>) -> Option<Foreign> {
    named.0?.name.0.filter(|n| !n.is_empty()).map(Foreign::new)
}

fn state(fields: &wire::Fields) -> TaskState {
    let category = fields.status.0.as_ref().and_then(|s| s.status_category.0.as_ref()).and_then(|c| c.key.0.as_deref());
    let resolved = fields.resolution.0.as_ref();
    let done = match category {
        Some(key) => key == "done",
        None => resolved.is_some(),
    };
    if !done {
        return TaskState::Open;
    }
    let how = resolved.and_then(|r| r.name.0.as_deref()).unwrap_or_default();
    if is_undone(how) { TaskState::NotPlanned } else { TaskState::Closed }
}

/// True when the name of a resolution means: closed without being done.
pub(super) fn is_undone(resolution: &str) -> bool {
    let how = resolution.to_lowercase().replace('\u{2019}', "'");
    UNDONE.iter().any(|word| how.contains(word))
}

fn milestone(versions: Lossy<Vec<wire::Version>>) -> Option<Milestone> {
    let open = versions.0?.into_iter().find(|v| v.released.0 != Some(true))?;
    let due = day(open.release_date.0.as_deref()).and_then(|d| d.to_zoned(TimeZone::UTC).ok()).map(|z| z.timestamp());
    Some(Milestone { title: Foreign::new(open.name.0?), due })
}

/// What reading an issue needs to know beside it.
pub(super) struct Around<'a> {
    pub(super) tracker: &'a TrackerName,
    pub(super) dialect: Dialect,
    pub(super) custom: &'a Custom,
    pub(super) shop: &'a Shop,
}

/// A text of either dialect as Markdown.
pub(super) fn markdown(value: &Value) -> String {
    match value {
        Value::String(text) => document::wiki::markdown(text),
        Value::Null => String::new(),
        tree => document::adf::markdown(tree),
    }
}

/// What came of an issue.
pub(super) struct Told {
    pub(super) task: Task,
    pub(super) body: Foreign,
    /// Its comments, when all of them came along.
    pub(super) thread: Option<Vec<Comment>>,
}

/// A key as Jira writes it.
///
/// # Errors
/// One harmless sentence.
pub(super) fn key(raw: Option<&str>, tracker: &TrackerName) -> Result<TaskKey, String> {
    let raw = raw.ok_or("its key is missing or no text")?;
    let loose: LooseKey = raw.parse().map_err(|e: crate::domain::key::KeyError| e.to_string())?;
    let key = loose.on(tracker).map_err(|e| e.to_string())?;
    if key.project.owner_and_name().is_some() { Err("its key is no key of Jira".into()) } else { Ok(key) }
}

/// A task, its description, and its comments where all of them came along.
///
/// # Errors
/// What is missing or unusable, one harmless sentence.
pub(super) fn issue(issue: wire::Issue, around: &Around<'_>) -> Result<Told, String> {
    let key = key(issue.key.0.as_deref(), around.tracker)?;
    let mut fields = issue.fields;
    let of = |why: String| format!("{key}: {why}");
    let title = fields.summary.0.take().ok_or_else(|| of("its summary is missing or no text".into()))?;
    let created_at = needed(fields.created.0.as_deref(), "created").map_err(of)?;
    let updated_at = needed(fields.updated.0.as_deref(), "updated").map_err(of)?;
    let state = state(&fields);
    let (comments, thread) = thread(&fields.comment, around);
    let planning = plan::planning(&mut fields, around);
    let author = person(fields.reporter.0.take().or_else(|| fields.creator.0.take()));
    let closed_at = time(fields.resolutiondate.0.as_deref()).or((state != TaskState::Open).then_some(updated_at));
    let labels = fields.labels.0.take().into_iter().flatten();
    let task = Task {
        id: issue.id.0.and_then(|id| id.parse().ok()).unwrap_or(0),
        node_id: None,
        title: Foreign::new(title),
        state,
        labels: labels.filter_map(|l| l.as_str().map(Foreign::new)).collect(),
        assignees: person(fields.assignee.0.take()).map(|p| p.login).into_iter().collect(),
        association: association(author.as_ref(), around.shop),
        author,
        created_at,
        updated_at: updated_at.max(created_at),
        closed_at: closed_at.filter(|_| state != TaskState::Open),
        comments,
        reactions: 0,
        milestone: milestone(std::mem::take(&mut fields.fix_versions)),
        locked: false,
        planning: Some(Box::new(planning)),
        key,
    };
    Ok(Told { task, body: Foreign::new(markdown(&fields.description)), thread })
}

/// What Jira attests of an account: only the lead of a project is known to speak for it.
pub(super) fn association(person: Option<&Person>, shop: &Shop) -> Association {
    let lead = person.is_some_and(|p| shop.lead == Some(p.id));
    if lead { Association::Owner } else { Association::Other }
}

/// How many comments there are, and all of them when they came along.
fn thread(value: &Value, around: &Around<'_>) -> (u32, Option<Vec<Comment>>) {
    let Some(rows) = value.get("comments").and_then(Value::as_array) else { return (0, None) };
    let came = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let total = value.get("total").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(came);
    let read = |row: &Value| serde_json::from_value::<wire::Comment>(row.clone()).ok();
    let mut all: Vec<Comment> =
        rows.iter().filter_map(read).filter_map(|c| comment(c, around.dialect, around.shop).ok()).collect();
    all.sort_by_key(|c| (c.created_at, c.id));
    let whole = total <= came && all.len() == rows.len();
    (total.max(came), whole.then_some(all))
}

/// A comment as the domain reads it: with the marker in front, where it carries one.
///
/// # Errors
/// What is missing or unusable, one harmless sentence.
pub(super) fn comment(comment: wire::Comment, dialect: Dialect, shop: &Shop) -> Result<Comment, String> {
    let id = comment.id.0.and_then(|id| id.parse().ok()).ok_or("its id is missing or no number")?;
    let created_at = needed(comment.created.0.as_deref(), "created")?;
    let author = person(comment.author.0);
    let property = comment.properties.0.unwrap_or_default().into_iter();
    let property = property.filter(|p| p.key.0.as_deref() == Some(super::PROPERTY)).map(|p| p.value).next();
    // On Data Center a marker names the user, and only the tracker knows the key behind it.
    let by = |address: &str| match &author {
        Some(author) if author.login.raw() == address => author.id,
        _ => id_of(address),
    };
    let body = match (dialect, &comment.body) {
        (_, Value::String(text)) => document::machine::from_wiki(text, property.as_ref(), &by),
        (_, tree) => document::machine::from_adf(tree, property.as_ref(), &by),
    };
    Ok(Comment {
        id,
        association: association(author.as_ref(), shop),
        author,
        created_at,
        updated_at: time(comment.updated.0.as_deref()).unwrap_or(created_at),
        body: Foreign::new(body),
    })
}

/// A project; what may be done in it is asked elsewhere.
///
/// # Errors
/// When its key cannot be used in an address, one harmless sentence.
pub(super) fn project(told: wire::Project, tracker: &TrackerName) -> Result<(Project, Shop), String> {
    let key = told.key.0.ok_or("its key is missing or no text")?;
    let project = ProjectRef::parse(tracker, &key).map_err(|e| e.to_string())?;
    if project.owner_and_name().is_some() {
        return Err("its key is no key of Jira".into());
    }
    let lead = person(told.lead.0).map(|p| p.id);
    let service_desk = told.project_type_key.0.as_deref() == Some("service_desk");
    let text = told.description.0.filter(|d| !d.trim().is_empty()).or(told.name.0).unwrap_or_default();
    let project = Project {
        project,
        id: told.id.0.and_then(|id| id.parse().ok()).unwrap_or(0),
        node_id: None,
        description: Foreign::new(text),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: told.archived.0.unwrap_or(false),
        disabled: false,
        has_issues: true,
        fork: false,
        private: told.is_private.0.unwrap_or(false),
        pushed_at: None,
        permission: Permission::Unknown,
    };
    Ok((project, Shop { lead, service_desk }))
}
