//! The machine the program runs on: clock, randomness, browser, editor.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use jiff::Timestamp;
use ulid::Ulid;

use super::error::{ExitCode, UserError};
use crate::{config::secret::keep_from, domain::time::Now};

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
    let mut command = std::process::Command::new(opener);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    keep_from(&mut command);
    command.spawn().map(drop).map_err(|_| {
        let sentence = format!("no program '{opener}' to open {url}");
        UserError::new(ExitCode::Refused, sentence, "copy the address with Y and open it by hand")
    })
}

/// What a person wrote in their editor: a private file that goes when this is dropped, unless it is kept.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    text: String,
    kept: bool,
}

impl Draft {
    /// What was saved.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Keeps the file with this text, because it could not be used; gives its path, or nothing where it cannot be kept.
    pub fn keep(mut self, text: &str) -> Option<String> {
        fs::write(&self.path, text).ok()?;
        self.kept = true;
        Some(crate::domain::text::safe_line(&self.path.display().to_string()).into_owned())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // Removed by the editor already, or the folder is gone: there is nothing left to protect.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Lets a person write in their editor and gives back what they saved. `editor` is a program with its arguments,
/// parted by blanks, as `$VISUAL` has it. The text lies in a file in `folder` that only its owner may read (0600).
/// Blocks until the editor ends.
///
/// # Errors
/// When the file cannot be written, or the editor cannot be started or ends with an error; what was written by then is
/// kept, and the error says where.
#[expect(
    clippy::disallowed_methods,
    reason = "the person's own editor, named by themselves, with one file as its last argument and no shell"
)]
pub fn edit(editor: &str, folder: &Path, name: Ulid, text: &str) -> Result<Draft, UserError> {
    let failed = |what: String| UserError::refused(what, "nothing was done; say it with flags instead (`--help`)");
    let mut words = editor.split_whitespace();
    let program = words.next().ok_or_else(|| failed("no editor is named by VISUAL or EDITOR".into()))?;
    let mut draft = Draft { path: folder.join(format!("note-{name}.md")), text: String::new(), kept: false };
    let shown = draft.path.display().to_string();
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&draft.path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|e| failed(format!("a file to write in cannot be made at {shown}: {e}")))?;
    let mut command = std::process::Command::new(program);
    command.args(words).arg(&draft.path);
    keep_from(&mut command);
    let ended = command.status();
    let program = crate::domain::text::safe_line(program).into_owned();
    let status = ended.map_err(|e| failed(format!("the editor '{program}' cannot be started: {e}")))?;
    let saved = fs::read_to_string(&draft.path);
    if status.success() {
        draft.text = saved.map_err(|e| failed(format!("what was written cannot be read: {e}")))?;
        return Ok(draft);
    }
    let mut error = failed(format!("the editor '{program}' ended with an error"));
    if let Some(path) = saved.ok().filter(|saved| saved != text).and_then(|saved| draft.keep(&saved)) {
        error.hints.insert(0, format!("what you wrote is kept in {path}"));
    }
    Err(error)
}
