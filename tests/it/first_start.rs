//! The first start and the next one: the tour that holds nobody up, and the place where the screens were left.

use floorwalk::{
    config::memory::{self, Memory, Place},
    index::rank::Sort,
    tui::{
        mouse::Mouse,
        place,
        room::{Overlay, Room, Tab},
        state::{Msg, Options},
        widget::views::View,
    },
};

use super::tui_world::*;
use crate::{floor::Floor, pty::Terminal};

fn first(columns: u16, rows: u16) -> Screen {
    Screen::with(snapshot(), Options { tour: true, ..Options::default() }, columns, rows)
}

fn is_shown(screen: &Screen) -> bool {
    matches!(screen.turns.state.overlay, Some(Overlay::Tour(_)))
}

#[test]
fn five_steps_go_on_with_enter_and_name_the_keys_that_hold() {
    for (map, back) in [(floorwalk::keymap::Shipped::Default, "h"), (floorwalk::keymap::Shipped::Vim, "B")] {
        let options = Options { tour: true, ..Options::default() };
        let mut screen = Screen::with(snapshot(), options, 80, 24);
        screen.turns.state.keymap = std::sync::Arc::new(map.keymap().0);
        let screen = screen.keys("right left");
        screen.shows("1 of 5: what waits for help").shows("enter next").shows("esc leave the tour").keys("enter");
        screen.shows("2 of 5: find yours").keys("space");
        screen.shows("3 of 5: take it").shows(&format!("{back} there hands it")).keys("tab");
        screen.shows("4 of 5: look around").keys("left").shows("3 of 5").keys("right right");
        screen.shows("5 of 5: whatever you forget").shows("enter done").keys("enter").lacks("of 5");
        assert!(screen.wishes().is_empty(), "a tour does nothing");
    }
}

#[test]
fn whoever_knows_their_way_is_not_held_up() {
    for key in ["esc", "c", "/", "3", "j", "?", ":", "down", "q", "x"] {
        let mut plain = Screen::new(80, 24);
        let mut screen = first(80, 24);
        assert!(is_shown(&screen));
        screen.keys(key);
        assert!(!is_shown(&screen), "{key}");
        if key != "esc" {
            plain.keys(key);
        }
        assert_eq!(screen.exit, plain.exit, "{key} does what it always does");
        if screen.exit.is_none() {
            assert_eq!(screen.view(), plain.view(), "{key} does what it always does");
        }
    }
    let mut screen = first(80, 24);
    screen.send(Msg::Mouse(Mouse::Click((40, 5))));
    assert!(!is_shown(&screen));
    let mut screen = first(80, 24);
    screen.send(Msg::Paste("3 c enter".into()));
    assert!(is_shown(&screen), "pasted text is no key");
}

#[test]
fn it_is_called_again_from_palette_and_help() {
    let mut screen = Screen::new(80, 24);
    screen.keys(":").text("tour").keys("enter").shows("1 of 5").keys("esc");
    screen.keys("3 ? f3").shows("1 of 5");
    screen.keys("enter enter enter enter enter").shows("› Help");
}

#[test]
fn it_says_something_in_the_smallest_window() {
    for (columns, rows) in [(20, 5), (40, 15), (250, 70)] {
        let mut screen = first(columns, rows);
        screen.shows("1 of 5");
        for _ in 0..5 {
            screen.keys("enter");
        }
        assert!(!is_shown(&screen));
    }
}

fn docs() -> Vec<View> {
    vec![View { name: "docs".into(), query: "signal:docs".into() }]
}

#[test]
fn the_place_comes_back_with_tab_query_order_view_and_task() {
    let mut screen = Screen::with(snapshot(), Options { views: docs(), ..Options::default() }, 100, 30);
    screen.keys("] S S").go_to(&key("docs/handbook", 21)).keys("enter 3");
    screen.keys("1").go_to(&key("docs/handbook", 21)).keys("enter");
    let left = place::of(&screen.turns.state);
    let options = Options { views: docs(), place: Some(left.clone()), ..Options::default() };
    let mut next = Screen::with(snapshot(), options, 100, 30);
    assert_eq!(next.view(), screen.view());
    next.keys("esc");
    let discover = &next.turns.state.discover;
    assert_eq!((discover.query.text(), discover.view, discover.sort), ("signal:docs", Some(0), Sort::Newest));
    assert_eq!(next.turns.state.selected(), Some(key("docs/handbook", 21)));
    assert_eq!(place::of(&next.turns.state), Place { open: false, ..left });
}

#[test]
fn what_has_gone_meanwhile_is_passed_over() {
    let at = |place: Place| Screen::with(snapshot(), Options { place: Some(place), ..Options::default() }, 80, 24);
    let gone = Place { tab: "mine".into(), task: "gh:gone/away#7".into(), open: true, ..Place::default() };
    let screen = at(gone);
    assert_eq!((screen.turns.state.tab, screen.turns.state.room()), (Tab::Mine, None));
    let hostile = Place {
        tab: "\u{1b}[2J".into(),
        query: "label:(((\u{1b}[2J\u{202e} \n".repeat(400),
        view: "none".into(),
        sort: "sideways".into(),
        task: "#".repeat(9_000),
        open: true,
    };
    let mut screen = at(hostile);
    assert_eq!((screen.turns.state.tab, screen.turns.state.discover.sort), (Tab::Discover, Sort::Best));
    assert!(!screen.view().contains('\u{1b}'));
    screen.keys("esc").shows("10 of 12");
    let mine = Place { tab: "mine".into(), task: "gh:vision/dataloader#31".into(), open: true, ..Place::default() };
    let screen = at(mine);
    assert!(matches!(screen.turns.state.room(), Some(Room::Detail(..))));
}

#[test]
fn the_file_is_read_or_refused_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let file = memory::file(dir.path());
    assert_eq!(memory::read(&file), Ok(Memory::default()), "without a file nothing is remembered");
    let mut memory = Memory::default();
    memory.tour = true;
    let config = dir.path().join("config.toml");
    let place = Place { tab: "floor".into(), query: "a \"b\" = '''c\n".into(), ..Place::default() };
    memory.keep(&config, place.clone());
    memory::write(&file, &memory).unwrap();
    assert_eq!(memory::read(&file).unwrap().place(&config), Some(&place));
    assert_eq!(memory::read(&file).unwrap().place(dir.path()), None, "each configuration has its own place");
    for n in 0..40 {
        memory.keep(&dir.path().join(format!("{n}.toml")), Place::default());
    }
    memory::write(&file, &memory).unwrap();
    assert!(std::fs::metadata(&file).unwrap().len() < 4_096, "it does not grow for ever");

    let long = "# ".repeat(40_000);
    for text in ["version = 2\ntour = true\n", "tour = true\n", "\0\u{1b}[2J", "version = 1\nplace = 3\n", &long] {
        std::fs::write(&file, text).unwrap();
        let why = memory::read(&file).unwrap_err();
        assert!(why.contains("screens.toml is not used: ") && !why.contains('\u{1b}'), "{why}");
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(memory::read(&file).unwrap_err().ends_with("it is no file"));
}

#[test]
fn the_real_program_shows_the_tour_once_and_begins_where_it_was_left() {
    let floor = Floor::open();
    let sam = floor.desk_reading("sam", "repos = [\"quillfern/locker-gateway\"]");
    sam.fine(&["sync"]);
    let file = sam.folder().join("data/screens.toml");
    let start = |arguments: &[&str]| Terminal::of(&sam.command(arguments), 100, 30);
    // A terminal of a test says that the tour was seen; this one is about it.
    std::fs::write(&file, "version = 1\n").unwrap();
    let mut screen = start(&[]);
    screen.shows("1 of 5: what waits for help");
    screen.press("3");
    screen.shows("You have claimed nothing").lacks("of 5");
    screen.press("1/signal:docs\r");
    screen.shows("/ signal:docs");
    screen.press("j");
    screen.settles();
    let text = |screen: &Terminal| screen.text().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let before = text(&screen);
    screen.press("q");
    assert_eq!(screen.ends(), 0);

    let mut screen = start(&[]);
    screen.shows("/ signal:docs").settles();
    assert_eq!(text(&screen), before, "no tour, the same query and task");
    screen.press("q");
    screen.ends();
    let mut screen = start(&["--afresh"]);
    screen.shows("press / to search");
    screen.press("4q");
    screen.ends();
    let kept = memory::read(&file).unwrap();
    let config = sam.folder().join("config.toml");
    assert_eq!(kept.place(&config).map(|place| place.tab.as_str()), Some("floor"), "also then it is remembered");

    std::fs::write(&file, "what is this").unwrap();
    let mut screen = start(&[]);
    screen.shows("You begin at the list: ").shows("is not used: it is not what floorwalk").lacks("of 5");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    assert!(memory::read(&file).is_ok(), "the next start has a file again");
}
