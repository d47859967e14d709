//! The titles and keys of all rows, laid out to be searched: chunks of 16 384 rows, each with its titles in bit planes, the
//! sets of rows that have a character, and the rows of each project. Immutable. Knows no words.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    super::{
        bits::{Bits, ones},
        two::in_two_from,
    },
    skim::{CharSet, looked_at},
    slice::{Ask, Cut, MEDIUM, SMALL, WINDOW, cut, stride},
};

/// Rows of a chunk.
pub(super) const ROWS: usize = 16_384;
/// Words of 64 rows in a chunk.
pub(super) const WORDS: usize = ROWS / 64;

/// A chunk's rows, a bit each.
pub(super) type Lane = [u64; WORDS];

/// Kinds of characters that have a set of rows each, see [`CharSet`].
const KINDS: usize = 64;
/// The kind of all characters beyond ASCII.
const FOREIGN: usize = 63;
/// Letters that have a second set: of the rows where they occur twice.
const LETTERS: usize = 26;

/// What is searched of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The title.
    pub title: &'a str,
    /// Its project, an index of [`Lines::projects`].
    pub project: u32,
    /// The number within the project; 0 for none yet.
    pub number: u64,
}

/// Rows to be searched.
pub trait Lines {
    /// How many there are.
    fn count(&self) -> usize;
    /// The row at a place below [`Lines::count`].
    fn line(&self, at: usize) -> Line<'_>;
    /// What keys begin with, by project: `owner/name#` or `ABC-`. The number follows, or `new` for 0.
    fn projects(&self) -> &[String];
}

/// The titles and keys of all rows.
#[derive(Debug, Default)]
pub struct Titles {
    pub(super) chunks: Vec<Arc<Chunk>>,
    pub(super) projects: Vec<String>,
    rows: usize,
}

/// Up to 16 384 rows.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    rows: usize,
    /// Where the planes of each title begin.
    starts: Vec<u32>,
    /// Units of each title.
    units: Vec<u8>,
    planes: Vec<u32>,
    /// Words of the planes that belong to titles of before.
    waste: usize,
    /// Rows by kind of character, then rows by letter that occurs twice.
    kinds: Vec<Lane>,
    /// Rows of small titles, and of medium ones.
    sizes: [Lane; 2],
    /// First characters of the titles, as codes.
    first: Vec<u8>,
    /// Titles that planes cannot give back, by row.
    odd: Vec<(u16, Box<str>)>,
    project: Vec<u32>,
    /// Projects here, in order, with where their rows begin in `by_project`.
    pub(super) projects: Vec<(u32, u32)>,
    by_project: Vec<u16>,
    /// Numbers; `u32::MAX` for those in `large`.
    numbers: Vec<u32>,
    large: Vec<(u16, u64)>,
    /// True when some row has no number yet.
    pub(super) unborn: bool,
}

impl Titles {
    /// Lays out rows.
    pub fn of(lines: &(impl Lines + Sync)) -> Self {
        let rows = lines.count();
        let chunks = (0..rows.div_ceil(ROWS)).collect();
        let chunks = in_two_from(2, chunks, |chunks: Vec<usize>| {
            chunks.into_iter().map(|chunk| Arc::new(Chunk::of(lines, chunk))).collect()
        });
        Self { chunks, projects: lines.projects().to_vec(), rows }
    }

    /// The same rows where some of them have another title, and with those that come after the last one. `lines` has all
    /// of them; the places of projects are as before.
    pub fn changed(&self, lines: &(impl Lines + Sync), retitled: impl IntoIterator<Item = usize>) -> Self {
        let rows = lines.count();
        let mut anew: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in retitled {
            anew.entry(at / ROWS).or_default().push(at % ROWS);
        }
        if rows > self.rows {
            anew.entry(self.rows / ROWS).or_default();
        }
        let chunks = (0..rows.div_ceil(ROWS)).map(|chunk| (chunk, self.chunks.get(chunk), anew.get(&chunk))).collect();
        let chunks = in_two_from(2, chunks, |chunks: Vec<_>| {
            let chunk = |(chunk, same, retitled): (usize, Option<&Arc<Chunk>>, Option<&Vec<usize>>)| match same {
                None => Arc::new(Chunk::of(lines, chunk)),
                Some(same) => match retitled {
                    None => same.clone(),
                    Some(retitled) => Arc::new(same.changed(lines, chunk, retitled)),
                },
            };
            chunks.into_iter().map(chunk).collect()
        });
        Self { chunks, projects: lines.projects().to_vec(), rows }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows among `from` whose titles may hold a text, which is in lower case: all that do, and of the others those
    /// with the same characters, or with some beyond ASCII, which may be ASCII in lower case.
    pub(in crate::index) fn perhaps(&self, text: &str, from: &Bits) -> Bits {
        let mut found = Bits::none(self.rows);
        let (once, twice) = kinds_of(text);
        let twice: Vec<u8> = (b'a'..=b'z').filter(|letter| twice >> CharSet::bit(*letter) & 1 == 1).collect();
        for (at, chunk) in self.chunks.iter().enumerate() {
            let asked: Lane = from.words(at * WORDS);
            let mut lane = asked;
            chunk.narrow(&mut lane, CharSet::of_bits(once), &twice);
            let odd = chunk.kinds.get(FOREIGN).into_iter().flatten();
            lane.iter_mut().zip(odd.zip(&asked)).for_each(|(word, (odd, asked))| *word |= odd & asked);
            found.set_words(at * WORDS, &lane);
        }
        found
    }
}

/// Kinds of characters a title has, and letters it has twice.
fn kinds_of(title: &str) -> (u64, u64) {
    title.bytes().fold((0, 0), |(once, twice), byte| {
        let kind = 1 << CharSet::bit(byte);
        (once | kind, twice | once & kind)
    })
}

/// True for a title that its planes cannot give back.
fn is_odd(title: &str) -> bool {
    !title.is_ascii() || title.contains('\0')
}

/// Turns a square of 64 by 64 bits about its diagonal (Hacker's Delight, 7–3, with the lowest bit first).
fn turn(square: &mut [u64; 64]) {
    let (mut half, mut mask) = (32, 0xFFFF_FFFF_u64);
    while half > 0 {
        let mut row = 0;
        while row < 64 {
            let turned = (square[row] >> half ^ square[row + half]) & mask;
            square[row] ^= turned << half;
            square[row + half] ^= turned;
            row = (row + half + 1) & !half;
        }
        half /= 2;
        mask ^= mask << half;
    }
}

impl Chunk {
    fn of(lines: &impl Lines, chunk: usize) -> Self {
        let base = chunk * ROWS;
        let rows = lines.count().saturating_sub(base).min(ROWS);
        let mut new = Self {
            rows,
            starts: Vec::with_capacity(rows),
            units: Vec::with_capacity(rows),
            waste: 0,
            planes: Vec::with_capacity(rows * stride(3)),
            kinds: vec![[0; WORDS]; KINDS + LETTERS],
            sizes: [[0; WORDS]; 2],
            first: Vec::with_capacity(rows),
            odd: Vec::new(),
            project: Vec::with_capacity(rows),
            projects: Vec::new(),
            by_project: Vec::new(),
            numbers: Vec::with_capacity(rows),
            large: Vec::new(),
            unborn: false,
        };
        for word in 0..rows.div_ceil(64) {
            let (mut once, mut twice) = ([0; 64], [0; 64]);
            for (at, (once, twice)) in (word * 64..rows).zip(once.iter_mut().zip(&mut twice)) {
                let line = lines.line(base + at);
                (*once, *twice) = kinds_of(looked_at(line.title));
                new.push(at, line);
            }
            turn(&mut once);
            turn(&mut twice);
            let sets = once.into_iter().chain(twice.into_iter().take(LETTERS));
            for (lane, set) in new.kinds.iter_mut().zip(sets) {
                lane[word] = set;
            }
        }
        new.planes.extend([0; WINDOW]);
        new.planes.shrink_to_fit();
        new.group();
        new
    }

    /// The same rows with other titles of some, and with those that come behind the last one. Their planes are put behind
    /// all others: laying out a whole chunk takes twenty times as long as copying it.
    fn changed(&self, lines: &impl Lines, chunk: usize, retitled: &[usize]) -> Self {
        let base = chunk * ROWS;
        if self.waste > self.planes.len() / 2 {
            return Self::of(lines, chunk);
        }
        let mut new = self.clone();
        new.planes.truncate(self.planes.len().saturating_sub(WINDOW));
        for row in retitled {
            new.waste += stride(usize::from(self.units.get(*row).copied().unwrap_or(0)));
            new.put_title(*row, lines.line(base + row).title);
        }
        new.rows = lines.count().saturating_sub(base).min(ROWS);
        for row in self.rows..new.rows {
            let line = lines.line(base + row);
            new.push(row, line);
            new.put_kinds(row, looked_at(line.title));
        }
        new.planes.extend([0; WINDOW]);
        if new.rows > self.rows {
            new.group();
        }
        new
    }

    /// Replaces a title.
    fn put_title(&mut self, row: usize, title: &str) {
        let title = looked_at(title);
        let place = u16::try_from(row).unwrap_or(u16::MAX);
        let (start, units) = self.cut_title(row, title);
        if let (Some(at), Some(size), Some(first)) =
            (self.starts.get_mut(row), self.units.get_mut(row), self.first.get_mut(row))
        {
            (*at, *size, *first) = (start, units, title.chars().next().map_or(0, super::slice::code));
        }
        match self.odd.binary_search_by_key(&place, |(row, _)| *row) {
            Ok(at) if is_odd(title) => self.odd[at].1 = title.into(),
            Ok(at) => drop(self.odd.remove(at)),
            Err(at) if is_odd(title) => self.odd.insert(at, (place, title.into())),
            Err(_) => {}
        }
        self.put_kinds(row, title);
    }

    /// Says which characters a row has.
    fn put_kinds(&mut self, row: usize, title: &str) {
        let (once, twice) = kinds_of(title);
        let is = (0..KINDS).map(|kind| once >> kind & 1).chain((0..LETTERS).map(|letter| twice >> letter & 1));
        for (lane, is) in self.kinds.iter_mut().zip(is) {
            let word = &mut lane[row / 64 % WORDS];
            *word = *word & !(1 << (row % 64)) | is << (row % 64);
        }
    }

    /// Cuts the title of a row behind all others. Gives where its planes begin, and its units.
    fn cut_title(&mut self, row: usize, title: &str) -> (u32, u8) {
        let start = u32::try_from(self.planes.len()).unwrap_or(u32::MAX);
        let units = cut(title, &mut self.planes);
        let (word, bit) = (row / 64 % WORDS, row % 64);
        let sizes = [units <= SMALL, units > SMALL && units <= MEDIUM];
        for (lane, is) in self.sizes.iter_mut().zip(sizes) {
            lane[word] = lane[word] & !(1 << bit) | u64::from(is) << bit;
        }
        (start, u8::try_from(units).unwrap_or(u8::MAX))
    }

    fn push(&mut self, at: usize, line: Line<'_>) {
        let title = looked_at(line.title);
        let row = u16::try_from(at).unwrap_or(u16::MAX);
        let (start, units) = self.cut_title(at, title);
        self.starts.push(start);
        self.units.push(units);
        self.first.push(title.chars().next().map_or(0, super::slice::code));
        if is_odd(title) {
            self.odd.push((row, title.into()));
        }
        self.project.push(line.project);
        self.unborn |= line.number == 0;
        let number = u32::try_from(line.number).unwrap_or(u32::MAX);
        if number == u32::MAX {
            self.large.push((row, line.number));
        }
        self.numbers.push(number);
    }

    /// Sorts the rows by project.
    fn group(&mut self) {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for project in &self.project {
            *counts.entry(*project).or_default() += 1;
        }
        let mut projects: Vec<(u32, u32)> = counts.into_iter().collect();
        projects.sort_unstable();
        let mut next = 0;
        for (_, count) in &mut projects {
            next += std::mem::replace(count, next);
        }
        let mut places: HashMap<u32, u32> = projects.iter().copied().collect();
        let mut by_project = vec![0; self.rows];
        for (row, project) in (0_u16..).zip(&self.project) {
            if let Some(place) = places.get_mut(project) {
                by_project[*place as usize] = row;
                *place += 1;
            }
        }
        (self.projects, self.by_project) = (projects, by_project);
    }

    /// The planes of a title.
    #[inline(always)]
    pub(super) fn cut(&self, row: usize) -> Cut<'_> {
        let units = self.units.get(row).copied().unwrap_or(0);
        let start = self.starts.get(row).copied().unwrap_or(0);
        Cut::new(&self.planes, start as usize, usize::from(units))
    }

    /// Asks something of the titles of some of the 64 rows of a part, those of a size together.
    #[inline(always)]
    pub(super) fn ask<A: Ask>(&self, part: usize, rows: u64, asked: &mut A, mut answer: impl FnMut(u32, A::Answer)) {
        let [small, medium] = &self.sizes;
        let (small, medium) = (rows & small[part % WORDS], rows & medium[part % WORDS]);
        for bit in ones(small) {
            let start = self.starts.get(part * 64 + bit as usize).map_or(usize::MAX, |start| *start as usize);
            answer(bit, Cut::new(&self.planes, start, SMALL).ask_small(asked));
        }
        for bit in ones(medium) {
            answer(bit, self.cut(part * 64 + bit as usize).ask_medium(asked));
        }
        for bit in ones(rows & !small & !medium) {
            answer(bit, self.cut(part * 64 + bit as usize).ask(asked));
        }
    }

    /// Reads a little of the titles of some of the 64 rows of a part, so that they are near when they are asked: one after
    /// another, each would be waited for.
    pub(super) fn touch(&self, part: usize, rows: u64) {
        let mut seen = 0;
        for bit in ones(rows) {
            let start = self.starts.get(part * 64 + bit as usize).map_or(0, |start| *start as usize);
            let line = |at: usize| self.planes.get(at).copied().unwrap_or(0);
            seen ^= line(start) ^ line(start + 16);
        }
        std::hint::black_box(seen);
    }

    /// The rows of a part whose titles are not all ASCII.
    pub(super) fn odd(&self, part: usize) -> u64 {
        self.kinds[FOREIGN][part % WORDS]
    }

    /// The rows of a part whose titles begin with one of two characters.
    pub(super) fn beginning(&self, part: usize, with: (u8, u8)) -> u64 {
        let first = self.first.iter().skip(part * 64).take(64);
        first.enumerate().fold(0, |set, (bit, c)| set | u64::from(*c == with.0 || *c == with.1) << bit)
    }

    /// True when a title is not all ASCII.
    #[inline]
    pub(super) fn is_odd(&self, row: usize) -> bool {
        self.kinds[FOREIGN][row / 64 % WORDS] >> (row % 64) & 1 == 1
    }

    pub(super) fn title(&self, row: usize) -> Cow<'_, str> {
        let odd =
            self.odd.binary_search_by_key(&row, |(row, _)| usize::from(*row)).ok().and_then(|at| self.odd.get(at));
        odd.map_or_else(|| self.cut(row).joined().into(), |(_, title)| title.as_ref().into())
    }

    /// A row's project and number.
    pub(super) fn key(&self, row: usize) -> (u32, u64) {
        let project = self.project.get(row).copied().unwrap_or(u32::MAX);
        let number = self.numbers.get(row).copied().unwrap_or(0);
        if number < u32::MAX {
            return (project, u64::from(number));
        }
        let large = self.large.binary_search_by_key(&row, |(row, _)| usize::from(*row));
        (project, large.ok().and_then(|at| self.large.get(at)).map_or(u64::from(number), |(_, number)| *number))
    }

    /// Leaves the rows whose titles have all characters of a set, and all these letters twice.
    pub(super) fn narrow(&self, lane: &mut Lane, set: CharSet, twice: &[u8]) {
        let once = ones(set.bits()).map(|kind| kind as usize);
        let twice = twice.iter().map(|letter| KINDS + usize::from(CharSet::bit(*letter)));
        for kind in once.chain(twice) {
            if let Some(kind) = self.kinds.get(kind) {
                for (word, kind) in lane.iter_mut().zip(kind) {
                    *word &= kind;
                }
            }
        }
    }

    /// The rows of the `nth` of `projects`.
    pub(super) fn rows_of(&self, nth: usize) -> &[u16] {
        let end = self.projects.get(nth + 1).map_or(self.by_project.len(), |(_, start)| *start as usize);
        let start = self.projects.get(nth).map_or(end, |(_, start)| *start as usize);
        self.by_project.get(start..end).unwrap_or_default()
    }
}
