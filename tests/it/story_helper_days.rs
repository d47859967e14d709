//! The stories of a floating developer that take days: FD7–FD10, and a fresh installation that reaches the same state.

use std::collections::BTreeMap;

use floorwalk::{
    demo::{Fault, FaultKind},
    domain::evidence::Verdict,
};
use serde_json::Value;

use crate::{
    floor::{Desk, Floor},
    story_cast::{ANA, BOB, LEE, MO, Stage, VISION, free, helper, mine},
};

const DAY: i64 = 86_400;
const NONE: [&str; 0] = [];

/// A task of vision claimed by sam for ten working days, with a plan said on Monday at ten.
fn quiet_claim(stage: &Stage, sam: &Desk) -> String {
    let x = free(sam, VISION, 1).remove(0);
    sam.fine(&["claim", &x, "--size", "M"]);
    stage.floor.day("2026-11-23T10:00:00Z", &[sam]);
    stage.floor.by("sam").comment(&x, "I begin with the reconnect path.").unwrap();
    x
}

/// Five working days without an act: one reminder, however often a run comes by. Ends on the next Monday at three.
fn reminded(stage: &Stage, sam: &Desk, runs: &[&Desk], x: &str) {
    stage.floor.day("2026-11-30T09:00:00Z", runs);
    let (from, comments) = (stage.mark(), stage.floor.comments(x).len());
    runs.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    assert_eq!(stage.writes(from), NONE, "an hour too early");
    for hour in 12..16 {
        stage.floor.day(&format!("2026-11-30T{hour}:00:00Z"), runs);
        runs.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    }
    sam.at("2026-11-30T15:00:00Z");
    let writes = stage.writes(from);
    assert!(writes.len() == 1 && writes[0].starts_with("PATCH ") && writes[0].contains("/comments/"), "{writes:?}");
    assert_eq!(stage.floor.comments(x).len(), comments, "edited in place");
    let comment = stage.claim_comment(x);
    assert_eq!(comment.matches("\"e\":\"remind\"").count(), 1, "{comment}");
    assert!(comment.contains("still on it · need help · hand back · pause"), "{comment}");
    sam.fine(&["sync"]);
    let row = mine(sam, x).unwrap();
    assert_eq!((&row["state"], &row["life"]["risk"]), (&"at_risk".into(), &"idle".into()), "{row}");
    assert_eq!(row["next_action"], "say: still on it, need help, hand back, or pause");
    assert_eq!((stage.assignees(x), stage.labelled(x)), (vec!["sam".to_owned()], true));
}

#[test]
fn fd7_idle_still_on_it_clears_the_one_reminder() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = quiet_claim(&stage, &sam);
    reminded(&stage, &sam, &[&sam], &x);
    let comments = stage.floor.comments(&x).len();
    sam.fine(&["still-on-it", &x]);
    let row = mine(&sam, &x).unwrap();
    assert_eq!((&row["state"], &row["life"]["still"]), (&"active".into(), &1.into()), "{row}");
    assert_eq!(stage.floor.comments(&x).len(), comments);
    let comment = stage.claim_comment(&x);
    assert!(comment.contains("\"e\":\"still\"") && !comment.contains("It has been quiet here"), "{comment}");
    // The grace that had begun is over, and nothing ends.
    stage.floor.day("2026-12-03T17:00:00Z", &[&sam]);
    let from = stage.mark();
    sam.fine(&["sync"]);
    assert_eq!(stage.writes(from), NONE);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "active");
}

#[test]
fn fd7_idle_hand_back_answers_as_in_fd6() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = quiet_claim(&stage, &sam);
    reminded(&stage, &sam, &[&sam], &x);
    let refused = sam.run(&["release", &x, "--json"]);
    assert_eq!((refused.code(), &refused.json()["error"]["refusal"]["rule"]), (1, &"Words".into()));
    sam.fine(&["release", &x, "--next", "the reconnect path, from the second retry on"]);
    assert_eq!((stage.assignees(&x).as_slice(), stage.labelled(&x)), (&[][..], false));
    let comments = stage.floor.comments(&x);
    assert_eq!(comments.iter().filter(|c| c.contains("from the second retry on")).count(), 1);
    stage.floor.day("2026-12-04T09:00:00Z", &[&sam]);
    let from = stage.mark();
    sam.fine(&["sync"]);
    assert_eq!(stage.writes(from), NONE);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "released");
}

/// Three working days more without a word.
fn expires(stage: &Stage, sam: &Desk, runs: &[&Desk], x: &str) {
    let from = stage.mark();
    stage.floor.by(ANA).assign(x, BOB).unwrap();
    stage.floor.day("2026-12-03T11:00:00Z", runs);
    runs.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    assert_eq!(stage.writes(from), NONE, "the grace is not over yet");
    stage.floor.day("2026-12-03T13:00:00Z", runs);
    let comments = stage.floor.comments(x).len();
    for _ in 0..2 {
        runs.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    }
    let writes = stage.writes(from);
    let methods: Vec<&str> = writes.iter().filter_map(|w| w.split(' ').next()).collect();
    assert_eq!(methods, ["PATCH", "DELETE", "DELETE"], "once: {writes:?}");
    assert!(writes[1].contains("/labels/floating-help") && writes[2].contains("/assignees"), "{writes:?}");
    assert_eq!((stage.assignees(x), stage.labelled(x)), (vec![BOB.to_owned()], false), "only sam is unassigned");
    assert_eq!(stage.floor.comments(x).len(), comments);
    let comment = stage.claim_comment(x);
    assert!(comment.contains("\"e\":\"expire\"") && comment.contains("free again. Thank you, **sam**"), "{comment}");
    sam.at("2026-12-03T13:00:00Z");
    sam.fine(&["sync"]);
    let row = mine(sam, x).unwrap();
    assert_eq!((&row["state"], &row["assignee"], &row["label"]), (&"expired".into(), &"open".into(), &"open".into()));
    assert_eq!(row["ended"], "expired: its time ran out; it may be claimed again");
    // Bob was only looking: it is available, and lee takes it.
    stage.floor.by(ANA).unassign(x, BOB).unwrap();
    let lee = stage.desk(LEE);
    lee.at("2026-12-03T13:00:00Z");
    assert_eq!(lee.fine(&["show", x, "--json"]).json()["task"]["free"], true);
    lee.fine(&["claim", x]);
    assert_eq!(stage.assignees(x), [LEE]);
}

#[test]
fn fd7_idle_nobody_answers_and_the_run_of_the_helper_ends_it() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = quiet_claim(&stage, &sam);
    reminded(&stage, &sam, &[&sam], &x);
    expires(&stage, &sam, &[&sam], &x);
}

#[test]
fn fd7_idle_nobody_answers_and_the_run_of_the_lead_ends_it() {
    let stage = Stage::set("consent = \"notify\"");
    let (sam, ana) = (stage.desk("sam"), stage.desk(ANA));
    let x = quiet_claim(&stage, &sam);
    reminded(&stage, &sam, &[&ana], &x);
    expires(&stage, &sam, &[&ana], &x);
}

#[test]
fn fd8_clock_stops_in_review_and_the_host_is_nudged() {
    let stage = Stage::set("consent = \"notify\"");
    let (sam, ana, mo) = (stage.desk("sam"), stage.desk(ANA), stage.desk(MO));
    let desks = [&sam, &ana, &mo];
    let x = free(&sam, VISION, 1).remove(0);
    sam.fine(&["claim", &x, "--size", "M"]);
    stage.floor.at("2026-11-24T09:00:00Z");
    let pull = stage.floor.pull("sam", &x, true);
    stage.floor.at("2026-11-25T09:00:00Z");
    stage.floor.by("sam").set_draft(&pull, false).unwrap();
    let from = stage.mark();
    // Who of the host was told so far, as the lead and the mentor see it in their room.
    for (day, nudged) in [
        ("2026-11-26T10:00:00Z", Value::Null),
        ("2026-11-27T08:00:00Z", Value::Null),
        ("2026-11-27T10:00:00Z", "mentor".into()),
        ("2026-12-02T08:00:00Z", "mentor".into()),
        ("2026-12-02T10:00:00Z", "lead".into()),
    ] {
        stage.floor.day(day, &desks);
        for desk in [&ana, &mo] {
            desk.fine(&["sync"]);
            let row = helper(desk, "vision", &x).unwrap();
            assert_eq!((&row["state"], &row["life"]["nudged"]), (&"waiting_host".into(), &nudged), "{day} {row}");
            let room = desk.fine(&["team", "--json"]).json()["rooms"][0].clone();
            assert_eq!((&room["own"], &room["team"]), (&true.into(), &"vision".into()));
            let ask = &room["asks"][0];
            assert_eq!((&ask["what"], &ask["task"]), (&"waits for you".into(), &x.as_str().into()), "{room}");
            assert_eq!(ask["nudged"], nudged, "{day} {room}");
            assert_eq!(ask["since"].as_str().unwrap().split(':').next(), Some("2026-11-25T09"), "{room}");
        }
    }
    // Nine working days of silence.
    stage.floor.day("2026-12-08T10:00:00Z", &desks);
    desks.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    let row = mine(&sam, &x).unwrap();
    let life = &row["life"];
    assert_eq!((&row["state"], &row["turn"]), (&"waiting_host".into(), &"host's turn".into()), "{row}");
    let about = |value: &Value, days: i64| (value.as_i64().unwrap() - days * DAY).abs() < 2 * 3_600;
    assert!(about(&life["account"]["helper"], 2), "two days were sam's: {life}");
    assert!(about(&life["account"]["host"], 13), "nine working days and two weekends were the host's: {life}");
    assert_eq!(row["until"], "2026-12-18", "nine working days later than promised: {life}");
    assert_eq!((&life["reminded"], &life["frozen_wd"]), (&Value::Null, &0.into()), "{life}");
    assert!(row["next_action"].as_str().unwrap().contains("hand back with honour"), "{row}");
    assert_eq!(row["pulls"][0]["state"], "open");
    assert_eq!((stage.assignees(&x), stage.labelled(&x)), (vec!["sam".to_owned()], true));
    assert_eq!(stage.writes(from), NONE, "nudges are shown, not written");
    // The answer gives the turn back, with the days that were left.
    stage.floor.by(MO).review(&pull, Verdict::Changes, "One question about the retry.").unwrap();
    sam.fine(&["sync"]);
    let row = mine(&sam, &x).unwrap();
    assert_eq!((&row["state"], &row["until"]), (&"active".into(), &"2026-12-18".into()), "{row}");
    assert_eq!(row["life"]["frozen_wd"], 9);
}

#[test]
fn fd9_tracker_moved_underneath_is_shown_not_fought_and_settled_after_a_day() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = free(&sam, VISION, 1).remove(0);
    sam.fine(&["claim", &x, "--size", "S"]);
    stage.floor.day("2026-11-24T09:00:00Z", &[&sam]);
    stage.floor.by(ANA).assign(&x, BOB).unwrap();
    stage.floor.by(ANA).unassign(&x, "sam").unwrap();
    let (from, comments) = (stage.mark(), stage.floor.comments(&x));
    for day in ["2026-11-24T10:00:00Z", "2026-11-25T08:00:00Z"] {
        stage.floor.day(day, &[&sam]);
        sam.fine(&["sync"]);
        let row = mine(&sam, &x).unwrap();
        assert_eq!((&row["state"], &row["life"]["reassigned"]["to"]), (&"active".into(), &BOB.into()), "{row}");
        let prompt = format!("@{BOB} was assigned on the tracker: ask them, or hand back");
        assert_eq!(row["next_action"], prompt.as_str());
        assert!(row["clock"].as_str().unwrap().starts_with("2026-11-25: the tracker's assignee wins"), "{row}");
        assert!(sam.fine(&["mine"]).out().contains(&prompt));
    }
    stage.floor.day("2026-11-25T10:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    let lee = stage.desk(LEE);
    lee.at("2026-11-25T10:00:00Z");
    lee.fine(&["sync"]);
    let row = mine(&sam, &x).unwrap();
    assert_eq!(row["ended"], "superseded: the task was closed or given to somebody else; nobody is to blame");
    assert_eq!((&row["state"], &row["life"]["reminded"]), (&"superseded".into(), &Value::Null), "{row}");
    let ended: jiff::Timestamp = row["life"]["ended"].as_str().unwrap().parse().unwrap();
    assert!((ended - "2026-11-25T09:00:00Z".parse::<jiff::Timestamp>().unwrap()).get_seconds() < 60, "{row}");
    assert_eq!(stage.assignees(&x), [BOB], "the tracker's word stands");
    assert_eq!(stage.floor.comments(&x), comments);
    let (path, number) = x.split_once('#').unwrap();
    let label = format!("DELETE /repos/{path}/issues/{number}/labels/floating-help by sam");
    assert_eq!(stage.writes(from), [label], "no fight: when it is over, only the label of a help that ended goes");
    let refused = lee.run(&["claim", &x, "--json"]);
    let error = refused.json()["error"].clone();
    assert_eq!((refused.code(), &error["refusal"]["rule"]), (1, &"Held".into()), "{error}");
    assert_eq!(error["refusal"]["lifter"]["holder"], BOB, "{error}");
}

#[test]
fn fd9_ana_gives_it_back_within_the_day_and_nothing_happened() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = free(&sam, VISION, 1).remove(0);
    sam.fine(&["claim", &x, "--size", "S"]);
    stage.floor.day("2026-11-24T09:00:00Z", &[&sam]);
    stage.floor.by(ANA).assign(&x, BOB).unwrap();
    stage.floor.by(ANA).unassign(&x, "sam").unwrap();
    stage.floor.at("2026-11-24T15:00:00Z");
    stage.floor.by(ANA).assign(&x, "sam").unwrap();
    stage.floor.by(ANA).unassign(&x, BOB).unwrap();
    let from = stage.mark();
    stage.floor.day("2026-11-25T12:00:00Z", &[&sam]);
    sam.fine(&["sync"]);
    let row = mine(&sam, &x).unwrap();
    assert_eq!((&row["state"], &row["life"]["reassigned"]), (&"active".into(), &Value::Null), "{row}");
    assert_eq!(stage.writes(from), NONE);
}

#[test]
fn fd10_offline_claim_waits_and_is_dropped_when_the_task_was_closed() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = free(&sam, VISION, 1).remove(0);
    let y = free(&sam, "quillfern/quill", 1).remove(0);
    let (from, comments) = (stage.mark(), stage.floor.comments(&x).len());
    stage.floor.demo.faults().add(Fault::new("", "", FaultKind::DropBefore).times(u32::MAX));
    assert!(sam.fine(&["list", "is:free"]).out().contains(&x), "reading works");
    let queued = sam.run(&["claim", &x, "--size", "S"]);
    assert_eq!(queued.code(), 0, "waiting is no failure: {}", queued.err());
    assert!(queued.out().contains("pending") && queued.out().contains("claim waits in the outbox"), "{}", queued.out());
    assert!(queued.err().contains("will be sent later"), "{}", queued.err());
    let row = mine(&sam, &x).unwrap();
    assert_eq!((&row["state"], &row["waiting"]), (&"pending".into(), &1.into()), "{row}");
    assert_eq!(sam.run(&["sync"]).code(), 5, "no network");
    assert_eq!(mine(&sam, &x).unwrap()["state"], "pending");
    let twice = sam.run(&["claim", &x]);
    assert!(twice.code() == 1 && twice.err().contains("on its way"), "{}", twice.err());
    sam.fine(&["claim", &y]);

    // Closed while sam was away; back in the net the next day.
    stage.floor.day("2026-11-24T09:00:00Z", &[&sam]);
    stage.floor.by(ANA).close(&x, "completed").unwrap();
    stage.floor.demo.faults().clear();
    let back = sam.run(&["sync"]);
    assert!(back.err().contains(&format!("claim {x}: the task was closed meanwhile")), "{}", back.err());
    assert_eq!(back.code(), 1, "a wish was refused: {}", back.err());
    assert!(back.out().contains("fresh"), "and the sync itself went well: {}", back.out());
    assert_eq!(mine(&sam, &x), None);
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
    let (path, number) = x.split_once('#').unwrap();
    let on_x = format!("/repos/{path}/issues/{number}/");
    assert!(stage.writes(from).iter().all(|w| !w.contains(&on_x)), "{:?}", stage.writes(from));
    assert_eq!(stage.floor.comments(&x).len(), comments, "nothing was written");
    assert_eq!(stage.assignees(&x), NONE);
    // The other wish was still good.
    assert_eq!(mine(&sam, &y).unwrap()["state"], "active", "{}", back.err());
    assert_eq!(stage.assignees(&y), ["sam"]);
}

#[test]
fn fd10_offline_claim_is_checked_by_the_guards_again() {
    let stage = Stage::set("consent = \"notify\"\nmax_helpers = 1");
    let (sam, lee) = (stage.desk("sam"), stage.desk(LEE));
    let [x, y]: [String; 2] = free(&sam, VISION, 2).try_into().unwrap();
    stage.floor.demo.faults().add(Fault::new("", "", FaultKind::DropBefore).times(u32::MAX));
    sam.fine(&["claim", &x]);
    stage.floor.demo.faults().clear();
    lee.fine(&["claim", &y]);
    let from = stage.mark();
    sam.at("2026-11-23T12:00:00Z");
    let back = sam.run(&["sync"]);
    let said = back.err();
    assert!(said.contains(&format!("claim {x}: ")) && said.contains("takes 1 helper at once"), "{said}");
    assert!(said.contains("free and alike"), "{said}");
    assert_eq!((mine(&sam, &x), stage.writes(from)), (None, Vec::new()));
}

/// What three commands print.
fn printed(desk: &Desk) -> BTreeMap<&'static str, String> {
    let asked: [(&str, &[&str]); 3] =
        [("floor", &["floor", "--json"]), ("mine", &["mine", "--json"]), ("mine --all", &["mine", "--all", "--json"])];
    asked.map(|(name, arguments)| (name, desk.fine(arguments).out())).into()
}

#[test]
fn a_fresh_installation_prints_the_same_bytes_for_helper_and_lead() {
    let floor = Floor::alive();
    let registry = "registry = \"gh:quillfern/floor\"";
    let [sam, ylva] = ["sam", "ylva"].map(|login| floor.desk_with(login, registry));
    let desks = [&sam, &ylva];
    desks.iter().for_each(|desk| drop(desk.fine(&["sync"])));
    // An act in every direction: kept, paused, asked for and accepted, finished.
    let kept = free(&sam, VISION, 1).remove(0);
    sam.fine(&["claim", &kept, "--size", "S", "--plan", "the gateway first"]);
    sam.fine(&["renew", &kept, "--days", "2", "--why", "two cases more"]);
    sam.fine(&["pause", &kept, "--until", "2026-11-24"]);
    let done = free(&sam, "quillfern/handbook", 1).remove(0);
    sam.fine(&["claim", &done, "--size", "XS"]);
    sam.fine(&["done", &done, "--kind", "triaged", "--note", "steps and acceptance are in the text now"]);
    let asked = free(&sam, "quillfern/eta-model", 1).remove(0);
    sam.fine(&["claim", &asked, "--size", "S", "--plan", "a table of cases"]);
    assert_eq!(mine(&sam, &asked).unwrap()["state"], "requested");
    floor.day("2026-11-20T15:00:00Z", &desks);
    ylva.fine(&["sync"]);
    ylva.fine(&["accept", &asked, "--for", "sam", "--mentor", "pradeep"]);
    floor.day("2026-11-23T09:00:00Z", &desks);
    for desk in desks {
        desk.fine(&["sync"]);
        let before = printed(desk);
        std::fs::remove_dir_all(desk.folder().join("data")).unwrap();
        desk.fine(&["sync"]);
        let after = printed(desk);
        for (name, text) in &before {
            assert_eq!(differing(text, &after[name]), Vec::<String>::new(), "{name}");
            assert_eq!(*text, after[name], "{name}");
        }
    }
    assert_eq!(mine(&sam, &kept).unwrap()["state"], "paused");
    assert_eq!(mine(&sam, &asked).unwrap()["state"], "active");
    assert_eq!(mine(&sam, &done).unwrap()["state"], "completed");
}

/// Paths in two JSON texts at which they differ, for a readable failure.
fn differing(a: &str, b: &str) -> Vec<String> {
    fn walk(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
        match (a, b) {
            (Value::Object(x), Value::Object(y)) => {
                let mut keys: Vec<&String> = x.keys().chain(y.keys()).collect();
                keys.sort();
                keys.dedup();
                keys.iter().for_each(|k| walk(&format!("{path}.{k}"), &a[k.as_str()], &b[k.as_str()], found));
            }
            (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
                x.iter().zip(y).enumerate().for_each(|(i, (a, b))| walk(&format!("{path}[{i}]"), a, b, found));
            }
            _ if a == b => {}
            _ => found.push(format!("{path}: {a} / {b}")),
        }
    }
    let mut found = Vec::new();
    walk("", &serde_json::from_str(a).unwrap(), &serde_json::from_str(b).unwrap(), &mut found);
    found
}
