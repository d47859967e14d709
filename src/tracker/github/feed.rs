//! The change feed: everything that changed in an owner's projects, by one search, independent of how many projects
//! there are. Where the search cannot be had, there is no feed.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    GitHub,
    graphql::{self, Meaning, Reply},
    index::{big, too_much},
    map, rest,
    wire::{self, Lossy},
};
use crate::{
    domain::{
        key::{ProjectRef, is_github_owner},
        person::{Login, Person, PersonKind},
        task::{Milestone, Task},
        text::Foreign,
    },
    tracker::{ErrorClass, FeedPage, Listing, OddRow, Result, Talk, TrackerError},
};

/// Rows asked for at once.
const ROWS: u32 = 100;

const DOING: &str = "reading what changed";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Node {
    id: Option<String>,
    full_database_id: Lossy<Value>,
    number: Option<u64>,
    title: Option<String>,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    locked: Option<bool>,
    created_at: Option<String>,
    updated_at: Option<String>,
    closed_at: Option<String>,
    author_association: Option<String>,
    repository: Option<Repository>,
    author: Option<Actor>,
    labels: Option<Nodes<Named>>,
    assignees: Option<Nodes<Actor>>,
    comments: Option<Thread>,
    reactions: Option<Count>,
    milestone: Option<Due>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Repository {
    name_with_owner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Actor {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: Option<String>,
    database_id: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct Nodes<T> {
    nodes: Vec<Option<T>>,
}

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Self { nodes: Vec::new() }
    }
}

impl<T> Nodes<T> {
    fn all(nodes: Option<Self>) -> impl Iterator<Item = T> {
        nodes.into_iter().flat_map(|n| n.nodes).flatten()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Count {
    total_count: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Thread {
    total_count: Option<u32>,
    nodes: Lossy<Vec<Option<Said>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Said {
    body: Option<String>,
    created_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Due {
    title: Option<String>,
    due_on: Option<String>,
}

/// An account. Bots are written as REST writes them, `name[bot]`, so that one bot stays one person.
fn author(actor: Option<Actor>) -> Option<Person> {
    let actor = actor?;
    let mut login = actor.login.filter(|l| !l.is_empty())?;
    let bot = actor.kind.as_deref() == Some("Bot");
    if bot && !login.ends_with("[bot]") {
        login.push_str("[bot]");
    }
    let kind = if bot || login.ends_with("[bot]") { PersonKind::Bot } else { PersonKind::Human };
    Some(Person { login: Login::new(login), id: actor.database_id.unwrap_or(0), kind })
}

/// What was said on a task lately. Comments that did not come count as missed until its last change.
fn talk(said: Vec<Option<Said>>, counted: u32, task: &Task) -> Talk {
    let came: Vec<Said> = said.into_iter().flatten().collect();
    let first = came.first().and_then(|s| map::time(s.created_at.as_deref()));
    let whole = came.len() >= counted as usize;
    Talk {
        key: task.key.clone(),
        whole_since: (!whole).then(|| first.unwrap_or(task.updated_at)),
        last: came.into_iter().filter_map(|s| s.body).map(Foreign::new).collect(),
    }
}

impl GitHub {
    fn task_of(&self, node: Node) -> std::result::Result<(Task, Option<Foreign>, Talk), String> {
        let name = node.repository.and_then(|r| r.name_with_owner).ok_or("its repository is missing")?;
        let project = ProjectRef::parse(&self.name, &name).map_err(|e| e.to_string())?;
        let count = |c: Option<Count>| c.and_then(|c| c.total_count).unwrap_or(0);
        let person = author(node.author);
        let thread = node.comments.unwrap_or_default();
        let counted = thread.total_count.unwrap_or(0);
        let issue = wire::Issue {
            id: big(&node.full_database_id),
            node_id: node.id,
            number: node.number,
            title: node.title,
            body: node.body,
            state: node.state,
            state_reason: node.state_reason,
            author_association: node.author_association,
            created_at: node.created_at,
            updated_at: node.updated_at,
            closed_at: node.closed_at,
            comments: Some(counted),
            locked: node.locked,
            ..wire::Issue::default()
        };
        let (mut task, body) = map::task(issue, &project)?;
        task.author = person;
        task.reactions = count(node.reactions);
        task.labels = Nodes::all(node.labels).filter_map(|l| l.name).map(Foreign::new).collect();
        task.assignees = Nodes::all(node.assignees).filter_map(|a| a.login).map(Login::new).collect();
        task.milestone = node
            .milestone
            .and_then(|m| Some(Milestone { title: Foreign::new(m.title?), due: map::time(m.due_on.as_deref()) }));
        let talk = talk(thread.nodes.0.unwrap_or_default(), counted, &task);
        Ok((task, body, talk))
    }

    /// The search for an owner; `None` where no search can tell.
    fn search_of(&self, owner: &Listing, since: Timestamp) -> Option<String> {
        let scope = match owner {
            Listing::Org(org) if is_github_owner(org) => format!("org:{org}"),
            Listing::User(user) if is_github_owner(user) => format!("user:{user}"),
            Listing::Repo(project) => format!("repo:{}", project.path()),
            _ => return None,
        };
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        Some(format!("{scope} is:issue updated:>={since} sort:updated-asc"))
    }

    pub(super) async fn read_feed(
        &self,
        owner: &Listing,
        since: Timestamp,
        cursor: Option<&str>,
    ) -> Result<Option<FeedPage>> {
        let Some(search) = self.search_of(owner, since).filter(|_| self.no_queries().is_none()) else {
            return Ok(None);
        };
        let mut rows = match self.state().feed_rows {
            0 => ROWS,
            rows => rows,
        };
        loop {
            let variables = json!({ "search": search, "first": rows, "after": cursor });
            let error = match self.ask(graphql::FEED, variables, rows == 1, DOING).await {
                Ok(reply) => match self.feed_page(&reply) {
                    Ok(Some(page)) if page.next.is_some() && page.next.as_deref() == cursor => {
                        let said = "its next page leads back to itself";
                        return Err(self.fail(ErrorClass::Unexpected { status: 200 }, DOING, said));
                    }
                    Ok(page) => {
                        self.state().feed_rows = rows.saturating_mul(2).min(ROWS);
                        return Ok(page);
                    }
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if self.why_no_graphql(&error).is_some() {
                return Ok(None);
            }
            if !too_much(&error.class) || rows == 1 {
                return Err(error);
            }
            // Less at once: what lies before the part that fails is still read, and the cursor stops there.
            rows /= 2;
            self.state().feed_rows = rows;
        }
    }

    /// A page, `None` where the server is too old for the query, or an error when the page has a hole.
    fn feed_page(&self, reply: &Reply) -> Result<Option<FeedPage>> {
        if let Some(error) = reply.first(&Meaning::Limit) {
            return Err(self.spent(DOING, error.message(), false));
        }
        if let Some(error) = reply.first(&Meaning::Pause) {
            return Err(self.spent(DOING, error.message(), true));
        }
        if let Some(error) = reply.first(&Meaning::Schema) {
            tracing::info!(why = self.old_schema(error), "no change feed");
            return Ok(None);
        }
        let search = reply.data.as_ref().and_then(|data| data.get("search")).filter(|s| !s.is_null());
        let Some(search) = search else { return Err(self.hole(reply)) };
        let nodes = search.get("nodes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut page = FeedPage { tasks: Vec::new(), odd: Vec::new(), next: None, talks: Vec::new(), total: 0 };
        for (n, node) in nodes.iter().enumerate() {
            if node.is_null() {
                let own = reply.errors().iter().find(|e| e.index(2) == Some(n));
                match own.map(|e| e.meaning()) {
                    // Without access nothing is missing that could ever be read.
                    Some(Meaning::Part(ErrorClass::Forbidden | ErrorClass::NotFound | ErrorClass::Sso { .. })) => {}
                    _ => return Err(self.hole(reply)),
                }
                let error = self.fail(ErrorClass::Forbidden, DOING, own.map(|e| e.message()).unwrap_or_default());
                page.odd.push(rest::odd_of(&error, format!("change feed row {}", n + 1)));
                continue;
            }
            if node.as_object().is_some_and(serde_json::Map::is_empty) {
                continue;
            }
            match wire::salvage::<Node>(node.clone()).and_then(|node| self.task_of(node)) {
                Ok((task, body, talk)) => {
                    page.talks.push(talk);
                    page.tasks.push((task, body));
                }
                Err(why) => page.odd.push(OddRow { place: format!("change feed row {}", n + 1), why }),
            }
        }
        let info = search.get("pageInfo");
        let more = info.and_then(|i| i.get("hasNextPage")).and_then(Value::as_bool) == Some(true);
        let end = info.and_then(|i| i.get("endCursor")).and_then(Value::as_str).map(str::to_owned);
        if more && end.is_none() {
            return Err(self.hole(reply));
        }
        page.next = end.filter(|_| more);
        let total = search.get("issueCount").and_then(Value::as_u64).unwrap_or(0);
        page.total = u32::try_from(total).unwrap_or(u32::MAX);
        Ok(Some(page))
    }

    /// The error for an answer that lacks a part: asking for less may help, so it counts as the server's trouble.
    fn hole(&self, reply: &Reply) -> TrackerError {
        let first = reply.errors().first();
        let said = first.map(|e| e.message()).unwrap_or_default();
        match first.map(|e| e.meaning()) {
            Some(Meaning::Part(class)) if first.is_some_and(|e| e.index(2).is_none()) => self.fail(class, DOING, said),
            _ => self.fail(ErrorClass::Server { status: 504 }, DOING, said),
        }
    }
}
