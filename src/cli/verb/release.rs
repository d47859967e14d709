//! `release`: hand a task back, with a note once there is work to pass on.

use super::{
    note::{self, Ask, Noted},
    wrote::newest,
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
    let noted = Noted {
        args: &args.note,
        ask: if required { Ask::Required } else { Ask::No },
        about: format!("Handing back {}", snapshot.shown_key(&key)),
        dry_run: args.dry_run,
    };
    let command = |note| Command::Release { key: key.clone(), note, reason: args.reason.into() };
    note::perform(cx, &opened, &key, noted, command).await
}
