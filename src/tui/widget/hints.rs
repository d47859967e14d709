//! The bottom line: keys that work here, from the keymap; on the right what waits in the outbox.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_right, to_u16, width},
    room::Overlay,
    state::State,
};
use crate::keymap::help;

/// Paints the line.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let waiting = state.snapshot.outbox.iter().filter(|op| op.step != crate::domain::outbox::Step::Finished).count();
    let right = match (state.pending.as_slice(), waiting) {
        ([], 0) => String::new(),
        ([], n) => format!("outbox {n} pending"),
        (keys, _) => {
            let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
            format!("{} …", keys.join(" "))
        }
    };
    let inner = Rect { width: area.width.saturating_sub(1), ..area };
    let mut end = inner.width;
    if !right.is_empty() && area.width >= 30 {
        end = put_right(buf, inner, 0, &right, theme.strong).saturating_sub(1);
    }
    let mut x = 1;
    for (key, word) in help::hints(&state.keymap, &state.contexts()) {
        let word = if matches!(state.overlay, Some(Overlay::Claim(_) | Overlay::HandBack(_))) && key == "esc" {
            "cancel"
        } else {
            word
        };
        let needed = to_u16(width(&key) + 1 + width(word));
        if x + needed > end {
            continue;
        }
        x = put(buf, inner, x, 0, &key, theme.accent);
        x = put(buf, inner, x + 1, 0, word, theme.plain) + 2;
    }
}
