//! Sending wishes, each once, in order per task, through any crash.
//!
//! Before each act that cannot be repeated the row's step is on disk; after a crash the row is looked up on the
//! tracker before anything is sent again. The order is trackers.md §5.3: comment, read back, label, assignee.

use std::{collections::HashSet, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    domain::{
        commitment::{Commitment, CommitmentState, Projection},
        key::TaskKey,
        outbox::{Op, OpId, OpStatus, Wish},
        person::Person,
        refusal::Refusal,
        roster::Roster,
        text::Foreign,
        time::Now,
    },
    store::{self, Store},
    tracker::{ErrorClass, Tracker, TrackerError},
};

mod amend;
mod answer;
pub mod claim;
mod claims;
mod limits;
mod preflight;
mod propose;
mod raise;
mod steps;
mod texts;
pub(crate) mod tidy;
mod triage;

/// Waiting times and names. The defaults are those of reliability.md.
#[derive(Clone, Debug)]
pub struct OutboxSettings {
    /// Label that marks a task with a live commitment.
    pub label: String,
    /// Pause between posting a claim and reading back; at least the tracker's staleness.
    pub settle: Duration,
    /// Pauses before each look for a comment whose answer was lost. After the last it is posted once more.
    pub looks: Vec<Duration>,
    /// Tries of a failing row before it needs the user's attention. Tries while the tracker is out of reach do not
    /// count: a wish made offline waits as long as it takes.
    pub max_attempts: u32,
}

impl Default for OutboxSettings {
    fn default() -> Self {
        Self {
            label: "floating-help".into(),
            settle: Duration::from_millis(1_500),
            looks: [2, 5, 15, 8].map(Duration::from_secs).to_vec(),
            max_attempts: 8,
        }
    }
}

impl OutboxSettings {
    /// For a server on this machine, whose reads do not lag behind its writes: the same steps, shorter pauses.
    pub fn for_loopback() -> Self {
        Self {
            settle: Duration::from_millis(100),
            looks: [100, 300, 600, 1_000].map(Duration::from_millis).to_vec(),
            ..Self::default()
        }
    }
}

/// Clock of the caller.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// What a run needs.
pub struct OutboxContext<'a> {
    /// Where the rows are.
    pub store: &'a dyn Store,
    /// The tracker whose rows are sent.
    pub tracker: &'a dyn Tracker,
    /// Waiting times and names.
    pub settings: &'a OutboxSettings,
    /// The present.
    pub clock: Clock,
    /// People, teams and policies: guards are checked again before anything is sent.
    pub roster: &'a Roster,
    /// Send rows that wait, too (the user asked for it).
    pub impatient: bool,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The task.
    pub key: TaskKey,
    /// `claim` or `hand back`.
    pub verb: &'static str,
    /// How it ended for now.
    pub end: End,
}

/// How a row ended for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Done; the commitment as it stands.
    Done(Box<Commitment>),
    /// A task is sorted as wished; there is no commitment to it.
    Sorted {
        /// What was done, or was so already, one harmless phrase.
        said: String,
    },
    /// The task is made, and in the store.
    Raised {
        /// It.
        key: TaskKey,
    },
    /// Another claim came first.
    Lost {
        /// Login of whoever was first, harmless.
        to: String,
        /// What happened, by how much they were earlier, and who could help.
        refusal: Box<Refusal>,
    },
    /// Stays in the outbox until then.
    Later {
        /// When it is tried again.
        until: Timestamp,
        /// Why, one harmless sentence.
        why: String,
        /// True when a login or token is needed.
        auth: bool,
    },
    /// Stays in the outbox until the user acts.
    Attention {
        /// Why, one harmless sentence.
        why: String,
    },
    /// Refused by a rule before anything was sent, or taken back meanwhile: nothing of it is on the tracker.
    Refused {
        /// Why, one harmless sentence.
        why: String,
        /// The rule, where one refused.
        refusal: Option<Box<Refusal>>,
    },
    /// Sent, and it changed nothing: somebody else's word came before it, or the writer's words do not count here.
    Vain {
        /// Why, one harmless sentence with what to do.
        why: String,
    },
    /// What a run wished for the clock is not needed any more, or not possible; nobody has to do anything.
    Moot {
        /// Why, one harmless sentence.
        why: String,
    },
}

/// Sends every row of this tracker that is due, oldest first, in order per task.
///
/// # Errors
/// Only when the store fails; a tracker's failure becomes an [`End`] of its row.
pub async fn send(context: &OutboxContext<'_>) -> store::Result<Vec<Outcome>> {
    let mut blocked: HashSet<TaskKey> = HashSet::new();
    let mut outcomes = Vec::new();
    let mut me: Option<Result<Person, TrackerError>> = None;
    for op in context.store.outbox().await? {
        if op.key.project.tracker != *context.tracker.name() || blocked.contains(&op.key) {
            continue;
        }
        if !is_due(&op, context) {
            blocked.insert(op.key);
            continue;
        }
        let key = op.key.clone();
        let verb = op.wish.word();
        let end = match who_am_i(context.tracker, &mut me).await {
            Ok(person) => steps::drive(context, op, &person).await?,
            Err(error) => put_off(context, op, &error).await?,
        };
        if !matches!(end, End::Done(_) | End::Sorted { .. } | End::Raised { .. } | End::Lost { .. } | End::Moot { .. })
        {
            blocked.insert(key.clone());
        }
        outcomes.push(Outcome { key, verb, end });
    }
    Ok(outcomes)
}

fn is_due(op: &Op, context: &OutboxContext<'_>) -> bool {
    match &op.status {
        OpStatus::Ready => true,
        OpStatus::Waiting { until } => context.impatient || (context.clock)().0 >= *until,
        OpStatus::NeedsAttention { .. } => context.impatient,
    }
}

/// Asked once per run, whatever the answer: a host that cannot be reached is not waited for once per row.
async fn who_am_i(
    tracker: &dyn Tracker,
    known: &mut Option<Result<Person, TrackerError>>,
) -> Result<Person, TrackerError> {
    if let Some(answer) = known {
        return answer.clone();
    }
    let nobody = || TrackerError {
        class: ErrorClass::NoToken,
        host: tracker.name().to_string(),
        doing: "looking who you are".into(),
        said: String::new(),
    };
    let answer = tracker.me().await.and_then(|person| person.ok_or_else(nobody));
    known.insert(answer).clone()
}

/// True while the row has not been taken back by the user.
async fn still_wished(context: &OutboxContext<'_>, op: &Op) -> store::Result<bool> {
    Ok(context.store.outbox().await?.iter().any(|row| row.id == op.id))
}

fn taken_back() -> End {
    End::Refused { why: "it was taken back before anything was sent".into(), refusal: None }
}

/// Keeps a row for later, or for the user when waiting cannot help.
async fn put_off(context: &OutboxContext<'_>, mut op: Op, error: &TrackerError) -> store::Result<End> {
    if op.is_unsent() && !still_wished(context, &op).await? {
        return Ok(taken_back());
    }
    let now = (context.clock)().0;
    op.attempts = op.attempts.saturating_add(1);
    let why = error.sentence();
    op.last_error = Some(why.clone());
    let tired = op.attempts >= context.settings.max_attempts && !is_out_of_reach(&error.class);
    let hopeless = is_final(&error.class) || tired;
    let end = if hopeless && !error.is_auth() {
        op.status = OpStatus::NeedsAttention { why: format!("{why}; {}", error.hint()) };
        End::Attention { why: format!("{why}; {}", error.hint()) }
    } else {
        let until = match error.class {
            ErrorClass::RateLimit { until } | ErrorClass::SecondaryLimit { until } => until,
            _ => now.checked_add(backoff(op.attempts)).unwrap_or(now),
        };
        op.status = OpStatus::Waiting { until };
        End::Later { until, why, auth: error.is_auth() }
    };
    context.store.journal(vec![op], Vec::new()).await?;
    Ok(end)
}

/// 2 s, 4 s, 8 s … up to 5 minutes.
fn backoff(attempts: u32) -> Duration {
    Duration::from_secs(2u64.saturating_pow(attempts.clamp(1, 9)).min(300))
}

/// Nobody answered, or the answer was to come later: waiting helps, however long it takes.
fn is_out_of_reach(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Connect
            | ErrorClass::Dns
            | ErrorClass::Timeout
            | ErrorClass::Tls
            | ErrorClass::Proxy
            | ErrorClass::NotJson
            | ErrorClass::RateLimit { .. }
            | ErrorClass::SecondaryLimit { .. }
    )
}

/// The tracker understood and said no: trying again changes nothing.
fn is_final(class: &ErrorClass) -> bool {
    matches!(
        class,
        ErrorClass::Forbidden
            | ErrorClass::NotFound
            | ErrorClass::Gone
            | ErrorClass::Blocked
            | ErrorClass::Invalid
            | ErrorClass::ReadOnly
            | ErrorClass::Moved { .. }
    )
}

/// True when a failed write certainly did not take effect, so that it need not be looked for.
fn surely_not_applied(class: &ErrorClass) -> bool {
    is_final(class)
        || matches!(
            class,
            ErrorClass::BadToken
                | ErrorClass::NoToken
                | ErrorClass::Sso { .. }
                | ErrorClass::MissingScope { .. }
                | ErrorClass::RateLimit { .. }
                | ErrorClass::SecondaryLimit { .. }
                | ErrorClass::InsecureUrl
                | ErrorClass::Dns
        )
}

/// Makes rows due again, as the user asked: all of them, or one. To be called under the lock that sending takes, for whole
/// rows are written. The number of rows there are.
///
/// # Errors
/// When the store fails.
pub async fn make_ready(store: &dyn Store, id: Option<OpId>) -> store::Result<usize> {
    let rows = store.outbox().await?.into_iter().filter(|op| id.is_none_or(|id| op.id == id));
    let ready: Vec<Op> = rows.map(|op| Op { status: OpStatus::Ready, attempts: 0, ..op }).collect();
    let count = ready.len();
    if count > 0 {
        store.journal(ready, Vec::new()).await?;
    }
    Ok(count)
}

/// The commitment that belongs to a row which was just wished.
pub fn pending_commitment(op: &Op, me: Person) -> Option<Commitment> {
    let Wish::Claim { claim, until, size, .. } = &op.wish else { return None };
    Some(Commitment {
        key: op.key.clone(),
        claim: *claim,
        who: me,
        mine: true,
        state: CommitmentState::Pending,
        since: op.created_at,
        until: *until,
        size: *size,
        comment_id: None,
        label: Projection::Open,
        assignee: Projection::Open,
        note: None,
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    })
}
