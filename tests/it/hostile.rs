//! Hostile texts through the whole program: served as title, description, label, author and comment, synced, and
//! then looked at through every surface there is, as the raw bytes that a terminal or a pipe gets.

mod big;
pub(crate) mod corpus;
mod http;
mod in_line;
mod input;
mod pages;
mod scenarios;
pub(crate) mod world;

use serde_json::{Value, json};

use crate::{
    floor::Desk,
    hostile::{
        corpus::{corpus, is_other, met},
        world::{May, REPO, clean, lines_of, plain, serve, texts},
    },
    ledger::{Harm, sheet},
    pty::Terminal,
};

fn head(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// One issue for each text, which is its title, body, label, author, assignee and comment.
fn issues(texts: &[(String, String)]) -> Vec<Value> {
    let row = |(n, (_, text)): (u64, &(String, String))| {
        let login = head(text, 39);
        let mut issue = json!({
            "number": n, "title": head(text, 1_000), "body": text, "state": "open", "user": {"login": login},
            "labels": [{"name": head(text, 50)}, {"name": "help wanted"}, {"name": "floating-help"}], "comments": 1,
            "milestone": {"number": n, "title": head(text, 80)},
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z",
        });
        if n % 4 == 0 {
            issue["assignees"] = json!([{"login": login}]);
        }
        let said = json!([{"event": "commented", "user": {"login": login}, "body": text,
            "created_at": "2026-01-02T00:00:00Z"}]);
        json!({"issue": issue, "events": said})
    };
    (1..).zip(texts).map(row).collect()
}

pub(crate) fn synced(texts: &[(String, String)]) -> (crate::floor::Floor, Desk) {
    let (floor, desk) = serve(&issues(texts));
    let mut command = desk.command(&["sync", "-v"]);
    let ran = command.env("FLOORWALK_LOG", "trace").output().unwrap();
    clean(&ran.stdout, May::Text, "sync");
    clean(&ran.stderr, May::Text, "sync's progress");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let log = std::fs::read(desk.folder().join("data/floorwalk.log")).unwrap();
    clean(&log, May::Text, "the log");
    (floor, desk)
}

#[test]
fn every_text_is_kept_raw_and_shown_harmless_by_every_verb() {
    let sheet = sheet!();
    let texts = texts();
    let (_floor, desk) = synced(&texts);
    let listed = desk.fine(&["list", "is:taken,open", "--json"]).json();
    let tasks = listed["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), texts.len(), "every issue is there");
    for verb in [&["list"][..], &["doctor"], &["mine"], &["outbox"], &["config", "show"]] {
        let ran = desk.run(verb);
        clean(&ran.0.stdout, May::Text, &verb.join(" "));
        clean(&ran.0.stderr, May::Text, &verb.join(" "));
    }
    let table = desk.fine(&["list", "is:taken,open"]).out();
    assert_eq!(table.lines().count(), texts.len() + 1, "a row for each task and one for the names");
    for (n, (name, text)) in (1..).zip(&texts) {
        let key = format!("{REPO}#{n}");
        let task = tasks.iter().find(|t| t["number"] == n).unwrap_or_else(|| panic!("{name} is lost"));
        assert_eq!(task["title"], head(text, 1_000), "{name}");
        assert_eq!(task["labels"][0], head(text, 50), "{name}");
        assert_eq!(task["author"], head(text, 39), "{name}");
        let shown = desk.fine(&["show", &key, "--json"]).json();
        assert_eq!(shown["body"], **text, "{name}");
        assert_eq!(shown["comments"][0]["body"], **text, "{name}");
        let ran = desk.fine(&["show", &key]);
        clean(&ran.0.stdout, May::Text, name);
    }
    assert_eq!(
        desk.run(&["list", "author:admin", "--json"]).json()["tasks"],
        json!([]),
        "no login is taken for another"
    );
    let different: std::collections::BTreeSet<String> = tasks.iter().map(|t| t["key"].to_string()).collect();
    let harm = Harm { lost: texts.len() - different.len(), duplicated: tasks.len() - different.len(), leaked: 0 };
    lines_of(&texts).into_iter().for_each(|(line, times)| sheet.met(line, times, harm));
    ["I1", "I2"].iter().for_each(|line| sheet.met(line, texts.len(), harm));
    texts.iter().for_each(|(name, _)| met("text", name));
}

#[test]
fn a_terminal_gets_nothing_but_our_own_sequences_line_by_line() {
    let texts = texts();
    let (_floor, desk) = synced(&texts);
    for arguments in [&["list"][..], &["sync", "--full"], &["doctor"], &["show", "acme/widgets#2"]] {
        let mut screen = Terminal::of(&desk.command(arguments), 100, 30);
        assert_eq!(screen.ends(), 0, "{arguments:?}");
        screen.settles();
        clean(&screen.raw(), May::Colour, &arguments.join(" "));
    }
}

#[test]
fn a_claim_of_a_hostile_task_says_nothing_harmful_and_writes_none_of_it() {
    let texts = texts();
    let (floor, desk) = synced(&texts[..12]);
    for n in [1, 2, 5, 7] {
        let key = format!("{REPO}#{n}");
        for arguments in [
            &["claim", &key, "--dry-run"][..],
            &["claim", &key, "--plan", "copy \u{1b}]52;c;eA==\u{7}"],
            &["mine"],
            &["release", &key, "--note", "half \u{1b}[2J way\u{202e}"],
        ] {
            let ran = desk.fine(arguments);
            clean(&ran.0.stdout, May::Text, &arguments.join(" "));
            clean(&ran.0.stderr, May::Text, &arguments.join(" "));
        }
        assert_eq!((floor.markers(&key, "claim"), floor.markers(&key, "release")), (1, 1), "{key}");
    }
}

#[test]
fn the_screen_walks_through_every_text_unharmed() {
    let sheet = sheet!();
    let texts = texts();
    let (_floor, desk) = synced(&texts);
    let mut screen = Terminal::of(&desk.command(&[]), 110, 30);
    screen.shows("1/1 fresh");
    // Every task in the table with its preview, then every task in full, read to its end.
    for _ in &texts {
        screen.press("j");
    }
    screen.press("g\r");
    for _ in &texts {
        screen.press("Gg");
        screen.settles_for(std::time::Duration::from_millis(15));
        screen.press("n");
    }
    screen.press("\u{1b}");
    screen.shows("1 Discover").shows("3 Mine");
    screen.press("/osc\r");
    screen.press(":");
    screen.press("help\u{1b}");
    screen.press("cq");
    screen.press("\u{1b}\u{1b}");
    screen.settles();
    let first = screen.with_screen(|s| s.rows(0, 110).next().unwrap());
    assert!(first.contains("1 Discover"), "the first row is ours: {first}");
    assert!(screen.with_screen(|s| s.alternate_screen() && s.bracketed_paste()), "a mode was changed");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.restored();
    screen.settles();
    clean(&screen.raw(), May::Screen, "the screen");
    lines_of(&texts).into_iter().for_each(|(line, times)| sheet.unharmed(line, times));
    sheet.unharmed("I1", texts.len());
}

#[test]
fn no_path_is_more_than_owner_and_name() {
    let sheet = sheet!();
    let mut paths: Vec<String> =
        ["../x", "-rf/--help", "a/b/c", "a/..", "a/.", "a b/c", "a/b\nc", "a/b\u{1b}[2J", "/", ""]
            .map(str::to_owned)
            .into();
    let files = corpus("repo").unwrap_or_default();
    paths.extend(files.iter().map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap().trim_end().to_owned()));
    let (floor, desk) = plain(1);
    let before = floor.demo.requests().len();
    let count = paths.len();
    for path in paths {
        if !path.contains('\0') {
            // An argument cannot hold NUL.
            for arguments in [&["list", &format!("--repo={path}")][..], &["init", "--force", &format!("--repo={path}")]]
            {
                let ran = desk.run(arguments);
                assert!([1, 2, 3].contains(&ran.code()), "{path:?} was taken: {} {}", ran.out(), ran.err());
                clean(&ran.0.stderr, May::Text, &path);
            }
        }
        let reader = floor.desk_reading("sam", &format!("repos = [{}]", json!(path)));
        let ran = reader.run(&["sync"]);
        assert_eq!(ran.code(), 3, "{path:?} was taken: {} {}", ran.out(), ran.err());
        clean(&ran.0.stderr, May::Text, &path);
        assert!(!ran.err().contains("internal"), "{}", ran.err());
    }
    let asked = floor.demo.requests().len() - before;
    ["input path", "I10"].iter().for_each(|line| sheet.met(line, count, Harm { leaked: asked, ..Harm::NONE }));
    files.iter().for_each(|(name, _)| met("repo", name));
}

#[test]
fn words_of_the_user_are_made_harmless_too() {
    let (_floor, desk) = plain(1);
    desk.fine(&["sync"]);
    let hostile = "x\u{1b}]0;pwn\u{7}\u{202e}y";
    for arguments in [
        &["list", hostile][..],
        &["list", &format!("label:{hostile}")],
        &["list", &format!("{hostile}:x")],
        &["show", hostile],
        &["claim", hostile],
        &["release", hostile, "--note", "x"],
        &["--config", hostile, "list"],
        &["--token-file", hostile, "sync"],
        &["--data-dir", "/dev/null/x\u{1b}[2J", "list"],
        &["list", "--sort", hostile],
        &["outbox", "drop", hostile],
        &[hostile],
        &["init", "--force", "--org", hostile],
        &["init", "--force", "--url", hostile],
    ] {
        let ran = desk.run(arguments);
        clean(&ran.0.stdout, May::Text, &format!("{arguments:?}"));
        clean(&ran.0.stderr, May::Text, &format!("{arguments:?}"));
        assert_ne!(ran.code(), 70, "{arguments:?}: {}", ran.err());
        assert_ne!(ran.code(), 101, "{arguments:?}: {}", ran.err());
    }
}

#[test]
fn a_damaged_store_is_explained_and_the_program_goes_on() {
    let sheet = sheet!();
    let Some(files) = corpus("db") else { return };
    let (_floor, desk) = plain(3);
    for (name, bytes) in files {
        let data = desk.folder().join("data");
        let _ = std::fs::remove_dir_all(&data);
        desk.fine(&["sync"]);
        let store = std::fs::read_dir(&data)
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| p.extension().is_some_and(|e| e == "db" || e == "sqlite" || e == "sqlite3"))
            .unwrap_or_else(|| panic!("no store in {:?}", std::fs::read_dir(&data).unwrap().collect::<Vec<_>>()));
        for side in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{side}", store.display()));
        }
        std::fs::write(&store, &bytes).unwrap();
        let doctor = desk.run(&["doctor"]);
        clean(&doctor.0.stdout, May::Text, &name);
        assert!(doctor.out().contains("store"), "{name}: {}", doctor.out());
        let others = || doctor.out().contains("is a database of another program; it was left untouched");
        let refused = ["future-version.db", "foreign-app.db"].contains(&name.as_str()) || is_other() && others();
        let listed = desk.run(&["list"]);
        clean(&listed.0.stderr, May::Text, &name);
        if refused {
            assert_eq!((doctor.code(), listed.code()), (6, 6), "{name}: {}{}", doctor.out(), listed.err());
            assert_eq!(std::fs::read(&store).unwrap(), bytes, "{name} was touched");
            ["input db", "I8"].iter().for_each(|line| sheet.unharmed(line, 1));
            met("db", &name);
            continue;
        }
        // What would be lost is lost after a yes only; until then nothing is touched, and nothing goes on.
        let asks = doctor.code() == 6;
        let mut told = format!("{}{}", doctor.out(), listed.err());
        if asks {
            assert!(told.contains("was left untouched") && told.contains("doctor --mend"), "{name}: {told}");
            assert_eq!((listed.code(), std::fs::read(&store).unwrap()), (6, bytes.clone()), "{name} was touched");
            let refused = desk.run(&["doctor", "--mend"]);
            assert_eq!(refused.code(), 2, "{name}, nobody can be asked: {}", refused.err());
            assert_eq!(desk.run(&["list", "--yes"]).code(), 6, "{name}: a yes to something else is none to this");
            assert_eq!(std::fs::read(&store).unwrap(), bytes, "{name} was touched");
            told = desk.fine(&["doctor", "--mend", "--yes"]).err();
        }
        let listed = if asks { desk.run(&["list"]) } else { listed };
        assert!(told.contains("is kept as") || told.contains("set aside") || told.contains("empty"), "{name}: {told}");
        assert_eq!(listed.code(), 1, "{name}, nothing is there until the next sync: {}", listed.err());
        desk.fine(&["sync"]);
        let rows = desk.fine(&["list", "--json"]).json()["tasks"].as_array().unwrap().len();
        let harm = Harm { lost: 3 - rows.min(3), ..Harm::NONE };
        ["input db", "I8"].iter().for_each(|line| sheet.met(line, 1, harm));
        met("db", &name);
    }
}

#[test]
fn a_title_and_a_description_of_a_mebibyte_are_cut_and_scrolled() {
    let sheet = sheet!();
    let row = |n: u64, title: &str, body: &str| {
        json!({"number": n, "title": title, "body": body, "state": "open", "user": {"login": "ann"},
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"})
    };
    let (title, body) = ("A".repeat(1 << 20), "line of text with some words\n".repeat((1 << 20) / 29));
    let (_floor, desk) = serve(&[row(1, &title, "short"), row(2, "A long story", &body)]);
    desk.fine(&["sync"]);
    assert_eq!(desk.fine(&["show", "acme/widgets#2", "--json"]).json()["body"], body);
    let mut screen = Terminal::of(&desk.command(&[]), 100, 30);
    screen.shows("AAAAAAAA").shows("A long story");
    screen.settles();
    let before = screen.raw().len();
    screen.press("\r");
    screen.lacks("A long story").shows("AAAAAAAA");
    screen.press("n");
    screen.shows("line of text with some words");
    screen.press("GgG");
    screen.settles();
    screen.press("\u{1b}");
    screen.shows("A long story");
    let drawn = screen.raw().len() - before;
    assert!(drawn < 200_000, "{drawn} bytes were drawn for a few screens");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    sheet.unharmed("input big", 2);
}
