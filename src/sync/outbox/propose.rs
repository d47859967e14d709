//! Proposals and what is answered to them, each once: a comment that holds nothing. Before anything is sent the task is
//! read again; after a lost answer or a crash the own comment is looked for first. Owns the words that people read there.

use jiff::Timestamp;

use super::{
    End, OutboxContext,
    preflight::Seen,
    put_off,
    steps::{Stepped, Stop},
    still_wished, surely_not_applied, taken_back,
    texts::{base, day, footer, mention, name, quiet},
};
use crate::{
    domain::{
        commitment::ClaimId,
        marker::{self, Marker, MarkerKind},
        outbox::{Op, OpStatus, Step, Wish},
        permit::Deed,
        person::{Login, Person},
        proposal::{self, Reply},
        refusal::{Lifter, Refusal, Rule},
        task::{Comment, TaskState},
        text::safe_line,
        time::Now,
    },
    store::{self, Batch},
    tracker::{ErrorClass, TrackerError},
};

/// Times a comment is sent in one run, each after it was looked for in vain.
const SENDS: u32 = 2;

struct Proposing<'a> {
    context: &'a OutboxContext<'a>,
    me: &'a Person,
    op: Op,
}

/// Takes a row as far as it goes now.
pub(super) async fn drive(context: &OutboxContext<'_>, op: Op, me: &Person) -> store::Result<End> {
    let mut proposing = Proposing { context, me, op };
    let went = proposing.go().await;
    let id = proposing.op.id;
    match went {
        Ok(said) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Sorted { said })
        }
        Err(Stop::Refused(refusal)) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Refused { why: refusal.sentence.clone(), refusal: Some(refusal) })
        }
        Err(Stop::Vain(why) | Stop::Attention(why)) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Vain { why })
        }
        Err(Stop::Moot(why)) => {
            context.store.settle(vec![id], Vec::new()).await?;
            Ok(End::Moot { why })
        }
        Err(Stop::Tracker(error)) => put_off(context, proposing.op, &error).await,
        Err(Stop::Store(error)) => Err(error),
        Err(Stop::TakenBack) => Ok(taken_back()),
    }
}

fn refuse(rule: Rule, sentence: impl Into<String>, lifter: Lifter) -> Stop {
    Stop::Refused(Box::new(Refusal::new(rule, sentence, lifter)))
}

impl Proposing<'_> {
    fn now(&self) -> Now {
        (self.context.clock)()
    }

    async fn read(&self) -> Stepped<Seen> {
        let reading = self.context.tracker.read(&self.op.key).await?;
        let history = self.context.tracker.history(&self.op.key).await?;
        let label = &self.context.settings.label;
        Ok(Seen::of(reading, &history, label, self.me, self.context.roster, self.now()))
    }

    async fn advance(&mut self, step: Step) -> Stepped {
        let op = Op { step, status: OpStatus::Ready, last_error: None, ..self.op.clone() };
        self.context.store.journal(vec![op.clone()], Vec::new()).await?;
        self.op = op;
        Ok(())
    }

    /// The comment that this row wrote.
    fn own<'s>(&self, seen: &'s Seen) -> Option<&'s Comment> {
        let op = self.op.id.to_string();
        let ours = |c: &&Comment| {
            c.author.as_ref().is_some_and(|a| a.id == self.me.id)
                && matches!(marker::parse(c.body.raw()), Some(Ok(m)) if m.extra.get("op").is_some_and(|v| *v == *op))
        };
        seen.reading.comments.iter().filter(ours).min_by_key(|c| c.id)
    }

    async fn go(&mut self) -> Stepped<String> {
        let mut error = None;
        for _ in 0..SENDS {
            let seen = match self.op.step {
                Step::Queued => self.read().await?,
                // It was announced, and nobody knows whether it is there.
                _ => self.look().await?,
            };
            if self.own(&seen).is_some() {
                return self.keep(seen).await;
            }
            self.wanted(&seen)?;
            if self.op.is_unsent() && !still_wished(self.context, &self.op).await? {
                return Err(Stop::TakenBack);
            }
            self.advance(Step::Posting { since: self.now().0 }).await?;
            let body = self.comment(seen.now.0);
            match self.context.tracker.post_comment(&self.op.key, &body).await {
                Ok(comment) => {
                    self.advance(Step::Posted { comment: comment.id, at: comment.created_at }).await?;
                    let seen = self.look().await?;
                    return self.keep(seen).await;
                }
                Err(failed) if surely_not_applied(&failed.class) => {
                    self.advance(Step::Queued).await?;
                    return Err(failed.into());
                }
                Err(failed) => error = Some(failed),
            }
        }
        Err(error.unwrap_or_else(|| self.unseen()).into())
    }

    /// Reads until the own comment is there, or certainly is not.
    async fn look(&self) -> Stepped<Seen> {
        let mut last = None;
        let settle = std::iter::once(&self.context.settings.settle);
        for pause in settle.chain(&self.context.settings.looks) {
            tokio::time::sleep(*pause).await;
            let seen = self.read().await?;
            if self.own(&seen).is_some() {
                return Ok(seen);
            }
            last = Some(seen);
        }
        // A list shorter than the tracker's own count proves nothing.
        let whole = last.filter(|s| s.reading.comments.len() >= s.reading.counted as usize);
        whole.ok_or_else(|| self.unseen().into())
    }

    fn unseen(&self) -> TrackerError {
        TrackerError {
            class: ErrorClass::Timeout,
            host: self.context.tracker.name().to_string(),
            doing: format!("looking for the comment on {}", self.op.key),
            said: String::new(),
        }
    }

    /// Whether it is still in place.
    fn wanted(&self, seen: &Seen) -> Stepped {
        let task = &seen.reading.task;
        if task.state != TaskState::Open {
            return Err(refuse(Rule::Open, "the task was closed meanwhile", Lifter::Nobody));
        }
        if task.locked {
            let sentence = "the conversation is locked; only its maintainers can unlock it";
            return Err(refuse(Rule::Open, sentence, Lifter::Host(Vec::new())));
        }
        match &self.op.wish {
            Wish::Propose { to, .. } => self.may_propose(seen, to),
            Wish::Reply { id, .. } => self.may_reply(seen, *id),
            _ => Ok(()),
        }
    }

    fn may_propose(&self, seen: &Seen, to: &str) -> Stepped {
        let key = &self.op.key;
        let authority = self.context.roster.authority(&key.project);
        if authority.is_known() && !authority.may(self.me, seen.attested(self.me), Deed::Propose) {
            let sentence = "the registry does not list you among those who may propose tasks of this team";
            return Err(refuse(Rule::Permission, sentence, Lifter::Host(Vec::new())));
        }
        let live =
            seen.commitments.iter().find(|c| c.state.holds() || (c.state.is_live() && c.who.login == Login::new(to)));
        if let Some(c) = live {
            let who = c.who.login.line().into_owned();
            let sentence = format!("@{who} has it already: {}, until {}", c.state.word(), c.until);
            return Err(refuse(Rule::Held, sentence, Lifter::Holder(who)));
        }
        let terms = self.context.roster.terms(&key.project, None);
        let open = seen.fold.proposals.iter().find(|p| p.standing(&terms, seen.now).is_open());
        if let Some(other) = open {
            let (by, to) = (other.by.login.line(), other.to.line());
            let sentence = format!("@{by} has proposed it to @{to} already, who has not answered yet");
            return Err(refuse(Rule::Held, sentence, Lifter::Holder(to.into_owned())));
        }
        Ok(())
    }

    fn may_reply(&self, seen: &Seen, id: ClaimId) -> Stepped {
        let terms = self.context.roster.terms(&self.op.key.project, None);
        let Some(proposal) = seen.fold.proposals.iter().find(|p| p.id == id) else {
            let sentence = "the proposal was taken off the tracker meanwhile";
            return Err(refuse(Rule::State, sentence, Lifter::Nobody));
        };
        let standing = proposal.standing(&terms, seen.now);
        if !standing.is_open() {
            let sentence = format!("the proposal needs no answer any more: {}", standing.word());
            return Err(refuse(Rule::State, sentence, Lifter::Nobody));
        }
        Ok(())
    }

    /// What the comment changed; the lists show it at once.
    async fn keep(&mut self, seen: Seen) -> Stepped<String> {
        let ignored = self.own(&seen).is_none_or(|c| seen.ignores(c.id));
        let Seen { reading, fold, .. } = seen;
        let key = self.op.key.clone();
        let values = vec![proposal::value(&key, &fold.proposals)];
        let comments = vec![(key.clone(), reading.comments)];
        let batch = Batch { tasks: vec![(reading.task, None)], comments, values, ..Batch::default() };
        self.context.store.apply(batch).await?;
        if ignored {
            let why = "what you wrote is on the tracker, but it does not count: neither the tracker nor the registry \
                       knows you as somebody who may say it there; ask a lead to say it, or to list you";
            return Err(Stop::Vain(why.into()));
        }
        Ok(match &self.op.wish {
            Wish::Propose { to, .. } => {
                format!("proposed to @{}; nobody is assigned until they take it", safe_line(to))
            }
            Wish::Reply { by, reply: Reply::Ask, .. } => format!("asked @{}; it stays open for you", safe_line(by)),
            _ => "declined; it costs nothing, and the task stays free".into(),
        })
    }

    fn comment(&self, now: Timestamp) -> String {
        match &self.op.wish {
            Wish::Propose { id, to, size, text } => {
                let mut marker = self.marker(MarkerKind::Propose, *id, now);
                marker.to = Some(safe_line(to).into_owned());
                marker.size = *size;
                let terms = self.context.roster.terms(&self.op.key.project, None);
                let end = terms.calendar.date(terms.calendar.after(now, terms.timers.consent_max));
                let (me, to) = (name(self.me), mention(to));
                let head = format!(
                    "{me} proposes this to {to}. Nobody is assigned: it stays free until {to} takes it, a no costs \
                     nothing, and without an answer the proposal ends after **{}**.",
                    day(end)
                );
                whole(&marker, &head, text, *id)
            }
            Wish::Reply { id, by, reply, text } => {
                let (me, by) = (name(self.me), mention(by));
                let (marker, head) = match reply {
                    Reply::Ask => {
                        let marker = self.marker(MarkerKind::Help, *id, now);
                        (marker, format!("{by}, {me} has a question before taking this:"))
                    }
                    Reply::Decline { reason } => {
                        let mut marker = self.marker(MarkerKind::Decline, *id, now);
                        marker.why = Some(*reason);
                        let why = reason.words();
                        (marker, format!("{by}, thank you for the proposal. {me} does not take this: {why}."))
                    }
                };
                whole(&marker, &head, text, *id)
            }
            _ => String::new(),
        }
    }

    fn marker(&self, kind: MarkerKind, id: ClaimId, now: Timestamp) -> Marker {
        let mut marker = base(kind, id, self.me, now);
        marker.extra.insert("op".into(), self.op.id.to_string().into());
        marker
    }
}

fn whole(marker: &Marker, head: &str, text: &str, id: ClaimId) -> String {
    let text = if text.trim().is_empty() { String::new() } else { format!("\n\n{}", quiet(text)) };
    marker::comment(marker, &format!("🧭 {head}{text}\n\n{}", footer(id)))
}
