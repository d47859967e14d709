//! A tracker that lives in memory and misbehaves on demand: answers lost after the write, stale reads, ignored
//! assignees, duplicates, delays. For tests and simulations; time is tokio's, so it can be paused.

mod acts;
mod client;
mod world;

pub use client::MemoryTracker;
pub use world::{Fault, MemoryWorld, Verb};
