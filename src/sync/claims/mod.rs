//! From what a tracker shows about a task to commitments in the store, and what a run writes down because of it. Which
//! tasks are looked at is [`candidates`]' business, what the clock wants [`clock`]'s.

mod candidates;
mod clock;

use futures_util::{FutureExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use self::clock::Shown;
use super::{
    discover::stops_all,
    missing::is_absent,
    outbox::claim::commitment_of,
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, Entry},
        coverage::Freshness,
        evidence::History,
        key::{ProjectRef, TaskKey},
        lease::{Evidence, Fold, fold},
        outbox::{Op, Wish},
        person::Person,
        project::{Permission, Project},
        proposal,
        task::TaskState,
        time::Now,
    },
    store::{Batch, Everything},
    tracker::{ErrorClass, Reading, TrackerError},
};

/// Most tasks whose comments are read in one sync, own commitments first.
const MAX_READS: usize = 500;

/// Tasks that are read at once.
const READS_AT_ONCE: usize = 8;

/// Name of the value that says at which state of a task, and when, its comments were folded last.
fn folded_name(key: &TaskKey) -> String {
    format!("folded {}", key.qualified())
}

/// Who runs this sync, and what was known when the folding began.
struct Folding<'a> {
    me: Option<&'a Person>,
    after: &'a Everything,
}

/// One task, read.
struct Seen {
    key: TaskKey,
    reading: Reading,
    /// `None` when the tracker does not show it: what it would tell is not judged by.
    history: Option<History>,
}

impl Reader<'_> {
    /// Reads the tasks on which somebody may be committed and stores what they show. `wanted` are the projects of this
    /// sync.
    pub(super) async fn fold_claims(&self, me: Option<&Person>, wanted: &[&Project]) -> Result<(), Trouble> {
        let after = self.store.around().await?;
        let (keys, looked) = self.to_look_at(&after, wanted).await?;
        let whole = keys.len() <= MAX_READS;
        let folding = Folding { me, after: &after };
        let look = |key: TaskKey| {
            let after = &after;
            async move {
                let reading = self.tracker.read(&key).await;
                let history = match &reading {
                    Ok(_) => self.history(&key, after).await,
                    Err(_) => Ok(None),
                };
                (key, reading, history)
            }
            .boxed()
        };
        let mut looks = stream::iter(keys.into_iter().take(MAX_READS)).map(look).buffered(READS_AT_ONCE);
        while let Some((key, reading, history)) = looks.next().await {
            match reading {
                Ok(reading) => {
                    if let Some(history) = history? {
                        self.keep_fold(Seen { key, reading, history: history.ok() }, &folding).await?;
                    }
                }
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                // One task that cannot be read keeps nobody else's commitment from being read.
                // A pull request, or something that is gone: nothing is known of it.
                Err(error) if is_nothing(&error) && !self.is_known(&key, &after).await? => {}
                Err(error) if is_absent(&error) && self.read_well(&key.project, &after) => {
                    self.missing(&key, &error).await?;
                }
                Err(error) => self.problem(error.sentence(), error.hint()),
            }
        }
        if whole && !looked.is_empty() {
            self.store.apply(Batch { values: looked, ..Batch::default() }).await?;
        }
        Ok(())
    }

    /// The history of a task. `None`: it could not be read now, and what is stored knows better than a fold without it;
    /// an error inside: the tracker does not show it at all.
    async fn history(&self, key: &TaskKey, after: &Everything) -> Result<Option<Result<History, ()>>, Trouble> {
        let error = match self.tracker.history(key).await {
            Ok(history) => return Ok(Some(Ok(history))),
            Err(error) => error,
        };
        if stops_all(&error.class) {
            return Err(error.into());
        }
        self.problem(error.sentence(), error.hint());
        let known = after.commitments.iter().any(|c| c.key == *key && !c.log.is_empty());
        Ok((never_shown(&error) || !known).then_some(Err(())))
    }

    /// True for a task that lists show.
    async fn is_known(&self, key: &TaskKey, after: &Everything) -> Result<bool, Trouble> {
        let open = self.store.detail(key).await?.is_some_and(|d| d.task.state == TaskState::Open);
        Ok(open || after.commitments.iter().any(|c| c.key == *key))
    }

    /// True when the project itself was read: a task of it that is not found is not just out of sight.
    fn read_well(&self, project: &ProjectRef, after: &Everything) -> bool {
        let row = after.coverage.iter().find(|c| c.project == *project);
        row.is_some_and(|c| matches!(c.freshness, Freshness::Fresh { .. }))
    }

    async fn keep_fold(&self, seen: Seen, folding: &Folding<'_>) -> Result<(), Trouble> {
        let Seen { key, reading, history } = &seen;
        let empty = History::default();
        let evidence =
            Evidence { task: &reading.task, comments: &reading.comments, history: history.as_ref().unwrap_or(&empty) };
        let fold = fold(evidence, self.context.roster, reading.present(Now(self.now())));
        for (comment, why) in &fold.ignored {
            self.odd_sentence(format!("{key} comment {comment}: {why}"));
        }
        // What the user did while the comments were read is newer than they are.
        let stored = self.store.commitments().await?;
        let outbox = self.store.outbox().await?;
        let in_flux = |claim: ClaimId| {
            let of = |all: &[Commitment]| all.iter().find(|c| c.claim == claim).cloned();
            let wished = |all: &[Op]| all.iter().any(|op| op.wish.claim() == Some(claim));
            wished(&folding.after.outbox) || wished(&outbox) || of(&folding.after.commitments) != of(&stored)
        };
        let (mut commitments, mut ops) = self.found(&seen, &fold, folding, &stored, &in_flux);
        // A short list proves nothing about what is not in it.
        if is_whole(reading) {
            let gone = |c: &&Commitment| {
                c.key == *key && c.state.is_live() && fold.claim(c.claim).is_none() && !in_flux(c.claim)
            };
            let revoked = |c: &Commitment| {
                let at = self.last_there(c, &fold, folding.after);
                ended(c, CommitmentState::Revoked, Act::Unassigned, at)
            };
            let removed: Vec<Commitment> = stored.iter().filter(gone).map(revoked).collect();
            let own = removed.iter().filter(|c| c.mine && folding.me.is_some());
            let shown = history.as_ref().map(|h| Shown::of(reading, &fold, h));
            ops.extend(own.filter_map(|c| self.tidy_wish(c, shown.as_ref()?, folding.after)));
            commitments.extend(removed);
        }
        if !ops.is_empty() {
            // With their rows, so that no crash leaves a commitment that ended and nobody to tidy up behind it.
            let touched = commitments.iter().filter(|c| ops.iter().any(|op| op.wish.claim() == Some(c.claim)));
            self.store.journal(ops.clone(), touched.cloned().collect()).await?;
        }
        let mut values = vec![(folded_name(key), format!("{} {}", reading.task.updated_at, self.now()))];
        values.extend(self.found_again(key));
        values.extend(proposed(key, &fold, folding.after));
        let tidied = |c: &&Commitment| ops.iter().any(|op| op.wish == Wish::Tidy { claim: c.claim });
        values.extend(commitments.iter().filter(tidied).map(|c| (clock::tidied_name(c), self.now().to_string())));
        let Seen { key, reading, .. } = seen;
        let batch = Batch {
            tasks: vec![(reading.task, None)],
            comments: vec![(key, reading.comments)],
            commitments,
            values,
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        Ok(())
    }

    /// When a claim that is gone was seen there last; before whatever was claimed since, for that was free to be claimed.
    fn last_there(&self, c: &Commitment, fold: &Fold, after: &Everything) -> Timestamp {
        let name = folded_name(&c.key);
        let value = after.values.iter().find(|(n, _)| *n == name).and_then(|(_, v)| v.split_once(' '));
        let seen = value.and_then(|(_, when)| when.parse().ok()).unwrap_or_else(|| self.now());
        let last = c.log.iter().map(|e| e.at).max().unwrap_or(c.since);
        let next = fold.leases.iter().map(|l| l.since).filter(|since| *since > last).min();
        let before = next.and_then(|next| next.checked_sub(SignedDuration::from_nanos(1)).ok());
        before.map_or(seen, |before| seen.min(before)).max(last)
    }

    /// The commitments that a fold shows, and what is to be written on the tracker because of them.
    fn found(
        &self,
        seen: &Seen,
        fold: &Fold,
        folding: &Folding<'_>,
        stored: &[Commitment],
        in_flux: &dyn Fn(ClaimId) -> bool,
    ) -> (Vec<Commitment>, Vec<Op>) {
        let task = &seen.reading.task;
        let project = folding.after.projects.iter().find(|p| p.project == task.key.project);
        let may_edit = project.is_some_and(|p| p.permission >= Permission::Write);
        // What was not shown could be the very sign of life that a reminder would miss.
        let all_seen = seen.history.is_some() && is_whole(&seen.reading);
        let mut commitments = Vec::new();
        let mut ops = Vec::new();
        for lease in fold.leases.iter().filter(|l| !in_flux(l.claim)) {
            let known = stored.iter().find(|c| c.claim == lease.claim);
            let mine = folding.me.map_or_else(|| known.is_some_and(|k| k.mine), |me| me.id == lease.who.id);
            let now = lease.tell(commitment_of(lease, task, &self.label, mine, known));
            let back = mine && known.is_some_and(|k| k.state.is_live());
            let mut op = back.then(|| self.stepping_back(lease, &now, fold)).flatten();
            if let Some(history) = seen.history.as_ref().filter(|_| all_seen && folding.me.is_some()) {
                let shown = Shown::of(&seen.reading, fold, history);
                op = op.or_else(|| (mine || may_edit).then(|| self.clock_wish(lease, &now, &shown)).flatten());
                op = op.or_else(|| mine.then(|| self.tidy_wish(&now, &shown, folding.after)).flatten());
            }
            ops.extend(op);
            commitments.push(now);
        }
        (commitments, ops)
    }
}

/// The value that keeps the proposals of a task, where there are some or were.
fn proposed(key: &TaskKey, fold: &Fold, after: &Everything) -> Option<(String, String)> {
    let (name, text) = proposal::value(key, &fold.proposals);
    let known = after.values.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
    (known != text).then_some((name, text))
}

/// A commitment that ended without a word on the tracker: its log says so from now on.
pub(super) fn ended(c: &Commitment, state: CommitmentState, act: Act, at: Timestamp) -> Commitment {
    let mut ended = Commitment { state, ..c.clone() };
    if let Some(last) = ended.log.iter().map(|e| e.at).max() {
        // This machine's clock may be behind the tracker's.
        let at = at.max(last);
        ended.log.push(Entry { at, seq: u64::MAX, by: None, host: false, pull: None, act });
    }
    ended
}

fn is_whole(reading: &Reading) -> bool {
    reading.comments.len() >= reading.counted as usize
}

fn is_nothing(error: &TrackerError) -> bool {
    is_absent(error) || error.class == ErrorClass::Invalid
}

/// Failures that asking again does not change.
fn never_shown(error: &TrackerError) -> bool {
    matches!(
        error.class,
        ErrorClass::NotFound
            | ErrorClass::Gone
            | ErrorClass::Forbidden
            | ErrorClass::Sso { .. }
            | ErrorClass::MissingScope { .. }
            | ErrorClass::Invalid
    )
}
