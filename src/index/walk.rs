//! A round over the hosts: which tasks to look at, one after another, so that no host is passed over and none gets all
//! the attention. Pure: from the snapshot, what is remembered of earlier walks, and the present.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{
    filter::search,
    query::Query,
    rank::Sort,
    side::{Flag, Side},
    snapshot::{Row, Snapshot},
};
use crate::domain::{
    key::{ProjectRef, TaskKey},
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
fn best(snapshot: &Snapshot) -> Vec<u32> {
    let side = snapshot.side();
    let mut could_be = side.flag(Flag::Free).as_ref().clone();
    could_be.and_not(&side.flag(Flag::Claimed));
    could_be.and_not(&side.flag(Flag::HeldBack));
    let found = search(snapshot, &Query::default(), Sort::Best).rows;
    found.iter().copied().filter(|at| could_be.has(*at as usize)).collect()
}

/// One host's candidates.
struct Host {
    place: Place,
    last_visit: Option<Timestamp>,
    keys: Vec<TaskKey>,
}

/// Plans a round of at most `stops` stops. Hosts come in the order of their last visit, those never visited first, then
/// by their best task; each gets one stop before any gets its second and last. Within a host the best task comes first;
/// tasks looked at a short while ago come after the others, tasks that were not wanted rest. `without` names tasks that
/// are answered and whose answer has not reached the snapshot yet.
pub fn plan(snapshot: &Snapshot, memory: &Memory, without: &HashSet<TaskKey>, now: Now, stops: usize) -> Vec<Stop> {
    let mut hosts: Vec<Host> = Vec::new();
    // A team, or a project that none owns; two trackers may have projects of one name.
    let mut at_of: HashMap<(u32, Option<&ProjectRef>), usize> = HashMap::new();
    let side = snapshot.side();
    for at in best(snapshot) {
        let (Some(key), Some(known)) = (snapshot.rows.key(at), side.place(at)) else { continue };
        let moved = snapshot.rows.plain(at as usize).updated_at;
        if without.contains(&key) || memory.rests(&key, moved, now) {
            continue;
        }
        let team = Side::name(&side.teams, known.team);
        let host = *at_of.entry((known.team, team.is_none().then_some(&known.project))).or_insert(hosts.len());
        match hosts.get_mut(host) {
            Some(host) => host.keys.push(key),
            None => {
                let place = match team {
                    Some(team) => Place::Team(team.to_string()),
                    None => Place::Project(known.project.clone()),
                };
                hosts.push(Host { last_visit: memory.last_visit(&place), place, keys: vec![key] });
            }
        }
    }
    // Both sorts are stable: what is equal keeps the order of the list.
    hosts.sort_by_key(|host| host.last_visit);
    for host in &mut hosts {
        host.keys.sort_by_key(|key| memory.seen_lately(key, now));
    }
    let pass = |n: usize| hosts.iter().filter_map(move |host| Some((host, host.keys.get(n)?)));
    let stop = |(host, key): (&Host, &TaskKey)| Stop {
        key: key.clone(),
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
