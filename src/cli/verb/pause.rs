//! `pause`: stop the clock while away.

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode},
    cli::{args::PauseArgs, context::Context, failure::Result},
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &PauseArgs) -> Result<ExitCode> {
    let amendment = Amendment::Pause { until: args.until };
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |_, key| Ok(Command::Amend { key, amendment })).await
}
