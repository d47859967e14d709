//! `accept`: the host accepts a request, a further renewal or finished work; or the user takes over what somebody
//! offers them, or claims what somebody proposed to them.

use super::wrote::{self, Whose, login};
use crate::{
    app::{Command, ExitCode, decide::offered_to_me},
    cli::{
        args::AcceptArgs,
        context::Context,
        failure::Result,
        open::{Need, open},
    },
    domain::{key::TaskKey, outbox::Answer},
    index::Snapshot,
};

/// Accepting a proposal is an ordinary claim.
fn taken(snapshot: &Snapshot, key: &TaskKey, args: &AcceptArgs) -> Command {
    let named = snapshot.proposed_to_me(key).and_then(|p| p.proposal.size);
    Command::Claim {
        keys: vec![key.clone()],
        until: args.until,
        size: args.size.or(named),
        plan: String::new(),
        alongside: false,
        ask: false,
    }
}

pub(super) async fn run(cx: &Context, args: &AcceptArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let helper = login(args.helper.as_deref());
    let of_host = args.helper.is_some() || args.mentor.is_some() || args.waive;
    let of_taker = args.until.is_some() || args.size.is_some();
    let proposed = !of_host && snapshot.is_asked_of_me(&key);
    let (command, whose) = if proposed && offered_to_me(&snapshot, &key).is_none() {
        (taken(&snapshot, &key, args), Whose::Mine)
    } else if of_taker || (!of_host && offered_to_me(&snapshot, &key).is_some()) {
        (Command::TakeOver { key: key.clone(), until: args.until, size: args.size }, Whose::Mine)
    } else {
        let answer = Answer::Consent { mentor: args.mentor.clone(), waive: args.waive };
        let command = Command::Answer { key: key.clone(), helper: helper.clone(), answer, text: String::new() };
        (command, Whose::Theirs(helper))
    };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    wrote::perform(cx, &opened, command, std::slice::from_ref(&key), &whose).await
}
