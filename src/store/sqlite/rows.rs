//! Tasks as table rows, there and back. Times are stored in microseconds, numbers of the tracker bit by bit.

use jiff::Timestamp;
use rusqlite::{Row, Statement, params, types::ValueRef};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::domain::{
    gist::Gist,
    key::{ProjectRef, TaskKey},
    person::{Association, Login, Person, PersonKind},
    planning::Planning,
    task::{Milestone, Task, TaskState},
    text::Foreign,
};

/// Inserts a task, or replaces a row that is not newer. `?20` is the batch when a description came along.
pub(super) const UPSERT: &str = "
    INSERT INTO task(id, tid, node, title, state, labels, assignees, author, author_id, author_kind, association,
        created, updated, closed, comments, reactions, milestone, due, locked, body_ver, more)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
    ON CONFLICT(id) DO UPDATE SET tid = excluded.tid, node = excluded.node, title = excluded.title,
        state = excluded.state, labels = excluded.labels, assignees = excluded.assignees, author = excluded.author,
        author_id = excluded.author_id, author_kind = excluded.author_kind, association = excluded.association,
        created = excluded.created, updated = excluded.updated, closed = excluded.closed,
        comments = excluded.comments, reactions = excluded.reactions, milestone = excluded.milestone,
        due = excluded.due, locked = excluded.locked, body_ver = coalesce(excluded.body_ver, task.body_ver),
        more = excluded.more, gist_due = 1
    WHERE excluded.updated >= task.updated";

/// The columns that [`decode`] reads, in its order.
pub(super) const COLUMNS: &str = "id, tid, node, title, state, labels, assignees, author, author_id, author_kind, \
    association, created, updated, closed, comments, reactions, milestone, due, locked, more";

const NUMBER_BITS: u32 = 32;

/// The row id of a task; `None` when its number does not fit, which no tracker has ever come near.
pub(super) fn row_id(project: i64, number: u64) -> Option<i64> {
    let number = u32::try_from(number).ok()?;
    let project = i32::try_from(project).ok()?;
    Some((i64::from(project) << NUMBER_BITS) | i64::from(number))
}

/// The project's row id and the number in a task's row id.
pub(super) fn split_id(id: i64) -> (i64, u64) {
    (id >> NUMBER_BITS, u64::from(u32::try_from(id & 0xffff_ffff).unwrap_or_default()))
}

/// All row ids that tasks of a project can have.
pub(super) fn id_range(project: i64) -> (i64, i64) {
    (project << NUMBER_BITS, (project << NUMBER_BITS) | 0xffff_ffff)
}

fn list<T: Serialize>(values: &[T]) -> rusqlite::Result<Option<String>> {
    if values.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(values).map(Some).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// What few tasks have, in one column: names behind account ids, and what a planning tracker says.
#[derive(Default, Serialize, Deserialize)]
struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author_name: Option<Foreign>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planning: Option<Box<Planning>>,
}

fn more(task: &Task) -> rusqlite::Result<Option<String>> {
    let author_name = task.author.as_ref().and_then(|a| a.login.name().cloned());
    if author_name.is_none() && task.planning.is_none() {
        return Ok(None);
    }
    let more = More { author_name, planning: task.planning.clone() };
    serde_json::to_string(&more).map(Some).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// Runs [`UPSERT`]; false when the stored row is newer and was kept.
pub(super) fn upsert(stmt: &mut Statement<'_>, id: i64, task: &Task, body_ver: Option<i64>) -> rusqlite::Result<bool> {
    let author = task.author.as_ref();
    let changed = stmt.execute(params![
        id,
        task.id.cast_signed(),
        task.node_id,
        task.title.raw(),
        state_number(task.state),
        list(&task.labels)?,
        list(&task.assignees)?,
        author.map(|a| a.login.raw()),
        author.map(|a| a.id.cast_signed()),
        author.map(|a| a.kind == PersonKind::Bot),
        association_number(task.association),
        task.created_at.as_microsecond(),
        task.updated_at.as_microsecond(),
        task.closed_at.map(Timestamp::as_microsecond),
        task.comments,
        task.reactions,
        task.milestone.as_ref().map(|m| m.title.raw()),
        task.milestone.as_ref().and_then(|m| m.due).map(Timestamp::as_microsecond),
        task.locked,
        body_ver,
        more(task)?,
    ])?;
    Ok(changed > 0)
}

/// The task in a row of [`COLUMNS`]; `None` when a value in it cannot be one that was written here.
pub(super) fn decode(row: &Row<'_>, project: &ProjectRef) -> Option<Task> {
    let number = |at: usize| row.get_ref(at).ok()?.as_i64().ok();
    let (_, task_number) = split_id(number(0)?);
    let more: More = match text(row, 19)? {
        None => More::default(),
        Some(json) => serde_json::from_str(json).ok()?,
    };
    Some(Task {
        key: TaskKey::new(project.clone(), task_number),
        id: number(1)?.cast_unsigned(),
        node_id: text(row, 2)?.map(str::to_owned),
        title: Foreign::new(text(row, 3)??),
        state: state_of(number(4)?)?,
        labels: list_of(row, 5)?,
        assignees: list_of(row, 6)?,
        author: author(row, more.author_name)?,
        association: association_of(number(10)?)?,
        created_at: time(row, 11)??,
        updated_at: time(row, 12)??,
        closed_at: time(row, 13)?,
        comments: number(14)?.try_into().ok()?,
        reactions: number(15)?.try_into().ok()?,
        milestone: match text(row, 16)? {
            Some(title) => Some(Milestone { title: Foreign::new(title), due: time(row, 17)? }),
            None => None,
        },
        locked: number(18)? != 0,
        planning: more.planning,
    })
}

/// What is remembered of the texts of the task in a row of [`COLUMNS`] and `gist`. One that cannot be understood is as good
/// as none: it is made anew when its task changes.
pub(super) fn gist(row: &Row<'_>) -> Option<Gist> {
    row.get_ref(20).ok()?.as_str_or_null().ok().flatten().and_then(|json| serde_json::from_str(json).ok())
}

/// Outer `None`: not readable; inner `None`: absent.
fn text<'r>(row: &'r Row<'_>, at: usize) -> Option<Option<&'r str>> {
    row.get_ref(at).ok()?.as_str_or_null().ok()
}

fn time(row: &Row<'_>, at: usize) -> Option<Option<Timestamp>> {
    match row.get_ref(at).ok()? {
        ValueRef::Null => Some(None),
        ValueRef::Integer(micros) => Timestamp::from_microsecond(micros).ok().map(Some),
        _ => None,
    }
}

fn list_of<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> Option<Vec<T>> {
    match text(row, at)? {
        None => Some(Vec::new()),
        Some(json) => serde_json::from_str(json).ok(),
    }
}

fn author(row: &Row<'_>, name: Option<Foreign>) -> Option<Option<Person>> {
    let Some(login) = text(row, 7)? else { return Some(None) };
    let id = row.get_ref(8).ok()?.as_i64().ok()?.cast_unsigned();
    let kind = if row.get_ref(9).ok()?.as_i64().ok()? == 0 { PersonKind::Human } else { PersonKind::Bot };
    let login = match name {
        Some(name) => Login::named(login, name.raw()),
        None => Login::new(login),
    };
    Some(Some(Person { login, id, kind }))
}

/// The number stored for an open task.
pub(super) const OPEN: i64 = 0;

fn state_number(state: TaskState) -> i64 {
    match state {
        TaskState::Open => OPEN,
        TaskState::Closed => 1,
        TaskState::NotPlanned => 2,
    }
}

fn state_of(number: i64) -> Option<TaskState> {
    [TaskState::Open, TaskState::Closed, TaskState::NotPlanned].into_iter().find(|s| state_number(*s) == number)
}

fn association_number(association: Association) -> i64 {
    match association {
        Association::Other => 0,
        Association::Owner => 1,
        Association::Member => 2,
        Association::Collaborator => 3,
    }
}

fn association_of(number: i64) -> Option<Association> {
    [Association::Other, Association::Owner, Association::Member, Association::Collaborator]
        .into_iter()
        .find(|a| association_number(*a) == number)
}
