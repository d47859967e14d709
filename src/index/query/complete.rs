//! What could stand where the cursor is in a query line: fields, words of a field, and values that rows have. Pure; knows
//! no screen. Where the values come from knows [`super::values`].

use std::ops::Range;

use super::{
    super::{rank::Sort, snapshot::Snapshot},
    Query, Term, Value,
    fields::{FIELDS, Field, FieldInfo, Shape, nearest},
    lex::{self, Piece, Token},
    shown_value,
    values::Values,
};
use crate::domain::text::safe_fit;

/// Candidates of one completion at most.
pub const MOST: usize = 50;

/// Something that could stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What to put in place of the span, quoted where it must be. May hold raw text of a tracker.
    pub text: String,
    /// What it is, or how many rows have it; harmless, may be empty.
    pub about: String,
}

/// What could stand where the cursor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Bytes of the line that a candidate takes the place of.
    pub span: Range<usize>,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
}

/// What is being typed at the cursor.
enum Spot {
    /// The name of a field, or a word.
    Name,
    /// A value of a field.
    Value(&'static FieldInfo),
}

/// The field whose value is being typed at a place of the line; its values are worth gathering.
pub fn field_at(line: &str, cursor: usize) -> Option<Field> {
    match spot(line, cursor)?.0 {
        Spot::Value(info) => Some(info.field),
        Spot::Name => None,
    }
}

/// What could stand at a place of the line. Nothing where nothing was typed yet, and where only what stands there fits.
pub fn complete(line: &str, cursor: usize, values: &Values) -> Completion {
    let Some((spot, typed)) = spot(line, cursor) else { return Completion::default() };
    let mut candidates = match spot {
        Spot::Name => names(&typed.text),
        Spot::Value(info) => of_field(info, &typed.text, values),
    };
    candidates.truncate(MOST);
    if candidates.len() == 1 && candidates.iter().any(|c| line.get(typed.span.clone()) == Some(c.text.as_str())) {
        candidates.clear();
    }
    Completion { span: typed.span, candidates }
}

impl Completion {
    /// The line with a candidate in its place, and where the cursor stands behind it.
    pub fn applied(&self, line: &str, candidate: &Candidate) -> (String, usize) {
        let (head, tail) = (line.get(..self.span.start), line.get(self.span.end..));
        let head = format!("{}{}", head.unwrap_or_default(), candidate.text);
        let at = head.len();
        (head + tail.unwrap_or_default(), at)
    }
}

/// What is typed at the cursor: its text up to there, and the span of the whole piece.
fn spot(line: &str, cursor: usize) -> Option<(Spot, Piece)> {
    let holds = |span: &Range<usize>| span.start < cursor && cursor <= span.end;
    let token = lex::tokens(line).into_iter().find(|token| holds(&token.span()))?;
    let until =
        |span: Range<usize>, start: usize| Piece { text: line.get(start..cursor).unwrap_or_default().to_owned(), span };
    let (field, values, span) = match token {
        Token::Word { text, .. } => {
            // A quoted word names no field.
            let start = text.span.start;
            let bare = !line.get(start..).is_some_and(|t| t.starts_with('"'));
            return (bare && start < cursor).then(|| (Spot::Name, until(text.span, start)));
        }
        Token::Or(text) | Token::And(text) => {
            let start = text.span.start;
            return Some((Spot::Name, until(text.span, start)));
        }
        Token::Pair { field, values, span, .. } => (field, values, span),
        Token::Open { .. } | Token::Close { .. } => return None,
    };
    if cursor <= field.span.end {
        let start = field.span.start;
        // The colon goes with the name.
        return (start < cursor).then(|| (Spot::Name, until(start..field.span.end + 1, start)));
    }
    let info = Field::by_name(&field.text)?.info();
    let Some(value) = values.into_iter().find(|v| v.span.start <= cursor && cursor <= v.span.end) else {
        return (cursor <= span.end).then(|| (Spot::Value(info), Piece { text: String::new(), span: cursor..cursor }));
    };
    let raw = line.get(value.span.start..cursor).unwrap_or_default();
    let text = match raw.strip_prefix('"') {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => raw.to_owned(),
    };
    Some((Spot::Value(info), Piece { text, span: value.span }))
}

/// Fields that begin so, by one of their names.
fn names(typed: &str) -> Vec<Candidate> {
    let typed = typed.to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let candidate = |info: &FieldInfo| {
        let mut all = std::iter::once(info.name).chain(info.aliases.iter().copied());
        let name = all.find(|name| name.starts_with(&typed))?;
        Some(Candidate { text: format!("{name}:"), about: info.summary.to_owned() })
    };
    FIELDS.iter().filter_map(candidate).collect()
}

fn of_field(info: &FieldInfo, typed: &str, values: &Values) -> Vec<Candidate> {
    let plain = |text: &str, about: &str| Candidate { text: text.to_owned(), about: about.to_owned() };
    let typed_low = typed.to_lowercase();
    let begins = |text: &str| text.starts_with(&typed_low);
    match info.shape {
        Shape::Words(_) if info.field == Field::Sort => {
            let both = Sort::ALL.into_iter().flat_map(|sort| [sort.word_for(false), sort.word_for(true)]);
            both.filter(|word| begins(word)).map(|word| plain(&word, "")).collect()
        }
        Shape::Words(words) => words.iter().filter(|word| begins(word)).map(|word| plain(word, "")).collect(),
        Shape::Days => offered(
            &[
                (">30d", "longer than 30 days"),
                (">90d", "longer than 90 days"),
                (">1y", "longer than a year"),
                ("<1w", "less than a week"),
                ("1m..3m", "one to three months"),
            ],
            typed,
        ),
        Shape::Count if info.field == Field::Score || info.field == Field::Readiness => offered(
            &[(">=50", "50 and more of 100"), (">=70", "70 and more of 100"), ("<50", "less than 50 of 100")],
            typed,
        ),
        Shape::Count => {
            offered(&[("0", "none"), (">0", "some"), (">=3", "three and more"), ("1..5", "one to five")], typed)
        }
        Shape::Points => {
            offered(&[("<=1", "one and less"), ("<=3", "three and less"), (">5", "more than five")], typed)
        }
        Shape::Dates if info.field == Field::Due => offered(
            &[("+2w", "within two weeks"), ("<today", "before today"), ("today..+7d", "in the next seven days")],
            typed,
        ),
        Shape::Dates => offered(
            &[
                ("-7d", "in the last seven days"),
                ("-30d", "in the last 30 days"),
                ("<-90d", "longer than 90 days ago"),
                ("today", "today"),
            ],
            typed,
        ),
        Shape::Text => live(info.field, typed, values.of(info.field)),
    }
}

/// Values to begin with where any number would do.
fn offered(all: &[(&str, &str)], typed: &str) -> Vec<Candidate> {
    let fits = all.iter().filter(|(text, _)| text.starts_with(typed));
    fits.map(|(text, about)| Candidate { text: (*text).to_owned(), about: (*about).to_owned() }).collect()
}

/// Values that rows have: those that begin so first, then those that hold it.
fn live(field: Field, typed: &str, known: &[(String, u32)]) -> Vec<Candidate> {
    let typed = typed.to_lowercase();
    let special: &[(&str, &str)] = match field {
        Field::Author | Field::Assignee | Field::Helper | Field::Involves => &[("@me", "you")],
        Field::Team => &[("@none", "no team")],
        _ => &[],
    };
    let count = |n: u32| if n == 1 { "1 task".to_owned() } else { format!("{n} tasks") };
    let candidate = |(text, n): &(String, u32)| Candidate { text: shown_value(text), about: count(*n) };
    let begins = |text: &str| text.to_lowercase().starts_with(&typed);
    let holds = |text: &str| text.to_lowercase().contains(&typed);
    let first = known.iter().filter(|(text, _)| begins(text));
    let then = known.iter().filter(|(text, _)| !begins(text) && holds(text));
    offered(special, &typed).into_iter().chain(first.chain(then).map(candidate)).take(MOST).collect()
}

/// What a query that finds nothing may have meant: values that no row has, each with the nearest that some has, as one
/// harmless sentence; `None` where every value is known.
pub fn meant(query: &Query, snapshot: &Snapshot) -> Option<String> {
    let mut values = Values::default();
    query.all_terms().into_iter().filter(|(holds, _)| *holds).find_map(|(_, term)| unknown(term, snapshot, &mut values))
}

fn unknown(term: &Term, snapshot: &Snapshot, values: &mut Values) -> Option<String> {
    let info = term.field.info();
    if info.shape != Shape::Text || matches!(term.field, Field::Title | Field::Key) {
        return None;
    }
    values.gather(term.field, snapshot);
    let known = values.of(term.field);
    let wanted = term.values.iter().find_map(|value| match value {
        Value::Text(text) if !text.starts_with('@') && !text.ends_with('*') && !is_known(term.field, text, known) => {
            Some(text)
        }
        _ => None,
    })?;
    let near = near_to(wanted, term.field, known).map(|near| format!("; did you mean {near}?"));
    Some(format!("no task has {}:{}{}", info.name, safe_fit(&shown_value(wanted), 40), near.unwrap_or_default()))
}

/// The nearest of the known values, in any case, as it is written in a query; harmless.
fn near_to(wanted: &str, field: Field, known: &[(String, u32)]) -> Option<String> {
    // A repository may be named without its owner.
    let tail =
        |name: &'_ str| name.rsplit_once('/').filter(|_| field == Field::Project).map(|(_, tail)| tail.to_owned());
    let names: Vec<String> =
        known.iter().flat_map(|(name, _)| std::iter::once(name.clone()).chain(tail(name))).collect();
    let folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let near = nearest(wanted, folded.iter().map(String::as_str))?;
    let at = folded.iter().position(|name| name == near)?;
    names.get(at).map(|name| safe_fit(&shown_value(name), 40).into_owned())
}

fn is_known(field: Field, text: &str, known: &[(String, u32)]) -> bool {
    let wanted = super::super::search::meaning::Wanted::new(text);
    let tail = |name: &str| match field {
        Field::Project => name.rsplit('/').next().is_some_and(|name| wanted.is(name)),
        Field::Skill => name.split_once(':').is_some_and(|(_, name)| wanted.is(name)),
        _ => false,
    };
    known.iter().any(|(name, _)| wanted.is(name) || tail(name))
}
