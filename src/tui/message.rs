//! What comes to the screens and what they want done, as plain values; and how they are to behave. Knows no state.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{
    mouse::Mouse,
    notice::Form,
    seek::{Answer, Ask},
    theme::Skin,
    widget::views::View,
};
use crate::{
    app::{Command, Event},
    config::{memory::Place, theme::Rgb},
    keymap::{Chord, Keymap},
};

/// Why the screen is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The user quit.
    Quit,
    /// A signal of this number.
    Signal(i32),
    /// The terminal or the queue went away.
    HungUp,
}

impl ExitReason {
    /// Exit code of the process: 0, or 128 and the signal.
    pub fn code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Signal(n) => u8::try_from(128 + n).unwrap_or(255),
            Self::HungUp => 129,
        }
    }
}

/// What is left behind by screens that were left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Why.
    pub reason: ExitReason,
    /// Where the user was; `None` where that is not known.
    pub place: Option<Place>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key.
    Key(Chord),
    /// Pasted text.
    Paste(String),
    /// The window has this many columns and rows.
    Resize(u16, u16),
    /// From the program below.
    App(Event),
    /// What a search found.
    Found(Box<Answer>),
    /// Wheel or click.
    Mouse(Mouse),
    /// The terminal's ground has this colour.
    Ground(Rgb),
    /// A deadline passed.
    Wake,
    /// Stop for a while, as the shell asked.
    Suspend,
    /// The process goes on after a stop.
    Resumed,
    /// A signal that ends the program.
    Signal(i32),
    /// The terminal cannot be read any more.
    HungUp,
    /// A bug in the background; the screen goes on.
    Broken(String),
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// A wish for the program below.
    Command(Command),
    /// A search; what it finds comes as [`Msg::Found`].
    Search(Ask),
    /// Put this on the clipboard of the terminal.
    Clipboard(String),
    /// Ring the bell.
    Bell,
    /// Show this on the desktop.
    Notice(String),
    /// Paint everything again.
    Redraw,
    /// Stop the process until the shell continues it.
    Suspend,
    /// Leave.
    Exit(ExitReason),
}

/// How the screens are to behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// Theme and depth of colour.
    pub skin: Skin,
    /// False while there is no configuration: the empty screen says how to begin.
    pub configured: bool,
    /// The terminal is asked for wheel and clicks.
    pub mouse: bool,
    /// The bell rings when something newly needs the user.
    pub bell: bool,
    /// How the desktop is told that something newly needs the user; `None` leaves it alone.
    pub notice: Option<Form>,
    /// The tour is shown first.
    pub tour: bool,
    /// Where to begin; `None` is the list.
    pub place: Option<Place>,
    /// Something to say at the start that stops nobody.
    pub said: Option<String>,
    /// Zone in which times of day are shown.
    pub zone: TimeZone,
    /// Query the list starts with.
    pub query: String,
    /// Saved views, in their order.
    pub views: Vec<View>,
    /// The keys; without it those that are shipped.
    pub keymap: Option<Arc<Keymap>>,
    /// What is wrong with the user's own files, and what holds instead.
    pub complaints: Vec<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            skin: Skin::default(),
            configured: true,
            mouse: false,
            bell: false,
            notice: None,
            tour: false,
            place: None,
            said: None,
            zone: TimeZone::UTC,
            query: String::new(),
            views: Vec::new(),
            keymap: None,
            complaints: Vec::new(),
        }
    }
}
