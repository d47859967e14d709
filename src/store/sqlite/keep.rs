//! Rows that nobody else has: the outbox, commitments, private marks. One shape for all three, each row with a
//! checksum, each readable without any other table, so that they can be rescued one by one from a damaged file.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    domain::{commitment::Commitment, key::ProjectRef, key::TaskKey, outbox::Op},
    store::{Mark, MarkKind},
};

/// A value that is kept in such a row.
pub(super) trait Keepsake: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
    /// The text id of the row.
    fn id(&self) -> String;
    /// The task it is about.
    fn key(&self) -> &TaskKey;
    /// The same, to be renamed.
    fn key_mut(&mut self) -> &mut TaskKey;
}

impl Keepsake for Op {
    const TABLE: &'static str = "outbox";
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn key(&self) -> &TaskKey {
        &self.key
    }
    fn key_mut(&mut self) -> &mut TaskKey {
        &mut self.key
    }
}

impl Keepsake for Commitment {
    const TABLE: &'static str = "commitment";
    fn id(&self) -> String {
        self.claim.to_string()
    }
    fn key(&self) -> &TaskKey {
        &self.key
    }
    fn key_mut(&mut self) -> &mut TaskKey {
        &mut self.key
    }
}

impl Keepsake for Mark {
    const TABLE: &'static str = "mark";
    fn id(&self) -> String {
        let kind = match self.kind {
            MarkKind::Bookmark => "bookmark",
            MarkKind::Hidden => "hidden",
            MarkKind::Snoozed => "snoozed",
        };
        format!("{kind} {}", self.key.qualified())
    }
    fn key(&self) -> &TaskKey {
        &self.key
    }
    fn key_mut(&mut self) -> &mut TaskKey {
        &mut self.key
    }
}

/// A row as it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) data: String,
    pub(super) sum: i64,
}

impl Raw {
    /// Reads the columns `seq, id, data, sum`; text that is not UTF-8 comes out with replacement characters, and
    /// then does not match its checksum.
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let text = |at: usize| row.get_ref(at).map(|v| v.as_bytes_or_null().ok().flatten().map(<[u8]>::to_vec));
        let lossy = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
        Ok(Self {
            seq: row.get(0)?,
            id: lossy(text(1)?),
            data: lossy(text(2)?),
            sum: row.get_ref(3)?.as_i64().unwrap_or(-1),
        })
    }

    /// The value, when checksum, form, id and key are all as they were written.
    pub(super) fn value<T: Keepsake>(&self) -> Option<T> {
        if sum(&self.id, &self.data) != self.sum {
            return None;
        }
        let value: T = serde_json::from_str(&self.data).ok()?;
        (value.id() == self.id).then_some(value)
    }
}

/// Checksum of a row.
pub(super) fn sum(id: &str, data: &str) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(id.as_bytes());
    hasher.update(&[0]);
    hasher.update(data.as_bytes());
    i64::from(hasher.finalize())
}

/// All rows in the order of their ids, and how many could not be read.
pub(super) fn all<T: Keepsake>(conn: &Connection) -> rusqlite::Result<(Vec<T>, usize)> {
    let mut statement = conn.prepare_cached(&format!("SELECT seq, id, data, sum FROM {} ORDER BY id", T::TABLE))?;
    let mut rows = statement.query([])?;
    let (mut values, mut odd) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        match Raw::of(row)?.value() {
            Some(value) => values.push(value),
            None => odd += 1,
        }
    }
    Ok((values, odd))
}

/// Inserts or replaces.
pub(super) fn put<T: Keepsake>(tx: &Transaction<'_>, values: &[T]) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO {}(id, data, sum) VALUES(?1, ?2, ?3)
         ON CONFLICT(id) DO UPDATE SET data = excluded.data, sum = excluded.sum",
        T::TABLE
    );
    let mut statement = tx.prepare_cached(&sql)?;
    for value in values {
        let id = value.id();
        let data = serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
        let sum = sum(&id, &data);
        statement.execute((&id, &data, sum))?;
    }
    Ok(())
}

/// Inserts a rescued row unless one with its id is there. True when it was inserted.
pub(super) fn put_back(tx: &Transaction<'_>, table: &str, raw: &Raw) -> rusqlite::Result<bool> {
    let sql = format!("INSERT OR IGNORE INTO {table}(id, data, sum) VALUES(?1, ?2, ?3)");
    Ok(tx.prepare_cached(&sql)?.execute((&raw.id, &raw.data, raw.sum))? > 0)
}

/// Removes rows by id.
pub(super) fn remove<T: Keepsake>(tx: &Transaction<'_>, ids: impl IntoIterator<Item = String>) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", T::TABLE))?;
    for id in ids {
        statement.execute([id])?;
    }
    Ok(())
}

/// Moves all rows about tasks of `from` to the same tasks of `to`.
pub(super) fn rename<T: Keepsake>(tx: &Transaction<'_>, from: &ProjectRef, to: &ProjectRef) -> rusqlite::Result<()> {
    let (values, _) = all::<T>(tx)?;
    for mut value in values.into_iter().filter(|v| v.key().project == *from) {
        remove::<T>(tx, [value.id()])?;
        value.key_mut().project = to.clone();
        // What is already known under the new name is newer.
        if !has::<T>(tx, &value.id())? {
            put(tx, &[value])?;
        }
    }
    Ok(())
}

fn has<T: Keepsake>(tx: &Transaction<'_>, id: &str) -> rusqlite::Result<bool> {
    let sql = format!("SELECT 1 FROM {} WHERE id = ?1", T::TABLE);
    Ok(tx.prepare_cached(&sql)?.query_row([id], |_| Ok(())).optional()?.is_some())
}
