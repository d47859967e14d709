//! Wishes under odd circumstances: long offline, out of date, refused half-way, resumed late, taken back meanwhile.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    demo::{Fault as ServerFault, FaultKind},
    domain::{
        commitment::{CommitmentState, Projection},
        marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind},
        outbox::{OpStatus, Step},
        person::{Association, Login, Person},
        time::Now,
    },
    sync::outbox::{End, OutboxContext, send},
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryWorld, Verb},
    },
};

use crate::{
    floor::{Desk, Floor},
    outbox_world::{Client, START, key, markers, task},
};

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

#[tokio::test(start_paused = true)]
async fn a_wish_made_offline_waits_as_long_as_it_takes() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let claim = sam.wish_claim().await;
    for class in [ErrorClass::Connect, ErrorClass::Dns, ErrorClass::Timeout] {
        for _ in 0..10 {
            world.fault(7, Verb::Read, Fault::Before(class.clone()));
            let outcomes = sam.send().await;
            assert!(matches!(&outcomes[0].end, End::Later { .. }), "{outcomes:?}");
        }
    }
    sam.send().await;
    assert_eq!(markers(&world, MarkerKind::Claim, claim), 1);
    assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Active);
}

#[tokio::test(start_paused = true)]
async fn a_tracker_that_answers_no_write_is_left_alone_after_the_second_and_tried_again_later() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let class = ErrorClass::Server { status: 500 };
    (0..5).for_each(|_| world.fault(7, Verb::Post, Fault::Before(class.clone())));
    let claim = sam.wish_claim().await;
    for left in [3, 1] {
        let outcomes = sam.send().await;
        assert!(matches!(&outcomes[0].end, End::Later { .. }), "{outcomes:?}");
        assert_eq!(world.faults_left(), left, "two comments were tried in one run");
    }
    sam.send().await;
    assert_eq!(markers(&world, MarkerKind::Claim, claim), 1);
    assert_eq!((world.written(), sam.store.outbox().await.unwrap().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_last_day_passed_while_it_waited_is_not_posted() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    sam.wish_claim().await;
    let context = OutboxContext {
        store: sam.store.as_ref(),
        tracker: sam.tracker.as_ref(),
        settings: &sam.settings,
        clock: Arc::new(|| Now("2026-11-28T00:00:00Z".parse().unwrap())),
        roster: &floorwalk::domain::roster::Roster::default(),
        impatient: true,
    };
    let outcomes = send(&context).await.unwrap();
    assert!(matches!(&outcomes[0].end, End::Refused { why, .. } if why.contains("2026-11-27")), "{outcomes:?}");
    assert_eq!(world.posts(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_tracker_does_not_understand_needs_the_user_and_the_claim_stands() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    world.fault(7, Verb::Assign, Fault::Before(ErrorClass::Invalid));
    let claim = sam.wish_claim().await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Attention { .. }), "{outcomes:?}");
    let c = sam.commitment(claim).await.unwrap();
    assert_eq!((c.state, c.assignee), (CommitmentState::Active, Projection::Refused));
    assert!(matches!(sam.store.outbox().await.unwrap()[0].status, OpStatus::NeedsAttention { .. }));
    sam.send().await;
    assert!(sam.store.outbox().await.unwrap().is_empty(), "asked for again, it goes through");
    assert_eq!(markers(&world, MarkerKind::Claim, claim), 1);
}

#[tokio::test(start_paused = true)]
async fn a_claim_resumed_late_looks_again_before_it_marks_the_task() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    world.fault(7, Verb::Label, Fault::Before(ErrorClass::Connect));
    let claim = sam.wish_claim().await;
    sam.send().await;
    assert!(matches!(sam.store.outbox().await.unwrap()[0].step, Step::Confirmed { .. }));
    // Meanwhile a maintainer hands it back for sam.
    let by = MarkerBy { login: "maya".into(), id: 90, name: None };
    let mut release = Marker {
        k: MarkerKind::Release,
        c: claim,
        by,
        at: START.parse().unwrap(),
        until: None,
        reason: None,
        size: None,
        to: None,
        taken: None,
        mentor: None,
        why: None,
        ev: Vec::new(),
        extra: serde_json::Map::new(),
    };
    release.extra.insert("forced".into(), true.into());
    tokio::time::advance(Duration::from_secs(60)).await;
    let maya = Person::human("maya", 90);
    world.comment_as(&key(), &maya, Association::Member, &marker::comment(&release, "Taken back.")).unwrap();
    sam.send().await;
    assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Revoked);
    let after = world.task(&key()).unwrap();
    assert!(after.assignees.is_empty() && after.labels.iter().all(|l| l.raw() != "floating-help"), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_loser_leaves_an_assignment_that_was_made_by_hand() {
    let world = world();
    let mut by_hand = task();
    by_hand.assignees.push(Login::new("sam"));
    world.put_task(by_hand);
    let (sam, kim) = (Client::new(&world, "sam", 7, true), Client::new(&world, "kim", 8, true));
    world.fault(7, Verb::Post, Fault::Delay(Duration::from_secs(1)));
    let late = sam.wish_claim().await;
    let first = {
        // Kim is quicker: her comment is there before sam's.
        let claim = kim.wish_claim().await;
        let marker = Marker {
            k: MarkerKind::Claim,
            c: claim,
            by: MarkerBy { login: "kim".into(), id: 8, name: None },
            at: START.parse().unwrap(),
            until: Some("2026-11-27".parse().unwrap()),
            reason: None,
            size: None,
            to: None,
            taken: None,
            mentor: None,
            why: None,
            ev: Vec::new(),
            extra: serde_json::Map::new(),
        };
        let body = marker::comment(&marker, "Kim helps.");
        let (store, sending) = (world.clone(), sam.send());
        let posting = async {
            // Sam's comment is on its way; nothing sleeps here, so the clock stands until Kim's is there.
            while store.posts() == 0 {
                tokio::task::yield_now().await;
            }
            store.comment_as(&key(), &kim.me, Association::Collaborator, &body).unwrap();
        };
        let (outcomes, ()) = tokio::join!(sending, posting);
        assert!(matches!(&outcomes[0].end, End::Lost { to, .. } if to == "kim"), "{outcomes:?}");
        claim
    };
    assert_ne!(first, late);
    assert_eq!(world.task(&key()).unwrap().assignees, vec![Login::new("sam")]);
}

#[tokio::test]
async fn a_wish_taken_back_while_it_is_looked_at_is_not_sent() {
    let without_task = MemoryWorld::new(START.parse().unwrap());
    for world in [world(), without_task] {
        let sam = Client::new(&world, "sam", 7, true);
        world.fault(7, Verb::Read, Fault::SlowAnswer(Duration::from_millis(300)));
        let claim = sam.wish_claim().await;
        let op = sam.store.outbox().await.unwrap()[0].clone();
        let undo = async {
            while world.faults_left() > 0 {
                tokio::task::yield_now().await;
            }
            sam.store.settle(vec![op.id], Vec::new()).await.unwrap();
            sam.store.forget_commitments(vec![claim]).await.unwrap();
        };
        let (outcomes, ()) = tokio::join!(sam.send(), undo);
        assert!(matches!(&outcomes[0].end, End::Refused { .. }), "{outcomes:?}");
        assert_eq!(world.posts(), 0);
        assert!(sam.store.outbox().await.unwrap().is_empty());
        assert!(sam.commitment(claim).await.is_none());
    }
}

#[test]
fn a_marker_line_never_outgrows_what_readers_accept() {
    let mut marker = Marker {
        k: MarkerKind::Claim,
        c: floorwalk::domain::commitment::ClaimId(ulid::Ulid::from_parts(1, 2)),
        by: MarkerBy { login: "<-->".repeat(500), id: 7, name: None },
        at: START.parse().unwrap(),
        until: Some("2026-11-27".parse().unwrap()),
        reason: None,
        size: None,
        to: None,
        taken: None,
        mentor: None,
        why: None,
        ev: Vec::new(),
        extra: serde_json::Map::new(),
    };
    marker.extra.insert("alongside".into(), true.into());
    marker.extra.insert("future".into(), "x".repeat(1_900).into());
    for day in 1..=28 {
        let until = format!("2026-12-{day:02}").parse().unwrap();
        let at = START.parse().unwrap();
        marker.ev.push(MarkerEvent {
            e: "extend".into(),
            at,
            until: Some(until),
            by: None,
            kind: None,
            extra: serde_json::Map::new(),
        });
    }
    let concede = MarkerEvent {
        e: "concede".into(),
        at: START.parse().unwrap(),
        until: None,
        by: None,
        kind: None,
        extra: Default::default(),
    };
    marker.ev.push(concede);
    let line = marker::line(&marker);
    assert!(line.len() <= marker::MAX_JSON + 40, "{}", line.len());
    let read = marker::parse(&line).unwrap().unwrap();
    assert_eq!((read.k, read.c, read.by.id), (marker.k, marker.c, 7));
    assert_eq!(read.extra.get("alongside"), Some(&true.into()));
    assert!(read.ev.iter().any(|e| e.e == "concede"));
    assert_eq!(read.ev.iter().filter_map(|e| e.until).max(), Some("2026-12-28".parse().unwrap()));
}

/// Free tasks of different projects: whoever is new to a project takes one thing there at once.
fn free_tasks(desk: &Desk, count: usize) -> Vec<String> {
    let listed = desk.fine(&["list", "is:free", "--json", "--limit", "200"]).json();
    let mut met = std::collections::HashSet::new();
    let keys = listed["tasks"].as_array().unwrap().iter().map(|t| t["key"].as_str().unwrap().to_owned());
    let mut keys: Vec<String> = keys.filter(|k| met.insert(k.split('#').next().unwrap().to_owned())).collect();
    // Where sam may assign comes first.
    keys.sort_by_key(|k| !k.starts_with("quillfern/handbook#"));
    keys.truncate(count);
    keys
}

#[test]
fn a_validation_error_is_told_in_the_servers_words_and_holds_up_nothing_else() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    sam.fine(&["sync"]);
    let keys = free_tasks(&sam, 2);
    let (path, number) = keys[0].split_once('#').unwrap();
    let body =
        r#"{"message":"Validation Failed","errors":[{"resource":"Issue","field":"assignees","code":"invalid"}]}"#;
    let refusal = FaultKind::Status { code: 422, headers: Vec::new(), body: body.into() };
    floor.demo.faults().add(ServerFault::new("POST", &format!("{path}/issues/{number}/assignees"), refusal));
    let claimed = sam.run(&["claim", &keys[0], &keys[1], "--yes"]);
    assert_eq!(claimed.code(), 1, "{}\n{}", claimed.out(), claimed.err());
    assert!(claimed.err().contains("Validation Failed"), "{}", claimed.err());
    let outbox = sam.fine(&["outbox", "--json"]).json();
    let rows = outbox["outbox"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "the other task went through: {outbox}");
    assert!(rows[0].to_string().contains("Validation Failed"), "{outbox}");
    assert_eq!((floor.markers(&keys[0], "claim"), floor.markers(&keys[1], "claim")), (1, 1), "{}", claimed.err());
    let asked = floor.demo.requests().len();
    sam.fine(&["sync"]);
    let again = floor.demo.requests().split_off(asked);
    assert!(!again.iter().any(|r| r.method == "POST" && r.path.contains("/assignees")), "not repeated by itself");
    // The stuck row does not hold the hand-back up.
    sam.fine(&["release", &keys[0], "--note", "could not be assigned"]);
    assert_eq!(floor.markers(&keys[0], "release"), 1);
    assert_eq!(sam.fine(&["outbox", "--json"]).json()["outbox"].as_array().map(Vec::len), Some(0));
}
