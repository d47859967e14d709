//! Properties of the documents of Jira: Atlassian's format and wiki markup, read and written.

use floorwalk::{
    domain::marker,
    tracker::jira::document::{
        MAX_TEXT, adf,
        machine::{from_adf, from_wiki, to_adf, to_wiki},
        plain, wiki,
        write::{self, Mention},
    },
};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::{Map, Value};

use super::{parsers::id_of, same, text_of};

fn nobody(_: &str) -> Option<Mention> {
    None
}

fn anybody(token: &str) -> Option<Mention> {
    Some(Mention { id: token.into(), name: format!("Name of {token}") })
}

/// Any JSON is read as Markdown within bounds, is a marked comment only when it carries a whole marker, and what is written
/// from it keeps Atlassian's rules.
pub fn adf(bytes: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return };
    let markdown = adf::markdown(&value);
    assert!(markdown.len() <= MAX_TEXT + 200, "{} bytes", markdown.len());
    let comment = from_adf(&value, None, &id_of);
    marked(&comment);
    // The same value as the property of a comment: believed whole or not at all.
    marked(&from_adf(&Value::Null, Some(&value), &id_of));
    writes(&markdown);
}

/// The same for wiki markup; and plain words come through both ways as they are.
pub fn wiki(bytes: &[u8]) {
    let text = text_of(bytes);
    let comment = from_wiki(&text, None, &id_of);
    assert!(comment.len() <= text.len() * 8 + 400, "{} bytes became {}", text.len(), comment.len());
    if marker::parse(&comment).is_none() {
        same("a comment without a marker", &comment, &wiki::markdown(&text));
    }
    marked(&comment);
    writes(&text);
    shown_as_it_is(&text);
}

/// Our own comment, there and back: the marker is the same.
fn marked(comment: &str) {
    let Some(read) = marker::parse(comment) else { return };
    let Ok(sent) = read else { panic!("a comment with a broken marker: {comment:?}") };
    let cloud = to_adf(comment, &nobody);
    let center = to_wiki(comment, &nobody);
    for back in [
        from_adf(&cloud.body, cloud.property.as_ref(), &id_of),
        from_wiki(&center.body, center.property.as_ref(), &id_of),
    ] {
        let Some(Ok(again)) = marker::parse(&back) else { panic!("lost its marker: {back:?}") };
        same("the claim of a marker", &(again.c, again.k, again.by), &(sent.c, sent.k, sent.by.clone()));
    }
}

fn writes(markdown: &str) {
    for document in [write::adf(markdown, &nobody), write::adf(markdown, &anybody)] {
        let wrongs = wrong(&document, "");
        assert!(wrongs.is_empty(), "{}\n{markdown:?}", wrongs.join("\n"));
    }
    let center = write::wiki(markdown, &anybody);
    assert!(center.len() <= markdown.len() * 16 + 400, "{} bytes became {}", markdown.len(), center.len());
}

fn shown_as_it_is(text: &str) {
    // Signs that Markdown cannot hold: NUL by its own rules, and what is neither a sign nor a break.
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return;
    }
    let markdown = plain(text);
    let told = seen(&markdown);
    same("plain words as Markdown", &told, &tidy(text));
    same("plain words in the cloud", &seen(&adf::markdown(&write::adf(&markdown, &nobody))), &told);
    same("plain words in a data center", &seen(&wiki::markdown(&write::wiki(&markdown, &nobody))), &told);
}

/// What people see of a Markdown text: words and line breaks, a mark for every other thing.
pub fn seen(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut out = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push('\n'),
            Event::End(TagEnd::Paragraph) => out.push_str("\n\n"),
            Event::Start(Tag::Paragraph | Tag::Link { .. }) | Event::End(TagEnd::Link) => {}
            other => out.push_str(&format!("<{other:?}>")),
        }
    }
    tidy(&out)
}

/// Plain text without what Markdown cannot hold: spaces at the ends of lines, rows of empty lines.
pub fn tidy(text: &str) -> String {
    let lines: Vec<String> = text.replace('\t', " ").lines().map(|l| l.trim_matches(' ').to_owned()).collect();
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        if !line.is_empty() || out.last().is_some_and(|l| !l.is_empty()) {
            out.push(line);
        }
    }
    out.join("\n").trim_matches('\n').to_owned()
}

/// What is wrong with a document by the rules of Atlassian's schema, as far as we write it.
pub fn wrong(node: &Value, parent: &str) -> Vec<String> {
    let kind = node["type"].as_str().unwrap_or_default();
    let may = |kinds: &[&str]| kinds.contains(&kind);
    let allowed = match parent {
        "" => may(&["doc"]),
        "doc" => may(&["paragraph", "heading", "bulletList", "orderedList", "blockquote", "codeBlock", "rule"]),
        "blockquote" => may(&["paragraph", "bulletList", "orderedList", "codeBlock"]),
        "bulletList" | "orderedList" => may(&["listItem"]),
        "listItem" => may(&["paragraph", "bulletList", "orderedList", "codeBlock"]),
        "paragraph" | "heading" => may(&["text", "hardBreak", "mention"]),
        "codeBlock" => may(&["text"]),
        _ => false,
    };
    let mut wrongs = Vec::new();
    let mut rule = |good: bool, what: &str| {
        if !good {
            wrongs.push(format!("{what}: {node} in {parent}"));
        }
    };
    rule(allowed, "stands where it may not");
    let content = node["content"].as_array();
    let children = content.map_or(0, Vec::len);
    rule(!matches!(kind, "doc" | "bulletList" | "orderedList" | "listItem" | "blockquote") || children > 0, "empty");
    rule(kind != "doc" || node["version"] == 1, "no version");
    rule(kind != "text" || node["text"].as_str().is_some_and(|t| !t.is_empty()), "no text");
    rule(kind != "heading" || (1..=6).contains(&node["attrs"]["level"].as_u64().unwrap_or(0)), "no level");
    rule(kind != "mention" || node["attrs"]["id"].as_str().is_some_and(|t| !t.is_empty()), "nobody");
    rule(kind != "orderedList" || node["attrs"]["order"].is_u64(), "no number");
    rule(
        kind != "listItem" || matches!(node["content"][0]["type"].as_str(), Some("paragraph" | "codeBlock")),
        "begins with a list",
    );
    let marks: Vec<&str> = node["marks"].as_array().into_iter().flatten().filter_map(|m| m["type"].as_str()).collect();
    rule(node.get("marks").is_none() || kind == "text" && !marks.is_empty() && parent != "codeBlock", "marks");
    rule(!marks.contains(&"code") || marks.iter().all(|m| matches!(*m, "code" | "link")), "code with other marks");
    rule(marks.iter().all(|m| matches!(*m, "code" | "link" | "strong" | "em" | "strike")), "unknown mark");
    let keys: Vec<&String> = node.as_object().into_iter().flat_map(Map::keys).collect();
    rule(
        keys.iter().all(|k| matches!(k.as_str(), "type" | "content" | "attrs" | "text" | "marks" | "version")),
        "unknown key",
    );
    for child in content.into_iter().flatten() {
        wrongs.extend(wrong(child, kind));
    }
    wrongs
}
