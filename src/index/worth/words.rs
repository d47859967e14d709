//! What each part of a score is from, in one harmless sentence.

use super::facts::Facts;
use crate::{
    domain::size::Size,
    judge::{
        readiness::Readiness,
        score::{
            Part,
            facts::{Asked, Estimate},
        },
        skills::Match,
    },
};

/// Skills that one sentence names.
const SKILLS_NAMED: usize = 4;

impl Facts {
    /// What a part is from. `readiness` and `skills` are the verdicts in full, where they are at hand.
    pub(in crate::index) fn words(&self, part: Part, readiness: Option<&Readiness>, skills: &Match) -> String {
        match part {
            Part::Limbo => self.limbo.seen().words(),
            Part::Demand => self.demand_words(),
            Part::Readiness => self.readiness_words(readiness),
            Part::Skills => skills_words(skills),
            Part::Effort => self.effort_words(),
            Part::Host => self.host_words(),
            Part::Onboarding => match self.onboarding {
                Some(known) if known.k() > 0.0 => {
                    format!("{:.0} of 100 for what helps newcomers into its project", known.c() * 100.0)
                }
                _ => "how easy its project is to enter was not read".into(),
            },
            Part::Need => self.need_words(),
            Part::Novelty => self.newness.unwrap_or_default().words(),
        }
    }

    fn demand_words(&self) -> String {
        let d = &self.demand;
        let count = |n: u32, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let seen: Vec<String> = [
            count(d.thumbs, "reaction", "reactions"),
            count(d.commenters, "commenter from outside", "commenters from outside"),
            count(d.duplicates, "duplicate", "duplicates"),
            count(d.blocks, "task waits for it", "tasks wait for it"),
            count(d.votes, "vote", "votes"),
            count(d.watchers, "watcher", "watchers"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let what = if seen.is_empty() { "nobody asked for it".to_owned() } else { seen.join(", ") };
        if self.demand_known { what } else { format!("{what}; who commented was not read") }
    }

    fn readiness_words(&self, full: Option<&Readiness>) -> String {
        let Some((points, words)) = self.readiness else { return "its description was not read".into() };
        let missing: Vec<&str> = full.iter().flat_map(|r| r.missing().take(3)).map(|c| c.name).collect();
        let missing = if missing.is_empty() { String::new() } else { format!("; missing: {}", missing.join(", ")) };
        let short = if words < 20 { "; too short to be sure of" } else { "" };
        format!("{points} of 100{missing}{short}")
    }

    fn effort_words(&self) -> String {
        let Some((size, estimate, given)) = self.effort else { return "the hours you give are not known".into() };
        let from = if estimate == Estimate::Guess { "assumed".to_owned() } else { estimate.words() };
        let hours = Size::hours(Some(size));
        format!("{}, about {hours} h, {from}; you give {given:.0} h in that time", size.word())
    }

    fn host_words(&self) -> String {
        match self.answers.n {
            0 => "how soon its host answers is not known".into(),
            n => {
                let cases = if n == 1 { "1 task".to_owned() } else { format!("{n} tasks") };
                format!("expect a first answer in about {}, from {cases}", span(self.answers.hours))
            }
        }
    }

    fn need_words(&self) -> String {
        let mut said = vec![match self.asked {
            Asked::Request => "the team asks for help".to_owned(),
            Asked::Label => "a label asks for help".to_owned(),
            Asked::No => "nobody asks for help".to_owned(),
        }];
        if let Some(pressure) = self.need.pressure {
            let word = match pressure {
                p if p >= 2.0 / 3.0 => "much",
                p if p >= 1.0 / 3.0 => "some",
                _ => "little",
            };
            said.push(format!("{word} waits there for each of the team"));
        }
        if let Some(received) = self.need.received {
            said.push(format!("{:.0}% of an even share of help in 90 days", received * 100.0));
        }
        said.join("; ")
    }
}

fn skills_words(skills: &Match) -> String {
    if skills.tags.is_empty() {
        return "nothing says which skills it needs".into();
    }
    if skills.component.k() < 1.0 {
        let tags: Vec<&str> = skills.tags.iter().take(SKILLS_NAMED).map(|t| t.need.tag.name()).collect();
        return format!("needs {}; what you know is in no profile", tags.join(", "));
    }
    skills.tags.iter().take(SKILLS_NAMED).map(|t| t.words()).collect::<Vec<_>>().join(", ")
}

/// Working hours as people say them.
fn span(hours: f64) -> String {
    match hours {
        h if h < 1.5 => "an hour".into(),
        h if h < 12.0 => format!("{h:.0} working hours"),
        h => format!("{:.0} working days", (h / 8.0).ceil()),
    }
}
