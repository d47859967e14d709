//! Names of trackers, projects and tasks, and the only parser that accepts them. What does not match the
//! pattern never gets into a URL or a path.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Short, unique name of a tracker in the configuration: `gh`. Pattern `[a-z][a-z0-9-]{0,15}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackerName(Arc<str>);

/// A project on a tracker: a repository (`owner/name`) or a Jira project (`ABC`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawProjectRef")]
pub struct ProjectRef {
    /// The tracker that holds it.
    pub tracker: TrackerName,
    path: Arc<str>,
}

/// A project as it lies in a file, before the parser looked at it.
#[derive(Deserialize)]
struct RawProjectRef {
    tracker: TrackerName,
    path: String,
}

impl TryFrom<String> for TrackerName {
    type Error = KeyError;
    fn try_from(raw: String) -> Result<Self, KeyError> {
        Self::parse(&raw)
    }
}

impl From<TrackerName> for String {
    fn from(name: TrackerName) -> Self {
        name.0.as_ref().into()
    }
}

impl TryFrom<RawProjectRef> for ProjectRef {
    type Error = KeyError;
    fn try_from(raw: RawProjectRef) -> Result<Self, KeyError> {
        Self::parse(&raw.tracker, &raw.path)
    }
}

/// One task of one project. Shown as `owner/name#12` or `ABC-12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaskKey {
    /// Where the task lives.
    pub project: ProjectRef,
    /// Its number there, 1 or more; 0 for a task that the tracker does not have yet.
    pub number: u64,
}

/// Why a text is no key. The message is a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not of the form of a tracker name.
    #[error("'{0}' is no tracker name: lower-case letters, digits and '-', at most 16, starting with a letter")]
    Tracker(String),
    /// Not of the form of a repository or Jira project.
    #[error("'{0}' is no project: expected owner/name (GitHub) or ABC (Jira)")]
    Project(String),
    /// Not of the form of a task key.
    #[error(
        "'{0}' is no task key: expected owner/name#12 or ABC-12, with 'tracker:' in front where two trackers have it"
    )]
    Task(String),
}

fn shown(raw: &str) -> String {
    let cut: String = raw.chars().take(80).collect();
    super::text::safe_line(&cut).into_owned()
}

impl TrackerName {
    /// Parses and checks a tracker name.
    ///
    /// # Errors
    /// [`KeyError::Tracker`] when the pattern does not match.
    pub fn parse(raw: &str) -> Result<Self, KeyError> {
        let mut chars = raw.chars();
        let head = chars.next().is_some_and(|c| c.is_ascii_lowercase());
        let tail = chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if head && tail && raw.len() <= 16 { Ok(Self(raw.into())) } else { Err(KeyError::Tracker(shown(raw))) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrackerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_owner(s: &str) -> bool {
    let edge = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=39).contains(&s.len()) && s.starts_with(edge) && s.ends_with(edge) && s.chars().all(|c| edge(c) || c == '-')
}

fn is_repo(s: &str) -> bool {
    (1..=100).contains(&s.len())
        && s != "."
        && s != ".."
        && s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn is_jira(s: &str) -> bool {
    (2..=50).contains(&s.len())
        && s.starts_with(|c: char| c.is_ascii_uppercase())
        && s.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// True when `owner` may stand as an owner, organisation or user in a GitHub address.
pub fn is_github_owner(owner: &str) -> bool {
    is_owner(owner)
}

impl ProjectRef {
    /// Parses and checks a project path on `tracker`.
    ///
    /// # Errors
    /// [`KeyError::Project`] when it is neither `owner/name` nor a Jira project key.
    pub fn parse(tracker: &TrackerName, path: &str) -> Result<Self, KeyError> {
        let ok = match path.split_once('/') {
            Some((owner, name)) => is_owner(owner) && is_repo(name),
            None => is_jira(path),
        };
        if ok { Ok(Self { tracker: tracker.clone(), path: path.into() }) } else { Err(KeyError::Project(shown(path))) }
    }

    /// `owner/name` or `ABC`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands before the number of a task: `#` or `-`.
    pub fn separator(&self) -> &'static str {
        if self.path.contains('/') { "#" } else { "-" }
    }

    /// `owner` and `name` of a repository; `None` for a Jira project.
    pub fn owner_and_name(&self) -> Option<(&str, &str)> {
        self.path.split_once('/')
    }
}

impl fmt::Display for ProjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl TaskKey {
    /// A task of a known project.
    pub fn new(project: ProjectRef, number: u64) -> Self {
        Self { project, number }
    }

    /// The place of a task that the tracker does not have yet, shown as `owner/name#new`. Nobody can type it.
    pub fn unborn(project: ProjectRef) -> Self {
        Self { project, number: 0 }
    }

    /// True for a task that the tracker does not have yet.
    pub fn is_unborn(&self) -> bool {
        self.number == 0
    }

    /// The key with its tracker in front: `gh:owner/name#12`. Unique over all trackers.
    pub fn qualified(&self) -> String {
        format!("{}:{self}", self.project.tracker)
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = self.project.separator();
        match self.number {
            0 => write!(f, "{}{separator}new", self.project.path),
            number => write!(f, "{}{separator}{number}", self.project.path),
        }
    }
}

/// A key as a user types it: the tracker may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseKey {
    /// The tracker, when it was named.
    pub tracker: Option<TrackerName>,
    /// `owner/name` or `ABC`.
    pub path: String,
    /// The task's number.
    pub number: u64,
}

impl LooseKey {
    /// The key on a given tracker.
    ///
    /// # Errors
    /// [`KeyError::Project`] when the path does not fit.
    pub fn on(&self, tracker: &TrackerName) -> Result<TaskKey, KeyError> {
        Ok(TaskKey::new(ProjectRef::parse(tracker, &self.path)?, self.number))
    }
}

impl std::str::FromStr for LooseKey {
    type Err = KeyError;

    fn from_str(raw: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::Task(shown(raw));
        let (tracker, rest) = match raw.split_once(':') {
            Some((name, rest)) => (Some(TrackerName::parse(name).map_err(|_| wrong())?), rest),
            None => (None, raw),
        };
        let (path, number) = rest.rsplit_once('#').or_else(|| rest.rsplit_once('-')).ok_or_else(wrong)?;
        // `parse` alone would take a leading plus sign.
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        let number: u64 = number.parse().map_err(|_| wrong())?;
        if !digits || number == 0 || path.contains('/') != rest.contains('#') {
            return Err(wrong());
        }
        let probe = tracker.clone().unwrap_or(TrackerName("x".into()));
        ProjectRef::parse(&probe, path).map_err(|_| wrong())?;
        Ok(Self { tracker, path: path.into(), number })
    }
}
