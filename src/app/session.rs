//! A running floorwalk: configuration, store, trackers, host, and the current snapshot.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::{command::Command, error::UserError, event::Event, host::Host};
use crate::{
    config::Config, domain::key::TaskKey, domain::task::TaskDetail, index::Snapshot, store::Store, tracker::Tracker,
};

/// What a session is made of.
pub struct Parts {
    /// Configuration.
    pub config: Config,
    /// Store.
    pub store: Arc<dyn Store>,
    /// Trackers, in the order of the configuration.
    pub trackers: Vec<Arc<dyn Tracker>>,
    /// Clock and randomness.
    pub host: Arc<dyn Host>,
}

/// A running floorwalk. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    parts: Arc<Parts>,
}

impl Session {
    /// Starts a session.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// What the session is made of.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Reads the store and builds a snapshot.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn snapshot(&self) -> Result<Arc<Snapshot>, UserError> {
        unimplemented!()
    }

    /// Reads one task from the store.
    ///
    /// # Errors
    /// When the store fails or does not know the task.
    pub async fn detail(&self, key: &TaskKey) -> Result<TaskDetail, UserError> {
        let _ = key;
        unimplemented!()
    }

    /// What a command would do, in sentences; nothing is done (`--dry-run`).
    ///
    /// # Errors
    /// The refusal, as the command itself would get it.
    pub async fn preview(&self, command: &Command) -> Result<Vec<String>, UserError> {
        let _ = command;
        unimplemented!()
    }

    /// Decides and performs a command to its end; everything that happens goes to `events`. For the TUI, called
    /// in a task of its own; for the command line, awaited.
    ///
    /// # Errors
    /// The refusal or failure. What was queued before stays queued.
    pub async fn execute(&self, command: Command, events: &UnboundedSender<Event>) -> Result<(), UserError> {
        let _ = (command, events);
        unimplemented!()
    }
}
