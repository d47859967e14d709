//! The session of lines: the same state, acts and dialogs as the screens, heard and told in sentences.

use std::{io::Write, process::Stdio, sync::Arc};

use floorwalk::{
    app::{Command, Event},
    config::theme::Depth,
    domain::{commitment::CommitmentState, size::Size},
    index::Snapshot,
    keymap::{self, action::ACTIONS, help},
    tui::{
        plain::{Heard, Plain, SIZE, is_awaited},
        state::{ExitReason, Options, State},
        theme::Skin,
    },
};

use super::{pty::Terminal, tui_world::*};

struct Talk {
    plain: Plain<Vec<u8>>,
    read: usize,
    wishes: Vec<Command>,
    exit: Option<ExitReason>,
}

impl Talk {
    fn new() -> Self {
        Self::on(snapshot())
    }

    fn on(snapshot: Arc<Snapshot>) -> Self {
        let (keys, _) = keymap::shipped();
        let state = State::new(snapshot, Arc::new(keys), Options::default(), now(), SIZE);
        let mut plain = Plain::new(state, Vec::new(), "");
        let wishes = plain.begin(now()).unwrap();
        let mut talk = Self { plain, read: 0, wishes: Vec::new(), exit: None };
        talk.perform(wishes);
        talk
    }

    /// The program below: descriptions are read, everything else just ends.
    fn perform(&mut self, wishes: Vec<Command>) {
        for wish in wishes {
            if let Command::Detail(key) | Command::Comments(key) = &wish {
                self.hear(Heard::Event(Event::Detail(Box::new(detail(key.clone(), BODY)))));
            }
            let awaited = is_awaited(&wish);
            self.wishes.push(wish);
            if awaited {
                self.hear(Heard::Done);
            }
        }
    }

    fn hear(&mut self, heard: Heard) -> &mut Self {
        let (wishes, exit) = self.plain.hear(heard, now()).unwrap();
        self.exit = self.exit.or(exit);
        self.perform(wishes);
        self
    }

    /// Says lines and gives what was answered.
    fn say(&mut self, lines: &str) -> String {
        self.told();
        for line in lines.split('\n') {
            self.hear(Heard::Line(line.to_owned()));
        }
        self.told()
    }

    fn told(&mut self) -> String {
        let all = String::from_utf8(self.plain.out().clone()).unwrap();
        let new = all.get(self.read..).unwrap().to_owned();
        self.read = all.len();
        new
    }

    fn wishes(&mut self) -> Vec<Command> {
        let all = std::mem::take(&mut self.wishes);
        let reads =
            |c: &Command| matches!(c, Command::Detail(_) | Command::Comments(_) | Command::Signs(_) | Command::Walk(_));
        all.into_iter().filter(|c| !reads(c)).collect()
    }
}

#[test]
fn the_list_is_told_in_numbered_sentences_without_signs() {
    let mut talk = Talk::new();
    let told = talk.told();
    assert!(told.contains("Discover: 10 of 12, best first."), "{told}");
    assert!(told.contains("1. Flaky shard test blocks the nightly build; vision/dataloader#412;"), "{told}");
    assert!(told.contains("ci, help-wanted; quiet for 212 days; free: nobody works on it"), "{told}");
    for sign in ['\u{1b}', '▸', '●', '│', '█', '…'] {
        assert!(!told.contains(sign), "{sign:?} in {told}");
    }
}

#[test]
fn a_task_opens_by_number_word_or_key() {
    let mut talk = Talk::new();
    let by_number = talk.say("1");
    assert!(by_number.contains("Task vision/dataloader#412.") && by_number.contains("Why it is here"), "{by_number}");
    assert!(by_number.contains("What happens") && by_number.contains("Still happens on"), "{by_number}");
    assert!(talk.say("back").contains("Discover: 10 of 12"));
    assert!(talk.say("open 1").contains("Task vision/dataloader#412."));
    talk.say("back");
    assert!(talk.say("open search/cli#98").contains("Quickstart omits the login step"));
    assert!(talk.say("next").contains("Task "), "what the screen does on n");
    talk.say("esc");
    assert!(talk.say("why 1").contains("Why this score."));
    assert_eq!(talk.wishes(), []);
}

#[test]
fn a_claim_is_asked_for_field_by_field_and_is_what_the_screen_would_wish() {
    let mut talk = Talk::new();
    let row = talk.told().lines().find(|line| line.contains("search/cli#98")).unwrap().to_owned();
    let number = row.split('.').next().unwrap();
    let told = talk.say(&format!("claim {number}"));
    assert!(told.contains("Claim. Say cancel to leave it.") && told.contains("Quickstart"), "{told}");
    assert!(told.contains("size, one of"), "{told}");
    let mut screen = Screen::new(80, 24);
    screen.go_to(&key("search/cli", 98)).keys("c").text("x");
    let mut said = vec!["XS".to_owned()];
    for (label, _) in dialog_fields(&screen).into_iter().skip(1) {
        said.push(if label == "plan" { "look at the log first".into() } else { String::new() });
    }
    screen.keys("tab tab").text("look at the log first").keys("enter");
    let told = talk.say(&said.join("\n"));
    assert!(told.contains("2 working days") && told.contains("Claim? Say yes or no."), "{told}");
    assert_eq!(talk.wishes(), [], "nothing is wished before yes");
    talk.say("yes");
    let wishes = talk.wishes();
    assert!(matches!(wishes.as_slice(), [Command::Claim { size: Some(Size::XS), .. }]), "{wishes:?}");
    assert_eq!(wishes, screen.wishes());
}

fn dialog_fields(screen: &Screen) -> Vec<(&'static str, String)> {
    match &screen.turns.state.overlay {
        Some(floorwalk::tui::room::Overlay::Dialog(dialog)) => dialog.form.values(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_cancel_and_the_end_of_input_do_nothing() {
    for answers in ["\n\n\n\n\nno", "cancel", "medium rare\ncancel"] {
        let mut talk = Talk::new();
        let told = talk.say(&format!("claim 1\n{answers}"));
        assert!(told.contains("Nothing was done"), "{answers:?}: {told}");
        assert_eq!(talk.wishes(), []);
    }
    let mut talk = Talk::new();
    talk.say("claim 1");
    talk.hear(Heard::End);
    assert!(talk.told().contains("no answer came"));
    assert_eq!((talk.exit, talk.wishes()), (Some(ExitReason::Quit), vec![]));
}

#[test]
fn a_choice_that_does_not_exist_is_asked_again() {
    let mut talk = Talk::new();
    let told = talk.say("claim 1\nenormous");
    assert!(told.contains("size is one of"), "{told}");
}

#[test]
fn what_a_rule_refuses_is_told_with_what_to_take_instead() {
    let mut talk = Talk::new();
    let told = talk.say("claim docs/handbook#9\n\n\n\n\n\nyes");
    assert!(told.contains("Refused: @kim holds docs/handbook#9") && told.contains("Free and alike"), "{told}");
    assert!(talk.say("1").contains("Task docs/handbook#"), "a number opens one of them");
    assert_eq!(talk.wishes(), []);
}

#[test]
fn every_tab_and_room_is_told() {
    let mut talk = Talk::new();
    for (said, told) in [
        ("mine", "1. active: vision/dataloader#31 Remove the old retry shim"),
        ("floor", "Floor: rooms."),
        ("walk", "Walk."),
        ("outbox", "The outbox is empty."),
        ("help", "You can say these words"),
        ("list signal:docs", "Discover: 4 of 12 for signal:docs"),
        ("query", "Discover: 10 of 12"),
        ("facets", "docs: 4; say list signal:docs"),
        ("sort", "quiet first."),
        ("weights", "Weights."),
        ("", "Weights."),
    ] {
        let heard = talk.say(said);
        assert!(heard.contains(told), "{said}: {heard}");
    }
    assert_eq!(talk.wishes(), []);
}

#[test]
fn what_says_nothing_names_the_nearest_word() {
    let mut talk = Talk::new();
    assert!(talk.say("clam 3").contains("did you mean claim?"));
    assert!(talk.say("99").contains("There is no row 99; the last is 10."));
    assert!(talk.say("claim nowhere#1").contains("nowhere#1"));
    assert!(talk.say("claim 1 2 3").contains("After the words comes"));
    assert!(talk.say("\u{1b}[2J").contains("says nothing here"));
    assert!(!talk.say("\u{1b}]52;c;x\u{7}").contains('\u{1b}'));
    assert_eq!(talk.wishes(), []);
}

#[test]
fn leaving_is_a_word_and_what_was_copied_is_told() {
    let mut talk = Talk::new();
    talk.hear(Heard::Event(Event::Clipboard("https://example.org/1".into())));
    assert_eq!(talk.told().lines().last(), Some("https://example.org/1"));
    talk.say("quit\nclaim 1");
    assert_eq!(talk.exit, Some(ExitReason::Quit));
}

#[test]
fn a_title_that_runs_from_right_to_left_keeps_the_sentence_around_it_in_order() {
    let mut all = everything();
    all.tasks[0].title = "אין הסבר לכניסה 2".into();
    let (keys, _) = keymap::shipped();
    let state = State::new(build(all), Arc::new(keys), Options::default(), now(), SIZE);
    let mut plain = Plain::new(state, Vec::new(), "");
    plain.begin(now()).unwrap();
    let told = String::from_utf8(plain.out().clone()).unwrap();
    assert!(told.contains("1. \u{2068}אין הסבר לכניסה 2\u{2069}; vision/dataloader#412"), "{told}");
}

#[test]
fn the_demo_talks_through_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_floorwalk"))
        .args(["demo", "--plain"])
        .env_clear()
        .env("HOME", dir.path())
        .env("TMPDIR", dir.path())
        .env("FLOORWALK_NOW", crate::floor::TODAY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = "list project:quillfern/locker-gateway is:free\nclaim 1\n\n\n\n\nyes\nmine\nfloor\nquit\n";
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{told}\n{}", String::from_utf8_lossy(&out.stderr));
    assert!(told.contains("claim quillfern/locker-gateway#7 until 2026-11-27"), "{told}");
    assert!(told.contains("Mine: 2 live.") && told.contains("Floor: rooms."), "{told}");
    assert!(!told.contains('\u{1b}'), "no terminal is steered");
}

#[test]
fn on_a_terminal_it_asks_with_a_prompt_and_steers_nothing() {
    let mut screen = Terminal::open(&["demo", "--plain"], 100, 30);
    screen.shows("> ");
    screen.press("open 1\n");
    screen.shows("Why it is here");
    screen.press("quit\n");
    assert_eq!(screen.ends(), 0);
    let raw = screen.raw();
    let from = raw.windows(12).position(|bytes| bytes == b"floorwalk in").unwrap();
    assert!(!raw[from..].contains(&0x1b), "no escape after the first line");
    screen.restored();
}

/// IN10: with the focus view, without colours and in sentences: one task, no state that only a colour or a sign says, and a
/// documented key for everything. That nothing moves is `calm::no_screen_moves_by_itself`; that every action has a key in
/// every keymap where it works is `keymap_layers`.
#[test]
fn in10_calm_mode_shows_one_task_says_every_state_in_words_and_documents_every_key() {
    let titles: Vec<String> = everything().tasks.iter().map(|t| t.title.raw().chars().take(12).collect()).collect();
    let shown = |view: &str| titles.iter().filter(|title| view.contains(title.as_str())).count();
    let mut told = 0;
    for state in CommitmentState::ALL {
        let mut all = everything();
        all.commitments[0].state = state;
        let skin = Skin { design: None, depth: Depth::None };
        let options = Options { skin, ..Options::default() };
        let mut screen = Screen::with(build(all), options, 120, 40);
        if !screen.keys("3").view().contains("Remove the old retry shim") {
            assert!(!state.is_live(), "{} is in no list", state.word());
            continue;
        }
        let view = screen.keys("F").view();
        assert_eq!(shown(&view), 1, "{view}");
        assert!(view.contains(state.word()), "{}:\n{view}", state.word());
        let mut all = everything();
        all.commitments[0].state = state;
        let said = Talk::on(build(all)).say("mine");
        assert!(said.contains(state.word()) && said.contains("Remove the old retry shim"), "{}: {said}", state.word());
        told += 1;
    }
    assert!(told >= 8, "{told}");
    let mut list = Screen::new(120, 40);
    assert!(shown(&list.view()) > 6 && shown(&list.keys("F").view()) == 1, "{}", list.view());
    let keys = help::markdown(&keymap::shipped().0);
    for info in ACTIONS {
        assert!(keys.contains(info.about), "{} is not in the key tables", info.name);
    }
}
