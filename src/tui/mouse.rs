//! Wheel and clicks as the keys that would do the same: the wheel moves what it is over, a click puts the cursor there,
//! a second click opens. Owns which place of the window is what; does nothing that no key does.

use jiff::SignedDuration;
use ratatui::layout::{Position, Rect};

use super::{
    layout,
    room::{About, Overlay, Room, Tab},
    screen,
    state::{Out, State, act},
    widget::statusline,
};
use crate::keymap::Action;

/// What the mouse did, with column and row from the window's corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// The left button went down.
    Click((u16, u16)),
    /// The wheel was turned by one notch.
    Wheel {
        /// Where.
        at: (u16, u16),
        /// Towards the end.
        down: bool,
    },
}

/// Rows that one notch moves.
const NOTCH: usize = 3;
/// How soon the second click of two follows.
const TWICE: SignedDuration = SignedDuration::from_millis(500);

/// Takes in what the mouse did.
pub fn take(state: &mut State, event: Mouse) -> Vec<Out> {
    if layout::too_small(state.size) {
        return Vec::new();
    }
    match event {
        Mouse::Wheel { at, down } => wheel(state, at, if down { Action::MoveDown } else { Action::MoveUp }),
        Mouse::Click(at) => {
            let twice = state
                .clicked
                .take()
                .is_some_and(|(before, when)| before == at && state.now.0.duration_since(when) <= TWICE);
            if !twice {
                state.clicked = Some((at, state.now.0));
            }
            // A click is meant for what one sees, not for the tour before it.
            if matches!(state.overlay, Some(Overlay::Tour(_))) {
                state.overlay = None;
            }
            click(state, at, twice)
        }
    }
}

fn wheel(state: &mut State, at: (u16, u16), action: Action) -> Vec<Out> {
    // A dialog has one row for each thing: one notch is one of them.
    if matches!(state.overlay, Some(Overlay::Palette(_) | Overlay::Dialog(_) | Overlay::Refused(_) | Overlay::Tour(_)))
    {
        return act(state, action);
    }
    let before = state.discover.facet_focus;
    if on_discover(state) {
        let areas = layout::discover(state);
        if areas.preview.is_some_and(|area| inside(area, at)) {
            return Vec::new();
        }
        state.discover.facet_focus = areas.facets.is_some_and(|area| inside(area, at));
    }
    let out = (0..NOTCH).flat_map(|_| act(state, action)).collect();
    layout::clamp(state);
    state.discover.facet_focus = before && on_discover(state);
    out
}

fn click(state: &mut State, at: (u16, u16), twice: bool) -> Vec<Out> {
    if let Some(tab) = statusline::tab_at(state, at).filter(|_| !is_asking(state)) {
        state.overlay = None;
        return act(state, tab.action());
    }
    if is_asking(state) || !inside(layout::areas(state.size).body, at) {
        return Vec::new();
    }
    if on_discover(state) {
        return click_on_discover(state, at, twice);
    }
    let Some(row) = row_at(state, at) else { return Vec::new() };
    let (len, _) = layout::extent(state);
    if row >= len {
        return Vec::new();
    }
    match (state.rooms.last_mut(), state.tab) {
        (Some(Room::Why(About::Weights, cursor)), _) => cursor.at = row,
        (Some(Room::Outbox), _) => state.outbox.at = row,
        (None, Tab::Mine) => state.mine.at = row,
        (None, Tab::Floor) => state.floor.cursor.at = row,
        _ => return Vec::new(),
    }
    if twice { act(state, Action::Open) } else { Vec::new() }
}

fn click_on_discover(state: &mut State, at: (u16, u16), twice: bool) -> Vec<Out> {
    // Whoever was typing has found what they looked for.
    state.overlay = None;
    let areas = layout::discover(state);
    if inside(areas.query, at) {
        return act(state, Action::EditQuery);
    }
    let row = |area: Rect, top: usize| top + usize::from(at.1.saturating_sub(area.y));
    if let Some(area) = areas.facets.filter(|area| inside(*area, at)) {
        let row = row(area, state.discover.facet_cursor.top);
        if twice || row >= state.discover.facet_rows().len() {
            return Vec::new();
        }
        let before = state.discover.facet_focus;
        state.discover.facet_focus = true;
        state.discover.facet_cursor.at = row;
        let out = act(state, Action::Open);
        state.discover.facet_focus = before;
        return out;
    }
    let row = row(areas.table, state.discover.cursor.top);
    if !inside(areas.table, at) || row >= state.discover.hits.rows.len() {
        return Vec::new();
    }
    state.discover.facet_focus = false;
    state.discover.cursor.at = row;
    if twice { act(state, Action::Open) } else { Vec::new() }
}

/// The row of the list under a place of the window; texts have none.
fn row_at(state: &State, at: (u16, u16)) -> Option<usize> {
    let body = layout::areas(state.size).body;
    let y = usize::from(at.1.saturating_sub(body.y));
    match (state.room(), state.tab) {
        // Two rows of heading, as far as they are in sight.
        (Some(Room::Why(About::Weights, cursor)), _) => {
            (y + (cursor.at + 3).saturating_sub(body.height.into())).checked_sub(2)
        }
        (Some(Room::Outbox), _) => Some(state.outbox.top + y / 2),
        (None, Tab::Mine) => Some(state.mine.top + y / usize::from(screen::mine::card_rows(state))),
        (None, Tab::Floor) => {
            let above = usize::from(body.height).saturating_sub(screen::floor::page(state));
            y.checked_sub(above).map(|y| state.floor.cursor.top + y)
        }
        _ => None,
    }
}

fn on_discover(state: &State) -> bool {
    state.room().is_none() && state.tab == Tab::Discover
}

/// True while something lies over the room that wants an answer first.
fn is_asking(state: &State) -> bool {
    !matches!(state.overlay, None | Some(Overlay::Query))
}

fn inside(area: Rect, (x, y): (u16, u16)) -> bool {
    area.contains(Position::new(x, y))
}
