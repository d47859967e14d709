//! The mouse on the real loop, where it was asked for; and the bytes that ask for it.

use std::time::Duration;

use crossterm::event::{Event as Heard, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use floorwalk::{
    app::Event,
    tui::{
        input,
        mouse::Mouse,
        state::{Msg, Options},
    },
};

use super::{pty::Terminal, tui_world::*};

impl Screen {
    /// Clicks on the first place that shows `text`.
    fn click(&mut self, text: &str) -> &mut Self {
        let at = self.place(text);
        self.send(Msg::Mouse(Mouse::Click(at)))
    }

    fn wheel(&mut self, text: &str, down: bool) -> &mut Self {
        let at = self.place(text);
        self.send(Msg::Mouse(Mouse::Wheel { at, down }))
    }

    fn place(&self, text: &str) -> (u16, u16) {
        let view = self.view();
        let found = view
            .lines()
            .enumerate()
            .find_map(|(y, row)| row.find(text).map(|x| (row.get(..x).unwrap().chars().count(), y)));
        let (x, y) = found.unwrap_or_else(|| panic!("expected {text:?} in\n{view}"));
        (x as u16, y as u16)
    }
}

fn screen() -> Screen {
    Screen::with(snapshot(), Options { mouse: true, ..Options::default() }, 120, 40)
}

#[test]
fn a_click_chooses_a_row_and_a_second_one_opens_it() {
    let mut screen = screen();
    screen.click("Quickstart omits the lo…");
    assert_eq!(screen.turns.state.selected(), Some(key("search/cli", 98)));
    assert!(screen.turns.state.rooms.is_empty());
    screen.pass(Duration::from_secs(2)).click("Quickstart omits the lo…");
    assert!(screen.turns.state.rooms.is_empty(), "two clicks far apart are two clicks");
    screen.click("Quickstart omits the lo…").shows("› search/cli#98").keys("esc");
    screen.click("Quickstart omits the lo…").click("Cache directory");
    assert!(screen.turns.state.rooms.is_empty(), "two clicks on two rows are no double click");
    assert_eq!(screen.wishes(), []);
}

#[test]
fn tabs_and_counts_are_clicked() {
    let mut screen = screen();
    screen.click("4 Floor").shows("[4 Floor");
    screen.click("3 Mine").shows("[3 Mine");
    screen.click("1 Discover").shows("[1 Discover]");
    screen.click("docs   ").shows("4 of 12");
    assert_eq!(screen.turns.state.discover.query.text(), "signal:docs");
    assert!(!screen.turns.state.discover.facet_focus, "the keys stay where they were");
    screen.pass(Duration::from_secs(1)).click("● docs").shows("10 of 12").click("Signals").shows("10 of 12");
    screen.click("press / to search").text("flaky").shows("1 of 12").click("Flaky shard").keys("j").shows("flaky");
}

#[test]
fn the_wheel_moves_what_it_is_over() {
    let mut screen = screen();
    screen.wheel("Quickstart", true);
    assert_eq!(screen.turns.state.discover.cursor.at, 3);
    screen.wheel("Signals", true);
    assert_eq!((screen.turns.state.discover.cursor.at, screen.turns.state.discover.facet_cursor.at), (3, 3));
    screen.wheel("Quickstart", false).wheel("Quickstart", false);
    assert_eq!(screen.turns.state.discover.cursor.at, 0, "the top is the end");
    let body: String = (0..200).map(|i| format!("row {i}\n\n")).collect();
    screen.keys("enter").told(Event::Detail(Box::new(detail(key("vision/dataloader", 412), &body))));
    let title = "Flaky shard test blocks";
    screen.shows(title).wheel(title, true).lacks(title).wheel("row 9", false).shows(title);
}

#[test]
fn cards_are_clicked_and_a_dialog_is_not_clicked_away() {
    let mut screen = screen();
    screen.keys("3").click("Remove the old").click("Remove the old").shows("Next step").keys("esc");
    screen.keys("h").text("half done").shows("Hand back").click("1 Discover").shows("Hand back");
    screen.keys("esc").shows("[3 Mine");
    assert_eq!(screen.wishes(), []);
    let mut palette = self::screen();
    palette.keys(":").wheel("Palette", true);
    palette.keys("esc").shows("[1 Discover]");
}

#[test]
fn a_click_anywhere_in_any_window_is_survived() {
    for (columns, rows) in [(80, 24), (40, 15), (20, 5), (10, 3), (120, 40)] {
        for keys in ["", "3", "4", "4 tab", "O", "?", "2", "enter", "+", "w", "c", ":", "/"] {
            let mut screen = Screen::with(snapshot(), Options { mouse: true, ..Options::default() }, columns, rows);
            screen.keys(keys);
            // Each column of cells is clicked in every row, the wheel turns in every other.
            for at in (0..=columns).step_by(7).flat_map(|x| (0..=rows).map(move |y| (x, y))) {
                screen.send(Msg::Mouse(Mouse::Click(at)));
                if at.1 % 2 == 0 {
                    screen.send(Msg::Mouse(Mouse::Wheel { at, down: at.0 % 2 == 0 }));
                }
            }
            // That a stop of a walk was seen is kept in private.
            let wishes = screen.wishes();
            let writes = wishes.iter().any(|c| !matches!(c, floorwalk::app::Command::Walk(_)));
            assert!(!writes, "a click never writes: {keys} {columns}x{rows} {wishes:?}");
        }
    }
}

#[test]
fn other_buttons_and_movement_mean_nothing() {
    let event = |kind| Heard::Mouse(MouseEvent { kind, column: 3, row: 4, modifiers: KeyModifiers::NONE });
    let heard = |kind| input::message(event(kind));
    assert!(matches!(heard(MouseEventKind::Down(MouseButton::Left)), Some(Msg::Mouse(Mouse::Click((3, 4))))));
    assert!(matches!(heard(MouseEventKind::ScrollUp), Some(Msg::Mouse(Mouse::Wheel { at: (3, 4), down: false }))));
    for kind in [
        MouseEventKind::Down(MouseButton::Right),
        MouseEventKind::Up(MouseButton::Left),
        MouseEventKind::Moved,
        MouseEventKind::Drag(MouseButton::Left),
        MouseEventKind::ScrollLeft,
    ] {
        assert!(heard(kind).is_none());
    }
}

#[test]
fn the_mouse_is_taken_only_where_it_was_asked_for_and_help_says_how_to_select_text() {
    let mut off = Screen::new(120, 60);
    off.keys("? G").shows("The terminal keeps the mouse").shows("floorwalk --mouse");
    let mut on = Screen::with(snapshot(), Options { mouse: true, ..Options::default() }, 120, 60);
    on.keys("? G").shows("hold shift while you drag");
    let mode = |screen: &Terminal| screen.with_screen(vt100::Screen::mouse_protocol_mode);
    let mut quiet = Terminal::open(&["demo"], 100, 30);
    quiet.shows("15 of 15 fresh");
    assert_eq!(mode(&quiet), vt100::MouseProtocolMode::None);
    quiet.press("q");
    quiet.ends();
    let mut screen = Terminal::open(&["demo", "--mouse", "--theme", "dark"], 100, 30);
    screen.shows("15 of 15 fresh");
    assert_eq!(mode(&screen), vt100::MouseProtocolMode::PressRelease);
    // A click on the third tab, in the form that terminals send.
    let column = screen.text().lines().next().unwrap().find("3 Mine").unwrap() + 1;
    screen.press(&format!("\u{1b}[<0;{column};1M\u{1b}[<0;{column};1m"));
    screen.shows("[3 Mine");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.restored();
}

#[test]
fn a_terminal_that_names_its_ground_is_followed() {
    let mut screen = Terminal::open(&["demo"], 100, 30);
    screen.shows("15 of 15 fresh");
    let asked = screen.raw().windows(6).any(|bytes| bytes == b"\x1b]11;?");
    assert!(asked, "the terminal is asked");
    screen.press("\u{1b}]11;rgb:ffff/ffff/ffff\u{1b}\\");
    screen.settles();
    let rgb = |screen: &vt100::Screen| {
        (0..30).flat_map(|y| (0..100).map(move |x| (y, x))).any(|(y, x)| {
            matches!(screen.cell(y, x).map(vt100::Cell::fgcolor), Some(vt100::Color::Rgb(0x0b, 0x64, 0x72)))
        })
    };
    assert!(screen.with_screen(rgb), "the light theme's accent is on the screen");
    assert!(screen.text().contains("[1 Discover]"), "no part of the answer is a key");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}
