//! Keys, `owner/name#12`, matched without a text for each row: what a word finds in a project's part is found once for
//! all its rows, and only what is left of the word is looked for in the number. Knows no titles.

use std::fmt::Write as _;

use super::{
    skim::CharSet,
    slice::{Cut, WINDOW, cut, stride},
    titles::{Chunk, Lane},
    word::{Scratch, Word},
};

/// The end of the key of a task without a number.
const UNBORN: &str = "new";

/// What a word finds in the keys of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Nothing, whatever the number.
    Nothing,
    /// All of it, with this score, whatever the number: the number has no letter of the word.
    All(i32),
    /// All but the last so many characters, which must be among the digits of the number; the score is so much less than
    /// the bound of the word at least.
    Rest(u32, u8),
    /// All but the last so many, which only `new` has.
    Unborn(u32),
}

/// A word in the keys of all projects.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    by_project: Vec<Found>,
    /// True when some key may match.
    pub(super) any: bool,
    /// True when the letters of `new` are among the word's.
    unborn: bool,
}

/// A key being made of its parts; each thread has its own.
#[derive(Default)]
pub(super) struct Key {
    text: String,
    planes: Vec<u32>,
}

fn is(a: char, b: char, exact: bool) -> bool {
    a == b || !exact && a.eq_ignore_ascii_case(&b)
}

/// How many characters of the end of a word are not found in a text.
fn rest(word: &str, text: &str, exact: bool) -> usize {
    let mut left = word.chars().peekable();
    for c in text.chars() {
        left.next_if(|wanted| is(c, *wanted, exact));
    }
    left.count()
}

/// By how much keys of a project miss the bound of a word of which `left` characters are not in the project's part: a
/// first letter that does not begin the key brings 8 less, and one in the number behind a soft separator another 1.
fn less(word: &str, prefix: &str, left: usize, exact: bool) -> u8 {
    match (word.chars().next(), prefix.chars().next()) {
        (Some(first), Some(begin)) if !is(first, begin, exact) => {
            8 + u8::from(left == word.chars().count() && prefix.ends_with(['#', '-']))
        }
        _ => 0,
    }
}

/// The digits of a number, the last one first.
fn digits(mut number: u64) -> ([u8; 20], usize) {
    let (mut digits, mut count) = ([0; 20], 0);
    for digit in &mut digits {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        count += 1;
        if number == 0 {
            break;
        }
    }
    (digits, count)
}

impl Keys {
    pub(super) fn of(word: &Word, projects: &[String], scratch: &mut Scratch) -> Self {
        let text = word.text();
        let exact = text.bytes().any(|b| b.is_ascii_uppercase());
        let numeric = text.bytes().any(|b| b.is_ascii_digit());
        let tail = CharSet::of("0123456789new");
        // A rest that `new` or a number may have.
        let ends: Vec<char> = text.chars().rev().collect();
        let all_digits = ends.iter().take_while(|c| c.is_ascii_digit()).count();
        let mut key = Key::default();
        let mut find = |prefix: &String| {
            if !CharSet::of(prefix).and(tail).covers(word.set()) {
                return Found::Nothing;
            }
            match rest(text, prefix, exact) {
                0 if !numeric => {
                    key.set(prefix);
                    let odd = !prefix.is_ascii();
                    scratch.score(word, key.cut(), odd, || prefix.clone()).map_or(Found::Nothing, Found::All)
                }
                left if left <= all_digits => {
                    Found::Rest(u32::try_from(left).unwrap_or(u32::MAX), less(text, prefix, left, exact))
                }
                left => {
                    let end: String = ends.iter().take(left).rev().collect();
                    let left = u32::try_from(left).unwrap_or(u32::MAX);
                    if rest(&end, UNBORN, exact) == 0 { Found::Unborn(left) } else { Found::Nothing }
                }
            }
        };
        let by_project: Vec<Found> = projects.iter().map(&mut find).collect();
        let any = by_project.iter().any(|found| *found != Found::Nothing);
        let unborn = text.chars().any(|c| UNBORN.chars().any(|n| is(n, c, exact)));
        Self { by_project, any, unborn }
    }

    fn found(&self, project: u32) -> Found {
        self.by_project.get(project as usize).copied().unwrap_or(Found::Nothing)
    }

    /// The rows of a chunk whose keys may match.
    pub(super) fn rows(&self, chunk: &Chunk, lane: &mut Lane) {
        for (nth, (project, _)) in chunk.projects.iter().enumerate() {
            let may = match self.found(*project) {
                Found::Nothing => false,
                Found::All(_) | Found::Rest(..) => true,
                Found::Unborn(_) => chunk.unborn,
            };
            if may {
                for row in chunk.rows_of(nth) {
                    lane[usize::from(*row) / 64] |= 1 << (row % 64);
                }
            }
        }
    }

    /// A bound of how well the keys of a project match.
    pub(super) fn bound(&self, word: &Word, project: u32) -> i32 {
        match self.found(project) {
            Found::All(score) if !self.unborn => score,
            Found::Rest(_, less) => word.bound - i32::from(less),
            _ => word.bound,
        }
    }

    /// True when the key of a project and number matches.
    pub(super) fn matches(&self, word: &Word, project: u32, number: u64) -> bool {
        match self.found(project) {
            Found::Nothing => false,
            Found::All(_) => true,
            Found::Unborn(_) => number == 0,
            Found::Rest(left, _) => {
                let left = left as usize;
                if number == 0 {
                    return left == 0;
                }
                let (digits, count) = digits(number);
                let mut digits = digits.iter().take(count).rev();
                let end = word.text().as_bytes();
                let end = end.get(end.len().saturating_sub(left)..).unwrap_or_default();
                end.iter().all(|wanted| digits.any(|digit| digit == wanted))
            }
        }
    }

    /// How well a key matches. `prefix` is the project's part.
    pub(super) fn score(
        &self,
        word: &Word,
        (project, number): (u32, u64),
        prefix: &str,
        scratch: &mut Scratch,
        key: &mut Key,
    ) -> Option<i32> {
        if !self.matches(word, project, number) {
            return None;
        }
        if let Found::All(score) = self.found(project)
            && !(number == 0 && self.unborn)
        {
            return Some(score);
        }
        key.write(prefix, number);
        scratch.score(word, key.cut(), !key.text.is_ascii(), || key.text.clone())
    }
}

impl Key {
    fn write(&mut self, prefix: &str, number: u64) {
        self.text.clear();
        self.text.push_str(prefix);
        if number == 0 {
            self.text.push_str(UNBORN);
        } else {
            // Writing into a String cannot fail.
            let _ = write!(self.text, "{number}");
        }
        self.planes.clear();
        cut(super::skim::looked_at(&self.text), &mut self.planes);
        self.end();
    }

    fn set(&mut self, prefix: &str) {
        self.planes.clear();
        cut(super::skim::looked_at(prefix), &mut self.planes);
        self.end();
    }

    fn end(&mut self) {
        self.planes.extend([0; WINDOW]);
    }

    fn cut(&self) -> Cut<'_> {
        Cut::new(&self.planes, 0, self.planes.len().saturating_sub(WINDOW) / stride(1))
    }
}
