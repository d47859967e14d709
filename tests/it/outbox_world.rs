//! What the outbox tests share: a store on disk, a tracker in memory, and people with their own clients.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment},
        id::OpId,
        key::{ProjectRef, TaskKey, TrackerName},
        marker::{self, MarkerKind, ReleaseReason},
        outbox::{Op, OpStatus, Step, Wish},
        person::{Association, Person},
        task::{Task, TaskState},
        time::Now,
    },
    store::Store,
    sync::outbox::{OutboxContext, OutboxSettings, Outcome, pending_commitment, send},
    tracker::{
        Tracker,
        memory::{MemoryTracker, MemoryWorld},
    },
};
use jiff::Timestamp;

pub(crate) const START: &str = "2026-11-20T09:00:00Z";

pub(crate) fn now() -> Now {
    Now(START.parse().unwrap())
}

pub(crate) fn key() -> TaskKey {
    let gh = TrackerName::parse("gh").unwrap();
    TaskKey::new(ProjectRef::parse(&gh, "acme/app").unwrap(), 12)
}

pub(crate) fn task() -> Task {
    let at: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
    Task {
        key: key(),
        id: 12,
        node_id: None,
        title: "Flaky shard test blocks nightly".into(),
        state: TaskState::Open,
        labels: vec!["flaky".into()],
        assignees: Vec::new(),
        author: Some(Person::human("maya", 90)),
        association: Association::Member,
        created_at: at,
        updated_at: at,
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

/// Somebody with a client, a store and an outbox of their own.
pub(crate) struct Client {
    pub(crate) me: Person,
    pub(crate) tracker: Arc<dyn Tracker>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) settings: OutboxSettings,
    ids: std::sync::atomic::AtomicU64,
    _dir: Option<tempfile::TempDir>,
}

impl Client {
    pub(crate) fn new(world: &MemoryWorld, login: &str, id: u64, trusted: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = floorwalk::store::open(dir.path()).unwrap();
        Self { _dir: Some(dir), ..Self::with(store, world, login, id, trusted) }
    }

    /// The same with some store.
    pub(crate) fn with(store: Arc<dyn Store>, world: &MemoryWorld, login: &str, id: u64, trusted: bool) -> Self {
        let me = Person::human(login, id);
        let name = TrackerName::parse("gh").unwrap();
        Self {
            tracker: Arc::new(MemoryTracker::new(world.clone(), name, me.clone(), trusted)),
            store,
            settings: OutboxSettings { settle: Duration::from_secs(2), ..OutboxSettings::default() },
            ids: std::sync::atomic::AtomicU64::new(1),
            me,
            _dir: None,
        }
    }

    pub(crate) fn fresh_id(&self) -> ulid::Ulid {
        let n = self.ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let ms = u64::try_from(now().0.as_millisecond()).unwrap() + n;
        ulid::Ulid::from_parts(ms, u128::from(self.me.id) << 40 | u128::from(n))
    }

    fn op(&self, key: &TaskKey, wish: Wish) -> Op {
        Op {
            id: OpId(self.fresh_id()),
            key: key.clone(),
            wish,
            step: Step::Queued,
            status: OpStatus::Ready,
            attempts: 0,
            created_at: now().0,
            last_error: None,
        }
    }

    pub(crate) async fn wish_claim(&self) -> ClaimId {
        self.wish_claim_of(&key()).await
    }

    pub(crate) async fn wish_claim_of(&self, key: &TaskKey) -> ClaimId {
        let claim = ClaimId(self.fresh_id());
        let until = "2026-11-27".parse().unwrap();
        let wish = Wish::Claim {
            claim,
            until,
            size: None,
            plan: "look".into(),
            alongside: false,
            ask: false,
            taken: None,
            tell: Vec::new(),
            model: None,
        };
        let op = self.op(key, wish);
        let commitment = pending_commitment(&op, self.me.clone());
        self.store.journal(vec![op], commitment.into_iter().collect()).await.unwrap();
        claim
    }

    pub(crate) async fn wish_release(&self, claim: ClaimId, note: &str) {
        self.wish_release_of(&key(), claim, note).await;
    }

    pub(crate) async fn wish_release_of(&self, key: &TaskKey, claim: ClaimId, note: &str) {
        let op = self.op(key, Wish::Release { claim, note: note.into(), reason: ReleaseReason::NoTime });
        self.store.journal(vec![op], Vec::new()).await.unwrap();
    }

    /// Wishes anything about the one task.
    pub(crate) async fn wish(&self, wish: Wish) {
        let op = self.op(&key(), wish);
        let pending = pending_commitment(&op, self.me.clone());
        self.store.journal(vec![op], pending.into_iter().collect()).await.unwrap();
    }

    pub(crate) async fn send(&self) -> Vec<Outcome> {
        self.send_through(self.store.as_ref()).await.unwrap()
    }

    pub(crate) async fn send_through(&self, store: &dyn Store) -> floorwalk::store::Result<Vec<Outcome>> {
        let context = OutboxContext {
            store,
            tracker: self.tracker.as_ref(),
            settings: &self.settings,
            clock: Arc::new(now),
            roster: &floorwalk::domain::roster::Roster::default(),
            impatient: true,
        };
        send(&context).await
    }

    pub(crate) async fn commitment(&self, claim: ClaimId) -> Option<Commitment> {
        self.store.everything().await.unwrap().commitments.into_iter().find(|c| c.claim == claim)
    }
}

/// A wished claim as the outbox has it, `n` apart from others.
pub(crate) fn claim_row(key: TaskKey, n: u128) -> Op {
    let (ms, wish) = (u64::try_from(now().0.as_millisecond()).unwrap(), claim_wish(n));
    Op {
        id: OpId(ulid::Ulid::from_parts(ms, 2 * n)),
        key,
        wish,
        step: Step::Queued,
        status: OpStatus::Ready,
        attempts: 0,
        created_at: now().0,
        last_error: None,
    }
}

fn claim_wish(n: u128) -> Wish {
    let ms = u64::try_from(now().0.as_millisecond()).unwrap();
    Wish::Claim {
        claim: ClaimId(ulid::Ulid::from_parts(ms, 2 * n + 1)),
        until: "2026-11-27".parse().unwrap(),
        size: None,
        plan: "look".into(),
        alongside: false,
        ask: false,
        taken: None,
        tell: Vec::new(),
        model: None,
    }
}

/// How many comments of this kind carry this claim id.
pub(crate) fn markers(world: &MemoryWorld, kind: MarkerKind, claim: ClaimId) -> usize {
    let is = |body: &str| matches!(marker::parse(body), Some(Ok(m)) if m.k == kind && m.c == claim);
    world.comments(&key()).iter().filter(|c| is(c.body.raw())).count()
}
