//! What screens and commands look at: an immutable snapshot, and questions about it. Knows no store, no network,
//! no terminal: it is built from values and `Now`.

mod alike;
mod arena;
mod assigned;
mod authority;
mod bits;
mod bounds;
pub mod duplicates;
mod explain;
pub mod facets;
pub mod fields;
pub mod filter;
mod findings;
pub mod floor;
mod found;
pub mod fuzzy;
mod lex;
mod meaning;
mod mirror;
mod order;
pub mod query;
pub mod rank;
mod rows;
mod side;
pub mod snapshot;
mod team;
mod terms;
pub mod walk;
mod worth;

pub use alike::{alternatives, alternatives_to};
pub use assigned::Assigned;
pub use explain::Explained;
pub use findings::Findings;
pub use mirror::Homes;
pub use query::{Query, QueryError};
pub use rows::Rows;
pub use snapshot::{BuildContext, Row, Snapshot};
pub use worth::Taste;
