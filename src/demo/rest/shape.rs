//! The JSON shapes of GitHub's REST answers. Knows the world's data, not who may see it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::demo::{
    dump::REACTIONS,
    world::{Comment, Issue, Kind, Label, Milestone, Permission, Repo, RepoIx, User, UserIx, World},
};

/// What a shape needs beside the thing itself.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'a> {
    pub world: &'a World,
    /// Address of the API, without a slash at its end.
    pub api: &'a str,
    /// Address of the web pages.
    pub web: &'a str,
    /// Comments above this id are hidden (a lagging replica).
    pub newest: Option<u64>,
    /// The counter of comments lags as well.
    pub count_lags: bool,
}

/// A moment as GitHub writes it.
pub(crate) fn at(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn maybe_at(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, |m| at(m).into())
}

/// A segment of an address.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl<'a> Shape<'a> {
    pub(crate) fn user(&self, ix: UserIx) -> Value {
        self.account(self.world.user(ix))
    }

    pub(crate) fn maybe_user(&self, ix: Option<UserIx>) -> Value {
        ix.map_or(Value::Null, |ix| self.user(ix))
    }

    fn account(&self, user: &User) -> Value {
        let api = format!("{}/users/{}", self.api, escaped(&user.login));
        let web = format!("{}/{}", self.web, user.login);
        json!({
            "login": user.login, "id": user.id, "node_id": user.node_id,
            "avatar_url": format!("{}/avatars/u/{}", self.web, user.id), "gravatar_id": "",
            "url": api, "html_url": web,
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": user.kind.word(), "user_view_type": "public", "site_admin": false,
        })
    }

    /// An account as `GET /users/{login}` and `GET /user` show it.
    pub(crate) fn profile(&self, ix: UserIx) -> Value {
        let user = self.world.user(ix);
        let mut shown = self.account(user);
        let repos = self.world.repos.iter().filter(|r| r.owner == ix).count();
        let more = json!({
            "name": user.name, "company": null, "blog": "", "location": null, "email": null, "hireable": null,
            "bio": user.description, "twitter_username": null, "public_repos": repos, "public_gists": 0,
            "followers": 0, "following": 0, "created_at": "2022-03-01T09:00:00Z", "updated_at": "2022-03-01T09:00:00Z",
        });
        merge(&mut shown, more);
        shown
    }

    pub(crate) fn organisation(&self, ix: UserIx) -> Value {
        let org = self.world.user(ix);
        let api = format!("{}/orgs/{}", self.api, org.login);
        let repos = self.world.repos.iter().filter(|r| r.owner == ix);
        json!({
            "login": org.login, "id": org.id, "node_id": org.node_id, "url": api,
            "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"),
            "hooks_url": format!("{api}/hooks"), "issues_url": format!("{api}/issues"),
            "members_url": format!("{api}/members{{/member}}"),
            "public_members_url": format!("{api}/public_members{{/member}}"),
            "avatar_url": format!("{}/avatars/u/{}", self.web, org.id),
            "description": org.description, "name": org.name.as_deref().unwrap_or(&org.login),
            "html_url": format!("{}/{}", self.web, org.login), "type": "Organization",
            "has_organization_projects": false, "has_repository_projects": false,
            "public_repos": repos.filter(|r| !r.private).count(), "public_gists": 0, "followers": 0, "following": 0,
            "created_at": "2022-03-01T09:00:00Z", "updated_at": "2022-03-01T09:00:00Z", "archived_at": null,
        })
    }

    pub(crate) fn repo_api(&self, repo: &Repo) -> String {
        format!("{}/repos/{}", self.api, self.world.full_name(repo))
    }

    /// A repository. `who` decides the permissions told; without an account none are told.
    pub(crate) fn repo(&self, ix: RepoIx, who: Option<UserIx>) -> Value {
        let repo = self.world.repo(ix);
        let full = self.world.full_name(repo);
        let api = self.repo_api(repo);
        let web = format!("{}/{full}", self.web);
        let open = repo.open;
        let mut shown = json!({
            "id": repo.id, "node_id": repo.node_id, "name": repo.name, "full_name": full, "private": repo.private,
            "owner": self.user(repo.owner), "html_url": web, "description": repo.description, "fork": false, "url": api,
            "created_at": at(repo.created_at), "updated_at": at(repo.pushed_at), "pushed_at": at(repo.pushed_at),
            "git_url": format!("git://{full}.git"), "ssh_url": format!("git@localhost:{full}.git"),
            "clone_url": format!("{web}.git"), "svn_url": web, "homepage": null, "size": 1000 + repo.id % 9000,
        });
        let more = json!({
            "stargazers_count": repo.stars, "watchers_count": repo.stars, "language": repo.language,
            "has_issues": repo.has_issues, "has_projects": true, "has_downloads": true, "has_wiki": false,
            "has_pages": false, "has_discussions": false, "forks_count": 0, "mirror_url": null,
            "archived": repo.archived, "disabled": false, "open_issues_count": open, "license": null,
            "allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
            "topics": repo.topics, "visibility": if repo.private { "private" } else { "public" },
            "forks": 0, "open_issues": open, "watchers": repo.stars, "default_branch": repo.default_branch,
        });
        merge(&mut shown, more);
        let links = REPO_LINKS.iter().map(|(key, tail)| ((*key).to_owned(), format!("{api}{tail}").into()));
        merge(&mut shown, Value::Object(links.collect()));
        if who.is_some() {
            let permission = repo.permission(who);
            let may = |needed| permission >= needed;
            merge(
                &mut shown,
                json!({"permissions": {
                    "admin": may(Permission::Admin), "maintain": may(Permission::Admin),
                    "push": may(Permission::Write), "triage": may(Permission::Triage), "pull": may(Permission::Read),
                }}),
            );
        }
        shown
    }

    /// A repository as `GET /repos/{owner}/{repo}` shows it.
    pub(crate) fn full_repo(&self, ix: RepoIx, who: Option<UserIx>) -> Value {
        let mut shown = self.repo(ix, who);
        merge(&mut shown, json!({"network_count": 0, "subscribers_count": 1, "temp_clone_token": null}));
        let owner = self.world.repo(ix).owner;
        if self.world.user(owner).kind == Kind::Organization {
            merge(&mut shown, json!({"organization": self.user(owner)}));
        }
        shown
    }

    pub(crate) fn label(&self, repo: &Repo, label: &Label) -> Value {
        json!({
            "id": label.id, "node_id": format!("LA_kwDO{:x}", label.id),
            "url": format!("{}/labels/{}", self.repo_api(repo), escaped(&label.name)),
            "name": label.name, "description": label.description, "color": label.color,
            "default": matches!(label.name.as_str(), "bug" | "documentation" | "enhancement" | "good first issue" | "help wanted"),
        })
    }

    pub(crate) fn labels(&self, repo: &Repo, issue: &Issue) -> Vec<Value> {
        issue.labels.iter().filter_map(|l| repo.labels.get(*l)).map(|l| self.label(repo, l)).collect()
    }

    pub(super) fn milestone(&self, repo: &Repo, milestone: &Milestone) -> Value {
        let url = format!("{}/milestones/{}", self.repo_api(repo), milestone.number);
        json!({
            "url": url, "labels_url": format!("{url}/labels"),
            "html_url": format!("{}/{}/milestone/{}", self.web, self.world.full_name(repo), milestone.number),
            "id": milestone.id, "node_id": format!("MI_kwDO{:x}", milestone.id), "number": milestone.number,
            "title": milestone.title, "description": milestone.description, "creator": self.user(repo.owner),
            "open_issues": milestone.open, "closed_issues": milestone.closed,
            "state": "open", "created_at": at(milestone.created_at), "updated_at": at(milestone.created_at),
            "due_on": maybe_at(milestone.due_on), "closed_at": null,
        })
    }

    pub(crate) fn milestones(&self, repo: &Repo) -> Vec<Value> {
        repo.milestones.iter().map(|m| self.milestone(repo, m)).collect()
    }

    /// Comments that are visible to this reader.
    pub(crate) fn visible<'i>(&self, issue: &'i Issue) -> impl Iterator<Item = &'i Comment> + use<'i> {
        let newest = self.newest.unwrap_or(u64::MAX);
        issue.comments.iter().filter(move |c| c.id <= newest)
    }

    pub(crate) fn count(&self, issue: &Issue) -> usize {
        if self.count_lags { self.visible(issue).count() } else { issue.comments.len() }
    }

    pub(crate) fn issue_web(&self, repo: &Repo, issue: &Issue) -> String {
        let part = if issue.pull.is_some() { "pull" } else { "issues" };
        format!("{}/{}/{part}/{}", self.web, self.world.full_name(repo), issue.number)
    }

    pub(crate) fn issue(&self, repo: &Repo, issue: &Issue) -> Value {
        let home = self.repo_api(repo);
        let url = format!("{home}/issues/{}", issue.number);
        let assignees: Vec<Value> = issue.assignees.iter().map(|u| self.user(*u)).collect();
        let milestone = issue.milestone.and_then(|m| repo.milestones.get(m));
        let mut shown = json!({
            "url": url, "repository_url": home, "labels_url": format!("{url}/labels{{/name}}"),
            "comments_url": format!("{url}/comments"), "events_url": format!("{url}/events"),
            "html_url": self.issue_web(repo, issue), "id": issue.id, "node_id": issue.node_id, "number": issue.number,
            "title": issue.title, "user": self.maybe_user(issue.author), "labels": self.labels(repo, issue),
            "state": if issue.open { "open" } else { "closed" }, "locked": issue.locked,
            "assignee": assignees.first(), "assignees": assignees,
            "milestone": milestone.map(|m| self.milestone(repo, m)),
            "comments": self.count(issue), "created_at": at(issue.created_at), "updated_at": at(issue.updated_at),
            "closed_at": maybe_at(issue.closed_at), "author_association": issue.association,
            "active_lock_reason": null, "body": issue.body, "closed_by": self.maybe_user(closer(issue)),
            "reactions": reactions(&url, issue.reactions), "timeline_url": format!("{url}/timeline"),
            "performed_via_github_app": null, "state_reason": issue.state_reason,
        });
        if let Some(pull) = &issue.pull {
            let web = self.issue_web(repo, issue);
            merge(
                &mut shown,
                json!({"draft": pull.draft, "pull_request": {
                    "url": format!("{home}/pulls/{}", issue.number), "html_url": web,
                    "diff_url": format!("{web}.diff"), "patch_url": format!("{web}.patch"),
                    "merged_at": maybe_at(pull.merged_at),
                }}),
            );
        }
        shown
    }

    pub(crate) fn comment(&self, repo: &Repo, issue: &Issue, comment: &Comment) -> Value {
        let home = self.repo_api(repo);
        let url = format!("{home}/issues/comments/{}", comment.id);
        json!({
            "url": url, "html_url": format!("{}#issuecomment-{}", self.issue_web(repo, issue), comment.id),
            "issue_url": format!("{home}/issues/{}", issue.number), "id": comment.id,
            "node_id": comment_node(comment.id), "user": self.maybe_user(comment.author),
            "created_at": at(comment.created_at), "updated_at": at(comment.updated_at),
            "author_association": comment.association, "body": &*comment.body,
            "reactions": reactions(&url, [0; 8]), "performed_via_github_app": null,
        })
    }
}

/// Who closed it last.
fn closer(issue: &Issue) -> Option<UserIx> {
    issue.events.iter().rev().find(|e| e.kind == "closed").filter(|_| !issue.open)?.actor
}

/// Global id of a comment.
pub(crate) fn comment_node(id: u64) -> String {
    format!("IC_kwDO{id:x}")
}

fn reactions(url: &str, counts: [u64; 8]) -> Value {
    let mut shown = Map::new();
    shown.insert("url".into(), format!("{url}/reactions").into());
    shown.insert("total_count".into(), counts.iter().sum::<u64>().into());
    for (name, count) in REACTIONS.iter().zip(counts) {
        shown.insert((*name).into(), count.into());
    }
    Value::Object(shown)
}

/// Adds the members of one object to another.
pub(crate) fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

const REPO_LINKS: [(&str, &str); 36] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
];
