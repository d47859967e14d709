//! What looks like the same work: found by rare words of titles, judged by descriptions, the same both ways.

use std::{collections::HashMap, sync::Arc, time::Instant};

use floorwalk::{
    domain::{
        key::TaskKey,
        task::{Task, TaskState},
    },
    index::{
        BuildContext, Snapshot,
        duplicates::{SHOWN, Twin, by_title, why, with_bodies},
    },
    store::Everything,
};
use proptest::prelude::*;

use crate::outbox_world::{key, now, task};

fn numbered(number: u64) -> TaskKey {
    TaskKey::new(key().project, number)
}

fn titled(number: u64, title: &str) -> Task {
    Task { key: numbered(number), id: number, title: title.into(), ..task() }
}

fn snapshot(tasks: Vec<Task>) -> Snapshot {
    let everything = Everything { tasks, ..Everything::default() };
    let context = BuildContext {
        now: now(),
        me: HashMap::new(),
        roster: Arc::default(),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    Snapshot::build(everything, &context)
}

const TITLES: [&str; 8] = [
    "Flaky shard test blocks the nightly build",
    "Nightly build blocked by flaky shard tests",
    "The nightly build is slow",
    "Quickstart omits the login step",
    "Login step missing from the quickstart guide",
    "Update the pinned TLS library",
    "日本語の見出しが崩れる",
    "見出しが崩れる: 日本語",
];

fn office() -> Snapshot {
    snapshot(TITLES.iter().zip(1..).map(|(title, number)| titled(number, title)).collect())
}

fn found(twins: &[Twin]) -> Vec<u64> {
    twins.iter().map(|twin| twin.key.number).collect()
}

fn shown(snapshot: &Snapshot, number: u64) -> Vec<Twin> {
    with_bodies(by_title(snapshot, &numbered(number)), None, &|_| None)
}

#[test]
fn titles_that_say_the_same_in_other_words_find_each_other() {
    let office = office();
    for (one, other) in [(1, 2), (4, 5), (7, 8)] {
        assert_eq!(found(&shown(&office, one)).first(), Some(&other));
        assert_eq!(found(&shown(&office, other)).first(), Some(&one));
    }
    assert!(shown(&office, 6).is_empty(), "'the' is no reason: {:?}", shown(&office, 6));
    let twins = shown(&office, 1);
    assert_eq!(twins[0].words, ["flaky", "shard", "test", "build", "nightly"], "rare words first");
    assert!(why(&twins[0]).contains("both say: "), "{}", why(&twins[0]));
}

#[test]
fn descriptions_decide_between_titles_that_are_alike() {
    let office = snapshot(vec![
        titled(1, "Crash when saving a file"),
        titled(2, "Crash when opening a file"),
        titled(3, "Crash when closing a file"),
        titled(4, "Colours of the help page"),
    ]);
    let text = "The program ends with an error as soon as the disk has no room left for the temporary copy.";
    let bodies: HashMap<u64, &str> =
        [(1, text), (2, "Only with names of more than two hundred letters."), (3, text)].into();
    let twins = by_title(&office, &numbered(1));
    let read = with_bodies(twins, Some(text), &|key| bodies.get(&key.number).map(ToString::to_string));
    assert_eq!(found(&read), [3, 2], "{read:?}");
    assert!(read[0].read && read[0].likeness > read[1].likeness + 0.2, "{read:?}");
}

#[test]
fn closed_tasks_and_the_task_itself_are_no_duplicates() {
    let mut tasks: Vec<Task> = (1..=9).map(|n| titled(n, "Flaky shard test")).collect();
    tasks[1].state = TaskState::Closed;
    let twins = shown(&snapshot(tasks), 1);
    assert_eq!(found(&twins), [3, 4, 5, 6, 7], "at most {SHOWN}, by key where they are equally alike");
}

#[test]
fn a_hundred_thousand_titles_are_compared_while_one_waits() {
    let words = ["cache", "shard", "login", "docs", "build", "retry", "index", "theme", "search", "queue", "token"];
    let title = |n: usize| {
        let word = |k: usize| words[(n / (k * k * k + 1) + k) % words.len()];
        format!("{} {} {} fails in case {}", word(1), word(2), word(3), n % 977)
    };
    let tasks = (0..100_000).map(|n| titled(n as u64 + 1, &title(n))).collect();
    let office = snapshot(tasks);
    let begin = Instant::now();
    let twins = by_title(&office, &numbered(500));
    let took = begin.elapsed();
    println!("100,000 titles: {took:?}");
    assert!(!twins.is_empty());
    // Without optimisation it is about ten times as slow.
    assert!(took.as_secs() < 20, "{took:?}");
}

/// Titles of few words, so that they meet.
fn titles() -> impl Strategy<Value = Vec<String>> {
    let word =
        prop::sample::select(vec!["flaky", "shard", "tests", "test", "login", "Docs", "日本語", "the", "-", "ß"]);
    let title = prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "));
    prop::collection::vec(title, 2..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn likeness_is_the_same_both_ways_and_in_every_order(titles in titles()) {
        let tasks: Vec<Task> = titles.iter().zip(1..).map(|(t, n)| titled(n, t)).collect();
        let mut turned = tasks.clone();
        turned.reverse();
        let (a, b) = (snapshot(tasks), snapshot(turned));
        let numbers = 1..=titles.len() as u64;
        let all: HashMap<u64, Vec<Twin>> = numbers.clone().map(|n| (n, by_title(&a, &numbered(n)))).collect();
        for one in numbers {
            prop_assert_eq!(&all[&one], &by_title(&b, &numbered(one)));
            for twin in &all[&one] {
                prop_assert!(twin.key.number != one && (0.0..=1.0).contains(&twin.likeness));
                let back = all[&twin.key.number].iter().find(|t| t.key.number == one).unwrap();
                prop_assert!((back.likeness - twin.likeness).abs() < 1e-9);
                prop_assert_eq!(&back.words, &twin.words);
            }
        }
    }

    #[test]
    fn nothing_that_a_stranger_writes_makes_it_fail(title in ".{0,80}", body in ".{0,400}", other in ".{0,400}") {
        let office = snapshot(vec![titled(1, &title), titled(2, &title), titled(3, "x")]);
        let twins = by_title(&office, &numbered(1));
        for twin in with_bodies(twins, Some(&body), &|_| Some(other.clone())) {
            prop_assert!(!why(&twin).contains(|c: char| c.is_control()));
        }
    }
}
