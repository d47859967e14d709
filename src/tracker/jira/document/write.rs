//! Markdown as floorwalk writes it, to the two formats of Jira: what is posted there. What those formats cannot hold is
//! flattened to text, never dropped. Knows no marker; that is [`super::machine`]'s.

mod adf;
mod pings;
mod wiki;

use serde_json::Value;

use super::{
    read,
    tree::{Block, Inline},
};

/// Somebody who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Account id (Cloud) or user name (Data Center).
    pub id: String,
    /// Name that people read, without `@`.
    pub name: String,
}

/// Whom a `@token` in a text tells; `None` when it is only text. Asked for every token that stands free.
pub type Hook<'a> = &'a dyn Fn(&str) -> Option<Mention>;

/// Markdown as a document of Atlassian's format.
pub fn adf(markdown: &str, mention: Hook<'_>) -> Value {
    adf::document(&read::markdown(markdown).blocks, mention)
}

/// Markdown as wiki markup.
pub fn wiki(markdown: &str, mention: Hook<'_>) -> String {
    wiki::text(&read::markdown(markdown).blocks, mention)
}

pub(super) use adf::code as adf_code;
pub(super) use wiki::verbatim as wiki_code;

/// A table as lines, one a row.
fn rows(rows: &[Vec<Vec<Block>>]) -> Vec<Inline> {
    super::page::flat(&[Block::Table(rows.to_vec())])
}
