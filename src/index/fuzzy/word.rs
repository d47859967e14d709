//! A word to look for, prepared for many texts, and how well it matches one: first whether at all, with a bound of the
//! score that costs next to nothing, then the exact score. Held to `fuzzy-matcher` by property tests. Knows no rows.

use super::{
    bits::ones,
    skim::{CharSet, Matcher, Pattern},
    slice::{Ask, MOST_WORDS, Places, Planes, after, ask, code, meet, or},
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

/// A different letter of a word.
#[derive(Clone, Copy, Debug)]
struct Letter {
    code: u8,
    /// Matches in either case. Only for lower-case ASCII letters.
    folded: bool,
}

/// A word to look for, prepared once for many texts.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pattern: Pattern,
    /// The different letters, in the order they first come in.
    letters: Vec<Letter>,
    /// The word: indices of `letters`.
    order: Vec<u8>,
    /// What each letter but the first can bring at most.
    most: Vec<i32>,
    /// The bound of the score, whatever the text.
    pub(super) bound: i32,
    /// Planes cannot answer for it: it is too long or holds NUL.
    unsliced: bool,
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
        let (mut letters, mut order): (Vec<Letter>, Vec<u8>) = (Vec::new(), Vec::new());
        for c in characters.iter().take(LONGEST) {
            let code = code(*c);
            let at = letters.iter().position(|l| l.code == code).unwrap_or_else(|| {
                letters.push(Letter { code, folded: !exact && c.is_ascii_lowercase() });
                letters.len() - 1
            });
            order.push(u8::try_from(at).unwrap_or(0));
        }
        let most: Vec<i32> =
            characters.windows(2).map(|w| if let [a, b] = w { most_after(*a, *b) } else { 0 }).collect();
        let first = if characters.is_empty() { 0 } else { RIGHT - 1 + 16 };
        let folded = word.to_ascii_lowercase();
        let count = |letter: u8| folded.bytes().filter(|b| *b == letter).count();
        Self {
            bound: most.iter().fold(first, |sum, most| sum.saturating_add(*most)),
            most,
            unsliced: characters.is_empty() || characters.len() > LONGEST || characters.contains(&'\0'),
            strange: characters.iter().any(|c| !c.is_ascii() || c.is_ascii_control()),
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
        self.letters.first().map(|l| (l.code, if l.folded { l.code.to_ascii_uppercase() } else { l.code }))
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

    /// A bound of how well a word matches; `None` when it does not. `text` gives the text itself, where planes cannot
    /// answer alone; `odd` says that it is not all ASCII.
    #[inline]
    pub(super) fn bound(
        &mut self,
        word: &Word,
        planes: &[u32],
        odd: bool,
        text: impl FnOnce() -> String,
    ) -> Option<i32> {
        if word.foreign && !odd {
            return None;
        }
        if !word.unsliced {
            let bound = ask(planes, Test { word, masks: &mut self.masks })?;
            if !(odd && word.strange) {
                return Some(bound);
            }
        }
        self.matcher.matches(&word.pattern, &text()).then_some(word.bound)
    }

    /// How well a word that matches does so.
    pub(super) fn score(
        &mut self,
        word: &Word,
        planes: &[u32],
        odd: bool,
        text: impl FnOnce() -> String,
    ) -> Option<i32> {
        if word.unsliced || odd && word.strange {
            let score = self.matcher.score(&word.pattern, &text())?;
            return Some(i32::try_from(score).unwrap_or(i32::MAX));
        }
        ask(planes, Score { word, scratch: self })
    }
}

/// Whether a word matches, with a bound of the score.
struct Test<'a> {
    word: &'a Word,
    masks: &'a mut [u64],
}

/// Does the word's letters occur in this order? Leaves the places of each in `masks`.
#[inline]
fn find<const W: usize>(word: &Word, planes: &Planes<W>, masks: &mut [Places<W>]) -> bool {
    let table = planes.letters();
    let (mut known, mut part, mut open) = (0, 0, !0_u64);
    for at in &word.order {
        let at = usize::from(*at);
        let (Some(mask), Some(letter)) = (masks.get_mut(at), word.letters.get(at)) else { return false };
        if at == known {
            *mask = if letter.folded { table.of(letter.code) } else { planes.of(letter.code, false) };
            known += 1;
        }
        // The first place of this letter after the one that was taken last.
        loop {
            let Some(places) = mask.get(part) else { return false };
            let free = places & open;
            if free != 0 {
                open = !(free ^ (free - 1));
                break;
            }
            part += 1;
            open = !0;
        }
    }
    true
}

impl Ask for Test<'_> {
    type Answer = Option<i32>;

    #[inline]
    fn ask<const W: usize>(self, planes: &Planes<W>) -> Option<i32> {
        let (masks, _) = self.masks.as_chunks_mut::<W>();
        if !find(self.word, planes, masks) {
            return None;
        }
        let mask = |at: u8| masks.get(usize::from(at)).copied().unwrap_or([0; W]);
        let mut before = mask(*self.word.order.first()?);
        let mut sum = RIGHT - 1 + if before[0] & 1 == 1 { 16 } else { 8 };
        for (at, most) in self.word.order.iter().skip(1).zip(&self.word.most) {
            let here = mask(*at);
            // A letter after a gap is worth 8 for its place at most, and the gap costs 3 and its length.
            let near = or(&after(&before, 1), &after(&before, 2));
            sum += if meet(&near, &here) {
                *most
            } else if meet(&after(&near, 2), &here) {
                RIGHT + 8 - GAP - 2
            } else {
                RIGHT + 8 - GAP - 4
            };
            before = here;
        }
        Some(sum)
    }
}

/// How well a word matches: the recurrence of the crate, at the places of the letters only.
struct Score<'a> {
    word: &'a Word,
    scratch: &'a mut Scratch,
}

impl Ask for Score<'_> {
    type Answer = Option<i32>;

    fn ask<const W: usize>(self, planes: &Planes<W>) -> Option<i32> {
        let Scratch { masks, before, here, .. } = self.scratch;
        let (masks, _) = masks.as_chunks_mut::<W>();
        if !find(self.word, planes, masks) {
            return None;
        }
        let rewards = planes.rewards();
        let upper = planes.upper();
        before.clear();
        for (nth, at) in self.word.order.iter().enumerate() {
            let (mask, letter) = (masks.get(usize::from(*at))?, self.word.letters.get(usize::from(*at))?);
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
