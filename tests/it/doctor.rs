//! `doctor` on everything that can be broken: what it says of it, what it offers, that it asks before it mends and deletes nothing;
//! and the report, in which nobody is named.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use floorwalk::demo::{Fault, FaultKind};

use crate::{
    floor::{Desk, Floor, Ran},
    pty::Terminal,
};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn data(desk: &Desk) -> PathBuf {
    desk.folder().join("data")
}

/// A desk that has read everything.
fn synced(floor: &Floor) -> Desk {
    let desk = floor.desk("sam");
    desk.fine(&["sync"]);
    desk
}

/// Lines of the answer that are no "ok".
fn troubles(ran: &Ran) -> String {
    ran.out().lines().filter(|line| !line.starts_with("ok ")).collect::<Vec<_>>().join("\n")
}

fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.out().contains(word), "{word:?} is not in\n{}{}", ran.out(), ran.err());
    }
}

#[test]
fn a_sound_world_has_nothing_to_mend() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let ran = desk.fine(&["doctor"]);
    let odd: Vec<String> = troubles(&ran).lines().filter(|l| !l.contains("project ")).map(str::to_owned).collect();
    assert_eq!(odd, Vec::<String>::new(), "{}", ran.out());
    assert!(!ran.err().contains("--mend"), "{}", ran.err());
    let mended = desk.fine(&["doctor", "--mend"]);
    assert!(!mended.err().contains("looking again"), "{}", mended.err());
}

#[test]
fn rights_that_are_too_wide_are_told_and_set_right_when_asked() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let (folder, log, config) = (data(&desk), data(&desk).join("floorwalk.log"), desk.folder().join("config.toml"));
    fs::write(&log, "x").unwrap();
    set_mode(&folder, 0o755);
    set_mode(&log, 0o644);
    set_mode(&config, 0o666);
    let ran = desk.fine(&["doctor"]);
    says(
        &ran,
        &[
            "others may get at",
            "(mode 0755)",
            "(mode 0644)",
            "others may change",
            "where your token is sent",
            "chmod 600",
        ],
    );
    assert!(ran.err().contains("`floorwalk doctor --mend` can mend some of these things"), "{}", ran.err());
    // Nobody was asked: nothing was done.
    let alone = desk.run(&["doctor", "--mend"]);
    assert_eq!(alone.code(), 2, "{}", alone.err());
    assert_eq!((mode(&folder), mode(&log)), (0o755, 0o644));
    let mended = desk.fine(&["doctor", "--mend", "--yes"]);
    assert_eq!((mode(&folder), mode(&log), mode(&config)), (0o700, 0o600, 0o644), "{}", mended.err());
    assert!(mended.err().contains("looking again") && !mended.out().contains("others may"), "{}", mended.out());
}

#[test]
fn a_person_at_a_terminal_is_asked_about_each_thing() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let (folder, log) = (data(&desk), data(&desk).join("floorwalk.log"));
    fs::write(&log, "x").unwrap();
    set_mode(&folder, 0o755);
    set_mode(&log, 0o644);
    fs::write(folder.join("screens.toml"), "version = 1\ntour = true\n").unwrap();
    set_mode(&folder.join("screens.toml"), 0o600);
    let mut screen = Terminal::of(&desk.command(&["doctor", "--mend"]), 140, 60);
    screen.shows("data to 0700? [y/N]");
    screen.press("n\r");
    screen.shows("floorwalk.log to 0600? [y/N]");
    screen.press("y\r");
    screen.shows("looking again");
    assert_eq!(screen.ends(), 0);
    assert_eq!((mode(&folder), mode(&log)), (0o755, 0o600));
}

#[test]
fn a_token_file_that_others_can_read_is_mended() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let file = desk.folder().join("token");
    fs::write(&file, "demo-sam\n").unwrap();
    set_mode(&file, 0o640);
    let with_file = ["--token-file", file.to_str().unwrap(), "doctor"];
    let ran = desk.run(&with_file);
    assert_eq!(ran.code(), 3, "{}", ran.out());
    says(&ran, &["the token file has mode 0640", "others may get at"]);
    let mended = desk.run(&[&with_file[..], &["--mend", "--yes"]].concat());
    assert_eq!((mended.code(), mode(&file)), (0, 0o600), "{}{}", mended.out(), mended.err());
}

#[test]
fn a_broken_configuration_is_kept_under_another_name() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let config = desk.folder().join("config.toml");
    fs::write(&config, "[[tracker]\nname = 7\n").unwrap();
    let ran = desk.run(&["doctor"]);
    assert_eq!(ran.code(), 3, "{}", ran.out());
    says(&ran, &["problem  configuration", "config.toml:1", "store: "]);
    let mended = desk.run(&["doctor", "--mend", "--yes"]);
    assert!(!config.exists() && mended.err().contains("config.toml.aside-1"), "{}", mended.err());
    assert_eq!(fs::read_to_string(desk.folder().join("config.toml.aside-1")).unwrap(), "[[tracker]\nname = 7\n");
    says(&mended, &["floorwalk is not set up yet", "floorwalk init"]);
}

#[test]
fn keys_that_lock_one_in_and_a_broken_memory_are_named_and_set_aside() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let keymap = desk.folder().join("keymap.toml");
    fs::write(&keymap, "[dialog]\n\"esc\" = \"none\"\n").unwrap();
    fs::write(data(&desk).join("screens.toml"), "version = \"x\"\n").unwrap();
    set_mode(&data(&desk).join("screens.toml"), 0o600);
    let ran = desk.fine(&["doctor"]);
    says(&ran, &["warning  keymap", "keymap.toml:2", "the last key of 'back'", "warning  screens", "is not used"]);
    let mended = desk.fine(&["doctor", "--mend", "--yes"]);
    assert!(!keymap.exists() && desk.folder().join("keymap.toml.aside-1").exists(), "{}", mended.err());
    assert!(data(&desk).join("screens.toml.aside-1").exists());
    assert!(!mended.out().contains("keymap.toml:2"), "{}", mended.out());
    fs::write(&keymap, "[discover]\n\"f2\" = \"claim\"\n").unwrap();
    says(&desk.fine(&["doctor"]), &["default with your own keys on top"]);
}

#[test]
fn a_clock_that_is_wrong_is_held_against_the_trackers() {
    let floor = Floor::open();
    let desk = synced(&floor);
    desk.at("2026-11-23T09:00:00Z");
    says(&desk.fine(&["doctor"]), &["the clock of this machine is 3 days ahead of the tracker's", "timedatectl"]);
    desk.at("2026-11-20T06:00:00Z");
    let behind = desk.fine(&["doctor"]);
    says(&behind, &["3 hours behind the tracker's", "which has not come yet", "sync --full"]);
    // The clock is right again, and what was read "in the future" is read again.
    desk.at("2026-11-29T09:00:00Z");
    floor.at("2026-11-29T09:00:00Z");
    desk.fine(&["sync"]);
    desk.at(crate::floor::TODAY);
    floor.at(crate::floor::TODAY);
    says(&desk.fine(&["doctor"]), &["2026-11-29", "which has not come yet"]);
    let mended = desk.fine(&["doctor", "--mend", "--yes"]);
    assert!(!mended.out().contains("has not come yet"), "{}", mended.out());
}

#[test]
fn what_is_stuck_in_the_outbox_is_named_with_its_reason_and_tried_again() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let listed = desk.fine(&["list", "is:free", "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    let body = r#"{"message":"Unable to create comment because issue is locked."}"#.to_owned();
    floor
        .demo
        .faults()
        .add(Fault::new("POST", "/comments", FaultKind::Status { code: 403, headers: Vec::new(), body }).times(50));
    desk.run(&["claim", &key, "--size", "S", "--plan", "have a look"]);
    let ran = desk.run(&["doctor"]);
    says(
        &ran,
        &[
            "1 wish waits to be sent",
            &format!("claim {key} needs you"),
            "floorwalk outbox retry",
            "floorwalk outbox drop",
        ],
    );
    floor.demo.faults().clear();
    let mended = desk.run(&["doctor", "--mend", "--yes"]);
    assert!(!mended.out().contains("needs you"), "{}{}", mended.out(), mended.err());
    assert_eq!(floor.markers(&key, "claim"), 1);
}

#[test]
fn a_file_of_another_program_is_renamed_when_asked_and_a_newer_store_never() {
    let floor = Floor::open();
    let desk = synced(&floor);
    let hot = data(&desk).join("hot.db");
    for side in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{side}", hot.display()));
    }
    let made = |application: u32, version: u32| {
        fs::remove_file(&hot).unwrap();
        let foreign = rusqlite::Connection::open(&hot).unwrap();
        foreign.pragma_update(None, "application_id", application).unwrap();
        foreign.pragma_update(None, "user_version", version).unwrap();
        foreign.execute_batch("CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1);").unwrap();
        drop(foreign);
        set_mode(&hot, 0o600);
        fs::read(&hot).unwrap()
    };
    let application = u32::from_be_bytes(fs::read(&hot).unwrap()[68..72].try_into().unwrap());
    let newer = made(application, 9_999);
    let ran = desk.run(&["doctor", "--mend", "--yes"]);
    assert_eq!(ran.code(), 6, "{}", ran.out());
    says(&ran, &["newer than this program's", "update floorwalk"]);
    assert_eq!(fs::read(&hot).unwrap(), newer, "a newer store was touched");
    let theirs = made(12_345, 1);
    let ran = desk.run(&["doctor"]);
    assert_eq!(ran.code(), 6, "{}", ran.out());
    says(&ran, &["a database of another program"]);
    assert_eq!(fs::read(&hot).unwrap(), theirs);
    let mended = desk.run(&["doctor", "--mend", "--yes"]);
    assert_eq!(fs::read(data(&desk).join("hot.db.aside-1")).unwrap(), theirs, "{}", mended.err());
    assert_eq!(mended.code(), 0, "{}", mended.out());
}

#[test]
fn a_damaged_empty_or_missing_store_is_explained() {
    let floor = Floor::open();
    for (bytes, words) in [
        (&b""[..], &["the file was empty", "is kept as"][..]),
        (b"hello, this is no database at all", &["is no database", "is kept as"]),
        (b"SQLite format 3\0\x40\0\x01\x01", &["is no database", "is kept as"]),
    ] {
        let desk = synced(&floor);
        let hot = data(&desk).join("hot.db");
        for side in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{side}", hot.display()));
        }
        fs::write(&hot, bytes).unwrap();
        // Nothing is done before it is agreed to.
        let asks = desk.run(&["doctor"]);
        says(&asks, &[words[0], "it was left untouched", "doctor --mend"]);
        assert_eq!((asks.code(), fs::read(&hot).unwrap()), (6, bytes.to_vec()));
        let ran = desk.fine(&["doctor", "--mend", "--yes"]);
        says(&ran, words);
        says(&ran, &["`floorwalk sync` fetches"]);
    }
    let desk = synced(&floor);
    for file in ["hot.db", "hot.db-wal", "hot.db-shm"] {
        let _ = fs::remove_file(data(&desk).join(file));
    }
    says(&desk.run(&["doctor"]), &["is missing although a store was here", "unless the file is put back"]);
}

#[test]
fn without_gh_and_without_a_token_both_ways_to_one_are_named() {
    let floor = Floor::open();
    let desk = floor.desk("sam");
    let mut command = desk.command(&["doctor"]);
    command.env_remove("FLOORWALK_GITHUB_TOKEN").env("PATH", desk.folder());
    let ran = Ran(command.output().unwrap());
    says(&ran, &["no token", "install `gh` (it is not on your PATH)"]);
    let gh = desk.folder().join("gh");
    fs::write(&gh, "#!/bin/sh\nexit 1\n").unwrap();
    set_mode(&gh, 0o755);
    let ran = Ran(command.output().unwrap());
    says(&ran, &["no token", "`gh auth login`, or set"]);
}

#[test]
fn the_report_names_nobody_and_nothing_and_is_its_owners_alone() {
    let floor = Floor::alive();
    let desk = floor.desk_with("sam", "[me]\nhandle = \"canary-sam\"\n");
    let config = desk.folder().join("config.toml");
    let more = "repos = [\"canary-org/canary-repo\"]\nusers = [\"canary-user\"]\ntoken_env = \"CANARY_ENV\"\n\n[[view]]\nname = \"canaryview\"\nquery = \"author:canaryauthor\"\n";
    fs::write(&config, format!("{}{more}", fs::read_to_string(&config).unwrap())).unwrap();
    desk.run(&["sync"]);
    let file = desk.folder().join("report.txt");
    let run = |file: &Path| {
        let mut command = desk.command(&["doctor", "--report", file.to_str().unwrap()]);
        command.env("CANARY_ENV", "ghp_canarytoken0123456789").env("USER", "canaryuser").env("TERM", "xterm-256color");
        Ran(command.env("LANG", "/home/canary/x").output().unwrap())
    };
    let ran = run(&file);
    assert!(ran.err().contains("look through it before you attach it"), "{}", ran.err());
    let report = fs::read_to_string(&file).unwrap();
    let own = desk.folder().display().to_string();
    for name in [
        "canary",
        "Canary",
        "CANARY",
        "ghp_",
        "quillfern",
        "tobias",
        "demo-sam",
        "@",
        "127.0.0.1",
        "http",
        own.as_str(),
    ] {
        assert!(!report.contains(name), "{name} is in\n{report}");
    }
    for word in [
        "version: ",
        "TERM: xterm-256color",
        "LANG: …",
        "tracker 1: GitHub",
        "orgs 1",
        "users 1, repos 1",
        "views: 1",
        "integrity: ok",
        "schema: ",
        "== findings",
        "problem tracker: ",
    ] {
        assert!(report.contains(word), "{word} is not in\n{report}");
    }
    assert_eq!(mode(&file), 0o600);
    let again = run(&file);
    assert!(again.code() == 2 && again.err().contains("is there already"), "{}", again.err());
    assert_eq!(fs::read_to_string(&file).unwrap(), report);
}
