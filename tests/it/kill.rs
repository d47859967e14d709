//! `kill -9` of the real program at every request of a claim and of a hand-back: one marker, nothing lost.

use floorwalk::demo::{Fault, FaultKind};

use crate::{
    floor::Floor,
    ledger::{Harm, sheet},
};

const PROJECT: &str = "quillfern/locker-gateway";
const LONG: u64 = 600_000;

/// Where the program is killed: while this request waits, done or not. Its line in the catalogue first.
fn moments() -> Vec<(&'static str, &'static str, &'static str, u32, FaultKind)> {
    let before = || FaultKind::Delay { ms: LONG };
    let after = || FaultKind::DelayAnswer { ms: LONG };
    vec![
        ("C4", "GET", "/issues/", 0, before()),
        ("C6", "POST", "/comments", 0, before()),
        ("C7", "POST", "/comments", 0, after()),
        ("C9", "GET", "/comments", 1, before()),
        ("C12", "POST", "/labels", 0, before()),
        ("C12", "POST", "/labels", 0, after()),
        ("C11", "POST", "/assignees", 0, before()),
        ("C11", "POST", "/assignees", 0, after()),
    ]
}

#[test]
fn killed_at_every_step_of_a_claim_and_of_a_hand_back() {
    let sheet = sheet!();
    for (line, method, path, after, kind) in moments() {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        sam.fine(&["sync"]);
        let listed = sam.fine(&["list", &format!("is:free project:{PROJECT}"), "--json", "--limit", "1"]).json();
        let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
        let place = format!("claim, {method} {path} {kind:?}");

        // Before a claim is wished it is looked who is at the task: there is nothing yet that could be lost.
        let asked = floor.demo.requests().len();
        sam.fine(&["claim", &key, "--dry-run"]);
        let looks = floor.demo.requests().into_iter().skip(asked);
        let looks = looks.filter(|r| r.method == method && r.path.contains(path)).count();
        let after_looks = after + u32::try_from(looks).unwrap();
        let fault = Fault { after: after_looks, ..Fault::new(method, path, kind.clone()) };
        kill_during(&floor, &sam, &["claim", &key], fault);
        sam.fine(&["outbox", "retry"]);
        let claims = floor.markers(&key, "claim");
        assert_eq!(claims, 1, "{place}");
        let issue = floor.issue(&key);
        assert_eq!(issue["assignees"][0]["login"], "sam", "{place}");
        let mine = sam.fine(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["state"], "active", "{place}: {mine}");

        let (method, path) = match path {
            "/labels" | "/assignees" => ("DELETE", path),
            _ => (method, path),
        };
        let fault = Fault { after, ..Fault::new(method, path, kind) };
        kill_during(&floor, &sam, &["release", &key, "--note", "half way"], fault);
        sam.fine(&["outbox", "retry"]);
        assert_eq!(floor.markers(&key, "release"), 1, "hand back: {place}");
        let issue = floor.issue(&key);
        assert_eq!(issue["assignees"].as_array().unwrap().len(), 0, "hand back: {place}");
        assert!(!issue["labels"].as_array().unwrap().iter().any(|l| l["name"] == "floating-help"), "{place}");
        let mine = sam.fine(&["mine", "--json"]).json();
        assert!(mine["commitments"].as_array().unwrap().iter().all(|c| c["state"] != "active"), "{place}: {mine}");
        let counts = [claims, floor.markers(&key, "release")];
        let lost = counts.iter().filter(|n| **n == 0).count();
        let harm = Harm { lost, duplicated: counts.iter().sum::<usize>() - 2 + lost, leaked: 0 };
        ["SIGKILL C1 to C20", line, "I4", "I5"].iter().for_each(|line| sheet.met(line, 2, harm));
    }
}

/// Starts the program, waits until the server holds the fault's request, and kills it with SIGKILL.
fn kill_during(floor: &Floor, desk: &crate::floor::Desk, arguments: &[&str], fault: Fault) {
    floor.demo.faults().add(fault);
    let mut child = desk.command(arguments).spawn().unwrap();
    floor.wait_until("the request is held", || floor.demo.faults().pending().is_empty());
    child.kill().unwrap();
    child.wait().unwrap();
    floor.demo.faults().clear();
}
