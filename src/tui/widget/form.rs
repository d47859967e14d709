//! A small form: labelled fields one under the other, of which one has the cursor. Owns what was typed and chosen;
//! knows no task, no rule and no wish.

use jiff::{ToSpan, civil::Date};

use super::{
    super::{
        paint::{Piece, TextLine, cut, safe, to_u16, width, wrap, wrap_text},
        theme::Ink,
    },
    field::Field,
};
use crate::keymap::{Action, Chord, Key};

/// Columns of a label with the mark of the cursor in front.
const LABEL: usize = 10;

/// Columns that the chosen word of a choice keeps, before count and label.
const WORD_LEAST: usize = 10;

/// What a field takes.
#[derive(Clone, Debug)]
enum Input {
    /// One row of text.
    Line(Field),
    /// Several rows of text.
    Note(Field),
    /// A day, written `2026-11-30`; left and right go a day back and on, from `from` while it is empty.
    Day { field: Field, from: Date },
    /// One of these.
    Choice { words: Vec<String>, at: usize },
}

/// A field with its label.
#[derive(Clone, Debug)]
struct Slot {
    label: &'static str,
    /// Shown while the field is empty.
    hint: String,
    input: Input,
}

/// What was typed and chosen, by label.
pub type Values = Vec<(&'static str, String)>;

/// A form.
#[derive(Clone, Debug, Default)]
pub struct Form {
    slots: Vec<Slot>,
    at: usize,
    /// Why it cannot be sent as it stands, one sentence.
    pub mistake: Option<String>,
}

impl Form {
    fn with(mut self, label: &'static str, hint: &str, input: Input) -> Self {
        self.slots.push(Slot { label, hint: hint.to_owned(), input });
        self
    }

    /// With a field of one row. Labels have at most eight columns and are unique in a form.
    #[must_use]
    pub fn line(self, label: &'static str, hint: &str) -> Self {
        self.with(label, hint, Input::Line(Field::default()))
    }

    /// With a field of several rows.
    #[must_use]
    pub fn note(self, label: &'static str, hint: &str) -> Self {
        self.with(label, hint, Input::Note(Field::of_lines("")))
    }

    /// With a day, filled in.
    #[must_use]
    pub fn day(self, label: &'static str, day: Date) -> Self {
        let field = Field::new(&day.to_string());
        self.with(label, "a day, such as 2026-11-30", Input::Day { field, from: day })
    }

    /// With a day that may stay empty; left and right begin at `from`.
    #[must_use]
    pub fn maybe_day(self, label: &'static str, hint: &str, from: Date) -> Self {
        self.with(label, hint, Input::Day { field: Field::default(), from })
    }

    /// With a choice of harmless words.
    #[must_use]
    pub fn choice(self, label: &'static str, words: Vec<String>, at: usize) -> Self {
        let at = at.min(words.len().saturating_sub(1));
        self.with(label, "", Input::Choice { words, at })
    }

    fn slot(&self, label: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.label == label)
    }

    fn focused(&mut self) -> Option<&mut Slot> {
        self.slots.get_mut(self.at)
    }

    /// True when there is a field of this label.
    pub fn has(&self, label: &str) -> bool {
        self.slot(label).is_some()
    }

    /// What was written into a field, without blanks around it; empty where there is no such field.
    pub fn text(&self, label: &str) -> &str {
        match self.slot(label).map(|slot| &slot.input) {
            Some(Input::Line(field) | Input::Note(field) | Input::Day { field, .. }) => field.text().trim(),
            _ => "",
        }
    }

    /// Which word of a choice holds, from 0; 0 where there is no such field.
    pub fn chosen(&self, label: &str) -> usize {
        match self.slot(label).map(|slot| &slot.input) {
            Some(Input::Choice { at, .. }) => *at,
            _ => 0,
        }
    }

    /// The day of a field; `None` while it is empty.
    ///
    /// # Errors
    /// A sentence, when it is no day.
    pub fn date(&self, label: &str) -> Result<Option<Date>, String> {
        let text = self.text(label);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| format!("{label}: '{}' is no day; write it as 2026-11-30", safe(text)))
    }

    /// True while the field under the cursor takes several rows.
    pub fn in_note(&self) -> bool {
        self.slots.get(self.at).is_some_and(|slot| matches!(slot.input, Input::Note(_)))
    }

    /// True while the field under the cursor is one to choose in, without text.
    pub fn in_choice(&self) -> bool {
        self.slots.get(self.at).is_none_or(|slot| matches!(slot.input, Input::Choice { .. }))
    }

    /// True while left and right choose in the field under the cursor.
    pub fn can_choose(&self) -> bool {
        let chooses = |slot: &Slot| matches!(slot.input, Input::Choice { .. } | Input::Day { .. });
        self.slots.get(self.at).is_some_and(chooses)
    }

    /// True with no other field to go to.
    pub fn is_single(&self) -> bool {
        self.slots.len() < 2
    }

    /// True while the cursor is in the last field.
    pub fn is_last(&self) -> bool {
        self.at + 1 >= self.slots.len()
    }

    /// True without any field.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Puts the cursor into a field.
    pub fn focus(&mut self, label: &str) {
        self.at = self.slots.iter().position(|slot| slot.label == label).unwrap_or(self.at);
    }

    /// Label of the field under the cursor; empty without fields.
    pub fn label(&self) -> &'static str {
        self.slots.get(self.at).map(|slot| slot.label).unwrap_or_default()
    }

    /// The words of a choice; empty for other fields.
    pub fn words(&self, label: &str) -> &[String] {
        match self.slot(label).map(|slot| &slot.input) {
            Some(Input::Choice { words, .. }) => words,
            _ => &[],
        }
    }

    /// What a field of text is for.
    pub fn hint(&self, label: &str) -> &str {
        self.slot(label).map(|slot| slot.hint.as_str()).unwrap_or_default()
    }

    /// Everything typed and chosen.
    pub fn values(&self) -> Values {
        let value = |input: &Input| match input {
            Input::Line(field) | Input::Note(field) | Input::Day { field, .. } => field.text().to_owned(),
            Input::Choice { words, at } => words.get(*at).cloned().unwrap_or_default(),
        };
        self.slots.iter().map(|slot| (slot.label, value(&slot.input))).collect()
    }

    /// Fills in what was typed and chosen before.
    pub fn restore(&mut self, values: &[(&'static str, String)]) {
        for (label, value) in values {
            match self.slots.iter_mut().find(|slot| slot.label == *label).map(|slot| &mut slot.input) {
                Some(Input::Line(field) | Input::Note(field) | Input::Day { field, .. }) => field.set(value),
                Some(Input::Choice { words, at }) => *at = words.iter().position(|word| word == value).unwrap_or(*at),
                None => {}
            }
        }
    }

    /// Does an action of a dialog.
    pub fn act(&mut self, action: Action) {
        let len = self.slots.len().max(1);
        match action {
            Action::NextField | Action::MoveDown => self.at = (self.at + 1) % len,
            Action::PreviousField | Action::MoveUp => self.at = (self.at + len - 1) % len,
            _ => {
                self.mistake = None;
                if let Some(slot) = self.focused() {
                    slot.act(action);
                }
            }
        }
    }

    /// A key that is no action: text, or the first letter of a choice.
    pub fn typed(&mut self, chord: Chord) {
        self.mistake = None;
        if let Some(slot) = self.focused() {
            slot.typed(chord);
        }
    }

    /// Pasted text; a choice gives it to the first text field after it.
    pub fn paste(&mut self, text: &str) {
        self.mistake = None;
        let takes = |slot: &Slot| !matches!(slot.input, Input::Choice { .. });
        let here = self.slots.iter().skip(self.at).position(takes).map(|after| self.at + after);
        let Some(at) = here.or_else(|| self.slots.iter().position(takes)) else { return };
        self.at = at;
        if let Some(Slot { input: Input::Line(field) | Input::Note(field) | Input::Day { field, .. }, .. }) =
            self.focused()
        {
            field.insert(text);
        }
    }

    /// The rows of the form, and where the text cursor is among them. `below` gives what stands under a field.
    pub fn lines(
        &self,
        columns: usize,
        below: &dyn Fn(&str) -> Vec<(Ink, String)>,
    ) -> (Vec<TextLine>, Option<(usize, u16)>) {
        let mut lines = Vec::new();
        let mut cursor = None;
        for (i, slot) in self.slots.iter().enumerate() {
            let focus = i == self.at;
            if let Some(mistake) = self.mistake.as_ref().filter(|_| focus) {
                lines.extend(wrap_text(&safe(mistake), Ink::Error, columns));
            }
            let at = lines.len();
            match &slot.input {
                Input::Choice { words, at: chosen } => {
                    lines.push(choices(slot.label, words, *chosen, focus, columns));
                    if focus {
                        cursor = Some((at, 0));
                    }
                }
                Input::Line(field) | Input::Note(field) | Input::Day { field, .. } => {
                    let (rows, (row, column)) = field_lines(slot, field, focus, columns);
                    lines.extend(rows);
                    if focus {
                        cursor = Some((at + row, column));
                    }
                }
            }
            for (ink, text) in below(slot.label) {
                let margin = margin(columns);
                lines.extend(wrap(&[Piece { text, ink }], columns, &margin, &margin));
            }
        }
        (lines, cursor)
    }
}

impl Slot {
    fn act(&mut self, action: Action) {
        let forward = action == Action::ChoiceNext;
        match (&mut self.input, action) {
            (Input::Choice { words, at }, Action::ChoiceNext | Action::ChoicePrevious) => {
                let len = words.len().max(1);
                *at = if forward { (*at + 1) % len } else { (*at + len - 1) % len };
            }
            (Input::Day { field, from }, Action::ChoiceNext | Action::ChoicePrevious) => {
                let day = field.text().trim().parse::<Date>().ok();
                let by = if forward { 1 } else { -1 };
                // The first step from an empty field shows the day that held until now.
                let day = day.map_or(*from, |day| day.saturating_add(by.days()));
                field.set(&day.to_string());
            }
            (Input::Line(field) | Input::Note(field), Action::ChoiceNext | Action::ChoicePrevious) => {
                field.key(Chord::plain(if forward { Key::Right } else { Key::Left }));
            }
            (Input::Note(field), Action::NewLine) => field.insert("\n"),
            (Input::Line(field) | Input::Note(field) | Input::Day { field, .. }, Action::ClearField) => field.set(""),
            _ => {}
        }
    }

    fn typed(&mut self, chord: Chord) {
        match &mut self.input {
            Input::Line(field) | Input::Note(field) | Input::Day { field, .. } => {
                field.key(chord);
            }
            Input::Choice { words, at } => {
                let Some(c) = chord.typed() else { return };
                let begins = |word: &String| word.chars().next().is_some_and(|w| w.eq_ignore_ascii_case(&c));
                let after = words.iter().skip(*at + 1).position(begins).map(|n| *at + 1 + n);
                *at = after.or_else(|| words.iter().position(begins)).unwrap_or(*at);
            }
        }
    }
}

/// Columns from which on a field of text has its name in front.
const NARROW: usize = 24;

/// What goes in front of rows that belong to the field above; nothing where columns are precious.
fn margin(columns: usize) -> String {
    " ".repeat(if columns < 30 { 0 } else { LABEL })
}

fn label_piece(label: &str, focus: bool) -> Piece {
    Piece {
        text: format!("{} {label:<8}", if focus { "▸" } else { " " }),
        ink: if focus { Ink::Accent } else { Ink::Dim },
    }
}

/// A row of choices; the chosen one stands in brackets. Where they do not all fit, only the chosen one is shown.
fn choices(label: &str, words: &[String], chosen: usize, focus: bool, columns: usize) -> TextLine {
    let mut pieces = vec![label_piece(label, focus)];
    let all: usize = words.iter().map(|w| width(w) + 2).sum();
    if LABEL + all > columns {
        let word = words.get(chosen).map(String::as_str).unwrap_or_default();
        let room = columns.saturating_sub(LABEL + 2);
        let count = format!(" {} of {}", chosen + 1, words.len());
        // The word itself is what matters: the count goes first, then the label.
        let count = Some(count).filter(|count| count.len() + width(word).min(WORD_LEAST) <= room).unwrap_or_default();
        let bare = room < width(word).min(WORD_LEAST);
        let room = if bare {
            pieces = vec![Piece { text: if focus { "▸ " } else { "  " }.into(), ink: Ink::Accent }];
            columns.saturating_sub(4)
        } else {
            room - count.len()
        };
        let word = super::super::paint::fit(word, room).into_owned();
        pieces.push(Piece { text: format!("[{word}]"), ink: Ink::Strong });
        pieces.push(Piece { text: count, ink: Ink::Dim });
        return TextLine(pieces);
    }
    for (i, word) in words.iter().enumerate() {
        let (text, ink) =
            if i == chosen { (format!("[{word}]"), Ink::Strong) } else { (format!(" {word} "), Ink::Plain) };
        pieces.push(Piece { text, ink });
    }
    TextLine(pieces)
}

/// Rows of a text field behind its label, and where its cursor is among them.
fn field_lines(slot: &Slot, field: &Field, focus: bool, columns: usize) -> (Vec<TextLine>, (usize, u16)) {
    // The text matters more than its name, where both do not fit.
    let label = if columns < NARROW { 2 } else { LABEL };
    let name = |text: &str, focus: bool| match columns < NARROW {
        true => Piece { text: if focus { "▸ " } else { "  " }.into(), ink: Ink::Accent },
        false => label_piece(text, focus),
    };
    let room = columns.saturating_sub(label + 1).max(4);
    let mut lines = Vec::new();
    let mut cursor = (0, 0);
    let mut passed = 0;
    for (i, row) in field.text().split('\n').enumerate() {
        // Rows longer than the box show the part with the cursor.
        let before = field.before().get(passed..).unwrap_or_default();
        let here = field.before().len() >= passed && before.len() <= row.len();
        let before = if here { width(&safe(before)) } else { 0 };
        let hidden = before.saturating_sub(room - 1);
        let text = safe(row);
        let head = cut(&text, hidden).len();
        let text = cut(text.get(head..).unwrap_or_default(), room).to_owned();
        if here {
            cursor = (i, to_u16(label + before - hidden));
        }
        let first = if i == 0 { name(slot.label, focus) } else { name("", false) };
        lines.push(TextLine(vec![first, Piece { text, ink: Ink::Plain }]));
        passed += row.len() + 1;
    }
    if field.text().is_empty() && !slot.hint.is_empty() {
        let hint = Piece { text: slot.hint.clone(), ink: Ink::Dim };
        let mut hinted = wrap(&[hint], room, "", "");
        if let Some(first) = hinted.first_mut() {
            first.0.insert(0, name(slot.label, focus));
        }
        for more in hinted.iter_mut().skip(1) {
            more.0.insert(0, name("", false));
        }
        lines = hinted;
    }
    (lines, cursor)
}
