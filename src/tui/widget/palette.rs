//! The command palette: any action, found by typing a few of its letters, its key, or the verb of the command line;
//! those of the room below first. Remembers what was chosen before.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::{
    super::{
        hands,
        paint::{Piece, TextLine, fit, safe, to_u16, width, wrap_text},
        room::Overlay,
        screen,
        state::{Cursor, Out, State},
        theme::Ink,
    },
    boxed::{Content, inner_columns},
    field::Field,
};
use crate::keymap::{Action, ActionInfo, Chord, Context, Keymap, action::ACTIONS, help};

/// Most rows shown at once.
const ROWS: usize = 12;

/// Rows of the sentence about the action under the cursor.
const ABOUT: usize = 2;

/// Most choices that are remembered.
const REMEMBERED: usize = 50;

/// The palette while it is open.
#[derive(Clone, Debug)]
pub struct Palette {
    field: Field,
    contexts: Vec<Context>,
    keymap: Arc<Keymap>,
    found: Vec<Action>,
    cursor: Cursor,
    /// Which of the earlier choices is shown, from the newest; `None` while something else was typed.
    recalled: Option<usize>,
}

impl Palette {
    /// Opens the palette over the room that is seen.
    pub fn new(state: &State) -> Self {
        let mut palette = Self {
            field: Field::default(),
            contexts: state.room_contexts(),
            keymap: state.keymap.clone(),
            found: Vec::new(),
            cursor: Cursor::default(),
            recalled: None,
        };
        palette.find();
        palette
    }

    /// A key that is no action.
    pub fn typed(&mut self, chord: Chord) {
        if self.field.key(chord) {
            self.recalled = None;
            self.find();
        }
    }

    /// Pasted text.
    pub fn paste(&mut self, text: &str) {
        self.field.insert(text);
        self.recalled = None;
        self.find();
    }

    /// What is offered now, best first.
    pub fn found(&self) -> &[Action] {
        &self.found
    }

    /// True for what does something in the room below.
    fn works(&self, info: &ActionInfo) -> bool {
        info.contexts.iter().any(|c| self.contexts.contains(c))
    }

    fn find(&mut self) {
        let typed = self.field.text().trim();
        let wanted = typed.to_lowercase();
        let mut found: Vec<(bool, u32, usize, Action)> = ACTIONS
            .iter()
            .enumerate()
            // What is of no use here is shown only to whoever asks for it, and not what belongs to a text field.
            .filter(|(_, info)| self.works(info) || (!typed.is_empty() && !info.contexts.iter().all(|c| c.is_text())))
            .filter(|(_, info)| !matches!(info.action, Action::Palette))
            .filter_map(|(i, info)| Some((!self.works(info), self.rank(typed, &wanted, info)?, i, info.action)))
            .collect();
        found.sort();
        self.found = found.into_iter().map(|(.., action)| action).collect();
        self.cursor = Cursor::default();
    }

    /// How well an action fits: by its key exactly, by its title, else by its name in keymap files or its verb.
    fn rank(&self, typed: &str, wanted: &str, info: &ActionInfo) -> Option<u32> {
        if self.keymap.keys(&self.contexts, info.action).iter().any(|key| key.to_string() == typed) {
            return Some(0);
        }
        let title = rank(wanted, &info.title.to_lowercase());
        let others = [Some(info.name), info.verb].into_iter().flatten();
        let other = others.filter_map(|name| rank(wanted, name).map(|r| r + 1)).min();
        title.into_iter().chain(other).min()
    }

    /// Shows an earlier choice, or what was before all of them.
    fn recall(&mut self, chosen: &[Action], back: usize) {
        let Some(action) = chosen.iter().rev().nth(back) else { return };
        self.field.set(action.info().title);
        self.find();
        self.recalled = Some(back);
    }

    fn move_up(&mut self, chosen: &[Action]) {
        match self.recalled {
            _ if self.cursor.at > 0 => self.cursor.at -= 1,
            Some(back) => self.recall(chosen, back + 1),
            None => self.recall(chosen, 0),
        }
    }

    fn move_down(&mut self, chosen: &[Action]) {
        match self.recalled {
            Some(0) if self.cursor.at == 0 => {
                self.recalled = None;
                self.field.set("");
                self.find();
            }
            Some(back) if self.cursor.at == 0 => self.recall(chosen, back - 1),
            _ => self.cursor.at = (self.cursor.at + 1).min(self.found.len().saturating_sub(1)),
        }
    }

    /// What stands at the right of an action: its keys here, or where it works.
    fn right(&self, action: Action) -> String {
        if self.works(action.info()) {
            return help::keys_of(&self.keymap, &self.contexts, action);
        }
        let places: Vec<_> = action.info().contexts.iter().filter(|c| !c.is_text()).map(|c| c.title()).collect();
        format!("in {}", places.join(", "))
    }

    /// The rows of the box.
    pub fn content(&self, area: Rect) -> Content {
        let columns = inner_columns(area);
        let text = safe(self.field.text());
        let mut lines = vec![TextLine(vec![
            Piece { text: ": ".into(), ink: Ink::Accent },
            Piece { text: text.into_owned(), ink: Ink::Plain },
        ])];
        let about = if area.height >= 12 { ABOUT + 1 } else { 0 };
        let rows = ROWS.min((area.height as usize).saturating_sub(3 + about)).max(1);
        let top = (self.cursor.at + 1).saturating_sub(rows);
        for (i, action) in self.found.iter().enumerate().skip(top).take(rows) {
            let here = i == self.cursor.at;
            let keys = fit(&self.right(*action), columns / 2).into_owned();
            let room = columns.saturating_sub(width(&keys) + 3);
            let title = fit(action.info().title, room).into_owned();
            let gap = columns.saturating_sub(2 + width(&title) + width(&keys));
            let ink = match (here, self.works(action.info())) {
                (true, _) => Ink::Strong,
                (false, true) => Ink::Plain,
                (false, false) => Ink::Dim,
            };
            lines.push(TextLine(vec![
                Piece { text: if here { "▸ ".into() } else { "  ".into() }, ink: Ink::Accent },
                Piece { text: title, ink },
                Piece { text: " ".repeat(gap), ink: Ink::Plain },
                Piece { text: keys, ink: Ink::Dim },
            ]));
        }
        match self.found.get(self.cursor.at) {
            None => lines.push(TextLine::of(Ink::Dim, "no action of that name")),
            Some(action) if about > 0 => {
                lines.push(TextLine::blank());
                lines.extend(wrap_text(action.info().about, Ink::Plain, columns).into_iter().take(ABOUT));
            }
            Some(_) => {}
        }
        let cursor = to_u16(2 + width(&safe(self.field.before())));
        Content { title: "Palette".into(), lines, cursor: Some((0, cursor)), typing: true, tail: false }
    }
}

/// How well `wanted` fits `name`, less is better: whole, as a beginning, as a part, as scattered letters.
fn rank(wanted: &str, name: &str) -> Option<u32> {
    if name == wanted {
        return Some(0);
    }
    if name.starts_with(wanted) {
        return Some(1);
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
    match action {
        Action::Back => state.overlay = None,
        Action::MoveDown => palette.move_down(&state.hands.chosen),
        Action::MoveUp => palette.move_up(&state.hands.chosen),
        Action::ClearField => {
            palette.field.set("");
            palette.recalled = None;
            palette.find();
        }
        Action::Accept => {
            let Some(chosen) = palette.found.get(palette.cursor.at).copied() else {
                state.overlay = None;
                return Vec::new();
            };
            let (works, place) = (palette.works(chosen.info()), palette.right(chosen));
            state.overlay = None;
            if !works {
                screen::refuse(
                    state,
                    format!("'{}' does nothing here", chosen.info().title),
                    &format!("it works {place}"),
                );
                return Vec::new();
            }
            let remembered = &mut state.hands.chosen;
            remembered.retain(|earlier| *earlier != chosen);
            remembered.push(chosen);
            remembered.drain(..remembered.len().saturating_sub(REMEMBERED));
            return hands::perform(state, chosen);
        }
        _ => {}
    }
    Vec::new()
}
