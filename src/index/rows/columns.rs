//! The columns in which rows are kept: texts end to end, values that occur again once. Made once and never changed; what was
//! judged about the rows was judged before.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    super::snapshot::Row,
    arena::{Counts, Filling, Json, Moments, Pool, Texts, as_json},
};
use crate::{
    domain::{
        commitment::Commitment,
        gist::Gist,
        key::TaskKey,
        person::{Association, Login, Person, PersonKind},
        planning::Planning,
        signal::Signal,
        task::{Milestone, Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::free::Free,
};

/// The columns of all rows.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Columns {
    pub(super) now: Timestamp,
    #[serde(skip)]
    pub(super) titles: Texts,
    pub(super) numbers: Vec<u32>,
    pub(super) large_numbers: HashMap<u32, u64>,
    pub(super) labels: Pool<Vec<Foreign>>,
    pub(super) assignees: Pool<Json<Vec<Login>>>,
    pub(super) authors: Pool<Json<Option<Person>>>,
    pub(super) milestones: Pool<Option<Milestone>>,
    pub(super) free: Pool<Json<Free>>,
    pub(super) locked: Vec<u32>,
    pub(super) associations: Vec<Association>,
    pub(super) created: Moments,
    pub(super) updated: Moments,
    pub(super) comments: Counts,
    pub(super) reactions: Counts,
    #[serde(with = "as_json")]
    pub(super) rare: HashMap<u32, Box<Rare>>,
    #[serde(skip)]
    pub(super) gists: Texts,
    /// Tags of the skills that the texts of a row ask for.
    pub(super) skills: Pool<Vec<String>>,
    /// Signals that were not judged here.
    #[serde(skip)]
    pub(super) given: Option<HashMap<u32, Vec<Signal>>>,
}

/// What few rows have.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Rare {
    pub(super) closed_at: Option<Timestamp>,
    pub(super) planning: Option<Box<Planning>>,
    pub(super) mirrors: Vec<TaskKey>,
    pub(super) folded: Option<TaskKey>,
    pub(super) claim: Option<Commitment>,
}

/// A login as it is written, not as it is compared.
type Written = (String, Option<String>);
/// Somebody as a tracker shows them: login, number, and whether it is a bot.
type WrittenAuthor = Option<(Written, u64, bool)>;

fn written(login: &Login) -> Written {
    (login.raw().to_owned(), login.name().map(|name| name.raw().to_owned()))
}

/// Tags of the skills that the texts of a task ask for, each once.
pub(super) fn tags_of(gist: &Gist) -> Vec<String> {
    let mut tags: Vec<String> = gist.needs.iter().map(|wanted| wanted.tag.clone()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The pools while they are filled.
struct Pools {
    labels: Filling<Vec<Foreign>, Vec<Foreign>>,
    assignees: Filling<Vec<Written>, Json<Vec<Login>>>,
    authors: Filling<WrittenAuthor, Json<Option<Person>>>,
    milestones: Filling<Option<(Foreign, Option<Timestamp>)>, Option<Milestone>>,
    free: Filling<String, Json<Free>>,
    skills: Filling<Vec<String>, Vec<String>>,
}

impl Pools {
    fn of(rows: usize) -> Self {
        Self {
            labels: Filling::of(rows),
            assignees: Filling::of(rows),
            authors: Filling::of(rows),
            milestones: Filling::of(rows),
            free: Filling::of(rows),
            skills: Filling::of(rows),
        }
    }
}

impl Columns {
    /// Puts rows away. `given` keeps their signals as they are, which else are judged again from what is kept.
    pub(super) fn of(rows: Vec<Row>, now: Now, given: bool) -> Self {
        let mut all = Self { now: now.0, given: given.then(HashMap::new), ..Self::default() };
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
        all.skills = pools.skills.done();
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
        pools.assignees.push(task.assignees.iter().map(written).collect(), || Json(task.assignees));
        let author = task.author.as_ref().map(|a| (written(&a.login), a.id, a.kind == PersonKind::Bot));
        pools.authors.push(author, || Json(task.author));
        pools.milestones.push(task.milestone.as_ref().map(|m| (m.title.clone(), m.due)), || task.milestone);
        pools.labels.push(task.labels.clone(), || task.labels);
        let is_yes = free.is_free();
        let says = if is_yes { String::new() } else { serde_json::to_string(&free).unwrap_or_default() };
        pools.free.push(says, || Json(free));
        if task.locked {
            self.locked.push(at);
        }
        self.associations.push(task.association);
        self.created.push(task.created_at);
        self.updated.push(task.updated_at);
        self.comments.push(task.comments);
        self.reactions.push(task.reactions);
        let tags = gist.as_deref().map(tags_of).unwrap_or_default();
        pools.skills.push(tags.clone(), || tags);
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

    /// True where each column has so many rows.
    pub(super) fn is_of(&self, rows: usize) -> bool {
        let people = [&self.assignees.of, &self.authors.of];
        let mut pools =
            [&self.labels.of, &self.milestones.of, &self.free.of, &self.skills.of].into_iter().chain(people);
        let lengths = [self.titles.len(), self.gists.len(), self.numbers.len(), self.associations.len()];
        let counts = [self.created.len(), self.updated.len(), self.comments.len(), self.reactions.len()];
        pools.all(|of| of.len() == rows) && lengths == [rows; 4] && counts == [rows; 4]
    }

    pub(super) fn number(&self, at: usize) -> u64 {
        match self.numbers.get(at).copied() {
            Some(u32::MAX) => u32::try_from(at).ok().and_then(|at| self.large_numbers.get(&at)).copied().unwrap_or(0),
            number => number.map_or(0, u64::from),
        }
    }

    pub(super) fn is_locked(&self, at: usize) -> bool {
        u32::try_from(at).is_ok_and(|at| self.locked.binary_search(&at).is_ok())
    }

    /// What few rows have, where this is one of them.
    pub(super) fn rare(&self, at: usize) -> Option<&Rare> {
        self.rare.get(&u32::try_from(at).ok()?).map(AsRef::as_ref)
    }

    /// What is remembered of a row's texts.
    pub(super) fn gist(&self, at: usize) -> Option<Arc<Gist>> {
        serde_json::from_str(self.gists.get(at)).ok().map(Arc::new)
    }

    /// The task of a row; its key and state are known elsewhere.
    pub(super) fn task(&self, at: usize, key: TaskKey, state: TaskState) -> Task {
        let rare = self.rare(at);
        Task {
            key,
            id: 0,
            node_id: None,
            title: self.titles.get(at).into(),
            state,
            labels: self.labels.get(at).cloned().unwrap_or_default(),
            assignees: self.assignees.get(at).map(|all| all.0.clone()).unwrap_or_default(),
            author: self.authors.get(at).and_then(|author| author.0.clone()),
            association: self.associations.get(at).copied().unwrap_or_default(),
            created_at: self.created.get(at),
            updated_at: self.updated.get(at),
            closed_at: rare.and_then(|r| r.closed_at),
            comments: self.comments.get(at),
            reactions: self.reactions.get(at),
            milestone: self.milestones.get(at).cloned().flatten(),
            locked: self.is_locked(at),
            planning: rare.and_then(|r| r.planning.clone()),
        }
    }
}
