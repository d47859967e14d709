//! One issue as it is now: itself, its comments, what happened to it, what it links to outside. Never from the search,
//! whose index lags.

use super::{Jira, address::Dialect, map, wire};
use crate::{
    domain::{
        evidence::{Happening, History, What},
        key::TaskKey,
        person::{Login, Person},
        task::{Comment, Task, TaskState},
        text::Foreign,
    },
    tracker::{ErrorClass, Reading, Result, rows},
};

/// Comments of one page.
const COMMENTS: u32 = 100;
/// Pages of comments or history of one issue.
const PAGES: u32 = 100;
/// Acts of one page of history.
const ACTS: u32 = 100;

impl Jira {
    pub(super) async fn read_issue(&self, key: &TaskKey, doing: &str) -> Result<(Task, jiff::Timestamp)> {
        let site = self.site().await?;
        let shop = self.shop(&key.project).await?;
        let fields = self.fields(false).await?.join(",");
        let route = self.route(&format!("/issue/{key}?fields={fields}"), doing).await?;
        let answer = self.http.get(&route, None, doing).await?;
        let issue: wire::Issue = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
        self.took(&answer);
        let around = map::Around { tracker: &self.name, dialect: site.dialect, custom: &site.custom, shop: &shop };
        let odd = |why: String| self.fail(ErrorClass::Unexpected { status: answer.status }, doing, &why);
        let told = map::issue(issue, &around).map_err(odd)?;
        if told.task.key != *key {
            // An issue that was moved answers to its old key with the new one.
            return Err(self.fail(ErrorClass::Moved { to: Some(told.task.key.to_string()) }, doing, ""));
        }
        Ok((told.task, answer.time()))
    }

    /// All comments, oldest first, and how many the site counts.
    pub(super) async fn read_comments(&self, key: &TaskKey, doing: &str) -> Result<(Vec<Comment>, u32)> {
        let site = self.site().await?;
        let shop = self.shop(&key.project).await?;
        let mut comments: Vec<Comment> = Vec::new();
        let mut start = 0;
        for _ in 0..PAGES {
            let order = format!("startAt={start}&maxResults={COMMENTS}&orderBy=created&expand=properties");
            let route = self.route(&format!("/issue/{key}/comment?{order}"), doing).await?;
            let answer = self.http.get(&route, None, doing).await?;
            let page: wire::Comments = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
            let came = u32::try_from(page.comments.len()).unwrap_or(u32::MAX);
            for raw in &page.comments {
                match rows::row(raw).and_then(|c| map::comment(c, site.dialect, &shop)) {
                    Ok(comment) => comments.push(comment),
                    Err(why) => tracing::warn!(task = %key, why, "a comment cannot be read"),
                }
            }
            start += came;
            let total = page.total.0.unwrap_or(start);
            if came == 0 || start >= total {
                self.learn(&comments);
                comments.sort_by_key(|c| (c.created_at, c.id));
                comments.dedup_by_key(|c| c.id);
                return Ok((comments, total));
            }
        }
        Err(self.fail(ErrorClass::TooLarge, doing, ""))
    }

    /// Remembers the names of those who wrote, so that they can be mentioned by them.
    fn learn(&self, comments: &[Comment]) {
        let mut state = self.state();
        for author in comments.iter().filter_map(|c| c.author.as_ref()) {
            state.people.insert(author.login.raw().to_owned(), author.login.shown().clone());
        }
    }

    pub(super) async fn read_task(&self, key: &TaskKey) -> Result<Reading> {
        let doing = format!("reading {key}");
        let (mut task, time) = self.read_issue(key, &doing).await?;
        let doing = format!("reading the comments of {key}");
        let (comments, counted) = self.read_comments(key, &doing).await?;
        task.comments = counted;
        Ok(Reading { task, comments, counted, server_time: Some(time) })
    }

    pub(super) async fn read_history(&self, key: &TaskKey) -> Result<History> {
        let doing = format!("reading what happened to {key}");
        let dialect = self.site().await?.dialect;
        let entries = match dialect {
            Dialect::Cloud => self.cloud_log(key, &doing).await?,
            Dialect::DataCenter => {
                let route = self.route(&format!("/issue/{key}?fields=created&expand=changelog"), &doing).await?;
                let answer = self.http.get(&route, None, &doing).await?;
                let issue: wire::Issue = rows::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
                issue.changelog.0.and_then(|log| log.histories.0).unwrap_or_default()
            }
        };
        let mut happenings: Vec<Happening> = entries.into_iter().flat_map(happenings_of).collect();
        happenings.sort_by_key(|h| (h.at, h.id));
        Ok(History { happenings, pulls: Vec::new() })
    }

    async fn cloud_log(&self, key: &TaskKey, doing: &str) -> Result<Vec<wire::Entry>> {
        let mut entries = Vec::new();
        let mut start = 0;
        for _ in 0..PAGES {
            let route = format!("/issue/{key}/changelog?startAt={start}&maxResults={ACTS}");
            let answer = self.http.get(&self.route(&route, doing).await?, None, doing).await?;
            let page: wire::Changelog = rows::one(&answer.body).map_err(|f| self.unusable(&f, doing))?;
            let values = page.values.0.unwrap_or_default();
            let came = u32::try_from(values.len()).unwrap_or(u32::MAX);
            start += came;
            entries.extend(values);
            let total = page.total.0.unwrap_or(u64::from(start));
            if came == 0 || page.is_last.0 == Some(true) || u64::from(start) >= total {
                return Ok(entries);
            }
        }
        Err(self.fail(ErrorClass::TooLarge, doing, ""))
    }

    /// Addresses outside that an issue links to.
    pub(super) async fn read_remote_links(&self, key: &TaskKey) -> Result<Vec<Foreign>> {
        let doing = format!("reading what {key} links to");
        let route = self.route(&format!("/issue/{key}/remotelink"), &doing).await?;
        let answer = self.http.get(&route, None, &doing).await?;
        let links = rows::rows::<wire::RemoteLink>(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let url = |link: wire::RemoteLink| link.object.0?.url.0;
        Ok(links.into_iter().flatten().filter_map(url).map(Foreign::new).collect())
    }
}

/// One act as the rows of a history: what changed at once happened at once.
fn happenings_of(entry: wire::Entry) -> Vec<Happening> {
    let Some(at) = map::time(entry.created.0.as_deref()) else { return Vec::new() };
    let id = entry.id.0.and_then(|id| id.parse().ok()).unwrap_or(0);
    let by = map::person(entry.author.0);
    let items = entry.items.0.unwrap_or_default();
    let resolved = items.iter().find(|i| i.field.0.as_deref() == Some("resolution"));
    let end = resolved.and_then(ended);
    let mut whats: Vec<What> = end.into_iter().collect();
    whats.extend(items.iter().flat_map(changed));
    whats.into_iter().map(|what| Happening { id, at, by: by.clone(), what }).collect()
}

/// Closed where a resolution was given, opened again where it was taken away. Sites without resolutions tell neither:
/// the state of the task itself does.
fn ended(item: &wire::Item) -> Option<What> {
    let given = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.is_empty());
    match (given(&item.from.0), given(&item.to.0)) {
        (false, true) => {
            let how = item.to_string.0.as_deref().unwrap_or_default();
            let state = if map::is_undone(how) { TaskState::NotPlanned } else { TaskState::Closed };
            Some(What::Closed { state })
        }
        (true, false) => Some(What::Reopened),
        _ => None,
    }
}

fn account(id: Option<&String>, name: Option<&String>) -> Option<Person> {
    let id = id.filter(|id| !id.is_empty())?;
    let shown = name.cloned().unwrap_or_default();
    Some(Person {
        id: map::id_of(id),
        login: Login::named(id.clone(), shown),
        kind: crate::domain::person::PersonKind::Human,
    })
}

/// What one changed field means, in the order in which it happened: what was taken away first.
fn changed(item: &wire::Item) -> Vec<What> {
    let (from, to) =
        (item.from_string.0.as_deref().unwrap_or_default(), item.to_string.0.as_deref().unwrap_or_default());
    let text = |raw: &str| (!raw.is_empty()).then(|| Foreign::new(raw));
    let list = |raw: &str| raw.split(", ").filter(|s| !s.is_empty()).map(Foreign::new).collect::<Vec<_>>();
    match item.field.0.as_deref().unwrap_or_default() {
        "assignee" => {
            let from = account(item.from.0.as_ref(), item.from_string.0.as_ref()).map(|from| What::Unassigned { from });
            let to = account(item.to.0.as_ref(), item.to_string.0.as_ref()).map(|to| What::Assigned { to });
            from.into_iter().chain(to).collect()
        }
        "labels" => {
            let words = |raw: &str| raw.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let (before, after) = (words(from), words(to));
            let gone = before
                .iter()
                .filter(|l| !after.contains(l))
                .map(|l| What::Unlabelled { label: Foreign::new(l.as_str()) });
            let new = after
                .iter()
                .filter(|l| !before.contains(l))
                .map(|l| What::Labelled { label: Foreign::new(l.as_str()) });
            gone.chain(new).collect()
        }
        "Sprint" => vec![What::SprintChanged { from: list(from), to: list(to) }],
        "priority" => vec![What::PriorityChanged { from: text(from), to: text(to) }],
        "status" => vec![What::StatusChanged { from: Foreign::new(from), to: Foreign::new(to) }],
        "Fix Version" => {
            let gone = text(from).map(|milestone| What::MilestoneRemoved { milestone });
            let new = text(to).map(|milestone| What::MilestoneSet { milestone });
            gone.into_iter().chain(new).collect()
        }
        _ => Vec::new(),
    }
}
