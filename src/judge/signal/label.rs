//! The label dictionary: many spellings, one meaning. Exact words after normalising; a label that is not in the
//! dictionary means nothing. Knows no tasks and no verdicts.

use std::collections::HashMap;

/// What a label says about a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelClass {
    /// Small and described, for newcomers.
    Newcomer,
    /// The host asks for help.
    Help,
    /// Somebody offers to guide.
    Mentored,
    /// Documentation.
    Docs,
    /// Builds, pipelines, flaky tests.
    Ci,
    /// Missing, weak or failing tests.
    Tests,
    /// Dependencies.
    Deps,
    /// Code to be cleaned up.
    CodeDebt,
    /// Not to be picked up as it is: blocked, undecided, a question, security.
    Negative,
}

/// The dictionary, by class, in normalised spelling, parted by commas.
const WORDS: &[(LabelClass, &str)] = &[
    (
        LabelClass::Newcomer,
        "good first issue, good first issues, good first bug, good first bugs, good first task, good first \
         contribution, good first pr, good first, good for first time contributors, good for new contributors, \
         good for newcomers, good for beginners, good starter issue, good beginner bug, first timers only, first \
         timers, first timer, first time contributor, first time contributors, first contribution, first issue, \
         first bug, first pr, beginner, beginners, beginner friendly, beginner friendliness, newbie, newbie \
         friendly, newcomer, newcomers, newcomer friendly, new contributor, new contributors, starter, starter \
         issue, starter bug, starter task, contribution starter, contributor starter, easy, easy fix, easyfix, \
         easy pick, easy pickings, easy task, easy issue, easy bug fix, very easy, super easy, bitesize, bite \
         size, bite sized, low hanging fruit, low hanging, low fruit, trivial, entry level, intro, introductory, \
         onboarding, junior job, quick win, straightforward",
    ),
    (
        LabelClass::Help,
        "help wanted, help needed, help, needs help, need help, please help, expert needed, extra attention, up \
         for grabs, up for grab, upforgrabs, free to take, free for take, available, jump in, contributions \
         welcome, contribution welcome, contributions wanted, contributor friendly, contrib welcome, community, \
         community help wanted, community contribution, community contributions, open to contributions, open for \
         contribution, open for contributions, looking for contributors, you take it, pr welcome, prs welcome, \
         pull request welcome, pull requests welcome, patch welcome, patches welcome, pr please, pr wanted, pr \
         needed, needs pr, hacktoberfest, needs owner, needs champion, needs volunteer, volunteer needed, \
         orphaned",
    ),
    (LabelClass::Mentored, "mentor, mentored, has mentor, mentor available, mentoring, mentorship, mentor offered"),
    (
        LabelClass::Docs,
        "doc, docs, documentation, docs needed, needs docs, needs documentation, missing docs, doc bug, docs bug, \
         documentation bug, documentation issue, documentation improvement, improve documentation, api docs, \
         readme, editorial, wording, typos, tutorial, tutorials, examples, guide, guides, website docs, typo, rustdoc, godoc, javadoc, \
         docstring, docstrings, manual, manpage",
    ),
    (
        LabelClass::Ci,
        "ci, ci cd, cicd, ci issues, ci issue, ci failed, ci failure, ci failures, broken ci, continuous \
         integration, github actions, actions, gitlab ci, jenkins, travis, circleci, pipeline, pipelines, \
         workflow, workflows, flaky, flake, flakes, flakey, flaky test, flaky tests, test flake, test flakes, \
         test flakiness, flakiness, intermittent, intermittent failure, failing test, failing tests, test \
         failure, test failures, broken test, broken tests, build, build system, build failure, builds, builders, \
         build infra, broken build, infra, infrastructure, release engineering, tooling",
    ),
    (
        LabelClass::Tests,
        "test, tests, testing, unit test, unit tests, integration test, integration tests, e2e, e2e tests, end to \
         end tests, test coverage, coverage, needs test, needs tests, missing test, missing tests, tests needed, \
         test needed, add tests, qa",
    ),
    (
        LabelClass::Deps,
        "dependency, dependencies, deps, dep, dependency update, dependency updates, dependency upgrade, upgrade \
         dependency, update dependencies, outdated dependencies, third party, vendoring, vendor",
    ),
    (
        LabelClass::CodeDebt,
        "tech debt, technical debt, techdebt, debt, code debt, refactor, refactoring, cleanup, clean up, \
         cleanups, code cleanup, code quality, code health, code smell, maintenance, maintainability, \
         housekeeping, chore, dead code, deprecation, deprecations, lint, linting, modernization, modernisation, \
         legacy",
    ),
    (
        LabelClass::Negative,
        "blocked, blocked upstream, blocked on upstream, upstream, on hold, hold, needs info, need info, needs \
         more info, needs more information, more info needed, more information needed, needs information, \
         needinfo, info needed, waiting for info, waiting for author, waiting on author, waiting for response, \
         waiting for reply, waiting for feedback, waiting for user, waiting for reporter, awaiting response, \
         awaiting reply, awaiting feedback, awaiting author, needs response, needs feedback, needs reproduction, \
         needs repro, cannot reproduce, can not reproduce, needs triage, triage needed, needs decision, needs \
         discussion, needs design, needs investigation, undecided, wontfix, wont fix, will not fix, not planned, \
         invalid, not a bug, duplicate, question, questions, questions and help, support, discussion, discuss, \
         brainstorming, rfc, proposal, proposal declined, thinking, stale exempt, security, frozen due to age",
    ),
];

/// Prefixes that say which drawer a label is from, not what it means.
const PREFIXES: &[&str] = &[
    "type",
    "kind",
    "status",
    "e",
    "hint",
    "difficulty",
    "area",
    "a",
    "p",
    "c",
    "d",
    "s",
    "category",
    "component",
    "effort",
    "experience",
    "level",
    "resolution",
    "topic",
    "triage",
];

/// A label in the spelling the dictionary uses: lower case, words parted by one space, without emoji,
/// `:shortcode:` and the prefix of its drawer. `E-Easy`, `difficulty: easy` and `🐣 easy` are all `easy`.
pub fn normalise(label: &str) -> String {
    let plain = spaced(&without_shortcodes(label));
    let Some((head, tail)) = plain.split_once([':', '/', '-']) else { return words(&plain) };
    let head = head.trim();
    if PREFIXES.contains(&head) && tail.chars().any(char::is_alphanumeric) { words(tail) } else { words(&plain) }
}

/// Lower case, with a space where camel case starts a new word; no emoji, no apostrophes.
fn spaced(label: &str) -> String {
    let mut out = String::with_capacity(label.len() + 4);
    let mut before_lower = false;
    for c in label.chars() {
        if before_lower && c.is_uppercase() {
            out.push(' ');
        }
        before_lower = c.is_lowercase();
        match c {
            '\'' | '’' => {}
            _ if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            ':' | '/' | '-' => out.push(c),
            _ => out.push(' '),
        }
    }
    out.trim().to_owned()
}

/// Leaves away `:octocat:`; a colon that closes nothing stays.
pub(super) fn without_shortcodes(label: &str) -> String {
    let is_code = |s: &str| {
        !s.is_empty() && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '+' | '-'))
    };
    let mut out = String::with_capacity(label.len());
    let mut rest = label;
    while let Some((before, after)) = rest.split_once(':') {
        out.push_str(before);
        match after.split_once(':') {
            Some((code, tail)) if is_code(code) => {
                out.push(' ');
                rest = tail;
            }
            _ => {
                out.push(':');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn words(text: &str) -> String {
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    parts.join(" ")
}

/// The dictionary, ready for many look-ups: remembers the spellings it has met, since a tracker has few labels on
/// many tasks.
pub struct Dictionary {
    words: HashMap<&'static str, LabelClass>,
    own: HashMap<String, LabelClass>,
    met: HashMap<String, Option<LabelClass>>,
}

impl Dictionary {
    /// An empty memory over the fixed dictionary.
    pub fn new() -> Self {
        Self { words: spellings().collect(), own: HashMap::new(), met: HashMap::new() }
    }

    /// The dictionary with spellings of one's own, which win over the fixed ones.
    pub fn with<'a>(own: impl IntoIterator<Item = (&'a str, LabelClass)>) -> Self {
        let own = own.into_iter().map(|(label, class)| (normalise(label), class)).collect();
        Self { own, ..Self::new() }
    }

    /// What a raw label means, if it is known.
    pub fn class(&mut self, label: &str) -> Option<LabelClass> {
        if let Some(known) = self.met.get(label) {
            return *known;
        }
        let normal = normalise(label);
        let class = self.own.get(&normal).or_else(|| self.words.get(normal.as_str())).copied();
        self.met.insert(label.to_owned(), class);
        class
    }
}

impl Default for Dictionary {
    fn default() -> Self {
        Self::new()
    }
}

/// Every spelling of the dictionary with its meaning.
pub fn spellings() -> impl Iterator<Item = (&'static str, LabelClass)> {
    WORDS.iter().flat_map(|(class, words)| words.split(", ").map(|w| (w, *class)))
}

/// What a raw label means, if it is known. For many labels use a [`Dictionary`].
pub fn class(label: &str) -> Option<LabelClass> {
    let normal = normalise(label);
    spellings().find(|(word, _)| *word == normal).map(|(_, class)| class)
}
