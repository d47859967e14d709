//! Hostile bytes typed into the terminal, and the hunt for a token that must be nowhere.

use std::path::Path;

use floorwalk::demo::{Fault, FaultKind};

use crate::{
    floor::Desk,
    hostile::{
        corpus::{corpus, met},
        world::{May, REPO, clean, plain},
    },
    pty::Terminal,
};

/// What the corpus types, and where it is not at hand what matters of it.
fn typed() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = vec![
        ("reply".into(), b"\x1b]52;c;UUFIcccqqq\x07".to_vec()),
        ("reply, closed by ST".into(), b"\x1b]11;rgb:cccc/cccc/cccc\x1b\\".to_vec()),
        ("DCS".into(), b"\x1bP1+r636f=38\x1b\\".to_vec()),
        ("no text".into(), b"\xff\xfe\xc3(\xf0\x9f".to_vec()),
        ("cursor place".into(), b"\x1b[12;40R".to_vec()),
    ];
    let files = corpus("input").unwrap_or_default();
    // The paste that never ends has a test of its own.
    all.extend(files.into_iter().filter(|(name, _)| !name.starts_with("paste")));
    // One that ends with a key of the user has only the exit to show; here is its answer alone, too.
    if let Some((_, bytes)) = all.iter().find(|(name, _)| name.starts_with("osc-reply")) {
        let alone = bytes.strip_suffix(b"q").unwrap_or(bytes).to_vec();
        all.push(("answer alone".into(), alone));
    }
    all
}

#[test]
fn nothing_typed_by_a_terminal_itself_is_taken_as_keys() {
    let sheet = crate::ledger::sheet!();
    let (floor, desk) = plain(3);
    desk.fine(&["sync"]);
    for (name, bytes) in typed() {
        let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
        screen.shows("1/1 fresh");
        screen.settles();
        let before = screen.text();
        screen.feed(&bytes);
        if bytes.ends_with(b"q") {
            // The last key is a real one, and it leaves.
            assert_eq!(screen.ends(), 0, "{name}");
            sheet.unharmed("input keys", 1);
            met("input", &name);
            continue;
        }
        screen.settles();
        if name.starts_with("invalid") {
            // Letters among broken bytes are keys like others; what was begun and never ended takes no key with it.
            screen.press("\u{1b}");
            screen.lacks("─ Claim ─");
        } else {
            // An answer about the terminal's ground may colour what is there, blanks too; it changes no word.
            let words = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
            assert_eq!(words(&screen.text()), words(&before), "{name} was taken as keys");
        }
        screen.press("?");
        screen.shows("› Help");
        screen.press("q");
        assert_eq!(screen.ends(), 0, "{name}");
        screen.restored();
        clean(&screen.raw(), May::Screen, &name);
        sheet.unharmed("input keys", 1);
        met("input", &name);
    }
    assert_eq!(floor.markers(&format!("{REPO}#1"), "claim"), 0);
}

#[test]
fn a_paste_that_never_ends_keeps_the_keys_for_less_than_two_seconds() {
    let sheet = crate::ledger::sheet!();
    let (floor, desk) = plain(3);
    desk.fine(&["sync"]);
    let mut pastes = vec![("own".to_owned(), b"\x1b[200~rm -rf ccc and never an end".to_vec())];
    let never_ends = |bytes: &[u8]| !bytes.windows(6).any(|window| window == b"\x1b[201~");
    let files = corpus("input").unwrap_or_default().into_iter().filter(|(name, _)| name.starts_with("paste"));
    pastes.extend(files.filter(|(_, bytes)| never_ends(bytes)));
    for (name, paste) in pastes {
        let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
        screen.shows("1/1 fresh");
        screen.settles();
        // Where something was open before, a row may end in blanks.
        let words = |screen: &Terminal| screen.text().lines().map(|row| row.trim_end().to_owned()).collect::<Vec<_>>();
        let before = words(&screen);
        let start = std::time::Instant::now();
        screen.feed(&paste);
        while start.elapsed() < floorwalk::tui::bytes::STALLED + std::time::Duration::from_millis(150) {
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        screen.press("?");
        screen.shows("› Help");
        assert!(start.elapsed() < std::time::Duration::from_secs(2), "{name}: {:?}", start.elapsed());
        screen.press("\u{1b}");
        screen.lacks("› Help");
        // Once more, and its rest comes late, as over a slow line: text, and no keys.
        screen.feed(&paste);
        screen.settles_for(std::time::Duration::from_millis(1_500));
        screen.feed(b"cc\rqq");
        screen.settles();
        assert_eq!(words(&screen), before, "{name}: what was pasted acted as keys");
        screen.press("q");
        assert_eq!(screen.ends(), 0);
        screen.restored();
        sheet.unharmed("terminal paste", 1);
        met("input", &name);
    }
    assert_eq!(floor.markers(&format!("{REPO}#1"), "claim"), 0);
}

#[test]
fn a_paste_that_never_ends_goes_into_the_field_that_is_open() {
    let (_floor, desk) = plain(3);
    desk.fine(&["sync"]);
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("1/1 fresh");
    screen.press("/");
    screen.settles();
    screen.feed(b"\x1b[200~Plain task 2");
    screen.shows("/ Plain task 2");
    screen.press("\x1b");
    screen.lacks("/ Plain task 2");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn a_mebibyte_pasted_at_once_is_taken_in_less_than_two_seconds() {
    let (_floor, desk) = plain(3);
    desk.fine(&["sync"]);
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("1/1 fresh");
    screen.settles();
    let start = std::time::Instant::now();
    screen.feed(format!("\x1b[200~{}\x1b[201~", "c".repeat(1 << 20)).as_bytes());
    screen.press("?");
    screen.shows("› Help");
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn a_paste_that_never_ends_cannot_keep_the_terminal() {
    let (_floor, desk) = plain(3);
    desk.fine(&["sync"]);
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("1/1 fresh");
    screen.feed(b"\x1b[200~rm -rf and never an end");
    // What still lies in the terminal when it is given back is the terminal's own to echo.
    screen.settles();
    let start = std::time::Instant::now();
    screen.signal("TERM");
    assert_eq!(screen.ends(), 143);
    screen.restored();
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(!screen.text().contains("rm -rf"), "what was pasted stays out of the shell");
}

const CANARY: &str = "ghp_canary0123456789abcdefCANARY012345";

fn free_of_canary(what: &str, bytes: &[u8]) {
    for needle in [CANARY.as_bytes(), b"canary0123456789"] {
        assert!(!bytes.windows(needle.len()).any(|w| w == needle), "the token is in {what}");
    }
    // Basic authorisation and base64 would hide it from the eye only.
    assert!(!bytes.windows(16).any(|w| w == b"Z2hwX2NhbmFyeTAx"), "the token is in {what}, encoded");
}

fn search_files(dir: &Path) -> usize {
    let mut seen = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            seen += search_files(&path);
        } else {
            free_of_canary(&path.display().to_string(), &std::fs::read(&path).unwrap());
            seen += 1;
        }
    }
    seen
}

/// Runs verbs with the canary as token and the loudest log, and looks at everything they print.
fn run_all(desk: &Desk, all: &[&[&str]]) {
    for arguments in all {
        let mut command = desk.command(arguments);
        command.env("FLOORWALK_GITHUB_TOKEN", CANARY).env("FLOORWALK_LOG", "trace").env("RUST_BACKTRACE", "full");
        let output = command.output().unwrap();
        free_of_canary(&format!("the output of {arguments:?}"), &output.stdout);
        free_of_canary(&format!("the errors of {arguments:?}"), &output.stderr);
    }
}

/// A server whose own words repeat the token: in messages, headers, pages, addresses.
fn echoes() -> Vec<FaultKind> {
    let said = format!("{{\"message\":\"Bad credentials: token {CANARY}\"}}");
    let status = |code, name: &str, value: String, body: &str| {
        let headers = if name.is_empty() { vec![] } else { vec![(name.to_owned(), value)] };
        FaultKind::Status { code, headers, body: body.to_owned() }
    };
    vec![
        status(401, "", String::new(), &said),
        status(403, "x-github-sso", format!("required; url=https://github.com/{CANARY}"), &said),
        status(500, "", String::new(), &said),
        status(200, "content-type", "text/html".into(), &format!("<title>{CANARY}</title>")),
        status(302, "location", format!("http://{CANARY}.example/"), ""),
        status(302, "location", format!("/repos/{CANARY}"), ""),
        FaultKind::Headers { headers: vec![("etag".into(), format!("\"{CANARY}\""))] },
        FaultKind::DropBefore,
    ]
}

#[test]
fn the_token_is_nowhere() {
    let (floor, desk) = plain(3);
    let key = format!("{REPO}#1");
    run_all(
        &desk,
        &[
            &["sync"],
            &["doctor"],
            &["doctor", "--json"],
            &["config", "show"],
            &["config", "check"],
            &["claim", &key, "--dry-run"],
            &["claim", &key],
            &["mine", "--json"],
            &["show", &key, "--json"],
            &["list", "--json"],
            &["release", &key, "--note", "half way"],
            &["outbox"],
        ],
    );
    assert_eq!(floor.markers(&key, "release"), 1, "the path was really walked");
    for kind in echoes() {
        floor.demo.faults().add(Fault::new("", "", kind).times(20));
        run_all(&desk, &[&["sync", "--full"], &["doctor"], &["claim", &key], &["outbox", "retry"]]);
        floor.demo.faults().clear();
    }
    // A screen at work: what it draws, and what the system tells others about it.
    let mut command = desk.command(&[]);
    command.env("FLOORWALK_GITHUB_TOKEN", CANARY).env("FLOORWALK_LOG", "trace");
    let mut screen = Terminal::of(&command, 100, 30);
    screen.shows("Plain task 1");
    free_of_canary("the command line", &std::fs::read(format!("/proc/{}/cmdline", screen.process_id())).unwrap());
    screen.press("R");
    screen.settles();
    screen.press("q");
    screen.ends();
    free_of_canary("the screen", &screen.raw());
    assert!(search_files(desk.folder()) >= 4, "configuration, store, log");
    let log = std::fs::read_to_string(desk.folder().join("data/floorwalk.log")).unwrap();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "the log says much, and no token: {log}");
}
