//! A round over the hosts: which tasks to look at, one after another, so that no host is passed over and none gets all
//! the attention. Pure: from the snapshot, what is remembered of earlier walks, and the present.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::{
    filter::search,
    query::Query,
    rank::Sort,
    side::Side,
    snapshot::{Row, Snapshot},
};
use crate::domain::{
    key::TaskKey,
    time::Now,
    walk::{Memory, Place},
};

/// Stops of a round by default.
pub const STOPS: usize = 7;
/// Most stops of a round that can be asked for.
pub const MOST_STOPS: usize = 50;
/// Most stops of one round at one host.
pub const PER_HOST: usize = 2;

/// One stop of a round: one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The task.
    pub key: TaskKey,
    /// Whose it is.
    pub place: Place,
    /// The last visit there before this round; `None` when there was none.
    pub last_visit: Option<Timestamp>,
}

/// Whose a row is: of its team, else of its project alone.
pub fn place(row: &Row) -> Place {
    match &row.team {
        Some(team) => Place::Team(team.to_string()),
        None => Place::Project(row.task.key.project.clone()),
    }
}

/// A name for a host: the team's, else the path of the project. Raw text.
pub fn place_name(snapshot: &Snapshot, place: &Place) -> String {
    match place {
        Place::Project(project) => project.path().to_owned(),
        Place::Team(id) => {
            let name = snapshot.roster.team(id).map(|team| team.name.as_str());
            name.filter(|name| !name.is_empty()).unwrap_or(id).to_owned()
        }
    }
}

/// The tasks that could be stops, best first: in sight of the list, free, not asked for by the reader, and neither
/// blocked nor undecided. The order is
/// that of the list, so what makes a task better there makes it better here.
fn best(snapshot: &Snapshot) -> impl Iterator<Item = &Row> {
    let side = Side::for_rows(snapshot.side(), &snapshot.rows);
    let found = search(snapshot, &Query::default(), Sort::Best).rows;
    found.into_iter().filter_map(move |at| {
        let held_back = side.rows.get(at as usize).is_some_and(|beside| beside.held_back);
        snapshot.rows.get(at as usize).filter(|row| row.free.is_free() && row.claim.is_none() && !held_back)
    })
}

/// One host's candidates.
struct Host<'a> {
    place: Place,
    last_visit: Option<Timestamp>,
    rows: Vec<&'a Row>,
}

/// Plans a round of at most `stops` stops. Hosts come in the order of their last visit, those never visited first, then
/// by their best task; each gets one stop before any gets its second and last. Within a host the best task comes first;
/// tasks looked at a short while ago come after the others, tasks that were not wanted rest. `without` names tasks that
/// are answered and whose answer has not reached the snapshot yet.
pub fn plan(snapshot: &Snapshot, memory: &Memory, without: &HashSet<TaskKey>, now: Now, stops: usize) -> Vec<Stop> {
    let mut hosts: Vec<Host<'_>> = Vec::new();
    let mut at_of: BTreeMap<Place, usize> = BTreeMap::new();
    for row in best(snapshot) {
        let key = &row.task.key;
        if without.contains(key) || memory.rests(key, row.task.updated_at, now) {
            continue;
        }
        let place = place(row);
        let at = *at_of.entry(place.clone()).or_insert(hosts.len());
        match hosts.get_mut(at) {
            Some(host) => host.rows.push(row),
            None => hosts.push(Host { last_visit: memory.last_visit(&place), place, rows: vec![row] }),
        }
    }
    // Both sorts are stable: what is equal keeps the order of the list.
    hosts.sort_by_key(|host| host.last_visit);
    for host in &mut hosts {
        host.rows.sort_by_key(|row| memory.seen_lately(&row.task.key, now));
    }
    let pass = |n: usize| hosts.iter().filter_map(move |host| Some((host, *host.rows.get(n)?)));
    let stop = |(host, row): (&Host<'_>, &Row)| Stop {
        key: row.task.key.clone(),
        place: host.place.clone(),
        last_visit: host.last_visit,
    };
    (0..PER_HOST).flat_map(pass).map(stop).take(stops.min(MOST_STOPS)).collect()
}

/// Why a stop is in the round, in words: how long its host was not visited.
pub fn why(stop: &Stop, now: Now) -> String {
    match stop.last_visit.map(|at| now.days_since(at)) {
        None => "you have not been here before".into(),
        Some(0) => "you were here today".into(),
        Some(1) => "your last visit was yesterday".into(),
        Some(days) => format!("your last visit was {days} days ago"),
    }
}
