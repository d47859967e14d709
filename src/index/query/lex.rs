//! Cutting a query line into tokens with their places. Knows quotes, commas, minus signs and parentheses, not what fields
//! exist.

use std::ops::Range;

/// A piece of text and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub text: String,
    pub span: Range<usize>,
}

/// One token of a query line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A free word, or a quoted phrase.
    Word { not: bool, text: Piece },
    /// `field:value,value`.
    Pair { not: bool, field: Piece, values: Vec<Piece>, span: Range<usize> },
    /// `(` or `-(`.
    Open { not: bool, span: Range<usize> },
    /// `)`.
    Close { span: Range<usize> },
    /// `or`.
    Or(Piece),
    /// `and`, which says no more than a space.
    And(Piece),
}

impl Token {
    /// Where it stands.
    pub(super) fn span(&self) -> Range<usize> {
        match self {
            Self::Word { text, .. } | Self::Or(text) | Self::And(text) => text.span.clone(),
            Self::Pair { span, .. } | Self::Open { span, .. } | Self::Close { span } => span.clone(),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Everything up to the first character that ends it.
    fn bare(&mut self, ends: impl Fn(char) -> bool) -> Piece {
        let start = self.at;
        let len = self.rest().find(ends).unwrap_or(self.rest().len());
        let text = self.rest().get(..len).unwrap_or_default().to_owned();
        self.at += len;
        Piece { text, span: start..self.at }
    }

    /// A word or value without quotes. A parenthesis that it did not open itself ends it: `(foo(bar) or x)`.
    fn plain(&mut self, comma_ends: bool) -> Piece {
        let (start, mut open) = (self.at, 0_usize);
        while let Some(c) = self.peek() {
            match c {
                c if c.is_whitespace() => break,
                ',' if comma_ends && open == 0 => break,
                ')' if open == 0 => break,
                ')' => open -= 1,
                '(' => open += 1,
                _ => {}
            }
            self.next();
        }
        Piece { text: self.text.get(start..self.at).unwrap_or_default().to_owned(), span: start..self.at }
    }

    /// A quoted text; the cursor stands on the opening quote. A quote that is never closed ends with the line, so
    /// that a query can be used while it is being typed.
    fn quoted(&mut self) -> Piece {
        let start = self.at;
        let mut text = String::new();
        self.next();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' => text.extend(self.next()),
                _ => text.push(c),
            }
        }
        Piece { text, span: start..self.at }
    }
}

/// Cuts a line into tokens. Every line has some; none is an error.
pub(super) fn tokens(line: &str) -> Vec<Token> {
    let mut cursor = Cursor { text: line, at: 0 };
    let mut tokens = Vec::new();
    loop {
        cursor.bare(|c| !c.is_whitespace());
        if cursor.peek().is_none() {
            return tokens;
        }
        tokens.push(token(&mut cursor));
    }
}

fn token(cursor: &mut Cursor<'_>) -> Token {
    let start = cursor.at;
    let not = cursor.rest().starts_with('-') && cursor.rest().chars().nth(1).is_some_and(|c| !c.is_whitespace());
    if not {
        cursor.next();
    }
    match cursor.peek() {
        Some('"') => return Token::Word { not, text: cursor.quoted() },
        Some('(') => {
            cursor.next();
            return Token::Open { not, span: start..cursor.at };
        }
        Some(')') if !not => {
            cursor.next();
            return Token::Close { span: start..cursor.at };
        }
        _ => {}
    }
    let Some(name) = field_name(cursor.rest()) else {
        let mut text = cursor.plain(false);
        if text.text.is_empty() {
            // `-)`: a minus that leaves out nothing is a word.
            text = Piece { text: "-".into(), span: start..cursor.at };
            return Token::Word { not: false, text };
        }
        return match text.text.as_str() {
            "or" | "OR" if !not => Token::Or(text),
            "and" | "AND" if !not => Token::And(text),
            _ => Token::Word { not, text },
        };
    };
    let field = Piece { text: name.to_owned(), span: cursor.at..cursor.at + name.len() };
    cursor.at += name.len() + 1;
    let mut values = Vec::new();
    while cursor.peek().is_some_and(|c| !c.is_whitespace() && c != ')') {
        match cursor.peek() {
            Some(',') => {
                cursor.next();
            }
            Some('"') => values.push(cursor.quoted()),
            _ => values.push(cursor.plain(true)),
        }
    }
    values.retain(|v| !v.text.is_empty());
    Token::Pair { not, field, values, span: start..cursor.at }
}

/// The name before a colon, if what follows looks like a field: `signal:docs`, but neither `std::vec` nor a URL.
fn field_name(rest: &str) -> Option<&str> {
    let (name, value) = rest.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    (is_name && !value.starts_with(':') && !value.starts_with("//")).then_some(name)
}

/// True when a free word must be quoted to be read back as itself.
pub(super) fn word_needs_quotes(word: &str) -> bool {
    let joins = ["or", "and", "OR", "AND"].contains(&word);
    joins
        || word.is_empty()
        || word.starts_with(['-', '"'])
        || word.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '(' | ')'))
}

/// True when a value must be quoted to be read back as itself.
pub(super) fn value_needs_quotes(value: &str) -> bool {
    // After the field's colon, `:` and `//` would make it look like no field at all.
    let looks_like_no_field = value.starts_with(':') || value.starts_with("//");
    value.is_empty()
        || looks_like_no_field
        || value.starts_with('"')
        || value.contains(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'))
}

/// The text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
