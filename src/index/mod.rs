//! What screens and commands look at: an immutable snapshot, and questions about it. Knows no store, no network,
//! no terminal: it is built from values and `Now`.

pub mod facets;
pub mod filter;
pub mod fuzzy;
pub mod query;
pub mod rank;
pub mod snapshot;

pub use query::{Query, QueryError};
pub use snapshot::{BuildContext, Row, Snapshot};
