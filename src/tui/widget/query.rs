//! The query line: typing into it, and painting it with what was found or what cannot be understood.

use ratatui::{buffer::Buffer, layout::Position};

use super::super::{
    layout::DiscoverAreas,
    paint::{put, put_fit, put_right, safe, to_u16, width},
    room::Overlay,
    screen,
    state::{Out, State},
    widget::offer,
};
use crate::keymap::{Action, Chord};

/// A key that is no action.
pub fn typed(state: &mut State, chord: Chord) {
    let before = state.discover.query.text().to_owned();
    if !state.discover.query.key(chord) {
        return;
    }
    if before == state.discover.query.text() {
        return state.discover.offer.close();
    }
    state.discover.search();
    offer::refresh(state);
}

/// Pasted text.
pub fn paste(state: &mut State, text: &str) {
    state.discover.query.insert(text);
    state.discover.offer.close();
    state.discover.search();
}

/// Actions while the line is edited.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let is_open = state.discover.offer.is_open();
    match action {
        Action::Complete if is_open => offer::take(state),
        Action::Complete => offer::refresh(state),
        Action::Accept if state.discover.offer.is_chosen() => offer::take(state),
        Action::MoveDown | Action::MoveUp if is_open => state.discover.offer.step(action == Action::MoveDown),
        Action::Back if is_open => state.discover.offer.close(),
        Action::Accept => {
            state.overlay = None;
            state.discover.offer.close();
        }
        Action::Back => {
            state.overlay = None;
            if state.discover.before != state.discover.query.text() {
                let before = std::mem::take(&mut state.discover.before);
                state.discover.query.set(&before);
                state.discover.search_again();
            }
        }
        Action::ClearField => {
            state.discover.query.set("");
            state.discover.offer.close();
            state.discover.search();
        }
        // The list moves under the line that is edited.
        Action::MoveDown | Action::MoveUp => {
            state.overlay = None;
            let out = screen::act(state, action);
            state.overlay = Some(Overlay::Query);
            return out;
        }
        _ => {}
    }
    Vec::new()
}

/// `48310` as `48 310`.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// Paints the line, its count, and the explanation of a mistake. Gives back where the text cursor belongs.
pub fn draw(state: &State, areas: &DiscoverAreas, buf: &mut Buffer) -> Option<Position> {
    let (theme, discover, line) = (&state.theme, &state.discover, areas.query);
    let editing = matches!(state.overlay, Some(Overlay::Query));
    let all =
        if state.discover.hits.findings { state.snapshot.findings.rows.len() } else { state.snapshot.rows.count() };
    let mut parts = Vec::new();
    if !discover.marks.is_empty() {
        parts.push(format!("{} marked", discover.marks.len()));
    }
    if state.snapshot.is_page() {
        parts.push("reading the rest …".into());
    } else {
        parts.push(format!("{} of {}", grouped(discover.hits.rows.len()), grouped(all)));
    }
    if line.width >= 60 && !state.snapshot.is_page() {
        if !discover.hits.taken.is_empty() {
            parts.push(format!("{} taken", grouped(discover.hits.taken.len())));
        }
        if state.snapshot.is_behind() {
            parts.push("judging anew …".into());
        }
        parts.push(format!("by {}", discover.order()));
    }
    let count = parts.join(" · ");
    let right = ratatui::layout::Rect { width: line.width.saturating_sub(1), ..line };
    let room = if line.width >= 34 { put_right(buf, right, 0, &count, theme.dim) } else { line.width };

    let x = put(buf, line, 1, 0, "/", if editing { theme.accent } else { theme.dim }) + 1;
    let text = safe(discover.query.text());
    let before = width(&safe(discover.query.before()));
    let room = room.saturating_sub(x + 1) as usize;
    // A long line shows the end that the cursor is in.
    let hidden = before.saturating_sub(room.saturating_sub(1));
    let visible = skip_columns(&text, hidden);
    if text.is_empty() && !editing {
        put_fit(buf, line, x, 0, to_u16(room), "press / to search", theme.dim);
    } else {
        let style = if discover.error.is_some() { theme.warning } else { theme.plain };
        put_fit(buf, line, x, 0, to_u16(room), visible, style);
    }
    draw_mistake(state, areas, x, hidden, buf);
    let cursor = x.saturating_add(to_u16(before - hidden));
    (editing && line.height > 0 && cursor < line.width).then(|| Position::new(line.x + cursor, line.y))
}

/// `text` without the clusters of its first `columns` columns.
fn skip_columns(text: &str, columns: usize) -> &str {
    let head = super::super::paint::cut(text, columns);
    text.get(head.len()..).unwrap_or_default()
}

fn draw_mistake(state: &State, areas: &DiscoverAreas, x: u16, hidden: usize, buf: &mut Buffer) {
    let Some(error) = &state.discover.error else { return };
    let text = state.discover.query.text();
    let part = |range: std::ops::Range<usize>| width(&safe(text.get(range).unwrap_or_default()));
    let start = part(0..error.span.start.min(text.len())).saturating_sub(hidden);
    let long = part(error.span.clone()).max(1);
    let mut message = safe(&error.message).into_owned();
    if let Some(suggestion) = error.suggestion.as_ref().filter(|s| !message.contains(s.as_str())) {
        // In front, because the end of a sentence is what a narrow window cuts.
        message = format!("did you mean {}? {message}", safe(suggestion));
    }
    let carets = "^".repeat(long.min(areas.mistake.width as usize));
    let at = x.saturating_add(to_u16(start));
    let fits_behind = at as usize + carets.len() + 1 + width(&message) <= areas.mistake.width as usize;
    if fits_behind {
        let end = put(buf, areas.mistake, at, 0, &carets, state.theme.error);
        put(buf, areas.mistake, end + 1, 0, &message, state.theme.error);
    } else {
        put_fit(buf, areas.mistake, x, 0, areas.mistake.width.saturating_sub(x), &message, state.theme.error);
    }
}
