//! Syncs at the edges: owners with many projects, rows that move while pages are read, claims that run out, tasks
//! and projects that go away.

use std::{fmt::Write, path::Path};

use floorwalk::demo::{Fault, FaultKind};

use crate::floor::{Desk, Floor};

/// A dump of open issues 1 to `count`; those in `pulls` are pull requests.
fn dump(dir: &Path, name: &str, count: u32, pulls: &[u32]) {
    let mut lines = String::new();
    for number in 1..=count {
        let (minute, hour) = (number % 60, number / 60 % 24);
        let pull = if pulls.contains(&number) { r#""pull_request":{"url":"u"},"# } else { "" };
        writeln!(
            lines,
            r#"{{"id":{number},"number":{number},{pull}"state":"open","title":"Shelf {number} is mislabelled","body":"See aisle {number}.","user":{{"login":"maya","id":90,"type":"User"}},"labels":[{{"name":"docs"}}],"comments":0,"created_at":"2025-03-01T{hour:02}:{minute:02}:00Z","updated_at":"2025-04-01T{hour:02}:{minute:02}:00Z"}}"#
        )
        .unwrap();
    }
    std::fs::write(dir.join(format!("{name}.issues.jsonl")), lines).unwrap();
}

fn keys(desk: &Desk) -> Vec<String> {
    let listed = desk.fine(&["list", "--json", "--limit", "100000"]).json();
    listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_owner_with_many_projects_is_followed_by_its_feed() {
    let dir = tempfile::tempdir().unwrap();
    for n in 1..=70 {
        dump(dir.path(), &format!("acme__r{n:02}"), 2, &[]);
    }
    let floor = Floor::with(Some(dir.path().to_owned()));
    let sam = floor.desk_reading("sam", "orgs = [\"acme\"]");
    sam.fine(&["sync"]);
    assert_eq!(keys(&sam).len(), 140);
    let first = floor.demo.requests().len();

    floor.close("acme/r07#1");
    floor.comment("acme/r09#2", "Seen again today.");
    for round in ["from what was seen first", "from the newest change"] {
        let before = floor.demo.requests().len();
        let synced = sam.fine(&["sync", "--json"]).json();
        let asked = floor.demo.requests().split_off(before);
        assert!(asked.len() <= 5, "{round}: {asked:?}");
        assert!(asked.iter().any(|r| r.path.contains("graphql") && r.body.contains("Feed")), "{round}: {asked:?}");
        assert!(!asked.iter().any(|r| r.path.contains("/issues?")), "{round}: {asked:?}");
        assert_eq!(synced["coverage"]["fresh"], 70, "{round}: {synced}");
        assert!(first >= 10 * asked.len(), "{round}: {first} requests, then {}", asked.len());
    }
    let found = keys(&sam);
    assert!(found.len() == 139 && !found.contains(&"acme/r07#1".to_owned()), "{}", found.len());
    let changed = sam.fine(&["show", "acme/r09#2", "--json"]).json();
    assert!(changed.to_string().contains("2026-11-20"), "{changed}");

    // A project that could not be read when the feed passed over it is asked by itself when it is back.
    let gone = FaultKind::Status { code: 404, headers: Vec::new(), body: r#"{"message":"Not Found"}"#.into() };
    floor.demo.faults().add(Fault::new("GET", "/repos/acme/r11/issues", gone).times(1));
    let no_feed = FaultKind::Status { code: 404, headers: Vec::new(), body: "{}".into() };
    floor.demo.faults().add(Fault::new("POST", "/graphql", no_feed).times(1));
    assert_eq!(sam.fine(&["sync", "--json"]).json()["coverage"]["no_access"], 1);
    let before = floor.demo.requests().len();
    assert_eq!(sam.fine(&["sync", "--json"]).json()["coverage"]["fresh"], 70);
    let asked = floor.demo.requests().split_off(before);
    let singly: Vec<_> = asked.iter().filter(|r| r.path.contains("/issues?")).collect();
    assert!(singly.len() == 1 && singly[0].path.contains("/acme/r11/"), "{singly:?}");
}

#[test]
fn a_pull_request_closed_while_the_pages_are_read_hides_no_issue() {
    let dir = tempfile::tempdir().unwrap();
    dump(dir.path(), "acme__shop", 350, &[3]);
    let floor = Floor::with(Some(dir.path().to_owned()));
    let sam = floor.desk_reading("sam", "repos = [\"acme/shop\"]");
    floor.demo.faults().add(Fault::new("GET", "direction=asc&per_page=100&page=2", FaultKind::Delay { ms: 300 }));
    let child = sam.command(&["sync"]).spawn().unwrap();
    floor.wait_until("page 2 is held", || floor.demo.faults().pending().is_empty());
    floor.close("acme/shop#3");
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(keys(&sam).len(), 349);
}

#[test]
fn what_was_closed_while_an_interrupted_sync_lay_still_hides_no_issue() {
    let dir = tempfile::tempdir().unwrap();
    dump(dir.path(), "acme__shop", 950, &[]);
    let floor = Floor::with(Some(dir.path().to_owned()));
    let sam = floor.desk_reading("sam", "repos = [\"acme/shop\"]");
    let broken = FaultKind::Status { code: 500, headers: Vec::new(), body: "{}".into() };
    floor.demo.faults().add(Fault::new("GET", "direction=asc&per_page=100&page=6", broken).times(40));
    sam.run(&["sync"]);
    floor.demo.faults().clear();
    // Among the pages that were read already: the rest moves up by three.
    for number in [3, 4, 5] {
        floor.close(&format!("acme/shop#{number}"));
    }
    let later = sam.command(&["sync"]).env("FLOORWALK_NOW", "2026-11-20T15:00:00Z").output().unwrap();
    assert!(later.status.success(), "{}", String::from_utf8_lossy(&later.stderr));
    let expected: Vec<u32> = (1..=950).filter(|n| !(3..=5).contains(n)).collect();
    let mut found: Vec<u32> = keys(&sam).iter().map(|k| k.rsplit_once('#').unwrap().1.parse().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_claim_of_somebody_else_is_seen_and_ends_after_its_last_day() {
    let floor = Floor::open();
    let (sam, kim) = (floor.desk("sam"), floor.desk("priya-n"));
    sam.fine(&["sync"]);
    let listed = sam.fine(&["list", "is:free", "project:quillfern/handbook", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    sam.fine(&["claim", &key, "--until", "2026-11-24"]);
    kim.fine(&["sync"]);
    let free = |desk: &Desk, now: &str| {
        let ran = desk.command(&["show", &key, "--json"]).env("FLOORWALK_NOW", now).output().unwrap();
        let shown: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        shown["task"]["free"].as_bool().or_else(|| shown["free"].as_bool()).unwrap_or_else(|| panic!("{shown}"))
    };
    assert!(!free(&kim, "2026-11-24T23:00:00Z"), "held by sam");
    assert!(free(&kim, "2026-11-25T00:00:00Z"), "the lease has run out, whoever is still assigned");
    // Nothing ended yet: sam's own program reminds first, in the claim's own comment, and ends it only after the grace.
    let comments = floor.comments(&key).len();
    let assigned = || !floor.issue(&key)["assignees"].as_array().unwrap().is_empty();
    let written = |word: &str| floor.comments(&key).iter().any(|c| c.contains(&format!("\"e\":\"{word}\"")));
    for (day, reminded, ended) in [("25", true, false), ("26", true, false), ("30", true, true)] {
        floor.day(&format!("2026-11-{day}T08:00:00Z"), &[&sam, &kim]);
        sam.fine(&["sync"]);
        assert_eq!((written("remind"), written("expire"), !assigned()), (reminded, ended, ended), "on the {day}th");
    }
    let issue = floor.issue(&key);
    assert!(!issue["labels"].to_string().contains("floating-help"), "{issue}");
    assert_eq!(floor.comments(&key).len(), comments, "not a word more on the tracker");
    let mine = sam.fine(&["mine", "--all", "--json"]).json();
    assert!(mine.to_string().contains("\"expired\""), "{mine}");
}

#[test]
fn a_project_named_in_another_case_or_by_its_old_name_is_read() {
    let floor = Floor::open();
    let sam = floor.desk_reading("sam", "repos = [\"quillfern/geo-index\"]");
    for name in ["Quillfern/Handbook", "quillfern/round-planner"] {
        let synced = sam.fine(&["--repo", name, "sync", "--json"]).json();
        assert_eq!((&synced["coverage"]["fresh"], &synced["coverage"]["total"]), (&1.into(), &1.into()), "{synced}");
        assert!(synced["read"].as_u64().unwrap() > 0, "{name}: {synced}");
    }
}

#[test]
fn each_task_is_counted_once() {
    let dir = tempfile::tempdir().unwrap();
    dump(dir.path(), "acme__shop", 250, &[]);
    let floor = Floor::with(Some(dir.path().to_owned()));
    let sam = floor.desk_reading("sam", "repos = [\"acme/shop\"]");
    assert_eq!(sam.fine(&["sync", "--json"]).json()["read"], 250);
    assert_eq!(sam.fine(&["sync", "--json"]).json()["read"], 0);
}

#[test]
fn a_listing_that_leaves_projects_out_does_not_take_them_from_the_lists() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let before = keys(&sam).len();
    let partial = FaultKind::Status {
        code: 200,
        headers: vec![("X-GitHub-SSO".into(), "partial-results; organizations=1".into())],
        body: "[]".into(),
    };
    floor.demo.faults().add(Fault::new("GET", "/orgs/quillfern/repos", partial));
    let synced = sam.fine(&["sync"]);
    assert!(synced.err().contains("single sign-on"), "{}", synced.err());
    assert_eq!(keys(&sam).len(), before);
}

#[test]
fn a_task_that_cannot_be_found_spoils_no_sync_and_goes_after_the_second_time() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let listed = sam.fine(&["list", "is:free", "project:quillfern/handbook", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    sam.fine(&["claim", &key]);
    let (path, number) = key.split_once('#').unwrap();
    let gone =
        FaultKind::Status { code: 410, headers: Vec::new(), body: r#"{"message":"This issue was deleted"}"#.into() };
    floor.demo.faults().add(Fault::new("GET", &format!("{path}/issues/{number}"), gone).times(1_000));
    let first = sam.fine(&["sync"]);
    assert!(first.err().contains("gone"), "{}", first.err());
    assert!(keys(&sam).contains(&key), "one answer proves nothing");
    sam.fine(&["sync"]);
    assert!(!keys(&sam).contains(&key));
    let mine = sam.fine(&["mine", "--json"]).json();
    assert_eq!(mine["commitments"].as_array().map(Vec::len), Some(0), "{mine}");
    assert!(!sam.fine(&["sync"]).err().contains("problem"), "and it is not asked for again");
}

#[test]
fn a_full_sync_asks_for_what_no_list_names_before_it_forgets_it() {
    let floor = Floor::open();
    let sam = floor.desk_reading("sam", "repos = [\"quillfern/geo-index\"]");
    sam.fine(&["sync"]);
    let before = keys(&sam);
    let status = |code, body: &str| FaultKind::Status { code, headers: Vec::new(), body: body.into() };
    let gone = before[0].replace('#', "/issues/");
    floor
        .demo
        .faults()
        .add(Fault::new("GET", &gone, status(410, r#"{"message":"This issue was deleted"}"#)).times(1_000));
    // An empty list alone makes nobody forget anything.
    floor.demo.faults().add(Fault::new("GET", "/repos/quillfern/geo-index/issues?", status(200, "[]")).times(1_000));
    let first = sam.fine(&["sync", "--full"]);
    assert!(first.err().contains("gone"), "{}", first.err());
    assert_eq!(keys(&sam).len(), before.len());
    sam.fine(&["sync", "--full"]);
    let mut left = keys(&sam);
    let mut expected = before[1..].to_vec();
    left.sort();
    expected.sort();
    assert_eq!(left, expected);
}
