//! A large organisation on the server, to see and to measure how the program reads one: repositories, open and closed issues and
//! pull requests in the shares that large organisations have. The same size gives the same organisation; nothing in it is real.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::{
    Demo,
    many::{Dice, LABELS, title},
    world::{Issue, Kind, Label, Permission, Pull, Repo, RepoIx, UserIx, World, whole_seconds},
};

/// Accounts that open issues there.
const PEOPLE: u64 = 400;

/// How large an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size<'a> {
    /// Its login.
    pub org: &'a str,
    /// Repositories.
    pub repositories: u32,
    /// Open issues of every repository. `None`: as in life, two of five repositories have some, about sixty each, and
    /// three in twenty of these more than a hundred.
    pub open: Option<u32>,
}

impl Demo {
    /// Adds an organisation of that size, whose ages count back from `now`. Answers with how many open issues it has.
    pub fn enlarge(&self, size: Size<'_>, now: Timestamp) -> u32 {
        self.shared.act(|world, _| {
            let mut dice = Dice::new(7);
            let owner = world.intern(size.org, Kind::Organization, None);
            let people: Vec<UserIx> =
                (0..PEOPLE).map(|n| world.intern(&format!("colleague-{n}"), Kind::User, None)).collect();
            (0..size.repositories)
                .map(|n| {
                    let repo = repository(world, owner, n, now);
                    let open = size.open.unwrap_or_else(|| as_in_life(n, &mut dice));
                    fill(world, repo, open, &people, now, &mut dice);
                    open
                })
                .sum()
        })
    }
}

fn as_in_life(n: u32, dice: &mut Dice) -> u32 {
    match n % 50 {
        0 | 19 | 38 => 101 + dice.few(50),
        busy if busy % 5 < 2 => 20 + dice.few(57),
        _ => 0,
    }
}

fn repository(world: &mut World, owner: UserIx, n: u32, now: Timestamp) -> RepoIx {
    let id = world.id();
    let labels = LABELS.iter().step_by(3).map(|name| (world.id(), *name));
    let labels = labels.map(|(id, name)| Label { id, name: name.into(), color: "ededed".into(), description: None });
    let labels = labels.collect();
    world.add_repo(Repo {
        id,
        node_id: format!("R_kgDO{id:x}"),
        owner,
        name: format!("service-{n:05}"),
        description: Some(format!("Number {n} of many.")),
        language: Some("Rust".into()),
        default_branch: "main".into(),
        topics: vec!["service".into(), format!("team-{}", n % 200)],
        archived: n % 25 == 24,
        has_issues: true,
        private: false,
        created_at: ago(now, 24 * 1_500),
        pushed_at: ago(now, u64::from(n % 900) * 7),
        stars: 0,
        ci: None,
        labels,
        milestones: Vec::new(),
        issues: BTreeMap::new(),
        by_updated: BTreeSet::new(),
        open: 0,
        everyone: Permission::Read,
        grants: HashMap::new(),
        files: BTreeMap::new(),
        workflows: Vec::new(),
    })
}

/// The issues of one repository: the open ones, every second repository's closed ones, a pull request among twenty.
fn fill(world: &mut World, repo: RepoIx, open: u32, people: &[UserIx], now: Timestamp, dice: &mut Dice) {
    let closed = if open > 0 || repo.is_multiple_of(2) { 5 + dice.few(30) } else { 0 };
    let rows = open + closed + open.div_ceil(20);
    for number in 1..=rows {
        let age = 24 + dice.below(24 * 1_400);
        let updated = 1 + dice.below(age);
        let is_open = number <= open || number > open + closed;
        let id = world.id();
        let pull = (number > open + closed).then(|| Pull {
            head: "topic".into(),
            sha: format!("{id:040x}"),
            commits: 1,
            ..Pull::default()
        });
        let body: Vec<String> = (0..8 + dice.below(10)).map(|_| title(dice).raw().to_owned()).collect();
        let author = usize::try_from(dice.below(PEOPLE)).ok().and_then(|n| people.get(n)).copied();
        let at = ago(now, updated);
        world.add_issue(
            repo,
            Issue {
                id,
                node_id: format!("{}_kwDO{id:x}", if pull.is_some() { "PR" } else { "I" }),
                number: number.into(),
                title: title(dice).raw().to_owned(),
                body: Some(body.join(".\n\n")),
                open: is_open,
                state_reason: (!is_open).then(|| "completed".into()),
                author,
                labels: (0..dice.below(3)).filter_map(|_| usize::try_from(dice.below(11)).ok()).collect(),
                assignees: author.filter(|_| dice.one_in(8)).into_iter().collect(),
                milestone: None,
                comments: Vec::new(),
                created_at: ago(now, age),
                updated_at: at,
                closed_at: (!is_open).then_some(at),
                locked: false,
                reactions: [dice.below(3), 0, 0, 0, 0, 0, 0, 0],
                association: "NONE",
                pull,
                events: Vec::new(),
            },
        );
    }
}

fn ago(now: Timestamp, hours: u64) -> Timestamp {
    let hours = SignedDuration::from_hours(i64::try_from(hours).unwrap_or(0));
    whole_seconds(now.checked_sub(hours).unwrap_or(now))
}
