//! What the GitHub tests share: a client for a test server, full-shaped bodies, and the corpus of bad input.

use std::time::Duration;

use floorwalk::{
    domain::{
        key::{ProjectRef, TaskKey, TrackerName},
        person::Login,
    },
    tracker::{
        github::{GitHub, GitHubSettings},
        http::Timing,
    },
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, query_param},
};

use crate::demo_world::spec;

pub(crate) const TOKEN: &str = "ghp_canaryCanaryCanary0123456789abcdef";

pub(crate) fn tracker_name() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

pub(crate) fn project(path: &str) -> ProjectRef {
    ProjectRef::parse(&tracker_name(), path).unwrap()
}

pub(crate) fn widgets() -> ProjectRef {
    project("acme/widgets")
}

pub(crate) fn key(number: u64) -> TaskKey {
    TaskKey::new(widgets(), number)
}

pub(crate) fn sam() -> Login {
    Login::new("sam")
}

pub(crate) fn quick() -> Timing {
    Timing { backoff: Duration::from_millis(1), ..Timing::default() }
}

pub(crate) fn settings(url: &str) -> GitHubSettings {
    GitHubSettings {
        name: tracker_name(),
        url: url.into(),
        api_url: None,
        token: Some(TOKEN.to_owned().into()),
        token_source: "a test".into(),
        ca_file: None,
    }
}

/// A client that waits hardly at all before it repeats.
pub(crate) fn github(url: &str) -> GitHub {
    GitHub::with_timing(settings(url), quick()).unwrap()
}

/// An account with every field the interface documents.
pub(crate) fn user(login: &str, id: u64) -> Value {
    let at = |what: &str| format!("https://api.github.com/users/{login}{what}");
    json!({
        "login": login, "id": id, "node_id": format!("U_{id}"), "avatar_url": "https://a.example/1",
        "gravatar_id": "", "url": at(""), "html_url": format!("https://github.com/{login}"),
        "followers_url": at("/followers"), "following_url": at("/following{/other_user}"),
        "gists_url": at("/gists{/gist_id}"), "starred_url": at("/starred{/owner}{/repo}"),
        "subscriptions_url": at("/subscriptions"), "organizations_url": at("/orgs"), "repos_url": at("/repos"),
        "events_url": at("/events{/privacy}"), "received_events_url": at("/received_events"),
        "type": "User", "site_admin": false
    })
}

/// An issue with every field the interface documents for lists.
pub(crate) fn issue(number: u64) -> Value {
    let at = |what: &str| format!("https://api.github.com/repos/acme/widgets/issues/{number}{what}");
    json!({
        "id": 1_000 + number, "node_id": format!("I_{number}"), "url": at(""),
        "repository_url": "https://api.github.com/repos/acme/widgets", "labels_url": at("/labels{/name}"),
        "comments_url": at("/comments"), "events_url": at("/events"),
        "html_url": format!("https://github.com/acme/widgets/issues/{number}"),
        "number": number, "state": "open", "state_reason": null, "title": format!("Issue {number}"),
        "body": "The lift stops between floors.", "user": user("octocat", 1),
        "labels": [{"id": 208_045_946, "node_id": "MDU6", "url": "https://api.github.com/repos/acme/widgets/labels/bug",
            "name": "bug", "description": "Something isn't working", "color": "f29513", "default": true}],
        "assignee": user("mona", 2), "assignees": [user("mona", 2)],
        "milestone": {"url": "u", "html_url": "h", "labels_url": "l", "id": 1, "node_id": "M_1", "number": 1,
            "state": "open", "title": "v1.0", "description": "first", "creator": user("octocat", 1),
            "open_issues": 4, "closed_issues": 8, "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z", "closed_at": null, "due_on": "2026-02-01T00:00:00Z"},
        "locked": false, "active_lock_reason": null, "comments": 3, "closed_at": null,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": format!("2026-01-02T00:00:{:02}Z", number % 60),
        "closed_by": null, "author_association": "MEMBER",
        "reactions": {"url": at("/reactions"), "total_count": 5, "+1": 5, "-1": 0, "laugh": 0, "hooray": 0,
            "confused": 0, "heart": 0, "rocket": 0, "eyes": 0},
        "timeline_url": at("/timeline"), "performed_via_github_app": null, "draft": false
    })
}

pub(crate) fn comment(id: u64, body: &str) -> Value {
    json!({
        "id": id, "node_id": format!("IC_{id}"), "body": body, "user": user("sam", 7),
        "url": format!("https://api.github.com/repos/acme/widgets/issues/comments/{id}"),
        "html_url": "https://github.com/acme/widgets/issues/1#issuecomment-1",
        "issue_url": "https://api.github.com/repos/acme/widgets/issues/1",
        "created_at": "2026-01-03T00:00:00Z", "updated_at": "2026-01-04T00:00:00Z",
        "author_association": "COLLABORATOR", "performed_via_github_app": null
    })
}

pub(crate) fn repository(name: &str, id: u64) -> Value {
    json!({
        "id": id, "node_id": format!("R_{id}"), "name": name, "full_name": format!("acme/{name}"),
        "owner": user("acme", 9), "private": false, "html_url": format!("https://github.com/acme/{name}"),
        "description": "Things that turn", "fork": false, "url": "u", "topics": ["lifts", "doors"],
        "language": "Rust", "default_branch": "main", "archived": false, "disabled": false, "has_issues": true,
        "open_issues_count": 4, "pushed_at": "2026-01-05T00:00:00Z", "created_at": "2020-01-05T00:00:00Z",
        "updated_at": "2026-01-05T00:00:00Z",
        "permissions": {"admin": false, "maintain": false, "push": false, "triage": true, "pull": true}
    })
}

/// A row of a timeline as the interface documents it for most kinds.
pub(crate) fn event(id: u64, kind: &str, at: &str, actor: Value, more: Value) -> Value {
    let mut row = json!({
        "id": id, "node_id": format!("EV_{id}"), "event": kind, "actor": actor, "commit_id": null, "commit_url": null,
        "url": format!("https://api.github.com/repos/acme/widgets/issues/events/{id}"), "created_at": at,
        "performed_via_github_app": null
    });
    let fields = more.as_object().unwrap().clone();
    row.as_object_mut().unwrap().extend(fields);
    row
}

/// A mention of the task by a pull request, which has no id.
pub(crate) fn mention(at: &str, actor: Value, repository: &str, number: u64) -> Value {
    let home = format!("https://api.github.com/repos/{repository}");
    let mut source = issue(number);
    source["url"] = json!(format!("{home}/issues/{number}"));
    source["repository_url"] = json!(home);
    source["pull_request"] = json!({
        "url": format!("{home}/pulls/{number}"), "html_url": format!("https://github.com/{repository}/pull/{number}"),
        "diff_url": "https://d.example/1", "patch_url": "https://p.example/1", "merged_at": null
    });
    json!({"event": "cross-referenced", "actor": actor, "created_at": at, "updated_at": at,
        "source": {"type": "issue", "issue": source}})
}

/// A commit of a pull request, which has no id and no server time.
pub(crate) fn committed(sha: &str, at: &str) -> Value {
    let stamp = json!({"name": "Sam", "email": "sam@example.com", "date": at});
    let home = "https://api.github.com/repos/acme/widgets/git";
    json!({
        "event": "committed", "sha": sha, "node_id": format!("C_{sha}"), "url": format!("{home}/commits/{sha}"),
        "html_url": format!("https://github.com/acme/widgets/commit/{sha}"), "author": stamp, "committer": stamp,
        "tree": {"sha": sha, "url": format!("{home}/trees/{sha}")}, "message": "Quiet the shard", "parents": [],
        "verification": {"verified": false, "reason": "unsigned", "signature": null, "payload": null,
            "verified_at": null}
    })
}

/// A review.
pub(crate) fn reviewed(id: u64, state: &str, at: &str, by: Value) -> Value {
    json!({
        "event": "reviewed", "id": id, "node_id": format!("PRR_{id}"), "user": by, "body": "Looks fine",
        "state": state, "html_url": "https://github.com/acme/widgets/pull/31#pullrequestreview-1",
        "pull_request_url": "https://api.github.com/repos/acme/widgets/pulls/31", "submitted_at": at,
        "author_association": "MEMBER", "commit_id": "a".repeat(40),
        "_links": {"html": {"href": "https://h.example"}, "pull_request": {"href": "https://p.example"}}
    })
}

/// A comment in a timeline.
pub(crate) fn commented(id: u64, at: &str, by: Value) -> Value {
    let mut row = comment(id, "A word");
    let fields = json!({"event": "commented", "actor": by, "user": by, "created_at": at, "updated_at": at});
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    row
}

/// Serves a list in pages, each with the links a real server sends.
pub(crate) async fn serve_pages(server: &MockServer, route: &str, pages: &[Value]) {
    let last = pages.len();
    for (n, rows) in pages.iter().enumerate().map(|(at, rows)| (at + 1, rows)) {
        let at = |n: usize, rel: &str| format!("<{}{route}?per_page=100&page={n}>; rel=\"{rel}\"", server.uri());
        let mut answer =
            ResponseTemplate::new(200).set_body_json(rows).insert_header("date", "Sat, 21 Nov 2026 10:00:00 GMT");
        if n < last {
            answer = answer.insert_header("link", format!("{}, {}", at(n + 1, "next"), at(last, "last")));
        }
        let given = Mock::given(path(route)).and(query_param("page", n.to_string()));
        given.and(query_param("per_page", "100")).respond_with(answer).mount(server).await;
    }
}

/// Whether an answer is what GitHub's own description says of a path; true where that is not at hand.
pub(crate) fn documented(template: &str, answer: &Value) -> Result<(), String> {
    let Some(spec) = spec() else { return Ok(()) };
    fits(&spec["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"], answer)
}

/// Whether each row of a timeline is what GitHub's own description says of its kind. The description of a whole
/// timeline lets nearly everything through.
pub(crate) fn documented_rows(rows: &Value) -> Result<(), String> {
    let Some(spec) = spec() else { return Ok(()) };
    for row in rows.as_array().unwrap() {
        let name = match row["event"].as_str().unwrap_or_default() {
            "assigned" => "timeline-assigned-issue-event",
            "unassigned" => "timeline-unassigned-issue-event",
            "labeled" => "labeled-issue-event",
            "unlabeled" => "unlabeled-issue-event",
            "review_requested" => "review-requested-issue-event",
            "cross-referenced" => "timeline-cross-referenced-event",
            "committed" => "timeline-committed-event",
            "commented" => "timeline-comment-event",
            "reviewed" => "timeline-reviewed-event",
            _ => "state-change-issue-event",
        };
        fits(&spec["components"]["schemas"][name], row).map_err(|why| format!("{name}: {why}"))?;
    }
    Ok(())
}

fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    let mut schema = schema.clone();
    let components = spec().map(|s| s["components"].clone());
    schema.as_object_mut().expect("it is described").insert("components".into(), components.unwrap_or_default());
    let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
    options.build(&schema).unwrap().validate(value).map_err(|e| e.to_string().chars().take(600).collect())
}

/// An example of GitHub's own description.
pub(crate) fn example(name: &str) -> Option<Value> {
    Some(spec()?["components"]["examples"][name]["value"].clone())
}
