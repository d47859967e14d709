//! A refusal in full: the rule's sentence, who could lift it, when it lifts by itself, what could be done instead, and
//! tasks to take instead, each of which opens on Enter.

use ratatui::layout::Rect;

use super::{
    super::{
        keyed::keyed,
        paint::{Piece, TextLine, fit, safe, wrap_text},
        room::Overlay,
        screen,
        state::{Out, State},
        theme::Ink,
    },
    boxed::{Content, inner_columns},
};
use crate::{app::UserError, domain::refusal::Refusal, keymap::Action};

/// The panel while it is open.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What was wished; empty where that is not known any more.
    title: String,
    refusal: Refusal,
    /// Which of the alternatives is chosen.
    at: usize,
}

/// A refusal in rows, where it stands among other things.
pub fn words(state: &State, error: &UserError) -> Vec<(Ink, String)> {
    let mut lines = vec![(Ink::Error, format!("Refused: {}", safe(&error.sentence)))];
    let Some(refusal) = &error.refusal else {
        lines.extend(error.hints.iter().map(|hint| (Ink::Plain, safe(&keyed(state, hint)).into_owned())));
        return lines;
    };
    let told = refusal.lines(&|key| state.shown_key(key));
    lines.extend(told.iter().map(|line| (Ink::Plain, safe(&keyed(state, line)).into_owned())));
    if !refusal.alternatives.is_empty() {
        lines.push((Ink::Plain, "Enter shows what else is free.".into()));
    }
    lines
}

impl Panel {
    /// The panel of a refusal.
    pub fn new(title: impl Into<String>, refusal: Refusal) -> Self {
        Self { title: title.into(), refusal, at: 0 }
    }

    /// True when there is something to choose.
    pub fn has_alternatives(&self) -> bool {
        !self.refusal.alternatives.is_empty()
    }

    /// Everything it says, the alternatives with numbers.
    pub fn told(&self, state: &State) -> Vec<String> {
        let mut lines =
            vec![format!("Refused: {}", safe(&self.refusal.sentence)), safe(&self.refusal.remedy()).into_owned()];
        lines.extend(self.refusal.instead.iter().map(|what| safe(what).into_owned()));
        if self.has_alternatives() {
            lines.push("Free and alike; a number opens it, anything else leaves this.".into());
        }
        lines.extend(self.refusal.alternatives.iter().enumerate().map(|(at, key)| {
            let title = state.snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
            format!("{}. {} {title}", at + 1, state.shown_key(key))
        }));
        lines
    }

    /// Chooses an alternative by its number, from 1. False where there is no such one.
    pub fn choose(&mut self, number: usize) -> bool {
        let exists = (1..=self.refusal.alternatives.len()).contains(&number);
        if exists {
            self.at = number - 1;
        }
        exists
    }

    /// The rows of the box.
    pub fn content(&self, state: &State, area: Rect) -> Content {
        let columns = inner_columns(area);
        let mut lines = wrap_text(&safe(&self.refusal.sentence), Ink::Strong, columns);
        lines.extend(wrap_text(&safe(&self.refusal.remedy()), Ink::Plain, columns));
        if !self.refusal.instead.is_empty() {
            lines.push(TextLine::of(Ink::Accent, "What you could do"));
            for what in &self.refusal.instead {
                lines.extend(wrap_text(&safe(&keyed(state, what)), Ink::Plain, columns));
            }
        }
        let mut cursor = None;
        if self.has_alternatives() {
            lines.push(TextLine::of(Ink::Accent, "Free and alike"));
        }
        for (i, key) in self.refusal.alternatives.iter().enumerate() {
            let here = i == self.at;
            if here {
                cursor = Some((lines.len(), 0));
            }
            let title = state.snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
            let shown = format!("{}  ", state.shown_key(key));
            let room = columns.saturating_sub(2 + super::super::paint::width(&shown));
            lines.push(TextLine(vec![
                Piece { text: if here { "▸ ".into() } else { "  ".into() }, ink: Ink::Accent },
                Piece { text: shown, ink: Ink::Accent },
                Piece { text: fit(&title, room).into_owned(), ink: if here { Ink::Strong } else { Ink::Plain } },
            ]));
        }
        let title = if self.title.is_empty() { "Refused".into() } else { format!("{}: refused", self.title) };
        Content { title, lines, cursor, typing: false, tail: self.at + 1 >= self.refusal.alternatives.len() }
    }
}

/// Actions while the panel is open.
pub fn act(state: &mut State, action: Action) -> Vec<Out> {
    let Some(Overlay::Refused(panel)) = &mut state.overlay else { return Vec::new() };
    let len = panel.refusal.alternatives.len().max(1);
    match action {
        Action::MoveDown | Action::NextField | Action::ChoiceNext => panel.at = (panel.at + 1) % len,
        Action::MoveUp | Action::PreviousField | Action::ChoicePrevious => panel.at = (panel.at + len - 1) % len,
        Action::Accept => {
            let chosen = panel.refusal.alternatives.get(panel.at).cloned();
            state.overlay = None;
            if let Some(key) = chosen {
                screen::open(state, key);
            }
        }
        Action::Back => state.overlay = None,
        _ => {}
    }
    Vec::new()
}
