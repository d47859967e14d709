//! Bringing store and trackers together: reading ([`run`]), sending ([`outbox`]), and the plans for both.
//! Knows no terminal and no configuration syntax.

use jiff::Timestamp;

use crate::domain::{coverage::Coverage, key::TrackerName};

mod account;
mod before;
mod claims;
pub mod discover;
mod facts;
mod feed;
mod filters;
pub mod gist;
mod links;
mod missing;
pub mod outbox;
pub mod plan;
mod project;
pub mod registry;
pub mod run;
mod spoken;

pub use run::{SyncContext, sync};

/// How a sync is getting on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncProgress {
    /// Projects done.
    pub done: u32,
    /// Projects in all, as far as known.
    pub total: u32,
    /// Different tasks read so far.
    pub tasks: u32,
    /// What is happening, harmless: `reading acme/app`.
    pub doing: String,
    /// Set while a limit is waited for.
    pub waiting_until: Option<Timestamp>,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Freshness afterwards.
    pub coverage: Coverage,
    /// Different tasks that were read; what a tracker left out as unchanged is not among them.
    pub read: u32,
    /// Requests sent, and of them answered 304.
    pub requests: (u64, u64),
    /// Rows that could not be read, with their place.
    pub odd: Vec<String>,
    /// Trackers and projects that failed: one harmless sentence each, with what to do.
    pub problems: Vec<(TrackerName, String, String)>,
    /// The failure that stopped the whole tracker, if one did.
    pub stopped: Option<crate::tracker::TrackerError>,
}
