//! Pull requests linked to a task: their state, their checks, and what happened on them.

use floorwalk::{
    domain::evidence::{Checks, History, Pull, PullState},
    tracker::{ErrorClass, Result, Tracker},
};
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{path, path_regex},
};

use crate::github_world::*;

fn sam() -> Value {
    user("sam", 7)
}

fn maya() -> Value {
    user("maya", 90)
}

fn sha() -> String {
    "0123456789abcdef0123456789abcdef01234567".into()
}

fn pull(number: u64) -> Value {
    json!({
        "number": number, "title": format!("Pull {number}"), "state": "open", "draft": false, "user": sam(),
        "created_at": "2026-11-03T09:00:00Z", "updated_at": "2026-11-03T09:00:00Z", "merged_at": null,
        "closed_at": null, "merged": false, "merged_by": null, "head": {"ref": "quiet", "sha": sha()}
    })
}

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn runs(list: &[(&str, Value)]) -> Value {
    let run = |(status, conclusion): &(&str, Value)| json!({"status": status, "conclusion": conclusion, "name": "ci"});
    json!({"total_count": list.len(), "check_runs": list.iter().map(run).collect::<Vec<_>>()})
}

fn statuses(state: &str, count: u64) -> Value {
    json!({"state": state, "total_count": count, "statuses": [], "sha": sha()})
}

/// A server with issue 1, which pull request 31 mentions.
struct Scene {
    server: MockServer,
}

impl Scene {
    async fn new() -> Self {
        let server = MockServer::start().await;
        let rows = json!([mention("2026-11-03T09:00:00Z", sam(), "acme/widgets", 31)]);
        serve_pages(&server, "/repos/acme/widgets/issues/1/timeline", &[rows]).await;
        Self { server }
    }

    async fn give(&self, route: &str, answer: ResponseTemplate) {
        Mock::given(path(format!("/repos/acme/widgets{route}"))).respond_with(answer).mount(&self.server).await;
    }

    async fn rows(&self, rows: Value) {
        serve_pages(&self.server, "/repos/acme/widgets/issues/31/timeline", &[rows]).await;
    }

    async fn checks(&self, runs: ResponseTemplate, statuses: ResponseTemplate) {
        self.give(&format!("/commits/{}/check-runs", sha()), runs).await;
        self.give(&format!("/commits/{}/status", sha()), statuses).await;
    }

    async fn read(&self) -> Result<History> {
        github(&self.server.uri()).history(&key(1)).await
    }

    async fn only(&self) -> Pull {
        self.read().await.unwrap().pulls.pop().expect("a pull request")
    }
}

fn told(pull: &Pull) -> Vec<String> {
    let one = |h: &floorwalk::domain::evidence::PullHappening| {
        let by = h.by.as_ref().map_or("nobody", |p| p.login.raw());
        format!("{} {:?} by {by}", h.at.strftime("%d %H:%M"), h.act)
    };
    pull.happenings.iter().map(one).collect()
}

async fn life(pull: Value, rows: Value) -> Pull {
    let scene = Scene::new().await;
    scene.give("/pulls/31", ok(&pull)).await;
    scene.rows(rows).await;
    scene.only().await
}

#[tokio::test]
async fn a_whole_life_is_told_in_order() {
    let mut merged = pull(31);
    merged["state"] = json!("closed");
    merged["merged_at"] = json!("2026-11-09T09:00:00Z");
    merged["closed_at"] = json!("2026-11-09T09:00:00Z");
    let at = |day: u32| format!("2026-11-{day:02}T09:00:00Z");
    let asked = json!({"review_requester": sam(), "requested_reviewer": maya()});
    let rows = json!([
        committed(&"a".repeat(40), "2026-11-01T08:00:00Z"),
        committed(&"b".repeat(40), "2026-11-02T08:00:00Z"),
        event(1, "ready_for_review", &at(4), sam(), json!({})),
        event(2, "review_requested", &at(4), sam(), asked),
        commented(3, &at(5), maya()),
        reviewed(4, "changes_requested", &at(5), maya()),
        event(5, "convert_to_draft", &at(5), sam(), json!({})),
        committed(&"c".repeat(40), "2026-11-06T08:00:00Z"),
        event(6, "head_ref_force_pushed", &at(6), sam(), json!({})),
        event(7, "closed", &at(6), maya(), json!({"state_reason": null})),
        event(8, "reopened", &at(6), maya(), json!({})),
        reviewed(9, "commented", &at(7), user("review[bot]", 4)),
        reviewed(10, "approved", &at(8), maya()),
        event(11, "merged", &at(9), maya(), json!({})),
        event(12, "closed", &at(9), maya(), json!({"state_reason": null})),
        event(13, "head_ref_deleted", &at(9), maya(), json!({})),
    ]);
    documented_rows(&rows).unwrap();
    let pull = life(merged, rows).await;
    let expected = [
        "03 09:00 Draft by sam",
        "03 09:00 Commit by sam",
        "04 09:00 Ready by sam",
        "04 09:00 ReviewRequested by sam",
        "05 09:00 Comment by maya",
        "05 09:00 Review(Changes) by maya",
        "05 09:00 Draft by sam",
        "06 08:00 Commit by sam",
        "06 09:00 Commit by sam",
        "06 09:00 Closed by maya",
        "06 09:00 Reopened by maya",
        "07 09:00 Review(Commented) by review[bot]",
        "08 09:00 Review(Approved) by maya",
        "09 09:00 Merged by maya",
    ];
    assert_eq!(told(&pull), expected);
    assert_eq!((pull.state, pull.title.raw()), (PullState::Merged, "Pull 31"));
    assert_eq!((pull.key.number, pull.author.unwrap().id), (31, 7));
}

#[tokio::test]
async fn states_and_how_it_was_opened() {
    let closed = json!({"state": "closed", "closed_at": "2026-11-09T09:00:00Z"});
    let cases = [
        (json!({}), json!([]), PullState::Open, vec!["03 09:00 Ready by sam"]),
        (json!({"draft": true}), json!([]), PullState::Draft, vec!["03 09:00 Draft by sam"]),
        (
            json!({"draft": true}),
            json!([event(1, "convert_to_draft", "2026-11-04T09:00:00Z", sam(), json!({}))]),
            PullState::Draft,
            vec!["03 09:00 Ready by sam", "04 09:00 Draft by sam"],
        ),
        (closed, json!([]), PullState::Closed, vec!["03 09:00 Ready by sam", "09 09:00 Closed by nobody"]),
        (
            json!({"state": "closed", "merged_at": "2026-11-09T09:00:00Z", "merged_by": maya()}),
            json!([]),
            PullState::Merged,
            vec!["03 09:00 Ready by sam", "09 09:00 Merged by maya"],
        ),
        (json!({"user": null}), json!([]), PullState::Open, vec!["03 09:00 Ready by nobody"]),
    ];
    for (more, rows, state, expected) in cases {
        let mut shown = pull(31);
        shown.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let pull = life(shown, rows).await;
        assert_eq!((pull.state, told(&pull)), (state, expected.into_iter().map(str::to_owned).collect()), "{more}");
    }
}

#[tokio::test]
async fn times_of_commits_are_the_authors_and_are_bounded() {
    let rows = json!([
        committed(&"a".repeat(40), "1999-01-01T00:00:00Z"),
        committed(&"b".repeat(40), "2026-11-04T09:00:00Z"),
        commented(1, "2026-11-05T09:00:00Z", maya()),
        committed(&"c".repeat(40), "2031-01-01T00:00:00Z"),
        committed(&"d".repeat(40), "yesterday"),
        json!({"sha": "e", "committer": {"date": "2026-11-06T09:00:00Z"}}),
    ]);
    let pull = life(pull(31), rows).await;
    let expected = [
        "03 09:00 Ready by sam",
        "03 09:00 Commit by sam",
        "04 09:00 Commit by sam",
        "05 09:00 Comment by maya",
        "05 09:00 Commit by sam",
        "06 09:00 Commit by sam",
    ];
    assert_eq!(told(&pull), expected);
}

#[tokio::test]
async fn comments_on_lines_count_once() {
    let line = |review: Value| json!({"user": maya(), "created_at": "2026-11-05T10:00:00Z", "pull_request_review_id": review, "id": 1});
    let rows = json!([
        reviewed(4, "COMMENTED", "2026-11-05T09:00:00Z", maya()),
        reviewed(5, "pending", "2026-11-05T09:00:00Z", maya()),
        reviewed(6, "dismissed", "2026-11-05T09:30:00Z", user("lee", 3)),
        json!({"event": "line-commented", "node_id": "x", "comments": [line(json!(4)), line(json!(77)), null]}),
        json!({"event": "commit-commented", "node_id": "x", "commit_id": sha(), "comments": [
            {"user": user("ghost", 10_137), "created_at": "2026-11-06T10:00:00Z"}]}),
    ]);
    let pull = life(pull(31), rows).await;
    let expected = [
        "03 09:00 Ready by sam",
        "05 09:00 Review(Commented) by maya",
        "05 09:30 Review(Commented) by lee",
        "05 10:00 Comment by maya",
        "06 10:00 Comment by nobody",
    ];
    assert_eq!(told(&pull), expected);
}

#[tokio::test]
async fn checks_are_the_worst_of_both_places() {
    let no = || ResponseTemplate::new(403).set_body_json(json!({"message": "Resource not accessible by integration"}));
    let gone = || ResponseTemplate::new(404).set_body_json(json!({"message": "Not Found"}));
    let done = |c: &str| ("completed", json!(c));
    let none = || ok(&statuses("pending", 0));
    let cases = [
        (ok(&runs(&[])), none(), Checks::None),
        (ok(&runs(&[done("success"), done("skipped"), done("neutral")])), none(), Checks::Passed),
        (ok(&runs(&[done("success"), ("in_progress", json!(null))])), none(), Checks::Running),
        (ok(&runs(&[("queued", json!(null)), done("failure")])), none(), Checks::Failed),
        (ok(&runs(&[done("action_required")])), none(), Checks::Running),
        (ok(&runs(&[done("timed_out")])), none(), Checks::Failed),
        (ok(&runs(&[done("a word of tomorrow")])), none(), Checks::None),
        (ok(&runs(&[])), ok(&statuses("success", 2)), Checks::Passed),
        (ok(&runs(&[done("success")])), ok(&statuses("pending", 1)), Checks::Running),
        (ok(&runs(&[done("success")])), ok(&statuses("failure", 1)), Checks::Failed),
        (no(), none(), Checks::None),
        (no(), ok(&statuses("success", 1)), Checks::None),
        (no(), ok(&statuses("error", 1)), Checks::Failed),
        (ok(&runs(&[done("failure")])), gone(), Checks::Failed),
        (gone(), gone(), Checks::None),
        (ok(&json!({"check_runs": [null, 3, {"status": 4}]})), none(), Checks::None),
    ];
    for (n, (runs, statuses, expected)) in cases.into_iter().enumerate() {
        let scene = Scene::new().await;
        scene.give("/pulls/31", ok(&pull(31))).await;
        scene.rows(json!([])).await;
        scene.checks(runs, statuses).await;
        assert_eq!(scene.only().await.checks, expected, "case {n}");
    }
}

#[tokio::test]
async fn a_hostile_commit_name_is_never_asked_for() {
    let mut odd = pull(31);
    odd["head"]["sha"] = json!("../../../user");
    let scene = Scene::new().await;
    scene.give("/pulls/31", ok(&odd)).await;
    scene.rows(json!([])).await;
    assert_eq!(scene.only().await.checks, Checks::None);
    let asked = scene.server.received_requests().await.unwrap();
    assert!(asked.iter().all(|r| !r.url.path().contains("commits") && !r.url.path().contains("user")));
}

#[tokio::test]
async fn one_that_cannot_be_read_is_left_out() {
    let mut other = pull(31);
    other["number"] = json!(32);
    let mut timeless = pull(31);
    timeless["created_at"] = json!("soon");
    let code = |status: u16| ResponseTemplate::new(status).set_body_json(json!({"message": "No"}));
    for answer in [code(403), code(404), code(410), code(451), code(500), ok(&other), ok(&timeless), ok(&json!([]))] {
        let scene = Scene::new().await;
        scene.give("/pulls/31", answer).await;
        scene.rows(json!([])).await;
        let history = scene.read().await.unwrap();
        assert_eq!((history.pulls.len(), history.happenings.len()), (0, 1));
    }
}

#[tokio::test]
async fn a_limit_or_an_outage_never_looks_like_no_pull_request() {
    let said = |status: u16| ResponseTemplate::new(status).set_body_json(json!({"message": "slow down"}));
    let page = ResponseTemplate::new(200).set_body_raw("<html>Log in</html>", "text/html");
    let limit = |class: &ErrorClass| matches!(class, ErrorClass::SecondaryLimit { .. });
    let scene = Scene::new().await;
    scene.give("/pulls/31", said(429).insert_header("retry-after", "30")).await;
    assert!(limit(&scene.read().await.unwrap_err().class));
    let scene = Scene::new().await;
    scene.give("/pulls/31", page).await;
    assert_eq!(scene.read().await.unwrap_err().class, ErrorClass::NotJson);
    let scene = Scene::new().await;
    scene.give("/pulls/31", ok(&pull(31))).await;
    scene.rows(json!([])).await;
    scene.checks(said(429).insert_header("retry-after", "30"), ok(&statuses("success", 1))).await;
    assert!(limit(&scene.read().await.unwrap_err().class));
}

#[tokio::test]
async fn pull_requests_of_other_repositories_come_oldest_first() {
    let server = MockServer::start().await;
    let mut named = mention("2026-11-04T09:00:00Z", sam(), "acme/widgets", 8);
    named["source"]["issue"]["repository"] = json!({"full_name": "other-org/tools"});
    let rows = json!([mention("2026-11-03T09:00:00Z", sam(), "acme/widgets", 31), named]);
    serve_pages(&server, "/repos/acme/widgets/issues/1/timeline", &[rows]).await;
    let mut older = pull(8);
    older["created_at"] = json!("2026-11-01T09:00:00Z");
    Mock::given(path("/repos/other-org/tools/pulls/8")).respond_with(ok(&older)).mount(&server).await;
    Mock::given(path("/repos/acme/widgets/pulls/31")).respond_with(ok(&pull(31))).mount(&server).await;
    Mock::given(path_regex("/timeline$")).respond_with(ok(&json!([]))).mount(&server).await;
    let history = github(&server.uri()).history(&key(1)).await.unwrap();
    let keys: Vec<String> = history.pulls.iter().map(|p| format!("{}#{}", p.key.project, p.key.number)).collect();
    assert_eq!(keys, ["other-org/tools#8", "acme/widgets#31"]);
}

#[tokio::test]
async fn githubs_own_examples_are_read() {
    let (Some(mut pull), Some(runs), Some(combined)) =
        (example("pull-request"), example("check-run-paginated"), example("combined-commit-status"))
    else {
        return;
    };
    pull["number"] = json!(31);
    pull["head"]["sha"] = json!(sha());
    let scene = Scene::new().await;
    scene.give("/pulls/31", ok(&pull)).await;
    scene.rows(json!([])).await;
    scene.checks(ok(&runs), ok(&combined)).await;
    let pull = scene.only().await;
    assert_eq!((pull.state, pull.title.raw()), (PullState::Merged, "Amazing new feature"));
    assert_eq!(pull.checks, Checks::Passed);
}
