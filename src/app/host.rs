//! The machine the program runs on: clock, randomness, browser.

use std::process::Stdio;

use jiff::Timestamp;
use ulid::Ulid;

use super::error::{ExitCode, UserError};
use crate::domain::time::Now;

/// Clock and randomness, passed in so that tests can fix both.
pub trait Host: Send + Sync {
    /// The present.
    fn now(&self) -> Now;
    /// A new identity, ascending with time.
    fn fresh_id(&self) -> Ulid;
}

/// A host that always says the same time and counts its identities: for tests and pictures.
pub struct FixedHost {
    at: Timestamp,
    next: std::sync::Mutex<u128>,
}

impl FixedHost {
    /// A host at `at`; `seed` keeps the identities of two hosts apart.
    pub fn new(at: Timestamp, seed: u64) -> Self {
        Self { at, next: std::sync::Mutex::new(u128::from(seed) << 32) }
    }
}

impl Host for FixedHost {
    fn now(&self) -> Now {
        Now(self.at)
    }

    fn fresh_id(&self) -> Ulid {
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *next += 1;
        Ulid::from_parts(u64::try_from(self.at.as_millisecond()).unwrap_or(0), *next)
    }
}

/// Opens a web address with the desktop's opener, silently. Only http and https without user data are opened, as one
/// argument and without a shell.
///
/// # Errors
/// When the address is not of that kind, or no opener can be started.
#[expect(
    clippy::disallowed_methods,
    reason = "opening the browser is the user's wish: a checked address as one argument, no shell"
)]
pub fn open(url: &str) -> Result<(), UserError> {
    let plain = url.starts_with("https://") || url.starts_with("http://");
    let clean = url.chars().all(|c| c.is_ascii_graphic()) && !url.contains(['@', '\\', '"', '\'', '`', '$']);
    if !plain || !clean {
        let shown = crate::domain::text::safe_line(url).into_owned();
        return Err(UserError::refused(format!("not opened: {shown}"), "only plain web addresses are opened"));
    }
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = std::process::Command::new(opener)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    started.map(drop).map_err(|_| {
        let sentence = format!("no program '{opener}' to open {url}");
        UserError::new(ExitCode::Refused, sentence, "copy the address with Y and open it by hand")
    })
}
