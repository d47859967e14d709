//! One search: a plan of what is wanted, and a scan over the chunks of titles that counts and marks every hit and keeps
//! the best. It goes on in slices or on several threads, and stops between chunks when nobody wants its answer any more.

use std::{
    cmp::Reverse,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{
    bits::Bitmap,
    keys::Keys,
    titles::{Titles, WORTH_A_THREAD},
    word::{Scratch, Word},
    work::Worker,
};

/// A row that was found, with the sum of its words' scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The row.
    pub row: u32,
    /// Higher is better.
    pub score: i32,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// All rows that match.
    pub hits: Arc<Bitmap>,
    /// How many they are.
    pub count: usize,
    /// The best, best first; equal ones in the order of the rows.
    pub top: Vec<Hit>,
}

/// Tells searches that nobody waits for them any more. Each new one outdates those before it.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<AtomicU64>);

/// A search's place in the row of searches.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    latest: Arc<AtomicU64>,
    own: u64,
}

impl Turns {
    /// The next turn; all before it are over.
    pub fn next(&self) -> Turn {
        Turn { own: self.0.fetch_add(1, Ordering::Relaxed) + 1, latest: Arc::clone(&self.0) }
    }
}

impl Turn {
    /// True when a newer turn has come.
    pub fn is_over(&self) -> bool {
        self.latest.load(Ordering::Relaxed) != self.own
    }
}

/// A hit as a number, larger is better: score, then the earlier row.
pub(super) fn packed(score: i32, row: u32) -> u64 {
    let score = u64::from(score.cast_unsigned() ^ 1 << 31);
    score << 32 | u64::from(!row)
}

pub(super) fn unpacked(packed: u64) -> Hit {
    let (score, row) = ((packed >> 32) as u32, !(packed as u32));
    Hit { row, score: (score ^ 1 << 31).cast_signed() }
}

/// A search that goes on in slices. Owns all it needs, so that it may be taken to another thread.
pub struct Scan {
    pub(super) titles: Titles,
    pub(super) words: Vec<Word>,
    pub(super) keys: Vec<Keys>,
    pub(super) from: Option<Arc<Bitmap>>,
    pub(super) best: usize,
    /// The bound of the score of all words together.
    pub(super) bound: i32,
    /// No hit at or below it is among the best.
    floor: AtomicU64,
    next: AtomicUsize,
    own: Option<Worker>,
}

impl Scan {
    /// A search for the best hits, at most `best`, on which every word matches, in the title or else in the key; `from`
    /// names the rows that may be hits, of `titles.rows()`; `None` for all.
    pub fn new(titles: &Titles, words: &[String], from: Option<Arc<Bitmap>>, best: usize) -> Self {
        let words: Vec<Word> = words.iter().map(|word| Word::new(word)).collect();
        let mut scratch = Scratch::new();
        let keys = words.iter().map(|word| Keys::of(word, &titles.projects, &mut scratch)).collect();
        let bound = words.iter().fold(0_i32, |sum, word| sum.saturating_add(word.bound));
        let (floor, next) = (AtomicU64::new(0), AtomicUsize::new(0));
        Self { titles: titles.clone(), words, keys, from, best, bound, floor, next, own: None }
    }

    /// Tells of rows that were the best for something similar: where enough of them are found again, nothing below them
    /// needs a closer look. It changes no answer.
    pub(super) fn seed(&mut self, similar: &[Hit]) {
        if self.best == 0 || similar.len() < self.best {
            return;
        }
        let mut worker = self.worker();
        let may = |row: &u32| self.from.as_ref().is_none_or(|from| from.contains(*row));
        let rows = similar.iter().map(|hit| hit.row).filter(may);
        let mut again: Vec<u64> = rows.filter_map(|row| Some(packed(worker.score_of(self, row)?, row))).collect();
        again.sort_unstable_by_key(|packed| Reverse(*packed));
        if let Some(last) = again.get(self.best - 1) {
            self.floor = AtomicU64::new(last - 1);
        }
    }

    /// Looks at up to `chunks` more chunks of 16 384 rows, about a tenth of a millisecond each. True when there are no more.
    pub fn step(&mut self, chunks: usize) -> bool {
        let mut worker = self.own.take().unwrap_or_else(|| self.worker());
        let done = !(0..chunks).all(|_| worker.next(self)) || self.is_done();
        self.own = Some(worker);
        done
    }

    fn is_done(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.titles.chunks.len()
    }

    /// Looks at all the rest, on a second thread too where there is enough of it. `None` when the turn was over before
    /// the end.
    pub fn run(mut self, turn: &Turn) -> Option<Answer> {
        let two =
            self.titles.rows() >= WORTH_A_THREAD && std::thread::available_parallelism().is_ok_and(|n| n.get() > 1);
        let mut first = self.own.take().unwrap_or_else(|| self.worker());
        let scan = &self;
        let work = |worker: &mut Worker| while !turn.is_over() && worker.next(scan) {};
        let second = std::thread::scope(|scope| {
            let second = two.then(|| {
                scope.spawn(|| {
                    let mut worker = scan.worker();
                    work(&mut worker);
                    worker
                })
            });
            work(&mut first);
            // A thread that panicked is a bug; its panic goes on here, as without threads.
            second.map(|second| second.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)))
        });
        (self.is_done() && !turn.is_over()).then(|| self.joined([Some(first), second].into_iter().flatten().collect()))
    }

    /// The answer of a scan that looked at everything; what is not yet looked at is not in it.
    pub fn answer(mut self) -> Answer {
        let own = self.own.take();
        self.joined(own.into_iter().collect())
    }

    fn joined(&self, workers: Vec<Worker>) -> Answer {
        let mut hits = Bitmap::none(self.titles.rows());
        let mut all: Vec<u64> = Vec::new();
        let mut count = 0;
        for worker in workers {
            for (chunk, lane) in &worker.lanes {
                hits.set_lane(*chunk, lane);
            }
            count += worker.count;
            all.extend(worker.best());
        }
        all.sort_unstable_by_key(|packed| Reverse(*packed));
        all.truncate(self.best);
        Answer { hits: Arc::new(hits), count, top: all.into_iter().map(unpacked).collect() }
    }

    fn worker(&self) -> Worker {
        Worker::new(self.words.len(), self.best)
    }

    /// The number of the next chunk that nobody looks at yet.
    pub(super) fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// A row that is no better than this is not among the best.
    pub(super) fn floor(&self) -> u64 {
        self.floor.load(Ordering::Relaxed)
    }

    /// Says that enough hits are better than this.
    pub(super) fn raise(&self, floor: u64) {
        self.floor.fetch_max(floor, Ordering::Relaxed);
    }
}
