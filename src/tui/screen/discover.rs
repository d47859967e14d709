//! Discover: what is typed, found, marked and pointed at. Painting is in [`super::super::widget::table`] and
//! friends; searching is `index`'s.

use std::{collections::BTreeSet, sync::Arc};

use super::super::{
    dialog, layout,
    room::Overlay,
    seek::{Answer, Ask},
    state::{Cursor, Out, State},
    widget::{field::Field, offer::Offer, views},
};
use crate::{
    domain::key::TaskKey,
    index::{
        Query, QueryError, Row, Snapshot,
        filter::Hits,
        query::{Field as QueryField, shown_value},
        rank::Sort,
        values::Values,
    },
    judge::{project::Finding, score::Weights},
    keymap::Action,
};

/// State of the Discover screen.
#[derive(Clone, Debug, Default)]
pub struct Discover {
    /// The query line.
    pub query: Field,
    /// What the query line said when editing began.
    pub before: String,
    /// What is offered for the query line while it is edited.
    pub offer: Offer,
    /// The saved view that is open; `None` for what was typed without any.
    pub view: Option<usize>,
    /// What the query line said before a view was opened.
    pub own: String,
    /// The last query that could be understood.
    parsed: Query,
    /// Why the line cannot be understood, if it cannot; the list then shows the last good query.
    pub error: Option<QueryError>,
    /// What was found.
    pub hits: Hits,
    /// Where nothing was found: a value that no task has, with the nearest.
    pub meant: Option<String>,
    /// Order.
    pub sort: Sort,
    /// Place in the list.
    pub cursor: Cursor,
    /// Marked for the next act.
    pub marks: BTreeSet<TaskKey>,
    /// The task marked last: one end of a range.
    anchor: Option<TaskKey>,
    /// What was shown as a surprise already.
    surprises: Vec<TaskKey>,
    /// The user's word on the column of counts; `None` leaves it to the width.
    pub facets_shown: Option<bool>,
    /// True while the cursor is in the column of counts.
    pub facet_focus: bool,
    /// Place in the column of counts.
    pub facet_cursor: Cursor,
    /// The value that the cursor in the column of counts stays on when the counts move.
    facet_held: Option<String>,
    seeking: Seeking,
    /// Fields whose values the next question asks for too.
    naming: Vec<QueryField>,
}

/// What is asked for and not answered yet. Until the answer is here, the old rows are shown.
#[derive(Clone, Copy, Debug, Default)]
struct Seeking {
    /// To be asked before anything is drawn.
    due: bool,
    /// Number of the last question, and of the last one that was answered.
    asked: u64,
    answered: u64,
    /// The cursor went to the top for it, and what was moved since counts from there; else it stays on its task.
    top: bool,
}

/// One row of the column of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FacetRow {
    /// A heading.
    Heading(&'static str),
    /// A value, the query term that selects it, its count, and whether the query has it.
    Value {
        /// Harmless text.
        name: String,
        /// `signal:docs`.
        term: String,
        /// How many rows have it.
        count: u32,
        /// True when the query line holds the term.
        on: bool,
    },
}

/// Values shown of each group.
const FACET_VALUES: usize = 12;

impl Discover {
    /// The screen with a query to begin with.
    pub fn new(query: &str) -> Self {
        Self { query: Field::new(query), ..Self::default() }
    }

    /// Has everything found again, for what the line says now; the cursor goes to the top.
    pub fn search(&mut self) {
        self.cursor = Cursor::default();
        self.seeking.top = true;
        self.search_again();
    }

    /// Has everything found again; the cursor stays on its task, and in its row where that is not found any more.
    pub fn search_again(&mut self) {
        match Query::parse(self.query.text()) {
            Ok(query) => {
                self.parsed = query;
                self.error = None;
            }
            Err(error) => self.error = Some(error),
        }
        self.seeking.due = true;
    }

    /// Has the values of fields looked for with what is found.
    pub fn name(&mut self, fields: Vec<QueryField>) {
        if !fields.is_empty() {
            self.naming = fields;
            self.seeking.due = true;
        }
    }

    /// Says that values were gathered.
    pub fn named(&mut self, values: &Values) {
        self.naming.retain(|field| values.lacks(*field));
    }

    /// The question to ask now, if there is one.
    pub fn ask(&mut self, snapshot: &Arc<Snapshot>, weights: Option<Weights>) -> Option<Ask> {
        std::mem::take(&mut self.seeking.due).then(|| {
            self.seeking.asked += 1;
            let (query, sort) = (self.parsed.clone(), self.sort);
            let naming = self.naming.clone();
            Ask { turn: self.seeking.asked, snapshot: snapshot.clone(), weights, query, sort, naming }
        })
    }

    /// True for the answer to the last question.
    pub fn waits_for(&self, answer: &Answer) -> bool {
        answer.turn == self.seeking.asked && self.seeking.answered < answer.turn
    }

    /// True while an answer is on its way.
    pub fn is_seeking(&self) -> bool {
        self.seeking.due || self.seeking.answered < self.seeking.asked
    }

    /// True while an answer is on its way after which the cursor counts from the top.
    pub fn is_from_top(&self) -> bool {
        self.seeking.top
    }

    /// Takes an answer in. `held` is what the cursor was on in the old rows.
    pub fn found(&mut self, answer: Answer, held: Option<TaskKey>) {
        let snapshot = answer.snapshot.as_ref();
        (self.hits, self.meant) = (answer.hits, answer.meant);
        self.seeking.answered = answer.turn;
        if !std::mem::take(&mut self.seeking.top)
            && let Some(key) = held
        {
            self.cursor.at = self.position(snapshot, &key).unwrap_or(self.cursor.at);
        }
        self.marks.retain(|key| snapshot.get(key).is_some());
        if let Some(held) = self.facet_held.take() {
            let is = |row: &FacetRow| matches!(row, FacetRow::Value { term, .. } if *term == held);
            self.facet_cursor.at = self.facet_rows().iter().position(is).unwrap_or(0);
        }
    }

    /// The order of the list, as a query would say it.
    pub fn order(&self) -> String {
        self.parsed.sort.unwrap_or(self.sort).word_for(self.parsed.reversed)
    }

    /// The key of the row under the cursor.
    pub fn held(&self, snapshot: &Snapshot) -> Option<TaskKey> {
        self.row(snapshot).map(|row| row.task.key.clone())
    }

    /// The row under the cursor.
    pub fn row<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Row> {
        self.row_at(snapshot, self.cursor.at)
    }

    /// The row at a place of the list; of a finding that of the task it would become.
    pub fn row_at<'a>(&self, snapshot: &'a Snapshot, at: usize) -> Option<&'a Row> {
        let row = *self.hits.rows.get(at)? as usize;
        if self.hits.findings { snapshot.findings.rows.get(row) } else { snapshot.rows.get(row) }
    }

    /// The finding at a place of the list; `None` in a list of tasks.
    pub fn finding_at<'a>(&self, snapshot: &'a Snapshot, at: usize) -> Option<&'a Finding> {
        let index = *self.hits.rows.get(at).filter(|_| self.hits.findings)?;
        snapshot.findings.found.get(index as usize)
    }

    /// The finding under the cursor, with the task that it would become.
    pub fn finding<'a>(&self, snapshot: &'a Snapshot) -> Option<(&'a Finding, &'a Row)> {
        self.finding_at(snapshot, self.cursor.at).zip(self.row(snapshot))
    }

    /// Puts the cursor on a task, where it is in the list.
    pub fn point_at(&mut self, snapshot: &Snapshot, key: &TaskKey) {
        self.cursor.at = self.position(snapshot, key).unwrap_or(self.cursor.at);
    }

    fn position(&self, snapshot: &Snapshot, key: &TaskKey) -> Option<usize> {
        let is = |at: usize| self.row_at(snapshot, at).is_some_and(|row| row.task.key == *key);
        // All findings of a project would become tasks without a number.
        if is(self.cursor.at) && key.is_unborn() {
            return Some(self.cursor.at);
        }
        if self.hits.findings {
            return (0..self.hits.rows.len()).find(|at| is(*at));
        }
        self.hits.rows.place(snapshot.at(key)?)
    }

    /// The column of counts, row by row.
    pub fn facet_rows(&self) -> Vec<FacetRow> {
        let facets = &self.hits.facets;
        let mut rows = Vec::new();
        let mut group = |title: &'static str, field: &str, values: Vec<(&str, u32)>| {
            let values: Vec<FacetRow> = values
                .into_iter()
                .map(|(name, count)| {
                    let term = term(field, name);
                    let on = self.has_term(&term);
                    FacetRow::Value { name: super::super::paint::safe(name).into_owned(), term, count, on }
                })
                .filter(|row| matches!(row, FacetRow::Value { count, on, .. } if *count > 0 || *on))
                .take(FACET_VALUES)
                .collect();
            if !values.is_empty() {
                rows.push(FacetRow::Heading(title));
                rows.extend(values);
            }
        };
        group("Signals", "signal", facets.signals.iter().map(|(n, c)| (*n, *c)).collect());
        group("Debt", "is", vec![("finding", self.hits.debt)]);
        group("Teams", "team", facets.teams.iter().map(|(n, c)| (n.as_ref(), *c)).collect());
        group("Projects", "project", facets.projects.iter().map(|(n, c)| (n.as_ref(), *c)).collect());
        group("Languages", "language", facets.languages.iter().map(|(n, c)| (n.as_ref(), *c)).collect());
        rows
    }

    /// Takes the cursor of the column of counts off a heading: to the value above where it came up from below, else to the
    /// one below; and keeps the heading of a group in sight with its first value.
    pub fn leave_heading(&mut self, up: bool) {
        let rows = self.facet_rows();
        let is_heading = |at: usize| matches!(rows.get(at), Some(FacetRow::Heading(_)));
        let Cursor { at, top } = &mut self.facet_cursor;
        if is_heading(*at) {
            *at = if up && *at > 0 { *at - 1 } else { *at + 1 };
        }
        if *at > 0 && *top == *at && is_heading(*at - 1) {
            *top -= 1;
        }
    }

    fn has_term(&self, term: &str) -> bool {
        format!(" {} ", self.query.text()).contains(&format!(" {term} "))
    }

    fn toggle_term(&mut self, term: &str) {
        let text = if self.has_term(term) {
            format!(" {} ", self.query.text()).replace(&format!(" {term} "), " ").trim().to_owned()
        } else {
            format!("{} {term}", self.query.text()).trim().to_owned()
        };
        self.query.set(&text);
    }
}

fn term(field: &str, value: &str) -> String {
    format!("{field}:{}", shown_value(value))
}

/// The tasks the next act is about: the marked ones, or the one under the cursor. Marks hold on Discover only.
pub fn targets(state: &State) -> Vec<TaskKey> {
    let on_list = state.rooms.is_empty() && state.tab == super::super::room::Tab::Discover;
    if on_list && !state.discover.marks.is_empty() {
        return state.discover.marks.iter().cloned().collect();
    }
    state.selected().into_iter().collect()
}

/// Does with a finding what can be done with one; `None` for what is the same for tasks.
fn act_on_finding(state: &mut State, action: Action) -> Option<Vec<Out>> {
    match action {
        Action::Open | Action::Claim => dialog::open_raise(state),
        Action::Mark
        | Action::MarkRange
        | Action::Bookmark
        | Action::Snooze
        | Action::Hide
        | Action::OpenBrowser
        | Action::Copy
        | Action::CopyUrl => super::refuse(state, "a finding is no task yet", "Enter makes an issue of it"),
        _ => return None,
    }
    Some(Vec::new())
}

/// Does what is special to this screen; `None` for what is the same everywhere.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    let on_finding = !state.discover.facet_focus && state.discover.finding(&state.snapshot).is_some();
    if let Some(done) = on_finding.then(|| act_on_finding(state, action)).flatten() {
        return Some(done);
    }
    match action {
        Action::EditQuery => {
            state.discover.before = state.discover.query.text().to_owned();
            state.discover.facet_focus = false;
            state.overlay = Some(Overlay::Query);
        }
        Action::Facets => {
            let shown = layout::discover(state).facets.is_some();
            state.discover.facets_shown = Some(!shown);
            if !shown && layout::discover(state).facets.is_none() {
                super::refuse(state, "the window is too narrow for the column of counts", "64 columns are enough");
            }
        }
        Action::SwitchPane => {
            if !state.discover.facet_focus && layout::discover(state).facets.is_none() {
                state.discover.facets_shown = Some(true);
            }
            state.discover.facet_focus = !state.discover.facet_focus && layout::discover(state).facets.is_some();
        }
        Action::Open | Action::Mark if state.discover.facet_focus => pick_facet(state),
        Action::NextView | Action::PreviousView => views::step(state, action),
        Action::Sort if state.discover.parsed.sort.is_some() => {
            super::refuse(state, "the query says its order", "take sort: out of the line to choose another");
        }
        Action::Sort => {
            let next = Sort::CYCLE.iter().cycle().skip_while(|s| **s != state.discover.sort).nth(1);
            state.discover.sort = next.copied().unwrap_or_default();
            // Whoever is at the top wants to see the top of the new order; elsewhere the cursor stays on its task.
            if state.discover.cursor.at == 0 { state.discover.search() } else { state.discover.search_again() }
        }
        Action::Surprise => surprise(state),
        Action::Mark => mark(state),
        Action::MarkRange => mark_range(state),
        Action::Claim => {
            let keys = targets(state);
            dialog::open_claim(state, keys);
        }
        Action::Back => return back(state),
        _ => return None,
    }
    Some(Vec::new())
}

fn back(state: &mut State) -> Option<Vec<Out>> {
    let discover = &mut state.discover;
    if discover.facet_focus {
        discover.facet_focus = false;
    } else if !discover.marks.is_empty() {
        discover.marks.clear();
        discover.anchor = None;
    } else if !discover.query.text().is_empty() {
        discover.query.set("");
        discover.view = None;
        discover.search_again();
    } else {
        return None;
    }
    Some(Vec::new())
}

fn pick_facet(state: &mut State) {
    let rows = state.discover.facet_rows();
    if let Some(FacetRow::Value { term, .. }) = rows.get(state.discover.facet_cursor.at) {
        state.discover.toggle_term(term);
        state.discover.facet_held = Some(term.clone());
        state.discover.search_again();
    }
}

/// Goes to the next task that is drawn of those in the list; begins again when all were shown.
fn surprise(state: &mut State) {
    let (discover, snapshot) = (&mut state.discover, &state.snapshot);
    let drawn = |seen: &[TaskKey]| snapshot.surprise(&discover.hits.rows, seen).map(|row| row.task.key.clone());
    let next = drawn(&discover.surprises);
    let again = next.is_none() && !discover.surprises.is_empty();
    match next.or_else(|| drawn(&[])).filter(|_| !discover.hits.findings) {
        Some(key) => {
            if again {
                discover.surprises.clear();
            }
            discover.facet_focus = false;
            discover.cursor.at = discover.position(snapshot, &key).unwrap_or(discover.cursor.at);
            discover.surprises.push(key);
        }
        None => super::refuse(state, "nothing in this list can be taken now", "Esc empties the query"),
    }
}

fn mark(state: &mut State) {
    let Some(key) = state.discover.row(&state.snapshot).map(|row| row.task.key.clone()) else { return };
    if !state.discover.marks.remove(&key) {
        state.discover.marks.insert(key.clone());
    }
    state.discover.anchor = Some(key);
    state.discover.cursor.at += 1;
}

fn mark_range(state: &mut State) {
    let discover = &mut state.discover;
    let from = discover.anchor.clone().and_then(|key| discover.position(&state.snapshot, &key));
    let from = from.unwrap_or(discover.cursor.at);
    let (low, high) = (from.min(discover.cursor.at), from.max(discover.cursor.at));
    for at in low..=high {
        if let Some(key) = discover.row_at(&state.snapshot, at).map(|row| row.task.key.clone()) {
            discover.marks.insert(key);
        }
    }
    discover.anchor = discover.row(&state.snapshot).map(|row| row.task.key.clone());
}
