//! What `--json` prints about lists for interns: what they leave out, and what is closest where nothing fits.

use serde::Serialize;

use super::raw;
use crate::index::{Miss, Row, Snapshot};

/// What a list for interns leaves out.
#[derive(Debug, Serialize)]
pub struct InternsOut {
    /// How many tasks answer the query and do not fit an intern.
    pub left_out: usize,
    /// The task that is nearest to fitting; null where some fit, or none can be taken.
    pub closest: Option<ClosestOut>,
}

/// A task that does not fit an intern yet.
#[derive(Debug, Serialize)]
pub struct ClosestOut {
    /// `owner/name#12`.
    pub key: String,
    /// Title, raw.
    pub title: String,
    /// What it lacks, and what would mend that.
    pub misses: Vec<Miss>,
}

impl InternsOut {
    /// Of the rows left out, where so many were found that fit.
    pub fn new(rows: &[&Row], found: usize, snapshot: &Snapshot) -> Self {
        let closest = snapshot.closest_for_intern(rows.iter().copied()).filter(|_| found == 0);
        let closest = closest.map(|row| ClosestOut {
            key: snapshot.shown_key(&row.task.key),
            title: raw(&row.task.title),
            misses: snapshot.intern_misses(row),
        });
        Self { left_out: rows.len(), closest }
    }
}
