//! What the first screen needs: a few tasks by their keys, with what belongs to them, read without a look at all others.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior};

use super::{
    read::{Reader, kept, named_between},
    rows::{self, row_id},
    write::find_project,
};
use crate::{
    domain::{
        coverage::ProjectCoverage,
        key::{ProjectRef, TaskKey},
        project::Project,
    },
    store::{Everything, FACTS, LINKS, RAISED, Result, facts_name, links_name, raised_name},
};

impl Reader {
    /// [`crate::store::Store::page`]: one consistent view.
    pub(super) fn page(&self, keys: &[TaskKey]) -> Result<Everything> {
        let tx = Transaction::new_unchecked(&self.hot, TransactionBehavior::Deferred).map_err(|e| self.told(&e))?;
        page(&tx, keys).map_err(|e| self.told(&e))
    }
}

fn page(tx: &Transaction<'_>, keys: &[TaskKey]) -> rusqlite::Result<Everything> {
    let mut all = Everything::default();
    // What cannot be read is told of when everything is.
    let mut odd = 0;
    all.commitments = kept(tx, &mut odd)?;
    all.marks = kept(tx, &mut odd)?;
    all.outbox = kept(tx, &mut odd)?;
    let (mut met, mut read): (HashSet<&ProjectRef>, HashSet<&TaskKey>) = Default::default();
    for key in keys {
        if met.insert(&key.project) {
            project(tx, &key.project, &mut all)?;
        }
        if read.insert(key) {
            task(tx, key, &mut all)?;
        }
    }
    // Of these there is one for each project or task; only those of the page are wanted.
    let mut from = String::new();
    for many in [FACTS, LINKS, RAISED] {
        all.values.extend(named_between(tx, &from, Some(many))?);
        // Behind all names that begin so: they end in a space, and `!` is what comes after it.
        from = format!("{}!", many.trim_end());
    }
    all.values.extend(named_between(tx, &from, None)?);
    let mut find = tx.prepare_cached("SELECT value FROM value WHERE name = ?1")?;
    let of_projects = met.iter().map(|project| facts_name(project));
    let of_tasks = read.iter().flat_map(|key| [links_name(key), raised_name(key)]);
    for name in of_projects.chain(of_tasks) {
        let value: Option<String> = find.query_row([&name], |row| row.get(0)).optional()?;
        all.values.extend(value.map(|value| (name, value)));
    }
    Ok(all)
}

fn project(tx: &Transaction<'_>, name: &ProjectRef, all: &mut Everything) -> rusqlite::Result<()> {
    let mut find = tx.prepare_cached("SELECT data, coverage FROM project WHERE tracker = ?1 AND path = ?2")?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found: Option<(Option<String>, Option<String>)> =
        find.query_row((name.tracker.as_str(), name.path()), read).optional()?;
    let Some((data, coverage)) = found else { return Ok(()) };
    let data = data.and_then(|data| serde_json::from_str::<Project>(&data).ok());
    all.projects.extend(data.map(|project| Project { project: name.clone(), ..project }));
    let freshness = coverage.and_then(|data| serde_json::from_str(&data).ok());
    all.coverage.extend(freshness.map(|freshness| ProjectCoverage { project: name.clone(), freshness }));
    Ok(())
}

fn task(tx: &Transaction<'_>, key: &TaskKey, all: &mut Everything) -> rusqlite::Result<()> {
    let Some(id) = find_project(tx, &key.project)?.and_then(|p| row_id(p, key.number)) else { return Ok(()) };
    let mut find = tx.prepare_cached(&format!("SELECT {}, gist FROM task WHERE id = ?1", rows::COLUMNS))?;
    let found = find.query_row([id], |row| Ok((rows::decode(row, &key.project), rows::gist(row))));
    if let Some((Some(task), gist)) = found.optional()? {
        all.gists.extend(gist.map(|gist| (task.key.clone(), gist)));
        all.tasks.push(task);
    }
    Ok(())
}
