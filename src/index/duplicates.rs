//! Tasks that look like the same work: by the words of their titles, rare ones weighing more, and, among the best of
//! those, by the sentences of their descriptions. Pure: the same snapshot gives the same answer, and how alike two tasks
//! are does not depend on which of them is asked about.

use std::collections::{BTreeSet, HashMap};

use super::snapshot::{Row, Snapshot};
use crate::domain::{key::TaskKey, task::TaskState};

/// Candidates of which the descriptions are compared.
pub const READ: usize = 20;
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

/// The words of a text: letters and digits in small letters, the plural `s` left out; of scripts without blanks between
/// words every two letters.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let part = part.to_lowercase();
        if part.chars().any(|c| matches!(u32::from(c), 0x3040..=0x9fff | 0xac00..=0xd7af)) {
            let letters: Vec<char> = part.chars().collect();
            return letters.windows(2.min(letters.len().max(1))).map(|w| w.iter().collect()).collect::<Vec<String>>();
        }
        let stem = part.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'));
        let word = stem.map(str::to_owned).unwrap_or(part);
        if word.is_empty() { Vec::new() } else { vec![word] }
    })
}

fn title_words(row: &Row) -> BTreeSet<String> {
    words(row.task.title.raw()).take(TITLE_WORDS).collect()
}

/// How many open tasks have each word in their titles.
struct Frequency {
    of: HashMap<String, u32>,
    tasks: f64,
}

impl Frequency {
    /// Weight of a word: 0 for one that all titles have, the larger the rarer.
    fn weight(&self, word: &str) -> f64 {
        let with = self.of.get(word).copied().unwrap_or(1).max(1);
        (1.0 + self.tasks / f64::from(with)).ln()
    }

    fn sum<'w>(&self, words: impl Iterator<Item = &'w String>) -> f64 {
        words.map(|word| self.weight(word)).sum()
    }

    /// Weighted Jaccard of two titles.
    fn likeness(&self, a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
        let all = self.sum(a.union(b));
        if all > 0.0 { self.sum(a.intersection(b)) / all } else { 0.0 }
    }
}

/// Rows that can be the same work as another.
fn comparable(row: &Row) -> bool {
    row.task.state == TaskState::Open && row.folded.is_none()
}

/// The tasks whose titles are most alike, at most [`READ`], most alike first, then by key. One pass over all titles to
/// count words and one to compare: 100,000 titles take some tenths of a second at most.
pub fn by_title(snapshot: &Snapshot, key: &TaskKey) -> Vec<Twin> {
    let Some(row) = snapshot.get(key) else { return Vec::new() };
    let own = title_words(row);
    let mut frequency = Frequency { of: HashMap::new(), tasks: 0.0 };
    let mut sharing: Vec<(&Row, BTreeSet<String>)> = Vec::new();
    for other in snapshot.rows.iter().filter(|other| comparable(other) || other.task.key == *key) {
        frequency.tasks += 1.0;
        let theirs = title_words(other);
        for word in &theirs {
            match frequency.of.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    frequency.of.insert(word.clone(), 1);
                }
            }
        }
        if other.task.key != *key && !row.mirrors.contains(&other.task.key) && !own.is_disjoint(&theirs) {
            sharing.push((other, theirs));
        }
    }
    let twin = |(other, theirs): (&Row, BTreeSet<String>)| {
        let likeness = frequency.likeness(&own, &theirs);
        let mut words: Vec<&String> = own.intersection(&theirs).collect();
        words.sort_by(|a, b| frequency.weight(b).total_cmp(&frequency.weight(a)).then_with(|| a.cmp(b)));
        let words = words.into_iter().take(WORDS).cloned().collect();
        Twin { key: other.task.key.clone(), likeness, words, read: false }
    };
    let mut twins: Vec<Twin> = sharing.into_iter().map(twin).collect();
    order(&mut twins);
    twins.truncate(READ);
    twins
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
    let words: Vec<String> = words(text).collect();
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
