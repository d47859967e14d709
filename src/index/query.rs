//! The query line: free words and `field:value`, parsed into a value. One parser for TUI and command line.

use std::ops::Range;

/// A parsed query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Free words, matched fuzzily against title and key.
    pub words: Vec<String>,
}

/// A mistake in a query: where, what, and the nearest that would work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Byte range in the query text.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// Nearest valid spelling.
    pub suggestion: Option<String>,
}

impl Query {
    /// Parses a query line. The empty line finds everything.
    ///
    /// # Errors
    /// [`QueryError`] pointing at the part that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self { words: text.split_whitespace().map(str::to_owned).collect() })
    }
}
