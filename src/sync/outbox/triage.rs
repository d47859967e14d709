//! Errands of triage, each once: a label, or a comment that is about no claim. Before anything is sent the task is read
//! again: what is there already is done, what was closed meanwhile is dropped, and the host's policy is asked once more.

use jiff::Timestamp;

use super::{
    End, OutboxContext,
    claim::has_label,
    is_final, put_off, still_wished, surely_not_applied, taken_back,
    texts::{mention, quiet},
};
use crate::{
    domain::{
        evidence::What,
        id::OpId,
        outbox::{Op, OpStatus, Step},
        person::Person,
        refusal::Refusal,
        task::{Comment, TaskState},
        text::{Foreign, safe_fit},
        time::{Now, short_age},
        triage::{Errand, Topic, comment, is_same_text, row_of},
    },
    judge::{
        guard::{Around, may_speak},
        signal::{Limbo, Reading as Conversation, STALE_DAYS},
    },
    store::{self, Batch},
    tracker::{ErrorClass, Reading, TrackerError},
};

/// Days for which a question that nobody answered is not asked again, whoever asked it.
const PATIENCE_DAYS: u32 = 30;

/// Times a comment is sent in one run, each after it was looked for in vain.
const SENDS: u32 = 2;

/// Why an errand stopped.
enum Halt {
    Tracker(TrackerError),
    Store(store::StoreError),
    /// Not needed or not possible any more, and why.
    Drop(String),
    Refused(Box<Refusal>),
    TakenBack,
}

impl From<TrackerError> for Halt {
    fn from(e: TrackerError) -> Self {
        Self::Tracker(e)
    }
}

impl From<store::StoreError> for Halt {
    fn from(e: store::StoreError) -> Self {
        Self::Store(e)
    }
}

type Halting<T = ()> = Result<T, Halt>;

struct Runner<'a> {
    context: &'a OutboxContext<'a>,
    me: &'a Person,
    op: Op,
}

/// Takes a row as far as it goes now.
pub(super) async fn drive(context: &OutboxContext<'_>, op: Op, errand: &Errand, me: &Person) -> store::Result<End> {
    let mut runner = Runner { context, me, op };
    let went = match errand {
        Errand::Label { name, undo } => runner.label(name, true, *undo).await,
        Errand::Unlabel { name, undo } => runner.label(name, false, *undo).await,
        Errand::Describe { was, body } => runner.describe(was, body).await,
        Errand::Say { .. } => runner.say(errand).await,
        Errand::Unsay { said } => runner.unsay(*said).await,
    };
    let id = runner.op.id;
    match went {
        Ok(said) => {
            runner.keep_what_is(errand).await?;
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Sorted { said })
        }
        Err(Halt::Drop(why)) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Refused { why, refusal: None })
        }
        Err(Halt::Refused(refusal)) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Refused { why: refusal.sentence.clone(), refusal: Some(refusal) })
        }
        Err(Halt::Tracker(error)) => put_off(context, runner.op, &error).await,
        Err(Halt::Store(error)) => Err(error),
        Err(Halt::TakenBack) => Ok(taken_back()),
    }
}

impl Runner<'_> {
    fn now(&self) -> Now {
        (self.context.clock)()
    }

    async fn read(&self) -> Halting<Reading> {
        Ok(self.context.tracker.read(&self.op.key).await?)
    }

    async fn advance(&mut self, step: Step) -> Halting {
        let op = Op { step, status: OpStatus::Ready, last_error: None, ..self.op.clone() };
        self.context.store.journal(vec![op.clone()], Vec::new()).await?;
        self.op = op;
        Ok(())
    }

    /// The row is on disk as being sent, unless the user took it back while the task was being read.
    async fn begin(&mut self) -> Halting {
        if self.op.is_unsent() && !still_wished(self.context, &self.op).await? {
            return Err(Halt::TakenBack);
        }
        self.advance(Step::Posting { since: self.now().0 }).await
    }

    /// A write that failed: one that certainly did nothing can still be undone without a trace.
    async fn failed<T>(&mut self, error: TrackerError) -> Halting<T> {
        if surely_not_applied(&error.class) {
            self.advance(Step::Queued).await?;
        }
        Err(Halt::Tracker(error))
    }

    /// The lists show what was done without waiting for a sync; where that cannot be read now, the next sync does.
    async fn keep_what_is(&self, errand: &Errand) -> store::Result<()> {
        if let Ok(Reading { task, comments, .. }) = self.context.tracker.read(&self.op.key).await {
            let comments = vec![(task.key.clone(), comments)];
            let body = match errand {
                Errand::Describe { body, .. } => Some(Foreign::new(body)),
                _ => None,
            };
            self.context.store.apply(Batch { tasks: vec![(task, body)], comments, ..Batch::default() }).await?;
        }
        Ok(())
    }

    async fn label(&mut self, name: &str, on: bool, undo: bool) -> Halting<String> {
        let shown = safe_fit(name, 60).into_owned();
        let task = self.read().await?.task;
        if has_label(&task, name) == on {
            return Ok(if on { format!("it has the label '{shown}'") } else { format!("it is without '{shown}'") });
        }
        if undo && !self.was_mine(name, !on).await? {
            return Err(Halt::Drop(format!("somebody else set or removed '{shown}' after you; it stays as it is")));
        }
        if task.state != TaskState::Open && !undo {
            return Err(Halt::Drop("the task was closed meanwhile".into()));
        }
        if on && !self.exists(name).await? {
            return Err(Halt::Drop(format!("{} has no label '{shown}', and none is made", self.op.key.project)));
        }
        self.begin().await?;
        let tracker = self.context.tracker;
        let done = if on {
            tracker.add_label(&self.op.key, name).await
        } else {
            tracker.remove_label(&self.op.key, name).await
        };
        match done {
            Ok(true) if on => Ok(format!("labelled with '{shown}'")),
            Ok(true) => Ok(format!("took the label '{shown}' off")),
            Ok(false) => Err(Halt::Drop(format!(
                "the tracker does not let you change the label '{shown}' there; ask somebody of the host who may"
            ))),
            Err(error) => self.failed(error).await,
        }
    }

    /// Changes the description while it is the one that was edited; what somebody else wrote meanwhile is never lost.
    async fn describe(&mut self, was: &str, body: &str) -> Halting<String> {
        let there = self.context.tracker.description(&self.op.key).await?;
        if is_same_text(there.raw(), body) {
            return Ok("its description is changed".into());
        }
        if !is_same_text(there.raw(), was) {
            let why = "its description was changed meanwhile, and nothing is written over that; read it and edit again";
            return Err(Halt::Drop(why.into()));
        }
        if self.read().await?.task.state != TaskState::Open {
            return Err(Halt::Drop("the task was closed meanwhile".into()));
        }
        self.begin().await?;
        match self.context.tracker.describe(&self.op.key, there.raw(), body).await {
            Ok(()) => Ok("its description is changed".into()),
            Err(error) => self.failed(error).await,
        }
    }

    /// True when the last word about a label was the user's own: added (`added`) or removed.
    async fn was_mine(&self, name: &str, added: bool) -> Halting<bool> {
        let history = self.context.tracker.history(&self.op.key).await?;
        let about = |what: &What| match what {
            What::Labelled { label } if label.raw().eq_ignore_ascii_case(name) => Some(true),
            What::Unlabelled { label } if label.raw().eq_ignore_ascii_case(name) => Some(false),
            _ => None,
        };
        let last = history.happenings.iter().rev().find_map(|h| Some((about(&h.what)?, h.by.as_ref()?.id)));
        Ok(last == Some((added, self.me.id)))
    }

    /// True when the project has a label: some task wears it, or the tracker says so.
    async fn exists(&self, name: &str) -> Halting<bool> {
        let project = &self.op.key.project;
        let tasks = self.context.store.everything().await?.tasks;
        if tasks.iter().any(|task| task.key.project == *project && has_label(task, name)) {
            return Ok(true);
        }
        Ok(self.context.tracker.knows_label(project, name).await?.unwrap_or(false))
    }

    /// An own comment of a row.
    fn own<'r>(&self, reading: &'r Reading, row: OpId) -> Option<&'r Comment> {
        let mine = |c: &&Comment| c.author.as_ref().is_some_and(|a| a.id == self.me.id);
        reading.comments.iter().filter(mine).find(|c| row_of(c.body.raw()) == Some(row))
    }

    /// True when an own comment of triage names this task.
    fn points_to(&self, reading: &Reading, link: &str) -> bool {
        let mine = |c: &&Comment| c.author.as_ref().is_some_and(|a| a.id == self.me.id);
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_digit());
        let names = |body: &str| row_of(body).is_some() && body.split(link).skip(1).any(ends);
        reading.comments.iter().filter(mine).any(|c| names(c.body.raw()))
    }

    async fn say(&mut self, errand: &Errand) -> Halting<String> {
        let Errand::Say { topic, tell, link, .. } = errand else { return Ok(String::new()) };
        let said = match (topic, tell) {
            (Topic::AskInfo, Some(login)) => format!("asked @{} for information", safe_fit(login, 39)),
            (Topic::AskInfo, None) => "asked for information".into(),
            (Topic::Obsolete, _) => "asked the host whether it can be closed".into(),
            (Topic::Duplicate, _) => "pointed to the other task".into(),
        };
        let mut error = None;
        for _ in 0..SENDS {
            let reading = match self.op.step {
                Step::Queued => self.read().await?,
                // It was announced, and nobody knows whether it is there.
                _ => self.look().await?,
            };
            if self.own(&reading, self.op.id).is_some() {
                return Ok(said);
            }
            if link.as_ref().is_some_and(|link| self.points_to(&reading, link)) {
                return Err(Halt::Drop("a comment of yours points there already".into()));
            }
            let evidence = self.still_wanted(&reading, *topic).await?;
            self.begin().await?;
            let body = comment(self.op.id, &prose(errand, self.me, &evidence));
            match self.context.tracker.post_comment(&self.op.key, &body).await {
                Ok(comment) => {
                    self.advance(Step::Posted { comment: comment.id, at: comment.created_at }).await?;
                    return Ok(said);
                }
                Err(failed) if surely_not_applied(&failed.class) => return self.failed(failed).await,
                Err(failed) => error = Some(failed),
            }
        }
        Err(error.map_or_else(|| Halt::Tracker(self.unseen()), Halt::Tracker))
    }

    /// Looks for the own comment until it is there, or certainly is not.
    async fn look(&self) -> Halting<Reading> {
        let mut last = None;
        for pause in &self.context.settings.looks {
            tokio::time::sleep(*pause).await;
            let reading = self.read().await?;
            if self.own(&reading, self.op.id).is_some() {
                return Ok(reading);
            }
            last = Some(reading);
        }
        // A list shorter than the tracker's own count proves nothing.
        let whole = last.filter(|r| r.comments.len() >= r.counted as usize);
        whole.ok_or_else(|| Halt::Tracker(self.unseen()))
    }

    fn unseen(&self) -> TrackerError {
        TrackerError {
            class: ErrorClass::Timeout,
            host: self.context.tracker.name().to_string(),
            doing: format!("looking for the comment on {}", self.op.key),
            said: String::new(),
        }
    }

    /// Whether a comment is still in place; gives the evidence that it names, where it names any.
    async fn still_wanted(&self, reading: &Reading, topic: Topic) -> Halting<String> {
        let task = &reading.task;
        if task.state != TaskState::Open {
            return Err(Halt::Drop("the task was closed meanwhile".into()));
        }
        if task.locked {
            return Err(Halt::Drop("the conversation is locked; only its maintainers can unlock it".into()));
        }
        let now = reading.present(self.now());
        let around = Around { commitments: &[], roster: self.context.roster, now };
        may_speak(task, self.me, around).map_err(Halt::Refused)?;
        if topic == Topic::Duplicate {
            return Ok(String::new());
        }
        if let Some((who, at)) = unanswered(&reading.comments).filter(|(_, at)| now.days_since(*at) < PATIENCE_DAYS) {
            let age = short_age(now, at);
            return Err(Halt::Drop(format!("a question of {who} ({age} old) still waits for an answer there")));
        }
        if topic == Topic::AskInfo {
            return Ok(String::new());
        }
        let history = match self.context.tracker.history(&self.op.key).await {
            Ok(history) => Some(history),
            Err(error) if is_final(&error.class) => None,
            Err(error) => return Err(error.into()),
        };
        let conversation = Conversation {
            comments: Some(&reading.comments),
            history: history.as_ref(),
            bots: &[],
            own_label: &self.context.settings.label,
        };
        let limbo = Limbo::of(task, conversation, now);
        if limbo.days < STALE_DAYS {
            let days = limbo.days;
            return Err(Halt::Drop(format!("something happened there {days} days ago: nobody is asked to close it")));
        }
        Ok(limbo.seen().words())
    }

    async fn unsay(&mut self, said: OpId) -> Halting<String> {
        let reading = self.read().await?;
        let Some(comment) = self.own(&reading, said).map(|c| c.id) else {
            return Ok("nothing of the comment is on the tracker".into());
        };
        self.begin().await?;
        match self.context.tracker.delete_comment(&self.op.key, comment).await {
            Ok(()) => Ok("deleted your comment again".into()),
            Err(error) => self.failed(error).await,
        }
    }
}

/// Who asked last, and when, while a comment of triage is the newest of a task.
fn unanswered(comments: &[Comment]) -> Option<(String, Timestamp)> {
    let last = comments.iter().max_by_key(|c| (c.created_at, c.id))?;
    row_of(last.body.raw())?;
    let who = last.author.as_ref().map_or_else(|| "a deleted account".into(), |a| format!("@{}", a.login.fit(39)));
    Some((who, last.created_at))
}

/// What people read. Only the author is told by a mention, and only when asked for something.
fn prose(errand: &Errand, me: &Person, evidence: &str) -> String {
    let Errand::Say { topic, tell, link, text } = errand else { return String::new() };
    let (me, text) = (me.login.line(), quiet(text));
    match topic {
        Topic::AskInfo => match tell {
            Some(login) => format!("🧭 {}: {text}", mention(login)),
            None => format!("🧭 {text}"),
        },
        Topic::Obsolete => {
            format!("🧭 **{me}** asks the team: can this be closed? What was seen: {}.\n\n{text}", quiet(evidence))
        }
        Topic::Duplicate => {
            let more = if text.is_empty() { String::new() } else { format!("\n\n{text}") };
            format!(
                "🧭 **{me}** thinks that this is the same work as {}. Nothing was changed: the team decides.{more}",
                link.as_deref().unwrap_or_default()
            )
        }
    }
}
