//! What changed since a reading, so that lists need not read everything again: row ids of tasks in the order in which they
//! were written, as many of the newest as lists care for. Knows how to tell and to read them; when to tell is known to the
//! files that write.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::{
    read::{Reader, kept, named_between, read_projects},
    rows::{self, row_id, split_id},
    write::find_project,
};
use crate::{
    domain::key::{ProjectRef, TaskKey},
    store::{Everything, News, Result},
};

/// In place of a row id: more changed than can be said by row ids.
pub(super) const ALL: i64 = 0;

/// Changes that are kept. Beyond these a list is quicker read anew.
const MOST: i64 = 16_384;

/// Notes that a row was written or forgotten.
pub(super) fn tell(conn: &Connection, row: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO change(task) VALUES(?1)")?.execute([row]).map(drop)
}

/// Forgets changes that are too many.
pub(super) fn cut(conn: &Connection) -> rusqlite::Result<()> {
    conn.prepare_cached("DELETE FROM change WHERE seq <= ?1")?.execute([position(conn)? - MOST]).map(drop)
}

/// How far the store has come.
pub(super) fn position(conn: &Connection) -> rusqlite::Result<i64> {
    let mut find = conn.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'change'")?;
    Ok(find.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

impl Reader {
    /// [`crate::store::Store::news`]: one consistent view.
    pub(super) fn news(&self, since: i64) -> Result<Option<News>> {
        let tx = Transaction::new_unchecked(&self.hot, TransactionBehavior::Deferred).map_err(|e| self.told(&e))?;
        news(&tx, since).map_err(|e| self.told(&e))
    }
}

/// The rows that changed; `None` when they are not known.
fn changed(tx: &Transaction<'_>, since: i64, now: i64) -> rusqlite::Result<Option<BTreeSet<i64>>> {
    // A number is given for each change: as many of them are there as there were, or some are forgotten.
    if !(0..=MOST).contains(&(now - since)) {
        return Ok(None);
    }
    let mut list = tx.prepare_cached("SELECT task FROM change WHERE seq > ?1")?;
    let rows = list.query_map([since], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    let all = i64::try_from(rows.len()).is_ok_and(|count| count == now - since) && !rows.contains(&ALL);
    Ok(all.then(|| rows.into_iter().collect()))
}

fn news(tx: &Transaction<'_>, since: i64) -> rusqlite::Result<Option<News>> {
    let now = position(tx)?;
    let Some(mut changed) = changed(tx, since, now)? else { return Ok(None) };
    let mut news = News { everything: Everything { position: Some(now), ..Everything::default() }, ..News::default() };
    let all = &mut news.everything;
    // What cannot be read is told of when everything is.
    let mut odd = 0;
    let projects = read_projects(tx, all, &mut odd)?;
    all.commitments = kept(tx, &mut odd)?;
    all.marks = kept(tx, &mut odd)?;
    all.outbox = kept(tx, &mut odd)?;
    all.values = named_between(tx, "", None)?;
    let committed: HashSet<TaskKey> = all.commitments.iter().map(|c| c.key.clone()).collect();
    changed.extend(closed(tx, &committed)?);
    for id in changed {
        read(tx, id, (&projects, &committed), &mut news)?;
    }
    Ok(Some(news))
}

/// The rows of tasks that are closed.
fn closed(tx: &Transaction<'_>, keys: &HashSet<TaskKey>) -> rusqlite::Result<Vec<i64>> {
    let mut closed = Vec::new();
    let mut find = tx.prepare_cached("SELECT state FROM task WHERE id = ?1")?;
    let mut projects: HashMap<&ProjectRef, Option<i64>> = HashMap::new();
    for key in keys {
        let project = match projects.get(&key.project) {
            Some(known) => *known,
            None => *projects.entry(&key.project).or_insert(find_project(tx, &key.project)?),
        };
        let Some(id) = project.and_then(|project| row_id(project, key.number)) else { continue };
        let state: Option<i64> = find.query_row([id], |row| row.get(0)).optional()?;
        closed.extend(state.filter(|state| *state != rows::OPEN).map(|_| id));
    }
    Ok(closed)
}

fn read(
    tx: &Transaction<'_>,
    id: i64,
    (projects, committed): (&HashMap<i64, ProjectRef>, &HashSet<TaskKey>),
    news: &mut News,
) -> rusqlite::Result<()> {
    let (project, number) = split_id(id);
    let Some(project) = projects.get(&project) else { return Ok(()) };
    let key = TaskKey::new(project.clone(), number);
    let mut find = tx.prepare_cached(&format!("SELECT {}, gist FROM task WHERE id = ?1", rows::COLUMNS))?;
    let found = find.query_row([id], |row| {
        let listed = row.get_ref(4)?.as_i64().is_ok_and(|state| state == rows::OPEN) || committed.contains(&key);
        Ok(rows::decode(row, project).filter(|_| listed).map(|task| (task, rows::gist(row))))
    });
    match found.optional()?.flatten() {
        Some((task, gist)) => {
            news.everything.gists.extend(gist.map(|gist| (task.key.clone(), gist)));
            news.everything.tasks.push(task);
        }
        None => news.gone.push(key),
    }
    Ok(())
}
