//! Lines of wiki markup: headings, lists, rules, quotations, tables, paragraphs, and the quotations and panels around
//! them. A line belongs to the item of a list above it until an empty line comes.

use super::{inline, row};
use crate::tracker::jira::document::tree::{Block, Inline, Item, List, paragraphs, tidy};

/// Deepest nesting of lists; what is deeper is shown there.
const MAX_LISTS: usize = 12;
/// Deepest nesting of panels and quotations.
const MAX_AROUND: usize = 16;

#[derive(Default)]
struct Around {
    name: String,
    blocks: Vec<Block>,
}

struct Open {
    numbered: bool,
    /// How many marks its items have.
    depth: usize,
    items: Vec<Item>,
}

/// What was read so far.
pub(super) struct Lines {
    around: Vec<Around>,
    lists: Vec<Open>,
    /// An empty line came: another paragraph ends the list.
    ends: bool,
    /// Lines of the paragraph that is still open.
    text: String,
    /// The line that is still open.
    line: String,
    /// The rest of the line behind a macro: when it is empty, it is no empty line.
    behind: bool,
    rows: Vec<Vec<Vec<Block>>>,
    /// A row of a table that goes on in the next line.
    row: Option<String>,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            around: vec![Around::default()],
            lists: Vec::new(),
            ends: false,
            text: String::new(),
            line: String::new(),
            behind: false,
            rows: Vec::new(),
            row: None,
        }
    }
}

impl Lines {
    /// Takes text that holds no macro of blocks.
    pub(super) fn feed(&mut self, text: &str) {
        let mut parts = text.split('\n');
        self.line.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.end_line();
            self.line.push_str(part);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        self.end_line();
        while self.around.len() > 1 {
            self.close_last();
        }
        self.close_lists(0);
        self.around.pop().map(|around| around.blocks).unwrap_or_default()
    }

    pub(super) fn is_open(&self, name: &str) -> bool {
        self.around.iter().any(|around| around.name == name)
    }

    /// Opens a quotation or a panel.
    pub(super) fn open(&mut self, name: &str, title: Option<&str>) {
        if self.in_row() {
            return;
        }
        self.cut_line();
        self.close_lists(0);
        if self.around.len() > MAX_AROUND {
            return;
        }
        let blocks = title.map(|title| Block::Paragraph(tidy(vec![Inline::strong(title)]))).into_iter().collect();
        self.around.push(Around { name: name.to_owned(), blocks });
        self.behind = true;
    }

    /// Closes it, and what was opened inside and never closed.
    pub(super) fn close(&mut self, name: &str) {
        if self.in_row() {
            return;
        }
        self.cut_line();
        while self.around.last().is_some_and(|around| around.name != name) && self.around.len() > 1 {
            self.close_last();
        }
        if self.around.len() > 1 {
            self.close_last();
        }
        self.behind = true;
    }

    fn close_last(&mut self) {
        self.close_lists(0);
        if let Some(around) = self.around.pop() {
            self.block(Block::Quote(around.blocks));
        }
    }

    /// Takes lines that are shown as they are.
    pub(super) fn verbatim(&mut self, title: Option<&str>, language: &str, text: &str) {
        if self.in_row() {
            let line: Vec<&str> = text.split_whitespace().collect();
            self.line.push_str(&format!("{{{{{}}}}}", inline::escaped(&line.join(" "))));
            return;
        }
        self.cut_line();
        self.flush();
        if let Some(title) = title {
            self.put(Block::Paragraph(tidy(vec![Inline::strong(title)])));
        }
        self.put(Block::Code { language: language.to_ascii_lowercase(), text: text.to_owned() });
        self.behind = true;
    }

    /// True inside a row of a table, where no block can stand.
    fn in_row(&self) -> bool {
        self.row.is_some() || self.line.trim_ascii_start().starts_with('|')
    }

    /// Ends the open line because a macro follows; an empty one is no empty line.
    fn cut_line(&mut self) {
        if self.line.trim_ascii().is_empty() {
            self.line.clear();
            self.end_table();
        } else {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let behind = std::mem::take(&mut self.behind);
        let trimmed = line.trim_ascii();
        if self.goes_on(trimmed) {
            return;
        }
        if trimmed.is_empty() {
            if !behind {
                self.flush();
                self.end_table();
                self.ends = !self.lists.is_empty();
            }
            return;
        }
        if trimmed.starts_with('|') && trimmed.len() > 1 {
            self.flush();
            if self.ends {
                self.close_lists(0);
            }
            self.row = Some(trimmed.to_owned());
            if trimmed.ends_with('|') {
                self.end_row();
            }
            return;
        }
        self.end_table();
        self.plain_line(&line, trimmed);
    }

    /// Adds the line to a row that is still open; true when it belonged there.
    fn goes_on(&mut self, trimmed: &str) -> bool {
        let Some(row) = &mut self.row else { return false };
        if trimmed.is_empty() || trimmed.starts_with('|') {
            self.end_row();
            return false;
        }
        row.push('\n');
        row.push_str(trimmed);
        if trimmed.ends_with('|') {
            self.end_row();
        }
        true
    }

    fn end_row(&mut self) {
        if let Some(text) = self.row.take() {
            self.rows.push(row::cells(&text));
        }
    }

    fn end_table(&mut self) {
        self.end_row();
        if !self.rows.is_empty() {
            let rows = std::mem::take(&mut self.rows);
            self.put(Block::Table(rows));
        }
    }

    fn plain_line(&mut self, line: &str, trimmed: &str) {
        if let Some((marks, text)) = bullet(trimmed) {
            self.item(marks, text);
            return;
        }
        if let Some((level, text)) = heading(trimmed) {
            self.close_lists(0);
            self.block(Block::Heading(level, inline::line(text)));
        } else if let Some(text) = trimmed.strip_prefix("bq.") {
            self.close_lists(0);
            let quoted = paragraphs(inline::pieces(text.trim_ascii()));
            self.block(Block::Quote(quoted));
        } else if trimmed.len() >= 4 && trimmed.chars().all(|c| c == '-') {
            self.close_lists(0);
            self.block(Block::Rule);
        } else {
            if self.ends {
                self.close_lists(0);
            }
            if !self.text.is_empty() {
                self.text.push('\n');
            }
            self.text.push_str(line);
        }
    }

    fn item(&mut self, marks: &str, text: &str) {
        self.flush();
        let depth = marks.len().min(MAX_LISTS);
        let numbered = marks.ends_with('#');
        if self.ends && numbered && depth == 1 {
            // Numbers begin anew behind an empty line.
            self.close_lists(0);
        }
        self.ends = false;
        let outer = self.lists.iter().take_while(|open| open.depth < depth).count();
        match self.lists.get(outer) {
            Some(open) if open.depth == depth && open.numbered == numbered => self.close_lists(outer + 1),
            // One level at a time: a list in a list in nothing says no more than a list.
            _ => {
                self.close_lists(outer);
                self.lists.push(Open { numbered, depth, items: Vec::new() });
            }
        }
        if let Some(open) = self.lists.last_mut() {
            open.items.push(Item::default());
        }
        self.text.push_str(text);
    }

    /// Closes lists until `keep` are open.
    fn close_lists(&mut self, keep: usize) {
        self.flush();
        self.end_table();
        while self.lists.len() > keep {
            if let Some(open) = self.lists.pop() {
                self.put(Block::List(List { start: open.numbered.then_some(1), items: open.items }));
            }
        }
        self.ends &= !self.lists.is_empty();
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        for paragraph in paragraphs(inline::pieces(&text)) {
            self.put(paragraph);
        }
    }

    /// Adds a block to the open item, or where no list is open.
    fn put(&mut self, block: Block) {
        if self.ends && !matches!(block, Block::List(_) | Block::Paragraph(_)) {
            self.ends = false;
            self.close_lists(0);
        }
        match self.lists.last_mut().and_then(|open| open.items.last_mut()) {
            Some(item) => item.blocks.push(block),
            None => self.block(block),
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(around) = self.around.last_mut() {
            around.blocks.push(block);
        }
    }
}

/// Marks and text of an item.
fn bullet(line: &str) -> Option<(&str, &str)> {
    let end = line.find(|c| !matches!(c, '*' | '#' | '-'))?;
    let (marks, text) = line.split_at(end);
    let dashes = marks.contains('-');
    let good = !marks.is_empty() && text.starts_with([' ', '\t']) && !text.trim_ascii().is_empty();
    // Dashes in the middle of marks are no list, and four of them are a rule.
    let pure = !dashes
        || marks.len() < 4 && marks.chars().all(|c| c == '-')
        || marks.trim_end_matches('-').len() + 1 == marks.len();
    (good && pure).then(|| (marks, text.trim_ascii()))
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest.chars().next().and_then(|c| c.to_digit(10)).filter(|n| (1..=6).contains(n))?;
    let text = rest.get(1..)?.strip_prefix('.')?;
    let good = text.is_empty() || text.starts_with([' ', '\t']);
    good.then(|| (u8::try_from(level).unwrap_or(1), text.trim_ascii()))
}
