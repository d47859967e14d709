//! `[[view]]`: saved queries. What a query means is known above; here it is a text with its place.

use super::{
    model::ViewConfig,
    origin::Origin,
    read::{Reader, Table, shown},
};
use crate::config::Loaded;

/// Longest name.
const NAME_MOST: usize = 32;
/// Longest search that GitHub takes, characters.
const GITHUB_MOST: usize = 256;

/// Checks one table.
pub(super) fn view(reader: &mut Reader<'_>, table: &Table, loaded: &mut Loaded) {
    let Some(name) = name(reader, table, loaded) else { return };
    let (github, jql) = (github(reader, table), super::jira::jql(reader, table));
    let filtered = table.text("github").is_some() || table.text("jql").is_some();
    let query = table.text("query");
    if query.is_none() && !filtered {
        let hint = "add query = \"is:free label:docs\"".to_owned();
        return reader.wrong(&table.span, format!("the view '{name}' has no query"), Some(hint));
    }
    let sort = table.text("sort").map(|sort| (sort.text.clone(), reader.place(sort.span.start)));
    for key in ["query", "sort", "github", "jql"] {
        if let Some(span) = table.span_of(key) {
            loaded.origins.set(format!("view.{name}.{key}"), Origin::File(reader.place(span.start).0));
        }
    }
    let place = reader.place(query.map_or(table.span.start, |query| query.span.start));
    let query = query.map(|query| query.text.clone()).unwrap_or_default();
    loaded.config.views.push(ViewConfig { name, query, place, sort, github, jql });
}

fn github(reader: &mut Reader<'_>, table: &Table) -> Option<String> {
    let given = table.text("github")?;
    let words: Vec<&str> = given.text.split_whitespace().collect();
    let (what, hint) = if words.is_empty() {
        ("'github' is empty", "write a search as GitHub's own page takes it, or take the line out")
    } else if words.iter().any(|word| word.starts_with("sort:")) {
        ("'github' has an order of its own", "take sort: out; the order of the view is sort = \"…\"")
    } else if given.text.chars().count() > GITHUB_MOST {
        ("'github' is longer than 256 characters", "GitHub takes no longer search; make two views of it")
    } else {
        return Some(words.join(" "));
    };
    reader.wrong(&given.span, what, Some(hint.into()));
    None
}

fn name(reader: &mut Reader<'_>, table: &Table, loaded: &Loaded) -> Option<String> {
    let Some(given) = table.text("name") else {
        let hint = "add name = \"docs\"; `floorwalk list @docs` lists it then".to_owned();
        reader.wrong(&table.span, "this view has no name", Some(hint));
        return None;
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if given.text.len() > NAME_MOST || !given.text.chars().all(plain) {
        let what = format!("'{}' is no name of a view", shown(&given.text));
        let hint = "lower-case letters, digits and '-', at most 32".to_owned();
        reader.wrong(&given.span, what, Some(hint));
        return None;
    }
    if loaded.config.views.iter().any(|view| view.name == given.text) {
        let hint = "give each [[view]] its own name".to_owned();
        reader.wrong(&given.span, format!("a second view is named '{}'", given.text), Some(hint));
        return None;
    }
    Some(given.text.clone())
}
