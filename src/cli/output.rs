//! The only place of the command line that prints. A reader that went away (`| head`) is no error: the rest is
//! dropped quietly. Text given to `note` and `problem` is made harmless here.

use std::{
    io::{self, BufWriter, ErrorKind, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use serde::Serialize;

use super::json;
use crate::{
    app::{ExitCode, UserError},
    config::{Environment, theme::Depth},
    domain::text::{safe_block, safe_line},
};

/// Standard output and standard error, and what is known of them.
#[derive(Debug)]
pub(crate) struct Output {
    gone: AtomicBool,
    failed: AtomicBool,
    /// Standard output is a terminal.
    pub(crate) is_terminal: bool,
    /// Standard error is a terminal.
    pub(crate) err_is_terminal: bool,
    /// Colour may be used on standard output.
    pub(crate) colour: bool,
    /// How many colours there are for whoever uses them.
    pub(crate) depth: Depth,
    /// Errors are printed as JSON on standard output.
    pub(crate) json: bool,
}

impl Output {
    /// The output of this process.
    pub(crate) fn real(json: bool, asked: Option<Depth>, env: &Environment) -> Self {
        let is_terminal = io::stdout().is_terminal();
        // What a flag says goes before the environment.
        let depth = asked.unwrap_or_else(|| match env.get_os("NO_COLOR") {
            Some(_) => Depth::None,
            None => Depth::of(env.get("TERM"), env.get("COLORTERM")),
        });
        Self {
            gone: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            is_terminal,
            err_is_terminal: io::stderr().is_terminal(),
            colour: is_terminal && depth > Depth::None,
            depth,
            json,
        }
    }

    /// Columns of the terminal on standard output; 80 when it does not say.
    pub(crate) fn width(&self) -> usize {
        let columns = rustix::termios::tcgetwinsize(io::stdout()).map_or(0, |size| usize::from(size.ws_col));
        if columns == 0 { 80 } else { columns }
    }

    /// A writer to standard output; what cannot be written is remembered, never an error.
    pub(crate) fn stdout(&self) -> impl Write {
        BufWriter::with_capacity(64 * 1024, Pipe { output: self, out: io::stdout() })
    }

    /// Prints a text that is harmless already, and a line end.
    pub(crate) fn say(&self, text: &str) {
        let mut out = self.stdout();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    /// Prints a value as one JSON document.
    pub(crate) fn document(&self, value: &impl Serialize) {
        let mut out = self.stdout();
        let _ = serde_json::to_writer(&mut out, value);
        let _ = writeln!(out).and_then(|()| out.flush());
    }

    /// Prints a line on standard error.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", safe_line(text));
    }

    /// Prints a question on standard error, without a line end.
    pub(crate) fn ask(&self, text: &str) {
        let mut err = io::stderr();
        let _ = write!(err, "{} ", safe_line(text)).and_then(|()| err.flush());
    }

    /// Prints a harmless block on standard error.
    pub(crate) fn note_block(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", safe_block(text));
    }

    /// Prints an error with its hints on standard error.
    pub(crate) fn problem(&self, error: &UserError) {
        self.note(&format!("error: {}", error.sentence));
        for hint in &error.hints {
            self.note(&format!("hint: {hint}"));
        }
    }

    /// Prints the errors a verb ended with, as text or as JSON, and gives the exit code.
    pub(crate) fn end(&self, errors: &[UserError]) -> ExitCode {
        let Some(first) = errors.first() else { return ExitCode::Done };
        if self.json {
            self.document(&json::Failed::new(errors));
        } else {
            errors.iter().for_each(|e| self.problem(e));
        }
        first.code
    }

    /// True when standard output failed for another reason than a reader that went away.
    pub(crate) fn is_broken(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// True when the reader of standard output went away.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

struct Pipe<'a> {
    output: &'a Output,
    out: io::Stdout,
}

impl Pipe<'_> {
    fn swallow(&self, result: io::Result<()>) {
        if let Err(e) = result {
            let flag = if e.kind() == ErrorKind::BrokenPipe { &self.output.gone } else { &self.output.failed };
            flag.store(true, Ordering::Relaxed);
        }
    }
}

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.output.is_gone() && !self.output.is_broken() {
            let result = self.out.write_all(bytes);
            self.swallow(result);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.swallow(result);
        Ok(())
    }
}
