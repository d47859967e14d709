//! What projects are like beside their tasks, for the findings on them: read once a day for each, the ones read longest ago
//! first, a part of them in each sync, after the tasks. Kept as named values, so that a project that cannot be read keeps
//! what was known of it.

use std::{cmp::Reverse, collections::HashMap};

use futures_util::{FutureExt, StreamExt, stream};

use super::{
    discover::stops_all,
    run::{Reader, Trouble},
};
use crate::{
    domain::{facts::ProjectFacts, key::ProjectRef, project::Project, task::Task, text::Foreign, time::Now},
    judge::project::{Finding, rules, telling},
    store::{Batch, facts_name, raised_name},
};

/// Projects whose facts are read in one sync.
const AT_MOST: usize = 120;
/// Projects asked for together, and stored together.
const AT_ONCE: usize = 10;
/// Such questions under way at once.
const BATCHES_AT_ONCE: usize = 4;

/// Name of the value that says on which day (since 1970, UTC) a project was last asked, whatever came of it.
fn day_name(project: &ProjectRef) -> String {
    format!("asked for facts {}:{project}", project.tracker)
}

impl Reader<'_> {
    /// Which of these tasks were made of a finding, where that is not known yet: the descriptions that tell are not read
    /// with lists.
    pub(super) fn raised(&self, tasks: &[(Task, Option<Foreign>)]) -> Vec<(String, String)> {
        let value = |(task, body): &(Task, Option<Foreign>)| {
            let id = Finding::made_into(task.key.project.path(), body.as_ref()?.raw()).unwrap_or_default();
            let name = raised_name(&task.key);
            (self.value(&name).unwrap_or_default() != id).then_some((name, id))
        };
        tasks.iter().filter_map(value).collect()
    }

    /// Reads the facts of projects that were not asked for today.
    pub(super) async fn read_facts(&self, wanted: &[&Project]) -> Result<(), Trouble> {
        let today = self.now().as_second() / 86_400;
        let values: HashMap<String, String> = self.store.values().await?.into_iter().collect();
        let asked = |p: &ProjectRef| values.get(&day_name(p)).and_then(|v| v.parse::<i64>().ok());
        // Archived and disabled projects owe nobody anything.
        let alive = |p: &&&Project| !p.archived && !p.disabled;
        let mut due: Vec<&Project> = wanted.iter().filter(alive).copied().collect();
        due.retain(|p| self.full || asked(&p.project).is_none_or(|day| day < today));
        due.sort_by_key(|p| (asked(&p.project), Reverse(p.pushed_at)));
        due.truncate(AT_MOST);
        if !due.is_empty() {
            self.say("looking how projects are getting on");
        }
        let ask = |batch: &[&Project]| {
            let projects: Vec<Project> = batch.iter().map(|p| (*p).clone()).collect();
            async move { self.tracker.project_facts(&projects, Now(self.now())).await }.boxed()
        };
        let mut answers = stream::iter(due.chunks(AT_ONCE)).map(ask).buffered(BATCHES_AT_ONCE);
        for batch in due.chunks(AT_ONCE) {
            let Some(answer) = answers.next().await else { break };
            let told = match answer {
                Ok(told) => told,
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                Err(error) => {
                    // Not marked as asked: the next sync tries again.
                    self.problem(format!("how projects are getting on: {}", error.sentence()), error.hint());
                    return Ok(());
                }
            };
            let mut values: Vec<(String, String)> = Vec::new();
            for (project, facts) in told {
                match facts {
                    Ok(facts) => values.extend(value_of(facts)),
                    Err(error) if stops_all(&error.class) => return Err(error.into()),
                    Err(error) => self.problem(format!("{project}: {}", error.sentence()), error.hint()),
                }
            }
            values.extend(batch.iter().map(|p| (day_name(&p.project), today.to_string())));
            self.store.apply(Batch { values, ..Batch::default() }).await?;
        }
        Ok(())
    }
}

/// The value that keeps the facts; of workflows only the lines that some rule is about.
fn value_of(mut facts: ProjectFacts) -> Option<(String, String)> {
    if let Some(texts) = &mut facts.workflow_texts {
        texts.iter_mut().for_each(|text| *text = telling(text, rules()));
        texts.retain(|text| !text.text.is_empty());
    }
    let name = facts_name(&facts.project);
    serde_json::to_string(&facts).ok().map(|text| (name, text))
}
