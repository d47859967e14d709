//! The search engine of titles and keys against brute force with a new matcher for each pair.

use std::{
    collections::{BTreeSet, HashMap},
    io::{BufRead, BufReader},
    sync::Arc,
};

use flate2::read::GzDecoder;
use floorwalk::index::fuzzy::{Answer, Begun, Bitmap, Line, Lines, Scan, Titles, Turn, Turns, Typing};
use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};
use proptest::prelude::*;

use crate::demo_world::shared;

/// Rows as tests write them: title, project, number.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<(String, u32, u64)>,
    pub(crate) projects: Vec<String>,
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
    pub(crate) fn titled(titles: impl IntoIterator<Item = String>) -> Self {
        Self { rows: titles.into_iter().map(|t| (t, 0, 7)).collect(), projects: vec!["q/#".to_owned()] }
    }

    fn key(&self, at: usize) -> String {
        let (_, project, number) = &self.rows[at];
        let end = if *number == 0 { "new".to_owned() } else { number.to_string() };
        format!("{}{end}", self.projects[*project as usize])
    }
}

/// The definition: a matcher that was never used before, on the first 1024 bytes.
fn oracle(text: &str, word: &str) -> Option<i64> {
    let text = &text[..text.floor_char_boundary(1024)];
    SkimMatcherV2::default().fuzzy_indices(text, word).map(|(score, _)| score)
}

/// All hits with their scores, best first, then in the order of the rows.
fn brute_force(rows: &Rows, words: &[String], from: Option<&Bitmap>) -> Vec<(i64, u32)> {
    let mut known: HashMap<(&str, &str), Option<i64>> = HashMap::new();
    let mut found = Vec::new();
    for at in 0..rows.rows.len() {
        let number = u32::try_from(at).unwrap();
        if from.is_some_and(|from| !from.contains(number)) {
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

fn check(answer: &Answer, wanted: &[(i64, u32)], best: usize) -> Result<(), TestCaseError> {
    let top: Vec<(i64, u32)> = answer.top.iter().map(|hit| (i64::from(hit.score), hit.row)).collect();
    prop_assert_eq!(&top[..], &wanted[..best.min(wanted.len())]);
    prop_assert_eq!(answer.count, wanted.len());
    let rows: BTreeSet<u32> = wanted.iter().map(|(_, row)| *row).collect();
    prop_assert!(answer.hits.iter().eq(rows.iter().copied()), "{:?} but {:?}", answer.hits, rows);
    Ok(())
}

fn search(rows: &Rows, words: &[String], best: usize) -> Answer {
    Scan::new(&Titles::of(rows), words, None, best).run(&Turn::default()).unwrap()
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

pub(crate) fn word() -> impl Strategy<Value = String> {
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

/// A set of some of the rows.
fn some(rows: usize, seed: u64) -> Arc<Bitmap> {
    let count = u32::try_from(rows).unwrap();
    Arc::new(Bitmap::of(rows, (0..count).filter(|row| seed >> (row % 64) & 1 == 1)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_search_equals_brute_force(
        rows in rows(),
        words in proptest::collection::vec(word(), 0..4),
        best in proptest::sample::select(vec![0, 1, 3, 10, usize::MAX]),
    ) {
        check(&search(&rows, &words, best), &brute_force(&rows, &words, None), best)?;
    }

    #[test]
    fn what_is_typed_letter_by_letter_and_taken_back_equals_brute_force(
        rows in rows(),
        typed in proptest::collection::vec((prop_oneof!["[a-z]{2,6}", word()], 0_usize..3), 1..4),
        best in proptest::sample::select(vec![1, 4, usize::MAX]),
        sets in (any::<u64>(), any::<u64>(), any::<bool>()),
    ) {
        let mut typing = Typing::new(Titles::of(&rows));
        let some = [some(rows.rows.len(), sets.0), some(rows.rows.len(), sets.0 & sets.1)];
        let mut line = String::new();
        let mut ask = |line: &str, at: usize| {
            let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            // The structured part changes at times: it lets through all, some, or fewer.
            let from = if sets.2 { some.get(at % 3).cloned() } else { None };
            let answer = typing.search(&words, from.clone(), best, &Turn::default()).unwrap();
            check(&answer, &brute_force(&rows, &words, from.as_deref()), best)
        };
        let mut asked = 0;
        for (word, back) in typed {
            line.push(' ');
            for c in word.chars() {
                line.push(c);
                ask(&line, asked / 5)?;
                asked += 1;
            }
            for _ in 0..back {
                line.pop();
                ask(&line, asked / 5)?;
            }
        }
    }

    #[test]
    fn a_title_is_given_back_as_far_as_it_is_looked_at(titles in proptest::collection::vec(title(), 1..100)) {
        let laid = Titles::of(&Rows::titled(titles.clone()));
        for (row, title) in (0..).zip(&titles) {
            prop_assert_eq!(laid.title(row), &title[..title.floor_char_boundary(1024)]);
        }
    }

    #[test]
    fn a_set_of_rows_holds_what_was_put_in(rows in 0_usize..300, named in proptest::collection::vec(0_u32..300, 0..40)) {
        let set = Bitmap::of(rows, named.iter().copied());
        let wanted: BTreeSet<u32> = named.iter().copied().filter(|row| (*row as usize) < rows).collect();
        prop_assert!(set.iter().eq(wanted.iter().copied()));
        prop_assert_eq!(set.count(), wanted.len());
        prop_assert!(set.is_within(&Bitmap::all(rows)));
        prop_assert_eq!(Bitmap::all(rows).is_within(&set), wanted.len() == rows);
        prop_assert_eq!(Bitmap::all(rows).count(), rows);
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

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn several_chunks_are_searched_in_slices_as_at_once() {
    let rows = many(40_000);
    let titles = Titles::of(&rows);
    for line in ["e", "d", "dead", "deadlock x", "a 1", "zz", "ap#", "3"] {
        let wanted = brute_force(&rows, &words(line), None);
        let mut scan = Scan::new(&titles, &words(line), None, 50);
        let mut slices = 1;
        while !scan.step(1) {
            slices += 1;
        }
        assert_eq!(slices, 3, "40 000 rows are three chunks");
        check(&scan.answer(), &wanted, 50).unwrap();
        check(&search(&rows, &words(line), 50), &wanted, 50).unwrap();
    }
}

#[test]
fn two_threads_find_what_one_does() {
    let rows = many(210_000);
    let mut typing = Typing::new(Titles::of(&rows));
    for line in ["d", "de", "dea", "dead", "deadl", "dead", "e", "mem", "mem 4"] {
        let answer = typing.search(&words(line), None, 30, &Turn::default()).unwrap();
        let mut scan = Scan::new(typing.titles(), &words(line), None, 30);
        while !scan.step(4) {}
        let alone = scan.answer();
        assert_eq!((answer.count, &answer.hits, &answer.top), (alone.count, &alone.hits, &alone.top), "{line}");
    }
    check(&search(&rows, &words("dead"), 30), &brute_force(&rows, &words("dead"), None), 30).unwrap();
}

#[test]
fn a_newer_key_drops_the_search_before() {
    let (turns, titles) = (Turns::default(), Titles::of(&many(20_000)));
    let old = turns.next();
    let mut typing = Typing::new(titles);
    assert!(typing.search(&words("d"), None, 10, &old).is_some());
    let new = turns.next();
    assert!(old.is_over() && !new.is_over());
    assert!(typing.search(&words("de"), None, 10, &old).is_none());
    assert!(matches!(typing.begin(&words("d"), None, 10), Begun::Known(_)), "what was found before stays");
    assert!(typing.search(&words("de"), None, 10, &new).is_some());
}

#[test]
fn going_back_looks_at_nothing_again() {
    let mut typing = Typing::new(Titles::of(&many(1000)));
    let mut known = |line: &str| {
        let known = matches!(typing.begin(&words(line), None, 10), Begun::Known(_));
        typing.search(&words(line), None, 10, &Turn::default()).unwrap();
        known
    };
    let lines = ["d", "de", "dea", "de", "d", "de", "de e", "de", "x", "d"];
    assert_eq!(lines.map(&mut known), [false, false, false, true, true, false, false, true, false, false]);
}

#[test]
fn a_changed_row_renews_its_chunk_alone() {
    let mut rows = many(50_000);
    let old = Titles::of(&rows);
    rows.rows[20_000].0 = "jazz".to_owned();
    let new = old.renewed(&rows, [20_000]);
    assert_eq!(new.shared_with(&old), 3);
    assert_eq!(old.renewed(&rows, []).shared_with(&old), 4);
    let look = |titles: &Titles| Scan::new(titles, &words("jazz"), None, 10).run(&Turn::default()).unwrap().count;
    assert_eq!((look(&old), look(&new)), (0, 1));
    rows.rows.truncate(49_000);
    let fewer = new.renewed(&rows, []);
    assert_eq!((fewer.rows(), fewer.shared_with(&new)), (49_000, 2));
    check(
        &Scan::new(&fewer, &words("dead"), None, 9).run(&Turn::default()).unwrap(),
        &brute_force(&rows, &words("dead"), None),
        9,
    )
    .unwrap();
}

#[test]
fn nothing_to_search_is_no_trouble() {
    assert_eq!(search(&Rows::titled([]), &words("x"), 10).count, 0);
    assert_eq!(search(&Rows::titled([String::new()]), &[], 10).count, 1);
    assert_eq!(Titles::default().title(7), "");
    let mut typing = Typing::default();
    assert_eq!(typing.search(&words("x"), None, 10, &Turn::default()).unwrap().count, 0);
}

/// Real titles, where they are at hand: more words of one letter after the other than anybody could think of.
#[test]
fn real_titles_are_found_as_by_brute_force() {
    let mut titles = Vec::new();
    for name in ["titles.prisma_prisma", "golang__go.issues.rest-slim"] {
        let Some(path) = shared(&format!("data/github/{name}.jsonl.gz")) else { return };
        let lines = BufReader::new(GzDecoder::new(std::fs::File::open(path).unwrap())).lines();
        titles.extend(lines.take(3000).map(|line| {
            let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            line["title"].as_str().unwrap().to_owned()
        }));
    }
    assert!(titles.len() > 5000, "{}", titles.len());
    let rows = Rows::titled(titles);
    let mut typing = Typing::new(Titles::of(&rows));
    for line in ["deadlock", "cmd/go", "Error", "docs typo", "#12"] {
        for end in 1..=line.len() {
            let words = words(&line[..end]);
            let answer = typing.search(&words, None, 50, &Turn::default()).unwrap();
            check(&answer, &brute_force(&rows, &words, None), 50).unwrap();
        }
    }
}
