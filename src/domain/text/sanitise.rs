//! The sanitiser itself: a pure function from any string to one that no terminal obeys.

use std::borrow::Cow;

pub(super) fn line(raw: &str) -> Cow<'_, str> {
    if raw.is_empty() {
        return Cow::Borrowed("(blank)");
    }
    Cow::Owned(raw.chars().map(|c| if c.is_control() { '\u{b7}' } else { c }).collect())
}

pub(super) fn block(raw: &str) -> Cow<'_, str> {
    Cow::Owned(raw.chars().map(|c| if c.is_control() && c != '\n' { '\u{b7}' } else { c }).collect())
}
