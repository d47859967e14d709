//! What lists remember of the texts of tasks: which of it is due, and keeping what was made. What it says is not known here.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use super::{
    news,
    read::{Reader, names},
    rows::{self, row_id, split_id},
    write::{Writer, find_project},
};
use crate::{
    domain::{gist::Gist, key::TaskKey, project::Project, task::TaskDetail},
    store::{Result, Stamp, Ungisted},
};

impl Reader {
    /// [`crate::store::Store::ungisted`].
    pub(super) fn ungisted(&self, most: u32) -> Result<Vec<Ungisted>> {
        let read = || -> rusqlite::Result<Vec<Ungisted>> {
            let names = names(&self.hot)?;
            let mut projects = HashMap::new();
            let sql = format!(
                "SELECT {}, body_ver, thread_ver, updated FROM task WHERE gist_due = 1 AND state = 0 ORDER BY id LIMIT ?1",
                rows::COLUMNS
            );
            let mut list = self.hot.prepare_cached(&sql)?;
            let mut found = list.query([most])?;
            let mut all = Vec::new();
            while let Some(row) = found.next()? {
                let id: i64 = row.get(0)?;
                let stamp = Stamp(row.get("updated")?, row.get("body_ver")?, row.get("thread_ver")?);
                let project = names.get(&split_id(id).0);
                let Some(task) = project.and_then(|project| rows::decode(row, project)) else { continue };
                // Texts that cannot be read were not read: `detail` tells of the damage.
                let (body, comments) = self.texts(id, stamp.1, stamp.2).unwrap_or_default();
                let id = split_id(id).0;
                let project = projects.entry(id).or_insert_with(|| said_of(&self.hot, id)).clone();
                all.push(Ungisted { detail: TaskDetail { task, body, comments }, project, stamp });
            }
            Ok(all)
        };
        read().map_err(|e| self.told(&e))
    }
}

/// What the tracker said of a project; `None` where it did not, or it cannot be read.
fn said_of(conn: &Connection, id: i64) -> Option<Project> {
    let mut find = conn.prepare_cached("SELECT data FROM project WHERE id = ?1").ok()?;
    serde_json::from_str(&find.query_row([id], |row| row.get::<_, String>(0)).ok()?).ok()
}

impl Writer {
    /// [`crate::store::Store::keep_gists`].
    pub(super) fn keep_gists(&self, gists: &[(TaskKey, Stamp, Gist)]) -> Result<()> {
        self.cached(|tx| {
            gists.iter().try_for_each(|(key, stamp, gist)| keep(tx, key, *stamp, gist))?;
            news::cut(tx)
        })
    }

    /// [`crate::store::Store::renew_gists`].
    pub(super) fn renew_gists(&self) -> Result<()> {
        self.cached(|tx| tx.execute("UPDATE task SET gist_due = 1", []).map(drop))
    }
}

fn keep(tx: &Transaction<'_>, key: &TaskKey, stamp: Stamp, gist: &Gist) -> rusqlite::Result<()> {
    let Some(id) = find_project(tx, &key.project)?.and_then(|project| row_id(project, key.number)) else {
        return Ok(());
    };
    let json = serde_json::to_string(gist).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let mut update = tx.prepare_cached(
        "UPDATE task SET gist = ?2, gist_due = 0 WHERE id = ?1 AND updated = ?3 AND body_ver IS ?4 AND thread_ver IS ?5",
    )?;
    if update.execute(params![id, json, stamp.0, stamp.1, stamp.2])? > 0 {
        news::tell(tx, id)?;
    }
    Ok(())
}
