//! A store in memory for simulations: what one client keeps, as long as its case lasts.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment},
        id::OpId,
        key::TaskKey,
        outbox::{Op, Step, Wish},
        project::Project,
        task::{Task, TaskDetail},
        time::Now,
    },
    store::{Batch, Everything, Health, Mark, Result, Store, StoredValidator},
    tracker::memory::MemoryWorld,
};

#[derive(Default)]
struct Inner {
    projects: Vec<Project>,
    tasks: BTreeMap<TaskKey, Task>,
    ops: BTreeMap<OpId, Op>,
    commitments: BTreeMap<ClaimId, Commitment>,
    /// Times that something was written.
    calls: u64,
    /// When this client last saw that a claim of its own has a place: it writes so down at once.
    looked: BTreeMap<ClaimId, Now>,
}

/// A store in memory.
#[derive(Default)]
pub(crate) struct RamStore {
    inner: Mutex<Inner>,
    clock: Option<MemoryWorld>,
}

impl RamStore {
    pub(crate) fn new(projects: Vec<Project>, clock: MemoryWorld) -> Self {
        Self { inner: Mutex::new(Inner { projects, ..Inner::default() }), clock: Some(clock) }
    }

    /// When this client last saw that a claim of its own has a place.
    pub(crate) fn looked(&self, claim: ClaimId) -> Option<Now> {
        self.lock().looked.get(&claim).copied()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(crate) fn writes(&self) -> u64 {
        self.lock().calls
    }
}

impl Inner {
    fn keep(&mut self, commitments: Vec<Commitment>) {
        self.calls += 1;
        for c in commitments {
            // What is not stored is not there after a read.
            self.commitments.insert(c.claim, Commitment { life: None, ..c });
        }
    }

    fn ops(&self) -> Vec<Op> {
        self.ops.values().cloned().collect()
    }

    fn commitments(&self) -> Vec<Commitment> {
        self.commitments.values().cloned().collect()
    }
}

#[async_trait]
impl Store for RamStore {
    async fn everything(&self) -> Result<Everything> {
        let inner = self.lock();
        Ok(Everything {
            projects: inner.projects.clone(),
            tasks: inner.tasks.values().cloned().collect(),
            commitments: inner.commitments(),
            outbox: inner.ops(),
            ..Everything::default()
        })
    }

    async fn detail(&self, key: &TaskKey) -> Result<Option<TaskDetail>> {
        let task = self.lock().tasks.get(key).cloned();
        Ok(task.map(|task| TaskDetail { task, body: None, comments: Vec::new() }))
    }

    async fn apply(&self, batch: Batch) -> Result<()> {
        let mut inner = self.lock();
        inner.tasks.extend(batch.tasks.into_iter().map(|(task, _)| (task.key.clone(), task)));
        inner.keep(batch.commitments);
        Ok(())
    }

    async fn validators(&self, _: &str, _: &str) -> Result<Vec<StoredValidator>> {
        Ok(Vec::new())
    }

    async fn value(&self, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    async fn outbox(&self) -> Result<Vec<Op>> {
        Ok(self.lock().ops())
    }

    async fn commitments(&self) -> Result<Vec<Commitment>> {
        Ok(self.lock().commitments())
    }

    async fn journal(&self, ops: Vec<Op>, commitments: Vec<Commitment>) -> Result<()> {
        let mut inner = self.lock();
        let looked =
            ops.iter().filter(|op| matches!((&op.wish, op.step), (Wish::Claim { .. }, Step::Confirmed { .. })));
        let claims: Vec<ClaimId> = looked.filter_map(|op| op.wish.claim()).collect();
        inner.looked.extend(self.clock.iter().flat_map(|world| claims.iter().map(|claim| (*claim, Now(world.now())))));
        inner.ops.extend(ops.into_iter().map(|op| (op.id, op)));
        inner.keep(commitments);
        Ok(())
    }

    async fn settle(&self, ops: Vec<OpId>, commitments: Vec<Commitment>) -> Result<()> {
        let mut inner = self.lock();
        ops.iter().for_each(|id| drop(inner.ops.remove(id)));
        inner.keep(commitments);
        Ok(())
    }

    async fn forget_commitments(&self, claims: Vec<ClaimId>) -> Result<()> {
        let mut inner = self.lock();
        claims.iter().for_each(|claim| drop(inner.commitments.remove(claim)));
        Ok(())
    }

    async fn mark(&self, _: Vec<Mark>, _: bool) -> Result<()> {
        Ok(())
    }

    async fn health(&self) -> Result<Health> {
        Ok(Health::default())
    }
}
