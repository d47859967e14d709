//! A made-up organisation of any size, to see and to measure the program with many tasks: five thousand projects of two
//! hundred teams, with labels, assignees, milestones and dates. The same seed makes the same tasks; nothing in them is real.
//! Knows no store and no server.

use jiff::SignedDuration;

use crate::domain::{
    key::{ProjectRef, TaskKey, TrackerName},
    person::{Association, Login, Person},
    project::{Permission, Project},
    task::{Milestone, Task, TaskState},
    text::Foreign,
    time::Now,
};

/// How many projects there are.
pub const PROJECTS: u64 = 5_000;
/// How many teams own them.
pub const TEAMS: u64 = 200;
/// How many people open tasks and are assigned: `person0` and so on.
pub const PEOPLE: u64 = 8_000;

const LANGUAGES: [&str; 12] =
    ["Rust", "Go", "Python", "TypeScript", "Java", "C++", "Kotlin", "Ruby", "Shell", "HCL", "Scala", "Swift"];
pub(super) const LABELS: [&str; 32] = [
    "bug",
    "docs",
    "documentation",
    "help wanted",
    "good first issue",
    "ci",
    "tests",
    "dependencies",
    "tech-debt",
    "question",
    "blocked",
    "needs-triage",
    "area/api",
    "area/cli",
    "area/storage",
    "area/network",
    "area/ui",
    "priority/low",
    "priority/high",
    "kind/feature",
    "kind/regression",
    "wontfix",
    "stale",
    "performance",
    "security",
    "flaky",
    "refactor",
    "release-notes",
    "platform/linux",
    "platform/windows",
    "platform/macos",
    "enhancement",
];
const WORDS: [&str; 64] = [
    "memory", "leak", "cache", "timeout", "retry", "docs", "typo", "flaky", "test", "deadlock", "provider", "session",
    "access", "error", "panic", "when", "the", "config", "parser", "is", "missing", "after", "upgrade", "slow",
    "request", "of", "large", "files", "in", "worker", "queue", "login", "page", "does", "not", "load", "on", "build",
    "fails", "with", "unknown", "field", "for", "nightly", "release", "explain", "how", "to", "add", "support",
    "remove", "old", "shim", "rename", "handle", "empty", "response", "from", "proxy", "broken", "link", "wrong",
    "default", "value",
];

/// Numbers as good as drawn by chance (xorshift64), the same for the same seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that begin at `seed`; 0 would stay 0, and counts as 1.
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number below `n`, for counts.
    pub fn few(&mut self, n: u8) -> u32 {
        u32::try_from(self.below(n.into())).unwrap_or(0)
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(all.len() as u64)).unwrap_or(0);
        all.get(at).copied().unwrap_or_default()
    }
}

/// A team's projects, as a pattern of the registry.
pub fn projects_of_team(n: u64) -> String {
    format!("org{n}/*")
}

/// All projects on one tracker, by number.
pub fn projects(tracker: &TrackerName) -> Vec<Project> {
    let word = |n: u64| usize::try_from(n % 64).ok().and_then(|at| WORDS.get(at)).copied().unwrap_or_default();
    let language = |n: u64| usize::try_from(n % 12).ok().and_then(|at| LANGUAGES.get(at)).map(|l| Foreign::from(*l));
    let project = |n: u64| {
        let path = format!("org{}/{}-{n}", n % TEAMS, word(n));
        Some(Project {
            project: ProjectRef::parse(tracker, &path).ok()?,
            id: n,
            node_id: None,
            description: "".into(),
            topics: vec![Foreign::from("cli")],
            language: language(n).filter(|_| !n.is_multiple_of(17)),
            default_branch: Some("main".into()),
            archived: false,
            disabled: false,
            has_issues: true,
            fork: false,
            private: false,
            pushed_at: None,
            permission: Permission::Read,
        })
    };
    (0..PROJECTS).filter_map(project).collect()
}

/// About `count` tasks over `projects`, project after project. As in life few projects have most of them.
pub fn tasks(projects: &[Project], count: u64, now: Now, seed: u64) -> impl Iterator<Item = Task> + '_ {
    let mut dice = Dice::new(seed);
    let each = count / PROJECTS;
    let mut id = 0;
    (0..PROJECTS).zip(projects).flat_map(move |(at, project)| {
        let more = u64::from(at < count % PROJECTS);
        let share = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4].get(usize::try_from(at % 10).unwrap_or(0)).copied().unwrap_or(2);
        let here = ((each + more) * share / 2).max(more);
        let made: Vec<Task> = (1..=here).map(|n| task(&project.project, n * 3, id + n, now, &mut dice)).collect();
        id += here;
        made
    })
}

pub(super) fn title(dice: &mut Dice) -> Foreign {
    let words: Vec<&str> = (0..5 + dice.below(8)).map(|_| dice.of(&WORDS)).collect();
    let mut title = words.join(" ");
    if dice.one_in(12) {
        title = format!("{}: {title}", dice.of(&["docs", "fix", "ci", "feat", "[bug]"]));
    }
    if dice.one_in(70) {
        title.push_str(" – größer");
    }
    title.into()
}

fn task(project: &ProjectRef, number: u64, id: u64, now: Now, dice: &mut Dice) -> Task {
    let opened = 24 + dice.below(24 * 1_500);
    let ago = |hours: u64| now.0 - SignedDuration::from_hours(i64::try_from(hours).unwrap_or(0));
    let login = |dice: &mut Dice| format!("person{}", dice.below(PEOPLE));
    let labels = match dice.below(5) {
        0 => 0,
        1 | 2 => 1,
        more => more - 1,
    };
    let labels = (0..labels).map(|_| Foreign::from(dice.of(&LABELS))).collect();
    let assignees = if dice.one_in(5) { vec![Login::new(login(dice).as_str())] } else { Vec::new() };
    let milestone = |dice: &mut Dice| Milestone { title: format!("v{}", dice.below(40)).into(), due: None };
    let author = Person::human(login(dice), dice.below(PEOPLE));
    Task {
        key: TaskKey::new(project.clone(), number),
        id,
        node_id: Some(format!("I_kwDO{id:012}")),
        title: title(dice),
        state: TaskState::Open,
        labels,
        assignees,
        author: Some(author),
        association: if dice.one_in(3) { Association::Member } else { Association::Other },
        created_at: ago(opened),
        updated_at: ago(dice.below(opened)),
        closed_at: None,
        comments: dice.few(9),
        reactions: if dice.one_in(6) { dice.few(40) } else { 0 },
        milestone: dice.one_in(10).then(|| milestone(dice)),
        locked: dice.one_in(500),
        planning: None,
    }
}
