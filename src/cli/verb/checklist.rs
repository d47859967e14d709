//! `checklist`: what to get through in a project one is new to, ticks, and notes to the host on what its documents leave
//! out.

use super::{findings, wrote};
use crate::{
    app::{Command, ExitCode, UserError, checklist_words as words},
    cli::{
        args::{ChecklistArgs, RaiseArgs},
        context::Context,
        failure::{Failure, Result},
        json::ChecklistOut,
        open::{Need, Opened, open},
    },
    domain::{
        key::{ProjectRef, TaskKey},
        ledger::Point,
    },
    index::Snapshot,
};

pub(super) async fn run(cx: &Context, args: &ChecklistArgs) -> Result<ExitCode> {
    let need = if args.friction.is_some() { Need::Trackers } else { Need::of_reading(cx) };
    let opened = open(cx, need).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, &args.key).await?;
    if let Some(point) = args.friction {
        let raise = note(&snapshot, &key, point, args)?;
        return findings::raise(cx, &raise).await;
    }
    let points: Vec<(Point, bool)> =
        args.tick.iter().map(|p| (*p, true)).chain(args.untick.iter().map(|p| (*p, false))).collect();
    let command = Command::Tick { project: key.project.clone(), points };
    if args.dry_run {
        return wrote::preview(cx, &opened, &command, Vec::new()).await;
    }
    let nothing = args.tick.is_empty() && args.untick.is_empty();
    if nothing && snapshot.findings.checklist(&key.project).is_empty() {
        // The same words as for a tick.
        opened.session.preview(&command).await?;
    }
    if nothing {
        show(cx, &snapshot, &key.project, Vec::new());
        return Ok(ExitCode::Done);
    }
    ticked(cx, &opened, command, &key.project).await
}

async fn ticked(cx: &Context, opened: &Opened, command: Command, project: &ProjectRef) -> Result<ExitCode> {
    let (said, failed) = opened.hear(command).await;
    if !failed.is_empty() {
        return Err(Failure(failed));
    }
    show(cx, &*opened.session.snapshot().await?, project, said);
    Ok(ExitCode::Done)
}

fn show(cx: &Context, snapshot: &Snapshot, project: &ProjectRef, said: Vec<String>) {
    if cx.args.json {
        cx.out.document(&ChecklistOut::new(project, snapshot, said));
        return;
    }
    said.iter().for_each(|line| cx.out.note(line));
    for step in snapshot.findings.checklist(project) {
        let ticked = snapshot.ticks.get(project).and_then(|ticks| ticks.get(&step.point)).copied();
        if cx.out.is_terminal {
            cx.out.say(&words::line(step, ticked));
        } else {
            let day = ticked.map(|at| at.to_string()).unwrap_or_default();
            let gap = if step.gap.is_some() { "gap" } else { "" };
            cx.out.say(&format!("{}\t{day}\t{}\t{gap}", step.point.word(), step.how));
        }
    }
}

/// The arguments that make an issue of a gap.
fn note(snapshot: &Snapshot, key: &TaskKey, point: Point, args: &ChecklistArgs) -> Result<RaiseArgs> {
    let step = snapshot.findings.checklist(&key.project).iter().find(|step| step.point == point);
    let Some(id) = step.and_then(|step| step.gap.clone()) else {
        let sentence = match step {
            Some(step) => format!("there is no gap about '{}' in {}: {}", point.word(), key.project, step.how),
            None => format!("you have claimed nothing in {} yet", key.project),
        };
        return Err(UserError::refused(sentence, "a note is for what the documents do not say").into());
    };
    let project = format!("{}:{}", key.project.tracker, key.project.path());
    Ok(RaiseArgs { project, id, title: None, edit: args.edit, dry_run: args.dry_run })
}
