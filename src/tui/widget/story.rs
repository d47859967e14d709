//! The log of a commitment in plain words with dates, for whoever comes back after three days. Reads entries; judges
//! nothing.

use super::super::state::State;
use crate::domain::{
    commitment::{Act, Commitment, Entry, HostSign, Sign},
    person::Login,
    text::Foreign,
};

/// One row: the day, and what happened.
pub type Row = (String, String);

/// What happened, oldest first; the same twice on one day is said once with its count.
pub fn rows(state: &State, c: &Commitment) -> Vec<Row> {
    let mut rows: Vec<(Row, u32)> = Vec::new();
    for entry in &c.log {
        let row = (day(state, entry), sentence(state, c, entry));
        match rows.last_mut() {
            Some((last, times)) if *last == row => *times += 1,
            _ => rows.push((row, 1)),
        }
    }
    let counted = |((day, text), times): (Row, u32)| {
        if times > 1 { (day, format!("{text} ({times} times)")) } else { (day, text) }
    };
    rows.into_iter().map(counted).collect()
}

fn day(state: &State, entry: &Entry) -> String {
    entry.at.to_zoned(state.options.zone.clone()).strftime("%-d %b").to_string()
}

fn at(login: &Foreign) -> String {
    format!("@{}", login.line())
}

/// Who did it: `you`, `@ana`, `the tracker`.
fn subject(state: &State, c: &Commitment, entry: &Entry) -> String {
    let Some(by) = &entry.by else { return "the tracker".into() };
    let me: Option<&Login> = state.snapshot.me.get(&c.key.project.tracker);
    if (c.mine && by.login == c.who.login) || me == Some(&by.login) {
        return "you".into();
    }
    let of_host = if entry.host && by.login != c.who.login { " of the host" } else { "" };
    format!("{}{of_host}", at(by.login.shown()))
}

fn sentence(state: &State, c: &Commitment, entry: &Entry) -> String {
    let who = subject(state, c, entry);
    let pull = match &entry.pull {
        Some(pull) if pull.project == c.key.project => format!("pull request #{}", pull.number),
        Some(pull) => format!("pull request {}#{}", pull.project.path(), pull.number),
        None => "the pull request".into(),
    };
    let place = if entry.pull.is_some() { pull.as_str() } else { "the task" };
    match &entry.act {
        Act::Claim { until, taken: Some(_), .. } => format!("{who} took it over until {until}"),
        Act::Claim { until, alongside: true, .. } => format!("{who} claimed it as a pair until {until}"),
        Act::Claim { until, .. } => format!("{who} claimed it until {until}"),
        Act::Request { until, .. } => format!("{who} asked for it, until {until}"),
        Act::Withdraw => format!("{who} took the request back"),
        Act::Renew { until } => format!("{who} renewed it until {until}"),
        Act::Pause { until } => format!("{who} paused until {until}"),
        Act::Resume => format!("{who} went on"),
        Act::Block { by, review } => {
            format!("{who} said it is blocked by {}, to be looked at on {review}", super::super::paint::safe(by))
        }
        Act::Help => format!("{who} asked the host for help"),
        Act::Plan { ask: Some(ask) } if !ask.is_empty() => format!("{who} posted a plan and asked {}", at(ask)),
        Act::Plan { .. } => format!("{who} posted a plan"),
        Act::Still => format!("{who} said: still on it"),
        Act::Sign { sign: Sign::Comment } | Act::Host { sign: HostSign::Comment } => format!("{who} wrote on {place}"),
        Act::Sign { sign: Sign::Pull } => format!("{who} opened {pull}"),
        Act::Sign { sign: Sign::Commit } => format!("{who} pushed to {pull}"),
        Act::Ready => format!("{who} marked {pull} as ready"),
        Act::Draft => format!("{who} turned {pull} into a draft"),
        Act::Release => format!("{who} handed it back"),
        Act::Offer { to } => format!("{who} offered it to {}", at(to)),
        Act::Done { kind } => format!("{who} said it is done: {}", kind.word()),
        Act::Concede => format!("{who} stepped back for an earlier claim"),
        Act::Remind => "a reminder was written".into(),
        Act::Expire => "it ran out".into(),
        Act::Consent { mentor: Some(mentor) } => format!("{who} accepted it, {} is the mentor", at(mentor)),
        Act::Consent { mentor: None } => format!("{who} accepted it"),
        Act::Decline { reason } => format!("{who} declined: {}", reason.words()),
        Act::Revoke { reason } => format!("{who} took it away: {}", reason.words()),
        Act::Host { sign: HostSign::Review } => format!("{who} reviewed {pull}"),
        Act::Host { sign: HostSign::Approval } => format!("{who} approved {pull}"),
        Act::Regress => format!("{who} said that it broke something"),
        Act::Merged => format!("{pull} was merged"),
        Act::PullClosed => format!("{pull} was closed without a merge"),
        Act::Closed => "the task was closed as completed".into(),
        Act::Dropped => "the task was closed without being done".into(),
        Act::Reopened => "the task was opened again".into(),
        Act::Reassigned { to } => format!("{who} gave it to {} on the tracker", at(to)),
        Act::Unassigned => "the assignment was taken off".into(),
    }
}
