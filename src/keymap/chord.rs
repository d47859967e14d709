//! Keys as values, and their spelling: `G`, `?`, `space`, `ctrl-d`, `shift-tab`, `f5`, and sequences as `g g`.
//! Owns parsing and printing; one chord has exactly one spelling when printed. Knows no terminal.

use std::{fmt, str::FromStr};

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character as typed: shift is in the character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tabulator.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, 1 to 12.
    F(u8),
}

const NAMED: [(&str, Key); 15] = [
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("tab", Key::Tab),
    ("backspace", Key::Backspace),
    ("delete", Key::Delete),
    ("insert", Key::Insert),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pageup", Key::PageUp),
    ("pagedown", Key::PageDown),
    ("space", Key::Char(' ')),
];

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control held.
    pub ctrl: bool,
    /// Alt held.
    pub alt: bool,
    /// Shift held; never set for characters, which carry it themselves.
    pub shift: bool,
}

impl Chord {
    /// A key without modifiers.
    pub fn plain(key: Key) -> Self {
        Self { key, ctrl: false, alt: false, shift: false }
    }

    /// One form for what terminals report in several: shift is dropped on characters, and control makes letters
    /// small, because most terminals cannot tell `ctrl-D` from `ctrl-d`, nor `ctrl-/` from `ctrl-_`.
    pub fn normal(mut self) -> Self {
        if let Key::Char(c) = self.key {
            self.shift = false;
            if self.ctrl {
                self.key = Key::Char(match c {
                    '/' => '_',
                    '@' => ' ',
                    c => c.to_ascii_lowercase(),
                });
            }
        }
        self
    }

    /// The character this chord types into a text field, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

/// One or more chords pressed one after another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sequence(pub Vec<Chord>);

/// Longest sequence that may be bound.
pub const MAX_SEQUENCE: usize = 4;

fn named(word: &str) -> Option<Key> {
    let lower = word.to_ascii_lowercase();
    if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == lower) {
        return Some(*key);
    }
    let number = lower.strip_prefix('f')?;
    let n: u8 = number.parse().ok()?;
    ((1..=12).contains(&n) && !number.starts_with(['0', '+'])).then_some(Key::F(n))
}

/// How other programs write modifiers.
const FOREIGN: [(&str, &str); 14] = [
    ("C-", "ctrl-"),
    ("M-", "alt-"),
    ("A-", "alt-"),
    ("S-", "shift-"),
    ("^", "ctrl-"),
    ("ctrl+", "ctrl-"),
    ("alt+", "alt-"),
    ("shift+", "shift-"),
    ("control-", "ctrl-"),
    ("meta-", "alt-"),
    ("option-", "alt-"),
    ("super-", "alt-"),
    ("cmd-", "alt-"),
    ("hyper-", "alt-"),
];

/// The spelling of here for one of Emacs, Vim or a desktop: `C-x`, `<C-x>`, `^x`, `Ctrl+x`.
fn translated(word: &str) -> Option<String> {
    let mut rest = word.strip_prefix('<').and_then(|w| w.strip_suffix('>')).unwrap_or(word);
    let mut out = String::new();
    let starts = |rest: &str, prefix: &str| match prefix.len() {
        1 | 2 => rest.starts_with(prefix),
        n => rest.get(..n).is_some_and(|head| head.eq_ignore_ascii_case(prefix)),
    };
    while let Some((prefix, ours)) =
        FOREIGN.iter().find(|(prefix, _)| starts(rest, prefix) && rest.len() > prefix.len())
    {
        out += ours;
        rest = rest.get(prefix.len()..)?;
    }
    let key = match rest.to_ascii_lowercase().as_str() {
        "ret" | "return" | "cr" => "enter".into(),
        "spc" => "space".into(),
        "escape" => "esc".into(),
        "del" if word.starts_with('<') => "delete".into(),
        "bs" => "backspace".into(),
        "pgdn" | "next" => "pagedown".into(),
        "pgup" | "prior" => "pageup".into(),
        _ => rest.to_owned(),
    };
    out += &key;
    (out != word && out.parse::<Chord>().is_ok()).then_some(out)
}

/// The sentence for a key that cannot be understood.
fn wrong(word: &str) -> String {
    let translated = translated(word).map(|ours| format!("; did you mean '{ours}'?"));
    let nearest = NAMED
        .iter()
        .map(|(name, _)| *name)
        .chain(["f5", "ctrl-d"])
        .map(|name| (strsim::damerau_levenshtein(&word.to_ascii_lowercase(), name), name))
        .min()
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, name)| format!("; did you mean '{name}'?"));
    let nearest = translated.or(nearest).unwrap_or_default();
    format!("is no key: expected a character or a name such as enter, space or f5, with ctrl-, alt- or shift-{nearest}")
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let mut chord = Self::plain(Key::Esc);
        let mut rest = raw;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (flag, cut) = match () {
                () if lower.starts_with("ctrl-") => (&mut chord.ctrl, 5),
                () if lower.starts_with("alt-") => (&mut chord.alt, 4),
                () if lower.starts_with("shift-") => (&mut chord.shift, 6),
                () => break,
            };
            match rest.get(cut..).filter(|rest| !rest.is_empty()) {
                Some(after) if !*flag => {
                    *flag = true;
                    rest = after;
                }
                _ => return Err(wrong(raw)),
            }
        }
        let mut chars = rest.chars();
        chord.key = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && !c.is_whitespace() => Key::Char(c),
            (Some(_), Some(_)) => named(rest).ok_or_else(|| wrong(raw))?,
            _ => return Err(wrong(raw)),
        };
        if let Key::Char(c) = chord.key
            && chord.shift
            && c != ' '
        {
            return Err(match chord.ctrl {
                true => {
                    let (small, large) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
                    format!("is sent as 'ctrl-{small}' by most terminals; use 'ctrl-{small}' or 'alt-{large}'")
                }
                false => format!("needs no shift-: write the character itself, as in '{}'", c.to_uppercase()),
            });
        }
        Ok(chord.normal())
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, word) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if on {
                f.write_str(word)?;
            }
        }
        if let Key::F(n) = self.key {
            return write!(f, "f{n}");
        }
        match (NAMED.iter().find(|(_, key)| *key == self.key), self.key) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Key::Char(c)) => write!(f, "{c}"),
            (None, _) => Ok(()),
        }
    }
}

impl FromStr for Sequence {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let chords = raw.split_whitespace().map(str::parse).collect::<Result<Vec<Chord>, _>>()?;
        match chords.len() {
            0 => Err("names no key".into()),
            1..=MAX_SEQUENCE => Ok(Self(chords)),
            _ => Err(format!("is longer than {MAX_SEQUENCE} keys")),
        }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, chord) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            chord.fmt(f)?;
        }
        Ok(())
    }
}
