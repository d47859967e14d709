//! The column of counts beside the list.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_fit, put_right, tint, to_u16, width},
    screen::discover::FacetRow,
    state::State,
};

/// Paints the column.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let discover = &state.discover;
    let rows = discover.facet_rows();
    if rows.is_empty() {
        put_fit(buf, area, 1, 0, area.width.saturating_sub(2), "nothing to count", theme.dim);
    }
    for (i, row) in rows.iter().enumerate().skip(discover.facet_cursor.top).take(area.height as usize) {
        let y = to_u16(i - discover.facet_cursor.top);
        let inner = Rect { width: area.width.saturating_sub(2), ..area };
        match row {
            FacetRow::Heading(title) => {
                put_fit(buf, inner, 1, y, inner.width, title, theme.accent);
            }
            FacetRow::Value { name, count, on, .. } => {
                let style = if *on { theme.strong } else { theme.plain };
                put(buf, inner, 1, y, if *on { "●" } else { " " }, theme.accent);
                let count = count.to_string();
                let room = inner.width.saturating_sub(4 + to_u16(width(&count)));
                let name = if width(name) > room as usize { super::table::short_path(name) } else { name };
                put_fit(buf, inner, 3, y, room, name, style);
                put_right(buf, inner, y, &count, theme.dim);
            }
        }
        if discover.facet_focus && i == discover.facet_cursor.at {
            put(buf, inner, 0, y, "▸", theme.accent);
            tint(buf, inner, y, theme.selected);
        }
    }
    let edge = Rect { x: area.x + area.width.saturating_sub(1), width: area.width.min(1), ..area };
    super::super::paint::rule(buf, edge, theme);
}
