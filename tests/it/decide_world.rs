//! What the tests of decisions share: a team with a lead and a mentor, helpers, tasks, and lives replayed from logs.

use std::{collections::HashMap, sync::Arc};

use floorwalk::{
    app::{
        Command, UserError,
        decide::{Decision, World, decide},
        effect::Effect,
    },
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, Entry, Projection},
        evidence::{Checks, PullState},
        key::{ProjectRef, TaskKey, TrackerName},
        outbox::{Op, Wish},
        person::{Login, Person},
        policy::{Mentor, Policy},
        project::{Permission, Project},
        refusal::{Refusal, Rule},
        roster::{Account, Member, Roster, Team},
        size::Size,
        task::Task,
        text::Foreign,
        time::Now,
    },
    index::{BuildContext, Snapshot},
    store::Everything,
};
use jiff::{SignedDuration, Timestamp};
use ulid::Ulid;

use crate::outbox_world;

/// Friday, the present of every decision here.
pub(crate) fn now() -> Now {
    outbox_world::now()
}

pub(crate) fn gh() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

pub(crate) fn key(number: u64) -> TaskKey {
    TaskKey::new(ProjectRef::parse(&gh(), "acme/app").unwrap(), number)
}

/// `days` before the present.
pub(crate) fn ago(days: i64) -> Timestamp {
    now().0 - SignedDuration::from_hours(24 * days)
}

pub(crate) fn entry(at: Timestamp, by: &str, act: Act) -> Entry {
    Entry { at, seq: 1, by: Some(person(by)), host: matches!(by, "ana" | "mo"), pull: None, act }
}

pub(crate) fn person(login: &str) -> Person {
    let id = ["sam", "lee", "ana", "mo", "pia"].iter().position(|l| *l == login).map_or(0, |at| at as u64 + 1);
    Person::human(login, id)
}

/// A world with everything in it that a test did not change.
pub(crate) struct Scene {
    pub(crate) me: &'static str,
    pub(crate) roster: Roster,
    pub(crate) permission: Permission,
    pub(crate) commitments: Vec<Commitment>,
    pub(crate) outbox: Vec<Op>,
    pub(crate) last: Option<Command>,
    pub(crate) did: Vec<Effect>,
}

impl Scene {
    /// A team that takes help at once; sam looks.
    pub(crate) fn new() -> Self {
        let account = |login: &str| Account {
            host: "github.com".into(),
            login: login.into(),
            id: person(login).id,
            account_id: String::new(),
        };
        let member = |handle: &str, team: &str| Member {
            handle: handle.into(),
            team: Some(team.into()),
            accounts: vec![account(handle)],
            active: true,
            ..Member::default()
        };
        let team = |id: &str, lead: &str, projects: &[&str]| Team {
            id: id.into(),
            name: id.into(),
            leads: vec![lead.into()],
            projects: projects.iter().map(ToString::to_string).collect(),
            calendar: None,
        };
        let policy = Policy {
            mentors: vec![Mentor { handle: "mo".into(), capacity: 2, on: true }],
            review_budget_min: Some(180),
            contact: "#vision-help".into(),
            ..Policy::default()
        };
        let roster = Roster {
            teams: vec![team("vision", "ana", &["acme/app"]), team("billing", "pia", &["acme/bill"])],
            people: ["sam", "lee", "pia"]
                .map(|h| member(h, "billing"))
                .into_iter()
                .chain(["ana", "mo"].map(|h| member(h, "vision")))
                .collect(),
            policies: [("vision".to_owned(), policy)].into(),
            hosts: [(gh(), "github.com".to_owned())].into(),
            ..Roster::default()
        };
        Self {
            me: "sam",
            roster,
            permission: Permission::Read,
            commitments: Vec::new(),
            outbox: Vec::new(),
            last: None,
            did: Vec::new(),
        }
    }

    /// The same without a registry.
    pub(crate) fn bare() -> Self {
        Self { roster: Roster::default(), ..Self::new() }
    }

    pub(crate) fn as_(mut self, login: &'static str) -> Self {
        self.me = login;
        self
    }

    pub(crate) fn policy(mut self, change: impl Fn(&mut Policy)) -> Self {
        self.roster.policies.values_mut().for_each(change);
        self
    }

    /// Somebody's claim of size S, made `days` ago, and what was done since.
    pub(crate) fn claim(self, number: u64, who: &str, days: i64, since: &[Entry]) -> Self {
        let until = outbox_until(days);
        let begin = Act::Claim { until, size: Some(Size::S), alongside: false, taken: None };
        self.log(number, who, days, begin, since)
    }

    /// Somebody's request, made `days` ago.
    pub(crate) fn request(self, number: u64, who: &str, days: i64) -> Self {
        let begin = Act::Request { until: outbox_until(days), size: Some(Size::S) };
        self.log(number, who, days, begin, &[])
    }

    fn log(mut self, number: u64, who: &str, days: i64, begin: Act, since: &[Entry]) -> Self {
        let mut log = vec![entry(ago(days), who, begin)];
        log.extend(since.iter().cloned());
        let claim = ClaimId(Ulid::from_parts(number, u128::from(person(who).id)));
        self.commitments.push(Commitment {
            key: key(number),
            claim,
            who: person(who),
            mine: false,
            state: CommitmentState::Active,
            since: ago(days),
            until: outbox_until(days),
            size: Some(Size::S),
            comment_id: Some(number),
            label: Projection::Set,
            assignee: Projection::Set,
            note: None,
            plan: Foreign::default(),
            log,
            pulls: Vec::new(),
            life: None,
        });
        self
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let tasks: Vec<Task> = (1..=5)
            .map(|n| Task { key: key(n), id: n, labels: vec!["help wanted".into()], ..outbox_world::task() })
            .collect();
        let project = Project {
            project: key(1).project,
            id: 1,
            node_id: None,
            description: Foreign::default(),
            topics: Vec::new(),
            language: None,
            default_branch: None,
            archived: false,
            disabled: false,
            has_issues: true,
            fork: false,
            private: false,
            pushed_at: None,
            permission: self.permission,
        };
        let commitments =
            self.commitments.iter().cloned().map(|c| Commitment { mine: c.who.login.raw() == self.me, ..c }).collect();
        let everything = Everything {
            tasks,
            projects: vec![project],
            commitments,
            outbox: self.outbox.clone(),
            ..Everything::default()
        };
        let context = BuildContext {
            now: now(),
            me: HashMap::from([(gh(), Login::new(self.me))]),
            roster: Arc::new(self.roster.clone()),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        };
        Snapshot::build(everything, &context)
    }

    pub(crate) fn decide(&self, command: &Command) -> Result<Decision, UserError> {
        let snapshot = self.snapshot();
        let next = std::sync::atomic::AtomicU64::new(1_000);
        let world = World {
            snapshot: &snapshot,
            now: now(),
            fresh_id: &|| Ulid::from_parts(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed), 0),
            me: &|_| Some(person(self.me)),
            url: &|_| None,
            body: &|_| None,
            last: self.last.as_ref(),
            did: &self.did,
        };
        decide(&world, command)
    }

    /// The one wish that a command becomes.
    pub(crate) fn wish(&self, command: &Command) -> Wish {
        let decision = self.decide(command).unwrap();
        let ops: Vec<Op> = decision
            .effects
            .iter()
            .filter_map(|e| if let Effect::Journal(ops, _) = e { Some(ops.clone()) } else { None })
            .flatten()
            .collect();
        assert_eq!(ops.len(), 1, "{decision:?}");
        assert!(decision.effects.contains(&Effect::Send), "{decision:?}");
        ops.into_iter().next().unwrap().wish
    }

    /// The refusal of a command, with its hints in one text.
    pub(crate) fn refusal(&self, command: &Command) -> (Rule, String, String) {
        let error = self.decide(command).unwrap_err();
        let refusal: Refusal = *error.refusal.clone().unwrap_or_else(|| panic!("no rule: {error:?}"));
        assert_eq!(refusal.sentence, error.sentence);
        (refusal.rule, error.sentence, error.hints.join(" | "))
    }
}

fn outbox_until(days: i64) -> jiff::civil::Date {
    floorwalk::domain::time::add_working_days(Now(ago(days)).date(), 5)
}

/// A pull request as a card shows it.
pub(crate) fn card(state: PullState, checks: Checks) -> floorwalk::domain::commitment::PullCard {
    floorwalk::domain::commitment::PullCard {
        key: floorwalk::domain::evidence::PullKey { project: key(1).project, number: 34 },
        title: "Write the quickstart".into(),
        state,
        checks,
    }
}
