//! Tasks that look like the same work: by the words of their titles, rare ones weighing more, and, among the best of
//! those, by the sentences of their descriptions. Pure: the same snapshot gives the same answer, and how alike two tasks
//! are does not depend on which of them is asked about.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
};

use super::{
    side::Flag,
    snapshot::{Row, Snapshot},
};
use crate::domain::key::TaskKey;

/// Candidates of which the descriptions are compared.
pub const READ: usize = 20;
/// Candidates that are weighed word by word.
pub const WEIGHED: usize = 200;
/// Candidates that are shown.
pub const SHOWN: usize = 5;

/// Words of a title that are looked at; longer titles are cut.
const TITLE_WORDS: usize = 24;
/// Bytes of a description that are looked at.
const BODY_BYTES: usize = 16 * 1024;
/// Words in a row that make up one piece of a description.
const SHINGLE: usize = 3;
/// Pieces from which on a description says something.
const FEWEST_SHINGLES: usize = 5;
/// Least likeness that is worth a look, 0–1.
const LEAST: f64 = 0.3;
/// Part of the likeness that descriptions decide where both say something.
const BODY_PART: f64 = 0.4;
/// Words named in common at most.
const WORDS: usize = 6;

/// A task that looks like the same work.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// Which.
    pub key: TaskKey,
    /// How alike, 0–1: the weight of the words in common by that of all words of both titles (weighted Jaccard with
    /// inverse document frequency), and the part of three-word pieces in common of both descriptions.
    pub likeness: f64,
    /// Words of the titles in common, harmless, the rarest first.
    pub words: Vec<String>,
    /// True when the descriptions were compared.
    pub read: bool,
}

/// True for letters of scripts that part words by no blanks.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x9fff | 0xac00..=0xd7af)
}

/// Calls `f` with each word of a text: letters and digits in small letters, without the `s` of a plural; of scripts
/// without blanks between words every two letters. Nothing is allocated for each word: there may be a million of them.
fn each_word(text: &str, buffer: &mut String, mut f: impl FnMut(&str)) {
    for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        buffer.clear();
        if part.is_ascii() {
            buffer.push_str(part);
            buffer.make_ascii_lowercase();
        } else {
            buffer.extend(part.chars().flat_map(char::to_lowercase));
            if buffer.chars().any(is_unspaced) {
                let letters: Vec<char> = buffer.chars().collect();
                letters.windows(letters.len().min(2)).for_each(|pair| f(&pair.iter().collect::<String>()));
                continue;
            }
        }
        let stem = buffer.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'));
        f(stem.unwrap_or(buffer));
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, &mut String::new(), |word| words.push(word.to_owned()));
    words
}

/// A word as a number (FNV-1a), the same in every run.
fn number(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The words of a title as numbers, each once, in order.
fn title_words(title: &str, buffer: &mut String, words: &mut Vec<u64>) {
    words.clear();
    let mut count = 0;
    each_word(title, buffer, |word| {
        if count < TITLE_WORDS {
            words.push(number(word));
        }
        count += 1;
    });
    words.sort_unstable();
    words.dedup();
}

/// How many titles have each of some words.
struct Frequency {
    of: HashMap<u64, u32>,
    titles: f64,
}

impl Frequency {
    /// Weight of a word: the larger the rarer (inverse document frequency).
    fn weight(&self, word: u64) -> f64 {
        let with = self.of.get(&word).copied().unwrap_or(1).max(1);
        (1.0 + self.titles / f64::from(with)).ln()
    }

    fn sum(&self, words: impl Iterator<Item = u64>) -> f64 {
        words.map(|word| self.weight(word)).sum()
    }

    /// Weighted Jaccard of two titles. Both sums go in the order of the words, so that they are the same both ways.
    fn likeness(&self, a: &[u64], b: &[u64]) -> f64 {
        let mut all: Vec<u64> = a.iter().chain(b).copied().collect();
        all.sort_unstable();
        all.dedup();
        let both = |word: &u64| a.binary_search(word).is_ok() && b.binary_search(word).is_ok();
        let common = self.sum(all.iter().copied().filter(both));
        let whole = self.sum(all.iter().copied());
        if whole > 0.0 { common / whole } else { 0.0 }
    }
}

/// The tasks whose titles are most alike, at most [`READ`], most alike first, then by key. Bounded: two passes over the
/// titles, and only the [`WEIGHED`] that share most of the rare words are weighed against all of their own.
pub fn by_title(snapshot: &Snapshot, key: &TaskKey) -> Vec<Twin> {
    let (Some(at), Some(row)) = (snapshot.at(key), snapshot.get(key)) else { return Vec::new() };
    let (rows, side) = (&snapshot.rows, snapshot.side());
    let (mut buffer, mut own, mut theirs) = (String::new(), Vec::new(), Vec::new());
    title_words(rows.title(at as usize), &mut buffer, &mut own);
    let mut comparable = side.flag(Flag::Open).as_ref().clone();
    comparable.and_not(&side.flag(Flag::Folded));
    comparable.add(at as usize);
    let others = {
        let mut others = comparable.clone();
        row.mirrors.iter().chain([key]).filter_map(|key| snapshot.at(key)).for_each(|at| others.remove(at as usize));
        others
    };
    let mut frequency = Frequency { of: own.iter().map(|word| (*word, 0)).collect(), titles: 0.0 };
    let mut sharing: Vec<(u32, Vec<u64>)> = Vec::new();
    for other in comparable.iter() {
        frequency.titles += 1.0;
        title_words(rows.title(other as usize), &mut buffer, &mut theirs);
        let shared: Vec<u64> = theirs.iter().copied().filter(|word| own.binary_search(word).is_ok()).collect();
        shared.iter().for_each(|word| *frequency.of.entry(*word).or_default() += 1);
        if others.has(other as usize) && !shared.is_empty() {
            sharing.push((other, shared));
        }
    }
    sharing.sort_by_cached_key(|(other, shared)| {
        let weight = frequency.sum(shared.iter().copied());
        // Of finite numbers that are not below zero the bits order as the numbers do.
        (Reverse(weight.to_bits()), side.key_rank(*other))
    });
    sharing.truncate(WEIGHED);
    let candidates: Vec<(u32, Vec<u64>)> = sharing
        .into_iter()
        .map(|(other, _)| {
            title_words(rows.title(other as usize), &mut buffer, &mut theirs);
            (other, theirs.clone())
        })
        .collect();
    let new: HashSet<u64> = candidates.iter().flat_map(|(_, words)| words).copied().collect();
    frequency.of = new.into_iter().chain(own.iter().copied()).map(|word| (word, 0)).collect();
    for other in comparable.iter() {
        title_words(rows.title(other as usize), &mut buffer, &mut theirs);
        for word in &theirs {
            if let Some(count) = frequency.of.get_mut(word) {
                *count += 1;
            }
        }
    }
    let twin = |(other, theirs): (u32, Vec<u64>)| {
        let likeness = frequency.likeness(&own, &theirs);
        let words = in_common(row, &theirs, &frequency);
        rows.key(other).map(|key| Twin { key, likeness, words, read: false })
    };
    let mut twins: Vec<Twin> = candidates.into_iter().filter_map(twin).collect();
    order(&mut twins);
    twins.truncate(READ);
    twins
}

/// Words of a title that are among others, the rarest first.
fn in_common(row: &Row, others: &[u64], frequency: &Frequency) -> Vec<String> {
    let mut common = words(row.task.title.raw());
    common.truncate(TITLE_WORDS);
    common.retain(|word| others.binary_search(&number(word)).is_ok());
    common.sort();
    common.dedup();
    let weight = |word: &String| frequency.weight(number(word));
    common.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.cmp(b)));
    common.truncate(WORDS);
    common
}

/// The same with descriptions compared, where both were read; what is not alike enough is left out, at most [`SHOWN`].
/// `body` gives a description.
pub fn with_bodies(mut twins: Vec<Twin>, own: Option<&str>, body: &dyn Fn(&TaskKey) -> Option<String>) -> Vec<Twin> {
    let own = own.map(shingles).filter(|own| own.len() >= FEWEST_SHINGLES);
    for twin in &mut twins {
        let theirs = body(&twin.key).map(|text| shingles(&text)).filter(|theirs| theirs.len() >= FEWEST_SHINGLES);
        if let (Some(own), Some(theirs)) = (&own, theirs) {
            twin.likeness = (1.0 - BODY_PART) * twin.likeness + BODY_PART * jaccard(own, &theirs);
            twin.read = true;
        }
    }
    // A template that all tasks of a project are written on makes descriptions alike, and never titles.
    twins.retain(|twin| twin.likeness >= LEAST && !twin.words.is_empty());
    order(&mut twins);
    twins.truncate(SHOWN);
    twins
}

fn order(twins: &mut [Twin]) {
    twins.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| a.key.cmp(&b.key)));
}

/// Every three words in a row of a description.
fn shingles(text: &str) -> BTreeSet<String> {
    let text = text.get(..text.floor_char_boundary(BODY_BYTES)).unwrap_or(text);
    let words = words(text);
    words.windows(SHINGLE).map(|window| window.join(" ")).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn jaccard(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let all = a.union(b).count();
    if all == 0 { 0.0 } else { a.intersection(b).count() as f64 / all as f64 }
}

/// How alike, for people: `62 % alike, both say: flaky, shard, test`.
pub fn why(twin: &Twin) -> String {
    let words: Vec<String> = twin.words.iter().map(|w| crate::domain::text::safe_line(w).into_owned()).collect();
    let percent = format!("{:.0}", twin.likeness * 100.0);
    let read = if twin.read { "title and description" } else { "title alone" };
    format!("{percent} % alike by {read}, both say: {}", words.join(", "))
}
