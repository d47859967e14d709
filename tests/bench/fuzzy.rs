//! How long a search of titles takes: whole scans, words typed letter by letter, and the crate alone beside them.
//! `cargo bench --bench fuzzy -- 100k` measures one size; the tables come first and hold ratios of one and the same run.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a benchmark")]

mod titles;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::Criterion;
use floorwalk::index::fuzzy::{Answer, Bits, Line, Lines, Scan, Titles};
use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};
use titles::{Random, projects, titles};

/// Rows that a list puts in order at once.
const BEST: usize = 256;
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

fn search(laid: &Titles, line: &str, all: &Bits, best: usize) -> Answer {
    Scan::new(laid, &words(line), all, best).run(&|| true).unwrap()
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
        |title: &String| words.iter().map(|word| Some(matcher.fuzzy_indices(title, word)?.0)).sum::<Option<i64>>();
    let mut found: Vec<(i64, u32)> =
        (0..).zip(&made.titles).filter_map(|(row, title)| Some((-score(title)?, row))).collect();
    found.sort_unstable();
    found.truncate(BEST);
    found.len()
}

fn whole_scans(name: &str, made: &Made, laid: &Titles, runs: usize) {
    let all = Bits::all(laid.rows());
    println!("\n{name}: whole scans, ms, shortest of {runs}: the best in order, every hit in order, the crate alone");
    println!("{:>12} {:>9} {:>8} {:>8} {:>9} {:>7}", "query", "hits", "best", "every", "crate", "ratio");
    for query in QUERIES {
        let mut hits = 0;
        let best = shortest(runs, || hits = black_box(search(laid, query, &all, BEST)).hits.count());
        let every = shortest(runs.min(5), || drop(black_box(search(laid, query, &all, usize::MAX))));
        let alone = shortest(1, || {
            black_box(crate_alone(made, &words(query)));
        });
        println!("{query:>12} {hits:>9} {best:>8.2} {every:>8.2} {alone:>9.1} {:>6.0}x", alone / best);
    }
}

fn keys(name: &str, laid: &Titles, runs: usize) {
    let all = Bits::all(laid.rows());
    let lines = TYPED.iter().flat_map(|word| (1..=word.len()).filter_map(|end| word.get(..end)));
    let times = lines.map(|line| (shortest(runs, || drop(black_box(search(laid, line, &all, BEST)))), line)).collect();
    told(name, times, runs);
}

/// The same keys, each searched among what the one before found.
fn narrowed(name: &str, laid: &Titles, runs: usize) {
    let all = Bits::all(laid.rows());
    let mut times = Vec::new();
    for word in TYPED {
        let mut among = all.clone();
        for line in (1..=word.len()).filter_map(|end| word.get(..end)) {
            let mut found = None;
            times.push((shortest(runs, || found = Some(black_box(search(laid, line, &among, BEST)))), line));
            among = found.unwrap().hits;
        }
    }
    told(&format!("{name}: narrowed"), times, runs);
}

fn told(name: &str, mut times: Vec<(f64, &str)>, runs: usize) {
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
    let (p50, p99, (worst, line)) = (at(50).0, at(99).0, at(100));
    let keys = times.len();
    println!("{name}: {keys} keys, shortest of {runs}: p50 {p50:.2} p99 {p99:.2} worst {worst:.2} ms ({line:?})");
}

/// Writes the titles, a line each, for other programs to search.
fn written(file: &str, count: usize) {
    std::fs::write(file, made(count).titles.join("\n")).unwrap();
}

/// A line for each query, parted by tabs: the query, the best in order, the crate alone; milliseconds.
fn tsv(count: usize, queries: &[String]) {
    let made = made(count);
    let laid = Titles::of(&made);
    let all = Bits::all(laid.rows());
    for query in queries.iter().filter(|query| !query.starts_with("--")) {
        let best = shortest(7, || drop(black_box(search(&laid, query, &all, BEST))));
        let alone = shortest(1, || {
            black_box(crate_alone(&made, &words(query)));
        });
        println!("{query}\t{best:.2}\t{alone:.1}");
    }
}

fn main() {
    let asked: Vec<String> = std::env::args().collect();
    if let Some(at) = asked.iter().position(|arg| arg == "titles") {
        written(&asked[at + 1], asked[at + 2].parse().unwrap());
        return;
    }
    if let Some(at) = asked.iter().position(|arg| arg == "tsv") {
        tsv(asked[at + 1].parse().unwrap(), &asked[at + 2..]);
        return;
    }
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (name, count, runs) in [("10k", 10_000, 30), ("100k", 100_000, 15), ("1M", 1_000_000, 5)] {
        if !wanted.is_empty() && !wanted.iter().any(|w| w.starts_with(name)) {
            continue;
        }
        let made = made(count);
        let start = Instant::now();
        let laid = Titles::of(&made);
        println!("\n{name}: laid out in {:.1} ms", milliseconds(start.elapsed()));
        whole_scans(name, &made, &laid, runs);
        keys(name, &laid, runs);
        narrowed(name, &laid, runs);
        let mut group = criterion.benchmark_group(name);
        for query in ["e", "mem", "deadlock", "docs typo"] {
            let all = Bits::all(laid.rows());
            group.bench_function(query, |b| b.iter(|| search(&laid, query, &all, BEST)));
        }
        group.finish();
    }
    criterion.final_summary();
}
