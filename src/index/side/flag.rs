//! What is said of a row with yes or no. Knows rows; keeps none.

use super::super::snapshot::Row;
use crate::{
    domain::task::TaskState,
    judge::signal::{is_held_back, label::Dictionary},
    store::MarkKind,
};

/// Yes-or-no properties of a row that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::index) enum Flag {
    Free,
    Gated,
    Shut,
    Avoided,
    Folded,
    Hidden,
    Snoozed,
    Bookmarked,
    Open,
    NotPlanned,
    Mine,
    Claimed,
    Held,
    Assigned,
    Taken,
    Labelled,
    Milestone,
    Commented,
    HeldBack,
    Unborn,
    /// Its task is in no list any more; the row is not there, but its place is.
    Gone,
}

impl Flag {
    pub(super) const ALL: [Self; 21] = [
        Self::Free,
        Self::Gated,
        Self::Shut,
        Self::Avoided,
        Self::Folded,
        Self::Hidden,
        Self::Snoozed,
        Self::Bookmarked,
        Self::Open,
        Self::NotPlanned,
        Self::Mine,
        Self::Claimed,
        Self::Held,
        Self::Assigned,
        Self::Taken,
        Self::Labelled,
        Self::Milestone,
        Self::Commented,
        Self::HeldBack,
        Self::Unborn,
        Self::Gone,
    ];

    pub(super) fn holds(self, row: &Row, dictionary: &mut Dictionary) -> bool {
        match self {
            Self::Free => row.free.is_free(),
            Self::Gated => row.is_gated(),
            Self::Shut => row.shut,
            Self::Avoided => row.avoided,
            Self::Folded => row.folded.is_some(),
            Self::Hidden => row.mark == Some(MarkKind::Hidden),
            Self::Snoozed => row.mark == Some(MarkKind::Snoozed),
            Self::Bookmarked => row.mark == Some(MarkKind::Bookmark),
            Self::Open => row.task.state == TaskState::Open,
            Self::NotPlanned => row.task.state == TaskState::NotPlanned,
            Self::Mine => row.claim.as_ref().is_some_and(|c| c.mine),
            Self::Claimed => row.claim.is_some(),
            Self::Held => row.claim.as_ref().is_some_and(|c| c.holds_task()),
            Self::Assigned => !row.task.assignees.is_empty(),
            Self::Taken => row.is_taken(),
            Self::Labelled => !row.task.labels.is_empty(),
            Self::Milestone => row.task.milestone.is_some(),
            Self::Commented => row.task.comments > 0,
            Self::HeldBack => is_held_back(&row.task, dictionary),
            Self::Unborn => row.task.key.is_unborn(),
            // A row that is at hand is there.
            Self::Gone => false,
        }
    }
}
