//! The flight recorder: the last ten thousand things that happened on the screens, as values and as lines. Keys are kept as
//! chords, and what is typed into a field only as a number of characters; of commands, effects and news the kind alone, of errors
//! the exit code. So nobody's words, names or secrets are in it, and nothing has to be taken out of it. Times count from the start.
//! Writes no file and starts no thread; that is for who holds the other end of [`Recorder::new`].

use std::{
    collections::VecDeque,
    fmt::{self, Debug, Display, Write},
    str::FromStr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
};

use crate::{domain::time::Now, keymap::Chord};

/// Events that are kept.
pub const KEPT: usize = 10_000;
/// First line of a recording, with the version of its form.
pub const HEAD: &str = "floorwalk flight recording 1";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A key that types nothing.
    Key(Chord),
    /// So many characters were typed into a field.
    Typed(usize),
    /// So many characters were pasted.
    Pasted(usize),
    /// The window has this many columns and rows.
    Size(u16, u16),
    /// Something else came to the screens, by its kind.
    Came(String),
    /// A command was given, by its kind.
    Wish(String),
    /// An effect began, by its kind.
    Began(String),
    /// An effect ended; `None` when it went well, else the exit code of its error.
    Ended(String, Option<u8>),
    /// A sync ended.
    Synced {
        /// Tasks read.
        read: u32,
        /// Requests sent.
        requests: u64,
        /// Of them answered "not modified".
        unchanged: u64,
        /// Rows that could not be read.
        odd: usize,
        /// Trackers and projects that failed.
        problems: usize,
    },
    /// Something failed, by its exit code.
    Failed(u8),
    /// A bug, by its place in the source.
    Bug(String),
    /// The screens were left, by the exit code of the process.
    Left(u8),
}

/// Something that happened, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Milliseconds since the recording began.
    pub at: u64,
    /// What.
    pub what: Happened,
}

/// What the keeper of the file is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poke {
    /// There is something new. Told once, until it was fetched.
    News,
    /// There is something that should be kept at once.
    Urgent,
    /// Nothing more will come.
    End,
}

/// The recorder. Cheap to clone; all clones write the same recording.
#[derive(Clone, Debug)]
pub struct Recorder {
    ring: Arc<Mutex<Ring>>,
    pokes: Sender<Poke>,
}

#[derive(Debug)]
struct Ring {
    start: Now,
    entries: VecDeque<Entry>,
    /// Entries that had to go.
    gone: u64,
    /// Something was noted since it was last fetched.
    is_new: bool,
}

impl Recorder {
    /// An empty recording that begins now, and where it tells that there is something new.
    pub fn new(start: Now) -> (Self, Receiver<Poke>) {
        let (pokes, told) = channel();
        let ring = Ring { start, entries: VecDeque::new(), gone: 0, is_new: false };
        (Self { ring: Arc::new(Mutex::new(ring)), pokes }, told)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what happened. Never waits for a disk.
    pub fn note(&self, now: Now, what: Happened) {
        let urgent = matches!(what, Happened::Failed(_) | Happened::Bug(_) | Happened::Ended(_, Some(_)));
        let was_new = self.ring().add(now, what);
        // Nobody who keeps it: then it is kept in memory alone.
        if urgent {
            let _ = self.pokes.send(Poke::Urgent);
        } else if !was_new {
            let _ = self.pokes.send(Poke::News);
        }
    }

    /// Notes a panic. Gives up where it happened in the middle of another note, instead of waiting for itself.
    pub fn note_bug(&self, now: Now, place: String) {
        if let Ok(mut ring) = self.ring.try_lock() {
            ring.add(now, Happened::Bug(place));
        }
    }

    /// No more will come: whoever keeps it can stop.
    pub fn end(&self) {
        let _ = self.pokes.send(Poke::End);
    }

    /// The recording as text, one line an event. `None` while somebody is noting something, and with `only_new` where nothing was
    /// noted since this was last asked.
    pub fn text(&self, only_new: bool) -> Option<String> {
        let mut ring = self.ring.try_lock().ok()?;
        let is_new = std::mem::take(&mut ring.is_new);
        (is_new || !only_new).then(|| ring.to_string())
    }
}

impl Ring {
    /// Adds what happened; true when there was something new already.
    fn add(&mut self, now: Now, what: Happened) -> bool {
        let since = now.0.as_millisecond().saturating_sub(self.start.0.as_millisecond());
        let at = u64::try_from(since).unwrap_or(0);
        match (self.entries.back_mut().map(|last| &mut last.what), &what) {
            (Some(Happened::Typed(before)), Happened::Typed(more)) => *before = before.saturating_add(*more),
            _ => self.entries.push_back(Entry { at, what }),
        }
        if self.entries.len() > KEPT {
            self.entries.pop_front();
            self.gone += 1;
        }
        std::mem::replace(&mut self.is_new, true)
    }
}

impl Display for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}, {} earlier events gone", self.gone)?;
        self.entries.iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

/// Reads a recording. Lines that are no event are left out.
pub fn read(text: &str) -> Vec<Entry> {
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

impl Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.at)?;
        match &self.what {
            Happened::Key(chord) => write!(f, "key {chord}"),
            Happened::Typed(n) => write!(f, "typed {n}"),
            Happened::Pasted(n) => write!(f, "pasted {n}"),
            Happened::Size(columns, rows) => write!(f, "size {columns} {rows}"),
            Happened::Came(kind) => write!(f, "came {kind}"),
            Happened::Wish(kind) => write!(f, "wish {kind}"),
            Happened::Began(kind) => write!(f, "began {kind}"),
            Happened::Ended(kind, None) => write!(f, "ended {kind}"),
            Happened::Ended(kind, Some(code)) => write!(f, "ended {kind} {code}"),
            Happened::Synced { read, requests, unchanged, odd, problems } => {
                write!(f, "synced {read} {requests} {unchanged} {odd} {problems}")
            }
            Happened::Failed(code) => write!(f, "failed {code}"),
            Happened::Bug(place) => write!(f, "bug {place}"),
            Happened::Left(code) => write!(f, "left {code}"),
        }
    }
}

impl FromStr for Entry {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let (at, rest) = line.split_once(' ').ok_or(())?;
        let (kind, rest) = rest.split_once(' ').ok_or(())?;
        let mut words = rest.split(' ');
        let word = rest.to_owned();
        fn number<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Result<T, ()> {
            words.next().and_then(|word| word.parse().ok()).ok_or(())
        }
        let what = match kind {
            "key" => Happened::Key(rest.parse().map_err(|_| ())?),
            "typed" => Happened::Typed(number(&mut words)?),
            "pasted" => Happened::Pasted(number(&mut words)?),
            "size" => Happened::Size(number(&mut words)?, number(&mut words)?),
            "came" => Happened::Came(word),
            "wish" => Happened::Wish(word),
            "began" => Happened::Began(word),
            "ended" => match rest.split_once(' ') {
                None => Happened::Ended(word, None),
                Some((kind, code)) => Happened::Ended(kind.into(), Some(code.parse().map_err(|_| ())?)),
            },
            "synced" => Happened::Synced {
                read: number(&mut words)?,
                requests: number(&mut words)?,
                unchanged: number(&mut words)?,
                odd: number(&mut words)?,
                problems: number(&mut words)?,
            },
            "failed" => Happened::Failed(number(&mut words)?),
            "bug" => Happened::Bug(word),
            "left" => Happened::Left(number(&mut words)?),
            _ => return Err(()),
        };
        Ok(Self { at: at.parse().map_err(|_| ())?, what })
    }
}

/// The kind of a value: the name of its variant, and nothing of what is in it.
pub fn kind(value: &impl Debug) -> String {
    /// Stops at the first sign that belongs to no name, so that nothing behind it is ever written.
    struct Name(String);
    impl Write for Name {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for c in text.chars() {
                if !c.is_ascii_alphanumeric() {
                    return Err(fmt::Error);
                }
                self.0.push(c);
            }
            Ok(())
        }
    }
    let mut name = Name(String::new());
    // An error only says that the name is whole.
    let _ = write!(name, "{value:?}");
    name.0
}
