//! Pages of a listing and the `Link` header that leads through them.

use serde_json::Value;

use super::{Answer, Call};

/// The wanted part of a listing.
pub(super) struct Page {
    per_page: usize,
    page: usize,
}

impl Page {
    /// From `per_page` (1 to 100, 30 when absent) and `page` (from 1).
    pub(super) fn of(call: &Call) -> Self {
        let number = |key: &str| call.param(key).and_then(|v| v.parse::<usize>().ok());
        Self { per_page: number("per_page").unwrap_or(30).clamp(1, 100), page: number("page").unwrap_or(1).max(1) }
    }

    /// Answers with this part of `rows`, each shown by `show`.
    pub(super) fn answer<T>(&self, call: &Call, rows: &[T], show: impl FnMut(&T) -> Value) -> Answer {
        let shown = self.part(rows).iter().map(show).collect::<Vec<_>>();
        let mut answer = Answer::ok(Value::Array(shown));
        answer.headers.extend(self.link(call, rows.len()).map(|link| ("link", link)));
        answer
    }

    /// This part of the rows; empty past the end.
    pub(super) fn part<'a, T>(&self, rows: &'a [T]) -> &'a [T] {
        let start = self.per_page.saturating_mul(self.page - 1).min(rows.len());
        let end = start.saturating_add(self.per_page).min(rows.len());
        rows.get(start..end).unwrap_or_default()
    }

    /// `Link`, when there is more than this page.
    pub(super) fn link(&self, call: &Call, total: usize) -> Option<String> {
        let last = total.div_ceil(self.per_page).max(1);
        let mut links = Vec::new();
        let mut add = |page: usize, rel: &str| links.push(format!("<{}>; rel=\"{rel}\"", self.address(call, page)));
        if self.page > 1 {
            add((self.page - 1).min(last), "prev");
        }
        if self.page < last {
            add(self.page + 1, "next");
            add(last, "last");
        }
        if self.page > 1 {
            add(1, "first");
        }
        (!links.is_empty()).then(|| links.join(", "))
    }

    fn address(&self, call: &Call, page: usize) -> String {
        let kept = query(call, |key| key != "page");
        let joint = if kept.is_empty() { "" } else { "&" };
        format!("{}{}?{kept}{joint}page={page}", call.api, call.path)
    }
}

/// The query of a request again, with the keys that are wanted.
pub(super) fn query(call: &Call, wanted: impl Fn(&str) -> bool) -> String {
    let kept = call.query.iter().filter(|(key, _)| wanted(key));
    let pairs = kept.map(|(key, value)| format!("{}={}", super::shape::escaped(key), super::shape::escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}
