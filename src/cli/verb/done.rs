//! `done`: say that a task is finished, and how.

use super::{
    note::{self, Ask},
    wrote::{self, Whose},
};
use crate::{
    app::{Command, ExitCode},
    cli::{args::DoneArgs, context::Context, failure::Result},
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &DoneArgs) -> Result<ExitCode> {
    wrote::on_task(cx, &args.key, args.dry_run, &Whose::Mine, |snapshot, key| {
        let ask = if args.dry_run { Ask::No } else { Ask::Offered };
        let note = note::gather(cx, &args.note, ask, &format!("{} is done", snapshot.shown_key(&key)))?;
        Ok(Command::Amend { key, amendment: Amendment::Done { kind: args.kind, note } })
    })
    .await
}
