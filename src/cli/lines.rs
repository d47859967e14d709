//! `--plain`: lines of standard input to the session of lines, its wishes to the program below, and back. Decides nothing.

use std::{
    io::{BufRead, IsTerminal, Write},
    sync::Arc,
};

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{
    context::Context,
    failure::Result,
    open::Opened,
    verb::sync,
    wiring::{STALE_AFTER, keep_sending, zone},
};
use crate::{
    app::{Command, Event, ExitCode, Session, UserError},
    keymap,
    tui::{
        Options,
        plain::{Heard, Plain, SIZE, is_awaited},
        state::{ExitReason, State},
    },
};

/// Runs the session of lines until it is left or its input ends, and gives the exit code of the process.
pub(crate) async fn run(cx: &Context, opened: Opened, look: Options) -> Result<u8> {
    let now = cx.host.now().0.as_second();
    let synced = opened.session.snapshot().await?.coverage.synced_at;
    if synced.is_none() {
        // Without a single row there is nothing to talk about yet.
        sync::quietly(cx, &opened).await?;
    }
    let stale = synced.is_some_and(|at| now.saturating_sub(at.as_second()) > STALE_AFTER);
    let first = stale.then(|| Command::Sync { only: opened.only.clone(), full: false });
    let (keys, _) = keymap::shipped();
    let options = Options { zone: zone(&cx.env), ..look };
    let state = State::new(opened.session.snapshot().await?, Arc::new(keys), options, cx.host.now(), SIZE);
    let prompt = if std::io::stdin().is_terminal() { "> " } else { "" };
    let lines = Plain::new(state, cx.out.stdout(), prompt);
    let (heard_sender, heard) = unbounded_channel();
    read(heard_sender)?;
    Ok(talk(cx, &opened.session, lines, heard, first).await?.code())
}

async fn talk<W: Write>(
    cx: &Context,
    session: &Session,
    mut lines: Plain<W>,
    mut heard: UnboundedReceiver<Heard>,
    first: Option<Command>,
) -> std::result::Result<ExitReason, UserError> {
    let broken = |e: std::io::Error| UserError::new(ExitCode::Internal, format!("cannot write: {}", e.kind()), "");
    let (events, mut news) = unbounded_channel();
    let mut running = FuturesUnordered::new();
    let perform = |command: Command| {
        let (awaited, events) = (is_awaited(&command), events.clone());
        async move { (session.execute(command, &events).await, awaited) }
    };
    running.extend(first.into_iter().chain(lines.begin(cx.host.now()).map_err(broken)?).map(&perform));
    let sending = keep_sending(session, events.clone());
    tokio::pin!(sending);
    loop {
        let mut next = Vec::new();
        tokio::select! {
            biased;
            // What a wish said comes before the word that it is done.
            Some(event) = news.recv() => next.push(Heard::Event(event)),
            Some((end, awaited)) = running.next() => {
                next.extend(end.err().map(|error| Heard::Event(Event::Failed(error))));
                next.extend(awaited.then_some(Heard::Done));
            }
            Some(line) = heard.recv() => next.push(line),
            never = &mut sending => match never {},
        }
        for what in next {
            let (wishes, exit) = lines.hear(what, cx.host.now()).map_err(broken)?;
            running.extend(wishes.into_iter().map(&perform));
            if exit.is_some() || cx.out.is_gone() {
                return Ok(exit.unwrap_or(ExitReason::Quit));
            }
        }
    }
}

/// Reads lines of standard input on a thread of its own, which ends with the process.
fn read(heard: UnboundedSender<Heard>) -> std::result::Result<(), UserError> {
    let all = move || {
        for line in std::io::stdin().lock().lines() {
            // A line that is no text ends the input: what follows cannot be trusted to be what was meant.
            let Ok(line) = line else { break };
            if heard.send(Heard::Line(line)).is_err() {
                return;
            }
        }
        let _ = heard.send(Heard::End);
    };
    let started = std::thread::Builder::new().name("floorwalk-lines".into()).spawn(all);
    started.map(drop).map_err(|e| UserError::new(ExitCode::Internal, format!("no thread can be started: {e}"), ""))
}
