//! The guards about the task and the person, one test for each, with the words that a refusal carries.

use std::collections::{BTreeMap, HashMap};

use floorwalk::{
    domain::{
        calendar::Quiet,
        commitment::{Act, ClaimId, Commitment, CommitmentState as State, Entry, Projection, judge},
        key::{ProjectRef, TaskKey, TrackerName},
        person::{Login, Person},
        policy::Policy,
        project::{Permission, Project},
        refusal::{Lifter, Refusal, Rule},
        roster::{Account, Member, Roster, Standing, Team},
        size::Size,
        task::{Task, TaskState},
        text::Foreign,
        time::Now,
    },
    judge::guard::{Around, Pass, Proposal, check, check_accepting},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use ulid::Ulid;

/// Saturday, when everything in these tests happens unless they say otherwise.
pub(crate) const TODAY: &str = "2026-11-21T10:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn tracker() -> TrackerName {
    TrackerName::parse("gh").unwrap()
}

pub(crate) fn key(path: &str, number: u64) -> TaskKey {
    TaskKey::new(ProjectRef::parse(&tracker(), path).unwrap(), number)
}

/// People of the tests by login; ids are their places from 1.
pub(crate) const PEOPLE: [&str; 5] = ["sam", "lee", "kim", "ana", "noor"];

pub(crate) fn person(login: &str) -> Person {
    let place = PEOPLE.iter().position(|p| *p == login).unwrap_or(90);
    Person::human(login, place as u64 + 1)
}

pub(crate) fn member(login: &str) -> Member {
    let account =
        Account { host: "github.com".into(), login: login.into(), id: person(login).id, account_id: String::new() };
    Member { handle: login.into(), accounts: vec![account], active: true, ..Member::default() }
}

/// Team vision with its project, led by ana; sam, lee and kim help, noor is new.
pub(crate) fn roster(policy: Policy) -> Roster {
    let vision = Team {
        id: "vision".into(),
        name: "Vision".into(),
        leads: vec!["ana".into()],
        projects: vec!["vision/*".into()],
        calendar: None,
    };
    let mut people: Vec<Member> = PEOPLE.iter().map(|p| member(p)).collect();
    people[4].standing = Standing::Newcomer;
    Roster {
        teams: vec![vision],
        people,
        policies: BTreeMap::from([("vision".into(), policy)]),
        hosts: HashMap::from([(tracker(), "github.com".into())]),
        ..Roster::default()
    }
}

pub(crate) fn task(key: TaskKey, labels: &[&str]) -> Task {
    Task {
        key,
        id: 1,
        node_id: None,
        title: "Flaky shard test".into(),
        state: TaskState::Open,
        labels: labels.iter().map(|l| Foreign::from(*l)).collect(),
        assignees: Vec::new(),
        author: None,
        association: Default::default(),
        created_at: at("2026-01-01T00:00:00Z"),
        updated_at: at("2026-01-01T00:00:00Z"),
        closed_at: None,
        comments: 0,
        reactions: 0,
        milestone: None,
        locked: false,
        planning: None,
    }
}

/// A commitment with its log, not judged yet.
pub(crate) fn held(id: u128, key: TaskKey, who: &str, log: &[(&str, Act)]) -> Commitment {
    let entry = |(seq, (when, act)): (u64, &(&str, Act))| Entry {
        at: at(when),
        seq,
        by: None,
        host: true,
        pull: None,
        act: act.clone(),
    };
    Commitment {
        key,
        claim: ClaimId(Ulid(id)),
        who: person(who),
        mine: false,
        state: State::Pending,
        since: at(TODAY),
        until: date("2026-11-30"),
        size: None,
        comment_id: None,
        label: Projection::Open,
        assignee: Projection::Open,
        note: None,
        plan: Foreign::default(),
        log: (1..).zip(log).map(entry).collect(),
        pulls: Vec::new(),
        life: None,
    }
}

pub(crate) fn claim(until: &str) -> Act {
    Act::Claim { until: date(until), size: None, alongside: false, taken: None }
}

/// A claim of the Monday before that still runs.
pub(crate) fn live(id: u128, key: TaskKey, who: &str, until: &str) -> Commitment {
    held(id, key, who, &[("2026-11-16T09:00:00Z", claim(until)), ("2026-11-20T09:00:00Z", signed())])
}

pub(crate) fn signed() -> Act {
    Act::Sign { sign: floorwalk::domain::commitment::Sign::Comment }
}

/// One question to the guards.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) task: Task,
    pub(crate) body: Option<String>,
    pub(crate) project: Option<Project>,
    pub(crate) who: Person,
    pub(crate) size: Option<Size>,
    pub(crate) claim: Option<ClaimId>,
    pub(crate) taken: Option<ClaimId>,
    pub(crate) flags: [bool; 3],
    pub(crate) roster: Roster,
    pub(crate) commitments: Vec<Commitment>,
}

pub(crate) const ALONGSIDE: usize = 0;
pub(crate) const ASK: usize = 1;
pub(crate) const WAIVE: usize = 2;

impl Ask {
    /// Sam wants vision/app#7.
    pub(crate) fn new(policy: Policy) -> Self {
        Self {
            task: task(key("vision/app", 7), &["bug"]),
            body: Some(String::new()),
            project: None,
            who: person("sam"),
            size: None,
            claim: None,
            taken: None,
            flags: [false; 3],
            roster: roster(policy),
            commitments: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, commitments: Vec<Commitment>) -> Self {
        self.commitments = commitments;
        self
    }

    pub(crate) fn flag(mut self, flag: usize) -> Self {
        self.flags[flag] = true;
        self
    }

    pub(crate) fn by(mut self, who: &str) -> Self {
        self.who = person(who);
        self
    }

    pub(crate) fn at(&self, now: Timestamp) -> Result<Pass, Box<Refusal>> {
        self.ask(now, check)
    }

    /// The same when the host accepts it.
    pub(crate) fn accepting(&self) -> Result<(), Box<Refusal>> {
        self.ask(at(TODAY), check_accepting)
    }

    fn ask<T>(&self, now: Timestamp, of: impl Fn(&Proposal<'_>, Around<'_>) -> T) -> T {
        let mut commitments = self.commitments.clone();
        judge(&mut commitments, &self.roster, Now(now));
        let proposal = Proposal {
            task: &self.task,
            body: self.body.as_deref(),
            project: self.project.as_ref(),
            who: &self.who,
            claim: self.claim,
            size: self.size,
            until: date("2026-12-30"),
            alongside: self.flags[ALONGSIDE],
            ask: self.flags[ASK],
            waive: self.flags[WAIVE],
            taken: self.taken,
        };
        of(&proposal, Around { commitments: &commitments, roster: &self.roster, now: Now(now) })
    }

    pub(crate) fn pass(&self) -> Pass {
        self.at(at(TODAY)).unwrap()
    }

    pub(crate) fn refusal(&self) -> Refusal {
        *self.at(at(TODAY)).unwrap_err()
    }

    /// The rule that refuses at the end of the last day before `day` and that does so no more at the end of `day`.
    pub(crate) fn lifts(&self, rule: Rule) -> Date {
        let refusal = self.refusal();
        assert_eq!(refusal.rule, rule, "{refusal:?}");
        let day = refusal.lifts_on.unwrap();
        let end = |day: Date| self.roster.terms(&self.task.key.project, None).calendar.end_of(day);
        let moment = |day: Date| end(day) - SignedDuration::from_secs(1);
        assert_eq!(self.at(moment(day.yesterday().unwrap())).unwrap_err().rule, rule, "still refused the day before");
        assert!(self.at(moment(day)).err().is_none_or(|r| r.rule != rule), "refused on the day it should lift");
        day
    }
}

fn open() -> Ask {
    Ask::new(Policy::default())
}

pub(crate) fn ana() -> Lifter {
    Lifter::Host(vec!["ana (lead)".into()])
}

#[test]
fn without_a_registry_two_at_once_is_all_that_is_limited() {
    let mut ask = open();
    ask.roster = Roster::default();
    assert_eq!(ask.pass(), Pass { burden_min: 48, ..Pass::default() });
    ask.commitments = vec![live(1, key("a/b", 1), "sam", "2026-12-01")];
    assert!(ask.at(at(TODAY)).is_ok());
    ask.commitments.push(live(2, key("a/c", 1), "sam", "2026-11-27"));
    assert_eq!(ask.lifts(Rule::WorkInProgress), date("2026-11-28"));
    assert_eq!(ask.refusal().sentence, "2 commitments at once are agreed for @sam, and 2 are live");
    assert_eq!(ask.refusal().instead, ["finish one or hand one back: `floorwalk release a/c#1`"]);
    assert_eq!(ask.refusal().lifter, Lifter::You);
}

#[test]
fn g1_only_what_is_open_can_be_claimed() {
    let mut closed = open();
    closed.task.state = TaskState::NotPlanned;
    let mut locked = open();
    locked.task.locked = true;
    let mut archived = open();
    archived.project = Some(project(|p| p.archived = true));
    let words = [(closed, "closed"), (locked, "locked"), (archived, "archived")];
    for (ask, word) in words {
        let refusal = ask.refusal();
        assert_eq!((refusal.rule, refusal.lifts_on), (Rule::Open, None));
        assert!(refusal.sentence.contains(word), "{}", refusal.sentence);
        assert_eq!(refusal.lifter, ana());
    }
}

fn project(change: impl FnOnce(&mut Project)) -> Project {
    let mut project = Project {
        project: key("vision/app", 1).project,
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
        permission: Permission::Unknown,
    };
    change(&mut project);
    project
}

#[test]
fn g2_an_inactive_entry_refuses_and_leave_only_warns() {
    let mut ask = open();
    ask.roster.people[0].leave = vec![Quiet { from: date("2026-11-20"), to: date("2026-11-24"), why: String::new() }];
    assert!(ask.pass().warnings[0].contains("away until 2026-11-24"), "{:?}", ask.pass());
    ask.roster.people[0].active = false;
    let refusal = ask.refusal();
    assert_eq!((refusal.rule, refusal.lifter), (Rule::Roster, Lifter::Programme));
}

#[test]
fn g3_the_limit_is_the_persons_own_and_one_for_newcomers() {
    let two = vec![live(1, key("a/b", 1), "sam", "2026-12-01"), live(2, key("a/c", 1), "sam", "2026-12-04")];
    let mut ask = open().with(two);
    assert_eq!(ask.refusal().rule, Rule::WorkInProgress);
    ask.roster.people[0].wip = Some(3);
    assert!(ask.at(at(TODAY)).is_ok());
    ask.roster.people[0].wip = Some(99);
    ask.commitments.extend([live(3, key("a/d", 1), "sam", "2026-12-01"), live(4, key("a/e", 1), "sam", "2026-12-01")]);
    assert_eq!(ask.refusal().rule, Rule::WorkInProgress, "four at most");

    let new = open().by("noor").with(vec![live(1, key("a/b", 1), "noor", "2026-12-01")]);
    assert_eq!(new.lifts(Rule::WorkInProgress), date("2026-12-02"));
    assert_eq!(new.refusal().sentence, "newcomers take one task at a time, and @noor is at a/b#1 now");
    assert!(open().by("noor").with(vec![live(1, key("a/b", 1), "lee", "2026-12-01")]).at(at(TODAY)).is_ok());
}

#[test]
fn g3_the_first_commitment_in_a_project_stands_alone() {
    let first = live(1, key("vision/app", 1), "sam", "2026-12-01");
    let ask = open().with(vec![first.clone()]);
    assert_eq!(ask.lifts(Rule::WorkInProgress), date("2026-12-02"));
    assert!(ask.refusal().sentence.contains("the first commitment in vision/app stands alone"));
    let before = held(
        2,
        key("vision/app", 2),
        "sam",
        &[("2026-10-05T09:00:00Z", claim("2026-10-12")), ("2026-10-06T09:00:00Z", Act::Release)],
    );
    assert!(open().with(vec![first, before]).at(at(TODAY)).is_ok());
}

#[test]
fn g3_what_waits_rests_or_ran_out_does_not_count() {
    let mut ask =
        open().with(vec![live(1, key("a/b", 1), "sam", "2026-11-27"), live(2, key("a/c", 1), "sam", "2026-12-01")]);
    let again = at("2026-11-28T10:00:00Z");
    assert!(ask.at(again).is_ok(), "the first is past its last day");
    ask.commitments[1].log.push(Entry {
        at: at("2026-11-20T10:00:00Z"),
        seq: 3,
        by: None,
        host: false,
        pull: None,
        act: Act::Help,
    });
    assert!(ask.at(at(TODAY)).is_ok(), "the second waits for its host");
}

#[test]
fn g3_two_wishes_in_the_outbox_do_not_block_each_other() {
    let pending = |id, number| Commitment { until: date("2026-12-30"), ..held(id, key("a/b", number), "sam", &[]) };
    let held = live(3, key("a/c", 1), "sam", "2026-12-01");
    let mut ask = open().with(vec![held, pending(10, 1), pending(20, 2)]);
    assert_eq!(ask.refusal().rule, Rule::WorkInProgress, "a third wish");
    ask.task.key = key("a/b", 1);
    ask.claim = Some(ClaimId(Ulid(10)));
    assert!(ask.at(at(TODAY)).is_ok(), "the earlier one goes out");
    ask.task.key = key("a/b", 2);
    ask.claim = Some(ClaimId(Ulid(20)));
    assert_eq!(ask.refusal().rule, Rule::WorkInProgress, "the later one is too many");
}

#[test]
fn g4_hours_warn_unless_the_agreement_has_a_maximum() {
    let mut ask = open().with(vec![live(1, key("a/b", 1), "sam", "2026-12-01")]);
    ask.roster.people[0].minutes_a_week = Some(600);
    let warning = ask.pass().warnings.remove(0);
    assert_eq!(warning, "this would take about 6 h a week beside 6 h already taken, and 10 h are agreed for @sam");
    ask.roster.people[0].minutes_are_max = true;
    assert_eq!(ask.lifts(Rule::Hours), date("2026-12-02"));
    ask.size = Some(Size::L);
    assert_eq!(ask.refusal().lifts_on, None, "too much for itself alone");
    ask.size = Some(Size::XS);
    assert!(ask.at(at(TODAY)).is_ok());
}

#[test]
fn g5_a_private_project_of_unknown_access_is_told() {
    let mut ask = open();
    ask.project = Some(project(|p| p.private = true));
    assert!(ask.pass().warnings[0].contains("private"));
    ask.project = Some(project(|p| p.permission = Permission::Read));
    assert_eq!(ask.pass().warnings, [""; 0]);
}

#[test]
fn g10_readiness_is_asked_for_where_the_host_states_it() {
    let mut ask = Ask::new(Policy { min_readiness: Some(40), ..Policy::default() });
    let refusal = ask.refusal();
    assert_eq!(refusal.rule, Rule::Readiness);
    assert_eq!(
        refusal.sentence,
        "vision/app#7 is described to 10 of 100, and Vision asks for 40 before somebody takes it"
    );
    assert!(refusal.instead[0].starts_with("what would raise it: acceptance criteria (+16)"), "{:?}", refusal.instead);
    ask.body = None;
    assert_eq!(ask.pass().warnings.len(), 1);
    ask.body = Some(String::new());
    assert!(ask.flag(ASK).at(at(TODAY)).is_ok());
}

#[test]
fn g10_a_request_that_waits_is_not_judged_again_for_its_words() {
    let request = held(
        1,
        key("vision/app", 7),
        "sam",
        &[("2026-11-20T09:00:00Z", Act::Request { until: date("2026-11-27"), size: None })],
    );
    let mut ask = Ask::new(Policy { min_readiness: Some(40), ..Policy::default() }).with(vec![request]);
    ask.claim = Some(ClaimId(Ulid(1)));
    assert!(ask.at(at(TODAY)).is_ok());
}

#[test]
fn g11_what_is_kept_for_newcomers_opens_after_ten_working_days() {
    let mut ask = Ask::new(Policy { newcomer_labels: vec!["good first issue".into()], ..Policy::default() });
    ask.task.labels = vec!["Good-First-Issue".into()];
    ask.task.created_at = at("2026-11-13T09:00:00Z");
    assert_eq!(ask.lifts(Rule::Newcomers), date("2026-11-27"));
    assert!(ask.by("noor").at(at(TODAY)).is_ok());
}

#[test]
fn g11_usual_labels_count_where_a_team_has_somebody_to_keep_them_for() {
    let mut ask = open();
    ask.task.labels = vec!["good first issue".into()];
    ask.task.created_at = at("2026-11-13T09:00:00Z");
    assert_eq!(ask.lifts(Rule::Newcomers), date("2026-11-27"));
    ask.roster.people.iter_mut().for_each(|m| m.active = !m.is_newcomer());
    assert!(ask.at(at(TODAY)).is_ok(), "nobody is new: nothing is kept");
    ask.roster = Roster::default();
    assert!(ask.at(at(TODAY)).is_ok(), "without a registry nobody is known");
}

#[test]
fn g12_what_somebody_holds_is_free_after_their_last_day() {
    let mut ask = open().with(vec![live(1, key("vision/app", 7), "lee", "2026-11-27")]);
    let refusal = ask.refusal();
    assert_eq!(refusal.lifter, Lifter::Holder("lee".into()));
    assert_eq!(refusal.sentence, "@lee holds vision/app#7 until 2026-11-27");
    assert_eq!(ask.lifts(Rule::Held), date("2026-11-28"));
    assert_eq!(refusal.remedy(), "@lee can lift it; it lifts by itself on 2026-11-28");
    ask.taken = Some(ClaimId(Ulid(1)));
    assert!(ask.at(at(TODAY)).is_ok(), "their offer");
    ask.taken = None;
    assert!(ask.flag(ALONGSIDE).at(at(TODAY)).is_ok());
}

#[test]
fn g12_who_waits_for_the_host_has_no_last_day_and_the_own_claim_is_named() {
    let waiting = held(
        1,
        key("vision/app", 7),
        "lee",
        &[("2026-11-16T09:00:00Z", claim("2026-11-27")), ("2026-11-17T09:00:00Z", Act::Help)],
    );
    assert_eq!(open().with(vec![waiting]).refusal().lifts_on, None);
    let own = open().with(vec![live(1, key("vision/app", 7), "sam", "2026-11-27")]).flag(ALONGSIDE);
    let refusal = own.refusal();
    assert_eq!((refusal.rule, refusal.lifter), (Rule::Held, Lifter::You));
    assert_eq!(refusal.sentence, "@sam holds vision/app#7 already, until 2026-11-27");
}

#[test]
fn t24_somebody_else_who_asked_gets_a_day() {
    let mine = held(
        1,
        key("vision/app", 7),
        "sam",
        &[("2026-11-16T09:00:00Z", claim("2026-11-27")), ("2026-11-21T08:00:00Z", Act::Release)],
    );
    assert!(open().with(vec![mine.clone()]).at(at(TODAY)).is_ok(), "nobody else: no pause");
    let asked = held(
        2,
        key("vision/app", 7),
        "lee",
        &[("2026-11-21T09:00:00Z", Act::Request { until: date("2026-12-27"), size: None })],
    );
    let ask = open().with(vec![mine, asked]);
    assert_eq!(ask.lifts(Rule::CoolOff), date("2026-11-22"));
    assert!(ask.at(at("2026-11-22T07:59:59Z")).is_err() && ask.at(at("2026-11-22T08:00:00Z")).is_ok());
}

#[test]
fn one_person_on_two_trackers_is_one_person() {
    let mut ask = open();
    let ghe = TrackerName::parse("ghe").unwrap();
    ask.roster.hosts.insert(ghe.clone(), "git.acme.example".into());
    let account = Account { host: "git.acme.example".into(), login: "s-lee".into(), id: 77, account_id: String::new() };
    ask.roster.people[0].accounts.push(account);
    ask.roster.people[0].wip = Some(1);
    let elsewhere = TaskKey::new(ProjectRef::parse(&ghe, "in/house").unwrap(), 1);
    let mut other = live(1, elsewhere, "sam", "2026-12-01");
    other.who = Person { login: Login::new("s-lee"), ..Person::human("", 77) };
    assert_eq!(ask.with(vec![other]).refusal().rule, Rule::WorkInProgress);
}
