//! `handover`: offer a task to somebody, with what they should know.

use super::{
    note::{self, Ask},
    wrote::{self, Whose, newest},
};
use crate::{
    app::{Command, ExitCode, decide::needs_note},
    cli::{args::HandoverArgs, context::Context, failure::Result},
    domain::outbox::Answer,
};

pub(super) async fn run(cx: &Context, args: &HandoverArgs) -> Result<ExitCode> {
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |snapshot, key| {
        let worked = newest(snapshot, &key).is_some_and(needs_note);
        let ask = if worked && !args.dry_run { Ask::Offered } else { Ask::No };
        let text = note::gather(cx, &args.note, ask, &format!("Handing over {}", snapshot.shown_key(&key)))?;
        Ok(Command::Answer { key, helper: None, answer: Answer::Offer { to: args.to.clone() }, text })
    })
    .await
}
