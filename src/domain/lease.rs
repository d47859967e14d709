//! The fold: from the comments of one task to who holds it. Pure, permutation-independent, duplicate-proof.
//!
//! Order of claims: server time of the comment, then comment id. Everybody who reads the same comments computes
//! the same holder (trackers.md §5.3).

use std::cmp::Reverse;

use jiff::{Timestamp, civil::Date};

use super::{
    commitment::{ClaimId, CommitmentState},
    evidence::History,
    marker::{self, Marker, MarkerKind, ReleaseReason},
    person::Person,
    roster::Roster,
    task::{Comment, Task, TaskState},
    time::{Now, end_of_day},
};

/// One claim with its outcome.
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
    /// Note of the release comment, without its marker.
    pub note: Option<String>,
    /// Why it was handed back.
    pub reason: Option<ReleaseReason>,
    /// The marker as posted, to be edited in place.
    pub marker: Marker,
}

/// What the comments of a task say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// All leases, in the order that decides.
    pub leases: Vec<Lease>,
    /// Comments that look like markers but do not count, with the reason.
    pub ignored: Vec<(u64, String)>,
}

impl Fold {
    /// The lease that holds the task now, if any.
    pub fn holder(&self) -> Option<&Lease> {
        self.leases.iter().find(|l| l.state == CommitmentState::Active)
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
    let Evidence { task, comments, .. } = evidence;
    let _ = roster;
    // A comment may come twice, before and after an edit: the later version counts, whichever came first.
    let version = |c: &Comment| {
        let author = c.author.as_ref().map(|a| a.id);
        (c.updated_at, c.created_at, c.body.clone(), author, c.association.speaks_for_host())
    };
    let mut sorted: Vec<&Comment> = comments.iter().collect();
    sorted.sort_by_cached_key(|c| (c.id, Reverse(version(c))));
    sorted.dedup_by_key(|c| c.id);
    sorted.sort_by_key(|c| (c.created_at, c.id));
    let mut fold = Fold::default();
    for comment in &sorted {
        read_comment(&mut fold, comment);
    }
    settle(&mut fold, task, now);
    fold
}

fn read_comment(fold: &mut Fold, comment: &Comment) {
    let marker = match marker::parse(comment.body.raw()) {
        None => return,
        Some(Err(error)) => return fold.ignored.push((comment.id, error.to_string())),
        Some(Ok(marker)) => marker,
    };
    let Some(author) = comment.author.as_ref() else {
        return fold.ignored.push((comment.id, "its author's account is gone".into()));
    };
    let own = author.id != 0 && author.id == marker.by.id;
    match marker.k {
        MarkerKind::Claim | MarkerKind::Accept if own => add_claim(fold, comment, author, marker),
        MarkerKind::Release => end_claim(fold, comment, author, &marker, own),
        MarkerKind::Concede | MarkerKind::Done if own => mark(fold, author, &marker),
        MarkerKind::Unknown => fold.ignored.push((comment.id, "a marker kind of a newer version".into())),
        MarkerKind::Offer => {}
        _ => fold.ignored.push((comment.id, "the author is not who the marker names".into())),
    }
}

fn add_claim(fold: &mut Fold, comment: &Comment, author: &Person, marker: Marker) {
    if let Some(known) = fold.leases.iter_mut().find(|l| l.claim == marker.c) {
        if known.who.id == author.id {
            known.duplicates.push(comment.id);
        } else {
            fold.ignored.push((comment.id, "repeats the claim id of another person".into()));
        }
        return;
    }
    let Some(first) = marker.until else {
        return fold.ignored.push((comment.id, "a claim without an end date".into()));
    };
    let until = marker.ev.iter().filter(|e| e.e == "extend").filter_map(|e| e.until).fold(first, Date::max);
    let state = match marker.ev.iter().map(|e| e.e.as_str()).find(|e| matches!(*e, "concede" | "lapsed")) {
        Some("concede") => CommitmentState::Conceded,
        Some(_) => CommitmentState::Expired,
        None => CommitmentState::Active,
    };
    fold.leases.push(Lease {
        claim: marker.c,
        who: author.clone(),
        comment: comment.id,
        duplicates: Vec::new(),
        since: comment.created_at,
        until,
        state,
        note: None,
        reason: None,
        marker,
    });
}

fn end_claim(fold: &mut Fold, comment: &Comment, author: &Person, marker: &Marker, own: bool) {
    let forced = marker.extra.get("forced").is_some_and(|v| v == true) && comment.association.speaks_for_host();
    let Some(lease) = fold.leases.iter_mut().find(|l| l.claim == marker.c) else {
        return fold.ignored.push((comment.id, "hands back a claim that is not here".into()));
    };
    let by_claimer = own && lease.who.id == author.id;
    if !by_claimer && !forced {
        return fold.ignored.push((comment.id, "hands back somebody else's claim without the right to".into()));
    }
    if lease.state == CommitmentState::Active {
        lease.state = if lease.who.id == author.id { CommitmentState::Released } else { CommitmentState::Revoked };
        lease.reason = marker.reason;
        lease.note = comment.body.raw().split_once('\n').map(|(_, prose)| prose.trim().to_owned());
    }
}

fn mark(fold: &mut Fold, author: &Person, marker: &Marker) {
    let state = match marker.k {
        MarkerKind::Done => CommitmentState::Completed,
        _ => CommitmentState::Conceded,
    };
    if let Some(lease) = fold.leases.iter_mut().find(|l| l.claim == marker.c && l.who.id == author.id)
        && lease.state == CommitmentState::Active
    {
        lease.state = state;
    }
}

/// Decides between live leases: closed tasks end them, passed dates lapse them, the first of the rest holds.
fn settle(fold: &mut Fold, task: &Task, now: Now) {
    for lease in fold.leases.iter_mut().filter(|l| l.state == CommitmentState::Active) {
        let end = end_of_day(lease.until);
        let closed_in_time = task.closed_at.is_some_and(|at| at >= lease.since && at < end);
        lease.state = match task.state {
            TaskState::Closed if closed_in_time => CommitmentState::Completed,
            // It had run out before the task was closed; closing does not change what it was.
            TaskState::Closed | TaskState::NotPlanned if task.closed_at.is_some_and(|at| at >= end) => {
                CommitmentState::Expired
            }
            TaskState::Closed | TaskState::NotPlanned => CommitmentState::Superseded,
            TaskState::Open if now.0 >= end => CommitmentState::Expired,
            TaskState::Open => CommitmentState::Active,
        };
    }
    // The first live lease holds; a later one counts beside it only when it was meant so.
    let mut held = false;
    for lease in fold.leases.iter_mut().filter(|l| l.state == CommitmentState::Active) {
        if held && !lease.marker.extra.get("alongside").is_some_and(|v| v == true) {
            lease.state = CommitmentState::Conceded;
        }
        held = true;
    }
}
