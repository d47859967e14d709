//! Sets of rows, a bit each. Knows no titles.

/// Rows of a chunk of titles; sets are laid out in as many.
pub(super) const ROWS: usize = 16_384;
/// Words of 64 rows in a chunk.
pub(super) const WORDS: usize = ROWS / 64;

/// A chunk's rows, a bit each.
pub(super) type Lane = [u64; WORDS];

/// A set of rows. Sets that are compared or joined are made for the same number of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    rows: usize,
}

impl Bitmap {
    /// The empty set, with room for `rows`.
    pub fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(ROWS) * WORDS], rows }
    }

    /// All of `rows`.
    pub fn all(rows: usize) -> Self {
        let mut all = Self::none(rows);
        fill(&mut all.words, rows);
        all
    }

    /// The rows that are named, of `rows`; what lies beyond is left out.
    pub fn of(rows: usize, named: impl IntoIterator<Item = u32>) -> Self {
        let mut set = Self::none(rows);
        for row in named {
            set.insert(row);
        }
        set
    }

    /// Adds a row.
    pub fn insert(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64).filter(|_| (row as usize) < self.rows) {
            *word |= 1 << (row % 64);
        }
    }

    /// True when the row is in the set.
    pub fn contains(&self, row: u32) -> bool {
        self.words.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// How many rows there are in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// True when every row is in the other set too.
    pub fn is_within(&self, other: &Self) -> bool {
        self.rows == other.rows && self.words.iter().zip(&other.words).all(|(a, b)| a & !b == 0)
    }

    /// Leaves the rows that are in the other set too.
    pub fn keep(&mut self, other: &Self) {
        for (at, word) in self.words.iter_mut().enumerate() {
            *word &= other.words.get(at).copied().unwrap_or(0);
        }
    }

    /// The rows in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).step_by(64).zip(&self.words).flat_map(|(base, word)| ones(*word).map(move |bit| base + bit))
    }

    /// A chunk's part; empty beyond the end.
    pub(super) fn lane(&self, chunk: usize) -> Lane {
        self.words.as_chunks::<WORDS>().0.get(chunk).copied().unwrap_or([0; WORDS])
    }

    pub(super) fn set_lane(&mut self, chunk: usize, lane: &Lane) {
        if let Some(kept) = self.words.as_chunks_mut::<WORDS>().0.get_mut(chunk) {
            *kept = *lane;
        }
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

/// Sets the first `rows` bits.
pub(super) fn fill(words: &mut [u64], rows: usize) {
    for (word, at) in words.iter_mut().zip((0_usize..).step_by(64)) {
        *word = match rows.saturating_sub(at) {
            0 => 0,
            left @ 1..64 => !0 >> (64 - left),
            _ => !0,
        };
    }
}
