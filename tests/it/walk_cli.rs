//! `walk` on the command line, on the demo organisation: rounds, answers, what is remembered, exit codes.

use crate::cli_demo::Served;

/// Keys of the stops of a round that is not remembered.
fn dry(served: &Served, stops: &str) -> Vec<String> {
    let json = served.run(&["walk", "--dry-run", "--json", "--stops", stops]).json();
    json["stops"].as_array().unwrap().iter().map(|s| s["task"]["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_round_is_printed_and_remembered_and_the_next_goes_elsewhere() {
    let served = Served::start_idle();
    let before = served.run(&["walk"]);
    assert_eq!(before.code, 1, "{}", before.all());
    assert!(before.err.contains("nothing has been read yet"), "{}", before.all());
    assert_eq!(served.run(&["sync"]).code, 0);

    let two = dry(&served, "2");
    assert_eq!(two.len(), 2);
    assert_eq!(two, dry(&served, "2"), "a dry run remembers nothing");

    let text = served.run(&["walk", "--stops", "2"]);
    assert_eq!(text.code, 0, "{}", text.all());
    let rows: Vec<Vec<&str>> = text.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0], ["key", "title", "host", "because", "signals", "card"]);
    assert_eq!(rows[1..].iter().map(|row| row[0]).collect::<Vec<_>>(), two);
    assert!(rows[1..].iter().all(|row| row[3] == "you have not been here before"), "{}", text.out);

    let next = served.run(&["walk", "--json", "--stops", "2"]).json();
    assert_eq!((next["schema"].as_str(), next["dry_run"].as_bool()), (Some("floorwalk/1"), Some(false)));
    let hosts: Vec<&str> =
        next["stops"].as_array().unwrap().iter().map(|stop| stop["host"].as_str().unwrap()).collect();
    assert!(hosts.iter().all(|host| rows[1..].iter().all(|row| row[2] != *host)), "{hosts:?} after\n{}", text.out);
    assert!(next["stops"][0]["review_min"].as_u64().unwrap() > 0, "{next}");
}

#[test]
fn answers_take_a_task_out_of_the_next_rounds() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let stops = dry(&served, "3");

    let would = served.run(&["walk", "skip", &stops[0], "--reason", "too-big", "--dry-run"]);
    assert_eq!(would.code, 0, "{}", would.all());
    assert_eq!(dry(&served, "3"), stops, "nothing was done");
    let skip = served.run(&["walk", "skip", &stops[0], "--reason", "too-big"]);
    assert_eq!((skip.code, skip.err.contains("skipped: too big; nobody else sees that")), (0, true), "{}", skip.all());
    let snooze = served.run(&["walk", "snooze", &stops[1], "--until-changed", "--json"]);
    assert_eq!(snooze.code, 0, "{}", snooze.all());
    let day = served.run(&["walk", "snooze", &stops[2], "--until", "2026-12-05"]);
    assert!(day.code == 0 && day.err.contains("snoozed until 2026-12-05"), "{}", day.all());
    let again = dry(&served, "50");
    assert!(stops.iter().all(|key| !again.contains(key)), "{stops:?} in {again:?}");
    let snoozed = served.run(&["list", "is:snoozed", "--json"]).json();
    assert_eq!(snoozed["found"], 2, "{snoozed}");

    let later = served.world.finish(
        served.command(&["walk", "--dry-run", "--json", "--stops", "50"]).env("FLOORWALK_NOW", "2026-12-05T00:00:00Z"),
    );
    let keys = later.json()["stops"].to_string();
    assert!(keys.contains(&stops[2]) && !keys.contains(&stops[1]), "the day has come: {keys}");
}

#[test]
fn a_host_hears_counts_of_three_and_no_smaller_ones() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let list = served.run(&["list", "is:free", "--json"]).json();
    let tasks = list["tasks"].as_array().unwrap();
    let project = tasks
        .iter()
        .map(|t| t["project"].as_str().unwrap())
        .find(|p| tasks.iter().filter(|t| t["project"] == *p).count() >= 3)
        .unwrap();
    let three: Vec<&str> =
        tasks.iter().filter(|t| t["project"] == project).map(|t| t["key"].as_str().unwrap()).take(3).collect();
    let told = |served: &Served| served.run(&["walk", "--dry-run", "--json"]).json()["reasons"].clone();
    for key in &three[..2] {
        let args = ["walk", "skip", key, "--reason", "other", "--note", "a secret of mine"];
        assert_eq!(served.run(&args).code, 0);
    }
    assert_eq!(told(&served).as_array().map(Vec::len), Some(0));
    let args = ["walk", "skip", three[2], "--reason", "other", "--note", "a secret of mine"];
    assert_eq!(served.run(&args).code, 0);
    let counted = told(&served);
    assert_eq!((counted[0]["reason"].as_str(), counted[0]["count"].as_u64()), (Some("other"), Some(3)), "{counted}");
    assert!(!counted.to_string().contains("secret"), "{counted}");
}

#[test]
fn what_cannot_be_is_refused_with_its_code() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = &dry(&served, "1")[0];
    for (args, code) in [
        (&["walk", "skip", key, "--reason", "boring"][..], 2),
        (&["walk", "skip", key], 2),
        (&["walk", "skip", key, "--reason", "other"], 2),
        (&["walk", "skip", "no/such#1", "--reason", "unclear"], 1),
        (&["walk", "snooze", key], 2),
        (&["walk", "snooze", key, "--until", "2020-01-01"], 2),
        (&["walk", "snooze", key, "--until", "2027-01-01", "--until-changed"], 2),
        (&["walk", "--stops", "0"], 2),
        (&["walk", "--stops", "51"], 2),
    ] {
        let ran = served.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.all());
        assert!(!ran.err.is_empty(), "{args:?} says nothing");
    }
    assert_eq!(&dry(&served, "1")[0], key, "nothing was remembered");
}
