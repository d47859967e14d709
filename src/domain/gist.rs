//! What a list remembers of the texts of a task, so that it needs no description and no comment to judge it: made once
//! when they are read, kept beside the task. Plain data; what it is made of and what it means is decided by `judge`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{person::Login, signal::Signal, text::Foreign};

/// The gist of a task's texts. What was not read is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gist {
    /// Of the description.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub described: Option<Described>,
    /// Signals that the sentences of title and description give.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// Skills that labels, title and description ask for.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Wanted>,
    /// Of the conversation; only where all of it was read.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
}

/// What a description has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    /// One bit for each check of readiness that is met, the first check in the lowest.
    #[serde(rename = "m")]
    pub met: u16,
    /// Words outside of code and quotes, at most 65,535.
    #[serde(rename = "w")]
    pub words: u16,
}

/// A skill that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Its tag: `lang:rust`.
    #[serde(rename = "t")]
    pub tag: String,
    /// How sure, hundredths.
    #[serde(rename = "p")]
    pub sure: u8,
    /// The task cannot be taken without it.
    #[serde(rename = "h", default, skip_serializing_if = "std::ops::Not::not")]
    pub hard: bool,
    /// What was seen, one harmless phrase.
    #[serde(rename = "e")]
    pub seen: String,
}

/// What people said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The last meaningful word of a person; when it was opened, where there is none.
    #[serde(rename = "l")]
    pub last: Timestamp,
    /// Whose that was.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Login>,
    /// True when it was a comment.
    #[serde(rename = "k", default, skip_serializing_if = "std::ops::Not::not")]
    pub commented: bool,
    /// Different people who commented, are not of the host and did not open it.
    #[serde(rename = "o", default, skip_serializing_if = "is_none")]
    pub outside: u32,
    /// Somebody else than its author said something.
    #[serde(rename = "a", default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// When the host said something first and last.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub host: Option<(Timestamp, Timestamp)>,
    /// Who said last that they are on it, and did not take it back: when, and in which words.
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub on_it: Vec<OnIt>,
}

/// Somebody's word that they work on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnIt {
    /// Whose.
    #[serde(rename = "b")]
    pub by: Login,
    /// When.
    #[serde(rename = "a")]
    pub at: Timestamp,
    /// The words.
    #[serde(rename = "w")]
    pub words: Foreign,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_none(count: &u32) -> bool {
    *count == 0
}
