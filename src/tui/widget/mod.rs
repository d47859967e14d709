//! Parts that rooms are made of.

pub mod boxed;
pub mod dialog;
pub mod empty;
pub mod facets;
pub mod field;
pub mod hints;
pub mod markdown;
pub mod palette;
pub mod query;
pub mod statusline;
pub mod table;
pub mod toasts;
