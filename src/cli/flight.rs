//! Keeps the recording of the screens in a file that outlives a crash: `flight/` in the data folder, one file a run, readable by
//! its owner alone. A thread of its own writes: a few seconds after something was noted, at once after an error, and at the end. While
//! nothing happens it sleeps. What is in a recording is decided in `app::recorder`.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    panic,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    app::recorder::{KEPT, Poke, Recorder},
    domain::time::Now,
};

/// How long news are gathered before they are written.
const GATHER: Duration = Duration::from_secs(3);
/// Recordings that are kept.
const RUNS: usize = 3;
/// Largest file that is read, bytes: every event as long as an event can be.
const LARGEST: u64 = 256 * KEPT as u64;

/// A recording that is being kept.
pub(crate) struct Flight {
    recorder: Recorder,
    keeper: Option<JoinHandle<()>>,
}

impl Flight {
    /// Begins a recording in a data folder. Without a place to write it stays in memory. From now on a panic is noted and written
    /// before anything else is said about it.
    pub(crate) fn start(data: &Path, now: Arc<dyn Fn() -> Now + Send + Sync>) -> Self {
        let (recorder, pokes) = Recorder::new(now());
        let folder = data.join("flight");
        let file = folder.join(format!("{}-{}.txt", now().0.strftime("%Y%m%dT%H%M%SZ"), std::process::id()));
        let (kept, into) = (recorder.clone(), file.clone());
        let keeper = thread::Builder::new().name("floorwalk-flight".into()).spawn(move || {
            make_room(&folder);
            keep(&kept, &pokes, &into);
        });
        let (noted, before) = (recorder.clone(), panic::take_hook());
        panic::set_hook(Box::new(move |info| {
            noted.note_bug(now(), info.location().map(ToString::to_string).unwrap_or_default());
            save(&noted, &file);
            before(info);
        }));
        Self { recorder, keeper: keeper.ok() }
    }

    pub(crate) fn recorder(&self) -> Recorder {
        self.recorder.clone()
    }

    /// Writes what is new and waits until it is written.
    pub(crate) fn end(self) {
        self.recorder.end();
        // A keeper that panicked has been told of.
        let _ = self.keeper.map(JoinHandle::join);
    }
}

/// Writes whenever something is new, until the end.
fn keep(recorder: &Recorder, pokes: &Receiver<Poke>, file: &Path) {
    while let Ok(poke) = pokes.recv() {
        let mut last = poke;
        if poke == Poke::News {
            last = match pokes.recv_timeout(GATHER) {
                Ok(next) => next,
                Err(RecvTimeoutError::Timeout) => Poke::News,
                Err(RecvTimeoutError::Disconnected) => Poke::End,
            };
        }
        save(recorder, file);
        if last == Poke::End {
            return;
        }
    }
}

fn save(recorder: &Recorder, file: &Path) {
    let Some(text) = recorder.text(true) else { return };
    if let Err(e) = write(file, &text) {
        tracing::info!("the recording is not written: {}", e.kind());
    }
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let mut out = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&fresh)?;
    out.write_all(text.as_bytes())?;
    fs::rename(fresh, file)
}

/// Makes the folder, and takes out the oldest recordings.
fn make_room(folder: &Path) {
    // What cannot be made cannot be written either, which is told then.
    let _ = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    for old in files(folder).iter().skip(RUNS - 1) {
        let _ = fs::remove_file(old);
    }
}

/// The recordings of a folder, the newest first.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.retain(|file| file.extension().is_some_and(|end| end == "txt" || end == "new") && file.is_file());
    found.sort();
    found.reverse();
    found
}

/// Name and text of the recordings in a data folder, the newest first. What cannot be read is left out.
pub(crate) fn recordings(data: &Path) -> Vec<(String, String)> {
    let text = |file: PathBuf| {
        let mut text = Vec::new();
        fs::File::open(&file).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
        let name = file.file_name()?.to_string_lossy().into_owned();
        Some((name, String::from_utf8_lossy(&text).into_owned()))
    };
    files(&data.join("flight"))
        .into_iter()
        .filter(|file| file.extension().is_some_and(|end| end == "txt"))
        .filter_map(text)
        .collect()
}
