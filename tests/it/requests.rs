//! What the program sends, held against GitHub's own description of its interface: paths, query values, bodies.

use serde_json::{Value, json};

use crate::{
    demo_world::{spec, template},
    floor::Floor,
};

/// A description, following its reference.
fn resolved(spec: &'static Value, value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => spec.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

fn fits(spec: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let mut schema = schema.clone();
    schema.as_object_mut().unwrap().insert("components".into(), spec["components"].clone());
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).unwrap();
    validator.validate(value).map_err(|e| e.to_string())
}

/// What is wrong with a request, if anything.
fn wrong(spec: &'static Value, method: &str, path: &str, body: &str) -> Option<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some(template) = template(spec, path) else { return Some(format!("no such path: {path}")) };
    let item = &spec["paths"][template];
    let operation = &item[method.to_lowercase()];
    if operation.is_null() {
        return Some(format!("{template} has no {method}"));
    }
    let lists = [&item["parameters"], &operation["parameters"]];
    let declared: Vec<&Value> =
        lists.iter().flat_map(|l| l.as_array().into_iter().flatten()).map(|p| resolved(spec, p)).collect();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(parameter) = declared.iter().find(|p| p["name"] == name && p["in"] == "query") else {
            return Some(format!("{method} {template} knows no query value '{name}'"));
        };
        let schema = &parameter["schema"];
        let value = match schema["type"].as_str() {
            Some("integer") => raw.parse::<i64>().map_or(json!(raw), |n| json!(n)),
            Some("boolean") => raw.parse::<bool>().map_or(json!(raw), |yes| json!(yes)),
            _ => json!(raw),
        };
        if let Err(error) = fits(spec, schema, &value) {
            return Some(format!("{method} {template}?{pair}: {error}"));
        }
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return (!body.is_empty()).then(|| format!("{method} {template} takes no body"));
    }
    let Ok(value) = serde_json::from_str::<Value>(body) else { return Some(format!("no JSON body: {body}")) };
    fits(spec, schema, &value).err().map(|error| format!("{method} {template}: {error}"))
}

#[test]
fn everything_sent_is_what_github_describes() {
    let Some(spec) = spec() else { return println!("skipped: GitHub's description is not beside this clone") };
    let floor = Floor::open();
    let sam =
        floor.desk_reading("sam", "orgs = [\"quillfern\"]\nusers = [\"maya\"]\nrepos = [\"quillfern/round-planner\"]");
    let topic = floor.desk_reading("sam", "topics = [\"routing\"]\norgs = [\"quillfern\"]");
    sam.run(&["sync"]);
    topic.run(&["sync"]);
    let listed = sam.fine(&["list", "is:free project:quillfern/locker-gateway", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    sam.fine(&["claim", &key, "--plan", "look at it"]);
    sam.fine(&["release", &key, "--note", "looked at it"]);
    sam.run(&["doctor"]);
    sam.fine(&["findings", "raise", "quillfern/geo-index", "contributing", "--yes"]);
    let requests = floor.demo.requests();
    assert!(["GET", "POST", "DELETE"].iter().all(|m| requests.iter().any(|r| r.method == *m)));
    // `/repositories/N` is where GitHub's own redirects lead; its description leaves it out.
    let rest = requests.iter().filter(|r| !r.path.ends_with("/graphql") && !r.path.starts_with("/repositories/"));
    let faults: Vec<String> = rest.filter_map(|r| wrong(spec, &r.method, &r.path, &r.body)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_check_of_requests_can_fail() {
    let Some(spec) = spec() else { return };
    let issues = "/repos/acme/app/issues";
    assert_eq!(wrong(spec, "GET", &format!("{issues}?state=open&per_page=100&page=2"), ""), None);
    for (method, path, body) in [
        ("GET", "/repos/acme/app/isues".to_owned(), ""),
        ("PUT", issues.to_owned(), ""),
        ("GET", format!("{issues}?state=opened"), ""),
        ("GET", format!("{issues}?perpage=100"), ""),
        ("POST", format!("{issues}/1/comments"), r#"{"text":"hi"}"#),
        ("POST", format!("{issues}/1/comments"), ""),
    ] {
        assert!(wrong(spec, method, &path, body).is_some(), "{method} {path} {body} was let through");
    }
}
