//! The query line as a value: free words, `field:value`, and groups of them. One language for TUI, command line and saved
//! views. Knows no rows: what a query means for a task is decided in [`super::search::filter`].

mod bounds;
pub mod complete;
pub mod fields;
mod lex;
mod parse;
pub mod values;

use std::{fmt, ops::Range};

pub use self::{
    bounds::{Bounds, Dates, Day},
    fields::{FIELDS, Field, FieldInfo, SYNTAX, Shape, markdown},
};
use super::rank::Sort;

/// A parsed query: all of its parts must hold. Its `Display` is a query line that parses to an equal value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Free words, matched fuzzily against title and key; all must match.
    pub words: Vec<String>,
    /// Words that must not stand in the title.
    pub without: Vec<String>,
    /// Qualifiers; all must hold.
    pub terms: Vec<Term>,
    /// Parts in parentheses or beside an `or`; all must hold.
    pub groups: Vec<Group>,
    /// The order asked for by `sort:`; none inside of groups.
    pub sort: Option<Sort>,
    /// True when that order is turned round.
    pub reversed: bool,
}

/// Alternatives: one of them must hold, or none with `not`.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Turned round by a leading `-`.
    pub not: bool,
    /// Two or more, or at least one with `not`; each finds something by itself.
    pub any: Vec<Query>,
}

/// One qualifier: any of its values must hold, or none with `not`.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Turned round by a leading `-`.
    pub not: bool,
    /// Which field.
    pub field: Field,
    /// What it is compared with; never empty.
    pub values: Vec<Value>,
}

/// A value of a qualifier.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, or a word of the field's list in its canonical spelling.
    Text(String),
    /// A range of days, counts or hundredths of a point.
    Range(Bounds),
    /// Days of the calendar.
    Dates(Dates),
}

/// A mistake in a query: where, what, and the nearest that would work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Byte range in the query text.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// Nearest valid spelling of what stands in the span.
    pub suggestion: Option<String>,
}

impl Query {
    /// Parses a query line. The empty line finds everything.
    ///
    /// # Errors
    /// [`QueryError`] pointing at the part that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text)
    }

    /// All findings.
    pub fn findings() -> Self {
        let term = Term { not: false, field: Field::Is, values: vec![Value::Text("finding".into())] };
        Self { terms: vec![term], ..Self::default() }
    }

    /// True when everything is found.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.without.is_empty() && self.terms.is_empty() && self.groups.is_empty()
    }

    /// Both at once; the other's order, if it has one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        if other.sort.is_some() {
            (self.sort, self.reversed) = (other.sort, other.reversed);
        }
        self.words.extend(other.words);
        self.without.extend(other.without);
        self.terms.extend(other.terms);
        self.groups.extend(other.groups);
        self
    }

    /// Adds alternatives. What has none to choose from is a part like any other.
    pub(super) fn add_group(&mut self, not: bool, mut any: Vec<Self>) {
        match any.len() {
            0 => {}
            1 if !not => {
                if let Some(only) = any.pop() {
                    *self = std::mem::take(self).and(only);
                }
            }
            _ => self.groups.push(Group { not, any }),
        }
    }

    /// True when it asks for findings instead of tasks.
    pub fn asks_for_findings(&self) -> bool {
        self.terms.iter().any(|t| !t.not && t.field == Field::Is && t.has("finding"))
    }

    /// Every term, in groups too; `true` for one that must hold for something to be found by it.
    pub(super) fn all_terms(&self) -> Vec<(bool, &Term)> {
        let mut found = Vec::new();
        self.gather(true, &mut found);
        found
    }

    fn gather<'a>(&'a self, holds: bool, found: &mut Vec<(bool, &'a Term)>) {
        found.extend(self.terms.iter().map(|term| (term.not != holds, term)));
        for group in &self.groups {
            group.any.iter().for_each(|part| part.gather(group.not != holds, found));
        }
    }

    /// Free words of groups that must match for something to be found by them.
    pub(super) fn words_of_groups(&self) -> Vec<&str> {
        fn gather<'a>(query: &'a Query, found: &mut Vec<&'a str>) {
            for part in query.groups.iter().filter(|g| !g.not).flat_map(|g| &g.any) {
                found.extend(part.words.iter().map(String::as_str));
                gather(part, found);
            }
        }
        let mut found = Vec::new();
        gather(self, &mut found);
        found
    }

    /// True when some term asks for `word` of `field` to hold.
    pub(super) fn asks(&self, field: Field, word: &str) -> bool {
        self.all_terms().iter().any(|(holds, term)| *holds && term.field == field && term.has(word))
    }

    /// True when some term has `word` of `field`, whichever way.
    pub(super) fn names(&self, field: Field, word: &str) -> bool {
        self.all_terms().iter().any(|(_, term)| term.field == field && term.has(word))
    }
}

impl Term {
    fn has(&self, word: &str) -> bool {
        self.values.iter().any(|v| matches!(v, Value::Text(text) if text == word))
    }
}

impl QueryError {
    /// The message with the suggestion, for one line.
    pub fn sentence(&self) -> String {
        match &self.suggestion {
            Some(word) => format!("{} — did you mean '{word}'?", self.message),
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Query {
    /// Prints raw text of the user's own line: for a query line or a saved view, not for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        let mut put = |f: &mut fmt::Formatter<'_>, text: &dyn fmt::Display| {
            write!(f, "{gap}{text}")?;
            gap = " ";
            Ok(())
        };
        for term in &self.terms {
            put(f, term)?;
        }
        if let Some(sort) = self.sort {
            put(f, &format_args!("sort:{}", sort.word_for(self.reversed)))?;
        }
        for word in &self.without {
            put(f, &format_args!("-{}", shown_word(word)))?;
        }
        for word in &self.words {
            put(f, &shown_word(word))?;
        }
        for group in &self.groups {
            put(f, group)?;
        }
        Ok(())
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let any: Vec<String> = self.any.iter().map(ToString::to_string).collect();
        write!(f, "{}({})", if self.not { "-" } else { "" }, any.join(" or "))
    }
}

fn shown_word(word: &str) -> String {
    if lex::word_needs_quotes(word) { lex::quoted(word) } else { word.to_owned() }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Value| match value {
            Value::Range(points) if self.field.info().shape == Shape::Points => points.shown_points(),
            value => value.to_string(),
        };
        let values: Vec<String> = self.values.iter().map(shown).collect();
        write!(f, "{}{}:{}", if self.not { "-" } else { "" }, self.field.info().name, values.join(","))
    }
}

impl fmt::Display for Value {
    /// A range of points is printed in hundredths; a [`Term`] knows better.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&shown_value(text)),
            Self::Range(bounds) => bounds.fmt(f),
            Self::Dates(dates) => dates.fmt(f),
        }
    }
}

/// A text as it is written behind a field's colon.
pub fn shown_value(text: &str) -> String {
    if lex::value_needs_quotes(text) { lex::quoted(text) } else { text.to_owned() }
}
