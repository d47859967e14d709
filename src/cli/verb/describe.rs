//! `why --draft --edit`: the description with the missing sections opens in the editor; what was saved is judged, shown, and
//! sent only after a yes.

use serde::Serialize;

use super::findings::editor;
use crate::{
    app::{Command, ExitCode, UserError, host},
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::SCHEMA,
        open::Opened,
    },
    domain::{key::TaskKey, triage::Triage},
    index::{Described, FindError, Snapshot},
    judge::score::raise::filled,
};

/// What it came to, with `--json`.
#[derive(Serialize)]
struct DescribedOut {
    schema: &'static str,
    key: String,
    described: Described,
    said: Vec<String>,
}

pub(super) async fn run(
    cx: &Context,
    opened: &Opened,
    snapshot: &Snapshot,
    key: &TaskKey,
    draft: &str,
) -> Result<ExitCode> {
    let row = snapshot.get(key).ok_or_else(|| FindError::Absent(key.to_string()))?;
    let shown = snapshot.shown_key(key);
    if draft.is_empty() {
        let hint = "`floorwalk sync` reads its description, if that was not read yet";
        return Err(UserError::refused(format!("nothing is known to be missing in {shown}"), hint).into());
    }
    let was = opened.session.detail(key).await?.body.map(|body| body.raw().to_owned()).unwrap_or_default();
    let command = |body: &str| {
        let act = Triage::Describe { was: was.clone(), body: body.to_owned() };
        Command::Triage { keys: vec![key.clone()], act }
    };
    // What is refused anyway is not written first.
    opened.session.preview(&command(draft)).await?;
    let saved = host::edit(editor(cx)?, &cx.paths.data.path, cx.host.fresh_id(), draft)?;
    let body = filled(&was, saved.text());
    let done = async {
        opened.session.preview(&command(&body)).await?;
        let described = snapshot.described(row, &was, &body);
        cx.out.note(&described.words());
        cx.confirm(&format!("change the description of {shown}? Everybody there can read it."))?;
        let (said, failed) = opened.hear(command(&body)).await;
        if !failed.is_empty() {
            return Err(Failure(failed));
        }
        if cx.args.json {
            cx.out.document(&DescribedOut { schema: SCHEMA, key: shown.clone(), described, said });
        } else {
            said.iter().for_each(|line| cx.out.say(line));
        }
        Ok(ExitCode::Done)
    };
    match done.await {
        Err(Failure(mut errors)) => {
            let written = saved.text() != draft;
            let text = saved.text().to_owned();
            let place = written.then(|| saved.keep(&text)).flatten();
            let place = place.map(|path| format!("what you wrote is kept in {path}"));
            errors.iter_mut().take(1).for_each(|first| first.hints.extend(place.clone()));
            Err(Failure(errors))
        }
        done => done,
    }
}
