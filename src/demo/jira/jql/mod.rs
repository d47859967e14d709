//! JQL: reading a query, giving its names a meaning in the world, and asking it of an issue. Pure; knows no HTTP.

mod dates;
mod eval;
mod lex;
mod parse;
mod resolve;

pub(crate) use eval::{compare, holds};
pub(crate) use parse::parse;
pub(crate) use resolve::{Asker, resolve};
