//! The configuration as values, defaults filled in.

use crate::domain::{key::TrackerName, person::Login};

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `[me] handle`: default is the login the token belongs to.
    pub handle: Option<Login>,
    /// `[[tracker]]` tables, in order.
    pub trackers: Vec<TrackerConfig>,
    /// `[claim]`.
    pub claim: ClaimConfig,
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

/// Protocol of a tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackerKind {
    /// github.com or GitHub Enterprise.
    GitHub,
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
    /// `orgs`.
    pub orgs: Vec<String>,
    /// `users`.
    pub users: Vec<String>,
    /// `topics`.
    pub topics: Vec<String>,
    /// `repos`, as `owner/name`.
    pub repos: Vec<String>,
}
