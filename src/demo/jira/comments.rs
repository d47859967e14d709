//! Comments: reading, writing, their properties, and who may do which. Knows both forms of a body only as it came.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{acts::By, rest::Answer, world::World},
    Call, Outcome, account, acts, created, field_refusal, issue, issues,
    model::{Comment, Issue, IssueIx, Text, Visibility},
    no_path, nothing, ok, page,
    permission::{COMMENT, DELETE_ALL, DELETE_OWN, EDIT_ALL, EDIT_OWN},
    refusal, rights,
    shape::Shape,
    text, visible,
};

/// Characters of a comment.
const LONGEST: usize = 32_767;
/// Comments that one list of ids may ask for.
const MOST_IDS: usize = 1_000;

fn expands(call: &Call, what: &str) -> bool {
    call.params("expand").iter().any(|e| e == what)
}

fn shown(shape: &Shape<'_>, call: &Call, issue: &Issue, comment: &Comment) -> Value {
    let mut shown = shape.comment(issue, comment, expands(call, "properties"));
    if expands(call, "renderedBody") {
        shown["renderedBody"] = format!("<p>{}</p>", text::plain(&comment.body).replace('<', "&lt;")).into();
    }
    shown
}

pub(crate) fn list(world: &World, call: &Call, ix: IssueIx) -> Outcome {
    // Data Center gives everything unless told otherwise.
    let usual = if call.cloud() { 5_000 } else { usize::MAX };
    let issue = issue(world, ix)?;
    let shape = call.shape(world);
    let mut comments = shape.comments(issue);
    match call.param("orderBy") {
        None | Some("created" | "+created") => {}
        Some("-created") => comments.sort_by_key(|c| std::cmp::Reverse((c.created, c.id))),
        Some(other) => return Err(refusal(400, &format!("The field '{other}' cannot be used for ordering."))),
    }
    let total = shape.counted(issue);
    let (start, most) = page::window(call, usual.min(total.max(50)), 5_000)?;
    let rows: Vec<Value> = comments.iter().skip(start).take(most).map(|c| shown(&shape, call, issue, c)).collect();
    let mut page = json!({"startAt": start, "maxResults": most, "total": total, "comments": rows});
    if call.cloud() {
        page["self"] = format!("{}/issue/{}/comment", call.rest(), issue.id).into();
    }
    Ok(ok(page))
}

/// Cloud: comments of any issues, by id. What the caller may not see is left out.
pub(crate) fn by_ids(world: &World, call: &Call) -> Outcome {
    let body = call.json()?;
    let ids = body.get("ids").and_then(Value::as_array).ok_or_else(|| refusal(400, "The list of ids is missing."))?;
    if ids.len() > MOST_IDS {
        return Err(refusal(400, "A maximum of 1000 comments can be asked for."));
    }
    let shape = call.shape(world);
    let mut rows = Vec::new();
    for id in ids.iter().filter_map(Value::as_u64) {
        let home =
            world.jira.comment_home(id).and_then(|ix| visible(world, call, &world.jira.issue(ix)?.id.to_string()).ok());
        let Some(issue) = home.and_then(|ix| world.jira.issue(ix)) else { continue };
        let seen = shape.comments(issue);
        rows.extend(seen.iter().filter(|c| c.id == id).map(|c| shown(&shape, call, issue, c)));
    }
    Ok(ok(page::bean(call, rows, (0, MOST_IDS))))
}

fn no_comment(id: &str) -> Answer {
    refusal(404, &format!("Can not find a comment for the id: {id}."))
}

fn find<'a>(world: &'a World, call: &Call, ix: IssueIx, id: &str) -> Result<(&'a Issue, &'a Comment), Answer> {
    let issue = issue(world, ix)?;
    let found = call.shape(world).comments(issue).into_iter().find(|c| id.parse() == Ok(c.id));
    found.map(|c| (issue, c)).ok_or_else(|| no_comment(id))
}

pub(crate) fn one(world: &World, call: &Call, ix: IssueIx, id: &str) -> Outcome {
    let (issue, comment) = find(world, call, ix, id)?;
    Ok(ok(shown(&call.shape(world), call, issue, comment)))
}

/// The body in the form of the version asked.
pub(crate) fn body(call: &Call, value: &Value, field: &str) -> Result<Text, Answer> {
    let text = match value {
        Value::String(words) if call.version == 2 => Text::wiki(words),
        Value::Object(_) if call.version == 3 && text::is_document(value) => Text::adf(value.clone()),
        Value::Object(_) if call.version == 3 => return Err(refusal(400, "INVALID_INPUT")),
        _ if call.version == 3 => {
            return Err(field_refusal(
                field,
                "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
            ));
        }
        _ => return Err(field_refusal(field, "Operation value must be a string")),
    };
    if text::plain(&text).chars().count() > LONGEST {
        return Err(field_refusal(
            field,
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        ));
    }
    Ok(text)
}

type Properties = BTreeMap<String, Value>;

/// `[{key, value}]` of a body.
pub(crate) fn listed(value: Option<&Value>) -> Result<Properties, Answer> {
    let wrong = || refusal(400, "The properties must be a list of objects with a key and a value.");
    let Some(value) = value.filter(|v| !v.is_null()) else { return Ok(Properties::new()) };
    let one = |p: &Value| Some((p.get("key")?.as_str()?.to_owned(), p.get("value")?.clone()));
    value.as_array().ok_or_else(wrong)?.iter().map(|p| one(p).ok_or_else(wrong)).collect()
}

fn visibility(value: Option<&Value>) -> Result<Option<Visibility>, Answer> {
    let Some(value) = value.filter(|v| v.as_object().is_some_and(|o| !o.is_empty())) else { return Ok(None) };
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match (text("type"), text("value").or_else(|| text("identifier"))) {
        (Some(kind), Some(value)) if kind == "role" || kind == "group" => Ok(Some(Visibility { kind, value })),
        _ => Err(field_refusal("commentLevel", "The visibility of a comment needs a type and a value.")),
    }
}

pub(crate) fn add(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    let who = account(call)?;
    if rights(world, call, issue(world, ix)?) & COMMENT == 0 {
        return Err(refusal(400, "You do not have the permission to comment on this issue."));
    }
    let sent = call.json()?;
    let words = sent.get("body").filter(|b| b.as_str() != Some(""));
    let words = words.ok_or_else(|| field_refusal("comment", "Comment body can not be empty!"))?;
    let words = body(call, words, "comment")?;
    let (properties, visibility) = (listed(sent.get("properties"))?, visibility(sent.get("visibility"))?);
    let id = acts::comment(world, ix, By { who, at: call.now }, words, properties, visibility);
    let id = id.ok_or_else(super::no_issue)?;
    let issue = issue(world, ix)?;
    let comment = issue.comments.iter().find(|c| c.id == id).ok_or_else(super::no_issue)?;
    Ok(created(shown(&call.shape(world), call, issue, comment)))
}

/// Refuses unless the caller has the right over all comments, or over this as its author.
fn may(world: &World, call: &Call, at: (&Issue, &Comment), all: u32, own: u32, why: &str) -> Result<(), Answer> {
    let who = account(call)?;
    let rights = rights(world, call, at.0);
    let mine = at.1.author == Some(who) && rights & own != 0;
    let why = || refusal(400, &format!("You do not have the permission to {why} comment with id: {}.", at.1.id));
    if mine || rights & all != 0 { Ok(()) } else { Err(why()) }
}

pub(crate) fn edit(world: &mut World, call: &Call, ix: IssueIx, id: &str) -> Outcome {
    let found = find(world, call, ix, id)?;
    may(world, call, found, EDIT_ALL, EDIT_OWN, "edit")?;
    let (id, sent) = (found.1.id, call.json()?);
    let words = sent.get("body").filter(|b| b.as_str() != Some(""));
    let words = words.ok_or_else(|| field_refusal("comment", "Comment body can not be empty!"))?;
    let words = body(call, words, "comment")?;
    let properties = listed(sent.get("properties"))?;
    let by = By { who: account(call)?, at: call.now };
    acts::edit_comment(world, ix, id, by, words, properties);
    let (issue, comment) = find(world, call, ix, &id.to_string())?;
    Ok(ok(shown(&call.shape(world), call, issue, comment)))
}

pub(crate) fn delete(world: &mut World, call: &Call, ix: IssueIx, id: &str) -> Outcome {
    let found = find(world, call, ix, id)?;
    may(world, call, found, DELETE_ALL, DELETE_OWN, "delete")?;
    let id = found.1.id;
    acts::remove_comment(world, ix, id, call.now);
    Ok(nothing(204))
}

pub(crate) fn properties(world: &mut World, call: &Call, id: &str, rest: &[&str]) -> Outcome {
    let number = id.parse().ok();
    let home = number.and_then(|id| world.jira.comment_home(id)).and_then(|ix| world.jira.issue(ix));
    let key = home.map(|i| i.id.to_string()).ok_or_else(|| no_comment(id))?;
    let ix = visible(world, call, &key).map_err(|_| no_comment(id))?;
    let found = find(world, call, ix, id)?;
    let number = found.1.id;
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let base = format!("{}/comment/{id}/properties", call.rest());
            Ok(issues::keys(&base, found.1.properties.keys()))
        }
        ("GET", [key]) => {
            let value = found.1.properties.get(*key).ok_or_else(issues::no_property)?;
            Ok(ok(json!({"key": key, "value": value})))
        }
        ("PUT", [key]) => {
            may(world, call, found, EDIT_ALL, EDIT_OWN, "edit").map_err(forbidden)?;
            let value = issues::property(call, key)?;
            let old = acts::comment_property(world, ix, number, key, Some(value));
            Ok(nothing(if old.is_some() { 200 } else { 201 }))
        }
        ("DELETE", [key]) => {
            may(world, call, found, EDIT_ALL, EDIT_OWN, "edit").map_err(forbidden)?;
            acts::comment_property(world, ix, number, key, None).map(|_| nothing(204)).ok_or_else(issues::no_property)
        }
        _ => Err(no_path(call)),
    }
}

fn forbidden(answer: Answer) -> Answer {
    Answer { status: if answer.status == 400 { 403 } else { answer.status }, ..answer }
}
