//! Short messages over the last rows of the room.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{TextLine, blank, put, put_line, safe, to_u16, wrap_text},
    state::State,
    theme::Ink,
};

/// Paints the messages at the bottom of `area`, the newest last. They never take more than half of it.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let columns = area.width.saturating_sub(6) as usize;
    let mut lines: Vec<(bool, TextLine)> = Vec::new();
    for toast in &state.toasts {
        let ink = if toast.failed { Ink::Error } else { Ink::Strong };
        let text = if toast.failed { format!("failed: {}", safe(&toast.text)) } else { safe(&toast.text).into_owned() };
        lines.extend(wrap_text(&text, ink, columns).into_iter().enumerate().map(|(i, l)| (i == 0, l)));
        for hint in toast.hints.iter().take(2) {
            lines.extend(wrap_text(&safe(hint), Ink::Plain, columns).into_iter().map(|l| (false, l)));
        }
    }
    let most = (area.height / 2).max(1).min(area.height) as usize;
    let from = lines.len().saturating_sub(most);
    let height = to_u16(lines.len() - from);
    let place = Rect { y: area.y + area.height - height.min(area.height), height, ..area };
    blank(buf, place);
    for (i, (first, line)) in lines.iter().skip(from).enumerate() {
        put(buf, place, 1, to_u16(i), if *first { "»" } else { " " }, state.theme.accent);
        let inner = Rect { x: place.x + 3.min(place.width), width: place.width.saturating_sub(4), ..place };
        put_line(buf, inner, to_u16(i), line, &state.theme);
    }
}
