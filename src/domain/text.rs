//! Text that strangers wrote, and the one place where it becomes harmless.
//!
//! [`Foreign`] keeps the raw text for the store and for `--json`; it has no `Display`, so it cannot reach a
//! terminal, a log or a shell by accident. It leaves only through the sinks below.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

mod sanitise;
mod width;

pub use width::{fit, width};

/// Text from a tracker. Raw inside, never shown raw.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Foreign(String);

impl Foreign {
    /// Wraps raw text exactly as the tracker sent it.
    pub fn new(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The raw text: for the store, for `--json`, for comparing. Never for a terminal, log, path or page.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// True when there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One harmless row: line breaks, tabs, controls, bidi and invisible characters replaced by visible
    /// placeholders; an empty or blank text becomes `(blank)`.
    pub fn line(&self) -> Cow<'_, str> {
        sanitise::line(&self.0)
    }

    /// [`Foreign::line`] cut to `columns` columns, with `…` where something is missing. Looks at no more of the text
    /// than can be shown, so a title of a mebibyte costs no more than a short one.
    pub fn fit(&self, columns: usize) -> Cow<'_, str> {
        safe_fit(&self.0, columns)
    }

    /// Harmless text of several rows: LF is kept as layout (CR LF becomes LF, TAB four spaces), everything else as
    /// in [`Foreign::line`], but that a blank text stays blank.
    pub fn block(&self) -> Cow<'_, str> {
        sanitise::block(&self.0)
    }
}

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.line())
    }
}

impl From<&str> for Foreign {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Foreign {
    fn from(raw: String) -> Self {
        Self(raw)
    }
}

/// One harmless row from any string that did not come as [`Foreign`] (a file name, a server's sentence).
pub fn safe_line(raw: &str) -> Cow<'_, str> {
    sanitise::line(raw)
}

/// Harmless rows from any string, LF kept.
pub fn safe_block(raw: &str) -> Cow<'_, str> {
    sanitise::block(raw)
}

/// What stands behind the first of several that are told together: nothing, or how many more there are.
pub fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" (and {more} more)") }
}

/// The nearest of `names` to what was typed, when it is near enough to be meant.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A long text is nobody's slip of a finger, and comparing costs the product of both lengths.
    let typed: String = typed.chars().take(80).collect::<String>().to_lowercase();
    names
        .map(|name| (strsim::damerau_levenshtein(&typed, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.len().max(typed.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// [`safe_line`] cut to `columns` columns, looking at no more of the text than can be shown.
pub fn safe_fit(raw: &str, columns: usize) -> Cow<'_, str> {
    // 16 bytes a column are enough for any honest text (a family of emoji takes 25 bytes for its two columns).
    let most = columns.saturating_mul(16).saturating_add(256);
    if raw.len() <= most {
        return match sanitise::line(raw) {
            Cow::Borrowed(line) => fit(line, columns),
            Cow::Owned(line) => Cow::Owned(fit(&line, columns).into_owned()),
        };
    }
    let end = raw.floor_char_boundary(most);
    let line = sanitise::line(raw.get(..end).unwrap_or_default());
    let shown = fit(&line, columns);
    let fits_as_it_is = matches!(&shown, Cow::Borrowed(all) if all.len() == line.len());
    if !fits_as_it_is {
        return Cow::Owned(shown.into_owned());
    }
    // All that was looked at fits, but there is more: say so in the last column.
    let room = fit(&line, columns.saturating_sub(1)).into_owned();
    let text = room.strip_suffix('…').unwrap_or(&room);
    Cow::Owned(width::cut(text, text.len(), columns).into_owned())
}
