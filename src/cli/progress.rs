//! How a sync is getting on, on standard error: a bar on a terminal, lines elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output::Output;
use crate::{domain::text::safe_line, sync::SyncProgress};

/// A progress display. Disappears when it ends.
pub(crate) struct Progress<'a> {
    out: &'a Output,
    bar: Option<ProgressBar>,
    told: u32,
    waiting: bool,
}

impl<'a> Progress<'a> {
    /// Starts a display.
    pub(crate) fn start(out: &'a Output) -> Self {
        let bar = out.err_is_terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(8));
            match ProgressStyle::with_template("{wide_bar} {pos}/{len} projects  {msg}") {
                Ok(style) => bar.with_style(style.progress_chars("━╸ ")),
                Err(_) => bar,
            }
        });
        Self { out, bar, told: 0, waiting: false }
    }

    /// Shows a step.
    pub(crate) fn step(&mut self, progress: &SyncProgress) {
        let wait =
            progress.waiting_until.map(|t| format!("waiting for the rate limit until {}", t.strftime("%H:%M UTC")));
        if let Some(bar) = &self.bar {
            bar.set_length(u64::from(progress.total));
            bar.set_position(u64::from(progress.done));
            let doing = wait.unwrap_or_else(|| safe_line(&progress.doing).into_owned());
            bar.set_message(format!("{} tasks  {doing}", progress.tasks));
            return;
        }
        // Without a terminal about ten lines for the whole sync, and one for every wait.
        let stride = (progress.total / 10).max(1);
        let waits = wait.is_some() && !self.waiting;
        self.waiting = wait.is_some();
        if waits || progress.done >= self.told + stride {
            self.told = progress.done;
            let doing = wait.unwrap_or_else(|| progress.doing.clone());
            let counts = format!("{}/{} projects, {} tasks", progress.done, progress.total, progress.tasks);
            self.out.note(&format!("{counts}: {doing}"));
        }
    }

    /// Prints a line beside the display.
    pub(crate) fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.out.note(text)),
            None => self.out.note(text),
        }
    }

    /// Ends the display.
    pub(crate) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
