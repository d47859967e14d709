//! The pages of a project's tasks, and what moved in many projects at once.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;

use super::{
    Jira, map,
    search::{Order, Page, Search},
    wire,
};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        task::{Comment, TaskState},
    },
    tracker::{Conditional, ErrorClass, Hits, Lane, OddRow, Result, Sources, TaskPage, Validator, rows},
};

/// How far a clock may run ahead of the answer's own time, in seconds.
const AHEAD: i64 = 86_400;

/// How far behind the newest change the list of what moved reaches, minutes: the index of Cloud lags.
const OVERLAP: i64 = 5;

/// The newest change seen, as the validator of a project that has no ETag.
fn validator(newest: Timestamp) -> Validator {
    Validator { etag: None, last_modified: Some(newest.to_string()) }
}

/// Fields asked of every issue.
const FIELDS: [&str; 21] = [
    "summary",
    "description",
    "status",
    "resolution",
    "resolutiondate",
    "issuetype",
    "priority",
    "labels",
    "components",
    "fixVersions",
    "assignee",
    "reporter",
    "creator",
    "created",
    "updated",
    "duedate",
    "votes",
    "watches",
    "issuelinks",
    "parent",
    "project",
];

/// Pages that are read for the filter of a view: 1,000 tasks.
const FILTER_PAGES: u32 = 10;

/// A word in quotes for JQL: keys and labels that the parsers of this program took, so nothing in it needs escaping.
pub(super) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace(['"', '\\'], " "))
}

fn of_project(project: &ProjectRef) -> String {
    format!("project = {}", quoted(project.path()))
}

/// A list of what moved that is being read, page by page.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    conditions: Vec<String>,
    /// It may hold what is outside of the configured part.
    outside: bool,
}

impl Jira {
    /// All fields that tell something, with the site's own ids.
    pub(super) async fn fields(&self, comments: bool) -> Result<Vec<String>> {
        let custom = &self.site().await?.custom;
        let standard = FIELDS.iter().copied().chain(comments.then_some("comment"));
        Ok(standard.chain(custom.ids()).map(str::to_owned).collect())
    }

    /// Conditions of everything in a project, in the configured part of it.
    fn within(&self, project: &ProjectRef) -> Vec<String> {
        let slice = self.slice.as_ref().map(|slice| format!("({slice})"));
        std::iter::once(of_project(project)).chain(slice).collect()
    }

    pub(super) async fn read_tasks(
        &self,
        project: &ProjectRef,
        lane: Lane,
        page: u32,
        known: Option<&Validator>,
    ) -> Result<Conditional<TaskPage>> {
        let doing = format!("reading the issues of {project}");
        let number = page.max(1);
        let since = known.and_then(|v| v.last_modified.as_ref()?.parse::<Timestamp>().ok());
        let (conditions, order, outside) = match lane {
            Lane::Open => {
                let mut conditions = self.within(project);
                conditions.push("statusCategory != Done".into());
                (conditions, Order::Created, false)
            }
            Lane::Moved => {
                let moved = self.moved(project, number, since);
                (moved.conditions, Order::Updated, moved.outside)
            }
        };
        let Some(found) = self.task_page(conditions, order, number, &doing).await? else {
            return Ok(Conditional::Changed { value: TaskPage::default(), validator: None });
        };
        let mut value = self.told(found, project, number, &format!("{project} page {number}")).await?;
        let newest = value.span.map(|(newest, _)| newest).or(since);
        if since.is_some() && newest <= since && value.odd.is_empty() {
            return Ok(Conditional::Unchanged);
        }
        if outside {
            self.drop_outside(project, &mut value, &doing).await?;
        }
        Ok(Conditional::Changed { value, validator: newest.map(validator) })
    }

    /// The list of what moved since a moment, the same for all of its pages. The first read of all takes the configured
    /// part alone; later ones must see what left it.
    fn moved(&self, project: &ProjectRef, page: u32, since: Option<Timestamp>) -> Moved {
        let known = self.state().moved.get(project).filter(|_| page > 1).cloned();
        known.unwrap_or_else(|| {
            let moved = match since {
                None => Moved { conditions: self.within(project), outside: false },
                Some(since) => Moved {
                    conditions: vec![of_project(project), self.updated_since(since)],
                    outside: self.slice.is_some(),
                },
            };
            self.state().moved.insert(project.clone(), moved.clone());
            moved
        })
    }

    /// A condition for what changed after a moment, and a little before: the index of Cloud lags.
    fn updated_since(&self, since: Timestamp) -> String {
        let minutes = self.server_now().as_second().saturating_sub(since.as_second()).max(0) / 60 + OVERLAP;
        format!("updated >= -{minutes}m")
    }

    /// One page of full rows; without their comments when the answer with them is too large.
    async fn task_page(&self, conditions: Vec<String>, order: Order, page: u32, doing: &str) -> Result<Option<Page>> {
        let mut search = Search { conditions, order, fields: self.fields(true).await?, reconcile: Vec::new() };
        match self.page(&search, page, doing).await {
            Err(error) if error.class == ErrorClass::TooLarge && error.said.is_empty() => {
                search.fields = self.fields(false).await?;
                self.page(&search, page, doing).await
            }
            other => other,
        }
    }

    /// Takes out of a page what is not in the configured part of the project.
    async fn drop_outside(&self, project: &ProjectRef, page: &mut TaskPage, doing: &str) -> Result<()> {
        let keys: Vec<String> = page.tasks.iter().map(|(t, _)| quoted(&t.key.to_string())).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let mut conditions = self.within(project);
        conditions.push(format!("key in ({})", keys.join(", ")));
        let ids = page.tasks.iter().map(|(t, _)| t.id).filter(|id| *id > 0).take(50).collect();
        let search = Search { conditions, order: Order::Updated, fields: vec!["updated".into()], reconcile: ids };
        let mut inside: HashSet<TaskKey> = HashSet::new();
        let mut number = 1;
        while let Some(found) = self.page(&search, number, doing).await? {
            let issues = found.issues.iter().filter_map(|raw| rows::row::<wire::Issue>(raw).ok());
            inside.extend(issues.filter_map(|i| map::key(i.key.0.as_deref(), &self.name).ok()));
            if !found.goes_on() {
                break;
            }
            number += 1;
        }
        page.left = page.tasks.iter().map(|(t, _)| t.key.clone()).filter(|key| !inside.contains(key)).collect();
        let left: HashSet<&TaskKey> = page.left.iter().collect();
        page.tasks.retain(|(t, _)| !left.contains(&t.key));
        page.threads.retain(|(key, _)| !left.contains(key));
        Ok(())
    }

    /// Rows of a page as tasks; odd rows counted, no time from the future.
    async fn told(&self, found: Page, project: &ProjectRef, number: u32, place: &str) -> Result<TaskPage> {
        let site = self.site().await?;
        let shop = self.shop(project).await?;
        let around = map::Around { tracker: &self.name, dialect: site.dialect, custom: &site.custom, shop: &shop };
        let mut page = TaskPage {
            next: found.goes_on().then(|| number.saturating_add(1)),
            last: found.after.map(|after| number.saturating_add(after)),
            ..TaskPage::default()
        };
        let mut met: HashSet<TaskKey> = HashSet::new();
        for (n, raw) in found.issues.iter().enumerate() {
            let mut odd = |why| page.odd.push(OddRow { place: format!("{place} row {}", n + 1), why });
            let told = match rows::row::<wire::Issue>(raw).and_then(|issue| map::issue(issue, &around)) {
                Ok(told) => told,
                Err(why) => {
                    odd(why);
                    continue;
                }
            };
            let map::Told { mut task, body, thread } = told;
            if task.key.project != *project {
                odd(format!("{} belongs to another project", task.key));
                continue;
            }
            if task.updated_at.as_second() > found.time.as_second().saturating_add(AHEAD) {
                odd(format!("{} was changed in the future; the time of reading is kept instead", task.key));
                task.updated_at = found.time;
            }
            let (newest, oldest) = page.span.unwrap_or((task.updated_at, task.updated_at));
            page.span = Some((newest.max(task.updated_at), oldest.min(task.updated_at)));
            if let Some(at) = task.closed_at.filter(|_| task.state != TaskState::Open) {
                page.closed.push((task.key.number, at));
            }
            if met.insert(task.key.clone()) {
                page.threads.extend(thread.map(|thread| (task.key.clone(), thread)));
                page.tasks.push((task, Some(body)));
            }
        }
        Ok(page)
    }

    pub(super) async fn read_recent(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>> {
        let doing = format!("reading the recent comments of {project}");
        let conditions = vec![of_project(project), self.updated_since(since)];
        let fields = ["created", "updated", "summary", "comment"].map(str::to_owned).to_vec();
        let search = Search { conditions, order: Order::Updated, fields, reconcile: Vec::new() };
        let mut found = Vec::new();
        let mut number = 1;
        while let Some(page) = self.page(&search, number, &doing).await? {
            let goes_on = page.goes_on();
            let told = self.told(page, project, number, &doing).await?;
            for (task, _) in &told.tasks {
                let thread = told.threads.iter().find(|(key, _)| *key == task.key).map(|(_, thread)| thread.clone());
                let thread = match thread {
                    Some(thread) => thread,
                    None if task.comments > 0 => self.read_comments(&task.key, &doing).await?.0,
                    None => Vec::new(),
                };
                let fresh = thread.into_iter().filter(|c| c.updated_at >= since);
                found.extend(fresh.map(|comment| (task.key.clone(), comment)));
            }
            if !goes_on || found.len() >= 1_000 || number >= 10 {
                break;
            }
            number += 1;
        }
        found.sort_by_key(|(_, comment)| (comment.created_at, comment.id));
        Ok(found)
    }

    /// Issues of the configured projects that a search in Jira's own language finds.
    pub(super) async fn find_filtered(&self, sources: &Sources, filter: &str) -> Result<Hits> {
        let doing = "searching with the filter of a view";
        let keys: Vec<String> = sources.repos.iter().map(|p| quoted(p.path())).collect();
        let within = (!keys.is_empty()).then(|| format!("project in ({})", keys.join(", ")));
        let slice = self.slice.as_ref().map(|slice| format!("({slice})"));
        let conditions = std::iter::once(format!("({filter})")).chain(within).chain(slice).collect();
        let fields = vec!["updated".into()];
        let search = Search { conditions, order: Order::Updated, fields, reconcile: Vec::new() };
        let mut hits = Hits::default();
        for number in 1..=FILTER_PAGES {
            let Some(page) = self.page(&search, number, doing).await? else { break };
            let issues = page.issues.iter().filter_map(|raw| rows::row::<wire::Issue>(raw).ok());
            hits.keys.extend(issues.filter_map(|i| map::key(i.key.0.as_deref(), &self.name).ok()));
            if !page.goes_on() {
                break;
            }
            hits.cut = number == FILTER_PAGES;
        }
        Ok(hits)
    }

    /// Tasks whose comments name the program, of the configured projects.
    pub(super) async fn find_marked(&self, sources: &Sources) -> Result<Vec<TaskKey>> {
        let doing = "searching for claims";
        let keys: Vec<String> = sources.repos.iter().map(|p| quoted(p.path())).collect();
        let mut conditions = vec!["comment ~ \"floorwalk\"".to_owned()];
        if keys.is_empty() {
            conditions.push("created >= -5200w".into());
        } else {
            conditions.push(format!("project in ({})", keys.join(", ")));
        }
        let search =
            Search { conditions, order: Order::Updated, fields: vec!["updated".into()], reconcile: Vec::new() };
        let mut found = BTreeSet::new();
        for number in 1..=10 {
            let page = match self.page(&search, number, doing).await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) if super::left_out(&error) => {
                    tracing::info!(%error, "claims are not searched for");
                    break;
                }
                Err(error) => return Err(error),
            };
            let issues = page.issues.iter().filter_map(|raw| rows::row::<wire::Issue>(raw).ok());
            found.extend(issues.filter_map(|i| map::key(i.key.0.as_deref(), &self.name).ok()));
            if !page.goes_on() {
                break;
            }
        }
        Ok(found.into_iter().collect())
    }
}
