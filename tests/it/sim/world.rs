//! The world of a simulated case: a tracker in memory, a team with a policy, helpers and a lead with clients of their
//! own, and people who do things by hand.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use floorwalk::{
    domain::{
        commitment::{Act, ClaimId, Commitment, CommitmentState, judge},
        id::OpId,
        key::{ProjectRef, TaskKey, TrackerName},
        lease::{Evidence, Fold, Lease, fold},
        outbox::{Amendment, Op, OpStatus, Step, Wish},
        person::{Association, Person},
        policy::{Consent, Policy},
        project::{Permission, Project},
        roster::{Account, Member, Roster, Team},
        task::Task,
        text::Foreign,
        time::Now,
    },
    store::{Batch, Store},
    sync::outbox::{End, OutboxContext, OutboxSettings, Outcome, claim::commitment_of, pending_commitment, send},
    tracker::{
        ErrorClass, Tracker,
        memory::{Fault, MemoryTracker, MemoryWorld, Verb},
    },
};

use super::store::RamStore;
use crate::outbox_world;

pub(crate) const HELPERS: [(&str, u64); 3] = [("sam", 7), ("lee", 8), ("kim", 9)];
pub(crate) const LEAD: (&str, u64) = ("ana", 50);
/// Does things by hand.
pub(crate) const HAND: (&str, u64) = ("maya", 90);
/// Is given things by hand.
pub(crate) const OTHER: (&str, u64) = ("bob", 91);

/// Splitmix64: every case is its seed.
pub(crate) struct Dice(Cell<u64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub(crate) fn roll(&self, below: u64) -> u64 {
        let mut z = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(z);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % below.max(1)
    }

    /// True once in `of` times.
    pub(crate) fn one_in(&self, of: u64) -> bool {
        self.roll(of) == 0
    }

    pub(crate) fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.roll(from.len() as u64)).unwrap())
    }

    pub(crate) fn millis(&self, below: u64) -> Duration {
        Duration::from_millis(self.roll(below))
    }
}

/// How a case is dealt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deal {
    pub(crate) helpers: usize,
    pub(crate) tasks: u64,
    pub(crate) rounds: u64,
    pub(crate) faults: bool,
    pub(crate) whole_life: bool,
    /// Seconds between posting a claim and looking who was first.
    pub(crate) settle: u64,
}

/// Somebody with a client of their own.
pub(crate) struct Peer {
    pub(crate) me: Person,
    pub(crate) host: bool,
    pub(crate) trusted: bool,
    tracker: MemoryTracker,
    pub(crate) store: RamStore,
    ids: Cell<u64>,
}

/// One case.
pub(crate) struct Case {
    pub(crate) world: MemoryWorld,
    pub(crate) roster: Roster,
    pub(crate) policy: Policy,
    pub(crate) keys: Vec<TaskKey>,
    pub(crate) peers: Vec<Peer>,
    pub(crate) dice: Dice,
    pub(crate) deal: Deal,
    settings: OutboxSettings,
    /// Where claims were seen, and that they were over.
    pub(crate) over: std::cell::RefCell<BTreeMap<ClaimId, CommitmentState>>,
    /// Tells what happens, as it happens.
    pub(crate) tell: bool,
}

fn gh() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

fn project(path: &str) -> Project {
    Project {
        project: ProjectRef::parse(&gh(), path).unwrap(),
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
        permission: Permission::Triage,
    }
}

fn roster(dice: &Dice, deal: Deal) -> (Roster, Policy) {
    let mut policy = Policy::default();
    if dice.one_in(3) {
        policy.consent = Consent::Ask;
    }
    policy.max_helpers = (!dice.one_in(3)).then(|| 1 + u32::try_from(dice.roll(2)).unwrap());
    policy.max_new_per_week = dice.one_in(4).then(|| 1 + u32::try_from(dice.roll(3)).unwrap());
    if deal.whole_life && dice.one_in(4) {
        policy.timers.warranty_days = 0;
    }
    let account = |login: &str, id: u64| Account {
        host: "github.com".into(),
        login: login.into(),
        id,
        account_id: String::new(),
    };
    let member = |(login, id): (&str, u64), team: &str| Member {
        handle: login.into(),
        name: login.into(),
        team: Some(team.into()),
        accounts: vec![account(login, id)],
        wip: Some(4),
        active: true,
        ..Member::default()
    };
    let mut people = vec![member(LEAD, "vision")];
    people.extend(HELPERS.map(|h| member(h, "search")));
    let team = |id: &str, leads: &[&str], projects: &[&str]| Team {
        id: id.into(),
        name: id.into(),
        leads: leads.iter().map(|&l| l.to_owned()).collect(),
        projects: projects.iter().map(|&p| p.to_owned()).collect(),
        calendar: None,
    };
    let roster = Roster {
        teams: vec![team("vision", &["ana"], &["acme/*"]), team("search", &[], &["search/*"])],
        people,
        policies: BTreeMap::from([("vision".to_owned(), policy.clone())]),
        hosts: [(gh(), "github.com".to_owned())].into(),
        ..Roster::default()
    };
    (roster, policy)
}

impl Case {
    pub(crate) fn new(seed: u64, deal: Deal, tell: bool) -> Self {
        let dice = Dice::new(seed);
        let (roster, policy) = roster(&dice, deal);
        let world = MemoryWorld::new("2026-11-18T09:00:00Z".parse().unwrap());
        let projects = vec![project("acme/app"), project("acme/lib")];
        let keys: Vec<TaskKey> = (0..deal.tasks)
            .map(|n| TaskKey::new(projects[usize::try_from(n % 2).unwrap()].project.clone(), 10 + n))
            .collect();
        for key in &keys {
            world.put_task(Task { key: key.clone(), ..outbox_world::task() });
        }
        for (login, id) in [HAND, OTHER] {
            world.know(&Person::human(login, id));
        }
        world.stale_reads(dice.millis(1_900));
        let peer = |(login, id): (&str, u64), host: bool| {
            let me = Person::human(login, id);
            let trusted = host || !dice.one_in(3);
            let association = if host { Association::Member } else { Association::Other };
            Peer {
                tracker: MemoryTracker::new(world.clone(), gh(), me.clone(), trusted).with_association(association),
                store: RamStore::new(projects.clone(), world.clone()),
                ids: Cell::new(1),
                me,
                host,
                trusted,
            }
        };
        let mut peers: Vec<Peer> = HELPERS.iter().take(deal.helpers).map(|&h| peer(h, false)).collect();
        if deal.whole_life || policy.consent == Consent::Ask {
            peers.push(peer(LEAD, true));
        }
        let settings = OutboxSettings { settle: Duration::from_secs(deal.settle), ..OutboxSettings::default() };
        Self { world, roster, policy, keys, peers, dice, deal, settings, over: Default::default(), tell }
    }

    pub(crate) fn now(&self) -> Now {
        Now(self.world.now())
    }

    pub(crate) fn say(&self, text: impl FnOnce() -> String) {
        if self.tell {
            println!("{} {}", self.world.now(), text());
        }
    }

    /// What the tracker shows, past all faults and delays.
    pub(crate) fn truth(&self, key: &TaskKey) -> Fold {
        self.truth_at(key, self.now())
    }

    pub(crate) fn truth_at(&self, key: &TaskKey, now: Now) -> Fold {
        let (task, comments, history) =
            (self.world.task(key).unwrap(), self.world.comments(key), self.world.history(key));
        fold(Evidence { task: &task, comments: &comments, history: &history }, &self.roster, now)
    }

    /// Calls of this client go wrong now and then.
    pub(crate) fn trouble(&self, peer: &Peer) {
        let verbs = [Verb::Read, Verb::Post, Verb::Edit, Verb::Label, Verb::Assign, Verb::History];
        for verb in verbs {
            if self.dice.one_in(2) {
                self.world.fault(peer.me.id, verb, Fault::Delay(self.dice.millis(900)));
            }
            if self.deal.faults && self.dice.one_in(6) {
                let fault = match self.dice.roll(5) {
                    0 => Fault::Before(ErrorClass::Server { status: 502 }),
                    1 => Fault::After(ErrorClass::Timeout),
                    2 => Fault::Twice,
                    3 => Fault::Before(ErrorClass::Connect),
                    _ => Fault::SlowAnswer(self.dice.millis(3_000)),
                };
                self.world.fault(peer.me.id, verb, fault);
            }
        }
    }

    pub(crate) async fn send(&self, peer: &Peer) -> Vec<Outcome> {
        let world = self.world.clone();
        let context = OutboxContext {
            store: &peer.store,
            tracker: &peer.tracker,
            settings: &self.settings,
            clock: Arc::new(move || Now(world.now())),
            roster: &self.roster,
            impatient: true,
        };
        let outcomes = send(&context).await.unwrap();
        for outcome in &outcomes {
            let end = match &outcome.end {
                End::Done(c) => format!("done, {:?}", c.state),
                other => format!("{other:?}"),
            };
            self.say(|| format!("{} {} {}: {end}", peer.me.login.raw(), outcome.verb, outcome.key));
        }
        outcomes
    }

    /// What a sync does with the tasks: read, fold, keep, and wish what the clock asks for.
    /// False when something could not be read.
    pub(crate) async fn refold(&self, peer: &Peer) -> bool {
        let mut all = true;
        for key in &self.keys {
            let (Ok(reading), Ok(history)) = (peer.tracker.read(key).await, peer.tracker.history(key).await) else {
                all = false;
                continue;
            };
            let evidence = Evidence { task: &reading.task, comments: &reading.comments, history: &history };
            let fold = fold(evidence, &self.roster, self.now());
            let flux: BTreeSet<ClaimId> =
                peer.store.outbox().await.unwrap().iter().filter_map(|op| op.wish.claim()).collect();
            let stored = peer.store.commitments().await.unwrap();
            let mut commitments = Vec::new();
            for lease in fold.leases.iter().filter(|l| !flux.contains(&l.claim)) {
                let mine = lease.who.id == peer.me.id;
                let known = stored.iter().find(|c| c.claim == lease.claim);
                let c = lease.tell(commitment_of(lease, &reading.task, "floating-help", mine, known));
                if let Some(wish) = self.clock_wish(peer, lease, &fold, &reading.task) {
                    let step = match &wish {
                        Wish::Claim { .. } => Step::Losing {
                            comment: lease.comment,
                            winner: fold.holder().map_or(lease.claim, |h| h.claim),
                        },
                        _ => Step::Queued,
                    };
                    let op = Op { step, ..peer.op(key, wish, self.now()) };
                    peer.store.journal(vec![op], Vec::new()).await.unwrap();
                }
                commitments.push(c);
            }
            let batch = Batch { tasks: vec![(reading.task, None)], commitments, ..Batch::default() };
            peer.store.apply(batch).await.unwrap();
        }
        all
    }

    fn clock_wish(&self, peer: &Peer, lease: &Lease, fold: &Fold, task: &Task) -> Option<Wish> {
        let life = lease.life.as_ref()?;
        let mine = lease.who.id == peer.me.id;
        let amend = |amendment| Some(Wish::Amend { claim: lease.claim, amendment });
        match life.state {
            CommitmentState::AtRisk if life.reminded.is_none() && (mine || peer.trusted) => amend(Amendment::Remind),
            CommitmentState::Expired if !lease.has(&Act::Expire) && (mine || peer.trusted) => {
                let left = task.assignees.contains(&lease.who.login)
                    && !fold.leases.iter().any(|l| l.who.id == lease.who.id && l.state.holds());
                if left { amend(Amendment::Expire) } else { None }
            }
            CommitmentState::Conceded if mine && !lease.has(&Act::Concede) => {
                fold.holder().filter(|h| h.claim != lease.claim)?;
                Some(Wish::Claim {
                    claim: lease.claim,
                    until: lease.until,
                    size: None,
                    plan: String::new(),
                    alongside: false,
                    ask: false,
                    taken: None,
                    tell: Vec::new(),
                    model: None,
                })
            }
            _ => None,
        }
    }
}

impl Peer {
    pub(crate) fn fresh_id(&self, now: Now) -> ulid::Ulid {
        let n = self.ids.get();
        self.ids.set(n + 1);
        let ms = u64::try_from(now.0.as_millisecond()).unwrap();
        ulid::Ulid::from_parts(ms, u128::from(self.me.id) << 40 | u128::from(n))
    }

    pub(crate) fn op(&self, key: &TaskKey, wish: Wish, now: Now) -> Op {
        Op {
            id: OpId(self.fresh_id(now)),
            key: key.clone(),
            wish,
            step: Step::Queued,
            status: OpStatus::Ready,
            attempts: 0,
            created_at: now.0,
            last_error: None,
        }
    }

    pub(crate) async fn wish(&self, key: &TaskKey, wish: Wish, now: Now) {
        let op = self.op(key, wish, now);
        let pending = pending_commitment(&op, self.me.clone());
        self.store.journal(vec![op], pending.into_iter().collect()).await.unwrap();
    }

    /// What this client knows, judged for now.
    pub(crate) async fn known(&self, roster: &Roster, now: Now) -> Vec<Commitment> {
        let mut all = self.store.commitments().await.unwrap();
        judge(&mut all, roster, now);
        all
    }

    pub(crate) async fn comment(&self, key: &TaskKey, words: &str) {
        let _ = self.tracker.post_comment(key, words).await;
    }
}
