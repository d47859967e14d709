//! `findings`: debt of projects that is no task yet, and making an issue of it.

use crate::{
    app::{Command, ExitCode, UserError, decide::Preview, host},
    cli::{
        args::{FindingsAct, FindingsArgs, RaiseArgs, line_of},
        context::Context,
        failure::{Failure, Result},
        findings::{DraftOut, Found, RaisedOut, write_json, write_table, write_tsv},
        json::{SCHEMA, TaskOut},
        open::{Need, Opened, all_known, open},
        table::Look,
    },
    domain::{
        key::{ProjectRef, TaskKey},
        text::{safe_block, safe_line},
    },
    index::{Query, Snapshot, filter::search, rank::Sort},
};

pub(super) async fn run(cx: &Context, args: &FindingsArgs) -> Result<ExitCode> {
    match &args.act {
        Some(FindingsAct::Raise(args)) => raise(cx, args).await,
        None => list(cx, args).await,
    }
}

/// The query of the arguments: a word with a slash and without a colon names a project.
fn query(words: &[String]) -> String {
    let term = |word: &String| {
        let project = word.contains('/') && !word.contains([':', '"', ' ']);
        if project { format!("project:{word}") } else { word.clone() }
    };
    line_of(&words.iter().map(term).collect::<Vec<_>>())
}

async fn list(cx: &Context, args: &FindingsArgs) -> Result<ExitCode> {
    let text = query(&args.query);
    let query = Query::parse(&text).map_err(|e| super::list::explain(&text, &e, cx.args.json))?.and(Query::findings());
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    if !all_known(&opened.only, &snapshot.projects) {
        super::sync::quietly(cx, &opened).await?;
        snapshot = opened.session.snapshot().await?;
    }
    Ok(show(cx, &opened, &snapshot, &query, args.limit))
}

/// Prints the findings that answer a query.
pub(super) fn show(
    cx: &Context,
    opened: &Opened,
    snapshot: &Snapshot,
    query: &Query,
    limit: Option<usize>,
) -> ExitCode {
    let all = &snapshot.findings;
    let hits = search(snapshot, query, Sort::Best);
    let pair = |at: &u32| all.found.get(*at as usize).zip(all.rows.get(*at as usize));
    let mut pairs: Vec<_> = hits.rows.iter().filter_map(pair).collect();
    pairs.retain(|(_, row)| opened.shows(&row.task.key.project));
    let found = pairs.len();
    pairs.truncate(limit.unwrap_or(usize::MAX));
    let listed = Found { snapshot, pairs, found };
    let mut out = cx.out.stdout();
    // The writer keeps its own account of failures.
    let _ = if cx.args.json {
        write_json(&listed, &mut out)
    } else if cx.out.is_terminal {
        write_table(&listed, Look { width: cx.out.width(), colour: cx.out.colour, now: cx.host.now() }, &mut out)
    } else {
        write_tsv(&listed, &mut out)
    };
    if found > 0 {
        return ExitCode::Done;
    }
    if !cx.args.json {
        cx.out.note(match snapshot.coverage.synced_at {
            None => "nothing has been read yet: `floorwalk sync` reads what is configured",
            Some(_) => "nothing was found there, or nothing could be read; projects are looked at once a day",
        });
    }
    ExitCode::Refused
}

/// The project a user means: by its path, or by its name alone where only one has it.
fn project(snapshot: &Snapshot, typed: &str) -> Result<ProjectRef> {
    let (tracker, path) = typed.split_once(':').map_or((None, typed), |(tracker, path)| (Some(tracker), path));
    let fits = |p: &&ProjectRef| {
        let name = p.owner_and_name().map_or(p.path(), |(_, name)| name);
        let same = p.path().eq_ignore_ascii_case(path) || name.eq_ignore_ascii_case(path);
        same && tracker.is_none_or(|t| t == p.tracker.as_str())
    };
    let mut found: Vec<&ProjectRef> = snapshot.projects.iter().map(|p| &p.project).filter(fits).collect();
    if found.iter().any(|p| p.path().eq_ignore_ascii_case(path)) {
        found.retain(|p| p.path().eq_ignore_ascii_case(path));
    }
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let sentence = format!("no project '{}' is in the store", safe_line(typed));
            Err(UserError::refused(sentence, "`floorwalk sync` reads what is configured").into())
        }
        many => {
            let names: Vec<String> = many.iter().map(|p| format!("{}:{p}", p.tracker)).collect();
            let sentence = format!("several projects are called '{}'", safe_line(typed));
            Err(UserError::refused(sentence, format!("write {}", names.join(" or "))).into())
        }
    }
}

/// Makes an issue of a finding, or shows what it would say.
pub(super) async fn raise(cx: &Context, args: &RaiseArgs) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let snapshot = opened.session.snapshot().await?;
    let project = project(&snapshot, &args.project)?;
    let mut command =
        Command::Raise { project: project.clone(), finding: args.id.clone(), title: args.title.clone(), body: None };
    // What is refused anyway is neither edited nor asked about.
    let Preview { mut would, .. } = opened.session.preview(&command).await?;
    let draft = snapshot.findings.find(&project, &args.id).map(|(f, _)| (f.title.clone(), f.body.clone()));
    let (mut title, mut body) = draft.unwrap_or_default();
    title = args.title.clone().unwrap_or(title);
    let mut kept = None;
    if args.edit {
        let edited = host::edit(editor(cx)?, &cx.paths.data.path, cx.host.fresh_id(), &format!("{title}\n\n{body}\n"))?;
        (title, body) = split(edited.text());
        kept = Some(edited);
        let (title, body) = (Some(title.clone()), Some(body.clone()));
        command = Command::Raise { project: project.clone(), finding: args.id.clone(), title, body };
        would = opened.session.preview(&command).await?.would;
    }
    if args.dry_run {
        if cx.args.json {
            cx.out.document(&DraftOut { schema: SCHEMA, dry_run: true, would, title, body });
        } else {
            would.iter().for_each(|line| cx.out.say(&format!("would {line}")));
            cx.out.say(&format!("\n{}\n\n{}", safe_line(&title), safe_block(&body)));
        }
        return Ok(ExitCode::Done);
    }
    if !cx.args.json && !cx.args.yes {
        cx.out.note_block(&format!("{title}\n\n{body}\n"));
    }
    let done = match cx.confirm(&format!("make this an issue of {project}? Everybody there can read it.")) {
        Ok(()) => send(cx, &opened, &snapshot, command, &project).await,
        Err(no) => Err(no),
    };
    match (done, kept) {
        (Err(Failure(mut errors)), Some(kept)) => {
            let text = format!("{title}\n\n{body}\n");
            let place = kept.keep(&text).map(|path| format!("what you wrote is kept in {path}"));
            errors.iter_mut().take(1).for_each(|first| first.hints.extend(place.clone()));
            Err(Failure(errors))
        }
        (done, _) => done,
    }
}

/// Sends it and tells which task it became.
async fn send(
    cx: &Context,
    opened: &Opened,
    before: &Snapshot,
    command: Command,
    project: &ProjectRef,
) -> Result<ExitCode> {
    let (said, failed) = opened.hear(command).await;
    if !failed.is_empty() {
        said.iter().for_each(|line| cx.out.note(line));
        return Err(Failure(failed));
    }
    let after = opened.session.snapshot().await?;
    let new = |key: &TaskKey| before.at(key).is_none();
    let made = after.rows.of_project(project).map(|row| row.task.key).filter(new).max_by_key(|key| key.number);
    let made = made.and_then(|key| after.get(&key));
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let task = made.map(|row| TaskOut::new(row, &after, &url));
        cx.out.document(&RaisedOut { schema: SCHEMA, task, said });
        return Ok(ExitCode::Done);
    }
    said.iter().for_each(|line| cx.out.note(line));
    if let Some(row) = made {
        let address = opened.url(&row.task.key).map(|url| format!("  {url}")).unwrap_or_default();
        cx.out.say(&format!("{}{address}", after.shown_key(&row.task.key)));
    }
    Ok(ExitCode::Done)
}

pub(super) fn editor(cx: &Context) -> Result<&str> {
    let none = || {
        let sentence = "no editor is named by VISUAL or EDITOR";
        UserError::new(ExitCode::Usage, sentence, "name one, or give the title with --title")
    };
    cx.env.get("VISUAL").or_else(|| cx.env.get("EDITOR")).ok_or_else(|| none().into())
}

/// Title and description of what was saved: the first line that says something, and the rest.
fn split(text: &str) -> (String, String) {
    let text = text.trim_start();
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    (title.trim().to_owned(), body.trim().to_owned())
}
