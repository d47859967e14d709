//! One frame from the state: a function of `&State`, nothing else. Knows no clock and changes nothing.

use ratatui::{Frame, buffer::Buffer, layout::Position};

use super::{
    joined,
    layout::{self, Areas},
    paint::{put_fit, rule},
    room::{Overlay, Room, Tab},
    screen,
    state::State,
    widget::{boxed, empty, facets, hints, offer, query, statusline, table, toasts, tour, views, which},
};
use crate::keymap::{Action, help};

/// Draws the state.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    let cursor = paint(state, (area.width, area.height), frame.buffer_mut());
    joined::keep_in_line(frame.buffer_mut());
    if let Some(at) = cursor
        && area.contains(at)
    {
        frame.set_cursor_position(at);
    }
}

/// Paints the state into a buffer of `size`. Gives back where the text cursor belongs.
fn paint(state: &State, size: (u16, u16), buf: &mut Buffer) -> Option<Position> {
    buf.set_style(buf.area, state.theme.plain);
    if layout::too_small(size) {
        let (columns, rows) = layout::SMALLEST;
        let text = format!("too small: {columns}x{rows} is enough");
        put_fit(buf, buf.area, 0, 0, size.0, &text, state.theme.strong);
        return None;
    }
    let areas = layout::areas(size);
    if !state.is_focused() {
        statusline::draw(state, areas.tabs, buf);
    }
    let mut cursor = room(state, &areas, buf);
    if !state.toasts.is_empty() {
        toasts::draw(state, areas.body, buf);
    }
    let content = match &state.overlay {
        Some(Overlay::Palette(palette)) => Some(palette.content(areas.body)),
        Some(Overlay::Dialog(dialog)) => Some(dialog.content(state, areas.body)),
        Some(Overlay::Refused(panel)) => Some(panel.content(state, areas.body)),
        Some(Overlay::Tour(at)) => Some(tour::content(state, *at, areas.body)),
        Some(Overlay::Query) | None => None,
    };
    if let Some(content) = content {
        cursor = boxed::draw(&content, areas.body, &state.theme, buf);
    }
    which::draw(state, areas.body, buf);
    if state.is_focused() && state.overlay.is_none() {
        let keys = help::keys_of(&state.keymap, &state.room_contexts(), Action::Focus);
        put_fit(buf, areas.hints, 1, 0, size.0.saturating_sub(1), &format!("{keys} everything"), state.theme.dim);
    } else {
        hints::draw(state, areas.hints, buf);
    }
    cursor
}

fn room(state: &State, areas: &Areas, buf: &mut Buffer) -> Option<Position> {
    match (state.room(), state.tab) {
        (Some(Room::Detail(..)), _) => screen::detail::draw(state, areas.body, buf),
        (Some(Room::Resume(..)), _) => screen::resume::draw(state, areas.body, buf),
        (Some(Room::Why(..)), _) => screen::why::draw(state, areas.body, buf),
        (Some(Room::Outbox), _) => screen::outbox::draw(state, areas.body, buf),
        (Some(Room::Help(..)), _) => screen::help::draw(state, areas.body, buf),
        (None, Tab::Walk) => screen::walk::draw(state, areas.body, buf),
        (None, Tab::Mine) => screen::mine::draw(state, areas.body, buf),
        (None, Tab::Floor) => screen::floor::draw(state, areas.body, buf),
        (None, Tab::Discover) => return discover(state, buf),
    }
    None
}

fn discover(state: &State, buf: &mut Buffer) -> Option<Position> {
    let areas = layout::discover(state);
    if areas.views.height > 0 {
        views::draw(state, areas.views, buf);
    }
    let cursor = query::draw(state, &areas, buf);
    if let Some(area) = areas.facets {
        facets::draw(state, area, buf);
    }
    if areas.note.height > 0 {
        put_fit(buf, areas.note, 1, 0, areas.note.width, &empty::left_out(state), state.theme.dim);
    }
    if state.discover.hits.rows.is_empty() {
        empty::draw(state, &empty::discover(state), areas.table, buf);
    } else {
        table::draw(state, &areas, buf);
    }
    if let Some(area) = areas.preview {
        rule(buf, area, &state.theme);
        let text = ratatui::layout::Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..area };
        screen::detail::paint(state, 0, text, buf);
    }
    if let Some(at) = cursor {
        offer::draw(state, &areas, at, buf);
    }
    cursor
}
