//! What `claim` and `release` share: doing a command, or saying what it would do, and telling how it ended.

use jiff::Timestamp;

use crate::{
    app::{Command, Event, ExitCode, UserError, decide::Preview},
    cli::{
        context::Context,
        failure::{Failure, Result},
        json::{CommitmentOut, DryRunOut, ErrorOut, SCHEMA, WroteOut},
        open::Opened,
    },
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        key::TaskKey,
    },
    index::Snapshot,
};

/// Says what the command would do (`--dry-run`).
pub(super) async fn preview(cx: &Context, opened: &Opened, command: &Command) -> Result<ExitCode> {
    let Preview { know, would } = opened.session.preview(command).await?;
    if cx.args.json {
        cx.out.document(&DryRunOut { schema: SCHEMA, dry_run: true, would, know });
    } else {
        would.iter().for_each(|line| cx.out.say(&format!("would {line}")));
        know.iter().for_each(|line| cx.out.say(line));
    }
    Ok(ExitCode::Done)
}

/// Does the command and tells where the commitments on `keys` stand afterwards.
pub(super) async fn perform(cx: &Context, opened: &Opened, command: Command, keys: &[TaskKey]) -> Result<ExitCode> {
    let before = opened.session.snapshot().await?;
    let mut said = Vec::new();
    let mut failed: Vec<UserError> = Vec::new();
    let end = opened
        .drive(command, |event| match event {
            Event::Said(line) => said.push(line),
            Event::Failed(error) => failed.push(error),
            _ => {}
        })
        .await;
    failed.extend(end.err());
    let snapshot = opened.session.snapshot().await?;
    let commitments: Vec<&Commitment> = keys.iter().filter_map(|key| newest(&snapshot, key)).collect();
    let changed = |c: &&Commitment| newest(&before, &c.key) != Some(*c);
    if !failed.is_empty() && !commitments.iter().any(changed) {
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
    }
    Ok(failed.first().map_or(ExitCode::Done, |error| error.code))
}

/// The user's last commitment on a task.
pub(super) fn newest<'a>(snapshot: &'a Snapshot, key: &TaskKey) -> Option<&'a Commitment> {
    snapshot.commitments.iter().filter(|c| c.mine && c.key == *key).max_by_key(|c| (c.since, c.claim))
}

/// `acme/app#12  active, until 2026-12-05`, with what the tracker refused and what still waits.
pub(super) fn line(commitment: &Commitment, snapshot: &Snapshot) -> String {
    let mut text = format!("{}  {}", snapshot.shown_key(&commitment.key), commitment.state.word());
    if commitment.state.is_live() {
        text += &format!(", until {}", commitment.until);
    }
    if commitment.state == CommitmentState::Active {
        let refused = [(commitment.label, "label"), (commitment.assignee, "assignee")];
        let refused: Vec<&str> = refused.iter().filter(|(p, _)| *p == Projection::Refused).map(|(_, w)| *w).collect();
        if !refused.is_empty() {
            text += &format!(", without {}", refused.join(" and "));
        }
    }
    let waiting = snapshot.outbox.iter().filter(|op| op.wish.claim() == commitment.claim);
    for op in waiting {
        text += &format!(", {} waits in the outbox", op.wish.word());
    }
    text
}

/// True when something was done under this commitment that the next person should hear of: a comment of one's own
/// beside the claim, or a day of holding it.
pub(super) fn has_work(commitment: &Commitment, comments: &[crate::domain::task::Comment], now: Timestamp) -> bool {
    let own = |c: &&crate::domain::task::Comment| {
        c.author.as_ref().is_some_and(|a| a.login == commitment.who.login)
            && c.created_at >= commitment.since
            && crate::domain::marker::parse(c.body.raw()).is_none()
    };
    let held = now.as_second().saturating_sub(commitment.since.as_second());
    commitment.state != CommitmentState::Pending && (held >= 86_400 || comments.iter().any(|c| own(&c)))
}
