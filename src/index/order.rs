//! Orders of all rows, kept ready: whatever a query finds is put in order by walking one of them. Knows what a row weighs,
//! not why.

use std::sync::{Arc, OnceLock};

use super::{
    bits::Bits,
    rank::{self, Sort},
    search::terms::Table,
    side::Side,
    snapshot::Snapshot,
};
use crate::judge::score::list::{DRAWN, Lots, Seed};

/// Rows up to which their draws are made one by one.
const FEW: usize = 4_096;
/// Of all rows, so many that are drawn first are kept in order: enough for whatever finds one in a hundred of a million.
const KEPT: usize = 65_536;

/// Where more than one row in so many moved, all are put in order anew.
const MANY: usize = 16;

type Order = OnceLock<Arc<[u32]>>;

/// The orders of one list, each made when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Orders {
    by: [Order; Sort::ALL.len()],
    /// The same turned round.
    reversed: [Order; Sort::ALL.len()],
    /// The order in which rows are drawn to be explored.
    drawn: Arc<Order>,
}

impl Orders {
    /// The orders of the same rows with other scores.
    pub(super) fn scored_anew(&self) -> Self {
        let kept = |(sort, order): (&Sort, &Order)| if *sort == Sort::Best { Order::new() } else { order.clone() };
        let all = |orders: &[Order]| -> Vec<Order> { Sort::ALL.iter().zip(orders).map(kept).collect() };
        Self {
            by: all(&self.by).try_into().unwrap_or_default(),
            reversed: all(&self.reversed).try_into().unwrap_or_default(),
            drawn: self.drawn.clone(),
        }
    }

    fn of(&self, (sort, reversed): (Sort, bool)) -> Option<&Order> {
        let orders = if reversed { &self.reversed } else { &self.by };
        Sort::ALL.iter().zip(orders).find(|(s, _)| **s == sort).map(|(_, order)| order)
    }
}

/// Rows in the order of what they weigh, heaviest first, then by key.
fn sorted(side: &Side, weigh: impl Fn(u32) -> u64) -> Arc<[u32]> {
    let by_key = &side.by_key;
    // Row after row, as they lie in memory; by key one would jump.
    let by_row: Vec<u64> = (0..u32::try_from(by_key.len()).unwrap_or(u32::MAX)).map(|at| !weigh(at)).collect();
    let weights: Vec<u64> = by_key.iter().map(|at| by_row.get(*at as usize).copied().unwrap_or(u64::MAX)).collect();
    let (low, high) = (weights.iter().min().copied().unwrap_or(0), weights.iter().max().copied().unwrap_or(0));
    let rank_bits = usize::BITS - by_key.len().leading_zeros();
    let row = |rank: usize| by_key.get(rank).copied();
    if rank_bits + (u64::BITS - (high - low).leading_zeros()) > u64::BITS {
        let mut wide: Vec<(u64, usize)> = weights.into_iter().zip(0..).collect();
        wide.sort_unstable();
        return wide.into_iter().filter_map(|(_, rank)| row(rank)).collect();
    }
    // Weight and place in one number: half the memory to move, and one comparison.
    let packed = (0_u64..).zip(weights).map(|(rank, weight)| (weight - low) << rank_bits | rank);
    let mut packed: Vec<u64> = packed.collect();
    packed.sort_unstable();
    let rank = |packed: u64| usize::try_from(packed & ((1 << rank_bits) - 1)).unwrap_or(usize::MAX);
    packed.into_iter().filter_map(|packed| row(rank(packed))).collect()
}

/// What rows are drawn from, for one person and day.
struct Urn<'a> {
    snapshot: &'a Snapshot,
    seed: Seed<'a>,
    lots: Vec<Option<Lots>>,
}

impl Urn<'_> {
    /// The draw of a row, with the row.
    fn draw(&mut self, at: u32) -> Option<(u64, u32)> {
        let side = self.snapshot.side();
        let place = side.place_of(at)?;
        let lots = self.lots.get_mut(place as usize)?;
        let lots = match lots {
            Some(lots) => *lots,
            None => *lots.insert(Lots::of(self.seed, &side.places.get(place as usize)?.project)),
        };
        Some((lots.draw(self.snapshot.rows.number(at as usize)), at))
    }
}

impl Snapshot {
    /// Whose list it is and of which day: by that it is drawn what is there to be explored.
    pub(super) fn seed(&self) -> (String, jiff::civil::Date) {
        let mut logins: Vec<String> = self.me.iter().map(|(t, l)| format!("{t}:{}", l.raw().to_lowercase())).collect();
        logins.sort();
        let now = self.built_at.unwrap_or_default();
        (logins.join(" "), now.to_zoned(jiff::tz::TimeZone::UTC).date())
    }

    /// All rows of tasks in an order, turned round or not.
    pub(super) fn order(&self, order: (Sort, bool)) -> Arc<[u32]> {
        let (side, table) = (self.side(), self.table());
        let make = || match order {
            (Sort::Key, true) => side.by_key.iter().rev().copied().collect(),
            _ => sorted(side, |at| self.weigh(table, order, at)),
        };
        self.orders().of(order).map(|order| order.get_or_init(make).clone()).unwrap_or_default()
    }

    /// What a row weighs in an order, more first.
    fn weigh(&self, table: Table<'_>, order: (Sort, bool), at: u32) -> u64 {
        let (Some(row), Some(beside)) = (table.plain(at), self.side().beside(at)) else { return 0 };
        let score = if row.gated { 0 } else { self.score_at(at) };
        rank::weight_for(order, &row, &beside, score)
    }

    /// The rows of a set that are drawn first for this person and day, in the order of their draw.
    pub(super) fn drawn(&self, ready: &Bits, count: usize) -> Vec<usize> {
        let seed = self.seed();
        let seed = Seed { person: &seed.0, day: seed.1 };
        if count > FEW {
            let first = self.orders().drawn.get_or_init(|| {
                let all = Bits::all(self.rows.len());
                self.draws(&all, seed, KEPT).into_iter().map(|(_, at)| at).collect()
            });
            let found = first.iter().map(|at| *at as usize).filter(|at| ready.has(*at));
            let found: Vec<usize> = found.take(DRAWN).collect();
            if found.len() == DRAWN || first.len() == self.rows.len() {
                return found;
            }
        }
        self.draws(ready, seed, DRAWN).into_iter().map(|(_, at)| at as usize).collect()
    }

    /// The rows of a set that are drawn first with their draws, `most` at most, in the order of those.
    fn draws(&self, of: &Bits, seed: Seed<'_>, most: usize) -> Vec<(u64, u32)> {
        let mut urn = Urn { snapshot: self, seed, lots: vec![None; self.side().places.len()] };
        let mut drawn: Vec<(u64, u32)> = of.iter().filter_map(|at| urn.draw(at)).collect();
        if most < drawn.len() {
            drawn.select_nth_unstable(most);
            drawn.truncate(most);
        }
        drawn.sort_unstable();
        drawn
    }

    /// The same, with what `before` has drawn of the same rows; those that came since are put in between.
    pub(super) fn drawn_as(self, before: &Self) -> Self {
        let Some(known) = before.orders().drawn.get().filter(|_| self.seed() == before.seed()) else { return self };
        let seed = self.seed();
        let mut urn = Urn {
            snapshot: &self,
            seed: Seed { person: &seed.0, day: seed.1 },
            lots: vec![None; self.side().places.len()],
        };
        let came = before.rows.len()..self.rows.len();
        let mut came: Vec<_> = came.filter_map(|at| urn.draw(u32::try_from(at).ok()?)).collect();
        came.sort_unstable();
        let (mut all, mut done) = (Vec::with_capacity(self.rows.len()), 0);
        for new in came {
            let before = known.partition_point(|at| urn.draw(*at).is_some_and(|draw| draw < new));
            all.extend_from_slice(known.get(done..before).unwrap_or_default());
            all.push(new.1);
            done = before;
        }
        let drawn = if all.is_empty() {
            before.orders().drawn.clone()
        } else {
            all.extend_from_slice(known.get(done..).unwrap_or_default());
            all.truncate(KEPT);
            Arc::new(Order::from(Arc::from(all)))
        };
        self.ordered_by(Orders { drawn, ..Orders::default() })
    }

    /// The same, with the order of the best that `before` has, in which only `moved` rows and those that came since have
    /// another place.
    pub(super) fn ordered_as(self, before: &Self, moved: &Bits) -> Self {
        let best = (Sort::Best, false);
        let known = before.orders().of(best).and_then(OnceLock::get);
        let Some(known) = known.filter(|_| moved.count() <= self.rows.len() / MANY) else { return self };
        let mut anew = moved.clone();
        anew.add_range(before.rows.len()..self.rows.len());
        let table = self.table();
        let place = |at: u32| (!self.weigh(table, best, at), self.side().key_rank(at));
        let mut placed: Vec<_> = anew.iter().map(|at| (place(at), at)).collect();
        placed.sort_unstable();
        let left: Vec<u32> = known.iter().copied().filter(|at| !anew.has(*at as usize)).collect();
        let (mut all, mut done) = (Vec::with_capacity(self.rows.len()), 0);
        for (new, at) in placed {
            let behind = left.get(done..).unwrap_or_default();
            let next = done + behind.partition_point(|at| place(*at) < new);
            all.extend_from_slice(left.get(done..next).unwrap_or_default());
            all.push(at);
            done = next;
        }
        all.extend_from_slice(left.get(done..).unwrap_or_default());
        if let Some(order) = self.orders().of(best) {
            order.get_or_init(|| all.into());
        }
        self
    }

    /// Makes what the first list needs, so that nobody who looks waits for it.
    pub(super) fn made_ready(self) -> Self {
        if self.rows.len() > FEW {
            std::thread::scope(|scope| {
                scope.spawn(|| self.drawn(&Bits::all(self.rows.len()), self.rows.len()));
                self.order((Sort::Best, false));
            });
        } else {
            self.order((Sort::Best, false));
        }
        self
    }
}
