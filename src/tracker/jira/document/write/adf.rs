//! The tree as a document of Atlassian's format, within what its schema allows: which block may stand in which, which
//! marks may stand together, and no empty text.

use serde_json::{Value, json};

use super::{Hook, pings, rows};
use crate::tracker::jira::document::tree::{Block, Inline, Item, Style, tidy};

/// Where a block stands. Each allows less.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Page,
    Quote,
    Item,
}

/// The whole document. Never empty: the schema wants one block at least.
pub(in super::super) fn document(blocks: &[Block], mention: Hook<'_>) -> Value {
    let mut content = Vec::new();
    Writer { mention }.blocks(blocks, Within::Page, &mut content);
    if content.is_empty() {
        content.push(json!({ "type": "paragraph", "content": [] }));
    }
    json!({ "version": 1, "type": "doc", "content": content })
}

struct Writer<'a> {
    mention: Hook<'a>,
}

impl Writer<'_> {
    fn blocks(&self, blocks: &[Block], within: Within, out: &mut Vec<Value>) {
        for block in blocks {
            match block {
                Block::Paragraph(pieces) => self.paragraph(pieces, out),
                Block::Heading(level, pieces) if within == Within::Page => {
                    let content = self.pieces(pieces);
                    out.push(
                        json!({ "type": "heading", "attrs": { "level": (*level).clamp(1, 6) }, "content": content }),
                    );
                }
                Block::Heading(_, pieces) => self.paragraph(&pieces.iter().map(strong).collect::<Vec<_>>(), out),
                Block::List(list) => self.list(list.start, &list.items, out),
                Block::Quote(inside) if within == Within::Page => {
                    let mut content = Vec::new();
                    self.blocks(inside, Within::Quote, &mut content);
                    if !content.is_empty() {
                        out.push(json!({ "type": "blockquote", "content": content }));
                    }
                }
                // A quotation can stand in nothing else: its lines are marked as people mark them.
                Block::Quote(inside) => {
                    let quoted: Vec<Block> = inside.iter().map(marked).collect();
                    self.blocks(&quoted, within, out);
                }
                Block::Code { language, text } => out.push(code(language, text)),
                Block::Rule if within == Within::Page => out.push(json!({ "type": "rule" })),
                Block::Rule => self.paragraph(&[Inline::text("—")], out),
                Block::Table(table) => self.paragraph(&tidy(rows(table)), out),
            }
        }
    }

    fn paragraph(&self, pieces: &[Inline], out: &mut Vec<Value>) {
        let content = self.pieces(pieces);
        if !content.is_empty() {
            out.push(json!({ "type": "paragraph", "content": content }));
        }
    }

    fn list(&self, start: Option<u64>, items: &[Item], out: &mut Vec<Value>) {
        let items: Vec<Value> = items.iter().map(|item| self.item(item)).collect();
        match start {
            _ if items.is_empty() => {}
            Some(start) => out.push(json!({ "type": "orderedList", "attrs": { "order": start }, "content": items })),
            None => out.push(json!({ "type": "bulletList", "content": items })),
        }
    }

    fn item(&self, item: &Item) -> Value {
        let mut content = Vec::new();
        let tick = item.done.map(|done| Inline::text(if done { "[x] " } else { "[ ] " }));
        match (tick, item.blocks.split_first()) {
            (Some(tick), Some((Block::Paragraph(pieces), rest))) => {
                let first = std::iter::once(tick).chain(pieces.iter().cloned()).collect();
                self.paragraph(&tidy(first), &mut content);
                self.blocks(rest, Within::Item, &mut content);
            }
            _ => self.blocks(&item.blocks, Within::Item, &mut content),
        }
        let leads = content.first().and_then(|first| first.get("type")).and_then(Value::as_str);
        if !matches!(leads, Some("paragraph" | "codeBlock")) {
            // An item cannot begin with a list.
            content.insert(0, json!({ "type": "paragraph", "content": [] }));
        }
        json!({ "type": "listItem", "content": content })
    }

    fn pieces(&self, pieces: &[Inline]) -> Vec<Value> {
        let pieces = pings::linked(pings::told(pieces, self.mention));
        pieces.iter().filter_map(piece).collect()
    }
}

/// A code block; the schema allows it without any text.
pub(in super::super) fn code(language: &str, text: &str) -> Value {
    let content = if text.is_empty() { Vec::new() } else { vec![json!({ "type": "text", "text": text })] };
    if language.is_empty() {
        return json!({ "type": "codeBlock", "attrs": {}, "content": content });
    }
    json!({ "type": "codeBlock", "attrs": { "language": language }, "content": content })
}

fn strong(piece: &Inline) -> Inline {
    match piece {
        Inline::Text { text, style, link } if !style.code => {
            Inline::Text { text: text.clone(), style: Style { strong: true, ..*style }, link: link.clone() }
        }
        other => other.clone(),
    }
}

/// A block of a quotation that stands where none can, each line with `> ` before it.
pub(super) fn marked(block: &Block) -> Block {
    let (Block::Paragraph(pieces) | Block::Heading(_, pieces)) = block else { return block.clone() };
    let mut lines = vec![Inline::text("> ")];
    for piece in pieces {
        lines.push(piece.clone());
        if *piece == Inline::Break {
            lines.push(Inline::text("> "));
        }
    }
    Block::Paragraph(lines)
}

fn piece(piece: &Inline) -> Option<Value> {
    let text = |text: &str, marks: Vec<Value>| {
        let mut node = json!({ "type": "text", "text": text });
        if let (false, Some(node)) = (marks.is_empty(), node.as_object_mut()) {
            node.insert("marks".into(), marks.into());
        }
        (!text.is_empty()).then_some(node)
    };
    let to = |url: &str| json!({ "type": "link", "attrs": { "href": url } });
    match piece {
        Inline::Text { text: words, style, link } => {
            let mut marks: Vec<Value> = link.iter().filter(|url| !url.is_empty()).map(|url| to(url)).collect();
            let kinds = [("strong", style.strong), ("em", style.em), ("strike", style.strike)];
            match style.code {
                // Code stands with no other mark than a link.
                true => marks.push(json!({ "type": "code" })),
                false => marks.extend(kinds.iter().filter(|(_, on)| *on).map(|(kind, _)| json!({ "type": kind }))),
            }
            text(words, marks)
        }
        Inline::Image { alt, url } if url.is_empty() => text(alt, Vec::new()),
        Inline::Image { alt, url } => text(if alt.is_empty() { url } else { alt }, vec![to(url)]),
        Inline::Mention { id, name } => Some(
            json!({ "type": "mention", "attrs": { "id": id, "text": format!("@{}", name.trim_start_matches('@')) } }),
        ),
        Inline::Break => Some(json!({ "type": "hardBreak" })),
    }
}
