//! A project that changed its name: its rows move, nothing is fetched again and nothing of the user is lost.

use rusqlite::OptionalExtension;

use super::{
    keep,
    rows::{id_range, split_id},
    write::{Pair, find_project},
};
use crate::{
    domain::{commitment::Commitment, key::ProjectRef, outbox::Op},
    store::Mark,
};

/// Moves everything known about `from` to `to`. Answers with the row id whose texts were copied elsewhere and may
/// be swept once the batch is committed.
pub(super) fn rename(pair: &Pair<'_>, from: &ProjectRef, to: &ProjectRef) -> rusqlite::Result<Option<i64>> {
    if from == to {
        return Ok(None);
    }
    keep::rename::<Op>(&pair.hot, from, to)?;
    keep::rename::<Commitment>(&pair.hot, from, to)?;
    keep::rename::<Mark>(&pair.hot, from, to)?;
    let Some(old) = find_project(&pair.hot, from)? else { return Ok(None) };
    match find_project(&pair.hot, to)? {
        // The usual case: tasks and texts hang on the number, which stays.
        None => {
            let sql = "UPDATE project SET tracker = ?2, path = ?3 WHERE id = ?1";
            pair.hot.execute(sql, (old, to.tracker.as_str(), to.path()))?;
            Ok(None)
        }
        Some(new) => {
            merge(pair, old, new)?;
            Ok(Some(old))
        }
    }
}

/// Both names are known: what the new name lacks is taken over, what it has is newer and stays.
fn merge(pair: &Pair<'_>, old: i64, new: i64) -> rusqlite::Result<()> {
    let (low, high) = id_range(old);
    let mut list = pair.hot.prepare("SELECT id FROM task WHERE id BETWEEN ?1 AND ?2")?;
    let ids = list.query_map((low, high), |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let (base, _) = id_range(new);
    for id in ids {
        let (_, number) = split_id(id);
        let target = base | i64::try_from(number).unwrap_or_default();
        if pair.hot.execute("UPDATE OR IGNORE task SET id = ?2 WHERE id = ?1", (id, target))? == 0 {
            continue;
        }
        for (table, column) in [("body", "text"), ("thread", "comments")] {
            let sql = format!(
                "INSERT OR REPLACE INTO {table}(id, ver, {column}) SELECT ?2, ver, {column} FROM {table} WHERE id = ?1"
            );
            pair.body.execute(&sql, (id, target))?;
        }
    }
    pair.hot.execute("DELETE FROM task WHERE id BETWEEN ?1 AND ?2", (low, high))?;
    let read = |id: i64| {
        let sql = "SELECT data, coverage FROM project WHERE id = ?1";
        pair.hot.query_row(sql, [id], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?)))
    };
    if let Some((data, coverage)) = read(old).optional()? {
        let sql = "UPDATE project SET data = coalesce(data, ?2), coverage = coalesce(coverage, ?3) WHERE id = ?1";
        pair.hot.execute(sql, (new, data, coverage))?;
    }
    // The row stays, empty, so that its number is never given to another project.
    pair.hot.execute("UPDATE project SET data = NULL, coverage = NULL WHERE id = ?1", [old])?;
    Ok(())
}
