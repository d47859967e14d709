//! The rows of all tasks: columns, and over them whole rows that changed or came since. A [`Row`] is made of columns when
//! somebody looks at it, and kept from then on: few ever are.

mod arena;
mod columns;
mod tally;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jiff::Timestamp;

pub(super) use self::arena::as_json;
use self::{
    arena::Pool,
    columns::{Columns, Rare, tags_of},
};
use super::{
    bits::Bits,
    side::{Flag, Side},
    snapshot::Row,
};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        person::{Login, Person},
        signal::Signal,
        task::{Milestone, Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::{
        free::Free,
        signal::{self, label::Dictionary},
    },
    store::MarkKind,
};

/// Rows that are made room for together.
const SHELF: usize = 64;

/// The rows of all tasks. What the tracker calls them by number (`Task::id`, `Task::node_id`) is not kept: lists need it
/// for nothing, and the store has it. A place whose task is gone has no row.
#[derive(Default)]
pub struct Rows {
    base: Arc<Columns>,
    over: HashMap<u32, Arc<Row>>,
    is_over: Bits,
    len: usize,
    side: Arc<Side>,
    dictionary: Mutex<Dictionary>,
    made: Vec<OnceLock<Shelf>>,
}

type Shelf = Box<[OnceLock<Box<Row>>]>;

/// What orders look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    pub gated: bool,
    pub quiet_days: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub comments: u32,
    pub reactions: u32,
}

impl Plain {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            gated: row.is_gated(),
            quiet_days: row.quiet_days,
            created_at: row.task.created_at,
            updated_at: row.task.updated_at,
            comments: row.task.comments,
            reactions: row.task.reactions,
        }
    }
}

/// Places for rows that are made, of `len` rows.
fn shelves(len: usize) -> Vec<OnceLock<Shelf>> {
    (0..len.div_ceil(SHELF)).map(|_| OnceLock::new()).collect()
}

impl Rows {
    /// Puts rows away. `given` keeps their signals as they are, which else are judged again from what is kept.
    pub(super) fn of(rows: Vec<Row>, side: Arc<Side>, now: Now, given: bool) -> Self {
        let len = rows.len();
        let base = Arc::new(Columns::of(rows, now, given));
        Self { base, is_over: Bits::none(len), len, side, made: shelves(len), ..Self::default() }
    }

    /// The same where some rows are others, and with those that come after the last one; `side` knows them, and which are
    /// gone.
    pub(super) fn with(&self, rows: impl IntoIterator<Item = (u32, Row)>, side: Arc<Side>) -> Self {
        let (len, mut over, mut is_over) = (side.len(), self.over.clone(), self.is_over.clone());
        is_over.grow(len);
        for (at, row) in rows {
            over.insert(at, Arc::new(row));
            is_over.add(at as usize);
        }
        Self { base: self.base.clone(), over, is_over, len, side, made: shelves(len), ..Self::default() }
    }

    /// The columns, the titles and what is remembered of texts, each as bytes; `None` where rows lie over them.
    pub(super) fn put_away(&self) -> Option<[postcard::Result<Vec<u8>>; 3]> {
        let base = self.base.as_ref();
        let whole = self.over.is_empty() && !self.is_given();
        whole.then(|| [postcard::to_stdvec(base), postcard::to_stdvec(&base.titles), postcard::to_stdvec(&base.gists)])
    }

    /// The rows of what was put away, beside nothing yet.
    pub(super) fn read_again([columns, titles, gists]: [Vec<u8>; 3]) -> postcard::Result<Self> {
        let base = Columns {
            titles: postcard::from_bytes(&titles)?,
            gists: postcard::from_bytes(&gists)?,
            ..postcard::from_bytes(&columns)?
        };
        let len = base.numbers.len();
        Ok(Self { base: Arc::new(base), is_over: Bits::none(len), len, made: shelves(len), ..Self::default() })
    }

    /// The same rows beside a side that knows them.
    pub(super) fn beside(self, side: Arc<Side>) -> Self {
        Self { side, ..self }
    }

    /// True where all columns are as long.
    pub(super) fn is_whole(&self) -> bool {
        self.base.is_of(self.len)
    }

    /// How many rows lie over the columns.
    pub(super) fn over(&self) -> usize {
        self.over.len()
    }

    /// When the columns were judged.
    pub(super) fn judged_at(&self) -> Now {
        Now(self.base.now)
    }

    /// True where the signals were not judged here.
    pub(super) fn is_given(&self) -> bool {
        self.base.given.is_some()
    }

    /// The row at a place, where it lies over the columns.
    fn above(&self, at: usize) -> Option<&Row> {
        if !self.is_over.has(at) {
            return None;
        }
        self.over.get(&u32::try_from(at).ok()?).map(AsRef::as_ref)
    }

    /// How many places there are; of some the task may be gone.
    pub fn len(&self) -> usize {
        self.len
    }

    /// How many tasks there are.
    pub fn count(&self) -> usize {
        self.len - self.side.flag(Flag::Gone).count()
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// A row, made when it is first asked for.
    pub fn get(&self, at: usize) -> Option<&Row> {
        if at >= self.len || self.is_gone(at) {
            return None;
        }
        if let Some(row) = self.above(at) {
            return Some(row);
        }
        let shelf = self.made.get(at / SHELF)?.get_or_init(|| (0..SHELF).map(|_| OnceLock::new()).collect());
        let place = shelf.get(at % SHELF)?;
        match place.get() {
            Some(row) => Some(row),
            None => self.make(at, true).map(|row| place.get_or_init(|| Box::new(row)).as_ref()),
        }
    }

    /// All rows, each kept from then on: for lists that are shown as a whole.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        (0..self.len).filter_map(|at| self.get(at))
    }

    /// All rows, none of them kept.
    pub fn each(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.len).filter_map(|at| self.make(at, true))
    }

    /// A row without its signals, not kept: for questions that are about anything else.
    pub(super) fn unjudged(&self, at: usize) -> Option<Row> {
        self.make(at, false)
    }

    /// The rows that have something of what few have: a claim, a plan, another home, an end.
    pub(super) fn rare(&self) -> Bits {
        self.among_rare(
            |_| true,
            |row| {
                let task = &row.task;
                let elsewhere = !row.mirrors.is_empty() || row.folded.is_some();
                task.closed_at.is_some() || task.planning.is_some() || elsewhere || row.claim.is_some()
            },
        )
    }

    /// The rows that a login holds by a claim, or asked for.
    pub(super) fn held_by(&self, who: &Login) -> Bits {
        self.among_rare(
            |rare| rare.claim.as_ref().is_some_and(|claim| claim.who.login == *who),
            |row| row.claim.as_ref().is_some_and(|claim| claim.who.login == *who),
        )
    }

    fn among_rare(&self, below: impl Fn(&Rare) -> bool, above: impl Fn(&Row) -> bool) -> Bits {
        let mut bits = Bits::none(self.len);
        let some = self.base.rare.iter().filter(|(_, rare)| below(rare));
        some.for_each(|(at, _)| bits.add(*at as usize));
        self.over.iter().for_each(|(at, row)| bits.set(*at as usize, above(row)));
        bits
    }

    /// The rows whose labels are meant; the same labels are asked once.
    pub(super) fn labelled(&self, meant: impl Fn(&Vec<Foreign>) -> bool) -> Bits {
        self.pooled(&self.base.labels, &meant, |row| meant(&row.task.labels))
    }

    /// The rows whose assignees are meant.
    pub(super) fn assigned(&self, meant: impl Fn(&Vec<Login>) -> bool) -> Bits {
        self.pooled(&self.base.assignees, |all| meant(&all.0), |row| meant(&row.task.assignees))
    }

    /// The rows whose author is meant.
    pub(super) fn authored(&self, meant: impl Fn(&Option<Person>) -> bool) -> Bits {
        self.pooled(&self.base.authors, |author| meant(&author.0), |row| meant(&row.task.author))
    }

    /// The rows whose milestone is meant.
    pub(super) fn planned(&self, meant: impl Fn(&Option<Milestone>) -> bool) -> Bits {
        self.pooled(&self.base.milestones, &meant, |row| meant(&row.task.milestone))
    }

    /// The rows whose texts ask for skills of which one is meant, by its tag.
    pub(super) fn needing(&self, meant: impl Fn(&str) -> bool) -> Bits {
        let any = |tags: &[String]| tags.iter().any(|tag| meant(tag));
        self.pooled(
            &self.base.skills,
            |tags| any(tags),
            |row| row.gist.as_deref().is_some_and(|gist| any(&tags_of(gist))),
        )
    }

    /// The rows whose value is meant; each different value of the columns is asked once.
    fn pooled<T>(&self, pool: &Pool<T>, meant: impl Fn(&T) -> bool, above: impl Fn(&Row) -> bool) -> Bits {
        let wanted: Vec<bool> = pool.all.iter().map(&meant).collect();
        let is = |value: &u32| wanted.get(*value as usize).copied().unwrap_or(false);
        let mut bits = Bits::of(self.len, |at| pool.of.get(at).is_some_and(is));
        self.over.iter().for_each(|(at, row)| bits.set(*at as usize, above(row)));
        bits
    }

    /// Who is assigned to a row.
    pub(super) fn assignees(&self, at: usize) -> &[Login] {
        let below = || self.base.assignees.get(at).map_or(&[][..], |all| all.0.as_slice());
        self.above(at).map_or_else(below, |row| &row.task.assignees)
    }

    /// Number, title and labels of a row whose task is open.
    pub(super) fn open_task(&self, at: usize) -> Option<(u64, &str, &[Foreign])> {
        let row = u32::try_from(at).ok()?;
        let open = self.side.has(Flag::Open, row) && !self.side.has(Flag::Gone, row);
        let below = || self.base.labels.get(at).map_or(&[][..], Vec::as_slice);
        let labels = || self.above(at).map_or_else(below, |row| &row.task.labels);
        open.then(|| (self.number(at), self.title(at), labels()))
    }

    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = TaskKey> + '_ {
        (0..).take(self.len).filter_map(|at| self.key(at))
    }

    /// The rows of one project, none of them kept.
    pub fn of_project<'a>(&'a self, project: &'a ProjectRef) -> impl Iterator<Item = Row> + 'a {
        self.side.rows_of(project).filter_map(|at| self.make(at, true))
    }

    /// The project of a row.
    pub fn project(&self, at: u32) -> Option<&ProjectRef> {
        self.side.place(at).map(|place| &place.project)
    }

    /// True when nobody can take a row now: [`Row::is_gated`].
    pub fn is_gated(&self, at: u32) -> bool {
        self.side.has(Flag::Gated, at)
    }

    /// True where the task of a place is gone.
    fn is_gone(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.side.has(Flag::Gone, at))
    }

    /// The key of a row.
    pub fn key(&self, at: u32) -> Option<TaskKey> {
        (!self.side.has(Flag::Gone, at)).then(|| self.key_of(at))?
    }

    /// The same, of one that is gone too.
    pub(super) fn key_of(&self, at: u32) -> Option<TaskKey> {
        Some(TaskKey { project: self.project(at)?.clone(), number: self.number(at as usize) })
    }

    pub(super) fn title(&self, at: usize) -> &str {
        self.above(at).map_or_else(|| self.base.titles.get(at), |row| row.task.title.raw())
    }

    pub(super) fn number(&self, at: usize) -> u64 {
        self.above(at).map_or_else(|| self.base.number(at), |row| row.task.key.number)
    }

    pub(super) fn created(&self, at: usize) -> Timestamp {
        self.above(at).map_or_else(|| self.base.created.get(at), |row| row.task.created_at)
    }

    pub(super) fn updated(&self, at: usize) -> Timestamp {
        self.above(at).map_or_else(|| self.base.updated.get(at), |row| row.task.updated_at)
    }

    pub(super) fn is_locked(&self, at: usize) -> bool {
        self.above(at).map_or_else(|| self.base.is_locked(at), |row| row.task.locked)
    }

    pub(super) fn has_gist(&self, at: usize) -> bool {
        self.above(at).map_or_else(|| !self.base.gists.get(at).is_empty(), |row| row.gist.is_some())
    }

    pub(super) fn quiet_days(&self, at: usize) -> u32 {
        self.above(at).map_or_else(|| self.judged_at().days_since(self.base.updated.get(at)), |row| row.quiet_days)
    }

    pub(super) fn age_days(&self, at: usize) -> u32 {
        self.above(at).map_or_else(|| self.judged_at().days_since(self.base.created.get(at)), |row| row.age_days)
    }

    pub(super) fn comments(&self, at: usize) -> u32 {
        self.above(at).map_or_else(|| self.base.comments.get(at), |row| row.task.comments)
    }

    pub(super) fn reactions(&self, at: usize) -> u32 {
        self.above(at).map_or_else(|| self.base.reactions.get(at), |row| row.task.reactions)
    }

    pub(super) fn plain(&self, at: usize) -> Plain {
        if let Some(row) = self.above(at) {
            return Plain::of(row);
        }
        Plain {
            gated: u32::try_from(at).is_ok_and(|at| self.is_gated(at)),
            quiet_days: self.quiet_days(at),
            created_at: self.base.created.get(at),
            updated_at: self.base.updated.get(at),
            comments: self.base.comments.get(at),
            reactions: self.base.reactions.get(at),
        }
    }

    fn state(&self, at: u32) -> TaskState {
        match (self.side.has(Flag::Open, at), self.side.has(Flag::NotPlanned, at)) {
            (true, _) => TaskState::Open,
            (_, true) => TaskState::NotPlanned,
            _ => TaskState::Closed,
        }
    }

    fn make(&self, at: usize, judge: bool) -> Option<Row> {
        let row = u32::try_from(at).ok()?;
        let key = self.key(row)?;
        if let Some(row) = self.above(at) {
            return Some(row.clone());
        }
        let (side, place, now) = (&self.side, self.side.place(row), self.judged_at());
        let task = self.base.task(at, key, self.state(row));
        let (rare, gist) = (self.base.rare(at), self.base.gist(at));
        let judged = || {
            let mut dictionary = self.dictionary.lock().unwrap_or_else(PoisonError::into_inner);
            signal::listed(&task, gist.as_deref(), now, &mut dictionary)
        };
        let signals = match &self.base.given {
            Some(given) => given.get(&row).cloned().unwrap_or_default(),
            None if judge => judged(),
            None => Vec::new(),
        };
        let mark = [
            (Flag::Hidden, MarkKind::Hidden),
            (Flag::Snoozed, MarkKind::Snoozed),
            (Flag::Bookmarked, MarkKind::Bookmark),
        ];
        Some(Row {
            signals,
            free: self.base.free.get(at).map_or(Free::Yes, |free| free.0.clone()),
            quiet_days: now.days_since(task.updated_at),
            age_days: now.days_since(task.created_at),
            language: place.and_then(|p| Side::name(&side.languages, p.language)).map(|l| l.to_string()),
            team: place.and_then(|p| Side::name(&side.teams, p.team)).cloned(),
            shut: side.has(Flag::Shut, row),
            avoided: side.has(Flag::Avoided, row),
            mark: mark.into_iter().find(|(flag, _)| side.has(*flag, row)).map(|(_, kind)| kind),
            mirrors: rare.map(|r| r.mirrors.clone()).unwrap_or_default(),
            folded: rare.and_then(|r| r.folded.clone()),
            claim: rare.and_then(|r| r.claim.clone()),
            gist,
            task,
        })
    }

    /// The same rows with other signals, beside a side that knows them.
    pub(super) fn with_signals(&self, side: &Side, judge: impl Fn(&Task) -> Vec<Signal>) -> (Self, Arc<Side>) {
        let mut rows: Vec<Row> = self.each().collect();
        rows.iter_mut().for_each(|row| row.signals = judge(&row.task));
        let mut side = side.clone();
        side.judge(&rows);
        let side = Arc::new(side);
        (Self::of(rows, side.clone(), self.judged_at(), true), side)
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows({})", self.len)
    }
}
