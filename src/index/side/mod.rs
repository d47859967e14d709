//! What searching needs of all rows, made once beside them: sets of rows by signal and property, runs of rows of one
//! project, the order of keys, titles and keys as they are searched. Holds no verdicts and no text to show but the facets'
//! names.

mod flag;

use std::{collections::HashMap, ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

pub(super) use self::flag::Flag;
use super::{
    bits::Bits,
    fuzzy::{Line, Lines, Titles},
    snapshot::Row,
    two::WORTH_A_THREAD,
};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        signal::SignalKind,
    },
    judge::signal::label::Dictionary,
};

/// What is the same for all rows of a project.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub project: ProjectRef,
    /// Place of its path in [`Side::paths`]; two trackers may have the same.
    pub path: u32,
    /// 0 for none, else index + 1.
    pub language: u32,
    /// 0 for none, else index + 1.
    pub team: u32,
    /// Where its keys stand in the order of all keys.
    pub keys: Range<usize>,
    /// Tasks of its team that somebody is at; of its project, where no team owns it.
    helpers: u32,
}

impl Place {
    /// Its team, or its project where no team owns it.
    pub(super) fn host(&self) -> (u32, u32) {
        (self.team, if self.team == 0 { self.path } else { 0 })
    }
}

/// Rows of one project that lie side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    pub rows: Range<usize>,
    pub place: u32,
}

/// One row's side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    /// Place of the key in the order of all keys.
    pub key_rank: u32,
    pub held_back: bool,
    /// Tasks of its team that somebody is at; of its project, where no team owns it.
    pub helpers: u32,
}

/// The side table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Side {
    len: usize,
    flags: Vec<Arc<Bits>>,
    signals: Vec<Arc<Bits>>,
    pub places: Vec<Place>,
    pub runs: Vec<Run>,
    #[serde(skip)]
    pub place_of: Arc<Vec<u32>>,
    #[serde(skip)]
    place_by: HashMap<ProjectRef, u32>,
    /// `owner/name` or `ABC`.
    pub paths: Vec<Arc<str>>,
    pub languages: Vec<Arc<str>>,
    /// Team ids.
    pub teams: Vec<Arc<str>>,
    /// What free words are looked for in.
    #[serde(skip)]
    pub titles: Arc<Titles>,
    #[serde(skip)]
    key_rank: Arc<Vec<u32>>,
    /// Rows in the order of their keys.
    pub by_key: Arc<Vec<u32>>,
}

/// The rows as they are searched.
struct Searched<'a> {
    rows: &'a [Row],
    place_of: &'a [u32],
    /// What keys begin with, by place.
    prefixes: Vec<String>,
}

impl Lines for Searched<'_> {
    fn count(&self) -> usize {
        self.rows.len()
    }

    fn line(&self, at: usize) -> Line<'_> {
        let project = self.place_of.get(at).copied().unwrap_or(u32::MAX);
        let task = self.rows.get(at).map(|row| &row.task);
        Line { title: task.map_or("", |t| t.title.raw()), project, number: task.map_or(0, |t| t.key.number) }
    }

    fn projects(&self) -> &[String] {
        &self.prefixes
    }
}

impl Side {
    pub(super) fn of(rows: &[Row], dictionary: &mut Dictionary) -> Self {
        let mut side = Self { len: rows.len(), ..Self::default() };
        side.find_places(rows);
        let prefixes = side.prefixes();
        let place_of = side.place_of.clone();
        let lines = Searched { rows, place_of: &place_of, prefixes };
        let titles = if rows.len() < WORTH_A_THREAD {
            side.sort_out(rows, dictionary);
            Titles::of(&lines)
        } else {
            std::thread::scope(|scope| {
                let titles = scope.spawn(|| Titles::of(&lines));
                side.sort_out(rows, dictionary);
                // A thread that panicked is a bug; its panic goes on here, as without threads.
                titles.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug))
            })
        };
        side.titles = Arc::new(titles);
        side.find_keys();
        side.count_helpers();
        side
    }

    /// Takes in what can be said of each row.
    fn sort_out(&mut self, rows: &[Row], dictionary: &mut Dictionary) {
        let flag = |flag: Flag| {
            let of = Bits::of(rows.len(), |at| rows.get(at).is_some_and(|row| flag.holds(row, dictionary)));
            Arc::new(of)
        };
        self.flags = Flag::ALL.map(flag).into();
        self.judge(rows);
        self.order_keys(rows);
    }

    /// Takes in which signals the rows have.
    pub(super) fn judge(&mut self, rows: &[Row]) {
        let mut signals = SignalKind::ALL.map(|_| Bits::none(rows.len()));
        for (at, row) in rows.iter().enumerate() {
            for signal in &row.signals {
                if let Some(bits) = signals.get_mut(signal.kind as usize) {
                    bits.add(at);
                }
            }
        }
        self.signals = signals.map(Arc::new).into();
    }

    /// Takes in how the rows stand to the reader, which is judged with a side at hand.
    pub(super) fn stood(mut self, rows: &[Row]) -> Self {
        let mut dictionary = Dictionary::new();
        for flag in [Flag::Free, Flag::Gated, Flag::Avoided] {
            let holds = |at: usize| rows.get(at).is_some_and(|row| flag.holds(row, &mut dictionary));
            if let Some(bits) = self.flags.get_mut(flag as usize) {
                *bits = Arc::new(Bits::of(rows.len(), holds));
            }
        }
        self
    }

    fn order_keys(&mut self, rows: &[Row]) {
        let mut by_key: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        by_key.sort_by(|a, b| key(rows, *a).cmp(&key(rows, *b)));
        self.rank_keys(by_key);
    }

    fn rank_keys(&mut self, by_key: Vec<u32>) {
        let mut ranks = vec![0; by_key.len()];
        for (rank, row) in (0..).zip(&by_key) {
            if let Some(place) = ranks.get_mut(*row as usize) {
                *place = rank;
            }
        }
        (self.by_key, self.key_rank) = (Arc::new(by_key), Arc::new(ranks));
    }

    fn find_places<'r>(&mut self, rows: impl IntoIterator<Item = &'r Row>) {
        let mut paths = Names::known(std::mem::take(&mut self.paths));
        let mut languages = Names::known(std::mem::take(&mut self.languages));
        let mut teams = Names::known(std::mem::take(&mut self.teams));
        let place_of = Arc::make_mut(&mut self.place_of);
        for row in rows {
            let project = &row.task.key.project;
            let at = place_of.len();
            let last = self.runs.last_mut();
            if let Some(run) =
                last.filter(|run| self.places.get(run.place as usize).is_some_and(|p| p.project == *project))
            {
                run.rows.end = at + 1;
                place_of.push(run.place);
                continue;
            }
            let place = match self.place_by.get(project) {
                Some(place) => *place,
                None => {
                    let place = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
                    self.places.push(Place {
                        project: project.clone(),
                        path: paths.number(Some(project.path())) - 1,
                        language: languages.number(row.language.as_deref()),
                        team: teams.number(row.team.as_deref()),
                        keys: 0..0,
                        helpers: 0,
                    });
                    self.place_by.insert(project.clone(), place);
                    place
                }
            };
            self.runs.push(Run { rows: at..at + 1, place });
            place_of.push(place);
        }
        (self.paths, self.languages, self.teams) = (paths.all, languages.all, teams.all);
    }

    /// A side that was put away and read again, but for the titles.
    pub(super) fn read_again(mut self) -> Self {
        let all = self.runs.iter().flat_map(|run| std::iter::repeat_n(run.place, run.rows.len()));
        self.place_of = Arc::new(all.collect());
        self.place_by = self.places.iter().map(|place| place.project.clone()).zip(0..).collect();
        let by_key = std::mem::take(&mut self.by_key);
        self.rank_keys(Arc::unwrap_or_clone(by_key));
        self
    }

    /// True where all that it says is said of so many rows.
    pub(super) fn is_of(&self, rows: usize) -> bool {
        let sets = self.flags.len() == Flag::ALL.len() && self.signals.len() == SignalKind::ALL.len();
        let same = self.flags.iter().chain(&self.signals).all(|bits| bits.among() == rows);
        let places = self.runs.iter().all(|run| (run.place as usize) < self.places.len());
        sets && same && places && [self.len, self.place_of.len(), self.by_key.len()] == [rows; 3]
    }

    /// What keys begin with, by place.
    pub(super) fn prefixes(&self) -> Vec<String> {
        self.places.iter().map(|p| format!("{}{}", p.project.path(), p.project.separator())).collect()
    }

    /// Makes room for rows that come after the last one, and finds their places.
    pub(super) fn admit(&mut self, new: &[&Row], key_of: impl Fn(u32) -> Option<TaskKey>) {
        if new.is_empty() {
            return;
        }
        let from = u32::try_from(self.len).unwrap_or(u32::MAX);
        self.len += new.len();
        self.find_places(new.iter().copied());
        for bits in self.flags.iter_mut().chain(&mut self.signals) {
            Arc::make_mut(bits).grow(self.len);
        }
        let mut coming: Vec<(usize, &TaskKey, u32)> = Vec::with_capacity(new.len());
        for (at, row) in (from..).zip(new) {
            let key = &row.task.key;
            coming.push((self.by_key.partition_point(|known| key_of(*known).is_some_and(|k| k < *key)), key, at));
        }
        coming.sort_unstable();
        let mut by_key = Vec::with_capacity(self.len);
        let mut done = 0;
        for (before, _, at) in coming {
            by_key.extend_from_slice(self.by_key.get(done..before).unwrap_or_default());
            by_key.push(at);
            done = before;
        }
        by_key.extend_from_slice(self.by_key.get(done..).unwrap_or_default());
        self.rank_keys(by_key);
        self.places.iter_mut().for_each(|place| place.keys = 0..0);
        self.find_keys();
    }

    /// Takes in what can be said of rows now, and of the places of rows that are gone.
    pub(super) fn put<'r>(
        &mut self,
        rows: impl Iterator<Item = (u32, &'r Row)> + Clone,
        gone: impl Iterator<Item = u32> + Clone,
        dictionary: &mut Dictionary,
    ) {
        for (flag, bits) in Flag::ALL.into_iter().zip(&mut self.flags) {
            let now = rows.clone().map(|(at, row)| (at as usize, flag.holds(row, dictionary)));
            let then = gone.clone().map(|at| (at as usize, flag == Flag::Gone));
            set_all(bits, now.chain(then));
        }
        for (kind, bits) in SignalKind::ALL.into_iter().zip(&mut self.signals) {
            let has = |row: &Row| row.signals.iter().any(|signal| signal.kind == kind);
            let now = rows.clone().map(|(at, row)| (at as usize, has(row)));
            set_all(bits, now.chain(gone.clone().map(|at| (at as usize, false))));
        }
        self.count_helpers();
    }

    /// Finds where the keys of each place stand in the order of all keys.
    fn find_keys(&mut self) {
        for (rank, at) in self.by_key.iter().enumerate() {
            let place = self.place_of.get(*at as usize).and_then(|place| self.places.get_mut(*place as usize));
            if let Some(keys) = place.map(|place| &mut place.keys) {
                *keys = if keys.start == keys.end { rank..rank + 1 } else { keys.start..rank + 1 };
            }
        }
    }

    /// The rows of projects whose team has another number of helpers than before.
    pub(super) fn helped_otherwise(&self, before: &Self) -> Bits {
        let was = |place: &Place| before.place_at(&place.project).map(|before| before.helpers);
        self.in_places(|place| was(place) != Some(place.helpers))
    }

    fn count_helpers(&mut self) {
        let mut helpers: HashMap<(u32, u32), u32> = HashMap::new();
        let held = self.flag(Flag::Held);
        for place in held.iter().filter_map(|at| self.place(at)) {
            *helpers.entry(place.host()).or_default() += 1;
        }
        for place in &mut self.places {
            place.helpers = helpers.get(&place.host()).copied().unwrap_or(0);
        }
    }

    /// Rows.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The rows that have a property.
    pub(super) fn flag(&self, flag: Flag) -> Arc<Bits> {
        self.flags.get(flag as usize).cloned().unwrap_or_default()
    }

    /// The rows that have a signal.
    pub(super) fn signal(&self, kind: SignalKind) -> Arc<Bits> {
        self.signals.get(kind as usize).cloned().unwrap_or_default()
    }

    /// The rows of the projects that are meant.
    pub(super) fn in_places(&self, mut meant: impl FnMut(&Place) -> bool) -> Bits {
        let meant: Vec<bool> = self.places.iter().map(&mut meant).collect();
        let mut bits = Bits::none(self.len);
        for run in self.runs.iter().filter(|run| meant.get(run.place as usize) == Some(&true)) {
            bits.add_range(run.rows.clone());
        }
        bits
    }

    /// The place of a row's key in the order of all keys.
    pub(super) fn key_rank(&self, at: u32) -> u32 {
        self.key_rank.get(at as usize).copied().unwrap_or(u32::MAX)
    }

    /// The number of the place of a row.
    pub(super) fn place_of(&self, at: u32) -> Option<u32> {
        self.place_of.get(at as usize).copied()
    }

    /// What is known of the project of a row.
    pub(super) fn place(&self, at: u32) -> Option<&Place> {
        self.places.get(*self.place_of.get(at as usize)? as usize)
    }

    /// What is known of a project that has rows.
    pub(super) fn place_at(&self, project: &ProjectRef) -> Option<&Place> {
        self.places.get(*self.place_by.get(project)? as usize)
    }

    /// A name met, by its number from 1.
    pub(super) fn name(names: &[Arc<str>], number: u32) -> Option<&Arc<str>> {
        names.get((number as usize).checked_sub(1)?)
    }

    /// True when a row has a property.
    pub(super) fn has(&self, flag: Flag, at: u32) -> bool {
        self.flags.get(flag as usize).is_some_and(|bits| bits.has(at as usize))
    }

    /// The rows of a project, in order.
    pub(super) fn rows_of(&self, project: &ProjectRef) -> impl Iterator<Item = usize> + '_ {
        let place = self.place_by.get(project).copied();
        self.runs.iter().filter(move |run| Some(run.place) == place).flat_map(|run| run.rows.clone())
    }

    /// The row of a key; `number` tells the number of a row within its project.
    pub(super) fn find(&self, key: &TaskKey, number: impl Fn(u32) -> u64) -> Option<u32> {
        let place = self.place_at(&key.project)?;
        let rows = self.by_key.get(place.keys.clone())?;
        rows.binary_search_by_key(&key.number, |at| number(*at)).ok().and_then(|at| rows.get(at)).copied()
    }

    /// One row's side.
    pub(super) fn beside(&self, at: u32) -> Option<Beside> {
        Some(Beside {
            key_rank: *self.key_rank.get(at as usize)?,
            held_back: self.has(Flag::HeldBack, at),
            helpers: self.place(at)?.helpers,
        })
    }
}

/// Puts rows into a set or takes them out; the set stays shared where that changes nothing.
fn set_all(bits: &mut Arc<Bits>, rows: impl Iterator<Item = (usize, bool)>) {
    for (at, is) in rows {
        if bits.has(at) != is {
            Arc::make_mut(bits).set(at, is);
        }
    }
}

/// Names met so far, with their numbers.
#[derive(Default)]
struct Names {
    all: Vec<Arc<str>>,
    met: HashMap<Arc<str>, u32>,
}

impl Names {
    fn known(all: Vec<Arc<str>>) -> Self {
        Self { met: all.iter().cloned().zip(1..).collect(), all }
    }

    /// 0 for none, else the place of a name among those met so far, from 1.
    fn number(&mut self, name: Option<&str>) -> u32 {
        let Some(name) = name else { return 0 };
        if let Some(known) = self.met.get(name) {
            return *known;
        }
        let name: Arc<str> = name.into();
        self.all.push(name.clone());
        let number = u32::try_from(self.all.len()).unwrap_or(0);
        self.met.insert(name, number);
        number
    }
}

fn key(rows: &[Row], at: u32) -> Option<&TaskKey> {
    rows.get(at as usize).map(|row| &row.task.key)
}
