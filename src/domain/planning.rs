//! What a tracker that plans work (Jira) says of a task beside what all trackers say. Plain data; what it means for the
//! task's worth is decided by `judge`.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::text::Foreign;

/// A sprint the task is in or was in last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprint {
    /// Its name.
    pub name: Foreign,
    /// Where it stands.
    #[serde(default)]
    pub state: SprintState,
}

/// Where a sprint stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SprintState {
    /// Over.
    Closed,
    /// Running.
    Active,
    /// Planned, or the tracker did not say.
    #[default]
    Future,
}

/// Estimated effort in the site's own unit, in hundredths of a point, so that it can be compared exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Points(pub u32);

impl Points {
    /// From a number of points; `None` for what no site writes: negative, not a number, or above 10,000.
    pub fn of(points: f64) -> Option<Self> {
        let fits = points.is_finite() && (0.0..=10_000.0).contains(&points);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a million")]
        let hundredths = (points * 100.0).round() as u32;
        fits.then_some(Self(hundredths))
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

/// A link to another task of the same tracker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLink {
    /// How, read from this task: `blocks`, `is duplicated by`.
    pub how: Foreign,
    /// Key of the other task, as the tracker writes it.
    pub to: Foreign,
    /// True when the other task is done.
    #[serde(default)]
    pub done: bool,
}

/// What a planning tracker says of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Planning {
    /// Name of its status.
    #[serde(skip_serializing_if = "Foreign::is_empty")]
    pub status: Foreign,
    /// True when somebody is at work by the category of its status.
    pub in_progress: bool,
    /// Issue type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Foreign>,
    /// Priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Foreign>,
    /// Components.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Foreign>,
    /// Sprint it is in, else the one it was in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sprint: Option<Sprint>,
    /// Sprints it was in that are over.
    pub sprints_left: u32,
    /// Day it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    /// Flagged as an impediment.
    pub flagged: bool,
    /// Votes.
    pub votes: u32,
    /// Watchers.
    pub watchers: u32,
    /// Key of the task it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Foreign>,
    /// Links to other tasks of the tracker.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<TaskLink>,
    /// Comments there are public to customers (service desks).
    pub service_desk: bool,
}

impl SprintState {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Closed => "over",
            Self::Active => "running",
            Self::Future => "planned",
        }
    }
}

impl Planning {
    /// Names and values for people, harmless, in the order in which they help to judge; what is not known is left out.
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        let text = |t: &Option<Foreign>| t.as_ref().map(|t| t.line().into_owned()).unwrap_or_default();
        let count = |n: u32| if n == 0 { String::new() } else { n.to_string() };
        let sprint = self.sprint.as_ref().map(|s| format!("{}, {}", s.name.line(), s.state.word()));
        let components: Vec<_> = self.components.iter().map(Foreign::line).collect();
        let links: Vec<String> = self.links.iter().map(TaskLink::words).collect();
        let status = if self.status.is_empty() { String::new() } else { self.status.line().into_owned() };
        let facts = [
            ("status", status),
            ("type", text(&self.kind)),
            ("priority", text(&self.priority)),
            ("components", components.join(", ")),
            ("sprint", sprint.unwrap_or_default()),
            ("due", self.due.map(|due| due.to_string()).unwrap_or_default()),
            ("points", self.points.map(|points| points.to_string()).unwrap_or_default()),
            ("flagged", if self.flagged { "as an impediment".to_owned() } else { String::new() }),
            ("votes", count(self.votes)),
            ("watchers", count(self.watchers)),
            ("part of", text(&self.parent)),
            ("links", links.join(", ")),
            ("comments", if self.service_desk { "kept from customers".to_owned() } else { String::new() }),
        ];
        facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

impl TaskLink {
    fn words(&self) -> String {
        let done = if self.done { " (done)" } else { "" };
        format!("{} {}{done}", self.how.line(), self.to.line())
    }
}
