//! What screens and commands look at: an immutable snapshot, and questions about it. Knows no store, no network,
//! no terminal: it is built from values and `Now`.

mod alike;
mod assigned;
mod authority;
mod bounds;
pub mod complete;
pub mod duplicates;
mod explain;
pub mod facets;
pub mod fields;
pub mod filter;
mod findings;
pub mod floor;
pub mod fuzzy;
mod intern;
mod lex;
mod meaning;
mod mirror;
mod parse;
mod probes;
mod proposals;
pub mod query;
pub mod rank;
mod ready;
mod side;
pub mod snapshot;
mod step;
mod surprise;
mod team;
pub mod walk;
mod worth;

pub use alike::{alternatives, alternatives_to};
pub use assigned::Assigned;
pub use explain::{Described, Explained};
pub use findings::Findings;
pub use intern::{LeftOut, Miss, NOTHING_FOR_INTERNS};
pub use mirror::Homes;
pub use proposals::Proposed;
pub use query::{Query, QueryError};
pub use snapshot::{BuildContext, Row, Snapshot};
pub use worth::Taste;
