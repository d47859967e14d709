//! `walk`: a round over hosts not visited lately, and answers to its stops.

use std::collections::HashSet;

use super::wrote;
use crate::{
    app::{Command, Event, ExitCode},
    cli::{
        args::{WalkAct, WalkArgs},
        context::Context,
        failure::Result,
        open::{Need, Opened, all_known, open},
        walk::{WalkOut, lines, tsv},
    },
    domain::{key::TaskKey, time::start_of_day, walk::Answer},
    index::{
        Snapshot,
        walk::{Stop, plan},
    },
};

pub(super) async fn run(cx: &Context, args: &WalkArgs) -> Result<ExitCode> {
    match &args.act {
        None => round(cx, usize::from(args.stops), args.dry_run).await,
        Some(WalkAct::Skip { key, reason, note, dry_run }) => {
            answer(cx, key, Answer::Skipped { reason: *reason, note: note.clone() }, *dry_run).await
        }
        Some(WalkAct::Snooze { key, until, dry_run, .. }) => {
            answer(cx, key, Answer::Snoozed { until: until.map(start_of_day) }, *dry_run).await
        }
    }
}

async fn round(cx: &Context, stops: usize, dry_run: bool) -> Result<ExitCode> {
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    if !all_known(&opened.only, &snapshot.projects) {
        super::sync::quietly(cx, &opened).await?;
        snapshot = opened.session.snapshot().await?;
    }
    let now = cx.host.now();
    // Projects that `--repo` leaves out are no stops.
    let without: HashSet<TaskKey> = snapshot.rows.keys().filter(|key| !opened.shows(&key.project)).collect();
    let stops = plan(&snapshot, &snapshot.walks, &without, now, stops);
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        cx.out.document(&WalkOut::new(&stops, &snapshot, dry_run, now, &url));
    } else if cx.out.is_terminal {
        lines(&stops, &snapshot, now, cx.out.width()).iter().for_each(|line| cx.out.say(line));
    } else {
        tsv(&stops, &snapshot, now).iter().for_each(|line| cx.out.say(line));
    }
    if stops.is_empty() {
        nowhere(cx, &snapshot);
        return Ok(ExitCode::Refused);
    }
    if !dry_run {
        visited(cx, &opened, &stops).await?;
    }
    Ok(ExitCode::Done)
}

/// Why there is no stop, and what to do.
fn nowhere(cx: &Context, snapshot: &Snapshot) {
    if cx.args.json {
        return;
    }
    cx.out.note(match snapshot.coverage.synced_at {
        None => "nothing has been read yet: `floorwalk sync` reads what is configured",
        Some(_) => {
            "there is nothing to stop at: every task is taken, put off or not wanted; `floorwalk list` shows all"
        }
    });
}

/// Remembers that the stops were shown.
async fn visited(cx: &Context, opened: &Opened, stops: &[Stop]) -> Result<()> {
    let seen = stops.iter().map(|stop| (stop.key.clone(), Answer::Seen)).collect();
    Ok(opened.drive(Command::Walk(seen), |event| tell(cx, event)).await?)
}

fn tell(cx: &Context, event: Event) {
    match event {
        Event::Said(line) if !cx.args.json => cx.out.note(&line),
        Event::Failed(error) => cx.out.problem(&error),
        _ => {}
    }
}

async fn answer(cx: &Context, typed: &str, answer: Answer, dry_run: bool) -> Result<ExitCode> {
    let opened = open(cx, Need::of_reading(cx)).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, typed).await?;
    let command = Command::Walk(vec![(key, answer)]);
    if dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    wrote::perform(cx, &opened, command, &[], &wrote::Whose::Mine).await
}
