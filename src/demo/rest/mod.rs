//! GitHub's REST dialect over the world: which path is answered by whom, and how refusals look. Knows no sockets,
//! tokens or faults; those are the server's.

mod actions;
mod contents;
mod issues;
mod page;
mod pulls;
mod repos;
pub(crate) mod shape;
mod timeline;
mod writes;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::world::{Permission, Repo, RepoIx, UserIx, World};
use shape::Shape;

/// One request, already authenticated.
#[derive(Debug)]
pub(crate) struct Call {
    pub method: String,
    /// Decoded segments of the path, `api/v3` left out.
    pub segments: Vec<String>,
    /// Decoded query.
    pub query: Vec<(String, String)>,
    /// The path as sent, without its query.
    pub path: String,
    /// `Accept`, verbatim; empty when it was not sent.
    pub accept: String,
    pub body: Vec<u8>,
    pub who: Option<UserIx>,
    pub api: String,
    pub web: String,
    pub now: Timestamp,
    pub newest: Option<u64>,
    pub count_lags: bool,
    pub ignore_assignee: bool,
}

impl Call {
    pub(crate) fn param(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    pub(crate) fn shape<'a>(&'a self, world: &'a World) -> Shape<'a> {
        Shape { world, api: &self.api, web: &self.web, newest: self.newest, count_lags: self.count_lags }
    }

    fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(&self.body).map_err(|_| Answer::refusal(400, "Problems parsing JSON"))
    }
}

/// An answer before headers.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    /// No body at all when `None` (204).
    pub body: Option<Value>,
    /// Plain text instead of JSON.
    pub text: Option<String>,
    pub headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body), ..Self::default() }
    }

    fn raw(text: String) -> Self {
        Self { status: 200, text: Some(text), ..Self::default() }
    }

    fn created(body: Value) -> Self {
        Self { status: 201, ..Self::ok(body) }
    }

    fn nothing() -> Self {
        Self { status: 204, ..Self::default() }
    }

    fn dated(mut self, at: Timestamp) -> Self {
        self.headers.push(("last-modified", http_date(at)));
        self
    }

    pub(crate) fn refusal(status: u16, message: &str) -> Self {
        let body = json!({
            "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string(),
        });
        Self { status, ..Self::ok(body) }
    }

    pub(crate) fn not_found() -> Self {
        Self::refusal(404, "Not Found")
    }

    fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let body = json!({
            "message": "Validation Failed", "documentation_url": "https://docs.github.com/rest", "status": "422",
            "errors": [{"resource": resource, "field": field, "code": code}],
        });
        Self { status: 422, ..Self::ok(body) }
    }
}

/// A moment as HTTP headers have it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Answers one request.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    route(world, call).unwrap_or_else(|refusal| refusal)
}

type Outcome = Result<Answer, Answer>;

fn route(world: &mut World, call: &Call) -> Outcome {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["user"]) => repos::me(world, call),
        ("GET", ["user", "repos"]) => repos::mine(world, call),
        ("GET", ["users", login]) => repos::user(world, call, login),
        ("GET", ["users", login, "repos"]) => repos::of_owner(world, call, login, false),
        ("GET", ["orgs", login]) => repos::org(world, call, login),
        ("GET", ["orgs", login, "repos"]) => repos::of_owner(world, call, login, true),
        ("GET", ["search", "repositories"]) => repos::search(world, call),
        ("GET", ["search", "issues"]) => issues::search(world, call),
        (_, ["repositories", id, rest @ ..]) => {
            let repo = world.repos.iter().position(|r| r.id.to_string() == *id);
            let repo = repo.filter(|ix| world.repo(*ix).permission(call.who) >= Permission::Read);
            in_repo(world, call, repo.ok_or_else(Answer::not_found)?, rest)
        }
        (_, ["repos", owner, name, rest @ ..]) => {
            let repo = visible(world, call, owner, name, rest)?;
            in_repo(world, call, repo, rest)
        }
        _ => Err(Answer::not_found()),
    }
}

/// The repository, when this caller may know of it. A name from before a renaming leads to the id, as on GitHub.
fn visible(world: &World, call: &Call, owner: &str, name: &str, rest: &[&str]) -> Result<RepoIx, Answer> {
    if let Some(moved) = world.moved(owner, name) {
        let id = world.repo(moved).id.to_string();
        let tail: String = rest.iter().map(|part| format!("/{}", shape::escaped(part))).collect();
        let query = page::query(call, |_| true);
        let query = if query.is_empty() { query } else { format!("?{query}") };
        let address = format!("{}/repositories/{id}{tail}{query}", call.api);
        let status = if call.method == "GET" { 301 } else { 307 };
        let mut answer = Answer::refusal(status, "Moved Permanently");
        shape::merge(answer.body.get_or_insert_default(), json!({"url": address}));
        answer.headers.push(("location", address));
        return Err(answer);
    }
    let ix = world.find_repo(owner, name).ok_or_else(Answer::not_found)?;
    if world.repo(ix).permission(call.who) >= Permission::Read { Ok(ix) } else { Err(Answer::not_found()) }
}

fn number(text: &str) -> Result<u64, Answer> {
    text.parse().map_err(|_| Answer::not_found())
}

fn in_repo(world: &mut World, call: &Call, repo: RepoIx, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", []) => repos::one(world, call, repo),
        ("GET", ["labels"]) => issues::labels(world, call, repo),
        ("GET", ["labels", name]) => issues::label(world, call, repo, name),
        ("GET", ["milestones"]) => issues::milestones(world, call, repo),
        ("GET", ["assignees"]) => issues::assignable(world, call, repo),
        ("GET", ["assignees", login]) => issues::may_be_assigned(world, repo, None, login),
        ("GET", ["pulls"]) => pulls::list(world, call, repo),
        ("GET", ["pulls", n]) => pulls::one(world, call, repo, number(n)?),
        ("GET", ["commits", name @ .., "check-runs"]) => pulls::check_runs(world, call, repo, &name.join("/")),
        ("GET", ["commits", name @ .., "status"]) => pulls::status(world, call, repo, &name.join("/")),
        ("GET", ["actions", "workflows"]) => actions::workflows(world, call, repo),
        ("GET", ["actions", "runs"]) => actions::runs(world, call, repo),
        ("GET", ["contents", path @ ..]) => contents::get(world, call, repo, path),
        (_, ["issues", rest @ ..]) => {
            if !world.repo(repo).has_issues {
                return Err(Answer::refusal(410, "Issues has been disabled in this repository."));
            }
            in_issues(world, call, repo, rest)
        }
        _ => Err(Answer::not_found()),
    }
}

fn in_issues(world: &mut World, call: &Call, repo: RepoIx, rest: &[&str]) -> Outcome {
    match (call.method.as_str(), rest) {
        ("GET", []) => issues::list(world, call, repo),
        ("POST", []) => writes::open_issue(world, call, repo),
        ("GET", ["comments"]) => issues::all_comments(world, call, repo),
        ("GET", ["comments", id]) => issues::comment(world, call, repo, number(id)?),
        ("PATCH", ["comments", id]) => writes::edit_comment(world, call, repo, number(id)?),
        ("DELETE", ["comments", id]) => writes::delete_comment(world, call, repo, number(id)?),
        ("GET", [n]) => issues::one(world, call, repo, number(n)?),
        ("PATCH", [n]) => writes::edit_issue(world, call, repo, number(n)?),
        ("GET", [n, "comments"]) => issues::comments(world, call, repo, number(n)?),
        ("POST", [n, "comments"]) => writes::comment(world, call, repo, number(n)?),
        ("GET", [n, "labels"]) => issues::labels_of(world, call, repo, number(n)?),
        ("POST", [n, "labels"]) => writes::add_labels(world, call, repo, number(n)?),
        ("DELETE", [n, "labels", name]) => writes::remove_label(world, call, repo, number(n)?, name),
        ("POST", [n, "assignees"]) => writes::assign(world, call, repo, number(n)?, true),
        ("DELETE", [n, "assignees"]) => writes::assign(world, call, repo, number(n)?, false),
        ("GET", [n, "assignees", login]) => issues::may_be_assigned(world, repo, Some(number(n)?), login),
        ("GET", [n, "events"]) => timeline::events(world, call, repo, number(n)?),
        ("GET", [n, "timeline"]) => timeline::timeline(world, call, repo, number(n)?),
        _ => Err(Answer::not_found()),
    }
}

/// The issue, or the refusal.
fn issue(repo: &Repo, number: u64) -> Result<&super::world::Issue, Answer> {
    repo.issues.get(&number).ok_or_else(Answer::not_found)
}
