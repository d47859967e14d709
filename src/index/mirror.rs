//! The same work on two trackers: which tasks are one, and which of them stands in the lists. Two tasks are one when a
//! link leads from one to the other, or when the title of one begins or ends with the key of the other. Pure; knows no
//! tracker but by its address.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        key::{LooseKey, ProjectRef, TaskKey, TrackerName},
        task::Task,
    },
    store::LINKS,
};

/// Where each tracker's pages are, without a slash at the end.
pub type Homes = HashMap<TrackerName, String>;

/// Groups of tasks that are one, by the row that stands for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mirrors {
    /// The other homes of a row that stands in the lists.
    pub others: HashMap<TaskKey, Vec<TaskKey>>,
    /// The row that stands for one which does not.
    pub stands: HashMap<TaskKey, TaskKey>,
    /// Tasks with those that their titles name on other trackers.
    pub named: Vec<(TaskKey, TaskKey)>,
}

/// The task an address leads to.
fn linked(address: &str, homes: &Homes) -> Option<TaskKey> {
    let address = address.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    homes.iter().find_map(|(tracker, home)| {
        let path = address.strip_prefix(home.as_str())?.strip_prefix('/')?;
        if let Some(key) = path.strip_prefix("browse/") {
            return on(key, tracker);
        }
        let mut steps = path.split('/');
        let (owner, name, kind, number) = (steps.next()?, steps.next()?, steps.next()?, steps.next()?);
        let project = ProjectRef::parse(tracker, &format!("{owner}/{name}")).ok()?;
        let number = number.parse().ok().filter(|n| *n > 0 && kind == "issues")?;
        steps.next().is_none().then(|| TaskKey::new(project, number))
    })
}

fn on(raw: &str, tracker: &TrackerName) -> Option<TaskKey> {
    raw.parse::<LooseKey>().ok()?.on(tracker).ok()
}

/// The words a title begins and ends with that could be keys, without brackets and colons: `[OPS-12] …`, `OPS-12: …`,
/// `… (acme/app#3)`. A key in the middle of a title is spoken of, not stood for.
fn ends(title: &str) -> impl Iterator<Item = &str> {
    let mut words = title.split_whitespace();
    let (first, last) = (words.next(), words.next_back());
    // Most titles end here, without an attempt to read a key.
    let could_be = |word: &&str| word.ends_with(|c: char| c.is_ascii_digit()) && word.contains(['-', '#']);
    [first, last].into_iter().flatten().map(bare).filter(could_be)
}

fn bare(word: &str) -> &str {
    let word = word.trim_start_matches(['[', '(', '{', '<']);
    word.trim_end_matches([']', ')', '}', '>', ':', ',', '.', ';'])
}

/// A disjoint-set forest over places of tasks.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, mut at: usize) -> usize {
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            // Halving the path keeps later look-ups short.
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(place) = self.0.get_mut(at) {
                *place = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(place) = self.0.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    }
}

fn is_elsewhere((a, b): &(TaskKey, TaskKey)) -> bool {
    a.project.tracker != b.project.tracker
}

/// Tasks with those that their titles name on other trackers.
pub(super) fn named<'t>(tasks: impl Iterator<Item = &'t Task>, homes: &Homes) -> Vec<(TaskKey, TaskKey)> {
    if homes.len() < 2 {
        return Vec::new();
    }
    let of = |task: &'t Task| {
        let to = ends(task.title.raw()).flat_map(|word| homes.keys().filter_map(move |tracker| on(word, tracker)));
        to.map(|to| (task.key.clone(), to)).collect::<Vec<_>>()
    };
    tasks.flat_map(of).filter(is_elsewhere).collect()
}

/// Pairs of tasks of which one links to the other.
fn linked_pairs(values: &[(String, String)], homes: &Homes) -> Vec<(TaskKey, TaskKey)> {
    let links = values.iter().filter_map(|(name, value)| {
        let loose: LooseKey = name.strip_prefix(LINKS)?.parse().ok()?;
        let from = loose.on(loose.tracker.as_ref()?).ok()?;
        // The first line is the change at which they were read.
        Some((from, value.split_once('\n')?.1))
    });
    let linked = links.flat_map(|(from, addresses)| {
        let to = addresses.split('\n').filter_map(|address| linked(address, homes));
        to.map(move |to| (from.clone(), to)).collect::<Vec<_>>()
    });
    linked.filter(is_elsewhere).collect()
}

impl Mirrors {
    /// Finds what is one among open tasks, of pairs that titles name and links. `weigh` tells of the tasks among these that
    /// are open which of a group stands for it: the smallest.
    pub(super) fn of<W: Ord + Clone>(
        named: Vec<(TaskKey, TaskKey)>,
        values: &[(String, String)],
        homes: &Homes,
        weigh: impl FnOnce(&HashSet<&TaskKey>) -> HashMap<TaskKey, W>,
    ) -> Self {
        if homes.len() < 2 {
            return Self::default();
        }
        let linked = linked_pairs(values, homes);
        let pairs = || named.iter().chain(&linked);
        // Few tasks have another home: everything from here on looks at those alone.
        let met: HashSet<&TaskKey> = pairs().flat_map(|(a, b)| [a, b]).collect();
        let weights = if met.is_empty() { HashMap::new() } else { weigh(&met) };
        let open: Vec<(&TaskKey, &W)> = weights.iter().collect();
        let at: HashMap<&TaskKey, usize> = open.iter().enumerate().map(|(at, (key, _))| (*key, at)).collect();
        let mut sets = Sets((0..open.len()).collect());
        for (a, b) in pairs() {
            if let (Some(a), Some(b)) = (at.get(a), at.get(b)) {
                sets.join(*a, *b);
            }
        }
        let mut groups: BTreeMap<usize, Vec<(&W, &TaskKey)>> = BTreeMap::new();
        for (place, (key, weight)) in open.iter().enumerate() {
            groups.entry(sets.root(place)).or_default().push((weight, key));
        }
        let mut mirrors = Self::default();
        for mut group in groups.into_values().filter(|group| group.len() > 1) {
            group.sort();
            let Some(((_, first), rest)) = group.split_first() else { continue };
            mirrors.others.insert((*first).clone(), rest.iter().map(|(_, key)| (*key).clone()).collect());
            mirrors.stands.extend(rest.iter().map(|(_, key)| ((*key).clone(), (*first).clone())));
        }
        Self { named, ..mirrors }
    }

    /// The tasks of which these know something else than the others.
    pub(super) fn differing<'m>(&'m self, others: &'m Self) -> impl Iterator<Item = &'m TaskKey> {
        let keys = |mirrors: &'m Self| mirrors.others.keys().chain(mirrors.stands.keys());
        let differs = |key: &&TaskKey| {
            self.others.get(*key) != others.others.get(*key) || self.stands.get(*key) != others.stands.get(*key)
        };
        keys(self).chain(keys(others)).filter(differs)
    }

    /// All homes of the work of a task.
    pub(super) fn of_task<'m>(&'m self, key: &'m TaskKey) -> impl Iterator<Item = &'m TaskKey> {
        let first = self.stands.get(key).unwrap_or(key);
        std::iter::once(first).chain(self.others.get(first).into_iter().flatten())
    }
}
