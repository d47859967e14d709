//! Older schemas, read-only folders, full disks, waiting for another instance.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::PathBuf,
};

use floorwalk::{
    domain::text::Foreign,
    store::{
        Batch, Store, StoreError,
        sqlite::{Options, SqliteStore},
    },
};
use rusqlite::Connection;

use crate::{
    ledger::sheet,
    store_world::{child, child_dir, filled, key, names, op, open, run, task, world},
};

/// The tables as version 1 made them. Never to be edited.
const HOT_1: &str = "
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
    PRAGMA application_id = 1179406935; PRAGMA user_version = 1;
    INSERT INTO project(id, tracker, path) VALUES(1, 'gh', 'a/b');
    INSERT INTO task VALUES((1 << 32) | 12, 5, NULL, 'from version 1', 0, '[\"docs\"]', NULL, 'ana', 7, 0, 0,
        1790000000000000, 1790000000000000, NULL, 0, 0, NULL, NULL, 0, NULL, NULL);
    INSERT INTO value VALUES('cursor', 'kept');
";

#[test]
fn a_store_of_version_1_is_upgraded_with_all_it_holds() {
    let dir = world();
    let path = dir.path().join("hot.db");
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(HOT_1).unwrap();
    let row = op("a/b", 12, 9);
    let (id, data) = (row.id.to_string(), serde_json::to_string(&row).unwrap());
    let mut sum = crc32fast::Hasher::new();
    sum.update(id.as_bytes());
    sum.update(&[0]);
    sum.update(data.as_bytes());
    let sum = i64::from(sum.finalize());
    raw.execute("INSERT INTO outbox(id, data, sum) VALUES(?1, ?2, ?3)", (id, data, sum)).unwrap();
    drop(raw);
    let store = open(dir.path());
    assert_eq!(store.notices(), Vec::<String>::new());
    let all = run(store.everything()).unwrap();
    assert_eq!(all.tasks[0].title.raw(), "from version 1");
    assert_eq!((all.outbox, all.values), (vec![row], vec![("cursor".into(), "kept".into())]));
    assert_eq!(run(store.health()).unwrap().schema, 5);
}

#[test]
fn a_step_that_was_cut_in_half_is_done_again_from_its_start() {
    let sheet = sheet!();
    let dir = world();
    drop(open(dir.path()));
    // Version 2 taken back, as if its transaction had never been committed.
    let raw = Connection::open(dir.path().join("hot.db")).unwrap();
    raw.execute_batch(
        "DROP TABLE change; DROP TABLE odd; ALTER TABLE task DROP COLUMN more; DROP INDEX task_gist_due; \
         ALTER TABLE task DROP COLUMN gist; ALTER TABLE task DROP COLUMN gist_due; PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(raw);
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let dir = dir.path().to_path_buf();
            std::thread::spawn(move || run(open(&dir).health()).unwrap().schema)
        })
        .collect();
    for opener in openers {
        assert_eq!(opener.join().unwrap(), 5, "several at once");
    }
    sheet.unharmed("C15", 1);
}

#[test]
#[ignore = "a child process of the next test"]
fn child_reads_a_store_it_may_not_write() {
    let Some(dir) = child_dir() else { return };
    run(async {
        let store = SqliteStore::open(&dir).unwrap();
        let all = store.everything().await.unwrap();
        assert_eq!((all.tasks.len(), all.outbox.len()), (399, 2));
        assert!(store.detail(&key("a/b", 1)).await.unwrap().unwrap().body.is_some());
        let refused = store.journal(vec![op("a/b", 3, 11)], vec![]).await.unwrap_err();
        assert!(matches!(refused, StoreError::ReadOnly { .. }) && refused.hint().contains("writable"));
        assert!(matches!(store.apply(Batch::default()).await, Err(StoreError::ReadOnly { .. })));
        let health = store.health().await.unwrap();
        assert!(health.read_only && health.integrity == "ok");
        assert!(store.notices()[0].contains("browsing works, claims cannot be queued"));
    });
}

#[test]
fn a_read_only_folder_or_file_can_be_read() {
    let sheet = sheet!();
    for (folder, file) in [(0o555, 0o444), (0o777, 0o444), (0o555, 0o666)] {
        let dir = world();
        let data: PathBuf = dir.path().join("data");
        filled(&data);
        for name in names(&data) {
            fs::set_permissions(data.join(name), fs::Permissions::from_mode(file)).unwrap();
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(folder)).unwrap();
        let before: Vec<Vec<u8>> = ["hot.db", "body.db"].map(|n| fs::read(data.join(n)).unwrap()).into();
        let mut reader = child("store_place::child_reads_a_store_it_may_not_write", &data);
        reader.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        if rustix::process::geteuid().is_root() {
            // Rights do not bind root.
            reader.uid(65_534).gid(65_534);
        }
        let output = match reader.output() {
            Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                println!("skipped: another user cannot run this binary");
                return;
            }
            output => output.unwrap(),
        };
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("1 passed"), "{folder:o} {file:o}: {said}");
        let after: Vec<Vec<u8>> = ["hot.db", "body.db"].map(|n| fs::read(data.join(n)).unwrap()).into();
        assert!(before == after, "untouched");
        sheet.unharmed("EACCES", 1);
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn a_store_that_stands_open_long_is_waited_for_then_told_busy() {
    let dir = world();
    drop(open(dir.path()));
    let lock = fs::File::options().read(true).write(true).open(dir.path().join("store.lock")).unwrap();
    lock.lock().unwrap();
    let options = Options { patience: std::time::Duration::from_millis(30), ..Options::default() };
    let error = SqliteStore::open_with(dir.path(), &options).err().unwrap();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    lock.unlock().unwrap();
    SqliteStore::open_with(dir.path(), &options).unwrap();
}

#[test]
#[ignore = "a child process of the next test"]
fn child_fills_its_disk() {
    let Some(dir) = child_dir() else { return };
    let filler = dir.join("filler");
    fs::write(&filler, vec![1; 400 * 1024]).unwrap();
    run(async {
        let store = open(&dir);
        let mut applied = 0;
        let full = loop {
            let rows = vec![(task("a/b", applied + 1, 1), Some(Foreign::new("text ".repeat(3_000))))];
            let values = vec![("cursor".into(), (applied + 1).to_string())];
            match store.apply(Batch { tasks: rows, values, ..Batch::default() }).await {
                Ok(()) => applied += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(full, StoreError::Full { .. }) && applied > 3, "{applied}: {full:?}");
        let mut queued = Vec::new();
        let full = loop {
            let row = op("a/b", 1, u128::try_from(queued.len()).unwrap());
            match store.journal(vec![row.clone()], vec![]).await {
                Ok(()) => queued.push(row),
                Err(error) => break error,
            }
        };
        assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
        let all = store.everything().await.unwrap();
        assert_eq!((all.tasks.len() as u64, &all.outbox), (applied, &queued), "no claim counts that was not written");
        assert_eq!(all.values, [("cursor".to_owned(), applied.to_string())]);
        fs::remove_file(&filler).unwrap();
        queued.push(op("a/b", 2, 1 << 100));
        store.journal(vec![queued.last().unwrap().clone()], vec![]).await.unwrap();
        drop(store);
        let store = open(&dir);
        assert_eq!(store.outbox().await.unwrap(), queued);
        assert_eq!((store.health().await.unwrap().integrity.as_str(), store.notices().len()), ("ok", 0));
        drop(store);
        // Not one byte left at the start: the store can be read.
        let mut size = 4 << 20;
        let mut file = fs::File::create(&filler).unwrap();
        while size > 0 {
            match std::io::Write::write(&mut file, &vec![1; size]) {
                Ok(_) => {}
                Err(_) => size /= 2,
            }
        }
        let store = open(&dir);
        assert_eq!(store.everything().await.unwrap().outbox, queued);
        assert!(matches!(store.journal(vec![op("a/b", 3, 5)], vec![]).await, Err(StoreError::ReadOnly { .. })));
        assert!(store.notices().iter().any(|n| n.contains("no space left")), "{:?}", store.notices());
    });
}

#[test]
fn a_full_disk_loses_nothing_and_queues_nothing_half() {
    let sheet = sheet!();
    let dir = world();
    let path = dir.path().display();
    let mount = format!("mount -t tmpfs -o size=2m tmpfs '{path}'");
    let possible = std::process::Command::new("unshare").args(["-rm", "sh", "-c", &mount]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let run = child("store_place::child_fills_its_disk", dir.path());
    let mut inside = std::process::Command::new("unshare");
    inside.args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"]).arg(run.get_program());
    inside.args(run.get_args()).envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = inside.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    // A page, a wish, and a start.
    sheet.unharmed("ENOSPC", 3);
}
