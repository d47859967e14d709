//! What `--json` prints: schema `floorwalk/1`. Texts are raw, as the tracker has them; times are RFC 3339 in UTC;
//! dates are `YYYY-MM-DD`. Within one schema fields are only ever added.

mod checklist;
mod commitment;
mod intern;
mod proposal;
mod triage;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

pub use self::checklist::{ChecklistOut, PointOut};
pub(crate) use self::commitment::instead_of;
pub use self::commitment::{
    AnyTask, CommitmentOut, FirstOut, HostOut, MineOut, PullOut, TaskName, ThanksOut, WarrantyOut,
};
pub use self::intern::{ClosestOut, InternsOut};
pub use self::proposal::{ProposalOut, ProposedOut};
pub use self::triage::{DuplicatesOut, TriageOut, TriagedOut, TwinOut};
use crate::{
    app::UserError,
    domain::{
        coverage::Coverage,
        key::TaskKey,
        outbox::Op,
        person::{Login, Person},
        planning::Planning,
        refusal::{Lifter, Refusal, Rule},
        task::{TaskDetail, TaskState},
        text::Foreign,
    },
    index::{Row, Snapshot},
    judge::free::Free,
};
/// Name and version of the schema.
pub const SCHEMA: &str = "floorwalk/1";

/// Address of a task for a browser, where its tracker is configured.
pub type UrlOf<'a> = &'a dyn Fn(&TaskKey) -> Option<String>;

/// A signal with what was seen.
#[derive(Debug, Serialize)]
pub struct Why {
    /// The signal's word.
    pub signal: &'static str,
    /// What was seen.
    pub evidence: String,
}

/// A task.
#[derive(Debug, Serialize)]
pub struct TaskOut {
    /// `owner/name#12`, with its tracker in front where two trackers have it.
    pub key: String,
    /// Name of the tracker.
    pub tracker: String,
    /// `owner/name`.
    pub project: String,
    /// Number within the project.
    pub number: u64,
    /// Title, raw.
    pub title: String,
    /// Address for a browser; null when the tracker is not configured.
    pub url: Option<String>,
    /// `open`, `closed` or `not_planned`.
    pub state: TaskState,
    /// Label names, raw.
    pub labels: Vec<String>,
    /// Private tags; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Logins.
    pub assignees: Vec<String>,
    /// Login; null for a deleted account.
    pub author: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When anything about it last changed.
    pub updated_at: Timestamp,
    /// Words of its signals.
    pub signals: Vec<&'static str>,
    /// The signals with their evidence.
    pub why: Vec<Why>,
    /// True when nobody holds it.
    pub free: bool,
    /// Who holds it, or why it cannot be taken.
    pub availability: Free,
    /// Number of comments.
    pub comments: u32,
    /// Number of reactions.
    pub reactions: u32,
    /// Title of the milestone, raw.
    pub milestone: Option<String>,
    /// Days since anything moved.
    pub quiet_days: u32,
    /// Days since it was opened.
    pub age_days: u32,
    /// What it is worth to the user by what the list knows, hundredths of a point; null for what is not open.
    pub score: Option<u32>,
    /// Main language of its project.
    pub language: Option<String>,
    /// What a tracker that plans work says; absent elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planning: Option<Box<Planning>>,
    /// The same work on other trackers; absent where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<MirrorOut>,
    /// Key of the home that stands for it in the lists; absent where it does so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folded_into: Option<String>,
}

/// Another home of the same work.
#[derive(Debug, Serialize)]
pub struct MirrorOut {
    /// Its key.
    pub key: String,
    /// Address in a browser.
    pub url: Option<String>,
}

impl TaskOut {
    /// A task as a snapshot judges it.
    pub fn new(row: &Row, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        let task = &row.task;
        Self {
            key: snapshot.shown_key(&task.key),
            tracker: task.key.project.tracker.to_string(),
            project: task.key.project.path().to_owned(),
            number: task.key.number,
            title: task.title.raw().to_owned(),
            url: url(&task.key),
            state: task.state,
            labels: task.labels.iter().map(raw).collect(),
            tags: snapshot.tags.get(&task.key).to_vec(),
            assignees: task.assignees.iter().map(login).collect(),
            author: task.author.as_ref().map(|p| login(&p.login)),
            created_at: task.created_at,
            updated_at: task.updated_at,
            signals: row.signals.iter().map(|s| s.kind.word()).collect(),
            why: row.signals.iter().map(|s| Why { signal: s.kind.word(), evidence: s.evidence.clone() }).collect(),
            free: row.free.is_free(),
            availability: row.free.clone(),
            comments: task.comments,
            reactions: task.reactions,
            milestone: task.milestone.as_ref().map(|m| raw(&m.title)),
            quiet_days: row.quiet_days,
            age_days: row.age_days,
            score: snapshot.score(row),
            language: row.language.clone(),
            planning: task.planning.clone(),
            mirrors: row.mirrors.iter().map(|key| MirrorOut { key: snapshot.shown_key(key), url: url(key) }).collect(),
            folded_into: row.folded.as_ref().map(|key| snapshot.shown_key(key)),
        }
    }
}

fn raw(text: &Foreign) -> String {
    text.raw().to_owned()
}

fn login(login: &Login) -> String {
    login.raw().to_owned()
}

/// How much of what was asked for has been read.
#[derive(Debug, Serialize)]
pub struct CoverageOut {
    /// The counts.
    #[serde(flatten)]
    pub counts: Coverage,
    /// The same in words.
    pub sentence: String,
}

impl From<&Coverage> for CoverageOut {
    fn from(counts: &Coverage) -> Self {
        Self { counts: counts.clone(), sentence: counts.sentence() }
    }
}

/// `list`.
#[derive(Debug, Serialize)]
pub struct ListOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The tasks found, in order, cut by `--limit`.
    pub tasks: Vec<TaskOut>,
    /// How many were found before `--limit`.
    pub found: usize,
    /// How many more were found that somebody else is at; `is:taken` lists them.
    pub taken: usize,
    /// What a list for interns leaves out; absent for any other list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interns: Option<InternsOut>,
    /// Freshness.
    pub coverage: CoverageOut,
}

/// All verbs that write.
#[derive(Debug, Serialize)]
pub struct WroteOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The commitments afterwards.
    pub commitments: Vec<CommitmentOut>,
    /// What was said on the way.
    pub said: Vec<String>,
    /// What failed; the wish stays queued.
    pub problems: Vec<ErrorOut>,
}

/// `--dry-run` of any verb.
#[derive(Debug, Serialize)]
pub struct DryRunOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Always true.
    pub dry_run: bool,
    /// What would happen.
    pub would: Vec<String>,
    /// What should be known before: expected review, warnings, why it must be asked for.
    pub know: Vec<String>,
    /// The hosts of the tasks to be claimed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostOut>,
}

/// `show`.
#[derive(Debug, Serialize)]
pub struct ShowOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The task.
    pub task: TaskOut,
    /// Description, Markdown, raw; null when it was not read yet.
    pub body: Option<String>,
    /// Comments read so far, oldest first.
    pub comments: Vec<CommentOut>,
}

/// A comment.
#[derive(Debug, Serialize)]
pub struct CommentOut {
    /// Id on the tracker.
    pub id: u64,
    /// Login; null for a deleted account.
    pub author: Option<String>,
    /// Server time of writing.
    pub created_at: Timestamp,
    /// The text, Markdown, raw.
    pub body: String,
}

impl ShowOut {
    /// A task with its texts.
    pub fn new(row: &Row, detail: &TaskDetail, snapshot: &Snapshot, url: UrlOf<'_>) -> Self {
        let author = |p: &Option<Person>| p.as_ref().map(|p| login(&p.login));
        Self {
            schema: SCHEMA,
            task: TaskOut::new(row, snapshot, url),
            body: detail.body.as_ref().map(raw),
            comments: detail
                .comments
                .iter()
                .map(|c| CommentOut {
                    id: c.id,
                    author: author(&c.author),
                    created_at: c.created_at,
                    body: raw(&c.body),
                })
                .collect(),
        }
    }
}

/// `outbox`.
#[derive(Debug, Serialize)]
pub struct OutboxOut<'a> {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The rows, in the order of sending.
    pub outbox: &'a [Op],
}

/// `sync`.
#[derive(Debug, Serialize)]
pub struct SyncOut {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Freshness afterwards.
    pub coverage: CoverageOut,
    /// Different tasks that were read.
    pub read: u32,
    /// Requests sent.
    pub requests: u64,
    /// Of them answered "not modified".
    pub not_modified: u64,
    /// Rows that could not be read.
    pub odd: Vec<String>,
    /// What failed.
    pub problems: Vec<ProblemOut>,
}

/// A tracker or project that failed.
#[derive(Debug, Serialize)]
pub struct ProblemOut {
    /// Name of the tracker.
    pub tracker: String,
    /// What happened.
    pub sentence: String,
    /// What to do next.
    pub hint: String,
}

/// An error.
#[derive(Debug, Serialize)]
pub struct ErrorOut {
    /// The exit code.
    pub code: u8,
    /// What happened.
    pub sentence: String,
    /// What to do next, most useful first.
    pub hints: Vec<String>,
    /// The rule that refused; absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<RefusalOut>,
}

impl From<&UserError> for ErrorOut {
    fn from(error: &UserError) -> Self {
        Self {
            code: error.code as u8,
            sentence: error.sentence.clone(),
            hints: error.hints.clone(),
            refusal: error.refusal.as_deref().map(Into::into),
        }
    }
}

/// A refusal for programs; its sentence is the error's.
#[derive(Debug, Serialize)]
pub struct RefusalOut {
    /// Name of the rule: `HostConcurrency`.
    pub rule: Rule,
    /// Who could lift it: `{"host": ["ana (lead)"]}`, `{"holder": "lee"}`, `"you"`, `"programme"` or `"nobody"`.
    pub lifter: Lifter,
    /// First day on which the wish would pass by itself; null when no day is known.
    pub lifts_on: Option<Date>,
    /// What could be done now.
    pub instead: Vec<String>,
    /// Keys of tasks that are free and alike.
    pub alternatives: Vec<String>,
}

impl From<&Refusal> for RefusalOut {
    fn from(refusal: &Refusal) -> Self {
        Self {
            rule: refusal.rule,
            lifter: refusal.lifter.clone(),
            lifts_on: refusal.lifts_on,
            instead: refusal.instead.clone(),
            alternatives: refusal.alternatives.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What any verb prints when it fails.
#[derive(Debug, Serialize)]
pub struct Failed {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The error that decides the exit code.
    pub error: ErrorOut,
    /// Further mistakes found at the same time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<ErrorOut>,
}

impl Failed {
    /// From one or more errors; none at all reads as a bug.
    pub fn new(errors: &[UserError]) -> Self {
        let mut all: Vec<ErrorOut> = errors.iter().map(Into::into).collect();
        let rest = if all.is_empty() { Vec::new() } else { all.split_off(1) };
        let none =
            ErrorOut { code: 70, sentence: "failed without saying why".into(), hints: Vec::new(), refusal: None };
        Self { schema: SCHEMA, error: all.pop().unwrap_or(none), more: rest }
    }
}
