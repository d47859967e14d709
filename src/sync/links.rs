//! What tasks link to outside, where the tracker has such links: how the same work on two trackers is found. Read once
//! for each change of a task, the ones changed last first, a part of them in each sync.

use std::{cmp::Reverse, collections::HashMap};

use futures_util::{StreamExt, stream};

use super::{
    discover::stops_all,
    run::{Reader, Trouble},
};
use crate::{
    domain::task::{Task, TaskState},
    store::{Batch, links_name},
};

/// Tasks whose links are read in one sync.
const AT_MOST: usize = 200;
/// Questions at once.
const AT_ONCE: usize = 4;
/// Links of one task that are kept.
const LINKS: usize = 20;

impl Reader<'_> {
    /// Reads the links of open tasks that changed since theirs were read.
    pub(super) async fn read_links(&self) -> Result<(), Trouble> {
        if !self.tracker.has_links() {
            return Ok(());
        }
        let after = self.store.everything().await?;
        let known: HashMap<&str, &str> = after.values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let here = |t: &&Task| t.key.project.tracker == *self.tracker.name() && t.state == TaskState::Open;
        let stale = |t: &&Task| {
            let read = known.get(links_name(&t.key).as_str()).and_then(|v| v.split('\n').next());
            read != Some(t.updated_at.to_string().as_str())
        };
        let mut due: Vec<&Task> = after.tasks.iter().filter(here).filter(stale).collect();
        due.sort_by_key(|t| Reverse(t.updated_at));
        due.truncate(AT_MOST);
        let mut reads = stream::iter(due).map(|task| self.links_of(task)).buffer_unordered(AT_ONCE);
        let mut values = Vec::new();
        while let Some(value) = reads.next().await {
            values.push(value?);
        }
        drop(reads);
        if !values.is_empty() {
            self.store.apply(Batch { values, ..Batch::default() }).await?;
        }
        Ok(())
    }

    /// The value for one task. What cannot be read counts as read: no sync asks for it again and again.
    async fn links_of(&self, task: &Task) -> Result<(String, String), Trouble> {
        let links = match self.tracker.remote_links(&task.key).await {
            Ok(links) => links,
            Err(error) if stops_all(&error.class) => return Err(error.into()),
            Err(error) => {
                tracing::info!(task = %task.key, %error, "its links cannot be read");
                Vec::new()
            }
        };
        let usable = |raw: &&str| !raw.contains(['\n', '\r']) && raw.len() <= 500;
        let lines: Vec<&str> = links.iter().map(|l| l.raw()).filter(usable).take(LINKS).collect();
        let head = task.updated_at.to_string();
        let value = std::iter::once(head.as_str()).chain(lines).collect::<Vec<_>>().join("\n");
        Ok((links_name(&task.key), value))
    }
}
