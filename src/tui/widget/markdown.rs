//! Markdown of strangers laid out as rows: headings, lists, quotes, code, tables, links with their address. Every
//! piece of text is made harmless after parsing, because entities can spell control characters. Knows no state.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::super::{
    paint::{Piece, TextLine, safe, width, wrap},
    theme::Ink,
    widget::grid,
};
use crate::domain::text::Foreign;

/// Longest text laid out, bytes. What is longer is cut with a remark: the browser shows the rest.
pub const MAX_BODY: usize = 256 * 1024;

/// Lays a text out in rows of at most `columns`.
pub fn lay_out(text: &Foreign, columns: usize) -> Vec<TextLine> {
    let raw = text.raw();
    let (head, cut) = match raw.char_indices().map(|(i, _)| i).find(|i| *i >= MAX_BODY) {
        Some(end) => (raw.get(..end).unwrap_or_default(), true),
        None => (raw, false),
    };
    let mut page = Page { columns: columns.max(4), ..Page::default() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    for event in Parser::new_ext(head, options) {
        page.event(event);
    }
    page.flush();
    while page.lines.last().is_some_and(|l| l.0.is_empty()) {
        page.lines.pop();
    }
    if cut {
        page.lines.push(TextLine::blank());
        page.lines.push(TextLine::of(Ink::Dim, "(the rest is too long to show here; the browser has it)"));
    }
    page.lines
}

#[derive(Default)]
struct Page {
    columns: usize,
    lines: Vec<TextLine>,
    row: Vec<Piece>,
    inks: Vec<Ink>,
    /// Next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    quotes: usize,
    /// Bullet of the item whose first row is still to come.
    bullet: Option<String>,
    links: Vec<(String, usize)>,
    code: bool,
    /// Rows of the table that is read.
    table: Vec<Vec<grid::Cell>>,
    /// Inside an HTML comment that has not ended yet.
    comment: bool,
}

impl Page {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => self.code_rows(&text),
            Event::Text(text) => self.push(&text, None),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text, Some(Ink::Code)),
            Event::InlineHtml(html) => self.html(&html),
            Event::Html(html) => {
                // A block of HTML comes line by line, and its lines mean something (`<pre>`).
                self.html(&html);
                self.flush();
            }
            Event::SoftBreak => self.push(" ", None),
            Event::HardBreak => self.flush(),
            Event::Rule => {
                self.flush();
                self.lines.push(TextLine::of(Ink::Dim, "─".repeat(self.columns.min(40))));
            }
            Event::TaskListMarker(done) => self.push(if done { "[x] " } else { "[ ] " }, None),
            Event::FootnoteReference(name) => self.push(&format!("[{name}]"), Some(Ink::Dim)),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.heading(level),
            Tag::Paragraph if self.bullet.is_none() => self.gap(),
            Tag::BlockQuote(_) => {
                self.gap();
                self.quotes += 1;
            }
            Tag::CodeBlock(kind) => {
                self.gap();
                if let CodeBlockKind::Fenced(language) = kind
                    && !language.is_empty()
                {
                    self.push(&language, Some(Ink::Dim));
                    self.flush();
                }
                self.code = true;
            }
            Tag::List(first) => {
                self.flush();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.flush();
                self.bullet = Some(match self.lists.last_mut() {
                    Some(Some(n)) => {
                        *n += 1;
                        format!("{}. ", *n - 1)
                    }
                    _ => "• ".into(),
                });
            }
            Tag::Emphasis => self.inks.push(Ink::Emphasis),
            Tag::Strong => self.inks.push(Ink::Strong),
            Tag::Strikethrough => self.inks.push(Ink::Dim),
            Tag::Link { dest_url, .. } => {
                self.links.push((dest_url.into_string(), self.row.len()));
                self.inks.push(Ink::Link);
            }
            Tag::Image { dest_url, .. } => {
                self.push("[image: ", Some(Ink::Dim));
                self.links.push((dest_url.into_string(), self.row.len()));
                self.inks.push(Ink::Dim);
            }
            Tag::Table(_) => {
                self.gap();
                self.table.clear();
            }
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        self.gap();
        let mark = match level {
            HeadingLevel::H1 => "# ",
            HeadingLevel::H2 => "## ",
            _ => "### ",
        };
        self.push(mark, Some(Ink::Dim));
        self.inks.push(Ink::Accent);
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.inks.pop();
                self.flush();
            }
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.flush(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.code = false,
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.inks.pop();
            }
            TagEnd::Link => self.close_link(),
            TagEnd::Image => {
                self.inks.pop();
                self.links.pop();
                self.push("]", Some(Ink::Dim));
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.row);
                self.table.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
            }
            TagEnd::TableHead => {
                let names = self.table.iter_mut().flatten().flatten();
                names.for_each(|piece| piece.ink = Ink::Dim);
            }
            TagEnd::Table => {
                let table = std::mem::take(&mut self.table);
                let margin = "▏ ".repeat(self.quotes.min(6));
                let lines = grid::lay_out(&table, self.columns.saturating_sub(width(&margin)).max(4));
                let quoted = |mut line: TextLine| {
                    line.0.insert(0, Piece { text: margin.clone(), ink: Ink::Dim });
                    line
                };
                self.lines.extend(lines.into_iter().map(|line| if margin.is_empty() { line } else { quoted(line) }));
            }
            _ => {}
        }
    }

    /// The address goes behind the words, so that a link never says one thing and means another.
    fn close_link(&mut self) {
        self.inks.pop();
        let Some((address, from)) = self.links.pop() else { return };
        let words: String = self.row.iter().skip(from).map(|p| p.text.as_str()).collect();
        if words != address && !address.is_empty() {
            self.push(&format!(" ({address})"), Some(Ink::Dim));
        }
    }

    /// HTML as text. Comments are not for people; GitHub does not show them either.
    fn html(&mut self, html: &str) {
        let mut rest = html.trim_end_matches('\n');
        let mut shown = String::new();
        loop {
            let edge = if self.comment { "-->" } else { "<!--" };
            let (before, after) = rest.split_once(edge).map_or((rest, None), |(b, a)| (b, Some(a)));
            if !self.comment {
                shown.push_str(before);
            }
            let Some(after) = after else { break };
            self.comment = !self.comment;
            rest = after;
        }
        self.push(&untag(&shown), Some(Ink::Dim));
    }

    fn push(&mut self, text: &str, ink: Option<Ink>) {
        let ink = ink.or(self.inks.last().copied()).unwrap_or_default();
        if !text.is_empty() {
            self.row.push(Piece { text: safe(text).into_owned(), ink });
        }
    }

    fn code_rows(&mut self, text: &str) {
        for row in text.lines() {
            let row = row.replace('\t', "    ");
            self.push(&row, Some(Ink::Code));
            if self.row.is_empty() {
                self.lines.push(TextLine::blank());
            } else {
                self.flush();
            }
        }
    }

    fn gap(&mut self) {
        self.flush();
        if self.lines.last().is_some_and(|l| !l.0.is_empty()) {
            self.lines.push(TextLine::blank());
        }
    }

    fn flush(&mut self) {
        if self.row.is_empty() {
            return;
        }
        let row = std::mem::take(&mut self.row);
        let depth = self.lists.len().saturating_sub(1).min(6);
        let margin = format!("{}{}", "▏ ".repeat(self.quotes.min(6)), "  ".repeat(depth));
        let margin = if self.code { format!("{margin}    ") } else { margin };
        let (first, rest) = match self.bullet.take() {
            Some(bullet) => (format!("{margin}{bullet}"), format!("{margin}  ")),
            None if self.lists.is_empty() => (margin.clone(), margin),
            None => (format!("{margin}  "), format!("{margin}  ")),
        };
        self.lines.extend(wrap(&row, self.columns, &first, &rest));
    }
}

/// Tags that only shape text. Anything else in angle brackets (`Vec<T>`) is text and stays.
const SHAPES: [&str; 34] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tt",
    "ul",
];

/// HTML without the tags that only shape text, and with the five characters that HTML must write as names.
fn untag(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let name: String = after.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let known = SHAPES.contains(&name.to_ascii_lowercase().as_str());
        match after.split_once('>') {
            Some((_, behind)) if known => rest = behind,
            _ => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    let named = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")];
    named.iter().fold(out, |text, (name, character)| text.replace(name, character))
}

#[cfg(test)]
mod tests {
    use super::{lay_out, untag};

    #[test]
    fn html_keeps_its_lines_and_hides_its_comments() {
        let text = "<pre>one\ntwo</pre>\n\n<!-- fill in\nthe template -->\nafter\n";
        let rows: Vec<String> = lay_out(&text.into(), 40)
            .iter()
            .map(|line| line.0.iter().map(|piece| piece.text.as_str()).collect::<String>())
            .collect();
        let rows: Vec<&str> = rows.iter().map(|row| row.trim()).filter(|row| !row.is_empty()).collect();
        assert_eq!(rows, ["one", "two", "after"]);
    }

    #[test]
    fn shaping_tags_go_and_everything_else_stays() {
        for (html, text) in [
            ("<pre>a &lt;b&gt; &quot;c&quot;", "a <b> \"c\""),
            ("Vec<T> and <br/>HashMap<K, V>", "Vec<T> and HashMap<K, V>"),
            ("a < b", "a < b"),
            ("<details open><summary>More</summary>", "More"),
            ("&amp;lt;", "&lt;"),
            ("<script>x</script>", "<script>x</script>"),
            ("<", "<"),
        ] {
            assert_eq!(untag(html), text);
        }
    }
}
