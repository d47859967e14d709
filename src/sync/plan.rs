//! What to read next, decided from what is known. Pure.

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{project::Project, time::Now},
    tracker::Head,
};

/// Projects of one owner above which the change feed is cheaper than asking each project.
pub const FEED_FROM: usize = 60;

/// A project is asked by itself at least this often, even when its owner has a feed (days).
pub const SWEEP_DAYS: u32 = 7;

/// How far a feed reaches back behind the last one, for the lag of the tracker's index.
pub const FEED_OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// How far a watch reads behind the newest change seen before.
pub const WATCH_OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// How one project is brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectPlan {
    /// Left out; only its freshness is noted.
    Skip,
    /// Read all open tasks, beginning at this page.
    Sweep {
        /// First page to read.
        from: u32,
        /// The newest change of a task before that, where the index told it: what moves is looked for from there on.
        newest: Option<Timestamp>,
    },
    /// Ask what moved.
    Watch,
    /// The owner's feed covers it.
    Fed,
    /// The index says that there is nothing open; what it told of the newest change.
    Empty {
        /// The newest change of a task, were there any.
        newest: Option<Timestamp>,
    },
    /// The index says that nothing moved.
    Same,
}

/// What is known of a project before a sync.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The project.
    pub project: &'a Project,
    /// The page at which an interrupted sweep goes on.
    pub resume: Option<u32>,
    /// When it was last asked by itself.
    pub asked_at: Option<Timestamp>,
    /// The newest change that was read of it.
    pub mark: Option<Timestamp>,
    /// True when a feed covers its owner in this sync.
    pub fed: bool,
    /// True when its owner has so many projects that a feed will cover them.
    pub many: bool,
}

/// True when a project was not asked by itself for so long that a feed alone is not trusted any more.
pub fn is_overdue(asked_at: Option<Timestamp>, now: Now) -> bool {
    asked_at.is_none_or(|at| now.days_since(at) >= SWEEP_DAYS)
}

/// Decides how a project is read.
pub fn plan(known: Known<'_>, head: Option<&Head>, full: bool, now: Now) -> ProjectPlan {
    if known.project.skip_reason().is_some() {
        return ProjectPlan::Skip;
    }
    if full {
        return ProjectPlan::Sweep { from: 1, newest: None };
    }
    let newest = head.and_then(|h| h.newest);
    let nothing_moved = newest.is_some_and(|newest| known.mark.is_some_and(|mark| newest <= mark));
    match known.resume {
        Some(page) => ProjectPlan::Sweep { from: page, newest: None },
        None if known.asked_at.is_some() && known.fed && !is_overdue(known.asked_at, now) => ProjectPlan::Fed,
        None if known.asked_at.is_some() && nothing_moved => ProjectPlan::Same,
        None if known.asked_at.is_some() => ProjectPlan::Watch,
        None if head.is_some_and(|h| h.open == Some(0)) && (known.many || newest.is_none()) => {
            ProjectPlan::Empty { newest }
        }
        None => ProjectPlan::Sweep { from: 1, newest: newest.filter(|_| known.many) },
    }
}

/// The watermark after reading rows: the newest change, but never later than the present, so that one row from
/// the future does not hide what comes after.
pub fn watermark(before: Option<Timestamp>, newest: Option<Timestamp>, now: Now) -> Option<Timestamp> {
    before.max(newest.map(|n| n.min(now.0)))
}

/// True when a page of moved rows reaches back far enough.
pub fn reaches_back(oldest: Timestamp, watermark: Option<Timestamp>) -> bool {
    watermark.is_some_and(|mark| oldest <= mark.checked_sub(WATCH_OVERLAP).unwrap_or(mark))
}
