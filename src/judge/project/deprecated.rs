//! Parts of workflows that stop working: the rules lie in a data file with dates. Reads workflow texts line by line; what
//! stands in a comment says nothing.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::facts::Text;

const FILE: &str = include_str!("../../../assets/judge/deprecated-actions.toml");

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub id: String,
    /// What is looked for.
    what: What,
    /// The day from which on it no longer works, or is deprecated.
    pub since: Date,
    /// What is the matter, in words.
    pub says: String,
    /// What to use instead.
    pub instead: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// `uses: owner/name@v3`, with a version below; any version where none is named. `owner/*` for all of an owner.
    Action { name: String, below: Option<u32> },
    /// `runs-on: name`, or a name in a list of runners.
    Runner(String),
    /// A text in a step.
    Text(String),
}

#[derive(Deserialize)]
struct RawFile {
    rule: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    action: Option<String>,
    below: Option<u32>,
    runner: Option<String>,
    text: Option<String>,
    since: toml::value::Datetime,
    says: String,
    instead: String,
}

impl TryFrom<RawRule> for Rule {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Self, String> {
        let what = match (raw.action, raw.runner, raw.text) {
            (Some(name), None, None) => What::Action { name, below: raw.below },
            (None, Some(runner), None) => What::Runner(runner),
            (None, None, Some(text)) => What::Text(text),
            _ => return Err(format!("rule '{}' needs one of action, runner and text", raw.id)),
        };
        let since = raw.since.to_string().parse().map_err(|e| format!("rule '{}': {e}", raw.id))?;
        Ok(Self { id: raw.id, what, since, says: raw.says, instead: raw.instead })
    }
}

/// Reads a file of rules.
///
/// # Errors
/// A sentence about the first rule that is no rule.
pub fn parse(file: &str) -> Result<Vec<Rule>, String> {
    let raw: RawFile = toml::from_str(file).map_err(|e| e.to_string())?;
    raw.rule.into_iter().map(Rule::try_from).collect()
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| parse(FILE).unwrap_or_default());

/// The rules that come with the program.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// A rule that a line of a workflow meets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outdated {
    /// Name of the rule.
    pub rule: String,
    /// Path of the file, harmless.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What stands there, harmless.
    pub found: String,
    /// What is the matter.
    pub says: String,
    /// What to use instead.
    pub instead: String,
    /// Since when.
    pub since: Date,
}

/// All that does not work any more on a day, by file and line; of several rules that one line meets, the one that has held
/// for longest.
pub fn outdated(texts: &[Text], rules: &[Rule], today: Date) -> Vec<Outdated> {
    let mut found = Vec::new();
    for text in texts {
        for (number, line) in (1..).zip(text.text.raw().lines()) {
            let line = code(line);
            let meets = rules.iter().filter(|r| r.since <= today && r.what.is_in(line));
            let Some(rule) = meets.min_by_key(|r| r.since) else { continue };
            found.push(Outdated {
                rule: rule.id.clone(),
                path: text.path.fit(100).into_owned(),
                line: number,
                found: crate::domain::text::safe_fit(line.trim(), 80).into_owned(),
                says: rule.says.clone(),
                instead: rule.instead.clone(),
                since: rule.since,
            });
        }
    }
    found
}

/// The text with only those lines that a rule meets, today or on a later day; the others are left empty, so that lines keep
/// their numbers. What is judged is the same.
pub fn telling(text: &Text, rules: &[Rule]) -> Text {
    let kept = |line: &&str| rules.iter().any(|r| r.what.is_in(code(line)));
    let lines: Vec<&str> = text.text.raw().lines().map(|line| Some(line).filter(kept).unwrap_or_default()).collect();
    Text { path: text.path.clone(), text: lines.join("\n").trim_end().into() }
}

/// A line without its comment.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(code, _)| code)
}

impl What {
    fn is_in(&self, line: &str) -> bool {
        match self {
            Self::Action { name, below } => action(line).is_some_and(|(uses, version)| {
                let same = match name.strip_suffix("/*") {
                    Some(owner) => uses.split('/').next().is_some_and(|o| o.eq_ignore_ascii_case(owner)),
                    None => is_action(uses, name),
                };
                // A branch or a commit tells no version.
                same && below.is_none_or(|below| major(version).is_some_and(|v| v < below))
            }),
            Self::Runner(name) => is_runner_line(line) && words(line).any(|w| w == name),
            Self::Text(text) => line.contains(text.as_str()),
        }
    }
}

/// `owner/name` or a path below it.
fn is_action(uses: &str, name: &str) -> bool {
    let head = uses.get(..name.len()).unwrap_or_default();
    head.eq_ignore_ascii_case(name)
        && uses.get(name.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Name and version of `uses: name@version`.
fn action(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start().trim_start_matches("- ").trim_start();
    let value = line.strip_prefix("uses:")?.trim().trim_matches(['"', '\'']);
    value.split_once('@')
}

/// 3 of `v3`, `3.1.2`, `v3-beta`.
fn major(version: &str) -> Option<u32> {
    let version = version.strip_prefix('v').unwrap_or(version);
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    let rest = version.get(digits.len()..)?;
    // A commit may begin with digits; a version goes on with a point, a dash or nothing.
    (rest.is_empty() || rest.starts_with(['.', '-'])).then(|| digits.parse().ok())?
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))).filter(|w| !w.is_empty())
}

/// A line that names runners: `runs-on:`, an entry of a matrix, an item of a list.
fn is_runner_line(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    let keys = ["runs-on:", "os:", "platform:", "runner:", "image:", "vmImage:", "host:"];
    keys.iter().any(|k| line.starts_with(k)) || !line.contains([':', ' '])
}
