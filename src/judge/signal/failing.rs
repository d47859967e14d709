//! Does a sentence say that a test of the project itself fails, wavers or does not build? And where was that seen: by the
//! name of a build machine, or in the words of the description. Tests of users, and tools for tests, are another matter.

use super::{
    ci::{FAILS, FLAKY, NOW_AND_THEN, RED, is_test_name},
    words::{Line, Words},
};

/// Words for tests of a project.
const NOUNS: &[&str] = &["test", "tests", "testcase", "testcases", "unittest", "unittests"];
/// What is wrong when it is said "in" a test.
const IN: &[&str] = &["race", "races", "deadlock", "deadlocks", "leak", "leaks", "hang", "crash", "panic", "failure"];
/// What a test does when it fails, beside the words for anything that fails.
const STOPS: &[&str] =
    &["panics", "deadlocks", "crashing", "dies", "segfault", "segfaults", "freezes", "unreliable", "unstable"];
/// After "test", these make it a thing of its own: `test environment`, `test runner`.
const THING: &[&str] = &[
    "adapter",
    "app",
    "application",
    "client",
    "code",
    "command",
    "data",
    "database",
    "db",
    "env",
    "environment",
    "environments",
    "file",
    "files",
    "framework",
    "helper",
    "helpers",
    "id",
    "ids",
    "explorer",
    "mode",
    "net",
    "network",
    "output",
    "page",
    "plan",
    "report",
    "reporter",
    "result",
    "results",
    "runner",
    "server",
    "task",
    "view",
];
/// Before "test", these make it a command or somebody else's: `cargo test`, `my tests`.
const TOOL: &[&str] = &[
    "bazel", "cargo", "dotnet", "example", "flutter", "go", "gradle", "jest", "make", "mix", "mvn", "my", "npm", "npx",
    "pnpm", "pytest", "rails", "rake", "react", "run", "running", "single", "speed", "swift", "user", "user's", "yarn",
    "your", "this",
];
/// Under a condition, or in another's tool, it is a report on how tests are written or run.
const REPORT: &[&str] =
    &["after", "if", "unless", "upgrading", "using", "when", "while", "with", "error", "cannot", "can't"];
/// Operating systems as build machines are named after them.
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "linux",
    "macos",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "ubuntu",
    "windows",
];
/// Processors and kinds of build, as build machines are named after them.
const KINDS: &[&str] = &[
    "386", "amd64", "arm", "arm64", "aarch64", "armv7", "i686", "latest", "longtest", "loong64", "mips", "mips64",
    "mips64le", "mipsle", "nightly", "ppc64", "ppc64le", "race", "riscv64", "s390x", "x64", "x86",
];

/// Where a title says that a test of the project fails, if it does.
pub(super) fn test(words: &Words<'_>) -> Option<usize> {
    named(words).or_else(|| plain(words))
}

/// A test by its name, with what is wrong with it. An error may be one that the test looks for.
fn named(words: &Words<'_>) -> Option<usize> {
    let at = words.all.iter().position(|w| is_own_test(w.raw))?;
    let fails = words.places(FAILS).any(|p| p.abs_diff(at) <= 5 && !words.low(p).starts_with("error"));
    let wrong = fails || words.near(at, 5, FLAKY) || words.near(at, 5, STOPS);
    let timed_out = words.phrase(&["timed", "out"]).or_else(|| words.phrase(&["times", "out"]));
    (wrong || timed_out.is_some() || wavers(words, at) || is_in(words, at)).then_some(at)
}

/// The test of the project that a title names, whatever it says of it.
pub(super) fn name<'a>(words: &Words<'a>) -> Option<&'a str> {
    words.all.iter().find(|w| is_own_test(w.raw))?.raw.rsplit('.').next()
}

/// The line of a description that shows a test failing.
pub(super) fn shown<'a>(name: &str, body: &'a str) -> Option<&'a str> {
    body.lines().map(str::trim).find(|l| l.contains("FAIL") && l.contains(name))
}

/// Tests without a name: `tests fail on Windows`, `data race in test`, `tests do not compile`.
fn plain(words: &Words<'_>) -> Option<usize> {
    let flaky = words.any(FLAKY);
    // Who fills in a form for bugs tells of tests of their own.
    let form = words.all.iter().take(words.lead).any(|w| w.low == "bug");
    if form || words.phrase(&["to", "run"]).is_some() || (!flaky && words.any(REPORT)) {
        return None;
    }
    words.places(NOUNS).find(|at| {
        let at = *at;
        // Further on, tests are what something else did harm to.
        let begins = flaky || at <= words.lead + 3;
        if !begins || THING.contains(&words.low(at + 1)) || TOOL.contains(&words.before(at, 1)) {
            return false;
        }
        let fails = words
            .places(FAILS)
            .chain(words.places(FLAKY))
            .chain(words.places(&["unreliable", "unstable"]))
            .any(|p| p + 1 >= at && p.abs_diff(at) <= 3);
        fails || refuses(words, at) || wavers(words, at) || is_in(words, at)
    })
}

/// `tests do not compile`, `test didn't pass`.
fn refuses(words: &Words<'_>, at: usize) -> bool {
    const NOT: &[&str] = &["not", "don't", "doesn't", "didn't", "won't", "never"];
    const DO: &[&str] =
        &["compile", "compiles", "build", "builds", "pass", "passed", "passes", "passing", "link", "links"];
    (at + 1..=at + 3).any(|p| NOT.contains(&words.low(p)) && DO.contains(&words.low(p + 1)))
}

fn wavers(words: &Words<'_>, at: usize) -> bool {
    words.near(at, 5, NOW_AND_THEN) && words.any(FAILS)
}

/// `race in test`, `hang in the signal test`.
fn is_in(words: &Words<'_>, at: usize) -> bool {
    (1..=3).any(|n| words.before(at, n) == "in" && (1..=2).any(|m| IN.contains(&words.before(at, n + m))))
}

/// The name of a test that stands in the sources of a project: `TestDialCancel`, `test_wallet.py`, `WalletTest`.
fn is_own_test(raw: &str) -> bool {
    is_test_name(raw) && !raw.contains(".test.") && !raw.contains(".spec.")
}

/// True for a processor or a kind of build, as build machines are named after them: `ppc64le`.
pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

/// The name of a build machine in a line: `linux-386-longtest`, `windows-2019`, `ubuntu-latest`.
pub(super) fn machine(text: &str) -> Option<&str> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | ':' | ';' | '`' | '"' | '[' | ']');
    text.split(apart).map(|word| word.trim_end_matches('.')).find(|word| {
        let Some((system, rest)) = word.split_once('-') else { return false };
        let system = system.trim_end_matches(|c: char| c.is_ascii_digit()).to_ascii_lowercase();
        let kind = |part: &str| {
            let part = part.to_ascii_lowercase();
            KINDS.contains(&part.as_str()) || (part.len() == 4 && part.starts_with("20"))
        };
        (SYSTEMS.contains(&system.as_str()) || word.starts_with("plan9-")) && rest.split('-').any(kind)
    })
}

/// Where a sentence of a description speaks of the machines that build, if it does.
pub(super) fn builder(sentence: &str) -> Option<String> {
    const NOUNS: &[&str] = &[
        "builder",
        "builders",
        "buildbot",
        "buildbots",
        "trybot",
        "trybots",
        "buildkite",
        "cirrus",
        "appveyor",
        "travis",
    ];
    const PAIRS: &[&[&str]] = &[&["build", "dashboard"], &["ci", "run"], &["on", "ci"], &["on", "the", "dashboard"]];
    let line = Line::of(sentence);
    let words = Words::of(&line);
    let at = words.places(NOUNS).next().or_else(|| PAIRS.iter().find_map(|p| words.phrase(p)))?;
    Some(words.around(at))
}

/// Beginnings of words without one of which [`red`] finds nothing.
pub(super) const BEGINNINGS: &[&str] = &["build", "trybot"];

/// Where a sentence of a description says that a machine which builds the project is red: `the arm builder fails with …`,
/// `this broke the netbsd builders`. A builder may be a piece of software, so one needs a platform beside it, or several
/// a word that counts them; and what somebody runs for themselves is theirs.
pub(super) fn red(sentence: &str) -> Option<String> {
    const MACHINES: &[&str] = &["buildbot", "buildbots", "buildlet", "buildlets", "trybot", "trybots"];
    const COUNTS: &[&str] = &["the", "some", "many", "few", "all", "several", "most", "other", "these", "both", "on"];
    const THEIRS: &[&str] = &["my", "our", "i'm", "would", "could", "might", "should"];
    let line = Line::of(sentence);
    let words = Words::of(&line);
    if words.any(THEIRS) {
        return None;
    }
    let is_platform = |word: &str| word.split(['/', '_']).any(|part| SYSTEMS.contains(&part) || KINDS.contains(&part));
    let named = || words.all.iter().any(|w| is_platform(w.any));
    let at = words.places(MACHINES).chain(words.places(&["builder", "builders"])).find(|at| {
        let at = *at;
        let is_machine = match words.low(at) {
            "builder" => named(),
            "builders" => named() || COUNTS.contains(&words.before(at, 1)),
            _ => true,
        };
        let fails = |p: usize| RED.contains(&words.low(p)) || FLAKY.contains(&words.low(p));
        let stops = |p: usize| matches!(words.low(p), "hang" | "hangs" | "hanging" | "hung" | "stuck");
        let after = (at + 1..=at + 5).any(|p| fails(p) || stops(p));
        let broken = (1..=4).any(|n| matches!(words.before(at, n), "broke" | "break" | "breaks" | "breaking"));
        // "Fails on the arm builders".
        let place = (1..=4).find(|n| matches!(words.before(at, *n), "on" | "in"));
        let there = place.is_some_and(|n| (1..=5).any(|m| at.checked_sub(n + m).is_some_and(fails)));
        is_machine && (after || broken || there)
    })?;
    Some(words.around(at))
}
