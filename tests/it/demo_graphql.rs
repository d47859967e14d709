//! The demo server over GraphQL: projection, connections, search, errors beside data, and a schema that is part of
//! GitHub's.

use floorwalk::demo::ORG;
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo_world::{ground, shared, unzip};

const INDEX: &str = r#"
query Index($first: Int = 1, $order: IssueOrder = {field: UPDATED_AT, direction: DESC}) {
  r0: repository(owner: "quillfern", name: "geo-index") { ...head }
  r1: repository(owner: "quillfern", name: "nothing") { ...head }
  r2: repository(owner: "Quillfern", name: "Quill") { ...head viewerPermission }
  rateLimit { cost limit remaining resetAt }
}
fragment head on Repository {
  __typename id nameWithOwner isArchived hasIssuesEnabled primaryLanguage { name }
  defaultBranchRef { name target { ... on Commit { oid statusCheckRollup { state } history(first: 3) { nodes { committedDate } } } } }
  newest: issues(first: $first, orderBy: $order) { nodes { updatedAt number } }
  open: issues(states: OPEN) @include(if: false) { totalCount }
  openNow: issues(states: [OPEN], first: 1) { totalCount pageInfo { hasNextPage endCursor } }
  repositoryTopics(first: 5) { nodes { topic { name } } }
}"#;

#[tokio::test]
async fn an_index_query_answers_what_it_can() {
    let ground = ground(None).await;
    let got = ground.query("demo-sam", INDEX, json!({"first": 2})).await;
    let geo = &got["data"]["r0"];
    assert_eq!(geo["__typename"], "Repository");
    assert_eq!(geo["primaryLanguage"]["name"], "Go");
    assert_eq!(geo["defaultBranchRef"]["name"], "trunk");
    assert_eq!(geo["defaultBranchRef"]["target"]["statusCheckRollup"]["state"], "FAILURE");
    assert_eq!(geo["defaultBranchRef"]["target"]["history"]["nodes"].as_array().unwrap().len(), 3);
    assert_eq!(geo["newest"]["nodes"].as_array().unwrap().len(), 2);
    assert!(geo.get("open").is_none());
    let rest = ground.all(&format!("/repos/{ORG}/geo-index/issues?per_page=100")).await;
    let issues: Vec<&Value> = rest.iter().filter(|r| r.get("pull_request").is_none()).collect();
    assert_eq!(geo["openNow"]["totalCount"], issues.len());
    let newest = issues.iter().map(|r| r["updated_at"].as_str().unwrap()).max();
    assert_eq!(geo["newest"]["nodes"][0]["updatedAt"].as_str(), newest);
    assert_eq!(got["data"]["r1"], Value::Null);
    assert_eq!(got["data"]["r2"]["viewerPermission"], "TRIAGE");
    let errors = got["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[0]["type"], &errors[0]["path"]), (1, &json!("NOT_FOUND"), &json!(["r1"])));
    assert_eq!(got["data"]["rateLimit"]["limit"], 5000);
}

#[tokio::test]
async fn what_does_not_exist_is_refused_as_a_whole() {
    let ground = ground(None).await;
    let refused = |text: &'static str| {
        let ground = &ground;
        async move {
            let got = ground.query("demo-sam", text, json!({})).await;
            assert!(got.get("data").is_none(), "{got}");
            got["errors"][0].clone()
        }
    };
    let unknown = refused("{ repository(owner: \"a\", name: \"b\") { issue(number: 1) { mood } } }").await;
    assert_eq!(unknown["extensions"]["code"], "undefinedField");
    assert_eq!(unknown["message"], "Field 'mood' doesn't exist on type 'Issue'");
    assert_eq!(unknown["path"], json!(["query", "repository", "issue", "mood"]));
    assert_eq!(refused("{ viewer }").await["extensions"]["code"], "selectionMismatch");
    assert_eq!(refused("{ viewer(size: 1) { login } }").await["extensions"]["code"], "argumentNotAccepted");
    assert_eq!(refused("{ viewer { ...nobody } }").await["extensions"]["code"], "useAndDefineFragment");
    assert!(refused("{ viewer { login ").await["message"].as_str().unwrap().starts_with("Parse error"));
    let anonymous = ground.send(Method::POST, "", "/graphql", Some(json!({"query": "{ viewer { login } }"}))).await;
    assert_eq!(anonymous.status, 401);

    let probe = "{ __type(name: \"Issue\") { name fields { name } } }";
    let fields = |got: &Value| got["data"]["__type"]["fields"].as_array().unwrap().len();
    let before = ground.query("demo-sam", probe, json!({})).await;
    ground.demo.faults().hide_field("Issue.stateReason");
    let after = ground.query("demo-sam", probe, json!({})).await;
    assert_eq!(fields(&before), fields(&after) + 1);
    let hidden = refused("{ nodes(ids: []) { ... on Issue { stateReason } } }").await;
    assert_eq!(hidden["extensions"]["fieldName"], "stateReason");
}

#[tokio::test]
async fn connections_are_walked_with_cursors() {
    let ground = ground(None).await;
    let text = "query($after: String) { repository(owner: \"quillfern\", name: \"parcel-web\") {
        issues(first: 10, after: $after, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC}) {
            totalCount edges { cursor node { number } } pageInfo { hasNextPage endCursor } } } }";
    let (mut seen, mut after, mut total) = (Vec::new(), Value::Null, 0);
    loop {
        let got = ground.query("demo-sam", text, json!({"after": after})).await;
        let page = &got["data"]["repository"]["issues"];
        seen.extend(page["edges"].as_array().unwrap().iter().map(|e| e["node"]["number"].as_u64().unwrap()));
        total = page["totalCount"].as_u64().unwrap().max(total);
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(seen.len() as u64, total);
    assert!(seen.is_sorted_by(|a, b| a < b));
    let last = "{ repository(owner: \"quillfern\", name: \"locker-gateway\") { issues(last: 1, states: OPEN) {
        nodes { number comments(last: 100) { totalCount nodes { body author { __typename login } } } } } } }";
    let got = ground.query("demo-sam", last, json!({})).await;
    assert_eq!(got["data"]["repository"]["issues"]["nodes"].as_array().unwrap().len(), 1);
    let open = "{ repository(owner: \"quillfern\", name: \"quill\") { issues { totalCount nodes { id } } } }";
    let refused = ground.query("demo-sam", open, json!({})).await;
    assert_eq!(refused["errors"][0]["type"], "MISSING_PAGINATION_BOUNDARIES");
    let count = "{ repository(owner: \"quillfern\", name: \"parcel-web\") { issues(states: OPEN) { totalCount } } }";
    let counted = ground.query("demo-sam", count, json!({})).await;
    assert_eq!(counted["data"]["repository"]["issues"]["totalCount"], total);
    assert!(counted.get("errors").is_none());
}

#[tokio::test]
async fn search_is_a_feed_of_changes() {
    let ground = ground(None).await;
    let text = "query($q: String!) { search(type: ISSUE, query: $q, first: 100) { issueCount
        nodes { __typename ... on Issue { id number title updatedAt repository { nameWithOwner } labels(first: 20) { nodes { name } } } } } }";
    let search = |q: String| {
        let ground = &ground;
        async move {
            let got = ground.query("demo-sam", text, json!({"q": q})).await;
            assert!(got.get("errors").is_none(), "{got}");
            got["data"]["search"].clone()
        }
    };
    let since = "2025-11-01T00:00:00Z";
    let fresh = search(format!("org:{ORG} is:issue updated:>={since} sort:updated-asc")).await;
    let times: Vec<&str> =
        fresh["nodes"].as_array().unwrap().iter().map(|n| n["updatedAt"].as_str().unwrap()).collect();
    assert!(!times.is_empty() && times.is_sorted() && times.iter().all(|t| *t >= since));
    let mut issues = 0;
    for repo in ground.all(&format!("/orgs/{ORG}/repos?per_page=100")).await {
        if repo["has_issues"] == json!(true) {
            let name = repo["name"].as_str().unwrap();
            let rows = ground.all(&format!("/repos/{ORG}/{name}/issues?state=all&since={since}&per_page=100")).await;
            issues += rows.iter().filter(|r| r.get("pull_request").is_none()).count();
        }
    }
    assert_eq!(fresh["issueCount"], issues);
    let flaky = search(format!("(repo:{ORG}/quill OR repo:{ORG}/geo-index) is:issue is:open label:flaky-test")).await;
    assert!(flaky["nodes"].as_array().unwrap().iter().all(|n| n["__typename"] == "Issue"));
    assert_eq!(flaky["issueCount"], 3);
    let quoted = search(format!("org:{ORG} is:issue label:\"good first issue\" author:zev")).await;
    assert!(quoted["issueCount"].as_u64() > Some(3));
    let n = &flaky["nodes"][0];
    let path = format!("/repos/{}/issues/{}/comments", n["repository"]["nameWithOwner"].as_str().unwrap(), n["number"]);
    let claims = search(format!("org:{ORG} is:issue \"floorwalk\" in:comments")).await["issueCount"].as_u64();
    ground.send(Method::POST, "demo-sam", &path, Some(json!({"body": "Posted with floorwalk"}))).await;
    assert_eq!(
        search(format!("org:{ORG} is:issue \"floorwalk\" in:comments")).await["issueCount"].as_u64(),
        claims.map(|n| n + 1)
    );
    assert_eq!(search("org:nobody is:issue".into()).await["issueCount"], 0);
}

#[tokio::test]
async fn nodes_are_found_by_their_ids() {
    let ground = ground(None).await;
    let row =
        ground.get(&format!("/repos/{ORG}/locker-gateway/issues?per_page=100&assignee=ngozi")).await.json[0].clone();
    let repo = ground.get(&format!("/repos/{ORG}/quill")).await.json;
    let text = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on Issue { number title author { login ... on User { name } ... on Bot { databaseId } } authorAssociation
            assignees(first: 5) { nodes { login } } comments(last: 100) { totalCount nodes { id databaseId createdAt body } }
            reactions { totalCount } reactionGroups { content reactors { totalCount } } milestone { title dueOn }
            timelineItems(first: 50, itemTypes: [ASSIGNED_EVENT, LABELED_EVENT]) { nodes { __typename
                ... on AssignedEvent { assignee { ... on User { login } } } } } }
        ... on Repository { nameWithOwner } } }";
    let got = ground.query("demo-sam", text, json!({"ids": [row["node_id"], "I_none", repo["node_id"]]})).await;
    let nodes = &got["data"]["nodes"];
    assert_eq!(nodes[0]["number"], row["number"]);
    assert_eq!(nodes[0]["comments"]["totalCount"], row["comments"]);
    assert_eq!(nodes[0]["assignees"]["nodes"][0]["login"], "ngozi");
    let reactors: u64 = nodes[0]["reactionGroups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| g["reactors"]["totalCount"].as_u64().unwrap())
        .sum();
    assert_eq!(Some(reactors), row["reactions"]["total_count"].as_u64());
    let items = nodes[0]["timelineItems"]["nodes"].as_array().unwrap();
    assert!(items.iter().any(|i| i["assignee"]["login"] == "ngozi"), "{items:?}");
    assert_eq!(nodes[1], Value::Null);
    assert_eq!(nodes[2]["nameWithOwner"], "quillfern/quill");
    assert_eq!(got["errors"][0]["path"], json!(["nodes", 1]));
    let comment = nodes[0]["comments"]["nodes"][0].clone();
    let one = "query($id: ID!) { node(id: $id) { ... on IssueComment { databaseId issue { number } } } }";
    let got = ground.query("demo-sam", one, json!({"id": comment["id"]})).await;
    assert_eq!(got["data"]["node"]["databaseId"], comment["databaseId"]);
    assert_eq!(got["data"]["node"]["issue"]["number"], row["number"]);
}

#[test]
fn the_schema_is_part_of_github_s() {
    use async_graphql_parser::{
        parse_schema,
        types::{TypeKind, TypeSystemDefinition},
    };
    use std::collections::BTreeMap;
    let Some(path) = shared("data/api/github-public.schema.graphql.gz") else { return };
    let fields = |text: &str| {
        let mut found: BTreeMap<String, BTreeMap<String, (String, Vec<String>)>> = BTreeMap::new();
        for definition in parse_schema(text).unwrap().definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let fields = match &ty.node.kind {
                TypeKind::Object(o) => &o.fields,
                TypeKind::Interface(i) => &i.fields,
                _ => continue,
            };
            let arguments = |f: &async_graphql_parser::types::FieldDefinition| {
                f.arguments.iter().map(|a| format!("{}: {}", a.node.name.node, a.node.ty.node)).collect()
            };
            let fields =
                fields.iter().map(|f| (f.node.name.node.to_string(), (f.node.ty.node.to_string(), arguments(&f.node))));
            found.insert(ty.node.name.node.to_string(), fields.collect());
        }
        found
    };
    let theirs = fields(&unzip(&path));
    // Invented here: a union has no fields, so only objects and interfaces are compared.
    for (ty, ours) in fields(include_str!("../../assets/demo/schema.graphql")) {
        for (field, (kind, arguments)) in ours {
            let official = theirs.get(&ty).and_then(|t| t.get(&field)).unwrap_or_else(|| panic!("no {ty}.{field}"));
            assert_eq!(kind, official.0, "{ty}.{field}");
            for argument in arguments {
                assert!(official.1.contains(&argument), "{ty}.{field}({argument}): {:?}", official.1);
            }
        }
    }
}
