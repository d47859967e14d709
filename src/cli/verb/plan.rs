//! `plan`: post the plan of an own commitment, from a flag or from a template in the person's editor.

use std::io::IsTerminal;

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode, UserError, host, plan::Plan},
    cli::{
        args::PlanArgs,
        context::Context,
        failure::{Failure, Result},
        open::{Need, open},
    },
    domain::outbox::Answer,
};

/// Stands for a plan that is not written yet.
const PLACEHOLDER: &str = "…";

pub(super) async fn run(cx: &Context, args: &PlanArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    let command = |text: String| {
        let answer = Answer::Plan { ask: args.ask.clone() };
        Command::Answer { key: key.clone(), helper: None, answer, text }
    };
    if let Some(text) = &args.text {
        if args.dry_run {
            return wrote::preview(cx, &opened, &command(text.clone()), Vec::new()).await;
        }
        return wrote::perform(cx, &opened, command(text.clone()), std::slice::from_ref(&key), &Whose::Mine).await;
    }
    // Nobody writes a plan for what is refused anyway.
    if args.dry_run {
        return wrote::preview(cx, &opened, &command(PLACEHOLDER.into()), Vec::new()).await;
    }
    opened.session.preview(&command(PLACEHOLDER.into())).await?;
    let template = Plan::template(&format!("The plan for {}", snapshot.shown_key(&key)));
    let draft = host::edit(editor(cx)?, &cx.paths.data.path, cx.host.fresh_id(), &template)?;
    let text = Plan::read(draft.text()).markdown();
    let done = wrote::perform(cx, &opened, command(text.clone()), std::slice::from_ref(&key), &Whose::Mine).await;
    match done {
        Err(Failure(mut errors)) if !text.is_empty() => {
            let kept = draft.keep(&text).map(|path| format!("what you wrote is kept in {path}"));
            errors.iter_mut().take(1).for_each(|first| first.hints.extend(kept.clone()));
            Err(Failure(errors))
        }
        done => done,
    }
}

/// The person's editor, where somebody is there to write.
fn editor(cx: &Context) -> Result<&str> {
    let none = |sentence: &str| UserError::new(ExitCode::Usage, sentence, "say it with `--text TEXT`");
    let terminal = cx.may_ask && std::io::stderr().is_terminal() && !cx.args.json;
    if !terminal {
        return Err(none("nobody is there to write a plan in an editor").into());
    }
    let named = cx.env.get("VISUAL").or_else(|| cx.env.get("EDITOR"));
    named.ok_or_else(|| none("no editor is named by VISUAL or EDITOR").into())
}
