//! Where a closing note comes from: flags, else the person's editor. Sends nothing.

use std::io::IsTerminal;

use crate::{
    app::{host, note::ClosingNote},
    cli::{args::NoteArgs, context::Context, failure::Result},
};

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

/// The note as Markdown; empty when there is none. `about` is one harmless line that says what it is for.
pub(super) fn gather(cx: &Context, args: &NoteArgs, ask: Ask, about: &str) -> Result<String> {
    if let Some(note) = &args.note {
        return Ok(note.trim().to_owned());
    }
    let said = said(args);
    if !said.is_empty() || ask == Ask::No {
        return Ok(said.markdown());
    }
    let editor = cx.env.get("VISUAL").or_else(|| cx.env.get("EDITOR"));
    let terminal = cx.may_ask && std::io::stderr().is_terminal() && !cx.args.json;
    let Some(editor) = editor.filter(|_| terminal) else { return Ok(String::new()) };
    let text = host::edit(editor, &cx.paths.data.path, cx.host.fresh_id(), &said.template(about))?;
    Ok(ClosingNote::read(&text).markdown())
}

fn said(args: &NoteArgs) -> ClosingNote {
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let links: Vec<String> = args.link.iter().map(|link| link.trim().to_owned()).collect();
    let links = if links.len() > 1 { links.iter().map(|l| format!("- {l}\n")).collect() } else { links.concat() };
    ClosingNote { done: text(&args.done), next: text(&args.next), links, gotchas: text(&args.gotcha) }
}
