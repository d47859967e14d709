//! Help: the keys of the screen one came from, generated from the table of actions; and the topics of `floorwalk help`.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect};

use super::super::{
    paint::{Piece, TextLine, put_line, to_u16, width, wrap_text},
    room::Room,
    state::{Cursor, Out, State},
    theme::Ink,
    widget::markdown,
};
use crate::{
    app::Topic,
    domain::{signal::SignalKind, text::Foreign},
    index::fields::{FIELDS, SYNTAX},
    keymap::{Action, Context, help},
};

/// A topic laid out for so many columns.
pub type Laid = (Topic, usize, Arc<Vec<TextLine>>);

const KEYS: usize = 22;
const EXAMPLES: usize = 26;
/// Rows of a window from which one stays empty under the topics.
const ROOMY: u16 = 12;
/// Columns of a topic at most: longer rows are hard to read.
const MOST: usize = 110;

fn columns(state: &State) -> usize {
    super::super::layout::areas(state.size).body.width.saturating_sub(2) as usize
}

/// The laid-out rows of help for some contexts, or of a topic.
pub fn lines(state: &State, contexts: &[Context], topic: Option<Topic>) -> Vec<TextLine> {
    let mut lines = vec![bar(topic, columns(state))];
    lines.extend((state.size.1 >= ROOMY).then(TextLine::blank));
    match (topic, &state.explained) {
        (None, _) => lines.extend(of_screen(state, contexts)),
        (Some(topic), Some((laid, _, text))) if *laid == topic => lines.extend(text.iter().cloned()),
        (Some(_), _) => {}
    }
    lines
}

/// All topics, the one that is shown in brackets.
fn bar(topic: Option<Topic>, columns: usize) -> TextLine {
    const SCREEN: &str = "this screen";
    let all: Vec<_> = std::iter::once(None).chain(Topic::ALL.map(Some)).collect();
    let word = |topic: &Option<Topic>| topic.map_or(SCREEN, Topic::word);
    if all.iter().map(|topic| width(word(topic)) + 2).sum::<usize>() > columns {
        let at = all.iter().position(|one| *one == topic).unwrap_or_default();
        return TextLine::of(Ink::Strong, format!("{}/{} [{}]", at + 1, all.len(), word(&topic)));
    }
    let piece = |one: &Option<Topic>| match *one == topic {
        true => Piece { text: format!("[{}]", word(one)), ink: Ink::Strong },
        false => Piece { text: format!(" {} ", word(one)), ink: Ink::Dim },
    };
    TextLine(all.iter().map(piece).collect())
}

/// Lays the topic out that is shown, unless that is done.
pub fn refresh(state: &mut State) {
    let Some(Room::Help(_, Some(topic), _)) = state.room() else { return };
    let (topic, columns) = (*topic, columns(state).min(MOST));
    if state.explained.as_ref().is_some_and(|(laid, wide, _)| (*laid, *wide) == (topic, columns)) {
        return;
    }
    let text = markdown::lay_out(&Foreign::new(topic.page(&state.keymap)), columns);
    state.explained = Some((topic, columns, Arc::new(text)));
}

/// Goes through the topics; `None` for what is the same everywhere.
pub fn act(state: &mut State, action: Action) -> Option<Vec<Out>> {
    let forward = match action {
        Action::NextTopic => true,
        Action::PreviousTopic => false,
        _ => return None,
    };
    if let Some(Room::Help(_, topic, cursor)) = state.rooms.last_mut() {
        let all: Vec<_> = std::iter::once(None).chain(Topic::ALL.map(Some)).collect();
        let at = all.iter().position(|one| one == topic).unwrap_or_default();
        let next = if forward { at + 1 } else { at + all.len() - 1 } % all.len();
        (*topic, *cursor) = (all.get(next).copied().flatten(), Cursor::default());
    }
    Some(Vec::new())
}

fn of_screen(state: &State, contexts: &[Context]) -> Vec<TextLine> {
    let columns = columns(state);
    let mut lines = Vec::new();
    let mut shown = contexts.to_vec();
    // The list's help also explains the line one types into, since help cannot be asked for while typing.
    if contexts.contains(&Context::Discover) {
        shown.insert(1, Context::Query);
    }
    for context in shown {
        // Keys of a text field do not compete with those of the room around it.
        let scope: Vec<Context> = if context == Context::Query { vec![context] } else { contexts.to_vec() };
        let groups = help::rows(&state.keymap, &scope);
        let Some((_, rows)) = groups.into_iter().find(|(c, _)| *c == context) else { continue };
        if !lines.is_empty() {
            lines.push(TextLine::blank());
        }
        lines.push(TextLine::of(Ink::Accent, context.title()));
        for row in rows {
            let about = row.action.info().about;
            if columns < 50 {
                lines.push(TextLine::of(Ink::Strong, format!("  {}", row.keys)));
                lines.extend(wrap_text(about, Ink::Plain, columns.saturating_sub(4)).into_iter().map(|l| indent(l, 4)));
                continue;
            }
            let wrapped = wrap_text(about, Ink::Plain, columns.saturating_sub(KEYS + 2));
            for (i, line) in wrapped.into_iter().enumerate() {
                let keys = if i == 0 { format!("  {:<KEYS$}", row.keys) } else { " ".repeat(KEYS + 2) };
                let mut pieces = vec![Piece { text: keys, ink: Ink::Strong }];
                pieces.extend(line.0);
                lines.push(TextLine(pieces));
            }
        }
    }
    if contexts.contains(&Context::Discover) {
        lines.push(TextLine::blank());
        lines.push(TextLine::of(Ink::Accent, "Signals: why a task is on the list"));
        for kind in SignalKind::ALL {
            let badge = Piece { text: format!("  {}  ", kind.badge()), ink: Ink::Badge(kind) };
            lines.push(TextLine(vec![badge, Piece { text: kind.word().into(), ink: Ink::Plain }]));
        }
        fields(columns, &mut lines);
    }
    mouse(state.options.mouse, columns, &mut lines);
    lines
}

/// What the mouse does, and how to have it otherwise.
fn mouse(on: bool, columns: usize, lines: &mut Vec<TextLine>) {
    let text = if on {
        "The wheel moves what it is over, a click chooses, a second click opens. To select text, hold shift while you drag."
    } else {
        "The terminal keeps the mouse, to select text with. `floorwalk --mouse`, or mouse = true under [ui], takes wheel and \
         clicks; text is then selected with shift held while you drag."
    };
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "Mouse"));
    lines.extend(wrap_text(text, Ink::Plain, columns.saturating_sub(4)).into_iter().map(|line| indent(line, 2)));
}

/// What may be typed into the query line besides words.
fn fields(columns: usize, lines: &mut Vec<TextLine>) {
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "How a query is written"));
    for (example, about) in SYNTAX {
        explained(example, about, columns, lines);
    }
    lines.push(TextLine::blank());
    lines.push(TextLine::of(Ink::Accent, "Fields of the query line; a '-' in front leaves out"));
    for info in FIELDS {
        explained(info.examples.first().copied().unwrap_or(info.name), &info.about(), columns, lines);
    }
}

/// An example with what it means beside it, or below it where one of them needs the row.
fn explained(example: &str, about: &str, columns: usize, lines: &mut Vec<TextLine>) {
    let below = columns < 50 || example.chars().count() >= EXAMPLES;
    if below {
        lines.push(TextLine::of(Ink::Strong, format!("  {example}")));
    }
    let left = if columns < 50 { 4 } else { EXAMPLES + 2 };
    let about = wrap_text(about, Ink::Plain, columns.saturating_sub(left));
    for (i, line) in about.into_iter().enumerate() {
        let head = if i == 0 && !below { format!("  {example:<EXAMPLES$}") } else { " ".repeat(left) };
        let mut pieces = vec![Piece { text: head, ink: Ink::Strong }];
        pieces.extend(line.0);
        lines.push(TextLine(pieces));
    }
}

fn indent(mut line: TextLine, by: usize) -> TextLine {
    line.0.insert(0, Piece { text: " ".repeat(by), ink: Ink::Plain });
    line
}

/// Paints the screen.
pub fn draw(state: &State, area: Rect, buf: &mut Buffer) {
    let Some(Room::Help(contexts, topic, cursor)) = state.room() else { return };
    let text = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    for (i, line) in lines(state, contexts, *topic).iter().skip(cursor.at).take(area.height as usize).enumerate() {
        put_line(buf, text, to_u16(i), line, &state.theme);
    }
}
