//! Comments of a whole project, newest pages first: how another installation's claims are seen without reading every
//! task.

use jiff::Timestamp;

use super::{GitHub, map, rest, wire};
use crate::{
    domain::{
        key::{ProjectRef, TaskKey},
        task::Comment,
    },
    tracker::Result,
};

/// Pages that are read: 1,000 comments.
const PAGES: u32 = 10;

impl GitHub {
    pub(super) async fn read_recent(&self, project: &ProjectRef, since: Timestamp) -> Result<Vec<(TaskKey, Comment)>> {
        let doing = format!("reading the recent comments of {project}");
        let since = since.strftime("%Y-%m-%dT%H:%M:%SZ");
        let order = "sort=updated&direction=desc&per_page=100";
        let route = self.rest(&format!("/repos/{}/issues/comments?since={since}&{order}", project.path()));
        let mut found: Vec<(TaskKey, Comment)> = Vec::new();
        let mut page = 1;
        loop {
            let answer = self.http.get(&format!("{route}&page={page}"), None, &doing).await?;
            for row in wire::rows::<wire::Comment>(&answer.body).map_err(|f| self.unusable(&f, &doing))? {
                let row = row.and_then(|row| {
                    let told = row.issue_url.as_deref().and_then(rest::place);
                    let (name, number) = told.filter(|(_, n)| *n > 0).ok_or("it does not say what it is about")?;
                    Ok((name, number, map::comment(row)?))
                });
                match row {
                    Ok((name, number, comment)) if name.eq_ignore_ascii_case(project.path()) => {
                        found.push((TaskKey::new(project.clone(), number), comment));
                    }
                    // Another name after a redirect: the project was renamed, or another one has its name now.
                    Ok((name, ..)) if answer.moved => self.unless_moved(project, Some(name), &doing)?,
                    Ok(_) => tracing::warn!(%project, "a comment of another project is left out"),
                    Err(why) => tracing::warn!(%project, why, "a comment cannot be read"),
                }
            }
            match self.pages(&answer, page, &doing)?.next {
                Some(next) if next <= PAGES => page = next,
                _ => break,
            }
        }
        // An edit while pages are read brings a comment twice: the first one read is the newer.
        let mut seen = std::collections::HashSet::new();
        found.retain(|(_, comment)| seen.insert(comment.id));
        found.sort_by_key(|(_, comment)| (comment.created_at, comment.id));
        Ok(found)
    }
}
