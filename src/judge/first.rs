//! The first thing somebody finishes in a project: when it was, how long it took from their first claim there, and how far
//! they have come. Derived from commitments alone, so that every installation tells the same. Pure; compares no people.

use jiff::Timestamp;
use serde::Serialize;

use super::hold;
use crate::domain::{commitment::Commitment, key::ProjectRef, person::Person, time::Now};

/// How far somebody has come in a project (conversion of newcomers, domain.md §3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Never claimed anything there.
    #[default]
    New,
    /// Has claimed, and finished nothing yet.
    Started,
    /// Has finished one task.
    Contributed,
    /// Came back, and finished another.
    Returned,
}

/// The first finished commitment of a person in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// Their first claim in the project.
    pub claimed_at: Timestamp,
    /// When the work was finished.
    pub finished_at: Timestamp,
    /// Whole days in between: the time to the first contribution.
    pub days: u32,
}

/// When a commitment was finished; `None` for what was not.
pub fn finished(c: &Commitment) -> Option<Timestamp> {
    c.life.as_deref().filter(|_| c.state.is_done())?.ended
}

/// What this is, if it is the first that its helper finished in its project.
pub fn first(all: &[Commitment], c: &Commitment) -> Option<First> {
    let finished_at = finished(c)?;
    let (mut claimed_at, own) = (hold::start(c), (finished_at, c.claim));
    for other in there(all, &c.key.project, &c.who) {
        if finished(other).is_some_and(|at| (at, other.claim) < own) {
            return None;
        }
        claimed_at = claimed_at.min(hold::start(other));
    }
    Some(First { claimed_at, finished_at, days: Now(finished_at).days_since(claimed_at) })
}

/// How far somebody has come in a project.
pub fn level(all: &[Commitment], project: &ProjectRef, who: &Person) -> Level {
    let (mut begun, mut done) = (0_u32, 0_u32);
    for c in there(all, project, who) {
        begun += 1;
        done += u32::from(finished(c).is_some());
    }
    match (begun, done) {
        (0, _) => Level::New,
        (_, 0) => Level::Started,
        (_, 1) => Level::Contributed,
        _ => Level::Returned,
    }
}

/// What somebody really began in a project.
fn there<'a>(all: &'a [Commitment], project: &'a ProjectRef, who: &'a Person) -> impl Iterator<Item = &'a Commitment> {
    let same = |c: &&Commitment| {
        c.key.project == *project
            && if c.who.id != 0 && who.id != 0 { c.who.id == who.id } else { c.who.login == who.login }
    };
    all.iter().filter(same).filter(|c| hold::has_begun(c))
}
