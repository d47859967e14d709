//! The server itself: one request in, identity, budget, troubles, the answer with GitHub's headers, one line in
//! the log. What an answer says is decided in `rest` and `graphql`.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::{net::TcpListener, sync::watch};

use super::{
    Clock, RequestLog,
    connection::{Cuttable, Cutter},
    faults::{Fault, FaultKind, Faults, Met},
    graphql,
    identity::{Budget, Budgets, Identities},
    jira, look,
    manners::{Manners, Meter},
    reply::{Rendered, Reply},
    rest::{self, Answer, Call},
    world::{UserIx, World, whole_seconds},
};

/// Largest request body, bytes.
const LARGEST: usize = 1 << 20;
/// Requests the log keeps.
const LOG_LENGTH: usize = 200_000;

/// State shared by all connections.
pub(crate) struct Shared {
    world: Mutex<World>,
    identities: Mutex<Identities>,
    budgets: Mutex<Budgets>,
    log: Mutex<Vec<RequestLog>>,
    faults: Faults,
    meter: Meter,
    clock: Clock,
    /// How far the server's time was moved from its clock's.
    moved: Mutex<SignedDuration>,
    origin: String,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("origin", &self.origin).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(world: World, clock: Clock, origin: String) -> Self {
        let faults = Faults::new(world.newest_comment.clone());
        Self {
            world: Mutex::new(world),
            identities: Mutex::default(),
            budgets: Mutex::default(),
            log: Mutex::default(),
            faults,
            meter: Meter::default(),
            clock,
            moved: Mutex::default(),
            origin,
        }
    }

    /// The server's time, in whole seconds.
    fn now(&self) -> Timestamp {
        let at = (self.clock)();
        whole_seconds(at.checked_add(*lock(&self.moved)).unwrap_or(at))
    }

    /// Moves the server's time: it is `now`, and goes on from there.
    pub(crate) fn set_now(&self, now: Timestamp) {
        *lock(&self.moved) = now.duration_since((self.clock)());
    }

    /// Lets somebody act in the world at the server's time.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let now = self.now();
        act(&mut lock(&self.world), now)
    }

    pub(crate) fn faults(&self) -> Faults {
        self.faults.clone()
    }

    pub(crate) fn requests(&self) -> Vec<RequestLog> {
        lock(&self.log).clone()
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    fn note(&self, asked: &Asked, who: Option<UserIx>, reply: Option<&Reply>) {
        let login = who.map(|u| lock(&self.world).user(u).login.clone()).unwrap_or_default();
        let (bytes, whole) = reply.map_or((0, 0), Reply::sizes);
        let mut log = lock(&self.log);
        if log.len() < LOG_LENGTH {
            log.push(RequestLog {
                method: asked.method.clone(),
                path: asked.target.clone(),
                status: reply.map_or(0, |r| r.status),
                conditional: asked.headers.contains_key("if-none-match")
                    || asked.headers.contains_key("if-modified-since"),
                login,
                body: String::from_utf8_lossy(&asked.body).into_owned(),
                points: reply.map_or(0, |r| r.points),
                bytes,
                whole,
            });
        }
    }
}

/// Serves until told to stop.
pub(crate) async fn run(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let app = Router::new().fallback(handle).with_state(shared);
    let app = app.into_make_service_with_connect_info::<Cutter>();
    let end = async move {
        // An error means that the owner is gone, which is a reason to end as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    // Accepting never fails for good, see `axum::serve`.
    let _ = axum::serve(Cuttable(listener), app).with_graceful_shutdown(end).await;
}

/// A request, read whole.
struct Asked {
    method: String,
    /// Path and query as sent.
    target: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return Reply::plain(413, "The request body is larger than 1 MiB.\n".into()).into_response();
    };
    let asked = Asked {
        method: parts.method.as_str().to_owned(),
        target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    if let Some(page) = aside(&shared, &asked) {
        return page.into_response();
    }
    let manners = shared.meter.manners();
    let graphql = asked.path.ends_with("/graphql");
    let write = !graphql && asked.method != "GET";
    let Some(_visit) = shared.meter.enter(graphql, write) else {
        let refusal = too_fast();
        shared.note(&asked, None, Some(&refusal));
        return refusal.into_response();
    };
    if manners.latency > 0 {
        tokio::time::sleep(Duration::from_millis(manners.latency)).await;
    }
    let met = shared.faults.take(&asked.method, &asked.target, &asked.body);
    for trouble in &met {
        if let FaultKind::Delay { ms } = trouble.kind {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }
    let (mut reply, who) = respond(&shared, &asked, &met);
    for trouble in &met {
        if let FaultKind::DelayAnswer { ms } = trouble.kind {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        reply = reply.and_then(|reply| reply.spoiled(&trouble.kind));
    }
    if let Some(reply) = reply.as_mut().filter(|_| manners.compress) {
        reply.pack(asked.headers.get("accept-encoding").and_then(|h| h.to_str().ok()).unwrap_or_default());
    }
    shared.note(&asked, who, reply.as_ref());
    reply.map_or_else(
        || {
            cutter.cut();
            Reply::plain(500, String::new()).into_response()
        },
        Reply::into_response,
    )
}

/// GitHub's answer to a guest that asks too fast.
fn too_fast() -> Reply {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let mut reply = Reply::json(403, json!({ "message": message }).to_string());
    reply.set(&[("retry-after".into(), "60".into())]);
    reply
}

/// Requests that are no GitHub: control, and pages for people.
fn aside(shared: &Shared, asked: &Asked) -> Option<Reply> {
    let segments: Vec<&str> = asked.path.split('/').filter(|s| !s.is_empty()).collect();
    match (asked.method.as_str(), segments.as_slice()) {
        ("POST", ["_demo", "faults"]) => Some(match serde_json::from_slice::<Fault>(&asked.body) {
            Ok(fault) => {
                shared.faults.add(fault);
                Reply::plain(201, "Set.\n".into())
            }
            Err(e) => Reply::plain(422, format!("Not a fault: {e}\n")),
        }),
        ("DELETE", ["_demo", "faults"]) => {
            shared.faults.clear();
            Some(Reply::plain(200, "Cleared.\n".into()))
        }
        ("POST", ["_demo", "manners"]) => Some(match serde_json::from_slice::<Manners>(&asked.body) {
            Ok(manners) => {
                shared.meter.set(manners);
                Reply::plain(200, "Set.\n".into())
            }
            Err(e) => Reply::plain(422, format!("Not a description of manners: {e}\n")),
        }),
        ("GET", ["_demo", "load"]) => {
            Some(Reply::json(200, serde_json::to_string(&shared.meter.load()).unwrap_or_default()))
        }
        ("GET", ["_demo", "requests"]) => {
            Some(Reply::json(200, serde_json::to_string(&*lock(&shared.log)).unwrap_or_default()))
        }
        ("GET", ["_demo", "issues", owner, name, number]) => {
            let page = look::issue(&lock(&shared.world), owner, name, number);
            Some(page.map_or_else(|| Reply::plain(404, "No such issue.\n".into()), |p| Reply::plain(200, p)))
        }
        ("GET", ["cloud" | "dc", "browse", key]) => {
            let page = jira::page_of(&lock(&shared.world), key);
            Some(page.map_or_else(|| Reply::plain(404, "No such issue.\n".into()), |p| Reply::plain(200, p)))
        }
        // Addresses that `html_url` names, so that opening one in a browser shows the issue.
        ("GET", [owner, name, "issues" | "pull", number]) => {
            look::issue(&lock(&shared.world), owner, name, number).map(|page| Reply::plain(200, page))
        }
        _ => None,
    }
}

/// The honest answer, or that of a trouble which comes before anything is done. `None` cuts the connection.
fn respond(shared: &Shared, asked: &Asked, met: &[Met]) -> (Option<Reply>, Option<UserIx>) {
    if let Some(instead) = met.iter().find_map(|m| Reply::instead(&m.kind)) {
        return (instead, None);
    }
    let now = shared.now();
    let header = asked.headers.get("authorization").and_then(|h| h.to_str().ok());
    if jira::serves(&asked.path) {
        let (mut identities, mut world) = (lock(&shared.identities), lock(&shared.world));
        let call = call(shared, asked, met, None, now);
        let twice = met.iter().any(|m| m.kind == FaultKind::DuplicateWrite);
        let (reply, who) = jira::knock(&mut world, &mut identities, header, &call, twice);
        return (Some(reply), who);
    }
    let who = {
        let mut identities = lock(&shared.identities);
        identities.of(&mut lock(&shared.world), header)
    };
    let Ok(who) = who else {
        let budget = lock(&shared.budgets).now(None, "core", now);
        let refusal = Rendered::of(Answer::refusal(401, "Bad credentials"), &asked.method, &asked.headers);
        return (Some(refusal.reply(now, ("core", budget), false)), None);
    };
    let (answer, budget, points) = within_budget(shared, asked, met, who, now);
    let mut reply = answer.reply(now, budget, who.is_some());
    reply.points = points;
    (Some(reply), who)
}

type Counted = (&'static str, Budget);

fn within_budget(
    shared: &Shared,
    asked: &Asked,
    met: &[Met],
    who: Option<UserIx>,
    now: Timestamp,
) -> (Rendered, Counted, u32) {
    let render = |answer| Rendered::of(answer, &asked.method, &asked.headers);
    let call = call(shared, asked, met, who, now);
    let first = call.segments.first().map(String::as_str);
    let resource = match first {
        Some("graphql") => "graphql",
        Some("search") => "search",
        _ => "core",
    };
    let budget = lock(&shared.budgets).now(who, resource, now);
    if first == Some("rate_limit") {
        return (render(rate_limit(shared, who, now)), ("core", budget), 0);
    }
    if budget.remaining() == 0 {
        let refusal = if resource == "graphql" {
            Answer::ok(json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}))
        } else {
            Answer::refusal(403, "API rate limit exceeded")
        };
        return (render(refusal), (resource, budget), 0);
    }
    let answer = render(work(shared, &call, met, (resource, budget)));
    let points = match resource {
        _ if answer.unchanged() => 0,
        "graphql" => graphql::points(&call),
        _ => 1,
    };
    let budget = lock(&shared.budgets).spend(who, resource, now, points);
    (answer, (resource, budget), points)
}

/// Does what was asked; twice under that trouble.
fn work(shared: &Shared, call: &Call, met: &[Met], budget: Counted) -> Answer {
    let mut world = lock(&shared.world);
    let once = |world: &mut World| {
        if budget.0 == "graphql" {
            graphql::answer(world, call, &budget.1, &shared.faults.hidden())
        } else {
            rest::answer(world, call)
        }
    };
    if call.method != "GET" && met.iter().any(|m| m.kind == FaultKind::DuplicateWrite) {
        once(&mut world);
    }
    once(&mut world)
}

fn call(shared: &Shared, asked: &Asked, met: &[Met], who: Option<UserIx>, now: Timestamp) -> Call {
    let (prefix, path) = match asked.path.strip_prefix("/api/v3") {
        Some(rest) if rest.starts_with('/') => ("/api/v3", rest),
        _ if asked.path == "/api/graphql" => ("/api", "/graphql"),
        _ => ("", asked.path.as_str()),
    };
    let stale = met.iter().find_map(|m| match m.kind {
        FaultKind::StaleReads { count_too } => Some((m.newest_comment, count_too)),
        _ => None,
    });
    Call {
        method: asked.method.clone(),
        segments: path.split('/').filter(|s| !s.is_empty()).map(|s| decoded(s, false)).collect(),
        query: asked
            .query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decoded(key, true), decoded(value, true)))
            .collect(),
        path: path.to_owned(),
        accept: asked.headers.get("accept").and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned(),
        body: asked.body.to_vec(),
        who,
        api: format!("{}{prefix}", shared.origin),
        web: shared.origin.clone(),
        now,
        newest: stale.map(|(newest, _)| newest),
        count_lags: stale.is_some_and(|(_, count_too)| count_too),
        ignore_assignee: met.iter().any(|m| m.kind == FaultKind::IgnoreAssignee),
    }
}

/// Percent-decoding; a plus is a blank in queries only.
fn decoded(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if plus && *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn rate_limit(shared: &Shared, who: Option<UserIx>, now: Timestamp) -> Answer {
    let mut budgets = lock(&shared.budgets);
    let mut shown = |resource| {
        let budget = budgets.now(who, resource, now);
        json!({"limit": budget.limit, "used": budget.used, "remaining": budget.remaining(),
               "reset": budget.reset.as_second()})
    };
    let core = shown("core");
    Answer::ok(json!({
        "resources": {"core": core, "search": shown("search"), "graphql": shown("graphql")}, "rate": core,
    }))
}
