//! The query line: free words and `field:value`, parsed into a value. One parser for TUI and command line.
//! Knows no rows: what a query means for a task is decided in [`super::filter`].

use std::{fmt, ops::Range};

use super::{
    lex::{self, Piece, Token},
    rank::Sort,
};
use crate::domain::{key::LooseKey, text::safe_fit};

pub use super::{
    bounds::Bounds,
    fields::{FIELDS, Field, FieldInfo, Shape},
};

/// A parsed query. Its `Display` is a query line that parses to an equal value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Free words, matched fuzzily against title and key; all must match.
    pub words: Vec<String>,
    /// Words that must not stand in the title.
    pub without: Vec<String>,
    /// Qualifiers; all must hold.
    pub terms: Vec<Term>,
    /// The order asked for by `sort:`.
    pub sort: Option<Sort>,
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
    /// A range of days or counts.
    Range(Bounds),
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
        let mut query = Self::default();
        for token in lex::tokens(text) {
            match token {
                Token::Word { text, .. } if text.text.is_empty() => {}
                Token::Word { not: false, text } => query.words.push(text.text),
                Token::Word { not: true, text } => query.without.push(text.text),
                Token::Pair { not, field, values, span } => query.pair(not, &field, values, span, text)?,
            }
        }
        Ok(query)
    }

    fn pair(
        &mut self,
        not: bool,
        name: &Piece,
        values: Vec<Piece>,
        span: Range<usize>,
        line: &str,
    ) -> Result<(), QueryError> {
        let Some(field) = Field::by_name(&name.text) else {
            // `gh:owner/name#12`, pasted: a key with its tracker in front.
            let raw = line.get(span).unwrap_or_default().trim_start_matches('-');
            if raw.parse::<LooseKey>().is_ok() {
                self.terms.push(Term { not, field: Field::Key, values: vec![Value::Text(raw.to_owned())] });
                return Ok(());
            }
            return Err(unknown_field(name));
        };
        let Some(first) = values.first() else {
            return Err(QueryError { span, message: needs_value(field), suggestion: None });
        };
        if field == Field::Sort {
            if not || values.len() > 1 {
                return Err(QueryError {
                    span,
                    message: "sort: takes one order, such as sort:quiet".into(),
                    suggestion: None,
                });
            }
            let word = one_of(field, first)?;
            self.sort = Sort::ALL.into_iter().find(|s| s.word() == word);
            return Ok(());
        }
        let values = values.iter().map(|piece| value(field, piece)).collect::<Result<_, _>>()?;
        self.terms.push(Term { not, field, values });
        Ok(())
    }

    /// True when it asks for findings instead of tasks.
    pub fn asks_for_findings(&self) -> bool {
        self.asks(Field::Is, "finding")
    }

    /// True when some term asks for `word` of `field` to hold.
    pub(super) fn asks(&self, field: Field, word: &str) -> bool {
        self.terms
            .iter()
            .filter(|t| t.field == field && !t.not)
            .any(|t| t.values.iter().any(|v| matches!(v, Value::Text(text) if text == word)))
    }
}

fn value(field: Field, piece: &Piece) -> Result<Value, QueryError> {
    let at = |message: String| QueryError { span: piece.span.clone(), message, suggestion: None };
    Ok(match field.info().shape {
        Shape::Words(_) => Value::Text(one_of(field, piece)?.to_owned()),
        Shape::Text => Value::Text(piece.text.clone()),
        Shape::Days => Value::Range(Bounds::days(&piece.text).map_err(at)?),
        Shape::Count => Value::Range(Bounds::count(&piece.text).map_err(at)?),
    })
}

/// Other spellings of listed words.
const SPELLINGS: &[(&str, &str)] = &[
    ("help", "help-wanted"),
    ("good-first-issue", "good-first"),
    ("documentation", "docs"),
    ("deprioritized", "deprioritised"),
    ("marked", "bookmarked"),
    ("bookmark", "bookmarked"),
    ("comments", "comment"),
    ("labels", "label"),
    ("tags", "tag"),
    ("assignees", "assignee"),
    ("not_planned", "not-planned"),
    ("limbo", "quiet"),
    ("interns", "intern"),
    ("avoid", "avoided"),
];

fn one_of(field: Field, piece: &Piece) -> Result<&'static str, QueryError> {
    let Shape::Words(words) = field.info().shape else { return Ok("") };
    let typed = piece.text.to_lowercase();
    let meant = SPELLINGS.iter().find(|(other, _)| *other == typed).map_or(typed.as_str(), |(_, word)| word);
    words.iter().find(|word| **word == meant).copied().ok_or_else(|| QueryError {
        span: piece.span.clone(),
        message: format!(
            "'{}' is nothing that {}: knows; it knows {}",
            safe_fit(&piece.text, 40),
            field.info().name,
            words.join(", ")
        ),
        suggestion: super::fields::nearest(meant, words.iter().copied()).map(str::to_owned),
    })
}

fn needs_value(field: Field) -> String {
    let info = field.info();
    match info.shape {
        Shape::Words(words) => format!("{}: needs a value: {}", info.name, words.join(", ")),
        _ => format!("{}: needs a value, such as {}", info.name, info.examples.first().unwrap_or(&"")),
    }
}

fn unknown_field(name: &Piece) -> QueryError {
    let all = FIELDS.iter().flat_map(|row| std::iter::once(row.name).chain(row.aliases.iter().copied()));
    QueryError {
        span: name.span.clone(),
        message: format!(
            "there is no field '{}'; put the text in quotes to search for it as it is",
            safe_fit(&name.text, 40)
        ),
        suggestion: super::fields::nearest(&name.text, all).map(str::to_owned),
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
            put(f, &format_args!("sort:{}", sort.word()))?;
        }
        for word in &self.without {
            put(f, &format_args!("-{}", shown_word(word)))?;
        }
        for word in &self.words {
            put(f, &shown_word(word))?;
        }
        Ok(())
    }
}

fn shown_word(word: &str) -> String {
    if lex::word_needs_quotes(word) { lex::quoted(word) } else { word.to_owned() }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<String> = self.values.iter().map(ToString::to_string).collect();
        write!(f, "{}{}:{}", if self.not { "-" } else { "" }, self.field.info().name, values.join(","))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) if lex::value_needs_quotes(text) => f.write_str(&lex::quoted(text)),
            Self::Text(text) => f.write_str(text),
            Self::Range(bounds) => bounds.fmt(f),
        }
    }
}
