//! Parts that rooms are made of.

pub mod boxed;
pub mod empty;
pub mod facets;
pub mod field;
pub mod form;
pub mod grid;
pub mod hints;
pub mod host;
pub mod markdown;
pub mod offer;
pub mod palette;
pub mod query;
pub mod refused;
pub mod statusline;
pub mod story;
pub mod table;
pub mod toasts;
pub mod tour;
pub mod views;
pub mod which;
