//! Where one was: from the state to what is remembered, and back. What has gone meanwhile is passed over in silence. Knows no
//! file.

use super::{
    room::{Room, Tab},
    screen,
    state::State,
};
use crate::{
    config::memory::Place,
    index::{Snapshot, rank::Sort},
};

/// Longest query that is taken up again, characters.
const QUERY_MOST: usize = 2_000;

fn word(tab: Tab) -> String {
    tab.name().to_lowercase()
}

/// Where one is.
pub fn of(state: &State) -> Place {
    let discover = &state.discover;
    let view = discover.view.and_then(|at| state.options.views.get(at)).map(|view| view.name.clone());
    Place {
        tab: word(state.tab),
        query: discover.query.text().chars().take(QUERY_MOST).collect(),
        view: view.unwrap_or_default(),
        sort: discover.sort.word().to_owned(),
        task: state.selected().map(|key| key.qualified()).unwrap_or_default(),
        open: matches!(state.room(), Some(Room::Detail(..))),
    }
}

/// Has the list asked for that one saw.
pub fn seek(state: &mut State, place: &Place) {
    state.tab = Tab::ALL.into_iter().find(|tab| word(*tab) == place.tab).unwrap_or_default();
    let query: String = place.query.chars().take(QUERY_MOST).collect();
    let discover = &mut state.discover;
    discover.query.set(&query);
    discover.view = state.options.views.iter().position(|view| view.name == place.view);
    discover.sort = Sort::ALL.into_iter().find(|sort| sort.word() == place.sort).unwrap_or_default();
}

/// True when the first page of the list is enough to begin at a place.
pub fn is_on(place: &Place, page: &Snapshot) -> bool {
    let plain = place.query.is_empty() && place.view.is_empty();
    let by_best = place.sort.is_empty() || place.sort == Sort::Best.word();
    let tab = place.tab.is_empty() || [Tab::Discover, Tab::Mine].into_iter().any(|tab| word(tab) == place.tab);
    plain && by_best && tab && (place.task.is_empty() || page.find(&place.task).is_ok())
}

/// Goes to the task one was at, once the list is here.
pub fn land(state: &mut State, place: &Place) {
    let Some(key) = state.snapshot.find(&place.task).ok().map(|row| row.task.key.clone()) else { return };
    state.discover.point_at(&state.snapshot, &key);
    if let Some(at) = screen::mine::cards(state).iter().position(|card| *card.key() == key) {
        state.mine.at = at;
    }
    if place.open {
        screen::open(state, key);
    }
}
