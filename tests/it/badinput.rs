//! What is left of the corpus of bad input: pages of a planning tracker and addresses to open; and the count of all cases,
//! so that none of them can be forgotten.

use floorwalk::demo::{Dialect, Fault, FaultKind};

use crate::{
    floor::Floor,
    hostile_world::{May, clean, corpus},
    ledger::{Harm, sheet},
};

/// Pages that hurt, where the corpus is not at hand.
fn pages() -> Vec<(String, Vec<u8>)> {
    let own = [
        (
            "own unknown nodes",
            r#"{"issues":[{"id":"1","key":"OPS-1","fields":{"summary":"adf","description":{"type":"doc","version":1,"content":[{"type":"quantumPanel"},{"type":"paragraph","content":[{"type":"text","text":"ok","marks":[{"type":"link","attrs":{"href":"javascript:1"}}]}]}]}}}],"isLast":true}"#,
        ),
        (
            "own key",
            r#"{"issues":[{"id":"2","key":"../../rest/api/2/myself","self":"https://evil.example/","fields":{"summary":"x"}}],"isLast":true}"#,
        ),
        ("own nulls", r#"{"issues":[{"id":"3","key":"OPS-3","fields":null},null,7],"isLast":true}"#),
        ("own loop", r#"{"issues":[],"nextPageToken":"SAME","isLast":false}"#),
        (
            "own escapes",
            r#"{"issues":[{"id":"4","key":"OPS-4","fields":{"summary":"a\u001b[2Jb\u202ec"}}],"isLast":true}"#,
        ),
    ];
    let mut all: Vec<_> = own.map(|(name, page)| (name.to_owned(), page.as_bytes().to_vec())).into();
    all.extend(corpus("json/jira").unwrap_or_default());
    all
}

#[test]
fn odd_pages_of_a_planning_tracker_cost_nothing() {
    let sheet = sheet!();
    let floor = Floor::open();
    let sam = floor.jira_desk("sam", Dialect::Cloud, "projects = [\"OPS\"]");
    let keys = || {
        let listed = sam.run(&["list", "is:taken,open", "--json", "--limit", "1000"]).json();
        let keys = listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned());
        keys.collect::<std::collections::BTreeSet<String>>()
    };
    sam.fine(&["sync"]);
    let before = keys();
    for (name, page) in pages() {
        let body = String::from_utf8(page).unwrap();
        let kind = FaultKind::Status { code: 200, headers: Vec::new(), body };
        floor.demo.faults().add(Fault::new("", "/search", kind).times(60));
        let asked = floor.demo.requests().len();
        let ran = sam.run(&["sync", "--full"]);
        assert!([0, 5].contains(&ran.code()), "{name}: {} {}", ran.code(), ran.err());
        clean(&ran.0.stdout, May::Text, &name);
        clean(&ran.0.stderr, May::Text, &name);
        clean(&sam.run(&["list"]).0.stdout, May::Text, &name);
        let asked = floor.demo.requests().split_off(asked);
        let searches = asked.iter().filter(|r| r.path.contains("/search")).count();
        assert!(searches < 30, "{name} asks without end: {searches}");
        assert!(asked.iter().all(|r| !r.path.contains("..") && !r.path.contains("myself/..")), "{name}: {asked:?}");
        floor.demo.faults().clear();
        sam.fine(&["sync", "--full"]);
        let lost = before.difference(&keys()).count();
        sheet.met("input json", 1, Harm { lost, ..Harm::NONE });
    }
}

#[test]
fn only_plain_web_addresses_are_opened() {
    let sheet = sheet!();
    let own = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "-e calc",
        "https://github.com@evil.example/x",
        "vscode://x",
        "https://github.com/a;$(id)",
        "https://x/`id`",
        "https://x/\u{202e}",
        "",
        "http:/x",
        "//evil.example",
        "https://x/\n-e",
    ];
    let mut all: Vec<String> = own.map(str::to_owned).into();
    let files = corpus("url").unwrap_or_default();
    all.extend(files.into_iter().map(|(_, bytes)| String::from_utf8(bytes).unwrap()));
    for url in &all {
        let refused = floorwalk::app::host::open(url).unwrap_err();
        assert!(refused.sentence.starts_with("not opened: "), "{url:?}: {refused:?}");
        clean(refused.sentence.as_bytes(), May::Text, url);
    }
    sheet.unharmed("input url", all.len());
}

/// Cases of the corpus that the program has nothing to meet with, and why.
const NOTHING_TO_MEET: [(&str, &str); 2] = [
    ("sql/peer-future-row.sql", "there is no store that several people share"),
    ("sql/peer-escape-row.sql", "there is no store that several people share"),
];

/// Folders of the corpus, and who feeds them.
const FED: [(&str, &str); 12] = [
    ("text/", "hostile"),
    ("json/github/", "hostile_http"),
    ("json/jira/", "badinput"),
    ("http/", "hostile_http"),
    ("config/", "config"),
    ("keymap/", "keymap"),
    ("db/", "hostile"),
    ("big/", "store_place"),
    ("url/", "badinput"),
    ("repo/", "hostile"),
    ("input/", "hostile_input"),
    ("sql/", "badinput"),
];

#[test]
fn no_case_of_the_corpus_is_forgotten() {
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/badinput/INDEX.tsv");
    let Ok(index) = std::fs::read_to_string(index) else {
        println!("skipped: no {index}");
        return;
    };
    let cases: Vec<&str> = index.lines().skip(1).filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(cases.len(), 150);
    let unfed: Vec<&&str> =
        cases.iter().filter(|case| !FED.iter().any(|(folder, _)| case.starts_with(folder))).collect();
    assert!(unfed.is_empty(), "{unfed:?}");
    let absent: Vec<_> = NOTHING_TO_MEET.iter().filter(|(case, _)| !cases.contains(case)).collect();
    assert!(absent.is_empty(), "{absent:?}");
}
