//! Recent comments of a project, the search for claims, and files: read as GitHub sends them.

use floorwalk::tracker::{ErrorClass, Sources, Tracker};
use jiff::Timestamp;
use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{any, header, path, query_param},
};

use crate::github_world::*;

const COMMENTS: &str = "/repos/acme/widgets/issues/comments";

fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn since() -> Timestamp {
    "2026-11-01T09:00:00.75Z".parse().unwrap()
}

fn on(id: u64, number: &str, at: &str) -> Value {
    let mut row = comment(id, "A word");
    row["issue_url"] = json!(format!("https://api.github.com/repos/acme/widgets/issues/{number}"));
    row["created_at"] = json!(at);
    row
}

#[tokio::test]
async fn recent_comments_come_with_their_tasks_oldest_first() {
    let server = MockServer::start().await;
    let (newer, older) = (on(12, "7", "2026-11-03T09:00:00Z"), on(11, "5", "2026-11-02T09:00:00Z"));
    let mut elsewhere = on(13, "5", "2026-11-03T09:00:00Z");
    elsewhere["issue_url"] = json!("https://api.github.com/repos/acme/secret/issues/5");
    let odd = [on(14, "x", "2026-11-03T09:00:00Z"), on(15, "0", "2026-11-03T09:00:00Z"), json!(null), json!({"id": 9})];
    let mut first = vec![newer.clone(), elsewhere];
    first.extend(odd);
    let pages = [Value::from(first), json!([newer, older])];
    documented("/repos/{owner}/{repo}/issues/comments", &pages[1]).unwrap();
    serve_pages(&server, COMMENTS, &pages).await;
    let recent = github(&server.uri()).recent_comments(&widgets(), since()).await.unwrap();
    let told: Vec<_> = recent.iter().map(|(key, c)| (key.number, c.id)).collect();
    assert_eq!(told, [(5, 11), (7, 12)]);
    let asked = server.received_requests().await.unwrap();
    let query: Vec<_> = asked[0].url.query_pairs().into_owned().collect();
    for (name, value) in [("since", "2026-11-01T09:00:00Z"), ("sort", "updated"), ("direction", "desc")] {
        assert!(query.contains(&(name.into(), value.into())), "{query:?}");
    }
}

#[tokio::test]
async fn at_most_a_thousand_recent_comments_are_read() {
    let server = MockServer::start().await;
    let pages: Vec<Value> = (1..=15).map(|n| json!([on(n, "5", "2026-11-02T09:00:00Z")])).collect();
    serve_pages(&server, COMMENTS, &pages).await;
    let github = github(&server.uri());
    assert_eq!(github.recent_comments(&widgets(), since()).await.unwrap().len(), 10);
    assert_eq!(github.counters().0, 10);
}

#[tokio::test]
async fn comments_of_a_renamed_project_say_where_it_went() {
    let server = MockServer::start().await;
    let to = ResponseTemplate::new(301).insert_header("location", format!("{}/repositories/4/comments", server.uri()));
    Mock::given(path(COMMENTS)).respond_with(to).mount(&server).await;
    let mut row = on(1, "5", "2026-11-02T09:00:00Z");
    row["issue_url"] = json!("https://api.github.com/repos/acme/gadgets/issues/5");
    Mock::given(path("/repositories/4/comments")).respond_with(ok(&json!([row]))).mount(&server).await;
    let error = github(&server.uri()).recent_comments(&widgets(), since()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Moved { to: Some("acme/gadgets".into()) });
}

fn hit(repository: &str, number: u64) -> Value {
    let mut row = issue(number);
    row["url"] = json!(format!("https://api.github.com/repos/{repository}/issues/{number}"));
    row["score"] = json!(1.0);
    row
}

fn found(items: &[Value]) -> Value {
    json!({"total_count": items.len(), "incomplete_results": false, "items": items, "search_type": "lexical"})
}

async fn queries(server: &MockServer) -> Vec<String> {
    let query = |r: &Request| r.url.query_pairs().find(|(name, _)| name == "q").map(|(_, q)| q.into_owned());
    server.received_requests().await.unwrap().iter().filter_map(query).collect()
}

#[tokio::test]
async fn claims_are_searched_for_by_owner_and_repository() {
    let server = MockServer::start().await;
    let acme = [hit("acme/widgets", 5), hit("Acme/doors", 2), hit("acme/widgets", 5)];
    let mut pull = hit("sam/tool", 9);
    pull["pull_request"] = json!({"url": "x"});
    let mixed =
        [hit("sam/tool", 1), pull, hit("stranger/thing", 3), json!(null), json!({"url": "/repos/sam/../issues/1"})];
    documented("/search/issues", &found(&acme)).unwrap();
    let given = |scope: &str| {
        let words = format!("\"floorwalk\" in:comments is:issue {scope}");
        Mock::given(path("/search/issues")).and(query_param("q", words)).and(query_param("advanced_search", "true"))
    };
    given("org:acme").respond_with(ok(&found(&acme))).mount(&server).await;
    given("(repo:sam/tool OR repo:lee/x)").respond_with(ok(&found(&mixed))).mount(&server).await;
    let sources = Sources {
        orgs: vec!["acme".into(), "not an owner".into()],
        repos: vec![project("sam/tool"), widgets(), project("lee/x")],
        ..Sources::default()
    };
    let keys = github(&server.uri()).marked(&sources).await.unwrap();
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert_eq!(keys, ["Acme/doors#2", "acme/widgets#5", "sam/tool#1"]);
    assert_eq!(queries(&server).await.len(), 2);
}

#[tokio::test]
async fn many_repositories_go_in_batches_within_the_servers_limits() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ok(&found(&[]))).mount(&server).await;
    let long = "a-rather-long-name-of-a-repository-that-goes-on";
    let mut repos: Vec<_> = (0..8).map(|n| project(&format!("sam/r{n}"))).collect();
    repos.extend((0..6).map(|n| project(&format!("sam/{long}-{n}"))));
    let sources = Sources { repos, ..Sources::default() };
    assert!(github(&server.uri()).marked(&sources).await.unwrap().is_empty());
    let queries = queries(&server).await;
    assert_eq!(queries.iter().map(|q| q.matches("repo:").count()).sum::<usize>(), 14);
    for query in &queries {
        assert!(query.len() <= 256 && query.matches(" OR ").count() <= 5, "{query}");
    }
}

#[tokio::test]
async fn one_repository_that_is_gone_does_not_spoil_the_search_of_others() {
    let server = MockServer::start().await;
    let gone = |r: &Request| r.url.as_str().contains("gone");
    let refusal = json!({"message": "Validation Failed", "errors": [{"message": "The listed users and repositories \
        cannot be searched either because the resources do not exist or you do not have permission to view them."}]});
    Mock::given(gone)
        .respond_with(ResponseTemplate::new(422).set_body_json(refusal))
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(ok(&found(&[hit("sam/b", 4)]))).with_priority(2).mount(&server).await;
    let repos = ["sam/a", "sam/b", "sam/gone"].map(project).to_vec();
    let keys = github(&server.uri()).marked(&Sources { repos, ..Sources::default() }).await.unwrap();
    assert_eq!(keys.iter().map(ToString::to_string).collect::<Vec<_>>(), ["sam/b#4"]);
}

#[tokio::test]
async fn a_search_that_is_not_to_be_had_finds_nothing_and_stops_nothing() {
    let code = |status: u16| ResponseTemplate::new(status).set_body_json(json!({"message": "No"}));
    let page = ResponseTemplate::new(200).set_body_raw("<html>Log in</html>", "text/html");
    let limit = code(403).insert_header("x-ratelimit-remaining", "0").insert_header("x-ratelimit-resource", "search");
    let sources = Sources { orgs: vec!["acme".into(), "other".into()], ..Sources::default() };
    for answer in [code(401), code(403), code(404), code(422), code(429), code(503), page, limit, code(200)] {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        assert!(github(&server.uri()).marked(&sources).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_search_has_an_allowance_of_its_own() {
    let server = MockServer::start().await;
    let limited = ok(&found(&[]))
        .insert_header("x-ratelimit-limit", "30")
        .insert_header("x-ratelimit-remaining", "3")
        .insert_header("x-ratelimit-reset", "4000000000");
    Mock::given(path("/search/issues")).respond_with(limited).mount(&server).await;
    Mock::given(path(COMMENTS)).respond_with(ok(&json!([]))).mount(&server).await;
    let github = github(&server.uri());
    let sources = Sources { orgs: vec!["acme".into(), "other".into()], ..Sources::default() };
    github.marked(&sources).await.unwrap();
    assert_eq!(github.counters().0, 1, "a tenth stays free");
    assert_eq!(github.budgets()[0].resource, "search");
    github.recent_comments(&widgets(), since()).await.expect("other reads go on");
}

fn raw(text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(text, "application/vnd.github.raw+json; charset=utf-8")
}

#[tokio::test]
async fn files_are_read_as_they_are() {
    let server = MockServer::start().await;
    let at = |name: &str| format!("/repos/acme/widgets/contents/{name}");
    let text = "# ü\nname = \"Build\"\n";
    for (name, answer) in [
        (".github/floor%20walk%23%C3%BC.toml", raw(text)),
        ("empty.toml", raw("")),
        ("page.txt", raw("<html>not a page</html>")),
        ("data.json", raw("{\"type\": \"file\", \"sha\": \"x\"}")),
        ("folder", ok(&json!([{"name": "a", "type": "file", "sha": "x"}]))),
        ("module", ok(&json!({"name": "m", "type": "submodule", "sha": "x"}))),
        ("login", ResponseTemplate::new(200).set_body_raw("<html>Log in</html>", "text/html")),
        ("large", raw(&"x".repeat((1 << 20) + 1))),
        ("binary", ResponseTemplate::new(200).set_body_raw([0xff, 0xfe], "application/vnd.github.raw+json")),
        ("forbidden", ResponseTemplate::new(403).set_body_json(json!({"message": "No"}))),
    ] {
        let given = Mock::given(path(at(name))).and(header("accept", "application/vnd.github.raw+json"));
        given.respond_with(answer).mount(&server).await;
    }
    let github = github(&server.uri());
    let file = async |name: &str| github.file(&widgets(), name).await;
    assert_eq!(file(".github/floor walk#ü.toml").await.unwrap().as_deref(), Some(text));
    assert_eq!(file("empty.toml").await.unwrap().as_deref(), Some(""));
    assert_eq!(file("page.txt").await.unwrap().as_deref(), Some("<html>not a page</html>"));
    assert!(file("data.json").await.unwrap().unwrap().contains("sha"));
    for absent in ["nowhere.toml", "folder", "module"] {
        assert_eq!(file(absent).await.unwrap(), None, "{absent}");
    }
    let class = async |name: &str| file(name).await.unwrap_err().class;
    assert_eq!(class("login").await, ErrorClass::NotJson);
    assert_eq!(class("large").await, ErrorClass::TooLarge);
    assert_eq!(class("binary").await, ErrorClass::Unexpected { status: 200 });
    assert_eq!(class("forbidden").await, ErrorClass::Forbidden);
    let sent = github.counters().0;
    for bad in ["../../user", "/etc/passwd", "a/../b", "a//b", "./a", "a\\b", "a\nb", "a/"] {
        assert_eq!(class(bad).await, ErrorClass::Invalid, "{bad}");
        assert_eq!(github.folder(&widgets(), bad).await.unwrap_err().class, ErrorClass::Invalid, "{bad}");
    }
    assert_eq!(github.counters().0, sent, "nothing is sent");
}

#[tokio::test]
async fn folders_give_the_names_of_their_files() {
    let server = MockServer::start().await;
    let row = |name: &str, kind: &str| json!({"name": name, "type": kind, "sha": "x", "path": format!("teams/{name}")});
    let rows = json!([row("b.toml", "file"), row("old", "dir"), row("a.toml", "file"), row("../x", "file"),
        row("link", "symlink"), {"type": "file"}, null]);
    let at = |name: &str| format!("/repos/acme/widgets/contents/{name}");
    Mock::given(path(at("teams"))).respond_with(ok(&rows)).mount(&server).await;
    Mock::given(path(at(""))).respond_with(ok(&json!([row("floor.toml", "file")]))).mount(&server).await;
    Mock::given(path(at("file.toml"))).respond_with(ok(&row("file.toml", "file"))).mount(&server).await;
    Mock::given(path(at("broken"))).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let github = github(&server.uri());
    assert_eq!(github.folder(&widgets(), "teams").await.unwrap(), ["a.toml", "b.toml"]);
    assert_eq!(github.folder(&widgets(), "").await.unwrap(), ["floor.toml"]);
    assert!(github.folder(&widgets(), "nowhere").await.unwrap().is_empty());
    assert!(github.folder(&widgets(), "file.toml").await.unwrap().is_empty());
    assert_eq!(github.folder(&widgets(), "broken").await.unwrap_err().class, ErrorClass::Server { status: 500 });
}

#[tokio::test]
async fn githubs_own_examples_are_read() {
    let names = [
        "issue-comment-items",
        "issue-search-result-item-paginated",
        "content-file-response-if-content-is-a-directory",
    ];
    let [Some(comments), Some(mut search), Some(folder)] = names.map(example) else { return };
    // The example bears the addresses of a pull request, which is left out.
    search["items"][0].as_object_mut().unwrap().remove("pull_request");
    let server = MockServer::start().await;
    let hello = "/repos/octocat/Hello-World";
    Mock::given(path(format!("{hello}/issues/comments"))).respond_with(ok(&comments)).mount(&server).await;
    Mock::given(path("/search/issues")).respond_with(ok(&search)).mount(&server).await;
    Mock::given(path(format!("{hello}/contents/lib"))).respond_with(ok(&folder)).mount(&server).await;
    let github = github(&server.uri());
    let recent = github.recent_comments(&project("octocat/Hello-World"), since()).await.unwrap();
    assert_eq!(recent[0].0.to_string(), "octocat/Hello-World#1347");
    let sources = Sources { users: vec!["batterseapower".into()], ..Sources::default() };
    let marked = github.marked(&sources).await.unwrap();
    assert_eq!(marked[0].to_string(), "batterseapower/pinyin-toolkit#132");
    assert_eq!(github.folder(&project("octocat/Hello-World"), "lib").await.unwrap(), ["octokit.rb"]);
}
