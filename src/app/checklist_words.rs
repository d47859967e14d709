//! Sentences about somebody's first days in a project, the same in TUI and command line. Pure; harmless text only.

use jiff::Timestamp;

use crate::{
    domain::{commitment::Commitment, ledger::Point},
    index::Snapshot,
    judge::project::Step,
};

/// A point with how to do it: `[x] build: CONTRIBUTING.md, 'Building'`.
pub fn line(step: &Step, ticked: Option<Timestamp>) -> String {
    let sign = if ticked.is_some() { "[x]" } else { "[ ]" };
    let gap = if step.gap.is_some() { " (you can tell the host)" } else { "" };
    format!("{sign} {}, {}: {}{gap}", step.point.word(), step.point.words(), step.how)
}

/// How far the user is in the project of an own live commitment, as long as something is left: `first days here: 1 of 4
/// points done`. Whoever has been through it once is not asked again.
pub fn left(c: &Commitment, snapshot: &Snapshot) -> Option<String> {
    let project = &c.key.project;
    let ticks = snapshot.ticks.get(project);
    let done = ticks.map_or(0, std::collections::BTreeMap::len);
    // Without the documents there is nothing to go by.
    let live = c.mine && c.state.holds() && snapshot.onboarding(project).is_some();
    (live && done < Point::ALL.len() && is_new(c, snapshot))
        .then(|| format!("first days here: {done} of {} points done", Point::ALL.len()))
}

/// True for the user's first commitment in a project.
pub fn is_new(c: &Commitment, snapshot: &Snapshot) -> bool {
    let earlier = |o: &&Commitment| o.mine && o.claim != c.claim && o.key.project == c.key.project && o.since < c.since;
    let finished = |o: &Commitment| o.life.as_deref().is_some_and(|life| life.artefact || life.done.is_some());
    !snapshot.commitments.iter().filter(earlier).any(finished)
}
