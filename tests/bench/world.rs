//! A made-up organisation of any size for benchmarks: tasks over five thousand projects and two hundred teams, with labels,
//! assignees, claims, marks and the gists of a share of them. The same seed makes the same world; nothing in it is real.

use std::{collections::HashMap, sync::Arc};

use floorwalk::{
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        gist::{Described, Gist, Said, Wanted},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Association, Login, Person},
        project::{Permission, Project},
        roster::{Member, Roster, Team},
        signal::{Signal, SignalKind},
        task::{Milestone, Task, TaskState},
        text::Foreign,
        time::Now,
    },
    index::{BuildContext, Taste},
    judge::skills::Profile,
    store::{Everything, Mark, MarkKind},
};
use jiff::{SignedDuration, Timestamp};

const PROJECTS: u64 = 5_000;
const TEAMS: u64 = 200;
const PEOPLE: u64 = 8_000;

const LANGUAGES: [&str; 12] =
    ["Rust", "Go", "Python", "TypeScript", "Java", "C++", "Kotlin", "Ruby", "Shell", "HCL", "Scala", "Swift"];
const LABELS: [&str; 32] = [
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

/// Numbers as good as drawn by chance (xorshift), the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice that begin at `seed`, which is not 0.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// True once in `n` times.
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The present of the world.
pub(crate) fn now() -> Now {
    Now("2026-11-20T10:00:00Z".parse().unwrap())
}

fn ago(hours: u64) -> Timestamp {
    now().0 - SignedDuration::from_hours(i64::try_from(hours).unwrap())
}

fn tracker() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

fn path(n: u64) -> String {
    format!("org{}/{}-{n}", n % TEAMS, WORDS[(n % 64) as usize])
}

fn projects() -> Vec<Project> {
    let project = |n: u64| Project {
        project: ProjectRef::parse(&tracker(), &path(n)).unwrap(),
        id: n,
        node_id: None,
        description: "".into(),
        topics: vec![Foreign::from("cli")],
        language: (!n.is_multiple_of(17)).then(|| LANGUAGES[(n % 12) as usize].into()),
        default_branch: Some("main".into()),
        archived: false,
        disabled: false,
        has_issues: true,
        fork: false,
        private: false,
        pushed_at: None,
        permission: Permission::Read,
    };
    (0..PROJECTS).map(project).collect()
}

fn title(dice: &mut Dice) -> Foreign {
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

fn task(project: &ProjectRef, number: u64, id: u64, dice: &mut Dice) -> Task {
    let opened = 24 + dice.below(24 * 1_500);
    let login = |dice: &mut Dice| format!("person{}", dice.below(PEOPLE));
    let labels = (0..[0, 1, 1, 2, 3][dice.below(5) as usize]).map(|_| Foreign::from(dice.of(&LABELS))).collect();
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
        comments: u32::try_from(dice.below(9)).unwrap(),
        reactions: if dice.one_in(6) { u32::try_from(dice.below(40)).unwrap() } else { 0 },
        milestone: dice.one_in(10).then(|| milestone(dice)),
        locked: dice.one_in(500),
        planning: None,
    }
}

fn gist(task: &Task, dice: &mut Dice) -> Gist {
    let wanted = |tag: &str| Wanted { tag: tag.into(), sure: 70, hard: false, seen: "a path".into() };
    let docs = || Signal { kind: SignalKind::Docs, evidence: "description: 'the manual says nothing'".into() };
    Gist {
        described: Some(Described { met: u16::try_from(dice.below(512)).unwrap(), words: 120 }),
        signals: if dice.one_in(8) { vec![docs()] } else { Vec::new() },
        needs: if dice.one_in(3) { vec![wanted("lang:rust")] } else { Vec::new() },
        said: dice.one_in(2).then(|| Said {
            last: task.updated_at,
            by: None,
            commented: true,
            outside: u32::try_from(dice.below(4)).unwrap(),
            answered: dice.one_in(2),
            host: dice.one_in(2).then_some((task.created_at, task.updated_at)),
            on_it: Vec::new(),
        }),
    }
}

fn claim(key: &TaskKey, n: u64, dice: &mut Dice) -> Commitment {
    Commitment {
        key: key.clone(),
        claim: ClaimId(u128::from(n + 1).into()),
        who: Person::human(format!("person{}", dice.below(PEOPLE)), n),
        mine: dice.one_in(400),
        state: CommitmentState::Active,
        since: ago(48),
        until: "2026-11-27".parse().unwrap(),
        size: None,
        comment_id: None,
        label: Projection::Open,
        assignee: Projection::Open,
        note: None,
        plan: Foreign::default(),
        log: Vec::new(),
        pulls: Vec::new(),
        life: None,
    }
}

/// All that a store of `tasks` open tasks would give.
pub(crate) fn everything(tasks: u64, seed: u64) -> Everything {
    let mut dice = Dice::new(seed);
    let projects = projects();
    let mut all = Everything::default();
    let each = tasks / PROJECTS;
    for (at, project) in (0..).zip(&projects) {
        let more = u64::from(at < tasks % PROJECTS);
        // As in life: few projects have most of the tasks.
        let count = (each + more) * [1, 1, 1, 1, 2, 2, 2, 3, 3, 4][(at % 10) as usize] / 2;
        for number in 1..=count.max(more) {
            let task = task(&project.project, number * 3, all.tasks.len() as u64, &mut dice);
            if dice.one_in(3) {
                all.gists.insert(task.key.clone(), gist(&task, &mut dice));
            }
            if dice.one_in(200) {
                all.commitments.push(claim(&task.key, all.commitments.len() as u64, &mut dice));
            }
            if dice.one_in(500) {
                let kind = [MarkKind::Bookmark, MarkKind::Hidden][dice.below(2) as usize];
                all.marks.push(Mark { key: task.key.clone(), kind, until: None, changed: None });
            }
            all.tasks.push(task);
        }
    }
    all.projects = projects;
    all
}

/// Two hundred teams, each with the projects of one organisation, and a person who reads the list.
pub(crate) fn context() -> BuildContext {
    let team = |n: u64| Team {
        id: format!("team{n}"),
        name: format!("Team {n}"),
        projects: vec![format!("org{n}/*")],
        ..Team::default()
    };
    let person = |n: u64| Member {
        handle: format!("person{n}"),
        team: Some(format!("team{}", n % TEAMS)),
        active: true,
        ..Member::default()
    };
    // Every tenth team is not in the registry: its projects stand for themselves.
    let teams = (0..TEAMS).filter(|n| n % 10 != 9).map(team).collect();
    let roster = Roster { teams, people: (0..PEOPLE).map(person).collect(), ..Roster::default() };
    let taste = Taste { profile: Profile { lease_hours: Some(8), ..Profile::default() }, ..Taste::default() };
    BuildContext {
        now: now(),
        me: HashMap::from([(tracker(), Login::new("person7"))]),
        roster: Arc::new(roster),
        scope: None,
        homes: HashMap::new(),
        taste: Arc::new(taste),
    }
}
