//! Syncs of the real program: complete, resumable, honest about what it could not read.

use std::{fmt::Write, io::Write as _, path::Path};

use floorwalk::demo::{Fault, FaultKind, ORG};

use crate::{
    floor::{Desk, Floor},
    ledger::{Harm, sheet},
};

/// Writes `count` open issues of one repository, and as many closed ones as `closed`, as a dump.
fn dump(dir: &Path, name: &str, count: u32, closed: u32) {
    let mut lines = String::new();
    for number in 1..=count + closed {
        let state = if number <= count { "open" } else { "closed" };
        let minute = number % 60;
        let hour = number / 60 % 24;
        writeln!(
            lines,
            r#"{{"id":{number},"number":{number},"state":"{state}","title":"Shelf {number} is mislabelled","body":"See aisle {number}.","user":{{"login":"maya","id":90,"type":"User"}},"labels":[{{"name":"docs"}}],"comments":0,"created_at":"2025-03-01T{hour:02}:{minute:02}:00Z","updated_at":"2025-04-01T{hour:02}:{minute:02}:00Z"}}"#
        )
        .unwrap();
    }
    let file = std::fs::File::create(dir.join(format!("{name}.issues.jsonl.gz"))).unwrap();
    let mut gz = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gz.write_all(lines.as_bytes()).unwrap();
    gz.finish().unwrap();
}

fn numbers(desk: &Desk) -> Vec<u64> {
    let listed = desk.fine(&["list", "--json", "--limit", "100000"]).json();
    let mut numbers: Vec<u64> =
        listed["tasks"].as_array().unwrap().iter().map(|t| t["number"].as_u64().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

fn shop(count: u32, closed: u32) -> (Floor, Desk, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    dump(dir.path(), "acme__shop", count, closed);
    let floor = Floor::with(Some(dir.path().to_owned()));
    let desk = floor.desk_reading("sam", "repos = [\"acme/shop\"]");
    (floor, desk, dir)
}

#[test]
fn every_open_issue_arrives_and_the_second_sync_asks_once_conditionally() {
    let (floor, sam, _dir) = shop(2_350, 400);
    sam.fine(&["sync"]);
    assert_eq!(numbers(&sam), (1..=2_350).collect::<Vec<u64>>());
    let first = floor.demo.requests().len();
    sam.fine(&["sync"]);
    let second = floor.demo.requests().split_off(first);
    assert!(second.iter().all(|r| r.conditional && r.status == 304), "{second:?}");
    assert!(first >= 20 * second.len(), "{first} requests, then {}", second.len());
}

#[test]
fn a_killed_sync_goes_on_where_it_was() {
    let (floor, sam, _dir) = shop(950, 0);
    floor.demo.faults().add(Fault::new("GET", "direction=asc&per_page=100&page=6", FaultKind::Delay { ms: 600_000 }));
    let mut child = sam.command(&["sync"]).spawn().unwrap();
    floor.wait_until("page 6 is held", || floor.demo.faults().pending().is_empty());
    floor.wait_until("five pages are stored", || {
        sam.run(&["list", "--json", "--limit", "1000"]).json()["tasks"].as_array().is_some_and(|t| t.len() >= 500)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let partial = sam.fine(&["list", "--json", "--limit", "1"]).json();
    assert_eq!(partial["coverage"]["fresh"], 0, "{}", partial["coverage"]);
    let before = floor.demo.requests().len();
    sam.fine(&["sync"]);
    let again: Vec<String> = floor.demo.requests().split_off(before).into_iter().map(|r| r.path).collect();
    assert!(!again.iter().any(|p| p.contains("direction=asc&per_page=100&page=2")), "{again:?}");
    assert_eq!(numbers(&sam), (1..=950).collect::<Vec<u64>>());
}

#[test]
fn an_issue_closed_while_the_pages_are_read_hides_no_other() {
    let sheet = sheet!();
    let (floor, sam, _dir) = shop(350, 0);
    floor.demo.faults().add(Fault::new("GET", "direction=asc&per_page=100&page=2", FaultKind::Delay { ms: 300 }));
    let child = sam.command(&["sync"]).spawn().unwrap();
    floor.wait_until("page 2 is held", || floor.demo.faults().pending().is_empty());
    floor.close("acme/shop#3");
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    sam.fine(&["sync"]);
    let expected: Vec<u64> = (1..=350).filter(|n| *n != 3).collect();
    let read = numbers(&sam);
    assert_eq!(read, expected);
    let lost = expected.iter().filter(|n| !read.contains(n)).count();
    let harm = Harm { lost, duplicated: (read.len() + lost).saturating_sub(expected.len()), leaked: 0 };
    ["page shifted", "I7"].iter().for_each(|line| sheet.met(line, 1, harm));
}

#[test]
fn without_graphql_the_same_arrives_over_rest_and_doctor_says_so() {
    let floor = Floor::open();
    let (with, without) = (floor.desk("sam"), floor.desk("sam"));
    with.fine(&["sync"]);
    floor.demo.faults().add(
        Fault::new("POST", "/graphql", FaultKind::Status { code: 404, headers: Vec::new(), body: "{}".into() })
            .times(1_000),
    );
    without.fine(&["sync"]);
    let count =
        |desk: &Desk| desk.fine(&["list", "--json", "--limit", "1000"]).json()["tasks"].as_array().unwrap().len();
    assert_eq!(count(&with), count(&without));
    let doctor = without.run(&["doctor"]);
    assert!(doctor.out().contains("REST"), "{}", doctor.out());
}

#[test]
fn a_repository_that_disappears_keeps_its_rows_and_is_named() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let query = format!("project:{ORG}/geo-index");
    let before = sam.fine(&["list", &query, "--json"]).json()["tasks"].as_array().unwrap().len();
    floor.demo.faults().add(
        Fault::new(
            "GET",
            "/repos/quillfern/geo-index",
            FaultKind::Status { code: 404, headers: Vec::new(), body: r#"{"message":"Not Found"}"#.into() },
        )
        .times(1_000),
    );
    let synced = sam.fine(&["sync"]);
    assert!(synced.out().contains("1 no access"), "{}", synced.out());
    assert!(synced.err().contains("geo-index"), "{}", synced.err());
    let after = sam.fine(&["list", &query, "--json"]).json()["tasks"].as_array().unwrap().len();
    assert_eq!(before, after);
}

#[test]
fn a_used_up_limit_stops_quietly_and_the_next_sync_finishes() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let limit = FaultKind::Status {
        code: 403,
        headers: vec![("retry-after".into(), "90".into())],
        body: r#"{"message":"You have exceeded a secondary rate limit."}"#.into(),
    };
    floor.demo.faults().add(Fault { after: 3, ..Fault::new("GET", "/issues?", limit).times(1) });
    let limited = sam.run(&["sync"]);
    assert!(limited.out().contains("waiting for the rate limit until"), "{}\n{}", limited.out(), limited.err());
    let asked = floor.demo.requests().len();
    assert!(asked < 25, "no request after the limit: {asked}");
    sam.fine(&["sync"]);
    let coverage = &sam.fine(&["list", "--json", "--limit", "1"]).json()["coverage"];
    assert_eq!((coverage["waiting"].as_u64(), coverage["fresh"].as_u64()), (Some(0), Some(12)), "{coverage}");
}

#[test]
fn a_bad_token_stops_the_tracker_with_exit_code_4_and_keeps_what_is_there() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let refused = sam.command(&["sync"]).env("FLOORWALK_GITHUB_TOKEN", "bad-token").output().unwrap();
    assert_eq!(refused.status.code(), Some(4));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("hint") && !said.contains("bad-token"), "{said}");
    sam.fine(&["list", "--limit", "1"]);
}

#[test]
fn broken_answers_are_named_and_lose_nothing() {
    let kinds = [
        (FaultKind::Html, "login page"),
        (FaultKind::TruncateBody { keep: 700 }, ""),
        (FaultKind::CutBody { keep: 700 }, ""),
        (FaultKind::Status { code: 502, headers: Vec::new(), body: "<html>bad gateway</html>".into() }, "502"),
    ];
    for (kind, word) in kinds {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        floor.demo.faults().add(Fault::new("GET", "/repos/quillfern/handbook/issues", kind.clone()).times(40));
        let first = sam.run(&["sync"]);
        assert!(first.err().contains("handbook") && first.err().contains(word), "{kind:?}: {}", first.err());
        assert!(first.out().contains("11 of 12 fresh"), "{kind:?}: {}", first.out());
        floor.demo.faults().clear();
        assert!(sam.fine(&["sync"]).out().contains("12 of 12 fresh"), "{kind:?}");
    }
}

#[test]
fn a_renamed_repository_keeps_its_tasks_under_the_new_name() {
    let floor = Floor::open();
    let sam = floor.desk_reading("sam", "repos = [\"quillfern/round-planner\"]");
    sam.fine(&["sync"]);
    let listed = sam.fine(&["list", "--json", "--limit", "100"]).json();
    let tasks = listed["tasks"].as_array().unwrap();
    assert!(!tasks.is_empty() && tasks.iter().all(|t| t["project"] == "quillfern/route-planner"), "{listed}");
}

#[test]
fn real_dumps_arrive_completely() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/github"));
    if !folder.exists() {
        println!("skipped: the real dumps are not beside this clone");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ["golang__go.", "bitcoin-core__gui.issues", "rails__rails."].iter().any(|p| name.starts_with(p)) {
            std::fs::copy(&path, dir.path().join(name)).unwrap();
        }
    }
    let floor = Floor::with(Some(dir.path().to_owned()));
    let sam = floor.desk_reading("sam", "repos = [\"golang/go\", \"bitcoin-core/gui\", \"rails/rails\"]");
    sam.fine(&["sync"]);
    let count = |project: &str| {
        let query = format!("project:{project} is:taken,open");
        sam.fine(&["list", &query, "--json", "--limit", "100000"]).json()["tasks"].as_array().unwrap().len()
    };
    // 2,446 rows of golang/go are open; one of them is a pull request.
    assert_eq!((count("golang/go"), count("bitcoin-core/gui"), count("rails/rails")), (2_445, 133, 48));
    let first = floor.demo.requests().len();
    sam.fine(&["sync"]);
    let second = floor.demo.requests().split_off(first);
    assert!(second.len() == 3 && second.iter().all(|r| r.status == 304), "{second:?}");
}
