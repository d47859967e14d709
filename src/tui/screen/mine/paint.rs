//! Painting the cards of Mine: two or three rows each. Knows what stands on a card from beside it, and decides nothing.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Card, STATE_COLUMNS, card_rows, cards, facts, next, remarks};
use crate::{
    app::words,
    domain::commitment::{Commitment, CommitmentState},
    tui::{
        paint::{put, put_fit, put_right, tint, to_u16, width},
        screen::proposed,
        state::State,
        theme::Ink,
        widget::empty,
    },
};

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let cards = cards(state);
    if cards.is_empty() {
        return empty::draw(state, &empty::mine(state), area, buf);
    }
    let rows = card_rows(state);
    let visible = (area.height / rows) as usize;
    for (i, card) in cards.iter().enumerate().skip(state.mine.top).take(visible.max(1)) {
        let y = to_u16(i - state.mine.top) * rows;
        draw_card(state, *card, i == state.mine.at, y, area, buf);
    }
}

/// How a state looks beside its word.
pub fn ink(c: &Commitment) -> Ink {
    use CommitmentState as S;
    match c.state {
        S::AtRisk | S::Expired | S::Conceded | S::Revoked => Ink::Warning,
        S::Active | S::Warranty => Ink::Good,
        S::Pending | S::Requested => Ink::Accent,
        s if s.is_live() => Ink::Plain,
        _ => Ink::Dim,
    }
}

fn draw_card(state: &State, card: Card<'_>, selected: bool, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let (word, word_ink, mut facts) = match card {
        Card::Offer(c) => ("offer", Ink::Accent, vec![format!("theirs until {}", c.until)]),
        Card::Own(c) => (c.state.word(), ink(c), facts(state, c)),
        Card::Proposed(p) => (p.standing.word(), Ink::Accent, proposed::facts(p)),
        Card::ByHand(_) => ("by hand", Ink::Dim, vec!["assigned to you on the tracker, without a claim".to_owned()]),
    };
    put(buf, area, 0, y, if selected { "▸" } else { " " }, theme.accent);
    let state_end = if area.width < 60 { 0 } else { 2 + STATE_COLUMNS };
    let x = put(buf, area, 2, y, word, theme.ink(word_ink)).max(state_end) + 1;
    let end = match card {
        Card::Proposed(p) if p.standing.is_open() && area.width >= 60 => format!("until {}", p.until),
        _ => card.commitment().map(|c| end_words(state, c, area.width)).unwrap_or_default(),
    };
    first_row(state, card, &end, x, y, area, buf);
    if selected {
        tint(buf, area, y, theme.selected);
    }
    if area.width < 40 && !end.is_empty() {
        facts.insert(0, end);
    }
    let remarks = match card {
        Card::Proposed(p) => proposed::remarks(state, p),
        _ => card.commitment().map(|c| remarks(state, c)).unwrap_or_default(),
    };
    let inner = Rect { x: area.x + 4.min(area.width), width: area.width.saturating_sub(5), ..area };
    if card_rows(state) == 3 && !facts.is_empty() {
        put_fit(buf, inner, 0, y + 1, inner.width, &facts.join(" · "), theme.dim);
        next_row(state, card, &remarks, &[], y + 2, inner, buf);
    } else {
        next_row(state, card, &remarks, &facts, y + 1, inner, buf);
    }
}

fn end_words(state: &State, c: &Commitment, columns: u16) -> String {
    let left = words::time_left(c, &state.snapshot.roster, state.now);
    match (left.is_empty(), columns) {
        (true, 60..) => return format!("was until {}", c.until),
        // The key is worth more than the end of what is over.
        (true, _) => return String::new(),
        _ => {}
    }
    // That the clock stands is in the word of the state already.
    let short = left.strip_suffix(", the clock stands").unwrap_or(&left);
    match columns {
        100.. if c.state != CommitmentState::Warranty => format!("{left}, until {}", c.until),
        100.. => left,
        60.. if c.state.holds() => format!("{short} to {}", c.until.strftime("%m-%d")),
        60.. => left,
        _ => short.replace(" working days", " wd").replace(" working day", " wd"),
    }
}

/// Key, title and end of a card.
fn first_row(state: &State, card: Card<'_>, end: &str, x: u16, y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let key = state.shown_key(card.key());
    let text = if matches!(card, Card::ByHand(_)) { theme.dim } else { theme.plain };
    if area.width < 40 {
        put_fit(buf, area, x, y, area.width.saturating_sub(x), &key, theme.accent);
        return;
    }
    let end_width = to_u16(width(end)) + 1;
    put_right(buf, Rect { width: area.width.saturating_sub(1), ..area }, y, end, theme.plain);
    let key_room = area.width.saturating_sub(x + end_width + 1);
    let key_width = key_room.min(if area.width >= 100 { 36 } else { 24 });
    put_fit(buf, area, x, y, key_width, &key, theme.accent);
    let x = x + to_u16(width(&key)).min(key_width) + 2;
    let title = state.snapshot.get(card.key()).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    put_fit(buf, area, x, y, area.width.saturating_sub(x + end_width + 2), &title, text);
}

/// What is on its way, else the next action with its keys; then what else there is to say where it has no own row.
fn next_row(state: &State, card: Card<'_>, remarks: &[String], facts: &[String], y: u16, area: Rect, buf: &mut Buffer) {
    let theme = &state.theme;
    let mut x = 0;
    if !remarks.is_empty() {
        x = put_fit(buf, area, x, y, area.width, &remarks.join(" · "), theme.plain);
    }
    if let Some((sentence, keys)) = next(state, card).filter(|_| remarks.is_empty() || facts.is_empty()) {
        let gap = if x == 0 { "" } else { " · " };
        x = put(buf, area, x, y, gap, theme.dim);
        // The keys are worth more than the end of the sentence.
        let room = area.width.saturating_sub(x);
        let given_away = card.commitment().and_then(|c| c.life.as_ref()).is_some_and(|life| life.reassigned.is_some());
        // That somebody else has it now is worth more than the keys.
        let keys = if given_away && room < 60 { String::new() } else { keys };
        let kept = room.saturating_sub(to_u16(width(&keys)) + 2);
        if kept >= 12 || keys.is_empty() {
            let columns = if keys.is_empty() { room } else { kept };
            x = put_fit(buf, area, x, y, columns, &sentence, theme.plain) + 2;
        }
        x = put_fit(buf, area, x, y, area.width.saturating_sub(x), &keys, theme.accent);
    }
    if !facts.is_empty() {
        let gap = if x == 0 { "" } else { " · " };
        x = put(buf, area, x, y, gap, theme.dim);
        put_fit(buf, area, x, y, area.width.saturating_sub(x), &facts.join(" · "), theme.dim);
    }
}
