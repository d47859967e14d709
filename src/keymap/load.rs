//! Reading keymap files. Every mistake is reported with file, line and the nearest that would work; what is right
//! in the same file still holds. Owns no key lookup and no key names; which bindings fit together is in
//! [`super::layer`].

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    action::{ACTIONS, Action, Context},
    chord::{Chord, Key, Sequence},
    layer::{self, Row},
    shipped::Shipped,
    trie::{Counts, Keymap},
    wire,
};
use crate::domain::text::safe_line;

/// The bindings that come with the program, unless another of [`Shipped`] is chosen.
pub const SHIPPED: &str = include_str!("../../keymaps/default.toml");

/// Takes a key away, in place of an action.
pub const NONE: &str = "none";

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

/// One file as read: what its lines say, before they are held against each other and against what is underneath.
#[derive(Default)]
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// True for a file of the user's, which lies on top of a shipped keymap.
    on_top: bool,
    under: Option<Shipped>,
    counts: Option<Counts>,
    rows: Vec<Row>,
    problems: Vec<KeymapProblem>,
    /// Lines that are no TOML.
    broken: Vec<usize>,
}

/// The bindings that come with the program, and what is wrong with them (a test keeps that empty).
pub fn shipped() -> (Keymap, Vec<KeymapProblem>) {
    Shipped::Default.keymap()
}

impl Shipped {
    /// Its bindings, and what is wrong with them (a test keeps that empty).
    pub fn keymap(self) -> (Keymap, Vec<KeymapProblem>) {
        parse(self.file(), self.text())
    }
}

/// Reads a keymap file. `file` is only its name for messages.
pub fn parse(file: &str, text: &str) -> (Keymap, Vec<KeymapProblem>) {
    let reader = Reader { file, text, ..Reader::default() }.read();
    let under = reader.under.map(|under| under.keymap().0);
    reader.end(under)
}

/// Reads a user's own file on top of a keymap: it adds bindings, changes and takes away those underneath.
pub fn on_top(under: &Keymap, file: &str, text: &str) -> (Keymap, Vec<KeymapProblem>) {
    Reader { file, text, on_top: true, ..Reader::default() }.read().end(Some(under.clone()))
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
    fn read(mut self) -> Self {
        let (document, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let line = self.line(span.start);
            self.problem(span, format!("not TOML: {}", safe_line(error.message())));
            self.broken.push(line);
        }
        let mut tables: Vec<_> = document.get_ref().iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        for (name, table) in tables {
            match name.get_ref().as_ref() {
                "extends" => self.extends(name.span(), table.get_ref()),
                "counts" => match (table.get_ref().as_bool(), table.get_ref().as_str()) {
                    (Some(false), _) => self.counts = Some(Counts::None),
                    (Some(true), _) => self.counts = Some(Counts::Digits),
                    (_, Some("alt")) => self.counts = Some(Counts::AltDigits),
                    _ => self.problem(table.span(), "'counts' takes true, false or \"alt\"".into()),
                },
                other => self.table(other, name.span(), table.get_ref()),
            }
        }
        self
    }

    /// Holds the rows against each other and against the keymap underneath.
    fn end(mut self, under: Option<Keymap>) -> (Keymap, Vec<KeymapProblem>) {
        let (keymap, wrong) = layer::lay(under, self.counts, &self.rows);
        for (line, message) in wrong {
            self.problem_in(line, message);
        }
        self.problems.sort_by_key(|problem| problem.line);
        (keymap, self.problems)
    }

    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
    }

    fn problem(&mut self, span: Range<usize>, message: String) {
        self.problem_in(self.line(span.start), message);
    }

    fn problem_in(&mut self, line: usize, message: String) {
        // What a broken row seemed to say is not worth a second sentence.
        if self.broken.contains(&line) {
            return;
        }
        self.problems.push(KeymapProblem { file: safe_line(self.file).into_owned(), line, message });
    }

    fn extends(&mut self, span: Range<usize>, value: &DeValue<'_>) {
        if self.on_top {
            let message = "this file lies on top of the keymap that [ui] keymap names in config.toml; choose it there";
            return self.problem(span, message.into());
        }
        let word = value.as_str().unwrap_or_default();
        self.under = Shipped::of(word);
        if self.under.is_none() {
            let near = nearest(word, Shipped::ALL.iter().map(|map| map.word()));
            self.problem(span, format!("'{}' is no keymap{near}", safe_line(word)));
        }
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
        let action = match Action::of(name) {
            Some(action) => Some(action),
            None if name == NONE => None,
            None => {
                let names = ACTIONS.iter().map(|a| a.name).chain([NONE]);
                let near = nearest(&name.replace('_', "-"), names);
                return self.problem(value.span(), format!("'{}' is no action{near}", safe_line(name)));
            }
        };
        if let Some(action) = action
            && !action.works_in(context)
        {
            let places: Vec<_> = action.info().contexts.iter().map(|c| c.word()).collect();
            let message = format!("'{name}' does nothing in [{}]; it works in {}", context.word(), places.join(", "));
            return self.problem(value.span(), message);
        }
        let sequence: Sequence = match keys.parse() {
            Ok(sequence) => sequence,
            Err(why) => return self.problem(span, format!("'{shown}' {why}")),
        };
        if let Some(why) = action.and_then(|action| dead(context, &sequence, action)) {
            return self.problem(span, format!("'{shown}' {why}"));
        }
        let line = self.line(span.start);
        self.rows.push(Row { context, sequence, action, line });
    }
}

/// Why a binding could never be used, whatever else is bound.
fn dead(context: Context, sequence: &Sequence, action: Action) -> Option<String> {
    let always_leaves = Chord { ctrl: true, ..Chord::plain(Key::Char('c')) };
    if let Some((chord, why)) = sequence.0.iter().find_map(|chord| Some((chord, wire::never_sent(*chord)?))) {
        let alone = sequence.0.len() == 1;
        return Some(if alone { why } else { format!("cannot be pressed: '{chord}' {why}") });
    }
    if action != Action::Quit && sequence.0.contains(&always_leaves) {
        return Some("never arrives: ctrl-c always leaves".into());
    }
    sequence.0.first()?.typed()?;
    let place = context.word();
    context.is_text().then(|| format!("is typed as text in [{place}]; use a key with ctrl- or alt-"))
}
