//! The marker of a comment where no HTML comment can carry it (trackers.md §5.4): as a property of the comment, and as a
//! line in a code block at its very end, for people and for programs that see no properties. [`mod@line`] is that line; here
//! are whole comments, from the way the domain writes them (`<!-- floorwalk/1 {json} -->`, then prose) and back to it.

pub mod line;

use serde_json::Value;

use super::{
    adf,
    page::{self, Manner},
    tree::{Block, Inline, Style},
    wiki,
    write::{self, Hook},
};
use crate::domain::marker::{self, MAX_JSON, Marker};

/// How the last line of our comments begins, without its small letters.
const FOOTER: &str = "Posted with floorwalk · claim ";

/// A comment as it is posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing<Body> {
    /// What people read, and the machine line where there is a marker.
    pub body: Body,
    /// Value of the comment's property `floorwalk`; `None` for a comment without marker.
    pub property: Option<Value>,
}

/// A comment of the domain as a document of Atlassian's format. `mention` says who answers to a `@token`.
pub fn to_adf(comment: &str, mention: Hook<'_>) -> Outgoing<Value> {
    let (marker, prose) = split(comment);
    let mut body = write::adf(prose, mention);
    let Some(marker) = marker else { return Outgoing { body, property: None } };
    if let Some(content) = body.get_mut("content").and_then(Value::as_array_mut) {
        content.retain(|block| {
            block.get("content").and_then(Value::as_array).is_none_or(|c| !c.is_empty() || block["type"] != "paragraph")
        });
        content.push(write::adf_code("", &line::encode(&marker)));
    }
    Outgoing { body, property: property(&marker) }
}

/// A comment of the domain as wiki markup. `mention` says who answers to a `@token`.
pub fn to_wiki(comment: &str, mention: Hook<'_>) -> Outgoing<String> {
    let (marker, prose) = split(comment);
    let prose = write::wiki(prose, mention);
    let Some(marker) = marker else { return Outgoing { body: prose, property: None } };
    let machine = write::wiki_code(&line::encode(&marker));
    let body = if prose.is_empty() { machine } else { format!("{prose}\n\n{machine}") };
    Outgoing { body, property: property(&marker) }
}

/// A document as the comment the domain expects: with its marker in front where `property` (the value of the comment's
/// property `floorwalk`) or else the last block holds one, otherwise as Markdown that cannot be taken for a marked one.
/// `id_of` makes the number of an account from its login.
pub fn from_adf(body: &Value, property: Option<&Value>, id_of: &dyn Fn(&str) -> u64) -> String {
    comment(adf::blocks(body), property, id_of)
}

/// Wiki markup as the comment the domain expects; see [`from_adf`].
pub fn from_wiki(body: &str, property: Option<&Value>, id_of: &dyn Fn(&str) -> u64) -> String {
    comment(wiki::blocks(body), property, id_of)
}

/// The marker of a comment, no longer than anybody believes it, and the prose.
fn split(comment: &str) -> (Option<Marker>, &str) {
    let Some(Ok(marker)) = marker::parse(comment) else { return (None, comment) };
    let Some(Ok(marker)) = marker::parse(&marker::line(&marker)) else { return (None, comment) };
    (Some(marker), comment.split_once('\n').map(|(_, prose)| prose).unwrap_or_default())
}

fn property(marker: &Marker) -> Option<Value> {
    serde_json::to_value(marker).ok()
}

fn comment(mut blocks: Vec<Block>, property: Option<&Value>, id_of: &dyn Fn(&str) -> u64) -> String {
    let told = property.and_then(believed);
    // Editors put an empty paragraph behind a block of code.
    while blocks.last().is_some_and(|block| matches!(block, Block::Paragraph(pieces) if pieces.is_empty())) {
        blocks.pop();
    }
    let written = match blocks.last() {
        Some(Block::Code { language, text }) if language.is_empty() => line::decode(text.trim(), id_of),
        _ => None,
    };
    let has_line = matches!(written, Some(Ok(_))) || written.is_some() && told.is_some();
    let Some(marker) = told.or(written.and_then(Result::ok)) else {
        return harmless(page::markdown(&blocks, Manner::Foreign));
    };
    if has_line {
        blocks.pop();
    }
    marker::comment(&marker, &prose(blocks))
}

/// The marker in a property, when it is one and not too long.
fn believed(property: &Value) -> Option<Marker> {
    let small = is_small(property) && serde_json::to_string(property).is_ok_and(|json| json.len() <= MAX_JSON);
    small.then(|| serde_json::from_value(property.clone()).ok()).flatten()
}

/// True when a value is neither deep nor wide, seen without walking into the depth of it.
fn is_small(value: &Value) -> bool {
    let mut left = vec![(value, 0)];
    let mut seen = 0;
    while let Some((value, depth)) = left.pop() {
        seen += 1;
        if seen > MAX_JSON || depth > 32 {
            return false;
        }
        match value {
            Value::Array(values) if values.len() <= MAX_JSON => left.extend(values.iter().map(|v| (v, depth + 1))),
            Value::Object(values) if values.len() <= MAX_JSON => left.extend(values.values().map(|v| (v, depth + 1))),
            Value::Array(_) | Value::Object(_) => return false,
            _ => {}
        }
    }
    true
}

/// Our own prose as it was written: the last line in small letters again, addresses bare.
fn prose(mut blocks: Vec<Block>) -> String {
    let footer = footer(&mut blocks);
    let text = page::markdown(&blocks, Manner::Own);
    match footer {
        None => text,
        Some((footer, _)) if text.is_empty() => format!("<sub>{footer}</sub>"),
        Some((footer, alone)) => format!("{text}{}<sub>{footer}</sub>", if alone { "\n\n" } else { "\n" }),
    }
}

/// Takes the footer out of the last paragraph; true when it was a paragraph of its own.
fn footer(blocks: &mut Vec<Block>) -> Option<(String, bool)> {
    let Some(Block::Paragraph(pieces)) = blocks.last_mut() else { return None };
    let Some(Inline::Text { text, style, link: None }) = pieces.last() else { return None };
    let before = pieces.len().checked_sub(2).and_then(|b| pieces.get(b));
    let plain = *style == Style::default() && text.starts_with(FOOTER) && !text.contains(['<', '>', '&', '\n']);
    if !plain || before.is_some_and(|before| *before != Inline::Break) {
        return None;
    }
    let text = text.clone();
    let alone = pieces.len() == 1;
    if alone {
        blocks.pop();
    } else {
        pieces.truncate(pieces.len() - 2);
    }
    Some((text, alone))
}

/// No Markdown of ours begins as a marker does, since a `<` of a text is escaped; this keeps it so whatever changes.
fn harmless(text: String) -> String {
    if text.starts_with("<!--") { text.replacen('<', "&lt;", 1) } else { text }
}
