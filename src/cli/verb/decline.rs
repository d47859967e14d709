//! `decline`: a host says no to a request, or a person to what was proposed to them; with a reason.

use super::{
    propose,
    wrote::{self, Whose, login},
};
use crate::{
    app::{Command, ExitCode},
    cli::{
        args::DeclineArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::{outbox::Answer, permit::Deed, proposal::Reply},
};

pub(super) async fn run(cx: &Context, args: &DeclineArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let helper = login(args.helper.as_deref());
    let text = args.text.clone();
    // Whoever does not speak for the host can only mean a proposal, also one that is over.
    let only_reader = !snapshot.reader_may(&key.project, Deed::AnswerRequest);
    let was_asked = || snapshot.proposals.iter().any(|p| p.to_me && p.proposal.key == key);
    if helper.is_none() && (snapshot.is_asked_of_me(&key) || (only_reader && was_asked())) {
        let reply = Reply::Decline { reason: args.reason };
        let command = Command::Reply { key: key.clone(), reply, text };
        return propose::perform(cx, &opened, command, &key, args.dry_run).await;
    }
    let answer = Answer::Decline { reason: args.reason };
    let command = Command::Answer { key: key.clone(), helper: helper.clone(), answer, text };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    wrote::perform(cx, &opened, command, std::slice::from_ref(&key), &Whose::Theirs(helper)).await
}
