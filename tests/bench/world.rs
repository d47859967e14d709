//! What a store of the made-up organisation of many tasks would give: its tasks with claims, marks and the gists of a share
//! of them, and the teams. The same seed makes the same world; nothing in it is real.

use std::{collections::HashMap, sync::Arc};

use floorwalk::{
    demo::many::{self, Dice, PEOPLE, TEAMS},
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState, Projection},
        gist::{Described, Gist, Said, Wanted},
        key::{TaskKey, TrackerName},
        person::{Login, Person},
        roster::{Member, Roster, Team},
        signal::{Signal, SignalKind},
        task::Task,
        text::Foreign,
        time::Now,
    },
    index::{BuildContext, Taste},
    judge::skills::Profile,
    store::{Everything, Mark, MarkKind},
};
use jiff::SignedDuration;

/// The present of the world.
pub(crate) fn now() -> Now {
    Now("2026-11-20T10:00:00Z".parse().unwrap())
}

fn tracker() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

fn gist(task: &Task, dice: &mut Dice) -> Gist {
    let wanted = |tag: &str| Wanted { tag: tag.into(), sure: 70, hard: false, seen: "a path".into() };
    let docs = || Signal { kind: SignalKind::Docs, evidence: "description: 'the manual says nothing'".into() };
    Gist {
        described: Some(Described { met: dice.below(512) as u16, words: 120 }),
        signals: if dice.one_in(8) { vec![docs()] } else { Vec::new() },
        needs: if dice.one_in(3) { vec![wanted("lang:rust")] } else { Vec::new() },
        said: dice.one_in(2).then(|| Said {
            last: task.updated_at,
            by: None,
            commented: true,
            outside: dice.few(4),
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
        since: now().0 - SignedDuration::from_hours(48),
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
    let mut dice = Dice::new(seed + 1);
    let projects = many::projects(&tracker());
    let mut all = Everything::default();
    for task in many::tasks(&projects, tasks, now(), seed) {
        if dice.one_in(3) {
            all.gists.insert(task.key.clone(), gist(&task, &mut dice));
        }
        if dice.one_in(200) {
            all.commitments.push(claim(&task.key, all.commitments.len() as u64, &mut dice));
        }
        if dice.one_in(500) {
            let kind = if dice.one_in(2) { MarkKind::Bookmark } else { MarkKind::Hidden };
            all.marks.push(Mark { key: task.key.clone(), kind, until: None, changed: None });
        }
        all.tasks.push(task);
    }
    all.projects = projects;
    all
}

/// Two hundred teams, each with the projects of one organisation, and a person who reads the list.
pub(crate) fn context() -> BuildContext {
    let team = |n: u64| Team {
        id: format!("team{n}"),
        name: format!("Team {n}"),
        projects: vec![many::projects_of_team(n)],
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
