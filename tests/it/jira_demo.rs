//! The demo's two Jiras side by side: what either answers to reads, and how they differ.

use reqwest::Method;
use serde_json::{Value, json};

use crate::jira_demo_world::{adf, ground};

const CLOUD: &str = "/cloud/rest/api/3";
const CENTER: &str = "/dc/rest/api/2";

#[tokio::test]
async fn each_site_tells_what_it_is() {
    let ground = ground(None).await;
    let cloud = ground.get(&format!("{CLOUD}/serverInfo")).await;
    assert_eq!(cloud.json["deploymentType"], "Cloud");
    assert_eq!(cloud.json["baseUrl"], ground.demo.jira_cloud_url());
    let center = ground.get(&format!("{CENTER}/serverInfo")).await;
    assert_eq!(center.json["deploymentType"], "Server");
    assert_eq!(center.json["baseUrl"], ground.demo.jira_dc_url());
    assert_eq!(center.header("retry-after"), "0");
    assert_eq!(cloud.header("retry-after"), "");
    assert_eq!(ground.get("/dc/rest/api/3/serverInfo").await.status, 404);
}

#[tokio::test]
async fn accounts_have_ids_on_cloud_and_names_on_data_center() {
    let ground = ground(None).await;
    let me = ground.get(&format!("{CLOUD}/myself")).await.json;
    assert_eq!((me["displayName"].as_str(), me.get("name")), (Some("Sam Okonjo"), None));
    assert!(me["accountId"].as_str().unwrap().starts_with("557058:"));
    assert_eq!(me["emailAddress"], "sam@quillfern.example");
    let me = ground.get(&format!("{CENTER}/myself")).await.json;
    assert_eq!((me["name"].as_str(), me.get("accountId")), (Some("sam"), None));
    assert!(me["key"].as_str().unwrap().starts_with("JIRAUSER10"));
    for site in [CLOUD, CENTER] {
        let nobody = ground.send(Method::GET, "", &format!("{site}/myself"), None).await;
        assert_eq!((nobody.status, nobody.header("x-seraph-loginreason")), (401, "AUTHENTICATED_FAILED"));
    }
    let url = format!("{}{CLOUD}/myself", ground.demo.url());
    let bad = ground.client.get(url).basic_auth("sam@quillfern.example", Some("bad")).send().await.unwrap();
    assert_eq!(bad.status().as_u16(), 401);
    assert_eq!(bad.text().await.unwrap(), "");
    let found = ground.get(&format!("{CLOUD}/user/search?query=hanne")).await.json;
    assert_eq!(found[0]["displayName"], "Hanne Quist");
    assert_eq!(found[0].get("emailAddress"), None);
    let found = ground.get(&format!("{CENTER}/user/search?username=hanne")).await.json;
    assert_eq!(found[0]["name"], "hanne");
}

#[tokio::test]
async fn custom_fields_have_other_ids_on_the_other_site() {
    let ground = ground(None).await;
    let mut ids = Vec::new();
    for site in [CLOUD, CENTER] {
        let fields = ground.get(&format!("{site}/field")).await.json;
        for name in ["Sprint", "Flagged", "Epic Link"] {
            let field = fields.as_array().unwrap().iter().find(|f| f["name"] == name).unwrap();
            assert_eq!(field["custom"], true);
            ids.push(field["id"].as_str().unwrap().to_owned());
        }
    }
    let mut once = ids.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), ids.len());
}

#[tokio::test]
async fn projects_are_paged_on_cloud_and_listed_on_data_center() {
    let ground = ground(None).await;
    let page = ground.get(&format!("{CLOUD}/project/search?maxResults=1")).await.json;
    assert_eq!((page["total"].as_u64(), page["isLast"].as_bool()), (Some(2), Some(false)));
    let next = ground.get(&format!("{CLOUD}/project/search?maxResults=1&startAt=1")).await.json;
    assert_eq!((next["isLast"].as_bool(), next["values"][0]["key"].as_str()), (Some(true), Some("OPS")));
    let nobody = ground.send(Method::GET, "", &format!("{CLOUD}/project/search"), None).await.json;
    assert_eq!(nobody["total"], 1, "the help desk is not public");
    let list = ground.get(&format!("{CENTER}/project")).await.json;
    assert_eq!(list.as_array().unwrap().len(), 1);
    let desk = ground.get(&format!("{CLOUD}/project/HELP")).await.json;
    assert_eq!(
        (desk["projectTypeKey"].as_str(), desk["lead"]["displayName"].as_str()),
        (Some("service_desk"), Some("Brigid O'Hanlon"))
    );
    assert_eq!(ground.get(&format!("{CLOUD}/project/LEDGER")).await.status, 404);
    assert_eq!(ground.get(&format!("{CENTER}/project/OPS")).await.status, 404);
    let money = ground.get(&format!("{CENTER}/project/LEDGER")).await.json;
    assert!(money["components"].as_array().unwrap().len() >= 5);
    for path in ["status", "priority", "field"] {
        assert!(!ground.get(&format!("{CLOUD}/{path}")).await.json.as_array().unwrap().is_empty());
        assert!(!ground.get(&format!("{CENTER}/{path}")).await.json.as_array().unwrap().is_empty());
    }
    assert!(ground.get(&format!("{CLOUD}/label")).await.json["total"].as_u64().is_some());
}

#[tokio::test]
async fn cloud_refuses_the_removed_search_and_queries_without_bounds() {
    let ground = ground(None).await;
    let old = ground.post("sam", &format!("{CLOUD}/search"), json!({"jql": "project = OPS"})).await;
    assert_eq!(old.status, 410);
    assert!(old.said().contains("/rest/api/3/search/jql"));
    let unbounded = ground.post("sam", &format!("{CLOUD}/search/jql"), json!({"jql": "order by created"})).await;
    assert_eq!(unbounded.status, 400);
    assert!(unbounded.said().starts_with("Unbounded JQL"), "{}", unbounded.said());
    let all = ground.post("sam", &format!("{CENTER}/search"), json!({"jql": "order by created"})).await;
    assert_eq!(all.status, 200);
    let far =
        ground.post("sam", &format!("{CENTER}/search"), json!({"jql": "", "startAt": 9_990, "maxResults": 100})).await;
    assert_eq!(far.status, 400);
}

#[tokio::test]
async fn search_gives_the_fields_that_were_asked_for() {
    let ground = ground(None).await;
    let search = format!("{CLOUD}/search/jql");
    let bare = ground.post("sam", &search, json!({"jql": "project = OPS", "maxResults": 1})).await.json;
    assert_eq!(bare["issues"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    assert_eq!(bare.get("total"), None);
    let body = json!({"jql": "project = OPS", "fields": ["summary", "status"], "maxResults": 1});
    let two = ground.post("sam", &search, body).await.json;
    assert_eq!(two["issues"][0]["fields"].as_object().unwrap().len(), 2);
    assert_eq!(two["issues"][0]["fields"]["status"]["statusCategory"]["key"].as_str().is_some(), true);
    let body = json!({"jql": "project = LEDGER", "fields": ["*all", "-comment"], "maxResults": 1});
    let most = ground.post("sam", &format!("{CENTER}/search"), body).await.json;
    let fields = most["issues"][0]["fields"].as_object().unwrap();
    assert!(fields.len() > 20 && !fields.contains_key("comment"), "{:?}", fields.keys());
    let usual = ground.get(&format!("{CENTER}/search?jql=project=LEDGER&maxResults=1")).await.json;
    assert!(usual["issues"][0]["fields"].get("comment").is_none());
    assert!(usual["issues"][0]["fields"].get("summary").is_some());
    let none = ground.get(&format!("{CENTER}/search?jql=project=LEDGER&maxResults=0")).await.json;
    assert!(none["total"].as_u64().unwrap() > 0 && none["issues"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn words_are_documents_on_rest_3_and_text_on_rest_2() {
    let ground = ground(None).await;
    let posted = ground.post("sam", &format!("{CLOUD}/issue/OPS-1/comment"), json!({"body": adf("Good day")})).await;
    assert_eq!(posted.status, 201);
    assert_eq!(posted.json["body"], adf("Good day"));
    let id = posted.json["id"].as_str().unwrap();
    let plain = ground.get(&format!("/cloud/rest/api/2/issue/OPS-1/comment/{id}")).await.json;
    assert_eq!(plain["body"], "Good day");
    let words = ground.post("sam", &format!("{CLOUD}/issue/OPS-1/comment"), json!({"body": "Good day"})).await;
    assert_eq!(words.status, 400);
    let document = ground.post("sam", &format!("{CENTER}/issue/LEDGER-3/comment"), json!({"body": adf("x")})).await;
    assert_eq!(document.status, 400);
    let wiki = ground.post("sam", &format!("{CENTER}/issue/LEDGER-3/comment"), json!({"body": "one\n*two*"})).await;
    assert_eq!((wiki.status, wiki.json["body"].as_str()), (201, Some("one\n*two*")));
    assert_eq!(wiki.json.get("jsdPublic"), None);
    assert_eq!(posted.json["jsdPublic"], true);
}

#[tokio::test]
async fn moments_are_told_in_the_zone_of_who_asks() {
    let ground = ground(None).await;
    let created = async |who: &str| {
        let got = ground.send(Method::GET, who, &format!("{CLOUD}/issue/OPS-1?fields=created"), None).await;
        got.json["fields"]["created"].as_str().unwrap().to_owned()
    };
    assert!(created("sam").await.ends_with(".000+0000"));
    assert!(created("fumiko").await.ends_with(".000+0900"));
}

#[tokio::test]
async fn the_page_for_people_shows_the_issue() {
    let ground = ground(None).await;
    for address in [ground.demo.jira_cloud_url() + "/browse/OPS-1", ground.demo.jira_dc_url() + "/browse/LEDGER-3"] {
        let page = ground.client.get(&address).send().await.unwrap();
        assert_eq!(page.status().as_u16(), 200);
        assert!(page.text().await.unwrap().contains("status: "), "{address}");
    }
    assert_eq!(ground.get("/cloud/browse/NO-1").await.status, 404);
    assert_eq!(
        ground.get(&format!("{CLOUD}/issue/NO-1")).await.said(),
        "Issue does not exist or you do not have permission to see it."
    );
    assert_eq!(ground.get(&format!("{CENTER}/issue/LEDGER-3/changelog")).await.json["status-code"], 404);
    assert_ne!(ground.get(&format!("{CENTER}/issue/LEDGER-3?expand=changelog")).await.json["changelog"], Value::Null);
}
