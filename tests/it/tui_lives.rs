//! A world for tests of Mine and of dialogs: commitments with logs, a registry with one team that has limits.

use std::sync::Arc;

use floorwalk::{
    domain::{
        calendar::Quiet,
        commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, HostSign, Projection, Sign, judge},
        evidence::{Checks, PullKey, PullState},
        key::TaskKey,
        person::Person,
        policy::{Consent, Mentor, Policy},
        roster::{Account, Member, Roster, Standing, Team},
        text::Foreign,
    },
    index::{BuildContext, Snapshot},
    store::Everything,
    tui::state::Options,
};
use jiff::{Timestamp, civil::Date};
use ulid::Ulid;

use super::tui_world::*;

pub(crate) fn sam() -> Person {
    Person::human("sam", 1)
}

pub(crate) fn kim() -> Person {
    Person::human("kim", 2)
}

pub(crate) fn ana() -> Person {
    Person::human("ana", 7)
}

pub(crate) fn at(moment: &str) -> Timestamp {
    format!("2026-{moment}:00Z").parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    format!("2026-{text}").parse().unwrap()
}

/// An entry of the log; `moment` is `11-16T09:00`.
pub(crate) fn did(moment: &str, by: &Person, act: Act) -> Entry {
    Entry { at: at(moment), seq: 1, by: Some(by.clone()), host: by.id == 7, pull: None, act }
}

pub(crate) fn claimed(moment: &str, by: &Person, until: &str) -> Entry {
    did(moment, by, Act::Claim { until: day(until), size: None, alongside: false, taken: None })
}

pub(crate) fn on_pull(entry: Entry, number: u64) -> Entry {
    Entry { pull: Some(PullKey { project: key("vision/dataloader", 1).project, number }), ..entry }
}

pub(crate) fn pull(number: u64, state: PullState, checks: Checks) -> floorwalk::domain::commitment::PullCard {
    let key = PullKey { project: key("vision/dataloader", 1).project, number };
    floorwalk::domain::commitment::PullCard { key, title: "Retry only what can be retried".into(), state, checks }
}

pub(crate) fn commitment(n: u128, key: TaskKey, who: Person, log: Vec<Entry>) -> Commitment {
    Commitment {
        key,
        claim: ClaimId(Ulid(n)),
        mine: who.id == 1,
        who,
        state: CommitmentState::Active,
        since: log.first().map_or(now().0, |entry| entry.at),
        until: day("11-30"),
        size: None,
        comment_id: Some(u64::try_from(n).unwrap()),
        label: Projection::Set,
        assignee: Projection::Set,
        note: None,
        plan: Foreign::default(),
        log,
        pulls: Vec::new(),
        life: None,
    }
}

fn member(handle: &str, name: &str, id: u64) -> Member {
    let account = Account { host: "github.com".into(), login: handle.into(), id, account_id: String::new() };
    Member {
        handle: handle.into(),
        name: name.into(),
        team: None,
        accounts: vec![account],
        standing: Standing::Regular,
        active: true,
        ..Member::default()
    }
}

/// Vision owns `vision/*`, is told of claims, gives one hour a week; search wants to be asked.
pub(crate) fn roster() -> Roster {
    let team = |id: &str, name: &str, projects: &str, lead: &str| Team {
        id: id.into(),
        name: name.into(),
        leads: vec![lead.into()],
        projects: vec![projects.into()],
        calendar: None,
    };
    let quiet = Quiet { from: day("12-15"), to: "2027-01-05".parse().unwrap(), why: "release freeze".into() };
    let mentor = |handle: &str, on| Mentor { handle: handle.into(), capacity: 2, on };
    let vision = Policy {
        consent: Consent::Notify,
        review_budget_min: Some(60),
        quiet: vec![quiet],
        mentors: vec![mentor("milo", true), mentor("ana", false)],
        contact: "#vision-help".into(),
        ..Policy::default()
    };
    let search = Policy { consent: Consent::Ask, contact: "#search".into(), ..Policy::default() };
    Roster {
        teams: vec![team("vision", "Vision", "vision/*", "ana"), team("search", "Search", "search/*", "sam")],
        people: vec![
            member("ana", "Ana", 7),
            member("milo", "Milo", 8),
            member("kim", "Kim", 2),
            member("sam", "Sam", 1),
            member("lee", "Lee", 9),
        ],
        policies: [("vision".to_owned(), vision), ("search".to_owned(), search)].into_iter().collect(),
        hosts: [(tracker(), "github.com".to_owned())].into_iter().collect(),
        ..Roster::default()
    }
}

/// The twelve tasks with these commitments, judged for now.
pub(crate) fn lives(commitments: Vec<Commitment>, roster: Roster) -> Arc<Snapshot> {
    let mut all = Everything { commitments, ..everything() };
    judge(&mut all.commitments, &roster, now());
    let me = [(tracker(), floorwalk::domain::person::Login::new("sam"))].into_iter().collect();
    let context = BuildContext {
        now: now(),
        me,
        roster: Arc::new(roster),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    Arc::new(Snapshot::build(all, &context))
}

pub(crate) fn screen(commitments: Vec<Commitment>, columns: u16, rows: u16) -> Screen {
    Screen::with(lives(commitments, roster()), Options::default(), columns, rows)
}

/// A claim of mine with a pull request that is open.
pub(crate) fn with_pull(n: u128, key: TaskKey, checks: Checks) -> Commitment {
    let log = vec![
        claimed("11-12T09:00", &sam(), "11-26"),
        did("11-13T10:00", &sam(), Act::Sign { sign: Sign::Comment }),
        on_pull(did("11-17T15:00", &sam(), Act::Sign { sign: Sign::Pull }), 34),
        on_pull(did("11-18T11:00", &ana(), Act::Host { sign: HostSign::Review }), 34),
        on_pull(did("11-19T09:00", &sam(), Act::Sign { sign: Sign::Commit }), 34),
        on_pull(did("11-19T10:00", &sam(), Act::Sign { sign: Sign::Commit }), 34),
    ];
    let mut c = commitment(n, key, sam(), log);
    c.plan = "Find out **which** answers may be retried,\nthen retry only those.".into();
    c.pulls = vec![pull(34, PullState::Open, checks)];
    c
}

/// A request of somebody for a task of the search team, which I lead.
pub(crate) fn asked_of_me(n: u128, key: TaskKey) -> Commitment {
    let log = vec![did("11-19T09:00", &kim(), Act::Request { until: day("11-27"), size: None })];
    let mut c = commitment(n, key, kim(), log);
    c.plan = "I know this parser well.".into();
    c
}
