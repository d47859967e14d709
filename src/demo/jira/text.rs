//! Words in two forms: what a dialect sends is kept as sent, and shown in the other form as plain words. Turning
//! markup of one kind into the other is not the demo's business.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Value, json};

use super::model::Text;

impl Text {
    pub(crate) fn wiki(words: &str) -> Self {
        Self::Wiki(words.into())
    }

    pub(crate) fn adf(document: Value) -> Self {
        Self::Adf(Arc::new(document))
    }
}

/// The words as plain text.
pub(crate) fn plain(text: &Text) -> Cow<'_, str> {
    match text {
        Text::Wiki(words) => Cow::Borrowed(words),
        Text::Adf(document) => {
            let mut out = String::new();
            block(document, &mut out, "");
            Cow::Owned(out.trim_end_matches('\n').to_owned())
        }
    }
}

/// The words as a document; a plain text becomes one paragraph per line.
pub(crate) fn document(text: &Text) -> Value {
    match text {
        Text::Adf(document) => Value::clone(document),
        Text::Wiki(words) => lines(words),
    }
}

/// One paragraph per line.
pub(crate) fn lines(words: &str) -> Value {
    let paragraph = |line: &str| match line.trim_end() {
        "" => json!({"type": "paragraph"}),
        line => json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}),
    };
    json!({"type": "doc", "version": 1, "content": words.lines().map(paragraph).collect::<Vec<_>>()})
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    node.get("content").and_then(Value::as_array).into_iter().flatten()
}

fn attribute<'a>(node: &'a Value, key: &str) -> &'a str {
    node.pointer(&format!("/attrs/{key}")).and_then(Value::as_str).unwrap_or_default()
}

/// Nesting that is followed; a document is somebody else's.
const DEEPEST: usize = 100;

/// A block with what is in it, each of its lines begun with `lead`.
fn block(node: &Value, out: &mut String, lead: &str) {
    if lead.len() > DEEPEST {
        return;
    }
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "paragraph" | "heading" | "codeBlock" => {
            out.push_str(lead);
            children(node).for_each(|child| inline(child, out));
            out.push('\n');
        }
        "bulletList" | "orderedList" => {
            let mark = if kind == "bulletList" { "*" } else { "#" };
            let deeper = format!("{}{mark} ", lead.trim_end());
            children(node).flat_map(children).for_each(|child| block(child, out, &deeper));
        }
        "tableRow" => {
            out.push_str(lead);
            for cell in children(node) {
                let mut words = String::new();
                children(cell).for_each(|child| block(child, &mut words, ""));
                out.push('|');
                out.push_str(words.trim_end_matches('\n'));
            }
            out.push_str("|\n");
        }
        "rule" => out.push_str("----\n"),
        // A document itself, quotes, panels, tables: what is in them. Anything unknown likewise.
        _ if node.get("content").is_some() => {
            let deeper = if kind == "doc" { lead.to_owned() } else { format!("{lead} ") };
            let deeper = if matches!(kind, "blockquote" | "panel" | "table" | "doc") { lead } else { deeper.as_str() };
            children(node).for_each(|child| block(child, out, deeper));
        }
        _ => inline(node, out),
    }
}

fn inline(node: &Value, out: &mut String) {
    match node.get("type").and_then(Value::as_str).unwrap_or_default() {
        "hardBreak" => out.push('\n'),
        "mention" | "emoji" | "status" => out.push_str(attribute(node, "text")),
        "inlineCard" => out.push_str(attribute(node, "url")),
        _ => out.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
    }
}

/// Is it a document as REST 3 wants it?
pub(crate) fn is_document(value: &Value) -> bool {
    value.get("type").is_some_and(|t| t == "doc")
        && value.get("version").is_some_and(|v| v == 1)
        && value.get("content").and_then(Value::as_array).is_some_and(|list| list.iter().all(is_node))
}

fn is_node(value: &Value) -> bool {
    value.get("type").is_some_and(Value::is_string)
        && value.get("content").is_none_or(|c| c.as_array().is_some_and(|list| list.iter().all(is_node)))
        && (value.get("type").is_none_or(|t| t != "text")
            || value.get("text").is_some_and(|t| t.as_str() != Some("") && t.is_string()))
}
