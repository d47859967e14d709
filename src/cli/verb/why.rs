//! `why`: why a task has its score, what would raise it, how it compares with another, and what keeps it from being taken.

use std::{sync::Arc, time::Duration};

use serde::Serialize;

use crate::{
    app::{Command, ExitCode, UserError, gates},
    cli::{
        args::WhyArgs,
        context::Context,
        failure::Result,
        json::SCHEMA,
        open::{Need, Opened, open},
    },
    domain::{evidence::History, key::TaskKey, task::TaskDetail},
    index::{Explained, FindError, Row, Snapshot},
    judge::{
        free::Sign,
        signal::Found,
        why::{Comparison, Why, WhyNot, compare},
    },
};

/// How long the tracker is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// `why --json`.
#[derive(Serialize)]
struct WhyOut<'a> {
    schema: &'static str,
    why: &'a Why,
    /// False for a task that cannot be taken now: lists give it no score.
    listed: bool,
    signals: &'a [Found],
    signs: &'a [Sign],
    ask: &'a str,
}

/// `why --not --json`.
#[derive(Serialize)]
struct WhyNotOut {
    schema: &'static str,
    why_not: WhyNot,
}

/// `why --than --json`.
#[derive(Serialize)]
struct CompareOut {
    schema: &'static str,
    comparison: Comparison,
    left: Why,
    right: Why,
}

pub(super) async fn run(cx: &Context, args: &WhyArgs) -> Result<ExitCode> {
    let need = if args.fresh || args.edit { Need::Trackers } else { Need::of_reading(cx) };
    let opened = open(cx, need).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    if args.not {
        return not(cx, &opened, &snapshot, &key).await;
    }
    let history = if args.fresh { fresh(cx, &opened, &mut snapshot, &key).await? } else { None };
    let (row, told) = explained(&opened, &snapshot, &key, history.as_ref()).await?;
    if let Some(other) = &args.than {
        let other = opened.find(cx, &mut snapshot, other).await?;
        let (_, second) = explained(&opened, &snapshot, &other, None).await?;
        return than(cx, told.why, second.why);
    }
    if args.edit {
        return super::describe::run(cx, &opened, &snapshot, &key, &told.draft).await;
    }
    if args.ask || args.draft {
        return text(cx, &key, if args.ask { &told.ask } else { &told.draft });
    }
    if cx.args.json {
        let listed = snapshot.score(row).is_some();
        let (signals, signs) = (&told.signals, &told.signs);
        cx.out.document(&WhyOut { schema: SCHEMA, why: &told.why, listed, signals, signs, ask: &told.ask });
    } else {
        lines(cx, row, &snapshot, &told).iter().for_each(|line| cx.out.say(line));
    }
    Ok(ExitCode::Done)
}

/// Comments and history as the tracker has them now. What cannot be read is said, and the rest is shown all the same.
async fn fresh(cx: &Context, opened: &Opened, snapshot: &mut Arc<Snapshot>, key: &TaskKey) -> Result<Option<History>> {
    let read = async {
        opened.drive(Command::Comments(key.clone()), |_| {}).await?;
        opened.session.history(key).await
    };
    let history = match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(history)) => Some(history),
        Ok(Err(error)) => {
            cx.out.note(&format!("this is by the last sync: {}", error.sentence));
            None
        }
        Err(_) => {
            cx.out.note("this is by the last sync: the tracker does not answer");
            None
        }
    };
    *snapshot = opened.session.snapshot().await?;
    Ok(history)
}

async fn explained<'s>(
    opened: &Opened,
    snapshot: &'s Snapshot,
    key: &TaskKey,
    history: Option<&History>,
) -> Result<(&'s Row, Explained)> {
    let row = snapshot.get(key).ok_or_else(|| FindError::Absent(key.to_string()))?;
    let detail: TaskDetail = opened.session.detail(key).await?;
    let told = snapshot.explain(row, Some(&detail), history);
    Ok((row, told))
}

fn lines(cx: &Context, row: &Row, snapshot: &Snapshot, told: &Explained) -> Vec<String> {
    let columns = if cx.out.is_terminal { cx.out.width() } else { 100 };
    let mut lines = told.why.drawn(columns);
    if snapshot.score(row).is_none() {
        let key = snapshot.shown_key(&row.task.key);
        lines.push(format!("  lists give it no score: it cannot be taken now; `floorwalk why {key} --not` says why"));
    }
    let mut part = |head: &str, all: Vec<String>| {
        if !all.is_empty() {
            lines.push(String::new());
            lines.push(head.to_owned());
            lines.extend(all.iter().map(|line| format!("  {line}")));
        }
    };
    part("why it is on the list", told.signal_lines());
    part("signs that somebody is at it", told.sign_lines(cx.host.now()));
    if !told.ask.is_empty() {
        let key = snapshot.shown_key(&row.task.key);
        part(
            "to raise it",
            vec![format!(
                "`floorwalk why {key} --ask` prints words to send to the host; `--draft --edit` writes it yourself"
            )],
        );
    }
    lines
}

async fn not(cx: &Context, opened: &Opened, snapshot: &Snapshot, key: &TaskKey) -> Result<ExitCode> {
    let row = snapshot.get(key).ok_or_else(|| FindError::Absent(key.to_string()))?;
    let refused = opened.session.preview(&gates::wish(key)).await.err();
    let why_not = gates::of(snapshot, row, refused.as_ref());
    if cx.args.json {
        cx.out.document(&WhyNotOut { schema: SCHEMA, why_not });
    } else {
        let columns = if cx.out.is_terminal { cx.out.width() } else { 100 };
        why_not.lines(columns).iter().for_each(|line| cx.out.say(line));
    }
    Ok(ExitCode::Done)
}

fn than(cx: &Context, left: Why, right: Why) -> Result<ExitCode> {
    let comparison = compare(&left, &right).map_err(|sentence| UserError::refused(sentence, ""))?;
    if cx.args.json {
        cx.out.document(&CompareOut { schema: SCHEMA, comparison, left, right });
    } else {
        let columns = if cx.out.is_terminal { cx.out.width() } else { 100 };
        comparison.lines(columns).iter().for_each(|line| cx.out.say(line));
    }
    Ok(ExitCode::Done)
}

/// A text alone, to be piped on.
fn text(cx: &Context, key: &TaskKey, text: &str) -> Result<ExitCode> {
    if text.is_empty() {
        return Err(UserError::refused(
            format!("nothing is known to be missing in {key}"),
            "`floorwalk sync` reads its description, if that was not read yet",
        )
        .into());
    }
    text.lines().for_each(|line| cx.out.say(&crate::domain::text::safe_line(line)));
    Ok(ExitCode::Done)
}
