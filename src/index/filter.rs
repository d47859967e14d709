//! Answering a query from a snapshot: which rows, in which order, with which counts.

use std::fmt::Write as _;

pub use super::found::Found;
use super::{
    bits::Bits,
    facets::{self, Facets},
    fuzzy::{Matcher, Pattern},
    query::{Field, Query, Value},
    rank::{self, Sort},
    rows::Plain,
    side::{Beside, Flag, Place, Side},
    snapshot::Snapshot,
    terms::Table,
};
use crate::judge::score::list::{EXPLORE_EVERY, Why, vary_drawn};

/// What a query found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Indices of rows of the snapshot, in display order; with `findings` of the rows of `Snapshot::findings`.
    pub rows: Found,
    /// True when the query asked for findings.
    pub findings: bool,
    /// How many findings there are for anybody to look at, whatever the query.
    pub debt: u32,
    /// Live counts for the facet column.
    pub facets: Facets,
    /// Rows among them that stand where they do because they were drawn for today, not by their score.
    pub explored: Vec<u32>,
    /// How many of them nobody else than who has them can take now: they have no score and, in the best order, come last.
    pub gated: usize,
}

/// Rows from which on a second thread pays for being woken.
const WORTH_A_THREAD: usize = 8_192;
/// Threads at most; more only fight over memory.
const MAX_THREADS: usize = 4;
/// Rows up to which putting them in order by themselves is cheaper than finding them in the order of all.
const FEW: usize = 2_048;

/// Finds, ranks and counts. Rows that are hidden, snoozed, not open or of a team that takes no help now are left out
/// unless the query asks for them.
/// `sort` holds unless the query says `sort:`.
pub fn search(snapshot: &Snapshot, query: &Query, sort: Sort) -> Hits {
    search_while(snapshot, query, sort, &|| true).unwrap_or_default()
}

/// The same while `wanted` says that somebody waits for it; `None` when nobody does any more.
pub fn search_while(
    snapshot: &Snapshot,
    query: &Query,
    sort: Sort,
    wanted: &(dyn Fn() -> bool + Sync),
) -> Option<Hits> {
    let findings = query.asks_for_findings();
    let table = if findings { snapshot.findings_table() } else { snapshot.table() };
    let mut kept = Shown::asked_by(query).among(table.side);
    for term in &query.terms {
        kept.and(&table.holding(term));
    }
    for word in &query.without {
        kept.and_not(&table.titled(&word.to_lowercase(), &kept));
    }
    if !wanted() {
        return None;
    }
    let sort = query.sort.unwrap_or(sort);
    let weigh = |at: u32, row: &Plain, beside: &Beside, matched: i64| {
        // Findings have no score; how much they hurt orders them.
        let score = if findings || row.gated { 0 } else { snapshot.score_at(at) };
        !rank::weight(sort, row, beside, matched, score)
    };
    let mut explored = Vec::new();
    let rows = if query.words.is_empty() && !findings {
        listed(snapshot, sort, &kept, &weigh, &mut explored)
    } else {
        let mut found = matched(table, &kept.iter().collect::<Vec<u32>>(), &query.words, weigh);
        found.sort_unstable();
        let mut rows: Vec<u32> = found.into_iter().map(|(_, _, at)| at).collect();
        kept = Bits::none(table.side.len());
        rows.iter().for_each(|at| kept.add(*at as usize));
        if findings && sort == Sort::Best {
            rows.sort_by_key(|at| std::cmp::Reverse(snapshot.findings.severity(*at)));
        }
        Found::ordered(rows)
    };
    if !wanted() {
        return None;
    }
    let gated = kept.count_and(&table.side.flag(Flag::Gated));
    let (facets, debt) = (facets::count(table.side, &kept), snapshot.findings.count());
    Some(Hits { rows, findings, debt, facets, explored, gated })
}

/// Rows of tasks in order, without free words.
fn listed(
    snapshot: &Snapshot,
    sort: Sort,
    kept: &Bits,
    weigh: &(impl Fn(u32, &Plain, &Beside, i64) -> u64 + Sync),
    explored: &mut Vec<u32>,
) -> Found {
    if kept.count() > FEW {
        let order = snapshot.order(sort);
        let first = if sort == Sort::Best { varied(snapshot, kept, &order, explored) } else { Vec::new() };
        return Found::lazy(first, kept.clone(), order);
    }
    let rows: Vec<u32> = kept.iter().collect();
    let mut found = matched(snapshot.table(), &rows, &[], weigh);
    found.sort_unstable();
    let order: Vec<u32> = found.into_iter().map(|(_, _, at)| at).collect();
    let first = if sort == Sort::Best { varied(snapshot, kept, &order, explored) } else { Vec::new() };
    Found::lazy(first, kept.clone(), order.into())
}

/// The first places in the order that keeps one team from filling them and leaves some to be explored. What cannot be
/// taken or should not be yet stays behind. Tells what is there to be explored.
fn varied(snapshot: &Snapshot, kept: &Bits, order: &[u32], explored: &mut Vec<u32>) -> Vec<u32> {
    let side = snapshot.side();
    let mut ready = kept.clone();
    ready.and_not(&side.flag(Flag::Gated));
    ready.and_not(&side.flag(Flag::HeldBack));
    let count = ready.count();
    let drawn = if count > EXPLORE_EVERY { snapshot.drawn(&ready, count) } else { Vec::new() };
    let mut left = order.iter().map(|at| *at as usize).filter(|at| ready.has(*at));
    let mut met: Vec<usize> = Vec::new();
    let nth = |n: usize| {
        while met.len() <= n {
            met.push(left.next()?);
        }
        met.get(n).copied()
    };
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let places = vary_drawn(count, nth, &drawn, |at| side.place(number(at)).map(Place::host));
    explored.extend(places.iter().filter(|place| place.why == Why::Explore).map(|place| number(place.at)));
    places.iter().map(|place| number(place.at)).collect()
}

/// A row that was found: its weight turned round, the place of its key, its index.
type Weighed = (u64, u32, u32);

/// Rows of `kept` on which every word matches, weighed.
fn matched(
    table: Table<'_>,
    kept: &[u32],
    words: &[String],
    weigh: impl Fn(u32, &Plain, &Beside, i64) -> u64 + Sync,
) -> Vec<Weighed> {
    let patterns: Vec<Pattern> = words.iter().map(|w| Pattern::new(w)).collect();
    let part = |part: &[u32]| -> Vec<Weighed> {
        let matcher = Matcher::default();
        let mut key = String::new();
        let one = |at: &u32| {
            let beside = table.side.beside(*at, table.number(*at))?;
            let score = score(&matcher, &patterns, table, *at, &beside, &mut key)?;
            Some((weigh(*at, &table.plain(*at)?, &beside, score), beside.key_rank, *at))
        };
        part.iter().filter_map(one).collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    if patterns.is_empty() || threads < 2 || kept.len() < WORTH_A_THREAD {
        return part(kept);
    }
    std::thread::scope(|scope| {
        let part = &part;
        let running: Vec<_> =
            kept.chunks(kept.len().div_ceil(threads)).map(|chunk| scope.spawn(move || part(chunk))).collect();
        // A thread that panicked is a bug; its panic goes on in the caller, as without threads.
        let joined = running.into_iter().map(|r| r.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)));
        joined.flatten().collect()
    })
}

/// Sum over the words of how well each matches the title, or else the key; `None` when one matches neither.
fn score(
    matcher: &Matcher,
    patterns: &[Pattern],
    table: Table<'_>,
    at: u32,
    beside: &Beside,
    key: &mut String,
) -> Option<i64> {
    let mut sum = 0;
    key.clear();
    for pattern in patterns {
        let by_title = if beside.title.covers(pattern.set()) { matcher.score(pattern, table.title(at)) } else { None };
        sum += match by_title {
            Some(score) => score,
            None if beside.key.covers(pattern.set()) => {
                if key.is_empty() {
                    // Writing into a String cannot fail.
                    let _ = write!(key, "{}", table.key(at)?);
                }
                matcher.score(pattern, key)?
            }
            None => return None,
        };
    }
    Some(sum)
}

/// Which rows, usually left out, a query asks for.
struct Shown {
    hidden: bool,
    snoozed: bool,
    closed: bool,
    shut: bool,
    folded: bool,
}

impl Shown {
    fn asked_by(query: &Query) -> Self {
        let names_a_key = query.terms.iter().any(|t| t.field == Field::Key && !t.not);
        let names_a_team =
            query.terms.iter().any(|t| t.field == Field::Team && !t.not && t.values.iter().any(is_whole));
        let names_a_state = names_a_key || query.terms.iter().any(|t| t.field == Field::State);
        let is = |word| query.asks(Field::Is, word);
        Self {
            folded: names_a_key || query.terms.iter().any(|t| t.field == Field::Project && !t.not),
            hidden: is("hidden"),
            snoozed: is("snoozed"),
            closed: names_a_state || is("closed") || is("mine") || is("claimed"),
            // What somebody is at already goes on there, and stays in sight.
            shut: names_a_key || names_a_team || is("shut") || is("mine") || is("claimed"),
        }
    }

    /// The rows that are shown.
    fn among(&self, side: &Side) -> Bits {
        let mut shown = if self.closed { Bits::all(side.len()) } else { side.flag(Flag::Open).as_ref().clone() };
        let out = [
            (self.hidden, Flag::Hidden),
            (self.snoozed, Flag::Snoozed),
            (self.folded, Flag::Folded),
            (self.shut, Flag::Shut),
        ];
        for (_, flag) in out.into_iter().filter(|(asked, _)| !asked) {
            shown.and_not(&side.flag(flag));
        }
        shown
    }
}

/// True for a name that stands for itself alone.
fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Text(text) if !text.ends_with('*'))
}
