//! Everything the Jira half knows: projects and issues by key and id, the tables of names, and what search saw before
//! it began to lag. Knows no HTTP and no shape of an answer; what people do in it is told by `acts`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    model::{Category, Dialect, Issue, IssueIx, Named, Project, ProjectIx, Sprint, Status, Type},
    people::People,
};

/// Results of the latest searches, so that the pages of one walk are cut from one list.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Fingerprint of query, asker and state of the world; issues in order.
    kept: Vec<(u64, Arc<Vec<IssueIx>>)>,
}

/// Searches that are kept.
const KEPT: usize = 8;

impl Found {
    pub(crate) fn get(&self, print: u64) -> Option<Arc<Vec<IssueIx>>> {
        self.kept.iter().find(|(known, _)| *known == print).map(|(_, list)| list.clone())
    }

    pub(crate) fn keep(&mut self, print: u64, list: Arc<Vec<IssueIx>>) {
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        self.kept.push((print, list));
    }
}

#[derive(Debug, Default)]
pub(crate) struct Jira {
    pub people: People,
    pub projects: Vec<Project>,
    pub statuses: Vec<Status>,
    pub types: Vec<Type>,
    /// Most urgent first.
    pub priorities: Vec<Named>,
    pub resolutions: Vec<Named>,
    pub sprints: Vec<Sprint>,
    pub found: Found,
    issues: Vec<Option<Issue>>,
    by_id: HashMap<u64, IssueIx>,
    project_by_key: HashMap<String, ProjectIx>,
    /// Keys that issues had before they were moved.
    former: HashMap<(String, u64), IssueIx>,
    comment_home: HashMap<u64, IssueIx>,
    next: u64,
    /// Counts the changes.
    state: u64,
    /// What search still sees of the issues that changed since it began to lag.
    before: Option<HashMap<IssueIx, Option<Box<Issue>>>>,
}

/// First id that is made here.
const FIRST_ID: u64 = 10_000;

/// Splits a key at its last hyphen.
pub(crate) fn split_key(key: &str) -> Option<(&str, u64)> {
    let (project, number) = key.rsplit_once('-')?;
    Some((project, number.parse().ok()?))
}

impl Jira {
    /// A fresh id for anything but a comment.
    pub(crate) fn id(&mut self) -> u64 {
        self.next += 1;
        FIRST_ID + self.next
    }

    /// Changes since the start; the same number means the same world.
    pub(crate) fn state(&self) -> u64 {
        self.state
    }

    pub(crate) fn project(&self, ix: ProjectIx) -> &Project {
        &self.projects[ix]
    }

    pub(crate) fn project_mut(&mut self, ix: ProjectIx) -> &mut Project {
        self.state += 1;
        &mut self.projects[ix]
    }

    pub(crate) fn add_project(&mut self, project: Project) -> ProjectIx {
        let ix = self.projects.len();
        self.project_by_key.insert(project.key.to_uppercase(), ix);
        self.projects.push(project);
        ix
    }

    /// The project of a key, in any case of letters, or of an id.
    pub(crate) fn find_project(&self, dialect: Dialect, name: &str) -> Option<ProjectIx> {
        let by_key = self.project_by_key.get(&name.to_uppercase()).copied();
        let by_id = || self.projects.iter().position(|p| name.parse() == Ok(p.id));
        by_key.or_else(by_id).filter(|ix| self.shown(*ix, dialect))
    }

    pub(crate) fn shown(&self, project: ProjectIx, dialect: Dialect) -> bool {
        self.project(project).only.is_none_or(|only| only == dialect)
    }

    pub(crate) fn key(&self, issue: &Issue) -> String {
        format!("{}-{}", self.project(issue.project).key, issue.number)
    }

    /// The issue, unless it was deleted.
    pub(crate) fn issue(&self, ix: IssueIx) -> Option<&Issue> {
        self.issues.get(ix)?.as_ref()
    }

    /// The issue of a key, present or former, or of an id.
    pub(crate) fn find(&self, name: &str) -> Option<IssueIx> {
        if let Ok(id) = name.parse::<u64>() {
            return self.by_id.get(&id).copied();
        }
        let (project, number) = split_key(name)?;
        let project = project.to_uppercase();
        let present = self.project_by_key.get(&project).and_then(|p| self.project(*p).issues.get(&number)).copied();
        present.or_else(|| self.former.get(&(project, number)).copied())
    }

    pub(crate) fn comment_home(&self, id: u64) -> Option<IssueIx> {
        self.comment_home.get(&id).copied()
    }

    pub(crate) fn remember_comment(&mut self, id: u64, home: IssueIx) {
        self.comment_home.insert(id, home);
    }

    pub(crate) fn forget_comment(&mut self, id: u64) {
        self.comment_home.remove(&id);
    }

    /// Adds an issue; one of the same id elsewhere makes it get another.
    pub(crate) fn add(&mut self, mut issue: Issue) -> IssueIx {
        self.state += 1;
        let ix = self.issues.len();
        while self.by_id.contains_key(&issue.id) {
            issue.id = self.id();
        }
        self.by_id.insert(issue.id, ix);
        for comment in &issue.comments {
            self.comment_home.insert(comment.id, ix);
        }
        self.projects[issue.project].issues.insert(issue.number, ix);
        self.issues.push(Some(issue));
        if let Some(before) = &mut self.before {
            before.insert(ix, None);
        }
        ix
    }

    fn remember(&mut self, ix: IssueIx) {
        self.state += 1;
        let Some(before) = &mut self.before else { return };
        let issue = self.issues.get(ix).and_then(Option::as_ref);
        before.entry(ix).or_insert_with(|| issue.map(|i| Box::new(i.clone())));
    }

    /// Changes an issue; `None` when it is gone.
    pub(crate) fn change<T>(&mut self, ix: IssueIx, change: impl FnOnce(&mut Issue) -> T) -> Option<T> {
        self.remember(ix);
        self.issues.get_mut(ix)?.as_mut().map(change)
    }

    pub(crate) fn delete(&mut self, ix: IssueIx) {
        self.remember(ix);
        let Some(issue) = self.issues.get_mut(ix).and_then(Option::take) else { return };
        self.projects[issue.project].issues.remove(&issue.number);
        self.by_id.remove(&issue.id);
        self.former.retain(|_, home| *home != ix);
        for comment in &issue.comments {
            self.comment_home.remove(&comment.id);
        }
    }

    /// Moves an issue to another project, where it gets the next number. The old key leads to it from now on.
    pub(crate) fn relocate(&mut self, ix: IssueIx, to: ProjectIx) -> Option<String> {
        let number = self.next_number(to);
        let from = self.change(ix, |issue| {
            let from = (issue.project, issue.number);
            (issue.project, issue.number) = (to, number);
            // Both belong to the old project.
            issue.components.clear();
            issue.versions.clear();
            issue.affects.clear();
            from
        })?;
        self.projects[from.0].issues.remove(&from.1);
        self.former.insert((self.project(from.0).key.to_uppercase(), from.1), ix);
        self.projects[to].issues.insert(number, ix);
        self.issue(ix).map(|issue| self.key(issue))
    }

    pub(crate) fn next_number(&self, project: ProjectIx) -> u64 {
        let used = self.project(project).issues.keys().next_back().copied().unwrap_or(0);
        let key = self.project(project).key.to_uppercase();
        let moved = self.former.keys().filter(|(p, _)| *p == key).map(|(_, n)| *n).max().unwrap_or(0);
        used.max(moved) + 1
    }

    /// From now on search does not see changes (`true`), or sees everything again.
    pub(crate) fn lag(&mut self, lags: bool) {
        self.state += 1;
        self.before = lags.then(HashMap::new);
    }

    /// The issue as search sees it; those in `fresh` as they are.
    pub(crate) fn searched(&self, ix: IssueIx, fresh: &HashSet<u64>) -> Option<&Issue> {
        let live = self.issue(ix);
        let old = self.before.as_ref().and_then(|before| before.get(&ix));
        match old {
            Some(_) if live.is_some_and(|i| fresh.contains(&i.id)) => live,
            Some(old) => old.as_deref(),
            None => live,
        }
    }

    /// All places of issues that search may come upon in a project.
    pub(crate) fn places(&self, project: ProjectIx) -> Vec<IssueIx> {
        let mut places: Vec<IssueIx> = self.project(project).issues.values().copied().collect();
        if let Some(before) = &self.before {
            let known: HashSet<IssueIx> = places.iter().copied().collect();
            let gone = |(ix, old): (&IssueIx, &Option<Box<Issue>>)| {
                old.as_ref().filter(|old| old.project == project && !known.contains(ix)).map(|_| *ix)
            };
            places.extend(before.iter().filter_map(gone));
        }
        places
    }

    pub(crate) fn status_named(&mut self, id: Option<u64>, name: &str, description: &str, category: Category) -> usize {
        if let Some(known) = self.statuses.iter().position(|s| s.named.name == name) {
            return known;
        }
        let named = self.named(id, name, description);
        self.statuses.push(Status { named, category });
        self.statuses.len() - 1
    }

    pub(crate) fn type_named(&mut self, id: Option<u64>, name: &str, description: &str, subtask: bool) -> usize {
        if let Some(known) = self.types.iter().position(|t| t.named.name == name) {
            return known;
        }
        let named = self.named(id, name, description);
        self.types.push(Type { named, subtask });
        self.types.len() - 1
    }

    pub(crate) fn priority_named(&mut self, id: Option<u64>, name: &str) -> usize {
        if let Some(known) = self.priorities.iter().position(|p| p.name == name) {
            return known;
        }
        let named = self.named(id, name, "");
        self.priorities.push(named);
        self.priorities.len() - 1
    }

    pub(crate) fn resolution_named(&mut self, id: Option<u64>, name: &str, description: &str) -> usize {
        if let Some(known) = self.resolutions.iter().position(|r| r.name == name) {
            return known;
        }
        let named = self.named(id, name, description);
        self.resolutions.push(named);
        self.resolutions.len() - 1
    }

    fn named(&mut self, id: Option<u64>, name: &str, description: &str) -> Named {
        Named { id: id.unwrap_or_else(|| self.id()), name: name.into(), description: description.into() }
    }
}
