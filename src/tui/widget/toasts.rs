//! Short messages over the last rows of the room.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    keyed::keyed,
    paint::{TextLine, blank, put, put_line, safe, to_u16, wrap_text},
    state::State,
    theme::Ink,
    toast::Toast,
};

/// Paints the messages at the bottom of `area`, the newest last. They leave at least half of a high window free;
/// what does not fit of the newest is cut at its end, older ones go first.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let most = (area.height / 2).max(2).min(area.height) as usize;
    let columns = area.width.saturating_sub(6) as usize;
    let mut lines: Vec<(bool, TextLine)> = Vec::new();
    for toast in state.toasts.iter().rev() {
        let mut own = lay_out(state, toast, columns);
        if lines.is_empty() {
            own.truncate(most);
        } else if lines.len() + own.len() > most {
            break;
        }
        own.append(&mut lines);
        lines = own;
    }
    let height = to_u16(lines.len());
    let place = Rect { y: area.y + area.height.saturating_sub(height), height: height.min(area.height), ..area };
    blank(buf, place, &state.theme);
    for (i, (first, line)) in lines.iter().enumerate() {
        put(buf, place, 1, to_u16(i), if *first { "»" } else { " " }, state.theme.accent);
        let inner = Rect { x: place.x + 3.min(place.width), width: place.width.saturating_sub(4), ..place };
        put_line(buf, inner, to_u16(i), line, &state.theme);
    }
}

fn lay_out(state: &State, toast: &Toast, columns: usize) -> Vec<(bool, TextLine)> {
    let text = keyed(state, &toast.text);
    let (ink, text) = match toast.failed {
        true => (Ink::Error, format!("failed: {}", safe(&text))),
        false => (Ink::Strong, safe(&text).into_owned()),
    };
    let mut lines: Vec<_> =
        wrap_text(&text, ink, columns).into_iter().enumerate().map(|(i, line)| (i == 0, line)).collect();
    for hint in toast.hints.iter().take(2) {
        lines.extend(wrap_text(&safe(&keyed(state, hint)), Ink::Plain, columns).into_iter().map(|line| (false, line)));
    }
    lines
}
