//! Reading over REST: listings, pages of issues, one issue with its comments. One request per page; what to read
//! is decided elsewhere.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{GitHub, encode, map, wire};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey, is_github_owner},
        task::Task,
        text::Foreign,
    },
    tracker::{
        Conditional, ErrorClass, Lane, Listing, ListingPage, OddRow, Reading, Result, TaskPage, TrackerError,
        Validator,
        http::{
            Answer,
            page::{LinkFault, Pages, pages},
        },
    },
};

/// Results a search returns at most.
const SEARCH_CAP: u64 = 1_000;
/// Comment pages read for one task: 10,000 comments.
const COMMENT_PAGES: u32 = 100;

/// `owner/name` and number out of an issue's own `url`.
pub(super) fn place(url: &str) -> Option<(String, u64)> {
    let (_, path) = url.rsplit_once("/repos/")?;
    let mut steps = path.split('/');
    let (owner, name, kind, number) = (steps.next()?, steps.next()?, steps.next()?, steps.next()?);
    (kind == "issues" || kind == "pulls").then(|| number.parse().ok())?.map(|n| (format!("{owner}/{name}"), n))
}

impl GitHub {
    /// The other pages of an answer.
    pub(super) fn pages(&self, answer: &Answer, page: u32, doing: &str) -> Result<Pages> {
        let Some(header) = answer.header("link") else { return Ok(Pages::default()) };
        pages(header, self.http.base(), &answer.path, page).map_err(|fault| match fault {
            LinkFault::Foreign => self.fail(ErrorClass::ForeignRedirect, doing, ""),
            LinkFault::Loop => {
                self.fail(ErrorClass::Unexpected { status: answer.status }, doing, "its next page leads back to itself")
            }
            LinkFault::TooMany => {
                self.fail(ErrorClass::Unexpected { status: answer.status }, doing, "its list never ends")
            }
        })
    }

    /// The route of a listing and what reading it is called.
    fn listing_route(&self, listing: &Listing, page: u32) -> Result<(String, String)> {
        let owned = |owner: &str, kind: &str| {
            let doing = format!("listing the repositories of {owner}");
            if is_github_owner(owner) {
                return Ok((format!("/{kind}/{owner}/repos?per_page=100&page={page}"), doing));
            }
            Err(self.fail(ErrorClass::Invalid, &doing, "nothing was sent: it is no name of an owner"))
        };
        match listing {
            Listing::Org(org) => owned(org, "orgs"),
            Listing::User(user) => {
                let own = self.state().me.as_deref().is_some_and(|me| me.eq_ignore_ascii_case(user));
                let (route, doing) = owned(user, "users")?;
                let mine = format!("/user/repos?affiliation=owner&per_page=100&page={page}");
                Ok((if own { mine } else { route }, doing))
            }
            Listing::Topic { topic, owner } => {
                let doing = format!("searching repositories with the topic {topic}");
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
                if topic.is_empty() || !topic.chars().all(plain) || !(owner.is_empty() || is_github_owner(owner)) {
                    let said = "nothing was sent: a topic has letters, digits and '-'";
                    return Err(self.fail(ErrorClass::Invalid, &doing, said));
                }
                let within = if owner.is_empty() { String::new() } else { format!("+user:{owner}") };
                let route = format!("/search/repositories?q=topic:{topic}{within}&per_page=100&page={page}");
                Ok((route, doing))
            }
            Listing::All => {
                let doing = "listing all repositories";
                Err(self.fail(
                    ErrorClass::Invalid,
                    doing,
                    "nothing was sent: name organisations, users or repositories",
                ))
            }
            Listing::Repo(project) => {
                Ok((format!("/repos/{}", project.path()), format!("reading the repository {project}")))
            }
        }
    }

    pub(super) async fn read_listing(
        &self,
        listing: &Listing,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<ListingPage>> {
        let (route, doing) = self.listing_route(listing, page)?;
        let answer = self.http.get(&self.rest(&route), known, &doing).await?;
        if answer.unchanged() {
            return Ok(Conditional::Unchanged);
        }
        let unusable = |fault| self.unusable(&fault, &doing);
        let mut incomplete = self.partial_sso(&answer);
        let rows = match listing {
            Listing::Repo(_) => vec![Ok(wire::one::<wire::Repository>(&answer.body).map_err(unusable)?)],
            Listing::Topic { topic, .. } => {
                let found = wire::found(&answer.body).map_err(unusable)?;
                if found.total_count.unwrap_or(0) > SEARCH_CAP || found.incomplete_results == Some(true) {
                    incomplete = Some(format!(
                        "{} lists only part of the repositories with the topic {topic}; name an owner beside it",
                        self.http.base().host()
                    ));
                }
                found.items.iter().map(|raw| wire::row(raw)).collect()
            }
            _ => wire::rows(&answer.body).map_err(unusable)?,
        };
        let single = matches!(listing, Listing::Repo(_));
        let Pages { next, last, .. } = if single { Pages::default() } else { self.pages(&answer, page, &doing)? };
        let mut list = ListingPage { projects: Vec::new(), odd: Vec::new(), next, last, incomplete };
        for (n, row) in rows.into_iter().enumerate() {
            match row.and_then(|repo| map::project(repo, &self.name)) {
                Ok(project) => list.projects.push(project),
                Err(why) => list.odd.push(OddRow { place: format!("{doing}, page {page} row {}", n + 1), why }),
            }
        }
        Ok(Conditional::Changed { value: list, validator: answer.validator() })
    }

    /// The sentence for a list that lacks organisations for which the token is not authorised.
    fn partial_sso(&self, answer: &Answer) -> Option<String> {
        answer.header("x-github-sso").filter(|v| v.trim_start().starts_with("partial-results")).map(|_| {
            format!(
                "{} left out organisations for which the token is not authorised for single sign-on",
                self.http.base().host()
            )
        })
    }

    /// Path of a lane up to its page.
    fn lane_path(&self, project: &ProjectRef, lane: Lane) -> String {
        let order = match lane {
            Lane::Open => "state=open&sort=created&direction=asc",
            Lane::Moved => "state=all&sort=updated&direction=desc",
        };
        self.rest(&format!("/repos/{}/issues?{order}&per_page=100", project.path()))
    }

    fn page_path(&self, lane_path: &str, page: u32) -> (String, bool) {
        match self.state().cursors.get(&(lane_path.to_owned(), page)) {
            Some(after) => (format!("{lane_path}&after={}&page={page}", encode(after)), true),
            None => (format!("{lane_path}&page={page}"), false),
        }
    }

    fn remember(&self, lane_path: &str, pages: &Pages) {
        if let (Some(next), Some(after)) = (pages.next, &pages.after) {
            let mut state = self.state();
            if state.cursors.len() > 20_000 {
                state.cursors.clear();
            }
            state.cursors.insert((lane_path.to_owned(), next), after.clone());
        }
    }

    /// Reads a page. Large lists refuse a page number without its cursor: then the pages before are walked again
    /// for their cursors.
    async fn lane_page(&self, lane_path: &str, page: u32, known: Option<&Validator>, doing: &str) -> Result<Answer> {
        let (path, has_cursor) = self.page_path(lane_path, page);
        let result = self.http.get(&path, known, doing).await;
        match result {
            Err(e) if e.class == ErrorClass::Invalid && page > 1 && !has_cursor && e.said.contains("cursor") => {}
            other => return other,
        }
        let mut at = 1;
        while at < page {
            let (path, _) = self.page_path(lane_path, at);
            let answer = self.http.get(&path, None, doing).await?;
            let pages = self.pages(&answer, at, doing)?;
            self.remember(lane_path, &pages);
            match pages.next {
                Some(next) if next <= page => at = next,
                // The list became shorter meanwhile; the page does not exist any more and reads as empty.
                _ => break,
            }
        }
        self.http.get(&self.page_path(lane_path, page).0, known, doing).await
    }

    pub(super) async fn read_tasks(
        &self,
        project: &ProjectRef,
        lane: Lane,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<TaskPage>> {
        let doing = format!("reading the issues of {project}");
        let lane_path = self.lane_path(project, lane);
        let answer = self.lane_page(&lane_path, page.max(1), known, &doing).await?;
        if answer.unchanged() {
            return Ok(Conditional::Unchanged);
        }
        let rows: Vec<wire::Row<wire::Issue>> = wire::rows(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        if answer.moved {
            self.same_place(project, &rows, &doing).await?;
        }
        let pages = self.pages(&answer, page.max(1), &doing)?;
        self.remember(&lane_path, &pages);
        let place = format!("{project} page {page}");
        let mut value = task_page(rows, project, answer.time(), &place);
        (value.next, value.last) = (pages.next, pages.last);
        Ok(Conditional::Changed { value, validator: answer.validator() })
    }

    /// After a redirect: passes when the project still has its name.
    async fn same_place(&self, project: &ProjectRef, rows: &[wire::Row<wire::Issue>], doing: &str) -> Result<()> {
        let told = rows.iter().flatten().find_map(|issue| place(issue.url.as_deref()?)).map(|(name, _)| name);
        let name = match told {
            Some(name) => Some(name),
            None => {
                let answer = self.http.get(&self.rest(&format!("/repos/{}", project.path())), None, doing).await?;
                wire::one::<wire::Repository>(&answer.body).map_err(|f| self.unusable(&f, doing))?.full_name
            }
        };
        self.unless_moved(project, name, doing)
    }

    pub(super) fn unless_moved(&self, project: &ProjectRef, name: Option<String>, doing: &str) -> Result<()> {
        if name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(project.path())) {
            return Ok(());
        }
        let to = name.and_then(|name| ProjectRef::parse(&self.name, &name).ok()).map(|p| p.path().to_owned());
        Err(self.fail(ErrorClass::Moved { to }, doing, ""))
    }

    /// Reads one issue; a transferred one is named with its new place.
    pub(super) async fn read_issue(&self, key: &TaskKey, doing: &str) -> Result<Task> {
        Ok(self.read_whole(key, doing).await?.0)
    }

    /// [`Self::read_issue`] with its description.
    pub(super) async fn read_whole(&self, key: &TaskKey, doing: &str) -> Result<(Task, Option<Foreign>)> {
        let path = self.rest(&format!("/repos/{}/issues/{}", key.project.path(), key.number));
        let answer = self.http.get(&path, None, doing).await?;
        let issue: wire::Issue = wire::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        if answer.moved {
            match issue.url.as_deref().and_then(place) {
                Some((name, number)) if number != key.number && ProjectRef::parse(&self.name, &name).is_ok() => {
                    let to = Some(format!("{name}#{number}"));
                    return Err(self.fail(ErrorClass::Moved { to }, doing, ""));
                }
                other => self.unless_moved(&key.project, other.map(|(name, _)| name), doing)?,
            }
        }
        if issue.pull_request.is_some() {
            return Err(self.fail(ErrorClass::Invalid, doing, "it is a pull request, not an issue"));
        }
        let odd = |why: String| self.fail(ErrorClass::Unexpected { status: answer.status }, doing, &why);
        let (task, body) = map::task(issue, &key.project).map_err(odd)?;
        if task.key != *key {
            return Err(odd("the answer is about another issue".into()));
        }
        Ok((task, body))
    }

    pub(super) async fn read_task(&self, key: &TaskKey) -> Result<Reading> {
        let doing = format!("reading {key}");
        let task = self.read_issue(key, &doing).await?;
        let doing = format!("reading the comments of {key}");
        let base = self.rest(&format!("/repos/{}/issues/{}/comments?per_page=100", key.project.path(), key.number));
        let mut comments = Vec::new();
        let mut page = 1;
        let time = loop {
            let answer = self.http.get(&format!("{base}&page={page}"), None, &doing).await?;
            let rows: Vec<wire::Row<wire::Comment>> =
                wire::rows(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
            for row in rows {
                match row.and_then(map::comment) {
                    Ok(comment) => comments.push(comment),
                    Err(why) => tracing::warn!(task = %key, why, "a comment cannot be read"),
                }
            }
            match self.pages(&answer, page, &doing)?.next {
                Some(next) if next <= COMMENT_PAGES => page = next,
                Some(_) => return Err(self.fail(ErrorClass::TooLarge, &doing, "")),
                None => break answer.time(),
            }
        };
        comments.sort_by_key(|c| (c.created_at, c.id));
        comments.dedup_by_key(|c| c.id);
        let counted = task.comments;
        Ok(Reading { task, comments, counted, server_time: Some(time) })
    }
}

/// Rows of one page as tasks: pull requests dropped, odd rows counted, one row per number (the newest wins), and no
/// time from the future.
pub(super) fn task_page(
    rows: Vec<wire::Row<wire::Issue>>,
    project: &ProjectRef,
    now: Timestamp,
    place: &str,
) -> TaskPage {
    let mut page = TaskPage::default();
    let mut at: HashMap<u64, usize> = HashMap::new();
    for (n, row) in rows.into_iter().enumerate() {
        let mut odd = |why| page.odd.push(OddRow { place: format!("{place} row {}", n + 1), why });
        let issue = match row {
            Ok(issue) => issue,
            Err(why) => {
                odd(why);
                continue;
            }
        };
        if let Some(updated) = map::time(issue.updated_at.as_deref()).filter(|t| !map::is_ahead(*t, now)) {
            let (newest, oldest) = page.span.unwrap_or((updated, updated));
            page.span = Some((newest.max(updated), oldest.min(updated)));
        }
        if let (Some(number), Some(at)) = (issue.number, map::time(issue.closed_at.as_deref())) {
            page.closed.push((number, at));
        }
        if issue.pull_request.is_some() {
            continue;
        }
        match map::task(issue, project) {
            Ok((mut task, body)) => {
                if map::is_ahead(task.updated_at, now) {
                    odd(format!("{} was changed in the future; the time of reading is kept instead", task.key));
                    task.updated_at = now;
                }
                insert(&mut page.tasks, &mut at, (task, body));
            }
            Err(why) => odd(why),
        }
    }
    page
}

fn insert(tasks: &mut Vec<(Task, Option<Foreign>)>, at: &mut HashMap<u64, usize>, row: (Task, Option<Foreign>)) {
    match at.get(&row.0.key.number).and_then(|index| tasks.get_mut(*index)) {
        Some(old) if row.0.updated_at >= old.0.updated_at => *old = row,
        Some(_) => {}
        None => {
            at.insert(row.0.key.number, tasks.len());
            tasks.push(row);
        }
    }
}

/// An error that only concerns one part of a batch, told as an odd row.
pub(super) fn odd_of(error: &TrackerError, place: String) -> OddRow {
    OddRow { place, why: error.sentence() }
}
