//! A snapshot after something happened: what it happened to is judged anew, all else is taken over. What comes out is what
//! building it anew would give, but for verdicts that only time changes: those wait for the next building.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::SignedDuration;

use crate::index::{
    around::Around,
    assigned::{Assigned, Assignees, with_assignees},
    bits::Bits,
    findings::{Findings, Tasks, open_task},
    fuzzy::{Line, Lines},
    mirror::{Mirrors, named},
    ready::{bring_up_to, keep_scope, lift},
    rows::Rows,
    side::{Flag, Side},
    snapshot::{BuildContext, Judged, Row, Snapshot, Unjudged},
    worth::Ground,
};
use crate::{
    domain::{
        commitment::Commitment,
        gist::Gist,
        key::{ProjectRef, TaskKey},
        project::Project,
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::{score::batch::Batch, signal::label::Dictionary},
    store::{Everything, MarkKind},
};

/// Rows that are judged anew one by one at most, at once and since all were put away; beyond that all are built.
const MOST: usize = 8_192;

/// For how long what nothing happened to is not judged anew.
const HOLDS: SignedDuration = SignedDuration::from_hours(6);

impl Snapshot {
    /// The snapshot after tasks changed, came or went. `news` holds the tasks that changed since this was built from the
    /// store, and of everything else all there is. `None` where so much is different that all has to be built anew: the
    /// registry, the reader, the day, what is configured, or very many tasks.
    pub fn changed(&self, news: Everything, gone: &[TaskKey], context: &BuildContext) -> Option<Self> {
        if self.is_of_now(context) { self.caught_up(news, gone, context) } else { None }
    }

    /// The same, where verdicts may be of another day: [`Snapshot::is_behind`] tells.
    pub fn caught_up(&self, mut news: Everything, gone: &[TaskKey], context: &BuildContext) -> Option<Self> {
        if !self.is_of(context) || news.tasks.len() + gone.len() + self.rows.over() > MOST {
            return None;
        }
        if let Some(scope) = &context.scope {
            keep_scope(&mut news, scope);
        }
        bring_up_to(&mut news.commitments, context);
        if !same_projects(&self.projects, &news.projects) || !self.same_scope(&news.commitments, context) {
            return None;
        }
        let Everything { projects, tasks, commitments, mut marks, coverage, outbox, values, gists, .. } = news;
        let change = Change::of(self, tasks, gists, gone, &commitments);
        lift(&mut marks, |key| change.task(change.at(key)?).map(|(task, _)| task.updated_at));
        let assignees = Assignees::of(&commitments);
        let around = Around::of(&projects, &commitments, &marks, &assignees, context);
        let (judged, anew) = {
            let around = Surroundings { around, assignees: &assignees, projects: &projects, commitments: &commitments };
            change.judged(&around, &values, context)?
        };
        let after = Self::of(judged, Unjudged { projects, commitments, coverage, outbox, values }, context);
        let after = after.drawn_as(self);
        Some(match anew {
            None => after.made_ready(),
            Some(anew) => {
                let moved = after.moved(self, anew);
                after.ordered_as(self, &moved).made_ready()
            }
        })
    }

    /// The rows that may have another place in the order of the best than before, of those that were there: those that were
    /// weighed anew, and those beside which something else stands.
    fn moved(&self, before: &Self, anew: Vec<usize>) -> Bits {
        let mut moved = Bits::none(self.rows.len());
        anew.into_iter().for_each(|at| moved.add(at));
        for flag in [Flag::Gated, Flag::HeldBack] {
            let mut other = self.side.flag(flag).as_ref().clone();
            other.differ(&before.side.flag(flag));
            moved.or(&other);
        }
        moved.or(&self.side.helped_otherwise(&before.side));
        moved
    }

    /// True where rows that were judged for this snapshot are judged for that moment too.
    pub fn is_of_now(&self, context: &BuildContext) -> bool {
        is_same_time(self.rows.judged_at(), context.now)
    }

    /// True where what only time changes was judged for another day or hour than all else.
    pub fn is_behind(&self) -> bool {
        !self.is_page() && self.built_at.is_some_and(|now| !is_same_time(self.rows.judged_at(), Now(now)))
    }

    /// True where rows that were judged for this snapshot are judged for another reader too.
    fn is_of(&self, context: &BuildContext) -> bool {
        let Some(then) = &self.built_for else { return false };
        let same_roster = Arc::ptr_eq(&then.roster, &context.roster) || then.roster == context.roster;
        let same_reader = then.me == context.me && then.taste.profile == context.taste.profile;
        let same_places = then.scope == context.scope && then.homes == context.homes;
        same_roster && same_reader && same_places && !self.is_page() && !self.rows.is_given()
    }

    /// True where the reader is committed to the same tasks outside of what is configured: they stay for their sake.
    fn same_scope(&self, commitments: &[Commitment], context: &BuildContext) -> bool {
        let Some(scope) = &context.scope else { return true };
        let outside = |all: &[Commitment]| -> BTreeSet<TaskKey> {
            let mine = all.iter().filter(|c| c.mine && !scope.contains(&c.key.project));
            mine.map(|c| c.key.clone()).collect()
        };
        outside(&self.commitments) == outside(commitments)
    }
}

/// True where what was judged then needs not be judged anew.
fn is_same_time(then: Now, now: Now) -> bool {
    let passed = now.0.duration_since(then.0);
    (SignedDuration::ZERO..HOLDS).contains(&passed) && now.date() == then.date()
}

/// True where every project is there still, and tasks in it are judged by the same.
fn same_projects(before: &[Project], after: &[Project]) -> bool {
    let plain = |p: &Project| Project {
        description: Foreign::default(),
        default_branch: None,
        node_id: None,
        pushed_at: None,
        ..p.clone()
    };
    let by_name: HashMap<&ProjectRef, &Project> = after.iter().map(|p| (&p.project, p)).collect();
    before.iter().all(|p| by_name.get(&p.project).is_some_and(|new| p == *new || plain(p) == plain(new)))
}

/// What is around the tasks now.
struct Surroundings<'a> {
    around: Around<'a>,
    assignees: &'a Assignees<'a>,
    projects: &'a [Project],
    commitments: &'a [Commitment],
}

/// What happened to the tasks of a snapshot.
struct Change<'a> {
    before: &'a Snapshot,
    /// Tasks that changed or came, by the places of their rows.
    tasks: BTreeMap<u32, (Task, Option<Arc<Gist>>)>,
    /// The places of those that came.
    new: HashMap<TaskKey, u32>,
    gone: BTreeSet<u32>,
}

impl<'a> Change<'a> {
    fn of(
        before: &'a Snapshot,
        tasks: Vec<Task>,
        mut gists: HashMap<TaskKey, Gist>,
        gone: &[TaskKey],
        commitments: &[Commitment],
    ) -> Self {
        let mut change = Self { before, tasks: BTreeMap::new(), new: HashMap::new(), gone: BTreeSet::new() };
        // Lists know a task without what its tracker calls it by number.
        for task in tasks.into_iter().map(|task| Task { id: 0, node_id: None, ..task }) {
            let gist = gists.remove(&task.key).map(Arc::new);
            let at = match before.place_of(&task.key) {
                Some(at) => at,
                None => change.place_for(&task.key),
            };
            let known = before.rows.unjudged(at as usize);
            if known.is_none_or(|row| row.task != task || row.gist.as_deref() != gist.as_deref()) {
                change.tasks.insert(at, (task, gist));
            }
        }
        change.gone = gone.iter().filter_map(|key| before.at(key)).collect();
        // What is closed is there for those who are or were committed to it.
        let committed: HashSet<&TaskKey> = commitments.iter().map(|c| &c.key).collect();
        let mut closed = before.side.flag(Flag::Open).as_ref().clone();
        closed.not();
        closed.and_not(&before.side.flag(Flag::Gone));
        let left = closed.iter().filter(|at| before.rows.key_of(*at).is_some_and(|key| !committed.contains(&key)));
        change.gone.extend(left);
        let tasks = &change.tasks;
        change.gone.retain(|at| !tasks.contains_key(at));
        change
    }

    fn place_for(&mut self, key: &TaskKey) -> u32 {
        let next = u32::try_from(self.before.rows.len() + self.new.len()).unwrap_or(u32::MAX);
        *self.new.entry(key.clone()).or_insert(next)
    }

    /// The place of a task that is there.
    fn at(&self, key: &TaskKey) -> Option<u32> {
        let at = self.new.get(key).copied().or_else(|| self.before.place_of(key))?;
        let was_gone = self.before.side.has(Flag::Gone, at);
        (self.tasks.contains_key(&at) || !(was_gone || self.gone.contains(&at))).then_some(at)
    }

    /// A task that is there, with what is remembered of its texts.
    fn task(&self, at: u32) -> Option<(Task, Option<Arc<Gist>>)> {
        match self.tasks.get(&at) {
            Some(changed) => Some(changed.clone()),
            None if self.gone.contains(&at) => None,
            None => self.before.rows.unjudged(at as usize).map(|row| (row.task, row.gist)),
        }
    }

    /// Tasks to which something happened that is not written in them: somebody claimed them, the reader marked them.
    fn met(&self, around: &Surroundings<'_>) -> BTreeSet<TaskKey> {
        let mut met = differing(&self.before.commitments, around.commitments);
        let marked = |flag, kind| {
            let rows = self.before.side.flag(flag);
            rows.iter().filter_map(|at| Some((self.before.rows.key(at)?, kind))).collect::<Vec<_>>()
        };
        // Of two marks the stronger shows; it is put in last.
        let mut marks: HashMap<TaskKey, MarkKind> = HashMap::new();
        marks.extend(marked(Flag::Bookmarked, MarkKind::Bookmark));
        marks.extend(marked(Flag::Snoozed, MarkKind::Snoozed));
        marks.extend(marked(Flag::Hidden, MarkKind::Hidden));
        let now = &around.around.marks;
        met.extend(marks.iter().filter(|(key, kind)| now.get(key) != Some(kind)).map(|(key, _)| key.clone()));
        met.extend(now.iter().filter(|(key, kind)| marks.get(*key) != Some(kind)).map(|(key, _)| (*key).clone()));
        met
    }

    fn mirrors(&self, around: &Surroundings<'_>, values: &[(String, String)], context: &BuildContext) -> Mirrors {
        let before = &self.before.mirrors;
        let is_kept = |(from, _): &&(TaskKey, TaskKey)| {
            self.before.place_of(from).is_some_and(|at| !self.tasks.contains_key(&at) && !self.gone.contains(&at))
        };
        let mut names: Vec<_> = before.named.iter().filter(is_kept).cloned().collect();
        names.extend(named(self.tasks.values().map(|(task, _)| task), &context.homes));
        Mirrors::of(names, values, &context.homes, |met| {
            let open = met.iter().filter_map(|key| self.task(self.at(key)?)).map(|(task, _)| task);
            let open = open.filter(|task| task.state == TaskState::Open);
            open.map(|task| (task.key.clone(), (around.around.standing(&task), task.created_at))).collect()
        })
    }

    /// The rows as they are judged now; and those that were weighed anew, where not all were.
    fn judged(
        &self,
        around: &Surroundings<'_>,
        values: &[(String, String)],
        context: &BuildContext,
    ) -> Option<(Judged, Option<Vec<usize>>)> {
        let (before, mut dictionary) = (self.before, Dictionary::new());
        let met = self.met(around);
        let mirrors = self.mirrors(around, values, context);
        let mut judged = BTreeMap::new();
        let mut judge = |at: u32, judged: &mut BTreeMap<u32, Row>| {
            if let Some((task, gist)) = self.task(at).filter(|_| !judged.contains_key(&at)) {
                judged.insert(at, around.around.row(task, gist, &mirrors, &mut dictionary));
            }
        };
        self.tasks.keys().for_each(|at| judge(*at, &mut judged));
        // Whoever is at a task is at all of its homes.
        let homes = met.iter().flat_map(|key| mirrors.of_task(key).chain(before.mirrors.of_task(key)));
        let homes = homes.chain(mirrors.differing(&before.mirrors)).chain(&met);
        homes.filter_map(|key| self.at(key)).for_each(|at| judge(at, &mut judged));
        let mut side = self.side(&judged);
        let findings = self.findings(&side, &judged, &met, values, around, context);
        let ground = self.ground(&side, &judged, &findings, around, context);
        let others = side.places.iter().filter(|place| !ground.is_same_at(&before.ground, &place.project));
        for at in others.flat_map(|place| side.rows_of(&place.project)) {
            u32::try_from(at).into_iter().for_each(|at| judge(at, &mut judged));
        }
        if judged.len() > MOST {
            return None;
        }
        let (mut parts, mut fits) = (before.parts.as_ref().clone(), before.fits.as_ref().clone());
        for (at, row) in &mut judged {
            let (components, stand) = ground.part(row);
            parts.set(*at as usize, &components);
            let fit = row.stand(stand);
            match fits.get_mut(*at as usize) {
                Some(known) => *known = fit,
                None => fits.push(fit),
            }
        }
        side.put(judged.iter().map(|(at, row)| (*at, row)), self.gone.iter().copied(), &mut Dictionary::new());
        ground.share(&mut parts, &side);
        let assigned = self.assigned(&judged, around, context);
        let (scores, anew) = self.scores(&parts, &ground, judged.keys().map(|at| *at as usize));
        let side = Arc::new(side);
        let rows = before.rows.with(judged, side.clone());
        Some((Judged { rows, side, findings, ground, parts, scores, fits, mirrors, assigned }, anew))
    }

    /// What each row is worth; and the rows that were weighed anew, where not all were.
    fn scores(
        &self,
        parts: &Batch,
        ground: &Ground,
        judged: impl Iterator<Item = usize>,
    ) -> (Vec<u32>, Option<Vec<usize>>) {
        let (before, weights) = (self.before, ground.weights());
        if before.scores().len() != before.parts.len() || before.weights() != weights {
            return (parts.scores(weights), None);
        }
        let (scores, anew) = parts.scores_after(weights, (&before.parts, before.scores()), judged);
        (scores, Some(anew))
    }

    /// The side of the rows, with places for those that came; what is said of each row is still what it was.
    fn side(&self, judged: &BTreeMap<u32, Row>) -> Side {
        let before = self.before;
        let mut side = before.side.as_ref().clone();
        let new: Vec<&Row> =
            judged.iter().filter(|(at, _)| **at as usize >= before.rows.len()).map(|(_, r)| r).collect();
        side.admit(&new, |at| before.rows.key_of(at));
        let is_retitled = |(at, row): &(&u32, &Row)| before.rows.title(**at as usize) != row.task.title.raw();
        let known = judged.iter().filter(|(at, _)| (**at as usize) < before.rows.len());
        let retitled: Vec<usize> = known.filter(is_retitled).map(|(at, _)| *at as usize).collect();
        if !new.is_empty() || !retitled.is_empty() {
            let lines = Retitled { rows: &before.rows, judged, side: &side, prefixes: side.prefixes() };
            side.titles = Arc::new(before.side.titles.changed(&lines, retitled));
        }
        side
    }

    fn findings(
        &self,
        side: &Side,
        judged: &BTreeMap<u32, Row>,
        met: &BTreeSet<TaskKey>,
        values: &[(String, String)],
        around: &Surroundings<'_>,
        context: &BuildContext,
    ) -> Findings {
        let mut changed: HashSet<ProjectRef> = met.iter().map(|key| key.project.clone()).collect();
        changed.extend(self.tasks.values().map(|(task, _)| task.key.project.clone()));
        changed.extend(self.gone.iter().filter_map(|at| self.before.rows.project(*at)).cloned());
        let tasks = |project: &ProjectRef| {
            let open = |at: usize| {
                let place = u32::try_from(at).ok()?;
                match judged.get(&place) {
                    Some(row) => open_task(&row.task),
                    None if self.gone.contains(&place) => None,
                    None => self.before.rows.open_task(at),
                }
            };
            Tasks::of(side.rows_of(project).filter_map(open))
        };
        let known = (around.projects, around.commitments);
        Findings::of(values, known, tasks, context, Some((&self.before.findings, &changed)))
    }

    fn ground(
        &self,
        side: &Side,
        judged: &BTreeMap<u32, Row>,
        findings: &Findings,
        around: &Surroundings<'_>,
        context: &BuildContext,
    ) -> Ground {
        let before = self.before;
        let mut hosts = before.ground.hosts().clone();
        let open = before.side.flag(Flag::Open);
        for at in judged.keys().chain(&self.gone).filter(|at| open.has(**at as usize)) {
            if let Some(place) = before.side.place(*at) {
                hosts.forget(*at, Side::name(&before.side.teams, place.team).map(AsRef::as_ref), &place.project);
            }
        }
        hosts.count(judged.iter().map(|(at, row)| (*at, row)), context);
        let known = (around.projects, around.commitments, findings);
        Ground::of(side, hosts, known, context, Some(&before.ground))
    }

    fn assigned(
        &self,
        judged: &BTreeMap<u32, Row>,
        around: &Surroundings<'_>,
        context: &BuildContext,
    ) -> Arc<Vec<Assigned>> {
        let tasks = judged.values().map(|row| &row.task);
        let new = around.assignees.by_hand(tasks.filter_map(with_assignees), &context.me);
        let gone = self.gone.iter().filter_map(|at| self.before.rows.key_of(*at));
        let mut touched: Vec<TaskKey> = judged.values().map(|row| row.task.key.clone()).chain(gone).collect();
        touched.sort_unstable();
        let before = &self.before.assigned;
        let of = |key: &TaskKey| before.partition_point(|a| a.key < *key)..before.partition_point(|a| a.key <= *key);
        let left_out: Vec<_> = touched.iter().map(of).filter(|range| !range.is_empty()).collect();
        if new.is_empty() && left_out.is_empty() {
            return before.clone();
        }
        let mut all = new;
        let mut from = 0;
        for range in left_out {
            all.extend_from_slice(before.get(from..range.start).unwrap_or_default());
            from = range.end;
        }
        all.extend_from_slice(before.get(from..).unwrap_or_default());
        all.sort_by(|a, b| a.key.cmp(&b.key));
        Arc::new(all)
    }
}

/// Tasks about whose commitments there is something new.
fn differing(before: &[Commitment], after: &[Commitment]) -> BTreeSet<TaskKey> {
    let known: HashMap<_, &Commitment> = before.iter().map(|c| (c.claim, c)).collect();
    let is_new = |c: &&Commitment| known.get(&c.claim) != Some(c);
    let mut met: BTreeSet<TaskKey> = after.iter().filter(is_new).map(|c| c.key.clone()).collect();
    // Of one that changed its task, the task that it left.
    let kept: HashMap<_, &TaskKey> = after.iter().map(|c| (c.claim, &c.key)).collect();
    met.extend(before.iter().filter(|c| kept.get(&c.claim) != Some(&&c.key)).map(|c| c.key.clone()));
    met
}

/// The rows as they are searched, of which some have another title.
pub(in crate::index) struct Retitled<'a> {
    pub rows: &'a Rows,
    pub judged: &'a BTreeMap<u32, Row>,
    pub side: &'a Side,
    pub prefixes: Vec<String>,
}

impl Lines for Retitled<'_> {
    fn count(&self) -> usize {
        self.side.len()
    }

    fn line(&self, at: usize) -> Line<'_> {
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        let project = self.side.place_of(place).unwrap_or(u32::MAX);
        match self.judged.get(&place) {
            Some(row) => Line { title: row.task.title.raw(), project, number: row.task.key.number },
            None => Line { title: self.rows.title(at), project, number: self.rows.number(at) },
        }
    }

    fn projects(&self) -> &[String] {
        &self.prefixes
    }
}
