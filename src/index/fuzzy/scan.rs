//! One search: a plan of what is wanted, and a scan over the chunks of titles that counts and marks every hit and keeps
//! the best. It goes on in slices or on several threads, and stops between chunks when nobody wants its answer any more.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use super::{
    bits::{Bitmap, Lane, ROWS, WORDS, ones},
    keys::{Key, Keys},
    titles::{Chunk, Titles, WORTH_A_THREAD},
    word::{Scratch, Word},
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
fn packed(score: i32, row: u32) -> u64 {
    let score = u64::from(score.cast_unsigned() ^ 1 << 31);
    score << 32 | u64::from(!row)
}

fn unpacked(packed: u64) -> Hit {
    let (score, row) = ((packed >> 32) as u32, !(packed as u32));
    Hit { row, score: (score ^ 1 << 31).cast_signed() }
}

/// A search that goes on in slices. Owns all it needs, so that it may be taken to another thread.
pub struct Scan {
    titles: Titles,
    words: Vec<Word>,
    keys: Vec<Keys>,
    from: Option<Arc<Bitmap>>,
    best: usize,
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
        let (floor, next) = (AtomicU64::new(0), AtomicUsize::new(0));
        Self { titles: titles.clone(), words, keys, from, best, floor, next, own: None }
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
            all.extend(worker.top.kept());
        }
        all.sort_unstable_by_key(|packed| Reverse(*packed));
        all.truncate(self.best);
        Answer { hits: Arc::new(hits), count, top: all.into_iter().map(unpacked).collect() }
    }

    fn worker(&self) -> Worker {
        let top = Top { best: self.best, heap: BinaryHeap::new(), every: Vec::new() };
        Worker {
            scratch: Scratch::new(),
            key: Key::default(),
            by_title: vec![[0; WORDS]; self.words.len()],
            by_key: vec![[0; WORDS]; self.words.len()],
            top,
            lanes: Vec::new(),
            count: 0,
        }
    }
}

/// The best hits so far.
struct Top {
    best: usize,
    heap: BinaryHeap<Reverse<u64>>,
    /// In place of the heap where all are wanted.
    every: Vec<u64>,
}

impl Top {
    fn push(&mut self, packed: u64, floor: &AtomicU64) {
        if self.best == usize::MAX {
            self.every.push(packed);
            return;
        }
        self.heap.push(Reverse(packed));
        if self.heap.len() > self.best {
            self.heap.pop();
        }
        if self.heap.len() == self.best
            && let Some(Reverse(least)) = self.heap.peek()
        {
            // What is below the worst of one thread's best is below that of all.
            floor.fetch_max(least - 1, Ordering::Relaxed);
        }
    }

    fn kept(&self) -> impl Iterator<Item = u64> + '_ {
        self.heap.iter().map(|Reverse(packed)| *packed).chain(self.every.iter().copied())
    }
}

/// What a thread works with.
struct Worker {
    scratch: Scratch,
    key: Key,
    /// By word: rows whose titles may match.
    by_title: Vec<Lane>,
    /// By word: rows whose keys may match.
    by_key: Vec<Lane>,
    top: Top,
    /// Hits of the chunks that are done.
    lanes: Vec<(usize, Lane)>,
    count: usize,
}

impl Worker {
    /// Takes the next chunk; false when there is none.
    fn next(&mut self, scan: &Scan) -> bool {
        let at = scan.next.fetch_add(1, Ordering::Relaxed);
        let Some(chunk) = scan.titles.chunks.get(at) else { return false };
        let mut lane = self.candidates(scan, chunk, at);
        if lane.iter().any(|word| *word != 0) {
            match scan.words.as_slice() {
                [word] if word.lone && scan.best < usize::MAX => self.lone(scan, chunk, at, &mut lane),
                _ => self.every(scan, chunk, at, &mut lane),
            }
            self.count += lane.iter().map(|word| word.count_ones() as usize).sum::<usize>();
            self.lanes.push((at, lane));
        }
        true
    }

    /// The rows of a chunk that may be hits, by the characters they have.
    fn candidates(&mut self, scan: &Scan, chunk: &Chunk, at: usize) -> Lane {
        let mut lane = [0; WORDS];
        match &scan.from {
            Some(from) => lane = from.lane(at),
            None => fill(&mut lane, chunk.rows),
        }
        let lanes = self.by_title.iter_mut().zip(&mut self.by_key);
        for ((word, keys), (by_title, by_key)) in scan.words.iter().zip(&scan.keys).zip(lanes) {
            *by_title = lane;
            chunk.narrow(by_title, word.set(), &word.twice);
            *by_key = [0; WORDS];
            if keys.any {
                keys.rows(chunk, by_key);
            }
            for (word, (by_title, by_key)) in lane.iter_mut().zip(by_title.iter().zip(by_key.iter())) {
                *word &= by_title | by_key;
            }
        }
        lane
    }

    /// Tests every candidate, and scores those that may be among the best.
    fn every(&mut self, scan: &Scan, chunk: &Chunk, at: usize, lane: &mut Lane) {
        for (part, word) in lane.iter_mut().enumerate() {
            for bit in ones(*word) {
                let row = part * 64 + bit as usize;
                match self.bound(scan, chunk, row) {
                    None => *word &= !(1 << bit),
                    Some(bound) => self.consider(scan, chunk, at, row, bound),
                }
            }
        }
    }

    /// A word of one letter: the characters a title has tell whether it is a hit.
    fn lone(&mut self, scan: &Scan, chunk: &Chunk, at: usize, lane: &mut Lane) {
        let (Some(word), Some(titles)) = (scan.words.first(), self.by_title.first().copied()) else { return };
        for (part, hits) in lane.iter_mut().enumerate() {
            for bit in ones(*hits & !titles[part]) {
                let row = part * 64 + bit as usize;
                match self.bound(scan, chunk, row) {
                    None => *hits &= !(1 << bit),
                    Some(bound) => self.consider(scan, chunk, at, row, bound),
                }
            }
        }
        // Titles that begin with the letter come before all others.
        let Some((small, large)) = word.first() else { return };
        let starts = |part: usize| {
            let first = chunk.first.iter().skip(part * 64).take(64);
            first.enumerate().fold(0_u64, |set, (bit, c)| set | u64::from(*c == small || *c == large) << bit)
        };
        let mut rest = titles;
        for (part, rest) in rest.iter_mut().enumerate() {
            let row = part * 64;
            let begin =
                if *rest & lane[part] == 0 || self.is_hopeless(scan, at, row, word.bound) { 0 } else { starts(part) };
            for bit in ones(begin & *rest & lane[part]) {
                self.consider(scan, chunk, at, row + bit as usize, word.bound);
            }
            *rest &= lane[part] & !begin;
        }
        let bound = word.bound - 8;
        for (part, rest) in rest.iter().enumerate().filter(|(_, rest)| **rest != 0) {
            let row = part * 64;
            if self.is_hopeless(scan, at, row, bound) {
                break;
            }
            for bit in ones(*rest) {
                self.consider(scan, chunk, at, row + bit as usize, bound);
            }
        }
    }

    /// True when no row from this one on can be among the best with a score up to `bound`.
    fn is_hopeless(&self, scan: &Scan, at: usize, row: usize, bound: i32) -> bool {
        scan.best < usize::MAX && packed(bound, row_of(at, row)) <= scan.floor.load(Ordering::Relaxed)
    }

    /// Scores a hit when its bound says that it may be among the best.
    #[inline]
    fn consider(&mut self, scan: &Scan, chunk: &Chunk, at: usize, row: usize, bound: i32) {
        if scan.best == 0 || self.is_hopeless(scan, at, row, bound) {
            return;
        }
        if let Some(score) = self.score(scan, chunk, row) {
            let packed = packed(score, row_of(at, row));
            if scan.best == usize::MAX || packed > scan.floor.load(Ordering::Relaxed) {
                self.top.push(packed, &scan.floor);
            }
        }
    }

    /// A bound of the score of a candidate; `None` when some word matches neither its title nor its key.
    #[inline]
    fn bound(&mut self, scan: &Scan, chunk: &Chunk, row: usize) -> Option<i32> {
        let (part, bit) = (row / 64, row % 64);
        let mut sum = 0_i32;
        for (nth, word) in scan.words.iter().enumerate() {
            let is = |lanes: &[Lane]| lanes.get(nth).is_some_and(|lane| lane[part] >> bit & 1 == 1);
            let by_title = if is(&self.by_title) {
                self.scratch.bound(word, chunk.planes(row), chunk.is_odd(row), || chunk.title(row).into_owned())
            } else {
                None
            };
            let bound = match by_title {
                Some(bound) => bound,
                None if is(&self.by_key) => {
                    let (project, number) = chunk.key(row);
                    scan.keys.get(nth).filter(|keys| keys.matches(word, project, number)).map(|_| word.bound)?
                }
                None => return None,
            };
            sum = sum.saturating_add(bound);
        }
        Some(sum)
    }

    /// The score of a hit.
    fn score(&mut self, scan: &Scan, chunk: &Chunk, row: usize) -> Option<i32> {
        let mut sum = 0_i32;
        let (planes, odd) = (chunk.planes(row), chunk.is_odd(row));
        for (word, keys) in scan.words.iter().zip(&scan.keys) {
            let text = || chunk.title(row).into_owned();
            let by_title = self.scratch.bound(word, planes, odd, text).is_some();
            let score = if by_title {
                self.scratch.score(word, planes, odd, text)?
            } else {
                let key = chunk.key(row);
                let prefix = scan.titles.projects.get(key.0 as usize)?;
                keys.score(word, key, prefix, &mut self.scratch, &mut self.key)?
            };
            sum = sum.saturating_add(score);
        }
        Some(sum)
    }

    /// The score of any row; `None` when it is no hit.
    fn score_of(&mut self, scan: &Scan, row: u32) -> Option<i32> {
        let (chunk, at) = (row as usize / ROWS, row as usize % ROWS);
        self.score(scan, scan.titles.chunks.get(chunk)?, at)
    }
}

fn row_of(chunk: usize, row: usize) -> u32 {
    u32::try_from(chunk * ROWS + row).unwrap_or(u32::MAX)
}

fn fill(lane: &mut Lane, rows: usize) {
    for (word, at) in lane.iter_mut().zip((0_usize..).step_by(64)) {
        *word = match rows.saturating_sub(at) {
            0 => 0,
            left @ 1..64 => !0 >> (64 - left),
            _ => !0,
        };
    }
}
