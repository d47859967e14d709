//! The timeline of an issue or a pull request as GitHub sends it: every field optional, every row read alone. Makes no
//! domain values beyond accounts and times.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    GitHub, map, rest,
    wire::{self, Label, User},
};
use crate::{
    domain::{
        evidence::PullKey,
        key::{ProjectRef, TaskKey, TrackerName},
        person::Person,
    },
    tracker::Result,
};

/// Who wrote a commit, and when by their own clock.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Stamp {
    pub(super) date: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct RepositoryName {
    full_name: Option<String>,
}

/// The issue or pull request that mentions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Mention {
    number: Option<u64>,
    pull_request: Option<serde::de::IgnoredAny>,
    repository: Option<RepositoryName>,
    url: Option<String>,
    repository_url: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Source {
    issue: Option<Mention>,
}

/// A comment on lines of a pull request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LineComment {
    pub(super) user: Option<User>,
    pub(super) author_association: Option<String>,
    pub(super) created_at: Option<String>,
    pub(super) pull_request_review_id: Option<u64>,
}

/// One row, of any kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) event: Option<String>,
    pub(super) id: Option<u64>,
    pub(super) node_id: Option<String>,
    pub(super) sha: Option<String>,
    pub(super) actor: Option<User>,
    pub(super) user: Option<User>,
    pub(super) assignee: Option<User>,
    pub(super) assigner: Option<User>,
    pub(super) review_requester: Option<User>,
    pub(super) label: Option<Label>,
    pub(super) state: Option<String>,
    pub(super) state_reason: Option<String>,
    pub(super) author_association: Option<String>,
    created_at: Option<String>,
    submitted_at: Option<String>,
    pub(super) committer: Option<Stamp>,
    pub(super) source: Option<Source>,
    pub(super) comments: Option<Vec<Option<LineComment>>>,
}

impl Row {
    /// Its kind. Commits and comments on lines may come without.
    pub(super) fn event(&self) -> &str {
        match &self.event {
            Some(event) => event,
            None if self.sha.is_some() && self.committer.is_some() => "committed",
            None if self.comments.is_some() => "line-commented",
            None => "",
        }
    }

    /// Server time; `None` for commits and for times that cannot be true.
    pub(super) fn at(&self, now: Timestamp) -> Option<Timestamp> {
        let raw = self.submitted_at.as_deref().or(self.created_at.as_deref());
        map::time(raw).filter(|at| !map::is_ahead(*at, now))
    }

    /// Who did it.
    pub(super) fn by(&self) -> Option<Person> {
        let who = self.assigner.as_ref().or(self.review_requester.as_ref());
        map::person(who.or(self.actor.as_ref()).or(self.user.as_ref()).cloned())
    }

    /// Names the pull request that a row without one is about.
    pub(super) fn connect(&mut self, repository: String, number: u64) {
        let repository = Some(RepositoryName { full_name: Some(repository) });
        let pull_request = Some(serde::de::IgnoredAny);
        let issue = Mention { number: Some(number), pull_request, repository, ..Mention::default() };
        self.source = Some(Source { issue: Some(issue) });
    }

    /// The pull request that mentions the issue or was connected with it; also one of another repository.
    pub(super) fn pull(&self, tracker: &TrackerName) -> Option<PullKey> {
        let mention = self.source.as_ref()?.issue.as_ref()?;
        mention.pull_request.as_ref()?;
        let told = mention.repository.as_ref().and_then(|r| r.full_name.clone());
        let place = || mention.url.as_deref().and_then(rest::place).map(|(name, _)| name);
        let home = || mention.repository_url.as_deref()?.rsplit_once("/repos/").map(|(_, name)| name.to_owned());
        let name = told.or_else(place).or_else(home)?;
        let project = ProjectRef::parse(tracker, &name).ok().filter(|p| p.owner_and_name().is_some())?;
        Some(PullKey { project, number: mention.number.filter(|n| *n > 0)? })
    }
}

/// A timeline, oldest first.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) rows: Vec<Row>,
    /// The server's time of the answer.
    pub(super) now: Timestamp,
    /// True when a redirect led there.
    pub(super) moved: bool,
}

impl GitHub {
    /// Reads a timeline of at most `cap` pages; of a longer one its first page and its newest.
    pub(super) async fn timeline(&self, key: &TaskKey, cap: u32, doing: &str) -> Result<Timeline> {
        let route = self.rest(&format!("/repos/{}/issues/{}/timeline?per_page=100", key.project.path(), key.number));
        let (mut rows, mut seen) = (Vec::new(), HashSet::new());
        let (mut page, mut read, mut moved) = (1, 0, false);
        loop {
            let answer = self.http.get(&format!("{route}&page={page}"), None, doing).await?;
            moved |= answer.moved;
            read += 1;
            for row in wire::rows::<Row>(&answer.body).map_err(|f| self.unusable(&f, doing))? {
                match row {
                    // Rows that move while pages are read come twice.
                    Ok(row) if row.id.is_some_and(|id| !seen.insert((row.event().to_owned(), id))) => {}
                    Ok(row) => rows.push(row),
                    Err(why) => tracing::warn!(of = %key, why, "a row of a timeline cannot be read"),
                }
            }
            let pages = self.pages(&answer, page, doing)?;
            let Some(next) = pages.next else { return Ok(Timeline { rows, now: answer.time(), moved }) };
            if read >= cap {
                tracing::warn!(of = %key, page, "a timeline is longer than is read");
                return Ok(Timeline { rows, now: answer.time(), moved });
            }
            page = match pages.last {
                Some(last) if page == 1 && last > cap => next.max(last.saturating_sub(cap) + 2),
                _ => next,
            };
        }
    }
}
