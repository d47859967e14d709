//! What all writing verbs share: doing a command, or saying what it would do, and telling how it ended.

use crate::{
    app::{Command, ExitCode, checklist_words, decide::Preview, words},
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::{CommitmentOut, DryRunOut, ErrorOut, HostOut, SCHEMA, WroteOut},
        open::{Need, Opened, open},
    },
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        key::TaskKey,
        person::Login,
    },
    index::Snapshot,
};

/// Whose commitment a verb is about.
#[derive(Clone, Debug)]
pub(super) enum Whose {
    /// The user's own.
    Mine,
    /// Somebody else's, by login where it was named.
    Theirs(Option<Login>),
}

/// Opens the store and the trackers, finds the task, and does what `command` makes of it, or says what it would do.
pub(super) async fn on_task(
    cx: &Context,
    typed: &str,
    dry_run: bool,
    whose: &Whose,
    command: impl FnOnce(&Snapshot, TaskKey) -> Result<Command>,
) -> Result<ExitCode> {
    let opened = open(cx, Need::Trackers).await?;
    let mut snapshot = opened.session.snapshot().await?;
    let key = opened.find(cx, &mut snapshot, typed).await?;
    let command = command(&snapshot, key.clone())?;
    if dry_run {
        return preview(cx, &opened, &command, Vec::new()).await;
    }
    perform(cx, &opened, command, std::slice::from_ref(&key), whose).await
}

/// Says what the command would do (`--dry-run`), and how the hosts take helpers.
pub(super) async fn preview(cx: &Context, opened: &Opened, command: &Command, hosts: Vec<HostOut>) -> Result<ExitCode> {
    let Preview { know, would } = opened.session.preview(command).await?;
    if cx.args.json {
        cx.out.document(&DryRunOut { schema: SCHEMA, dry_run: true, would, know, hosts });
    } else {
        would.iter().for_each(|line| cx.out.say(&format!("would {line}")));
        know.iter().for_each(|line| cx.out.say(line));
        hosts.iter().flat_map(HostOut::lines).for_each(|line| cx.out.say(&line));
    }
    Ok(ExitCode::Done)
}

/// Does the command and tells where the commitments on `keys` stand afterwards.
pub(super) async fn perform(
    cx: &Context,
    opened: &Opened,
    command: Command,
    keys: &[TaskKey],
    whose: &Whose,
) -> Result<ExitCode> {
    let before = opened.session.snapshot().await?;
    let (said, failed) = opened.hear(command).await;
    let snapshot = opened.session.snapshot().await?;
    let commitments: Vec<&Commitment> = keys.iter().filter_map(|key| meant(&before, &snapshot, key, whose)).collect();
    if !failed.is_empty() && !commitments.iter().any(|c| changed(&before, &snapshot, c)) {
        return Err(Failure(failed));
    }
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        cx.out.document(&WroteOut {
            schema: SCHEMA,
            commitments: commitments.iter().map(|c| CommitmentOut::new(c, &snapshot, &url)).collect(),
            said,
            problems: failed.iter().map(ErrorOut::from).collect(),
        });
    } else {
        said.iter().for_each(|line| cx.out.note(line));
        failed.iter().for_each(|error| cx.out.problem(error));
        commitments.iter().for_each(|c| cx.out.say(&line(c, &snapshot)));
        let began = |c: &&&Commitment| before.commitments.iter().all(|old| old.claim != c.claim);
        for c in commitments.iter().filter(began) {
            first_days(cx, c, &snapshot);
        }
    }
    Ok(failed.first().map_or(ExitCode::Done, |error| error.code))
}

/// Whoever is new to a project is shown what to get through there.
fn first_days(cx: &Context, c: &Commitment, snapshot: &Snapshot) {
    let Some(left) = checklist_words::left(c, snapshot) else { return };
    cx.out.note(&format!("{left}: `floorwalk checklist {}`", snapshot.shown_key(&c.key)));
    for step in snapshot.findings.checklist(&c.key.project) {
        let ticked = snapshot.ticks.get(&c.key.project).and_then(|ticks| ticks.get(&step.point)).copied();
        cx.out.note(&format!("  {}", checklist_words::line(step, ticked)));
    }
}

/// True when a commitment is not as it was, or something new waits to be sent for it.
fn changed(before: &Snapshot, after: &Snapshot, c: &Commitment) -> bool {
    let waiting = |snapshot: &Snapshot| snapshot.outbox.iter().filter(|op| op.wish.claim() == Some(c.claim)).count();
    // Its life is replayed for the moment of reading, and time alone changes nothing.
    let kept = |c: &Commitment| Commitment { life: None, ..c.clone() };
    let old = before.commitments.iter().find(|old| old.claim == c.claim).map(kept);
    old != Some(kept(c)) || waiting(after) > waiting(before)
}

/// The commitment a verb was about: one that changed, else the newest of whose it is.
fn meant<'a>(before: &Snapshot, after: &'a Snapshot, key: &TaskKey, whose: &Whose) -> Option<&'a Commitment> {
    let of = |c: &&Commitment| {
        c.key == *key
            && match whose {
                Whose::Mine => c.mine,
                Whose::Theirs(login) => !c.mine && login.as_ref().is_none_or(|l| *l == c.who.login),
            }
    };
    after.commitments.iter().filter(of).max_by_key(|c| (changed(before, after, c), c.since, c.claim))
}

/// The user's last commitment on a task.
pub(super) fn newest<'a>(snapshot: &'a Snapshot, key: &TaskKey) -> Option<&'a Commitment> {
    snapshot.commitments.iter().filter(|c| c.mine && c.key == *key).max_by_key(|c| (c.since, c.claim))
}

/// A login as typed, with or without `@`.
pub(super) fn login(typed: Option<&str>) -> Option<Login> {
    typed.map(|text| Login::new(text.trim().trim_start_matches('@')))
}

/// `acme/app#12  active, until 2026-12-05, your turn`, with what the tracker refused and what still waits.
pub(super) fn line(commitment: &Commitment, snapshot: &Snapshot) -> String {
    let mut text = snapshot.shown_key(&commitment.key);
    if !commitment.mine {
        text += &format!("  @{}", commitment.who.login.line());
    }
    text += &format!("  {}", commitment.state.word());
    if commitment.state.is_live() {
        text += &format!(", until {}", commitment.until);
    }
    let turn = words::turn(commitment);
    if commitment.state == CommitmentState::Active || commitment.state == CommitmentState::AtRisk {
        text += &if turn.is_empty() { String::new() } else { format!(", {turn}") };
        let refused = [(commitment.label, "label"), (commitment.assignee, "assignee")];
        let refused: Vec<&str> = refused.iter().filter(|(p, _)| *p == Projection::Refused).map(|(_, w)| *w).collect();
        if !refused.is_empty() {
            text += &format!(", without {}", refused.join(" and "));
        }
    }
    let waiting = snapshot.outbox.iter().filter(|op| op.wish.claim() == Some(commitment.claim));
    for op in waiting {
        text += &format!(", {} waits in the outbox", op.wish.word());
    }
    text
}
