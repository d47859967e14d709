//! `triage` on the command line, on the demo organisation: private acts, labels, questions, duplicates, dry runs, codes.

use floorwalk::demo::Dialect;

use crate::{
    cli_demo::Served,
    cli_world::Ran,
    floor::{Desk, Floor},
};

fn keys(ran: &Ran) -> Vec<String> {
    let tasks = ran.json()["tasks"].as_array().unwrap().clone();
    tasks.iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

fn some(served: &Served, query: &str, most: &str) -> Vec<String> {
    keys(&served.run(&["list", query, "--json", "--limit", most]))
}

#[test]
fn private_acts_work_on_many_and_stay_here() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let all = some(&served, "is:open", "4");
    let [a, b, c, d] = all.as_slice() else { panic!("{all:?}") };

    let dry = served.run(&["triage", a, b, "--tag", "later", "--dry-run"]);
    assert_eq!((dry.code, dry.out.lines().count()), (0, 2), "{}", dry.all());
    assert!(some(&served, "tag:later", "9").is_empty(), "a dry run changes nothing");
    let tag = served.run(&["triage", a, b, "--tag", "Later"]);
    assert_eq!((tag.code, tag.out.lines().count()), (0, 2), "{}", tag.all());
    assert_eq!(served.run(&["triage", a, "--tag", "mentor"]).code, 0);
    let shown = served.run(&["list", "tag:later", "--json"]).json();
    assert_eq!((shown["found"].as_u64(), shown["tasks"][0]["tags"][0].as_str()), (Some(2), Some("later")), "{shown}");
    assert!(served.run(&["show", a]).out.contains("your tags: #later #mentor"));
    let again = served.run(&["triage", a, "--tag", "later"]);
    assert_eq!((again.code, again.err.contains("has the tag #later already")), (1, true), "{}", again.all());
    assert_eq!(served.run(&["triage", a, b, "--untag", "later"]).code, 0);
    assert!(some(&served, "tag:later", "9").is_empty());

    assert_eq!(served.run(&["triage", b, c, "--snooze", "2026-12-05"]).code, 0);
    assert_eq!(served.run(&["triage", d, "--hide", "--json"]).json()["act"], "hide");
    assert_eq!(some(&served, "is:snoozed", "9").len(), 2);
    assert_eq!(some(&served, "is:hidden", "9"), std::slice::from_ref(d));
    assert_eq!(served.run(&["triage", a, "--until-changed"]).code, 0);
    assert_eq!(served.run(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_cannot_be_is_refused_with_its_code() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = &some(&served, "is:open", "1")[0];
    for (args, code) in [
        (&["triage", key][..], 2),
        (&["triage", "--hide"], 2),
        (&["triage", key, "--hide", "--tag", "x"], 2),
        (&["triage", key, "--tag", "two words"], 2),
        (&["triage", key, "--snooze", "2020-01-01"], 2),
        (&["triage", key, "--snooze", "soon"], 2),
        (&["triage", key, "--hide", "--text", "words"], 2),
        (&["triage", key, "--ask-info", "--text", " "], 2),
        (&["triage", key, "--duplicate-of", key], 1),
        (&["triage", "no/such#1", "--hide"], 1),
        (&["triage", key, "--untag", "never"], 1),
        (&["triage", key, key, "--hide", "--duplicates"], 2),
    ] {
        let ran = served.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.all());
        assert!(!ran.err.is_empty(), "{args:?} says nothing");
    }
    assert!(some(&served, "is:hidden", "9").is_empty());
}

/// Somebody of the demo who has read everything.
fn desk(floor: &Floor, login: &str) -> Desk {
    let desk = floor.desk(login);
    desk.fine(&["sync"]);
    desk
}

fn listed(desk: &Desk, query: &str, most: usize) -> Vec<String> {
    let json = desk.fine(&["list", query, "--json", "--limit", &most.to_string()]).json();
    json["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

fn labels(floor: &Floor, key: &str) -> Vec<String> {
    let issue = floor.issue(key);
    issue["labels"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_label_is_set_by_whoever_may_and_never_made() {
    let floor = Floor::open();
    let host = desk(&floor, "tobias-h");
    let key = &listed(&host, "label:bug -label:documentation repo:quillfern/locker-gateway", 1)[0];
    let before = labels(&floor, key);
    let dry = host.fine(&["triage", key, "--label", "documentation", "--dry-run"]);
    assert_eq!(dry.out(), format!("would label {key} with 'documentation'\n"));
    assert_eq!(labels(&floor, key), before, "a dry run changes nothing");
    let set = host.fine(&["triage", key, "--label", "Documentation"]);
    assert!(set.out().contains(&format!("{key}  labels: ")) && set.out().contains("documentation"), "{}", set.out());
    assert!(labels(&floor, key).contains(&"documentation".to_owned()));
    host.fine(&["triage", key, "--unlabel", "documentation"]);
    assert_eq!(labels(&floor, key), before);
    let unknown = host.run(&["triage", key, "--label", "documantation"]);
    assert_eq!(unknown.code(), 1, "{}", unknown.err());
    assert!(unknown.err().contains("has no label 'documantation'"), "{}", unknown.err());
    assert_eq!(labels(&floor, key), before);

    let guest = desk(&floor, "noor");
    let refused = guest.run(&["triage", key, "--label", "documentation"]);
    assert_eq!(refused.code(), 1, "{}", refused.err());
    assert!(refused.err().contains("you may not change labels in quillfern/locker-gateway"), "{}", refused.err());
}

#[test]
fn questions_are_written_once_with_what_the_preview_said() {
    let floor = Floor::open();
    let noor = desk(&floor, "noor");
    let key = &listed(&noor, "is:stale -author:@me", 1)[0];
    let dry = noor.fine(&["triage", key, "--ask-info", "--dry-run"]);
    assert!(dry.out().contains("for information on") && dry.out().contains("there is no hurry"), "{}", dry.out());
    let before = floor.comments(key).len();
    let asked = noor.fine(&["triage", key, "--ask-info", "--text", "Which version is it?"]);
    assert!(asked.out().contains(&format!("{key}  comment written")), "{}\n{}", asked.out(), asked.err());
    let all = floor.comments(key);
    assert_eq!(all.len(), before + 1);
    assert!(all[before].starts_with("<!-- floorwalk-triage: ") && all[before].contains("Which version is it?"));
    let again = noor.run(&["triage", key, "--obsolete"]);
    assert_eq!((again.code(), floor.comments(key).len()), (1, before + 1), "{}", again.err());
    assert!(again.err().contains("moved 0 days ago"), "{}", again.err());
    let twice = noor.run(&["triage", key, "--ask-info"]);
    assert_eq!((twice.code(), floor.comments(key).len()), (1, before + 1), "{}", twice.err());
    assert!(twice.err().contains("still waits for an answer"), "{}", twice.err());

    let other = &listed(&noor, "is:stale limbo:>120d", 2)[1];
    let proposed = noor.fine(&["triage", other, "--obsolete", "--json"]).json();
    assert_eq!((proposed["act"].as_str(), proposed["problems"].as_array().map(Vec::len)), (Some("obsolete"), Some(0)));
    let text = floor.comments(other).pop().unwrap();
    assert!(text.contains("can this be closed?") && text.contains(" days"), "{text}");
    assert_eq!(floor.issue(other)["state"], "open", "nothing is closed");
}

#[test]
fn what_waits_for_the_network_is_checked_again_and_dropped_when_it_was_closed() {
    let floor = Floor::open();
    let noor = desk(&floor, "noor");
    let key = &listed(&noor, "is:stale -author:@me repo:quillfern/locker-gateway", 1)[0];
    let config = noor.folder().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let away = text.replace(&floor.demo.url(), "http://127.0.0.1:9");
    std::fs::write(&config, away).unwrap();
    let waits = noor.fine(&["triage", key, "--ask-info"]);
    assert!(waits.out().contains(&format!("{key}  waits in the outbox")), "{}\n{}", waits.out(), waits.err());
    let before = floor.comments(key).len();
    floor.close(key);
    std::fs::write(&config, text).unwrap();
    let sent = noor.run(&["outbox", "retry"]);
    assert!(sent.err().contains("the task was closed meanwhile"), "{}", sent.err());
    assert_eq!(floor.comments(key).len(), before);
    assert_eq!(noor.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}

#[test]
fn several_comments_are_asked_about_first() {
    let floor = Floor::open();
    let noor = desk(&floor, "noor");
    let keys = listed(&noor, "is:stale -author:@me", 2);
    let refused = noor.run(&["triage", &keys[0], &keys[1], "--ask-info"]);
    assert_eq!(refused.code(), 2, "{}", refused.err());
    assert!(refused.err().contains("ask for information on 2 tasks?"), "{}", refused.err());
    noor.fine(&["triage", &keys[0], &keys[1], "--ask-info", "--yes"]);
    assert!(keys.iter().all(|key| floor.comments(key).iter().any(|c| c.starts_with("<!-- floorwalk-triage: "))));
}

#[test]
fn duplicates_are_listed_with_the_words_in_common() {
    let floor = Floor::open();
    let noor = desk(&floor, "noor");
    let key = listed(&noor, "is:open", 1).remove(0);
    let found = noor.run(&["triage", &key, "--duplicates", "--json"]).json();
    assert_eq!(found["key"], key.as_str());
    // What is found depends on the organisation; its shape does not.
    for twin in found["duplicates"].as_array().unwrap() {
        assert!((0.3..=1.0).contains(&twin["likeness"].as_f64().unwrap()), "{twin}");
        assert!(!twin["words"].as_array().unwrap().is_empty(), "{twin}");
    }
}

const SITES: [(Dialect, &str); 2] = [(Dialect::Cloud, "OPS"), (Dialect::DataCenter, "LEDGER")];

#[test]
fn on_jira_too_a_question_is_known_again_and_no_label_is_made() {
    for (dialect, project) in SITES {
        let floor = Floor::open();
        let sam = floor.jira_desk("sam", dialect, &format!("projects = [\"{project}\"]"));
        sam.fine(&["sync"]);
        let list = sam.fine(&["list", "is:stale -author:@me", "--json"]).json();
        let tasks = list["tasks"].as_array().unwrap();
        let key = tasks[0]["key"].as_str().unwrap();
        let before = floor.demo.jira_issue(key).unwrap();
        sam.fine(&["triage", key, "--ask-info", "--text", "Which release is it?"]);
        let after = floor.demo.jira_issue(key).unwrap();
        assert_eq!(after.comments.len(), before.comments.len() + 1, "{project}");
        let said = &after.comments.last().unwrap().text;
        assert!(said.contains("Which release is it?") && said.contains("Posted with floorwalk · triage "), "{said}");
        assert!(!said.contains("floorwalk-triage"), "what is not hidden there is not written: {said}");
        let twice = sam.run(&["triage", key, "--ask-info"]);
        assert!(twice.err().contains("still waits for an answer"), "{project}: {}", twice.err());
        assert_eq!(floor.demo.jira_issue(key).unwrap().comments.len(), after.comments.len(), "{project}");

        let slip = sam.run(&["triage", key, "--label", "no-such-label"]);
        assert!(slip.code() == 1 && slip.err().contains("none is made"), "{project}: {}", slip.err());
        let worn = |t: &&serde_json::Value| t["key"] != key && !t["labels"].as_array().unwrap().is_empty();
        let label = tasks.iter().find(worn).unwrap()["labels"][0].as_str().unwrap().to_owned();
        if !before.labels.contains(&label) {
            sam.fine(&["triage", key, "--label", &label]);
            assert!(floor.demo.jira_issue(key).unwrap().labels.contains(&label), "{project}");
            sam.fine(&["triage", key, "--unlabel", &label]);
        }
        assert_eq!(floor.demo.jira_issue(key).unwrap().labels, before.labels, "{project}");
    }
}

#[test]
fn the_help_is_a_snapshot() {
    let world = crate::cli_world::CliWorld::new();
    insta::assert_snapshot!(world.run(&["triage", "--help"]).out);
}
