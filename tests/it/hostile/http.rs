//! Hostile servers against the whole program: odd rows, broken answers, redirects and refusals. Whatever they say,
//! what is stored stays, the words are harmless, and the next good answer heals everything.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use floorwalk::demo::{Fault, FaultKind};
use serde_json::Value;

use crate::{
    faults_world::{Front, Way},
    floor::Desk,
    hostile::{
        corpus::{corpus, is_other, met},
        world::{May, REPO, clean, plain},
    },
    ledger::{Harm, sheet},
    pty::Terminal,
};

/// The lane of one project's issues.
const PAGE: &str = "/repos/acme/widgets/issues?";

/// More often than anything is tried again.
const ALWAYS: u32 = 9;

fn status(code: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    FaultKind::Status { code, headers, body: body.to_owned() }
}

fn link(to: &str) -> FaultKind {
    FaultKind::Headers { headers: vec![("link".into(), format!("<{to}{PAGE}page=2>; rel=\"next\""))] }
}

fn tasks(desk: &Desk) -> Vec<Value> {
    // Nothing found is said by the exit code, not by another document.
    desk.run(&["list", "is:taken,open", "--json"]).json()["tasks"].as_array().unwrap().clone()
}

/// How many tasks there are after an odd page of the corpus, and what is said about the rest.
fn told(name: &str) -> (usize, &'static str) {
    match name {
        "array-vs-object.json" => (0, "nobody expects"),
        // Its one row has no dates besides.
        "invalid-utf8.json" => (0, "left out"),
        "graphql-partial.json" => (0, "nobody expects"),
        "truncated.json" => (0, "broke off or was damaged"),
        "dates-odd.json" => (2, "no usable date"),
        "duplicate-keys.json" | "lone-surrogate.json" => (0, "left out"),
        "fields-missing.json" | "int-overflow.json" | "title-null.json" | "types-wrong.json" => (1, "left out"),
        "empty-array-after-full.json" => (0, ""),
        "html-url-hostile.json" => (3, ""),
        "user-null-ghost.json" => (2, ""),
        _ => (1, ""),
    }
}

#[test]
fn odd_rows_cost_themselves_only_and_the_next_sync_heals() {
    let sheet = sheet!();
    let Some(files) = corpus("json/github") else { return };
    for (name, bytes) in files {
        let (floor, desk) = plain(2);
        let front = Front::of(&floor.demo.url());
        match String::from_utf8(bytes) {
            Ok(body) => {
                floor.demo.faults().add(Fault::new("GET", PAGE, status(200, &[], &body)).times(ALWAYS));
            }
            // Bytes that are no text cannot be served by the demo; somebody stands between.
            Err(bytes) => {
                desk.behind(&front, &floor);
                let page = bytes.into_bytes();
                front.set(Way::Instead(format!("GET {PAGE}"), Arc::new(page)));
            }
        }
        let ran = desk.run(&["sync", "-v"]);
        clean(&ran.0.stderr, May::Text, &name);
        let (count, words) = told(&name);
        let got = tasks(&desk);
        if is_other() {
            assert!([0, 5].contains(&ran.code()), "{name}: {}", ran.err());
        } else {
            let fails = words.starts_with('n') && count == 0 || words.starts_with('b');
            assert_eq!(ran.code(), if fails { 5 } else { 0 }, "{name}: {}", ran.err());
            assert!(ran.err().contains(words), "{name}: {}", ran.err());
            assert_eq!(got.len(), count, "{name}: {got:?}");
        }
        let right = |t: &Value| t["url"].as_str().unwrap().starts_with("https://github.com/acme/widgets/issues/");
        assert!(got.iter().all(right), "an address came from the answer: {got:?}");
        assert!(got.iter().all(|t| t["assignees"].as_array().unwrap().len() < 2 || t["free"] == false), "{got:?}");
        if words == "left out" {
            let doctor = desk.fine(&["doctor"]).out();
            assert!(doctor.contains("rows of the last sync could not be read"), "{name}: {doctor}");
        }
        for verb in ["list", "doctor"] {
            clean(&desk.run(&[verb]).0.stdout, May::Text, &name);
        }
        floor.demo.faults().clear();
        front.set(Way::Through);
        desk.fine(&["sync", "--full"]);
        let healed = tasks(&desk);
        assert!(healed.iter().any(|t| t["title"] == "Plain task 2"), "{name}: {healed:?}");
        sheet.unharmed("input json", 1);
        met("json/github", &name);
    }
}

/// A refusal of the issue lane: how often, what, the exit code, what is said, and how many requests it may cost.
type Refusal = (&'static str, u32, FaultKind, i32, &'static str, usize);

fn refusals() -> Vec<Refusal> {
    let text = [("content-type", "text/html")];
    let denied = r#"{"message":"Resource not accessible by personal access token"}"#;
    let slow = r#"{"message":"You have exceeded a secondary rate limit"}"#;
    let hostile = "{\"message\":\"no\\u001b]52;c;eA==\\u0007 \\u202eevil\"}";
    vec![
        ("500 once", 1, status(500, &[], "oops"), 0, "", 2),
        ("500", ALWAYS, status(500, &[], "oops"), 5, "trouble of its own", 4),
        ("503 until 2099", ALWAYS, status(503, &[("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT")], ""), 5, "pause", 1),
        ("secondary limit", ALWAYS, status(403, &[("retry-after", "60")], slow), 5, "pause", 1),
        ("429", ALWAYS, status(429, &[("retry-after", "-1, soon")], ""), 5, "pause", 1),
        ("403", ALWAYS, status(403, &[], denied), 5, "lacks a permission", 1),
        ("hostile words", ALWAYS, status(403, &[], hostile), 5, "it said: no␛]52", 1),
        ("401", ALWAYS, status(401, &[], r#"{"message":"Bad credentials"}"#), 4, "refused the token", 1),
        ("404", ALWAYS, status(404, &[], r#"{"message":"Not Found"}"#), 5, "private to others", 1),
        ("410", ALWAYS, status(410, &[], r#"{"message":"Issues are disabled"}"#), 5, "it is gone", 1),
        (
            "login page",
            ALWAYS,
            status(200, &text, "<html><title>Sign in</title></html>"),
            5,
            "a page instead of data",
            1,
        ),
        ("moved to https", ALWAYS, status(301, &[("location", "https://127.0.0.1:9/x")], ""), 5, "another host", 1),
        ("cut once", 1, FaultKind::CutBody { keep: 300 }, 0, "", 2),
        ("cut", ALWAYS, FaultKind::CutBody { keep: 300 }, 5, "connection broke", 4),
        ("cut JSON", ALWAYS, FaultKind::TruncateBody { keep: 300 }, 5, "broke off or was damaged", 1),
        ("dropped once", 1, FaultKind::DropBefore, 0, "", 2),
        ("dropped", ALWAYS, FaultKind::DropBefore, 5, "connection broke", 4),
        ("deep", ALWAYS, status(200, &[], &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))), 0, "left out", 1),
        ("empty", ALWAYS, status(200, &[], "[]"), 0, "", 1),
    ]
}

#[test]
fn a_refused_lane_loses_nothing_and_says_why() {
    let sheet = sheet!();
    for (name, times, kind, code, words, requests) in refusals() {
        let (floor, desk) = plain(3);
        desk.fine(&["sync"]);
        floor.comment(&format!("{REPO}#1"), "it moved");
        let before = floor.demo.requests().len();
        floor.demo.faults().add(Fault::new("GET", PAGE, kind).times(times));
        let start = Instant::now();
        let ran = desk.run(&["sync"]);
        assert!(start.elapsed() < Duration::from_secs(10), "{name} took {:?}", start.elapsed());
        assert_eq!(ran.code(), code, "{name}: {}{}", ran.out(), ran.err());
        assert!(ran.err().contains(words), "{name}: {}", ran.err());
        clean(&ran.0.stderr, May::Text, name);
        let asked = floor.demo.requests()[before..].iter().filter(|r| r.path.starts_with(PAGE)).count();
        assert_eq!(asked, requests, "{name}: {:?}", &floor.demo.requests()[before..]);
        assert_eq!(tasks(&desk).len(), 3, "{name}: stored tasks were lost");
        if code != 0 {
            let coverage = &desk.fine(&["list", "--json"]).json()["coverage"];
            assert_eq!(coverage["fresh"], 0, "{name}: {coverage}");
        }
        floor.demo.faults().clear();
        let ran = desk.fine(&["sync"]);
        assert!(ran.out().contains("1 of 1 fresh"), "{name}: {}", ran.out());
        let moved = tasks(&desk).into_iter().find(|t| t["number"] == 1).unwrap();
        assert_eq!(moved["comments"], 1, "{name}: what moved was missed: {moved}");
        let lost = 3 - tasks(&desk).len().min(3);
        ["input http", "I7"].iter().for_each(|line| sheet.met(line, 1, Harm { lost, ..Harm::NONE }));
    }
}

#[test]
fn no_other_host_hears_anything() {
    let sheet = sheet!();
    let (other, _) = plain(1);
    for name in ["redirect", "link", "graphql"] {
        let (floor, desk) = plain(3);
        let url = other.demo.url();
        let fault = match name {
            "redirect" => Fault::new("GET", PAGE, status(302, &[("location", &format!("{url}{PAGE}page=1"))], "")),
            "link" => Fault::new("GET", PAGE, link(&url)),
            _ => Fault::new("POST", "/graphql", status(307, &[("location", &format!("{url}/graphql"))], "")),
        };
        floor.demo.faults().add(fault.times(ALWAYS));
        let ran = desk.run(&["sync"]);
        clean(&ran.0.stderr, May::Text, name);
        assert_eq!(other.demo.requests(), vec![], "{name} reached another host");
        let leaked = other.demo.requests().len();
        ["input http", "I10", "sink other hosts"]
            .iter()
            .for_each(|line| sheet.met(line, 1, Harm { leaked, ..Harm::NONE }));
    }
}

#[test]
fn a_next_page_that_never_ends_is_left() {
    let (floor, desk) = plain(3);
    let same = link(&floor.demo.url());
    floor.demo.faults().add(Fault::new("GET", PAGE, same).times(200));
    let ran = desk.run(&["sync"]);
    assert!(floor.demo.requests().len() < 20, "{} requests: {}", floor.demo.requests().len(), ran.err());
}

#[test]
fn a_claim_survives_what_servers_do_to_writes() {
    let sheet = sheet!();
    let invalid =
        r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees","code":"invalid"}]}"#;
    let all = [
        ("502 after it took effect", "/comments", FaultKind::CommitThenStatus { code: 502 }),
        ("answer lost", "/comments", FaultKind::CommitThenDrop),
        ("never arrived", "/comments", FaultKind::DropBefore),
        ("written twice", "/comments", FaultKind::DuplicateWrite),
        ("assignee ignored", "/assignees", FaultKind::IgnoreAssignee),
        ("assignee invalid", "/assignees", status(422, &[], invalid)),
        ("assignee forbidden", "/assignees", status(403, &[], r#"{"message":"Must have push access"}"#)),
        ("label forbidden", "/labels", status(403, &[], r#"{"message":"Must have push access"}"#)),
    ];
    for (name, path, kind) in all {
        let (floor, desk) = plain(1);
        desk.fine(&["sync"]);
        floor.demo.faults().add(Fault::new("POST", path, kind));
        let key = format!("{REPO}#1");
        let ran = desk.run(&["claim", &key]);
        clean(&ran.0.stderr, May::Text, name);
        desk.run(&["outbox", "retry"]);
        let mine = desk.fine(&["mine", "--json"]).json();
        assert_eq!(mine["commitments"][0]["state"], "active", "{name}: {mine}\n{}{}", ran.out(), ran.err());
        assert_eq!(mine["commitments"].as_array().unwrap().len(), 1, "{name}: {mine}");
        assert_eq!(floor.markers(&key, "claim"), 1, "{name}");
        if path == "/assignees" {
            let said = format!("{}{}", ran.out(), ran.err());
            assert!(said.contains("assign"), "{name}: nothing is said of it: {said}");
            // What the server called invalid waited for the user, who tried again.
            let assigned = usize::from(name == "assignee invalid");
            assert_eq!(floor.issue(&key)["assignees"].as_array().unwrap().len(), assigned, "{name}");
        }
        let claims = floor.markers(&key, "claim");
        let harm = Harm { lost: 1 - claims.min(1), duplicated: claims.saturating_sub(1), leaked: 0 };
        ["input http", "I4", "I5", "I6"].iter().for_each(|line| sheet.met(line, 1, harm));
    }
}

#[test]
fn the_screen_answers_while_the_server_is_silent() {
    let sheet = sheet!();
    let (floor, desk) = plain(5);
    desk.fine(&["sync"]);
    floor.demo.faults().add(Fault::new("", "", FaultKind::Delay { ms: 600_000 }).times(50));
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("Plain task 1");
    screen.press("R");
    screen.press("j?");
    screen.shows("› Help");
    screen.press("\u{1b}");
    screen.lacks("› Help");
    let start = Instant::now();
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    assert!(start.elapsed() < Duration::from_secs(1), "leaving took {:?}", start.elapsed());
    screen.restored();
    ["input http", "I12"].iter().for_each(|line| sheet.unharmed(line, 1));
}
