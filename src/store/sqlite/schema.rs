//! The tables, as append-only lists of migrations. A step that was ever released is never edited: a new one is
//! added below it. Each runs in one transaction together with its version number.

use rusqlite::{Connection, Transaction, TransactionBehavior};

/// `FLRW`: marks a file as ours in its header.
pub(super) const APPLICATION_ID: i32 = 0x464c_5257;

/// Tables of `hot.db`, step by step.
///
/// What cannot be fetched again (outbox, commitment, mark) is created first: its pages lie at the front of the
/// file, where a truncation hurts last. Those three share one shape: a text id, the row as JSON, and the CRC-32 of
/// both, because SQLite has no page checksums and damage inside a row passes its own check.
///
/// `task.id` is the project's row id shifted left by 32 bits, plus the task's number, and the only index.
/// `body_ver` and `thread_ver` name the batch that last delivered texts into `body.db`.
pub(super) const HOT: &[&str] = &[
    "
    CREATE TABLE outbox(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
    CREATE TABLE commitment(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
    CREATE TABLE mark(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL, sum INTEGER NOT NULL) STRICT;
    CREATE TABLE notice(seq INTEGER PRIMARY KEY, file TEXT NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TABLE project(id INTEGER PRIMARY KEY, tracker TEXT NOT NULL, path TEXT NOT NULL, data TEXT, coverage TEXT,
        UNIQUE(tracker, path)) STRICT;
    CREATE TABLE task(id INTEGER PRIMARY KEY, tid INTEGER NOT NULL, node TEXT, title TEXT NOT NULL,
        state INTEGER NOT NULL, labels TEXT, assignees TEXT, author TEXT, author_id INTEGER, author_kind INTEGER,
        association INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, closed INTEGER,
        comments INTEGER NOT NULL, reactions INTEGER NOT NULL, milestone TEXT, due INTEGER, locked INTEGER NOT NULL,
        body_ver INTEGER, thread_ver INTEGER) STRICT;
    CREATE TABLE validator(request TEXT NOT NULL, token TEXT NOT NULL, etag TEXT, modified TEXT, seen INTEGER NOT NULL,
        PRIMARY KEY(request, token)) STRICT, WITHOUT ROWID;
    CREATE TABLE value(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE batch(one INTEGER PRIMARY KEY CHECK(one = 1), ver INTEGER NOT NULL) STRICT;
    INSERT INTO batch VALUES(1, 0);
    ",
    // Rows of a damaged file that could be read but not understood: kept for a person to look at.
    "
    CREATE TABLE odd(seq INTEGER PRIMARY KEY, file TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,
        data TEXT NOT NULL) STRICT;
    ",
    // What only some trackers say of a task, as JSON: see `rows::More`.
    "
    ALTER TABLE task ADD COLUMN more TEXT;
    ",
    // What lists remember of the texts of a task, as JSON: see `domain::gist`. `gist_due` until it was made of what is there.
    "
    ALTER TABLE task ADD COLUMN gist TEXT;
    ALTER TABLE task ADD COLUMN gist_due INTEGER NOT NULL DEFAULT 1;
    CREATE INDEX task_gist_due ON task(id) WHERE gist_due = 1 AND state = 0;
    ",
    // Row ids of tasks in the order in which they were written or forgotten, the newest of them: see `news`.
    "
    CREATE TABLE change(seq INTEGER PRIMARY KEY AUTOINCREMENT, task INTEGER NOT NULL) STRICT;
    ",
];

/// Tables of `body.db`, step by step.
pub(super) const BODY: &[&str] = &["
    CREATE TABLE body(id INTEGER PRIMARY KEY, ver INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
    CREATE TABLE thread(id INTEGER PRIMARY KEY, ver INTEGER NOT NULL, comments TEXT NOT NULL) STRICT;
    CREATE TABLE batch(one INTEGER PRIMARY KEY CHECK(one = 1), ver INTEGER NOT NULL) STRICT;
    INSERT INTO batch VALUES(1, 0);
    "];

/// Newest version of a list of steps.
pub(super) fn newest(steps: &[&str]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

/// The version written in a database.
pub(super) fn version(conn: &Connection) -> rusqlite::Result<u32> {
    let raw: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative number was not written by any floorwalk; it counts as newer than all of them.
    Ok(u32::try_from(raw).unwrap_or(u32::MAX))
}

/// Brings a database up to date. Two processes may do it at once: each step looks at the version again under the
/// write lock.
pub(super) fn migrate(conn: &Connection, steps: &[&str]) -> rusqlite::Result<()> {
    for (target, sql) in (1_u32..).zip(steps) {
        if version(conn)? >= target {
            continue;
        }
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        if version(&tx)? < target {
            tx.execute_batch(sql)?;
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.pragma_update(None, "user_version", target)?;
        }
        tx.commit()?;
    }
    Ok(())
}
