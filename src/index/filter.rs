//! Answering a query from a snapshot: which rows, in which order, with which counts.

use std::{fmt::Write as _, sync::Arc};

pub use super::found::Found;
use super::{
    bits::Bits,
    facets::{self, Facets},
    fuzzy::{Matcher, Pattern},
    intern::{self, LeftOut},
    query::{Field, Query, Term, Value},
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
    /// What was left out because the list is for interns; `None` for any other list.
    pub interns: Option<LeftOut>,
    /// Rows among them that stand where they do because they were drawn for today, not by their score.
    pub explored: Vec<u32>,
    /// Rows that match and are left out because somebody else is at them, in no order; none where the query asks for such.
    pub taken: Vec<u32>,
}

/// Rows from which on a second thread pays for being woken.
const WORTH_A_THREAD: usize = 8_192;
/// Threads at most; more only fight over memory.
const MAX_THREADS: usize = 4;
/// Rows up to which putting them in order by themselves is cheaper than finding them in the order of all.
const FEW: usize = 2_048;

/// Finds, ranks and counts. Rows that are hidden, snoozed, avoided, not open, at which somebody else is, or of a team that
/// takes no help now are left out unless the query asks for them; of a list for interns also what does not fit them. Free
/// words look for what somebody else is at too.
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
    let shown = Shown::asked_by(query);
    let mut kept = shown.among(table.side);
    table.narrow(query, &mut kept);
    if !wanted() {
        return None;
    }
    let order = (query.sort.unwrap_or(sort), query.sort.is_some() && query.reversed);
    let words = Words::of(query);
    let is_for_interns = !findings && snapshot.is_for_interns() && intern::leaves_choice(query);
    let fitting = is_for_interns.then(|| table.with(Field::Is, &Value::Text("intern".into())));
    let mut taken = Vec::new();
    let (rows, interns, explored) = if words.is_empty() && !findings {
        if !shown.taken {
            let others = table.side.flag(Flag::Taken);
            taken.extend(kept.iter().filter(|at| others.has(*at as usize)));
            kept.and_not(&others);
        }
        let left_out = fitting.map(|fitting| {
            let mut out = kept.clone();
            out.and_not(&fitting);
            kept.and(&fitting);
            LeftOut { rows: listed(snapshot, order, &out) }
        });
        let (rows, explored) = listed_varied(snapshot, order, &kept);
        (rows, left_out, explored)
    } else {
        let mut rows = ranked(table, order, &kept.iter().collect::<Vec<u32>>(), &words);
        if findings && order.0 == Sort::Best {
            rows.sort_by_key(|at| std::cmp::Reverse(snapshot.findings.severity(*at)));
            if order.1 {
                rows.reverse();
            }
        }
        let left_out = fitting.map(|fitting| {
            let (fit, out): (Vec<u32>, Vec<u32>) = rows.iter().partition(|at| fitting.has(**at as usize));
            rows = fit;
            LeftOut { rows: out.into() }
        });
        kept = Bits::none(table.side.len());
        rows.iter().for_each(|at| kept.add(*at as usize));
        (Found::ordered(rows), left_out, Vec::new())
    };
    if !wanted() {
        return None;
    }
    // Of a page nothing can be counted.
    let facets = if snapshot.is_page() { Facets::default() } else { facets::count(table.side, &kept) };
    let debt = if snapshot.is_page() { 0 } else { snapshot.findings.count() };
    Some(Hits { rows, findings, debt, facets, interns, explored, taken })
}

/// Rows of tasks in order, without free words.
fn listed(snapshot: &Snapshot, order: (Sort, bool), kept: &Bits) -> Found {
    Found::lazy(Vec::new(), kept.clone(), order_for(snapshot, order, kept))
}

/// The same with its first places varied, where the best stand there; and what is there to be explored.
fn listed_varied(snapshot: &Snapshot, order: (Sort, bool), kept: &Bits) -> (Found, Vec<u32>) {
    let rows = order_for(snapshot, order, kept);
    let mut explored = Vec::new();
    let first = match order {
        (Sort::Best, false) if let Some(page) = snapshot.page() => {
            page.iter().copied().filter(|at| kept.has(*at as usize)).collect()
        }
        (Sort::Best, false) => varied(snapshot, kept, &rows, &mut explored),
        _ => Vec::new(),
    };
    (Found::lazy(first, kept.clone(), rows), explored)
}

/// An order that has all of these rows: that of all, or for few of them one of their own.
fn order_for(snapshot: &Snapshot, order: (Sort, bool), kept: &Bits) -> Arc<[u32]> {
    if kept.count() > FEW {
        return snapshot.order(order);
    }
    ranked(snapshot.table(), order, &kept.iter().collect::<Vec<u32>>(), &Words::default()).into()
}

/// Rows of `kept` on which every word matches, in order.
fn ranked(table: Table<'_>, order: (Sort, bool), kept: &[u32], words: &Words) -> Vec<u32> {
    let weigh = |at: u32, row: &Plain, beside: &Beside, matched: i64| {
        // Findings have no score; how much they hurt orders them.
        let score = if row.gated { 0 } else { table.score_at(at) };
        !rank::weight_for(order, row, beside, matched, score)
    };
    let mut found = matched(table, kept, words, weigh);
    found.sort_unstable();
    if order == (Sort::Key, true) {
        found.reverse();
    }
    found.into_iter().map(|(_, _, at)| at).collect()
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

/// The free words of a query, ready.
#[derive(Default)]
struct Words {
    /// Each must match.
    all: Vec<Pattern>,
    /// Words of alternatives: whether one must match was decided before, here it only counts how well it does.
    some: Vec<Pattern>,
}

impl Words {
    fn of(query: &Query) -> Self {
        Self {
            all: query.words.iter().map(|w| Pattern::new(w)).collect(),
            some: query.words_of_groups().into_iter().map(Pattern::new).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.some.is_empty()
    }
}

/// Rows of `kept` on which every word matches, weighed.
fn matched(
    table: Table<'_>,
    kept: &[u32],
    words: &Words,
    weigh: impl Fn(u32, &Plain, &Beside, i64) -> u64 + Sync,
) -> Vec<Weighed> {
    let part = |part: &[u32]| -> Vec<Weighed> {
        let matcher = Matcher::default();
        let mut key = String::new();
        let one = |at: &u32| {
            let beside = table.side.beside(*at, table.number(*at))?;
            let score = score(&matcher, words, table, *at, &beside, &mut key)?;
            Some((weigh(*at, &table.plain(*at)?, &beside, score), beside.key_rank, *at))
        };
        part.iter().filter_map(one).collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    if words.is_empty() || threads < 2 || kept.len() < WORTH_A_THREAD {
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

/// Sum over the words of how well each matches the title, or else the key; `None` when one matches neither that must.
fn score(
    matcher: &Matcher,
    words: &Words,
    table: Table<'_>,
    at: u32,
    beside: &Beside,
    key: &mut String,
) -> Option<i64> {
    key.clear();
    let mut one = |pattern: &Pattern| {
        let by_title = if beside.title.covers(pattern.set()) { matcher.score(pattern, table.title(at)) } else { None };
        if by_title.is_some() || !beside.key.covers(pattern.set()) {
            return by_title;
        }
        if key.is_empty() {
            // Writing into a String cannot fail.
            let _ = write!(key, "{}", table.key(at)?);
        }
        matcher.score(pattern, key)
    };
    let mut sum = 0;
    for pattern in &words.all {
        sum += one(pattern)?;
    }
    sum += words.some.iter().filter_map(one).map(|score| score.max(0)).sum::<i64>();
    Some(sum)
}

/// Which rows, usually left out, a query asks for.
struct Shown {
    hidden: bool,
    snoozed: bool,
    closed: bool,
    shut: bool,
    avoided: bool,
    folded: bool,
    taken: bool,
}

impl Shown {
    fn asked_by(query: &Query) -> Self {
        let terms = query.all_terms();
        let asked = |field: Field| terms.iter().any(|(holds, t)| *holds && t.field == field);
        let names_a_key = asked(Field::Key);
        let is_named_team =
            |(holds, t): &(bool, &Term)| *holds && t.field == Field::Team && t.values.iter().any(is_whole);
        let names_a_team = terms.iter().any(is_named_team);
        let names_a_state = names_a_key || terms.iter().any(|(_, t)| matches!(t.field, Field::State | Field::Closed));
        let is = |word| query.asks(Field::Is, word);
        let has = |word| query.asks(Field::Has, word);
        let somebodys = is("mine") || is("claimed") || asked(Field::Helper) || has("claim");
        let closed = names_a_state || is("closed") || somebodys;
        Self {
            // Whoever looks for something by its words finds it, whoever is at it.
            taken: closed
                || !query.words.is_empty()
                || !query.words_of_groups().is_empty()
                || asked(Field::Title)
                || is("taken")
                || is("assigned")
                || asked(Field::Assignee)
                || has("assignee")
                || has("pr"),
            folded: names_a_key || asked(Field::Project),
            hidden: is("hidden"),
            snoozed: is("snoozed"),
            closed,
            // What somebody is at already goes on there, and stays in sight.
            shut: names_a_key || names_a_team || is("shut") || somebodys,
            avoided: names_a_key || is("avoided") || somebodys,
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
            (self.avoided, Flag::Avoided),
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
