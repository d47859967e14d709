//! From the tokens of a query line to a [`Query`], with every mistake at its place. Knows no rows.

use std::{iter::Peekable, ops::Range, vec::IntoIter};

use super::{
    super::rank::Sort,
    Group, Query, QueryError, Term, Value,
    bounds::{Bounds, Dates},
    fields::{self, FIELDS, Field, Shape},
    lex::{self, Piece, Token},
};
use crate::domain::{key::LooseKey, text::safe_fit};

/// Parentheses inside each other at most: whoever needs more is no person.
const DEEPEST: usize = 32;

type Result<T> = std::result::Result<T, QueryError>;

struct Parser<'a> {
    line: &'a str,
    tokens: Peekable<IntoIter<Token>>,
    /// The order that `sort:` asks for, wherever it stands, and whether it is turned round.
    sort: Option<(Sort, bool)>,
    /// Where findings were asked for.
    finding: Option<Range<usize>>,
    /// The first parenthesis of those that are [`DEEPEST`] inside each other.
    deepest: Option<Range<usize>>,
}

/// Parses a query line. Parentheses that are still open end with the line, and an `or` with nothing behind it waits for
/// more, so that a query can be used while it is being typed.
pub(super) fn parse(line: &str) -> Result<Query> {
    let tokens = lex::tokens(line).into_iter().peekable();
    let mut parser = Parser { line, tokens, sort: None, finding: None, deepest: None };
    let any = parser.alternatives(0)?;
    if let Some(close) = parser.tokens.next() {
        return Err(mistake(close.span(), "nothing opened this parenthesis; put the text in quotes to search for it"));
    }
    // A query prints alternatives in parentheses, those of the line too, and what it prints is a query.
    if let Some(open) = parser.deepest.take().filter(|_| any.len() > 1) {
        return Err(too_deep(open));
    }
    let mut query = Query::default();
    query.add_group(false, any);
    if let Some((sort, reversed)) = parser.sort {
        (query.sort, query.reversed) = (Some(sort), reversed);
    }
    let asks = |group: &Group| group.any.iter().any(|part| part.names(Field::Is, "finding"));
    if let Some(span) = parser.finding.filter(|_| query.groups.iter().any(asks)) {
        return Err(mistake(span, "is:finding lists other rows than tasks and stands outside of 'or' and parentheses"));
    }
    Ok(query)
}

fn mistake(span: Range<usize>, message: impl Into<String>) -> QueryError {
    QueryError { span, message: message.into(), suggestion: None }
}

fn too_deep(open: Range<usize>) -> QueryError {
    mistake(open, format!("there are more than {DEEPEST} parentheses inside each other"))
}

impl Parser<'_> {
    /// What stands between `or`s, up to a closing parenthesis or the end; none of them is empty.
    fn alternatives(&mut self, depth: usize) -> Result<Vec<Query>> {
        let mut any = Vec::new();
        let mut all = Query::default();
        loop {
            if matches!(self.tokens.peek(), None | Some(Token::Close { .. })) {
                break;
            }
            match self.tokens.next() {
                Some(Token::Or(_)) if !all.is_empty() => any.push(std::mem::take(&mut all)),
                Some(Token::And(_)) if !all.is_empty() => {}
                Some(Token::Or(text) | Token::And(text)) => all.words.push(text.text),
                Some(Token::Word { text, .. }) if text.text.is_empty() => {}
                Some(Token::Word { not: false, text }) => all.words.push(text.text),
                Some(Token::Word { not: true, text }) => all.without.push(text.text),
                Some(Token::Pair { not, field, values, span }) => self.pair(&mut all, not, &field, &values, span)?,
                Some(Token::Open { not, span }) => {
                    let inner = self.group(depth + 1, span)?;
                    all.add_group(not, inner);
                }
                Some(Token::Close { .. }) | None => break,
            }
        }
        any.extend((!all.is_empty()).then_some(all));
        Ok(any)
    }

    /// What stands in parentheses, of which the first is read already.
    fn group(&mut self, depth: usize, open: Range<usize>) -> Result<Vec<Query>> {
        if depth > DEEPEST {
            return Err(too_deep(open));
        }
        if depth == DEEPEST {
            self.deepest.get_or_insert(open.clone());
        }
        let any = self.alternatives(depth)?;
        match self.tokens.next() {
            Some(close) if any.is_empty() => {
                Err(mistake(open.start..close.span().end, "there is nothing in these parentheses"))
            }
            _ => Ok(any),
        }
    }

    fn pair(&mut self, all: &mut Query, not: bool, name: &Piece, values: &[Piece], span: Range<usize>) -> Result<()> {
        let Some(field) = Field::by_name(&name.text) else {
            // `gh:owner/name#12`, pasted: a key with its tracker in front.
            let raw = self.line.get(span).unwrap_or_default().trim_start_matches('-');
            if raw.parse::<LooseKey>().is_ok() {
                all.terms.push(Term { not, field: Field::Key, values: vec![Value::Text(raw.to_owned())] });
                return Ok(());
            }
            return Err(unknown_field(name));
        };
        let Some(first) = values.first() else {
            return Err(mistake(span, needs_value(field)));
        };
        if let Some(open) = values.iter().find(|v| self.line.get(v.span.clone()).is_some_and(|t| t.starts_with('('))) {
            let what = format!("{0}: takes its values without parentheses, as in {0}:a,b", field.info().name);
            return Err(mistake(open.span.clone(), what));
        }
        if field == Field::Sort {
            if not || values.len() > 1 {
                return Err(mistake(span, "sort: takes one order, such as sort:quiet"));
            }
            self.sort = Some(order(first)?);
            return Ok(());
        }
        let values = values.iter().map(|piece| value(field, piece)).collect::<Result<Vec<_>>>()?;
        if field == Field::Is && values.contains(&Value::Text("finding".into())) {
            self.finding = Some(span);
        }
        all.terms.push(Term { not, field, values });
        Ok(())
    }
}

/// An order, and whether it is turned round.
fn order(piece: &Piece) -> Result<(Sort, bool)> {
    let typed = piece.text.to_lowercase();
    let (word, up) = match (typed.strip_suffix("-asc"), typed.strip_suffix("-desc")) {
        (Some(word), _) => (word, Some(true)),
        (_, Some(word)) => (word, Some(false)),
        _ => (typed.as_str(), None),
    };
    let word = one_of(Field::Sort, &Piece { text: word.to_owned(), span: piece.span.clone() })?;
    let sort = Sort::ALL.into_iter().find(|s| s.word() == word).unwrap_or_default();
    Ok((sort, up.is_some_and(|up| up != sort.is_ascending())))
}

fn value(field: Field, piece: &Piece) -> Result<Value> {
    let at = |message: String| mistake(piece.span.clone(), message);
    let nearest = |(message, suggestion)| QueryError { span: piece.span.clone(), message, suggestion };
    Ok(match field.info().shape {
        Shape::Words(_) => Value::Text(one_of(field, piece)?.to_owned()),
        Shape::Text => Value::Text(piece.text.clone()),
        Shape::Days => Value::Range(Bounds::days(&piece.text).map_err(at)?),
        Shape::Count => Value::Range(Bounds::count(&piece.text).map_err(at)?),
        Shape::Points => Value::Range(Bounds::points(&piece.text).map_err(at)?),
        Shape::Dates => Value::Dates(Dates::parse(&piece.text).map_err(nearest)?),
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
    ("reactions", "reaction"),
    ("skills", "skill"),
    ("components", "component"),
    ("pull-request", "pr"),
    ("pts", "points"),
    ("not_planned", "not-planned"),
    ("limbo", "quiet"),
    ("score", "best"),
    ("created", "newest"),
    ("issue", "task"),
    ("interns", "intern"),
    ("avoid", "avoided"),
];

fn one_of(field: Field, piece: &Piece) -> Result<&'static str> {
    let Shape::Words(words) = field.info().shape else { return Ok("") };
    let typed = piece.text.to_lowercase();
    let known = |wanted: &str| words.iter().find(|word| **word == wanted).copied();
    let other = SPELLINGS.iter().find(|(other, _)| *other == typed).map_or(typed.as_str(), |(_, word)| word);
    known(&typed).or_else(|| known(other)).ok_or_else(|| QueryError {
        span: piece.span.clone(),
        message: format!(
            "'{}' is nothing that {}: knows; it knows {}",
            safe_fit(&piece.text, 40),
            field.info().name,
            words.join(", ")
        ),
        suggestion: fields::nearest(other, words.iter().copied()).map(str::to_owned),
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
        suggestion: fields::nearest(&name.text, all).map(str::to_owned),
    }
}
