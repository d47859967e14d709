//! What `checklist --json` prints.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    domain::{key::ProjectRef, ledger::Point},
    index::Snapshot,
};

/// `checklist`.
#[derive(Debug, Serialize)]
pub struct ChecklistOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// `owner/name`.
    pub project: String,
    /// The points, in the order they are gone through.
    pub points: Vec<PointOut>,
    /// What was said on the way.
    pub said: Vec<String>,
}

/// One point.
#[derive(Debug, Serialize)]
pub struct PointOut {
    /// `access`, `build`, `tests` or `channel`.
    pub point: Point,
    /// How to do it, or that nobody wrote that down.
    pub how: String,
    /// When it was ticked off.
    pub ticked: Option<Timestamp>,
    /// True when the documents were read and do not say it.
    pub gap: bool,
    /// The open task that is about the gap already.
    pub task: Option<String>,
}

impl ChecklistOut {
    /// The list of a project.
    pub fn new(project: &ProjectRef, snapshot: &Snapshot, said: Vec<String>) -> Self {
        let ticks = snapshot.ticks.get(project);
        let points = snapshot.findings.checklist(project).iter().map(|step| PointOut {
            point: step.point,
            how: step.how.clone(),
            ticked: ticks.and_then(|ticks| ticks.get(&step.point)).copied(),
            gap: step.gap.is_some(),
            task: step
                .gap
                .as_ref()
                .and_then(|id| snapshot.findings.covered_by(project, id).map(|key| snapshot.shown_key(key))),
        });
        Self { schema: super::SCHEMA, project: project.path().to_owned(), points: points.collect(), said }
    }
}
