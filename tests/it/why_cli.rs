//! `why` and `weights` on the command line, on the demo organisation: what they print, and their mistakes.

use crate::{
    cli_demo::Served,
    cli_world::CliWorld,
    floor::{Desk, Floor},
};

/// A task of a fixed repository, the first by its number.
fn first(served: &Served, query: &str) -> String {
    let json = served.run(&["list", query, "--sort", "key", "--json", "--limit", "1"]).json();
    json["tasks"][0]["key"].as_str().unwrap().to_owned()
}

#[test]
fn why_prints_the_bars_what_was_seen_and_what_would_help() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = first(&served, "is:free repo:quillfern/locker-gateway signal:docs");
    insta::assert_snapshot!("text", served.run(&["why", &key]).all());
    let ask = served.run(&["why", &key, "--ask"]);
    insta::assert_snapshot!("ask", ask.all());
    let draft = served.run(&["why", &key, "--draft"]);
    insta::assert_snapshot!("draft", draft.all());
    let fresh = served.run(&["why", &key, "--fresh"]);
    assert_eq!(fresh.code, 0, "{}", fresh.all());
    assert_eq!(fresh.out.lines().next(), served.run(&["why", &key]).out.lines().next(), "the same score");

    let json = served.run(&["why", &key, "--json"]).json();
    let parts = json["why"]["parts"].as_array().unwrap();
    let sum: u64 = parts.iter().map(|p| p["points"].as_u64().unwrap()).sum();
    let score = json["why"]["score"].as_u64().unwrap();
    assert!(parts.len() == 9 && sum.abs_diff(score) <= 1, "{json}");
    let text = served.run(&["why", &key]).out;
    assert!(text.trim_start().starts_with(&format!("{}.{:02}", score / 100, score % 100)), "{text}");
    for part in parts {
        let points = part["points"].as_u64().unwrap();
        let (word, number) = (part["part"].as_str().unwrap(), format!(" {}.{:02} of ", points / 100, points % 100));
        assert!(
            text.lines().any(|l| l.trim_start().starts_with(word) && l.contains(&number)),
            "{word}{number}\n{text}"
        );
    }
    let listed = served.run(&["list", &format!("repo:{}", key.split('#').next().unwrap()), "--json"]).json();
    let row = listed["tasks"].as_array().unwrap().iter().find(|t| t["key"] == key.as_str()).unwrap().clone();
    assert_eq!(json["listed"], true);
    assert!(row["score"].is_null() || row["score"].as_f64().is_some(), "{row}");
    assert!(json["signals"].as_array().is_some_and(|s| !s.is_empty()) && json["ask"].is_string(), "{json}");
}

#[test]
fn why_not_names_the_gate_and_than_names_the_parts() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let held = first(&served, "is:claimed repo:quillfern/locker-gateway");
    insta::assert_snapshot!("not", served.run(&["why", &held, "--not"]).all());
    let json = served.run(&["why", &held, "--not", "--json"]).json();
    assert!(json["why_not"].is_object(), "{json}");
    assert_eq!(served.run(&["why", &held, "--json"]).json()["listed"], false);
    assert!(served.run(&["why", &held]).out.contains("--not` says why"));

    let one = first(&served, "is:free repo:quillfern/locker-gateway");
    let two = first(&served, "is:free repo:quillfern/geo-index");
    insta::assert_snapshot!("than", served.run(&["why", &one, "--than", &two]).all());
    let json = served.run(&["why", &one, "--than", &two, "--json"]).json();
    let score = |side: &str| json[side]["score"].as_i64().unwrap();
    assert!(json["comparison"].is_object(), "{json}");
    assert_ne!(score("left"), 0);
    assert_ne!(score("right"), 0);
}

#[test]
fn mistakes_of_why_have_their_codes() {
    let served = Served::start_idle();
    assert_eq!(served.run(&["sync"]).code, 0);
    let key = first(&served, "is:free repo:quillfern/locker-gateway");
    for (args, code) in [
        (&["why"][..], 2),
        (&["why", "no/such#1"], 1),
        (&["why", "what is it"], 2),
        (&["why", &key, "--not", "--ask"], 2),
        (&["why", &key, "--ask", "--draft"], 2),
        (&["why", &key, "--than"], 2),
        (&["why", &key, "--than", "no/such#1"], 1),
        (&["why", &key, "--edit"], 2),
        (&["why", &key, "--draft", "--edit"], 1),
    ] {
        let ran = served.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}", ran.all());
        assert!(!ran.err.is_empty(), "{args:?} says nothing");
    }
}

#[test]
fn weights_are_shown_changed_kept_and_used() {
    let world = CliWorld::new();
    world.config("[[tracker]]\nurl = \"http://127.0.0.1:9\"\norgs = [\"quillfern\"]\n");
    insta::assert_snapshot!("weights", world.run(&["weights"]).all());
    let json = world.run(&["weights", "--set", "limbo=30", "--set", "novelty=0", "--json"]).json();
    let of = |part: &str| {
        let all = json["weights"].as_array().unwrap();
        all.iter().find(|w| w["part"] == part).unwrap()["weight"].as_u64().unwrap()
    };
    assert_eq!((of("limbo"), of("novelty"), of("skills")), (30, 0, 18), "{json}");
    let most: f64 = json["weights"].as_array().unwrap().iter().map(|w| w["most"].as_f64().unwrap()).sum();
    assert!((most - 100.0).abs() < 1e-6, "{json}");
    insta::assert_snapshot!("kept", world.run(&["weights", "--set", "limbo=30", "--save", "mine"]).all());
    let mine = world.run(&["weights", "--preset", "mine", "--json"]).json();
    assert_eq!(mine["weights"][0]["weight"], 30, "{mine}");
    assert!(mine["presets"].as_array().unwrap().contains(&"mine".into()), "{mine}");
    let mut mistakes = Vec::new();
    for args in [
        &["weights", "--set", "limbo"][..],
        &["weights", "--set", "limbo=51"],
        &["weights", "--set", "nonsense=1"],
        &["weights", "--preset", "unknown"],
        &["weights", "--save", "debt"],
        &["weights", "--save", "two words"],
    ] {
        let ran = world.run(args);
        assert_ne!(ran.code, 0, "{args:?}: {}", ran.all());
        mistakes.push(format!("{}: {}\n{}", args.join(" "), ran.code, ran.err));
    }
    insta::assert_snapshot!("mistakes", mistakes.join("\n"));
}

fn listed(desk: &Desk, query: &str) -> Vec<String> {
    let json = desk.fine(&["list", query, "--json"]).json();
    json["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_surprise_is_one_that_can_be_taken_the_same_all_day_and_another_tomorrow_or_for_another() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let drawn = |desk: &Desk| {
        let json = desk.fine(&["list", "--surprise", "--json"]).json();
        let tasks = json["tasks"].as_array().unwrap().clone();
        assert_eq!(tasks.len(), 1, "{json}");
        tasks[0]["key"].as_str().unwrap().to_owned()
    };
    let key = drawn(&sam);
    assert_eq!(drawn(&sam), key);
    assert!(listed(&sam, "is:free").contains(&key));
    let days = ["2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z"];
    let later: Vec<String> = days
        .iter()
        .map(|day| {
            sam.at(day);
            drawn(&sam)
        })
        .collect();
    assert!(later.iter().any(|other| *other != key), "{key}: {later:?}");
    let within = sam.fine(&["list", "project:quillfern/geo-index", "--surprise", "--json"]).json();
    assert!(within["tasks"][0]["key"].as_str().unwrap().starts_with("quillfern/geo-index#"), "{within}");
}
