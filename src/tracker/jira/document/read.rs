//! Markdown into the tree: for the texts that are to be posted, and for `ink`, which looks at what it wrote with the
//! same eyes. Knows no Jira.

use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::tree::{Block, Inline, Item, List, Style, paragraphs, tidy};

/// Deepest nesting of lists and quotations; what is deeper is read as if it stood there.
const MAX_DEPTH: usize = 24;

/// What was read.
pub(super) struct Page {
    pub(super) blocks: Vec<Block>,
    /// There was an HTML comment.
    pub(super) comment: bool,
    /// There was other HTML than small letters and line breaks; it was read as text.
    pub(super) html: bool,
}

/// Reads a whole text.
pub(super) fn markdown(text: &str) -> Page {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { frames: vec![Frame::default()], ..Reader::default() };
    for event in Parser::new_ext(text, options) {
        reader.event(event);
    }
    reader.flush();
    let blocks = reader.frames.drain(..).next().map(|frame| frame.blocks).unwrap_or_default();
    Page { blocks, comment: reader.comment, html: reader.html }
}

/// A block that is still open: what it holds so far.
#[derive(Default)]
struct Frame {
    blocks: Vec<Block>,
    list: Option<List>,
    done: Option<bool>,
}

#[derive(Default)]
struct Reader {
    frames: Vec<Frame>,
    /// For each open list, item or quotation whether it has a frame.
    framed: Vec<bool>,
    pieces: Vec<Inline>,
    strong: usize,
    em: usize,
    strike: usize,
    sub: usize,
    sup: usize,
    links: Vec<Arc<str>>,
    /// Open pictures: the address of the outermost, what it shows, how many lie in each other.
    image: Option<(String, String, usize)>,
    code: Option<(String, String)>,
    table: Vec<Vec<Vec<Block>>>,
    comment: bool,
    html: bool,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text, true),
            Event::Html(html) | Event::InlineHtml(html) => self.markup(&html),
            Event::SoftBreak | Event::HardBreak => match &mut self.image {
                Some((_, alt, _)) => alt.push(' '),
                None => self.pieces.push(Inline::Break),
            },
            Event::Rule => {
                self.flush();
                self.block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.done = Some(done);
                }
            }
            Event::FootnoteReference(name) => self.push(&format!("[^{name}]"), false),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } | Tag::HtmlBlock | Tag::Table(_) => self.flush(),
            Tag::BlockQuote(_) => self.open(None),
            Tag::List(start) => self.open(Some(List { start, items: Vec::new() })),
            Tag::Item => self.open(None),
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.em += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.as_ref().into()),
            Tag::Image { dest_url, .. } => match &mut self.image {
                Some((_, _, depth)) => *depth += 1,
                None => self.image = Some((dest_url.into_string(), String::new(), 1)),
            },
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(level) => {
                let pieces = self.pieces();
                self.block(Block::Heading(level as u8, pieces));
            }
            TagEnd::BlockQuote(_) => self.close(|frame| Some(Block::Quote(frame.blocks))),
            TagEnd::List(_) => self.close(|frame| frame.list.map(Block::List)),
            TagEnd::Item => self.end_item(),
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
                    self.block(Block::Code { language, text });
                }
            }
            TagEnd::TableCell => {
                let cell = vec![Block::Paragraph(self.pieces())];
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.table);
                self.block(Block::Table(rows));
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.em = self.em.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link => drop(self.links.pop()),
            TagEnd::Image => self.end_image(),
            _ => {}
        }
    }

    fn end_image(&mut self) {
        if let Some((url, alt, depth)) = self.image.take() {
            if depth > 1 {
                self.image = Some((url, alt, depth - 1));
            } else {
                self.pieces.push(Inline::Image { alt, url });
            }
        }
    }

    /// Opens a list, an item or a quotation.
    fn open(&mut self, list: Option<List>) {
        self.flush();
        let room = self.frames.len() < MAX_DEPTH;
        self.framed.push(room);
        if room {
            self.frames.push(Frame { list, ..Frame::default() });
        }
    }

    fn close(&mut self, made: impl FnOnce(Frame) -> Option<Block>) {
        self.flush();
        if self.framed.pop() == Some(true)
            && let Some(block) = self.frames.pop().and_then(made)
        {
            self.block(block);
        }
    }

    fn end_item(&mut self) {
        self.flush();
        if self.framed.pop() != Some(true) {
            return;
        }
        let Some(Frame { blocks, done, .. }) = self.frames.pop() else { return };
        match self.frames.last_mut() {
            Some(Frame { list: Some(list), .. }) => list.items.push(Item { done, blocks }),
            Some(frame) => frame.blocks.extend(blocks),
            None => {}
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks.push(block);
        }
    }

    fn pieces(&mut self) -> Vec<Inline> {
        tidy(std::mem::take(&mut self.pieces))
    }

    fn flush(&mut self) {
        for paragraph in paragraphs(std::mem::take(&mut self.pieces)) {
            self.block(paragraph);
        }
    }

    fn text(&mut self, text: &str) {
        match &mut self.code {
            Some((_, code)) => code.push_str(text),
            None => self.push(text, false),
        }
    }

    fn push(&mut self, text: &str, code: bool) {
        if let Some((_, alt, _)) = &mut self.image {
            alt.push_str(text);
            return;
        }
        let style = Style {
            strong: self.strong > 0,
            em: self.em > 0,
            strike: self.strike > 0,
            code,
            sub: self.sub > 0,
            sup: self.sup > 0,
        };
        self.pieces.push(Inline::Text { text: text.to_owned(), style, link: self.links.last().cloned() });
    }

    fn markup(&mut self, html: &str) {
        match html {
            "<sub>" => self.sub += 1,
            "</sub>" => self.sub = self.sub.saturating_sub(1),
            "<sup>" => self.sup += 1,
            "</sup>" => self.sup = self.sup.saturating_sub(1),
            "<br>" | "<br/>" | "<br />" => self.pieces.push(Inline::Break),
            _ => {
                self.html = true;
                self.comment |= html.contains("<!--");
                self.push(html, false);
            }
        }
    }
}
