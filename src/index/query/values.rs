//! The values that the rows of a snapshot have of a field, with how many have each: what a query line offers, and what is
//! near to a value that none has. Gathered one field at a time, from columns and projects, never row by row.

use std::collections::HashMap;

use super::{
    super::{
        bits::Bits,
        side::{Flag, Place, Side},
        snapshot::Snapshot,
    },
    fields::{Field, Shape},
};
use crate::domain::key::TaskKey;

/// Values that rows have, of the fields that were gathered, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(HashMap<Field, Vec<(String, u32)>>);

impl Values {
    /// Gathers the values of a field, once. O(rows).
    pub fn gather(&mut self, field: Field, snapshot: &Snapshot) {
        if self.lacks(field) {
            self.0.insert(field, values(field, snapshot));
        }
    }

    /// True for a field with values that were not gathered yet.
    pub fn lacks(&self, field: Field) -> bool {
        field.info().shape == Shape::Text && !self.0.contains_key(&field)
    }

    /// Takes in what was gathered elsewhere.
    pub fn add(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub(super) fn of(&self, field: Field) -> &[(String, u32)] {
        self.0.get(&field).map_or(&[], Vec::as_slice)
    }
}

/// Values with how many rows have each.
#[derive(Default)]
struct Met(HashMap<String, u32>);

impl Met {
    fn count(&mut self, text: &str, n: u32) {
        if n == 0 || text.is_empty() || text.chars().any(char::is_control) {
            return;
        }
        match self.0.get_mut(text) {
            Some(met) => *met += n,
            None => drop(self.0.insert(text.to_owned(), n)),
        }
    }
}

/// The values that rows have of a field, most frequent first. Of mirrors only one counts.
fn values(field: Field, snapshot: &Snapshot) -> Vec<(String, u32)> {
    let (side, mut met) = (snapshot.side(), Met::default());
    let mut among = Bits::all(side.len());
    among.and_not(&side.flag(Flag::Gone));
    among.and_not(&side.flag(Flag::Folded));
    match field {
        Field::Project | Field::Org | Field::Team | Field::Tracker | Field::Language => {
            for run in &side.runs {
                let Some(place) = side.places.get(run.place as usize) else { continue };
                let n = u32::try_from(among.count_range(run.rows.clone())).unwrap_or(u32::MAX);
                met.count(of_place(field, place, side), n);
            }
        }
        Field::Tag => own(snapshot, &among, snapshot.tags.tagged(), &mut met),
        Field::Filter => own(snapshot, &among, snapshot.answers.named(), &mut met),
        Field::Skill => {
            let of_place = |place: u32| side.places.get(place as usize).map(|p| snapshot.asked_by(&p.project));
            let of_place = |place: u32| of_place(place).unwrap_or_default();
            snapshot.rows.tally_skills(&among, of_place, &mut |tag, n| met.count(tag, n));
        }
        _ => snapshot.rows.tally(field, &among, &mut |text, n| met.count(text, n)),
    }
    if field == Field::Team {
        let without = snapshot.roster.teams.iter().filter(|team| !team.projects.is_empty());
        met.0.extend(
            without.map(|team| (team.id.to_string(), 0)).filter(|(id, _)| !met.0.contains_key(id)).collect::<Vec<_>>(),
        );
    }
    let mut all: Vec<(String, u32)> = met.0.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

/// What all rows of a project have of a field; empty for nothing.
fn of_place<'a>(field: Field, place: &'a Place, side: &'a Side) -> &'a str {
    let project = &place.project;
    match field {
        Field::Project => project.path(),
        Field::Org => project.owner_and_name().map_or("", |(owner, _)| owner),
        Field::Team => Side::name(&side.teams, place.team).map_or("", AsRef::as_ref),
        Field::Tracker => project.tracker.as_str(),
        Field::Language => Side::name(&side.languages, place.language).map_or("", AsRef::as_ref),
        _ => "",
    }
}

/// Words that are kept by task.
fn own<'w>(snapshot: &Snapshot, among: &Bits, words: impl Iterator<Item = (&'w TaskKey, &'w [String])>, met: &mut Met) {
    let is_there = |key: &TaskKey| snapshot.at(key).is_some_and(|at| among.has(at as usize));
    words.filter(|(key, _)| is_there(key)).for_each(|(_, words)| words.iter().for_each(|word| met.count(word, 1)));
}
