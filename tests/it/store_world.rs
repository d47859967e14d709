//! What the store tests share: folders, rows with every field filled, and this binary as a child process.

use std::{fs, path::Path, process::Command};

use floorwalk::{
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        id::{ClaimId, OpId},
        key::{ProjectRef, TaskKey, TrackerName},
        outbox::{Op, OpStatus, Step, Wish},
        person::{Association, Login, Person},
        size::Size,
        task::{Milestone, Task, TaskState},
        text::Foreign,
    },
    store::{Batch, Mark, MarkKind, Store, sqlite::SqliteStore},
};
use jiff::Timestamp;
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
        planning: None,
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
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
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
            ask: false,
            taken: None,
            tell: Vec::new(),
            model: None,
        },
        step: Step::Posting { since: at(5) },
        status: OpStatus::Waiting { until: at(6) },
        attempts: 2,
        created_at: at(4),
        last_error: Some("502".into()),
    }
}

pub(crate) fn tasks(rows: Vec<(Task, Option<Foreign>)>) -> Batch {
    Batch { tasks: rows, ..Batch::default() }
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

/// A store with two outbox rows, a commitment, a mark, some tasks with texts; closed.
pub(crate) fn filled(dir: &Path) {
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
    drop(store);
    until_nobody_holds(dir);
}

/// A program that another test starts holds a copy of every open file for the moment between `fork` and `exec`, and with it
/// the lock of a store that is closed meanwhile: who opens it then is not alone.
#[expect(clippy::disallowed_methods, reason = "polls for what another process does")]
fn until_nobody_holds(dir: &Path) {
    let lock = dir.join("store.lock");
    while fs::File::open(&lock).is_ok_and(|file| file.try_lock().is_err()) {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

pub(crate) fn bookmark() -> Mark {
    Mark { key: key("a/b", 5), kind: MarkKind::Bookmark, until: None, changed: None }
}

pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
