//! The command line: arguments in, text or JSON out, an exit code at the end. Decides nothing that the screen
//! could not decide too: both issue the same commands.

pub mod args;
mod context;
mod failure;
pub mod findings;
mod flight;
pub mod floor;
pub mod host;
pub mod json;
mod lines;
mod logging;
mod open;
mod output;
mod progress;
pub mod table;
mod verb;
mod views;
pub mod walk;
mod wiring;

use std::ffi::OsString;

use clap::{Parser, error::ErrorKind};

use crate::{
    app::{ExitCode, UserError},
    config::Environment,
    domain::text::safe_block,
};
use args::Arguments;
use context::Context;
use failure::Failure;
use output::Output;

/// Does what the command line asks for and gives the exit code of the process: those of [`ExitCode`], or 128 and
/// the number of the signal that ended the screen.
pub fn run(arguments: Vec<OsString>) -> u8 {
    let env = Environment::real();
    let parsed = match Arguments::try_parse_from(args::shield(arguments.clone())) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, &arguments, &env) as u8,
    };
    let out = Output::real(parsed.global.json, parsed.global.depth(), &env);
    let cx = match Context::new(parsed.global.clone(), env.clone(), out) {
        Ok(cx) => cx,
        Err(Failure(errors)) => {
            return Output::real(parsed.global.json, parsed.global.depth(), &env).end(&errors) as u8;
        }
    };
    let code = match start(&cx, parsed.verb) {
        Ok(code) => code,
        Err(Failure(errors)) => cx.out.end(&errors) as u8,
    };
    if cx.out.is_broken() {
        cx.out.note("error: standard output cannot be written");
        return ExitCode::Internal as u8;
    }
    // A reader that went away has seen enough.
    if cx.out.is_gone() { ExitCode::Done as u8 } else { code }
}

fn start(cx: &Context, verb: Option<args::Verb>) -> failure::Result<u8> {
    logging::start(&cx.env, &cx.paths.data.path)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| {
        UserError::new(ExitCode::Internal, format!("the program cannot start its threads: {e}"), "close some programs")
    })?;
    let end = runtime.block_on(verb::run(cx, verb));
    // Work that nobody waits for any more must not keep the shell waiting.
    runtime.shutdown_background();
    end
}

/// Help, version, or a mistake in the arguments.
fn usage(error: &clap::Error, arguments: &[OsString], env: &Environment) -> ExitCode {
    let json = arguments.iter().any(|a| a == "--json");
    let out = Output::real(json, None, env);
    let text = error.render().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            out.say(safe_block(&text).trim_end());
            ExitCode::Done
        }
        _ if json => {
            let first = text.lines().next().unwrap_or_default();
            let sentence = safe_block(first.strip_prefix("error: ").unwrap_or(first)).into_owned();
            out.end(&[UserError::new(ExitCode::Usage, sentence, "`floorwalk --help` shows what there is")])
        }
        _ => {
            out.note_block(text.trim_end());
            ExitCode::Usage
        }
    }
}
