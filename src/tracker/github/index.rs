//! The index query: heads of many repositories at once, in batches that shrink when the server cannot answer them
//! and grow again when it can. One failing repository never loses the others.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    GitHub,
    graphql::{self, GqlError, Meaning, Reply},
    map,
    wire::{self, Lossy},
};
use crate::{
    domain::{
        key::ProjectRef,
        project::{Permission, Project},
        text::Foreign,
    },
    tracker::{ErrorClass, Head, Index, Result, TrackerError},
};

/// Repositories asked for at first.
const START: usize = 25;
/// Most repositories asked for at once.
const MOST: usize = 50;
/// Good answers in a row before more is asked for.
const STREAK: u32 = 10;

/// How many repositories to ask for at once.
pub(super) struct Batches {
    size: usize,
    streak: u32,
}

impl Default for Batches {
    fn default() -> Self {
        Self { size: START, streak: 0 }
    }
}

impl Batches {
    fn good(&mut self) {
        self.streak += 1;
        if self.streak >= STREAK {
            self.streak = 0;
            self.size = (self.size + 2).min(MOST);
        }
    }

    fn bad(&mut self, asked: usize) {
        self.streak = 0;
        self.size = (asked / 2).max(1);
    }
}

/// What the query returns of a repository.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Node {
    id: Option<String>,
    database_id: Option<u64>,
    name_with_owner: Option<String>,
    description: Option<String>,
    is_archived: Option<bool>,
    is_disabled: Option<bool>,
    is_private: Option<bool>,
    is_fork: Option<bool>,
    has_issues_enabled: Option<bool>,
    viewer_permission: Option<String>,
    pushed_at: Option<String>,
    primary_language: Option<Named>,
    default_branch_ref: Option<Named>,
    repository_topics: Option<Nodes<Topic>>,
    newest: Option<Nodes<Updated>>,
    open: Option<Count>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct Nodes<T> {
    nodes: Option<Vec<Option<T>>>,
}

impl<T> Default for Nodes<T> {
    fn default() -> Self {
        Self { nodes: None }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Topic {
    topic: Option<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Updated {
    updated_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Count {
    total_count: Option<u32>,
}

fn permission(raw: Option<&str>) -> Permission {
    match raw {
        Some("ADMIN") => Permission::Admin,
        Some("MAINTAIN") => Permission::Maintain,
        Some("WRITE") => Permission::Write,
        Some("TRIAGE") => Permission::Triage,
        Some("READ") => Permission::Read,
        _ => Permission::Unknown,
    }
}

/// The head of a project; what the answer left out stays as it was known.
fn head(node: Node, known: &Project) -> Head {
    let named = |named: Option<Named>| named.and_then(|n| n.name).filter(|n| !n.is_empty()).map(Foreign::new);
    let name = node.name_with_owner.as_deref();
    let project = name.and_then(|name| ProjectRef::parse(&known.project.tracker, name).ok());
    let topics = node.repository_topics.and_then(|t| t.nodes);
    let topics = topics.map(|all| all.into_iter().flatten().filter_map(|t| named(t.topic)).collect());
    let newest = node.newest.and_then(|n| n.nodes).into_iter().flatten().flatten().next();
    let said = permission(node.viewer_permission.as_deref());
    let project = Project {
        project: project.unwrap_or_else(|| known.project.clone()),
        id: node.database_id.unwrap_or(known.id),
        node_id: node.id.or_else(|| known.node_id.clone()),
        description: Foreign::new(node.description.unwrap_or_default()),
        topics: topics.unwrap_or_else(|| known.topics.clone()),
        language: named(node.primary_language),
        default_branch: named(node.default_branch_ref),
        archived: node.is_archived.unwrap_or(known.archived),
        disabled: node.is_disabled.unwrap_or(known.disabled),
        has_issues: node.has_issues_enabled.unwrap_or(known.has_issues),
        fork: node.is_fork.unwrap_or(known.fork),
        private: node.is_private.unwrap_or(known.private),
        pushed_at: map::time(node.pushed_at.as_deref()).or(known.pushed_at),
        permission: if said == Permission::Unknown { known.permission } else { said },
    };
    let newest = map::time(newest.and_then(|u| u.updated_at).as_deref());
    Head { project, newest, open: node.open.and_then(|c| c.total_count) }
}

/// What became of one batch.
enum Outcome {
    /// Done, except for those to be asked for again in a smaller batch.
    Done(Vec<Project>),
    /// The batch as a whole was too much.
    TooMuch(TrackerError),
    /// GraphQL cannot be used here: why.
    Unavailable(String),
    /// Nothing more can be asked now.
    Stop(TrackerError),
}

/// True when an error means that there is no GraphQL to be had, while REST may well work.
fn no_graphql(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::NotFound
            | ErrorClass::NotJson
            | ErrorClass::Gone
            | ErrorClass::Forbidden
            | ErrorClass::MissingScope { .. }
            | ErrorClass::Sso { .. }
            | ErrorClass::Blocked
            | ErrorClass::Invalid
            | ErrorClass::Moved { .. }
            | ErrorClass::Server { status: 501 }
            | ErrorClass::Unexpected { .. }
    )
}

/// True when asking for less may help.
pub(super) fn too_much(class: &ErrorClass) -> bool {
    matches!(class, ErrorClass::Server { status: 502 | 504 } | ErrorClass::Timeout | ErrorClass::TooLarge)
}

const DOING: &str = "asking what changed";

impl GitHub {
    /// Why no query is tried at all, if so.
    pub(super) fn no_queries(&self) -> Option<String> {
        let none = self.http.token().is_none() && !self.http.base().is_loopback();
        none.then(|| format!("{} answers GraphQL only with a token", self.http.base().host()))
    }

    /// Why GraphQL cannot be used after this error; `None` when the error is about something else.
    pub(super) fn why_no_graphql(&self, error: &TrackerError) -> Option<String> {
        let anonymous = error.class == ErrorClass::BadToken && self.http.token().is_none();
        (no_graphql(&error.class) || anonymous).then(|| error.sentence())
    }

    /// The sentence for a server that is older than a document.
    pub(super) fn old_schema(&self, error: &GqlError) -> String {
        let said: String = self.http.redact(error.message()).chars().take(200).collect();
        format!("{} is older than the query: {}", self.http.base().host(), crate::domain::text::safe_line(&said))
    }

    pub(super) async fn read_index(&self, projects: &[Project]) -> Result<Index> {
        let mut index = Index::default();
        if let Some(why) = self.no_queries() {
            index.unavailable = Some(why);
            return Ok(index);
        }
        let mut queue: VecDeque<Project> = projects.iter().cloned().collect();
        while !queue.is_empty() {
            let batch = self.next_batch(&mut queue);
            match self.ask_heads(&batch, &mut index).await {
                Outcome::Done(again) if again.is_empty() => self.state().batches.good(),
                Outcome::Done(again) => {
                    self.state().batches.bad(batch.len());
                    again.into_iter().rev().for_each(|project| queue.push_front(project));
                }
                Outcome::TooMuch(error) => {
                    self.state().batches.bad(batch.len());
                    match batch.as_slice() {
                        [only] => index.failed.push((only.project.clone(), error)),
                        _ => batch.into_iter().rev().for_each(|project| queue.push_front(project)),
                    }
                }
                Outcome::Unavailable(why) => {
                    index.unavailable = Some(why);
                    return Ok(index);
                }
                Outcome::Stop(error) if index.heads.is_empty() && index.failed.is_empty() => return Err(error),
                Outcome::Stop(error) => {
                    let left = batch.into_iter().chain(queue.drain(..));
                    index.failed.extend(left.map(|project| (project.project, error.clone())));
                }
            }
        }
        Ok(index)
    }

    /// The next projects to ask for together; one without a node id goes alone.
    fn next_batch(&self, queue: &mut VecDeque<Project>) -> Vec<Project> {
        let size = self.state().batches.size;
        let mut batch: Vec<Project> = Vec::new();
        while batch.len() < size {
            let fits = queue.front().is_some_and(|next| next.node_id.is_some() || batch.is_empty());
            let Some(next) = queue.pop_front_if(|_| fits) else { break };
            let alone = next.node_id.is_none();
            batch.push(next);
            if alone {
                break;
            }
        }
        batch
    }

    async fn ask_heads(&self, batch: &[Project], index: &mut Index) -> Outcome {
        let by_name = match batch {
            [only] if only.node_id.is_none() => only.project.owner_and_name(),
            _ => None,
        };
        let (document, variables) = match by_name {
            Some((owner, name)) => (graphql::HEAD, json!({ "owner": owner, "name": name })),
            None => {
                let ids: Vec<&str> = batch.iter().filter_map(|p| p.node_id.as_deref()).collect();
                (graphql::HEADS, json!({ "ids": ids }))
            }
        };
        let reply = match self.ask(document, variables, batch.len() == 1, DOING).await {
            Ok(reply) => reply,
            Err(error) if too_much(&error.class) => return Outcome::TooMuch(error),
            Err(error) => {
                return self.why_no_graphql(&error).map_or(Outcome::Stop(error), Outcome::Unavailable);
            }
        };
        if let Some(outcome) = self.whole_reply(&reply) {
            return outcome;
        }
        let nodes = match (&reply.data, by_name) {
            (Some(data), Some(_)) => vec![data.get("repository").cloned().unwrap_or_default()],
            (Some(data), None) => data.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default(),
            (None, _) => Vec::new(),
        };
        self.take_nodes(batch, nodes, &reply, by_name.is_some(), index)
    }

    /// Errors that concern the answer as a whole.
    fn whole_reply(&self, reply: &Reply) -> Option<Outcome> {
        if let Some(error) = reply.first(&Meaning::Limit) {
            return Some(Outcome::Stop(self.spent(DOING, error.message(), false)));
        }
        if let Some(error) = reply.first(&Meaning::Pause) {
            return Some(Outcome::Stop(self.spent(DOING, error.message(), true)));
        }
        if let Some(error) = reply.first(&Meaning::Schema) {
            return Some(Outcome::Unavailable(self.old_schema(error)));
        }
        let empty = reply.data.as_ref().is_none_or(Value::is_null);
        let error = reply.errors().first().filter(|_| empty)?;
        match error.meaning() {
            Meaning::TooMuch => {
                Some(Outcome::TooMuch(self.fail(ErrorClass::Server { status: 504 }, DOING, error.message())))
            }
            Meaning::Part(class) if error.index(1).is_none() && class != ErrorClass::NotFound => {
                let error = self.fail(class, DOING, error.message());
                Some(Outcome::Unavailable(error.sentence()))
            }
            _ => None,
        }
    }

    fn take_nodes(
        &self,
        batch: &[Project],
        nodes: Vec<Value>,
        reply: &Reply,
        single: bool,
        index: &mut Index,
    ) -> Outcome {
        let mut nodes = nodes.into_iter();
        let mut again = Vec::new();
        for (n, project) in batch.iter().enumerate() {
            let value = nodes.next().unwrap_or_default();
            if !value.is_null() && value.get("nameWithOwner").is_some() {
                let node = wire::salvage::<Node>(value).unwrap_or_default();
                index.heads.push(head(node, project));
                continue;
            }
            let own = |e: &&GqlError| single || e.index(1) == Some(n);
            let error = reply.errors().iter().find(own);
            let (meaning, said) = match error {
                Some(error) => (error.meaning(), error.message()),
                None => (Meaning::Part(ErrorClass::NotFound), ""),
            };
            let doing = format!("asking about {}", project.project);
            match meaning {
                Meaning::Part(class) => index.failed.push((project.project.clone(), self.fail(class, &doing, said))),
                _ if batch.len() > 1 => again.push(project.clone()),
                _ => {
                    let error = self.fail(ErrorClass::Server { status: 504 }, &doing, said);
                    index.failed.push((project.project.clone(), error));
                }
            }
        }
        Outcome::Done(again)
    }
}

/// An integer that may come as text, as GraphQL writes large ones.
pub(super) fn big(raw: &Lossy<Value>) -> Option<u64> {
    match raw.0.as_ref()? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}
