//! What is offered for the query line while it is edited: a small box under the line. It takes no key that types; what
//! could stand there is `index`'s to know.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::super::{
    layout::DiscoverAreas,
    paint::{blank, put, put_fit, safe, tint, to_u16, width},
    state::State,
};
use crate::{
    index::{
        Snapshot,
        complete::{Candidate, Completion, Values, complete, field_at},
        query::Field as QueryField,
    },
    keymap::{Action, Context, help},
};

/// Most rows shown at once.
const ROWS: usize = 7;
/// Fields whose values are offered for a word without a field.
const GUESSED: [QueryField; 5] =
    [QueryField::Is, QueryField::Signal, QueryField::Language, QueryField::Team, QueryField::Project];
/// Values of each of them at most.
const EACH: usize = 3;
/// Letters from which on a word is taken for the beginning of a value.
const LETTERS: usize = 2;
/// Widest box.
const WIDEST: usize = 64;

/// What is offered now.
#[derive(Clone, Debug, Default)]
pub struct Offer {
    /// Values gathered from the snapshot of this number.
    values: Values,
    facts: u64,
    found: Completion,
    at: usize,
    /// True once a row was chosen with the arrows: then Enter takes it.
    chosen: bool,
}

impl Offer {
    /// True while the box is shown.
    pub fn is_open(&self) -> bool {
        !self.found.candidates.is_empty()
    }

    /// True when Enter takes what is offered instead of the line.
    pub fn is_chosen(&self) -> bool {
        self.is_open() && self.chosen
    }

    /// Takes the box away until something is typed.
    pub fn close(&mut self) {
        self.found = Completion::default();
        self.chosen = false;
    }

    /// Goes a row down, or up; round at the ends.
    pub fn step(&mut self, down: bool) {
        let len = self.found.candidates.len().max(1);
        self.at = if down { self.at + 1 } else { self.at + len - 1 } % len;
        self.chosen = true;
    }

    fn candidate(&self) -> Option<&Candidate> {
        self.found.candidates.get(self.at)
    }
}

/// Looks what could stand where the cursor is.
pub fn refresh(state: &mut State) {
    let (query, offer) = (&state.discover.query, &mut state.discover.offer);
    if offer.facts != state.facts {
        (offer.values, offer.facts) = (Values::default(), state.facts);
    }
    let (line, cursor) = (query.text(), query.before().len());
    if let Some(field) = field_at(line, cursor) {
        offer.values.gather(field, &state.snapshot);
    }
    let mut found = complete(line, cursor, &offer.values);
    let values = values_named_by(line, cursor, &found.span, &mut offer.values, &state.snapshot);
    found.candidates.extend(values);
    (offer.found, offer.at, offer.chosen) = (found, 0, false);
}

/// Whole terms for a word that begins like a value of a field: whoever types `py` need not know that it is a language.
fn values_named_by(
    line: &str,
    cursor: usize,
    span: &Range<usize>,
    values: &mut Values,
    snapshot: &Snapshot,
) -> Vec<Candidate> {
    let typed = line.get(span.start..cursor).unwrap_or_default().to_lowercase();
    let is_name = line.get(span.clone()).is_some_and(|text| text.ends_with(':'));
    if cursor > span.end || is_name || typed.chars().count() < LETTERS || field_at(line, cursor).is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for field in GUESSED {
        values.gather(field, snapshot);
        let name = field.info().name;
        let term = format!("{name}:{typed}");
        let fits = complete(&term, term.len(), values).candidates.into_iter();
        let fits = fits.filter(|c| c.text.trim_start_matches('"').to_lowercase().starts_with(&typed)).take(EACH);
        all.extend(fits.map(|c| Candidate { text: format!("{name}:{}", c.text), about: c.about }));
    }
    all
}

/// Puts the chosen row into the line. Behind the name of a field its values are offered next.
pub fn take(state: &mut State) {
    let offer = &mut state.discover.offer;
    let Some(text) = offer.candidate().map(|c| c.text.clone()) else { return };
    let span = offer.found.span.clone();
    offer.close();
    state.discover.query.replace(span, &text);
    state.discover.search();
    let is_field = text.strip_suffix(':').is_some_and(|name| QueryField::by_name(name).is_some());
    if is_field {
        refresh(state);
    }
}

/// Paints the box under the line. `cursor` is where the text cursor stands.
pub fn draw(state: &State, areas: &DiscoverAreas, cursor: Position, buf: &mut Buffer) {
    let offer = &state.discover.offer;
    let top = areas.query.y + 1 + areas.mistake.height;
    let bottom = super::super::layout::areas(state.size).body.bottom();
    let rows = ROWS.min(offer.found.candidates.len()).min(bottom.saturating_sub(top + 1) as usize);
    if !offer.is_open() || rows == 0 {
        return;
    }
    let from = (offer.at + 1).saturating_sub(rows);
    let shown: Vec<(String, &str)> =
        offer.found.candidates.iter().map(|c| (safe(&c.text).into_owned(), c.about.as_str())).collect();
    let names = shown.iter().map(|(text, _)| width(text)).max().unwrap_or(0).min(WIDEST / 2);
    let abouts = shown.iter().map(|(_, about)| width(about)).max().unwrap_or(0);
    let room = (areas.query.width as usize).min(WIDEST);
    let columns = (names + abouts + 6).clamp(26, WIDEST).min(room);
    let line = state.discover.query.text().get(offer.found.span.start..state.discover.query.before().len());
    let x = cursor.x.saturating_sub(to_u16(width(&safe(line.unwrap_or_default())) + 2));
    let x = x.min(areas.query.right().saturating_sub(to_u16(columns))).max(areas.query.x);
    let place = Rect { x, y: top, width: to_u16(columns), height: to_u16(rows + 1) };
    blank(buf, place, &state.theme);
    let theme = &state.theme;
    for (i, (text, about)) in shown.iter().enumerate().skip(from).take(rows) {
        let y = to_u16(i - from);
        let here = i == offer.at;
        put(buf, place, 0, y, if here { "▸" } else { "│" }, if here { theme.accent } else { theme.dim });
        put_fit(buf, place, 2, y, to_u16(names), text, if here { theme.strong } else { theme.plain });
        let left = to_u16(names + 4);
        put_fit(buf, place, left, y, place.width.saturating_sub(left + 2), about, theme.dim);
        put(buf, place, place.width.saturating_sub(1), y, "│", theme.dim);
        if here {
            tint(buf, Rect { x: place.x + 1, width: place.width.saturating_sub(2), ..place }, y, theme.selected);
        }
    }
    let key = help::keys_of(&state.keymap, &[Context::Query], Action::Complete);
    let words = format!("└ {key} takes it, {} of {} ", offer.at + 1, shown.len());
    let rest = "─".repeat(columns.saturating_sub(width(&words) + 1));
    put_fit(buf, place, 0, to_u16(rows), place.width, &format!("{words}{rest}┘"), theme.dim);
}
