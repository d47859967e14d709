//! `need-help`: ask the host; the clock stands until they answer.

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode},
    cli::{args::HelpArgs, context::Context, failure::Result},
    domain::outbox::Answer,
};

pub(super) async fn run(cx: &Context, args: &HelpArgs) -> Result<ExitCode> {
    let (answer, text) = (Answer::Help { tell: args.ask.clone() }, args.text.clone());
    let command = |key| Command::Answer { key, helper: None, answer, text };
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |_, key| Ok(command(key))).await
}
