//! A snapshot to which something happened is the one that building it anew gives: in every list, count, score and row, for
//! any sequence of what can happen.

use std::collections::{BTreeMap, HashMap, HashSet};

use floorwalk::{
    demo::many::Dice,
    domain::{
        commitment::CommitmentState,
        facts::ProjectFacts,
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Association, Login},
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    index::{
        BuildContext, Query, Snapshot, complete,
        filter::search,
        kept::{Head, put_away},
        query::{FIELDS, Shape},
        rank::Sort,
        values::Values,
    },
    store::{Everything, Mark, MarkKind, facts_name, links_name, raised_name},
};
use jiff::{SignedDuration, Timestamp};

use crate::bench_world;

const QUERIES: [&str; 24] = [
    "",
    "is:taken,open",
    "is:closed,open",
    "state:closed,open sort:key",
    "is:free sort:quiet",
    "is:finding",
    "is:hidden,snoozed,bookmarked state:open,closed",
    "-label:blocked is:taken,open",
    "label:area/* sort:comments-asc",
    "assignee:person3,person4",
    "no:assignee age:>100",
    "milestone:* state:open,closed",
    "author:person1*",
    "helper:person2*",
    "memory",
    "fix crash or leak",
    "has:mirror project:acme/app,OPS",
    "readiness:>20 score:>40",
    "signal:docs,ci,stale sort:updated",
    "is:intern",
    "title:later",
    "language:rust team:team3",
    "skill:rust",
    "has:skill",
];

fn tracker(name: &str) -> TrackerName {
    TrackerName::parse(name).unwrap()
}

/// What a store holds, and what was told of it so far.
struct World {
    all: Everything,
    dice: Dice,
    next: u64,
    context: BuildContext,
}

impl World {
    fn new(seed: u64) -> Self {
        Self::of(260, seed)
    }

    /// Of so many tasks; numbers of those that come later are higher.
    fn of(count: u64, seed: u64) -> Self {
        let mut all = bench_world::everything(count, seed);
        let mut dice = Dice::new(seed + 99);
        let places: Vec<ProjectRef> = all.projects.iter().take(7).map(|p| p.project.clone()).collect();
        let ops = ProjectRef::parse(&tracker("jira"), "OPS").unwrap();
        let mut renamed = HashMap::new();
        for (at, task) in (0_u64..).zip(&mut all.tasks) {
            let place = places.get(dice.below(8) as usize).unwrap_or(&ops);
            let key = TaskKey::new(place.clone(), at + 1);
            renamed.insert(std::mem::replace(&mut task.key, key.clone()), key);
        }
        all.gists = all.gists.into_iter().map(|(key, gist)| (renamed[&key].clone(), gist)).collect();
        all.commitments.iter_mut().for_each(|c| c.key = renamed[&c.key].clone());
        all.marks.iter_mut().for_each(|m| m.key = renamed[&m.key].clone());
        all.tasks.sort_by(|a, b| a.key.cmp(&b.key));
        for place in places.iter().take(4) {
            let facts =
                ProjectFacts { readme: Some(None), ..ProjectFacts::unread(place.clone(), bench_world::now().0) };
            all.values.push((facts_name(place), serde_json::to_string(&facts).unwrap()));
        }
        all.projects.truncate(7);
        let homes = [("gh", "https://github.com"), ("jira", "https://acme.example/jira")];
        let homes = homes.into_iter().map(|(name, home)| (tracker(name), home.to_owned())).collect();
        let context = BuildContext { homes, ..bench_world::context() };
        Self { all, dice, next: 1_000 + count, context }
    }

    fn any(&mut self) -> Task {
        let at = self.dice.below(self.all.tasks.len() as u64) as usize;
        self.all.tasks[at].clone()
    }

    fn moment(&mut self) -> Timestamp {
        let hours = self.dice.below(24 * 200) as i64;
        self.context.now.0 - SignedDuration::from_hours(hours)
    }

    fn put(&mut self, task: Task) {
        match self.all.tasks.binary_search_by(|known| known.key.cmp(&task.key)) {
            Ok(at) => self.all.tasks[at] = task,
            Err(at) => self.all.tasks.insert(at, task),
        }
    }

    /// Something happens; gives the task that its store would tell of.
    fn happen(&mut self) -> Option<TaskKey> {
        let mut task = self.any();
        let key = task.key.clone();
        match self.dice.below(16) {
            0 => task.title = format!("Changed later: {}", task.title.raw()).as_str().into(),
            1 => task.labels = vec!["help wanted".into(), Foreign::from("area/new")],
            2 => (task.updated_at, task.comments) = (self.moment(), task.comments + 1),
            3 => task.assignees = vec![Login::new("person3"), Login::new("person7")],
            4 => task.assignees.clear(),
            5 => {
                self.next += 1;
                task.key.number = self.next;
                task.title = "A task that came later, about memory".into();
                (task.created_at, task.association) = (self.moment(), Association::Other);
            }
            6 => {
                task.state = if self.dice.one_in(2) { TaskState::Closed } else { TaskState::NotPlanned };
                task.closed_at = Some(self.context.now.0);
            }
            7 => task.state = TaskState::Open,
            8 => {
                let other = self.any().key;
                task.title = format!("[{other}] the same work").as_str().into();
            }
            9 => {
                let gist = self.all.gists.values().next().cloned();
                let gist = gist.filter(|_| !self.dice.one_in(3));
                match gist {
                    Some(gist) => drop(self.all.gists.insert(key.clone(), gist)),
                    None => drop(self.all.gists.remove(&key)),
                }
            }
            10 => return self.claim(key),
            11 => return self.mark(key),
            12 => return self.say(key),
            13 => {
                self.all.tasks.retain(|t| t.key != key);
                self.all.gists.remove(&key);
                return Some(key);
            }
            14 => return self.end_claim(),
            _ => task.milestone = None,
        }
        let key = task.key.clone();
        self.put(task);
        Some(key)
    }

    fn claim(&mut self, key: TaskKey) -> Option<TaskKey> {
        let mut claim = self.all.commitments.first()?.clone();
        self.next += 1;
        (claim.key, claim.claim.0) = (key, u128::from(self.next).into());
        claim.mine = self.dice.one_in(3);
        let mentors = [CommitmentState::Active, CommitmentState::Pending, CommitmentState::Released];
        claim.state = mentors[self.dice.below(3) as usize];
        self.all.commitments.push(claim);
        None
    }

    /// A claim that ends, or is forgotten.
    fn end_claim(&mut self) -> Option<TaskKey> {
        let at = self.dice.below(self.all.commitments.len().max(1) as u64) as usize;
        if self.dice.one_in(2) && self.all.commitments.len() > 1 {
            self.all.commitments.remove(at);
        } else if let Some(claim) = self.all.commitments.get_mut(at) {
            claim.state = CommitmentState::Released;
        }
        None
    }

    fn mark(&mut self, key: TaskKey) -> Option<TaskKey> {
        let kinds = [MarkKind::Bookmark, MarkKind::Hidden, MarkKind::Snoozed];
        let kind = kinds[self.dice.below(3) as usize];
        self.all.marks.retain(|m| m.key != key || m.kind != kind);
        if !self.dice.one_in(4) {
            let changed = self.all.tasks.iter().find(|t| t.key == key).map(|t| t.updated_at);
            let changed = changed.filter(|_| kind == MarkKind::Snoozed);
            self.all.marks.push(Mark { key, kind, until: None, changed });
        }
        None
    }

    /// A named value: what a task links to, what it was made of, facts of a project.
    fn say(&mut self, key: TaskKey) -> Option<TaskKey> {
        let other = self.any().key;
        let (name, value) = match self.dice.below(3) {
            0 => (links_name(&key), format!("x\nhttps://acme.example/jira/browse/{other}")),
            1 => (raised_name(&key), "readme".to_owned()),
            _ => {
                let facts = ProjectFacts::unread(key.project.clone(), self.context.now.0);
                (facts_name(&key.project), serde_json::to_string(&facts).unwrap())
            }
        };
        self.all.values.retain(|(n, _)| *n != name);
        self.all.values.push((name, value));
        None
    }

    /// What a store would hold: closed tasks only where somebody is committed to them.
    fn held(&self) -> Everything {
        let mut all = self.all.clone();
        let committed: HashSet<TaskKey> = all.commitments.iter().map(|c| c.key.clone()).collect();
        all.tasks.retain(|t| t.state == TaskState::Open || committed.contains(&t.key));
        all
    }

    /// Lets up to `most` things happen; a snapshot of before, after them.
    fn goes_on(&mut self, before: &Snapshot, most: u64) -> Snapshot {
        let count = 1 + self.dice.below(most);
        let told: HashSet<TaskKey> = (0..count).filter_map(|_| self.happen()).collect();
        let (news, gone) = self.news(&told);
        before.changed(news, &gone, &self.context).expect("nothing forces a building")
    }

    /// What it would tell of a change.
    fn news(&self, told: &HashSet<TaskKey>) -> (Everything, Vec<TaskKey>) {
        let mut news = self.held();
        let there: HashSet<TaskKey> = news.tasks.iter().map(|t| t.key.clone()).collect();
        let gone = told.iter().filter(|key| !there.contains(*key)).cloned().collect();
        // Tasks that are closed are told of each time.
        news.tasks.retain(|t| told.contains(&t.key) || t.state != TaskState::Open);
        news.gists.retain(|key, _| told.contains(key) || news.tasks.iter().any(|t| t.key == *key));
        (news, gone)
    }
}

/// Everything that can be seen of a snapshot, by name.
fn seen(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let key = |at: &u32| snapshot.rows.key(*at).map(|key| key.qualified()).unwrap_or_default();
    for text in QUERIES {
        let query = Query::parse(text).unwrap_or_else(|e| panic!("{text}: {}", e.sentence()));
        for sort in [Sort::Best, Sort::Quiet, Sort::Key] {
            let hits = search(snapshot, &query, sort);
            let rows: Vec<String> = if hits.findings {
                hits.rows.iter().map(|at| snapshot.findings.rows[*at as usize].task.title.raw().to_owned()).collect()
            } else {
                hits.rows.iter().map(key).collect()
            };
            let mut taken: Vec<String> = hits.taken.iter().map(key).collect();
            taken.sort();
            let explored: Vec<String> = hits.explored.iter().map(key).collect();
            let counts = format!("{:?} {} {taken:?} {explored:?}", hits.facets, hits.debt);
            all.insert(format!("{text} by {}", sort.word()), format!("{rows:?} {counts}"));
        }
        all.insert(format!("meant by {text}"), format!("{:?}", complete::meant(&query, snapshot)));
    }
    for row in snapshot.rows.each() {
        let name = row.task.key.qualified();
        let found = snapshot.get(&row.task.key).map(|found| found.task.title.raw().to_owned());
        let worth = (snapshot.score(&row), snapshot.readiness(&row), snapshot.avoided(&row));
        all.insert(name, format!("{row:?} {worth:?} {found:?}"));
    }
    for field in FIELDS.iter().filter(|info| info.shape == Shape::Text).map(|info| info.field) {
        let mut values = Values::default();
        values.gather(field, snapshot);
        all.insert(format!("values of {field:?}"), format!("{values:?}"));
    }
    let about = (&snapshot.commitments, &snapshot.assigned, &snapshot.coverage, snapshot.rows.count());
    all.insert("about".into(), format!("{about:?}"));
    all.insert("findings".into(), format!("{:?} {:?}", snapshot.findings.found, snapshot.findings.rows));
    all
}

fn assert_same(changed: &Snapshot, built: &Snapshot, what: &str) {
    let (changed, built) = (seen(changed), seen(built));
    for (name, is) in &built {
        let was = changed.get(name).map_or("nothing", String::as_str);
        let at = was.bytes().zip(is.bytes()).position(|(a, b)| a != b).unwrap_or(was.len().min(is.len()));
        let near = |text: &str| text.chars().skip(at.saturating_sub(60)).take(300).collect::<String>();
        assert!(was == is, "{what}: {name}\nchanged: {}\nbuilt:   {}", near(was), near(is));
    }
    assert_eq!(changed.len(), built.len(), "{what}");
}

#[test]
fn what_changed_is_what_building_anew_gives() {
    // Forty at once take a minute without optimisation.
    let seeds = std::env::var("CHANGE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    for seed in 0..seeds {
        let mut world = World::new(seed);
        let mut snapshot = Snapshot::build(world.held(), &world.context);
        for step in 0..4 {
            snapshot = world.goes_on(&snapshot, 12);
            let built = Snapshot::build(world.held(), &world.context);
            assert_same(&snapshot, &built, &format!("seed {seed}, step {step}"));
        }
    }
}

/// All tasks in the order of the best, which is kept for as many as these: few are put in order by themselves.
fn in_order(snapshot: &Snapshot) -> Vec<String> {
    let found = search(snapshot, &Query::parse("is:taken,open").unwrap(), Sort::Best);
    found.rows.iter().map(|at| snapshot.rows.key(*at).unwrap().qualified()).collect()
}

#[test]
fn of_many_tasks_those_that_moved_stand_where_building_anew_puts_them() {
    let seeds = std::env::var("CHANGE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(2);
    for seed in 0..seeds {
        let mut world = World::of(3_000, seed + 900);
        let mut snapshot = Snapshot::build(world.held(), &world.context);
        assert!(in_order(&snapshot).len() > 2_048);
        for step in 0..5 {
            snapshot = world.goes_on(&snapshot, 3);
            let built = Snapshot::build(world.held(), &world.context);
            let (was, is) = (in_order(&snapshot), in_order(&built));
            let at = was.iter().zip(&is).position(|(a, b)| a != b);
            assert!(
                was == is,
                "seed {seed}, step {step}: {} and {} tasks, another from {at:?} on",
                was.len(),
                is.len()
            );
        }
    }
}

/// A list after it was put away and read again.
fn read_again(snapshot: &Snapshot, context: &BuildContext) -> Option<Snapshot> {
    let mut pieces = put_away(snapshot, "a name", 7)?;
    let head = Head::read(&pieces.next()?)?;
    assert_eq!((head.name.as_str(), head.position), ("a name", 7));
    head.read_list(pieces, context)
}

#[test]
fn what_was_put_away_is_brought_up_to_what_building_anew_gives() {
    let seeds = std::env::var("CHANGE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    for seed in 0..seeds {
        let mut world = World::new(seed + 500);
        let built = Snapshot::build(world.held(), &world.context);
        let again = read_again(&built, &world.context).unwrap();
        let (nothing, _) = world.news(&HashSet::new());
        let same = again.changed(nothing, &[], &world.context).unwrap();
        assert_same(&same, &built, &format!("seed {seed}, nothing happened"));
        assert!(!same.is_behind());
        let told: HashSet<TaskKey> = (0..12).filter_map(|_| world.happen()).collect();
        let (news, gone) = world.news(&told);
        let again = read_again(&built, &world.context).unwrap();
        let mut snapshot = again.changed(news, &gone, &world.context).unwrap();
        assert_same(&snapshot, &Snapshot::build(world.held(), &world.context), &format!("seed {seed}, then"));
        // And on from there.
        let told: HashSet<TaskKey> = (0..12).filter_map(|_| world.happen()).collect();
        let (news, gone) = world.news(&told);
        snapshot = snapshot.changed(news, &gone, &world.context).unwrap();
        assert_same(&snapshot, &Snapshot::build(world.held(), &world.context), &format!("seed {seed}, later"));
        assert!(put_away(&snapshot, "", 0).is_none(), "rows lie over what would be put away");
    }
}

#[test]
fn what_was_put_away_fits_its_own_reader_alone_and_tells_that_it_is_of_another_day() {
    let world = World::new(3);
    let built = Snapshot::build(world.held(), &world.context);
    let context = &world.context;
    let fits = |context: &BuildContext| read_again(&built, context).is_some();
    assert!(fits(context));
    assert!(!fits(&BuildContext { me: HashMap::new(), ..context.clone() }), "the reader");
    assert!(!fits(&BuildContext { scope: Some(HashSet::new()), ..context.clone() }), "what is configured");
    assert!(!fits(&BuildContext { roster: Default::default(), ..context.clone() }), "the registry");
    assert!(!fits(&BuildContext { homes: HashMap::new(), ..context.clone() }), "addresses");
    let tomorrow = BuildContext { now: Now(context.now.0 + SignedDuration::from_hours(20)), ..context.clone() };
    let again = read_again(&built, &tomorrow).unwrap();
    let (news, _) = world.news(&HashSet::new());
    assert!(again.changed(news.clone(), &[], &tomorrow).is_none());
    let behind = again.caught_up(news, &[], &tomorrow).unwrap();
    assert!(behind.is_behind() && !built.is_behind());
    let open = |snapshot: &Snapshot| snapshot.rows.count();
    assert_eq!((open(&behind), behind.built_at), (open(&built), Some(tomorrow.now.0)));
}

#[test]
fn a_list_of_which_a_piece_is_wrong_is_none() {
    let world = World::new(4);
    let built = Snapshot::build(world.held(), &world.context);
    let mut fewer = World::new(5).held();
    fewer.tasks.pop();
    let other = Snapshot::build(fewer, &world.context);
    let pieces: Vec<Vec<u8>> = put_away(&built, "a", 1).unwrap().collect();
    let others: Vec<Vec<u8>> = put_away(&other, "a", 1).unwrap().collect();
    let read = |pieces: &[Vec<u8>]| {
        let (head, rest) = pieces.split_first()?;
        Head::read(head)?.read_list(rest.to_vec(), &world.context)
    };
    assert!(read(&pieces).is_some());
    assert_ne!(built.rows.len(), other.rows.len());
    for at in 0..pieces.len() {
        let mut wrong = pieces.clone();
        wrong[at].truncate(pieces[at].len() / 2);
        assert!(read(&wrong).is_none(), "half of piece {at}");
        // The second piece is what belongs to all rows together: those of another list say nothing of a row.
        if at != 0 && at != 2 {
            wrong[at].clone_from(&others[at]);
            assert!(read(&wrong).is_none(), "piece {at} of another list");
        }
        assert!(read(&pieces[..at]).is_none(), "only {at} pieces");
    }
}

#[test]
fn where_too_much_is_different_all_is_built() {
    let world = World::new(1);
    let snapshot = Snapshot::build(world.held(), &world.context);
    let (news, _) = world.news(&HashSet::new());
    let changed = |context: &BuildContext, news: &Everything| snapshot.changed(news.clone(), &[], context);
    assert!(changed(&world.context, &news).is_some());
    let tomorrow =
        BuildContext { now: Now(world.context.now.0 + SignedDuration::from_hours(20)), ..world.context.clone() };
    assert!(changed(&tomorrow, &news).is_none(), "the day");
    let nobody = BuildContext { me: HashMap::new(), ..world.context.clone() };
    assert!(changed(&nobody, &news).is_none(), "the reader");
    let elsewhere = BuildContext { scope: Some(HashSet::new()), ..world.context.clone() };
    assert!(changed(&elsewhere, &news).is_none(), "what is configured");
    let alone = BuildContext { roster: Default::default(), ..world.context.clone() };
    assert!(changed(&alone, &news).is_none(), "the registry");
    let mut fewer = news;
    fewer.projects.pop();
    assert!(changed(&world.context, &fewer).is_none(), "projects");
}
