//! floorwalk: find work that teams never get round to, help for a while, hand it back.
//!
//! This file owns the map of the house. A test (`tests/it/layers.rs`) reads the table below and fails on an
//! arrow that points up or sideways, so the map cannot drift from the code.
//!
//! # Two streams that meet in one place
//!
//! Facts rise: tracker → sync → store → index (an immutable `Arc<Snapshot>`) → screen or command output.
//! Wishes descend: key or command line → `Command` → `app::decide` (pure) → `Effect` → `app::perform` → `Event`
//! → new snapshot. The TUI and the command line issue the same `Command`s; nobody else writes.
//!
//! # Layers
//!
//! A room imports only rooms on a lower floor; rooms on one floor never import each other, except where the
//! third column allows it.
//!
//! ```layers
//! 0 domain
//! 1 judge
//! 1 tracker
//! 1 store
//! 1 keymap
//! 1 registry
//! 2 index
//! 2 sync
//! 2 config
//! 3 app
//! 4 demo
//! 5 tui
//! 5 cli      tui
//! ```
//!
//! # What is absent on purpose
//!
//! No ticker, no global state, no wall clock below `app::perform`, no text from a tracker on a terminal that did
//! not pass [`domain::text`], no HTTP client outside [`tracker::http`], no write to a tracker that is not first a
//! row of the outbox.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod index;
pub mod judge;
pub mod keymap;
pub mod registry;
pub mod store;
pub mod sync;
pub mod tracker;
pub mod tui;

/// Lists are made of millions of small pieces that come and go at once. The allocator of glibc looks through what was freed of
/// them at the next request: with a million tasks the list after a change took 0.9 s in place of 0.3 s.
/// It stands here and not beside `main`, so that benches and tests run with what people run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
