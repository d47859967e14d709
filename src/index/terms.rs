//! Which rows a term of a query holds for, as a set: looked up where a set is kept, read off a project where all of its
//! rows agree, or a column; asked row by row where nothing is quicker. What was asked once is remembered as long as the
//! snapshot lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    arena::Pool,
    bits::Bits,
    meaning::{self, Wanted, contains_folded},
    query::{Field, Term, Value},
    rows::{Plain, Rows},
    side::{Flag, Side},
    snapshot::{Row, Snapshot},
};
use crate::domain::{key::TaskKey, person::Login, signal::SignalKind};

/// Answers that are remembered; each takes a bit for every row.
const REMEMBERED: usize = 48;

/// What was asked before, by field and value as they are written.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<String, Arc<Bits>>>);

impl Known {
    fn get(&self, asked: &str) -> Option<Arc<Bits>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(asked).cloned()
    }

    fn put(&self, asked: String, bits: Arc<Bits>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(asked, bits);
    }
}

/// Where rows are.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// Tasks, by column.
    Tasks(&'a Rows),
    /// Findings, which are few.
    Findings(&'a [Row]),
}

/// Rows with what is kept beside them.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub snapshot: &'a Snapshot,
    pub rows: Source<'a>,
    pub side: &'a Side,
    pub known: &'a Known,
}

impl<'a> Table<'a> {
    /// The title of a row, raw.
    pub(super) fn title(self, at: u32) -> &'a str {
        match self.rows {
            Source::Tasks(rows) => rows.title(at as usize),
            Source::Findings(rows) => rows.get(at as usize).map_or("", |row| row.task.title.raw()),
        }
    }

    /// The number of a row in its project.
    pub(super) fn number(self, at: u32) -> u64 {
        match self.rows {
            Source::Tasks(rows) => rows.number(at as usize),
            Source::Findings(_) => 0,
        }
    }

    /// What orders look at.
    pub(super) fn plain(self, at: u32) -> Option<Plain> {
        match self.rows {
            Source::Tasks(rows) => Some(rows.plain(at as usize)),
            Source::Findings(rows) => rows.get(at as usize).map(Plain::of),
        }
    }

    /// The key of a row.
    pub(super) fn key(self, at: u32) -> Option<TaskKey> {
        Some(TaskKey { project: self.side.place(at)?.project.clone(), number: self.number(at) })
    }

    /// The rows for which a term holds.
    pub(super) fn holding(self, term: &Term) -> Bits {
        let mut any = Bits::none(self.side.len());
        for value in &term.values {
            any.or(&self.with(term.field, value));
        }
        if term.not {
            any.not();
        }
        any
    }

    fn with(self, field: Field, value: &Value) -> Arc<Bits> {
        if let Some(kept) = self.kept(field, value) {
            return kept;
        }
        let asked = format!("{}:{value}", field.info().name);
        if let Some(known) = self.known.get(&asked) {
            return known;
        }
        let quick = self.without(field, value).or_else(|| self.of_project(field, value));
        let bits = quick.or_else(|| self.by_column(field, value)).unwrap_or_else(|| self.by_row(field, value));
        let bits = Arc::new(bits);
        // Words of titles change with every key that is typed.
        if field != Field::Title {
            self.known.put(asked, bits.clone());
        }
        bits
    }

    /// Sets that are kept with the rows.
    fn kept(self, field: Field, value: &Value) -> Option<Arc<Bits>> {
        let Value::Text(text) = value else { return None };
        let has = |flag| Some(self.side.flag(flag));
        match (field, text.as_str()) {
            (Field::Signal, word) => {
                SignalKind::ALL.into_iter().find(|k| k.word() == word).map(|kind| self.side.signal(kind))
            }
            (Field::Is, "stale") => Some(self.side.signal(SignalKind::Stale)),
            (Field::Is, "free") => has(Flag::Free),
            (Field::Is, "mine") => has(Flag::Mine),
            (Field::Is, "claimed") => has(Flag::Claimed),
            (Field::Is, "assigned") => has(Flag::Assigned),
            (Field::Is, "hidden") => has(Flag::Hidden),
            (Field::Is, "snoozed") => has(Flag::Snoozed),
            (Field::Is, "bookmarked") => has(Flag::Bookmarked),
            (Field::Is, "shut") => has(Flag::Shut),
            (Field::Is, "finding") => has(Flag::Unborn),
            (Field::Is | Field::State, "open") => has(Flag::Open),
            (Field::Is | Field::State, "not-planned") => has(Flag::NotPlanned),
            _ => None,
        }
    }

    /// What is kept the other way round.
    fn without(self, field: Field, value: &Value) -> Option<Bits> {
        let Value::Text(text) = value else { return None };
        let mut bits = match (field, text.as_str()) {
            (Field::Is | Field::State, "closed") => self.side.flag(Flag::Open).as_ref().clone(),
            (Field::No, "assignee") => self.side.flag(Flag::Assigned).as_ref().clone(),
            (Field::No, "label") => self.side.flag(Flag::Labelled).as_ref().clone(),
            (Field::No, "milestone") => self.side.flag(Flag::Milestone).as_ref().clone(),
            (Field::No, "comment") => self.side.flag(Flag::Commented).as_ref().clone(),
            (Field::No, "signal") => {
                let mut any = Bits::none(self.side.len());
                SignalKind::ALL.into_iter().for_each(|kind| any.or(&self.side.signal(kind)));
                any
            }
            (Field::No, "tag") => self.tagged(|_| true),
            _ => return None,
        };
        bits.not();
        Some(bits)
    }

    /// The rows with a private tag that is meant.
    fn tagged(self, meant: impl Fn(&str) -> bool) -> Bits {
        let mut bits = Bits::none(self.side.len());
        for (key, _) in self.snapshot.tags.tagged().filter(|(_, words)| words.iter().any(|word| meant(word))) {
            if let Some(at) = self.side.find(key, |at| self.number(at)) {
                bits.add(at as usize);
            }
        }
        bits
    }

    /// What all rows of a project agree in.
    fn of_project(self, field: Field, value: &Value) -> Option<Bits> {
        let Value::Text(text) = value else { return None };
        let side = self.side;
        let wanted = Wanted::new(text);
        Some(match field {
            Field::Project => {
                let whole = text.contains('/');
                side.in_places(|place| meaning::project_is(&place.project, &wanted, whole))
            }
            Field::Org => side.in_places(|p| p.project.owner_and_name().is_some_and(|(owner, _)| wanted.is(owner))),
            Field::Team if text.eq_ignore_ascii_case("@none") => side.in_places(|place| place.team == 0),
            Field::Team => side.in_places(|p| Side::name(&side.teams, p.team).is_some_and(|team| wanted.is(team))),
            Field::Tracker => side.in_places(|p| p.project.tracker.as_str().eq_ignore_ascii_case(text)),
            Field::Language => {
                side.in_places(|p| Side::name(&side.languages, p.language).is_some_and(|l| wanted.is(l)))
            }
            _ => return None,
        })
    }

    fn by_column(self, field: Field, value: &Value) -> Option<Bits> {
        let Source::Tasks(rows) = self.rows else { return None };
        match (field, value) {
            (Field::Quiet, Value::Range(days)) => Some(Bits::of(rows.len(), |at| days.contains(rows.quiet_days(at)))),
            (Field::Age, Value::Range(days)) => Some(Bits::of(rows.len(), |at| days.contains(rows.age_days(at)))),
            (Field::Comments, Value::Range(n)) => Some(Bits::of(rows.len(), |at| n.contains(rows.comments(at)))),
            (Field::Reactions, Value::Range(n)) => Some(Bits::of(rows.len(), |at| n.contains(rows.reactions(at)))),
            (Field::Label, Value::Text(text)) => {
                let wanted = Wanted::new(text);
                Some(pooled(&rows.labels, |labels| labels.iter().any(|l| wanted.is(l.raw()))))
            }
            (Field::Tag, Value::Text(text)) => {
                let wanted = Wanted::new(text.strip_prefix('#').unwrap_or(text));
                Some(self.tagged(|word| wanted.is(word)))
            }
            (Field::Author, Value::Text(text)) => {
                Some(self.by_whom(text, |who| {
                    pooled(&rows.authors, |author| author.as_ref().is_some_and(|a| a.login == *who))
                }))
            }
            (Field::Assignee, Value::Text(text)) => {
                Some(self.by_whom(text, |who| pooled(&rows.assignees, |all| all.contains(who))))
            }
            (Field::Title, Value::Text(text)) => {
                let wanted = text.to_lowercase();
                Some(Bits::of(rows.len(), |at| contains_folded(rows.title(at), &wanted)))
            }
            (Field::Key, Value::Text(text)) => Some(self.keyed(rows, text)),
            _ => None,
        }
    }

    /// The rows of a login, or of whoever the user is on the tracker of each row.
    fn by_whom(self, text: &str, of: impl Fn(&Login) -> Bits) -> Bits {
        if !text.eq_ignore_ascii_case("@me") {
            return of(&Login::new(text.strip_prefix('@').unwrap_or(text)));
        }
        let mut any = Bits::none(self.side.len());
        for (tracker, me) in &self.snapshot.me {
            let mut mine = of(me);
            mine.and(&self.side.in_places(|place| place.project.tracker == *tracker));
            any.or(&mine);
        }
        any
    }

    /// The rows of a number, or of a key as it is written.
    fn keyed(self, rows: &Rows, text: &str) -> Bits {
        let digits = text.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let number = digits.parse().unwrap_or(0);
        if digits.len() == text.len() {
            return Bits::of(rows.len(), |at| !text.is_empty() && rows.number(at) == number);
        }
        let mut bits = Bits::of(rows.len(), |at| rows.number(at) == number);
        let is =
            |key: TaskKey| key.to_string().eq_ignore_ascii_case(text) || key.qualified().eq_ignore_ascii_case(text);
        let others: Vec<u32> = bits.iter().filter(|at| !self.key(*at).is_some_and(is)).collect();
        others.into_iter().for_each(|at| bits.remove(at as usize));
        bits
    }

    /// The rows among `kept` in whose title a word, in lower case, stands.
    pub(super) fn titled(self, word: &str, kept: &Bits) -> Bits {
        let mut bits = Bits::none(self.side.len());
        kept.iter().filter(|at| contains_folded(self.title(*at), word)).for_each(|at| bits.add(at as usize));
        bits
    }

    fn by_row(self, field: Field, value: &Value) -> Bits {
        let holds = meaning::probe(field, value, self.snapshot);
        match self.rows {
            Source::Findings(rows) => Bits::of(rows.len(), |at| rows.get(at).is_some_and(&holds)),
            Source::Tasks(rows) => {
                let mut each = rows.each();
                Bits::of(rows.len(), |_| each.next().is_some_and(|row| holds(&row)))
            }
        }
    }
}

/// The rows whose value is meant; each different value is asked once.
fn pooled<T>(pool: &Pool<T>, meant: impl Fn(&T) -> bool) -> Bits {
    let meant: Vec<bool> = pool.all.iter().map(meant).collect();
    let is = |value: &u32| meant.get(*value as usize).copied().unwrap_or(false);
    Bits::of(pool.of.len(), |at| pool.of.get(at).is_some_and(is))
}
