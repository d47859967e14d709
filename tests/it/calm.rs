//! One task alone on the screen, writings of the world in their columns, and a screen that stands still.

use std::time::Duration;

use floorwalk::{app::Event, domain::task::TaskDetail, tui::state::Options};

use super::tui_world::*;

const TITLES: [&str; 6] = [
    "日本語の長い題名は折り返さずに切られるべきです",
    "한국어 제목도 열을 밀지 않는다",
    "👩‍💻 fixes 🏳️‍🌈 and 🇩🇪 flags 1️⃣ in the list",
    "عنوان يكتب من اليمين إلى اليسار مع رقم 42",
    "כותרת בעברית עם (סוגריים) ו-API",
    "Åse’s naïve café: e\u{301}\u{301} and ﷽",
];

/// The twelve tasks, six of them with titles of the world.
fn world() -> floorwalk::store::Everything {
    let mut all = everything();
    for (task, title) in all.tasks.iter_mut().zip(TITLES) {
        task.title = title.into();
    }
    all
}

/// The column in which `sign` stands in each row that has one, counted in cells.
fn columns_of(screen: &Screen, sign: &str) -> Vec<u16> {
    let buffer = screen.turns.terminal.backend().buffer();
    let area = buffer.area;
    let find = |y| (0..area.width).rev().find(|x| buffer[(*x, y)].symbol() == sign);
    (3..area.height - 1).filter_map(find).collect()
}

/// The column in which `word` first stands in each row of the list.
fn starts_of(screen: &Screen, word: &str) -> Vec<u16> {
    let buffer = screen.turns.terminal.backend().buffer();
    let at = |x: u16, y| word.chars().zip(x..).all(|(c, x)| buffer[(x, y)].symbol() == c.to_string());
    let last = buffer.area.width - word.len() as u16;
    (3..15).filter_map(|y| (0..=last).find(|x| at(*x, y))).collect()
}

#[test]
fn titles_of_the_world_leave_every_column_where_it_is() {
    for (columns, rows) in [(120, 40), (100, 30)] {
        let screen = Screen::with(build(world()), Options::default(), columns, rows);
        let edges = columns_of(&screen, "│");
        assert!(edges.len() > 20 && edges.windows(2).all(|two| two[0] == two[1]), "{edges:?}\n{}", screen.view());
        let free = starts_of(&screen, "free");
        assert!(free.len() >= 8 && free.windows(2).all(|two| two[0] == two[1]), "{free:?}\n{}", screen.view());
    }
    for (columns, rows) in [(80, 24), (40, 15), (41, 15), (20, 5)] {
        let mut screen = Screen::with(build(world()), Options::default(), columns, rows);
        for keys in ["", "enter", "esc 3", "4", "2", "1 c", "esc :"] {
            screen.keys(keys);
            let widest = screen.view().lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap();
            assert!(widest <= usize::from(columns), "{keys} {columns}x{rows}:\n{}", screen.view());
        }
    }
}

#[test]
fn text_from_right_to_left_is_kept_letter_by_letter_and_turns_nothing_around_it() {
    let mut screen = Screen::with(build(world()), Options::default(), 120, 40);
    screen.with_taken().shows("عنوان يكتب من اليمين").shows("כותרת בעברית");
    let turned = "\u{202e}gnp.exe\u{202c} \u{2067}x";
    let mut all = everything();
    all.tasks[0].title = turned.into();
    screen.told(Event::Snapshot(build(all)));
    let view = screen.view();
    assert!(!view.contains(['\u{202e}', '\u{202c}', '\u{2067}']), "{view}");
    screen.shows("·gnp.exe·");
}

#[test]
fn a_narrow_screen_still_claims_and_reads() {
    let mut screen = Screen::with(build(world()), Options::default(), 40, 15);
    screen.keys("c").shows("working days").keys("esc enter");
    let TaskDetail { task, comments, .. } = detail(key("search/cli", 98), BODY);
    let at = screen.turns.state.selected().unwrap();
    let detail =
        TaskDetail { task: floorwalk::domain::task::Task { key: at, ..task }, body: Some(BODY.into()), comments };
    screen.told(Event::Detail(Box::new(detail))).keys("ctrl-d").shows("What happens").keys("esc ? G");
    assert!(screen.view().lines().all(|row| unicode_width::UnicodeWidthStr::width(row) <= 40));
}

#[test]
fn one_task_can_be_alone_on_the_screen() {
    let mut screen = Screen::new(120, 40);
    screen.told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), BODY))));
    screen.keys("F").shows("Flaky shard test").shows("What happens").lacks("1 Discover").lacks("Quickstart");
    screen.shows("F everything").lacks("claim");
    screen.keys("c").shows("working days").keys("esc").lacks("1 Discover");
    screen.keys("n").lacks("Flaky shard").lacks("1 Discover").keys("p").shows("Flaky shard");
    screen.keys("F").shows("1 Discover").shows("› vision/dataloader#412").keys("F").lacks("1 Discover");
    screen.keys("esc").shows("Quickstart").shows("[1 Discover]").keys("enter").shows("› vision");
    screen.keys("esc 3 F").lacks("3 Mine").shows("Remove the old retry shim");
    let mut narrow = Screen::new(40, 15);
    narrow.keys("F").shows("Flaky shard test").lacks("Discover");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn no_screen_moves_by_itself() {
    for keys in ["", "f", "enter", "2", "3", "4", "4 tab", "O", "?", "w", "+", "c", ":", "/", "F"] {
        let mut screen = Screen::new(120, 40);
        screen.keys(keys).pass(Duration::from_secs(20));
        let (frames, before) = (screen.turns.frames, screen.view());
        screen.pass(Duration::from_secs(600));
        assert_eq!((screen.turns.frames, screen.view()), (frames, before), "{keys}");
        let slow = ratatui::style::Modifier::SLOW_BLINK | ratatui::style::Modifier::RAPID_BLINK;
        let cells = screen.turns.terminal.backend().buffer().content();
        assert!(!cells.iter().any(|c| c.modifier.intersects(slow)), "{keys}: something blinks");
    }
}

#[test]
fn the_bell_rings_once_when_something_newly_needs_me_and_only_where_it_was_asked_for() {
    let at_risk = || {
        let mut all = everything();
        all.commitments[0].state = floorwalk::domain::commitment::CommitmentState::AtRisk;
        build(all)
    };
    let options = Options { bell: true, ..Options::default() };
    let mut screen = Screen::with(snapshot(), options.clone(), 80, 24);
    screen.told(Event::Snapshot(snapshot()));
    assert_eq!(screen.turns.world.bells, 0);
    screen.told(Event::Snapshot(at_risk())).told(Event::Snapshot(at_risk()));
    assert_eq!(screen.turns.world.bells, 1);
    screen.told(Event::Snapshot(snapshot())).told(Event::Snapshot(at_risk()));
    assert_eq!(screen.turns.world.bells, 2, "again, after it was well meanwhile");
    let mut old = Screen::with(at_risk(), options, 80, 24);
    old.told(Event::Snapshot(at_risk()));
    assert_eq!(old.turns.world.bells, 0, "what needed me before is no news");
    let mut quiet = Screen::new(80, 24);
    quiet.told(Event::Snapshot(at_risk()));
    assert_eq!(quiet.turns.world.bells, 0);
}
