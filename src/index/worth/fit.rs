//! Whether a task fits the first page of an intern (IN2): described well, small, with a mentor who has room, in a project
//! that is easy to enter. Holds the four facts of a task and what they lack; the words are in [`super::super::intern`].

use serde::{Deserialize, Serialize};

use crate::{domain::size::Size, judge::mentor::Room};

/// Points of description from which on a task fits.
pub(in crate::index) const READINESS_LEAST: u8 = 60;
/// Points of its project from which on a task fits.
pub(in crate::index) const ONBOARDING_LEAST: u8 = 50;
/// The largest size that fits.
const SIZE_MOST: Size = Size::S;

/// What is known of a task for an intern; what was not read or said is absent, and does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::index) struct Fit {
    /// Points of its description.
    pub(in crate::index) readiness: Option<u8>,
    /// Its size, where a label or points say it.
    pub(in crate::index) size: Option<Size>,
    /// Who would guide: the host's mentors, or whoever the task itself names.
    pub(in crate::index) mentor: Room,
    /// How easy its project is to enter.
    pub(in crate::index) onboarding: Option<u8>,
}

/// One thing that an intern's first page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::index) enum Wanted {
    Readiness,
    Size,
    Mentor,
    Onboarding,
}

impl Fit {
    /// What is wanting, in a fixed order.
    pub(in crate::index) fn wanting(self) -> impl Iterator<Item = Wanted> {
        [
            (Wanted::Readiness, self.readiness.is_some_and(|p| p >= READINESS_LEAST)),
            (Wanted::Size, self.size.is_some_and(|s| s <= SIZE_MOST)),
            (Wanted::Mentor, self.mentor == Room::Free),
            (Wanted::Onboarding, self.onboarding.is_some_and(|p| p >= ONBOARDING_LEAST)),
        ]
        .into_iter()
        .filter(|(_, met)| !met)
        .map(|(wanted, _)| wanted)
    }

    /// True when nothing is wanting.
    pub(in crate::index) fn fits(self) -> bool {
        self.wanting().next().is_none()
    }

    /// How far it is from fitting: the number of things wanting, then how much of them, in hundredths.
    pub(in crate::index) fn distance(self) -> (usize, u32) {
        let short = |has: Option<u8>, least: u8| match has {
            None => 100,
            Some(points) => u32::from(least.saturating_sub(points)) * 100 / u32::from(least),
        };
        let size = match self.size {
            Some(Size::L) => 100,
            Some(size) if size <= SIZE_MOST => 0,
            _ => 50,
        };
        let mentor = match self.mentor {
            Room::Free => 0,
            Room::Full => 50,
            Room::None => 100,
        };
        let gap = short(self.readiness, READINESS_LEAST) + size + mentor + short(self.onboarding, ONBOARDING_LEAST);
        (self.wanting().count(), gap)
    }
}
