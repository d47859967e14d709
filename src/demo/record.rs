//! The rows of the made-up server: account, repository, label, issue, comment, pull request, event. Plain data that
//! knows of its neighbours only by their places.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use crate::domain::evidence::Checks;

/// Place of an account in [`World::users`]; minted by [`World::intern`], never taken back.
pub(crate) type UserIx = usize;
/// Place of a repository in [`World::repos`]; minted by [`World::add_repo`], never taken back.
pub(crate) type RepoIx = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Bot,
    Organization,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Bot => "Bot",
            Self::Organization => "Organization",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: u64,
    pub node_id: String,
    pub login: String,
    pub name: Option<String>,
    pub kind: Kind,
    pub description: Option<String>,
}

/// What an account may do in a repository, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Permission {
    None,
    Read,
    Triage,
    Write,
    Admin,
}

impl Permission {
    pub(crate) fn graphql(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Read => Some("READ"),
            Self::Triage => Some("TRIAGE"),
            Self::Write => Some("WRITE"),
            Self::Admin => Some("ADMIN"),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub id: u64,
    pub name: String,
    pub color: String,
    pub description: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Milestone {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    pub due_on: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Open and closed issues under it, kept in step by [`Repo::insert`].
    pub open: usize,
    pub closed: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub id: u64,
    pub author: Option<UserIx>,
    pub body: Arc<str>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub association: &'static str,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Pull {
    pub merged_at: Option<Timestamp>,
    pub merged_by: Option<UserIx>,
    pub draft: bool,
    /// Name of its branch.
    pub head: String,
    /// Its last commit, 40 hexadecimal digits.
    pub sha: String,
    pub commits: u64,
    /// Accounts whose review is asked for.
    pub reviewers: Vec<UserIx>,
    pub checks: Checks,
    /// When the checks changed last.
    pub checked_at: Option<Timestamp>,
}

/// What an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing but its kind says more.
    #[default]
    Plain,
    /// Name and colour.
    Label(String, String),
    Assignee(UserIx),
    /// `completed`, `not_planned`; how it was closed.
    Reason(Option<String>),
    /// The issue or pull request that mentions this one.
    Source(RepoIx, u64),
    /// A commit, or the state of the branch after the event.
    Commit {
        sha: String,
        message: String,
    },
    /// `approved`, `changes_requested`, `commented`.
    Review {
        state: &'static str,
        body: String,
        sha: String,
    },
    Reviewer(UserIx),
}

/// Something that happened to an issue or pull request, as its timeline tells it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub id: u64,
    pub kind: &'static str,
    pub actor: Option<UserIx>,
    pub at: Timestamp,
    pub detail: Detail,
}

#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub id: u64,
    pub node_id: String,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub open: bool,
    pub state_reason: Option<String>,
    pub author: Option<UserIx>,
    /// Places in [`Repo::labels`].
    pub labels: Vec<usize>,
    pub assignees: Vec<UserIx>,
    /// Place in [`Repo::milestones`].
    pub milestone: Option<usize>,
    /// Ascending ids.
    pub comments: Vec<Comment>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub locked: bool,
    /// `+1 -1 laugh confused heart hooray eyes rocket`.
    pub reactions: [u64; 8],
    pub association: &'static str,
    pub pull: Option<Pull>,
    pub events: Vec<Event>,
}

/// State of the default branch's checks.
#[derive(Clone, Debug)]
pub(crate) struct Ci {
    /// `SUCCESS`, `FAILURE`, `PENDING`.
    pub state: &'static str,
    /// Start of the present red streak.
    pub red_since: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Repo {
    pub id: u64,
    pub node_id: String,
    pub owner: UserIx,
    pub name: String,
    pub description: Option<String>,
    pub language: Option<String>,
    pub default_branch: String,
    pub topics: Vec<String>,
    pub archived: bool,
    pub has_issues: bool,
    pub private: bool,
    pub created_at: Timestamp,
    pub pushed_at: Timestamp,
    pub stars: u64,
    pub ci: Option<Ci>,
    pub labels: Vec<Label>,
    pub milestones: Vec<Milestone>,
    pub issues: BTreeMap<u64, Issue>,
    /// `(updated_at, number)`, kept in step by [`Repo::touch`].
    pub by_updated: BTreeSet<(Timestamp, u64)>,
    /// Open issues and pull requests, which GitHub counts together; kept in step by [`Repo::insert`].
    pub open: usize,
    /// What an account with a token may do when it is not in `grants`.
    pub everyone: Permission,
    pub grants: HashMap<UserIx, Permission>,
    /// Text files of the default branch, by path.
    pub files: BTreeMap<String, String>,
    pub workflows: Vec<Workflow>,
}

/// A workflow of the default branch.
#[derive(Clone, Debug)]
pub(crate) struct Workflow {
    pub id: u64,
    pub name: String,
    pub path: String,
    /// In GitHub's words.
    pub state: &'static str,
    pub changed_at: Timestamp,
    pub runs: Vec<Run>,
}

/// A run of a workflow that has ended.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub id: u64,
    pub number: u64,
    pub sha: String,
    pub event: &'static str,
    pub conclusion: &'static str,
    pub attempt: u64,
    pub at: Timestamp,
}

impl Repo {
    /// Adds an issue, or puts it in the place of the one with its number.
    pub(crate) fn insert(&mut self, issue: Issue) {
        if let Some(old) = self.issues.remove(&issue.number) {
            self.by_updated.remove(&(old.updated_at, old.number));
            self.count(&old, |n| n.saturating_sub(1));
        }
        self.by_updated.insert((issue.updated_at, issue.number));
        self.count(&issue, |n| n + 1);
        self.issues.insert(issue.number, issue);
    }

    fn count(&mut self, issue: &Issue, change: impl Fn(usize) -> usize) {
        if issue.open {
            self.open = change(self.open);
        }
        if let Some(milestone) = issue.milestone.and_then(|m| self.milestones.get_mut(m)) {
            let counter = if issue.open { &mut milestone.open } else { &mut milestone.closed };
            *counter = change(*counter);
        }
    }

    /// Starts counting afresh, for when all issues are added again.
    pub(crate) fn forget_counts(&mut self) {
        self.by_updated.clear();
        self.open = 0;
        for milestone in &mut self.milestones {
            (milestone.open, milestone.closed) = (0, 0);
        }
    }

    /// Notes a change of an issue.
    pub(crate) fn touch(&mut self, number: u64, at: Timestamp) {
        if let Some(issue) = self.issues.get_mut(&number) {
            self.by_updated.remove(&(issue.updated_at, number));
            issue.updated_at = issue.updated_at.max(at);
            self.by_updated.insert((issue.updated_at, number));
        }
    }

    pub(crate) fn label_named(&self, name: &str) -> Option<usize> {
        self.labels.iter().position(|l| l.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn permission(&self, who: Option<UserIx>) -> Permission {
        match who {
            None if self.private => Permission::None,
            None => Permission::Read,
            Some(user) => self.grants.get(&user).copied().unwrap_or(self.everyone),
        }
    }
}

/// A moment without fractions of a second, as GitHub's clock has it.
pub(crate) fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
