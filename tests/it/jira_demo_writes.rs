//! Writing on the demo's Jiras: what changes, what the changelog says of it, who may, and what trouble does.

use floorwalk::demo::{Dialect, Fault, FaultKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::jira_demo_world::{Ground, adf, ground};

const CLOUD: &str = "/cloud/rest/api/3";
const CENTER: &str = "/dc/rest/api/2";

fn site(key: &str) -> &'static str {
    if key.starts_with("LEDGER") { CENTER } else { CLOUD }
}

/// A comment body in the form of the site.
fn words(key: &str, text: &str) -> Value {
    if key.starts_with("LEDGER") { text.into() } else { adf(text) }
}

/// An issue that nobody has touched.
async fn fresh(ground: &Ground, project: &str) -> String {
    let fields = json!({"project": {"key": project}, "issuetype": {"name": "Task"}, "summary": "Something small"});
    let path = format!("{}/issue", site(project));
    let got = ground.post("sam", &path, json!({"fields": fields})).await;
    assert_eq!(got.status, 201, "{}", got.json);
    got.json["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_issue_begins_without_history_and_gets_the_next_number() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let (first, second) = (fresh(&ground, project).await, fresh(&ground, project).await);
        let number = |key: &str| key.rsplit_once('-').unwrap().1.parse::<u64>().unwrap();
        assert_eq!(number(&second), number(&first) + 1);
        let issue = ground.demo.jira_issue(&first).unwrap();
        assert_eq!((issue.status.as_str(), issue.changes.len(), issue.assignee), ("To Do", 0, None));
    }
    let nameless = json!({"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}}});
    assert_eq!(
        ground.post("sam", &format!("{CLOUD}/issue"), nameless).await.json["errors"]["summary"].is_string(),
        true
    );
}

#[tokio::test]
async fn labels_and_properties_are_edited_in_one_request() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let path = format!("{}/issue/{key}", site(project));
        ground.pass(60);
        let claim = json!({"c": "01JD", "until": "2025-12-05"});
        let body = json!({
            "update": {"labels": [{"add": "floating-help"}, {"add": "docs"}]},
            "properties": [{"key": "floorwalk.claim", "value": claim}],
        });
        assert_eq!(ground.put("sam", &path, body).await.status, 204);
        let issue = ground.demo.jira_issue(&key).unwrap();
        assert_eq!(issue.labels, ["floating-help", "docs"]);
        assert_eq!(issue.properties["floorwalk.claim"], claim);
        let change = ("labels".to_owned(), Some(String::new()), Some("floating-help docs".to_owned()));
        assert_eq!(issue.changes, [change]);
        let shown = ground
            .get(&format!("{path}?fields=labels,updated,created&properties=floorwalk.claim&expand=changelog,names"))
            .await
            .json;
        assert_eq!(shown["properties"]["floorwalk.claim"], claim);
        assert_ne!(shown["fields"]["updated"], shown["fields"]["created"]);
        assert_eq!(shown["changelog"]["histories"][0]["items"][0]["field"], "labels");
        assert_eq!(shown["changelog"]["histories"][0]["items"][0].get("fieldId").is_some(), project == "OPS");
        assert_eq!(shown["names"]["labels"], "Labels");
        let off = json!({"update": {"labels": [{"remove": "docs"}]}});
        assert_eq!(ground.put("sam", &path, off).await.status, 204);
        assert_eq!(ground.demo.jira_issue(&key).unwrap().labels, ["floating-help"]);
        let blank = json!({"update": {"labels": [{"add": "two words"}]}});
        let refused = ground.put("sam", &path, blank).await;
        assert_eq!(
            (refused.status, refused.json["errors"]["labels"].as_str()),
            (400, Some("The label 'two words' contains spaces which is invalid."))
        );
        let unknown = ground.put("sam", &path, json!({"fields": {"colour": "red"}})).await;
        assert!(unknown.json["errors"]["colour"].as_str().unwrap().contains("cannot be set"));
        let property = format!("{path}/properties/floorwalk.claim");
        assert_eq!(ground.put("sam", &property, json!({"c": "2"})).await.status, 200);
        assert_eq!(ground.get(&property).await.json["value"], json!({"c": "2"}));
        assert_eq!(ground.send(Method::DELETE, "sam", &property, None).await.status, 204);
        assert_eq!(ground.get(&property).await.status, 404);
        assert_eq!(ground.put("sam", &property, json!({"c": "3"})).await.status, 201);
    }
}

#[tokio::test]
async fn fields_are_set_and_told_in_the_changelog() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let path = format!("{}/issue/{key}", site(project));
        let fields = json!({"summary": "Something else", "duedate": "2025-12-24", "priority": {"name": "Low"}, "description": words(project, "Why")});
        assert_eq!(ground.put("sam", &path, json!({"fields": fields})).await.status, 204);
        let issue = ground.demo.jira_issue(&key).unwrap();
        let mut changed: Vec<&str> = issue.changes.iter().map(|c| c.0.as_str()).collect();
        changed.sort_unstable();
        assert_eq!(changed, ["description", "duedate", "priority", "summary"]);
        let shown = ground.get(&format!("{path}?fields=duedate,priority,description")).await.json;
        assert_eq!(shown["fields"]["duedate"], "2025-12-24");
        assert_eq!(shown["fields"]["description"], words(project, "Why"));
        // The same again changes nothing.
        assert_eq!(ground.put("sam", &path, json!({"fields": {"duedate": "2025-12-24"}})).await.status, 204);
        assert_eq!(ground.demo.jira_issue(&key).unwrap().changes.len(), 4);
    }
}

#[tokio::test]
async fn an_assignee_is_named_in_the_words_of_the_site() {
    let ground = ground(None).await;
    for (project, dialect) in [("OPS", Dialect::Cloud), ("LEDGER", Dialect::DataCenter)] {
        let key = fresh(&ground, project).await;
        let path = format!("{}/issue/{key}/assignee", site(project));
        let name = |login: &str| match dialect {
            Dialect::Cloud => json!({"accountId": ground.demo.jira_account(login, dialect)}),
            Dialect::DataCenter => json!({"name": login}),
        };
        assert_eq!(ground.put("sam", &path, name("sam")).await.status, 204);
        let issue = ground.demo.jira_issue(&key).unwrap();
        assert_eq!(issue.assignee.as_deref(), Some("sam"));
        assert_eq!(issue.changes, [("assignee".to_owned(), None, Some("Sam Okonjo".to_owned()))]);
        let item = ground.get(&format!("{}/issue/{key}?expand=changelog", site(project))).await.json;
        let item = &item["changelog"]["histories"][0]["items"][0];
        assert_eq!(item["to"], ground.demo.jira_account("sam", dialect), "{item}");
        // juno may comment here, but nobody may give her the work.
        let refused = ground.put("sam", &path, name("juno")).await;
        assert_eq!((refused.status, refused.json["errors"]["assignee"].is_string()), (400, true));
        let stranger = json!({"accountId": "557058:nobody", "name": "nobody-here"});
        let stranger = if dialect == Dialect::Cloud {
            json!({"accountId": stranger["accountId"]})
        } else {
            json!({"name": stranger["name"]})
        };
        assert_eq!(ground.put("sam", &path, stranger).await.status, 400);
        let by_commenter = ground.put("juno", &path, name("sam")).await;
        assert_eq!(by_commenter.status, if dialect == Dialect::Cloud { 403 } else { 401 });
        let nobody = if dialect == Dialect::Cloud { json!({"accountId": null}) } else { json!({"name": null}) };
        // The documents know no null here, though it is what unassigns.
        let url = format!("{}{path}", ground.demo.url());
        let request = ground.client.put(url).bearer_auth("demo-sam").header("content-type", "application/json");
        assert_eq!(request.body(nobody.to_string()).send().await.unwrap().status().as_u16(), 204);
        assert_eq!(ground.demo.jira_issue(&key).unwrap().assignee, None);
    }
}

#[tokio::test]
async fn comments_carry_properties_and_are_edited_by_their_authors() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let path = format!("{}/issue/{key}/comment", site(project));
        let marker = json!([{"key": "floorwalk", "value": {"k": "claim"}}]);
        let body = json!({"body": words(project, "first"), "properties": marker});
        let posted = ground.post("juno", &format!("{path}?expand=properties"), body).await;
        assert_eq!((posted.status, &posted.json["properties"]), (201, &marker));
        let id = posted.json["id"].as_str().unwrap().to_owned();
        ground.pass(10);
        assert_eq!(ground.post("sam", &path, json!({"body": words(project, "second")})).await.status, 201);
        let list = ground.get(&format!("{path}?orderBy=-created&expand=properties")).await.json;
        assert_eq!((list["total"].as_u64(), list["comments"].as_array().unwrap().len()), (Some(2), 2));
        assert_eq!(list["comments"][1]["properties"], marker);
        let page = ground.get(&format!("{path}?startAt=1&maxResults=1")).await.json;
        assert_eq!(page["comments"][0]["body"], words(project, "second"));
        let edit =
            json!({"body": words(project, "edited"), "properties": [{"key": "floorwalk", "value": {"k": "concede"}}]});
        assert_eq!(ground.put("sam", &format!("{path}/{id}"), edit.clone()).await.status, 400, "not sam's");
        ground.pass(10);
        let edited = ground.put("juno", &format!("{path}/{id}"), edit).await;
        assert_eq!((edited.status, &edited.json["body"]), (200, &words(project, "edited")));
        assert_ne!(edited.json["updated"], edited.json["created"]);
        let property = format!("{}/comment/{id}/properties/floorwalk", site(project));
        assert_eq!(ground.get(&property).await.json["value"]["k"], "concede");
        assert_eq!(ground.put("juno", &property, json!({"k": "release"})).await.status, 200);
        assert_eq!(ground.put("sam", &property, json!({"k": "forged"})).await.status, 403);
        assert_eq!(ground.send(Method::DELETE, "juno", &property, None).await.status, 204);
        assert_eq!(ground.send(Method::DELETE, "juno", &format!("{path}/{id}"), None).await.status, 204);
        assert_eq!(ground.get(&format!("{path}/{id}")).await.status, 404);
        assert_eq!(ground.demo.jira_issue(&key).unwrap().comments.len(), 1);
        let nobody = ground.send(Method::POST, "", &path, Some(json!({"body": words(project, "x")}))).await;
        assert_eq!(nobody.status, 401);
        let empty = ground.post("sam", &path, json!({"body": ""})).await;
        assert_eq!(empty.json["errors"]["comment"], "Comment body can not be empty!");
    }
    let ops = fresh(&ground, "OPS").await;
    let id = ground.demo.jira_by("juno").comment(&ops, "by hand").unwrap();
    let listed =
        ground.post("sam", &format!("{CLOUD}/comment/list?expand=properties"), json!({"ids": [id, 1]})).await.json;
    assert_eq!((listed["total"].as_u64(), listed["values"][0]["body"].clone()), (Some(1), adf("by hand")));
}

#[tokio::test]
async fn a_comment_at_the_desk_is_public_unless_it_says_otherwise() {
    let ground = ground(None).await;
    let path = format!("{CLOUD}/issue/HELP-1/comment");
    let open = ground.post("sam", &path, json!({"body": adf("for all")})).await.json;
    assert_eq!(open["jsdPublic"], true);
    let mark = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
    let closed = ground.post("sam", &path, json!({"body": adf("for us"), "properties": mark})).await.json;
    assert_eq!(closed["jsdPublic"], false);
}

#[tokio::test]
async fn transitions_follow_the_workflow_and_may_ask_for_a_resolution() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let path = format!("{}/issue/{key}/transitions", site(project));
        let list = ground.get(&format!("{path}?expand=transitions.fields")).await.json;
        let step = |category: &str, nth: usize| {
            let all = list["transitions"].as_array().unwrap().iter();
            all.filter(|t| t["to"]["statusCategory"]["key"] == category).nth(nth).unwrap().clone()
        };
        assert_eq!(step("done", 0)["fields"]["resolution"]["required"], true);
        let start = step("indeterminate", 0)["id"].clone();
        assert_eq!(ground.post("sam", &path, json!({"transition": {"id": start}})).await.status, 204);
        assert_eq!(ground.demo.jira_issue(&key).unwrap().status, "In Progress");
        assert_eq!(
            ground.post("sam", &path, json!({"transition": {"id": start}})).await.status,
            400,
            "it is there already"
        );
        let finish = step("done", 0)["id"].clone();
        let bare = ground.post("sam", &path, json!({"transition": {"id": finish}})).await;
        assert_eq!(bare.json["errors"]["resolution"], "Resolution is required.");
        let body = json!({"transition": {"id": finish}, "fields": {"resolution": {"name": "Won't Do"}}});
        assert_eq!(ground.post("sam", &path, body).await.status, 204);
        let issue = ground.demo.jira_issue(&key).unwrap();
        assert_eq!((issue.status.as_str(), issue.resolution.as_deref()), ("Done", Some("Won't Do")));
        ground.demo.jira_by("sam").set_status(&key, "To Do", None).unwrap();
        assert_eq!(ground.demo.jira_issue(&key).unwrap().resolution, None);
        let none = ground.send(Method::GET, "juno", &path, None).await.json;
        assert_eq!(none["transitions"], json!([]));
    }
}

#[tokio::test]
async fn somebody_who_may_only_comment_changes_nothing_else() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let base = format!("{}/issue/{key}", site(project));
        let asked = "BROWSE_PROJECTS,ADD_COMMENTS,EDIT_ISSUES,ASSIGN_ISSUES,ASSIGNABLE_USER,TRANSITION_ISSUES";
        let told = async |who: &str| {
            let path = format!("{}/mypermissions?permissions={asked}&issueKey={key}", site(project));
            let got = ground.send(Method::GET, who, &path, None).await.json;
            let all = got["permissions"].as_object().unwrap().values().cloned().collect::<Vec<_>>();
            all.iter().filter(|p| p["havePermission"] == true).count()
        };
        assert_eq!((told("sam").await, told("juno").await, told("").await), (6, 2, 1));
        assert_eq!(ground.put("juno", &base, json!({"update": {"labels": [{"add": "x"}]}})).await.status, 403);
        assert_eq!(ground.put("juno", &format!("{base}/properties/a"), json!(1)).await.status, 403);
        assert_eq!(
            ground.post("juno", &format!("{base}/comment"), json!({"body": words(project, "hi")})).await.status,
            201
        );
        ground.demo.set_jira_permissions(project, "juno", &["BROWSE_PROJECTS"]).unwrap();
        assert_eq!(
            ground.post("juno", &format!("{base}/comment"), json!({"body": words(project, "hi")})).await.status,
            400
        );
        ground.demo.set_jira_permissions(project, "juno", &[]).unwrap();
        assert_eq!(ground.send(Method::GET, "juno", &base, None).await.status, 404);
        assert!(ground.demo.set_jira_permissions(project, "juno", &["FLY"]).is_err());
    }
    assert_eq!(ground.get(&format!("{CLOUD}/mypermissions?permissions=FLY")).await.status, 400);
    assert_eq!(ground.get(&format!("{CLOUD}/mypermissions")).await.status, 400);
    assert_eq!(ground.get(&format!("{CENTER}/mypermissions")).await.status, 200);
}

#[tokio::test]
async fn a_moved_issue_answers_to_its_old_key_and_a_deleted_one_to_none() {
    let ground = ground(None).await;
    let key = fresh(&ground, "OPS").await;
    let moved = ground.demo.jira_by("hanne").move_to(&key, "HELP").unwrap();
    let got = ground.get(&format!("{CLOUD}/issue/{key}")).await;
    assert_eq!((got.status, got.json["key"].as_str()), (200, Some(moved.as_str())));
    assert_ne!(fresh(&ground, "OPS").await, key, "a key is not given twice");
    ground.demo.jira_by("hanne").delete(&moved).unwrap();
    assert_eq!(ground.get(&format!("{CLOUD}/issue/{key}")).await.status, 404);
    assert!(ground.demo.jira_by("hanne").comment(&moved, "x").is_err());
}

#[tokio::test]
async fn links_votes_and_watchers_are_kept() {
    let ground = ground(None).await;
    for project in ["OPS", "LEDGER"] {
        let key = fresh(&ground, project).await;
        let base = format!("{}/issue/{key}", site(project));
        let link = json!({"globalId": "pr-7", "object": {"url": "http://127.0.0.1/x/pull/7", "title": "Fix it"}});
        assert_eq!(ground.post("sam", &format!("{base}/remotelink"), link.clone()).await.status, 201);
        assert_eq!(ground.post("sam", &format!("{base}/remotelink"), link).await.status, 200, "the same link again");
        let links = ground.get(&format!("{base}/remotelink")).await.json;
        assert_eq!((links.as_array().unwrap().len(), links[0]["object"]["title"].as_str()), (1, Some("Fix it")));
        assert_eq!(ground.demo.jira_issue(&key).unwrap().changes[0].0, "RemoteIssueLink");
        assert_eq!(ground.send(Method::POST, "hanne", &format!("{base}/votes"), None).await.status, 204);
        assert_eq!(ground.send(Method::POST, "hanne", &format!("{base}/watchers"), None).await.status, 204);
        let seen = ground.send(Method::GET, "hanne", &format!("{base}?fields=votes,watches"), None).await.json;
        assert_eq!(
            (seen["fields"]["votes"]["votes"].as_u64(), seen["fields"]["watches"]["isWatching"].as_bool()),
            (Some(1), Some(true))
        );
    }
    let changes = json!({"issueIdsOrKeys": ["OPS-1", "OPS-2"], "fieldIds": ["labels"]});
    ground.demo.jira_by("sam").label("OPS-1", "one").unwrap();
    let bulk = ground.post("sam", &format!("{CLOUD}/changelog/bulkfetch"), changes).await.json;
    let rows = bulk["issueChangeLogs"][0]["changeHistories"].as_array().unwrap();
    assert!(rows.iter().all(|r| r["items"][0]["field"] == "labels") && !rows.is_empty());
    assert_eq!(ground.get(&format!("{CLOUD}/issue/OPS-1/changelog?maxResults=1")).await.json["maxResults"], 1);
}

#[tokio::test]
async fn troubles_meet_jira_as_well() {
    let ground = ground(None).await;
    let faults = ground.demo.faults();
    let path = format!("{CENTER}/issue/LEDGER-3/comment");
    let count = || ground.demo.jira_issue("LEDGER-3").unwrap().comments.len();
    let before = count();
    faults.add(Fault::new("POST", "/dc/rest/api/2/issue/LEDGER-3/comment", FaultKind::CommitThenStatus { code: 502 }));
    assert_eq!(ground.post("sam", &path, json!({"body": "a"})).await.status, 502);
    assert_eq!(count(), before + 1);
    faults.add(Fault::new("POST", "/comment", FaultKind::DuplicateWrite));
    assert_eq!(ground.post("sam", &path, json!({"body": "b"})).await.status, 201);
    assert_eq!(count(), before + 3);
    let kind = FaultKind::Status { code: 429, headers: vec![("retry-after".into(), "7".into())], body: String::new() };
    faults.add(Fault::new("POST", "/comment", kind));
    let limited = ground.post("sam", &path, json!({"body": "c"})).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, "7"));
    assert_eq!(count(), before + 3);
    faults.add(Fault::new("GET", "LEDGER-3", FaultKind::StaleReads { count_too: false }).times(2));
    assert_eq!(ground.post("sam", &path, json!({"body": "d"})).await.status, 201);
    let stale = ground.get(&path).await.json;
    assert_eq!(stale["comments"].as_array().unwrap().len(), before + 3);
    assert_eq!(stale["total"], before + 4);
    let issue = ground.get(&format!("{CENTER}/issue/LEDGER-3")).await.json;
    assert_eq!(issue["fields"]["comment"]["comments"].as_array().unwrap().len(), before + 3);
    faults.add(Fault::new("PUT", "/assignee", FaultKind::IgnoreAssignee));
    let assignee = ground.demo.jira_issue("LEDGER-3").unwrap().assignee;
    let put = ground.put("sam", &format!("{CENTER}/issue/LEDGER-3/assignee"), json!({"name": "wanjiru"})).await;
    assert_eq!((put.status, ground.demo.jira_issue("LEDGER-3").unwrap().assignee), (204, assignee));
    faults.add(Fault::new("GET", "/cloud/", FaultKind::Html));
    assert_eq!(ground.get(&format!("{CLOUD}/myself")).await.json, Value::Null);
    let log = ground.demo.requests();
    assert!(log.iter().any(|r| r.login == "sam" && r.path.starts_with("/dc/rest/api/2/issue") && r.method == "POST"));
}

#[tokio::test]
async fn search_may_lag_and_reconciled_issues_do_not() {
    let ground = ground(None).await;
    ground.demo.set_jira_search_lag(true);
    let key = fresh(&ground, "OPS").await;
    ground.demo.jira_by("sam").label("OPS-1", "floating-help").unwrap();
    let find = "project = OPS AND labels = floating-help";
    assert!(!ground.keys("sam", "cloud", find).await.contains(&"OPS-1".to_owned()));
    assert!(!ground.keys("sam", "cloud", "project = OPS").await.contains(&key));
    let one = ground.get(&format!("{CLOUD}/issue/OPS-1?fields=labels")).await.json;
    assert!(one["fields"]["labels"].as_array().unwrap().contains(&json!("floating-help")));
    let id = ground.demo.jira_issue("OPS-1").unwrap().id;
    let body = json!({"jql": find, "fields": ["labels"], "reconcileIssues": [id]});
    let found = ground.post("sam", &format!("{CLOUD}/search/jql"), body).await.json;
    assert!(found["issues"].as_array().unwrap().iter().any(|i| i["key"] == "OPS-1"));
    ground.demo.set_jira_search_lag(false);
    assert!(ground.keys("sam", "cloud", find).await.contains(&"OPS-1".to_owned()));
    assert!(ground.keys("sam", "cloud", "project = OPS").await.contains(&key));
}
