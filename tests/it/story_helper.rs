//! The stories of a floating developer, claims and hand-backs: FD3–FD6, on the real program.

use floorwalk::demo::{Fault, FaultKind};

use crate::{
    floor::Ran,
    story_cast::{ANA, BOB, LEE, SEARCH, Stage, VISION, free, mine},
};

/// The refusal of a run with `--json`, which must have ended with code 1; beside the commitment where the tracker told
/// something new about it.
fn refused(ran: &Ran) -> serde_json::Value {
    assert_eq!(ran.code(), 1, "{}\n{}", ran.out(), ran.err());
    let document = ran.json();
    let error = document.get("error").unwrap_or(&document["problems"][0]).clone();
    assert_eq!(error["code"], 1);
    error
}

#[test]
fn fd3_claim_shows_assignee_label_one_marker_and_tells_the_lead_once() {
    let stage = Stage::set("consent = \"notify\"\nmax_helpers = 2");
    let sam = stage.desk("sam");
    let other = free(&sam, SEARCH, 1).remove(0);
    sam.fine(&["claim", &other, "--size", "M"]);
    let [x, third]: [String; 2] = free(&sam, VISION, 2).try_into().unwrap();
    let (from, comments) = (stage.mark(), stage.floor.comments(&x).len());

    let claimed = sam.fine(&["claim", &x, "--size", "S", "--plan", "find the leak, @everyone"]);
    assert!(claimed.err().contains(&format!("{x} is yours until 2026-11-30")), "{}", claimed.err());
    assert!(claimed.out().contains("active, until 2026-11-30, your turn"), "{}", claimed.out());

    assert_eq!(stage.assignees(&x), ["sam"]);
    assert!(stage.labelled(&x));
    assert_eq!(stage.floor.comments(&x).len(), comments + 1);
    let comment = stage.claim_comment(&x);
    let row = mine(&sam, &x).unwrap();
    assert!(comment.contains(&format!("\"c\":\"{}\"", row["claim_id"].as_str().unwrap())), "{comment}");
    assert_eq!(comment.matches(&format!("@{ANA}")).count(), 1, "ana is told once: {comment}");
    assert_eq!(comment.matches('@').count(), 2, "nobody else is; the plan's own mention is broken: {comment}");
    assert!(!comment.contains("@everyone"), "{comment}");
    assert_eq!((&row["state"], &row["until"]), (&"active".into(), &"2026-11-30".into()));
    assert_eq!((&row["label"], &row["assignee"], &row["waiting"]), (&"set".into(), &"set".into(), &0.into()));
    assert_eq!(row["life"]["turn"], "helper");
    let (path, number) = x.split_once('#').unwrap();
    let act = |what: &str| format!("POST /repos/{path}/issues/{number}/{what} by sam");
    assert_eq!(stage.writes(from), [act("comments"), act("labels"), act("assignees")], "nothing else is written");

    // Two of two: the next one waits, and says until when.
    let from = stage.mark();
    let error = refused(&sam.run(&["claim", &third, "--json"]));
    let refusal = &error["refusal"];
    assert_eq!((&refusal["rule"], &refusal["lifter"]), (&"WorkInProgress".into(), &"you".into()), "{error}");
    assert_eq!(refusal["lifts_on"], "2026-12-01", "the day after the first to end: {error}");
    assert!(refusal["instead"][0].as_str().unwrap().contains("floorwalk release"), "{error}");
    assert_eq!(stage.writes(from), [""; 0]);
}

#[test]
fn fd4_lost_race_takes_the_own_marks_back_and_names_the_winner() {
    let stage = Stage::set("consent = \"notify\"\nmax_helpers = 3");
    let (sam, lee) = (stage.desk("sam"), stage.desk(LEE));
    let x = free(&sam, VISION, 1).remove(0);
    let comments = stage.floor.comments(&x).len();
    // Sam has looked; the server holds the comment back, and meanwhile lee's whole claim goes through.
    let delay = Fault::new("POST", "/comments", FaultKind::Delay { ms: 2_500 });
    stage.floor.demo.faults().add(Fault { body: "**sam**".into(), ..delay });
    let late = sam.command(&["claim", &x, "--size", "S", "--json"]).spawn().unwrap();
    stage.floor.wait_until("sam's comment is on its way", || stage.floor.demo.faults().pending().is_empty());
    lee.fine(&["claim", &x, "--size", "S"]);
    assert_eq!(stage.floor.comments(&x).len(), comments + 1, "sam's comment comes second");
    let ran = Ran(late.wait_with_output().unwrap());

    // The claim was made and stepped back: what the task shows comes first, and why is told beside it.
    assert_eq!(ran.code(), 1, "{}", ran.err());
    let document = ran.json();
    assert_eq!(document["commitments"][0]["state"], "conceded", "{document}");
    let error = document["problems"][0].clone();
    assert_eq!(error["code"], 1);
    let seconds = {
        let created: Vec<jiff::Timestamp> = stage
            .floor
            .timeline(&x)
            .iter()
            .filter(|row| row["body"].as_str().is_some_and(|b| b.starts_with("<!-- floorwalk/1")))
            .map(|row| row["created_at"].as_str().unwrap().parse().unwrap())
            .collect();
        created[1].duration_since(created[0]).as_secs()
    };
    let taken = format!("taken by {LEE} {seconds} s earlier");
    assert!(seconds > 0 && error["sentence"].as_str().unwrap().contains(&taken), "{taken}: {error}");
    let refusal = &error["refusal"];
    assert_eq!((&refusal["rule"], &refusal["lifter"]["holder"]), (&"Held".into(), &LEE.into()), "{error}");
    let alternatives = refusal["alternatives"].as_array().unwrap();
    assert_eq!(alternatives.len(), 3, "{error}");
    assert!(alternatives.iter().all(|key| *key != x.as_str()));

    assert_eq!(stage.assignees(&x), [LEE], "sam's marks are gone, lee's stay");
    assert!(stage.labelled(&x));
    let markers: Vec<String> =
        stage.floor.comments(&x).into_iter().filter(|c| c.starts_with("<!-- floorwalk/1")).collect();
    assert_eq!(markers.len(), 2);
    assert!(!markers[0].contains("concede") && markers[1].contains("\"e\":\"concede\""), "{markers:?}");
    assert!(markers[1].contains("Somebody else's claim came first, so **sam** steps back"), "{}", markers[1]);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "conceded");
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));

    // Both agree, and a sync afterwards writes nothing.
    let from = stage.mark();
    [&sam, &lee].iter().for_each(|desk| drop(desk.fine(&["sync"])));
    assert_eq!(stage.writes(from), [""; 0]);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "conceded");
    assert_eq!(mine(&lee, &x).unwrap()["state"], "active");
    // A free task that is alike can be taken at once.
    sam.fine(&["claim", alternatives[0].as_str().unwrap()]);
}

#[test]
fn fd5_blocked_by_host_limit_names_the_soonest_end_and_offers_to_ask() {
    let stage = Stage::set("consent = \"notify\"\nmax_helpers = 2");
    let (sam, lee, bob) = (stage.desk("sam"), stage.desk(LEE), stage.desk(BOB));
    let [x, first, second]: [String; 3] = free(&sam, VISION, 3).try_into().unwrap();
    lee.fine(&["claim", &first, "--size", "M"]);
    bob.fine(&["claim", &second, "--size", "S"]);
    sam.fine(&["sync"]);
    let from = stage.mark();
    let words = sam.run(&["claim", &x, "--size", "S"]);
    assert_eq!((words.code(), words.out().as_str()), (1, ""));
    let said = words.err();
    assert!(said.contains(&format!("the soonest to end is @{BOB}, on 2026-11-30")), "{said}");
    assert!(said.contains("ana (lead) can lift it; it lifts by itself on 2026-12-01"), "{said}");
    assert!(said.contains(&format!("for when there is room: `floorwalk claim {x} --ask`")), "{said}");

    let error = refused(&sam.run(&["claim", &x, "--size", "S", "--json"]));
    let refusal = &error["refusal"];
    assert_eq!(refusal["rule"], "HostConcurrency", "{error}");
    assert_eq!(refusal["lifter"]["host"][0], "ana (lead)");
    assert_eq!(refusal["lifts_on"], "2026-12-01");
    assert!(refusal["instead"][0].as_str().unwrap().contains("--ask"), "{error}");
    let others: Vec<&str> = refusal["alternatives"].as_array().unwrap().iter().filter_map(|k| k.as_str()).collect();
    assert_eq!(others.len(), 3, "{error}");
    assert!(others.iter().all(|key| !key.starts_with("quillfern/locker-")), "vision is full: {others:?}");
    assert_eq!(stage.writes(from), [""; 0]);
    assert_eq!(mine(&sam, &x), None);

    // What was offered works: a request, which holds nothing.
    sam.fine(&["claim", &x, "--size", "S", "--ask"]);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "requested");
    assert_eq!(stage.assignees(&x), [""; 0]);
    sam.fine(&["withdraw", &x]);

    // On the day that was named it passes by itself, once the lease has run out.
    stage.floor.day("2026-12-01T09:00:00Z", &[&sam, &lee, &bob]);
    bob.fine(&["release", &second, "--note", "the test is written, the fix is not"]);
    sam.fine(&["sync"]);
    sam.fine(&["claim", &x, "--size", "S"]);
}

#[test]
fn fd5_a_lease_that_ran_out_gives_its_place_back_on_the_day_that_was_named() {
    let stage = Stage::set("consent = \"auto\"\nmax_helpers = 1");
    let (sam, lee) = (stage.desk("sam"), stage.desk(LEE));
    let [x, first]: [String; 2] = free(&sam, VISION, 2).try_into().unwrap();
    lee.fine(&["claim", &first, "--size", "S"]);
    sam.fine(&["sync"]);
    let error = refused(&sam.run(&["claim", &x, "--json"]));
    assert_eq!(error["refusal"]["lifts_on"], "2026-12-01", "{error}");
    // Nobody ran anything in between: no reminder, so the claim is overdue and holds no place any more.
    stage.floor.day("2026-12-01T00:00:01Z", &[&sam]);
    sam.fine(&["claim", &x]);
    assert_eq!(mine(&sam, &x).unwrap()["state"], "active");
    assert!(stage.assignees(&first).contains(&LEE.to_owned()), "lee's own claim stays as it is");
}

#[test]
fn fd5_the_last_place_goes_to_one_of_two_who_ask_at_once() {
    let stage = Stage::set("consent = \"auto\"\nmax_helpers = 1");
    let (sam, lee) = (stage.desk("sam"), stage.desk(LEE));
    let [x, other]: [String; 2] = free(&sam, VISION, 2).try_into().unwrap();
    let delay = Fault::new("POST", "/comments", FaultKind::Delay { ms: 2_500 });
    stage.floor.demo.faults().add(Fault { body: "**sam**".into(), ..delay });
    let late = sam.command(&["claim", &x, "--size", "S", "--json"]).spawn().unwrap();
    stage.floor.wait_until("sam's comment is on its way", || stage.floor.demo.faults().pending().is_empty());
    lee.fine(&["claim", &other, "--size", "S"]);
    let ran = Ran(late.wait_with_output().unwrap());
    assert_eq!(ran.code(), 1, "{}", ran.err());
    let document = ran.json();
    let refusal = &document["problems"][0]["refusal"];
    assert_eq!((&refusal["rule"], &refusal["lifter"]["host"][0]), (&"HostConcurrency".into(), &"ana (lead)".into()));
    assert!(document["problems"][0]["sentence"].as_str().unwrap().contains(&format!("@{LEE}")), "{document}");
    // Before any further sync, too: what stepped back is not shown as held.
    assert_eq!(document["commitments"][0]["state"], "conceded", "{document}");
    assert_eq!(mine(&sam, &x).unwrap()["state"], "conceded");
    assert_eq!((stage.assignees(&x).as_slice(), stage.labelled(&x)), (&[][..], false));
    assert_eq!((stage.assignees(&other).as_slice(), stage.labelled(&other)), (&[LEE.to_owned()][..], true));
}

#[test]
fn fd6_hand_back_needs_a_note_once_there_is_work_and_unassigns_only_sam() {
    let stage = Stage::set("consent = \"notify\"");
    let sam = stage.desk("sam");
    let x = free(&sam, VISION, 1).remove(0);
    sam.fine(&["claim", &x, "--size", "M"]);
    stage.floor.by(ANA).assign(&x, BOB).unwrap();
    stage.floor.day("2026-11-24T09:00:00Z", &[&sam]);
    let pull = stage.floor.pull("sam", &x, true);
    stage.floor.by("sam").push(&pull, "Write the failing test").unwrap();

    // Before the desk has read of the commit: the tracker is asked again before anything is sent.
    let (from, comments) = (stage.mark(), stage.floor.comments(&x).len());
    for synced in [false, true] {
        if synced {
            sam.fine(&["sync"]);
        }
        let error = refused(&sam.run(&["release", &x, "--json"]));
        let refusal = &error["refusal"];
        assert_eq!((&refusal["rule"], &refusal["lifter"]), (&"Words".into(), &"you".into()), "{synced} {error}");
        assert_eq!(stage.writes(from), [""; 0]);
        assert_eq!(mine(&sam, &x).unwrap()["state"], "active");
    }
    let words = sam.run(&["release", &x]);
    assert!(words.code() == 1 && words.err().contains("`--done`, `--next`, `--link`"), "{}", words.err());

    let note = ["--done", "the test fails", "--next", "close the socket", "--link", &pull];
    let back = sam.fine(&[&["release", x.as_str()], &note[..]].concat());
    assert!(back.err().contains("handed back"), "{}", back.err());
    assert_eq!(stage.assignees(&x), [BOB], "only sam is unassigned");
    assert!(!stage.labelled(&x));
    let all = stage.floor.comments(&x);
    assert_eq!(all.len(), comments + 1);
    let posted: Vec<&String> = all.iter().filter(|c| c.contains("close the socket")).collect();
    assert_eq!(posted.len(), 1, "the note is posted once");
    assert!(posted[0].contains("the test fails") && posted[0].contains("locker-gateway"), "{}", posted[0]);
    stage.floor.by(ANA).unassign(&x, BOB).unwrap();
    let again = stage.desk("sam");
    again.at("2026-11-24T10:00:00Z");
    for desk in [&sam, &again] {
        desk.fine(&["sync"]);
        let row = mine(desk, &x).unwrap();
        assert_eq!((&row["state"], &row["life"]["reminded"]), (&"released".into(), &serde_json::Value::Null), "{row}");
        assert!(!row.to_string().contains("expired"), "{row}");
    }
    let shown = stage.desk(LEE).fine(&["show", &x, "--json"]).json();
    assert_eq!(shown["task"]["free"], true, "{shown}");
}
