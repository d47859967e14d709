//! Answering a query from a snapshot: which rows, in which order, with which counts.

use std::{collections::HashSet, fmt::Write as _};

use super::{
    facets::{self, Facets},
    fuzzy::{Matcher, Pattern},
    meaning::{self, contains_folded},
    query::{Field, Query, Value},
    rank::{self, Sort},
    side::{Beside, Side},
    snapshot::{Row, Snapshot},
};
use crate::{
    domain::task::TaskState,
    judge::score::list::{Seed, Why, draw, vary},
    store::MarkKind,
};

/// What a query found.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Indices into `Snapshot::rows`, in display order; with `findings` into the rows of `Snapshot::findings`.
    pub rows: Vec<u32>,
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
    let rows = if findings { snapshot.findings.rows.as_slice() } else { snapshot.rows.as_slice() };
    let side = Side::for_rows(if findings { snapshot.findings.side() } else { snapshot.side() }, rows);
    let shown = Shown::asked_by(query);
    let terms = meaning::compile(query, snapshot);
    let without: Vec<String> = query.without.iter().map(|w| w.to_lowercase()).collect();
    let keep = |row: &Row| {
        shown.shows(row)
            && terms.iter().all(|term| term.holds(row))
            && !without.iter().any(|w| contains_folded(row.task.title.raw(), w))
    };
    let kept: Vec<u32> = (0..).zip(rows).filter(|(_, row)| keep(row)).map(|(at, _)| at).collect();
    let sort = query.sort.unwrap_or(sort);
    if !wanted() {
        return None;
    }
    let scores = snapshot.scores();
    let mut found = matched(rows, &side, &kept, &query.words, |at, row, beside, matched| {
        // Findings have no score; how much they hurt orders them.
        let score = if findings || row.is_gated() { 0 } else { scores.get(at as usize).copied().unwrap_or(0) };
        !rank::weight(sort, row, beside, matched, score)
    });
    found.sort_unstable();
    let mut rows_found: Vec<u32> = found.into_iter().map(|(_, _, at)| at).collect();
    if findings && sort == Sort::Best {
        rows_found.sort_by_key(|at| std::cmp::Reverse(snapshot.findings.severity(*at)));
    }
    let explored = if !findings && sort == Sort::Best && query.words.is_empty() {
        varied(snapshot, &side, &mut rows_found)
    } else {
        Vec::new()
    };
    if !wanted() {
        return None;
    }
    let gated = rows_found.iter().filter_map(|at| rows.get(*at as usize)).filter(|row| row.is_gated()).count();
    Some(Hits {
        facets: facets::count(rows, &side, &rows_found),
        rows: rows_found,
        explored,
        gated,
        findings,
        debt: snapshot.findings.count(),
    })
}

/// Puts the first places in the order that keeps one team from filling them and leaves some to be explored. What cannot
/// be taken or should not be yet stays behind. Answers with what is there to be explored.
fn varied(snapshot: &Snapshot, side: &Side, found: &mut Vec<u32>) -> Vec<u32> {
    let (rows, seed) = (snapshot.rows.as_slice(), snapshot.seed());
    let seed = Seed { person: &seed.0, day: seed.1 };
    let ready = |at: u32| {
        let beside = side.rows.get(at as usize);
        rows.get(at as usize).is_some_and(|r| !r.is_gated()) && beside.is_some_and(|b| !b.held_back)
    };
    let first: Vec<usize> = found.iter().copied().take_while(|at| ready(*at)).map(|at| at as usize).collect();
    let places = vary(
        &first,
        |at| side.rows.get(at).map(Beside::host),
        |at| rows.get(at).map_or(u64::MAX, |row| draw(seed, &row.task.key)),
    );
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let placed: HashSet<u32> = places.iter().map(|place| number(place.at)).collect();
    let rest: Vec<u32> = found.iter().copied().filter(|at| !placed.contains(at)).collect();
    *found = places.iter().map(|place| number(place.at)).chain(rest).collect();
    places.iter().filter(|place| place.why == Why::Explore).map(|place| number(place.at)).collect()
}

/// A row that was found: its weight turned round, the place of its key, its index.
type Found = (u64, u32, u32);

/// Rows of `kept` on which every word matches, weighed.
fn matched(
    rows: &[Row],
    side: &Side,
    kept: &[u32],
    words: &[String],
    weigh: impl Fn(u32, &Row, &Beside, i64) -> u64 + Sync,
) -> Vec<Found> {
    let patterns: Vec<Pattern> = words.iter().map(|w| Pattern::new(w)).collect();
    let part = |part: &[u32]| -> Vec<Found> {
        let matcher = Matcher::default();
        let mut key = String::new();
        let one = |at: &u32| {
            let (row, beside) = (rows.get(*at as usize)?, side.rows.get(*at as usize)?);
            let score = score(&matcher, &patterns, row, beside, &mut key)?;
            Some((weigh(*at, row, beside, score), beside.key_rank, *at))
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
fn score(matcher: &Matcher, patterns: &[Pattern], row: &Row, beside: &Beside, key: &mut String) -> Option<i64> {
    let mut sum = 0;
    key.clear();
    for pattern in patterns {
        let by_title =
            if beside.title.covers(pattern.set()) { matcher.score(pattern, row.task.title.raw()) } else { None };
        sum += match by_title {
            Some(score) => score,
            None if beside.key.covers(pattern.set()) => {
                if key.is_empty() {
                    // Writing into a String cannot fail.
                    let _ = write!(key, "{}", row.task.key);
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

    fn shows(&self, row: &Row) -> bool {
        let marked = match row.mark {
            Some(MarkKind::Hidden) => self.hidden,
            Some(MarkKind::Snoozed) => self.snoozed,
            Some(MarkKind::Bookmark) | None => true,
        };
        let once = self.folded || row.folded.is_none();
        marked && once && (self.shut || !row.shut) && (self.closed || row.task.state == TaskState::Open)
    }
}

/// True for a name that stands for itself alone.
fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Text(text) if !text.ends_with('*'))
}
