//! Does a sentence speak of missing tests, of dependencies to be updated, or of code to be cleaned up?

use super::words::Words;

/// What is asked of tests that are wanting.
const WANT: &[&str] = &[
    "add", "adding", "write", "missing", "more", "need", "needs", "lacks", "lack", "improve", "increase", "extend",
    "better", "without", "expand", "cover", "provide", "create",
];
/// Failures: a sentence with one of these is a report, not a wish.
const REPORT: &[&str] = &[
    "fails",
    "fail",
    "failed",
    "failing",
    "error",
    "errors",
    "crash",
    "crashes",
    "panic",
    "panics",
    "can't",
    "cannot",
    "doesn't",
    "not",
    "broken",
    "breaks",
    "slow",
    "slower",
    "exception",
    "hangs",
    "after",
];

/// Words without one of which no rule here finds anything.
pub(super) const TRIGGERS: &[&[&str]] = &[
    DO,
    AWAY,
    &[
        "test",
        "tests",
        "testcase",
        "testcases",
        "untested",
        "coverage",
        "dependency",
        "dependencies",
        "deps",
        "update",
        "upgrade",
        "bump",
        "clean",
        "tidy",
        "debt",
        "code",
        "unused",
        "deprecated",
        "numbers",
        "warnings",
        "stop",
        "factor",
        "move",
    ],
];

/// Tests are missing or weak.
pub(super) fn tests(words: &Words<'_>) -> Option<usize> {
    let untested = words.places(&["untested"]).find(|at| !matches!(words.low(at + 1), "file" | "files"));
    if untested.is_some() && !words.any(REPORT) {
        return untested;
    }
    let coverage =
        [["test", "coverage"], ["tests", "coverage"], ["code", "coverage"]].iter().filter_map(|p| words.phrase(p));
    let low = ["low", "poor", "insufficient", "raise"];
    if let Some(at) = coverage.into_iter().find(|at| words.near(*at, 4, WANT) || words.near(*at, 3, &low)) {
        return Some(at);
    }
    words.places(&["test", "tests", "testcase", "testcases"]).find(|at| {
        let at = *at;
        let wanted = (1..=3).any(|n| {
            let word = words.before(at, n);
            WANT.contains(&word)
                && (at - n <= words.lead + 2 || matches!(word, "missing" | "lacks" | "more" | "needs" | "lack"))
        });
        let thing = matches!(
            words.low(at + 1),
            "for"
                | "that"
                | "to"
                | "of"
                | "coverage"
                | "cases"
                | "case"
                | ""
                | "covering"
                | "against"
                | "around"
                | "when"
                | "where"
                | "in"
                | "on"
        );
        wanted && thing && !words.any(&["fails", "failing", "crash"])
    })
}

/// Dependencies are to be updated.
pub(super) fn deps(words: &Words<'_>) -> Option<usize> {
    const NOUNS: &[&str] = &["dependency", "dependencies", "deps"];
    const HOW: &[&str] = &[
        "update",
        "upgrade",
        "bump",
        "outdated",
        "vulnerable",
        "vulnerability",
        "vulnerabilities",
        "deprecated",
        "old",
        "stale",
        "replace",
        "unmaintained",
        "pin",
        "remove",
        "drop",
        "unused",
        "obsolete",
        "audit",
    ];
    if let Some(at) = words.places(NOUNS).find(|at| words.near(*at, 4, HOW)) {
        return Some(at);
    }
    let imperative = matches!(words.first(), "update" | "upgrade" | "bump");
    let version = |w: &str| {
        let digits = w.strip_prefix('v').unwrap_or(w);
        digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x')
    };
    let to_version = (words.lead + 2..words.all.len()).find(|at| {
        words.before(*at, 1) == "to" && *at >= words.lead + 3 && words.all.get(*at).is_some_and(|w| version(w.any))
    });
    // "upgrade to node18.2" and no more: named with its version.
    let named = || {
        let at = words.lead + 2;
        let word = words.all.get(at).filter(|_| words.low(words.lead + 1) == "to" && words.all.len() == at + 1)?;
        version(word.any.trim_start_matches(|c: char| c.is_ascii_alphabetic())).then_some(at)
    };
    let to_version = to_version.or_else(named);
    let latest = words.phrase(&["to", "latest"]).or_else(|| words.phrase(&["to", "the", "latest"]));
    to_version.or(latest).filter(|_| imperative && !words.any(REPORT))
}

/// Words that speak of code to be cleaned up.
const PHRASES: &[&[&str]] = &[
    &["technical", "debt"],
    &["tech", "debt"],
    &["dead", "code"],
    &["code", "duplication"],
    &["duplicated", "code"],
    &["duplicate", "code"],
    &["code", "smell"],
    &["code", "smells"],
    &["unused", "code"],
    &["unused", "variable"],
    &["unused", "variables"],
    &["unused", "import"],
    &["unused", "imports"],
    &["unused", "function"],
    &["unused", "parameter"],
    &["legacy", "code"],
    &["code", "cleanup"],
    &["deprecated", "api"],
    &["deprecated", "apis"],
    &["use", "of", "deprecated"],
    &["usage", "of", "deprecated"],
    &["uses", "deprecated"],
    &["uses", "a", "deprecated"],
    &["boilerplate", "code"],
    &["magic", "numbers"],
    &["spaghetti", "code"],
    &["lint", "warnings"],
    &["compiler", "warnings"],
    &["clippy", "warnings"],
];
/// What is done to such code, at the beginning of a sentence.
const DO: &[&str] = &[
    "refactor",
    "refactoring",
    "cleanup",
    "simplify",
    "deduplicate",
    "dedupe",
    "modernize",
    "modernise",
    "consolidate",
    "untangle",
    "restructure",
    "reorganize",
    "decouple",
];
/// What is done to code that nobody needs.
const AWAY: &[&str] = &["remove", "drop", "delete", "dropping", "removing", "kill", "retire"];
/// Code that nobody needs.
const OLD: &[&str] = &[
    "unused",
    "dead",
    "deprecated",
    "legacy",
    "obsolete",
    "redundant",
    "unnecessary",
    "leftover",
    "stale",
    "duplicate",
    "duplicated",
];
/// What is code, and no part of what users see.
const CODE: &[&str] = &[
    "code",
    "file",
    "files",
    "function",
    "functions",
    "helper",
    "helpers",
    "implementation",
    "implementations",
    "logic",
    "package",
    "packages",
];

/// Code is to be cleaned up.
pub(super) fn code(words: &Words<'_>) -> Option<usize> {
    let first = words.first();
    let tidy = DO.contains(&first) || (matches!(first, "clean" | "tidy") && words.low(words.lead + 1) == "up");
    // "Clean up event listeners after unmounting" speaks of what the program does, not of its code.
    if tidy && !words.any(&["after", "when", "unmount", "unmounting", "on"]) {
        return Some(words.lead);
    }
    if AWAY.contains(&first) && (1..=3).any(|n| OLD.contains(&words.low(words.lead + n))) {
        return Some(words.lead);
    }
    let second = words.low(words.lead + 1);
    let stop = first == "stop" && matches!(second, "depending" | "importing" | "using");
    let factor = first == "factor" && words.any(&["out"]);
    let moves = first == "move"
        && (1..=4).any(|n| CODE.contains(&words.low(words.lead + n)))
        && words.any(&["to", "into", "out"]);
    if (stop || factor || moves) && !words.any(REPORT) {
        return Some(words.lead);
    }
    PHRASES.iter().filter_map(|p| words.phrase(p)).next()
}
