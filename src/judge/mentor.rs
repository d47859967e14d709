//! Which mentors have room: on rotation, here today, and guiding fewer helpers than they said they would. Pure.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{
    commitment::Commitment,
    person::Person,
    policy::{Mentor, Policy},
    roster::Roster,
};

/// What a host has to give to somebody who needs a mentor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Room {
    /// The host names no mentor.
    #[default]
    None,
    /// It does, and none of them has room now.
    Full,
    /// One of them has.
    Free,
}

/// How many helpers each mentor guides now, on all trackers together.
#[derive(Clone, Debug)]
pub struct Mentoring<'a> {
    roster: &'a Roster,
    guided: HashMap<&'a str, u32>,
}

impl<'a> Mentoring<'a> {
    /// Counts what commitments say.
    pub fn of(roster: &'a Roster, commitments: &[Commitment]) -> Self {
        let mut guided: HashMap<&str, u32> = HashMap::new();
        for c in commitments.iter().filter(|c| c.state.holds()) {
            let Some(mentor) = c.life.as_ref().and_then(|life| life.mentor.as_ref()) else { continue };
            if let Some(member) = roster.member(&c.key.project.tracker, &Person::human(mentor.raw(), 0)) {
                *guided.entry(member.handle.as_str()).or_default() += 1;
            }
        }
        Self { roster, guided }
    }

    /// Whether a host has a mentor with room on a day.
    pub fn room(&self, policy: &Policy, today: Date) -> Room {
        match policy.mentors.iter().any(|m| self.has_room(m, today)) {
            true => Room::Free,
            false if policy.mentors.is_empty() => Room::None,
            false => Room::Full,
        }
    }

    fn has_room(&self, mentor: &Mentor, today: Date) -> bool {
        let away = |handle: &str| {
            self.roster.by_handle(handle).is_some_and(|m| !m.active || m.leave.iter().any(|q| q.covers(today)))
        };
        let guided = self.guided.get(mentor.handle.as_str()).copied().unwrap_or(0);
        mentor.on && guided < mentor.capacity && !away(&mentor.handle)
    }
}
