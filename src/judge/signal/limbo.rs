//! Limbo: how long ago a person last did something meaningful to a task. Bots, bumps, our own markers and our own label
//! count nothing; the tracker's "updated" is only ever a bound.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    evidence::{LastAct, Seen},
    label::{normalise, without_shortcodes},
};
use crate::domain::{
    evidence::{Happening, History, What},
    gist::Said,
    marker,
    person::{Login, Person, PersonKind},
    task::{Comment, Task},
    text::Foreign,
    time::Now,
    triage::row_of,
};

/// Seconds between the last act that was read and "updated" that still are one act.
const ONE_ACT: i64 = 60;

/// What was read around a task.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading<'a> {
    /// Its comments, oldest first; `None` when none were read.
    pub comments: Option<&'a [Comment]>,
    /// What happened to it; `None` when that was not read.
    pub history: Option<&'a History>,
    /// Logins that are machines although the tracker calls them people.
    pub bots: &'a [String],
    /// The label that this program puts on tasks; empty when it puts none.
    pub own_label: &'a str,
}

impl<'a> Reading<'a> {
    /// True when everything that was said about the task was read.
    pub fn is_whole(&self, task: &Task) -> bool {
        let comments = self.comments.map_or(0, <[Comment]>::len);
        self.history.is_some() && u32::try_from(comments).unwrap_or(u32::MAX) >= task.comments
    }

    /// True for an account that is a person.
    pub fn is_human(&self, who: &Person) -> bool {
        let login = who.login.raw();
        who.kind == PersonKind::Human
            && !login.to_ascii_lowercase().ends_with("[bot]")
            && !self.bots.iter().any(|bot| bot.eq_ignore_ascii_case(login))
    }

    /// Comments in which a person says something.
    pub fn words_of_people(self) -> impl Iterator<Item = &'a Comment> {
        let said = self.comments.unwrap_or_default().iter();
        said.filter(move |c| c.author.as_ref().is_some_and(|a| self.is_human(a)) && is_meaningful(c.body.raw()))
    }

    /// What people did to the task that means something, but for comments.
    pub fn acts_of_people(self) -> impl Iterator<Item = (&'a Happening, LastAct)> {
        let all = self.history.map(|h| h.happenings.as_slice()).unwrap_or_default().iter();
        let by_human = move |h: &&Happening| h.by.as_ref().is_some_and(|by| self.is_human(by));
        all.filter(by_human).filter_map(move |h| Some((h, self.act(&h.what)?)))
    }

    fn act(&self, what: &What) -> Option<LastAct> {
        match what {
            What::Assigned { .. } | What::Unassigned { .. } => Some(LastAct::Assignee),
            What::Labelled { label } | What::Unlabelled { label } => (!self.is_own(label)).then_some(LastAct::Label),
            What::Closed { .. } | What::Reopened | What::StatusChanged { .. } => Some(LastAct::State),
            // Plans that are shuffled and numbers that change move nothing; a link is an act on the other side.
            What::Linked { .. }
            | What::MilestoneSet { .. }
            | What::MilestoneRemoved { .. }
            | What::SprintChanged { .. }
            | What::PriorityChanged { .. } => None,
        }
    }

    fn is_own(&self, label: &Foreign) -> bool {
        !self.own_label.is_empty() && label.raw().eq_ignore_ascii_case(self.own_label)
    }
}

/// How long a task waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limbo {
    /// Since when.
    pub since: Timestamp,
    /// Whole days since then.
    pub days: u32,
    /// The last act of a person; `None` where it is not known.
    pub last: Option<LastAct>,
    /// Who did it.
    pub by: Option<Login>,
    /// True when not everything was read: the wait is at least `days`, counted from the last change of any kind.
    pub assumed: bool,
}

impl Limbo {
    /// The wait of a task. With everything read, from the last meaningful act of a person, else, if the last change is not
    /// that act, from the last change of any kind, marked as assumed (limbo age, shared definitions).
    pub fn of(task: &Task, reading: Reading<'_>, now: Now) -> Self {
        let opened = (task.created_at, LastAct::Opened, task.author.as_ref());
        let said = reading.words_of_people().map(|c| (c.created_at, LastAct::Comment, c.author.as_ref()));
        let done = reading.acts_of_people().map(|(h, act)| (h.at, act, h.by.as_ref()));
        // Of two acts in one instant the comment tells more than the label that came with it.
        let (at, last, by) = said.chain(done).fold(opened, |best, next| if next.0 > best.0 { next } else { best });
        let unseen = task.updated_at.as_second().saturating_sub(at.as_second()) > ONE_ACT;
        let knows = reading.comments.is_some() || reading.history.is_some();
        if reading.is_whole(task) || (knows && !unseen) {
            let by = by.map(|p| p.login.clone());
            return Self { since: at, days: now.days_since(at), last: Some(last), by, assumed: false };
        }
        let since = task.updated_at.max(at);
        Self { since, days: now.days_since(since), last: None, by: None, assumed: true }
    }

    /// The same from the gist of a conversation that was read whole; without one, only the last change is known.
    pub fn of_said(task: &Task, said: Option<&Said>, now: Now) -> Self {
        let known = said.filter(|s| task.updated_at.as_second().saturating_sub(s.last.as_second()) <= ONE_ACT);
        if let Some(said) = known {
            let last = if said.commented { LastAct::Comment } else { LastAct::Opened };
            let days = now.days_since(said.last);
            return Self { since: said.last, days, last: Some(last), by: said.by.clone(), assumed: false };
        }
        let since = said.map_or(task.updated_at, |s| task.updated_at.max(s.last));
        Self { since, days: now.days_since(since), last: None, by: None, assumed: true }
    }

    /// The evidence.
    pub fn seen(&self) -> Seen {
        Seen::Quiet { days: self.days, since: self.since, last: self.last, by: self.by.clone(), assumed: self.assumed }
    }
}

/// False for our own marker and for a comment that only pushes: `bump`, `+1`, `any news?`.
pub(super) fn is_meaningful(body: &str) -> bool {
    !is_marker(body) && !is_bump(body)
}

/// True for a comment this program wrote, in whichever version: a question that it helped to ask is no answer.
fn is_marker(body: &str) -> bool {
    body.starts_with("<!-- floorwalk/") || marker::parse(body).is_some() || row_of(body).is_some()
}

/// Words that push. A comment of these and of [`FILLER`] alone moves nothing.
const PUSH: &str = "bump bumping up ping pinging +1 1 same too update updates news progress eta upvote following \
                    subscribing subscribe interested status still";
/// Words that go along with them.
const FILLER: &str = "here me also any on this is there please pls thanks thx hi hello all and the it yet hey guys \
                      everyone we get an can what's whats of for hope someone anyone i have";

fn is_bump(body: &str) -> bool {
    if body.len() > 200 {
        return false;
    }
    let lower = without_shortcodes(&body.to_lowercase()).replace('’', "'");
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '@' | '+' | '\'' | '-' | '_')))
        .filter(|w| !w.is_empty() && !w.starts_with('@'))
        .collect();
    if words.is_empty() {
        // Emoji alone, or a mention alone.
        return true;
    }
    let of = |list: &str, word: &str| list.split(' ').any(|w| w == word);
    words.iter().all(|w| of(PUSH, w) || of(FILLER, w)) && words.iter().any(|w| of(PUSH, w))
}

/// Labels that ask not to be counted as stale.
const KEPT_OPEN: &[&str] = &[
    "frozen",
    "lifecycle frozen",
    "stale exempt",
    "no stale",
    "not stale",
    "never stale",
    "pinned",
    "pin",
    "keep open",
    "keep",
    "evergreen",
    "long term",
    "tracking",
    "tracking issue",
];

/// True for a label that keeps a task from being called stale.
pub(super) fn is_kept_open(label: &str) -> bool {
    KEPT_OPEN.contains(&normalise(label).as_str())
}

/// When a label that is there now was added, and by whom.
pub(super) fn labelled(reading: Reading<'_>, label: &Foreign) -> Option<(Timestamp, Option<Login>)> {
    let all = reading.history?.happenings.iter();
    let added =
        all.filter(|h| matches!(&h.what, What::Labelled { label: l } if l.raw().eq_ignore_ascii_case(label.raw())));
    added.max_by_key(|h| h.at).map(|h| (h.at, h.by.as_ref().map(|p| p.login.clone())))
}
