//! The last test of a run (they go by name): every line of the catalogue was met by somebody, nothing was lost,
//! duplicated or leaked, and `tests/RELIABILITY.md` says so. `FLOORWALK_WRITE_DOCS=1` with all tests writes its tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    time::{Duration, Instant},
};

use crate::{
    catalogue::{SECTIONS, SHORT},
    ledger::{self, Harm, Total},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/RELIABILITY.md");
const BEGIN: &str = "<!-- made by the tests: begin -->\n";
const END: &str = "<!-- made by the tests: end -->\n";

/// How long the tests that are still running may take when this one begins.
const PATIENCE: Duration = Duration::from_secs(240);

type Totals = BTreeMap<&'static str, Total>;

/// True when no test was left out by a filter.
fn is_whole_run() -> bool {
    let mut arguments = std::env::args().skip(1);
    let harmless = |a: &str| {
        a == "--nocapture" || a == "--show-output" || a == "-q" || a == "--quiet" || a.starts_with("--test-threads=")
    };
    arguments.all(|a| harmless(&a))
}

fn missing(totals: &Totals) -> Vec<&'static str> {
    let named = |line: &str| SHORT.iter().any(|(known, _)| *known == line);
    let lines = SECTIONS.iter().flat_map(|s| s.lines).map(|(line, _)| *line);
    lines.filter(|line| !totals.contains_key(line) && !named(line)).collect()
}

/// Waits for the sheets of tests that began before this one.
fn all_sheets() -> Totals {
    let start = Instant::now();
    let mut last = (0, Instant::now());
    loop {
        let (totals, open, closed) = ledger::totals();
        if closed != last.0 {
            last = (closed, Instant::now());
        }
        // A test that has just begun has not opened its sheet yet.
        let quiet = open == 0 && last.1.elapsed() > Duration::from_secs(2);
        if open == 0 && missing(&totals).is_empty() || quiet || start.elapsed() > PATIENCE {
            return totals;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
}

fn table(totals: &Totals) -> String {
    let mut out = String::new();
    for section in SECTIONS {
        let _ = write!(out, "\n### {}\n\n{}\n\n", section.title, section.about);
        out.push_str("| line | what | times | lost | duplicated | leaked | tests |\n| --- | --- | --: | --: | --: | --: | --- |\n");
        for (line, what) in section.lines {
            if let Some((_, why)) = SHORT.iter().find(|(known, _)| known == line) {
                let _ = writeln!(out, "| {line} | {what} | {why} | | | | |");
                continue;
            }
            let total = totals.get(line).cloned().unwrap_or_default();
            let Harm { lost, duplicated, leaked } = total.harm;
            let tests: Vec<String> = total.tests.iter().map(|t| format!("`{t}`")).collect();
            let times = total.times;
            let _ = writeln!(
                out,
                "| {line} | {what} | {times} | {lost} | {duplicated} | {leaked} | {} |",
                tests.join(", ")
            );
        }
    }
    out.push('\n');
    out
}

/// The table as it stands in the file: times, the last three columns and the tests of each line.
fn committed() -> BTreeMap<String, (String, [String; 3], BTreeSet<String>)> {
    let page = std::fs::read_to_string(FILE).unwrap();
    let made = page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).expect("the marks of the tables").0;
    let rows = made.lines().filter_map(|row| {
        let cells: Vec<&str> = row.strip_prefix("| ")?.trim_end_matches('|').split(" |").map(str::trim).collect();
        let [line, _, times, lost, duplicated, leaked, tests] = cells.get(..7)?.try_into().ok()?;
        let tests = tests.split(", ").map(|t| t.trim_matches('`').to_owned()).filter(|t| !t.is_empty()).collect();
        Some((line.to_owned(), (times.to_owned(), [lost, duplicated, leaked].map(str::to_owned), tests)))
    });
    rows.collect()
}

#[test]
fn in_the_last_three_columns_of_every_line() {
    let write = std::env::var_os("FLOORWALK_WRITE_DOCS").is_some();
    if write || is_whole_run() {
        let totals = all_sheets();
        assert_eq!(missing(&totals), Vec::<&str>::new(), "nobody provoked these, or who did failed");
        for (line, why) in SHORT {
            assert!(!totals.contains_key(line), "{line} is provoked by now: take out the reason '{why}'");
        }
        if write {
            let page = std::fs::read_to_string(FILE).unwrap();
            let (head, rest) = page.split_once(BEGIN).expect("the begin of the tables");
            let tail = rest.split_once(END).expect("the end of the tables").1;
            std::fs::write(FILE, format!("{head}{BEGIN}{}{END}{tail}", table(&totals))).unwrap();
        }
        if is_whole_run() {
            assert_eq!(crate::hostile::corpus::unmet(), Vec::<String>::new(), "nobody fed these cases of the corpus");
        }
        let shown = committed();
        for (line, total) in &totals {
            assert_eq!(total.harm, Harm::NONE, "{line}");
            let known = shown.get(*line).map(|row| &row.2);
            assert!(
                known.is_some_and(|known| total.tests.is_subset(known)),
                "{line} is met by {:?}: {AGAIN}",
                total.tests
            );
        }
    }
    let shown = committed();
    for (line, _) in SECTIONS.iter().flat_map(|s| s.lines) {
        let (times, columns, tests) = shown.get(*line).unwrap_or_else(|| panic!("no line '{line}': {AGAIN}"));
        if SHORT.iter().any(|(known, _)| known == line) {
            assert!(times.starts_with("falls short: ") || times.starts_with("not provoked: "), "{line}: {AGAIN}");
            continue;
        }
        assert!(times.parse::<usize>().is_ok_and(|times| times > 0) && !tests.is_empty(), "{line}: {AGAIN}");
        assert_eq!(columns, &["0", "0", "0"].map(str::to_owned), "{line}");
    }
}

const AGAIN: &str = "FLOORWALK_WRITE_DOCS=1 cargo test writes tests/RELIABILITY.md anew";
