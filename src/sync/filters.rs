//! Asking a tracker which tasks it finds for the filters of saved views, and keeping the answer with its time. A filter that is
//! refused keeps its last answer and keeps nobody's tasks from being read.

use super::{
    discover::stops_all,
    run::{Reader, Trouble},
};
use crate::{
    domain::filter::{Filter, Found, filter_name},
    store::Batch,
    tracker::{ErrorClass, TrackerError},
};

impl Reader<'_> {
    /// Asks for all filters of this tracker, unless only some projects are read.
    pub(super) async fn ask_filters(&self) -> Result<(), Trouble> {
        if !self.context.only.is_empty() {
            return Ok(());
        }
        for filter in self.context.filters {
            let answer = self.tracker.filtered(self.context.sources, &filter.text).await;
            let stops = answer.as_ref().is_err_and(|error| stops_all(&error.class));
            let found = match answer {
                Ok(hits) => Found::of(&filter.text, hits.keys, hits.cut, self.now()),
                Err(error) => self.refused(filter, &error),
            };
            let name = filter_name(&filter.view, self.tracker.name());
            let text = serde_json::to_string(&found).unwrap_or_default();
            self.store.apply(Batch { values: vec![(name, text)], ..Batch::default() }).await?;
            if stops {
                break;
            }
        }
        Ok(())
    }

    /// The last answer to the same filter, with what is wrong now.
    fn refused(&self, filter: &Filter, error: &TrackerError) -> Found {
        let hint = match error.class {
            ErrorClass::Invalid => format!("correct the filter of [[view]] '{}' in the configuration", filter.view),
            _ => error.hint(),
        };
        self.problem(format!("the filter of the view '{}': {}", filter.view, error.sentence()), hint);
        let known = self.value(&filter_name(&filter.view, self.tracker.name()));
        let known: Found = known.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let same = if known.filter == filter.text { known } else { Found::default() };
        Found { filter: filter.text.clone(), problem: Some(error.sentence()), ..same }
    }
}
