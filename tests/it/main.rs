//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod key;
mod lease;
mod store;
mod store_crash;
mod store_damage;
mod store_place;
mod store_world;
