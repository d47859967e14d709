//! What the demo tests share: a server with a fixed clock, a client, and the check of every REST answer against
//! GitHub's own OpenAPI document (where that is at hand).

use std::{
    collections::HashMap,
    io::Read,
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

/// The present of all demo tests.
pub(crate) const NOW: i64 = 1_763_700_000;

/// Shared test material, when it is there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// A server, a client and the clock they share.
pub(crate) struct Ground {
    pub(crate) demo: Demo,
    pub(crate) client: Client,
    pub(crate) seconds: Arc<AtomicI64>,
}

/// An answer, read whole.
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

    pub(crate) fn rows(&self) -> &Vec<Value> {
        self.json.as_array().unwrap_or_else(|| panic!("no list: {}", self.json))
    }

    pub(crate) fn next(&self) -> Option<String> {
        let link = self.header("link");
        let part = link.split(", ").find(|p| p.ends_with("rel=\"next\""))?;
        Some(part.trim_start_matches('<').split('>').next()?.to_owned())
    }
}

pub(crate) fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
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

impl Ground {
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Sends a request; an empty token sends none. The answer is checked against GitHub's schema.
    pub(crate) async fn send(&self, method: Method, token: &str, path: &str, body: Option<Value>) -> Got {
        self.try_send(method, token, path, body, &[]).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        token: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Got, reqwest::Error> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.demo.url()) };
        let mut request = self.client.request(method.clone(), &url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        check(method.as_str(), &url, status, &text, &json);
        Ok(Got { status, headers, json })
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.send(Method::GET, "demo-sam", path, None).await
    }

    /// All rows of a listing, page by page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let got = self.get(&path).await;
            assert_eq!(got.status, 200, "{path}: {}", got.json);
            rows.extend(got.rows().iter().cloned());
            next = got.next();
        }
        rows
    }

    pub(crate) async fn query(&self, token: &str, text: &str, variables: Value) -> Value {
        let body = json!({"query": text, "variables": variables});
        self.send(Method::POST, token, "/graphql", Some(body)).await.json
    }
}

/// Opens a gzipped file of the shared material.
pub(crate) fn unzip(path: &PathBuf) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn spec() -> Option<&'static Value> {
    static SPEC: OnceLock<Option<Value>> = OnceLock::new();
    let load = || {
        let path = shared("data/api/github-rest.issues-subset.openapi-3.0.3.json.gz")?;
        let mut spec: Value = serde_json::from_str(&unzip(&path)).unwrap();
        widen(&mut spec);
        Some(spec)
    };
    SPEC.get_or_init(load).as_ref()
}

/// OpenAPI 3.0's `nullable` in the words of JSON Schema.
fn widen(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(widen),
        Value::Object(map) => {
            map.values_mut().for_each(widen);
            if map.remove("nullable") != Some(Value::Bool(true)) {
                return;
            }
            let plain = Value::Object(map.clone());
            map.clear();
            map.insert("anyOf".into(), json!([plain, {"type": "null"}]));
        }
        _ => {}
    }
}

/// The template of a path in the document; the most literal one wins: `/issues/comments` before
/// `/issues/{issue_number}`.
pub(crate) fn template(spec: &'static Value, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.trim_start_matches("/api/v3").split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == segments.len() && parts.iter().zip(&segments).all(|(p, s)| p.starts_with('{') || p == s)
    };
    let paths = spec["paths"].as_object().unwrap();
    paths.keys().filter(|t| fits(t)).min_by_key(|t| t.matches('{').count()).map(String::as_str)
}

type Known = Mutex<HashMap<(String, &'static str, u16), Option<Arc<Validator>>>>;

/// The check of an answer; `None` when the document does not tell its shape.
fn validator(method: &str, path: &str, status: u16) -> Option<Arc<Validator>> {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let spec = spec()?;
    let template = template(spec, path)?;
    let mut known = KNOWN.get_or_init(Known::default).lock().unwrap_or_else(PoisonError::into_inner);
    let make = || {
        let mut answer = &spec["paths"][template][method.to_lowercase()]["responses"][status.to_string()];
        if let Some(reference) = answer["$ref"].as_str() {
            answer = spec.pointer(reference.trim_start_matches('#'))?;
        }
        let mut schema = answer["content"]["application/json"]["schema"].clone();
        schema.as_object_mut()?.insert("components".into(), spec["components"].clone());
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012);
        Some(Arc::new(options.build(&schema).unwrap()))
    };
    known.entry((method.to_owned(), template, status)).or_insert_with(make).clone()
}

/// What keeps a value from being a component of GitHub's document; nothing where that is not at hand.
pub(crate) fn unfit(component: &str, value: &Value) -> Vec<String> {
    let Some(spec) = spec() else { return Vec::new() };
    let mut schema = spec["components"]["schemas"][component].clone();
    schema.as_object_mut().unwrap().insert("components".into(), spec["components"].clone());
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).build(&schema).unwrap();
    validator.iter_errors(value).map(|e| e.to_string().chars().take(300).collect()).take(5).collect()
}

fn wrong(method: &str, path: &str, status: u16, json: &Value) -> Vec<String> {
    let Some(validator) = validator(method, path, status) else { return Vec::new() };
    validator.iter_errors(json).map(|e| e.to_string().chars().take(300).collect()).take(5).collect()
}

fn check(method: &str, url: &str, status: u16, text: &str, json: &Value) {
    let path = url.split('?').next().unwrap().splitn(4, '/').nth(3).map_or(String::new(), |p| format!("/{p}"));
    if status == 204 || status == 304 {
        assert_eq!(text, "", "{method} {path}");
    }
    let wrong = wrong(method, &path, status, json);
    assert!(wrong.is_empty(), "{method} {path} {status} is not what GitHub's schema says: {wrong:#?}");
}

/// The check itself: it knows the paths, and it refuses what is wrong.
#[tokio::test]
async fn the_check_of_answers_can_fail() {
    if spec().is_none() {
        return;
    }
    let ground = ground(None).await;
    let path = "/repos/quillfern/quill/issues";
    let good = ground.get(path).await.json;
    assert_eq!(wrong("GET", path, 200, &good), [""; 0]);
    for (key, value) in [("title", Value::Null), ("state", json!(3)), ("user", json!({})), ("labels", json!("bug"))] {
        let mut bad = good.clone();
        bad[0][key] = value;
        assert_ne!(wrong("GET", path, 200, &bad), [""; 0], "{key} was let through");
    }
    let known = [
        ("GET", "/user", 200),
        ("GET", "/rate_limit", 200),
        ("GET", "/orgs/a/repos", 200),
        ("GET", "/user/repos", 200),
        ("GET", "/users/a/repos", 200),
        ("GET", "/search/repositories", 200),
        ("GET", "/repos/a/b", 200),
        ("GET", "/repos/a/b", 404),
        ("GET", "/repos/a/b/issues/1", 200),
        ("GET", "/repos/a/b/issues/1/comments", 200),
        ("POST", "/repos/a/b/issues/1/comments", 201),
        ("GET", "/repos/a/b/issues/comments", 200),
        ("PATCH", "/repos/a/b/issues/comments/1", 200),
        ("POST", "/repos/a/b/issues/1/labels", 200),
        ("DELETE", "/repos/a/b/issues/1/labels/x", 200),
        ("POST", "/repos/a/b/issues/1/assignees", 201),
        ("DELETE", "/repos/a/b/issues/1/assignees", 200),
        ("GET", "/repos/a/b/issues/1/events", 200),
        ("GET", "/repos/a/b/issues/1/timeline", 200),
        ("GET", "/repos/a/b/labels/x", 200),
        ("GET", "/repos/a/b/pulls", 200),
        ("GET", "/repos/a/b/pulls/1", 200),
        ("GET", "/repos/a/b/commits/abc/check-runs", 200),
        ("GET", "/repos/a/b/commits/abc/status", 200),
        ("GET", "/repos/a/b/contents/x.toml", 200),
        ("GET", "/search/issues", 200),
    ];
    for (method, path, status) in known {
        assert!(validator(method, path, status).is_some(), "{method} {path} {status} is not checked");
    }
}
