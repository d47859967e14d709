//! `show`: one task with why it is on the list, its description and its comments.

use std::{
    io::{self, Write},
    time::Duration,
};

use crate::{
    app::{Command, ExitCode},
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::ShowOut,
        open::{Need, open},
        table::ago,
    },
    domain::{key::TaskKey, task::TaskDetail, time::Now},
    index::{FindError, Row, Snapshot},
    judge::free::Free,
};

/// How long comments are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn run(cx: &Context, typed: &str) -> Result<ExitCode> {
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, typed).await?;
    let row = snapshot.get(&key).ok_or_else(|| FindError::Absent(key.to_string()))?;
    let mut detail = opened.session.detail(&key).await?;
    if detail.unread() > 0 {
        read_comments(cx, &key).await;
        detail = opened.session.detail(&key).await?;
    }
    let url = |key: &_| opened.url(key);
    if cx.args.json {
        cx.out.document(&ShowOut::new(row, &detail, &snapshot, &url));
    } else {
        // The writer keeps its own account of failures.
        let _ = write_text(row, &detail, &snapshot, url(&key), cx.host.now(), &mut cx.out.stdout());
    }
    Ok(ExitCode::Done)
}

/// Reads the comments that no sync has read. Where that fails, the rest of the task is shown all the same.
async fn read_comments(cx: &Context, key: &TaskKey) {
    let read = async {
        Ok::<_, Failure>(open(cx, Need::Trackers).await?.drive(Command::Comments(key.clone()), |_| {}).await?)
    };
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(())) => {}
        Ok(Err(Failure(errors))) => {
            errors.iter().for_each(|e| cx.out.note(&format!("comments were not read: {}", e.sentence)));
        }
        Err(_) => cx.out.note("comments were not read: the tracker does not answer"),
    }
}

/// Prints a task for people; every foreign text is made harmless.
fn write_text(
    row: &Row,
    detail: &TaskDetail,
    snapshot: &Snapshot,
    url: Option<String>,
    now: Now,
    out: &mut dyn Write,
) -> io::Result<()> {
    let task = &row.task;
    writeln!(out, "{}  {}", snapshot.shown_key(&task.key), task.title.line())?;
    if let Some(url) = url {
        writeln!(out, "{url}")?;
    }
    let author = task.author.as_ref().map_or("a deleted account".into(), |p| format!("@{}", p.login.line()));
    let (opened, moved) = (ago(now, task.created_at), ago(now, task.updated_at));
    writeln!(out, "opened {opened} by {author}, last moved {moved}, {}", counted(task.comments))?;
    writeln!(out, "{}", standing(&row.free))?;
    if !task.labels.is_empty() {
        let labels: Vec<_> = task.labels.iter().map(|l| l.line()).collect();
        writeln!(out, "labels: {}", labels.join(", "))?;
    }
    let tags = snapshot.tags.shown(&task.key);
    if !tags.is_empty() {
        writeln!(out, "your tags: {tags}")?;
    }
    if let Some(folded) = &row.folded {
        writeln!(out, "the same work as {}, which stands in the lists", snapshot.shown_key(folded))?;
    }
    if !row.mirrors.is_empty() {
        let keys: Vec<String> = row.mirrors.iter().map(|key| snapshot.shown_key(key)).collect();
        writeln!(out, "also at: {}", keys.join(", "))?;
    }
    for (name, value) in task.planning.iter().flat_map(|planning| planning.facts()) {
        writeln!(out, "{name}: {value}")?;
    }
    if !row.signals.is_empty() {
        writeln!(out, "\nwhy it is on the list")?;
        for signal in &row.signals {
            writeln!(out, "  {} {}: {}", signal.kind.badge(), signal.kind.word(), signal.evidence)?;
        }
    }
    let body = detail.body.as_ref().map(|b| b.block());
    let body = body.as_deref().map(str::trim).filter(|b| !b.is_empty()).unwrap_or("(no description)");
    writeln!(out, "\n{body}")?;
    for comment in &detail.comments {
        let who = comment.author.as_ref().map_or("a deleted account".into(), |p| format!("@{}", p.login.line()));
        writeln!(out, "\n── {who}, {}", ago(now, comment.created_at))?;
        writeln!(out, "{}", comment.body.block().trim())?;
    }
    out.flush()
}

fn counted(comments: u32) -> String {
    format!("{comments} comment{}", if comments == 1 { "" } else { "s" })
}

fn standing(free: &Free) -> String {
    match free {
        Free::Yes => "free to take".into(),
        Free::Held { mine: true, until, .. } => format!("yours until {until}"),
        Free::Held { by, until, .. } => format!("held by @{} until {until}", by.line()),
        Free::Assigned { to } => {
            let names: Vec<String> = to.iter().map(|l| format!("@{}", l.line())).collect();
            format!("assigned to {} by hand", names.join(", "))
        }
        Free::Closed { why } => format!("cannot be taken: {why}"),
        Free::Reserved { .. } | Free::Lacks { .. } => free.barred().unwrap_or_default(),
    }
}
