//! Syncs of the real program from both kinds of Jira: complete on real exports, quiet when nothing moved, honest about
//! what cannot be read.

use std::path::PathBuf;

use floorwalk::demo::{Dialect, Fault, FaultKind};
use serde_json::Value;

use crate::floor::{Desk, Floor};

const BOTH: [Dialect; 2] = [Dialect::Cloud, Dialect::DataCenter];

fn tasks(desk: &Desk, query: &str) -> Vec<Value> {
    // An empty list is an answer, too: exit code 1.
    let listed = desk.run(&["list", query, "--json", "--limit", "100000"]).json();
    listed["tasks"].as_array().unwrap().clone()
}

/// Keys of the open issues of an export, as it says itself.
fn open_keys(file: &PathBuf) -> Vec<String> {
    let unzipped = crate::demo_world::unzip(file);
    let mut keys: Vec<String> = unzipped
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|row| row["fields"]["status"]["statusCategory"]["key"] != "done")
        .map(|row| row["key"].as_str().unwrap().to_owned())
        .collect();
    keys.sort();
    keys
}

#[test]
fn every_real_export_arrives_completely_on_both_dialects() {
    let Some(folder) = crate::demo_world::shared("data/jira") else {
        println!("skipped: the real exports are not beside this clone");
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let project = name.split('.').nth(1).unwrap().to_owned();
        let expected = open_keys(&path);
        assert!(!expected.is_empty(), "{name}");
        let floor = Floor::with(Some(path.clone()));
        for dialect in BOTH {
            let sam = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
            sam.fine(&["sync"]);
            let mut keys: Vec<String> =
                tasks(&sam, "is:taken,open").iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
            keys.sort();
            assert_eq!(keys.len(), expected.len(), "{name} {dialect:?}");
            assert_eq!(keys, expected, "{name} {dialect:?}");
            let before = floor.demo.requests().len();
            sam.fine(&["sync"]);
            // Links are read a part at a time; what is left of them is no part of finding out that nothing moved.
            let again = floor.demo.requests().split_off(before).into_iter().filter(|r| !r.path.contains("remotelink"));
            let again: Vec<String> = again.map(|r| format!("{} {}", r.method, r.path)).collect();
            assert!(again.len() <= 4, "{dialect:?}: {again:?}");
        }
    }
}

#[test]
fn the_demo_projects_arrive_and_a_second_sync_reads_no_full_page() {
    for (dialect, project) in [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")] {
        let floor = Floor::open();
        let sam = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
        sam.fine(&["sync"]);
        let all = tasks(&sam, "");
        assert!(all.len() > 5, "{dialect:?}: {}", all.len());
        let before = floor.demo.requests().len();
        sam.fine(&["sync"]);
        let again = floor.demo.requests().split_off(before);
        // What moved is asked for from the newest change on, not page by page.
        let whole = again.iter().filter(|r| r.body.contains("summary") && !r.body.contains("updated >= -")).count();
        let searches = again.iter().filter(|r| r.path.contains("/search")).count();
        assert_eq!((whole, searches), (0, 1), "{dialect:?}: {again:?}");
    }
}

#[test]
fn what_changes_on_the_site_is_seen_by_the_next_sync() {
    for (dialect, project) in [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")] {
        let floor = Floor::open();
        let sam = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
        sam.fine(&["sync"]);
        let key = tasks(&sam, "")[0]["key"].as_str().unwrap().to_owned();
        floor.at("2026-11-20T10:00:00Z");
        floor.demo.jira_by("ylva").rename(&key, "The runbook names a server that is gone").unwrap();
        sam.fine(&["sync"]);
        let shown = sam.fine(&["show", &key, "--json"]).json();
        assert_eq!(shown["task"]["title"], "The runbook names a server that is gone", "{dialect:?}");
        floor.demo.jira_by("ylva").set_status(&key, "Done", Some("Done")).unwrap();
        sam.fine(&["sync"]);
        assert!(tasks(&sam, "").iter().all(|t| t["key"] != key.as_str()), "{dialect:?}: {key} is closed");
    }
}

#[test]
fn a_search_narrows_what_is_read_and_what_leaves_it_leaves_the_list() {
    for (dialect, project) in [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")] {
        let floor = Floor::open();
        let all = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
        all.fine(&["sync"]);
        let keys: Vec<String> = tasks(&all, "").iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
        let ylva = floor.demo.jira_by("ylva");
        keys.iter().take(3).for_each(|key| ylva.label(key, "floats").unwrap());
        let sam = floor.jira_desk("sam", dialect, "jql = \"labels = floats\"");
        sam.fine(&["sync"]);
        let found = |desk: &Desk| {
            let mut found: Vec<String> =
                tasks(desk, "").iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
            found.sort();
            found
        };
        let mut three: Vec<String> = keys.iter().take(3).cloned().collect();
        three.sort();
        assert_eq!(found(&sam), three, "{dialect:?}");
        floor.at("2026-11-20T11:00:00Z");
        ylva.unlabel(&three[0], "floats").unwrap();
        sam.fine(&["sync"]);
        assert_eq!(found(&sam), three[1..], "{dialect:?}");
    }
}

/// What goes wrong, and what the program says about it.
fn trouble(kind: FaultKind, code: i32, said: &str) {
    for (dialect, project) in [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")] {
        let floor = Floor::open();
        let sam = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
        floor.demo.faults().add(Fault::new("", "/search", kind.clone()).times(1_000));
        let ran = sam.run(&["sync"]);
        assert!(
            ran.err().contains(said) || ran.out().contains(said),
            "{dialect:?} {said}: {} {}",
            ran.out(),
            ran.err()
        );
        assert_eq!(ran.code(), code, "{dialect:?} {said}: {} {}", ran.out(), ran.err());
    }
}

fn status(code: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    FaultKind::Status { code, headers, body: body.to_owned() }
}

#[test]
fn every_refusal_of_a_search_is_told_in_its_own_words() {
    let said =
        r#"{"errorMessages":["Field 'teem' does not exist or you do not have permission to view it."],"errors":{}}"#;
    trouble(status(400, &[], said), 5, "Field 'teem' does not exist");
    trouble(status(401, &[], ""), 4, "token");
    let body = r#"{"errorMessages":["You are not allowed to browse this project."],"errors":{}}"#;
    trouble(status(403, &[], body), 5, "You are not allowed to browse this project.");
    trouble(status(404, &[], r#"{"errorMessages":["Not here."]}"#), 5, "knows no such thing");
    let gone = r#"{"errorMessages":["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."],"errors":{}}"#;
    trouble(status(410, &[], gone), 5, "has been removed");
    trouble(status(429, &[("retry-after", "120")], ""), 5, "asks for a pause");
    trouble(status(429, &[("x-ratelimit-interval-seconds", "90")], ""), 5, "asks for a pause");
    trouble(status(429, &[], "<html></html>"), 5, "asks for a pause");
    trouble(status(503, &[], r#"{"errorMessages":["Jira is restarting."]}"#), 5, "Jira is restarting.");
    trouble(FaultKind::Html, 5, "a page instead of data");
}

#[test]
fn a_short_pause_is_waited_for() {
    let floor = Floor::open();
    let sam = floor.jira_desk("sam", Dialect::Cloud, "projects = [\"OPS\"]");
    let pause = status(429, &[("retry-after", "1"), ("ratelimit-reason", "jira-burst-based")], "");
    floor.demo.faults().add(Fault::new("POST", "/search/jql", pause));
    sam.fine(&["sync"]);
    assert!(!tasks(&sam, "").is_empty());
}

#[test]
fn a_project_without_the_right_to_see_it_is_named_and_keeps_nobody_else_from_being_read() {
    let floor = Floor::open();
    floor.demo.set_jira_permissions("HELP", "sam", &[]).unwrap();
    let sam = floor.jira_desk("sam", Dialect::Cloud, "projects = [\"HELP\", \"OPS\"]");
    let ran = sam.run(&["sync"]);
    assert!(ran.err().contains("HELP") || ran.out().contains("HELP"), "{} {}", ran.out(), ran.err());
    assert!(!tasks(&sam, "project:OPS").is_empty());
}

#[test]
fn one_list_over_both_trackers_shows_the_same_work_once() {
    let floor = Floor::open();
    let github = format!(
        "[[tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"{}\"\norgs = [\"quillfern\"]\n",
        floor.demo.url()
    );
    let cloud = floor.jira_table("sam", Dialect::Cloud, "projects = [\"OPS\", \"HELP\"]");
    let center = floor.jira_table("sam", Dialect::DataCenter, "projects = [\"LEDGER\"]");
    let sam = floor.desk_of("sam", &format!("{github}\n{cloud}\n{center}"));
    sam.fine(&["sync"]);
    let all = tasks(&sam, "");
    let of = |tracker: &str| all.iter().filter(|t| t["tracker"] == tracker).count();
    assert!(of("gh") > 100 && of("cloud") > 20 && of("dc") > 20, "{} {} {}", of("gh"), of("cloud"), of("dc"));
    let mut pairs: Vec<String> = all
        .iter()
        .filter(|t| t.get("mirrors").is_some())
        .flat_map(|t| {
            let (key, mirrors) = (t["key"].as_str().unwrap(), t["mirrors"].as_array().unwrap());
            mirrors.iter().map(move |m| format!("{key} = {}", m["key"].as_str().unwrap())).collect::<Vec<_>>()
        })
        .collect();
    pairs.sort();
    assert_eq!(pairs.len(), 3, "{pairs:?}");
    // Its title speaks of another task, and is not the same work.
    assert!(all.iter().any(|t| t["key"] == "LEDGER-7" && t.get("mirrors").is_none()), "LEDGER-7 stands alone");
    for pair in &pairs {
        let (stands, folded) = pair.split_once(" = ").unwrap();
        assert!(all.iter().all(|t| t["key"] != folded), "{pair}");
        let shown = sam.fine(&["show", folded]).out();
        assert!(shown.contains(&format!("the same work as {stands}")), "{pair}: {shown}");
    }
}
