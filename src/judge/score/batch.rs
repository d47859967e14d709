//! Scores of very many tasks at once, for a change of weights while somebody looks. Owns columns of prepared numbers;
//! knows no task.
//!
//! One column for each part, so that a weight change is nine multiplications over memory that lies in one piece. The
//! numbers are of the same width and summed in the same order as in [`super::bars`]: the list and the explanation show
//! the same score to the last hundredth. Half the width would save a few hundred microseconds and lose that.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    bars::{Extra, hundredths, on_top},
    component::{Component, Components, Part},
    weights::Weights,
};

/// What an order needs of one task beside its components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// Days in limbo.
    pub limbo_days: u32,
    /// Helpers who are with its team now.
    pub helpers: u32,
    /// Place of its key in the order of all keys.
    pub key_rank: u32,
}

/// One part of all rows. The numbers themselves are few: each is kept once, and weighed once.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Column {
    Coded {
        values: Vec<f64>,
        codes: Vec<u16>,
        /// The codes of the values by their bits; made anew where it was not kept.
        #[serde(skip)]
        met: HashMap<u64, u16>,
    },
    Plain(Vec<f64>),
    /// Numbers that belong to something many rows have in common; `codes` says which each row has.
    Shared {
        values: Vec<f64>,
        codes: Arc<Vec<u32>>,
    },
}

impl Column {
    fn with_capacity(rows: usize) -> Self {
        Self::Coded { values: Vec::new(), codes: Vec::with_capacity(rows), met: HashMap::new() }
    }

    fn push(&mut self, e: f64) {
        if let Self::Coded { values, met, .. } = self
            && met.len() < values.len()
        {
            *met = values.iter().map(|value| value.to_bits()).zip(0..).collect();
        }
        match self {
            Self::Shared { .. } => {}
            Self::Plain(all) => all.push(e),
            Self::Coded { values, codes, met } => match (met.get(&e.to_bits()), u16::try_from(values.len())) {
                (Some(code), _) => codes.push(*code),
                (None, Ok(code)) => {
                    values.push(e);
                    codes.push(code);
                    met.insert(e.to_bits(), code);
                }
                (None, Err(_)) => {
                    let value = |code: &u16| values.get(usize::from(*code)).copied().unwrap_or_default();
                    *self = Self::Plain(codes.iter().map(value).chain([e]).collect());
                }
            },
        }
    }

    /// Replaces what a row has of it.
    fn set(&mut self, at: usize, e: f64) {
        self.push(e);
        match self {
            Self::Shared { .. } => {}
            Self::Plain(all) => put_last_at(all, at),
            Self::Coded { codes, .. } => put_last_at(codes, at),
        }
    }

    /// What a row has of it.
    fn get(&self, at: usize) -> f64 {
        let value = match self {
            Self::Plain(all) => all.get(at),
            Self::Coded { values, codes, .. } => codes.get(at).and_then(|code| values.get(usize::from(*code))),
            Self::Shared { values, codes } => codes.get(at).and_then(|code| values.get(*code as usize)),
        };
        value.copied().unwrap_or_default()
    }

    /// Tells the rows that have something else in common than before, of those that were there.
    fn shared_otherwise(&self, before: &Self, mut tell: impl FnMut(usize)) {
        let Self::Shared { values, codes } = self else { return };
        let Self::Shared { values: values_before, codes: codes_before } = before else {
            return (0..codes.len()).for_each(tell);
        };
        let bits = |value: Option<&f64>| value.map(|value| value.to_bits());
        let is_other = |at: usize| bits(values.get(at)) != bits(values_before.get(at));
        let other: Vec<bool> = (0..values.len()).map(is_other).collect();
        if Arc::ptr_eq(codes, codes_before) && !other.contains(&true) {
            return;
        }
        for (at, (code, was)) in codes.iter().zip(codes_before.iter()).enumerate() {
            if code != was || other.get(*code as usize).is_some_and(|other| *other) {
                tell(at);
            }
        }
    }

    /// Adds what each row has of it, weighed, to its sum.
    fn add(&self, share: f64, sums: &mut [f64]) {
        match self {
            Self::Plain(all) => sums.iter_mut().zip(all).for_each(|(sum, e)| *sum += e * share),
            Self::Coded { values, codes, .. } => {
                let weighed: Vec<f64> = values.iter().map(|e| e * share).collect();
                for (sum, code) in sums.iter_mut().zip(codes) {
                    *sum += weighed.get(usize::from(*code)).copied().unwrap_or_default();
                }
            }
            Self::Shared { values, codes } => {
                let weighed: Vec<f64> = values.iter().map(|e| e * share).collect();
                for (sum, code) in sums.iter_mut().zip(codes.iter()) {
                    *sum += weighed.get(*code as usize).copied().unwrap_or_default();
                }
            }
        }
    }
}

/// Moves the last value to a place, over what is there; where that is its own place, it stays.
fn put_last_at<T>(all: &mut Vec<T>, at: usize) {
    if at + 1 < all.len() {
        all.swap_remove(at);
    }
}

impl Default for Column {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

/// Prepared rows, by column.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Batch {
    effective: [Column; Part::ALL.len()],
    extras: Vec<u32>,
}

impl Batch {
    /// An empty batch with room for so many rows.
    pub fn with_capacity(rows: usize) -> Self {
        Self { effective: std::array::from_fn(|_| Column::with_capacity(rows)), extras: Vec::with_capacity(rows) }
    }

    /// Adds a row.
    pub fn push(&mut self, components: &Components, extras: &[Extra]) {
        for (column, e) in self.effective.iter_mut().zip(components.effective()) {
            column.push(e);
        }
        self.extras.push(on_top(0, extras).0);
    }

    /// Replaces the components of a row; one beyond the last is added without extras.
    pub fn set(&mut self, at: usize, components: &Components) {
        if at >= self.len() {
            self.extras.push(0);
        }
        for (column, e) in self.effective.iter_mut().zip(components.effective()) {
            column.set(at, e);
        }
    }

    /// Lets rows have in common what they have of a part: `codes` says for each which of `values`. It stays so until it is
    /// said anew, whatever components are added.
    pub fn share(&mut self, part: Part, codes: Arc<Vec<u32>>, values: &[Component]) {
        let values = values.iter().map(|value| value.e()).collect();
        if let Some(column) = self.effective.get_mut(part as usize) {
            *column = Column::Shared { values, codes };
        }
    }

    /// The same without what rows have in common, which is said of them again ([`Batch::share`]).
    #[must_use]
    pub fn unshared(&self) -> Self {
        let own = |column: &Column| match column {
            Column::Shared { .. } => Column::default(),
            own => own.clone(),
        };
        Self {
            effective: std::array::from_fn(|at| self.effective.get(at).map(own).unwrap_or_default()),
            ..self.clone()
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.extras.len()
    }

    /// True without any row.
    pub fn is_empty(&self) -> bool {
        self.extras.is_empty()
    }

    /// The score of each row in hundredths of a point, in the order of the rows: what [`super::Bars::of`] says of each.
    pub fn scores(&self, weights: Weights) -> Vec<u32> {
        let mut sums = vec![0.0_f64; self.len()];
        for (column, share) in self.effective.iter().zip(weights.shares()) {
            column.add(share, &mut sums);
        }
        let full = super::bars::FULL;
        sums.iter().zip(&self.extras).map(|(sum, extra)| (hundredths(*sum) + extra).min(full)).collect()
    }

    /// The same where `scores` are those of the batch that this was made from, with the same weights: only rows that were
    /// set since, which `touched` tells, and rows that have something else in common are weighed anew. Gives all of those,
    /// in no order, some more than once.
    pub fn scores_after(
        &self,
        weights: Weights,
        before: (&Self, &[u32]),
        touched: impl IntoIterator<Item = usize>,
    ) -> (Vec<u32>, Vec<usize>) {
        let (batch, mut scores) = (before.0, before.1.to_vec());
        let mut anew: Vec<usize> = touched.into_iter().chain(scores.len()..self.len()).collect();
        for (column, was) in self.effective.iter().zip(&batch.effective) {
            column.shared_otherwise(was, |at| anew.push(at));
        }
        scores.resize(self.len(), 0);
        let (shares, full) = (weights.shares(), super::bars::FULL);
        for at in &anew {
            // In the order of the columns, as for all: sums of other orders are other sums.
            let sum = self.effective.iter().zip(shares).fold(0.0, |sum, (column, share)| sum + column.get(*at) * share);
            if let (Some(score), Some(extra)) = (scores.get_mut(*at), self.extras.get(*at)) {
                *score = (hundredths(sum) + extra).min(full);
            }
        }
        (scores, anew)
    }

    /// The rows in the order of the list, best first, each with its score: all of them, or the first `most`. Ties are
    /// broken as by [`super::list::compare`], so the order is total; `ties` tells them of each row.
    pub fn order(&self, weights: Weights, ties: &[Ties], most: Option<usize>) -> Vec<(u32, u32)> {
        let scores = self.scores(weights);
        // One wide number for each row, smallest first: what is better is turned around, the row itself comes last.
        let mut places: Vec<(u128, u32)> = (0..)
            .zip(scores.iter().zip(ties))
            .map(|(row, (score, ties))| {
                let high = u64::from(!score) << 32 | u64::from(!ties.limbo_days);
                let low = u64::from(ties.helpers) << 32 | u64::from(ties.key_rank);
                (u128::from(high) << 64 | u128::from(low), row)
            })
            .collect();
        let most = most.unwrap_or(usize::MAX);
        if most < places.len() {
            if most > 0 {
                places.select_nth_unstable(most - 1);
            }
            places.truncate(most);
        }
        places.sort_unstable();
        places.into_iter().map(|(_, row)| (row, scores.get(row as usize).copied().unwrap_or_default())).collect()
    }
}
