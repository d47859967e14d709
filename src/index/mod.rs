//! What screens and commands look at: an immutable snapshot, and questions about it. Knows no store, no network,
//! no terminal: it is built from values and `Now`.
//!
//! The way through it: [`list`] makes and keeps the list of [`rows`] (columns and titles), [`worth`] says what each row is
//! worth, [`side`] keeps the sets that queries are answered from; [`query`] is the language, [`search`] answers it, [`fuzzy`]
//! its free words, [`rank`] and [`order`] put what was found in order. [`floor`], [`walk`] and [`duplicates`] are what other
//! screens look at.

mod alike;
mod assigned;
mod authority;
mod bits;
pub mod duplicates;
mod explain;
mod find;
mod findings;
pub mod floor;
pub mod fuzzy;
mod intern;
mod list;
mod mirror;
mod order;
mod proposals;
pub mod query;
pub mod rank;
mod rows;
mod search;
mod side;
mod step;
mod surprise;
mod team;
mod two;
pub mod walk;
mod worth;

pub use alike::{alternatives, alternatives_to};
pub use assigned::Assigned;
pub use explain::{Described, Explained};
pub use find::FindError;
pub use findings::Findings;
pub use intern::{LeftOut, Miss, NOTHING_FOR_INTERNS};
// Asked for by name from all rooms in here.
use list::{around, change, ready};
pub use list::{kept, page, snapshot};
pub use mirror::Homes;
pub use proposals::Proposed;
pub use query::{Query, QueryError, complete, fields, values};
pub use rows::Rows;
pub use search::{facets, filter};
pub use snapshot::{BuildContext, Row, Snapshot};
pub use worth::Taste;
