//! A word of thanks for finished work, as a draft (TL9): it names the concrete effect, once for the host's channel and
//! once for the helper's manager. Pure; nobody sends it but the person who reads it.

use crate::{
    domain::{
        commitment::{Commitment, DoneKind, PullCard},
        evidence::{Checks, PullState},
        refusal::{Lifter, Refusal, Rule},
        roster::Roster,
        task::{Comment, Task},
        text::safe_line,
        time::Now,
    },
    index::Snapshot,
};

/// Two drafts about the same work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thanks {
    /// Where the host talks, as its policy says; may be empty.
    pub channel: String,
    /// For the channel.
    pub to_channel: String,
    /// For the helper's manager.
    pub to_manager: String,
}

/// Drafts thanks for a commitment whose work is done. `comments` are those of the task, as far as they were read.
///
/// # Errors
/// The refusal, when nothing was finished.
pub fn draft(snapshot: &Snapshot, c: &Commitment, comments: &[Comment]) -> Result<Thanks, Box<Refusal>> {
    let shown = snapshot.shown_key(&c.key);
    if !c.state.is_done() {
        let sentence = format!("{shown} is not finished: {}", c.state.word());
        let refusal = Refusal::new(Rule::State, sentence, Lifter::Nobody);
        return Err(Box::new(refusal.instead("thanks are drafted when the work is done")));
    }
    let roster = &snapshot.roster;
    let name = name(roster, c);
    let team =
        roster.host_of(&c.key.project).map_or_else(|| "our team".to_owned(), |t| safe_line(&t.name).into_owned());
    let title = snapshot.get(&c.key).map(|row| row.task.title.line().into_owned()).unwrap_or_default();
    let mut effects = waited(snapshot.get(&c.key).map(|row| &row.task), c, comments);
    effects.push(finished(c));
    if snapshot.first_finished(c).is_some() {
        effects.push(format!("It is the first that {name} finished here."));
    }
    effects.extend(lasted(roster, c));
    let effects = effects.join(" ");
    let login = safe_line(c.who.login.raw()).into_owned();
    Ok(Thanks {
        channel: safe_line(&roster.policy(&c.key.project).contact).into_owned(),
        to_channel: format!("Thank you @{login} for {shown} ({title})! {effects}"),
        to_manager: format!(
            "{name} helped {team} with {shown} ({title}). {effects} It was work that we would not have got to; thank \
             you for the time."
        ),
    })
}

fn name(roster: &Roster, c: &Commitment) -> String {
    let member = roster.member(&c.key.project.tracker, &c.who).filter(|m| !m.name.is_empty());
    let login = || format!("@{}", safe_line(c.who.login.raw()));
    member.map_or_else(login, |m| safe_line(&m.name).into_owned())
}

/// How long the task had waited, and how long nobody had said anything.
fn waited(task: Option<&Task>, c: &Commitment, comments: &[Comment]) -> Vec<String> {
    let Some(task) = task else { return Vec::new() };
    let start = Now(c.life.as_deref().map_or(c.since, |life| life.start));
    let age = start.days_since(task.created_at);
    let mut parts = vec![match age {
        0 => "It was taken on the day it was opened.".to_owned(),
        1 => "It had been open for a day.".to_owned(),
        days => format!("It had been open for {days} days."),
    }];
    // Only a whole conversation tells when it fell silent.
    if task.comments as usize <= comments.len() {
        let before = comments.iter().map(|m| m.created_at).filter(|at| *at < start.0).max();
        let quiet = start.days_since(before.unwrap_or(task.created_at));
        if quiet > 7 && quiet < age {
            parts.push(format!("Nobody had said anything about it for {quiet} days."));
        }
    }
    parts
}

/// What came out of it.
fn finished(c: &Commitment) -> String {
    let merged = |p: &&PullCard| p.state == PullState::Merged;
    let pulls: Vec<&PullCard> = c.pulls.iter().filter(merged).collect();
    if !pulls.is_empty() {
        let names: Vec<String> = pulls.iter().map(|p| format!("{}#{}", p.key.project.path(), p.key.number)).collect();
        let green = pulls.iter().all(|p| p.checks == Checks::Passed);
        return format!("{} merged{}.", names.join(", "), if green { " with all checks passed" } else { "" });
    }
    match c.life.as_deref().and_then(|life| life.done) {
        Some(DoneKind::Merged) => "The change is merged.".into(),
        Some(DoneKind::Resolved) => "It is resolved, and no code had to change.".into(),
        Some(DoneKind::Docs) => "The documentation is written.".into(),
        Some(DoneKind::Triaged) => "It is now described well enough for anybody to take it.".into(),
        Some(DoneKind::Obsolete) => "It was found to be obsolete, and the list is shorter by one.".into(),
        None => "It is done.".into(),
    }
}

/// How long it took, in working days of the host.
fn lasted(roster: &Roster, c: &Commitment) -> Option<String> {
    let life = c.life.as_deref()?;
    let calendar = roster.terms(&c.key.project, None).calendar;
    let days = calendar.between(calendar.date(life.start), calendar.date(life.ended?));
    Some(match days {
        0 => "It took less than a day.".into(),
        days => format!("It took {}.", super::words::working_days(days)),
    })
}
