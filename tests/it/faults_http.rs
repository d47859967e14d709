//! What servers answer and what their pages hold: the story under each line of the catalogue.

use floorwalk::demo::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::{
    faults_world::{Story, Trouble, other, page_of},
    ledger::{Sheet, sheet},
};

/// The lane of the project's issues.
const PAGE: &str = "/repos/acme/widgets/issues?";

/// More often than anything is tried again in one run.
const ALWAYS: u32 = 400;

fn status(code: u16, headers: &[(&str, &str)], body: &str) -> FaultKind {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    FaultKind::Status { code, headers, body: body.to_owned() }
}

fn everything(kind: FaultKind) -> Trouble {
    Trouble::Server(vec![Fault::new("", "", kind).times(ALWAYS)], true)
}

/// Tells the story, hears the words, and writes the line.
fn tell(sheet: &Sheet, line: &str, words: &str, make: impl FnOnce(&Story) -> Trouble) {
    let story = Story::begin();
    let trouble = make(&story);
    let harm = story.play(&trouble);
    let said = story.said.borrow();
    assert!(said.contains(words), "{line}: '{words}' is not in: {said}");
    sheet.met(line, story.met.get(), harm);
}

#[test]
fn a_server_in_trouble_costs_nothing() {
    let sheet = sheet!();
    let page = [("content-type", "text/html")];
    tell(&sheet, "HTTP 500", "trouble of its own", |_| everything(status(500, &[], "oops")));
    let html = status(502, &page, "<html><title>Bad gateway</title></html>");
    tell(&sheet, "HTTP 502 page", "502", |_| everything(html));
    let date = status(503, &[("retry-after", "Wed, 21 Oct 2099 07:28:00 GMT")], "");
    tell(&sheet, "HTTP 503 date", "pause", |_| everything(date));
    tell(&sheet, "HTTP 504", "504", |_| everything(status(504, &[], "")));
}

#[test]
fn a_server_that_says_wait_costs_nothing() {
    let sheet = sheet!();
    let slow = r#"{"message":"You have exceeded a secondary rate limit"}"#;
    let kind = status(403, &[("retry-after", "60")], slow);
    tell(&sheet, "HTTP 403 secondary", "pause", |_| everything(kind));
    let reset = (jiff::Timestamp::now().as_second() + 1_200).to_string();
    let budget = [
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", reset.as_str()),
        ("x-ratelimit-resource", "core"),
    ];
    let kind = status(403, &budget, r#"{"message":"API rate limit exceeded"}"#);
    tell(&sheet, "HTTP 403 primary", "allowance", |_| everything(kind));
    tell(&sheet, "HTTP 429", "pause", |_| everything(status(429, &[("retry-after", "-1, soon")], "")));
}

#[test]
fn a_server_that_refuses_costs_nothing() {
    let sheet = sheet!();
    let said = |message: &str| json!({ "message": message }).to_string();
    let kind = status(403, &[], &said("Resource not accessible by personal access token"));
    tell(&sheet, "HTTP 403", "lacks a permission", |_| everything(kind));
    let sso = status(403, &[("x-github-sso", "required; url=https://github.com/orgs/acme/sso")], &said("SAML"));
    tell(&sheet, "HTTP 403 sign-on", "single sign-on", |_| everything(sso));
    tell(&sheet, "HTTP 401", "refused the token", |_| {
        let rule = Fault::new("", "", status(401, &[], &said("Bad credentials"))).times(ALWAYS);
        Trouble::Server(vec![Fault { after: 1, ..rule }], false)
    });
    tell(&sheet, "HTTP 404", "", |_| everything(status(404, &[], &said("Not Found"))));
    tell(&sheet, "HTTP 410", "gone", |_| everything(status(410, &[], &said("Issues are disabled for this repo"))));
    let invalid = r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"body","code":"invalid"}]}"#;
    tell(&sheet, "HTTP 422", "did not accept", |_| everything(status(422, &[], invalid)));
}

#[test]
fn a_server_that_answers_oddly_costs_nothing() {
    let sheet = sheet!();
    for code in [301, 308] {
        tell(&sheet, "HTTP 301 308", "", |_| {
            let moved = status(code, &[("location", "/repos/acme/widgets/issues?state=open&per_page=100")], "");
            Trouble::Server(vec![Fault::new("GET", PAGE, moved.clone()), Fault::new("POST", "/comments", moved)], true)
        });
    }
    tell(&sheet, "HTTP 304", "", |_| everything(status(304, &[], "")));
    tell(&sheet, "HTTP 204", "", |_| everything(status(204, &[], "")));
}

#[test]
fn pages_that_are_not_what_they_should_be_cost_nothing() {
    let sheet = sheet!();
    let pages = |kind: FaultKind| Trouble::Server(vec![Fault::new("GET", PAGE, kind).times(ALWAYS)], false);
    tell(&sheet, "page cut", "broke off or was damaged", |_| pages(FaultKind::TruncateBody { keep: 300 }));
    tell(&sheet, "page HTML", "a page instead of data", |_| everything(FaultKind::Html));
    tell(&sheet, "page empty", "", |_| pages(status(200, &[], "[]")));
    let odd = json!([
        {"number": "one", "title": 7, "state": ["open"], "labels": {"a": 1}, "user": 3},
        {"number": 2, "title": null, "state": "open", "created_at": "yesterday", "updated_at": {}},
        {"number": -3, "title": "x", "surprise": {"deep": [[[]]]}, "state": "half-open"},
        null, 17, "text", [[]],
    ]);
    tell(&sheet, "page odd", "left out", |_| pages(status(200, &[], &odd.to_string())));
    let partial = r#"{"data":{"repository":null},"errors":[{"message":"Something went wrong","path":["repository"]}]}"#;
    tell(&sheet, "page partial", "", |_| {
        Trouble::Server(vec![Fault::new("POST", "/graphql", status(200, &[], partial)).times(ALWAYS)], false)
    });
}

#[test]
fn pages_that_lead_astray_cost_nothing() {
    let sheet = sheet!();
    let link = |to: &str| format!("<{to}{PAGE}page=2>; rel=\"next\"");
    let headers = |to: String| FaultKind::Headers { headers: vec![("link".into(), to)] };
    let pages = |kind: FaultKind| Trouble::Server(vec![Fault::new("GET", PAGE, kind).times(ALWAYS)], false);
    tell(&sheet, "page loop", "", |story| {
        pages(headers(format!("<http://{}{PAGE}state=open>; rel=\"next\"", story.front.at)))
    });
    tell(&sheet, "page elsewhere", "another host", |_| pages(headers(link(&other().demo.url()))));
    tell(&sheet, "page http", "", |_| pages(headers(link("http://github.example"))));
    tell(&sheet, "page twice", "", |story| {
        let rows: Vec<Value> = page_of(&story.floor);
        let body = json!([rows.as_slice(), rows.as_slice()].concat()).to_string();
        let next = link(&format!("http://{}", story.front.at));
        let first = Fault::new("GET", PAGE, status(200, &[("link", &next)], &body));
        Trouble::Server(vec![first], false)
    });
}
