//! Filters in the trackers' own languages on saved views: asked at a sync, kept with their age, told when they are refused.

use floorwalk::demo::{Dialect, Fault, FaultKind};

use crate::floor::{Desk, Floor};

const GITHUB: &str = "[[view]]\nname = \"first\"\ngithub = 'label:\"good first issue\"'\n\
                      [[view]]\nname = \"narrow\"\ngithub = 'label:\"good first issue\"'\nquery = 'signal:docs or is:free'\n";

fn keys(desk: &Desk, query: &[&str]) -> Vec<String> {
    let listed = desk.run(&[&["list", "--json", "--limit", "1000"], query].concat()).json();
    let mut keys: Vec<String> =
        listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    keys
}

#[test]
fn a_view_is_narrowed_to_what_github_itself_finds() {
    let floor = Floor::open();
    let sam = floor.desk_with("sam", GITHUB);
    let before = sam.run(&["list", "@first"]);
    assert!(
        before.err().contains("no tracker was asked for the filter of 'first' yet: `floorwalk sync` asks"),
        "{}",
        before.err()
    );
    sam.fine(&["sync"]);
    let asked = floor.demo.requests();
    let search = asked.iter().find(|r| r.path.contains("/search/issues") && r.path.contains("good")).unwrap();
    assert!(search.path.contains("org%3Aquillfern") && search.path.contains("is%3Aissue"), "{}", search.path);
    let found = keys(&sam, &["@first"]);
    assert_eq!(found, keys(&sam, &["label:\"good first issue\""]));
    assert!(!found.is_empty());
    let narrow = keys(&sam, &["@narrow"]);
    assert!(!narrow.is_empty() && narrow.iter().all(|key| found.contains(key)), "both sides of an `or` are narrowed");
    assert!(keys(&sam, &["is:free"]).len() > narrow.len());
    let told = sam.fine(&["list", "@first"]);
    assert!(told.err().contains("gh answered the filter of 'first' "), "{}", told.err());
    assert!(!sam.fine(&["list", "is:free"]).err().contains("filter"));
}

#[test]
fn the_answer_is_kept_when_github_refuses_and_the_refusal_names_the_view() {
    let floor = Floor::open();
    let sam = floor.desk_with("sam", GITHUB);
    sam.fine(&["sync"]);
    let found = keys(&sam, &["@first"]);
    let refusal = FaultKind::Status {
        code: 422,
        headers: Vec::new(),
        body: "{\"message\":\"Validation \\u001b[31mFailed: nobody knows this word\"}".into(),
    };
    floor.demo.faults().add(Fault::new("GET", "/search/issues", refusal).times(9));
    floor.at("2026-11-20T11:00:00Z");
    let synced = sam.fine(&["sync"]);
    let err = synced.err();
    assert!(err.contains("the filter of the view 'first': ") && err.contains("nobody knows this word"), "{err}");
    assert!(err.contains("correct the filter of [[view]] 'first' in the configuration"), "{err}");
    assert!(!err.contains('\u{1b}'), "{err:?}");
    assert_eq!(keys(&sam, &["@first"]), found, "the last answer stays");
    let told = sam.fine(&["list", "@first"]).err();
    assert!(told.contains("the last time: ") && told.contains("nobody knows this word"), "{told}");
}

#[test]
fn a_view_is_narrowed_to_what_jira_itself_finds_and_bad_jql_is_told_in_its_words() {
    let floor = Floor::open();
    for dialect in [Dialect::Cloud, Dialect::DataCenter] {
        let sources = match dialect {
            Dialect::Cloud => "projects = [\"OPS\"]",
            Dialect::DataCenter => "projects = [\"LEDGER\"]",
        };
        let table = floor.jira_table("sam", dialect, sources);
        let views = "[[view]]\nname = \"recent\"\njql = \"statusCategory != Done and issuetype = Bug\"\n\
                     [[view]]\nname = \"wrong\"\njql = \"nosuchfield = 1\"\n";
        let sam = floor.desk_of("sam", &format!("{table}{views}"));
        let err = sam.fine(&["sync"]).err();
        assert!(err.contains("the filter of the view 'wrong': ") && err.contains("nosuchfield"), "{dialect:?} {err}");
        let found = keys(&sam, &["@recent"]);
        assert_eq!(found, keys(&sam, &["type:Bug"]), "{dialect:?}");
        assert!(!found.is_empty(), "{dialect:?}");
        assert!(keys(&sam, &["@wrong"]).is_empty(), "{dialect:?}");
    }
}

#[test]
fn a_filter_that_no_tracker_could_take_is_a_mistake_of_the_file() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let of = |line: &str| {
        let desk = floor.desk_with("sam", &format!("[[view]]\nname = \"a\"\n{line}"));
        desk.run(&["config", "check"]).err()
    };
    assert!(of("github = \"  \"").contains("has no query"));
    assert!(of("github = \"label:x sort:updated\"").contains("'github' has an order of its own"));
    assert!(of(&format!("github = \"{}\"", "x".repeat(257))).contains("longer than 256 characters"));
    assert!(of("jql = \"a = b ORDER BY key\"").contains("'jql' has an order of its own"));
    assert!(of("sort = \"updated\"").contains("has no query"));
    assert_eq!(sam.run(&["config", "check"]).code(), 0);
}
