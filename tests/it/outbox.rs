//! Claim and hand-back through every fault the tracker can have, on one client.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    domain::{
        commitment::{CommitmentState, Projection},
        key::TaskKey,
        marker::{self, MarkerKind},
        outbox::OpStatus,
        person::{Association, Login, Person},
        task::Task,
    },
    sync::outbox::End,
    tracker::{
        ErrorClass,
        memory::{Fault, MemoryWorld, Verb},
    },
};

use crate::{
    outbox_world::{Client, START, key, markers, task},
    sim::store::RamStore,
};

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

const SERVER: ErrorClass = ErrorClass::Server { status: 502 };

#[tokio::test(start_paused = true)]
async fn a_claim_shows_on_the_tracker_and_a_hand_back_takes_only_its_own_marks_away() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let claim = sam.wish_claim().await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Done(c) if c.state == CommitmentState::Active), "{outcomes:?}");
    let on_tracker = world.task(&key()).unwrap();
    assert!(on_tracker.labels.iter().any(|l| l.raw() == "floating-help"));
    assert_eq!(on_tracker.assignees, vec![Login::new("sam")]);
    assert_eq!(markers(&world, MarkerKind::Claim, claim), 1);
    assert!(sam.store.outbox().await.unwrap().is_empty());

    let mut with_other = world.task(&key()).unwrap();
    with_other.assignees.push(Login::new("maya"));
    world.put_task(with_other);
    sam.wish_release(claim, "half way; see the log in CI").await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Done(c) if c.state == CommitmentState::Released), "{outcomes:?}");
    let after = world.task(&key()).unwrap();
    assert_eq!(after.assignees, vec![Login::new("maya")], "only the claimer is unassigned");
    assert!(after.labels.iter().all(|l| l.raw() != "floating-help"));
    assert!(after.labels.iter().any(|l| l.raw() == "flaky"), "labels of others stay");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_never_makes_a_second_marker() {
    for fault in [Fault::After(SERVER), Fault::Before(SERVER), Fault::After(ErrorClass::Timeout), Fault::Twice] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        world.fault(7, Verb::Post, fault.clone());
        let claim = sam.wish_claim().await;
        let outcomes = sam.send().await;
        assert!(matches!(&outcomes[0].end, End::Done(_)), "{fault:?}: {outcomes:?}");
        assert_eq!(markers(&world, MarkerKind::Claim, claim), 1, "{fault:?}");
        assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Active);
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_to_a_hand_back_never_makes_a_second_comment() {
    for fault in [Fault::After(SERVER), Fault::Before(SERVER)] {
        let world = world();
        let sam = Client::new(&world, "sam", 7, true);
        let claim = sam.wish_claim().await;
        sam.send().await;
        world.fault(7, Verb::Post, fault.clone());
        sam.wish_release(claim, "note").await;
        let outcomes = sam.send().await;
        assert!(matches!(&outcomes[0].end, End::Done(_)), "{fault:?}: {outcomes:?}");
        assert_eq!(markers(&world, MarkerKind::Release, claim), 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_rights_the_claim_stands_on_its_marker_and_says_so() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, false);
    let claim = sam.wish_claim().await;
    sam.send().await;
    let c = sam.commitment(claim).await.unwrap();
    assert_eq!((c.state, c.label, c.assignee), (CommitmentState::Active, Projection::Refused, Projection::Refused));
    let words = floorwalk::app::words::projections(&c, "floating-help");
    assert!(words.contains("the claim stands on its comment"), "{words}");

    let world = self::world();
    let kim = Client::new(&world, "kim", 8, true);
    world.fault(8, Verb::Assign, Fault::Ignore);
    let claim = kim.wish_claim().await;
    kim.send().await;
    let c = kim.commitment(claim).await.unwrap();
    assert_eq!((c.label, c.assignee), (Projection::Set, Projection::Refused));
}

#[tokio::test(start_paused = true)]
async fn offline_wishes_wait_and_are_sent_once_when_the_network_is_back() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    world.fault(7, Verb::Read, Fault::Before(ErrorClass::Connect));
    let claim = sam.wish_claim().await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Later { .. }), "{outcomes:?}");
    assert_eq!(world.posts(), 0);
    assert!(matches!(sam.store.outbox().await.unwrap()[0].status, OpStatus::Waiting { .. }));
    sam.send().await;
    assert_eq!(markers(&world, MarkerKind::Claim, claim), 1);
    assert_eq!(world.posts(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_a_thousand_tasks_claimed_and_handed_back_offline_all_is_delivered_once_and_in_order() {
    const EACH: u64 = 10;
    let world = world();
    let keys: Vec<TaskKey> = (0..1_000).map(|n| TaskKey { number: 1_000 + n, ..key() }).collect();
    keys.iter().for_each(|key| world.put_task(Task { key: key.clone(), id: key.number, ..task() }));
    let mut delivered = 0;
    for (who, tasks) in (100..).zip(keys.chunks(usize::try_from(EACH).unwrap())) {
        // Nothing here dies: twelve thousand writes need not reach a disk.
        let store = Arc::new(RamStore::default());
        let someone = Client::with(store, &world, &format!("helper-{who}"), who, true);
        // One after another, as one person may hold few at once.
        for key in tasks {
            let claim = someone.wish_claim_of(key).await;
            someone.wish_release_of(key, claim, "").await;
        }
        for _ in 0..3 * EACH {
            world.fault(who, Verb::Read, Fault::Before(ErrorClass::Connect));
        }
        let outcomes = someone.send().await;
        assert!(outcomes.iter().all(|o| matches!(o.end, End::Later { .. })), "{outcomes:?}");
        assert_eq!(world.comments(&tasks[0]).len(), 0);
        // The network comes back in the middle of it.
        while !someone.store.outbox().await.unwrap().is_empty() {
            let outcomes = someone.send().await;
            assert!(outcomes.iter().all(|o| !matches!(o.end, End::Refused { .. })), "{outcomes:?}");
        }
        for key in tasks {
            let kind = |body: &str| marker::parse(body).unwrap().unwrap().k;
            let kinds: Vec<MarkerKind> = world.comments(key).iter().map(|c| kind(c.body.raw())).collect();
            assert_eq!(kinds, [MarkerKind::Claim, MarkerKind::Release], "{key}");
            delivered += 1;
        }
    }
    assert_eq!(delivered, 1_000);
}

#[tokio::test(start_paused = true)]
async fn a_replayed_claim_is_checked_again_and_refused_with_the_reason() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let kim = Client::new(&world, "kim", 8, true);
    kim.wish_claim().await;
    kim.send().await;
    let late = sam.wish_claim().await;
    let outcomes = sam.send().await;
    assert!(
        matches!(&outcomes[0].end, End::Refused { why, .. } if why.contains("@kim holds this task")),
        "{outcomes:?}"
    );
    assert_eq!(markers(&world, MarkerKind::Claim, late), 0);

    let world = self::world();
    let mut by_hand = task();
    by_hand.assignees.push(Login::new("maya"));
    world.put_task(by_hand);
    let sam = Client::new(&world, "sam", 7, true);
    sam.wish_claim().await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Refused { why, .. } if why.contains("assigned by hand")), "{outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn handing_back_work_needs_a_note() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let claim = sam.wish_claim().await;
    sam.send().await;
    tokio::time::advance(Duration::from_secs(5)).await;
    world.comment_as(&key(), &Person::human("sam", 7), Association::Collaborator, "Found it: the shard order.");
    sam.wish_release(claim, "").await;
    let outcomes = sam.send().await;
    assert!(matches!(&outcomes[0].end, End::Refused { why, .. } if why.contains("note")), "{outcomes:?}");
    assert_eq!(markers(&world, MarkerKind::Release, claim), 0);
}

#[tokio::test(start_paused = true)]
async fn rows_of_one_task_keep_their_order_and_a_failing_one_holds_the_rest_back() {
    let world = world();
    let sam = Client::new(&world, "sam", 7, true);
    let claim = sam.wish_claim().await;
    sam.wish_release(claim, "").await;
    world.fault(7, Verb::Read, Fault::Before(ErrorClass::Connect));
    let outcomes = sam.send().await;
    assert_eq!(outcomes.len(), 1, "the hand-back waits for its claim: {outcomes:?}");
    let outcomes = sam.send().await;
    assert_eq!(outcomes.len(), 2);
    assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Released);
    assert_eq!((markers(&world, MarkerKind::Claim, claim), markers(&world, MarkerKind::Release, claim)), (1, 1));
}
