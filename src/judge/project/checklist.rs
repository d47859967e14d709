//! The first days in a project: what to get through, and where its documents tell how. What the documents were read for
//! and do not say is a gap, and a gap can be told to the host as a note: a finding of its own, which stands in no list
//! until somebody who stumbled over it sends it.

use super::{Evidence, Finding, Kind, Severity, draft::Draft, onboarding::says};
use crate::domain::{
    facts::{Document, ProjectFacts},
    ledger::Point,
    policy::Policy,
    project::{Permission, Project},
    size::Size,
    text::{safe_fit, safe_line},
};

/// Widest name of a section or a file, columns.
const NAME: usize = 60;

/// One point with where it is told how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub point: Point,
    /// How to do it, or that nobody wrote that down; one harmless sentence.
    pub how: String,
    /// Id of the finding that tells the host of the gap; `None` where there is no gap.
    pub gap: Option<String>,
}

/// The points of a project. `facts` is `None` where nothing was read of it.
pub fn checklist(project: Option<&Project>, facts: Option<&ProjectFacts>, policy: &Policy) -> Vec<Step> {
    let gaps = facts.map(frictions).unwrap_or_default();
    let gap = |point: Point| gaps.iter().find(|f| f.id == id(point)).map(|f| f.id.clone());
    let unread = || "its documents were not read yet: `floorwalk sync` reads them".to_owned();
    let step = |point: Point| {
        let told = match point {
            Point::Access => Some(access(project)),
            Point::Channel => channel(policy).or_else(|| facts.and_then(|f| section(f, point))),
            _ => facts.and_then(|f| section(f, point)),
        };
        let gap = gap(point).filter(|_| told.is_none());
        let missing = || if gap.is_some() { "its documents do not say".to_owned() } else { unread() };
        Step { point, how: told.unwrap_or_else(missing), gap }
    };
    Point::ALL.map(step).into()
}

fn access(project: Option<&Project>) -> String {
    match project.map(|p| p.permission).unwrap_or_default() {
        Permission::Unknown => "the tracker did not say what you may do there; ask before you need it".into(),
        Permission::Read => "you may read and comment: fork it, and open pull requests from there".into(),
        Permission::Triage => "you may label and assign: fork it, and open pull requests from there".into(),
        Permission::Write | Permission::Maintain | Permission::Admin => "you may push branches of your own".into(),
    }
}

fn channel(policy: &Policy) -> Option<String> {
    if policy.contact.is_empty() {
        return None;
    }
    let hours = if policy.hours_utc.is_empty() { String::new() } else { format!(", {} UTC", policy.hours_utc) };
    Some(safe_line(&format!("ask in {}{hours}", policy.contact)).into_owned())
}

/// Words of a heading below which a point is told.
fn words(point: Point) -> &'static [&'static str] {
    match point {
        Point::Access => &[],
        Point::Build => &["build", "compile", "develop", "setup", "set up", "install"],
        Point::Tests => &["test"],
        Point::Channel => &["contact", "communication", "support", "chat", "help", "slack", "question", "community"],
    }
}

/// `CONTRIBUTING.md, 'Building'`: the guide first, then the README.
fn section(facts: &ProjectFacts, point: Point) -> Option<String> {
    let documents = [&facts.contributing, &facts.readme];
    let found = |d: &Document| {
        let heading = d.headings.iter().find(|h| says(h, words(point)))?;
        Some(format!("{}, '{}'", d.path.fit(NAME), heading.words.fit(NAME)))
    };
    documents.into_iter().filter_map(|d| d.as_ref()?.as_ref()).find_map(found)
}

fn id(point: Point) -> String {
    format!("{}:{}", Kind::Contributing.word(), point.word())
}

/// A note for each point that the documents were read for and do not tell. Nobody sees them but who goes through the list.
pub fn frictions(facts: &ProjectFacts) -> Vec<Finding> {
    // What was not read is no gap.
    if facts.readme.is_none() || facts.contributing.is_none() {
        return Vec::new();
    }
    let missing = Point::ALL.into_iter().filter(|p| *p != Point::Access && section(facts, *p).is_none());
    missing.filter_map(|point| Some(friction(facts, point)?.finding(&facts.project))).collect()
}

fn friction(facts: &ProjectFacts, point: Point) -> Option<Draft<'static>> {
    let (what, done, covers): (_, &'static [&'static str], &'static [&'static [&'static str]]) = match point {
        Point::Access => return None,
        Point::Build => (
            "how to build it",
            &[
                "The guide or the README names the commands that build it on a fresh machine.",
                "Somebody new followed them.",
            ],
            &[&["how", "build"], &["document", "build"], &["build", "instruction"], &["contributing"]],
        ),
        Point::Tests => (
            "how to run the tests",
            &[
                "The guide or the README names the command that runs the tests, and how long they take.",
                "Somebody new followed it.",
            ],
            &[&["how", "test"], &["document", "test"], &["test", "instruction"], &["contributing"]],
        ),
        Point::Channel => (
            "where to ask",
            &["The guide or the README names a channel or a person, and how soon somebody answers."],
            &[&["where", "ask"], &["contact"], &["channel"], &["contributing"]],
        ),
    };
    let path = |d: &Option<Option<Document>>| d.as_ref()?.as_ref().map(|d| safe_fit(d.path.raw(), NAME).into_owned());
    let read: Vec<String> = [&facts.contributing, &facts.readme].into_iter().filter_map(path).collect();
    let read = if read.is_empty() {
        "no guide and no README are there".into()
    } else {
        format!("read {}", read.join(" and ").replace('`', "'"))
    };
    Some(Draft {
        kind: Kind::Contributing,
        of: point.word(),
        sentence: format!("a newcomer finds no words on {what}"),
        evidence: vec![Evidence { words: read, at: facts.looked_at }],
        severity: Severity::Minor,
        size: Size::XS,
        title: format!("Say {what}"),
        why: "Somebody who is new here stumbled over it in their first days, and so will the next one. A few lines are enough.",
        done,
        covers,
    })
}
