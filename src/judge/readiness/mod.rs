//! How well a task is described, 0–100 (domain.md §5.4): ten checks, each with its points and what was seen. Pure and fast;
//! only what people wrote counts, not what a template asks.

mod paths;
mod read;

use self::read::{Reading, Section};
use super::signal::label::{LabelClass, class};
use crate::domain::{policy::Policy, size::Size, task::Task};

/// Words that a problem needs to be said in.
const PROBLEM_WORDS: usize = 40;
/// Words under a heading from which on it says something.
const SECTION_WORDS: usize = 15;

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What is wanted, in a few words.
    pub name: &'static str,
    /// Points it gives.
    pub points: u32,
    /// True when it was found.
    pub met: bool,
    /// What was seen, one harmless sentence.
    pub evidence: String,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Sum of what was found, 0–100.
    pub points: u32,
    /// All checks, in the order of the specification.
    pub checks: Vec<Check>,
    /// Words outside of code and quotes.
    pub words: usize,
}

/// Points of the checks, in their order.
const POINTS: [u32; 10] = [12, 10, 16, 10, 12, 10, 8, 12, 6, 4];
/// What they are called, in their order.
const NAMES: [&str; 10] = [
    "what is wrong and why, in 40 words",
    "who needs it and why",
    "acceptance criteria",
    "a reproduction, an example or a link",
    "the code it is about",
    "an agreed approach",
    "a size or estimate",
    "a mentor or contact",
    "labels for kind and area",
    "looked at by the host in the last 180 days",
];
/// Place of the check for a mentor.
const MENTOR: usize = 7;
/// Place of the check for a look of the host.
const LOOKED_AT: usize = 9;
/// Days for which a look of the host keeps a task valid.
const LOOK_DAYS: u32 = 180;

/// What texts alone do not tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside {
    /// The host has a mentor on rotation who has room.
    pub mentor: bool,
    /// Days since somebody of the host said something, where that is known.
    pub looked_at: Option<u32>,
}

impl Beside {
    /// What a policy tells, and the last word of the host.
    pub fn of(policy: &Policy, looked_at: Option<u32>) -> Self {
        Self { mentor: policy.mentors.iter().any(|m| m.on && m.capacity > 0), looked_at }
    }

    fn meets(self, place: usize) -> bool {
        (place == MENTOR && self.mentor) || (place == LOOKED_AT && self.looked_at.is_some_and(|d| d <= LOOK_DAYS))
    }
}

/// Points of checks that are met, one bit each, with what stands beside the texts: what [`Readiness::of`] gives.
pub fn points(met: u16, beside: Beside) -> u32 {
    let is_met = |place: usize| met & (1 << place) != 0 || beside.meets(place);
    POINTS.iter().enumerate().filter(|(place, _)| is_met(*place)).map(|(_, points)| points).sum()
}

/// What is missing and can be added, by the bits of what is met: what [`Readiness::missing`] gives.
pub fn missing(met: u16, beside: Beside) -> Vec<(&'static str, u32)> {
    let is_met = |place: usize| met & (1 << place) != 0 || beside.meets(place);
    let all = NAMES.into_iter().zip(POINTS).enumerate();
    let mut open: Vec<_> = all.filter(|(place, (_, p))| !is_met(*place) && *p > 4).map(|(_, check)| check).collect();
    open.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    open
}

/// True when the texts of a task name a mentor or contact themselves.
pub fn names_mentor(met: u16) -> bool {
    met & (1 << MENTOR) != 0
}

impl Readiness {
    /// Judges a task by its list columns, its description and what is known beside them.
    pub fn of(task: &Task, body: &str, beside: Beside) -> Self {
        let reading = Reading::of(body);
        let checks = vec![
            problem(&reading),
            story(&reading),
            acceptance(&reading),
            example(&reading),
            code(&reading, task),
            agreed(task),
            sized(task),
            mentor(&reading, task, beside.mentor),
            labelled(task),
            looked_at(beside.looked_at),
        ];
        Self { points: checks.iter().filter(|c| c.met).map(|c| c.points).sum(), checks, words: reading.words }
    }

    /// Which checks are met, one bit each, the first in the lowest.
    pub fn met(&self) -> u16 {
        self.checks.iter().rev().fold(0, |bits, check| bits << 1 | u16::from(check.met))
    }

    /// What is missing and can be added, what gives most first.
    pub fn missing(&self) -> impl Iterator<Item = &Check> {
        let mut open: Vec<&Check> = self.checks.iter().filter(|c| !c.met && c.points > 4).collect();
        open.sort_by_key(|c| std::cmp::Reverse(c.points));
        open.into_iter()
    }
}

/// A check with its evidence when met, or the words for why not.
fn check(name: &'static str, points: u32, met: Option<String>, not: &str) -> Check {
    let is_met = met.is_some();
    Check { name, points, met: is_met, evidence: met.unwrap_or_else(|| not.to_owned()) }
}

fn problem(reading: &Reading) -> Check {
    let words = reading.words;
    let met = (words >= PROBLEM_WORDS).then(|| format!("{words} words say what it is about"));
    check("what is wrong and why, in 40 words", 12, met, &format!("{words} words outside of code and quotes"))
}

/// A heading with one of these words that has something under it.
fn heading<'a>(reading: &'a Reading, words: &[&str]) -> Option<&'a Section> {
    let says = |s: &&Section| words.iter().any(|w| s.heading.contains(w)) && s.words >= SECTION_WORDS;
    reading.sections.iter().find(says)
}

fn story(reading: &Reading) -> Check {
    const HEADINGS: &[&str] =
        &["user story", "use case", "motivation", "who needs", "why", "the need", "job to be done", "background"];
    let text = &reading.prose;
    let story = ["as a ", "as an "].iter().any(|start| {
        let rest = text.split_once(start).map(|(_, rest)| rest);
        rest.is_some_and(|rest| {
            ["i want", "i need", "i would like", "i'd like", "so that"].iter().any(|w| rest.contains(w))
        })
    });
    let met = if story {
        Some("a user story".to_owned())
    } else {
        heading(reading, HEADINGS).map(|s| format!("{} words on who needs it and why", s.words))
    };
    check("who needs it and why", 10, met, "no user story, and no words on who needs it")
}

fn acceptance(reading: &Reading) -> Check {
    const HEADINGS: &[&str] =
        &["acceptance", "definition of done", "done when", "success criteria", "exit criteria", "requirements"];
    let met = if reading.open_items >= 2 {
        Some(format!("a list of {} points to be done", reading.open_items))
    } else {
        heading(reading, HEADINGS).map(|s| format!("{} words on when it is done", s.words))
    };
    check("acceptance criteria", 16, met, "nothing says when it is done")
}

fn example(reading: &Reading) -> Check {
    let met = if reading.code_lines > 0 {
        Some(format!("{} lines of code or output", reading.code_lines))
    } else {
        (reading.links > 0).then(|| "a link to elsewhere".to_owned())
    };
    check("a reproduction, an example or a link", 10, met, "no code block and no link")
}

fn code(reading: &Reading, task: &Task) -> Check {
    let named = reading.names_code || paths::names_code(task.title.raw());
    let met = named.then(|| "a file, module or pull request is named".to_owned());
    check("the code it is about", 12, met, "no file, module or pull request is named")
}

fn agreed(task: &Task) -> Check {
    let open = task.labels.iter().any(|l| class(l.raw()) == Some(LabelClass::Negative));
    let question = task.title.raw().trim_end().ends_with('?');
    let met = (!open && !question).then(|| "no open question".to_owned());
    check("an agreed approach", 10, met, "a label or the title says that something is undecided")
}

fn sized(task: &Task) -> Check {
    const WORDS: &[&str] = &["size", "effort", "estimate", "difficulty", "complexity", "story point", "points"];
    let says = |label: &str| {
        let label = label.trim().to_lowercase();
        WORDS.iter().any(|w| label.starts_with(w)) || label.parse::<Size>().is_ok() || label == "xl"
    };
    let met = task.labels.iter().any(|l| says(l.raw())).then(|| "a label with its size".to_owned());
    check("a size or estimate", 8, met, "no size")
}

fn looked_at(days: Option<u32>) -> Check {
    let met = days.filter(|days| *days <= LOOK_DAYS).map(|days| format!("somebody of the host spoke {days} days ago"));
    let not = days.map_or("not known".to_owned(), |days| format!("the host spoke last {days} days ago"));
    check("looked at by the host in the last 180 days", 4, met, &not)
}

fn mentor(reading: &Reading, task: &Task, on_rotation: bool) -> Check {
    let met = if on_rotation {
        Some("the host has a mentor on rotation".to_owned())
    } else if task.labels.iter().any(|l| class(l.raw()) == Some(LabelClass::Mentored)) {
        Some("a label offers a mentor".to_owned())
    } else {
        reading.names_mentor.then(|| "a mentor or contact is named".to_owned())
    };
    check("a mentor or contact", 12, met, "nobody is named to ask")
}

fn labelled(task: &Task) -> Check {
    const KINDS: &[&str] = &["bug", "enhancement", "feature", "debt", "type", "kind", "ops"];
    const AREAS: &[&str] = &["area", "a-", "a/", "component", "module", "lang", "topic", "team", "skill", "domain"];
    let starts = |label: &str, words: &[&str]| words.iter().any(|w| label.starts_with(w));
    let (mut kind, mut area) = (false, false);
    for label in &task.labels {
        let text = label.raw().trim().to_lowercase();
        let is_area = starts(&text, AREAS);
        area |= is_area;
        let known = class(label.raw()).is_some_and(|c| c != LabelClass::Negative);
        kind |= !is_area && (known || starts(&text, KINDS));
    }
    let met = (kind && area).then(|| "labels for its kind and its area".to_owned());
    let not = match (kind, area) {
        (true, false) => "a label for its kind, none for its area",
        (false, true) => "a label for its area, none for its kind",
        _ => "no labels for its kind and its area",
    };
    check("labels for kind and area", 6, met, not)
}
