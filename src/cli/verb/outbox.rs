//! `outbox`: what waits to be sent; sending it now; dropping a row.

use crate::{
    app::{Command, Event, ExitCode, UserError},
    cli::{
        args::OutboxAct,
        context::Context,
        failure::Result,
        json::{OutboxOut, SCHEMA},
        open::{Need, Opened, open},
    },
    domain::outbox::{Op, OpStatus, Step},
    index::Snapshot,
};

pub(super) async fn run(cx: &Context, act: Option<OutboxAct>) -> Result<ExitCode> {
    let mut code = ExitCode::Done;
    let opened = match act {
        None => open(cx, Need::Store).await?,
        Some(OutboxAct::Retry { id }) => {
            let opened = open(cx, Need::Trackers).await?;
            code = perform(cx, &opened, Command::OutboxRetry(id)).await?;
            opened
        }
        Some(OutboxAct::Drop { id }) => {
            let opened = open(cx, Need::Store).await?;
            cx.confirm(&format!("drop {id} from the outbox? The wish is forgotten."))?;
            code = perform(cx, &opened, Command::OutboxDrop(id)).await?;
            opened
        }
    };
    let snapshot = opened.session.snapshot().await?;
    if cx.args.json {
        cx.out.document(&OutboxOut { schema: SCHEMA, outbox: &snapshot.outbox });
        return Ok(code);
    }
    if !cx.out.is_terminal {
        cx.out.say("id\tkey\twish\tstep\tstatus\tattempts\tlast_error");
    }
    let separator = if cx.out.is_terminal { "  " } else { "\t" };
    for op in &snapshot.outbox {
        cx.out.say(&cells(op, &snapshot).join(separator));
    }
    if snapshot.outbox.is_empty() && cx.out.is_terminal {
        cx.out.note("the outbox is empty: everything was sent");
    }
    Ok(code)
}

async fn perform(cx: &Context, opened: &Opened, command: Command) -> Result<ExitCode> {
    let mut failed: Vec<UserError> = Vec::new();
    let end = opened
        .drive(command, |event| match event {
            Event::Said(line) => cx.out.note(&line),
            Event::Failed(error) => failed.push(error),
            _ => {}
        })
        .await;
    end?;
    failed.iter().for_each(|error| cx.out.problem(error));
    Ok(failed.first().map_or(ExitCode::Done, |error| error.code))
}

fn cells(op: &Op, snapshot: &Snapshot) -> Vec<String> {
    let step = match op.step {
        Step::Queued => "queued",
        Step::Posting { .. } => "posting",
        Step::Posted { .. } => "posted",
        Step::Confirmed { .. } => "confirmed",
        Step::Labelled { .. } => "labelled",
        Step::Losing { .. } => "stepping back",
        Step::Finished => "finished",
    };
    let status = match &op.status {
        OpStatus::Ready => "ready".into(),
        OpStatus::Waiting { until } => format!("waits until {until}"),
        OpStatus::NeedsAttention { why } => format!("needs you: {why}"),
    };
    let error = op.last_error.clone().unwrap_or_default();
    let harmless =
        |text: String| if text.is_empty() { text } else { crate::domain::text::safe_line(&text).into_owned() };
    vec![
        op.id.to_string(),
        snapshot.shown_key(&op.key),
        op.wish.word().into(),
        step.into(),
        harmless(status),
        op.attempts.to_string(),
        harmless(error),
    ]
}
