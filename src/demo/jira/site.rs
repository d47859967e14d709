//! The site itself: server, accounts, permissions, fields, projects, statuses.

use serde_json::{Map, Value, json};

use super::{
    super::{
        rest::Answer,
        world::{UserIx, World},
    },
    Call, Outcome, account, catalog,
    model::{Project, ProjectIx},
    ok, page, people,
    permission::{self, ASSIGNABLE, BROWSE, TABLE},
    refusal, visible,
};

pub(crate) fn server_info(world: &World, call: &Call) -> Answer {
    let mut info = json!({
        "baseUrl": call.root, "serverTime": call.shape(world).time(call.now), "serverTitle": "Quillfern",
        "scmInfo": "4f4cbfb8cd6c8bd0c8e5a5aa8c3d5f6d2b1f0a9e",
    });
    people::merge(
        &mut info,
        match call.cloud() {
            true => json!({
                "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud",
                "buildNumber": 100_301, "buildDate": "2026-10-12T08:32:46.000+0000", "displayUrl": call.root,
                "defaultLocale": {"locale": "en_US"}, "serverTimeZone": "Etc/UTC",
            }),
            false => json!({
                "version": "10.3.24", "versionNumbers": [10, 3, 24], "deploymentType": "Server", "buildNumber": 10_030_024,
                "buildDate": "2026-08-18T00:00:00.000+0000", "databaseBuildNumber": 10_030_024,
            }),
        },
    );
    // The document of Cloud names no locale.
    if call.cloud() {
        info.as_object_mut().map(|o| o.remove("defaultLocale"));
    }
    ok(info)
}

pub(crate) fn myself(world: &World, call: &Call) -> Outcome {
    let who = account(call)?;
    let mut me = call.shape(world).person(who);
    people::merge(
        &mut me,
        json!({
            "locale": "en_GB", "groups": {"size": 2, "items": []}, "applicationRoles": {"size": 1, "items": []},
            "expand": "groups,applicationRoles",
        }),
    );
    Ok(ok(me))
}

fn browsable(world: &World, call: &Call) -> Vec<ProjectIx> {
    let jira = &world.jira;
    let may = |p: &ProjectIx| jira.shown(*p, call.dialect) && jira.project(*p).rights(call.who) & BROWSE != 0;
    let mut found: Vec<ProjectIx> = (0..jira.projects.len()).filter(may).collect();
    found.sort_by_key(|p| &jira.project(*p).key);
    found
}

fn find_project(world: &World, call: &Call, name: &str) -> Result<ProjectIx, Answer> {
    let found = world.jira.find_project(call.dialect, name);
    let found = found.filter(|p| world.jira.project(*p).rights(call.who) & BROWSE != 0);
    found.ok_or_else(|| refusal(404, &format!("No project could be found with key '{name}'.")))
}

pub(crate) fn my_permissions(world: &World, call: &Call) -> Outcome {
    let asked = call.params("permissions");
    if call.cloud() && asked.is_empty() {
        return Err(refusal(400, "The 'permissions' query parameter is required."));
    }
    if let Some(unknown) = asked.iter().find(|k| permission::of_key(k).is_none()) {
        return Err(refusal(400, &format!("Unrecognized permission(s) supplied: {unknown}")));
    }
    let jira = &world.jira;
    let project = match (
        call.param("issueKey").or_else(|| call.param("issueId")),
        call.param("projectKey").or_else(|| call.param("projectId")),
    ) {
        (Some(key), _) => Some(jira.issue(visible(world, call, key)?).ok_or_else(super::no_issue)?.project),
        (None, Some(name)) => Some(find_project(world, call, name)?),
        (None, None) => None,
    };
    let held = match project {
        Some(project) => jira.project(project).rights(call.who),
        // Without a project: what may be done anywhere.
        None => browsable(world, call).iter().fold(0, |sum, p| sum | jira.project(*p).rights(call.who)),
    };
    let mut shown = Map::new();
    for (place, (id, key, name, description)) in TABLE.iter().enumerate() {
        if asked.is_empty() || asked.iter().any(|a| a == key) {
            shown.insert(
                (*key).into(),
                json!({
                    "id": id.to_string(), "key": key, "name": name, "type": "PROJECT", "description": description,
                    "havePermission": held & (1 << place) != 0,
                }),
            );
        }
    }
    Ok(ok(json!({"permissions": shown})))
}

pub(crate) fn fields(call: &Call) -> Answer {
    let mut rows: Vec<Value> = catalog::rows(call.dialect).map(|row| catalog::declared(call.dialect, row)).collect();
    let mut key = json!({
        "id": "issuekey", "name": "Key", "custom": false, "orderable": false, "navigable": true, "searchable": false,
        "clauseNames": ["id", "issue", "issuekey", "key"],
    });
    if call.cloud() {
        key["key"] = "issuekey".into();
    }
    rows.insert(0, key);
    ok(rows.into())
}

pub(crate) fn statuses(world: &World, call: &Call) -> Answer {
    let shape = call.shape(world);
    ok(world.jira.statuses.iter().map(|s| shape.status(s)).collect::<Vec<_>>().into())
}

pub(crate) fn priorities(world: &World, call: &Call) -> Answer {
    let shape = call.shape(world);
    let one = |p: &super::model::Named| {
        let mut shown = shape.priority(p);
        people::merge(&mut shown, json!({"statusColor": "#999999", "description": p.description}));
        shown
    };
    ok(world.jira.priorities.iter().map(one).collect::<Vec<_>>().into())
}

pub(crate) fn labels(world: &World, call: &Call) -> Answer {
    let jira = &world.jira;
    let issues = browsable(world, call).into_iter().flat_map(|p| jira.project(p).issues.values());
    let mut names: Vec<&String> = issues.filter_map(|ix| jira.issue(*ix)).flat_map(|i| &i.labels).collect();
    names.sort();
    names.dedup();
    let window = page::window(call, 1_000, 1_000).unwrap_or((0, 1_000));
    ok(page::bean(call, names.into_iter().map(|n| n.as_str().into()).collect(), window))
}

/// A project in a list, or alone with everything about it.
fn shown(world: &World, call: &Call, project: &Project, whole: bool) -> Value {
    let shape = call.shape(world);
    let expands = |what: &str| whole || call.params("expand").iter().any(|e| e == what);
    let mut shown = shape.project(project);
    people::merge(&mut shown, json!({"expand": "description,lead,issueTypes,url,projectKeys,permissions,insight"}));
    if call.cloud() {
        people::merge(
            &mut shown,
            json!({
                "simplified": false, "style": "classic", "isPrivate": project.anonymous & BROWSE == 0, "properties": {},
            }),
        );
    } else {
        shown["archived"] = false.into();
    }
    if expands("description") {
        shown["description"] = project.description.as_str().into();
    }
    if let Some(lead) = project.lead.filter(|_| expands("lead")) {
        shown["lead"] = shape.person(lead);
    }
    if expands("issueTypes") {
        shown["issueTypes"] = world.jira.types.iter().map(|t| shape.kind(t)).collect::<Vec<_>>().into();
    }
    if whole {
        let component = |c: &super::model::Component| {
            let mut part = shape.component(c);
            people::merge(&mut part, json!({"isAssigneeTypeValid": false}));
            if let Some(lead) = c.lead {
                part["lead"] = shape.person(lead);
            }
            part
        };
        people::merge(
            &mut shown,
            json!({
                "components": project.components.iter().map(component).collect::<Vec<_>>(),
                "versions": project.versions.iter().map(|v| shape.version(v)).collect::<Vec<_>>(),
                "assigneeType": "UNASSIGNED", "roles": {},
            }),
        );
    }
    shown
}

/// Cloud: projects, page by page.
pub(crate) fn project_search(world: &World, call: &Call) -> Answer {
    let query = call.param("query").map(str::to_lowercase);
    let keys = call.params("keys");
    let fits = |p: &Project| {
        let named =
            query.as_ref().is_none_or(|q| p.key.to_lowercase().contains(q) || p.name.to_lowercase().contains(q));
        named && (keys.is_empty() || keys.contains(&p.key)) && call.param("typeKey").is_none_or(|k| k == p.kind)
    };
    let found = browsable(world, call).into_iter().map(|p| world.jira.project(p)).filter(|p| fits(p));
    let rows = found.map(|p| shown(world, call, p, false)).collect();
    let window = page::window(call, 50, 100).unwrap_or((0, 50));
    ok(page::bean(call, rows, window))
}

/// All projects at once: the only list of Data Center, an old one on Cloud.
pub(crate) fn projects(world: &World, call: &Call) -> Answer {
    let one = |p: ProjectIx| shown(world, call, world.jira.project(p), false);
    ok(browsable(world, call).into_iter().map(one).collect::<Vec<_>>().into())
}

pub(crate) fn project(world: &World, call: &Call, name: &str) -> Outcome {
    let project = find_project(world, call, name)?;
    Ok(ok(shown(world, call, world.jira.project(project), true)))
}

/// What a search for people asks for: words in a name, or an account id. Data Center calls it `username`.
fn people_like(world: &World, call: &Call) -> Result<Vec<UserIx>, Answer> {
    account(call)?;
    let words = if call.cloud() { call.param("query") } else { call.param("username") };
    let id = call.param("accountId").filter(|_| call.cloud());
    if words.is_none() && id.is_none() {
        return Err(refusal(
            400,
            match call.cloud() {
                true => "Either 'query', 'accountId' or 'property' query parameter needs to be provided.",
                false => "The username query parameter was not provided",
            },
        ));
    }
    // A dot finds everybody on Data Center.
    let words = words.map(str::to_lowercase).filter(|w| w != "." || call.cloud());
    let fits = |u: &UserIx| {
        let user = world.user(*u);
        let own = words.as_ref().is_none_or(|w| {
            let name = people::display_name(world, *u).to_lowercase();
            let mail = format!("{}@{}.example", user.login, super::super::ORG);
            user.login.to_lowercase().starts_with(w)
                || name.split_whitespace().any(|p| p.starts_with(w))
                || name.starts_with(w)
                || mail == *w
        });
        own && people::is_account(world, *u) && id.is_none_or(|id| world.jira.people.account_id(world, *u) == id)
    };
    Ok((0..world.users.len()).filter(fits).collect())
}

fn some_people(world: &World, call: &Call, list: Vec<UserIx>) -> Outcome {
    let (start, most) = page::window(call, 50, 1_000)?;
    let shape = call.shape(world);
    Ok(ok(list.into_iter().skip(start).take(most).map(|u| shape.person(u)).collect::<Vec<_>>().into()))
}

pub(crate) fn users(world: &World, call: &Call) -> Outcome {
    some_people(world, call, people_like(world, call)?)
}

/// People who may be assigned in a project or to an issue.
pub(crate) fn assignable(world: &World, call: &Call) -> Outcome {
    account(call)?;
    let project = match (call.param("issueKey"), call.param("project")) {
        (Some(key), _) => world.jira.issue(visible(world, call, key)?).ok_or_else(super::no_issue)?.project,
        (None, Some(name)) => find_project(world, call, name)?,
        (None, None) => return Err(refusal(400, "Either an issue key or a project is needed.")),
    };
    let asked = if call.cloud() { ["query", "accountId"] } else { ["username", "username"] };
    let everybody = asked.iter().all(|k| call.param(k).is_none());
    let list = if everybody {
        (0..world.users.len()).filter(|u| people::is_account(world, *u)).collect()
    } else {
        people_like(world, call)?
    };
    let project = world.jira.project(project);
    let may = |u: &UserIx| project.rights(Some(*u)) & ASSIGNABLE != 0 && world.jira.people.active(*u);
    some_people(world, call, list.into_iter().filter(may).collect())
}
