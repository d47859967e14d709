//! Answering a query from a snapshot: which rows, in which order, with which counts.

use std::{cmp::Reverse, sync::Arc};

pub use super::found::Found;
use super::{
    super::{
        bits::Bits,
        fuzzy::{Hit, Scan},
        intern::{self, LeftOut},
        query::{Field, Query, Term, Value},
        rank::{self, Sort},
        side::{Flag, Place, Side},
        snapshot::Snapshot,
    },
    facets::{self, Facets},
    found::FIRST,
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
    let mut taken = Vec::new();
    if !shown.taken {
        let others = table.side.flag(Flag::Taken);
        taken.extend(kept.iter().filter(|at| others.has(*at as usize)));
        kept.and_not(&others);
    }
    let matched = Matched::of(table, query, order.0 == Sort::Best, &mut kept, wanted)?;
    let is_for_interns = !findings && snapshot.is_for_interns() && intern::leaves_choice(query);
    let interns = is_for_interns.then(|| {
        let fitting = table.with(Field::Is, &Value::Text("intern".into()));
        let mut out = kept.clone();
        out.and_not(&fitting);
        kept.and(&fitting);
        LeftOut { rows: listed(snapshot, order, &out, &matched) }
    });
    let (rows, explored) = match &matched {
        matched if findings => (found(table, order, &kept, matched), Vec::new()),
        Matched::Alike => listed_varied(snapshot, order, &kept),
        matched => (listed(snapshot, order, &kept, matched), Vec::new()),
    };
    if !wanted() {
        return None;
    }
    // Of a page nothing can be counted.
    let facets = if snapshot.is_page() { Facets::default() } else { facets::count(table.side, &kept) };
    let debt = if snapshot.is_page() { 0 } else { snapshot.findings.count() };
    Some(Hits { rows, findings, debt, facets, interns, explored, taken })
}

/// Findings in order: within the best, what hurts most comes first.
fn found(table: Table<'_>, order: (Sort, bool), kept: &Bits, matched: &Matched) -> Found {
    let mut rows = ranked(table, order, &kept.iter().collect::<Vec<u32>>());
    if let Matched::Better { best, .. } = matched {
        sort_by_match(&mut rows, best);
    }
    if order.0 == Sort::Best {
        rows.sort_by_key(|at| Reverse(table.snapshot.findings.severity(*at)));
        if order.1 {
            rows.reverse();
        }
    }
    Found::ordered(rows)
}

/// Rows of tasks in order.
fn listed(snapshot: &Snapshot, order: (Sort, bool), kept: &Bits, matched: &Matched) -> Found {
    let rows = order_for(snapshot, order, kept);
    let Matched::Better { best, words } = matched else { return Found::lazy(Vec::new(), kept.clone(), rows) };
    let (mut first, mut rest) = (Bits::none(snapshot.rows.len()), kept.clone());
    best.iter().map(|hit| hit.row as usize).filter(|at| kept.has(*at)).for_each(|at| first.add(at));
    rest.and_not(&first);
    let mut first = ranked(snapshot.table(), order, &first.iter().collect::<Vec<u32>>());
    sort_by_match(&mut first, best);
    let (titles, words) = (snapshot.side().titles.clone(), words.clone());
    Found::late(first, rest.count(), move |wanted| {
        let mut rows: Vec<u32> = rows.iter().copied().filter(|at| rest.has(*at as usize)).collect();
        let answer = Scan::new(&titles, &words, &rest, usize::MAX).run(wanted)?;
        sort_by_match(&mut rows, &answer.top);
        Some(rows)
    })
}

/// Puts what matches better first; what matches equally well stays as it is.
fn sort_by_match(rows: &mut [u32], hits: &[Hit]) {
    let mut scores = vec![0_i32; rows.iter().max().map_or(0, |last| *last as usize + 1)];
    for hit in hits {
        if let Some(score) = scores.get_mut(hit.row as usize) {
            *score = hit.score;
        }
    }
    rows.sort_by_key(|at| Reverse(scores.get(*at as usize)));
}

/// Rows of tasks in order, without free words: with the first places varied, where the best stand there; and what is there to be explored.
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
    ranked(snapshot.table(), order, &kept.iter().collect::<Vec<u32>>()).into()
}

/// Some rows in order, whatever words match.
fn ranked(table: Table<'_>, order: (Sort, bool), kept: &[u32]) -> Vec<u32> {
    let weighed = |at: &u32| {
        let (row, beside) = (table.plain(*at)?, table.side.beside(*at)?);
        // Findings have no score; how much they hurt orders them.
        let score = if row.gated { 0 } else { table.score_at(*at) };
        Some((!rank::weight_for(order, &row, &beside, score), beside.key_rank, *at))
    };
    let mut found: Vec<(u64, u32, u32)> = kept.iter().filter_map(weighed).collect();
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

/// How well the free words of a query match.
enum Matched {
    /// All rows alike, or nobody asks.
    Alike,
    /// Some better than others.
    Better {
        /// The rows that match best, with all that match as well as the last of them.
        best: Vec<Hit>,
        /// What puts the others in order.
        words: Vec<String>,
    },
}

impl Matched {
    /// Leaves in `kept` the rows on which every word matches. Words of alternatives were asked before; how well they match
    /// still counts.
    fn of(
        table: Table<'_>,
        query: &Query,
        orders: bool,
        kept: &mut Bits,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let titles = &table.side.titles;
        let alternatives = query.words_of_groups();
        if query.words.is_empty() && (alternatives.is_empty() || !orders) {
            return Some(Self::Alike);
        }
        // The list puts its first rows in order at once, but for alternatives each row has to be asked.
        let best = match orders {
            false => 0,
            true if alternatives.is_empty() => FIRST,
            true => usize::MAX,
        };
        if let Some(around) = table.typing.around(query) {
            kept.and(&around);
        }
        let answer = Scan::new(titles, &query.words, kept, best).run(wanted)?;
        *kept = answer.hits;
        if !query.words.is_empty() && table.side.len() > FEW {
            table.typing.keep(query, kept);
        }
        if !orders {
            return Some(Self::Alike);
        }
        let mut best = answer.top;
        best.sort_unstable_by_key(|hit| hit.row);
        for word in alternatives {
            for more in Scan::new(titles, &[word], kept, usize::MAX).run(wanted)?.top {
                if let Some(hit) =
                    best.binary_search_by_key(&more.row, |hit| hit.row).ok().and_then(|at| best.get_mut(at))
                {
                    hit.score = hit.score.saturating_add(more.score.max(0));
                }
            }
        }
        Some(Self::Better { best, words: query.words.clone() })
    }
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
        shown.and_not(&side.flag(Flag::Gone));
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
