//! What should I pick up? A score from 0 to 100 that is a sum anybody can add up. Owns the formulas, the weights, the
//! bars and the order of a list. Knows no store and no clock: every number is passed in.
//!
//! The model is named [`MODEL`]: the name is kept with everything that was decided by it, so that a later model does
//! not change what an earlier one said.

pub mod bars;
pub mod batch;
pub mod component;
pub mod estimate;
pub mod facts;
pub mod list;
pub mod raise;
pub mod weights;

pub use self::{
    bars::{Bar, Bars, Extra},
    component::{Component, Components, Part},
    weights::{Preset, Weights},
};

/// Name of the model: formulas, weights and points as they stand here.
pub const MODEL: &str = "v1";
