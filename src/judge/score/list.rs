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

use crate::domain::key::{ProjectRef, TaskKey};

/// Places at the beginning of a list among which no team may have more than [`OF_ONE_TEAM`].
pub const FIRST_PLACES: usize = 10;
/// Tasks of one team among the first places.
pub const OF_ONE_TEAM: usize = 3;
/// Every so many places one is left for exploring.
pub const EXPLORE_EVERY: usize = 10;
/// Places beyond which nothing is explored: nobody scrolls there to be surprised.
const EXPLORE_WITHIN: usize = 100;
/// Tasks that are drawn at most: enough for every place to explore, however many of them stand in the list already.
pub const DRAWN: usize = 512;

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
    let drawn: Vec<usize> = drawn.into_iter().map(|(_, at)| at).collect();
    vary_drawn(by_score.len(), |n| by_score.get(n).copied(), &drawn, team)
}

/// The same of a list of `count` that is only looked at as far as is needed: `nth` gives what stands at a place of it.
/// `drawn` are the [`DRAWN`] that are drawn first, in the order of their draw; none where there are no more than
/// [`EXPLORE_EVERY`].
pub fn vary_drawn<T: Eq + Hash>(
    count: usize,
    nth: impl FnMut(usize) -> Option<usize>,
    drawn: &[usize],
    team: impl Fn(usize) -> T,
) -> Vec<Place> {
    let (placed, teams) = (HashSet::new(), HashMap::new());
    let mut list = Builder { count, nth, left: 0, fit: 0, drawn, team, placed, teams, out: Vec::new() };
    while list.out.len() < EXPLORE_WITHIN.min(count) {
        list.next();
    }
    list.out
}

/// The task that a press of "surprise me" opens: the first one drawn for this person and day that is not among `seen`.
pub fn surprise<'a>(candidates: &'a [Candidate], seed: Seed<'_>, seen: &[TaskKey]) -> Option<&'a Candidate> {
    candidates.iter().filter(|c| !seen.contains(&c.key)).min_by_key(|c| draw(seed, &c.key))
}

struct Builder<'a, T, N, F> {
    count: usize,
    nth: N,
    /// Places before which all are placed, and before which none fits among the first places.
    left: usize,
    fit: usize,
    /// Those to explore, in the order of their draw.
    drawn: &'a [usize],
    team: F,
    placed: HashSet<usize>,
    teams: HashMap<T, usize>,
    out: Vec<Place>,
}

impl<T: Eq + Hash, N: FnMut(usize) -> Option<usize>, F: Fn(usize) -> T> Builder<'_, T, N, F> {
    fn is_left(&self, at: usize) -> bool {
        !self.placed.contains(&at)
    }

    fn fits(&self, at: usize) -> bool {
        self.out.len() >= FIRST_PLACES || self.teams.get(&(self.team)(at)).is_none_or(|n| *n < OF_ONE_TEAM)
    }

    /// True when the next place is one to explore and there is a choice.
    fn explores(&self) -> bool {
        let place = self.out.len() + 1;
        place.is_multiple_of(EXPLORE_EVERY) && self.count > place
    }

    /// Fills the next place with the best that fits, else the best.
    fn next(&mut self) {
        let explore = self.explores();
        let place = if explore { self.first_drawn() } else { self.best() };
        // The draw may hold none that is left.
        let Some(at) = place.or_else(|| self.best()) else { return };
        self.placed.insert(at);
        *self.teams.entry((self.team)(at)).or_default() += 1;
        self.out.push(Place { at, why: if explore { Why::Explore } else { Why::Score } });
    }

    fn first_drawn(&self) -> Option<usize> {
        let mut left = self.drawn.iter().copied().filter(|at| self.is_left(*at));
        left.clone().find(|at| self.fits(*at)).or_else(|| left.next())
    }

    /// The best that fits, else the best. What did not fit once does not fit later among the first places, so nothing is
    /// looked at twice.
    fn best(&mut self) -> Option<usize> {
        while (self.nth)(self.left).is_some_and(|at| !self.is_left(at)) {
            self.left += 1;
        }
        while self.out.len() < FIRST_PLACES && self.fit < self.count {
            let at = (self.nth)(self.fit)?;
            if self.is_left(at) && self.fits(at) {
                return Some(at);
            }
            self.fit += 1;
        }
        (self.nth)(self.left)
    }
}

/// A number for a person, a day and a task, as good as drawn by chance and always the same: FNV-1a, stirred at the end so
/// that keys which differ in their last digit lie far apart.
pub fn draw(seed: Seed<'_>, key: &TaskKey) -> u64 {
    Lots::of(seed, &key.project).draw(key.number)
}

/// The draws of all tasks of a project, which begin alike.
#[derive(Clone, Copy)]
pub struct Lots(u64);

impl Lots {
    /// For this project.
    pub fn of(seed: Seed<'_>, project: &ProjectRef) -> Self {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        let separator = project.separator();
        // Writing into a number cannot fail.
        let _ = write!(hash, "{}\n{}\n{}:{project}{separator}", seed.person, seed.day, project.tracker);
        Self(hash.0)
    }

    /// The draw of the task with this number: [`draw`].
    pub fn draw(self, mut number: u64) -> u64 {
        let mut hash = Fnv(self.0);
        let mut digits = [0; 20];
        let mut from = digits.len();
        while number > 0 {
            from -= 1;
            if let Some(digit) = digits.get_mut(from) {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
            }
            number /= 10;
        }
        match digits.get(from..) {
            Some(digits @ [_, ..]) => hash.feed(digits),
            _ => hash.feed(b"new"),
        }
        let mut x = hash.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

struct Fnv(u64);

impl Fnv {
    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl fmt::Write for Fnv {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.feed(s.as_bytes());
        Ok(())
    }
}
