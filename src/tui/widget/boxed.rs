//! A box in the middle of the window for what takes the keys.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::super::{
    paint::{TextLine, blank, put, put_fit, put_line, to_u16},
    theme::Theme,
};

/// What a box holds.
pub struct Content {
    /// Title in the border.
    pub title: String,
    /// Rows.
    pub lines: Vec<TextLine>,
    /// Row and column of the cursor, if there is one; that row is always kept in sight.
    pub cursor: Option<(usize, u16)>,
    /// True when text can be typed there: the terminal's own cursor is shown.
    pub typing: bool,
    /// True when the cursor is in the last thing that has one: what stands below comes into sight too.
    pub tail: bool,
}

/// Columns inside a box in a window of this size.
pub fn inner_columns(area: Rect) -> usize {
    area.width.min(72).saturating_sub(4) as usize
}

/// Paints a box. Gives back where the text cursor belongs.
pub fn draw(content: &Content, area: Rect, theme: &Theme, buf: &mut Buffer) -> Option<Position> {
    let width = area.width.min(72);
    let frame = if area.height >= 6 { 2 } else { 0 };
    let height = to_u16(content.lines.len()).saturating_add(frame).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    blank(buf, place, theme);
    let edge = frame / 2;
    let inner = Rect {
        x: place.x + 2.min(place.width),
        y: place.y + edge,
        width: place.width.saturating_sub(4),
        height: place.height.saturating_sub(frame),
    };
    if frame > 0 {
        border(place, &content.title, theme, buf);
    }
    let rows = inner.height as usize;
    let from = content.cursor.map_or(0, |(row, _)| {
        let least = (row + 1).saturating_sub(rows);
        if content.tail { content.lines.len().saturating_sub(rows).clamp(least, row.max(least)) } else { least }
    });
    let more = content.lines.len().saturating_sub(from + rows);
    if frame > 0 {
        let text = match (from, more) {
            (0, 0) => String::new(),
            (0, more) => format!(" {more} more below "),
            (above, 0) => format!(" {above} more above "),
            (above, more) => format!(" {above} above, {more} below "),
        };
        put_fit(buf, place, 2, place.height - 1, place.width.saturating_sub(4), &text, theme.dim);
    }
    for (i, line) in content.lines.iter().skip(from).take(rows).enumerate() {
        put_line(buf, inner, to_u16(i), line, theme);
    }
    let (row, column) = content.cursor.filter(|_| content.typing)?;
    let y = to_u16(row.checked_sub(from)?);
    (y < inner.height && column <= inner.width).then(|| Position::new(inner.x + column, inner.y + y))
}

fn border(place: Rect, title: &str, theme: &Theme, buf: &mut Buffer) {
    let line = "─".repeat(place.width.saturating_sub(2) as usize);
    put(buf, place, 0, 0, &format!("┌{line}┐"), theme.border);
    put(buf, place, 0, place.height.saturating_sub(1), &format!("└{line}┘"), theme.border);
    for y in 1..place.height.saturating_sub(1) {
        put(buf, place, 0, y, "│", theme.border);
        put(buf, place, place.width.saturating_sub(1), y, "│", theme.border);
    }
    put_fit(buf, place, 2, 0, place.width.saturating_sub(4), &format!(" {title} "), theme.accent);
}
