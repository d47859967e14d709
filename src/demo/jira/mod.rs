//! Jira on the made-up server: Cloud under `/cloud` and Data Center under `/dc`, over one set of projects. Which path
//! is answered by whom, and how refusals look. Knows no sockets and no faults; those are the server's.

mod acts;
mod adf;
mod catalog;
mod comments;
mod door;
mod dump;
mod edits;
mod hand;
mod issues;
mod jql;
mod look;
mod model;
mod page;
mod people;
mod permission;
mod search;
mod seed;
mod seed_rows;
mod shape;
mod site;
mod store;
mod text;
mod writes;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    rest::Answer,
    world::{UserIx, World},
};
use model::{Issue, IssueIx, Rights};
use shape::Shape;

pub(crate) use door::{knock, serves};
pub(crate) use dump::{load, named as dump_named};
pub use hand::{JiraComment, JiraHand, JiraIssue};
pub(crate) use look::issue as page_of;
pub use model::Dialect;
pub(crate) use seed::{people as plant_people, plant};
pub(crate) use store::Jira;

/// One request, already authenticated.
#[derive(Debug)]
pub(crate) struct Call {
    pub dialect: Dialect,
    /// 2 or 3.
    pub version: u8,
    pub method: String,
    /// Decoded segments of the path after `rest/api/N`.
    pub segments: Vec<String>,
    /// Decoded query.
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub who: Option<UserIx>,
    /// Address of the site, context path included.
    pub root: String,
    pub now: Timestamp,
    /// Newest comment that reads show; `None` shows all.
    pub newest: Option<u64>,
    /// The count of comments lags with the list.
    pub count_lags: bool,
    pub ignore_assignee: bool,
}

impl Call {
    pub(crate) fn rest(&self) -> String {
        format!("{}/rest/api/{}", self.root, self.version)
    }

    pub(crate) fn cloud(&self) -> bool {
        self.dialect == Dialect::Cloud
    }

    pub(crate) fn param(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// All values of a parameter that may be repeated or hold commas.
    pub(crate) fn params(&self, key: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(k, _)| k == key).flat_map(|(_, v)| v.split(','));
        values.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect()
    }

    pub(crate) fn json(&self) -> Result<Value, Answer> {
        let wrong = || {
            refusal(
                400,
                match self.dialect {
                    Dialect::Cloud => "There was an error parsing JSON. Check that your request body is valid.",
                    Dialect::DataCenter => "Unexpected character: the request body is not valid JSON.",
                },
            )
        };
        serde_json::from_slice(&self.body).map_err(|_| wrong())
    }

    pub(crate) fn shape<'a>(&'a self, world: &'a World) -> Shape<'a> {
        Shape { world, call: self }
    }
}

pub(crate) type Outcome = Result<Answer, Answer>;

pub(crate) fn ok(body: Value) -> Answer {
    Answer { status: 200, body: Some(body), ..Answer::default() }
}

pub(crate) fn created(body: Value) -> Answer {
    Answer { status: 201, ..ok(body) }
}

pub(crate) fn nothing(status: u16) -> Answer {
    Answer { status, ..Answer::default() }
}

pub(crate) fn refusal(status: u16, message: &str) -> Answer {
    Answer { status, ..ok(json!({"errorMessages": [message], "errors": {}})) }
}

pub(crate) fn refusals(status: u16, messages: &[String]) -> Answer {
    Answer { status, ..ok(json!({"errorMessages": messages, "errors": {}})) }
}

/// A refusal that names a field.
pub(crate) fn field_refusal(field: &str, message: &str) -> Answer {
    Answer { status: 400, ..ok(json!({"errorMessages": [], "errors": {field: message}})) }
}

/// 401 for somebody without an account.
pub(crate) fn stranger(dialect: Dialect) -> Answer {
    refusal(
        401,
        match dialect {
            Dialect::Cloud => "Client must be authenticated to access this resource.",
            Dialect::DataCenter => "You are not authenticated. Authentication required to perform this operation.",
        },
    )
}

pub(crate) fn no_issue() -> Answer {
    refusal(404, "Issue does not exist or you do not have permission to see it.")
}

/// No resource under that path, in the words of either server.
fn no_path(call: &Call) -> Answer {
    let path = format!("{}/{}", call.rest(), call.segments.join("/"));
    let body = match call.dialect {
        Dialect::Cloud => json!({"errorMessages": ["No resource method found for the request."], "errors": {}}),
        Dialect::DataCenter => json!({"message": format!("null for uri: {path}"), "status-code": 404}),
    };
    Answer { status: 404, ..ok(body) }
}

/// Answers one request.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    route(world, call).unwrap_or_else(|refusal| refusal)
}

fn route(world: &mut World, call: &Call) -> Outcome {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let (method, cloud) = (call.method.as_str(), call.cloud());
    match (method, segments.as_slice()) {
        ("GET", ["serverInfo"]) => Ok(site::server_info(world, call)),
        ("GET", ["myself"]) => site::myself(world, call),
        ("GET", ["mypermissions"]) => site::my_permissions(world, call),
        ("GET", ["field"]) => Ok(site::fields(call)),
        ("GET", ["status"]) => Ok(site::statuses(world, call)),
        ("GET", ["priority"]) => Ok(site::priorities(world, call)),
        ("GET", ["label"]) if cloud => Ok(site::labels(world, call)),
        ("GET", ["project", "search"]) if cloud => Ok(site::project_search(world, call)),
        ("GET", ["project"]) => Ok(site::projects(world, call)),
        ("GET", ["project", key]) => site::project(world, call, key),
        ("GET", ["user", "search"]) => site::users(world, call),
        ("GET", ["user", "assignable", "search"]) => site::assignable(world, call),
        ("GET" | "POST", ["search", "jql"]) if cloud => search::by_token(world, call),
        ("POST", ["search", "approximate-count"]) if cloud => search::count(world, call),
        ("GET" | "POST", ["search"]) if cloud => Err(search::gone()),
        ("GET" | "POST", ["search"]) => search::by_offset(world, call),
        ("POST", ["changelog", "bulkfetch"]) if cloud => issues::bulk_changes(world, call),
        ("POST", ["comment", "list"]) if cloud => comments::by_ids(world, call),
        (_, ["comment", id, "properties", rest @ ..]) => comments::properties(world, call, id, rest),
        ("POST", ["issue"]) => writes::create(world, call),
        (_, ["issue", key, rest @ ..]) => {
            let ix = visible(world, call, key)?;
            in_issue(world, call, ix, rest)
        }
        _ => Err(no_path(call)),
    }
}

fn in_issue(world: &mut World, call: &Call, ix: IssueIx, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", []) => issues::one(world, call, ix),
        ("PUT", []) => writes::edit(world, call, ix),
        ("DELETE", []) => writes::delete(world, call, ix),
        ("GET", ["changelog"]) if call.cloud() => issues::changes(world, call, ix),
        ("GET", ["comment"]) => comments::list(world, call, ix),
        ("POST", ["comment"]) => comments::add(world, call, ix),
        ("GET", ["comment", id]) => comments::one(world, call, ix, id),
        ("PUT", ["comment", id]) => comments::edit(world, call, ix, id),
        ("DELETE", ["comment", id]) => comments::delete(world, call, ix, id),
        ("PUT", ["assignee"]) => writes::assign(world, call, ix),
        (_, ["properties", rest @ ..]) => issues::properties(world, call, ix, rest),
        ("GET", ["transitions"]) => issues::transitions(world, call, ix),
        ("POST", ["transitions"]) => writes::transition(world, call, ix),
        ("GET", ["remotelink"]) => issues::remote_links(world, call, ix),
        ("POST", ["remotelink"]) => writes::remote_link(world, call, ix),
        (_, ["votes"]) => issues::votes(world, call, ix),
        (_, ["watchers"]) => issues::watchers(world, call, ix),
        _ => Err(no_path(call)),
    }
}

/// What the caller may do in the project of an issue.
fn rights(world: &World, call: &Call, issue: &Issue) -> Rights {
    world.jira.project(issue.project).rights(call.who)
}

/// The issue, when this caller may know of it. A key from before a move leads to it.
fn visible(world: &World, call: &Call, key: &str) -> Result<IssueIx, Answer> {
    let jira = &world.jira;
    let ix = jira.find(key).ok_or_else(no_issue)?;
    let issue = jira.issue(ix).ok_or_else(no_issue)?;
    let seen = jira.shown(issue.project, call.dialect) && rights(world, call, issue) & permission::BROWSE != 0;
    if seen { Ok(ix) } else { Err(no_issue()) }
}

fn issue(world: &World, ix: IssueIx) -> Result<&Issue, Answer> {
    world.jira.issue(ix).ok_or_else(no_issue)
}

/// The caller's account, for whatever changes something.
fn account(call: &Call) -> Result<UserIx, Answer> {
    call.who.ok_or_else(|| stranger(call.dialect))
}

/// Refuses without a permission.
fn need(world: &World, call: &Call, ix: IssueIx, right: Rights, status: u16, message: &str) -> Result<(), Answer> {
    account(call)?;
    if rights(world, call, issue(world, ix)?) & right != 0 { Ok(()) } else { Err(refusal(status, message)) }
}
