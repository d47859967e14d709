//! Everything that can go wrong with a store, as sentences. Knows no exit codes.

use std::path::PathBuf;

/// A failed store call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Written by a newer program; left untouched.
    #[error("the store {path} has schema {found}, newer than this program's {known}; it was left untouched")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// Newest schema known here.
        known: u32,
    },
    /// Another program's file.
    #[error("{path} is a database of another program; it was left untouched")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Damaged and could not be set aside.
    #[error("the store {path} is damaged ({what}) and could not be set aside")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the check said.
        what: String,
    },
    /// Damaged, and setting it aside would cost what no tracker has; left untouched.
    #[error("the store {path} is damaged ({what}), and {lost} cannot be read from it any more; it was left untouched")]
    Loss {
        /// The file.
        path: PathBuf,
        /// What the check said.
        what: String,
        /// What would be lost, as it stands in a sentence.
        lost: String,
    },
    /// The disk is full.
    #[error("no space left for the store {path}; nothing was lost, nothing was queued")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Reading works, writing does not.
    #[error("the store {path} cannot be written (read-only); browsing works, claims cannot be queued")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process kept it busy for longer than the patience of this one.
    #[error("the store {path} is busy with another floorwalk; try again in a moment")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Not a place where a store can be.
    #[error("the store cannot be opened at {path}: {what}")]
    Place {
        /// The path.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// Anything else the engine said.
    #[error("the store failed: {0}")]
    Engine(String),
}

impl StoreError {
    /// What to do next, as one sentence.
    pub fn hint(&self) -> String {
        match self {
            Self::Newer { .. } => {
                "update floorwalk, or set FLOORWALK_DATA_DIR to another folder to start a second store".into()
            }
            Self::Foreign { path } => {
                format!("move {} elsewhere, or set FLOORWALK_DATA_DIR to another folder", path.display())
            }
            Self::Damaged { path, .. } => format!(
                "close every floorwalk and start again: {} is then set aside under a new name, the outbox is \
                 rescued where it can be read, and `floorwalk sync` fetches the rest again",
                path.display()
            ),
            Self::Loss { path, .. } => format!(
                "put {} back from a copy if you have one; else `floorwalk doctor --mend` keeps it under a new name, saves \
                 what can still be read, and begins a new store, after you said yes",
                path.display()
            ),
            Self::Full { path } => {
                let disk = path.parent().unwrap_or(path);
                format!("make room on the disk that holds {} and repeat the command", disk.display())
            }
            Self::ReadOnly { path } => {
                format!(
                    "make {} and its folder writable, or set FLOORWALK_DATA_DIR to a folder that is",
                    path.display()
                )
            }
            Self::Busy { .. } => "wait until the other floorwalk has finished its sync, or close it".into(),
            Self::Place { .. } => "set FLOORWALK_DATA_DIR to a folder on a local disk that you may write to".into(),
            Self::Engine(_) => "`floorwalk doctor` explains the state of the store".into(),
        }
    }
}
