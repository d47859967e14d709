//! What belongs to pipelines alone, by its name: files of services, images of machines, versions that builds are tried
//! with, releases that nobody should have to make by hand.

use super::{
    ci::{DO, FAILS},
    words::Words,
};

/// Files that pipelines are written in.
const FILES: &[&str] = &[
    ".appveyor.yml",
    ".cirrus.yml",
    ".codecov.yml",
    ".drone.yml",
    ".gitlab-ci.yaml",
    ".gitlab-ci.yml",
    ".pre-commit-config.yaml",
    ".travis.yaml",
    ".travis.yml",
    "appveyor.yml",
    "azure-pipelines.yaml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "cloudbuild.yaml",
    "codecov.yml",
    "dependabot.yml",
    "jenkinsfile",
];
/// Folders of such files.
const FOLDERS: &[&str] = &[".github/workflows/", ".circleci/", ".buildkite/", ".woodpecker/"];
/// Systems that machines for builds are offered with.
const SYSTEMS: &[&str] = &["macos", "ubuntu", "windows"];
/// What happens to an image of a machine.
const AGED: &[&str] = &[
    "deprecated",
    "deprecation",
    "image",
    "images",
    "removal",
    "removed",
    "retired",
    "retirement",
    "runner",
    "runners",
    "sunset",
    "unsupported",
];
/// What tests are to be run against: languages and their tools.
const TOOLS: &[&str] = &[
    "clang", "deno", "dotnet", "elixir", "gcc", "ghc", "go", "java", "jdk", "jruby", "msrv", "msvc", "node", "nodejs",
    "php", "pypy", "python", "ruby", "rust", "scala", "swift",
];
/// Systems that tests are to be run on, beside those above.
const PLACES: &[&str] = &["aarch64", "android", "arm", "arm64", "freebsd", "ios", "linux", "openbsd", "s390x"];

/// Words without one of which no rule of sentences here finds anything.
pub(super) const TRIGGERS: &[&[&str]] =
    &[&["test", "tests", "testing", "automate", "automatic", "automated", "coverage"]];

/// Where a sentence says it, if it does.
pub(super) fn says(words: &Words<'_>) -> Option<usize> {
    tried_with(words).or_else(|| automation(words))
}

/// `Test against Python 3.13`, `Run tests on Windows`, `Run the tests under musl and arm64`.
fn tried_with(words: &Words<'_>) -> Option<usize> {
    const PREPOSITIONS: &[&str] = &["against", "on", "under", "with"];
    let tests = match words.first() {
        "test" | "testing" => words.lead,
        "run" | "execute" => (1..=4).map(|n| words.lead + n).find(|at| matches!(words.low(*at), "test" | "tests"))?,
        _ => return None,
    };
    let at = (tests + 1..=tests + 2).find(|at| PREPOSITIONS.contains(&words.low(*at)))?;
    let named = |n: usize| {
        let word = words.low(at + n);
        let version = |w: &str| w.starts_with(|c: char| c.is_ascii_digit()) || matches!(w, "latest" | "nightly");
        let newer = (1..=2).any(|m| words.all.get(at + n + m).is_some_and(|w| version(w.any)));
        // A name with capitals inside, such as FreeBSD, looks like code.
        let whole = words.all.get(at + n).map_or("", |w| w.any);
        SYSTEMS.contains(&word) || PLACES.contains(&whole) || (TOOLS.contains(&word) && newer)
    };
    // A report tells what became of it.
    ((1..=3).any(named) && !words.any(FAILS) && !words.any(&["not", "doesn't", "cannot", "can't"])).then_some(tests)
}

/// `Automate releases`, `upload coverage from …`: nobody should have to do it by hand.
fn automation(words: &Words<'_>) -> Option<usize> {
    const PHRASES: &[&[&str]] = &[
        &["automate", "release"],
        &["automate", "releases"],
        &["automate", "the", "release"],
        &["automate", "our", "releases"],
        &["automate", "releasing"],
        &["automate", "publishing"],
        &["automated", "releases"],
        &["automatic", "releases"],
        &["upload", "coverage"],
        &["coverage", "upload"],
        &["coverage", "badge"],
    ];
    PHRASES.iter().find_map(|p| words.phrase(p))
}

/// The file of a pipeline that a title is about: it begins with it, says what is wrong with it or what to do.
pub(super) fn file<'a>(title: &'a str, words: &Words<'_>) -> Option<&'a str> {
    const WRONG: &[&str] = &["deprecated", "missing", "obsolete", "old", "outdated", "stale", "unused", "wrong"];
    // Most titles name no file.
    if !title.contains(['.', '/']) && !title.contains("enkinsfile") {
        return None;
    }
    let named = pieces(title).find(|piece| {
        let low = piece.to_ascii_lowercase();
        let name = low.rsplit('/').next().unwrap_or_default();
        FILES.contains(&name) || FOLDERS.iter().any(|f| low.contains(f))
    })?;
    let matters =
        title.trim_start().starts_with(named) || DO.contains(&words.first()) || words.any(FAILS) || words.any(WRONG);
    matters.then_some(named)
}

/// The image of a machine that a title wants replaced: `ubuntu-20.04`, `macos-12`.
pub(super) fn image<'a>(title: &'a str, words: &Words<'_>) -> Option<&'a str> {
    let is_image = |piece: &&str| {
        let Some((system, version)) = piece.split_once('-') else { return false };
        let dated = version.starts_with(|c: char| c.is_ascii_digit())
            && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        SYSTEMS.contains(&system.to_ascii_lowercase().as_str()) && (version == "latest" || dated)
    };
    let named = pieces(title).find(is_image)?;
    let replaced =
        matches!(words.first(), "migrate" | "move" | "switch" | "upgrade" | "replace" | "pin" | "use" | "bump");
    (replaced || words.any(AGED)).then_some(named)
}

/// Words of a title with everything that belongs to a path.
fn pieces(title: &str) -> impl Iterator<Item = &str> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '[' | ']' | ',' | ';');
    title.split(apart).map(|piece| piece.trim_end_matches([':', '.', '!', '?'])).filter(|piece| !piece.is_empty())
}
