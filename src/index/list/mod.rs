//! The list in memory: what it is, how it is made of all that a store gives, and the three ways to have it sooner: changed
//! where something happened, read again as it was put away, or a first page of it alone.

pub(super) mod around;
pub(super) mod change;
pub mod kept;
pub mod page;
pub(super) mod ready;
pub mod snapshot;
