//! From an answer (status, headers, first words) to an error class. Looks at nothing but the answer and the
//! host's limits.

use http::HeaderMap;
use serde_json::Value;

use super::{
    super::ErrorClass,
    Manners,
    exchange::Reply,
    limits::{Limits, asks_to_wait},
};
use crate::domain::text::safe_line;

/// Longest part of a server's words that is kept.
const LONGEST: usize = 300;

/// What a refused answer means, and the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) class: ErrorClass,
    pub(super) said: String,
}

/// A server's words, harmless and short.
pub(super) fn words(raw: &str) -> String {
    let raw = raw.trim();
    if raw.is_empty() {
        return String::new();
    }
    let head: String = raw.chars().take(LONGEST).collect();
    safe_line(&head).chars().take(LONGEST).collect()
}

/// True when a body is a web page.
pub(super) fn is_page(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    kind.to_ascii_lowercase().contains("html") || body.trim_ascii_start().starts_with(b"<")
}

/// True when a body may be JSON: it says so, or it looks so.
pub(super) fn is_json(headers: &HeaderMap, body: &[u8]) -> bool {
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let start = body.trim_ascii_start().first();
    !is_page(headers, body) && (kind.to_ascii_lowercase().contains("json") || matches!(start, Some(b'{' | b'[')))
}

/// The message in an error body: GitHub's `message` with the details of `errors`, or the title of a page.
pub(super) fn message(headers: &HeaderMap, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..65_536).unwrap_or(body));
    if is_page(headers, body) {
        let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        return title.map(|(title, _)| words(title)).unwrap_or_default();
    }
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return String::new() };
    let mut said = value.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    if said.is_empty() {
        said = jira_message(&value);
    }
    for error in value.get("errors").and_then(Value::as_array).into_iter().flatten().take(3) {
        let part = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
        let detail = match (part("message"), error.as_str()) {
            (_, Some(text)) => text.to_owned(),
            ("", None) => format!("{} {} {}", part("resource"), part("field"), part("code")),
            (text, None) => text.to_owned(),
        };
        if !detail.trim().is_empty() && !said.contains(detail.trim()) {
            said = format!("{said}: {}", detail.trim());
        }
    }
    words(&said)
}

/// What a Jira site says: `errorMessages`, then `errors` by field.
fn jira_message(value: &Value) -> String {
    let whole = value.get("errorMessages").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let fields = value.get("errors").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.filter_map(|(field, why)| Some(format!("{field}: {}", why.as_str()?)));
    whole.map(str::to_owned).chain(fields).take(3).collect::<Vec<_>>().join("; ")
}

/// Where to authorise a token, from `X-GitHub-SSO: required; url=…`; only on the tracker's own host over https.
fn sso_url(header: &str, web_host: &str) -> Option<String> {
    let (_, raw) = header.split_once("url=")?;
    let url = reqwest::Url::parse(raw.trim()).ok()?;
    let own = url.scheme() == "https" && url.host_str().is_some_and(|h| h.eq_ignore_ascii_case(web_host));
    (own && url.username().is_empty() && url.password().is_none()).then(|| words(url.as_str()))
}

/// A scope that would have done and is not there.
fn missing_scope(headers: &HeaderMap) -> Option<String> {
    let list = |name: &str| {
        let raw = headers.get(name)?.to_str().ok()?;
        Some(raw.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    };
    let (accepted, granted) = (list("x-accepted-oauth-scopes")?, list("x-oauth-scopes")?);
    let lacks = !accepted.is_empty() && !accepted.iter().any(|scope| granted.contains(scope));
    lacks.then(|| words(&accepted.join(" or ")))
}

/// Classifies a 403 or 429 that is about a limit, and tells the limits about it.
fn limited(reply: &Reply, said: &str, limits: &Limits, resource: &str) -> Option<ErrorClass> {
    let lower = said.to_ascii_lowercase();
    let secondary = lower.contains("secondary rate limit") || lower.contains("abuse detection");
    let spent = reply.headers.get("x-ratelimit-remaining").is_some_and(|v| v.as_bytes() == b"0");
    if asks_to_wait(&reply.headers) || secondary {
        return Some(ErrorClass::SecondaryLimit { until: limits.pause(&reply.headers) });
    }
    if spent || lower.contains("api rate limit exceeded") {
        return Some(ErrorClass::RateLimit { until: limits.exhausted(resource) });
    }
    (reply.status == 429).then(|| ErrorClass::SecondaryLimit { until: limits.pause(&reply.headers) })
}

/// Classifies a 403 that is about rights.
fn forbidden(reply: &Reply, said: &str, web_host: &str) -> ErrorClass {
    let header = |name: &str| reply.headers.get(name).and_then(|v| v.to_str().ok());
    let lower = said.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if let Some(sso) = header("x-github-sso").filter(|v| v.trim_start().starts_with("required")) {
        return ErrorClass::Sso { url: sso_url(sso, web_host) };
    }
    if any(&["saml enforcement", "saml sso"]) {
        return ErrorClass::Sso { url: None };
    }
    if any(&["login attempts exceeded", "bad credentials"]) {
        return ErrorClass::BadToken;
    }
    if any(&["suspended", "access blocked", "blocked by", "user is blocked"]) {
        return ErrorClass::Blocked;
    }
    if any(&["archived", "read-only", "locked", "repository has been disabled"]) {
        return ErrorClass::ReadOnly;
    }
    if any(&["resource not accessible by"]) {
        let needs = header("x-accepted-github-permissions").map(words).unwrap_or_default();
        return ErrorClass::MissingScope { needs };
    }
    match missing_scope(&reply.headers) {
        Some(needs) => ErrorClass::MissingScope { needs },
        None => ErrorClass::Forbidden,
    }
}

/// What an answer other than success or 304 means.
pub(super) fn refused(reply: &Reply, manners: Manners, web_host: &str, limits: &Limits, resource: &str) -> Verdict {
    let said = message(&reply.headers, &reply.body);
    let page = is_page(&reply.headers, &reply.body);
    let class = match reply.status {
        401 => ErrorClass::BadToken,
        // Data Center tells of its limits in every answer; only 429 is one.
        403 if manners == Manners::Jira && page => ErrorClass::NotJson,
        403 if manners == Manners::Jira => forbidden(reply, &said, web_host),
        403 | 429 => match limited(reply, &said, limits, resource) {
            Some(class) => class,
            None if page => ErrorClass::NotJson,
            None => forbidden(reply, &said, web_host),
        },
        407 => ErrorClass::Proxy,
        400 | 404 if page => ErrorClass::NotJson,
        404 => ErrorClass::NotFound,
        410 => ErrorClass::Gone,
        400 | 422 => ErrorClass::Invalid,
        423 => ErrorClass::ReadOnly,
        451 => ErrorClass::Blocked,
        503 if asks_to_wait(&reply.headers) => ErrorClass::SecondaryLimit { until: limits.pause(&reply.headers) },
        status @ 500..=599 => ErrorClass::Server { status },
        status => ErrorClass::Unexpected { status },
    };
    Verdict { class, said }
}
