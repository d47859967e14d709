//! Every class of refusal: provoked by an answer, it gives its class, its sentence and its hint.

use std::time::Duration;

use floorwalk::tracker::{Conditional, ErrorClass, Lane, Listing, Tracker, TrackerError, github::GitHub};
use jiff::Timestamp;
use serde_json::json;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

use crate::github_world::*;

async fn serve(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn ask(github: &GitHub) -> TrackerError {
    github.tasks(&widgets(), Lane::Open, 1, None).await.map(|_| ()).unwrap_err()
}

async fn refusal(answer: ResponseTemplate) -> TrackerError {
    let server = serve(answer).await;
    ask(&github(&server.uri())).await
}

fn status(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status)
}

fn said(code: u16, message: &str) -> ResponseTemplate {
    status(code).set_body_json(json!({"message": message, "documentation_url": "https://docs.example"}))
}

fn check(error: &TrackerError, class: &ErrorClass, words: &str) {
    assert_eq!(&error.class, class, "{error}");
    let sentence = error.sentence();
    assert!(sentence.contains(words), "'{words}' is not in: {sentence}");
    assert!(sentence.contains("reading the issues of acme/widgets"), "{sentence}");
    assert!(sentence.contains("127.0.0.1"), "{sentence}");
    assert!(error.hint().len() > 20 && error.hint().ends_with('.'), "{}", error.hint());
    assert_eq!(error.to_string(), sentence);
}

#[tokio::test]
async fn each_refusal_has_its_class_and_sentence() {
    let needs = |needs: &str| ErrorClass::MissingScope { needs: needs.into() };
    let forbidden = || ErrorClass::Forbidden;
    let html = |code: u16| status(code).set_body_raw("<html><title>Sign in to Corp SSO</title>", "text/html");
    let cases = [
        (said(401, "Bad credentials"), ErrorClass::BadToken, "refused the token"),
        (html(401), ErrorClass::BadToken, "Sign in to Corp SSO"),
        (said(403, "Must have admin rights"), forbidden(), "forbids this"),
        (
            said(403, "Resource not accessible by personal access token")
                .insert_header("x-accepted-github-permissions", "issues=write"),
            needs("issues=write"),
            "needed: issues=write",
        ),
        (
            said(403, "Nope").insert_header("x-accepted-oauth-scopes", "repo").insert_header("x-oauth-scopes", "gist"),
            needs("repo"),
            "lacks a permission",
        ),
        (
            said(403, "Nope")
                .insert_header("x-accepted-oauth-scopes", "repo, public_repo")
                .insert_header("x-oauth-scopes", "gist, public_repo"),
            forbidden(),
            "forbids this",
        ),
        (said(403, "Maximum number of login attempts exceeded"), ErrorClass::BadToken, "refused the token"),
        (said(403, "Sorry. Your account was suspended."), ErrorClass::Blocked, "blocked access"),
        (said(403, "Repository access blocked"), ErrorClass::Blocked, "blocked access"),
        (said(403, "Repository was archived so is read-only."), ErrorClass::ReadOnly, "locked, archived"),
        (said(403, "Unable to create comment because issue is locked."), ErrorClass::ReadOnly, "locked, archived"),
        (html(403), ErrorClass::NotJson, "a page instead of data"),
        (said(404, "Not Found"), ErrorClass::NotFound, "no such thing"),
        (html(404), ErrorClass::NotJson, "a wrong address"),
        (status(407), ErrorClass::Proxy, "the proxy"),
        (said(410, "Issues are disabled for this repo"), ErrorClass::Gone, "gone from"),
        (said(422, "Validation Failed"), ErrorClass::Invalid, "did not accept"),
        (said(423, "Locked"), ErrorClass::ReadOnly, "locked"),
        (said(451, "DMCA"), ErrorClass::Blocked, "blocked access"),
        (status(500), ErrorClass::Server { status: 500 }, "trouble of its own (status 500)"),
        (html(502), ErrorClass::Server { status: 502 }, "status 502"),
        (status(504), ErrorClass::Server { status: 504 }, "status 504"),
        (said(418, "teapot"), ErrorClass::Unexpected { status: 418 }, "status 418"),
        (html(200), ErrorClass::NotJson, "Sign in to Corp SSO"),
        (status(200).set_body_raw("plain words", "text/plain"), ErrorClass::NotJson, "login page"),
        (status(200).set_body_raw("[{\"number\":1", "application/json"), ErrorClass::Truncated, "broke off"),
        (status(200).set_body_raw("", "application/json"), ErrorClass::Truncated, "broke off"),
        (status(301), ErrorClass::Moved { to: None }, "moved to another place"),
        (status(302).insert_header("location", "https://evil.example/x"), ErrorClass::ForeignRedirect, "another host"),
    ];
    for (answer, class, words) in cases {
        check(&refusal(answer).await, &class, words);
    }
}

#[tokio::test]
async fn single_sign_on_shows_only_addresses_of_its_own_host() {
    let ask_with = async |header: &str| refusal(said(403, "x").insert_header("x-github-sso", header)).await;
    let error = ask_with("required; url=https://127.0.0.1/orgs/acme/sso?authorization_request=A").await;
    let url = "https://127.0.0.1/orgs/acme/sso?authorization_request=A";
    check(&error, &ErrorClass::Sso { url: Some(url.into()) }, "single sign-on");
    assert!(error.hint().contains(url) && error.is_auth());
    for hostile in ["required; url=https://evil.example/", "required; url=file:///etc/passwd", "required"] {
        check(&ask_with(hostile).await, &ErrorClass::Sso { url: None }, "single sign-on");
    }
    let saml = refusal(said(403, "Resource protected by organization SAML enforcement.")).await;
    check(&saml, &ErrorClass::Sso { url: None }, "single sign-on");
}

/// Seconds until a limit lets go.
fn wait(error: &TrackerError) -> i64 {
    error.retry_at().unwrap().as_second() - Timestamp::now().as_second()
}

#[tokio::test]
async fn a_pause_asked_for_stops_the_whole_host() {
    let cases = [
        (said(403, "x").insert_header("retry-after", "60"), 60),
        (said(429, "x").insert_header("retry-after", "7"), 7),
        (said(429, "x").insert_header("retry-after", "-1, soon"), 60),
        (said(403, "You have exceeded a secondary rate limit"), 60),
        (said(429, "x"), 60),
        (status(503).insert_header("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT"), 3_600),
        (said(403, "x").insert_header("retry-after", "99999999"), 3_600),
        (
            said(429, "x")
                .insert_header("date", "Wed, 21 Oct 2099 07:28:00 GMT")
                .insert_header("retry-after", "Wed, 21 Oct 2099 07:28:30 GMT"),
            30,
        ),
    ];
    for (answer, seconds) in cases {
        let server = serve(answer).await;
        let github = github(&server.uri());
        let error = ask(&github).await;
        assert!(matches!(error.class, ErrorClass::SecondaryLimit { .. }), "{error:?}");
        assert!((wait(&error) - seconds).abs() <= 2, "{} instead of {seconds}", wait(&error));
        assert!(error.sentence().contains("asks for a pause until"), "{error}");
        let refused = [ask(&github).await, github.post_comment(&key(1), "x").await.unwrap_err()];
        assert!(refused.iter().all(|e| matches!(e.class, ErrorClass::SecondaryLimit { .. })));
        assert_eq!(github.counters().0, 1, "nothing more is sent");
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
}

fn budget(code: u16, limit: u32, remaining: u32) -> ResponseTemplate {
    status(code)
        .insert_header("x-ratelimit-limit", limit.to_string())
        .insert_header("x-ratelimit-remaining", remaining.to_string())
        .insert_header("x-ratelimit-reset", (Timestamp::now().as_second() + 1_200).to_string())
        .insert_header("x-ratelimit-resource", "core")
}

#[tokio::test]
async fn a_used_up_allowance_says_when_it_refills() {
    let server = serve(budget(403, 5_000, 0).set_body_json(json!({"message": "API rate limit exceeded"}))).await;
    let github = github(&server.uri());
    let error = ask(&github).await;
    assert!(matches!(error.class, ErrorClass::RateLimit { .. }), "{error:?}");
    assert!((wait(&error) - 1_200).abs() <= 2, "{}", wait(&error));
    assert!(error.sentence().contains("allowance") && error.sentence().contains("UTC"), "{error}");
    let write = github.post_comment(&key(1), "x").await.unwrap_err();
    assert!(matches!(write.class, ErrorClass::RateLimit { .. }));
    assert_eq!(github.counters().0, 1);
}

#[tokio::test]
async fn reads_leave_a_tenth_to_other_tools_and_writes_may_use_it() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(budget(200, 5_000, 500).set_body_json(json!([]))).mount(&server).await;
    Mock::given(method("POST"))
        .respond_with(budget(201, 5_000, 499).set_body_json(comment(1, "x")))
        .mount(&server)
        .await;
    let github = github(&server.uri());
    github.tasks(&widgets(), Lane::Open, 1, None).await.unwrap();
    assert_eq!(github.budgets()[0].remaining, 500);
    let error = ask(&github).await;
    assert!(matches!(error.class, ErrorClass::RateLimit { .. }), "{error:?}");
    assert!(error.hint().contains("A tenth"), "{}", error.hint());
    github.post_comment(&key(1), "x").await.unwrap();
    assert_eq!(github.counters().0, 2);
}

#[tokio::test]
async fn an_allowance_of_another_resource_stops_only_that() {
    let server = MockServer::start().await;
    let spent = budget(200, 30, 3).set_body_json(json!({"total_count": 0, "items": []}));
    let spent = spent.insert_header("x-ratelimit-resource", "search");
    Mock::given(path("/search/repositories")).respond_with(spent).mount(&server).await;
    Mock::given(path("/repos/acme/widgets/issues"))
        .respond_with(status(200).set_body_json(json!([])))
        .mount(&server)
        .await;
    let github = github(&server.uri());
    let topic = Listing::Topic { topic: "lifts".into(), owner: String::new() };
    let first = github.listing(&topic, 1, None).await.unwrap();
    assert!(matches!(first, Conditional::Changed { .. }));
    assert!(github.listing(&topic, 1, None).await.unwrap_err().retry_at().is_some());
    github.tasks(&widgets(), Lane::Open, 1, None).await.unwrap();
}

#[tokio::test]
async fn server_words_are_cut_made_harmless_and_free_of_the_token() {
    let words = format!("no \u{1b}[2J\u{202e} {TOKEN} {}", "x".repeat(5_000));
    let error = refusal(said(422, &words)).await;
    assert!(error.said.chars().count() <= 300);
    for text in [error.to_string(), format!("{error:?}"), error.hint()] {
        assert!(!text.contains(TOKEN) && !text.contains('\u{1b}'), "{text}");
    }
    let straddling = format!("{}{TOKEN}", "y".repeat(290));
    let error = refusal(said(403, &straddling)).await;
    assert!(!error.said.contains("ghp_canary"), "{}", error.said);
    let body = json!({"message": "Validation Failed",
        "errors": [{"resource": "Issue", "field": "assignees", "code": "invalid"}, "plain", {"message": "why"}]});
    let error = refusal(status(422).set_body_json(body)).await;
    assert_eq!(error.said, "Validation Failed: Issue assignees invalid: plain: why");
}

#[tokio::test]
async fn bad_addresses_and_tokens_are_refused_before_anything_is_sent() {
    let with = |change: &dyn Fn(&mut floorwalk::tracker::github::GitHubSettings)| {
        let mut settings = settings("https://github.com");
        change(&mut settings);
        GitHub::new(settings).unwrap_err()
    };
    let plain = with(&|s| s.url = "http://git.corp.example".into());
    assert_eq!(plain.class, ErrorClass::InsecureUrl);
    assert!(plain.sentence().contains("plain http") && plain.hint().contains("https://"));
    let api = with(&|s| s.api_url = Some("http://api.github.com".into()));
    assert_eq!(api.class, ErrorClass::InsecureUrl);
    for token in ["two words", "line\nbreak", "späße", "nul\0"] {
        let error = with(&|s| s.token = Some(token.to_owned().into()));
        assert_eq!(error.class, ErrorClass::BadToken);
        assert!(!error.to_string().contains(token) && !format!("{error:?}").contains(token));
    }
    let mut trimmed = settings("https://github.com");
    trimmed.token = Some(format!("{TOKEN}\n").into());
    GitHub::new(trimmed).expect("a line break at the end is what `gh auth token` prints");
    let ca = with(&|s| s.ca_file = Some("/nonexistent/ca.pem".into()));
    assert_eq!(ca.class, ErrorClass::Tls);
    assert!(ca.sentence().contains("/nonexistent/ca.pem"), "{ca}");
}

#[tokio::test]
async fn every_class_has_a_sentence_a_hint_and_no_two_alike() {
    let until = Timestamp::from_second(1_900_000_000).unwrap();
    let classes = [
        ErrorClass::BadToken,
        ErrorClass::NoToken,
        ErrorClass::Sso { url: None },
        ErrorClass::MissingScope { needs: String::new() },
        ErrorClass::Forbidden,
        ErrorClass::NotFound,
        ErrorClass::Moved { to: None },
        ErrorClass::Gone,
        ErrorClass::Blocked,
        ErrorClass::RateLimit { until },
        ErrorClass::SecondaryLimit { until },
        ErrorClass::Invalid,
        ErrorClass::Server { status: 502 },
        ErrorClass::NotJson,
        ErrorClass::Truncated,
        ErrorClass::TooLarge,
        ErrorClass::Timeout,
        ErrorClass::Tls,
        ErrorClass::Dns,
        ErrorClass::Connect,
        ErrorClass::Proxy,
        ErrorClass::ForeignRedirect,
        ErrorClass::InsecureUrl,
        ErrorClass::ReadOnly,
        ErrorClass::Unexpected { status: 0 },
    ];
    let mut seen = std::collections::HashSet::new();
    for class in classes {
        let error = TrackerError { class, host: "h.example\u{1b}[2J".into(), doing: "testing".into(), said: "".into() };
        assert!(error.hint().len() > 20, "{error:?}");
        assert!(!error.sentence().contains('\u{1b}') && error.sentence().contains("h.example"), "{error}");
        assert!(seen.insert(error.sentence()), "{error}");
    }
}

#[tokio::test]
async fn passing_trouble_is_repeated_for_reads_and_never_for_writes() {
    let server = MockServer::start().await;
    Mock::given(method("GET")).respond_with(status(500)).up_to_n_times(2).mount(&server).await;
    Mock::given(method("GET")).respond_with(status(200).set_body_json(json!([issue(1)]))).mount(&server).await;
    Mock::given(method("POST"))
        .respond_with(status(502).set_body_raw("<html>bad gateway</html>", "text/html"))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("PATCH")).respond_with(status(503)).expect(1).mount(&server).await;
    Mock::given(method("DELETE")).respond_with(status(500)).expect(1).mount(&server).await;
    let github = github(&server.uri());
    github.tasks(&widgets(), Lane::Open, 1, None).await.unwrap();
    assert_eq!(github.counters().0, 3);
    let class = github.post_comment(&key(1), "x").await.unwrap_err().class;
    assert_eq!(class, ErrorClass::Server { status: 502 });
    assert!(github.edit_comment(&key(1), 1, "x").await.is_err());
    assert!(github.delete_comment(&key(1), 1).await.is_err());
}

#[tokio::test]
async fn repetition_ends() {
    let server = serve(status(500)).await;
    let github = github(&server.uri());
    assert_eq!(ask(&github).await.class, ErrorClass::Server { status: 500 });
    assert_eq!(server.received_requests().await.unwrap().len(), 4, "once and three more times");
}

#[tokio::test]
async fn redirects_in_circles_end() {
    let server = MockServer::start().await;
    let location = format!("{}/repos/acme/widgets/issues", server.uri());
    Mock::given(any()).respond_with(status(301).insert_header("location", location)).mount(&server).await;
    assert_eq!(ask(&github(&server.uri())).await.class, ErrorClass::Unexpected { status: 310 });
    assert_eq!(server.received_requests().await.unwrap().len(), 6);
}

#[tokio::test]
async fn nothing_is_sent_to_another_host_by_redirect_or_link() {
    let other = MockServer::start().await;
    Mock::given(any()).respond_with(status(200).set_body_json(json!([]))).mount(&other).await;
    let away = |code: u16| status(code).insert_header("location", format!("{}/evil", other.uri()));
    for code in [301, 302, 307, 308] {
        let server = serve(away(code)).await;
        assert_eq!(ask(&github(&server.uri())).await.class, ErrorClass::ForeignRedirect);
        let write = github(&server.uri()).post_comment(&key(1), "secret").await.unwrap_err();
        assert_eq!(write.class, ErrorClass::ForeignRedirect);
    }
    let link = format!("<{}/repos/acme/widgets/issues?page=2>; rel=\"next\"", other.uri());
    let server = serve(status(200).set_body_json(json!([issue(1)])).insert_header("link", link)).await;
    check(&ask(&github(&server.uri())).await, &ErrorClass::ForeignRedirect, "plain http");
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_next_page_that_is_this_page_is_refused_after_one_request() {
    let server = MockServer::start().await;
    let link = format!("<{}/repos/acme/widgets/issues>; rel=\"next\"", server.uri());
    let page = status(200).set_body_json(json!([issue(1)])).insert_header("link", link);
    Mock::given(any()).respond_with(page).expect(1).mount(&server).await;
    check(&ask(&github(&server.uri())).await, &ErrorClass::Unexpected { status: 200 }, "leads back to itself");
}

#[tokio::test]
async fn a_slow_answer_times_out_within_the_total() {
    let server = serve(status(200).set_body_json(json!([])).set_delay(Duration::from_secs(20))).await;
    let timing = floorwalk::tracker::http::Timing { total: Duration::from_millis(200), ..quick() };
    let github = GitHub::with_timing(settings(&server.uri()), timing).unwrap();
    let started = std::time::Instant::now();
    check(&ask(&github).await, &ErrorClass::Timeout, "did not answer in time");
    assert!(started.elapsed() < Duration::from_secs(5));
}
