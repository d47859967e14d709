//! The order of a scored list: ties, variety, and the places left for what nobody would have looked for. A function of
//! the candidates, the person and the day; nothing is drawn by chance twice.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    fmt::{self, Write as _},
    hash::Hash,
    sync::Arc,
};

use jiff::civil::Date;

use crate::domain::key::TaskKey;

/// Places at the beginning of a list among which no team may have more than [`OF_ONE_TEAM`].
pub const FIRST_PLACES: usize = 10;
/// Tasks of one team among the first places.
pub const OF_ONE_TEAM: usize = 3;
/// Every so many places one is left for exploring.
pub const EXPLORE_EVERY: usize = 10;
/// Places beyond which nothing is explored: nobody scrolls there to be surprised.
const EXPLORE_WITHIN: usize = 100;
/// Tasks that are drawn at most: enough for every place to explore, however many of them stand in the list already.
const DRAWN: usize = 512;

/// A task with its score, ready to be put in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The task.
    pub key: TaskKey,
    /// Its score, hundredths of a point.
    pub score: u32,
    /// Days in limbo.
    pub limbo_days: u32,
    /// Helpers who are with its team now.
    pub helpers: u32,
    /// The team that owns it; tasks of projects without a team are kept apart by project.
    pub team: Option<Arc<str>>,
}

/// Whose list it is, and of which day: the same two give the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed<'a> {
    /// The person.
    pub person: &'a str,
    /// The day.
    pub day: Date,
}

/// Why a task has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// By its score.
    Score,
    /// To be explored: drawn for this person and day.
    Explore,
}

/// A place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which candidate, by its place in what was passed in.
    pub at: usize,
    /// Why it is here.
    pub why: Why,
}

/// Better first: the higher score, then the longer limbo, then fewer helpers with its team, then the key.
pub fn compare(a: &Candidate, b: &Candidate) -> Ordering {
    b.score
        .cmp(&a.score)
        .then(b.limbo_days.cmp(&a.limbo_days))
        .then(a.helpers.cmp(&b.helpers))
        .then_with(|| a.key.cmp(&b.key))
}

/// Puts candidates in order: by [`compare`], and the first places as [`vary`] gives them. Nothing is left out, nothing
/// comes twice.
pub fn arrange(candidates: &[Candidate], seed: Seed<'_>) -> Vec<Place> {
    let mut by_score: Vec<usize> = (0..candidates.len()).collect();
    let get = |at: usize| candidates.get(at);
    by_score.sort_by(|a, b| match (get(*a), get(*b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    // Tasks without a team are counted by project, so that one project cannot fill the beginning either.
    let team = |at: usize| get(at).map_or("", |c| c.team.as_deref().unwrap_or_else(|| c.key.project.path()));
    let first = vary(&by_score, team, |at| get(at).map_or(u64::MAX, |c| draw(seed, &c.key)));
    let placed: HashSet<usize> = first.iter().map(|place| place.at).collect();
    let rest = by_score.into_iter().filter(|at| !placed.contains(at)).map(|at| Place { at, why: Why::Score });
    first.into_iter().chain(rest).collect()
}

/// The first places of a list that is in order already: no team more than thrice among the first ten while others are
/// left, and every tenth place, up to the hundredth, given to one of those that would come later. `draw` is a number that
/// is as good as drawn by chance: the smallest is explored first, the same all day, whatever else comes and goes.
pub fn vary<T: Eq + Hash>(by_score: &[usize], team: impl Fn(usize) -> T, draw: impl Fn(usize) -> u64) -> Vec<Place> {
    let mut drawn: Vec<(u64, usize)> = Vec::new();
    if by_score.len() > EXPLORE_EVERY {
        drawn = by_score.iter().map(|at| (draw(*at), *at)).collect();
        if drawn.len() > DRAWN {
            drawn.select_nth_unstable(DRAWN);
            drawn.truncate(DRAWN);
        }
        drawn.sort_unstable();
    }
    let mut list = Builder { by_score, drawn, team, placed: HashSet::new(), teams: HashMap::new(), out: Vec::new() };
    while list.out.len() < EXPLORE_WITHIN.min(by_score.len()) {
        list.next();
    }
    list.out
}

/// The task that a press of "surprise me" opens: the first one drawn for this person and day that is not among `seen`.
pub fn surprise<'a>(candidates: &'a [Candidate], seed: Seed<'_>, seen: &[TaskKey]) -> Option<&'a Candidate> {
    candidates.iter().filter(|c| !seen.contains(&c.key)).min_by_key(|c| draw(seed, &c.key))
}

struct Builder<'a, T, F> {
    by_score: &'a [usize],
    /// Those to explore, in the order of their draw.
    drawn: Vec<(u64, usize)>,
    team: F,
    placed: HashSet<usize>,
    teams: HashMap<T, usize>,
    out: Vec<Place>,
}

impl<T: Eq + Hash, F: Fn(usize) -> T> Builder<'_, T, F> {
    fn is_left(&self, at: usize) -> bool {
        !self.placed.contains(&at)
    }

    fn fits(&self, at: usize) -> bool {
        self.out.len() >= FIRST_PLACES || self.teams.get(&(self.team)(at)).is_none_or(|n| *n < OF_ONE_TEAM)
    }

    /// True when the next place is one to explore and there is a choice.
    fn explores(&self) -> bool {
        let place = self.out.len() + 1;
        place.is_multiple_of(EXPLORE_EVERY) && self.by_score.len() > place
    }

    /// Fills the next place with the best that fits, else the best.
    fn next(&mut self) {
        let explore = self.explores();
        let drawn = self.drawn.iter().map(|(_, at)| *at);
        let place = if explore { self.best(drawn) } else { self.best(self.by_score.iter().copied()) };
        // The draw may hold none that is left.
        let Some(at) = place.or_else(|| self.best(self.by_score.iter().copied())) else { return };
        self.placed.insert(at);
        *self.teams.entry((self.team)(at)).or_default() += 1;
        self.out.push(Place { at, why: if explore { Why::Explore } else { Why::Score } });
    }

    fn best(&self, of: impl Iterator<Item = usize> + Clone) -> Option<usize> {
        let mut left = of.filter(|at| self.is_left(*at));
        left.clone().find(|at| self.fits(*at)).or_else(|| left.next())
    }
}

/// A number for a person, a day and a task, as good as drawn by chance and always the same: FNV-1a, stirred at the end so
/// that keys which differ in their last digit lie far apart.
pub fn draw(seed: Seed<'_>, key: &TaskKey) -> u64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    // Writing into a number cannot fail.
    let _ = write!(hash, "{}\n{}\n{}:{key}", seed.person, seed.day, key.project.tracker);
    let mut x = hash.0;
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

struct Fnv(u64);

impl fmt::Write for Fnv {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        for byte in s.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
