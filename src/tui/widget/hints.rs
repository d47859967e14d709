//! The bottom line: keys that work here, from the keymap; on the right what waits in the outbox.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_right, to_u16, width},
    room::Overlay,
    state::State,
};
use crate::keymap::{Action, help};

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
    for (key, action) in help::hints(&state.keymap, &state.contexts()) {
        let word = match (&state.overlay, action) {
            (Some(Overlay::Claim(_)), Action::NewLine) => continue,
            (Some(Overlay::Claim(_)), Action::Accept) => "claim",
            (Some(Overlay::HandBack(_)), Action::Accept) => "hand back",
            (Some(Overlay::Claim(_) | Overlay::HandBack(_)), Action::Back) => "cancel",
            _ => action.info().hint,
        };
        let needed = to_u16(width(&key) + 1 + width(word));
        if x + needed > end {
            continue;
        }
        x = put(buf, inner, x, 0, &key, theme.accent);
        x = put(buf, inner, x + 1, 0, word, theme.plain) + 2;
    }
}
