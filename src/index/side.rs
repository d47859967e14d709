//! What searching needs of each row, computed once beside the rows: the titles and keys as they are searched, the order of
//! keys, numbers for projects and languages. Holds no verdicts and no text to show but the facets' names.

use std::{borrow::Cow, collections::HashMap};

use super::{
    fuzzy::{Line, Lines, Titles},
    snapshot::Row,
};
use crate::judge::signal::{is_held_back, label::Dictionary};

/// One row's side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    /// Place of the key in the order of all keys.
    pub key_rank: u32,
    pub project: u32,
    /// 0 for none, else index + 1.
    pub language: u32,
    /// 0 for none, else index + 1.
    pub team: u32,
    pub held_back: bool,
    /// Tasks of its team that somebody is at; of its project, where no team owns it.
    pub helpers: u32,
}

impl Beside {
    /// Its team, or its project where no team owns it.
    pub(super) fn host(&self) -> (u32, u32) {
        (self.team, if self.team == 0 { self.project } else { 0 })
    }
}

/// The side table.
#[derive(Clone, Debug, Default)]
pub(super) struct Side {
    pub rows: Vec<Beside>,
    /// `owner/name` or `ABC`.
    pub projects: Vec<String>,
    pub languages: Vec<String>,
    /// Team ids.
    pub teams: Vec<String>,
    pub titles: Titles,
}

/// The rows as they are searched.
struct Searched<'a> {
    rows: &'a [Row],
    beside: &'a [Beside],
    /// What keys begin with.
    prefixes: Vec<String>,
}

impl Lines for Searched<'_> {
    fn count(&self) -> usize {
        self.rows.len().min(self.beside.len())
    }

    fn line(&self, at: usize) -> Line<'_> {
        match (self.rows.get(at), self.beside.get(at)) {
            (Some(row), Some(beside)) => {
                Line { title: row.task.title.raw(), project: beside.project, number: row.task.key.number }
            }
            _ => Line { title: "", project: u32::MAX, number: 0 },
        }
    }

    fn projects(&self) -> &[String] {
        &self.prefixes
    }
}

impl Side {
    pub(super) fn of(rows: &[Row], dictionary: &mut Dictionary) -> Self {
        let mut order: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        order.sort_by(|a, b| key(rows, *a).cmp(&key(rows, *b)));
        let mut side = Self { rows: vec![Beside::default(); rows.len()], ..Self::default() };
        for (rank, row) in (0..).zip(&order) {
            if let Some(beside) = side.rows.get_mut(*row as usize) {
                beside.key_rank = rank;
            }
        }
        let mut projects: HashMap<&str, u32> = HashMap::new();
        let mut languages: HashMap<&str, u32> = HashMap::new();
        let mut teams: HashMap<&str, u32> = HashMap::new();
        for (row, beside) in rows.iter().zip(&mut side.rows) {
            let path = row.task.key.project.path();
            beside.project = *projects.entry(path).or_insert_with(|| {
                side.projects.push(path.to_owned());
                u32::try_from(side.projects.len() - 1).unwrap_or(u32::MAX)
            });
            beside.held_back = is_held_back(&row.task, dictionary);
            beside.language = number(row.language.as_deref(), &mut languages, &mut side.languages);
            beside.team = number(row.team.as_deref(), &mut teams, &mut side.teams);
        }
        side.count_helpers(rows);
        let prefix = |path: &String| format!("{path}{}", if path.contains('/') { '#' } else { '-' });
        let prefixes = side.projects.iter().map(prefix).collect();
        side.titles = Titles::of(&Searched { rows, beside: &side.rows, prefixes });
        side
    }

    fn count_helpers(&mut self, rows: &[Row]) {
        let mut helpers: HashMap<(u32, u32), u32> = HashMap::new();
        let held = |row: &Row| row.claim.as_ref().is_some_and(|c| c.holds_task());
        for (_, beside) in rows.iter().zip(&self.rows).filter(|(row, _)| held(row)) {
            *helpers.entry(beside.host()).or_default() += 1;
        }
        if helpers.is_empty() {
            return;
        }
        for beside in &mut self.rows {
            beside.helpers = helpers.get(&beside.host()).copied().unwrap_or(0);
        }
    }

    /// The table kept with the rows, or a new one where rows were added or taken away since.
    pub(super) fn for_rows<'a>(kept: &'a Self, rows: &[Row]) -> Cow<'a, Self> {
        if kept.rows.len() == rows.len() {
            Cow::Borrowed(kept)
        } else {
            Cow::Owned(Self::of(rows, &mut Dictionary::new()))
        }
    }
}

/// 0 for none, else the place of a name among those met so far, from 1.
fn number<'a>(name: Option<&'a str>, met: &mut HashMap<&'a str, u32>, names: &mut Vec<String>) -> u32 {
    name.map_or(0, |name| {
        *met.entry(name).or_insert_with(|| {
            names.push(name.to_owned());
            u32::try_from(names.len()).unwrap_or(0)
        })
    })
}

fn key(rows: &[Row], at: u32) -> Option<&crate::domain::key::TaskKey> {
    rows.get(at as usize).map(|row| &row.task.key)
}
