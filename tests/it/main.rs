//! The one integration binary. Every test file is a module here; `layers` fails when one is forgotten.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod keymap;
mod tui;
mod tui_fuzz;
mod tui_terminal;
mod tui_world;
