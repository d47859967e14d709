//! Connections: flags, pragmas and the quick look into a file that may be damaged. Decides nothing.

use std::{os::unix::ffi::OsStrExt, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::{place, schema};

/// Bytes of a page: fewer pages for rows with long titles, measured best for bulk upserts.
const PAGE_BYTES: u32 = 16_384;
/// Pages a log may gather before it is folded into its file: 32 MiB, so that a long sync writes each page of texts
/// about once more, not twice.
const LOG_PAGES: u32 = 2_048;
/// Where SQLite's log is cut back after a checkpoint, bytes.
const LOG_BYTES: u32 = 64 * 1024 * 1024;

/// How a connection is to behave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// How long to wait for another process.
    pub(super) patience: Duration,
    /// Memory for pages, KiB.
    pub(super) cache_kib: u32,
    /// Most pages the file may have.
    pub(super) max_pages: Option<u32>,
}

fn behave(conn: &Connection, manner: Manner) -> rusqlite::Result<()> {
    conn.busy_timeout(manner.patience)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    conn.pragma_update(None, "cell_size_check", "ON")?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cache_size", -i64::from(manner.cache_kib))
}

/// A connection that writes, on a file that exists (an empty one becomes a database). Its schema is brought up to
/// date.
pub(super) fn writing(path: &Path, steps: &[&str], manner: Manner) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    behave(&conn, manner)?;
    conn.pragma_update(None, "page_size", PAGE_BYTES)?;
    let _: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    conn.pragma_update(None, "synchronous", "NORMAL")?;
    conn.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    conn.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    if schema::version(&conn)? < schema::newest(steps) {
        schema::migrate(&conn, steps)?;
        // The header on disk tells whose file this is and how new; others look at it before they open it. When
        // somebody reads at the moment, a later checkpoint does the same.
        conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    if let Some(pages) = manner.max_pages {
        conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    }
    Ok(conn)
}

/// A connection that only reads.
pub(super) fn reading(path: &Path, manner: Manner) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    behave(&conn, manner)?;
    Ok(conn)
}

/// A connection for a folder nothing can be made in: plain first; if that needs files that cannot be made and there
/// is no log to be missed, the file as it stands.
pub(super) fn reading_in_place(path: &Path, manner: Manner) -> rusqlite::Result<Connection> {
    let plain = reading(path, manner).and_then(|conn| schema::version(&conn).map(|_| conn));
    match plain {
        Err(_) if !place::has_wal(path) => {
            let conn = frozen(path)?;
            behave(&conn, manner)?;
            schema::version(&conn)?;
            Ok(conn)
        }
        other => other,
    }
}

/// A connection that takes the file as it stands, without log and locks. For files nobody writes.
pub(super) fn frozen(path: &Path) -> rusqlite::Result<Connection> {
    use std::fmt::Write;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            // Writing into a String cannot fail.
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// What SQLite's quick check says: `ok` or the first fault.
pub(super) fn quick_check(conn: &Connection) -> rusqlite::Result<String> {
    conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
}

/// True when a database holds no table at all.
pub(super) fn is_blank(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row("SELECT count(*) = 0 FROM sqlite_master", [], |row| row.get(0))
}

/// Whose database this is and how new, as its log says, which the header on disk may not know yet.
pub(super) fn identity(conn: &Connection) -> rusqlite::Result<(u32, u32)> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    Ok((application.cast_unsigned(), schema::version(conn)?))
}
