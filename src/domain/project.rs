//! A project (repository or Jira project), what one may do there, and why it may be left out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{key::ProjectRef, text::Foreign};

/// What the user may do in a project, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// The tracker did not say.
    #[default]
    Unknown,
    /// Read and comment.
    Read,
    /// Label and assign.
    Triage,
    /// Push.
    Write,
    /// Maintain.
    Maintain,
    /// Administer.
    Admin,
}

/// Why a known project is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Archived: read-only, nobody can claim there.
    Archived,
    /// Disabled by the tracker.
    Disabled,
    /// Issues are switched off.
    IssuesOff,
}

impl SkipReason {
    /// The reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Disabled => "disabled by the tracker",
            Self::IssuesOff => "issues are switched off",
        }
    }
}

/// A project as last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its name on its tracker.
    pub project: ProjectRef,
    /// Numeric id, stable over renames; 0 when unknown.
    pub id: u64,
    /// GraphQL node id, when known.
    pub node_id: Option<String>,
    /// Description.
    pub description: Foreign,
    /// Topics.
    pub topics: Vec<Foreign>,
    /// Main language.
    pub language: Option<Foreign>,
    /// Default branch.
    pub default_branch: Option<Foreign>,
    /// Read-only.
    pub archived: bool,
    /// Disabled by the tracker.
    pub disabled: bool,
    /// Issues are switched on.
    pub has_issues: bool,
    /// A fork of another repository.
    pub fork: bool,
    /// Not public.
    pub private: bool,
    /// Last push.
    pub pushed_at: Option<Timestamp>,
    /// What the user may do here.
    pub permission: Permission,
}

impl Project {
    /// Why this project is not read, if it is not.
    pub fn skip_reason(&self) -> Option<SkipReason> {
        if self.archived {
            Some(SkipReason::Archived)
        } else if self.disabled {
            Some(SkipReason::Disabled)
        } else if !self.has_issues {
            Some(SkipReason::IssuesOff)
        } else {
            None
        }
    }
}
