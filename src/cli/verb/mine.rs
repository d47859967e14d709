//! `mine`: my commitments, first to end first.

use super::wrote;
use crate::{
    app::ExitCode,
    cli::{
        context::Context,
        failure::Result,
        json::{CommitmentOut, MineOut, SCHEMA},
        open::{Need, open},
    },
    domain::{commitment::Commitment, text::fit},
};

pub(super) async fn run(cx: &Context, all: bool) -> Result<ExitCode> {
    let opened = open(cx, Need::Store).await?;
    let snapshot = opened.session.snapshot().await?;
    let wanted = |c: &&Commitment| c.mine && (all || c.state.is_live()) && opened.shows(&c.key.project);
    let mine: Vec<&Commitment> = snapshot.commitments.iter().filter(wanted).collect();
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let commitments = mine.iter().map(|c| CommitmentOut::new(c, &snapshot, &url)).collect();
        cx.out.document(&MineOut { schema: SCHEMA, commitments });
        return Ok(ExitCode::Done);
    }
    if !cx.out.is_terminal {
        cx.out.say("key\tstate\tuntil\ttitle\tclaim_id");
    }
    for commitment in &mine {
        let title = snapshot.get(&commitment.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
        if cx.out.is_terminal {
            cx.out.say(&fit(&format!("{}  {title}", wrote::line(commitment, &snapshot)), cx.out.width()));
        } else {
            let (key, state) = (snapshot.shown_key(&commitment.key), commitment.state.word());
            cx.out.say(&format!("{key}\t{state}\t{}\t{title}\t{}", commitment.until, commitment.claim));
        }
    }
    if mine.is_empty() && cx.out.is_terminal {
        cx.out.note("you hold nothing; `floorwalk list is:free` shows what is free");
    }
    Ok(ExitCode::Done)
}
