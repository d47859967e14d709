//! Decisions about one's own commitments: each command once, and each refusal once.

use floorwalk::{
    app::{Command, ExitCode, effect::Effect},
    domain::{
        commitment::{Act, DoneKind, Entry, Sign},
        marker::ReleaseReason,
        outbox::{Amendment, Op, OpStatus, Step, Wish},
        policy::Consent,
        refusal::Rule,
        size::Size,
    },
    store::MarkKind,
};
use jiff::civil::Date;
use ulid::Ulid;

use crate::decide_world::{Scene, ago, entry, key, now};

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn claim(number: u64) -> Command {
    Command::Claim {
        keys: vec![key(number)],
        until: None,
        size: None,
        plan: String::new(),
        alongside: false,
        ask: false,
    }
}

fn amend(amendment: Amendment) -> Command {
    Command::Amend { key: key(1), amendment }
}

fn renew(until: &str) -> Amendment {
    Amendment::Renew { until: date(until), why: "one more case".into() }
}

fn release(note: &str) -> Command {
    Command::Release { key: key(1), note: note.into(), reason: ReleaseReason::NoTime }
}

/// sam holds task 1 since Tuesday, until next Tuesday.
fn holding() -> Scene {
    Scene::new().claim(1, "sam", 3, &[])
}

#[test]
fn a_claim_takes_the_lease_of_its_size_and_says_what_it_costs_the_host() {
    let command = Command::Claim {
        keys: vec![key(1)],
        until: None,
        size: Some(Size::M),
        plan: " look first ".into(),
        alongside: false,
        ask: false,
    };
    let scene = Scene::new();
    let wish = scene.wish(&command);
    let Wish::Claim { until, size, plan, ask: false, taken: None, tell, .. } = wish else { panic!("{wish:?}") };
    assert_eq!((until, size, plan.as_str()), (date("2026-12-04"), Some(Size::M), "look first"));
    assert!(tell.is_empty(), "nobody is told where consent is automatic");
    let decision = scene.decide(&command).unwrap();
    assert_eq!(decision.know, ["expected review: about 1 h 40 min, of the 3 h a week that vision has"]);
    assert_eq!(decision.said, ["claim acme/app#1 until 2026-12-04"]);
}

#[test]
fn holidays_make_a_lease_longer_and_quiet_days_do_not() {
    let mut scene = Scene::new();
    let mut calendar = floorwalk::domain::calendar::Calendar::default();
    calendar.holidays.insert(date("2026-11-23"));
    scene.roster.calendars.insert("de".into(), calendar);
    scene.roster.teams[0].calendar = Some("de".into());
    let Wish::Claim { until, .. } = scene.wish(&claim(1)) else { panic!() };
    assert_eq!(until, date("2026-11-30"), "a day more than without the holiday");
}

#[test]
fn where_the_host_wants_to_be_asked_a_claim_becomes_a_request_and_says_why() {
    let scene = Scene::new().policy(|p| p.consent = Consent::Ask);
    let wish = scene.wish(&claim(1));
    let Wish::Claim { ask: true, tell, .. } = wish else { panic!("{wish:?}") };
    assert_eq!(tell, ["ana"]);
    let decision = scene.decide(&claim(1)).unwrap();
    assert!(decision.know[0].contains("asked for instead of taken") && decision.know[0].contains("vision"));
    assert!(decision.said[0].starts_with("ask the host for acme/app#1"), "{:?}", decision.said);
}

#[test]
fn a_refused_claim_names_the_rule_who_lifts_it_and_three_others() {
    let scene = Scene::new().claim(1, "lee", 1, &[]);
    let (rule, sentence, hints) = scene.refusal(&claim(1));
    assert_eq!(rule, Rule::Held, "{sentence}");
    assert!(sentence.contains("@lee holds acme/app#1"), "{sentence}");
    assert!(hints.contains("@lee can lift it; it lifts by itself on 2026-"), "{hints}");
    assert!(hints.contains("free and alike: acme/app#2, acme/app#3, acme/app#4"), "{hints}");
    let full = Scene::new().policy(|p| p.max_helpers = Some(1)).claim(2, "lee", 1, &[]);
    let (rule, sentence, hints) = full.refusal(&claim(1));
    assert_eq!(rule, Rule::HostConcurrency, "{sentence}");
    assert!(hints.contains("ana (lead)"), "{hints}");
    let (rule, _, _) = Scene::new().policy(|p| p.consent = Consent::Closed).refusal(&claim(1));
    assert_eq!(rule, Rule::HostOpen);
}

#[test]
fn what_is_mine_already_is_not_taken_twice() {
    let (rule, sentence, hints) = holding().refusal(&claim(1));
    assert_eq!((rule, sentence.as_str()), (Rule::Held, "you hold acme/app#1 already, until 2026-11-24"));
    assert!(hints.contains("floorwalk renew"), "{hints}");
    let (rule, sentence, _) = Scene::new().request(1, "sam", 1).refusal(&claim(1));
    assert_eq!((rule, sentence.as_str()), (Rule::Held, "you asked for acme/app#1 already"));
}

#[test]
fn a_lease_ends_neither_in_the_past_nor_beyond_the_cap() {
    let until = |day: &str| Command::Claim {
        keys: vec![key(1)],
        until: Some(date(day)),
        size: None,
        plan: String::new(),
        alongside: false,
        ask: false,
    };
    let past = Scene::new().decide(&until("2026-11-19")).unwrap_err();
    assert_eq!((past.code, past.sentence.as_str()), (ExitCode::Usage, "2026-11-19 has passed"));
    let far = Scene::new().decide(&until("2026-12-19")).unwrap_err();
    assert!(far.sentence.contains("at most 20 working days") && far.hints[0].contains("2026-12-18"), "{far:?}");
    let tight = Scene::new().policy(|p| p.timers.lease_cap = 3);
    let Wish::Claim { until, .. } = tight.wish(&claim(1)) else { panic!() };
    assert_eq!(until, date("2026-11-25"), "the host's cap shortens the default");
}

#[test]
fn what_was_offered_is_taken_over_with_a_fresh_lease() {
    let take = Command::TakeOver { key: key(1), until: None, size: None };
    let offer = entry(ago(1), "lee", Act::Offer { to: "sam".into() });
    let scene = Scene::new().claim(1, "lee", 3, &[offer]);
    let wish = scene.wish(&take);
    let Wish::Claim { taken: Some(taken), until, size, .. } = wish else { panic!("{wish:?}") };
    assert_eq!((taken, until, size), (scene.commitments[0].claim, date("2026-11-27"), Some(Size::S)));
    let (rule, sentence, _) = Scene::new().claim(1, "lee", 3, &[]).refusal(&take);
    assert_eq!((rule, sentence.as_str()), (Rule::State, "nobody offers you acme/app#1"));
}

#[test]
fn the_first_renewal_is_free_the_second_asks_and_a_third_is_none() {
    let Wish::Amend { amendment, .. } = holding().wish(&amend(renew("2026-11-27"))) else { panic!() };
    assert_eq!(amendment, renew("2026-11-27"));
    let once = entry(ago(1), "sam", Act::Renew { until: date("2026-11-26") });
    let again = Scene::new().claim(1, "sam", 3, std::slice::from_ref(&once));
    let (rule, sentence, hints) = again.refusal(&amend(renew("2026-12-01")));
    assert_eq!((rule, sentence.contains("second renewal")), (Rule::Limit, true), "{sentence}");
    assert!(hints.contains("ana (lead)") && hints.contains("floorwalk accept acme/app#1"), "{hints}");
    let consent = entry(ago(1), "ana", Act::Consent { mentor: None });
    let twice = entry(ago(0), "sam", Act::Renew { until: date("2026-12-01") });
    let third = Scene::new().claim(1, "sam", 3, &[once, consent, twice]);
    let (rule, sentence, _) = third.refusal(&amend(renew("2026-12-04")));
    assert_eq!((rule, sentence.contains("2 times already")), (Rule::Limit, true), "{sentence}");
}

#[test]
fn a_renewal_says_why_and_stays_within_the_cap() {
    let silent = Amendment::Renew { until: date("2026-11-27"), why: "  ".into() };
    let (rule, _, hints) = holding().refusal(&amend(silent));
    assert_eq!((rule, hints.contains("--why")), (Rule::Words, true), "{hints}");
    let (rule, sentence, _) = holding().refusal(&amend(renew("2027-01-29")));
    assert_eq!((rule, sentence.contains("at most 20 working days")), (Rule::Limit, true), "{sentence}");
    let (rule, sentence, _) = holding().refusal(&amend(renew("2026-11-24")));
    assert_eq!((rule, sentence.contains("not later")), (Rule::Limit, true), "{sentence}");
    let long = Amendment::Renew { until: date("2026-11-27"), why: "x".repeat(501) };
    assert_eq!(holding().decide(&amend(long)).unwrap_err().code, ExitCode::Usage);
    let rows = Amendment::Renew { until: date("2026-11-27"), why: "a\nb".into() };
    assert_eq!(holding().decide(&amend(rows)).unwrap_err().code, ExitCode::Usage);
}

#[test]
fn pauses_have_a_limit_and_so_has_the_review_of_a_block() {
    let pause = |day: &str| amend(Amendment::Pause { until: date(day) });
    assert!(matches!(holding().wish(&pause("2026-12-04")), Wish::Amend { .. }));
    let (rule, sentence, _) = holding().refusal(&pause("2026-12-07"));
    assert_eq!((rule, sentence.contains("10 working days together")), (Rule::Limit, true), "{sentence}");
    let block = |by: &str, day: &str| amend(Amendment::Block { by: by.into(), review: date(day) });
    assert!(matches!(holding().wish(&block("platform", "2026-12-04")), Wish::Amend { .. }));
    let (rule, sentence, _) = holding().refusal(&block("platform", "2026-12-07"));
    assert_eq!((rule, sentence.contains("2026-12-04")), (Rule::Limit, true), "{sentence}");
    assert_eq!(holding().refusal(&block(" ", "2026-11-24")).0, Rule::Words);
}

#[test]
fn what_waits_in_the_outbox_counts_as_done() {
    let mut scene = holding();
    let amendment = Amendment::Pause { until: date("2026-11-24") };
    scene.outbox.push(row(Wish::Amend { claim: scene.commitments[0].claim, amendment: amendment.clone() }, 1));
    let (rule, sentence, _) = scene.refusal(&amend(amendment));
    assert_eq!((rule, sentence.contains("'paused'")), (Rule::State, true), "{sentence}");
    assert!(matches!(scene.wish(&amend(Amendment::Resume)), Wish::Amend { amendment: Amendment::Resume, .. }));
}

#[test]
fn acts_that_do_not_fit_the_state_are_refused_by_the_machine() {
    for (amendment, word) in [
        (Amendment::Resume, "resumed"),
        (Amendment::Withdraw, "withdrawn"),
        (Amendment::Still, "nothing asks for an answer"),
    ] {
        let (rule, sentence, _) = Scene::new().claim(1, "sam", 1, &[]).refusal(&amend(amendment));
        assert_eq!((rule, sentence.contains(word)), (Rule::State, true), "{sentence}");
    }
    for amendment in [Amendment::Remind, Amendment::Expire] {
        let (rule, sentence, _) = holding().refusal(&amend(amendment));
        assert_eq!((rule, sentence.contains("floorwalk sync")), (Rule::Permission, true), "{sentence}");
    }
}

#[test]
fn only_the_helper_keeps_a_commitment() {
    let of_lee = Scene::new().claim(1, "lee", 3, &[]);
    for command in [amend(Amendment::Pause { until: date("2026-11-24") }), release("")] {
        let (rule, sentence, _) = of_lee.refusal(&command);
        assert_eq!((rule, sentence.contains("@lee holds acme/app#1")), (Rule::Permission, true), "{sentence}");
    }
    let (rule, sentence, _) = Scene::new().refusal(&release(""));
    assert_eq!((rule, sentence.as_str()), (Rule::State, "you do not hold acme/app#1"));
}

#[test]
fn a_quiet_helper_says_still_on_it_twice_at_most() {
    // Four weeks of twenty working days with nothing to see: at risk for the first time after three of them.
    let quiet = |since: &[Entry]| {
        let mut scene = Scene::new().claim(1, "sam", 28, since);
        let Act::Claim { until, .. } = &mut scene.commitments[0].log[0].act else { panic!() };
        *until = date("2026-11-20");
        scene
    };
    let answers = [entry(ago(21), "sam", Act::Still), entry(ago(13), "sam", Act::Still)];
    let wish = quiet(&answers[..1]).wish(&amend(Amendment::Still));
    assert!(matches!(wish, Wish::Amend { amendment: Amendment::Still, .. }), "{wish:?}");
    let (rule, sentence, hints) = quiet(&answers).refusal(&amend(Amendment::Still));
    assert_eq!((rule, sentence.contains("2 times")), (Rule::Limit, true), "{sentence}");
    assert!(hints.contains("ask for help"), "{hints}");
}

#[test]
fn done_takes_a_kind_and_a_note() {
    let amendment = Amendment::Done { kind: DoneKind::Docs, note: " on the wiki ".into() };
    let Wish::Amend { amendment, .. } = holding().wish(&amend(amendment)) else { panic!() };
    assert_eq!(amendment, Amendment::Done { kind: DoneKind::Docs, note: "on the wiki".into() });
}

#[test]
fn t16_who_leaves_work_behind_leaves_a_note() {
    let worked = Scene::new().claim(1, "sam", 3, &[entry(ago(1), "sam", Act::Sign { sign: Sign::Comment })]);
    let (rule, sentence, hints) = worked.refusal(&release(" \n"));
    assert_eq!((rule, sentence.contains("the next person")), (Rule::Words, true), "{sentence}");
    for flag in ["--done", "--next", "--link", "--gotcha"] {
        assert!(hints.contains(flag), "{flag}: {hints}");
    }
    assert!(matches!(worked.wish(&release("half of it")), Wish::Release { note, .. } if note == "half of it"));
    assert!(matches!(holding().wish(&release("")), Wish::Release { .. }), "nothing was done, nothing is asked");
}

#[test]
fn a_request_is_taken_back_by_withdrawing_it_however_it_is_said() {
    let asked = Scene::new().request(1, "sam", 1);
    for command in [release(""), amend(Amendment::Withdraw)] {
        let wish = asked.wish(&command);
        assert!(matches!(wish, Wish::Amend { amendment: Amendment::Withdraw, .. }), "{wish:?}");
    }
}

#[test]
fn a_bookmark_lasts_two_weeks_and_says_so() {
    let mark = Command::Mark { keys: vec![key(1)], kind: MarkKind::Bookmark, on: true, until: None };
    let decision = Scene::new().decide(&mark).unwrap();
    let [Effect::Mark(marks, true)] = decision.effects.as_slice() else { panic!("{decision:?}") };
    assert_eq!(marks[0].until, Some("2026-12-04T09:00:00Z".parse().unwrap()));
    assert_eq!(decision.said, ["bookmarked until 2026-12-04, on this machine only"]);
}

fn row(wish: Wish, number: u64) -> Op {
    Op {
        id: floorwalk::domain::id::OpId(Ulid::from_parts(9, number.into())),
        key: key(1),
        wish,
        step: Step::Queued,
        status: OpStatus::Ready,
        attempts: 0,
        created_at: now().0,
        last_error: None,
    }
}

/// What undo says or does after a command that was sent.
fn undone(mut scene: Scene, last: Command) -> Result<Wish, String> {
    scene.last = Some(last);
    match scene.decide(&Command::Undo) {
        Ok(_) => Ok(scene.wish(&Command::Undo)),
        Err(error) => Err(format!("{} | {}", error.sentence, error.hints.join(" | "))),
    }
}

#[test]
fn undo_turns_round_what_has_an_inverse() {
    let pause = Amendment::Pause { until: date("2026-11-26") };
    let paused = Scene::new().claim(1, "sam", 3, &[entry(ago(1), "sam", Act::Pause { until: date("2026-11-26") })]);
    let back = undone(paused, amend(pause.clone())).unwrap();
    assert!(matches!(back, Wish::Amend { amendment: Amendment::Resume, .. }), "{back:?}");
    let stops = [entry(ago(2), "sam", Act::Pause { until: date("2026-11-26") }), entry(ago(1), "sam", Act::Resume)];
    let resumed = Scene::new().claim(1, "sam", 3, &stops);
    let Wish::Amend { amendment, .. } = undone(resumed, amend(Amendment::Resume)).unwrap() else { panic!() };
    assert_eq!(amendment, pause);
    let asked = undone(Scene::new().request(1, "sam", 0), claim(1)).unwrap();
    assert!(matches!(asked, Wish::Amend { amendment: Amendment::Withdraw, .. }), "{asked:?}");
    let held = undone(holding(), claim(1)).unwrap();
    assert!(matches!(held, Wish::Release { reason: ReleaseReason::Moved, .. }), "{held:?}");
}

#[test]
fn undo_says_honestly_what_cannot_be_undone_and_what_to_do() {
    let renewed = undone(holding(), amend(renew("2026-11-27"))).unwrap_err();
    assert!(renewed.contains("cannot be taken back") && renewed.contains("floorwalk release acme/app#1"), "{renewed}");
    let done = undone(holding(), amend(Amendment::Done { kind: DoneKind::Docs, note: String::new() })).unwrap_err();
    assert!(done.contains("floorwalk claim acme/app#1"), "{done}");
    let never = undone(holding(), amend(Amendment::Resume)).unwrap_err();
    assert!(never.contains("nothing to go back to"), "{never}");
}

#[test]
fn undo_of_what_was_not_sent_leaves_no_trace() {
    let mut scene = holding();
    let amendment = Amendment::Pause { until: date("2026-11-24") };
    scene.outbox.push(row(Wish::Amend { claim: scene.commitments[0].claim, amendment: amendment.clone() }, 1));
    scene.last = Some(amend(amendment));
    let decision = scene.decide(&Command::Undo).unwrap();
    let [Effect::Withdraw(ops, claims, _)] = decision.effects.as_slice() else { panic!("{decision:?}") };
    assert_eq!((ops.len(), claims.len()), (1, 0), "the row goes, the claim stays");
}
