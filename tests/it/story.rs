//! The whole path with the real program: sync, find, claim, see it on the tracker, hand back.

use floorwalk::demo::{Fault, FaultKind};

use crate::floor::{Desk, Floor};

/// The first free task in a project where sam may label and assign.
fn free_task(desk: &Desk, project: &str) -> String {
    let listed = desk.fine(&["list", &format!("is:free project:{project}"), "--json", "--limit", "1"]).json();
    listed["tasks"][0]["key"].as_str().unwrap().to_owned()
}

#[test]
fn a_task_is_found_claimed_shown_and_handed_back() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    assert!(sam.fine(&["sync"]).out().contains("fresh"));
    let all = sam.fine(&["list", "--json", "--limit", "1000"]).json();
    assert_eq!(all["schema"], "floorwalk/1");
    let tasks = all["tasks"].as_array().unwrap();
    assert!(tasks.len() > 200, "{}", tasks.len());
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
        assert!(tasks.iter().all(|t| t.get(field).is_some()), "{field}");
    }
    let key = free_task(&sam, TRIAGED);
    let before = floor.issue(&key);

    let dry = sam.fine(&["claim", &key, "--size", "S", "--dry-run"]);
    assert!(dry.out().contains("would claim"), "{}", dry.out());
    assert_eq!(floor.issue(&key), before, "a dry run writes nothing");

    sam.fine(&["claim", &key, "--size", "S", "--plan", "write it down"]);
    let issue = floor.issue(&key);
    assert_eq!(issue["assignees"][0]["login"], "sam", "{issue}");
    assert!(issue["labels"].as_array().unwrap().iter().any(|l| l["name"] == "floating-help"));
    assert_eq!(floor.markers(&key, "claim"), 1);
    let mine = sam.fine(&["mine", "--json"]).json();
    let commitment = &mine["commitments"][0];
    assert_eq!(
        (commitment["task"]["key"].as_str(), commitment["state"].as_str()),
        (Some(key.as_str()), Some("active"))
    );
    assert_eq!(commitment["until"], "2026-11-27", "five working days from Friday");

    let twice = sam.run(&["claim", &key]);
    assert_eq!(twice.code(), 1);
    assert!(twice.err().contains("you hold"), "{}", twice.err());

    sam.fine(&["release", &key, "--note", "draft is in the wiki"]);
    let issue = floor.issue(&key);
    assert_eq!(issue["assignees"].as_array().unwrap().len(), 0);
    assert!(!issue["labels"].as_array().unwrap().iter().any(|l| l["name"] == "floating-help"));
    assert!(floor.comments(&key).iter().any(|c| c.contains("draft is in the wiki")));
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_colleague_with_a_fresh_store_sees_who_holds_it_and_is_refused_with_alternatives() {
    let floor = Floor::open();
    let (sam, ngozi) = (floor.desk("sam"), floor.desk("ngozi"));
    sam.fine(&["sync"]);
    let key = free_task(&sam, TRIAGED);
    sam.fine(&["claim", &key]);
    ngozi.fine(&["sync"]);
    let refused = ngozi.run(&["claim", &key]);
    assert_eq!(refused.code(), 1, "{}", refused.err());
    assert!(refused.err().contains("@sam holds") && refused.err().contains("free and alike"), "{}", refused.err());

    let json = ngozi.run(&["claim", &key, "--json"]).json();
    assert!(json["error"]["hints"].as_array().is_some_and(|h| !h.is_empty()), "{json}");
}

#[test]
fn a_new_store_reaches_the_same_commitments_from_the_tracker_alone() {
    let floor = Floor::open();
    let (sam, again) = (floor.desk("sam"), floor.desk("sam"));
    sam.fine(&["sync"]);
    let key = free_task(&sam, TRIAGED);
    sam.fine(&["claim", &key, "--size", "S"]);
    again.fine(&["sync"]);
    let (first, second) = (sam.fine(&["mine", "--json"]).json(), again.fine(&["mine", "--json"]).json());
    for field in ["claim_id", "state", "since", "until"] {
        assert_eq!(first["commitments"][0][field], second["commitments"][0][field], "{field}");
    }
    again.fine(&["release", &key, "--note", "from my other machine"]);
    sam.fine(&["sync"]);
    let live = sam.fine(&["mine", "--json"]).json();
    let live: Vec<&str> = live["commitments"].as_array().unwrap().iter().filter_map(|c| c["state"].as_str()).collect();
    assert!(!live.contains(&"active"), "{live:?}");
}

#[test]
fn a_maintainer_who_deletes_the_comment_ends_the_claim() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let key = free_task(&sam, TRIAGED);
    sam.fine(&["claim", &key]);
    floor.delete_comment(&key, "<!-- floorwalk/1");
    sam.fine(&["sync"]);
    let mine = sam.fine(&["mine", "--json"]).json();
    assert!(mine["commitments"].as_array().unwrap().iter().all(|c| c["state"] != "active"), "{mine}");
}

#[test]
fn lost_answers_cost_time_but_never_a_second_comment() {
    for kind in [FaultKind::CommitThenStatus { code: 502 }, FaultKind::CommitThenDrop, FaultKind::DropBefore] {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        sam.fine(&["sync"]);
        let key = free_task(&sam, TRIAGED);
        floor.demo.faults().add(Fault::new("POST", "/comments", kind.clone()));
        sam.fine(&["claim", &key]);
        assert_eq!(floor.markers(&key, "claim"), 1, "{kind:?}");
    }
}

#[test]
fn an_ignored_assignee_and_a_missing_label_are_said() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let key = free_task(&sam, TRIAGED);
    floor.demo.faults().add(Fault::new("POST", "/assignees", FaultKind::IgnoreAssignee));
    let claimed = sam.fine(&["claim", &key]);
    let said = format!("{}{}", claimed.out(), claimed.err());
    assert!(said.contains("did not assign you") || said.contains("no assignee"), "{said}");
    assert_eq!(floor.markers(&key, "claim"), 1);
}

#[test]
fn without_the_server_reading_works_and_claims_wait() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let key = free_task(&sam, TRIAGED);
    floor.demo.faults().add(Fault::new("", "", FaultKind::DropBefore).times(1_000));
    sam.fine(&["list"]);
    let queued = sam.fine(&["claim", &key]);
    let said = format!("{}{}", queued.out(), queued.err());
    assert!(said.contains("outbox"), "{said}");
    floor.demo.faults().clear();
    assert_eq!(floor.markers(&key, "claim"), 0);
    sam.fine(&["outbox", "retry"]);
    assert_eq!(floor.markers(&key, "claim"), 1);
    assert_eq!(sam.fine(&["mine", "--json"]).json()["commitments"][0]["state"], "active");
}

#[test]
fn a_second_sync_asks_conditionally_and_a_change_is_found() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let first = floor.demo.requests().len();
    sam.fine(&["sync"]);
    let second: Vec<_> = floor.demo.requests().split_off(first);
    assert!(second.iter().all(|r| r.conditional && r.status == 304), "{second:?}");
    let key = free_task(&sam, TRIAGED);
    floor.comment(&key, "Is this still true?");
    sam.fine(&["sync"]);
    let shown = sam.fine(&["show", &key, "--json"]).json();
    assert_eq!(shown["task"]["updated_at"], floor.issue(&key)["updated_at"], "{shown}");
}

/// A repository where sam may triage.
const TRIAGED: &str = "quillfern/locker-gateway";

#[test]
fn two_programs_claim_at_once_and_agree_who_won() {
    let floor = Floor::open();
    let (sam, ngozi) = (floor.desk("sam"), floor.desk("ngozi"));
    sam.fine(&["sync"]);
    ngozi.fine(&["sync"]);
    let listed = sam.fine(&["list", &format!("is:free project:{TRIAGED}"), "--json", "--limit", "6"]).json();
    for (round, task) in listed["tasks"].as_array().unwrap().iter().enumerate() {
        let key = task["key"].as_str().unwrap();
        // Both have looked before either has written: the server holds the first comment back.
        let ms = 20 + 10 * u64::try_from(round).unwrap();
        floor.demo.faults().add(Fault::new("POST", "/comments", FaultKind::Delay { ms }));
        let children = [&sam, &ngozi].map(|desk| desk.command(&["claim", key]).spawn().unwrap());
        let codes = children.map(|child| child.wait_with_output().unwrap().status.code().unwrap());
        assert_eq!(codes.iter().filter(|c| **c == 0).count(), 1, "round {round}: {codes:?}");
        let winner = if codes[0] == 0 { "sam" } else { "ngozi" };
        let assigned = floor.issue(key)["assignees"].clone();
        assert_eq!(assigned.as_array().unwrap().len(), 1, "round {round}: {assigned}");
        assert_eq!(assigned[0]["login"], winner, "round {round}");
        for desk in [&sam, &ngozi] {
            desk.run(&["sync"]);
            let shown = desk.fine(&["show", key, "--json"]).json();
            assert!(shown.to_string().contains(winner), "round {round}: {shown}");
        }
        // Whoever is new to a repository holds one task there at once.
        let desk = if codes[0] == 0 { &sam } else { &ngozi };
        desk.fine(&["release", key, "--note", "the next round"]);
    }
}
