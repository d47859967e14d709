//! What holds for every question to the guards: they answer, and a day they name is a day on which the rule lets go.

use std::collections::BTreeMap;

use floorwalk::domain::{
    calendar::{Calendar, Quiet},
    commitment::{Act, Commitment, Entry},
    policy::{Consent, Policy},
    size::Size,
    text::Foreign,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use proptest::prelude::*;

use crate::guards::{Ask, PEOPLE, TODAY, at, claim, date, held, key};

fn day(offset: i64) -> Date {
    date("2026-11-01").saturating_add(jiff::Span::new().days(offset))
}

fn moment(hours: i64) -> Timestamp {
    at("2026-11-01T00:00:00Z") + SignedDuration::from_hours(hours)
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(crate::guards::signed()),
        Just(Act::Help),
        Just(Act::Ready),
        Just(Act::Remind),
        Just(Act::Release),
        Just(Act::Merged),
        Just(Act::Consent { mentor: None }),
        (18..60_i64).prop_map(|d| Act::Renew { until: day(d) }),
        (18..40_i64).prop_map(|d| Act::Pause { until: day(d) }),
        (18..40_i64).prop_map(|d| Act::Block { by: "x".into(), review: day(d) }),
    ]
}

/// A commitment of somebody on one of four tasks, begun before now.
fn any_commitment(id: u128) -> impl Strategy<Value = Commitment> {
    let acts = proptest::collection::vec((1..200_i64, any_act()), 0..4);
    let size = proptest::sample::select(vec![None, Some(Size::XS), Some(Size::M), Some(Size::L)]);
    (0..480_i64, 1..40_i64, any::<bool>(), 0..3_usize, 0..4_usize, acts, size).prop_map(
        move |(hours, until, asked, who, place, acts, size)| {
            let until = day(hours / 24 + until);
            let place = ["vision/app", "vision/app", "vision/web", "other/x"][place];
            let begin = match asked {
                true => Act::Request { until, size },
                false => Act::Claim { until, size, alongside: false, taken: None },
            };
            let mut c = held(id, key(place, 7 + (id as u64 % 3)), PEOPLE[who], &[(TODAY, claim("2026-11-30"))]);
            let mut when = moment(hours);
            c.log = vec![entry(when, 1, begin)];
            for (seq, (hours, act)) in (2..).zip(acts) {
                when += SignedDuration::from_hours(hours);
                // Nothing of the future is known.
                if when <= at(TODAY) {
                    c.log.push(entry(when, seq, act));
                }
            }
            c.size = size;
            c
        },
    )
}

fn entry(at: Timestamp, seq: u64, act: Act) -> Entry {
    Entry { at, seq, by: None, host: true, pull: None, act }
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let limit = || proptest::option::weighted(0.3, 0..4_u32);
    let consent = proptest::sample::select(vec![Consent::Auto, Consent::Notify, Consent::Ask]);
    let quiet = proptest::collection::vec((10..60_i64, 0..20_i64), 0..3);
    let budget = proptest::option::weighted(0.3, 0..300_u32);
    (limit(), limit(), budget, quiet, consent, any::<bool>()).prop_map(
        |(helpers, new, budget, quiet, consent, kept)| Policy {
            max_helpers: helpers,
            max_new_per_week: new,
            review_budget_min: budget,
            quiet: quiet
                .into_iter()
                .map(|(from, days)| Quiet { from: day(from), to: day(from + days), why: "".into() })
                .collect(),
            consent,
            newcomer_labels: if kept { vec!["first".into()] } else { Vec::new() },
            burden_min: BTreeMap::from([(Size::M, 70)]),
            ..Policy::default()
        },
    )
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let commitments = (1..8_u128).map(any_commitment).collect::<Vec<_>>();
    let zone = proptest::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"]);
    let person = (proptest::option::of(1..5_u32), proptest::option::of(0..1_500_u32), any::<bool>());
    (any_policy(), commitments, 0..8_usize, zone, person, 0..500_i64, proptest::option::of(Just(Size::M))).prop_map(
        |(policy, mut commitments, count, zone, (wip, minutes, max), opened, size)| {
            let mut ask = Ask::new(policy);
            commitments.truncate(count);
            ask.commitments = commitments;
            let calendar = Calendar { zone: TimeZone::get(zone).unwrap(), ..Calendar::default() };
            ask.roster.calendars.insert("own".into(), calendar);
            ask.roster.teams[0].calendar = Some("own".into());
            let sam = &mut ask.roster.people[0];
            (sam.wip, sam.minutes_a_week, sam.minutes_are_max) = (wip, minutes, max);
            ask.task.labels = vec![Foreign::from("first")];
            ask.task.created_at = moment(opened);
            ask.size = size;
            ask
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_rule_lets_go_on_the_day_it_names(ask in any_ask()) {
        if let Err(refusal) = ask.at(at(TODAY)) {
            prop_assert!(!refusal.sentence.is_empty() && !refusal.remedy().is_empty());
            if let Some(day) = refusal.lifts_on {
                let calendar = ask.roster.terms(&ask.task.key.project, None).calendar;
                prop_assert!(day >= calendar.date(at(TODAY)), "{refusal:?}");
                let then = ask.at(calendar.end_of(day) - SignedDuration::from_secs(1));
                let same = |r: &floorwalk::domain::refusal::Refusal| {
                    r.rule == refusal.rule && kind(&r.sentence) == kind(&refusal.sentence)
                };
                prop_assert!(!then.as_ref().is_err_and(|r| same(r)), "{refusal:?}\nthen {then:?}");
            }
        }
    }
}

/// One rule may refuse for two reasons: these words tell them apart.
fn kind(sentence: &str) -> Option<usize> {
    ["helper", "at once", "a week", "stands alone", "quiet time"].iter().position(|words| sentence.contains(words))
}
