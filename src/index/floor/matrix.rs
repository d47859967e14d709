//! Who helps whom now: home teams in rows, host rooms in columns. Counts of commitments, never names.

use std::collections::BTreeMap;

use super::{is_here, place_of, room::count};
use crate::{
    domain::commitment::{Commitment, CommitmentState},
    index::{Snapshot, floor::Place},
};

/// Home of people the registry does not know.
pub(crate) const UNKNOWN: &str = "unknown";

/// Counts of live help between teams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// Home teams, in order of their names; unknown last.
    pub homes: Vec<String>,
    /// Host rooms, in order of their names.
    pub hosts: Vec<String>,
    /// One row for each home, one number for each host.
    pub cells: Vec<Vec<u32>>,
}

impl Matrix {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut counts: BTreeMap<(bool, String), BTreeMap<String, usize>> = BTreeMap::new();
        let helped = |c: &&Commitment| is_here(c) && c.state != CommitmentState::Requested;
        for c in snapshot.commitments.iter().filter(helped) {
            let home = home(snapshot, c);
            let host = match place_of(snapshot, &c.key.project) {
                Place::Team(id) => match snapshot.roster.team(&id) {
                    Some(team) if !team.name.is_empty() => team.name.clone(),
                    _ => id,
                },
                Place::Project(project) => project.path().to_owned(),
            };
            let row = (home.is_none(), home.unwrap_or_else(|| UNKNOWN.to_owned()));
            *counts.entry(row).or_default().entry(host).or_default() += 1;
        }
        let mut hosts: Vec<String> = counts.values().flat_map(|row| row.keys().cloned()).collect();
        hosts.sort();
        hosts.dedup();
        let cells = counts.values().map(|row| hosts.iter().map(|h| count(row.get(h).copied().unwrap_or(0))).collect());
        Self { cells: cells.collect(), homes: counts.into_keys().map(|(_, home)| home).collect(), hosts }
    }
}

/// Name of the home team of who committed.
pub(super) fn home(snapshot: &Snapshot, c: &Commitment) -> Option<String> {
    let team = snapshot.roster.home_of(&c.key.project.tracker, &c.who)?;
    Some(if team.name.is_empty() { team.id.clone() } else { team.name.clone() })
}
