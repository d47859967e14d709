//! From the store to the list: a snapshot of what is configured, made from the one before where that will do. Decides when the
//! store is read as a whole; what a snapshot is knows [`crate::index`].

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, atomic::Ordering},
};

use super::{error::UserError, session::Session};
use crate::{
    domain::{
        key::TrackerName,
        person::{Login, Person},
    },
    index::{BuildContext, Snapshot},
    store::{Everything, News, StoreError},
    sync::{discover::scope, gist},
};

/// Tasks whose texts are judged before a list is shown: more would keep it waiting.
const GISTS_BEFORE_A_LIST: u32 = 2_000;

/// Does work over all tasks: not on a thread that serves keys or sockets.
pub(super) async fn off_the_loop<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, UserError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| {
        UserError::new(super::ExitCode::Internal, format!("building the list failed: {e}"), "please report this")
    })
}

impl Session {
    /// Reads the store and builds a snapshot of what is configured.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, UserError> {
        // One after another: what one was built of, the next is made from.
        let mut latest = self.latest.lock().await;
        let reading = self.readings.fetch_add(1, Ordering::Relaxed) + 1;
        self.catch_up().await?;
        if let Some((before, since)) = latest.clone()
            && let Some(News { everything, gone }) = self.parts.store.news(since).await?
        {
            let (position, context) = (everything.position, self.context(&everything).await?);
            let made = off_the_loop(move || before.changed(everything, &gone, &context)).await?;
            if let Some(made) = made {
                let made = Arc::new(made.of_reading(reading));
                *latest = position.map(|position| (made.clone(), position));
                return Ok(made);
            }
        }
        if latest.is_none()
            && let Some((list, position)) = self.last_list_at(reading).await?.filter(|(list, _)| !list.is_behind())
        {
            *latest = Some((list.clone(), position));
            return Ok(list);
        }
        let everything = self.parts.store.everything().await?;
        let (position, context) = (everything.position, self.context(&everything).await?);
        let built = off_the_loop(move || Snapshot::build(everything, &context).of_reading(reading)).await?;
        let built = Arc::new(built);
        *latest = position.map(|position| (built.clone(), position));
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&latest);
        Ok(built)
    }

    /// Judges texts that were read since and not judged yet, where that is not too much.
    async fn catch_up(&self) -> Result<(), UserError> {
        let store = self.parts.store.as_ref();
        let judged = async {
            self.rules_followed.get_or_try_init(|| gist::follow_rules(store)).await?;
            gist::catch_up(store, GISTS_BEFORE_A_LIST).await
        };
        // A store that cannot be written shows what it has.
        match judged.await {
            Ok(_) | Err(StoreError::ReadOnly { .. } | StoreError::Busy { .. } | StoreError::Full { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What building a snapshot of it needs beside it.
    pub(super) async fn context(&self, everything: &Everything) -> Result<BuildContext, UserError> {
        self.ready_registry(&everything.values).await?;
        let me = self.logins(everything);
        let mut in_scope = None;
        for tracker in &self.parts.trackers {
            let found = scope(&everything.values, tracker.name(), &self.sources(tracker.name()));
            if let Some(found) = found {
                in_scope.get_or_insert_with(std::collections::HashSet::new).extend(found);
            }
        }
        let homes = self.parts.config.trackers.iter().map(|t| (t.name.clone(), t.url.clone())).collect();
        let now = self.parts.host.now();
        Ok(BuildContext { now, me, roster: self.roster(), scope: in_scope, homes, taste: self.taste() })
    }

    fn logins(&self, everything: &Everything) -> HashMap<TrackerName, Login> {
        let trackers = self.parts.trackers.iter().map(|t| t.name().clone());
        trackers
            .filter_map(|name| {
                let person =
                    person(&everything.values, &name).map(|p| p.login).or_else(|| self.parts.config.handle.clone())?;
                Some((name, person))
            })
            .collect()
    }
}

pub(super) fn person(values: &[(String, String)], tracker: &TrackerName) -> Option<Person> {
    let name = format!("me {tracker}");
    let value = values.iter().find(|(n, _)| *n == name)?;
    serde_json::from_str::<Option<Person>>(&value.1).ok().flatten()
}
