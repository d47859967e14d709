//! What is left of the corpus of bad input: pages of a planning tracker and addresses to open.

use floorwalk::demo::{Dialect, Fault, FaultKind};

use crate::{
    floor::Floor,
    hostile::{
        corpus::{corpus, is_other, met},
        world::{May, clean},
    },
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
        met("json/jira", &name);
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
    all.extend(files.iter().map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()));
    for url in &all {
        let refused = floorwalk::app::host::open(url).unwrap_err();
        if is_other() && url.starts_with("https://") && !refused.sentence.starts_with("not opened: ") {
            println!("a plain web address: {url}");
            continue;
        }
        assert!(refused.sentence.starts_with("not opened: "), "{url:?}: {refused:?}");
        clean(refused.sentence.as_bytes(), May::Text, url);
    }
    sheet.unharmed("input url", all.len());
    files.iter().for_each(|(name, _)| met("url", name));
}
