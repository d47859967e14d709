//! How the data files of the Jira half are written: site, project, issue. Ages and dates are days from the present.
//! Knows no world.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    /// Login to time zone.
    pub zone: BTreeMap<String, String>,
    pub status: Vec<(String, String)>,
    pub kind: Vec<(String, String)>,
    pub priority: Vec<String>,
    pub resolution: Vec<String>,
    pub project: Vec<ProjectSeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectSeed {
    pub key: String,
    pub name: String,
    pub description: String,
    pub site: String,
    pub kind: String,
    pub lead: String,
    pub members: Vec<String>,
    /// Everybody else: `reader`, `commenter`, `member`, `none`.
    pub others: String,
    /// Somebody without an account sees it.
    pub public: bool,
    #[serde(default)]
    pub readers: Vec<String>,
    /// Name, description, lead.
    pub component: Vec<(String, String, String)>,
    /// Name, released, days from the present.
    pub version: Vec<(String, bool, f64)>,
    /// Name, state, start and end in days from the present, goal.
    pub sprint: Vec<(String, String, f64, f64, String)>,
    /// Name, status it leads to, whether it asks for a resolution.
    pub step: Vec<(String, String, bool)>,
}

/// An issue; ages in days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueSeed {
    /// Number in the key.
    pub n: u64,
    pub t: String,
    pub by: String,
    pub age: f64,
    pub b: Option<String>,
    #[serde(default = "task")]
    pub kind: String,
    #[serde(default = "to_do")]
    pub status: String,
    #[serde(default = "medium")]
    pub p: String,
    #[serde(default)]
    pub l: Vec<String>,
    #[serde(default)]
    pub part: Vec<String>,
    pub to: Option<String>,
    #[serde(default)]
    pub voters: Vec<String>,
    #[serde(default)]
    pub watchers: Vec<String>,
    #[serde(default)]
    pub sprints: Vec<String>,
    pub pts: Option<f64>,
    pub due: Option<f64>,
    #[serde(default)]
    pub flag: bool,
    #[serde(default)]
    pub fix: Vec<String>,
    /// Words (`blocks`, `is blocked by`, `relates to`) and key.
    #[serde(default)]
    pub links: Vec<(String, String)>,
    pub parent: Option<String>,
    pub epic: Option<String>,
    pub touched: Option<f64>,
    /// Days ago, and how.
    pub resolved: Option<(f64, String)>,
    /// `[who, days ago, words]`; an exclamation mark before the words makes them internal.
    #[serde(default)]
    pub c: Vec<(String, f64, String)>,
    /// `[who, days ago, field, from, to]`.
    #[serde(default)]
    pub h: Vec<(String, f64, String, String, String)>,
    /// Repository and title of an issue on the GitHub half that this one mirrors by a remote link.
    pub mirror: Option<(String, String)>,
    /// Repository and title of an issue on the GitHub half, whose name stands for `{gh}` in the title.
    pub named: Option<(String, String)>,
}

fn task() -> String {
    "Task".into()
}

fn to_do() -> String {
    "To Do".into()
}

fn medium() -> String {
    "Medium".into()
}
