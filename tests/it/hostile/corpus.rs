//! The corpus of bad input case by case: which of its lines were met, by whom, and that none of them is left out. A test
//! that feeds a case says so when it has checked it ([`met`]); the last test of a whole run holds that against the
//! corpus's own list. Where the corpus is not beside the clone there is nothing to hold.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Cases that the program has nothing to meet with, and why.
const NOTHING_TO_MEET: [(&str, &str); 2] = [
    ("sql/peer-future-row.sql", "there is no store that several people share"),
    ("sql/peer-escape-row.sql", "there is no store that several people share"),
];

/// Where the corpus lies, or another one of the same shape that `BADINPUT` names.
pub(crate) fn folder() -> PathBuf {
    let beside = || concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/badinput").into();
    std::env::var_os("BADINPUT").map_or_else(beside, PathBuf::from)
}

/// True where another corpus is tried, of whose cases nothing but their kind is known.
pub(crate) fn is_other() -> bool {
    std::env::var_os("BADINPUT").is_some()
}

/// A file of the corpus; `None`, with a printed line, where it is not at hand.
pub(crate) fn file(path: &str) -> Option<Vec<u8>> {
    let file = folder().join(path);
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        println!("skipped: no {}", file.display());
    }
    bytes
}

/// The files of one folder of the corpus, by name; `None`, with a printed line, where it is not at hand.
pub(crate) fn corpus(kind: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let folder = folder().join(kind);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: no {}", folder.display());
        return None;
    };
    let mut files: Vec<_> = entries
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&p).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    Some(files)
}

/// A case was fed and checked: its folder, and the name of its file. Names of cases of our own do no harm.
pub(crate) fn met(folder: &str, name: &str) {
    MET.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{folder}/{name}"));
}

/// Paths of the corpus's list; `None` where it is not at hand.
fn listed() -> Option<Vec<String>> {
    let index = String::from_utf8(file("INDEX.tsv")?).unwrap();
    Some(index.lines().skip(1).filter_map(|row| row.split('\t').next()).map(str::to_owned).collect())
}

/// Cases that nobody fed, after everybody had the occasion.
pub(crate) fn unmet() -> Vec<String> {
    let met = MET.lock().unwrap_or_else(PoisonError::into_inner);
    let excused = |case: &String| NOTHING_TO_MEET.iter().any(|(path, _)| path == case);
    listed().unwrap_or_default().into_iter().filter(|case| !met.contains(case) && !excused(case)).collect()
}

#[test]
fn the_list_of_cases_and_its_files_are_one() {
    let Some(cases) = listed() else { return };
    let absent: Vec<&String> = cases.iter().filter(|case| !folder().join(case).is_file()).collect();
    assert!(absent.is_empty(), "{absent:?}");
    let different: BTreeSet<&String> = cases.iter().collect();
    assert_eq!(different.len(), cases.len());
    if is_other() {
        return;
    }
    assert_eq!(cases.len(), 150);
    for (case, why) in NOTHING_TO_MEET {
        assert!(cases.iter().any(|known| known == case), "{case} is gone; why it was not met: {why}");
    }
}
