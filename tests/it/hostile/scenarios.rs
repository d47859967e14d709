//! The corpus's scenarios of servers, read from their files and played against the real program: method and path, status,
//! headers and body of each step, and what the connection does, as the file says. What is expected of each stands here.

use std::{
    process::Child,
    sync::Arc,
    time::{Duration, Instant},
};

use floorwalk::demo::{Fault, FaultKind};
use serde_json::Value;

use crate::{
    faults_world::{Front, Way},
    floor::{Desk, Floor},
    hostile::{
        corpus::{corpus, met},
        world::{May, REPO, clean, plain},
    },
    ledger::{Harm, sheet},
    pty::Terminal,
};

/// The lane that the scenarios of reading are about.
const LANE: &str = "/repos/acme/widgets/issues";

/// More often than anything is tried again.
const ALWAYS: u32 = 9;

/// What is expected of a scenario.
enum Then {
    /// A sync ends with this code, says these words, and asks this often on the lane; nothing stored is lost.
    Sync { code: i32, words: &'static str, asks: usize },
    /// A claim is there once, and the user is told these words.
    Claim { words: &'static str },
    /// Tasks move between pages while they are read, and none is hidden.
    Shift,
    /// The answer drips: the screen goes on, and leaves at once.
    Drip,
}

fn expected(name: &str) -> Then {
    let sync = |code, words, asks| Then::Sync { code, words, asks };
    match name {
        "500-then-ok.json" => sync(0, "", 2),
        "503-retry-after-date.json" | "403-secondary-limit.json" | "429-retry-after-garbage.json" => {
            sync(5, "pause", 1)
        }
        "403-forbidden.json" => sync(5, "lacks a permission", 1),
        "401-mid-sync.json" => sync(4, "refused the token", 3),
        "404-became-private.json" => sync(5, "private to others", 1),
        "410-issues-disabled.json" => sync(5, "it is gone", 1),
        "200-html-sso.json" => sync(5, "a page instead of data", 1),
        "301-moved.json" => sync(0, "", 1),
        "redirect-cross-host.json" => sync(5, "another host", 1),
        "link-next-http-downgrade.json" => sync(5, "to plain http, which is not followed", 1),
        "link-next-self-loop.json" => sync(5, "its next page leads back to itself", 1),
        "reset-mid-body.json" => sync(0, "", 2),
        "502-html-on-post.json" | "post-response-lost.json" => Then::Claim { words: "" },
        "422-validation.json" | "201-assignee-ignored.json" => Then::Claim { words: "assign" },
        "page-shift-during-sync.json" => Then::Shift,
        "slow-loris.json" => Then::Drip,
        _ => panic!("{name} is new: say here what is expected of it"),
    }
}

/// Host names of the scenario as they are in this test. Plain http to the same host is another origin than https, as
/// another port is here.
fn placed(text: &str, floor: &Floor, other: &Floor) -> String {
    let text = text.replace("http://SAMEHOST", &other.demo.url()).replace("https://OTHERHOST", &other.demo.url());
    text.replace("https://SAMEHOST", &floor.demo.url())
}

/// The troubles of a scenario, step by step.
fn troubles(scenario: &Value, floor: &Floor, other: &Floor) -> Vec<Fault> {
    let steps = scenario["steps"].as_array().unwrap();
    let mut faults = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        let (method, path) = step["on"].as_str().unwrap().split_once(' ').unwrap();
        // The pages of a lane are asked for with more than the page.
        let path = match path.split_once("?page=") {
            Some((_, page)) => format!("&per_page=100&page={page}"),
            None if method == "GET" => format!("{path}?"),
            None => path.to_owned(),
        };
        let headers: Vec<(String, String)> = step["headers"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), placed(value.as_str().unwrap(), floor, other)))
            .collect();
        let code = step["status"].as_u64().map_or(200, |code| u16::try_from(code).unwrap());
        let body = step["body"].as_str().unwrap_or_default();
        let kind = match (step["behaviour"].as_str(), step["body_file"].as_str(), step["body_note"].as_str()) {
            (Some("commit_then_close"), ..) => FaultKind::CommitThenDrop,
            (Some(cut), ..) if cut.starts_with("rst_after_bytes:") => {
                FaultKind::CutBody { keep: cut.rsplit(':').next().unwrap().parse().unwrap() }
            }
            (None, Some("json/ok"), _) if headers.is_empty() => continue,
            (None, Some("json/ok"), _) => FaultKind::Headers { headers },
            (None, None, Some("issue JSON with assignees: []")) => FaultKind::IgnoreAssignee,
            (None, None, None) if step["server_commits"] == true => FaultKind::CommitThenStatus { code },
            (None, None, None) => FaultKind::Status { code, headers, body: placed(body, floor, other) },
            odd => panic!("a step that cannot be played: {odd:?}"),
        };
        // A refusal stays as it is, unless the scenario goes on with another answer or breaks off once.
        let goes_on = steps.iter().skip(n + 1).any(|later| later["on"] == step["on"]);
        let once = goes_on || method == "POST" || matches!(kind, FaultKind::CutBody { .. });
        faults.push(Fault::new(method, &path, kind).times(if once { 1 } else { ALWAYS }));
    }
    faults
}

fn tasks(desk: &Desk) -> Vec<Value> {
    desk.run(&["list", "is:taken,open", "--json", "--limit", "1000"]).json()["tasks"].as_array().unwrap().clone()
}

/// Plays a scenario against a sync; what was lost, and what others heard.
fn synced(name: &str, scenario: &Value, (code, words, asks): (i32, &str, usize)) -> Harm {
    // A second page is there only where there are more tasks than go on one.
    let count = if scenario.to_string().contains("page=2\"") { 130 } else { 3 };
    let ((floor, desk), (other, _)) = (plain(count), plain(1));
    let first = name.starts_with("401");
    if !first {
        desk.fine(&["sync"]);
        floor.comment(&format!("{REPO}#1"), "it moved");
    }
    let before = floor.demo.requests().len();
    if scenario.to_string().contains("/repositories/42/issues") {
        let body = serde_json::json!([floor.issue(&format!("{REPO}#1"))]).to_string();
        let there = FaultKind::Status { code: 200, headers: Vec::new(), body };
        floor.demo.faults().add(Fault::new("GET", "/repositories/42/issues", there).times(ALWAYS));
    }
    troubles(scenario, &floor, &other).into_iter().for_each(|fault| floor.demo.faults().add(fault));
    let ran = desk.run(&["sync"]);
    assert_eq!(ran.code(), code, "{name}: {}{}", ran.out(), ran.err());
    assert!(ran.err().contains(words), "{name}: {}", ran.err());
    clean(&ran.0.stderr, May::Text, name);
    let asked = floor.demo.requests()[before..].iter().filter(|r| r.path.starts_with(&format!("{LANE}?"))).count();
    assert_eq!(asked, asks, "{name}: {:?}", &floor.demo.requests()[before..]);
    assert_eq!(other.demo.requests(), vec![], "{name} reached another host");
    let kept = if first { 100 } else { 3 };
    assert!(tasks(&desk).len() >= kept, "{name}: {} tasks are left", tasks(&desk).len());
    floor.demo.faults().clear();
    desk.fine(&["sync"]);
    let all = tasks(&desk);
    if !first {
        let moved = all.iter().find(|t| t["number"] == 1).unwrap();
        assert_eq!(moved["comments"], 1, "{name}: what moved was missed: {moved}");
    }
    let lost = usize::try_from(count).unwrap() - all.len().min(usize::try_from(count).unwrap());
    Harm { lost, duplicated: 0, leaked: other.demo.requests().len() }
}

/// Plays a scenario against a claim.
fn claimed(name: &str, scenario: &Value, words: &str) -> Harm {
    let ((floor, desk), (other, _)) = (plain(1), plain(1));
    desk.fine(&["sync"]);
    troubles(scenario, &floor, &other).into_iter().for_each(|fault| floor.demo.faults().add(fault));
    let key = format!("{REPO}#1");
    let ran = desk.run(&["claim", &key]);
    clean(&ran.0.stderr, May::Text, name);
    assert!(floor.demo.faults().pending().is_empty(), "{name} was not met");
    let posts = || {
        let is_post = |r: &&floorwalk::demo::RequestLog| r.method == "POST" && r.path.ends_with("/comments");
        floor.demo.requests().iter().filter(is_post).count()
    };
    assert_eq!(posts(), 1, "{name}: a comment is sent once, whatever is answered");
    let said = format!("{}{}", ran.out(), ran.err());
    assert!(said.contains(words), "{name}: nothing is said of it: {said}");
    desk.run(&["outbox", "retry"]);
    let mine = desk.fine(&["mine", "--json"]).json();
    assert_eq!(mine["commitments"][0]["state"], "active", "{name}: {mine}\n{said}");
    let claims = floor.markers(&key, "claim");
    Harm { lost: 1 - claims.min(1), duplicated: claims.saturating_sub(1) + posts().saturating_sub(1), leaked: 0 }
}

/// Task 100 moves behind all others while the second page is on its way: 101 moves onto the page that was read.
fn shifted() -> Harm {
    let (floor, desk) = plain(200);
    floor.demo.faults().add(Fault::new("GET", "direction=asc&per_page=100&page=2", FaultKind::Delay { ms: 300 }));
    let child: Child = desk.command(&["sync"]).spawn().unwrap();
    floor.wait_until("page 2 is held", || floor.demo.faults().pending().is_empty());
    floor.comment(&format!("{REPO}#100"), "it moves");
    assert!(child.wait_with_output().unwrap().status.success());
    desk.fine(&["sync"]);
    Harm { lost: 200 - tasks(&desk).len().min(200), ..Harm::NONE }
}

/// A byte a second: nothing of it ends within the patience of a person.
fn dripped() -> Harm {
    let (floor, desk) = plain(3);
    desk.fine(&["sync"]);
    let front = Front::of(&floor.demo.url());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n[";
    front.set(Way::Never(Arc::new(head.into()), Arc::new(b" ".to_vec()), Duration::from_secs(1)));
    desk.behind(&front, &floor);
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("Plain task 1");
    screen.press("R");
    floor.wait_until("it drips", || front.met() > 0);
    screen.press("?");
    screen.shows("› Help");
    screen.press("\u{1b}");
    screen.lacks("› Help");
    let start = Instant::now();
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let late = start.elapsed() > Duration::from_secs(1);
    screen.restored();
    Harm { lost: usize::from(late), ..Harm::NONE }
}

#[test]
fn every_scenario_of_a_server_is_played_and_costs_nothing() {
    let sheet = sheet!();
    let mut failed = Vec::new();
    for (name, bytes) in corpus("http").unwrap_or_default() {
        let scenario: Value = serde_json::from_slice(&bytes).unwrap();
        let play = || match expected(&name) {
            Then::Sync { code, words, asks } => synced(&name, &scenario, (code, words, asks)),
            Then::Claim { words } => claimed(&name, &scenario, words),
            Then::Shift => shifted(),
            Then::Drip => dripped(),
        };
        // The others are played all the same.
        match std::panic::catch_unwind(play) {
            Ok(harm) => {
                sheet.met("input http", 1, harm);
                met("http", &name);
            }
            Err(_) => failed.push(name),
        }
    }
    assert!(failed.is_empty(), "{failed:?}: see above");
}
