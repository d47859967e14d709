//! Does a sentence say that builds or pipelines need work, or that tests are flaky? A program that fails where somebody
//! runs a pipeline is a bug of the program: only what the pipeline itself is about counts.

use super::words::Words;

/// Words for pipelines that mean nothing else.
const NOUNS: &[&str] = &[
    "ci",
    "ci/cd",
    "cicd",
    "travis",
    "circleci",
    "appveyor",
    "jenkins",
    "buildkite",
    "trybot",
    "trybots",
    "buildbot",
    "buildbots",
    "teamcity",
    "cirrus",
    "codecov",
    "coveralls",
    "dependabot",
    "buildlet",
    "buildlets",
    "presubmit",
    "presubmits",
    "postsubmit",
    "postsubmits",
];
/// Two words for pipelines.
const PAIRS: &[[&str; 2]] = &[
    ["github", "actions"],
    ["github", "action"],
    ["github", "workflow"],
    ["github", "workflows"],
    ["continuous", "integration"],
    ["gitlab", "pipeline"],
    ["azure", "pipelines"],
    ["ci", "pipeline"],
    ["release", "pipeline"],
    ["build", "pipeline"],
    ["nightly", "build"],
    ["nightly", "builds"],
    ["nightly", "job"],
    ["nightly", "workflow"],
    ["actions", "workflow"],
    ["workflow", "file"],
    ["pre", "commit"],
    ["cloud", "build"],
    ["build", "matrix"],
    ["ci", "matrix"],
    ["merge", "queue"],
    ["publish", "workflow"],
    ["release", "automation"],
    ["release", "job"],
    ["release", "workflow"],
];
/// After one of these, or before, a word for pipelines is a mode or a place.
const MODE: &[&str] = &["mode", "flag", "option", "environment", "env", "environments", "variable", "detection"];
/// Before a noun: the pipeline is only where something happens.
const PLACE: &[&str] = &[
    "in", "on", "inside", "under", "during", "within", "when", "from", "with", "using", "for", "via", "npm", "into",
    "at",
];
const BETWEEN: &[&str] = &["the", "a", "our", "my", "your", "their", "some", "this"];
/// What is done to pipelines, at the beginning of a sentence.
pub(super) const DO: &[&str] = &[
    "run",
    "add",
    "enable",
    "disable",
    "test",
    "move",
    "migrate",
    "activate",
    "use",
    "cache",
    "speed",
    "switch",
    "fix",
    "drop",
    "set",
    "setup",
    "upgrade",
    "pin",
    "make",
    "improve",
    "update",
    "remove",
    "configure",
    "split",
    "build",
    "replace",
    "introduce",
    "reduce",
    "stop",
    "check",
    "publish",
    "automate",
    "create",
    "investigate",
    "skip",
    "bump",
    "install",
    "repair",
    "restart",
    "increase",
];
/// What is done when one service is left for another.
const MOVE: &[&str] = &["migrate", "migrating", "migration", "move", "moving", "switch", "switching"];
/// What fails.
pub(super) const FAILS: &[&str] = &[
    "fail", "fails", "failed", "failing", "failure", "failures", "broken", "breaks", "breakage", "red", "timeout",
    "timeouts", "hang", "hangs", "hanging", "stuck", "stalls", "error", "errors", "crash", "crashes", "flaky", "flake",
];
/// What wavers.
pub(super) const FLAKY: &[&str] =
    &["flaky", "flakey", "flake", "flakes", "flaking", "flaked", "flakiness", "flakyness"];
/// What wavers, said of anything.
pub(super) const NOW_AND_THEN: &[&str] = &[
    "intermittent",
    "intermittently",
    "sporadic",
    "sporadically",
    "occasional",
    "occasionally",
    "randomly",
    "sometimes",
    "nondeterministic",
    "nondeterministically",
    "unreliable",
];
/// Words for tests.
const TESTS: &[&str] =
    &["test", "tests", "suite", "testcase", "testcases", "spec", "specs", "qa", "check", "checks", "job", "jobs"];
/// Builds and tests of the project itself.
const OWN: &[&str] = &["main", "master", "trunk", "nightly", "head", "devel", "default"];

/// Words without one of which, and without the name of a test, no rule here finds anything.
pub(super) const TRIGGERS: &[&[&str]] = &[
    NOUNS,
    FLAKY,
    NOW_AND_THEN,
    &[
        "github",
        "gitlab",
        "azure",
        "integration",
        "pipeline",
        "nightly",
        "actions",
        "workflow",
        "commit",
        "cloud",
        "build",
        "builds",
        "builder",
        "builders",
        "test",
        "tests",
        "suite",
        "merge",
        "publish",
        "release",
    ],
];

/// Where a sentence says it, if it does.
pub(super) fn says(words: &Words<'_>) -> Option<usize> {
    flaky(words).or_else(|| pipeline(words)).or_else(|| red(words)).or_else(|| builders(words))
}

/// `TestDialCancel`, `os.TestDial`, `DialTests`, `DialTest#test_cancel`, `test_wallet.py`, `wallet_groups.py`: the name of a
/// test or of a script.
pub(super) fn is_test_name(raw: &str) -> bool {
    // Most words are none; this is asked of every word of every title.
    if !raw.contains(['_', '.', 'T']) {
        return false;
    }
    let big = |s: &str| s.starts_with(|c: char| c.is_ascii_uppercase());
    let last = raw.rsplit('.').next().unwrap_or_default();
    let go_or_java = last.strip_prefix("Test").is_some_and(big);
    let class = raw.split(['#', ':']).next().unwrap_or_default();
    let java =
        big(class) && [("Test", 4), ("Tests", 5)].iter().any(|(end, n)| class.ends_with(end) && class.len() > *n);
    let file = raw.rsplit('/').next().unwrap_or_default();
    let script = file.contains('_') && (file.starts_with("test_") || file.contains("_test") || file.ends_with(".py"));
    go_or_java || java || script || raw.contains("#test_") || file.contains(".test.") || file.contains(".spec.")
}

fn test_name(words: &Words<'_>) -> Option<usize> {
    words.all.iter().position(|w| is_test_name(w.raw))
}

/// True when a test is named.
pub(super) fn names_test(words: &Words<'_>) -> bool {
    test_name(words).is_some()
}

fn flaky(words: &Words<'_>) -> Option<usize> {
    let is_about = |at: usize| {
        // "flaky network" is not the test; "flaky" alone, with a test or as the last word, is.
        let last = at + 1 == words.all.len();
        last || words.any(TESTS)
            || test_name(words).is_some()
            || words.any(NOUNS)
            || words.any(&["build", "builds", "builder", "builders"])
    };
    if let Some(at) = words.places(FLAKY).find(|at| is_about(*at)) {
        return Some(at);
    }
    let failing = |at: usize| words.near(at, 4, FAILS) || words.near(at, 2, &["issue", "issues"]);
    let own = words.any(TESTS) || test_name(words).is_some();
    words.places(NOW_AND_THEN).find(|at| own && failing(*at))
}

/// The pipeline itself: it begins the sentence, is broken, or something is to be done to it.
fn pipeline(words: &Words<'_>) -> Option<usize> {
    let singles = words.places(NOUNS);
    let pairs = PAIRS.iter().filter_map(|pair| words.phrase(pair));
    let mut places: Vec<usize> = singles.chain(pairs).collect();
    places.sort_unstable();
    let ordered = DO.contains(&words.first());
    let tests = words.any(TESTS) || test_name(words).is_some();
    places.into_iter().find(|at| {
        let at = *at;
        // `CI=true` is code; `--ci` as well.
        let mode = MODE.contains(&words.low(at + 1)) || MODE.contains(&words.low(at + 2));
        let mut back = 1;
        while BETWEEN.contains(&words.before(at, back)) && back < 3 {
            back += 1;
        }
        let is_place = PLACE.contains(&words.before(at, back));
        let begins = at <= words.lead + 1 && words.all.len() > words.lead + 1;
        if mode {
            false
        } else if words.before(at, 1) == "to" && MOVE.contains(&words.before(at, 2)) {
            true
        } else if is_place {
            let wavers = tests
                && (words.any(FAILS) || times_out(words))
                && !words.any(&["locally", "pass", "passes", "passing", "local"]);
            ordered || wavers || left_out(words, at)
        } else {
            begins
                || ordered
                || words.near(at, 3, FAILS)
                || words.near(
                    at,
                    2,
                    &[
                        "job",
                        "jobs",
                        "config",
                        "configuration",
                        "script",
                        "scripts",
                        "workflow",
                        "runner",
                        "runners",
                        "cache",
                    ],
                )
        }
    })
}

/// `times out`, in any form.
fn times_out(words: &Words<'_>) -> bool {
    words.places(&["times", "timed", "timing"]).any(|at| words.low(at + 1) == "out")
}

/// `is not run on CI`: something is left out of runs.
fn left_out(words: &Words<'_>, at: usize) -> bool {
    const NOT: &[&str] = &["not", "never", "aren't", "isn't"];
    words
        .places(&["run", "tested", "built", "covered", "checked"])
        .any(|verb| verb < at && (1..=2).any(|n| NOT.contains(&words.before(verb, n))))
}

/// The project's own build or tests are red: on its main branch, or for everybody.
fn red(words: &Words<'_>) -> Option<usize> {
    const BROKEN: &[&[&str]] = &[
        &["build", "is", "broken"],
        &["build", "broken"],
        &["builds", "are", "broken"],
        &["broken", "build"],
        &["breaks", "the", "build"],
        &["breaks", "build"],
        &["broke", "the", "build"],
        &["broke", "build"],
        &["breaking", "the", "build"],
    ];
    // Whoever builds something else tells with what, and when.
    let own =
        !words.any(&["when", "with", "if", "after", "using", "my", "go", "npm", "docker", "yarn", "cargo", "bug"]);
    if own && let Some(at) = BROKEN.iter().find_map(|p| words.phrase(p)) {
        return Some(at);
    }
    words.places(&["build", "builds", "test", "tests", "suite"]).find(|at| {
        let at = *at;
        words.near(at, 3, FAILS) && words.near(at, 5, OWN)
    })
}

/// Platforms and words for builds: beside one of these a builder is a machine.
const BESIDE: &[&str] = &[
    "386",
    "amd64",
    "android",
    "arm",
    "arm64",
    "bsd",
    "build",
    "darwin",
    "dragonfly",
    "freebsd",
    "ios",
    "linux",
    "mac",
    "macos",
    "netbsd",
    "openbsd",
    "os",
    "osx",
    "plan9",
    "race",
    "solaris",
    "test",
    "testing",
    "tests",
    "windows",
];
/// What ails a machine.
const MACHINE: &[&str] = &[
    "broken",
    "down",
    "failing",
    "missing",
    "offline",
    "red",
    "slow",
    "stopped",
    "stuck",
    "hang",
    "hangs",
    "dashboard",
];

/// What makes a machine red, and no crash of a program alone.
pub(super) const RED: &[&str] =
    &["fail", "fails", "failed", "failing", "failure", "failures", "broken", "breaks", "broke", "red"];

/// Machines that build: what is wrong with them, or what is to be done to them. A builder may also be a piece of software
/// (`query builder`), so one alone needs a platform or a word for builds beside it.
fn builders(words: &Words<'_>) -> Option<usize> {
    words.places(&["builder", "builders"]).find(|at| {
        let at = *at;
        let is_machine = words.low(at) == "builders"
            || words.all.iter().any(|w| super::failing::is_kind(w.any))
            || words.near(at, 3, BESIDE)
            || words
                .all
                .iter()
                .any(|w| w.any.split(['/', '-']).next().is_some_and(|os| BESIDE.contains(&os)) && w.any.contains('/'));
        let is_place = (1..=3).any(|n| PLACE.contains(&words.before(at, n)));
        let ordered = DO.contains(&words.first());
        let tests = words.any(TESTS) || test_name(words).is_some();
        is_machine
            && if is_place {
                // "Fails on the arm builder": that machine is red, whatever is to blame.
                ordered || tests || words.any(NOW_AND_THEN) || words.any(RED)
            } else {
                ordered || tests || words.near(at, 4, MACHINE) || words.near(at, 4, FAILS) || at <= words.lead + 3
            }
    })
}

/// The heading of a title that names builds: `build: …`, `x/build/cmd: …`, `cmd/release: …`; or the script for builds
/// that it begins with: `make.bash: …`, `release.sh forgets …`.
pub(super) fn subject(title: &str) -> Option<&str> {
    const HEADS: &[&str] = &["build", "builder", "builders", "buildbot", "ci"];
    // In a drawer for tools, these are the project's own.
    const TOOLS: &[&str] = &["builder", "builders", "ci", "dist", "release"];
    const DRAWERS: &[&str] = &["cmd", "hack", "infra", "misc", "script", "scripts", "tool", "tools"];
    const STEMS: &[&str] = &[
        "all",
        "bootstrap",
        "build",
        "check",
        "ci",
        "compile",
        "deps",
        "lint",
        "make",
        "release",
        "run",
        "test",
        "tests",
        "version",
    ];
    let first = title.split_whitespace().next()?;
    let word = first.trim_end_matches(':');
    if first.len() > word.len() {
        let mut parts = word.split('/');
        let (head, next) = (parts.next().unwrap_or_default(), parts.next());
        // One letter in front is a drawer, as with labels.
        let build = if head.len() == 1 { next.unwrap_or_default() } else { head };
        let tool = DRAWERS.contains(&head) && next.is_some_and(|n| TOOLS.contains(&n));
        // A dashboard is one of builds when the sentence speaks of builds.
        let low = title.to_ascii_lowercase();
        let dashboard = build == "dashboard" && (low.contains("build") || low.contains("trybot"));
        if HEADS.contains(&build) || tool || dashboard {
            return Some(word);
        }
    }
    let file = word.rsplit('/').next().unwrap_or_default();
    let (stem, end) = file.rsplit_once('.')?;
    let is_script = matches!(end, "sh" | "bash" | "bat" | "cmd" | "ps1" | "mk" | "rc");
    (is_script && stem.split(['-', '_']).any(|part| STEMS.contains(&part))).then_some(word)
}
