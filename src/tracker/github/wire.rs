//! What GitHub sends, as it sends it: every field optional, every row read alone, so that one odd row never loses
//! a page. Makes no domain values.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tracker::rows::shape;
pub(super) use crate::tracker::rows::{Lossy, Row, Unusable, one, row, rows, salvage};

/// An account. The login may be missing on mutilated rows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub(super) login: Option<String>,
    pub(super) id: Option<u64>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// A label: an object, or on old servers just its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Label {
    Object { name: Option<String> },
    Name(String),
    Odd(serde::de::IgnoredAny),
}

/// A milestone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Milestone {
    pub(super) title: Option<String>,
    pub(super) due_on: Option<String>,
}

/// Reactions, counted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reactions {
    pub(super) total_count: Option<u32>,
}

/// An issue, or a pull request in the same list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Issue {
    pub(super) id: Option<u64>,
    pub(super) node_id: Option<String>,
    pub(super) number: Option<u64>,
    pub(super) title: Option<String>,
    pub(super) body: Option<String>,
    pub(super) state: Option<String>,
    pub(super) state_reason: Option<String>,
    pub(super) labels: Option<Vec<Option<Label>>>,
    pub(super) assignees: Option<Vec<Option<User>>>,
    pub(super) assignee: Option<User>,
    pub(super) user: Option<User>,
    pub(super) author_association: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) closed_at: Option<String>,
    pub(super) comments: Option<u32>,
    pub(super) reactions: Option<Reactions>,
    pub(super) milestone: Option<Milestone>,
    pub(super) locked: Option<bool>,
    pub(super) pull_request: Option<serde::de::IgnoredAny>,
    pub(super) draft: Option<bool>,
    pub(super) url: Option<String>,
}

/// A comment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Comment {
    pub(super) id: Option<u64>,
    pub(super) user: Option<User>,
    pub(super) author_association: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) body: Option<String>,
    pub(super) issue_url: Option<String>,
}

/// What the token's owner may do.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Permissions {
    pub(super) admin: Option<bool>,
    pub(super) maintain: Option<bool>,
    pub(super) push: Option<bool>,
    pub(super) triage: Option<bool>,
    pub(super) pull: Option<bool>,
}

/// A repository.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Repository {
    pub(super) id: Option<u64>,
    pub(super) node_id: Option<String>,
    pub(super) full_name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) topics: Option<Vec<Option<String>>>,
    pub(super) language: Option<String>,
    pub(super) default_branch: Option<String>,
    pub(super) archived: Option<bool>,
    pub(super) disabled: Option<bool>,
    pub(super) has_issues: Option<bool>,
    pub(super) fork: Option<bool>,
    pub(super) private: Option<bool>,
    pub(super) pushed_at: Option<String>,
    pub(super) permissions: Option<Permissions>,
}

/// Answer of a search.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Found {
    pub(super) total_count: Option<u64>,
    pub(super) incomplete_results: Option<bool>,
    pub(super) items: Vec<Box<RawValue>>,
}

/// Reads the answer of a search.
pub(super) fn found(body: &[u8]) -> Result<Found, Unusable> {
    let text = String::from_utf8_lossy(body);
    let value: &RawValue = serde_json::from_str(&text).map_err(|_| shape(&text))?;
    if !value.get().trim_start().starts_with('{') || !value.get().contains("\"items\"") {
        return Err(shape(&text));
    }
    serde_json::from_str(value.get()).map_err(|_| shape(&text))
}
