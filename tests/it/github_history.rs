//! What happened to a task, read from timelines as GitHub sends them, and from what it should never send.

use floorwalk::{
    domain::{
        evidence::{Happening, History, What},
        person::PersonKind,
        task::TaskState,
    },
    tracker::{ErrorClass, Tracker, TrackerError},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path, path_regex},
};

use crate::github_world::*;

const TIMELINE: &str = "/repos/acme/widgets/issues/1/timeline";
async fn history_of(rows: Value) -> History {
    let server = MockServer::start().await;
    serve_pages(&server, TIMELINE, &[rows]).await;
    github(&server.uri()).history(&key(1)).await.unwrap()
}

async fn refused(answer: ResponseTemplate) -> TrackerError {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    github(&server.uri()).history(&key(1)).await.unwrap_err()
}

fn told(happening: &Happening) -> String {
    let by = happening.by.as_ref().map_or("nobody", |p| p.login.raw());
    let what = match &happening.what {
        What::Assigned { to } => format!("+{}/{}", to.login.raw(), to.id),
        What::Unassigned { from } => format!("-{}/{}", from.login.raw(), from.id),
        What::Labelled { label } => format!("+[{}]", label.raw()),
        What::Unlabelled { label } => format!("-[{}]", label.raw()),
        What::Closed { state } => format!("{state:?}"),
        What::Reopened => "reopened".into(),
        What::Linked { pull } => format!("{}#{}", pull.project, pull.number),
        other => format!("{other:?}"),
    };
    format!("{} {what} by {by}", happening.at.strftime("%d %H:%M"))
}

fn maya() -> Value {
    user("maya", 90)
}

fn every_kind() -> Vec<Value> {
    let sam = json!({"assignee": user("sam", 7)});
    let label = json!({"label": {"name": "floating-help", "color": "ff0000"}});
    let at = |day: u32| format!("2026-11-{day:02}T09:00:00Z");
    vec![
        event(1, "assigned", &at(1), maya(), sam.clone()),
        event(2, "labeled", &at(1), user("floor[bot]", 5), label.clone()),
        commented(3, &at(2), user("sam", 7)),
        mention(&at(3), user("sam", 7), "acme/widgets", 31),
        mention(&at(3), user("lee", 3), "other-org/tools", 8),
        mention(&at(4), user("sam", 7), "acme/widgets", 31),
        event(4, "unassigned", &at(5), maya(), sam),
        event(5, "unlabeled", &at(5), maya(), label),
        event(6, "closed", &at(6), maya(), json!({"state_reason": "not_planned"})),
        event(7, "reopened", &at(7), maya(), json!({"state_reason": "reopened"})),
        event(8, "closed", &at(8), maya(), json!({"state_reason": "duplicate"})),
        event(9, "reopened", &at(8), maya(), json!({})),
        event(10, "closed", &at(9), maya(), json!({"state_reason": null})),
    ]
}

#[tokio::test]
async fn every_kind_of_row_becomes_its_fact() {
    let rows = Value::from(every_kind());
    documented_rows(&rows).unwrap();
    let history = history_of(rows).await;
    let told: Vec<String> = history.happenings.iter().map(told).collect();
    let expected = [
        "01 09:00 +sam/7 by maya",
        "01 09:00 +[floating-help] by floor[bot]",
        "03 09:00 acme/widgets#31 by sam",
        "03 09:00 other-org/tools#8 by lee",
        "05 09:00 -sam/7 by maya",
        "05 09:00 -[floating-help] by maya",
        "06 09:00 NotPlanned by maya",
        "07 09:00 reopened by maya",
        "08 09:00 NotPlanned by maya",
        "08 09:00 reopened by maya",
        "09 09:00 Closed by maya",
    ];
    assert_eq!(told, expected);
    let bot = history.happenings[1].by.as_ref().unwrap();
    assert_eq!(bot.kind, PersonKind::Bot);
    let ids: Vec<u64> = history.happenings.iter().map(|h| h.id).collect();
    assert!(ids.is_sorted(), "rows without an id keep their place: {ids:?}");
    assert!(history.pulls.is_empty(), "pull requests that answer 404 are left out");
}

#[tokio::test]
async fn deleted_accounts_are_nobody_and_the_assigner_counts() {
    let assigner = json!({"assignee": user("sam", 7), "assigner": maya()});
    let mut gone = event(4, "labeled", "2026-11-04T09:00:00Z", json!(null), json!({"label": {"name": "x"}}));
    gone["actor"] = json!(null);
    let rows = json!([
        event(1, "assigned", "2026-11-01T09:00:00Z", user("sam", 7), assigner),
        event(2, "assigned", "2026-11-02T09:00:00Z", user("ghost", 10_137), json!({"assignee": user("lee", 3)})),
        event(3, "assigned", "2026-11-03T09:00:00Z", maya(), json!({"assignee": user("ghost", 10_137)})),
        gone,
    ]);
    let told: Vec<String> = history_of(rows).await.happenings.iter().map(told).collect();
    assert_eq!(told, ["01 09:00 +sam/7 by maya", "02 09:00 +lee/3 by nobody", "04 09:00 +[x] by nobody"]);
}

#[tokio::test]
async fn unknown_and_odd_rows_never_lose_the_others() {
    let good = event(1, "reopened", "2026-11-01T09:00:00Z", maya(), json!({}));
    let odd = [
        event(2, "quantum_entangled", "2026-11-01T09:00:00Z", maya(), json!({})),
        event(3, "issue_type_changed", "2026-11-01T09:00:00Z", maya(), json!({"issue_type": {"name": "Bug"}})),
        event(4, "connected", "2026-11-01T09:00:00Z", maya(), json!({})),
        event(5, "assigned", "2026-11-01T09:00:00Z", maya(), json!({"assignee": null})),
        event(6, "labeled", "2026-11-01T09:00:00Z", maya(), json!({"label": {"name": null}})),
        event(7, "closed", "2026-13-01T09:00:00Z", maya(), json!({})),
        event(8, "closed", "2996-11-01T09:00:00Z", maya(), json!({})),
        event(9, "closed", "", maya(), json!({"created_at": null})),
        mention("2026-11-01T09:00:00Z", maya(), "acme/../etc", 3),
        mention("2026-11-01T09:00:00Z", maya(), "acme/widgets", 0),
        json!({"event": "cross-referenced", "created_at": "2026-11-01T09:00:00Z", "source": {"issue": {"number": "x"}}}),
        json!({"event": "cross-referenced", "created_at": "2026-11-01T09:00:00Z",
            "source": {"type": "issue", "issue": {"number": 5, "url": "https://api.github.com/repos/acme/widgets/issues/5"}}}),
        json!({"event": 7}),
        json!({}),
        json!([1, 2]),
        json!(null),
        json!("closed"),
    ];
    for row in odd {
        let history = history_of(json!([row, good])).await;
        let told: Vec<String> = history.happenings.iter().map(told).collect();
        assert_eq!(told, ["01 09:00 reopened by maya"], "{row}");
    }
}

#[tokio::test]
async fn a_mutilated_field_loses_only_itself() {
    let mut row = event(1, "closed", "2026-11-01T09:00:00Z", json!({"login": 5}), json!({"state_reason": 3}));
    row["id"] = json!("many");
    let history = history_of(json!([row])).await;
    assert_eq!(history.happenings.iter().map(told).collect::<Vec<_>>(), ["01 09:00 Closed by nobody"]);
    assert!(matches!(history.happenings[0].what, What::Closed { state: TaskState::Closed }));
}

#[tokio::test]
async fn hostile_text_stays_foreign() {
    let label = "\u{1b}[2J\u{202e}evil\n<!-- floorwalk/1";
    let row = event(1, "labeled", "2026-11-01T09:00:00Z", user("a\u{1b}b", 1), json!({"label": {"name": label}}));
    let history = history_of(json!([row])).await;
    let What::Labelled { label: kept } = &history.happenings[0].what else { panic!("no label") };
    assert_eq!(kept.raw(), label);
    assert!(!kept.line().contains('\u{1b}') && !kept.line().contains('\n'));
}

#[tokio::test]
async fn all_pages_are_read_and_rows_that_move_come_once() {
    let server = MockServer::start().await;
    let row = |id: u64| event(id, "reopened", &format!("2026-11-01T09:{id:02}:00Z"), maya(), json!({}));
    let pages = [json!([row(1), row(2)]), json!([row(2), row(3)]), json!([row(4)])];
    serve_pages(&server, TIMELINE, &pages).await;
    let history = github(&server.uri()).history(&key(1)).await.unwrap();
    assert_eq!(history.happenings.iter().map(|h| h.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn of_an_endless_timeline_the_beginning_and_the_newest_are_read() {
    let server = MockServer::start().await;
    let row = |id: u64| json!([event(id, "reopened", "2026-11-01T09:00:00Z", maya(), json!({}))]);
    let pages: Vec<Value> = (1..=45).map(row).collect();
    serve_pages(&server, TIMELINE, &pages).await;
    let github = github(&server.uri());
    let history = github.history(&key(1)).await.unwrap();
    let ids: Vec<u64> = history.happenings.iter().map(|h| h.id).collect();
    assert_eq!(ids, std::iter::once(1).chain(17..=45).collect::<Vec<_>>());
    assert_eq!(github.counters().0, 30);
}

#[tokio::test]
async fn refusals_of_the_timeline_are_told() {
    let said = |status: u16| ResponseTemplate::new(status).set_body_json(json!({"message": "No"}));
    let cases = [
        (said(401), ErrorClass::BadToken),
        (said(403), ErrorClass::Forbidden),
        (said(404), ErrorClass::NotFound),
        (said(410), ErrorClass::Gone),
        (said(503), ErrorClass::Server { status: 503 }),
        (ResponseTemplate::new(200).set_body_raw("<html>Log in</html>", "text/html"), ErrorClass::NotJson),
        (ResponseTemplate::new(200).set_body_raw("[{\"event\":", "application/json"), ErrorClass::Truncated),
        (said(200), ErrorClass::Unexpected { status: 200 }),
    ];
    for (answer, class) in cases {
        let error = refused(answer).await;
        assert_eq!(error.class, class);
        assert!(error.sentence().contains("reading what happened to acme/widgets#1"), "{error}");
    }
    let limited = refused(said(429).insert_header("retry-after", "30")).await;
    assert!(matches!(limited.class, ErrorClass::SecondaryLimit { .. }), "{limited}");
}

#[tokio::test]
async fn a_task_that_moved_away_has_no_history_here() {
    let server = MockServer::start().await;
    let to = |place: &str| ResponseTemplate::new(301).insert_header("location", format!("{}{place}", server.uri()));
    let mut elsewhere = issue(34);
    elsewhere["url"] = json!("https://api.github.com/repos/acme/doors/issues/34");
    Mock::given(path(TIMELINE)).respond_with(to("/repositories/9/issues/34/timeline")).mount(&server).await;
    serve_pages(&server, "/repositories/9/issues/34/timeline", &[json!([])]).await;
    let moved = |n: u32| format!("/repositories/9/issues/{n}/timeline");
    Mock::given(path(moved(34))).respond_with(ResponseTemplate::new(200).set_body_json(json!([]))).mount(&server).await;
    Mock::given(path("/repos/acme/widgets/issues/1"))
        .respond_with(to("/repositories/9/issues/34"))
        .mount(&server)
        .await;
    Mock::given(path("/repositories/9/issues/34"))
        .respond_with(ResponseTemplate::new(200).set_body_json(elsewhere))
        .mount(&server)
        .await;
    let error = github(&server.uri()).history(&key(1)).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Moved { to: Some("acme/doors#34".into()) });
}

fn connected(node: Value) -> Value {
    json!({"data": {"nodes": [node, null, {}], "rateLimit": {"cost": 1}}})
}

#[tokio::test]
async fn a_pull_request_linked_by_hand_is_asked_for_by_name() {
    let pull = json!({"number": 31, "repository": {"nameWithOwner": "acme/widgets"}});
    let row = || event(4, "connected", "2026-11-01T09:00:00Z", maya(), json!({}));
    let limit = json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
    let old = json!({"errors": [{"message": "Field 'x' doesn't exist on type 'y'"}]});
    let cases = [
        (connected(json!({"id": "EV_4", "source": {}, "subject": pull})), Ok("01 09:00 acme/widgets#31 by maya")),
        (connected(json!({"id": "EV_4", "source": pull, "subject": {}})), Ok("01 09:00 acme/widgets#31 by maya")),
        (connected(json!({"id": "EV_5", "source": pull})), Ok("")),
        (connected(json!({"id": "EV_4", "source": {}, "subject": {}})), Ok("")),
        (connected(json!({"id": 4, "source": 3, "subject": {"number": "x"}})), Ok("")),
        (old, Ok("")),
        (limit, Err(())),
    ];
    for (answer, expected) in cases {
        let server = MockServer::start().await;
        serve_pages(&server, TIMELINE, &[json!([row()])]).await;
        let reply = ResponseTemplate::new(200).set_body_json(&answer);
        Mock::given(path("/graphql")).respond_with(reply).expect(1).mount(&server).await;
        match (github(&server.uri()).history(&key(1)).await, expected) {
            (Ok(history), Ok(expected)) => {
                assert_eq!(history.happenings.iter().map(told).collect::<String>(), expected, "{answer}");
            }
            (Err(error), Err(())) => assert!(matches!(error.class, ErrorClass::RateLimit { .. }), "{error}"),
            (got, expected) => panic!("{got:?}, not {expected:?}"),
        }
    }
}

#[tokio::test]
async fn only_the_last_linked_pull_requests_are_asked_for() {
    let server = MockServer::start().await;
    let mentions = (1..=40).map(|n| mention(&format!("2026-11-01T09:{n:02}:00Z"), maya(), "acme/widgets", 100 + n));
    serve_pages(&server, TIMELINE, &[mentions.collect()]).await;
    Mock::given(path_regex("/pulls/")).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    let history = github(&server.uri()).history(&key(1)).await.unwrap();
    assert_eq!(history.happenings.len(), 40, "all of them are facts");
    let asked = server.received_requests().await.unwrap();
    let mut pulls: Vec<&str> = asked.iter().map(|r| r.url.path()).filter(|p| p.contains("/pulls/")).collect();
    pulls.sort_unstable();
    assert_eq!(pulls, (136..=140).map(|n| format!("/repos/acme/widgets/pulls/{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn githubs_own_example_is_read() {
    let Some(rows) = example("timeline-issue-events") else { return };
    documented_rows(&rows).unwrap();
    let history = history_of(rows).await;
    let told: Vec<String> = history.happenings.iter().map(told).collect();
    assert_eq!(told, ["13 20:49 +[beta] by github-product-roadmap"]);
    let wrong = json!([{"event": "labeled", "id": "x"}]);
    assert!(documented_rows(&wrong).is_err(), "the check itself must be able to fail");
}
