//! `warranty`: what is in warranty; or the host asks a helper to mend what finished work broke.

use super::wrote::{self, Whose, login};
use crate::{
    app::{Command, ExitCode, words},
    cli::{
        args::WarrantyArgs,
        context::Context,
        failure::Result,
        json::{CommitmentOut, SCHEMA, WarrantyOut},
        open::{Need, open},
    },
    domain::{
        commitment::{Commitment, CommitmentState},
        outbox::Answer,
    },
};

pub(super) async fn run(cx: &Context, args: &WarrantyArgs) -> Result<ExitCode> {
    let (Some(typed), Some(link)) = (&args.key, &args.regression) else { return list(cx).await };
    let helper = login(args.helper.as_deref());
    let (answer, text) = (Answer::Regress { link: link.clone() }, args.text.clone());
    let command = |key| Command::Answer { key, helper: helper.clone(), answer, text };
    wrote::on_task(cx, typed, args.dry_run, &Whose::Theirs(helper.clone()), |_, key| Ok(command(key))).await
}

async fn list(cx: &Context) -> Result<ExitCode> {
    let opened = open(cx, Need::Store).await?;
    let snapshot = opened.session.snapshot().await?;
    let wanted = |c: &&Commitment| c.state == CommitmentState::Warranty && opened.shows(&c.key.project);
    let found: Vec<&Commitment> = snapshot.commitments.iter().filter(wanted).collect();
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let commitments = found.iter().map(|c| CommitmentOut::new(c, &snapshot, &url)).collect();
        cx.out.document(&WarrantyOut { schema: SCHEMA, commitments });
        return Ok(ExitCode::Done);
    }
    if !cx.out.is_terminal {
        cx.out.say("key\thelper\twarranty");
    }
    let separator = if cx.out.is_terminal { "  " } else { "\t" };
    for c in &found {
        let key = snapshot.shown_key(&c.key);
        let left = words::time_left(c, &snapshot.roster, cx.host.now());
        cx.out.say(&[key, format!("@{}", c.who.login.line()), left].join(separator));
    }
    if found.is_empty() && cx.out.is_terminal {
        cx.out.note("nothing is in warranty");
    }
    Ok(ExitCode::Done)
}
