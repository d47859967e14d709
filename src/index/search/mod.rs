//! Answering a query from a snapshot: what its terms mean, which rows they hold for, in which order, with which counts. Knows no
//! store and no screen.

pub mod facets;
pub mod filter;
pub(super) mod found;
pub(super) mod meaning;
pub(super) mod probes;
pub(super) mod terms;
pub(super) mod typing;
