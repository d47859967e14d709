//! The configuration as values, defaults filled in.

use std::{fmt, path::PathBuf};

use crate::{
    domain::{
        key::{ProjectRef, TrackerName},
        person::Login,
    },
    keymap::Shipped,
};

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `[me] handle`: default is the login the token belongs to.
    pub handle: Option<Login>,
    /// `[me] preset`: name of the weights of the score; default is `default`.
    pub preset: Option<String>,
    /// `registry`: teams, people and what hosts allow.
    pub registry: Option<RegistryPlace>,
    /// `[[tracker]]` tables, in order.
    pub trackers: Vec<TrackerConfig>,
    /// `[[view]]` tables, in order.
    pub views: Vec<ViewConfig>,
    /// `[claim]`.
    pub claim: ClaimConfig,
    /// `[ui]`.
    pub ui: UiConfig,
}

/// One `[[view]]`: a saved query, as it is written. What reads it checks what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewConfig {
    /// `name`.
    pub name: String,
    /// `query`.
    pub query: String,
    /// Line and column of the query in the file, from 1.
    pub place: (usize, usize),
    /// `sort`, with its line and column.
    pub sort: Option<(String, (usize, usize))>,
    /// `github`: a search in GitHub's own language that narrows it.
    pub github: Option<String>,
    /// `jql`: a search in Jira's own language that narrows it.
    pub jql: Option<String>,
}

impl ViewConfig {
    /// True when trackers are asked for a part of what it lists.
    pub fn has_filter(&self) -> bool {
        self.github.is_some() || self.jql.is_some()
    }
}

/// Where the registry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryPlace {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A repository on a configured tracker.
    Repository {
        /// The repository, with its tracker.
        project: ProjectRef,
        /// A folder in it, without slashes at the ends; empty for all of it.
        folder: String,
    },
}

impl fmt::Display for RegistryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => f.write_str(&crate::domain::text::safe_line(&path.to_string_lossy())),
            Self::Repository { project, folder } if folder.is_empty() => write!(f, "{}:{project}", project.tracker),
            Self::Repository { project, folder } => write!(f, "{}:{project}/{folder}", project.tracker),
        }
    }
}

/// `[claim]`: how commitments show on a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimConfig {
    /// `label`: the one label that marks a task with a live commitment.
    pub label: String,
}

impl Default for ClaimConfig {
    fn default() -> Self {
        Self { label: "floating-help".into() }
    }
}

/// `[ui]`: how the screens look and listen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UiConfig {
    /// `keymap`.
    pub keymap: Shipped,
    /// `theme`: name of a theme; default is `auto`.
    pub theme: Option<String>,
    /// `mouse`: the screens take the mouse.
    pub mouse: bool,
    /// `bell`: the bell rings when something needs the user.
    pub bell: bool,
    /// `notify`: the desktop shows a notice then.
    pub notify: Notify,
    /// `resume = false`: the screens begin at the list instead of where they were left.
    pub afresh: bool,
}

/// How the desktop is told that something needs the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notify {
    /// Not at all.
    #[default]
    Off,
    /// As the terminal understands it.
    Auto,
    /// By OSC 9.
    Osc9,
    /// By OSC 777.
    Osc777,
    /// By OSC 99.
    Osc99,
}

impl Notify {
    /// All, in the order of the reference.
    pub const ALL: [Self; 5] = [Self::Off, Self::Auto, Self::Osc9, Self::Osc777, Self::Osc99];

    /// As it is written in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Auto => "auto",
            Self::Osc9 => "osc9",
            Self::Osc777 => "osc777",
            Self::Osc99 => "osc99",
        }
    }
}

/// Protocol of a tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackerKind {
    /// github.com or GitHub Enterprise.
    GitHub,
    /// Jira Cloud or Data Center; which of them, the site tells.
    Jira,
}

impl TrackerKind {
    /// As it is written in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Jira => "jira",
        }
    }
}

/// One `[[tracker]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerConfig {
    /// `name`.
    pub name: TrackerName,
    /// `kind`.
    pub kind: TrackerKind,
    /// `url`: address people open, without a trailing slash.
    pub url: String,
    /// `api_url`: REST base, only where it cannot be derived.
    pub api_url: Option<String>,
    /// `token_env`: variable that holds the token.
    pub token_env: Option<String>,
    /// `token_command`: program that prints the token, with its arguments; empty for none.
    pub token_command: Vec<String>,
    /// `orgs`.
    pub orgs: Vec<String>,
    /// `users`.
    pub users: Vec<String>,
    /// `topics`.
    pub topics: Vec<String>,
    /// `repos`, as `owner/name`.
    pub repos: Vec<String>,
    /// `email`: goes with an API token of Jira Cloud.
    pub email: Option<String>,
    /// `projects`: keys of Jira projects.
    pub projects: Vec<String>,
    /// `jql`: only what this search finds.
    pub jql: Option<String>,
    /// `transition`: a claim moves the task to work in progress, a hand-back moves it back.
    pub transition: bool,
}

impl TrackerConfig {
    /// A tracker that reads nothing yet.
    pub fn new(name: TrackerName, kind: TrackerKind, url: impl Into<String>) -> Self {
        Self {
            name,
            kind,
            url: url.into(),
            api_url: None,
            token_env: None,
            token_command: Vec::new(),
            orgs: Vec::new(),
            users: Vec::new(),
            topics: Vec::new(),
            repos: Vec::new(),
            email: None,
            projects: Vec::new(),
            jql: None,
            transition: false,
        }
    }
}
