//! Two signals that only a history tells: nobody answered, and dropped from plans.

use super::{
    IGNORED_DAYS,
    evidence::Seen,
    label::normalise,
    limbo::{Reading, labelled},
};
use crate::domain::{
    evidence::{Happening, What},
    gist::Said,
    person::Person,
    task::Task,
    text::Foreign,
    time::Now,
};

/// How often something must leave a milestone or a sprint to be called dropped.
const DROPPED: u32 = 2;

/// Labels and states of workflows that park a task.
const PARKED: &[&str] = &[
    "icebox",
    "ice box",
    "on ice",
    "someday",
    "some day",
    "someday maybe",
    "parking lot",
    "parked",
    "deferred",
    "postponed",
    "backburner",
    "back burner",
    "low priority",
    "priority low",
    "lowest",
    "deprioritized",
    "deprioritised",
    "not now",
    "later",
    "maybe later",
    "future",
    "nice to have",
];

/// Nobody but the author has answered in two weeks. Says nothing while the conversation was not read, or where some of
/// it is missing.
pub(super) fn ignored(task: &Task, reading: Reading<'_>, now: Now) -> Option<Seen> {
    let days = now.days_since(task.created_at);
    let author = task.author.as_ref().filter(|a| reading.is_human(a))?;
    let comments = u32::try_from(reading.comments?.len()).unwrap_or(u32::MAX);
    if days < IGNORED_DAYS || comments < task.comments || !task.assignees.is_empty() {
        return None;
    }
    let other = |who: Option<&Person>| who.is_some_and(|p| p.login != author.login);
    let answered = reading.words_of_people().any(|c| other(c.author.as_ref()))
        || reading.acts_of_people().any(|(h, _)| other(h.by.as_ref()))
        || reading.history.is_some_and(|h| !h.pulls.is_empty());
    let assumed = reading.history.is_none();
    (!answered).then_some(Seen::Unanswered { days, since: task.created_at, assumed })
}

/// The same from the gist of the conversation; labels and assignments were not read.
pub(super) fn unanswered(task: &Task, said: &Said, now: Now) -> Option<Seen> {
    let days = now.days_since(task.created_at);
    let human = task.author.as_ref().is_some_and(|a| Reading::default().is_human(a));
    let waits = human && days >= IGNORED_DAYS && task.assignees.is_empty() && !said.answered;
    waits.then_some(Seen::Unanswered { days, since: task.created_at, assumed: true })
}

/// All that shows that a task was dropped from plans.
pub(super) fn deprioritised(task: &Task, reading: Reading<'_>) -> Vec<Seen> {
    let mut seen = Vec::new();
    if let Some(history) = reading.history {
        let mut rows: Vec<&Happening> = history.happenings.iter().collect();
        rows.sort_by_key(|h| (h.at, h.id));
        seen.extend(milestones(&rows));
        seen.extend(sprints(&rows));
        seen.extend(priority(&rows));
        seen.extend(status(&rows));
    } else if let Some(p) = task.planning.as_deref().filter(|p| !p.in_progress && p.sprints_left >= DROPPED) {
        // Without a history the sprints that are over still stand in the columns.
        seen.push(Seen::SprintsLeft { times: p.sprints_left });
    }
    for label in task.labels.iter().filter(|l| PARKED.contains(&normalise(l.raw()).as_str())) {
        seen.push(Seen::Parked { name: label.clone(), at: labelled(reading, label).map(|(at, _)| at) });
    }
    seen
}

/// Removed from a milestone, or put into another while in one. A move that the tracker writes as a removal and an
/// addition within one minute counts once.
fn milestones(rows: &[&Happening]) -> Option<Seen> {
    let (mut current, mut times, mut last) = (None, 0, None);
    for h in rows {
        match &h.what {
            What::MilestoneSet { milestone } => {
                if current.is_some_and(|m: &Foreign| m != milestone) {
                    times += 1;
                    last = Some(h.at);
                }
                current = Some(milestone);
            }
            // Some trackers write the new milestone before they take the old one away: that is one move.
            What::MilestoneRemoved { milestone } if current.is_none_or(|m| m == milestone) => {
                times += 1;
                last = Some(h.at);
                current = None;
            }
            _ => {}
        }
    }
    (times >= DROPPED).then_some(()).and(last).map(|at| Seen::MilestoneMoved { times, at })
}

fn sprints(rows: &[&Happening]) -> Option<Seen> {
    let dropped = rows.iter().filter_map(|h| match &h.what {
        What::SprintChanged { from, to } => from.iter().any(|s| !to.contains(s)).then_some(h.at),
        _ => None,
    });
    let all: Vec<_> = dropped.collect();
    let times = u32::try_from(all.len()).unwrap_or(u32::MAX);
    (times >= DROPPED).then_some(()).and(all.last().copied()).map(|at| Seen::SprintDropped { times, at })
}

/// Its priority now is lower than it once was.
fn priority(rows: &[&Happening]) -> Option<Seen> {
    let changes = rows.iter().filter_map(|h| match &h.what {
        What::PriorityChanged { from: Some(from), to: Some(to) } => Some((from, to, h.at)),
        _ => None,
    });
    let mut highest: Option<(u8, &Foreign)> = None;
    let mut now = None;
    for (from, to, at) in changes {
        let (Some(before), Some(after)) = (rank(from.raw()), rank(to.raw())) else { continue };
        if highest.is_none_or(|(rank, _)| before < rank) {
            highest = Some((before, from));
        }
        now = Some((after, to, at));
    }
    let ((high, from), (low, to, at)) = highest.zip(now)?;
    (low > high).then(|| Seen::PriorityLowered { from: from.clone(), to: to.clone(), at })
}

/// Place of a priority, 0 for the most urgent: the names Jira and GitHub projects use, and `P0` to `P9`.
fn rank(name: &str) -> Option<u8> {
    const NAMES: &[(&str, u8)] = &[
        ("blocker", 0),
        ("critical", 1),
        ("highest", 1),
        ("urgent", 1),
        ("high", 2),
        ("major", 2),
        ("medium", 3),
        ("normal", 3),
        ("moderate", 3),
        ("low", 4),
        ("minor", 4),
        ("lowest", 5),
        ("trivial", 5),
        ("none", 6),
    ];
    let normal = normalise(name);
    let word = normal.strip_prefix("priority ").unwrap_or(&normal);
    let level = word.strip_prefix('p').unwrap_or(word).parse::<u8>().ok().filter(|n| *n <= 9);
    NAMES.iter().find(|(n, _)| *n == word).map(|(_, rank)| *rank).or(level)
}

/// The state of the workflow it is in now is one that parks.
fn status(rows: &[&Happening]) -> Option<Seen> {
    let last = rows.iter().rev().find_map(|h| match &h.what {
        What::StatusChanged { to, .. } => Some((to, h.at)),
        _ => None,
    });
    let (name, at) = last.filter(|(to, _)| PARKED.contains(&normalise(to.raw()).as_str()))?;
    Some(Seen::Parked { name: name.clone(), at: Some(at) })
}
