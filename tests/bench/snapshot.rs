//! What a list costs: building the snapshot, answering queries with their counts, weighing anew. `cargo bench --bench
//! snapshot`; a filter such as `1M` or `100k/query` takes a part.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, missing_docs, reason = "a benchmark")]

mod world;

use std::{hint::black_box, sync::LazyLock, time::Duration};

use criterion::{BatchSize, Criterion};
use floorwalk::{
    domain::{key::TaskKey, task::Task},
    index::{
        Query, Snapshot,
        filter::search,
        kept::{Head, put_away},
        rank::Sort,
    },
    judge::score::{Preset, Weights},
    store::Everything,
};

/// A size with its name and its snapshot, which is built when it is first asked for.
struct Size {
    name: &'static str,
    tasks: u64,
    snapshot: LazyLock<Snapshot>,
}

static SIZES: [Size; 2] = [
    Size { name: "100k", tasks: 100_000, snapshot: LazyLock::new(|| build(100_000)) },
    Size { name: "1M", tasks: 1_000_000, snapshot: LazyLock::new(|| build(1_000_000)) },
];

const QUERIES: [(&str, &str); 9] = [
    ("three terms", "label:docs is:stale team:team7 sort:best"),
    ("free", "is:free"),
    ("limbo", "limbo:>60d"),
    ("everything", ""),
    ("signal", "signal:docs,ci"),
    ("label", "label:area/* -label:blocked"),
    ("quiet order", "is:stale sort:quiet"),
    ("people", "assignee:person12 no:milestone"),
    ("title", "title:\"memory leak\""),
];

fn build(tasks: u64) -> Snapshot {
    Snapshot::build(world::everything(tasks, 7), &world::context())
}

/// What such a store tells after a sync of five hundred changes: most with a new comment, some with another title, some
/// closed, some new.
fn news(tasks: u64) -> (Everything, Vec<TaskKey>) {
    let mut news = world::everything(tasks, 7);
    let step = news.tasks.len() / 500;
    let mut changed: Vec<Task> = news.tasks.drain(..).step_by(step.max(1)).take(500).collect();
    for (at, task) in changed.iter_mut().enumerate() {
        (task.updated_at, task.comments) = (world::now().0, task.comments + 1);
        match at % 50 {
            0 => task.title = format!("Said otherwise: {}", task.title.raw()).as_str().into(),
            1..=5 => (task.key.number, task.created_at) = (task.key.number + 1_000_000, world::now().0),
            _ => {}
        }
    }
    let gone = changed.split_off(460).into_iter().map(|task| task.key).collect();
    news.gists.retain(|key, _| changed.iter().any(|task| task.key == *key));
    (Everything { tasks: changed, ..news }, gone)
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for size in &SIZES {
        let name = |what: &str| format!("{}/{what}", size.name);
        criterion.bench_function(&name("build"), |b| {
            let context = world::context();
            b.iter_batched(
                || world::everything(size.tasks, 7),
                |all| black_box(Snapshot::build(all, &context)),
                BatchSize::PerIteration,
            );
        });
        criterion.bench_function(&name("change"), |b| {
            let (context, snapshot) = (world::context(), &*size.snapshot);
            b.iter_batched(
                || news(size.tasks),
                |(news, gone)| black_box(snapshot.changed(news, &gone, &context).unwrap()),
                BatchSize::PerIteration,
            );
        });
        criterion.bench_function(&name("put away"), |b| {
            b.iter(|| put_away(&size.snapshot, "a", 1).unwrap().map(|piece| black_box(piece).len()).sum::<usize>());
        });
        criterion.bench_function(&name("read again"), |b| {
            let context = world::context();
            let pieces: Vec<Vec<u8>> = put_away(&size.snapshot, "a", 1).unwrap().collect();
            let news = || {
                let mut news = world::everything(size.tasks, 7);
                news.tasks.clear();
                news.gists.clear();
                (pieces.clone(), news)
            };
            b.iter_batched(
                news,
                |(pieces, news)| {
                    let mut pieces = pieces.into_iter();
                    let list = Head::read(&pieces.next().unwrap()).unwrap().read_list(pieces, &context).unwrap();
                    black_box(list.changed(news, &[], &context).unwrap())
                },
                BatchSize::PerIteration,
            );
        });
        for (what, query) in QUERIES {
            let query = Query::parse(query).unwrap();
            criterion.bench_function(&name(&format!("query/{what}")), |b| {
                let snapshot = &*size.snapshot;
                b.iter(|| black_box(search(snapshot, &query, Sort::Best)));
            });
        }
        criterion.bench_function(&name("weigh"), |b| {
            let weights = [Weights::of(Preset::Default), Weights::of(Preset::Default).without_curiosity()];
            let mut at = 0;
            b.iter(|| {
                at += 1;
                let weighed = size.snapshot.weighed(weights[at % 2]);
                black_box(search(&weighed, &Query::default(), Sort::Best))
            });
        });
    }
    criterion.final_summary();
}
