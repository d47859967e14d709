//! What one thread does for a search: chunk after chunk, from the rows that may be hits by the characters they have to
//! those that are, and from those to the few that are worth a score.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    super::bits::ones,
    keys::{Key, Keys},
    scan::{Hit, Scan},
    titles::{Chunk, Lane, ROWS, WORDS},
    word::{HOPELESS, Scratch, Word},
};

/// What a first character in its place brings beside the start of another word.
const BEGINNING: i32 = 8;
/// How many parts of 64 rows ahead titles are fetched from memory.
const AHEAD: usize = 2;

/// What a thread works with.
pub(super) struct Worker {
    scratch: Scratch,
    key: Key,
    /// By word: rows whose titles may match.
    by_title: Vec<Lane>,
    /// By word: rows whose keys may match.
    by_key: Vec<Lane>,
    /// The best scores so far, where not all are wanted.
    scores: BinaryHeap<Reverse<i32>>,
    /// Hits that were among the best when they were found, in no order.
    pub(super) found: Vec<Hit>,
    /// Hits that may be among the best, with a bound of their score.
    near: Vec<(usize, i32)>,
    /// Hits of the chunks that are done.
    pub(super) lanes: Vec<(usize, Lane)>,
}

/// Where a worker is.
#[derive(Clone, Copy)]
struct Place<'a> {
    scan: &'a Scan<'a>,
    chunk: &'a Chunk,
    at: usize,
}

impl Worker {
    pub(super) fn new(words: usize) -> Self {
        Self {
            scratch: Scratch::new(),
            key: Key::default(),
            by_title: vec![[0; WORDS]; words],
            by_key: vec![[0; WORDS]; words],
            scores: BinaryHeap::new(),
            found: Vec::new(),
            near: Vec::new(),
            lanes: Vec::new(),
        }
    }

    /// Takes the next chunk; false when there is none.
    pub(super) fn next(&mut self, scan: &Scan) -> bool {
        let at = scan.next();
        let Some(chunk) = scan.titles.chunks.get(at) else { return false };
        let place = Place { scan, chunk, at };
        let mut lane = self.candidates(place);
        let alone = matches!(scan.words.as_slice(), [word] if word.lone);
        for part in 0..WORDS {
            // Where a letter alone is looked for, hardly any title is read.
            if let Some(next) = lane.get(part + AHEAD).filter(|_| !alone) {
                chunk.touch(part + AHEAD, *next);
            }
            let rows = lane[part];
            lane[part] = match scan.words.as_slice() {
                _ if rows == 0 => 0,
                [word] => self.one(place, word, part, rows),
                _ => self.several(place, part, rows),
            };
        }
        if lane.iter().any(|word| *word != 0) {
            self.lanes.push((at, lane));
        }
        true
    }

    /// The rows of a chunk that may be hits, by the characters they have.
    fn candidates(&mut self, Place { scan, chunk, at }: Place<'_>) -> Lane {
        let mut lane = scan.from.words(at * WORDS);
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

    /// The hits for one word among 64 rows. Where a title may be among the best, it is asked for a bound right away.
    fn one(&mut self, place: Place<'_>, word: &Word, part: usize, rows: u64) -> u64 {
        let (chunk, scan) = (place.chunk, place.scan);
        let titles = rows & self.by_title.first().map_or(0, |lane| lane[part]);
        let need = scan.need();
        let close = match word.first() {
            _ if need > word.bound || !word.plain => 0,
            Some(first) if need > word.bound - BEGINNING => titles & chunk.beginning(part, first),
            _ => titles,
        };
        let mut hits = self.sift(chunk, word, part, titles & !close);
        self.near.clear();
        let Self { near, scratch, .. } = self;
        chunk.ask(part, close, &mut scratch.test(word, need), |bit, bound: Option<i32>| {
            hits |= u64::from(bound.is_some()) << bit;
            near.extend(bound.filter(|bound| *bound != HOPELESS).map(|bound| (part * 64 + bit as usize, bound)));
        });
        if !word.plain {
            near.extend(ones(hits).map(|bit| (part * 64 + bit as usize, word.bound)));
        }
        let by_key = rows & !hits & self.by_key.first().map_or(0, |lane| lane[part]);
        if let Some(keys) = scan.keys.first().filter(|_| by_key != 0) {
            for bit in ones(by_key) {
                let row = part * 64 + bit as usize;
                let (project, number) = chunk.key(row);
                if keys.matches(word, project, number) {
                    hits |= 1 << bit;
                    near.push((row, keys.bound(word, project)));
                }
            }
        }
        while let Some((row, bound)) = self.near.pop() {
            self.consider(place, row, bound);
        }
        hits
    }

    /// The rows for several words among 64 rows.
    fn several(&mut self, place: Place<'_>, part: usize, mut rows: u64) -> u64 {
        let Place { scan, chunk, .. } = place;
        for (nth, (word, keys)) in scan.words.iter().zip(&scan.keys).enumerate() {
            let lane = |lanes: &[Lane]| lanes.get(nth).map_or(0, |lane| lane[part]);
            let mut hits = self.sift(chunk, word, part, rows & lane(&self.by_title));
            for bit in ones(rows & !hits & lane(&self.by_key)) {
                let (project, number) = chunk.key(part * 64 + bit as usize);
                hits |= u64::from(keys.matches(word, project, number)) << bit;
            }
            rows &= hits;
        }
        for bit in ones(rows) {
            let row = part * 64 + bit as usize;
            if scan.need() <= scan.bound {
                let bound = self.bound(place, row);
                self.consider(place, row, bound);
            }
        }
        rows
    }

    /// Those of some rows whose titles match a word.
    fn sift(&mut self, chunk: &Chunk, word: &Word, part: usize, rows: u64) -> u64 {
        let mut hits = 0;
        if word.lone || rows == 0 {
            return rows;
        }
        let mut doubtful = rows;
        if !word.unsliced {
            chunk.ask(part, rows, &mut self.scratch.find(word), |bit, found| hits |= u64::from(found) << bit);
            doubtful = if word.plain { 0 } else { hits & chunk.odd(part) };
        }
        for bit in ones(doubtful) {
            let confirmed = self.scratch.confirms(word, &chunk.title(part * 64 + bit as usize));
            hits = hits & !(1 << bit) | u64::from(confirmed) << bit;
        }
        hits
    }

    /// Scores a hit when its bound says that it may be among the best.
    fn consider(&mut self, place: Place<'_>, row: usize, bound: i32) {
        let scan = place.scan;
        if bound < scan.need() {
            return;
        }
        let Some(score) = self.score(place, row).filter(|score| *score >= scan.need()) else { return };
        self.found.push(Hit { row: u32::try_from(place.at * ROWS + row).unwrap_or(u32::MAX), score });
        if scan.best < usize::MAX {
            self.scores.push(Reverse(score));
            if self.scores.len() > scan.best {
                self.scores.pop();
            }
            if let Some(Reverse(least)) = self.scores.peek().filter(|_| self.scores.len() == scan.best) {
                // What is below the worst of one thread's best is below that of all.
                scan.raise(*least);
            }
        }
    }

    /// A bound of the score of a hit for several words.
    fn bound(&mut self, place: Place<'_>, row: usize) -> i32 {
        let Place { scan, chunk, .. } = place;
        let mut bound = scan.bound;
        let need = scan.need();
        for (nth, word) in scan.words.iter().enumerate() {
            let may = self.by_title.get(nth).is_some_and(|lane| lane[row / 64 % WORDS] >> (row % 64) & 1 == 1);
            if may && word.plain && need > HOPELESS + 1 {
                // What this word must bring if all others bring their most.
                let need = need.saturating_sub(bound).saturating_add(word.bound);
                match chunk.cut(row).ask(&mut self.scratch.test(word, need)) {
                    Some(HOPELESS) => return HOPELESS,
                    Some(least) => bound = bound.saturating_sub(word.bound).saturating_add(least),
                    None => {}
                }
            }
        }
        bound
    }

    /// The score of a row; `None` when it is no hit.
    fn score(&mut self, Place { scan, chunk, .. }: Place<'_>, row: usize) -> Option<i32> {
        let (cut, odd) = (chunk.cut(row), chunk.is_odd(row));
        let score = |(word, keys): (&Word, &Keys)| {
            let by_title = self.scratch.score(word, cut, odd, || chunk.title(row).into_owned());
            by_title.or_else(|| {
                let key = chunk.key(row);
                let prefix = scan.titles.projects.get(key.0 as usize)?;
                keys.score(word, key, prefix, &mut self.scratch, &mut self.key)
            })
        };
        let mut scores = scan.words.iter().zip(&scan.keys).map(score);
        scores.try_fold(0_i32, |sum, score| Some(sum.saturating_add(score?)))
    }
}
