//! The only HTTP client of the program: one origin, one token, and the manners a host asks for.
//!
//! Reads and queries are repeated after passing trouble, writes are sent exactly once. Redirects are followed by
//! hand, for reads and within the origin only. Knows nothing of any tracker's fields.

pub mod base;
mod build;
mod classify;
mod exchange;
mod flight;
mod limits;
pub mod page;
mod settings;
mod transport;
mod want;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::{
    sync::{AcquireError, Mutex, OnceCell, Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{Budget, ErrorClass, Result, TrackerError, Validator};
use base::Base;
use classify::Verdict;
use exchange::{Body, Line, Reply};
use flight::{Busy, Flight, Seat};
use limits::{Limits, Pace, Reserve};
pub use settings::{Credentials, HttpSettings, Manners, Timing, print_of};
use want::Want;

/// A shorter secret, as only tests have, might be a word of a task.
const LEAST_SECRET: usize = 16;
/// Largest answer accepted, decoded.
const BODY_CAP: usize = 32 << 20;
/// Queries under way at once; how much of the server's time they take is kept to a share of its own.
const QUERIES: usize = 2;
/// Seconds of a server that counts for each second: 84 s and the 6 s ahead make the 90 s that GitHub allows in a minute.
const SHARE: f64 = 1.3;
/// The same for queries, which have 60 s of it.
const QUERY_SHARE: f64 = 0.85;
/// Times a read is repeated.
const REPEATS: u32 = 3;
/// Redirects followed for one read.
const HOPS: u32 = 5;

/// How a write is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// A good answer: 2xx, or 304 to a conditional read.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, decoded.
    pub body: Bytes,
    /// Path and query that answered, after redirects.
    pub path: String,
    /// True when a redirect led there.
    pub moved: bool,
}

impl Answer {
    /// True for 304.
    pub fn unchanged(&self) -> bool {
        self.status == 304
    }

    /// The server's time of the answer; this machine's when it sent none.
    pub fn time(&self) -> Timestamp {
        limits::server_time(&self.headers)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What to send to ask for this again only if it changed.
    pub fn validator(&self) -> Option<Validator> {
        let text = |name: &str| self.header(name).map(str::to_owned);
        let validator = Validator { etag: text("etag"), last_modified: text("last-modified") };
        (validator.etag.is_some() || validator.last_modified.is_some()).then_some(validator)
    }
}

/// What a read sends.
#[derive(Clone, Copy)]
enum Ask<'a> {
    Get(Want<'a>),
    /// A question in a body. With `repeat_gateway` false, 502 and 504 come back at once.
    Post {
        body: &'a Value,
        repeat_gateway: bool,
    },
}

/// A client for one origin.
pub struct Http {
    base: Base,
    web_host: String,
    manners: Manners,
    plan: build::Plan,
    /// Made for the first request.
    line: OnceCell<Line>,
    /// Texts that no answer may repeat to anybody.
    secrets: Vec<SecretString>,
    timing: Timing,
    limits: Limits,
    in_flight: Flight,
    queries: Semaphore,
    busy: Busy,
    query_busy: Busy,
    /// Nobody needs to be spared: the server is this machine.
    near: bool,
    writing: Mutex<()>,
    pace: Pace,
    write_pace: Pace,
    requests: AtomicU64,
    not_modified: AtomicU64,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("base", &self.base).field("token", &self.token().is_some()).finish_non_exhaustive()
    }
}

impl Http {
    /// Makes the client. Sends nothing.
    ///
    /// # Errors
    /// A token that cannot be sent, or an unreadable CA file.
    pub fn new(settings: HttpSettings) -> Result<Self> {
        let HttpSettings { manners, base, web_host, credentials, ca_file, timing } = settings;
        let plan = build::plan(manners, &base, &credentials, ca_file.as_ref(), &timing);
        let (plan, secrets) = plan.map_err(|Verdict { class, said }| TrackerError {
            class,
            host: base.host(),
            doing: "preparing the connection".into(),
            said,
        })?;
        let near = base.is_loopback() && !timing.everywhere;
        let gap = |gap: Duration| if near { Duration::ZERO } else { gap };
        let (first, most) = manners.in_flight();
        Ok(Self {
            pace: Pace::new(gap(timing.request_gap), 20),
            write_pace: Pace::new(gap(timing.write_gap), 0),
            limits: Limits::default(),
            in_flight: Flight::new(first, most),
            queries: Semaphore::new(QUERIES),
            busy: Busy::new(SHARE),
            query_busy: Busy::new(QUERY_SHARE),
            near,
            writing: Mutex::new(()),
            requests: AtomicU64::new(0),
            not_modified: AtomicU64::new(0),
            base,
            web_host,
            manners,
            plan,
            line: OnceCell::new(),
            secrets,
            timing,
        })
    }

    /// The origin.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The token without surrounding blanks, for telling its kind.
    pub fn token(&self) -> Option<&SecretString> {
        self.plan.token()
    }

    /// Budgets seen last; no request.
    pub fn budgets(&self) -> Vec<Budget> {
        self.limits.budgets()
    }

    /// Requests sent, and of them answered 304.
    pub fn counters(&self) -> (u64, u64) {
        (self.requests.load(Ordering::Relaxed), self.not_modified.load(Ordering::Relaxed))
    }

    /// The allowance for `resource` is used up, as an answer's body said: when it refills.
    pub fn exhausted(&self, resource: &str) -> Timestamp {
        self.limits.exhausted(resource)
    }

    /// The host asked for a pause in an answer's body: nothing goes to it before the returned time.
    pub fn pause(&self) -> Timestamp {
        self.limits.pause(&HeaderMap::new())
    }

    /// An error of this host that did not come from an exchange.
    pub fn error(&self, class: ErrorClass, doing: &str, said: &str) -> TrackerError {
        let said = classify::words(&self.redact(said));
        TrackerError { class, host: self.base.host(), doing: doing.to_owned(), said }
    }

    /// A server's words without the token, should it have repeated that. Before any cutting.
    pub fn redact(&self, said: &str) -> String {
        self.secrets.iter().fold(said.to_owned(), |said, secret| said.replace(secret.expose_secret(), "***"))
    }

    /// Headers without the token. They are shown (single sign-on), followed and logged (redirects) and stored
    /// (validators), so a server that repeats the token there must not get it into any of these.
    fn redact_headers(&self, mut headers: HeaderMap) -> HeaderMap {
        for value in headers.values_mut() {
            let Ok(text) = value.to_str() else { continue };
            let redacted = self.redact(text);
            if redacted != text {
                *value = HeaderValue::from_str(&redacted).unwrap_or(HeaderValue::from_static("***"));
            }
        }
        headers
    }

    /// A body without the token: a server that repeats it in a task must not get it into the store, a report or a log.
    fn redact_body(&self, body: Vec<u8>) -> Bytes {
        let secrets = self.secrets.iter().map(|secret| secret.expose_secret());
        let text = String::from_utf8_lossy(&body);
        let redacted = secrets
            .filter(|secret| secret.len() >= LEAST_SECRET)
            .any(|secret| text.contains(secret))
            .then(|| self.redact(&text));
        redacted.map_or_else(|| body.into(), Bytes::from)
    }

    /// Reads `path` (with its query), conditionally when a validator is known. Follows redirects within the
    /// origin and repeats after passing trouble.
    ///
    /// # Errors
    /// Every class; a budget or pause refuses without sending.
    pub async fn get(&self, path: &str, known: Option<&Validator>, doing: &str) -> Result<Answer> {
        self.fetch(path, Want::Json(known), doing).await
    }

    /// Reads the text of a file; else as [`Http::get`].
    ///
    /// # Errors
    /// As [`Http::get`].
    pub async fn get_text(&self, path: &str, doing: &str) -> Result<Answer> {
        self.fetch(path, Want::Text, doing).await
    }

    async fn fetch(&self, path: &str, want: Want<'_>, doing: &str) -> Result<Answer> {
        let searches = path.contains("/search/repositories?") || path.contains("/search/issues?");
        let resource = if searches { "search" } else { "core" };
        self.limits.admit(resource, Reserve::Keep).map_err(|c| self.error(c, doing, ""))?;
        self.turn(false).await;
        self.ask(path, Ask::Get(want), resource, doing).await
    }

    /// Reads by POST, as Jira's search wants it; else as [`Http::get`].
    ///
    /// # Errors
    /// As [`Http::get`].
    pub async fn search(&self, path: &str, body: &Value, doing: &str) -> Result<Answer> {
        self.turn(false).await;
        self.ask(path, Ask::Post { body, repeat_gateway: true }, "core", doing).await
    }

    /// Sends a GraphQL document to `path`. It must be a query: it is repeated after passing trouble. With
    /// `repeat_gateway` false, 502 and 504 come back at once, so that the caller can ask for less.
    ///
    /// # Errors
    /// Every class; a budget or pause refuses without sending.
    pub async fn query(&self, path: &str, body: &Value, repeat_gateway: bool, doing: &str) -> Result<Answer> {
        let _query = self.permit(&self.queries).await.map_err(|v| self.error(v.class, doing, &v.said))?;
        self.turn(true).await;
        self.ask(path, Ask::Post { body, repeat_gateway }, "graphql", doing).await
    }

    /// Reads, and repeats after passing trouble.
    async fn ask(&self, path: &str, ask: Ask<'_>, resource: &str, doing: &str) -> Result<Answer> {
        let fail = |v: Verdict| self.error(v.class, doing, &v.said);
        let _seat = self.seat().await.map_err(fail)?;
        let deadline = Instant::now() + self.timing.total;
        let mut tried = 0;
        loop {
            self.limits.admit(resource, Reserve::Keep).map_err(|c| self.error(c, doing, ""))?;
            let result = match ask {
                Ask::Get(want) => self.follow(path, want, resource, deadline).await,
                Ask::Post { body, .. } => {
                    let sent = self.send(path, Body::Write(Verb::Post, Some(body)), deadline).await;
                    self.judge(sent, resource).map(|reply| answer(reply, path.to_owned(), false))
                }
            };
            let Err(verdict) = result else {
                self.in_flight.went_well();
                return result.map_err(fail);
            };
            if struggles(&verdict.class) {
                self.in_flight.struggled();
            }
            let wait = self.wait_for(ask, &verdict.class, tried);
            let Some(wait) = wait.filter(|wait| tried < REPEATS && Instant::now() + *wait < deadline) else {
                return Err(fail(verdict));
            };
            tried += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before a read is repeated; `None` when repeating it would not help.
    fn wait_for(&self, ask: Ask<'_>, class: &ErrorClass, tried: u32) -> Option<Duration> {
        let asks_less = matches!(ask, Ask::Post { repeat_gateway: false, .. });
        match class {
            ErrorClass::SecondaryLimit { .. } if self.manners == Manners::Jira => self.limits.short_pause(),
            ErrorClass::Server { status: 502 | 504 } if asks_less => None,
            class => passes(class).then(|| self.jitter(tried)),
        }
    }

    /// Sends a write exactly once, at least a second after the last one.
    ///
    /// # Errors
    /// Every class. After [`ErrorClass::Server`], [`ErrorClass::Timeout`], [`ErrorClass::Connect`],
    /// [`ErrorClass::Truncated`], [`ErrorClass::TooLarge`] and [`ErrorClass::NotJson`] it is unknown whether the
    /// write took effect.
    pub async fn write(&self, verb: Verb, path: &str, body: Option<&Value>, doing: &str) -> Result<Answer> {
        let fail = |v: Verdict| self.error(v.class, doing, &v.said);
        let _alone = self.writing.lock().await;
        self.write_pace.wait().await;
        let _seat = self.seat().await.map_err(fail)?;
        self.limits.admit("core", Reserve::Use).map_err(|c| self.error(c, doing, ""))?;
        let deadline = Instant::now() + self.timing.total;
        let reply = self.judge(self.send(path, Body::Write(verb, body), deadline).await, "core").map_err(fail)?;
        Ok(answer(reply, path.to_owned(), false))
    }

    fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until the next request may start: by the pace, and by the time that the server has spent on us.
    async fn turn(&self, query: bool) {
        if !query {
            self.pace.wait().await;
        }
        if !self.near {
            self.busy.wait().await;
            if query {
                self.query_busy.wait().await;
            }
        }
    }

    async fn seat(&self) -> std::result::Result<Seat<'_>, Verdict> {
        self.in_flight.seat().await.map_err(closed)
    }

    async fn permit<'a>(&self, of: &'a Semaphore) -> std::result::Result<SemaphorePermit<'a>, Verdict> {
        of.acquire().await.map_err(closed)
    }

    /// A random part of the back-off, which doubles with each repetition.
    fn jitter(&self, tried: u32) -> Duration {
        use std::hash::{BuildHasher, RandomState};
        let random = RandomState::new().hash_one(tried) % 1_000;
        let longest = self.timing.backoff.saturating_mul(1 << tried.min(6));
        longest.mul_f64(f64::from(u32::try_from(random).unwrap_or(0)) / 1_000.0)
    }

    /// One read with its redirects.
    async fn follow(
        &self,
        path: &str,
        want: Want<'_>,
        resource: &str,
        deadline: Instant,
    ) -> std::result::Result<Answer, Verdict> {
        let mut here = path.to_owned();
        for hop in 0..=HOPS {
            let reply = self.send(&here, Body::Get(want.headers(self.manners)), deadline).await?;
            if !matches!(reply.status, 301 | 302 | 307 | 308) {
                if want.is_met(reply.status, &reply.headers) {
                    self.limits.observe(resource, &reply.headers);
                    self.limits.relax();
                    return Ok(answer(reply, here, hop > 0));
                }
                let reply = self.judge(Ok(reply), resource)?;
                return Ok(answer(reply, here, hop > 0));
            }
            here = self.target(&reply, &here)?;
        }
        Err(Verdict { class: ErrorClass::Unexpected { status: 310 }, said: "it redirects in circles".into() })
    }

    /// Where a redirect leads, when that is on our origin.
    fn target(&self, reply: &Reply, here: &str) -> std::result::Result<String, Verdict> {
        let location = reply.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let nowhere = |class| Verdict { class, said: String::new() };
        if location.is_empty() {
            return Err(nowhere(ErrorClass::Moved { to: None }));
        }
        let url = self.base.own(location, here).ok_or_else(|| nowhere(ErrorClass::ForeignRedirect))?;
        Ok(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }

    /// Good answers pass; everything else gets its class. A redirect here belongs to a write and is not followed.
    fn judge(&self, reply: std::result::Result<Reply, Verdict>, resource: &str) -> std::result::Result<Reply, Verdict> {
        let mut reply = reply?;
        self.limits.observe(resource, &reply.headers);
        let good = reply.status == 304 || (200..300).contains(&reply.status);
        if !good || classify::is_page(&reply.headers, &reply.body) {
            reply.body = self.redact(&String::from_utf8_lossy(&reply.body)).into();
        }
        match reply.status {
            304 => {
                self.not_modified.fetch_add(1, Ordering::Relaxed);
                Ok(reply)
            }
            200..=299 => {
                if reply.body.is_empty() || classify::is_json(&reply.headers, &reply.body) {
                    self.limits.relax();
                    Ok(reply)
                } else {
                    let said = classify::message(&reply.headers, &reply.body);
                    Err(Verdict { class: ErrorClass::NotJson, said })
                }
            }
            301 | 302 | 303 | 307 | 308 => {
                self.target(&reply, "/")?;
                Err(Verdict { class: ErrorClass::Moved { to: None }, said: String::new() })
            }
            _ => Err(classify::refused(&reply, self.manners, &self.web_host, &self.limits, resource)),
        }
    }
}

/// Trouble that may be over in a moment.
fn passes(class: &ErrorClass) -> bool {
    matches!(class, ErrorClass::Server { .. } | ErrorClass::Connect | ErrorClass::Truncated)
}

/// Trouble that comes of asking too much at once.
fn struggles(class: &ErrorClass) -> bool {
    matches!(class, ErrorClass::Server { .. } | ErrorClass::SecondaryLimit { .. } | ErrorClass::Timeout)
}

fn closed(_: AcquireError) -> Verdict {
    Verdict { class: ErrorClass::Unexpected { status: 0 }, said: "it is shutting down".into() }
}

fn answer(reply: Reply, path: String, moved: bool) -> Answer {
    Answer { status: reply.status, headers: reply.headers, body: reply.body, path, moved }
}
