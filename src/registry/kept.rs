//! The last good texts of a registry, kept so that a start without network, or a slip while editing, changes nothing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Finding, Source, is_whole};

/// Name of the stored value that holds the texts of the registry.
pub const VALUE: &str = "registry";

/// Texts that were read, and what was wrong with newer ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Where they came from, as configured; texts of another place are not used.
    pub from: String,
    /// When they were last read.
    pub at: Option<Timestamp>,
    /// Last push of the repository when they were read.
    pub pushed_at: Option<Timestamp>,
    /// The files, each the newest that was whole.
    pub files: Vec<Source>,
    /// What could not be read.
    pub troubles: Vec<Finding>,
}

impl Kept {
    /// The texts of a place, from a stored value; empty when there are none.
    pub fn load(value: Option<&str>, from: &str) -> Self {
        let stored: Option<Self> = value.and_then(|v| serde_json::from_str(v).ok());
        stored.filter(|k| k.from == from).unwrap_or_else(|| Self { from: from.to_owned(), ..Self::default() })
    }

    /// As a value to store.
    pub fn store(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Takes newly read files. A file that is broken keeps its last good text; where nothing at all could be read, all
    /// stay as they are.
    pub fn take(&mut self, files: Vec<Source>, troubles: Vec<Finding>) {
        self.troubles = troubles;
        if files.is_empty() {
            return;
        }
        let before = std::mem::take(&mut self.files);
        let unread: Vec<&str> = self.troubles.iter().map(|t| t.file.as_str()).collect();
        // A file that is there and could not be read is not one that was removed.
        self.files = before.iter().filter(|old| unread.contains(&old.name.as_str())).cloned().collect();
        let mut broken = Vec::new();
        for file in files {
            let old = before.iter().find(|old| old.name == file.name).filter(|_| !is_whole(&file.text));
            if old.is_some() {
                let sentence = "is broken; its last good text stays in use";
                broken.push(Finding::whole(&file.name, sentence, "`floorwalk registry check` names every mistake"));
            }
            self.files.push(old.cloned().unwrap_or(file));
        }
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        self.troubles.extend(broken);
    }
}

/// The last good text of a repository's own file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptOverlay {
    /// Last push of the repository when it was looked for.
    pub pushed_at: Option<Timestamp>,
    /// The text; `None` when there is no such file.
    pub text: Option<String>,
    /// The newest text was broken, and this is the one before.
    #[serde(default)]
    pub broken: bool,
}
