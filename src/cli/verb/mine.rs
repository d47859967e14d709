//! `mine`: my commitments as cards, first to end first, then (for people) what somebody else or the clock ended lately;
//! tab-separated when piped.

use super::{propose, wrote};
use crate::{
    app::{ExitCode, proposal_words, words},
    cli::{
        context::Context,
        failure::Result,
        json::{AnyTask, CommitmentOut, MineOut, ProposalOut, SCHEMA, instead_of},
        open::{Need, open},
    },
    domain::{commitment::Commitment, key::TaskKey, text::fit, time::Now},
    index::{Proposed, Snapshot},
};

/// How many days a commitment that somebody else ended is told of.
const NEWS_DAYS: u32 = 14;

pub(super) async fn run(cx: &Context, all: bool) -> Result<ExitCode> {
    let opened = open(cx, Need::Store).await?;
    let snapshot = opened.session.snapshot().await?;
    let now = cx.host.now();
    // Tools ask for what has ended with `--all`; people are told.
    let people = cx.out.is_terminal && !cx.args.json;
    let shown = |c: &Commitment| all || !c.state.is_over() || (people && is_news(c, &snapshot, now));
    let wanted = |c: &&Commitment| c.mine && shown(c) && opened.shows(&c.key.project);
    let mut mine: Vec<&Commitment> = snapshot.commitments.iter().filter(wanted).collect();
    if !all {
        mine.sort_by_key(|c| !c.state.is_live());
    }
    let mut by_hand: Vec<&TaskKey> =
        snapshot.assigned.iter().filter(|a| a.mine && opened.shows(&a.key.project)).map(|a| &a.key).collect();
    by_hand.sort();
    let proposals: Vec<&Proposed> =
        snapshot.own_proposals().into_iter().filter(|p| opened.shows(&p.proposal.key.project)).collect();
    if cx.args.json {
        let url = |key: &_| opened.url(key);
        let commitments = mine.iter().map(|c| CommitmentOut::new(c, &snapshot, &url)).collect();
        let assigned = by_hand.iter().map(|key| AnyTask::of(key, &snapshot, &url)).collect();
        let proposals = proposals.iter().map(|p| ProposalOut::new(p, &snapshot, &url)).collect();
        cx.out.document(&MineOut { schema: SCHEMA, commitments, assigned, proposals });
        return Ok(ExitCode::Done);
    }
    if !cx.out.is_terminal {
        cx.out.say("key\tstate\tuntil\ttitle\tclaim_id\tleft\tturn\tlast_sign\tpulls\tnext\tclock");
    }
    for p in &proposals {
        propose_lines(cx, p, &snapshot);
    }
    for commitment in &mine {
        if cx.out.is_terminal {
            let width = cx.out.width();
            card(commitment, &snapshot, cx.host.now()).iter().for_each(|line| cx.out.say(&fit(line, width)));
        } else {
            cx.out.say(&row(commitment, &snapshot, cx.host.now()).join("\t"));
        }
    }
    for key in &by_hand {
        let shown = snapshot.shown_key(key);
        let title = snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
        if cx.out.is_terminal {
            cx.out.say(&fit(&format!("{shown}  assigned by hand, without a claim"), cx.out.width()));
            cx.out.say(&fit(&format!("    {title}"), cx.out.width()));
            cx.out.say(&format!("    next: `floorwalk claim {shown}`, so that others see for how long"));
        } else {
            // A row as the others, with nothing in the cells that only a claim has.
            cx.out.say(&format!("{shown}\tassigned\t\t{title}\t\t\t\t\t\tclaim it\t"));
        }
    }
    if mine.is_empty() && by_hand.is_empty() && proposals.is_empty() && cx.out.is_terminal {
        cx.out.note("you hold nothing; `floorwalk list is:free` shows what is free");
    }
    Ok(ExitCode::Done)
}

/// A proposal: a card for people, a row for tools.
fn propose_lines(cx: &Context, p: &Proposed, snapshot: &Snapshot) {
    let key = &p.proposal.key;
    let shown = snapshot.shown_key(key);
    let title = snapshot.get(key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    let next = proposal_words::next(p).unwrap_or_default();
    if !cx.out.is_terminal {
        let (state, id) = (p.standing.word(), p.proposal.id);
        // A row as the others, with nothing in the cells that only a claim has.
        cx.out.say(&format!("{shown}\t{state}\t{}\t{title}\t{id}\t\t\t\t\t{next}\t", p.until));
        return;
    }
    let cut = |line: &str| cx.out.say(&fit(line, cx.out.width()));
    cut(&propose::line(p, snapshot));
    cut(&format!("    {title}"));
    proposal_words::said(p).iter().for_each(|line| cut(&format!("    {line}")));
    if !next.is_empty() {
        cut(&format!("    next: {next}"));
    }
    // A command that is cut cannot be copied.
    proposal_words::answers(p, &shown).iter().for_each(|line| cx.out.say(&format!("    {line}")));
}

/// True for what somebody else or the clock ended a short while ago, and for a first task that was finished then: the
/// helper is told without asking for it.
fn is_news(c: &Commitment, snapshot: &Snapshot, now: Now) -> bool {
    let ended = c.life.as_deref().and_then(|life| life.ended);
    let worth_telling = words::ended(c).is_some() || snapshot.first_finished(c).is_some();
    worth_telling && ended.is_some_and(|at| now.days_since(at) <= NEWS_DAYS)
}

fn title(c: &Commitment, snapshot: &Snapshot) -> String {
    snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default()
}

fn pulls(c: &Commitment) -> String {
    c.pulls.iter().map(words::pull).collect::<Vec<_>>().join("; ")
}

/// A commitment as a card: what and where it stands, what was seen of it, what comes next.
fn card(c: &Commitment, snapshot: &Snapshot, now: Now) -> Vec<String> {
    let indented = |parts: Vec<String>| {
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| format!("    {}", parts.join(" · ")))
    };
    let left = words::time_left(c, &snapshot.roster, now);
    let seen = if c.state.is_over() { words::ended(c).unwrap_or_default() } else { words::last_sign(c, now) };
    let instead: Vec<String> = instead_of(c, snapshot).iter().map(|key| snapshot.shown_key(key)).collect();
    let instead = if instead.is_empty() { String::new() } else { format!("free and alike: {}", instead.join(", ")) };
    let next = words::next_action(c).map(|next| format!("next: {next}")).unwrap_or_default();
    let clock = words::clock(c, &snapshot.roster).unwrap_or_default();
    let feedback = words::feedback(c, &snapshot.roster).unwrap_or_default();
    let note = c.note.as_deref().map(|note| format!("note: {}", crate::domain::text::safe_line(note)));
    let head = if left.is_empty() { String::new() } else { format!("  {left}") };
    let mut lines = vec![format!("{}{head}", wrote::line(c, snapshot))];
    lines.extend(indented(vec![title(c, snapshot)]));
    lines.extend(indented(vec![seen, pulls(c), note.unwrap_or_default()]));
    lines.extend(indented(vec![feedback]));
    lines.extend(indented(vec![next, clock, instead]));
    lines.extend(indented(words::first_finished(c, snapshot).into_iter().collect()));
    lines.extend(indented(words::next_step(c, snapshot).into_iter().collect()));
    lines
}

/// A commitment as cells. New cells are only ever added at the end.
fn row(c: &Commitment, snapshot: &Snapshot, now: Now) -> Vec<String> {
    vec![
        snapshot.shown_key(&c.key),
        c.state.word().into(),
        c.until.to_string(),
        title(c, snapshot),
        c.claim.to_string(),
        words::time_left(c, &snapshot.roster, now),
        words::turn(c).into(),
        words::last_sign(c, now),
        pulls(c),
        words::next_action(c).unwrap_or_default(),
        words::clock(c, &snapshot.roster).unwrap_or_default(),
    ]
}
