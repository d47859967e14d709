//! The house rules that a compiler does not know: who may import whom (read from the map in `src/lib.rs`), an
//! opening sentence in every file, sizes, owners of crates, and no forgotten test file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const MAX_FILE: usize = 500;
const MAX_FUNCTION: usize = 60;

/// Crates that only these places may name.
const OWNERS: &[(&str, &str)] = &[
    ("fuzzy_matcher", "src/index/fuzzy/"),
    ("rusqlite", "src/store/"),
    ("axum", "src/demo/"),
    ("octocrab", "src/tracker/"),
    ("reqwest", "src/tracker/"),
];

/// A source file: path from the top, text.
type File = (String, String);

struct Room {
    floor: u32,
    also: BTreeSet<String>,
}

type Map = BTreeMap<String, Room>;

/// Reads the table between "```layers" and "```": floor, room, siblings it may import.
fn read_map(lib: &str) -> Map {
    let lines = lib.lines().skip_while(|l| l.trim() != "//! ```layers").skip(1);
    let mut map = Map::new();
    for line in lines.take_while(|l| l.trim() != "//! ```") {
        let mut words = line.trim_start_matches("//!").split_whitespace();
        let floor = words.next().expect("a floor").parse().expect("the floor is a number");
        let name = words.next().expect("a room").to_owned();
        map.insert(name, Room { floor, also: words.map(str::to_owned).collect() });
    }
    map
}

fn room_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let room = inside.split('/').next()?.trim_end_matches(".rs");
    (!matches!(room, "lib" | "main")).then_some(room)
}

/// The code without comments and without the text of its strings.
fn bare(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for line in code.lines() {
        let mut in_string = false;
        let mut before = ' ';
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if before != '\\' && before != '\'' => in_string = !in_string,
                '/' if !in_string && chars.peek() == Some(&'/') => break,
                _ if in_string => {}
                _ => out.push(c),
            }
            before = if before == '\\' { ' ' } else { c };
        }
        out.push('\n');
    }
    out
}

/// How deep a file's module lies: 1 for `src/a.rs` and `src/a/mod.rs`, 2 for `src/a/b.rs`.
fn depth(path: &str) -> usize {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').count()
}

/// The code with `super::super::` that climbs to the top written as `crate::`.
fn climbed(code: &str, depth: usize) -> String {
    code.replace(&"super::".repeat(depth), "crate::")
}

/// First names after `crate::`, groups opened: `crate::{a::X, b}` names `a` and `b`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |path: &str| {
        let name: String = path.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !name.is_empty() {
            names.insert(name);
        }
    };
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.trim_start().strip_prefix('{') else {
            add(rest);
            continue;
        };
        let mut depth = 0;
        let mut start = 0;
        for (at, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => {
                    add(group.get(start..at).unwrap_or_default());
                    break;
                }
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    add(group.get(start..at).unwrap_or_default());
                    start = at + 1;
                }
                _ => {}
            }
        }
    }
    names
}

fn wrong_arrows(map: &Map, files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in files {
        let Some(name) = room_of(path) else { continue };
        let Some(room) = map.get(name) else {
            wrong.push(format!("{path}: the room '{name}' is not in the map of src/lib.rs"));
            continue;
        };
        for import in imports(&climbed(&bare(text), depth(path))).into_iter().filter(|i| i != name) {
            match map.get(&import) {
                None => wrong.push(format!("{path}: imports '{import}', which is no room of the map")),
                Some(other) if other.floor < room.floor || room.also.contains(&import) => {}
                Some(other) => wrong.push(format!(
                    "{path}: '{name}' (floor {}) must not import '{import}' (floor {})",
                    room.floor, other.floor
                )),
            }
        }
        for (krate, place) in OWNERS {
            if !path.starts_with(place) && bare(text).contains(&format!("{krate}::")) {
                wrong.push(format!("{path}: only {place} may name the crate {krate}"));
            }
        }
    }
    wrong
}

/// Lines of code before the tests at the end.
fn code_lines(text: &str) -> usize {
    text.lines().take_while(|l| l.trim() != "#[cfg(test)]").count()
}

/// Functions that are too long, found by the closing brace at the indentation of the opening line.
fn long_functions(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut wrong = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let is_fn = code.split('(').next().is_some_and(|head| {
            let words: Vec<&str> = head.split_whitespace().collect();
            words.iter().position(|w| *w == "fn").is_some_and(|p| {
                words[..p].iter().all(|w| matches!(*w, "pub" | "async" | "const" | "unsafe" | "extern"))
            })
        }) || code.starts_with("pub(") && code.contains(" fn ");
        if !is_fn || code.ends_with(';') {
            continue;
        }
        let end = format!("{}}}", " ".repeat(line.len() - code.len()));
        let length = lines[at..].iter().position(|l| *l == end).map_or(1, |n| n + 1);
        // A signature without a body ends before the next closing brace at its level.
        let has_body = lines[at..at + length].iter().any(|l| l.trim_end().ends_with('{'));
        if has_body && length > MAX_FUNCTION {
            wrong.push(format!("{path}:{}: a function of {length} lines, {MAX_FUNCTION} are allowed", at + 1));
        }
    }
    wrong
}

fn untidy(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, text) in files {
        if !text.starts_with("//!") {
            wrong.push(format!("{path}: does not open with `//!` saying what it owns"));
        }
        let lines = code_lines(text);
        if path.starts_with("src/") && lines > MAX_FILE {
            wrong.push(format!("{path}: {lines} lines, {MAX_FILE} are allowed"));
        }
        if path.starts_with("src/") {
            wrong.extend(long_functions(path, text));
        }
    }
    wrong
}

/// Test files that nobody declared: they would never run.
fn forgotten(main: &str, entries: &[String]) -> Vec<String> {
    let declared = |name: &str| main.lines().any(|l| l.trim() == format!("mod {name};"));
    let names = entries.iter().map(|e| e.trim_end_matches(".rs")).filter(|e| *e != "main");
    names.filter(|n| !declared(n)).map(|n| format!("tests/it/{n} is not declared in tests/it/main.rs")).collect()
}

fn read_files(folder: &str) -> Vec<File> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                // What a fuzzer builds beside its targets is not ours.
                if !path.ends_with("tests/fuzz/target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(ROOT).expect("below the top").to_string_lossy().replace('\\', "/");
                files.push((name, fs::read_to_string(&path).expect("a readable file")));
            }
        }
    }
    files.sort();
    files
}

fn lib() -> String {
    fs::read_to_string(Path::new(ROOT).join("src/lib.rs")).expect("src/lib.rs")
}

#[test]
fn imports_follow_the_map() {
    let wrong = wrong_arrows(&read_map(&lib()), &read_files("src"));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_room_of_the_map_exists_and_is_declared() {
    let lib = lib();
    let map = read_map(&lib);
    assert!(map.len() >= 10, "only {} rooms read from the map", map.len());
    let rooms: BTreeSet<String> = read_files("src").iter().filter_map(|(p, _)| room_of(p).map(str::to_owned)).collect();
    assert_eq!(rooms, map.keys().cloned().collect());
    for room in &rooms {
        assert!(lib.contains(&format!("pub mod {room};")), "{room} is not declared in src/lib.rs");
    }
}

#[test]
fn files_open_with_their_purpose_and_keep_their_size() {
    let files: Vec<File> = [read_files("src"), read_files("tests")].concat();
    let wrong = untidy(&files);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn the_entry_is_thin() {
    let main = fs::read_to_string(Path::new(ROOT).join("src/main.rs")).expect("src/main.rs");
    assert!(main.lines().count() <= 60, "src/main.rs has {} lines, 60 are allowed", main.lines().count());
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(Path::new(ROOT).join("tests/it/main.rs")).expect("tests/it/main.rs");
    let entries = fs::read_dir(Path::new(ROOT).join("tests/it")).expect("tests/it");
    let names: Vec<String> = entries
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "rs") || p.join("mod.rs").is_file())
        .map(|p| p.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    let wrong = forgotten(&main, &names);
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// A rule that cannot fail is none: each is shown what it must catch, and what it must let pass.
#[test]
fn the_rules_can_fail() {
    let map = read_map(
        "//! ```layers\n//! 0 low\n//! 1 left\n//! 1 right\n//! 2 top  side\n//! 2 side\n//! ```\n//! 9 not\n",
    );
    assert_eq!(map.keys().collect::<Vec<_>>(), ["left", "low", "right", "side", "top"]);
    let arrows = |path: &str, text: &str| wrong_arrows(&map, &[(path.to_owned(), text.to_owned())]).len();
    let cases = [
        ("src/low.rs", "use crate::left::X;", 1),
        ("src/low/deep/file.rs", "fn f() { crate::top::go() }", 1),
        ("src/left/mod.rs", "use crate::{low::Y, right::{self, Z}};", 1),
        ("src/left/mod.rs", "use crate::{\n    low::{A, B},\n    top,\n    right::Z,\n};", 2),
        ("src/side/mod.rs", "use crate::top::T;", 1),
        ("src/top/mod.rs", "use crate::side::T;", 0),
        ("src/top/mod.rs", "use crate::{left::A, low::{b::C, d}, right, top::own};", 0),
        ("src/low.rs", "// use crate::top::X;\n//! [`crate::left`]\nlet s = \"crate::top::x\";", 0),
        ("src/low.rs", "let s = \"\\\"\"; crate::top::x();", 1),
        ("src/left/mod.rs", "use super::right::X;", 1),
        ("src/left/deep/file.rs", "use super::super::super::{right::X, low::Y};", 1),
        ("src/left/deep/file.rs", "use super::super::right::X;", 0),
        ("src/attic/mod.rs", "", 1),
        ("src/left.rs", "use crate::attic::X;", 1),
        ("src/lib.rs", "use crate::top;", 0),
        ("src/left.rs", "use fuzzy_matcher::skim::X;", 1),
    ];
    for (path, text, wrong) in cases {
        assert_eq!(arrows(path, text), wrong, "{path}: {text}");
    }
    let tidy = |text: &str| untidy(&[("src/low.rs".to_owned(), text.to_owned())]).len();
    let body = |n: usize| "    x();\n".repeat(n);
    assert_eq!(tidy("//! Owns.\nfn f() {}\n"), 0);
    assert_eq!(tidy("fn f() {}\n"), 1);
    assert_eq!(tidy(&format!("//! Owns.\n{}", "// x\n".repeat(499))), 0);
    assert_eq!(tidy(&format!("//! Owns.\n{}", "// x\n".repeat(500))), 1);
    assert_eq!(tidy(&format!("//! Owns.\n#[cfg(test)]\n{}", "// x\n".repeat(500))), 0);
    assert_eq!(tidy(&format!("//! Owns.\nfn f() {{\n{}}}\n", body(58))), 0);
    assert_eq!(tidy(&format!("//! Owns.\npub(crate) async fn f() {{\n{}}}\n", body(59))), 1);
    assert_eq!(forgotten("mod a;\n// mod b;\n", &["a.rs".into(), "b.rs".into(), "main.rs".into()]).len(), 1);
}
