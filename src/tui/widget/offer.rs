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
        complete::{Candidate, Completion, complete, field_at},
        query::Field as QueryField,
        values::Values,
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
    /// True while values are looked for that could be offered.
    lacks: bool,
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
        (self.chosen, self.lacks) = (false, false);
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

/// Looks what could stand where the cursor is. Values that are not at hand are asked for, and offered when they come
/// ([`gathered`]): there may be a million rows to look at.
pub fn refresh(state: &mut State) {
    let (query, offer) = (&state.discover.query, &mut state.discover.offer);
    if offer.facts != state.facts {
        (offer.values, offer.facts) = (Values::default(), state.facts);
    }
    let (line, cursor) = (query.text(), query.before().len());
    let mut found = complete(line, cursor, &offer.values);
    let guessed = guessed(line, cursor, &found.span);
    found.candidates.extend(guessed.iter().flat_map(|word| terms_of(word, &offer.values)));
    let fields = field_at(line, cursor).into_iter().chain(guessed.iter().flat_map(|_| GUESSED));
    let lacking: Vec<QueryField> = fields.filter(|field| offer.values.lacks(*field)).collect();
    offer.lacks = !lacking.is_empty();
    (offer.found, offer.at, offer.chosen) = (found, 0, false);
    state.discover.name(lacking);
}

/// Takes in values that were asked for.
pub fn gathered(state: &mut State, values: Values) {
    let (facts, offer) = (state.facts, &mut state.discover.offer);
    if offer.facts != facts {
        (offer.values, offer.facts) = (Values::default(), facts);
    }
    state.discover.named(&values);
    let offer = &mut state.discover.offer;
    offer.values.add(values);
    if std::mem::take(&mut offer.lacks) && !offer.chosen {
        refresh(state);
    }
}

/// The beginning of a word that may be that of a value, in lower case: whoever types `py` need not know that it is a
/// language.
fn guessed(line: &str, cursor: usize, span: &Range<usize>) -> Option<String> {
    let typed = line.get(span.start..cursor)?.to_lowercase();
    let is_name = line.get(span.clone()).is_some_and(|text| text.ends_with(':'));
    let is_word = cursor <= span.end && !is_name && field_at(line, cursor).is_none();
    (is_word && typed.chars().count() >= LETTERS).then_some(typed)
}

/// Whole terms with values that begin so.
fn terms_of(typed: &str, values: &Values) -> Vec<Candidate> {
    let of = |field: QueryField| {
        let name = field.info().name;
        let term = format!("{name}:{typed}");
        let fits = complete(&term, term.len(), values).candidates.into_iter();
        let fits = fits.filter(|c| c.text.trim_start_matches('"').to_lowercase().starts_with(typed)).take(EACH);
        fits.map(move |c| Candidate { text: format!("{name}:{}", c.text), about: c.about }).collect::<Vec<_>>()
    };
    GUESSED.into_iter().flat_map(of).collect()
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
