//! What a sync of a large organisation asks for: the plan of requests, so that it cannot grow unseen.

use std::collections::BTreeMap;

use floorwalk::demo::{RequestLog, Size};

use crate::floor::{Desk, Floor, TODAY};

const ORG: &str = "manifold";
const REPOSITORIES: u32 = 200;

fn floor_and_desk() -> (Floor, Desk, u32) {
    let floor = Floor::open();
    let open = floor.demo.enlarge(Size { org: ORG, repositories: REPOSITORIES, open: None }, TODAY.parse().unwrap());
    let sam = floor.desk_reading("sam", &format!("orgs = [\"{ORG}\"]"));
    (floor, sam, open)
}

/// What a sync asked for.
fn asked(floor: &Floor, desk: &Desk) -> Vec<RequestLog> {
    let before = floor.demo.requests().len();
    desk.fine(&["sync"]);
    floor.demo.requests().split_off(before)
}

fn queries<'a>(asked: &'a [RequestLog], name: &str) -> Vec<&'a RequestLog> {
    asked.iter().filter(|r| r.path == "/graphql" && r.body.contains(&format!("query {name}("))).collect()
}

fn paths<'a>(asked: &'a [RequestLog], part: &str) -> Vec<&'a str> {
    asked.iter().map(|r| r.path.as_str()).filter(|p| p.contains(part) && !p.starts_with("/search/")).collect()
}

/// Numbers of the repositories that have open issues and are not archived.
fn busy() -> Vec<u32> {
    (0..REPOSITORIES).filter(|n| n % 25 != 24 && (n % 5 < 2 || matches!(n % 50, 0 | 19 | 38))).collect()
}

#[test]
fn a_first_sync_asks_for_lists_heads_and_the_pages_of_open_issues_and_nothing_twice() {
    let (floor, sam, open) = floor_and_desk();
    let asked = asked(&floor, &sam);
    assert_eq!(paths(&asked, "/orgs/").len(), 2, "a listing of a hundred repositories a page");
    let heads = queries(&asked, "Heads");
    assert_eq!((heads.len(), heads.iter().map(|r| r.points).sum::<u32>()), (8, 8), "25 repositories for a point");
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in paths(&asked, "/issues?") {
        pages.entry(path.split('/').nth(3).unwrap()).or_default().push(path);
    }
    let expected: Vec<String> = busy().iter().map(|n| format!("service-{n:05}")).collect();
    assert_eq!(pages.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "only where something is open");
    for (repository, pages) in &pages {
        let moved = pages.iter().filter(|p| p.contains("state=all")).count();
        let open = pages.len() - moved;
        // A project of several pages is looked at once more for what was closed while they were read.
        assert_eq!(moved, usize::from(open > 1), "{repository}: {pages:?}");
    }
    let page_requests: usize = pages.values().map(Vec::len).sum();
    let facts = queries(&asked, "Facts").len();
    // What projects are like is asked of 120 of them a sync, five to a query, and of each for its pipelines and their runs.
    let pipelines = paths(&asked, "/actions/").len();
    assert!(facts <= 24 && pipelines <= 240, "{facts}, {pipelines}");
    let other = asked.len() - page_requests - facts - pipelines - 8 - 2;
    assert!(other <= 2, "who one is, and one search beside: {other}");
    // The plan: 1.15 pages of each busy project; 12 of its 80 here have a second page and a look behind it.
    assert!(page_requests <= busy().len() * 135 / 100, "{page_requests} for {} projects", busy().len());
    let archived = (0..REPOSITORIES).filter(|n| n % 25 == 24).count();
    let listed = sam.fine(&["list", "--json", "--limit", "1000000"]).json()["tasks"].as_array().unwrap().len();
    let left_out = open as usize - listed;
    assert!(
        left_out > 0 && left_out <= archived * 151,
        "open issues of archived projects alone are left out: {left_out}"
    );
}

#[test]
fn later_syncs_ask_for_listings_and_one_feed_however_many_projects_moved() {
    let (floor, sam, _) = floor_and_desk();
    asked(&floor, &sam);
    asked(&floor, &sam);
    let quiet = asked(&floor, &sam);
    let points: u32 = quiet.iter().map(|r| r.points).sum();
    assert_eq!((quiet.len(), points), (3, 3), "two listings unchanged, one feed of three points: {quiet:?}");
    assert!(quiet.iter().filter(|r| r.path.contains("/orgs/")).all(|r| r.status == 304), "{quiet:?}");

    let hand = floor.demo.by("colleague-1");
    for n in busy().iter().take(60) {
        hand.comment(&format!("{ORG}/service-{n:05}#1"), "Seen again today.").unwrap();
    }
    hand.close(&format!("{ORG}/service-00000#2"), "completed").unwrap();
    let moved = asked(&floor, &sam);
    assert_eq!((moved.len(), queries(&moved, "Feed").len()), (3, 1), "{moved:?}");
    let shown = sam.fine(&["show", &format!("{ORG}/service-00001#1"), "--json"]).json();
    assert!(shown.to_string().contains("2026-11-20"), "{shown}");
}

#[test]
fn a_claim_is_seen_in_the_feed_and_only_its_task_is_read() {
    let (floor, sam, _) = floor_and_desk();
    let maya = floor.desk_reading("maya", &format!("repos = [\"{ORG}/service-00001\"]"));
    asked(&floor, &sam);
    asked(&floor, &sam);
    asked(&floor, &maya);
    maya.fine(&["claim", &format!("{ORG}/service-00001#3"), "--plan", "look at it"]);
    floor.demo.by("colleague-2").comment(&format!("{ORG}/service-00005#1"), "No claim.").unwrap();
    let seen = asked(&floor, &sam);
    assert!(paths(&seen, "/issues/comments?").is_empty(), "no project is asked for all its comments: {seen:?}");
    assert!(!paths(&seen, "/service-00001/issues/3").is_empty(), "{seen:?}");
    assert!(paths(&seen, "/service-00005/").is_empty(), "{seen:?}");
    let held = sam.fine(&["list", "helper:maya", "--json"]).json();
    assert_eq!(held["tasks"].as_array().unwrap().len(), 1, "{held}");
}
