//! Answering a query from a snapshot: which rows, in which order, with which counts.

use std::fmt::Write as _;

use super::{
    facets::{self, Facets},
    fuzzy::{Matcher, Pattern},
    meaning::{self, contains_folded},
    query::{Field, Query, Value},
    rank::{self, Sort},
    side::{Beside, Side},
    snapshot::{Row, Snapshot},
};
use crate::{domain::task::TaskState, store::MarkKind};

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
}

/// Rows from which on a second thread pays for being woken.
const WORTH_A_THREAD: usize = 8_192;
/// Threads at most; more only fight over memory.
const MAX_THREADS: usize = 4;

/// Finds, ranks and counts. Rows that are hidden, snoozed, not open or of a team that takes no help now are left out
/// unless the query asks for them.
/// `sort` holds unless the query says `sort:`.
pub fn search(snapshot: &Snapshot, query: &Query, sort: Sort) -> Hits {
    let findings = query.asks_for_findings();
    let rows = if findings { &snapshot.findings.rows } else { &snapshot.rows };
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
    let mut found = matched(rows, &side, &kept, &query.words, |row, beside, score| {
        !rank::weight(sort, row, score, beside.held_back)
    });
    found.sort_unstable();
    let mut rows_found: Vec<u32> = found.into_iter().map(|(_, _, at)| at).collect();
    if findings && sort == Sort::Best {
        rows_found.sort_by_key(|at| std::cmp::Reverse(snapshot.findings.severity(*at)));
    }
    Hits {
        facets: facets::count(rows, &side, &rows_found),
        rows: rows_found,
        findings,
        debt: snapshot.findings.count(),
    }
}

/// A row that was found: its weight turned round, the place of its key, its index.
type Found = (u64, u32, u32);

/// Rows of `kept` on which every word matches, weighed.
fn matched(
    rows: &[Row],
    side: &Side,
    kept: &[u32],
    words: &[String],
    weigh: impl Fn(&Row, &Beside, i64) -> u64 + Sync,
) -> Vec<Found> {
    let patterns: Vec<Pattern> = words.iter().map(|w| Pattern::new(w)).collect();
    let part = |part: &[u32]| -> Vec<Found> {
        let matcher = Matcher::default();
        let mut key = String::new();
        let one = |at: &u32| {
            let (row, beside) = (rows.get(*at as usize)?, side.rows.get(*at as usize)?);
            let score = score(&matcher, &patterns, row, beside, &mut key)?;
            Some((weigh(row, beside, score), beside.key_rank, *at))
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
