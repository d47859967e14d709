//! Mine and the resume card, in every state a commitment can be in, and the keys that act there.

use floorwalk::{
    app::Command,
    domain::{
        commitment::{Act, Commitment, DoneKind, HostReason, HostSign, Sign},
        evidence::{Checks, PullState},
        outbox::{Amendment, OpStatus, Step},
        size::Size,
    },
};

use super::{tui_lives::*, tui_world::*};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 15)];

fn pictures(name: &str, commitments: impl Fn() -> Vec<Commitment>, keys: &str) {
    for (columns, rows) in SIZES {
        let mut screen = screen(commitments(), columns, rows);
        screen.keys("3").keys(keys);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.view());
    }
}

/// Work that goes on, and what threatens it.
pub(crate) fn working() -> Vec<Commitment> {
    let k = |n| key("vision/dataloader", n);
    let quiet = commitment(2, key("docs/handbook", 5), sam(), vec![claimed("11-12T09:00", &sam(), "12-01")]);
    let mut reminded = commitment(
        3,
        key("docs/handbook", 14),
        sam(),
        vec![
            claimed("11-06T09:00", &sam(), "11-25"),
            did("11-09T09:00", &sam(), Act::Sign { sign: Sign::Comment }),
            did("11-19T09:00", &sam(), Act::Remind),
        ],
    );
    reminded.size = Some(Size::M);
    let overdue = commitment(
        4,
        key("docs/handbook", 21),
        sam(),
        vec![claimed("11-09T09:00", &sam(), "11-18"), did("11-16T09:00", &sam(), Act::Sign { sign: Sign::Comment })],
    );
    let mut waiting = commitment(
        5,
        k(77),
        sam(),
        vec![
            claimed("11-11T09:00", &sam(), "11-24"),
            on_pull(did("11-16T15:00", &sam(), Act::Sign { sign: Sign::Pull }), 40),
            on_pull(did("11-18T09:00", &sam(), Act::Ready), 40),
        ],
    );
    waiting.pulls = vec![pull(40, PullState::Open, Checks::Passed)];
    let blocked = commitment(
        6,
        k(500),
        sam(),
        vec![
            claimed("11-16T09:00", &sam(), "11-27"),
            did("11-18T09:00", &sam(), Act::Block { by: "platf/http#88".into(), review: day("11-25") }),
        ],
    );
    vec![with_pull(1, k(31), Checks::Failed), quiet, reminded, overdue, waiting, blocked]
}

/// What surrounds work: offers, requests, pauses, other people's hands, and the end.
pub(crate) fn around() -> Vec<Commitment> {
    let k = |n| key("vision/dataloader", n);
    let lee = floorwalk::domain::person::Person::human("lee", 9);
    let mut offer = commitment(
        1,
        k(412),
        lee.clone(),
        vec![claimed("11-16T09:00", &lee, "11-27"), did("11-19T09:00", &lee, Act::Offer { to: "sam".into() })],
    );
    offer.plan = "The cause is found, the fix is half done.".into();
    let asked = vec![did("11-18T09:00", &sam(), Act::Request { until: day("11-27"), size: None })];
    let paused =
        vec![claimed("11-16T09:00", &sam(), "11-24"), did("11-18T09:00", &sam(), Act::Pause { until: day("11-26") })];
    let given =
        vec![claimed("11-17T09:00", &sam(), "11-30"), did("11-20T08:00", &ana(), Act::Reassigned { to: "bob".into() })];
    let merged = vec![
        claimed("11-09T09:00", &sam(), "11-20"),
        on_pull(did("11-10T15:00", &sam(), Act::Sign { sign: Sign::Pull }), 29),
        on_pull(did("11-12T09:00", &ana(), Act::Host { sign: HostSign::Approval }), 29),
        on_pull(did("11-13T09:00", &ana(), Act::Merged), 29),
        did("11-13T10:00", &ana(), Act::Closed),
    ];
    let declined = vec![
        did("11-10T09:00", &sam(), Act::Request { until: day("11-17"), size: None }),
        did("11-11T09:00", &ana(), Act::Decline { reason: HostReason::NeedsUs }),
    ];
    let mut back = commitment(
        8,
        k(77),
        sam(),
        vec![claimed("11-02T09:00", &sam(), "11-09"), did("11-05T09:00", &sam(), Act::Release)],
    );
    back.note = Some("**Next step:** measure it first".into());
    vec![
        offer,
        commitment(2, key("search/cli", 98), sam(), asked),
        commitment(3, k(500), sam(), paused),
        commitment(4, key("docs/handbook", 5), sam(), given),
        commitment(5, k(31), sam(), merged),
        commitment(6, key("search/cli", 131), sam(), declined),
        back,
    ]
}

#[test]
fn pictures_of_work() {
    pictures("working", working, "");
}

#[test]
fn pictures_around_work() {
    pictures("around", around, "");
}

#[test]
fn pictures_of_the_resume_card() {
    pictures("resume", || vec![with_pull(1, key("vision/dataloader", 31), Checks::Failed)], "enter");
}

#[test]
fn an_offer_is_opened_and_taken_over() {
    let mut screen = screen(around().into_iter().take(1).collect(), 80, 24);
    screen.keys("3").shows("offers it to you").keys("enter").shows("Next step").shows("half done").keys("a");
    screen.shows("Take over").shows("@lee offers it to you").shows("until 2026-11-27").keys("enter");
    let wish = Command::TakeOver { key: key("vision/dataloader", 412), until: Some(day("11-27")), size: None };
    assert_eq!(screen.wishes(), [wish], "{}", screen.view());
}

#[test]
fn what_needs_no_words_is_wished_at_once() {
    let one = |act: Act| {
        let log = vec![claimed("11-16T09:00", &sam(), "11-27"), did("11-18T09:00", &sam(), act)];
        vec![commitment(1, key("vision/dataloader", 500), sam(), log)]
    };
    let wished = |commitments, keys: &str| {
        let mut screen = screen(commitments, 80, 24);
        screen.keys("3").keys(keys);
        screen.wishes()
    };
    let amended = |key, amendment| [Command::Amend { key, amendment }];
    let task = key("vision/dataloader", 500);
    let paused = one(Act::Pause { until: day("11-26") });
    assert_eq!(wished(paused, "p"), amended(task.clone(), Amendment::Resume));
    let blocked = one(Act::Block { by: "x".into(), review: day("11-25") });
    assert_eq!(wished(blocked, "b"), amended(task.clone(), Amendment::Resume));
    let quiet = vec![commitment(1, task.clone(), sam(), vec![claimed("11-12T09:00", &sam(), "12-01")])];
    assert_eq!(wished(quiet, "s"), amended(task, Amendment::Still));
    let asked = vec![did("11-18T09:00", &sam(), Act::Request { until: day("11-27"), size: None })];
    let request = || vec![commitment(1, key("search/cli", 98), sam(), asked.clone())];
    for keys in ["w", "h"] {
        assert_eq!(wished(request(), keys), amended(key("search/cli", 98), Amendment::Withdraw));
    }
}

#[test]
fn what_was_assigned_by_hand_is_a_dim_card_at_the_end_that_can_be_claimed() {
    let mut all = floorwalk::store::Everything { commitments: working(), ..everything() };
    all.tasks[1].assignees = vec![floorwalk::domain::person::Login::new("sam")];
    let me = [(tracker(), floorwalk::domain::person::Login::new("sam"))].into_iter().collect();
    let roster = std::sync::Arc::new(roster());
    let context = floorwalk::index::BuildContext {
        now: now(),
        me,
        roster,
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    let snapshot = floorwalk::index::Snapshot::build(all, &context);
    let mut screen = Screen::with(snapshot.into(), Default::default(), 80, 24);
    screen.keys("3 G").shows("by hand").shows("▸ by hand").keys("c").shows("Claim").shows("Quickstart omits");
    screen.keys("esc esc 3 G enter").shows("Why it is here");
}

#[test]
fn hints_follow_the_state_under_the_cursor() {
    let mut screen = screen(working(), 120, 40);
    screen.keys("3");
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(screen.view().lines().last().unwrap().trim().to_owned());
        screen.keys("j");
    }
    insta::assert_snapshot!(seen.join("\n"));
}

#[test]
fn a_wish_on_its_way_takes_the_place_of_the_next_step() {
    let mut all = screen(working(), 80, 24);
    let mut snapshot = (*lives(working(), roster())).clone();
    let mut row = op(1, key("docs/handbook", 5), Step::Queued, OpStatus::Ready);
    row.wish = floorwalk::domain::outbox::Wish::Amend {
        claim: floorwalk::domain::commitment::ClaimId(ulid::Ulid(2)),
        amendment: Amendment::Done { kind: DoneKind::Docs, note: String::new() },
    };
    snapshot.outbox = vec![row];
    all.told(floorwalk::app::Event::Snapshot(snapshot.into())).keys("3").shows("'done' not sent yet");
}
