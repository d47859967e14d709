//! The one place that acts: store, trackers, browser, clipboard.

use std::{fs::File, sync::Arc, time::Duration};

use tokio::sync::mpsc::UnboundedSender;

use super::{
    effect::Effect,
    error::{ExitCode, UserError},
    event::Event,
    outcome::told,
    recorder::{self, Happened},
    session::Session,
};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        outbox::{Op, OpId, OpStatus},
    },
    store::Batch,
    sync::{
        SyncContext, SyncReport,
        outbox::{Clock, OutboxContext, make_ready, send},
        sync,
    },
};

/// How often the outbox of another program is looked at, and how many times: half a minute.
const LOCK_PAUSE: Duration = Duration::from_millis(100);
const LOCK_TURNS: u32 = 300;

/// Held while sending; `None` inside for a store in memory, which no other program has.
type OutboxLock = Option<Arc<File>>;

type Events<'a> = &'a UnboundedSender<Event>;

/// Tells whoever listens. A receiver that is gone has quit; what was done still counts.
fn tell(events: Events<'_>, event: Event) {
    let _ = events.send(event);
}

impl Session {
    pub(super) async fn perform(&self, effect: Effect, events: Events<'_>) -> Result<(), UserError> {
        let kind = recorder::kind(&effect);
        self.note(|| Happened::Began(kind.clone()));
        let end = self.act(effect, events).await;
        self.note(|| Happened::Ended(kind.clone(), end.as_ref().err().map(|error| error.code as u8)));
        end
    }

    async fn act(&self, effect: Effect, events: Events<'_>) -> Result<(), UserError> {
        match effect {
            Effect::Sync { only, full } => self.sync_all(&only, full, events).await,
            Effect::Journal(ops, commitments) => {
                self.parts.store.journal(ops, commitments).await?;
                self.show(events).await
            }
            Effect::Withdraw(ops, claims, commitments) => {
                self.not_under_way(&ops).await?;
                self.parts.store.settle(ops, commitments).await?;
                self.parts.store.forget_commitments(claims).await?;
                self.show(events).await
            }
            Effect::Retry(id) => self.make_ready(id, events).await,
            Effect::Send => self.send_all(events).await,
            Effect::Mark(marks, on) => {
                self.parts.store.mark(marks, on).await?;
                self.show(events).await
            }
            Effect::Remember(values) => {
                self.parts.store.apply(Batch { values, ..Batch::default() }).await?;
                self.show(events).await
            }
            Effect::Open(url) => super::host::open(&url).map(|()| tell(events, Event::Said(format!("opened {url}")))),
            Effect::KeepWeights(name, weights) => {
                let file = self.keep_weights(&name, weights)?;
                tell(events, Event::Said(format!("kept as '{name}' in {file}; `--preset {name}` weighs by it")));
                Ok(())
            }
            Effect::Copy(text) => {
                tell(events, Event::Clipboard(text));
                Ok(())
            }
            Effect::Detail(key) => {
                let detail = self.detail(&key).await?;
                tell(events, Event::Detail(Box::new(detail)));
                Ok(())
            }
            Effect::Comments(key) => self.read_comments(&key, events).await,
            Effect::Signs(key) => {
                // A help and no more: without a network it is looked at again when the claim is sent.
                if let Ok(signs) = self.signs(&key).await {
                    tell(events, Event::Signs(key, signs));
                }
                Ok(())
            }
            Effect::Duplicates(key) => {
                let twins = self.duplicates(&key).await?;
                tell(events, Event::Duplicates(key, twins));
                Ok(())
            }
        }
    }

    /// A sync reads the comments of tasks that somebody holds; those of the others are read when somebody looks.
    async fn read_comments(&self, key: &TaskKey, events: Events<'_>) -> Result<(), UserError> {
        let known = self.detail(key).await?;
        let Some(tracker) = self.tracker(&key.project.tracker).filter(|_| known.unread() > 0) else {
            return Ok(());
        };
        let reading = tracker.read(key).await?;
        let batch = Batch { comments: vec![(key.clone(), reading.comments)], ..Batch::default() };
        self.parts.store.apply(batch).await?;
        tell(events, Event::Detail(Box::new(self.detail(key).await?)));
        Ok(())
    }

    /// Between the decision and now a row may have been sent: what is on its way is not taken back as if it were not.
    async fn not_under_way(&self, ops: &[OpId]) -> Result<(), UserError> {
        let rows = self.parts.store.outbox().await?;
        let moves =
            |op: &&Op| ops.contains(&op.id) && !op.is_unsent() && !matches!(op.status, OpStatus::NeedsAttention { .. });
        match rows.iter().find(moves) {
            None => Ok(()),
            Some(op) => Err(UserError::refused(
                format!("{} {} is being sent at this moment", op.wish.word(), op.key),
                if op.wish.claim().is_some() {
                    "wait until it is done, then hand the task back"
                } else {
                    "wait until it is done"
                },
            )),
        }
    }

    fn clock(&self) -> Clock {
        let host = self.parts.host.clone();
        Arc::new(move || host.now())
    }

    async fn show(&self, events: Events<'_>) -> Result<(), UserError> {
        tell(events, Event::Snapshot(self.snapshot().await?));
        Ok(())
    }

    async fn sync_all(&self, only: &[ProjectRef], full: bool, events: Events<'_>) -> Result<(), UserError> {
        let mut failure: Option<UserError> = None;
        let mut all = SyncReport::default();
        let mut fine = Vec::new();
        self.registry_before_sync(&mut all).await?;
        let roster = self.roster();
        for tracker in &self.parts.trackers {
            if !only.is_empty() && !only.iter().any(|p| p.tracker == *tracker.name()) {
                continue;
            }
            let (sources, filters) = (self.sources(tracker.name()), self.filters(tracker.name()));
            let (host, teller) = (self.parts.host.clone(), events.clone());
            let context = SyncContext {
                store: self.parts.store.as_ref(),
                tracker: tracker.as_ref(),
                sources: &sources,
                only,
                full,
                filters: &filters,
                label: &self.parts.outbox.label,
                roster: &roster,
                clock: self.clock(),
                fresh_id: Arc::new(move || host.fresh_id()),
                progress: Arc::new(move |p| tell(&teller, Event::Progress(p))),
            };
            let report = self.showing_meanwhile(sync(&context), events).await?;
            match &report.stopped {
                Some(error) => {
                    failure.get_or_insert_with(|| error.clone().into());
                }
                None => fine.push(tracker.name().clone()),
            }
            merge(&mut all, report);
        }
        self.registry_after_sync(&fine, &mut all).await?;
        self.show(events).await?;
        let failure = failure.filter(|_| fine.is_empty());
        if let Some(error) = &failure {
            // Told as the error of the whole command, and only there.
            all.problems.retain(|(_, what, _)| *what != error.sentence);
        }
        tell(events, Event::SyncEnded(Box::new(all)));
        failure.map_or(Ok(()), Err)
    }

    /// Runs a sync and shows what arrived after 1, 2, 4, 8 … seconds, so that a first read fills the screen early
    /// and a long one is not slowed down by drawing.
    async fn showing_meanwhile(
        &self,
        sync: impl Future<Output = crate::store::Result<SyncReport>>,
        events: Events<'_>,
    ) -> Result<SyncReport, UserError> {
        let mut sync = std::pin::pin!(sync);
        let mut pause = Duration::from_secs(1);
        loop {
            tokio::select! {
                report = &mut sync => return Ok(report?),
                () = tokio::time::sleep(pause) => {
                    self.show(events).await?;
                    pause *= 2;
                }
            }
        }
    }

    /// Makes rows due again. Whole rows are written, so nobody may be sending them at the same time.
    async fn make_ready(&self, id: Option<OpId>, events: Events<'_>) -> Result<(), UserError> {
        let _turn = self.sending.lock().await;
        let Some(_lock) = self.wait_for_outbox(events).await? else {
            let sentence = "another floorwalk has been sending for a while; this waits in the outbox";
            tell(events, Event::Said(sentence.into()));
            return Ok(());
        };
        make_ready(self.parts.store.as_ref(), id).await?;
        self.show(events).await
    }

    /// Sends what is due, one program and one task at a time.
    async fn send_all(&self, events: Events<'_>) -> Result<(), UserError> {
        if self.parts.store.outbox().await?.is_empty() {
            return Ok(());
        }
        let _turn = self.sending.lock().await;
        let Some(_lock) = self.wait_for_outbox(events).await? else {
            let sentence = "another floorwalk has been sending for a while; this waits in the outbox";
            tell(events, Event::Said(sentence.into()));
            return Ok(());
        };
        let mut outcomes = Vec::new();
        let roster = self.roster();
        for tracker in &self.parts.trackers {
            let context = OutboxContext {
                store: self.parts.store.as_ref(),
                tracker: tracker.as_ref(),
                settings: &self.parts.outbox,
                clock: self.clock(),
                roster: &roster,
                impatient: false,
            };
            outcomes.extend(send(&context).await?);
        }
        self.wake.notify_one();
        let snapshot = self.snapshot().await?;
        let mut failure = None;
        for outcome in &outcomes {
            match told(outcome, &snapshot, &self.parts.outbox.label) {
                Ok(sentence) => sentence.into_iter().for_each(|sentence| tell(events, Event::Said(sentence))),
                Err(error) => {
                    match &failure {
                        None => failure = Some(error),
                        // The first is the error of the whole command; no other goes untold.
                        Some(_) => tell(events, Event::Said(error.sentence)),
                    }
                }
            }
        }
        tell(events, Event::Snapshot(snapshot));
        failure.map_or(Ok(()), Err)
    }

    /// Waits until no other program sends: it may not have seen what was wished meanwhile.
    async fn wait_for_outbox(&self, events: Events<'_>) -> Result<Option<OutboxLock>, UserError> {
        for turn in 0..LOCK_TURNS {
            if let Some(lock) = self.lock_outbox()? {
                return Ok(Some(lock));
            }
            if turn == 5 {
                tell(events, Event::Said("another floorwalk is sending; this follows".into()));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Ok(None)
    }

    /// The lock that keeps two programs on one store from sending at once; `None` when the other one has it.
    fn lock_outbox(&self) -> Result<Option<OutboxLock>, UserError> {
        let Some(dir) = &self.parts.data_dir else { return Ok(Some(None)) };
        let path = dir.join("outbox.lock");
        let failed = |e: std::io::Error| {
            let sentence = format!("the outbox cannot be locked at {}: {e}", path.display());
            UserError::new(ExitCode::Store, sentence, "check that the folder can be written")
        };
        let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Some(Arc::new(file)))),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}

fn merge(all: &mut SyncReport, one: SyncReport) {
    let c = &mut all.coverage;
    let o = one.coverage;
    c.total += o.total;
    c.fresh += o.fresh;
    c.unread += o.unread;
    c.no_access += o.no_access;
    c.waiting += o.waiting;
    c.failed += o.failed;
    c.skipped += o.skipped;
    c.odd_rows += o.odd_rows;
    c.waiting_until = c.waiting_until.max(o.waiting_until);
    c.synced_at = c.synced_at.max(o.synced_at);
    all.read += one.read;
    all.requests.0 += one.requests.0;
    all.requests.1 += one.requests.1;
    all.odd.extend(one.odd);
    all.problems.extend(one.problems);
    all.stopped = all.stopped.take().or(one.stopped);
}
