//! Notices of the desktop: which form a terminal understands, and the bytes of a notice. The text is harmless before it gets
//! here and is made harmless for each form. Knows no state.

use std::io::{self, Write};

use crate::{
    config::model::Notify,
    domain::text::{safe_fit, safe_line},
};

/// Longest text of a notice, columns.
const MOST: usize = 160;

/// How a notice is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The number of the command.
    protocol: Protocol,
    /// A terminal multiplexer stands between and must be told to pass it on.
    wrapped: Wrapped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// OSC 9 of iTerm2: the text alone.
    Nine,
    /// OSC 777 of rxvt: title and text.
    Triple7,
    /// OSC 99 of kitty.
    DoubleNine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrapped {
    No,
    Tmux,
    Screen,
}

impl Form {
    /// The form that was asked for, or the one the terminal understands by what it says of itself; `None` where no notice is
    /// wanted or possible.
    pub fn of<'a>(wanted: Notify, variable: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        let term = variable("TERM").unwrap_or_default();
        let protocol = match wanted {
            Notify::Off => return None,
            Notify::Osc9 => Protocol::Nine,
            Notify::Osc777 => Protocol::Triple7,
            Notify::Osc99 => Protocol::DoubleNine,
            Notify::Auto => match variable("TERM_PROGRAM").unwrap_or_default() {
                _ if matches!(term, "" | "dumb" | "linux") => return None,
                _ if term == "xterm-kitty" || variable("KITTY_WINDOW_ID").is_some() => Protocol::DoubleNine,
                "WezTerm" | "ghostty" => Protocol::Triple7,
                _ if term.starts_with("foot") || term.starts_with("rxvt") => Protocol::Triple7,
                _ if variable("VTE_VERSION").is_some() => Protocol::Triple7,
                // The one most terminals know; the others pass over it.
                _ => Protocol::Nine,
            },
        };
        let wrapped = match (variable("TMUX"), variable("STY")) {
            (Some(_), _) => Wrapped::Tmux,
            (None, Some(_)) => Wrapped::Screen,
            (None, None) => Wrapped::No,
        };
        Some(Self { protocol, wrapped })
    }

    /// The bytes of a notice.
    pub fn bytes(self, text: &str) -> Vec<u8> {
        // A semicolon ends a part of the command.
        let text = safe_fit(&safe_line(text), MOST).replace(';', ",");
        let plain = match self.protocol {
            Protocol::Nine => format!("\x1b]9;floorwalk: {text}\x07"),
            Protocol::Triple7 => format!("\x1b]777;notify;floorwalk;{text}\x07"),
            Protocol::DoubleNine => {
                format!("\x1b]99;i=floorwalk:d=0;floorwalk\x1b\\\x1b]99;i=floorwalk:p=body;{text}\x1b\\")
            }
        };
        match self.wrapped {
            Wrapped::No => plain,
            Wrapped::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
            // Its own string ends at the first escape: every part goes by itself.
            Wrapped::Screen => plain
                .split_inclusive("\x1b\\")
                .map(|part| format!("\x1bP{}\x1b\\", part.replace("\x1b\\", "\x07")))
                .collect(),
        }
        .into_bytes()
    }

    /// Writes a notice.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(self, out: &mut impl Write, text: &str) -> io::Result<()> {
        out.write_all(&self.bytes(text))?;
        out.flush()
    }
}
