//! A word to look for, prepared for many texts, and how well it matches one: first whether at all, with a bound of the
//! score that costs next to nothing, then the exact score. Held to `fuzzy-matcher` by property tests. Knows no rows.

use super::{
    super::bits::ones,
    skim::{CharSet, Matcher, Pattern},
    slice::{Ask, Cut, Letter, MOST_WORDS, Places, Planes, after, and, any, beyond, code, meet, or},
};

/// Letters of the longest word that is searched in planes; longer ones are left to the crate.
const LONGEST: usize = 64;

/// The score of a letter in the right case, and of one in the other.
const RIGHT: i32 = 16;
const OTHER: i32 = 14;
/// What going on right after the letter before is worth at least.
const ADJACENT: i32 = 4;
/// What a gap costs, beside 1 for each character of it.
const GAP: i32 = 3;
/// Less than any score.
const NEVER: i32 = i32::MIN / 2;

/// A word to look for, prepared once for many texts.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pattern: Pattern,
    /// The different letters, in the order they first come in.
    letters: Box<[Letter; LONGEST]>,
    /// The word: indices of `letters`.
    order: Vec<u8>,
    /// What each letter but the first can bring at most.
    most: Vec<i32>,
    /// The bound of the score, whatever the text.
    pub(super) bound: i32,
    /// Planes alone answer for it in every text.
    pub(super) plain: bool,
    /// Planes cannot answer for it: it is too long or holds NUL.
    pub(super) unsliced: bool,
    /// In texts beyond ASCII the planes alone may be mistaken: it holds characters that share their code.
    pub(super) strange: bool,
    /// It holds characters beyond ASCII.
    foreign: bool,
    /// The set of characters of a text tells whether it matches.
    pub(super) lone: bool,
    /// Letters that must occur twice, lower case.
    pub(super) twice: Vec<u8>,
}

/// The most that a letter brings after the one before.
fn most_after(before: char, letter: char) -> i32 {
    match before {
        c if c.is_ascii_alphanumeric() || !c.is_ascii() => {
            if letter.is_ascii_uppercase() {
                RIGHT + 6
            } else {
                RIGHT + ADJACENT
            }
        }
        _ => RIGHT + 8,
    }
}

impl Word {
    pub(super) fn new(word: &str) -> Self {
        let exact = word.bytes().any(|b| b.is_ascii_uppercase());
        let characters: Vec<char> = word.chars().collect();
        let mut letters = Box::new([Letter::new(0, false); LONGEST]);
        let (mut different, mut order) = (0, Vec::new());
        for c in characters.iter().take(LONGEST) {
            let code = code(*c);
            let known = letters.iter().take(different).position(|l| l.code == code);
            let at = known.unwrap_or_else(|| {
                letters[different] = Letter::new(code, !exact && c.is_ascii_lowercase());
                different += 1;
                different - 1
            });
            order.push(u8::try_from(at).unwrap_or(0));
        }
        let most: Vec<i32> =
            characters.windows(2).map(|w| if let [a, b] = w { most_after(*a, *b) } else { 0 }).collect();
        let first = if characters.is_empty() { 0 } else { RIGHT - 1 + 16 };
        let folded = word.to_ascii_lowercase();
        let count = |letter: u8| folded.bytes().filter(|b| *b == letter).count();
        let unsliced = characters.is_empty() || characters.len() > LONGEST || characters.contains(&'\0');
        let strange = characters.iter().any(|c| !c.is_ascii() || c.is_ascii_control());
        Self {
            plain: !unsliced && !strange,
            bound: most.iter().fold(first, |sum, most| sum.saturating_add(*most)),
            most,
            unsliced,
            strange,
            foreign: !word.is_ascii(),
            lone: matches!(word.as_bytes(), [b'a'..=b'z' | b'0'..=b'9']),
            twice: (b'a'..=b'z').filter(|letter| count(*letter) > 1).collect(),
            pattern: Pattern::new(word),
            letters,
            order,
        }
    }

    /// The characters a text must have.
    pub(super) fn set(&self) -> CharSet {
        self.pattern.set()
    }

    /// The first letter as it stands in texts, in both cases where both match.
    pub(super) fn first(&self) -> Option<(u8, u8)> {
        self.order
            .first()
            .map(|_| &self.letters[0])
            .map(|l| (l.code, if l.folded { l.code.to_ascii_uppercase() } else { l.code }))
    }

    /// The word itself.
    pub(super) fn text(&self) -> &str {
        self.pattern.word()
    }
}

/// Memory that is used again and again. Each thread has its own.
#[derive(Default)]
pub(super) struct Scratch {
    masks: Vec<u64>,
    before: Vec<(i32, i32)>,
    here: Vec<(i32, i32)>,
    matcher: Matcher,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { masks: vec![0; LONGEST * MOST_WORDS], ..Self::default() }
    }

    /// Asks for a word in one text after another.
    #[inline]
    pub(super) fn find<'a>(&'a mut self, word: &'a Word) -> Find<'a> {
        Find { word, masks: &mut self.masks }
    }

    /// Asks for a word with a bound of its score in one text after another; [`HOPELESS`] where it is less than `need`.
    #[inline]
    pub(super) fn test<'a>(&'a mut self, word: &'a Word, need: i32) -> Test<'a> {
        Test { word, need, masks: &mut self.masks }
    }

    /// True when the text itself matches, where planes cannot tell.
    pub(super) fn confirms(&self, word: &Word, text: &str) -> bool {
        self.matcher.matches(&word.pattern, text)
    }

    /// How well a word matches a text. `text` gives it, where planes cannot answer alone; `odd` says that it is not all
    /// ASCII.
    pub(super) fn score(&mut self, word: &Word, cut: Cut<'_>, odd: bool, text: impl FnOnce() -> String) -> Option<i32> {
        if word.foreign && !odd {
            return None;
        }
        if word.unsliced || odd && word.strange {
            let score = self.matcher.score(&word.pattern, &text())?;
            return Some(i32::try_from(score).unwrap_or(i32::MAX));
        }
        cut.ask(&mut Score { word, scratch: self })
    }
}

/// The bound of a match that is not good enough for more to be said.
pub(super) const HOPELESS: i32 = NEVER;

/// Whether a word matches, with a bound of the score.
pub(super) struct Test<'a> {
    word: &'a Word,
    need: i32,
    masks: &'a mut [u64],
}

/// Do the word's letters occur in this order? Leaves the places of each in `masks`.
#[inline(always)]
fn find<const W: usize>(word: &Word, planes: &Planes<W>, masks: &mut [Places<W>; LONGEST]) -> bool {
    let (mut known, mut open, mut found) = (0, [!0_u64; W], [0_u64; W]);
    for (nth, at) in word.order.iter().enumerate() {
        let at = usize::from(*at) % LONGEST;
        if at == known {
            masks[at] = planes.of(&word.letters[at]);
            known += 1;
        }
        found = and(&masks[at], &open);
        open = beyond(&found);
        // To ask at every letter would be to guess wrong at one of them.
        if nth % 4 == 3 && !any(&found) {
            return false;
        }
    }
    any(&found)
}

/// Room for the places of all letters of a word.
#[inline(always)]
fn room<const W: usize>(masks: &mut [u64]) -> Option<&mut [Places<W>; LONGEST]> {
    masks.as_chunks_mut::<W>().0.first_chunk_mut()
}

/// Whether a word matches, and nothing else.
pub(super) struct Find<'a> {
    word: &'a Word,
    masks: &'a mut [u64],
}

impl Ask for Find<'_> {
    type Answer = bool;

    #[inline(always)]
    fn ask<const W: usize>(&mut self, planes: &Planes<W>) -> bool {
        room(self.masks).is_some_and(|masks| find(self.word, planes, masks))
    }
}

impl Ask for Test<'_> {
    type Answer = Option<i32>;

    #[inline(always)]
    fn ask<const W: usize>(&mut self, planes: &Planes<W>) -> Option<i32> {
        let masks = room(self.masks)?;
        if !find(self.word, planes, masks) {
            return None;
        }
        let mask = |at: u8| masks[usize::from(at) % LONGEST];
        let mut before = mask(*self.word.order.first()?);
        let mut bound = self.word.bound - if before[0] & 1 == 1 { 0 } else { 8 };
        for (at, most) in self.word.order.iter().skip(1).zip(&self.word.most) {
            if bound < self.need {
                return Some(HOPELESS);
            }
            let here = mask(*at);
            // A letter after a gap is worth 8 for its place at most, and the gap costs 3 and its length.
            let near = or(&after(&before, 1), &after(&before, 2));
            if !meet(&near, &here) {
                let close = meet(&after(&near, 2), &here);
                bound -= most - (RIGHT + 8 - GAP - if close { 2 } else { 4 });
            }
            before = here;
        }
        Some(if bound < self.need { HOPELESS } else { bound })
    }
}

/// How well a word matches: the recurrence of the crate, at the places of the letters only.
struct Score<'a> {
    word: &'a Word,
    scratch: &'a mut Scratch,
}

impl Ask for Score<'_> {
    type Answer = Option<i32>;

    fn ask<const W: usize>(&mut self, planes: &Planes<W>) -> Option<i32> {
        let Scratch { masks, before, here, .. } = self.scratch;
        let masks = room::<W>(masks)?;
        if !find(self.word, planes, masks) {
            return None;
        }
        let rewards = planes.rewards();
        let upper = planes.upper();
        before.clear();
        for (nth, at) in self.word.order.iter().enumerate() {
            let at = usize::from(*at) % LONGEST;
            let (mask, letter) = (&masks[at], self.word.letters[at]);
            here.clear();
            // The best end of a gap so far: a score plus its place, so that the length of the gap is taken off once.
            let (mut gap, mut next) = (NEVER, 0);
            for place in places(mask) {
                let bit = place as usize;
                let reward = rewards.of(bit);
                let other = letter.folded && upper[bit / 64 % W] >> (bit % 64) & 1 == 1;
                let own = if other { OTHER } else { RIGHT };
                if nth == 0 {
                    here.push((place, own - 1 + reward));
                    continue;
                }
                while let Some((end, score)) = before.get(next).filter(|(end, _)| *end + 1 < place) {
                    gap = gap.max(score + end);
                    next += 1;
                }
                let beside = before.get(next).filter(|(end, _)| *end + 1 == place);
                let beside = beside.map_or(NEVER, |(_, score)| score + reward.max(ADJACENT));
                let best = beside.max(gap - GAP - (place - 1) + reward);
                if best > NEVER / 2 {
                    here.push((place, best + own));
                }
            }
            std::mem::swap(before, here);
        }
        before.iter().map(|(_, score)| *score).max()
    }
}

fn places<const W: usize>(mask: &Places<W>) -> impl Iterator<Item = i32> + '_ {
    (0_i32..).step_by(64).zip(mask).flat_map(|(base, word)| ones(*word).map(move |bit| base + bit.cast_signed()))
}
