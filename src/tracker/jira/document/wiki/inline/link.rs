//! What stands between square brackets and exclamation marks: links, mentions, attachments, issues, pictures. What is
//! none of these is text and keeps its brackets.

use crate::tracker::jira::document::tree::{Inline, MAX_URL, Style};

/// The link between two brackets; `None` when it is none.
pub(super) fn read(inside: &[char], style: Style) -> Option<Vec<Inline>> {
    let whole: String = inside.iter().collect();
    let (words, target) = match whole.split_once('|') {
        // A third part is a tip, or says how the link is shown.
        Some((words, rest)) => (Some(words.trim()), rest.split('|').next().unwrap_or_default().trim()),
        None => (None, whole.trim()),
    };
    if target.is_empty() || target.len() > MAX_URL {
        return None;
    }
    if let Some(user) = target.strip_prefix('~') {
        let user = user.strip_prefix("accountid:").unwrap_or(user);
        let good = !user.is_empty() && !user.contains(char::is_whitespace);
        return good.then(|| vec![Inline::Mention { id: user.to_owned(), name: words.unwrap_or(user).to_owned() }]);
    }
    let words = words.filter(|words| !words.is_empty()).map(unescaped);
    if let Some(file) = target.strip_prefix('^').filter(|file| !file.is_empty()) {
        return Some(vec![text(words.unwrap_or_else(|| format!("[attachment: {file}]")), style)]);
    }
    if let Some(anchor) = target.strip_prefix('#').filter(|anchor| !anchor.is_empty()) {
        return words
            .or_else(|| anchor.starts_with(char::is_alphabetic).then(|| anchor.to_owned()))
            .map(|w| vec![text(w, style)]);
    }
    if is_address(target) {
        let bare = target.strip_prefix("mailto:").unwrap_or(target);
        let words = words.unwrap_or_else(|| bare.to_owned());
        return Some(vec![Inline::Text { text: words, style, link: Some(target.into()) }]);
    }
    let issue = is_issue(target);
    match words {
        None if issue => Some(vec![text(target.to_owned(), style)]),
        Some(words) if issue => Some(vec![text(format!("{words} ({target})"), style)]),
        _ => None,
    }
}

/// A picture: with its address when it lies in the web, else by its name.
pub(super) fn picture(inside: &str) -> Inline {
    let file = inside.split('|').next().unwrap_or_default().trim();
    let alt = inside.split(['|', ',']).find_map(|word| word.trim().strip_prefix("alt="));
    let alt = alt.map(|alt| alt.trim_matches('"')).filter(|alt| !alt.is_empty());
    if file.starts_with("http://") || file.starts_with("https://") {
        return Inline::Image { alt: alt.unwrap_or("image").to_owned(), url: file.to_owned() };
    }
    Inline::text(format!("[image: {}]", alt.unwrap_or(file)))
}

fn text(text: String, style: Style) -> Inline {
    Inline::Text { text, style, link: None }
}

fn unescaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => {}
            _ => out.push(c),
        }
    }
    out
}

fn is_address(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, rest)| (scheme, rest.trim())).unwrap_or_default();
    let known = ["http", "https", "ftp", "ftps", "mailto", "file", "ssh", "git", "irc", "tel"];
    let web = known.contains(&scheme.0.to_ascii_lowercase().as_str()) && !scheme.1.is_empty();
    (web || target.starts_with("www.")) && !target.contains(char::is_whitespace)
}

fn is_issue(target: &str) -> bool {
    let Some((project, number)) = target.split_once('-') else { return false };
    let letters = project.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    letters
        && project.len() >= 2
        && project.starts_with(|c: char| c.is_ascii_uppercase())
        && !number.is_empty()
        && number.len() <= 9
        && number.chars().all(|c| c.is_ascii_digit())
}
