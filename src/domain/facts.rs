//! What is wanted to know of a project. Plain values; `None` means that it was not read, which is not the same as that it
//! is not there. Trackers fill them in, `judge` reads them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{key::ProjectRef, text::Foreign};

/// How a run of a pipeline ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// All well.
    Success,
    /// Failed, timed out, or could not start.
    Failure,
    /// Cancelled, skipped, neutral: says nothing.
    Neutral,
    /// Still runs.
    Running,
}

/// A run on the default branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Name of the workflow.
    pub workflow: Foreign,
    /// The commit.
    pub commit: String,
    /// When it ended, or began while it runs.
    pub at: Timestamp,
    /// How it ended.
    pub conclusion: Conclusion,
    /// 1 for the first try of this run.
    pub attempt: u32,
    /// True when a schedule started it.
    pub scheduled: bool,
}

/// Whether a workflow runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowState {
    /// It runs.
    #[default]
    Active,
    /// Switched off because nobody pushed for sixty days.
    DisabledByInactivity,
    /// Switched off by hand.
    DisabledByHand,
}

/// A workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// Its name.
    pub name: Foreign,
    /// Path of its file.
    pub path: Foreign,
    /// Whether it runs.
    pub state: WorkflowState,
    /// When that was last changed, when known.
    pub changed_at: Option<Timestamp>,
}

/// The text of a workflow file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Path of the file.
    pub path: Foreign,
    /// What is in it.
    pub text: Foreign,
}

/// A heading of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Its words.
    pub words: Foreign,
    /// Words of text below it, up to the next heading.
    pub length: u32,
    /// A block of code is below it.
    pub has_code: bool,
}

/// A document at the place where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Path of the file.
    pub path: Foreign,
    /// Words of text in it.
    pub words: u32,
    /// Words before the first heading below the title: what it is for.
    pub opening: u32,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
}

/// Somebody who owns the project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Team or person, as written.
    pub name: Foreign,
}

/// Pull requests of dependency bots that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotPulls {
    /// How many.
    pub count: u32,
    /// When the oldest was opened.
    pub oldest: Timestamp,
}

/// Everything that is known of a project. A list that is `None` was not read; an empty one was, and nothing is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectFacts {
    /// Which project.
    pub project: ProjectRef,
    /// When it was looked at.
    pub looked_at: Timestamp,
    /// Name of the default branch.
    pub branch: Foreign,
    /// Runs on the default branch, in any order.
    pub runs: Option<Vec<Run>>,
    /// Workflows.
    pub workflows: Option<Vec<Workflow>>,
    /// Texts of workflow files.
    pub workflow_texts: Option<Vec<Text>>,
    /// Paths of files of other pipelines (`.gitlab-ci.yml`, `Jenkinsfile`) and of workflows.
    pub ci_files: Option<Vec<Foreign>>,
    /// README; `Some(None)` when there is none.
    #[serde(default, with = "seen", skip_serializing_if = "Option::is_none")]
    pub readme: Option<Option<Document>>,
    /// Guide for contributors.
    #[serde(default, with = "seen", skip_serializing_if = "Option::is_none")]
    pub contributing: Option<Option<Document>>,
    /// Owners named by a file or a catalogue.
    pub owners: Option<Vec<Owner>>,
    /// Templates for issues, by path.
    pub issue_templates: Option<Vec<Foreign>>,
    /// Templates for pull requests, by path.
    pub pull_templates: Option<Vec<Foreign>>,
    /// Description.
    pub description: Option<Foreign>,
    /// Topics.
    pub topics: Vec<Foreign>,
    /// Paths that make an environment anybody can build: devcontainer, nix, compose, lock files, set-up scripts.
    pub environment: Option<Vec<Foreign>>,
    /// Pull requests of dependency bots; `Some(None)` when none are open.
    #[serde(default, with = "seen", skip_serializing_if = "Option::is_none")]
    pub bot_pulls: Option<Option<BotPulls>>,
    /// Issues are switched on.
    pub issues_on: Option<bool>,
    /// A Jira project is mapped to it.
    pub has_jira: bool,
    /// Labels that open tasks carry.
    pub labels_in_use: Option<Vec<Foreign>>,
    /// Open tasks.
    pub open_tasks: Option<u32>,
    /// The last push.
    pub pushed_at: Option<Timestamp>,
    /// When somebody was last brought into the project, by the ledger of helpers.
    pub last_onboarded: Option<Timestamp>,
}

impl ProjectFacts {
    /// A project of which nothing was read yet.
    pub fn unread(project: ProjectRef, looked_at: Timestamp) -> Self {
        Self {
            project,
            looked_at,
            branch: Foreign::default(),
            runs: None,
            workflows: None,
            workflow_texts: None,
            ci_files: None,
            readme: None,
            contributing: None,
            owners: None,
            issue_templates: None,
            pull_templates: None,
            description: None,
            topics: Vec::new(),
            environment: None,
            bot_pulls: None,
            issues_on: None,
            has_jira: false,
            labels_in_use: None,
            open_tasks: None,
            pushed_at: None,
            last_onboarded: None,
        }
    }
}

impl Document {
    /// What a text of Markdown, reStructuredText or AsciiDoc says, by its headings. Blocks of code and comments are no
    /// words.
    pub fn of(path: &str, text: &str) -> Self {
        let mut document = Self { path: Foreign::from(path), words: 0, opening: 0, headings: Vec::new() };
        let mut fence: Option<&str> = None;
        let (mut comment, mut before) = (false, "");
        let mut titled = false;
        for line in text.lines() {
            let trimmed = line.trim();
            if let Some(end) = fence {
                fence = Some(end).filter(|end| !trimmed.starts_with(*end));
                continue;
            }
            if comment || trimmed.starts_with("<!--") {
                comment = !trimmed.contains("-->");
                continue;
            }
            if let Some(words) = heading(line).or_else(|| underlined(before, trimmed)) {
                if heading(line).is_none() {
                    // The line before was the heading, and was counted as text.
                    document.count(before, false);
                }
                // The title of the whole document is no heading below it.
                if titled || document.words > 0 {
                    document.headings.push(Heading { words: words.into(), length: 0, has_code: false });
                }
                titled = true;
            } else if let Some(begin) = FENCES.iter().find(|f| trimmed.starts_with(**f)) {
                fence = Some(begin);
                document.has_code();
            } else {
                if line.starts_with("    ") || line.starts_with('\t') || trimmed.starts_with("$ ") {
                    document.has_code();
                }
                document.count(trimmed, true);
            }
            before = trimmed;
        }
        document.headings.truncate(HEADINGS);
        document
    }

    fn has_code(&mut self) {
        if let Some(heading) = self.headings.last_mut() {
            heading.has_code = true;
        }
    }

    /// Counts the words of a line in, or out again.
    fn count(&mut self, line: &str, add: bool) {
        let letters = |w: &&str| w.chars().any(char::is_alphanumeric);
        let n = u32::try_from(line.split_whitespace().filter(letters).count()).unwrap_or(u32::MAX);
        let change = |count: &mut u32| *count = if add { count.saturating_add(n) } else { count.saturating_sub(n) };
        change(&mut self.words);
        match self.headings.last_mut() {
            Some(heading) => change(&mut heading.length),
            None => change(&mut self.opening),
        }
    }
}

/// Headings of a document that are kept.
const HEADINGS: usize = 60;
/// What begins and ends a block of code.
const FENCES: [&str; 3] = ["```", "~~~", "----"];

/// The words of `## heading` or `== heading`.
fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(['#', '=']);
    let depth = line.len() - rest.len();
    let words = rest.strip_prefix(' ')?.trim().trim_end_matches(['#', '=']).trim();
    ((1..=6).contains(&depth) && !words.is_empty()).then_some(words)
}

/// The words of a heading that stands over a line of signs.
fn underlined<'a>(before: &'a str, line: &str) -> Option<&'a str> {
    let sign = line.chars().next().filter(|c| matches!(c, '=' | '-' | '~' | '^' | '"'))?;
    let whole = line.len() >= 3 && line.chars().all(|c| c == sign);
    // `[source,sh]` above dashes begins a block of code in AsciiDoc.
    (whole && !before.starts_with('[') && before.chars().any(char::is_alphanumeric)).then_some(before)
}

/// What was looked for and is not there, kept apart from what was not looked for.
mod seen {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(value: &Option<Option<T>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::<T>::deserialize(from).map(Some)
    }
}
