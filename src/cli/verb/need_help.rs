//! `need-help`: ask the host; the clock stands until they answer. Or ask whoever proposed a task.

use super::{
    propose,
    wrote::{self, Whose},
};
use crate::{
    app::{Command, ExitCode},
    cli::{
        args::HelpArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::{outbox::Answer, proposal::Reply},
};

pub(super) async fn run(cx: &Context, args: &HelpArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let text = args.text.clone();
    if args.ask.is_empty() && snapshot.is_asked_of_me(&key) {
        let command = Command::Reply { key: key.clone(), reply: Reply::Ask, text };
        return propose::perform(cx, &opened, command, &key, args.dry_run).await;
    }
    let answer = Answer::Help { tell: args.ask.clone() };
    let command = Command::Answer { key: key.clone(), helper: None, answer, text };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    wrote::perform(cx, &opened, command, std::slice::from_ref(&key), &Whose::Mine).await
}
