//! What somebody has been through in a project they are new to, on this machine only: access, build, tests, whom to ask.
//! Plain data; knows no store and no screen.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::key::ProjectRef;

/// One point of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// What one may do there.
    Access,
    /// It builds here.
    Build,
    /// The tests run here.
    Tests,
    /// Where the first question goes.
    Channel,
}

impl Point {
    /// All points, in the order they are gone through.
    pub const ALL: [Self; 4] = [Self::Access, Self::Build, Self::Tests, Self::Channel];

    /// As written on the command line and in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::Channel => "channel",
        }
    }

    /// The point of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|point| point.word() == word)
    }

    /// What is ticked off, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Access => "I can get at it",
            Self::Build => "it builds here",
            Self::Tests => "the tests run here",
            Self::Channel => "I know where to ask",
        }
    }
}

/// When each point of one project was ticked off.
pub type Ticks = BTreeMap<Point, Timestamp>;

/// Begin of the names under which ticks are kept.
const NAME: &str = "onboarding ";

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    project: ProjectRef,
    ticks: Ticks,
}

/// The named value that keeps the ticks of a project.
pub fn value(project: &ProjectRef, ticks: &Ticks) -> (String, String) {
    let kept = Kept { project: project.clone(), ticks: ticks.clone() };
    // Cannot fail: a plain struct with text keys.
    (format!("{NAME}{}:{}", project.tracker, project.path()), serde_json::to_string(&kept).unwrap_or_default())
}

/// All ticks that named values keep; what cannot be read is left out.
pub fn of(values: &[(String, String)]) -> HashMap<ProjectRef, Ticks> {
    let kept = values.iter().filter(|(name, _)| name.starts_with(NAME));
    kept.filter_map(|(_, value)| serde_json::from_str::<Kept>(value).ok()).map(|k| (k.project, k.ticks)).collect()
}
