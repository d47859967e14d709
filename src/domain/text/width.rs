//! Columns: how wide a harmless text is drawn, and cutting it to fit. Only ever given text that left the sanitiser.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns of one row of harmless text, counted by grapheme cluster as the terminal library draws it.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The text in at most `columns` columns, cut between grapheme clusters with `…` at the end when it is longer.
/// A wide character that would stick out is left away, so the result may be one column short.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    // A cluster is at least one byte a column, so short ASCII needs no counting.
    if text.is_ascii() && text.len() <= columns {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let mut keep = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        let wide = cluster.width();
        if used + wide > columns {
            return cut(text, keep, columns);
        }
        used += wide;
        if used < columns {
            keep = at + cluster.len();
        }
    }
    Cow::Borrowed(text)
}

/// The first `keep` bytes and the ellipsis; nothing where there is no column for it.
pub(super) fn cut(text: &str, keep: usize, columns: usize) -> Cow<'static, str> {
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut short = text.get(..keep).unwrap_or_default().to_owned();
    short.push('…');
    Cow::Owned(short)
}
