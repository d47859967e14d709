//! The fields of an issue: ids, names, and how they are declared. The ids of custom fields differ between the two
//! Jiras, as they do between any two sites. Knows no issue.

use serde_json::{Value, json};

use super::model::Dialect;

/// What a field is, whatever its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Project,
    Key,
    Status,
    Category,
    Resolution,
    Assignee,
    Reporter,
    Creator,
    Labels,
    Components,
    Type,
    Priority,
    Created,
    Updated,
    Resolved,
    Due,
    Text,
    Summary,
    Description,
    Environment,
    Comment,
    Votes,
    Watches,
    FixVersions,
    Affects,
    Parent,
    Subtasks,
    Links,
    Sprint,
    Points,
    Flagged,
    Epic,
}

/// A field that is shown on issues.
pub(crate) struct Row {
    pub field: Field,
    /// Id, which for system fields is the key as well.
    pub id: &'static str,
    pub name: &'static str,
    /// Names in JQL, shown by `/field`.
    pub clauses: &'static [&'static str],
    /// Type, and what a list holds.
    pub kind: (&'static str, Option<&'static str>),
    /// Shown in result lists (`*navigable`).
    pub navigable: bool,
    /// Part of the key that declares a custom field.
    pub custom: Option<&'static str>,
}

type Kind = (&'static str, Option<&'static str>);

const fn system(
    field: Field,
    id: &'static str,
    name: &'static str,
    clauses: &'static [&'static str],
    kind: Kind,
) -> Row {
    Row { field, id, name, clauses, kind, navigable: true, custom: None }
}

const fn hidden(row: Row) -> Row {
    Row { navigable: false, ..row }
}

const SYSTEM: [Row; 26] = [
    system(Field::Category, "statusCategory", "Status Category", &["statusCategory"], ("statusCategory", None)),
    system(Field::Type, "issuetype", "Issue Type", &["issuetype", "type"], ("issuetype", None)),
    system(Field::Project, "project", "Project", &["project"], ("project", None)),
    system(Field::FixVersions, "fixVersions", "Fix versions", &["fixVersion"], ("array", Some("version"))),
    system(Field::Resolution, "resolution", "Resolution", &["resolution"], ("resolution", None)),
    system(Field::Resolved, "resolutiondate", "Resolved", &["resolutiondate", "resolved"], ("datetime", None)),
    system(Field::Created, "created", "Created", &["created", "createdDate"], ("datetime", None)),
    system(Field::Priority, "priority", "Priority", &["priority"], ("priority", None)),
    system(Field::Labels, "labels", "Labels", &["labels"], ("array", Some("string"))),
    system(Field::Affects, "versions", "Affects versions", &["affectedVersion"], ("array", Some("version"))),
    system(Field::Links, "issuelinks", "Linked Issues", &[], ("array", Some("issuelinks"))),
    system(Field::Assignee, "assignee", "Assignee", &["assignee"], ("user", None)),
    system(Field::Updated, "updated", "Updated", &["updated", "updatedDate"], ("datetime", None)),
    system(Field::Status, "status", "Status", &["status"], ("status", None)),
    system(Field::Components, "components", "Components", &["component"], ("array", Some("component"))),
    system(Field::Description, "description", "Description", &["description"], ("string", None)),
    system(Field::Summary, "summary", "Summary", &["summary"], ("string", None)),
    system(Field::Creator, "creator", "Creator", &["creator"], ("user", None)),
    system(Field::Subtasks, "subtasks", "Sub-tasks", &["subtasks"], ("array", Some("issuelinks"))),
    system(Field::Reporter, "reporter", "Reporter", &["reporter"], ("user", None)),
    system(Field::Environment, "environment", "Environment", &["environment"], ("string", None)),
    system(Field::Due, "duedate", "Due date", &["due", "duedate"], ("date", None)),
    system(Field::Votes, "votes", "Votes", &["votes"], ("votes", None)),
    system(Field::Watches, "watches", "Watchers", &["watchers"], ("watches", None)),
    system(Field::Parent, "parent", "Parent", &["parent"], ("issuelink", None)),
    hidden(system(Field::Comment, "comment", "Comment", &["comment"], ("comments-page", None))),
];

const fn custom(field: Field, id: &'static str, name: &'static str, kind: Kind, key: &'static str) -> Row {
    Row { field, id, name, clauses: &[], kind, navigable: true, custom: Some(key) }
}

const SPRINT: &str = "com.pyxis.greenhopper.jira:gh-sprint";
const EPIC: &str = "com.pyxis.greenhopper.jira:gh-epic-link";
const CHECKS: &str = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes";
const FLOAT: &str = "com.atlassian.jira.plugin.system.customfieldtypes:float";
const ESTIMATE: &str = "com.pyxis.greenhopper.jira:jsw-story-points";

const ON_CLOUD: [Row; 4] = [
    custom(Field::Sprint, "customfield_10020", "Sprint", ("array", Some("json")), SPRINT),
    custom(Field::Points, "customfield_10016", "Story point estimate", ("number", None), ESTIMATE),
    custom(Field::Flagged, "customfield_10021", "Flagged", ("array", Some("option")), CHECKS),
    custom(Field::Epic, "customfield_10014", "Epic Link", ("any", None), EPIC),
];

const ON_DATA_CENTER: [Row; 4] = [
    custom(Field::Sprint, "customfield_10105", "Sprint", ("array", Some("string")), SPRINT),
    custom(Field::Points, "customfield_10106", "Story Points", ("number", None), FLOAT),
    custom(Field::Flagged, "customfield_10110", "Flagged", ("array", Some("option")), CHECKS),
    custom(Field::Epic, "customfield_10101", "Epic Link", ("any", None), EPIC),
];

fn customs(dialect: Dialect) -> &'static [Row] {
    match dialect {
        Dialect::Cloud => &ON_CLOUD,
        Dialect::DataCenter => &ON_DATA_CENTER,
    }
}

/// All fields of a site; the category of a status is a field of its own on Cloud only.
pub(crate) fn rows(dialect: Dialect) -> impl Iterator<Item = &'static Row> {
    let skipped = usize::from(dialect == Dialect::DataCenter);
    SYSTEM.iter().skip(skipped).chain(customs(dialect))
}

/// The field of an id.
pub(crate) fn of_id(dialect: Dialect, id: &str) -> Option<&'static Row> {
    rows(dialect).find(|row| row.id.eq_ignore_ascii_case(id))
}

/// The id that a field has on a site.
pub(crate) fn id(dialect: Dialect, field: Field) -> &'static str {
    rows(dialect).find(|row| row.field == field).map_or("", |row| row.id)
}

/// Names in JQL that no row tells.
const MORE: [(&str, Field); 12] = [
    ("key", Field::Key),
    ("issuekey", Field::Key),
    ("issue", Field::Key),
    ("id", Field::Key),
    ("text", Field::Text),
    ("statuscategory", Field::Category),
    ("watches", Field::Watches),
    ("fixversions", Field::FixVersions),
    ("components", Field::Components),
    ("label", Field::Labels),
    ("type", Field::Type),
    ("resolved", Field::Resolved),
];

/// The field that a name in JQL means: a clause name, a custom field's name, `cf[10020]` or its id.
pub(crate) fn named(dialect: Dialect, name: &str) -> Option<Field> {
    let name = name.to_lowercase();
    let number = name.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']'));
    let by_clause = |row: &&Row| {
        let custom = row.custom.is_some();
        let by_number = number.is_some_and(|n| row.id.strip_prefix("customfield_") == Some(n));
        row.clauses.iter().any(|c| c.eq_ignore_ascii_case(&name))
            || custom && (row.name.to_lowercase() == name || row.id == name || by_number)
    };
    // Only sub-tasks and links cannot be asked for.
    let found = rows(dialect).find(by_clause).map(|row| row.field).filter(|f| *f != Field::Subtasks);
    found.or_else(|| MORE.iter().find(|(known, _)| *known == name).map(|(_, field)| *field))
}

/// The declaration that `/field` shows.
pub(crate) fn declared(dialect: Dialect, row: &Row) -> Value {
    let mut schema = json!({"type": row.kind.0});
    if let Some(items) = row.kind.1 {
        schema["items"] = items.into();
    }
    let number = row.id.strip_prefix("customfield_");
    let mut clauses: Vec<String> = row.clauses.iter().map(ToString::to_string).collect();
    match (row.custom, number) {
        (Some(key), Some(number)) => {
            schema["custom"] = key.into();
            schema["customId"] = number.parse::<u64>().unwrap_or_default().into();
            clauses.extend([format!("cf[{number}]"), row.name.to_owned()]);
        }
        _ => schema["system"] = row.id.into(),
    }
    let mut shown = json!({
        "id": row.id, "name": row.name, "custom": row.custom.is_some(), "orderable": true,
        "navigable": row.navigable, "searchable": !clauses.is_empty(), "clauseNames": clauses, "schema": schema,
    });
    if dialect == Dialect::Cloud {
        shown["key"] = row.id.into();
    }
    shown
}
