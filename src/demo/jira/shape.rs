//! How Jira shows things: issue, comment, change, project and the small objects inside them, in either dialect.
//! Knows the world and who asks, but no paths.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    super::world::{UserIx, World},
    Call,
    catalog::{self, Field, Row},
    model::{
        Change, Comment, Component, Dialect, Issue, Item, Link, Named, Project, Remote, Sprint, Status, Text, Type,
        Version,
    },
    people::{self, merge},
    permission::EDIT,
    text::{document, plain},
};

pub(crate) struct Shape<'a> {
    pub world: &'a World,
    pub call: &'a Call,
}

/// Changes that Cloud puts into an issue.
const EMBEDDED_CHANGES: usize = 100;

impl Shape<'_> {
    fn rest(&self) -> String {
        self.call.rest()
    }

    fn cloud(&self) -> bool {
        self.call.dialect == Dialect::Cloud
    }

    pub(crate) fn person(&self, user: UserIx) -> Value {
        people::shape(self.world, self.call.dialect, &self.rest(), user, self.call.who == Some(user))
    }

    pub(crate) fn user(&self, user: Option<UserIx>) -> Value {
        user.map_or(Value::Null, |u| self.person(u))
    }

    /// A moment in the zone of the asking user, to the millisecond.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.world.jira.people.zone(self.call.who));
        let millis = zoned.subsec_nanosecond() / 1_000_000;
        format!("{}.{millis:03}{}", zoned.strftime("%Y-%m-%dT%H:%M:%S"), zoned.strftime("%z"))
    }

    fn words(&self, text: Option<&Text>) -> Value {
        match text {
            None => Value::Null,
            Some(text) if self.call.version == 3 => document(text),
            Some(text) => plain(text).into(),
        }
    }

    fn named(&self, kind: &str, named: &Named) -> Value {
        let mut shown = json!({
            "self": format!("{}/{kind}/{}", self.rest(), named.id), "id": named.id.to_string(), "name": named.name,
        });
        if !named.description.is_empty() {
            shown["description"] = named.description.as_str().into();
        }
        shown
    }

    pub(crate) fn category(&self, status: &Status) -> Value {
        let (id, key, color, name) = status.category.words();
        json!({"self": format!("{}/statuscategory/{id}", self.rest()), "id": id, "key": key, "colorName": color, "name": name})
    }

    pub(crate) fn status(&self, status: &Status) -> Value {
        let mut shown = self.named("status", &status.named);
        let icon = format!("{}/images/icons/statuses/generic.png", self.call.root);
        merge(
            &mut shown,
            json!({"description": status.named.description, "iconUrl": icon, "statusCategory": self.category(status)}),
        );
        shown
    }

    fn status_at(&self, place: usize) -> Value {
        self.world.jira.statuses.get(place).map_or(Value::Null, |s| self.status(s))
    }

    pub(crate) fn kind(&self, kind: &Type) -> Value {
        let mut shown = self.named("issuetype", &kind.named);
        let icon = format!("{}/secure/viewavatar?size=xsmall&avatarId=10318&avatarType=issuetype", self.call.root);
        merge(&mut shown, json!({"description": kind.named.description, "iconUrl": icon, "subtask": kind.subtask}));
        if self.cloud() {
            shown["hierarchyLevel"] = if kind.subtask { -1 } else { i32::from(kind.named.name == "Epic") }.into();
        }
        shown
    }

    pub(crate) fn priority(&self, priority: &Named) -> Value {
        let mut shown = self.named("priority", priority);
        shown["iconUrl"] =
            format!("{}/images/icons/priorities/{}.svg", self.call.root, priority.name.to_lowercase()).into();
        shown
    }

    pub(crate) fn component(&self, component: &Component) -> Value {
        self.named("component", &component.named)
    }

    pub(crate) fn version(&self, version: &Version) -> Value {
        let mut shown = self.named("version", &version.named);
        merge(&mut shown, json!({"archived": version.archived, "released": version.released}));
        if let Some(date) = version.date {
            shown["releaseDate"] = date.to_string().into();
        }
        shown
    }

    /// A project as it stands in an issue.
    pub(crate) fn project(&self, project: &Project) -> Value {
        let picture =
            |size: &str| format!("{}/secure/projectavatar?pid={}&avatarId=10011{size}", self.call.root, project.id);
        json!({
            "self": format!("{}/project/{}", self.rest(), project.id), "id": project.id.to_string(),
            "key": project.key, "name": project.name, "projectTypeKey": project.kind,
            "avatarUrls": {"48x48": picture(""), "24x24": picture("&size=small"), "16x16": picture("&size=xsmall"),
                           "32x32": picture("&size=medium")},
        })
    }

    fn sprint(&self, sprint: &Sprint) -> Value {
        if !self.cloud() {
            let or_null = |at: Option<Timestamp>| at.map_or_else(|| "<null>".to_owned(), millis);
            // The words of a Java object: real servers answer with these, address and all.
            return format!(
                "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={},endDate={},completeDate={},activatedDate={},sequence={},goal={},synced=false,autoStartStop=false,incompleteIssuesDestinationId=<null>]",
                sprint.id * 7_919 + 0x1a2b,
                sprint.id,
                sprint.board,
                sprint.state.word().to_uppercase(),
                sprint.name,
                or_null(sprint.start),
                or_null(sprint.end),
                or_null(sprint.complete),
                or_null(sprint.start),
                sprint.id,
                sprint.goal,
            )
            .into();
        }
        let mut shown = json!({
            "id": sprint.id, "name": sprint.name, "state": sprint.state.word(), "boardId": sprint.board, "goal": sprint.goal,
        });
        for (key, at) in [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.complete)] {
            if let Some(at) = at {
                shown[key] = millis(at).into();
            }
        }
        shown
    }

    /// An issue inside another one.
    fn brief(&self, key: &str, summary: &str, status: Option<usize>) -> Value {
        let jira = &self.world.jira;
        let issue = jira.find(key).and_then(|ix| jira.issue(ix)).filter(|i| jira.shown(i.project, self.call.dialect));
        let mut fields = json!({
            "summary": issue.map_or(summary, |i| &i.summary), "status": issue.map(|i| i.status).or(status).map(|s| self.status_at(s)),
        });
        if let Some(issue) = issue {
            fields["issuetype"] = jira.types.get(issue.kind).map_or(Value::Null, |t| self.kind(t));
            fields["priority"] = self.priority_of(issue);
        }
        let id = issue.map_or(0, |i| i.id);
        let key = issue.map_or_else(|| key.to_owned(), |i| jira.key(i));
        json!({"id": id.to_string(), "key": key, "self": format!("{}/issue/{id}", self.rest()), "fields": fields})
    }

    fn link(&self, link: &Link) -> Value {
        let (name, inward, outward) = &link.kind;
        let side = if link.outward { "outwardIssue" } else { "inwardIssue" };
        json!({
            "id": link.id.to_string(), "self": format!("{}/issueLink/{}", self.rest(), link.id),
            "type": {"id": "10003", "name": name, "inward": inward, "outward": outward,
                     "self": format!("{}/issueLinkType/10003", self.rest())},
            side: self.brief(&link.key, &link.summary, link.status),
        })
    }

    fn priority_of(&self, issue: &Issue) -> Value {
        issue.priority.and_then(|p| self.world.jira.priorities.get(p)).map_or(Value::Null, |p| self.priority(p))
    }

    /// Comments that this asker sees now.
    pub(crate) fn comments<'a>(&self, issue: &'a Issue) -> Vec<&'a Comment> {
        let rights = self.world.jira.project(issue.project).rights(self.call.who);
        let fresh = |c: &Comment| self.call.newest.is_none_or(|newest| c.id <= newest);
        let open = |c: &Comment| {
            c.visibility.is_none() || rights & EDIT != 0 || (c.author.is_some() && c.author == self.call.who)
        };
        issue.comments.iter().filter(|c| fresh(c) && open(c)).collect()
    }

    /// How many comments an issue says it has: the count need not lag with the list.
    pub(crate) fn counted(&self, issue: &Issue) -> usize {
        let shown = self.comments(issue).len();
        let late = issue.comments.iter().filter(|c| self.call.newest.is_some_and(|n| c.id > n)).count();
        if self.call.count_lags { shown } else { shown + late }
    }

    pub(crate) fn comment(&self, issue: &Issue, comment: &Comment, properties: bool) -> Value {
        let mut shown = json!({
            "self": format!("{}/issue/{}/comment/{}", self.rest(), issue.id, comment.id), "id": comment.id.to_string(),
            "body": self.words(Some(&comment.body)), "created": self.time(comment.created), "updated": self.time(comment.updated),
        });
        // An account that was deleted leaves no author at all.
        if let Some(author) = comment.author {
            shown["author"] = self.person(author);
        }
        if let Some(editor) = comment.editor.or(comment.author) {
            shown["updateAuthor"] = self.person(editor);
        }
        if let Some(visibility) = &comment.visibility {
            shown["visibility"] = json!({"type": visibility.kind, "value": visibility.value});
        }
        if self.cloud() {
            let desk = self.world.jira.project(issue.project).service_desk();
            shown["jsdPublic"] = (!desk || !comment.internal()).into();
        }
        if properties {
            let one = |(key, value): (&String, &Value)| json!({"key": key, "value": value});
            shown["properties"] = comment.properties.iter().map(one).collect::<Vec<_>>().into();
        }
        shown
    }

    fn item(&self, item: &Item) -> Value {
        let mut shown =
            json!({"field": item.field, "fieldtype": if item.field == "Sprint" { "custom" } else { "jira" }});
        let (from, to) = match item.people {
            None => (item.from.clone(), item.to.clone()),
            Some((from, to)) => {
                let id = |u: usize| match self.call.dialect {
                    Dialect::Cloud => people::id(self.world, Dialect::Cloud, u),
                    Dialect::DataCenter => self.world.jira.people.key(u),
                };
                (from.map(id), to.map(id))
            }
        };
        if self.cloud() {
            if let Some(id) = field_id(item.field) {
                shown["fieldId"] = id.into();
            }
            // Cloud leaves absent what Data Center shows as null.
            for (key, value) in [
                ("from", from),
                ("fromString", item.from_words.clone()),
                ("to", to),
                ("toString", item.to_words.clone()),
            ] {
                if let Some(value) = value {
                    shown[key] = value.into();
                }
            }
        } else {
            merge(
                &mut shown,
                json!({"from": from, "fromString": item.from_words, "to": to, "toString": item.to_words}),
            );
        }
        shown
    }

    pub(crate) fn change(&self, change: &Change) -> Value {
        let items: Vec<Value> = change.items.iter().map(|item| self.item(item)).collect();
        let mut shown = json!({"id": change.id.to_string(), "created": self.time(change.at), "items": items});
        if let Some(author) = change.author {
            shown["author"] = self.person(author);
        }
        shown
    }

    fn changelog(&self, issue: &Issue) -> Value {
        let total = issue.changes.len();
        let histories: Vec<Value> = match self.call.dialect {
            Dialect::Cloud => issue.changes.iter().rev().take(EMBEDDED_CHANGES).map(|c| self.change(c)).collect(),
            Dialect::DataCenter => issue.changes.iter().map(|c| self.change(c)).collect(),
        };
        json!({"startAt": 0, "maxResults": histories.len(), "total": total, "histories": histories})
    }

    pub(crate) fn remote(&self, issue: &Issue, remote: &Remote) -> Value {
        let mut shown = json!({
            "id": remote.id, "self": format!("{}/issue/{}/remotelink/{}", self.rest(), self.world.jira.key(issue), remote.id),
            "object": remote.object, "application": remote.application,
        });
        if let Some(global) = &remote.global_id {
            shown["globalId"] = global.as_str().into();
        }
        if let Some(relationship) = &remote.relationship {
            shown["relationship"] = relationship.as_str().into();
        }
        shown
    }

    /// An issue with the fields asked for.
    pub(crate) fn issue(&self, issue: &Issue, wanted: &Wanted) -> Value {
        let key = self.world.jira.key(issue);
        let mut shown = json!({
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.id.to_string(), "self": format!("{}/issue/{}", self.rest(), issue.id), "key": key,
        });
        if !wanted.rows.is_empty() {
            let fields: Map<String, Value> =
                wanted.rows.iter().filter_map(|row| Some((row.id.to_owned(), self.field(issue, row.field)?))).collect();
            shown["fields"] = fields.into();
        }
        if wanted.changelog {
            shown["changelog"] = self.changelog(issue);
        }
        if wanted.rendered {
            let html = |text: &Option<Text>| text.as_ref().map(|t| rendered(&plain(t)));
            shown["renderedFields"] =
                json!({"description": html(&issue.description), "environment": html(&issue.environment)});
        }
        if !wanted.properties.is_empty() {
            let asked = |key: &&String| wanted.properties.iter().any(|w| w == "*all" || w == *key);
            let held: Map<String, Value> =
                issue.properties.iter().filter(|(k, _)| asked(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
            shown["properties"] = held.into();
        }
        shown
    }

    /// The value of a field; `None` where an issue does not have the field at all.
    fn field(&self, issue: &Issue, field: Field) -> Option<Value> {
        let jira = &self.world.jira;
        let project = jira.project(issue.project);
        Some(match field {
            Field::Project => self.project(project),
            Field::Type => jira.types.get(issue.kind).map_or(Value::Null, |t| self.kind(t)),
            Field::Status => self.status_at(issue.status),
            Field::Category => jira.statuses.get(issue.status).map_or(Value::Null, |s| self.category(s)),
            Field::Resolution => issue
                .resolution
                .and_then(|r| jira.resolutions.get(r))
                .map_or(Value::Null, |r| self.named("resolution", r)),
            Field::Resolved => issue.resolved.map_or(Value::Null, |at| self.time(at).into()),
            Field::Created => self.time(issue.created).into(),
            Field::Updated => self.time(issue.updated).into(),
            Field::Due => issue.due.map_or(Value::Null, |d| d.to_string().into()),
            Field::Priority => self.priority_of(issue),
            Field::Labels => issue.labels.clone().into(),
            Field::Components => list(&issue.components, &project.components, |c| self.component(c)),
            Field::FixVersions => list(&issue.versions, &project.versions, |v| self.version(v)),
            Field::Affects => list(&issue.affects, &project.versions, |v| self.version(v)),
            Field::Assignee => self.user(issue.assignee),
            Field::Reporter => self.user(issue.reporter),
            Field::Creator => self.user(issue.creator),
            Field::Summary => (*issue.summary).into(),
            Field::Description => self.words(issue.description.as_ref()),
            Field::Environment => self.words(issue.environment.as_ref()),
            Field::Links => issue.links.iter().map(|l| self.link(l)).collect::<Vec<_>>().into(),
            Field::Parent => self.brief(issue.parent.as_ref()?, "", None),
            Field::Subtasks => issue.subtasks.iter().map(|key| self.brief(key, "", None)).collect::<Vec<_>>().into(),
            Field::Sprint => {
                let sprints: Vec<Value> =
                    issue.sprints.iter().filter_map(|s| jira.sprints.get(*s)).map(|s| self.sprint(s)).collect();
                if sprints.is_empty() { Value::Null } else { sprints.into() }
            }
            Field::Points => issue.points.map_or(Value::Null, Into::into),
            Field::Flagged if !issue.flagged => Value::Null,
            Field::Flagged => {
                json!([{"self": format!("{}/customFieldOption/10019", self.rest()), "value": "Impediment", "id": "10019"}])
            }
            Field::Epic => issue.epic.as_ref().map_or(Value::Null, |key| key.as_str().into()),
            Field::Votes | Field::Watches | Field::Comment => self.crowd(issue, field),
            Field::Key | Field::Text => return None,
        })
    }

    fn crowd(&self, issue: &Issue, field: Field) -> Value {
        let key = self.world.jira.key(issue);
        let among = |set: &std::collections::BTreeSet<UserIx>| self.call.who.is_some_and(|u| set.contains(&u));
        match field {
            Field::Votes => json!({
                "self": format!("{}/issue/{key}/votes", self.rest()), "votes": issue.votes(), "hasVoted": among(&issue.voters),
            }),
            Field::Watches => json!({
                "self": format!("{}/issue/{key}/watchers", self.rest()), "watchCount": issue.watches(),
                "isWatching": among(&issue.watchers),
            }),
            _ => {
                let comments = self.comments(issue);
                let total = self.counted(issue);
                let shown: Vec<Value> = comments.iter().map(|c| self.comment(issue, c, false)).collect();
                let mut page = json!({"comments": shown, "maxResults": total, "total": total, "startAt": 0});
                if self.cloud() {
                    page["self"] = format!("{}/issue/{}/comment", self.rest(), issue.id).into();
                }
                page
            }
        }
    }
}

fn list<T>(places: &[usize], table: &[T], shown: impl Fn(&T) -> Value) -> Value {
    places.iter().filter_map(|p| table.get(*p)).map(shown).collect::<Vec<_>>().into()
}

/// A moment of a sprint, which is always in UTC.
fn millis(at: Timestamp) -> String {
    format!("{}.{:03}Z", at.strftime("%Y-%m-%dT%H:%M:%S"), at.subsec_millisecond())
}

fn rendered(words: &str) -> String {
    let safe = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<p>{}</p>", safe.replace('\n', "<br/>\n"))
}

/// The id that Cloud's changelog gives beside the name.
pub(crate) fn field_id(field: &str) -> Option<&'static str> {
    match field {
        "Sprint" => Some(catalog::id(Dialect::Cloud, Field::Sprint)),
        "Flagged" => Some(catalog::id(Dialect::Cloud, Field::Flagged)),
        "Story point estimate" => Some(catalog::id(Dialect::Cloud, Field::Points)),
        "Fix Version" => Some("fixVersions"),
        "Component" => Some("components"),
        "Link" => Some("issuelinks"),
        "RemoteIssueLink" | "Key" | "project" => None,
        other => catalog::rows(Dialect::Cloud).find(|row| row.id == other).map(|row| row.id),
    }
}

/// What of an issue is asked for.
#[derive(Default)]
pub(crate) struct Wanted {
    pub rows: Vec<&'static Row>,
    pub changelog: bool,
    pub rendered: bool,
    pub names: bool,
    pub properties: Vec<String>,
}

impl Wanted {
    /// Reads `fields` and `expand`; `usual` stands where no field is named.
    pub(crate) fn of(
        dialect: Dialect,
        fields: &[String],
        usual: &str,
        expand: &[String],
        properties: Vec<String>,
    ) -> Self {
        let names: Vec<&str> =
            fields.iter().flat_map(|f| f.split(',')).map(str::trim).filter(|f| !f.is_empty()).collect();
        let named = names.iter().any(|f| !f.starts_with('-'));
        let asked: Vec<&str> = if named { names.clone() } else { [usual].into_iter().chain(names.clone()).collect() };
        let wanted = |row: &&'static Row| {
            let yes = asked.iter().any(|f| match *f {
                "*all" => true,
                "*navigable" => row.navigable,
                f => f.eq_ignore_ascii_case(row.id),
            });
            yes && !asked.iter().any(|f| f.strip_prefix('-').is_some_and(|f| f.eq_ignore_ascii_case(row.id)))
        };
        let expands = |word: &str| expand.iter().flat_map(|e| e.split(',')).any(|e| e.trim() == word);
        Self {
            rows: catalog::rows(dialect).filter(wanted).collect(),
            changelog: expands("changelog"),
            rendered: expands("renderedFields"),
            names: expands("names"),
            properties,
        }
    }

    /// Names of the fields shown, for `expand=names`.
    pub(crate) fn names(&self) -> Value {
        self.rows.iter().map(|row| (row.id.to_owned(), Value::from(row.name))).collect::<Map<String, Value>>().into()
    }
}
