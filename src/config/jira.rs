//! What a table of a Jira site may say: projects, a search, who the token belongs to. Checks; reads no environment.

use super::{
    load::{entries, only_for},
    model::{TrackerConfig, TrackerKind},
    read::{Reader, Table, shown},
};
use crate::domain::key::LooseKey;

/// Longest search, characters.
const JQL_MOST: usize = 2_000;

/// Reads what is particular to a Jira site.
pub(super) fn sources(reader: &mut Reader<'_>, table: &Table, row: &mut TrackerConfig) {
    only_for(reader, table, &["orgs", "users", "topics", "repos"], TrackerKind::Jira);
    let is_key = |s: &str| !s.contains('/') && format!("{s}-1").parse::<LooseKey>().is_ok();
    row.projects =
        entries(reader, table.texts("projects"), is_key, "key of a Jira project", "capital letters, digits and '_'");
    row.email = email(reader, table);
    row.jql = jql(reader, table);
    row.transition = table.flag("transition");
    if table.texts("projects").is_empty() && table.text("jql").is_none() {
        let hint = "give it projects = [\"OPS\"], or jql = \"…\" for what a search finds".to_owned();
        reader.wrong(&table.span, "this Jira names nothing to read", Some(hint));
    }
}

fn email(reader: &mut Reader<'_>, table: &Table) -> Option<String> {
    let given = table.text("email")?;
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && c != ':');
    let right = given.text.len() <= 254
        && given.text.rsplit_once('@').is_some_and(|(local, host)| plain(local) && plain(host) && !host.contains('@'));
    if right {
        return Some(given.text.clone());
    }
    let what = format!("'{}' is no e-mail address", shown(&given.text));
    reader.wrong(&given.span, what, Some("write the address of the account the API token belongs to".into()));
    None
}

/// A search that leaves the order to the program.
pub(super) fn jql(reader: &mut Reader<'_>, table: &Table) -> Option<String> {
    let given = table.text("jql")?;
    let words: Vec<String> = given.text.split_whitespace().map(str::to_ascii_lowercase).collect();
    let ordered = words.windows(2).any(|pair| matches!(pair, [a, b] if a == "order" && b == "by"));
    let (what, hint) = if ordered {
        ("'jql' has an order of its own", "take ORDER BY out: floorwalk reads oldest first and last changed first")
    } else if given.text.chars().count() > JQL_MOST {
        ("'jql' is longer than 2,000 characters", "save it as a filter in Jira and write jql = \"filter = 10042\"")
    } else {
        return Some(given.text.clone());
    };
    reader.wrong(&given.span, what, Some(hint.into()));
    None
}
