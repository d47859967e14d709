//! The score: check values of the model, the worked example under every preset, the order of a list, what would raise it.

use std::collections::HashMap;

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        size::Size,
    },
    judge::score::{
        Bars, Component, Components, Extra, Part, Preset, Weights,
        batch::{Batch, Ties},
        facts::{
            Answers, Asked, Demand, Estimate, Mess, Need, Voice, answer_worth, effort, effort_fit, freshness, host,
            limbo, novelty, onboarding, readiness, saturation, shrunk,
        },
        list::{Candidate, Seed, Why, arrange, surprise},
    },
};

fn near(is: f64, wanted: f64, within: f64) -> bool {
    (is - wanted).abs() <= within
}

#[test]
fn limbo_has_the_check_values_of_the_model() {
    let values = [
        (0, 0.0),
        (7, 0.123),
        (14, 0.210),
        (30, 0.347),
        (60, 0.505),
        (90, 0.608),
        (180, 0.797),
        (365, 1.0),
        (540, 1.0),
        (900, 0.667),
        (1080, 0.5),
        (9000, 0.5),
    ];
    for (days, c) in values {
        assert!(near(limbo(days, None, true).c(), c, 0.0006), "{days}: {}", limbo(days, None, true).c());
    }
    assert_eq!(limbo(1080, Some(90), true).c(), 1.0, "looked at again, it is not obsolete");
    assert_eq!(limbo(1080, Some(91), true).c(), 0.5);
    assert!(limbo(30, None, false).is_assumed());
    assert!(near(saturation(365.0), 1.0, 1e-12) && freshness(540.0, None) == 1.0);
}

#[test]
fn demand_counts_many_and_nobody_alone() {
    let counts = Demand { thumbs: 4, commenters: 3, duplicates: 1, watchers: 2, ..Demand::default() };
    assert_eq!(counts.points(), 12.5);
    assert!(near(counts.component(30.0, 1.0).c(), 0.758, 0.0005));
    let zealot = Voice { thumb: true, comment: true, duplicates: 9, vote: true, watch: true, of_host: false };
    assert_eq!(Demand { voices: vec![zealot], ..Demand::default() }.points(), 3.0);
    assert_eq!(Demand { voices: vec![Voice { of_host: true, ..zealot }], ..Demand::default() }.points(), 0.0);
    assert_eq!(Demand { thumbs: 400, ..Demand::default() }.component(30.0, 1.0).c(), 1.0);
    assert_eq!(Demand { blocks: 2, votes: 1, ..Demand::default() }.points(), 5.0);
}

#[test]
fn effort_fits_best_between_a_quarter_and_four_fifths() {
    for (r, c) in [(0.0, 0.5), (0.125, 0.75), (0.25, 1.0), (0.5, 1.0), (0.8, 1.0), (1.15, 0.5), (1.5, 0.0), (9.0, 0.0)]
    {
        assert!(near(effort_fit(r), c, 1e-9), "{r}: {}", effort_fit(r));
    }
    let ks = [
        (Estimate::Field, 1.0),
        (Estimate::Label, 0.8),
        (Estimate::History { n: 8 }, 0.6),
        (Estimate::History { n: 7 }, 0.3),
        (Estimate::Guess, 0.3),
    ];
    for (estimate, k) in ks {
        assert_eq!(effort(5.0, estimate, Mess::default(), 10.0).k(), k);
    }
    let all = Mess { no_tests: true, lint_fails: true, ci_red: true, no_setup: true };
    assert_eq!(all.factor(), 1.6);
    assert!(near(Mess { no_tests: true, ..Mess::default() }.factor(), 1.25, 1e-12));
    assert_eq!(effort(5.0, Estimate::Field, Mess::default(), 0.0), Component::unknown());
    assert_eq!([Size::XS, Size::S, Size::M, Size::L].map(|s| Size::hours(Some(s))), [2, 6, 16, 40]);
}

#[test]
fn hosts_are_drawn_to_the_house_while_little_is_known() {
    let a = |hours, n| answer_worth(shrunk(n, hours, 16.0));
    for (hours, n, wanted) in [(4.0, 20, 0.758), (16.0, 20, 0.5), (40.0, 20, 0.218), (99.0, 0, 0.5)] {
        assert!(near(a(hours, n), wanted, 0.0005), "{hours}, {n}: {}", a(hours, n));
    }
    let none = Answers { hours: 0.0, n: 0, org_hours: 16.0, merged: 0, ended: 0, org_share: 0.5 };
    assert_eq!((host(none).c(), host(none).k()), (0.5, 0.5));
    let some = Answers { hours: 10.0, n: 12, org_hours: 16.0, merged: 0, ended: 0, org_share: 0.7 };
    assert!(near(host(some).c(), 0.640, 0.0006));
    assert_eq!(host(some).k(), 1.0);
}

#[test]
fn need_novelty_readiness_and_onboarding_follow_their_sums() {
    let all = Need { asked: Asked::Request, pressure: 1.0, absence_factor: 1, received: 0.0 };
    assert!(near(all.component(1.0).c(), 1.0, 1e-12));
    let label = Need { asked: Asked::Label, pressure: 0.0, absence_factor: 4, received: 2.0 };
    assert!(near(label.component(1.0).c(), 0.24 + 0.05, 1e-12));
    for (days, edge, c) in
        [(None, true, 1.0), (Some(181), false, 0.48), (Some(180), true, 0.52), (Some(3), false, 0.24)]
    {
        assert!(near(novelty(days, edge).c(), c, 1e-12));
    }
    assert_eq!(readiness(70, Some(20)).k(), 1.0);
    assert_eq!(readiness(70, Some(19)).k(), 0.6);
    assert_eq!((readiness(70, None), onboarding(None)), (Component::unknown(), Component::unknown()));
}

/// The worked example of the model.
pub(super) fn example() -> Components {
    Components::default()
        .with(Part::Limbo, limbo(212, None, true))
        .with(
            Part::Demand,
            Demand { thumbs: 4, commenters: 3, duplicates: 1, watchers: 2, ..Demand::default() }.component(30.0, 1.0),
        )
        .with(Part::Readiness, readiness(70, Some(80)))
        .with(Part::Skills, Component::sure(0.82))
        .with(Part::Effort, effort(5.0, Estimate::History { n: 11 }, Mess::default(), 10.0))
        .with(Part::Host, host(Answers { hours: 10.0, n: 12, org_hours: 16.0, merged: 0, ended: 0, org_share: 0.7 }))
        .with(Part::Onboarding, onboarding(Some(55)))
        .with(Part::Need, Component::new(0.47, 0.8))
        .with(Part::Novelty, novelty(None, true))
}

#[test]
fn the_worked_example_comes_out_under_every_preset() {
    let bars = Bars::of(&example(), Weights::of(Preset::Default), &[]);
    let wanted = [1518, 758, 980, 1476, 640, 640, 440, 476, 400];
    assert_eq!(bars.bars.map(|b| b.points), wanted);
    let scores = [7328, 7349, 7425, 6875, 7201, 7549];
    for (preset, score) in Preset::ALL.into_iter().zip(scores) {
        assert_eq!(Weights::of(preset).sum(), 100, "{preset:?}");
        assert_eq!(Bars::of(&example(), Weights::of(preset), &[]).score, score, "{preset:?}");
    }
    assert!(near(bars.confidence, 0.948, 1e-9), "{}", bars.confidence);
}

#[test]
fn what_comes_on_top_is_shown_and_never_leads_over_a_hundred() {
    let all = Extra::ALL;
    let bars = Bars::of(&example(), Weights::default(), &all);
    assert_eq!(bars.score, 7328 + 1300);
    let best = Components::new([Component::sure(0.95); 9]);
    let bars = Bars::of(&best, Weights::default(), &[Extra::MentorFree, Extra::Campaign, Extra::Campaign]);
    assert_eq!((bars.score, bars.extras.iter().map(|e| e.points).collect::<Vec<_>>()), (10_000, vec![500, 0]));
    assert_eq!(Bars::of(&best, Weights::new([0; 9]).unwrap(), &[]).score, 0);
}

#[test]
fn weights_and_presets_are_refused_with_a_sentence() {
    assert_eq!(
        Weights::new([51, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err(),
        "the weight of limbo is 51; a weight is a number from 0 to 50"
    );
    assert_eq!(Preset::parse("inten").unwrap_err(), "'inten' is no preset: did you mean 'intern'?");
    assert_eq!(Preset::parse(" Debt ").unwrap(), Preset::Debt);
    assert_ne!(Weights::default().mark(), Weights::default().without_curiosity().mark());
    assert!(Weights::default().mark().starts_with("v1-"));
}

fn candidate(number: u64, score: u32, team: &str) -> Candidate {
    let project = ProjectRef::parse(&TrackerName::parse("gh").unwrap(), "acme/app").unwrap();
    Candidate { key: TaskKey::new(project, number), score, limbo_days: 0, helpers: 0, team: Some(team.into()) }
}

fn seed(person: &str, day: &str) -> Seed<'static> {
    Seed { person: Box::leak(person.to_owned().into_boxed_str()), day: day.parse().unwrap() }
}

#[test]
fn ties_go_to_the_longer_wait_then_to_the_team_with_fewer_helpers_then_by_key() {
    let mut all = vec![candidate(4, 50, "a"), candidate(3, 50, "a"), candidate(2, 50, "b"), candidate(1, 50, "b")];
    all[0].limbo_days = 9;
    all[1].helpers = 1;
    let places = arrange(&all, seed("sam", "2026-11-23"));
    assert_eq!(places.iter().map(|p| all[p.at].key.number).collect::<Vec<_>>(), [4, 1, 2, 3]);
}

#[test]
fn the_first_ten_hold_at_most_three_of_a_team_and_one_to_explore() {
    let all: Vec<Candidate> = (1..=60)
        .map(|n| candidate(n, 9_000 - n as u32, if n <= 20 { "big" } else { ["x", "y", "z", "w"][n as usize % 4] }))
        .collect();
    let today = seed("sam", "2026-11-23");
    let places = arrange(&all, today);
    let mut teams: HashMap<&str, usize> = HashMap::new();
    places.iter().take(10).for_each(|p| *teams.entry(all[p.at].team.as_deref().unwrap()).or_default() += 1);
    assert!(teams.values().all(|n| *n <= 3), "{teams:?}");
    let explored: Vec<usize> = (1..).zip(&places).filter(|(_, p)| p.why == Why::Explore).map(|(n, _)| n).collect();
    assert_eq!(explored, [10, 20, 30, 40, 50], "the last place leaves no choice");
    let mut once: Vec<usize> = places.iter().map(|p| p.at).collect();
    once.sort_unstable();
    assert_eq!(once, (0..60).collect::<Vec<_>>());
    assert_eq!(arrange(&all, today), places, "the same all day");
    let tenth = |person: &str, day: &str| all[arrange(&all, seed(person, day))[9].at].key.number;
    let others: Vec<u64> = (1..=9).map(|d| tenth("sam", &format!("2026-12-0{d}"))).collect();
    assert!(others.iter().any(|n| *n != others[0]), "another day, another draw: {others:?}");
    // A task that is gone changes the draw only if it was drawn.
    let drawn = all[places[9].at].key.number;
    let fewer: Vec<Candidate> = all.iter().filter(|c| c.key.number != 60 || drawn == 60).cloned().collect();
    assert_eq!(fewer[arrange(&fewer, today)[9].at].key.number, drawn);
    assert!(surprise(&all, today, &[]).is_some() && surprise(&[], today, &[]).is_none());
}

#[test]
fn one_team_alone_still_fills_its_list() {
    let all: Vec<Candidate> = (1..=12).map(|n| candidate(n, 100 - n as u32, "only")).collect();
    assert_eq!(arrange(&all, seed("sam", "2026-11-23")).len(), 12);
}

/// A hundred thousand rows with scores spread like those of real lists.
#[test]
fn a_hundred_thousand_rows_are_scored_again_and_agree_with_their_bars() {
    let (mut batch, mut ties) = (Batch::with_capacity(100_000), Vec::new());
    let mut x = 7_u64;
    let mut rows = Vec::new();
    for rank in 0..100_000 {
        let mut next = || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (x >> 40) as f64 / (1_u64 << 24) as f64
        };
        let components = Components::new(std::array::from_fn(|_| Component::new(next(), next())));
        batch.push(&components, &[]);
        ties.push(Ties { limbo_days: rank % 700, helpers: rank % 3, key_rank: rank });
        if rank % 997 == 0 {
            rows.push((rank as usize, components));
        }
    }
    for preset in Preset::ALL {
        let scores = batch.scores(Weights::of(preset));
        assert!(rows.iter().all(|(at, c)| scores[*at] == Bars::of(c, Weights::of(preset), &[]).score));
    }
    let all = batch.order(Weights::default(), &ties, None);
    let first = batch.order(Weights::default(), &ties, Some(50));
    assert_eq!((all.len(), &all[..50]), (100_000, &first[..]));
    assert!(all.windows(2).all(|w| w[0].1 >= w[1].1));
    assert_eq!(batch.order(Weights::default(), &ties, Some(0)), []);
}
