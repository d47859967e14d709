//! From the comments of labelled tasks to commitments, and stepping back when somebody else was first.

use super::{
    outbox::{claim::commitment_of, stepping_back},
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        commitment::{Commitment, CommitmentState},
        id::OpId,
        key::TaskKey,
        lease::{Fold, fold},
        outbox::{Op, OpStatus, Step, Wish},
        person::Person,
        task::{Task, TaskState},
        time::Now,
    },
    store::{Batch, Everything},
    tracker::{ErrorClass, Reading},
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
                Ok(reading) => self.keep_fold(&key, reading, me, &after).await?,
                Err(error)
                    if matches!(error.class, ErrorClass::NotFound | ErrorClass::Gone | ErrorClass::Forbidden) =>
                {
                    self.problem(error.sentence(), error.hint());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Own live commitments always; labelled or claimed tasks when they moved since they were last folded.
    fn candidates(&self, after: &Everything) -> Vec<TaskKey> {
        let tracker = self.tracker.name();
        let live: Vec<&Commitment> =
            after.commitments.iter().filter(|c| c.state.is_live() && c.key.project.tracker == *tracker).collect();
        let mut keys: Vec<TaskKey> = live.iter().filter(|c| c.mine).map(|c| c.key.clone()).collect();
        let label = |task: &Task| task.labels.iter().any(|l| l.raw() == self.label);
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
        me: Option<&Person>,
        after: &Everything,
    ) -> Result<(), Trouble> {
        let fold = fold(&reading.task, &reading.comments, Now(self.now()));
        for (comment, why) in &fold.ignored {
            self.odd_sentence(format!("{key} comment {comment}: {why}"));
        }
        let mut commitments: Vec<Commitment> = Vec::new();
        for lease in &fold.leases {
            let known = after.commitments.iter().find(|c| c.claim == lease.claim);
            let under_way = after.outbox.iter().any(|op| op.wish.claim() == lease.claim);
            if under_way {
                continue;
            }
            let mine = me.is_some_and(|me| me.id == lease.who.id);
            commitments.push(commitment_of(lease, &reading.task, &self.label, mine, known));
        }
        self.vanished(key, &fold, after, &mut commitments);
        let ops = self.late_losses(&fold, after, me);
        let value = (folded_name(key), reading.task.updated_at.to_string());
        let batch = Batch {
            tasks: vec![(reading.task, None)],
            comments: vec![(key.clone(), reading.comments)],
            commitments,
            values: vec![value],
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        if !ops.is_empty() {
            self.store.journal(ops, Vec::new()).await?;
        }
        Ok(())
    }

    /// A live commitment whose comment is gone was ended on the tracker: a person there always wins.
    fn vanished(&self, key: &TaskKey, fold: &Fold, after: &Everything, commitments: &mut Vec<Commitment>) {
        let known = after.commitments.iter().filter(|c| c.key == *key && c.state == CommitmentState::Active);
        for commitment in known {
            let under_way = after.outbox.iter().any(|op| op.wish.claim() == commitment.claim);
            if fold.claim(commitment.claim).is_none() && !under_way {
                commitments.push(Commitment { state: CommitmentState::Revoked, ..commitment.clone() });
            }
        }
    }

    /// An own claim that was believed won, and is now seen to be second, steps back.
    fn late_losses(&self, fold: &Fold, after: &Everything, me: Option<&Person>) -> Vec<Op> {
        let Some(me) = me else { return Vec::new() };
        let Some(holder) = fold.holder() else { return Vec::new() };
        let lost = |c: &&Commitment| c.mine && c.state == CommitmentState::Active && c.claim != holder.claim;
        after
            .commitments
            .iter()
            .filter(lost)
            .filter_map(|c| {
                let lease = fold.claim(c.claim).filter(|l| l.who.id == me.id)?;
                let late = lease.state == CommitmentState::Conceded && lease.marker.ev.is_empty();
                let op = Op {
                    id: OpId(self.fresh_id()),
                    key: c.key.clone(),
                    wish: Wish::Claim {
                        claim: c.claim,
                        until: c.until,
                        size: c.size,
                        plan: String::new(),
                        alongside: false,
                    },
                    step: Step::Queued,
                    status: OpStatus::Ready,
                    attempts: 0,
                    created_at: self.now(),
                    last_error: None,
                };
                late.then(|| stepping_back(op, lease.comment, holder.claim))
            })
            .collect()
    }
}
