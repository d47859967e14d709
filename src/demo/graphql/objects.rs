//! The fields of each type of object, but for connections' own.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    connect::{ordered, page},
    events::item_type,
    run::{Args, Node, Out, Run},
};
use crate::demo::{
    rest::shape::{at, comment_node, escaped},
    search,
    world::{Issue, Kind, Permission, RepoIx, UserIx},
};

pub(super) fn leaf(value: impl Into<Value>) -> Out {
    Out::Leaf(value.into())
}

fn moment(moment: Option<Timestamp>) -> Out {
    moment.map_or(Out::Null, |m| leaf(at(m)))
}

/// An order of connections' `orderBy.field`.
fn order_field(args: &Args) -> &str {
    args.get("orderBy").and_then(|o| o.get("field")).and_then(Value::as_str).unwrap_or("CREATED_AT")
}

impl Run<'_> {
    pub(super) fn resolve(&self, node: &Node, field: &str, args: &Args) -> Out {
        match node {
            Node::Query => self.of_query(field, args),
            Node::Repo(repo) => self.of_repo(*repo, field, args),
            Node::Issue(repo, number) => self.of_issue(*repo, *number, field, args),
            Node::Comment(repo, number, id) => self.of_comment(*repo, *number, *id, field),
            Node::Event(repo, number, place) => self.of_event(*repo, *number, *place, field),
            Node::User(user) => self.of_user(*user, field, args),
            Node::Label(repo, place) => self.of_label(*repo, *place, field),
            Node::Milestone(repo, place) => self.of_milestone(*repo, *place, field),
            Node::Commit(repo, back) => self.of_commit(*repo, *back, field, args),
            Node::Folder(repo, path) => self.of_folder(*repo, path, field),
            Node::Entry(repo, path) => self.of_entry(*repo, path, field),
            Node::File(repo, path) => self.of_file(*repo, path, field),
            Node::Page(page) => self.of_page(page, field),
            Node::Edge(_, cursor, node) => match field {
                "cursor" => leaf(cursor.clone()),
                _ => Out::One((**node).clone()),
            },
            Node::Plain(_, value) => plain(value.get(field).cloned().unwrap_or_default()),
        }
    }

    fn seen(&self, repo: RepoIx) -> bool {
        self.world.repo(repo).permission(self.call.who) >= Permission::Read
    }

    fn of_query(&self, field: &str, args: &Args) -> Out {
        match field {
            "viewer" => Out::maybe(self.call.who.map(Node::User)),
            "rateLimit" => Out::One(Node::Plain(
                "RateLimit",
                json!({"cost": self.cost, "limit": self.budget.limit, "nodeCount": 0, "used": self.budget.used + self.cost,
                       "remaining": self.budget.remaining().saturating_sub(self.cost), "resetAt": at(self.budget.reset)}),
            )),
            "repository" => {
                let (owner, name) = (args.text("owner").unwrap_or_default(), args.text("name").unwrap_or_default());
                let found = self.world.find_repo(owner, name).filter(|r| self.seen(*r));
                found.map_or_else(
                    || missing(&format!("a Repository with the name '{owner}/{name}'")),
                    |repo| Out::One(Node::Repo(repo)),
                )
            }
            "node" => {
                let id = args.text("id").unwrap_or_default();
                let found = self.by_id(id);
                found.map_or_else(|| missing(&format!("a node with the global id of '{id}'")), Out::One)
            }
            "nodes" => Out::Many(args.texts("ids").unwrap_or_default().iter().map(|id| self.by_id(id)).collect()),
            "search" => self.search(args),
            "__type" => plain(self.schema.describe(args.text("name").unwrap_or_default())),
            "organization" | "user" | "repositoryOwner" => self.account(field, args.text("login").unwrap_or_default()),
            _ => Out::Null,
        }
    }

    fn account(&self, field: &str, login: &str) -> Out {
        let found = self.world.find_user(login).filter(|user| {
            let org = self.world.user(*user).kind == Kind::Organization;
            field == "repositoryOwner" || (field == "organization") == org
        });
        let kind = if field == "organization" { "an Organization" } else { "a User" };
        found.map_or_else(|| missing(&format!("{kind} with the login of '{login}'")), |user| Out::One(Node::User(user)))
    }

    fn search(&self, args: &Args) -> Out {
        let kind = args.text("type").unwrap_or_default();
        let query = args.text("query").unwrap_or_default();
        let rows = if kind == "ISSUE" { search::issues(self.world, self.call.who, query) } else { Vec::new() };
        let nodes = rows.into_iter().map(|(repo, number)| Node::Issue(repo, number)).collect();
        page("SearchResultItemConnection", "SearchResultItemEdge", nodes, args, "search")
    }

    fn by_id(&self, id: &str) -> Option<Node> {
        let world = self.world;
        if let Some(repo) = world.repo_by_node(id) {
            return Some(repo).filter(|r| self.seen(*r)).map(Node::Repo);
        }
        if let Some((repo, number)) = world.issue_by_node(id) {
            return self.seen(repo).then_some(Node::Issue(repo, number));
        }
        if let Some(hex) = id.strip_prefix("IC_kwDO") {
            let id = u64::from_str_radix(hex, 16).ok()?;
            let (repo, number) = world.comment_home(id).filter(|(r, _)| self.seen(*r))?;
            return Some(Node::Comment(repo, number, id));
        }
        world.users.iter().position(|u| u.node_id == id).map(Node::User)
    }

    fn of_user(&self, ix: UserIx, field: &str, args: &Args) -> Out {
        let user = self.world.user(ix);
        match field {
            "login" => leaf(user.login.trim_end_matches("[bot]")),
            "name" => leaf(user.name.clone()),
            "id" => leaf(user.node_id.clone()),
            "databaseId" => leaf(user.id),
            "url" => leaf(format!("{}/{}", self.call.web, user.login)),
            "resourcePath" => leaf(format!("/{}", user.login)),
            "avatarUrl" => leaf(format!("{}/avatars/u/{}", self.call.web, user.id)),
            "description" | "bio" => leaf(user.description.clone()),
            "isViewer" => leaf(self.call.who == Some(ix)),
            "createdAt" => leaf("2022-03-01T09:00:00Z"),
            "repositories" => {
                let mut repos: Vec<RepoIx> =
                    (0..self.world.repos.len()).filter(|r| self.world.repo(*r).owner == ix && self.seen(*r)).collect();
                let repo = |r: &RepoIx| self.world.repo(*r);
                match order_field(args) {
                    "NAME" => repos.sort_by_key(|r| repo(r).name.to_lowercase()),
                    "PUSHED_AT" | "UPDATED_AT" => repos.sort_by_key(|r| repo(r).pushed_at),
                    _ => repos.sort_by_key(|r| repo(r).created_at),
                }
                let nodes = ordered(repos.into_iter().map(Node::Repo).collect(), args.get("orderBy"), false);
                page("RepositoryConnection", "RepositoryEdge", nodes, args, field)
            }
            _ => Out::Null,
        }
    }

    fn of_repo(&self, ix: RepoIx, field: &str, args: &Args) -> Out {
        let repo = self.world.repo(ix);
        let full = || self.world.full_name(repo);
        match field {
            "id" => leaf(repo.node_id.clone()),
            "databaseId" => leaf(repo.id),
            "name" => leaf(repo.name.clone()),
            "nameWithOwner" => leaf(full()),
            "owner" => Out::One(Node::User(repo.owner)),
            "description" => leaf(repo.description.clone()),
            "url" => leaf(format!("{}/{}", self.call.web, full())),
            "resourcePath" => leaf(format!("/{}", full())),
            "isArchived" => leaf(repo.archived),
            "isPrivate" => leaf(repo.private),
            "isDisabled" | "isEmpty" | "isFork" | "isLocked" => leaf(false),
            "hasIssuesEnabled" => leaf(repo.has_issues),
            "createdAt" => leaf(at(repo.created_at)),
            "pushedAt" | "updatedAt" => leaf(at(repo.pushed_at)),
            "stargazerCount" => leaf(repo.stars),
            "forkCount" | "diskUsage" => leaf(0),
            "viewerPermission" => leaf(repo.permission(self.call.who).graphql()),
            "viewerCanAdminister" => leaf(repo.permission(self.call.who) == Permission::Admin),
            "primaryLanguage" => repo.language.as_ref().map_or(Out::Null, |name| {
                Out::One(Node::Plain("Language", json!({"name": name, "id": format!("LA_{name}"), "color": null})))
            }),
            "defaultBranchRef" => Out::One(Node::Plain(
                "Ref",
                json!({"id": format!("REF_kwDO{:x}", repo.id), "name": repo.default_branch, "prefix": "refs/heads/",
                       "target": {"__commit": ix}}),
            )),
            _ => self.of_repo_lists(ix, field, args),
        }
    }

    fn of_repo_lists(&self, ix: RepoIx, field: &str, args: &Args) -> Out {
        let repo = self.world.repo(ix);
        match field {
            "issue" | "pullRequest" | "issueOrPullRequest" => {
                let number = args.number("number").unwrap_or(0);
                let found = repo.issues.get(&number).filter(|i| match field {
                    "issue" => i.pull.is_none(),
                    "pullRequest" => i.pull.is_some(),
                    _ => true,
                });
                let kind = if field == "pullRequest" { "a PullRequest" } else { "an Issue" };
                found.map_or_else(
                    || missing(&format!("{kind} with the number of {number}.")),
                    |i| Out::One(Node::Issue(ix, i.number)),
                )
            }
            "issues" => page("IssueConnection", "IssueEdge", self.issues(ix, args, false), args, field),
            "pullRequests" => {
                page("PullRequestConnection", "PullRequestEdge", self.issues(ix, args, true), args, field)
            }
            "label" => Out::maybe(repo.label_named(args.text("name").unwrap_or_default()).map(|l| Node::Label(ix, l))),
            "labels" => {
                let nodes = (0..repo.labels.len()).map(|l| Node::Label(ix, l)).collect();
                page("LabelConnection", "LabelEdge", nodes, args, field)
            }
            "milestones" => {
                let nodes = (0..repo.milestones.len()).map(|m| Node::Milestone(ix, m)).collect();
                page("MilestoneConnection", "MilestoneEdge", nodes, args, field)
            }
            "repositoryTopics" => {
                let topic = |name: &String| {
                    let topic = json!({"id": format!("T_{name}"), "name": name});
                    Node::Plain("RepositoryTopic", json!({"id": format!("RT_{name}"), "topic": topic}))
                };
                let nodes = repo.topics.iter().map(topic).collect();
                page("RepositoryTopicConnection", "RepositoryTopicEdge", nodes, args, field)
            }
            "object" => self.git_object(ix, args.text("expression").unwrap_or_default()),
            _ => self.document(ix, field).unwrap_or(Out::Null),
        }
    }

    /// Issues or pull requests of a repository in the wanted states and order.
    fn issues(&self, ix: RepoIx, args: &Args, pulls: bool) -> Vec<Node> {
        let repo = self.world.repo(ix);
        let filter = |key: &str| args.get("filterBy").and_then(|f| f.get(key));
        let states = args.texts("states");
        let labels = args.texts("labels");
        let since: Option<Timestamp> = filter("since").and_then(Value::as_str).and_then(|s| s.parse().ok());
        let wanted = |issue: &&Issue| {
            let labelled = |name: &String| repo.label_named(name).is_some_and(|l| issue.labels.contains(&l));
            issue.pull.is_some() == pulls
                && states.as_ref().is_none_or(|s| s.iter().any(|state| state == state_of(issue)))
                && labels.as_ref().is_none_or(|l| l.iter().any(labelled))
                && since.is_none_or(|s| issue.updated_at >= s)
        };
        let rows: Vec<&Issue> = match order_field(args) {
            "UPDATED_AT" => repo.by_updated.iter().filter_map(|(_, n)| repo.issues.get(n)).filter(wanted).collect(),
            "COMMENTS" => {
                let mut rows: Vec<&Issue> = repo.issues.values().filter(wanted).collect();
                rows.sort_by_key(|i| i.comments.len());
                rows
            }
            _ => repo.issues.values().filter(wanted).collect(),
        };
        ordered(rows.into_iter().map(|i| Node::Issue(ix, i.number)).collect(), args.get("orderBy"), false)
    }

    fn of_commit(&self, ix: RepoIx, back: usize, field: &str, args: &Args) -> Out {
        let repo = self.world.repo(ix);
        let hours = i64::try_from(back).unwrap_or(0).saturating_mul(31);
        let date = repo.pushed_at.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(repo.pushed_at);
        let oid = format!("{:032x}{back:08x}", repo.id);
        match field {
            "id" => leaf(format!("C_kwDO{oid}")),
            "oid" => leaf(oid),
            "abbreviatedOid" => leaf(oid.chars().rev().take(7).collect::<String>()),
            "committedDate" => leaf(at(date)),
            "statusCheckRollup" => repo.ci.as_ref().map_or(Out::Null, |ci| {
                let red = ci.red_since.is_some_and(|since| date >= since);
                let state = if red || back == 0 { ci.state } else { "SUCCESS" };
                Out::One(Node::Plain("StatusCheckRollup", json!({"id": format!("SCR_{oid}"), "state": state})))
            }),
            "history" => {
                let nodes = (back..back + 200).map(|b| Node::Commit(ix, b)).collect();
                page("CommitHistoryConnection", "CommitEdge", nodes, args, field)
            }
            _ => Out::Null,
        }
    }

    fn of_label(&self, ix: RepoIx, place: usize, field: &str) -> Out {
        let repo = self.world.repo(ix);
        let Some(label) = repo.labels.get(place) else { return Out::Null };
        let path = || format!("/{}/labels/{}", self.world.full_name(repo), escaped(&label.name));
        match field {
            "id" => leaf(format!("LA_kwDO{:x}", label.id)),
            "name" => leaf(label.name.clone()),
            "color" => leaf(label.color.clone()),
            "description" => leaf(label.description.clone()),
            "isDefault" => leaf(false),
            "createdAt" => leaf(at(repo.created_at)),
            "url" => leaf(format!("{}{}", self.call.web, path())),
            "resourcePath" => leaf(path()),
            _ => Out::Null,
        }
    }

    fn of_milestone(&self, ix: RepoIx, place: usize, field: &str) -> Out {
        let repo = self.world.repo(ix);
        let Some(milestone) = repo.milestones.get(place) else { return Out::Null };
        match field {
            "id" => leaf(format!("MI_kwDO{:x}", milestone.id)),
            "number" => leaf(milestone.number),
            "title" => leaf(milestone.title.clone()),
            "description" => leaf(milestone.description.clone()),
            "dueOn" => moment(milestone.due_on),
            "state" => leaf("OPEN"),
            "closed" => leaf(false),
            "createdAt" | "updatedAt" => leaf(at(milestone.created_at)),
            "url" => leaf(format!("{}/{}/milestone/{}", self.call.web, self.world.full_name(repo), milestone.number)),
            _ => Out::Null,
        }
    }

    fn of_issue(&self, ix: RepoIx, number: u64, field: &str, args: &Args) -> Out {
        let repo = self.world.repo(ix);
        let Some(issue) = repo.issues.get(&number) else { return Out::Null };
        let shape = self.call.shape(self.world);
        match field {
            "id" => leaf(issue.node_id.clone()),
            "databaseId" => leaf(issue.id),
            "fullDatabaseId" => leaf(issue.id.to_string()),
            "number" => leaf(number),
            "title" => leaf(issue.title.clone()),
            "body" | "bodyText" => leaf(issue.body.clone().unwrap_or_default()),
            "url" => leaf(shape.issue_web(repo, issue)),
            "resourcePath" => leaf(format!("/{}/issues/{number}", self.world.full_name(repo))),
            "state" => leaf(state_of(issue)),
            "stateReason" => leaf(issue.state_reason.as_ref().map(|r| r.to_uppercase())),
            "closed" => leaf(!issue.open),
            "closedAt" => moment(issue.closed_at),
            "createdAt" => leaf(at(issue.created_at)),
            "updatedAt" => leaf(at(issue.updated_at)),
            "locked" => leaf(issue.locked),
            "author" => Out::maybe(issue.author.map(Node::User)),
            "authorAssociation" => leaf(issue.association),
            "repository" => Out::One(Node::Repo(ix)),
            "milestone" => Out::maybe(issue.milestone.map(|m| Node::Milestone(ix, m))),
            "viewerDidAuthor" => leaf(issue.author == self.call.who),
            "viewerCanUpdate" | "viewerCanClose" => leaf(repo.permission(self.call.who) >= Permission::Triage),
            "isDraft" => leaf(issue.pull.as_ref().is_some_and(|p| p.draft)),
            "headRefName" => leaf(issue.pull.as_ref().map(|p| p.head.clone())),
            "merged" => leaf(issue.pull.as_ref().is_some_and(|p| p.merged_at.is_some())),
            "mergedAt" => moment(issue.pull.as_ref().and_then(|p| p.merged_at)),
            _ => self.of_issue_lists(ix, issue, field, args),
        }
    }

    fn of_issue_lists(&self, ix: RepoIx, issue: &Issue, field: &str, args: &Args) -> Out {
        let shape = self.call.shape(self.world);
        match field {
            "labels" => {
                let nodes = issue.labels.iter().map(|l| Node::Label(ix, *l)).collect();
                page("LabelConnection", "LabelEdge", nodes, args, field)
            }
            "assignees" => {
                let nodes = issue.assignees.iter().map(|u| Node::User(*u)).collect();
                page("UserConnection", "UserEdge", nodes, args, field)
            }
            "participants" => {
                let mut users: Vec<UserIx> =
                    issue.author.into_iter().chain(issue.comments.iter().filter_map(|c| c.author)).collect();
                users.sort_unstable();
                users.dedup();
                page("UserConnection", "UserEdge", users.into_iter().map(Node::User).collect(), args, field)
            }
            "comments" => {
                let nodes = shape.visible(issue).map(|c| Node::Comment(ix, issue.number, c.id)).collect();
                let nodes = ordered(nodes, args.get("orderBy"), false);
                page("IssueCommentConnection", "IssueCommentEdge", nodes, args, field)
            }
            "timelineItems" => {
                let kinds = args.texts("itemTypes");
                let nodes = self.timeline(ix, issue).into_iter().filter(|node| {
                    let kind = item_type(self.type_name(node));
                    kinds.as_ref().is_none_or(|k| k.contains(&kind))
                });
                page("IssueTimelineItemsConnection", "IssueTimelineItemsEdge", nodes.collect(), args, field)
            }
            "reactions" => {
                let total: u64 = match args.text("content") {
                    None => issue.reactions.iter().sum(),
                    Some(content) => {
                        CONTENTS.iter().zip(issue.reactions).filter(|(c, _)| **c == content).map(|(_, n)| n).sum()
                    }
                };
                Out::One(Node::Plain("ReactionConnection", json!({"totalCount": total, "viewerHasReacted": false})))
            }
            "reactionGroups" => {
                let group = |(content, count): (&&str, u64)| {
                    Some(Node::Plain("ReactionGroup", json!({"content": content, "reactors": {"totalCount": count}})))
                };
                Out::Many(CONTENTS.iter().zip(issue.reactions).map(group).collect())
            }
            _ => Out::Null,
        }
    }

    fn of_comment(&self, ix: RepoIx, number: u64, id: u64, field: &str) -> Out {
        let repo = self.world.repo(ix);
        let Some(issue) = repo.issues.get(&number) else { return Out::Null };
        let Some(comment) = issue.comments.iter().find(|c| c.id == id) else { return Out::Null };
        let edited = comment.updated_at != comment.created_at;
        match field {
            "id" => leaf(comment_node(id)),
            "databaseId" => leaf(id),
            "fullDatabaseId" => leaf(id.to_string()),
            "body" | "bodyText" => leaf(&*comment.body),
            "createdAt" => leaf(at(comment.created_at)),
            "updatedAt" => leaf(at(comment.updated_at)),
            "lastEditedAt" => moment(edited.then_some(comment.updated_at)),
            "includesCreatedEdit" => leaf(edited),
            "author" => Out::maybe(comment.author.map(Node::User)),
            "editor" => Out::maybe(comment.author.filter(|_| edited).map(Node::User)),
            "authorAssociation" => leaf(comment.association),
            "isMinimized" => leaf(false),
            "issue" => Out::One(Node::Issue(ix, number)),
            "viewerDidAuthor" => leaf(comment.author == self.call.who),
            "url" => leaf(format!("{}#issuecomment-{id}", self.call.shape(self.world).issue_web(repo, issue))),
            _ => Out::Null,
        }
    }
}

/// Reactions in the order [`Issue::reactions`] keeps them.
const CONTENTS: [&str; 8] = ["THUMBS_UP", "THUMBS_DOWN", "LAUGH", "CONFUSED", "HEART", "HOORAY", "EYES", "ROCKET"];

fn state_of(issue: &Issue) -> &'static str {
    match &issue.pull {
        _ if issue.open => "OPEN",
        Some(pull) if pull.merged_at.is_some() => "MERGED",
        _ => "CLOSED",
    }
}

fn missing(what: &str) -> Out {
    Out::Failed("NOT_FOUND", format!("Could not resolve to {}.", what.trim_end_matches('.')))
}

/// A ready value as something that can be projected further.
fn plain(value: Value) -> Out {
    match value {
        Value::Object(ref map) => match map.get("__commit").and_then(Value::as_u64) {
            Some(repo) => Out::One(Node::Commit(usize::try_from(repo).unwrap_or(0), 0)),
            None => Out::One(Node::Plain("Object", value)),
        },
        Value::Array(list) if list.iter().any(Value::is_object) => {
            Out::Many(list.into_iter().map(|v| Some(Node::Plain("Object", v))).collect())
        }
        Value::Null => Out::Null,
        value => leaf(value),
    }
}
