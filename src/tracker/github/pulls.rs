//! Pull requests linked to a task: where they stand, and what happened on them and by whom.

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{
    GitHub, left_out, map,
    timeline::{Row, Timeline},
    wire::{self, User},
};
use crate::{
    domain::{
        evidence::{Pull, PullAct, PullHappening, PullKey, PullState, Verdict},
        key::TaskKey,
        person::{Association, Person},
        text::Foreign,
    },
    tracker::{ErrorClass, Result},
};

/// Pages of a pull request's timeline that are read: 1,000 rows.
const PAGES: u32 = 10;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    sha: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Answered {
    number: Option<u64>,
    title: Option<String>,
    state: Option<String>,
    draft: Option<bool>,
    user: Option<User>,
    merged_by: Option<User>,
    created_at: Option<String>,
    merged_at: Option<String>,
    closed_at: Option<String>,
    head: Option<Head>,
}

/// What of a pull request decides how its timeline is read.
struct Frame {
    author: Option<Person>,
    merged_by: Option<Person>,
    created_at: Timestamp,
    merged_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    draft: bool,
}

impl Frame {
    fn state(&self) -> PullState {
        match () {
            () if self.merged_at.is_some() => PullState::Merged,
            () if self.closed_at.is_some() => PullState::Closed,
            () if self.draft => PullState::Draft,
            () => PullState::Open,
        }
    }

    /// As what it was opened: the first change of that tells, else it never changed.
    fn opened_as(&self, rows: &[Row]) -> PullAct {
        let draft = rows.iter().find_map(|row| match row.event() {
            "ready_for_review" => Some(true),
            "convert_to_draft" | "converted_to_draft" => Some(false),
            _ => None,
        });
        if draft.unwrap_or(self.draft) { PullAct::Draft } else { PullAct::Ready }
    }

    fn by_author(&self, at: Timestamp, act: PullAct) -> PullHappening {
        PullHappening { at, by: self.author.clone(), association: None, act }
    }

    /// True for the closing that belongs to the merge.
    fn is_merge(&self, at: Timestamp) -> bool {
        let margin = SignedDuration::from_secs(60);
        self.merged_at.and_then(|merged| merged.checked_sub(margin).ok()).is_some_and(|merged| at >= merged)
    }

    /// The time of a commit. It was written by the author's clock, which may be wrong, and before the push: never
    /// before the pull request, never after its end, and from the future it counts as the row before it.
    fn commit_at(&self, row: &Row, before: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let written = map::time(row.committer.as_ref()?.date.as_deref())?;
        let at = if written > now { before } else { written };
        let end = self.merged_at.or(self.closed_at).unwrap_or(now);
        Some(at.min(end).max(self.created_at))
    }
}

/// A verdict; `None` for a review that was not given yet. A dismissed one only says that somebody looked.
fn verdict(state: Option<&str>) -> Option<Verdict> {
    match state?.to_ascii_lowercase().as_str() {
        "approved" => Some(Verdict::Approved),
        "changes_requested" => Some(Verdict::Changes),
        "commented" | "dismissed" => Some(Verdict::Commented),
        _ => None,
    }
}

/// What a row other than a commit tells.
fn act(row: &Row) -> Option<PullAct> {
    match row.event() {
        "commented" | "commit-commented" => Some(PullAct::Comment),
        "reviewed" => verdict(row.state.as_deref()).map(PullAct::Review),
        "ready_for_review" => Some(PullAct::Ready),
        "convert_to_draft" | "converted_to_draft" => Some(PullAct::Draft),
        "review_requested" => Some(PullAct::ReviewRequested),
        "head_ref_force_pushed" => Some(PullAct::Commit),
        "merged" => Some(PullAct::Merged),
        "closed" => Some(PullAct::Closed),
        "reopened" => Some(PullAct::Reopened),
        _ => None,
    }
}

fn told(row: &Row, at: Timestamp, act: PullAct) -> PullHappening {
    PullHappening { at, by: row.by(), association: attested(row.author_association.as_deref()), act }
}

/// What the tracker says that an author is; nothing when it does not say.
fn attested(raw: Option<&str>) -> Option<Association> {
    raw.map(|raw| map::association(Some(raw)))
}

/// Comments on lines that belong to no review of the timeline: a review is told once.
fn on_lines(row: &Row, rows: &[Row], now: Timestamp) -> Vec<PullHappening> {
    let reviewed = |id: u64| rows.iter().any(|r| r.event() == "reviewed" && r.id == Some(id));
    let comments = row.comments.iter().flatten().flatten();
    let alone = comments.filter(|c| !c.pull_request_review_id.is_some_and(reviewed));
    let told = alone.filter_map(|c| {
        let at = map::time(c.created_at.as_deref()).filter(|at| !map::is_ahead(*at, now))?;
        let association = attested(c.author_association.as_deref());
        Some(PullHappening { at, by: map::person(c.user.clone()), association, act: PullAct::Comment })
    });
    told.collect()
}

/// What happened on a pull request, oldest first.
fn happenings(frame: &Frame, timeline: &Timeline) -> Vec<PullHappening> {
    let (rows, now) = (&timeline.rows, timeline.now);
    let opened = frame.by_author(frame.created_at, frame.opened_as(rows));
    let mut found = vec![opened];
    let mut before = frame.created_at;
    for row in rows {
        let at = row.at(now);
        before = at.unwrap_or(before).max(before);
        match (row.event(), at) {
            ("committed", _) => {
                let at = frame.commit_at(row, before, now);
                found.extend(at.map(|at| frame.by_author(at, PullAct::Commit)));
            }
            ("line-commented" | "commit-commented", None) => found.extend(on_lines(row, rows, now)),
            ("closed", Some(at)) if frame.is_merge(at) => {}
            (_, Some(at)) => found.extend(act(row).map(|act| told(row, at, act))),
            (_, None) => {}
        }
    }
    add_end(frame, &mut found);
    found.sort_by_key(|h| h.at);
    found.dedup();
    found
}

/// The end of a pull request, where the timeline does not tell it.
fn add_end(frame: &Frame, found: &mut Vec<PullHappening>) {
    let last = found.iter().rev().map(|h| h.act);
    let ended = last.clone().find(|a| matches!(a, PullAct::Merged | PullAct::Closed | PullAct::Reopened));
    let (act, at, by) = match (frame.merged_at, frame.closed_at) {
        (Some(at), _) => (PullAct::Merged, at, frame.merged_by.clone()),
        (None, Some(at)) => (PullAct::Closed, at, None),
        (None, None) => return,
    };
    if ended != Some(act) {
        found.push(PullHappening { at, by, association: None, act });
    }
}

impl GitHub {
    /// Reads pull requests, oldest first. One that cannot be read is left out; trouble that hits everything is an
    /// error, or a moment's outage would look as if there were none.
    pub(super) async fn read_pulls(&self, keys: &[PullKey]) -> Result<Vec<Pull>> {
        let mut pulls = Vec::new();
        for result in join_all(keys.iter().map(|key| self.read_pull(key))).await {
            match result {
                Ok(pull) => pulls.push(pull),
                Err(error) if left_out(&error.class) => tracing::info!(%error, "a pull request is left out"),
                Err(error) => return Err(error),
            }
        }
        pulls.sort_by(|a, b| (a.created_at, &a.key).cmp(&(b.created_at, &b.key)));
        Ok(pulls)
    }

    async fn read_pull(&self, key: &PullKey) -> Result<Pull> {
        let PullKey { project, number } = key;
        let doing = format!("reading the pull request {project}#{number}");
        let path = self.rest(&format!("/repos/{}/pulls/{number}", project.path()));
        let answer = self.http.get(&path, None, &doing).await?;
        let pull: Answered = wire::one(&answer.body).map_err(|f| self.unusable(&f, &doing))?;
        let odd = |why: &str| self.fail(ErrorClass::Unexpected { status: answer.status }, &doing, why);
        if pull.number != Some(*number) {
            return Err(odd("the answer is about another pull request"));
        }
        let time = |raw: &Option<String>| map::time(raw.as_deref());
        let created_at = time(&pull.created_at).ok_or_else(|| odd("it does not say when it was opened"))?;
        let closed = pull.state.as_deref() == Some("closed");
        let frame = Frame {
            author: map::person(pull.user),
            merged_by: map::person(pull.merged_by),
            created_at,
            merged_at: time(&pull.merged_at),
            closed_at: time(&pull.closed_at).filter(|_| closed),
            draft: pull.draft.unwrap_or(false),
        };
        let sha = pull.head.and_then(|h| h.sha).unwrap_or_default();
        let issue = TaskKey::new(project.clone(), *number);
        let (timeline, checks) = tokio::join!(self.timeline(&issue, PAGES, &doing), self.read_checks(project, &sha));
        let timeline = timeline?;
        Ok(Pull {
            key: key.clone(),
            title: Foreign::new(pull.title.unwrap_or_default()),
            created_at,
            state: frame.state(),
            checks: checks?,
            happenings: happenings(&frame, &timeline),
            author: frame.author,
        })
    }
}
