//! The person's own editor, in a real terminal: the template opens in it, what is saved arrives, and an editor that
//! fails, or a wish that is refused meanwhile, loses nothing of what was written.

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use crate::{
    floor::{Desk, Floor},
    pty::Terminal,
};

const PROJECT: &str = "quillfern/locker-gateway";

/// Shows what it opens, then writes the line that is typed under "Next step"; ends with the code that is typed after it.
const EDITOR: &str = r#"#!/bin/sh
while IFS= read -r line; do printf '%s\n' "$line"; done < "$2"
printf 'your words> '
IFS= read -r words
printf 'your end> '
IFS= read -r end
[ -n "$words" ] && printf 'Done so far:\n# what is done\n\nNext step:\n%s\n' "$words" > "$2"
exit "$end"
"#;

/// A task that sam holds and has written about: handing it back needs a note.
fn held(floor: &Floor, sam: &Desk) -> String {
    sam.fine(&["sync"]);
    let listed = sam.fine(&["list", &format!("is:free project:{PROJECT}"), "--json", "--limit", "1"]).json();
    let key = listed["tasks"][0]["key"].as_str().unwrap().to_owned();
    sam.fine(&["claim", &key, "--size", "S"]);
    floor.by("sam").comment(&key, "The cause is the cache.").unwrap();
    sam.fine(&["sync"]);
    key
}

fn with_editor(sam: &Desk, arguments: &[&str]) -> Terminal {
    let path = sam.folder().join("edit.sh");
    std::fs::write(&path, EDITOR).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = sam.command(arguments);
    command.env("EDITOR", format!("{} --wait", path.display()));
    Terminal::of(&command, 100, 40)
}

/// Notes that were kept.
fn kept(sam: &Desk) -> Vec<PathBuf> {
    let all = std::fs::read_dir(sam.folder().join("data")).unwrap();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("note-");
    all.map(|entry| entry.unwrap().path()).filter(name).collect()
}

#[test]
fn what_is_written_arrives_in_the_comment() {
    for verb in [&["release"][..], &["done", "--kind", "docs"]] {
        let floor = Floor::open();
        let sam = floor.desk("sam");
        let key = held(&floor, &sam);
        let mut screen = with_editor(&sam, &[verb, &[key.as_str()]].concat());
        screen
            .shows("Say at least one of the four")
            .shows("what whoever comes next should do first")
            .shows("your words>");
        screen.press("Measure it first, @ana.\r0\r");
        assert_eq!(screen.ends(), 0, "{}", screen.text());
        let comments = floor.comments(&key);
        let last = comments.iter().find(|c| c.contains("Measure it first")).unwrap_or_else(|| panic!("{comments:?}"));
        assert!(last.contains("**Next step:**") && !last.contains("what is done"), "{last}");
        assert!(!last.contains("@ana"), "own words ping nobody: {last}");
        assert_eq!(kept(&sam), [""; 0].map(PathBuf::from));
    }
}

#[test]
fn an_editor_that_fails_loses_nothing() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = held(&floor, &sam);
    let before = floor.comments(&key);
    let mut screen = with_editor(&sam, &["release", &key]);
    screen.shows("your words>");
    screen.press("Half a sentence\r1\r");
    assert_eq!(screen.ends(), 1);
    screen.shows("ended with an error").shows("what you wrote is kept in").shows("nothing was done");
    let [path] = &kept(&sam)[..] else { panic!("{:?}", kept(&sam)) };
    assert!(std::fs::read_to_string(path).unwrap().contains("Half a sentence"));
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(floor.comments(&key), before);
    assert_eq!(sam.fine(&["mine", "--json"]).json()["commitments"][0]["state"], "active");
    std::fs::remove_file(path).unwrap();

    // Nothing was written: there is nothing to keep.
    let mut screen = with_editor(&sam, &["release", &key]);
    screen.shows("your words>");
    screen.press("\r1\r");
    assert_eq!(screen.ends(), 1);
    screen.shows("ended with an error").lacks("kept in");
    assert!(kept(&sam).is_empty());
    // An editor that is not there.
    let mut command = sam.command(&["release", &key]);
    command.env("VISUAL", "no-such-editor");
    let mut screen = Terminal::of(&command, 100, 40);
    assert_eq!(screen.ends(), 1);
    screen.shows("the editor 'no-such-editor' cannot be started");
}

#[test]
fn saving_the_template_as_it_is_hands_nothing_back() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = held(&floor, &sam);
    let mut screen = with_editor(&sam, &["release", &key]);
    screen.shows("your words>");
    screen.press("\r0\r");
    assert_eq!(screen.ends(), 1);
    screen.shows("say what the next person should know");
    assert_eq!(sam.fine(&["mine", "--json"]).json()["commitments"][0]["state"], "active");
}

#[test]
fn what_was_written_is_kept_when_it_came_too_late() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = held(&floor, &sam);
    let mut screen = with_editor(&sam, &["done", &key, "--kind", "docs"]);
    screen.shows("your words>");
    // Meanwhile, from another machine.
    let elsewhere = floor.desk("sam");
    elsewhere.fine(&["sync"]);
    elsewhere.fine(&["release", &key, "--note", "from elsewhere"]);
    screen.press("A page about it\r0\r");
    assert_eq!(screen.ends(), 1, "{}", screen.text());
    screen.shows("what you wrote is kept in");
    let [path] = &kept(&sam)[..] else { panic!("{:?}", kept(&sam)) };
    assert_eq!(std::fs::read_to_string(path).unwrap(), "**Next step:** A page about it");
}

#[test]
fn nobody_writes_a_note_for_what_is_refused_anyway() {
    let floor = Floor::open();
    let sam = floor.desk("sam");
    let key = held(&floor, &sam);
    sam.fine(&["release", &key, "--note", "that was it"]);
    for verb in [&["done", "--kind", "docs"][..], &["handover", "--to", "ngozi"]] {
        let mut screen = with_editor(&sam, &[verb, &[key.as_str()]].concat());
        assert_eq!(screen.ends(), 1, "{}", screen.text());
        screen.lacks("your words>");
    }
}
