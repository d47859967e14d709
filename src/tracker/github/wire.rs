//! What GitHub sends, as it sends it: every field optional, every row read alone, so that one odd row never loses
//! a page. Makes no domain values.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

/// A field that is absent when it has an unexpected type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lossy<T>(pub(super) Option<T>);

impl<T> Default for Lossy<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Lossy<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self(serde_json::from_value(Value::deserialize(d)?).ok()))
    }
}

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

/// Why a body cannot be used at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// No JSON, or it breaks off.
    Broken,
    /// JSON of another shape; the server's message, raw.
    Shape(String),
}

/// A row, or why it cannot be read.
pub(super) type Row<T> = Result<T, String>;

fn shape(text: &str) -> Unusable {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Unusable::Shape(
            value.get("message").and_then(Value::as_str).unwrap_or_default().chars().take(300).collect(),
        ),
        Err(_) => Unusable::Broken,
    }
}

/// Reads a list row by row. Bytes that are no UTF-8 become U+FFFD.
pub(super) fn rows<T: DeserializeOwned + Default>(body: &[u8]) -> Result<Vec<Row<T>>, Unusable> {
    let text = String::from_utf8_lossy(body);
    let raw: Vec<&RawValue> = serde_json::from_str(&text).map_err(|_| shape(&text))?;
    Ok(raw.into_iter().map(row).collect())
}

/// Reads one object.
pub(super) fn one<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Unusable> {
    let text = String::from_utf8_lossy(body);
    let raw: &RawValue = serde_json::from_str(&text).map_err(|_| shape(&text))?;
    row(raw).map_err(|_| shape(&text))
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

/// Reads one row; where a field has an unexpected type or comes twice, the rest of the row is still read.
pub(super) fn row<T: DeserializeOwned + Default>(raw: &RawValue) -> Row<T> {
    // A list would be read as an object's fields in order.
    if !raw.get().starts_with('{') {
        return Err("it is no object".into());
    }
    serde_json::from_str(raw.get()).or_else(|_| {
        let value: Value = serde_json::from_str(raw.get()).map_err(|_| "it is no valid JSON".to_owned())?;
        salvage(value)
    })
}

/// Reads an object field by field and leaves out what does not fit.
pub(super) fn salvage<T: DeserializeOwned + Default>(value: Value) -> Row<T> {
    let Value::Object(fields) = value else { return Err("it is no object".into()) };
    let fits = |key: &String, value: &Value| {
        let alone = Map::from_iter([(key.clone(), value.clone())]);
        serde_json::from_value::<T>(Value::Object(alone)).is_ok()
    };
    let kept: Map<String, Value> = fields.into_iter().filter(|(key, value)| fits(key, value)).collect();
    serde_json::from_value(Value::Object(kept)).map_err(|_| "its fields cannot be read".into())
}
