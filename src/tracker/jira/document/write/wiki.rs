//! The tree as wiki markup. Text stays text: what would read as markup is escaped, but addresses stay whole.

use super::{Hook, adf::marked, pings, rows};
use crate::tracker::jira::document::tree::{Block, Inline, Item, Style, tidy};

/// The whole text.
pub(in super::super) fn text(blocks: &[Block], mention: Hook<'_>) -> String {
    let mut writer = Writer { mention, out: String::new() };
    writer.blocks(blocks, false);
    writer.out.trim_ascii_end().to_owned()
}

/// Lines that are shown as they are.
pub(in super::super) fn verbatim(text: &str) -> String {
    // Nothing can escape the end of a block inside it; a joiner that nobody sees keeps it from being one.
    let text = text.replace("{noformat}", "{\u{2060}noformat}");
    format!("{{noformat}}\n{text}\n{{noformat}}")
}

struct Writer<'a> {
    mention: Hook<'a>,
    out: String,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block], quoted: bool) {
        for block in blocks {
            match block {
                Block::Paragraph(pieces) => self.paragraph(pieces),
                Block::Heading(level, pieces) => {
                    let line = self.line(pieces, true);
                    self.out.push_str(&format!("h{}. {line}\n\n", (*level).clamp(1, 6)));
                }
                Block::List(list) if list.start.is_none_or(|n| n == 1) => {
                    self.list(list.start.is_some(), &list.items, "");
                    self.out.push('\n');
                }
                // Numbers that do not begin with one are written out: the markup has none.
                Block::List(list) => {
                    for (n, item) in (list.start.unwrap_or(1)..).zip(&list.items) {
                        let number = Block::Paragraph(vec![Inline::text(format!("{n}. "))]);
                        let whole = [&[number], item.blocks.as_slice()].concat();
                        self.paragraph(&tidy(whole.iter().flat_map(leading).collect()));
                    }
                }
                Block::Quote(inside) if quoted => self.blocks(&inside.iter().map(marked).collect::<Vec<_>>(), true),
                Block::Quote(inside) => {
                    self.out.push_str("{quote}\n");
                    self.blocks(inside, true);
                    self.out.truncate(self.out.trim_ascii_end().len());
                    self.out.push_str("\n{quote}\n\n");
                }
                Block::Code { language, text } => {
                    self.out.push_str(&code(language, text));
                    self.out.push_str("\n\n");
                }
                Block::Rule => self.out.push_str("----\n\n"),
                Block::Table(table) => self.paragraph(&tidy(rows(table))),
            }
        }
    }

    fn paragraph(&mut self, pieces: &[Inline]) {
        let text = self.line(pieces, false);
        if !text.is_empty() {
            self.out.push_str(&text);
            self.out.push_str("\n\n");
        }
    }

    fn list(&mut self, numbered: bool, items: &[Item], marks: &str) {
        let marks = format!("{marks}{}", if numbered { '#' } else { '*' });
        for item in items {
            let tick = item.done.map_or("", |done| if done { "\\[x\\] " } else { "\\[ \\] " });
            let mut lines = Vec::new();
            let mut rest = item.blocks.as_slice();
            while let Some((block, more)) =
                rest.split_first().filter(|(b, _)| !matches!(b, Block::List(_) | Block::Code { .. }))
            {
                let pieces = tidy(super::super::page::flat(std::slice::from_ref(block)));
                lines.push(self.line(&pieces, false));
                rest = more;
            }
            // A list without words would be no list.
            let words = lines.join("\n");
            let words = if words.is_empty() && tick.is_empty() { "&nbsp;" } else { &words };
            self.out.push_str(&format!("{marks} {tick}{words}\n"));
            self.item_blocks(rest, &marks);
        }
    }

    fn item_blocks(&mut self, blocks: &[Block], marks: &str) {
        for block in blocks {
            match block {
                Block::List(list) if marks.len() < 12 => self.list(list.start.is_some(), &list.items, marks),
                Block::Code { language, text } => {
                    self.out.push_str(&code(language, text));
                    self.out.push('\n');
                }
                other => {
                    let pieces = tidy(super::super::page::flat(std::slice::from_ref(other)));
                    let line = self.line(&pieces, false);
                    self.out.push_str(&format!("{line}\n"));
                }
            }
        }
    }

    fn line(&self, pieces: &[Inline], one: bool) -> String {
        let pieces = pings::told(pieces, self.mention);
        let mut out = String::new();
        for (n, piece) in pieces.iter().enumerate() {
            let before = n.checked_sub(1).and_then(|b| pieces.get(b));
            let start = n == 0 || before == Some(&Inline::Break);
            match piece {
                Inline::Text { text, style, link } => {
                    let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                    let next = pieces
                        .get(n + 1)
                        .and_then(|p| if let Inline::Text { text, .. } = p { text.chars().next() } else { None });
                    let forced = touches(out.chars().next_back()) || touches(next);
                    let inner = words(text, *style, link.as_deref(), start);
                    out.push_str(&dressed(inner, *style, forced));
                }
                Inline::Image { alt, url } => out.push_str(&to(&escape(alt, false), url)),
                Inline::Mention { id, .. } => out.push_str(&format!("[~{}]", id.replace([']', '|', '['], ""))),
                Inline::Break => out.push(if one { ' ' } else { '\n' }),
            }
        }
        out
    }
}

/// What a block has to say in a line.
fn leading(block: &Block) -> Vec<Inline> {
    match block {
        Block::Paragraph(pieces) => pieces.clone(),
        other => [vec![Inline::Break], super::super::page::flat(std::slice::from_ref(other))].concat(),
    }
}

fn words(text: &str, style: Style, link: Option<&str>, start: bool) -> String {
    let inner = |text: &str, start: bool| {
        if style.code {
            return format!("{{{{{}}}}}", code_line(text));
        }
        let mut out = String::new();
        for (n, (part, is_url)) in pings::parts(text).into_iter().enumerate() {
            out.push_str(&if is_url && is_plain(part) { part.to_owned() } else { escape(part, start && n == 0) });
        }
        out
    };
    match link {
        Some(url) if url == text && is_plain(url) => url.to_owned(),
        Some(url) if !url.is_empty() => to(&if style.code { code_line(text) } else { escape(text, false) }, url),
        _ => inner(text, start),
    }
}

/// True for an address that wiki markup leaves alone.
fn is_plain(url: &str) -> bool {
    url.chars().all(|c| {
        c.is_ascii_alphanumeric()
            || matches!(c, '/' | ':' | '.' | '?' | '=' | '&' | '%' | '#' | '_' | '~' | '+' | '@' | ',' | ';' | '-')
    }) && pings::parts(url) == [(url, true)]
}

fn to(words: &str, url: &str) -> String {
    let mut target = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '[' | ']' | '|' | '{' | '}' | '\\' | '!' | '*' | '^' | '<' | '>' | '"' => {
                target.push_str(&format!("%{:02X}", u32::from(c)))
            }
            c if c.is_whitespace() || c.is_control() => target.push_str("%20"),
            c => target.push(c),
        }
    }
    if words.is_empty() { format!("[{target}]") } else { format!("[{words}|{target}]") }
}

fn dressed(inner: String, style: Style, forced: bool) -> String {
    let signs = [(style.em, '_'), (style.strong, '*'), (style.strike, '-')];
    signs.into_iter().filter(|(on, _)| *on && !style.code).fold(inner, |text, (_, sign)| {
        if forced { format!("{{{sign}}}{text}{{{sign}}}") } else { format!("{sign}{text}{sign}") }
    })
}

fn code(language: &str, text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_');
    if language.is_empty() || text.contains("{code}") || !language.chars().all(plain) {
        return verbatim(text);
    }
    format!("{{code:{language}}}\n{text}\n{{code}}")
}

/// Code in a line: every sign of it means itself.
fn code_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("&#92;"),
            '&' => out.push_str("&amp;"),
            '{' | '}' | '[' | ']' | '*' | '_' | '-' | '+' | '^' | '~' | '?' | '!' | '|' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Text whose signs mean themselves, escaped no more than needed.
fn escape(text: &str, start: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (n, &c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|b| chars.get(b)).copied();
        let next = chars.get(n + 1).copied();
        let first = start && n == 0;
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let space = |c: Option<char>| c.is_some_and(char::is_whitespace);
        match c {
            '\\' => out.push_str("&#92;"),
            '&' if next == Some('#') || word(next) => out.push_str("&amp;"),
            '{' | '}' | '[' | ']' | '|' => out.extend(['\\', c]),
            '*' | '_' | '-' | '+' | '^' | '~' => {
                let alone = word(before) && word(next) || space(before) && space(next);
                if alone { out.push(c) } else { out.extend(['\\', c]) }
            }
            '?' if next == Some('?') || before == Some('?') => out.push_str("\\?"),
            '!' if !space(next) => out.push_str("\\!"),
            '#' if first => out.push_str("\\#"),
            // Headings and quotations are told by a letter and a dot; smileys by a bracket.
            '.' if start && is_head(chars.get(..n).unwrap_or_default()) => out.push_str("&#46;"),
            '(' | ')' if smiles(&chars, n) => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn is_head(before: &[char]) -> bool {
    matches!(before, ['h', '1'..='6'] | ['b', 'q'])
}

/// True for a bracket that Jira would show as a picture of a face or a sign.
fn smiles(chars: &[char], n: usize) -> bool {
    let face = n > 0 && matches!(chars.get(n - 1), Some(':' | ';'));
    let inside: String = chars.iter().skip(n + 1).take(4).take_while(|c| **c != ')').collect();
    let sign = chars.get(n) == Some(&'(')
        && matches!(inside.as_str(), "y" | "n" | "i" | "/" | "x" | "!" | "+" | "-" | "?" | "on" | "off" | "*");
    face || sign
}
