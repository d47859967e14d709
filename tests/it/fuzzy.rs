//! The search engine of titles and keys against brute force with a new matcher for each pair.

use std::{
    collections::{BTreeSet, HashMap},
    io::{BufRead, BufReader},
    sync::atomic::{AtomicUsize, Ordering},
};

use flate2::read::GzDecoder;
use floorwalk::index::fuzzy::{Answer, Bits, Line, Lines, Scan, Titles};
use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};
use proptest::prelude::*;

use crate::demo_world::shared;

/// Rows as tests write them: title, project, number.
#[derive(Clone, Debug)]
struct Rows {
    rows: Vec<(String, u32, u64)>,
    projects: Vec<String>,
}

impl Lines for Rows {
    fn count(&self) -> usize {
        self.rows.len()
    }
    fn line(&self, at: usize) -> Line<'_> {
        let (title, project, number) = &self.rows[at];
        Line { title, project: *project, number: *number }
    }
    fn projects(&self) -> &[String] {
        &self.projects
    }
}

impl Rows {
    fn titled(titles: impl IntoIterator<Item = String>) -> Self {
        Self { rows: titles.into_iter().map(|t| (t, 0, 7)).collect(), projects: vec!["q/#".to_owned()] }
    }

    fn all(&self) -> Bits {
        Bits::all(self.rows.len())
    }

    fn key(&self, at: usize) -> String {
        let (_, project, number) = &self.rows[at];
        let end = if *number == 0 { "new".to_owned() } else { number.to_string() };
        format!("{}{end}", self.projects[*project as usize])
    }
}

/// The definition: a matcher that was never used before, on the first 1024 bytes.
fn oracle(text: &str, word: &str) -> Option<i64> {
    let text = text.get(..text.floor_char_boundary(1024)).unwrap();
    SkimMatcherV2::default().fuzzy_indices(text, word).map(|(score, _)| score)
}

/// All hits with their scores, best first, then in the order of the rows.
fn brute_force(rows: &Rows, words: &[String], from: &Bits) -> Vec<(i64, u32)> {
    let mut known: HashMap<(&str, &str), Option<i64>> = HashMap::new();
    let mut found = Vec::new();
    for at in 0..rows.rows.len() {
        let number = u32::try_from(at).unwrap();
        if !from.has(at) {
            continue;
        }
        let title = rows.rows[at].0.as_str();
        let mut score = |word: &'_ String| {
            let by_title = match known.get(&(title, word.as_str())) {
                Some(known) => *known,
                None => oracle(title, word),
            };
            by_title.or_else(|| oracle(&rows.key(at), word))
        };
        let sum: Option<i64> = words.iter().map(&mut score).sum();
        for word in words {
            known.entry((title, word)).or_insert_with(|| oracle(title, word));
        }
        found.extend(sum.map(|score| (-score, number)));
    }
    found.sort_unstable();
    found.into_iter().map(|(score, row)| (-score, row)).collect()
}

/// The best so many and all that are as good as the last of them, and every hit.
fn check(answer: &Answer, wanted: &[(i64, u32)], best: usize) -> Result<(), TestCaseError> {
    let top: Vec<(i64, u32)> = answer.top.iter().map(|hit| (i64::from(hit.score), hit.row)).collect();
    let last = best.checked_sub(1).and_then(|last| wanted.get(last)).map(|(score, _)| *score);
    let among = |n: usize, score: i64| best > n || last.is_some_and(|last| score >= last);
    let count = wanted.iter().enumerate().take_while(|(n, (score, _))| among(*n, *score)).count();
    prop_assert_eq!(&top[..], &wanted[..count]);
    let rows: BTreeSet<u32> = wanted.iter().map(|(_, row)| *row).collect();
    prop_assert!(answer.hits.iter().eq(rows.iter().copied()), "{:?} but {:?}", answer.hits, rows);
    Ok(())
}

fn search_among(titles: &Titles, words: &[String], from: &Bits, best: usize) -> Answer {
    Scan::new(titles, words, from, best).run(&|| true).unwrap()
}

fn search(rows: &Rows, words: &[String], best: usize) -> Answer {
    search_among(&Titles::of(rows), words, &rows.all(), best)
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,7}",
        3 => "[A-Za-z0-9_./()-]{1,9}",
        1 => "[ -~]{1,6}",
        1 => "\\PC{1,4}",
        1 => "[\0-\u{20}\u{7f}é]{1,3}",
        4 => proptest::sample::select(vec![
            "session", "access", "error", "Error:", "typo", "HTTPServer", "fooBar", "süß", "日本", "[docs]", "ssss", "aab",
            "\u{1b}[2J", "e", "E", "\0x", "K8s", "ſ", "x\0", "12", "#1", "Привет мир", "{a|b}", "^_^ ~x `y` @z"
        ])
        .prop_map(str::to_owned),
    ]
}

fn title() -> impl Strategy<Value = String> {
    let words = || proptest::collection::vec(piece(), 0..9).prop_map(|w| w.join(" "));
    prop_oneof![
        6 => words(),
        2 => (words(), 2_usize..40).prop_map(|(w, n)| w.repeat(n)),
        1 => (words(), words(), 0_usize..1100).prop_map(|(a, b, n)| a + &"x".repeat(n) + &b),
    ]
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,4}",
        1 => "[a-z0-9]{5,12}",
        1 => "[A-Z]",
        2 => "[ -~]{1,3}",
        1 => "\\PC{1,3}",
        1 => "[sx ]{60,70}",
        1 => "[\0\u{1}\u{1b}é]{1,2}",
        6 => proptest::sample::select(vec![
            "ss", "rr", "session", "error", "typo", "Er", "aa", "ee", "sS", "s", "acc", "#1", "é", "ß", "本", "1", "12", "new",
            "app#", "acme", "acmeapp1", "q/", "bc-2", "w", "ABC", "привет", "сс", "hs", "HS", "fb", "a", "[", "xx", ""
        ])
        .prop_map(str::to_owned),
    ]
}

fn rows() -> impl Strategy<Value = Rows> {
    let number = prop_oneof![0_u64..30, Just(u64::from(u32::MAX)), any::<u64>()];
    let row = (title(), 0_u32..4, number);
    proptest::collection::vec(row, 1..40).prop_map(|rows| Rows {
        rows,
        projects: ["acme/app#", "acme/Web.new2#", "ABC-", "süß/x#"].map(str::to_owned).to_vec(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_equals_brute_force(
        rows in rows(),
        words in proptest::collection::vec(word(), 0..4),
        best in proptest::sample::select(vec![0, 1, 3, 10, usize::MAX]),
        some in prop_oneof![Just(u64::MAX), any::<u64>()],
    ) {
        let from = Bits::of(rows.rows.len(), |at| some >> (at % 64) & 1 == 1);
        let answer = search_among(&Titles::of(&rows), &words, &from, best);
        check(&answer, &brute_force(&rows, &words, &from), best)?;
    }
}

/// Enough different titles for several chunks, few enough for a brute force that remembers.
fn many(count: usize) -> Rows {
    let parts =
        ["session access", "flaky error", "Deadlock in", "memory leak", "e", "docs typo", "süß", "[ci] fix", "x", ""];
    let title = |n: usize| format!("{} {}", parts[n % 10], parts[n / 10 % 10]);
    let rows = (0..count).map(|n| (title(n), u32::try_from(n % 3).unwrap(), n as u64 % 50)).collect();
    Rows { rows, projects: vec!["acme/app#".to_owned(), "acme/deadpool#".to_owned(), "ABC-".to_owned()] }
}

/// The same from the first of them alone: from the 300th on they come again.
fn brute_force_of_many(line: &str, from: &Bits) -> Vec<(i64, u32)> {
    let (first, count) = (many(300), 300);
    let scores: HashMap<u32, i64> =
        brute_force(&first, &words(line), &first.all()).into_iter().map(|(score, row)| (row, score)).collect();
    let mut found: Vec<(i64, u32)> = from.iter().filter_map(|row| Some((-scores.get(&(row % count))?, row))).collect();
    found.sort_unstable();
    found.into_iter().map(|(score, row)| (-score, row)).collect()
}

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// Rows of more than two chunks, of which some get other titles again and again, and some come later.
#[test]
fn titles_that_were_changed_are_searched_as_if_they_had_been_laid_out_anew() {
    let mut rows = many(33_000);
    let mut titles = Titles::of(&rows);
    let others = ["deadlock in a worker of deadlocks", "süß", "", "x\0y", "日本 dead", &"dead ".repeat(150)];
    for round in 0..40_usize {
        let changed: Vec<usize> = (0..9).map(|n| (n * 3_671 + round * 7 + n * n) % rows.rows.len()).collect();
        for (n, at) in changed.iter().enumerate() {
            rows.rows[*at].0 = others[(n + round) % others.len()].to_owned();
        }
        rows.rows.extend((0..round % 3).map(|n| (format!("came dead {n}"), 0, 90 + n as u64)));
        titles = titles.changed(&rows, changed);
    }
    let anew = Titles::of(&rows);
    assert_eq!((titles.rows(), anew.rows() > 33_000), (rows.rows.len(), true));
    for line in ["e", "d", "dead", "deadlock", "sü", "日", "xy", "came dead", "zz", "ap#", "91"] {
        let of = |titles: &Titles| search_among(titles, &words(line), &rows.all(), 50);
        let (changed, anew) = (of(&titles), of(&anew));
        assert_eq!(changed.top, anew.top, "{line}");
        assert!(changed.hits.iter().eq(anew.hits.iter()), "{line}");
        assert!(line == "zz" || anew.hits.count() > 0, "{line} finds something");
    }
    check(
        &search_among(&titles, &words("dead"), &rows.all(), 50),
        &brute_force(&rows, &words("dead"), &rows.all()),
        50,
    )
    .unwrap();
}

#[test]
fn several_chunks_are_searched_as_one() {
    let rows = many(40_000);
    let titles = Titles::of(&rows);
    let third = Bits::of(40_000, |at| at.is_multiple_of(3));
    for line in ["e", "d", "dead", "deadlock x", "a 1", "zz", "ap#", "3"] {
        for from in [&rows.all(), &third] {
            let answer = search_among(&titles, &words(line), from, 50);
            check(&answer, &brute_force_of_many(line, from), 50).unwrap();
        }
    }
}

#[test]
fn two_threads_find_what_one_does() {
    let rows = many(210_000);
    let titles = Titles::of(&rows);
    for line in ["dead", "mem 4"] {
        let wanted = brute_force_of_many(line, &rows.all());
        check(&search_among(&titles, &words(line), &rows.all(), 30), &wanted, 30).unwrap();
    }
}

#[test]
fn a_search_that_nobody_waits_for_ends_at_the_next_chunk() {
    let rows = many(60_000);
    let (titles, all, asked) = (Titles::of(&rows), rows.all(), AtomicUsize::new(0));
    let search = |patience: usize| {
        asked.store(0, Ordering::Relaxed);
        let wanted = || asked.fetch_add(1, Ordering::Relaxed) < patience;
        let answer = Scan::new(&titles, &words("dead"), &all, 10).run(&wanted);
        (answer.is_some(), asked.load(Ordering::Relaxed))
    };
    assert_eq!(search(0), (false, 1));
    assert_eq!(search(2), (false, 3));
    let (found, asked) = search(usize::MAX);
    assert!(found && asked > 4, "60 000 rows are four chunks: {asked}");
}

#[test]
fn nothing_to_search_is_no_trouble() {
    assert_eq!(search(&Rows::titled([]), &words("x"), 10).top, []);
    assert_eq!(search(&Rows::titled([String::new()]), &[], 10).hits.count(), 1);
    assert_eq!(search_among(&Titles::default(), &words("x"), &Bits::none(0), 10).top, []);
}

/// Real titles, where they are at hand: more words of one letter after the other than anybody could think of.
#[test]
fn real_titles_are_found_as_by_brute_force() {
    let mut titles = Vec::new();
    for name in ["titles.prisma_prisma", "golang__go.issues.rest-slim"] {
        let Some(path) = shared(&format!("data/github/{name}.jsonl.gz")) else { return };
        let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path).unwrap())).lines();
        titles.extend(lines.take(200).map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            line["title"].as_str().unwrap().to_owned()
        }));
    }
    let rows = Rows::titled(titles);
    let titles = Titles::of(&rows);
    for line in ["deadlock", "cmd/go", "Error", "docs typo", "#12"] {
        for end in 1..=line.len() {
            let words = words(line.get(..end).unwrap());
            let answer = search_among(&titles, &words, &rows.all(), 50);
            check(&answer, &brute_force(&rows, &words, &rows.all()), 50).unwrap();
        }
    }
}
