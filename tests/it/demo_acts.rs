//! What colleagues do on the demo server, and how its answers tell it: timelines, pull requests, checks, files, search.

use floorwalk::{
    demo::{NewPull, ORG},
    domain::evidence::{Checks, Verdict},
};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo_world::{Ground, ground, unfit};

/// An open issue of a repository, as a key and its path.
async fn issue(ground: &Ground, repo: &str) -> (String, String) {
    let rows = ground.all(&format!("/repos/{ORG}/{repo}/issues?assignee=none&per_page=100")).await;
    let row = rows.iter().find(|r| r.get("pull_request").is_none() && r["comments"] == 0).unwrap();
    (format!("{ORG}/{repo}#{}", row["number"]), format!("/repos/{ORG}/{repo}/issues/{}", row["number"]))
}

/// Kinds of the rows of a timeline, each checked against the component that GitHub's document has for it.
async fn told(ground: &Ground, path: &str) -> (Vec<String>, Vec<Value>) {
    let rows = ground.all(&format!("{path}/timeline?per_page=3")).await;
    for row in &rows {
        let component = match row["event"].as_str().unwrap() {
            "commented" => "timeline-comment-event",
            "cross-referenced" => "timeline-cross-referenced-event",
            "committed" => "timeline-committed-event",
            "reviewed" => "timeline-reviewed-event",
            "assigned" => "timeline-assigned-issue-event",
            "unassigned" => "timeline-unassigned-issue-event",
            "labeled" => "labeled-issue-event",
            "unlabeled" => "unlabeled-issue-event",
            "review_requested" => "review-requested-issue-event",
            _ => "state-change-issue-event",
        };
        assert_eq!(unfit(component, row), [""; 0], "{row}");
    }
    (rows.iter().map(|r| r["event"].as_str().unwrap().to_owned()).collect(), rows)
}

#[tokio::test]
async fn a_pull_request_lives_from_draft_to_merge() {
    let ground = ground(None).await;
    let (key, path) = issue(&ground, "quill").await;
    let number = key.split_once('#').unwrap().1;
    let (before, _) = told(&ground, &path).await;
    ground.pass(60);
    let project = format!("{ORG}/quill");
    let new = NewPull { project: &project, title: "Do it", body: &format!("Closes #{number}."), draft: true };
    let pull = ground.demo.by("sam").open_pull(new).unwrap();
    let (sam, teo) = (ground.demo.by("sam"), ground.demo.by("teo"));
    let n = pull.split_once('#').unwrap().1.to_owned();
    let one = format!("/repos/{ORG}/quill/pulls/{n}");
    let shown = ground.get(&one).await.json;
    assert_eq!(
        (&shown["draft"], &shown["merged"], &shown["author_association"]),
        (&json!(true), &json!(false), &json!("CONTRIBUTOR"))
    );
    let checks = |sha: Value| {
        let ground = &ground;
        async move { ground.get(&format!("/repos/{ORG}/quill/commits/{}/check-runs", sha.as_str().unwrap())).await.json }
    };
    assert_eq!(checks(shown["head"]["sha"].clone()).await["total_count"], 0);
    ground.pass(60);
    ground.demo.set_checks(&pull, Checks::Passed).unwrap();
    assert_eq!(checks(shown["head"]["sha"].clone()).await["check_runs"][0]["conclusion"], "success");
    sam.push(&pull, "more").unwrap();
    let sha = ground.get(&one).await.json["head"]["sha"].clone();
    assert_ne!(sha, shown["head"]["sha"]);
    assert_eq!(checks(sha.clone()).await["check_runs"][0]["status"], "in_progress");
    let status = ground.get(&format!("/repos/{ORG}/quill/commits/{}/status", sha.as_str().unwrap())).await.json;
    assert_eq!((&status["state"], &status["total_count"]), (&json!("pending"), &json!(0)));

    sam.set_draft(&pull, false).unwrap();
    sam.request_review(&pull, "teo").unwrap();
    assert_eq!(ground.get(&one).await.json["requested_reviewers"][0]["login"], "teo");
    ground.pass(60);
    teo.review(&pull, Verdict::Changes, "one question").unwrap();
    teo.comment(&pull, "and another").unwrap();
    sam.force_push(&pull).unwrap();
    sam.set_draft(&pull, true).unwrap();
    ground.pass(60);
    teo.merge(&pull).unwrap();

    let (kinds, rows) = told(&ground, &format!("/repos/{ORG}/quill/issues/{n}")).await;
    let expected = [
        "committed",
        "committed",
        "ready_for_review",
        "review_requested",
        "reviewed",
        "head_ref_force_pushed",
        "convert_to_draft",
        "commented",
        "merged",
        "closed",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(rows[4]["state"], "changes_requested");
    assert_eq!((&rows[4]["user"]["login"], &rows[4]["author_association"]), (&json!("teo"), &json!("MEMBER")));
    let (kinds, rows) = told(&ground, &path).await;
    assert_eq!(kinds, [before, vec!["cross-referenced".into(), "closed".into()]].concat());
    let [.., link, closed] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(link["source"]["issue"]["number"].to_string(), n);
    assert!(link["source"]["issue"]["pull_request"]["merged_at"].is_string());
    assert_eq!(link["source"]["issue"]["repository"]["full_name"], project);
    assert_eq!((&closed["actor"]["login"], &closed["state_reason"]), (&json!("teo"), &json!("completed")));
    let row = ground.get(&path).await.json;
    assert_eq!(
        (&row["state"], &row["state_reason"], &row["closed_by"]["login"]),
        (&json!("closed"), &json!("completed"), &json!("teo"))
    );
    let got = ground.get(&one).await.json;
    assert_eq!((&got["merged"], &got["merged_by"]["login"]), (&json!(true), &json!("teo")));
    let kinds = ground.all(&format!("/repos/{ORG}/quill/issues/{n}/events?per_page=100")).await;
    assert!(kinds.iter().all(|e| e["event"] != "committed" && e["event"] != "reviewed"), "{kinds:?}");
}

#[tokio::test]
async fn every_write_leaves_its_row() {
    let ground = ground(None).await;
    let (key, path) = issue(&ground, "quill").await;
    let (before, _) = told(&ground, &path).await;
    let send = |method, token, tail: &str, body: Value| {
        let (ground, path) = (&ground, format!("{path}{tail}"));
        async move { ground.send(method, token, &path, Some(body)).await }
    };
    ground.pass(60);
    send(Method::POST, "demo-teo", "/assignees", json!({"assignees": ["sam"]})).await;
    send(Method::POST, "demo-sam", "/labels", json!({"labels": ["bug", "ci", "tests"]})).await;
    ground.pass(60);
    let comment = send(Method::POST, "demo-sam", "/comments", json!({"body": "hello"})).await;
    send(Method::DELETE, "demo-sam", "/labels/ci", json!({})).await;
    ground.pass(60);
    send(Method::DELETE, "demo-teo", "/assignees", json!({"assignees": ["sam"]})).await;
    ground.pass(60);
    let bad = send(Method::PATCH, "demo-teo", "", json!({"state": "closed", "state_reason": "boring"})).await;
    assert_eq!(bad.status, 422);
    send(Method::PATCH, "demo-teo", "", json!({"state": "closed", "state_reason": "not_planned"})).await;
    ground.demo.by("hanne").reopen(&key).unwrap();
    let (kinds, rows) = told(&ground, &path).await;
    let (kinds, rows) = (&kinds[before.len()..], &rows[before.len()..]);
    let labels = kinds.iter().filter(|k| *k == "labeled").count();
    assert!((1..=3).contains(&labels), "{kinds:?}");
    let rest: Vec<&str> = kinds.iter().map(String::as_str).filter(|k| *k != "labeled").collect();
    assert_eq!(rest, ["assigned", "unlabeled", "commented", "unassigned", "closed", "reopened"]);
    assert_eq!((&rows[0]["actor"]["login"], &rows[0]["assignee"]["login"]), (&json!("teo"), &json!("sam")));
    assert_eq!(rows[0]["created_at"], "2025-11-21T04:41:00Z");
    let closed = rows.iter().find(|r| r["event"] == "closed").unwrap();
    assert_eq!(closed["state_reason"], "not_planned");
    // Who may write in the repository may change anybody's comment there.
    let place = format!("/repos/{ORG}/quill/issues/comments/{}", comment.json["id"]);
    let edited = ground.send(Method::PATCH, "demo-teo", &place, Some(json!({"body": "hello, all"}))).await;
    assert_eq!((edited.status, &edited.json["user"]["login"]), (200, &json!("sam")));
}

#[tokio::test]
async fn files_are_told_raw_as_json_and_by_folder() {
    let ground = ground(None).await;
    let project = format!("{ORG}/quill");
    ground.demo.write_file(&project, ".github/floorwalk.toml", "consent = \"ask\" # für uns\n").unwrap();
    ground.demo.write_file(&project, "notes/a.md", "a").unwrap();
    ground.demo.write_file(&project, "notes/deep/b.md", "b").unwrap();
    let home = format!("/repos/{ORG}/quill/contents");
    let raw = ground.client.get(format!("{}{home}/.github/floorwalk.toml", ground.demo.url()));
    let raw = raw.bearer_auth("demo-sam").header("accept", "application/vnd.github.raw+json").send().await.unwrap();
    assert_eq!(raw.headers()["content-type"], "application/vnd.github.raw+json; charset=utf-8");
    assert_eq!(raw.text().await.unwrap(), "consent = \"ask\" # für uns\n");
    let file = ground.get(&format!("{home}/.github/floorwalk.toml")).await;
    assert_eq!((&file.json["type"], &file.json["encoding"]), (&json!("file"), &json!("base64")));
    let rows = ground.get(&format!("{home}/notes")).await;
    let names: Vec<(&str, &str)> =
        rows.rows().iter().map(|r| (r["type"].as_str().unwrap(), r["name"].as_str().unwrap())).collect();
    assert_eq!(names, [("file", "a.md"), ("dir", "deep")]);
    assert_eq!(ground.get(&format!("{home}/nothing.toml")).await.status, 404);
    let private = format!("/repos/{ORG}/ledger/contents/x");
    ground.demo.write_file(&format!("{ORG}/ledger"), "x", "x").unwrap();
    assert_eq!(ground.send(Method::GET, "", &private, None).await.status, 404);
    ground.demo.write_file(&project, "notes/a.md", "").unwrap();
    assert_eq!(ground.get(&format!("{home}/notes/a.md")).await.status, 404);
}

#[tokio::test]
async fn search_finds_words_in_comments() {
    let ground = ground(None).await;
    let (key, _) = issue(&ground, "quill").await;
    let count = |words: &'static str| {
        let ground = &ground;
        async move { ground.get(&format!("/search/issues?q={words}&per_page=5")).await.json }
    };
    let org = "org:quillfern+is:issue+in:comments+%22of+a+pangolin%22";
    assert_eq!(count(org).await["total_count"], 0);
    ground.demo.by("zev").comment(&key, "the scales of a pangolin").unwrap();
    let found = count(org).await;
    assert_eq!((found["total_count"].as_u64(), found["items"][0]["comments"].as_u64()), (Some(1), Some(1)));
    assert_eq!(count("repo:quillfern/quill+in:comments+pangolin").await["total_count"], 1);
    assert_eq!(count("repo:quillfern/parcel-web+in:comments+pangolin").await["total_count"], 0);
    assert_eq!(count("user:quillfern+is:pr+in:comments+pangolin").await["total_count"], 0);
    let all = ground.get("/search/issues?q=org:quillfern+is:issue+is:open&per_page=2&sort=updated&order=asc").await;
    assert_eq!(all.json["items"].as_array().map(Vec::len), Some(2));
    assert!(all.next().is_some() && all.json["total_count"].as_u64() > Some(200));
    assert_eq!(ground.get("/search/issues").await.status, 422);
}

#[tokio::test]
async fn the_clock_can_be_moved_and_missing_things_are_named() {
    let ground = ground(None).await;
    let (key, path) = issue(&ground, "quill").await;
    let later: Timestamp = "2031-05-06T07:08:09Z".parse().unwrap();
    ground.demo.set_now(later);
    ground.demo.by("teo").comment(&key, "much later").unwrap();
    assert_eq!(ground.get(&path).await.json["updated_at"], "2031-05-06T07:08:09Z");
    ground.pass(10);
    ground.demo.by("teo").comment(&key, "and on").unwrap();
    assert_eq!(ground.get(&path).await.json["updated_at"], "2031-05-06T07:08:19Z");
    let said = ground.demo.by("teo").merge(&key).unwrap_err().to_string();
    assert!(said.contains(&key), "{said}");
    assert!(ground.demo.by("teo").close("quillfern/none#1", "completed").is_err());
    let since =
        format!("/repos/{ORG}/quill/issues/comments?since=2031-01-01T00:00:00Z&sort=updated&direction=desc&per_page=1");
    let rows = ground.all(&since).await;
    assert_eq!(rows.iter().map(|r| r["body"].as_str().unwrap()).collect::<Vec<_>>(), ["and on", "much later"]);
}
