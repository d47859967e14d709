//! What stands in a line of a document: text with its marks, mentions, dates, cards, pictures.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{DEEP, MAX_DEPTH, Reader, attr, attr_text, children, kind, named};
use crate::tracker::jira::document::tree::{Inline, MAX_URL, Style};

/// Names of nodes that stand in a line.
const INLINE: [&str; 22] = [
    "text",
    "hardBreak",
    "mention",
    "emoji",
    "date",
    "status",
    "placeholder",
    "inlineCard",
    "blockCard",
    "embedCard",
    "inlineExtension",
    "media",
    "mediaInline",
    "image",
    "applicationCard",
    "unsupportedInline",
    "confluenceUnsupportedInline",
    "confluenceJiraIssue",
    "inlineComment",
    "emojiQuery",
    "mentionQuery",
    "typeAheadQuery",
];

/// True for nodes that stand in a line. Cards of a whole row are a line of their own only by what is around them.
pub(super) fn is_inline(node: &Value) -> bool {
    INLINE.contains(&kind(node)) && !matches!(kind(node), "blockCard" | "embedCard")
}

/// The visible name of a macro.
pub(super) fn macro_name(node: &Value) -> String {
    if kind(node) == "syncBlock" {
        return "[synced block]".into();
    }
    let title = attr(node, "parameters").and_then(|p| p.get("extensionTitle")).and_then(Value::as_str);
    let name = title.or_else(|| attr_text(node, "extensionKey")).unwrap_or("extension");
    format!("[macro: {}]", named(name))
}

impl Reader {
    /// Nodes that should be pieces of a line. Blocks among them are shown as lines; `null` begins a new one.
    pub(super) fn pieces<'a>(&mut self, nodes: impl Iterator<Item = &'a Value>, depth: usize) -> Vec<Inline> {
        let mut out = Vec::new();
        for node in nodes {
            if node.is_null() {
                out.push(Inline::Break);
            } else {
                self.piece(node, depth, &mut out);
            }
        }
        out
    }

    pub(super) fn piece(&mut self, node: &Value, depth: usize, out: &mut Vec<Inline>) {
        if !self.counts() {
            return;
        }
        if depth >= MAX_DEPTH {
            out.push(Inline::text(DEEP));
            return;
        }
        match kind(node) {
            "text" => {
                let text = node.get("text").and_then(Value::as_str).unwrap_or_default();
                let text = self.text(text);
                out.push(self.dressed(text, node));
            }
            "hardBreak" => out.push(Inline::Break),
            "mention" => {
                let id = self.text(attr_text(node, "id").unwrap_or_default());
                let name = match attr_text(node, "text") {
                    Some(text) => self.text(text),
                    None if id.is_empty() => "somebody".into(),
                    None => id.clone(),
                };
                out.push(Inline::Mention { id, name });
            }
            "emoji" => {
                let shown = ["text", "shortName", "id"].into_iter().find_map(|name| attr_text(node, name));
                let shown = self.text(shown.unwrap_or("[emoji]"));
                out.push(self.dressed(shown, node));
            }
            "date" => out.push(self.dressed(day(node), node)),
            "status" => {
                let text = self.text(attr_text(node, "text").unwrap_or("status"));
                out.push(Inline::text(format!("[{}]", text.trim())));
            }
            "placeholder" => {
                let text = self.text(attr_text(node, "text").unwrap_or("placeholder"));
                out.push(Inline::text(format!("[{}]", text.trim())));
            }
            "inlineCard" | "blockCard" | "embedCard" | "applicationCard" => self.card(node, out),
            "media" | "mediaInline" | "image" => self.media(node, out),
            "inlineExtension" => {
                let text = attr_text(node, "text").map(|text| format!(" {}", self.text(text))).unwrap_or_default();
                out.push(Inline::text(format!("{}{text}", macro_name(node))));
                out.extend(self.pieces(children(node), depth + 1));
            }
            "confluenceJiraIssue" => {
                let key = self.text(attr_text(node, "issueKey").unwrap_or("[issue]"));
                out.push(Inline::text(key));
            }
            _ => self.odd_piece(node, depth, out),
        }
    }

    fn odd_piece(&mut self, node: &Value, depth: usize, out: &mut Vec<Inline>) {
        let known =
            matches!(kind(node), "paragraph" | "caption" | "heading" | "listItem" | "codeBlock" | "inlineComment");
        let query = matches!(kind(node), "emojiQuery" | "mentionQuery" | "typeAheadQuery");
        let inside = attr(node, "originalValue").filter(|value| value.is_object());
        if known {
            out.push(Inline::Break);
        } else if !query {
            let name = inside.map(kind).filter(|name| !name.is_empty()).unwrap_or_else(|| kind(node));
            out.push(Inline::text(format!("[unsupported: {}]", named(name))));
        }
        let own = node.get("text").and_then(Value::as_str).or_else(|| attr_text(node, "text"));
        let text = own.or_else(|| inside.and_then(|i| i.get("text").and_then(Value::as_str).or(attr_text(i, "text"))));
        if let Some(text) = text {
            let text = self.text(text);
            out.push(Inline::text(if known || query { text } else { format!(" {text}") }));
        }
        let more = [Some(node), inside].into_iter().flatten();
        for node in more {
            let pieces = self.pieces(children(node), depth + 1);
            if !known && !query && !pieces.is_empty() {
                out.push(Inline::text(" "));
            }
            out.extend(pieces);
        }
    }

    fn dressed(&mut self, text: String, node: &Value) -> Inline {
        let mut style = Style::default();
        let mut link: Option<Arc<str>> = None;
        for mark in node.get("marks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter().take(32) {
            match kind(mark) {
                "strong" => style.strong = true,
                "em" => style.em = true,
                "strike" => style.strike = true,
                "code" => style.code = true,
                "subsup" if attr_text(mark, "type") == Some("sup") => style.sup = true,
                "subsup" => style.sub = true,
                "link" => link = attr_text(mark, "href").filter(|url| url.len() <= MAX_URL).map(Into::into),
                // Colours, alignment, notes at the margin and what is unknown do not change what is said.
                _ => {}
            }
        }
        Inline::Text { text, style, link }
    }

    fn card(&mut self, node: &Value, out: &mut Vec<Inline>) {
        let data = attr(node, "data");
        let from_data = |name: &str| data.and_then(|d| d.get(name)).and_then(Value::as_str);
        let link = attr(node, "link").and_then(|l| l.get("url")).and_then(Value::as_str);
        let url = attr_text(node, "url").or_else(|| from_data("url")).or(link).filter(|url| url.len() <= MAX_URL);
        let title = attr(node, "title").and_then(|t| t.get("text")).and_then(Value::as_str);
        let name = from_data("name").or(title).or_else(|| attr_text(node, "text"));
        let name = name.map(|name| self.text(name));
        match (url, name) {
            (Some(url), name) => {
                let url = self.text(url);
                out.push(Inline::link(name.unwrap_or_else(|| url.clone()), &url));
            }
            (None, Some(name)) => out.push(Inline::text(name)),
            (None, None) => out.push(Inline::text("[card]")),
        }
    }

    fn media(&mut self, node: &Value, out: &mut Vec<Inline>) {
        let name = ["alt", "__fileName", "title"].into_iter().find_map(|name| attr_text(node, name));
        let name = name.map(|name| self.text(name));
        let url = ["url", "src"].into_iter().find_map(|name| attr_text(node, name)).filter(|url| url.len() <= MAX_URL);
        let picture = kind(node) == "image" || matches!(attr_text(node, "type"), Some("external" | "image"));
        match url {
            Some(url) => {
                let url = self.text(url);
                out.push(Inline::Image { alt: name.unwrap_or_else(|| "image".into()), url });
            }
            None => {
                let what = if picture { "image" } else { "attachment" };
                out.push(Inline::text(name.map_or_else(|| format!("[{what}]"), |name| format!("[{what}: {name}]"))));
            }
        }
    }
}

/// The day of a date node; its moment is written in milliseconds, as a text or as a number.
fn day(node: &Value) -> String {
    let moment = attr(node, "timestamp");
    let number = moment.and_then(|m| m.as_i64().or_else(|| m.as_str().and_then(|text| text.trim().parse().ok())));
    let day = number.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    day.map_or_else(|| "[date]".into(), |at| at.to_zoned(TimeZone::UTC).date().to_string())
}
