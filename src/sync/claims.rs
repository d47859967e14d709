//! From the comments of labelled tasks to commitments, and stepping back when somebody else was first.

use super::{
    discover::stops_all,
    missing::is_absent,
    outbox::claim::{commitment_of, has_label},
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState},
        coverage::Freshness,
        evidence::History,
        id::OpId,
        key::{ProjectRef, TaskKey},
        lease::{Evidence, Fold, Lease, fold},
        marker::ReleaseReason,
        outbox::{Op, OpStatus, Step, Wish},
        person::Person,
        task::{Task, TaskState},
        time::{Now, end_of_day},
    },
    store::{Batch, Everything},
    tracker::Reading,
};

/// Most tasks whose comments are read in one sync, own commitments first.
const MAX_READS: usize = 500;

fn folded_name(key: &TaskKey) -> String {
    format!("folded {}", key.qualified())
}

impl Reader<'_> {
    /// Reads the tasks on which somebody may be committed and stores what their comments say.
    pub(super) async fn fold_claims(&self, me: Option<&Person>) -> Result<(), Trouble> {
        let after = self.store.everything().await?;
        for key in self.candidates(&after).into_iter().take(MAX_READS) {
            match self.tracker.read(&key).await {
                Ok(reading) => {
                    let history = self.tracker.history(&key).await?;
                    self.keep_fold(&key, reading, history, me, &after).await?;
                }
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                // One task that cannot be read keeps nobody else's commitment from being read.
                Err(error) if is_absent(&error) && self.read_well(&key.project, &after) => {
                    self.missing(&key, &error).await?;
                }
                Err(error) => self.problem(error.sentence(), error.hint()),
            }
        }
        Ok(())
    }

    /// True when the project itself was read: a task of it that is not found is not just out of sight.
    fn read_well(&self, project: &ProjectRef, after: &Everything) -> bool {
        let row = after.coverage.iter().find(|c| c.project == *project);
        row.is_some_and(|c| matches!(c.freshness, Freshness::Fresh { .. }))
    }

    /// Own live commitments always; labelled or claimed tasks when they moved since they were last folded; claims
    /// whose last day has passed once more, in case they were extended.
    fn candidates(&self, after: &Everything) -> Vec<TaskKey> {
        let tracker = self.tracker.name();
        let live: Vec<&Commitment> =
            after.commitments.iter().filter(|c| c.state.is_live() && c.key.project.tracker == *tracker).collect();
        let now = self.now();
        let mut keys: Vec<TaskKey> = Vec::new();
        for c in live.iter().filter(|c| c.mine || end_of_day(c.until) <= now) {
            if !keys.contains(&c.key) {
                keys.push(c.key.clone());
            }
        }
        let label = |task: &Task| has_label(task, &self.label);
        let moved = |task: &Task| {
            let value = folded_name(&task.key);
            let at = after.values.iter().find(|(n, _)| *n == value).map(|(_, v)| v.as_str());
            at != Some(task.updated_at.to_string().as_str())
        };
        let others = after
            .tasks
            .iter()
            .filter(|t| t.key.project.tracker == *tracker)
            .filter(|t| (t.state == TaskState::Open && label(t)) || live.iter().any(|c| c.key == t.key));
        for task in others {
            if moved(task) && !keys.contains(&task.key) {
                keys.push(task.key.clone());
            }
        }
        keys
    }

    async fn keep_fold(
        &self,
        key: &TaskKey,
        reading: Reading,
        history: History,
        me: Option<&Person>,
        after: &Everything,
    ) -> Result<(), Trouble> {
        let fold = fold(
            Evidence { task: &reading.task, comments: &reading.comments, history: &history },
            self.context.roster,
            Now(self.now()),
        );
        for (comment, why) in &fold.ignored {
            self.odd_sentence(format!("{key} comment {comment}: {why}"));
        }
        // What the user did while the comments were read is newer than they are.
        let stored = self.store.commitments().await?;
        let outbox = self.store.outbox().await?;
        let in_flux = |claim: ClaimId| {
            let of = |all: &[Commitment]| all.iter().find(|c| c.claim == claim).cloned();
            let wished = |all: &[Op]| all.iter().any(|op| op.wish.claim() == claim);
            wished(&after.outbox) || wished(&outbox) || of(&after.commitments) != of(&stored)
        };
        let mut commitments: Vec<Commitment> = Vec::new();
        let mut ops = Vec::new();
        for lease in fold.leases.iter().filter(|l| !in_flux(l.claim)) {
            let known = stored.iter().find(|c| c.claim == lease.claim);
            let mine = me.map_or_else(|| known.is_some_and(|k| k.mine), |me| me.id == lease.who.id);
            let seen = commitment_of(lease, &reading.task, &self.label, mine, known);
            if mine && known.is_some_and(|k| k.state == CommitmentState::Active) {
                ops.extend(self.tidying(lease, &seen, &fold, &reading.task));
            }
            commitments.push(seen);
        }
        // A short list proves nothing about what is not in it.
        if reading.comments.len() >= reading.counted as usize {
            let gone = |c: &&Commitment| {
                c.key == *key && c.state.is_live() && fold.claim(c.claim).is_none() && !in_flux(c.claim)
            };
            let revoked = |c: &Commitment| Commitment { state: CommitmentState::Revoked, ..c.clone() };
            commitments.extend(stored.iter().filter(gone).map(revoked));
        }
        if !ops.is_empty() {
            // With their rows, so that no crash leaves a commitment that ended and nobody to tidy up behind it.
            let ended = commitments.iter().filter(|c| ops.iter().any(|op| op.wish.claim() == c.claim));
            self.store.journal(ops.clone(), ended.cloned().collect()).await?;
        }
        let mut values = vec![(folded_name(key), reading.task.updated_at.to_string())];
        values.extend(self.found_again(key));
        let batch = Batch {
            tasks: vec![(reading.task, None)],
            comments: vec![(key.clone(), reading.comments)],
            commitments,
            values,
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        Ok(())
    }

    /// What is left to do on the tracker after an own claim ended by itself: a late loser steps back, a lapsed
    /// claim takes its label and assignee away. Neither writes a new comment.
    fn tidying(&self, lease: &Lease, seen: &Commitment, fold: &Fold, task: &Task) -> Option<Op> {
        let op = |wish: Wish, step: Step| Op {
            id: OpId(self.fresh_id()),
            key: seen.key.clone(),
            wish,
            step,
            status: OpStatus::Ready,
            attempts: 0,
            created_at: self.now(),
            last_error: None,
        };
        let holder = fold.holder();
        match lease.state {
            CommitmentState::Conceded if lease.marker.ev.is_empty() => {
                let winner = holder.filter(|h| h.claim != lease.claim)?;
                let wish = Wish::Claim {
                    claim: lease.claim,
                    until: lease.until,
                    size: seen.size,
                    plan: String::new(),
                    alongside: false,
                    ask: false,
                    taken: None,
                    tell: Vec::new(),
                };
                Some(op(wish, Step::Losing { comment: lease.comment, winner: winner.claim }))
            }
            CommitmentState::Expired if holder.is_none_or(|h| h.who.id != lease.who.id) => {
                let left = has_label(task, &self.label) || task.assignees.contains(&lease.who.login);
                let wish = Wish::Release { claim: lease.claim, note: String::new(), reason: ReleaseReason::default() };
                left.then(|| op(wish, Step::Confirmed { comment: lease.comment }))
            }
            _ => None,
        }
    }
}
