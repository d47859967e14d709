//! What is wanted to know of a project. Plain values; `None` means that it was not read, which is not the same as that it
//! is not there.

use jiff::Timestamp;

use crate::domain::{key::ProjectRef, text::Foreign};

/// How a run of a pipeline ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Path of the file.
    pub path: Foreign,
    /// What is in it.
    pub text: Foreign,
}

/// A heading of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its words.
    pub words: Foreign,
    /// Words of text below it, up to the next heading.
    pub length: u32,
    /// A block of code is below it.
    pub has_code: bool,
}

/// A document at the place where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Team or person, as written.
    pub name: Foreign,
}

/// Pull requests of dependency bots that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BotPulls {
    /// How many.
    pub count: u32,
    /// When the oldest was opened.
    pub oldest: Timestamp,
}

/// Everything that is known of a project. A list that is `None` was not read; an empty one was, and nothing is there.
#[derive(Clone, Debug)]
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
    pub readme: Option<Option<Document>>,
    /// Guide for contributors.
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
