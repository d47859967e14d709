//! Stories of the team lead (domain.md §7.2), each on the real program against the demo server, named by its id.

use serde_json::{Value, json};

use crate::story_house::{FIRMWARE, GATEWAY, House, PLANNER, asks, free, mine, refused, room, seen};

/// States of the helpers in the lead's room, by task.
fn states(room: &Value) -> Vec<(&str, &str)> {
    let helpers = room["helpers"].as_array().unwrap().iter().map(|h| &h["commitment"]);
    helpers.map(|c| (c["task"]["key"].as_str().unwrap(), c["state"].as_str().unwrap())).collect()
}

#[test]
fn tl1_who_is_here() {
    let house = House::with(
        "consent = \"ask\"\nmax_helpers = 3\nreview_budget_h_per_week = 5.0\n\
         mentors = [{ handle = \"ngozi\", capacity = 2, rotation = \"on\" }]",
    );
    let (sam, lee, ana) = (house.desk("sam"), house.desk("kasia-w"), house.desk("tobias-h"));
    let (first, second) = (free(&sam, GATEWAY, 1).remove(0), free(&lee, FIRMWARE, 1).remove(0));
    sam.fine(&["claim", &first, "--size", "S", "--plan", "reproduce it first"]);
    lee.fine(&["claim", &second, "--size", "M", "--plan", "read the datasheet"]);
    ana.fine(&["sync"]);
    ana.fine(&["accept", &first, "--mentor", "ngozi"]);
    ana.fine(&["accept", &second]);
    // Beside it: help in a team that is not hers.
    let elsewhere = free(&sam, PLANNER, 1).remove(0);
    house.day("2026-11-24T09:00:00Z", &[&sam, &lee]);
    sam.fine(&["claim", &elsewhere, "--size", "L"]);
    house.day("2026-11-24T10:00:00Z", &[&ana]);

    let room = room(&ana);
    assert_eq!((&room["team"], &room["own"]), (&"lockers".into(), &true.into()));
    assert_eq!(room["places"], json!({ "used": 2, "max": 3, "free": 1 }));
    let helpers = room["helpers"].as_array().unwrap();
    let told: Vec<Value> = helpers
        .iter()
        .map(|h| {
            json!([
                h["commitment"]["who"],
                h["commitment"]["task"]["key"],
                h["commitment"]["state"],
                h["commitment"]["until"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [json!(["sam", first, "active", "2026-11-30"]), json!(["kasia-w", second, "active", "2026-12-07"])]
    );
    assert_eq!([&helpers[0]["home"], &helpers[1]["home"]], ["Insights", "Platform"]);
    assert_eq!([&helpers[0]["forecast_min"], &helpers[1]["forecast_min"]], [48, 100], "minutes of review by size");
    assert_eq!(helpers[0]["commitment"]["life"]["mentor"], "ngozi");
    assert_eq!(room["load"], json!({ "committed_min": 148, "budget_min": 300, "renews": "2026-11-30" }));
    assert_eq!(room["mentors"], json!([{ "handle": "ngozi", "used": 1, "capacity": 2, "on_rotation": true }]));

    let text = seen(&ana, &["team"]);
    for words in [
        "Lockers (yours): wants to be asked · 2 of 3 places taken",
        "review this week: 2 h 28 min of 5 h, anew on 2026-11-30",
        "mentors: Ngozi Adeyemi-Clarke 1 of 2",
        "@sam of Insights · 4 working days left",
        "@kasia-w of Platform · 9 working days left",
        "4 working days left · mentor @ngozi · 48 min of review",
        "9 working days left · 1 h 40 min of review",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }

    // Of other teams she sees who is there now, and nothing of what it costs them.
    let floor = ana.fine(&["floor", "--json"]).json();
    let other = floor["rooms"].as_array().unwrap().iter().find(|r| r["team"] == "routing").unwrap().clone();
    assert_eq!((&other["own"], &other["load"], &other["asks"]), (&false.into(), &Value::Null, &json!([])));
    assert!(states(&other).contains(&(elsewhere.as_str(), "active")), "{other}");
    assert!(other["helpers"].as_array().unwrap().iter().all(|h| h["forecast_min"].is_null()), "{other}");

    // What is over leaves the room.
    sam.fine(&["release", &elsewhere, "--note", "somebody was faster"]);
    lee.fine(&["release", &second, "--note", "no time left"]);
    house.day("2026-11-25T09:00:00Z", &[&ana]);
    let team = ana.fine(&["team", "--json"]).out();
    let all = ana.fine(&["floor", "--json"]).out();
    assert!(team.contains("sam") && !team.contains(&second) && !team.contains("kasia-w"), "{team}");
    assert!(!all.contains(&elsewhere) && !all.contains("kasia-w"), "{all}");
}

#[test]
fn tl2_limit() {
    let house = House::with("max_helpers = 2");
    let (sam, lee, ana) = (house.desk("sam"), house.desk("kasia-w"), house.desk("tobias-h"));
    let juno = house.desk("juno");
    let (first, second, third) = {
        let keys = free(&sam, GATEWAY, 3);
        (keys[0].clone(), keys[1].clone(), keys[2].clone())
    };
    sam.fine(&["claim", &first, "--size", "XS"]);
    lee.fine(&["claim", &second, "--size", "S"]);

    house.policy("max_helpers = 1");
    house.day("2026-11-24T09:00:00Z", &[&sam, &lee, &ana, &juno]);
    assert_eq!(mine(&sam, &first)["state"], "active");
    assert_eq!(mine(&lee, &second)["state"], "active");
    assert_eq!((house.assignees(&first), house.floor.markers(&first, "claim")), (vec!["sam".into()], 1));
    assert_eq!(states(&room(&ana)), [(first.as_str(), "active"), (second.as_str(), "active")]);
    assert_eq!(room(&ana)["places"], json!({ "used": 2, "max": 1, "free": 0 }));

    let writes = house.writes();
    let error = refused(&juno, &["claim", &third, "--size", "S"]);
    assert_eq!(error["refusal"]["rule"], "HostConcurrency");
    assert_eq!(error["refusal"]["lifter"], json!({ "host": ["Tobias Hartwell (lead)"] }));
    let sentence = error["sentence"].as_str().unwrap();
    assert!(sentence.contains("the soonest to end is @sam, on 2026-11-25"), "{sentence}");
    assert!(error["refusal"]["instead"][0].as_str().unwrap().contains("--ask"), "{error}");
    assert_eq!(error["refusal"]["alternatives"].as_array().map(Vec::len), Some(3), "{error}");
    // With one place there is room only when both have ended.
    assert_eq!(error["refusal"]["lifts_on"], "2026-12-01", "{error}");
    assert_eq!((house.writes(), house.floor.markers(&third, "claim")), (writes, 0), "nothing was written");

    sam.fine(&["release", &first, "--note", "the log is in the wiki"]);
    juno.fine(&["sync"]);
    let error = refused(&juno, &["claim", &third, "--size", "S"]);
    assert!(error["sentence"].as_str().unwrap().contains("@kasia-w, on 2026-11-30"), "{error}");
    lee.fine(&["release", &second, "--note", "nothing begun"]);
    juno.fine(&["sync"]);
    juno.fine(&["claim", &third, "--size", "S"]);
    assert_eq!((mine(&juno, &third)["state"].clone(), house.floor.markers(&third, "claim")), ("active".into(), 1));
}

#[test]
fn tl3_quiet_period() {
    let quiet = "quiet = [{ from = \"2026-12-15\", to = \"2027-01-05\", why = \"release freeze\" }]";
    let house = House::with("");
    let (sam, lee, ana) = (house.desk("sam"), house.desk("kasia-w"), house.desk("tobias-h"));
    let keys = free(&sam, GATEWAY, 3);
    house.day("2026-12-11T09:00:00Z", &[&sam, &lee]);
    sam.fine(&["claim", &keys[0], "--size", "S"]);
    assert_eq!(mine(&sam, &keys[0])["until"], "2026-12-18", "no quiet period is known yet");
    house.floor.by("sam").comment(&keys[0], "The log says it is the timer.").unwrap();
    // The lead announces it afterwards: what runs is frozen, not cut.
    house.policy(quiet);
    lee.fine(&["claim", &keys[1], "--size", "S"]);
    assert_eq!(mine(&lee, &keys[1])["until"], "2027-01-11", "four of five days come after the quiet period");
    house.floor.by("kasia-w").comment(&keys[1], "I begin with the tests.").unwrap();

    house.day("2026-12-16T09:00:00Z", &[&sam, &lee, &ana]);
    let before = (mine(&sam, &keys[0]), mine(&lee, &keys[1]));
    assert_eq!((&before.0["until"], &before.1["until"]), (&"2027-01-11".into(), &"2027-01-11".into()));
    assert_eq!((&before.0["state"], &before.1["state"]), (&"active".into(), &"active".into()));
    let error = refused(&lee, &["claim", &keys[2], "--size", "S"]);
    assert_eq!((&error["refusal"]["rule"], &error["refusal"]["lifts_on"]), (&"HostOpen".into(), &"2027-01-06".into()));
    assert_eq!(error["sentence"], "Lockers has a quiet time until 2027-01-05 (release freeze)");
    assert_eq!(room(&ana)["quiet"]["to"], "2027-01-05");

    // Three weeks later nothing has moved: no reminder, the same time left.
    house.day("2027-01-05T16:00:00Z", &[&sam, &lee, &ana]);
    let after = (mine(&sam, &keys[0]), mine(&lee, &keys[1]));
    assert_eq!((&after.0["until"], &after.0["state"]), (&"2027-01-11".into(), &"active".into()));
    assert_eq!((&after.1["until"], &after.1["state"]), (&"2027-01-11".into(), &"active".into()));
    assert!(
        house.floor.comments(&keys[0]).iter().all(|c| !c.contains("remind")),
        "{:?}",
        house.floor.comments(&keys[0])
    );
    refused(&lee, &["claim", &keys[2], "--size", "S"]);

    // On 6 January it goes on: four working days, and new claims.
    house.day("2027-01-06T09:00:00Z", &[&sam, &lee, &ana]);
    let text = seen(&sam, &["mine"]);
    assert!(text.contains("3 working days left") && text.contains("until 2027-01-11"), "{text}");
    lee.fine(&["release", &keys[1], "--note", "tests are on a branch"]);
    let juno = house.desk("juno");
    juno.at("2027-01-06T09:30:00Z");
    juno.fine(&["claim", &keys[2], "--size", "S"]);
    assert_eq!(mine(&juno, &keys[2])["until"], "2027-01-13");
}

#[test]
fn tl4_opt_out() {
    let house = House::with("");
    let (sam, lee, ana) = (house.desk("sam"), house.desk("kasia-w"), house.desk("tobias-h"));
    let keys = free(&sam, GATEWAY, 2);
    sam.fine(&["claim", &keys[0], "--size", "S"]);
    let count = |query: &str| -> Vec<String> {
        let listed = lee.fine(&["list", query, "--json", "--limit", "1000"]).json();
        listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
    };
    lee.fine(&["sync"]);
    // An order that looks at one task at a time; the best order deals places out over the teams that are there.
    let before = count("sort:quiet");
    assert!(before.contains(&keys[1]));
    let others = |all: &[String]| -> Vec<String> {
        all.iter().filter(|key| !key.starts_with("quillfern/locker-")).cloned().collect()
    };

    house.policy("consent = \"closed\"\nclosed_since = 2026-11-23");
    let after = count("sort:quiet");
    assert!(count("").iter().chain(&after).all(|key| !key.starts_with("quillfern/locker-")), "{after:?}");
    assert_eq!(others(&after), others(&before), "nothing else moves");
    assert!(count("signal:docs").iter().chain(&count("is:free")).all(|key| !key.starts_with("quillfern/locker-")));
    let error = refused(&lee, &["claim", &keys[1]]);
    assert_eq!(error["refusal"]["rule"], "HostOpen");
    assert_eq!(error["sentence"], "Lockers takes no help at the moment");

    // What goes on goes on, and nothing is said against the team.
    house.day("2026-11-24T09:00:00Z", &[&sam, &ana]);
    assert_eq!(mine(&sam, &keys[0])["state"], "active");
    assert_eq!((states(&room(&ana)), asks(&ana)), (vec![(keys[0].as_str(), "active")], vec![]));
    assert!(seen(&ana, &["team"]).contains("Lockers (yours): takes no help now"));
    sam.fine(&["release", &keys[0], "--note", "handed back in good order"]);

    // Ninety days later she is asked once whether it shall stay so; it stays closed meanwhile.
    house.day("2027-02-20T09:00:00Z", &[&ana]);
    assert_eq!(asks(&ana), []);
    house.day("2027-02-21T09:00:00Z", &[&ana, &lee]);
    assert_eq!(asks(&ana), [("closed for long: still wanted?".to_owned(), String::new())]);
    let text = seen(&ana, &["team"]);
    assert!(text.contains("! closed for 90 d: still wanted?") && text.contains("`closed_since`"), "{text}");
    assert!(count("").iter().all(|key| !key.starts_with("quillfern/locker-")));
    house.policy("consent = \"closed\"\nclosed_since = 2027-02-21");
    assert_eq!(asks(&ana), []);
}

#[test]
fn tl5_consent() {
    let house = House::with("consent = \"ask\"\nmentors = [{ handle = \"ngozi\", capacity = 2, rotation = \"on\" }]");
    let (lee, ana) = (house.desk("kasia-w"), house.desk("tobias-h"));
    let keys = free(&lee, GATEWAY, 2);
    lee.fine(&["claim", &keys[0], "--size", "S", "--plan", "the compose file, then the page"]);
    let asked = mine(&lee, &keys[0]);
    assert_eq!((&asked["state"], &asked["turn"]), (&"requested".into(), &"host's turn".into()));
    assert_eq!((house.floor.markers(&keys[0], "request"), house.assignees(&keys[0]).len()), (1, 0));
    assert!(house.floor.comments(&keys[0]).iter().any(|c| c.contains("the compose file, then the page")));

    house.day("2026-11-24T15:00:00Z", &[&ana]);
    assert_eq!(asks(&ana), [("asks for it".to_owned(), keys[0].clone())]);
    let text = seen(&ana, &["team"]);
    assert!(text.contains(&format!("floorwalk accept {}", keys[0])), "{text}");
    // Nobody else says yes for the team.
    let noor = house.desk("noor");
    noor.at("2026-11-24T15:00:00Z");
    assert_eq!(refused(&noor, &["accept", &keys[0]])["refusal"]["rule"], "Permission");
    ana.fine(&["accept", &keys[0], "--mentor", "ngozi"]);
    assert_eq!(house.assignees(&keys[0]), ["kasia-w"]);
    assert_eq!(house.assigned_by(&keys[0], "kasia-w").as_deref(), Some("tobias-h"), "by the lead's client");
    assert_eq!(asks(&ana), []);

    house.day("2026-11-24T16:00:00Z", &[&lee]);
    let held = mine(&lee, &keys[0]);
    assert_eq!((&held["state"], &held["until"]), (&"active".into(), &"2026-12-01".into()), "{held}");
    assert!(held["life"]["start"].as_str().unwrap().starts_with("2026-11-24T15:"), "{held}");
    assert_eq!(held["life"]["mentor"], "ngozi");

    // The other path: nobody answers.
    house.floor.at("2026-11-24T16:05:00Z");
    let juno = house.desk("juno");
    juno.at("2026-11-24T16:05:00Z");
    juno.fine(&["claim", &keys[1], "--size", "S", "--plan", "one more"]);
    house.day("2026-12-01T12:00:00Z", &[&juno, &ana]);
    assert_eq!(mine(&juno, &keys[1])["state"], "requested");
    house.day("2026-12-02T09:00:00Z", &[&juno, &ana]);
    let lapsed = mine(&juno, &keys[1]);
    assert_eq!(lapsed["state"], "lapsed", "{lapsed}");
    let text = seen(&juno, &["mine"]);
    assert!(text.contains("no answer: the host did not answer in time") && text.contains("free and alike:"), "{text}");
    assert!(asks(&ana).contains(&("no answer given".to_owned(), keys[1].clone())), "{:?}", asks(&ana));
    let free_again = lee.fine(&["show", &keys[1], "--json"]).json();
    assert_eq!(free_again["task"]["free"], true, "{free_again}");
}
