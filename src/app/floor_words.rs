//! Sentences about rooms of the floor, the same in TUI and command line. Pure; harmless text only.

use super::words;
use crate::{
    domain::{
        commitment::{Act, Commitment, Nudge},
        text::{fit, safe_line},
        time::{Now, short_age},
    },
    index::{
        Snapshot,
        floor::{Ask, AskKind, Helper, Load, MentorLoad, Room},
    },
    judge::burden::minutes,
};

/// Longest name or login shown, columns.
const NAME_COLUMNS: usize = 39;
/// Longest home team shown beside a helper, columns.
const HOME_COLUMNS: usize = 24;
/// What is said of a task whose holder let the last day pass.
const FREE_FOR_OTHERS: &str = "others may take it";

/// How a room stands, in one line: `ask · 1 of 2 places taken · quiet 2026-12-15 to 2027-01-05: release freeze`.
pub fn room(room: &Room) -> String {
    let mut parts = vec![consent(room), places(room)];
    if room.at_risk > 0 {
        parts.push(format!("{} at risk", room.at_risk));
    }
    if room.by_hand > 0 {
        parts.push(format!("{} assigned by hand", room.by_hand));
    }
    if let Some(q) = &room.quiet {
        let why = safe_line(&q.why);
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        parts.push(format!("quiet {} to {}{why}", q.from, q.to));
    }
    parts.retain(|p| !p.is_empty());
    parts.join(" · ")
}

fn consent(room: &Room) -> String {
    use crate::domain::policy::Consent;
    match room.consent {
        Consent::Auto => "open".into(),
        Consent::Notify => "open, the leads are told".into(),
        Consent::Ask => "wants to be asked".into(),
        Consent::Closed => "takes no help now".into(),
    }
}

fn places(room: &Room) -> String {
    match (room.places.used, room.places.max) {
        (0, None) => String::new(),
        (used, None) => format!("{used} helping"),
        (used, Some(max)) => format!("{used} of {max} places taken"),
    }
}

/// Who to talk to: `Ana Silva · #vision-help`; empty when the registry does not say.
pub fn people(room: &Room) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !room.leads.is_empty() {
        parts.push(safe_line(&room.leads.join(", ")).into_owned());
    }
    if !room.contact.is_empty() {
        parts.push(safe_line(&room.contact).into_owned());
    }
    parts.join(" · ")
}

/// The load of a week: `review this week: 2 h 24 min of 3 h, anew on 2026-11-30`.
pub fn load(load: &Load) -> String {
    let committed = minutes(load.committed_min);
    match load.budget_min {
        Some(budget) => format!("review this week: {committed} of {}, anew on {}", minutes(budget), load.renews),
        None => format!("review this week: {committed}, no budget set"),
    }
}

/// A mentor: `Mo Adler 1 of 2`, `Mo Adler off rotation`.
pub fn mentor(m: &MentorLoad) -> String {
    let name = safe_line(&m.name).into_owned();
    if m.on { format!("{name} {} of {}", m.used, m.capacity) } else { format!("{name} off rotation") }
}

/// Who helps: `@sam of Platform`.
pub fn helper(helper: &Helper, c: &Commitment) -> String {
    let login = c.who.login.fit(NAME_COLUMNS);
    match &helper.home {
        Some(home) => format!("@{login} of {}", fit(&safe_line(home), HOME_COLUMNS)),
        None => format!("@{login}"),
    }
}

/// How a commitment stands for the room: time left, mentor, expected review, pull requests. Whose turn it is stands in
/// the word of its state; what is past its end and holds the task no longer says so.
pub fn standing(helper: &Helper, c: &Commitment, snapshot: &Snapshot, now: Now) -> String {
    let mut parts = vec![words::time_left(c, &snapshot.roster, now)];
    parts.extend(c.is_overdue().then(|| FREE_FOR_OTHERS.to_owned()));
    parts.extend(c.life.as_ref().and_then(|l| l.mentor.as_ref()).map(|m| format!("mentor @{}", m.fit(NAME_COLUMNS))));
    parts.extend(helper.forecast_min.map(|min| format!("{} of review", minutes(min))));
    parts.extend(c.pulls.iter().map(|card| safe_line(&words::pull_here(c, card)).into_owned()));
    parts.retain(|p| !p.is_empty());
    parts.join(" · ")
}

/// When a commitment ends, beside its bar: `active · 5 working days left`.
pub fn end(c: &Commitment, snapshot: &Snapshot, now: Now) -> String {
    let left = words::time_left(c, &snapshot.roster, now);
    let free = if c.is_overdue() { format!(" · {FREE_FOR_OTHERS}") } else { String::new() };
    format!("{} · {left}{free}", c.state.word())
}

/// What waits, in words: `@lee asked for it 2 d ago`.
pub fn ask(ask: &Ask, snapshot: &Snapshot, now: Now) -> String {
    let c = ask.at.and_then(|at| snapshot.commitments.get(at));
    let who = c.map(|c| format!("@{}", c.who.login.fit(NAME_COLUMNS))).unwrap_or_default();
    let (ago, lasts) = match short_age(now, ask.since).as_str() {
        "just now" => ("just now".to_owned(), String::new()),
        age => (format!("{age} ago"), format!(" for {age}")),
    };
    let asked = ask.about.as_ref().and_then(|(_, id)| snapshot.proposal(*id));
    let asked = asked.map(|p| format!("@{}", p.proposal.to.fit(NAME_COLUMNS))).unwrap_or_default();
    let what = match ask.kind {
        AskKind::Question => format!("{asked} asked about what is proposed to them {ago}"),
        AskKind::Request => format!("asked for it {ago}"),
        AskKind::Accept => format!("said it is done {ago}"),
        AskKind::Plan => {
            let due = c.and_then(|c| words::feedback(c, &snapshot.roster)).unwrap_or_default();
            format!("posted a plan {ago}: {due}")
        }
        AskKind::Review if c.is_some_and(asks_for_help) => format!("asked for help {ago}"),
        AskKind::Review if lasts.is_empty() => "waits for you".into(),
        AskKind::Review => format!("has waited for you{lasts}"),
        AskKind::Renewal => "nears the end; a second renewal needs your yes".into(),
        AskKind::AtRisk if c.is_some_and(Commitment::is_overdue) => {
            let left = c.map(|c| words::time_left(c, &snapshot.roster, now)).unwrap_or_default();
            format!("is overdue, {left}: {FREE_FOR_OTHERS}")
        }
        AskKind::AtRisk => format!("has been at risk{lasts}"),
        AskKind::NoAnswer => format!("asked, no answer given: it ended {ago}"),
        AskKind::Thanks if c.is_some_and(|c| snapshot.first_finished(c).is_some()) => {
            format!("finished a first task here {ago}: say thanks")
        }
        AskKind::Thanks => format!("finished it {ago}: say thanks"),
        AskKind::StillClosed => format!("closed{lasts}: still wanted?"),
    };
    let told = match ask.nudged {
        Some(Nudge::Mentor) => ", the mentor was told",
        Some(Nudge::Lead) => ", the lead was told",
        None => "",
    };
    format!("{who} {what}{told}").trim_start().to_owned()
}

/// True when what waits is a question of the helper, not a pull request.
pub fn asks_for_help(c: &Commitment) -> bool {
    let turned = c.log.iter().rev().find(|e| matches!(e.act, Act::Help | Act::Ready));
    turned.is_some_and(|e| e.act == Act::Help)
}

/// What answers it on the command line, one each: commands, or a sentence with one.
pub fn answers(kind: AskKind, key: &str) -> Vec<String> {
    match kind {
        AskKind::Request => {
            vec![format!("floorwalk accept {key}"), format!("floorwalk decline {key} --reason not-now")]
        }
        AskKind::Question => vec![format!("answer on the task: floorwalk show {key}")],
        AskKind::Accept | AskKind::Renewal => vec![format!("floorwalk accept {key}")],
        AskKind::Plan => vec![format!("say a word about the plan on the task: floorwalk show {key}")],
        AskKind::Review => vec![format!("review it, or answer on the task: floorwalk show {key}")],
        AskKind::AtRisk => vec![format!("talk to them: floorwalk show {key}")],
        AskKind::NoAnswer => vec![format!("say a word on the task: floorwalk show {key}")],
        AskKind::Thanks => vec![format!("floorwalk thanks {key}")],
        AskKind::StillClosed => vec!["change `consent` in the registry, or set `closed_since` to today".into()],
    }
}
