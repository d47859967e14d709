//! `list`: tasks that answer a query; a table on a terminal, tab-separated rows when piped, or JSON.

use crate::{
    app::{ExitCode, UserError},
    cli::{
        args::{ListArgs, line_of},
        context::Context,
        failure::Result,
        open::{Need, Opened, all_known, open},
        table::{Listing, Look, write_json, write_table, write_tsv},
        views,
    },
    domain::text::{safe_fit, safe_line, width},
    index::{NOTHING_FOR_INTERNS, Query, QueryError, Row, Snapshot, complete, filter, rank::Sort},
};

pub(super) async fn run(cx: &Context, args: &ListArgs) -> Result<ExitCode> {
    let asked = query(cx, args)?;
    let opened = open(cx, Need::of_reading(cx)).await?;
    let answered = answer(cx, args, &opened, asked).await;
    opened.session.keep_list().await;
    answered
}

async fn answer(
    cx: &Context,
    args: &ListArgs,
    opened: &Opened,
    (query, view): (Query, Option<String>),
) -> Result<ExitCode> {
    let mut snapshot = opened.session.snapshot().await?;
    if !all_known(&opened.only, &snapshot.projects) {
        super::sync::quietly(cx, opened).await?;
        snapshot = opened.session.snapshot().await?;
    }
    if query.asks_for_findings() {
        return Ok(super::findings::show(cx, opened, &snapshot, &query, args.limit));
    }
    let hits = filter::search(&snapshot, &query, Sort::default());
    let all = &snapshot.rows;
    let shown = |at: &u32| all.project(*at).is_some_and(|project| opened.shows(project));
    let mut places: Vec<u32> = hits.rows.iter().copied().filter(shown).collect();
    if args.surprise {
        let drawn = snapshot.surprise(&places, &[]).and_then(|row| snapshot.at(&row.task.key));
        places.retain(|at| Some(*at) == drawn);
    }
    let (found, taken) = (places.len(), hits.taken.iter().filter(|at| shown(at)).count());
    let most = args.limit.unwrap_or(usize::MAX);
    let rows = places.iter().take(most).filter_map(|at| all.get(*at as usize)).collect();
    let left_out = hits.interns.as_ref().map(|interns| {
        let left_out = interns.rows.iter().filter(|at| shown(at));
        left_out.filter_map(|at| all.get(*at as usize)).collect::<Vec<_>>()
    });
    if let (Some(view), false) = (&view, cx.args.json) {
        let now = cx.host.now();
        snapshot.answers.sentences(view, now).iter().for_each(|line| cx.out.note(line));
    }
    print(cx, opened, &Listing { snapshot: &snapshot, rows, found, taken, left_out: left_out.clone() });
    let left_out = left_out.unwrap_or_default();
    if !cx.args.json && !left_out.is_empty() {
        for_interns(cx, &snapshot, found, &left_out);
    }
    if found > 0 {
        return Ok(ExitCode::Done);
    }
    if !left_out.is_empty() {
        return Ok(ExitCode::Refused);
    }
    if !cx.args.json {
        let meant = complete::meant(&query, &snapshot);
        let nothing_there = snapshot.rows.is_empty();
        cx.out.note(match snapshot.coverage.synced_at {
            None => "nothing has been read yet: `floorwalk sync` reads what is configured",
            Some(_) if nothing_there => "no tasks are in the store; `floorwalk doctor` shows what could be read",
            Some(_) if taken > 0 => "somebody is at all that was found; `is:taken` lists it",
            Some(_) if query.is_empty() => "no open tasks there",
            Some(_) => meant.as_deref().unwrap_or("nothing found; fewer words find more"),
        });
    }
    Ok(ExitCode::Refused)
}

/// What a list for interns leaves out, for people; and which of it is closest, where nothing fits.
fn for_interns(cx: &Context, snapshot: &Snapshot, found: usize, left_out: &[&Row]) {
    if found == 0 {
        cx.out.note(NOTHING_FOR_INTERNS);
        if let Some(row) = snapshot.closest_for_intern(left_out.iter().copied()) {
            snapshot.closest_lines(row).iter().for_each(|line| cx.out.note(line));
        }
    }
    let tasks = if left_out.len() == 1 { "1 task does" } else { &format!("{} tasks do", left_out.len()) };
    cx.out.note(&format!(
        "{tasks} not fit an intern and stay out of this list: `floorwalk list -is:intern` lists them, and \
         `floorwalk why TASK --not` says what each lacks"
    ));
}

/// The query of the arguments, within the view that is named, as a value; and the view when trackers were asked for a filter
/// of it. Before anything is opened: a mistake in the
/// query needs no store.
fn query(cx: &Context, args: &ListArgs) -> Result<(Query, Option<String>)> {
    let (first, rest) = args.query.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first.as_str()), rest));
    let (view, words) = match first.and_then(|word| word.strip_prefix('@')) {
        Some(name) if args.view.is_none() && !name.is_empty() => (Some(name), rest),
        _ => (args.view.as_deref(), args.query.as_slice()),
    };
    let text = line_of(words);
    let mut query = Query::parse(&text).map_err(|e| explain(&text, &e, cx.args.json))?;
    if let Some(order) = args.sort.filter(|_| query.sort.is_none()) {
        (query.sort, query.reversed) = (Some(order.sort), order.reversed);
    }
    let Some(name) = view else { return Ok((query, None)) };
    let view = views::named(cx, name)?;
    Ok((view.query.and(query), view.filtered.then_some(view.name)))
}

fn print(cx: &Context, opened: &Opened, listing: &Listing<'_>) {
    let url = |key: &_| opened.url(key);
    let mut out = cx.out.stdout();
    // The writer keeps its own account of failures.
    let _ = if cx.args.json {
        write_json(listing, &url, &mut out)
    } else if cx.out.is_terminal {
        let look = Look { width: cx.out.width(), colour: cx.out.colour, now: cx.host.now() };
        write_table(listing, look, &mut out)
    } else {
        write_tsv(listing, &url, &mut out)
    };
}

/// A mistake in the query; for people with a caret under the part that is meant.
pub(super) fn explain(text: &str, error: &QueryError, json: bool) -> UserError {
    let before = text.get(..error.span.start).unwrap_or_default();
    let part = text.get(error.span.clone()).unwrap_or_default();
    let indent = " ".repeat(safe_width(before));
    let carets = "^".repeat(width(&safe_line(part)).clamp(1, 60));
    let mut hints = if json { Vec::new() } else { vec![safe_fit(text, 200).into_owned(), format!("{indent}{carets}")] };
    hints.extend(error.suggestion.as_ref().map(|s| format!("did you mean {s}?")));
    UserError { code: ExitCode::Usage, sentence: error.message.clone(), hints, refusal: None }
}

fn safe_width(text: &str) -> usize {
    if text.is_empty() { 0 } else { width(&safe_line(text)) }
}
