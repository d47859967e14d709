//! Cuts a JQL query into words, strings and signs, with the place of each. Knows no grammar.

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Without quotation marks: a name, a number, a keyword.
    Word(String),
    /// In quotation marks.
    Quoted(String),
    /// `( ) , = != ~ !~ < <= > >= && || !`
    Sign(&'static str),
}

/// A piece with the line and the character at which it begins, both from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub token: Token,
    pub at: (usize, usize),
}

const SIGNS: [&str; 14] = ["&&", "||", "!=", "!~", "<=", ">=", "(", ")", ",", "=", "~", "<", ">", "!"];
/// Characters that stand in strings only.
const RESERVED: &str = "{}*/%+$^#@?;&|";

pub(crate) fn place((line, character): (usize, usize)) -> String {
    format!("(line {line}, character {character})")
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    at: (usize, usize),
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.at = if c == '\n' { (self.at.0 + 1, 1) } else { (self.at.0, self.at.1 + 1) };
        Some(c)
    }

    /// The character after a backslash.
    fn escape(&mut self) -> Result<char, String> {
        let at = self.at;
        let wrong = |c: Option<char>| {
            let shown = c.map(String::from).unwrap_or_default();
            format!(
                "Error in the JQL Query: '\\{shown}' is an illegal JQL escape sequence. The valid escape sequences are \\', \\\", \\t, \\n, \\r, \\\\, '\\ ' and \\uXXXX. {}",
                place(at)
            )
        };
        match self.next() {
            Some('t') => Ok('\t'),
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some(c @ ('\'' | '"' | '\\' | ' ')) => Ok(c),
            Some('u') => {
                let code: String = (0..4).filter_map(|_| self.next()).collect();
                u32::from_str_radix(&code, 16).ok().and_then(char::from_u32).ok_or_else(|| wrong(Some('u')))
            }
            other => Err(wrong(other)),
        }
    }

    fn quoted(&mut self, mark: char) -> Result<Token, String> {
        let (begin, mut text) = (self.at, String::new());
        loop {
            match self.next() {
                Some('\\') => text.push(self.escape()?),
                Some(c) if c == mark => return Ok(Token::Quoted(text)),
                Some(c) => text.push(c),
                None => {
                    return Err(format!(
                        "Error in the JQL Query: The quoted string '{text}' has not been completed. {}",
                        place(begin)
                    ));
                }
            }
        }
    }

    fn word(&mut self, first: char) -> Result<Token, String> {
        let mut text = String::from(first);
        while let Some(c) = self.rest.peek().copied() {
            if c.is_whitespace() || "(),=!~<>\"'&|".contains(c) {
                break;
            }
            let at = self.at;
            self.next();
            match c {
                '\\' => text.push(self.escape()?),
                c if RESERVED.contains(c) => return Err(reserved(c, at)),
                c => text.push(c),
            }
        }
        Ok(Token::Word(text))
    }
}

fn reserved(c: char, at: (usize, usize)) -> String {
    format!(
        "Error in the JQL Query: The character '{c}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u{:04x}' instead. {}",
        u32::from(c),
        place(at)
    )
}

/// The pieces of a query.
///
/// # Errors
/// Jira's sentence about the first character that does not belong there.
pub(crate) fn tokens(text: &str) -> Result<Vec<Placed>, String> {
    let mut reader = Reader { rest: text.chars().peekable(), at: (1, 1) };
    let mut found = Vec::new();
    loop {
        let at = reader.at;
        let Some(c) = reader.next() else { return Ok(found) };
        if c.is_whitespace() {
            continue;
        }
        let pair: String = reader.rest.peek().map(|next| [c, *next].iter().collect()).unwrap_or_default();
        let sign =
            SIGNS.iter().find(|s| **s == pair).or_else(|| SIGNS.iter().find(|s| s.len() == 1 && s.starts_with(c)));
        let token = match (c, sign) {
            (_, Some(sign)) => {
                if sign.len() == 2 {
                    reader.next();
                }
                Token::Sign(sign)
            }
            ('"' | '\'', _) => reader.quoted(c)?,
            ('\\', _) => {
                let first = reader.escape()?;
                reader.word(first)?
            }
            (c, _) if RESERVED.contains(c) => return Err(reserved(c, at)),
            (c, _) => reader.word(c)?,
        };
        found.push(Placed { token, at });
    }
}
