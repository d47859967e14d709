//! The folder of a store: names of its files, who may use it now, what was left by the last one, and setting a
//! damaged file aside. Knows no SQL.
//!
//! `store.lock` is held shared by every running floorwalk and exclusively while one opens alone, so a file is only
//! moved when nobody has it open. `store.seen` tells that a store existed, and how its files looked when the last
//! user closed it: if they look different now, they are checked.

use std::{
    fs::{self, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::fs::{Access, access};

use super::fault;
use crate::store::{Result, error::StoreError};

const SEEN_HEAD: &str = "A floorwalk store lives in this folder; hot.db holds its outbox.";
const SUSPECT: &str = "suspect";
const RESCUING: &str = "rescuing";

/// Paths of a store.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The folder.
    pub(super) dir: PathBuf,
    /// Lists, outbox, everything small.
    pub(super) hot: PathBuf,
    /// Descriptions and comments.
    pub(super) body: PathBuf,
}

/// Who else uses the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    /// Nobody.
    Alone,
    /// Another floorwalk.
    Others,
    /// The folder has no locks (read-only or an odd file system).
    Unknown,
}

/// What the last user left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// A store was here before.
    pub(super) seen: bool,
    /// A file was set aside, and the store that is to take its place was never ready.
    pub(super) rescuing: bool,
    /// `hot.db` is as it was closed.
    pub(super) hot_clean: bool,
    /// `body.db` is as it was closed, or was last used by somebody who was killed, which does not harm it.
    pub(super) body_trusted: bool,
}

/// What stands at the path of a database file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Missing,
    /// A file without content.
    Empty,
    /// A file that does not begin as a database.
    NotDatabase,
    /// A database, with the numbers of its header.
    Database {
        /// Whose.
        application: u32,
        /// Its schema.
        version: u32,
    },
}

impl Place {
    /// The places in `dir`, which is made (only for its owner) when it is absent.
    pub(super) fn prepare(dir: &Path) -> Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| fault::place(dir, &e))?;
        Ok(Self { dir: dir.into(), hot: dir.join("hot.db"), body: dir.join("body.db") })
    }

    fn seen(&self) -> PathBuf {
        self.dir.join("store.seen")
    }

    /// The lock file, open; `None` where none can be made. With it: whether the folder can be written.
    pub(super) fn lock_file(&self) -> (Option<File>, bool) {
        let path = self.dir.join("store.lock");
        match OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path) {
            Ok(file) => (Some(file), self.can_make_files()),
            Err(_) => (File::open(&path).ok(), false),
        }
    }

    /// A lock file can be writable in a folder that is not; SQLite needs the folder.
    fn can_make_files(&self) -> bool {
        access(&self.dir, Access::WRITE_OK | Access::EXEC_OK).is_ok()
    }

    /// Reads `store.seen` and compares it with the files.
    pub(super) fn left(&self) -> Left {
        let Ok(text) = fs::read_to_string(self.seen()) else {
            return Left { seen: self.seen().exists(), ..Left::default() };
        };
        let state = text.lines().nth(1).unwrap_or_default();
        let (hot, body) = state.split_once(' ').unwrap_or_default();
        let body_as_closed = body == stamp(&self.body);
        Left {
            seen: true,
            rescuing: state == RESCUING,
            hot_clean: hot == stamp(&self.hot) && !has_wal(&self.hot),
            body_trusted: state != SUSPECT && !hot.is_empty() && (body_as_closed || has_wal(&self.body)),
        }
    }

    /// Remembers that a store is here, and says nothing about how its files look.
    pub(super) fn leave_open(&self) {
        self.write_seen("open open");
    }

    /// Remembers how the files look, to be called when nobody has them open.
    pub(super) fn leave_clean(&self) {
        let state = format!("{} {}", stamp(&self.hot), stamp(&self.body));
        self.write_seen(&state);
    }

    /// Remembers that the files must be checked.
    pub(super) fn leave_suspect(&self) {
        self.write_seen(SUSPECT);
    }

    /// Remembers that a file is set aside and its place is not taken yet.
    pub(super) fn leave_rescuing(&self) {
        self.write_seen(RESCUING);
    }

    fn write_seen(&self, state: &str) {
        let text = format!("{SEEN_HEAD}\n{state}\n");
        if fs::read_to_string(self.seen()).is_ok_and(|old| old == text) {
            return;
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(self.seen());
        // When this fails, the stamp does not match next time, and the files are checked: slower, never wrong.
        let _ = file.and_then(|mut file| file.write_all(text.as_bytes()));
    }
}

/// Size and time of the last change, in a word.
fn stamp(path: &Path) -> String {
    fs::metadata(path)
        .map_or_else(|_| "none".into(), |m| format!("{}:{}:{}.{:09}", m.ino(), m.len(), m.mtime(), m.mtime_nsec()))
}

/// `path` with `-wal` or `-shm` behind it.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// True when there is a write-ahead log with content: the last user was killed, or one is at work.
pub(super) fn has_wal(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|m| m.len() > 0)
}

/// True when this process may write the file.
pub(super) fn may_write(path: &Path) -> bool {
    access(path, Access::WRITE_OK).is_ok()
}

/// Bytes of a database with its log.
pub(super) fn bytes(path: &Path) -> u64 {
    let of = |path: &Path| fs::metadata(path).map_or(0, |m| m.len());
    of(path) + of(&beside(path, "-wal"))
}

/// Looks at what stands at `path` without opening it as a database. A pipe, a folder or a device is refused here,
/// before anything could wait on it.
pub(super) fn look(path: &Path) -> Result<Found> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == io::ErrorKind::NotFound && fs::symlink_metadata(path).is_err() => {
            return Ok(Found::Missing);
        }
        Err(e) => return Err(fault::place(path, &e)),
    };
    if !meta.is_file() {
        let what = if meta.is_dir() { "a folder is in its place" } else { "what is in its place is no regular file" };
        return Err(StoreError::Place { path: path.into(), what: what.into() });
    }
    if meta.len() == 0 {
        return Ok(Found::Empty);
    }
    let mut header = [0_u8; 100];
    let mut file = File::open(path).map_err(|e| fault::place(path, &e))?;
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Ok(Found::NotDatabase);
    }
    let number = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    Ok(Found::Database { application: number(68), version: number(60) })
}

/// Makes an empty file only its owner may read, before SQLite would make one that others may.
pub(super) fn create_private(path: &Path) -> Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(fault::place(path, &e)),
    }
}

/// Takes read and write rights away from everybody but the owner.
pub(super) fn make_private(path: &Path) {
    if let Ok(meta) = fs::metadata(path)
        && meta.mode() & 0o077 != 0
        && meta.mode() & 0o200 != 0
    {
        // Best effort: a file of another owner stays as it is.
        let _ = fs::set_permissions(path, Permissions::from_mode(0o600));
    }
}

/// Files that were set aside for `path`, in the order of their names.
pub(super) fn aside(path: &Path) -> Vec<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else { return Vec::new() };
    let prefix = format!("{name}.damaged-");
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    let found = fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|entry| {
        let name = entry.file_name();
        name.to_str()?.strip_prefix(&prefix).is_some_and(is_number).then(|| entry.path())
    });
    let mut found: Vec<PathBuf> = found.collect();
    found.sort();
    found
}

/// Gives `path` and its logs the first free name `….damaged-<n>`. Never deletes, never overwrites.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf> {
    const PARTS: [&str; 3] = ["", "-wal", "-shm"];
    let free = |target: &Path| PARTS.iter().all(|part| fs::symlink_metadata(beside(target, part)).is_err());
    let target =
        (1_u32..10_000).map(|n| beside(path, &format!(".damaged-{n}"))).find(|target| free(target)).ok_or_else(
            || StoreError::Damaged { path: path.into(), what: "10,000 damaged files lie here already".into() },
        )?;
    for part in PARTS {
        match fs::rename(beside(path, part), beside(&target, part)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(StoreError::Damaged { path: path.into(), what: e.to_string() });
            }
            _ => {}
        }
    }
    Ok(target)
}

/// Takes the lock: alone if possible, else beside others, waiting at most `patience` for one who opens alone.
#[expect(clippy::disallowed_methods, reason = "opening waits for another process before any screen exists")]
pub(super) fn take(lock: &File, hot: &Path, patience: Duration) -> Result<Company> {
    const NAP: Duration = Duration::from_millis(5);
    match lock.try_lock() {
        Ok(()) => return Ok(Company::Alone),
        Err(TryLockError::Error(_)) => return Ok(Company::Unknown),
        Err(TryLockError::WouldBlock) => {}
    }
    let tries = patience.as_millis() / NAP.as_millis();
    for _ in 0..=tries {
        match lock.try_lock_shared() {
            Ok(()) => return Ok(Company::Others),
            Err(TryLockError::Error(_)) => return Ok(Company::Unknown),
            Err(TryLockError::WouldBlock) => std::thread::sleep(NAP),
        }
    }
    Err(StoreError::Busy { path: hot.into() })
}
