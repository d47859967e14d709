//! The Jira half of the made-up organisation: enough debt of every kind, the same thing in two trackers, words in the
//! form of their site.

use reqwest::Method;
use serde_json::{Value, json};

use crate::jira_demo_world::{Ground, ground};

async fn count(ground: &Ground, site: &str, jql: &str) -> usize {
    ground.keys("sam", site, jql).await.len()
}

#[tokio::test]
async fn the_boards_hold_debt_of_every_kind() {
    let ground = ground(None).await;
    assert_eq!(count(&ground, "cloud", "project = OPS").await, 42);
    assert_eq!(count(&ground, "cloud", "project = HELP").await, 6);
    assert_eq!(count(&ground, "dc", "project = LEDGER").await, 35);
    for (site, project, docs) in [("cloud", "OPS", "Docs"), ("dc", "LEDGER", "Documentation")] {
        let asks = [
            format!("labels in (help-wanted, good-first-issue) AND assignee IS EMPTY AND component = {docs}"),
            "resolution = EMPTY AND statusCategory != Done AND assignee IS EMPTY AND updated < -90d".into(),
            "labels in (ci, flaky-test)".into(),
            "due < now() AND resolution = EMPTY".into(),
            "votes >= 3".into(),
            "Flagged IS NOT EMPTY".into(),
            "sprint in openSprints()".into(),
            "sprint IS NOT EMPTY AND NOT sprint in openSprints() AND resolution = EMPTY".into(),
            "priority in (Low, Lowest) AND resolution = EMPTY".into(),
            "assignee IS NOT EMPTY AND status = 'In Progress'".into(),
            "fixVersion IS NOT EMPTY".into(),
            "parent IS NOT EMPTY".into(),
        ];
        for ask in asks {
            let found = count(&ground, site, &format!("project = {project} AND {ask}")).await;
            assert!(found > 0, "{project}: nothing for {ask}");
        }
    }
    let twice = ground.demo.jira_issue("OPS-33").unwrap();
    let sprints: Vec<_> = twice.changes.iter().filter(|c| c.0 == "Sprint").collect();
    assert_eq!(sprints.len(), 3, "planned, planned again, dropped");
    let away = ground.get("/cloud/rest/api/3/issue/OPS-1?expand=changelog&fields=issuelinks,subtasks").await.json;
    assert_eq!(away["fields"]["subtasks"].as_array().unwrap().len(), 2);
    let blocked = ground.get("/cloud/rest/api/3/issue/OPS-22?fields=issuelinks").await.json;
    assert_eq!(blocked["fields"]["issuelinks"][0]["inwardIssue"]["key"], "OPS-21");
}

#[tokio::test]
async fn four_issues_are_in_two_trackers() {
    let ground = ground(None).await;
    for path in ["/cloud/rest/api/3/issue/OPS-45", "/dc/rest/api/2/issue/LEDGER-13"] {
        let links = ground.get(&format!("{path}/remotelink")).await.json;
        let url = links[0]["object"]["url"].as_str().unwrap();
        let api = url.replacen("/quillfern", "/repos/quillfern", 1);
        let summary = ground.get(&format!("{path}?fields=summary")).await.json["fields"]["summary"].clone();
        let there: Value =
            ground.client.get(&api).bearer_auth("demo-leila-r").send().await.unwrap().json().await.unwrap();
        let title = there["title"].as_str().unwrap();
        assert!(title.starts_with(summary.as_str().unwrap()) || title.starts_with("Upgrade"), "{title} / {summary}");
    }
    let by_name = ground.get("/dc/rest/api/2/issue/LEDGER-7?fields=summary").await.json["fields"]["summary"].clone();
    let name = by_name.as_str().unwrap().split_whitespace().find(|w| w.contains('#')).unwrap();
    let api = format!("{}/repos/{}", ground.demo.url(), name.trim_end_matches(',').replace('#', "/issues/"));
    let there: Value = ground.client.get(&api).bearer_auth("demo-leila-r").send().await.unwrap().json().await.unwrap();
    assert_eq!(there["title"], "Rounding of split refunds loses a cent");
    let api = format!("{}/repos/quillfern/ci-recipes/issues?state=open&per_page=100", ground.demo.url());
    let rows: Value = ground.client.get(&api).bearer_auth("demo-sam").send().await.unwrap().json().await.unwrap();
    let keyed = rows.as_array().unwrap().iter().any(|r| r["title"].as_str().unwrap().starts_with("OPS-7: "));
    assert!(keyed && ground.demo.jira_issue("OPS-7").is_some());
}

fn kinds(node: &Value, found: &mut Vec<String>) {
    found.extend(node["type"].as_str().map(str::to_owned));
    node["content"].as_array().into_iter().flatten().for_each(|child| kinds(child, found));
}

#[tokio::test]
async fn descriptions_are_rich_on_cloud_and_wiki_on_data_center() {
    let ground = ground(None).await;
    let body = json!({"jql": "project = OPS", "fields": ["description"], "maxResults": 100});
    let page = ground.post("sam", "/cloud/rest/api/3/search/jql", body).await.json;
    let mut found = Vec::new();
    page["issues"].as_array().unwrap().iter().for_each(|i| kinds(&i["fields"]["description"], &mut found));
    for kind in
        ["bulletList", "orderedList", "codeBlock", "panel", "mention", "table", "tableHeader", "paragraph", "text"]
    {
        assert!(found.iter().any(|k| k == kind), "no {kind}");
    }
    let text = ground.get("/cloud/rest/api/2/issue/OPS-1?fields=description").await.json;
    let text = text["fields"]["description"].as_str().unwrap();
    assert!(text.contains("\n# a limit per machine") && text.contains("@Kasia Wrona"), "{text}");
    let wiki = ground.get("/dc/rest/api/2/issue/LEDGER-3?fields=description").await.json;
    assert!(wiki["fields"]["description"].as_str().unwrap().contains("{code:sql}"));
    let desk = ground.get("/cloud/rest/api/3/issue/HELP-1/comment").await.json;
    let public: Vec<bool> =
        desk["comments"].as_array().unwrap().iter().map(|c| c["jsdPublic"].as_bool().unwrap()).collect();
    assert_eq!(public, [true, false, true]);
}

#[tokio::test]
async fn every_seeded_issue_fits_the_schema_on_its_site() {
    let ground = ground(None).await;
    for (site, api, project) in [
        ("cloud", "/cloud/rest/api/3", "OPS"),
        ("cloud", "/cloud/rest/api/3", "HELP"),
        ("dc", "/dc/rest/api/2", "LEDGER"),
    ] {
        for key in ground.keys("sam", site, &format!("project = {project}")).await {
            let expand = "expand=changelog,names,renderedFields&properties=*all";
            let got = ground.send(Method::GET, "hanne", &format!("{api}/issue/{key}?{expand}"), None).await;
            assert_eq!(got.status, 200, "{key}");
            assert_eq!(ground.get(&format!("{api}/issue/{key}/comment?expand=properties")).await.status, 200);
            for part in ["remotelink", "transitions", "votes", "watchers"] {
                assert_eq!(ground.get(&format!("{api}/issue/{key}/{part}")).await.status, 200, "{key} {part}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_requests_are_answered() {
    let ground = ground(None).await;
    for jql in [
        "\\",
        "\"\\u00",
        "a=\\",
        "((((",
        "not",
        "!",
        "order by",
        "a in (",
        "a in ((",
        "cf[99999999999999999999] = 1",
        "é = ü",
        "created > -99999999999999999999d",
        "created > 9999999w",
        "created > '9999-99-99'",
        "a=b\u{0}",
        "key > OPS-99999999999999999999999",
    ] {
        for path in ["/cloud/rest/api/3/search/jql", "/dc/rest/api/2/search"] {
            let got = ground.post("sam", path, json!({"jql": jql})).await;
            assert_eq!(got.status, 400, "{jql}: {}", got.json);
        }
    }
    for path in [
        "/cloud",
        "/dc/rest",
        "/cloud/rest/api/3",
        "/cloud/rest/api/9/myself",
        "/dc/rest/api/2/issue",
        "/cloud/rest/api/3/issue/-",
        "/cloud/rest/api/3/issue/%2e%2e",
        "/cloud/rest/api/3/comment/x/properties",
    ] {
        assert_eq!(ground.get(path).await.status, 404, "{path}");
    }
    for body in [
        json!(null),
        json!([]),
        json!({"jql": 1}),
        json!({"colour": 1}),
        json!({"jql": "project = OPS", "maxResults": "x"}),
    ] {
        assert_eq!(ground.post("sam", "/cloud/rest/api/3/search/jql", body).await.status, 400);
    }
    assert_eq!(ground.get("/dc/rest/api/2/issue/LEDGER-3/comment?startAt=x").await.status, 400);
    assert_eq!(ground.get("/dc/rest/api/2/issue/LEDGER-3/comment?startAt=-5&maxResults=99999999").await.status, 200);
}
