//! The order of a scored list: ties, variety, and the places left for what nobody would have looked for. A function of
//! the candidates, the person and the day; nothing is drawn by chance twice.

use std::{
    cmp::Ordering,
    collections::HashMap,
    fmt::{self, Write as _},
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

/// Puts candidates in order: by [`compare`], with no team more than thrice among the first ten places while others are
/// left, and with every tenth place, up to the hundredth, given to one of those that would come later. The draw is the
/// same all day, and stays when other tasks come and go. Nothing is left out, nothing comes twice.
pub fn arrange(candidates: &[Candidate], seed: Seed<'_>) -> Vec<Place> {
    let mut by_score: Vec<usize> = (0..candidates.len()).collect();
    let get = |at: usize| candidates.get(at);
    by_score.sort_by(|a, b| match (get(*a), get(*b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    let mut to_explore: Vec<(u64, usize)> =
        candidates.iter().enumerate().map(|(at, c)| (draw(seed, &c.key), at)).collect();
    if candidates.len() > EXPLORE_EVERY {
        to_explore.sort_unstable();
    }
    let mut list =
        Builder { candidates, placed: vec![false; candidates.len()], teams: HashMap::new(), out: Vec::new() };
    while list.out.len() < FIRST_PLACES.min(candidates.len()) {
        list.next(&by_score, &to_explore);
    }
    let mut rest = by_score.iter().copied();
    while list.out.len() < candidates.len() {
        if list.explores() {
            list.explore(&to_explore);
            continue;
        }
        let Some(at) = rest.find(|at| list.is_left(*at)) else { break };
        list.put(at, Why::Score);
    }
    list.out
}

/// The task that a press of "surprise me" opens: the first one drawn for this person and day that is not among `seen`.
pub fn surprise<'a>(candidates: &'a [Candidate], seed: Seed<'_>, seen: &[TaskKey]) -> Option<&'a Candidate> {
    candidates.iter().filter(|c| !seen.contains(&c.key)).min_by_key(|c| draw(seed, &c.key))
}

struct Builder<'a> {
    candidates: &'a [Candidate],
    placed: Vec<bool>,
    teams: HashMap<&'a str, usize>,
    out: Vec<Place>,
}

impl<'a> Builder<'a> {
    /// Tasks without a team are counted by project, so that one project cannot fill the beginning either.
    fn team(&self, at: usize) -> &'a str {
        self.candidates.get(at).map_or("", |c| c.team.as_deref().unwrap_or_else(|| c.key.project.path()))
    }

    fn is_left(&self, at: usize) -> bool {
        self.placed.get(at) == Some(&false)
    }

    fn fits(&self, at: usize) -> bool {
        self.teams.get(self.team(at)).is_none_or(|n| *n < OF_ONE_TEAM)
    }

    fn put(&mut self, at: usize, why: Why) {
        if let Some(placed) = self.placed.get_mut(at) {
            *placed = true;
        }
        *self.teams.entry(self.team(at)).or_default() += 1;
        self.out.push(Place { at, why });
    }

    /// True when the next place is one to explore and there is a choice.
    fn explores(&self) -> bool {
        let place = self.out.len() + 1;
        place.is_multiple_of(EXPLORE_EVERY) && place <= EXPLORE_WITHIN && self.candidates.len() > place
    }

    /// One of the first places: the best that fits, else the best.
    fn next(&mut self, by_score: &[usize], to_explore: &[(u64, usize)]) {
        if self.explores() {
            return self.explore(to_explore);
        }
        let left = |at: &&usize| self.is_left(**at);
        let fitting = by_score.iter().filter(left).find(|at| self.fits(**at));
        if let Some(at) = fitting.or_else(|| by_score.iter().find(left)).copied() {
            self.put(at, Why::Score);
        }
    }

    fn explore(&mut self, to_explore: &[(u64, usize)]) {
        let first_page = self.out.len() < FIRST_PLACES;
        let left = |(_, at): &&(u64, usize)| self.is_left(*at);
        let fitting = to_explore.iter().filter(left).find(|(_, at)| !first_page || self.fits(*at));
        if let Some((_, at)) = fitting.or_else(|| to_explore.iter().find(left)).copied() {
            self.put(at, Why::Explore);
        }
    }
}

/// A number for a person, a day and a task, as good as drawn by chance and always the same: FNV-1a, stirred at the end so
/// that keys which differ in their last digit lie far apart.
fn draw(seed: Seed<'_>, key: &TaskKey) -> u64 {
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
