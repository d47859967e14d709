//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(clippy::disallowed_methods, reason = "tests start the program, read clocks and pick addresses")]

mod cli;
mod cli_demo;
mod cli_render;
mod cli_world;
mod config;
mod config_secret;
mod demo;
mod demo_data;
mod demo_faults;
mod demo_graphql;
mod demo_world;
mod floor;
mod github;
mod github_errors;
mod github_faults;
mod github_graphql;
mod github_rows;
mod github_schema;
mod github_world;
mod index;
mod judge;
mod key;
mod keymap;
mod kill;
mod layers;
mod lease;
mod outbox;
mod outbox_race;
mod outbox_world;
mod pictures;
mod pty;
mod query;
mod store;
mod store_crash;
mod store_damage;
mod store_place;
mod store_world;
mod story;
mod sync;
mod text;
mod tui;
mod tui_fuzz;
mod tui_terminal;
mod tui_world;
