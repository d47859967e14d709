//! Jira's wiki markup, the texts of Data Center and of the older API, to Markdown: macros here, lines in `lines`, what is
//! in a line in `inline`, rows of tables in `row`. Never fails, and one pass over the text: macros that are not closed
//! are text.

mod inline;
mod lines;
mod row;

use lines::Lines;

use super::{
    MAX_TEXT,
    page::{self, CUT, Manner},
    tree::{Block, Inline},
};

/// A text as Markdown.
pub fn markdown(text: &str) -> String {
    page::markdown(&blocks(text), Manner::Foreign)
}

/// A text as a tree.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let cut = text.len() > MAX_TEXT;
    let text = text.get(..text.floor_char_boundary(MAX_TEXT)).unwrap_or_default();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = Lines::default();
    let mut rest = Rest::new(&text);
    while let Some(before) = rest.until_brace() {
        lines.feed(before);
        rest.macro_at(&mut lines);
    }
    lines.feed(rest.left());
    let mut blocks = lines.finish();
    if cut {
        blocks.push(Block::Paragraph(vec![Inline::text(CUT)]));
    }
    blocks
}

/// Macros that hold lines as they are.
const VERBATIM: [&str; 3] = ["code", "noformat", "html"];
/// Macros around other blocks.
const AROUND: [&str; 2] = ["quote", "panel"];

/// Head of a macro: `{name:parameters}`.
pub(super) struct Head<'a> {
    name: &'a str,
    parameters: &'a str,
    /// Bytes from brace to brace.
    length: usize,
}

impl Head<'_> {
    /// The same in characters; `text` is what the head was read from.
    fn length_in_chars(&self, text: &str) -> usize {
        text.get(..self.length).map_or(1, |head| head.chars().count())
    }
}

/// Reads the head of a macro at the start of a text.
pub(super) fn head(text: &str) -> Option<Head<'_>> {
    let inside = text.strip_prefix('{')?;
    let end = inside.find(['{', '}', '\n']).filter(|end| *end <= 400)?;
    let (inside, behind) = inside.split_at(end);
    if !behind.starts_with('}') {
        return None;
    }
    let (name, parameters) = inside.split_once(':').unwrap_or((inside, ""));
    let word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    word.then_some(Head { name, parameters, length: end + 2 })
}

/// The text that is still to be read.
struct Rest<'a> {
    text: &'a str,
    at: usize,
    /// Where each macro is named for the last time: nothing behind that place closes one.
    last: Vec<(&'static str, Option<usize>)>,
}

impl<'a> Rest<'a> {
    fn new(text: &'a str) -> Self {
        let names = VERBATIM.iter().chain(&AROUND);
        let last = names.map(|name| (*name, text.rfind(&format!("{{{name}}}")))).collect();
        Self { text, at: 0, last }
    }

    fn left(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn closes_behind(&self, name: &str, at: usize) -> bool {
        self.last.iter().any(|(n, last)| *n == name && last.is_some_and(|last| last >= at))
    }

    /// The text before the next brace that is not escaped.
    fn until_brace(&mut self) -> Option<&'a str> {
        let start = self.at;
        let length = self.left().find('{')?;
        self.at += length;
        self.text.get(start..self.at)
    }

    /// Reads the macro at the brace, or the brace as text.
    fn macro_at(&mut self, lines: &mut Lines) {
        let before = self.text.get(..self.at).unwrap_or_default();
        // A backslash makes it text; a second brace makes it the code of a line.
        let plain = before.ends_with('\\') && !before.ends_with("\\\\") || before.ends_with('{');
        let head = head(self.left()).filter(|_| !plain);
        let Some(head) = head else {
            self.at += 1;
            lines.feed("{");
            return;
        };
        let name = head.name.to_ascii_lowercase();
        let behind = self.at + head.length;
        if VERBATIM.contains(&name.as_str()) && self.closes_behind(&name, behind) {
            let close = format!("{{{name}}}");
            let body = self.text.get(behind..).unwrap_or_default();
            let end = body.find(&close).unwrap_or(body.len());
            let text = body.get(..end).unwrap_or_default();
            self.at = behind + end + close.len();
            verbatim(&name, head.parameters, text, lines);
        } else if AROUND.contains(&name.as_str()) && lines.is_open(&name) && head.parameters.is_empty() {
            self.at = behind;
            lines.close(&name);
        } else if AROUND.contains(&name.as_str()) && self.closes_behind(&name, behind) {
            self.at = behind;
            lines.open(&name, title(head.parameters));
        } else {
            self.at += 1;
            lines.feed("{");
        }
    }
}

fn verbatim(name: &str, parameters: &str, text: &str, lines: &mut Lines) {
    let language = match name {
        "html" => "html",
        "code" => {
            parameters.split('|').map(str::trim).find(|word| !word.is_empty() && !word.contains('=')).unwrap_or_else(
                || {
                    let named = parameters.split('|').find_map(|word| word.trim().strip_prefix("language="));
                    named.unwrap_or_default()
                },
            )
        }
        _ => "",
    };
    let text = text.strip_prefix('\n').unwrap_or(text).trim_end_matches([' ', '\n', '\t']);
    lines.verbatim(title(parameters), language, text);
}

/// The title among the parameters of a macro.
fn title(parameters: &str) -> Option<&str> {
    let title = parameters.split('|').find_map(|word| word.trim().strip_prefix("title="));
    title.map(str::trim).filter(|title| !title.is_empty())
}
