//! Mine: my commitments as cards of two rows, the soonest end first, with what is still on its way said in words.

use jiff::civil::Date;
use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{put, put_fit, put_right, tint, to_u16, width},
    state::{Out, State},
    theme::Ink,
    widget::{dialog, empty},
};
use crate::{
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        outbox::{OpStatus, Step, Wish},
        time::Now,
    },
    keymap::Action,
};

/// Rows of one card.
pub const CARD: u16 = 2;
/// Columns of the widest state word that is usual here, "handed back".
const STATE_COLUMNS: u16 = 11;
/// Ended commitments that are still shown.
const ENDED_SHOWN: usize = 10;

/// The cards: live ones by end date, then what ended against the plan, then the last few that ended well.
pub fn cards(state: &State) -> Vec<&Commitment> {
    let rank = |c: &Commitment| match c.state {
        s if s.is_live() => 0,
        CommitmentState::Released | CommitmentState::Completed | CommitmentState::Superseded => 2,
        _ => 1,
    };
    let mut cards: Vec<&Commitment> = state.snapshot.commitments.iter().filter(|c| c.mine).collect();
    cards.sort_by(|a, b| {
        let by_end = if rank(a) == 0 { a.until.cmp(&b.until) } else { b.until.cmp(&a.until) };
        rank(a).cmp(&rank(b)).then(by_end).then(a.claim.cmp(&b.claim))
    });
    let kept = cards.iter().take_while(|c| rank(c) < 2).count();
    cards.truncate(kept + ENDED_SHOWN);
    cards
}

/// How many of my commitments are live.
pub fn live(state: &State) -> usize {
    state.snapshot.commitments.iter().filter(|c| c.mine && c.state.is_live()).count()
}

/// Time left until the end of a lease, in words.
pub fn time_left(until: Date, now: Now) -> String {
    let today = now.date();
    let days = today.until(until).map_or(0, |span| span.get_days());
    match days {
        0 => "ends today".into(),
        1 => "1 day left".into(),
        2.. => format!("{days} days left"),
        -1 => "ended yesterday".into(),
        _ => format!("ended {} days ago", -days),
    }
}

/// What a commitment still waits for or did not get, one part each.
pub fn remarks(state: &State, c: &Commitment) -> Vec<String> {
    let mut parts = Vec::new();
    for op in state.snapshot.outbox.iter().filter(|op| op.wish.claim() == c.claim && op.step != Step::Finished) {
        let what = match (&op.wish, &op.step) {
            (Wish::Claim { .. }, Step::Queued) => "claim not sent yet",
            (Wish::Claim { .. }, Step::Posting { .. } | Step::Posted { .. }) => "claim sent, not yet confirmed",
            (Wish::Claim { .. }, _) => "confirmed, label and assignee on their way",
            (Wish::Release { .. }, Step::Queued) => "hand-back not sent yet",
            (Wish::Release { .. }, _) => "hand-back on its way",
            (Wish::Amend { .. } | Wish::Answer { .. }, _) => op.wish.word(),
        };
        parts.push(match &op.status {
            OpStatus::NeedsAttention { .. } => format!("{what}: needs you, see the outbox"),
            OpStatus::Waiting { until } => {
                format!("{what}, next try at {}", super::super::widget::statusline::clock(state, *until))
            }
            OpStatus::Ready => what.to_owned(),
        });
    }
    if !c.state.is_live() {
        let note = c.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        parts.extend(note.map(|note| format!("note: {}", super::super::paint::safe(note))));
        return parts;
    }
    let refused = match (c.label, c.assignee) {
        (Projection::Refused, Projection::Refused) => Some("label and assignee refused"),
        (Projection::Refused, _) => Some("label refused"),
        (_, Projection::Refused) => Some("assignee refused"),
        _ => None,
    };
    parts.extend(refused.map(|what| format!("{what} by the tracker; the claim stands on its comment")));
    parts
}

/// Does what is special to this screen.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    if action == Action::HandBack {
        let card = cards(state).get(state.mine.at).map(|c| (c.key.clone(), c.state));
        match card {
            Some((key, s)) if s.is_live() => dialog::open_hand_back(state, key),
            Some((_, s)) => super::refuse(state, format!("this claim is over: {}", s.word()), ""),
            None => {}
        }
        return Some(Vec::new());
    }
    None
}

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let cards = cards(state);
    if cards.is_empty() {
        return empty::draw(state, &empty::mine(state), area, buf);
    }
    let visible = (area.height / CARD) as usize;
    for (i, card) in cards.iter().enumerate().skip(state.mine.top).take(visible.max(1)) {
        let y = to_u16(i - state.mine.top) * CARD;
        draw_card(state, card, i == state.mine.at, y, area, buf);
    }
}

fn draw_card(state: &State, c: &Commitment, selected: bool, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let left = c.state.is_live().then(|| time_left(c.until, state.now));
    let overdue = c.until < state.now.date();
    let ink = match c.state {
        CommitmentState::Active if overdue => Ink::Warning,
        CommitmentState::Active => Ink::Good,
        CommitmentState::Pending => Ink::Accent,
        s if s.is_live() => Ink::Plain,
        CommitmentState::Expired | CommitmentState::Conceded | CommitmentState::Revoked => Ink::Warning,
        _ => Ink::Dim,
    };
    put(buf, area, 0, y, if selected { "▸" } else { " " }, theme.accent);
    let state_end = if area.width < 60 { 0 } else { 2 + STATE_COLUMNS };
    let mut x = put(buf, area, 2, y, c.state.word(), theme.ink(ink)).max(state_end) + 1;
    let end = match &left {
        Some(left) if area.width >= 60 => format!("{left}, until {}", c.until),
        Some(left) => left.clone(),
        None if area.width >= 60 => format!("was until {}", c.until),
        // The key is worth more than the end of what is over.
        None => String::new(),
    };
    if area.width >= 40 {
        let end_width = to_u16(width(&end)) + 1;
        put_right(buf, Rect { width: area.width.saturating_sub(1), ..area }, y, &end, theme.plain);
        let key_room = area.width.saturating_sub(x + end_width + 1);
        let key = state.shown_key(&c.key);
        let key_width = key_room.min(if area.width >= 100 { 36 } else { 24 });
        put_fit(buf, area, x, y, key_width, &key, theme.accent);
        x += to_u16(width(&key)).min(key_width) + 2;
        let title = state.snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
        put_fit(buf, area, x, y, area.width.saturating_sub(x + end_width + 2), &title, theme.plain);
    } else {
        put_fit(buf, area, x, y, area.width.saturating_sub(x), &state.shown_key(&c.key), theme.accent);
    }
    let below = remarks(state, c).join(" · ");
    let below = if area.width < 40 && below.is_empty() { end } else { below };
    put_fit(buf, area, 4, y + 1, area.width.saturating_sub(5), &below, theme.dim);
    if selected {
        tint(buf, area, y, theme.selected);
    }
}
