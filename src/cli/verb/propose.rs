//! `propose`: a task to somebody, who may take it. What that person says to it ends the same way.

use super::wrote;
use crate::{
    app::{Command, ExitCode, proposal_words as words},
    cli::{
        args::ProposeArgs,
        context::Context,
        failure::{Failure, Result},
        json::{ErrorOut, ProposalOut, ProposedOut, SCHEMA},
        open::{Need, Opened, open},
    },
    domain::{key::TaskKey, proposal::on_its_way},
    index::{Proposed, Snapshot},
};

pub(super) async fn run(cx: &Context, args: &ProposeArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let (to, size, text) = (args.to.clone(), args.size, args.text.clone());
    perform(cx, &opened, Command::Propose { key: key.clone(), to, size, text }, &key, args.dry_run).await
}

/// Does a command about proposals of a task, or says what it would do.
pub(super) async fn perform(
    cx: &Context,
    opened: &Opened,
    command: Command,
    key: &TaskKey,
    dry_run: bool,
) -> Result<ExitCode> {
    if dry_run {
        return wrote::preview(cx, opened, &command, Vec::new()).await;
    }
    let (said, failed) = opened.hear(command).await;
    let snapshot = opened.session.snapshot().await?;
    if !failed.is_empty() && snapshot.outbox.iter().all(|op| op.key != *key) {
        return Err(Failure(failed));
    }
    let about: Vec<&Proposed> = snapshot.proposals.iter().filter(|p| p.proposal.key == *key).collect();
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let proposals = about.iter().map(|p| ProposalOut::new(p, &snapshot, &url)).collect();
        let problems = failed.iter().map(ErrorOut::from).collect();
        cx.out.document(&ProposedOut { schema: SCHEMA, proposals, said, problems });
    } else {
        said.iter().for_each(|line| cx.out.note(line));
        failed.iter().for_each(|error| cx.out.problem(error));
        about.iter().rev().take(1).for_each(|p| cx.out.say(&line(p, &snapshot)));
    }
    Ok(failed.first().map_or(ExitCode::Done, |error| error.code))
}

/// `acme/app#12  proposed to you by @mo, until 2026-11-30`, and what still waits for it.
pub(super) fn line(p: &Proposed, snapshot: &Snapshot) -> String {
    let waits = on_its_way(&snapshot.outbox, p.proposal.id);
    let waits = waits.map(|_| ", an answer waits in the outbox").unwrap_or_default();
    format!("{}  {}{waits}", snapshot.shown_key(&p.proposal.key), words::standing(p))
}
