//! Answers on their way out: GitHub's headers, validators, and what a trouble makes of them. Knows no world.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;

use super::{
    faults::FaultKind,
    identity::Budget,
    rest::{Answer, http_date},
};

/// An answer that can still be spoiled.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    body: String,
    /// The body as it is sent, where it is compressed.
    packed: Option<Vec<u8>>,
    /// The connection closes after that many bytes of the body.
    cut_after: Option<usize>,
    /// Points it took of an hour's allowance.
    pub points: u32,
}

/// Shorter bodies are sent as they are.
const LEAST_PACKED: usize = 1_024;

const JSON: &str = "application/json; charset=utf-8";

impl Reply {
    pub(crate) fn typed(status: u16, kind: &str, body: String) -> Self {
        Self { headers: vec![("content-type".into(), kind.into())], body, ..Self::empty(status) }
    }

    pub(crate) fn plain(status: u16, body: String) -> Self {
        Self::typed(status, "text/plain; charset=utf-8", body)
    }

    pub(crate) fn json(status: u16, body: String) -> Self {
        Self::typed(status, JSON, body)
    }

    /// No body at all.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new(), packed: None, cut_after: None, points: 0 }
    }

    /// Sets headers; one of the same name is replaced.
    pub(crate) fn set(&mut self, headers: &[(String, String)]) {
        for (name, value) in headers {
            self.headers.retain(|(old, _)| !old.eq_ignore_ascii_case(name));
            self.headers.push((name.clone(), value.clone()));
        }
    }

    /// The answer of a trouble that keeps the request from being worked on. The inner `None` cuts the connection.
    pub(crate) fn instead(trouble: &FaultKind) -> Option<Option<Self>> {
        match trouble {
            FaultKind::Status { code, headers, body } => {
                let mut reply = Self::json(*code, body.clone());
                reply.set(headers);
                Some(Some(reply))
            }
            FaultKind::Html => {
                let page =
                    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n<body>Please sign in.</body></html>\n";
                Some(Some(Self::typed(200, "text/html; charset=utf-8", page.into())))
            }
            FaultKind::DropBefore => Some(None),
            _ => None,
        }
    }

    /// What a trouble makes of a good answer; `None` cuts the connection.
    pub(crate) fn spoiled(mut self, trouble: &FaultKind) -> Option<Self> {
        match trouble {
            FaultKind::CommitThenStatus { code } => {
                Some(Self::json(*code, format!("{{\"message\":\"Server Error\",\"status\":\"{code}\"}}")))
            }
            FaultKind::CommitThenDrop => None,
            FaultKind::TruncateBody { keep } => {
                let mut end = (*keep).min(self.body.len());
                while !self.body.is_char_boundary(end) {
                    end -= 1;
                }
                self.body.truncate(end);
                Some(self)
            }
            FaultKind::CutBody { keep } => {
                self.cut_after = Some(*keep);
                Some(self)
            }
            FaultKind::Headers { headers } => {
                self.set(headers);
                Some(self)
            }
            _ => Some(self),
        }
    }

    /// Compresses the body for a guest that takes it.
    pub(crate) fn pack(&mut self, accepted: &str) {
        if self.cut_after.is_some() || self.body.len() < LEAST_PACKED || !accepted.contains("gzip") {
            return;
        }
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        if let Ok(packed) = packer.write_all(self.body.as_bytes()).and_then(|()| packer.finish()) {
            self.set(&[("content-encoding".into(), "gzip".into())]);
            self.packed = Some(packed);
        }
    }

    /// Bytes of the body: as sent, and as they are.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.packed.as_ref().map_or(self.body.len(), Vec::len), self.body.len())
    }

    pub(crate) fn into_response(self) -> Response {
        let body = match self.cut_after {
            None => self.packed.map_or_else(|| Body::from(self.body), Body::from),
            Some(keep) => cut_body(&self.body, keep),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_bytes(value.as_bytes());
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A body that breaks off: some bytes, then an error that makes the server close the connection.
fn cut_body(body: &str, keep: usize) -> Body {
    let bytes = Bytes::copy_from_slice(body.as_bytes());
    let first = bytes.slice(..keep.min(bytes.len()));
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    Body::from_stream(futures_util::stream::iter([Ok(first), Err(broken)]))
}

/// An answer with its text and validator, made once.
pub(crate) struct Rendered {
    answer: Answer,
    body: String,
    etag: Option<String>,
    same: bool,
}

impl Rendered {
    pub(crate) fn of(answer: Answer, method: &str, sent: &HeaderMap) -> Self {
        let json = answer.body.as_ref().map(ToString::to_string);
        let body = json.or_else(|| answer.text.clone()).unwrap_or_default();
        let etag = (method == "GET" && answer.status == 200).then(|| etag(&body));
        let header = |name: &str| sent.get(name).and_then(|h| h.to_str().ok());
        let same = match (header("if-none-match"), &etag) {
            (Some(theirs), Some(ours)) => matches(theirs, ours),
            (None, Some(_)) => {
                let changed = answer.headers.iter().find(|(name, _)| *name == "last-modified");
                let since = header("if-modified-since");
                since.is_some() && since == changed.map(|(_, at)| at.as_str())
            }
            _ => false,
        };
        Self { answer, body, etag, same }
    }

    /// 304: the caller has it already, and it costs nothing.
    pub(crate) fn unchanged(&self) -> bool {
        self.same
    }

    /// The answer with GitHub's headers.
    pub(crate) fn reply(self, now: Timestamp, (resource, budget): (&str, Budget), signed: bool) -> Reply {
        let status = if self.same { 304 } else { self.answer.status };
        let empty = self.same || (self.answer.body.is_none() && self.answer.text.is_none());
        let mut headers: Vec<(String, String)> = Vec::with_capacity(16);
        let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
        for (name, value) in &self.answer.headers {
            add(name, value.clone());
        }
        add("x-github-request-id", request_id(&self.body, &budget));
        if let Some(etag) = self.etag {
            add("etag", etag);
            add("cache-control", "private, max-age=60, s-maxage=60".into());
        }
        add("date", http_date(now));
        add("x-ratelimit-limit", budget.limit.to_string());
        add("x-ratelimit-remaining", budget.remaining().to_string());
        add("x-ratelimit-used", budget.used.to_string());
        add("x-ratelimit-reset", budget.reset.as_second().to_string());
        add("x-ratelimit-resource", resource.to_owned());
        add("x-github-media-type", "github.v3; format=json".into());
        if signed {
            add("x-oauth-scopes", "repo, read:org".into());
            add("x-accepted-oauth-scopes", "repo".into());
        }
        if empty {
            return Reply { headers, ..Reply::empty(status) };
        }
        let kind = if self.answer.text.is_some() { "application/vnd.github.raw+json; charset=utf-8" } else { JSON };
        let mut reply = Reply::typed(status, kind, self.body);
        reply.headers.extend(headers);
        reply
    }
}

fn etag(body: &str) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}

/// Weak comparison of one validator with a list of them.
fn matches(theirs: &str, ours: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    theirs.split(',').any(|one| one.trim() == "*" || bare(one) == bare(ours))
}

fn request_id(body: &str, budget: &Budget) -> String {
    let mut hasher = DefaultHasher::new();
    (body.len(), budget.used, budget.reset).hash(&mut hasher);
    format!("DE40:{:04X}:{:012X}", budget.used, hasher.finish() >> 16)
}
