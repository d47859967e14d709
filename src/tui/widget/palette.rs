//! The command palette: any action of the room below, found by typing a few of its letters.

use ratatui::layout::Rect;

use super::{
    super::{
        paint::{Piece, TextLine, fit, safe, to_u16, width},
        room::Overlay,
        state::{Cursor, Out, State, act as act_in_room},
        theme::Ink,
    },
    boxed::{Content, inner_columns},
    field::Field,
};
use crate::keymap::{Action, Chord, Context, action::ACTIONS, help};

/// Most rows shown at once.
const ROWS: usize = 12;

/// The palette while it is open.
#[derive(Clone, Debug)]
pub struct Palette {
    field: Field,
    contexts: Vec<Context>,
    found: Vec<Action>,
    cursor: Cursor,
}

impl Palette {
    /// Opens the palette over the room that is seen.
    pub fn new(state: &State) -> Self {
        let mut palette = Self {
            field: Field::default(),
            contexts: state.room_contexts(),
            found: Vec::new(),
            cursor: Cursor::default(),
        };
        palette.find();
        palette
    }

    /// A key that is no action.
    pub fn typed(&mut self, chord: Chord) {
        if self.field.key(chord) {
            self.find();
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.find();
    }

    /// What is offered now, best first.
    pub fn found(&self) -> &[Action] {
        &self.found
    }

    fn find(&mut self) {
        let wanted = self.field.text().to_lowercase();
        let mut found: Vec<(u32, usize, Action)> = ACTIONS
            .iter()
            .enumerate()
            .filter(|(_, info)| info.contexts.iter().any(|c| self.contexts.contains(c)))
            .filter(|(_, info)| !matches!(info.action, Action::Palette))
            .filter_map(|(i, info)| {
                // By its title first, then by its name in keymap files or the verb of the command line.
                let title = rank(&wanted, &info.title.to_lowercase());
                let others = [Some(info.name), info.verb].into_iter().flatten();
                let other = others.filter_map(|name| rank(&wanted, name).map(|r| r + 1)).min();
                title.into_iter().chain(other).min().map(|rank| (rank, i, info.action))
            })
            .collect();
        found.sort();
        self.found = found.into_iter().map(|(.., action)| action).collect();
        self.cursor = Cursor::default();
    }

    /// The rows of the box.
    pub fn content(&self, state: &State, area: Rect) -> Content {
        let columns = inner_columns(area);
        let text = safe(self.field.text());
        let mut lines = vec![TextLine(vec![
            Piece { text: ": ".into(), ink: Ink::Accent },
            Piece { text: text.into_owned(), ink: Ink::Plain },
        ])];
        let rows = ROWS.min((area.height as usize).saturating_sub(3)).max(1);
        let top = (self.cursor.at + 1).saturating_sub(rows);
        for (i, action) in self.found.iter().enumerate().skip(top).take(rows) {
            let here = i == self.cursor.at;
            let keys = help::keys_of(&state.keymap, &self.contexts, *action);
            let room = columns.saturating_sub(width(&keys) + 3);
            let title = fit(action.info().title, room).into_owned();
            let gap = columns.saturating_sub(2 + width(&title) + width(&keys));
            lines.push(TextLine(vec![
                Piece { text: if here { "▸ ".into() } else { "  ".into() }, ink: Ink::Accent },
                Piece { text: title, ink: if here { Ink::Strong } else { Ink::Plain } },
                Piece { text: " ".repeat(gap), ink: Ink::Plain },
                Piece { text: keys, ink: Ink::Dim },
            ]));
        }
        if self.found.is_empty() {
            lines.push(TextLine::of(Ink::Dim, "no action of that name here"));
        }
        let cursor = to_u16(2 + width(&safe(self.field.before())));
        Content { title: "Palette".into(), lines, cursor: Some((0, cursor)), typing: true, tail: false }
    }
}

/// How well `wanted` fits `name`, 0 best: as a beginning, as a part, as scattered letters.
fn rank(wanted: &str, name: &str) -> Option<u32> {
    if name.starts_with(wanted) {
        return Some(0);
    }
    if let Some(at) = name.find(wanted) {
        return Some(10 + u32::try_from(at).unwrap_or(0).min(30));
    }
    let mut letters = name.chars();
    wanted.chars().filter(|c| !c.is_whitespace()).all(|c| letters.any(|l| l == c)).then_some(100)
}

/// Actions while the palette is open.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let Some(Overlay::Palette(palette)) = &mut state.overlay else { return Vec::new() };
    let last = palette.found.len().saturating_sub(1);
    match action {
        Action::Back => state.overlay = None,
        Action::MoveDown => palette.cursor.at = (palette.cursor.at + 1).min(last),
        Action::MoveUp => palette.cursor.at = palette.cursor.at.saturating_sub(1),
        Action::ClearField => {
            palette.field.set("");
            palette.find();
        }
        Action::Accept => {
            let chosen = palette.found.get(palette.cursor.at).copied();
            state.overlay = None;
            return chosen.map(|action| act_in_room(state, action)).unwrap_or_default();
        }
        _ => {}
    }
    Vec::new()
}
