//! The small tree all conversions share, and the one form its texts have: edges of emphasis without spaces, equal
//! neighbours joined, no empty pieces. Knows no format.

use std::sync::Arc;

/// How a piece of text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) strong: bool,
    pub(super) em: bool,
    pub(super) strike: bool,
    pub(super) code: bool,
    pub(super) sub: bool,
    pub(super) sup: bool,
}

impl Style {
    /// What both have; never code, which is a matter of its own piece.
    fn shared(self, other: Self) -> Self {
        Self {
            strong: self.strong && other.strong,
            em: self.em && other.em,
            strike: self.strike && other.strike,
            code: false,
            sub: false,
            sup: false,
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Text { text: String, style: Style, link: Option<Arc<str>> },
    Image { alt: String, url: String },
    Mention { id: String, name: String },
    Break,
}

impl Inline {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: Style::default(), link: None }
    }

    pub(super) fn strong(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: Style { strong: true, ..Style::default() }, link: None }
    }

    pub(super) fn code(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: Style { code: true, ..Style::default() }, link: None }
    }

    pub(super) fn link(text: impl Into<String>, url: &str) -> Self {
        Self::Text { text: text.into(), style: Style::default(), link: Some(url.into()) }
    }

    /// How it is set, and where it leads; nothing for what is no text.
    fn dress(&self) -> (Style, Option<&Arc<str>>) {
        match self {
            Self::Text { style, link, .. } => (*style, link.as_ref()),
            _ => (Style::default(), None),
        }
    }
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    Heading(u8, Vec<Inline>),
    List(List),
    Quote(Vec<Block>),
    Code {
        language: String,
        text: String,
    },
    Rule,
    /// Rows of cells.
    Table(Vec<Vec<Vec<Block>>>),
}

/// A list; `start` is the first number, `None` for bullets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) start: Option<u64>,
    pub(super) items: Vec<Item>,
}

/// An item; `done` for those with a box to tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) done: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// White space that Markdown takes from the ends of a line.
fn is_edge(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{b}' | '\u{c}')
}

/// Characters next to which a delimiter of emphasis is no delimiter any more.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace()
}

/// The pieces as paragraphs in their one form: an empty line begins a new one, empty ones go.
pub(super) fn paragraphs(pieces: Vec<Inline>) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines: Vec<Vec<Inline>> = Vec::new();
    let mut close = |lines: &mut Vec<Vec<Inline>>| {
        if !lines.is_empty() {
            found.push(Block::Paragraph(joined(std::mem::take(lines))));
        }
    };
    for line in lines_of(pieces) {
        if line.is_empty() {
            close(&mut lines);
        } else {
            lines.push(line);
        }
    }
    close(&mut lines);
    found
}

/// The pieces in their one form, as one run of lines without empty ones.
pub(super) fn tidy(pieces: Vec<Inline>) -> Vec<Inline> {
    joined(lines_of(pieces).into_iter().filter(|line| !line.is_empty()).collect())
}

fn joined(lines: Vec<Vec<Inline>>) -> Vec<Inline> {
    let mut all = Vec::new();
    for line in lines {
        if !all.is_empty() {
            all.push(Inline::Break);
        }
        all.extend(line);
    }
    all
}

/// Each line in its one form; an empty one where there was nothing.
fn lines_of(pieces: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut lines = vec![Vec::new()];
    for piece in pieces {
        let Inline::Text { text, style, link } = piece else {
            if piece == Inline::Break {
                lines.push(Vec::new());
            } else if let Some(line) = lines.last_mut() {
                line.push(piece);
            }
            continue;
        };
        let text =
            text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{2028}'], "\n").replace('\0', "\u{fffd}");
        if style.code {
            let text = text.replace(['\n', '\t'], " ");
            if let Some(line) = lines.last_mut() {
                line.push(Inline::Text { text, style, link });
            }
            continue;
        }
        for (n, part) in text.split('\n').enumerate() {
            if n > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(Inline::Text { text: part.replace('\t', " "), style, link: link.clone() });
            }
        }
    }
    lines.into_iter().map(line).collect()
}

fn line(pieces: Vec<Inline>) -> Vec<Inline> {
    let pieces = merged(pieces.into_iter().map(raised).map(led).collect());
    let pieces = merged(loosened(pieces, true));
    let mut pieces = merged(loosened(pieces, false));
    trim_ends(&mut pieces);
    pieces
}

/// Small letters that Unicode has are written with them.
fn raised(piece: Inline) -> Inline {
    let Inline::Text { text, mut style, link } = piece else { return piece };
    if style.sub || style.sup {
        let small = text.chars().map(|c| small(c, style.sup)).collect::<Option<String>>();
        if let Some(small) = small {
            style.sub = false;
            style.sup = false;
            return Inline::Text { text: small, style, link };
        }
    }
    Inline::Text { text, style, link }
}

fn small(c: char, sup: bool) -> Option<char> {
    let (from, to) = if sup {
        ("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
    } else {
        ("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
    };
    from.chars().zip(to.chars()).find(|(plain, _)| *plain == c).map(|(_, small)| small)
}

/// Addresses without what no address may hold.
fn led(piece: Inline) -> Inline {
    match piece {
        Inline::Text { text, style, link: Some(url) } if url.contains(is_odd) => {
            Inline::Text { text, style, link: Some(address(&url).into()) }
        }
        Inline::Image { alt, url } => Inline::Image { alt, url: address(&url) },
        other => other,
    }
}

fn is_odd(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '\\')
}

fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.trim().chars() {
        if is_odd(c) {
            let mut bytes = [0; 4];
            out.extend(c.encode_utf8(&mut bytes).bytes().map(|b| format!("%{b:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Equal neighbours joined, empty pieces gone.
fn merged(pieces: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let Inline::Text { text, style, link } = &piece {
            if text.is_empty() {
                continue;
            }
            if let Some(Inline::Text { text: before, style: s, link: l }) = out.last_mut()
                && (*s, &*l) == (*style, link)
            {
                before.push_str(text);
                continue;
            }
        }
        out.push(piece);
    }
    out
}

/// Takes what may not stand at an edge of emphasis out of it: spaces, or signs that touch a word outside.
fn loosened(pieces: Vec<Inline>, spaces: bool) -> Vec<Inline> {
    let mut out = Vec::with_capacity(pieces.len());
    for (n, piece) in pieces.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|b| pieces.get(b));
        let after = pieces.get(n + 1);
        match piece {
            Inline::Text { text, style, link } if style.code => {
                let touches = |other: Option<char>| other.is_some_and(char::is_alphanumeric);
                let alone = !touches(before.and_then(last)) && !touches(after.and_then(first));
                let style = if alone { *style } else { Style { code: true, ..Style::default() } };
                out.push(Inline::Text { text: text.clone(), style, link: link.clone() });
            }
            Inline::Text { text, style, link } if *style != Style::default() || link.is_some() => {
                let loose = |c: char, other: Option<char>| {
                    if spaces { c.is_whitespace() } else { is_mark(c) && other.is_some_and(char::is_alphanumeric) }
                };
                let (start, end) = (before.and_then(last), after.and_then(first));
                let body = text.trim_start_matches(|c| loose(c, start));
                let core = body.trim_end_matches(|c| loose(c, end));
                let head = text.get(..text.len() - body.len()).unwrap_or_default();
                let tail = body.get(core.len()..).unwrap_or_default();
                out.push(between(head, piece, before));
                out.push(Inline::Text { text: core.to_owned(), style: *style, link: link.clone() });
                out.push(between(tail, piece, after));
            }
            _ => out.push(piece.clone()),
        }
    }
    out
}

/// A text that has only what both neighbours have.
fn between(text: &str, one: &Inline, other: Option<&Inline>) -> Inline {
    let (style, link) = one.dress();
    let (beside, led) = other.map(Inline::dress).unwrap_or_default();
    let link = link.filter(|l| led == Some(l)).cloned();
    Inline::Text { text: text.to_owned(), style: style.shared(beside), link }
}

fn first(piece: &Inline) -> Option<char> {
    if let Inline::Text { text, style, .. } = piece
        && !style.code
    {
        return text.chars().next();
    }
    None
}

fn last(piece: &Inline) -> Option<char> {
    if let Inline::Text { text, style, .. } = piece
        && !style.code
    {
        return text.chars().next_back();
    }
    None
}

fn trim_ends(pieces: &mut Vec<Inline>) {
    while let Some(Inline::Text { text, style, .. }) = pieces.last_mut() {
        if !style.code {
            text.truncate(text.trim_end_matches(is_edge).len());
        }
        if !text.is_empty() {
            break;
        }
        pieces.pop();
    }
    let mut gone = 0;
    for piece in pieces.iter_mut() {
        let Inline::Text { text, style, .. } = piece else { break };
        if !style.code {
            *text = text.trim_start_matches(is_edge).to_owned();
        }
        if !text.is_empty() {
            break;
        }
        gone += 1;
    }
    pieces.drain(..gone);
}

/// The length in bytes of a bare web address at the start of `text`; `None` when there is none. Never more than
/// [`MAX_URL`], whatever follows.
pub(super) fn bare_url(text: &str) -> Option<usize> {
    let scheme = ["https://", "http://", "ftp://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    let text = text.get(..text.floor_char_boundary(MAX_URL)).unwrap_or_default();
    let ends = |c: char| {
        let sign = matches!(c, '<' | '>' | '"' | '`' | '|' | '{' | '}' | '[' | ']' | '\\' | '^');
        sign || c.is_whitespace() || c.is_control() || c == '\u{2060}'
    };
    let whole = text.split(ends).next().unwrap_or_default();
    let mut url = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '-', '+']);
    // A bracket that was opened before the address closes after it.
    let mut open = url.matches(')').count().saturating_sub(url.matches('(').count());
    while let Some(shorter) = url.strip_suffix(')').filter(|_| open > 0) {
        (url, open) = (shorter, open - 1);
    }
    (url.len() > scheme.len()).then_some(url.len())
}

/// Longest address that stays a link, bytes.
pub(super) const MAX_URL: usize = 4096;
