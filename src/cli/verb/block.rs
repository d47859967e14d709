//! `block`: say what blocks, and when it is looked at again.

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode},
    cli::{args::BlockArgs, context::Context, failure::Result},
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &BlockArgs) -> Result<ExitCode> {
    let amendment = Amendment::Block { by: args.by.clone(), review: args.review };
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |_, key| Ok(Command::Amend { key, amendment })).await
}
