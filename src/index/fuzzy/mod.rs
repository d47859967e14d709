//! Fuzzy search of titles and keys, made for a million of them and a key pressed every few milliseconds: `skim` is the
//! definition, the rest are ways not to compute it. Knows no rows of the snapshot and no screen.

mod keys;
mod scan;
mod skim;
mod slice;
mod titles;
mod word;
mod work;

pub use super::bits::Bits;
pub use scan::{Answer, Hit, Scan};
pub(super) use skim::looked_at;
pub use skim::{CharSet, Matcher, Pattern, positions};
pub use titles::{Line, Lines, Titles};
