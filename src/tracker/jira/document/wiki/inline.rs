//! What stands in a line of wiki markup: emphasis, code, links, pictures, escapes, addresses. One pass: for every sign the
//! places that can close it are known before, so nothing is looked for twice.

mod closers;
mod link;

use closers::Closers;

use crate::tracker::jira::document::tree::{Inline, MAX_URL, Style, bare_url, tidy};

/// A text of several lines; each line break stays one.
pub(super) fn pieces(text: &str) -> Vec<Inline> {
    let chars: Vec<char> = text.chars().collect();
    let mut scan = Scan { closers: Closers::new(&chars), chars: &chars, ..Scan::default() };
    while scan.at < chars.len() {
        scan.step();
    }
    scan.cut();
    scan.out
}

/// A text of one line.
pub(super) fn line(text: &str) -> Vec<Inline> {
    let pieces = pieces(text).into_iter().map(|p| if p == Inline::Break { Inline::text(" ") } else { p });
    tidy(pieces.collect())
}

/// A text whose signs mean nothing.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("&#92;"),
            c if c.is_ascii_punctuation() => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// The length in bytes of a picture at the start of a text: `!name.png|thumbnail!`.
pub(super) fn picture(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('!')?;
    let end = inside.find(['!', '\n']).filter(|end| *end <= 1_000)?;
    let (name, rest) = inside.split_at(end);
    let file = name.split('|').next().unwrap_or_default();
    let ending = file
        .rsplit_once('.')
        .is_some_and(|(_, e)| (2..=5).contains(&e.len()) && e.chars().all(|c| c.is_ascii_alphanumeric()));
    let web = file.starts_with("http://") || file.starts_with("https://");
    let good = rest.starts_with('!')
        && !name.starts_with(char::is_whitespace)
        && !file.is_empty()
        && (ending || web || name.len() > file.len());
    good.then_some(end + 2)
}

/// A text in which nothing but escapes means something.
fn literal(chars: &[char]) -> String {
    let mut part = Scan { chars, ..Scan::default() };
    while let Some(c) = part.peek(0) {
        match (c, part.peek(1)) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => part.plain(next, 2),
            ('&', _) => part.entity(),
            _ => part.plain(c, 1),
        }
    }
    part.text
}

#[derive(Default)]
struct Scan<'a> {
    chars: &'a [char],
    at: usize,
    closers: Closers,
    style: Style,
    /// Text of one style so far.
    text: String,
    out: Vec<Inline>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn before(&self) -> Option<char> {
        self.at.checked_sub(1).and_then(|b| self.chars.get(b)).copied()
    }

    fn word_before(&self) -> bool {
        self.before().is_some_and(char::is_alphanumeric)
    }

    /// The next characters as a text: the first, and what follows up to one that `ends`, no more than `most`.
    fn ahead(&self, most: usize, ends: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        for (n, &c) in self.chars.iter().skip(self.at).take(most).enumerate() {
            text.push(c);
            if n > 0 && ends(c) {
                break;
            }
        }
        text
    }

    fn begins(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(n, c)| self.peek(n) == Some(c))
    }

    fn plain(&mut self, c: char, step: usize) {
        self.text.push(c);
        self.at += step;
    }

    /// Ends the run of one style.
    fn cut(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.out.push(Inline::Text { text, style: self.style, link: None });
        }
    }

    fn push(&mut self, piece: Inline, step: usize) {
        self.cut();
        self.out.push(piece);
        self.at += step;
    }

    fn step(&mut self) {
        let Some(c) = self.peek(0) else { return };
        match c {
            '\n' => {
                self.push(Inline::Break, 1);
                self.style = Style::default();
            }
            '\\' => self.backslash(),
            '&' => self.entity(),
            '{' => self.brace(),
            '[' => self.bracket(),
            '!' => self.exclamation(),
            '?' if self.begins("??") => self.delimiter('?', 2),
            '-' if self.begins("--") => self.dashes(),
            '*' | '_' | '-' | '+' | '^' | '~' => self.delimiter(c, 1),
            'h' | 'f' if !self.word_before() && (self.begins("http") || self.begins("ftp:")) => self.address(),
            _ => self.plain(c, 1),
        }
    }

    fn backslash(&mut self) {
        match self.peek(1) {
            // A path like \\server is no line break.
            Some('\\') if !self.peek(2).is_some_and(char::is_alphanumeric) || self.word_before() => {
                self.push(Inline::Break, 2)
            }
            Some('\\') => {
                self.text.push_str("\\\\");
                self.at += 2;
            }
            Some(c) if c.is_ascii_punctuation() => self.plain(c, 2),
            _ => self.plain('\\', 1),
        }
    }

    fn entity(&mut self) {
        let ahead = self.ahead(10, |c| c == ';');
        let name = ahead.split_once(';').map(|(name, _)| name.get(1..).unwrap_or_default()).unwrap_or_default();
        let numbered = name.strip_prefix('#').and_then(|n| match n.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => n.parse().ok(),
        });
        let named = match name {
            "nbsp" => Some('\u{a0}'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            _ => numbered.and_then(char::from_u32).filter(|c| !c.is_control()),
        };
        match named {
            Some(c) => self.plain(c, name.chars().count() + 2),
            None => self.plain('&', 1),
        }
    }

    fn brace(&mut self) {
        // {*}bold{*}: emphasis where no word ends.
        if let Some(c @ ('*' | '_' | '-' | '+' | '^' | '~')) = self.peek(1)
            && self.peek(2) == Some('}')
        {
            self.forced(c);
            return;
        }
        if self.peek(1) == Some('{') {
            self.mono();
            return;
        }
        let ahead = self.ahead(410, |c| matches!(c, '{' | '}' | '\n'));
        let Some(head) = super::head(&ahead) else {
            self.plain('{', 1);
            return;
        };
        match head.name.to_ascii_lowercase().as_str() {
            "color" | "anchor" => self.at += head.length_in_chars(&ahead),
            // Unknown ones stay visible.
            _ => self.plain('{', 1),
        }
    }

    fn mono(&mut self) {
        let Some(end) = self.closers.mono(self.at + 1).filter(|end| *end > self.at + 2) else {
            self.text.push_str("{{");
            self.at += 2;
            return;
        };
        let text = literal(self.chars.get(self.at + 2..end).unwrap_or_default());
        self.cut();
        let style = Style { code: true, ..self.style };
        self.out.push(Inline::Text { text, style, link: None });
        self.at = end + 2;
    }

    fn exclamation(&mut self) {
        let ahead = self.ahead(1_010, |c| matches!(c, '!' | '\n'));
        let Some(length) = picture(&ahead) else {
            self.plain('!', 1);
            return;
        };
        let inside = ahead.get(1..length - 1).unwrap_or_default();
        let piece = link::picture(inside);
        self.push(piece, inside.chars().count() + 2);
    }

    fn bracket(&mut self) {
        let inside = self.closers.bracket(self.at, self.chars);
        match inside.and_then(|end| link::read(self.chars.get(self.at + 1..end).unwrap_or_default(), self.style)) {
            Some(pieces) => {
                self.cut();
                self.out.extend(pieces);
                self.at = inside.unwrap_or(self.at) + 1;
            }
            None => self.plain('[', 1),
        }
    }

    fn address(&mut self) {
        let ahead = self.ahead(MAX_URL, char::is_whitespace);
        // A backslash ends an address, also as it is written here.
        let ahead = ahead.split("&#92;").next().unwrap_or_default();
        match bare_url(ahead) {
            Some(length) => {
                let url = ahead.get(..length).unwrap_or_default();
                let piece = Inline::Text { text: url.to_owned(), style: self.style, link: Some(url.into()) };
                self.push(piece, url.chars().count());
            }
            None => {
                let c = self.peek(0).unwrap_or_default();
                self.plain(c, 1);
            }
        }
    }

    /// `--` and `---` between spaces are dashes; other runs of them are text.
    fn dashes(&mut self) {
        let run = self.chars.iter().skip(self.at).take_while(|c| **c == '-').count();
        let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let alone = space(self.before()) && space(self.peek(run));
        match run {
            2 if alone => self.plain('–', 2),
            3 if alone => self.plain('—', 3),
            _ => {
                self.text.extend(std::iter::repeat_n('-', run));
                self.at += run;
            }
        }
    }

    fn delimiter(&mut self, sign: char, width: usize) {
        let is_on = *self.flag(sign);
        if is_on && self.closers.is_closer(sign, self.at) {
            self.turn(sign, width);
            return;
        }
        let next = self.peek(width);
        let opens = !is_on
            && !self.word_before()
            && self.before() != Some(sign)
            && next.is_some_and(|c| !c.is_whitespace() && c != sign)
            && self.closers.has_next(sign, self.at + width);
        if opens {
            self.turn(sign, width);
        } else {
            self.text.extend(std::iter::repeat_n(sign, width));
            self.at += width;
        }
    }

    fn forced(&mut self, sign: char) {
        if *self.flag(sign) || self.closers.has_next(sign, self.at + 2) {
            self.turn(sign, 3);
        } else {
            self.plain('{', 1);
        }
    }

    fn turn(&mut self, sign: char, step: usize) {
        self.cut();
        let flag = self.flag(sign);
        *flag = !*flag;
        self.at += step;
    }

    fn flag(&mut self, sign: char) -> &mut bool {
        match sign {
            '*' => &mut self.style.strong,
            // Citations are set like emphasis.
            '_' | '?' => &mut self.style.em,
            '-' => &mut self.style.strike,
            '^' => &mut self.style.sup,
            '~' => &mut self.style.sub,
            // Text that was inserted looks like any other.
            _ => &mut self.closers.inserted,
        }
    }
}
