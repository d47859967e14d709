//! Findings by command line on the demo organisation: read once a day, listed like tasks, made into an issue once, by
//! whoever, through lost answers and sudden death.

use floorwalk::demo::{Fault, FaultKind};
use serde_json::Value;

use crate::floor::{Desk, Floor};

const PROJECT: &str = "quillfern/tariff-rules";
const KEY: &str = "<!-- floorwalk-finding: quillfern/tariff-rules readme -->";

/// Requests that only facts need.
fn asked(floor: &Floor) -> usize {
    let about = |r: &floorwalk::demo::RequestLog| {
        r.path.contains("/actions/") || (r.path.contains("graphql") && r.body.contains("contributingGuidelines"))
    };
    floor.demo.requests().iter().filter(|r| about(r)).count()
}

fn found(desk: &Desk, query: &[&str]) -> Vec<Value> {
    let json = desk.run(&[&["findings", "--json"], query].concat()).json();
    json["findings"].as_array().unwrap().clone()
}

fn ids(found: &[Value]) -> Vec<&str> {
    found.iter().map(|f| f["id"].as_str().unwrap()).collect()
}

/// Numbers of issues that were made of the finding.
fn made(desk: &Desk) -> Vec<String> {
    let listed = desk.run(&["list", &format!("project:{PROJECT} \"Write a README\""), "--json"]).json();
    listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

fn posts(floor: &Floor) -> usize {
    let posted = |r: &&floorwalk::demo::RequestLog| r.method == "POST" && r.path.ends_with("/tariff-rules/issues");
    floor.demo.requests().iter().filter(posted).count()
}

#[test]
fn what_projects_lack_is_listed_with_what_hurts_most_first() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    insta::assert_snapshot!(sam.fine(&["findings"]).out());
    let red = found(&sam, &["quillfern/geo-index", "signal:ci"]);
    assert_eq!(ids(&red), ["red-branch"]);
    assert_eq!(red[0]["sentence"], "`trunk` has been red for 9 days");
    assert_eq!((&red[0]["severity"], &red[0]["days"], &red[0]["free"]), (&"major".into(), &9.into(), &true.into()));
    assert_eq!(ids(&found(&sam, &["flaky"])), ["flaky:reconnect-tests"]);
    assert!(ids(&found(&sam, &["project:status-page"])).contains(&"no-issues"));
    assert_eq!(found(&sam, &["signal:docs", "-project:tariff-rules", "README"]).len(), 1, "that of the floor itself");
    // The same through `list`, and nothing of it among tasks.
    assert!(sam.fine(&["list", "is:finding", "project:geo-index"]).out().contains("red-branch"));
    assert!(!sam.fine(&["list", "project:geo-index"]).out().contains("red-branch"));
    let none = sam.run(&["findings", "nothingofthatkind"]);
    assert_eq!(none.code(), 1, "{}", none.err());
}

#[test]
fn projects_are_looked_at_once_a_day_after_their_tasks() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let first = asked(&floor);
    assert!(first >= 3, "{first}");
    let requests = floor.demo.requests();
    let tasks = requests.iter().rposition(|r| r.path.contains("/issues?")).unwrap();
    let facts = requests.iter().position(|r| r.path.contains("/actions/")).unwrap();
    assert!(facts > tasks, "tasks come first");
    sam.fine(&["sync"]);
    assert_eq!(asked(&floor), first, "not again on the same day");
    floor.day("2026-11-21T09:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    assert_eq!(asked(&floor), 2 * first, "again on the next");
}

#[test]
fn a_refusal_leaves_a_part_unread_and_an_outage_loses_nothing() {
    let floor = Floor::open();
    let body = r#"{"message": "Resource not accessible by personal access token"}"#.to_owned();
    let refused = FaultKind::Status { code: 403, headers: Vec::new(), body };
    floor.demo.faults().add(Fault::new("GET", "/actions/", refused).times(1_000));
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let unread = found(&sam, &[]);
    let of_runs = ["red-branch", "flaky:reconnect-tests", "disabled-workflow:retrain.yml"];
    assert!(!ids(&unread).iter().any(|id| of_runs.contains(id)), "{:?}", ids(&unread));
    assert!(ids(&unread).contains(&"deprecated-actions"), "what files say is still known");
    floor.demo.faults().clear();
    // The next day everything can be read; on the day after nothing can: what was known stays.
    floor.day("2026-11-21T09:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    let known = found(&sam, &["project:geo-index"]);
    assert!(ids(&known).contains(&"red-branch"), "{:?}", ids(&known));
    floor.day("2026-11-22T09:00:00Z", &[&sam]);
    let broken = FaultKind::Status { code: 500, headers: Vec::new(), body: String::new() };
    let fault = Fault { body: "contributingGuidelines".into(), ..Fault::new("POST", "graphql", broken) };
    floor.demo.faults().add(fault.times(1_000));
    let ran = sam.run(&["sync"]);
    assert!(!ran.err().is_empty(), "an outage is told");
    assert_eq!(ids(&found(&sam, &["project:geo-index"])), ids(&known));
}

#[test]
fn a_finding_becomes_an_issue_once_for_everybody() {
    let floor = Floor::open();
    let (sam, noor) = (floor.desk("sam"), floor.desk("noor"));
    sam.fine(&["sync"]);
    noor.fine(&["sync"]);
    let shown = sam.fine(&["findings", "raise", "tariff-rules", "readme", "--dry-run"]).out();
    assert!(shown.starts_with("would make a task in quillfern/tariff-rules: ") && shown.contains(KEY), "{shown}");
    let draft = sam.fine(&["findings", "raise", PROJECT, "readme", "--dry-run", "--json"]).json();
    assert_eq!((&draft["dry_run"], posts(&floor)), (&true.into(), 0));
    // Nobody to ask: nothing is sent.
    let unasked = sam.run(&["findings", "raise", PROJECT, "readme"]);
    assert_eq!((unasked.code(), posts(&floor)), (2, 0), "{}", unasked.err());

    let raised =
        sam.fine(&["findings", "raise", PROJECT, "readme", "--title", "Say what tariffs are", "--yes", "--json"]);
    let raised = raised.json();
    let key = raised["task"]["key"].as_str().unwrap().to_owned();
    assert_eq!((raised["task"]["title"].as_str().unwrap(), posts(&floor)), ("Say what tariffs are", 1));
    let issue = floor.issue(&key);
    assert!(issue["body"].as_str().unwrap().ends_with(KEY), "{issue}");
    // An ordinary task at once, and no finding any more.
    assert!(sam.fine(&["list", &format!("key:{key}")]).out().contains("Say what tariffs are"));
    assert!(sam.run(&["findings", "project:tariff-rules", "README"]).code() == 1);
    let again = sam.run(&["findings", "raise", PROJECT, "readme", "--yes"]);
    assert!(again.code() == 1 && again.err().contains(&format!("{key} is about 'readme'")), "{}", again.err());
    sam.fine(&["claim", &key]);
    // Whoever has not heard of it is told before anything is sent, whatever its title says now.
    let late = noor.run(&["findings", "raise", PROJECT, "readme", "--yes"]);
    assert!(late.code() == 1 && late.err().contains(&format!("{key} is about this already")), "{}", late.err());
    assert_eq!(posts(&floor), 1);
    assert_eq!(noor.fine(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len(), 0);
    noor.fine(&["sync"]);
    assert_eq!(noor.run(&["findings", "project:tariff-rules", "README"]).code(), 1, "a sync tells it too");
    // Closed without being mended, it is a finding again.
    floor.by("oskar-b").close(&key, "completed").unwrap();
    noor.fine(&["sync"]);
    assert_eq!(ids(&found(&noor, &["project:tariff-rules", "README"])), ["readme"]);
}

#[test]
fn a_lost_answer_or_a_sudden_death_makes_no_second_issue() {
    let lost = [
        FaultKind::CommitThenStatus { code: 502 },
        FaultKind::CommitThenDrop,
        FaultKind::DropBefore,
        FaultKind::TruncateBody { keep: 40 },
    ];
    for kind in lost {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        sam.fine(&["sync"]);
        floor.demo.faults().add(Fault::new("POST", "/tariff-rules/issues", kind.clone()));
        let ran = sam.run(&["findings", "raise", PROJECT, "readme", "--yes"]);
        assert_eq!(ran.code(), 0, "{kind:?}: {}", ran.err());
        assert_eq!(made(&sam).len(), 1, "{kind:?}");
        sam.fine(&["sync"]);
        assert_eq!(made(&sam).len(), 1, "{kind:?}, after a sync");
    }
    for kind in [FaultKind::Delay { ms: 600_000 }, FaultKind::DelayAnswer { ms: 600_000 }] {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        sam.fine(&["sync"]);
        floor.demo.faults().add(Fault::new("POST", "/tariff-rules/issues", kind.clone()));
        let mut child = sam.command(&["findings", "raise", PROJECT, "readme", "--yes"]).spawn().unwrap();
        floor.wait_until("the request is held", || floor.demo.faults().pending().is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
        floor.demo.faults().clear();
        sam.fine(&["outbox", "retry"]);
        assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len(), 0, "{kind:?}");
        sam.fine(&["sync"]);
        assert_eq!(made(&sam).len(), 1, "{kind:?}");
    }
}

#[test]
fn offline_it_waits_and_can_be_taken_back() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let down = FaultKind::Status { code: 503, headers: Vec::new(), body: String::new() };
    floor.demo.faults().add(Fault::new("", "/tariff-rules/issues", down).times(1_000));
    let ran = sam.run(&["findings", "raise", PROJECT, "readme", "--yes"]);
    assert!(ran.err().contains("waits in the outbox"), "{}", ran.err());
    let rows = sam.fine(&["outbox", "--json"]).json();
    assert_eq!(rows["outbox"][0]["key"]["number"], 0);
    assert!(sam.fine(&["outbox"]).out().contains("quillfern/tariff-rules#new\traise\tqueued"));
    let twice = sam.run(&["findings", "raise", PROJECT, "readme", "--yes"]);
    assert!(twice.err().contains("is on its way already"), "{}", twice.err());
    let id = rows["outbox"][0]["id"].as_str().unwrap().to_owned();
    sam.fine(&["outbox", "drop", &id, "--yes"]);
    assert_eq!((posts(&floor), sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().unwrap().len()), (0, 0));
}

#[test]
fn an_editor_changes_title_and_text_and_the_key_line_stays() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let script = sam.folder().join("ed.sh");
    std::fs::write(&script, "#!/bin/sh\nprintf 'My own title\\n\\nOnly this.\\n' > \"$1\"\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let args = ["findings", "raise", PROJECT, "readme", "--edit", "--yes", "--json"];
    let out = sam.command(&args).env("VISUAL", &script).output().unwrap();
    let raised: Value = serde_json::from_slice(&out.stdout).unwrap();
    let issue = floor.issue(raised["task"]["key"].as_str().unwrap());
    assert_eq!(issue["title"], "My own title");
    assert_eq!(issue["body"], format!("Only this.\n\n{KEY}"));
}

#[test]
fn where_issues_are_off_none_is_made() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let ran = sam.run(&["findings", "raise", "status-page", "no-issues", "--yes"]);
    assert!(ran.code() == 1 && ran.err().contains("issues are switched off"), "{}", ran.err());
    let nothing = sam.run(&["findings", "raise", "status-page", "no-such", "--yes"]);
    assert!(nothing.err().contains("nothing called 'no-such'"), "{}", nothing.err());
    let nowhere = sam.run(&["findings", "raise", "quillfern/none", "readme", "--yes"]);
    assert!(nowhere.err().contains("no project 'quillfern/none'"), "{}", nowhere.err());
}
