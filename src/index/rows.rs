//! The rows of all tasks, by column. A [`Row`] is made when somebody looks at it, and kept from then on: few ever are.
//! Owns how rows are stored; what was judged about them was judged before.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jiff::Timestamp;

use super::{
    arena::{Counts, Filling, Moments, Pool, Texts},
    bits::Bits,
    side::{Flag, Side},
    snapshot::Row,
};
use crate::{
    domain::{
        commitment::Commitment,
        gist::Gist,
        key::{ProjectRef, TaskKey},
        person::{Association, Login, Person},
        planning::Planning,
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
/// for nothing, and the store has it.
#[derive(Default)]
pub struct Rows {
    len: usize,
    now: Timestamp,
    side: Arc<Side>,
    titles: Texts,
    numbers: Vec<u32>,
    large_numbers: HashMap<u32, u64>,
    pub(super) labels: Pool<Vec<Foreign>>,
    pub(super) assignees: Pool<Vec<Login>>,
    pub(super) authors: Pool<Option<Person>>,
    pub(super) milestones: Pool<Option<Milestone>>,
    free: Pool<Free>,
    locked: Vec<u32>,
    associations: Vec<Association>,
    created: Moments,
    updated: Moments,
    comments: Counts,
    reactions: Counts,
    rare: HashMap<u32, Box<Rare>>,
    gists: Texts,
    /// Signals that were not judged here.
    given: Option<HashMap<u32, Vec<Signal>>>,
    dictionary: Mutex<Dictionary>,
    made: Vec<OnceLock<Shelf>>,
}

type Shelf = Box<[OnceLock<Box<Row>>]>;

/// What few rows have.
#[derive(Default)]
struct Rare {
    closed_at: Option<Timestamp>,
    planning: Option<Box<Planning>>,
    mirrors: Vec<TaskKey>,
    folded: Option<TaskKey>,
    claim: Option<Commitment>,
}

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

/// A login as it is written, not as it is compared.
type Written = (String, Option<String>);

fn written(login: &Login) -> Written {
    (login.raw().to_owned(), login.name().map(|name| name.raw().to_owned()))
}

/// The pools while they are filled.
struct Pools {
    labels: Filling<Vec<Foreign>, Vec<Foreign>>,
    assignees: Filling<Vec<Written>, Vec<Login>>,
    authors: Filling<Option<(Written, u64, bool)>, Option<Person>>,
    milestones: Filling<Option<(Foreign, Option<Timestamp>)>, Option<Milestone>>,
    free: Filling<String, Free>,
}

impl Pools {
    fn of(rows: usize) -> Self {
        Self {
            labels: Filling::of(rows),
            assignees: Filling::of(rows),
            authors: Filling::of(rows),
            milestones: Filling::of(rows),
            free: Filling::of(rows),
        }
    }
}

impl Rows {
    /// Puts rows away. `given` keeps their signals as they are, which else are judged again from what is kept.
    pub(super) fn of(rows: Vec<Row>, side: Arc<Side>, now: Now, given: bool) -> Self {
        let mut all = Self { len: rows.len(), now: now.0, side, given: given.then(HashMap::new), ..Self::default() };
        all.made = (0..rows.len().div_ceil(SHELF)).map(|_| OnceLock::new()).collect();
        let mut pools = Pools::of(rows.len());
        for (at, row) in (0..).zip(rows) {
            all.put(at, row, &mut pools);
        }
        all.titles.close();
        all.gists.close();
        all.labels = pools.labels.done();
        all.assignees = pools.assignees.done();
        all.authors = pools.authors.done();
        all.milestones = pools.milestones.done();
        all.free = pools.free.done();
        all
    }

    fn put(&mut self, at: u32, row: Row, pools: &mut Pools) {
        let Row { task, signals, free, mirrors, folded, claim, gist, .. } = row;
        self.titles.push(task.title.raw());
        let number = u32::try_from(task.key.number).unwrap_or(u32::MAX);
        if number == u32::MAX {
            self.large_numbers.insert(at, task.key.number);
        }
        self.numbers.push(number);
        pools.assignees.push(task.assignees.iter().map(written).collect(), || task.assignees);
        let author =
            task.author.as_ref().map(|a| (written(&a.login), a.id, a.kind == crate::domain::person::PersonKind::Bot));
        pools.authors.push(author, || task.author);
        pools.milestones.push(task.milestone.as_ref().map(|m| (m.title.clone(), m.due)), || task.milestone);
        pools.labels.push(task.labels.clone(), || task.labels);
        let is_yes = free.is_free();
        let says = if is_yes { String::new() } else { serde_json::to_string(&free).unwrap_or_default() };
        pools.free.push(says, || free);
        if task.locked {
            self.locked.push(at);
        }
        self.associations.push(task.association);
        self.created.push(task.created_at);
        self.updated.push(task.updated_at);
        self.comments.push(task.comments);
        self.reactions.push(task.reactions);
        let gist = gist.and_then(|gist| serde_json::to_string(gist.as_ref()).ok());
        self.gists.push(gist.as_deref().unwrap_or_default());
        if let Some(given) = &mut self.given {
            given.insert(at, signals);
        }
        let rare = Rare { closed_at: task.closed_at, planning: task.planning, mirrors, folded, claim };
        if rare.closed_at.is_some()
            || rare.planning.is_some()
            || !rare.mirrors.is_empty()
            || rare.folded.is_some()
            || rare.claim.is_some()
        {
            self.rare.insert(at, Box::new(rare));
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True without any.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A row, made when it is first asked for.
    pub fn get(&self, at: usize) -> Option<&Row> {
        if at >= self.len {
            return None;
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
        let mut bits = Bits::none(self.len);
        self.rare.keys().for_each(|at| bits.add(*at as usize));
        bits
    }

    /// The rows that a login holds by a claim, or asked for.
    pub(super) fn held_by(&self, who: &Login) -> Bits {
        let mut bits = Bits::none(self.len);
        let held = |rare: &Rare| rare.claim.as_ref().is_some_and(|claim| claim.who.login == *who);
        self.rare.iter().filter(|(_, rare)| held(rare)).for_each(|(at, _)| bits.add(*at as usize));
        bits
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

    /// The key of a row.
    pub fn key(&self, at: u32) -> Option<TaskKey> {
        Some(TaskKey { project: self.project(at)?.clone(), number: self.number(at as usize) })
    }

    pub(super) fn title(&self, at: usize) -> &str {
        self.titles.get(at)
    }

    pub(super) fn number(&self, at: usize) -> u64 {
        match self.numbers.get(at).copied() {
            Some(u32::MAX) => u32::try_from(at).ok().and_then(|at| self.large_numbers.get(&at)).copied().unwrap_or(0),
            number => number.map_or(0, u64::from),
        }
    }

    pub(super) fn created(&self, at: usize) -> Timestamp {
        self.created.get(at)
    }

    pub(super) fn updated(&self, at: usize) -> Timestamp {
        self.updated.get(at)
    }

    pub(super) fn is_locked(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.locked.binary_search(&at).is_ok())
    }

    pub(super) fn has_gist(&self, at: usize) -> bool {
        !self.gists.get(at).is_empty()
    }

    pub(super) fn quiet_days(&self, at: usize) -> u32 {
        Now(self.now).days_since(self.updated.get(at))
    }

    pub(super) fn age_days(&self, at: usize) -> u32 {
        Now(self.now).days_since(self.created.get(at))
    }

    pub(super) fn comments(&self, at: usize) -> u32 {
        self.comments.get(at)
    }

    pub(super) fn reactions(&self, at: usize) -> u32 {
        self.reactions.get(at)
    }

    pub(super) fn plain(&self, at: usize) -> Plain {
        Plain {
            gated: u32::try_from(at).is_ok_and(|at| self.is_gated(at)),
            quiet_days: self.quiet_days(at),
            created_at: self.created.get(at),
            updated_at: self.updated.get(at),
            comments: self.comments.get(at),
            reactions: self.reactions.get(at),
        }
    }

    fn state(&self, at: u32) -> TaskState {
        match (self.side.has(Flag::Open, at), self.side.has(Flag::NotPlanned, at)) {
            (true, _) => TaskState::Open,
            (_, true) => TaskState::NotPlanned,
            _ => TaskState::Closed,
        }
    }

    fn task(&self, at: usize, row: u32, rare: Option<&Rare>) -> Option<Task> {
        Some(Task {
            key: self.key(row)?,
            id: 0,
            node_id: None,
            title: self.title(at).into(),
            state: self.state(row),
            labels: self.labels.get(at).cloned().unwrap_or_default(),
            assignees: self.assignees.get(at).cloned().unwrap_or_default(),
            author: self.authors.get(at).cloned().flatten(),
            association: self.associations.get(at).copied().unwrap_or_default(),
            created_at: self.created.get(at),
            updated_at: self.updated.get(at),
            closed_at: rare.and_then(|r| r.closed_at),
            comments: self.comments.get(at),
            reactions: self.reactions.get(at),
            milestone: self.milestones.get(at).cloned().flatten(),
            locked: self.is_locked(at),
            planning: rare.and_then(|r| r.planning.clone()),
        })
    }

    fn make(&self, at: usize, judge: bool) -> Option<Row> {
        let row = u32::try_from(at).ok()?;
        let (side, place) = (&self.side, self.side.place(row));
        let rare = self.rare.get(&row).map(AsRef::as_ref);
        let task = self.task(at, row, rare)?;
        let gist: Option<Arc<Gist>> = serde_json::from_str(self.gists.get(at)).ok().map(Arc::new);
        let judged = || {
            let mut dictionary = self.dictionary.lock().unwrap_or_else(PoisonError::into_inner);
            signal::listed(&task, gist.as_deref(), Now(self.now), &mut dictionary)
        };
        let signals = match &self.given {
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
            free: self.free.get(at).cloned().unwrap_or(Free::Yes),
            quiet_days: Now(self.now).days_since(task.updated_at),
            age_days: Now(self.now).days_since(task.created_at),
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
        (Self::of(rows, side.clone(), Now(self.now), true), side)
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rows({})", self.len)
    }
}
