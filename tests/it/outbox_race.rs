//! Many clients, crashes at every point, late reads: one winner, one marker, nothing lost.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState},
        evidence::History,
        id::OpId,
        key::TaskKey,
        lease::{Evidence, fold},
        marker::MarkerKind,
        outbox::{Op, Step},
        roster::Roster,
        task::TaskDetail,
    },
    store::{Batch, Everything, Health, Mark, Result, Store, StoreError, StoredValidator},
    sync::outbox::End,
    tracker::memory::{Fault, MemoryWorld, Verb},
};

use crate::{
    ledger::{Harm, sheet, times},
    outbox_world::{Client, START, key, markers, now, task},
};

fn world() -> MemoryWorld {
    let world = MemoryWorld::new(START.parse().unwrap());
    world.put_task(task());
    world
}

/// A store whose n-th journal write is the last thing the process does: before it, or just after it.
struct Dying<'a> {
    inner: &'a dyn Store,
    writes: AtomicUsize,
    last: usize,
    before: bool,
}

impl Dying<'_> {
    fn dead(&self) -> StoreError {
        StoreError::Engine("killed".into())
    }

    /// `Some(true)`: die before this write, `Some(false)`: die after it.
    fn tick(&self) -> Option<bool> {
        (self.writes.fetch_add(1, Ordering::SeqCst) + 1 == self.last).then_some(self.before)
    }
}

#[async_trait]
impl Store for Dying<'_> {
    async fn everything(&self) -> Result<Everything> {
        self.inner.everything().await
    }
    async fn detail(&self, key: &TaskKey) -> Result<Option<TaskDetail>> {
        self.inner.detail(key).await
    }
    async fn apply(&self, batch: Batch) -> Result<()> {
        self.inner.apply(batch).await
    }
    async fn validators(&self, prefix: &str, token: &str) -> Result<Vec<StoredValidator>> {
        self.inner.validators(prefix, token).await
    }
    async fn value(&self, name: &str) -> Result<Option<String>> {
        self.inner.value(name).await
    }
    async fn outbox(&self) -> Result<Vec<Op>> {
        self.inner.outbox().await
    }
    async fn commitments(&self) -> Result<Vec<Commitment>> {
        self.inner.commitments().await
    }
    async fn journal(&self, ops: Vec<Op>, commitments: Vec<Commitment>) -> Result<()> {
        match self.tick() {
            Some(true) => Err(self.dead()),
            Some(false) => self.inner.journal(ops, commitments).await.and(Err(self.dead())),
            None => self.inner.journal(ops, commitments).await,
        }
    }
    async fn settle(&self, ops: Vec<OpId>, commitments: Vec<Commitment>) -> Result<()> {
        match self.tick() {
            Some(true) => Err(self.dead()),
            Some(false) => self.inner.settle(ops, commitments).await.and(Err(self.dead())),
            None => self.inner.settle(ops, commitments).await,
        }
    }
    async fn forget_commitments(&self, claims: Vec<ClaimId>) -> Result<()> {
        self.inner.forget_commitments(claims).await
    }
    async fn mark(&self, marks: Vec<Mark>, on: bool) -> Result<()> {
        self.inner.mark(marks, on).await
    }
    async fn health(&self) -> Result<Health> {
        self.inner.health().await
    }
}

#[tokio::test(start_paused = true)]
async fn dying_at_every_journal_step_loses_no_claim_and_doubles_none() {
    let sheet = sheet!();
    let mut died = 0;
    for before in [true, false] {
        for last in 1.. {
            let world = world();
            let sam = Client::new(&world, "sam", 7, true);
            let claim = sam.wish_claim().await;
            let dying = Dying { inner: sam.store.as_ref(), writes: AtomicUsize::new(0), last, before };
            let first = sam.send_through(&dying).await;
            let survived = first.is_ok();
            died += usize::from(!survived);
            let place = (!survived).then(|| place(&sam, &world));
            let place = match place {
                Some(place) => place.await,
                None => None,
            };
            sam.send().await;
            let count = markers(&world, MarkerKind::Claim, claim);
            assert_eq!(count, 1, "write {last}, before: {before}");
            let harm = Harm { lost: 1 - count.min(1), duplicated: count.saturating_sub(1), leaked: 0 };
            if !survived {
                let lines = ["EIO", "SIGKILL C1 to C20"].into_iter().chain(place);
                lines.for_each(|line| sheet.met(line, 1, harm));
            }
            assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Active, "write {last}");
            assert!(sam.store.outbox().await.unwrap().is_empty(), "write {last}");

            sam.wish_release(claim, "note").await;
            let dying = Dying { inner: sam.store.as_ref(), writes: AtomicUsize::new(0), last, before };
            let second = sam.send_through(&dying).await;
            sam.send().await;
            assert_eq!(markers(&world, MarkerKind::Release, claim), 1, "write {last}, before: {before}");
            assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Released, "write {last}");
            assert!(world.task(&key()).unwrap().assignees.is_empty());
            if survived && second.is_ok() {
                break;
            }
        }
    }
    assert!(died >= 10, "the harness must really kill: {died}");
}

/// Where in a claim the program died, as far as its row tells.
async fn place(sam: &Client, world: &MemoryWorld) -> Option<&'static str> {
    let row = sam.store.outbox().await.unwrap().into_iter().next();
    match (row.map(|op| op.step), world.posts()) {
        (Some(Step::Posting { .. }), 0) => Some("C5"),
        (Some(Step::Posting { .. }), _) => Some("C8"),
        (None, _) => Some("C10"),
        _ => None,
    }
}

/// A small deterministic generator; the seed is the round, so a failing round can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// In real time, because a paused clock jumps while the store's own thread works and would always kill at its first
/// answer. The pauses are milliseconds.
#[tokio::test]
async fn killed_at_any_moment_the_claim_is_there_once_in_the_end() {
    let sheet = sheet!();
    let mut posting = 0;
    let rounds = 80 * times("KILLS");
    for round in 0..rounds {
        let mut dice = Dice(round);
        let world = world();
        let mut sam = Client::new(&world, "sam", 7, true);
        sam.settings.settle = Duration::from_millis(4);
        sam.settings.looks = vec![Duration::from_millis(4); 3];
        for verb in [Verb::Read, Verb::Post, Verb::Read, Verb::Label, Verb::Assign] {
            let pause = Duration::from_millis(3 + dice.roll(8));
            let fault = if dice.roll(2) == 0 { Fault::Delay(pause) } else { Fault::SlowAnswer(pause) };
            world.fault(7, verb, fault);
        }
        let claim = sam.wish_claim().await;
        // Dropping the future in the middle is what a kill does: no code runs any more.
        let _ = tokio::time::timeout(Duration::from_millis(dice.roll(50)), sam.send()).await;
        let row = sam.store.outbox().await.unwrap();
        posting += usize::from(row.first().is_some_and(|op| matches!(op.step, Step::Posting { .. })));
        sam.send().await;
        assert_eq!(markers(&world, MarkerKind::Claim, claim), 1, "round {round}");
        assert_eq!(world.written(), 1, "never more than one, not even for a moment; round {round}");
        assert_eq!(sam.commitment(claim).await.unwrap().state, CommitmentState::Active, "round {round}");
    }
    assert!(posting >= 5, "the harness must hit the moment between journal and answer: {posting}");
    ["I4", "I5"].iter().for_each(|line| sheet.unharmed(line, usize::try_from(rounds).unwrap()));
}

#[tokio::test(start_paused = true)]
async fn two_clients_at_once_200_rounds_one_winner_and_both_agree() {
    let sheet = sheet!();
    for round in 0..200 {
        let mut dice = Dice(1_000 + round);
        let world = world();
        world.stale_reads(Duration::from_millis(dice.roll(1_900)));
        let sam = Client::new(&world, "sam", 7, true);
        let kim = Client::new(&world, "kim", 8, true);
        for who in [7, 8] {
            for verb in [Verb::Read, Verb::Post, Verb::Read] {
                world.fault(who, verb, Fault::Delay(Duration::from_millis(dice.roll(700))));
            }
        }
        let (a, b) = (sam.wish_claim().await, kim.wish_claim().await);
        let (first, second) = tokio::join!(sam.send(), kim.send());
        let ends = [&first[0].end, &second[0].end];
        let won = ends.iter().filter(|e| matches!(e, End::Done(_))).count();
        assert_eq!(won, 1, "round {round}: {ends:?}");
        let (task, comments) = (world.task(&key()).unwrap(), world.comments(&key()));
        let evidence = Evidence { task: &task, comments: &comments, history: &History::default() };
        let fold = fold(evidence, &Roster::default(), now());
        let holder = fold.holder().expect("somebody holds it").claim;
        let (winner, loser) =
            if matches!(ends[0], End::Done(_)) { ((&sam, a), (&kim, b)) } else { ((&kim, b), (&sam, a)) };
        assert_eq!(holder, winner.1, "round {round}");
        assert_eq!(winner.0.commitment(winner.1).await.unwrap().state, CommitmentState::Active);
        // Refused before anything was sent, it is forgotten; else it stepped back.
        let lost = loser.0.commitment(loser.1).await.map(|c| c.state);
        assert!(lost.is_none_or(|state| state == CommitmentState::Conceded), "round {round}: {lost:?}");
        let assigned = world.task(&key()).unwrap().assignees;
        assert_eq!(assigned, vec![winner.0.me.login.clone()], "the loser leaves no assignee, round {round}");
        ["I3", "I6", "write rival"].iter().for_each(|line| sheet.unharmed(line, 1));
    }
}
