//! Sets of rows, one bit for each row: how terms of a query are joined and counted. Knows no row.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::two::{WORTH_A_THREAD, in_two_from};

const WORD: usize = u64::BITS as usize;

/// A set of rows among the first `len`. Bits beyond are never set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// No row of `len`.
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WORD)], len }
    }

    /// All rows of `len`.
    pub fn all(len: usize) -> Self {
        let mut bits = Self { words: vec![u64::MAX; len.div_ceil(WORD)], len };
        bits.cut();
        bits
    }

    /// The rows for which `is` holds.
    pub fn of(len: usize, mut is: impl FnMut(usize) -> bool) -> Self {
        let mut words = Vec::with_capacity(len.div_ceil(WORD));
        for from in (0..len).step_by(WORD) {
            let word = (from..len.min(from + WORD)).fold(0, |word, at| word | u64::from(is(at)) << (at - from));
            words.push(word);
        }
        Self { words, len }
    }

    /// Rows that could be in it.
    pub(super) fn among(&self) -> usize {
        self.len
    }

    fn cut(&mut self) {
        if let (Some(last), rest @ 1..) = (self.words.last_mut(), self.len % WORD) {
            *last &= (1 << rest) - 1;
        }
    }

    /// The rows of the set for which `is` holds; of many the second half is asked on a thread of its own.
    pub(super) fn filtered(&self, is: impl Fn(u32) -> bool + Sync) -> Self {
        let words: Vec<(u32, u64)> = (0_u32..).step_by(WORD).zip(self.words.iter().copied()).collect();
        // So many words as rows that are worth a thread.
        let words = in_two_from(WORTH_A_THREAD / WORD, words, |words: Vec<(u32, u64)>| {
            let asked = |(base, word): (u32, u64)| {
                ones(word).filter(|bit| is(base + bit)).fold(0, |found, bit| found | 1 << bit)
            };
            words.into_iter().map(asked).collect()
        });
        Self { words, len: self.len }
    }

    /// Puts a row in; one beyond the end is ignored.
    pub fn add(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / WORD).filter(|_| at < self.len) {
            *word |= 1 << (at % WORD);
        }
    }

    /// The same among the first `len` rows, of which none that are new are in the set. `len` is not less than before.
    pub(super) fn grow(&mut self, len: usize) {
        self.len = self.len.max(len);
        self.words.resize(self.len.div_ceil(WORD), 0);
    }

    /// Puts a row in or takes it out.
    pub(super) fn set(&mut self, at: usize, is: bool) {
        if is { self.add(at) } else { self.remove(at) }
    }

    /// Takes a row out.
    pub(super) fn remove(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / WORD) {
            *word &= !(1 << (at % WORD));
        }
    }

    /// True for a row of the set.
    pub fn has(&self, at: usize) -> bool {
        self.words.get(at / WORD).is_some_and(|word| word >> (at % WORD) & 1 == 1)
    }

    /// Keeps what the other has too.
    pub(super) fn and(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Takes out what the other has.
    pub(super) fn and_not(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }

    /// Leaves the places that are in one of two sets alone.
    pub(super) fn differ(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a ^= b);
    }

    /// Adds what the other has.
    pub(super) fn or(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }

    /// The set turned round.
    pub(super) fn not(&mut self) {
        self.words.iter_mut().for_each(|word| *word = !*word);
        self.cut();
    }

    /// How many rows are in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many rows are in both sets.
    pub(super) fn count_and(&self, other: &Self) -> usize {
        self.words.iter().zip(&other.words).map(|(a, b)| (a & b).count_ones() as usize).sum()
    }

    /// The words that hold a range, each with the part of it that belongs to the range.
    fn masks(range: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
        let Range { start, end } = range;
        let words = if start < end { start / WORD..end.div_ceil(WORD) } else { 0..0 };
        words.map(move |word| {
            let from = start.saturating_sub(word * WORD);
            let to = (end - word * WORD).min(WORD);
            let low = u64::MAX << from;
            (word, if to == WORD { low } else { low & ((1 << to) - 1) })
        })
    }

    /// Puts a range of rows in.
    pub(super) fn add_range(&mut self, range: Range<usize>) {
        for (word, mask) in Self::masks(range.start..range.end.min(self.len)) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= mask;
            }
        }
    }

    /// How many rows of a range are in the set.
    pub(super) fn count_range(&self, range: Range<usize>) -> usize {
        let words = Self::masks(range.start..range.end.min(self.len));
        words.map(|(word, mask)| (self.words.get(word).copied().unwrap_or(0) & mask).count_ones() as usize).sum()
    }

    /// The rows of the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).step_by(WORD).zip(&self.words).flat_map(|(base, word)| ones(*word).map(move |bit| base + bit))
    }

    /// The rows of `N` words of 64, the first of them the `at`th; empty beyond the end.
    pub(super) fn words<const N: usize>(&self, at: usize) -> [u64; N] {
        let mut words = [0; N];
        let kept = self.words.iter().skip(at);
        words.iter_mut().zip(kept).for_each(|(word, kept)| *word = *kept);
        words
    }

    /// Replaces the rows of some words of 64, the first of them the `at`th. Rows beyond the end are not among them.
    pub(super) fn set_words(&mut self, at: usize, words: &[u64]) {
        self.words.iter_mut().skip(at).zip(words).for_each(|(kept, word)| *kept = *word);
    }
}

/// The places of the bits that are set, ascending.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        (word != 0).then(|| {
            let bit = word.trailing_zeros();
            word &= word - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_what_a_list_of_answers_says() {
        for len in [0, 1, 63, 64, 65, 200] {
            let (third, fifth) = (Bits::of(len, |at| at.is_multiple_of(3)), Bits::of(len, |at| at.is_multiple_of(5)));
            let naive = |is: &dyn Fn(usize) -> bool| (0..len).filter(|at| is(*at)).count();
            assert_eq!(third.count(), naive(&|at| at.is_multiple_of(3)));
            assert_eq!(third.count_and(&fifth), naive(&|at| at.is_multiple_of(15)));
            assert_eq!(third.filtered(|at| at % 5 == 0).count(), third.count_and(&fifth));
            let mut joined = third.clone();
            joined.or(&fifth);
            assert_eq!(joined.iter().count(), naive(&|at| at.is_multiple_of(3) || at.is_multiple_of(5)));
            joined.not();
            assert_eq!(joined.count(), naive(&|at| !at.is_multiple_of(3) && !at.is_multiple_of(5)));
            joined.not();
            joined.and_not(&fifth);
            assert_eq!(joined, Bits::of(len, |at| at.is_multiple_of(3) && !at.is_multiple_of(5)));
            let mut all = Bits::all(len);
            all.and(&third);
            assert_eq!(all, third);
            for (from, to) in [(0, len), (1, len), (3, 70), (64, 128), (70, 60), (0, 64), (len, len + 9)] {
                assert_eq!(third.count_range(from..to), naive(&|at| at.is_multiple_of(3) && (from..to).contains(&at)));
                let mut range = Bits::none(len);
                range.add_range(from..to);
                assert_eq!(range, Bits::of(len, |at| (from..to).contains(&at)));
            }
        }
    }
}
