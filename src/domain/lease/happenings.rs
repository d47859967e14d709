//! What happened to the task itself: closed, opened again, given to somebody else. A person on the tracker wins over
//! the tool; what the tool did itself is no news.

use jiff::Timestamp;

use super::{Evidence, Lease, human, same};
use crate::domain::{
    commitment::{Act, Entry},
    evidence::{Happening, PullAct, What},
    person::Person,
    policy::Terms,
    task::{Task, TaskState},
    text::Foreign,
};

/// Order of what hands did within one second of the server: after every word said in it. Whoever says that it is over
/// and takes the marks off says so first, and ids of comments and of events do not compare.
const LAST: u64 = u64::MAX;

/// A pull request closes its task at the moment it is merged, give or take this many seconds.
const MERGE_CLOSES: i64 = 120;

/// The end of somebody's claim as far as words and hands tell it: start, first end.
struct Span {
    who: Person,
    from: Timestamp,
    to: Option<Timestamp>,
}

/// Adds what happened to the task to every lease that had begun.
pub(super) fn add(leases: &mut [Lease], evidence: Evidence<'_>, terms: &dyn Fn(&Person) -> Terms) {
    let mut happenings: Vec<&Happening> = evidence.history.happenings.iter().collect();
    // Ids tell apart what happened in one second; where a tracker has none, any order will do that is always the same.
    happenings.sort_by_cached_key(|h| (h.at, h.id, format!("{:?} {:?}", h.what, h.by)));
    happenings.dedup();
    let spans: Vec<Span> = leases.iter().map(span).collect();
    for lease in leases {
        closings(lease, evidence, &happenings);
        let helper = lease.who.clone();
        hands(lease, &happenings, &spans, &|at| terms(&helper).calendar.after(at, 1));
    }
}

fn span(lease: &Lease) -> Span {
    let ends = |e: &&Entry| {
        matches!(
            e.act,
            Act::Release | Act::Revoke { .. } | Act::Concede | Act::Withdraw | Act::Expire | Act::Decline { .. }
        )
    };
    Span { who: lease.who.clone(), from: lease.since, to: lease.log.iter().filter(ends).map(|e| e.at).min() }
}

fn entry(at: Timestamp, seq: u64, by: Option<Person>, act: Act) -> Entry {
    Entry { at, seq, by, host: false, pull: None, act }
}

fn closings(lease: &mut Lease, evidence: Evidence<'_>, happenings: &[&Happening]) {
    let (mut shut, mut began_shut) = (None, false);
    for h in happenings {
        let act = match &h.what {
            What::Closed { state } => close(*state, lease, evidence, h.at),
            What::Reopened => Act::Reopened,
            _ => continue,
        };
        shut = Some(act != Act::Reopened);
        if h.at >= lease.since {
            lease.log.push(entry(h.at, h.id, h.by.clone(), act));
        } else {
            began_shut = shut == Some(true);
        }
    }
    if began_shut {
        // Claimed when it was closed already: nobody's work ended it, and opening it again does not begin it.
        lease.log.push(entry(lease.since, u64::MAX, None, Act::Dropped));
        return;
    }
    let Task { state, closed_at, .. } = evidence.task;
    if *state == TaskState::Open {
        return;
    }
    let before = closed_at.is_some_and(|at| at < lease.since);
    let missing = shut != Some(true);
    if missing && !before {
        let at = closed_at.unwrap_or(lease.since);
        let act = close(*state, lease, evidence, at);
        lease.log.push(entry(at, u64::MAX, None, act));
    } else if missing {
        lease.log.push(entry(lease.since, u64::MAX, None, Act::Dropped));
    }
}

/// Closed as completed counts for the helper, unless somebody else's pull request closed it and none of theirs was merged.
fn close(state: TaskState, lease: &Lease, evidence: Evidence<'_>, at: Timestamp) -> Act {
    let merged = |near: bool, own: bool| {
        let mut pulls = evidence.history.pulls.iter();
        pulls.any(|p| {
            p.author.as_ref().is_some_and(|a| same(a, &lease.who)) == own
                && p.happenings.iter().any(|h| {
                    let seconds = at.as_second() - h.at.as_second();
                    h.act == PullAct::Merged
                        && h.at >= lease.since
                        && seconds >= -MERGE_CLOSES
                        && (!near || seconds <= MERGE_CLOSES)
                })
        })
    };
    match state {
        TaskState::NotPlanned => Act::Dropped,
        _ if merged(true, false) && !merged(false, true) => Act::Dropped,
        _ => Act::Closed,
    }
}

/// Assignments by hand (T23). `settles` gives the moment until which they can be taken back without a trace.
fn hands(lease: &mut Lease, happenings: &[&Happening], spans: &[Span], settles: &dyn Fn(Timestamp) -> Timestamp) {
    let ended = span(lease).to;
    let mut helper_on = false;
    let mut others: Vec<&Person> = Vec::new();
    let mut found: Vec<Entry> = Vec::new();
    let open = |found: &[Entry], at: Timestamp| {
        found.last().is_some_and(|e| matches!(e.act, Act::Reassigned { .. }) && at < settles(e.at))
    };
    let claims = |who: &Person, at: Timestamp| {
        spans.iter().any(|s| same(&s.who, who) && s.from <= at && s.to.is_none_or(|end| at < end))
    };
    for h in happenings.iter().take_while(|h| ended.is_none_or(|end| h.at < end)) {
        let by = human(h.by.as_ref());
        let by_hand = |act| entry(h.at, LAST, h.by.clone(), act);
        let reassigned = |to: &Person| by_hand(Act::Reassigned { to: Foreign::new(to.login.raw()) });
        match &h.what {
            What::Assigned { to } if same(to, &lease.who) => {
                helper_on = true;
                if open(&found, h.at) {
                    found.pop();
                }
            }
            What::Assigned { to } => {
                let theirs = by.is_some_and(|by| !same(by, &lease.who)) && !claims(to, h.at);
                if h.at >= lease.since && theirs {
                    others.push(to);
                    if !helper_on {
                        found.push(reassigned(to));
                    }
                }
            }
            What::Unassigned { from } if same(from, &lease.who) => {
                helper_on = false;
                if h.at < lease.since {
                } else if let Some(to) = others.last() {
                    found.push(reassigned(to));
                } else if by.is_some_and(|by| !same(by, &lease.who)) {
                    found.push(by_hand(Act::Unassigned));
                }
            }
            What::Unassigned { from } => {
                others.retain(|other| !same(other, from));
                if others.is_empty() && open(&found, h.at) {
                    found.pop();
                }
            }
            _ => {}
        }
    }
    lease.log.extend(found);
}
