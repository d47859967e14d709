//! One line or paragraph of the tree as Markdown. Text stays text: what would read as markup is escaped, and only that.
//! The proof is in the reading: each try is read again, and taken only when it says the same. Knows no blocks.

use super::{
    page::Manner,
    read,
    tree::{Block, Inline, MAX_URL, Style},
};

/// Longest paragraph that is read again, bytes. What is longer is escaped throughout.
const MAX_PROVED: usize = 16 * 1024;

/// How much is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// Nothing.
    Nothing,
    /// What begins a comment of HTML.
    Comment,
    /// What begins HTML.
    Html,
    /// What may mean something where it stands.
    Meant,
    /// Every sign that can mean something anywhere.
    All,
}

#[derive(Clone, Copy)]
struct Try {
    escape: Escape,
    em: char,
    /// Emphasis is kept.
    styles: bool,
    /// Links and pictures are kept; else the address is written behind the words.
    links: bool,
}

const TRIES: [Try; 6] = [
    Try { escape: Escape::Nothing, em: '*', styles: true, links: true },
    Try { escape: Escape::Comment, em: '*', styles: true, links: true },
    Try { escape: Escape::Html, em: '*', styles: true, links: true },
    Try { escape: Escape::Meant, em: '*', styles: true, links: true },
    Try { escape: Escape::Meant, em: '_', styles: true, links: true },
    Try { escape: Escape::All, em: '*', styles: false, links: true },
];

/// Where a run of pieces stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// The pieces as Markdown. They must be in their one form.
pub(super) fn markdown(pieces: &[Inline], place: Place, manner: Manner) -> String {
    let pieces = match place {
        Place::Paragraph => pieces.to_vec(),
        Place::Heading => in_one_line(pieces, " "),
        Place::Cell => in_one_line(pieces, " / "),
    };
    let pieces = &if manner == Manner::Own { bared(pieces) } else { pieces };
    let mut before = None;
    if pieces.iter().map(size).sum::<usize>() <= MAX_PROVED {
        for one in TRIES {
            let text = written(pieces, one, manner);
            if before.as_ref() != Some(&text) && says(&text, pieces, place, manner) {
                return placed(text, place);
            }
            before = Some(text);
        }
    }
    placed(written(pieces, Try { escape: Escape::All, em: '*', styles: false, links: false }, manner), place)
}

fn size(piece: &Inline) -> usize {
    match piece {
        Inline::Text { text, .. } => text.len(),
        Inline::Image { alt, url } => alt.len() + url.len(),
        Inline::Mention { id, name } => id.len() + name.len(),
        Inline::Break => 1,
    }
}

fn in_one_line(pieces: &[Inline], between: &str) -> Vec<Inline> {
    let lines = pieces.iter().map(|p| if *p == Inline::Break { Inline::text(between) } else { p.clone() });
    super::tree::tidy(lines.collect())
}

/// Links that show their own address as the bare address they were written as.
fn bared(pieces: Vec<Inline>) -> Vec<Inline> {
    let bare = |piece| match piece {
        Inline::Text { text, style, link: Some(url) } if *url == *text && !style.code && is_auto(&url) => {
            Inline::Text { text, style, link: None }
        }
        other => other,
    };
    super::tree::tidy(pieces.into_iter().map(bare).collect())
}

fn placed(text: String, place: Place) -> String {
    match place {
        // A bar ends a cell even inside code.
        Place::Cell if text.contains('\\') && !text.contains('`') => text.replace('|', "&#124;"),
        Place::Cell => text.replace('|', "\\|"),
        _ => text,
    }
}

/// True when the Markdown reads as these pieces.
fn says(text: &str, pieces: &[Inline], place: Place, manner: Manner) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '\'' | '?' | '/' | '%' | ';' | '"' | '(');
    if text.starts_with(char::is_alphabetic) && !text.contains("  ") && text.chars().all(harmless) {
        return true;
    }
    // A box to tick is one only inside a list, which is not seen here.
    if manner == Manner::Foreign && ["[ ] ", "[x] ", "[X] "].iter().any(|b| text.starts_with(b)) {
        return false;
    }
    let page = match place {
        Place::Heading => read::markdown(&format!("# {text}")),
        Place::Paragraph | Place::Cell => read::markdown(text),
    };
    if page.comment || (page.html && manner == Manner::Foreign) {
        return false;
    }
    let spoken = |pieces: &[Inline]| {
        super::tree::tidy(
            pieces
                .iter()
                .map(|p| {
                    if let Inline::Mention { id, name } = p {
                        Inline::text(called(id, name, manner))
                    } else {
                        p.clone()
                    }
                })
                .collect(),
        )
    };
    match page.blocks.as_slice() {
        [Block::Paragraph(read)] if place != Place::Heading => *read == spoken(pieces),
        [Block::Heading(1, read)] if place == Place::Heading => *read == spoken(pieces),
        [] => pieces.is_empty(),
        _ => false,
    }
}

/// What a mention is in Markdown: for a comment of our own the token it was written from, else the name.
fn called(id: &str, name: &str, manner: Manner) -> String {
    let token = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '_' | '-');
    let shown = if manner == Manner::Own && !id.is_empty() && id.chars().all(token) { id } else { name };
    format!("@{}", shown.trim_start_matches('@'))
}

#[derive(Clone, Copy, PartialEq)]
enum Mark<'a> {
    Strike,
    Strong,
    Em,
    Sub,
    Sup,
    Link(&'a str),
}

fn marks<'a>(piece: &'a Inline, one: Try) -> Vec<Mark<'a>> {
    let Inline::Text { style: Style { strong, em, strike, sub, sup, .. }, link, .. } = piece else { return Vec::new() };
    let mut marks = Vec::new();
    if one.styles {
        let wanted =
            [(strike, Mark::Strike), (strong, Mark::Strong), (em, Mark::Em), (sub, Mark::Sub), (sup, Mark::Sup)];
        marks.extend(wanted.into_iter().filter(|(on, _)| **on).map(|(_, mark)| mark));
    }
    if let Some(url) = link.as_ref().filter(|_| one.links) {
        marks.push(Mark::Link(url));
    }
    marks
}

fn written(pieces: &[Inline], one: Try, manner: Manner) -> String {
    let mut out = String::new();
    let mut open: Vec<Mark<'_>> = Vec::new();
    let mut start = true;
    for (n, piece) in pieces.iter().enumerate() {
        let wanted = marks(piece, one);
        let same = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
        for mark in open.drain(same..).rev() {
            out.push_str(&closing(mark, one));
        }
        match piece {
            // A link that shows its own address.
            Inline::Text { text, style, link: Some(url) }
                if one.links && **url == **text && !style.code && is_auto(url) =>
            {
                open_marks(&mut out, &mut open, wanted.get(same..wanted.len() - 1).unwrap_or_default(), one);
                out.push_str(&format!("<{url}>"));
            }
            Inline::Text { text, style, link } => {
                open_marks(&mut out, &mut open, wanted.get(same..).unwrap_or_default(), one);
                if style.code {
                    out.push_str(&code(text));
                } else {
                    escape(text, one.escape, start, &mut out);
                }
                let ends = !matches!(pieces.get(n + 1), Some(Inline::Text { link: next, .. }) if next == link);
                if let Some(url) = link.as_ref().filter(|url| !one.links && ends && ***url != **text) {
                    out.push_str(" (");
                    escape(url, Escape::All, false, &mut out);
                    out.push(')');
                }
            }
            Inline::Image { alt, url } if one.links => {
                out.push_str("![");
                escape(alt, Escape::All, false, &mut out);
                out.push_str(&format!("]({})", address(url)));
            }
            Inline::Image { alt, url } => {
                escape(&format!("[image: {alt} ({url})]"), Escape::All, start, &mut out);
            }
            Inline::Mention { id, name } => escape(&called(id, name, manner), one.escape, start, &mut out),
            Inline::Break => out.push_str(if manner == Manner::Own { "\n" } else { "  \n" }),
        }
        start = *piece == Inline::Break;
    }
    for mark in open.into_iter().rev() {
        out.push_str(&closing(mark, one));
    }
    out
}

fn open_marks<'a>(out: &mut String, open: &mut Vec<Mark<'a>>, more: &[Mark<'a>], one: Try) {
    for mark in more {
        match mark {
            Mark::Strike => out.push_str("~~"),
            Mark::Strong => out.push_str("**"),
            Mark::Em => out.push(one.em),
            Mark::Sub => out.push_str("<sub>"),
            Mark::Sup => out.push_str("<sup>"),
            Mark::Link(_) => out.push('['),
        }
        open.push(*mark);
    }
}

fn closing(mark: Mark<'_>, one: Try) -> String {
    match mark {
        Mark::Strike => "~~".into(),
        Mark::Strong => "**".into(),
        Mark::Em => one.em.into(),
        Mark::Sub => "</sub>".into(),
        Mark::Sup => "</sup>".into(),
        Mark::Link(url) => format!("]({})", address(url)),
    }
}

/// Code between as many backticks as no run inside has.
pub(super) fn code(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let edge = |c: Option<char>| c == Some('`');
    let both = text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
    let pad = if both || edge(text.chars().next()) || edge(text.chars().next_back()) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Length of the longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// True for addresses that can stand between angle brackets.
fn is_auto(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '\\') || !c.is_ascii() && !c.is_whitespace();
    matches!(scheme, "http" | "https" | "ftp" | "mailto") && url.chars().all(plain) && url.len() <= MAX_URL
}

/// An address inside the round brackets of a link. What no address may hold is gone already.
fn address(url: &str) -> String {
    url.replace('&', "&amp;").replace('(', "\\(").replace(')', "\\)")
}

fn escape(text: &str, how: Escape, start: bool, out: &mut String) {
    let chars: Vec<char> = text.chars().collect();
    // Digits before a dot or bracket at the start of a line make a list.
    let digits = chars.iter().take_while(|c| c.is_ascii_digit()).count();
    for (n, &c) in chars.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|b| chars.get(b)).copied();
        let next = chars.get(n + 1).copied();
        let first = start && n == 0;
        let counts = start && n == digits && (1..=9).contains(&digits) && matches!(c, '.' | ')');
        match how {
            Escape::Nothing => out.push(c),
            Escape::Comment if c == '<' && next == Some('!') => out.push_str("&lt;"),
            Escape::Comment => out.push(c),
            Escape::Html if c == '<' && opens_tag(next) => out.push_str("&lt;"),
            Escape::Html => out.push(c),
            Escape::Meant if c == '<' && opens_tag(next) => out.push_str("&lt;"),
            Escape::Meant if c == '&' => {
                out.push_str(if names(chars.get(n + 1..).unwrap_or_default()) { "&amp;" } else { "&" })
            }
            Escape::Meant if counts || meant(c, before, next, first) => out.extend(['\\', c]),
            Escape::Meant => out.push(c),
            Escape::All if c == '<' => out.push_str("&lt;"),
            Escape::All if c == '&' => out.push_str("&amp;"),
            Escape::All if counts || first && c.is_ascii_punctuation() || always(c) => out.extend(['\\', c]),
            Escape::All => out.push(c),
        }
    }
}

fn opens_tag(next: Option<char>) -> bool {
    next.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// True when what follows an ampersand is the name of a character.
fn names(rest: &[char]) -> bool {
    let name = rest.iter().take(40).take_while(|c| c.is_ascii_alphanumeric() || **c == '#').count();
    name > 0 && rest.get(name) == Some(&';')
}

fn always(c: char) -> bool {
    matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '~' | '|' | '!' | '#' | '{' | '}' | '^' | '$')
}

/// True for a sign that may mean something where it stands.
fn meant(c: char, before: Option<char>, next: Option<char>, first: bool) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_none_or(|n| n.is_ascii_punctuation()),
        '`' | '*' | '[' | ']' => true,
        '~' => !(before.is_some_and(char::is_whitespace) && word(next)) || first,
        '_' => !(word(before) && word(next)),
        '!' => next.is_none(),
        // At the end of a heading it would go with it.
        '#' => first || next.is_none(),
        '>' | '=' | '|' => first,
        '+' | '-' | ':' => first && next.is_none_or(|n| !n.is_alphanumeric()),
        _ => false,
    }
}
