//! What Jira sends, as it sends it: every field optional and read alone, so that one odd field never loses a row and
//! one odd row never loses a page. Makes no domain values.

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use crate::tracker::rows::Lossy;

/// An account: `accountId` on Cloud, `name` and `key` on Data Center.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct User {
    pub(super) account_id: Lossy<String>,
    pub(super) account_type: Lossy<String>,
    pub(super) name: Lossy<String>,
    pub(super) key: Lossy<String>,
    pub(super) display_name: Lossy<String>,
}

/// Anything that has a name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) name: Lossy<String>,
}

/// Category of a status: `new`, `indeterminate`, `done`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Category {
    pub(super) key: Lossy<String>,
}

/// A status.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Status {
    pub(super) name: Lossy<String>,
    pub(super) status_category: Lossy<Category>,
}

/// A version.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Version {
    pub(super) name: Lossy<String>,
    pub(super) released: Lossy<bool>,
    pub(super) release_date: Lossy<String>,
}

/// How an issue is linked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LinkType {
    pub(super) inward: Lossy<String>,
    pub(super) outward: Lossy<String>,
}

/// The other end of a link, or a parent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Other {
    pub(super) key: Lossy<String>,
    pub(super) fields: Lossy<OtherFields>,
}

/// What comes along of the other end.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OtherFields {
    pub(super) status: Lossy<Status>,
}

/// A link between issues.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Link {
    #[serde(rename = "type")]
    pub(super) kind: Lossy<LinkType>,
    pub(super) inward_issue: Lossy<Other>,
    pub(super) outward_issue: Lossy<Other>,
}

/// Votes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Votes {
    pub(super) votes: Lossy<u32>,
}

/// Watchers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Watches {
    pub(super) watch_count: Lossy<u32>,
}

/// An entity property as it comes beside a comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Property {
    pub(super) key: Lossy<String>,
    pub(super) value: Value,
}

/// A comment. Its body is a tree on Cloud and text on Data Center.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Comment {
    pub(super) id: Lossy<String>,
    pub(super) author: Lossy<User>,
    pub(super) body: Value,
    pub(super) created: Lossy<String>,
    pub(super) updated: Lossy<String>,
    pub(super) jsd_public: Lossy<bool>,
    pub(super) properties: Lossy<Vec<Property>>,
}

/// A page of comments; inside an issue, those that came along.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comments {
    pub(super) comments: Vec<Box<RawValue>>,
    pub(super) total: Lossy<u32>,
}

/// The fields of an issue. Custom ones are in `rest`, by their id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) summary: Lossy<String>,
    pub(super) description: Value,
    pub(super) status: Lossy<Status>,
    pub(super) resolution: Lossy<Named>,
    pub(super) resolutiondate: Lossy<String>,
    pub(super) issuetype: Lossy<Named>,
    pub(super) priority: Lossy<Named>,
    pub(super) labels: Lossy<Vec<Value>>,
    pub(super) components: Lossy<Vec<Named>>,
    #[serde(rename = "fixVersions")]
    pub(super) fix_versions: Lossy<Vec<Version>>,
    pub(super) assignee: Lossy<User>,
    pub(super) reporter: Lossy<User>,
    pub(super) creator: Lossy<User>,
    pub(super) created: Lossy<String>,
    pub(super) updated: Lossy<String>,
    pub(super) duedate: Lossy<String>,
    pub(super) votes: Lossy<Votes>,
    pub(super) watches: Lossy<Watches>,
    pub(super) issuelinks: Lossy<Vec<Link>>,
    pub(super) parent: Lossy<Other>,
    pub(super) project: Lossy<Project>,
    pub(super) comment: Value,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

/// An issue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Issue {
    pub(super) id: Lossy<String>,
    pub(super) key: Lossy<String>,
    pub(super) fields: Fields,
    pub(super) changelog: Lossy<Changelog>,
    pub(super) properties: Lossy<Map<String, Value>>,
}

/// A page of a search, of either dialect.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Found {
    pub(super) issues: Option<Vec<Box<RawValue>>>,
    pub(super) next_page_token: Lossy<String>,
    pub(super) is_last: Lossy<bool>,
    pub(super) total: Lossy<u64>,
}

/// One changed field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Item {
    pub(super) field: Lossy<String>,
    pub(super) from: Lossy<String>,
    pub(super) from_string: Lossy<String>,
    pub(super) to: Lossy<String>,
    pub(super) to_string: Lossy<String>,
}

/// One act: everything that changed at once.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    pub(super) id: Lossy<String>,
    pub(super) author: Lossy<User>,
    pub(super) created: Lossy<String>,
    pub(super) items: Lossy<Vec<Item>>,
}

/// The history of an issue: a page on Cloud (`values`), whole on Data Center (`histories`).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Changelog {
    pub(super) values: Lossy<Vec<Entry>>,
    pub(super) histories: Lossy<Vec<Entry>>,
    pub(super) is_last: Lossy<bool>,
    pub(super) total: Lossy<u64>,
}

/// A project.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Project {
    pub(super) id: Lossy<String>,
    pub(super) key: Lossy<String>,
    pub(super) name: Lossy<String>,
    pub(super) description: Lossy<String>,
    pub(super) lead: Lossy<User>,
    pub(super) project_type_key: Lossy<String>,
    pub(super) archived: Lossy<bool>,
    pub(super) is_private: Lossy<bool>,
}

/// A page of projects (Cloud).
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Projects {
    pub(super) values: Option<Vec<Box<RawValue>>>,
    pub(super) is_last: Lossy<bool>,
}

/// What the site says of itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ServerInfo {
    pub(super) deployment_type: Lossy<String>,
    pub(super) version: Lossy<String>,
}

/// A field of the site.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Field {
    pub(super) id: Lossy<String>,
    pub(super) name: Lossy<String>,
    pub(super) schema: Lossy<Schema>,
}

/// The kind of a custom field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Schema {
    pub(super) custom: Lossy<String>,
}

/// One permission.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Permission {
    pub(super) have_permission: Lossy<bool>,
}

/// Permissions by name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Permissions {
    pub(super) permissions: Lossy<std::collections::HashMap<String, Permission>>,
}

/// A link to something outside.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RemoteLink {
    pub(super) object: Lossy<RemoteObject>,
}

/// Where it leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RemoteObject {
    pub(super) url: Lossy<String>,
}

/// A step of the workflow.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Transition {
    pub(super) id: Lossy<String>,
    pub(super) to: Lossy<Status>,
    pub(super) fields: Lossy<Map<String, Value>>,
}

/// The steps that are possible now.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Transitions {
    pub(super) transitions: Lossy<Vec<Transition>>,
}
