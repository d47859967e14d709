//! Bringing one project up to date: the first full read (sweep) and what moved since (watch).

use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;

use super::{
    plan::{reaches_back, watermark},
    run::{Reader, Trouble},
};
use crate::{
    domain::{
        coverage::{Freshness, ProjectCoverage},
        key::ProjectRef,
        task::TaskState,
        time::Now,
    },
    store::Batch,
    tracker::{Conditional, Lane, TaskPage, Validator},
};

/// Pages of one project that are asked for at once.
const PAGES_AT_ONCE: usize = 4;

/// Pages of one lane at most: 100,000 tasks.
const MAX_PAGES: u32 = 1_000;

/// How often a sweep is repeated because tasks were closed while it ran.
const MAX_SWEEPS: u32 = 3;

fn request(project: &ProjectRef) -> String {
    format!("tasks {}:{project} moved 1", project.tracker)
}

fn mark_name(project: &ProjectRef) -> String {
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

impl Reader<'_> {
    /// Reads all open tasks from page `from`, then what moved meanwhile.
    ///
    /// The watermark is taken before the first page, so whatever changes during the sweep is read by the next
    /// watch. A task that is closed meanwhile shifts the pages and could hide another: then the sweep is repeated.
    pub(super) async fn sweep(&self, project: &ProjectRef, from: u32) -> Result<(), Trouble> {
        if from == 1 {
            let moved = self.watch_page(project, None).await?;
            // One page of every state is all there is: nothing is left to sweep.
            if moved.is_some_and(|page| page.next.is_none()) {
                return self.done(project).await;
            }
        }
        for round in 0..MAX_SWEEPS {
            let started = self.now();
            let pages = self.sweep_once(project, if round == 0 { from } else { 1 }).await?;
            if pages <= 1 || !self.closed_since(project, started).await? {
                break;
            }
        }
        self.done(project).await
    }

    /// Reads the pages of the open lane and stores each with the place to resume at. Returns how many there were.
    async fn sweep_once(&self, project: &ProjectRef, from: u32) -> Result<u32, Trouble> {
        let first = self.open_page(project, from).await?;
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
            Conditional::Unchanged => {
                Ok(TaskPage { tasks: Vec::new(), span: None, odd: Vec::new(), next: None, last: None })
            }
        }
    }

    async fn keep_page(&self, project: &ProjectRef, number: u32, page: TaskPage) -> Result<(), Trouble> {
        self.note_odd(&page.odd);
        self.note_tasks(page.tasks.len(), project);
        let coverage =
            ProjectCoverage { project: project.clone(), freshness: Freshness::Partial { next_page: number + 1 } };
        let values = vec![(sweep_name(project), (number + 1).to_string())];
        self.store.apply(Batch { tasks: page.tasks, coverage: vec![coverage], values, ..Batch::default() }).await?;
        Ok(())
    }

    /// True when a task of the project was closed since `started`, as the tracker tells.
    async fn closed_since(&self, project: &ProjectRef, started: Timestamp) -> Result<bool, Trouble> {
        let known = self.validator(&request(project)).await?;
        let closed = |page: &TaskPage| {
            page.tasks.iter().any(|(t, _)| {
                t.state != TaskState::Open && t.closed_at.is_some_and(|at| at.as_second() >= started.as_second() - 60)
            })
        };
        Ok(self.watch_page(project, known.as_ref()).await?.is_some_and(|page| closed(&page)))
    }

    /// Asks what moved, back to the watermark. Validator and watermark are stored after the last page, so that an
    /// interrupted watch is asked again in full.
    pub(super) async fn watch(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let known = if self.full { None } else { self.validator(&request(project)).await? };
        let before = self.mark(project);
        let first = match self.tracker.tasks(project, Lane::Moved, 1, known.as_ref()).await? {
            Conditional::Unchanged => return self.done(project).await,
            Conditional::Changed { value, validator } => (value, validator),
        };
        let (mut page, validator) = first;
        let newest = page.span.map(|(newest, _)| newest);
        let mut number = 1;
        loop {
            let reached = page.span.is_none_or(|(_, oldest)| reaches_back(oldest, before));
            let next = page.next.filter(|n| !reached && *n > number && *n <= MAX_PAGES);
            self.keep_moved(project, page).await?;
            let Some(following) = next else { break };
            number = following;
            page = match self.tracker.tasks(project, Lane::Moved, number, None).await? {
                Conditional::Changed { value, .. } => value,
                Conditional::Unchanged => break,
            };
        }
        self.keep_mark(project, newest, validator).await?;
        self.done(project).await
    }

    /// Reads and stores the first page of what moved; the sweep that runs around it reads the rest.
    async fn watch_page(&self, project: &ProjectRef, known: Option<&Validator>) -> Result<Option<TaskPage>, Trouble> {
        match self.tracker.tasks(project, Lane::Moved, 1, known).await? {
            Conditional::Unchanged => Ok(None),
            Conditional::Changed { value: page, validator } => {
                self.keep_moved(project, page.clone()).await?;
                self.keep_mark(project, page.span.map(|(newest, _)| newest), validator).await?;
                Ok(Some(page))
            }
        }
    }

    async fn keep_moved(&self, project: &ProjectRef, page: TaskPage) -> Result<(), Trouble> {
        self.note_odd(&page.odd);
        self.note_tasks(page.tasks.len(), project);
        self.store.apply(Batch { tasks: page.tasks, ..Batch::default() }).await?;
        Ok(())
    }

    async fn keep_mark(
        &self,
        project: &ProjectRef,
        newest: Option<Timestamp>,
        validator: Option<Validator>,
    ) -> Result<(), Trouble> {
        let mark = watermark(self.mark(project), newest, Now(self.now()));
        let batch = Batch {
            validators: validator.into_iter().map(|v| self.stored(request(project), v)).collect(),
            values: mark.into_iter().map(|m| (mark_name(project), m.to_string())).collect(),
            ..Batch::default()
        };
        self.store.apply(batch).await?;
        Ok(())
    }

    /// The watermark as of the start of this sync.
    fn mark(&self, project: &ProjectRef) -> Option<Timestamp> {
        self.value(&mark_name(project)).and_then(|v| v.parse().ok())
    }

    /// Notes that a project is fresh now.
    pub(super) async fn done(&self, project: &ProjectRef) -> Result<(), Trouble> {
        let at = self.now();
        let coverage = ProjectCoverage { project: project.clone(), freshness: Freshness::Fresh { at } };
        let values = vec![(asked_name(project), at.to_string()), (sweep_name(project), String::new())];
        self.store.apply(Batch { coverage: vec![coverage], values, ..Batch::default() }).await?;
        Ok(())
    }
}
