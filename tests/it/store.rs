//! The embedded store: what goes in comes out, in one transaction, over kills and beside other instances.

use std::{path::Path, process::Command};

use floorwalk::{
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        coverage::{Freshness, ProjectCoverage},
        id::{ClaimId, OpId},
        key::{ProjectRef, TaskKey, TrackerName},
        marker::ReleaseReason,
        outbox::{Op, OpStatus, Step, Wish},
        person::{Association, Login, Person, PersonKind},
        project::{Permission, Project},
        size::Size,
        task::{Comment, Milestone, Task, TaskState},
        text::Foreign,
    },
    store::{
        Batch, Mark, MarkKind, Store, StoreError, StoredValidator,
        sqlite::{Options, SqliteStore},
    },
};
use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;
use ulid::Ulid;

pub(crate) fn world() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir).unwrap()
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

pub(crate) fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&TrackerName::parse("gh").unwrap(), path).unwrap()
}

pub(crate) fn key(path: &str, number: u64) -> TaskKey {
    TaskKey::new(project(path), number)
}

pub(crate) fn task(path: &str, number: u64, updated: i64) -> Task {
    Task {
        key: key(path, number),
        id: 1000 + number,
        node_id: Some(format!("I_{number}")),
        title: Foreign::new(format!("title {number}")),
        state: TaskState::Open,
        labels: vec!["docs".into(), "help \"wanted\"".into()],
        assignees: vec![Login::new("Sam")],
        author: Some(Person::human("ana", 7)),
        association: Association::Member,
        created_at: at(0),
        updated_at: at(updated),
        closed_at: None,
        comments: 3,
        reactions: 2,
        milestone: Some(Milestone { title: "v2".into(), due: Some(at(99)) }),
        locked: false,
    }
}

pub(crate) fn commitment(path: &str, number: u64, claim: u128) -> Commitment {
    Commitment {
        key: key(path, number),
        claim: ClaimId(Ulid(claim)),
        who: Person::human("sam", 9),
        mine: true,
        state: CommitmentState::Active,
        since: Timestamp::new(1_790_000_000, 123_456_789).unwrap(),
        until: "2026-12-05".parse().unwrap(),
        size: Some(Size::M),
        comment_id: Some(u64::MAX),
        label: Projection::Set,
        assignee: Projection::Refused,
        note: Some("käse\n\u{202e}".into()),
    }
}

pub(crate) fn op(path: &str, number: u64, id: u128) -> Op {
    Op {
        id: OpId(Ulid(id)),
        key: key(path, number),
        wish: Wish::Claim {
            claim: ClaimId(Ulid(id + 1)),
            until: "2026-12-05".parse().unwrap(),
            size: None,
            plan: "read, then fix".into(),
            alongside: false,
        },
        step: Step::Posting { since: at(5) },
        status: OpStatus::Waiting { until: at(6) },
        attempts: 2,
        created_at: at(4),
        last_error: Some("502".into()),
    }
}

fn comment(id: u64, body: &str) -> Comment {
    Comment {
        id,
        author: None,
        association: Association::Owner,
        created_at: at(1),
        updated_at: at(2),
        body: body.into(),
    }
}

pub(crate) fn tasks(rows: Vec<(Task, Option<Foreign>)>) -> Batch {
    Batch { tasks: rows, ..Batch::default() }
}

fn a_project(path: &str) -> Project {
    Project {
        project: project(path),
        id: 5,
        node_id: None,
        description: "does \u{1b}[31mthings".into(),
        topics: vec!["rust".into()],
        language: Some("Rust".into()),
        default_branch: Some("main".into()),
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: true,
        pushed_at: Some(at(1)),
        permission: Permission::Triage,
    }
}

fn mark(path: &str, number: u64, kind: MarkKind) -> Mark {
    Mark { key: key(path, number), kind, until: Some(at(77)) }
}

#[test]
fn all_that_goes_in_comes_out_after_reopening() {
    let dir = world();
    let coverage = ProjectCoverage { project: project("acme/app"), freshness: Freshness::Partial { next_page: 3 } };
    let second = Op {
        wish: Wish::Release { claim: ClaimId(Ulid(3)), note: "n".into(), reason: ReleaseReason::Blocked },
        step: Step::Losing { comment: 8, winner: ClaimId(Ulid(5)) },
        status: OpStatus::NeedsAttention { why: "w".into() },
        ..op("acme/app", 1, 50)
    };
    let ops = vec![op("acme/app", 1, 40), second];
    run(async {
        let store = open(dir.path());
        store
            .apply(Batch {
                projects: vec![a_project("acme/app")],
                tasks: vec![(task("acme/app", 1, 5), Some("the body".into())), (task("ABC", 2, 5), None)],
                comments: vec![(key("acme/app", 1), vec![comment(1, "a"), comment(2, "b\u{0}c")])],
                commitments: vec![commitment("acme/app", 1, 30)],
                coverage: vec![coverage.clone()],
                values: vec![("cursor".into(), "x".into())],
                ..Batch::default()
            })
            .await
            .unwrap();
        store.journal(vec![ops[1].clone(), ops[0].clone()], vec![]).await.unwrap();
        store.mark(vec![mark("acme/app", 1, MarkKind::Snoozed)], true).await.unwrap();
    });
    run(async {
        let store = open(dir.path());
        let all = store.everything().await.unwrap();
        assert_eq!(all.projects, [a_project("acme/app")]);
        assert_eq!(all.tasks, [task("acme/app", 1, 5), task("ABC", 2, 5)]);
        assert_eq!(all.commitments, [commitment("acme/app", 1, 30)]);
        assert_eq!(all.marks, [mark("acme/app", 1, MarkKind::Snoozed)]);
        assert_eq!(all.coverage, [coverage]);
        assert_eq!(all.outbox, ops, "in the order of ids");
        assert_eq!(all.values, [("cursor".to_owned(), "x".to_owned())]);
        assert_eq!(store.outbox().await.unwrap(), ops);
        assert_eq!(store.value("cursor").await.unwrap().as_deref(), Some("x"));
        assert_eq!(store.value("other").await.unwrap(), None);
        let detail = store.detail(&key("acme/app", 1)).await.unwrap().unwrap();
        assert_eq!(detail.task, task("acme/app", 1, 5));
        assert_eq!(detail.body.unwrap().raw(), "the body");
        assert_eq!(detail.comments, [comment(1, "a"), comment(2, "b\u{0}c")]);
        assert_eq!(store.detail(&key("ABC", 2)).await.unwrap().unwrap().body, None);
        assert_eq!(store.detail(&key("acme/app", 9)).await.unwrap(), None);
        assert_eq!(store.detail(&key("acme/app", u64::MAX)).await.unwrap(), None);
        let health = store.health().await.unwrap();
        assert_eq!((health.integrity.as_str(), health.schema, health.read_only), ("ok", 2, false));
        assert!(health.bytes > 0 && health.notices.is_empty() && store.notices().is_empty(), "{health:?}");
    });
}

fn any_task() -> impl Strategy<Value = Task> {
    let text = || any::<String>();
    let time =
        || (-100_000_000_000_i64..100_000_000_000).prop_map(|s| Timestamp::from_microsecond(s * 1000 + 7).unwrap());
    let person = (text(), any::<u64>(), any::<bool>()).prop_map(|(login, id, bot)| Person {
        login: Login::new(login),
        id,
        kind: if bot { PersonKind::Bot } else { PersonKind::Human },
    });
    let state = prop_oneof![Just(TaskState::Open), Just(TaskState::Closed), Just(TaskState::NotPlanned)];
    let association = prop_oneof![Just(Association::Other), Just(Association::Collaborator), Just(Association::Owner)];
    let texts = || proptest::collection::vec(text(), 0..4);
    (
        (1..=u64::from(u32::MAX), any::<u64>(), proptest::option::of(text()), text(), state),
        (texts(), texts(), proptest::option::of(person), association, time(), time()),
        (proptest::option::of(time()), any::<u32>(), any::<u32>(), any::<bool>()),
        proptest::option::of((text(), proptest::option::of(time()))),
    )
        .prop_map(|(a, b, c, milestone)| Task {
            key: key("acme/app", a.0),
            id: a.1,
            node_id: a.2,
            title: Foreign::new(a.3),
            state: a.4,
            labels: b.0.into_iter().map(Foreign::new).collect(),
            assignees: b.1.into_iter().map(Login::new).collect(),
            author: b.2,
            association: b.3,
            created_at: b.4,
            updated_at: b.5,
            closed_at: c.0,
            comments: c.1,
            reactions: c.2,
            milestone: milestone.map(|(title, due)| Milestone { title: Foreign::new(title), due }),
            locked: c.3,
        })
}

#[test]
fn any_task_round_trips() {
    let dir = world();
    let store = open(dir.path());
    let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let tried = runner.run(&(any_task(), any::<String>()), |(task, body)| {
        run(async {
            store.apply(tasks(vec![(task.clone(), Some(Foreign::new(body.clone())))])).await.unwrap();
            let detail = store.detail(&task.key).await.unwrap().unwrap();
            prop_assert_eq!(&detail.task, &task);
            prop_assert_eq!(detail.body, Some(Foreign::new(body)));
            let listed = store.everything().await.unwrap().tasks;
            prop_assert_eq!(listed.len(), usize::from(task.state == TaskState::Open));
            store.apply(Batch { gone: vec![task.key], ..Batch::default() }).await.unwrap();
            Ok(())
        })
    });
    tried.unwrap();
}

#[test]
fn the_same_batch_twice_is_the_same_as_once() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let batch = Batch {
            projects: vec![a_project("acme/app")],
            tasks: vec![(task("acme/app", 1, 5), Some("b".into()))],
            comments: vec![(key("acme/app", 1), vec![comment(1, "a")])],
            commitments: vec![commitment("acme/app", 1, 30)],
            ..Batch::default()
        };
        store.apply(batch.clone()).await.unwrap();
        let once = store.everything().await.unwrap();
        store.apply(batch).await.unwrap();
        let twice = store.everything().await.unwrap();
        assert_eq!(once.tasks, twice.tasks);
        assert_eq!(once.commitments, twice.commitments);
        assert_eq!((twice.projects.len(), twice.tasks.len()), (1, 1));
        assert_eq!(store.detail(&key("acme/app", 1)).await.unwrap().unwrap().comments.len(), 1);
    });
}

#[test]
fn an_older_row_and_its_text_are_ignored_and_a_row_without_text_keeps_the_text() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let with = |updated, title: &str, body: Option<&str>| {
            tasks(vec![(Task { title: title.into(), ..task("a/b", 1, updated) }, body.map(Foreign::from))])
        };
        let seen = async || {
            let detail = store.detail(&key("a/b", 1)).await.unwrap().unwrap();
            (detail.task.title.raw().to_owned(), detail.body.unwrap().raw().to_owned())
        };
        store.apply(with(10, "ten", Some("ten"))).await.unwrap();
        store.apply(with(9, "nine", Some("nine"))).await.unwrap();
        assert_eq!(seen().await, ("ten".into(), "ten".into()));
        store.apply(with(11, "eleven", None)).await.unwrap();
        assert_eq!(seen().await, ("eleven".into(), "ten".into()));
        store.apply(with(11, "eleven again", Some("again"))).await.unwrap();
        assert_eq!(seen().await, ("eleven again".into(), "again".into()));
    });
}

#[test]
fn gone_tasks_are_forgotten_with_their_texts_but_nothing_of_the_user() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let row = || vec![(task("a/b", 1, 1), Some("secret".into())), (task("a/b", 2, 1), None)];
        let thread = vec![(key("a/b", 1), vec![comment(1, "x")])];
        let commitments = vec![commitment("a/b", 1, 3)];
        store.apply(Batch { tasks: row(), comments: thread, commitments, ..Batch::default() }).await.unwrap();
        store.apply(Batch { gone: vec![key("a/b", 1), key("no/where", 4)], ..Batch::default() }).await.unwrap();
        assert_eq!(store.detail(&key("a/b", 1)).await.unwrap(), None);
        let all = store.everything().await.unwrap();
        assert_eq!((all.tasks.len(), all.commitments.len()), (1, 1));
        store.apply(tasks(vec![(task("a/b", 1, 1), None)])).await.unwrap();
        let detail = store.detail(&key("a/b", 1)).await.unwrap().unwrap();
        assert!(detail.body.is_none() && detail.comments.is_empty(), "texts must not come back: {detail:?}");
    });
}

#[test]
fn closed_tasks_are_listed_only_while_somebody_is_or_was_committed() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let closed = |n| (Task { state: TaskState::Closed, ..task("a/b", n, 1) }, None);
        let rows = vec![closed(1), closed(2), (task("a/b", 3, 1), None)];
        store
            .apply(Batch { tasks: rows, commitments: vec![commitment("a/b", 2, 3)], ..Batch::default() })
            .await
            .unwrap();
        let all = store.everything().await.unwrap();
        let numbers: Vec<u64> = all.tasks.iter().map(|t| t.key.number).collect();
        assert_eq!(numbers, [2, 3]);
        assert!(store.detail(&key("a/b", 1)).await.unwrap().is_some());
    });
}

#[test]
fn a_rename_moves_all_rows() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let seed = |path: &str| Batch {
            projects: vec![a_project(path)],
            tasks: vec![(task(path, 1, 1), Some("body".into()))],
            comments: vec![(key(path, 1), vec![comment(1, "x")])],
            commitments: vec![commitment(path, 1, 3)],
            coverage: vec![ProjectCoverage { project: project(path), freshness: Freshness::Fresh { at: at(1) } }],
            ..Batch::default()
        };
        store.apply(seed("old/name")).await.unwrap();
        store.journal(vec![op("old/name", 1, 9)], vec![]).await.unwrap();
        store.mark(vec![mark("old/name", 1, MarkKind::Bookmark)], true).await.unwrap();
        let renamed = vec![(project("old/name"), project("new/name"))];
        let new_task = (task("new/name", 2, 1), None);
        store.apply(Batch { renamed, tasks: vec![new_task], ..Batch::default() }).await.unwrap();
        let all = store.everything().await.unwrap();
        assert_eq!(all.tasks, [task("new/name", 1, 1), task("new/name", 2, 1)]);
        assert_eq!(all.projects, [a_project("new/name")]);
        assert_eq!(all.commitments, [commitment("new/name", 1, 3)]);
        assert_eq!(all.outbox, [op("new/name", 1, 9)]);
        assert_eq!(all.marks, [mark("new/name", 1, MarkKind::Bookmark)]);
        assert_eq!(all.coverage[0].project, project("new/name"));
        assert_eq!(all.coverage.len(), 1);
        let detail = store.detail(&key("new/name", 1)).await.unwrap().unwrap();
        assert_eq!((detail.body.unwrap().raw(), detail.comments.len()), ("body", 1));
        assert_eq!(store.detail(&key("old/name", 1)).await.unwrap(), None);
        store.mark(vec![mark("new/name", 1, MarkKind::Bookmark)], false).await.unwrap();
        assert!(store.everything().await.unwrap().marks.is_empty(), "the mark is found under its new name");
    });
}

#[test]
fn a_rename_onto_a_known_name_merges_and_keeps_the_newer_name_s_rows() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let body = |s: &str| Some(Foreign::from(s));
        let rows = vec![
            (task("old/n", 1, 1), body("old 1")),
            (task("old/n", 2, 1), body("old 2")),
            (task("new/n", 1, 5), body("new 1")),
        ];
        let commitments = vec![commitment("old/n", 2, 3)];
        let projects = vec![a_project("old/n")];
        store.apply(Batch { tasks: rows, commitments, projects, ..Batch::default() }).await.unwrap();
        let (bookmark_old, bookmark_new) = (mark("old/n", 1, MarkKind::Bookmark), mark("new/n", 1, MarkKind::Bookmark));
        store.mark(vec![bookmark_old, bookmark_new.clone()], true).await.unwrap();
        let renamed = vec![(project("old/n"), project("new/n"))];
        store.apply(Batch { renamed, ..Batch::default() }).await.unwrap();
        // A project that comes later must not inherit rows of the emptied name.
        store.apply(tasks(vec![(task("third/n", 2, 1), None)])).await.unwrap();
        let all = store.everything().await.unwrap();
        assert_eq!(all.tasks, [task("new/n", 1, 5), task("new/n", 2, 1), task("third/n", 2, 1)]);
        assert_eq!(all.projects, [a_project("new/n")]);
        assert_eq!(all.marks, [bookmark_new]);
        assert_eq!(all.commitments[0].key, key("new/n", 2));
        let text = async |k: TaskKey| store.detail(&k).await.unwrap().unwrap().body.map(|b| b.raw().to_owned());
        assert_eq!(text(key("new/n", 1)).await.as_deref(), Some("new 1"));
        assert_eq!(text(key("new/n", 2)).await.as_deref(), Some("old 2"));
        assert_eq!(text(key("third/n", 2)).await, None);
    });
}

#[test]
fn outbox_rows_are_replaced_and_settled_with_their_commitments() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        store.journal(vec![op("a/b", 1, 9), op("a/b", 2, 7)], vec![commitment("a/b", 1, 3)]).await.unwrap();
        let moved = Op { step: Step::Posted { comment: 4, at: at(8) }, ..op("a/b", 1, 9) };
        store.journal(vec![moved.clone()], vec![]).await.unwrap();
        assert_eq!(store.outbox().await.unwrap(), [op("a/b", 2, 7), moved]);
        let released = Commitment { state: CommitmentState::Released, ..commitment("a/b", 1, 3) };
        store.settle(vec![OpId(Ulid(9))], vec![released.clone()]).await.unwrap();
        let all = store.everything().await.unwrap();
        assert_eq!((all.outbox, all.commitments), (vec![op("a/b", 2, 7)], vec![released]));
        store.forget_commitments(vec![ClaimId(Ulid(3))]).await.unwrap();
        assert!(store.everything().await.unwrap().commitments.is_empty());
    });
}

#[test]
fn validators_belong_to_a_token_and_are_found_by_prefix() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let v = |request: &str, token: &str, etag: &str| StoredValidator {
            request: request.into(),
            token: token.into(),
            etag: Some(etag.into()),
            last_modified: None,
            seen_at: at(3),
        };
        let validators =
            vec![v("tasks gh:a/b 1", "t", "1"), v("tasks gh:a/b 2", "t", "2"), v("tasks gh:a/b%", "u", "3")];
        store.apply(Batch { validators, ..Batch::default() }).await.unwrap();
        store.apply(Batch { validators: vec![v("tasks gh:a/b 2", "t", "4")], ..Batch::default() }).await.unwrap();
        let found = store.validators("tasks gh:a/b", "t").await.unwrap();
        assert_eq!(found, [v("tasks gh:a/b 1", "t", "1"), v("tasks gh:a/b 2", "t", "4")]);
        assert_eq!(store.validators("tasks gh:a/b%", "t").await.unwrap(), []);
        assert_eq!(store.validators("", "u").await.unwrap().len(), 1);
    });
}

#[test]
fn a_number_no_tracker_has_is_left_out_and_told() {
    let dir = world();
    run(async {
        let store = open(dir.path());
        let rows = vec![(task("a/b", 1 << 32, 1), None), (task("a/b", (1 << 32) - 1, 1), None)];
        store.apply(tasks(rows)).await.unwrap();
        assert_eq!(store.everything().await.unwrap().tasks.len(), 1);
        assert!(store.notices().iter().any(|n| n.contains("a/b#4294967296 was left out")), "{:?}", store.notices());
    });
}

#[test]
fn a_page_and_its_cursor_are_one_and_a_full_store_says_so() {
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
    });
}

#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = world();
    let store = dir.path().join("data/floorwalk");
    let opened = open(&store);
    run(opened.journal(vec![op("a/b", 1, 9)], vec![])).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store), 0o700);
    for entry in std::fs::read_dir(&store).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    drop(opened);
    for name in ["hot.db-wal", "body.db-wal"] {
        assert!(!store.join(name).exists(), "{name} is folded in when the last one closes");
    }
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

const CHILD: &str = "FLOORWALK_TEST_STORE";

/// This test binary again, running one of the tests marked as children below.
pub(crate) fn child(test: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--ignored", "--nocapture"]).env(CHILD, dir);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command
}

pub(crate) fn child_dir() -> Option<std::path::PathBuf> {
    std::env::var_os(CHILD).map(Into::into)
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
    let dir = world();
    let status = child("store::child_journals_and_dies", dir.path()).status().unwrap();
    assert!(!status.success(), "the child was to die");
    assert!(dir.path().join("hot.db-wal").metadata().unwrap().len() > 0, "it closed nothing");
    let store = open(dir.path());
    let all = run(store.everything()).unwrap();
    assert_eq!((all.outbox, all.commitments), (vec![op("a/b", 1, 9)], vec![commitment("a/b", 1, 3)]));
    assert_eq!(store.notices(), Vec::<String>::new());
    // Beside one that never closes.
    std::mem::forget(store);
    assert_eq!(run(open(dir.path()).outbox()).unwrap().len(), 1);
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

#[test]
fn a_store_killed_at_any_moment_has_whole_pages_and_all_their_texts() {
    let dir = world();
    let mut last = 0;
    for round in 0..12_u64 {
        let mut killed = child("store::child_applies_pages_until_killed", dir.path()).spawn().unwrap();
        // Waits for a page of this child, then lets it run on for a moment that differs from round to round.
        let hot = dir.path().join("hot.db");
        let page = || {
            let conn = rusqlite::Connection::open_with_flags(&hot, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
            let read = conn.query_row("SELECT value FROM value WHERE name = 'page'", [], |r| r.get::<_, String>(0));
            read.ok()?.parse::<u64>().ok()
        };
        while page().is_none_or(|page| page < last + 1 + round % 4) {
            std::thread::yield_now();
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        run(async {
            let store = open(dir.path());
            let all = store.everything().await.unwrap();
            let page: u64 = store.value("page").await.unwrap().unwrap().parse().unwrap();
            assert!(page > last, "round {round} went on");
            assert_eq!(all.tasks.len() as u64, page * 10);
            let journalled = all.outbox.len() as u64;
            assert!(journalled == page || journalled + 1 == page, "{journalled} of {page}");
            for number in 10..(page + 1) * 10 {
                let body = store.detail(&key("a/b", number)).await.unwrap().unwrap().body.unwrap();
                assert_eq!(body.raw(), format!("{} {}", number / 10, number % 10).repeat(200));
            }
            let health = store.health().await.unwrap();
            assert_eq!((health.integrity.as_str(), health.notices.len()), ("ok", 0), "{health:?}");
            last = page;
        });
    }
}
