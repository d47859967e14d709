//! Where a closing note comes from: flags, else the person's editor; and the verbs that end with one.

use std::io::IsTerminal;

use super::wrote::{self, Whose};
use crate::{
    app::{Command, ExitCode, host, note::ClosingNote},
    cli::{
        args::NoteArgs,
        context::Context,
        failure::{Failure, Result},
        open::Opened,
    },
    domain::key::TaskKey,
};

/// Stands for a note that is not written yet.
const PLACEHOLDER: &str = "…";

/// Whether a note is asked for where no flag said one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Something was done: the note is required, and its absence is refused by the rules.
    Required,
    /// There is something to say at the end of good work, but nobody has to.
    Offered,
    /// Nothing was done yet.
    No,
}

/// A verb that takes a note.
pub(super) struct Noted<'a> {
    /// The flags.
    pub(super) args: &'a NoteArgs,
    /// Whether it is asked for.
    pub(super) ask: Ask,
    /// One harmless line that says what it is for.
    pub(super) about: String,
    /// Only say what would be done.
    pub(super) dry_run: bool,
}

/// Gathers the note and does the command that it is part of. What was written in an editor is never lost: when the
/// command is refused, it is kept in a file.
pub(super) async fn perform(
    cx: &Context,
    opened: &Opened,
    key: &TaskKey,
    noted: Noted<'_>,
    command: impl Fn(String) -> Command,
) -> Result<ExitCode> {
    if noted.dry_run {
        return wrote::preview(cx, opened, &command(said_by_flags(noted.args)), Vec::new()).await;
    }
    let Some(editor) = editor(cx, &noted) else {
        let command = command(said_by_flags(noted.args));
        return wrote::perform(cx, opened, command, std::slice::from_ref(key), &Whose::Mine).await;
    };
    // Nobody writes a note for what is refused anyway.
    opened.session.preview(&command(PLACEHOLDER.into())).await?;
    let template = said(noted.args).template(&noted.about);
    let draft = host::edit(editor, &cx.paths.data.path, cx.host.fresh_id(), &template)?;
    let text = ClosingNote::read(draft.text()).markdown();
    let done = wrote::perform(cx, opened, command(text.clone()), std::slice::from_ref(key), &Whose::Mine).await;
    if matches!(done, Ok(code) if code != ExitCode::Refused) || text.is_empty() {
        return done;
    }
    let kept = draft.keep(&text).map(|path| format!("what you wrote is kept in {path}"));
    match (done, kept) {
        (Err(Failure(mut errors)), Some(kept)) => {
            errors.iter_mut().take(1).for_each(|first| first.hints.push(kept.clone()));
            Err(Failure(errors))
        }
        (done, kept) => {
            kept.iter().for_each(|kept| cx.out.note(kept));
            done
        }
    }
}

/// The person's editor, where a note is asked for, no flag gave one, and somebody is there to write it.
fn editor<'a>(cx: &'a Context, noted: &Noted<'_>) -> Option<&'a str> {
    let silent = noted.args.note.is_none() && said(noted.args).is_empty();
    let terminal = cx.may_ask && std::io::stderr().is_terminal() && !cx.args.json;
    let editor = cx.env.get("VISUAL").or_else(|| cx.env.get("EDITOR"));
    editor.filter(|_| silent && noted.ask != Ask::No && terminal)
}

/// The note as Markdown as the flags give it; empty when there is none.
fn said_by_flags(args: &NoteArgs) -> String {
    match &args.note {
        Some(note) => note.trim().to_owned(),
        None => said(args).markdown(),
    }
}

fn said(args: &NoteArgs) -> ClosingNote {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let links: Vec<String> = args.link.iter().map(|link| link.trim().to_owned()).collect();
    let links = if links.len() > 1 { links.iter().map(|l| format!("- {l}\n")).collect() } else { links.concat() };
    ClosingNote { done: text(&args.done), next: text(&args.next), links, gotchas: text(&args.gotcha) }
}
