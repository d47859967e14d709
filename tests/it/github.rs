//! Reading and writing GitHub against a server that answers as the documentation says.

use floorwalk::{
    domain::{
        key::TrackerName,
        person::{Association, PersonKind},
        project::Permission,
        task::TaskState,
    },
    tracker::{Conditional, ErrorClass, Lane, Listing, TaskPage, Tracker, github::address::Address},
};
use serde_json::json;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param, query_param_is_missing},
};

use crate::github_world::*;

fn changed<T>(answer: Conditional<T>) -> T {
    match answer {
        Conditional::Changed { value, .. } => value,
        Conditional::Unchanged => panic!("unchanged"),
    }
}

async fn open_page(server: &MockServer, page: u32) -> TaskPage {
    changed(github(&server.uri()).tasks(&widgets(), Lane::Open, page, None).await.unwrap())
}

fn ok(body: serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

#[test]
fn addresses_are_derived() {
    let derive = |url: &str, api: Option<&str>| {
        let a = Address::derive(url, api).unwrap();
        (a.base.root().to_string(), a.rest, a.graphql, a.web)
    };
    let of = |root: &str, rest: &str, graphql: &str, web: &str| (root.into(), rest.into(), graphql.into(), web.into());
    assert_eq!(
        derive("https://github.com/", None),
        of("https://api.github.com/", "", "/graphql", "https://github.com")
    );
    assert_eq!(
        derive("https://git.corp.example", Some(" ")),
        of("https://git.corp.example/", "/api/v3", "/api/graphql", "https://git.corp.example")
    );
    assert_eq!(
        derive("https://acme.ghe.com", None),
        of("https://api.acme.ghe.com/", "", "/graphql", "https://acme.ghe.com")
    );
    let local = "http://127.0.0.1:9000";
    assert_eq!(derive(local, None), of("http://127.0.0.1:9000/", "", "/graphql", local));
    assert_eq!(
        derive("https://github.com", Some("http://localhost:1/x/api/v3/")),
        of("http://localhost:1/", "/x/api/v3", "/x/api/graphql", "https://github.com")
    );
    assert_eq!(derive("http://[::1]:5", Some("http://[::1]:5/b")).2, "/b/graphql");
    for (url, class) in [
        ("http://github.com", ErrorClass::InsecureUrl),
        ("http://127.0.0.1.evil.example", ErrorClass::InsecureUrl),
        ("http://localhost.evil.example", ErrorClass::InsecureUrl),
        ("https://u:secret@github.com", ErrorClass::Unexpected { status: 0 }),
        ("ftp://github.com", ErrorClass::Unexpected { status: 0 }),
        ("github.com", ErrorClass::Unexpected { status: 0 }),
    ] {
        assert_eq!(Address::derive(url, None).unwrap_err().0, class, "{url}");
    }
}

#[tokio::test]
async fn a_page_of_issues_becomes_tasks() {
    let server = MockServer::start().await;
    let mut pull = issue(2);
    pull["pull_request"] = json!({"url": "x"});
    pull["updated_at"] = json!("2026-01-09T00:00:00Z");
    let mut closed = issue(3);
    closed["state"] = json!("closed");
    closed["state_reason"] = json!("not_planned");
    closed["closed_at"] = json!("2026-01-03T00:00:00Z");
    closed["user"] = json!(null);
    closed["labels"] = json!(["plain", {"name": null}, {"name": "ok"}]);
    let link = format!(
        "<{0}/repositories/7/issues?page=2>; rel=\"next\", <{0}/repositories/7/issues?page=9>; rel=\"last\"",
        server.uri()
    );
    Mock::given(method("GET"))
        .and(path("/repos/acme/widgets/issues"))
        .and(query_param("state", "open"))
        .and(query_param("sort", "created"))
        .and(query_param("direction", "asc"))
        .and(query_param("per_page", "100"))
        .and(query_param("page", "1"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .respond_with(ok(json!([issue(1), pull, closed])).insert_header("link", link))
        .expect(1)
        .mount(&server)
        .await;
    let page = open_page(&server, 1).await;
    assert_eq!(page.tasks.len(), 2);
    assert_eq!((page.next, page.last, page.odd.len()), (Some(2), Some(9), 0));
    assert_eq!(page.span.unwrap().0.to_string(), "2026-01-09T00:00:00Z");
    let (task, body) = &page.tasks[0];
    assert_eq!((task.key.to_string(), task.id, task.title.raw()), ("acme/widgets#1".into(), 1_001, "Issue 1"));
    assert_eq!((task.comments, task.reactions, task.locked), (3, 5, false));
    assert_eq!(task.labels[0].raw(), "bug");
    assert_eq!((task.assignees.len(), task.assignees[0].raw()), (1, "mona"));
    assert_eq!(task.association, Association::Member);
    assert_eq!(task.milestone.as_ref().unwrap().due.unwrap().to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(body.as_ref().unwrap().raw(), "The lift stops between floors.");
    let ghost = &page.tasks[1].0;
    assert_eq!((ghost.state, ghost.author.is_none(), ghost.labels.len()), (TaskState::NotPlanned, true, 2));
}

#[tokio::test]
async fn etags_go_back_verbatim_and_304_means_unchanged() {
    let server = MockServer::start().await;
    let etag = "W/\"a1,b2 \"";
    let date = "Thu, 05 Jul 2026 15:31:30 GMT";
    let conditional = move |r: &Request| {
        let is = |name: &str, value: &str| r.headers.get(name).is_some_and(|v| v.as_bytes() == value.as_bytes());
        is("if-none-match", etag) && is("if-modified-since", date)
    };
    Mock::given(conditional).respond_with(ResponseTemplate::new(304)).with_priority(1).expect(1).mount(&server).await;
    Mock::given(query_param("state", "all"))
        .and(query_param("sort", "updated"))
        .and(query_param("direction", "desc"))
        .respond_with(ok(json!([issue(1)])).insert_header("etag", etag).insert_header("last-modified", date))
        .with_priority(2)
        .expect(1)
        .mount(&server)
        .await;
    let github = github(&server.uri());
    let Conditional::Changed { validator, .. } = github.tasks(&widgets(), Lane::Moved, 1, None).await.unwrap() else {
        panic!("unchanged")
    };
    let validator = validator.unwrap();
    assert_eq!(validator.etag.as_deref(), Some(etag));
    let again = github.tasks(&widgets(), Lane::Moved, 1, Some(&validator)).await.unwrap();
    assert!(matches!(again, Conditional::Unchanged));
    assert_eq!(github.counters(), (2, 1));
}

#[tokio::test]
async fn listings_read_owners_topics_and_single_repositories() {
    let server = MockServer::start().await;
    let mut odd = repository("x", 3);
    odd["full_name"] = json!("acme/../etc");
    let link = format!("<{}/organizations/1/repos?page=2>; rel=\"next\"", server.uri());
    Mock::given(path("/orgs/acme/repos"))
        .respond_with(
            ok(json!([repository("widgets", 1), odd, repository("doors", 2)]))
                .insert_header("link", link)
                .insert_header("x-github-sso", "partial-results; organizations=21955855,20582480"),
        )
        .mount(&server)
        .await;
    Mock::given(path("/users/mona/repos")).respond_with(ok(json!([repository("m", 4)]))).mount(&server).await;
    Mock::given(path("/search/repositories"))
        .and(query_param("q", "topic:lifts user:acme"))
        .respond_with(ok(
            json!({"total_count": 2_400, "incomplete_results": false, "items": [repository("widgets", 1)]}),
        ))
        .mount(&server)
        .await;
    Mock::given(path("/repos/acme/widgets")).respond_with(ok(repository("widgets", 1))).mount(&server).await;
    let github = github(&server.uri());
    let org = changed(github.listing(&Listing::Org("acme".into()), 1, None).await.unwrap());
    assert_eq!((org.projects.len(), org.odd.len(), org.next), (2, 1, Some(2)));
    assert!(org.incomplete.unwrap().contains("single sign-on"));
    let first = &org.projects[0];
    assert_eq!((first.project.path(), first.id, first.permission), ("acme/widgets", 1, Permission::Triage));
    assert_eq!((first.node_id.as_deref(), first.topics.len(), first.skip_reason()), (Some("R_1"), 2, None));
    let user = changed(github.listing(&Listing::User("mona".into()), 1, None).await.unwrap());
    assert_eq!((user.projects.len(), user.next, user.incomplete), (1, None, None));
    let topic = Listing::Topic { topic: "lifts".into(), owner: "acme".into() };
    let topic = changed(github.listing(&topic, 1, None).await.unwrap());
    assert!(topic.incomplete.unwrap().contains("only part"));
    let one = changed(github.listing(&Listing::Repo(widgets()), 1, None).await.unwrap());
    assert_eq!(one.projects[0].description.raw(), "Things that turn");
    for hostile in [Listing::Org("../user".into()), Listing::Topic { topic: "a b".into(), owner: String::new() }] {
        let sent = github.counters().0;
        assert_eq!(github.listing(&hostile, 1, None).await.unwrap_err().class, ErrorClass::Invalid);
        assert_eq!(github.counters().0, sent, "nothing is sent");
    }
}

#[tokio::test]
async fn own_private_repositories_are_listed_once_the_login_is_known() {
    let server = MockServer::start().await;
    Mock::given(path("/user")).respond_with(ok(json!({"login": "Sam", "id": 7, "type": "User"}))).mount(&server).await;
    Mock::given(path("/user/repos"))
        .and(query_param("affiliation", "owner"))
        .respond_with(ok(json!([repository("secret", 5)])))
        .expect(1)
        .mount(&server)
        .await;
    let github = github(&server.uri());
    let me = github.me().await.unwrap().unwrap();
    assert_eq!((me.login.raw(), me.id, me.kind), ("Sam", 7, PersonKind::Human));
    let page = changed(github.listing(&Listing::User("sam".into()), 1, None).await.unwrap());
    assert_eq!(page.projects[0].project.path(), "acme/secret");
}

#[tokio::test]
async fn a_task_is_read_with_all_pages_of_comments() {
    let server = MockServer::start().await;
    let base = "/repos/acme/widgets/issues/1";
    Mock::given(path(base)).respond_with(ok(issue(1))).mount(&server).await;
    let link = format!("<{}/x?page=2>; rel=\"next\"", server.uri());
    Mock::given(path(format!("{base}/comments")))
        .and(query_param("page", "1"))
        .respond_with(ok(json!([comment(11, "b"), comment(10, "a")])).insert_header("link", link))
        .mount(&server)
        .await;
    Mock::given(path(format!("{base}/comments")))
        .and(query_param("page", "2"))
        .respond_with(ok(json!([comment(12, "c"), {"id": 13}])).insert_header("date", "Sat, 21 Nov 2026 07:28:00 GMT"))
        .mount(&server)
        .await;
    let reading = github(&server.uri()).read(&key(1)).await.unwrap();
    assert_eq!(reading.comments.iter().map(|c| c.id).collect::<Vec<_>>(), [10, 11, 12]);
    assert_eq!((reading.counted, reading.comments[0].association), (3, Association::Collaborator));
    assert_eq!(reading.server_time.unwrap().to_string(), "2026-11-21T07:28:00Z");
    assert_eq!(reading.comments[0].body.raw(), "a");
}

#[tokio::test]
async fn a_pull_request_is_no_task() {
    let server = MockServer::start().await;
    let mut pull = issue(1);
    pull["pull_request"] = json!({"url": "x"});
    Mock::given(method("GET")).respond_with(ok(pull)).mount(&server).await;
    let error = github(&server.uri()).read(&key(1)).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Invalid);
    assert!(error.sentence().contains("pull request"), "{error}");
}

#[tokio::test]
async fn comments_are_posted_edited_and_deleted() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/repos/acme/widgets/issues/1/comments"))
        .and(body_json(json!({"body": "hello"})))
        .respond_with(ResponseTemplate::new(201).set_body_json(comment(77, "hello")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("PATCH"))
        .and(path("/repos/acme/widgets/issues/comments/77"))
        .and(body_json(json!({"body": "again"})))
        .respond_with(ok(comment(77, "again")))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("DELETE"))
        .and(path("/repos/acme/widgets/issues/comments/77"))
        .respond_with(ResponseTemplate::new(204))
        .expect(1)
        .mount(&server)
        .await;
    let github = github(&server.uri());
    let posted = github.post_comment(&key(1), "hello").await.unwrap();
    assert_eq!((posted.id, posted.author.unwrap().id), (77, 7));
    assert_eq!(posted.created_at.to_string(), "2026-01-03T00:00:00Z");
    github.edit_comment(&key(1), 77, "again").await.unwrap();
    github.delete_comment(&key(1), 77).await.unwrap();
    github.delete_comment(&key(1), 78).await.expect("gone already is done");
    assert_eq!(github.edit_comment(&key(1), 78, "x").await.unwrap_err().class, ErrorClass::NotFound);
}

#[tokio::test]
async fn labels_are_never_created_and_refusals_are_values() {
    let server = MockServer::start().await;
    let label = "help wanted/🙂";
    Mock::given(method("GET"))
        .and(path("/repos/acme/widgets/labels/help%20wanted%2F%F0%9F%99%82"))
        .respond_with(ok(json!({"name": label})))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/repos/acme/widgets/issues/1/labels"))
        .and(body_json(json!({"labels": [label]})))
        .respond_with(ok(json!([{"name": label}])))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/repos/acme/widgets/issues/2/labels"))
        .respond_with(ResponseTemplate::new(403).set_body_json(json!({"message": "Must have push access"})))
        .expect(1)
        .mount(&server)
        .await;
    let github = github(&server.uri());
    assert!(github.add_label(&key(1), label).await.unwrap());
    assert!(!github.add_label(&key(2), label).await.unwrap(), "refused");
    assert!(!github.add_label(&key(1), "absent").await.unwrap(), "404 on the label: no POST");
    assert!(!github.add_label(&key(1), "..").await.unwrap());
}

#[tokio::test]
async fn removing_a_label_tells_absent_from_refused() {
    let server = MockServer::start().await;
    let gone = |n: u64| format!("/repos/acme/widgets/issues/{n}/labels/bug");
    let not_found = |m: &str| ResponseTemplate::new(404).set_body_json(json!({"message": m}));
    Mock::given(path(gone(1))).respond_with(ok(json!([]))).mount(&server).await;
    Mock::given(path(gone(2))).respond_with(not_found("Label does not exist")).mount(&server).await;
    Mock::given(path(gone(3))).respond_with(not_found("Not Found")).mount(&server).await;
    Mock::given(path("/repos/acme/widgets/issues/3")).respond_with(ok(issue(3))).mount(&server).await;
    Mock::given(path(gone(4))).respond_with(ResponseTemplate::new(403)).mount(&server).await;
    let github = github(&server.uri());
    for (number, expected) in [(1, true), (2, true), (3, false), (4, false)] {
        assert_eq!(github.remove_label(&key(number), "bug").await.unwrap(), expected, "#{number}");
    }
}

#[tokio::test]
async fn assigning_returns_who_the_server_says_is_assigned() {
    let server = MockServer::start().await;
    let assignees = |n: u64| format!("/repos/acme/widgets/issues/{n}/assignees");
    let mut mine = issue(1);
    mine["assignees"] = json!([{"login": "mona", "id": 2}, {"login": "Sam", "id": 7}]);
    let created = |body| ResponseTemplate::new(201).set_body_json(body);
    Mock::given(method("POST"))
        .and(path(assignees(1)))
        .and(body_json(json!({"assignees": ["sam"]})))
        .respond_with(created(mine))
        .mount(&server)
        .await;
    Mock::given(method("POST")).and(path(assignees(2))).respond_with(created(issue(2))).mount(&server).await;
    for (number, status) in [(3, 403), (4, 404), (5, 422)] {
        Mock::given(path(assignees(number))).respond_with(ResponseTemplate::new(status)).mount(&server).await;
    }
    Mock::given(method("DELETE")).and(path(assignees(1))).respond_with(ok(issue(1))).mount(&server).await;
    let github = github(&server.uri());
    assert!(github.assign(&key(1), &sam()).await.unwrap().contains(&sam()));
    let ignored = github.assign(&key(2), &sam()).await.unwrap();
    assert_eq!(ignored.iter().map(|l| l.raw()).collect::<Vec<_>>(), ["mona"], "201 without the assignee");
    for number in 3..=4 {
        assert!(github.assign(&key(number), &sam()).await.unwrap().is_empty());
    }
    assert_eq!(github.assign(&key(5), &sam()).await.unwrap_err().class, ErrorClass::Invalid, "not a matter of rights");
    assert!(github.unassign(&key(1), &sam()).await.unwrap());
    assert!(!github.unassign(&key(3), &sam()).await.unwrap(), "refused");
}

#[tokio::test]
async fn large_lists_are_read_with_their_cursors_and_resumed_by_walking() {
    let server = MockServer::start().await;
    let refusal = "Pagination with the page parameter is not supported for large datasets, please use cursor based \
                   pagination (after/before)";
    let link = |n: u32| format!("<{}/x?per_page=100&after=c{n}%3D&page={n}>; rel=\"next\"", server.uri());
    let at = |n: u32| Mock::given(path("/repos/acme/widgets/issues")).and(query_param("page", n.to_string()));
    at(1).respond_with(ok(json!([issue(1)])).insert_header("link", link(2))).mount(&server).await;
    at(2)
        .and(query_param("after", "c2="))
        .respond_with(ok(json!([issue(2)])).insert_header("link", link(3)))
        .mount(&server)
        .await;
    at(3).and(query_param("after", "c3=")).respond_with(ok(json!([issue(3)]))).mount(&server).await;
    at(3)
        .and(query_param_is_missing("after"))
        .respond_with(ResponseTemplate::new(422).set_body_json(json!({"message": refusal})))
        .mount(&server)
        .await;
    let resumed = open_page(&server, 3).await;
    assert_eq!(resumed.tasks[0].0.key.number, 3);
    let github = github(&server.uri());
    for n in 1..=3_u32 {
        let page = changed(github.tasks(&widgets(), Lane::Open, n, None).await.unwrap());
        assert_eq!(page.tasks[0].0.key.number, u64::from(n));
    }
    assert_eq!(github.counters().0, 3, "in sequence no page is asked for twice");
}

#[tokio::test]
async fn a_renamed_project_and_a_transferred_task_say_where_they_went() {
    let server = MockServer::start().await;
    let to = |place: &str| ResponseTemplate::new(301).insert_header("location", format!("{}{place}", server.uri()));
    let mut row = issue(1);
    row["url"] = json!("https://api.github.com/repos/acme/gadgets/issues/1");
    Mock::given(path("/repos/acme/widgets/issues")).respond_with(to("/repositories/42/issues")).mount(&server).await;
    Mock::given(path("/repositories/42/issues"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .respond_with(ok(json!([row])))
        .mount(&server)
        .await;
    let mut elsewhere = issue(34);
    elsewhere["url"] = json!("https://api.github.com/repos/acme/doors/issues/34");
    Mock::given(path("/repos/acme/widgets/issues/12"))
        .respond_with(to("/repositories/9/issues/34"))
        .mount(&server)
        .await;
    Mock::given(path("/repositories/9/issues/34")).respond_with(ok(elsewhere)).mount(&server).await;
    Mock::given(path("/repos/acme/widgets")).respond_with(to("/repositories/42")).mount(&server).await;
    Mock::given(path("/repositories/42")).respond_with(ok(repository("gadgets", 42))).mount(&server).await;
    Mock::given(path("/repos/acme/same/issues")).respond_with(to("/repositories/43/issues")).mount(&server).await;
    Mock::given(path("/repositories/43/issues")).respond_with(ok(json!([]))).mount(&server).await;
    Mock::given(path("/repos/acme/same")).respond_with(ok(repository("Same", 43))).mount(&server).await;
    let github = github(&server.uri());
    let moved = |to: &str| ErrorClass::Moved { to: Some(to.into()) };
    let error = github.tasks(&widgets(), Lane::Open, 1, None).await.unwrap_err();
    assert_eq!(error.class, moved("acme/gadgets"));
    assert!(error.sentence().contains("moved to acme/gadgets"), "{error}");
    assert_eq!(github.read(&key(12)).await.unwrap_err().class, moved("acme/doors#34"));
    let listed = changed(github.listing(&Listing::Repo(widgets()), 1, None).await.unwrap());
    assert_eq!((listed.projects[0].project.path(), listed.projects[0].id), ("acme/gadgets", 42));
    let same = changed(github.tasks(&project("acme/same"), Lane::Open, 1, None).await.unwrap());
    assert!(same.tasks.is_empty(), "a redirect to the same project is read");
}

#[tokio::test]
async fn doctor_learns_the_token_and_the_server() {
    let server = MockServer::start().await;
    let budget = |name: &str, left: &str| {
        ResponseTemplate::new(200)
            .insert_header("x-ratelimit-limit", "5000")
            .insert_header("x-ratelimit-remaining", left)
            .insert_header("x-ratelimit-reset", "1900000000")
            .insert_header("x-ratelimit-resource", name)
    };
    Mock::given(path("/user"))
        .respond_with(
            budget("core", "4321")
                .insert_header("x-oauth-scopes", "repo, read:org")
                .insert_header("x-github-enterprise-version", "3.14.2")
                .set_body_json(json!({"login": "sam", "id": 7})),
        )
        .mount(&server)
        .await;
    Mock::given(path("/graphql"))
        .respond_with(budget("graphql", "4999").set_body_json(json!({"data": {"viewer": {"login": "sam"}}})))
        .mount(&server)
        .await;
    let facts = github(&server.uri()).facts().await;
    assert_eq!((facts.me.unwrap().login.raw(), facts.token_kind.as_str()), ("sam", "classic"));
    assert_eq!(facts.scopes, ["repo", "read:org"]);
    assert_eq!((facts.server_version.as_deref(), facts.graphql.as_str()), (Some("3.14.2"), "works"));
    assert_eq!((facts.requests, facts.token_source.as_str()), (2, "a test"));
    let left: Vec<_> = facts.budgets.iter().map(|b| (b.resource.as_str(), b.remaining)).collect();
    assert_eq!(left, [("core", 4321), ("graphql", 4999)]);
}

#[tokio::test]
async fn without_a_token_nobody_is_asked_who_we_are() {
    let server = MockServer::start().await;
    let mut settings = settings(&server.uri());
    settings.token = Some("  \n".to_owned().into());
    let github = floorwalk::tracker::github::GitHub::new(settings).unwrap();
    assert_eq!(github.me().await.unwrap(), None);
    assert_eq!(github.counters(), (0, 0));
    assert_eq!(github.facts().await.token_kind, "none");
    let seen: Vec<Request> = server.received_requests().await.unwrap();
    assert!(seen.iter().all(|r| !r.headers.contains_key("authorization")));
}

#[tokio::test]
async fn addresses_for_people_are_built_from_configuration() {
    let mut settings = settings("https://git.corp.example/");
    settings.name = TrackerName::parse("corp").unwrap();
    let github = floorwalk::tracker::github::GitHub::new(settings).unwrap();
    assert_eq!(github.task_url(&key(12)), "https://git.corp.example/acme/widgets/issues/12");
    assert!(!format!("{github:?}").contains("canary"));
}
