//! The twelve ways a screen ends, in a real terminal: afterwards the terminal is as before, nothing but the program's
//! own bytes was written, and whoever was told to go is gone in time.

use std::{
    io::Read,
    os::unix::fs::PermissionsExt,
    sync::Arc,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::{
    faults_world::{CANARY, KEY, Story, within},
    hostile::world::{May, clean, faults},
    ledger::{Harm, Sheet, sheet},
    pty::Terminal,
};

/// How long a program may go on after it was told to end. Half a second on a machine that does nothing else.
const SOON: Duration = Duration::from_millis(1_500);

fn opened(story: &Story) -> Terminal {
    let mut command = story.desk.command(&["--mouse"]);
    command.env("FLOORWALK_GITHUB_TOKEN", CANARY);
    let screen = Terminal::of(&command, 100, 30);
    screen.shows("Plain task 1");
    screen
}

/// What the end left behind.
fn harm(screen: &Terminal, since: Instant) -> Harm {
    let late = since.elapsed() > SOON;
    screen.restored();
    screen.settles_for(Duration::from_millis(60));
    let leaked = faults(&without_mouse(screen.raw()), May::Screen).len();
    clean(&without_mouse(screen.raw()), May::Screen, "what the screen wrote");
    Harm { lost: usize::from(late), duplicated: 0, leaked }
}

/// These screens take the mouse, which others do not.
fn without_mouse(raw: Vec<u8>) -> Vec<u8> {
    String::from_utf8(raw).unwrap().replace("\x1b[?1000h\x1b[?1006h", "").into_bytes()
}

fn met(sheet: &Sheet, line: &str, harm: Harm) {
    [line, "I11"].iter().for_each(|line| sheet.met(line, 1, harm));
}

#[test]
fn leaving_gives_the_terminal_back() {
    let sheet = sheet!();
    let story = Story::begin();
    for (line, keys) in [("end q", "q"), ("end q in a dialog", "c\u{1b}\u{1b}q")] {
        let mut screen = opened(&story);
        assert_eq!(screen.with_screen(vt100::Screen::mouse_protocol_mode), vt100::MouseProtocolMode::PressRelease);
        let since = Instant::now();
        for key in keys.chars() {
            screen.press(&key.to_string());
            screen.settles_for(Duration::from_millis(if key == 'q' { 1 } else { 80 }));
        }
        assert_eq!(screen.ends(), 0, "{line}");
        met(&sheet, line, harm(&screen, since + Duration::from_millis(400)));
    }
}

#[test]
fn a_signal_gives_the_terminal_back_in_time() {
    let sheet = sheet!();
    let story = Story::begin();
    for (line, name, code) in [
        ("end SIGTERM", "TERM", 143),
        ("end SIGHUP", "HUP", 129),
        ("end SIGINT", "INT", 130),
        ("end SIGQUIT", "QUIT", 131),
    ] {
        let mut screen = opened(&story);
        screen.press("c");
        let since = Instant::now();
        screen.signal(name);
        assert_eq!(screen.ends(), code, "{line}");
        met(&sheet, line, harm(&screen, since));
    }
}

fn state_of(process: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").map_or(String::new(), |(_, rest)| rest.chars().take(1).collect())
}

#[test]
fn stopped_it_gives_the_terminal_back_and_continued_it_takes_it_again() {
    let sheet = sheet!();
    let story = Story::begin();
    let mut screen = opened(&story);
    screen.signal("TSTP");
    story.floor.wait_until("it stands", || state_of(screen.process_id()) == "T");
    let stopped = harm(&screen, Instant::now());
    screen.signal("CONT");
    screen.shows("Plain task 1").until("it has the screen again", |_| true);
    let alternate = |s: &vt100::Screen| s.alternate_screen() && s.bracketed_paste();
    story.floor.wait_until("it has the terminal again", || screen.with_screen(alternate));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    met(&sheet, "end SIGTSTP SIGCONT", harm(&screen, Instant::now()).and(stopped));
}

#[test]
fn when_the_terminal_goes_away_the_program_goes_too() {
    let sheet = sheet!();
    let story = Story::begin();
    let pair = native_pty_system().openpty(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 }).unwrap();
    let command = story.desk.command(&[]);
    let mut inside = CommandBuilder::new(command.get_program());
    inside.env_clear();
    inside.env("TERM", "xterm-256color");
    command.get_envs().for_each(|(name, value)| value.iter().for_each(|value| inside.env(name, value)));
    inside.cwd(story.desk.folder());
    let mut child = pair.slave.spawn_command(inside).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut seen, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&seen).contains("task") {
        let n = reader.read(&mut buffer).unwrap();
        seen.extend_from_slice(&buffer[..n]);
    }
    let since = Instant::now();
    drop((reader, pair.master));
    while child.try_wait().unwrap().is_none() {
        assert!(since.elapsed() < Duration::from_secs(10), "it lives on without a terminal");
        std::thread::park_timeout(Duration::from_millis(2));
    }
    let lost = usize::from(since.elapsed() > SOON);
    met(&sheet, "end EOF", Harm { lost, ..Harm::NONE });
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back() {
    let sheet = sheet!();
    let mut screen = crate::pty::panicking("pty::child_whose_clock_panics");
    screen.shows("press / to search");
    let since = Instant::now();
    screen.press("j");
    screen.shows("the clock broke");
    assert_ne!(screen.ends(), 0);
    let late = since.elapsed() > SOON;
    screen.restored();
    met(&sheet, "end panic", Harm { lost: usize::from(late), ..Harm::NONE });
}

#[test]
fn a_panic_behind_the_screen_is_told_and_the_screen_goes_on() {
    let sheet = sheet!();
    let mut screen = crate::pty::panicking("ends::child_whose_task_panics");
    screen.shows("press / to search");
    screen.press("R");
    screen.shows("a bug stopped a background task");
    screen.press("?");
    screen.shows("› Help");
    screen.press("q");
    screen.ends();
    screen.restored();
    met(&sheet, "end panic in a task", Harm::NONE);
}

#[test]
#[ignore = "started by the test above, in a terminal of its own"]
fn child_whose_task_panics() {
    use floorwalk::{domain::time::Now, index::Snapshot, tui};
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (commands, mut wishes) = tokio::sync::mpsc::unbounded_channel();
    let (_events, events) = tokio::sync::mpsc::unbounded_channel();
    runtime.spawn(async move {
        wishes.recv().await;
        panic!("the task broke");
    });
    let parts = tui::TuiParts {
        first: Arc::new(Snapshot::default()),
        commands,
        events,
        now: Arc::new(|| Now(crate::floor::TODAY.parse().unwrap())),
        options: tui::Options::default(),
        recorder: None,
        drawn: None,
    };
    runtime.block_on(tui::run(parts)).unwrap();
}

#[test]
fn an_error_before_the_first_frame_touches_no_terminal() {
    let sheet = sheet!();
    let story = Story::begin();
    std::fs::write(story.desk.folder().join("config.toml"), "[[tracker]]\nrepos = 7\n").unwrap();
    let since = Instant::now();
    let mut screen = Terminal::of(&story.desk.command(&[]), 100, 30);
    assert_eq!(screen.ends(), 3, "{}", screen.text());
    let harm = harm(&screen, since);
    assert!(!String::from_utf8_lossy(&screen.raw()).contains("\x1b[?1049h"), "the screen was taken");
    met(&sheet, "end at start", harm);
}

#[test]
fn an_editor_that_is_killed_loses_neither_the_note_nor_the_terminal() {
    let sheet = sheet!();
    let story = Story::begin();
    assert_eq!(story.run(&["claim", KEY, "--plan", "look into it"]).code(), 0);
    let editor = story.desk.folder().join("edit.sh");
    let script =
        "#!/bin/sh\nprintf '\\nNext step:\\nmeasure it first\\n' >> \"$1\"\nprintf '\\033[?1049h'\nkill -9 $$\n";
    std::fs::write(&editor, script).unwrap();
    std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = story.desk.command(&["plan", KEY]);
    command.env("EDITOR", &editor).env("FLOORWALK_GITHUB_TOKEN", CANARY);
    let mut screen = Terminal::of(&command, 100, 30);
    assert_ne!(screen.ends(), 0, "{}", screen.text());
    screen.shows("what you wrote is kept in");
    let kept = std::fs::read_dir(story.desk.folder().join("data")).unwrap().filter_map(Result::ok);
    let kept = kept.filter(|e| e.file_name().to_string_lossy().starts_with("note-")).count();
    let flags = screen.cooked();
    met(&sheet, "end editor killed", Harm { lost: 1 - kept.min(1) + usize::from(!flags), ..Harm::NONE });
}

#[test]
fn without_a_terminal_it_says_what_works_and_a_reader_that_goes_away_is_no_error() {
    let sheet = sheet!();
    let story = Story::begin();
    let said = |line: &str, term: &str| {
        let mut command = story.desk.command(&[]);
        command.env("TERM", term);
        let ran = within(Duration::from_secs(10), &mut command).expect("it ends");
        let leaked = faults(&ran.0.stdout, May::Text).len() + faults(&ran.0.stderr, May::Text).len();
        assert_eq!(ran.code(), 2, "{}", ran.err());
        assert!(ran.err().contains("floorwalk list"), "{}", ran.err());
        sheet.met(line, 1, Harm { leaked, ..Harm::NONE });
    };
    said("terminal none", "xterm-256color");
    said("terminal dumb", "dumb");
    let mut command = story.desk.command(&[]);
    command.env("TERM", "dumb").env("FLOORWALK_GITHUB_TOKEN", CANARY);
    let mut screen = Terminal::with_term(&command, 100, 30, "dumb");
    assert_eq!(screen.ends(), 2, "{}", screen.text());
    sheet.met("terminal dumb", 1, Harm { leaked: faults(&screen.raw(), May::Colour).len(), ..Harm::NONE });
    // The reader reads one byte and goes.
    let mut child = story.desk.command(&["list"]).spawn().unwrap();
    let mut one = [0];
    child.stdout.take().unwrap().read_exact(&mut one).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    sheet.met("terminal pipe", 1, Harm { lost: usize::from(output.status.code() == Some(101)), ..Harm::NONE });
}

#[test]
fn without_colour_the_chosen_row_is_still_to_be_seen() {
    let sheet = sheet!();
    let story = Story::begin();
    let mut command = story.desk.command(&[]);
    command.env("NO_COLOR", "1").env("FLOORWALK_GITHUB_TOKEN", CANARY);
    let mut screen = Terminal::of(&command, 100, 30);
    screen.shows("Plain task 1");
    screen.press("j");
    screen.settles_for(Duration::from_millis(100));
    let marked = |s: &vt100::Screen| {
        let cells = (0..30).flat_map(|row| (0..100).filter_map(move |column| s.cell(row, column)));
        cells.filter(|c| c.inverse() || c.bold() || c.underline()).count()
    };
    let (marked, coloured) = (screen.with_screen(marked), screen.with_screen(coloured));
    screen.press("q");
    screen.ends();
    screen.restored();
    sheet.met("terminal NO_COLOR", 1, Harm { lost: usize::from(marked == 0), leaked: coloured, duplicated: 0 });
}

fn coloured(screen: &vt100::Screen) -> usize {
    let cells = (0..30).flat_map(|row| (0..100).filter_map(move |column| screen.cell(row, column)));
    cells.filter(|c| c.fgcolor() != vt100::Color::Default || c.bgcolor() != vt100::Color::Default).count()
}
