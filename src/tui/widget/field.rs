//! A text field: what is typed or pasted, and where the cursor stands. Control characters never get in. Knows no
//! key names beyond editing ones and does not paint.

use unicode_segmentation::UnicodeSegmentation;

use crate::keymap::{Chord, Key};

/// Longest text a field takes, bytes; a paste is cut there.
pub const MAX_FIELD: usize = 16 * 1024;

/// A text field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    text: String,
    /// Byte index, always at the edge of a cluster.
    cursor: usize,
    lines: bool,
}

impl Field {
    /// A field of one row with the cursor at the end of `text`.
    pub fn new(text: &str) -> Self {
        let mut field = Self::default();
        field.insert(text);
        field
    }

    /// A field of several rows.
    pub fn of_lines(text: &str) -> Self {
        let mut field = Self { lines: true, ..Self::default() };
        field.insert(text);
        field
    }

    /// What was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    /// Replaces everything.
    pub fn set(&mut self, text: &str) {
        *self = Self { lines: self.lines, ..Self::default() };
        self.insert(text);
    }

    /// Inserts typed or pasted text at the cursor. Line breaks become spaces where the field has one row; other
    /// control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let room = MAX_FIELD.saturating_sub(self.text.len());
        let mut clean = String::new();
        for c in text.replace("\r\n", "\n").chars() {
            let c = match c {
                '\n' | '\r' if self.lines => '\n',
                '\n' | '\r' | '\t' => ' ',
                c if c.is_control() => continue,
                c => c,
            };
            if clean.len() + c.len_utf8() > room {
                break;
            }
            clean.push(c);
        }
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
        // A combining mark may have joined the cluster before the cursor or after it.
        self.cursor = self.edge(self.cursor);
    }

    /// Puts a text in the place of some bytes; the cursor stands behind it. Nothing where they are no part of the text.
    pub fn replace(&mut self, span: std::ops::Range<usize>, text: &str) {
        if self.text.get(span.clone()).is_some() {
            self.text.replace_range(span.clone(), "");
            self.cursor = span.start;
            self.insert(text);
        }
    }

    fn edge(&self, at: usize) -> usize {
        self.text.grapheme_indices(true).map(|(i, _)| i).find(|i| *i >= at).unwrap_or(self.text.len())
    }

    /// One key of editing. Returns false when the key means nothing here.
    pub fn key(&mut self, chord: Chord) -> bool {
        if let Some(c) = chord.typed() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        match (chord.key, chord.ctrl) {
            (Key::Left, false) | (Key::Char('b'), true) => {
                self.cursor -= self.before().graphemes(true).next_back().map_or(0, str::len)
            }
            (Key::Right, false) | (Key::Char('f'), true) => {
                self.cursor += self.after().graphemes(true).next().map_or(0, str::len)
            }
            (Key::Home, _) | (Key::Char('a'), true) => self.cursor = self.line_start(),
            (Key::End, _) | (Key::Char('e'), true) => {
                self.cursor += self.after().find('\n').unwrap_or(self.after().len())
            }
            (Key::Backspace, _) | (Key::Char('h'), true) => {
                self.erase_back(self.before().graphemes(true).next_back().map_or(0, str::len))
            }
            (Key::Delete, _) | (Key::Char('d'), true) => {
                self.erase_forward(self.after().graphemes(true).next().map_or(0, str::len))
            }
            (Key::Char('w'), true) => self.erase_back(self.word_back()),
            (Key::Char('k'), true) => self.erase_forward(self.after().find('\n').unwrap_or(self.after().len())),
            _ => return false,
        }
        true
    }

    fn line_start(&self) -> usize {
        self.before().rfind('\n').map_or(0, |i| i + 1)
    }

    fn word_back(&self) -> usize {
        let kept = self.before().trim_end();
        let kept = kept.rfind(char::is_whitespace).and_then(|i| kept.get(..i)).map_or(0, |s| s.len() + 1);
        self.before().len().saturating_sub(kept.min(self.before().len()))
    }

    fn erase_back(&mut self, bytes: usize) {
        let from = self.cursor.saturating_sub(bytes);
        if self.text.is_char_boundary(from) {
            self.text.replace_range(from..self.cursor, "");
            self.cursor = self.edge(from);
        }
    }

    fn erase_forward(&mut self, bytes: usize) {
        let to = (self.cursor + bytes).min(self.text.len());
        if self.text.is_char_boundary(to) {
            self.text.replace_range(self.cursor..to, "");
            self.cursor = self.edge(self.cursor);
        }
    }
}
