//! Files that are damaged, foreign, newer, empty, missing or no files: told in a sentence, never deleted, and what
//! nobody else has is rescued.

use std::{fs, path::Path};

use floorwalk::store::{
    Store, StoreError,
    sqlite::{Options, SqliteStore},
};
use rusqlite::Connection;

use crate::{
    hostile::corpus,
    ledger::{Harm, sheet},
    store_world::{bookmark, commitment, filled, key, names, op, open, run, task, tasks, world},
};

fn all_is_rescued(store: &SqliteStore) {
    let all = run(store.everything()).unwrap();
    assert_eq!(all.outbox, [op("a/b", 1, 9), op("a/b", 2, 10)]);
    assert_eq!(all.commitments, [commitment("a/b", 1, 3)]);
    assert_eq!(all.marks, [bookmark()]);
}

/// Opens as for a user who is asked and says yes. Without the yes nothing that would be lost is touched, and where nobody is
/// asked nothing is lost.
fn agreed(dir: &Path) -> SqliteStore {
    let before = (fs::read(dir.join("hot.db")).ok(), aside(dir));
    match SqliteStore::open(dir) {
        Ok(store) => {
            let lost = store.notices().into_iter().find(|n| n.contains("lost") || n.contains("not readable"));
            assert_eq!(lost, None, "nobody was asked");
            store
        }
        Err(error @ StoreError::Loss { .. }) => {
            assert_eq!((fs::read(dir.join("hot.db")).ok(), aside(dir)), before, "touched without a yes");
            let said = error.to_string();
            assert!(said.contains("was left untouched") && error.hint().contains("doctor --mend"), "{said}");
            SqliteStore::open_with(dir, &Options { consent: true, ..Options::default() }).unwrap()
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// What was set aside.
fn aside(dir: &Path) -> Vec<String> {
    names(dir).into_iter().filter(|name| name.contains("damaged-")).collect()
}

/// Everything is there, or the notice says that something is not.
fn no_silent_loss(store: &SqliteStore, what: &str) {
    let all = run(store.everything()).unwrap();
    let whole = all.outbox.len() == 2 && all.commitments.len() == 1 && all.marks.len() == 1;
    let told = ["lost", "not readable"].iter().any(|word| store.notices()[0].contains(word));
    assert!(whole || told, "{what}: {:?}", store.notices());
}

#[test]
fn damaged_files_are_set_aside_unchanged_and_named() {
    for name in ["text-file.db", "truncated-half.db", "page3-garbage.db", "header-only.db"] {
        let Some(bytes) = corpus::file(&format!("db/{name}")) else { return };
        let dir = world();
        fs::write(dir.path().join("hot.db"), &bytes).unwrap();
        let store = agreed(dir.path());
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
            let Some(bytes) = corpus::file(&format!("db/{name}")) else { return };
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
    let sheet = sheet!();
    let dir = world();
    filled(dir.path());
    let path = dir.path().join("hot.db");
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 9).unwrap();
    let before = (fs::read(&path).unwrap(), fs::read(dir.path().join("hot.db-wal")).unwrap());
    // Forgotten, not closed: the log stays as after a kill.
    std::mem::forget(raw);
    assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::Newer { found: 9, known: 5, .. })));
    let after = (fs::read(&path).unwrap(), fs::read(dir.path().join("hot.db-wal")).unwrap());
    sheet.met("store newer", 1, Harm { lost: usize::from(after != before), ..Harm::NONE });
}

#[test]
fn an_empty_file_is_a_beginning_only_where_no_store_was() {
    let sheet = sheet!();
    let dir = world();
    fs::write(dir.path().join("hot.db"), b"").unwrap();
    let store = open(dir.path());
    assert_eq!(store.notices(), Vec::<String>::new());
    drop(store);
    fs::write(dir.path().join("hot.db"), b"").unwrap();
    let store = agreed(dir.path());
    assert!(store.notices().iter().any(|n| n.contains("empty") && n.contains("damaged-1")), "{:?}", store.notices());
    assert_eq!(fs::read(dir.path().join("hot.db.damaged-1")).unwrap(), b"");
    assert!(run(store.everything()).unwrap().outbox.is_empty());
    ["store empty", "input db"].iter().for_each(|line| sheet.unharmed(line, 1));
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
    let sheet = sheet!();
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
        let store = agreed(dir.path());
        assert!(dir.path().join("hot.db.damaged-1").exists(), "page {page} is met at opening");
        assert_eq!(fs::read(dir.path().join("hot.db.damaged-1")).unwrap(), damaged);
        assert_eq!(store.notices().len(), 1, "page {page}: {:?}", store.notices());
        if precious.contains(&i64::try_from(page + 1).unwrap()) {
            no_silent_loss(&store, &format!("page {page}"));
        } else {
            all_is_rescued(&store);
        }
        assert_eq!(run(store.value("cursor")).unwrap(), None, "the cache is rebuilt: no cursor may survive");
        ["store corrupt", "I8"].iter().for_each(|line| sheet.unharmed(line, 1));
    }
}

#[test]
fn a_store_cut_off_at_any_page_keeps_its_outbox_while_that_page_is_there() {
    let sheet = sheet!();
    let original = world();
    filled(original.path());
    let hot = original.path().join("hot.db");
    let bytes = fs::read(&hot).unwrap();
    let last = precious_pages(&hot).into_iter().max().unwrap();
    for keep in (1..bytes.len() / PAGE).flat_map(|page| [page * PAGE, page * PAGE + 100]) {
        let dir = world();
        fs::write(dir.path().join("hot.db"), &bytes[..keep]).unwrap();
        let store = agreed(dir.path());
        assert!(dir.path().join("hot.db.damaged-1").exists(), "cut at {keep}");
        if keep / PAGE >= usize::try_from(last).unwrap() {
            all_is_rescued(&store);
        } else {
            no_silent_loss(&store, &format!("cut at {keep}"));
        }
        ["store truncated", "I8"].iter().for_each(|line| sheet.unharmed(line, 1));
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
    let store = agreed(dir.path());
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
        drop(agreed(dir.path()));
    }
    for n in 1..=3 {
        let kept = fs::read_to_string(dir.path().join(format!("hot.db.damaged-{n}"))).unwrap();
        assert_eq!(kept, format!("no database {n}"));
    }
}

#[test]
fn a_rescue_that_was_interrupted_is_made_up_for() {
    let sheet = sheet!();
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
    sheet.unharmed("C17", 1);
}

#[test]
fn a_store_that_was_killed_while_it_was_made_is_opened() {
    let (original, dir) = (world(), world());
    filled(original.path());
    let raw = Connection::open(original.path().join("hot.db")).unwrap();
    raw.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).unwrap();
    // So many pages that some are written before the end, with what they were before in the journal.
    raw.execute_batch("PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE task SET title = title || title").unwrap();
    for name in ["hot.db", "hot.db-journal", "body.db", "store.seen"] {
        fs::copy(original.path().join(name), dir.path().join(name)).unwrap();
    }
    let store = open(dir.path());
    all_is_rescued(&store);
    assert_eq!(store.notices(), Vec::<String>::new(), "nothing was damaged");
    assert_eq!(run(store.everything()).unwrap().tasks.len(), 399);
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

#[test]
fn a_rescue_that_was_cut_short_asks_nobody_a_second_time() {
    let dir = world();
    filled(dir.path());
    let hot = dir.path().join("hot.db");
    let whole = fs::read(&hot).unwrap();
    // Its last page is cut off; nothing is lost by that, and nobody is asked.
    fs::write(&hot, &whole[..whole.len() - 100]).unwrap();
    drop(agreed(dir.path()));
    // As after a kill between setting it aside and filling the new one.
    fs::write(
        dir.path().join("store.seen"),
        "A floorwalk store lives in this folder; hot.db holds its outbox.\nrescuing\n",
    )
    .unwrap();
    fs::write(&hot, b"").unwrap();
    let store = agreed(dir.path());
    all_is_rescued(&store);
    drop(store);
    // An empty file at any other time is a loss, whatever was set aside before.
    fs::write(&hot, b"").unwrap();
    assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::Loss { .. })));
}
