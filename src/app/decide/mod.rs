//! From a command and what is known to effects, or to a refusal. Pure. One file for each group of commands; this one
//! owns what they share.

mod answer;
mod checklist;
mod claim;
mod keep;
mod outbox;
mod propose;
mod raise;
mod triage;
mod undo;
mod walk;

use jiff::ToSpan;
use ulid::Ulid;

pub use self::{
    claim::{expected_review, lease_end, offered_to_me},
    keep::{needs_note, renewal_end, renewed_by},
    triage::{Planned, Will, plan as plan_triage},
};
use super::{
    command::Command,
    effect::Effect,
    error::{ExitCode, UserError},
};
use crate::{
    domain::{
        commitment::{Act, Commitment, CommitmentState, Entry, Event, Life, step},
        id::OpId,
        key::TaskKey,
        outbox::{Amendment, Answer, Op, OpStatus, Step, Wish},
        person::Person,
        policy::Terms,
        refusal::{Lifter, Refusal, Rule},
        roster::Roster,
        text::{Foreign, safe_line},
        time::Now,
    },
    index::Snapshot,
    store::{Mark, MarkKind},
};

/// Days that a bookmark lasts (T1).
const BOOKMARK_DAYS: i64 = 14;

/// Longest line of words in a comment: a plan, a reason, what blocks; characters.
const LINE_MOST: usize = 500;

/// Longest note or answer, characters; trackers take comments of 65,536 with all that is around it.
const NOTE_MOST: usize = 20_000;

/// What a decision may look at.
pub struct World<'a> {
    /// What is known.
    pub snapshot: &'a Snapshot,
    /// The present.
    pub now: Now,
    /// Makes identities.
    pub fresh_id: &'a dyn Fn() -> Ulid,
    /// The user's account on a tracker, as far as known.
    pub me: &'a dyn Fn(&TaskKey) -> Option<Person>,
    /// Address of a task, built from configuration.
    pub url: &'a dyn Fn(&TaskKey) -> Option<String>,
    /// Description of a task the command is about, where it was read.
    pub body: &'a dyn Fn(&TaskKey) -> Option<String>,
    /// The last command of this session, for undo.
    pub last: Option<&'a Command>,
    /// What was done for it.
    pub did: &'a [Effect],
}

/// What is to be done, and what is to be said about it.
#[derive(Debug, Default)]
pub struct Decision {
    /// Acts, in order.
    pub effects: Vec<Effect>,
    /// Harmless sentences that should be known before it is done: what it costs the host, warnings.
    pub know: Vec<String>,
    /// Harmless sentences: what will happen, and which parts were left out and why.
    pub said: Vec<String>,
}

impl Decision {
    fn of(effects: Vec<Effect>) -> Self {
        Self { effects, ..Self::default() }
    }

    fn join(&mut self, other: Self) {
        self.effects.extend(other.effects);
        self.know.extend(other.know);
        self.said.extend(other.said);
    }
}

/// What a command would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Harmless sentences that should be known before.
    pub know: Vec<String>,
    /// Harmless sentences: what would happen.
    pub would: Vec<String>,
}

/// Decides a command.
///
/// # Errors
/// The refusal, with what to do instead.
pub fn decide(world: &World<'_>, command: &Command) -> Result<Decision, UserError> {
    match command {
        Command::Sync { only, full } => {
            Ok(Decision::of(vec![Effect::Sync { only: only.clone(), full: *full }, Effect::Send]))
        }
        Command::Claim { keys, until, size, plan, alongside, ask } => {
            let wished = claim::Wished { until: *until, size: *size, plan, alongside: *alongside, ask: *ask };
            claim::claim(world, keys, &wished)
        }
        Command::TakeOver { key, until, size } => claim::take_over(world, key, *until, *size),
        Command::Release { key, note, reason } => keep::release(world, key, note, *reason),
        Command::Amend { key, amendment } => keep::amend(world, key, amendment),
        Command::Answer { key, helper, answer, text } => answer::answer(world, key, helper.as_ref(), answer, text),
        Command::Propose { key, to, size, text } => propose::propose(world, key, to, *size, text),
        Command::Reply { key, reply, text } => propose::reply(world, key, reply, text),
        Command::Raise { project, finding, title, body } => {
            let wished = raise::Wished { title: title.as_deref(), body: body.as_deref() };
            raise::raise(world, project, finding, wished)
        }
        Command::Undo => undo::undo(world),
        Command::OutboxRetry(id) => outbox::retry(world, *id),
        Command::OutboxDrop(id) => outbox::drop_row(world, *id),
        Command::Mark { keys, kind, on, until } => Ok(mark(world, keys, *kind, *on, *until)),
        Command::Tick { project, points } => checklist::tick(world, project, points),
        Command::Walk(answers) => walk::answer(world, answers),
        Command::Triage { keys, act } => triage::triage(world, keys, act),
        Command::Open(key) => Ok(Decision::of(vec![Effect::Open(address(world, key)?)])),
        Command::KeepWeights(name, weights) => Ok(Decision::of(vec![Effect::KeepWeights(name.clone(), *weights)])),
        Command::Copy(key, true) => Ok(Decision::of(vec![Effect::Copy(address(world, key)?)])),
        Command::Copy(key, false) => Ok(Decision::of(vec![Effect::Copy(world.snapshot.shown_key(key))])),
        Command::Detail(key) => Ok(Decision::of(vec![Effect::Detail(key.clone())])),
        Command::Comments(key) => Ok(Decision::of(vec![Effect::Comments(key.clone())])),
        Command::Duplicates(key) => Ok(Decision::of(vec![Effect::Duplicates(key.clone())])),
        Command::Signs(key) => Ok(Decision::of(vec![Effect::Signs(key.clone())])),
    }
}

/// Sets or removes marks. A bookmark is a soft interest: it goes by itself, so that lists of them stay honest (T1).
fn mark(world: &World<'_>, keys: &[TaskKey], kind: MarkKind, on: bool, until: Option<jiff::Timestamp>) -> Decision {
    let mut decision = Decision::default();
    let mut end = until;
    if kind == MarkKind::Bookmark && on && until.is_none() {
        end = world.now.0.checked_add((BOOKMARK_DAYS * 24).hours()).ok();
        let day = end.map(|at| Now(at).date().to_string()).unwrap_or_default();
        decision.said.push(format!("bookmarked until {day}, on this machine only"));
    }
    let marks = keys.iter().map(|key| Mark { key: key.clone(), kind, until: end, changed: None }).collect();
    decision.effects.push(Effect::Mark(marks, on));
    decision
}

fn address(world: &World<'_>, key: &TaskKey) -> Result<String, UserError> {
    (world.url)(key).ok_or_else(|| {
        UserError::refused(format!("{key} belongs to no configured tracker"), "`floorwalk config check` shows them")
    })
}

impl<'a> World<'a> {
    fn roster(&self) -> &Roster {
        &self.snapshot.roster
    }

    fn shown(&self, key: &TaskKey) -> String {
        self.snapshot.shown_key(key)
    }

    fn terms(&self, c: &Commitment) -> Terms {
        self.roster().terms(&c.key.project, Some(&c.who))
    }

    /// A new row of the outbox.
    fn op(&self, key: &TaskKey, wish: Wish) -> Op {
        Op {
            id: OpId((self.fresh_id)()),
            key: key.clone(),
            wish,
            step: Step::Queued,
            status: OpStatus::Ready,
            attempts: 0,
            created_at: self.now.0,
            last_error: None,
        }
    }

    /// An act of the user, now. Nothing that the trackers have shown so far comes after it.
    fn entry(&self, key: &TaskKey, act: Act, host: bool) -> Entry {
        Entry { at: self.now.0, seq: u64::MAX, by: (self.me)(key), host, pull: None, act }
    }

    /// A refusal as users meet it, with keys as they are shown.
    fn refuse(&self, refusal: Refusal) -> UserError {
        let hints = refusal.lines(&|key| self.shown(key));
        UserError {
            code: ExitCode::Refused,
            sentence: refusal.sentence.clone(),
            hints,
            refusal: Some(Box::new(refusal)),
        }
    }

    /// The user's live commitment on a task, confirmed by the tracker. `what` is the act, for the refusal.
    fn own(&self, key: &TaskKey, what: &str) -> Result<(&'a Commitment, &'a Life), UserError> {
        let shown = self.shown(key);
        let snapshot: &'a Snapshot = self.snapshot;
        let on_it = || snapshot.commitments.iter().filter(|c| c.key == *key);
        let Some(c) = on_it().filter(|c| c.mine && !c.state.is_over()).max_by_key(|c| (c.since, c.claim)) else {
            let holder = on_it().find(|c| !c.mine && c.state.is_live());
            return Err(self.refuse(match holder {
                Some(c) => {
                    let login = safe_line(c.who.login.raw()).into_owned();
                    let sentence = format!("@{login} holds {shown}: only they can do this ({what})");
                    Refusal::new(Rule::Permission, sentence, Lifter::Holder(login))
                }
                None => Refusal::new(Rule::State, format!("you do not hold {shown}"), Lifter::You)
                    .instead("`floorwalk mine` lists what you hold"),
            }));
        };
        match c.life.as_deref() {
            Some(life) if c.state != CommitmentState::Pending => Ok((c, life)),
            _ => {
                let sentence = format!("your claim of {shown} is not confirmed by the tracker yet");
                let refusal = Refusal::new(Rule::State, sentence, Lifter::You);
                Err(self
                    .refuse(refusal.instead("`floorwalk outbox` shows what waits, `floorwalk sync` reads and sends")))
            }
        }
    }

    /// Takes the step of an act on a commitment, after all that is still on its way for it.
    fn try_step(&self, c: &Commitment, life: &Life, act: Act, host: bool) -> Result<Life, Box<Refusal>> {
        let terms = self.terms(c);
        let mut life = life.clone();
        for op in self.snapshot.outbox.iter().filter(|op| op.wish.claim() == Some(c.claim)) {
            // A row that was sent may be in the life already; its second step is refused, and nothing is lost.
            if let Some((act, host)) = act_of(&op.wish)
                && let Ok(next) = step(Some(&life), &Event::Act(&self.entry(&c.key, act, host)), &terms)
            {
                life = next.life;
            }
        }
        match step(Some(&life), &Event::Act(&self.entry(&c.key, act, host)), &terms) {
            Ok(next) => Ok(next.life),
            Err(refusal) => Err(self.named(&c.key, refusal)),
        }
    }

    /// The refusal with the host's people by name, where it says only that the host could lift it.
    fn named(&self, key: &TaskKey, mut refusal: Box<Refusal>) -> Box<Refusal> {
        if refusal.lifter == Lifter::Host(Vec::new()) {
            refusal.lifter = Lifter::Host(self.leads(key));
        }
        refusal
    }

    /// The leads of a project's host: `ana (lead)`; empty where no registry names them.
    fn leads(&self, key: &TaskKey) -> Vec<String> {
        let team = self.roster().host_of(&key.project);
        team.into_iter().flat_map(|t| t.leads.iter()).map(|l| format!("{} (lead)", safe_line(l))).collect()
    }
}

/// The act that a wish will be once it is on the tracker, and whether the host does it.
fn act_of(wish: &Wish) -> Option<(Act, bool)> {
    match wish {
        Wish::Claim { .. }
        | Wish::Tidy { .. }
        | Wish::Triage { .. }
        | Wish::Raise { .. }
        | Wish::Propose { .. }
        | Wish::Reply { .. } => None,
        Wish::Release { .. } => Some((Act::Release, false)),
        Wish::Amend { amendment, .. } => Some((amended(amendment), false)),
        Wish::Answer { answer, .. } => Some(answered(answer)),
    }
}

fn amended(amendment: &Amendment) -> Act {
    match amendment {
        Amendment::Renew { until, .. } => Act::Renew { until: *until },
        Amendment::Pause { until } => Act::Pause { until: *until },
        Amendment::Resume => Act::Resume,
        Amendment::Block { by, review } => Act::Block { by: by.clone(), review: *review },
        Amendment::Still => Act::Still,
        Amendment::Withdraw => Act::Withdraw,
        Amendment::Done { kind, .. } => Act::Done { kind: *kind },
        Amendment::Remind => Act::Remind,
        Amendment::Expire => Act::Expire,
    }
}

fn answered(answer: &Answer) -> (Act, bool) {
    match answer {
        Answer::Help { .. } => (Act::Help, false),
        Answer::Plan { ask } => (Act::Plan { ask: ask.clone().map(Foreign::new) }, false),
        Answer::Offer { to } => (Act::Offer { to: Foreign::new(to.clone()) }, false),
        Answer::Consent { mentor, .. } => (Act::Consent { mentor: mentor.clone().map(Foreign::new) }, true),
        Answer::Decline { reason } => (Act::Decline { reason: *reason }, true),
        Answer::Revoke { reason } => (Act::Revoke { reason: *reason }, true),
        Answer::Regress { .. } => (Act::Regress, true),
    }
}

/// Refuses words that a tracker would not take, instead of cutting them.
fn not_too_long(text: &str, most: usize, what: &str) -> Result<(), UserError> {
    let count = text.chars().count();
    if count <= most {
        return Ok(());
    }
    let sentence = format!("the {what} has {count} characters; a comment has room for {most}");
    Err(UserError::new(ExitCode::Usage, sentence, "say it shorter, or link to where it is written"))
}

/// Refuses what must be one line of words and is not.
fn one_line(text: &str, what: &str) -> Result<String, UserError> {
    let text = text.trim();
    not_too_long(text, LINE_MOST, what)?;
    if text.contains(['\n', '\r']) {
        let sentence = format!("the {what} is one line");
        return Err(UserError::new(ExitCode::Usage, sentence, "say more in a comment on the task"));
    }
    Ok(text.to_owned())
}

/// Takes unsent rows back; claims among them are forgotten.
fn withdraw(world: &World<'_>, ops: &[&Op]) -> Decision {
    let claims =
        ops.iter().filter(|op| matches!(op.wish, Wish::Claim { .. })).filter_map(|op| op.wish.claim()).collect();
    let said = ops.iter().map(|op| format!("took back: {} {}", op.wish.word(), world.shown(&op.key)));
    Decision {
        said: said.collect(),
        effects: vec![Effect::Withdraw(ops.iter().map(|op| op.id).collect(), claims, Vec::new())],
        know: Vec::new(),
    }
}
