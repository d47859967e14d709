//! What people do in the made-up world: comment, assign, label, close, and everything around a pull request. Each act
//! leaves the rows that GitHub's timeline shows for it. Whether somebody may is asked before; knows no HTTP.

use jiff::Timestamp;

use super::world::{Comment, Detail, Event, Issue, Label, Pull, RepoIx, UserIx, World};
use crate::domain::evidence::Checks;

/// Who acts, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub who: UserIx,
    pub at: Timestamp,
}

/// A pull request to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Opening<'a> {
    pub title: &'a str,
    pub body: &'a str,
    pub draft: bool,
}

/// Words that close the issue named after them when a pull request is merged.
const CLOSING: [&str; 9] = ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"];

impl World {
    /// Notes an event on an issue, which moves.
    pub(crate) fn note(&mut self, repo: RepoIx, number: u64, kind: &'static str, by: By, detail: Detail) {
        let event = Event { id: self.id(), kind, actor: Some(by.who), at: by.at, detail };
        if let Some(issue) = self.repo_mut(repo).issues.get_mut(&number) {
            issue.events.push(event);
        }
        self.repo_mut(repo).touch(number, by.at);
    }

    /// Posts a comment; the issue moves. `None` when there is no such issue.
    pub(crate) fn comment(&mut self, repo: RepoIx, number: u64, by: By, body: &str) -> Option<u64> {
        self.repo(repo).issues.get(&number)?;
        let id = self.comment_id();
        let association = self.association(repo, by.who);
        let comment =
            Comment { id, author: Some(by.who), body: body.into(), created_at: by.at, updated_at: by.at, association };
        self.repo_mut(repo).issues.get_mut(&number)?.comments.push(comment);
        self.repo_mut(repo).touch(number, by.at);
        self.remember_comment(id, repo, number);
        Some(id)
    }

    /// Replaces the words of a comment; the issue moves.
    pub(crate) fn edit_comment(&mut self, id: u64, body: &str, at: Timestamp) {
        let Some((repo, number)) = self.comment_home(id) else { return };
        let found = self.repo_mut(repo).issues.get_mut(&number);
        if let Some(comment) = found.and_then(|i| i.comments.iter_mut().find(|c| c.id == id)) {
            comment.body = body.into();
            comment.updated_at = at;
        }
        self.repo_mut(repo).touch(number, at);
    }

    /// Adds or removes an assignee; nothing happens when it is so already.
    pub(crate) fn assign(&mut self, repo: RepoIx, number: u64, by: By, user: UserIx, add: bool) {
        let Some(issue) = self.repo_mut(repo).issues.get_mut(&number) else { return };
        if issue.assignees.contains(&user) == add {
            return;
        }
        if add {
            issue.assignees.push(user);
        } else {
            issue.assignees.retain(|a| *a != user);
        }
        let kind = if add { "assigned" } else { "unassigned" };
        self.note(repo, number, kind, by, Detail::Assignee(user));
    }

    /// Adds or removes a label, which is made with GitHub's grey when it is new.
    pub(crate) fn label(&mut self, repo: RepoIx, number: u64, by: By, name: &str, add: bool) {
        if !add && self.repo(repo).label_named(name).is_none() {
            return;
        }
        let place = self.label_place(repo, name);
        let Some(issue) = self.repo_mut(repo).issues.get_mut(&number) else { return };
        if issue.labels.contains(&place) == add {
            return;
        }
        if add {
            issue.labels.push(place);
        } else {
            issue.labels.retain(|l| *l != place);
        }
        let label = self.repo(repo).labels.get(place).map(|l| (l.name.clone(), l.color.clone()));
        let detail = label.map_or(Detail::Plain, |(name, color)| Detail::Label(name, color));
        self.note(repo, number, if add { "labeled" } else { "unlabeled" }, by, detail);
    }

    fn label_place(&mut self, repo: RepoIx, name: &str) -> usize {
        if let Some(known) = self.repo(repo).label_named(name) {
            return known;
        }
        let id = self.id();
        let labels = &mut self.repo_mut(repo).labels;
        labels.push(Label { id, name: name.into(), color: "ededed".into(), description: None });
        labels.len() - 1
    }

    /// Opens or closes; nothing happens when it is so already.
    pub(crate) fn set_open(&mut self, repo: RepoIx, number: u64, by: By, open: bool, reason: Option<&str>) {
        let Some(mut issue) = self.repo(repo).issues.get(&number).cloned() else { return };
        if issue.open == open {
            return;
        }
        let plain = if open { "reopened" } else { "completed" };
        issue.open = open;
        issue.closed_at = (!open).then_some(by.at);
        issue.state_reason = issue.pull.is_none().then(|| reason.unwrap_or(plain).to_owned());
        let detail = Detail::Reason(issue.state_reason.clone().filter(|_| !open));
        self.repo_mut(repo).insert(issue);
        self.note(repo, number, if open { "reopened" } else { "closed" }, by, detail);
    }

    /// Opens a pull request and shows it on every issue that its text names. Gives its number.
    pub(crate) fn open_pull(&mut self, repo: RepoIx, by: By, opening: &Opening<'_>) -> u64 {
        let id = self.id();
        let number = self.repo(repo).issues.keys().next_back().copied().unwrap_or(0) + 1;
        let words = opening.title.to_lowercase();
        let plain = words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        let head = plain.take(4).collect::<Vec<_>>().join("-");
        let association = self.association(repo, by.who);
        let pull = Pull { draft: opening.draft, head, ..Pull::default() };
        self.add_issue(repo, pull_row((id, number), by, opening, association, pull));
        self.push(repo, number, by, opening.title);
        for (target, named, _) in self.named_in(repo, opening.body) {
            self.note(target, named, "cross-referenced", by, Detail::Source(repo, number));
        }
        number
    }

    /// Opens an issue and gives its number.
    pub(crate) fn open_issue(&mut self, repo: RepoIx, by: By, title: &str, body: &str) -> u64 {
        let id = self.id();
        let number = self.repo(repo).issues.keys().next_back().copied().unwrap_or(0) + 1;
        let association = self.association(repo, by.who);
        let opening = Opening { title, body, draft: false };
        let row = pull_row((id, number), by, &opening, association, Pull::default());
        self.add_issue(repo, Issue { node_id: format!("I_kwDO{id:x}"), pull: None, ..row });
        number
    }

    /// Issues that a text names, `true` where it would close them: `Closes #12`, `see acme/app#3`.
    fn named_in(&self, home: RepoIx, text: &str) -> Vec<(RepoIx, u64, bool)> {
        let mut found: Vec<(RepoIx, u64, bool)> = Vec::new();
        let mut before = String::new();
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !(c.is_ascii_alphanumeric() || "#/-_".contains(c)));
            if let Some((path, number)) = bare.split_once('#') {
                let repo = match path.split_once('/') {
                    Some((owner, name)) => self.find_repo(owner, name),
                    None => path.is_empty().then_some(home),
                };
                let number = number.parse::<u64>().ok();
                if let Some((repo, number)) = repo.zip(number)
                    && self.repo(repo).issues.contains_key(&number)
                    && !found.iter().any(|(r, n, _)| (*r, *n) == (repo, number))
                {
                    found.push((repo, number, CLOSING.contains(&before.as_str())));
                }
            }
            before = bare.to_lowercase();
        }
        found
    }

    /// Changes the pull request part of a row; `None` when it is none.
    fn pull_mut(&mut self, repo: RepoIx, number: u64) -> Option<&mut Pull> {
        self.repo_mut(repo).issues.get_mut(&number)?.pull.as_mut()
    }

    /// Pushes one commit to a pull request; its checks start anew where it had some.
    pub(crate) fn push(&mut self, repo: RepoIx, number: u64, by: By, message: &str) {
        let seed = self.id();
        let sha = format!("{:08x}{seed:016x}{:016x}", number, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Some(pull) = self.pull_mut(repo, number) else { return };
        pull.sha.clone_from(&sha);
        pull.commits += 1;
        if pull.checks != Checks::None {
            pull.checks = Checks::Running;
            pull.checked_at = Some(by.at);
        }
        self.note(repo, number, "committed", by, Detail::Commit { sha, message: message.into() });
    }

    /// Rewrites the branch of a pull request.
    pub(crate) fn force_push(&mut self, repo: RepoIx, number: u64, by: By) {
        let seed = self.id();
        let sha = format!("{:08x}{seed:032x}", number);
        let Some(pull) = self.pull_mut(repo, number) else { return };
        pull.sha.clone_from(&sha);
        self.note(repo, number, "head_ref_force_pushed", by, Detail::Commit { sha, message: String::new() });
    }

    /// Turns a pull request into a draft or marks it as ready; nothing happens when it is so already.
    pub(crate) fn set_draft(&mut self, repo: RepoIx, number: u64, by: By, draft: bool) {
        let Some(pull) = self.pull_mut(repo, number).filter(|p| p.draft != draft) else { return };
        pull.draft = draft;
        let kind = if draft { "convert_to_draft" } else { "ready_for_review" };
        self.note(repo, number, kind, by, Detail::Plain);
    }

    /// Asks somebody for a review.
    pub(crate) fn request_review(&mut self, repo: RepoIx, number: u64, by: By, of: UserIx) {
        let Some(pull) = self.pull_mut(repo, number).filter(|p| !p.reviewers.contains(&of)) else { return };
        pull.reviewers.push(of);
        self.note(repo, number, "review_requested", by, Detail::Reviewer(of));
    }

    /// Reviews: `approved`, `changes_requested` or `commented`.
    pub(crate) fn review(&mut self, repo: RepoIx, number: u64, by: By, state: &'static str, body: &str) {
        let Some(pull) = self.pull_mut(repo, number) else { return };
        pull.reviewers.retain(|r| *r != by.who);
        let sha = pull.sha.clone();
        self.note(repo, number, "reviewed", by, Detail::Review { state, body: body.into(), sha });
    }

    /// Merges, and closes as completed what the pull request's text closes.
    pub(crate) fn merge(&mut self, repo: RepoIx, number: u64, by: By) {
        let Some(pull) = self.pull_mut(repo, number).filter(|p| p.merged_at.is_none()) else { return };
        pull.merged_at = Some(by.at);
        pull.merged_by = Some(by.who);
        pull.draft = false;
        let sha = pull.sha.clone();
        self.note(repo, number, "merged", by, Detail::Commit { sha, message: String::new() });
        self.set_open(repo, number, by, false, None);
        let text = self.repo(repo).issues.get(&number).and_then(|i| i.body.clone()).unwrap_or_default();
        for (target, named, _) in self.named_in(repo, &text).into_iter().filter(|(_, _, closes)| *closes) {
            self.set_open(target, named, by, false, Some("completed"));
        }
    }

    /// Writes a file of the default branch; an empty text removes it.
    pub(crate) fn write_file(&mut self, repo: RepoIx, path: &str, text: &str, at: Timestamp) {
        let repo = self.repo_mut(repo);
        if text.is_empty() {
            repo.files.remove(path);
        } else {
            repo.files.insert(path.to_owned(), text.to_owned());
        }
        repo.pushed_at = repo.pushed_at.max(at);
    }

    /// Sets what the checks of a pull request's last commit say.
    pub(crate) fn set_checks(&mut self, repo: RepoIx, number: u64, checks: Checks, at: Timestamp) {
        if let Some(pull) = self.pull_mut(repo, number) {
            pull.checks = checks;
            pull.checked_at = Some(at);
        }
    }
}

fn pull_row((id, number): (u64, u64), by: By, opening: &Opening<'_>, association: &'static str, pull: Pull) -> Issue {
    Issue {
        id,
        node_id: format!("PR_kwDO{id:x}"),
        number,
        title: opening.title.into(),
        body: Some(opening.body.to_owned()).filter(|b| !b.is_empty()),
        open: true,
        state_reason: None,
        author: Some(by.who),
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone: None,
        comments: Vec::new(),
        created_at: by.at,
        updated_at: by.at,
        closed_at: None,
        locked: false,
        reactions: [0; 8],
        association,
        pull: Some(pull),
        events: Vec::new(),
    }
}
