//! What holds for every history of two to four claims on one task, however the acts fall (domain.md §4.7).

use std::collections::HashMap;

use floorwalk::domain::{
    calendar::Quiet,
    commitment::{
        Act, ClaimId, CommitmentState as State, DoneKind, Entry, HostReason, HostSign, Life, Logged, Sign, replay,
    },
    person::Person,
    policy::Terms,
    text::Foreign,
    time::Now,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use proptest::prelude::*;
use ulid::Ulid;

use crate::commitment::{MONDAY, at};

const PEOPLE: [&str; 4] = ["sam", "lee", "kim", "ida"];

/// An act of claim `who`, some hours after the one before.
#[derive(Clone, Debug)]
struct Turn {
    who: usize,
    hours: i64,
    act: Act,
}

fn day(offset: i64) -> Date {
    let start: Date = "2026-11-23".parse().unwrap();
    start.saturating_add(jiff::Span::new().days(offset))
}

fn any_act() -> impl Strategy<Value = Act> {
    let days = -3..60_i64;
    prop_oneof![
        (days.clone(), any::<bool>(), proptest::option::of(1..5_u128)).prop_map(|(d, beside, taken)| Act::Claim {
            until: day(d),
            size: None,
            alongside: beside && taken.is_none(),
            taken: taken.map(|n| ClaimId(Ulid(n))),
        }),
        days.clone().prop_map(|d| Act::Request { until: day(d), size: None }),
        days.clone().prop_map(|d| Act::Renew { until: day(d) }),
        days.clone().prop_map(|d| Act::Pause { until: day(d) }),
        days.prop_map(|d| Act::Block { by: "x".into(), review: day(d) }),
        (0..4_usize).prop_map(|i| Act::Offer { to: Foreign::new(PEOPLE[i]) }),
        (0..5_usize).prop_map(|i| Act::Done { kind: DoneKind::ALL[i] }),
        (0..4_usize).prop_map(|i| Act::Reassigned { to: Foreign::new(PEOPLE[i]) }),
        proptest::sample::select(vec![
            Act::Withdraw,
            Act::Resume,
            Act::Help,
            Act::Still,
            Act::Ready,
            Act::Draft,
            Act::Release,
            Act::Concede,
            Act::Remind,
            Act::Remind,
            Act::Expire,
            Act::Sign { sign: Sign::Comment },
            Act::Sign { sign: Sign::Pull },
            Act::Consent { mentor: None },
            Act::Decline { reason: HostReason::NotNow },
            Act::Revoke { reason: HostReason::Other },
            Act::Host { sign: HostSign::Review },
            Act::Host { sign: HostSign::Approval },
            Act::Regress,
            Act::Merged,
            Act::PullClosed,
            Act::Closed,
            Act::Dropped,
            Act::Reopened,
            Act::Unassigned,
        ]),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Turn>> {
    let turn = (0..4_usize, 0..200_i64, any_act()).prop_map(|(who, hours, act)| Turn { who, hours, act });
    // Begins with claims, so that most histories have somebody in them.
    let begin = (0..30_i64, 1..25_i64).prop_map(|(hours, d)| Turn {
        who: 0,
        hours,
        act: Act::Claim { until: day(d), size: None, alongside: false, taken: None },
    });
    (begin, proptest::collection::vec(turn, 0..24)).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

fn any_terms() -> impl Strategy<Value = Terms> {
    (proptest::option::of((0..40_i64, 0..20_i64)), 0..40_u32).prop_map(|(quiet, warranty)| {
        let mut terms = Terms::default();
        terms.timers.warranty_days = warranty;
        terms.calendar.quiet.extend(quiet.map(|(from, days)| Quiet {
            from: day(from),
            to: day(from + days),
            why: String::new(),
        }));
        terms
    })
}

/// The logs of the four claims up to a number of turns, and the moment of the last.
fn logs(turns: &[Turn]) -> (Vec<Vec<Entry>>, Timestamp) {
    let mut logs = vec![Vec::new(); PEOPLE.len()];
    let mut now = at(MONDAY);
    for (seq, turn) in (1..).zip(turns) {
        now += SignedDuration::from_hours(turn.hours);
        logs[turn.who].push(Entry { at: now, seq, by: None, host: true, pull: None, act: turn.act.clone() });
    }
    (logs, now)
}

fn lives(logs: &[Vec<Entry>], terms: &Terms, now: Timestamp, backwards: bool) -> HashMap<ClaimId, Life> {
    let people = PEOPLE.map(|login| Person::human(login, 1));
    let mut claims: Vec<Logged<'_>> = (1..)
        .zip(people.iter().zip(logs))
        .map(|(id, (who, log))| Logged { claim: ClaimId(Ulid(id)), who, log })
        .collect();
    if backwards {
        claims.reverse();
    }
    replay(&claims, &|_| terms.clone(), Now(now))
}

/// True when a claim was made to stand beside others.
fn is_beside(log: &[Entry]) -> bool {
    log.iter().any(|e| matches!(e.act, Act::Claim { alongside: true, .. }))
}

fn ended_by_clock(log: &[Entry]) -> bool {
    log.iter().any(|e| matches!(e.act, Act::Remind | Act::Expire))
}

/// The invariants of one moment.
fn check_moment(logs: &[Vec<Entry>], terms: &Terms, now: Timestamp) -> Result<HashMap<ClaimId, Life>, TestCaseError> {
    let lives = lives(logs, terms, now, false);
    prop_assert_eq!(&lives, &self::lives(logs, terms, now, true), "the order in which claims come decides nothing");
    let log_of = |id: &ClaimId| &logs[usize::try_from(id.0.0).unwrap() - 1];
    let exclusive = lives.iter().filter(|(id, l)| l.state.holds() && !is_beside(log_of(id))).count();
    prop_assert!(exclusive <= 1, "{exclusive} hold the task: {lives:#?}");
    for (id, life) in &lives {
        let end = life.ended.unwrap_or(now);
        let span = end.as_second() - life.began().as_second();
        prop_assert_eq!(life.account.total().as_secs(), span, "{:?}", life);
        prop_assert_eq!(life.state.is_live(), life.ended.is_none(), "{:?}", life);
        prop_assert!(life.next.is_none_or(|next| next.at > now), "the clock is late: {life:?}");
        if life.state == State::Expired && !ended_by_clock(log_of(id)) {
            let rival = logs.iter().filter(|log| !std::ptr::eq(*log, log_of(id))).flatten();
            let rival = rival.filter(|e| matches!(e.act, Act::Claim { .. } | Act::Consent { .. }));
            prop_assert!(rival.count() > 0, "expired without a reminder: {life:?}");
        }
    }
    Ok(lives)
}

fn check_history(turns: &[Turn], terms: &Terms, gap: i64) -> Result<(), TestCaseError> {
    let mut before: HashMap<ClaimId, Life> = HashMap::new();
    for count in 1..=turns.len() {
        let (logs, now) = logs(&turns[..count]);
        let lives = check_moment(&logs, terms, now)?;
        for (id, old) in &before {
            let new = &lives[id];
            prop_assert!(!old.state.is_over() || old == new, "out of an end: {old:?} -> {new:?}");
        }
        // Time alone.
        let later = check_moment(&logs, terms, now + SignedDuration::from_hours(gap))?;
        for (id, old) in &lives {
            let stopped = matches!(old.state, State::WaitingHost | State::Blocked | State::Paused);
            prop_assert!(!stopped || later[id].state != State::Expired, "ended while stopped: {old:?}");
        }
        before = lives;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_the_invariants(turns in any_history(), terms in any_terms(), gap in 1..1_500_i64) {
        check_history(&turns, &terms, gap)?;
    }
}
