//! What was found, in the order of the list. The first rows are put in order at once; the others when somebody looks at
//! them. Knows orders as lists of rows, not what makes them.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use super::super::bits::Bits;

/// Rows that are put in order at once, beside those that have a place of their own.
pub(super) const FIRST: usize = 256;

/// Rows that were found, in order: indices of rows. As a slice it is complete; [`Found::get`] and [`Found::len`] put
/// nothing in order that is not needed.
#[derive(Clone, Default)]
pub struct Found {
    first: Arc<[u32]>,
    /// The rows after the first, and the order that they come in.
    rest: Option<Arc<Rest>>,
}

struct Rest {
    count: usize,
    order: Box<Order>,
    all: OnceLock<Arc<[u32]>>,
}

/// Says whether somebody still waits.
pub(in crate::index) type Wanted<'w> = &'w (dyn Fn() -> bool + Sync);
/// Puts the rest in order, while it is wanted.
type Order = dyn Fn(Wanted<'_>) -> Option<Vec<u32>> + Send + Sync;

impl Found {
    /// Rows that are in order already.
    pub(super) fn ordered(rows: Vec<u32>) -> Self {
        Self { first: rows.into(), rest: None }
    }

    /// `first` and after them those of `rest`, as far as they are not among the first, in `order`.
    pub(super) fn lazy(mut first: Vec<u32>, mut rest: Bits, order: Arc<[u32]>) -> Self {
        for at in &first {
            rest.remove(*at as usize);
        }
        let mut count = rest.count();
        if first.len() < FIRST {
            let lacking = FIRST - first.len();
            let from = first.len();
            first.extend(order.iter().copied().filter(|at| rest.has(*at as usize)).take(lacking));
            for at in first.iter().skip(from) {
                rest.remove(*at as usize);
            }
            count -= first.len() - from;
        }
        let in_order = move |_: Wanted<'_>| Some(order.iter().copied().filter(|at| rest.has(*at as usize)).collect());
        Self::late(first, count, in_order)
    }

    /// `first` and after them `count` more, which `order` puts in order when somebody looks at them.
    pub(super) fn late(
        first: Vec<u32>,
        count: usize,
        order: impl Fn(Wanted<'_>) -> Option<Vec<u32>> + Send + Sync + 'static,
    ) -> Self {
        let rest = (count > 0).then(|| Arc::new(Rest { count, order: Box::new(order), all: OnceLock::new() }));
        Self { first: first.into(), rest }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.first.len() + self.rest.as_ref().map_or(0, |rest| rest.count)
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place of the list.
    pub fn get(&self, at: usize) -> Option<&u32> {
        self.first.get(at).or_else(|| self.all().get(at))
    }

    /// The place of a row in the list.
    pub fn place(&self, row: u32) -> Option<usize> {
        let is = |at: &u32| *at == row;
        self.first.iter().position(is).or_else(|| self.all().iter().position(is))
    }

    /// Puts the others in order before somebody looks at them, unless `wanted` says meanwhile that nobody will.
    pub fn complete(&self, wanted: &(dyn Fn() -> bool + Sync)) {
        if let Some(rest) = self.rest.as_ref().filter(|rest| rest.all.get().is_none())
            && let Some(behind) = (rest.order)(wanted)
        {
            rest.all.get_or_init(|| self.first.iter().copied().chain(behind).collect());
        }
    }

    /// True where all are in order already.
    pub fn is_complete(&self) -> bool {
        self.rest.as_ref().is_none_or(|rest| rest.all.get().is_some())
    }

    fn all(&self) -> &[u32] {
        let Some(rest) = &self.rest else { return &self.first };
        let behind = || (rest.order)(&|| true).unwrap_or_default();
        rest.all.get_or_init(|| self.first.iter().copied().chain(behind()).collect())
    }
}

impl Deref for Found {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        self.all()
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for Found {}

impl PartialEq<Vec<u32>> for Found {
    fn eq(&self, other: &Vec<u32>) -> bool {
        self.all() == other.as_slice()
    }
}

impl From<Vec<u32>> for Found {
    fn from(rows: Vec<u32>) -> Self {
        Self::ordered(rows)
    }
}

impl<'a> IntoIterator for &'a Found {
    type Item = &'a u32;
    type IntoIter = std::slice::Iter<'a, u32>;

    fn into_iter(self) -> Self::IntoIter {
        self.all().iter()
    }
}

impl IntoIterator for Found {
    type Item = u32;
    type IntoIter = std::vec::IntoIter<u32>;

    fn into_iter(self) -> Self::IntoIter {
        self.all().to_vec().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_order_late_is_what_would_have_been_at_once() {
        let order: Arc<[u32]> = (0..2_000).rev().collect();
        for every in [1, 2, 7, 900] {
            let bits = Bits::of(2_000, |at| at.is_multiple_of(every));
            let first: Vec<u32> = [0, 900].into();
            let mut expected = first.clone();
            expected
                .extend(order.iter().copied().filter(|at| (*at as usize).is_multiple_of(every) && !first.contains(at)));
            let found = Found::lazy(first, bits, order.clone());
            assert_eq!(found.len(), expected.len());
            assert_eq!(found.get(1), Some(&900));
            if every == 2 {
                assert!(!found.is_complete());
                found.complete(&|| true);
                assert!(found.is_complete());
            }
            assert_eq!(found.get(expected.len() - 1), expected.last());
            assert_eq!(found.get(expected.len()), None);
            assert_eq!(found, expected);
        }
    }
}
