//! The rules T1–T24 (domain.md §4.4) as one pure function: a life, an event and the host's terms give the next life, or
//! a refusal. Knows no tracker: who may act was decided by whoever built the entry.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Act, CommitmentState as State, DoneKind, Entry, Life, Nudge, Sign, Timer, clock, host, keep, lease, life::turn_of,
};
use crate::domain::{
    policy::Terms,
    refusal::{Lifter, Refusal, Rule},
};

/// What another claim on the same task did to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// It came first (T2): this one steps back.
    First,
    /// It accepted this one's offer (T17).
    Took,
    /// It was made after this one's last day had passed (T24).
    Followed,
}

/// Something that may move a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// Somebody acted.
    Act(&'a Entry),
    /// The clock reached a moment.
    Clock(Timer, Timestamp),
    /// Another claim came into its way.
    Rival(Rival, Timestamp),
}

/// What should be done in the world because of a step. The edges decide whether it is this installation's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Assign the helper and set the label.
    Assign,
    /// Unassign the helper, and nobody else; take the label off when no other claim is live.
    Unassign,
    /// Deliver the reminder by editing the claim's comment.
    Remind,
    /// Write into the claim's comment that it ran out.
    Expire,
    /// Show somebody of the host that something waits for them.
    Tell(Nudge),
    /// Offer the host a word of thanks to send.
    Thank,
}

/// A step taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The life afterwards.
    pub life: Life,
    /// What follows from it.
    pub effects: Vec<Effect>,
}

/// Result of a step.
pub type Stepped = Result<Step, Box<Refusal>>;

impl Step {
    pub(super) fn to(life: Life) -> Stepped {
        Ok(Self { life, effects: Vec::new() })
    }

    pub(super) fn with(life: Life, effects: &[Effect]) -> Stepped {
        Ok(Self { life, effects: effects.to_vec() })
    }
}

/// Takes one step. `None`: there is no commitment yet.
///
/// # Errors
/// The refusal, when the state or the terms do not allow the event. Nothing has changed then.
pub fn step(life: Option<&Life>, event: &Event<'_>, terms: &Terms) -> Stepped {
    match (life, event) {
        (None, Event::Act(entry)) => begin(entry, terms),
        (None, _) => Err(refuse(Rule::State, "there is no commitment yet", Lifter::You)),
        (Some(life), Event::Clock(timer, at)) => Ok(clock::tick(life, *timer, *at, terms)),
        (Some(life), Event::Rival(rival, at)) => meet(life, *rival, *at, terms),
        (Some(life), Event::Act(entry)) => {
            let mut next = life.clone();
            next.count_to(entry.at);
            act(next, entry, terms)
        }
    }
}

/// T2, T3: a claim or a request. A promise beyond the cap is kept to the cap.
fn begin(entry: &Entry, terms: &Terms) -> Stepped {
    let latest = lease::latest(entry.at, terms);
    match entry.act {
        Act::Claim { until, .. } => {
            Step::with(Life::begin(State::Active, entry.at, until.min(latest)), &[Effect::Assign])
        }
        Act::Request { until, .. } => {
            let life = Life::begin(State::Requested, entry.at, until.min(latest));
            Step::with(life, &[Effect::Tell(Nudge::Mentor)])
        }
        _ => Err(refuse(Rule::State, "there is no commitment yet", Lifter::You)),
    }
}

fn act(next: Life, entry: &Entry, terms: &Terms) -> Stepped {
    if next.state.is_over() {
        return Err(ended(&next));
    }
    let at = entry.at;
    match &entry.act {
        Act::Claim { .. } | Act::Request { .. } => Err(refuse(Rule::State, "it is claimed already", Lifter::Nobody)),
        Act::Withdraw => keep::withdraw(next, at, terms),
        Act::Renew { until } => keep::renew(next, *until, at, terms),
        Act::Pause { until } => keep::pause(next, *until, at, terms),
        Act::Resume => keep::resume(next, at, terms),
        Act::Block { by, review } => keep::block(next, by, *review, at, terms),
        Act::Help | Act::Ready => keep::ask_host(next, matches!(entry.act, Act::Ready), at, terms),
        Act::Plan { ask } => keep::plan(next, ask.clone(), at, terms),
        Act::Still => keep::still(next, at, terms),
        Act::Sign { sign } => Step::to(signed(next, *sign, at, terms)),
        Act::Draft | Act::PullClosed => keep::not_ready(next, at, terms),
        Act::Release => keep::release(next, at, terms),
        Act::Offer { to } => keep::offer(next, to, at),
        Act::Done { kind } => keep::done(next, *kind, at, terms),
        Act::Concede => over(next, State::Conceded, at, terms, &[Effect::Unassign]),
        Act::Remind => keep::remind(next, at),
        Act::Expire => keep::expire(next, at, terms),
        Act::Consent { mentor } => host::consent(next, mentor.clone(), at, terms),
        Act::Decline { reason } => host::decline(next, *reason, at, terms),
        Act::Revoke { reason } => host::revoke(next, *reason, at, terms),
        Act::Host { sign } => Step::to(host::sign(next, *sign, at, terms)),
        Act::Regress => host::regress(next, at, terms),
        Act::Reopened => host::regress(next, at, terms),
        Act::Merged => host::merged(next, at, terms),
        Act::Closed => host::closed(next, at, terms),
        Act::Dropped => over(next, State::Superseded, at, terms, &[Effect::Unassign]),
        Act::Reassigned { to } => host::reassigned(next, to, at),
        Act::Unassigned => over(next, State::Revoked, at, terms, &[]),
    }
}

fn meet(life: &Life, rival: Rival, at: Timestamp, terms: &Terms) -> Stepped {
    let mut next = life.clone();
    next.count_to(at);
    if next.state.is_over() {
        return Err(ended(&next));
    }
    match rival {
        Rival::First => over(next, State::Conceded, at, terms, &[Effect::Unassign]),
        Rival::Took => over(next, State::Transferred, at, terms, &[Effect::Unassign]),
        Rival::Followed => over(next, State::Expired, at, terms, &[Effect::Unassign]),
    }
}

/// T9: a sign of work. It answers a reminder, but gives no new last day.
pub(super) fn signed(mut next: Life, _sign: Sign, at: Timestamp, terms: &Terms) -> Life {
    next.last_sign = next.last_sign.max(at);
    next.artefact = true;
    next.still = 0;
    if next.state == State::AtRisk && next.risk != Some(Timer::Overdue) {
        enter(&mut next, State::Active, at, terms);
    }
    next
}

/// Goes into a state that is no end. What belonged to the state before is put away.
pub(super) fn enter(life: &mut Life, state: State, at: Timestamp, terms: &Terms) {
    let stops = matches!(state, State::WaitingHost | State::Blocked | State::Paused);
    lease::go_on(life, at, &terms.calendar);
    if stops {
        lease::stop(life, at);
    }
    if state != State::AtRisk {
        life.reminded = None;
        life.risk = None;
    }
    if !matches!(state, State::Blocked) {
        life.blocked_by = None;
    }
    if !matches!(state, State::Blocked | State::Paused) {
        life.back_on = None;
    }
    life.nudged = None;
    life.state = state;
    life.since = at;
    life.turn = turn_of(state);
}

/// Ends a life, or its work when a warranty follows. Time up to now must have been counted.
pub(super) fn finish(life: &mut Life, state: State, at: Timestamp, terms: &Terms) {
    let warranted = life.state == State::Warranty;
    enter(life, state, at, terms);
    life.offer = None;
    life.plan = None;
    life.reassigned = None;
    life.waits = false;
    // A warranty ended when its work did.
    if !warranted || life.ended.is_none() {
        life.ended = Some(at);
    }
}

/// T20: the work is done. A warranty follows where the host has one.
pub(super) fn complete(mut life: Life, kind: DoneKind, at: Timestamp, terms: &Terms) -> Stepped {
    life.done.get_or_insert(kind);
    let state = match life.done {
        Some(DoneKind::Triaged | DoneKind::Obsolete) => State::Completed,
        _ if terms.timers.warranty_days == 0 || life.regressed => State::Completed,
        _ => State::Warranty,
    };
    finish(&mut life, state, at, terms);
    Step::with(life, &[Effect::Unassign, Effect::Thank])
}

pub(super) fn over(mut life: Life, state: State, at: Timestamp, terms: &Terms, effects: &[Effect]) -> Stepped {
    if !life.state.is_live() {
        return Err(ended(&life));
    }
    finish(&mut life, state, at, terms);
    Step::with(life, effects)
}

pub(super) fn refuse(rule: Rule, sentence: impl Into<String>, lifter: Lifter) -> Box<Refusal> {
    Box::new(Refusal::new(rule, sentence, lifter))
}

fn ended(life: &Life) -> Box<Refusal> {
    refuse(Rule::State, format!("this commitment is over: {}", life.state.word()), Lifter::Nobody)
}

/// The refusal of an act that does not fit the state.
pub(super) fn unfit(life: &Life, act: &str) -> Box<Refusal> {
    refuse(Rule::State, format!("a commitment that is '{}' cannot be {act}", life.state.word()), Lifter::You)
}
