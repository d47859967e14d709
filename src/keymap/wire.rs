//! What terminals can send. A key that none sends, or that arrives as another one, is refused when a keymap is read,
//! and not found dead later. Knows bytes only as far as two keys share one; reads no terminal.

use super::chord::{Chord, Key};

/// Why a chord would never arrive, with what to write in its place; `None` for what terminals send.
pub fn never_sent(chord: Chord) -> Option<String> {
    let plain = Chord::plain(chord.key);
    match chord.key {
        Key::Char('[' | 'O') if chord.alt && !chord.ctrl => {
            Some("begins the codes of arrows and function keys; use another letter with alt-".into())
        }
        Key::Char(c) if chord.ctrl => with_control(c),
        // Shift is kept on no other character.
        Key::Char(' ') if chord.shift => Some(as_plain(plain)),
        Key::Esc if chord.ctrl || chord.alt || chord.shift => Some(as_plain(plain)),
        Key::Enter | Key::Backspace if chord.ctrl || chord.shift => Some(as_plain(plain)),
        Key::Tab if chord.ctrl => Some(as_plain(plain)),
        _ => None,
    }
}

fn as_plain(plain: Chord) -> String {
    format!("is sent as plain '{plain}' by most terminals; use a letter with ctrl- or alt-")
}

/// Control sends one of 32 bytes, and four of those are keys of their own.
fn with_control(c: char) -> Option<String> {
    let twin = |name: &str| Some(format!("is the same byte as '{name}'; write '{name}' if that is meant"));
    match c {
        'i' => twin("tab"),
        'm' => twin("enter"),
        '[' => twin("esc"),
        '?' => twin("backspace"),
        'a'..='z' | ' ' | '\\' | ']' | '^' | '_' => None,
        c if c.is_ascii_digit() => Some(format!("is not sent by terminals, or arrives as another key; use 'alt-{c}'")),
        c => Some(format!("is sent as plain '{c}' by terminals; use 'alt-{c}'")),
    }
}
