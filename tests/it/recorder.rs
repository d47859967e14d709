//! The flight recorder: what it keeps, what it never hears, that it survives a kill, and that its keys play again.

use std::{os::unix::fs::PermissionsExt, path::Path, sync::mpsc::TryRecvError, time::Duration};

use floorwalk::{
    app::{
        Command, Event, ExitCode, UserError,
        recorder::{Entry, HEAD, Happened, KEPT, Poke, Recorder, kind, read},
    },
    domain::time::Now,
    keymap::{Chord, Key},
    tui::state::Msg,
};
use proptest::prelude::*;

use super::tui_world::*;
use crate::{floor::Floor, pty::Terminal};

/// Presses what a recording holds; of what was typed only the number is known.
fn play(screen: &mut Screen, recording: &str) {
    for entry in read(recording) {
        match entry.what {
            Happened::Key(chord) => drop(screen.send(Msg::Key(chord))),
            Happened::Typed(n) => drop(screen.text(&"x".repeat(n))),
            Happened::Pasted(n) => drop(screen.send(Msg::Paste("x".repeat(n)))),
            Happened::Size(columns, rows) => drop(screen.resize(columns, rows)),
            _ => {}
        }
    }
}

fn recorded(columns: u16, rows: u16) -> (Screen, Recorder) {
    let (recorder, _) = Recorder::new(now());
    let mut screen = Screen::new(columns, rows);
    screen.turns.world.recorder = Some(recorder.clone());
    (screen, recorder)
}

fn text(recorder: &Recorder) -> String {
    recorder.text(false).unwrap()
}

#[test]
fn the_keys_of_a_recording_lead_the_real_loop_to_the_same_screen() {
    let (mut screen, recorder) = recorded(100, 30);
    screen.keys("j j v j v").pass(Duration::from_secs(2));
    screen.resize(90, 24).keys("enter down down esc 3 4 1 / ").text("xx").keys("backspace enter ? tab");
    let recording = text(&recorder);
    let mut again = Screen::new(100, 30);
    play(&mut again, &recording);
    assert_eq!(again.view(), screen.view(), "{recording}");
    // Without a key it is another screen: the comparison can fail.
    let cut: String =
        recording.lines().filter(|line| !line.ends_with("key ?")).map(|line| format!("{line}\n")).collect();
    let mut other = Screen::new(100, 30);
    play(&mut other, &cut);
    assert_ne!(other.view(), screen.view());
}

#[test]
fn what_is_typed_or_pasted_is_counted_and_not_kept() {
    let (mut screen, recorder) = recorded(100, 30);
    screen.keys("c").shows("Claim").send(Msg::Paste("a plan that names Ana".into())).text("zebra").keys("esc esc");
    screen.keys(":").text("qzq").keys("esc");
    screen.keys("/").text("hush").send(Msg::Paste("ghp_secret and more".into())).keys("left enter");
    screen.told(Event::Said("ana said hush".into()));
    screen.told(Event::Failed(UserError::new(ExitCode::Network, "ana's host is away", "ask ana")));
    let recording = text(&recorder);
    for word in ["hush", "ghp_", "secret", "Ana", "ana", "zebra", "qzq", "key h\n", "key z\n", "key q\n"] {
        assert!(!recording.contains(word), "{word} is in\n{recording}");
    }
    for line in [
        "key c",
        "pasted 21",
        "typed 5",
        "typed 3",
        "key /",
        "typed 4",
        "pasted 19",
        "key left",
        "came Said",
        "failed 5",
    ] {
        assert!(recording.lines().any(|l| l.ends_with(&format!(" {line}"))), "{line} is not in\n{recording}");
    }
}

#[test]
fn wishes_and_news_are_noted_by_their_kind_alone() {
    let sync = Command::Sync { only: Vec::new(), full: true };
    assert_eq!(kind(&sync), "Sync");
    let claim = Command::Detail(key("acme/secret-project", 7));
    assert_eq!(kind(&claim), "Detail");
    let (mut screen, recorder) = recorded(100, 30);
    screen.keys("R").told(Event::Said("x".into()));
    let recording = text(&recorder);
    assert!(recording.contains(" wish "), "{recording}");
    assert!(!recording.contains("vision"), "a project is named: {recording}");
    screen.keys("q");
    assert!(text(&recorder).ends_with(" left 0\n"), "{}", text(&recorder));
}

#[test]
fn the_last_ten_thousand_events_are_kept_and_counted_from_the_start() {
    let (recorder, _pokes) = Recorder::new(now());
    let later = |ms: i64| Now(now().0 + jiff::SignedDuration::from_millis(ms));
    for n in 0..KEPT + 5 {
        recorder.note(later(n as i64), Happened::Size(1, u16::try_from(n % 50_000).unwrap()));
    }
    let recording = text(&recorder);
    assert!(recording.starts_with(&format!("{HEAD}, 5 earlier events gone\n")));
    let entries = read(&recording);
    assert_eq!(entries.len(), KEPT);
    assert_eq!((entries[0].at, entries[KEPT - 1].at), (5, KEPT as u64 + 4));
    // A clock that goes back does no harm.
    recorder.note(later(-1_000), Happened::Typed(1));
    recorder.note(later(-1_000), Happened::Typed(2));
    assert_eq!(read(&text(&recorder)).last().unwrap(), &Entry { at: 0, what: Happened::Typed(3) });
}

#[test]
fn whoever_keeps_it_is_woken_once_for_news_and_at_once_for_errors() {
    let (recorder, pokes) = Recorder::new(now());
    assert_eq!(pokes.try_recv(), Err(TryRecvError::Empty), "nothing happened, nobody is woken");
    for _ in 0..100 {
        recorder.note(now(), Happened::Key(Chord::plain(Key::Down)));
    }
    assert_eq!((pokes.try_recv(), pokes.try_recv()), (Ok(Poke::News), Err(TryRecvError::Empty)));
    assert!(recorder.text(true).is_some() && recorder.text(true).is_none(), "what was fetched is not new");
    recorder.note(now(), Happened::Failed(5));
    assert_eq!(pokes.try_recv(), Ok(Poke::Urgent));
    recorder.note_bug(now(), "src/x.rs:1:2".into());
    assert!(text(&recorder).ends_with("0 failed 5\n0 bug src/x.rs:1:2\n"));
}

fn any_happened() -> impl Strategy<Value = Happened> {
    let word = "[A-Za-z]{1,12}";
    prop_oneof![
        any::<char>().prop_map(|c| Happened::Key(Chord::plain(Key::Char(c)))).prop_filter("a key", |h| {
            let Happened::Key(chord) = h else { return false };
            chord.to_string().parse::<Chord>().is_ok_and(|again| again == *chord)
        }),
        (0..5000_usize).prop_map(Happened::Typed),
        (0..5000_usize).prop_map(Happened::Pasted),
        any::<(u16, u16)>().prop_map(|(columns, rows)| Happened::Size(columns, rows)),
        word.prop_map(Happened::Came),
        word.prop_map(Happened::Wish),
        word.prop_map(Happened::Began),
        (word, prop::option::of(any::<u8>())).prop_map(|(kind, code)| Happened::Ended(kind, code)),
        any::<(u32, u64, u64)>().prop_map(|(read, requests, unchanged)| Happened::Synced {
            read,
            requests,
            unchanged,
            odd: 1,
            problems: 2
        }),
        any::<u8>().prop_map(Happened::Failed),
        "[a-z/.:0-9]{1,20}".prop_map(Happened::Bug),
        any::<u8>().prop_map(Happened::Left),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_read_back_from_its_line(at in any::<u64>(), what in any_happened()) {
        let entry = Entry { at, what };
        prop_assert_eq!(entry.to_string().parse(), Ok(entry));
    }

    #[test]
    fn no_text_breaks_the_reading(text in "\\PC{0,200}") {
        for entry in read(&text) {
            prop_assert!(text.lines().any(|line| line.parse() == Ok(entry.clone())));
        }
    }
}

/// The recordings in a data folder, the newest last.
fn recordings(data: &Path) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> =
        std::fs::read_dir(data.join("flight")).into_iter().flatten().map(|e| e.unwrap().path()).collect();
    found.retain(|file| file.extension().is_some_and(|e| e == "txt"));
    found.sort();
    found
}

#[test]
fn a_run_leaves_its_recording_to_its_owner_and_the_oldest_make_room() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    desk.fine(&["sync"]);
    let data = desk.folder().join("data");
    for run in 0..5 {
        let mut screen = Terminal::of(&desk.command(&["--afresh"]), 100, 30);
        screen.shows("press / to search");
        screen.press("jj/canary");
        screen.shows("canary");
        // Together the escape and the letter would be another key.
        screen.press("\rq");
        screen.ends();
        assert_eq!(recordings(&data).len(), 3.min(run + 1));
    }
    for file in recordings(&data) {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        let recording = std::fs::read_to_string(&file).unwrap();
        assert!(
            recording.starts_with(HEAD) && recording.contains(" key j\n") && recording.contains(" typed 6\n"),
            "{recording}"
        );
        assert!(
            recording.ends_with(" left 0\n") && !recording.contains("canary") && !recording.contains(" key c\n"),
            "{recording}"
        );
    }
    assert_eq!(std::fs::metadata(data.join("flight")).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_killed_run_leaves_what_happened_until_a_moment_before() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    desk.fine(&["sync"]);
    let data = desk.folder().join("data");
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("press / to search");
    screen.press("jjk");
    floor.wait_until("the keys are in the file", || {
        recordings(&data).iter().any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(" key k\n")))
    });
    let killed = std::process::Command::new("kill").args(["-9", &screen.process_id().to_string()]).status();
    assert!(killed.unwrap().success());
    screen.ends();
    let files = recordings(&data);
    let recording = std::fs::read_to_string(&files[0]).unwrap();
    assert!(recording.contains(" key j\n") && !recording.contains(" left "), "{recording}");
    // The next run does not write over it, and the report brings it along.
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("press / to search");
    screen.press("q");
    screen.ends();
    let file = desk.folder().join("report.txt");
    desk.fine(&["doctor", "--report", file.to_str().unwrap()]);
    let report = std::fs::read_to_string(file).unwrap();
    assert!(report.contains(&recording), "{report}");
}

#[test]
fn a_bug_of_the_screens_leaves_its_recording_a_way_on_and_no_token() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    desk.fine(&["sync"]);
    let mut command = desk.command(&[]);
    let mut screen = Terminal::of(command.env("FLOORWALK_CLOCK_BREAKS", "9"), 100, 30);
    screen.shows("press / to search");
    for key in ["j", "j", "v", "j", "k", "v", "j", "k"] {
        if screen.text().contains("met a bug") {
            break;
        }
        screen.press(key);
        screen.settles_for(Duration::from_millis(150));
    }
    assert_eq!(screen.ends(), 70, "{}", screen.text());
    screen.restored();
    let said = screen.text().replace('\n', "");
    assert!(said.contains("floorwalk met a bug at src/cli/host.rs:") && said.contains("the clock broke"), "{said}");
    assert!(said.contains("`floorwalk doctor --report FILE`"), "{said}");
    assert!(said.contains("nothing that was queued is lost"), "{said}");
    // What happened up to then was written before anything was said.
    let files = recordings(&desk.folder().join("data"));
    let recording = std::fs::read_to_string(files.last().unwrap()).unwrap();
    assert!(recording.contains(" key j\n"), "{recording}");
    assert!(recording.lines().any(|line| line.contains(" bug src/cli/host.rs:")), "{recording}");
    // And whoever reports it has it in one file, which names no token.
    let file = desk.folder().join("report.txt");
    desk.fine(&["doctor", "--report", file.to_str().unwrap()]);
    let report = std::fs::read_to_string(file).unwrap();
    assert!(report.contains(&recording), "{report}");
    for text in [&report, &recording, &String::from_utf8_lossy(&screen.raw()).into_owned()] {
        assert!(!text.contains("demo-sam"), "the token is told: {text}");
    }
}
