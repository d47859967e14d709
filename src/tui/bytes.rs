//! From a terminal's bytes to its events: keys, the mouse, pasted text. Pure; knows neither the terminal nor a clock. Whoever
//! reads says when bytes came ([`Decoder::take`]) and when none came for as long as [`Decoder::waits`] says
//! ([`Decoder::paused`]).
//!
//! Crossterm's own reader waits for the end of a paste for ever, and for the rest of every sequence that was begun, so that
//! a terminal or connection that loses a byte takes all keys away. Here nothing that was begun outlives a pause.
//! What the bytes mean is what [xterm](https://invisible-island.net/xterm/ctlseqs/ctlseqs.html) sends.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// How soon the next byte of one key follows; nobody types that fast.
pub const AT_ONCE: Duration = Duration::from_millis(20);
/// How long a paste, or a sequence that can be nothing else, may stand still before it is taken for over.
pub const STALLED: Duration = Duration::from_millis(500);
/// Longest sequence that is read; a longer one is none.
const MOST_SEQUENCE: usize = 64;
/// Most bytes of one paste that are kept; the rest is thrown away.
pub const MOST_PASTED: usize = 16 << 20;
const PASTE: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Where the decoder is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// Among keys; what is kept is the begin of one.
    #[default]
    Keys,
    /// Within a paste; what is kept is its text.
    Paste,
    /// Behind a paste that stood still without its end. Its rest may still come, and must not act as keys: what comes in a
    /// burst is text, and only a key that comes alone ends it.
    Torn,
    /// Within a sequence that means nothing, because it is too long or broken: nothing is kept, and its last byte is no key.
    /// The state `csi ignore` of [Williams' parser](https://vt100.net/emu/dec_ansi_parser).
    Ignore,
}

/// Puts bytes together, however they were cut.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    mode: Mode,
    kept: Vec<u8>,
}

/// What stands at the beginning of bytes among keys.
enum Found {
    /// An event of so many bytes.
    Event(usize, Event),
    /// So many bytes that mean nothing.
    Nothing(usize),
    /// A paste begins after so many bytes.
    Paste(usize),
    /// So many bytes begin a sequence that means nothing; the rest of it may still come.
    Ignore(usize),
    /// The rest is still to come.
    More,
}

impl Decoder {
    /// Takes in what was read.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Event> {
        let seen = self.kept.len();
        self.kept.extend_from_slice(bytes);
        let mut events = Vec::new();
        self.go_on(seen, &mut events);
        events
    }

    /// How long the next bytes may take before [`Self::paused`] is to be called; `None` for ever.
    pub fn waits(&self) -> Option<Duration> {
        match self.mode {
            Mode::Paste | Mode::Ignore => Some(STALLED),
            _ if self.kept.is_empty() => None,
            Mode::Torn => Some(AT_ONCE),
            // The key alone, or the begin of a sequence: only the pause tells.
            Mode::Keys if self.kept == b"\x1b" => Some(AT_ONCE),
            Mode::Keys => Some(STALLED),
        }
    }

    /// Nothing came for as long as [`Self::waits`] said: what was begun is over.
    pub fn paused(&mut self) -> Vec<Event> {
        let kept = std::mem::take(&mut self.kept);
        match self.mode {
            Mode::Keys => {
                if kept == b"\x1b" {
                    vec![key(KeyCode::Esc, KeyModifiers::NONE)]
                } else {
                    Vec::new()
                }
            }
            Mode::Paste => {
                self.mode = Mode::Torn;
                pasted(&kept)
            }
            Mode::Ignore => {
                self.mode = Mode::Keys;
                Vec::new()
            }
            Mode::Torn => match alone(&kept) {
                Some(events) => {
                    if !events.is_empty() {
                        self.mode = Mode::Keys;
                    }
                    events
                }
                None => pasted(&kept),
            },
        }
    }

    /// Reads what is kept; of a paste, its first `seen` bytes were looked at before.
    fn go_on(&mut self, mut seen: usize, events: &mut Vec<Event>) {
        loop {
            match self.mode {
                Mode::Ignore => {
                    if !self.skip() {
                        return;
                    }
                    self.mode = Mode::Keys;
                }
                Mode::Keys => {
                    self.mode = self.keys(events);
                    if self.mode == Mode::Keys {
                        return;
                    }
                    seen = 0;
                }
                Mode::Paste | Mode::Torn => {
                    // The mark of the end may have been cut in two.
                    let from = seen.saturating_sub(PASTE_ENDS.len() - 1);
                    let Some(at) = find(self.kept.get(from..).unwrap_or_default(), PASTE_ENDS) else { break };
                    events.extend(pasted(self.kept.get(..from + at).unwrap_or_default()));
                    self.kept.drain(..from + at + PASTE_ENDS.len());
                    self.mode = Mode::Keys;
                }
            }
        }
        if self.kept.len() > MOST_PASTED {
            let tail = self.kept.split_off(self.kept.len() - (PASTE_ENDS.len() - 1));
            self.kept.truncate(MOST_PASTED);
            self.kept.extend(tail);
        }
    }

    /// Throws away what belongs to a sequence that means nothing, and its last byte. False when that is still to come.
    fn skip(&mut self) -> bool {
        let inside = self.kept.iter().take_while(|byte| (0x20..=0x3f).contains(*byte)).count();
        let last = self.kept.get(inside).copied();
        self.kept.drain(..inside + usize::from(last.is_some_and(ends)));
        last.is_some()
    }

    /// Reads keys as far as they are whole. Tells what follows them.
    fn keys(&mut self, events: &mut Vec<Event>) -> Mode {
        let (mut used, mut mode) = (0, Mode::Keys);
        while mode == Mode::Keys {
            match first(self.kept.get(used..).unwrap_or_default()) {
                Found::Event(length, event) => {
                    events.push(event);
                    used += length;
                }
                Found::Nothing(length) => used += length,
                Found::Paste(length) => (used, mode) = (used + length, Mode::Paste),
                Found::Ignore(length) => (used, mode) = (used + length, Mode::Ignore),
                Found::More => break,
            }
        }
        self.kept.drain(..used);
        mode
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Pasted text, if there is any.
fn pasted(bytes: &[u8]) -> Vec<Event> {
    let bytes = bytes.get(..bytes.len().min(MOST_PASTED)).unwrap_or_default();
    if bytes.is_empty() { Vec::new() } else { vec![Event::Paste(String::from_utf8_lossy(bytes).into_owned())] }
}

/// What these bytes mean if they are one key, or nothing at all; `None` if they are more.
fn alone(bytes: &[u8]) -> Option<Vec<Event>> {
    let mut decoder = Decoder::default();
    let mut events = decoder.take(bytes);
    if decoder.mode != Mode::Keys {
        return None;
    }
    events.extend(decoder.paused());
    (events.len() <= 1).then_some(events)
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

/// The first event of bytes among keys.
fn first(bytes: &[u8]) -> Found {
    const NONE: KeyModifiers = KeyModifiers::NONE;
    let one = |code, modifiers| Found::Event(1, key(code, modifiers));
    let letter = |byte: u8, from: u8, first: char| {
        let code = u32::from(first) + u32::from(byte - from);
        one(KeyCode::Char(char::from_u32(code).unwrap_or(first)), KeyModifiers::CONTROL)
    };
    match *bytes {
        [] | [0x1b] => Found::More,
        [0x1b, b'[', ref rest @ ..] => sequence(rest),
        [0x1b, b'O'] => Found::More,
        [0x1b, b'O', byte, ..] => match named(byte, NONE, KeyEventKind::Press) {
            Some(event) => Found::Event(3, event),
            None => Found::Nothing(3),
        },
        [0x1b, 0x1b, ..] => one(KeyCode::Esc, NONE),
        [0x1b, ref rest @ ..] => match first(rest) {
            Found::Event(length, Event::Key(mut key)) => {
                key.modifiers |= KeyModifiers::ALT;
                Found::Event(length + 1, Event::Key(key))
            }
            Found::Event(length, _) | Found::Nothing(length) | Found::Paste(length) | Found::Ignore(length) => {
                Found::Nothing(length + 1)
            }
            Found::More => Found::More,
        },
        [b'\r', ..] => one(KeyCode::Enter, NONE),
        [b'\t', ..] => one(KeyCode::Tab, NONE),
        [0x7f, ..] => one(KeyCode::Backspace, NONE),
        [0, ..] => one(KeyCode::Char(' '), KeyModifiers::CONTROL),
        [byte @ 0x01..=0x1a, ..] => letter(byte, 1, 'a'),
        // As digits, which is how crossterm names them.
        [byte @ 0x1c..=0x1f, ..] => letter(byte, 0x1c, '4'),
        _ => character(bytes),
    }
}

/// A character of one to four bytes.
fn character(bytes: &[u8]) -> Found {
    let start = bytes.get(..bytes.len().min(4)).unwrap_or_default();
    let (text, broken) = match std::str::from_utf8(start) {
        Ok(text) => (text, None),
        Err(error) => {
            let whole = start.get(..error.valid_up_to()).unwrap_or_default();
            (std::str::from_utf8(whole).unwrap_or_default(), Some(error.error_len()))
        }
    };
    match (text.chars().next(), broken) {
        (Some(c), _) => {
            let modifiers = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            Found::Event(c.len_utf8(), key(KeyCode::Char(c), modifiers))
        }
        (None, Some(Some(length))) => Found::Nothing(length),
        (None, _) => Found::More,
    }
}

/// What `ESC [` begins; `rest` is what follows it.
fn sequence(rest: &[u8]) -> Found {
    match *rest {
        // The console of Linux.
        [b'[', byte @ b'A'..=b'E', ..] => return Found::Event(4, key(KeyCode::F(byte - b'A' + 1), KeyModifiers::NONE)),
        [b'['] => return Found::More,
        [b'[', ..] => return Found::Nothing(3),
        // Terminals that do not know the newer form of the mouse: three bytes that are no characters.
        [b'M', button, x, y, ..] => {
            let place = |byte: u8| u16::from(byte.saturating_sub(33));
            let event = mouse(button.wrapping_sub(32), place(x), place(y), false);
            return event.map_or(Found::Nothing(6), |event| Found::Event(6, event));
        }
        [b'M', ..] => return Found::More,
        _ => {}
    }
    let parameters = rest.iter().take_while(|byte| (0x30..=0x3f).contains(*byte)).count();
    let between = rest.iter().skip(parameters).take_while(|byte| (0x20..=0x2f).contains(*byte)).count();
    let length = parameters + between;
    match rest.get(length) {
        _ if length > MOST_SEQUENCE => Found::Ignore(2 + length),
        None => Found::More,
        // Out of place: `CSI 3;-1;-1 t`.
        Some(0x20..=0x3f) => Found::Ignore(2 + length),
        Some(last) if ends(*last) => {
            let whole = 3 + length;
            let said = std::str::from_utf8(rest.get(..parameters).unwrap_or_default()).unwrap_or_default();
            if (said, *last) == ("200", b'~') && between == 0 {
                debug_assert_eq!(whole, PASTE.len());
                return Found::Paste(whole);
            }
            let event = if between == 0 { meaning(said, *last) } else { None };
            event.map_or(Found::Nothing(whole), |event| Found::Event(whole, event))
        }
        // Neither a parameter nor an end: what was begun is broken off, and this begins anew.
        Some(_) => Found::Nothing(2 + length),
    }
}

/// True for the last byte of a sequence.
fn ends(byte: u8) -> bool {
    (0x40..=0x7e).contains(&byte)
}

/// What a whole sequence means: its parameters, and its last byte.
fn meaning(said: &str, last: u8) -> Option<Event> {
    if let Some(said) = said.strip_prefix('<') {
        let mut numbers = said.split(';').map(|number| number.parse::<u16>().ok());
        let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
        let up = match last {
            b'M' => false,
            b'm' => true,
            _ => return None,
        };
        return mouse(u8::try_from(button).ok()?, x.saturating_sub(1), y.saturating_sub(1), up);
    }
    if said.starts_with(['=', '>', '?']) {
        return None;
    }
    let mut numbers = said.split(';');
    let head = numbers.next().unwrap_or_default();
    let second = numbers.next();
    let (modifiers, kind) = held(second.unwrap_or(match last {
        b'~' | b'u' => "",
        _ => head,
    }));
    match last {
        b'I' => Some(Event::FocusGained),
        b'O' => Some(Event::FocusLost),
        b'Z' => Some(key(KeyCode::BackTab, KeyModifiers::SHIFT)),
        // With numbers it is the place of the cursor.
        b'R' => None,
        b'~' => Some(Event::Key(KeyEvent::new_with_kind(numbered(head.parse().ok()?)?, modifiers, kind))),
        b'u' => coded(head, modifiers, kind),
        _ => named(last, modifiers, kind),
    }
}

/// Keys whose sequence ends with a letter of their own.
fn named(last: u8, modifiers: KeyModifiers, kind: KeyEventKind) -> Option<Event> {
    let code = match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

/// Keys whose sequence names them by a number.
fn numbered(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23..=26 => KeyCode::F(number - 12),
        28..=29 => KeyCode::F(number - 15),
        31..=34 => KeyCode::F(number - 17),
        _ => return None,
    })
}

/// A key named by its character: `CSI code[:shifted] ; modifiers u`. Keys that are no characters have codes in the private
/// area, and mean nothing here.
fn coded(head: &str, mut modifiers: KeyModifiers, kind: KeyEventKind) -> Option<Event> {
    let mut codes = head.split(':').map(|code| code.parse().ok().and_then(char::from_u32));
    let code = match codes.next()?? {
        '\u{1b}' => KeyCode::Esc,
        '\r' => KeyCode::Enter,
        '\t' if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        '\t' => KeyCode::Tab,
        '\u{7f}' => KeyCode::Backspace,
        '\u{e000}'..='\u{f8ff}' => return None,
        c => match codes.next().flatten().filter(|_| modifiers.contains(KeyModifiers::SHIFT)) {
            Some(shifted) => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char(shifted)
            }
            None => KeyCode::Char(c),
        },
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind)))
}

/// Modifiers, and whether the key is pressed, repeated or released: `modifiers[:kind]`.
fn held(said: &str) -> (KeyModifiers, KeyEventKind) {
    let mut numbers = said.split(':').map(|number| number.parse::<u8>().ok());
    let bits = numbers.next().flatten().unwrap_or(1).saturating_sub(1);
    let known = [
        (1, KeyModifiers::SHIFT),
        (2, KeyModifiers::ALT),
        (4, KeyModifiers::CONTROL),
        (8, KeyModifiers::SUPER),
        (16, KeyModifiers::HYPER),
        (32, KeyModifiers::META),
    ];
    let modifiers =
        known.into_iter().filter(|(bit, _)| bits & bit != 0).fold(KeyModifiers::NONE, |all, (_, one)| all | one);
    let kind = match numbers.next().flatten() {
        Some(2) => KeyEventKind::Repeat,
        Some(3) => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    (modifiers, kind)
}

/// The wheel and the buttons; `None` for buttons without a name.
fn mouse(bits: u8, column: u16, row: u16, up: bool) -> Option<Event> {
    let button = match bits & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let (dragged, number) = (bits & 0x20 != 0, (bits & 3) | (bits & 0xc0) >> 4);
    let kind = match (number, dragged) {
        (0..=2, false) if up => MouseEventKind::Up(button),
        (0..=2, false) => MouseEventKind::Down(button),
        (0..=2, true) => MouseEventKind::Drag(button),
        (3, false) => MouseEventKind::Up(MouseButton::Left),
        (3, true) => MouseEventKind::Moved,
        (4, false) => MouseEventKind::ScrollUp,
        (5, false) => MouseEventKind::ScrollDown,
        (6, false) => MouseEventKind::ScrollLeft,
        (7, false) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let held = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers =
        held.into_iter().filter(|(bit, _)| bits & bit != 0).fold(KeyModifiers::NONE, |all, (_, one)| all | one);
    Some(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
}
