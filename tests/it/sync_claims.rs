//! What a sync learns of commitments, which tasks it looks at for that, and what it writes down for the clock: with a
//! tracker that is played here, so that every question can be counted.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use floorwalk::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, judge},
        evidence::{Happening, History, What},
        key::{ProjectRef, TaskKey, TrackerName},
        marker::{self, Marker, MarkerBy, MarkerEvent, MarkerKind},
        outbox::{Amendment, Op, Step, Wish},
        person::{Association, Login, Person},
        project::{Permission, Project},
        roster::Roster,
        task::{Comment, Task, TaskState},
        time::Now,
    },
    index::{BuildContext, Snapshot},
    store::Store,
    sync::{SyncContext, SyncReport, sync},
    tracker::{
        Budget, Conditional, ErrorClass, Facts, FeedPage, Index, Lane, Listing, ListingPage, Reading, Result, Sources,
        TaskPage, Tracker, TrackerError, Validator,
    },
};
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

const SAM: u64 = 7;
const KIM: u64 = 8;
/// A Monday morning.
const START: &str = "2026-11-16T09:00:00Z";

fn gh() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

fn repo() -> ProjectRef {
    ProjectRef::parse(&gh(), "acme/app").unwrap()
}

fn key(number: u64) -> TaskKey {
    TaskKey::new(repo(), number)
}

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn after(hours: i64) -> Timestamp {
    start().checked_add(SignedDuration::from_hours(hours)).unwrap()
}

fn person(id: u64) -> Person {
    Person::human(if id == SAM { "sam" } else { "kim" }, id)
}

struct Issue {
    task: Task,
    comments: Vec<Comment>,
    history: std::result::Result<History, ErrorClass>,
}

#[derive(Default)]
struct World {
    issues: BTreeMap<u64, Issue>,
    marked: Vec<TaskKey>,
    permission: Permission,
    /// Set when a row changed since the list was read last.
    moved: bool,
    asked: Vec<String>,
}

/// The tracker as sam's program sees it.
struct Played {
    name: TrackerName,
    world: Mutex<World>,
}

impl Played {
    fn new() -> Self {
        Self { name: gh(), world: Mutex::default() }
    }

    fn issue(&self, number: u64) {
        let task = Task {
            key: key(number),
            id: number,
            node_id: None,
            title: "Flaky shard test".into(),
            state: TaskState::Open,
            labels: Vec::new(),
            assignees: Vec::new(),
            author: None,
            association: Association::Other,
            created_at: start(),
            updated_at: start(),
            closed_at: None,
            comments: 0,
            reactions: 0,
            milestone: None,
            locked: false,
            planning: None,
        };
        let issue = Issue { task, comments: Vec::new(), history: Ok(History::default()) };
        self.world.lock().unwrap().issues.insert(number, issue);
    }

    fn change(&self, number: u64, at: Timestamp, change: impl FnOnce(&mut Issue)) {
        let mut world = self.world.lock().unwrap();
        let issue = world.issues.get_mut(&number).unwrap();
        change(issue);
        issue.task.updated_at = at;
        issue.task.comments = u32::try_from(issue.comments.len()).unwrap();
        world.moved = true;
    }

    /// Posts a claim and gives its id.
    fn claim(&self, number: u64, by: u64, at: Timestamp, events: &[(&str, Timestamp)]) -> ClaimId {
        let id = by * 1_000 + u64::try_from(at.as_second() - start().as_second()).unwrap() + number;
        let by_line = MarkerBy { login: person(by).login.raw().into(), id: by, name: None };
        let mut marker = Marker::new(MarkerKind::Claim, ClaimId(Ulid(id.into())), by_line, at);
        marker.until = Some("2026-11-27".parse().unwrap());
        marker.ev = events.iter().map(|(e, at)| MarkerEvent::new(e, *at)).collect();
        let updated_at = events.iter().map(|(_, at)| *at).fold(at, Timestamp::max);
        let comment = Comment {
            id,
            author: Some(person(by)),
            association: Association::Other,
            created_at: at,
            updated_at,
            body: marker::comment(&marker, "words").into(),
        };
        self.change(number, updated_at, |issue| issue.comments.push(comment));
        marker.c
    }

    /// What was asked since the last time, without the lists.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.world.lock().unwrap().asked)
    }

    fn note(&self, what: String) {
        self.world.lock().unwrap().asked.push(what);
    }

    fn error(&self, class: ErrorClass) -> TrackerError {
        TrackerError { class, host: "played".into(), doing: "reading the history".into(), said: String::new() }
    }
}

#[async_trait]
impl Tracker for Played {
    fn name(&self) -> &TrackerName {
        &self.name
    }
    fn task_url(&self, key: &TaskKey) -> String {
        key.to_string()
    }
    async fn me(&self) -> Result<Option<Person>> {
        Ok(Some(person(SAM)))
    }
    async fn facts(&self) -> Facts {
        Facts::default()
    }
    fn budgets(&self) -> Vec<Budget> {
        Vec::new()
    }
    fn counters(&self) -> (u64, u64) {
        (0, 0)
    }
    async fn listing(&self, _: &Listing, _: u32, _: Option<&Validator>) -> Result<Conditional<ListingPage>> {
        let project = Project {
            project: repo(),
            id: 1,
            node_id: None,
            description: "".into(),
            topics: Vec::new(),
            language: None,
            default_branch: None,
            archived: false,
            disabled: false,
            has_issues: true,
            fork: false,
            private: false,
            pushed_at: None,
            permission: self.world.lock().unwrap().permission,
        };
        let value = ListingPage { projects: vec![project], odd: Vec::new(), next: None, last: None, incomplete: None };
        Ok(Conditional::Changed { value, validator: None })
    }
    async fn index(&self, _: &[Project]) -> Result<Index> {
        Ok(Index { unavailable: Some("no index here".into()), ..Index::default() })
    }
    async fn tasks(&self, _: &ProjectRef, _: Lane, _: u32, known: Option<&Validator>) -> Result<Conditional<TaskPage>> {
        let mut world = self.world.lock().unwrap();
        if known.is_some() && !world.moved {
            return Ok(Conditional::Unchanged);
        }
        world.moved = false;
        let tasks: Vec<_> = world.issues.values().map(|i| (i.task.clone(), None)).collect();
        let times = tasks.iter().map(|(t, _): &(Task, _)| t.updated_at);
        let span = times.clone().max().zip(times.min());
        let value = TaskPage { tasks, span, ..TaskPage::default() };
        let validator = Some(Validator { etag: Some("1".into()), last_modified: None });
        Ok(Conditional::Changed { value, validator })
    }
    async fn feed(&self, _: &Listing, _: Timestamp, _: Option<&str>) -> Result<Option<FeedPage>> {
        Ok(None)
    }
    async fn read(&self, key: &TaskKey) -> Result<Reading> {
        self.note(format!("read {}", key.number));
        let world = self.world.lock().unwrap();
        let issue = world.issues.get(&key.number).ok_or_else(|| self.error(ErrorClass::NotFound))?;
        let (task, comments) = (issue.task.clone(), issue.comments.clone());
        Ok(Reading { counted: task.comments, task, comments, server_time: None })
    }
    async fn history(&self, key: &TaskKey) -> Result<History> {
        let world = self.world.lock().unwrap();
        world.issues[&key.number].history.clone().map_err(|class| self.error(class))
    }
    async fn recent_comments(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>> {
        self.note(format!("comments of {project}"));
        let world = self.world.lock().unwrap();
        let of = |i: &Issue| i.comments.iter().map(|c| (i.task.key.clone(), c.clone())).collect::<Vec<_>>();
        Ok(world.issues.values().flat_map(of).filter(|(_, c)| c.updated_at >= since).collect())
    }
    async fn file(&self, _: &ProjectRef, _: &str) -> Result<Option<String>> {
        Ok(None)
    }
    async fn folder(&self, _: &ProjectRef, _: &str) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn marked(&self, _: &Sources) -> Result<Vec<TaskKey>> {
        self.note("search".into());
        Ok(self.world.lock().unwrap().marked.clone())
    }
    async fn post_comment(&self, _: &TaskKey, _: &str) -> Result<Comment> {
        panic!("a sync posts nothing")
    }
    async fn edit_comment(&self, _: &TaskKey, _: u64, _: &str) -> Result<()> {
        panic!("a sync edits nothing; it wishes")
    }
    async fn delete_comment(&self, _: &TaskKey, _: u64) -> Result<()> {
        panic!("a sync deletes nothing")
    }
    async fn add_label(&self, _: &TaskKey, _: &str) -> Result<bool> {
        panic!("a sync labels nothing")
    }
    async fn remove_label(&self, _: &TaskKey, _: &str) -> Result<bool> {
        panic!("a sync labels nothing")
    }
    async fn assign(&self, _: &TaskKey, _: &Login) -> Result<Vec<Login>> {
        panic!("a sync assigns nobody")
    }
    async fn unassign(&self, _: &TaskKey, _: &Login) -> Result<bool> {
        panic!("a sync unassigns nobody")
    }
}

/// A store of its own that reads the played tracker.
struct Desk {
    store: Arc<dyn Store>,
    ids: Arc<AtomicU64>,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { store: floorwalk::store::open(dir.path()).unwrap(), ids: Arc::default(), _dir: dir }
    }

    async fn sync(&self, tracker: &Played, now: Timestamp) -> SyncReport {
        let ids = self.ids.clone();
        let sources = Sources { repos: vec![repo()], ..Sources::default() };
        let context = SyncContext {
            store: self.store.as_ref(),
            tracker,
            sources: &sources,
            only: &[],
            full: false,
            filters: &[],
            label: "floating-help",
            roster: &Roster::default(),
            clock: Arc::new(move || Now(now)),
            fresh_id: Arc::new(move || Ulid(ids.fetch_add(1, Ordering::Relaxed).into())),
            progress: Arc::new(|_| {}),
        };
        sync(&context).await.unwrap()
    }

    /// Commitments as they are judged at a moment.
    async fn commitments(&self, now: Timestamp) -> Vec<Commitment> {
        let mut all = self.store.commitments().await.unwrap();
        judge(&mut all, &Roster::default(), Now(now));
        all.sort_by_key(|c| c.claim);
        all
    }

    async fn wishes(&self) -> Vec<Op> {
        self.store.outbox().await.unwrap()
    }
}

#[tokio::test]
async fn a_fresh_store_reaches_the_same_commitments_and_an_unchanged_world_is_left_alone() {
    let tracker = Played::new();
    for number in 1..=3 {
        tracker.issue(number);
    }
    let old = Desk::new();
    old.sync(&tracker, start()).await;
    assert_eq!(tracker.asked(), ["search"], "once, for a fresh store");

    // A claim in a task without the label: the comments of what moved tell.
    tracker.claim(2, KIM, after(1), &[]);
    old.sync(&tracker, after(2)).await;
    assert_eq!(tracker.asked(), ["comments of acme/app", "read 2"]);
    old.sync(&tracker, after(2)).await;
    assert_eq!(tracker.asked(), Vec::<String>::new(), "nothing moved, nothing is asked");
    old.sync(&tracker, after(3)).await;
    assert_eq!(tracker.asked(), ["read 2"], "others' live claims are looked at again after a while");

    tracker.world.lock().unwrap().marked = vec![key(2)];
    let fresh = Desk::new();
    fresh.sync(&tracker, after(3)).await;
    assert_eq!(tracker.asked(), ["search", "read 2"]);
    let found = fresh.commitments(after(4)).await;
    assert_eq!(found, old.commitments(after(4)).await);
    assert_eq!((found.len(), found[0].state), (1, CommitmentState::Active));
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_a_problem_and_ends_no_sync() {
    let tracker = Played::new();
    for number in 1..=2 {
        tracker.issue(number);
        tracker.claim(number, SAM, after(0), &[]);
    }
    tracker.world.lock().unwrap().marked = vec![key(1), key(2)];
    let desk = Desk::new();
    desk.sync(&tracker, after(1)).await;
    assert_eq!(desk.commitments(after(1)).await.len(), 2);
    // What is stored knows better than a fold without the history.
    tracker.change(1, after(2), |issue| {
        issue.history = Err(ErrorClass::Timeout);
        issue.comments.clear();
    });
    let by = Some(Person::human("ana", 9));
    let gone = Happening { id: 1, at: after(2), by, what: What::Unassigned { from: person(SAM) } };
    tracker.change(2, after(2), |issue| {
        issue.history = Ok(History { happenings: vec![gone], pulls: Vec::new() });
    });
    let report = desk.sync(&tracker, after(3)).await;
    assert_eq!(report.problems.len(), 1, "{report:?}");
    let states: Vec<_> = desk.commitments(after(3)).await.iter().map(|c| c.state).collect();
    assert_eq!(states, [CommitmentState::Active, CommitmentState::Revoked]);
    // Where it is never shown, the comments alone tell; but nobody is reminded on such grounds.
    tracker.change(1, after(4), |issue| issue.history = Err(ErrorClass::Forbidden));
    tracker.claim(1, SAM, after(5), &[]);
    desk.sync(&tracker, after(24 * 7)).await;
    let now = desk.commitments(after(24 * 7)).await;
    let on_1: Vec<_> = now.iter().filter(|c| c.key.number == 1).map(|c| c.state).collect();
    assert_eq!(on_1, [CommitmentState::Revoked, CommitmentState::AtRisk]);
    assert!(desk.wishes().await.is_empty());
}

fn amendments(ops: &[Op]) -> Vec<(u64, Amendment)> {
    let of = |op: &Op| match &op.wish {
        Wish::Amend { amendment, .. } => Some((op.key.number, amendment.clone())),
        _ => None,
    };
    ops.iter().filter_map(of).collect()
}

#[tokio::test]
async fn a_run_reminds_once_and_writes_down_the_end_and_only_where_it_may() {
    let tracker = Played::new();
    for number in 1..=3 {
        tracker.issue(number);
    }
    tracker.claim(1, SAM, after(0), &[]);
    tracker.claim(2, KIM, after(0), &[]);
    // Reminded on Friday; grace is over on Wednesday.
    tracker.claim(3, SAM, after(0), &[("remind", after(24 * 4))]);
    tracker.change(3, after(24 * 4), |issue| issue.task.assignees = vec![person(SAM).login]);
    tracker.world.lock().unwrap().marked = vec![key(1), key(2), key(3)];
    let desk = Desk::new();
    desk.sync(&tracker, after(24 * 2)).await;
    assert!(desk.wishes().await.is_empty(), "nothing is due");
    // After an outage of weeks: one step down for each, and no more.
    desk.sync(&tracker, after(24 * 30)).await;
    assert_eq!(amendments(&desk.wishes().await), [(1, Amendment::Remind), (3, Amendment::Expire)]);
    desk.sync(&tracker, after(24 * 31)).await;
    assert_eq!(desk.wishes().await.len(), 2, "while one is on its way there is no other");
    let now = desk.commitments(after(24 * 31)).await;
    let states: Vec<_> = now.iter().map(|c| (c.key.number, c.state)).collect();
    let expected = [(1, CommitmentState::AtRisk), (3, CommitmentState::Expired), (2, CommitmentState::AtRisk)];
    assert_eq!(states, expected);

    // With the right to edit comments, this program also reminds others.
    tracker.world.lock().unwrap().permission = Permission::Write;
    let lead = Desk::new();
    lead.sync(&tracker, after(24 * 30)).await;
    assert_eq!(amendments(&lead.wishes().await).len(), 3);
    // Nothing is left of it on the tracker: nothing is to be written down.
    tracker.change(3, after(24 * 31), |issue| issue.task.assignees = Vec::new());
    let other = Desk::new();
    other.sync(&tracker, after(24 * 31)).await;
    assert!(!amendments(&other.wishes().await).contains(&(3, Amendment::Expire)));
}

#[tokio::test]
async fn a_claim_that_became_visible_late_makes_the_own_one_step_back() {
    let tracker = Played::new();
    tracker.issue(1);
    let own = tracker.claim(1, SAM, after(1), &[]);
    tracker.world.lock().unwrap().marked = vec![key(1)];
    let desk = Desk::new();
    desk.sync(&tracker, after(2)).await;
    let first = tracker.claim(1, KIM, after(0), &[]);
    desk.sync(&tracker, after(3)).await;
    let ops = desk.wishes().await;
    assert!(matches!(ops[0].step, Step::Losing { winner, .. } if winner == first), "{ops:?}");
    let state = |all: &[Commitment], id| all.iter().find(|c| c.claim == id).unwrap().state;
    let now = desk.commitments(after(3)).await;
    assert_eq!((state(&now, own), state(&now, first)), (CommitmentState::Conceded, CommitmentState::Active));
}

#[tokio::test]
async fn a_claim_whose_comment_was_removed_stays_revoked() {
    let tracker = Played::new();
    tracker.issue(1);
    tracker.claim(1, SAM, after(0), &[]);
    tracker.world.lock().unwrap().marked = vec![key(1)];
    let desk = Desk::new();
    desk.sync(&tracker, after(1)).await;
    tracker.change(1, after(2), |issue| issue.comments.clear());
    desk.sync(&tracker, after(3)).await;
    let found = desk.commitments(after(4)).await;
    assert_eq!(found[0].state, CommitmentState::Revoked);
    assert_eq!(found[0].log.last().unwrap().act, Act::Unassigned);
}

#[tokio::test]
async fn a_snapshot_shows_who_holds_what_and_who_was_assigned_by_hand() {
    let tracker = Played::new();
    for number in 1..=4 {
        tracker.issue(number);
    }
    let kim = vec![person(KIM).login];
    for number in [1, 2, 3] {
        tracker.change(number, start(), |issue| issue.task.assignees = kim.clone());
    }
    tracker.change(4, start(), |issue| issue.task.assignees = vec![person(SAM).login]);
    tracker.claim(1, KIM, after(0), &[]);
    tracker.claim(2, KIM, after(0), &[("remind", after(24 * 4))]);
    tracker.world.lock().unwrap().marked = vec![key(1), key(2)];
    let desk = Desk::new();
    desk.sync(&tracker, after(1)).await;
    let snapshot = |now: Timestamp| {
        let store = desk.store.clone();
        async move {
            let context = BuildContext {
                now: Now(now),
                me: [(gh(), Login::new("sam"))].into(),
                roster: Arc::default(),
                scope: None,
                homes: Default::default(),
                taste: Default::default(),
            };
            Snapshot::build(store.everything().await.unwrap(), &context)
        }
    };
    let early = snapshot(after(24)).await;
    let free = |s: &Snapshot| (1..=4).map(|n| s.get(&key(n)).unwrap().free.is_free()).collect::<Vec<_>>();
    assert_eq!(free(&early), [false, false, false, true]);
    assert!(early.commitments.iter().all(|c| c.life.is_some()), "{:?}", early.commitments);
    let by_hand: Vec<_> = early.assigned.iter().map(|a| (a.key.number, a.mine)).collect();
    assert_eq!(by_hand, [(3, false), (4, true)]);
    // The last day is over: one was never reminded, the other ended after its grace. Both tasks are free.
    let late = snapshot(after(24 * 14)).await;
    let states: Vec<_> = late.commitments.iter().map(|c| (c.key.number, c.state)).collect();
    assert!(
        states.contains(&(1, CommitmentState::AtRisk)) && states.contains(&(2, CommitmentState::Expired)),
        "{states:?}"
    );
    assert_eq!(free(&late), [true, true, false, true]);
    assert!(late.get(&key(1)).unwrap().claim.is_none());
    assert_eq!(late.assigned.len(), 2, "what ended claims left behind was set by nobody's hand");
}
