//! floorwalk's entry: arguments, panic hook, hand over, exit code.

use std::{
    io::Write,
    panic::{PanicHookInfo, catch_unwind, set_hook},
    process::ExitCode,
};

use floorwalk::{app, cli, domain::text::safe_line};

fn main() -> ExitCode {
    set_hook(Box::new(say_bug));
    let arguments = std::env::args_os().collect();
    let code = catch_unwind(|| cli::run(arguments)).unwrap_or(app::ExitCode::Internal as u8);
    ExitCode::from(code)
}

/// One sentence instead of a stack: where, and what to do. The screen puts its own hook in front of this one, which
/// restores the terminal first.
fn say_bug(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let what = panic.payload_as_str().unwrap_or("no message");
    let text = format!("error: floorwalk met a bug at {place}: {what}");
    tracing::error!("{}", safe_line(&text));
    let mut err = std::io::stderr();
    // When standard error is gone too, nobody is left to tell.
    let _ = writeln!(err, "{}", safe_line(&text));
    let _ = writeln!(
        err,
        "hint: please report it with this line and what `floorwalk doctor --report FILE` gathers; nothing that was queued is lost"
    );
}
