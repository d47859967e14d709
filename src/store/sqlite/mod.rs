//! The embedded store: two SQLite files in one folder, one thread that writes, one that reads. Owns the threads and
//! what happens at closing; how rows look is known to the files beside this one.
//!
//! `hot.db` holds all that lists need, the outbox, commitments and private marks; `body.db` descriptions and
//! comments, which would break up the hot table (measured: 4.6 times slower cold load in one file).

mod connect;
mod fault;
mod gist;
mod keep;
mod news;
mod open;
mod page;
mod place;
mod read;
mod rename;
mod rows;
mod salvage;
mod schema;
mod slim;
mod worker;
mod write;

use std::{
    fs::File,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;

use self::{place::Place, read::Reader, worker::Worker, write::Writer};
use super::{
    Batch, Everything, Health, Mark, News, Numbers, Result, Stamp, Store, StoredValidator, Ungisted, error::StoreError,
    pieces::Pieces,
};
use crate::domain::{
    commitment::{ClaimId, Commitment},
    gist::Gist,
    key::TaskKey,
    outbox::{Op, OpId},
    task::{Task, TaskDetail},
};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another process before giving up with [`StoreError::Busy`].
    pub patience: Duration,
    /// Most pages (16 KiB each) that each file may have; `None` for as many as the disk holds. Beyond it writes
    /// fail with [`StoreError::Full`].
    pub max_pages: Option<u32>,
    /// The user agreed that a damaged file is set aside although not everything can be rescued from it. Without it
    /// opening fails with [`StoreError::Loss`].
    pub consent: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { patience: Duration::from_secs(5), max_pages: None, consent: false }
    }
}

/// Sentences for the user, and whether the files must be checked next time. Shared by both threads.
#[derive(Clone, Debug, Default)]
struct Notes(Arc<NotesInner>);

#[derive(Debug, Default)]
struct NotesInner {
    said: Mutex<Vec<String>>,
    suspect: AtomicBool,
}

impl Notes {
    /// Adds a sentence unless it was said.
    fn add(&self, sentence: String) {
        let mut said = self.0.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }

    fn all(&self) -> Vec<String> {
        self.0.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Damage was met: the files are checked at the next opening.
    fn suspect(&self) {
        self.0.suspect.store(true, Ordering::Relaxed);
    }

    fn is_suspect(&self) -> bool {
        self.0.suspect.load(Ordering::Relaxed)
    }
}

/// The store in a folder. Dropping it finishes queued writes and leaves the files tidy.
pub struct SqliteStore {
    place: Place,
    lock: Option<File>,
    writer: Option<Worker<Writer>>,
    reader: Option<Worker<Reader>>,
    notes: Notes,
}

impl SqliteStore {
    /// Opens the store in `dir`, making folder (0700) and files (0600) when there are none.
    ///
    /// # Errors
    /// See [`super::open`].
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, &Options::default())
    }

    /// The same with other options.
    ///
    /// # Errors
    /// See [`super::open`].
    pub fn open_with(dir: &Path, options: &Options) -> Result<Self> {
        let opened = open::open(dir, options)?;
        let writer = opened.writer.map(|writer| Worker::start("store-write", writer)).transpose()?;
        let reader = Worker::start("store-read", opened.reader)?;
        Ok(Self { place: opened.place, lock: opened.lock, writer, reader: Some(reader), notes: opened.notes })
    }

    async fn write<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Writer) -> Result<R> + Send + 'static,
    {
        let read_only = || StoreError::ReadOnly { path: self.place.hot.clone() };
        let answer = self.writer.as_ref().ok_or_else(read_only)?.call(work).await;
        if matches!(answer, Err(StoreError::Damaged { .. })) {
            self.notes.suspect();
        }
        answer
    }

    async fn read<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&mut Reader) -> Result<R> + Send + 'static,
    {
        let closed = || StoreError::Engine("it is closed".into());
        self.reader.as_ref().ok_or_else(closed)?.call(work).await
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The last connection to close folds the log into the file, so the writer goes last.
        self.reader = None;
        let wrote = self.writer.take().is_some();
        let Some(lock) = self.lock.take().filter(|_| wrote) else { return };
        if self.notes.is_suspect() {
            self.place.leave_suspect();
        } else if lock.try_lock().is_ok() {
            self.place.leave_clean();
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn everything(&self) -> Result<Everything> {
        self.read(|r| r.everything()).await
    }

    async fn around(&self) -> Result<Everything> {
        self.read(|r| r.around()).await
    }

    async fn numbers(&self) -> Result<Numbers> {
        self.read(|r| r.numbers()).await
    }

    async fn labelled(&self, label: &str) -> Result<Vec<Task>> {
        let label = label.to_owned();
        self.read(move |r| r.labelled(&label)).await
    }

    async fn news(&self, since: i64) -> Result<Option<News>> {
        self.read(move |r| r.news(since)).await
    }

    async fn page(&self, keys: Vec<TaskKey>) -> Result<Everything> {
        self.read(move |r| r.page(&keys)).await
    }

    async fn detail(&self, key: &TaskKey) -> Result<Option<TaskDetail>> {
        let key = key.clone();
        self.read(move |r| r.detail(&key)).await
    }

    async fn apply(&self, batch: Batch) -> Result<()> {
        self.write(move |w| w.apply(&batch)).await
    }

    async fn validators(&self, prefix: &str, token: &str) -> Result<Vec<StoredValidator>> {
        let (prefix, token) = (prefix.to_owned(), token.to_owned());
        self.read(move |r| r.validators(&prefix, &token)).await
    }

    async fn values(&self) -> Result<Vec<(String, String)>> {
        self.read(|r| r.values()).await
    }

    async fn value(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.read(move |r| r.value(&name)).await
    }

    async fn outbox(&self) -> Result<Vec<Op>> {
        self.read(|r| r.outbox()).await
    }

    async fn commitments(&self) -> Result<Vec<Commitment>> {
        self.read(|r| r.commitments()).await
    }

    async fn journal(&self, ops: Vec<Op>, commitments: Vec<Commitment>) -> Result<()> {
        self.write(move |w| w.journal(&ops, &commitments)).await
    }

    async fn settle(&self, ops: Vec<OpId>, commitments: Vec<Commitment>) -> Result<()> {
        self.write(move |w| w.settle(&ops, &commitments)).await
    }

    async fn forget_commitments(&self, claims: Vec<ClaimId>) -> Result<()> {
        self.write(move |w| w.forget_commitments(&claims)).await
    }

    async fn mark(&self, marks: Vec<Mark>, on: bool) -> Result<()> {
        self.write(move |w| w.mark(&marks, on)).await
    }

    async fn ungisted(&self, most: u32) -> Result<Vec<Ungisted>> {
        self.read(move |r| r.ungisted(most)).await
    }

    async fn keep_gists(&self, gists: Vec<(TaskKey, Stamp, Gist)>) -> Result<()> {
        self.write(move |w| w.keep_gists(&gists)).await
    }

    async fn renew_gists(&self) -> Result<()> {
        self.write(|w| w.renew_gists()).await
    }

    fn pieces(&self) -> Option<Pieces> {
        Some(Pieces::in_folder(&self.place.dir))
    }

    async fn health(&self) -> Result<Health> {
        let (place, read_only, notes) = (self.place.clone(), self.writer.is_none(), self.notes.clone());
        self.read(move |r| r.health(&place, read_only, &notes)).await
    }

    fn notices(&self) -> Vec<String> {
        self.notes.all()
    }
}
