//! Counts, sequences with their box, the last act once more, and the palette, on the real loop.

use std::{sync::Arc, time::Duration};

use floorwalk::{
    app::Command,
    domain::size::Size,
    keymap::{Action, Chord, Shipped},
    store::MarkKind,
    tui::{
        input::chord,
        room::Tab,
        state::{ExitReason, Msg},
    },
};

use super::tui_world::*;

fn with(map: Shipped, columns: u16, rows: u16) -> Screen {
    let mut screen = Screen::new(columns, rows);
    screen.turns.state.keymap = Arc::new(map.keymap().0);
    screen
}

fn at(screen: &Screen) -> usize {
    screen.turns.state.discover.cursor.at
}

#[test]
fn a_number_in_front_says_how_often_or_which_row() {
    let mut screen = with(Shipped::Vim, 100, 30);
    screen.with_taken().keys("5 j");
    assert_eq!(at(&screen), 5);
    screen.keys("2 k");
    assert_eq!(at(&screen), 3);
    screen.keys("1 0").shows("10 …").keys("j").lacks("…  esc");
    assert_eq!(at(&screen), 11, "the list has twelve rows");
    screen.keys("4 G");
    assert_eq!(at(&screen), 3, "the fourth row");
    screen.keys("2 g g");
    assert_eq!(at(&screen), 1);
    screen.keys("g g");
    assert_eq!(at(&screen), 0);
    screen.keys("3 v").shows("3 marked");
    screen.keys("g g 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 pagedown");
    assert_eq!(at(&screen), 11, "a number too large is a large number");
}

#[test]
fn hands_of_emacs_begin_a_number_with_alt() {
    let mut screen = with(Shipped::Emacs, 100, 30);
    screen.with_taken().keys("alt-5 ctrl-n");
    assert_eq!(at(&screen), 5);
    screen.keys("alt-1 0 alt->");
    assert_eq!(at(&screen), 9, "the tenth row");
    screen.keys("alt-1 alt-1 alt->");
    assert_eq!(at(&screen), 10);
    screen.keys("alt-3 ctrl-g p");
    assert_eq!((at(&screen), screen.turns.state.tab), (9, Tab::Discover), "what goes back takes the number with it");
    screen.keys("3");
    assert_eq!(screen.turns.state.tab, Tab::Mine, "without alt a digit is a tab");
}

#[test]
fn tabs_name_the_keys_that_lead_there() {
    with(Shipped::Default, 100, 30).keys("j").shows("[1 Discover] 2 Walk");
    with(Shipped::Vim, 100, 30).keys("j").shows("[g1 Discover] g2 Walk");
}

#[test]
fn esc_takes_a_number_back_and_nothing_else() {
    let mut screen = with(Shipped::Vim, 100, 30);
    screen.keys("/").text("docs").keys("enter 5").shows("5 …").keys("esc").lacks("5 …");
    assert_eq!(screen.turns.state.discover.query.text(), "docs", "the query is left alone");
    screen.keys("j");
    assert_eq!(at(&screen), 1);
    screen.keys("g g 5 z esc j");
    assert_eq!(at(&screen), 1, "a sequence that is given up takes its number with it");
}

#[test]
fn a_number_is_typed_where_text_is_typed() {
    let mut screen = with(Shipped::Vim, 100, 30);
    screen.keys("/").text("412").keys("enter");
    assert_eq!(screen.turns.state.discover.query.text(), "412");
    screen.keys(":").text("5").keys("esc 3 ctrl-c");
    assert_eq!(screen.exit, Some(ExitReason::Quit));
}

#[test]
fn in_the_other_keymaps_digits_are_tabs() {
    for (map, keys) in
        [(Shipped::Default, "3 j"), (Shipped::Emacs, "3"), (Shipped::Vim, "g 3"), (Shipped::Vim, "alt-3")]
    {
        let mut screen = with(map, 80, 24);
        screen.keys(keys);
        assert_eq!(
            (screen.turns.state.tab, screen.turns.state.hands.count),
            (Tab::Mine, None),
            "{} {keys}",
            map.word()
        );
    }
}

#[test]
fn an_act_that_is_done_once_is_done_once() {
    let mut screen = with(Shipped::Vim, 100, 30);
    screen.keys("4 b");
    let wishes = screen.wishes();
    assert_eq!(wishes.len(), 1, "{wishes:?}");
}

#[test]
fn after_a_while_a_box_says_what_can_follow_and_waits() {
    let mut screen = with(Shipped::Vim, 80, 24);
    screen.keys("g").shows("g …").lacks("To the top");
    screen.pass(Duration::from_millis(600)).shows("To the top").shows("Open in the browser").shows("esc closes");
    insta::assert_snapshot!("which_key_80x24", screen.view());
    screen.pass(Duration::from_secs(3_600)).shows("To the top");
    screen.keys("4").lacks("esc closes");
    assert_eq!(screen.turns.state.tab, Tab::Floor, "it takes no key");
    screen.keys("g").pass(Duration::from_secs(1)).keys("esc").lacks("To the top");
    assert_eq!(screen.turns.state.tab, Tab::Floor, "esc closes the box alone");
    for (columns, rows) in [(40, 8), (20, 5), (24, 6)] {
        let mut small = with(Shipped::Vim, columns, rows);
        small.keys("g").pass(Duration::from_secs(1));
        small.resize(120, 40).shows("To the top");
    }
}

#[test]
fn whoever_knows_the_sequence_never_sees_the_box() {
    let mut screen = with(Shipped::Vim, 80, 24);
    let before = screen.turns.frames;
    screen.keys("j g g");
    assert_eq!((at(&screen), screen.turns.frames - before), (0, 3));
    assert_eq!(screen.turns.state.deadline(), None, "nothing is left to wake for");
}

#[test]
fn a_mark_once_more_is_set_on_the_next_task_and_never_taken_off() {
    let mut screen = Screen::new(100, 30);
    screen.keys(".").shows("nothing yet to do once more").keys("esc b");
    let first = screen.wishes();
    screen.keys(". .");
    let more = screen.wishes();
    let keys = |wishes: &[Command]| -> Vec<_> {
        wishes
            .iter()
            .flat_map(|wish| match wish {
                Command::Mark { keys, kind: MarkKind::Bookmark, on: true, .. } => keys.clone(),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let (first, more) = (keys(&first), keys(&more));
    assert_eq!((first.len(), more.len(), at(&screen)), (1, 2, 2));
    assert!(!more.contains(&first[0]) && more[0] != more[1], "{first:?} {more:?}");
}

#[test]
fn a_claim_once_more_asks_first_with_the_same_choices() {
    let mut screen = Screen::new(100, 30);
    screen.go_to(&key("search/cli", 98)).keys("c").text("M").keys("tab tab").text("with the log").keys("enter");
    assert_eq!(screen.wishes().len(), 1);
    screen.go_to(&key("docs/handbook", 5)).keys(".").shows("Claim").shows("with the log").shows("docs/handbook#5");
    assert_eq!(screen.wishes(), [], "it is shown before it is done");
    screen.keys("enter");
    let wishes = screen.wishes();
    let [Command::Claim { keys, size: Some(Size::M), plan, .. }] = wishes.as_slice() else { panic!("{wishes:?}") };
    assert_eq!((keys.as_slice(), plan.as_str()), ([key("docs/handbook", 5)].as_slice(), "with the log"));
}

#[test]
fn a_dialog_that_was_left_is_no_act() {
    let mut screen = Screen::new(100, 30);
    screen.keys("c esc .").shows("nothing yet to do once more");
}

#[test]
fn what_does_nothing_here_is_not_done_once_more() {
    let mut screen = Screen::new(100, 30);
    screen.keys("b 4 .").shows("'Bookmark', and that does nothing here");
    screen.keys("esc 1 G o .").shows("no task comes after");
    assert_eq!(screen.wishes().len(), 2);
}

#[test]
fn an_act_from_the_palette_can_be_done_once_more() {
    let mut screen = Screen::new(100, 30);
    screen.keys(":").text("bookmark").keys("enter .");
    assert_eq!(screen.wishes().len(), 2);
}

#[test]
fn the_palette_says_what_an_action_does_and_where_it_works() {
    let mut screen = Screen::new(80, 24);
    screen.keys(":").text("renew").shows("▸ Renew").shows("in Mine, Task").shows("Promise a later last day");
    screen.keys("enter").shows("'Renew' does nothing here").shows("it works in Mine, Task");
    assert_eq!(screen.wishes(), []);
    screen.keys("esc :").text("q").shows("▸ Quit").keys("enter");
    assert_eq!(screen.exit, Some(ExitReason::Quit), "a key finds what it does");
}

#[test]
fn the_palette_remembers_what_was_chosen() {
    let mut screen = Screen::new(80, 24);
    screen.keys(":").text("help").keys("enter esc :").text("next sort").keys("esc :").text("sort order").keys("enter");
    screen.keys(": up").shows(": Sort order").keys("up").shows(": Help").keys("up").shows(": Help");
    screen.keys("down").shows(": Sort order").keys("down").lacks(": Sort order").keys("down").shows("▸ ");
    screen.keys("up up").shows(": Sort order").keys("enter");
    assert_eq!(screen.turns.state.hands.chosen, [Action::Help, Action::Sort], "each once, the newest last");
}

#[test]
fn the_bytes_after_ctrl_z_are_the_keys_they_stand_for() {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    for (sent, meant) in [('4', "ctrl-\\"), ('5', "ctrl-]"), ('6', "ctrl-^"), ('7', "ctrl-/"), ('a', "ctrl-a")] {
        let event = KeyEvent::new(KeyCode::Char(sent), KeyModifiers::CONTROL);
        assert_eq!(chord(event), Some(meant.parse::<Chord>().unwrap()), "{sent}");
    }
    let mut screen = with(Shipped::Emacs, 80, 24);
    screen.send(Msg::Key("ctrl-/".parse().unwrap()));
    assert_eq!(screen.wishes(), [Command::Undo]);
}

#[test]
fn hands_that_know_emacs_edit_and_leave_fields_as_they_know() {
    let mut screen = with(Shipped::Emacs, 80, 24);
    screen.keys("ctrl-s").text("docs").keys("ctrl-b ctrl-b ctrl-d ctrl-f").text("!").keys("enter");
    assert_eq!(screen.turns.state.discover.query.text(), "dos!");
    screen.keys("ctrl-s").text("x").keys("ctrl-g");
    assert_eq!(screen.turns.state.discover.query.text(), "dos!");
    screen.keys("alt-x").shows("Palette").keys("ctrl-g").lacks("Palette").keys("ctrl-x ctrl-c");
    assert_eq!(screen.exit, Some(ExitReason::Quit));
}
