//! What a tracker's own search found for the filter of a saved view, and when: kept, so that the view works without network and
//! can say how old it is. Plain data; asks nobody.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    key::{ProjectRef, TaskKey, TrackerName},
    text::safe_line,
    time::{Now, short_age},
};

/// What the name of a kept answer begins with.
const FILTER: &str = "filter ";

/// Name of the value that keeps what a tracker answered for a view.
pub fn filter_name(view: &str, tracker: &TrackerName) -> String {
    format!("{FILTER}{view} {tracker}")
}

/// A filter that a tracker is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The view it belongs to.
    pub view: String,
    /// The filter, in the tracker's own language.
    pub text: String,
}

/// What a tracker found for a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The filter that was asked for.
    pub filter: String,
    /// When it was answered last; `None` until then.
    pub asked_at: Option<Timestamp>,
    /// Numbers of the tasks, by the path of their project.
    pub tasks: BTreeMap<String, BTreeSet<u64>>,
    /// There were more than the tracker shows.
    pub cut: bool,
    /// Why it was not answered the last time, harmless.
    pub problem: Option<String>,
}

impl Found {
    /// An answer.
    pub fn of(filter: &str, keys: impl IntoIterator<Item = TaskKey>, cut: bool, at: Timestamp) -> Self {
        let mut tasks: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for key in keys {
            tasks.entry(key.project.path().to_owned()).or_default().insert(key.number);
        }
        Self { filter: filter.to_owned(), asked_at: Some(at), tasks, cut, problem: None }
    }
}

/// All kept answers, and which tasks they name.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    of: BTreeMap<String, Vec<(TrackerName, Found)>>,
    views: HashMap<TaskKey, Vec<String>>,
}

impl Answers {
    /// What named values say; what cannot be read is left out.
    pub fn of(values: &[(String, String)]) -> Self {
        let mut all = Self::default();
        for (name, value) in values {
            let Some((view, tracker)) = name.strip_prefix(FILTER).and_then(|rest| rest.split_once(' ')) else {
                continue;
            };
            let (Ok(tracker), Ok(found)) = (TrackerName::parse(tracker), serde_json::from_str::<Found>(value)) else {
                continue;
            };
            for (path, numbers) in &found.tasks {
                let Ok(project) = ProjectRef::parse(&tracker, path) else { continue };
                for number in numbers {
                    let key = TaskKey::new(project.clone(), *number);
                    all.views.entry(key).or_default().push(view.to_owned());
                }
            }
            all.of.entry(view.to_owned()).or_default().push((tracker, found));
        }
        all
    }

    /// The views whose filters found a task.
    pub fn get(&self, key: &TaskKey) -> &[String] {
        self.views.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// All tasks that a filter found, in no order.
    pub fn named(&self) -> impl Iterator<Item = (&TaskKey, &[String])> {
        self.views.iter().map(|(key, views)| (key, views.as_slice()))
    }

    /// Names of the views that were asked for.
    pub fn asked(&self) -> impl Iterator<Item = &str> {
        self.of.keys().map(String::as_str)
    }

    /// How old the answers for a view are and what was wrong, one sentence for each tracker; that it was never asked, where
    /// it was not.
    pub fn sentences(&self, view: &str, now: Now) -> Vec<String> {
        let Some(all) = self.of.get(view) else {
            return vec![format!("no tracker was asked for the filter of '{view}' yet: `floorwalk sync` asks")];
        };
        all.iter().map(|(tracker, found)| sentence(view, tracker, found, now)).collect()
    }

    /// The same in a few words: `gh: 2 h ago`.
    pub fn brief(&self, view: &str, now: Now) -> String {
        let Some(all) = self.of.get(view) else { return "filter not asked yet".into() };
        let one = |(tracker, found): &(TrackerName, Found)| match (&found.problem, found.asked_at) {
            (None, Some(at)) => format!("{tracker}: {}", ago(now, at)),
            (Some(_), Some(at)) => format!("{tracker}: {}, refused since", ago(now, at)),
            (_, None) => format!("{tracker}: filter refused"),
        };
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

fn ago(now: Now, at: Timestamp) -> String {
    match short_age(now, at).as_str() {
        "just now" => "just now".into(),
        age => format!("{age} ago"),
    }
}

fn sentence(view: &str, tracker: &TrackerName, found: &Found, now: Now) -> String {
    let mut told = match found.asked_at {
        Some(at) => format!("{tracker} answered the filter of '{view}' {}", ago(now, at)),
        None => format!("{tracker} never answered the filter of '{view}'"),
    };
    if found.cut {
        told.push_str("; it found more than it shows, so narrow the filter");
    }
    if let Some(problem) = &found.problem {
        told = format!("{told}; the last time: {}", safe_line(problem));
    }
    told
}
