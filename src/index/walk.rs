//! A round over the hosts: which tasks to look at, one after another, so that no host is passed over and none gets all
//! the attention. Pure: from the snapshot, what is remembered of earlier walks, and the present.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{
    query::Query,
    rank::Sort,
    search::filter::search,
    side::{Flag, Side},
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
fn best(snapshot: &Snapshot) -> Vec<u32> {
    let side = snapshot.side();
    let mut could_be = side.flag(Flag::Free).as_ref().clone();
    could_be.and_not(&side.flag(Flag::Claimed));
    could_be.and_not(&side.flag(Flag::HeldBack));
    let found = search(snapshot, &Query::default(), Sort::Best).rows;
    found.iter().copied().filter(|at| could_be.has(*at as usize)).collect()
}

/// One host's candidates, as many as it can get stops.
struct Host {
    place: Place,
    last_visit: Option<Timestamp>,
    /// Not looked at lately, best first.
    fresh: Vec<TaskKey>,
    /// Looked at lately.
    seen: Vec<TaskKey>,
}

impl Host {
    fn of(place: Place, memory: &Memory) -> Self {
        Self { last_visit: memory.last_visit(&place), place, fresh: Vec::new(), seen: Vec::new() }
    }

    /// True where no further task could become a stop.
    fn is_full(&self) -> bool {
        self.fresh.len() >= PER_HOST
    }

    fn nth(&self, n: usize) -> Option<&TaskKey> {
        self.fresh.iter().chain(&self.seen).nth(n)
    }
}

/// Plans a round of at most `stops` stops. Hosts come in the order of their last visit, those never visited first, then
/// by their best task; each gets one stop before any gets its second and last. Within a host the best task comes first;
/// tasks looked at a short while ago come after the others, tasks that were not wanted rest. `without` names tasks that
/// are answered and whose answer has not reached the snapshot yet.
pub fn plan(snapshot: &Snapshot, memory: &Memory, without: &HashSet<TaskKey>, now: Now, stops: usize) -> Vec<Stop> {
    let mut hosts: Vec<Host> = Vec::new();
    let side = snapshot.side();
    // By place, and by team: many projects may be of one. Two trackers may have projects of one name.
    let (mut of_place, mut of_team) = (vec![None; side.places.len()], vec![None; side.teams.len() + 1]);
    for at in best(snapshot) {
        let (Some(place), Some(known)) = (side.place_of(at), side.place(at)) else { continue };
        let team = Side::name(&side.teams, known.team);
        let host = if team.is_some() { of_team.get_mut(known.team as usize) } else { of_place.get_mut(place as usize) };
        let Some(host) = host.filter(|host| host.is_none_or(|host: usize| !hosts.get(host).is_some_and(Host::is_full)))
        else {
            continue;
        };
        let Some(key) = snapshot.rows.key(at) else { continue };
        if without.contains(&key) || memory.rests(&key, snapshot.rows.plain(at as usize).updated_at, now) {
            continue;
        }
        let host = *host.get_or_insert_with(|| {
            let place = team.map_or_else(|| Place::Project(known.project.clone()), |id| Place::Team(id.to_string()));
            hosts.push(Host::of(place, memory));
            hosts.len() - 1
        });
        if let Some(host) = hosts.get_mut(host) {
            if memory.seen_lately(&key, now) { host.seen.push(key) } else { host.fresh.push(key) }
        }
    }
    // The sort is stable: what is equal keeps the order of the list.
    hosts.sort_by_key(|host| host.last_visit);
    let pass = |n: usize| hosts.iter().filter_map(move |host| Some((host, host.nth(n)?)));
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
