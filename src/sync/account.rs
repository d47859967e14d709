//! Keeping account of a sync under way: what was known before, what is being counted, what went wrong, and the
//! report at the end.

use std::{
    collections::{HashMap, HashSet},
    sync::{MutexGuard, PoisonError, atomic::Ordering},
};

use jiff::Timestamp;
use ulid::Ulid;

use super::{SyncProgress, SyncReport, discover::scope, project::asked_name, run::Reader};
use crate::{
    domain::{
        coverage::Coverage,
        key::ProjectRef,
        project::Project,
        task::Task,
        text::{Foreign, safe_line},
    },
    store::{self, Batch},
    tracker::{OddRow, TrackerError, Validator},
};

/// Odd rows whose place is kept for `doctor`.
const ODD_KEPT: usize = 200;

impl Reader<'_> {
    pub(super) async fn conclude(&self) -> store::Result<SyncReport> {
        let odd = std::mem::take(&mut *self.odd.lock().unwrap_or_else(PoisonError::into_inner));
        let mut problems = std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner));
        let stopped = self.stopped();
        if let Some(error) = &stopped {
            problems.push((error.sentence(), error.hint()));
        }
        let tracker = self.tracker.name();
        let odd = self.all_odd(odd);
        let mut values = vec![
            (format!("odd {tracker}"), serde_json::to_string(&odd).unwrap_or_default()),
            ("odd_rows".to_owned(), (odd.len() + self.odd_elsewhere()).to_string()),
        ];
        if stopped.is_none() {
            values.push(("synced_at".to_owned(), self.now().to_string()));
        }
        self.store.apply(Batch { values, ..Batch::default() }).await?;
        let after = self.store.around().await?;
        let scope = scope(&after.values, tracker, self.context.sources);
        let shown = |p: &ProjectRef| p.tracker == *tracker && scope.as_ref().is_none_or(|s| s.contains(p));
        let rows = after.coverage.iter().filter(|c| shown(&c.project)).map(|c| &c.freshness);
        let mut coverage = Coverage::of(rows);
        coverage.odd_rows = count(odd.len());
        coverage.synced_at = stopped.is_none().then(|| self.now());
        Ok(SyncReport {
            coverage,
            read: self.read_count(),
            requests: (0, 0),
            odd,
            problems: problems.into_iter().map(|(what, hint)| (tracker.clone(), what, hint)).collect(),
            stopped,
        })
    }

    /// The odd rows of this sync, and those of earlier ones in projects that answered "not modified" since.
    pub(super) fn all_odd(&self, now: Vec<String>) -> Vec<String> {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        let again = |place: &str| answered.iter().any(|p| place.strip_prefix(p.path()).is_some_and(is_page));
        let before = self.odd_of(self.tracker.name().as_str());
        let mut all = now;
        all.extend(before.into_iter().filter(|place| place.contains(" page ") && !again(place)));
        all.sort();
        all.dedup();
        all.truncate(ODD_KEPT);
        all
    }

    pub(super) fn odd_of(&self, tracker: &str) -> Vec<String> {
        self.value(&format!("odd {tracker}")).and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default()
    }

    pub(super) fn odd_elsewhere(&self) -> usize {
        let own = format!("odd {}", self.tracker.name());
        let others = self.values.keys().filter(|name| name.starts_with("odd ") && **name != own);
        others.filter_map(|name| name.strip_prefix("odd ")).map(|tracker| self.odd_of(tracker).len()).sum()
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.context.clock)().0
    }

    pub(super) fn fresh_id(&self) -> Ulid {
        (self.context.fresh_id)()
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// When a project was last asked by itself, under whatever name. Another project under an old name was not.
    pub(super) fn asked_at(&self, project: &Project) -> Option<Timestamp> {
        let old = self.formerly(&project.project);
        let name = old.as_ref().unwrap_or(&project.project);
        let other = |known: &Project| known.id != 0 && project.id != 0 && known.id != project.id;
        if self.before.project(name).is_some_and(other) {
            return None;
        }
        self.value(&asked_name(name)).and_then(|v| v.parse().ok())
    }

    /// True when the project was read completely by the last sync that tried.
    pub(super) fn was_fresh(&self, project: &ProjectRef) -> bool {
        let old = self.formerly(project);
        let name = old.as_ref().unwrap_or(project);
        self.before.is_fresh(name)
    }

    pub(super) async fn validator(&self, request: &str) -> store::Result<Option<Validator>> {
        let stored = self.store.validators(request, &self.tracker.token_print()).await?;
        let exact = stored.into_iter().find(|v| v.request == request);
        Ok(exact.map(|v| Validator { etag: v.etag, last_modified: v.last_modified }))
    }

    pub(super) fn problem(&self, what: String, hint: String) {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push((what, hint));
    }

    /// As [`Self::problem`], unless it was told before.
    pub(super) fn problem_once(&self, what: String, hint: &str) {
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.iter().any(|(told, _)| *told == what) {
            problems.push((what, hint.to_owned()));
        }
    }

    pub(super) fn note_odd(&self, rows: &[OddRow]) {
        for row in rows {
            self.odd_sentence(format!("{}: {}", row.place, row.why));
        }
    }

    pub(super) fn odd_sentence(&self, sentence: String) {
        let mut odd = self.odd.lock().unwrap_or_else(PoisonError::into_inner);
        if odd.len() < ODD_KEPT {
            odd.push(safe_line(&sentence).into_owned());
        }
    }

    pub(super) fn note_tasks(&self, tasks: &[(Task, Option<Foreign>)], project: &ProjectRef) {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).insert(project.clone());
        self.count_tasks(tasks);
        self.say(&format!("reading {project}"));
    }

    /// Counts each task once, however often it comes.
    pub(super) fn count_tasks(&self, tasks: &[(Task, Option<Foreign>)]) {
        let mut read = self.read_numbers();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        for (task, _) in tasks {
            match newest.get_mut(&task.key.project) {
                Some(at) => *at = task.updated_at.max(*at),
                None => drop(newest.insert(task.key.project.clone(), task.updated_at)),
            }
            let new = match read.get_mut(&task.key.project) {
                Some(numbers) => numbers.insert(task.key.number),
                None => read.insert(task.key.project.clone(), HashSet::from([task.key.number])).is_none(),
            };
            self.tasks.fetch_add(new.into(), Ordering::Relaxed);
        }
    }

    /// The newest change of each project that was read in this sync, in the order of their names.
    pub(super) fn newest_changes(&self) -> Vec<(ProjectRef, Timestamp)> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.iter().map(|(project, at)| (project.clone(), *at)).collect()
    }

    /// Numbers of the tasks read so far, by project.
    pub(super) fn read_numbers(&self) -> MutexGuard<'_, HashMap<ProjectRef, HashSet<u64>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read_count(&self) -> u32 {
        self.tasks.load(Ordering::Relaxed)
    }

    /// Remembers that a project has a new name.
    pub(super) fn note_rename(&self, old: &ProjectRef, new: &ProjectRef) {
        self.renamed.lock().unwrap_or_else(PoisonError::into_inner).insert(new.clone(), old.clone());
    }

    /// The name under which a project was known before this sync, if it was another.
    pub(super) fn formerly(&self, project: &ProjectRef) -> Option<ProjectRef> {
        self.renamed.lock().unwrap_or_else(PoisonError::into_inner).get(project).cloned()
    }

    pub(super) fn stopped(&self) -> Option<TrackerError> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn stop(&self, error: TrackerError) {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    pub(super) fn say(&self, doing: &str) {
        (self.context.progress)(SyncProgress {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            tasks: self.read_count(),
            doing: doing.to_owned(),
            waiting_until: None,
        });
    }
}

/// True for what follows a project in the place of an odd row: ` page 2 row 17: …`.
fn is_page(rest: &str) -> bool {
    rest.starts_with(" page ")
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
