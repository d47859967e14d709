//! Walk on the real loop: a round is walked with keys; what is wished, remembered, shown and taken back.

use std::sync::Arc;

use floorwalk::{
    app::{Command, Event},
    domain::{
        commitment::{ClaimId, Commitment, CommitmentState},
        coverage::Coverage,
        key::TaskKey,
        roster::Roster,
        task::TaskState,
        walk::{Answer, Answered, Place, Reason},
    },
    index::{BuildContext, Snapshot},
    store::{Everything, Mark, MarkKind},
    tui::state::Options,
};

use super::{tui_lives::*, tui_world::*};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (40, 15), (20, 5)];

/// The twelve tasks with a registry, earlier answers, and the user's account known.
fn world(all: Everything, roster: Roster) -> Arc<Snapshot> {
    let me = [(tracker(), floorwalk::domain::person::Login::new("sam"))].into_iter().collect();
    let context = BuildContext {
        now: now(),
        me,
        roster: Arc::new(roster),
        scope: None,
        homes: Default::default(),
        taste: Default::default(),
    };
    let mut all = all;
    floorwalk::domain::commitment::judge(&mut all.commitments, &context.roster, now());
    Arc::new(Snapshot::build(all, &context))
}

fn tasks() -> Everything {
    Everything { commitments: Vec::new(), ..everything() }
}

/// What was answered earlier about a task of the Vision team.
fn earlier(number: u64, days: i64, reason: Reason) -> Vec<(String, String)> {
    let answer = Answer::Skipped { reason, note: String::new() };
    let place = Place::Team("vision".into());
    Answered { key: key("vision/dataloader", number), place, at: days_ago(days), answer }.values()
}

fn walking(columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::with(world(tasks(), roster()), Options::default(), columns, rows);
    screen.keys("2");
    screen
}

/// The stops of a round over that world, in order.
fn stops() -> Vec<TaskKey> {
    let mut screen = walking(80, 24);
    let mut stops = Vec::new();
    while let Some(key) = screen.turns.state.selected() {
        stops.push(key);
        screen.keys("n");
    }
    stops
}

fn pictures(name: &str, prepare: impl Fn(&mut Screen)) {
    for (columns, rows) in SIZES {
        let mut screen = walking(columns, rows);
        prepare(&mut screen);
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen.view());
    }
}

/// What was wished, that stops were seen left out.
fn said(screen: &mut Screen) -> Vec<Command> {
    let seen = |c: &Command| matches!(c, Command::Walk(answers) if answers.iter().all(|(_, a)| *a == Answer::Seen));
    screen.wishes().into_iter().filter(|c| !seen(c)).collect()
}

fn skipped(key: &TaskKey, reason: Reason, note: &str) -> Command {
    Command::Walk(vec![(key.clone(), Answer::Skipped { reason, note: note.into() })])
}

fn taken(key: TaskKey, by: floorwalk::domain::person::Person) -> Commitment {
    commitment(70, key, by.clone(), vec![claimed("11-20T09:00", &by, "11-27")])
}

#[test]
fn pictures_of_the_card() {
    pictures("card", |screen| {
        let here = screen.turns.state.selected().unwrap();
        screen.told(Event::Detail(Box::new(detail(here, BODY))));
    });
}

#[test]
fn pictures_of_not_for_me() {
    pictures("skip", |screen| {
        screen.keys("x right right");
    });
}

#[test]
fn pictures_of_a_snooze() {
    pictures("snooze", |screen| {
        screen.keys("s");
    });
}

#[test]
fn pictures_of_the_end() {
    for (columns, rows) in SIZES {
        let mut all = tasks();
        all.values.extend(earlier(900, 3, Reason::TooBig).into_iter().chain(earlier(901, 9, Reason::TooBig)));
        let mut screen = Screen::with(world(all.clone(), roster()), Options::default(), columns, rows);
        // Vision was visited three days ago: it comes last.
        screen.keys("2 x right right enter s enter x right enter n n n");
        all.commitments = vec![taken(stops()[3].clone(), sam())];
        screen.told(Event::Snapshot(world(all, roster())));
        insta::assert_snapshot!(format!("end_{columns}x{rows}"), screen.view());
    }
}

#[test]
fn pictures_of_nowhere_to_stop() {
    for (columns, rows) in SIZES {
        let mut all = tasks();
        let hide = |t: &floorwalk::domain::task::Task| Mark {
            key: t.key.clone(),
            kind: MarkKind::Hidden,
            until: None,
            changed: None,
        };
        all.marks = all.tasks.iter().map(hide).collect();
        let mut screen = Screen::with(world(all, roster()), Options::default(), columns, rows);
        screen.keys("2");
        insta::assert_snapshot!(format!("nowhere_{columns}x{rows}"), screen.view());
        assert_eq!(screen.wishes(), []);
    }
}

#[test]
fn without_tasks_the_walk_says_why_and_begins_as_soon_as_there_are_some() {
    let mut screen = Screen::with(bare(Coverage::default()), Options::default(), 80, 24);
    screen.keys("2").shows("Nothing has been read yet").shows("R reads").keys("n x s c b enter");
    assert_eq!(screen.wishes(), []);
    screen.told(Event::Snapshot(world(tasks(), roster()))).shows("Stop 1 of 6");
    let unset = Options { configured: false, ..Options::default() };
    Screen::with(bare(Coverage::default()), unset, 80, 24).keys("2").shows("No tracker is configured");
}

#[test]
fn each_stop_is_remembered_as_seen_once_and_the_round_ends() {
    let mut screen = walking(80, 24);
    let stops = stops();
    screen.shows("Stop 1 of 6").shows("you have not been here before").keys("j k o n b n n n n n n");
    screen.shows("The round is over").shows("6 tasks of 3 hosts").keys("n n");
    let wishes: Vec<Command> = screen.wishes().into_iter().filter(|c| !matches!(c, Command::Open(_))).collect();
    let seen: Vec<Command> = stops.iter().map(|key| Command::Walk(vec![(key.clone(), Answer::Seen)])).collect();
    assert_eq!(wishes, seen);
    screen.keys("b").shows("Stop 6 of 6").shows("your second stop there").keys("n enter").shows("Stop 1 of");
    assert!(!screen.wishes().is_empty(), "another round is seen as well");
}

#[test]
fn a_task_is_claimed_from_its_card_and_the_card_says_so() {
    let mut screen = walking(80, 24);
    let first = stops()[0].clone();
    screen.keys("c").shows("Claim").shows("working days").keys("enter");
    let wishes = said(&mut screen);
    assert!(matches!(wishes.as_slice(), [Command::Claim { keys, .. }] if *keys == [first.clone()]), "{wishes:?}");
    screen.shows("Stop 1 of 6");
    let mut all = tasks();
    all.commitments = vec![taken(first.clone(), sam())];
    screen
        .told(Event::Snapshot(world(all, roster())))
        .shows("Stop 1 of 6")
        .shows("claimed; n goes on")
        .shows("yours until");
    assert_eq!(screen.wishes(), [Command::Walk(vec![(first.clone(), Answer::Claimed)])]);
    // Taken back: the store says so, and the stop is open again.
    let claim = Command::Claim {
        keys: vec![first.clone()],
        until: None,
        size: None,
        plan: String::new(),
        alongside: false,
        ask: false,
    };
    screen.told(Event::Snapshot(world(tasks(), roster()))).told(Event::Undone(Box::new(claim))).shows("Stop 1 of 6");
    screen.lacks("goes on");
    assert_eq!(screen.wishes(), [Command::Walk(vec![(first, Answer::Seen)])]);
}

#[test]
fn not_for_me_asks_for_a_reason_and_for_words_where_it_is_another() {
    let mut screen = walking(80, 24);
    let stops = stops();
    screen.keys("x").shows("[not my skill] 1 of 6").shows("rests for 90 days").text("u");
    screen.shows("or until something about it changes").keys("esc");
    assert_eq!(said(&mut screen), []);
    screen.keys("x").text("s").shows("needed for something else").keys("enter").shows("said in words");
    assert_eq!(said(&mut screen), []);
    screen.text("needs a licence").keys("enter").shows("Stop 2 of 6");
    assert_eq!(said(&mut screen), [skipped(&stops[0], Reason::Other, "needs a licence")]);
    screen.keys("x right enter").shows("Stop 3 of 6");
    assert_eq!(said(&mut screen), [skipped(&stops[1], Reason::TooBig, "")]);
    screen.keys("b").shows("skipped: too big").keys("b").shows("skipped: needs a licence").keys("b");
    screen.shows("first stop of the round");
}

#[test]
fn what_was_not_wanted_is_gone_from_the_next_round_even_before_the_store_says_so() {
    let mut screen = walking(80, 24);
    let all = stops();
    screen.keys("x right enter s enter n n n n enter");
    let mut next = Vec::new();
    while let Some(key) = screen.turns.state.selected() {
        next.push(key);
        screen.keys("n");
    }
    assert!(!next.is_empty() && !next.contains(&all[0]) && !next.contains(&all[1]), "{next:?} after {all:?}");
}

#[test]
fn a_snooze_lasts_a_week_another_day_or_until_something_changes() {
    let mut screen = walking(80, 24);
    let stops = stops();
    let until = |key: &TaskKey, until: Option<&str>| {
        let until = until.map(|at| at.parse().unwrap());
        [Command::Walk(vec![(key.clone(), Answer::Snoozed { until })])]
    };
    screen.keys("s").shows("2026-11-27").shows("Friday, in 7 days").keys("enter").shows("Stop 2 of 6");
    assert_eq!(said(&mut screen), until(&stops[0], Some("2026-11-27T00:00:00Z")));
    screen.keys("s tab ctrl-u").text("2026-11-20").keys("enter").shows("a day to come");
    screen.keys("right").shows("Saturday, in 1 day").keys("enter");
    assert_eq!(said(&mut screen), until(&stops[1], Some("2026-11-21T00:00:00Z")));
    screen.keys("s right").shows("[something changes]").shows("not asked for then").keys("enter").shows("Stop 4 of 6");
    assert_eq!(said(&mut screen), until(&stops[2], None));
    screen.keys("b").shows("snoozed until something changes");
}

#[test]
fn undo_takes_the_last_answer_back_and_shows_its_stop_again() {
    let mut screen = walking(80, 24);
    let stops = stops();
    screen.keys("n x right enter n").shows("Stop 4 of 6").keys("u");
    let wishes = said(&mut screen);
    assert_eq!(wishes, [skipped(&stops[1], Reason::TooBig, ""), Command::Undo]);
    screen.shows("Stop 4 of 6");
    screen.told(Event::Undone(Box::new(wishes[0].clone()))).shows("Stop 2 of 6").lacks("skipped");
    assert_eq!(screen.wishes(), [Command::Walk(vec![(stops[1].clone(), Answer::Seen)])]);
    screen.keys("x").shows("[too big]").keys("esc n n").shows("Stop 4 of 6");
    // What has nothing to do with the round leaves it alone.
    let mark = Command::Mark { keys: vec![stops[1].clone()], kind: MarkKind::Bookmark, on: true, until: None };
    screen.told(Event::Undone(Box::new(mark))).shows("Stop 4 of 6");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn a_sync_in_between_keeps_the_card_and_how_far_it_is_scrolled() {
    let mut screen = walking(80, 24);
    let second = stops()[1].clone();
    let body: String = (0..60).map(|i| format!("row {i}\n\n")).collect();
    screen.keys("n").told(Event::Detail(Box::new(detail(second.clone(), &body)))).keys("ctrl-d");
    let before = screen.view();
    let mut all = tasks();
    let better = task(key("search/cli", 1), "Newcomer", &["ci", "docs", "help wanted"], 900, 900);
    all.tasks.insert(0, better);
    screen.told(Event::Snapshot(world(all.clone(), roster())));
    assert_eq!(screen.turns.state.selected(), Some(second.clone()));
    assert_eq!(screen.view(), before);
    // Even when the task itself is closed.
    all.tasks.retain(|task| task.key != second);
    screen.told(Event::Snapshot(world(all, roster()))).keys("g").shows("Stop 2 of 6").shows("not open any more");
    screen.shows("not in the store any more").keys("n").shows("Stop 3 of 6");
}

#[test]
fn what_is_taken_meanwhile_is_said_and_passed_over() {
    let mut screen = walking(80, 24);
    let stops = stops();
    let mut all = tasks();
    all.commitments = vec![
        taken(stops[0].clone(), kim()),
        Commitment { claim: ClaimId(ulid::Ulid(71)), ..taken(stops[1].clone(), kim()) },
    ];
    screen.told(Event::Snapshot(world(all, roster()))).shows("Stop 1 of 6").shows("taken meanwhile; n goes on");
    screen.shows("claimed by @kim until").keys("n").shows("Stop 3 of 6");
    screen.shows(&format!("passed over {}, claimed by @kim until", stops[1])).keys("b").shows("Stop 1 of 6");
    screen.keys("n n n n n").shows("The round is over").shows("5 tasks of 3 hosts").shows("passed over");
}

#[test]
fn a_round_walked_in_full_screen_goes_on_and_back_as_well() {
    let mut screen = walking(80, 24);
    let stops = stops();
    screen.keys("enter").shows("Why it is here").lacks("Stop 1").keys("n");
    assert_eq!(screen.turns.state.selected(), Some(stops[1].clone()));
    screen.keys("p esc").shows("Stop 1 of 6").keys("? esc 1 2").shows("Stop 1 of 6").keys("y Y");
    let wishes = said(&mut screen);
    assert_eq!(wishes, [Command::Copy(stops[0].clone(), false), Command::Copy(stops[0].clone(), true)]);
}

#[test]
fn hints_are_those_of_the_stop() {
    let last = |screen: &Screen| screen.view().lines().last().unwrap().trim().to_owned();
    let mut screen = walking(120, 24);
    let mut seen = vec![last(&screen)];
    seen.push(last(screen.keys("x enter")));
    seen.push(last(screen.keys("b")));
    seen.push(last(screen.keys("n n n n n n")));
    insta::assert_snapshot!(seen.join("\n"));
}

#[test]
fn what_one_asked_for_already_is_no_stop() {
    let mut all = tasks();
    let asked = stops()[0].clone();
    let mut request = asked_of_me(5, asked.clone());
    (request.who, request.mine) = (sam(), true);
    request.log.iter_mut().for_each(|entry| entry.by = Some(sam()));
    all.commitments = vec![request];
    let first = world(all, roster());
    assert_eq!(first.commitments[0].state, CommitmentState::Requested);
    assert_eq!(first.get(&asked).unwrap().task.state, TaskState::Open);
    let mut screen = Screen::with(first, Options::default(), 80, 24);
    screen.keys("2");
    while let Some(key) = screen.turns.state.selected() {
        assert_ne!(key, asked);
        screen.keys("n");
    }
}
