//! Why a task has its score, why it cannot be taken, how it compares with another; and the weights, which can be changed
//! while one looks. Lays out what the snapshot explains; judges nothing.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    dialog,
    keyed::keyed,
    layout,
    paint::{Piece, TextLine, put_line, to_u16, wrap_text},
    room::{About, Room},
    state::{Cursor, Out, State},
    theme::Ink,
    toast::Toast,
};
use crate::{
    app::{Command, gates},
    domain::key::TaskKey,
    index::Explained,
    judge::{
        score::{Part, Preset, Weights},
        why::compare,
    },
    keymap::Action,
};

/// Name under which weights are kept from here; `floorwalk weights --save` takes any.
const KEPT_AS: &str = "mine";
/// Columns in front of the bar of a weight.
const WEIGHT: usize = 34;
/// Tasks shown under the weights.
const FIRST: usize = 8;

/// The laid-out rows of the room.
pub fn lines(state: &State, about: &About) -> Vec<TextLine> {
    let columns = layout::areas(state.size).body.width.saturating_sub(2).min(100) as usize;
    match about {
        About::Score(key) => score(state, key, columns),
        About::Gates(key) => {
            let body = state.details.get(key).and_then(|d| d.body.as_ref()).map(|b| b.raw());
            match gates::at_hand(&state.snapshot, state.now, key, body) {
                Some(mut why_not) => {
                    for what in why_not.gates.iter_mut().flat_map(|gate| &mut gate.instead) {
                        *what = keyed(state, what);
                    }
                    plain(why_not.lines(columns))
                }
                None => gone(key, columns),
            }
        }
        About::Than(left, right) => match (explained(state, left), explained(state, right)) {
            (Some(left), Some(right)) => {
                plain(compare(&left.why, &right.why).map_or_else(|sentence| vec![sentence], |c| c.lines(columns)))
            }
            (None, _) => gone(left, columns),
            (_, None) => gone(right, columns),
        },
        About::Weights => weights(state, columns),
    }
}

fn plain(lines: Vec<String>) -> Vec<TextLine> {
    let ink = |at: usize| if at == 0 { Ink::Strong } else { Ink::Plain };
    lines.into_iter().enumerate().map(|(at, line)| barred(ink(at), &line)).collect()
}

/// A line whose bars have their own ink.
fn barred(ink: Ink, line: &str) -> TextLine {
    let is_bar = |c: char| matches!(c, '\u{2588}'..='\u{258f}');
    let mut line = line;
    let mut pieces = Vec::new();
    while let Some(first) = line.chars().next() {
        let end = line.find(|c| is_bar(c) != is_bar(first)).unwrap_or(line.len());
        let Some((head, rest)) = line.split_at_checked(end) else { break };
        pieces.push(Piece { text: head.to_owned(), ink: if is_bar(first) { Ink::Bar } else { ink } });
        line = rest;
    }
    TextLine(pieces)
}

fn gone(key: &TaskKey, columns: usize) -> Vec<TextLine> {
    wrap_text(&format!("{key} is not in the store any more."), Ink::Warning, columns)
}

fn explained(state: &State, key: &TaskKey) -> Option<Explained> {
    let detail = state.details.get(key).map(Arc::as_ref);
    Some(state.snapshot.explain(state.snapshot.get(key)?, detail, None))
}

fn score(state: &State, key: &TaskKey, columns: usize) -> Vec<TextLine> {
    let (Some(row), Some(told)) = (state.snapshot.get(key), explained(state, key)) else { return gone(key, columns) };
    let mut lines = plain(told.why.drawn(columns));
    if state.snapshot.score(row).is_none() {
        lines.extend(wrap_text("Lists give it no score: it cannot be taken now; W says why.", Ink::Warning, columns));
    }
    let mut part = |head: &str, all: Vec<String>| {
        if !all.is_empty() {
            lines.push(TextLine::blank());
            lines.push(TextLine::of(Ink::Accent, head));
            lines.extend(all.iter().flat_map(|line| wrap_text(line, Ink::Plain, columns)));
        }
    };
    part("Why it is on the list", told.signal_lines());
    part("Signs that somebody is at it", told.sign_lines(state.now));
    if !told.ask.is_empty() {
        part(
            "To raise it",
            vec!["y copies words to send to the host; e writes what is missing into the description.".into()],
        );
    }
    lines
}

fn weights(state: &State, columns: usize) -> Vec<TextLine> {
    let weights = state.weights();
    let chosen = match state.room() {
        Some(Room::Why(About::Weights, cursor)) => cursor.at,
        _ => 0,
    };
    let name = Preset::ALL.into_iter().find(|p| Weights::of(*p) == weights).map_or("your own", Preset::word);
    let mut lines = vec![TextLine::of(Ink::Strong, format!("Weights of the score: {name}")), TextLine::blank()];
    for (at, (part, share)) in Part::ALL.into_iter().zip(weights.shares()).enumerate() {
        let weight = weights.get(part);
        let mark = if at == chosen { "▸" } else { " " };
        // A bar that is cut would lie.
        let bar = if columns < WEIGHT + 25 { String::new() } else { "█".repeat(usize::from(weight) / 2) };
        let text = format!("{mark} {:<10} {weight:>3}  at most {share:>5.2}  {bar}", part.word());
        lines.push(barred(if at == chosen { Ink::Accent } else { Ink::Plain }, &text));
    }
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Strong, "First in the list by them"));
    for row in state.discover.hits.rows.iter().take(FIRST).filter_map(|at| state.snapshot.rows.get(*at as usize)) {
        let score = state.snapshot.score(row).map(|s| format!("{:>2}", crate::judge::score::bars::whole(s)));
        let pieces = [
            Piece { text: format!("{:>2}  ", score.unwrap_or_default()), ink: Ink::Strong },
            Piece { text: row.task.title.fit(columns.saturating_sub(6)).into_owned(), ink: Ink::Plain },
        ];
        lines.push(TextLine(pieces.to_vec()));
    }
    lines
}

/// Opens what an action asks for about the task under the cursor. `None` for other actions.
pub fn open(state: &mut State, action: Action) -> Option<Vec<Out>> {
    let about = match action {
        Action::Why => About::Score(state.selected()?),
        Action::WhyNot => About::Gates(state.selected()?),
        Action::Weights => About::Weights,
        Action::Compare => match pair(state) {
            Some((left, right)) => About::Than(left, right),
            None => {
                let text = "Mark one task, go to another, and ask again: the two are compared.";
                state.toasts.push(Toast::said(state.now, text));
                return Some(Vec::new());
            }
        },
        _ => return None,
    };
    if matches!(state.room(), Some(Room::Why(..))) {
        state.rooms.pop();
    }
    state.rooms.push(Room::Why(about, Cursor::default()));
    Some(Vec::new())
}

/// The two tasks that are meant: the marked one and the one under the cursor, or two that are marked.
fn pair(state: &State) -> Option<(TaskKey, TaskKey)> {
    let mut marked = state.discover.marks.iter();
    match (marked.next(), marked.next(), marked.next()) {
        (Some(one), None, _) => state.selected().filter(|key| key != one).map(|key| (one.clone(), key)),
        (Some(one), Some(two), None) => Some((one.clone(), two.clone())),
        _ => None,
    }
}

/// Does what is special to this room.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    let Some(Room::Why(about, cursor)) = state.room() else { return None };
    let (about, at) = (about.clone(), cursor.at);
    match (action, &about) {
        (Action::CopyAsk, About::Score(key)) => {
            let ask = explained(state, key).map(|told| told.ask).unwrap_or_default();
            let words =
                if ask.is_empty() { "nothing is known to be missing there" } else { "copied words to the host" };
            state.toasts.push(Toast::said(state.now, words));
            Some(if ask.is_empty() { Vec::new() } else { vec![Out::Clipboard(ask)] })
        }
        (Action::Describe, About::Score(key)) => {
            dialog::open_describe(state, key.clone());
            Some(Vec::new())
        }
        (Action::Heavier | Action::Lighter, About::Weights) => {
            let part = Part::ALL.get(at).copied()?;
            let weight = state.weights().get(part);
            let next = if action == Action::Heavier { weight.saturating_add(1) } else { weight.saturating_sub(1) };
            weigh(state, state.weights().with(part, next));
            Some(Vec::new())
        }
        (Action::NextPreset, About::Weights) => {
            let now = Preset::ALL.iter().position(|p| Weights::of(*p) == state.weights());
            let next = now.map_or(0, |at| at + 1) % Preset::ALL.len();
            weigh(state, Weights::of(Preset::ALL.get(next).copied().unwrap_or_default()));
            Some(Vec::new())
        }
        (Action::KeepWeights, About::Weights) => {
            Some(vec![Out::Command(Command::KeepWeights(KEPT_AS.to_owned(), state.weights()))])
        }
        _ => open(state, action),
    }
}

/// Weighs the list anew, until the program ends.
fn weigh(state: &mut State, weights: Weights) {
    state.weights = Some(weights);
    state.discover.search_again();
}

/// Paints the room.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let Some(Room::Why(about, cursor)) = state.room() else { return };
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    // Two rows of heading; the weight that is chosen stays in sight.
    let from = if *about == About::Weights { (cursor.at + 3).saturating_sub(area.height.into()) } else { cursor.at };
    for (i, line) in lines(state, about).iter().skip(from).take(area.height as usize).enumerate() {
        put_line(buf, text, to_u16(i), line, &state.theme);
    }
}
