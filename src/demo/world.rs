//! What the made-up server knows: accounts, repositories, issues, comments, by name and id. Knows no HTTP and no shape
//! of an answer; what people do in it is told by `acts`.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;

use super::jira::Jira;
pub(crate) use super::record::*;

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
    /// The Jira half.
    pub jira: Jira,
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
            jira: Jira::default(),
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
        let writes = self.repo(repo).permission(Some(user)) >= Permission::Write;
        match self.members.contains(&user) {
            _ if self.repo(repo).owner == user => "OWNER",
            true if writes => "MEMBER",
            false if writes => "COLLABORATOR",
            // Membership is not shown to everybody: colleagues of other teams look like anybody who has helped before.
            true => "CONTRIBUTOR",
            false => "NONE",
        }
    }

    /// Remembers where a comment is.
    pub(crate) fn remember_comment(&mut self, id: u64, repo: RepoIx, number: u64) {
        self.comment_home.insert(id, (repo, number));
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
}
