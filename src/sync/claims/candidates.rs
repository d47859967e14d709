//! Which tasks are looked at: those on which somebody is committed, those that say so by a label, and those where
//! somebody spoke of a claim since the last look. An unchanged world is not asked.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::folded_name;
use crate::{
    domain::{
        commitment::Commitment,
        key::{ProjectRef, TaskKey},
        marker,
        project::Project,
        proposal,
        task::{Task, TaskState},
    },
    store::Everything,
    sync::{
        discover::stops_all,
        missing::is_absent,
        outbox::claim::has_label,
        plan::WATCH_OVERLAP,
        run::{Reader, Trouble},
    },
    tracker::TrackerError,
};

/// Others' live commitments are looked at again after this long, moved or not: the edit of a comment may not move its
/// task.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// A tracker gives at most about this many recent comments; more may be there.
const COMMENTS_AT_ONCE: usize = 1_000;

/// Named values to be set when the look is over.
pub(super) type Looked = Vec<(String, String)>;

/// Name of the value that holds the newest change of a project up to which its comments were looked through.
fn spoken_name(project: &ProjectRef) -> String {
    format!("spoken {}:{project}", project.tracker)
}

/// Tasks in the order they are to be read, each once.
#[derive(Default)]
struct Keys {
    all: Vec<TaskKey>,
    met: HashSet<TaskKey>,
}

impl Keys {
    fn add(&mut self, key: &TaskKey) {
        if self.met.insert(key.clone()) {
            self.all.push(key.clone());
        }
    }
}

impl Reader<'_> {
    /// All tasks to look at, and what to remember once that is done.
    pub(super) async fn to_look_at(
        &self,
        after: &Everything,
        wanted: &[&Project],
    ) -> Result<(Vec<TaskKey>, Looked), Trouble> {
        let mut keys = Keys::default();
        let mut looked = Looked::new();
        self.candidates(after, &mut keys).await?;
        self.marked(wanted, &mut keys, &mut looked).await?;
        self.spoken(&mut keys, &mut looked).await?;
        Ok((keys.all, looked))
    }

    /// Own live commitments always; others' when they moved or were not looked at for a while; labelled tasks when they
    /// moved.
    async fn candidates(&self, after: &Everything, keys: &mut Keys) -> Result<(), Trouble> {
        let tracker = self.tracker.name();
        let here = |key: &TaskKey| key.project.tracker == *tracker;
        let values: HashMap<&str, &str> = after.values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let known: Vec<&Commitment> = after.commitments.iter().filter(|c| here(&c.key) && !c.state.is_over()).collect();
        known.iter().filter(|c| c.mine && c.state.is_live()).for_each(|c| keys.add(&c.key));
        let live: HashSet<&TaskKey> = known.iter().filter(|c| c.state.is_live()).map(|c| &c.key).collect();
        let warranted: HashSet<&TaskKey> = known.iter().map(|c| &c.key).collect();
        let folded = |key: &TaskKey| {
            let (at, when) = values.get(folded_name(key).as_str())?.split_once(' ')?;
            Some((at.parse::<Timestamp>().ok()?, when.parse::<Timestamp>().ok()?))
        };
        let open = proposal::of(&after.values).into_iter().filter(|p| !p.is_settled());
        let proposed: HashSet<TaskKey> = open.map(|p| p.key).collect();
        let now = self.now();
        let named: HashSet<&TaskKey> = warranted.iter().copied().chain(&proposed).collect();
        for task in self.of_label_or_named(after, named).await?.iter().filter(|t| here(&t.key)) {
            let labelled = task.state == TaskState::Open && has_label(task, &self.label);
            let proposed = proposed.contains(&task.key);
            if !labelled && !proposed && !warranted.contains(&task.key) {
                continue;
            }
            let moved = |task: &Task| folded(&task.key).is_none_or(|(at, _)| at != task.updated_at);
            let stale = |task: &Task| folded(&task.key).is_none_or(|(_, when)| now.duration_since(when) > LOOK_AGAIN);
            if moved(task) || ((proposed || live.contains(&task.key)) && stale(task)) {
                keys.add(&task.key);
            }
        }
        Ok(())
    }

    /// The tasks of lists that wear the label, and those named, project by project.
    async fn of_label_or_named(&self, after: &Everything, named: HashSet<&TaskKey>) -> Result<Vec<Task>, Trouble> {
        let committed: HashSet<&TaskKey> = after.commitments.iter().map(|c| &c.key).collect();
        let mut tasks = self.store.labelled(&self.label).await?;
        tasks.retain(|task| task.state == TaskState::Open && !named.contains(&task.key));
        let named = self.store.page(named.into_iter().cloned().collect()).await?.tasks;
        tasks.extend(named.into_iter().filter(|t| t.state == TaskState::Open || committed.contains(&t.key)));
        let places: HashMap<&ProjectRef, usize> = after.projects.iter().map(|p| &p.project).zip(0..).collect();
        tasks.sort_by_key(|task| (places.get(&task.key.project).copied(), task.key.number));
        Ok(tasks)
    }

    /// Tasks that the tracker's search finds, once for a fresh store and in full syncs of everything.
    async fn marked(&self, wanted: &[&Project], keys: &mut Keys, looked: &mut Looked) -> Result<(), Trouble> {
        let name = format!("marked {}", self.tracker.name());
        if !self.context.only.is_empty() || (self.value(&name).is_some() && !self.full) {
            return Ok(());
        }
        match self.tracker.marked(self.context.sources).await {
            Ok(found) => {
                let projects: HashSet<&ProjectRef> = wanted.iter().map(|p| &p.project).collect();
                found.iter().filter(|key| projects.contains(&key.project)).for_each(|key| keys.add(key));
                looked.push((name, self.now().to_string()));
                Ok(())
            }
            Err(error) => self.without(&error),
        }
    }

    /// Tasks of projects that moved in this sync whose comments speak of a claim. The time of the tracker decides: the
    /// newest change that was read, and the one at the last look.
    async fn spoken(&self, keys: &mut Keys, looked: &mut Looked) -> Result<(), Trouble> {
        for (project, newest) in self.newest_changes() {
            let name = spoken_name(&project);
            let old = self.formerly(&project).map(|old| spoken_name(&old));
            let last = self.value(&name).or_else(|| self.value(old.as_deref()?));
            let Some(last) = last.and_then(|v| v.parse::<Timestamp>().ok()) else {
                // Before the first look, labels and the search tell.
                looked.push((name, newest.to_string()));
                continue;
            };
            if newest <= last {
                continue;
            }
            let since = last.checked_sub(WATCH_OVERLAP).unwrap_or(last);
            if let Some(claimed) = self.heard_since(&project, since) {
                claimed.iter().for_each(|key| keys.add(key));
                looked.push((name, newest.to_string()));
                continue;
            }
            match self.tracker.recent_comments(&project, since).await {
                Ok(comments) => {
                    let marked = comments.iter().filter(|(_, c)| marker::parse(c.body.raw()).is_some());
                    marked.filter(|(key, _)| key.project == project).for_each(|(key, _)| keys.add(key));
                    let reached = comments.iter().map(|(_, c)| c.updated_at).max();
                    let cut = comments.len() >= COMMENTS_AT_ONCE;
                    let upto = reached.filter(|_| cut).map_or(newest, |at| at.clamp(last, newest));
                    looked.push((name, upto.to_string()));
                }
                Err(error) => self.without(&error)?,
            }
        }
        Ok(())
    }

    /// A look that failed keeps nobody from being read otherwise.
    fn without(&self, error: &TrackerError) -> Result<(), Trouble> {
        if stops_all(&error.class) {
            return Err(error.clone().into());
        }
        if !is_absent(error) {
            self.problem(error.sentence(), "claims are found by their label meanwhile".into());
        }
        Ok(())
    }
}
