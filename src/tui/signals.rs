//! Signals as messages, and a promise: half a second after a signal that ends the program the terminal is given
//! back and the process is gone, even when the loop is stuck. Knows no state.

use std::{io, process, sync::mpsc::Sender, thread, time::Duration};

use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH},
    iterator::Signals,
};

use super::{
    state::{ExitReason, Msg},
    terminal::Hold,
};

/// What the loop may take before the process is ended for it.
pub const GRACE: Duration = Duration::from_millis(350);

/// What a signal means.
pub fn message(signal: i32) -> Option<Msg> {
    match signal {
        SIGTERM | SIGINT | SIGHUP | SIGQUIT => Some(Msg::Signal(signal)),
        SIGTSTP => Some(Msg::Suspend),
        SIGCONT => Some(Msg::Resumed),
        // Whoever draws asks the window for its size first.
        SIGWINCH => Some(Msg::Wake),
        _ => None,
    }
}

/// Starts the thread that listens for signals until the process ends.
///
/// # Errors
/// When signals cannot be caught or no thread can be started.
#[expect(clippy::disallowed_methods, reason = "the watchdog thread waits; it serves no key and no frame")]
pub fn start(queue: Sender<Msg>, hold: Hold) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])?;
    thread::Builder::new().name("floorwalk-signals".into()).spawn(move || {
        for signal in signals.forever() {
            let Some(msg) = message(signal) else { continue };
            let ends = matches!(msg, Msg::Signal(_));
            let heard = queue.send(msg).is_ok();
            if ends {
                if heard {
                    thread::sleep(GRACE);
                }
                hold.restore();
                process::exit(i32::from(ExitReason::Signal(signal).code()));
            }
        }
    })?;
    Ok(())
}

/// Stops this process and its group, as the shell would; returns when it is continued.
///
/// # Errors
/// When the stop was refused.
pub fn stop() -> io::Result<()> {
    let mut continued = Signals::new([SIGCONT])?;
    rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?;
    // The stop does not reach all threads at once: whoever went on here would take the terminal from the shell again.
    continued.forever().next();
    Ok(())
}
