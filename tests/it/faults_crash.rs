//! Crash points that need a process of their own: folding the log into the store, a change of the schema, a rescue, and
//! files written for the user. Each child is killed at another moment, and started again.

use std::{
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

#[test]
fn killed_while_the_schema_changes_everything_is_there_afterwards() {
    let sheet = sheet!();
    let old = world();
    filled(old.path());
    let raw = rusqlite::Connection::open(old.path().join("hot.db")).unwrap();
    raw.execute_batch(
        "DROP TABLE change; DROP TABLE odd; ALTER TABLE task DROP COLUMN more; DROP INDEX task_gist_due; \
         ALTER TABLE task DROP COLUMN gist; ALTER TABLE task DROP COLUMN gist_due; PRAGMA user_version = 1;",
    )
    .unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(raw);
    for round in 0..8 {
        let dir = world();
        for name in ["hot.db", "body.db", "store.seen"] {
            std::fs::copy(old.path().join(name), dir.path().join(name)).unwrap();
        }
        let wal = dir.path().join("hot.db-wal");
        let opening = child("faults_crash::child_opens_the_store", dir.path()).spawn().unwrap();
        killed(opening, round, || wal.exists());
        let store = open(dir.path());
        let all = run(store.everything()).unwrap();
        assert_eq!(run(store.health()).unwrap().schema, 5, "round {round}");
        assert_eq!(store.notices(), Vec::<String>::new(), "round {round}");
        let lost = 399 - all.tasks.len().min(399) + 2 - all.outbox.len().min(2) + 1 - all.commitments.len().min(1);
        ["C15", "SIGKILL C1 to C20"].iter().for_each(|line| sheet.met(line, 1, Harm { lost, ..Harm::NONE }));
    }
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
