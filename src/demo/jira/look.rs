//! Pages for people: what a Jira issue on the demo server looks like now. Plain text, with everything that could
//! steer a terminal made visible.

use std::fmt::Write;

use super::{
    super::{
        look::block,
        rest::shape::at,
        world::{UserIx, World},
    },
    model::Issue,
    people::display_name,
    text::plain,
};

fn or_none(words: String) -> String {
    if words.is_empty() { "none".into() } else { block(&words) }
}

/// The page of a path `/cloud/browse/KEY` or `/dc/browse/KEY`.
pub(crate) fn issue(world: &World, key: &str) -> Option<String> {
    let issue = world.jira.issue(world.jira.find(key)?)?;
    let mut page = head(world, issue);
    let body = issue.description.as_ref().map_or_else(|| "(no description)".into(), |t| plain(t).into_owned());
    let _ = write!(page, "\n{}\n", block(&body));
    for comment in &issue.comments {
        let _ =
            write!(page, "\n--- comment {} by {} at {}", comment.id, who(world, comment.author), at(comment.created));
        if comment.updated != comment.created {
            let _ = write!(page, ", edited {}", at(comment.updated));
        }
        let keys: Vec<&str> = comment.properties.keys().map(String::as_str).collect();
        if !keys.is_empty() {
            let _ = write!(page, ", properties: {}", block(&keys.join(", ")));
        }
        let _ = write!(page, "\n{}\n", block(&plain(&comment.body)));
    }
    Some(page)
}

fn who(world: &World, user: Option<UserIx>) -> String {
    user.map_or_else(|| "nobody".into(), |u| block(&display_name(world, u)))
}

fn head(world: &World, issue: &Issue) -> String {
    let jira = &world.jira;
    let status = jira.statuses.get(issue.status).map(|s| s.named.name.clone()).unwrap_or_default();
    let sprints: Vec<&str> =
        issue.sprints.iter().filter_map(|s| jira.sprints.get(*s)).map(|s| s.name.as_str()).collect();
    format!(
        "{}: {}\nstatus: {}\nassignee: {}\nlabels: {}\nsprints: {}\nby {} at {}, changed {}\nvotes: {}\ncomments: {}\n",
        jira.key(issue),
        block(&issue.summary),
        block(&status),
        who(world, issue.assignee),
        or_none(issue.labels.join(", ")),
        or_none(sprints.join(", ")),
        who(world, issue.reporter),
        at(issue.created),
        at(issue.updated),
        issue.votes(),
        issue.comments.len(),
    )
}
