//! Keys: what the parser refuses never gets into a URL, a path or out of a file.

use floorwalk::domain::key::{KeyError, LooseKey, ProjectRef, TaskKey, TrackerName, is_github_owner};
use proptest::prelude::*;

fn gh() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

const BAD_PATHS: [&str; 22] = [
    "",
    "/",
    "a/",
    "/b",
    "a/..",
    "a/.",
    "../b",
    "../../../../tmp/pwn",
    "../../rest/api/2/myself",
    "-rf/--help",
    "-a/b",
    "a-/b",
    "a/b/c",
    "a/b?x",
    "a/b#1",
    "a/b%2f",
    "a b/c",
    "а/b",
    "acme/wid\nget\0s",
    "abc",
    "A",
    "A/\u{202e}b",
];

#[test]
fn paths_that_could_escape_are_refused_with_a_harmless_sentence() {
    for path in BAD_PATHS {
        let error = ProjectRef::parse(&gh(), path).unwrap_err();
        assert!(matches!(error, KeyError::Project(_)), "{path:?}");
        let said = error.to_string();
        assert!(!said.contains(|c: char| c.is_control()) && said.contains("owner/name"), "{said:?}");
        for key in [format!("{path}#1"), format!("{path}-1"), format!("gh:{path}#1")] {
            // `abc/d-1#1` is no key, and neither is anything made of these.
            assert!(key.parse::<LooseKey>().is_err(), "{key:?}");
        }
    }
    let long = "x".repeat(5_000);
    assert!(ProjectRef::parse(&gh(), &long).unwrap_err().to_string().chars().count() < 200);
    assert!(ProjectRef::parse(&gh(), &format!("{}/b", "a".repeat(40))).is_err());
    assert!(ProjectRef::parse(&gh(), &format!("a/{}", "b".repeat(101))).is_err());
}

#[test]
fn the_corpus_is_refused() {
    for (name, raw) in crate::hostile::corpus::corpus("repo").unwrap_or_default() {
        let raw = String::from_utf8(raw).unwrap();
        assert!(ProjectRef::parse(&gh(), &raw).is_err(), "{name}");
        assert!(raw.parse::<LooseKey>().is_err(), "{name}");
        assert!(format!("{raw}#1").parse::<LooseKey>().is_err(), "{name}");
    }
    let Some(page) = crate::hostile::corpus::file("json/jira/key-traversal.json") else { return };
    let page: serde_json::Value = serde_json::from_slice(&page).unwrap();
    let raw = page["issues"][0]["key"].as_str().unwrap();
    assert!(raw.parse::<LooseKey>().is_err() && ProjectRef::parse(&gh(), raw).is_err());
}

#[test]
fn good_keys_are_understood() {
    let read = |raw: &str| {
        let loose: LooseKey = raw.parse().unwrap();
        (loose.tracker.as_ref().map(ToString::to_string), loose.path.clone(), loose.number)
    };
    assert_eq!(read("acme/app#12"), (None, "acme/app".into(), 12));
    assert_eq!(read("gh:acme/.github#1"), (Some("gh".into()), "acme/.github".into(), 1));
    assert_eq!(read("a-b_c/d-e.f_g#7"), (None, "a-b_c/d-e.f_g".into(), 7));
    assert_eq!(read("ABC-12"), (None, "ABC".into(), 12));
    assert_eq!(read("jira:A_1-3"), (Some("jira".into()), "A_1".into(), 3));
    let key: LooseKey = "ABC-12".parse().unwrap();
    assert_eq!(key.on(&gh()).unwrap().qualified(), "gh:ABC-12");
    assert!(is_github_owner("acme-co") && !is_github_owner("-acme") && !is_github_owner("a.b"));
}

#[test]
fn bad_numbers_and_trackers_are_refused() {
    let bad = [
        "acme/app",
        "acme/app#",
        "acme/app#0",
        "acme/app#-1",
        "acme/app#+1",
        "acme/app# 1",
        "acme/app#1 ",
        "acme/app#١",
        "acme/app#1#2",
        "acme/app-12",
        "ABC#12",
        "abc-12",
        "A-1",
        "ABC--1",
        "ABC-+1",
        "acme/app#99999999999999999999",
        ":acme/app#1",
        "GH:acme/app#1",
        "gh:gh:acme/app#1",
        "https://github.com/acme/app/issues/1",
        "#1",
        "-1",
        "",
    ];
    for raw in bad {
        assert!(matches!(raw.parse::<LooseKey>(), Err(KeyError::Task(_))), "{raw:?}");
    }
    for raw in ["", "Gh", "1a", "-a", "a_b", "a b", "abcdefghijklmnopq", "é"] {
        assert!(TrackerName::parse(raw).is_err(), "{raw:?}");
    }
    assert!(TrackerName::parse("a-1").is_ok() && TrackerName::parse("abcdefghijklmnop").is_ok());
}

#[test]
fn a_stored_key_goes_through_the_same_parser() {
    let key = TaskKey::new(ProjectRef::parse(&gh(), "acme/app").unwrap(), 3);
    let json = serde_json::to_string(&key).unwrap();
    assert_eq!(json, r#"{"project":{"tracker":"gh","path":"acme/app"},"number":3}"#);
    assert_eq!(serde_json::from_str::<TaskKey>(&json).unwrap(), key);
    for path in BAD_PATHS {
        let json = serde_json::json!({"tracker": "gh", "path": path});
        assert!(serde_json::from_value::<ProjectRef>(json).is_err(), "{path:?}");
    }
    assert!(serde_json::from_str::<TrackerName>("\"../x\"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_prints_as_it_was_typed_and_has_no_sharp_edges(raw in "[A-Za-z0-9:/#._%\\\\?-]{1,24}") {
        if let Ok(key) = raw.parse::<LooseKey>() {
            let key = key.on(&gh()).unwrap();
            prop_assert!(raw.ends_with(key.number.to_string().as_str()));
            let path = key.project.path();
            prop_assert!(path.split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
            prop_assert!(path.split('/').count() <= 2 && !path.starts_with('-'));
            let again: LooseKey = key.to_string().parse().unwrap();
            prop_assert_eq!(again.on(&gh()).unwrap(), key);
        }
    }

    #[test]
    fn no_text_panics(raw in any::<String>()) {
        let _ = raw.parse::<LooseKey>();
        let _ = TrackerName::parse(&raw);
        prop_assert!(ProjectRef::parse(&gh(), &raw).is_err() || raw.is_ascii());
    }
}
