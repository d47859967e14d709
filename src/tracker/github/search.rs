//! The tracker's own search, and looking for claims with it: a help for a fresh start. It has an allowance of its own (30
//! requests a minute), an index that lags, and answers that may be incomplete, so nothing depends on it.

use std::collections::BTreeSet;

use super::{GitHub, encode, rest, wire};
use crate::{
    domain::key::{ProjectRef, TaskKey, is_github_owner},
    tracker::{ErrorClass, Hits, Result, Sources},
};

/// Pages of one search: the server gives 1,000 results at most.
const PAGES: u32 = 10;
/// Searches for one call.
const SEARCHES: usize = 20;
/// Repositories in one search: the server takes no more than five ORs.
const TOGETHER: usize = 6;
/// Longest query the server takes.
const LONGEST: usize = 256;

const WORDS: &str = "\"floorwalk\" in:comments is:issue";

const DOING: &str = "searching for claims";

/// Where one search looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Owner(String),
    Repos(Vec<ProjectRef>),
}

impl Scope {
    pub(super) fn query(&self, words: &str) -> String {
        match self {
            Self::Owner(qualifier) => format!("{words} {qualifier}"),
            Self::Repos(repos) => {
                let each: Vec<String> = repos.iter().map(|p| format!("repo:{}", p.path())).collect();
                let all = each.join(" OR ");
                if repos.len() > 1 { format!("{words} ({all})") } else { format!("{words} {all}") }
            }
        }
    }

    /// Two halves of a scope that the server did not take: one repository that is gone spoils a whole search.
    fn halves(&self) -> Option<[Self; 2]> {
        let Self::Repos(repos) = self else { return None };
        let (left, right) = repos.split_at_checked(repos.len() / 2).filter(|(left, _)| !left.is_empty())?;
        Some([Self::Repos(left.to_vec()), Self::Repos(right.to_vec())])
    }
}

/// True when a project belongs to one of these owners.
fn owned<'a>(project: &ProjectRef, mut owners: impl Iterator<Item = &'a String>) -> bool {
    let owner = project.owner_and_name().map(|(owner, _)| owner);
    owners.any(|o| owner.is_some_and(|owner| owner.eq_ignore_ascii_case(o)))
}

fn is_among(project: &ProjectRef, repos: &[ProjectRef]) -> bool {
    repos.iter().any(|r| r.path().eq_ignore_ascii_case(project.path()))
}

/// Where to search for words within these sources: one for each owner, and the other repositories a few together.
pub(super) fn scopes(sources: &Sources, words: &str) -> Vec<Scope> {
    let owner = |kind: &'static str| move |name: &&String| is_github_owner(name).then(|| format!("{kind}:{name}"));
    let orgs = sources.orgs.iter().filter_map(|name| owner("org")(&name));
    let users = sources.users.iter().filter_map(|name| owner("user")(&name));
    let mut scopes: Vec<Scope> = orgs.chain(users).map(Scope::Owner).collect();
    let owners = || sources.orgs.iter().chain(&sources.users);
    let single = |p: &&ProjectRef| p.owner_and_name().is_some() && !owned(p, owners());
    let mut batch: Vec<ProjectRef> = Vec::new();
    for project in sources.repos.iter().filter(single) {
        batch.push(project.clone());
        if batch.len() > TOGETHER || Scope::Repos(batch.clone()).query(words).len() > LONGEST {
            let last = batch.pop();
            let full = std::mem::replace(&mut batch, last.into_iter().collect());
            scopes.extend((!full.is_empty()).then_some(Scope::Repos(full)));
        }
    }
    scopes.extend((!batch.is_empty()).then_some(Scope::Repos(batch)));
    scopes
}

impl GitHub {
    pub(super) async fn find_marked(&self, sources: &Sources) -> Vec<TaskKey> {
        let mut found = BTreeSet::new();
        let mut waiting = scopes(sources, WORDS);
        waiting.reverse();
        for _ in 0..SEARCHES {
            let Some(scope) = waiting.pop() else { break };
            match self.search(&scope, &mut found).await {
                Ok(()) => {}
                Err(error) if error.class == ErrorClass::Invalid => {
                    tracing::info!(%error, "a search for claims was not taken");
                    waiting.extend(scope.halves().into_iter().flatten());
                }
                Err(error) => {
                    tracing::info!(%error, "claims are not searched for");
                    // A limit, an outage or a server without a search: the next one would fare no better.
                    if !matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound) {
                        break;
                    }
                }
            }
        }
        let within = |key: &TaskKey| {
            let owners = sources.orgs.iter().chain(&sources.users);
            owned(&key.project, owners) || is_among(&key.project, &sources.repos)
        };
        found.into_iter().filter(within).collect()
    }

    /// Issues of the sources that a search in GitHub's own language finds.
    pub(super) async fn find_filtered(&self, sources: &Sources, filter: &str) -> Result<Hits> {
        let doing = "searching with the filter of a view";
        let alternatives = filter.split_whitespace().any(|word| word == "OR");
        let words = if alternatives { format!("({filter}) is:issue") } else { format!("{filter} is:issue") };
        let scopes = scopes(sources, &words);
        if scopes.is_empty() {
            let said = "nothing was sent: a filter needs organisations, users or repositories in the configuration";
            return Err(self.fail(ErrorClass::Invalid, doing, said));
        }
        let mut hits = Hits { keys: Vec::new(), cut: scopes.len() > SEARCHES };
        for scope in scopes.into_iter().take(SEARCHES) {
            let mut page = 1;
            loop {
                let (issues, next) = self.found(&scope.query(&words), page, doing).await?;
                for issue in issues.iter().filter(|issue| issue.pull_request.is_none()) {
                    hits.keys.extend(self.named(issue).map(|(project, number)| TaskKey::new(project, number)));
                }
                match next {
                    Some(next) if next <= PAGES => page = next,
                    // A full last page: the server shows no more of it.
                    _ => break hits.cut |= page == PAGES && issues.len() >= 100,
                }
            }
        }
        Ok(hits)
    }

    /// Adds what one search finds.
    async fn search(&self, scope: &Scope, found: &mut BTreeSet<TaskKey>) -> Result<()> {
        let mut page = 1;
        loop {
            let (issues, next) = self.found(&scope.query(WORDS), page, DOING).await?;
            for issue in issues.iter().filter(|issue| issue.pull_request.is_none()) {
                found.extend(self.named(issue).map(|(project, number)| TaskKey::new(project, number)));
            }
            match next {
                Some(next) if next <= PAGES => page = next,
                _ => return Ok(()),
            }
        }
    }

    /// One page of what a search finds, last changed first, and the number of the next. Rows that cannot be read are left
    /// out.
    pub(super) async fn found(&self, query: &str, page: u32, doing: &str) -> Result<(Vec<wire::Issue>, Option<u32>)> {
        let order = "advanced_search=true&sort=updated&order=desc&per_page=100";
        let route = self.rest(&format!("/search/issues?q={}&{order}&page={page}", encode(query)));
        let answer = self.http.get(&route, None, doing).await?;
        let list = wire::found(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        let rows = list.items.iter().filter_map(|raw| wire::row::<wire::Issue>(raw).ok()).collect();
        Ok((rows, self.pages(&answer, page, doing)?.next))
    }

    /// Project and number of a row that was found, where its address and its number agree.
    pub(super) fn named(&self, issue: &wire::Issue) -> Option<(ProjectRef, u64)> {
        let (name, number) = issue.url.as_deref().and_then(rest::place)?;
        let project = ProjectRef::parse(&self.name, &name).ok()?;
        (number > 0 && issue.number == Some(number)).then_some((project, number))
    }
}
