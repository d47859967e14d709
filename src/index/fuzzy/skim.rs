//! The definition of a match and its score: the only file that names `fuzzy-matcher`.
//!
//! The score of a text is what a *new* `SkimMatcherV2` answers to `fuzzy_indices`. A used one may answer otherwise:
//! `fuzzy_match` for many words, `fuzzy_indices` for words with doubled letters. Everything else here is a shortcut to the same number,
//! held to it by a property test.

use fuzzy_matcher::{FuzzyMatcher, skim::SkimMatcherV2};

/// Bytes of a text that are looked at. GitHub's titles end at 256 characters; longer ones are an attack on memory.
const LOOKED_AT: usize = 1024;

/// A word to look for, prepared once for many texts.
#[derive(Clone, Debug)]
pub struct Pattern {
    word: String,
    set: CharSet,
    /// The only letter, when it is one and ASCII.
    single: Option<u8>,
    /// Letters that stand doubled, in lower case; any byte of a doubled letter beyond ASCII.
    doubled: Vec<u8>,
}

/// Which kinds of characters a text has, one bit each: a text that lacks one the word has cannot match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CharSet(u64);

impl CharSet {
    /// The characters of the part of a text that is looked at.
    pub fn of(text: &str) -> Self {
        Self(looked_at(text).bytes().fold(0, |set, b| set | 1 << Self::bit(b)))
    }

    pub(super) fn bit(byte: u8) -> u8 {
        match byte.to_ascii_lowercase() {
            b @ b'a'..=b'z' => b - b'a',
            b @ b'0'..=b'9' => 26 + b - b'0',
            b if b.is_ascii() => 36 + b % 27,
            _ => 63,
        }
    }

    /// True when every bit of `wanted` is set here.
    pub fn covers(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// The characters of these kinds, as numbers below 64.
    pub(super) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The kinds, as numbers below 64.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// The characters of both.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The part of a text that is looked at.
pub(in crate::index) fn looked_at(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or(text)
}

impl Pattern {
    /// Prepares a word. A word with an ASCII capital is matched with regard to case (smart case).
    pub fn new(word: &str) -> Self {
        let letters: Vec<char> = word.chars().collect();
        let doubled = letters.windows(2).filter_map(|w| match w {
            [a, b] if a.eq_ignore_ascii_case(b) => Some(u8::try_from(a.to_ascii_lowercase()).unwrap_or(0xff)),
            _ => None,
        });
        Self {
            word: word.to_owned(),
            set: word.bytes().fold(CharSet(0), |set, b| CharSet(set.0 | 1 << CharSet::bit(b))),
            single: match word.as_bytes() {
                [one] if one.is_ascii() => Some(*one),
                _ => None,
            },
            doubled: doubled.collect(),
        }
    }

    /// The word itself.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    /// The characters a text must have.
    pub fn set(&self) -> CharSet {
        self.set
    }
}

/// A matcher. Keeps scratch memory, so each thread and each search has its own.
#[derive(Default)]
pub struct Matcher {
    kept: SkimMatcherV2,
}

impl Matcher {
    /// True when the pattern matches at all.
    pub(super) fn matches(&self, pattern: &Pattern, text: &str) -> bool {
        let exact = pattern.word.bytes().any(|b| b.is_ascii_uppercase());
        let mut rest = looked_at(text).chars();
        pattern.word.chars().all(|w| rest.any(|t| t == w || !exact && t.eq_ignore_ascii_case(&w)))
    }

    /// How well the pattern matches; `None` when it does not. Higher is better.
    pub fn score(&self, pattern: &Pattern, text: &str) -> Option<i64> {
        let text = looked_at(text);
        if let Some(letter) = pattern.single {
            return single(letter, text);
        }
        if pattern.word.len() > text.len() || !is_subsequence(&pattern.word, text) {
            return None;
        }
        let fresh = has_double(&pattern.doubled, text).then(SkimMatcherV2::default);
        let found = fresh.as_ref().unwrap_or(&self.kept).fuzzy_indices(text, &pattern.word);
        found.map(|(score, _)| score)
    }
}

/// True when a letter that is doubled in the word is doubled in the text too: then the crate adds a bonus from a
/// cell of its scratch memory that it did not write in this call, and only a new matcher gives the true score.
/// (The crate's own `use_cache(false)` is no way out: it panics.)
fn has_double(doubled: &[u8], text: &str) -> bool {
    let is = |a: u8, b: u8| {
        a.eq_ignore_ascii_case(&b) && doubled.contains(&a.to_ascii_lowercase())
            || (a >= 0x80 && doubled.iter().any(|d| *d >= 0x80))
    };
    !doubled.is_empty() && text.as_bytes().windows(2).any(|w| matches!(w, [a, b] if is(*a, *b)))
}

/// Where a word matches a text, as indices of characters, ascending; empty when it does not. For highlighting: ask
/// with the text as it is shown.
pub fn positions(text: &str, word: &str) -> Vec<usize> {
    let found = SkimMatcherV2::default().fuzzy_indices(looked_at(text), word);
    found.map(|(_, indices)| indices.into_iter().collect()).unwrap_or_default()
}

/// The crate's own first test, without its copies: do the letters occur in this order?
fn is_subsequence(word: &str, text: &str) -> bool {
    let exact = word.bytes().any(|b| b.is_ascii_uppercase());
    let mut rest = text.bytes();
    // Bytes serve for characters: no character of UTF-8 begins inside another one's bytes, and a match of bytes
    // that is none of characters only costs the call it did not save.
    word.bytes().all(|w| if exact { rest.any(|t| t == w) } else { rest.any(|t| t.eq_ignore_ascii_case(&w)) })
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Start,
    Upper,
    Lower,
    Digit,
    Hard,
    Soft,
}

fn kind(byte: u8) -> Kind {
    match byte {
        0 => Kind::Start,
        b' ' | b'/' | b'\\' | b'|' | b'(' | b')' | b'[' | b']' | b'{' | b'}' => Kind::Hard,
        b'!'..=b'\'' | b'*'..=b'.' | b':'..=b'@' | b'^'..=b'`' | b'~' => Kind::Soft,
        b'0'..=b'9' => Kind::Digit,
        b'A'..=b'Z' => Kind::Upper,
        _ => Kind::Lower,
    }
}

/// The score of a word of one letter, read off without a matrix: the best place it stands at.
fn single(letter: u8, text: &str) -> Option<i64> {
    let exact = letter.is_ascii_uppercase();
    let mut before = Kind::Start;
    let mut best = None;
    for (at, byte) in text.bytes().enumerate() {
        let this = kind(byte);
        if byte == letter || (!exact && byte.eq_ignore_ascii_case(&letter)) {
            let place = match (before, this) {
                (Kind::Start | Kind::Hard, _) => 8,
                (Kind::Soft, _) => 7,
                (Kind::Lower | Kind::Digit, Kind::Upper) => 6,
                _ => 0,
            };
            let place = if at == 0 { 2 * place } else { place };
            let case = if byte == letter { 0 } else { 2 };
            best = best.max(Some(15 + place - case));
        }
        before = this;
    }
    best
}
