//! Files that are damaged, foreign, newer, empty, missing or no files: told in a sentence, never deleted, and what
//! nobody else has is rescued.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
};

use floorwalk::{
    domain::text::Foreign,
    store::{
        Batch, Mark, MarkKind, Store, StoreError,
        sqlite::{Options, SqliteStore},
    },
};
use rusqlite::Connection;

use crate::store::{child, child_dir, commitment, key, op, open, run, task, tasks, world};

/// The damaged databases handed to the project; `None` where that folder is absent.
fn bad(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/badinput/db")).join(name);
    let bytes = fs::read(&path).ok();
    if bytes.is_none() {
        println!("skipped: {} is absent", path.display());
    }
    bytes
}

/// A store with two outbox rows, a commitment, a mark, some tasks with texts; closed.
fn filled(dir: &Path) {
    let store = open(dir);
    run(async {
        let rows = (1..400).map(|n| (task("a/b", n, 1), Some(Foreign::new("text ".repeat(100))))).collect();
        store
            .apply(Batch { tasks: rows, values: vec![("cursor".into(), "7".into())], ..Batch::default() })
            .await
            .unwrap();
        store.journal(vec![op("a/b", 1, 9), op("a/b", 2, 10)], vec![commitment("a/b", 1, 3)]).await.unwrap();
        store.mark(vec![bookmark()], true).await.unwrap();
    });
}

fn bookmark() -> Mark {
    Mark { key: key("a/b", 5), kind: MarkKind::Bookmark, until: None }
}

fn all_is_rescued(store: &SqliteStore) {
    let all = run(store.everything()).unwrap();
    assert_eq!(all.outbox, [op("a/b", 1, 9), op("a/b", 2, 10)]);
    assert_eq!(all.commitments, [commitment("a/b", 1, 3)]);
    assert_eq!(all.marks, [bookmark()]);
}

/// Everything is there, or the notice says that something is not.
fn no_silent_loss(store: &SqliteStore, what: &str) {
    let all = run(store.everything()).unwrap();
    let whole = all.outbox.len() == 2 && all.commitments.len() == 1 && all.marks.len() == 1;
    let told = ["lost", "not readable"].iter().any(|word| store.notices()[0].contains(word));
    assert!(whole || told, "{what}: {:?}", store.notices());
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn damaged_files_are_set_aside_unchanged_and_named() {
    for name in ["text-file.db", "truncated-half.db", "page3-garbage.db", "header-only.db"] {
        let Some(bytes) = bad(name) else { return };
        let dir = world();
        fs::write(dir.path().join("hot.db"), &bytes).unwrap();
        let store = open(dir.path());
        let kept = dir.path().join("hot.db.damaged-1");
        assert_eq!(fs::read(&kept).unwrap(), bytes, "{name}: kept as it was");
        let notices = store.notices();
        assert!(notices.len() == 1 && notices[0].contains(&kept.display().to_string()), "{name}: {notices:?}");
        assert!(notices[0].contains("lost"), "{name}: {notices:?}");
        run(store.apply(tasks(vec![(task("a/b", 1, 1), None)]))).unwrap();
        assert_eq!(run(store.health()).unwrap().integrity, "ok");
        drop(store);
        // Said at once by the one who met it; later by `doctor`, as long as the file lies there.
        let again = open(dir.path());
        assert_eq!(again.notices(), Vec::<String>::new(), "{name}");
        assert_eq!(run(again.health()).unwrap().notices, notices, "{name}");
        fs::remove_file(&kept).unwrap();
        assert_eq!(run(again.health()).unwrap().notices, Vec::<String>::new(), "{name}");
        assert_eq!(run(again.everything()).unwrap().tasks.len(), 1);
    }
}

#[test]
fn files_of_others_and_of_newer_versions_are_refused_and_stay_as_they_are() {
    for (name, newer) in [("future-version.db", true), ("foreign-app.db", false)] {
        for file in ["hot.db", "body.db"] {
            let Some(bytes) = bad(name) else { return };
            let dir = world();
            let path = dir.path().join(file);
            fs::write(&path, &bytes).unwrap();
            let error = SqliteStore::open(dir.path()).err().unwrap();
            match &error {
                StoreError::Newer { found, .. } => assert!(newer && *found == 999_999, "{error}"),
                StoreError::Foreign { .. } => assert!(!newer, "{error}"),
                _ => panic!("{name}: {error:?}"),
            }
            assert!(error.to_string().contains("left untouched") && !error.hint().is_empty());
            assert_eq!(fs::read(&path).unwrap(), bytes, "{name} as {file}");
            assert_eq!(names(dir.path()), [file, "store.lock"], "nothing was made beside it");
        }
    }
}

#[test]
fn a_nameless_database_of_somebody_else_is_refused() {
    let dir = world();
    let path = dir.path().join("hot.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE photo(id)").unwrap();
    let bytes = fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::Foreign { .. })));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_newer_schema_that_only_the_log_knows_is_refused_too() {
    let dir = world();
    filled(dir.path());
    let path = dir.path().join("hot.db");
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 9).unwrap();
    let before = (fs::read(&path).unwrap(), fs::read(dir.path().join("hot.db-wal")).unwrap());
    // Forgotten, not closed: the log stays as after a kill.
    std::mem::forget(raw);
    assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::Newer { found: 9, known: 2, .. })));
    assert_eq!((fs::read(&path).unwrap(), fs::read(dir.path().join("hot.db-wal")).unwrap()), before);
}

#[test]
fn an_empty_file_is_a_beginning_only_where_no_store_was() {
    let dir = world();
    fs::write(dir.path().join("hot.db"), b"").unwrap();
    let store = open(dir.path());
    assert_eq!(store.notices(), Vec::<String>::new());
    drop(store);
    fs::write(dir.path().join("hot.db"), b"").unwrap();
    let store = open(dir.path());
    assert!(store.notices().iter().any(|n| n.contains("empty") && n.contains("damaged-1")), "{:?}", store.notices());
    assert_eq!(fs::read(dir.path().join("hot.db.damaged-1")).unwrap(), b"");
    assert!(run(store.everything()).unwrap().outbox.is_empty());
}

#[test]
fn a_missing_file_where_a_store_was_is_told() {
    let dir = world();
    filled(dir.path());
    fs::remove_file(dir.path().join("hot.db")).unwrap();
    let store = open(dir.path());
    assert!(store.notices().iter().any(|n| n.contains("is missing")), "{:?}", store.notices());
    run(store.apply(tasks(vec![(task("other/project", 1, 1), None)]))).unwrap();
    let detail = run(store.detail(&key("other/project", 1))).unwrap().unwrap();
    assert_eq!(detail.body, None, "old texts must not appear under new tasks");
}

#[test]
fn what_is_no_file_fails_fast() {
    let pipe = |path: &Path| {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    type Make<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Make<'_>); 4] = [
        ("no regular file", &pipe),
        ("a folder", &|path| fs::create_dir(path).unwrap()),
        ("no regular file", &|path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
        ("", &|path| std::os::unix::fs::symlink("nowhere", path).unwrap()),
    ];
    for file in ["hot.db", "body.db"] {
        for (says, make) in &cases {
            let dir = world();
            make(&dir.path().join(file));
            let error = SqliteStore::open(dir.path()).err().unwrap();
            assert!(matches!(&error, StoreError::Place { what, .. } if what.contains(says)), "{error:?}");
            assert!(error.hint().contains("FLOORWALK_DATA_DIR"));
        }
    }
    let dir = world();
    fs::write(dir.path().join("file"), b"x").unwrap();
    assert!(matches!(SqliteStore::open(&dir.path().join("file/data")), Err(StoreError::Place { .. })));
}

/// Pages that hold the list of tables or any of the rows nobody else has.
fn precious_pages(hot: &Path) -> Vec<i64> {
    let conn = Connection::open(hot).unwrap();
    let sql = "SELECT rootpage FROM sqlite_master WHERE tbl_name IN ('outbox', 'commitment', 'mark')";
    let mut list = conn.prepare(sql).unwrap();
    let roots = list.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap);
    std::iter::once(1).chain(roots).collect()
}

const PAGE: usize = 16_384;

#[test]
fn garbage_in_any_page_never_costs_more_than_that_page() {
    let original = world();
    filled(original.path());
    let hot = original.path().join("hot.db");
    let (bytes, precious) = (fs::read(&hot).unwrap(), precious_pages(&hot));
    let pages = bytes.len() / PAGE;
    assert!(pages > 8, "{pages} pages");
    for page in 0..pages {
        let dir = world();
        for name in ["body.db", "store.seen"] {
            fs::copy(original.path().join(name), dir.path().join(name)).unwrap();
        }
        let mut damaged = bytes.clone();
        for (at, byte) in damaged[page * PAGE..(page + 1) * PAGE].iter_mut().enumerate() {
            *byte = u8::try_from((at * 31 + 7) % 251).unwrap();
        }
        fs::write(dir.path().join("hot.db"), &damaged).unwrap();
        let store = open(dir.path());
        assert!(dir.path().join("hot.db.damaged-1").exists(), "page {page} is met at opening");
        assert_eq!(fs::read(dir.path().join("hot.db.damaged-1")).unwrap(), damaged);
        assert_eq!(store.notices().len(), 1, "page {page}: {:?}", store.notices());
        if precious.contains(&i64::try_from(page + 1).unwrap()) {
            no_silent_loss(&store, &format!("page {page}"));
        } else {
            all_is_rescued(&store);
        }
        assert_eq!(run(store.value("cursor")).unwrap(), None, "the cache is rebuilt: no cursor may survive");
    }
}

#[test]
fn a_store_cut_off_at_any_page_keeps_its_outbox_while_that_page_is_there() {
    let original = world();
    filled(original.path());
    let hot = original.path().join("hot.db");
    let bytes = fs::read(&hot).unwrap();
    let last = precious_pages(&hot).into_iter().max().unwrap();
    for keep in (1..bytes.len() / PAGE).flat_map(|page| [page * PAGE, page * PAGE + 100]) {
        let dir = world();
        fs::write(dir.path().join("hot.db"), &bytes[..keep]).unwrap();
        let store = open(dir.path());
        assert!(dir.path().join("hot.db.damaged-1").exists(), "cut at {keep}");
        if keep / PAGE >= usize::try_from(last).unwrap() {
            all_is_rescued(&store);
        } else {
            no_silent_loss(&store, &format!("cut at {keep}"));
        }
    }
}

#[test]
fn a_row_whose_content_changed_is_noticed_and_kept_for_a_person() {
    let dir = world();
    filled(dir.path());
    let raw = Connection::open(dir.path().join("hot.db")).unwrap();
    let bent = "UPDATE outbox SET data = replace(data, '\"number\":2', '\"number\":3')";
    assert_eq!(raw.execute(bent, []).unwrap(), 2);
    drop(raw);
    let store = open(dir.path());
    assert_eq!(run(store.outbox()).unwrap(), [op("a/b", 1, 9)], "a claim of another task is never sent");
    assert!(store.notices().iter().any(|n| n.contains("outbox")), "{:?}", store.notices());
    drop(store);
    // Now the file is damaged elsewhere too, and rescued: the odd row is not thrown away.
    let hot = dir.path().join("hot.db");
    let length = fs::metadata(&hot).unwrap().len();
    fs::OpenOptions::new().write(true).open(&hot).unwrap().set_len(length - 100).unwrap();
    let store = open(dir.path());
    assert!(store.notices()[0].contains("kept in the table `odd`: 1"), "{:?}", store.notices());
    let raw = Connection::open(&hot).unwrap();
    let data: String = raw.query_row("SELECT data FROM odd WHERE source = 'outbox'", [], |row| row.get(0)).unwrap();
    assert!(data.contains("\"number\":3"), "{data}");
    assert_eq!(run(store.outbox()).unwrap(), [op("a/b", 1, 9)]);
}

#[test]
fn a_key_no_parser_would_accept_never_comes_out_of_a_file() {
    let dir = world();
    filled(dir.path());
    let raw = Connection::open(dir.path().join("hot.db")).unwrap();
    raw.execute("UPDATE project SET path = '../../rest/api'", []).unwrap();
    drop(raw);
    let store = open(dir.path());
    let all = run(store.everything()).unwrap();
    assert!(all.tasks.is_empty() && all.outbox.len() == 2);
    assert!(store.notices().iter().any(|n| n.contains("399") || n.contains("400")), "{:?}", store.notices());
}

#[test]
fn nothing_that_was_set_aside_is_ever_overwritten() {
    let dir = world();
    for n in 1..=3 {
        fs::write(dir.path().join("hot.db"), format!("no database {n}")).unwrap();
        drop(open(dir.path()));
    }
    for n in 1..=3 {
        let kept = fs::read_to_string(dir.path().join(format!("hot.db.damaged-{n}"))).unwrap();
        assert_eq!(kept, format!("no database {n}"));
    }
}

#[test]
fn a_rescue_that_was_interrupted_is_made_up_for() {
    let dir = world();
    filled(dir.path());
    // As after a kill between setting the file aside and making the new one.
    fs::rename(dir.path().join("hot.db"), dir.path().join("hot.db.damaged-1")).unwrap();
    let store = open(dir.path());
    all_is_rescued(&store);
    assert!(
        store.notices()[0].contains("rescued: 2 outbox rows, 1 commitment, 1 private mark"),
        "{:?}",
        store.notices()
    );
    run(store.settle(vec![op("a/b", 1, 9).id, op("a/b", 2, 10).id], vec![])).unwrap();
    drop(store);
    let store = open(dir.path());
    assert!(run(store.outbox()).unwrap().is_empty(), "what was rescued and sent does not come back");
}

#[test]
fn a_file_in_use_by_another_instance_is_not_moved() {
    let dir = world();
    filled(dir.path());
    let first = open(dir.path());
    let hot = dir.path().join("hot.db");
    let mut bytes = fs::read(&hot).unwrap();
    bytes[..64].fill(0);
    fs::write(&hot, &bytes).unwrap();
    let error = SqliteStore::open(dir.path()).err().unwrap();
    assert!(matches!(error, StoreError::Damaged { .. }) && error.hint().contains("close every floorwalk"), "{error:?}");
    assert_eq!(fs::read(&hot).unwrap(), bytes);
    drop(first);
}

#[test]
fn damaged_texts_cost_the_texts_only() {
    let dir = world();
    filled(dir.path());
    let body = dir.path().join("body.db");
    let mut bytes = fs::read(&body).unwrap();
    for byte in &mut bytes[PAGE..] {
        *byte = 0xaa;
    }
    fs::write(&body, &bytes).unwrap();
    let store = open(dir.path());
    all_is_rescued(&store);
    assert!(store.notices()[0].contains("body.db.damaged-1"), "{:?}", store.notices());
    assert_eq!(fs::read(dir.path().join("body.db.damaged-1")).unwrap(), bytes);
    assert_eq!(run(store.everything()).unwrap().tasks.len(), 399);
    assert_eq!(run(store.detail(&key("a/b", 5))).unwrap().unwrap().body, None);
    run(store.apply(tasks(vec![(task("a/b", 5, 1), Some("again".into()))]))).unwrap();
    assert_eq!(run(store.detail(&key("a/b", 5))).unwrap().unwrap().body, Some("again".into()));
}

#[test]
fn damage_met_while_running_is_told_and_repaired_at_the_next_start() {
    let dir = world();
    filled(dir.path());
    let store = open(dir.path());
    let hot = dir.path().join("hot.db");
    let root: u32 = {
        let conn = Connection::open(&hot).unwrap();
        conn.query_row("SELECT rootpage FROM sqlite_master WHERE name = 'task'", [], |row| row.get(0)).unwrap()
    };
    let root = usize::try_from(root).unwrap();
    let mut bytes = fs::read(&hot).unwrap();
    bytes[(root - 1) * PAGE..][..PAGE].fill(0x55);
    fs::write(&hot, &bytes).unwrap();
    let error = run(store.everything()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    assert!(run(store.health()).unwrap().integrity.contains("hot.db"));
    drop(store);
    all_is_rescued(&open(dir.path()));
}

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
    assert_eq!(run(store.health()).unwrap().schema, 2);
}

#[test]
fn a_step_that_was_cut_in_half_is_done_again_from_its_start() {
    let dir = world();
    drop(open(dir.path()));
    // Version 2 taken back, as if its transaction had never been committed.
    let raw = Connection::open(dir.path().join("hot.db")).unwrap();
    raw.execute_batch("DROP TABLE odd; PRAGMA user_version = 1;").unwrap();
    drop(raw);
    let openers: Vec<_> = (0..4)
        .map(|_| {
            let dir = dir.path().to_path_buf();
            std::thread::spawn(move || run(open(&dir).health()).unwrap().schema)
        })
        .collect();
    for opener in openers {
        assert_eq!(opener.join().unwrap(), 2, "several at once");
    }
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
        let mut reader = child("store_damage::child_reads_a_store_it_may_not_write", &data);
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
    let dir = world();
    let path = dir.path().display();
    let mount = format!("mount -t tmpfs -o size=2m tmpfs '{path}'");
    let possible = std::process::Command::new("unshare").args(["-rm", "sh", "-c", &mount]).output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let run = child("store_damage::child_fills_its_disk", dir.path());
    let mut inside = std::process::Command::new("unshare");
    inside.args(["-rm", "sh", "-c", &format!("{mount} && exec \"$@\""), "sh"]).arg(run.get_program());
    inside.args(run.get_args()).envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = inside.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
