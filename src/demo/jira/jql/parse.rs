//! Makes a tree of a JQL query: clauses joined by AND, OR, NOT, and the order wanted. Knows no field and no value.

use super::lex::{Placed, Token, place, tokens};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Equal,
    Contains,
    In,
    Is,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Changed,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Words(String),
    Empty,
    Call(String, Vec<String>),
}

/// `field operator values`; negated for `!=`, `!~`, `NOT IN`, `IS NOT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    pub field: String,
    pub op: Op,
    pub negated: bool,
    pub values: Vec<Value>,
    /// `AFTER x` and `BEFORE x` of `CHANGED`.
    pub span: (Option<Value>, Option<Value>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Clause(Clause),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub tree: Option<Tree>,
    /// Fields, and whether the last comes first; `None` leaves the direction to the field.
    pub order: Vec<(String, Option<bool>)>,
}

/// Words that are values or fields only in quotation marks (of Jira's long list, those somebody may meet).
const RESERVED: [&str; 44] = [
    "access", "add", "after", "all", "alter", "and", "any", "as", "asc", "before", "begin", "between", "by", "changed",
    "count", "create", "date", "delete", "desc", "drop", "during", "else", "empty", "end", "from", "in", "insert",
    "is", "like", "limit", "not", "null", "on", "or", "order", "select", "sum", "table", "to", "update", "user", "was",
    "where", "with",
];

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    /// Brackets and NOTs around the place at hand.
    depth: usize,
}

/// Deepest nesting that is read; Jira refuses such a query as well.
const DEEPEST: usize = 200;

type Parsed<T> = Result<T, String>;

/// The tree of a query.
///
/// # Errors
/// Jira's sentence about the first word that does not fit.
pub(crate) fn parse(text: &str) -> Parsed<Query> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
    let mut query = Query::default();
    if !parser.done() && !parser.at_word("order") {
        query.tree = Some(parser.any()?);
    }
    if parser.take_word("order") {
        parser.need_word("by")?;
        query.order = parser.order()?;
    }
    match parser.done() {
        true => Ok(query),
        false => Err(parser.expected("either 'OR' or 'AND'")),
    }
}

impl Parser {
    fn done(&self) -> bool {
        self.next >= self.tokens.len()
    }

    fn token(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|p| &p.token)
    }

    fn at_word(&self, word: &str) -> bool {
        matches!(self.token(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.at_word(word);
        self.next += usize::from(found);
        found
    }

    fn need_word(&mut self, word: &str) -> Parsed<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.expected(&format!("'{word}'"))) }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.token(), Some(Token::Sign(s)) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn need_sign(&mut self, sign: &str) -> Parsed<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.expected(&format!("'{sign}'"))) }
    }

    fn expected(&self, what: &str) -> String {
        match self.tokens.get(self.next) {
            None => format!("Error in the JQL Query: Expecting {what} before the end of the query."),
            Some(Placed { token: Token::Word(w) | Token::Quoted(w), at }) => {
                format!("Error in the JQL Query: Expecting {what} but got '{w}'. {}", place(*at))
            }
            Some(Placed { token: Token::Sign(s), at }) => {
                format!("Error in the JQL Query: Expecting {what} but got '{s}'. {}", place(*at))
            }
        }
    }

    fn any(&mut self) -> Parsed<Tree> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") || self.take_sign("||") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::Or(parts) })
    }

    fn all(&mut self) -> Parsed<Tree> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") || self.take_sign("&&") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::And(parts) })
    }

    fn one(&mut self) -> Parsed<Tree> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("Error in the JQL Query: The JQL query is too complex.".into());
        }
        let tree = if self.take_word("not") || self.take_sign("!") {
            Tree::Not(Box::new(self.one()?))
        } else if self.take_sign("(") {
            let inner = self.any()?;
            self.need_sign(")")?;
            inner
        } else {
            Tree::Clause(self.clause()?)
        };
        self.depth -= 1;
        Ok(tree)
    }

    /// A name or a value: a word that is not reserved, or a string.
    fn words(&mut self, what: &str) -> Parsed<String> {
        let text = match self.token() {
            Some(Token::Quoted(text)) => text.clone(),
            Some(Token::Word(text)) if RESERVED.contains(&text.to_lowercase().as_str()) => {
                let at = self.tokens.get(self.next).map_or((1, 1), |p| p.at);
                return Err(format!(
                    "Error in the JQL Query: '{text}' is a reserved JQL word. You must surround it in quotation marks to use it as a field or value. {}",
                    place(at)
                ));
            }
            Some(Token::Word(text)) => text.clone(),
            _ => return Err(self.expected(what)),
        };
        self.next += 1;
        Ok(text)
    }

    fn clause(&mut self) -> Parsed<Clause> {
        let field = self.words("a field name")?;
        let (op, negated) = self.operator()?;
        let mut clause = Clause { field, op, negated, values: Vec::new(), span: (None, None) };
        match op {
            Op::Changed => loop {
                if self.take_word("after") {
                    clause.span.0 = Some(self.value()?);
                } else if self.take_word("before") {
                    clause.span.1 = Some(self.value()?);
                } else {
                    break;
                }
            },
            Op::In => clause.values = self.list()?,
            _ => clause.values.push(self.value()?),
        }
        Ok(clause)
    }

    fn operator(&mut self) -> Parsed<(Op, bool)> {
        const SIGNS: [(&str, Op, bool); 8] = [
            ("=", Op::Equal, false),
            ("!=", Op::Equal, true),
            ("~", Op::Contains, false),
            ("!~", Op::Contains, true),
            ("<", Op::Less, false),
            ("<=", Op::LessEqual, false),
            (">", Op::Greater, false),
            (">=", Op::GreaterEqual, false),
        ];
        if let Some((_, op, negated)) = SIGNS.iter().find(|(sign, _, _)| self.take_sign(sign)) {
            return Ok((*op, *negated));
        }
        if self.take_word("in") {
            return Ok((Op::In, false));
        }
        if self.take_word("is") {
            return Ok((Op::Is, self.take_word("not")));
        }
        if self.take_word("changed") {
            return Ok((Op::Changed, false));
        }
        if self.take_word("not") {
            self.need_word("in")?;
            return Ok((Op::In, true));
        }
        let what = "operator";
        let valid =
            "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
        Err(format!("{} {valid}", self.expected(what)))
    }

    fn value(&mut self) -> Parsed<Value> {
        if self.take_word("empty") || self.take_word("null") {
            return Ok(Value::Empty);
        }
        let quoted = matches!(self.token(), Some(Token::Quoted(_)));
        let text = self.words("either a value, list or function")?;
        if quoted || !self.take_sign("(") {
            return Ok(Value::Words(text));
        }
        let mut arguments = Vec::new();
        while !self.take_sign(")") {
            if !arguments.is_empty() {
                self.need_sign(",")?;
            }
            arguments.push(self.words("a function argument")?);
        }
        Ok(Value::Call(text, arguments))
    }

    fn list(&mut self) -> Parsed<Vec<Value>> {
        if !self.take_sign("(") {
            // `sprint in openSprints()`
            return match self.value()? {
                call @ Value::Call(..) => Ok(vec![call]),
                _ => {
                    self.next -= 1;
                    Err(self.expected("'('"))
                }
            };
        }
        let mut values = vec![self.value()?];
        while self.take_sign(",") {
            values.push(self.value()?);
        }
        self.need_sign(")")?;
        Ok(values)
    }

    fn order(&mut self) -> Parsed<Vec<(String, Option<bool>)>> {
        let mut order = Vec::new();
        loop {
            let field = self.words("a field name")?;
            let direction = if self.take_word("desc") { Some(true) } else { self.take_word("asc").then_some(false) };
            order.push((field, direction));
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }
}
