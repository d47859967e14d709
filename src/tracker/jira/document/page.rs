//! The tree as Markdown: blocks, their prefixes and the empty lines between them, up to a length. What is in a line
//! `ink` writes. Knows no Jira.

use super::{
    MAX_TEXT, ink,
    ink::Place,
    tree::{Block, Inline, Item, List, tidy},
};

/// Whose text it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Anybody's: nothing but what the tree says may be markup.
    Foreign,
    /// A comment that floorwalk wrote: as its domain writes it, so that what comes back is what was sent.
    Own,
}

/// What stands where a text was cut.
pub(super) const CUT: &str = "[cut: the rest is too long to show here]";

/// Most columns of a table; what is further right goes into the last one.
const MAX_COLUMNS: usize = 64;

/// The blocks as Markdown, at most [`MAX_TEXT`] bytes and a remark. Without a line break at the end.
pub(super) fn markdown(blocks: &[Block], manner: Manner) -> String {
    let mut page = Page { manner, ..Page::default() };
    page.blocks(blocks, false);
    page.out.trim_end_matches('\n').to_owned()
}

struct Page {
    out: String,
    manner: Manner,
    /// What every line begins with here.
    prefix: String,
    /// What the next line begins with instead.
    lead: Option<String>,
    full: bool,
}

impl Default for Page {
    fn default() -> Self {
        Self { out: String::new(), manner: Manner::Foreign, prefix: String::new(), lead: None, full: false }
    }
}

impl Page {
    fn blocks(&mut self, blocks: &[Block], in_item: bool) {
        let mut before: Option<&Block> = None;
        let mut other = false;
        for block in blocks.iter().filter(|block| !is_empty(block)) {
            if self.full {
                return;
            }
            if before.is_some_and(|before| !self.tight(before, block, in_item)) {
                self.line("");
            }
            // Two lists in a row would become one.
            other = !other
                && matches!((before, block), (Some(Block::List(a)), Block::List(b)) if a.start.is_some() == b.start.is_some());
            self.block(block, other, in_item);
            before = Some(block);
        }
    }

    /// True when no empty line is needed between two blocks.
    fn tight(&self, before: &Block, block: &Block, in_item: bool) -> bool {
        let joins = match block {
            Block::List(list) => {
                let says = list.items.first().is_some_and(|item| item.blocks.iter().any(|b| !is_empty(b)));
                says && list.start.is_none_or(|n| n == 1)
            }
            Block::Quote(_) => self.manner == Manner::Own,
            _ => false,
        };
        joins && matches!(before, Block::Paragraph(_)) && (in_item || self.manner == Manner::Own)
    }

    fn block(&mut self, block: &Block, other: bool, in_item: bool) {
        match block {
            Block::Paragraph(pieces) => {
                let text = ink::markdown(pieces, Place::Paragraph, self.manner);
                text.split('\n').for_each(|line| self.line(line));
            }
            Block::Heading(level, pieces) => {
                let marks = "#".repeat(usize::from(*level).clamp(1, 6));
                let text = ink::markdown(pieces, Place::Heading, self.manner);
                self.line(format!("{marks} {text}").trim_end());
            }
            Block::List(list) => self.list(list, other),
            Block::Quote(blocks) => {
                let (prefix, lead) = (self.prefix.clone(), self.lead.take());
                self.lead = Some(format!("{}> ", lead.unwrap_or_else(|| prefix.clone())));
                self.prefix.push_str("> ");
                self.blocks(blocks, false);
                self.prefix = prefix;
            }
            Block::Code { language, text } => self.code(language, text),
            // A bullet and dashes would be one rule.
            Block::Rule => self.line(if in_item { "___" } else { "---" }),
            Block::Table(rows) => self.table(rows),
        }
    }

    fn list(&mut self, list: &List, other: bool) {
        for (n, item) in (0_u64..).zip(&list.items) {
            if self.full {
                return;
            }
            let bullet = match list.start {
                // Longer numbers are no lists in Markdown.
                Some(start) => {
                    format!("{}{} ", start.saturating_add(n).min(999_999_999), if other { ')' } else { '.' })
                }
                None => if other { "* " } else { "- " }.to_owned(),
            };
            self.item(item, &bullet);
        }
    }

    fn item(&mut self, item: &Item, bullet: &str) {
        let prefix = self.prefix.clone();
        let tick = match item.done {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let lead = self.lead.take().unwrap_or_else(|| prefix.clone());
        self.lead = Some(format!("{lead}{bullet}{tick}"));
        self.prefix.push_str(&" ".repeat(bullet.len()));
        self.blocks(&item.blocks, true);
        if self.lead.is_some() {
            self.line("");
        }
        self.prefix = prefix;
    }

    fn code(&mut self, language: &str, text: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '.' | '_' | '-');
        let language = if language.len() <= 30 && language.chars().all(plain) { language } else { "" };
        let fence = "`".repeat((ink::longest_run(text) + 1).max(3));
        self.line(&format!("{fence}{language}"));
        if !text.is_empty() {
            let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
            text.strip_suffix('\n').unwrap_or(&text).split('\n').for_each(|line| self.line(line));
        }
        self.line(&fence);
    }

    fn table(&mut self, rows: &[Vec<Vec<Block>>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).clamp(1, MAX_COLUMNS);
        for (n, row) in rows.iter().enumerate() {
            if self.full {
                return;
            }
            let (own, rest) = row.split_at(row.len().min(columns));
            let mut cells: Vec<Vec<Inline>> = own.iter().map(|cell| flat(cell)).collect();
            if let Some(last) = cells.last_mut() {
                for more in rest {
                    last.extend([vec![Inline::text(" ")], flat(more)].concat());
                }
            }
            let mut line = String::from("|");
            for cell in cells {
                let text = ink::markdown(&tidy(cell), Place::Cell, self.manner);
                line.push_str(&format!(" {text} |"));
            }
            if n == 0 {
                line.push_str(&"  |".repeat(columns - own.len()));
            }
            self.line(&line);
            if n == 0 {
                self.line(&format!("|{}", " --- |".repeat(columns)));
            }
        }
    }

    fn line(&mut self, text: &str) {
        if self.full {
            return;
        }
        if self.out.len() + self.prefix.len() + text.len() > MAX_TEXT {
            self.full = true;
            let room = MAX_TEXT.saturating_sub(self.out.len() + self.prefix.len() + 8);
            let text = text.get(..text.floor_char_boundary(room)).unwrap_or_default().to_owned();
            self.out.push_str(&format!("{}{text}\n\n{CUT}\n", self.prefix));
            return;
        }
        let lead = self.lead.take();
        let prefix = lead.as_deref().unwrap_or(&self.prefix);
        self.out.push_str(if text.is_empty() { prefix.trim_end() } else { prefix });
        self.out.push_str(text);
        self.out.push('\n');
    }
}

fn is_empty(block: &Block) -> bool {
    match block {
        Block::Paragraph(pieces) | Block::Heading(_, pieces) => pieces.is_empty(),
        Block::Table(rows) => rows.is_empty(),
        Block::List(list) => list.items.is_empty(),
        Block::Quote(blocks) => blocks.iter().all(is_empty),
        Block::Code { .. } | Block::Rule => false,
    }
}

/// Blocks in one line: what a cell of a table can hold.
pub(super) fn flat(blocks: &[Block]) -> Vec<Inline> {
    let mut all: Vec<Inline> = Vec::new();
    for block in blocks.iter().filter(|block| !is_empty(block)) {
        if !all.is_empty() {
            all.push(Inline::Break);
        }
        match block {
            Block::Paragraph(pieces) | Block::Heading(_, pieces) => all.extend(pieces.iter().cloned()),
            Block::List(list) => {
                for (n, item) in list.items.iter().enumerate() {
                    if n > 0 {
                        all.push(Inline::Break);
                    }
                    let bullet =
                        list.start.map_or_else(|| "• ".to_owned(), |s| format!("{}. ", s.saturating_add(n as u64)));
                    let tick = item.done.map_or("", |done| if done { "[x] " } else { "[ ] " });
                    all.push(Inline::text(format!("{bullet}{tick}")));
                    all.extend(flat(&item.blocks));
                }
            }
            Block::Quote(blocks) => all.extend(flat(blocks)),
            Block::Code { text, .. } => all.push(Inline::code(text.trim())),
            Block::Rule => all.push(Inline::text("—")),
            Block::Table(rows) => {
                for (n, row) in rows.iter().enumerate() {
                    if n > 0 {
                        all.push(Inline::Break);
                    }
                    for (m, cell) in row.iter().enumerate() {
                        if m > 0 {
                            all.push(Inline::text(" | "));
                        }
                        all.extend(flat(cell));
                    }
                }
            }
        }
    }
    all
}
