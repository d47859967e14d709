//! What the tests provoked and what it cost, as they counted it. A test opens a sheet, writes a line for each trouble it
//! really met, and the last test of a whole run adds all sheets up (`zero`). Knows no trouble by itself; the lines
//! that must be there stand in `catalogue`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::catalogue;

/// What a trouble cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Harm {
    /// What was there or promised before and is not there afterwards: rows, wishes, notes, texts, terminal modes.
    pub(crate) lost: usize,
    /// What is there more than once: comments, rows, requests of a write.
    pub(crate) duplicated: usize,
    /// What went where it must not: tokens in any output, control characters on a terminal, requests to other hosts.
    pub(crate) leaked: usize,
}

impl Harm {
    pub(crate) const NONE: Self = Self { lost: 0, duplicated: 0, leaked: 0 };

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            lost: self.lost + other.lost,
            duplicated: self.duplicated + other.duplicated,
            leaked: self.leaked + other.leaked,
        }
    }
}

/// A line as all tests together filled it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Total {
    pub(crate) times: usize,
    pub(crate) harm: Harm,
    pub(crate) tests: BTreeSet<String>,
}

#[derive(Default)]
struct Book {
    totals: BTreeMap<&'static str, Total>,
    open: usize,
    /// Sheets closed so far.
    closed: usize,
}

static BOOK: Mutex<Option<Book>> = Mutex::new(None);

fn with_book<T>(act: impl FnOnce(&mut Book) -> T) -> T {
    let mut guard: MutexGuard<'_, Option<Book>> = BOOK.lock().unwrap_or_else(PoisonError::into_inner);
    act(guard.get_or_insert_default())
}

/// Every line filled so far, how many sheets are still being written, and how many are done.
pub(crate) fn totals() -> (BTreeMap<&'static str, Total>, usize, usize) {
    with_book(|book| (book.totals.clone(), book.open, book.closed))
}

/// One test's sheet. It counts once the test is through; a test that fails leaves nothing.
pub(crate) struct Sheet {
    test: String,
    rows: Mutex<Vec<(&'static str, usize, Harm)>>,
}

impl Sheet {
    /// Through [`sheet!`], which knows the test's name.
    pub(crate) fn of(place: &str) -> Self {
        with_book(|book| book.open += 1);
        let name = place.strip_suffix("::here").unwrap_or(place).trim_end_matches("::{{closure}}");
        let name = name.split_once("::").map_or(name, |(_, rest)| rest);
        Self { test: name.to_owned(), rows: Mutex::default() }
    }

    /// A trouble was met so many times, and this is what it cost. Fails when it cost anything.
    #[track_caller]
    pub(crate) fn met(&self, line: &str, times: usize, harm: Harm) {
        assert!(times > 0, "{line} was not provoked");
        assert_eq!(harm, Harm::NONE, "{line}");
        let line = catalogue::line(line);
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).push((line, times, harm));
    }

    /// A trouble was met and cost nothing, as was asserted before this call.
    #[track_caller]
    pub(crate) fn unharmed(&self, line: &str, times: usize) {
        self.met(line, times, Harm::NONE);
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        let rows = std::mem::take(&mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner));
        with_book(|book| {
            book.open -= 1;
            book.closed += 1;
            if std::thread::panicking() {
                return;
            }
            for (line, times, harm) in rows {
                let total = book.totals.entry(line).or_default();
                total.times += times;
                total.harm = total.harm.and(harm);
                total.tests.insert(self.test.clone());
            }
        });
    }
}

/// How many times as long as in each run of the tests something goes on, by a variable of this name: once where it is not set.
pub(crate) fn times(name: &str) -> u64 {
    std::env::var(name).map_or(1, |times| times.parse().unwrap())
}

/// The sheet of the test it stands in.
macro_rules! sheet {
    () => {{
        fn here() {}
        $crate::ledger::Sheet::of(std::any::type_name_of_val(&here))
    }};
}
pub(crate) use sheet;

#[test]
fn a_sheet_bears_the_name_of_its_test_and_counts_only_what_was_met() {
    let sheet = sheet!();
    assert_eq!(sheet.test, "ledger::a_sheet_bears_the_name_of_its_test_and_counts_only_what_was_met");
    let refused = |act: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).is_err();
    assert!(refused(&|| sheet.unharmed("HTTP 500", 0)), "nothing was provoked");
    assert!(refused(&|| sheet.unharmed("no such trouble", 1)), "the catalogue does not know it");
    assert!(refused(&|| sheet.met("HTTP 500", 1, Harm { lost: 1, ..Harm::NONE })), "harm was done");
    assert!(sheet.rows.lock().unwrap().is_empty());
}
