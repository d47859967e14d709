//! The floor: all teams as rooms, with who is helping in each now, what waits for the reader, who helps whom, and a
//! timeline. Made from a snapshot; knows no screen and no output. It shows current help only: what has ended is shown to
//! the person it was and to nobody else (domain.md §4.7).

mod ask;
mod matrix;
mod room;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    domain::{
        commitment::{Commitment, CommitmentState},
        key::{ProjectRef, TrackerName},
        person::Person,
        roster::TeamId,
    },
    index::{Snapshot, assigned::Assigned, side::Side},
};

pub use self::{
    ask::{Ask, AskKind},
    matrix::Matrix,
    room::{Helper, Load, MentorLoad, Places, Room},
};

/// The floor as one reader sees it.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    /// Rooms: those the reader speaks for first, then that of their own team, whoever leads it, then where something is at
    /// risk or asked, then by helpers and name.
    pub rooms: Vec<Room>,
    /// Who helps whom: live help between teams.
    pub matrix: Matrix,
}

/// Where a room is: a team of the registry, or a project that no team owns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A team.
    Team(TeamId),
    /// A project without a team.
    Project(ProjectRef),
}

impl Floor {
    /// Walks over the snapshot; [`Snapshot::floor`] does so once.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut places: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for team in &snapshot.roster.teams {
            places.insert(Place::Team(team.id.clone()), Vec::new());
        }
        for (at, c) in snapshot.commitments.iter().enumerate().filter(|(_, c)| is_here(c)) {
            places.entry(place_of(snapshot, &c.key.project)).or_default().push(at);
        }
        let by_hand = by_hand(snapshot);
        for place in by_hand.keys().filter(|place| matches!(place, Place::Team(_))) {
            places.entry(place.clone()).or_default();
        }
        let mut rooms: Vec<Room> = places.into_iter().map(|(place, at)| Room::of(snapshot, place, &at)).collect();
        for room in &mut rooms {
            room.by_hand = by_hand.get(&room.place).copied().unwrap_or(0);
        }
        let home = |tracker| snapshot.roster.home_of(tracker, &snapshot.reader(tracker)?).map(|team| &team.id);
        let homes: Vec<&TeamId> = snapshot.me.keys().filter_map(home).collect();
        let is_home = |room: &Room| matches!(&room.place, Place::Team(id) if homes.contains(&id));
        rooms.sort_by_key(|room| (!room.own, !room.own && !is_home(room), room.rank()));
        Self { matrix: Matrix::of(snapshot), rooms }
    }

    /// Rooms the reader speaks for.
    pub fn mine(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter().filter(|r| r.own)
    }

    /// A room by the id or the name of its team, or by its project; in any case of letters.
    pub fn room(&self, name: &str) -> Option<&Room> {
        let same = |text: &str| text.eq_ignore_ascii_case(name);
        self.rooms.iter().find(|r| match &r.place {
            Place::Team(id) => same(id) || same(&r.name),
            Place::Project(project) => same(project.path()),
        })
    }
}

/// True for help that goes on now: asked for, held, or answered for.
fn is_here(c: &Commitment) -> bool {
    c.state == CommitmentState::Requested || c.state.holds() || c.state == CommitmentState::Warranty
}

fn place_of(snapshot: &Snapshot, project: &ProjectRef) -> Place {
    // Of projects with tasks it was looked up before: to ask the registry is to try the patterns of all teams.
    let team = match snapshot.side().place_at(project) {
        Some(place) => Side::name(&snapshot.side().teams, place.team).map(AsRef::as_ref),
        None => snapshot.roster.host_of(project).map(|team| team.id.as_str()),
    };
    team.map_or_else(|| Place::Project(project.clone()), |team| Place::Team(team.to_owned()))
}

/// Tasks that are assigned by hand to somebody who is not of the team that owns them.
fn by_hand<'a>(snapshot: &'a Snapshot) -> BTreeMap<Place, u32> {
    let mut homes: HashMap<(&TrackerName, &str), Option<&TeamId>> = HashMap::new();
    let mut counts: BTreeMap<Place, u32> = BTreeMap::new();
    for of_project in snapshot.assigned.chunk_by(|a, b| a.key.project == b.key.project) {
        let Some(first) = of_project.first() else { continue };
        let (project, place) = (&first.key.project, place_of(snapshot, &first.key.project));
        let mut home = |assigned: &'a Assigned| {
            let who = &assigned.who;
            let find = || {
                let person = Person { login: who.clone(), ..Person::human("", 0) };
                snapshot.roster.home_of(&project.tracker, &person).map(|team| &team.id)
            };
            *homes.entry((&project.tracker, who.raw())).or_insert_with(find)
        };
        let is_of = |team: Option<&TeamId>| team.is_some_and(|id| matches!(&place, Place::Team(own) if own == id));
        let others = of_project.iter().filter(|assigned| !is_of(home(assigned))).count();
        if others > 0 {
            *counts.entry(place).or_default() += room::count(others);
        }
    }
    counts
}

impl Snapshot {
    /// The floor, made once. O(commitments · patterns of the registry + tasks that are assigned by hand).
    pub fn floor(&self) -> Arc<Floor> {
        self.floor.get_or_init(|| Arc::new(Floor::of(self))).clone()
    }
}
