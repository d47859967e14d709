//! The demo server over REST: lists, pages, validators, identities, writes, and the world it shows.

use std::collections::HashSet;

use floorwalk::demo::{ORG, YOU};
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo_world::{Ground, NOW, ground};

async fn number(ground: &Ground, repo: &str, title: &str) -> u64 {
    let rows = ground.all(&format!("/repos/{ORG}/{repo}/issues?state=all&per_page=100")).await;
    let found = rows.iter().find(|r| r["title"].as_str().unwrap().contains(title));
    found.unwrap_or_else(|| panic!("no issue {title}"))["number"].as_u64().unwrap()
}

#[tokio::test]
async fn the_company_is_as_big_as_promised() {
    let ground = ground(None).await;
    let repos = ground.all(&format!("/orgs/{ORG}/repos?per_page=5")).await;
    assert_eq!(repos.len(), 15);
    assert_eq!(repos.iter().filter(|r| r["archived"] == json!(true)).count(), 1);
    assert_eq!(repos.iter().filter(|r| r["has_issues"] == json!(false)).count(), 2);
    let languages: HashSet<&str> = repos.iter().filter_map(|r| r["language"].as_str()).collect();
    assert!(languages.len() >= 10, "{languages:?}");
    let branches: HashSet<&str> = repos.iter().filter_map(|r| r["default_branch"].as_str()).collect();
    assert_eq!(branches, HashSet::from(["main", "master", "trunk", "develop"]));

    let (mut issues, mut pulls, mut titles) = (0, 0, HashSet::new());
    for repo in repos.iter().filter(|r| r["has_issues"] == json!(true)) {
        let name = repo["name"].as_str().unwrap();
        for row in ground.all(&format!("/repos/{ORG}/{name}/issues?state=all&per_page=100")).await {
            if row.get("pull_request").is_some() {
                pulls += 1;
            } else {
                issues += 1;
                assert!(titles.insert(row["title"].to_string()), "told twice: {}", row["title"]);
            }
            let created = row["created_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
            let days = (NOW - created) / 86_400;
            assert!((2..1_480).contains(&days), "{days} days: {}", row["title"]);
        }
    }
    assert!(issues >= 250, "{issues} issues");
    assert!(pulls >= 14, "{pulls} pull requests");
}

#[tokio::test]
async fn hostile_titles_arrive_unchanged() {
    let ground = ground(None).await;
    let rows = ground.all(&format!("/repos/{ORG}/parcel-web/issues?per_page=100")).await;
    let titles: String = rows.iter().map(|r| r["title"].as_str().unwrap()).collect();
    for bad in ['\u{1b}', '\u{202e}', '\u{200b}', '\u{0}', '\r', '\u{7}'] {
        assert!(titles.contains(bad), "{bad:?} is gone");
    }
    // The page for people shows the same issue without a single control character.
    let n = number(&ground, "parcel-web", "pasted terminal log").await;
    let url = format!("{}/_demo/issues/{ORG}/parcel-web/{n}", ground.demo.url());
    let page = ground.client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("breaks the ticket list"));
    assert!(!page.chars().any(|c| c.is_control() && c != '\n'), "{page:?}");
}

#[tokio::test]
async fn pages_cover_everything_once() {
    let ground = ground(None).await;
    let path = format!("/repos/{ORG}/parcel-web/issues?state=open&sort=updated&direction=desc&per_page=7");
    let first = ground.get(&path).await;
    assert_eq!(first.rows().len(), 7);
    assert!(first.header("link").contains("rel=\"last\""));
    assert!(!first.header("link").contains("rel=\"prev\""));
    let rows = ground.all(&path).await;
    let whole = ground.get(&format!("/api/v3/repos/{ORG}/parcel-web/issues?per_page=100&sort=updated")).await;
    let numbers = |rows: &[Value]| rows.iter().map(|r| r["number"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers(&rows), numbers(whole.rows()));
    let times: Vec<&str> = rows.iter().map(|r| r["updated_at"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b));
    assert_eq!(ground.get(&format!("{path}&page=99")).await.rows().len(), 0);
    assert_eq!(ground.get(&format!("/repos/{ORG}/parcel-web/issues?state=odd")).await.status, 422);
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let ground = ground(None).await;
    let home = format!("/repos/{ORG}/locker-gateway/issues?per_page=100&state=all");
    let all = ground.all(&home).await;
    let labelled = ground.all(&format!("{home}&labels=help%20wanted,bug")).await;
    let wears = |row: &Value, name: &str| row["labels"].as_array().unwrap().iter().any(|l| l["name"] == name);
    let expected = all.iter().filter(|r| wears(r, "help wanted") && wears(r, "bug")).count();
    assert!(expected > 0);
    assert_eq!(labelled.len(), expected);
    let since = all.iter().map(|r| r["updated_at"].as_str().unwrap()).max().unwrap();
    let newest = ground.all(&format!("{home}&since={since}")).await;
    assert!(!newest.is_empty() && newest.len() < all.len());
    assert!(newest.iter().all(|r| r["updated_at"].as_str().unwrap() >= since));
    let ngozi = ground.all(&format!("{home}&assignee=ngozi")).await;
    assert!(!ngozi.is_empty() && ngozi.iter().all(|r| r["assignees"][0]["login"] == "ngozi"));
    let nobody = ground.all(&format!("{home}&assignee=none")).await;
    assert!(nobody.iter().all(|r| r["assignees"] == json!([]) && r["assignee"].is_null()));
    assert_eq!(nobody.len() + ground.all(&format!("{home}&assignee=*")).await.len(), all.len());
}

#[tokio::test]
async fn unchanged_answers_cost_nothing() {
    let ground = ground(None).await;
    let path = format!("/repos/{ORG}/quill/issues?per_page=10");
    let first = ground.get(&path).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    let again = |etag: String| {
        let (ground, path) = (&ground, &path);
        async move {
            let headers = [("if-none-match", etag.as_str())];
            ground.try_send(Method::GET, "demo-sam", path, None, &headers).await.unwrap()
        }
    };
    let same = again(etag.clone()).await;
    assert_eq!(same.status, 304);
    assert_eq!(same.header("x-ratelimit-used"), first.header("x-ratelimit-used"));
    assert_eq!(same.header("etag"), etag);
    let n = first.rows()[0]["number"].as_u64().unwrap();
    ground.pass(5);
    let comment = json!({"body": "hello"});
    ground.send(Method::POST, "demo-teo", &format!("/repos/{ORG}/quill/issues/{n}/comments"), Some(comment)).await;
    assert_eq!(again(etag).await.status, 200);
    let log = ground.demo.requests();
    assert_eq!(log.iter().filter(|r| r.conditional).map(|r| r.status).collect::<Vec<_>>(), [304, 200]);
    assert_eq!(log[0].login, "sam");
}

#[tokio::test]
async fn tokens_become_people() {
    let ground = ground(None).await;
    let me = |token: &'static str| {
        let ground = &ground;
        async move { ground.send(Method::GET, token, "/user", None).await }
    };
    assert_eq!(me("ghp_anything").await.json["login"], YOU);
    let other = me("ghp_another").await.json["login"].clone();
    assert_ne!(other, YOU);
    assert_eq!(me("ghp_anything").await.json["login"], YOU);
    assert_eq!(me("ghp_another").await.json["login"], other);
    assert_eq!(me("demo-hanne").await.json["login"], "hanne");
    assert_eq!(me("demo-newcomer").await.json["login"], "newcomer");
    let bad = me("bad-token").await;
    assert_eq!((bad.status, &bad.json["message"]), (401, &json!("Bad credentials")));
    assert_eq!(me("").await.status, 401);
    let anonymous = ground.send(Method::GET, "", &format!("/orgs/{ORG}/repos"), None).await;
    assert_eq!(anonymous.header("x-ratelimit-limit"), "60");
    assert_eq!(anonymous.rows().len(), 14, "private repositories are for members");
    assert_eq!(ground.send(Method::GET, "", &format!("/repos/{ORG}/ledger"), None).await.status, 404);
    let limits = ground.get("/rate_limit").await.json;
    assert_eq!(limits["resources"]["core"]["limit"], 5000);
    for _ in 0..60 {
        ground.send(Method::GET, "", &format!("/repos/{ORG}/quill/labels/bug"), None).await;
    }
    let refused = ground.send(Method::GET, "", &format!("/orgs/{ORG}/repos"), None).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (403, "0"));
    ground.pass(3_601);
    assert_eq!(ground.send(Method::GET, "", &format!("/orgs/{ORG}/repos"), None).await.status, 200);
}

#[tokio::test]
async fn what_is_written_is_there_for_the_next_reader() {
    let ground = ground(None).await;
    let n = number(&ground, "quill", "Shell completion for fish").await;
    let home = format!("/repos/{ORG}/quill/issues/{n}");
    let before = ground.get(&home).await.json;
    ground.pass(60);
    let marker = "<!-- floorwalk/1 {\"k\":\"claim\"} -->\nhello";
    let there = format!("{home}/comments");
    let post = |token, body: &str| ground.send(Method::POST, token, &there, Some(json!({"body": body})));
    let first = post("demo-sam", marker).await;
    let second = post("demo-ylva", "me too").await;
    assert_eq!(first.status, 201);
    assert_eq!(first.json["created_at"], "2025-11-21T04:41:00Z");
    assert!(second.json["id"].as_u64() > first.json["id"].as_u64());
    assert_eq!(first.header("location"), first.json["url"]);
    let after = ground.get(&home).await.json;
    assert_eq!(after["comments"].as_u64(), before["comments"].as_u64().map(|c| c + 2));
    assert_eq!(after["updated_at"], "2025-11-21T04:41:00Z");
    let listed = ground.send(Method::GET, "demo-hanne", &format!("{home}/comments?per_page=100"), None).await;
    assert_eq!(listed.rows()[listed.rows().len() - 2]["body"], marker);
    let since = ground.get(&format!("{home}/comments?since=2025-11-21T04:41:00Z")).await;
    assert_eq!(since.rows().len(), 2);
    let across = ground.get(&format!("/repos/{ORG}/quill/issues/comments?since=2025-11-21T04:41:00Z")).await;
    assert_eq!(across.rows().len(), 2);

    let mine = format!("/repos/{ORG}/quill/issues/comments/{}", first.json["id"]);
    ground.pass(10);
    let edited = ground.send(Method::PATCH, "demo-sam", &mine, Some(json!({"body": "changed"}))).await;
    assert_eq!((edited.status, &edited.json["updated_at"]), (200, &json!("2025-11-21T04:41:10Z")));
    assert_eq!(edited.json["created_at"], "2025-11-21T04:41:00Z");
    let foreign = ground.send(Method::PATCH, "demo-ylva", &mine, Some(json!({"body": "mine now"}))).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(ground.send(Method::DELETE, "demo-sam", &mine, None).await.status, 204);
    assert_eq!(ground.get(&mine).await.status, 404);
    let left = ground.get(&home).await.json["comments"].as_u64();
    assert_eq!(left, before["comments"].as_u64().map(|c| c + 1));
    assert_eq!(post("demo-sam", "  ").await.status, 422);
    assert_eq!(post("", "hello").await.status, 401);
    assert_eq!(post("demo-sam", &"x".repeat(70_000)).await.status, 422);
}

#[tokio::test]
async fn labels_and_assignees_follow_permissions() {
    let ground = ground(None).await;
    let n = number(&ground, "quill", "Shell completion for fish").await;
    let home = format!("/repos/{ORG}/quill/issues/{n}");
    let labels = format!("{home}/labels");
    let put = ground.send(Method::POST, "demo-sam", &labels, Some(json!({"labels": ["floating-help"]}))).await;
    assert_eq!(put.status, 200);
    assert!(put.rows().iter().any(|l| l["name"] == "floating-help"));
    let people = json!({"assignees": ["sam"]});
    let assigned = ground.send(Method::POST, "demo-sam", &format!("{home}/assignees"), Some(people.clone())).await;
    assert_eq!((assigned.status, &assigned.json["assignees"][0]["login"]), (201, &json!("sam")));
    assert_eq!(ground.get(&format!("{home}/assignees/sam")).await.status, 204);
    let events = ground.get(&format!("{home}/events")).await;
    let kinds: Vec<&str> = events.rows().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(kinds[kinds.len() - 2..], ["labeled", "assigned"]);
    assert!(ground.get(&format!("{home}/timeline")).await.rows().len() >= events.rows().len());
    let off = ground.send(Method::DELETE, "demo-sam", &format!("{labels}/floating-help"), None).await;
    assert_eq!(off.status, 200);
    let again = ground.send(Method::DELETE, "demo-sam", &format!("{labels}/floating-help"), None).await;
    assert_eq!(again.status, 404);
    let gone = ground.send(Method::DELETE, "demo-sam", &format!("{home}/assignees"), Some(people.clone())).await;
    assert_eq!((gone.status, &gone.json["assignees"]), (200, &json!([])));
    let new = ground.send(Method::POST, "demo-sam", &labels, Some(json!({"labels": ["brand-new"]}))).await;
    assert_eq!(new.status, 403, "triage does not create labels");

    // Elsewhere sam reads: the answer is 201, and nobody is assigned.
    let n = number(&ground, "route-planner", "Document the cost function").await;
    let home = format!("/repos/{ORG}/route-planner/issues/{n}");
    let ignored = ground.send(Method::POST, "demo-sam", &format!("{home}/assignees"), Some(people)).await;
    assert_eq!((ignored.status, &ignored.json["assignees"]), (201, &json!([])));
    let refused =
        ground.send(Method::POST, "demo-sam", &format!("{home}/labels"), Some(json!({"labels": ["bug"]}))).await;
    assert_eq!(refused.status, 403);
    assert_eq!(ground.get(&format!("/repos/{ORG}/tariff-rules/labels/floating-help")).await.status, 404);
    assert_eq!(ground.get(&format!("/repos/{ORG}/quill/labels/floating-help")).await.status, 200);
    let odd = ground.get(&format!("/repos/{ORG}/quill/labels/good%20first%20issue")).await;
    assert_eq!(odd.json["name"], "good first issue");
}

#[tokio::test]
async fn issues_are_closed_and_opened_again() {
    let ground = ground(None).await;
    let n = number(&ground, "quill", "Exit codes are always 1").await;
    let home = format!("/repos/{ORG}/quill/issues/{n}");
    let open = |json: &Value| json["open_issues_count"].as_u64().unwrap();
    let before = open(&ground.get(&format!("/repos/{ORG}/quill")).await.json);
    ground.pass(60);
    let turn = |state: &'static str| ground.send(Method::PATCH, "demo-sam", &home, Some(json!({"state": state})));
    let closed = turn("closed").await.json;
    assert_eq!((&closed["state"], &closed["state_reason"]), (&json!("closed"), &json!("completed")));
    assert_eq!(closed["closed_at"], closed["updated_at"]);
    assert_eq!(open(&ground.get(&format!("/repos/{ORG}/quill")).await.json), before - 1);
    let moved = ground.get(&format!("/repos/{ORG}/quill/issues?state=all&sort=updated&per_page=1")).await;
    assert_eq!(moved.json[0]["number"], n);
    assert_eq!(turn("open").await.json["closed_at"], Value::Null);
    assert_eq!(open(&ground.get(&format!("/repos/{ORG}/quill")).await.json), before);
    assert_eq!(turn("odd").await.status, 422);
}

#[tokio::test]
async fn colleagues_have_claimed_some_tasks() {
    let ground = ground(None).await;
    let mut held = Vec::new();
    for repo in ["geo-index", "ledger", "courier-app"] {
        for row in ground.all(&format!("/repos/{ORG}/{repo}/issues?labels=floating-help&per_page=100")).await {
            let n = &row["number"];
            let comments = ground.all(&format!("/repos/{ORG}/{repo}/issues/{n}/comments?per_page=100")).await;
            let starts = |c: &&Value| c["body"].as_str().unwrap().starts_with("<!-- floorwalk/1");
            let last = comments.iter().find(starts).unwrap();
            let marker = floorwalk::domain::marker::parse(last["body"].as_str().unwrap()).unwrap().unwrap();
            assert_eq!(Some(marker.by.id), last["user"]["id"].as_u64());
            assert_eq!(row["assignees"][0]["login"], marker.by.login.as_str());
            let timeline = ground.all(&format!("/repos/{ORG}/{repo}/issues/{n}/timeline?per_page=100")).await;
            let assigned = timeline.iter().find(|r| r["event"] == "assigned").unwrap();
            assert_eq!(assigned["created_at"], last["created_at"], "the claim assigns, not who opened it");
            held.push(marker.until.unwrap().to_string().as_str() >= "2025-11-21");
        }
    }
    held.sort_unstable();
    assert_eq!(held, [false, true, true, true], "one lease has lapsed, three run");
}

#[tokio::test]
async fn a_former_name_leads_to_the_repository() {
    let ground = ground(None).await;
    let url = format!("{}/repos/{ORG}/round-planner/issues?per_page=1", ground.demo.url());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let still = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let moved = still.get(&url).bearer_auth("demo-sam").send().await.unwrap();
    assert_eq!(moved.status(), 301);
    let target = moved.headers()["location"].to_str().unwrap().to_owned();
    let id = ground.get(&format!("/repos/{ORG}/route-planner")).await.json["id"].clone();
    assert!(target.ends_with(&format!("/repositories/{id}/issues?per_page=1")), "{target}");
    assert!(!ground.get(&target).await.rows().is_empty());
    let write = still.post(&url).bearer_auth("demo-sam").send().await.unwrap();
    assert_eq!(write.status(), 307);
}

#[tokio::test]
async fn stopping_ends_it_for_everybody() {
    let ground = ground(None).await;
    assert_eq!(ground.get("/user").await.status, 200);
    ground.demo.stop();
    ground.demo.run_until_stopped().await;
    // The idle connection is closed and the port is free: asking again fails, at the latest after one more answer.
    let ended = async {
        while ground.try_send(Method::GET, "demo-sam", "/user", None, &[]).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.unwrap();
}

#[tokio::test]
async fn closed_doors_have_github_s_words() {
    let ground = ground(None).await;
    assert_eq!(ground.get(&format!("/repos/{ORG}/nothing")).await.status, 404);
    assert_eq!(ground.get("/nothing/at/all").await.status, 404);
    assert_eq!(ground.get(&format!("/repos/{ORG}/quill/issues/99999")).await.status, 404);
    let off = ground.get(&format!("/repos/{ORG}/status-page/issues")).await;
    assert_eq!((off.status, &off.json["message"]), (410, &json!("Issues has been disabled in this repository.")));
    let old = ground.get(&format!("/repos/{ORG}/old-dispatch/issues")).await;
    assert_eq!(old.rows().len(), 3);
    let n = &old.rows()[0]["number"];
    let path = format!("/repos/{ORG}/old-dispatch/issues/{n}/comments");
    let shut = ground.send(Method::POST, "demo-ylva", &path, Some(json!({"body": "hello"}))).await;
    assert_eq!((shut.status, &shut.json["message"]), (403, &json!("Repository was archived so is read-only.")));
    assert_eq!(ground.get("/orgs/nobody/repos").await.status, 404);
    assert_eq!(ground.get("/orgs/sam/repos").await.status, 404, "a person is no organisation");
    assert_eq!(ground.get("/users/sam/repos").await.rows().len(), 0);
}

#[tokio::test]
async fn repositories_are_found_by_topic_id_and_list() {
    let ground = ground(None).await;
    let one = ground.get(&format!("/repos/{ORG}/geo-index")).await;
    assert_eq!(one.json["default_branch"], "trunk");
    assert_eq!(one.json["permissions"]["push"], false);
    let mine = ground.send(Method::GET, "demo-ylva", &format!("/repos/{ORG}/geo-index"), None).await;
    assert_eq!(mine.json["permissions"]["admin"], true);
    assert_eq!(ground.get(&format!("/repositories/{}", one.json["id"])).await.json["full_name"], "quillfern/geo-index");
    let found = ground.get(&format!("/search/repositories?q=topic:team-routing+org:{ORG}&per_page=2")).await;
    assert_eq!((found.json["total_count"].as_u64(), found.json["items"].as_array().unwrap().len()), (Some(4), 2));
    assert!(found.next().is_some());
    assert_eq!(ground.get("/user/repos?per_page=100").await.rows().len(), 15);
    assert_eq!(ground.get("/user/repos?affiliation=owner").await.rows().len(), 0);
    assert_eq!(ground.get("/user/repos?affiliation=collaborator&per_page=100").await.rows().len(), 7);
    let by_push = ground.get(&format!("/orgs/{ORG}/repos?sort=pushed&per_page=100")).await;
    let pushed: Vec<&str> = by_push.rows().iter().map(|r| r["pushed_at"].as_str().unwrap()).collect();
    assert!(pushed.is_sorted_by(|a, b| a >= b));
    assert_eq!(ground.get(&format!("/orgs/{ORG}")).await.json["login"], ORG);
    for path in ["labels", "milestones", "assignees", "pulls"] {
        assert!(!ground.get(&format!("/repos/{ORG}/locker-gateway/{path}")).await.rows().is_empty(), "{path}");
    }
    assert_eq!(ground.get("/users/bela").await.json["name"], "Béla Kőszegi");
}
