//! `handover`: offer a task to somebody, with what they should know.

use super::{
    note::{self, Ask, Noted},
    wrote::newest,
};
use crate::{
    app::{Command, ExitCode, decide::needs_note},
    cli::{
        args::HandoverArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::outbox::Answer,
};

pub(super) async fn run(cx: &Context, args: &HandoverArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let worked = newest(&snapshot, &key).is_some_and(needs_note);
    let noted = Noted {
        args: &args.note,
        ask: if worked { Ask::Offered } else { Ask::No },
        about: format!("Handing over {}", snapshot.shown_key(&key)),
        dry_run: args.dry_run,
    };
    let command = |text| {
        let answer = Answer::Offer { to: args.to.clone() };
        Command::Answer { key: key.clone(), helper: None, answer, text }
    };
    note::perform(cx, &opened, &key, noted, command).await
}
