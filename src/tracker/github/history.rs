//! What happened to a task beside its comments: rows of its timeline as facts, and the pull requests that they name.

use super::{
    GitHub, map,
    timeline::{Row, Timeline},
    wire::Label,
};
use crate::{
    domain::{
        evidence::{Happening, History, PullKey, What},
        key::{TaskKey, TrackerName},
        text::Foreign,
    },
    tracker::Result,
};

/// Pages of a task's timeline that are read: 3,000 rows.
const PAGES: u32 = 30;
/// Pull requests of one task that are read, the last linked ones. What mentions a task may be far more.
const PULLS: usize = 5;

fn label(label: Option<&Label>) -> Option<Foreign> {
    match label? {
        Label::Object { name } => name.clone().map(Foreign::new),
        Label::Name(name) => Some(Foreign::new(name.clone())),
        Label::Odd(_) => None,
    }
}

/// What a row tells; `None` for kinds that mean nothing here and for rows that lack what they are about.
fn what(row: &Row, tracker: &TrackerName) -> Option<What> {
    let assignee = || map::person(row.assignee.clone());
    match row.event() {
        "assigned" => Some(What::Assigned { to: assignee()? }),
        "unassigned" => Some(What::Unassigned { from: assignee()? }),
        "labeled" => Some(What::Labelled { label: label(row.label.as_ref())? }),
        "unlabeled" => Some(What::Unlabelled { label: label(row.label.as_ref())? }),
        "closed" => Some(What::Closed { state: map::state(Some("closed"), row.state_reason.as_deref(), true) }),
        "reopened" => Some(What::Reopened),
        "cross-referenced" | "connected" => Some(What::Linked { pull: row.pull(tracker)? }),
        _ => None,
    }
}

/// The facts of a timeline, oldest first. A pull request is linked once, however often it mentions the task.
fn happenings(timeline: &Timeline, tracker: &TrackerName) -> Vec<Happening> {
    let mut linked: Vec<PullKey> = Vec::new();
    let mut found = Vec::new();
    let mut id = 0;
    for row in &timeline.rows {
        // Mentions come without an id: they take that of the row before, so that their place is kept.
        id = row.id.unwrap_or(id);
        let (Some(at), Some(what)) = (row.at(timeline.now), what(row, tracker)) else { continue };
        if let What::Linked { pull } = &what {
            if linked.contains(pull) {
                continue;
            }
            linked.push(pull.clone());
        }
        found.push(Happening { id, at, by: row.by(), what });
    }
    found.sort_by_key(|h| h.at);
    found
}

impl GitHub {
    pub(super) async fn read_history(&self, key: &TaskKey) -> Result<History> {
        let doing = format!("reading what happened to {key}");
        let mut timeline = self.timeline(key, PAGES, &doing).await?;
        if timeline.moved {
            // A redirect may lead to another project: then this is the history of something else.
            self.read_issue(key, &doing).await?;
        }
        self.name_connected(&mut timeline.rows).await?;
        let happenings = happenings(&timeline, &self.name);
        let linked = happenings.iter().rev().filter_map(|h| match &h.what {
            What::Linked { pull } => Some(pull.clone()),
            _ => None,
        });
        let linked: Vec<PullKey> = linked.take(PULLS).collect();
        let pulls = self.read_pulls(&linked).await?;
        Ok(History { happenings, pulls })
    }
}
