//! Kills, cuts, full and busy disks, several instances: whole pages, all texts, no lost claim.

use floorwalk::{
    domain::{commitment::Commitment, key::TaskKey, task::Task, text::Foreign},
    store::{
        Batch, Store, StoreError,
        sqlite::{Options, SqliteStore},
    },
};

use crate::{
    ledger::{Harm, sheet, times},
    store_world::{child, child_dir, commitment, key, op, open, run, task, tasks, world},
};

#[test]
fn a_page_and_its_cursor_are_one_and_a_full_store_says_so() {
    let sheet = sheet!();
    let dir = world();
    run(async {
        open(dir.path()).journal(vec![op("a/b", 1, 9)], vec![]).await.unwrap();
        let store = SqliteStore::open_with(dir.path(), &Options { max_pages: Some(30), ..Options::default() }).unwrap();
        let long = "x".repeat(900);
        let rows = (1..2000).map(|n| (Task { title: Foreign::new(long.clone()), ..task("a/b", n, 1) }, None)).collect();
        let values = vec![("cursor".into(), "2".into())];
        let full = store.apply(Batch { tasks: rows, values, ..Batch::default() }).await.unwrap_err();
        assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
        assert!(full.to_string().contains("no space left") && full.hint().contains("make room"), "{full}");
        let all = store.everything().await.unwrap();
        assert_eq!((all.tasks.len(), all.values.len(), all.outbox.len()), (0, 0, 1));
        // Texts too large for body.db: neither file keeps a part.
        let rows = vec![(task("a/b", 1, 1), Some(Foreign::new("y".repeat(1_000_000))))];
        let full = store.apply(Batch { tasks: rows, values: vec![("c".into(), "3".into())], ..Batch::default() }).await;
        assert!(matches!(full, Err(StoreError::Full { path }) if path.ends_with("body.db")));
        let long_note = Commitment { note: Some("z".repeat(1_000_000)), ..commitment("a/b", 1, 3) };
        let full = store.journal(vec![op("a/b", 2, 10)], vec![long_note]).await;
        assert!(matches!(full, Err(StoreError::Full { .. })));
        let all = store.everything().await.unwrap();
        assert_eq!((all.tasks.len(), all.values.len(), all.outbox.len(), all.commitments.len()), (0, 0, 1, 0));
        store.journal(vec![op("a/b", 3, 11)], vec![]).await.unwrap();
        assert_eq!(store.outbox().await.unwrap().len(), 2, "small writes go on when there is room for them");
        sheet.unharmed("ENOSPC", 3);
    });
}

#[test]
fn a_busy_store_says_so_after_its_patience_and_readers_never_wait() {
    let dir = world();
    run(async {
        let options = Options { patience: std::time::Duration::from_millis(60), ..Options::default() };
        let store = SqliteStore::open_with(dir.path(), &options).unwrap();
        store.apply(tasks(vec![(task("a/b", 1, 1), None)])).await.unwrap();
        let other = rusqlite::Connection::open(dir.path().join("hot.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let busy = store.journal(vec![op("a/b", 1, 9)], vec![]).await.unwrap_err();
        assert!(matches!(busy, StoreError::Busy { .. }) && busy.hint().contains("wait"), "{busy:?}");
        assert_eq!(store.everything().await.unwrap().tasks.len(), 1);
        other.execute_batch("ROLLBACK").unwrap();
        store.journal(vec![op("a/b", 1, 9)], vec![]).await.unwrap();
    });
}

#[test]
fn two_instances_in_one_folder_see_each_other_and_lose_nothing() {
    let sheet = sheet!();
    let dir = world();
    let threads: Vec<_> = (0_u64..4)
        .map(|who| {
            let dir = dir.path().to_path_buf();
            std::thread::spawn(move || {
                let store = open(&dir);
                run(async {
                    for n in 0_u64..25 {
                        let number = who * 100 + n + 1;
                        let rows = vec![(task("a/b", number, 1), Some(Foreign::new(format!("{number}"))))];
                        store.apply(tasks(rows)).await.unwrap();
                        store.journal(vec![op("a/b", number, u128::from(number))], vec![]).await.unwrap();
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    run(async {
        let (first, second) = (open(dir.path()), open(dir.path()));
        assert_eq!(first.everything().await.unwrap().tasks.len(), 100);
        assert_eq!(second.outbox().await.unwrap().len(), 100);
        let body = second.detail(&key("a/b", 325)).await.unwrap().unwrap().body.unwrap();
        assert_eq!(body.raw(), "325");
        assert!(first.notices().is_empty() && second.notices().is_empty());
        sheet.unharmed("second instance", 4);
    });
}

#[test]
fn the_texts_of_a_batch_that_was_cut_in_half_do_no_harm() {
    let dir = world();
    run(async {
        open(dir.path()).apply(tasks(vec![(task("a/b", 1, 1), Some("one".into()))])).await.unwrap();
        // As after a kill between the two commits: a newer text for a row, and one for a project not yet known.
        let raw = rusqlite::Connection::open(dir.path().join("body.db")).unwrap();
        let first: i64 = raw.query_row("SELECT id FROM body", [], |row| row.get(0)).unwrap();
        raw.execute("UPDATE body SET ver = 2, text = 'newer'", []).unwrap();
        let orphan = (first - 1) + (1 << 32) + 7;
        raw.execute("INSERT INTO body(id, ver, text) VALUES(?1, 2, 'orphan')", [orphan]).unwrap();
        raw.execute("UPDATE batch SET ver = 2", []).unwrap();
        drop(raw);
        let store = open(dir.path());
        let text = async |k: TaskKey| store.detail(&k).await.unwrap().unwrap().body.map(|b| b.raw().to_owned());
        assert_eq!(text(key("a/b", 1)).await.as_deref(), Some("newer"));
        store.apply(tasks(vec![(task("next/project", 7, 1), None)])).await.unwrap();
        assert_eq!(text(key("next/project", 7)).await, None, "the orphan is nobody's");
        // As after a power cut that took back the last commit of body.db alone.
        store.apply(tasks(vec![(task("a/b", 1, 2), Some("latest".into()))])).await.unwrap();
        let raw = rusqlite::Connection::open(dir.path().join("body.db")).unwrap();
        raw.execute("UPDATE body SET ver = 2, text = 'stale' WHERE id = ?1", [first]).unwrap();
        assert_eq!(text(key("a/b", 1)).await, None, "a text that is older than its row counts as not read");
    });
}

#[test]
#[ignore = "a child process of the next test"]
fn child_journals_and_dies() {
    let Some(dir) = child_dir() else { return };
    let store = open(&dir);
    run(store.journal(vec![op("a/b", 1, 9)], vec![commitment("a/b", 1, 3)])).unwrap();
    std::process::abort();
}

#[test]
fn a_journalled_row_is_there_after_the_process_died() {
    let sheet = sheet!();
    let dir = world();
    let status = child("store_crash::child_journals_and_dies", dir.path()).status().unwrap();
    assert!(!status.success(), "the child was to die");
    assert!(dir.path().join("hot.db-wal").metadata().unwrap().len() > 0, "it closed nothing");
    let store = open(dir.path());
    let all = run(store.everything()).unwrap();
    assert_eq!((all.outbox, all.commitments), (vec![op("a/b", 1, 9)], vec![commitment("a/b", 1, 3)]));
    assert_eq!(store.notices(), Vec::<String>::new());
    // Beside one that never closes.
    std::mem::forget(store);
    assert_eq!(run(open(dir.path()).outbox()).unwrap().len(), 1);
    let lost = 1 - all_rows(dir.path()).min(1);
    ["C3", "SIGKILL C1 to C20", "I4"].iter().for_each(|line| sheet.met(line, 1, Harm { lost, ..Harm::NONE }));
}

fn all_rows(dir: &std::path::Path) -> usize {
    run(open(dir).outbox()).unwrap().len()
}

#[test]
#[ignore = "a child process of the next test"]
fn child_applies_pages_until_killed() {
    let Some(dir) = child_dir() else { return };
    let store = open(&dir);
    run(async {
        let first: u64 = store.value("page").await.unwrap().map_or(0, |v| v.parse().unwrap());
        // What a kill between the two calls left undone.
        if first > 0 {
            store.journal(vec![op("a/b", first, u128::from(first))], vec![]).await.unwrap();
        }
        for page in first + 1.. {
            let row = |n| (task("a/b", page * 10 + n, 1), Some(Foreign::new(format!("{page} {n}").repeat(200))));
            let values = vec![("page".into(), page.to_string())];
            store.apply(Batch { tasks: (0..10).map(row).collect(), values, ..Batch::default() }).await.unwrap();
            store.journal(vec![op("a/b", page, u128::from(page))], vec![]).await.unwrap();
        }
    });
}

/// Kills of a store; each run of the tests does so few, `KILLS=1000 cargo test --test it store_crash::` a thousand times as many.
const KILLS: u64 = 12;

#[test]
fn a_store_killed_at_any_moment_has_whole_pages_and_all_their_texts() {
    let sheet = sheet!();
    for story in 0..times("KILLS") {
        let dir = world();
        let mut last = 0;
        for round in 0..KILLS {
            let chance = story * KILLS + round;
            last = killed_at_a_page(dir.path(), last, chance);
            let lines = ["SIGKILL", "SIGKILL C1 to C20", "C2", "C13", "C14", "I4", "I8"];
            let harm = harm(dir.path(), last);
            lines.iter().for_each(|line| sheet.met(line, 1, harm));
        }
    }
}

/// Lets a child write until it wrote a few pages, and a moment longer; kills it. Gives the last page that is there.
fn killed_at_a_page(dir: &std::path::Path, last: u64, chance: u64) -> u64 {
    let mut killed = child("store_crash::child_applies_pages_until_killed", dir).spawn().unwrap();
    let hot = dir.join("hot.db");
    let page = || {
        let conn = rusqlite::Connection::open_with_flags(&hot, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        let read = conn.query_row("SELECT value FROM value WHERE name = 'page'", [], |r| r.get::<_, String>(0));
        read.ok()?.parse::<u64>().ok()
    };
    while page().is_none_or(|page| page < last + 1 + chance % 4) {
        assert!(killed.try_wait().unwrap().is_none(), "the child ended by itself");
        std::thread::yield_now();
    }
    let since = std::time::Instant::now();
    while since.elapsed() < std::time::Duration::from_micros(chance * 37 % 3_000) {
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let page = page().unwrap();
    assert!(page > last, "kill {chance}: it went on");
    page
}

/// What is missing or twice in a store that was killed at a page: opened, read whole, folded, and read again.
fn harm(dir: &std::path::Path, page: u64) -> Harm {
    run(async {
        let store = open(dir);
        let all = store.everything().await.unwrap();
        assert_eq!(store.value("page").await.unwrap(), Some(page.to_string()));
        assert_eq!(all.tasks.len() as u64, page * 10);
        let journalled = all.outbox.len() as u64;
        assert!(journalled == page || journalled + 1 == page, "{journalled} of {page}");
        for number in 10..(page + 1) * 10 {
            let body = store.detail(&key("a/b", number)).await.unwrap().unwrap().body.unwrap();
            assert_eq!(body.raw(), format!("{} {}", number / 10, number % 10).repeat(200));
        }
        let health = store.health().await.unwrap();
        assert_eq!((health.integrity.as_str(), health.notices.len()), ("ok", 0), "{health:?}");
        for file in ["hot.db", "body.db"] {
            let raw = rusqlite::Connection::open(dir.join(file)).unwrap();
            let busy: i64 = raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
            assert_eq!(busy, 0, "{file} is folded");
        }
        let again = store.everything().await.unwrap();
        assert_eq!(format!("{again:?}"), format!("{all:?}"), "folding changes nothing");
        // Tasks of a page without its cursor, or the other way round.
        let lost = usize::try_from((page * 10).abs_diff(all.tasks.len() as u64)).unwrap();
        Harm { lost, duplicated: all.outbox.len().saturating_sub(usize::try_from(page).unwrap()), leaked: 0 }
    })
}
