//! The resume card: one own commitment with everything one needs after three days away: where it stands, the next step,
//! the plan, what was done so far, pull requests, deadlines, the host. Draws from what is known; decides nothing.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    super::{
        layout,
        paint::{Piece, TextLine, put_line, to_u16, wrap, wrap_text},
        room::Room,
        state::{Out, State},
        theme::Ink,
        widget::{host, markdown, story},
    },
    mine::{self, Card},
};
use crate::{
    app::{checklist_words, words},
    domain::{
        commitment::{ClaimId, Commitment},
        text::Foreign,
    },
    keymap::{Action, Context},
};

/// Columns of the names in front of facts.
const NAME: usize = 10;

/// The laid-out rows of the card.
pub fn lines(state: &State, claim: ClaimId) -> Vec<TextLine> {
    let columns = layout::areas(state.size).body.width.saturating_sub(2).min(100) as usize;
    let Some(c) = state.commitment(claim) else {
        return wrap_text("This commitment is not in the store any more.", Ink::Warning, columns);
    };
    let card = if c.mine { Card::Own(c) } else { Card::Offer(c) };
    let mut lines = head(state, c, columns);
    next(state, card, columns, &mut lines);
    if !c.plan.raw().trim().is_empty() {
        heading("Plan", &mut lines);
        lines.extend(markdown::lay_out(&c.plan, columns));
    }
    if let Some(note) = c.note.as_deref().filter(|note| !note.trim().is_empty()) {
        heading("Note", &mut lines);
        lines.extend(markdown::lay_out(&Foreign::new(note), columns));
    }
    first_days(state, c, columns, &mut lines);
    if !c.pulls.is_empty() {
        heading("Pull requests", &mut lines);
        for pull in &c.pulls {
            let pieces =
                [piece(Ink::Plain, mine::pull_words(c, pull)), piece(Ink::Dim, format!("  {}", pull.title.line()))];
            lines.extend(wrap(&pieces, columns, "", "  "));
        }
    }
    let story = story::rows(state, c);
    if !story.is_empty() {
        heading("What happened so far", &mut lines);
        for (day, sentence) in story {
            let pieces = [piece(Ink::Dim, format!("{day:<8}")), piece(Ink::Plain, sentence)];
            lines.extend(wrap(&pieces, columns, "", "        "));
        }
    }
    deadlines(state, c, columns, &mut lines);
    heading("Host", &mut lines);
    for (ink, text) in host::card(state, &c.key.project) {
        lines.extend(wrap_text(&text, ink, columns));
    }
    if let Some(mentor) = c.life.as_ref().and_then(|life| life.mentor.as_ref()) {
        lines.extend(wrap_text(&format!("Your mentor: @{}", mentor.line()), Ink::Plain, columns));
    }
    lines
}

fn piece(ink: Ink, text: impl Into<String>) -> Piece {
    Piece { text: text.into(), ink }
}

fn heading(title: &str, lines: &mut Vec<TextLine>) {
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, title));
}

fn head(state: &State, c: &Commitment, columns: usize) -> Vec<TextLine> {
    let title = state.snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    let mut lines = if title.is_empty() { Vec::new() } else { wrap_text(&title, Ink::Strong, columns) };
    let size = c.size.map(|size| format!(" · size {}", size.word())).unwrap_or_default();
    lines.extend(wrap_text(&format!("{}{size}", state.shown_key(&c.key)), Ink::Dim, columns));
    lines.push(TextLine::blank());
    let mut pieces = vec![piece(mine::ink(c), c.state.word())];
    let left = words::time_left(c, &state.snapshot.roster, state.now);
    let mut said = vec![left, words::turn(c).to_owned()];
    if c.state.is_live() {
        said.push(words::last_sign(c, state.now));
    }
    said.retain(|part| !part.is_empty() && part != c.state.word());
    pieces.extend(said.into_iter().map(|part| piece(Ink::Plain, format!(" · {part}"))));
    lines.extend(wrap(&pieces, columns, "", ""));
    for text in mine::because(state, c).into_iter().chain(words::feedback(c, &state.snapshot.roster)) {
        lines.extend(wrap_text(&text, Ink::Plain, columns));
    }
    for text in mine::remarks(state, c).into_iter().filter(|_| c.state.is_live()) {
        lines.extend(wrap_text(&text, Ink::Warning, columns));
    }
    lines
}

fn next(state: &State, card: Card<'_>, columns: usize, lines: &mut Vec<TextLine>) {
    let Some((sentence, keys)) = mine::next(state, card) else { return };
    heading("Next step", lines);
    lines.extend(wrap_text(&sentence, Ink::Plain, columns));
    // In the opened card this key opens the task itself.
    if !keys.is_empty() {
        lines.extend(wrap_text(&keys, Ink::Strong, columns));
    }
}

/// What to get through in a project that is new to the user, as long as something is left.
fn first_days(state: &State, c: &Commitment, columns: usize, lines: &mut Vec<TextLine>) {
    if checklist_words::left(c, &state.snapshot).is_none() {
        return;
    }
    heading("First days here", lines);
    let ticks = state.snapshot.ticks.get(&c.key.project);
    for step in state.snapshot.findings.checklist(&c.key.project) {
        let ticked = ticks.and_then(|ticks| ticks.get(&step.point)).copied();
        let ink = if ticked.is_some() { Ink::Dim } else { Ink::Plain };
        lines.extend(wrap(&[piece(ink, checklist_words::line(step, ticked))], columns, "", "    "));
    }
    let key = |action: &Action| {
        let keys = state.keymap.keys(&[Context::Mine, Context::Global], *action);
        keys.first().map(|key| format!("{key} {}", action.info().hint))
    };
    let gaps = state.snapshot.findings.checklist(&c.key.project).iter().any(|step| step.gap.is_some());
    let actions = [Action::Checklist, Action::Friction];
    let keys: Vec<String> = actions.iter().take(if gaps { 2 } else { 1 }).filter_map(key).collect();
    lines.extend(wrap_text(&keys.join(" · "), Ink::Strong, columns));
}

fn deadlines(state: &State, c: &Commitment, columns: usize, lines: &mut Vec<TextLine>) {
    heading("Dates", lines);
    let mut fact = |name: &str, value: String| {
        let pieces = [piece(Ink::Dim, format!("{name:<NAME$}")), piece(Ink::Plain, value)];
        lines.extend(wrap(&pieces, columns, "", &" ".repeat(NAME)));
    };
    let Some(life) = c.life.as_deref() else {
        fact("last day", c.until.to_string());
        return;
    };
    let zone = state.snapshot.roster.terms(&c.key.project, Some(&c.who)).calendar;
    fact("began", zone.date(life.start).to_string());
    let stood = match life.frozen_wd {
        0 => String::new(),
        days => format!(", {} in which the clock stood included", words::working_days(days)),
    };
    fact("last day", format!("{}{stood}", life.until));
    if life.promised != life.until {
        fact("promised", life.promised.to_string());
    }
    if life.renewals > 0 {
        fact("renewed", if life.renewals == 1 { "once".into() } else { format!("{} times", life.renewals) });
    }
    if let Some(ended) = life.ended {
        fact("ended", zone.date(ended).to_string());
    }
    if let Some(next) = words::clock(c, &state.snapshot.roster) {
        fact("the clock", next);
    }
}

/// Does what is special to this room.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    if action != Action::Open {
        return None;
    }
    if let Some(key) = state.selected() {
        super::open(state, key);
    }
    Some(Vec::new())
}

/// Paints the room.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let Some(Room::Resume(claim, cursor)) = state.room() else { return };
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    for (i, line) in lines(state, *claim).iter().skip(cursor.at).take(area.height as usize).enumerate() {
        put_line(buf, text, to_u16(i), line, &state.theme);
    }
}
