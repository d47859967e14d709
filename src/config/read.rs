//! From TOML text to values, with every mistake and its place. Reads no file and no environment.

use std::{collections::HashMap, ops::Range, path::Path};

use toml::de::{DeTable, DeValue};

use super::{
    error::ConfigError,
    schema::{self, KeySpec, Kind, TABLES, TableSpec},
};
use crate::domain::text::safe_line;

/// Names that people give to secrets. A secret in the file is refused, whatever its value.
const SECRETS: [&str; 8] = ["token", "password", "secret", "api_key", "apikey", "pat", "github_token", "access_token"];

/// A text with the bytes it stands at.
#[derive(Clone, Debug)]
pub(super) struct Spanned {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// What one key was given.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// One entry for a text, any number for a list.
    pub(super) texts: Vec<Spanned>,
    /// Where the value stands.
    pub(super) span: Range<usize>,
}

/// One table as read: known keys of the right type only.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    values: HashMap<&'static str, Given>,
    /// Where the table begins.
    pub(super) span: Range<usize>,
}

impl Table {
    /// A text that is not empty: an empty one counts as not given.
    pub(super) fn text(&self, name: &str) -> Option<&Spanned> {
        self.values.get(name)?.texts.first().filter(|s| !s.text.is_empty())
    }

    /// The entries of a list.
    pub(super) fn texts(&self, name: &str) -> &[Spanned] {
        self.values.get(name).map_or(&[], |g| &g.texts)
    }

    /// True when a flag is set.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|given| given.text == "true")
    }

    /// Where a key's value stands.
    pub(super) fn span_of(&self, name: &str) -> Option<Range<usize>> {
        self.values.get(name).map(|g| g.span.clone())
    }
}

/// All tables of a file, and the mistakes found so far.
pub(super) struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    mistakes: Vec<(usize, ConfigError)>,
    /// Keys that are not known and change nothing.
    unknown: Vec<(usize, ConfigError)>,
    /// Tables by name.
    pub(super) tables: HashMap<&'static str, Vec<Table>>,
}

impl<'a> Reader<'a> {
    /// Reads a text.
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        let mut reader = Self { file, text, mistakes: Vec::new(), unknown: Vec::new(), tables: HashMap::new() };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            let hint = "`floorwalk config reference` shows how each key is written".to_owned();
            reader.wrong(&span, format!("this is not TOML: {}", safe_line(error.message())), Some(hint));
        }
        // After a broken line the rest would only echo the same mistake.
        if errors.is_empty() {
            reader.root(root.get_ref());
        }
        reader
    }

    /// Adds a mistake.
    pub(super) fn wrong(&mut self, span: &Range<usize>, what: impl Into<String>, hint: Option<String>) {
        let error = self.error(span, what.into(), hint);
        self.mistakes.push((span.start, error));
    }

    fn error(&self, span: &Range<usize>, what: String, hint: Option<String>) -> ConfigError {
        ConfigError { file: Some(self.file.to_owned()), at: Some(self.place(span.start)), what, hint }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
        (line, column)
    }

    /// What can be lived with: keys that are not known. Where there are mistakes they are told among them.
    ///
    /// # Errors
    /// All mistakes, in the order of the file.
    pub(super) fn end(mut self) -> Result<Vec<ConfigError>, Vec<ConfigError>> {
        let is_right = self.mistakes.is_empty();
        let mut all = std::mem::take(&mut self.mistakes);
        all.append(&mut self.unknown);
        all.sort_by_key(|(offset, _)| *offset);
        let all = all.into_iter().map(|(_, error)| error).collect();
        if is_right { Ok(all) } else { Err(all) }
    }

    fn root(&mut self, root: &DeTable<'_>) {
        let mut top = Table::default();
        for (name, value) in root {
            if let Some(key) = schema::find(schema::TOP, name.get_ref()) {
                if let Some(texts) = self.value(key, value.get_ref(), &value.span()) {
                    top.values.insert(key.name, Given { texts, span: value.span() });
                }
                continue;
            }
            let Some(spec) = TABLES.iter().find(|t| t.name == name.get_ref().as_ref()) else {
                self.unknown_table(name.get_ref(), &name.span());
                continue;
            };
            match (value.get_ref(), spec.many) {
                (DeValue::Table(table), false) => self.table(spec, table, value.span()),
                (DeValue::Array(rows), true) if rows.iter().all(|r| r.get_ref().is_table()) => {
                    for row in rows.iter() {
                        if let Some(table) = row.get_ref().as_table() {
                            self.table(spec, table, row.span());
                        }
                    }
                }
                _ => self.wrong(
                    &name.span(),
                    format!(
                        "'{}' is not written as a {}",
                        spec.name,
                        if spec.many { "repeated table" } else { "table" }
                    ),
                    Some(format!("begin it with a line {}", spec.header())),
                ),
            }
        }
        self.tables.insert(schema::TOP, vec![top]);
    }

    fn unknown_table(&mut self, name: &str, span: &Range<usize>) {
        if is_secret_name(name) {
            return self.secret(name, span);
        }
        // A key of a table, written above its header.
        let home = schema::KEYS.iter().find(|k| k.name == name);
        let names = TABLES.iter().map(|t| t.name).chain(schema::keys_of(schema::TOP).map(|k| k.name));
        let hint = match (home, schema::nearest(name, names)) {
            (Some(key), _) => format!("'{name}' belongs under {}", header(key.table)),
            (None, Some(near)) => format!("did you mean {}?", header(near)),
            (None, None) => {
                format!("known are {}", TABLES.iter().map(TableSpec::header).collect::<Vec<_>>().join(", "))
            }
        };
        self.wrong(span, format!("unknown table or key '{}'", shown(name)), Some(hint));
    }

    fn table(&mut self, spec: &TableSpec, table: &DeTable<'_>, span: Range<usize>) {
        let mut read = Table { values: HashMap::new(), span };
        for (name, value) in table {
            match schema::find(spec.name, name.get_ref()) {
                Some(key) => {
                    if let Some(texts) = self.value(key, value.get_ref(), &value.span()) {
                        read.values.insert(key.name, Given { texts, span: value.span() });
                    }
                }
                None => self.unknown_key(spec, name.get_ref(), &name.span()),
            }
        }
        self.tables.entry(spec.name).or_default().push(read);
    }

    fn unknown_key(&mut self, spec: &TableSpec, name: &str, span: &Range<usize>) {
        if is_secret_name(name) {
            return self.secret(name, span);
        }
        let names = || schema::keys_of(spec.name).map(|k| k.name);
        let at_top = schema::find(schema::TOP, name).is_some();
        let hint = match schema::nearest(name, names()) {
            _ if at_top => format!("'{name}' belongs to the top of the file, above the first table"),
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("{} takes {}", spec.header(), names().collect::<Vec<_>>().join(", ")),
        };
        let error = self.error(span, format!("unknown key '{}' in {}", shown(name), spec.header()), Some(hint));
        self.unknown.push((span.start, error));
    }

    fn secret(&mut self, name: &str, span: &Range<usize>) {
        self.wrong(
            span,
            format!("'{}': a token does not belong in this file", shown(name)),
            Some(
                "remove the line; put the token into an environment variable and name that in token_env, use \
                 --token-file, or log in with `gh auth login`. If this file was shared, revoke the token"
                    .into(),
            ),
        );
    }

    fn value(&mut self, key: &KeySpec, value: &DeValue<'_>, span: &Range<usize>) -> Option<Vec<Spanned>> {
        match (key.kind, value) {
            (Kind::Text, DeValue::String(text)) => self.harmless(key, text, span).map(|s| vec![s]),
            (Kind::Texts, DeValue::Array(items)) => {
                let mut texts = Vec::new();
                for item in items.iter() {
                    match item.get_ref() {
                        DeValue::String(text) => texts.extend(self.harmless(key, text, &item.span())),
                        other => self.wrong_type(key, other, &item.span()),
                    }
                }
                Some(texts)
            }
            (Kind::Flag, DeValue::Boolean(flag)) => Some(vec![Spanned { text: flag.to_string(), span: span.clone() }]),
            (_, other) => {
                self.wrong_type(key, other, span);
                None
            }
        }
    }

    fn wrong_type(&mut self, key: &KeySpec, found: &DeValue<'_>, span: &Range<usize>) {
        let what = format!("'{}' takes {}, not {}", key.name, key.kind.words(), type_words(found));
        self.wrong(span, what, Some(format!("for example {}", key.example)));
    }

    /// A text without control characters that does not look like a token.
    fn harmless(&mut self, key: &KeySpec, text: &str, span: &Range<usize>) -> Option<Spanned> {
        if looks_like_token(text) {
            self.secret(key.name, span);
            return None;
        }
        if text.chars().any(char::is_control) {
            let hint = format!("for example {}", key.example);
            self.wrong(span, format!("'{}' holds control characters", key.name), Some(hint));
            return None;
        }
        Some(Spanned { text: text.trim().to_owned(), span: span.clone() })
    }
}

fn header(table: &str) -> String {
    let known = TABLES.iter().find(|t| t.name == table);
    known.map_or_else(|| format!("'{table}', as a key at the top of the file"), TableSpec::header)
}

fn type_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn is_secret_name(name: &str) -> bool {
    SECRETS.iter().any(|s| name.eq_ignore_ascii_case(s))
}

/// True for texts that hold something in the form of a token of GitHub or Atlassian, also in the middle of something else,
/// or that are long enough and random enough to be one.
pub(super) fn looks_like_token(text: &str) -> bool {
    const LEAST: usize = 16;
    let goes_on = |rest: &str| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').count() >= LEAST;
    let mut prefixes = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "ATATT", "ATCTT"].into_iter();
    prefixes.any(|prefix| {
        let begins = text.trim().starts_with(prefix);
        begins || text.match_indices(prefix).any(|(at, _)| text.get(at..).is_some_and(goes_on))
    }) || (text.trim().len() >= 40 && text.trim().chars().all(|c| c.is_ascii_hexdigit()))
}

/// A word of the file as a message may repeat it: short, harmless, and never a token.
pub(super) fn shown(word: &str) -> String {
    if looks_like_token(word) {
        return "(left out)".into();
    }
    let cut: String = word.chars().take(60).collect();
    safe_line(&cut).into_owned()
}
