//! Taking the terminal and giving it back. There is one way back, [`Hold::restore`], used by the normal exit, the
//! panic hook and the signal thread. Knows no state and no screen.

use std::{
    io::{self, BufWriter, IsTerminal, Write},
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::backend::CrosstermBackend;

use super::state::Msg;
use crate::app::{ExitCode, UserError};

/// Alternate screen, cleared, bracketed paste, cursor hidden.
const TAKE: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H\x1b[?2004h\x1b[?25l";
/// The reverse of everything a screen program may have switched on, in the order that leaves nothing behind:
/// synchronized update, colours, mouse, paste, keyboard flags, alternate screen, cursor.
const GIVE_BACK: &[u8] =
    b"\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l\x1b[?2004l\x1b[<u\x1b[?1049l\x1b[?25h";
/// As much of [`GIVE_BACK`] as may follow what was printed on the shell's screen: leaving the alternate screen
/// twice would put the cursor back over it.
const TIDY: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?2004l\x1b[?25h";
/// Wheel and clicks, without movement, in the form that knows wide windows.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
/// Tries to take the terminal after a stop: the shell may still be setting it up.
const RETAKES: u32 = 10;

/// Writes what takes a terminal.
///
/// # Errors
/// When it cannot be written.
pub fn take(out: &mut impl Write) -> io::Result<()> {
    out.write_all(TAKE)?;
    out.flush()
}

/// Writes what gives a terminal back.
///
/// # Errors
/// When it cannot be written.
pub fn give_back(out: &mut impl Write) -> io::Result<()> {
    out.write_all(GIVE_BACK)?;
    out.flush()
}

/// Writes the begin (`true`) or end of a frame, so that terminals that can show it at once.
///
/// # Errors
/// When it cannot be written.
pub fn frame_edge(out: &mut impl Write, begin: bool) -> io::Result<()> {
    out.write_all(if begin { b"\x1b[?2026h" } else { b"\x1b[?2026l" })?;
    if begin { Ok(()) } else { out.flush() }
}

/// Rings the terminal's bell.
///
/// # Errors
/// When it cannot be written.
pub fn bell(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\x07")?;
    out.flush()
}

/// Asks the terminal which ground it has (OSC 11). Whatever it answers comes among the keys.
///
/// # Errors
/// When it cannot be written.
pub fn ask_ground(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\x1b]11;?\x1b\\")?;
    out.flush()
}

/// Writes a text for the terminal's clipboard (OSC 52). The text is encoded, so nothing in it can act.
///
/// # Errors
/// When it cannot be written.
pub fn clipboard(out: &mut impl Write, text: &str) -> io::Result<()> {
    write!(out, "\x1b]52;c;{}\x07", base64(text.as_bytes()))?;
    out.flush()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |n: u32| LETTERS.get((n & 63) as usize).map_or('=', |b| char::from(*b));
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let n = three.iter().fold(0, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - three.len()));
        for i in 0..4 {
            out.push(if i <= three.len() { letter(n >> (18 - 6 * i)) } else { '=' });
        }
    }
    out
}

/// Standard output without the standard library's lock, so that a panic while writing cannot block its own
/// clean-up.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tty;

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What frames are written to.
pub type Screen = CrosstermBackend<BufWriter<Tty>>;

/// A new screen on standard output.
pub fn screen() -> Screen {
    // Crossterm's own NO_COLOR writes a full reset after each modifier; the theme leaves colours out instead.
    crossterm::style::force_color_output(true);
    CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, Tty))
}

/// Rows that the terminal has now; as many as there can be where it does not say.
pub fn rows() -> usize {
    let said = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).map_or(0, |size| usize::from(size.ws_row));
    if said == 0 { usize::MAX } else { said }
}

/// Whether the terminal is taken, and whether with its mouse. Cloned into everything that may have to give it back.
#[derive(Clone, Debug, Default)]
pub struct Hold(Arc<AtomicBool>, bool);

impl Hold {
    /// Takes wheel and clicks too, where `mouse` says so.
    pub fn new(mouse: bool) -> Self {
        Self(Arc::default(), mouse)
    }

    /// Takes the terminal; also when it is taken already, because a shell may have changed it meanwhile.
    ///
    /// # Errors
    /// When the terminal refuses.
    pub fn take(&self) -> io::Result<()> {
        self.0.store(true, Ordering::SeqCst);
        // Raw mode is remembered as set; leaving it first makes entering it real.
        let _ = disable_raw_mode();
        enable_raw_mode()?;
        take(&mut Tty)?;
        if self.1 { Tty.write_all(MOUSE) } else { Ok(()) }
    }

    /// Takes the terminal after a stop, with patience.
    ///
    /// # Errors
    /// When it refused every time.
    pub fn retake(&self) -> io::Result<()> {
        let mut last = Ok(());
        for _ in 0..RETAKES {
            last = self.take();
            if last.is_ok() {
                break;
            }
            thread::yield_now();
        }
        last
    }

    /// True while the terminal is taken.
    pub fn is_taken(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Gives the terminal back. Does nothing when it is not taken. A terminal that is gone is no error.
    pub fn restore(&self) {
        if self.0.swap(false, Ordering::SeqCst) {
            let _ = give_back(&mut Tty);
            let _ = disable_raw_mode();
        }
    }

    /// Gives the terminal back when it goes out of scope, whatever happened in between.
    pub fn until_dropped(&self) -> Release {
        Release(self.clone())
    }

    /// From now on a panic of this thread gives the terminal back before it is printed; a panic of any other
    /// thread is logged and told to the screen, which goes on.
    pub fn restore_on_panic(&self, queue: Sender<Msg>) {
        let (hold, ui, before) = (self.clone(), thread::current().id(), panic::take_hook());
        panic::set_hook(Box::new(move |info| {
            if !hold.is_taken() {
                before(info);
            } else if thread::current().id() == ui {
                hold.restore();
                before(info);
            } else {
                let place = info.location().map(ToString::to_string).unwrap_or_default();
                tracing::error!(%place, "a task panicked");
                let _ = queue.send(Msg::Broken(format!("a bug stopped a background task ({place}); the log has more")));
            }
        }));
    }
}

/// Gives the terminal back when dropped.
#[derive(Debug)]
pub struct Release(Hold);

impl Drop for Release {
    fn drop(&mut self) {
        if thread::panicking() {
            // What was buffered when the panic began may have been written after the hook cleaned up.
            let _ = Tty.write_all(TIDY);
        }
        self.0.restore();
    }
}

/// Says no where there is no terminal to draw on.
///
/// # Errors
/// [`UserError`] with the way that works without one.
pub fn usable(stdin: bool, stdout: bool, term: Option<&str>) -> Result<(), UserError> {
    let why = match (stdin, stdout, term) {
        (false, ..) => "the screens need a terminal to read keys from, and standard input is none",
        (_, false, _) => "the screens need a terminal, and standard output is none",
        (.., Some("dumb")) => "the screens need a terminal that can place text, and TERM is 'dumb'",
        (.., None | Some("")) => "the screens need to know the terminal, and TERM is not set",
        _ => return Ok(()),
    };
    Err(UserError::new(ExitCode::Usage, why, "`floorwalk list` prints the same as plain lines"))
}

/// [`usable`] for this process.
///
/// # Errors
/// As [`usable`].
pub fn check() -> Result<(), UserError> {
    let term = std::env::var("TERM").ok();
    usable(io::stdin().is_terminal(), io::stdout().is_terminal(), term.as_deref())
}
