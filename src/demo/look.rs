//! Pages for people: what an issue on the demo server looks like now. Plain text, with control characters and
//! everything that could steer a terminal made visible.

use std::fmt::Write;

use super::{
    rest::shape::at,
    world::{Issue, Repo, World},
};

/// The issue as text: title, labels, assignees, words, comments with their markers.
pub(crate) fn issue(world: &World, owner: &str, name: &str, number: &str) -> Option<String> {
    let repo = world.repo(world.find_repo(owner, name)?);
    let issue = repo.issues.get(&number.parse().ok()?)?;
    let mut page = head(world, repo, issue);
    let body = issue.body.as_deref().unwrap_or("(no description)");
    let _ = write!(page, "\n{}\n", block(body));
    for comment in &issue.comments {
        let author = login(world, comment.author);
        let _ = write!(page, "\n--- comment {} by {author} at {}", comment.id, at(comment.created_at));
        if comment.updated_at != comment.created_at {
            let _ = write!(page, ", edited {}", at(comment.updated_at));
        }
        let _ = write!(page, "\n{}\n", block(&comment.body));
    }
    Some(page)
}

fn head(world: &World, repo: &Repo, issue: &Issue) -> String {
    let labels: Vec<&str> = issue.labels.iter().filter_map(|l| repo.labels.get(*l)).map(|l| l.name.as_str()).collect();
    let assignees: Vec<String> = issue.assignees.iter().map(|u| login(world, Some(*u))).collect();
    let or_none = |words: String| if words.is_empty() { "none".to_owned() } else { words };
    format!(
        "{}#{}: {}\nstate: {}\nlabels: {}\nassignees: {}\nby {} at {}, changed {}\ncomments: {}\n",
        world.full_name(repo),
        issue.number,
        block(&issue.title),
        if issue.open { "open" } else { "closed" },
        or_none(block(&labels.join(", "))),
        or_none(assignees.join(", ")),
        login(world, issue.author),
        at(issue.created_at),
        at(issue.updated_at),
        issue.comments.len(),
    )
}

fn login(world: &World, user: Option<usize>) -> String {
    user.map_or_else(|| "ghost".into(), |u| crate::domain::text::safe_line(&world.user(u).login).into_owned())
}

/// Foreign text line by line, harmless on any terminal.
pub(crate) fn block(text: &str) -> String {
    text.lines().map(|line| crate::domain::text::safe_line(line).into_owned()).collect::<Vec<_>>().join("\n")
}
