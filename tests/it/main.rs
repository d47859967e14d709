//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod demo;
mod demo_data;
mod demo_faults;
mod demo_graphql;
mod demo_world;
