//! A world for screen tests: twelve made-up tasks, the real loop on a test terminal, a queue of keys, virtual time.

use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};

use floorwalk::{
    app::{
        Command, Event,
        recorder::{Happened, Recorder},
    },
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        coverage::{Coverage, Freshness, ProjectCoverage},
        key::{ProjectRef, TaskKey, TrackerName},
        outbox::{Op, OpId, OpStatus, Step, Wish},
        person::{Association, Login, Person},
        project::{Permission, Project},
        signal::{Signal, SignalKind},
        task::{Comment, Task, TaskDetail, TaskState},
        text::Foreign,
        time::Now,
    },
    index::{BuildContext, Snapshot},
    keymap::{self, Chord},
    store::Everything,
    tui::{
        seek::Ask,
        state::{ExitReason, Msg, Options, State},
        turn::{Flow, Next, Source, Turns, World},
    },
};
use jiff::Timestamp;
use ratatui::{
    Terminal,
    backend::{Backend, ClearType, TestBackend, WindowSize},
    buffer::{Buffer, Cell, CellWidth},
    layout::{Position, Size},
};
use ulid::Ulid;

pub(crate) const NOW: &str = "2026-11-20T10:00:00Z";

pub(crate) fn now() -> Now {
    Now(NOW.parse().unwrap())
}

pub(crate) fn tracker() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

pub(crate) fn key(project: &str, number: u64) -> TaskKey {
    TaskKey::new(ProjectRef::parse(&tracker(), project).unwrap(), number)
}

pub(crate) fn days_ago(days: i64) -> Timestamp {
    now().0 - jiff::SignedDuration::from_hours(24 * days)
}

fn project(path: &str, language: &str) -> Project {
    Project {
        project: ProjectRef::parse(&tracker(), path).unwrap(),
        id: 1,
        node_id: None,
        description: "".into(),
        topics: Vec::new(),
        language: Some(language.into()),
        default_branch: Some("main".into()),
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: Permission::Read,
    }
}

pub(crate) fn task(key: TaskKey, title: &str, labels: &[&str], opened: i64, moved: i64) -> Task {
    Task {
        key,
        id: 0,
        node_id: None,
        title: title.into(),
        state: TaskState::Open,
        labels: labels.iter().map(|l| Foreign::from(*l)).collect(),
        assignees: Vec::new(),
        author: Some(Person::human("ana", 7)),
        association: Association::Other,
        created_at: days_ago(opened),
        updated_at: days_ago(moved),
        closed_at: None,
        comments: 1,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

/// The twelve tasks, the projects they live in, one claim of mine, one of somebody else.
pub(crate) fn everything() -> Everything {
    let (loader, search, site) = ("vision/dataloader", "search/cli", "docs/handbook");
    let mut tasks = vec![
        task(key(loader, 412), "Flaky shard test blocks the nightly build", &["ci", "help wanted"], 400, 212),
        task(key(search, 98), "Quickstart omits the login step", &["documentation"], 120, 98),
        task(key(loader, 31), "Remove the old retry shim", &["tech-debt"], 900, 340),
        task(key(site, 5), "Explain how on-call hand-over works", &["docs", "good first issue"], 60, 45),
        task(key(site, 9), "Broken links after the move to the new domain", &["docs"], 200, 190),
        task(key(search, 120), "Update the pinned TLS library", &["dependencies"], 95, 90),
        task(key(search, 131), "Cover the parser's error paths with tests", &["tests"], 150, 140),
        task(key(loader, 500), "Cache directory is never cleaned", &[], 30, 12),
        task(key(site, 14), "日本語の見出しが崩れる", &["help wanted"], 80, 75),
        task(key(loader, 77), "Document the shard format", &["docs"], 610, 600),
        task(key(search, 140), "CI runs the same job twice on tags", &["ci"], 33, 31),
        task(key(site, 21), "Old screenshots in the tour", &["docs", "low priority"], 420, 410),
    ];
    // Wanted by many, so that they stand first in the best order.
    tasks[0].reactions = 30;
    tasks[3].reactions = 20;
    tasks[5].assignees = vec![Login::new("milo")];
    let claim = |key: TaskKey, who: Person, mine: bool, n: u128| Commitment {
        key,
        claim: ClaimId(Ulid(n)),
        who,
        mine,
        state: CommitmentState::Active,
        since: days_ago(1),
        until: "2026-11-24".parse().unwrap(),
        size: None,
        comment_id: Some(1),
        label: Projection::Set,
        assignee: Projection::Refused,
        note: None,
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    };
    Everything {
        projects: vec![project(loader, "Rust"), project(search, "Go"), project(site, "Markdown")],
        tasks,
        commitments: vec![
            claim(key(loader, 31), Person::human("sam", 1), true, 1),
            claim(key(site, 9), Person::human("kim", 2), false, 2),
        ],
        coverage: vec![
            ProjectCoverage {
                project: ProjectRef::parse(&tracker(), loader).unwrap(),
                freshness: Freshness::Fresh { at: days_ago(0) },
            },
            ProjectCoverage {
                project: ProjectRef::parse(&tracker(), search).unwrap(),
                freshness: Freshness::NoAccess { why: "private".into() },
            },
        ],
        values: vec![("synced_at".into(), "2026-11-20T09:42:00Z".into())],
        ..Everything::default()
    }
}

pub(crate) fn build(everything: Everything) -> Arc<Snapshot> {
    let me = [(tracker(), Login::new("sam"))].into_iter().collect();
    let snapshot = Snapshot::build(
        everything,
        &BuildContext {
            now: now(),
            me,
            roster: Arc::default(),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        },
    );
    // Signals are judged elsewhere; screens only show them.
    Arc::new(snapshot.with_signals(|task| task.labels.iter().filter_map(|l| signal(l.raw())).collect()))
}

fn signal(label: &str) -> Option<Signal> {
    let kind = match label {
        "ci" => SignalKind::Ci,
        "docs" | "documentation" => SignalKind::Docs,
        "help wanted" => SignalKind::HelpWanted,
        "good first issue" => SignalKind::GoodFirst,
        "tests" => SignalKind::Tests,
        _ => return None,
    };
    Some(Signal { kind, evidence: format!("label '{label}'") })
}

pub(crate) fn snapshot() -> Arc<Snapshot> {
    build(everything())
}

pub(crate) fn op(n: u128, key: TaskKey, step: Step, status: OpStatus) -> Op {
    Op {
        id: OpId(Ulid(n)),
        key,
        wish: Wish::Claim {
            claim: ClaimId(Ulid(1)),
            until: "2026-11-24".parse().unwrap(),
            size: None,
            plan: String::new(),
            alongside: false,
            ask: false,
            taken: None,
            tell: Vec::new(),
            model: None,
        },
        step,
        status,
        attempts: 2,
        created_at: days_ago(0),
        last_error: Some("the tracker answered 502".into()),
    }
}

pub(crate) fn detail(key: TaskKey, body: &str) -> TaskDetail {
    let task = snapshot().get(&key).unwrap().task.clone();
    let comment = Comment {
        id: 1,
        author: Some(Person::human("kim", 2)),
        association: Association::Member,
        created_at: days_ago(98),
        updated_at: days_ago(98),
        body: "Still happens on `main`.".into(),
    };
    TaskDetail { task, body: Some(body.into()), comments: vec![comment] }
}

pub(crate) const BODY: &str = "# What happens\n\nThe *nightly* build fails about **once a week**:\n\n```text\nshard 3: \
timeout after 30s\n```\n\n- only on two cores\n- see [the log](https://ci.example.org/7)\n\n> maybe the cache?\n";

/// What the loop did to the world.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) commands: Vec<Command>,
    pub(crate) clipboard: Vec<String>,
    pub(crate) bells: u32,
    pub(crate) notices: Vec<String>,
    pub(crate) suspended: u32,
    pub(crate) taken: u32,
    /// What was asked for while answers are late: the test gives them.
    pub(crate) asks: Option<Vec<Ask>>,
    /// Where what happens is noted.
    pub(crate) recorder: Option<Recorder>,
}

impl World<Grid> for Seen {
    fn command(&mut self, command: Command) -> bool {
        self.commands.push(command);
        true
    }
    fn search(&mut self, ask: Ask) -> Option<Msg> {
        let Some(asks) = &mut self.asks else { return Some(Msg::Found(Box::new(ask.answer()))) };
        asks.push(ask);
        None
    }
    fn note(&mut self, what: Happened, now: Now) {
        self.recorder.iter().for_each(|recorder| recorder.note(now, what.clone()));
    }
    fn clipboard(&mut self, _: &mut Terminal<Grid>, text: &str) {
        self.clipboard.push(text.to_owned());
    }
    fn bell(&mut self, _: &mut Terminal<Grid>) {
        self.bells += 1;
    }
    fn notice(&mut self, _: &mut Terminal<Grid>, text: &str) {
        self.notices.push(text.to_owned());
    }
    fn suspend(&mut self, _: &mut Terminal<Grid>) {
        self.suspended += 1;
    }
    fn claim_terminal(&mut self, _: &mut Terminal<Grid>) {
        self.taken += 1;
    }
    fn frame_edge(&mut self, _: &mut Terminal<Grid>, _: bool) {}
}

/// A queue with a clock that only moves when told.
pub(crate) struct Script {
    queue: VecDeque<Msg>,
    now: Now,
    until: Now,
    pub(crate) waits: u64,
}

impl Source for Script {
    fn wait(&mut self, limit: Option<Duration>) -> Next {
        self.waits += 1;
        if let Some(msg) = self.queue.pop_front() {
            return Next::Msg(msg);
        }
        match limit.map(|l| Now(self.now.0 + l)) {
            Some(at) if at <= self.until => {
                self.now = at;
                Next::Deadline
            }
            _ => {
                self.now = self.until;
                Next::Closed
            }
        }
    }
    fn poll(&mut self) -> Option<Msg> {
        self.queue.pop_front()
    }
    fn now(&self) -> Now {
        self.now
    }
}

/// The real loop on a test terminal.
pub(crate) struct Screen {
    pub(crate) turns: Turns<Grid, Seen>,
    pub(crate) script: Script,
    pub(crate) exit: Option<ExitReason>,
}

impl Screen {
    pub(crate) fn with(first: Arc<Snapshot>, options: Options, columns: u16, rows: u16) -> Self {
        Self::on(now(), first, options, columns, rows)
    }

    /// The same at another moment.
    pub(crate) fn on(now: Now, first: Arc<Snapshot>, options: Options, columns: u16, rows: u16) -> Self {
        let (keys, problems) = keymap::shipped();
        assert!(problems.is_empty(), "{problems:?}");
        let state = State::new(first, Arc::new(keys), options, now, (columns, rows));
        let terminal = Terminal::new(Grid::new(columns, rows)).unwrap();
        let script = Script { queue: VecDeque::new(), now, until: now, waits: 0 };
        let mut turns = Turns::new(state, terminal, Seen::default());
        never(turns.begin(now));
        Self { turns, script, exit: None }
    }

    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        Self::with(snapshot(), Options::default(), columns, rows)
    }

    /// Runs until nothing waits and everything is drawn.
    pub(crate) fn settle(&mut self) {
        while self.exit.is_none() {
            match never(self.turns.turn(&mut self.script)) {
                Flow::Go => {}
                Flow::Closed => return,
                Flow::Exit(reason) => self.exit = Some(reason),
            }
        }
    }

    pub(crate) fn send(&mut self, msg: Msg) -> &mut Self {
        self.script.queue.push_back(msg);
        self.settle();
        self
    }

    /// Presses keys, one word each: `/ f l a enter`.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for word in keys.split_whitespace() {
            self.send(Msg::Key(word.parse::<Chord>().unwrap()));
        }
        self
    }

    /// Types characters one by one.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(Msg::Key(Chord::plain(keymap::Key::Char(c))));
        }
        self
    }

    pub(crate) fn told(&mut self, event: Event) -> &mut Self {
        self.send(Msg::App(event))
    }

    /// Moves the cursor of the list to a task.
    /// Lists also what others are at, which is counted otherwise.
    pub(crate) fn with_taken(&mut self) -> &mut Self {
        self.keys("/").text("is:taken,free,mine").keys("enter")
    }

    pub(crate) fn go_to(&mut self, wanted: &TaskKey) -> &mut Self {
        self.keys("g");
        for _ in 0..self.turns.state.discover.hits.rows.len() {
            if self.turns.state.selected().as_ref() == Some(wanted) {
                return self;
            }
            self.keys("j");
        }
        panic!("{wanted} is not in the list");
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, time: Duration) -> &mut Self {
        self.script.until = Now(self.script.now.0 + time);
        self.settle();
        self
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.turns.terminal.backend_mut().resize(columns, rows);
        self.send(Msg::Resize(columns, rows))
    }

    /// The screen as text, without blanks at the ends of rows.
    pub(crate) fn view(&self) -> String {
        let buffer = self.turns.terminal.backend().buffer();
        let mut out = String::new();
        for y in 0..buffer.area.height {
            let mut row = String::new();
            let mut skip = 0;
            for x in 0..buffer.area.width {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let symbol = buffer[(x, y)].symbol();
                row.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            }
            out.push_str(row.trim_end());
            out.push('\n');
        }
        out
    }

    /// The wishes so far, reads of single tasks left out; forgets them.
    pub(crate) fn wishes(&mut self) -> Vec<Command> {
        let all = std::mem::take(&mut self.turns.world.commands);
        all.into_iter()
            .filter(|c| !matches!(c, Command::Detail(_) | Command::Comments(_) | Command::Signs(_)))
            .collect()
    }

    /// Fails with the screen when `text` is not on it.
    pub(crate) fn shows(&mut self, text: &str) -> &mut Self {
        assert!(self.view().contains(text), "expected {text:?} in\n{}", self.view());
        self
    }

    pub(crate) fn lacks(&mut self, text: &str) -> &mut Self {
        assert!(!self.view().contains(text), "did not expect {text:?} in\n{}", self.view());
        self
    }
}

fn never<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
    }
}

/// A snapshot with a given coverage and nothing else.
pub(crate) fn bare(coverage: Coverage) -> Arc<Snapshot> {
    let mut snapshot = Snapshot::default();
    snapshot.coverage = coverage;
    Arc::new(snapshot)
}

impl Screen {
    /// Puts a message into the queue without running the loop.
    pub(crate) fn script_push(&mut self, msg: Msg) {
        self.script.queue.push_back(msg);
    }
}

/// A test terminal on which a wide character takes two cells, as on every real one: writing it clears the second,
/// and writing over its first half clears it.
pub(crate) struct Grid(TestBackend);

impl Grid {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        Self(TestBackend::new(columns, rows))
    }
    pub(crate) fn buffer(&self) -> &Buffer {
        self.0.buffer()
    }
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.0.resize(columns, rows);
    }
}

impl Backend for Grid {
    type Error = Infallible;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), Infallible> {
        for (x, y, cell) in content {
            let before = self.0.buffer()[(x, y)].symbol().cell_width();
            self.0.draw([(x, y, cell)].into_iter())?;
            let trailing = before.max(cell.cell_width());
            for x in x + 1..(x + trailing).min(self.0.buffer().area.width) {
                let mut blank = cell.clone();
                blank.set_symbol(" ");
                self.0.draw([(x, y, &blank)].into_iter())?;
            }
        }
        Ok(())
    }
    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.0.hide_cursor()
    }
    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.0.show_cursor()
    }
    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        panic!("asks where the cursor is, and the thread that reads keys would get the answer")
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.0.set_cursor_position(position)
    }
    fn clear(&mut self) -> Result<(), Infallible> {
        self.0.clear()
    }
    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        self.0.clear_region(clear_type)
    }
    fn size(&self) -> Result<Size, Infallible> {
        self.0.size()
    }
    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        self.0.window_size()
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        self.0.flush()
    }
}
