//! What happened to an issue or a pull request: the events endpoint, and the timeline with comments, commits and reviews.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Call, Outcome, issue,
    page::Page,
    shape::{Shape, at, merge},
};
use crate::demo::world::{Detail, Event, Issue, Repo, RepoIx, World};

/// Kinds that only a timeline shows.
const TIMELINE_ONLY: [&str; 3] = ["cross-referenced", "committed", "reviewed"];

pub(super) fn events(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let issue = issue(repo, number)?;
    let rows: Vec<&Event> = issue.events.iter().filter(|e| !TIMELINE_ONLY.contains(&e.kind)).collect();
    Ok(Page::of(call).answer(call, &rows, |event| shape.event(repo, event)))
}

/// Events and comments in one list, by time.
pub(super) fn timeline(world: &World, call: &Call, ix: RepoIx, number: u64) -> Outcome {
    let repo = world.repo(ix);
    let shape = call.shape(world);
    let issue = issue(repo, number)?;
    let seen = |event: &&Event| match event.detail {
        // What the reader may not know of is not told.
        Detail::Source(from, _) => world.repo(from).permission(call.who) > crate::demo::world::Permission::None,
        _ => true,
    };
    let told = issue.events.iter().filter(seen);
    let mut rows: Vec<(Timestamp, Value)> = told.map(|e| (e.at, shape.happened(repo, issue, e))).collect();
    for comment in shape.visible(issue) {
        let mut row = shape.comment(repo, issue, comment);
        merge(&mut row, json!({"event": "commented", "actor": shape.maybe_user(comment.author)}));
        rows.push((comment.created_at, row));
    }
    rows.sort_by_key(|(moment, _)| *moment);
    Ok(Page::of(call).answer(call, &rows, |(_, row)| row.clone()))
}

impl Shape<'_> {
    /// A row of a timeline.
    fn happened(&self, repo: &Repo, issue: &Issue, event: &Event) -> Value {
        match &event.detail {
            Detail::Commit { sha, message } if event.kind == "committed" => self.commit(repo, event, sha, message),
            Detail::Review { state, body, sha } => self.review(repo, issue, event, (state, body, sha)),
            Detail::Source(from, number) => self.mention(*from, *number, event),
            _ => self.event(repo, event),
        }
    }

    /// A row of the events endpoint.
    fn event(&self, repo: &Repo, event: &Event) -> Value {
        let actor = self.maybe_user(event.actor);
        let mut shown = json!({
            "id": event.id, "node_id": format!("EV_lADO{:x}", event.id),
            "url": format!("{}/issues/events/{}", self.repo_api(repo), event.id),
            "actor": actor, "event": event.kind, "commit_id": null, "commit_url": null,
            "created_at": at(event.at), "performed_via_github_app": null,
        });
        let more = match &event.detail {
            Detail::Label(name, color) => json!({"label": {"name": name, "color": color}}),
            Detail::Assignee(user) => json!({"assignee": self.user(*user), "assigner": actor}),
            Detail::Reason(reason) => json!({"state_reason": reason}),
            Detail::Reviewer(user) => json!({"requested_reviewer": self.user(*user), "review_requester": actor}),
            Detail::Commit { sha, .. } => {
                json!({"commit_id": sha, "commit_url": format!("{}/commits/{sha}", self.repo_api(repo))})
            }
            Detail::Plain | Detail::Source(..) | Detail::Review { .. } => json!({}),
        };
        merge(&mut shown, more);
        shown
    }

    fn mention(&self, from: RepoIx, number: u64, event: &Event) -> Value {
        let repo = self.world.repo(from);
        let mut source = repo.issues.get(&number).map(|i| self.issue(repo, i)).unwrap_or_default();
        merge(&mut source, json!({"repository": self.repo(from, None)}));
        json!({
            "event": event.kind, "actor": self.maybe_user(event.actor), "created_at": at(event.at),
            "updated_at": at(event.at), "source": {"type": "issue", "issue": source},
        })
    }

    /// A commit has no account: only the name and address of whoever made it.
    fn commit(&self, repo: &Repo, event: &Event, sha: &str, message: &str) -> Value {
        let user = event.actor.map(|u| self.world.user(u));
        let login = user.map_or("ghost", |u| u.login.as_str());
        let name = user.and_then(|u| u.name.as_deref()).unwrap_or(login);
        let person = json!({"name": name, "email": format!("{login}@users.noreply.localhost"), "date": at(event.at)});
        let home = self.repo_api(repo);
        let web = format!("{}/{}/commit/{sha}", self.web, self.world.full_name(repo));
        let tree = sha.chars().rev().collect::<String>();
        json!({
            "event": event.kind, "sha": sha, "node_id": format!("C_kwDO{sha}"),
            "url": format!("{home}/git/commits/{sha}"), "html_url": web, "author": person, "committer": person,
            "message": message, "tree": {"sha": tree, "url": format!("{home}/git/trees/{tree}")}, "parents": [],
            "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null,
                "verified_at": null},
        })
    }

    fn review(&self, repo: &Repo, issue: &Issue, event: &Event, (state, body, sha): (&str, &str, &str)) -> Value {
        let web = format!("{}#pullrequestreview-{}", self.issue_web(repo, issue), event.id);
        let pull = format!("{}/pulls/{}", self.repo_api(repo), issue.number);
        let association = event.actor.zip(self.world.find_repo(&self.world.user(repo.owner).login, &repo.name));
        json!({
            "event": event.kind, "id": event.id, "node_id": format!("PRR_kwDO{:x}", event.id),
            "user": self.maybe_user(event.actor), "body": body, "state": state, "commit_id": sha,
            "html_url": web, "pull_request_url": pull, "submitted_at": at(event.at), "updated_at": at(event.at),
            "author_association": association.map_or("NONE", |(who, ix)| self.world.association(ix, who)),
            "_links": {"html": {"href": web}, "pull_request": {"href": pull}},
        })
    }
}
