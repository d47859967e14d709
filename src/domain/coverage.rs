//! How much of what was asked for has been read, as data for every surface.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{key::ProjectRef, project::SkipReason};

/// What the last sync achieved for one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Freshness {
    /// Known, never read yet.
    Never,
    /// Read completely.
    Fresh {
        /// When.
        at: Timestamp,
    },
    /// Reading was interrupted; it goes on at `next_page`.
    Partial {
        /// The page to continue with.
        next_page: u32,
    },
    /// Known and left out.
    Skipped {
        /// Why.
        reason: SkipReason,
    },
    /// Private, gone or forbidden. Local rows stay and are marked.
    NoAccess {
        /// One harmless sentence.
        why: String,
    },
    /// Waits for a rate limit.
    Waiting {
        /// Until when, as the server says.
        until: Timestamp,
    },
    /// Failed for another reason; tried again next time.
    Failed {
        /// One harmless sentence.
        why: String,
    },
}

/// Freshness of one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCoverage {
    /// Which.
    pub project: ProjectRef,
    /// How far.
    pub freshness: Freshness,
}

/// Counts over all projects. `total` leaves skipped ones out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Projects that should be read.
    pub total: u32,
    /// Read completely.
    pub fresh: u32,
    /// Interrupted or never read.
    pub unread: u32,
    /// Without access.
    pub no_access: u32,
    /// Waiting for a limit.
    pub waiting: u32,
    /// When the last of the waiting may go on.
    pub waiting_until: Option<Timestamp>,
    /// Failed otherwise.
    pub failed: u32,
    /// Left out on purpose (archived, disabled, issues off).
    pub skipped: u32,
    /// Rows that could not be read and were left out, over all pages.
    pub odd_rows: u32,
    /// End of the last sync.
    pub synced_at: Option<Timestamp>,
}

impl Coverage {
    /// Counts the projects.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Freshness>) -> Self {
        let mut c = Self::default();
        for row in rows {
            c.total += 1;
            match row {
                Freshness::Fresh { .. } => c.fresh += 1,
                Freshness::Never | Freshness::Partial { .. } => c.unread += 1,
                Freshness::NoAccess { .. } => c.no_access += 1,
                Freshness::Failed { .. } => c.failed += 1,
                Freshness::Waiting { until } => {
                    c.waiting += 1;
                    c.waiting_until = c.waiting_until.max(Some(*until));
                }
                Freshness::Skipped { .. } => {
                    c.skipped += 1;
                    c.total -= 1;
                }
            }
        }
        c
    }

    /// `212 of 230 fresh, 3 no access, 15 waiting for the rate limit until 14:05 UTC`.
    pub fn sentence(&self) -> String {
        let mut parts = vec![format!("{} of {} fresh", self.fresh, self.total)];
        let mut add = |n: u32, what: &str| {
            if n > 0 {
                parts.push(format!("{n} {what}"));
            }
        };
        add(self.no_access, "no access");
        add(self.unread, "not read yet");
        add(self.failed, "failed");
        if self.waiting > 0 {
            let until = self.waiting_until.map(|t| t.strftime("%H:%M UTC").to_string()).unwrap_or_default();
            add(self.waiting, &format!("waiting for the rate limit until {until}"));
        }
        add(self.skipped, "skipped");
        parts.join(", ")
    }
}
