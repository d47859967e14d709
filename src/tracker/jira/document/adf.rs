//! Atlassian Document Format, the JSON texts of Jira Cloud, to Markdown: blocks here, what is in a line in `inline`,
//! tables in `table`. Every node and mark of the schema; what is unknown stays visible. Never fails: a text of strangers
//! is read as far as it makes sense.

mod inline;
mod table;

use serde_json::Value;

use super::{
    MAX_TEXT,
    page::{self, CUT, Manner},
    tree::{Block, Inline, Item, List, paragraphs, tidy},
};

/// Deepest nesting that is read; what is deeper is cut with a remark.
pub const MAX_DEPTH: usize = 64;
/// Most nodes that are read; what follows is cut with a remark.
pub const MAX_NODES: usize = 100_000;

const DEEP: &str = "[cut: nested too deeply]";

/// A document as Markdown. A plain string is no document: it is shown as the text it is. `null` is an empty text.
pub fn markdown(document: &Value) -> String {
    page::markdown(&blocks(document), Manner::Foreign)
}

/// A document as a tree.
pub(super) fn blocks(document: &Value) -> Vec<Block> {
    match document {
        Value::Null => Vec::new(),
        Value::String(text) => {
            let text = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default();
            paragraphs(vec![Inline::text(text)])
        }
        other => {
            let mut reader = Reader { nodes: MAX_NODES, bytes: MAX_TEXT, cut: false };
            let mut blocks = match other {
                Value::Array(nodes) => reader.row(nodes.iter(), 0),
                node => reader.row([node].into_iter(), 0),
            };
            if reader.cut {
                blocks.push(Block::Paragraph(vec![Inline::text(CUT)]));
            }
            blocks
        }
    }
}

/// What may still be read.
struct Reader {
    nodes: usize,
    bytes: usize,
    cut: bool,
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn attr<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    node.get("attrs").and_then(|attrs| attrs.get(name))
}

fn attr_text<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    attr(node, name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn children(node: &Value) -> std::slice::Iter<'_, Value> {
    node.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

/// A name from the document inside one of our own remarks: short and plain.
fn named(name: &str) -> String {
    let plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | ' ');
    let name: String = name.chars().filter(plain).take(60).collect();
    if name.trim().is_empty() { "nameless".into() } else { name }
}

impl Reader {
    /// Counts a node; false when there were too many.
    fn counts(&mut self) -> bool {
        self.cut |= self.nodes == 0;
        self.nodes = self.nodes.saturating_sub(1);
        !self.cut
    }

    /// A text from the document, as far as there is room.
    fn text(&mut self, text: &str) -> String {
        let end = text.floor_char_boundary(self.bytes);
        self.cut |= end < text.len();
        self.bytes -= end;
        text.get(..end).unwrap_or_default().to_owned()
    }

    /// Nodes that should be blocks. Pieces of a line among them make a paragraph.
    fn row<'a>(&mut self, nodes: impl Iterator<Item = &'a Value>, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        for node in nodes {
            if inline::is_inline(node) {
                self.piece(node, depth, &mut loose);
                continue;
            }
            blocks.extend(paragraphs(std::mem::take(&mut loose)));
            if !self.counts() {
                return blocks;
            }
            if depth >= MAX_DEPTH {
                blocks.push(Block::Paragraph(vec![Inline::text(DEEP)]));
                break;
            }
            self.block(node, depth + 1, &mut blocks);
        }
        blocks.extend(paragraphs(loose));
        blocks
    }

    fn inner(&mut self, node: &Value, depth: usize) -> Vec<Block> {
        self.row(children(node), depth)
    }

    fn block(&mut self, node: &Value, depth: usize, out: &mut Vec<Block>) {
        match kind(node) {
            "doc"
            | "layoutSection"
            | "layoutColumn"
            | "bodiedSyncBlock"
            | "multiBodiedExtension"
            | "extensionFrame"
            | "tableRow"
            | "tableCell"
            | "tableHeader"
            | "listItem" => out.extend(self.inner(node, depth)),
            "paragraph" | "caption" => {
                let pieces = self.pieces(children(node), depth);
                out.extend(paragraphs(pieces));
            }
            "heading" => {
                let level = attr(node, "level").and_then(Value::as_u64).unwrap_or(1).clamp(1, 6);
                let pieces = self.pieces(children(node), depth);
                out.push(Block::Heading(u8::try_from(level).unwrap_or(1), tidy(pieces)));
            }
            "bulletList" | "taskList" | "decisionList" => out.push(self.list(node, None, depth)),
            "orderedList" => {
                let start = attr(node, "order").and_then(number).unwrap_or(1);
                out.push(self.list(node, Some(start), depth));
            }
            // Outside a list they are still what they are.
            "taskItem" | "blockTaskItem" | "decisionItem" => {
                let item = self.item(node, depth);
                out.push(Block::List(List { start: None, items: vec![item] }));
            }
            "blockquote" => out.push(Block::Quote(self.inner(node, depth))),
            "codeBlock" => out.push(self.code(node, depth)),
            "rule" => out.push(Block::Rule),
            "table" => out.push(self.table(node, depth)),
            "panel" => self.panel(node, depth, out),
            "expand" | "nestedExpand" => {
                let title = attr_text(node, "title").map(|title| self.text(title));
                out.extend(title.into_iter().flat_map(|title| paragraphs(vec![Inline::strong(title)])));
                out.extend(self.inner(node, depth));
            }
            "mediaGroup" => {
                let row = self.pieces(children(node).flat_map(|child| [child, &Value::Null]), depth);
                out.extend(paragraphs(row));
            }
            "mediaSingle" => {
                let (captions, pictures): (Vec<&Value>, Vec<&Value>) =
                    children(node).partition(|c| kind(c) == "caption");
                let pieces = self.pieces(pictures.into_iter(), depth);
                out.extend(paragraphs(pieces));
                out.extend(self.row(captions.into_iter(), depth));
            }
            "blockCard" | "embedCard" => {
                let pieces = self.pieces(std::iter::once(node), depth);
                out.extend(paragraphs(pieces));
            }
            "extension" | "bodiedExtension" | "syncBlock" => self.extension(node, depth, out),
            _ => self.unknown(node, depth, out),
        }
    }

    fn list(&mut self, node: &Value, start: Option<u64>, depth: usize) -> Block {
        let mut items: Vec<Item> = Vec::new();
        for child in children(node) {
            if depth >= MAX_DEPTH {
                items.push(Item { done: None, blocks: vec![Block::Paragraph(vec![Inline::text(DEEP)])] });
                break;
            }
            if !self.counts() {
                break;
            }
            match kind(child) {
                "listItem" | "taskItem" | "blockTaskItem" | "decisionItem" => items.push(self.item(child, depth + 1)),
                // A list of tasks may hold a list of tasks, beside the item it belongs to.
                "taskList" | "bulletList" | "orderedList" | "decisionList" => {
                    let blocks = self.row([child].into_iter(), depth);
                    match items.last_mut() {
                        Some(item) => item.blocks.extend(blocks),
                        None => items.push(Item { done: None, blocks }),
                    }
                }
                _ => items.push(Item { done: None, blocks: self.row([child].into_iter(), depth) }),
            }
        }
        Block::List(List { start, items })
    }

    fn item(&mut self, node: &Value, depth: usize) -> Item {
        let mut blocks = self.inner(node, depth);
        let done = match kind(node) {
            "taskItem" | "blockTaskItem" => Some(attr_text(node, "state") == Some("DONE")),
            "decisionItem" => {
                let word =
                    Inline::strong(if attr_text(node, "state") == Some("UNDECIDED") { "Open: " } else { "Decision: " });
                match blocks.first_mut() {
                    Some(Block::Paragraph(pieces)) => {
                        let whole = std::iter::once(word).chain(std::mem::take(pieces)).collect();
                        *pieces = tidy(whole);
                    }
                    _ => blocks.insert(0, Block::Paragraph(tidy(vec![word]))),
                }
                None
            }
            _ => None,
        };
        Item { done, blocks }
    }

    fn code(&mut self, node: &Value, depth: usize) -> Block {
        let mut text = String::new();
        for piece in self.pieces(children(node), depth) {
            match piece {
                Inline::Text { text: more, .. } => text.push_str(&more),
                Inline::Mention { name, .. } => text.push_str(&name),
                Inline::Image { alt, .. } => text.push_str(&alt),
                Inline::Break => text.push('\n'),
            }
        }
        Block::Code { language: attr_text(node, "language").unwrap_or_default().to_owned(), text }
    }

    fn panel(&mut self, node: &Value, depth: usize, out: &mut Vec<Block>) {
        let word = match attr_text(node, "panelType") {
            Some("info") => "Info:",
            Some("note") => "Note:",
            Some("tip") => "Tip:",
            Some("warning") => "Warning:",
            Some("error") => "Error:",
            Some("success") => "Success:",
            _ => "",
        };
        let mut blocks = self.inner(node, depth);
        if !word.is_empty() {
            match blocks.first_mut() {
                Some(Block::Paragraph(pieces)) => {
                    let start = [Inline::strong(word), Inline::text(" ")];
                    *pieces = tidy(start.into_iter().chain(std::mem::take(pieces)).collect());
                }
                _ => blocks.insert(0, Block::Paragraph(vec![Inline::strong(word)])),
            }
        }
        out.push(Block::Quote(blocks));
    }

    fn extension(&mut self, node: &Value, depth: usize, out: &mut Vec<Block>) {
        let mut pieces = vec![Inline::text(inline::macro_name(node))];
        if let Some(text) = attr_text(node, "text") {
            pieces.extend([Inline::text(" "), Inline::text(self.text(text))]);
        }
        out.extend(paragraphs(pieces));
        out.extend(self.inner(node, depth));
    }

    fn unknown(&mut self, node: &Value, depth: usize, out: &mut Vec<Block>) {
        let inside = attr(node, "originalValue").filter(|value| value.is_object());
        let name = inside.map(kind).filter(|name| !name.is_empty()).unwrap_or_else(|| kind(node));
        out.push(Block::Paragraph(vec![Inline::text(format!("[unsupported: {}]", named(name)))]));
        if let Some(text) = ["text", "title"].into_iter().find_map(|name| attr_text(node, name)) {
            let text = self.text(text);
            out.extend(paragraphs(vec![Inline::text(text)]));
        }
        if let Some(text) = node.get("text").and_then(Value::as_str) {
            let text = self.text(text);
            out.extend(paragraphs(vec![Inline::text(text)]));
        }
        out.extend(self.inner(node, depth));
        if let Some(inside) = inside {
            out.extend(self.inner(inside, depth));
        }
    }
}

/// A number, also one that is written as a text or with a fraction.
fn number(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|f| (0.0..1e9).contains(f)).map(|f| f as u64);
    value.as_u64().or_else(float).or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}
