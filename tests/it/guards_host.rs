//! The guards about the host: open, quiet, helpers, budget, labels and paths; what a claim costs it.

use std::collections::BTreeMap;

use floorwalk::{
    domain::{
        calendar::Quiet,
        commitment::{Act, Commitment, HostSign},
        permit::{Actor, Deed, allowed, may},
        policy::{Consent, Policy},
        refusal::{Lifter, Refusal, Rule},
        roster::Role,
        size::Size,
        time::Now,
    },
    judge::burden::{HostLoad, minutes, prior, spent},
};

use crate::guards::{ASK, Ask, TODAY, WAIVE, ana, at, claim, date, held, key, live, signed};

fn freeze() -> Quiet {
    Quiet { from: date("2026-11-20"), to: date("2027-01-05"), why: "release freeze".into() }
}

#[test]
fn g6_a_closed_host_is_not_blamed_and_names_no_day() {
    let ask = Ask::new(Policy { consent: Consent::Closed, contact: "#vision-help".into(), ..Policy::default() });
    let refusal = ask.refusal();
    assert_eq!(refusal.sentence, "Vision takes no help at the moment");
    assert_eq!((refusal.rule, refusal.lifts_on, &refusal.lifter), (Rule::HostOpen, None, &ana()));
    assert_eq!(refusal.instead, ["Vision is reached at #vision-help"]);
    assert_eq!(ask.flag(ASK).refusal().rule, Rule::HostOpen, "asking does not open it");
}

#[test]
fn g6_a_label_may_be_closed_alone() {
    let mut ask = Ask::new(Policy { labels_closed: vec!["area/billing*".into()], ..Policy::default() });
    assert!(ask.at(at(TODAY)).is_ok());
    ask.task.labels.push("Area/Billing-EU".into());
    let refusal = ask.refusal();
    assert_eq!((refusal.rule, refusal.lifts_on), (Rule::HostOpen, None));
    assert_eq!(refusal.sentence, "Vision takes no help with the label 'Area/Billing-EU' at the moment");
}

#[test]
fn t4_accepting_asks_for_the_hosts_limits_and_not_for_the_helpers() {
    let own = |n| live(n, key("other/x", n as u64), "noor", "2026-12-01");
    let policy = Policy { newcomer_labels: vec!["first".into()], max_helpers: Some(1), ..Policy::default() };
    let mut ask = Ask::new(policy).by("noor").with(vec![own(1), own(2)]);
    ask.task.labels = vec!["first".into()];
    ask.task.created_at = at("2026-11-20T09:00:00Z");
    assert_eq!(ask.refusal().rule, Rule::WorkInProgress);
    assert!(ask.accepting().is_ok(), "reserved for just such a person");
    ask.commitments.push(live(3, key("vision/app", 1), "lee", "2026-12-01"));
    assert_eq!(ask.accepting().unwrap_err().rule, Rule::HostConcurrency);
    assert!(ask.flag(WAIVE).accepting().is_ok());
}

#[test]
fn g6_newcomers_meet_the_stricter_of_the_two_answers() {
    let policy = Policy { newcomer: Consent::Ask, ..Policy::default() };
    assert!(!Ask::new(policy.clone()).pass().ask);
    let pass = Ask::new(policy).by("noor").pass();
    assert_eq!(pass.ask_because, "Vision wants to be asked by newcomers first");
    let shut = Ask::new(Policy { newcomer: Consent::Closed, ..Policy::default() }).by("noor").refusal();
    assert_eq!(shut.sentence, "Vision takes no newcomers at the moment");
    let closed = Ask::new(Policy { consent: Consent::Closed, newcomer: Consent::Auto, ..Policy::default() }).by("noor");
    assert_eq!(closed.refusal().rule, Rule::HostOpen);
}

#[test]
fn g6_a_quiet_time_lifts_on_the_first_working_day_after_it() {
    let ask = Ask::new(Policy { quiet: vec![freeze()], ..Policy::default() });
    assert_eq!(ask.lifts(Rule::HostOpen), date("2027-01-06"));
    assert_eq!(ask.refusal().sentence, "Vision has a quiet time until 2027-01-05 (release freeze)");
}

#[test]
fn g6_code_needs_governance_and_documentation_does_not() {
    let mut ask = Ask::new(Policy { governance_level: Some(1), ..Policy::default() });
    assert_eq!(ask.refusal().rule, Rule::HostOpen);
    ask.task.labels = vec!["kind/docs".into()];
    assert!(ask.at(at(TODAY)).is_ok());
}

#[test]
fn g7_the_soonest_lease_end_is_named_and_asking_is_offered() {
    let two =
        vec![live(1, key("vision/app", 1), "lee", "2026-11-30"), live(2, key("vision/web", 1), "kim", "2026-11-26")];
    let ask = Ask::new(Policy { max_helpers: Some(2), ..Policy::default() }).with(two);
    assert_eq!(ask.lifts(Rule::HostConcurrency), date("2026-11-27"));
    let refusal = ask.refusal();
    assert_eq!(
        refusal.sentence,
        "Vision takes 2 helpers at once, and 2 are here; the soonest to end is @kim, on 2026-11-26"
    );
    assert_eq!(refusal.instead, ["ask for it, for when there is room: `floorwalk claim vision/app#7 --ask`"]);
    assert_eq!(refusal.lifter, ana());
    let tightened = Ask::new(Policy { max_helpers: Some(1), ..Policy::default() }).with(ask.commitments.clone());
    assert_eq!(tightened.lifts(Rule::HostConcurrency), date("2026-12-01"), "both go on; there is room after the last");
    assert!(tightened.flag(WAIVE).at(at(TODAY)).is_ok());
    assert!(ask.flag(ASK).pass().ask);
    let none = Ask::new(Policy { max_helpers: Some(0), ..Policy::default() }).refusal();
    assert_eq!((none.sentence.as_str(), none.lifts_on), ("Vision takes no helpers now, and none is here", None));
}

#[test]
fn g7_new_commitments_are_counted_from_the_hosts_monday() {
    let policy = Policy { max_new_per_week: Some(1), ..Policy::default() };
    let before = held(
        1,
        key("vision/app", 1),
        "lee",
        &[("2026-11-15T23:59:00Z", claim("2026-11-30")), ("2026-11-18T10:00:00Z", signed())],
    );
    assert!(Ask::new(policy.clone()).with(vec![before]).at(at(TODAY)).is_ok());
    let ended = held(
        1,
        key("vision/app", 1),
        "lee",
        &[("2026-11-16T00:00:00Z", claim("2026-11-30")), ("2026-11-18T10:00:00Z", Act::Release)],
    );
    let ask = Ask::new(policy.clone()).with(vec![ended]);
    assert_eq!(ask.lifts(Rule::HostConcurrency), date("2026-11-23"));
    assert_eq!(ask.refusal().sentence, "Vision takes 1 new commitment a week, and 1 began since 2026-11-16");
    let asked = held(
        1,
        key("vision/app", 1),
        "lee",
        &[("2026-11-18T00:00:00Z", Act::Request { until: date("2026-11-30"), size: None })],
    );
    assert!(Ask::new(policy).with(vec![asked]).at(at(TODAY)).is_ok(), "a request takes no place");
}

#[test]
fn g8_what_is_committed_and_what_is_asked_fit_the_budget() {
    let policy =
        Policy { review_budget_min: Some(180), burden_min: BTreeMap::from([(Size::M, 60)]), ..Policy::default() };
    let three = ["lee", "kim", "noor"].into_iter().zip(1..);
    let three: Vec<_> = three.map(|(who, n)| live(n, key("vision/app", n as u64), who, "2026-11-30")).collect();
    let mut ask = Ask::new(policy).with(three);
    ask.size = Some(Size::XS);
    assert_eq!(ask.pass().burden_min, 20);
    ask.size = Some(Size::M);
    let refusal = ask.refusal();
    assert_eq!(
        refusal.sentence,
        "Vision gives 3 h of review this week, 2 h 24 min are committed, and this would need about 1 h"
    );
    assert_eq!(refusal.instead[0], "the lead may accept it once anyway");
    assert_eq!(ask.lifts(Rule::BurdenBudget), date("2026-11-23"));
    assert!(ask.at(at(TODAY)).is_err() && ask.flag(WAIVE).at(at(TODAY)).is_ok());
    let never = Ask::new(Policy { review_budget_min: Some(10), ..Policy::default() }).refusal();
    assert_eq!((never.rule, never.lifts_on), (Rule::BurdenBudget, None), "more than a whole week's");
}

#[test]
fn g9_lists_without_a_common_label_give_out_nothing() {
    // Two lists without anything in common allow nothing, and say so.
    let none = Ask::new(Policy { labels_allow: vec![String::new()], ..Policy::default() }).refusal();
    assert!(none.sentence.contains("gives out tasks with no label"), "{}", none.sentence);
}

#[test]
fn g9_labels_that_are_not_given_out_refuse_and_protected_ones_are_asked_for() {
    let mut ask = Ask::new(Policy { labels_allow: vec!["help wanted".into(), "debt:*".into()], ..Policy::default() });
    let refusal = ask.refusal();
    assert_eq!(refusal.rule, Rule::Protected);
    assert!(refusal.sentence.contains("'help wanted' or 'debt:*'"), "{}", refusal.sentence);
    ask.task.labels = vec!["Debt:Tests".into()];
    assert!(!ask.pass().ask);
    ask.task.labels = vec!["Help_Wanted".into()];
    assert!(!ask.pass().ask);

    let mut ask = Ask::new(Policy {
        labels_deny: vec!["security".into(), "customer-*".into()],
        paths_deny: vec!["infra/prod/**".into(), "*.tf".into()],
        ..Policy::default()
    });
    assert!(!ask.pass().ask);
    ask.task.labels = vec!["Customer-Acme\u{202e}".into()];
    let pass = ask.pass();
    assert_eq!((pass.ask, pass.tell), (true, vec!["ana".to_owned()]));
    assert!(
        !pass.ask_because.contains('\u{202e}') && pass.ask_because.starts_with("Vision wants to be asked for this one")
    );
    ask.task.labels = Vec::new();
    for named in [
        "change `infra/prod/db/x.yml`.",
        "see https://github.com/vision/app/blob/main/infra/prod/a",
        "in infra/prod.",
        "Main.TF is old",
    ] {
        ask.body = Some(named.into());
        assert!(ask.pass().ask, "{named}");
    }
    for other in ["infra/production/x", "my-infra/prod/x", "prod", ""] {
        ask.body = Some(other.into());
        assert!(!ask.pass().ask, "{other}");
    }
}

#[test]
fn g9_what_is_larger_than_the_host_reviews_unasked_is_asked_for() {
    let mut ask = Ask::new(Policy { adhoc_review_max: Some(Size::S), consent: Consent::Notify, ..Policy::default() });
    let pass = ask.pass();
    assert_eq!((pass.ask, pass.tell), (false, vec!["ana".to_owned()]), "told, not asked");
    ask.size = Some(Size::M);
    assert_eq!(ask.pass().ask_because, "Vision wants to be asked for more than size S");
    ask.roster.policies.get_mut("vision").unwrap().consent = Consent::Ask;
    assert_eq!(ask.pass().ask_because, "Vision wants to be asked first");
}

#[test]
fn what_nobody_can_lift_comes_before_what_lifts_by_itself() {
    let own = |n| live(n, key("other/x", n as u64), "sam", "2026-12-01");
    let mut ask =
        Ask::new(Policy { consent: Consent::Closed, quiet: vec![freeze()], max_helpers: Some(0), ..Policy::default() })
            .with(vec![own(1), own(2), live(3, key("vision/app", 7), "lee", "2026-12-01")]);
    let mut seen = Vec::new();
    for change in [
        (|a: &mut Ask| a.roster.policies.get_mut("vision").unwrap().consent = Consent::Auto) as fn(&mut Ask),
        |a| a.commitments.truncate(2),
        |a| a.roster.policies.get_mut("vision").unwrap().quiet.clear(),
        |a| a.commitments.clear(),
    ] {
        seen.push(ask.refusal().rule);
        change(&mut ask);
    }
    seen.push(ask.refusal().rule);
    assert_eq!(seen, [Rule::HostOpen, Rule::Held, Rule::HostOpen, Rule::WorkInProgress, Rule::HostConcurrency]);
}

fn done(id: u128, reviews: u32, comments: u32) -> Commitment {
    let mut log = vec![("2026-10-05T09:00:00Z", claim("2026-10-30"))];
    log.extend((0..reviews).map(|_| ("2026-10-06T09:00:00Z", Act::Host { sign: HostSign::Review })));
    log.extend((0..comments).map(|_| ("2026-10-06T10:00:00Z", Act::Host { sign: HostSign::Comment })));
    log.push(("2026-10-07T09:00:00Z", Act::Release));
    held(id, key("vision/app", 100 + id as u64), "lee", &log)
}

#[test]
fn the_forecast_is_drawn_from_the_prior_to_what_was_seen() {
    assert_eq!([Size::XS, Size::S, Size::M, Size::L].map(prior), [20, 48, 100, 200]);
    let mut ended: Vec<Commitment> = (1..=5).map(|n| done(n, 1, 1)).collect();
    let ask = Ask::new(Policy::default()).with(ended.clone());
    // Five of 16 minutes beside five of 48.
    assert_eq!(ask.pass().burden_min, 32);
    floorwalk::domain::commitment::judge(&mut ended, &ask.roster, Now(at(TODAY)));
    assert_eq!(ended[0].life.as_deref().map(spent), Some(16));
    let load = HostLoad::of_team(&ask.roster, "vision", &ended);
    assert_eq!((load.forecast(None), load.forecast(Some(Size::M))), (32, 100));
    assert_eq!(load.committed_min(Now(at(TODAY))), 0, "nothing of it is of this week");
    assert_eq!(load.committed_min(Now(at("2026-10-07T12:00:00Z"))), 80);
    assert_eq!(HostLoad::of_team(&ask.roster, "nobody", &ended).forecast(None), 48);
    assert_eq!([0, 59, 60, 144].map(minutes), ["0 min", "59 min", "1 h", "2 h 24 min"]);
}

#[test]
fn names_from_a_registry_are_made_harmless() {
    let mut ask = Ask::new(Policy { consent: Consent::Closed, contact: "\u{1b}[31mred\n".into(), ..Policy::default() });
    ask.roster.teams[0].name = "Vi\u{202e}sion\u{7}".into();
    ask.roster.people[3].name = "a\nna".into();
    let refusal = ask.refusal();
    let said = [refusal.sentence.clone(), refusal.remedy(), refusal.instead.join("")].concat();
    assert!(said.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{said:?}");
    ask.roster.teams[0].leads.clear();
    assert_eq!(ask.refusal().lifter, Lifter::Host(Vec::new()));
    assert_eq!(ask.refusal().remedy(), "the host team can lift it");
}

#[test]
fn a_closed_host_is_asked_after_ninety_days() {
    let policy = Policy { consent: Consent::Closed, closed_since: Some(date("2026-08-24")), ..Policy::default() };
    assert!(!policy.asks_whether_closed(date("2026-11-21")));
    assert!(policy.asks_whether_closed(date("2026-11-22")));
    assert!(!Policy { consent: Consent::Auto, ..policy }.asks_whether_closed(date("2027-11-22")));
}

#[test]
fn the_table_of_permissions_cell_by_cell() {
    use Actor::*;
    const ACTORS: [Actor; 6] = [Helper, Other, Mentor, Lead, Programme, Clock];
    let rows = [
        (Deed::Claim, [true, true, true, true, true, false]),
        (Deed::Propose, [false, false, true, true, true, false]),
        (Deed::AnswerRequest, [false, false, true, true, false, false]),
        (Deed::Keep, [true, false, false, false, false, false]),
        (Deed::Revoke, [false, false, false, true, true, false]),
        (Deed::EditPolicy, [false, false, false, true, false, false]),
        (Deed::SeeHistory, [true, false, false, false, false, false]),
        (Deed::SeeCurrent, [true, true, true, true, true, false]),
        (Deed::Expire, [false, false, false, false, false, true]),
    ];
    for (deed, cells) in rows {
        assert_eq!(ACTORS.map(|actor| may(actor, deed)), cells, "{deed:?}");
    }
    assert!(allowed(Role::Lead, true, Deed::Keep) && allowed(Role::Lead, true, Deed::Revoke));
    assert!(!allowed(Role::Lead, false, Deed::Keep) && !allowed(Role::Other, true, Deed::Revoke));
    assert!(!allowed(Role::Programme, true, Deed::AnswerRequest) && allowed(Role::Mentor, false, Deed::AnswerRequest));
}

#[test]
fn the_lines_of_a_refusal_are_who_and_when_then_instead_then_what_is_free() {
    let refusal = Refusal::new(Rule::Held, "no", Lifter::Holder("lee".into()))
        .until(date("2026-11-28"))
        .instead("ask them")
        .or_take(vec![key("a/b", 1), key("a/c", 2)]);
    let error = floorwalk::app::UserError::from(refusal.clone());
    assert_eq!(error.sentence, "no");
    assert_eq!(
        error.hints,
        ["@lee can lift it; it lifts by itself on 2026-11-28", "ask them", "free and alike: a/b#1, a/c#2"]
    );
    let json = serde_json::to_value(floorwalk::cli::json::ErrorOut::from(&error)).unwrap();
    assert_eq!(
        json["refusal"],
        serde_json::json!({
            "rule": "Held", "lifter": {"holder": "lee"}, "lifts_on": "2026-11-28", "instead": ["ask them"],
            "alternatives": ["a/b#1", "a/c#2"],
        })
    );
    let plain =
        serde_json::to_value(floorwalk::cli::json::ErrorOut::from(&floorwalk::app::UserError::refused("x", "")))
            .unwrap();
    assert!(plain.get("refusal").is_none());
}
