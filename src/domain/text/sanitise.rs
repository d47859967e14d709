//! The sanitiser itself: a pure function from any string to one that no terminal obeys.
//!
//! It walks the text once, character by character, and decides from the character, the one that follows and what
//! it has already let through. Clean text is handed back borrowed. Knows no widths but zero, no screens, no sinks.

use std::borrow::Cow;

use unicode_general_category::{GeneralCategory as G, get_general_category};
use unicode_width::UnicodeWidthChar;

/// Combining marks kept on one base character; the rest is dropped.
pub(super) const MAX_MARKS: u8 = 8;
/// Emoji that may be joined to one picture; the longest in use joins four.
const MAX_JOINS: u8 = 6;
/// What a text shows that has nothing to show.
pub(super) const BLANK: &str = "(blank)";

/// Stands for a character that is invisible or turns the direction of writing.
const DOT: char = '\u{b7}';
/// Stands for a line break inside a row.
const BREAK: char = '\u{21b5}';
/// Carries a combining mark that has no base.
const CIRCLE: char = '\u{25cc}';

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const VS16: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// One harmless row, never blank.
pub(super) fn line(raw: &str) -> Cow<'_, str> {
    if raw.chars().all(|c| c.is_whitespace() && !is_break(c) || c == '\u{2800}') {
        return Cow::Borrowed(BLANK);
    }
    wash(raw, false)
}

/// Harmless rows: LF stays, CR LF becomes LF, TAB becomes four spaces.
pub(super) fn block(raw: &str) -> Cow<'_, str> {
    wash(raw, true)
}

fn is_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What becomes of one character.
enum Verdict {
    Keep,
    Drop,
    Put(char),
    /// Four spaces.
    Tab,
    /// Kept, with [`CIRCLE`] in front.
    Carried,
}

/// What was let through so far, as far as the next verdict depends on it.
#[derive(Default)]
struct Seen {
    /// The last character written, `None` at the start of a row.
    last: Option<char>,
    marks: u8,
    joins: u8,
    /// The last character is a letter beyond ASCII, or a mark on one: ZWNJ may follow.
    letter: bool,
}

fn wash(raw: &str, rows: bool) -> Cow<'_, str> {
    if raw.bytes().all(|b| (b' '..=b'~').contains(&b) || (rows && b == b'\n')) {
        return Cow::Borrowed(raw);
    }
    let mut out: Option<String> = None;
    let mut seen = Seen::default();
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, n)| *n);
        let verdict = seen.judge(c, next, rows);
        if matches!(verdict, Verdict::Keep) && out.is_none() {
            continue;
        }
        let text = out.get_or_insert_with(|| {
            let mut text = String::with_capacity(raw.len() + 16);
            text.push_str(raw.get(..at).unwrap_or_default());
            text
        });
        match verdict {
            Verdict::Keep => text.push(c),
            Verdict::Drop => {}
            Verdict::Put(p) => text.push(p),
            Verdict::Tab => text.push_str("    "),
            Verdict::Carried => text.extend([CIRCLE, c]),
        }
    }
    out.map_or(Cow::Borrowed(raw), Cow::Owned)
}

impl Seen {
    fn judge(&mut self, c: char, next: Option<char>, rows: bool) -> Verdict {
        match c {
            '\n' if rows => {
                *self = Self::default();
                return Verdict::Keep;
            }
            '\r' if next == Some('\n') => return Verdict::Drop,
            '\t' if rows => return self.base(' ', Verdict::Tab),
            '\t' => return self.put(' '),
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => return self.put(BREAK),
            '\0'..='\u{1f}' => return self.put(char::from_u32(0x2400 + u32::from(c)).unwrap_or('?')),
            ' '..='~' => return self.base(c, Verdict::Keep),
            '\u{7f}' => return self.put('\u{2421}'),
            VS16 if self.takes_vs16(next) => return self.attach(c),
            ZWJ if self.takes_zwj(next) => {
                self.joins += 1;
                return self.attach(c);
            }
            ZWNJ if self.letter && next.is_some_and(is_foreign_letter) => {
                self.letter = false;
                return self.attach(c);
            }
            _ => {}
        }
        match class(c) {
            Class::Plain => self.base(c, Verdict::Keep),
            Class::Mark => self.mark(c),
            Class::Hidden => self.put(DOT),
            Class::Unknown => self.put('?'),
        }
    }

    /// A character of its own.
    fn base(&mut self, written: char, verdict: Verdict) -> Verdict {
        if self.last != Some(ZWJ) {
            self.joins = 0;
        }
        self.last = Some(written);
        self.marks = 0;
        self.letter = is_foreign_letter(written);
        verdict
    }

    fn put(&mut self, placeholder: char) -> Verdict {
        self.base(placeholder, Verdict::Put(placeholder))
    }

    /// A joiner or selector that belongs to the picture or word around it.
    fn attach(&mut self, c: char) -> Verdict {
        self.last = Some(c);
        Verdict::Keep
    }

    fn mark(&mut self, c: char) -> Verdict {
        if self.last.is_none() {
            self.base(CIRCLE, Verdict::Keep);
            self.marks = 1;
            self.last = Some(c);
            return Verdict::Carried;
        }
        if self.marks >= MAX_MARKS {
            return Verdict::Drop;
        }
        self.marks += 1;
        self.last = Some(c);
        Verdict::Keep
    }

    fn takes_vs16(&self, next: Option<char>) -> bool {
        self.last.is_some_and(|l| is_emoji(l) || (next == Some(KEYCAP) && matches!(l, '0'..='9' | '#' | '*')))
    }

    fn takes_zwj(&self, next: Option<char>) -> bool {
        self.joins < MAX_JOINS
            && self.last.is_some_and(|l| is_emoji(l) || l == VS16 || is_skin_tone(l))
            && next.is_some_and(is_emoji)
    }
}

#[derive(PartialEq)]
enum Class {
    Plain,
    /// Takes no column of its own: drawn onto the character before it.
    Mark,
    /// Invisible, or turns the direction of writing.
    Hidden,
    /// Not to be shown: a C1 control, unassigned, private, or drawn wider than its column.
    Unknown,
}

fn class(c: char) -> Class {
    match c {
        // Visible by category, blank on the screen.
        '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}' => return Class::Hidden,
        // Drawn wider than any terminal counts, or taken by some terminals as nothing at all.
        '\u{2e3a}' | '\u{2e3b}' | '\u{fdfd}' | '\u{fffc}' | '\u{fffd}' => return Class::Unknown,
        _ => {}
    }
    match get_general_category(c) {
        G::Control | G::Unassigned | G::PrivateUse | G::Surrogate => Class::Unknown,
        G::Format | G::LineSeparator | G::ParagraphSeparator => Class::Hidden,
        G::NonspacingMark | G::EnclosingMark | G::SpacingMark => Class::Mark,
        _ if c.width() == Some(0) => Class::Mark,
        _ => Class::Plain,
    }
}

/// A letter that ZWNJ may stand beside. ASCII letters never need it, and between them it only disguises a name.
fn is_foreign_letter(c: char) -> bool {
    !c.is_ascii() && c.is_alphabetic() && class(c) == Class::Plain
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// A picture: what VS16 may turn to colour and ZWJ may join.
fn is_emoji(c: char) -> bool {
    let range = matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{2199}'
        | '\u{21a9}' | '\u{21aa}' | '\u{231a}' | '\u{231b}' | '\u{2328}' | '\u{23cf}' | '\u{23e9}'..='\u{23f3}'
        | '\u{23f8}'..='\u{23fa}' | '\u{24c2}' | '\u{25aa}' | '\u{25ab}' | '\u{25b6}' | '\u{25c0}'
        | '\u{25fb}'..='\u{25fe}' | '\u{2600}'..='\u{2767}' | '\u{2794}'..='\u{27bf}' | '\u{2934}' | '\u{2935}'
        | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{3030}' | '\u{303d}'
        | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1f1e5}' | '\u{1f200}'..='\u{1f3fa}'
        | '\u{1f400}'..='\u{1faff}');
    range && class(c) == Class::Plain
}
