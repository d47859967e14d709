//! People as trackers show them. Team and identity across trackers belong to the registry, not here.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::text::Foreign;

/// How an account is addressed on its tracker: a login name, or the account id of a Jira site. Compared without regard
/// to ASCII case, as GitHub does; never folded beyond ASCII, so that a look-alike stays a different person.
///
/// An id is no word for people, so a name may come along: it is what is shown, and never what is compared.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "StoredLogin", into = "StoredLogin")]
pub struct Login {
    address: Foreign,
    name: Option<Foreign>,
}

/// A login as it lies in a file: a plain text where no name came along.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredLogin {
    Plain(Foreign),
    Named { login: Foreign, name: Foreign },
}

impl From<StoredLogin> for Login {
    fn from(stored: StoredLogin) -> Self {
        match stored {
            StoredLogin::Plain(address) => Self { address, name: None },
            StoredLogin::Named { login, name } => Self { address: login, name: Some(name) },
        }
    }
}

impl From<Login> for StoredLogin {
    fn from(login: Login) -> Self {
        match login.name {
            None => Self::Plain(login.address),
            Some(name) => Self::Named { login: login.address, name },
        }
    }
}

impl Login {
    /// Wraps a login as the tracker sent it.
    pub fn new(raw: impl Into<String>) -> Self {
        Self { address: Foreign::new(raw), name: None }
    }

    /// An address that is no word for people, and the name that is.
    pub fn named(address: impl Into<String>, name: impl Into<String>) -> Self {
        let name = Foreign::new(name);
        Self { address: Foreign::new(address), name: (!name.raw().trim().is_empty()).then_some(name) }
    }

    /// The raw address: for the tracker, for the store, for comparing.
    pub fn raw(&self) -> &str {
        self.address.raw()
    }

    /// The name that came along, if one did.
    pub fn name(&self) -> Option<&Foreign> {
        self.name.as_ref()
    }

    /// What people call it: the name, else the address.
    pub fn shown(&self) -> &Foreign {
        self.name.as_ref().unwrap_or(&self.address)
    }

    /// [`Login::shown`] as one harmless row.
    pub fn line(&self) -> Cow<'_, str> {
        self.shown().line()
    }

    /// [`Login::line`] cut to `columns` columns.
    pub fn fit(&self, columns: usize) -> Cow<'_, str> {
        self.shown().fit(columns)
    }
}

impl From<Foreign> for Login {
    fn from(address: Foreign) -> Self {
        Self { address, name: None }
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
    /// How it is addressed, which may change on GitHub and Data Center.
    pub login: Login,
    /// The number that never changes: GitHub's own id, or one made of a Jira account id; 0 when the tracker did not say.
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
