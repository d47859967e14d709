//! How long other finders take for the same queries on the same titles, two threads each: `others TITLES QUERY…` prints a
//! line for each query, parted by tabs: the query, `frizbee`, `nucleo-matcher`; milliseconds, the shortest of some runs.

use std::{
    hint::black_box,
    time::Instant,
};

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

const RUNS: usize = 5;

fn shortest(mut run: impl FnMut()) -> f64 {
    let one = |_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..RUNS).map(one).fold(f64::MAX, f64::min)
}

fn frizbee(titles: &[&str], query: &str) -> usize {
    frizbee::Matcher::from_query(query, &frizbee::Config::default()).match_list_parallel(titles, 2).len()
}

/// Every score, the matches in order.
fn nucleo(titles: &[&str], query: &str) -> usize {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Never);
    let part = |from: usize, titles: &[&str]| -> Vec<(u32, usize)> {
        let (mut matcher, mut buffer) = (Matcher::new(Config::DEFAULT), Vec::new());
        let score = |(at, title): (usize, &&str)| {
            Some((pattern.score(Utf32Str::new(title, &mut buffer), &mut matcher)?, from + at))
        };
        titles.iter().enumerate().filter_map(score).collect()
    };
    let half = titles.len() / 2;
    let mut found = std::thread::scope(|scope| {
        let other = scope.spawn(|| part(half, &titles[half..]));
        let mut found = part(0, &titles[..half]);
        found.extend(other.join().unwrap());
        found
    });
    found.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    found.len()
}

fn main() {
    let mut asked = std::env::args().skip(1);
    let text = std::fs::read_to_string(asked.next().expect("a file of titles")).expect("it can be read");
    let titles: Vec<&str> = text.lines().collect();
    for query in asked {
        let frizbee = shortest(|| { _ = black_box(frizbee(&titles, &query)); });
        let nucleo = shortest(|| { _ = black_box(nucleo(&titles, &query)); });
        println!("{query}\t{frizbee:.2}\t{nucleo:.2}");
    }
}
