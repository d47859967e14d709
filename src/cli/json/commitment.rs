//! What `--json` prints about commitments and hosts. Nothing in it depends on when or in what order things were read:
//! a fresh store prints the same bytes.

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

use super::{TaskOut, UrlOf, login, raw};
use crate::{
    app::words,
    domain::{
        calendar::Quiet,
        commitment::{Commitment, CommitmentState, Life, Projection, PullCard},
        evidence::{Checks, PullState},
        key::{ProjectRef, TaskKey},
        roster::Roster,
        text::safe_line,
        time::Now,
    },
    index::{Snapshot, alternatives},
    judge::first::{self, First, Level},
};

/// Tasks named beside what somebody else ended.
const ALTERNATIVES: usize = 3;

/// A task of which nothing but the name is known any more.
#[derive(Debug, Serialize)]
pub struct TaskName {
    /// `owner/name#12`.
    pub key: String,
    /// Name of the tracker.
    pub tracker: String,
    /// `owner/name`.
    pub project: String,
    /// Number within the project.
    pub number: u64,
}

/// A task, as far as it is known.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum AnyTask {
    /// In the store.
    Known(Box<TaskOut>),
    /// Only its name.
    Named(TaskName),
}

impl AnyTask {
    /// A task with what is known of it.
    pub fn of(key: &TaskKey, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        match snapshot.get(key) {
            Some(row) => Self::Known(Box::new(TaskOut::new(row, snapshot, url))),
            None => Self::Named(TaskName {
                key: snapshot.shown_key(key),
                tracker: key.project.tracker.to_string(),
                project: key.project.path().to_owned(),
                number: key.number,
            }),
        }
    }
}

/// What the user could take instead of what somebody else ended.
pub(crate) fn instead_of(c: &Commitment, snapshot: &Snapshot) -> Vec<TaskKey> {
    let row = snapshot.get(&c.key).filter(|_| c.mine && words::ended(c).is_some());
    row.map(|row| alternatives(snapshot, row, ALTERNATIVES)).unwrap_or_default()
}

/// A commitment.
#[derive(Debug, Serialize)]
pub struct CommitmentOut {
    /// The task.
    pub task: AnyTask,
    /// Identity of the claim.
    pub claim_id: String,
    /// Where it stands.
    pub state: CommitmentState,
    /// Login of who committed.
    pub who: String,
    /// True when that is you.
    pub mine: bool,
    /// Start.
    pub since: Timestamp,
    /// Last day.
    pub until: Date,
    /// Effort class named at claiming.
    pub size: Option<&'static str>,
    /// Id of the marker comment.
    pub comment_id: Option<u64>,
    /// How far the label got.
    pub label: Projection,
    /// How far the assignee got.
    pub assignee: Projection,
    /// Closing note.
    pub note: Option<String>,
    /// Rows of the outbox that still have to be sent for it.
    pub waiting: usize,
    /// Plan or latest words of the helper, raw.
    pub plan: String,
    /// Whose turn it is, in words; empty when it is over.
    pub turn: &'static str,
    /// What the helper should do next.
    pub next_action: Option<String>,
    /// Who is asked for a word about the plan, and by when; null where no plan waits.
    pub feedback: Option<String>,
    /// What the clock does next, with its day.
    pub clock: Option<String>,
    /// Pull requests of the helper for this task.
    pub pulls: Vec<PullOut>,
    /// How it ended and why, where somebody else ended it.
    pub ended: Option<String>,
    /// Up to three tasks that are free and alike, where the user's own was ended by somebody else.
    pub alternatives: Vec<String>,
    /// What it is as the first task that the user finished in its project; absent for every other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstOut>,
    /// Everything decided about it: state, deadlines, account. Null while it is on its way.
    pub life: Option<Life>,
}

/// The first task that the user finished in a project.
#[derive(Debug, Serialize)]
pub struct FirstOut {
    /// First claim, end, and whole days in between.
    #[serde(flatten)]
    pub first: First,
    /// How far the user has come in the project: `contributed`, or `returned` once they finished another.
    pub level: Level,
    /// A free task that is somewhat harder; null where there is none.
    pub next: Option<String>,
}

impl FirstOut {
    fn of(c: &Commitment, snapshot: &Snapshot) -> Option<Self> {
        let first = snapshot.first_finished(c).filter(|_| c.mine)?;
        let next = snapshot.next_step(c).map(|row| snapshot.shown_key(&row.task.key));
        Some(Self { first, level: first::level(&snapshot.commitments, &c.key.project, &c.who), next })
    }
}

/// A pull request.
#[derive(Debug, Serialize)]
pub struct PullOut {
    /// `owner/name`.
    pub project: String,
    /// Number within the project.
    pub number: u64,
    /// Title, raw.
    pub title: String,
    /// `draft`, `open`, `merged` or `closed`.
    pub state: PullState,
    /// Checks of its last commit.
    pub checks: Checks,
}

impl From<&PullCard> for PullOut {
    fn from(card: &PullCard) -> Self {
        Self {
            project: card.key.project.path().to_owned(),
            number: card.key.number,
            title: raw(&card.title),
            state: card.state,
            checks: card.checks,
        }
    }
}

/// What is over has nothing on the tracker any more, whatever this store remembers of it.
fn shown(commitment: &Commitment, projection: Projection) -> Projection {
    let over = commitment.state.is_over() || commitment.state == CommitmentState::Warranty;
    if over { Projection::Open } else { projection }
}

impl CommitmentOut {
    /// A commitment with its task.
    pub fn new(commitment: &Commitment, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        Self {
            task: AnyTask::of(&commitment.key, snapshot, url),
            claim_id: commitment.claim.to_string(),
            state: commitment.state,
            who: login(&commitment.who.login),
            mine: commitment.mine,
            since: commitment.since,
            until: commitment.until,
            size: commitment.size.map(crate::domain::size::Size::word),
            comment_id: commitment.comment_id,
            label: shown(commitment, commitment.label),
            assignee: shown(commitment, commitment.assignee),
            note: commitment.note.clone(),
            waiting: snapshot.outbox.iter().filter(|op| op.wish.claim() == Some(commitment.claim)).count(),
            plan: raw(&commitment.plan),
            turn: words::turn(commitment),
            next_action: words::next_action(commitment),
            feedback: words::feedback(commitment, &snapshot.roster),
            clock: words::clock(commitment, &snapshot.roster),
            pulls: commitment.pulls.iter().map(PullOut::from).collect(),
            ended: words::ended(commitment),
            alternatives: instead_of(commitment, snapshot).iter().map(|key| snapshot.shown_key(key)).collect(),
            first: FirstOut::of(commitment, snapshot),
            life: commitment.life.as_deref().cloned(),
        }
    }
}

/// `mine`.
#[derive(Debug, Serialize)]
pub struct MineOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// My commitments, first to end first.
    pub commitments: Vec<CommitmentOut>,
    /// Tasks that I am assigned to by hand, without a claim.
    pub assigned: Vec<AnyTask>,
    /// Tasks proposed to me that wait for my answer, then those that I proposed.
    pub proposals: Vec<super::ProposalOut>,
}

/// `warranty` without a task.
#[derive(Debug, Serialize)]
pub struct WarrantyOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// Finished commitments whose helper still answers for regressions.
    pub commitments: Vec<CommitmentOut>,
}

/// `thanks`.
#[derive(Debug, Serialize)]
pub struct ThanksOut {
    /// Always [`super::SCHEMA`].
    pub schema: &'static str,
    /// The task.
    pub task: String,
    /// Where the host talks; may be empty.
    pub channel: String,
    /// Draft for the channel.
    pub to_channel: String,
    /// Draft for the helper's manager.
    pub to_manager: String,
}

/// How a host takes helpers.
#[derive(Debug, Serialize)]
pub struct HostOut {
    /// The project it is about.
    pub project: String,
    /// Name of the team.
    pub team: String,
    /// Handles of its leads.
    pub leads: Vec<String>,
    /// `auto`, `notify`, `ask` or `closed`.
    pub consent: &'static str,
    /// Where to ask.
    pub contact: String,
    /// Handles of mentors on rotation.
    pub mentors: Vec<String>,
    /// Quiet periods that are not over yet.
    pub quiet: Vec<Quiet>,
}

impl HostOut {
    /// The host of a project, where a registry names one.
    pub fn of(roster: &Roster, project: &ProjectRef, now: Now) -> Option<Self> {
        let team = roster.host_of(project)?;
        let policy = roster.policy(project);
        let today = roster.terms(project, None).calendar.date(now.0);
        Some(Self {
            project: project.path().to_owned(),
            team: team.name.clone(),
            leads: team.leads.clone(),
            consent: policy.consent.word(),
            contact: policy.contact.clone(),
            mentors: policy.mentors.iter().filter(|m| m.on).map(|m| m.handle.clone()).collect(),
            quiet: policy.quiet.into_iter().filter(|q| q.to >= today).collect(),
        })
    }

    /// The same for people, one harmless line each.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("host: {}, consent: {}", self.team, self.consent)];
        let listed = [("leads", &self.leads), ("mentors", &self.mentors)];
        lines.extend(listed.iter().filter(|(_, l)| !l.is_empty()).map(|(what, l)| format!("{what}: {}", l.join(", "))));
        if !self.contact.is_empty() {
            lines.push(format!("contact: {}", self.contact));
        }
        for quiet in &self.quiet {
            let why = if quiet.why.is_empty() { String::new() } else { format!(" ({})", quiet.why) };
            lines.push(format!("quiet from {} to {}{why}", quiet.from, quiet.to));
        }
        lines.iter().map(|line| safe_line(line).into_owned()).collect()
    }
}
