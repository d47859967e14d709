//! GitHub's search words for issues, as far as the program sends them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::world::{Issue, Permission, Repo, RepoIx, UserIx, World};

/// Most results of one search.
const MOST: usize = 1_000;

/// A query taken apart. Owners and repositories widen each other, everything else narrows.
#[derive(Debug, Default)]
struct Query {
    owners: Vec<String>,
    repos: Vec<String>,
    pull: Option<bool>,
    open: Option<bool>,
    labels: Vec<(bool, String)>,
    assignee: Option<String>,
    author: Option<String>,
    unassigned: bool,
    unlabelled: bool,
    archived: Option<bool>,
    updated: Vec<(Compare, Timestamp)>,
    created: Vec<(Compare, Timestamp)>,
    words: Vec<String>,
    in_comments: bool,
    in_title: bool,
    in_body: bool,
    sort: String,
}

#[derive(Clone, Copy, Debug)]
enum Compare {
    Since,
    After,
    Until,
    Before,
}

/// Issues and pull requests that match, in the wanted order.
pub(crate) fn issues(world: &World, who: Option<UserIx>, text: &str) -> Vec<(RepoIx, u64)> {
    let query = Query::of(text);
    let mut found: Vec<(RepoIx, &Issue)> = Vec::new();
    for (ix, repo) in world.repos.iter().enumerate() {
        if repo.permission(who) >= Permission::Read && query.covers(world, repo) {
            found.extend(repo.issues.values().filter(|i| query.has(world, repo, i)).map(|i| (ix, i)));
        }
    }
    let (field, down) = match query.sort.strip_suffix("-asc") {
        Some(field) => (field, false),
        None => (query.sort.strip_suffix("-desc").unwrap_or(&query.sort), true),
    };
    match field {
        "updated" => found.sort_by_key(|(repo, i)| (i.updated_at, *repo, i.number)),
        "comments" => found.sort_by_key(|(repo, i)| (i.comments.len(), *repo, i.number)),
        _ => found.sort_by_key(|(repo, i)| (i.created_at, *repo, i.number)),
    }
    if down {
        found.reverse();
    }
    found.into_iter().map(|(repo, issue)| (repo, issue.number)).take(MOST).collect()
}

impl Query {
    fn of(text: &str) -> Self {
        let mut query = Self::default();
        for token in tokens(text) {
            let (negated, token) = token.strip_prefix('-').map_or((false, token.as_str()), |t| (true, t));
            match token.split_once(':') {
                Some((key, value)) => query.qualifier(key, value.trim_matches('"'), negated),
                None if matches!(token, "OR" | "AND" | "") => {}
                None => query.words.push(token.trim_matches('"').to_lowercase()),
            }
        }
        query
    }

    fn qualifier(&mut self, key: &str, value: &str, negated: bool) {
        match (key, value) {
            ("org" | "user", owner) => self.owners.push(owner.to_lowercase()),
            ("repo", repo) => self.repos.push(repo.to_lowercase()),
            ("is" | "type", "issue") => self.pull = Some(negated),
            ("is" | "type", "pr" | "pull-request") => self.pull = Some(!negated),
            ("is" | "state", "open") => self.open = Some(!negated),
            ("is" | "state", "closed") => self.open = Some(negated),
            ("label", name) => self.labels.push((!negated, name.to_lowercase())),
            ("assignee", login) => self.assignee = Some(login.to_lowercase()),
            ("author", login) => self.author = Some(login.to_lowercase()),
            ("no", "assignee") => self.unassigned = true,
            ("no", "label") => self.unlabelled = true,
            ("archived", yes) => self.archived = Some(yes == "true"),
            ("updated", range) => self.updated.extend(ranges(range)),
            ("created", range) => self.created.extend(ranges(range)),
            ("in", places) => {
                for place in places.split(',') {
                    self.in_comments |= place == "comments";
                    self.in_title |= place == "title";
                    self.in_body |= place == "body";
                }
            }
            ("sort", order) => self.sort = order.into(),
            // Other qualifiers do not narrow the demo's answers.
            _ => {}
        }
    }

    fn covers(&self, world: &World, repo: &Repo) -> bool {
        let owner = world.user(repo.owner).login.to_lowercase();
        let full = world.full_name(repo).to_lowercase();
        (self.owners.is_empty() && self.repos.is_empty() || self.owners.contains(&owner) || self.repos.contains(&full))
            && self.archived.is_none_or(|archived| repo.archived == archived)
            && repo.has_issues
    }

    fn has(&self, world: &World, repo: &Repo, issue: &Issue) -> bool {
        let login = |user: &usize| world.user(*user).login.to_lowercase();
        let worn = |name: &String| {
            issue.labels.iter().filter_map(|l| repo.labels.get(*l)).any(|l| l.name.to_lowercase() == *name)
        };
        self.pull.is_none_or(|pull| issue.pull.is_some() == pull)
            && self.open.is_none_or(|open| issue.open == open)
            && self.labels.iter().all(|(wanted, name)| worn(name) == *wanted)
            && self.assignee.as_ref().is_none_or(|who| issue.assignees.iter().any(|u| login(u) == *who))
            && self.author.as_ref().is_none_or(|who| issue.author.as_ref().is_some_and(|u| login(u) == *who))
            && (!self.unassigned || issue.assignees.is_empty())
            && (!self.unlabelled || issue.labels.is_empty())
            && self.updated.iter().all(|(compare, at)| compare.holds(issue.updated_at, *at))
            && self.created.iter().all(|(compare, at)| compare.holds(issue.created_at, *at))
            && self.words.iter().all(|word| self.says(issue, word))
    }

    fn says(&self, issue: &Issue, word: &str) -> bool {
        let anywhere = !(self.in_comments || self.in_title || self.in_body);
        ((anywhere || self.in_title) && issue.title.to_lowercase().contains(word))
            || ((anywhere || self.in_body) && issue.body.as_ref().is_some_and(|b| b.to_lowercase().contains(word)))
            || (self.in_comments && issue.comments.iter().any(|c| c.body.to_lowercase().contains(word)))
    }
}

impl Compare {
    fn holds(self, value: Timestamp, bound: Timestamp) -> bool {
        match self {
            Self::Since => value >= bound,
            Self::After => value > bound,
            Self::Until => value <= bound,
            Self::Before => value < bound,
        }
    }
}

/// `>=T`, `>T`, `<=T`, `<T`, `A..B` (a star leaves an end open); a bare date is that day.
fn ranges(text: &str) -> Vec<(Compare, Timestamp)> {
    let one = |compare, text: &str, end: bool| bound(text, end).map(|at| (compare, at)).into_iter().collect::<Vec<_>>();
    if let Some((from, to)) = text.split_once("..") {
        return one(Compare::Since, from, false).into_iter().chain(one(Compare::Until, to, true)).collect();
    }
    if let Some(rest) = text.strip_prefix(">=") {
        one(Compare::Since, rest, false)
    } else if let Some(rest) = text.strip_prefix("<=") {
        one(Compare::Until, rest, true)
    } else if let Some(rest) = text.strip_prefix('>') {
        one(Compare::After, rest, true)
    } else if let Some(rest) = text.strip_prefix('<') {
        one(Compare::Before, rest, false)
    } else {
        one(Compare::Since, text, false).into_iter().chain(one(Compare::Until, text, true)).collect()
    }
}

/// A moment, or a date taken at its beginning or end.
fn bound(text: &str, end: bool) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let day: Date = text.parse().ok()?;
    let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    if end { start.checked_add(jiff::SignedDuration::from_secs(86_399)).ok() } else { Some(start) }
}

/// Words split at blanks and parentheses; quotes keep blanks together.
fn tokens(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                if let Some(word) = found.last_mut() {
                    word.push(letter);
                }
            }
            ' ' | '(' | ')' | '\t' | '\n' if !quoted => found.push(String::new()),
            letter => {
                if let Some(word) = found.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    found.retain(|word| !word.is_empty());
    found
}
