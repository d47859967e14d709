//! The floor as it is seen: who helps where and what waits for whom, on the command line and on the screen.

use std::sync::Arc;

use floorwalk::{
    app::Command,
    cli::floor::{FloorOut, lines, tsv},
    domain::{
        commitment::{Act, ClaimId, Commitment, DoneKind, HostReason, Sign},
        evidence::{Checks, PullState},
        outbox::Answer,
        person::{Login, Person},
        policy::{Consent, Mentor, Policy},
        project::Permission,
        roster::{Roster, Team},
        text::width,
    },
    index::{
        BuildContext, Snapshot,
        floor::{AskKind, Floor, Place, Room},
    },
    store::Everything,
    tui::state::Options,
};
use insta::assert_snapshot;

use super::{tui_lives::*, tui_world::*};

const SIZES: [(u16, u16); 3] = [(130, 40), (80, 24), (40, 15)];
const LONG: &str = "Infrastructure, networking and everything else that nobody wanted to have";

fn lee() -> Person {
    Person::human("lee", 9)
}

/// Somebody the registry does not know.
fn zoe() -> Person {
    Person::human("zoe", 30)
}

/// Sam leads search and money, which has been closed since summer; ana leads vision; nobody owns `docs/handbook`.
fn teams() -> Roster {
    let mut roster = roster();
    let home = |handle: &str, roster: &mut Roster, team: &str| {
        let member = roster.people.iter_mut().find(|m| m.handle == handle).unwrap();
        member.team = Some(team.into());
    };
    home("kim", &mut roster, "vision");
    home("lee", &mut roster, "infra");
    for (id, name, lead) in [("money", "Money", "sam"), ("infra", LONG, "lee")] {
        roster.teams.push(Team { id: id.into(), name: name.into(), leads: vec![lead.into()], ..Team::default() });
    }
    let search = roster.policies.get_mut("search").unwrap();
    search.max_helpers = Some(3);
    search.review_budget_min = Some(180);
    search.mentors = vec![Mentor { handle: "kim".into(), capacity: 2, on: true }];
    let closed = Policy { consent: Consent::Closed, closed_since: Some(day("08-01")), ..Policy::default() };
    roster.policies.insert("money".into(), closed);
    roster
}

/// Everything that can wait for the team that sam leads.
fn at_search() -> Vec<Commitment> {
    let k = |n| key("search/cli", n);
    let overdue =
        vec![claimed("11-09T09:00", &zoe(), "11-18"), did("11-16T09:00", &zoe(), Act::Sign { sign: Sign::Comment })];
    let done = vec![
        claimed("11-11T09:00", &zoe(), "11-24"),
        did("11-12T09:00", &zoe(), Act::Sign { sign: Sign::Comment }),
        did("11-18T09:00", &zoe(), Act::Done { kind: DoneKind::Docs }),
    ];
    let ready = vec![
        claimed("11-11T09:00", &kim(), "11-24"),
        on_pull(did("11-12T09:00", &kim(), Act::Sign { sign: Sign::Pull }), 61),
        on_pull(did("11-17T09:00", &kim(), Act::Ready), 61),
    ];
    let renewed = vec![
        claimed("11-05T09:00", &lee(), "11-13"),
        did("11-10T09:00", &lee(), Act::Renew { until: day("11-23") }),
        did("11-16T09:00", &lee(), Act::Sign { sign: Sign::Comment }),
    ];
    let merged = vec![
        claimed("11-09T09:00", &kim(), "11-20"),
        on_pull(did("11-10T15:00", &kim(), Act::Sign { sign: Sign::Pull }), 62),
        on_pull(did("11-18T09:00", &ana(), Act::Merged), 62),
        did("11-18T10:00", &ana(), Act::Closed),
    ];
    let request = |from: &str, who: &Person| vec![did(from, who, Act::Request { until: day("11-27"), size: None })];
    let mut reviewed = commitment(4, k(151), kim(), ready);
    reviewed.pulls = vec![pull(61, PullState::Open, Checks::Passed)];
    vec![
        asked_of_me(1, k(98)),
        commitment(2, k(131), lee(), request("11-16T09:00", &lee())),
        commitment(3, k(140), zoe(), done),
        reviewed,
        commitment(5, k(152), zoe(), overdue),
        commitment(6, k(153), lee(), renewed),
        commitment(7, k(154), kim(), request("11-06T09:00", &kim())),
        commitment(8, k(155), kim(), merged),
    ]
}

/// What has ended and is nobody's business any more.
fn history() -> Vec<Commitment> {
    let k = |n| key("search/cli", n);
    let released = vec![claimed("11-16T09:00", &kim(), "11-24"), did("11-18T09:00", &kim(), Act::Release)];
    let expired = vec![
        claimed("10-05T09:00", &lee(), "10-12"),
        did("10-13T09:00", &lee(), Act::Remind),
        did("10-20T09:00", &lee(), Act::Expire),
    ];
    let declined = vec![
        did("11-10T09:00", &zoe(), Act::Request { until: day("11-17"), size: None }),
        did("11-11T09:00", &sam(), Act::Decline { reason: HostReason::NeedsUs }),
    ];
    vec![
        commitment(21, k(156), kim(), released),
        commitment(22, k(156), lee(), expired),
        commitment(23, k(156), zoe(), declined),
    ]
}

fn elsewhere() -> Vec<Commitment> {
    let asked = vec![did("11-19T09:00", &lee(), Act::Request { until: day("11-27"), size: None })];
    let blocked = vec![
        claimed("11-16T09:00", &zoe(), "11-27"),
        did("11-18T09:00", &zoe(), Act::Block { by: "the new domain".into(), review: day("11-25") }),
    ];
    vec![
        with_pull(11, key("vision/dataloader", 31), Checks::Failed),
        commitment(12, key("vision/dataloader", 412), lee(), asked),
        commitment(13, key("docs/handbook", 5), kim(), vec![claimed("11-17T09:00", &kim(), "11-30")]),
        commitment(14, key("docs/handbook", 9), zoe(), blocked),
    ]
}

fn all() -> Vec<Commitment> {
    [at_search(), history(), elsewhere()].concat()
}

fn seen_by(login: &str, commitments: Vec<Commitment>) -> Snapshot {
    let mut everything = Everything { commitments, ..everything() };
    let more = [
        (151, "Say which file a mistake is in"),
        (152, "Exit codes are not documented"),
        (153, "Completion for fish"),
        (154, "Colours on a light terminal"),
        (155, "Progress bar flickers over SSH"),
        (156, "Paging of long answers"),
    ];
    everything.tasks.extend(more.map(|(n, title)| task(key("search/cli", n), title, &["help wanted"], 90, 80)));
    for c in &mut everything.commitments {
        c.mine = c.who.login == Login::new(login);
    }
    let me = [(tracker(), Login::new(login))].into_iter().collect();
    Snapshot::build(
        everything,
        &BuildContext {
            now: now(),
            me,
            roster: Arc::new(teams()),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        },
    )
}

fn names(floor: &Floor) -> Vec<&str> {
    floor.rooms.iter().map(|r| r.name.as_str()).collect()
}

fn room<'a>(floor: &'a Floor, name: &str) -> &'a Room {
    floor.room(name).unwrap_or_else(|| panic!("no room {name} among {:?}", names(floor)))
}

fn claims(room: &Room, snapshot: &Snapshot) -> Vec<u128> {
    room.commitments(snapshot).map(|(_, c)| c.claim.0.0).collect()
}

#[test]
fn own_rooms_come_first_with_what_waits_and_what_it_costs() {
    let snapshot = seen_by("sam", all());
    let floor = Floor::of(&snapshot);
    assert_eq!(names(&floor), ["Search", "Money", "docs/handbook", "Vision", LONG]);
    assert_eq!(floor.mine().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Search", "Money"]);
    let search = room(&floor, "search");
    let asks: Vec<_> = search.asks.iter().map(|a| (a.kind, a.about.as_ref().map(|(_, c)| c.0.0))).collect();
    assert_eq!(
        asks,
        [
            (AskKind::Request, Some(2)),
            (AskKind::Request, Some(1)),
            (AskKind::Accept, Some(3)),
            (AskKind::Review, Some(4)),
            (AskKind::Renewal, Some(6)),
            (AskKind::AtRisk, Some(5)),
            (AskKind::NoAnswer, Some(7)),
            (AskKind::Thanks, Some(8)),
        ],
        "by kind, the longest wait first"
    );
    assert_eq!((search.places.used, search.places.max, search.places.free()), (3, Some(3), Some(0)), "5 is overdue");
    assert_eq!(search.at_risk, 2);
    assert_eq!(search.by_hand, 1, "#120 was given to milo");
    let load = search.load.unwrap();
    assert_eq!((load.budget_min, load.renews), (Some(180), day("11-23")));
    assert!(search.helpers.iter().all(|h| h.forecast_min.is_some()));
    for room in floor.rooms.iter().filter(|r| !r.own) {
        assert!(room.load.is_none() && room.asks.is_empty(), "{}", room.name);
        assert!(room.helpers.iter().all(|h| h.forecast_min.is_none()), "{}", room.name);
    }
}

#[test]
fn what_it_costs_is_for_those_who_speak_for_the_room() {
    let floor_of = |login: &str| Floor::of(&seen_by(login, all()));
    let ana = floor_of("ana");
    assert_eq!(ana.mine().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["Vision"]);
    assert_eq!(room(&ana, "Vision").asks.iter().map(|a| a.kind).collect::<Vec<_>>(), [AskKind::Request]);
    assert!(room(&ana, "Search").asks.is_empty() && room(&ana, "Search").load.is_none());
    assert!(room(&floor_of("kim"), "Search").load.is_some(), "kim is a mentor there");
    assert_eq!(floor_of("zoe").mine().count(), 0);
}

#[test]
fn only_current_help_is_shown() {
    let snapshot = seen_by("sam", all());
    let floor = Floor::of(&snapshot);
    assert_eq!(
        claims(room(&floor, "Search"), &snapshot),
        [5, 6, 3, 4, 2, 1, 8],
        "by end, then requests, then warranty"
    );
    let shown: Vec<u128> = floor.rooms.iter().flat_map(|r| claims(r, &snapshot)).collect();
    assert!(history().iter().all(|c| !shown.contains(&c.claim.0.0)));
    let json = serde_json::to_string(&FloorOut::new(&floor, None, &snapshot, &|_| None)).unwrap();
    for gone in history() {
        assert!(!json.contains(&gone.claim.to_string()), "{json}");
    }
    let asked: Vec<ClaimId> =
        floor.rooms.iter().flat_map(|r| &r.asks).filter_map(|a| Some(a.about.as_ref()?.1)).collect();
    assert!(history().iter().all(|c| !asked.contains(&c.claim)));
}

#[test]
fn a_closed_room_is_asked_after_ninety_days() {
    let asks = |since: &str| {
        let mut everything = Everything { commitments: Vec::new(), ..everything() };
        everything.tasks.clear();
        let mut roster = teams();
        roster.policies.get_mut("money").unwrap().closed_since = Some(since.parse().unwrap());
        let me = [(tracker(), Login::new("sam"))].into_iter().collect();
        let context = BuildContext {
            now: now(),
            me,
            roster: Arc::new(roster),
            scope: None,
            homes: Default::default(),
            taste: Default::default(),
        };
        let floor = Floor::of(&Snapshot::build(everything, &context));
        room(&floor, "money").asks.iter().map(|a| a.kind).collect::<Vec<_>>()
    };
    assert_eq!(asks("2026-08-22"), [AskKind::StillClosed]);
    assert_eq!(asks("2026-08-23"), []);
}

#[test]
fn the_matrix_counts_help_and_knows_no_names() {
    let matrix = Floor::of(&seen_by("sam", all())).matrix;
    assert_eq!(matrix.homes, [LONG, "Vision", "unknown"], "unknown homes last");
    assert_eq!(matrix.hosts, ["Search", "Vision", "docs/handbook"]);
    // Kim of vision in search (with the warranty) and in the handbook; sam and zoe have no home.
    assert_eq!(matrix.cells, [[1, 0, 0], [2, 0, 1], [2, 1, 1]]);
}

#[test]
fn a_project_without_a_team_is_a_room_and_whoever_may_sort_its_tasks_speaks_for_it() {
    let mut everything = Everything { commitments: elsewhere(), ..everything() };
    let me = [(tracker(), Login::new("sam"))].into_iter().collect();
    let build = |everything: &Everything, me| {
        let everything = Everything {
            projects: everything.projects.clone(),
            tasks: everything.tasks.clone(),
            commitments: everything.commitments.clone(),
            ..Everything::default()
        };
        Floor::of(&Snapshot::build(
            everything,
            &BuildContext {
                now: now(),
                me,
                roster: Arc::default(),
                scope: None,
                homes: Default::default(),
                taste: Default::default(),
            },
        ))
    };
    let floor = build(&everything, std::collections::HashMap::clone(&me));
    assert_eq!(names(&floor), ["docs/handbook", "vision/dataloader"]);
    assert!(floor.rooms.iter().all(|r| matches!(r.place, Place::Project(_)) && !r.own));
    for project in &mut everything.projects {
        project.permission = Permission::Triage;
    }
    assert!(build(&everything, me).rooms.iter().all(|r| r.own));
}

#[test]
fn the_command_line_tells_it_in_text_in_rows_and_in_json() {
    let snapshot = seen_by("sam", all());
    let floor = Floor::of(&snapshot);
    let search = room(&floor, "search");
    for columns in [130, 80, 40] {
        let text = lines(&floor, None, &snapshot, columns);
        // What is there to be copied is never cut.
        let copied = |line: &&String| ["floorwalk ", "registry"].iter().any(|word| line.contains(word));
        let wide: Vec<&String> = text.iter().filter(|l| width(l) > columns).filter(|l| !copied(l)).collect();
        assert_eq!(wide, [""; 0]);
    }
    assert_snapshot!("floor_text", lines(&floor, None, &snapshot, 100).join("\n"));
    assert_snapshot!("team_text", lines(&floor, Some(search), &snapshot, 60).join("\n"));
    assert_snapshot!("floor_tsv", tsv(&floor, None, &snapshot).join("\n"));
    let json = FloorOut::new(&floor, None, &snapshot, &|key| Some(format!("https://example.org/{key}")));
    let mut json = serde_json::to_value(&json).unwrap();
    // A commitment in full is `mine`'s business; here it is enough to know it.
    for room in json["rooms"].as_array_mut().unwrap() {
        for helper in room["helpers"].as_array_mut().unwrap() {
            let c = helper["commitment"].take();
            helper["commitment"] =
                serde_json::json!({ "task": c["task"]["key"], "claim": c["claim_id"], "state": c["state"] });
        }
    }
    assert_snapshot!("floor_json", serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn hostile_names_and_titles_are_harmless() {
    let mut commitments = elsewhere();
    commitments[2].who.login = Login::new("evil\u{1b}[2J\u{202e}\t");
    let mut snapshot = seen_by("sam", commitments);
    let mut roster = teams();
    roster.teams.iter_mut().for_each(|t| t.name = format!("{}\u{1b}]0;x\u{7}\n", t.name));
    snapshot.roster = Arc::new(roster);
    let floor = Floor::of(&snapshot);
    for line in lines(&floor, None, &snapshot, 120).iter().chain(&tsv(&floor, None, &snapshot)) {
        assert!(!line.contains(['\u{1b}', '\u{202e}', '\n', '\u{7}']), "{line:?}");
    }
}

fn screen_of(login: &str, commitments: Vec<Commitment>, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::with(Arc::new(seen_by(login, commitments)), Options::default(), columns, rows);
    screen.keys("4");
    screen
}

#[test]
fn pictures_of_the_three_views_as_lead_and_as_helper() {
    for (login, as_who) in [("sam", "lead"), ("zoe", "helper")] {
        for (columns, rows) in SIZES {
            let mut screen = screen_of(login, all(), columns, rows);
            assert_snapshot!(format!("{as_who}_rooms_{columns}x{rows}"), screen.view());
            screen.keys("tab");
            assert_snapshot!(format!("{as_who}_timeline_{columns}x{rows}"), screen.view());
            screen.keys("tab");
            assert_snapshot!(format!("{as_who}_matrix_{columns}x{rows}"), screen.view());
            screen.keys("tab").shows("▸rooms");
        }
    }
}

/// Moves the cursor of the rooms down to the first row that shows `text`.
fn row(screen: &mut Screen, text: &str) {
    screen.keys("g");
    for _ in 0..80 {
        let view = screen.view();
        if view.lines().skip(2).any(|line| line.starts_with('▸') && line.contains(text)) {
            return;
        }
        screen.keys("j");
    }
    panic!("no row with {text:?} in\n{}", screen.view());
}

fn hints(screen: &Screen) -> String {
    screen.view().lines().last().unwrap().trim().to_owned()
}

#[test]
fn hints_offer_what_the_row_under_the_cursor_can_be_answered_with() {
    let mut screen = screen_of("sam", all(), 130, 40);
    let mut seen = String::new();
    for text in [
        "Search (yours)",
        "! search/cli#131",
        "! search/cli#140",
        "! search/cli#151",
        "! search/cli#153",
        "! search/cli#152",
        "! search/cli#155",
        "handbook#5",
        "dataloader#31",
        "dataloader#412",
    ] {
        row(&mut screen, text);
        seen.push_str(&format!("{text:<16} {}\n", hints(&screen)));
    }
    assert_snapshot!(seen);
}

#[test]
fn a_request_is_answered_from_its_row_and_a_helper_is_thanked_or_sent_home() {
    let answer = |answer: Answer, who: &Person, n: u64, text: &str| {
        let (key, helper) = (key("search/cli", n), Some(who.login.clone()));
        vec![Command::Answer { key, helper, answer, text: text.into() }]
    };
    let mut screen = screen_of("sam", all(), 80, 24);
    row(&mut screen, "! search/cli#131");
    screen.keys("a").shows("Accept").shows("@lee").keys("esc");
    screen.keys("x").shows("Decline").keys("enter");
    let declined = Answer::Decline { reason: HostReason::ALL[0] };
    assert_eq!(screen.wishes(), answer(declined, &lee(), 131, ""), "{}", screen.view());

    row(&mut screen, "! search/cli#140");
    screen.keys("t").shows("Accept with thanks").text("Lovely.").keys("enter");
    let accepted = Answer::Consent { mentor: None, waive: false };
    assert_eq!(screen.wishes(), answer(accepted, &zoe(), 140, "Lovely."), "{}", screen.view());

    row(&mut screen, "at risk      search/cli#152");
    screen.keys("X").shows("Revoke").shows("@zoe").keys("tab").text("We do it ourselves.").keys("enter");
    let revoked = Answer::Revoke { reason: HostReason::ALL[0] };
    assert_eq!(screen.wishes(), answer(revoked, &zoe(), 152, "We do it ourselves."), "{}", screen.view());
}

#[test]
fn what_does_not_fit_the_row_says_so() {
    let mut screen = screen_of("sam", all(), 130, 40);
    row(&mut screen, "at risk      search/cli#152");
    screen.keys("x").shows("@zoe does not ask for it").lacks("Decline");
    row(&mut screen, "! search/cli#131");
    screen.keys("X").shows("@lee does not have it");
    let mut helper = screen_of("zoe", all(), 130, 40);
    row(&mut helper, "requested    search/cli#131");
    helper.keys("a").shows("leads and mentors of Search");
    assert_eq!(helper.wishes(), []);
}

#[test]
fn a_task_opens_from_its_row_and_the_way_back_leads_there() {
    let mut screen = screen_of("sam", all(), 130, 40);
    row(&mut screen, "! search/cli#140");
    screen.keys("enter").shows("CI runs the same job twice on tags").shows("Why it is here");
    screen.keys("esc").shows("▸  ! search/cli#140");
    // From task to task in the order of the floor, and back on the row of the last one.
    screen.keys("enter n").shows("Say which file a mistake is in").keys("p").shows("CI runs the same job twice");
    screen.keys("p p").shows("Cover the parser's error paths").keys("esc").shows("▸  ! search/cli#131");
    // Of two who ask, the one of the row is answered from the task, too.
    row(&mut screen, "! search/cli#98");
    screen.keys("enter a").shows("@kim: requested");
}

#[test]
fn the_cursor_stays_on_its_row_when_the_floor_changes() {
    let mut screen = screen_of("sam", all(), 80, 24);
    row(&mut screen, "! search/cli#140");
    let answered: Vec<Commitment> = all().into_iter().filter(|c| ![1, 2].contains(&c.claim.0.0)).collect();
    screen.told(floorwalk::app::Event::Snapshot(Arc::new(seen_by("sam", answered))));
    screen.shows("▸  ! search/cli#140");
    screen.keys("tab j j");
    let here = |screen: &Screen| screen.view().lines().skip(2).find(|l| l.starts_with('▸')).unwrap().to_owned();
    let before = here(&screen);
    screen.told(floorwalk::app::Event::Snapshot(Arc::new(seen_by("sam", all()))));
    assert_eq!(here(&screen), before);
}
