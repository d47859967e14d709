//! Writing into the frame without ever leaving it: clipped text, ellipsis, wrapping, and text of several inks.
//! Takes harmless text only (the sinks of `domain::text`); [`safe`] makes typed or pasted text harmless. Knows no
//! state and no screen.

use std::borrow::Cow;

use ratatui::{
    buffer::{Buffer, CellWidth},
    layout::Rect,
    style::Style,
};
use unicode_segmentation::UnicodeSegmentation;

use super::theme::{Ink, Theme};
use crate::domain::text::safe_line;

/// A piece of text in one ink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Harmless text of one row.
    pub text: String,
    /// How it looks.
    pub ink: Ink,
}

/// One laid-out row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLine(pub Vec<Piece>);

impl TextLine {
    /// A row in one ink.
    pub fn of(ink: Ink, text: impl Into<String>) -> Self {
        Self(vec![Piece { text: text.into(), ink }])
    }

    /// An empty row.
    pub fn blank() -> Self {
        Self::default()
    }

    /// The text without inks.
    pub fn text(&self) -> String {
        self.0.iter().map(|p| p.text.as_str()).collect()
    }
}

/// One harmless row of typed or pasted text. Unlike `safe_line` it keeps what is empty empty.
pub fn safe(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) { Cow::Borrowed(raw) } else { safe_line(raw) }
}

/// True for text of printable ASCII alone: each byte is a character of one column.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// A harmless text that stands in a sentence: one that is written from right to left keeps its own order and leaves that
/// of the sentence alone (U+2068, U+2069 of Unicode's UAX #9). For lines only: in a cell such marks have no place.
pub fn isolated(text: &str) -> Cow<'_, str> {
    let turns = |c: char| matches!(u32::from(c), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff);
    if text.chars().any(turns) { Cow::Owned(format!("\u{2068}{text}\u{2069}")) } else { Cow::Borrowed(text) }
}

/// Columns a harmless text takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(|g| g.cell_width() as usize).sum() }
}

/// The longest beginning of `text` that takes at most `columns`.
pub fn cut(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += cluster.cell_width() as usize;
        if used > columns {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// `text` in at most `columns`, with an ellipsis where something was cut.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.len() <= columns && text.is_ascii() || width(text) <= columns {
        Cow::Borrowed(text)
    } else if columns == 0 {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!("{}…", cut(text, columns - 1)))
    }
}

/// Writes `text` at column `x` of `area`'s row `y` (both from the area's corner), clipped to the area and the
/// frame. Returns the column after it.
pub fn put(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if x >= area.width || y >= area.height {
        return x;
    }
    let room = area.width - x;
    if is_plain(text) {
        return x + put_plain(buf, (area.x + x, area.y + y), room, text, style);
    }
    let (end, _) = buf.set_stringn(area.x + x, area.y + y, text, room as usize, style);
    end.saturating_sub(area.x)
}

/// What `Buffer::set_stringn` does, for text of which each byte is a cell: most of what is on a screen, and a frame spends most
/// of its time looking for clusters. Returns the columns that were written.
#[expect(clippy::disallowed_methods, reason = "the one place that writes a symbol: constants and washed text only")]
fn put_plain(buf: &mut Buffer, at: (u16, u16), room: u16, text: &str, style: Style) -> u16 {
    let from = buf.index_of(at.0, at.1);
    let cells = buf.content.iter_mut().skip(from).take(room as usize);
    let mut written = 0;
    for (cell, symbol) in cells.zip(text.split_inclusive(|_| true)) {
        cell.set_symbol(symbol).set_style(style);
        written += 1;
    }
    written
}

/// As [`put`], in at most `columns`, with an ellipsis.
pub fn put_fit(buf: &mut Buffer, area: Rect, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
    let columns = columns.min(area.width.saturating_sub(x));
    put(buf, area, x, y, &fit(text, columns as usize), style)
}

/// Writes `text` so that it ends at the right edge of `area`'s row `y`. Returns the column it starts at.
pub fn put_right(buf: &mut Buffer, area: Rect, y: u16, text: &str, style: Style) -> u16 {
    let x = area.width.saturating_sub(to_u16(width(text)));
    put(buf, area, x, y, text, style);
    x
}

/// Writes a laid-out row at `area`'s row `y`.
pub fn put_line(buf: &mut Buffer, area: Rect, y: u16, line: &TextLine, theme: &Theme) {
    let mut x = 0;
    for piece in &line.0 {
        x = put(buf, area, x, y, &piece.text, theme.ink(piece.ink));
    }
}

/// Paints a style over `area`'s row `y`.
pub fn tint(buf: &mut Buffer, area: Rect, y: u16, style: Style) {
    if y < area.height {
        buf.set_style(Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(buf.area), style);
    }
}

/// A vertical rule in the first column of `area`.
pub fn rule(buf: &mut Buffer, area: Rect, theme: &Theme) {
    for y in 0..area.height {
        put(buf, area, 0, y, "│", theme.border);
    }
}

/// Empties `area` for something that lies on top. A wide character that reaches into it goes as a whole: half of
/// it would hide what is painted there.
#[expect(clippy::disallowed_methods, reason = "the one place that writes a symbol: constants and washed text only")]
pub fn blank(buf: &mut Buffer, area: Rect, theme: &Theme) {
    let spaces = " ".repeat(area.width as usize);
    for y in 0..area.height {
        if let Some(left) = area.x.checked_sub(1)
            && let Some(cell) = buf.cell_mut((left, area.y + y))
            && cell.symbol().cell_width() > 1
        {
            cell.set_symbol(" ");
        }
        put(buf, area, 0, y, &spaces, Style::reset().patch(theme.plain));
    }
}

/// `usize` to columns, capped.
pub fn to_u16(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}

/// Wraps pieces at words into rows of at most `columns`; `first` and `rest` go in front of the rows. A word longer
/// than a row is broken.
pub fn wrap(pieces: &[Piece], columns: usize, first: &str, rest: &str) -> Vec<TextLine> {
    let mut wrap =
        Wrap { columns: columns.max(1), rest, lines: Vec::new(), line: TextLine::default(), used: 0, bare: true };
    wrap.start(first);
    for piece in pieces {
        for word in words(&piece.text) {
            wrap.word(word, piece.ink);
        }
    }
    wrap.lines.push(wrap.line);
    wrap.lines
}

/// `text` in runs of blanks, runs of anything else, and line breaks.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut left = text;
    std::iter::from_fn(move || {
        let first = left.chars().next()?;
        let end = match first {
            '\n' => 1,
            _ => left.find(|c: char| c == '\n' || c.is_whitespace() != first.is_whitespace()).unwrap_or(left.len()),
        };
        let (word, rest) = left.split_at_checked(end)?;
        left = rest;
        Some(word)
    })
}

struct Wrap<'a> {
    columns: usize,
    rest: &'a str,
    lines: Vec<TextLine>,
    line: TextLine,
    used: usize,
    /// True while the row holds nothing but its prefix.
    bare: bool,
}

impl Wrap<'_> {
    fn start(&mut self, prefix: &str) {
        self.bare = true;
        self.used = 0;
        // A prefix that leaves no room for text is dropped: narrow windows show text, not decoration.
        if !prefix.is_empty() && width(prefix) + 4 <= self.columns {
            self.used = width(prefix);
            self.line.0.push(Piece { text: prefix.into(), ink: Ink::Dim });
        }
    }

    fn turn(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
        let rest = self.rest;
        self.start(rest);
    }

    fn word(&mut self, word: &str, ink: Ink) {
        if word == "\n" {
            return self.turn();
        }
        let blank = word.trim().is_empty();
        // A word that no row can hold starts where it stands and is broken.
        let long = width(word);
        if self.used + long > self.columns && !self.bare && long <= self.columns.saturating_sub(width(self.rest)) {
            self.turn();
        }
        if blank && self.bare && !self.lines.is_empty() {
            return;
        }
        let mut left = word;
        loop {
            let room = self.columns.saturating_sub(self.used);
            let head = cut(left, room);
            if head.is_empty() && !self.bare {
                self.turn();
                continue;
            }
            // A cluster wider than the row cannot be shown at all; something stands for it.
            let (head, shown) = match left.graphemes(true).next() {
                Some(cluster) if head.is_empty() => (cluster, "…"),
                _ => (head, head),
            };
            self.push(shown, ink);
            left = left.get(head.len()..).unwrap_or_default();
            if left.is_empty() {
                return;
            }
            self.turn();
        }
    }

    fn push(&mut self, text: &str, ink: Ink) {
        self.used += width(text);
        match self.line.0.last_mut() {
            Some(last) if last.ink == ink && !self.bare => last.text.push_str(text),
            _ => self.line.0.push(Piece { text: text.into(), ink }),
        }
        self.bare = false;
    }
}

/// Wraps one text of one ink.
pub fn wrap_text(text: &str, ink: Ink, columns: usize) -> Vec<TextLine> {
    wrap(&[Piece { text: text.into(), ink }], columns, "", "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Color;

    use super::*;

    proptest! {
        #[test]
        fn plain_text_is_written_as_ratatui_writes_it(text in "[ -~]{0,20}", x in 0_u16..14, y in 0_u16..3, left in 0_u16..4) {
            let (frame, style) = (Rect::new(0, 0, 12, 2), Style::new().fg(Color::Red));
            let area = Rect { x: left, width: 12 - left, ..frame };
            let before = Buffer::with_lines(["日本日本日本", "abcdefghijkl"]);
            let (mut ours, mut theirs) = (before.clone(), before);
            let end = put(&mut ours, area, x, y, &text, style);
            if x < area.width && y < area.height {
                let (column, _) = theirs.set_stringn(left + x, y, &text, (area.width - x) as usize, style);
                prop_assert_eq!(left + end, column);
            }
            prop_assert_eq!(ours, theirs);
        }
    }
}
