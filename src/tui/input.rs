//! From the terminal's events to messages: a thread that blocks until a key comes. Knows no state.

use std::{sync::mpsc::Sender, thread};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::state::Msg;
use crate::keymap::{Chord, Key};

/// A key of the terminal as a chord; `None` for releases, repeats of modifiers and keys without a name here.
pub fn chord(event: KeyEvent) -> Option<Chord> {
    // Some terminals report releases too; acting on them would do everything twice.
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let (key, shift) = match event.code {
        KeyCode::Char(c) => (Key::Char(c), shift),
        KeyCode::Enter => (Key::Enter, shift),
        KeyCode::Esc => (Key::Esc, shift),
        KeyCode::Tab => (Key::Tab, shift),
        KeyCode::BackTab => (Key::Tab, true),
        KeyCode::Backspace => (Key::Backspace, shift),
        KeyCode::Delete => (Key::Delete, shift),
        KeyCode::Insert => (Key::Insert, shift),
        KeyCode::Up => (Key::Up, shift),
        KeyCode::Down => (Key::Down, shift),
        KeyCode::Left => (Key::Left, shift),
        KeyCode::Right => (Key::Right, shift),
        KeyCode::Home => (Key::Home, shift),
        KeyCode::End => (Key::End, shift),
        KeyCode::PageUp => (Key::PageUp, shift),
        KeyCode::PageDown => (Key::PageDown, shift),
        KeyCode::F(n @ 1..=12) => (Key::F(n), shift),
        _ => return None,
    };
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(Chord { key, ctrl, alt, shift }.normal())
}

/// The message of a terminal event, if it has one.
pub fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => chord(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

/// Starts the thread that reads the terminal until it hangs up or nobody listens any more.
///
/// # Errors
/// When no thread can be started.
pub fn start(queue: Sender<Msg>) -> std::io::Result<()> {
    thread::Builder::new().name("floorwalk-input".into()).spawn(move || {
        loop {
            let sent = match crossterm::event::read() {
                Ok(event) => message(event).map(|msg| queue.send(msg)),
                Err(_) => {
                    // Reading again would spin: a terminal that failed once is gone.
                    let _ = queue.send(Msg::HungUp);
                    return;
                }
            };
            if sent.is_some_and(|sent| sent.is_err()) {
                return;
            }
        }
    })?;
    Ok(())
}
