//! The embedded store: what goes in comes out, in one transaction, over kills and beside other instances.

use std::path::Path;

use floorwalk::{
    domain::{
        commitment::{Commitment, CommitmentState},
        coverage::{Freshness, ProjectCoverage},
        id::{ClaimId, OpId},
        key::TaskKey,
        marker::ReleaseReason,
        outbox::{Op, OpStatus, Step, Wish},
        person::{Association, Login, Person, PersonKind},
        project::{Permission, Project},
        task::{Comment, Milestone, Task, TaskState},
        text::Foreign,
    },
    store::{Batch, Mark, MarkKind, Store, StoredValidator},
};
use jiff::Timestamp;
use proptest::prelude::*;
use ulid::Ulid;

use crate::store_world::{at, commitment, key, op, open, project, run, task, tasks, world};

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
    Mark { key: key(path, number), kind, until: Some(at(77)), changed: None }
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
        assert_eq!((health.integrity.as_str(), health.schema, health.read_only), ("ok", 5, false));
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
            planning: None,
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
fn what_a_planning_tracker_says_and_the_names_behind_ids_come_back() {
    use floorwalk::domain::planning::{Planning, Points, Sprint, SprintState, TaskLink};
    let dir = world();
    let planning = Planning {
        status: "In Progress".into(),
        in_progress: true,
        components: vec!["Build".into(), "Docs, all".into()],
        sprint: Some(Sprint { name: "Sprint 4, \"long\"".into(), state: SprintState::Active }),
        due: Some("2026-12-01".parse().unwrap()),
        points: Points::of(2.5),
        flagged: true,
        votes: 3,
        links: vec![TaskLink { how: "blocks".into(), to: "OPS-4".into(), done: true }],
        ..Planning::default()
    };
    let mut given = task("ABC", 7, 5);
    given.planning = Some(Box::new(planning.clone()));
    given.assignees = vec![Login::named("557058:1", "Ana Berg")];
    given.author = Some(Person { login: Login::named("557058:2", "Lee"), id: 9, kind: PersonKind::Human });
    run(async {
        let store = open(dir.path());
        store.apply(Batch { tasks: vec![(given.clone(), None)], ..Batch::default() }).await.unwrap();
        drop(store);
        let back = open(dir.path()).detail(&key("ABC", 7)).await.unwrap().unwrap().task;
        assert_eq!(back, given);
        assert_eq!(back.planning.as_deref(), Some(&planning));
        let names = (back.assignees[0].line().into_owned(), back.author.unwrap().login.line().into_owned());
        assert_eq!(names, ("Ana Berg".to_owned(), "Lee".to_owned()), "equal logins may have other names");
        assert_eq!(planning.points.unwrap().to_string(), "2.5");
    });
}
