//! Ticking points off the list of somebody's first days in a project, on this machine only. Nothing here reaches a tracker.

use super::{Decision, World};
use crate::{
    app::{effect::Effect, error::UserError},
    domain::{
        key::ProjectRef,
        ledger::{Point, value},
    },
};

pub(super) fn tick(world: &World<'_>, project: &ProjectRef, points: &[(Point, bool)]) -> Result<Decision, UserError> {
    if world.snapshot.findings.checklist(project).is_empty() {
        let sentence = format!("you have claimed nothing in {project} yet");
        return Err(UserError::refused(sentence, "the list of first days begins with a claim there"));
    }
    let mut ticks = world.snapshot.ticks.get(project).cloned().unwrap_or_default();
    let before = ticks.clone();
    for (point, on) in points {
        if *on {
            ticks.entry(*point).or_insert(world.now.0);
        } else {
            ticks.remove(point);
        }
    }
    if ticks == before {
        return Ok(Decision { said: vec!["nothing changed".into()], ..Decision::default() });
    }
    let done = Point::ALL.iter().filter(|point| ticks.contains_key(point)).count();
    let said = match done {
        4 => format!("first days in {project}: all four points are done; welcome"),
        done => format!("first days in {project}: {done} of 4 points are done"),
    };
    Ok(Decision {
        effects: vec![Effect::Remember(vec![value(project, &ticks)])],
        said: vec![said],
        ..Decision::default()
    })
}
