//! More stories of the team lead (domain.md §7.2): declining, the budget of review, thanks, warranty.

use floorwalk::domain::evidence::{Checks, Verdict};
use serde_json::{Value, json};

use crate::{
    floor::Desk,
    story_house::{FIRMWARE, GATEWAY, House, MONDAY, asks, free, mine, refused, room, seen},
};

#[test]
fn tl6_decline() {
    let house = House::with("consent = \"ask\"");
    let (lee, ana) = (house.desk("kasia-w"), house.desk("tobias-h"));
    let key = free(&lee, GATEWAY, 1).remove(0);
    lee.fine(&["claim", &key, "--size", "S", "--plan", "one page"]);
    house.day("2026-11-24T09:00:00Z", &[&ana]);
    ana.fine(&["decline", &key, "--reason", "not-now", "--text", "from January on, gladly"]);
    assert!(house.assignees(&key).is_empty());
    assert_eq!(house.floor.markers(&key, "claim"), 0);
    let said = house.floor.comments(&key);
    assert!(said.iter().any(|c| c.contains("@kasia-w") && c.contains("from January on, gladly")), "{said:?}");

    house.day("2026-11-24T10:00:00Z", &[&lee, &ana]);
    let declined = mine(&lee, &key);
    assert_eq!((&declined["state"], &declined["ended"]), (&"declined".into(), &"declined: not now".into()));
    assert_eq!(declined["alternatives"].as_array().map(Vec::len), Some(3), "{declined}");
    let text = seen(&lee, &["mine"]);
    assert!(text.contains("declined: not now") && text.contains("free and alike: "), "{text}");
    assert_eq!(lee.fine(&["show", &key, "--json"]).json()["task"]["free"], true);

    // Nobody can look up who was declined: neither the lead nor anybody else.
    let noor = house.desk("noor");
    noor.at("2026-11-24T10:00:00Z");
    for desk in [&ana, &noor] {
        for verb in [&["floor", "--json"][..], &["team", "lockers", "--json"], &["mine", "--all", "--json"], &["floor"]]
        {
            let told = desk.fine(verb).out().to_lowercase();
            assert!(!told.contains("declin") && !told.contains("kasia-w"), "{verb:?} {told}");
        }
    }
    assert_eq!(asks(&ana), []);
}

#[test]
fn tl7_burden_budget() {
    let house = House::with("review_budget_h_per_week = 3.0\nburden_minutes = { S = 72, M = 60 }");
    let (sam, lee) = (house.desk("sam"), house.desk("kasia-w"));
    let (juno, ana, chiara) = (house.desk("juno"), house.desk("tobias-h"), house.desk("chiara"));
    let keys = free(&sam, GATEWAY, 4);
    sam.fine(&["claim", &keys[0], "--size", "S"]);
    lee.fine(&["claim", &keys[1], "--size", "S"]);
    house.day("2026-11-24T09:00:00Z", &[&juno, &ana, &chiara]);
    assert_eq!(room(&ana)["load"], json!({ "committed_min": 144, "budget_min": 180, "renews": "2026-11-30" }));

    let error = refused(&juno, &["claim", &keys[2], "--size", "M"]);
    assert_eq!(
        (&error["refusal"]["rule"], &error["refusal"]["lifts_on"]),
        (&"BurdenBudget".into(), &"2026-11-30".into())
    );
    assert_eq!(
        error["sentence"],
        "Lockers gives 3 h of review this week, 2 h 24 min are committed, and this would need about 1 h"
    );
    assert!(error["refusal"]["instead"].to_string().contains("--ask"), "{error}");
    assert_eq!(house.floor.markers(&keys[2], "claim"), 0);

    // She may go over it once: the helper asks, and she says so.
    juno.fine(&["claim", &keys[2], "--size", "M", "--ask", "--plan", "small, I know it"]);
    ana.fine(&["sync"]);
    let error = refused(&ana, &["accept", &keys[2]]);
    assert_eq!(error["refusal"]["rule"], "BurdenBudget");
    assert!(error["refusal"]["instead"].to_string().contains("--waive"), "{error}");
    assert!(house.assignees(&keys[2]).is_empty());
    ana.fine(&["accept", &keys[2], "--waive"]);
    assert_eq!(house.assignees(&keys[2]), ["juno"]);
    juno.fine(&["sync"]);
    assert_eq!(mine(&juno, &keys[2])["state"], "active");
    assert_eq!(room(&ana)["load"]["committed_min"], 204);

    // Once: the next one meets the budget again, until Monday.
    chiara.fine(&["sync"]);
    assert_eq!(refused(&chiara, &["claim", &keys[3], "--size", "M"])["refusal"]["rule"], "BurdenBudget");
    house.day("2026-11-30T09:00:00Z", &[&chiara]);
    chiara.fine(&["claim", &keys[3], "--size", "M"]);
    assert_eq!(mine(&chiara, &keys[3])["state"], "active");
}

/// Sam claims a task of the Lockers on Monday and has it merged on Tuesday at noon. Gives task and pull request.
fn merged(house: &House, sam: &Desk) -> (String, String) {
    let key = free(sam, FIRMWARE, 1).remove(0);
    sam.fine(&["claim", &key, "--size", "S"]);
    let pull = house.floor.pull("sam", &key, false);
    house.floor.demo.set_checks(&pull, Checks::Passed).unwrap();
    house.floor.at("2026-11-24T12:00:00Z");
    house.floor.by("rune").review(&pull, Verdict::Approved, "Nice.").unwrap();
    house.floor.by("rune").merge(&pull).unwrap();
    (key, pull)
}

#[test]
fn tl9_thanks() {
    let house = House::with("contact = \"#lockers-help\"");
    let (sam, ana) = (house.desk("sam"), house.desk("tobias-h"));
    let (key, pull) = merged(&house, &sam);
    house.day("2026-11-24T13:00:00Z", &[&sam, &ana]);
    assert_eq!(mine(&sam, &key)["state"], "warranty");
    assert_eq!(asks(&ana), [("done: say thanks".to_owned(), key.clone())]);
    assert!(seen(&ana, &["team"]).contains(&format!("floorwalk thanks {key}")));

    let (writes, comments) = (house.writes(), house.floor.comments(&key));
    let drafts = ana.fine(&["thanks", &key, "--json"]).json();
    let opened: jiff::Timestamp = house.floor.issue(&key)["created_at"].as_str().unwrap().parse().unwrap();
    let days = (MONDAY.parse::<jiff::Timestamp>().unwrap() - opened).get_seconds() / 86_400;
    assert_eq!(drafts["channel"], "#lockers-help");
    for (draft, begin) in [("to_channel", "Thank you @sam for "), ("to_manager", "Sam Okonjo helped Lockers with ")] {
        let text = drafts[draft].as_str().unwrap();
        let effects = [format!("It had been open for {days} days."), format!("{pull} merged with all checks passed.")];
        assert!(text.starts_with(begin) && text.contains(&key), "{text}");
        assert!(effects.iter().all(|effect| text.contains(effect)), "{effects:?} in {text}");
    }
    let told = ana.fine(&["thanks", &key]);
    assert!(told.out().contains("For #lockers-help:") && told.err().contains("nothing was sent"), "{}", told.out());
    assert_eq!((house.writes(), house.floor.comments(&key)), (writes, comments), "nothing is sent");
    assert_eq!(ana.fine(&["outbox", "--json"]).json()["outbox"], json!([]));
}

#[test]
fn tl10_warranty() {
    let house = House::with("warranty_days = 30");
    let (sam, ana) = (house.desk("sam"), house.desk("tobias-h"));
    let (key, _) = merged(&house, &sam);
    house.day("2026-11-24T13:00:00Z", &[&sam, &ana]);
    let done = mine(&sam, &key);
    assert_eq!((&done["state"], &done["life"]["done"]), (&"warranty".into(), &"merged".into()));
    assert!(seen(&ana, &["warranty"]).contains(&format!("{key}  @sam  warranty until 2026-12-24")));

    // Day 12, a Sunday would be 6 December: she finds it on that day, and the five working days begin on Monday.
    house.day("2026-12-06T10:00:00Z", &[&sam, &ana]);
    let link = "https://github.com/quillfern/locker-firmware/issues/999";
    assert_eq!(refused(&sam, &["warranty", &key, "--regression", link])["refusal"]["rule"], "Permission");
    ana.fine(&["warranty", &key, "--regression", link, "--text", "doors stay open after an update"]);
    let asked =
        |house: &House| house.floor.comments(&key).iter().filter(|c| c.contains("@sam") && c.contains(link)).count();
    assert_eq!(asked(&house), 1);
    house.day("2026-12-06T11:00:00Z", &[&sam, &ana]);
    let back = mine(&sam, &key);
    assert_eq!(
        (&back["state"], &back["until"], &back["turn"]),
        (&"active".into(), &"2026-12-11".into(), &"your turn".into())
    );
    assert_eq!((&back["life"]["regressed"], &back["life"]["ended"]), (&true.into(), &Value::Null));
    let error = refused(&ana, &["warranty", &key, "--regression", link]);
    assert_eq!(error["refusal"]["rule"], "State", "it is being mended: {error}");

    // Mended and merged: done for good, whatever breaks then.
    let again = house.floor.pull("sam", &key, false);
    house.day("2026-12-08T10:00:00Z", &[]);
    house.floor.by("rune").merge(&again).unwrap();
    house.day("2026-12-08T11:00:00Z", &[&sam, &ana]);
    assert_eq!(mine(&sam, &key)["state"], "completed", "{}", mine(&sam, &key));
    refused(&ana, &["warranty", &key, "--regression", link]);
    assert_eq!(asked(&house), 1, "the helper was asked once");
}
