//! One search: a plan of what is wanted, and a scan over the chunks of titles that marks every hit and keeps the best. It
//! goes on on several threads, and stops between chunks when nobody wants its answer any more.

use std::{
    cmp::Reverse,
    sync::atomic::{AtomicI32, AtomicUsize, Ordering},
};

use super::{
    Bits,
    keys::Keys,
    titles::{Titles, WORDS},
    word::{HOPELESS, Scratch, Word},
    work::Worker,
};

/// Rows from which on a second thread pays for being woken.
const WORTH_A_THREAD: usize = 64_000;

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
    pub hits: Bits,
    /// The best, and all that are as good as the last of them; best first, equal ones in the order of the rows.
    pub top: Vec<Hit>,
}

/// A search.
pub struct Scan<'a> {
    pub(super) titles: &'a Titles,
    pub(super) words: Vec<Word>,
    pub(super) keys: Vec<Keys>,
    pub(super) from: &'a Bits,
    pub(super) best: usize,
    /// The bound of the score of all words together.
    pub(super) bound: i32,
    /// No hit below it is among the best.
    floor: AtomicI32,
    next: AtomicUsize,
}

impl<'a> Scan<'a> {
    /// A search for the rows on which every word matches, in the title or else in the key, and for the scores of the `best`
    /// of them: 0 for none, `usize::MAX` for all. `from` names the rows that may be hits, of `titles.rows()`.
    pub fn new<W: AsRef<str>>(titles: &'a Titles, words: &[W], from: &'a Bits, best: usize) -> Self {
        let words: Vec<Word> = words.iter().map(|word| Word::new(word.as_ref())).collect();
        let mut scratch = Scratch::new();
        let keys = words.iter().map(|word| Keys::of(word, &titles.projects, &mut scratch)).collect();
        let bound = words.iter().fold(0_i32, |sum, word| sum.saturating_add(word.bound));
        let floor = AtomicI32::new(if best == 0 { i32::MAX } else { HOPELESS + 1 });
        Self { titles, words, keys, from, best, bound, floor, next: AtomicUsize::new(0) }
    }

    /// Looks at everything, on a second thread too where there is enough of it. `None` when `wanted` said before the end
    /// that nobody waits any more; it is asked after each 16 384 rows.
    pub fn run(self, wanted: &(dyn Fn() -> bool + Sync)) -> Option<Answer> {
        let two =
            self.titles.rows() >= WORTH_A_THREAD && std::thread::available_parallelism().is_ok_and(|n| n.get() > 1);
        let work = || {
            let mut worker = Worker::new(self.words.len());
            while wanted() && worker.next(&self) {}
            worker
        };
        let workers = std::thread::scope(|scope| {
            let second = two.then(|| scope.spawn(work));
            let first = work();
            // A thread that panicked is a bug; its panic goes on here, as without threads.
            let second = second.map(|second| second.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)));
            [Some(first), second]
        });
        let is_done = self.next.load(Ordering::Relaxed) >= self.titles.chunks.len();
        (is_done && wanted()).then(|| self.joined(workers.into_iter().flatten()))
    }

    fn joined(&self, workers: impl Iterator<Item = Worker>) -> Answer {
        let (mut hits, mut top) = (Bits::none(self.titles.rows()), Vec::new());
        for worker in workers {
            for (chunk, lane) in &worker.lanes {
                hits.set_words(chunk * WORDS, lane);
            }
            top.extend(worker.found);
        }
        top.sort_unstable_by_key(|hit: &Hit| (Reverse(hit.score), hit.row));
        if let Some(last) = self.best.checked_sub(1).and_then(|last| top.get(last)).map(|hit| hit.score) {
            top.truncate(top.partition_point(|hit| hit.score >= last));
        }
        Answer { hits, top }
    }

    /// The number of the next chunk that nobody looks at yet.
    pub(super) fn next(&self) -> usize {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The least score with which a row is among the best, as far as is known.
    pub(super) fn need(&self) -> i32 {
        self.floor.load(Ordering::Relaxed)
    }

    /// Says that enough hits are this good.
    pub(super) fn raise(&self, floor: i32) {
        self.floor.fetch_max(floor, Ordering::Relaxed);
    }
}
