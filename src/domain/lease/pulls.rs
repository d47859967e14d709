//! What the helper's pull requests say about a lease: signs of work, and whose turn it is.

use jiff::Timestamp;

use super::{Evidence, Lease, human, same};
use crate::domain::{
    authority::Authority,
    commitment::{Act, Entry, HostSign, PullCard, Sign},
    evidence::{Pull, PullAct, PullHappening, PullState, Verdict},
    person::{Association, Person},
};

/// Adds the pull requests of the helper that were not finished before the lease began.
pub(super) fn add(lease: &mut Lease, evidence: Evidence<'_>, authority: &Authority<'_>) {
    let own = |p: &&Pull| p.author.as_ref().is_some_and(|a| same(a, &lease.who));
    let mut pulls: Vec<&Pull> = evidence.history.pulls.iter().filter(own).collect();
    pulls.sort_by_key(|p| (p.created_at, &p.key, p.happenings.len()));
    pulls.dedup_by_key(|p| &p.key);
    for pull in pulls {
        let happenings = sorted(pull);
        if finished_before(&happenings, lease.since) {
            continue;
        }
        add_pull(lease, pull, &happenings, authority);
        lease.pulls.push(PullCard {
            key: pull.key.clone(),
            title: pull.title.clone(),
            state: pull.state,
            checks: pull.checks,
        });
    }
}

/// Order within one instant: opening, work, whose turn, words, end. It is the same on every reader's side.
fn rank(act: PullAct) -> u64 {
    match act {
        PullAct::Reopened => 1,
        PullAct::Commit => 2,
        PullAct::Draft => 3,
        PullAct::Ready => 4,
        PullAct::ReviewRequested => 5,
        PullAct::Comment => 6,
        PullAct::Review(Verdict::Commented) => 7,
        PullAct::Review(Verdict::Changes) => 8,
        PullAct::Review(Verdict::Approved) => 9,
        PullAct::Merged => 10,
        PullAct::Closed => 11,
    }
}

fn sorted(pull: &Pull) -> Vec<PullHappening> {
    let mut all = pull.happenings.clone();
    if !all.iter().any(|h| matches!(h.act, PullAct::Draft | PullAct::Ready)) {
        let act = if pull.state == PullState::Draft { PullAct::Draft } else { PullAct::Ready };
        all.push(PullHappening { at: pull.created_at, by: pull.author.clone(), association: None, act });
    }
    all.sort_by_key(|h| (h.at, rank(h.act), h.by.as_ref().map(|p| p.id), h.association));
    all.dedup();
    all
}

fn finished_before(happenings: &[PullHappening], since: Timestamp) -> bool {
    let ends = |h: &&PullHappening| matches!(h.act, PullAct::Merged | PullAct::Closed | PullAct::Reopened);
    let last = happenings.iter().filter(|h| h.at < since).rfind(ends);
    last.is_some_and(|h| h.act != PullAct::Reopened)
}

fn add_pull(lease: &mut Lease, pull: &Pull, happenings: &[PullHappening], authority: &Authority<'_>) {
    let since = lease.since;
    let mut put = |at: Timestamp, seq: u64, by, host: bool, act| {
        lease.log.push(Entry { at, seq, by, host, pull: Some(pull.key.clone()), act });
    };
    // One that was open already counts from the beginning of the lease, with the turn it was in.
    put(pull.created_at.max(since), 0, pull.author.clone(), false, Act::Sign { sign: Sign::Pull });
    let mut ready = false;
    let mut ready_before = None;
    for h in happenings {
        match h.act {
            PullAct::Draft => ready = false,
            PullAct::Ready | PullAct::ReviewRequested => ready = true,
            _ => {}
        }
        if h.at < since {
            ready_before = Some(ready);
            continue;
        }
        if let Some((act, host)) = act_of(h, pull, ready, authority) {
            put(h.at, rank(h.act), h.by.clone(), host, act);
        }
    }
    if let Some(ready) = ready_before {
        put(since, 0, pull.author.clone(), false, if ready { Act::Ready } else { Act::Draft });
    }
}

/// What one row means, and whether it counts as the host's.
fn act_of(h: &PullHappening, pull: &Pull, ready: bool, authority: &Authority<'_>) -> Option<(Act, bool)> {
    let by_author = match (&h.by, &pull.author) {
        (Some(by), Some(author)) => same(by, author),
        (None, _) => matches!(h.act, PullAct::Commit | PullAct::Reopened),
        (Some(_), None) => false,
    };
    let by_host = !by_author && human(h.by.as_ref()).is_some_and(|by| answers(by, h.association, authority));
    let host = |sign| by_host.then_some((Act::Host { sign }, true));
    let sign = |sign| (Act::Sign { sign }, false);
    match h.act {
        PullAct::Commit => by_author.then_some(sign(Sign::Commit)),
        PullAct::Comment | PullAct::Review(_) if by_author => Some(sign(Sign::Comment)),
        PullAct::Comment => host(HostSign::Comment),
        PullAct::Review(Verdict::Approved) => host(HostSign::Approval),
        PullAct::Review(_) => host(HostSign::Review),
        PullAct::Reopened if ready => Some((Act::Ready, false)),
        PullAct::Reopened => by_author.then_some(sign(Sign::Pull)),
        PullAct::Ready | PullAct::ReviewRequested => Some((Act::Ready, false)),
        PullAct::Draft => Some((Act::Draft, false)),
        PullAct::Merged => Some((Act::Merged, false)),
        PullAct::Closed => Some((Act::PullClosed, false)),
    }
}

/// True when somebody else than the author answers for the host. Where neither the registry knows the team nor the tracker
/// says what they are, everybody who takes the trouble does.
fn answers(by: &Person, attested: Option<Association>, authority: &Authority<'_>) -> bool {
    match attested {
        None if !authority.is_known() => true,
        attested => authority.speaks(by, attested.unwrap_or_default()),
    }
}
