//! The same work on two trackers is one row, and what only speaks of another task is not.

use std::collections::HashMap;

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        task::Task,
    },
    index::{BuildContext, Homes, Query, Snapshot, filter, rank::Sort},
    store::{Everything, links_name},
};

use crate::index::{now, task};

fn tracker(name: &str) -> TrackerName {
    TrackerName::parse(name).unwrap()
}

fn key(tracker_name: &str, project: &str, number: u64) -> TaskKey {
    TaskKey::new(ProjectRef::parse(&tracker(tracker_name), project).unwrap(), number)
}

fn homes() -> Homes {
    let homes = [
        ("gh", "https://github.com"),
        ("jira", "https://acme.atlassian.net"),
        ("dc", "https://jira.acme.example/jira"),
    ];
    homes.into_iter().map(|(name, home)| (tracker(name), home.to_owned())).collect()
}

fn titled(key: TaskKey, title: &str) -> Task {
    Task { key, ..task("acme/app", 1, title) }
}

fn snapshot(tasks: Vec<Task>, links: &[(TaskKey, &str)]) -> Snapshot {
    let values = links.iter().map(|(key, links)| (links_name(key), format!("2026-11-01T00:00:00Z\n{links}"))).collect();
    let everything = Everything { tasks, values, ..Everything::default() };
    let context = BuildContext {
        now: now(),
        me: HashMap::new(),
        roster: std::sync::Arc::default(),
        scope: None,
        homes: homes(),
        taste: Default::default(),
    };
    Snapshot::build(everything, &context)
}

/// Keys that a query finds, sorted.
fn listed(snapshot: &Snapshot, query: &str) -> Vec<String> {
    let hits = filter::search(snapshot, &Query::parse(query).unwrap(), Sort::Best);
    let mut keys: Vec<String> =
        hits.rows.iter().map(|at| snapshot.rows.get(*at as usize).unwrap().task.key.to_string()).collect();
    keys.sort();
    keys
}

#[test]
fn a_link_from_jira_to_github_makes_one_row_with_both_homes() {
    let (github, jira) = (key("gh", "acme/app", 12), key("jira", "OPS", 7));
    let tasks = vec![titled(github.clone(), "Retry shim"), titled(jira.clone(), "Drop the retry shim")];
    for address in [
        "https://github.com/acme/app/issues/12",
        "https://github.com/acme/app/issues/12/",
        "https://github.com/acme/app/issues/12#issuecomment-4",
        "https://elsewhere.example/x\nhttps://github.com/acme/app/issues/12?a=b",
    ] {
        let snapshot = snapshot(tasks.clone(), &[(jira.clone(), address)]);
        assert_eq!(listed(&snapshot, "").len(), 1, "{address}");
        let row = snapshot.rows.iter().find(|r| r.folded.is_none()).unwrap();
        assert_eq!(row.mirrors.len(), 1, "{address}");
        assert!(snapshot.get(&github).is_some() && snapshot.get(&jira).is_some(), "both can be asked for");
        assert_eq!(listed(&snapshot, "key:OPS-7"), ["OPS-7"], "{address}: its own key finds either");
    }
    for address in [
        "https://github.com/acme/app/pull/12",
        "https://github.com/acme/app/issues/12/events",
        "https://github.com.evil.example/acme/app/issues/12",
        "https://github.com/acme/app/issues/13",
        "http://github.com/acme/app/issues/12",
        "javascript:alert(1)",
    ] {
        assert_eq!(listed(&snapshot(tasks.clone(), &[(jira.clone(), address)]), "").len(), 2, "{address}");
    }
}

#[test]
fn a_key_at_either_end_of_a_title_stands_for_the_task_and_one_in_the_middle_does_not() {
    let (github, jira) = (key("gh", "acme/app", 12), key("dc", "LEDGER", 7));
    let pair = |github_title: &str, jira_title: &str| {
        vec![titled(github.clone(), github_title), titled(jira.clone(), jira_title)]
    };
    for (on_github, on_jira) in [
        ("LEDGER-7: round half to even", "Rounding"),
        ("[LEDGER-7] round half to even", "Rounding"),
        ("Round half to even (LEDGER-7)", "Rounding"),
        ("Rounding", "acme/app#12 round half to even"),
        ("Rounding", "Round half to even (acme/app#12)."),
    ] {
        assert_eq!(listed(&snapshot(pair(on_github, on_jira), &[]), "").len(), 1, "{on_github} | {on_jira}");
    }
    for (on_github, on_jira) in [
        ("Follow-up to LEDGER-7 for refunds", "Rounding"),
        ("LEDGER-70: another", "Rounding"),
        ("ledger-7: lower case is no key", "Rounding"),
        ("Rounding", "Compare acme/app#12 with ours"),
        ("Rounding", "app#12"),
        ("", ""),
        ("LEDGER-7LEDGER-7", "⟦LEDGER-7⟧"),
    ] {
        assert_eq!(listed(&snapshot(pair(on_github, on_jira), &[]), "").len(), 2, "{on_github} | {on_jira}");
    }
}

#[test]
fn three_homes_are_one_row_whatever_the_order() {
    let keys = [key("gh", "acme/app", 12), key("jira", "OPS", 7), key("dc", "LEDGER", 3)];
    let titles = ["OPS-7 Retry shim", "Retry shim", "Retry shim"];
    let tasks: Vec<Task> = keys.iter().zip(titles).map(|(key, title)| titled(key.clone(), title)).collect();
    let links = [(keys[1].clone(), "https://jira.acme.example/jira/browse/LEDGER-3")];
    let mut first = None;
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let snapshot = snapshot(order.iter().map(|i| tasks[*i].clone()).collect(), &links);
        let found = listed(&snapshot, "");
        assert_eq!(found.len(), 1);
        assert_eq!(*first.get_or_insert(found.clone()), found);
    }
}

#[test]
fn a_closed_task_and_one_of_the_same_tracker_fold_nothing() {
    let (a, b) = (key("gh", "acme/app", 12), key("gh", "acme/web", 4));
    let both = vec![titled(a.clone(), "acme/web#4 rename"), titled(b, "Rename")];
    assert_eq!(listed(&snapshot(both, &[]), "").len(), 2);
    let mut closed = titled(key("jira", "OPS", 7), "Retry shim");
    closed.state = floorwalk::domain::task::TaskState::Closed;
    let open = titled(a, "OPS-7: retry shim");
    assert_eq!(listed(&snapshot(vec![open, closed], &[]), ""), ["acme/app#12"]);
}

#[test]
fn whoever_is_at_the_same_work_elsewhere_holds_this_too() {
    use floorwalk::{
        domain::{
            commitment::{Commitment, CommitmentState},
            person::Person,
        },
        judge::free::Free,
    };
    let (github, jira) = (key("gh", "acme/app", 12), key("jira", "OPS", 7));
    let tasks = vec![titled(github.clone(), "OPS-7: retry shim"), titled(jira.clone(), "Retry shim")];
    let claim = Commitment {
        key: jira.clone(),
        who: Person::human("kim", 4),
        mine: false,
        state: CommitmentState::Active,
        until: "2026-12-31".parse().unwrap(),
        log: Vec::new(),
        life: None,
        ..crate::store_world::commitment("acme/app", 1, 5)
    };
    let everything = Everything { tasks, commitments: vec![claim], ..Everything::default() };
    let context = BuildContext {
        now: now(),
        me: HashMap::new(),
        roster: std::sync::Arc::default(),
        scope: None,
        homes: homes(),
        taste: Default::default(),
    };
    let snapshot = Snapshot::build(everything, &context);
    assert_eq!(listed(&snapshot, "is:free"), [""; 0]);
    let (there, here) = (snapshot.get(&jira).unwrap(), snapshot.get(&github).unwrap());
    assert_eq!((there.folded.is_none(), here.folded.as_ref()), (true, Some(&jira)), "the one with the claim stands");
    assert!(matches!(&here.free, Free::Held { by, mine: false, .. } if by.raw() == "kim"), "{:?}", here.free);
}
