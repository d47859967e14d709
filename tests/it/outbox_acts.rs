//! Requests, edits of the claim's comment, and words between helper and host: each once, through lost answers.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    domain::{
        commitment::{ClaimId, CommitmentState, DoneKind, HostReason},
        marker::{self, Marker, MarkerKind},
        outbox::{Amendment, Answer, Wish},
        person::{Login, Person},
        task::TaskState,
        time::Now,
    },
    sync::outbox::{End, OutboxContext, Outcome, send},
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryWorld, Verb},
    },
};

use crate::outbox_world::{Client, START, key, markers, task};

const SERVER: ErrorClass = ErrorClass::Server { status: 502 };

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

fn state(outcomes: &[Outcome]) -> CommitmentState {
    match &outcomes[0].end {
        End::Done(c) => c.state,
        other => panic!("{other:?}"),
    }
}

/// The first comment with a marker of this kind.
fn found(world: &MemoryWorld, kind: MarkerKind) -> (Marker, String) {
    let all = world.comments(&key());
    let mut of = all.iter().filter_map(|c| match marker::parse(c.body.raw()) {
        Some(Ok(m)) if m.k == kind => Some((m, c.body.raw().to_owned())),
        _ => None,
    });
    of.next().unwrap()
}

async fn ask(client: &Client) -> ClaimId {
    let claim = ClaimId(client.fresh_id());
    let wish = Wish::Claim {
        claim,
        until: "2026-11-27".parse().unwrap(),
        size: None,
        plan: "ask @maya, fixes #3".into(),
        alongside: false,
        ask: true,
        taken: None,
        tell: vec!["ana".into()],
        model: None,
    };
    client.wish(wish).await;
    claim
}

fn answer(claim: ClaimId, helper: &str, answer: Answer, text: &str) -> Wish {
    Wish::Answer { claim, helper: helper.into(), answer, text: text.into() }
}

#[tokio::test(start_paused = true)]
async fn a_request_marks_nothing_until_the_host_says_yes() {
    let world = world();
    let (sam, ana) = (Client::new(&world, "sam", 7, false), Client::new(&world, "ana", 50, true));
    let claim = ask(&sam).await;
    assert_eq!(state(&sam.send().await), CommitmentState::Requested);
    let (_, text) = found(&world, MarkerKind::Request);
    assert!(text.contains("cc @ana"), "{text}");
    assert!(!text.contains("@maya") && !text.contains("#3"), "own words ping nobody: {text}");
    assert!(world.task(&key()).unwrap().assignees.is_empty());

    ana.wish(answer(claim, "sam", Answer::Consent { mentor: Some("mo".into()), waive: false }, "See @bob")).await;
    assert_eq!(state(&ana.send().await), CommitmentState::Active);
    let after = world.task(&key()).unwrap();
    assert_eq!(after.assignees, vec![Login::new("sam")], "the host assigns whom it may");
    assert!(after.labels.iter().any(|l| l.raw() == "floating-help"));
    let (marker, text) = found(&world, MarkerKind::Consent);
    assert_eq!(marker.mentor.as_deref(), Some("mo"));
    assert!(text.contains("@sam") && text.contains("@mo") && !text.contains("@bob"), "{text}");

    ana.wish(answer(claim, "sam", Answer::Revoke { reason: HostReason::NeedsUs }, "")).await;
    assert_eq!(state(&ana.send().await), CommitmentState::Revoked);
    let after = world.task(&key()).unwrap();
    assert!(after.assignees.is_empty() && after.labels.iter().all(|l| l.raw() != "floating-help"));

    let renew = Amendment::Renew { until: "2026-12-01".parse().unwrap(), why: String::new() };
    sam.wish(Wish::Amend { claim, amendment: renew }).await;
    let end = sam.send().await.remove(0).end;
    assert!(matches!(&end, End::Refused { why, .. } if why.contains("revoked")), "{end:?}");
    assert!(sam.store.outbox().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stranger_cannot_say_yes_for_the_host() {
    let world = world();
    let (sam, kim) = (Client::new(&world, "sam", 7, true), Client::new(&world, "kim", 8, false));
    let claim = ask(&sam).await;
    sam.send().await;
    kim.wish(answer(claim, "sam", Answer::Consent { mentor: None, waive: false }, "")).await;
    let end = kim.send().await.remove(0).end;
    assert!(matches!(&end, End::Vain { why } if why.contains("does not count")), "{end:?}");
    assert!(world.task(&key()).unwrap().assignees.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_amendment_is_written_once_whatever_happens_to_its_answer() {
    for fault in [Fault::Before(SERVER), Fault::After(SERVER), Fault::After(ErrorClass::Timeout), Fault::Twice] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        let claim = sam.wish_claim().await;
        sam.send().await;
        let until = "2026-11-24".parse().unwrap();
        world.fault(7, Verb::Edit, fault.clone());
        sam.wish(Wish::Amend { claim, amendment: Amendment::Pause { until } }).await;
        sam.send().await;
        sam.send().await;
        let (marker, text) = found(&world, MarkerKind::Claim);
        assert_eq!(marker.ev.iter().filter(|e| e.e == "pause").count(), 1, "{fault:?}: {marker:?}");
        assert!(text.contains("24 Nov 2026") && text.contains("Plan: look"), "{text}");
        assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Paused, "{fault:?}");
        assert_eq!(world.written(), 1, "an edit is no new comment");
        assert!(sam.store.outbox().await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_posted_once_whatever_happens_to_its_answer() {
    for fault in [Fault::Before(SERVER), Fault::After(SERVER), Fault::After(ErrorClass::Timeout)] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        let claim = sam.wish_claim().await;
        sam.send().await;
        world.fault(7, Verb::Post, fault.clone());
        sam.wish(answer(claim, "sam", Answer::Help { tell: vec!["ana".into()] }, "stuck")).await;
        assert_eq!(state(&sam.send().await), CommitmentState::WaitingHost, "{fault:?}");
        assert_eq!(markers(&world, MarkerKind::Help, claim), 1, "{fault:?}");
        // Said again later, it is another comment.
        sam.wish(answer(claim, "sam", Answer::Help { tell: Vec::new() }, "still stuck")).await;
        sam.send().await;
        assert_eq!(markers(&world, MarkerKind::Help, claim), 2, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn taking_over_an_offer_moves_the_marks_to_the_receiver() {
    let world = world();
    let (sam, kim) = (Client::new(&world, "sam", 7, true), Client::new(&world, "kim", 8, true));
    let claim = sam.wish_claim().await;
    sam.send().await;
    let take = |client: &Client| Wish::Claim {
        claim: ClaimId(client.fresh_id()),
        until: "2026-11-27".parse().unwrap(),
        size: None,
        plan: String::new(),
        alongside: false,
        ask: false,
        taken: Some(claim),
        tell: Vec::new(),
        model: None,
    };
    kim.wish(take(&kim)).await;
    let end = kim.send().await.remove(0).end;
    assert!(matches!(&end, End::Refused { why, .. } if why.contains("does not offer")), "{end:?}");
    sam.wish(answer(claim, "sam", Answer::Offer { to: "kim".into() }, "")).await;
    sam.send().await;
    kim.wish(take(&kim)).await;
    assert_eq!(state(&kim.send().await), CommitmentState::Active);
    assert_eq!(world.task(&key()).unwrap().assignees, vec![Login::new("kim")]);
}

#[tokio::test(start_paused = true)]
async fn done_waits_for_the_host_but_for_a_task_raised_to_ready() {
    for (kind, marks) in [(DoneKind::Docs, 1), (DoneKind::Triaged, 0)] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        let claim = sam.wish_claim().await;
        sam.send().await;
        sam.wish(Wish::Amend { claim, amendment: Amendment::Done { kind, note: "see @docs".into() } }).await;
        let expected = if marks == 1 { CommitmentState::WaitingHost } else { CommitmentState::Completed };
        assert_eq!(state(&sam.send().await), expected);
        assert_eq!(world.task(&key()).unwrap().assignees.len(), marks);
        let (_, text) = found(&world, MarkerKind::Claim);
        assert!(text.contains("> see @\u{2060}docs"), "{text}");
        assert_eq!(sam.commitment(claim).await.unwrap().note.as_deref(), Some("see @docs"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_closed_while_an_edit_is_read_back_keeps_whoever_did_it() {
    let world = world();
    let (sam, maya) = (Client::new(&world, "sam", 7, true), Person::human("maya", 90));
    let claim = sam.wish_claim().await;
    sam.send().await;
    let review = "2026-11-25".parse().unwrap();
    sam.wish(Wish::Amend { claim, amendment: Amendment::Block { by: "the vendor".into(), review } }).await;
    world.fault(7, Verb::Edit, Fault::SlowAnswer(Duration::from_millis(300)));
    let closing = async {
        while world.faults_left() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(world.close_as(&maya, &key(), TaskState::Closed));
    };
    let (outcomes, ()) = tokio::join!(sam.send(), closing);
    assert_eq!(state(&outcomes), CommitmentState::Warranty);
    assert_eq!(world.task(&key()).unwrap().assignees, vec![sam.me.login.clone()]);
}

/// Sends with this machine's clock some hours off the tracker's.
async fn send_off(client: &Client, world: &MemoryWorld, hours: i64) -> Vec<Outcome> {
    let world = world.clone();
    let clock = move || Now(world.now() + jiff::SignedDuration::from_hours(hours));
    let context = OutboxContext {
        store: client.store.as_ref(),
        tracker: client.tracker.as_ref(),
        settings: &client.settings,
        clock: Arc::new(clock),
        roster: &floorwalk::domain::roster::Roster::default(),
        impatient: true,
    };
    send(&context).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_by_days_dates_nothing_wrong_and_reminds_nobody_early() {
    for hours in [-100, 100, 3_000] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        let claim = sam.wish_claim().await;
        sam.send().await;
        sam.wish(Wish::Amend { claim, amendment: Amendment::Remind }).await;
        let early = send_off(&sam, &world, hours).await;
        assert!(matches!(early[0].end, End::Moot { .. }), "{hours}: {early:?}");
        world.advance(Duration::from_secs(5 * 86_400));
        sam.wish(Wish::Amend { claim, amendment: Amendment::Remind }).await;
        let end = send_off(&sam, &world, hours).await.remove(0).end;
        assert!(matches!(end, End::Done(_)), "{hours}: {end:?}");
        let (marker, _) = found(&world, MarkerKind::Claim);
        let [remind] = marker.ev.as_slice() else { panic!("{hours}: {marker:?}") };
        let off = remind.at.duration_since(world.now()).abs();
        assert!(off < jiff::SignedDuration::from_mins(5), "{hours}: dated {off:?} off");
    }
}
