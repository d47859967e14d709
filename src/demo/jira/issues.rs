//! Reading one issue and what hangs on it: changes, properties, transitions, remote links, votes, watchers.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{
    super::{acts::By, rest::Answer, world::World},
    Call, Outcome, account, acts, issue,
    model::{IssueIx, Step},
    need, no_issue, no_path, nothing, ok, page, people,
    permission::{EDIT, TRANSITION},
    refusal,
    shape::{Wanted, field_id},
    visible,
};

/// Changes of all issues on one page of a bulk answer.
const BULK_PAGE: usize = 1_000;

pub(crate) fn one(world: &World, call: &Call, ix: IssueIx) -> Outcome {
    let wanted =
        Wanted::of(call.dialect, &call.params("fields"), "*all", &call.params("expand"), call.params("properties"));
    let issue = issue(world, ix)?;
    let mut shown = call.shape(world).issue(issue, &wanted);
    if wanted.names {
        shown["names"] = wanted.names();
    }
    Ok(ok(shown))
}

/// Cloud: the changes of an issue, oldest first.
pub(crate) fn changes(world: &World, call: &Call, ix: IssueIx) -> Outcome {
    let window = page::window(call, 100, 100)?;
    let rows = issue(world, ix)?.changes.iter().map(|c| call.shape(world).change(c)).collect();
    Ok(ok(page::bean(call, rows, window)))
}

/// Cloud: the changes of many issues, of certain fields.
pub(crate) fn bulk_changes(world: &World, call: &Call) -> Outcome {
    let body = call.json()?;
    let list = |key: &str| -> Vec<String> {
        let values = body.get(key).and_then(Value::as_array).into_iter().flatten();
        values.map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect()
    };
    let (names, fields) = (list("issueIdsOrKeys"), list("fieldIds"));
    if names.is_empty() || names.len() > 1000 || fields.len() > 10 {
        return Err(refusal(400, "Between 1 and 1000 issues and at most 10 fields can be asked for."));
    }
    let most =
        body.get("maxResults").and_then(Value::as_u64).map_or(BULK_PAGE, |n| usize::try_from(n).unwrap_or(BULK_PAGE));
    let start: usize = match body.get("nextPageToken").and_then(Value::as_str) {
        None => 0,
        Some(token) => token.parse().map_err(|_| refusal(400, "The provided next page token is invalid."))?,
    };
    let mut seen = HashSet::new();
    let mut rows: Vec<(u64, Value)> = Vec::new();
    for ix in names.iter().filter_map(|n| visible(world, call, n).ok()).filter(|ix| seen.insert(*ix)) {
        let issue = issue(world, ix)?;
        for change in &issue.changes {
            let asked =
                |field: &str| fields.is_empty() || field_id(field).is_some_and(|id| fields.iter().any(|f| f == id));
            let mut kept = change.clone();
            kept.items.retain(|item| asked(item.field));
            if !kept.items.is_empty() {
                rows.push((issue.id, call.shape(world).change(&kept)));
            }
        }
    }
    let total = rows.len();
    let mut logs: Vec<Value> = Vec::new();
    for (id, change) in rows.into_iter().skip(start).take(most.clamp(1, BULK_PAGE)) {
        let id = id.to_string();
        match logs.last_mut().filter(|log| log["issueId"] == id) {
            Some(log) => {
                if let Some(list) = log["changeHistories"].as_array_mut() {
                    list.push(change);
                }
            }
            None => logs.push(json!({"issueId": id, "changeHistories": [change]})),
        }
    }
    let end = start + most.clamp(1, BULK_PAGE);
    let mut page = json!({"issueChangeLogs": logs});
    if end < total {
        page["nextPageToken"] = end.to_string().into();
    }
    Ok(ok(page))
}

pub(crate) fn no_property() -> Answer {
    refusal(404, "The property with the given key does not exist.")
}

/// The list of keys of things that hang on an issue or a comment.
pub(crate) fn keys<'a>(base: &str, keys: impl Iterator<Item = &'a String>) -> Answer {
    let one = |key: &String| json!({"self": format!("{base}/{}", people::escaped(key)), "key": key});
    ok(json!({"keys": keys.map(one).collect::<Vec<_>>()}))
}

/// What a property may be: named in 255 characters, 32 768 bytes of JSON.
pub(crate) fn property(call: &Call, key: &str) -> Result<Value, Answer> {
    if key.chars().count() > 255 {
        return Err(refusal(400, "The length of the property key must not exceed 255."));
    }
    if call.body.len() > 32_768 {
        return Err(refusal(400, "The value of the property must not be longer than 32768 characters."));
    }
    serde_json::from_slice(&call.body).map_err(|_| refusal(400, "The value of the property is not valid JSON."))
}

pub(crate) fn properties(world: &mut World, call: &Call, ix: IssueIx, rest: &[&str]) -> Outcome {
    let may_not = "You do not have permission to edit this issue.";
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let base = format!("{}/issue/{}/properties", call.rest(), world.jira.key(issue(world, ix)?));
            Ok(keys(&base, issue(world, ix)?.properties.keys()))
        }
        ("GET", [key]) => {
            let value = issue(world, ix)?.properties.get(*key).ok_or_else(no_property)?;
            Ok(ok(json!({"key": key, "value": value})))
        }
        ("PUT", [key]) => {
            need(world, call, ix, EDIT, 403, may_not)?;
            let value = property(call, key)?;
            let old = world.jira.change(ix, |i| i.properties.insert((*key).to_owned(), value)).ok_or_else(no_issue)?;
            Ok(nothing(if old.is_some() { 200 } else { 201 }))
        }
        ("DELETE", [key]) => {
            need(world, call, ix, EDIT, 403, may_not)?;
            let old = world.jira.change(ix, |i| i.properties.remove(*key)).ok_or_else(no_issue)?;
            old.map(|_| nothing(204)).ok_or_else(no_property)
        }
        _ => Err(no_path(call)),
    }
}

/// Steps that the caller may take from where the issue is.
pub(crate) fn steps<'a>(world: &'a World, call: &Call, ix: IssueIx) -> Result<Vec<&'a Step>, Answer> {
    let issue = issue(world, ix)?;
    let project = world.jira.project(issue.project);
    if project.rights(call.who) & TRANSITION == 0 {
        return Ok(Vec::new());
    }
    let open = |step: &&Step| step.to != issue.status && (step.from.is_empty() || step.from.contains(&issue.status));
    Ok(project.steps.iter().filter(open).collect())
}

pub(crate) fn transitions(world: &World, call: &Call, ix: IssueIx) -> Outcome {
    let shape = call.shape(world);
    let with_fields = call.params("expand").iter().any(|e| e == "transitions.fields");
    let resolutions: Vec<Value> = (world.jira.resolutions.iter())
        .map(
            |r| json!({"self": format!("{}/resolution/{}", call.rest(), r.id), "id": r.id.to_string(), "name": r.name}),
        )
        .collect();
    let one = |step: &&Step| {
        let to = world.jira.statuses.get(step.to).map_or(Value::Null, |s| shape.status(s));
        let mut shown = json!({"id": step.id.to_string(), "name": step.name, "to": to});
        if call.cloud() {
            people::merge(
                &mut shown,
                json!({
                    "hasScreen": step.resolves, "isGlobal": step.from.is_empty(), "isInitial": false, "isAvailable": true,
                    "isConditional": false, "isLooped": false,
                }),
            );
        }
        if with_fields {
            let mut fields = Map::new();
            if step.resolves {
                fields.insert("resolution".into(), json!({
                    "required": true, "schema": {"type": "resolution", "system": "resolution"}, "name": "Resolution",
                    "key": "resolution", "operations": ["set"], "hasDefaultValue": false, "allowedValues": resolutions,
                }));
            }
            shown["fields"] = fields.into();
        }
        shown
    };
    let list: Vec<Value> = steps(world, call, ix)?.iter().map(one).collect();
    Ok(ok(json!({"expand": "transitions", "transitions": list})))
}

pub(crate) fn remote_links(world: &World, call: &Call, ix: IssueIx) -> Outcome {
    let issue = issue(world, ix)?;
    let all: Vec<Value> = issue.remotes.iter().map(|r| call.shape(world).remote(issue, r)).collect();
    match call.param("globalId") {
        None => Ok(ok(all.into())),
        Some(id) => {
            let found = all.into_iter().find(|r| r["globalId"] == id);
            found.map(ok).ok_or_else(|| refusal(404, "No remote issue link with the given global id exists."))
        }
    }
}

pub(crate) fn votes(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    match call.method.as_str() {
        "GET" => {
            let issue = issue(world, ix)?;
            let shape = call.shape(world);
            let voters: Vec<Value> = issue.voters.iter().map(|u| shape.person(*u)).collect();
            Ok(ok(json!({
                "self": format!("{}/issue/{}/votes", call.rest(), world.jira.key(issue)), "votes": issue.votes(),
                "hasVoted": call.who.is_some_and(|u| issue.voters.contains(&u)), "voters": voters,
            })))
        }
        method @ ("POST" | "DELETE") => {
            let who = account(call)?;
            if issue(world, ix)?.reporter == Some(who) {
                return Err(refusal(404, "You cannot vote for an issue you have reported."));
            }
            acts::vote(world, ix, who, method == "POST");
            Ok(nothing(204))
        }
        _ => Err(no_path(call)),
    }
}

pub(crate) fn watchers(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    let named = |key: &str| call.param(key).map(|id| people::find(world, call.dialect, id));
    match call.method.as_str() {
        "GET" => {
            let issue = issue(world, ix)?;
            let shape = call.shape(world);
            let people: Vec<Value> = issue.watchers.iter().map(|u| shape.person(*u)).collect();
            Ok(ok(json!({
                "self": format!("{}/issue/{}/watchers", call.rest(), world.jira.key(issue)),
                "isWatching": call.who.is_some_and(|u| issue.watchers.contains(&u)), "watchCount": issue.watches(),
                "watchers": people,
            })))
        }
        "POST" => {
            let who = account(call)?;
            let told = serde_json::from_slice::<String>(&call.body).ok();
            let watcher = told.map_or(Some(who), |id| people::find(world, call.dialect, &id));
            let watcher = watcher.ok_or_else(|| refusal(404, "The user does not exist."))?;
            acts::watch(world, By { who: watcher, at: call.now }, ix, true);
            Ok(nothing(204))
        }
        "DELETE" => {
            let key = if call.cloud() { "accountId" } else { "username" };
            let watcher = named(key).unwrap_or(Some(account(call)?));
            let watcher = watcher.ok_or_else(|| refusal(404, "The user does not exist."))?;
            acts::watch(world, By { who: watcher, at: call.now }, ix, false);
            Ok(nothing(204))
        }
        _ => Err(no_path(call)),
    }
}
