//! From what SQLite says to what a user is told. Owns no policy: what happens next is decided by the caller.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::{domain::text::safe_line, store::error::StoreError};

/// The store error for `error`, met while working on the file `path`.
pub(super) fn told(path: &Path, error: &rusqlite::Error) -> StoreError {
    /// The index of the log could not be given its size: what SQLite says when not one page is left on the disk.
    const SHM_SIZE: i32 = 4874;
    let path = path.to_path_buf();
    if error.sqlite_error().is_some_and(|e| e.extended_code == SHM_SIZE) {
        return StoreError::Full { path };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { path, what: sentence(error) }
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StoreError::Place { path, what: sentence(error) },
        Some(ErrorCode::SystemIoFailure) => StoreError::Engine(format!(
            "the disk that holds {} answered with an error ({})",
            path.display(),
            sentence(error)
        )),
        _ => StoreError::Engine(sentence(error)),
    }
}

/// True when the file's content is at fault, not its surroundings.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// True when somebody died while the file was written without its log, as when it was made: whoever opens it for writing
/// takes the half back first, and nobody can read it before.
pub(super) fn is_half_written(error: &rusqlite::Error) -> bool {
    const READONLY_ROLLBACK: i32 = 776;
    error.sqlite_error().is_some_and(|e| e.extended_code == READONLY_ROLLBACK)
}

/// True when another connection was in the way at the very moment; trying again is right.
pub(super) fn is_passing(error: &rusqlite::Error) -> bool {
    const BUSY_RECOVERY: i32 = 261;
    const BUSY_SNAPSHOT: i32 = 517;
    error.sqlite_error().is_some_and(|e| matches!(e.extended_code, BUSY_RECOVERY | BUSY_SNAPSHOT))
}

/// A failed file operation of our own.
pub(super) fn place(path: &Path, error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            StoreError::Full { path: path.to_path_buf() }
        }
        _ => StoreError::Place { path: path.to_path_buf(), what: safe_line(&error.to_string()).into_owned() },
    }
}

fn sentence(error: &rusqlite::Error) -> String {
    safe_line(&error.to_string()).into_owned()
}
