//! `resume`: come back from a pause or a block.

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode},
    cli::{args::OneArgs, context::Context, failure::Result},
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &OneArgs) -> Result<ExitCode> {
    let amendment = Amendment::Resume;
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |_, key| Ok(Command::Amend { key, amendment })).await
}
