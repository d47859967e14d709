//! How long a search of titles takes: whole scans, words typed letter by letter, and the crate alone beside them.
//! `cargo bench --bench fuzzy -- 100k` measures one size; the tables come first and hold ratios of one and the same run.

mod titles;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::Criterion;
use floorwalk::index::fuzzy::{Line, Lines, Scan, Titles, Turn, Typing};
use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};
use titles::{Random, projects, titles};

/// Rows on a screen.
const BEST: usize = 50;
const QUERIES: &[&str] = &[
    "e",
    "m",
    "q",
    "me",
    "re",
    "mem",
    "fix",
    "provider",
    "deadlock",
    "timeout",
    "cfgprsrr",
    "memory leak",
    "docs typo",
    "zzqxjk",
    "#12",
];
const TYPED: &[&str] =
    &["deadlock", "memory", "provider", "timeout", "cfgprsrr", "docs typo", "memory leak", "session", "access"];

struct Made {
    titles: Vec<String>,
    projects: Vec<String>,
    keys: Vec<(u32, u64)>,
}

impl Lines for Made {
    fn count(&self) -> usize {
        self.titles.len()
    }
    fn line(&self, at: usize) -> Line<'_> {
        let (project, number) = self.keys[at];
        Line { title: &self.titles[at], project, number }
    }
    fn projects(&self) -> &[String] {
        &self.projects
    }
}

fn made(count: usize) -> Made {
    let projects = projects((count / 200).clamp(20, 5000), 7);
    let mut random = Random::new(3);
    let key = |_| (u32::try_from(random.below(projects.len())).unwrap(), 1 + random.below(20_000) as u64);
    let keys = (0..count).map(key).collect();
    Made { titles: titles(count, 1), projects, keys }
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The shortest of some runs: what others do on the machine only ever makes it longer.
fn shortest(runs: usize, mut run: impl FnMut()) -> f64 {
    let one = |_| {
        let start = Instant::now();
        run();
        milliseconds(start.elapsed())
    };
    (0..runs).map(one).fold(f64::MAX, f64::min)
}

/// The crate alone, on one thread: a score for every title, the best kept.
fn crate_alone(made: &Made, words: &[String]) -> usize {
    let matcher = SkimMatcherV2::default();
    let score =
        |title: &String| words.iter().map(|word| matcher.fuzzy_indices(title, word).map(|(score, _)| score)).sum();
    let mut found: Vec<(i64, u32)> =
        (0..).zip(&made.titles).filter_map(|(row, title)| Some((-score(title)?, row))).collect();
    found.sort_unstable();
    found.truncate(BEST);
    found.len()
}

fn whole_scans(name: &str, made: &Made, laid: &Titles, runs: usize) {
    println!("\n{name}: whole scans, ms, shortest of {runs}");
    println!("{:>12} {:>9} {:>8} {:>8} {:>9} {:>7}", "query", "hits", "sliced", "run", "crate", "ratio");
    for query in QUERIES {
        let words = words(query);
        let mut hits = 0;
        let sliced = shortest(runs, || {
            let mut scan = Scan::new(laid, &words, None, BEST);
            while !scan.step(8) {}
            hits = black_box(scan.answer()).count;
        });
        let run = shortest(runs, || drop(black_box(Scan::new(laid, &words, None, BEST).run(&Turn::default()))));
        let alone = shortest(1, || drop(black_box(crate_alone(made, &words))));
        println!("{query:>12} {hits:>9} {sliced:>8.2} {run:>8.2} {alone:>9.1} {:>6.0}x", alone / sliced);
    }
}

fn keys(name: &str, laid: &Titles, runs: usize) {
    let mut all: Vec<(f64, &str)> = Vec::new();
    for word in TYPED {
        let ends: Vec<&str> = (1..=word.len()).map(|end| &word[..end]).collect();
        let mut times = vec![f64::MAX; ends.len()];
        for _ in 0..runs {
            let mut typing = Typing::new(laid.clone());
            for (line, time) in ends.iter().zip(&mut times) {
                let start = Instant::now();
                black_box(typing.search(&words(line), None, BEST, &Turn::default()));
                *time = time.min(milliseconds(start.elapsed()));
            }
        }
        all.extend(times.into_iter().zip(ends));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |part: usize| all[(all.len() * part / 100).min(all.len() - 1)];
    let (p50, p99, (worst, line)) = (at(50).0, at(99).0, at(100));
    println!(
        "{name}: {} keys, shortest of {runs}: p50 {p50:.2} p99 {p99:.2} worst {worst:.2} ms ({line:?})",
        all.len()
    );
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (name, count, runs) in [("10k", 10_000, 30), ("100k", 100_000, 15), ("1M", 1_000_000, 5)] {
        if !wanted.is_empty() && !wanted.iter().any(|w| w.starts_with(name)) {
            continue;
        }
        let made = made(count);
        let start = Instant::now();
        let laid = Titles::of(&made);
        println!("\n{name}: laid out in {:.1} ms, {:.1} MB", milliseconds(start.elapsed()), laid.bytes() as f64 / 1e6);
        whole_scans(name, &made, &laid, runs);
        keys(name, &laid, runs);
        let mut group = criterion.benchmark_group(name);
        for query in ["e", "mem", "deadlock", "docs typo"] {
            let words = words(query);
            group.bench_function(query, |b| b.iter(|| Scan::new(&laid, &words, None, BEST).run(&Turn::default())));
        }
        group.finish();
    }
    criterion.final_summary();
}
