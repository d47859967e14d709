//! Making a task of a finding, once: before it is sent, the open tasks are read again, and one that carries the finding's
//! line, or speaks of the same, stops it. After a lost answer or a crash the line is looked for before anything is sent again.

use super::{
    End, OutboxContext, put_off,
    steps::{Stepped, Stop},
    still_wished, surely_not_applied, taken_back,
};
use crate::{
    domain::{
        facts::ProjectFacts,
        outbox::{Op, OpStatus, Step, Wish},
        person::Person,
        task::{Task, TaskState},
        text::{Foreign, safe_line},
    },
    judge::project::{Finding, findings, frictions},
    store::{self, Batch, facts_name, raised_name},
    tracker::{Conditional, Lane, TaskPage},
};

/// Pages of open tasks that are read: 3,000 tasks.
const PAGES: u32 = 30;

/// Times that it is sent in one run, where each answer was lost and nothing was found.
const SENDS: u32 = 2;

type Read = (Task, Option<Foreign>);

/// A row on its way.
struct Raise<'a> {
    context: &'a OutboxContext<'a>,
    me: &'a Person,
    op: Op,
    finding: &'a str,
    title: &'a str,
    body: &'a str,
    labels: &'a [String],
}

/// Takes a row as far as it goes now.
pub(super) async fn drive(context: &OutboxContext<'_>, op: Op, me: &Person) -> store::Result<End> {
    let Wish::Raise { finding, title, body, labels } = &op.wish.clone() else {
        return Ok(End::Moot { why: "it makes no task".into() });
    };
    let mut raise = Raise { context, me, op, finding, title, body, labels };
    match raise.go().await {
        Ok(end) => Ok(end),
        Err(Stop::Store(error)) => Err(error),
        Err(Stop::Tracker(error)) => put_off(context, raise.op, &error).await,
        Err(_) => Ok(taken_back()),
    }
}

impl Raise<'_> {
    async fn go(&mut self) -> Stepped<End> {
        if matches!(self.op.step, Step::Posting { .. }) {
            // A run before this one may have sent it.
            if let Some(own) = self.look_for_own().await? {
                return self.keep(own).await;
            }
            self.advance(Step::Queued).await?;
        }
        let mut sends = 0;
        loop {
            if let Some(other) = self.covered().await? {
                self.context.store.settle(vec![self.op.id], Vec::new()).await?;
                return Ok(End::Refused { why: other, refusal: None });
            }
            if !still_wished(self.context, &self.op).await? {
                return Err(Stop::TakenBack);
            }
            self.advance(Step::Posting { since: (self.context.clock)().0 }).await?;
            let project = &self.op.key.project;
            sends += 1;
            match self.context.tracker.create_task(project, self.title, self.body, self.labels).await {
                Ok(task) => return self.keep(task).await,
                Err(error) if surely_not_applied(&error.class) => {
                    self.advance(Step::Queued).await?;
                    return Err(Stop::Tracker(error));
                }
                Err(error) => {
                    for pause in &self.context.settings.looks {
                        tokio::time::sleep(*pause).await;
                        if let Some(own) = self.look_for_own().await? {
                            return self.keep(own).await;
                        }
                    }
                    self.advance(Step::Queued).await?;
                    if sends >= SENDS {
                        return Err(Stop::Tracker(error));
                    }
                }
            }
        }
    }

    async fn advance(&mut self, step: Step) -> Stepped {
        let op = Op { step, status: OpStatus::Ready, last_error: None, ..self.op.clone() };
        self.context.store.journal(vec![op.clone()], Vec::new()).await?;
        self.op = op;
        Ok(())
    }

    /// What moved last in the project, whatever its state, then all that is open.
    async fn tasks(&self) -> Stepped<Vec<Read>> {
        let mut all = self.page(Lane::Moved, 1).await?.tasks;
        let mut number = 1;
        loop {
            let page = self.page(Lane::Open, number).await?;
            all.extend(page.tasks);
            match page.next.filter(|next| *next > number && *next <= PAGES) {
                Some(next) => number = next,
                None => return Ok(all),
            }
        }
    }

    async fn page(&self, lane: Lane, number: u32) -> Stepped<TaskPage> {
        Ok(match self.context.tracker.tasks(&self.op.key.project, lane, number, None).await? {
            Conditional::Changed { value, .. } => value,
            Conditional::Unchanged => TaskPage::default(),
        })
    }

    fn is_made_of_it(&self, body: Option<&Foreign>) -> bool {
        let made = body.and_then(|body| Finding::made_into(self.op.key.project.path(), body.raw()));
        made.as_deref() == Some(self.finding)
    }

    /// The task that this account made of the finding since the wish, whatever became of it meanwhile.
    async fn look_for_own(&self) -> Stepped<Option<Task>> {
        let since = self.op.created_at.as_second() - 300;
        let own = |(task, body): &Read| {
            let mine = task.author.as_ref().is_none_or(|author| author.id == self.me.id);
            mine && task.created_at.as_second() >= since && self.is_made_of_it(body.as_ref())
        };
        let found = self.tasks().await?.into_iter().filter(own).map(|(task, _)| task);
        Ok(found.min_by_key(|task| task.key.number))
    }

    /// Why it need not be made: an open task is about it.
    async fn covered(&self) -> Stepped<Option<String>> {
        let known = self.context.store.value(&facts_name(&self.op.key.project)).await?;
        let facts: Option<ProjectFacts> = known.and_then(|text| serde_json::from_str(&text).ok());
        let all = |facts: ProjectFacts| findings(&facts).into_iter().chain(frictions(&facts));
        let finding = facts.and_then(|facts| all(facts).find(|f| f.id == self.finding));
        let about = |(task, body): &&Read| {
            let open = task.state == TaskState::Open;
            let says = |f: &Finding| f.is_covered_by([(task.title.raw(), "")]);
            open && (self.is_made_of_it(body.as_ref()) || finding.as_ref().is_some_and(says))
        };
        let tasks = self.tasks().await?;
        Ok(tasks
            .iter()
            .find(about)
            .map(|(task, _)| format!("{} is about this already: {}", task.key, safe_line(&task.title.fit(80)))))
    }

    /// The task is there: it is in the lists at once.
    async fn keep(&self, task: Task) -> Stepped<End> {
        let key = task.key.clone();
        let values = vec![(raised_name(&key), self.finding.to_owned())];
        let tasks = vec![(task, Some(Foreign::from(self.body)))];
        self.context.store.apply(Batch { tasks, values, ..Batch::default() }).await?;
        self.context.store.settle(vec![self.op.id], Vec::new()).await?;
        Ok(End::Raised { key })
    }
}
