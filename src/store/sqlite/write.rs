//! The writer: two write connections, one transaction at a time. Lives on its own thread.
//!
//! A batch touches two files, and SQLite commits each file for itself. Texts are therefore committed first, while
//! the transaction on `hot.db` is still open and holds off every other writer. A crash in between leaves texts
//! nobody refers to, or newer texts than their rows; the page's cursor has not moved, so the page comes again. The
//! opposite order could lose a text for good. Power loss may take back the last commits of `body.db` alone: a row
//! remembers the batch that delivered its texts, and texts of an older batch count as not read.

use std::{collections::HashMap, path::Path, time::Duration};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use super::{
    Notes, fault, keep, news,
    rename::rename,
    rows::{self, id_range, row_id},
};
use crate::{
    domain::{
        commitment::{ClaimId, Commitment},
        key::{ProjectRef, TaskKey},
        outbox::{Op, OpId},
    },
    store::{Batch, Mark, Result, error::StoreError},
};

/// How long a write must last when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    /// Over a crash of this program.
    Crash,
    /// Over a power cut.
    PowerLoss,
}

/// The write side.
pub(super) struct Writer {
    pub(super) hot: Connection,
    pub(super) body: Connection,
    pub(super) hot_path: std::path::PathBuf,
    pub(super) body_path: std::path::PathBuf,
    pub(super) notes: Notes,
}

/// A transaction in each of the two files.
pub(super) struct Pair<'c> {
    pub(super) hot: Transaction<'c>,
    pub(super) body: Transaction<'c>,
    /// Number of this batch: larger than that of any batch that either file has seen.
    pub(super) ver: i64,
    projects: HashMap<ProjectRef, i64>,
}

/// Starts a write transaction, trying again when another connection was in the way at that very moment.
#[expect(clippy::disallowed_methods, reason = "the writer thread waits for another process; nobody else runs on it")]
fn begin<'c>(conn: &'c Connection, path: &Path) -> Result<Transaction<'c>> {
    const TRIES: u32 = 20;
    let mut tries = 0;
    loop {
        match Transaction::new_unchecked(conn, TransactionBehavior::Immediate) {
            Ok(tx) => return Ok(tx),
            Err(e) if fault::is_passing(&e) && tries < TRIES => {
                tries += 1;
                // Uneven naps, so that two that met do not meet again: the process id is as good as chance.
                let uneven = u64::from(std::process::id() % 7);
                std::thread::sleep(Duration::from_millis(1 + uneven + u64::from(tries)));
            }
            Err(e) => return Err(fault::told(path, &e)),
        }
    }
}

impl Writer {
    /// Runs `work`, which only changes what can be made anew, in one transaction on `hot.db`.
    pub(super) fn cached(&self, work: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<()> {
        self.hot_only(Durability::Crash, work)
    }

    /// Runs `work` in one transaction on `hot.db`.
    fn hot_only(&self, durability: Durability, work: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<()> {
        let told = |e: rusqlite::Error| fault::told(&self.hot_path, &e);
        self.set_durability(durability)?;
        self.making_room(|| {
            let tx = begin(&self.hot, &self.hot_path)?;
            work(&tx).map_err(told)?;
            tx.commit().map_err(told)
        })
    }

    /// Runs `write`, and once more when the disk was full and the logs could be folded into their files.
    fn making_room<T>(&self, write: impl Fn() -> Result<T>) -> Result<T> {
        match write() {
            Err(StoreError::Full { .. }) => {
                for conn in [&self.hot, &self.body] {
                    // Whether it helped is seen by the second try.
                    let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                }
                write()
            }
            answer => answer,
        }
    }

    /// The pragma has no effect inside a transaction, so it is set before one begins.
    fn set_durability(&self, durability: Durability) -> Result<()> {
        let mode = match durability {
            Durability::Crash => "NORMAL",
            Durability::PowerLoss => "FULL",
        };
        self.hot.pragma_update(None, "synchronous", mode).map_err(|e| fault::told(&self.hot_path, &e))
    }

    /// [`crate::store::Store::journal`].
    pub(super) fn journal(&self, ops: &[Op], commitments: &[Commitment]) -> Result<()> {
        self.hot_only(Durability::PowerLoss, |tx| {
            keep::put(tx, ops)?;
            keep::put(tx, commitments)
        })
    }

    /// [`crate::store::Store::settle`].
    pub(super) fn settle(&self, ops: &[OpId], commitments: &[Commitment]) -> Result<()> {
        self.hot_only(Durability::PowerLoss, |tx| {
            keep::remove::<Op>(tx, ops.iter().map(ToString::to_string))?;
            keep::put(tx, commitments)
        })
    }

    /// [`crate::store::Store::forget_commitments`].
    pub(super) fn forget_commitments(&self, claims: &[ClaimId]) -> Result<()> {
        self.hot_only(Durability::PowerLoss, |tx| {
            keep::remove::<Commitment>(tx, claims.iter().map(ToString::to_string))
        })
    }

    /// [`crate::store::Store::mark`].
    pub(super) fn mark(&self, marks: &[Mark], on: bool) -> Result<()> {
        self.hot_only(Durability::PowerLoss, |tx| match on {
            true => keep::put(tx, marks),
            false => keep::remove::<Mark>(tx, marks.iter().map(keep::Keepsake::id)),
        })
    }

    /// [`crate::store::Store::apply`].
    pub(super) fn apply(&self, batch: &Batch) -> Result<()> {
        self.set_durability(Durability::Crash)?;
        let moved = self.making_room(|| self.apply_once(batch))?;
        self.sweep(&moved);
        Ok(())
    }

    fn apply_once(&self, batch: &Batch) -> Result<Vec<i64>> {
        let hot = |e: rusqlite::Error| fault::told(&self.hot_path, &e);
        // hot.db first, in every process: nobody can hold the one and wait for the other.
        let hot_tx = begin(&self.hot, &self.hot_path)?;
        let body_tx = begin(&self.body, &self.body_path)?;
        let mut pair = Pair::new(hot_tx, body_tx).map_err(hot)?;
        let moved = pair.write_texts_and_rows(batch, self)?;
        write_rest(&mut pair, batch).map_err(hot)?;
        pair.body.commit().map_err(|e| fault::told(&self.body_path, &e))?;
        pair.hot.commit().map_err(hot)?;
        Ok(moved)
    }

    /// Removes the texts of projects that were merged into others. What stays behind is never read.
    fn sweep(&self, projects: &[i64]) {
        for project in projects {
            let (low, high) = id_range(*project);
            for table in ["body", "thread"] {
                let sql = format!("DELETE FROM {table} WHERE id BETWEEN ?1 AND ?2");
                let _ = self.body.execute(&sql, (low, high));
            }
        }
    }
}

impl<'c> Pair<'c> {
    fn new(hot: Transaction<'c>, body: Transaction<'c>) -> rusqlite::Result<Self> {
        let read = |tx: &Transaction<'_>| tx.query_row("SELECT ver FROM batch", [], |row| row.get::<_, i64>(0));
        let ver = read(&hot)?.max(read(&body)?) + 1;
        for tx in [&hot, &body] {
            tx.prepare_cached("UPDATE batch SET ver = ?1")?.execute([ver])?;
        }
        Ok(Self { hot, body, ver, projects: HashMap::new() })
    }

    /// The row id of a project that is known.
    pub(super) fn known(&mut self, project: &ProjectRef) -> rusqlite::Result<Option<i64>> {
        if let Some(id) = self.projects.get(project) {
            return Ok(Some(*id));
        }
        let id = find_project(&self.hot, project)?;
        if let Some(id) = id {
            self.projects.insert(project.clone(), id);
        }
        Ok(id)
    }

    /// The row id of a project, which gets one when it has none.
    fn project(&mut self, project: &ProjectRef) -> rusqlite::Result<i64> {
        if let Some(id) = self.known(project)? {
            return Ok(id);
        }
        let mut insert = self.hot.prepare_cached("INSERT INTO project(tracker, path) VALUES(?1, ?2)")?;
        let id = insert.insert((project.tracker.as_str(), project.path()))?;
        self.projects.insert(project.clone(), id);
        Ok(id)
    }

    fn task(&mut self, key: &TaskKey) -> rusqlite::Result<Option<i64>> {
        Ok(self.known(&key.project)?.and_then(|project| row_id(project, key.number)))
    }

    /// Everything that concerns both files. Answers with projects whose texts were copied and may be swept.
    fn write_texts_and_rows(&mut self, batch: &Batch, writer: &Writer) -> Result<Vec<i64>> {
        let hot = |e: rusqlite::Error| fault::told(&writer.hot_path, &e);
        let body = |e: rusqlite::Error| fault::told(&writer.body_path, &e);
        let mut moved = Vec::new();
        for (from, to) in &batch.renamed {
            moved.extend(rename(self, from, to).map_err(hot)?);
            news::tell(&self.hot, news::ALL).map_err(hot)?;
            self.projects.clear();
        }
        let texts = self.write_tasks(batch, &writer.notes).map_err(hot)?;
        self.write_bodies(&texts).map_err(body)?;
        self.write_threads(batch).map_err(hot)?;
        self.forget_tasks(batch).map_err(hot)?;
        news::cut(&self.hot).map_err(hot)?;
        Ok(moved)
    }

    /// Upserts the rows; answers with the texts of those that were not older than what is stored.
    fn write_tasks<'b>(&mut self, batch: &'b Batch, notes: &Notes) -> rusqlite::Result<Vec<(i64, &'b str)>> {
        let mut ids = Vec::with_capacity(batch.tasks.len());
        for (task, _) in &batch.tasks {
            ids.push(row_id(self.project(&task.key.project)?, task.key.number));
        }
        let mut texts = Vec::with_capacity(batch.tasks.len());
        let mut upsert = self.hot.prepare_cached(rows::UPSERT)?;
        for ((task, text), id) in batch.tasks.iter().zip(ids) {
            let Some(id) = id else {
                notes.add(format!("{} was left out: its number is larger than any that can be stored", task.key));
                continue;
            };
            let taken = rows::upsert(&mut upsert, id, task, text.as_ref().map(|_| self.ver))?;
            if taken {
                news::tell(&self.hot, id)?;
                texts.extend(text.as_ref().map(|text| (id, text.raw())));
            }
        }
        Ok(texts)
    }

    fn write_bodies(&self, texts: &[(i64, &str)]) -> rusqlite::Result<()> {
        let mut insert = self.body.prepare_cached(
            "INSERT INTO body(id, ver, text) VALUES(?1, ?2, ?3)
             ON CONFLICT(id) DO UPDATE SET ver = excluded.ver, text = excluded.text",
        )?;
        for (id, text) in texts {
            insert.execute((id, self.ver, text))?;
        }
        Ok(())
    }

    fn write_threads(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        for (key, comments) in &batch.comments {
            let Some(id) = self.task(key)? else { continue };
            let mut refer = self.hot.prepare_cached("UPDATE task SET thread_ver = ?2, gist_due = 1 WHERE id = ?1")?;
            if refer.execute((id, self.ver))? == 0 {
                continue;
            }
            let json =
                serde_json::to_string(comments).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
            let mut insert = self.body.prepare_cached(
                "INSERT INTO thread(id, ver, comments) VALUES(?1, ?2, ?3)
                 ON CONFLICT(id) DO UPDATE SET ver = excluded.ver, comments = excluded.comments",
            )?;
            insert.execute((id, self.ver, json))?;
        }
        Ok(())
    }

    fn forget_tasks(&mut self, batch: &Batch) -> rusqlite::Result<()> {
        for key in &batch.gone {
            let Some(id) = self.task(key)? else { continue };
            self.hot.prepare_cached("DELETE FROM task WHERE id = ?1")?.execute([id])?;
            news::tell(&self.hot, id)?;
            self.body.prepare_cached("DELETE FROM body WHERE id = ?1")?.execute([id])?;
            self.body.prepare_cached("DELETE FROM thread WHERE id = ?1")?.execute([id])?;
        }
        Ok(())
    }
}

/// The row id of a project.
pub(super) fn find_project(conn: &Connection, project: &ProjectRef) -> rusqlite::Result<Option<i64>> {
    let mut find = conn.prepare_cached("SELECT id FROM project WHERE tracker = ?1 AND path = ?2")?;
    find.query_row((project.tracker.as_str(), project.path()), |row| row.get(0)).optional()
}

/// What only `hot.db` holds.
fn write_rest(pair: &mut Pair<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let json = |e: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(e.into());
    for project in &batch.projects {
        let id = pair.project(&project.project)?;
        let data = serde_json::to_string(project).map_err(json)?;
        pair.hot.prepare_cached("UPDATE project SET data = ?2 WHERE id = ?1")?.execute((id, data))?;
    }
    for row in &batch.coverage {
        let id = pair.project(&row.project)?;
        let data = serde_json::to_string(&row.freshness).map_err(json)?;
        pair.hot.prepare_cached("UPDATE project SET coverage = ?2 WHERE id = ?1")?.execute((id, data))?;
    }
    keep::put(&pair.hot, &batch.commitments)?;
    let mut remember = pair.hot.prepare_cached(
        "INSERT OR REPLACE INTO validator(request, token, etag, modified, seen) VALUES(?1, ?2, ?3, ?4, ?5)",
    )?;
    for v in &batch.validators {
        remember.execute((&v.request, &v.token, &v.etag, &v.last_modified, v.seen_at.as_microsecond()))?;
    }
    let mut set = pair.hot.prepare_cached("INSERT OR REPLACE INTO value(name, value) VALUES(?1, ?2)")?;
    for (name, value) in &batch.values {
        set.execute((name, value))?;
    }
    Ok(())
}
