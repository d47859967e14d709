//! Which rows a term of a query holds for, as a set: looked up where a set is kept, read off a project where all of its
//! rows agree, or a column; asked row by row where nothing is quicker. What was asked once is remembered as long as the
//! snapshot lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    super::{
        bits::Bits,
        fuzzy::Scan,
        query::{Dates, Field, Query, Term, Value},
        rows::{Plain, Rows},
        side::{Flag, Side},
        snapshot::{Row, Snapshot},
        worth::Fit,
    },
    meaning::{self, Wanted, contains_folded},
    probes,
    typing::Typing,
};
use crate::{
    domain::{key::TaskKey, person::Login, signal::SignalKind, size::Size, time::Now},
    judge::score::bars::whole,
};

/// Answers that are remembered; each takes a bit for every row.
const REMEMBERED: usize = 48;

/// What was asked before, by field and value as they are written.
#[derive(Debug, Default)]
pub(in crate::index) struct Known(Mutex<HashMap<String, Arc<Bits>>>);

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
pub(in crate::index) enum Source<'a> {
    /// Tasks, by column.
    Tasks(&'a Rows),
    /// Findings, which are few.
    Findings(&'a [Row]),
}

/// Rows with what is kept beside them.
#[derive(Clone, Copy)]
pub(in crate::index) struct Table<'a> {
    pub snapshot: &'a Snapshot,
    pub rows: Source<'a>,
    pub side: &'a Side,
    pub known: &'a Known,
    pub typing: &'a Typing,
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
    pub(in crate::index) fn plain(self, at: u32) -> Option<Plain> {
        match self.rows {
            Source::Tasks(rows) => Some(rows.plain(at as usize)),
            Source::Findings(rows) => rows.get(at as usize).map(Plain::of),
        }
    }

    /// The score of a row, of one that cannot be taken too; findings have none.
    pub(super) fn score_at(self, at: u32) -> u32 {
        match self.rows {
            Source::Tasks(_) => self.snapshot.score_at(at),
            Source::Findings(_) => 0,
        }
    }

    /// The key of a row.
    fn key(self, at: u32) -> Option<TaskKey> {
        Some(TaskKey { project: self.side.place(at)?.project.clone(), number: self.number(at) })
    }

    /// Keeps of a set what a query finds, but for its own free words: those are weighed, not only asked.
    pub(super) fn narrow(self, query: &Query, kept: &mut Bits) {
        for term in &query.terms {
            kept.and(&self.holding(term));
        }
        for word in &query.without {
            kept.and_not(&self.titled(&word.to_lowercase(), kept));
        }
        for group in &query.groups {
            let mut any = Bits::none(self.side.len());
            for part in &group.any {
                let mut found = kept.clone();
                self.narrow(part, &mut found);
                for word in &part.words {
                    found = self.worded(word, &found);
                }
                any.or(&found);
            }
            if group.not {
                kept.and_not(&any);
            } else {
                *kept = any;
            }
        }
    }

    /// The rows for which a term holds.
    fn holding(self, term: &Term) -> Bits {
        let mut any = Bits::none(self.side.len());
        for value in &term.values {
            any.or(&self.with(term.field, value));
        }
        if term.not {
            any.not();
        }
        any
    }

    /// The rows for which a field has a value.
    pub(super) fn with(self, field: Field, value: &Value) -> Arc<Bits> {
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
            (Field::Is, "taken") => has(Flag::Taken),
            (Field::Is, "hidden") => has(Flag::Hidden),
            (Field::Is, "snoozed") => has(Flag::Snoozed),
            (Field::Is, "bookmarked") => has(Flag::Bookmarked),
            (Field::Is, "shut") => has(Flag::Shut),
            (Field::Is, "avoided") => has(Flag::Avoided),
            (Field::Is, "finding") => has(Flag::Unborn),
            (Field::Is | Field::State, "open") => has(Flag::Open),
            (Field::Is | Field::State, "not-planned") => has(Flag::NotPlanned),
            (Field::Has, "assignee") => has(Flag::Assigned),
            (Field::Has, "label") => has(Flag::Labelled),
            (Field::Has, "milestone") => has(Flag::Milestone),
            (Field::Has, "comment") => has(Flag::Commented),
            (Field::Has, "claim") => has(Flag::Claimed),
            _ => None,
        }
    }

    /// What is kept the other way round.
    fn without(self, field: Field, value: &Value) -> Option<Bits> {
        let Value::Text(text) = value else { return None };
        let mut bits = match (field, text.as_str()) {
            (Field::Is | Field::State, "closed") => self.side.flag(Flag::Open).as_ref().clone(),
            (Field::Is, "task") => self.side.flag(Flag::Unborn).as_ref().clone(),
            (Field::No, _) => self.with(Field::Has, value).as_ref().clone(),
            _ => return None,
        };
        bits.not();
        Some(bits)
    }

    /// The rows with a word of their own that is meant: a private tag, a view whose filter found them.
    fn named<'w>(self, words: impl Iterator<Item = (&'w TaskKey, &'w [String])>, meant: impl Fn(&str) -> bool) -> Bits {
        let mut bits = Bits::none(self.side.len());
        for (key, _) in words.filter(|(_, words)| words.iter().any(|word| meant(word))) {
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
            Field::Has if text == "team" => side.in_places(|place| place.team != 0),
            Field::Has if text == "language" => side.in_places(|place| place.language != 0),
            _ => return None,
        })
    }

    fn by_column(self, field: Field, value: &Value) -> Option<Bits> {
        let Source::Tasks(rows) = self.rows else { return None };
        match value {
            Value::Text(text) => self.by_text(rows, field, text),
            Value::Range(bounds) => {
                let of = |number: &dyn Fn(usize) -> Option<u32>| {
                    Some(Bits::of(rows.len(), |at| number(at).is_some_and(|n| bounds.contains(n))))
                };
                match field {
                    Field::Quiet => of(&|at| Some(rows.quiet_days(at))),
                    Field::Age => of(&|at| Some(rows.age_days(at))),
                    Field::Comments => of(&|at| Some(rows.comments(at))),
                    Field::Reactions => of(&|at| Some(rows.reactions(at))),
                    // As it is shown: whole points.
                    Field::Score => of(&|at| self.score(at).map(whole)),
                    Field::Readiness => of(&|at| self.snapshot.fits().get(at)?.readiness.map(u32::from)),
                    _ => None,
                }
            }
            Value::Dates(dates) => match field {
                Field::Created => Some(self.on(rows.len(), *dates, |at| Now(rows.created(at)))),
                Field::Updated => Some(self.on(rows.len(), *dates, |at| Now(rows.updated(at)))),
                _ => None,
            },
        }
    }

    /// What a row is worth, of one that can be taken.
    fn score(self, at: usize) -> Option<u32> {
        let at = u32::try_from(at).ok()?;
        (!self.side.has(Flag::Gated, at)).then(|| self.snapshot.score_at(at))
    }

    /// The rows with a moment on some days.
    fn on(self, len: usize, dates: Dates, moment: impl Fn(usize) -> Now) -> Bits {
        let ends = dates.ends(probes::today(self.snapshot));
        Bits::of(len, |at| {
            let day = moment(at).date();
            ends.start.is_none_or(|from| day >= from) && ends.end.is_none_or(|to| day <= to)
        })
    }

    fn by_text(self, rows: &Rows, field: Field, text: &str) -> Option<Bits> {
        let fits = |is: &dyn Fn(&Fit) -> bool| Bits::of(rows.len(), |at| self.snapshot.fits().get(at).is_some_and(is));
        Some(match field {
            Field::Label => {
                let wanted = Wanted::new(text);
                rows.labelled(|labels| labels.iter().any(|l| wanted.is(l.raw())))
            }
            Field::Milestone => {
                let wanted = Wanted::new(text);
                rows.planned(|m| m.as_ref().is_some_and(|m| wanted.is(m.title.raw())))
            }
            Field::Tag => {
                let wanted = Wanted::new(text.strip_prefix('#').unwrap_or(text));
                self.named(self.snapshot.tags.tagged(), |word| wanted.is(word))
            }
            Field::Filter => {
                let wanted = Wanted::new(text);
                self.named(self.snapshot.answers.named(), |view| wanted.is(view))
            }
            Field::Author => self.by_whom(text, |who| authored(rows, who)),
            Field::Assignee => self.by_whom(text, |who| rows.assigned(|all| all.contains(who))),
            Field::Helper => self.by_whom(text, |who| rows.held_by(who)),
            Field::Involves => self.by_whom(text, |who| {
                let mut any = authored(rows, who);
                any.or(&rows.assigned(|all| all.contains(who)));
                any.or(&rows.held_by(who));
                any
            }),
            Field::Title => self.titled(&text.to_lowercase(), &Bits::all(rows.len())),
            Field::Key => self.keyed(rows, text),
            Field::Skill => self.needing(rows, probes::skill(text)),
            Field::Size => {
                let wanted: Option<Size> = text.parse().ok();
                fits(&|fit| fit.size.is_some() && fit.size == wanted)
            }
            Field::Is if text == "intern" => {
                let mut fitting = fits(&|fit| fit.fits());
                fitting.and_not(&self.side.flag(Flag::Gated));
                fitting
            }
            Field::Is if text == "locked" => Bits::of(rows.len(), |at| rows.is_locked(at)),
            Field::Has => return self.having(rows, text),
            _ => return None,
        })
    }

    /// What `has:` knows of tasks, as far as columns say it.
    fn having(self, rows: &Rows, thing: &str) -> Option<Bits> {
        Some(match thing {
            "signal" => {
                let mut any = Bits::none(self.side.len());
                SignalKind::ALL.into_iter().for_each(|kind| any.or(&self.side.signal(kind)));
                any
            }
            "tag" => self.named(self.snapshot.tags.tagged(), |_| true),
            "skill" => self.needing(rows, |_, _| true),
            "reaction" => Bits::of(rows.len(), |at| rows.reactions(at) > 0),
            "author" => rows.authored(Option::is_some),
            "score" => Bits::of(rows.len(), |at| self.score(at).is_some()),
            "size" => Bits::of(rows.len(), |at| self.snapshot.fits().get(at).is_some_and(|fit| fit.size.is_some())),
            _ => return None,
        })
    }

    /// The rows that, or whose project, ask for a skill of such a facet and name.
    fn needing(self, rows: &Rows, is: impl Fn(&str, &str) -> bool) -> Bits {
        let meant = |tag: &str| tag.split_once(':').is_some_and(|(facet, name)| is(facet, name));
        let mut any = rows.needing(meant);
        any.or(&self.side.in_places(|place| self.snapshot.asked_by(&place.project).iter().any(|tag| meant(tag))));
        any
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
        self.side.titles.perhaps(word, kept).filtered(|at| contains_folded(self.title(at), word))
    }

    /// The rows among `kept` that a free word matches, in their title or their key.
    fn worded(self, word: &str, kept: &Bits) -> Bits {
        let answer = Scan::new(&self.side.titles, &[word], kept, 0).run(&|| true);
        answer.map(|answer| answer.hits).unwrap_or_default()
    }

    fn by_row(self, field: Field, value: &Value) -> Bits {
        let holds = meaning::probe(field, value, self.snapshot);
        match self.rows {
            Source::Findings(rows) => Bits::of(rows.len(), |at| rows.get(at).is_some_and(&holds)),
            Source::Tasks(rows) => {
                let mut found = Bits::none(rows.len());
                for at in self.asked(rows, field, value).iter().map(|at| at as usize) {
                    // Signals have sets of their own.
                    if rows.unjudged(at).is_some_and(|row| holds(&row)) {
                        found.add(at);
                    }
                }
                found
            }
        }
    }

    /// The rows that have to be asked: those that have what the question is about.
    fn asked(self, rows: &Rows, field: Field, value: &Value) -> Bits {
        let word = match value {
            Value::Text(text) => text.as_str(),
            Value::Range(_) | Value::Dates(_) => "",
        };
        match (field, word) {
            (Field::Votes | Field::Points | Field::Closed, _)
            | (Field::Status | Field::Type | Field::Priority | Field::Component | Field::Sprint, _)
            | (Field::Is, "flagged" | "in-progress")
            | (Field::Has, "mirror" | "points" | "component" | "sprint") => rows.rare(),
            (Field::Due, _) | (Field::Is, "overdue") | (Field::Has, "due") => {
                let mut some = rows.rare();
                some.or(&self.side.flag(Flag::Milestone));
                some
            }
            (Field::Has, "gist") => Bits::of(rows.len(), |at| rows.has_gist(at)),
            _ => Bits::all(rows.len()),
        }
    }
}

/// The rows that a login opened.
fn authored(rows: &Rows, who: &Login) -> Bits {
    rows.authored(|author| author.as_ref().is_some_and(|a| a.login == *who))
}
