//! What a read asks for, in headers, and when an answer is that.

use http::{HeaderMap, HeaderValue, header};

use super::{super::Validator, Manners};

/// What a read asks for.
#[derive(Clone, Copy)]
pub(super) enum Want<'a> {
    /// JSON; conditionally when a validator is known.
    Json(Option<&'a Validator>),
    /// A file's own text.
    Text,
}

impl Want<'_> {
    /// The headers that ask for it.
    pub(super) fn headers(self, manners: Manners) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let accept = match (manners, self) {
            (Manners::Jira, _) => "application/json",
            (Manners::GitHub, Self::Json(_)) => "application/vnd.github+json",
            (Manners::GitHub, Self::Text) => "application/vnd.github.raw+json",
        };
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        let Self::Json(Some(known)) = self else { return headers };
        let value = |text: &Option<String>| text.as_deref().and_then(|t| HeaderValue::from_str(t).ok());
        if let Some(etag) = value(&known.etag) {
            headers.insert(header::IF_NONE_MATCH, etag);
        }
        if let Some(date) = value(&known.last_modified) {
            headers.insert(header::IF_MODIFIED_SINCE, date);
        }
        headers
    }

    /// True when a good answer is the text that was wanted, whatever it looks like: it says so, or it is not called a
    /// page. Everything else is judged as an answer in JSON.
    pub(super) fn is_met(self, status: u16, headers: &HeaderMap) -> bool {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        matches!(self, Self::Text) && status == 200 && !kind.to_ascii_lowercase().contains("html")
    }
}
