//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, reason = "tests start the program, read clocks and pick addresses")]
mod github_schema;
mod index;
mod judge;
mod layers;
mod outbox;
mod outbox_race;
mod outbox_world;
mod query;
mod text;
