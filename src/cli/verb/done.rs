//! `done`: say that a task is finished, and how.

use super::note::{self, Ask, Noted};
use crate::{
    app::{Command, ExitCode},
    cli::{
        args::DoneArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::outbox::Amendment,
};

pub(super) async fn run(cx: &Context, args: &DoneArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let about = format!("{} is done", snapshot.shown_key(&key));
    let noted = Noted { args: &args.note, ask: Ask::Offered, about, dry_run: args.dry_run };
    let command = |note| Command::Amend { key: key.clone(), amendment: Amendment::Done { kind: args.kind, note } };
    note::perform(cx, &opened, &key, noted, command).await
}
