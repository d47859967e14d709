//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, reason = "tests start the program, read clocks and pick addresses")]
mod outbox;
mod outbox_race;
mod outbox_world;
mod index;
mod judge;
mod layers;
mod query;
mod text;
mod github_schema;
