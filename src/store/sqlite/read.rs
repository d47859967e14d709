//! The reader: read-only connections on their own thread, so that no list ever waits for a write.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::{
    Notes, connect, fault, keep, news,
    place::{self, Place},
    rows::{self, row_id, split_id},
    schema,
    write::find_project,
};
use crate::{
    domain::{
        commitment::Commitment,
        coverage::ProjectCoverage,
        key::{ProjectRef, TaskKey, TrackerName},
        outbox::Op,
        project::Project,
        task::{Comment, Task, TaskDetail},
        text::{Foreign, safe_line},
    },
    store::{Everything, Health, Result, StoredValidator, error::StoreError},
};

/// The read side.
pub(super) struct Reader {
    pub(super) hot: Connection,
    /// Absent when a read-only folder has none that can be read.
    pub(super) body: Option<Connection>,
    pub(super) hot_path: PathBuf,
    pub(super) body_path: PathBuf,
    pub(super) notes: Notes,
}

impl Reader {
    pub(super) fn told(&self, error: &rusqlite::Error) -> StoreError {
        let told = fault::told(&self.hot_path, error);
        if matches!(told, StoreError::Damaged { .. }) {
            self.notes.suspect();
        }
        told
    }

    /// [`crate::store::Store::everything`]: one consistent view.
    pub(super) fn everything(&self) -> Result<Everything> {
        let tx = Transaction::new_unchecked(&self.hot, TransactionBehavior::Deferred).map_err(|e| self.told(&e))?;
        let mut odd = 0;
        let everything = everything(&tx, &mut odd).map_err(|e| self.told(&e))?;
        if odd > 0 {
            self.notes.add(format!(
                "{odd} rows of {} cannot be read and are left out of lists; `floorwalk sync` replaces those that \
                 came from a tracker",
                self.hot_path.display()
            ));
        }
        Ok(everything)
    }

    /// [`crate::store::Store::outbox`].
    pub(super) fn outbox(&self) -> Result<Vec<Op>> {
        let (ops, odd) = keep::all(&self.hot).map_err(|e| self.told(&e))?;
        if odd > 0 {
            self.notes
                .add(format!("{odd} rows of the outbox cannot be read; they stay in {}", self.hot_path.display()));
        }
        Ok(ops)
    }

    /// [`crate::store::Store::commitments`].
    pub(super) fn commitments(&self) -> Result<Vec<Commitment>> {
        let (commitments, odd) = keep::all(&self.hot).map_err(|e| self.told(&e))?;
        if odd > 0 {
            self.notes.add(format!("{odd} commitments cannot be read; they stay in {}", self.hot_path.display()));
        }
        Ok(commitments)
    }

    /// [`crate::store::Store::values`].
    pub(super) fn values(&self) -> Result<Vec<(String, String)>> {
        named_between(&self.hot, "", None).map_err(|e| self.told(&e))
    }

    /// [`crate::store::Store::value`].
    pub(super) fn value(&self, name: &str) -> Result<Option<String>> {
        let read = || {
            let mut find = self.hot.prepare_cached("SELECT value FROM value WHERE name = ?1")?;
            find.query_row([name], |row| row.get(0)).optional()
        };
        read().map_err(|e| self.told(&e))
    }

    /// [`crate::store::Store::validators`].
    pub(super) fn validators(&self, prefix: &str, token: &str) -> Result<Vec<StoredValidator>> {
        let read = || {
            let mut list = self.hot.prepare_cached(
                "SELECT request, etag, modified, seen FROM validator
                 WHERE request >= ?1 AND token = ?2 ORDER BY request",
            )?;
            let mut rows = list.query((prefix, token))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let request: String = row.get(0)?;
                if !request.starts_with(prefix) {
                    break;
                }
                found.push(StoredValidator {
                    request,
                    token: token.into(),
                    etag: row.get(1)?,
                    last_modified: row.get(2)?,
                    seen_at: Timestamp::from_microsecond(row.get(3)?).unwrap_or_default(),
                });
            }
            Ok(found)
        };
        read().map_err(|e: rusqlite::Error| self.told(&e))
    }

    /// [`crate::store::Store::detail`]. A damaged `body.db` costs the texts, never the task.
    pub(super) fn detail(&self, key: &TaskKey) -> Result<Option<TaskDetail>> {
        let Some((id, task, body_ver, thread_ver)) = self.task(key).map_err(|e| self.told(&e))? else {
            return Ok(None);
        };
        let (body, comments) = match self.texts(id, body_ver, thread_ver) {
            Ok(texts) => texts,
            Err(error) => {
                if fault::is_damage(&error) {
                    self.notes.suspect();
                }
                let told = fault::told(&self.body_path, &error);
                self.notes.add(format!("descriptions cannot be read: {told}; {}", told.hint()));
                (None, Vec::new())
            }
        };
        Ok(Some(TaskDetail { task, body, comments }))
    }

    /// [`crate::store::Store::health`]. Checks on this connection, so lists wait meanwhile.
    pub(super) fn health(&self, place: &Place, read_only: bool, notes: &Notes) -> Result<Health> {
        let check = |conn: &Connection, what: &str| match connect::quick_check(conn) {
            Ok(verdict) if verdict == "ok" => None,
            Ok(verdict) => Some(format!("{what}: {}", safe_line(&verdict))),
            Err(e) => Some(format!("{what}: {}", safe_line(&e.to_string()))),
        };
        let faults = [check(&self.hot, "hot.db"), self.body.as_ref().and_then(|conn| check(conn, "body.db"))];
        let faults: Vec<String> = faults.into_iter().flatten().collect();
        if !faults.is_empty() {
            notes.suspect();
        }
        let mut notices = notes.all();
        for (file, text) in self.notices().unwrap_or_default() {
            // A notice ends when the user has removed the file it speaks of.
            if !notices.contains(&text) && (file.is_empty() || place.dir.join(file).exists()) {
                notices.push(text);
            }
        }
        Ok(Health {
            place: place.dir.display().to_string(),
            bytes: place::bytes(&place.hot) + place::bytes(&place.body),
            schema: schema::version(&self.hot).map_err(|e| self.told(&e))?,
            integrity: if faults.is_empty() { "ok".into() } else { faults.join("; ") },
            read_only,
            notices,
        })
    }

    fn notices(&self) -> rusqlite::Result<Vec<(String, String)>> {
        let mut list = self.hot.prepare("SELECT file, text FROM notice ORDER BY seq")?;
        list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    fn task(&self, key: &TaskKey) -> rusqlite::Result<Option<TaskRow>> {
        let Some(id) = find_project(&self.hot, &key.project)?.and_then(|p| row_id(p, key.number)) else {
            return Ok(None);
        };
        let sql = format!("SELECT {}, body_ver, thread_ver FROM task WHERE id = ?1", rows::COLUMNS);
        let mut find = self.hot.prepare_cached(&sql)?;
        let found = find.query_row([id], |row| {
            let task = rows::decode(row, &key.project);
            Ok(task.map(|task| (id, task, row.get("body_ver"), row.get("thread_ver"))))
        });
        match found.optional()?.flatten() {
            Some((id, task, body_ver, thread_ver)) => Ok(Some((id, task, body_ver?, thread_ver?))),
            None => Ok(None),
        }
    }

    /// Texts that are as new as the row demands; an older one was taken back by a power cut and is not shown.
    pub(super) fn texts(&self, id: i64, body_ver: Option<i64>, thread_ver: Option<i64>) -> rusqlite::Result<Texts> {
        let Some(conn) = &self.body else { return Ok((None, Vec::new())) };
        let read = |sql: &str, wanted: Option<i64>| -> rusqlite::Result<Option<String>> {
            let Some(wanted) = wanted else { return Ok(None) };
            conn.prepare_cached(sql)?.query_row((id, wanted), |row| row.get(0)).optional()
        };
        let body = read("SELECT text FROM body WHERE id = ?1 AND ver >= ?2", body_ver)?;
        let thread = read("SELECT comments FROM thread WHERE id = ?1 AND ver >= ?2", thread_ver)?;
        let comments: Vec<Comment> = thread.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        Ok((body.map(Foreign::new), comments))
    }
}

type TaskRow = (i64, Task, Option<i64>, Option<i64>);
type Texts = (Option<Foreign>, Vec<Comment>);

fn everything(tx: &Transaction<'_>, odd: &mut usize) -> rusqlite::Result<Everything> {
    let mut all = Everything::default();
    let projects = read_projects(tx, &mut all, odd)?;
    all.commitments = kept(tx, odd)?;
    all.marks = kept(tx, odd)?;
    all.outbox = kept(tx, odd)?;
    let committed: HashSet<&TaskKey> = all.commitments.iter().map(|c| &c.key).collect();
    let mut list = tx.prepare_cached(&format!("SELECT {}, gist FROM task ORDER BY id", rows::COLUMNS))?;
    let mut rows = list.query([])?;
    // Rows of one project lie side by side.
    let mut last: Option<(i64, &ProjectRef)> = None;
    while let Some(row) = rows.next()? {
        let (project_id, number) = split_id(row.get(0)?);
        let project = match last {
            Some((id, project)) if id == project_id => Some(project),
            _ => projects.get(&project_id),
        };
        last = project.map(|p| (project_id, p));
        let Some(project) = project else {
            *odd += 1;
            continue;
        };
        let open = row.get_ref(4)?.as_i64().is_ok_and(|s| s == rows::OPEN);
        if !open && !committed.contains(&TaskKey::new(project.clone(), number)) {
            continue;
        }
        match rows::decode(row, project) {
            Some(task) => {
                all.gists.extend(rows::gist(row).map(|gist| (task.key.clone(), gist)));
                all.tasks.push(task);
            }
            None => *odd += 1,
        }
    }
    drop(rows);
    all.values = named_between(tx, "", None)?;
    all.position = Some(news::position(tx)?);
    Ok(all)
}

/// Named values from one name, with it, to another, without it.
pub(super) fn named_between(
    conn: &Connection,
    from: &str,
    to: Option<&str>,
) -> rusqlite::Result<Vec<(String, String)>> {
    let mut list = conn
        .prepare_cached("SELECT name, value FROM value WHERE name >= ?1 AND (?2 IS NULL OR name < ?2) ORDER BY name")?;
    list.query_map((from, to), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

pub(super) fn kept<T: keep::Keepsake>(tx: &Transaction<'_>, odd: &mut usize) -> rusqlite::Result<Vec<T>> {
    let (values, unreadable) = keep::all(tx)?;
    *odd += unreadable;
    Ok(values)
}

/// Names of projects by row id.
pub(super) fn names(conn: &Connection) -> rusqlite::Result<HashMap<i64, ProjectRef>> {
    let mut list = conn.prepare_cached("SELECT id, tracker, path FROM project")?;
    let mut rows = list.query([])?;
    let mut names = HashMap::new();
    while let Some(row) = rows.next()? {
        let (tracker, path): (String, String) = (row.get(1)?, row.get(2)?);
        let name = TrackerName::parse(&tracker).and_then(|t| ProjectRef::parse(&t, &path));
        names.extend(name.ok().map(|name| (row.get(0).unwrap_or_default(), name)));
    }
    Ok(names)
}

/// Fills in projects and their coverage; answers with the names by row id.
pub(super) fn read_projects(
    tx: &Transaction<'_>,
    all: &mut Everything,
    odd: &mut usize,
) -> rusqlite::Result<HashMap<i64, ProjectRef>> {
    let mut list = tx.prepare_cached("SELECT id, tracker, path, data, coverage FROM project ORDER BY id")?;
    let mut rows = list.query([])?;
    let mut names = HashMap::new();
    while let Some(row) = rows.next()? {
        let (tracker, path): (String, String) = (row.get(1)?, row.get(2)?);
        let Some(name) = TrackerName::parse(&tracker).and_then(|t| ProjectRef::parse(&t, &path)).ok() else {
            *odd += 1;
            continue;
        };
        if let Some(data) = row.get::<_, Option<String>>(3)? {
            match serde_json::from_str::<Project>(&data) {
                // The name in the columns is the one that a rename changes.
                Ok(project) => all.projects.push(Project { project: name.clone(), ..project }),
                Err(_) => *odd += 1,
            }
        }
        if let Some(data) = row.get::<_, Option<String>>(4)? {
            match serde_json::from_str(&data) {
                Ok(freshness) => all.coverage.push(ProjectCoverage { project: name.clone(), freshness }),
                Err(_) => *odd += 1,
            }
        }
        names.insert(row.get(0)?, name);
    }
    Ok(names)
}
