//! Decisions of words that others read: help and offers of the helper; consent, decline, revocation and reopening by the
//! host, and who may.

use floorwalk::{
    app::{Command, ExitCode},
    domain::{
        commitment::{Act, DoneKind, HostReason},
        outbox::{Answer, Wish},
        person::Login,
        policy::Mentor,
        project::Permission,
        refusal::{Lifter, Rule},
    },
};

use crate::decide_world::{Scene, ago, entry, key};

fn say(answer: Answer) -> Command {
    Command::Answer { key: key(1), helper: None, answer, text: "because".into() }
}

fn to(login: &str, answer: Answer) -> Command {
    Command::Answer { key: key(1), helper: Some(Login::new(login)), answer, text: "because".into() }
}

fn consent() -> Answer {
    Answer::Consent { mentor: None, waive: false }
}

fn revoke() -> Answer {
    Answer::Revoke { reason: HostReason::NeedsUs }
}

fn spoken(wish: Wish) -> (String, Answer, String) {
    let Wish::Answer { helper, answer, text, .. } = wish else { panic!("{wish:?}") };
    (helper, answer, text)
}

#[test]
fn help_is_asked_of_the_mentor_else_of_mentors_on_rotation_else_of_the_leads() {
    let help = say(Answer::Help { tell: Vec::new() });
    let told = |scene: &Scene| match spoken(scene.wish(&help)) {
        (helper, Answer::Help { tell }, _) if helper == "sam" => tell,
        other => panic!("{other:?}"),
    };
    let scene = Scene::new().claim(1, "sam", 3, &[]);
    assert_eq!(told(&scene), ["mo"]);
    assert_eq!(
        told(&scene.policy(|p| p.mentors = vec![Mentor { handle: "mo".into(), capacity: 1, on: false }])),
        ["ana"]
    );
    let guided = entry(ago(2), "ana", Act::Consent { mentor: Some("lee".into()) });
    assert_eq!(told(&Scene::new().claim(1, "sam", 3, &[guided])), ["lee"]);
    assert!(told(&Scene::bare().claim(1, "sam", 3, &[])).is_empty(), "without a registry only the task hears it");
    let named = say(Answer::Help { tell: vec!["@ana".into()] });
    let (_, answer, _) = spoken(Scene::new().claim(1, "sam", 3, &[]).wish(&named));
    assert_eq!(answer, Answer::Help { tell: vec!["ana".into()] });
}

#[test]
fn an_offer_names_a_person_who_is_somebody_else() {
    let offer = |login: &str| say(Answer::Offer { to: login.into() });
    let scene = Scene::new().claim(1, "sam", 3, &[]);
    assert_eq!(spoken(scene.wish(&offer("@lee"))).1, Answer::Offer { to: "lee".into() });
    assert_eq!(scene.refusal(&offer("SAM")).0, Rule::State);
    for wrong in ["", "@", "a b", "x@y", "<!--"] {
        assert_eq!(scene.decide(&offer(wrong)).unwrap_err().code, ExitCode::Usage, "{wrong:?}");
    }
    assert_eq!(Scene::new().claim(1, "lee", 3, &[]).refusal(&offer("pia")).0, Rule::Permission);
}

#[test]
fn tl5_a_lead_or_mentor_accepts_a_request_with_a_mentor() {
    let command = say(Answer::Consent { mentor: Some("mo".into()), waive: false });
    for host in ["ana", "mo"] {
        let scene = Scene::new().as_(host).request(1, "lee", 1);
        let (helper, answer, _) = spoken(scene.wish(&command));
        assert_eq!((helper.as_str(), answer), ("lee", Answer::Consent { mentor: Some("mo".into()), waive: false }));
    }
}

#[test]
fn others_do_not_speak_for_the_host() {
    for (me, answer) in [("sam", consent()), ("sam", revoke()), ("mo", revoke()), ("pia", consent())] {
        let scene = Scene::new().as_(me).request(1, "lee", 1);
        let (rule, sentence, hints) = scene.refusal(&say(answer));
        assert_eq!((rule, sentence.contains("vision")), (Rule::Permission, true), "{me}: {sentence}");
        assert!(hints.contains("ana (lead)"), "{hints}");
    }
    let mut scene = Scene::new().as_("pia").claim(1, "lee", 1, &[]);
    scene.roster.programme = vec!["pia".into()];
    assert!(matches!(spoken(scene.wish(&say(revoke()))).1, Answer::Revoke { .. }), "the programme may revoke");
    assert_eq!(scene.refusal(&say(consent())).0, Rule::Permission, "and does not answer for a host");
}

#[test]
fn without_a_registry_whoever_may_sort_tasks_speaks_for_the_host() {
    let scene = |permission| Scene { permission, ..Scene::bare() }.as_("ana").request(1, "lee", 1);
    assert!(matches!(scene(Permission::Triage).wish(&say(consent())), Wish::Answer { .. }));
    for less in [Permission::Read, Permission::Unknown] {
        let error = scene(less).decide(&say(consent())).unwrap_err();
        let refusal = error.refusal.unwrap();
        assert_eq!((refusal.rule, refusal.lifter), (Rule::Permission, Lifter::Host(Vec::new())));
    }
}

#[test]
fn t4_the_hosts_limits_are_asked_again_and_a_lead_may_go_over_them_once() {
    let scene =
        Scene::new().as_("ana").policy(|p| p.max_helpers = Some(1)).claim(2, "sam", 1, &[]).request(1, "lee", 1);
    let (rule, sentence, hints) = scene.refusal(&say(consent()));
    assert_eq!(rule, Rule::HostConcurrency, "{sentence}");
    assert!(hints.contains("--waive"), "{hints}");
    let waived = scene.wish(&say(Answer::Consent { mentor: None, waive: true }));
    assert!(matches!(spoken(waived).1, Answer::Consent { waive: true, .. }));
    // The helper took something else meanwhile: theirs to weigh, and no cover for the host's own limit.
    let busy = Scene::new().as_("ana").request(1, "lee", 1).claim(2, "lee", 1, &[]).claim(3, "lee", 1, &[]);
    assert!(matches!(busy.wish(&say(consent())), Wish::Answer { .. }));
    assert_eq!(busy.policy(|p| p.max_helpers = Some(2)).refusal(&say(consent())).0, Rule::HostConcurrency);
}

#[test]
fn several_requests_want_a_name_and_a_request_goes_before_what_runs() {
    let scene = Scene::new().as_("ana").request(1, "lee", 2).request(1, "sam", 1);
    let error = scene.decide(&say(consent())).unwrap_err();
    assert_eq!((error.code, error.sentence.contains("lee, sam")), (ExitCode::Usage, true), "{error}");
    assert_eq!(spoken(scene.wish(&to("SAM", consent()))).0, "sam");
    let beside = Scene::new().as_("ana").claim(1, "sam", 2, &[]).request(1, "lee", 1);
    let (rule, sentence, _) = beside.refusal(&say(consent()));
    assert_eq!((rule, sentence.contains("@sam holds")), (Rule::Held, true), "the one who asks is meant: {sentence}");
    let none = scene.refusal(&to("pia", consent()));
    assert_eq!((none.0, none.1.contains("@pia")), (Rule::State, true), "{none:?}");
    assert_eq!(Scene::new().as_("ana").refusal(&say(consent())).0, Rule::State);
}

#[test]
fn nobody_answers_for_the_host_to_themselves() {
    let (rule, sentence, _) = Scene::new().as_("ana").request(1, "ana", 1).refusal(&say(consent()));
    assert_eq!((rule, sentence.contains("your own")), (Rule::State, true), "{sentence}");
}

#[test]
fn tl6_a_decline_needs_a_request_and_a_reason_is_enough() {
    let decline = Command::Answer {
        key: key(1),
        helper: None,
        answer: Answer::Decline { reason: HostReason::NotNow },
        text: String::new(),
    };
    let (helper, answer, text) = spoken(Scene::new().as_("ana").request(1, "lee", 1).wish(&decline));
    assert_eq!((helper.as_str(), answer, text.as_str()), ("lee", Answer::Decline { reason: HostReason::NotNow }, ""));
    let (rule, sentence, _) = Scene::new().as_("ana").claim(1, "lee", 1, &[]).refusal(&decline);
    assert_eq!((rule, sentence.contains("revoke")), (Rule::State, true), "{sentence}");
}

#[test]
fn a_revocation_is_explained_to_the_helper() {
    let scene = Scene::new().as_("ana").claim(1, "lee", 1, &[]);
    let silent = Command::Answer { key: key(1), helper: None, answer: revoke(), text: " ".into() };
    let (rule, _, hints) = scene.refusal(&silent);
    assert_eq!((rule, hints.contains("--text")), (Rule::Words, true), "{hints}");
    assert_eq!(spoken(scene.wish(&say(revoke()))), ("lee".into(), revoke(), "because".into()));
    let long = Command::Answer { key: key(1), helper: None, answer: revoke(), text: "x".repeat(20_001) };
    assert_eq!(scene.decide(&long).unwrap_err().code, ExitCode::Usage);
}

#[test]
fn consent_ends_work_that_was_said_to_be_done_and_agrees_to_a_renewal() {
    let said = entry(ago(1), "lee", Act::Done { kind: DoneKind::Resolved });
    let scene = Scene::new().as_("ana").claim(1, "lee", 3, &[said]);
    assert_eq!(scene.decide(&say(consent())).unwrap().said, ["accept that acme/app#1 is done by @lee"]);
    let renewed = entry(ago(1), "lee", Act::Renew { until: "2026-11-26".parse().unwrap() });
    let scene = Scene::new().as_("ana").claim(1, "lee", 3, &[renewed]);
    assert_eq!(scene.decide(&say(consent())).unwrap().said, ["agree to one more renewal of acme/app#1 by @lee"]);
}

#[test]
fn tl10_a_regression_is_shown_by_its_address_and_only_within_the_warranty() {
    let regress = |link: &str| say(Answer::Regress { link: link.into() });
    let done = [entry(ago(2), "lee", Act::Merged), entry(ago(1), "lee", Act::Done { kind: DoneKind::Merged })];
    let scene = Scene::new().as_("ana").claim(1, "lee", 3, &done);
    let link = "https://github.com/acme/app/issues/31";
    assert_eq!(spoken(scene.wish(&regress(link))).1, Answer::Regress { link: link.into() });
    assert_eq!(scene.refusal(&regress(" ")).0, Rule::Words);
    let running = Scene::new().as_("ana").claim(1, "lee", 3, &[]);
    assert_eq!(running.refusal(&regress(link)).0, Rule::State);
}

#[test]
fn what_was_said_to_others_is_not_unsaid_by_undo() {
    for (answer, hint) in [
        (consent(), "floorwalk revoke acme/app#1"),
        (Answer::Decline { reason: HostReason::NotNow }, "request it again"),
        (revoke(), "claim it again"),
        (Answer::Help { tell: Vec::new() }, "found the way"),
        (Answer::Offer { to: "lee".into() }, "stays yours"),
        (Answer::Regress { link: "x".into() }, "floorwalk accept acme/app#1"),
    ] {
        let mut scene = Scene::new().as_("ana").claim(1, "lee", 3, &[]);
        scene.last = Some(say(answer));
        let error = scene.decide(&Command::Undo).unwrap_err();
        assert!(error.sentence.contains("cannot be undone") && error.hints[0].contains(hint), "{error:?}");
    }
}
