//! The GraphQL documents, and the shape of an answer: data and errors side by side. Knows no task and no project.

use serde::Deserialize;
use serde_json::Value;

use super::wire::Lossy;
use crate::tracker::{ErrorClass, Result, TrackerError, http::Answer};

/// What the index asks of a repository.
macro_rules! head_fields {
    () => {
        "fragment head on Repository { id databaseId nameWithOwner description isArchived isDisabled isPrivate \
         isFork hasIssuesEnabled viewerPermission pushedAt primaryLanguage { name } defaultBranchRef { name } \
         repositoryTopics(first: 20) { nodes { topic { name } } } \
         newest: issues(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } } \
         open: issues(states: OPEN) { totalCount } } "
    };
}

/// Heads of repositories by node id.
pub const HEADS: &str = concat!(
    head_fields!(),
    "query Heads($ids: [ID!]!) { nodes(ids: $ids) { __typename ...head } \
     rateLimit { cost limit remaining resetAt } }"
);

/// Head of one repository by name, where no node id is known.
pub const HEAD: &str = concat!(
    head_fields!(),
    "query Head($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { __typename ...head } \
     rateLimit { cost limit remaining resetAt } }"
);

/// What repositories are like beside their issues: documents, folders, owners, pull requests of bots. Guides and templates
/// are asked for by GitHub's own fields, which know those that an owner keeps for all of its repositories.
pub const FACTS: &str = "query Facts($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Repository { nameWithOwner \
     defaultBranchRef { name } root: object(expression: \"HEAD:\") { ...folder } \
     hub: object(expression: \"HEAD:.github\") { ...folder } docs: object(expression: \"HEAD:docs\") { ...folder } \
     forms: object(expression: \"HEAD:.github/ISSUE_TEMPLATE\") { ...folder } \
     workflows: object(expression: \"HEAD:.github/workflows\") { ... on Tree { entries { name type \
     object { ...text } } } } \
     readme: object(expression: \"HEAD:README.md\") { ...text } \
     readmeRst: object(expression: \"HEAD:README.rst\") { ...text } \
     readmeAdoc: object(expression: \"HEAD:README.adoc\") { ...text } \
     readmeBare: object(expression: \"HEAD:README\") { ...text } \
     readmeHub: object(expression: \"HEAD:.github/README.md\") { ...text } \
     readmeDocs: object(expression: \"HEAD:docs/README.md\") { ...text } \
     owners: object(expression: \"HEAD:CODEOWNERS\") { ...text } \
     ownersHub: object(expression: \"HEAD:.github/CODEOWNERS\") { ...text } \
     ownersDocs: object(expression: \"HEAD:docs/CODEOWNERS\") { ...text } \
     contributingGuidelines { body } issueTemplates { filename } pullRequestTemplates { filename } \
     waiting: pullRequests(first: 100, states: OPEN, orderBy: {field: CREATED_AT, direction: ASC}) { \
     nodes { title createdAt author { __typename login } } } } } \
     rateLimit { cost limit remaining resetAt } } \
     fragment folder on Tree { entries { name type } } fragment text on Blob { text byteSize isBinary isTruncated }";

/// One page of changed issues.
pub const FEED: &str = "query Feed($search: String!, $first: Int!, $after: String) { \
     search(type: ISSUE, query: $search, first: $first, after: $after) { issueCount \
     pageInfo { hasNextPage endCursor } nodes { __typename ... on Issue { id fullDatabaseId number title body state \
     stateReason locked createdAt updatedAt closedAt authorAssociation repository { nameWithOwner } \
     author { __typename login ... on User { databaseId } ... on Bot { databaseId } } \
     labels(first: 100) { nodes { name } } assignees(first: 20) { nodes { login } } comments(last: 5) { totalCount nodes { body createdAt } } \
     reactions { totalCount } milestone { title dueOn } } } } \
     rateLimit { cost limit remaining resetAt } }";

/// What was linked by hand: the timeline only tells that something was.
pub const CONNECTED: &str = "query Connected($ids: [ID!]!) { nodes(ids: $ids) { ... on ConnectedEvent { id \
     source { ...pull } subject { ...pull } } } rateLimit { cost limit remaining resetAt } } \
     fragment pull on PullRequest { number repository { nameWithOwner } }";

/// Whether GraphQL works at all.
pub const PROBE: &str = "query Probe { viewer { login } rateLimit { cost limit remaining resetAt } }";

/// Every document that is ever sent, by name, for checking against the official schema.
pub const DOCUMENTS: &[(&str, &str)] =
    &[("Heads", HEADS), ("Head", HEAD), ("Facts", FACTS), ("Feed", FEED), ("Connected", CONNECTED), ("Probe", PROBE)];

/// One entry of `errors`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct GqlError {
    #[serde(rename = "type")]
    kind: Lossy<String>,
    message: Lossy<String>,
    path: Lossy<Vec<Value>>,
    extensions: Lossy<Value>,
}

/// What an entry of `errors` means for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The primary limit is used up.
    Limit,
    /// The pace was too high.
    Pause,
    /// The server does not know a field: it is older than the document.
    Schema,
    /// The question was too large or took too long.
    TooMuch,
    /// One part failed.
    Part(ErrorClass),
}

impl GqlError {
    /// The server's words, raw.
    pub(super) fn message(&self) -> &str {
        self.message.0.as_deref().unwrap_or_default()
    }

    /// The `n`th step of the path, as an index.
    pub(super) fn index(&self, n: usize) -> Option<usize> {
        let index = self.path.0.as_ref()?.get(n)?.as_u64()?;
        usize::try_from(index).ok()
    }

    /// What it means.
    pub(super) fn meaning(&self) -> Meaning {
        let kind = self.kind.0.as_deref().unwrap_or_default();
        let message = self.message().to_ascii_lowercase();
        let extension = |name: &str| self.extensions.0.as_ref().and_then(|e| e.get(name));
        let code = extension("code").and_then(Value::as_str).unwrap_or_default();
        let any = |words: &[&str]| words.iter().any(|word| message.contains(word));
        if kind == "RATE_LIMITED" || kind == "RATE_LIMIT" || any(&["api rate limit exceeded"]) {
            return Meaning::Limit;
        }
        if any(&["secondary rate limit"]) {
            return Meaning::Pause;
        }
        let unknown = matches!(code, "undefinedField" | "argumentNotAccepted" | "undefinedType" | "selectionMismatch");
        if unknown || any(&["doesn't exist on type", "doesn't accept argument", "cannot query field"]) {
            return Meaning::Schema;
        }
        let large = matches!(kind, "MAX_NODE_LIMIT_EXCEEDED" | "RESOURCE_LIMITS_EXCEEDED" | "EXCESSIVE_PAGINATION");
        if large || any(&["resource limits", "timeout", "timed out", "something went wrong while executing"]) {
            return Meaning::TooMuch;
        }
        let saml = extension("saml_failure").and_then(Value::as_bool) == Some(true) || message.contains("saml");
        Meaning::Part(match kind {
            _ if saml => ErrorClass::Sso { url: None },
            "NOT_FOUND" => ErrorClass::NotFound,
            "FORBIDDEN" if message.contains("resource not accessible") => {
                ErrorClass::MissingScope { needs: String::new() }
            }
            "INSUFFICIENT_SCOPES" => ErrorClass::MissingScope { needs: String::new() },
            "FORBIDDEN" => ErrorClass::Forbidden,
            "UNPROCESSABLE" => ErrorClass::Invalid,
            _ => ErrorClass::Unexpected { status: 200 },
        })
    }
}

/// An answer: data and errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reply {
    /// The data, possibly with holes.
    pub(super) data: Option<Value>,
    /// What went wrong.
    pub(super) errors: Lossy<Vec<GqlError>>,
}

impl Reply {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`ErrorClass::Truncated`] when it is no JSON, [`ErrorClass::NotJson`] when it is no GraphQL answer.
    pub(super) fn read(answer: &Answer, fail: impl Fn(ErrorClass, &str) -> TrackerError) -> Result<Self> {
        let text = String::from_utf8_lossy(&answer.body);
        let value: Value = serde_json::from_str(&text).map_err(|_| fail(ErrorClass::Truncated, ""))?;
        let known = value.get("data").is_some() || value.get("errors").is_some_and(Value::is_array);
        if !known {
            let said = value.get("message").and_then(Value::as_str).unwrap_or_default();
            return Err(fail(ErrorClass::NotJson, said));
        }
        serde_json::from_value(value).map_err(|_| fail(ErrorClass::NotJson, ""))
    }

    /// The errors.
    pub(super) fn errors(&self) -> &[GqlError] {
        self.errors.0.as_deref().unwrap_or_default()
    }

    /// The first error with a meaning, and its words.
    pub(super) fn first(&self, wanted: &Meaning) -> Option<&GqlError> {
        self.errors().iter().find(|e| e.meaning() == *wanted)
    }
}
