//! Open pull requests that name a task without being linked to it: by its number in their title, which GitHub takes for no
//! reference, or by the key of another tracker. Found by the tracker's own search; decides nothing, what a name is
//! worth is judged elsewhere.

use super::{GitHub, map, search::scopes, wire};
use crate::{
    domain::{
        evidence::{Checks, Pull, PullKey, PullState},
        key::TaskKey,
        text::Foreign,
    },
    tracker::{Result, Sources},
};

/// Searches for one task: it is asked for by somebody who waits.
const SEARCHES: usize = 2;

impl GitHub {
    pub(super) async fn find_naming(&self, sources: &Sources, key: &TaskKey) -> Result<Vec<(Pull, String)>> {
        let doing = format!("looking for pull requests that name {key}");
        let queries: Vec<String> = if key.project.tracker == self.name {
            // A mention in a description is a reference and comes with the history; one in a title is not.
            vec![format!("\"{}\" in:title is:pr is:open repo:{}", key.number, key.project.path())]
        } else {
            let words = format!("\"{key}\" in:title,body is:pr is:open");
            scopes(sources, &words).iter().map(|scope| scope.query(&words)).take(SEARCHES).collect()
        };
        let mut found = Vec::new();
        for query in queries {
            let (rows, _) = self.found(&query, 1, &doing).await?;
            found.extend(rows.into_iter().filter_map(|row| self.pull_of(row)));
        }
        Ok(found)
    }

    /// An open pull request as the search shows it, with its description.
    fn pull_of(&self, row: wire::Issue) -> Option<(Pull, String)> {
        row.pull_request.as_ref()?;
        let (project, number) = self.named(&row)?;
        let last = map::time(row.updated_at.as_deref());
        let pull = Pull {
            key: PullKey { project, number },
            title: Foreign::new(row.title.unwrap_or_default()),
            author: map::person(row.user),
            // What is known of its age is when something last happened on it.
            created_at: last.or_else(|| map::time(row.created_at.as_deref()))?,
            state: if row.draft == Some(true) { PullState::Draft } else { PullState::Open },
            checks: Checks::default(),
            happenings: Vec::new(),
        };
        (row.state.as_deref() == Some("open")).then(|| (pull, row.body.unwrap_or_default()))
    }
}
