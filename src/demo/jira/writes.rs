//! Changing issues: edit, assign, move on, create, link, delete; and who may.

use serde_json::{Value, json};

use super::{
    super::{acts::By, rest::Answer, world::World},
    Call, Outcome, account, acts, comments, created, edits, field_refusal, issue, issues,
    model::{Issue, IssueIx, Remote},
    need, nothing, ok, people, permission, refusal, rights,
};

fn by(call: &Call) -> Result<By, Answer> {
    Ok(By { who: account(call)?, at: call.now })
}

pub(crate) fn edit(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    need(world, call, ix, permission::EDIT, 403, "You do not have permission to edit issues in this project.")?;
    let sent = call.json()?;
    let old = issue(world, ix)?;
    let edits = edits::read(world, call, &sent, world.jira.project(old.project), &old.labels)?;
    let may = rights(world, call, old);
    if edits.assignee.is_some() && may & permission::ASSIGN == 0 {
        return Err(field_refusal("assignee", "You do not have permission to assign issues."));
    }
    if edits.due.is_some() && may & permission::SCHEDULE == 0 {
        return Err(field_refusal(
            "duedate",
            "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown.",
        ));
    }
    let properties = comments::listed(sent.get("properties"))?;
    acts::edit(world, ix, by(call)?, edits);
    world.jira.change(ix, |issue| issue.properties.extend(properties));
    Ok(nothing(204))
}

pub(crate) fn assign(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    // The two servers disagree about the status of this refusal.
    let status = if call.cloud() { 403 } else { 401 };
    need(world, call, ix, permission::ASSIGN, status, "You do not have permission to assign issues.")?;
    let sent = call.json()?;
    let key = if call.cloud() { "accountId" } else { "name" };
    let told = sent.get(key).and_then(Value::as_str).unwrap_or_default();
    let user = match told {
        // The project's default assignee, which is nobody here.
        "-1" => None,
        _ => edits::person(world, call, &sent)
            .ok_or_else(|| field_refusal("assignee", &format!("The user '{told}' does not exist.")))?,
    };
    let project = world.jira.project(issue(world, ix)?.project);
    if user.is_some_and(|u| project.rights(Some(u)) & permission::ASSIGNABLE == 0 || !world.jira.people.active(u)) {
        return Err(field_refusal("assignee", &format!("User '{told}' cannot be assigned issues.")));
    }
    if !call.ignore_assignee {
        acts::assign(world, ix, by(call)?, user);
    }
    Ok(nothing(204))
}

pub(crate) fn transition(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    account(call)?;
    let sent = call.json()?;
    let id = sent.pointer("/transition/id").map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    let id = id.ok_or_else(|| refusal(400, "Missing 'transition' identifier"))?;
    let step = issues::steps(world, call, ix)?.into_iter().find(|s| s.id.to_string() == id).cloned();
    let Some(step) = step else {
        return Err(refusal(400, &format!("Transition id '{id}' is not valid for this issue.")));
    };
    let old = issue(world, ix)?;
    let mut edits = edits::read(world, call, &sent, world.jira.project(old.project), &old.labels)?;
    if step.resolves && edits.resolution.is_none() {
        return Err(field_refusal("resolution", "Resolution is required."));
    }
    let done = world.jira.statuses.get(step.to).is_some_and(|s| s.category == super::model::Category::Done);
    if done && edits.resolution.is_none() {
        edits.resolution = world.jira.resolutions.iter().position(|r| r.name == "Done").or(Some(0)).map(Some);
    }
    edits.status = Some(step.to);
    acts::edit(world, ix, by(call)?, edits);
    Ok(nothing(204))
}

pub(crate) fn create(world: &mut World, call: &Call) -> Outcome {
    let by = by(call)?;
    let sent = call.json()?;
    let told = |path: &str| sent.pointer(path).and_then(Value::as_str);
    let name = told("/fields/project/key").or_else(|| told("/fields/project/id")).unwrap_or_default();
    let project = world.jira.find_project(call.dialect, name);
    let project = project.filter(|p| world.jira.project(*p).rights(call.who) & permission::BROWSE != 0);
    let project = project.ok_or_else(|| field_refusal("project", "valid project is required"))?;
    if world.jira.project(project).rights(call.who) & permission::CREATE == 0 {
        return Err(field_refusal("project", "You cannot create issues in this project."));
    }
    let kind = told("/fields/issuetype/name").or_else(|| told("/fields/issuetype/id"));
    let fits = |t: &super::model::Type| kind.is_some_and(|k| t.named.name == k || k.parse() == Ok(t.named.id));
    let kind = world.jira.types.iter().position(fits);
    let kind = kind.ok_or_else(|| field_refusal("issuetype", "Specify an issue type"))?;
    let edits = edits::read(world, call, &sent, world.jira.project(project), &[])?;
    let summary = edits.summary.clone();
    let summary = summary.ok_or_else(|| field_refusal("summary", "You must specify a summary of the issue."))?;
    let (id, number) = (world.jira.id(), world.jira.next_number(project));
    let first = world.jira.project(project).steps.first().map_or(0, |s| s.to);
    let made = Issue {
        kind,
        status: first,
        reporter: Some(by.who),
        creator: Some(by.who),
        properties: comments::listed(sent.get("properties"))?,
        ..Issue::bare(id, (project, number), &summary, by.at)
    };
    let ix = world.jira.add(made);
    acts::edit(world, ix, by, edits);
    // An issue begins without a history.
    world.jira.change(ix, |issue| issue.changes.clear());
    let issue = issue(world, ix)?;
    let (id, key) = (issue.id.to_string(), world.jira.key(issue));
    Ok(created(json!({"id": id, "key": key, "self": format!("{}/issue/{id}", call.rest())})))
}

pub(crate) fn remote_link(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    need(world, call, ix, permission::LINK, 403, "You do not have permission to link issues in this project.")?;
    let sent = call.json()?;
    let text = |path: &str| sent.pointer(path).and_then(Value::as_str).map(str::to_owned);
    for (path, name) in [("/object/url", "url"), ("/object/title", "title")] {
        if text(path).is_none_or(|t| t.is_empty()) {
            return Err(field_refusal(name, &format!("'{name}' is required.")));
        }
    }
    let remote = Remote {
        id: 0,
        global_id: text("/globalId"),
        relationship: text("/relationship"),
        application: sent.get("application").filter(|a| a.is_object()).cloned().unwrap_or_else(|| json!({})),
        object: sent.get("object").cloned().unwrap_or_default(),
    };
    let (id, new) = acts::remote_link(world, ix, by(call)?, remote).ok_or_else(super::no_issue)?;
    let key = world.jira.key(issue(world, ix)?);
    let body = json!({"id": id, "self": format!("{}/issue/{}/remotelink/{id}", call.rest(), people::escaped(&key))});
    Ok(if new { created(body) } else { ok(body) })
}

pub(crate) fn delete(world: &mut World, call: &Call, ix: IssueIx) -> Outcome {
    need(world, call, ix, permission::DELETE, 403, "You do not have permission to delete issues in this project.")?;
    world.jira.delete(ix);
    Ok(nothing(204))
}
