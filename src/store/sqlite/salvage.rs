//! What nobody else has, taken row by row from a file that was set aside. Runs when a store opens alone, for every
//! set-aside file that no notice speaks of yet: a crash between setting aside and rescuing is made up for.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

use super::keep::{self, Keepsake, Raw};
use crate::{
    domain::{commitment::Commitment, outbox::Op},
    store::Mark,
};

/// What became of one table.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    rescued: usize,
    odd: usize,
    broken: bool,
}

/// Takes over what `damaged` still tells, records the notice in the same transaction, and answers with it; `None`
/// when that was done before.
pub(super) fn rescue(hot: &Connection, damaged: &Path, reason: Option<&str>) -> rusqlite::Result<Option<String>> {
    let name = damaged.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let tx = Transaction::new_unchecked(hot, TransactionBehavior::Immediate)?;
    let known = tx.query_row("SELECT 1 FROM notice WHERE file = ?1", [&name], |_| Ok(())).optional()?;
    if known.is_some() {
        return Ok(None);
    }
    let source = open(damaged);
    let tallies = [
        ("outbox row", take::<Op>(&tx, source.as_ref(), &name)?),
        ("commitment", take::<Commitment>(&tx, source.as_ref(), &name)?),
        ("private mark", take::<Mark>(&tx, source.as_ref(), &name)?),
    ];
    let text = sentence(damaged, reason, source.is_some(), &tallies);
    tx.execute("INSERT INTO notice(file, text) VALUES(?1, ?2)", (&name, &text))?;
    tx.commit()?;
    Ok(Some(text))
}

/// What would be missing after a rescue, as it stands in a sentence; `None` when every row can be taken over. Changes nothing.
pub(super) fn loss(damaged: &Path) -> Option<String> {
    let Some(source) = open(damaged) else { return Some("claims that were not sent yet and private marks".into()) };
    let lost = [
        ("claims that were not sent yet", is_torn::<Op>(&source)),
        ("commitments", is_torn::<Commitment>(&source)),
        ("private marks", is_torn::<Mark>(&source)),
    ];
    let lost: Vec<&str> = lost.into_iter().filter(|(_, torn)| *torn).map(|(what, _)| what).collect();
    (!lost.is_empty()).then(|| format!("some {}", lost.join(", some ")))
}

fn is_torn<T: Keepsake>(source: &Connection) -> bool {
    let (rows, broken) = scan(source, T::TABLE);
    broken || rows.iter().any(|raw| raw.value::<T>().is_none())
}

/// Opens what is left of a database: with its log if possible, else as it stands; the size in its header need not be
/// true. `None` when not even the list of tables can be read.
fn open(damaged: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = || Connection::open_with_flags(damaged, flags).ok().and_then(readable);
    plain().or_else(|| super::connect::frozen(damaged).ok().and_then(readable))
}

fn readable(conn: Connection) -> Option<Connection> {
    conn.pragma_update(None, "trusted_schema", "OFF").ok()?;
    // Lets SQLite read a file that is shorter than its header says.
    conn.pragma_update(None, "writable_schema", "ON").ok()?;
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).ok()?;
    Some(conn)
}

/// Copies the sound rows of one table into the new store, and the others into the table for odd rows.
fn take<T: Keepsake>(tx: &Transaction<'_>, source: Option<&Connection>, name: &str) -> rusqlite::Result<Tally> {
    let Some(source) = source else { return Ok(Tally { broken: true, ..Tally::default() }) };
    let (rows, broken) = scan(source, T::TABLE);
    let mut tally = Tally { broken, ..Tally::default() };
    for raw in rows {
        if raw.value::<T>().is_some() {
            keep::put_back(tx, T::TABLE, &raw)?;
            tally.rescued += 1;
        } else {
            let sql = "INSERT INTO odd(file, source, id, data) VALUES(?1, ?2, ?3, ?4)";
            tx.execute(sql, (name, T::TABLE, &raw.id, &raw.data))?;
            tally.odd += 1;
        }
    }
    Ok(tally)
}

/// Reads a table from its front until it breaks, then from its end. True when rows in between may be missing.
fn scan(source: &Connection, table: &str) -> (Vec<Raw>, bool) {
    let mut rows = Vec::new();
    if read(source, table, "ASC", i64::MIN, &mut rows).is_ok() {
        return (rows, false);
    }
    let last = rows.last().map_or(i64::MIN, |r: &Raw| r.seq);
    // An error was expected here: the same broken page stops this direction too.
    let _ = read(source, table, "DESC", last, &mut rows);
    (rows, true)
}

fn read(source: &Connection, table: &str, order: &str, after: i64, out: &mut Vec<Raw>) -> rusqlite::Result<()> {
    let sql = format!("SELECT seq, id, data, sum FROM {table} ORDER BY seq {order}");
    let mut statement = source.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let raw = Raw::of(row)?;
        if raw.seq <= after && after != i64::MIN {
            break;
        }
        out.push(raw);
    }
    Ok(())
}

fn sentence(damaged: &Path, reason: Option<&str>, opened: bool, tallies: &[(&str, Tally)]) -> String {
    let reason = reason.map(|r| format!(" ({r})")).unwrap_or_default();
    let mut text = format!("the store was damaged{reason} and is kept as {}; ", damaged.display());
    if !opened {
        text.push_str("nothing could be read from it: claims that were not sent yet and private marks are lost");
    } else {
        let count =
            |(what, t): &(&str, Tally)| format!("{} {what}{}", t.rescued, if t.rescued == 1 { "" } else { "s" });
        let counts: Vec<String> = tallies.iter().map(count).collect();
        text.push_str(&format!("rescued: {}", counts.join(", ")));
        let odd: usize = tallies.iter().map(|(_, t)| t.odd).sum();
        if odd > 0 {
            text.push_str(&format!("; not readable, kept in the table `odd`: {odd}"));
        }
        let broken: Vec<&str> = tallies.iter().filter(|(_, t)| t.broken).map(|(what, _)| *what).collect();
        if !broken.is_empty() {
            text.push_str(&format!("; more of these may be lost: {}s", broken.join("s, ")));
        }
    }
    text.push_str("; `floorwalk sync` fetches the tasks again");
    text
}
