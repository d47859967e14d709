//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
mod github;
mod github_errors;
mod github_faults;
mod github_graphql;
mod github_rows;
mod github_schema;
mod github_world;
