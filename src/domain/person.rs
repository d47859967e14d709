//! People as trackers show them. Team and identity across trackers belong to the registry, not here.

use serde::{Deserialize, Serialize};

use super::text::Foreign;

/// A login name. Compared without regard to ASCII case, as GitHub does; never folded beyond ASCII, so that a
/// look-alike stays a different person.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Login(pub Foreign);

impl Login {
    /// Wraps a login as the tracker sent it.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(Foreign::new(raw))
    }

    /// The raw login.
    pub fn raw(&self) -> &str {
        self.0.raw()
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.raw().eq_ignore_ascii_case(other.raw())
    }
}
impl Eq for Login {}

/// Human or machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// A person.
    #[default]
    Human,
    /// A bot account.
    Bot,
}

/// An account on a tracker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The login, which may change.
    pub login: Login,
    /// The numeric id, which never changes; 0 when the tracker did not say.
    pub id: u64,
    /// Human or bot.
    pub kind: PersonKind,
}

impl Person {
    /// A human account.
    pub fn human(login: impl Into<String>, id: u64) -> Self {
        Self { login: Login::new(login), id, kind: PersonKind::Human }
    }
}

/// What a comment's author is to the project, as the tracker attests it. What follows from it is decided by
/// [`super::authority`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Association {
    /// Owner of the project.
    Owner,
    /// Member of the owning organisation.
    Member,
    /// Invited collaborator.
    Collaborator,
    /// Contributed before, or nothing of that kind.
    #[default]
    Other,
}
