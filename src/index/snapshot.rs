//! The snapshot: all tasks with their verdicts, built once, then only read.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::{
    domain::{
        commitment::Commitment,
        coverage::{Coverage, ProjectCoverage},
        key::{KeyError, LooseKey, ProjectRef, TaskKey, TrackerName},
        outbox::Op,
        person::Login,
        project::Project,
        signal::Signal,
        task::Task,
        time::Now,
    },
    judge::free::Free,
    store::{Everything, MarkKind},
};

/// One task with what was judged about it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The task.
    pub task: Task,
    /// Why it is here.
    pub signals: Vec<Signal>,
    /// Whether it can be taken.
    pub free: Free,
    /// Days since anything at all moved; limbo is at least that.
    pub quiet_days: u32,
    /// Days since it was opened.
    pub age_days: u32,
    /// Main language of its project.
    pub language: Option<String>,
    /// Private mark.
    pub mark: Option<MarkKind>,
    /// The live commitment on it.
    pub claim: Option<Commitment>,
}

/// Everything the surfaces read. Shared as `Arc<Snapshot>`.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Tasks that are open or committed to.
    pub rows: Vec<Row>,
    /// Projects.
    pub projects: Vec<Project>,
    /// All commitments, mine first, then by end date.
    pub commitments: Vec<Commitment>,
    /// Outbox, in order.
    pub outbox: Vec<Op>,
    /// Counts of freshness.
    pub coverage: Coverage,
    /// Freshness of each project.
    pub freshness: Vec<ProjectCoverage>,
    /// When it was built.
    pub built_at: Option<Timestamp>,
    /// The user's login on each tracker.
    pub me: HashMap<TrackerName, Login>,
    by_key: HashMap<TaskKey, u32>,
}

/// What building needs beside the store's content.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// The present.
    pub now: Now,
    /// The user's login on each tracker.
    pub me: HashMap<TrackerName, Login>,
    /// Projects that are configured; `None` shows all that the store knows.
    pub scope: Option<HashSet<ProjectRef>>,
}

/// A key that names no single task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// Not a key at all.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// No such task in the store.
    #[error("no task {0} in the store; `floorwalk sync` reads it if its project is configured")]
    Absent(String),
    /// On several trackers.
    #[error("{key} exists on several trackers: write {choices}")]
    Ambiguous {
        /// As typed.
        key: String,
        /// `gh:a/b#1 or ghe:a/b#1`.
        choices: String,
    },
}

impl Snapshot {
    /// Builds a snapshot. O(tasks).
    pub fn build(mut everything: Everything, context: &BuildContext) -> Self {
        if let Some(scope) = &context.scope {
            let mine: HashSet<TaskKey> =
                everything.commitments.iter().filter(|c| c.mine).map(|c| c.key.clone()).collect();
            everything.projects.retain(|p| scope.contains(&p.project));
            everything.coverage.retain(|c| scope.contains(&c.project));
            everything.tasks.retain(|t| scope.contains(&t.key.project) || mine.contains(&t.key));
        }
        let live: HashMap<&TaskKey, &Commitment> =
            everything.commitments.iter().filter(|c| c.state.is_live()).map(|c| (&c.key, c)).collect();
        let projects: HashMap<&ProjectRef, &Project> = everything.projects.iter().map(|p| (&p.project, p)).collect();
        let marks: HashMap<&TaskKey, MarkKind> = everything
            .marks
            .iter()
            .filter(|m| m.until.is_none_or(|until| until > context.now.0))
            .map(|m| (&m.key, m.kind))
            .collect();
        let rows: Vec<Row> =
            everything.tasks.iter().map(|task| Self::row(task, context, &live, &projects, &marks)).collect();
        let by_key =
            rows.iter().enumerate().filter_map(|(i, r)| Some((r.task.key.clone(), u32::try_from(i).ok()?))).collect();
        let mut coverage = Coverage::of(everything.coverage.iter().map(|c| &c.freshness));
        let value = |name: &str| everything.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        coverage.synced_at = value("synced_at").and_then(|v| v.parse().ok());
        coverage.odd_rows = value("odd_rows").and_then(|v| v.parse().ok()).unwrap_or(0);
        let mut commitments = everything.commitments.clone();
        commitments.sort_by(|a, b| (!a.mine, a.until, a.claim).cmp(&(!b.mine, b.until, b.claim)));
        Self {
            rows,
            commitments,
            coverage,
            by_key,
            freshness: everything.coverage.clone(),
            projects: everything.projects.clone(),
            outbox: everything.outbox.clone(),
            built_at: Some(context.now.0),
            me: context.me.clone(),
        }
    }

    fn row(
        task: &Task,
        context: &BuildContext,
        live: &HashMap<&TaskKey, &Commitment>,
        projects: &HashMap<&ProjectRef, &Project>,
        marks: &HashMap<&TaskKey, MarkKind>,
    ) -> Row {
        let project = projects.get(&task.key.project).copied();
        let claim = live.get(&task.key).copied();
        Row {
            signals: crate::judge::signals::signals(task, context.now),
            free: Free::of(task, project, claim, context.me.get(&task.key.project.tracker)),
            quiet_days: context.now.days_since(task.updated_at),
            age_days: context.now.days_since(task.created_at),
            language: project.and_then(|p| p.language.as_ref()).map(|l| l.line().into_owned()),
            mark: marks.get(&task.key).copied(),
            claim: claim.cloned(),
            task: task.clone(),
        }
    }

    /// The row of a key.
    pub fn get(&self, key: &TaskKey) -> Option<&Row> {
        self.rows.get(*self.by_key.get(key)? as usize)
    }

    /// The task a user means by a typed key.
    ///
    /// # Errors
    /// [`FindError`] when it names none, or several on different trackers.
    pub fn find(&self, typed: &str) -> Result<&Row, FindError> {
        let loose: LooseKey = typed.parse()?;
        let mut trackers: Vec<&TrackerName> = self.projects.iter().map(|p| &p.project.tracker).collect();
        trackers.extend(self.rows.iter().map(|r| &r.task.key.project.tracker));
        trackers.sort();
        trackers.dedup();
        let found: Vec<&Row> = trackers
            .into_iter()
            .filter(|t| loose.tracker.as_ref().is_none_or(|wanted| wanted == *t))
            .filter_map(|t| self.get(&loose.on(t).ok()?))
            .collect();
        match found.as_slice() {
            [one] => Ok(one),
            [] => Err(FindError::Absent(crate::domain::text::safe_line(typed).into_owned())),
            many => Err(FindError::Ambiguous {
                key: crate::domain::text::safe_line(typed).into_owned(),
                choices: many.iter().map(|r| r.task.key.qualified()).collect::<Vec<_>>().join(" or "),
            }),
        }
    }

    /// The key as surfaces print it: with its tracker only where two trackers have the same.
    pub fn shown_key(&self, key: &TaskKey) -> String {
        let twice = self.projects.iter().filter(|p| p.project.path() == key.project.path()).count() > 1;
        if twice { key.qualified() } else { key.to_string() }
    }
}
