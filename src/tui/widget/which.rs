//! What can follow a begun sequence: a small box over the last rows of the room. It takes no key; esc or any key that
//! cannot follow closes it.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{blank, fit, put, put_fit, to_u16, width},
    state::State,
};
use crate::keymap::Step;

/// Widest title that is shown whole.
const TITLE: usize = 24;

/// Paints the box, once the sequence has waited for a while.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    if state.pending.is_empty() || state.pending_until.is_some() || area.height < 3 {
        return;
    }
    let rows: Vec<(String, String)> = state
        .keymap
        .next(&state.contexts(), &state.pending)
        .into_iter()
        .map(|(chord, step)| {
            let title = match step {
                Step::Action(action) => action.info().title.to_owned(),
                Step::More(n) => format!("{n} more …"),
            };
            (chord.to_string(), title)
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let keys = rows.iter().map(|(key, _)| width(key)).max().unwrap_or_default();
    let titles = rows.iter().map(|(_, title)| width(title)).max().unwrap_or_default().min(TITLE);
    let cell = to_u16(keys + 2 + titles + 2);
    let inner = area.width.saturating_sub(4);
    // As many columns side by side as the rows need.
    let most = area.height.saturating_sub(2).max(1);
    let columns = to_u16(rows.len()).div_ceil(most).clamp(1, (inner / cell).max(1));
    let height = to_u16(rows.len()).div_ceil(columns).min(most);
    let begun: Vec<_> = state.pending.iter().map(ToString::to_string).collect();
    let head = format!(" {} …  esc closes ", begun.join(" "));
    let wide = (cell * columns).max(to_u16(width(&head))).min(inner);
    let place = Rect { y: area.y + area.height - height - 2, height: height + 2, width: wide + 4, ..area };
    blank(buf, place, &state.theme);
    let line = "─".repeat(place.width.saturating_sub(2) as usize);
    put(buf, place, 0, 0, &format!("┌{line}┐"), state.theme.dim);
    put(buf, place, 0, height + 1, &format!("└{line}┘"), state.theme.dim);
    put_fit(buf, place, 2, 0, place.width.saturating_sub(4), &head, state.theme.accent);
    for y in 1..=height {
        put(buf, place, 0, y, "│", state.theme.dim);
        put(buf, place, place.width.saturating_sub(1), y, "│", state.theme.dim);
    }
    for (i, (key, title)) in rows.iter().enumerate() {
        let (column, row) = (to_u16(i) / height, to_u16(i) % height);
        if column >= columns {
            break;
        }
        let x = 2 + column * cell;
        put(buf, place, x, row + 1, key, state.theme.accent);
        let room = inner.saturating_sub(column * cell + to_u16(keys) + 2).min(to_u16(titles));
        put(buf, place, x + to_u16(keys) + 2, row + 1, &fit(title, room as usize), state.theme.plain);
    }
}
