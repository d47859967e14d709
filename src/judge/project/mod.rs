//! Debt of a project itself, seen on the project and not yet written as a task: a red default branch, a schedule that was
//! switched off, files that are missing. Owns the facts it wants and the findings it makes of them. Fetches nothing.
//!
//! Where a fact was not read, nothing is found: an absent file is told apart from one that nobody looked for.

mod checklist;
mod deprecated;
mod draft;
mod find;
mod onboarding;
mod runs;

use jiff::Timestamp;
use serde::Serialize;

pub use self::{
    checklist::{Step, checklist, frictions},
    deprecated::{Outdated, Rule, outdated, parse as parse_rules, rules, telling},
    find::findings,
    onboarding::{Item, Onboarding},
};
pub use crate::domain::facts::{
    BotPulls, Conclusion, Document, Heading, Owner, ProjectFacts, Run, Text, Workflow, WorkflowState,
};
use crate::domain::{signal::SignalKind, size::Size};

/// How much it hurts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// Makes the project harder to enter or to keep.
    Minor,
    /// Keeps people from working or from finding the project.
    Major,
}

impl Severity {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// Which debt a finding is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The default branch is red.
    RedBranch,
    /// Runs of the same commit end this way and that.
    Flaky,
    /// Nothing checks the default branch.
    NoCi,
    /// A workflow was switched off.
    DisabledWorkflow,
    /// Parts of workflows that stop working.
    DeprecatedActions,
    /// Pull requests of a dependency bot wait.
    DependencyPulls,
    /// No README, or an empty one.
    Readme,
    /// No guide for contributors, or an empty one.
    Contributing,
    /// Nobody is named as owner.
    Owners,
    /// No templates for issues.
    Templates,
    /// No description.
    Description,
    /// Issues are switched off and no tracker is named.
    NoIssues,
    /// No label is in use.
    NoLabels,
}

impl Kind {
    /// The word used in `--json` and as the beginning of ids.
    pub fn word(self) -> &'static str {
        match self {
            Self::RedBranch => "red-branch",
            Self::Flaky => "flaky",
            Self::NoCi => "no-ci",
            Self::DisabledWorkflow => "disabled-workflow",
            Self::DeprecatedActions => "deprecated-actions",
            Self::DependencyPulls => "dependency-pulls",
            Self::Readme => "readme",
            Self::Contributing => "contributing",
            Self::Owners => "owners",
            Self::Templates => "templates",
            Self::Description => "description",
            Self::NoIssues => "no-issues",
            Self::NoLabels => "no-labels",
        }
    }

    /// The signal that a task made of it would carry.
    pub fn signal(self) -> Option<SignalKind> {
        match self {
            Self::RedBranch | Self::Flaky | Self::NoCi | Self::DisabledWorkflow | Self::DeprecatedActions => {
                Some(SignalKind::Ci)
            }
            Self::DependencyPulls => Some(SignalKind::Deps),
            Self::Readme | Self::Contributing | Self::Templates | Self::Description => Some(SignalKind::Docs),
            Self::Owners | Self::NoIssues | Self::NoLabels => None,
        }
    }

    /// True for what hides a project and its work from everybody else: the report on blind spots lists these.
    pub fn is_blind_spot(self) -> bool {
        matches!(self, Self::Owners | Self::Description | Self::NoIssues | Self::NoLabels)
    }
}

/// Something that was seen, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// One harmless sentence.
    pub words: String,
    /// When it happened, or when it was looked for.
    pub at: Timestamp,
}

/// Debt of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Unique within a project and the same as long as it lasts: `red-branch`, `disabled-workflow:nightly.yml`.
    pub id: String,
    /// Which debt.
    pub kind: Kind,
    /// What is the matter, one harmless sentence.
    pub sentence: String,
    /// What was seen, oldest first.
    pub evidence: Vec<Evidence>,
    /// When it began, as far as known.
    pub since: Timestamp,
    /// How much it hurts.
    pub severity: Severity,
    /// How big the work probably is.
    pub size: Size,
    /// Title of a task about it.
    pub title: String,
    /// Description of that task, Markdown, with acceptance criteria.
    pub body: String,
    /// Words of which a task that covers it has at least one whole group in its title, or our own key in its body.
    #[serde(skip)]
    pub(crate) covers: &'static [&'static [&'static str]],
}

impl Finding {
    /// The line that a task made of it carries, so that it is not made twice: `floorwalk-finding: owner/name red-branch`.
    pub fn key_line(project: &str, id: &str) -> String {
        format!("<!-- floorwalk-finding: {project} {id} -->")
    }

    /// The id of the finding that a task of this project was made of, by the line in its description.
    pub fn made_into(project: &str, body: &str) -> Option<String> {
        let key = |line: &str| {
            let inside = line.trim().strip_prefix("<!-- floorwalk-finding: ")?.strip_suffix(" -->")?;
            let (path, id) = inside.split_once(' ')?;
            (path.eq_ignore_ascii_case(project) && !id.is_empty() && !id.contains(' ')).then(|| id.to_owned())
        };
        body.lines().find_map(key)
    }

    /// True when an open task is about this already: it carries the key of the finding, or its title speaks of the same.
    /// Titles are compared by words, so a task that only mentions one of them covers nothing.
    pub fn is_covered_by<'a>(&self, open: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
        let key = self.body.lines().last().unwrap_or_default();
        open.into_iter().any(|(title, body)| {
            let words = title_words(title);
            let says = |group: &&[&str]| group.iter().all(|w| words.iter().any(|have| have == w));
            (!key.is_empty() && body.contains(key)) || self.covers.iter().any(says)
        })
    }
}

/// Words of a title in lower case, without endings of plurals, so that `workflows` is `workflow`.
fn title_words(title: &str) -> Vec<String> {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(|w| w.strip_suffix('s').filter(|stem| stem.len() > 3).unwrap_or(w).to_owned()).collect()
}
