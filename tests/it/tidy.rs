//! What an ended claim leaves on the tracker when somebody else ended it: the helper's own program takes it off with its
//! next sync, once, and never what a person did by hand afterwards.

use floorwalk::demo::{Fault, FaultKind};

use crate::floor::{Desk, Floor};

/// A repository where sam may triage, and whose lead tobias-h is.
const PROJECT: &str = "quillfern/locker-gateway";

fn claimed(floor: &Floor, sam: &Desk) -> String {
    sam.fine(&["sync"]);
    let listed = sam.fine(&["list", &format!("is:free project:{PROJECT}"), "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    sam.fine(&["claim", &key, "--size", "S", "--plan", "have a look"]);
    assert_eq!(marks(floor, &key), (vec!["sam".to_owned()], true));
    key
}

/// Who is assigned, and whether the label is there.
fn marks(floor: &Floor, key: &str) -> (Vec<String>, bool) {
    let issue = floor.issue(key);
    let assigned = issue["assignees"].as_array().unwrap().iter().map(|a| a["login"].as_str().unwrap().to_owned());
    let labelled = issue["labels"].as_array().unwrap().iter().any(|l| l["name"] == "floating-help");
    (assigned.collect(), labelled)
}

/// From now on nobody may take assignees or labels away.
fn forbid(floor: &Floor) {
    let body = r#"{"message":"Must have admin rights to Repository."}"#.to_owned();
    for path in ["/assignees", "/labels"] {
        let kind = FaultKind::Status { code: 403, headers: Vec::new(), body: body.clone() };
        floor.demo.faults().add(Fault::new("DELETE", path, kind).times(1_000));
    }
}

/// Requests that take something away, since the last `from`.
fn taken_away(floor: &Floor, from: usize) -> usize {
    floor.demo.requests().iter().skip(from).filter(|r| r.method == "DELETE").count()
}

fn revoked(floor: &Floor, key: &str) {
    let lead = floor.desk("tobias-h");
    lead.fine(&["sync"]);
    lead.fine(&["revoke", key, "--reason", "needs-us", "--text", "we need it tomorrow"]);
}

#[test]
fn what_the_host_could_not_take_off_the_helper_does() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    forbid(&floor);
    revoked(&floor, &key);
    assert_eq!(marks(&floor, &key), (vec!["sam".to_owned()], true), "the lead's program was not allowed to");
    floor.demo.faults().clear();
    let comments = floor.comments(&key).len();
    let synced = sam.fine(&["sync"]);
    let said = format!("{}{}", synced.out(), synced.err());
    assert!(said.contains(&format!("{key}: revoked, so your marks were taken off")), "{said}");
    assert_eq!(marks(&floor, &key), (Vec::new(), false));
    assert_eq!(floor.comments(&key).len(), comments, "without a word more");
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_the_tracker_refuses_is_tried_once() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    forbid(&floor);
    revoked(&floor, &key);
    let from = floor.demo.requests().len();
    sam.fine(&["sync"]);
    assert_eq!(taken_away(&floor, from), 2, "label and assignee");
    for now in ["2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z"] {
        floor.day(now, &[&sam]);
        floor.by("ana").comment(&key, "Still here?").unwrap();
        sam.fine(&["sync"]);
    }
    assert_eq!(taken_away(&floor, from), 2);
}

#[test]
fn what_a_person_assigns_afterwards_stays() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    revoked(&floor, &key);
    assert_eq!(marks(&floor, &key), (Vec::new(), false));
    floor.by("tobias-h").assign(&key, "sam").unwrap();
    sam.fine(&["sync"]);
    assert_eq!(marks(&floor, &key), (vec!["sam".to_owned()], false));
    // Nor does a wish that waited take it off.
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    forbid(&floor);
    revoked(&floor, &key);
    floor.demo.faults().clear();
    floor.demo.faults().add(Fault::new("DELETE", "/assignees", FaultKind::DropBefore).times(10));
    sam.run(&["sync"]);
    assert_eq!(
        marks(&floor, &key),
        (vec!["sam".to_owned()], false),
        "the label went, the answer for the rest did not come"
    );
    floor.demo.faults().clear();
    floor.by("tobias-h").unassign(&key, "sam").unwrap();
    floor.by("tobias-h").assign(&key, "sam").unwrap();
    sam.fine(&["outbox", "retry"]);
    assert_eq!(marks(&floor, &key).0, ["sam"]);
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}

#[test]
fn whoever_handed_over_is_unassigned_and_the_receiver_keeps_the_marks() {
    let floor = Floor::open();
    let (sam, ngozi) = (floor.desk("sam"), floor.desk("ngozi"));
    let key = claimed(&floor, &sam);
    sam.fine(&["handover", &key, "--to", "ngozi", "--next", "the second half"]);
    ngozi.fine(&["sync"]);
    forbid(&floor);
    ngozi.fine(&["accept", &key]);
    floor.demo.faults().clear();
    let (mut both, _) = marks(&floor, &key);
    both.sort();
    assert_eq!(both, ["ngozi", "sam"]);
    let synced = sam.fine(&["sync"]);
    assert_eq!(marks(&floor, &key), (vec!["ngozi".to_owned()], true), "{}", synced.err());
}

#[test]
fn a_task_given_to_somebody_else_loses_the_label_when_the_tracker_has_won() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    let host = floor.by("tobias-h");
    host.assign(&key, "juno").unwrap();
    host.unassign(&key, "sam").unwrap();
    sam.fine(&["sync"]);
    assert_eq!(marks(&floor, &key), (vec!["juno".to_owned()], true), "both are asked first");
    floor.day("2026-11-24T12:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    assert_eq!(marks(&floor, &key), (vec!["juno".to_owned()], false));
}

#[test]
fn a_claim_whose_comment_was_deleted_leaves_nothing_behind() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = claimed(&floor, &sam);
    floor.day("2026-11-20T11:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    floor.delete_comment(&key, "<!-- floorwalk/1");
    floor.day("2026-11-20T12:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    assert_eq!(marks(&floor, &key), (Vec::new(), false));
}
