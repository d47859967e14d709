//! Bringing one project up to date: the first full read (sweep) and what moved since (watch).

use std::collections::HashSet;

use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;

use super::{
    plan::{reaches_back, watermark},
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        coverage::{Freshness, ProjectCoverage},
        key::{ProjectRef, TaskKey},
        time::Now,
    },
    store::Batch,
    tracker::{Conditional, Lane, TaskPage, Validator},
};

/// Pages of one project that are asked for at once.
const PAGES_AT_ONCE: usize = 16;

/// Pages of one lane at most: 100,000 tasks.
const MAX_PAGES: u32 = 1_000;

/// How often a sweep is repeated because tasks were closed while it ran.
const MAX_SWEEPS: u32 = 3;

fn request(project: &ProjectRef) -> String {
    format!("tasks {}:{project} moved 1", project.tracker)
}

/// Name of the value that holds the newest change that was read of a project.
pub(super) fn mark_name(project: &ProjectRef) -> String {
    format!("watermark {}:{project}", project.tracker)
}

/// Name of the value that says when a project was last asked by itself.
pub(super) fn asked_name(project: &ProjectRef) -> String {
    format!("asked {}:{project}", project.tracker)
}

/// Name of the value that says where an interrupted sweep goes on; empty when none is under way.
pub(super) fn sweep_name(project: &ProjectRef) -> String {
    format!("sweep {}:{project}", project.tracker)
}

/// How far back a list of what moved is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// To the watermark; to the end where there is none.
    Mark,
    /// To the watermark; one page where there is none, because a sweep reads the rest.
    MarkOrPage,
}

/// What a list of what moved told.
#[derive(Debug, Default)]
struct Moved {
    /// The only page there is was read: nothing else exists in the project.
    whole: bool,
    /// Rows closed since the watermark, pull requests included.
    closed: HashSet<(u64, Timestamp)>,
}

impl Reader<'_> {
    /// Reads all open tasks from page `from`, then what moved meanwhile.
    ///
    /// The watermark is taken before the first page, and what moved since is read back to it after the last one.
    /// A row that was closed meanwhile (also while an interrupted sweep lay still) shifts the pages and could hide
    /// another: then the sweep is repeated.
    pub(super) async fn sweep(&self, project: &ProjectRef, from: u32) -> Result<(), Trouble> {
        let mut met = HashSet::new();
        if from == 1 {
            let moved = self.catch_up(project, None, Reach::MarkOrPage, &met).await?;
            // One page of every state is all there is: nothing is left to sweep.
            if moved.whole {
                return self.swept(project).await;
            }
            met.extend(moved.closed);
        }
        self.sweep_on(project, from, None, (met, None)).await
    }

    /// As [`Self::sweep`] for a project whose newest change the index told: its only page is all there is to ask for.
    pub(super) async fn sweep_since(&self, project: &ProjectRef, newest: Timestamp) -> Result<(), Trouble> {
        let first = self.open_page(project, 1).await?;
        let newest = newest.min(self.now());
        let mark = (mark_name(project), newest.to_string());
        if first.next.is_some() || first.last.is_some_and(|last| last > 1) {
            // Before the first page, so that an interrupted sweep knows since when rows may have moved.
            self.store.apply(Batch { values: vec![mark], ..Batch::default() }).await?;
            return self.sweep_on(project, 1, Some(first), (HashSet::new(), Some(newest))).await;
        }
        self.note_odd(&first.odd);
        self.note_tasks(&first.tasks, project);
        let mut batch = Batch { coverage: vec![self.fresh_now(project)], ..self.batch_of(first) };
        batch.values.extend(self.asked_now(project).into_iter().chain([mark]));
        self.store.apply(batch).await?;
        self.written.notify_one();
        Ok(())
    }

    /// Reads the pages from `from` on, of which the first may have been read already, then what moved meanwhile. Rows in
    /// `met` were closed before, and so was what the index told to be the newest change.
    async fn sweep_on(
        &self,
        project: &ProjectRef,
        mut from: u32,
        mut first: Option<TaskPage>,
        (mut met, told): (HashSet<(u64, Timestamp)>, Option<Timestamp>),
    ) -> Result<(), Trouble> {
        for _ in 0..MAX_SWEEPS {
            let pages = self.sweep_once(project, from, first.take()).await?;
            if from == 1 && pages <= 1 {
                break;
            }
            let known = self.validator(&request(project)).await?;
            let mut moved = self.catch_up(project, known.as_ref(), Reach::MarkOrPage, &met).await?;
            moved.closed.retain(|(_, at)| told != Some(*at));
            if moved.closed.is_subset(&met) {
                break;
            }
            met.extend(moved.closed);
            from = 1;
        }
        self.swept(project).await
    }

    /// All there is of a project was read.
    async fn swept(&self, project: &ProjectRef) -> Result<(), Trouble> {
        if self.full {
            self.look_for_missing(project).await?;
        }
        self.done(project).await
    }

    /// Reads the pages of the open lane and stores each with the place to resume at. Returns how many there were.
    async fn sweep_once(&self, project: &ProjectRef, from: u32, first: Option<TaskPage>) -> Result<u32, Trouble> {
        let first = match first {
            Some(first) => first,
            None => self.open_page(project, from).await?,
        };
        let last = first.last.unwrap_or(from).clamp(from, MAX_PAGES);
        let mut next = first.next;
        self.keep_page(project, from, first).await?;
        let mut rest = stream::iter(from + 1..=last)
            .map(|page| async move { (page, self.open_page(project, page).await) }.boxed())
            .buffered(PAGES_AT_ONCE);
        let mut read = 1;
        while let Some((number, page)) = rest.next().await {
            let page = page?;
            next = page.next;
            self.keep_page(project, number, page).await?;
            read += 1;
        }
        drop(rest);
        // The list grew while it was read, or the server does not name a last page.
        let mut number = last;
        while let Some(following) = next.filter(|n| *n > number && *n <= MAX_PAGES) {
            let page = self.open_page(project, following).await?;
            number = following;
            next = page.next;
            self.keep_page(project, following, page).await?;
            read += 1;
        }
        Ok(read)
    }

    async fn open_page(&self, project: &ProjectRef, page: u32) -> Result<TaskPage, Trouble> {
        match self.tracker.tasks(project, Lane::Open, page, None).await? {
            Conditional::Changed { value, .. } => Ok(value),
            Conditional::Unchanged => Ok(TaskPage::default()),
        }
    }

    async fn keep_page(&self, project: &ProjectRef, number: u32, page: TaskPage) -> Result<(), Trouble> {
        self.note_odd(&page.odd);
        self.note_tasks(&page.tasks, project);
        let coverage =
            ProjectCoverage { project: project.clone(), freshness: Freshness::Partial { next_page: number + 1 } };
        let mut batch = Batch { coverage: vec![coverage], ..self.batch_of(page) };
        batch.values.push((sweep_name(project), (number + 1).to_string()));
        self.store.apply(batch).await?;
        Ok(())
    }

    /// Asks what moved, back to the watermark.
    pub(super) async fn watch(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let known = if self.full { None } else { self.validator(&request(project)).await? };
        self.catch_up(project, known.as_ref(), Reach::Mark, &HashSet::new()).await?;
        self.done(project).await
    }

    /// Reads and stores what moved. Validator and watermark are stored after the last page, so that an interrupted
    /// read is asked again in full; with them, that a sweep under way begins anew when a row was closed that is not
    /// in `met`.
    async fn catch_up(
        &self,
        project: &ProjectRef,
        known: Option<&Validator>,
        reach: Reach,
        met: &HashSet<(u64, Timestamp)>,
    ) -> Result<Moved, Trouble> {
        let (mut page, validator) = match self.tracker.tasks(project, Lane::Moved, 1, known).await? {
            Conditional::Unchanged => return Ok(Moved::default()),
            Conditional::Changed { value, validator } => (value, validator),
        };
        let before = self.mark(project).await?;
        let newest = page.span.map(|(newest, _)| newest);
        let mut moved = Moved { whole: page.next.is_none(), closed: HashSet::new() };
        let mut number = 1;
        loop {
            let since = |at: &Timestamp| before.is_none_or(|mark| *at >= mark);
            moved.closed.extend(page.closed.iter().filter(|(_, at)| since(at)));
            let reached = match page.span {
                Some((_, oldest)) => reaches_back(oldest, before),
                // A page of nothing but rows that cannot be read says nothing about how far it reaches.
                None => page.tasks.is_empty() && page.odd.is_empty(),
            };
            let enough = reached || (before.is_none() && reach == Reach::MarkOrPage);
            let next = page.next.filter(|n| !enough && *n > number && *n <= MAX_PAGES);
            self.keep_moved(project, page).await?;
            let Some(following) = next else { break };
            number = following;
            page = match self.tracker.tasks(project, Lane::Moved, number, None).await? {
                Conditional::Changed { value, .. } => value,
                Conditional::Unchanged => break,
            };
        }
        let shifted = reach == Reach::MarkOrPage && !moved.closed.is_subset(met);
        self.keep_mark(project, watermark(before, newest, Now(self.now())), validator, shifted).await?;
        Ok(moved)
    }

    async fn keep_moved(&self, project: &ProjectRef, page: TaskPage) -> Result<(), Trouble> {
        self.note_odd(&page.odd);
        self.note_tasks(&page.tasks, project);
        self.store.apply(self.batch_of(page)).await?;
        Ok(())
    }

    /// What a page changes in the store. A task that left the configured part of its project leaves the lists, unless
    /// somebody is committed to it.
    fn batch_of(&self, page: TaskPage) -> Batch {
        let stored = |key: &TaskKey| self.before.has_task(key);
        let held = |key: &TaskKey| self.before.commitments.iter().any(|c| c.key == *key);
        let gone = page.left.into_iter().filter(|key| !held(key) && stored(key)).collect();
        let values = self.raised(&page.tasks);
        Batch { tasks: page.tasks, comments: page.threads, gone, values, ..Batch::default() }
    }

    async fn keep_mark(
        &self,
        project: &ProjectRef,
        mark: Option<Timestamp>,
        validator: Option<Validator>,
        shifted: bool,
    ) -> Result<(), Trouble> {
        let mark = mark.map(|m| (mark_name(project), m.to_string()));
        let again = shifted.then(|| (sweep_name(project), "1".to_owned()));
        let batch = Batch {
            validators: validator.into_iter().map(|v| self.stored(request(project), v)).collect(),
            values: mark.into_iter().chain(again).collect(),
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        Ok(())
    }

    /// The watermark as it is stored now; that of the old name for a project that was renamed in this sync.
    async fn mark(&self, project: &ProjectRef) -> Result<Option<Timestamp>, Trouble> {
        let stored = match self.store.value(&mark_name(project)).await? {
            Some(value) => Some(value),
            None => match self.formerly(project) {
                Some(old) => self.store.value(&mark_name(&old)).await?,
                None => None,
            },
        };
        Ok(stored.and_then(|v| v.parse().ok()))
    }

    /// Notes that a project is fresh now.
    pub(super) async fn done(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let (coverage, values) = (vec![self.fresh_now(project)], self.asked_now(project));
        self.store.apply(Batch { coverage, values, ..Batch::default() }).await?;
        self.written.notify_one();
        Ok(())
    }

    /// The row that says that a project is fresh now.
    pub(super) fn fresh_now(&self, project: &ProjectRef) -> ProjectCoverage {
        ProjectCoverage { project: project.clone(), freshness: Freshness::Fresh { at: self.now() } }
    }

    /// The values that say that a project was asked by itself now, and that no sweep of it is under way.
    pub(super) fn asked_now(&self, project: &ProjectRef) -> Vec<(String, String)> {
        vec![(asked_name(project), self.now().to_string()), (sweep_name(project), String::new())]
    }

    /// Judges the texts that come while projects are read, until it is dropped. In one place: several would make the same.
    pub(super) async fn judge_what_comes(&self) -> Result<(), Trouble> {
        loop {
            self.written.notified().await;
            self.make_gists().await?;
        }
    }

    /// Judges the texts that came.
    pub(super) async fn make_gists(&self) -> Result<(), Trouble> {
        super::gist::catch_up(self.store, u32::MAX).await?;
        Ok(())
    }
}
