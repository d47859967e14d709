//! A file beside a store for what can be made again from it: pieces of bytes, each with its length and sum. Written as a whole
//! or not at all; whatever is wrong with it, it counts as absent. Knows nothing of what the pieces mean.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Begins every such file.
const MAGIC: &[u8; 8] = b"FLRWLIST";

/// A file of pieces.
#[derive(Clone, Debug)]
pub struct Pieces {
    path: PathBuf,
}

impl Pieces {
    /// The file of a store that lies in a folder.
    pub(super) fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join("list.cache") }
    }

    /// Writes the file, mode 0600; until all is written the old one stays.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, pieces: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
        let draft = self.path.with_extension(format!("{}.new", std::process::id()));
        let written = write(&draft, pieces).and_then(|()| fs::rename(&draft, &self.path));
        if written.is_err() {
            // What is left of it is of no use; where it cannot be taken away either, it is overwritten by the next.
            let _ = fs::remove_file(&draft);
        }
        written
    }

    /// The pieces of the file, the first one at once; `None` where there is no such file.
    pub fn read(&self) -> Option<Reading> {
        // Opening what is no file, as a pipe, could wait for ever.
        let left = fs::symlink_metadata(&self.path).ok().filter(|about| about.is_file())?.size();
        let file = File::open(&self.path).ok()?;
        let mut reading = Reading { file: BufReader::new(file), left };
        let mut magic = [0; 8];
        reading.file.read_exact(&mut magic).ok()?;
        reading.left = reading.left.checked_sub(8)?;
        (magic == *MAGIC).then_some(reading)
    }
}

fn write(draft: &Path, pieces: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(draft)?;
    let mut out = BufWriter::new(file);
    out.write_all(MAGIC)?;
    for piece in pieces {
        out.write_all(&u64::try_from(piece.len()).unwrap_or(u64::MAX).to_le_bytes())?;
        out.write_all(&crc32fast::hash(&piece).to_le_bytes())?;
        out.write_all(&piece)?;
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The pieces of a file, one after another; ends at the first that is not whole.
pub struct Reading {
    file: BufReader<File>,
    left: u64,
}

impl Iterator for Reading {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let (mut length, mut sum) = ([0; 8], [0; 4]);
        self.file.read_exact(&mut length).ok()?;
        self.file.read_exact(&mut sum).ok()?;
        let length = u64::from_le_bytes(length);
        // A length that the file cannot have asks for no memory.
        self.left = self.left.checked_sub(12)?.checked_sub(length)?;
        let mut piece = vec![0; usize::try_from(length).ok()?];
        self.file.read_exact(&mut piece).ok()?;
        (crc32fast::hash(&piece) == u32::from_le_bytes(sum)).then_some(piece)
    }
}
