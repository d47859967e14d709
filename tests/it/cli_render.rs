//! Lists as table, TSV and JSON, from a snapshot built by hand; hostile titles raw in JSON, harmless elsewhere.

use std::collections::HashMap;

use floorwalk::{
    cli::{
        json::{CommitmentOut, TaskOut},
        table::{Listing, Look, write_json, write_table, write_tsv},
    },
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        coverage::{Freshness, ProjectCoverage},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Association, Login, Person},
        project::Project,
        task::{Task, TaskState},
        text::width,
        time::Now,
    },
    index::{BuildContext, Snapshot},
    store::Everything,
};
use insta::assert_snapshot;
use jiff::Timestamp;

const HOSTILE: &str = "a\u{1b}]52;c;cHduZWQ=\u{7}b\tc\nd\r\u{9b}2J\u{202e}e=SUM(A1)";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&TrackerName::parse("gh").unwrap(), path).unwrap()
}

fn task(path: &str, number: u64, title: &str, assignees: &[&str]) -> Task {
    Task {
        key: TaskKey::new(project(path), number),
        id: number,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: vec!["docs".into(), "a,\tb\u{1b}".into()],
        assignees: assignees.iter().map(|a| Login::new(*a)).collect(),
        author: Some(Person::human("ana", 7)),
        association: Association::Other,
        created_at: at("2026-01-02T03:04:05Z"),
        updated_at: at("2026-11-17T12:00:00Z"),
        closed_at: None,
        comments: 2,
        reactions: 1,
        milestone: None,
        locked: false,
        planning: None,
    }
}

fn commitment(key: &TaskKey, mine: bool) -> Commitment {
    Commitment {
        key: key.clone(),
        claim: "01JD0000000000000000000000".parse::<ClaimId>().unwrap(),
        who: Person::human("sam", 1),
        mine,
        state: CommitmentState::Active,
        since: at("2026-11-18T00:00:00Z"),
        until: "2026-12-05".parse().unwrap(),
        size: None,
        comment_id: Some(99),
        label: Projection::Set,
        assignee: Projection::Refused,
        note: None,
        plan: floorwalk::domain::text::Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}

fn repository(path: &str) -> Project {
    Project {
        project: project(path),
        id: 1,
        node_id: None,
        description: "".into(),
        topics: Vec::new(),
        language: Some("Rust".into()),
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: floorwalk::domain::project::Permission::Read,
    }
}

fn snapshot() -> Snapshot {
    let held = task("acme/app", 3, "Remove the old retry shim", &[]);
    let commitments = vec![commitment(&held.key, true)];
    let tasks = vec![
        task("acme/app", 1, "Quickstart omits the login step", &[]),
        task("acme/app", 2, HOSTILE, &["bob"]),
        held,
        task("acme/a-repository-with-a-really-long-name", 40_000, "テストが不安定です 👩‍👩‍👧 nightly", &[]),
    ];
    let fresh = |path| ProjectCoverage {
        project: project(path),
        freshness: Freshness::Fresh { at: at("2026-11-20T11:57:00Z") },
    };
    let everything = Everything {
        projects: vec![repository("acme/app")],
        tasks,
        commitments,
        coverage: vec![fresh("acme/app")],
        values: vec![("synced_at".into(), "2026-11-20T11:57:00Z".into())],
        ..Everything::default()
    };
    let me = HashMap::from([(TrackerName::parse("gh").unwrap(), Login::new("sam"))]);
    Snapshot::build(
        everything,
        &BuildContext {
            now: now(),
            me,
            roster: std::sync::Arc::default(),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        },
    )
}

fn now() -> Now {
    Now(at("2026-11-20T12:00:00Z"))
}

fn url(key: &TaskKey) -> Option<String> {
    Some(format!("https://github.com/{}/issues/{}", key.project, key.number))
}

fn listing(snapshot: &Snapshot) -> Listing<'_> {
    Listing { snapshot, rows: snapshot.rows.iter().collect(), found: snapshot.rows.len(), taken: 0, left_out: None }
}

fn table(width: usize, colour: bool) -> String {
    let snapshot = snapshot();
    let mut out = Vec::new();
    write_table(&listing(&snapshot), Look { width, colour, now: now() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_table_is_aligned_and_never_wider_than_the_terminal() {
    assert_snapshot!(table(100, false));
    for columns in [20, 30, 40, 60, 80, 100, 132, 200] {
        let text = table(columns, false);
        let rows: Vec<&str> = text.lines().collect();
        // The last line is the summary, which wraps as any sentence does.
        for row in &rows[..rows.len() - 1] {
            assert!(width(row) <= columns, "{columns}: {} {row:?}", width(row));
        }
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{columns}: {text:?}");
    }
}

#[test]
fn colour_only_where_it_was_asked_for() {
    assert!(!table(80, false).contains('\u{1b}'));
    let coloured = table(80, true);
    let stripped = coloured.replace("\u{1b}[1m", "").replace("\u{1b}[2m", "").replace("\u{1b}[0m", "");
    assert_eq!(stripped, table(80, false));
    assert_ne!(coloured, stripped);
}

#[test]
fn tsv_has_one_line_a_task_and_the_same_number_of_cells() {
    let snapshot = snapshot();
    let mut out = Vec::new();
    write_tsv(&listing(&snapshot), &url, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), 5, "{text:?}");
    for line in text.lines() {
        assert_eq!(line.split('\t').count(), 11, "{line:?}");
    }
    assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{text:?}");
    let first = text.lines().nth(1).unwrap();
    assert!(first.starts_with("acme/app#1\tQuickstart omits the login step\t"), "{first}");
    assert!(first.contains("\t2026-11-17T12:00:00Z\thttps://github.com/acme/app/issues/1\t"), "{first}");
}

#[test]
fn json_is_the_schema_with_raw_titles() {
    let snapshot = snapshot();
    let mut out = Vec::new();
    write_json(&listing(&snapshot), &url, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["schema"], "floorwalk/1");
    let tasks = json["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 4);
    assert_eq!(tasks[1]["title"].as_str(), Some(HOSTILE), "raw bytes survive");
    let first = tasks[0].as_object().unwrap();
    for field in [
        "key",
        "tracker",
        "project",
        "number",
        "title",
        "url",
        "state",
        "labels",
        "assignees",
        "author",
        "created_at",
        "updated_at",
        "signals",
        "free",
    ] {
        assert!(first.contains_key(field), "{field}");
    }
    assert_eq!(first["key"], "acme/app#1");
    assert_eq!((&first["tracker"], &first["project"], &first["number"]), (&"gh".into(), &"acme/app".into(), &1.into()));
    assert_eq!(first["url"], "https://github.com/acme/app/issues/1");
    assert_eq!((&first["state"], &first["author"]), (&"open".into(), &"ana".into()));
    assert_eq!(first["labels"], serde_json::json!(["docs", "a,\tb\u{1b}"]));
    assert_eq!(first["created_at"], "2026-01-02T03:04:05Z");
    assert_eq!(
        (first["free"].as_bool(), tasks[1]["free"].as_bool(), tasks[2]["free"].as_bool()),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(tasks[1]["assignees"], serde_json::json!(["bob"]));
    assert_eq!(
        tasks[2]["availability"],
        serde_json::json!({"is": "held", "by": "sam", "until": "2026-12-05", "mine": true})
    );
    assert_eq!((json["coverage"]["fresh"].as_u64(), json["coverage"]["total"].as_u64()), (Some(1), Some(1)));
    assert_eq!(json["coverage"]["sentence"], "1 of 1 fresh");
}

#[test]
fn an_empty_list_is_still_a_document() {
    let snapshot = Snapshot::default();
    let mut out = Vec::new();
    write_json(&listing(&snapshot), &url, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((json["tasks"].as_array().map(Vec::len), json["found"].as_u64()), (Some(0), Some(0)));
}

#[test]
fn commitments_carry_their_task_even_when_only_its_name_is_left() {
    let snapshot = snapshot();
    let json = serde_json::to_value(CommitmentOut::new(&snapshot.commitments[0], &snapshot, &url)).unwrap();
    assert_eq!(json["task"]["title"], "Remove the old retry shim");
    assert_eq!((&json["claim_id"], &json["state"]), (&"01JD0000000000000000000000".into(), &"active".into()));
    assert_eq!((&json["since"], &json["until"]), (&"2026-11-18T00:00:00Z".into(), &"2026-12-05".into()));
    assert_eq!((&json["label"], &json["assignee"]), (&"set".into(), &"refused".into()));
    let gone = commitment(&TaskKey::new(project("acme/gone"), 5), true);
    let json = serde_json::to_value(CommitmentOut::new(&gone, &snapshot, &url)).unwrap();
    assert_eq!(
        json["task"],
        serde_json::json!({"key": "acme/gone#5", "tracker": "gh", "project": "acme/gone", "number": 5})
    );
}

#[test]
fn every_text_of_the_corpus_stays_in_its_row() {
    for (name, bytes) in crate::hostile::corpus::corpus("text").unwrap_or_default() {
        let title = String::from_utf8_lossy(&bytes).chars().take(1000).collect::<String>();
        let everything = Everything { tasks: vec![task("acme/app", 1, &title, &[])], ..Everything::default() };
        let built = Snapshot::build(
            everything,
            &BuildContext {
                now: now(),
                me: HashMap::new(),
                roster: std::sync::Arc::default(),
                scope: None,
                homes: Default::default(),
                taste: Default::default(),
            },
        );
        let mut out = Vec::new();
        write_table(&listing(&built), Look { width: 80, colour: false, now: now() }, &mut out).unwrap();
        write_tsv(&listing(&built), &url, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), 5, "{name} {text:?}");
        assert!(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')), "{name} {text:?}");
        let row = TaskOut::new(built.rows.get(0).unwrap(), &built, &url);
        assert_eq!(row.title, title, "{name}");
    }
}
