//! Rounds: who gets a stop, in which order, what is left out, what is remembered, and what a host may hear of it.

use std::collections::{HashMap, HashSet};

use floorwalk::{
    domain::{
        key::TaskKey,
        policy::{Consent, Policy},
        roster::{Roster, Team},
        time::Now,
        walk::{Answer, Answered, FEWEST, Memory, Place, Reason, forgotten, reasons},
    },
    index::{
        BuildContext, Snapshot,
        walk::{PER_HOST, Stop, place, plan, why},
    },
    store::{Everything, Mark, MarkKind},
};
use proptest::prelude::*;

use crate::tui_world::{days_ago, everything, key, now, snapshot, task};

fn round(snapshot: &Snapshot, memory: &Memory, stops: usize) -> Vec<Stop> {
    plan(snapshot, memory, &HashSet::new(), now(), stops)
}

fn keys(stops: &[Stop]) -> Vec<String> {
    stops.iter().map(|stop| stop.key.to_string()).collect()
}

fn build(everything: Everything, roster: Roster) -> Snapshot {
    Snapshot::build(
        everything,
        &BuildContext {
            now: now(),
            me: HashMap::new(),
            roster: std::sync::Arc::new(roster),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        },
    )
}

fn said(key: TaskKey, days: i64, answer: Answer) -> Answered {
    Answered { place: Place::Project(key.project.clone()), key, at: days_ago(days), answer }
}

fn remembering(answers: &[Answered]) -> Memory {
    let values: Vec<(String, String)> = answers.iter().flat_map(Answered::values).collect();
    Memory::of(&values)
}

fn skipped(reason: Reason) -> Answer {
    Answer::Skipped { reason, note: String::new() }
}

#[test]
fn each_host_gets_one_stop_before_any_gets_its_second_and_none_gets_a_third() {
    let stops = round(&snapshot(), &Memory::default(), 7);
    let places: Vec<&Place> = stops.iter().map(|stop| &stop.place).collect();
    assert_eq!(stops.len(), 6, "{stops:?}");
    assert_eq!(places[..3].iter().collect::<HashSet<_>>().len(), 3, "{stops:?}");
    assert_eq!(places[..3], places[3..], "the second pass keeps the order");
    assert!(stops.iter().all(|stop| why(stop, now()) == "you have not been here before"));
}

#[test]
fn whoever_was_visited_least_recently_comes_first() {
    let memory = remembering(&[
        said(key("docs/handbook", 5), 3, Answer::Seen),
        said(key("vision/dataloader", 412), 40, Answer::Seen),
    ]);
    let stops = round(&snapshot(), &memory, 3);
    let projects: Vec<&str> = stops.iter().map(|stop| stop.key.project.path()).collect();
    assert_eq!(projects, ["search/cli", "vision/dataloader", "docs/handbook"]);
    assert_eq!(why(&stops[1], now()), "your last visit was 40 days ago");
    assert_eq!(why(&stops[2], now()), "your last visit was 3 days ago");
}

#[test]
fn what_is_taken_put_off_or_not_wanted_is_no_stop() {
    let first = round(&snapshot(), &Memory::default(), 7);
    let mut known = everything();
    let mark = |stop: &Stop, kind| Mark { key: stop.key.clone(), kind, until: None, changed: None };
    known.marks = vec![mark(&first[0], MarkKind::Hidden), mark(&first[1], MarkKind::Snoozed)];
    let memory = remembering(&[said(first[2].key.clone(), 5, skipped(Reason::TooBig))]);
    let again = keys(&round(&build(known, Roster::default()), &memory, 50));
    for stop in &first[..3] {
        assert!(!again.contains(&stop.key.to_string()), "{} in {again:?}", stop.key);
    }
    assert!(!again.iter().any(|k| k == "vision/dataloader#31" || k == "docs/handbook#9"), "claimed: {again:?}");
    assert!(!again.iter().any(|k| k == "search/cli#120"), "assigned by hand: {again:?}");
}

#[test]
fn a_reason_rests_for_ninety_days_and_what_was_unclear_until_something_moves() {
    let one = key("search/cli", 98);
    let rests = |reason, said_days, moved_days| {
        let memory = remembering(&[said(one.clone(), said_days, skipped(reason))]);
        memory.rests(&one, days_ago(moved_days), now())
    };
    assert!(rests(Reason::TooBig, 89, 1));
    assert!(!rests(Reason::TooBig, 90, 100));
    assert!(rests(Reason::Unclear, 10, 20));
    assert!(!rests(Reason::Unclear, 10, 5), "somebody may have said what was missing");
}

#[test]
fn tasks_seen_lately_come_after_those_that_were_not() {
    let first = round(&snapshot(), &Memory::default(), 3);
    let memory = remembering(&first.iter().map(|s| said(s.key.clone(), 1, Answer::Seen)).collect::<Vec<_>>());
    let second = round(&snapshot(), &memory, 3);
    assert!(keys(&second).iter().all(|k| !keys(&first).contains(k)), "{first:?} {second:?}");
}

#[test]
fn a_team_is_one_host_with_all_its_projects_and_a_closed_one_is_none() {
    let team = |consent| Roster {
        teams: vec![Team {
            id: "north".into(),
            projects: vec!["vision/*".into(), "search/*".into()],
            ..Team::default()
        }],
        policies: [("north".to_owned(), Policy { consent, ..Policy::default() })].into(),
        ..Roster::default()
    };
    let open = round(&build(everything(), team(Consent::Ask)), &Memory::default(), 7);
    let norths = open.iter().filter(|s| s.place == Place::Team("north".into())).count();
    assert_eq!((norths, open.len()), (PER_HOST, 2 * PER_HOST), "{open:?}");
    let shut = round(&build(everything(), team(Consent::Closed)), &Memory::default(), 7);
    assert!(shut.iter().all(|s| s.key.project.path() == "docs/handbook"), "{shut:?}");
    assert_eq!(shut.len(), 2);
}

#[test]
fn answers_are_kept_as_values_and_taken_back_by_empty_ones() {
    let one = key("search/cli", 98);
    let answer = Answer::Skipped { reason: Reason::Other, note: "needs \"Windows\"\n…".into() };
    let kept = said(one.clone(), 2, answer);
    let mut values = kept.values();
    assert_eq!(Memory::of(&values).answer(&one), Some(&kept));
    let back = forgotten(&one);
    values.iter_mut().filter(|(name, _)| *name == back.0).for_each(|(_, value)| value.clone_from(&back.1));
    let memory = Memory::of(&values);
    assert_eq!(memory.answer(&one), None);
    assert_eq!(memory.last_visit(&kept.place), Some(kept.at), "the visit took place all the same");
    let odd = [("walk task x", "{"), ("walk place y", "[]"), ("walk", "1")].map(|(n, v)| (n.into(), v.into()));
    assert_eq!(Memory::of(&odd), Memory::default());
}

#[test]
fn reasons_are_told_from_three_on_and_nothing_else_is() {
    let skip = |n, reason| said(key("search/cli", n), 1, skipped(reason));
    let mut answers = vec![skip(1, Reason::TooBig), skip(2, Reason::TooBig), skip(3, Reason::Unclear)];
    answers.push(said(key("docs/handbook", 5), 1, skipped(Reason::TooBig)));
    assert_eq!(reasons(answers.iter()), [], "two of one host and one of another are no three");
    answers.push(skip(4, Reason::TooBig));
    let told = reasons(answers.iter());
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].reason, told[0].count), (Reason::TooBig, 3));
    assert_eq!(told[0].place, Place::Project(key("search/cli", 1).project));
}

#[test]
fn a_snooze_until_something_changes_ends_when_it_does() {
    let one = key("search/cli", 98);
    let mark_of = |changed| Mark { key: one.clone(), kind: MarkKind::Snoozed, until: None, changed: Some(changed) };
    let marked = |changed| {
        let mut known = everything();
        known.marks = vec![mark_of(changed)];
        build(known, Roster::default()).get(&one).unwrap().mark
    };
    assert_eq!(marked(days_ago(98)), Some(MarkKind::Snoozed));
    assert_eq!(marked(days_ago(99)), None, "it moved since");
    let plain = r#"{"key":{"project":{"tracker":"gh","path":"a/b"},"number":1},"kind":"snoozed","until":null}"#;
    let old: Mark = serde_json::from_str(plain).unwrap();
    assert_eq!(old.changed, None, "marks of earlier versions are read");
    assert_eq!(serde_json::to_string(&old).unwrap(), plain);
}

/// Tasks of up to six projects, some of them answered or marked, and earlier visits.
fn worlds() -> impl Strategy<Value = (Everything, Memory)> {
    let row = (0_usize..6, 0_i64..400, 0_u8..8, 0_i64..200);
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let mut known = Everything::default();
        let mut answers = Vec::new();
        for (n, (at, moved, what, days)) in (1..).zip(rows) {
            let key = key(["a/a", "b/b", "c/c", "d/d", "e/e", "f/f"][at], n);
            known.tasks.push(task(key.clone(), "work", &["help wanted"], 500, moved));
            match what {
                0 => known.marks.push(Mark { key, kind: MarkKind::Hidden, until: None, changed: None }),
                1 => known.marks.push(Mark { key, kind: MarkKind::Snoozed, until: None, changed: None }),
                2 => answers.push(said(key, days, skipped(Reason::ALL[n as usize % 6]))),
                3 => answers.push(said(key, days, Answer::Seen)),
                _ => {}
            }
        }
        (known, remembering(&answers))
    })
}

proptest! {
    #[test]
    fn every_round_is_fair_and_keeps_what_is_hidden_hidden((known, memory) in worlds(), most in 1_usize..12) {
        let marked: HashSet<TaskKey> = known.marks.iter().map(|m| m.key.clone()).collect();
        let snapshot = build(known, Roster::default());
        let stops = round(&snapshot, &memory, most);
        prop_assert!(stops.len() <= most);
        prop_assert_eq!(&stops, &round(&snapshot, &memory, most), "the same twice");
        let mut per_host: HashMap<&Place, usize> = HashMap::new();
        for stop in &stops {
            *per_host.entry(&stop.place).or_default() += 1;
            let row = snapshot.get(&stop.key).unwrap();
            prop_assert!(row.free.is_free() && !marked.contains(&stop.key));
            prop_assert!(!memory.rests(&stop.key, row.task.updated_at, Now(now().0)));
            prop_assert_eq!(&place(row), &stop.place);
        }
        prop_assert!(per_host.values().all(|n| *n <= PER_HOST));
        prop_assert_eq!(stops.iter().map(|s| &s.key).collect::<HashSet<_>>().len(), stops.len(), "no task twice");
        let first = &stops[..per_host.len()];
        prop_assert_eq!(first.iter().map(|s| &s.place).collect::<HashSet<_>>().len(), first.len());
        prop_assert!(first.windows(2).all(|two| two[0].last_visit <= two[1].last_visit), "least recently first");
    }

    #[test]
    fn no_count_below_three_is_ever_told(given in prop::collection::vec((0_usize..3, 0_usize..6), 0..30)) {
        let answers: Vec<Answered> = (1..)
            .zip(&given)
            .map(|(n, (at, reason))| said(key(["a/a", "b/b", "c/c"][*at], n), 1, skipped(Reason::ALL[*reason])))
            .collect();
        for told in reasons(answers.iter()) {
            let same = |a: &&Answered| a.place == told.place && a.answer == skipped(told.reason);
            prop_assert_eq!(answers.iter().filter(same).count(), told.count as usize);
            prop_assert!(told.count >= FEWEST);
        }
    }
}
