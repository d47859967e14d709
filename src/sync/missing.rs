//! Tasks that no list names any more: deleted, or transferred elsewhere. A row is forgotten only after the tracker
//! was asked for that very task, and said twice, in two syncs, that it is not there.

use std::collections::HashSet;

use super::{
    claims::ended,
    discover::stops_all,
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        commitment::{Act, Commitment, CommitmentState},
        key::{LooseKey, ProjectRef, TaskKey},
    },
    store::Batch,
    tracker::{ErrorClass, TrackerError},
};

/// Most tasks of one project that are asked for one by one in a full sync.
const MAX_LOOKS: usize = 100;

fn missing_name(key: &TaskKey) -> String {
    format!("missing {}", key.qualified())
}

impl Reader<'_> {
    /// After all pages were read: asks for the open tasks of the store that no page held.
    pub(super) async fn look_for_missing(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let read = self.read_of(project);
        let open = self.before.open_tasks(project);
        let unseen: Vec<TaskKey> = open.filter(|key| !read.contains(&key.number)).take(MAX_LOOKS).collect();
        for key in unseen {
            match self.tracker.read(&key).await {
                Ok(reading) => {
                    let values = vec![(missing_name(&key), String::new())];
                    self.store.apply(Batch { tasks: vec![(reading.task, None)], values, ..Batch::default() }).await?;
                }
                Err(error) if is_absent(&error) => self.missing(&key, &error).await?,
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                Err(error) => self.problem(error.sentence(), error.hint()),
            }
        }
        Ok(())
    }

    /// The tracker does not have this task. The first time that is noted; the second time the row goes, and who was
    /// committed to it is free of it.
    pub(super) async fn missing(&self, key: &TaskKey, error: &TrackerError) -> Result<(), Trouble> {
        let name = missing_name(key);
        if self.value(&name).is_none_or(str::is_empty) {
            self.problem(error.sentence(), "when the next sync does not find it either, it leaves the lists".into());
            let values = vec![(name, self.now().to_string())];
            self.store.apply(Batch { values, ..Batch::default() }).await?;
            return Ok(());
        }
        let commitments: Vec<Commitment> = self.store.commitments().await?;
        let gone = commitments
            .into_iter()
            .filter(|c| c.key == *key && c.state.is_live())
            .map(|c| ended(&c, CommitmentState::Superseded, Act::Dropped, self.now()))
            .collect();
        let batch = Batch {
            gone: vec![key.clone()],
            commitments: gone,
            values: vec![(name, String::new())],
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        Ok(())
    }

    /// Forgets that a task was missing once: it is there.
    pub(super) fn found_again(&self, key: &TaskKey) -> Option<(String, String)> {
        let name = missing_name(key);
        self.value(&name).is_some_and(|v| !v.is_empty()).then(|| (name, String::new()))
    }

    /// Numbers of the tasks of a project that were read in this sync.
    fn read_of(&self, project: &ProjectRef) -> HashSet<u64> {
        self.read_numbers().get(project).cloned().unwrap_or_default()
    }
}

/// True when the tracker says that a single task is not where it was.
pub(super) fn is_absent(error: &TrackerError) -> bool {
    match &error.class {
        ErrorClass::NotFound | ErrorClass::Gone => true,
        // A task that was transferred; a project that was renamed is followed elsewhere.
        ErrorClass::Moved { to } => to.as_ref().is_some_and(|to| to.parse::<LooseKey>().is_ok()),
        _ => false,
    }
}
