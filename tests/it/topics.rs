//! `floorwalk help` and the same pages on the screens: made from what says it already, and complete.

use floorwalk::{
    app::Topic,
    domain::{commitment::CommitmentState, signal::SignalKind, size::Size},
    index::fields::FIELDS,
    judge::score::{Part, Weights},
    keymap::{self, Context, Shipped, action::ACTIONS},
};

use super::tui_world::*;
use crate::cli_world::CliWorld;

/// The words of a text, however they are set.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn page(topic: Topic) -> String {
    topic.page(&keymap::shipped().0)
}

#[test]
fn every_topic_holds_its_part_of_the_readme_and_of_the_tables() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for topic in Topic::ALL {
        let begin = format!("<!-- help {} -->\n", topic.word());
        let parts: Vec<&str> = readme.split(&begin).skip(1).collect();
        assert!(
            !parts.is_empty(),
            "the README has no part for {}: it stands between {begin} and the end",
            topic.word()
        );
        for part in parts {
            let (part, _) = part.split_once("<!-- end of help -->").expect("a part of the README that ends");
            assert!(words(&page(topic)).contains(&words(part)), "{}", topic.word());
            assert!(part.len() > 200 && !part.contains("<!--"), "{}: {part}", topic.word());
        }
    }
    FIELDS.iter().for_each(|field| assert!(page(Topic::Query).contains(&format!("`{}:`", field.name))));
    let score = page(Topic::Score);
    for part in Part::ALL {
        assert!(score.contains(&format!("| {} | {} |", part.word(), Weights::default().get(part))), "{score}");
    }
    SignalKind::ALL.iter().for_each(|kind| assert!(score.contains(kind.word())));
    let life = page(Topic::Lifecycle);
    CommitmentState::ALL.iter().for_each(|s| assert!(life.contains(s.word())));
    assert!(life.contains("idle_remind_wd = 5"), "{life}");
    assert!(page(Topic::Policy).contains("[host.\"vision\"]"));
    let private = page(Topic::Privacy);
    assert!(private.contains("**Snooze.**") && private.contains("FLOORWALK_DATA_DIR"), "{private}");
}

#[test]
fn the_numbers_of_the_readme_are_those_of_the_program() {
    let life = page(Topic::Lifecycle);
    let days = [Size::XS, Size::S, Size::M, Size::L].map(|size| Size::lease_wd(Some(size)));
    let said = format!("{}, {}, {} or {} working days by size, {} at most", days[0], days[1], days[2], days[3], 20);
    assert!(life.contains(&said), "{said}\n{life}");
    assert_eq!(floorwalk::domain::size::LEASE_CAP_WD, 20);
}

#[test]
fn the_keys_are_those_of_whoever_asks() {
    for map in Shipped::ALL {
        let keys = map.keymap().0;
        let page = Topic::Keys.page(&keys);
        ACTIONS.iter().for_each(|info| assert!(page.contains(info.about), "{} {}", map.word(), info.name));
        Context::ALL.iter().for_each(|context| assert!(page.contains(&format!("## {}", context.title()))));
        assert_eq!(page.contains("alt-1"), map == Shipped::Vim, "{}", map.word());
    }
}

#[test]
fn the_command_line_lists_explains_and_points_to_the_nearest() {
    let world = CliWorld::new();
    let all = world.run(&["help"]);
    Topic::ALL.iter().for_each(|topic| assert!(all.out.contains(topic.word()) && all.out.contains(topic.about())));
    for topic in Topic::ALL {
        let ran = world.run(&["help", topic.word()]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", topic.word());
        assert!(
            ran.out.lines().count() > 20 && !ran.out.contains("<!--") && !ran.out.contains('\u{1b}'),
            "{}",
            ran.out
        );
        let wide = ran.out.lines().map(floorwalk::domain::text::width).max();
        assert!(wide <= Some(80), "{}: {wide:?}\n{}", topic.word(), ran.out);
    }
    let lost = world.run(&["help", "scor"]);
    assert_eq!((lost.code, lost.out.as_str()), (2, ""));
    assert!(lost.err.contains("there is no help on 'scor'; did you mean score?"), "{}", lost.err);
    let lost = world.run(&["help", "\u{1b}[2J"]);
    assert!(lost.err.contains("the topics are query, keys") && !lost.err.contains('\u{1b}'), "{}", lost.err);
    let verb = world.run(&["help", "claim"]);
    assert_eq!((verb.code, verb.out), (0, world.run(&["claim", "--help"]).out));
    let json = world.run(&["help", "score", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["schema"], &json["topic"]), (&"floorwalk/1".into(), &"score".into()));
    let json = world.run(&["help", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["topics"].as_array().unwrap().len(), Topic::ALL.len());
}

#[test]
fn the_help_of_the_screens_goes_through_the_topics_and_round() {
    let mut screen = Screen::new(100, 30);
    screen.keys("?").shows("[this screen]").shows("tab topic").keys("tab").shows("[query]").shows("› Help: query");
    screen.keys("G").shows("sort:").keys("tab tab").shows("[lifecycle]").shows("working days by size");
    screen.keys("right").shows("[score]").keys("left left left left").shows("[this screen]");
    screen.keys("shift-tab").shows("[privacy]").keys("esc").lacks("› Help");
    for (columns, rows) in [(20, 5), (40, 15)] {
        let mut screen = Screen::new(columns, rows);
        screen.keys("?").shows("1/7 [this screen]").keys("tab").shows("2/7 [query]").keys("G pagedown g");
    }
}
