//! One thread that owns one piece of state and takes closures over a channel. Knows nothing of stores.
//!
//! SQLite blocks; an async task must not. A job that was handed over runs to its end even when the one who asked
//! for it no longer waits.

use std::{
    sync::mpsc,
    thread::{Builder, JoinHandle},
};

use tokio::sync::oneshot;

use crate::store::{Result, error::StoreError};

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// A thread and the way to it. Dropping it runs what is queued, then drops the state on its own thread.
pub(super) struct Worker<T> {
    jobs: Option<mpsc::Sender<Job<T>>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Worker<T> {
    /// Starts a thread named `name` that owns `state`.
    pub(super) fn start(name: &str, mut state: T) -> Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job<T>>();
        let run = move || {
            while let Ok(job) = queue.recv() {
                job(&mut state);
            }
        };
        let thread = Builder::new()
            .name(name.into())
            .spawn(run)
            .map_err(|e| StoreError::Engine(format!("no thread could be started: {e}")))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    /// Runs `job` on the thread and waits for its answer.
    pub(super) async fn call<R, F>(&self, job: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut T) -> Result<R> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let boxed: Job<T> = Box::new(move |state| {
            // The asker may be gone; what was done stays done.
            let _ = answer.send(job(state));
        });
        let stopped = || StoreError::Engine("its thread has stopped; start floorwalk again".into());
        self.jobs.as_ref().ok_or_else(stopped)?.send(boxed).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panicked worker has nothing left to be waited for.
            let _ = thread.join();
        }
    }
}
