//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
mod cli;
mod cli_demo;
mod cli_render;
mod cli_world;
mod config;
mod config_secret;
mod github_schema;
mod index;
mod judge;
mod outbox;
mod outbox_race;
mod outbox_world;
mod query;
mod text;

mod keymap;
mod tui;
mod tui_fuzz;
mod tui_terminal;
mod tui_world;
