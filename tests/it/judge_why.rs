//! Explanations: the same numbers as value, as JSON and as lines; what would raise a score, and the words to ask for it.

use floorwalk::{
    domain::{
        refusal::{Lifter, Refusal, Rule},
        text::width,
    },
    judge::{
        readiness::{Beside, Readiness},
        score::{
            Bars, Component, Components, Extra, Part, Weights,
            raise::{ask, draft, raises},
        },
        why::{Gate, Why, WhyNot, compare},
    },
};

use super::{judge_free::task, judge_score::example};

fn words(part: Part) -> String {
    match part {
        Part::Limbo => "quiet for 212 days, last: label by @kim".into(),
        Part::Effort => "assumed from 11 alike".into(),
        _ => String::new(),
    }
}

fn why(components: &Components) -> Why {
    let one = task("Flaky shard test blocks \u{1b}nightly");
    let readiness = Readiness::of(&one, "It fails now and then. See src/shard.rs for the wait.", Beside::default());
    let weights = Weights::default();
    let bars = Bars::of(components, weights, &[Extra::HandOff]);
    Why::of(&one.key, &one.title, &bars, weights, &words, raises(&readiness, components, weights))
}

#[test]
fn the_numbers_of_json_and_lines_are_those_of_the_bars() {
    let why = why(&example());
    let json = serde_json::to_value(&why).unwrap();
    let points = |list: &str| json[list].as_array().unwrap().iter().map(|p| p["points"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(points("parts") + points("extras"), 7628);
    assert_eq!(
        (json["schema"].as_u64(), json["score"].as_u64(), json["model"].as_str()),
        (Some(1), Some(7628), Some("v1"))
    );
    assert_eq!(json["parts"].as_array().unwrap().iter().filter(|p| p["assumed"] == true).count(), 2);
    insta::assert_snapshot!(why.lines(80).join("\n"));
}

#[test]
fn lines_are_harmless_and_fit_every_width() {
    let why = why(&example());
    for columns in [0, 40, 41, 57, 80, 200] {
        for line in why.lines(columns) {
            assert!(width(&line) <= columns.max(40), "{columns}: {line:?}");
            assert!(!line.chars().any(char::is_control), "{line:?}");
        }
    }
}

#[test]
fn what_would_rise_most_is_what_gives_most_points_and_can_be_asked_for() {
    let one = task("Flaky shard test");
    let readiness = Readiness::of(&one, "It fails now and then.", Beside::default());
    let components = Components::default().with(Part::Readiness, Component::sure(f64::from(readiness.points) / 100.0));
    let all = raises(&readiness, &components, Weights::default());
    assert_eq!(all[0].what, "acceptance criteria");
    assert!((all[0].points - 2.24).abs() < 1e-9, "{}", all[0].points);
    assert!(all.windows(2).all(|w| w[0].points >= w[1].points));
    let message = ask(&one.key, &all);
    insta::assert_snapshot!(message);
    assert_eq!(ask(&one.key, &[]), "");
    let text = draft("It fails now and then.", &all);
    assert!(text.starts_with("It fails now and then.\n\n## Done when") && text.contains("## Contact"), "{text}");
    let after = Readiness::of(&one, &text, Beside::default());
    assert_eq!(after.points, readiness.points, "sections that nobody filled in earn nothing");
    // What an item promises is what the score gains when it is there.
    let better = components.with(Part::Readiness, Component::sure(f64::from(readiness.points + 16) / 100.0));
    let gain = Bars::of(&better, Weights::default(), &[]).raw - Bars::of(&components, Weights::default(), &[]).raw;
    assert!((gain - all[0].points).abs() < 1e-9);
}

#[test]
fn gates_say_who_lifts_them_and_when() {
    let one = task("Flaky shard test");
    let refusal =
        Refusal::new(Rule::HostOpen, "vision takes no help until 5 January", Lifter::Host(vec!["ana (lead)".into()]))
            .until("2027-01-06".parse().unwrap())
            .instead("ask for it");
    let gates = vec![Gate::of(&refusal), Gate::own("avoid", "it needs domain:payments, which you avoid".into())];
    let not = WhyNot::of(&one.key, &one.title, gates, Some(7328));
    insta::assert_snapshot!(not.lines(70).join("\n"));
    assert_eq!(serde_json::to_value(&not).unwrap()["gates"][0]["rule"], "HostOpen");
}

#[test]
fn a_comparison_adds_up_and_refuses_two_yardsticks() {
    let left = why(&example());
    let right = why(&example().with(Part::Limbo, Component::sure(0.1)).with(Part::Host, Component::sure(1.0)));
    let both = compare(&left, &right).unwrap();
    assert_eq!(both.parts.iter().map(|d| d.points()).sum::<i64>() + both.extras, both.difference);
    assert_eq!((both.parts[0].part, both.parts[1].part), (Part::Limbo, Part::Host));
    assert!(both.lines(60).iter().all(|l| width(l) <= 60));
    let mut other = right.clone();
    other.weights = "v1-00000000".into();
    assert!(compare(&left, &other).unwrap_err().contains("different weights"));
}
