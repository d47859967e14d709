//! Crash points that need a process of their own: folding the log into the store, a change of the schema, a rescue, and
//! files written for the user. Each child is killed at another moment, and started again.

use std::{
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use floorwalk::store::Store;

use crate::{
    cli_world::CliWorld,
    ledger::{Harm, sheet},
    store_world::{child, child_dir, filled, op, open, run, world},
};

/// Kills a child once `moment` holds and a little later, differently in each round.
fn killed(mut child: Child, round: u32, moment: impl Fn() -> bool) {
    while !moment() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let since = std::time::Instant::now();
    while since.elapsed() < std::time::Duration::from_micros(u64::from(round) * 700) {
        std::thread::yield_now();
    }
    let _ = child.kill();
    child.wait().unwrap();
}

#[test]
#[ignore = "a child process of the next test"]
fn child_folds_its_log() {
    let Some(dir) = child_dir() else { return };
    let store = open(&dir);
    let raw = rusqlite::Connection::open(dir.join("hot.db")).unwrap();
    let first = run(store.outbox()).unwrap().len() as u64;
    for n in first.. {
        run(store.journal(vec![op("a/b", n + 1, u128::from(n) + 1)], vec![])).unwrap();
        std::fs::write(dir.join("confirmed"), (n + 1).to_string()).unwrap();
        let _ = raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

#[test]
fn killed_while_the_log_is_folded_no_confirmed_row_is_missing() {
    let sheet = sheet!();
    let dir = world();
    let confirmed = || std::fs::read_to_string(dir.path().join("confirmed")).ok().and_then(|n| n.parse::<usize>().ok());
    for round in 0..6 {
        let before = confirmed().unwrap_or(0);
        let writing = child("faults_crash::child_folds_its_log", dir.path()).spawn().unwrap();
        killed(writing, round, || confirmed().is_some_and(|n| n > before));
        let store = open(dir.path());
        let rows = run(store.outbox()).unwrap().len();
        assert_eq!(run(store.health()).unwrap().integrity, "ok");
        // The number in the file may be half written when it is killed; then nothing more was confirmed than before.
        let lost = confirmed().unwrap_or(before).saturating_sub(rows);
        let harm = Harm { lost, ..Harm::NONE };
        ["C16", "SIGKILL C1 to C20", "SIGKILL"].iter().for_each(|line| sheet.met(line, 1, harm));
    }
}

#[test]
#[ignore = "a child process of the next tests"]
fn child_opens_the_store() {
    let Some(dir) = child_dir() else { return };
    drop(open(&dir));
}

/// What undoes each step of `hot.db` after the first.
const UNDONE: [&str; 4] = [
    "DROP TABLE odd;",
    "ALTER TABLE task DROP COLUMN more;",
    "DROP INDEX task_gist_due; ALTER TABLE task DROP COLUMN gist; ALTER TABLE task DROP COLUMN gist_due;",
    "DROP TABLE change;",
];

/// A filled store as floorwalk wrote it at an earlier version of its tables.
fn of_version(version: usize) -> tempfile::TempDir {
    let old = world();
    filled(old.path());
    let raw = rusqlite::Connection::open(old.path().join("hot.db")).unwrap();
    for step in UNDONE.iter().skip(version - 1).rev() {
        raw.execute_batch(step).unwrap();
    }
    raw.execute_batch(&format!("PRAGMA user_version = {version};")).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    old
}

fn copy_of(store: &Path) -> tempfile::TempDir {
    let dir = world();
    for name in ["hot.db", "body.db", "store.seen"] {
        std::fs::copy(store.join(name), dir.path().join(name)).unwrap();
    }
    dir
}

/// What is missing from a filled store after its tables changed.
fn missing(dir: &Path, when: &str) -> Harm {
    let store = open(dir);
    let all = run(store.everything()).unwrap();
    let health = run(store.health()).unwrap();
    assert_eq!((health.schema, health.integrity.as_str()), (5, "ok"), "{when}");
    assert_eq!(store.notices(), Vec::<String>::new(), "{when}");
    let lost = 399 - all.tasks.len().min(399) + 2 - all.outbox.len().min(2) + 1 - all.commitments.len().min(1);
    Harm { lost, ..Harm::NONE }
}

#[test]
fn killed_while_the_schema_changes_everything_is_there_afterwards() {
    let sheet = sheet!();
    let old = of_version(1);
    for round in 0..8 {
        let dir = copy_of(old.path());
        let wal = dir.path().join("hot.db-wal");
        let opening = child("faults_crash::child_opens_the_store", dir.path()).spawn().unwrap();
        killed(opening, round, || wal.exists());
        let harm = missing(dir.path(), &format!("round {round}"));
        ["C15", "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, harm));
    }
}

/// Everything that a change of the tables writes, it writes by extending the log: a process that may not extend a file
/// beyond a place is killed by the system right there, with what was before that place written and the rest not.
#[test]
fn killed_at_every_write_of_a_change_of_the_schema_everything_is_there_afterwards() {
    let sheet = sheet!();
    for version in 1..=UNDONE.len() {
        let old = of_version(version);
        let mut kills = 0;
        for blocks in (1..).step_by(7) {
            let dir = copy_of(old.path());
            // What readers share lies there already, so that it is not what is extended.
            let held: Vec<rusqlite::Connection> =
                ["hot.db", "body.db"].map(|file| read_and_hold(&dir.path().join(file))).into();
            let child = child("faults_crash::child_opens_the_store", dir.path());
            let status = bounded(&child, blocks).status().unwrap();
            drop(held);
            let harm = missing(dir.path(), &format!("version {version}, {blocks} blocks"));
            if status.success() {
                break;
            }
            assert_eq!(status.signal(), Some(SIGXFSZ), "version {version}, {blocks} blocks: {status}");
            kills += 1;
            ["C15", "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, harm));
        }
        assert!(kills >= 2, "version {version}: {kills} kills");
    }
}

/// Sent to a process that extends a file beyond what it may (signal(7)).
const SIGXFSZ: i32 = 25;

/// A command that may write files of so many blocks of 512 bytes.
fn bounded(command: &Command, blocks: usize) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -f \"$0\" && exec \"$@\"", &blocks.to_string()]);
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.stdout(Stdio::null()).stderr(Stdio::null());
    shell
}

/// Opens a database and reads it; folds nothing when it is closed.
fn read_and_hold(file: &Path) -> rusqlite::Connection {
    let raw = rusqlite::Connection::open(file).unwrap();
    raw.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    let _: i64 = raw.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    raw
}

#[test]
fn killed_while_a_store_is_rescued_nothing_of_the_user_is_missing() {
    let sheet = sheet!();
    let original = world();
    filled(original.path());
    let mut bytes = std::fs::read(original.path().join("hot.db")).unwrap();
    let end = bytes.len();
    bytes[end - 100..].fill(0xee);
    bytes.truncate(end - 50);
    for round in 0..6 {
        let dir = world();
        std::fs::copy(original.path().join("store.seen"), dir.path().join("store.seen")).unwrap();
        std::fs::write(dir.path().join("hot.db"), &bytes).unwrap();
        let aside = dir.path().join("hot.db.damaged-1");
        let opening = child("faults_crash::child_opens_the_store", dir.path()).spawn().unwrap();
        killed(opening, round, || aside.exists());
        let all = run(open(dir.path()).everything()).unwrap();
        let kept = std::fs::read(&aside).is_ok_and(|kept| kept == bytes);
        assert!(kept, "round {round}: what was set aside is as it was");
        let lost = 2 - all.outbox.len().min(2) + 1 - all.commitments.len().min(1) + 1 - all.marks.len().min(1);
        ["C17", "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, Harm { lost, ..Harm::NONE }));
    }
}

/// The program, to be killed.
fn started(world: &CliWorld, arguments: &[&str]) -> Child {
    let mut command: Command = world.command();
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Whole files, and no half of one under its name.
fn is_whole(world: &CliWorld, file: &Path, before: &str) -> usize {
    let now = std::fs::read_to_string(file).unwrap_or_default();
    let checked = world.run(&["config", "check"]);
    usize::from(now != before && checked.code != 0)
}

#[test]
fn killed_while_files_are_written_each_is_the_old_or_the_new_one() {
    let sheet = sheet!();
    for (line, arguments) in [
        ("C18", &["init", "--force", "--repo", "acme/other"][..]),
        ("C19", &["weights", "--preset", "debt", "--set", "skills=25", "--save", "mine"]),
    ] {
        for round in 0..6 {
            let world = CliWorld::new();
            let before = "[[tracker]]\nrepos = [\"acme/app\"]\n";
            let file = world.config(before);
            let folder = file.parent().unwrap().to_owned();
            let count = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
            let changed = || count() > 1 || std::fs::read_to_string(&file).is_ok_and(|text| text != before);
            killed(started(&world, arguments), round, changed);
            let lost = is_whole(&world, &file, before);
            [line, "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, Harm { lost, ..Harm::NONE }));
        }
    }
}
