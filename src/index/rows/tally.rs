//! How often each value of a field occurs among rows: each different one of a column is looked at once, not each row. Knows
//! fields, and nothing of lines that name them or of projects, which know their own values ([`super::super::values`]).

use super::{
    super::{bits::Bits, query::Field, search::probes, snapshot::Row},
    Pool, Rows,
    columns::tags_of,
};
use crate::domain::{
    commitment::Commitment,
    person::{Login, Person},
    planning::Planning,
    text::Foreign,
};

/// Takes a value and how often it occurs.
type Count<'c> = &'c mut dyn FnMut(&str, u32);

fn texts<'t>(all: impl IntoIterator<Item = &'t Foreign>, n: u32, count: Count<'_>) {
    all.into_iter().for_each(|text| count(text.raw(), n));
}

/// Everybody who has to do with a task, once.
fn involved(assignees: &[Login], author: Option<&Person>, claim: Option<&Commitment>, count: Count<'_>) {
    let others = author.map(|a| &a.login).into_iter().chain(claim.map(|c| &c.who.login));
    let mut all: Vec<&str> = assignees.iter().chain(others).map(Login::raw).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().for_each(|who| count(who, 1));
}

fn planned(field: Field, planning: Option<&Planning>, count: Count<'_>) {
    texts(planning.map(probes::names(field)).unwrap_or_default(), 1, count);
}

/// The values of one row.
fn of_row(field: Field, row: &Row, count: Count<'_>) {
    let task = &row.task;
    match field {
        Field::Label => texts(&task.labels, 1, count),
        Field::Author => task.author.iter().for_each(|a| count(a.login.raw(), 1)),
        Field::Assignee => task.assignees.iter().for_each(|a| count(a.raw(), 1)),
        Field::Helper => row.claim.iter().for_each(|c| count(c.who.login.raw(), 1)),
        Field::Involves => involved(&task.assignees, task.author.as_ref(), row.claim.as_ref(), count),
        Field::Milestone => texts(task.milestone.iter().map(|m| &m.title), 1, count),
        _ => planned(field, task.planning.as_deref(), count),
    }
}

impl Rows {
    /// The values that some rows have of a field that is no property of their project. O(rows), without looking at texts.
    pub(in crate::index) fn tally(&self, field: Field, among: &Bits, count: Count<'_>) {
        let (base, below) = (&self.base, self.below(among));
        match field {
            Field::Label => counted(&base.labels, &below, |labels, n| texts(labels, n, count)),
            Field::Assignee => {
                counted(&base.assignees, &below, |all, n| all.0.iter().for_each(|who| count(who.raw(), n)));
            }
            Field::Author => self.tally_authors(&below, count),
            Field::Milestone => {
                counted(&base.milestones, &below, |m, n| texts(m.iter().map(|m| &m.title), n, count));
            }
            Field::Involves => self.tally_involved(&below, count),
            _ => {
                let some = base.rare.iter().filter(|(at, _)| below.has(**at as usize));
                for (_, rare) in some {
                    match field {
                        Field::Helper => rare.claim.iter().for_each(|claim| count(claim.who.login.raw(), 1)),
                        _ => planned(field, rare.planning.as_deref(), count),
                    }
                }
            }
        }
        self.lying_over(among).for_each(|(_, row)| of_row(field, row, count));
    }

    /// The tags of skills that some rows ask for; `of_place` tells those that every task of a project asks for.
    pub(in crate::index) fn tally_skills(&self, among: &Bits, of_place: impl Fn(u32) -> Vec<String>, count: Count<'_>) {
        let (pool, below) = (&self.base.skills, self.below(among));
        let mut asked = |own: &[String], of_project: &[String], n: u32| {
            own.iter().for_each(|tag| count(tag, n));
            of_project.iter().filter(|tag| !own.contains(tag)).for_each(|tag| count(tag, n));
        };
        let (mut counts, mut met) = (vec![0_u32; pool.all.len()], Vec::new());
        for run in &self.side.runs {
            for own in run.rows.clone().filter(|at| below.has(*at)).filter_map(|at| pool.of.get(at)) {
                let Some(count) = counts.get_mut(*own as usize) else { continue };
                if *count == 0 {
                    met.push(*own as usize);
                }
                *count += 1;
            }
            let of_project = of_place(run.place);
            for own in met.drain(..) {
                let n = counts.get_mut(own).map(std::mem::take).unwrap_or_default();
                asked(pool.all.get(own).map_or(&[], Vec::as_slice), &of_project, n);
            }
        }
        for (at, row) in self.lying_over(among) {
            let own = row.gist.as_deref().map(tags_of).unwrap_or_default();
            let place = self.side.place_of.get(at as usize).copied();
            asked(&own, &place.map(&of_place).unwrap_or_default(), 1);
        }
    }

    fn tally_authors(&self, below: &Bits, count: Count<'_>) {
        let authors = &self.base.authors;
        counted(authors, below, |author, n| author.0.iter().for_each(|author| count(author.login.raw(), n)));
    }

    /// Of most tasks nobody but the author is known; only the others are looked at one by one.
    fn tally_involved(&self, below: &Bits, count: Count<'_>) {
        let base = &self.base;
        let mut several = self.assigned(|all| !all.is_empty());
        several.or(&self.among_rare(|rare| rare.claim.is_some(), |_| false));
        several.and(below);
        let mut alone = below.clone();
        alone.and_not(&several);
        self.tally_authors(&alone, count);
        for at in several.iter().map(|at| at as usize) {
            let author = base.authors.get(at).and_then(|author| author.0.as_ref());
            let claim = base.rare(at).and_then(|rare| rare.claim.as_ref());
            involved(base.assignees.get(at).map_or(&[], |all| all.0.as_slice()), author, claim, count);
        }
    }

    /// Those of some rows over which no other lies.
    fn below(&self, among: &Bits) -> Bits {
        let mut below = among.clone();
        below.and_not(&self.is_over);
        below
    }

    fn lying_over<'a>(&'a self, among: &'a Bits) -> impl Iterator<Item = (u32, &'a Row)> {
        self.over.iter().filter(|(at, _)| among.has(**at as usize)).map(|(at, row)| (*at, row.as_ref()))
    }
}

/// Each different value of a column, with how many of some rows have it.
fn counted<T>(pool: &Pool<T>, among: &Bits, mut count: impl FnMut(&T, u32)) {
    let mut counts = vec![0_u32; pool.all.len()];
    for at in among.iter() {
        let of = pool.of.get(at as usize).and_then(|value| counts.get_mut(*value as usize));
        of.into_iter().for_each(|count| *count += 1);
    }
    pool.all.iter().zip(counts).filter(|(_, n)| *n > 0).for_each(|(value, n)| count(value, n));
}
