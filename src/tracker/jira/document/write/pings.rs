//! Which parts of a text tell somebody, and which are addresses. Knows no format.

use super::Hook;
use crate::tracker::jira::document::tree::{Inline, bare_url};

/// Longest token that is asked for, bytes.
const MAX_TOKEN: usize = 200;

/// The pieces with mentions instead of the tokens that somebody answers to.
pub(super) fn told(pieces: &[Inline], mention: Hook<'_>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(pieces.len());
    let mut before = None;
    for piece in pieces {
        match piece {
            Inline::Text { text, style, link: None } if !style.code => {
                let mut rest = text.as_str();
                let mut kept = String::new();
                while let Some(at) = rest.find('@') {
                    let (head, tail) = rest.split_at(at);
                    kept.push_str(head);
                    let last = kept.chars().next_back().or(before);
                    let tail = tail.strip_prefix('@').unwrap_or(tail);
                    let free = !last.is_some_and(char::is_alphanumeric);
                    if let Some((who, length)) = free.then(|| token(tail, mention)).flatten() {
                        out.push(Inline::Text { text: std::mem::take(&mut kept), style: *style, link: None });
                        out.push(Inline::Mention { id: who.id, name: who.name });
                        before = tail.get(..length).and_then(|t| t.chars().next_back());
                        rest = tail.get(length..).unwrap_or_default();
                    } else {
                        kept.push('@');
                        rest = tail;
                    }
                }
                kept.push_str(rest);
                before = kept.chars().next_back().or(before);
                out.push(Inline::Text { text: kept, style: *style, link: None });
            }
            Inline::Text { text, .. } => {
                before = text.chars().next_back();
                out.push(piece.clone());
            }
            _ => {
                before = None;
                out.push(piece.clone());
            }
        }
    }
    out.retain(|piece| !matches!(piece, Inline::Text { text, .. } if text.is_empty()));
    out
}

/// Whom the token at the start of a text tells, and how long it is. A full stop at its end may belong to the sentence.
fn token(text: &str, mention: Hook<'_>) -> Option<(super::Mention, usize)> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-');
    let whole = text.get(..text.find(|c| !part(c)).unwrap_or(text.len()))?;
    // The joiner behind a token says that nobody is meant.
    if whole.is_empty() || whole.len() > MAX_TOKEN || text.get(whole.len()..)?.starts_with('\u{2060}') {
        return None;
    }
    let mut shorter = whole;
    for _ in 0..4 {
        if let Some(who) = mention(shorter).filter(|who| !who.id.is_empty()) {
            return Some((who, shorter.len()));
        }
        shorter = shorter.strip_suffix([':', '.', '_', '-']).filter(|s| !s.is_empty())?;
    }
    None
}

/// The pieces with bare addresses as links.
pub(super) fn linked(pieces: Vec<Inline>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let Inline::Text { text, style, link: None } = &piece else {
            out.push(piece);
            continue;
        };
        if style.code || !text.contains("://") {
            out.push(piece);
            continue;
        }
        for (part, is_url) in parts(text) {
            let link = is_url.then(|| part.into());
            out.push(Inline::Text { text: part.to_owned(), style: *style, link });
        }
    }
    out
}

/// A text cut at its bare addresses; each part with whether it is one.
pub(super) fn parts(text: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let (mut start, mut at, mut word) = (0, 0, false);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let url = if matches!(c, 'h' | 'f') && !word { text.get(at..).and_then(bare_url) } else { None };
        if let Some(length) = url {
            parts.extend(text.get(start..at).filter(|part| !part.is_empty()).map(|part| (part, false)));
            parts.extend(text.get(at..at + length).map(|part| (part, true)));
            at += length;
            start = at;
            word = true;
        } else {
            at += c.len_utf8();
            word = c.is_alphanumeric();
        }
    }
    parts.extend(text.get(start..).filter(|part| !part.is_empty()).map(|part| (part, false)));
    parts
}
