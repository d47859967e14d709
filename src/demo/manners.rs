//! How the server treats its guests: how far away it is, whether it compresses, and GitHub's secondary limits, which count what
//! one guest does within a minute. Off unless asked for. Knows no world and no answer.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Requests under way at once.
const UNDER_WAY: u32 = 100;
/// Points a minute over REST; a read is one, a write five.
const REST_POINTS: u32 = 900;
/// Points a minute over GraphQL; a query is one.
const GRAPHQL_POINTS: u32 = 2_000;
/// Time of the server for one guest within a minute. GitHub says that adding up the times of the answers tells it.
const BUSY: Duration = Duration::from_secs(90);
/// Of which GraphQL may have as much.
const GRAPHQL_BUSY: Duration = Duration::from_secs(60);
/// What "a minute" is.
const WINDOW: Duration = Duration::from_secs(60);

/// How the server treats its guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Manners {
    /// Milliseconds that every answer takes.
    pub latency: u64,
    /// Answers are compressed for guests that take it.
    pub compress: bool,
    /// GitHub's secondary limits hold.
    pub limits: bool,
}

/// What the server saw of its guests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Most requests that were under way at once.
    pub most: u32,
    /// Requests refused by a secondary limit.
    pub refused: u32,
}

#[derive(Debug, Default)]
struct State {
    manners: Manners,
    load: Load,
    under_way: u32,
    lately: VecDeque<Done>,
}

#[derive(Debug)]
struct Done {
    at: Instant,
    graphql: bool,
    points: u32,
    took: Duration,
}

/// Counts what guests do.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<State>);

/// A request under way; it counts as done when this is dropped.
pub(crate) struct Visit<'a> {
    meter: &'a Meter,
    began: Instant,
    graphql: bool,
    points: u32,
}

impl Meter {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn manners(&self) -> Manners {
        self.state().manners
    }

    pub(crate) fn set(&self, manners: Manners) {
        *self.state() = State { manners, ..State::default() };
    }

    pub(crate) fn load(&self) -> Load {
        self.state().load
    }

    /// Lets a request in; `None` where a secondary limit holds it off.
    pub(crate) fn enter(&self, graphql: bool, write: bool) -> Option<Visit<'_>> {
        let began = Instant::now();
        let mut state = self.state();
        while state.lately.front().is_some_and(|done| began.duration_since(done.at) >= WINDOW) {
            state.lately.pop_front();
        }
        let points = if write { 5 } else { 1 };
        if state.manners.limits && !state.has_room(graphql, points) {
            state.load.refused += 1;
            return None;
        }
        state.under_way += 1;
        state.load.most = state.load.most.max(state.under_way);
        Some(Visit { meter: self, began, graphql, points })
    }
}

impl State {
    fn has_room(&self, graphql: bool, points: u32) -> bool {
        let kind = |done: &&Done| done.graphql == graphql;
        let spent: u32 = self.lately.iter().filter(kind).map(|done| done.points).sum();
        let busy: Duration = self.lately.iter().map(|done| done.took).sum();
        let of_kind: Duration = self.lately.iter().filter(kind).map(|done| done.took).sum();
        self.under_way < UNDER_WAY
            && spent + points <= if graphql { GRAPHQL_POINTS } else { REST_POINTS }
            && busy <= BUSY
            && (!graphql || of_kind <= GRAPHQL_BUSY)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let at = Instant::now();
        let mut state = self.meter.state();
        state.under_way = state.under_way.saturating_sub(1);
        if state.manners.limits {
            let took = at.duration_since(self.began);
            state.lately.push_back(Done { at, graphql: self.graphql, points: self.points, took });
        }
    }
}
