//! How easy a project is to enter, 0–100 (onboarding readiness, model v1): what it says about itself, and whether it
//! builds. Only text that is there counts: an empty heading earns nothing. The part that is documentation is also given
//! alone.

use serde::Serialize;

use super::runs;
use crate::domain::facts::{Conclusion, Document, Heading, ProjectFacts};

/// Words from which on a section says something.
const SAYS: u32 = 15;
/// Days within which the default branch was green.
const GREEN_DAYS: i64 = 7;
/// Days within which somebody was brought in.
const ONBOARDED_DAYS: i64 = 90;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What is wanted.
    pub name: &'static str,
    /// Points it gives.
    pub points: u32,
    /// True when it is there; `None` when that was not read.
    pub met: Option<bool>,
    /// It is documentation.
    pub documentation: bool,
}

/// The verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Onboarding {
    /// Sum of what is there, 0–100.
    pub points: u32,
    /// All items.
    pub items: Vec<Item>,
    /// Points of items that were not read.
    pub unread: u32,
}

impl Onboarding {
    /// Judges a project.
    pub fn of(facts: &ProjectFacts) -> Self {
        let mut items = Vec::new();
        let mut add = |name, points, documentation, met| items.push(Item { name, points, met, documentation });
        let readme = facts.readme.as_ref().map(Option::as_ref);
        let guide = facts.contributing.as_ref().map(Option::as_ref);
        // A guide may also stand in the README.
        let either = |is: &dyn Fn(&Document) -> bool| match (readme, guide) {
            (None, None) => None,
            (a, b) => Some(a.flatten().is_some_and(is) || b.flatten().is_some_and(is)),
        };
        let has = |words: &'static [&'static str]| move |d: &Document| d.headings.iter().any(|h| says(h, words));
        add("README says what it is for", 10, true, readme.map(|d| d.is_some_and(|d| d.opening >= SAYS)));
        add("getting started names commands", 14, true, either(&|d| d.headings.iter().any(starts)));
        add(
            "guide says how to build",
            8,
            true,
            either(&has(&["build", "compile", "develop", "setup", "set up", "install"])),
        );
        add("guide says how to test", 8, true, either(&has(&["test"])));
        add(
            "guide says how to submit",
            6,
            true,
            either(&has(&["submit", "pull request", "patch", "contribut", "merge"])),
        );
        add(
            "guide says how soon somebody answers",
            4,
            true,
            either(&has(&["review", "response", "turnaround", "answer"])),
        );
        add(
            "a way to reach people",
            8,
            true,
            either(&has(&["contact", "communication", "support", "chat", "help", "slack", "question", "community"])),
        );
        let templates = facts.issue_templates.as_ref().zip(facts.pull_templates.as_ref());
        add("templates for issues and pull requests", 6, false, templates.map(|(i, p)| !i.is_empty() && !p.is_empty()));
        add("owners are named", 6, false, facts.owners.as_ref().map(|o| !o.is_empty()));
        add("default branch green in the last week", 12, false, facts.runs.as_ref().map(|_| is_green(facts)));
        add("an environment that anybody can build", 10, false, facts.environment.as_ref().map(|e| !e.is_empty()));
        let recent = facts.last_onboarded.is_some_and(|at| within(facts, at, ONBOARDED_DAYS));
        add("somebody came in during the last quarter", 8, false, Some(recent));
        let sum = |wanted: Option<bool>| items.iter().filter(|i| i.met == wanted).map(|i| i.points).sum();
        Self { points: sum(Some(true)), unread: sum(None), items }
    }

    /// How good the documentation is, 0–100: its items, rescaled.
    pub fn docs(&self) -> u32 {
        let docs = || self.items.iter().filter(|i| i.documentation);
        let all: u32 = docs().map(|i| i.points).sum();
        let met: u32 = docs().filter(|i| i.met == Some(true)).map(|i| i.points).sum();
        (met * 100 + all / 2).checked_div(all).unwrap_or_default()
    }

    /// What is missing and was looked for, what gives most first.
    pub fn missing(&self) -> Vec<&Item> {
        let mut missing: Vec<&Item> = self.items.iter().filter(|i| i.met == Some(false)).collect();
        missing.sort_by_key(|i| std::cmp::Reverse(i.points));
        missing
    }

    /// For the score: the points, or nothing known where more than half was not read.
    pub fn component(&self) -> crate::judge::score::Component {
        let known = f64::from(100_u32.saturating_sub(self.unread)) / 100.0;
        if known <= 0.5 {
            return crate::judge::score::Component::unknown();
        }
        crate::judge::score::Component::new(f64::from(self.points) / 100.0 / known, known)
    }
}

pub(super) fn says(heading: &Heading, words: &[&str]) -> bool {
    let title = heading.words.raw().to_lowercase();
    (heading.length >= SAYS || heading.has_code) && words.iter().any(|w| title.contains(w))
}

/// A section that gets somebody started and shows commands.
fn starts(heading: &Heading) -> bool {
    const WORDS: &[&str] =
        &["getting started", "quick start", "quickstart", "install", "usage", "setup", "set up", "build", "develop"];
    let title = heading.words.raw().to_lowercase();
    heading.has_code && WORDS.iter().any(|w| title.contains(w))
}

fn within(facts: &ProjectFacts, at: jiff::Timestamp, days: i64) -> bool {
    facts.looked_at.as_second().saturating_sub(at.as_second()) <= days * 86_400
}

/// Nothing is red, and something was green lately.
fn is_green(facts: &ProjectFacts) -> bool {
    let all = facts.runs.as_deref().unwrap_or_default();
    let lately = all.iter().any(|r| r.conclusion == Conclusion::Success && within(facts, r.at, GREEN_DAYS));
    lately && runs::red(all).is_empty()
}
