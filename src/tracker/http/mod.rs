//! The only HTTP client of the program: one origin, one token, and the manners a host asks for.
//!
//! Reads and queries are repeated after passing trouble, writes are sent exactly once. Redirects are followed by
//! hand, for reads and within the origin only. Knows nothing of any tracker's fields.

pub mod base;
mod build;
mod classify;
mod limits;
pub mod page;
mod transport;
mod want;

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use http_body_util::{BodyExt, combinators::BoxBody};
use jiff::Timestamp;
use octocrab::Octocrab;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use super::{Budget, ErrorClass, Result, TrackerError, Validator};
use base::Base;
use classify::Verdict;
use limits::{Limits, Pace, Reserve};
use transport::Phase;
use want::Want;

/// Largest answer accepted, decoded.
const BODY_CAP: usize = 32 << 20;
/// Requests under way at once.
const IN_FLIGHT: usize = 8;
/// Queries under way at once.
const QUERIES: usize = 2;
/// Times a read is repeated.
const REPEATS: u32 = 3;
/// Redirects followed for one read.
const HOPS: u32 = 5;

/// Time limits and pauses.
#[derive(Clone, Debug)]
pub struct Timing {
    /// For making a connection.
    pub connect: Duration,
    /// For one call with all its repetitions, from sending to the last byte.
    pub total: Duration,
    /// Longest wait before the first repetition; doubles each time.
    pub backoff: Duration,
    /// Least time between the starts of two writes, loopback excepted.
    pub write_gap: Duration,
    /// Average time between the starts of two requests, loopback excepted.
    pub request_gap: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            backoff: Duration::from_millis(250),
            write_gap: Duration::from_secs(1),
            request_gap: Duration::from_millis(75),
        }
    }
}

/// What a client is made of.
pub struct HttpSettings {
    /// The only origin.
    pub base: Base,
    /// Host of the pages people open, where a sign-on link may point.
    pub web_host: String,
    /// The token, if any.
    pub token: Option<SecretString>,
    /// Certificates trusted besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// Time limits.
    pub timing: Timing,
}

/// How a write is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// POST.
    Post,
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

/// An answer of any status.
struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

enum Body<'a> {
    Get(HeaderMap),
    Write(Verb, Option<&'a Value>),
}

type Raw = std::result::Result<Response<BoxBody<Bytes, octocrab::Error>>, octocrab::Error>;

/// A client for one origin.
pub struct Http {
    base: Base,
    web_host: String,
    crab: Octocrab,
    token: Option<SecretString>,
    timing: Timing,
    limits: Limits,
    in_flight: Semaphore,
    queries: Semaphore,
    writing: Mutex<()>,
    pace: Pace,
    write_pace: Pace,
    requests: AtomicU64,
    not_modified: AtomicU64,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Http").field("base", &self.base).field("token", &self.token.is_some()).finish_non_exhaustive()
    }
}

impl Http {
    /// Makes the client. Needs a running runtime; sends nothing.
    ///
    /// # Errors
    /// A token that cannot be sent, an unreadable CA file, or a system without usable certificates.
    pub fn new(settings: HttpSettings) -> Result<Self> {
        let HttpSettings { base, web_host, token, ca_file, timing } = settings;
        let made = build::checked_token(token.as_ref()).and_then(|token| {
            let crab = build::octocrab(&base, token.as_ref(), ca_file.as_ref(), &timing)?;
            Ok((token, crab))
        });
        let (token, crab) = made.map_err(|Verdict { class, said }| TrackerError {
            class,
            host: base.host(),
            doing: "preparing the connection".into(),
            said,
        })?;
        let gap = |gap: Duration| if base.is_loopback() { Duration::ZERO } else { gap };
        Ok(Self {
            pace: Pace::new(gap(timing.request_gap), 20),
            write_pace: Pace::new(gap(timing.write_gap), 0),
            limits: Limits::default(),
            in_flight: Semaphore::new(IN_FLIGHT),
            queries: Semaphore::new(QUERIES),
            writing: Mutex::new(()),
            requests: AtomicU64::new(0),
            not_modified: AtomicU64::new(0),
            base,
            web_host,
            crab,
            token,
            timing,
        })
    }

    /// The origin.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The token without surrounding blanks, for telling its kind.
    pub fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
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
        match &self.token {
            Some(token) => said.replace(token.expose_secret(), "***"),
            None => said.to_owned(),
        }
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
        let fail = |v: Verdict| self.error(v.class, doing, &v.said);
        let searches = path.contains("/search/repositories?") || path.contains("/search/issues?");
        let resource = if searches { "search" } else { "core" };
        self.limits.admit(resource, Reserve::Keep).map_err(|c| self.error(c, doing, ""))?;
        self.pace.wait().await;
        let _permit = self.permit(&self.in_flight).await.map_err(fail)?;
        let deadline = Instant::now() + self.timing.total;
        let mut tried = 0;
        loop {
            self.limits.admit(resource, Reserve::Keep).map_err(|c| self.error(c, doing, ""))?;
            let result = self.follow(path, want, resource, deadline).await;
            let Err(verdict) = result else { return result.map_err(fail) };
            let wait = self.jitter(tried);
            if tried == REPEATS || !passes(&verdict.class) || Instant::now() + wait >= deadline {
                return Err(fail(verdict));
            }
            tried += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends a GraphQL document to `path`. It must be a query: it is repeated after passing trouble. With
    /// `repeat_gateway` false, 502 and 504 come back at once, so that the caller can ask for less.
    ///
    /// # Errors
    /// Every class; a budget or pause refuses without sending.
    pub async fn query(&self, path: &str, body: &Value, repeat_gateway: bool, doing: &str) -> Result<Answer> {
        let fail = |v: Verdict| self.error(v.class, doing, &v.said);
        let _query = self.permit(&self.queries).await.map_err(fail)?;
        let _permit = self.permit(&self.in_flight).await.map_err(fail)?;
        let deadline = Instant::now() + self.timing.total;
        let mut tried = 0;
        loop {
            self.limits.admit("graphql", Reserve::Keep).map_err(|c| self.error(c, doing, ""))?;
            let result = self.judge(self.send(path, Body::Write(Verb::Post, Some(body)), deadline).await, "graphql");
            let verdict = match result {
                Ok(reply) => return Ok(answer(reply, path.to_owned(), false)),
                Err(verdict) => verdict,
            };
            let gateway = matches!(verdict.class, ErrorClass::Server { status: 502 | 504 });
            let wait = self.jitter(tried);
            let again = passes(&verdict.class) && (repeat_gateway || !gateway);
            if tried == REPEATS || !again || Instant::now() + wait >= deadline {
                return Err(fail(verdict));
            }
            tried += 1;
            tokio::time::sleep(wait).await;
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
        let _permit = self.permit(&self.in_flight).await.map_err(fail)?;
        self.limits.admit("core", Reserve::Use).map_err(|c| self.error(c, doing, ""))?;
        let deadline = Instant::now() + self.timing.total;
        let reply = self.judge(self.send(path, Body::Write(verb, body), deadline).await, "core").map_err(fail)?;
        Ok(answer(reply, path.to_owned(), false))
    }

    async fn permit<'a>(&self, of: &'a Semaphore) -> std::result::Result<SemaphorePermit<'a>, Verdict> {
        let closed = |_| Verdict { class: ErrorClass::Unexpected { status: 0 }, said: "it is shutting down".into() };
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
            let reply = self.send(&here, Body::Get(want.headers()), deadline).await?;
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
            _ => Err(classify::refused(&reply, &self.web_host, &self.limits, resource)),
        }
    }

    /// One exchange, within the deadline.
    async fn send(&self, path: &str, body: Body<'_>, deadline: Instant) -> std::result::Result<Reply, Verdict> {
        let late = |_| Verdict { class: ErrorClass::Timeout, said: String::new() };
        let started = Instant::now();
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = timeout_at(deadline, self.call(path, body)).await.map_err(late)?;
        let response = response.map_err(|error| transport::classify(&error, Phase::Head))?;
        let (parts, mut stream) = response.into_parts();
        let mut bytes = Vec::new();
        while let Some(frame) = timeout_at(deadline, stream.frame()).await.map_err(late)? {
            let frame = frame.map_err(|error| transport::classify(&error, Phase::Body))?;
            let Some(data) = frame.data_ref() else { continue };
            if bytes.len() + data.len() > BODY_CAP {
                return Err(Verdict { class: ErrorClass::TooLarge, said: String::new() });
            }
            bytes.extend_from_slice(data);
        }
        let status = parts.status.as_u16();
        let host = self.base.host();
        tracing::debug!(%host, path, status, bytes = bytes.len(), ms = started.elapsed().as_millis(), "answered");
        Ok(Reply { status, headers: self.redact_headers(parts.headers), body: bytes.into() })
    }

    /// Hands a relative address to the thin client, which puts our origin before it: nothing can go elsewhere.
    async fn call(&self, path: &str, body: Body<'_>) -> Raw {
        match body {
            Body::Get(headers) => self.crab._get_with_headers(path, Some(headers)).await,
            Body::Write(Verb::Post, body) => self.crab._post(path, body).await,
            Body::Write(Verb::Patch, body) => self.crab._patch(path, body).await,
            Body::Write(Verb::Delete, body) => self.crab._delete(path, body).await,
        }
    }
}

/// Trouble that may be over in a moment.
fn passes(class: &ErrorClass) -> bool {
    matches!(class, ErrorClass::Server { .. } | ErrorClass::Connect | ErrorClass::Truncated)
}

fn answer(reply: Reply, path: String, moved: bool) -> Answer {
    Answer { status: reply.status, headers: reply.headers, body: reply.body, path, moved }
}
