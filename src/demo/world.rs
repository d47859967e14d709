//! What the made-up server knows: accounts, repositories, issues, comments. Plain data with the few changes a
//! client can make to it. Knows no HTTP and no shape of an answer.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;

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
    pub draft: bool,
    pub head: String,
}

/// Something that happened to an issue, as the events endpoint tells it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub id: u64,
    pub kind: &'static str,
    pub actor: Option<UserIx>,
    pub at: Timestamp,
    pub label: Option<(String, String)>,
    pub assignee: Option<UserIx>,
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

/// Everything the server knows.
#[derive(Debug)]
pub(crate) struct World {
    pub users: Vec<User>,
    pub repos: Vec<Repo>,
    /// Logins of people in the order in which unknown tokens become them.
    pub people: Vec<String>,
    /// Members of the made-up organisation.
    pub members: Vec<UserIx>,
    user_by_login: HashMap<String, UserIx>,
    repo_by_name: HashMap<String, RepoIx>,
    /// Names that repositories had before.
    former: HashMap<String, RepoIx>,
    repo_by_node: HashMap<String, RepoIx>,
    issue_by_node: HashMap<String, (RepoIx, u64)>,
    comment_home: HashMap<u64, (RepoIx, u64)>,
    next: u64,
    /// Newest comment id; shared with the faults, which freeze reads at it.
    pub newest_comment: Arc<AtomicU64>,
}

const FIRST_ID: u64 = 2_700_000_000;
const FIRST_COMMENT: u64 = 3_100_000_000;

impl World {
    pub(crate) fn new() -> Self {
        Self {
            users: Vec::new(),
            repos: Vec::new(),
            people: Vec::new(),
            members: Vec::new(),
            user_by_login: HashMap::new(),
            repo_by_name: HashMap::new(),
            former: HashMap::new(),
            repo_by_node: HashMap::new(),
            issue_by_node: HashMap::new(),
            comment_home: HashMap::new(),
            next: FIRST_ID,
            newest_comment: Arc::new(AtomicU64::new(FIRST_COMMENT)),
        }
    }

    /// A fresh id for anything but a comment.
    pub(crate) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn user(&self, ix: UserIx) -> &User {
        &self.users[ix]
    }

    pub(crate) fn repo(&self, ix: RepoIx) -> &Repo {
        &self.repos[ix]
    }

    pub(crate) fn repo_mut(&mut self, ix: RepoIx) -> &mut Repo {
        &mut self.repos[ix]
    }

    pub(crate) fn find_user(&self, login: &str) -> Option<UserIx> {
        self.user_by_login.get(&login.to_lowercase()).copied()
    }

    /// The account of that login, made when it is new.
    pub(crate) fn intern(&mut self, login: &str, kind: Kind, id: Option<u64>) -> UserIx {
        if let Some(known) = self.find_user(login) {
            return known;
        }
        let id = id.unwrap_or_else(|| self.id());
        let prefix = if kind == Kind::Organization { "O" } else { "U" };
        self.users.push(User {
            id,
            node_id: format!("{prefix}_kgDO{id:x}"),
            login: login.into(),
            name: None,
            kind,
            description: None,
        });
        let ix = self.users.len() - 1;
        self.user_by_login.insert(login.to_lowercase(), ix);
        ix
    }

    pub(crate) fn add_repo(&mut self, repo: Repo) -> RepoIx {
        let key = format!("{}/{}", self.user(repo.owner).login, repo.name).to_lowercase();
        let ix = self.repos.len();
        self.repo_by_name.insert(key, ix);
        self.repo_by_node.insert(repo.node_id.clone(), ix);
        self.repos.push(repo);
        ix
    }

    pub(crate) fn add_issue(&mut self, repo: RepoIx, issue: Issue) {
        self.issue_by_node.insert(issue.node_id.clone(), (repo, issue.number));
        for comment in &issue.comments {
            self.comment_home.insert(comment.id, (repo, issue.number));
        }
        self.repo_mut(repo).insert(issue);
    }

    pub(crate) fn find_repo(&self, owner: &str, name: &str) -> Option<RepoIx> {
        self.repo_by_name.get(&format!("{owner}/{name}").to_lowercase()).copied()
    }

    /// Remembers an earlier name of a repository.
    pub(crate) fn rename(&mut self, owner: &str, former: &str, repo: RepoIx) {
        self.former.insert(format!("{owner}/{former}").to_lowercase(), repo);
    }

    /// The repository that once had that name.
    pub(crate) fn moved(&self, owner: &str, name: &str) -> Option<RepoIx> {
        self.former.get(&format!("{owner}/{name}").to_lowercase()).copied()
    }

    pub(crate) fn full_name(&self, repo: &Repo) -> String {
        format!("{}/{}", self.user(repo.owner).login, repo.name)
    }

    pub(crate) fn repo_by_node(&self, node: &str) -> Option<RepoIx> {
        self.repo_by_node.get(node).copied()
    }

    pub(crate) fn issue_by_node(&self, node: &str) -> Option<(RepoIx, u64)> {
        self.issue_by_node.get(node).copied()
    }

    pub(crate) fn comment_home(&self, id: u64) -> Option<(RepoIx, u64)> {
        self.comment_home.get(&id).copied()
    }

    /// A comment id above all earlier ones.
    pub(crate) fn comment_id(&mut self) -> u64 {
        self.newest_comment.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// How an account stands to a repository, in GitHub's words.
    pub(crate) fn association(&self, repo: RepoIx, user: UserIx) -> &'static str {
        if self.members.contains(&user) {
            "MEMBER"
        } else if self.repo(repo).owner == user {
            "OWNER"
        } else if self.repo(repo).permission(Some(user)) >= Permission::Write {
            "COLLABORATOR"
        } else {
            "NONE"
        }
    }

    /// Posts a comment; the issue moves. `None` when there is no such issue.
    pub(crate) fn comment(
        &mut self,
        repo: RepoIx,
        number: u64,
        author: UserIx,
        body: &str,
        at: Timestamp,
    ) -> Option<u64> {
        self.repo(repo).issues.get(&number)?;
        let id = self.comment_id();
        let association = self.association(repo, author);
        let comment =
            Comment { id, author: Some(author), body: body.into(), created_at: at, updated_at: at, association };
        self.repo_mut(repo).issues.get_mut(&number)?.comments.push(comment);
        self.repo_mut(repo).touch(number, at);
        self.comment_home.insert(id, (repo, number));
        Some(id)
    }

    /// Removes a comment; the issue moves.
    pub(crate) fn remove_comment(&mut self, id: u64, at: Timestamp) {
        if let Some((repo, number)) = self.comment_home.remove(&id) {
            if let Some(issue) = self.repo_mut(repo).issues.get_mut(&number) {
                issue.comments.retain(|c| c.id != id);
            }
            self.repo_mut(repo).touch(number, at);
        }
    }

    /// Notes an event on an issue, which moves.
    pub(crate) fn note(&mut self, repo: RepoIx, number: u64, event: Event) {
        let at = event.at;
        if let Some(issue) = self.repo_mut(repo).issues.get_mut(&number) {
            issue.events.push(event);
        }
        self.repo_mut(repo).touch(number, at);
    }
}

/// A moment without fractions of a second, as GitHub's clock has it.
pub(crate) fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
