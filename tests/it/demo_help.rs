//! The demo when its teams help each other: whoever opens it on any day sees commitments in every state, and a registry
//! that names everybody.

use std::collections::BTreeMap;

use floorwalk::{
    demo::{Demo, DemoOptions, ORG, REGISTRY},
    domain::marker::{self, Marker, MarkerKind},
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use reqwest::Method;
use serde_json::Value;

use crate::{demo_world::client, floor::Floor};

/// A demo that begins at a moment, and all rows that a listing of it has.
async fn alive(now: Timestamp) -> Demo {
    let options = DemoOptions { port: 0, data: None, now, helping: true };
    Demo::start(options, std::sync::Arc::new(move || now)).await.unwrap()
}

async fn all(demo: &Demo, path: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    for page in 1.. {
        let joint = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{joint}per_page=100&page={page}", demo.url());
        let answer = client().request(Method::GET, url).bearer_auth("demo-sam").send().await.unwrap();
        let part: Vec<Value> = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let full = part.len() == 100;
        rows.extend(part);
        if !full {
            break;
        }
    }
    rows
}

/// All markers of the organisation with the comments that carry them.
async fn markers(demo: &Demo) -> Vec<(Marker, Value)> {
    let mut found = Vec::new();
    for repo in all(demo, &format!("/orgs/{ORG}/repos")).await {
        if repo["has_issues"] == true {
            let path = format!("/repos/{ORG}/{}/issues/comments", repo["name"].as_str().unwrap());
            for comment in all(demo, &path).await {
                if let Some(marker) = marker::parse(comment["body"].as_str().unwrap()) {
                    found.push((marker.unwrap(), comment));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn whatever_the_day_the_demo_is_alive() {
    // A Sunday, a Monday morning, New Year, a Friday in summer.
    for day in [date(2026, 11, 22), date(2027, 3, 1), date(2028, 1, 1), date(2026, 7, 31)] {
        let now = day.at(8, 30, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let demo = alive(now).await;
        let told = markers(&demo).await;
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for (marker, comment) in &told {
            *kinds.entry(format!("{:?}", marker.k)).or_default() += 1;
            assert_eq!(Some(marker.by.id), comment["user"]["id"].as_u64(), "{comment}");
            let moment = |key: &str| comment[key].as_str().unwrap().parse::<Timestamp>().unwrap();
            assert!(moment("created_at") <= moment("updated_at") && moment("updated_at") <= now, "{comment}");
            for event in &marker.ev {
                assert!((moment("created_at")..=moment("updated_at")).contains(&event.at), "{comment}");
                *kinds.entry(event.e.clone()).or_default() += 1;
            }
            let answers = matches!(marker.k, MarkerKind::Consent | MarkerKind::Offer | MarkerKind::Help);
            let theirs = told.iter().filter(|(m, _)| m.c == marker.c && m.until.is_some()).count();
            assert_eq!(theirs, 1, "one claim for {comment}");
            assert_eq!(marker.until.is_none(), answers);
        }
        for (kind, least) in [
            ("Claim", 11),
            ("Request", 5),
            ("Consent", 3),
            ("Offer", 1),
            ("Help", 1),
            ("remind", 1),
            ("pause", 1),
            ("block", 1),
            ("done", 1),
        ] {
            assert!(kinds.get(kind) >= Some(&least), "{day}: {kind} in {kinds:?}");
        }
    }
}

#[tokio::test]
async fn the_registry_names_everybody_and_all_teams() {
    let now: Timestamp = "2026-11-20T09:00:00Z".parse().unwrap();
    let demo = alive(now).await;
    let table = |path: &str| demo.file(REGISTRY, path).unwrap().parse::<toml::Table>().unwrap();
    let (rules, people) = (table("floor.toml"), table("people.toml"));
    for repo in all(&demo, &format!("/orgs/{ORG}/repos")).await {
        let full = repo["full_name"].as_str().unwrap().to_owned();
        let owns = |team: &toml::Value| {
            let patterns = team.get("projects").and_then(toml::Value::as_array).cloned().unwrap_or_default();
            patterns.iter().any(|p| floorwalk::domain::roster::fits(p.as_str().unwrap(), None, &full))
        };
        assert_eq!(rules["team"].as_table().unwrap().values().filter(|t| owns(t)).count(), 1, "{full}");
    }
    let entries = people["person"].as_array().unwrap();
    assert_eq!(entries.len(), 23);
    for entry in entries {
        let login = entry["github"][0]["login"].as_str().unwrap();
        let shown = client().get(format!("{}/users/{login}", demo.url())).send().await.unwrap();
        let shown: Value = serde_json::from_str(&shown.text().await.unwrap()).unwrap();
        assert_eq!(shown["id"].as_i64(), entry["github"][0]["id"].as_integer(), "{login}");
        assert!(rules["team"].as_table().unwrap().contains_key(entry["team"].as_str().unwrap()), "{login}");
    }
    let sources = ["floor.toml", "people.toml"]
        .map(|name| floorwalk::registry::Source { name: name.into(), text: demo.file(REGISTRY, name).unwrap() });
    let read = floorwalk::registry::read(&sources);
    let worth: Vec<String> =
        read.findings.iter().map(|f| format!("{f:?}")).filter(|f| !f.contains("insights")).collect();
    assert_eq!(worth, [""; 0]);
    let consents: Vec<&str> =
        rules["host"].as_table().unwrap().values().filter_map(|h| h.get("consent")?.as_str()).collect();
    for word in ["auto", "notify", "ask", "closed"] {
        assert!(consents.contains(&word), "{consents:?}");
    }
    assert!(rules["host"]["storefront"]["quiet"][0]["from"].as_str().unwrap().starts_with("2026-12-"));
    assert!(demo.file("quillfern/ci-recipes", ".github/floorwalk.toml").is_some_and(|t| t.contains("\"ask\"")));
}

#[test]
fn a_floor_has_two_clocks_and_colleagues_who_act() {
    let floor = Floor::alive();
    let desk = floor.desk_with("sam", "");
    let monday = "2026-11-23T09:00:00Z";
    floor.day(monday, &[&desk]);
    let task = desk.fine(&["sync"]);
    assert!(task.out().contains("fresh"), "{}", task.out());
    let listed = desk.fine(&["list", "is:free project:quillfern/quill", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    let pull = floor.pull("amadou", &key, true);
    floor.at("2026-11-24T09:00:00Z");
    floor.by("hanne").merge(&pull).unwrap();
    let told = floor.timeline(&key);
    let last = &told[told.len() - 1];
    assert_eq!((last["event"].as_str(), last["actor"]["login"].as_str()), (Some("closed"), Some("hanne")));
    assert!(last["created_at"].as_str().unwrap().starts_with("2026-11-24T09:00"), "{last}");
    floor.write_file(REGISTRY, "floor.toml", "");
    assert_eq!(floor.demo.file(REGISTRY, "floor.toml"), None);
    desk.at("2026-11-24T10:00:00Z");
    desk.fine(&["sync"]);
    let left = desk.fine(&["list", "is:free project:quillfern/quill", "--json", "--limit", "1000"]).json();
    assert!(left["tasks"].as_array().unwrap().iter().all(|t| t["key"] != key.as_str()), "{key} is closed");
}

#[test]
fn the_program_sees_every_state_on_that_floor() {
    // A Friday, and a Monday in the middle of a quiet period and of holidays.
    for day in ["2026-11-20T09:00:00Z", "2027-01-04T07:00:00Z"] {
        let floor = Floor::alive_on(day);
        let ylva = floor.desk_with("ylva", &format!("registry = \"gh:{REGISTRY}\""));
        ylva.at(day);
        ylva.fine(&["sync"]);
        let shown = ylva.fine(&["floor"]).out();
        let rows: Vec<Vec<&str>> = shown.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        assert!(rows.iter().all(|row| !row[0].is_empty() && !row[4].is_empty()), "rooms and homes are known: {shown}");
        let seen = |who: &str, state: &str| rows.iter().any(|row| row[3] == who && row[1] == state);
        let expected = [
            ("teo", "at risk"),
            ("brigid", "active"),
            ("kasia-w", "active"),
            ("wanjiru", "requested"),
            ("juno", "requested"),
            ("rune", "paused"),
            ("dmitar", "host's turn"),
            ("ngozi", "host's turn"),
            ("leila-r", "warranty"),
            ("zev", "blocked"),
            ("amadou", "active"),
            ("fumiko", "host's turn"),
            ("bela", "host's turn"),
            ("sam", "active"),
        ];
        for (who, state) in expected {
            assert!(seen(who, state), "{day}: {who} {state}\n{shown}");
        }
    }
}
