//! The outbox: what waits to be sent, how far each row got, and what went wrong. Two rows each.

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_fit, safe, tint, to_u16},
    state::{Out, State},
    theme::Ink,
    widget::{empty, statusline::clock},
};
use crate::{
    app::Command,
    domain::outbox::{Op, OpStatus, Step},
    keymap::Action,
};

/// How far a row got, in words.
pub fn step_words(step: Step) -> &'static str {
    match step {
        Step::Queued => "not sent yet",
        Step::Posting { .. } => "being sent",
        Step::Posted { .. } => "sent, not yet confirmed",
        Step::Confirmed { .. } => "confirmed, label comes next",
        Step::Labelled { .. } => "label handled, assignee comes next",
        Step::Losing { .. } => "somebody was first; own marks are being removed",
        Step::Finished => "done",
    }
}

fn status_words(state: &State, status: &OpStatus) -> (Ink, String) {
    match status {
        OpStatus::Ready => (Ink::Plain, "ready".into()),
        OpStatus::Waiting { until } => (Ink::Plain, format!("next try at {}", clock(state, *until))),
        OpStatus::NeedsAttention { .. } => (Ink::Warning, "needs you".into()),
    }
}

/// A row as words: how far it got, and what there is to say of it.
pub fn told(state: &State, op: &Op) -> (String, String) {
    let (_, status) = status_words(state, &op.status);
    (format!("{}, {status}", step_words(op.step)), below(state, op).join(", "))
}

/// Does what is special to this screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    let op = state.snapshot.outbox.get(state.outbox.at);
    match action {
        Action::OutboxRetry => Some(op.map(|op| Out::Command(Command::OutboxRetry(Some(op.id)))).into_iter().collect()),
        Action::OutboxDrop => Some(op.map(|op| Out::Command(Command::OutboxDrop(op.id))).into_iter().collect()),
        _ => None,
    }
}

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let rows = &state.snapshot.outbox;
    if rows.is_empty() {
        return empty::draw(state, &empty::outbox(), area, buf);
    }
    let visible = (area.height / 2).max(1) as usize;
    for (i, op) in rows.iter().enumerate().skip(state.outbox.top).take(visible) {
        draw_op(state, op, i == state.outbox.at, to_u16(i - state.outbox.top) * 2, area, buf);
    }
}

fn draw_op(state: &State, op: &Op, selected: bool, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    put(buf, area, 0, y, if selected { "▸" } else { " " }, theme.accent);
    let x = put(buf, area, 2, y, op.wish.word(), theme.strong) + 1;
    let (ink, status) = status_words(state, &op.status);
    let tail = format!("{} · {status}", step_words(op.step));
    let key = state.shown_key(&op.key);
    let room = area.width.saturating_sub(x);
    // The key gets at least half; where both do not fit, the state goes on in the second row.
    let x = put_fit(buf, area, x, y, room.min((room / 2).max(24)), &key, theme.accent) + 2;
    put_fit(buf, area, x, y, area.width.saturating_sub(x), &tail, theme.ink(ink));
    put_fit(buf, area, 4, y + 1, area.width.saturating_sub(4), &below(state, op).join(" · "), theme.dim);
    if selected {
        tint(buf, area, y, theme.selected);
    }
}

fn below(state: &State, op: &Op) -> Vec<String> {
    let mut below = Vec::new();
    if let OpStatus::NeedsAttention { why } = &op.status {
        below.push(safe(why).into_owned());
    }
    if let Some(error) = &op.last_error {
        below.push(format!("last: {}", safe(error)));
    }
    if op.attempts > 0 {
        below.push(format!("{} {}", op.attempts, if op.attempts == 1 { "try" } else { "tries" }));
    }
    below.push(format!("wished at {}", clock(state, op.created_at)));
    below
}
