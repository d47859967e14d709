//! What must hold for any bytes that come from outside, one function for each parser that reads them. The targets of the
//! fuzzer call them, and so does the test that replays every kept input. Owns no way of making inputs.
#![allow(unreachable_pub, reason = "a library for the targets, a module for the test")]

use std::{fmt::Debug, path::Path};

mod answers;
pub mod documents;
mod parsers;

/// What is done with an input; it panics where something does not hold.
pub type Target = fn(&[u8]);

/// Everything that is fuzzed, by the name of its target and of its folder of inputs.
pub const TARGETS: [(&str, Target); 12] = [
    ("marker", parsers::marker),
    ("adf", documents::adf),
    ("wiki", documents::wiki),
    ("markdown", parsers::markdown),
    ("query", parsers::query),
    ("keymap", parsers::keymap),
    ("config", parsers::config),
    ("text", parsers::text),
    ("link", parsers::link),
    ("github_issues", answers::github_issues),
    ("github_heads", answers::github_heads),
    ("jira_issues", answers::jira_issues),
];

/// Holds one input against the properties of a target.
///
/// # Panics
/// When a property does not hold, or there is no such target.
pub fn check(target: &str, bytes: &[u8]) {
    let (_, property) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target of this name");
    property(bytes);
}

/// Every kept input of a target, with its path: those written by hand and those the fuzzer found.
pub fn kept(top: &Path, target: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in ["seeds", "corpus", "regressions"] {
        let Ok(entries) = std::fs::read_dir(top.join(folder).join(target)) else { continue };
        let files = entries.map(|entry| entry.expect("a folder that can be read").path());
        found.extend(files.map(|file| {
            let bytes = std::fs::read(&file).expect("an input that can be read");
            (file.display().to_string(), bytes)
        }));
    }
    found.sort();
    found
}

/// Text as the parsers get it: bytes that are no UTF-8 become U+FFFD.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// True for a character that no harmless text has: it steers a terminal, turns the direction of writing, or is not seen.
/// Written out here, so that the sanitiser is not held against itself. Joiners and selectors are allowed inside of pictures and
/// words and are looked at elsewhere.
fn is_foul(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}')
}

/// Panics when a text for people could do anything but be read.
fn clean(what: &str, text: &str) {
    if let Some(foul) = text.chars().find(|c| is_foul(*c)) {
        panic!("{what} lets U+{:04X} through: {text:?}", u32::from(foul));
    }
}

/// Like `assert_eq!`, with a word about what was compared.
fn same<T: PartialEq + Debug>(what: &str, left: &T, right: &T) {
    assert!(left == right, "{what}\n left: {left:?}\nright: {right:?}");
}
