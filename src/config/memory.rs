//! What the screens remember from one start to the next: that the tour was shown, and where one was when they were left. A
//! small file in the data folder, for this machine alone; whatever is in it is only a wish, checked by who follows it.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// Version of the file.
const VERSION: u32 = 1;
/// Largest file that is read, bytes.
const LARGEST: u64 = 64 * 1024;
/// Places that are kept: one for each configuration.
const PLACES: usize = 16;

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    version: u32,
    /// The tour was shown.
    #[serde(default)]
    pub tour: bool,
    /// Where the screens were left, by configuration file.
    #[serde(default)]
    place: BTreeMap<String, Place>,
}

impl Default for Memory {
    fn default() -> Self {
        Self { version: VERSION, tour: false, place: BTreeMap::new() }
    }
}

/// Where the screens were left. Words as their files and screens know them; all may be wrong by the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Name of the tab.
    pub tab: String,
    /// The query line.
    pub query: String,
    /// Name of the saved view that was open.
    pub view: String,
    /// The order of the list.
    pub sort: String,
    /// Key of the task under the cursor, with its tracker.
    pub task: String,
    /// The task was open in full.
    pub open: bool,
}

/// The file in a data folder.
pub fn file(data: &Path) -> PathBuf {
    data.join("screens.toml")
}

/// Reads what is remembered; nothing when there is no file.
///
/// # Errors
/// A sentence on why it cannot be used. Nothing is lost by going on without.
pub fn read(file: &Path) -> Result<Memory, String> {
    let cannot =
        |why: &str| format!("{} is not used: {why}", crate::domain::text::safe_line(&file.display().to_string()));
    let opened = match fs::metadata(file).map(|found| found.is_file()) {
        // Opening a pipe would wait for somebody who writes.
        Ok(false) => return Err(cannot("it is no file")),
        Ok(true) => fs::File::open(file),
        Err(e) => Err(e),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Memory::default()),
        Err(e) => return Err(cannot(&e.kind().to_string())),
    };
    let mut text = String::new();
    match opened.take(LARGEST + 1).read_to_string(&mut text) {
        Ok(n) if n as u64 <= LARGEST => {}
        Ok(_) => return Err(cannot("it is too large")),
        Err(e) => return Err(cannot(&e.kind().to_string())),
    }
    let memory: Memory = toml::from_str(&text).map_err(|_| cannot("it is not what floorwalk wrote"))?;
    if memory.version != VERSION {
        return Err(cannot("another version of floorwalk wrote it"));
    }
    Ok(memory)
}

/// Writes what is remembered, readable by its owner alone; a cut leaves the old file whole.
///
/// # Errors
/// When it cannot be written.
pub fn write(file: &Path, memory: &Memory) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let text = toml::to_string(memory).map_err(io::Error::other)?;
    let fresh = file.with_extension("toml.new");
    let mut out = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&fresh)?;
    out.write_all(b"# Where the screens of floorwalk were left. It may be deleted at any time.\n")?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(fresh, file)
}

impl Memory {
    /// Where the screens of a configuration were left.
    pub fn place(&self, config: &Path) -> Option<&Place> {
        self.place.get(config.to_str()?)
    }

    /// Remembers where they are left. A configuration whose name is no text is not remembered.
    pub fn keep(&mut self, config: &Path, place: Place) {
        let Some(name) = config.to_str() else { return };
        self.place.insert(name.to_owned(), place);
        // Files that are gone leave first, then whatever comes first by name.
        if self.place.len() > PLACES {
            self.place.retain(|other, _| other == name || Path::new(other).exists());
        }
        while self.place.len() > PLACES {
            let Some(other) = self.place.keys().find(|other| *other != name).cloned() else { break };
            self.place.remove(&other);
        }
    }
}
