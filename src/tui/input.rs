//! From the terminal's events to messages: a thread that blocks until bytes come, and one that makes keys of them. Knows no
//! state.
//!
//! A terminal may answer a question that another program asked (`ESC ] 52 ; c ; … BEL`). By its bytes such an
//! answer is a row of keys, and a `c` in it would claim a task; [`Replies`] puts it together again, reads the
//! one that floorwalk itself asks for (its ground), and drops the rest.

use std::{
    collections::VecDeque,
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{
    bytes::{AT_ONCE, Decoder},
    mouse::Mouse,
    state::Msg,
};
use crate::{
    config::theme::Rgb,
    keymap::{Chord, Key},
};

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
    // Crossterm gives the four bytes after ctrl-z as digits.
    let key = match key {
        Key::Char('4') if ctrl => Key::Char('\\'),
        Key::Char('5') if ctrl => Key::Char(']'),
        Key::Char('6') if ctrl => Key::Char('^'),
        Key::Char('7') if ctrl => Key::Char('_'),
        key => key,
    };
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(Chord { key, ctrl, alt, shift }.normal())
}

/// Wheel and left button; the rest means nothing here.
fn mouse(event: MouseEvent) -> Option<Mouse> {
    let at = (event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Mouse::Click(at)),
        MouseEventKind::ScrollDown => Some(Mouse::Wheel { at, down: true }),
        MouseEventKind::ScrollUp => Some(Mouse::Wheel { at, down: false }),
        _ => None,
    }
}

/// The message of a terminal event, if it has one.
pub fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => chord(key).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Resize(columns, rows) => Some(Msg::Resize(columns, rows)),
        Event::Mouse(event) => mouse(event).map(Msg::Mouse),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// Finds the answers of a terminal among the keys: the strings that begin with `ESC ]`, `ESC P`, `ESC _`, `ESC ^` or
/// `ESC X`, which arrive as a key with Alt and go on without a pause, until BEL, ST or a pause.
#[derive(Clone, Debug, Default)]
pub struct Replies {
    inside: bool,
    /// What the answer says, as far as it came and is worth reading.
    said: String,
}

/// Longest answer that is read, bytes.
const MOST_SAID: usize = 64;

impl Replies {
    /// True when this event is part of an answer and is to be dropped. `more` says whether another event follows at
    /// once; it is asked only where that matters.
    ///
    /// # Errors
    /// When `more` fails.
    pub fn swallow(&mut self, event: &Event, mut more: impl FnMut() -> io::Result<bool>) -> io::Result<bool> {
        let Event::Key(key) = event else { return Ok(false) };
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        if self.inside {
            let bell = key.code == KeyCode::Char('g') && key.modifiers.contains(KeyModifiers::CONTROL);
            let ends = bell || (alt && key.code == KeyCode::Char('\\'));
            self.inside = !ends && more()?;
            if let (KeyCode::Char(c), false, true) = (key.code, ends, self.said.len() < MOST_SAID) {
                self.said.push(c);
            }
            return Ok(true);
        }
        self.said.clear();
        let opens = alt && matches!(key.code, KeyCode::Char(']' | 'P' | '_' | '^' | 'X'));
        self.inside = opens && more()?;
        Ok(self.inside)
    }

    /// The terminal's ground, when the answer that just ended names it.
    pub fn ground(&mut self) -> Option<Rgb> {
        if self.inside {
            return None;
        }
        ground(&std::mem::take(&mut self.said))
    }
}

/// Reads what a terminal answers to OSC 11: `11;rgb:1e1e/1e1e/2e2e`, with one to four digits a channel.
fn ground(said: &str) -> Option<Rgb> {
    let channels = said.strip_prefix("11;rgb:").or_else(|| said.strip_prefix("11;rgba:"))?;
    let mut bytes = channels.split('/').map(|digits| {
        let most = (1_u32 << (4 * digits.len().clamp(1, 4))) - 1;
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 4)?;
        u8::try_from(value * 255 / most).ok()
    });
    Some(Rgb(bytes.next()??, bytes.next()??, bytes.next()??))
}

/// Bytes read at a time, and how many such readings may wait until they are keys.
const READ: usize = 16 * 1024;
const READINGS: usize = 16;

/// Starts the threads that read the terminal until it hangs up or nobody listens any more.
///
/// # Errors
/// When no thread can be started.
pub fn start(queue: Sender<Msg>) -> io::Result<()> {
    let (bytes, read) = sync_channel(READINGS);
    thread::Builder::new().name("floorwalk-tty".into()).spawn(move || feed(&bytes))?;
    thread::Builder::new().name("floorwalk-input".into()).spawn(move || {
        let mut keys = Keys { read, decoder: Decoder::default(), ready: VecDeque::new() };
        let mut replies = Replies::default();
        loop {
            let sent = match next(&mut keys, &mut replies) {
                Ok(msg) => msg.map(|msg| queue.send(msg)),
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

/// Passes on what the terminal sends, until it is gone or nobody wants it.
fn feed(bytes: &SyncSender<Vec<u8>>) {
    let mut buffer = vec![0; READ];
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                if bytes.send(buffer.get(..length).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
            Err(rustix::io::Errno::INTR) => {}
            // Another program made the terminal one that does not wait.
            Err(rustix::io::Errno::AGAIN) => thread::park_timeout(AT_ONCE),
            Err(_) => return,
        }
    }
}

/// The events of a terminal.
struct Keys {
    read: Receiver<Vec<u8>>,
    decoder: Decoder,
    ready: VecDeque<Event>,
}

impl Keys {
    /// The next event, whenever it comes.
    fn next(&mut self) -> io::Result<Event> {
        loop {
            match self.ready.pop_front() {
                Some(event) => return Ok(event),
                None => self.fill(None)?,
            }
        }
    }

    /// Whether another event follows at once.
    fn more(&mut self) -> io::Result<bool> {
        if self.ready.is_empty() {
            self.fill(Some(AT_ONCE))?;
        }
        Ok(!self.ready.is_empty())
    }

    /// Waits for bytes, at most `limit` and at most until what was begun is over.
    fn fill(&mut self, limit: Option<Duration>) -> io::Result<()> {
        let pause = self.decoder.waits();
        let wait = match (limit, pause) {
            (Some(limit), Some(pause)) => Some(limit.min(pause)),
            (one, other) => one.or(other),
        };
        let got = match wait {
            Some(wait) => self.read.recv_timeout(wait),
            None => self.read.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match got {
            Ok(bytes) => self.ready.extend(self.decoder.take(&bytes)),
            Err(RecvTimeoutError::Timeout) if wait == pause => self.ready.extend(self.decoder.paused()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        Ok(())
    }
}

/// Waits for the next event; `None` for one that means nothing or is part of a terminal's own answer.
fn next(keys: &mut Keys, replies: &mut Replies) -> io::Result<Option<Msg>> {
    let event = keys.next()?;
    let swallowed = replies.swallow(&event, || keys.more())?;
    Ok(if swallowed { replies.ground().map(Msg::Ground) } else { message(event) })
}
