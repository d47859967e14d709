//! Searching: Cloud by token and without a total, Data Center by offset within a window. Knows what a page may hold;
//! what a query means is told by `jql`.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    super::{rest::Answer, world::World},
    Call, Outcome, jql,
    model::{Dialect, Issue, IssueIx},
    ok, refusal, refusals,
    shape::Wanted,
};

/// Issues on a page of Cloud, with fields and with nothing but id and key.
const CLOUD_PAGE: usize = 100;
const CLOUD_PAGE_BARE: usize = 5_000;
/// Issues on a page of Data Center, and how far its paging reaches.
const CENTER_PAGE: usize = 1_000;
const CENTER_WINDOW: usize = 10_000;
const USUAL_PAGE: usize = 50;
/// Issues that may be named for reading what was just written.
const MOST_RECONCILED: usize = 50;

/// A search as asked for.
#[derive(Default)]
struct Asked {
    jql: String,
    start: usize,
    most: Option<i64>,
    token: Option<String>,
    fields: Vec<String>,
    expand: Vec<String>,
    properties: Vec<String>,
    fresh: HashSet<u64>,
}

fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(text.split(',').map(|t| t.trim().to_owned()).collect()),
        Value::Array(list) => list.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}

const CLOUD_KEYS: [&str; 9] = [
    "jql",
    "nextPageToken",
    "maxResults",
    "fields",
    "expand",
    "properties",
    "fieldsByKeys",
    "reconcileIssues",
    "failFast",
];
const CENTER_KEYS: [&str; 7] = ["jql", "startAt", "maxResults", "fields", "expand", "validateQuery", "properties"];

fn asked(call: &Call) -> Result<Asked, Answer> {
    let number = |text: Option<&str>| text.map(|t| t.parse().map_err(|_| bad_payload())).transpose();
    if call.method == "GET" {
        return Ok(Asked {
            jql: call.param("jql").unwrap_or_default().into(),
            start: number(call.param("startAt"))?.map_or(0, |n: i64| usize::try_from(n).unwrap_or(0)),
            most: number(call.param("maxResults"))?,
            token: call.param("nextPageToken").map(str::to_owned),
            fields: call.params("fields"),
            expand: call.params("expand"),
            properties: call.params("properties"),
            fresh: call.params("reconcileIssues").iter().filter_map(|id| id.parse().ok()).collect(),
        });
    }
    let body = call.json()?;
    let known: &[&str] = if call.cloud() { &CLOUD_KEYS } else { &CENTER_KEYS };
    let body = body.as_object().filter(|b| b.keys().all(|k| known.contains(&k.as_str()))).ok_or_else(bad_payload)?;
    let null = Value::Null;
    let list = |key: &str| strings(body.get(key).unwrap_or(&null)).ok_or_else(bad_payload);
    // Cloud takes one string, Data Center a list; each refuses the other's.
    if body.get("expand").is_some_and(|e| if call.cloud() { !e.is_string() } else { !e.is_array() }) {
        return Err(bad_payload());
    }
    let ids = body.get("reconcileIssues").and_then(Value::as_array);
    Ok(Asked {
        jql: body.get("jql").and_then(Value::as_str).unwrap_or_default().into(),
        start: body.get("startAt").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        most: body.get("maxResults").map(|v| v.as_i64().ok_or_else(bad_payload)).transpose()?,
        token: body.get("nextPageToken").and_then(Value::as_str).map(str::to_owned),
        fields: list("fields")?,
        expand: list("expand")?,
        properties: list("properties")?,
        fresh: ids.into_iter().flatten().filter_map(Value::as_u64).collect(),
    })
}

fn bad_payload() -> Answer {
    refusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")
}

/// The search that Cloud removed.
pub(crate) fn gone() -> Answer {
    refusal(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Issues that a query finds, in its order. The list is kept, so that a walk over many pages asks once.
fn found(world: &mut World, call: &Call, asked: &Asked) -> Result<Arc<Vec<IssueIx>>, Answer> {
    let mut fresh: Vec<u64> = asked.fresh.iter().copied().collect();
    fresh.sort_unstable();
    let print = hashed(&(&asked.jql, call.who, call.dialect, call.now, world.jira.state(), fresh));
    if let Some(list) = world.jira.found.get(print) {
        return Ok(list);
    }
    let wrong = |why: &[String]| refusals(400, why);
    let query = jql::parse(&asked.jql).map_err(|why| wrong(&[why]))?;
    let asker = jql::Asker { world, dialect: call.dialect, who: call.who, now: call.now };
    let plan = jql::resolve(asker, &query).map_err(|why| wrong(&why))?;
    if call.cloud() && !plan.bounded {
        return Err(refusal(
            400,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ));
    }
    let jira = &world.jira;
    let places = plan.projects.iter().flat_map(|p| jira.places(*p));
    let mut list: Vec<(&Issue, IssueIx)> = places
        .filter_map(|ix| Some((jira.searched(ix, &asked.fresh)?, ix)))
        .filter(|(issue, _)| plan.projects.contains(&issue.project) && jql::holds(jira, &plan.test, issue))
        .collect();
    list.sort_by(|a, b| jql::compare(jira, &plan.order, a.0, b.0));
    let list = Arc::new(list.into_iter().map(|(_, ix)| ix).collect::<Vec<_>>());
    world.jira.found.keep(print, list.clone());
    Ok(list)
}

fn shown(world: &World, call: &Call, asked: &Asked, places: &[IssueIx], wanted: &Wanted) -> Vec<Value> {
    let issues = places.iter().filter_map(|ix| world.jira.searched(*ix, &asked.fresh));
    issues.map(|issue| call.shape(world).issue(issue, wanted)).collect()
}

/// A token tells the query it belongs to and how far the walk has come.
fn token(jql: &str, next: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{:016x}:{next}", hashed(&jql)))
}

fn reached(jql: &str, token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (print, next) = text.split_once(':')?;
    (print == format!("{:016x}", hashed(&jql))).then(|| next.parse().ok())?
}

/// Cloud: pages by token, no total.
pub(crate) fn by_token(world: &mut World, call: &Call) -> Outcome {
    let asked = asked(call)?;
    if asked.fresh.len() > MOST_RECONCILED {
        return Err(refusal(400, "The number of issues to reconcile must not be more than 50."));
    }
    let start = match &asked.token {
        None => 0,
        Some(token) => reached(&asked.jql, token)
            .ok_or_else(|| refusal(400, "The provided next page token is invalid or expired. Try again."))?,
    };
    let most = asked.most.unwrap_or(USUAL_PAGE as i64);
    if !(1..=CLOUD_PAGE_BARE as i64).contains(&most) {
        return Err(refusal(400, "The value of maxResults must be between 1 and 5000."));
    }
    let bare =
        asked.fields.iter().all(|f| f == "id" || f == "key") && asked.expand.is_empty() && asked.properties.is_empty();
    let cap = if bare { CLOUD_PAGE_BARE } else { CLOUD_PAGE };
    let most = usize::try_from(most).unwrap_or(cap).min(cap);
    let list = found(world, call, &asked)?;
    let places: Vec<IssueIx> = list.iter().skip(start).take(most).copied().collect();
    let mut wanted = Wanted::of(Dialect::Cloud, &asked.fields, "id", &asked.expand, asked.properties.clone());
    // Cloud changes nothing about search when the changelog is long; only few rows are embedded.
    wanted.changelog = wanted.changelog && !bare;
    let mut issues = shown(world, call, &asked, &places, &wanted);
    if asked.fields.is_empty() || asked.fields.iter().all(|f| f == "id") {
        // Without a word about fields there is an id and nothing else, not even `self`.
        for issue in &mut issues {
            *issue = json!({"id": issue["id"]});
        }
    }
    let next = start + places.len();
    let last = next >= list.len();
    let mut page = json!({"issues": issues, "isLast": last});
    if !last {
        page["nextPageToken"] = token(&asked.jql, next).into();
    }
    if wanted.names {
        page["names"] = wanted.names();
    }
    Ok(ok(page))
}

/// Cloud: how many, roughly. Here it is exact.
pub(crate) fn count(world: &mut World, call: &Call) -> Outcome {
    let body = call.json()?;
    let jql = body.get("jql").and_then(Value::as_str).ok_or_else(bad_payload)?;
    let asked = Asked { jql: jql.into(), ..Asked::default() };
    Ok(ok(json!({"count": found(world, call, &asked)?.len()})))
}

/// Data Center: pages by offset, with a total.
pub(crate) fn by_offset(world: &mut World, call: &Call) -> Outcome {
    let asked = asked(call)?;
    let most = asked.most.map_or(USUAL_PAGE, |n| usize::try_from(n).unwrap_or(CENTER_PAGE)).min(CENTER_PAGE);
    if asked.start + most > CENTER_WINDOW {
        return Err(refusal(
            400,
            &format!(
                "The result window is too large: startAt + maxResults must be less than or equal to {CENTER_WINDOW} but was {}. Narrow the query.",
                asked.start + most
            ),
        ));
    }
    let list = found(world, call, &asked)?;
    let places: Vec<IssueIx> = list.iter().skip(asked.start).take(most).copied().collect();
    let wanted = Wanted::of(call.dialect, &asked.fields, "*navigable", &asked.expand, asked.properties.clone());
    let mut page = json!({
        "expand": "schema,names", "startAt": asked.start, "maxResults": most, "total": list.len(),
        "issues": shown(world, call, &asked, &places, &wanted),
    });
    if wanted.names {
        page["names"] = wanted.names();
    }
    Ok(ok(page))
}
