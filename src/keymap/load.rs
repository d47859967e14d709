//! Reading keymap files. Every mistake is reported with file, line and the nearest that would work; what is right
//! in the same file still holds. Owns no key lookup and no key names.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    action::{ACTIONS, Action, Context},
    chord::Sequence,
    trie::{Clash, Keymap},
};
use crate::domain::text::safe_line;

/// The bindings that come with the program.
pub const SHIPPED: &str = include_str!("../../keymaps/default.toml");
const SHIPPED_NAME: &str = "keymaps/default.toml";

/// A mistake in a keymap file, harmless to print.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct KeymapProblem {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// One sentence, with the nearest valid name where there is one.
    pub message: String,
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    keymap: Keymap,
    /// Where each binding was made, beside `keymap`'s own list.
    lines: Vec<(Context, Sequence, usize)>,
    problems: Vec<KeymapProblem>,
    /// Lines that are no TOML.
    broken: Vec<usize>,
}

/// The bindings that come with the program, and what is wrong with them (a test keeps that empty).
pub fn shipped() -> (Keymap, Vec<KeymapProblem>) {
    parse(SHIPPED_NAME, SHIPPED)
}

/// Reads a keymap file. `file` is only its name for messages.
pub fn parse(file: &str, text: &str) -> (Keymap, Vec<KeymapProblem>) {
    let mut reader =
        Reader { file, text, keymap: Keymap::default(), lines: Vec::new(), problems: Vec::new(), broken: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let line = reader.line(span.start);
        reader.problem(span, format!("not TOML: {}", safe_line(error.message())));
        reader.broken.push(line);
    }
    let mut tables: Vec<_> = document.get_ref().iter().collect();
    tables.sort_by_key(|(name, _)| name.span().start);
    for (name, table) in tables {
        reader.table(name.get_ref(), name.span(), table.get_ref());
    }
    (reader.keymap, reader.problems)
}

fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .min()
        .filter(|(distance, name)| *distance <= (name.len() / 2).max(2))
        .map(|(_, name)| format!("; did you mean '{name}'?"))
        .unwrap_or_default()
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
    }

    fn problem(&mut self, span: Range<usize>, message: String) {
        let line = self.line(span.start);
        // What a broken row seemed to say is not worth a second sentence.
        if self.broken.contains(&line) {
            return;
        }
        self.problems.push(KeymapProblem { file: safe_line(self.file).into_owned(), line, message });
    }

    fn table(&mut self, name: &str, span: Range<usize>, value: &DeValue<'_>) {
        let Some(context) = Context::of(name) else {
            let near = nearest(name, Context::ALL.iter().map(|c| c.word()));
            return self.problem(span, format!("'{}' is no context of keys{near}", safe_line(name)));
        };
        let DeValue::Table(bindings) = value else {
            return self.problem(span, format!("[{name}] must be a table of keys and actions"));
        };
        let mut bindings: Vec<_> = bindings.iter().collect();
        bindings.sort_by_key(|(key, _)| key.span().start);
        for (key, action) in bindings {
            self.binding(context, key.get_ref(), key.span(), action);
        }
    }

    fn binding(&mut self, context: Context, keys: &str, span: Range<usize>, value: &Spanned<DeValue<'_>>) {
        let shown = safe_line(keys).into_owned();
        let Some(name) = value.get_ref().as_str() else {
            return self.problem(value.span(), format!("the action of '{shown}' must be a name in quotes"));
        };
        let Some(action) = Action::of(name) else {
            let near = nearest(&name.replace('_', "-"), ACTIONS.iter().map(|a| a.name));
            return self.problem(value.span(), format!("'{}' is no action{near}", safe_line(name)));
        };
        if !action.info().contexts.contains(&context) {
            let places: Vec<_> = action.info().contexts.iter().map(|c| c.word()).collect();
            let message = format!("'{name}' does nothing in [{}]; it works in {}", context.word(), places.join(", "));
            return self.problem(value.span(), message);
        }
        let sequence: Sequence = match keys.parse() {
            Ok(sequence) => sequence,
            Err(why) => return self.problem(span, format!("'{shown}' {why}")),
        };
        let line = self.line(span.start);
        match self.keymap.bind(context, sequence.clone(), action) {
            Ok(()) => self.lines.push((context, sequence, line)),
            Err(clash) => self.clash(context, &sequence, span, &clash),
        }
    }

    fn clash(&mut self, context: Context, sequence: &Sequence, span: Range<usize>, clash: &Clash) {
        let (other, why) = match clash {
            Clash::Same(other) => (other, "is bound already"),
            Clash::Prefix(other) => (other, "hides or is hidden by"),
        };
        let line = self.lines.iter().find(|(c, s, _)| *c == context && s == other).map_or(0, |(.., line)| *line);
        let message = match clash {
            Clash::Same(_) => format!("'{sequence}' {why} in line {line}; the first one holds"),
            Clash::Prefix(_) => format!("'{sequence}' {why} '{other}' in line {line}; the first one holds"),
        };
        self.problem(span, message);
    }
}
