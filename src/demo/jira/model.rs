//! The rows of the Jira half of the made-up server: project, issue, comment, change. Plain data that knows its
//! neighbours only by their places, and nothing of how a dialect shows it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date};
use serde_json::Value;

use super::super::world::UserIx;

/// Place of an issue in the store; never used again after the issue is deleted.
pub(crate) type IssueIx = usize;
/// Place of a project in the store.
pub(crate) type ProjectIx = usize;

/// Which Jira speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// Jira Cloud: account ids, REST 3 with rich text, token paging.
    Cloud,
    /// Jira Data Center: user names, REST 2 with wiki text, offset paging.
    DataCenter,
}

/// Words as somebody sent them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Text {
    /// Atlassian's document format.
    Adf(Arc<Value>),
    /// Wiki markup, or just words.
    Wiki(Arc<str>),
}

/// Names that the server keeps in tables: statuses, types, priorities, resolutions, components, versions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub id: u64,
    pub name: String,
    pub description: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    New,
    Indeterminate,
    Done,
}

impl Category {
    /// Id, key, colour, name.
    pub(crate) fn words(self) -> (u64, &'static str, &'static str, &'static str) {
        match self {
            Self::New => (2, "new", "blue-gray", "To Do"),
            Self::Indeterminate => (4, "indeterminate", "yellow", "In Progress"),
            Self::Done => (3, "done", "green", "Done"),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Status {
    pub named: Named,
    pub category: Category,
}

#[derive(Clone, Debug)]
pub(crate) struct Type {
    pub named: Named,
    pub subtask: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub named: Named,
    pub lead: Option<UserIx>,
}

#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub named: Named,
    pub released: bool,
    pub archived: bool,
    pub date: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SprintState {
    Future,
    Active,
    Closed,
}

impl SprintState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Sprint {
    pub id: u64,
    pub name: String,
    pub state: SprintState,
    pub board: u64,
    pub goal: String,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub complete: Option<Timestamp>,
}

/// What an account may do, see `permission`.
pub(crate) type Rights = u32;

/// A step of a workflow; every status is reached by one of these.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub id: u64,
    pub name: String,
    /// Place of the status it leads to.
    pub to: usize,
    /// Statuses it starts from; empty for all others.
    pub from: Vec<usize>,
    /// It asks for a resolution.
    pub resolves: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub description: String,
    pub lead: Option<UserIx>,
    /// `software`, `business` or `service_desk`.
    pub kind: &'static str,
    /// The only dialect that shows it; `None` for both.
    pub only: Option<Dialect>,
    pub components: Vec<Component>,
    pub versions: Vec<Version>,
    /// Issues by the number in their key.
    pub issues: BTreeMap<u64, IssueIx>,
    pub steps: Vec<Step>,
    /// What nobody in particular may do, with an account and without one.
    pub everyone: Rights,
    pub anonymous: Rights,
    pub grants: HashMap<UserIx, Rights>,
}

impl Project {
    pub(crate) fn rights(&self, who: Option<UserIx>) -> Rights {
        who.map_or(self.anonymous, |u| self.grants.get(&u).copied().unwrap_or(self.everyone))
    }

    pub(crate) fn service_desk(&self) -> bool {
        self.kind == "service_desk"
    }
}

/// Who alone may read a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visibility {
    /// `role` or `group`.
    pub kind: String,
    pub value: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub id: u64,
    pub author: Option<UserIx>,
    pub editor: Option<UserIx>,
    pub body: Text,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub properties: BTreeMap<String, Value>,
    pub visibility: Option<Visibility>,
}

impl Comment {
    /// In a service project a comment is read by the customer unless it is marked as internal.
    pub(crate) fn internal(&self) -> bool {
        let mark = self.properties.get("sd.public.comment").and_then(|v| v.get("internal"));
        mark.is_some_and(|v| v == &Value::Bool(true) || v == "true")
    }
}

/// One field of a change: ids and words before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Item {
    /// As the changelog names it: `assignee`, `labels`, `Sprint`, `RemoteIssueLink`.
    pub field: &'static str,
    pub from: Option<String>,
    pub from_words: Option<String>,
    pub to: Option<String>,
    pub to_words: Option<String>,
    /// Accounts before and after, whose ids differ between the dialects.
    pub people: Option<(Option<UserIx>, Option<UserIx>)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub id: u64,
    pub author: Option<UserIx>,
    pub at: Timestamp,
    pub items: Vec<Item>,
}

#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub id: u64,
    /// Name, inward words, outward words.
    pub kind: (String, String, String),
    pub outward: bool,
    /// The other issue, by key: it may be in a project that is not here.
    pub key: String,
    pub summary: String,
    pub status: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Remote {
    pub id: u64,
    pub global_id: Option<String>,
    pub relationship: Option<String>,
    pub application: Value,
    pub object: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub id: u64,
    pub project: ProjectIx,
    pub number: u64,
    pub summary: Arc<str>,
    pub description: Option<Text>,
    pub environment: Option<Text>,
    pub kind: usize,
    pub status: usize,
    pub resolution: Option<usize>,
    pub resolved: Option<Timestamp>,
    pub priority: Option<usize>,
    pub labels: Vec<String>,
    /// Places in the project's tables.
    pub components: Vec<usize>,
    pub versions: Vec<usize>,
    pub affects: Vec<usize>,
    pub assignee: Option<UserIx>,
    pub reporter: Option<UserIx>,
    pub creator: Option<UserIx>,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub due: Option<Date>,
    pub voters: BTreeSet<UserIx>,
    /// Votes and watchers beyond those that are known by name.
    pub more_votes: u64,
    pub watchers: BTreeSet<UserIx>,
    pub more_watchers: u64,
    pub links: Vec<Link>,
    pub parent: Option<String>,
    pub epic: Option<String>,
    pub subtasks: Vec<String>,
    /// Oldest first.
    pub comments: Vec<Comment>,
    pub sprints: Vec<usize>,
    pub points: Option<f64>,
    pub flagged: bool,
    pub changes: Vec<Change>,
    pub properties: BTreeMap<String, Value>,
    pub remotes: Vec<Remote>,
}

impl Issue {
    /// An issue with nothing but what every issue has.
    pub(crate) fn bare(id: u64, (project, number): (ProjectIx, u64), summary: &str, at: Timestamp) -> Self {
        Self {
            id,
            project,
            number,
            summary: summary.into(),
            description: None,
            environment: None,
            kind: 0,
            status: 0,
            resolution: None,
            resolved: None,
            priority: None,
            labels: Vec::new(),
            components: Vec::new(),
            versions: Vec::new(),
            affects: Vec::new(),
            assignee: None,
            reporter: None,
            creator: None,
            created: at,
            updated: at,
            due: None,
            voters: BTreeSet::new(),
            more_votes: 0,
            watchers: BTreeSet::new(),
            more_watchers: 0,
            links: Vec::new(),
            parent: None,
            epic: None,
            subtasks: Vec::new(),
            comments: Vec::new(),
            sprints: Vec::new(),
            points: None,
            flagged: false,
            changes: Vec::new(),
            properties: BTreeMap::new(),
            remotes: Vec::new(),
        }
    }

    pub(crate) fn votes(&self) -> u64 {
        self.voters.len() as u64 + self.more_votes
    }

    pub(crate) fn watches(&self) -> u64 {
        self.watchers.len() as u64 + self.more_watchers
    }
}
