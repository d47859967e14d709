//! What is learnt of many projects at once: an owner's change feed, and the index query's heads.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::{
    discover::{Found, stops_all},
    plan::{FEED_FROM, FEED_OVERLAP, is_overdue},
    project::mark_name,
    run::{Reader, Trouble},
};
use crate::{
    domain::{key::ProjectRef, project::Project, time::Now},
    store::Batch,
    tracker::{Head, Listing},
};

/// Goes at once.
pub(super) const HEADS_AT_ONCE: usize = 4;

fn by_owner<'a>(found: &'a Found, wanted: &[&'a Project]) -> HashMap<&'a Listing, Vec<&'a Project>> {
    let mut owners: HashMap<&Listing, Vec<&Project>> = HashMap::new();
    for project in wanted {
        if let Some(owner) = found.owner.get(&project.project).filter(|o| !matches!(o, Listing::Topic { .. })) {
            owners.entry(owner).or_default().push(project);
        }
    }
    owners
}

/// Projects of owners with so many that a feed tells what moves in them once they are known. Of the others each is asked
/// by itself at every sync, with the validator of the answer before.
pub(super) fn to_be_fed(found: &Found, wanted: &[&Project]) -> HashSet<ProjectRef> {
    let many = by_owner(found, wanted).into_values().filter(|projects| projects.len() >= FEED_FROM);
    many.flatten().map(|p| p.project.clone()).collect()
}

impl Reader<'_> {
    /// Reads the change feed of every owner with many known projects. Returns the projects it covers.
    pub(super) async fn feeds(&self, found: &Found, wanted: &[&Project]) -> Result<HashSet<ProjectRef>, Trouble> {
        let mut fed = HashSet::new();
        for (owner, projects) in by_owner(found, wanted) {
            let asked: Vec<Timestamp> = projects.iter().filter_map(|p| self.asked_at(p)).collect();
            if self.full || asked.len() < FEED_FROM {
                continue;
            }
            if self.feed(owner, self.feed_start(&asked, &projects)).await? {
                fed.extend(projects.into_iter().map(|p| p.project.clone()));
            }
        }
        Ok(fed)
    }

    /// Where a first feed begins: before the first of the projects was asked, and not after the newest change seen,
    /// which is the tracker's own time, in case this machine's clock is ahead.
    pub(super) fn feed_start(&self, asked: &[Timestamp], projects: &[&Project]) -> Option<Timestamp> {
        let mark = |p: &&Project| self.value(&mark_name(&p.project)).and_then(|v| v.parse::<Timestamp>().ok());
        let newest = projects.iter().filter_map(mark).max();
        asked.iter().min().copied().map(|first| newest.map_or(first, |newest| first.min(newest)))
    }

    /// Reads one owner's feed from where it ended last time. The place is the newest change seen, a time of the
    /// tracker. `false`: this tracker has none, or it cannot tell everything.
    pub(super) async fn feed(&self, owner: &Listing, start: Option<Timestamp>) -> Result<bool, Trouble> {
        let name = format!("feed {} {}", self.tracker.name(), super::discover::name(owner));
        let Some(last) = self.value(&name).and_then(|v| v.parse().ok()).or(start) else { return Ok(false) };
        self.say(&format!("asking what changed in {}", super::discover::name(owner)));
        let mut since = last.checked_sub(FEED_OVERLAP).unwrap_or(last);
        let mut newest = last;
        let mut cursor: Option<String> = None;
        loop {
            let page = match self.tracker.feed(owner, since, cursor.as_deref()).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(false),
                Err(error) if stops_all(&error.class) => return Err(error.into()),
                Err(error) => {
                    self.problem(error.sentence(), "each project is asked by itself instead".into());
                    return Ok(false);
                }
            };
            self.note_odd(&page.odd);
            self.count_tasks(&page.tasks);
            self.listen(&page.talks);
            newest = page.tasks.iter().map(|(t, _)| t.updated_at.min(self.now())).fold(newest, Timestamp::max);
            let values = self.raised(&page.tasks);
            self.store.apply(Batch { tasks: page.tasks, values, ..Batch::default() }).await?;
            cursor = match page.next {
                Some(next) => Some(next),
                None if page.total <= 1_000 => break,
                // The tracker shows 1,000 rows of a window: go on from the newest of them.
                None if newest > since => {
                    since = newest;
                    None
                }
                None => return Ok(false),
            };
        }
        self.store.apply(Batch { values: vec![(name, newest.to_string())], ..Batch::default() }).await?;
        Ok(true)
    }

    /// True for a project whose head decides how it is read: one that was never read, and one that only feeds told of for
    /// long.
    pub(super) fn wants_head(&self, project: &Project, fed: &HashSet<ProjectRef>) -> bool {
        let asked_at = self.asked_at(project);
        let unread = asked_at.is_none() && !fed.contains(&project.project);
        let fed_for_long = fed.contains(&project.project) && is_overdue(asked_at, Now(self.now()));
        project.skip_reason().is_none() && (self.full || unread || fed_for_long)
    }

    /// Heads of these projects, from the index query where the tracker has one.
    pub(super) async fn heads(&self, some: &[&Project]) -> Result<BTreeMap<ProjectRef, Head>, Trouble> {
        if self.stopped().is_some() {
            return Ok(BTreeMap::new());
        }
        self.say("asking what is open where");
        let some: Vec<Project> = some.iter().map(|p| (*p).clone()).collect();
        let index = match self.tracker.index(&some).await {
            Ok(index) => index,
            Err(error) if stops_all(&error.class) => {
                // Whoever is read now is told why they are not.
                self.stop(error);
                return Ok(BTreeMap::new());
            }
            Err(error) => {
                self.problem_once(error.sentence(), "reading over REST alone: slower, complete");
                return Ok(BTreeMap::new());
            }
        };
        let state = index.unavailable.clone().unwrap_or_else(|| "used".into());
        let values = vec![(format!("index {}", self.tracker.name()), state)];
        let projects = index.heads.iter().map(|h| h.project.clone()).collect();
        self.store.apply(Batch { projects, values, ..Batch::default() }).await?;
        Ok(index.heads.into_iter().map(|h| (h.project.project.clone(), h)).collect())
    }
}

/// Projects whose heads are asked for in one go.
pub(super) fn together<'a, 'p>(projects: &'a [&'p Project]) -> std::slice::Chunks<'a, &'p Project> {
    projects.chunks(100)
}
