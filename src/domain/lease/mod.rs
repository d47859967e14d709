//! The fold: from what a tracker shows about one task to its leases, each with the log its life is replayed from. Pure,
//! permutation-independent, duplicate-proof.
//!
//! The log holds facts with server times (trackers.md §5.3); what follows from them is decided by
//! [`super::commitment::replay`]. Everybody who reads the same evidence computes the same lives.

mod comments;
mod events;
mod happenings;
mod proposals;
mod pulls;

use jiff::{Timestamp, civil::Date};

use super::{
    commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, Life, Logged, PullCard, Timer, replay},
    evidence::History,
    marker::{Marker, ReleaseReason},
    person::{Person, PersonKind},
    proposal::Proposal,
    roster::Roster,
    size::Size,
    task::{Comment, Task},
    text::Foreign,
    time::Now,
};

/// One claim or request with its log and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Its id.
    pub claim: ClaimId,
    /// Who, as the tracker attests.
    pub who: Person,
    /// Canonical comment: the smallest id carrying this claim.
    pub comment: u64,
    /// Comments that repeat the claim and may be deleted by their author.
    pub duplicates: Vec<u64>,
    /// Server time of the canonical comment.
    pub since: Timestamp,
    /// Last day, extensions included.
    pub until: Date,
    /// Where it stands.
    pub state: CommitmentState,
    /// Words of the release comment, without its marker and without what the program adds.
    pub note: Option<String>,
    /// Why it was handed back.
    pub reason: Option<ReleaseReason>,
    /// The marker as posted, to be edited in place.
    pub marker: Marker,
    /// Effort class named in the marker.
    pub size: Option<Size>,
    /// The plan in the claim comment; may be empty.
    pub plan: Foreign,
    /// What was done about it, oldest first.
    pub log: Vec<Entry>,
    /// Pull requests of the helper for this task, oldest first.
    pub pulls: Vec<PullCard>,
    /// The log replayed for the moment of the fold.
    pub life: Option<Box<Life>>,
}

impl Lease {
    /// True when its last day has passed and nobody was reminded: others may take the task.
    pub fn is_overdue(&self) -> bool {
        self.life.as_ref().is_some_and(|life| life.risk == Some(Timer::Overdue))
    }

    /// True while the task is held against others.
    pub fn holds_task(&self) -> bool {
        self.state.holds() && !self.is_overdue()
    }

    /// True when the log has this act.
    pub fn has(&self, act: &Act) -> bool {
        self.log.iter().any(|e| e.act == *act)
    }

    /// Gives a commitment what only the evidence tells: log, plan, pull requests, size, life.
    #[must_use]
    pub fn tell(&self, commitment: Commitment) -> Commitment {
        Commitment {
            size: self.size.or(commitment.size),
            plan: self.plan.clone(),
            log: self.log.clone(),
            pulls: self.pulls.clone(),
            life: self.life.clone(),
            ..commitment
        }
    }

    /// When the helper or the host ended it by a word, if one of them did: what comes later is no part of its log.
    fn closed_at(&self) -> Option<Timestamp> {
        let ends = |e: &&Entry| matches!(e.act, Act::Release | Act::Revoke { .. });
        self.log.iter().filter(ends).map(|e| e.at).min()
    }
}

/// What the evidence about a task says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// All leases, in the order that decides.
    pub leases: Vec<Lease>,
    /// Proposals, oldest first.
    pub proposals: Vec<Proposal>,
    /// Comments that look like markers but do not count, with the reason.
    pub ignored: Vec<(u64, String)>,
}

impl Fold {
    /// The lease that holds the task now, if any. One whose last day has passed holds nothing.
    pub fn holder(&self) -> Option<&Lease> {
        self.leases.iter().find(|l| l.holds_task())
    }

    /// The lease of one claim.
    pub fn claim(&self, id: ClaimId) -> Option<&Lease> {
        self.leases.iter().find(|l| l.claim == id)
    }
}

/// What a tracker shows about one task.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The task.
    pub task: &'a Task,
    /// Its comments, in any order, with repetitions.
    pub comments: &'a [Comment],
    /// What happened to it, and its pull requests.
    pub history: &'a History,
}

/// Folds what the tracker shows into leases as they stand now.
pub fn fold(evidence: Evidence<'_>, roster: &Roster, now: Now) -> Fold {
    let project = &evidence.task.key.project;
    let terms = |helper: &Person| roster.terms(project, Some(helper));
    let authority = roster.authority(project);
    let mut fold = comments::read(evidence.comments, &evidence.task.key, &authority);
    happenings::add(&mut fold.leases, evidence, &terms);
    for lease in &mut fold.leases {
        pulls::add(lease, evidence, &authority);
        let closed = lease.closed_at();
        lease.log.retain(|e| closed.is_none_or(|at| e.at <= at || matches!(e.act, Act::Release | Act::Revoke { .. })));
        // Within the very second of the claim, whatever counts for it came after it.
        let (since, first) = (lease.since, lease.comment);
        lease.log.iter_mut().filter(|e| e.at == since).for_each(|e| e.seq = e.seq.max(first));
        lease.log.sort_by_key(|e| (e.at, e.seq));
    }
    let logged: Vec<Logged<'_>> =
        fold.leases.iter().map(|l| Logged { claim: l.claim, who: &l.who, log: &l.log }).collect();
    let mut lives = replay(&logged, &terms, now);
    for lease in &mut fold.leases {
        if let Some(life) = lives.remove(&lease.claim) {
            lease.state = life.state;
            lease.until = life.until;
            lease.life = Some(Box::new(life));
        }
    }
    proposals::end(&mut fold, evidence.task);
    fold
}

/// The same account: by numeric id where both have one, else by login.
fn same(a: &Person, b: &Person) -> bool {
    if a.id != 0 && b.id != 0 { a.id == b.id } else { a.login == b.login }
}

/// Somebody who may act by hand: no machine, no account that is gone.
fn human(by: Option<&Person>) -> Option<&Person> {
    by.filter(|p| p.kind == PersonKind::Human)
}
