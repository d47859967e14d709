//! Makes Atlassian documents of the Markdown in which the made-up issues are written: paragraphs, lists, code, tables,
//! panels, mentions. Knows people only through a function that tells their account ids.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

/// Account id and display name of a login.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<(String, String)>;

struct Node {
    head: Value,
    content: Vec<Value>,
}

struct Builder<'a> {
    open: Vec<Node>,
    marks: Vec<Value>,
    in_head: bool,
    in_code: bool,
    find: Lookup<'a>,
}

/// The document of a Markdown text; `@login` of somebody known becomes a mention.
pub(super) fn document(markdown: &str, find: Lookup<'_>) -> Value {
    let options = Options::ENABLE_TABLES | Options::ENABLE_GFM | Options::ENABLE_STRIKETHROUGH;
    let mut builder = Builder { open: Vec::new(), marks: Vec::new(), in_head: false, in_code: false, find };
    builder.push(json!({"type": "doc", "version": 1}));
    for event in Parser::new_ext(markdown, options) {
        builder.event(event);
    }
    let content = builder.open.pop().map(|node| node.content).unwrap_or_default();
    json!({"type": "doc", "version": 1, "content": content})
}

fn is_inline(node: &Value) -> bool {
    matches!(node["type"].as_str(), Some("text" | "hardBreak" | "mention" | "inlineCard" | "emoji"))
}

/// Items and cells hold blocks only.
fn wrapped(content: Vec<Value>) -> Vec<Value> {
    let mut blocks: Vec<Value> = Vec::new();
    let mut run: Vec<Value> = Vec::new();
    for node in content {
        if is_inline(&node) {
            run.push(node);
            continue;
        }
        if !run.is_empty() {
            blocks.push(json!({"type": "paragraph", "content": std::mem::take(&mut run)}));
        }
        blocks.push(node);
    }
    if !run.is_empty() || blocks.is_empty() {
        blocks.push(json!({"type": "paragraph", "content": run}));
    }
    blocks
}

impl Builder<'_> {
    fn push(&mut self, head: Value) {
        self.open.push(Node { head, content: Vec::new() });
    }

    fn add(&mut self, node: Value) {
        if let Some(parent) = self.open.last_mut() {
            parent.content.push(node);
        }
    }

    fn pop(&mut self) {
        let Some(Node { mut head, content }) = self.open.pop() else { return };
        let holds_blocks = matches!(head["type"].as_str(), Some("listItem" | "tableCell" | "tableHeader"));
        head["content"] = if holds_blocks { wrapped(content) } else { content }.into();
        self.add(head);
    }

    fn text(&mut self, words: &str, code: bool) {
        if words.is_empty() {
            return;
        }
        let mut marks = self.marks.clone();
        if code {
            marks.push(json!({"type": "code"}));
        }
        let mut node = json!({"type": "text", "text": words});
        if !marks.is_empty() {
            node["marks"] = marks.into();
        }
        self.add(node);
    }

    /// Words with the mentions in them.
    fn words(&mut self, words: &str) {
        if self.in_code {
            return self.text(words.trim_end_matches('\n'), false);
        }
        let mut rest = words;
        while let Some((before, after)) = rest.split_once('@') {
            let login: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            match (self.find)(&login) {
                Some((id, name)) => {
                    self.text(before, false);
                    self.add(
                        json!({"type": "mention", "attrs": {"id": id, "text": format!("@{name}"), "accessLevel": ""}}),
                    );
                }
                None => self.text(&format!("{before}@{login}"), false),
            }
            rest = after.get(login.len()..).unwrap_or_default();
        }
        self.text(rest, false);
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) => self.words(&words),
            Event::Code(words) => self.text(&words, true),
            Event::SoftBreak => self.text(" ", false),
            Event::HardBreak => self.add(json!({"type": "hardBreak"})),
            Event::Rule => self.add(json!({"type": "rule"})),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let head = match tag {
            Tag::Emphasis => return self.marks.push(json!({"type": "em"})),
            Tag::Strong => return self.marks.push(json!({"type": "strong"})),
            Tag::Strikethrough => return self.marks.push(json!({"type": "strike"})),
            Tag::Link { dest_url, .. } => {
                return self.marks.push(json!({"type": "link", "attrs": {"href": dest_url.as_ref()}}));
            }
            Tag::Heading { level, .. } => json!({"type": "heading", "attrs": {"level": level as u8}}),
            Tag::BlockQuote(None) => json!({"type": "blockquote"}),
            Tag::BlockQuote(Some(kind)) => json!({"type": "panel", "attrs": {"panelType": panel(kind)}}),
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                match kind {
                    CodeBlockKind::Fenced(lang) if !lang.is_empty() => {
                        json!({"type": "codeBlock", "attrs": {"language": lang.as_ref()}})
                    }
                    _ => json!({"type": "codeBlock"}),
                }
            }
            Tag::List(None) => json!({"type": "bulletList"}),
            Tag::List(Some(first)) => json!({"type": "orderedList", "attrs": {"order": first}}),
            Tag::Item => json!({"type": "listItem"}),
            Tag::Table(_) => json!({"type": "table", "attrs": {"isNumberColumnEnabled": false, "layout": "default"}}),
            Tag::TableHead => {
                self.in_head = true;
                json!({"type": "tableRow"})
            }
            Tag::TableRow => json!({"type": "tableRow"}),
            Tag::TableCell if self.in_head => json!({"type": "tableHeader", "attrs": {}}),
            Tag::TableCell => json!({"type": "tableCell", "attrs": {}}),
            _ => json!({"type": "paragraph"}),
        };
        self.push(head);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.marks.pop();
                return;
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::TableHead => self.in_head = false,
            _ => {}
        }
        self.pop();
    }
}

fn panel(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "info",
        BlockQuoteKind::Tip => "success",
        BlockQuoteKind::Important => "note",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "error",
    }
}
