//! The story of the queue (FD1): issues of GitHub and Jira in one list, mirrored ones once, by score, and what somebody
//! else is at counted instead of listed.

use std::collections::BTreeSet;

use floorwalk::demo::Dialect;
use serde_json::Value;

use crate::floor::{Desk, Floor};

fn tasks(desk: &Desk, query: &str) -> Value {
    desk.run(&["list", query, "--json"]).json()
}

fn keys(listed: &Value) -> Vec<String> {
    listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn fd1_the_queue_has_each_item_once_with_both_homes_by_score_and_counts_what_is_taken() {
    let floor = Floor::alive();
    let github = format!(
        "[[tracker]]\nname = \"gh\"\nkind = \"github\"\nurl = \"https://github.com\"\napi_url = \"{}\"\norgs = [\"quillfern\"]\n",
        floor.demo.url()
    );
    let jira = floor.jira_table("sam", Dialect::Cloud, "projects = [\"OPS\", \"HELP\"]");
    let sam = floor.desk_of("sam", &format!("{github}{jira}"));
    sam.fine(&["sync"]);

    let queue = tasks(&sam, "");
    let listed = keys(&queue);
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len(), "each once");
    let all = queue["tasks"].as_array().unwrap();
    let mirrors = |task: &Value| -> Vec<String> {
        let homes = task["mirrors"].as_array().into_iter().flatten();
        homes.map(|m| m["key"].as_str().unwrap().to_owned()).collect()
    };
    let doubled: Vec<&Value> = all.iter().filter(|task| !mirrors(task).is_empty()).collect();
    assert!(!doubled.is_empty(), "some work is on both trackers");
    for other in doubled.iter().flat_map(|task| mirrors(task)) {
        assert!(!listed.contains(&other), "{other} stands in the row of its other home");
    }
    let trackers: BTreeSet<bool> = listed.iter().map(|key| key.contains('#')).collect();
    assert_eq!(trackers.len(), 2, "both trackers in one list");

    // Variety puts some of the first places out of order, one team apart from another and only in long lists.
    let projects: BTreeSet<&str> = all.iter().map(|t| t["project"].as_str().unwrap()).collect();
    let mut compared = 0;
    for project in projects {
        let of = tasks(&sam, &format!("project:{project}"));
        let scores: Vec<u64> =
            of["tasks"].as_array().unwrap().iter().take(9).filter_map(|task| task["score"].as_u64()).collect();
        assert!(scores.windows(2).all(|two| two[0] >= two[1]), "{project}: {scores:?}");
        compared += scores.len();
    }
    assert!(compared > 20, "{compared}");

    let taken = tasks(&sam, "is:taken");
    assert!(taken["found"].as_u64().unwrap() > 3 && taken["taken"] == 0, "{taken}");
    assert_eq!(queue["taken"], taken["found"], "counted");
    for (key, task) in keys(&taken).iter().zip(taken["tasks"].as_array().unwrap()) {
        assert!(!listed.contains(key), "{key} is taken and not listed");
        assert!(task["score"].is_null(), "{task}");
    }
    // Whoever looks for it by name, or for everything, finds it.
    let first = keys(&taken).remove(0);
    assert_eq!(keys(&tasks(&sam, &format!("key:{first}"))), [first]);
    assert_eq!(tasks(&sam, "is:free,taken")["taken"], 0);
}
