//! `release`: hand a task back, with a note once there is work to pass on.

use super::{
    note::{self, Ask},
    wrote::{self, Whose, newest},
};
use crate::{
    app::{Command, ExitCode, decide::needs_note},
    cli::{
        args::ReleaseArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
};

pub(super) async fn run(cx: &Context, args: &ReleaseArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let required = newest(&snapshot, &key).is_some_and(|c| c.state.is_live() && needs_note(c));
    let ask = if required && !args.dry_run { Ask::Required } else { Ask::No };
    let about = format!("Handing back {}", snapshot.shown_key(&key));
    let note = note::gather(cx, &args.note, ask, &about)?;
    let command = Command::Release { key: key.clone(), note, reason: args.reason.into() };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    wrote::perform(cx, &opened, command, std::slice::from_ref(&key), &Whose::Mine).await
}
