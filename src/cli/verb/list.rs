//! `list`: tasks that answer a query; a table on a terminal, tab-separated rows when piped, or JSON.

use crate::{
    app::{ExitCode, UserError},
    cli::{
        args::ListArgs,
        context::Context,
        failure::Result,
        open::{Need, Opened, all_known, open},
        table::{Listing, Look, write_json, write_table, write_tsv},
    },
    domain::text::{safe_fit, safe_line, width},
    index::{Query, QueryError, filter},
};

pub(super) async fn run(cx: &Context, args: &ListArgs) -> Result<ExitCode> {
    let text = args.query.join(" ");
    // Before anything is opened: a mistake in the query needs no store.
    let query = Query::parse(&text).map_err(|e| explain(&text, &e, cx.args.json))?;
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    if !all_known(&opened.only, &snapshot.projects) {
        super::sync::quietly(cx, &opened).await?;
        snapshot = opened.session.snapshot().await?;
    }
    if query.asks_for_findings() {
        return Ok(super::findings::show(cx, &opened, &snapshot, &query, args.limit));
    }
    let hits = filter::search(&snapshot, &query, args.sort.unwrap_or_default());
    let all = &snapshot.rows;
    let shown = |at: &u32| all.project(*at).is_some_and(|project| opened.shows(project));
    let shown: Vec<u32> = hits.rows.into_iter().filter(shown).collect();
    let (found, taken) = (shown.len(), shown.iter().filter(|at| all.is_gated(**at)).count());
    let most = args.limit.unwrap_or(usize::MAX);
    let rows = shown.iter().take(most).filter_map(|at| all.get(*at as usize)).collect();
    print(cx, &opened, &Listing { snapshot: &snapshot, rows, found, taken });
    if found > 0 {
        return Ok(ExitCode::Done);
    }
    if !cx.args.json {
        let nothing_there = snapshot.rows.is_empty();
        cx.out.note(match snapshot.coverage.synced_at {
            None => "nothing has been read yet: `floorwalk sync` reads what is configured",
            Some(_) if nothing_there => "no tasks are in the store; `floorwalk doctor` shows what could be read",
            Some(_) if text.trim().is_empty() => "no open tasks there",
            Some(_) => "nothing found; fewer words find more",
        });
    }
    Ok(ExitCode::Refused)
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
