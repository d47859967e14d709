//! The index query and the change feed against servers that answer well, partly, too slowly or not at all.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use floorwalk::{
    domain::{
        project::{Permission, Project},
        task::TaskState,
    },
    tracker::{ErrorClass, Index, Listing, Tracker, github::GitHub},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, path},
};

use crate::github_world::*;

fn known(n: u64) -> Project {
    Project {
        project: project(&format!("acme/r{n}")),
        id: n,
        node_id: Some(format!("R_{n}")),
        description: "old".into(),
        topics: Vec::new(),
        language: None,
        default_branch: None,
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: Permission::Unknown,
    }
}

fn node(n: u64) -> Value {
    json!({
        "__typename": "Repository", "id": format!("R_{n}"), "databaseId": n, "nameWithOwner": format!("acme/r{n}"),
        "description": null, "isArchived": n == 2, "isDisabled": false, "isPrivate": true, "isFork": false,
        "hasIssuesEnabled": true, "viewerPermission": "TRIAGE", "pushedAt": "2026-01-05T00:00:00Z",
        "primaryLanguage": {"name": "Rust"}, "defaultBranchRef": {"name": "main"},
        "repositoryTopics": {"nodes": [{"topic": {"name": "lifts"}}]},
        "newest": {"nodes": [{"updatedAt": "2026-01-06T00:00:00Z"}]}, "open": {"totalCount": 12}
    })
}

fn ids(request: &Request) -> Vec<u64> {
    let body: Value = request.body_json().unwrap();
    let ids = body["variables"]["ids"].as_array().cloned().unwrap_or_default();
    ids.iter().map(|id| id.as_str().unwrap().trim_start_matches("R_").parse().unwrap()).collect()
}

fn reply(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn nodes_of(request: &Request) -> ResponseTemplate {
    reply(json!({"data": {"nodes": ids(request).into_iter().map(node).collect::<Vec<_>>()}}))
}

async fn serve(answer: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/graphql")).respond_with(answer).mount(&server).await;
    server
}

async fn index(github: &GitHub, count: u64) -> Index {
    github.index(&(1..=count).map(known).collect::<Vec<_>>()).await.unwrap()
}

async fn sizes(server: &MockServer) -> Vec<usize> {
    server.received_requests().await.unwrap().iter().map(|r| ids(r).len()).collect()
}

#[tokio::test]
async fn heads_come_in_batches_of_25() {
    let server = serve(nodes_of).await;
    let github = github(&server.uri());
    let index = index(&github, 60).await;
    assert_eq!(sizes(&server).await, [25, 25, 10]);
    assert_eq!((index.heads.len(), index.failed.len(), index.unavailable), (60, 0, None));
    let head = &index.heads[1];
    assert_eq!((head.project.project.path(), head.open), ("acme/r2", Some(12)));
    assert_eq!(head.newest.unwrap().to_string(), "2026-01-06T00:00:00Z");
    let p = &head.project;
    assert_eq!((p.archived, p.private, p.permission), (true, true, Permission::Triage));
    assert_eq!((p.topics[0].raw(), p.language.as_ref().unwrap().raw()), ("lifts", "Rust"));
}

#[tokio::test]
async fn batches_grow_after_a_streak_and_stay_within_50() {
    let server = serve(nodes_of).await;
    index(&github(&server.uri()), 6_000).await;
    let sizes = sizes(&server).await;
    assert!(sizes[..10].iter().all(|n| *n == 25) && sizes[10] == 27, "{sizes:?}");
    assert_eq!(sizes.iter().max(), Some(&50));
}

#[tokio::test]
async fn a_gateway_that_gives_up_halves_the_batch_and_one_bad_project_is_isolated() {
    let server = serve(|request| match ids(request) {
        ids if ids.contains(&7) => ResponseTemplate::new(502).set_body_raw("<html>", "text/html"),
        _ => nodes_of(request),
    })
    .await;
    let github = github(&server.uri());
    let index = index(&github, 30).await;
    let mut got: Vec<u64> = index.heads.iter().map(|h| h.project.id).collect();
    got.sort_unstable();
    assert_eq!(got, (1..=30).filter(|n| *n != 7).collect::<Vec<_>>());
    assert_eq!(index.failed.len(), 1);
    assert_eq!((index.failed[0].0.path(), &index.failed[0].1.class), ("acme/r7", &ErrorClass::Server { status: 502 }));
    assert_eq!(sizes(&server).await[..3], [25, 12, 6]);
}

#[tokio::test]
async fn a_partial_answer_keeps_the_good_and_names_the_rest() {
    let server = serve(|request| {
        let ids = ids(request);
        let nodes: Vec<Value> = ids.iter().map(|n| if (2..=5).contains(n) { Value::Null } else { node(*n) }).collect();
        let at = |n: u64| ids.iter().position(|id| *id == n).unwrap_or(999);
        let error =
            |n: u64, kind: &str, message: &str| json!({"type": kind, "path": ["nodes", at(n)], "message": message});
        let mut saml = error(3, "FORBIDDEN", "Resource protected by organization SAML enforcement.");
        saml["extensions"] = json!({"saml_failure": true});
        let mut errors = vec![error(2, "NOT_FOUND", "Could not resolve to a node"), saml];
        if ids.len() > 1 || ids.contains(&4) {
            errors.push(error(4, "SOMETHING", "timeout"));
        }
        reply(json!({"data": {"nodes": nodes}, "errors": errors}))
    })
    .await;
    let index = index(&github(&server.uri()), 6).await;
    assert_eq!(index.heads.iter().map(|h| h.project.id).collect::<Vec<_>>(), [1, 6]);
    let class = |path: &str| &index.failed.iter().find(|(p, _)| p.path() == path).unwrap().1.class;
    assert_eq!(class("acme/r2"), &ErrorClass::NotFound);
    assert_eq!(class("acme/r3"), &ErrorClass::Sso { url: None });
    assert_eq!(class("acme/r4"), &ErrorClass::Server { status: 504 });
    assert_eq!(class("acme/r5"), &ErrorClass::NotFound, "null without an error is gone or hidden");
    assert_eq!(index.failed.len(), 4);
}

#[tokio::test]
async fn a_project_without_a_node_id_is_asked_for_by_name_and_renames_are_seen() {
    let server = serve(|request| {
        let body: Value = request.body_json().unwrap();
        match body["variables"]["name"].as_str() {
            Some("r2") => {
                let mut renamed = node(2);
                renamed["nameWithOwner"] = json!("acme/gadgets");
                reply(json!({"data": {"repository": renamed}}))
            }
            Some(_) => {
                let error = json!([{"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}]);
                reply(json!({"data": {"repository": null}, "errors": error}))
            }
            None => nodes_of(request),
        }
    })
    .await;
    let bare = |n| Project { node_id: None, ..known(n) };
    let index = github(&server.uri()).index(&[known(1), bare(2), bare(3), known(4)]).await.unwrap();
    let names: Vec<&str> = index.heads.iter().map(|h| h.project.project.path()).collect();
    assert_eq!(names, ["acme/r1", "acme/gadgets", "acme/r4"]);
    assert_eq!(index.heads[1].project.node_id.as_deref(), Some("R_2"));
    assert_eq!(index.failed[0].1.class, ErrorClass::NotFound);
}

#[tokio::test]
async fn where_graphql_cannot_be_had_it_is_said_and_rest_is_left_to_do_alone() {
    let field = json!({"errors": [{"message": "Field 'isDisabled' doesn't exist on type 'Repository'",
        "extensions": {"code": "undefinedField"}}]});
    let refused = json!({"message": "Resource not accessible by personal access token"});
    let cases = [
        (ResponseTemplate::new(404).set_body_json(json!({"message": "Not Found"})), "no such thing"),
        (ResponseTemplate::new(501), "status 501"),
        (ResponseTemplate::new(200).set_body_raw("<html><title>Proxy</title>", "text/html"), "Proxy"),
        (ResponseTemplate::new(403).set_body_json(refused), "lacks a permission"),
        (reply(field), "isDisabled"),
        (reply(json!({"message": "hello"})), "hello"),
    ];
    for (answer, words) in cases {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let github = github(&server.uri());
        let index = index(&github, 3).await;
        let why = index.unavailable.unwrap();
        assert!(why.contains(words), "{why}");
        let feed = github.feed(&Listing::Org("acme".into()), Timestamp::UNIX_EPOCH, None).await.unwrap();
        assert!(feed.is_none(), "{words}");
        assert!(github.facts().await.graphql.contains(words), "{}", github.facts().await.graphql);
    }
}

#[tokio::test]
async fn a_bad_token_and_a_limit_are_errors_and_not_a_missing_graphql() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let error = github(&server.uri()).index(&[known(1)]).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::BadToken);
    let limited = json!({"data": null, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
    let reset = (Timestamp::now().as_second() + 900).to_string();
    let answer = reply(limited)
        .insert_header("x-ratelimit-limit", "5000")
        .insert_header("x-ratelimit-remaining", "4000")
        .insert_header("x-ratelimit-reset", reset);
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let github = github(&server.uri());
    let error = github.index(&[known(1)]).await.unwrap_err();
    let until = error.retry_at().unwrap().as_second() - Timestamp::now().as_second();
    assert!((until - 900).abs() <= 2, "{error:?}");
    assert!(github.index(&[known(1)]).await.unwrap_err().retry_at().is_some());
    assert_eq!(github.counters().0, 1, "the second call is not sent");
}

#[tokio::test]
async fn a_limit_in_the_middle_keeps_what_came_before() {
    let sent = Arc::new(AtomicU32::new(0));
    let server = serve(move |request| match sent.fetch_add(1, Ordering::SeqCst) {
        0 => nodes_of(request),
        _ => reply(json!({"errors": [{"type": "RATE_LIMITED", "message": "limit"}]})),
    })
    .await;
    let index = index(&github(&server.uri()), 40).await;
    assert_eq!((index.heads.len(), index.failed.len()), (25, 15));
    assert!(index.failed.iter().all(|(_, e)| e.retry_at().is_some()));
}

fn changed(n: u64) -> Value {
    json!({
        "__typename": "Issue", "id": format!("I_{n}"), "fullDatabaseId": (4_000_000_000 + n).to_string(), "number": n,
        "title": format!("Issue {n}"), "body": "text", "state": "CLOSED", "stateReason": "NOT_PLANNED", "locked": true,
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z", "closedAt": "2026-01-02T00:00:00Z",
        "authorAssociation": "OWNER", "repository": {"nameWithOwner": "acme/widgets"},
        "author": {"__typename": "Bot", "login": "renovate", "databaseId": 29_139_614},
        "labels": {"nodes": [{"name": "docs"}]}, "assignees": {"nodes": [{"login": "mona"}]},
        "comments": {"totalCount": 4}, "reactions": {"totalCount": 2},
        "milestone": {"title": "v1", "dueOn": "2026-02-01T00:00:00Z"}
    })
}

fn found(nodes: Value, next: Option<&str>, errors: Value) -> ResponseTemplate {
    let info = json!({"hasNextPage": next.is_some(), "endCursor": next});
    reply(json!({"data": {"search": {"issueCount": 250, "pageInfo": info, "nodes": nodes}}, "errors": errors}))
}

fn since() -> Timestamp {
    "2026-11-21T06:50:00.7Z".parse().unwrap()
}

#[tokio::test]
async fn the_feed_maps_to_the_same_tasks_and_pages_by_cursor() {
    let server = serve(|request| {
        let body: Value = request.body_json().unwrap();
        let v = &body["variables"];
        assert_eq!(v["search"], "org:acme is:issue updated:>=2026-11-21T06:50:00Z sort:updated-asc");
        match v["after"].as_str() {
            None => found(json!([changed(1), {}, {"title": "no number"}]), Some("c1"), json!(null)),
            Some(_) => found(json!([changed(2)]), None, json!(null)),
        }
    })
    .await;
    let github = github(&server.uri());
    let org = Listing::Org("acme".into());
    let page = github.feed(&org, since(), None).await.unwrap().unwrap();
    assert_eq!((page.tasks.len(), page.odd.len(), page.next.as_deref(), page.total), (1, 1, Some("c1"), 250));
    let (task, body) = &page.tasks[0];
    assert_eq!(
        (task.key.to_string(), task.id, task.state),
        ("acme/widgets#1".into(), 4_000_000_001, TaskState::NotPlanned)
    );
    let author = task.author.as_ref().unwrap();
    assert_eq!((author.login.raw(), author.id), ("renovate[bot]", 29_139_614));
    assert_eq!((task.comments, task.reactions, task.locked), (4, 2, true));
    assert_eq!((task.labels[0].raw(), task.assignees[0].raw()), ("docs", "mona"));
    assert_eq!(task.milestone.as_ref().unwrap().title.raw(), "v1");
    assert_eq!(body.as_ref().unwrap().raw(), "text");
    let last = github.feed(&org, since(), Some("c1")).await.unwrap().unwrap();
    assert_eq!((last.next, last.tasks[0].0.key.number), (None, 2));
    let topic = Listing::Topic { topic: "x".into(), owner: "acme".into() };
    assert!(github.feed(&topic, since(), None).await.unwrap().is_none());
}

#[tokio::test]
async fn a_hole_in_the_feed_is_never_stepped_over() {
    // The third changed issue cannot be delivered. Cursors count the issues delivered.
    let server = serve(|request| {
        let body: Value = request.body_json().unwrap();
        let from: u64 = body["variables"]["after"].as_str().map_or(0, |c| c.parse().unwrap());
        let to = (from + body["variables"]["first"].as_u64().unwrap()).min(4);
        let nodes: Vec<Value> = (from + 1..=to).map(|n| if n == 3 { Value::Null } else { changed(n) }).collect();
        let hole = nodes.iter().position(Value::is_null);
        let errors =
            hole.map(|at| json!([{"type": "SOMETHING", "path": ["search", "nodes", at], "message": "timeout"}]));
        found(json!(nodes), (to < 4).then(|| to.to_string()).as_deref(), json!(errors))
    })
    .await;
    let github = github(&server.uri());
    let org = Listing::Org("acme".into());
    let (mut cursor, mut got) = (None, Vec::new());
    let error = loop {
        match github.feed(&org, since(), cursor.as_deref()).await {
            Ok(page) => {
                let page = page.unwrap();
                got.extend(page.tasks.iter().map(|(task, _)| task.key.number));
                cursor = Some(page.next.expect("the hole is not the end"));
            }
            Err(error) => break error,
        }
    };
    assert_eq!(got, [1, 2], "what lies before the hole is delivered");
    assert_eq!(error.class, ErrorClass::Server { status: 504 });
    assert!(error.said.contains("timeout"));
}

#[tokio::test]
async fn a_feed_that_turns_in_circles_is_refused() {
    let server = serve(|_| found(json!([changed(1)]), Some("same"), json!(null))).await;
    let error = github(&server.uri()).feed(&Listing::Org("acme".into()), since(), Some("same")).await.unwrap_err();
    assert!(error.sentence().contains("leads back to itself"), "{error}");
}

#[tokio::test]
async fn without_a_token_no_query_is_tried_beyond_this_machine() {
    let mut settings = settings("https://no-such-host.invalid");
    settings.token = None;
    let github = GitHub::new(settings).unwrap();
    let index = index(&github, 2).await;
    assert!(index.unavailable.unwrap().contains("only with a token"));
    assert!(github.feed(&Listing::Org("acme".into()), since(), None).await.unwrap().is_none());
    assert_eq!(github.counters().0, 0);
}
