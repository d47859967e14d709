//! What the tests of the demo's Jira half share: a server with a fixed clock, a client, and the check of every answer
//! and of every request against Atlassian's own OpenAPI documents (where those are at hand).

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use floorwalk::demo::{Demo, DemoOptions};
use jiff::Timestamp;
use jsonschema::Validator;
use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::demo_world::{NOW, client, shared, unzip};

pub(crate) struct Ground {
    pub(crate) demo: Demo,
    pub(crate) client: Client,
    pub(crate) seconds: Arc<AtomicI64>,
}

#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |h| h.to_str().unwrap())
    }

    /// The first message of a refusal.
    pub(crate) fn said(&self) -> &str {
        self.json["errorMessages"][0].as_str().unwrap_or_default()
    }
}

pub(crate) async fn ground(data: Option<PathBuf>) -> Ground {
    let seconds = Arc::new(AtomicI64::new(NOW));
    let clock = seconds.clone();
    let now = Timestamp::from_second(NOW).unwrap();
    let options = DemoOptions { port: 0, data, now, helping: false };
    let clock = Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap());
    let demo = Demo::start(options, clock).await.unwrap();
    Ground { demo, client: client(), seconds }
}

/// The document of a Cloud comment with one line.
pub(crate) fn adf(words: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}]})
}

impl Ground {
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sends a request as `login` (nobody when empty); answer and request are checked against the schemas.
    pub(crate) async fn send(&self, method: Method, login: &str, path: &str, body: Option<Value>) -> Got {
        let url = format!("{}{path}", self.demo.url());
        let mut request = self.client.request(method.clone(), &url);
        if path.starts_with("/cloud") && !login.is_empty() {
            request = request.basic_auth(format!("{login}@quillfern.example"), Some("anything"));
        } else if !login.is_empty() {
            request = request.bearer_auth(format!("demo-{login}"));
        }
        if let Some(body) = &body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status == 204 {
            assert_eq!(text, "", "{method} {path}");
        }
        let bare = path.split('?').next().unwrap();
        let is_json = headers.get("content-type").is_some_and(|t| t.to_str().unwrap().starts_with("application/json"));
        let wrong = if is_json { wrong(method.as_str(), bare, Part::Answer(status), &json) } else { Vec::new() };
        assert!(wrong.is_empty(), "{method} {path} {status} is not what the schema says: {wrong:#?}\n{json}");
        if let Some(body) = body.filter(|_| status < 300 && !bare.contains("/properties/")) {
            let wrong = self::wrong(method.as_str(), bare, Part::Request, &body);
            assert!(wrong.is_empty(), "the request {method} {path} is not what the schema says: {wrong:#?}\n{body}");
        }
        Got { status, headers, json }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, "sam", path, None).await
    }

    pub(crate) async fn put(&self, login: &str, path: &str, body: Value) -> Got {
        self.send(Method::PUT, login, path, Some(body)).await
    }

    pub(crate) async fn post(&self, login: &str, path: &str, body: Value) -> Got {
        self.send(Method::POST, login, path, Some(body)).await
    }

    /// Keys that a query finds, page by page.
    pub(crate) async fn keys(&self, login: &str, site: &str, jql: &str) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        let mut token = None;
        loop {
            let page = if site == "cloud" {
                let mut body = json!({"jql": jql, "maxResults": 100, "fields": ["key"]});
                if let Some(token) = &token {
                    body["nextPageToken"] = Value::clone(token);
                }
                self.post(login, "/cloud/rest/api/3/search/jql", body).await
            } else {
                let body = json!({"jql": jql, "startAt": keys.len(), "maxResults": 1000, "fields": ["key"]});
                self.post(login, "/dc/rest/api/2/search", body).await
            };
            assert_eq!(page.status, 200, "{jql}: {}", page.json);
            let rows = page.json["issues"].as_array().unwrap();
            keys.extend(rows.iter().map(|r| r["key"].as_str().unwrap().to_owned()));
            token = page.json.get("nextPageToken").cloned();
            let more =
                page.json.get("total").is_some_and(|t| t.as_u64().unwrap() > keys.len() as u64 && !rows.is_empty());
            if token.is_none() && !more {
                return keys;
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Answer(u16),
    Request,
}

/// The document of a site, and the path as it calls it.
fn spec(path: &str) -> Option<(&'static Value, String)> {
    static CLOUD: OnceLock<Option<Value>> = OnceLock::new();
    static CENTER: OnceLock<Option<Value>> = OnceLock::new();
    let load = |name: &str| {
        let mut spec: Value = serde_json::from_str(&unzip(&shared(&format!("data/api/{name}.json.gz"))?)).unwrap();
        // Fields and properties hold any JSON, and changes hold null, whatever the document of Data Center says.
        for path in [
            "EntityPropertyBean/properties/value",
            "IssueBean/properties/fields/additionalProperties",
            "IssueBean/properties/renderedFields/additionalProperties",
            "IssueBean/properties/properties",
            "ChangeItemBean/properties/from",
            "ChangeItemBean/properties/fromString",
            "ChangeItemBean/properties/to",
            "ChangeItemBean/properties/toString",
            "IssueUpdateBean/properties/fields/additionalProperties",
            "IssueUpdateBean/properties/update/additionalProperties",
        ] {
            if let Some(value) = spec.pointer_mut(&format!("/components/schemas/{path}")) {
                *value = json!({});
            }
        }
        Some(spec)
    };
    if path.starts_with("/cloud/rest/api/3/") {
        let spec = CLOUD.get_or_init(|| load("jira-cloud-platform.swagger-v3.v3.2025-12")).as_ref()?;
        return Some((spec, path.trim_start_matches("/cloud").to_owned()));
    }
    let rest = path.strip_prefix("/dc/rest")?;
    let spec = CENTER.get_or_init(|| load("jira-software-dc-10.3.24.openapi")).as_ref()?;
    Some((spec, rest.to_owned()))
}

fn template(spec: &'static Value, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == segments.len() && parts.iter().zip(&segments).all(|(p, s)| p.starts_with('{') || p == s)
    };
    let paths = spec["paths"].as_object().unwrap();
    paths.keys().filter(|t| fits(t)).min_by_key(|t| t.matches('{').count()).map(String::as_str)
}

type Known = Mutex<HashMap<(String, String, Part), Option<(Arc<Validator>, bool)>>>;

/// The check of a part, and whether it speaks of a list.
fn validator(method: &str, path: &str, part: Part) -> Option<(Arc<Validator>, bool)> {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let (spec, path) = spec(path)?;
    let template = template(spec, &path)?;
    let mut known = KNOWN.get_or_init(Known::default).lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let operation = &spec["paths"][template][method.to_lowercase()];
        let body = match part {
            Part::Answer(status) => &operation["responses"][status.to_string()],
            Part::Request => &operation["requestBody"],
        };
        let mut schema = body["content"]["application/json"]["schema"].clone();
        let list = schema["type"] == "array";
        schema.as_object_mut()?.insert("components".into(), spec["components"].clone());
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        Some((Arc::new(options.build(&schema).unwrap()), list))
    };
    known.entry((method.to_owned(), template.to_owned(), part)).or_insert_with(make).clone()
}

fn wrong(method: &str, path: &str, part: Part, json: &Value) -> Vec<String> {
    let Some((validator, list)) = validator(method, path, part) else { return Vec::new() };
    // Atlassian declares some lists as one of their rows.
    let rows: Vec<&Value> = match json.as_array().filter(|_| !list) {
        Some(rows) => rows.iter().collect(),
        None => vec![json],
    };
    let errors = rows
        .into_iter()
        .flat_map(|row| validator.iter_errors(row).map(|e| format!("{}: {e}", e.instance_path())).collect::<Vec<_>>());
    errors.map(|e| e.chars().take(300).collect()).take(5).collect()
}

/// The check itself: it knows the paths, and it refuses what is wrong.
#[tokio::test]
async fn the_check_of_jira_answers_can_fail() {
    if spec("/cloud/rest/api/3/field").is_none() {
        return;
    }
    let ground = ground(None).await;
    for (path, key, value) in [
        ("/cloud/rest/api/3/issue/OPS-1", "id", json!(12)),
        ("/cloud/rest/api/3/issue/OPS-1", "surplus", json!(1)),
        ("/cloud/rest/api/3/myself", "name", json!({})),
        ("/dc/rest/api/2/issue/LEDGER-3", "key", json!(1)),
        ("/dc/rest/api/2/myself", "active", json!("yes")),
    ] {
        let mut bad = ground.get(path).await.json;
        assert_eq!(wrong("GET", path, Part::Answer(200), &bad), [""; 0]);
        bad[key] = value;
        assert_ne!(wrong("GET", path, Part::Answer(200), &bad), [""; 0], "{path} {key} was let through");
    }
    let known = [
        ("GET", "/cloud/rest/api/3/serverInfo", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/mypermissions", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/field", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/project/search", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/project/OPS", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/status", Part::Answer(200)),
        ("POST", "/cloud/rest/api/3/search/jql", Part::Answer(200)),
        ("POST", "/cloud/rest/api/3/search/jql", Part::Request),
        ("POST", "/cloud/rest/api/3/search/approximate-count", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/issue/OPS-1/changelog", Part::Answer(200)),
        ("POST", "/cloud/rest/api/3/changelog/bulkfetch", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/issue/OPS-1/comment", Part::Answer(200)),
        ("POST", "/cloud/rest/api/3/issue/OPS-1/comment", Part::Answer(201)),
        ("POST", "/cloud/rest/api/3/issue/OPS-1/comment", Part::Request),
        ("PUT", "/cloud/rest/api/3/issue/OPS-1/comment/2", Part::Request),
        ("POST", "/cloud/rest/api/3/comment/list", Part::Answer(200)),
        ("PUT", "/cloud/rest/api/3/issue/OPS-1", Part::Request),
        ("PUT", "/cloud/rest/api/3/issue/OPS-1/assignee", Part::Request),
        ("GET", "/cloud/rest/api/3/issue/OPS-1/transitions", Part::Answer(200)),
        ("GET", "/cloud/rest/api/3/issue/OPS-1/remotelink", Part::Answer(200)),
        ("GET", "/dc/rest/api/2/mypermissions", Part::Answer(200)),
        ("GET", "/dc/rest/api/2/field", Part::Answer(200)),
        ("GET", "/dc/rest/api/2/project", Part::Answer(200)),
        ("POST", "/dc/rest/api/2/search", Part::Answer(200)),
        ("POST", "/dc/rest/api/2/search", Part::Request),
        ("POST", "/dc/rest/api/2/issue/L-1/comment", Part::Answer(201)),
        ("POST", "/dc/rest/api/2/issue/L-1/comment", Part::Request),
        ("GET", "/dc/rest/api/2/issue/L-1/comment", Part::Answer(200)),
        ("PUT", "/dc/rest/api/2/issue/L-1", Part::Request),
    ];
    for (method, path, part) in known {
        assert!(validator(method, path, part).is_some(), "{method} {path} is not checked");
    }
}
