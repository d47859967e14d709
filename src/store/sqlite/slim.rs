//! Parts of everything, for those who would read a million tasks to use none of them.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{
    read::{Reader, kept, named_between, names, read_projects},
    rows::{self, split_id},
};
use crate::{
    domain::{
        commitment::Commitment,
        key::{ProjectRef, TaskKey},
        task::Task,
    },
    store::{Everything, Numbers, Result},
};

impl Reader {
    /// [`crate::store::Store::around`]: one consistent view.
    pub(super) fn around(&self) -> Result<Everything> {
        let tx = Transaction::new_unchecked(&self.hot, TransactionBehavior::Deferred).map_err(|e| self.told(&e))?;
        around(&tx).map_err(|e| self.told(&e))
    }

    /// [`crate::store::Store::numbers`]: one consistent view.
    pub(super) fn numbers(&self) -> Result<Numbers> {
        let tx = Transaction::new_unchecked(&self.hot, TransactionBehavior::Deferred).map_err(|e| self.told(&e))?;
        numbers(&tx).map_err(|e| self.told(&e))
    }

    /// [`crate::store::Store::labelled`].
    pub(super) fn labelled(&self, label: &str) -> Result<Vec<Task>> {
        labelled(&self.hot, label).map_err(|e| self.told(&e))
    }
}

fn around(tx: &Transaction<'_>) -> rusqlite::Result<Everything> {
    let mut all = Everything::default();
    // What cannot be read is told of when everything is.
    let mut odd = 0;
    read_projects(tx, &mut all, &mut odd)?;
    all.commitments = kept(tx, &mut odd)?;
    all.marks = kept(tx, &mut odd)?;
    all.outbox = kept(tx, &mut odd)?;
    all.values = named_between(tx, "", None)?;
    Ok(all)
}

fn numbers(tx: &Transaction<'_>) -> rusqlite::Result<Numbers> {
    let names = names(tx)?;
    let commitments: Vec<Commitment> = kept(tx, &mut 0)?;
    let committed: HashSet<&TaskKey> = commitments.iter().map(|c| &c.key).collect();
    let mut by_id: HashMap<i64, Vec<(u64, bool)>> = HashMap::new();
    let mut list = tx.prepare_cached("SELECT id, state FROM task ORDER BY id")?;
    let mut rows = list.query([])?;
    while let Some(row) = rows.next()? {
        let (project, number) = split_id(row.get(0)?);
        let open = row.get_ref(1)?.as_i64().is_ok_and(|state| state == rows::OPEN);
        let of_list =
            || names.get(&project).is_some_and(|name| committed.contains(&TaskKey::new(name.clone(), number)));
        if open || of_list() {
            by_id.entry(project).or_default().push((number, open));
        }
    }
    Ok(by_id.into_iter().filter_map(|(id, numbers)| Some((names.get(&id)?.clone(), numbers))).collect())
}

fn labelled(conn: &Connection, label: &str) -> rusqlite::Result<Vec<Task>> {
    let names: HashMap<i64, ProjectRef> = names(conn)?;
    // As the label stands within the JSON of the column, without its quotes; who asks compares exactly.
    let json = serde_json::to_string(label).unwrap_or_default();
    let part = json.trim_matches('"');
    let sql = format!("SELECT {} FROM task WHERE instr(lower(labels), lower(?1)) > 0 ORDER BY id", rows::COLUMNS);
    let mut list = conn.prepare_cached(&sql)?;
    let mut rows = list.query([part])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (project, _) = split_id(row.get(0)?);
        let Some(project) = names.get(&project) else { continue };
        let task = rows::decode(row, project);
        found.extend(task.filter(|task| task.labels.iter().any(|l| l.raw().eq_ignore_ascii_case(label))));
    }
    Ok(found)
}
