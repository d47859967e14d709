//! `thanks`: drafts of a word of thanks, printed and sent to nobody.

use crate::{
    app::{ExitCode, UserError, thanks},
    cli::{
        context::Context,
        failure::Result,
        json::{SCHEMA, ThanksOut},
        open::{Need, open},
    },
    domain::commitment::Commitment,
};

pub(super) async fn run(cx: &Context, typed: &str) -> Result<ExitCode> {
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, typed).await?;
    let finished = |c: &Commitment| c.state.is_done();
    let on_it = snapshot.commitments.iter().filter(|c| c.key == key);
    let Some(commitment) = on_it.max_by_key(|c| (finished(c), c.since, c.claim)) else {
        let sentence = format!("nobody committed to {}", snapshot.shown_key(&key));
        return Err(UserError::refused(sentence, "thanks are drafted when the work is done").into());
    };
    let comments = opened.session.detail(&key).await?.comments;
    let drafts = thanks::draft(&snapshot, commitment, &comments)
        .map_err(|refusal| UserError::refused(refusal.sentence.clone(), refusal.instead.join("; ")))?;
    if cx.args.json {
        let task = snapshot.shown_key(&key);
        let thanks::Thanks { channel, to_channel, to_manager } = drafts;
        cx.out.document(&ThanksOut { schema: SCHEMA, task, channel, to_channel, to_manager });
        return Ok(ExitCode::Done);
    }
    let channel = if drafts.channel.is_empty() { "the channel" } else { &drafts.channel };
    cx.out.say(&format!("For {channel}:\n{}\n", drafts.to_channel));
    cx.out.say(&format!("For the helper's manager:\n{}", drafts.to_manager));
    cx.out.note("these are drafts: nothing was sent");
    Ok(ExitCode::Done)
}
