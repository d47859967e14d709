//! Commitments on both kinds of Jira with the real program: what stands on the issue, who is first, what is taken back,
//! and who never gets to read it.

use floorwalk::demo::{Dialect, Fault, FaultKind, JiraIssue};
use serde_json::Value;

use crate::floor::{Desk, Floor};

const SITES: [(Dialect, &str); 2] = [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")];

fn desk(floor: &Floor, login: &str, (dialect, project): (Dialect, &str)) -> Desk {
    let desk = floor.jira_desk(login, dialect, &format!("projects = [\"{project}\"]"));
    desk.fine(&["sync"]);
    desk
}

/// A task that nobody is assigned to.
fn free(desk: &Desk) -> String {
    free_ones(desk, 1).remove(0)
}

fn free_ones(desk: &Desk, count: usize) -> Vec<String> {
    let listed = desk.fine(&["list", "is:free", "--json", "--limit", "1000"]).json();
    let keys = listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned());
    let keys: Vec<String> = keys.take(count).collect();
    assert_eq!(keys.len(), count);
    keys
}

fn marked(issue: &JiraIssue, kind: &str) -> usize {
    issue.comments.iter().filter(|c| c.properties.get("floorwalk").is_some_and(|p| p["k"] == kind)).count()
}

#[test]
fn a_claim_stands_on_the_issue_for_everybody_and_a_hand_back_leaves_the_note_alone() {
    for site in SITES {
        let floor = Floor::open();
        let sam = desk(&floor, "sam", site);
        let key = free(&sam);
        let before = floor.demo.jira_issue(&key).unwrap();
        sam.fine(&["claim", &key, "--size", "S", "--plan", "reproduce it, then mend the script", "--yes"]);
        let issue = floor.demo.jira_issue(&key).unwrap();
        assert_eq!(issue.assignee.as_deref(), Some("sam"), "{site:?}");
        assert!(issue.labels.contains(&"floating-help".to_owned()), "{site:?}: {:?}", issue.labels);
        let said = issue.comments.last().unwrap();
        assert_eq!((said.author.as_str(), marked(&issue, "claim")), ("sam", 1), "{site:?}");
        assert!(said.text.contains("is lending a hand here until"), "{site:?}: {}", said.text);
        assert!(said.text.contains("reproduce it, then mend the script"), "{site:?}: {}", said.text);
        assert!(said.text.contains("floorwalk:1 kind=claim"), "{site:?}: {}", said.text);
        let note = issue.properties.get("floorwalk.claim").expect("the note beside the claim");
        assert_eq!(note["comment"], said.id, "{site:?}");
        let mine = sam.fine(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["task"]["key"], key.as_str(), "{site:?}: {mine}");
        assert_eq!(mine["commitments"][0]["state"], "active", "{site:?}: {mine}");

        sam.fine(&["release", &key, "--note", "the script is half mended; the rest needs root"]);
        let issue = floor.demo.jira_issue(&key).unwrap();
        assert_eq!(issue.assignee, before.assignee, "{site:?}");
        assert_eq!(issue.labels, before.labels, "{site:?}");
        assert_eq!(issue.properties.get("floorwalk.claim"), None, "{site:?}");
        assert_eq!((marked(&issue, "claim"), marked(&issue, "release")), (1, 1), "{site:?}");
        assert!(issue.comments.last().unwrap().text.contains("the rest needs root"), "{site:?}");
        assert_eq!(issue.status, before.status, "{site:?}: nothing was moved without being asked");
        assert!(sam.fine(&["mine", "--json"]).json()["commitments"].as_array().unwrap().is_empty(), "{site:?}");
    }
}

#[test]
fn somebody_else_sees_the_claim_and_a_fresh_machine_finds_it_again() {
    for site in SITES {
        let floor = Floor::open();
        let sam = desk(&floor, "sam", site);
        let key = free(&sam);
        sam.fine(&["claim", &key, "--yes"]);
        let ngozi = desk(&floor, "ngozi", site);
        let refused = ngozi.run(&["claim", &key, "--yes"]);
        assert_eq!(refused.code(), 1, "{site:?}: {} {}", refused.out(), refused.err());
        assert!(refused.err().to_lowercase().contains("sam"), "{site:?}: {}", refused.err());
        let fresh = desk(&floor, "sam", site);
        let mine = fresh.fine(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["task"]["key"], key.as_str(), "{site:?}: {mine}");
        fresh.fine(&["renew", &key, "--until", "2026-12-02", "--why", "the vendor answers on Monday"]);
        let issue = floor.demo.jira_issue(&key).unwrap();
        assert_eq!(marked(&issue, "claim"), 1, "{site:?}: renewing writes no comment of its own");
        let kept = &issue.comments.iter().find(|c| c.properties.contains_key("floorwalk")).unwrap();
        assert_eq!(kept.properties["floorwalk"]["ev"][0]["e"], "extend", "{site:?}");
        assert!(kept.text.contains("extend"), "{site:?}: the line tells it as well: {}", kept.text);
    }
}

#[test]
fn without_its_property_the_line_in_the_comment_is_enough() {
    for site in SITES {
        let floor = Floor::open();
        let sam = desk(&floor, "sam", site);
        let key = free(&sam);
        sam.fine(&["claim", &key, "--yes"]);
        let said = floor.demo.jira_issue(&key).unwrap().comments.pop().unwrap();
        floor.demo.jira_by("sam").delete_comment(said.id).unwrap();
        floor.demo.jira_by("sam").comment_with(&key, said.body, &[]).unwrap();
        let fresh = desk(&floor, "sam", site);
        let mine = fresh.fine(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["task"]["key"], key.as_str(), "{site:?}: {mine}");
    }
}

#[test]
fn two_programs_claim_at_once_on_jira_and_agree_who_won() {
    for site in SITES {
        let floor = Floor::open();
        let (sam, ngozi) = (desk(&floor, "sam", site), desk(&floor, "ngozi", site));
        for key in free_ones(&sam, 3) {
            let children =
                [&sam, &ngozi].map(|desk| desk.command(&["claim", &key, "--size", "XS", "--yes"]).spawn().unwrap());
            let codes = children.map(|child| child.wait_with_output().unwrap().status.code().unwrap());
            let issue = floor.demo.jira_issue(&key).unwrap();
            assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{site:?} {key}: {codes:?}");
            let winner = if codes[0] == 0 { "sam" } else { "ngozi" };
            assert_eq!(issue.assignee.as_deref(), Some(winner), "{site:?} {key}");
            let first = issue.comments.iter().find(|c| c.properties.contains_key("floorwalk")).unwrap();
            assert_eq!(first.author, winner, "{site:?} {key}: the first comment wins");
            let by = if winner == "sam" { &sam } else { &ngozi };
            by.fine(&["release", &key, "--note", "done looking"]);
        }
    }
}

#[test]
fn a_lost_answer_posts_no_second_comment() {
    for site in SITES {
        for kind in [FaultKind::CommitThenDrop, FaultKind::CommitThenStatus { code: 503 }] {
            let floor = Floor::open();
            let sam = desk(&floor, "sam", site);
            let key = free(&sam);
            floor.demo.faults().add(Fault::new("POST", "/comment", kind.clone()));
            sam.fine(&["claim", &key, "--yes"]);
            assert_eq!(marked(&floor.demo.jira_issue(&key).unwrap(), "claim"), 1, "{site:?} {kind:?}");
        }
    }
}

#[test]
fn who_may_only_comment_claims_by_comment_and_hears_what_was_refused() {
    for site in SITES {
        let floor = Floor::open();
        let rights = ["BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS"];
        floor.demo.set_jira_permissions(site.1, "sam", &rights).unwrap();
        let sam = desk(&floor, "sam", site);
        let key = free(&sam);
        let ran = sam.fine(&["claim", &key, "--yes"]);
        let issue = floor.demo.jira_issue(&key).unwrap();
        assert_eq!((marked(&issue, "claim"), issue.assignee), (1, None), "{site:?}");
        assert!(!issue.labels.contains(&"floating-help".to_owned()), "{site:?}");
        assert!(ran.out().contains("assign") || ran.err().contains("assign"), "{site:?}: {} {}", ran.out(), ran.err());
    }
}

#[test]
fn customers_of_a_service_desk_read_nothing_of_it() {
    let floor = Floor::open();
    let sam = desk(&floor, "sam", (Dialect::Cloud, "HELP"));
    let key = free(&sam);
    sam.fine(&["claim", &key, "--yes"]);
    sam.fine(&["release", &key, "--note", "the printer works again"]);
    let issue = floor.demo.jira_issue(&key).unwrap();
    let ours: Vec<_> = issue.comments.iter().filter(|c| c.author == "sam").collect();
    assert!(ours.len() >= 2, "{ours:?}");
    for comment in ours {
        assert_eq!(comment.properties["sd.public.comment"]["internal"], Value::Bool(true), "{}", comment.text);
    }
}

#[test]
fn a_claim_moves_the_task_only_where_that_was_asked_for_and_back_only_if_nobody_else_did() {
    for (dialect, project) in SITES {
        let floor = Floor::open();
        let sources = format!("projects = [\"{project}\"]\ntransition = true");
        let sam = floor.jira_desk("sam", dialect, &sources);
        sam.fine(&["sync"]);
        let listed = sam.run(&["list", "is:free", "--json", "--limit", "1000"]).json();
        let keys: Vec<String> =
            listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
        let still: Vec<String> =
            keys.into_iter().filter(|k| floor.demo.jira_issue(k).unwrap().status == "To Do").take(2).collect();
        let [first, second] = still.as_slice() else { panic!("two tasks to do: {still:?}") };
        sam.fine(&["claim", first, "--size", "XS", "--yes"]);
        assert_eq!(floor.demo.jira_issue(first).unwrap().status, "In Progress", "{dialect:?}");
        sam.fine(&["release", first, "--note", "not mine after all"]);
        assert_eq!(floor.demo.jira_issue(first).unwrap().status, "To Do", "{dialect:?}");
        sam.fine(&["claim", second, "--size", "XS", "--yes"]);
        floor.demo.jira_by("ylva").set_status(second, "In Review", None).unwrap();
        sam.fine(&["release", second, "--note", "handed over"]);
        assert_eq!(floor.demo.jira_issue(second).unwrap().status, "In Review", "{dialect:?}");
    }
}

#[test]
fn a_whole_run_at_the_finest_log_level_tells_no_secret() {
    for (site, token) in SITES.into_iter().zip(["demo-sam", "demo-sam"]) {
        let floor = Floor::open();
        let sam = desk(&floor, "sam", site);
        let key = free(&sam);
        let mut told = String::new();
        for arguments in [
            vec!["sync", "--full"],
            vec!["claim", &key, "--yes"],
            vec!["release", &key, "--note", "x y z"],
            vec!["doctor"],
        ] {
            let mut command = sam.command(&arguments);
            command.env("FLOORWALK_LOG", "trace").env("RUST_LOG", "trace").arg("-vvv");
            let output = command.output().unwrap();
            told += &String::from_utf8_lossy(&output.stdout);
            told += &String::from_utf8_lossy(&output.stderr);
        }
        for entry in walk(sam.folder()) {
            if entry.extension().is_none_or(|e| e != "toml") {
                told += &String::from_utf8_lossy(&std::fs::read(entry).unwrap());
            }
        }
        let basic = base64_of(&format!("sam@quillfern.example:{token}"));
        assert!(!told.contains(token), "{site:?}: the token is told");
        assert!(!told.contains(&basic), "{site:?}: the encoded token is told");
        assert!(told.len() > 1_000, "{site:?}: the log was on: {told}");
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

fn base64_of(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}
