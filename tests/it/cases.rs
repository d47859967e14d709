//! The corpus of bad input case by case: which of its lines were met, by whom, and that none of them is left out. A test
//! that feeds a case says so when it has checked it ([`met`]); the last test of a whole run holds that against the
//! corpus's own list. Where the corpus is not beside the clone there is nothing to hold.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

static MET: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Cases that the program has nothing to meet with, and why.
const NOTHING_TO_MEET: [(&str, &str); 2] = [
    ("sql/peer-future-row.sql", "there is no store that several people share"),
    ("sql/peer-escape-row.sql", "there is no store that several people share"),
];

/// A case was fed and checked: its folder, and the name of its file. Names of cases of our own do no harm.
pub(crate) fn met(folder: &str, name: &str) {
    MET.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{folder}/{name}"));
}

/// Paths of the corpus's list; `None` where it is not at hand.
fn listed() -> Option<Vec<String>> {
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/badinput/INDEX.tsv");
    let Ok(index) = std::fs::read_to_string(index) else {
        println!("skipped: no {index}");
        return None;
    };
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
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/badinput"));
    let absent: Vec<&String> = cases.iter().filter(|case| !folder.join(case).is_file()).collect();
    assert!(absent.is_empty(), "{absent:?}");
    let different: BTreeSet<&String> = cases.iter().collect();
    assert_eq!((different.len(), cases.len()), (150, 150));
    for (case, why) in NOTHING_TO_MEET {
        assert!(cases.iter().any(|known| known == case), "{case} is gone; why it was not met: {why}");
    }
}
