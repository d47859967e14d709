//! `revoke`: a lead takes a task away from a helper, with words for them.

use super::wrote::{self, Whose, login};
use crate::{
    app::{Command, ExitCode},
    cli::{args::RevokeArgs, context::Context, failure::Result},
    domain::outbox::Answer,
};

pub(super) async fn run(cx: &Context, args: &RevokeArgs) -> Result<ExitCode> {
    let helper = login(args.helper.as_deref());
    let (answer, text) = (Answer::Revoke { reason: args.reason }, args.text.clone());
    let command = |key| Command::Answer { key, helper: helper.clone(), answer, text };
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Theirs(helper.clone()), |_, key| Ok(command(key))).await
}
