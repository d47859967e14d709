//! Sentences about commitments and outcomes, the same in TUI and command line. Pure: everything said here was decided
//! by the life of the commitment; this file only finds the words.

use jiff::civil::Date;

use crate::{
    domain::{
        calendar::Calendar,
        commitment::{Commitment, CommitmentState, HostReason, Life, Nudge, Projection, PullCard, Timer, Turn},
        evidence::{Checks, PullState},
        roster::Roster,
        time::{Now, short_age},
    },
    index::Snapshot,
    judge::score::estimate,
};

/// Longest login shown, columns.
const LOGIN_COLUMNS: usize = 39;

/// Whose turn it is, as the reader sees it: `your turn`, `the helper's turn`, `host's turn`; empty when it is over.
pub fn turn(c: &Commitment) -> &'static str {
    let Some(life) = c.life.as_deref().filter(|_| c.state.is_live()) else { return "" };
    match life.turn {
        Turn::Helper if !c.mine => "helper's turn",
        other => other.words(),
    }
}

/// The one thing the helper should do next, one harmless sentence; `None` when it is over.
pub fn next_action(c: &Commitment) -> Option<String> {
    let life = match (c.state, c.life.as_deref()) {
        (state, _) if state.is_over() => return None,
        (CommitmentState::Pending, _) | (_, None) => return Some("wait until the tracker has confirmed it".into()),
        (_, Some(life)) => life,
    };
    if let Some(to) = &life.reassigned {
        let login = to.to.fit(LOGIN_COLUMNS);
        return Some(format!("@{login} was assigned on the tracker: ask them, or hand back"));
    }
    if let Some(offer) = &life.offer {
        let login = offer.to.fit(LOGIN_COLUMNS);
        return Some(format!("offered to @{login}: yours until they accept"));
    }
    Some(match c.state {
        CommitmentState::Requested => "wait for the host's answer, or withdraw".into(),
        CommitmentState::WaitingHost if life.done.is_some() => "nothing: the host says whether it is done".into(),
        CommitmentState::WaitingHost if life.nudged == Some(Nudge::Lead) => {
            "the lead was told; you may hand back with honour".into()
        }
        CommitmentState::WaitingHost => "nothing: the host owes an answer, and the clock stands".into(),
        CommitmentState::Blocked => match life.back_on {
            Some(day) => format!("look at the block again by {day}"),
            None => "look at the block again".into(),
        },
        CommitmentState::Paused => match life.back_on {
            Some(day) => format!("resume after {day}, or earlier"),
            None => "resume when you are back".into(),
        },
        CommitmentState::Warranty => "answer if what you did breaks something".into(),
        CommitmentState::AtRisk => at_risk(life).into(),
        _ => work(c, life).into(),
    })
}

/// The answers to what put it at risk.
fn at_risk(life: &Life) -> &'static str {
    match life.risk {
        Some(Timer::LeaseWarn) => "renew, finish, or hand back",
        Some(Timer::Overdue) => "renew or hand back now: others may take it",
        Some(Timer::BlockReview) => "say whether it still blocks, or hand back",
        _ => "say: still on it, need help, hand back, or pause",
    }
}

/// What an active helper does next, by the pull request that is open.
fn work(c: &Commitment, life: &Life) -> &'static str {
    let open = |p: &&PullCard| matches!(p.state, PullState::Draft | PullState::Open);
    match c.pulls.iter().rev().find(open) {
        Some(pull) if pull.checks == Checks::Failed => "mend the checks of your pull request",
        Some(pull) if pull.state == PullState::Draft => "finish your pull request and mark it as ready",
        Some(_) => "answer the review of your pull request",
        None if c.pulls.iter().any(|p| p.state == PullState::Closed) => "open a new pull request, or hand back",
        None if !life.artefact => "show a first sign: a plan in a comment, a branch, a draft pull request",
        None => "go on; open a draft pull request when there is something to see",
    }
}

/// Time left in working days of the host, with what the clock does meanwhile: `5 working days left`, `ends today`,
/// `ended 2 working days ago`. For what is over: empty.
pub fn time_left(c: &Commitment, roster: &Roster, now: Now) -> String {
    if c.state.is_over() {
        return String::new();
    }
    let calendar = roster.terms(&c.key.project, Some(&c.who)).calendar;
    let today = calendar.date(now.0);
    let Some(life) = c.life.as_deref() else { return days_left(&calendar, today, c.until) };
    match c.state {
        CommitmentState::Requested => {
            let asked = calendar.date(life.asked.unwrap_or(life.start));
            match calendar.between(asked, today) {
                0 if asked == today => "asked today".into(),
                // A weekend later no working day has passed yet.
                0 => format!("asked on {asked}"),
                days => format!("asked {} ago", working_days(days)),
            }
        }
        CommitmentState::Warranty => match &life.next {
            Some(next) => format!("warranty until {}", calendar.date(next.at)),
            None => "in warranty".into(),
        },
        CommitmentState::WaitingHost | CommitmentState::Blocked | CommitmentState::Paused => {
            format!("{}, the clock stands", days_left(&calendar, today, life.until))
        }
        _ => days_left(&calendar, today, life.until),
    }
}

fn days_left(calendar: &Calendar, today: Date, until: Date) -> String {
    if until == today {
        return "ends today".into();
    }
    if until > today {
        return format!("{} left", working_days(calendar.between(today, until)));
    }
    match calendar.between(until, today) {
        0 => format!("ended {until}"),
        days => format!("ended {} ago", working_days(days)),
    }
}

/// `1 working day`, `5 working days`.
pub fn working_days(count: u32) -> String {
    format!("{count} working day{}", if count == 1 { "" } else { "s" })
}

/// The helper's last sign of life: `last sign 3 d ago`, `no sign yet`.
pub fn last_sign(c: &Commitment, now: Now) -> String {
    match c.life.as_deref() {
        Some(life) if life.artefact || life.last_sign > life.start => match short_age(now, life.last_sign).as_str() {
            "just now" => "last sign just now".into(),
            age => format!("last sign {age} ago"),
        },
        Some(_) => "no sign yet".into(),
        None => String::new(),
    }
}

/// A plan that waits for a word of the host: who was asked, and by when a word is due. `@mo is asked for a word about the
/// plan by 2026-11-25`.
pub fn feedback(c: &Commitment, roster: &Roster) -> Option<String> {
    let plan = c.life.as_deref()?.plan.as_ref().filter(|_| c.state.holds())?;
    let terms = roster.terms(&c.key.project, Some(&c.who));
    let due = terms.calendar.date(terms.calendar.after(plan.at, terms.timers.review_slo));
    let who = if plan.to.is_empty() { "the host".to_owned() } else { format!("@{}", plan.to.fit(LOGIN_COLUMNS)) };
    Some(format!("{who} is asked for a word about the plan by {due}"))
}

/// What the reader's first finished task in a project was; `None` for every other commitment.
pub fn first_finished(c: &Commitment, snapshot: &Snapshot) -> Option<String> {
    let first = snapshot.first_finished(c).filter(|_| c.mine)?;
    let took = match first.days {
        0 => "on the day of your first claim".to_owned(),
        1 => "a day after your first claim".to_owned(),
        days => format!("{days} days after your first claim"),
    };
    Some(format!("your first finished task here, {took}"))
}

/// What could come after a first finished task: `a next step, somewhat harder: acme/app#12 (M)`.
pub fn next_step(c: &Commitment, snapshot: &Snapshot) -> Option<String> {
    snapshot.first_finished(c).filter(|_| c.mine)?;
    let row = snapshot.next_step(c)?;
    let size = estimate::of(&row.task).map(|(size, _)| format!(" ({})", size.word())).unwrap_or_default();
    Some(format!("a next step, somewhat harder: {}{size}", snapshot.shown_key(&row.task.key)))
}

/// How it ended and why, where somebody else ended it: `declined: not now`; `None` for what goes on or ended as meant.
pub fn ended(c: &Commitment) -> Option<String> {
    let why = match c.state {
        CommitmentState::Declined | CommitmentState::Revoked => {
            c.life.as_deref().and_then(|life| life.reason).map(HostReason::words)
        }
        CommitmentState::Lapsed => Some("the host did not answer in time; nobody is to blame"),
        CommitmentState::Conceded => Some("somebody else's claim came first"),
        CommitmentState::Superseded => Some("the task was closed or given to somebody else; nobody is to blame"),
        CommitmentState::Expired => Some("its time ran out; it may be claimed again"),
        _ => return None,
    };
    Some(match why {
        Some(why) => format!("{}: {why}", c.state.word()),
        None => c.state.word().into(),
    })
}

/// A pull request in a few words: `acme/app#34 draft, checks failed`; its checks only while it is open.
pub fn pull(card: &PullCard) -> String {
    let name = format!("{}#{}", card.key.project.path(), card.key.number);
    match card.state {
        PullState::Draft => format!("{name} draft, {}", card.checks.words()),
        PullState::Open => format!("{name} open, {}", card.checks.words()),
        PullState::Merged => format!("{name} merged"),
        PullState::Closed => format!("{name} closed"),
    }
}

/// The same on a card of a commitment: its project only where that is another one than the task's.
pub fn pull_here(c: &Commitment, card: &PullCard) -> String {
    let text = pull(card);
    let short = text.strip_prefix(c.key.project.path()).map(|rest| format!("PR {rest}"));
    short.filter(|_| card.key.project == c.key.project).unwrap_or(text)
}

/// What the clock does next, and on which day of the host: `2026-11-25: a reminder for being quiet`.
pub fn clock(c: &Commitment, roster: &Roster) -> Option<String> {
    let next = c.life.as_deref()?.next.as_ref()?;
    let calendar = roster.terms(&c.key.project, Some(&c.who)).calendar;
    Some(format!("{}: {}", calendar.date(next.at), next.timer.words()))
}

/// How a wish ended, by its word; what a run wished for the clock is told as what it was.
pub fn written(verb: &str, key: &str, c: &Commitment, label: &str) -> String {
    let login = c.who.login.fit(LOGIN_COLUMNS);
    match verb {
        "remind" if c.mine => format!("{key}: a reminder for you was written into your claim's comment"),
        "remind" => format!("{key}: reminded @{login}, in the comment of the claim"),
        "end" if c.mine => format!("{key} is free again: your time ran out after a reminder"),
        "end" => format!("{key} is free again: the time of @{login} ran out after a reminder"),
        "tidy up" => format!("{key}: {}, so your marks were taken off", c.state.word()),
        _ => done(key, c, label),
    }
}

/// How a wish ended. `key` is the task as it is shown.
pub fn done(key: &str, c: &Commitment, label: &str) -> String {
    let until = c.life.as_deref().map_or(c.until, |life| life.until);
    match c.state {
        CommitmentState::Active if c.mine => {
            let missing = projections(c, label);
            let missing = if missing.is_empty() { String::new() } else { format!("; {missing}") };
            format!("{key} is yours until {until}{missing}")
        }
        CommitmentState::Active => format!("{key} is @{}'s until {until}", c.who.login.fit(LOGIN_COLUMNS)),
        CommitmentState::Requested if c.mine => format!("{key} is asked for; the host answers"),
        CommitmentState::Released => format!("{key} is handed back and free again"),
        CommitmentState::Withdrawn => format!("the request for {key} is taken back"),
        other => format!("{key}: {}", ended(c).unwrap_or_else(|| other.word().into())),
    }
}

/// What the tracker refused of a claim, in words; empty when label and assignee are there.
pub fn projections(c: &Commitment, label: &str) -> String {
    match (c.label, c.assignee) {
        (Projection::Refused, Projection::Refused) => format!(
            "the tracker let you set neither the label '{label}' nor the assignee: the claim stands on its comment, \
             and a maintainer can assign you now"
        ),
        (Projection::Refused, _) => {
            format!("the label '{label}' is missing there or not yours to set: the claim stands on its comment")
        }
        (_, Projection::Refused) => {
            "the tracker did not assign you: the claim stands on its comment, and a maintainer can assign you now"
                .into()
        }
        _ => String::new(),
    }
}
