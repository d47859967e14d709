//! Checks that must be able to fail: each breaks one guard on purpose and counts what the check for it finds.

use std::time::Duration;

use floorwalk::{
    demo::FaultKind,
    store::{Batch, Store},
    tracker::{
        ErrorClass, Tracker,
        memory::{Fault, MemoryTracker, MemoryWorld, Verb},
    },
};

use crate::{
    faults_world::{CANARY, KEY, Story, tokens_in},
    ledger::sheet,
    outbox_world::{Client, START, key, task},
    store_world::{self, open, run},
};

#[tokio::test(start_paused = true)]
async fn comments_without_their_marker_would_be_written_twice() {
    let sheet = sheet!();
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    let sam = Client::new(&world, "sam", 7, true);
    world.fault(7, Verb::Post, Fault::After(ErrorClass::Timeout));
    sam.wish_claim().await;
    // Killed before it looks for what it wrote; then the marker is gone.
    let written = async {
        while world.written() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = sam.send() => panic!("it was not killed"),
        () = written => {}
    }
    let there = world.comments(&key());
    assert_eq!(there.len(), 1);
    let name = floorwalk::domain::key::TrackerName::parse("gh").unwrap();
    let hand = MemoryTracker::new(world.clone(), name, sam.me.clone(), true);
    hand.edit_comment(&key(), there[0].id, "no marker at all").await.unwrap();
    sam.send().await;
    let twice = usize::try_from(world.written()).unwrap() - 1;
    assert_eq!(twice, 1, "the count of comments shows it");
    sheet.unharmed("control marker", twice);
}

#[test]
fn without_a_second_look_two_would_hold_one_task() {
    let sheet = sheet!();
    let found = (1..=300).filter(|seed| crate::sim::hasty(*seed).is_err()).count();
    assert!(found > 0, "300 races without settling, and none was found");
    sheet.unharmed("control settle", found);
}

#[test]
fn a_write_that_is_repeated_would_be_counted() {
    let sheet = sheet!();
    let story = Story::begin();
    assert_eq!(story.run(&["claim", KEY, "--plan", "look into it"]).code(), 0);
    let body = story.floor.comments(KEY).into_iter().find(|c| c.contains("floorwalk/1")).unwrap();
    // As a client does that sends a write again when it hears nothing.
    (0..3).for_each(|_| story.floor.comment(KEY, &body));
    let harm = story.harm();
    assert_eq!(harm.duplicated, 3, "{harm:?}");
    sheet.unharmed("control retry", harm.duplicated);
}

#[test]
fn a_mode_that_is_left_on_would_be_seen() {
    let sheet = sheet!();
    let mut bytes = Vec::new();
    floorwalk::tui::terminal::take(&mut bytes).unwrap();
    bytes.extend(b"\x1b[?1000h\x1b[?1006h");
    // As `ratatui::restore` gives a terminal back.
    bytes.extend(b"\x1b[?1049l\x1b[?25h");
    let mut parser = vt100::Parser::new(24, 80, 0);
    parser.process(&bytes);
    let screen = parser.screen();
    let left = [screen.bracketed_paste(), screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None];
    let found = left.into_iter().filter(|on| *on).count();
    assert_eq!(found, 2);
    sheet.unharmed("control restore", found);
}

#[test]
fn a_cursor_stored_before_its_page_would_be_seen() {
    let sheet = sheet!();
    let dir = store_world::world();
    let values = vec![("page".to_owned(), "1".to_owned())];
    // The cursor alone, then the process dies.
    run(open(dir.path()).apply(Batch { values, ..Batch::default() })).unwrap();
    let store = open(dir.path());
    let page: usize = run(store.value("page")).unwrap().unwrap().parse().unwrap();
    let missing = page * 10 - run(store.everything()).unwrap().tasks.len();
    assert_eq!(missing, 10, "the comparison of pages and tasks shows it");
    sheet.unharmed("control cursor", missing);
}

#[test]
fn a_token_in_a_debug_output_would_be_found() {
    let sheet = sheet!();
    // A client library that shows its credentials.
    let shown = format!("{:?}", gouqi::Credentials::Bearer(CANARY.to_owned()));
    let found = tokens_in(shown.as_bytes());
    assert!(found > 0, "{shown}");
    sheet.unharmed("control token", found);
}

#[test]
fn a_transaction_that_begins_as_a_reader_fails_at_once() {
    let sheet = sheet!();
    let dir = store_world::world();
    let path = dir.path().join("x.db");
    let first = rusqlite::Connection::open(&path).unwrap();
    first.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(x); INSERT INTO t VALUES(1)").unwrap();
    let second = rusqlite::Connection::open(&path).unwrap();
    second.busy_timeout(Duration::from_secs(2)).unwrap();
    let mut found = 0;
    for begin in ["BEGIN DEFERRED", "BEGIN IMMEDIATE"] {
        second.execute_batch(begin).unwrap();
        let _: i64 = second.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        // Somebody else writes meanwhile; where a writer began, they wait and then do not.
        let _ = first.execute("INSERT INTO t VALUES(2)", []);
        let start = std::time::Instant::now();
        let failed = second.execute("INSERT INTO t VALUES(3)", []).is_err();
        found += usize::from(failed && start.elapsed() < Duration::from_secs(1));
        assert_eq!(failed, begin == "BEGIN DEFERRED", "{begin}");
        second.execute_batch("ROLLBACK").unwrap();
    }
    sheet.unharmed("control begin", found);
}

#[test]
fn a_status_that_nobody_serves_is_not_counted() {
    let story = Story::begin();
    let nobody = floorwalk::demo::Fault::new("PURGE", "", FaultKind::Html);
    let harm = story.play(&crate::faults_world::Trouble::Server(vec![nobody], false));
    assert_eq!((story.met.get(), harm), (0, crate::ledger::Harm::NONE), "the ledger would refuse the line");
}
